"""Which findings an area's report holds: chosen from the catalogue's pool, the named side first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from effektiv.analysis.certainty import Certainty
from effektiv.exhibits.exhibit import Exhibit
from effektiv.steps.s1_nulagesanalys.cost import cost, parts
from effektiv.steps.s1_nulagesanalys.course import counts, course
from effektiv.steps.s1_nulagesanalys.drivers import drivers
from effektiv.steps.s1_nulagesanalys.quality import level, model, quality
from effektiv.steps.s1_nulagesanalys.sources import split
from effektiv.steps.s1_nulagesanalys.together import together
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.s1_nulagesanalys.worth import worth, worth_of
from effektiv.types import Direction, FindingChoice

MOST, MOST_OF_LEADING = 6, 3

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
        "split": split,
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
    """Return at most so many findings, those that can be made.

    The leading side has at most `MOST_OF_LEADING` before the others get theirs, and what it is worth comes last: not
    where results lead and the amount cannot be told from none.
    """
    side = leading_side(view)
    last = _worth(view, side)
    room = most - len(last)
    found: list[Exhibit] = []
    waiting: list[FindingChoice] = []
    leading = 0
    for choice in (item for item in in_order(view) if item.kind != "worth"):
        if len(found) == room:
            break
        if choice.side == side and leading == MOST_OF_LEADING:
            waiting.append(choice)
            continue
        exhibit = KINDS[choice.kind](view, choice)
        if exhibit is not None:
            found.append(exhibit)
            leading += choice.side == side
    for choice in waiting:
        if len(found) == room:
            break
        exhibit = KINDS[choice.kind](view, choice)
        if exhibit is not None:
            found.append(exhibit)
    return [*found, *last]


def _worth(view: AreaView, side: str) -> list[Exhibit]:
    choice = of_kind(view, "worth")
    known = None if choice is None else worth_of(view, choice)
    if choice is None or known is None:
        return []
    if side == "quality" and known.judged.certainty is Certainty.UNCLEAR:
        return []
    exhibit = worth(view, choice)
    return [] if exhibit is None else [exhibit]


def of_kind(view: AreaView, kind: str) -> FindingChoice | None:
    """Return the area's first finding of a kind."""
    return next((item for item in view.area.findings if item.kind == kind), None)
