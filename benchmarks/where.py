"""Where the time of a warm report goes: its cells, and all that the floor (`benchmarks.floor`) does without.

Measured in a process of its own, in seconds of CPU, as means over the reports of step 1 of some municipalities. The cells
are timed as the floor runs them; isolation is timed around nothing, since what it costs does not depend on the cells; the
page and the workbook are timed where they are made. What is left is papermill, the shell and the checks of outputs.

    python -m benchmarks.where plan.json
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.plan import Report, read_plan, write_plan

if TYPE_CHECKING:
    from benchmarks.work import Work

CELLS, PAGE, WORKBOOK, ISOLATION, REST = (
    "cellerna",
    "sidan (html)",
    "tabellerna (xlsx)",
    "isolering",
    "papermill och skal",
)


def measured(work: Work) -> dict[str, float]:
    """Return the mean seconds of each part, of the first municipalities of the work."""
    from benchmarks.measure import timed  # noqa: PLC0415  only who measures needs them
    from benchmarks.work import ROOT  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        reports = work.reports(Path(folder))[: 5 * len(work.notebooks)]
        write_plan(plan, reports, 1, work.warm_up_reports(Path(folder)))
        outcome = timed([sys.executable, "-m", "benchmarks.where", str(plan)], work.environment(), ROOT)
    found: dict[str, float] = json.loads(outcome.output.splitlines()[-1])
    return found


def main(plan: Path) -> None:
    """Make the reports of a plan and write the mean seconds of each part to standard output."""
    from effektiv.render import report, worker  # noqa: PLC0415  as a worker imports them
    from effektiv.render.tasks import Setup  # noqa: PLC0415

    reports, _, warm_up = read_plan(plan)
    spent: dict[str, list[float]] = {}
    # Before the worker notes what it consists of, or the first notebook's end would put them back.
    report._html = _timed(report._html, PAGE, spent)  # type: ignore[assignment]
    report._xlsx = _timed(report._xlsx, WORKBOOK, spent)  # type: ignore[assignment]
    worker._warm_up(Setup(("effektiv.steps.opening",)))
    for item in warm_up:
        _make(item)
    spent.clear()
    for item in reports:
        with _clock("allt", spent):
            _make(item)
            worker.settle()
        with _clock(ISOLATION, spent):
            _isolate()
            worker.settle()
        with _clock(CELLS, spent):
            _show(item)
    means = {name: statistics.fmean(values) for name, values in spent.items()}
    whole = means.pop("allt")
    print(json.dumps(means | {REST: whole - sum(means.values())}))


def _make(item: Report) -> None:
    from effektiv.render.jobs import Job  # noqa: PLC0415
    from effektiv.render.report import make_report  # noqa: PLC0415
    from effektiv.render.tasks import DEFAULT_FORMATS, Task  # noqa: PLC0415

    code = item.parameters["kommun"]
    job = Job(code, code, 1, item.notebook.stem, item.notebook, item.parameters)
    make_report(Task(job, "", dt.date.today(), DEFAULT_FORMATS, "effektiv", 120.0), lambda _place: None)


def _isolate() -> None:
    from effektiv.render.isolation import guarded, isolated  # noqa: PLC0415

    with guarded(), isolated():
        gc.collect()


def _show(item: Report) -> None:
    """Run the cells and turn what they show into HTML, as the floor does."""
    from benchmarks.floor import _html, compiled  # noqa: PLC0415

    cells, _ = compiled(item.notebook)
    for _number, value in cells(**item.parameters):
        if value is not None:
            _html(value)


@contextmanager
def _clock(name: str, spent: dict[str, list[float]]) -> Iterator[None]:
    start = time.process_time()
    yield
    spent.setdefault(name, []).append(time.process_time() - start)


def _timed(function: Callable[..., bytes], name: str, spent: dict[str, list[float]]) -> Callable[..., bytes]:
    def call(*arguments: Any) -> bytes:
        with _clock(name, spent):
            return function(*arguments)

    return call


if __name__ == "__main__":
    main(Path(sys.argv[1]))
