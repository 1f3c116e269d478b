"""A municipality's own units, as step 2 sees them: whose they are, and what is known of them by each measure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from effektiv.analysis.panels import value_at
from effektiv.analysis.units import FEWEST_PERSONS, WINDOW, UnitModel, fit_units, together
from effektiv.data.units import SCHOOL
from effektiv.exhibits.swedish import years
from effektiv.steps.judging import OLDEST
from effektiv.steps.s2_orsaksanalys.national_units import MUNICIPAL, UNITS
from effektiv.steps.s2_orsaksanalys.params import UNITS_FILE
from effektiv.steps.s2_orsaksanalys.units_form import OwnUnit, OwnValue, own_units, own_values
from effektiv.steps.s2_orsaksanalys.view import CauseView
from effektiv.types import Kpi, UnitChoice, UnitMeasure


@dataclass(frozen=True)
class UnitsView:
    """A municipality's own units by one measure.

    Attributes
    ----------
    choice, measure, kpi
        What they are, and what is measured.
    year
        The latest year that any of them has a value of.
    names
        By unit's id.
    shares, persons
        Unit x year of the own units, no share of fewer than `FEWEST_PERSONS`.
    counted
        The same shares, those of few persons too: for sums over years, never shown.
    others, others_persons
        Of the country's other municipal units.
    model
        How units differ in the country; None where too few are known.
    """

    choice: UnitChoice
    measure: UnitMeasure
    kpi: Kpi
    year: int
    names: dict[str, str]
    shares: pd.DataFrame
    persons: pd.DataFrame
    counted: pd.DataFrame
    others: pd.DataFrame
    others_persons: pd.DataFrame
    model: UnitModel | None

    @property
    def now(self) -> pd.Series:
        """Shares of the latest year that may be shown."""
        return self.shares[self.year].dropna()

    @cached_property
    def pooled(self) -> pd.DataFrame:
        """The own units' years put together, those with enough persons: columns of `together`."""
        return together(self.counted, self.persons, self.year).dropna(subset=["share"])

    @cached_property
    def others_pooled(self) -> pd.DataFrame:
        """The same of the country's other units."""
        return together(self.others, self.others_persons, self.year).dropna(subset=["share"])

    @property
    def variance(self) -> float | None:
        """Variance between units whose years are put together, beside chance; None where that is not known."""
        if self.model is None:
            return None
        return self.model.lasting + self.model.yearly / max(len(self.window), 1)

    @property
    def baseline(self) -> float:
        """Share of all the country's persons in these years, per cent; of the own units' where no others are known."""
        every = self.pooled if self.model is None else pd.concat([self.pooled, self.others_pooled])
        return float((every["share"] * every["persons"]).sum() / every["persons"].sum())

    @property
    def figures(self) -> tuple[str, ...]:
        """Ids of what is shown: the figure, and the persons behind it."""
        return tuple(kpi for kpi in (self.kpi.id, self.measure.persons) if kpi is not None)

    @cached_property
    def window(self) -> list[int]:
        """The years that are put together, in order: those of which both shares and persons are known, if any are."""
        recent = [int(year) for year in self.shares.columns if self.year - WINDOW < int(year) <= self.year]
        both = [year for year in recent if (self.counted[year].notna() & self.persons[year].notna()).any()]
        return both or recent

    @property
    def when(self) -> str:
        """These years in words."""
        return years(self.window) + (" tillsammans" if len(self.window) > 1 else "")

    @property
    def has_persons(self) -> bool:
        """Whether the persons behind the units' shares are known."""
        return bool(self.persons[self.year].notna().any())


@dataclass(frozen=True)
class OwnForm:
    """What the municipality has written of its units, by their ids."""

    units: dict[str, OwnUnit]
    figures: tuple[OwnValue, ...]


