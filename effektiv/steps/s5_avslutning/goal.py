"""What was locked before the work began, read for judging: figure, direction, years; and what of it does not fit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from effektiv.exhibits.swedish import join
from effektiv.steps.s3_atgarder.facts import Lock, Planned
from effektiv.types import Kpi

_SIGNS = {"upp": 1, "ned": -1}


@dataclass(frozen=True)
class LockedGoal:
    """A goal as it was locked.

    Attributes
    ----------
    kpi
        Id of the figure that decides.
    sign
        1 when it was to rise, -1 when it was to fall.
    others
        Ids of those that are followed beside it.
    baseline_from
        First year of the time before; None where nothing is said.
    outcome_years
        Years in which the outcome is judged.
    day
        On which it was first locked.
    locks
        How many times it has been locked: more than one, and the goal has been changed.
    first_start
        Year of the first measure's start, as it was then; None where none was written.
    """

    kpi: str
    sign: int
    others: tuple[str, ...] = ()
    baseline_from: int | None = None
    outcome_years: tuple[int, ...] = ()
    day: dt.date | None = None
    locks: int = 1
    first_start: int | None = None


def goal_of(lock: Lock | None, kpis: Mapping[str, Kpi]) -> tuple[LockedGoal | None, str]:
    """Read a lock.

    Parameters
    ----------
    lock
        Of the area; None where nothing is locked.
    kpis
        The catalogue's.

    Returns
    -------
    tuple of LockedGoal or None, and str
        A sentence on why the lock cannot be used; empty where it can, and where there is none.
    """
    if lock is None:
        return None, ""
    if lock.fault or lock.latest is None:
        fault = lock.fault or "låset är tomt: hämta tillbaka filen som den skrevs"
        return None, f"Det låsta målet används inte: {fault}."
    entry = lock.latest
    kpi, direction = str(entry.get("primar", "")), str(entry.get("riktning", ""))
    if kpi not in kpis:
        return None, (
            f"Låset har nyckeltalet {kpi or 'utan namn'}, som inte finns i katalogen: lås målet på nytt med ett "
            "nyckeltal som finns."
        )
    if direction not in _SIGNS:
        return (
            None,
            f"Låset har riktningen {direction or 'tom'}, men ska ha upp eller ned: hämta tillbaka filen.",
        )
    return (
        LockedGoal(
            kpi,
            _SIGNS[direction],
            tuple(item for item in _listed(entry.get("ovriga")) if item in kpis),
            _year(entry.get("baslinje_fran")),
            tuple(year for item in _listed(entry.get("utfallsar")) if (year := _year(item)) is not None),
            lock.day,
            len(lock.entries),
            _year(str(entry.get("forsta_start", ""))[:4]),
        ),
        "",
    )


def _listed(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()


def _year(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isdigit() and len(text) == 4 else None


def too_early(goal: LockedGoal | None, start: int | None) -> str:
    """Say which outcome years come before the work began; empty where none does."""
    early = [
        year for year in (() if goal is None else goal.outcome_years) if start is not None and year < start
    ]
    if not early:
        return ""
    return f"Låsets utfallsår {join(map(str, early))} är före starten {start}: lås målet på nytt med ett senare år."


def started(
    written: int | None, goal: LockedGoal | None, measures: tuple[Planned, ...]
) -> tuple[int | None, str]:
    """Return the first year in which the work can have had an effect, and a sentence on what does not fit.

    Parameters
    ----------
    written
        The year that the municipality has written of the project's end; None where it has not.
    goal
        As locked.
    measures
        Of the area.
    """
    starts = sorted((item.start.year, item.id) for item in measures if item.start is not None)
    said = written or (goal.first_start if goal is not None else None)
    if not starts:
        return said, ""
    first, number = starts[0]
    if said is None or said == first:
        return first, ""
    if first < said:
        return (
            first,
            f"Projektet sägs börja {said}, men åtgärden {number} började {first}: tiden före räknas till {first}.",
        )
    return said, ""
