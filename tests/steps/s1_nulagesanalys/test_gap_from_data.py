"""The gap in the example data, counted again by hand from the raw values and METHOD section 6."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.uncertainty import peer_median_interval
from effektiv.data.snapshot import Snapshot, write_snapshot
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from effektiv.types import Better
from tests.steps.shown import FOCUS_AREAS as AREAS
from tests.steps.shown import plain, undrawn

pytestmark = pytest.mark.usefixtures("example")

TOWNS = ("Exempelby", "Snöträsk", "Smedtuna")


@pytest.fixture(scope="module", autouse=True)
def _without_drawings() -> Iterator[None]:
    with undrawn():
        yield


@cache
def case(area: str, kommun: str = "Exempelby", **asked: str) -> AreaCase:
    opened = open_case(area, kommun=kommun, **asked)  # type: ignore[arg-type]
    assert isinstance(opened, AreaCase)
    return opened


def peers_median(opened: AreaCase, kpi: str, year: int) -> float:
    return float(opened.panel(kpi)[year][list(opened.peers.members)].median())


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("kommun", TOWNS)
def test_deviation_gap_is_per_cent_of_reference_cost_times_heads(area: str, kommun: str) -> None:
    opened = case(area, kommun)
    view = next(item for item in opened.cost_gaps if item.kpi.id == opened.area.deviation_pct)
    definition = next(gap for gap in opened.area.gaps if gap.kind == "deviation")
    mine = opened.municipality
    own = opened.panel(str(definition.deviation)).loc[mine, view.year]
    median = peers_median(opened, view.kpi.id, view.year)
    reference = opened.panel(str(definition.reference_cost)).loc[mine, view.year]
    heads = opened.panel(str(definition.population)).loc[mine, view.year]
    assert view.gap == pytest.approx((own - median) / 100 * reference * heads / 1e6)
    assert (view.own, view.comparator) == (own, median)
    assert view.own * view.base / 1e6 - view.comparator * view.base / 1e6 == pytest.approx(view.gap)


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("kommun", TOWNS)
def test_unit_gap_is_difference_times_volume(area: str, kommun: str) -> None:
    opened = case(area, kommun)
    view = next(item for item in opened.cost_gaps if item.kpi.id == opened.area.unit_cost)
    volume = opened.panel(opened.area.volume).loc[opened.municipality, view.year]
    own = opened.panel(opened.area.unit_cost).loc[opened.municipality, view.year]
    expected = (own - peers_median(opened, view.kpi.id, view.year)) * volume / 1e6
    assert view.gap == pytest.approx(expected)
    assert view.by_year[view.year] == view.gap


def test_published_deviation_in_mnkr_is_the_gap_to_the_reference_cost(example: Snapshot) -> None:
    """Against a comparator at zero the formula is Kolada's own deviation in mnkr."""
    opened = case("grundskola")
    view = opened.cost_gaps[0]
    published = example.panel(opened.area.deviation_mnkr).loc[opened.municipality, view.year]
    # Published with one decimal of per cent.
    assert view.own * view.base / 1e6 == pytest.approx(published, rel=0.1)


@pytest.mark.parametrize("area", AREAS)
def test_uncertainty_moves_the_median_to_the_ends_of_its_interval(area: str) -> None:
    opened = case(area)
    for view in opened.cost_gaps:
        interval = peer_median_interval(opened.panel(view.kpi.id)[view.year][list(opened.peers.members)])
        assert interval is not None
        assert view.low == pytest.approx((view.own - interval.high) * view.base / 1e6)
        assert view.high == pytest.approx((view.own - interval.low) * view.base / 1e6)
        assert view.low <= view.gap <= view.high
        assert view.year_low <= view.gap <= view.year_high
        assert view.years[-1] == view.year
        assert len(view.years) == 3


