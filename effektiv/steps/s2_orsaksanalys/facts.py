"""What later steps may know of step 2: data of a case in a focus area, no sentences.

Later steps import nothing else of this step. The case may be any step's.
"""

from __future__ import annotations

from effektiv.steps.base import AreaBase
from effektiv.steps.s2_orsaksanalys.causes import hypotheses_of
from effektiv.steps.s2_orsaksanalys.hypotheses import Hypothesis
from effektiv.steps.s2_orsaksanalys.report import CauseReportCase
from effektiv.steps.s2_orsaksanalys.view import DrivenCost, Driver

__all__ = ["DrivenCost", "Driver", "Hypothesis", "driven", "hypotheses"]


def driven(case: AreaBase) -> DrivenCost | None:
    """Return the area's cost divided over its drivers, against Riket or the peers; None where it cannot be."""
    return case.seen_as(CauseReportCase).view.driven


def hypotheses(case: AreaBase) -> tuple[Hypothesis, ...]:
    """Return what the working group has written of the area's causes."""
    return hypotheses_of(case.seen_as(CauseReportCase).view)
