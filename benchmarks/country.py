"""All 290 municipalities, every notebook of every step and the networks, in one run of ours (html and xlsx).

How time grows is read off that one run: the reports are made in the order of the municipalities, so when
the first 10, 29 and 100 municipalities were finished is known from their files, under the same
conditions as the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import ours
from benchmarks.measure import Run, by_tenth, departure_from_line
from benchmarks.work import Work

COUNTS = (10, 29, 100, 290)
MOST_SECONDS = 30 * 60
FORMATS = "html,xlsx"


@dataclass(frozen=True)
class Growth:
    """How a long run went on.

    Attributes
    ----------
    at
        Seconds from the command's start until so many municipalities were finished.
    tenths
        Seconds per report in each tenth of the run, start-up left out.
    departure
        Largest distance from a straight line, as a share of the whole time.
    memory
        Growth of each worker's memory from the 50th report to the last, as a share.
    """

    at: dict[int, float]
    tenths: list[float]
    departure: float
    memory: list[float]


def measured(work: Work, folder: Path) -> Run:
    """Make the reports of all municipalities in a folder and return what it took."""
    return ours.measured(work, folder, FORMATS)


def growth(run: Run, counts: Sequence[int] = COUNTS) -> Growth:
    """Return how time and memory grew in a run.

    Parameters
    ----------
    run
        A run of as many municipalities as the last of the counts, with start-up known.
    counts
        Numbers of municipalities to tell the time of.

    Raises
    ------
    ValueError
        The run is too short.
    """
    notebooks = run.reports // counts[-1]
    if run.startup is None:
        raise ValueError("it is not known when the first report was begun")
    return Growth(
        at={count: run.finished[count * notebooks - 1] for count in counts},
        tenths=by_tenth(run.finished, run.startup),
        departure=departure_from_line(run.finished, run.startup),
        memory=[memory.growth for memory in run.memory if memory.growth is not None],
    )
