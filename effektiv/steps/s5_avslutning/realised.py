"""Measures at the end: planned against realised by class of benefit, cost and payback, and what was never measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from effektiv.analysis.portfolio import Benefit, Portfolio
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain, plain_amount
from effektiv.exhibits.swedish import capitalise, cardinal, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s3_atgarder.facts import Planned
from effektiv.steps.s4_forbattringsarbete.facts import Harvest
from effektiv.steps.wording import fit, money

CLASSES = {Benefit.MONEY: "frigör pengar", Benefit.TIME: "frigör tid", Benefit.UNVALUED: "värderas inte"}
MOST_NAMED = 4
"""More measures than this are counted, not named."""


@dataclass(frozen=True)
class Yield:
    """What the measures of a class gave.

    Attributes
    ----------
    benefit
        The class; kronor or hours after it.
    measures
        How many they are.
    planned, realised
        Plan to the day that is told, and what was brought home, of those measures and years that are told; None where
        none is told.
    """

    benefit: Benefit
    measures: int
    planned: float | None
    realised: float | None


@dataclass(frozen=True)
class Delivered:
    """An area's measures at the end.

    Attributes
    ----------
    classes
        By class, those that have any measure.
    cost
        Kronor to the last year that is told; None where nothing is told.
    to
        That year.
    never
        Ids of measures whose effect nobody has told.
    payback
        Year in which the plan was to have paid back what it cost; None where it never was to.
    """

    classes: tuple[Yield, ...]
    cost: float | None
    to: int | None
    never: tuple[str, ...]
    payback: int | None

    @property
    def money(self) -> Yield | None:
        """Those that free money."""
        return next((item for item in self.classes if item.benefit is Benefit.MONEY), None)


def delivered(
    measures: Sequence[Planned], harvest: Sequence[Harvest], plan: Portfolio | None
) -> Delivered | None:
    """Add up plan and effect; None without measures.

    Parameters
    ----------
    measures
        Of the area.
    harvest
        What each was to give each year, and what was brought home (step 4).
    plan
        What they were to give together (step 3).
    """
    if not measures:
        return None
    told = [item for item in harvest if item.realised is not None]
    known = {item.measure.casefold() for item in told}
    kinds = {item.id: _kind(item) for item in measures}
    classes = []
    for benefit in CLASSES:
        rows = [item for item in told if item.benefit is benefit]
        count = sum(kind is benefit for kind in kinds.values())
        if count:
            classes.append(
                Yield(
                    benefit,
                    count,
                    sum(item.planned_to for item in rows) if rows else None,
                    sum(item.realised or 0.0 for item in rows) if rows else None,
                )
            )
    to = max((item.year for item in told), default=None)
    return Delivered(
        tuple(classes),
        None if to is None else sum(_cost(item, to) for item in measures),
        to,
        tuple(item.id for item in measures if item.id.casefold() not in known),
        None if plan is None else plan.payback_year,
    )


def _kind(item: Planned) -> Benefit:
    made = item.to_measure()
    return Benefit.UNVALUED if made is None else made.benefit


def _cost(item: Planned, to: int) -> float:
    """Return what a measure has cost to the end of a year: one-off, and each year from its start."""
    made = item.to_measure()
    if made is None or made.start > to:
        return 0.0
    return item.one_off + item.yearly * (made.start_share + to - made.start)


def delivered_finding(found: Delivered | None, written: Sequence[Planned]) -> Exhibit | None:
    """Show what the measures gave; None without measures."""
    if found is None:
        return None
    rows: list[tuple[Value, ...]] = [
        (
            CLASSES[item.benefit],
            item.measures,
            None if item.planned is None else item.planned / _by(item),
            None if item.realised is None else item.realised / _by(item),
            {Benefit.MONEY: "tkr", Benefit.TIME: "timmar"}.get(item.benefit, ""),
        )
        for item in found.classes
    ]
    return Exhibit(
        id="atgarderna",
        title=_title(found),
        subtitle="Plan och hemtaget för de åtgärder och år som kommunen har angett",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            fit(
                [
                    money_sentence(found),
                    cost_sentence(found),
                    never_sentence(found, written),
                    _TIME if _frees_time(found) else "",
                ]
            ),
        ),
        table=Table(
            caption="Åtgärderna efter slag av nytta",
            columns=(
                Column("slag", "Slag av nytta"),
                Column("antal", "Antal", kind="number", decimals=0),
                Column("plan", "Plan", kind="number", decimals=0, may_lack=True),
                Column("hemtaget", "Hemtaget", kind="number", decimals=0, may_lack=True),
                Column("enhet", "Enhet"),
            ),
            rows=tuple(rows),
        ),
    )


_TIME = "Frigjord tid är inga pengar i budgeten."


def _frees_time(found: Delivered) -> bool:
    return any(item.benefit is Benefit.TIME for item in found.classes)


def _by(item: Yield) -> float:
    return 1000.0 if item.benefit is Benefit.MONEY else 1.0


def _kr(value: float) -> str:
    return money(value / 1e6) if abs(value) >= 995_000 else plain_amount(abs(round(value, -3)), "kr")


def _title(found: Delivered) -> str:
    own = found.money
    if own is None or own.realised is None or own.planned is None:
        count = len(found.never)
        total = sum(item.measures for item in found.classes)
        if count == total:
            return f"Effekten av {'åtgärden' if total == 1 else 'åtgärderna'} är inte mätt"
        return f"{capitalise(cardinal(count, common=True))} av {cardinal(total, common=True)} åtgärder har ingen mätt effekt"
    if own.planned <= 0:
        return f"Åtgärderna gav {_kr(own.realised)}"
    return f"Åtgärderna gav {plain(round(100 * own.realised / own.planned))} procent av de pengar som var planerade"


def money_sentence(found: Delivered) -> str:
    """Say what was brought home of the money that was planned; empty where nobody has told."""
    own = found.money
    if own is None or own.realised is None or own.planned is None:
        return ""
    return f"Till och med {found.to} har {_kr(own.realised)} tagits hem av planens {_kr(own.planned)}."


def cost_sentence(found: Delivered) -> str:
    """Say what the measures have cost, and whether what was brought home covers it."""
    own = found.money
    if found.cost is None or found.cost < 500:
        return ""
    text = f"Åtgärderna har kostat {_kr(found.cost)} enligt planen"
    if own is None or own.realised is None:
        return f"{text}."
    covered = "och det är intjänat" if own.realised >= found.cost else "och det är inte intjänat"
    plan = f" Planen var att det skulle vara intjänat {found.payback}." if found.payback is not None else ""
    return f"{text}, {covered}.{plan}"


def never_sentence(found: Delivered, written: Sequence[Planned]) -> str:
    """Say which measures' effect nobody has told; empty where all are."""
    if not found.never:
        return ""
    if len(found.never) > MOST_NAMED:
        return f"{capitalise(cardinal(len(found.never), common=True))} åtgärder har ingen mätt effekt."
    names = {item.id: item.name for item in written}
    if len(found.never) == 1:
        return f"{found.never[0]} ({names[found.never[0]]}) har ingen mätt effekt."
    return f"{join(found.never)} har ingen mätt effekt."
