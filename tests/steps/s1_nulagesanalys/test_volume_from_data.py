"""Volume of the example municipalities, and of a snapshot that lacks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from effektiv import open_case
from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.exhibit import Exhibit
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from effektiv.steps.s1_nulagesanalys.volume import index_panel
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
def test_the_change_is_that_of_the_snapshot(example: Snapshot, area: str):
    case = open_area(area, example)
    main = case.area.volume
    row = next(row for row in rows(case.volume()) if row["nyckeltal"] == case.kpi(main).label)
    # Ten years back, or where the measurement changed.
    panel, base = case.panel(main), max(row["ar"] - 10, *(change.year for change in case.kpi(main).breaks), 0)
    assert row["fran"] == base
    own = panel.loc[case.municipality]
    assert row["kommun"] == own[row["ar"]]
    assert row["andring"] == pytest.approx(100 * (own[row["ar"]] / own[base] - 1))
    peers = panel.loc[list(case.peers.members)]
    change = 100 * (peers[row["ar"]] / peers[base] - 1)
    assert row["andring_median"] == pytest.approx(change.median())


@pytest.mark.parametrize("area", AREAS)
def test_the_exhibit_has_figure_finding_and_every_figure(example: Snapshot, area: str):
    case = open_area(area, example)
    made = case.volume()
    assert made.figure is not None
    assert f"index för {case.kpi(case.area.volume).label[:4].lower()}" in (made.alt or "").lower()
    assert "liknande kommunerna" in made.finding
    assert lix(made.finding) <= 45
    assert len(rows(made)) == len(case.area.sections.volume)


def test_a_break_sets_the_base_year_and_is_flagged(example: Snapshot):
    made = open_area("aldreomsorg-ordinart-boende", example).volume()
    assert "då mätningen ändrades" in made.finding
    assert "break" in {flag.code for flag in made.flags}
    assert made.figure is not None
    assert "Brott 2021" in made.figure.to_html("x")


@pytest.mark.parametrize("name", ["Snöträsk", "Rågtuna"])
@pytest.mark.parametrize("area", AREAS)
def test_small_and_patchy_municipalities_work(example: Snapshot, area: str, name: str):
    made = open_area(area, example, name).volume()
    assert " nan" not in made.to_text()
    assert name in made.to_text()


def test_an_index_has_no_value_where_the_base_is_zero_or_missing(example: Snapshot):
    panel = example.panel("N33813")
    index = index_panel(panel, 2015)
    base = panel[2015]
    assert index.loc[base.isna() | (base == 0)].isna().all(axis=None)
    assert (index.loc[base > 0, 2015] == 100).all()


def test_a_snapshot_without_volume_says_so(tmp_path: Path):
    small = write_small("liten", tmp_path)
    for area in AREAS:
        case = open_case(area, kommun="Älvby", data=small.path, jamfor_med="riket")
        assert isinstance(case, AreaCase)
        assert "saknar volymuppgifter" in case.volume().to_text()
