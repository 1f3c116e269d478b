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
NETWORKS = ("avslutat", "urval")
"""The networks that the project ships with."""


@dataclass(frozen=True)
class Work:
    """Notebooks of some steps for some municipalities of the example data, and the networks.

    Attributes
    ----------
    codes
        Municipalities.
    notebooks
        Those of the folder `root` to make for each municipality.
    root
        Folder of notebooks.
    workers
        Reports to make at the same time, each in a process of its own.
    params
        Folder of the municipalities' own files; an empty one where their settings would tell the ways apart.
    warm_up
        Municipality to make a report of in each process that is to be warm before the clock starts.
    networks
        Names of networks whose report is made too.
    """

    codes: tuple[str, ...]
    notebooks: tuple[Notebook, ...]
    root: Path
    workers: int
    params: Path
    warm_up: str
    networks: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Number of reports; a network has one."""
        return len(self.codes) * len(self.notebooks) + len(self.networks)

    @property
    def steps(self) -> tuple[int, ...]:
        """Steps of the notebooks."""
        return tuple(sorted({item.steg for item in self.notebooks if item.steg is not None}))

    def reports(self, folder: Path) -> list[Report]:
        """Return the reports of step 1 in the order in which all ways make them, by municipality."""
        return [self._report(code, notebook, folder) for code in self.codes for notebook in self.notebooks]

    def warm_up_reports(self, folder: Path) -> list[Report]:
        """Return one report of each notebook."""
        return [self._report(self.warm_up, notebook, folder) for notebook in self.notebooks]

    def _report(self, code: str, notebook: Notebook, folder: Path) -> Report:
        if notebook.steg != 1:  # later steps of the example have data of their own
            raise ValueError(f"{notebook.path.name} is not of step 1")
        target = folder / code / STEPS[1].folder / f"{notebook.omrade}.html"
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
    notebooks = tuple(find_notebooks(root, [1]))
    return Work(tuple(codes), notebooks, root, workers, params, (others or everyone)[-1])


def everything(workers: int) -> Work:
    """Return the work of making every notebook of every step for all municipalities, with the files that ship."""
    root, codes = ROOT / "notebooks", all_codes()
    return Work(
        tuple(codes), tuple(find_notebooks(root)), root, workers, ROOT / "params", codes[-1], NETWORKS
    )


def all_codes() -> list[str]:
    """Return the codes of all municipalities in the example data."""
    municipalities = open_snapshot(EXAMPLE).municipalities
    return sorted(municipalities.loc[municipalities["type"] == "K", "id"])


def evenly_spread(codes: Sequence[str], count: int) -> list[str]:
    """Return `count` of the codes, evenly spread, so that all parts of the country are in a small run."""
    if not 1 <= count <= len(codes):
        raise ValueError(f"{count} municipalities of {len(codes)}")
    return [codes[number * len(codes) // count] for number in range(count)]
