"""What later steps may know of step 3: data of a case in a focus area, no sentences.

Later steps import nothing else of this step. The case may be any step's.
"""

from __future__ import annotations

from effektiv.analysis.portfolio import Portfolio
from effektiv.params import Params
from effektiv.params.locks import Lock
from effektiv.steps.base import AreaBase
from effektiv.steps.s3_atgarder.decision_params import COMMITMENTS, STATUSES, Promise, StepTime, project_of
from effektiv.steps.s3_atgarder.done_before import DoneBefore, done_before
from effektiv.steps.s3_atgarder.measures import Planned, planned
from effektiv.steps.s3_atgarder.measures_params import form_of
from effektiv.steps.s3_atgarder.report import MeasureReportCase

__all__ = [
    "COMMITMENTS",
    "STATUSES",
    "DoneBefore",
    "Lock",
    "Planned",
    "Portfolio",
    "Promise",
    "StepTime",
    "goal_was_changed",
    "lock",
    "measures",
    "precedents",
    "promises",
    "times",
    "together",
    "written",
]


def measures(case: AreaBase) -> tuple[Planned, ...]:
    """Return the area's measures, as they are written."""
    return case.seen_as(MeasureReportCase).view.written


def together(case: AreaBase) -> Portfolio | None:
    """Return what the measures give together, kronor and hours by year; None where none is written with a time."""
    view = case.seen_as(MeasureReportCase).view
    return view.portfolio if view.measures else None


def lock(case: AreaBase) -> Lock | None:
    """Return the area's lock, with its fault if somebody has changed it; None where the goal is not locked."""
    return case.seen_as(MeasureReportCase).view.lock


def goal_was_changed(case: AreaBase) -> bool:
    """Return whether the goal that is written now is another than the locked one."""
    return case.seen_as(MeasureReportCase).view.lock_differs


def precedents(case: AreaBase) -> DoneBefore | None:
    """Return who has closed a gap like the municipality's own; None where the question cannot be asked."""
    return done_before(case.seen_as(MeasureReportCase).view)


def written(params: Params, area: str | None = None) -> tuple[Planned, ...]:
    """Return the measures that a municipality's folder has, of an area or all of them."""
    return planned(form_of(params.files), area)


def promises(params: Params) -> dict[str, Promise | None]:
    """Return what a municipality has written of each of the five commitments, by key (`COMMITMENTS`)."""
    project = project_of(params)
    return {key: project.promise(key) for key in COMMITMENTS}


def times(params: Params) -> tuple[StepTime, ...]:
    """Return the months that a municipality has planned for each step."""
    return project_of(params).times
