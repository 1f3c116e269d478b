"""Lenses, frontier, patterns and gender: on the example's truths, and on the municipalities that the 2023 report names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.lenses import LOWER, UPPER
from effektiv.analysis.patterns import patterns as sought
from effektiv.data.snapshot import EXAMPLE, Snapshot
from effektiv.steps import frontiers
from effektiv.steps.opening import open_case
from effektiv.steps.s2_orsaksanalys import national_frontier as national
from effektiv.steps.s2_orsaksanalys import patterns as theme
from effektiv.steps.s2_orsaksanalys.case import CauseAreaCase
from effektiv.steps.s2_orsaksanalys.frontier import (
    FRONTIER_ID,
    NO_INTERVAL,
    frontier,
    lenses_underlag,
    seen,
    three_lenses,
)
from effektiv.steps.s2_orsaksanalys.view import CauseView
from effektiv.steps.wording import words_in
from tests.analysis.test_patterns import period
from tests.steps.shown import faults, plain, sentences, undrawn

HOME_CARE, SCHOOL, CHILDREN = "aldreomsorg-ordinart-boende", "grundskola", "barn-och-unga"


@cache
def view(area: str, kommun: str = "Exempelby", data: str = EXAMPLE) -> CauseView:
    case = open_case(area, steg=2, kommun=kommun, data=data)
    assert isinstance(case, CauseAreaCase)
    return case.view


# --- the 2023 report's municipalities ---------------------------------------------------------------

UPPER_THIRD = {
    HOME_CARE: ["Täby", "Vallentuna", "Helsingborg", "Järfälla", "Ödeshög"],
    SCHOOL: ["Täby", "Nacka", "Kalmar", "Västerås", "Sundbyberg"],
}
NOT_UPPER = {HOME_CARE: ["Haninge", "Vingåker"], SCHOOL: ["Varberg"]}

OTHERWISE = {
    # Its schools cost about seven per cent more than structure makes expected, with merit values below the expected:
    # RKA's index rests on another cost (all pupils, against the reference cost) and on the pupils' survey as well.
    (SCHOOL, "Sundbyberg", national.RESIDUAL),
    (SCHOOL, "Sundbyberg", national.FRONTIER_LENS),
    # Cheaper than expected in all three years, but its merit values fell below the expected, to a sixth of the country.
    (SCHOOL, "Västerås", national.RESIDUAL),
}
"""Where our lens does not say what the report's choice does, and why."""


@pytest.mark.parametrize("area", [HOME_CARE, SCHOOL])
def test_the_municipalities_of_the_2023_report(area: str, real: Callable[[int], Path]) -> None:
    data = str(real(2020))
    wrong = set()
    for name in (*UPPER_THIRD[area], *NOT_UPPER[area]):
        found = seen(view(area, name, data))
        assert found is not None and found.lenses.years == (2018, 2019, 2020)
        for lens in (national.RESIDUAL, national.FRONTIER_LENS):
            if (found.thirds[lens] == UPPER) != (name in UPPER_THIRD[area]):
                wrong.add((area, name, lens))
    assert wrong == {item for item in OTHERWISE if item[0] == area}


def test_real_eldercare_and_schools_have_no_sure_pattern(real: Callable[[int], Path]) -> None:
    for area in (HOME_CARE, SCHOOL):
        assert theme.pattern(view(area, "Haninge", str(real(2020)))) is None
        assert "inget säkert mönster" in plain(theme.patterns(view(area, "Haninge", str(real(2020)))))


# --- the example ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("example")
def test_planted_role_models_and_dear_ones_lie_where_they_should() -> None:
    best, worst = seen(view(SCHOOL, "Kornlunda")), seen(view(SCHOOL))
    assert best is not None and worst is not None
    assert best.agreed == UPPER and worst.agreed == LOWER
    assert "andra kommuner får ut mer" in plain(three_lenses(view(SCHOOL)))  # type: ignore[arg-type]
    assert "Kornlunda får ut mycket" in plain(three_lenses(view(SCHOOL, "Kornlunda")))  # type: ignore[arg-type]


@pytest.mark.usefixtures("example")
def test_an_area_without_an_outcome_of_its_own_says_so_and_claims_nothing() -> None:
    assert three_lenses(view(CHILDREN)) is None
    for shown in (lenses_underlag(view(CHILDREN)), frontier(view(CHILDREN))):
        assert "Inget mått på kvalitet gäller samma personer" in plain(shown)


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("kommun", ["Exempelby", "Kornlunda", "Snöträsk", "Skifferö", "Siskahamn"])
@pytest.mark.parametrize("area", [HOME_CARE, SCHOOL, CHILDREN, "forskola"])
def test_texts_are_short_and_without_faults(area: str, kommun: str) -> None:
    seen_by = view(area, kommun)
    with undrawn():
        every = [
            three_lenses(seen_by),
            lenses_underlag(seen_by),
            frontier(seen_by),
            theme.pattern(seen_by),
            theme.patterns(seen_by),
            theme.gender(seen_by),
        ]
    for shown in every:
        if shown is not None:
            assert faults(sentences(shown)) == []
            assert all(words_in(block) <= 60 for block in shown.blocks if isinstance(block, str)), shown.id
            assert "ineffektiv" not in plain(shown).lower()


