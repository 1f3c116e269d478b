"""What later steps may know of step 1: data of a case in a focus area, no sentences.

Later steps import nothing else of this step. The case may be any step's.
"""

from __future__ import annotations

from effektiv.steps.base import AreaBase, OverviewBase
from effektiv.steps.judging import Judgement
from effektiv.steps.s1_nulagesanalys.area import AreaReportCase, quality_judgement
from effektiv.steps.s1_nulagesanalys.drivers import Driven, driven
from effektiv.steps.s1_nulagesanalys.naming import ServiceFacts
from effektiv.steps.s1_nulagesanalys.overview import OverviewReportCase
from effektiv.steps.s1_nulagesanalys.pool import of_kind
from effektiv.steps.s1_nulagesanalys.together import Advantages, RoleModels, like, role_models
from effektiv.steps.s1_nulagesanalys.together import advantages as advantages_of
from effektiv.steps.s1_nulagesanalys.worth import Worth, worth_of
from effektiv.types import Direction

__all__ = [
    "Advantages",
    "Driven",
    "RoleModels",
    "ServiceFacts",
    "Worth",
    "advantages",
    "chosen_areas",
    "cost",
    "direction",
    "drivers",
    "gap",
    "models",
    "nearest",
    "quality",
]


def chosen_areas(case: OverviewBase) -> tuple[str, ...]:
    """Return the ids of the focus areas: those that the municipality has chosen, else those that the overview names."""
    return case.seen_as(OverviewReportCase).chosen_areas


def cost(case: AreaBase) -> ServiceFacts | None:
    """Return what is known of the cost of the service that the area lies in."""
    return case.seen_as(AreaReportCase).area_view.facts


def gap(case: AreaBase) -> Worth | None:
    """Return what it would mean to cost as each of the peers, with how sure it is."""
    view = case.seen_as(AreaReportCase).area_view
    choice = of_kind(view, "worth")
    return None if choice is None else worth_of(view, choice)


def drivers(case: AreaBase) -> Driven | None:
    """Return the area's cost divided over its factors against Riket."""
    view = case.seen_as(AreaReportCase).area_view
    choice = of_kind(view, "drivers")
    return None if choice is None else driven(view, choice)


def quality(case: AreaBase) -> Judgement | None:
    """Return the outcome that the area is told by, against the peers' median."""
    return quality_judgement(case.seen_as(AreaReportCase).area_view)


def models(case: AreaBase) -> RoleModels | None:
    """Return who is likely better on both cost and quality; None where it cannot be said."""
    view = case.seen_as(AreaReportCase).area_view
    choice = of_kind(view, "together")
    return None if choice is None else role_models(view, choice)


def advantages(case: AreaBase) -> Advantages | None:
    """Return how likely every other municipality is better on both, and who is like it; None where it cannot be said."""
    view = case.seen_as(AreaReportCase).area_view
    choice = of_kind(view, "together")
    return None if choice is None else advantages_of(view, choice)


def nearest(case: AreaBase) -> tuple[str, ...]:
    """Return the municipalities of the most like size and structure, the nearest first."""
    return tuple(like(case.seen_as(AreaReportCase).area_view, case.year))


def direction(case: AreaBase) -> Direction:
    """Return what the municipality wants in the area."""
    return case.seen_as(AreaReportCase).direction
