"""How the measures go: status and milestones, effect brought home against plan by class of benefit, and what is carried on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from effektiv.analysis.portfolio import Benefit
from effektiv.analysis.spc import Variation
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain, plain_amount
from effektiv.exhibits.swedish import capitalise, cardinal, date, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.names import slug
from effektiv.steps.s3_atgarder.facts import Planned
from effektiv.steps.s4_forbattringsarbete.status import Milestone
from effektiv.steps.s4_forbattringsarbete.status_form import STOPPED
from effektiv.steps.s4_forbattringsarbete.view import Followed, FollowUpView
from effektiv.steps.s4_forbattringsarbete.words import kronor
from effektiv.steps.wording import fit

TOO_EARLY = "för tidigt att säga"


@dataclass(frozen=True)
class Harvest:
    """What a measure was to give a year, and what has been brought home: kronor or hours after its class of benefit.

    Attributes
    ----------
    measure
        Its number.
    benefit
        Its class.
    year, to
        Which year, and the day to which it is counted; None where nothing has been brought home or told.
    planned
        Of the whole year.
    planned_to
        The part of it to that day, even over the days of the year from the measure's start.
    realised
        To that day; None where it is not told.
    """

    measure: str
    benefit: Benefit
    year: int
    to: dt.date | None
    planned: float
    planned_to: float
    realised: float | None

    @property
    def shortfall(self) -> float | None:
        """How much less than the plan to the day; None where nothing is told."""
        return None if self.realised is None else self.planned_to - self.realised


def harvests(view: FollowUpView) -> tuple[Harvest, ...]:
    """Return plan and effect of each measure and year, to the year that is followed; those that are not valued have none."""
    found = []
    told = {(item.measure.casefold(), item.year): item for item in view.realised}
    last = view.day.year
    for item in view.measures:
        made = item.to_measure()
        if made is None or made.effect is None or made.benefit is Benefit.UNVALUED:
            continue
        for year in range(item.first or made.first, last + 1):
            planned = made.effect.likely * _ramp(item, year)
            real = told.get((item.id.casefold(), year))
            to = real.to if real is not None else None
            until = to or min(view.day, dt.date(year, 12, 31))
            found.append(
                Harvest(
                    item.id, made.benefit, year, to, planned, planned * _part(item, year, until),
                    None if real is None else real.amount,
                )
            )  # fmt: skip
    return tuple(found)


def _ramp(item: Planned, year: int) -> float:
    """Return the share of the full year's effect that a year should have, as step 3 counts it."""
    import numpy as np  # noqa: PLC0415

    made = item.to_measure()
    assert made is not None
    return float(made.ramp(np.array([year]))[0])


def _part(item: Planned, year: int, day: dt.date) -> float:
    """Return how much of a year's plan should have come by a day, even over its days from the measure's start."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    start = max(first, item.start) if item.start is not None else first
    if day >= last or start > last:
        return 1.0
    return max(0.0, min(1.0, ((day - start).days + 1) / ((last - start).days + 1)))


def brought_home(found: Sequence[Harvest], benefit: Benefit, year: int) -> tuple[float, float] | None:
    """Return plan to the day and effect of a class in a year, of those measures that tell it; None where none does."""
    rows = [
        item for item in found if item.benefit is benefit and item.year == year and item.realised is not None
    ]
    if not rows:
        return None
    return sum(item.planned_to for item in rows), sum(item.realised or 0.0 for item in rows)


def carried_on(found: Sequence[Harvest], benefit: Benefit, year: int) -> float | None:
    """Return what earlier years' plans lack still, kronor or hours; None where no earlier year is told."""
    rows = [
        item.shortfall
        for item in found
        if item.benefit is benefit and item.year < year and item.shortfall is not None
    ]
    return sum(rows) if rows else None


def late_milestones(view: FollowUpView) -> tuple[Milestone, ...]:
    """Return the milestones that should have been reached and were not."""
    return tuple(item for item in view.milestones if item.is_late(view.day))


def behind(view: FollowUpView) -> tuple[Planned, ...]:
    """Return the measures that are behind their plan: said to be, or with a milestone that is late."""
    late = {item.measure.casefold() for item in late_milestones(view)}
    return tuple(
        item
        for item in view.measures
        if item.id.casefold() in late
        or (item.id.casefold() in view.standings and view.standings[item.id.casefold()].is_behind)
    )


def indicator_of(view: FollowUpView, item: Planned) -> Followed | None:
    """Return the indicator that a measure is followed by, as its status or its plan says; None where none is meant."""
    status = view.standings.get(item.id.casefold())
    said = (status.indicator if status is not None else "") or item.text("indicator")
    wanted = slug(said) if said else ""
    return next((one for one in view.followed if wanted and wanted in (slug(one.id), slug(one.name))), None)