@pytest.mark.usefixtures("example")
def test_the_frontier_s_table_is_in_order_and_names_no_certainty() -> None:
    shown = frontier(view(SCHOOL))
    assert shown.table is not None
    values = {str(row[0]): row[1] for row in shown.table.rows}
    by = [
        next(float(value) for key, value in values.items() if part in key)  # type: ignore[arg-type]
        for part in ("Undre gräns", "rättad", "DEA", "FDH", "order-m")
    ]
    assert by == sorted(by)
    assert NO_INTERVAL in plain(shown) and "95" not in plain(shown)
    weights = [value for key, value in values.items() if key.startswith("Vikt för")]
    assert sum(float(item) for item in weights) == pytest.approx(1.0)  # type: ignore[arg-type]


@pytest.mark.usefixtures("example")
def test_what_has_no_place_in_a_frontier_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    seen_by = view(SCHOOL, "Skifferö")
    about = frontiers.measured(seen_by.case.national, seen_by.area)
    assert about is not None
    one = frontiers.Adjusted(
        pd.Series({"a": 1.0, "b": 0.0}), {about.quality[0]: pd.Series({"a": -3.0, "b": 2.0})}
    )
    assert national._refused(about, [one]) == {"b": about.cost, "a": about.quality[0]}
    year = max(item for area, item in national.LENSES.wanted(seen_by.case.national) if area.id == SCHOOL)
    found = seen_by.case.national.result(national.FRONTIER, seen_by.area, year)
    left_out = national.AreaFrontier(
        **(vars(found) | {"refused": {seen_by.case.municipality: about.quality[0]}})
    )
    monkeypatch.setattr(type(seen_by.case.national), "result", lambda *_: left_out)
    assert "Meritvärdet i årskurs 9 är noll eller mindre för Skifferö" in plain(frontier(seen_by))
    assert frontier(seen_by).id == FRONTIER_ID


@pytest.mark.usefixtures("example")
def test_a_pattern_is_told_as_going_together_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    found = sought(period(5, 0.5), period(6, 0.5))
    found = type(found)(found.frame.rename(index=dict(zip(found.frame.index, _ids(), strict=True))))
    monkeypatch.setattr(theme, "found_patterns", lambda _: (2025, found))
    shown = theme.pattern(view(SCHOOL))
    assert shown is not None
    text = plain(shown)
    assert "förekommer ihop med bättre resultat" in shown.title
    assert theme.CAUTION in text and "beror på" not in text
    nothing = type(found)(found.frame.assign(found=False))
    monkeypatch.setattr(theme, "found_patterns", lambda _: (2025, nothing))
    assert theme.pattern(view(SCHOOL)) is None
    assert theme.patterns(view(SCHOOL)).title == "Vi fann inget säkert mönster"


def _ids() -> list[str]:
    return ["N15814", "N15034", "N15752", "N15011", "N15009", "N15013", "N15012", "N15014"]


@pytest.mark.usefixtures("example")
def test_a_gender_gap_is_said_only_when_it_can_be_told_from_none() -> None:
    told = 0
    for kommun in ("Exempelby", "Strömköping", "Tallhyttan"):
        seen_by = view(SCHOOL, kommun)
        gap = theme.judged_gap(seen_by, seen_by.kpi("N15505"))
        assert gap is not None
        text = plain(theme.gender(seen_by))
        said = "Meritvärdet i årskurs 9 är" in text
        assert said == (gap.certainty is not Certainty.UNCLEAR)
        assert ("troligen" in text.split("Mått")[0]) <= (gap.certainty is not Certainty.SURE) or not said
        told += said
    assert told


def test_few_persons_have_no_gender_gap(example: Snapshot) -> None:
    seen_by = view(HOME_CARE, "Snöträsk")
    kpi = seen_by.kpi("U21468")
    assert kpi.denominator is not None
    counts = seen_by.case.national.panel(kpi.denominator)
    gap = theme.gap_panel(seen_by, kpi)
    few = counts.reindex(index=gap.index, columns=gap.columns) < 40
    assert few.any(axis=None) and gap.where(few).isna().all(axis=None)
    assert np.isfinite(gap.to_numpy(dtype=float)).any()
