"""The overview in the example data, counted again from the raw values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from effektiv.analysis.peers import OfficialGroups
from effektiv.analysis.uncertainty import quarter
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import OverviewCase
from effektiv.steps.s1_nulagesanalys.indices import SIDES
from effektiv.steps.s1_nulagesanalys.national import INDEX
from effektiv.steps.s1_nulagesanalys.services import TOTAL
from tests.steps.shown import plain, undrawn
from tests.steps.subsets import subset

pytestmark = pytest.mark.usefixtures("example")

TOWNS = ("Exempelby", "Snöträsk", "Smedtuna", "Siskahamn")


@pytest.fixture(scope="module", autouse=True)
def _without_drawings() -> Iterator[None]:
    with undrawn():
        yield


@cache
def case(kommun: str = "Exempelby", **asked: str) -> OverviewCase:
    opened = open_case("oversikt", kommun=kommun, **asked)  # type: ignore[arg-type]
    assert isinstance(opened, OverviewCase)
    return opened


@pytest.mark.parametrize("kommun", TOWNS)
def test_every_service_has_its_published_deviation(kommun: str, example: Snapshot) -> None:
    opened = case(kommun)
    for view in opened._views:
        service = view.service
        if service.deviation_pct is None:
            assert not view.has("deviation_pct")
            continue
        own = example.panel(service.deviation_pct).loc[opened.municipality].dropna()
        assert view.year == own.index[-1]
        assert view.value("deviation_pct") == own.iloc[-1]
        mnkr = example.panel(str(service.deviation_mnkr)).loc[opened.municipality, view.year]
        assert view.value("gap_mnkr") == mnkr
        years = [year for year in own.index if year > view.year - 3]
        assert view.spread == (own[years].min(), own[years].max())


def test_the_share_of_the_budget_is_of_all_net_costs(example: Snapshot) -> None:
    opened = case()
    mine = opened.municipality
    view = next(view for view in opened._views if view.service.id == "aldreomsorg")
    total = example.panel(opened.overview.total_net_cost).loc[mine, view.year]
    heads = example.panel(opened.overview.population).loc[mine, view.year]
    expected = 100 * view.value("gap_mnkr") * 1e6 / (total * heads)
    assert view.value("gap_budget_pct") == pytest.approx(expected)


def test_services_are_compared_with_kolada_s_group_for_the_service(example: Snapshot) -> None:
    opened = case()
    for service_id, area_id in (("grundskola", "grundskola"), ("aldreomsorg", "aldreomsorg-ordinart-boende")):
        view = next(view for view in opened._views if view.service.id == service_id)
        area = opened.catalogue.areas[area_id]
        group = OfficialGroups(example.groups).find(area.family, "Exempelby", 2025, opened.municipality)
        assert group is not None
        assert view.own_group
        median = example.panel(area.deviation_pct)[view.year][list(group.members)].median()
        assert view.value("peer_deviation_pct") == median
        # The same gap as in the area's own report.
        area_case = open_case(area_id, kommun="Exempelby")
        assert view.value("gap_peers_mnkr") == pytest.approx(area_case.cost_gaps[0].gap)
    assert not next(view for view in opened._views if view.service.id == "fritidshem").own_group


def test_a_service_whose_group_lacks_members_says_so(example: Snapshot, tmp_path: Path) -> None:
    overview, school = load_catalogue().overview, load_catalogue().areas["grundskola"]
    kpis = [overview.total_deviation_pct, overview.population, school.deviation_pct, school.deviation_mnkr]
    titles = example.groups["group_title"]
    own = example.groups[
        titles.isin([f"{school.family}, Exempelby, 2024", f"{overview.family}, Exempelby, 2025"])
    ]
    short = own.drop(own.index[own["group_title"].str.startswith(school.family)][:2])
    folder = subset(example, tmp_path, kpis, groups=short)
    said = plain(open_case("oversikt", kommun="Exempelby", data=folder).deviations())
    assert "Av gruppens sju kommuner för grundskola F–9 finns två inte i frysningen." in said
    assert "Av gruppens sju" not in plain(case().deviations())


def test_own_peers_are_used_for_all_services() -> None:
    opened = case(jamfor_med="lan")
    assert not any(view.own_group for view in opened._views)


def test_services_side_by_side_are_never_added_up() -> None:
    opened = case()
    exhibit = opened.services()
    assert exhibit.table is not None
    assert [row[0] for row in exhibit.table.rows] == [item.label for item in opened.overview.services]
    gaps = [row[2] for row in exhibit.table.rows if row[2] is not None]
    added = f"{sum(float(gap) for gap in gaps):.1f}".replace(".", ",")
    text = plain(exhibit) + plain(opened.summary()) + plain(opened.problem_statement())
    assert not re.search(rf"(?<![\d,]){re.escape(added)}(?![\d,])", text)
    assert TOTAL not in [view.service.id for view in opened._views]


@pytest.mark.parametrize("kommun", TOWNS)
def test_quarters_are_of_the_last_three_years_back_to_a_break(kommun: str) -> None:
    opened = case(kommun)
    for view in opened._index_views:
        published = {
            "resource": view.definition.resource.published,
            "quality": view.definition.quality.published,
            "efficiency": view.definition.efficiency,
        }
        for side in SIDES:
            year, kpi = view.years[side], published[side]
            if year is None:
                assert view.quarters[side] is None
                assert view.points[side].empty
                continue
            first = max([item.year for item in opened.kpi(kpi).breaks if item.year <= year], default=0)
            panel = opened.panel(kpi)
            places = [
                place
                for item in range(max(year - 2, first), year + 1)
                if item in panel.columns and (place := quarter(panel[item], opened.municipality)) is not None
            ]
            assert view.quarters[side] == (min(places), max(places))
            assert view.judged[side] == len(places)
            assert "0000" not in view.points[side].index


def test_a_side_that_never_left_a_quarter_in_two_years_is_not_steady(example: Snapshot) -> None:
    """Right after a break there are fewer than three years to judge by."""
    for kommun in TOWNS:
        for view in case(kommun)._index_views:
            for side in SIDES:
                if view.judged[side] < 3:
                    assert not view.steady(side, 1, 4)


def test_the_check_shows_both_sides_of_the_municipality() -> None:
    opened = case()
    exhibit = opened.index_check()
    assert exhibit.table is not None
    assert len(exhibit.table.rows) == 3 * len(opened.overview.indices)
    for row, (definition, side) in zip(
        exhibit.table.rows,
        [(item, side) for item in opened.overview.indices for side in SIDES],
        strict=True,
    ):
        index = opened.national.result(INDEX, definition)
        year = row[1]
        published = index.published(side)[year].get(opened.municipality)
        assert row[2] is None or row[2] == published
        assert row[4] == pytest.approx((index.own(side)[year] - index.published(side)[year]).abs().mean())


def test_a_service_that_lacks_figures_is_still_listed(example: Snapshot, tmp_path) -> None:
    kept = ["N15001", "N15045", "N15018", "N01951", "N00097", "U15900"]
    opened = case(data=subset(example, tmp_path, kept))
    exhibit = opened.deviations()
    assert exhibit.figure is not None
    assert exhibit.table is not None
    assert (exhibit.table.rows[0][0], exhibit.table.rows[0][2]) == ("Förskola", None)
    text = plain(opened.summary())
    assert "Mest över referenskostnaden" in text or "Ingen verksamhet med uppgifter kostar mer" in text
    assert "Exempelby har inget kvalitetsindex i frysningen." in text
    assert "Värden saknas helt för" in text


def test_summary_names_the_total_with_its_years(example: Snapshot) -> None:
    opened = case()
    total = example.panel(opened.overview.total_deviation_pct).loc[opened.municipality]
    text = plain(opened.summary())
    now = f"{abs(total[2025]):.1f}".replace(".", ",")
    assert f"utom LSS, var {now} procent dyrare än referenskostnaden 2025 (prel.)." in text
    three = total[[2023, 2024, 2025]]
    low, high = (f"{value:+.1f}".replace(".", ",") for value in (three.min(), three.max()))
    assert f"På tre år var avvikelsen mellan {low} och {high} procent." in text


def test_no_accounts_in_the_latest_year_show_the_year_before() -> None:
    opened = case("Siskahamn")
    assert {view.year for view in opened._views if view.year is not None} == {2024}
    assert "2024" in opened.deviations().finding
    assert "missing" in [flag.code for flag in opened.deviations().flags]
