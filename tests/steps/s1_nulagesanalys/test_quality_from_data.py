"""Quality of the example municipalities, and of a snapshot that lacks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from effektiv import open_case
from effektiv.analysis.gender import difference_interval
from effektiv.analysis.uncertainty import wilson
from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.exhibit import Exhibit
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from effektiv.steps.standing import Uncertainty
from tests.small_snapshot import write_small
from tests.steps.readability import lix
from tests.steps.shown import FOCUS_AREAS as AREAS


def open_area(area: str, example: Snapshot, name: str = "Exempelby") -> AreaCase:
    case = open_case(area, kommun=name, data=example.path)
    assert isinstance(case, AreaCase)
    return case


def rows(exhibit: Exhibit) -> list[dict[str, Any]]:
    table = exhibit.to_json()["table"]
    keys = [column["key"] for column in table["columns"]]
    return [dict(zip(keys, row, strict=True)) for row in table["rows"]]


@pytest.mark.parametrize("area", AREAS)
def test_every_figure_is_listed_with_the_snapshots_numbers(example: Snapshot, area: str):
    case = open_area(area, example)
    made = case.quality()
    assert made.figure is not None
    assert lix(made.finding) <= 45
    listed = rows(made)
    assert len(listed) == len(case.area.sections.quality)
    for kpi, row in zip(case.area.sections.quality, listed, strict=True):
        if row["kommun"] is not None:
            assert row["kommun"] == example.panel(kpi).loc[case.municipality, row["ar"]]


def test_the_planted_low_results_are_below_the_peers(example: Snapshot):
    made = open_area("grundskola", example).quality()
    assert made.finding.startswith("Meritvärde, åk 9 var")
    assert "sämre än medianen" in made.finding
    assert "Under medianen alla de tre senaste åren." in made.finding


def test_the_interval_rests_on_margin_then_count_then_years(example: Snapshot):
    case = open_area("aldreomsorg-ordinart-boende", example)
    found = {item.kpi.id: item for item in case.standings(case.area.sections.quality, ranges=True)}
    own, count = found["U21468"], case.panel("E-SVAR-HEMTJANST").loc[case.municipality]
    interval = wilson(own.own, count[own.year])
    assert interval is not None
    assert own.range is not None
    assert (own.range.low, own.range.high) == (interval.low, interval.high)
    margin = found["U21467"]
    assert margin.range is not None
    assert margin.range.rests_on is Uncertainty.PUBLISHED
    published = case.panel("N21452").loc[case.municipality, margin.year]
    assert margin.range.high - margin.own == pytest.approx(min(published, 100 - margin.own))
    mean = found["U21455"]
    assert mean.range is not None
    assert mean.range.rests_on is Uncertainty.YEARS
    assert mean.comparison is not None
    assert mean.comparison.spread is not None
    assert (mean.range.low, mean.range.high) == (mean.comparison.spread.low, mean.comparison.spread.high)


def test_ended_series_are_flagged_and_shown_with_their_year(example: Snapshot):
    made = open_area("grundskola", example).quality()
    ended = [flag.text for flag in made.flags if flag.code == "ended"]
    assert any("2024" in text for text in ended)
    row = next(row for row in rows(made) if row["nyckeltal"] == "Meritvärde mot modellberäknat värde")
    assert row["ar"] == 2024


@pytest.mark.parametrize("area", AREAS)
def test_the_trend_covers_ten_years_and_the_figures_of_k(example: Snapshot, area: str):
    case = open_area(area, example)
    made = case.quality_trend()
    assert made.figure is not None
    figures = dict.fromkeys((case.area.headline_quality, *case.area.quality_for_k))
    listed = rows(made)
    assert {row["nyckeltal"] for row in listed} == {case.kpi(kpi).label for kpi in figures}
    assert {row["ar"] for row in listed} == set(range(2016, 2026))
    assert made.finding.startswith(case.kpi(case.area.headline_quality).label)
    assert "2025" in made.finding
    assert lix(made.finding) <= 45


def test_since_when_stops_at_the_break(example: Snapshot):
    finding = open_area("grundskola", example).quality_trend().finding
    assert "under medianen åtminstone sedan 2017 (mätningen ändrades då)" in finding


@pytest.mark.parametrize("area", AREAS)
def test_gender_has_the_areas_words_and_the_snapshots_numbers(example: Snapshot, area: str):
    case = open_area(area, example)
    made = case.quality_by_gender()
    divided = {case.kpi(kpi).label: kpi for kpi in case.area.sections.quality if case.kpi(kpi).gender}
    if not divided:
        assert "Kolada delar inte upp" in made.to_text()
        return
    labels = {column["label"].lower() for column in made.to_json()["table"]["columns"]}
    assert {case.area.women_word, case.area.men_word} <= labels
    for row in rows(made):
        kpi = divided[row["nyckeltal"]]
        women = example.panel(kpi, "K").loc[case.municipality, row["ar"]]
        men = example.panel(kpi, "M").loc[case.municipality, row["ar"]]
        assert row["kvinnor"] == (None if np.isnan(women) else women)
        if row["skillnad"] is not None:
            assert row["skillnad"] == pytest.approx(women - men)


def test_half_of_those_who_answered_is_assumed_for_each_gender(example: Snapshot):
    case = open_area("aldreomsorg-ordinart-boende", example)
    made = case.quality_by_gender()
    row = rows(made)[0]
    half = case.panel("E-SVAR-HEMTJANST").loc[case.municipality, row["ar"]] / 2
    interval = difference_interval(row["kvinnor"], half, row["man"], half)
    assert interval is not None
    assert (row["lagst"], row["hogst"]) == (interval.low, interval.high)
    assert "hälften var" in made.notes


@pytest.mark.parametrize("name", ["Snöträsk", "Stormvik"])
@pytest.mark.parametrize("area", AREAS)
def test_small_and_patchy_municipalities_work(example: Snapshot, area: str, name: str):
    case = open_area(area, example, name)
    for made in (case.quality(), case.quality_trend(), case.quality_by_gender()):
        assert " nan" not in made.to_text()
        assert name in made.to_text() or made.flags == ()  # what Kolada does not divide is nobody's


def test_not_applicable_is_said_and_not_shown_as_zero(example: Snapshot):
    case = open_area("grundskola", example, "Snöträsk")  # has no year 9 of its own
    made = case.quality()
    assert made.finding.startswith("Meritvärde, åk 9 kan inte jämföras: värde saknas.")
    assert made.table is not None
    assert "ej tillämpligt" in made.table.to_html(id_prefix="x")
    assert "Kan inte visas" in case.quality_trend().to_text()


def test_a_snapshot_without_quality_says_so(tmp_path: Path):
    small = write_small("liten", tmp_path)
    for area in AREAS:
        case = open_case(area, kommun="Älvby", data=small.path, jamfor_med="riket")
        assert isinstance(case, AreaCase)
        for made in (case.quality(), case.quality_trend(), case.quality_by_gender()):
            assert made.figure is None
            assert "Kan inte visas" in made.to_text()
