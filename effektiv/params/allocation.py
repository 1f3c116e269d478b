"""How an area's budget is divided over its units: the key ``fordelning`` of ``<omrade>.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from effektiv.params.fields import Line, ParamsModel
from effektiv.validation import Location, clause, shortened

PUPILS, CHILDREN, HOURS = "elever", "barn", "timmar"
"""What is counted: pupils by grade, children by age, hours by time of day."""

HOURS_A_DAY = 24
_BOUNDS = {PUPILS: (0, 10), CHILDREN: (0, 6), HOURS: (0, HOURS_A_DAY)}
_SPANS = {PUPILS: "årskurs", CHILDREN: "ålder", HOURS: "klockslag"}
_PRESCHOOL_CLASS = "F"
_GAPS = re.compile(r"[ \u00a0\u202f]")


def _number(value: Any, least: float, most: float) -> float:
    """Return a number as it is written in Swedish: "1 150 000", "3,5"."""
    try:
        found = float(_GAPS.sub("", str(value)).replace(",", "."))
    except ValueError:
        found = float("nan")
    if not least <= found <= most:
        bounds = " och ".join(f"{bound:,.0f}".replace(",", " ") for bound in (least, most))
        raise clause(f"har värdet '{shortened(value)}' men ska vara ett tal mellan {bounds}")
    return found


def _place(value: Any) -> Any:
    return 0 if isinstance(value, str) and value.strip().upper() == _PRESCHOOL_CLASS else _whole(value, 0, 24)


def _whole(value: Any, least: float, most: float) -> int:
    found = _number(value, least, most)
    if found != int(found):
        raise clause(f"har värdet '{shortened(value)}' men ska vara ett heltal")
    return int(found)


MOST_KRONOR = 1e11
_Positive = Annotated[float, BeforeValidator(lambda value: _number(value, 1, MOST_KRONOR))]
_Amount = Annotated[float, BeforeValidator(lambda value: _number(value, 0, MOST_KRONOR))]
_Kronor = Annotated[int, BeforeValidator(lambda value: _whole(value, 0, MOST_KRONOR))]
_Budget = Annotated[int, BeforeValidator(lambda value: _whole(value, 1, MOST_KRONOR))]
_Percent = Annotated[float, BeforeValidator(lambda value: _number(value, 0, 100))]
_Year = Annotated[int, BeforeValidator(lambda value: _whole(value, 1990, 2100))]
_Place = Annotated[int, BeforeValidator(_place)]


class Stage(ParamsModel):
    """A stage with an amount of its own.

    Attributes
    ----------
    first, last
        First and last grade (F is 0) or age, both within the stage; of a time of day its first hour and the hour it ends.
    amount
        Kronor wished for each pupil, child or hour; the budget decides how much of it there is.
    premises
        Kronor a pupil that an independent school is paid for premises; None where the table of that is not wanted.
    """

    name: Line = Field(alias="namn")
    first: _Place = Field(alias="fran")
    last: _Place = Field(alias="till")
    amount: _Positive = Field(alias="belopp")
    premises: _Amount | None = Field(None, alias="lokaler")


class SmallUnit(ParamsModel):
    """Support that is kept apart from what is given by volume.

    Attributes
    ----------
    amount
        Whole kronor a unit.
    most
        Only to units of at most so many pupils or hours; None for all.
    """

    amount: _Kronor = Field(alias="belopp")
    most: _Amount | None = Field(None, alias="hogst")


class ClassStep(ParamsModel):
    """What a unit costs, with classes as steps.

    Attributes
    ----------
    size
        Most pupils in a class.
    per_class, fixed, per_pupil
        Kronor a class, a unit, and a pupil beside the class.
    """

    size: Annotated[int, BeforeValidator(lambda value: _whole(value, 1, 200))] = Field(alias="storst")
    per_class: _Amount = Field(alias="kostnad")
    fixed: _Amount = Field(0.0, alias="fast")
    per_pupil: _Amount = Field(0.0, alias="per_elev")


class WorkedTime(ParamsModel):
    """What an hour of work costs in home care.

    Attributes
    ----------
    pay
        Monthly pay, kronor.
    other
        Kronor of other cost for each performed hour: travel, administration.
    """

    pay: Annotated[float, BeforeValidator(lambda value: _number(value, 10_000, 200_000))] = Field(
        alias="manadslon"
    )
    other: _Amount = Field(0.0, alias="ovrigt")


class AllocationParams(ParamsModel):
    """How a year's budget is divided over units.

    Attributes
    ----------
    year
        The budget's.
    counted
        `PUPILS`, `CHILDREN` or `HOURS`.
    budget
        Whole kronor.
    stages
        In order.
    small_unit, classes, worked_time
        None where not used.
    socio_percent
        Share of the budget that follows the socio-economic index.
    administration_percent, vat_percent
        Standard shares of what independent schools are paid.
    """

    year: _Year = Field(alias="ar")
    counted: Literal["elever", "barn", "timmar"] = Field(alias="volym")
    budget: _Budget = Field(alias="budget")
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=15)] = Field(alias="stadier")
    small_unit: SmallUnit | None = Field(None, alias="smaenhet")
    socio_percent: _Percent = Field(0.0, alias="socioekonomi")
    administration_percent: _Percent = Field(3.0, alias="administration")
    vat_percent: _Percent = Field(6.0, alias="moms")
    classes: ClassStep | None = Field(None, alias="klass")
    worked_time: WorkedTime | None = Field(None, alias="arbetstid")


def allocation_faults(said: AllocationParams) -> Iterator[tuple[Location, str]]:
    """Yield what is wrong with an allocation though each key is right."""
    least, most = _BOUNDS[said.counted]
    what = _SPANS[said.counted]
    for at, stage in enumerate(said.stages):
        for key, value in (("fran", stage.first), ("till", stage.last)):
            if not least <= value <= most:
                yield (
                    ("fordelning", "stadier", at, key),
                    f"har värdet {value} men ska vara en {what} mellan {least} och {most}"
                    if said.counted != HOURS
                    else f"har värdet {value} men ska vara ett {what} mellan {least} och {most}",
                )
        if said.counted != HOURS and stage.first > stage.last:
            yield (
                ("fordelning", "stadier", at, "fran"),
                f"har värdet {stage.first} men ska vara högst {stage.last}, som står vid till",
            )
    for (_, one), (at, other) in combinations(enumerate(said.stages), 2):
        if one.name.casefold() == other.name.casefold():
            yield (
                ("fordelning", "stadier", at, "namn"),
                f"har värdet '{shortened(other.name)}', som redan är ett annat stadiums: ge dem olika namn",
            )
        shared = sorted(_covered(one, said.counted) & _covered(other, said.counted))
        if shared:
            yield (
                ("fordelning", "stadier", at, "fran"),
                f"ger {shortened(other.name)} {what} {shared[0]}, som redan hör till {shortened(one.name)}: "
                "låt varje höra till ett stadium",
            )
    if said.classes is not None and said.counted == HOURS:
        yield ("fordelning", "klass"), "gäller elever och barn: ta bort den där volymen är timmar"
    if said.worked_time is not None and said.counted != HOURS:
        yield ("fordelning", "arbetstid"), f"gäller timmar: ta bort den där volymen är {said.counted}"


def _covered(stage: Stage, counted: str) -> set[int]:
    """Return the grades, ages or hours of a stage; an evening may go past midnight."""
    if counted != HOURS:
        return set(range(stage.first, stage.last + 1))
    length = (stage.last - stage.first) % HOURS_A_DAY or HOURS_A_DAY
    return {(stage.first + hour) % HOURS_A_DAY for hour in range(length)}
