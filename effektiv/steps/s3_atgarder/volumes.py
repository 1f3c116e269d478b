"""Volumes ahead: how many the persons of the area's ages will be, and what that means at today's unit cost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal
from effektiv.exhibits.table import Column, Table
from effektiv.steps.population import POPULATION_FILE, AreaPopulation, PopulationCase
from effektiv.steps.s3_atgarder.view import MeasureCase
from effektiv.steps.s3_atgarder.words import kronor, scale
from effektiv.types import Flag

FEWEST_AHEAD, MOST_AHEAD = 5, 10
"""Years ahead that are asked for where the measures ask for no more, and that are shown at most."""

_FAULTS_SHOWN = 3


@dataclass(frozen=True)
class VolumesAhead:
    """The persons of an area's ages in years to come, and today's cost of its volume.

    Attributes
    ----------
    population
        The persons.
    base
        The year that changes are counted from.
    wanted
        The last year that is asked for: that of the measures, at least `FEWEST_AHEAD` after the base.
    cost
        Kronor a year: unit cost times volume in `cost_year`; missing where either is.
    cost_year
        Latest year of both; None for none.
    """

    population: AreaPopulation
    base: int
    wanted: int
    cost: float
    cost_year: int | None

    @property
    def years(self) -> tuple[int, ...]:
        """The base, and the years after it that there are persons for, at most `MOST_AHEAD` ahead."""
        there = (int(year) for year in self.population.counted.dropna().index)
        return tuple(sorted(year for year in there if self.base <= year <= self.base + MOST_AHEAD))

    @cached_property
    def change(self) -> pd.Series:
        """Persons more than in the base year, by year."""
        counted = self.population.counted.loc[list(self.years)]
        more: pd.Series = counted - float(counted.loc[self.base])
        return more

    @cached_property
    def kronor(self) -> pd.Series:
        """Kronor a year more than in the base year at today's unit cost and share of the ages, by year; missing unknown."""
        first = float(self.population.counted[self.base])
        amounts: pd.Series = self.change * (self.cost / first if first else np.nan)
        return amounts


class VolumesCase(MeasureCase, PopulationCase):
    """A case that looks at the volumes ahead."""

    @cached_property
    def ahead(self) -> VolumesAhead | None:
        """The volumes ahead; None where nobody says how many the persons are, or the area has no ages."""
        found = self.population
        if found is None or not self.area.ages or found.base is None:
            return None
        both = (self.own(self.area.unit_cost) * self.own(self.area.volume)).dropna()
        year = int(both.index.max()) if len(both) else None
        return VolumesAhead(
            population=found,
            base=found.base,
            wanted=max((found.base + FEWEST_AHEAD, *self.view.years[-1:])),
            cost=float("nan") if year is None else float(both[year]),
            cost_year=year,
        )

    def volumes_ahead(self) -> Exhibit:
        """Visa hur många som kommer att ha åldern för tjänsten, och vad det betyder i kronor med dagens kostnad."""
        name, title, found = "volymer-framat", "Volymer framåt", self.ahead
        faults = [f"{POPULATION_FILE.name}, {fault}." for fault in self.population_faults[:_FAULTS_SHOWN]]
        if found is None:
            there = self.population
            what = (
                f"Kommunens prognos skrivs i {POPULATION_FILE.name}, och SCB:s hämtas med effektiv hamta --befolkning."
                if there is None
                else there.short_of(0) or "Området har inga åldrar i katalogen."
            )
            return nothing(name, title, " ".join([what, *faults]), flags=())
        people, groups = found.population, found.population.groups
        by, unit, decimals = scale(found.kronor.dropna())
        return Exhibit(
            id=name,
            title=_title(found, self.area.ages_word),
            source=Source.OWN,
            alt=None,
            blocks=tuple(
                text
                for text in (
                    _money(found, self.area.volume_word),
                    _turn(found),
                    people.short_of(found.wanted),
                    *faults,
                )
                if text
            ),
            how_to_read=(
                f"Kostnaden {'saknas' if found.cost_year is None else f'är {found.cost_year} års'}, och lika stor andel av "
                f"åldrarna antas behöva tjänsten. Plus betyder fler, och dyrare, än {found.base}."
            ),
            notes=f"Befolkning: {people.origin}.",
            flags=tuple(
                Flag(code="break", text=text)
                for year, text in people.breaks.items()
                if year >= found.base or year - 1 in found.years
            ),
            table=Table(
                caption=f"Personer den 31 december, {self.name}",
                columns=(
                    Column("ar", "År"),
                    *(
                        Column(f"g{place}", group.label, kind="number", may_lack=True)
                        for place, group in enumerate(people.ages)
                    ),
                    Column("mer", f"Mer än {found.base}", kind="number", signed=True),
                    Column(
                        "kronor",
                        "Kostar mer",
                        kind="number",
                        unit=unit,
                        decimals=decimals,
                        signed=True,
                        may_lack=True,
                    ),
                ),
                rows=tuple(
                    (
                        f"{year}, prognos" if year in people.forecast else str(year),
                        *(_known(float(groups.loc[group.id, year])) for group in people.ages),  # type: ignore[arg-type]
                        float(found.change[year]),
                        _known(float(found.kronor[year]) / by),
                    )
                    for year in found.years
                ),
            ),
            kpis=() if found.cost_year is None else (self.area.unit_cost, self.area.volume),
        )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _title(found: VolumesAhead, word: str) -> str:
    last = found.years[-1]
    change = round(float(found.change[last]))
    if last == found.base:
        return f"{capitalise(word)}: prognosen har bara {last}"
    if change == 0:
        return f"{capitalise(word)} blir lika många {last} som {found.base}"
    return f"{capitalise(word)} blir {cardinal(abs(change))} {'fler' if change > 0 else 'färre'} till {last}"


def _money(found: VolumesAhead, word: str) -> str:
    """Say what the change means in kronor in the last year."""
    last = found.years[-1]
    amount = float(found.kronor[last])
    if last == found.base or np.isnan(amount):
        return ""
    if abs(amount) < 500:
        return f"Kostnaden för {word} påverkas inte av det."
    share = plain(abs(round(100 * float(found.change[last]) / float(found.population.counted[found.base]))))
    way = "mer" if amount > 0 else "mindre"
    return f"Med dagens kostnad för {word} blir det {kronor(amount)} {way} om året {last}, eller {share} procent."


def _turn(found: VolumesAhead) -> str:
    """Say when the persons are fewest or most, where that is neither the first year nor the last."""
    more = [float(found.change[year]) for year in found.years]
    if len(more) < 3:
        return ""
    low, high = min(more[1:-1]), max(more[1:-1])
    for value, is_turn, most, than in (
        (low, low < min(0.0, more[-1]), "Lägst", "färre"),
        (high, high > max(0.0, more[-1]), "Högst", "fler"),
    ):
        if is_turn and round(value):
            year = found.years[more.index(value)]
            return f"{most} är antalet {year}, {cardinal(abs(round(value)))} {than} än {found.base}."
    return ""
