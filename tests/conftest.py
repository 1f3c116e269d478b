"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis  # noqa: F401  looks when loaded for who refers to what, and sees nothing that is set apart
import pytest

from effektiv.data.snapshot import EXAMPLE, Snapshot, open_snapshot
from effektiv.locking import try_lock
from effektiv.params import registry
from effektiv.stepfiles import register_step_files

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
QUICK = str(ROOT / "tests" / "quick")

# For this process and those that it starts.
sys.path.insert(0, QUICK)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [QUICK, os.environ.get("PYTHONPATH", "")]))
# Hundreds of processes load the project; where this is set, each would compile all of it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


SLOWEST = (
    *(
        "report_form",
        "bad_input",
        "isolation",
        "faults",
        "notebooks",
        "papermill_examples",
        "dask",
        "benchmarks",
    ),
    *(
        "appendix",
        "axe",
        "probe",
        "used",
        "cli",
        "contradictions",
        "national_store",
        "opening",
        "whole",
        "chain",
    ),
    *(
        "jupyterlab",
        "browsing",
        "sharing",
        "path",
        "after",
        "default",
        "calibration",
        "measures",
        "wheel",
        "engine",
    ),
)
"""The test files that take longest, in the order that they are begun in."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: a file is one worker's, and both should end at the same time."""
    place = {f"test_{name}.py": at for at, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


def pytest_collection_finish() -> None:
    """Set apart what is loaded, or the collection of garbage that ends each notebook goes through all tests."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Return what gives a folder of a name, made once for all workers of a run: others wait for the first.

    Tests only read in it. It lies beside the workers' own temporary folders, and goes with them.
    """
    own = tmp_path_factory.getbasetemp()
    place = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def folder(name: str, make: Callable[[Path], None]) -> Path:
        finished = place / f"{name}.klar"
        with (place / f"{name}.las").open("ab") as lock:
            while not try_lock(lock):
                time.sleep(0.2)
            if not finished.exists():
                make(place / name)
                finished.touch()
        return place / name

    return folder


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make reports in this process: where the workers, which take seconds to start, are not what is tested."""
    from tests.pool_here import reports_here  # noqa: PLC0415  loads all that makes reports

    reports_here(monkeypatch)


@pytest.fixture
def common_files_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a municipality's folder have the files of no step, whatever a test before has made known."""
    register_step_files()  # once a process: it must not happen while others are in the registry's place
    common = ("kommun.yaml", "oversikt.yaml", "{omrade}.yaml", "egna.xlsx")
    monkeypatch.setattr(registry, "_KINDS", {name: registry._KINDS[name] for name in common})