def verdict(view: FollowUpView, item: Planned) -> str:
    """Return what the indicator says of going on or stopping: on a signal only, else that it is too early."""
    status = view.standings.get(item.id.casefold())
    if status is not None and status.status == STOPPED:
        return ""
    found = indicator_of(view, item)
    if found is None:
        return "ingen indikator följs"
    return {
        Variation.BETTER: "gå vidare",
        Variation.WORSE: "pröva stoppregeln",
        Variation.CHANGED: "ta reda på varför",
    }.get(found.chart.variation, TOO_EARLY)


def measures_finding(view: FollowUpView) -> Exhibit | None:
    """Show how the measures go; None where none is written."""
    if not view.measures:
        return None
    found = harvests(view)
    return Exhibit(
        id="atgarderna",
        title=_title(view),
        subtitle=f"Läget {date(view.day)}; effekt i tusen kronor eller timmar till den dag som kommunen har angett",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(fit([money_sentence(view, found), time_sentence(view, found), unvalued_sentence(view)]),),
        table=_table(view, found),
    )


def _title(view: FollowUpView) -> str:
    late = behind(view)
    total = cardinal(len(view.measures), common=True)
    if not view.standings and not view.milestones:
        return f"Läget är inte skrivet för {'någon av ' if len(view.measures) > 1 else ''}{total} åtgärder"
    if not late:
        return f"Ingen av {total} åtgärder är efter sin plan"
    return f"{capitalise(cardinal(len(late), common=True))} av {total} åtgärder är efter sin plan"


def money_sentence(view: FollowUpView, found: Sequence[Harvest]) -> str:
    """Say how much money has been brought home against plan, and what is carried on from earlier years."""
    year = view.day.year
    now, before = brought_home(found, Benefit.MONEY, year), carried_on(found, Benefit.MONEY, year)
    text = ""
    if now is not None:
        plan, real = now
        text = f"Hittills i år har {kronor(real)} tagits hem av planens {kronor(plan)}."
    if before is not None and abs(before) >= 500:
        word = "fattas" if before > 0 else "har tagits hem utöver plan"
        text += (
            f" Från tidigare år {word} {kronor(before)}{', som läggs till årets plan' if before > 0 else ''}."
        )
    return text.strip()


def time_sentence(view: FollowUpView, found: Sequence[Harvest]) -> str:
    """Say how many hours have been freed against plan; they are no money."""
    now = brought_home(found, Benefit.TIME, view.day.year)
    if now is None:
        return ""
    plan, real = now
    return f"Frigjord tid: {plain_amount(real, 'timmar')} av {plain(plan)}. Den är inga pengar i budgeten."


def unvalued_sentence(view: FollowUpView) -> str:
    """Say which measures have no value to bring home; empty where all have."""
    ids = [
        item.id
        for item in view.measures
        if (made := item.to_measure()) is None or made.benefit is Benefit.UNVALUED
    ]
    return f"{join(ids)} värderas inte." if 0 < len(ids) <= 4 else ""


def _table(view: FollowUpView, found: Sequence[Harvest]) -> Table:
    year = view.day.year
    rows: list[tuple[Value, ...]] = []
    for item in view.measures:
        status = view.standings.get(item.id.casefold())
        now = next((one for one in found if one.measure == item.id and one.year == year), None)
        before = [
            one.shortfall
            for one in found
            if one.measure == item.id and one.year < year and one.shortfall is not None
        ]
        by = 1000.0 if now is not None and now.benefit is Benefit.MONEY else 1.0
        rows.append(
            (
                f"{item.id} {item.name}",
                item.benefit,
                "" if status is None else status.status,
                _milestone(view, item),
                None if now is None else now.planned_to / by,
                None if now is None or now.realised is None else now.realised / by,
                sum(before) / by if before else None,
                verdict(view, item),
            )
        )
    return Table(
        caption="Åtgärderna: läge, milstolpe och effekt mot plan",
        columns=(
            Column("atgard", "Åtgärd"),
            Column("nytta", "Slag av nytta"),
            Column("lage", "Läge"),
            Column("milstolpe", "Nästa milstolpe"),
            Column("plan", "Plan hittills i år", kind="number", may_lack=True),
            Column("hemtaget", "Hemtaget", kind="number", may_lack=True),
            Column("kvar", "Kvar från förr", kind="number", may_lack=True),
            Column("indikator", "Indikatorn säger"),
        ),
        rows=tuple(rows),
    )


def _milestone(view: FollowUpView, item: Planned) -> str:
    open_ones = [
        one for one in view.milestones if one.measure.casefold() == item.id.casefold() and one.reached is None
    ]
    if not open_ones:
        return ""
    one = open_ones[0]
    return f"{one.name}, {one.planned.isoformat()}{' (försenad)' if one.is_late(view.day) else ''}"
