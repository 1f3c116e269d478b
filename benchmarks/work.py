"""What is to be made: the same reports for every way of making them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.plan import Report
from effektiv.data.snapshot import EXAMPLE, data_folder, open_snapshot
from effektiv.render.jobs import Notebook, find_notebooks
from effektiv.steg import STEPS

ROOT = Path(__file__).resolve().parents[1]
STEP = 1


@dataclass(frozen=True)
class Work:
    """All step 1 notebooks for some municipalities of the example data.

    Attributes
    ----------
    codes
        Municipalities.
    notebooks
        The notebooks of step 1 in the folder `root`.
    root
        Folder of notebooks.
    workers
        Reports to make at the same time, each in a process of its own.
    params
        Empty folder, so that no municipality's own settings tell the ways apart.
    warm_up
        Municipality to make a report of in each process that is to be warm before the clock starts.
    """

    codes: tuple[str, ...]
    notebooks: tuple[Notebook, ...]
    root: Path
    workers: int
    params: Path
    warm_up: str

    @property
    def count(self) -> int:
        """Number of reports."""
        return len(self.codes) * len(self.notebooks)

    def reports(self, folder: Path) -> list[Report]:
        """Return the reports in the order in which all ways make them, by municipality."""
        return [self._report(code, notebook, folder) for code in self.codes for notebook in self.notebooks]

    def warm_up_reports(self, folder: Path) -> list[Report]:
        """Return one report of each notebook."""
        return [self._report(self.warm_up, notebook, folder) for notebook in self.notebooks]

    def _report(self, code: str, notebook: Notebook, folder: Path) -> Report:
        target = folder / code / STEPS[STEP].folder / f"{notebook.omrade}.html"
        return Report(notebook.path, {"kommun": code, "data": EXAMPLE}, target)

    def environment(self) -> dict[str, str]:
        """Return the environment that every way is run in: same data, and a core for each process."""
        # Libraries that start a thread per core would fight over them. Our own workers set this
        # themselves; the plain loop has the good of it as well.
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        places = {
            "EFFEKTIV_DATA": data_folder().resolve(),
            "EFFEKTIV_PARAMS": self.params,
            "EFFEKTIV_NOTEBOOKS": self.root,
        }
        return os.environ | threads | {name: str(path) for name, path in places.items()}


def step_one(codes: Sequence[str], workers: int, params: Path, root: Path = ROOT / "notebooks") -> Work:
    """Return the work of making step 1 for some municipalities."""
    everyone = all_codes()
    others = [code for code in everyone if code not in codes]
    notebooks = tuple(find_notebooks(root, [STEP]))
    return Work(tuple(codes), notebooks, root, workers, params, (others or everyone)[-1])


def all_codes() -> list[str]:
    """Return the codes of all municipalities in the example data."""
    municipalities = open_snapshot(EXAMPLE).municipalities
    return sorted(municipalities.loc[municipalities["type"] == "K", "id"])


def evenly_spread(codes: Sequence[str], count: int) -> list[str]:
    """Return `count` of the codes, evenly spread, so that all parts of the country are in a small run."""
    if not 1 <= count <= len(codes):
        raise ValueError(f"{count} municipalities of {len(codes)}")
    return [codes[number * len(codes) // count] for number in range(count)]
