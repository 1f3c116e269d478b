"""What a snapshot holds of what the catalogue asks for."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from effektiv import cli
from effektiv.data.catalogue import load_catalogue
from effektiv.data.contents import AreaContents, contents, renamed
from effektiv.data.snapshot import Snapshot, write_snapshot
from tests import small_snapshot as small

MERIT, ALL_SUBJECTS, MODEL = "N15505", "N15419", "U15459"


def observe(kpi: str, years: range, codes: list[str], value: float | None) -> pd.DataFrame:
    index = pd.MultiIndex.from_product(
        [[kpi], codes, years, ["T"]], names=["kpi", "municipality", "year", "gender"]
    )
    frame = index.to_frame(index=False)
    missing = value is None
    return frame.assign(value=float("nan") if missing else value, status="Missing" if missing else None)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Merit value for half the municipalities in the last year, one ended series, one only missing."""
    codes = list(small.KOMMUNER)
    rows = [
        observe(MERIT, range(2020, 2024), codes, 210.0),
        observe(MERIT, range(2024, 2025), [*codes[:4], "0000"], 215.0),
        observe(MERIT, range(2024, 2025), codes[4:], None),
        observe(MODEL, range(2018, 2025), codes, 1.0),
        observe(ALL_SUBJECTS, range(2020, 2025), codes, None),
    ]
    kpis = [(kpi, load_catalogue().kpis[kpi].title) for kpi in (MERIT, ALL_SUBJECTS, MODEL)]
    return write_snapshot(
        "prov",
        observations=pd.concat(rows, ignore_index=True),
        kpis=pd.DataFrame(kpis, columns=["id", "title"]),
        municipalities=small.small_municipalities(),
        groups=small.small_groups(),
        source="Påhittade värden för test",
        kind="import",
        folder=tmp_path_factory.mktemp("data"),
    )


@pytest.fixture(scope="module")
def areas(snapshot: Snapshot) -> dict[str, AreaContents]:
    return {area.area: area for area in contents(snapshot, load_catalogue())}


def test_overview_comes_first_and_every_area_is_there(areas: dict[str, AreaContents]) -> None:
    assert list(areas) == ["oversikt", *load_catalogue().areas]


def test_present_absent_and_ended(areas: dict[str, AreaContents]) -> None:
    school = areas["grundskola"]
    assert {kpi.id for kpi in school.present} == {MERIT, MODEL}
    assert [kpi.id for kpi in school.ended] == [MODEL]
    assert ALL_SUBJECTS in {kpi.id for kpi in school.absent}
    assert (school.first_year, school.last_year) == (2018, 2024)


def test_filled_counts_municipalities_in_each_figures_own_last_year(areas: dict[str, AreaContents]) -> None:
    """Half of them for the merit value (Riket does not count), all for the other."""
    assert areas["grundskola"].filled == pytest.approx((0.5 + 1.0) / 2)


def test_nothing_of_an_area(areas: dict[str, AreaContents]) -> None:
    elderly = areas["aldreomsorg-ordinart-boende"]
    assert (elderly.present, elderly.filled, elderly.first_year) == ((), None, None)
    assert elderly.absent


def test_computed_figures_are_not_asked_of_the_snapshot(areas: dict[str, AreaContents]) -> None:
    for area in areas.values():
        for kpi in (*area.present, *area.absent):
            assert not kpi.id.startswith("E-")


def test_groups_with_fewer_than_seven_members_in_the_snapshot(snapshot: Snapshot) -> None:
    title = "Liknande kommuner grundskola, Älvby, 2024"
    areas = {area.area: area.short_groups for area in contents(snapshot, load_catalogue())}
    assert areas["grundskola"] == {title: 3}
    assert areas["oversikt"] == {"Liknande kommuner, övergripande, Älvby, 2025": 2}
    assert areas["barn-och-unga"] == {}


def test_a_group_of_seven_that_are_there_is_not_short(example: Snapshot) -> None:
    assert all(area.short_groups == {} for area in contents(example, load_catalogue()))


def test_every_figure_of_the_reports_is_accounted_for(areas: dict[str, AreaContents]) -> None:
    for area in load_catalogue().areas.values():
        named = {area.unit_cost, area.volume, area.headline_quality, *area.sections.resource}
        told = {kpi.id for kpi in (*areas[area.id].present, *areas[area.id].absent)}
        assert {kpi for kpi in named if not kpi.startswith("E-")} <= told


def test_figures_that_the_snapshot_names_otherwise_are_told(
    snapshot: Snapshot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = load_catalogue()
    another = "Elever i åk. 9, meritvärde hemkommun"
    titles = [(MERIT, another), (MODEL, known.kpis[MODEL].title + "  "), (ALL_SUBJECTS, ALL_SUBJECTS)]
    other = write_snapshot(
        "annan",
        observations=snapshot.observations([kpi for kpi, _ in titles]),
        kpis=pd.DataFrame(titles, columns=["id", "title"]),
        municipalities=snapshot.municipalities,
        groups=snapshot.groups,
        source="Påhittade värden för test",
        kind="import",
        folder=tmp_path,
    )
    assert renamed(snapshot, known) == []
    assert [(kpi.id, title) for kpi, title in renamed(other, known)] == titles[:1]
    for data, told in ((snapshot.path, 0), (other.path, 1)):
        assert cli.main(["status", "--data", str(data)]) == 0
        out = capsys.readouterr().out
        assert out.count("ett annat namn i frysningen än i katalogen: 1.") == told
        assert out.count(f"{MERIT}  i frysningen: {another}\n") == told
        assert out.count(f"i katalogen:  {known.kpis[MERIT].title}\n") == told
