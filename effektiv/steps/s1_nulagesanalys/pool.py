"""Which findings an area's report holds: chosen from the catalogue's pool, the named side first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from effektiv.exhibits.exhibit import Exhibit
from effektiv.steps.s1_nulagesanalys.cost import cost, parts
from effektiv.steps.s1_nulagesanalys.course import counts, course
from effektiv.steps.s1_nulagesanalys.drivers import drivers
from effektiv.steps.s1_nulagesanalys.quality import level, model, quality
from effektiv.steps.s1_nulagesanalys.together import together
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.s1_nulagesanalys.worth import worth
from effektiv.types import Direction, FindingChoice

MOST = 6

KINDS: Mapping[str, Callable[[AreaView, FindingChoice], Exhibit | None]] = MappingProxyType(
    {
        "cost": cost,
        "parts": parts,
        "drivers": drivers,
        "quality": quality,
        "together": together,
        "worth": worth,
        "course": course,
        "counts": counts,
        "model": model,
        "level": level,
    }
)
"""How each kind of finding is made; None where the municipality's data do not carry it."""


def leading_side(view: AreaView) -> str:
    """Return which side of efficiency the report begins with: the named one, else the area's usual one."""
    facts = view.facts
    if facts is not None and facts.is_dear:
        return "cost"
    if facts is not None and facts.is_low:
        return "quality"
    return "quality" if view.area.direction is Direction.QUALITY else "cost"


def in_order(view: AreaView) -> list[FindingChoice]:
    """Return the pool: the leading side first, what it is worth last."""
    side = leading_side(view)
    rank = {side: 0, "both": 1}
    ordered = sorted(view.area.findings, key=lambda item: rank.get(item.side, 2))
    return sorted(ordered, key=lambda item: item.kind == "worth")


def findings(view: AreaView, most: int = MOST) -> list[Exhibit]:
    """Return at most so many findings, those that can be made; what it is worth keeps its place among them."""
    found: list[Exhibit] = []
    last: list[Exhibit] = []
    for choice in in_order(view):
        if choice.kind != "worth" and len(found) == most:
            continue
        exhibit = KINDS[choice.kind](view, choice)
        if exhibit is not None:
            (last if choice.kind == "worth" else found).append(exhibit)
    return [*found[: most - len(last[:1])], *last[:1]]


def of_kind(view: AreaView, kind: str) -> FindingChoice | None:
    """Return the area's first finding of a kind."""
    return next((item for item in view.area.findings if item.kind == kind), None)
