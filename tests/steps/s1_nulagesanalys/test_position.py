"""The quadrant, efficiency and its change, on small hand-made numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis import efficiency as analysis
from effektiv.exhibits.context import Context, Peers
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.words import quarter_text
from effektiv.outputs import EXHIBIT_MIME
from effektiv.steps.s1_nulagesanalys.efficiency import EfficiencyView
from effektiv.steps.s1_nulagesanalys.efficiency_change import ChangeView
from effektiv.steps.s1_nulagesanalys.quadrant import (
    MOST_PEERS,
    ROLE_MODELS_SHOWN,
    IndexPosition,
    own_index_note,
)
from effektiv.types import Better, Break, Direction, FocusArea, Kpi, OwnIndex, Role, Sections, StructuralModel
from tests.steps.s1_nulagesanalys.shows import efficiency, efficiency_change, quadrant

OWN = "0319"
PEERS = ("0320", "0321", "0322")
NAMES = {OWN: "Exempelby", "0320": "Alby", "0321": "Björkby", "0322": "Cedersta", "0000": "Riket"}


def kpi(kpi_id: str, label: str, unit: str, role: Role, better: Better, *breaks: int) -> Kpi:
    found = tuple(Break(year=year, reason="Ny metod.") for year in breaks)
    return Kpi(id=kpi_id, title=label, label=label, unit=unit, role=role, better=better, breaks=found)


KPIS = {
    item.id: item
    for item in (
        kpi("UX", "Resursindex", "index", Role.INDEX, Better.HIGHER),
        kpi("UY", "Kvalitetsindex", "index", Role.INDEX, Better.HIGHER),
        kpi("C", "Kostnad per elev", "kr/elev", Role.RESOURCE, Better.LOWER),
        kpi("Q1", "Meritvärde, åk 9", "poäng", Role.QUALITY, Better.HIGHER),
        kpi("Q2", "Utredningstid", "dagar", Role.QUALITY, Better.LOWER),
        kpi("D", "Nettokostnadsavvikelse", "%", Role.RESOURCE, Better.LOWER),
        kpi("S", "Bor i tätort", "%", Role.STRUCTURE, Better.NEITHER),
    )
}
AREA = FocusArea(
    id="skola", label="Skola", in_text="skolan", direction=Direction.QUALITY, family="Liknande kommuner",
    deviation_pct="D", deviation_mnkr="D", deviation_label="Nettokostnadsavvikelse", reference_cost="C",
    population="C", unit_cost="C", volume="C", volume_word="elever", quality_for_k=("Q1", "Q2"),
    headline_quality="Q1", gaps=(), limits=(),
    structural_model=StructuralModel(cost="C", quality="Q1", structure=("S",)),
    sections=Sections(conditions=(), forecast=(), resource=(), volume=(), quality=()),
)  # fmt: skip


def context(names: Mapping[str, str] = NAMES, members: tuple[str, ...] = PEERS) -> Context:
    peers = Peers(members, "liknande kommuner", "de liknande kommunerna", "")
    return Context(OWN, names, peers, KPIS, 2025, None)


def panel(rows: Mapping[str, list[float]], years: range = range(2023, 2026)) -> pd.DataFrame:
    frame = pd.DataFrame(rows, index=pd.Index(list(years), name="year"), dtype=float).T
    frame.index.name = "municipality"
    return frame


def position(**changes: object) -> IndexPosition:
    resource = panel({OWN: [20, 30, 25], "0320": [50, 50, 50], "0321": [60, 60, 60], "0322": [70, 70, 70]})
    quality = panel({OWN: [80, 40, 90], "0320": [50, 50, 50], "0321": [55, 55, 55], "0322": [60, 60, np.nan]})
    made = IndexPosition(
        kind="published",
        resource=resource,
        quality=quality,
        year=2025,
        figures=(KPIS["UX"], KPIS["UY"]),
    )
    return replace(made, **changes)


def rows(exhibit: Exhibit) -> list[list[object]]:
    table = exhibit.to_json()["table"]
    assert table is not None
    return list(table["rows"])


def test_the_corner_is_named_with_the_share_of_years_of_each_side() -> None:
    found = quadrant(context(), position(), "", ())
    assert found.finding == (
        "År 2025 hade Exempelby högre kvalitet (två av de tre senaste åren) och högre kostnad (alla de tre senaste "
        "åren) än mitten av landets kommuner, mätt med RKA:s index."
    )


def test_the_spread_and_the_quarter_of_each_side_are_told() -> None:
    (bands,) = quadrant(context(), position(), "", ()).blocks
    assert (
        "Resursindex var 25 (mellan 20 och 30 under 2023–2025), i den lägsta fjärdedelen av kommunerna."
        in bands
    )
    assert "Kvalitetsindex var 90 (mellan 40 och 90 under 2023–2025), ömsom i den lägsta och i den" in bands


def test_the_table_holds_own_years_the_peers_and_the_median() -> None:
    found = rows(quadrant(context(), position(), "", ()))
    assert found[0] == ["Exempelby", 2025, "Egen kommun", 25.0, 90.0]
    assert [row[1] for row in found[:3]] == [2025, 2024, 2023]
    assert ["Cedersta", 2025, "Jämförelsekommun", 70.0, None] in found
    # The median is of the municipalities with both sides: 25, 50, 60 and 90, 50, 55.
    assert found[-1] == ["Median, alla kommuner", 2025, "", 50.0, 55.0]


def test_values_with_a_median_beside_them_are_never_called_koladas() -> None:
    found = quadrant(context(), position(), "", ())
    assert found.source is Source.OWN
    assert "så som de står i Kolada (UX och UY)" in found.notes


def test_years_before_a_break_are_neither_drawn_nor_counted() -> None:
    found = quadrant(context(), position(breaks=(Break(year=2025, reason="Ny fråga."),)), "", ())
    assert [row[1] for row in rows(found) if row[2] == "Egen kommun"] == [2025]
    assert "(det senaste året)" in found.finding
    assert "(bara ett år)" in str(found.blocks[0])
    assert "mätningen ändrades 2025" in found.how_to_read


def test_an_index_wider_than_the_area_names_what_it_covers() -> None:
    found = quadrant(context(), position(scope="äldreomsorg"), "", ())
    assert found.finding.endswith("mätt med RKA:s index för äldreomsorg.")


def test_role_models_are_marked_and_told_how_they_were_chosen() -> None:
    chosen = position(role_models=("0321", "0322"), role_model_figures=(KPIS["D"], KPIS["Q1"]))
    found = quadrant(context(), chosen, "", ())
    roles = {str(row[0]): row[2] for row in rows(found)}
    assert roles["Björkby"] == "Förebild"
    # Without a place in the figure nobody is marked in it.
    assert roles["Cedersta"] == "Jämförelsekommun"
    assert "”Nettokostnadsavvikelse” och ”Meritvärde, åk 9”" in found.how_to_read


def test_no_more_role_models_than_can_be_told_apart() -> None:
    codes = [f"{number:04d}" for number in range(1000, 1020)]
    made = panel({OWN: [20, 30, 25], **{code: [50, 50, 50] for code in codes}})
    crowded = position(resource=made, quality=made, role_models=tuple(codes))
    found = quadrant(context({**NAMES, **{code: f"By{code}" for code in codes}}), crowded, "", ())
    assert sum(row[2] == "Förebild" for row in rows(found)) == ROLE_MODELS_SHOWN


def test_a_group_of_all_municipalities_is_not_marked_one_by_one() -> None:
    codes = tuple(f"{number:04d}" for number in range(1000, 1001 + MOST_PEERS))
    made = panel({OWN: [20, 30, 25], **{code: [50, 50, 50] for code in codes}})
    names = {**NAMES, **{code: f"By{code}" for code in codes}}
    found = quadrant(context(names, codes), position(resource=made, quality=made), "", ())
    assert not [row for row in rows(found) if row[2] == "Jämförelsekommun"]


def test_an_own_construction_is_flagged_and_prints_what_it_leaves_unexplained() -> None:
    found = quadrant(context(), position(kind="own", unexplained_pct=73.6, note="Så gjordes den."), "", ())
    assert [(flag.code, flag.text) for flag in found.flags] == [
        ("own", "Kolada har inget index för området.")
    ]
    assert "lämnar 74 procent av skillnaderna i kostnad mellan kommuner oförklarade" in str(found.blocks[1])
    assert "mätt med en egen konstruktion" in found.finding
    assert found.notes == "Så gjordes den."
    assert "RKA" not in found.to_html()


def test_our_check_of_an_index_says_that_it_is_ours() -> None:
    found = quadrant(context(), position(kind="check", note="Ur samma nyckeltal."), "", ())
    assert "vår egen beräkning av RKA:s index" in found.finding
    assert [flag.code for flag in found.flags] == ["own"]


def test_without_a_position_the_exhibit_says_what_is_missing() -> None:
    found = quadrant(context(), None, "Frysningen saknar index för Exempelby.", ())
    assert found.figure is None
    assert found.table is None
    assert "Kan inte visas. Frysningen saknar index för Exempelby." in found.to_text()


def test_a_name_never_becomes_markup() -> None:
    html = quadrant(context({**NAMES, OWN: "<b>By</b>"}), position(), "", ()).to_html()
    assert "<b>By</b>" not in html
    assert "&lt;b&gt;By&lt;/b&gt;" in html


def test_the_note_on_an_own_index_names_every_figure() -> None:
    note = own_index_note(OwnIndex(cost="C", quality=("Q1", "Q2"), structure=("S",)), KPIS)
    for label in ("Kostnad per elev", "Meritvärde, åk 9", "Utredningstid", "Bor i tätort"):
        assert f"”{label}”" in note


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (None, ""),
        ((1, 1), "i den lägsta fjärdedelen av kommunerna"),
        ((2, 3), "i den näst lägsta eller näst högsta fjärdedelen av kommunerna"),
        ((2, 4), "mellan den näst lägsta och den högsta fjärdedelen av kommunerna"),
        ((1, 4), "ömsom i den lägsta och i den högsta fjärdedelen av kommunerna"),
    ],
)
def test_quarters_in_words(span: tuple[int, int] | None, expected: str) -> None:
    assert quarter_text(span) == expected


# --- efficiency -------------------------------------------------------------------------

BETTER = {"Q1": Better.HIGHER, "Q2": Better.LOWER}
QUALITY = {
    "Q1": panel({OWN: [180.0, 190, 200], "0000": [200.0, 200, 200]}),
    "Q2": panel({OWN: [110.0, 100, 125], "0000": [100.0, 100, 100]}),
}
UNIT_COST = panel({OWN: [110.0, 120, 125], "0000": [100.0, 100, 100]})


def efficiency_view(**changes: object) -> EfficiencyView:
    own = analysis.efficiency(QUALITY, UNIT_COST, BETTER, OWN)
    years = own.index
    made = EfficiencyView(
        year=2025,
        figures=(KPIS["Q1"], KPIS["Q2"]),
        left_out=(),
        unit_cost=KPIS["C"],
        own=own,
        peers=pd.DataFrame(dict.fromkeys(("E", "K", "unit_cost_rel"), 1.0), index=years),
        by_figure={"Q1": 1.0, "Q2": 0.8},
        quarters=(1, 2),
        n=241,
    )
    return replace(made, **changes)


def test_efficiency_is_quality_over_cost_in_one_sentence() -> None:
    found = efficiency(context(), efficiency_view(), (), ())
    # K = sqrt(1 * 0.8) = 0.894; E = 0.894 / 1.25 = 0.716; before sqrt(.9/1.1)/1.1 and sqrt(.95)/1.2.
    assert found.finding == (
        "År 2025 var Exempelbys effektivitet 72 när riket är 100 (mellan 72 och 82 under 2023–2025): "
        "kvaliteten var 89 och kostnaden 125."
    )


def test_efficiency_names_its_quality_figures_and_the_missing_ones() -> None:
    view = efficiency_view(figures=(KPIS["Q1"],), left_out=(KPIS["Q2"],), by_figure={"Q1": 0.95})
    text = efficiency(context(), view, (), ()).to_text()
    assert "- Meritvärde, åk 9: 95" in text
    assert "Värde saknas för ”Utredningstid”, som därför inte ingår." in text


def test_efficiency_has_a_band_and_no_rank() -> None:
    text = str(efficiency(context(), efficiency_view(), (), ()).blocks[0])
    assert text == (
        "De tre senaste åren har effektiviteten legat i den lägsta eller näst lägsta fjärdedelen av de 241 kommuner "
        "som har alla måtten. Medianen för de liknande kommunerna var 100 samma år."
    )


def test_the_split_of_efficiency_is_exact_in_every_year() -> None:
    for row in rows(efficiency(context(), efficiency_view(), (), ())):
        _, e, k, cost, ln_k, ln_cost, ln_e = (float(str(value)) for value in row)
        assert math.isclose(ln_k + ln_cost, ln_e, abs_tol=1e-9)
        assert math.isclose(100 * k / cost, e, rel_tol=1e-12)


def test_efficiency_without_other_municipalities_says_so() -> None:
    view = efficiency_view(quarters=None, peers=efficiency_view().peers * np.nan)
    assert "går inte att jämföra med andra kommuner" in str(efficiency(context(), view, (), ()).blocks[0])


def test_missing_efficiency_names_what_the_municipality_lacks() -> None:
    found = efficiency(context(), None, (KPIS["Q1"],), ())
    assert "saknar ”Meritvärde, åk 9” för Exempelby" in found.to_text()
    assert "för något av de senaste åren" in efficiency(context(), None, (), ()).to_text()


# --- change -----------------------------------------------------------------------------


def change_view(**changes: object) -> ChangeView:
    change = analysis.efficiency_change(QUALITY, UNIT_COST, BETTER, OWN, from_year=2023, to_year=2025)
    assert change is not None
    made = ChangeView(
        change=change,
        noise=0.01,
        peers=0.012,
        before={"Q1": 0.9, "Q2": 1 / 1.1, "C": 1.1},
        after={"Q1": 1.0, "Q2": 0.8, "C": 1.25},
    )
    return replace(made, **changes)


def test_a_change_says_direction_parts_and_uncertainty() -> None:
    found = efficiency_change(context(), AREA, change_view(), ())
    # ln K: (ln(1/.9) + ln(.8*1.1))/2 = -1.1; cost: -ln(1.25/1.1) = -12.8; half width 1.96*sqrt(2)*1 = 2.8.
    assert found.finding == (
        "Exempelbys effektivitet minskade med ungefär 13,9 procent mot riket mellan 2023 och 2025 (95 procents "
        "osäkerhet: mellan −16,7 och −11,1): kvaliteten bidrog med −1,1 och kostnaden med −12,8."
    )
    assert "medianförändringen +1,2 procent" in str(found.blocks[0])


def test_a_change_within_the_noise_is_not_called_one() -> None:
    found = efficiency_change(context(), AREA, change_view(noise=0.2), ())
    assert found.finding.startswith("Det går inte att säga att Exempelbys effektivitet har ändrats mot riket")
    assert "minskade" not in found.finding
    assert "inom slumpen (95 procents osäkerhet: mellan −69,3 och +41,5)" in found.finding


def test_an_unknown_noise_is_said_to_be_unknown() -> None:
    found = efficiency_change(context(), AREA, change_view(noise=float("nan"), peers=float("nan")), ())
    assert "går inte att bedöma" in found.finding
    assert found.blocks == ()


def test_the_parts_of_a_change_sum_to_it() -> None:
    *parts, total = rows(efficiency_change(context(), AREA, change_view(), ()))
    assert [row[0] for row in parts] == ["Meritvärde, åk 9", "Utredningstid", "Kostnad per elev"]
    assert math.isclose(sum(float(str(row[3])) for row in parts), float(str(total[3])), abs_tol=1e-9)
    assert [row[1] for row in parts] == pytest.approx([90.0, 100 / 1.1, 110.0])


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.floats(50, 400), min_size=4, max_size=4),
    st.lists(st.floats(50, 400), min_size=2, max_size=2),
)
def test_the_parts_of_any_change_sum_to_it(quality: list[float], cost: list[float]) -> None:
    years = range(2024, 2026)
    panels = {
        "Q1": panel({OWN: quality[:2], "0000": [200.0, 210.0]}, years),
        "Q2": panel({OWN: quality[2:], "0000": [100.0, 90.0]}, years),
    }
    unit = panel({OWN: cost, "0000": [100.0, 104.0]}, years)
    change = analysis.efficiency_change(panels, unit, BETTER, OWN, from_year=2024, to_year=2025)
    assert change is not None
    *parts, total = rows(efficiency_change(context(), AREA, change_view(change=change), ()))
    assert math.isclose(sum(float(str(row[3])) for row in parts), float(str(total[3])), abs_tol=1e-9)


def test_figures_missing_in_one_of_the_years_are_named() -> None:
    change = replace(change_view().change, left_out=("Q2",))
    found = efficiency_change(context(), AREA, change_view(change=change), ())
    assert "Värde saknas något av åren för ”Utredningstid”" in str(found.blocks[1])


def test_without_two_years_nothing_is_shown() -> None:
    found = efficiency_change(context(), AREA, None, ())
    assert found.figure is None
    assert found._repr_mimebundle_()[EXHIBIT_MIME]["flags"][0]["code"] == "missing"
