"""Net cost deviation, unit cost, cost trees and products, on small hand-made numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import pytest

from effektiv.analysis.comparison import compare, median_by_year
from effektiv.analysis.cost_tree import REST, product_difference, tree_difference
from effektiv.analysis.sizes import Classified, Size
from effektiv.exhibits.context import Context, Peers
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.steps.s1_nulagesanalys.cost_parts import ProductView, TreeView, product_parts
from effektiv.steps.s1_nulagesanalys.deviation import DeviationView
from effektiv.steps.s1_nulagesanalys.unit_cost import UnitCostView
from effektiv.types import (
    Better,
    Break,
    CostTree,
    Direction,
    FocusArea,
    Kpi,
    Product,
    Role,
    Sections,
    StructuralModel,
)
from tests.steps.s1_nulagesanalys.shows import cost_factors, cost_tree, deviation, unit_cost

OWN = "0319"
PEERS = ("0320", "0321", "0322")
NAMES = {OWN: "Exempelby", "0320": "Alby", "0321": "Björkby", "0322": "Cedersta", "0000": "Riket"}
YEARS = range(2014, 2026)


def cost(kpi_id: str, label: str, unit: str = "kr/elev", decimals: int = 0, *breaks: int) -> Kpi:
    found = tuple(Break(year=year, reason="Ny metod.") for year in breaks)
    return Kpi(id=kpi_id, title=label, label=label, unit=unit, role=Role.RESOURCE, better=Better.LOWER,
               decimals=decimals, breaks=found, preliminary_until_final=True)  # fmt: skip


KPIS = {
    item.id: item
    for item in (
        cost("D", "Nettokostnadsavvikelse", "%", 1, 2019).model_copy(update={"riket": False}),
        cost("C", "Kostnad i kommunala skolor, F–9"),
        cost("N", "Nettokostnad"),
        cost("A", "Undervisning"),
        cost("B", "Lokaler"),
        cost("M", "Måltider"),
        cost("H", "Hemtjänst", "kr/inv 65+"),
        cost("P", "Andel med hemtjänst", "%", 1),
        cost("R", "Kostnad per hemtjänsttagare", "kr/hemtjänsttagare"),
    )
}
AREA = FocusArea(
    id="skola", label="Skola", in_text="skolan", direction=Direction.QUALITY, family="Liknande kommuner",
    deviation_pct="D", deviation_mnkr="D", deviation_label="Nettokostnadsavvikelse, hela skolan",
    reference_cost="C", population="C", unit_cost="C", volume="C", volume_word="elever", quality_for_k=("C",),
    headline_quality="C", gaps=(), limits=(),
    structural_model=StructuralModel(cost="C", quality="C", structure=("C",)),
    sections=Sections(conditions=(), forecast=(), resource=(), volume=(), quality=()),
)  # fmt: skip


def context(name: str = "Exempelby", preliminary: int | None = None) -> Context:
    peers = Peers(PEERS, "liknande kommuner", "de liknande kommunerna", "")
    return Context(OWN, {**NAMES, OWN: name}, peers, KPIS, 2025, preliminary)


def panel(rows: Mapping[str, list[float]], years: range = YEARS) -> pd.DataFrame:
    frame = pd.DataFrame(rows, index=pd.Index(list(years), name="year"), dtype=float).T
    frame.index.name = "municipality"
    return frame


def rows(exhibit: Exhibit) -> list[list[object]]:
    table = exhibit.to_json()["table"]
    assert table is not None
    return list(table["rows"])


def labels(exhibit: Exhibit) -> list[str]:
    table = exhibit.to_json()["table"]
    assert table is not None
    return [str(column["label"]) for column in table["columns"]]


# --- deviation --------------------------------------------------------------------------

OWN_DEVIATION = [1.0, 2, 1, 2, 1, 6, 7, 6, 5, 6, 7, 8]
DEVIATION = panel(
    {OWN: OWN_DEVIATION, "0320": [0.0] * 12, "0321": [1.0] * 12, "0322": [2.0] * 12, "0323": [-1.0] * 12}
)


def deviation_view(with_peers: bool = True) -> DeviationView:
    members = PEERS if with_peers else ("0999",)
    return DeviationView(
        kpi=KPIS["D"],
        own=DEVIATION.loc[OWN],
        peers=median_by_year(DEVIATION, members),
        comparison=compare(DEVIATION, OWN, members, breaks=KPIS["D"].breaks),
        mnkr=pd.Series({2024: 7.0, 2025: 8.4}),
        gap_mnkr=pd.Series({2023: 5.2, 2024: 6.3, 2025: 7.35} if with_peers else {}, dtype=float),
    )


def test_the_level_names_year_reference_and_spread() -> None:
    found = deviation(context(preliminary=2025), AREA, deviation_view(), ())
    assert found.title == "Nettokostnadsavvikelse, hela skolan"
    assert found.finding == (
        "År 2025 (prel.) låg Exempelbys nettokostnad 8,0 procent över referenskostnaden (mellan +6,0 och +8,0 procent "
        "under 2023–2025)."
    )


def test_the_difference_to_the_peers_has_size_share_of_years_and_since_when() -> None:
    against = str(deviation(context(), AREA, deviation_view(), ()).blocks[0])
    assert (
        "Medianen för de liknande kommunerna var +1,0 procent 2025 (95 procents osäkerhet: mellan" in against
    )
    assert (
        "har legat över den alla de tre senaste åren, åtminstone sedan 2019 (mätningen ändrades då)."
        in against
    )
    assert "dyrare än medianen för de liknande kommunerna" in against
    assert against.endswith("Skillnaden är större än osäkerheten.")


def test_a_difference_that_cannot_be_judged_or_has_no_size_is_said_so() -> None:
    view = deviation_view()
    assert view.comparison is not None
    unjudged = replace(view, comparison=replace(view.comparison, size=None))
    assert "går inte att bedöma" in str(deviation(context(), AREA, unjudged, ()).blocks[0])
    equal = replace(view, comparison=replace(view.comparison, size=Classified(Size.ABOUT_EQUAL, 0)))
    assert "ungefär lika dyr som medianen" in str(deviation(context(), AREA, equal, ()).blocks[0])
    noisy = replace(view, comparison=replace(view.comparison, noise=50.0))
    assert "inte större än osäkerheten" in str(deviation(context(), AREA, noisy, ()).blocks[0])
    unknown = replace(view, comparison=replace(view.comparison, noise=float("nan")))
    assert "Hur säker skillnaden är går inte att säga." in str(
        deviation(context(), AREA, unknown, ()).blocks[0]
    )


def test_the_deviation_in_mnkr_is_told_both_ways() -> None:
    money = str(deviation(context(), AREA, deviation_view(), ()).blocks[1])
    assert "+8,4\u00a0miljoner kronor 2025 mot referenskostnaden, enligt Kolada" in money
    assert (
        "är skillnaden +7,4\u00a0miljoner kronor (mellan +5,2 och +7,4 under 2023–2025). Plus är dyrare."
        in money
    )


def test_the_deviation_shows_ten_years_and_says_that_riket_has_none() -> None:
    found = deviation(context(), AREA, deviation_view(), ())
    assert [row[0] for row in rows(found)] == list(range(2016, 2026))
    assert rows(found)[-1] == [2025, 8.0, 1.0, 0.5, 1.5, 8.4, 7.35]
    assert "Kolada publicerar ingen avvikelse för riket." in found.notes
    assert found.source is Source.OWN


def test_the_deviation_is_shown_alone_where_the_peers_have_none() -> None:
    found = deviation(context(), AREA, deviation_view(with_peers=False), ())
    assert "går inte att jämföra med de liknande kommunerna: för få har värden" in str(found.blocks[0])
    assert labels(found) == ["År", "Exempelby", "Avvikelse enligt Kolada"]
    assert "Fältet" not in found.how_to_read
    assert found.figure is not None


def test_a_deviation_below_zero_is_under_the_reference_cost() -> None:
    view = replace(deviation_view(), own=pd.Series({2025: -2.5}))
    finding = deviation(context(), AREA, view, ()).finding
    assert finding == "År 2025 låg Exempelbys nettokostnad 2,5 procent under referenskostnaden."


def test_money_that_cannot_be_computed_is_said_to_be_missing() -> None:
    nothing = pd.Series(dtype=float)
    view = replace(deviation_view(), mnkr=nothing, gap_mnkr=nothing)
    assert "går inte att räkna om till kronor" in str(deviation(context(), AREA, view, ()).blocks[1])


def test_without_a_deviation_the_exhibit_names_what_is_missing() -> None:
    view = replace(deviation_view(), own=pd.Series({2025: float("nan")}))
    found = deviation(context(), AREA, view, ())
    assert found.figure is None
    assert "”Nettokostnadsavvikelse, hela skolan” (D) för Exempelby" in found.to_text()


def test_a_name_never_becomes_markup() -> None:
    html = deviation(context("<i>By</i>"), AREA, deviation_view(), ()).to_html()
    assert "<i>By</i>" not in html
    assert "&lt;i&gt;By&lt;/i&gt;" in html


# --- unit cost --------------------------------------------------------------------------

UNIT = panel(
    {
        OWN: [120_000.0 + 1_000 * step for step in range(12)],
        **{code: [100_000.0 + 1_000 * step for step in range(12)] for code in PEERS},
        "0000": [110_000.0 + 1_000 * step for step in range(12)],
    }
)


def unit_view() -> UnitCostView:
    return UnitCostView(
        kpi=KPIS["C"],
        own=UNIT.loc[OWN],
        riket=UNIT.loc["0000"],
        peers=median_by_year(UNIT, PEERS),
        comparison=compare(UNIT, OWN, PEERS),
    )


def test_unit_cost_is_compared_within_the_year() -> None:
    found = unit_cost(context(), unit_view(), ())
    # 131/111 = 1.180, 130/110 = 1.182, 129/109 = 1.183; 131/121 = 1.083, 129/119 = 1.084.
    assert found.finding == (
        "År 2025 var kostnaden i Exempelby 131\u00a0000\u00a0kronor per elev, 18,0 procent mer än medianen för de "
        "liknande kommunerna (mellan +18,0 och +18,3 procent under 2023–2025)."
    )
    assert "8,3 procent mer än i riket (mellan +8,3 och +8,4 procent under 2023–2025)" in found.to_text()
    assert rows(found)[-1][-2:] == pytest.approx([100 * (131 / 111 - 1), 100 * (131 / 121 - 1)])


def test_unit_cost_without_riket_says_so() -> None:
    found = unit_cost(context(), replace(unit_view(), riket=pd.Series(dtype=float)), ())
    assert "För riket saknas värde 2025." in found.to_text()
    assert "Riket" not in labels(found)


def test_a_cost_that_stands_in_for_the_areas_own_says_so() -> None:
    found = unit_cost(context(), replace(unit_view(), kpi=KPIS["N"], instead_of=KPIS["C"]), ())
    assert found.title == "Nettokostnad, kronor per elev"
    assert found.blocks[0] == (
        "”Kostnad i kommunala skolor, F–9” saknas för Exempelby. I stället visas ”Nettokostnad”."
    )


def test_unit_cost_of_the_municipality_alone_is_still_shown() -> None:
    view = replace(
        unit_view(), peers=median_by_year(UNIT, ["0999"]), riket=pd.Series(dtype=float), comparison=None
    )
    found = unit_cost(context(), view, ())
    assert found.finding == "År 2025 var kostnaden i Exempelby 131\u00a0000\u00a0kronor per elev."
    assert labels(found) == ["År", "Exempelby"]


def test_without_unit_cost_the_exhibit_names_what_is_missing() -> None:
    found = unit_cost(context(), replace(unit_view(), own=pd.Series(dtype=float)), ())
    assert found.figure is None
    assert "”Kostnad i kommunala skolor, F–9” (C) för Exempelby" in found.to_text()


# --- cost tree --------------------------------------------------------------------------

TREE = CostTree(parent="C", children=("A", "B", "M"))
COSTS = pd.DataFrame(
    {"C": [100.0, 90.0, 80.0, 70.0], "A": [60.0, 55.0, 45.0, 35.0], "B": [30.0, 28.0, 30.0, 32.0],
     "M": [float("nan"), 5.0, 4.0, 3.0]},
    index=[OWN, *PEERS],
)  # fmt: skip


def tree_view(**changes: object) -> TreeView:
    split = tree_difference(TREE, COSTS, OWN, PEERS)
    assert split is not None
    latest = {str(key): float(value) for key, value in split.rows["difference"].items()}
    earlier = {key: value - 1.0 for key, value in latest.items()}
    made = TreeView(tree=TREE, year=2025, split=split, history={2024: earlier, 2025: latest})
    return replace(made, **changes)


def test_the_largest_part_of_the_difference_is_named_with_its_range() -> None:
    found = cost_tree(context(), [tree_view()], "", ())
    assert found.finding == (
        "År 2025 var ”Kostnad i kommunala skolor, F–9” 20\u00a0kronor per elev högre i Exempelby än medelvärdet för "
        "de liknande kommunerna (mellan +19 och +20 under 2024 och 2025). Störst del har ”Undervisning”: +15 "
        "(mellan +14 och +15 under 2024 och 2025)."
    )


def test_the_parts_and_the_rest_sum_to_the_difference() -> None:
    total, *parts = rows(cost_tree(context(), [tree_view()], "", ()))
    assert [part[0] for part in parts] == ["Undervisning", "Lokaler", "Rest"]
    assert [total[7], *(part[7] for part in parts)] == [20.0, 15.0, 0.0, 5.0]
    for column in (4, 6, 7):
        assert math.isclose(sum(float(str(part[column])) for part in parts), float(str(total[column])))


def test_parts_without_values_are_said_to_be_in_the_rest() -> None:
    assert "”Måltider” saknar värden och ingår i resten." in cost_tree(context(), [tree_view()], "", ()).notes


def test_a_tree_against_riket_says_riket() -> None:
    found = cost_tree(context(), [tree_view(riket=True)], "", ())
    assert "högre i Exempelby än i riket" in found.finding
    assert "Jämförelsen är riket där de liknande kommunerna saknar värden." in found.notes
    assert {row[5] for row in rows(found)} == {"riket"}


def test_a_difference_with_no_part_on_its_side_names_none() -> None:
    split = tree_view().split
    turned = split.rows.assign(difference=[-15.0, 0.0, -5.0, 0.0])
    history = {2025: {str(key): float(value) for key, value in turned["difference"].items()}}
    found = cost_tree(context(), [tree_view(split=replace(split, rows=turned), history=history)], "", ())
    assert "Störst del" not in found.finding


def test_all_trees_stand_in_the_table_but_only_one_unit_in_the_figure() -> None:
    split = tree_difference(CostTree(parent="H", children=("P",)), COSTS.rename(columns={"C": "H", "A": "P"}),
                            OWN, PEERS)  # fmt: skip
    assert split is not None
    latest = {str(key): float(value) for key, value in split.rows["difference"].items()}
    other = TreeView(CostTree(parent="H", children=("P",)), 2025, split, {2025: latest})
    found = cost_tree(context(), [tree_view(), other], "", ())
    assert "Hemtjänst" in [row[0] for row in rows(found)]
    assert found.figure is not None
    assert "Hemtjänst" not in found.figure.to_html("")
    assert "”Hemtjänst”" in str(found.blocks[0])


def test_without_a_tree_nothing_is_shown() -> None:
    assert "Det saknas." in cost_tree(context(), [], "Det saknas.", ()).to_text()


# --- products ---------------------------------------------------------------------------

PRODUCT = Product(
    label="Kostnad per invånare = andel × kostnad per person",
    result="H",
    factor=0.01,
    factors=("P", "R"),
    approximate="Andelen är ett genomsnitt.",
)
FACTORS = pd.DataFrame(
    {"H": [32.0, 20.0, 20.0], "P": [10.0, 8.0, 8.0], "R": [300.0, 250.0, 250.0]},
    index=[OWN, "0320", "0321"],
)


def product_view(**changes: object) -> ProductView:
    split = product_difference(PRODUCT, FACTORS, OWN, PEERS)
    assert split is not None
    latest = product_parts(PRODUCT, split)
    earlier = {key: value + 1.0 for key, value in latest.items()}
    made = ProductView(PRODUCT, 2025, split, {2024: earlier, 2025: latest})
    return replace(made, **changes)


def test_price_and_quantity_sum_with_the_rest_to_the_difference() -> None:
    total, *parts = rows(cost_factors(context(), [product_view()], "", ()))
    # Shapley: share (10-8)*(300+250)/2/100 = 5.5, cost (300-250)*(10+8)/2/100 = 4.5, rest 12-10 = 2.
    assert [total[6], *(part[6] for part in parts)] == pytest.approx([12.0, 5.5, 4.5, 2.0])
    assert [total[8], *(part[8] for part in parts)] == pytest.approx([60.0, 27.5, 22.5, 10.0])
    assert [part[0] for part in parts] == ["Andel med hemtjänst", "Kostnad per hemtjänsttagare", "Rest"]


def test_price_and_quantity_in_words_with_ranges_and_why_it_is_approximate() -> None:
    found = cost_factors(context(), [product_view()], "", ())
    assert found.finding == (
        "År 2025 var ”Hemtjänst” (kr/inv 65+) 60,0 procent högre i Exempelby än medelvärdet för de liknande "
        "kommunerna (mellan +60,0 och +61,0 under 2024 och 2025). Räknat i procentenheter står ”Andel med hemtjänst” "
        "för +27,5 (+27,5 till +28,5) och ”Kostnad per hemtjänsttagare” för +22,5 (+22,5 till +23,5)."
    )
    assert "andel × kostnad per person. Andelen är ett genomsnitt." in found.to_text()


def test_the_rest_is_drawn_unless_the_product_is_exact() -> None:
    drawn = cost_factors(context(), [product_view()], "", ()).figure
    exact = replace(product_view().split, own=30.0, difference=10.0, rest=0.0)
    parts = {**product_parts(PRODUCT, exact), REST: 0.0}
    view = product_view(split=exact, history={2025: parts})
    clean = cost_factors(context(), [view], "", ())
    assert drawn is not None
    assert clean.figure is not None
    assert "Rest" in drawn.to_html("")
    assert "Rest" not in clean.figure.to_html("")
    assert rows(clean)[-1][0] == "Rest"


def test_a_product_against_riket_says_riket() -> None:
    found = cost_factors(context(), [product_view(riket=True)], "", ())
    assert "högre i Exempelby än i riket" in found.finding
    assert "geometriska" not in found.notes


def test_without_a_product_nothing_is_shown() -> None:
    assert "Det saknas." in cost_factors(context(), [], "Det saknas.", ()).to_text()
