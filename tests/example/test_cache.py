"""The example data as a snapshot: made once, made again when stale, safe when two start at once."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from effektiv.data.snapshot import Snapshot, open_snapshot
from effektiv.errors import SnapshotError
from effektiv.example import ExampleData, cache, example_snapshot


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EFFEKTIV_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture(scope="module")
def few(built: ExampleData) -> ExampleData:
    """A small part of the example."""
    rows = built.observations[built.observations["kpi"].isin(["N01951", "N15505"])]
    return replace(built, observations=rows)


@pytest.fixture
def quick(few: ExampleData, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the cache use a small part of the example; return a list that grows with each build."""
    builds: list[int] = []

    def build(last_year: int) -> ExampleData:
        builds.append(1)
        return few

    monkeypatch.setattr(cache, "build_example", build)
    return builds


def test_snapshot_holds_what_is_built(folder: Path, built) -> None:
    snapshot = example_snapshot()
    assert snapshot.is_example and snapshot.name == "exempel"
    assert snapshot.manifest.preliminary_year == 2025
    assert "påhittade" in snapshot.manifest.source
    assert snapshot.manifest.years == tuple(range(2012, 2026))
    rows = built.observations[built.observations["kpi"] == "U33580"]
    pd.testing.assert_frame_equal(
        snapshot.observations(["U33580"]),
        rows.sort_values(["kpi", "municipality", "gender", "year"], ignore_index=True),
    )
    assert sum(path.stat().st_size for path in (folder / "exempel").iterdir()) < 10_000_000
    assert [path.name for path in folder.iterdir()] == ["exempel"], "something is left behind"


def test_second_call_and_open_snapshot_reuse_it(folder: Path, quick: list[int]) -> None:
    assert example_snapshot() is example_snapshot()
    assert open_snapshot("exempel").path == (folder / "exempel").resolve()
    assert len(quick) == 1


def test_new_key_makes_it_again(folder: Path, quick: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    old = example_snapshot().manifest.notes
    monkeypatch.setattr(cache, "_key", lambda: "0123456789abcdef")
    new = example_snapshot().manifest.notes
    assert old != new and "0123456789abcdef" in new[-1]
    assert len(quick) == 2
    assert [path.name for path in folder.iterdir()] == ["exempel"]


def test_key_follows_from_catalogue_and_generator(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache._key.cache_clear()
    before = cache._key()
    (tmp_path / "ny.yaml").write_text("kpis: []\n", encoding="utf-8")
    monkeypatch.setattr(cache, "CATALOGUE_FOLDER", tmp_path)
    cache._key.cache_clear()
    assert cache._key() != before
    monkeypatch.undo()
    cache._key.cache_clear()
    assert cache._key() == before


@pytest.mark.parametrize("damage", ["flip", "remove", "manifest"])
def test_damaged_example_is_made_anew(folder: Path, quick: list[int], damage: str) -> None:
    example_snapshot()
    file = folder / "exempel" / ("manifest.json" if damage == "manifest" else "observations.parquet")
    if damage == "remove":
        file.unlink()
    elif damage == "flip":
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(bytes(content))
    else:
        file.write_text(json.dumps({"name": "exempel"}), encoding="utf-8")
    snapshot = example_snapshot()
    assert len(quick) == 2
    assert snapshot.panel("N01951").loc["0219"].notna().all()


def test_something_else_with_the_name_is_left_alone(folder: Path, quick: list[int]) -> None:
    mine = folder / "exempel" / "mitt.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("viktigt", encoding="utf-8")
    with pytest.raises(SnapshotError, match="ingen frysning"):
        example_snapshot()
    assert mine.read_text(encoding="utf-8") == "viktigt"
    assert not quick


def test_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: list[int]
) -> None:
    blocked = tmp_path / "fil"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("EFFEKTIV_DATA", str(blocked / "data"))
    with pytest.raises(SnapshotError, match="skriv"):
        example_snapshot()


def test_another_process_that_was_first_is_trusted(
    folder: Path, quick: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_write = cache._write

    def write_while_another_finishes(staging: Path, name: str) -> None:
        whole_write(staging, name)
        other = folder / ".another"
        other.mkdir()
        whole_write(other, name)
        (other / "exempel").rename(folder / "exempel")
        other.rmdir()

    monkeypatch.setattr(cache, "_write", write_while_another_finishes)
    first = example_snapshot()
    assert first.path == (folder / "exempel").resolve()
    assert [path.name for path in folder.iterdir()] == ["exempel"]


def _open_in_process(folder: str, example: object) -> str:
    os.environ["EFFEKTIV_DATA"] = folder
    cache.build_example = lambda _: example  # type: ignore[assignment,return-value]
    return example_snapshot().manifest.checksums["observations.parquet"]


def test_two_processes_at_once_agree(folder: Path, few: ExampleData) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        first, second = pool.starmap(_open_in_process, [(str(folder), few)] * 2, chunksize=1)
    assert first == second
    assert [path.name for path in folder.iterdir()] == ["exempel"]


def test_opening_it_loads_neither_the_generator_nor_scipy(example: Snapshot) -> None:
    """Every process opens the example; only the first one makes it."""
    code = (
        "import sys; from effektiv.data.snapshot import open_snapshot; open_snapshot('exempel');"
        "print([name for name in sys.modules if name == 'scipy' or name.endswith('example.build')])"
    )
    environment = os.environ | {"EFFEKTIV_DATA": str(example.path.parent)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert found.stdout.strip() == b"[]"
