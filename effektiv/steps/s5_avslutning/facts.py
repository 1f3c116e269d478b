"""What the network may know of step 5: data of a case in a focus area, no sentences.

Nothing else of this step is imported. The case may be any step's.
"""

from __future__ import annotations

from effektiv.analysis.placebos import Evaluation
from effektiv.analysis.rebound import Refused
from effektiv.params import Params
from effektiv.steps.base import AreaBase
from effektiv.steps.s5_avslutning.answers import Counterfactual
from effektiv.steps.s5_avslutning.before_after import Compared, Shift
from effektiv.steps.s5_avslutning.goal import LockedGoal
from effektiv.steps.s5_avslutning.params import PARTS, Closing, closing_of
from effektiv.steps.s5_avslutning.realised import Delivered
from effektiv.steps.s5_avslutning.view import ClosingCase

__all__ = [
    "PARTS",
    "Closing",
    "Compared",
    "Counterfactual",
    "Delivered",
    "LockedGoal",
    "Shift",
    "answer",
    "before_and_after",
    "efficiency_shift",
    "given",
    "goal",
    "judged",
    "start",
    "whole_time",
    "written",
]


def start(case: AreaBase) -> int | None:
    """Return the first year in which the work can have had an effect; None where nobody has said."""
    return case.seen_as(ClosingCase).basis.start


def goal(case: AreaBase) -> LockedGoal | None:
    """Return the goal as it was locked; None where it was not, or cannot be used."""
    return case.seen_as(ClosingCase).basis.goal


def judged(case: AreaBase) -> Counterfactual | None:
    """Return what the locked figure says of the project, with everybody's change; None where none was locked."""
    return case.seen_as(ClosingCase).view.primary


def answer(case: AreaBase, kpi: str) -> Counterfactual | None:
    """Return what a figure says of the project, as the area's own report has it; None where nobody has said a start.

    Without the other way of counting, which decides nothing.
    """
    closing = case.seen_as(ClosingCase)
    start = closing.basis.start
    if start is None:
        return None
    return closing.asked(case.kpi(kpi), start, goal=closing.basis.goal, with_control=False)


def whole_time(case: AreaBase, kpi: str) -> Evaluation | Refused:
    """Return everybody's change in a figure over all years that compare, whatever was locked.

    Raises
    ------
    ValueError
        Nobody has said a start.
    """
    closing = case.seen_as(ClosingCase)
    if closing.basis.start is None:
        raise ValueError(f"no start of {case.area.id} in {case.municipality}")
    return closing.asked(case.kpi(kpi), closing.basis.start, goal=None, with_control=False).found


def before_and_after(case: AreaBase) -> tuple[Compared, ...]:
    """Return resource, volume and quality before and after."""
    return case.seen_as(ClosingCase).view.compared


def efficiency_shift(case: AreaBase) -> Shift | None:
    """Return the change in efficiency, split; None where there is none."""
    return case.seen_as(ClosingCase).view.shift


def given(case: AreaBase) -> Delivered | None:
    """Return what the measures gave by class of benefit; None without measures."""
    return case.seen_as(ClosingCase).view.delivered


def written(params: Params) -> Closing | None:
    """Return what a municipality has written of the project's end; None where it has no file."""
    return closing_of(params)
