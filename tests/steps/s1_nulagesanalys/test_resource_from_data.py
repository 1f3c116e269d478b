"""Cost of municipalities in the example data, and where figures are missing."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

import pytest

from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.exhibit import Exhibit
from effektiv.outputs import EXHIBIT_MIME
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from tests.small_snapshot import write_small
from tests.steps.shown import FOCUS_AREAS as AREAS
from tests.steps.subsets import subset

TOWNS = ("Exempelby", "Snöträsk", "Siskahamn")
"""The second has no year 9 and few persons, the third no accounts in the latest year."""
METHODS = {
    "deviation": "avvikelse",
    "unit_cost": "styckkostnad",
    "cost_tree": "kostnadstrad",
    "cost_factors": "kostnadsfaktorer",
}


@cache
def case(
    area: str, kommun: str = "Exempelby", data: str = "exempel", jamfor_med: str = "liknande"
) -> AreaCase:
    opened = open_case(area, kommun=kommun, data=data, jamfor_med=jamfor_med)
    assert isinstance(opened, AreaCase)
    return opened


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A snapshot that lacks nearly all of the areas' figures."""
    return str(write_small("liten", tmp_path_factory.mktemp("frysningar")).path)


def rows(exhibit: Exhibit) -> list[list[object]]:
    table = exhibit.to_json()["table"]
    assert table is not None
    return list(table["rows"])


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("kommun", TOWNS)
@pytest.mark.parametrize("method", METHODS)
def test_every_municipality_gets_an_exhibit(area: str, kommun: str, method: str) -> None:
    exhibit = getattr(case(area, kommun), method)()
    bundle = exhibit._repr_mimebundle_()
    assert bundle[EXHIBIT_MIME]["id"] == METHODS[method]
    assert kommun in exhibit.to_text()
    assert not re.search(r"\bnan\b", bundle["text/html"], re.IGNORECASE)
    if exhibit.figure is None:
        assert "Kan inte visas." in bundle["text/plain"]
    else:
        assert re.search(r"\b20\d\d\b", exhibit.finding)
        assert exhibit.alt is not None
        assert exhibit.finding in exhibit.alt


@pytest.mark.usefixtures("example")
def test_a_municipality_without_accounts_the_latest_year_is_shown_the_year_before() -> None:
    opened = case("grundskola", "Siskahamn")
    assert opened.deviation().finding.startswith("År 2024 låg Siskahamns nettokostnad")
    assert opened.unit_cost().finding.startswith("År 2024 var kostnaden i Siskahamn")


# --- deviation --------------------------------------------------------------------------


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
def test_the_deviation_is_as_published_and_its_worth_follows_the_formula(area: str) -> None:
    opened = case(area)
    found = opened.area
    last = rows(opened.deviation())[-1]
    year = int(str(last[0]))
    assert last[1] == opened.own(found.deviation_pct)[year]
    assert last[5] == opened.own(found.deviation_mnkr)[year]
    base = opened.own(found.reference_cost)[year] * opened.own(found.population)[year]
    expected = (float(str(last[1])) - float(str(last[2]))) / 100 * base / 1e6
    assert math.isclose(float(str(last[6])), expected, rel_tol=1e-12)


@pytest.mark.usefixtures("example")
def test_the_change_of_method_is_flagged_and_no_run_of_years_crosses_it() -> None:
    found = case("aldreomsorg-ordinart-boende").deviation()
    assert any(flag.code == "break" and flag.text.startswith("2019") for flag in found.flags)
    assert any(flag.code == "preliminary" for flag in found.flags)
    since = re.search(r"sedan (\d{4})", str(found.blocks[0]))
    assert since is not None
    assert int(since[1]) >= 2019


# --- unit cost --------------------------------------------------------------------------


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
def test_unit_cost_holds_ten_years_of_own_values_and_riket(area: str) -> None:
    opened = case(area)
    found = rows(opened.unit_cost())
    kpi = opened.area.unit_cost
    assert [row[0] for row in found] == list(range(2016, 2026))
    for row in found:
        assert row[1] == opened.own(kpi)[int(str(row[0]))]
        assert row[5] == opened.panel(kpi).loc["0000", row[0]]


