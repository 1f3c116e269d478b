"""What a run of the benchmarks found, as a file that tables and README are made of."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.measure import Memory, Run, Spread, ratios

PLAIN, OURS, OURS_XLSX, FLOOR = "a", "b", "b-xlsx", "c"


@dataclass(frozen=True)
class Machine:
    """Where it was measured. `load` is the number of processes that wanted a core just before."""

    cores: int
    system: str
    python: str
    load: float

    @classmethod
    def here(cls) -> Machine:
        """Describe this machine as it is now."""
        return cls(
            os.cpu_count() or 1,
            f"{platform.system()} {platform.machine()}",
            platform.python_version(),
            round(psutil.getloadavg()[0], 1),
        )


@dataclass(frozen=True)
class Result:
    """All that was measured.

    Attributes
    ----------
    made
        Day.
    machine
        Where.
    municipalities, notebooks, workers
        Size of the rounds' runs; reports are the product of the first two.
    rounds
        The runs of each round by way: `PLAIN`, `OURS`, `OURS_XLSX`, `FLOOR`.
    country
        The run of all municipalities and every notebook of every step; None when it was left out.
    parts
        Seconds of a warm report by what they go to (`benchmarks.where`).
    """

    made: str
    machine: Machine
    municipalities: int
    notebooks: int
    workers: int
    rounds: list[dict[str, Run]]
    country: Run | None
    parts: dict[str, float] = field(default_factory=dict)

    def of(self, way: str, figure: Callable[[Run], float]) -> list[float]:
        """Return a figure of a way in each round."""
        return [figure(runs[way]) for runs in self.rounds]

    def ratio(
        self,
        over: str,
        under: str,
        figure: Callable[[Run], float] = lambda run: run.seconds,
    ) -> Spread:
        """Return how many times more of something one way takes than another, within each round."""
        return ratios(self.of(over, figure), self.of(under, figure))

    @property
    def has_cpu(self) -> bool:
        """Whether the system told CPU seconds."""
        return all(run.cpu for runs in self.rounds for run in runs.values())


def today() -> str:
    """Return the day as ISO text."""
    return dt.date.today().isoformat()


def write_result(result: Result, path: Path) -> None:
    """Write a result as JSON, one run a line."""
    content = asdict(result)
    rounds = ",\n".join(
        "{\n" + ",\n".join(f"{json.dumps(way)}: {json.dumps(run)}" for way, run in runs.items()) + "}"
        for runs in content.pop("rounds")
    )
    country = json.dumps(content.pop("country"))
    head = json.dumps(content)[:-1]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'{head},\n"rounds": [\n{rounds}],\n"country": {country}}}\n', encoding="utf-8", newline="\n"
    )


def read_result(path: Path) -> Result:
    """Read what `write_result` has written."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    content["machine"] = Machine(**content["machine"])
    content["rounds"] = [{way: _run(run) for way, run in runs.items()} for runs in content["rounds"]]
    content["country"] = None if content["country"] is None else _run(content["country"])
    return Result(**content)


def _run(content: dict[str, Any]) -> Run:
    memory = [
        Memory([(number, mb) for number, mb in each["at"]], each["growth"]) for each in content["memory"]
    ]
    return Run(**(content | {"memory": memory}))
