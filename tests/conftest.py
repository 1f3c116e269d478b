"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from effektiv.data.snapshot import EXAMPLE, Snapshot, open_snapshot
from effektiv.params import registry
from effektiv.stepfiles import register_step_files

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


PLACES = ("EFFEKTIV_DATA", "EFFEKTIV_PARAMS", "EFFEKTIV_NOTEBOOKS")


@pytest.fixture(autouse=True, scope="module")
def same_places_after_each_file() -> Iterator[None]:
    """Put back where data, params and notebooks are: the command tells its workers by the environment."""
    before = {name: os.environ.get(name) for name in PLACES}
    yield
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with real extracts; they are not shipped with the project."""
    if not SHARED.is_dir():
        pytest.skip(f"de verkliga utdragen finns inte här ({SHARED.name}/ saknas bredvid projektet)")
    return SHARED


@pytest.fixture(scope="session")
def example() -> Snapshot:
    """The example data, opened once for all tests."""
    return open_snapshot(EXAMPLE)


@pytest.fixture
def common_files_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a municipality's folder have the files of no step, whatever a test before has made known."""
    register_step_files()  # once a process: it must not happen while others are in the registry's place
    common = ("kommun.yaml", "oversikt.yaml", "{omrade}.yaml", "egna.xlsx")
    monkeypatch.setattr(registry, "_KINDS", {name: registry._KINDS[name] for name in common})
