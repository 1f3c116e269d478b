"""What structure explains in the example data, and where figures are missing."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

import pytest

from effektiv.data.snapshot import Snapshot
from effektiv.outputs import EXHIBIT_MIME
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from effektiv.steps.s1_nulagesanalys.national import STRUCTURAL
from tests.small_snapshot import write_small
from tests.steps.shown import FOCUS_AREAS as AREAS
from tests.steps.subsets import subset

TOWNS = ("Exempelby", "Snöträsk", "Siskahamn")


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


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("kommun", TOWNS)
def test_every_municipality_gets_an_exhibit(area: str, kommun: str) -> None:
    exhibit = case(area, kommun).structure()
    bundle = exhibit._repr_mimebundle_()
    assert bundle[EXHIBIT_MIME]["id"] == "struktur"
    assert kommun in bundle["text/plain"]
    assert not re.search(r"\bnan\b", bundle["text/html"], re.IGNORECASE)
    if exhibit.figure is None:
        assert "Kan inte visas." in bundle["text/plain"]
    else:
        assert "förklaras inte av modellen" in bundle["text/plain"]


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
def test_the_prediction_is_the_models_without_the_municipality(area: str) -> None:
    opened = case(area)
    first = opened.structure_view.expected[0]
    fit = opened.national.result(STRUCTURAL, opened.area, first.years[-1], 1).cost
    assert fit is not None
    residual = float(fit.frame["residual_loo"][opened.municipality])
    # The model is of ln cost; what is shown is kronor.
    assert math.isclose(math.log(first.actual / first.predicted), residual, abs_tol=1e-9)
    assert math.isclose(first.actual, opened.own(opened.area.structural_model.cost)[first.years[-1]])
    assert first.low < first.predicted < first.high
    assert first.outside is bool(fit.frame["outside"][opened.municipality])


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
def test_one_year_and_a_mean_of_three_are_shown_of_cost_and_quality(area: str) -> None:
    expected = case(area).structure_view.expected
    model = case(area).area.structural_model
    assert {item.kpi.id for item in expected} == {model.cost, model.quality}
    assert {len(item.years) for item in expected if item.kpi.id == model.cost} == {1, 3}


def test_a_structure_figure_that_the_snapshot_lacks_is_named(example: Snapshot, tmp_path: Path) -> None:
    kept = ["N15001", "N15060", "N15505", "N15820", "N15822", "N02901", "N00954"]
    found = case("grundskola", data=subset(example, tmp_path, kept)).structure()
    assert found.figure is not None
    assert "Låg ekonomisk standard, 0–19 år ingår inte: det saknas i frysningen." in found.to_text()


@pytest.mark.usefixtures("example")
def test_cost_is_shown_where_quality_is_missing() -> None:
    """Måneträsk has no year 9 of its own, and so no results."""
    found = case("grundskola", "Måneträsk").structure()
    assert found.figure is not None
    assert "”Kostnad i kommunala skolor, F–9” i Måneträsk" in found.finding
    assert "”Meritvärde, åk 9” saknas för Måneträsk." in found.to_text()


def test_too_few_municipalities_make_no_model(example: Snapshot, tmp_path: Path) -> None:
    kept = ["N15001", "N15060", "N15505", "N15820", "N15822", "N02901", "N00954", "N66077"]
    few = [*sorted(example.panel("N15060").index[:20]), case("grundskola").municipality]
    found = case("grundskola", data=subset(example, tmp_path, kept, municipalities=few)).structure()
    assert found.figure is None
    assert "minst ett trettiotal kommuner" in found.to_text()


@pytest.mark.parametrize("area", AREAS)
def test_a_snapshot_without_the_areas_figures_says_what_is_missing(small: str, area: str) -> None:
    opened = case(area, "Älvby", small, "lan")
    exhibit = opened.structure()
    assert exhibit.figure is None
    assert [flag.code for flag in exhibit.flags] == ["missing"]
    assert f"”{opened.kpi(opened.area.structural_model.cost).label}”" in exhibit.to_text()