def units_views(view: CauseView) -> list[UnitsView]:
    """Return the own units by each measure that they have late values of, in the catalogue's order."""
    choice = view.area.units
    if choice is None:
        return []
    form = _form(view, choice)
    names = _names(view, choice, form)
    found = [_view(view, choice, at, names, form) for at in range(len(choice.measures))]
    return [item for item in found if item is not None]


def _form(view: CauseView, choice: UnitChoice) -> OwnForm:
    said = view.case.params.of(UNITS_FILE).get(UNITS_FILE.name)
    units = {
        _id(one.unit, choice): one
        for one in sorted(own_units(said), key=lambda one: one.year)
        if one.area in ("", view.area.id)
    }
    return OwnForm(units, own_values(said))


def _id(code: str, choice: UnitChoice) -> str:
    """Return the id of a unit by the code that the municipality has written: a school's eight digits are Kolada's."""
    return f"{SCHOOL}E{code}" if choice.kind == SCHOOL and code.isdigit() and len(code) == 8 else code


def _names(view: CauseView, choice: UnitChoice, form: OwnForm) -> dict[str, str]:
    """Return the own units: those of the snapshot, and those of the form that are of the area."""
    found: dict[str, str] = {}
    units = view.case.snapshot.units
    if units is not None:
        own = units[
            (units["municipality"] == view.case.municipality)
            & (units["type"] == choice.kind)
            & units["holder"].isin(MUNICIPAL)
        ]
        found = dict(zip(own["id"], own["title"], strict=True))
    for unit, one in form.units.items():
        if one.is_municipal and one.area == view.area.id:
            found[unit] = one.name
        elif not one.is_municipal:
            found.pop(unit, None)
    return found


def _view(
    view: CauseView, choice: UnitChoice, at: int, names: dict[str, str], form: OwnForm
) -> UnitsView | None:
    measure = choice.measures[at]
    every = view.case.national.result(UNITS, view.area, at)
    own = [unit for unit in names if unit in every.shares.index]
    shares, persons = every.shares.loc[own], every.persons.loc[own]
    shares, persons = _with_form(shares, persons, measure, choice, names, form)
    year = max((int(item) for item in shares.columns if shares[item].notna().any()), default=0)
    if year < view.case.year - OLDEST:
        return None
    rest = every.shares.index.difference(own)
    # Units that have closed say nothing of today's.
    open_now = shares.index[shares[year].notna()]
    shares, persons = shares.loc[open_now], persons.loc[open_now]
    few = persons < FEWEST_PERSONS
    model = fit_units(every.shares, every.persons, year) if view.kpi(measure.kpi).unit == "%" else None
    return UnitsView(
        choice=choice,
        measure=measure,
        kpi=view.kpi(measure.kpi),
        year=year,
        names=names,
        shares=shares.mask(few),
        persons=persons,
        counted=shares,
        others=every.shares.loc[rest],
        others_persons=every.persons.loc[rest],
        model=model,
    )


def _with_form(
    shares: pd.DataFrame,
    persons: pd.DataFrame,
    measure: UnitMeasure,
    choice: UnitChoice,
    names: dict[str, str],
    form: OwnForm,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the panels with what the municipality has written where nothing is published."""
    rows = [
        (_id(item.unit, choice), item)
        for item in form.figures
        if item.kpi == measure.kpi and _id(item.unit, choice) in names
    ]
    if not rows:
        return shares, persons
    index = shares.index.union(pd.Index(dict.fromkeys(unit for unit, _ in rows), dtype="str"))
    columns = sorted({*map(int, shares.columns), *(item.year for _, item in rows)})
    shares, persons = (frame.reindex(index=index, columns=columns).copy() for frame in (shares, persons))
    for unit, item in rows:
        if item.value is not None and np.isnan(value_at(shares, unit, item.year)):
            shares.loc[unit, item.year] = item.value
        if item.persons is not None and np.isnan(value_at(persons, unit, item.year)):
            persons.loc[unit, item.year] = float(item.persons)
    return shares, persons
