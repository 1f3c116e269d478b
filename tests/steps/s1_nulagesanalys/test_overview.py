"""The overview's exhibits: services side by side, indices, and the basis for a choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Source
from effektiv.exhibits.swedish import Mark
from effektiv.exhibits.words import quarter_words
from effektiv.steps.s1_nulagesanalys.focus_areas import OwnChoice
from effektiv.steps.s1_nulagesanalys.index_check import CheckView
from effektiv.steps.s1_nulagesanalys.indices import SIDES, IndexView
from effektiv.steps.s1_nulagesanalys.services import ServiceView, candidates_sentence
from effektiv.types import IndexDefinition, IndexPart, Service
from tests.steps.s1_nulagesanalys.shows import deviations, focus_area_basis, index_check, indices, services
from tests.steps.s1_nulagesanalys.shows import overview_summary as summary
from tests.steps.s1_nulagesanalys.written_samples import NAN, context, plain

ROW: dict[str, Any] = {
    "year": 2025,
    "deviation_pct": 5.0,
    "gap_mnkr": 4.0,
    "gap_published": True,
    "peer_deviation_pct": 2.0,
    "gap_peers_mnkr": 2.5,
    "gap_budget_pct": 0.5,
    "net_cost_pct": 12.0,
    "change": 1.0,
    "change_low": -0.5,
    "change_high": 2.5,
    "change_sign": 0,
    "years_same_sign": 3,
    "years_judged": 3,
}
EMPTY: dict[str, Any] = {
    **dict.fromkeys(ROW, NAN),
    "year": None,
    "change_sign": None,
    "years_same_sign": 0,
    "years_judged": 0,
    "gap_published": False,
}


def index(
    label: str = "Förskola",
    own: float | None = 20.0,
    quarters: tuple[int, int] | None = (1, 1),
    judged: int = 3,
) -> IndexView:
    part = IndexPart(published="P", inputs=())
    points = pd.Series(
        {"0002": 30.0, "0003": 50.0, "0004": 70.0, "0005": 90.0} | ({} if own is None else {"0001": own})
    )
    return IndexView(
        definition=IndexDefinition(
            id=label.lower(), label=label, resource=part, quality=part, efficiency="P"
        ),
        points=dict.fromkeys(SIDES, points),
        years=dict.fromkeys(SIDES, None if own is None else 2025),
        medians=dict.fromkeys(SIDES, 50.0),
        quarters=dict.fromkeys(SIDES, quarters),
        judged=dict.fromkeys(SIDES, judged),
        marks=dict.fromkeys(SIDES, Mark.PRIVACY if own is None else Mark.ABSENT),
    )


def service(
    label: str = "Förskola",
    row: dict[str, Any] | None = None,
    view: IndexView | None = None,
    *,
    spread: tuple[float, float] | None = (3.0, 5.0),
    **more: Any,
) -> ServiceView:
    made = Service(
        id=label.lower(), label=label, deviation_pct="DEV", focus_area=more.pop("focus_area", None)
    )
    return ServiceView(made, ROW if row is None else row, spread, index=view, **more)


def ctx(preliminary: int | None = None) -> Context:
    return context(preliminary=preliminary)


DEAR = service("Förskola", {**ROW, "gap_mnkr": 4.0})
DEARER = service("LSS", {**ROW, "deviation_pct": 9.0, "gap_mnkr": 12.0})
CHEAP = service("Äldreomsorg", {**ROW, "deviation_pct": -6.0, "gap_mnkr": -20.0, "years_same_sign": 2})
NONE = service("Fritidshem", EMPTY, spread=None)
TOTAL = service("Totalt, utan LSS", {**ROW, "deviation_pct": 3.0, "gap_mnkr": NAN})


# --- deviations -----------------------------------------------------------------------------


def test_deviations_name_total_dearest_and_cheapest_with_their_years() -> None:
    exhibit = deviations(ctx(), [DEAR, DEARER, CHEAP, NONE], TOTAL, ())
    text = plain(exhibit)
    assert (
        "Verksamheten i Lillby, utom LSS, var 3,0 procent dyrare än referenskostnaden 2025. På tre år var avvikelsen "
        "mellan +3,0 och +5,0 procent. Mest över referenskostnaden i kronor är LSS med 12,0 miljoner kronor (alla de tre "
        "senaste åren). Mest under är äldreomsorg med 20,0 miljoner kronor (två av de tre senaste åren)."
    ) in text
    assert "LSS +9,0 % (lägst +3,0 och högst +5,0 på tre år)" in text
    assert "Fritidshem" not in (exhibit.alt or "")


def test_a_table_with_medians_is_not_kolada_s() -> None:
    assert deviations(ctx(), [DEAR], TOTAL, ()).source is Source.OWN
    assert indices(ctx(), [index()], ()).source is Source.OWN


def test_deviations_near_zero_are_not_named() -> None:
    near = service(row={**ROW, "deviation_pct": 0.4, "gap_mnkr": 0.3})
    assert deviations(ctx(), [near], None, ()).finding.replace("\u00a0", " ") == (
        "Ingen verksamhet med uppgifter i Lillby avviker mer än 1 %."
    )


def test_an_older_year_is_written_at_the_bar() -> None:
    older = service("LSS", {**ROW, "year": 2023})
    exhibit = deviations(ctx(), [DEAR, older], None, ())
    assert exhibit.figure is not None
    assert "LSS (2023)" in exhibit.to_html()
    assert "2023 och 2025" in (exhibit.alt or "")


def test_preliminary_total() -> None:
    assert "referenskostnaden 2025 (prel.)" in deviations(ctx(2025), [DEAR], TOTAL, ()).finding


def test_own_groups_are_told() -> None:
    own = service("Äldreomsorg", own_group=True)
    assert (
        "För äldreomsorg är gruppen Koladas liknande kommuner i just den"
        in deviations(ctx(), [DEAR, own], None, ()).notes
    )
    assert "i just den" not in deviations(ctx(), [DEAR], None, ()).notes


def test_no_deviations() -> None:
    assert "saknar nettokostnadsavvikelser för Lillby" in plain(deviations(ctx(), [NONE], None, ()))


# --- indices --------------------------------------------------------------------------------


def test_only_three_years_in_a_quarter_are_steady() -> None:
    assert index(quarters=(1, 1), judged=3).steady("quality", 1, 1)
    assert not index(quarters=(1, 1), judged=2).steady("quality", 1, 1)
    assert not index(quarters=(1, 2), judged=3).steady("quality", 1, 1)
    assert index(quarters=(1, 2), judged=3).steady("quality", 1, 2)
    assert not index(quarters=None, judged=0).steady("quality", 1, 4)


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        ([index()], "låg i landets lägsta fjärdedel alla de tre senaste åren i förskola."),
        (
            [index(quarters=(4, 4)), index("LSS", quarters=(4, 4))],
            "högsta fjärdedel alla de tre senaste åren i förskola och LSS.",
        ),
        ([index(judged=2)], "Ingen verksamhet i Lillby hade ett effektivitetsindex som stannade"),
    ],
)
def test_the_finding_of_the_indices(views: Sequence[IndexView], expected: str) -> None:
    assert expected in indices(ctx(), views, ()).finding


def test_index_table_has_values_medians_and_why_a_value_is_missing() -> None:
    exhibit = indices(ctx(), [index(), index("LSS", own=None, quarters=None, judged=0)], ())
    assert exhibit.table is not None
    assert exhibit.table.rows[0] == ("Förskola, resursindex", 2025, 20.0, 50.0, "lägsta fjärdedelen")
    assert exhibit.table.rows[3][:3] == ("LSS, resursindex", None, None)
    assert {(m["row"], m["mark"]) for m in exhibit.table.to_json()["marks"] if m["column"] == "kommun"} == {
        (3, ".."),
        (4, ".."),
        (5, ".."),
    }
    assert "LSS: saknas" in (exhibit.alt or "")


def test_no_indices() -> None:
    assert "Frysningen saknar RKA:s index för Lillby." in plain(indices(ctx(), [index(own=None)], ()))


@pytest.mark.parametrize(
    ("span", "expected"),
    [((1, 1), "lägsta fjärdedelen"), ((2, 4), "näst lägsta till högsta fjärdedelen")],
)
def test_quarters_in_words(span: tuple[int, int], expected: str) -> None:
    assert quarter_words(span) == expected


def test_index_check_names_the_largest_mean_difference_and_no_cause() -> None:
    checks = [
        CheckView("Förskola", "resource", 2025, 40.0, 41.0, 0.2, 0.9, 280),
        CheckView("LSS", "quality", 2024, NAN, NAN, 1.4, 3.0, 200, "Två nyckeltal läses som ett."),
        CheckView("Gymnasieskola", "quality", None),
    ]
    exhibit = index_check(ctx(), checks)
    text = plain(exhibit)
    assert (
        "Störst är skillnaden i LSS (kvalitetsindex): 1,4 indexpoäng i genomsnitt för kommunerna 2024."
        in text
    )
    assert "- LSS: Två nyckeltal läses som ett." in text
    assert "kan betyda" in exhibit.how_to_read
    assert exhibit.table is not None
    assert exhibit.table.rows[2] == ("Gymnasieskola, kvalitetsindex", None, None, None, None, None, None)
    assert "Frysningen saknar index" in plain(index_check(ctx(), [checks[2]]))


# --- services and the choice ------------------------------------------------------------------


def test_services_stand_side_by_side_and_are_never_added_up() -> None:
    exhibit = services(ctx(), [DEAR, DEARER, NONE], ())
    assert exhibit.table is not None
    assert [row[0] for row in exhibit.table.rows] == ["Förskola", "LSS", "Fritidshem"]
    assert "går inte att lägga ihop" in exhibit.how_to_read
    text = plain(exhibit)
    assert "16,0" not in text  # 4 + 12
    assert "Totalt" not in text
    assert "Summa" not in text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "ingen säker riktning: +1,0 procentenheter (−0,5 till +2,5)"),
        (
            {"change_sign": 1, "change_low": 0.5},
            "stiger: +1,0 procentenheter (+0,5 till +2,5)",
        ),
        (
            {"change": -1.0, "change_sign": -1, "change_low": -2.0, "change_high": -0.1},
            "sjunker: −1,0 procentenheter (−2,0 till −0,1)",
        ),
        ({"change_low": NAN, "change_high": NAN}, "+1,0 procentenheter, okänd osäkerhet"),
        ({"change": NAN}, "går inte att bedöma"),
    ],
)
def test_direction_with_its_certainty(changes: dict[str, Any], expected: str) -> None:
    exhibit = services(ctx(), [service(row={**ROW, **changes})], ())
    assert exhibit.table is not None
    assert exhibit.table.rows[0][7] == expected


def test_index_places_say_whether_there_is_an_index() -> None:
    rows = services(ctx(), [service(view=None), service("LSS", view=index(own=None, quarters=None)),
                            service("Äldreomsorg", view=index(quarters=(2, 3)))], ()).table  # fmt: skip
    assert rows is not None
    assert [row[5] for row in rows.rows] == [
        "index finns inte",
        "saknas",
        "näst lägsta till näst högsta fjärdedelen",
    ]


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        ([DEAR, CHEAP], "Dyrare än referenskostnaden tre år i rad: förskola. Kvalitetsindex saknas för Lillby."),
        ([service(row={**ROW, "years_judged": 2, "years_same_sign": 2})],
         "Ingen verksamhet med uppgifter har stadigt kostat mer än referenskostnaden."),
        ([service(row={**ROW, "years_same_sign": 2})], "Ingen verksamhet med uppgifter har stadigt kostat mer"),
        ([service(row={**ROW, "deviation_pct": 0.9})], "Ingen verksamhet med uppgifter har stadigt kostat mer"),
        ([NONE], "Nettokostnadsavvikelser saknas för Lillby."),
        ([service(view=index(quarters=(2, 2)))], "Kvalitetsindex i landets lägre halva tre år i rad: förskola."),
        ([service(view=index(quarters=(2, 3)))], "Inget kvalitetsindex har stadigt legat i landets lägre halva."),
    ],
)  # fmt: skip
def test_candidates_only_where_all_three_years_agree(views: list[ServiceView], expected: str) -> None:
    assert expected in candidates_sentence(ctx(), views)


def test_summary_of_five_points() -> None:
    views = [DEAR, DEARER, CHEAP, NONE]
    exhibit = summary(
        ctx(), views, TOTAL, [index(), index("LSS", quarters=(2, 3)), index("IFO", None, None, 0)], ()
    )
    text = plain(exhibit)
    assert (
        "2. Kostnad. Mest över referenskostnaden i kronor är LSS med 12,0 miljoner kronor (alla de tre senaste åren). "
        "Sedan följer förskola med 4,0 miljoner kronor (alla de tre senaste åren)." in text
    )
    assert (
        "3. Kvalitet. Lillby har kvalitetsindex för två verksamheter av tre. Lägsta fjärdedelen i landet tre år i rad"
        in text
    )
    assert "Valet är kommunens eget." in text
    assert exhibit.finding.replace("\u00a0", " ").startswith(
        "Totalt 3,0 procent dyrare än referenskostnaden 2025."
    )


def test_summary_without_figures_says_what_is_missing() -> None:
    text = plain(summary(ctx(), [NONE], None, [index(own=None, quarters=None, judged=0)], ()))
    for expected in (
        "Det finns för få uppgifter för att jämföra verksamheterna i Lillby.",
        "Den totala nettokostnadsavvikelsen saknas för Lillby.",
        "Nettokostnadsavvikelser i kronor saknas för Lillby.",
        "Lillby har inget kvalitetsindex i frysningen.",
        "Lillby har inget effektivitetsindex i frysningen.",
    ):
        assert expected in text


def test_one_index_is_in_the_singular() -> None:
    text = plain(summary(ctx(), [DEAR], TOTAL, [index(quarters=(2, 3))], ()))
    assert "Lillby har kvalitetsindex för en verksamhet av en. Inget av dem låg" in text


def test_the_basis_holds_the_figures_and_the_municipality_s_own_words() -> None:
    view = service(
        "Äldreomsorg", {**ROW, "gap_mnkr": -20.0, "years_same_sign": 2}, focus_area="x", view=index()
    )
    own = OwnChoice(
        ("Grundskola", "Barn och unga"),
        reasons="Skälet <i>är</i>\nflera",
        limits="Inte fritidshem",
        decision="KS § 5.",
        record_number="2026/1",
    )
    exhibit = focus_area_basis(ctx(2025), [DEAR, view], own, ())
    text = plain(exhibit)
    assert (
        "- Äldreomsorg: 20,0 miljoner kronor under referenskostnaden 2025 (prel.). Så var det två av de tre senaste åren. "
        "Kvalitet: lägsta fjärdedelen." in text
    )
    assert "Lillby har valt grundskola och barn och unga." in text
    assert "Beslut: KS § 5.\nDiarienummer: 2026/1." in text
    assert exhibit.to_html().count("Kommunens text: ") == 3
    assert "Skälet &lt;i&gt;är&lt;/i&gt;" in exhibit.to_html()


def test_the_basis_without_a_choice_or_figures() -> None:
    text = plain(focus_area_basis(ctx(), [service("IFO", EMPTY, focus_area="x")], OwnChoice(()), ()))
    assert "har ännu inte skrivit in sitt val" in text
    assert "- IFO: Nettokostnadsavvikelse saknas. Kvalitet: index finns inte." in text
    assert "Avgränsning" not in text
