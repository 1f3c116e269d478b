"""National results are computed once a snapshot, and are what the analysis gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.index import index_check
from effektiv.analysis.panels import country, value_at
from effektiv.analysis.peers import robust_sd
from effektiv.analysis.uncertainty import year_noise
from effektiv.case import open_case
from effektiv.data.snapshot import EXAMPLE, Snapshot, open_snapshot
from effektiv.national import National, national
from effektiv.types import RIKET, Better
from tests.small_snapshot import write_small


@pytest.fixture(scope="module")
def results(example: Snapshot) -> National:
    return national(example)


def test_one_object_for_one_snapshot(example: Snapshot, results: National, tmp_path) -> None:
    assert national(open_snapshot(EXAMPLE)) is results
    assert open_case("grundskola", kommun="Exempelby").national is results
    assert open_case("oversikt", kommun="Kornlunda").national is results
    other = write_small("liten", tmp_path)
    assert national(other) is not results
    assert national(other) is national(open_snapshot(other.path))


def test_results_are_kept(results: National) -> None:
    area = results.catalogue.areas["grundskola"]
    definition = results.catalogue.index("grundskola")
    children = results.catalogue.areas["barn-och-unga"]
    assert results.panel("N15505") is results.panel("N15505")
    assert results.panel("N15505", "K") is not results.panel("N15505")
    assert results.statuses("N15505") is results.statuses("N15505")
    assert results.yardstick("N15505") is results.yardstick("N15505")
    assert results.yardstick("N15505", "K") is not results.yardstick("N15505")
    assert results.index(definition) is results.index(definition)
    assert results.index(definition).checks is results.index(definition).checks
    assert results.efficiency(area) is results.efficiency(area)
    assert results.structural(area, 2024, 3) is results.structural(area, 2024, 3)
    assert results.structural(area, 2024, 1) is not results.structural(area, 2024, 3)
    assert results.own_position(children) is results.own_position(children)


def test_what_is_kept_is_not_changed_by_those_who_use_it(example: Snapshot, results: National) -> None:
    """A report must not leave a mark on the next one's numbers."""
    before = {kpi: results.panel(kpi).copy() for kpi in ("N15505", "N15060", "N15001", "U15900")}
    case = open_case("grundskola", kommun="Smedtuna")
    case.summary()
    case.data_quality()
    for kpi, panel in before.items():
        pd.testing.assert_frame_equal(results.panel(kpi), panel)
        pd.testing.assert_frame_equal(results.panel(kpi), example.panel(kpi))


def test_panels_are_the_snapshot_s_or_computed_by_formula(example: Snapshot, results: National) -> None:
    pd.testing.assert_frame_equal(results.panel("N15505"), example.panel("N15505"))
    formula = results.catalogue.kpis["E-KR-PER-FAMILJEHEM"].formula
    assert formula is not None
    code = open_case("barn-och-unga", kommun="Exempelby").municipality
    expected = formula.factor
    for kpi, power in formula.powers.items():
        expected *= value_at(results.panel(kpi), code, 2024) ** power
    assert results.panel("E-KR-PER-FAMILJEHEM").loc[code, 2024] == pytest.approx(expected)
    assert results.statuses("E-KR-PER-FAMILJEHEM") is None
    with pytest.raises(KeyError):
        results.panel("N99999")


def test_yardsticks_are_the_analysis_s(results: National) -> None:
    panel, breaks = results.panel("N15001"), results.catalogue.kpis["N15001"].breaks
    assert breaks
    kept = results.yardstick("N15001")
    pd.testing.assert_series_equal(kept.noise(2025), year_noise(panel, 2025, breaks))
    assert kept.spread(2025) == robust_sd(country(panel)[2025])


@pytest.mark.parametrize("index_id", ["grundskola", "aldreomsorg"])
def test_index_checks_are_the_national_statistics(results: National, index_id: str) -> None:
    index = results.index(results.catalogue.index(index_id))
    code = results.municipalities[0]
    for side, found in index.checks.items():
        mine = index_check(index.own(side), index.published(side), code).by_year
        statistics = ["n", "mean_abs_diff", "max_abs_diff", "correlation"]
        pd.testing.assert_frame_equal(found[statistics], mine[statistics])
        for year in found.index:
            assert value_at(index.own(side), code, year) == pytest.approx(mine.loc[year, "own"], nan_ok=True)


def test_sides_of_an_index(results: National) -> None:
    index = results.index(results.catalogue.index("grundskola"))
    assert index.published("quality") is index.quality
    assert index.own("efficiency") is index.own_efficiency
    assert RIKET not in index.resource.index
    with pytest.raises(KeyError):
        index.own("volume")


def test_own_position_only_where_the_area_has_one(results: National) -> None:
    with pytest.raises(ValueError, match="grundskola har ingen egen konstruktion"):
        results.own_position(results.catalogue.areas["grundskola"])


def test_names_codes_and_directions(example: Snapshot, results: National) -> None:
    assert len(results.municipalities) == 290
    assert list(results.municipalities) == sorted(results.municipalities)
    assert RIKET not in results.municipalities
    assert results.names[RIKET] == "Riket"
    assert results.better["N15505"] is Better.HIGHER
    assert set(results.better) == set(results.catalogue.kpis)


def test_a_snapshot_without_the_figures_gives_empty_results(tmp_path) -> None:
    results = national(write_small("liten", tmp_path))
    definition = results.catalogue.index("grundskola")
    index = results.index(definition)
    assert index.efficiency.empty
    assert index.own_efficiency.empty
    assert all(check.empty for check in index.checks.values())
    assert results.efficiency(results.catalogue.areas["grundskola"]).ln_e.empty
    assert np.isnan(results.yardstick("N15505").spread(2025))
    assert results.structural(results.catalogue.areas["grundskola"], 2024, 1).cost is None