def test_another_cost_per_pupil_stands_in_for_a_missing_one(example: Snapshot, tmp_path: Path) -> None:
    opened = case("grundskola", data=subset(example, tmp_path, ["N15001", "N15027"]))
    found = opened.unit_cost()
    assert found.title == "Kostnad F–9, elever folkbokförda här, kronor per elev"
    assert "”Kostnad i kommunala skolor, F–9” saknas för Exempelby." in found.to_text()


# --- what a difference is made of ---------------------------------------------------------


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("kommun", TOWNS)
def test_the_parts_and_the_rest_of_every_tree_sum_to_the_difference(area: str, kommun: str) -> None:
    for view in case(area, kommun).tree_views:
        difference = view.split.rows["difference"]
        assert math.isclose(
            difference.drop(view.tree.parent).sum(), difference[view.tree.parent], abs_tol=1e-6
        )
        assert set(view.history) <= set(range(view.year - 2, view.year + 1))
        assert view.history[view.year].keys() == set(difference.index)


@pytest.mark.usefixtures("example")
def test_all_trees_of_grundskola_stand_in_one_exhibit() -> None:
    found = case("grundskola").cost_tree()
    totals = [row[0] for row in rows(found) if row[1] == "hela kostnaden"]
    assert totals == ["Kostnad i kommunala skolor, F–9", "Kostnad i kommunala skolor, åk 1–9"]
    assert found.figure is not None
    assert "Elevhälsa" in found.figure.to_html("")


@pytest.mark.usefixtures("example")
def test_dear_premises_are_found_in_the_tree() -> None:
    text = case("grundskola", "Skifferö").cost_tree().to_text()
    assert "Störst del har ”Lokaler”" in text


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize(("kommun", "planted"), [("Älgköping", "N21826"), ("Rågborg", "E-KR-PER-TIMME")])
def test_hours_and_price_of_home_care_are_told_apart(kommun: str, planted: str) -> None:
    view = case("aldreomsorg-ordinart-boende", kommun).product_views[1]
    parts = view.split.factors["part"]
    assert parts.idxmax() == planted


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("kommun", TOWNS)
def test_the_parts_and_the_rest_of_every_product_sum_to_the_difference(area: str, kommun: str) -> None:
    for view in case(area, kommun).product_views:
        split = view.split
        assert math.isclose(split.factors["part"].sum() + split.rest, split.difference, abs_tol=1e-6)


@pytest.mark.usefixtures("example")
def test_why_a_product_is_approximate_is_printed() -> None:
    assert (
        "Timmarna är beviljade, inte utförda" in case("aldreomsorg-ordinart-boende").cost_factors().to_text()
    )


def test_riket_stands_in_where_the_peers_lack_the_figures(example: Snapshot, tmp_path: Path) -> None:
    code = case("grundskola").municipality
    kpis = ["N15001", "N15008", "N15011", "N15009", "N15034"]
    opened = case("grundskola", data=subset(example, tmp_path, kpis, municipalities=[code, "0000"]))
    tree, factors = opened.cost_tree(), opened.cost_factors()
    assert "i Exempelby än i riket" in tree.finding
    assert (
        "”Måltider”, ”Lärverktyg”, ”Elevhälsa” och ”Övrigt” saknar värden och ingår i resten." in tree.notes
    )
    assert "i Exempelby än i riket" in factors.finding
    total = rows(tree)[0]
    assert total[6] == opened.panel("N15008").loc["0000", total[2]]


# --- missing ----------------------------------------------------------------------------


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("method", METHODS)
def test_a_snapshot_without_the_areas_figures_says_what_is_missing(
    small: str, area: str, method: str
) -> None:
    exhibit = getattr(case(area, "Älvby", small, "lan"), method)()
    if (area, method) == ("grundskola", "deviation"):
        # The one figure of the small snapshot, without peers, reference cost or mnkr.
        assert exhibit.figure is not None
        assert "går inte att räkna om till kronor" in exhibit.to_text()
        return
    assert exhibit.figure is None
    assert [flag.code for flag in exhibit.flags] == ["missing"]
    assert "Älvby" in exhibit.to_text()
