"""How an area's budget is divided over its units: what is written, what the model gives, and where a unit balances."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from effektiv.analysis.allocation import (
    Allocation,
    Balance,
    ClassCosts,
    allocate,
    balance,
    needed_share,
    one_more,
)
from effektiv.analysis.portfolio import hourly_cost
from effektiv.forms import Fault
from effektiv.params.allocation import CHILDREN, HOURS, PUPILS, AllocationParams, Stage
from effektiv.steps.population import PopulationCase
from effektiv.steps.s2_orsaksanalys import facts as causes
from effektiv.steps.s2_orsaksanalys.facts import GivenUnit

FIRST_GRADE_AGE = 6
"""Age of those in the preschool class, the calendar year they turn it."""

OLD = 80
"""Age from which persons' number is what home care's hours are taken to follow."""

ONE = {PUPILS: "elev", CHILDREN: "barn", HOURS: "timme"}
MANY = {PUPILS: "elever", CHILDREN: "barn", HOURS: "timmar"}


@dataclass(frozen=True)
class AllocationView:
    """An area's allocation. Amounts are kronor where nothing else is said."""

    case: PopulationCase

    @property
    def address(self) -> str:
        """The area's own file."""
        return f"{self.case.area.id}.yaml"

    @cached_property
    def rules(self) -> AllocationParams | None:
        """How the budget is divided; None where nothing is written."""
        return self.case.params.area(self.case.area.id).allocation

    @cached_property
    def units(self) -> tuple[GivenUnit, ...]:
        """The units of the budget year, in the order of the form."""
        if self.rules is None:
            return ()
        return causes.given(self.case.params.files, self.case.area.id, self.rules.year)

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """All that is wrong in what is written of the units."""
        return causes.faults_of_given(self.case.params.files, self.case.area.id)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What each unit is called, by its code; its code too where two have one name."""
        names = [unit.name for unit in self.units]
        return {
            unit.unit: unit.name if names.count(unit.name) == 1 else f"{unit.name} ({unit.unit})"
            for unit in self.units
        }

    @property
    def one(self) -> str:
        """What is counted, of one."""
        return "" if self.rules is None else ONE[self.rules.counted]

    @property
    def many(self) -> str:
        """What is counted."""
        return "" if self.rules is None else MANY[self.rules.counted]

    @cached_property
    def lacks(self) -> str:
        """Why nothing can be divided, as a sentence; empty where it can."""
        rules, units = self.rules, self.units
        if rules is None:
            return (
                f"Kommunen har inte skrivit hur budgeten för {self.case.area.in_text} fördelas på enheterna."
            )
        if not units:
            return f"Ingen enhet har en rad för {rules.year} på bladet Fördelning i enheter.xlsx."
        stages = {stage.name for stage in rules.stages}
        premises = {unit.premises is None for unit in units}
        wrong = (
            (
                any(not unit.has_volume or set(unit.volumes) - stages for unit in units),
                "Minst en enhet har en volym som saknas eller ett stadium som inte finns.",
            ),
            (
                rules.socio_percent > 0 and any(unit.index is None for unit in units),
                "Minst en enhet saknar index, så den socioekonomiska delen går inte att fördela.",
            ),
            (len(premises) > 1, "Minst en enhet saknar uppgift om lokaler."),
            (
                self._taken > rules.budget,
                "Stödet till små enheter, lokalerna och den socioekonomiska delen är mer än hela budgeten.",
            ),
        )
        return next((text for is_wrong, text in wrong if is_wrong), "")

    @property
    def _taken(self) -> int:
        """Kronor that are taken from the budget before it is divided by volume."""
        socio = 0 if self.rules is None else round(self._socio_share * self.rules.budget)
        return int(self._floor.sum()) + int(self._premises.sum()) + socio

    @cached_property
    def volumes(self) -> pd.DataFrame:
        """By unit's code and stage; a stage that a unit has not written is one it does not have."""
        assert self.rules is not None
        return pd.DataFrame(
            [
                [float(unit.volumes.get(stage.name) or 0.0) for stage in self.rules.stages]
                for unit in self.units
            ],
            index=[unit.unit for unit in self.units],
            columns=[stage.name for stage in self.rules.stages],
        )

    @cached_property
    def sizes(self) -> Mapping[str, float]:
        """All volume of each unit, by its code."""
        return dict(zip(self._codes, self.volumes.sum(axis=1).tolist(), strict=True))

    @property
    def _codes(self) -> list[str]:
        return [unit.unit for unit in self.units]

    def _support(self, sizes: np.ndarray) -> np.ndarray:
        """Return the support of units by their size."""
        small = None if self.rules is None else self.rules.small_unit
        if small is None:
            return np.zeros(len(sizes), dtype=np.int64)
        return np.where(sizes <= (math.inf if small.most is None else small.most), small.amount, 0)

    @cached_property
    def _floor(self) -> pd.Series:
        return pd.Series(self._support(np.array(list(self.sizes.values()))), index=self._codes)

    @cached_property
    def _premises(self) -> pd.Series:
        return pd.Series([unit.premises or 0 for unit in self.units], index=self._codes, dtype="int64")

    @property
    def _socio_share(self) -> float:
        return 0.0 if self.rules is None else self.rules.socio_percent / 100

    @cached_property
    def found(self) -> Allocation | None:
        """The model's allocation; None where `lacks` says why."""
        if self.lacks or self.rules is None:
            return None
        return allocate(
            self.volumes,
            pd.Series({stage.name: stage.amount for stage in self.rules.stages}),
            self.rules.budget,
            index=pd.Series([unit.index for unit in self.units], index=self._codes, dtype=float),
            socio_share=self._socio_share,
            floor=self._floor,
            premises=self._premises,
        )

    @cached_property
    def given(self) -> pd.Series:
        """What each unit is given today; missing where it is not written."""
        return pd.Series([unit.given for unit in self.units], index=self._codes, dtype=float)

    @cached_property
    def change(self) -> pd.Series:
        """What the model gives more than today, by unit; missing where today's is not written."""
        assert self.found is not None
        return self.found.parts["total"] - self.given

    @property
    def mean_each(self) -> float:
        """What one more gives in the mean of all units."""
        assert self.found is not None
        return float(self.found.parts["volume"].sum() / self.volumes.to_numpy().sum())

    # --- schools and preschools: classes ------------------------------------------------------

    @cached_property
    def costs(self) -> ClassCosts | None:
        """What a unit costs in steps; None where it is not written."""
        written = None if self.rules is None else self.rules.classes
        if written is None:
            return None
        return ClassCosts(written.size, written.per_class, written.fixed, written.per_pupil)

    @cached_property
    def surplus(self) -> pd.Series:
        """What the model gives a unit above what its classes cost; premises are paid with what is given for them."""
        assert self.found is not None and self.costs is not None
        given = self.found.parts["total"] - self.found.parts["premises"]
        return given - pd.Series(self.costs.cost(self.volumes.to_numpy()), index=self._codes)

    @cached_property
    def balances(self) -> Mapping[str, Balance]:
        """At which numbers each unit balances, its stages in today's proportions, by code.

        The socio-economic part grows with the pupils, as the budget would be added to; support ends where it is written to.
        """
        assert self.found is not None and self.costs is not None
        sizes, each = self.sizes, self.found.each.to_numpy()
        socio = dict(zip(self._codes, self.found.parts["socio"].tolist(), strict=True))
        found = {}
        for unit in self._codes:
            most = 2 * math.ceil(sizes[unit]) + self.costs.size
            found[unit] = balance(
                self.volumes.loc[unit].to_numpy(),
                each + socio[unit] / sizes[unit],
                self.costs,
                given=self._support(np.arange(1, most + 1)),
                most=most,
            )
        return found

    @cached_property
    def more(self) -> pd.DataFrame:
        """What one more means, by unit and stage."""
        assert self.found is not None and self.costs is not None
        return one_more(self.volumes, self.found.each, self.costs)

    # --- home care: worked time ---------------------------------------------------------------

    @cached_property
    def hourly(self) -> float | None:
        """What a worked hour costs; None where the pay is not written."""
        written = None if self.rules is None else self.rules.worked_time
        return None if written is None else hourly_cost(written.pay)

    @cached_property
    def worked(self) -> pd.DataFrame:
        """By unit: ``hours`` performed, ``worked``, ``share`` performed, ``rate`` paid an hour and ``needed`` share."""
        assert self.found is not None and self.hourly is not None
        assert self.rules is not None and self.rules.worked_time is not None
        hours = self.volumes.sum(axis=1)
        worked = pd.Series([unit.worked for unit in self.units], index=self._codes, dtype=float)
        rate = (self.found.parts["total"] - self.found.parts["premises"]) / hours
        needed = [needed_share(self.hourly, float(item), self.rules.worked_time.other) for item in rate]
        return pd.DataFrame(
            {
                "hours": hours,
                "worked": worked,
                "share": (hours / worked.where(worked > 0)),
                "rate": rate,
                "needed": needed,
            }
        )

    # --- the next year ------------------------------------------------------------------------

    @property
    def persons(self) -> pd.DataFrame:
        """Persons of the ages of each stage: stage x year; no stages where nobody says how many they are."""
        population = self.case.population
        if population is None or self.rules is None:
            return pd.DataFrame()
        rows = {stage.name: population.persons(*self._ages(stage)) for stage in self.rules.stages}
        return pd.DataFrame.from_dict(rows, orient="index")

    def _ages(self, stage: Stage) -> tuple[int, int | None]:
        assert self.rules is not None
        if self.rules.counted == HOURS:
            return OLD, None
        older = FIRST_GRADE_AGE if self.rules.counted == PUPILS else 0
        return stage.first + older, stage.last + older

    @property
    def is_judged(self) -> bool:
        """Whether it is known of every unit if it balances."""
        if self.costs is not None:
            return True
        return self.hourly is not None and bool(self.worked["share"].notna().all())

    @property
    def off_balance(self) -> list[str]:
        """Codes of the units that do not balance in the model, the worst first; empty where that is not known."""
        if self.found is None:
            return []
        if self.costs is not None:
            short = self.surplus[self.surplus < -0.5]
            return [str(unit) for unit in short.sort_values(kind="stable").index]
        if self.hourly is not None:
            short = (self.worked["needed"] - self.worked["share"]).dropna()
            return [
                str(unit) for unit in short[short > 1e-9].sort_values(ascending=False, kind="stable").index
            ]
        return []
