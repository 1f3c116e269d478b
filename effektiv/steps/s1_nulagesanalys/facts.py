"""What later steps may know of step 1: data of a case in a focus area, no sentences.

Later steps import nothing else of this step. The case may be any step's.
"""

from __future__ import annotations

from effektiv.steps.base import AreaBase
from effektiv.steps.s1_nulagesanalys.deviation import DeviationCase, DeviationView
from effektiv.steps.s1_nulagesanalys.gap import CostGapView, GapCase, QualityGapView
from effektiv.steps.s1_nulagesanalys.problem_statement import OwnText, ProblemStatementCase
from effektiv.steps.s1_nulagesanalys.role_models import RoleModels, RoleModelsCase

__all__ = [
    "CostGapView",
    "DeviationView",
    "OwnText",
    "QualityGapView",
    "RoleModels",
    "cost_gaps",
    "deviation",
    "goal",
    "quality_gaps",
    "role_models",
]


def deviation(case: AreaBase) -> DeviationView:
    """Return the net cost deviation by year, with the peers and what it is worth."""
    return case.seen_as(DeviationCase).deviation_view


def cost_gaps(case: AreaBase) -> tuple[CostGapView, ...]:
    """Return the cost gaps by name in mnkr, the area's main one first; those that can be computed."""
    return case.seen_as(GapCase).cost_gaps


def quality_gaps(case: AreaBase) -> tuple[QualityGapView, ...]:
    """Return the quality gaps, the headline figure first where it can be judged."""
    return case.seen_as(GapCase).quality_gaps


def role_models(case: AreaBase) -> RoleModels | None:
    """Return who does better on both cost and quality, and the own choice; None where it cannot be said."""
    return case.seen_as(RoleModelsCase).role_model_choice


def goal(case: AreaBase) -> OwnText:
    """Return the problem statement's direction and what the municipality has written in it, its goal too."""
    return case.seen_as(ProblemStatementCase).own_text
