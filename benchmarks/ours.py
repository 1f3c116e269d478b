"""(b) Ours: the command as a user gives it, ``effektiv rendera --tvinga``, from a cold start.

The whole command counts: start-up of the command and its workers, reports, index pages and korning.json. What
start-up took is told apart: it ends when the first report is begun, which is when its file was written less
the time that korning.json says it took.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.measure import Run, run_of, timed
from benchmarks.work import ROOT, Work
from effektiv.data.snapshot import EXAMPLE


def measured(work: Work, folder: Path, formats: str = "html") -> Run:
    """Make the reports in a folder and return what it took."""
    chosen = [word for code in work.codes for word in ("--kommun", code)]
    chosen += [word for step in work.steps for word in ("--steg", str(step))]
    chosen += [word for name in work.networks for word in ("--natverk", name)]
    command = [sys.executable, "-m", "effektiv", "rendera", "--tvinga", *chosen]
    command += ["--data", EXAMPLE, "--format", formats, "--jobb", str(work.workers), "--ut", str(folder)]
    outcome = timed(command, work.environment(), ROOT)
    account = json.loads((folder / "korning.json").read_text(encoding="utf-8"))["reports"]
    taken = {folder / entry["fil"]: entry["sekunder"] for entry in account}
    if len(taken) != work.count:
        raise RuntimeError(f"{len(taken)} reports instead of {work.count}")
    begun = min(path.stat().st_mtime - seconds for path, seconds in taken.items())
    return run_of(
        outcome,
        list(taken),
        work.workers,
        seconds=outcome.seconds,
        cpu=outcome.cpu,
        startup=begun - outcome.begun,
    )
