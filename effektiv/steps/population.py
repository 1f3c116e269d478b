"""How many the persons of an area's ages are and will be: the municipality's own forecast first, else SCB's.

How to use it in a step: let the case inherit `PopulationCase`, and ask ``case.population``:

- ``None`` where neither the municipality nor the snapshot has a population;
- ``.groups`` persons by the area's age groups (`FocusArea.ages`, id x year), ``.counted`` their sum by year, and
  ``.persons(7, 9)`` for any ages, all missing (NaN), never zero, where an age is;
- ``.base`` the year that changes are counted from, ``.forecast`` which years are a forecast, ``.last`` the last year;
- ``.source`` and ``.origin`` whose numbers they are, ``.breaks`` first years after a break;
- ``.short_of(2035)`` a Swedish sentence where the year asked for has no value, else "".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from effektiv.analysis.population import by_group, in_ages
from effektiv.data.population import breaks_in
from effektiv.exhibits.exhibit import Source
from effektiv.forms import Fault
from effektiv.params.population import POPULATION_FILE, faults, own_population, population_in
from effektiv.steps.base import AreaBase
from effektiv.types import AgeGroup

OWN, SCB = "kommunens egen prognos", "SCB"
"""Where the numbers are from, as running text has it."""


@dataclass(frozen=True)
class AreaPopulation:
    """The persons of a municipality, and of an area's ages.

    Attributes
    ----------
    by_age
        Persons: whole years of age x year; missing where nobody says.
    ages
        The area's groups.
    open_from
        The age that stands for itself and all above; None where no age does.
    forecast
        The years that are a forecast.
    breaks
        First year after each break in the series, with a Swedish sentence on what changed.
    source, origin
        Whose numbers they are: for an exhibit, and in running text.
    """

    by_age: pd.DataFrame
    ages: tuple[AgeGroup, ...]
    open_from: int | None
    forecast: frozenset[int]
    breaks: Mapping[int, str]
    source: Source
    origin: str

    def persons(self, first: int, last: int | None) -> pd.Series:
        """Return the persons of some ages by year; None is all above."""
        return in_ages(self.by_age, first, last, self.open_from)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Persons: id of the area's group x year."""
        return by_group(self.by_age, self.ages, self.open_from)

    @cached_property
    def counted(self) -> pd.Series:
        """Persons of the groups that the area's volume is counted from, by year."""
        ids = [group.id for group in self.ages if group.is_counted]
        return self.groups.loc[ids].sum(axis=0, skipna=False)

    @property
    def base(self) -> int | None:
        """The year that changes are counted from: the latest that is no forecast, else the first; None for none."""
        known = [int(year) for year in self.counted.dropna().index]
        actual = [year for year in known if year not in self.forecast]
        return max(actual) if actual else min(known, default=None)

    @property
    def last(self) -> int | None:
        """The last year that there are persons for; None for none."""
        return max((int(year) for year in self.counted.dropna().index), default=None)

    def short_of(self, year: int) -> str:
        """Say that the population does not reach a year, or lacks it; "" where it has it."""
        if self.last is None:
            return f"Uppgifterna från {self.origin} saknar områdets åldrar."
        if year > self.last:
            return f"Uppgifterna från {self.origin} slutar {self.last}, före {year} som behövs."
        if year not in self.counted.dropna().index:
            return f"Uppgifterna från {self.origin} saknar {year} för områdets åldrar."
        return ""


class PopulationCase(AreaBase):
    """A case that knows how many the persons of its area are."""

    @cached_property
    def population(self) -> AreaPopulation | None:
        """The persons of the area's ages; None where nobody says how many they are."""
        own = own_population(population_in(self.params.files))
        if own is not None:
            return AreaPopulation(
                by_age=own.by_age,
                ages=self.area.ages,
                open_from=own.open_from,
                forecast=frozenset(own.forecast_years),
                breaks={},
                source=Source.MUNICIPALITY,
                origin=OWN,
            )
        every = self.snapshot.population
        found = None if every is None else every[every["municipality"] == self.municipality]
        if found is None or found.empty:
            return None
        return AreaPopulation(
            by_age=found.pivot_table(
                index="age", columns="year", values="value", aggfunc="sum", dropna=False
            ),
            ages=self.area.ages,
            open_from=int(found["age"].max()),
            forecast=frozenset(found["year"][found["is_projection"]].tolist()),
            breaks=breaks_in(found),
            source=Source.SCB,
            origin=SCB,
        )

    @cached_property
    def population_faults(self) -> tuple[Fault, ...]:
        """What is wrong in the municipality's own form, by cell."""
        said = population_in(self.params.files)
        return () if said is None else (*said.faults, *(faults(said) if said.is_read else ()))


__all__ = ["OWN", "POPULATION_FILE", "SCB", "AreaPopulation", "PopulationCase"]
