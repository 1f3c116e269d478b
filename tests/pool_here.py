"""Reports made in the tests' own process, where the workers, which take seconds to start, are not what is tested."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import pytest

from effektiv.render import appendix, runner, whole
from effektiv.render.pool import Outcome
from effektiv.render.report import ReportError, make_report
from effektiv.render.tasks import Task


class PoolHere:
    """Stands in for `effektiv.render.pool.WorkerPool`."""

    def __init__(self, _workers: int = 1, _preload: Sequence[str] = ()) -> None: ...

    def make(self, task: Task) -> Outcome:
        """Make one report."""
        try:
            return Outcome(task, make_report(task, lambda _: None), None, 0.0)
        except ReportError as error:
            return Outcome(task, error.files or None, str(error), 0.0)

    def outcomes(self, tasks: Sequence[Task]) -> Generator[Outcome]:
        """Make several, one after the other."""
        for task in tasks:
            yield self.make(task)

    def close(self) -> None:
        """Leave nothing, for nothing was started."""


def reports_here(patch: pytest.MonkeyPatch) -> None:
    """Let reports, appendices and joined documents be made in this process until the patch is undone."""
    for module in (appendix, runner, whole):
        patch.setattr(module, "WorkerPool", PoolHere)
