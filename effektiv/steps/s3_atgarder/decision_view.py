"""A decision, as its paper sees it: what is written of it, and what steps 1 and 3 know of its areas."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from effektiv.analysis.portfolio import BAND, Portfolio, hourly_cost, portfolio
from effektiv.params.locks import Lock
from effektiv.steps.base import OverviewBase
from effektiv.steps.s1_nulagesanalys import facts as position
from effektiv.steps.s3_atgarder.decision_params import (
    JOIN,
    Lack,
    Project,
    areas_of,
    lacks,
    project_of,
)
from effektiv.steps.s3_atgarder.measures import Planned
from effektiv.steps.s3_atgarder.report import MeasureReportCase
from effektiv.steps.s3_atgarder.view import MeasureView
from effektiv.steps.s3_atgarder.words import at


@dataclass(frozen=True)
class DecisionView:
    """What is to be decided in a municipality. Amounts are kronor.

    Attributes
    ----------
    case
        The municipality.
    project
        What it has written, of the matter that the paper is about.
    """

    case: OverviewBase
    project: Project

    @property
    def is_to_join(self) -> bool:
        """Whether it is to take part, rather than to carry out measures."""
        return self.project.matter == JOIN

    @cached_property
    def areas(self) -> Mapping[str, MeasureView]:
        """The areas that it is about, by id, each as step 3 sees it."""
        catalogue = self.case.catalogue.areas
        ids = areas_of(self.project, self.case.params.files)
        if not ids and self.is_to_join:
            ids = position.chosen_areas(self.case)
        return {
            area: self.case.in_area(MeasureReportCase, catalogue[area]).view
            for area in ids
            if area in catalogue
        }

    @cached_property
    def lacks(self) -> tuple[Lack, ...]:
        """What the paper lacks."""
        return lacks(self.project, tuple(view.area for view in self.areas.values()))

    # --- the measures together ------------------------------------------------------------

    @cached_property
    def written(self) -> tuple[Planned, ...]:
        """The measures of its areas; none where it is to take part."""
        if self.is_to_join:
            return ()
        return tuple(item for view in self.areas.values() for item in view.written)

    @cached_property
    def together(self) -> Portfolio | None:
        """What the measures of all its areas give; None where none has a time."""
        views = [] if self.is_to_join else [view for view in self.areas.values() if view.measures]
        if not views:
            return None
        if len(views) == 1:
            return views[0].portfolio
        years = range(min(view.years[0] for view in views), max(view.years[-1] for view in views) + 1)
        return portfolio(
            [item for view in views for item in view.measures],
            years,
            caps={driver: gap for view in views for driver, gap in view.caps.items()},
            overlaps=[pair for view in views for pair in view.overlaps],
        )

    @property
    def full_year(self) -> int:
        """First year in which all measures that free money have their full effect, or the last that is counted."""
        found = self.together
        assert found is not None  # asked for only where there are measures
        year = max(view.full_year for view in self.areas.values() if view.measures)
        return min(max(year, found.years[0]), found.years[-1])

    @property
    def net(self) -> dict[str, float]:
        """What is left for the budget in the full year, by `BAND`."""
        found = self.together
        assert found is not None
        return {key: at(found.net, self.full_year, key) for key in BAND}

    @property
    def frees_money(self) -> bool:
        """Whether any measure frees money that is counted."""
        return any(view.frees_money for view in self.areas.values())

    @property
    def frees_time(self) -> bool:
        """Whether any measure frees time that is counted."""
        return any(view.frees_time for view in self.areas.values())

    @property
    def time_value(self) -> float | None:
        """What the freed hours of a full year are worth; None where a pay is not written."""
        found = [view.time_value for view in self.areas.values() if view.frees_time]
        known = [value for value in found if value is not None]
        return sum(known) if known and len(known) == len(found) else None

    @property
    def one_off(self) -> pd.Series:
        """What the measures cost once, by year."""
        found = self.together
        assert found is not None
        paid = dict.fromkeys(found.years, 0.0)
        for view in self.areas.values():
            for item in view.measures:
                year = item.start or item.first
                if year in paid:
                    paid[year] += item.one_off
        return pd.Series(paid)

    @property
    def yearly(self) -> float:
        """What they cost each whole year."""
        return sum(item.yearly for view in self.areas.values() for item in view.measures)

    def lock(self, area: str) -> Lock | None:
        """Return an area's lock; None where its goal is not locked."""
        return self.areas[area].lock

    # --- the project ----------------------------------------------------------------------

    @property
    def fee_by_year(self) -> dict[int, int]:
        """The fee, divided evenly over its years in whole kronor, the rest in the first; empty without years."""
        years = sorted(self.project.fee_years)
        if not years:
            return {}
        each, rest = divmod(self.project.fee, len(years))
        return {year: each + (rest if year == years[0] else 0) for year in years}

    @property
    def own_hours(self) -> float:
        """The municipality's own hours in the project; missing where none are written."""
        found = [item.hours for item in self.project.own_time]
        return sum(found) if found else math.nan

    @property
    def own_cost(self) -> float:
        """What these hours cost by the wage formula; missing where a pay is not written."""
        found = self.project.own_time
        if not found:
            return math.nan
        return sum(math.nan if item.pay is None else item.hours * hourly_cost(item.pay) for item in found)


def decision_of(case: OverviewBase, matter: str = "") -> DecisionView:
    """Return the decision that a municipality has written, or the one of a matter that is asked for."""
    project = project_of(case.params)
    if matter:
        project = project.model_copy(update={"matter": matter})
    return DecisionView(case, project)
