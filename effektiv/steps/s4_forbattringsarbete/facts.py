"""What later steps may know of step 4: data of a case in a focus area, no sentences.

Later steps import nothing else of this step. The case may be any step's.
"""

from __future__ import annotations

from effektiv.steps.base import AreaBase
from effektiv.steps.s4_forbattringsarbete.pdsa import Cycle, Fidelity, fidelity
from effektiv.steps.s4_forbattringsarbete.progress import Harvest, harvests
from effektiv.steps.s4_forbattringsarbete.report import FollowUpReportCase
from effektiv.steps.s4_forbattringsarbete.status import MeasureStatus

__all__ = ["Cycle", "Fidelity", "Harvest", "MeasureStatus", "delivered", "learning", "statuses", "trials"]


def delivered(case: AreaBase) -> tuple[Harvest, ...]:
    """Return what each measure was to give each year and what was brought home, to the last month; empty without months."""
    view = case.seen_as(FollowUpReportCase).view
    return harvests(view) if view.month is not None else ()


def statuses(case: AreaBase) -> dict[str, MeasureStatus]:
    """Return how each measure stands, by its number in lower case."""
    return dict(case.seen_as(FollowUpReportCase).view.standings)


def trials(case: AreaBase) -> tuple[Cycle, ...]:
    """Return the tests of change, with the day on which each prediction was locked as it now stands."""
    return case.seen_as(FollowUpReportCase).view.cycles


def learning(case: AreaBase) -> Fidelity:
    """Return how many tests there are, and how many could teach something."""
    return fidelity(trials(case))
