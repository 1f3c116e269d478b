"""The gap in kronor, quality and persons, and the three ways, on hand-made numbers."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.analysis.gap import three_ways as compute_ways
from effektiv.analysis.sizes import Size
from effektiv.exhibits.exhibit import Source
from effektiv.exhibits.swedish import NBSP
from effektiv.steps.s1_nulagesanalys.gap import (
    CostGapView,
    QualityGapView,
    gap_words,
    quality_sentences,
    rounds_to_zero,
    span_words,
)
from effektiv.types import Better, Break
from tests.steps.s1_nulagesanalys.shows import gap, three_ways
from tests.steps.s1_nulagesanalys.written_samples import (
    AREA,
    NAN,
    UNIT_COST,
    WAIT,
    context,
    cost_gap,
    plain,
    quality_gap,
)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (3.25, "3,3 miljoner kronor dyrare än medianen"),
        (-3.25, "3,3 miljoner kronor billigare än medianen"),
        (0.04, "ungefär lika dyr som medianen"),
        (-0.04, "ungefär lika dyr som medianen"),
        (0.05, "0,1 miljoner kronor dyrare än medianen"),
    ],
)
def test_a_gap_in_words(amount: float, expected: str) -> None:
    assert gap_words(amount, "medianen").replace(NBSP, " ") == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1.5, 11.4, "1,5–11,4 miljoner kronor dyrare"),
        (-11.4, -1.5, "1,5–11,4 miljoner kronor billigare"),
        (-8.6, 11.2, "från 8,6 miljoner kronor billigare till 11,2 miljoner kronor dyrare"),
        (0.02, 1.2, "upp till 1,2 miljoner kronor dyrare"),
        (-0.02, 1.2, "upp till 1,2 miljoner kronor dyrare"),
        (-1.2, 0.02, "upp till 1,2 miljoner kronor billigare"),
        (-0.01, 0.01, "ungefär lika dyr"),
        (2.0, 2.01, "2,0 miljoner kronor dyrare"),
    ],
)
def test_a_range_in_words(low: float, high: float, expected: str) -> None:
    assert span_words(low, high).replace(NBSP, " ") == expected


@given(low=st.floats(-99, 99), width=st.floats(0, 99))
def test_a_range_never_shows_a_zero_or_the_wrong_side(low: float, width: float) -> None:
    text = span_words(low, low + width).replace(NBSP, " ")
    assert not re.search(r"(?<!\d)0,0(?!\d)", text)
    assert ("dyrare" in text) == (low + width > 0 and not rounds_to_zero(low + width))
    assert ("billigare" in text) == (low < 0 and not rounds_to_zero(low))


def test_gap_says_amount_median_uncertainty_and_years() -> None:
    exhibit = gap(context(), AREA, [cost_gap()], [quality_gap()], ())
    assert exhibit.finding.replace(NBSP, " ") == (
        "Kostnad per elev: Lillby är 4,0 miljoner kronor dyrare än medianen för de liknande kommunerna 2025. "
        "Räknas medianens osäkerhet med är Lillby 1,0–9,0 miljoner kronor dyrare. "
        "Under 2023–2025 var Lillby 3,0–4,0 miljoner kronor dyrare."
    )
    assert exhibit.source is Source.OWN
    assert exhibit.alt == exhibit.finding


@pytest.mark.parametrize(
    ("amount", "low", "high", "unsure"),
    [(4.0, 1.0, 9.0, False), (4.0, -1.0, 9.0, True), (-4.0, -9.0, 0.0, True), (0.0, -1.0, 1.0, False)],
)
def test_a_gap_whose_range_reaches_zero_is_not_sure(
    amount: float, low: float, high: float, *, unsure: bool
) -> None:
    finding = gap(context(), AREA, [cost_gap(gap=amount, low=low, high=high)], [], ()).finding
    assert ("Skillnaden är alltså inte säker." in finding) is unsure


def test_a_preliminary_year_is_marked() -> None:
    view = cost_gap(kpi=UNIT_COST.model_copy(update={"preliminary_until_final": True}))
    ctx = context(preliminary=2025)
    ctx = replace(ctx, kpis={**ctx.kpis, "COST": view.kpi})
    assert "2025 (prel.)" in gap(ctx, AREA, [view], [], ()).finding


def test_a_group_too_small_for_an_interval_says_so() -> None:
    text = plain(gap(context(), AREA, [cost_gap(low=NAN, high=NAN)], [], ()))
    assert "Gruppen är för liten för att visa hur osäker medianen är." in text


def test_one_year_since_a_break_gives_no_range_of_years() -> None:
    view = cost_gap(years=(2025,), year_low=4.0, kpi=UNIT_COST.model_copy(
        update={"breaks": (Break(year=2025, reason="Ny metod."),)}))  # fmt: skip
    assert "Under 2" not in gap(context(), AREA, [view], [], ()).finding


def test_the_table_holds_numbers_that_add_up() -> None:
    table = gap(context(), AREA, [cost_gap()], [quality_gap(noise=2.0)], ()).table
    assert table is not None
    cost, quality = (dict(zip([c.key for c in table.columns], row, strict=True)) for row in table.rows)
    # 500 pupils: 108 000 and 100 000 kr each.
    assert (cost["kommun"], cost["median"], cost["skillnad"]) == (54.0, 50.0, 4.0)
    assert cost["osakerhet"] == "+1,0 till +9,0"
    assert cost["ar_lika"] == "+3,0 till +4,0 (2023–2025)"
    assert (quality["kommun"], quality["median"], quality["skillnad"]) == (74.0, 80.0, -6.0)
    assert quality["osakerhet"] == "−9,9 till −2,1"  # 6 +- 1.96 * 2
    assert quality["fjardedel"] == 74.0 - 82.0
    assert str(quality["personer"]).replace(NBSP, " ") == "ungefär 3 personer"
    assert table.row_decimals == (1, 1)


def test_a_waiting_time_is_compared_with_its_lower_quarter() -> None:
    table = gap(context(), AREA, [], [quality_gap(5.0, WAIT)], ()).table
    assert table is not None
    row = dict(zip([c.key for c in table.columns], table.rows[0], strict=True))
    assert (row["skillnad"], row["fjardedel"], row["personer"]) == (5.0, 7.0, "")
    assert row["storlek"] == "tydligt högre"  # higher is worse, so not "bättre"


def test_two_ways_to_count_are_not_to_be_added_up() -> None:
    both = gap(context(), AREA, [cost_gap(), cost_gap(label="Mot referenskostnaden")], [], ())
    assert "ska inte läggas ihop" in both.notes
    assert gap(context(), AREA, [cost_gap()], [], ()).notes == ""


def test_quality_is_named_by_size_and_the_rest_counted() -> None:
    items = [
        quality_gap(6.0),
        quality_gap(3.0, WAIT, Size.SOMEWHAT),
        quality_gap(-6.0),
        quality_gap(0.1, size=Size.ABOUT_EQUAL),
        quality_gap(2.0, size=None),
    ]
    assert quality_sentences(items) == (
        "Tydligt sämre än gruppens median: ”Nöjda elever”. Något sämre: ”Väntetid”. Tydligt bättre: ”Nöjda elever”. "
        "Två mått av fem är ungefär lika bra eller går inte att bedöma."
    )
    assert quality_sentences([quality_gap(0.1, size=Size.ABOUT_EQUAL)]).startswith("Ett mått av ett är")


def test_what_is_missing_is_said() -> None:
    nothing = gap(context(), AREA, [], [], ())
    assert "Frysningen saknar kostnad och kvalitet att jämföra för Lillby" in plain(nothing)
    only_quality = gap(context(), AREA, [], [quality_gap()], ())
    assert only_quality.figure is None
    assert "Kostnadsgapet kan inte räknas ut" in only_quality.finding


# --- three ways -----------------------------------------------------------------------------


def ways(view: CostGapView, quality: QualityGapView | None, volume: float = 500.0) -> str:
    found = compute_ways(
        gap_mnkr=view.gap,
        unit_cost=view.own,
        volume=volume,
        quality=NAN if quality is None else quality.comparison.own,
        quality_comparator=NAN if quality is None else quality.comparison.median,
        better=Better.HIGHER if quality is None else quality.kpi.better,
        count=NAN if quality is None else quality.count,
    )
    return plain(three_ways(context(), AREA, found, view, quality, ()))


def test_three_ways_to_close_a_gap() -> None:
    text = ways(cost_gap(), quality_gap())
    # 108 000 kr a pupil against 100 000: 8 % more pupils for the same money, 40 of 500.
    assert "4,0 miljoner kronor mindre per år" in text
    assert "8,0 procent fler elever för samma pengar (omkring 40)" in text
    assert "”Nöjda elever” från 74,0 till 80,0 procent, ungefär 3 personer (2025)" in text
    assert "ska inte läggas ihop" in text


def test_a_gap_that_is_closed_already() -> None:
    text = ways(cost_gap(-4.0, -9.0, 1.0), quality_gap(-2.0))
    assert "I skolan är Lillby 4,0 miljoner kronor billigare än medianen" in text
    assert "så det finns inget kostnadsgap att stänga" in text
    assert "från 9,0 miljoner kronor billigare till 1,0 miljoner kronor dyrare" in text
    assert "ingen ökning (gapet är redan stängt)" in text
    assert "”Nöjda elever” ligger redan på medianen eller bättre (2025)" in text


def test_a_gap_too_small_to_write_is_not_a_gap() -> None:
    text = ways(cost_gap(0.02, -0.5, 0.5), quality_gap(0.01))
    assert "är Lillby ungefär lika dyr som medianen" in text
    assert "ingen minskning (redan ungefär lika dyr som medianen)" in text
    assert "ligger redan på medianen eller bättre" in text
    assert "0,0" not in text


def test_less_than_one_more_is_given_as_a_share_alone() -> None:
    # 0.06 mnkr over five pupils at 100 000 kr: 88 000 kr would do, room for 0.7 more.
    text = ways(cost_gap(0.06, own=100_000.0, comparator=88_000.0, base=5.0), quality_gap(), volume=5.0)
    assert "13,6 procent fler elever för samma pengar" in text
    assert "omkring 1" not in text
    assert "omkring 0" not in text


def test_no_positive_unit_cost_closes_the_gap() -> None:
    text = ways(cost_gap(60.0, own=100_000.0, comparator=0.0), quality_gap())
    assert "går inte att räkna ut" in text
    assert "motsvarar 60,0 miljoner kronor mindre per år. " in text


def test_cost_is_shown_where_quality_is_missing() -> None:
    text = ways(cost_gap(), None)
    assert "4,0 miljoner kronor mindre per år" in text
    assert "går inte att säga, för ”Nöjda elever” saknas" in text
    assert not re.search(r"\bnan\b", text)


def test_three_ways_without_unit_cost_name_what_they_need() -> None:
    text = plain(three_ways(context(), AREA, None, None, quality_gap(), ()))
    assert "Frysningen saknar ”Kostnad per elev” eller ”Elever” för Lillby" in text
