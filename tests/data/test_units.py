"""Units in a snapshot, and from Kolada into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from koladapy import KoladaAPI

from effektiv.data import fetch as fetching
from effektiv.data import observations as obs
from effektiv.data import snapshot as snapshots
from effektiv.data.kolada import KoladaClient
from effektiv.data.snapshot import Snapshot, open_snapshot, with_units, write_snapshot
from effektiv.errors import InputError, KoladaError, SnapshotError
from tests import small_snapshot as small
from tests.kolada_server import Fault, KoladaServer, running


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EFFEKTIV_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KoladaServer]:
    with running(small.write_small("liten", tmp_path_factory.mktemp("data"), units=True)) as server:
        yield server


@pytest.fixture
def client(server: KoladaServer) -> Iterator[KoladaClient]:
    server.faults.clear()
    with KoladaClient(server.url, requests_per_second=1000, backoff=0.01) as client:
        yield client


def test_units_are_given_back_as_they_were_written(home: Path) -> None:
    kept = small.write_small("prov", home, units=True)
    assert kept.units is not None
    assert kept.unit_observations is not None
    titles = ["Östra skolan", "Åsele skola", "Enhet V15E12345678", "Nedlagda skolan"]
    assert kept.units["title"].tolist() == titles
    expected = obs.normalise(small.small_unit_observations(), of_units=True)
    pd.testing.assert_frame_equal(kept.unit_observations, expected)
    assert kept.manifest.rows["units.parquet"] == 4
    assert set(kept.manifest.checksums) == {*snapshots.FILES, *snapshots.UNIT_FILES}


def test_a_snapshot_without_units_has_none_and_no_file_of_them(home: Path) -> None:
    kept = small.write_small("prov", home)
    assert kept.units is None
    assert kept.unit_observations is None
    assert not kept.has_units
    assert sorted(path.name for path in kept.path.iterdir()) == sorted([*snapshots.FILES, "manifest.json"])


@pytest.mark.parametrize("name", snapshots.UNIT_FILES)
def test_damage_to_a_file_of_units_is_named(home: Path, name: str) -> None:
    file = small.write_small("prov", home, units=True).path / name
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(SnapshotError, match=f"prov är skadad.*{name}"):
        open_snapshot("prov")
    file.unlink()
    with pytest.raises(SnapshotError, match=f"prov är skadad.*{name}"):
        open_snapshot("prov")


@pytest.mark.parametrize(
    ("part", "column", "value", "message"),
    [
        ("units", "id", "V15E 12", "enhetens kod"),
        ("units", "municipality", "9999", "9999"),
        ("units", "id", "V15E033000101", "mer än en gång"),
        ("unit_observations", "unit", "V15E99", "inte finns i enhetslistan"),
        ("unit_observations", "kpi", "n1", "nyckeltals-id"),
        ("unit_observations", "gender", "F", "T, K, M"),
    ],
)
def test_units_that_cannot_be_read_are_refused(
    home: Path, part: str, column: str, value: str, message: str
) -> None:
    frames = {"units": small.small_units(), "unit_observations": small.small_unit_observations()}
    frames[part].loc[0, column] = value
    with pytest.raises(InputError, match=message):
        with_units("ny", small.write_small("prov", home), source="test", **frames)
    assert not (home / "ny").exists()


def test_new_units_take_the_place_of_old_ones_and_others_stay(home: Path) -> None:
    base = small.write_small("prov", home, units=True)
    given = small.small_unit_observations().iloc[[0]].assign(value=1.5, status=None)
    units = small.small_units().iloc[[0]].assign(title="Nya Östra")
    new = with_units("ny", base, units=units, unit_observations=given, source="Mer")
    assert new.units is not None
    assert new.unit_observations is not None
    assert new.units.set_index("id").loc["V15E031900301", "title"] == "Nya Östra"
    assert len(new.units) == 4
    assert len(new.unit_observations) == len(small.small_unit_observations())
    assert (new.unit_observations["value"] == 1.5).sum() == 1
    assert new.manifest.source == "Påhittade värden för test. Mer"


def test_units_are_fetched_beside_what_there_was(
    home: Path, server: KoladaServer, client: KoladaClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [row | {"title": ""} if row["id"] == "V15E12345678" else row for row in server.metadata["ou"]]
    monkeypatch.setitem(server.metadata, "ou", listed)
    before = small.write_small("prov", home)
    result = fetching.fetch_units("med-enheter", client, before, ["0319"], progress=False)
    new = result.snapshot
    assert new.units is not None
    assert new.unit_observations is not None
    # One without values is left out; one without a name has its code.
    assert new.units["id"].tolist() == ["V15E031900301", "V15E12345678"]
    assert new.units["type"].tolist() == ["V15", "V15"]
    expected = small.small_unit_observations()
    expected = obs.normalise(expected[expected["unit"].isin(new.units["id"])], of_units=True)
    pd.testing.assert_frame_equal(new.unit_observations, expected)
    pd.testing.assert_frame_equal(new.observations(), before.observations())
    assert "Enheter utan namn i Kolada, som visas med sin kod: 1." in new.manifest.notes
    assert "hämtat" in new.manifest.source


def test_an_update_keeps_the_units(home: Path, server: KoladaServer, client: KoladaClient) -> None:
    first = fetching.fetch(
        "forst", client, kpis=[small.MEAN, small.BY_GENDER], first_year=2018, progress=False
    )
    second = fetching.fetch_units("sedan", client, first.snapshot, ["0319"], progress=False).snapshot
    third = fetching.fetch_update("uppdaterad", client, second, progress=False).snapshot
    assert third.unit_observations is not None
    pd.testing.assert_frame_equal(third.unit_observations, second.unit_observations)
    assert any("hämtades inte om" in note for note in third.manifest.notes)


def test_a_municipality_without_units_and_figures_without_units_are_told(
    home: Path, client: KoladaClient
) -> None:
    before = small.write_small("prov", home)
    with pytest.raises(InputError, match="Kolada har inga enheter i kommunen 2701"):
        fetching.fetch_units("ny", client, before, ["2701"], progress=False)
    no_figures = write_snapshot(
        "utan",
        observations=small.small_observations(),
        kpis=small.small_kpis().assign(has_ou_data=False),
        municipalities=small.small_municipalities(),
        groups=small.small_groups(),
        source="x",
        kind="import",
        folder=home,
    )
    with pytest.raises(InputError, match="inga nyckeltal som Kolada har för enheter"):
        fetching.fetch_units("ny", client, no_figures, ["0319"], progress=False)
    assert not (home / "ny").exists()


def test_the_example_has_units_of_its_own(example: Snapshot, client: KoladaClient) -> None:
    with pytest.raises(InputError, match="Exempeldatan har redan påhittade enheter"):
        fetching.fetch_units("ny", client, example, ["0319"], progress=False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda row: row.update(ou="V15E!"), "id inte går att läsa"),
        (lambda row: row.update(ou="V15E000000000"), "ingen frågat efter"),
        (lambda row: row.update(period=2001), "ingen frågat efter"),
        (lambda row: row.pop("ou"), "id inte går att läsa"),
    ],
)
def test_answers_of_another_shape_are_refused(
    home: Path, server: KoladaServer, client: KoladaClient, change: object, message: str
) -> None:
    server.change = lambda answer: change(answer["values"][0])  # type: ignore[operator]
    server.faults.append(Fault("changed", path="oudata"))
    with pytest.raises(KoladaError, match=message):
        fetching.fetch_units("ny", client, small.write_small("prov", home), ["0319"], progress=False)
    assert not (home / "ny").exists()


def test_koladapy_reads_the_same_units_and_values(
    home: Path, server: KoladaServer, client: KoladaClient
) -> None:
    theirs = KoladaAPI(base_url=server.url, max_requests_per_second=1000)
    try:
        units = theirs.get_organizational_units(municipality="0319")
        rows = theirs.get_values(
            kpi_id=small.BY_GENDER, ou_id=[unit["id"] for unit in units], years=list(range(2018, 2026))
        )
    finally:
        theirs.session.close()
    found = {
        (row["ou"], row["period"], cell["gender"]): np.nan if cell["value"] is None else cell["value"]
        for row in rows
        for cell in row["values"]
        if not cell["isdeleted"]
    }
    ours = fetching.fetch_units(
        "ny", client, small.write_small("prov", home), ["0319"], progress=False
    ).snapshot
    assert ours.unit_observations is not None
    mine = {
        (row.unit, row.year, row.gender): row.value for row in ours.unit_observations.itertuples(index=False)
    }
    assert found.keys() == mine.keys()
    np.testing.assert_array_equal([found[key] for key in mine], list(mine.values()))
