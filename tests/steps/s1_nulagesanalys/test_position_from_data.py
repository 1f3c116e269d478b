"""Position of municipalities in the example data, and where figures are missing."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.exhibit import Exhibit
from effektiv.outputs import EXHIBIT_MIME
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from effektiv.types import Better
from tests.small_snapshot import write_small
from tests.steps.shown import FOCUS_AREAS as AREAS
from tests.steps.subsets import subset

TOWNS = ("Exempelby", "Snöträsk", "Siskahamn")
"""The second has no year 9 and few persons, the third no accounts in the latest year."""
METHODS = {
    "quadrant": "kvadrant",
    "efficiency": "effektivitet",
    "efficiency_change": "effektivitet-forandring",
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


def sound(exhibit: Exhibit, name: str) -> None:
    """Check what holds of every exhibit, shown or not."""
    bundle = exhibit._repr_mimebundle_()
    assert bundle[EXHIBIT_MIME]["id"] == exhibit.id
    if exhibit.figure is None:
        assert "Kan inte visas." in bundle["text/plain"]
        assert "missing" in [flag.code for flag in exhibit.flags]
        return
    assert name in exhibit.finding
    assert "20" in exhibit.finding  # a year
    assert exhibit.alt is not None
    assert exhibit.finding in exhibit.alt
    assert exhibit.table is not None
    assert not re.search(r"\bnan\b", bundle["text/html"], re.IGNORECASE)


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("kommun", TOWNS)
@pytest.mark.parametrize("method", METHODS)
def test_every_municipality_gets_an_exhibit(area: str, kommun: str, method: str) -> None:
    exhibit = getattr(case(area, kommun), method)()
    assert exhibit.id == METHODS[method]
    sound(exhibit, kommun)


@pytest.mark.usefixtures("example")
def test_exempelby_has_the_low_results_and_dear_home_care_that_were_planted() -> None:
    assert "lägre kvalitet (alla de tre senaste åren)" in case("grundskola").quadrant().finding
    home_care = case("aldreomsorg-ordinart-boende").quadrant().finding
    assert "högre kostnad (alla de tre senaste åren)" in home_care
    assert home_care.endswith("mätt med RKA:s index för äldreomsorg.")


@pytest.mark.usefixtures("example")
def test_children_have_an_own_construction_that_says_so() -> None:
    found = case("barn-och-unga").quadrant()
    assert ("own", "Kolada har inget index för området.") in [(flag.code, flag.text) for flag in found.flags]
    assert "mätt med en egen konstruktion" in found.finding
    position = case("barn-och-unga").index_position
    assert position is not None
    assert position.unexplained_pct is not None
    assert f"lämnar {position.unexplained_pct:.0f} procent" in str(found.blocks[1])


@pytest.mark.usefixtures("example")
def test_the_points_are_koladas_published_ones() -> None:
    opened = case("grundskola")
    position = opened.index_position
    assert position is not None
    assert position.kind == "published"
    own = opened.quadrant().to_json()["table"]["rows"][0]
    assert own[3:] == [opened.own("U15010")[position.year], opened.own("U15401")[position.year]]


def test_without_the_published_index_our_check_stands_in_and_says_so(
    example: Snapshot, tmp_path: Path
) -> None:
    kept = ("N15001", "N15505", "U15049", "U15459", "U15457", "U15461", "U15402")
    found = case("grundskola", data=subset(example, tmp_path, kept))
    position = found.index_position
    assert position is not None
    assert position.kind == "check"
    assert "vår egen beräkning av RKA:s index" in found.quadrant().finding
    # Kolada's own index is a rounded version of the same: the two must not be far apart.
    published = case("grundskola").own("U15401")[position.year]
    assert abs(position.quality.loc[found.municipality, position.year] - published) < 15


@pytest.mark.usefixtures("example")
def test_no_place_before_the_break_in_the_quality_index_is_shown() -> None:
    rows = case("aldreomsorg-ordinart-boende").quadrant().to_json()["table"]["rows"]
    assert min(row[1] for row in rows) >= 2023


@pytest.mark.usefixtures("example")
def test_compared_with_all_municipalities_none_is_marked_as_a_peer() -> None:
    rows = case("grundskola", jamfor_med="riket").quadrant().to_json()["table"]["rows"]
    assert "Jämförelsekommun" not in {row[2] for row in rows}


# --- role models ------------------------------------------------------------------------


@pytest.mark.usefixtures("example")
def test_role_models_do_better_on_both_in_two_of_three_years() -> None:
    opened = case("grundskola")
    frame = opened.role_model_frame
    assert frame is not None
    assert "Kornlunda" in [opened.national.names[code] for code in frame.index]
    cost, quality = opened.panel("N15001"), opened.panel("N15505")
    for code in frame.index:
        better = [
            cost.loc[code, year] < cost.loc[opened.municipality, year]
            and quality.loc[code, year] > quality.loc[opened.municipality, year]
            for year in opened.role_model_years
        ]
        assert sum(better) >= 2


def test_no_role_models_are_sought_without_cost_and_quality(example: Snapshot, tmp_path: Path) -> None:
    opened = case("grundskola", data=subset(example, tmp_path, ["N15001", "U15010", "U15401"]))
    assert opened.role_model_years == ()
    assert opened.role_model_frame is None
    assert "Förebild" not in {row[2] for row in opened.quadrant().to_json()["table"]["rows"]}


# --- efficiency -------------------------------------------------------------------------


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
def test_efficiency_is_the_geometric_mean_of_quality_over_relative_cost(area: str) -> None:
    opened = case(area)
    view = opened.efficiency_view
    assert view is not None
    ratios = []
    for kpi in view.figures:
        panel = opened.panel(kpi.id)
        ratio = panel.loc[opened.municipality, view.year] / panel.loc["0000", view.year]
        ratios.append(1 / ratio if kpi.better is Better.LOWER else ratio)
    cost = opened.panel(view.unit_cost.id)
    relative = cost.loc[opened.municipality, view.year] / cost.loc["0000", view.year]
    expected = math.exp(np.mean(np.log(ratios))) / relative
    assert math.isclose(view.own.loc[view.year, "E"], expected, rel_tol=1e-12)
    assert opened.efficiency().finding.startswith(f"År {view.year}")


def test_efficiency_rests_on_the_figures_there_are_and_names_the_others(
    example: Snapshot, tmp_path: Path
) -> None:
    opened = case("grundskola", data=subset(example, tmp_path, ["N15060", "N15505", "N15419"]))
    view = opened.efficiency_view
    assert view is not None
    assert [kpi.id for kpi in view.figures] == ["N15505", "N15419"]
    assert "Värde saknas för ”Behöriga till yrkesprogram, åk 9”" in opened.efficiency().to_text()


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("kommun", TOWNS)
def test_a_change_sums_exactly_and_crosses_no_break(area: str, kommun: str) -> None:
    opened = case(area, kommun)
    view = opened.change_view
    if view is None:
        assert "Kan inte visas." in opened.efficiency_change().to_text()
        return
    change = view.change
    assert abs(change.by_figure.sum() + change.unit_cost - change.total) < 1e-9
    assert change.to_year - 5 <= change.from_year < change.to_year
    used = [opened.kpi(kpi) for kpi in (*change.figures, opened.area.unit_cost)]
    breaks = [item.year for kpi in used for item in kpi.breaks]
    assert not [year for year in breaks if change.from_year < year <= change.to_year]
    *parts, total = opened.efficiency_change().to_json()["table"]["rows"]
    assert abs(sum(part[3] for part in parts) - total[3]) < 1e-9


# --- missing ----------------------------------------------------------------------------


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("method", METHODS)
def test_a_snapshot_without_the_areas_figures_says_what_is_missing(
    small: str, area: str, method: str
) -> None:
    opened = case(area, "Älvby", small, "lan")
    exhibit = getattr(opened, method)()
    assert exhibit.figure is None
    sound(exhibit, "Älvby")
    if method != "quadrant":
        assert "Älvby" in exhibit.to_text()
