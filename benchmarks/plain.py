"""(a) What a controller would write: papermill's API and nbconvert in a loop.

As many processes as ours has workers. Each report gets an ordinary kernel of its own; the exporter is kept in
the process, code is hidden, nothing is saved between. It uses the same library and the same stored national
results as our own way. The whole command counts, from a cold start, as it does for ours.

    python -m benchmarks.plain plan.json
"""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.plan import Report, read_plan, write_plan, write_report

if TYPE_CHECKING:
    from benchmarks.measure import Run
    from benchmarks.work import Work


def measured(work: Work, folder: Path) -> Run:
    """Make the reports in a folder and return what it took."""
    # Only who measures needs them: the loop's own processes shall not pay for them.
    from benchmarks.measure import run_of, timed  # noqa: PLC0415
    from benchmarks.work import ROOT  # noqa: PLC0415

    reports = work.reports(folder)
    plan = folder / "plan.json"
    write_plan(plan, reports, work.workers)
    outcome = timed([sys.executable, "-m", "benchmarks.plain", str(plan)], work.environment(), ROOT)
    files = [report.target for report in reports]
    return run_of(outcome, files, work.workers, seconds=outcome.seconds, cpu=outcome.cpu, startup=None)


def main(plan: Path) -> None:
    """Make the reports of a plan."""
    reports, workers, _ = read_plan(plan)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for _ in pool.map(_make, reports):
            pass


def _make(report: Report) -> None:
    import papermill  # noqa: PLC0415  only the worker processes need it

    notebook = papermill.execute_notebook(
        report.notebook, None, parameters=report.parameters, progress_bar=False
    )
    html, _ = _exporter().from_notebook_node(notebook)
    write_report(report, html)


@cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter  # noqa: PLC0415

    return HTMLExporter(exclude_input=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
