"""Years, breaks and ranges that exhibits over several years share."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.exhibits.context import Context, Peers
from effektiv.exhibits.series import (
    break_marks,
    cell,
    lower_first,
    preliminary_years,
    quoted,
    range_text,
    recent,
    rounding_note,
    spread_text,
)
from effektiv.exhibits.swedish import number
from effektiv.types import Break, Kpi, Role

COST = Kpi(
    id="N1", title="Kostnad", label="Kostnad, F–9", unit="kr/elev", role=Role.RESOURCE,
    breaks=(Break(year=2019, reason="Ny metod."),), preliminary_until_final=True,
)  # fmt: skip
QUALITY = Kpi(
    id="U1", title="Nöjda", label="Nöjda", unit="%", role=Role.QUALITY,
    breaks=(Break(year=2017, reason="Ny fråga."), Break(year=2019, reason="Ny fråga.")),
)  # fmt: skip


def context(preliminary: int | None) -> Context:
    peers = Peers(("0320",), "liknande kommuner", "de liknande kommunerna", "")
    return Context("0319", {"0319": "Exempelby"}, peers, {"N1": COST, "U1": QUALITY}, 2025, preliminary)


def test_recent_keeps_the_last_years_with_values_in_order() -> None:
    values = pd.Series({2025: 5.0, 2016: 1.0, 2015: 0.0, 2024: float("nan"), 2026: 9.0})
    assert recent(values, 2025) == {2016: 1.0, 2025: 5.0}
    assert recent(values, 2025, span=1) == {2025: 5.0}


def test_breaks_shared_by_several_figures_are_marked_once() -> None:
    assert [(mark.year, mark.label) for mark in break_marks([COST, QUALITY])] == [
        (2017, "Brott 2017"),
        (2019, "Brott 2019"),
    ]


@pytest.mark.parametrize(
    ("preliminary", "kpis", "expected"),
    [(2025, [COST, QUALITY], {2025}), (2025, [QUALITY], set()), (None, [COST], set())],
)
def test_a_year_is_preliminary_only_for_figures_published_so(
    preliminary: int | None, kpis: list[Kpi], expected: set[int]
) -> None:
    assert preliminary_years(context(preliminary), kpis) == expected


def test_a_range_names_both_ends_or_the_one_they_share() -> None:
    assert range_text(3.14, 4.86) == "mellan 3,1 och 4,9"
    assert range_text(3.14, 3.12) == "3,1"
    assert range_text(-1.0, 2.0, 0, signed=True) == "mellan −1 och +2"


def test_a_spread_names_its_years_and_skips_missing_ones() -> None:
    values = pd.Series({2023: 3.0, 2024: float("nan"), 2025: 1.0})
    assert (
        spread_text(values, (2023, 2024, 2025), "procent") == "mellan 1,0 och 3,0 procent under 2023 och 2025"
    )
    assert spread_text(values, (2023, 2025), "", 0) == "mellan 1 och 3 under 2023 och 2025"


def test_one_year_has_no_spread() -> None:
    assert spread_text(pd.Series({2025: 1.0}), (2023, 2024, 2025), "procent") == ""


def test_a_missing_number_is_an_empty_cell() -> None:
    assert cell(float("nan")) is None
    assert cell(None) is None
    assert cell(0.0) == 0.0


@pytest.mark.parametrize(("label", "expected"), [("Nöjda", "nöjda"), ("HVB", "HVB"), ("", "")])
def test_abbreviations_keep_their_capitals(label: str, expected: str) -> None:
    assert lower_first(label) == expected


def test_labels_with_commas_stand_in_quotes() -> None:
    assert quoted([COST, QUALITY]) == "”Kostnad, F–9” och ”Nöjda”"


def test_rounding_is_told_only_where_it_shows() -> None:
    assert rounding_note((0.04, 0.04), 0.08, 1) == (
        "De avrundade delarna blir tillsammans 0,0; utan avrundning stämmer summan."
    )
    assert rounding_note((1.0, -0.5), 0.5, 1) == ""


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=8), st.integers(0, 2))
def test_what_is_shown_adds_up_or_the_note_says_what_it_adds_up_to(parts: list[float], decimals: int) -> None:
    total = math.fsum(parts)
    shown = sum(_read(number(part, decimals)) for part in parts)
    note = rounding_note(parts, total, decimals)
    if note:
        assert number(shown, decimals, signed=True) in note
        assert number(shown, decimals) != number(total, decimals)
    else:
        assert number(shown, decimals) == number(total, decimals)


def _read(text: str) -> float:
    return float(text.replace("\u00a0", "").replace("−", "-").replace(",", "."))