def test_the_uncertainty_is_of_the_gap_s_own_year(example: Snapshot, tmp_path) -> None:
    """The reference cost may come a year after the deviation: the median's interval must not."""
    opened = case("grundskola")
    area, mine = opened.area, opened.municipality
    needed = [area.deviation_pct, area.reference_cost, area.population, area.unit_cost, area.headline_quality]
    observations = example.observations(needed)
    late = (observations["kpi"] == area.reference_cost) & (observations["year"] == 2025)
    write_snapshot(
        "sen",
        observations=observations[~late].reset_index(drop=True),
        kpis=example.kpis[example.kpis["id"].isin(needed)].reset_index(drop=True),
        municipalities=example.municipalities,
        groups=example.groups,
        source="Del av exempeldata",
        kind="import",
        folder=tmp_path,
    )
    view = case("grundskola", data=str(tmp_path / "sen")).cost_gaps[0]
    assert view.year == 2024
    interval = peer_median_interval(example.panel(area.deviation_pct)[2024][list(opened.peers.members)])
    assert interval is not None
    own = example.panel(area.deviation_pct).loc[mine, 2024]
    assert view.low == pytest.approx((own - interval.high) * view.base / 1e6)
    assert view.size is None  # the comparison is of 2025


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("kommun", TOWNS)
def test_quality_gaps_in_the_figure_s_unit_and_in_persons(area: str, kommun: str) -> None:
    opened = case(area, kommun)
    for item in opened.quality_gaps:
        kpi, found = item.kpi, item.comparison
        sign = 1 if kpi.better is Better.HIGHER else -1
        assert item.gap == pytest.approx(sign * (found.median - found.own))
        behind = kpi.persons or kpi.denominator
        if kpi.unit != "%" or behind is None:
            assert np.isnan(item.persons)
            continue
        count = opened.panel(behind).loc[opened.municipality, found.year]
        assert item.persons == pytest.approx(item.gap / 100 * count, nan_ok=True)
    ended = {kpi for kpi in opened.area.sections.quality if opened.kpi(kpi).valid_to is not None}
    assert not ended & {item.kpi.id for item in opened.quality_gaps}


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("kommun", TOWNS)
def test_three_ways_are_the_same_gap(area: str, kommun: str) -> None:
    opened = case(area, kommun)
    view = next(item for item in opened.cost_gaps if item.kpi.id == opened.area.unit_cost)
    text = plain(opened.three_ways())
    volume = opened.panel(opened.area.volume).loc[opened.municipality, view.year]
    more = volume * (view.own / view.comparator - 1)
    if view.gap > 0.05:
        assert f"{abs(view.gap):.1f}".replace(".", ",") + " miljoner kronor mindre per år" in text
        # More volume at unchanged resource: the dearer unit cost times today's volume buys both.
        assert (volume + more) * view.comparator == pytest.approx(volume * view.own)
        assert f"{100 * more / volume:.1f}".replace(".", ",") + " procent fler" in text
    else:
        assert "inget kostnadsgap att stänga" in text


def test_three_ways_without_quality_show_the_cost() -> None:
    text = plain(case("grundskola", "Snöträsk").three_ways())
    assert "går inte att säga, för ”Meritvärde, åk 9” saknas" in text
    assert "Mindre resurs" in text


def test_a_peer_group_of_two_has_no_interval() -> None:
    members = case("grundskola").peers.members[:2]
    opened = case("grundskola", jamfor_med=",".join(members))
    view = opened.cost_gaps[0]
    assert np.isnan(view.low)
    assert view.comparator == pytest.approx(np.mean(opened.panel(view.kpi.id)[view.year][list(members)]))
    assert "Gruppen är för liten för att visa hur osäker medianen är." in plain(opened.gap())


def test_against_all_municipalities_the_median_is_the_country_s() -> None:
    opened = case("grundskola", jamfor_med="riket")
    view = opened.cost_gaps[0]
    values = opened.panel(view.kpi.id)[view.year].drop(index=["0000", opened.municipality])
    assert view.comparator == values.median()
    assert "medianen för alla kommuner" in opened.gap().finding


def test_no_accounts_in_the_latest_year_give_the_gap_of_the_year_before() -> None:
    opened = case("grundskola", "Siskahamn")
    assert {view.year for view in opened.cost_gaps} == {2024}
    exhibit = opened.gap()
    assert "2024" in exhibit.finding
    assert "2025 (prel.)" not in exhibit.finding
    assert "missing" in [flag.code for flag in exhibit.flags]
    assert all(pd.notna(value) for value in opened.cost_gaps[0].by_year.values())
