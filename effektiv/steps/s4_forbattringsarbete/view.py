"""A municipality's follow-up to a month, of one focus area or of all: what reports of step 4 are written from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from effektiv.analysis import spc
from effektiv.analysis.forecast import YearEnd, year_end
from effektiv.analysis.panels import cell
from effektiv.analysis.spc import Assurance, Variation
from effektiv.analysis.variance import ForecastRecord, forecast_record
from effektiv.data.local.months import Indicators, Months
from effektiv.forms import FormRead
from effektiv.names import slug
from effektiv.steps.base import Case
from effektiv.steps.s3_atgarder.facts import Planned
from effektiv.steps.s4_forbattringsarbete.chart_settings import ChartSettings
from effektiv.steps.s4_forbattringsarbete.economy import (
    TOTAL,
    accumulated,
    by_month,
    latest_month,
    with_amounts,
)
from effektiv.steps.s4_forbattringsarbete.national import BACKTEST, MonthSeries
from effektiv.steps.s4_forbattringsarbete.pdsa import Cycle
from effektiv.steps.s4_forbattringsarbete.status import (
    DeviationAction,
    MeasureStatus,
    Milestone,
    Realised,
    actions,
    milestones,
    realised,
    standings,
)
from effektiv.steps.s4_forbattringsarbete.words import decimals_for, months_between
from effektiv.types import FocusArea

FEWEST_MONTHS = 3
"""With fewer months a report is half a page: nothing can be told from chance, and no course drawn."""


@dataclass(frozen=True)
class Followed:
    """One indicator, its months and what they show.

    Attributes
    ----------
    id, name, area, unit, better
        As it is written.
    values
        By month, every month from its first to its last; NaN where there is none.
    target
        The latest; None where there is none.
    chart
        Its control chart.
    settings
        What has been decided of its chart.
    """

    id: str
    name: str
    area: str
    unit: str
    better: str
    values: pd.Series
    target: float | None
    chart: spc.ControlChart
    settings: ChartSettings

    @property
    def signals(self) -> bool:
        """Whether its latest months are not chance."""
        return self.chart.is_signalling

    @property
    def is_worse(self) -> bool:
        """Whether it has become worse, and not by chance."""
        return self.chart.variation is Variation.WORSE

    @property
    def latest(self) -> tuple[str, float]:
        """Its last month with a value, and that value."""
        known = self.values.dropna()
        return str(known.index[-1]), float(known.iloc[-1])

    @property
    def decimals(self) -> int:
        """Decimals that its values are written with."""
        return decimals_for(self.values.to_list())

    @property
    def fails(self) -> bool:
        """Whether it does not reach its target as the work is done now."""
        return self.chart.assurance is Assurance.MISSES


@dataclass(frozen=True)
class FollowUpView:
    """What is followed.

    Attributes
    ----------
    case
        The municipality.
    area
        The focus area; None for all of them.
    months, indicators
        Of the area, or all.
    settings
        What has been decided of each indicator's chart, by its id.
    status, log
        The form on how the work goes, and that of tests; None where none is filled in.
    measures
        Those of the area, or all.
    cycles
        The tests of the area, or all.
    """

    case: Case
    area: FocusArea | None
    months: Months
    indicators: Indicators
    settings: Mapping[str, ChartSettings] = field(default_factory=dict)
    status: FormRead | None = None
    log: FormRead | None = None
    measures: tuple[Planned, ...] = ()
    cycles: tuple[Cycle, ...] = ()

    @cached_property
    def month(self) -> str | None:
        """The last month with an actual or an indicator's value; None where there is none."""
        known = self.indicators.frame
        last = known.loc[known["value"].notna(), "month"].max() if len(known) else None
        found = [item for item in (latest_month(self.months.frame), last) if isinstance(item, str)]
        return max(found, default=None)

    @cached_property
    def money_month(self) -> str | None:
        """The last month with an actual; None where there is none."""
        return latest_month(self.months.frame)

    @property
    def day(self) -> dt.date:
        """The last day of the month that is told of."""
        assert self.month is not None
        return (pd.Period(self.month, freq="M").end_time).date()

    @cached_property
    def month_count(self) -> int:
        """How many months have an actual or an indicator's value."""
        money = self.months.frame
        known = self.indicators.frame
        return len(
            {*money.loc[money["actual_sek"].notna(), "month"], *known.loc[known["value"].notna(), "month"]}
        )

    @property
    def is_thin(self) -> bool:
        """Whether there are too few months for a report."""
        return self.month_count < FEWEST_MONTHS

    # --- the economy --------------------------------------------------------------------

    @cached_property
    def by_activity(self) -> pd.DataFrame | None:
        """Budget, actual and forecast of each activity, their sum last; None without months."""
        return (
            None if self.money_month is None else accumulated(self.months.frame, "activity", self.money_month)
        )

    @cached_property
    def by_kind(self) -> pd.DataFrame | None:
        """The same of each kind of cost."""
        return None if self.money_month is None else accumulated(self.months.frame, "kind", self.money_month)

    @cached_property
    def year_end(self) -> YearEnd | None:
        """What the months alone say of the year's end, all activities together; None where that cannot be said."""
        month = self.money_month
        if month is None or self.by_activity is None:
            return None
        frame = self.months.frame
        budget = cell(self.by_activity, TOTAL, "budget_year")
        values = by_month(frame[frame["month"] <= month], "actual_sek")
        return year_end(values, budget, self.case.national.result(BACKTEST, MonthSeries(values)))

    @cached_property
    def record(self) -> ForecastRecord:
        """Every forecast given of a year that is over, against what it became."""
        return forecast_record(with_amounts(self.months.frame), ())

    # --- indicators ---------------------------------------------------------------------

    @cached_property
    def followed(self) -> tuple[Followed, ...]:
        """The indicators that have a value, those that signal first, then as they are written."""
        found = []
        for key, rows in self.indicators.frame.groupby("indicator", sort=False):
            if rows["value"].notna().any():
                found.append(_followed(str(key), rows, self.settings.get(str(key), ChartSettings())))
        order = {Variation.WORSE: 0, Variation.CHANGED: 1, Variation.BETTER: 2}
        return tuple(sorted(found, key=lambda item: order.get(item.chart.variation, 3)))

    @property
    def signalling(self) -> tuple[Followed, ...]:
        """Those whose latest months are not chance."""
        return tuple(item for item in self.followed if item.signals)

    # --- the work -----------------------------------------------------------------------

    @cached_property
    def standings(self) -> Mapping[str, MeasureStatus]:
        """Each measure's latest status, by number in lower case."""
        return standings(self.status)

    @cached_property
    def milestones(self) -> tuple[Milestone, ...]:
        """The milestones of the measures."""
        ids = {item.id.casefold() for item in self.measures}
        return tuple(item for item in milestones(self.status) if item.measure.casefold() in ids)

    @cached_property
    def realised(self) -> tuple[Realised, ...]:
        """What the measures have brought home."""
        ids = {item.id.casefold() for item in self.measures}
        return tuple(item for item in realised(self.status) if item.measure.casefold() in ids)

    @cached_property
    def actions(self) -> tuple[DeviationAction, ...]:
        """What is done about deviations."""
        return actions(self.status)

    @property
    def what(self) -> str:
        """What is followed, in a sentence: the area, or the municipality's name."""
        return self.case.name if self.area is None else self.area.in_text


def _followed(key: str, rows: pd.DataFrame, settings: ChartSettings) -> Followed:
    rows = rows.sort_values("month")
    first = rows.iloc[0]
    by = rows.set_index("month")
    known = by["value"].dropna().index
    span = months_between(str(known[0]), str(known[-1]))
    values = by["value"].reindex(span).astype(float)
    denominator = by["denominator"].reindex(span).astype(float)
    targets = rows["target"].dropna()
    target = None if targets.empty else float(targets.iloc[-1])
    span_of_limits = settings.span if _is_usable(settings, values) else None
    made = spc.chart(
        values,
        str(first["kind"]),
        denominator=denominator if denominator.notna().any() else None,
        baseline=span_of_limits,
        changes=settings.change_months,
        excluded=settings.excluded_months,
        screened=settings.screened,
        better=str(first["better"]) or None,
        target=target,
    )
    return Followed(
        key,
        str(first["name"]),
        str(first["area"]),
        str(first["unit"]),
        str(first["better"]),
        values,
        target,
        made,
        settings,
    )


def _is_usable(settings: ChartSettings, values: pd.Series) -> bool:
    """Whether the decided baseline has months with values, all on one level."""
    if settings.span is None:
        return False
    first, last = settings.span
    inside = [
        month
        for month in values.dropna().index
        if first <= month <= last and month not in settings.excluded_months
    ]
    return len(inside) > 1 and not any(first < month <= last for month in settings.change_months)


def setting_faults(item: Followed) -> tuple[str, ...]:
    """Say what cannot be used of what is decided of an indicator's chart."""
    if item.settings.span is None or _is_usable(item.settings, item.values):
        return ()
    first, last = item.settings.span
    return (
        f"Baslinjen {first} till {last} för {item.name} har inte minst två månader på samma nivå och används inte: "
        "välj andra månader.",
    )


def of_area(months: Months, area: FocusArea, activities: tuple[str, ...]) -> Months:
    """Return the months of an area: those of the activities that the municipality has named, or of one with its name."""
    wanted = {slug(item) for item in activities or (area.id, area.label)}
    frame = months.frame
    rows = frame[frame["activity"].map(lambda name: slug(str(name)) in wanted).astype(bool)]
    return Months(rows.reset_index(drop=True), months.versions, months.faults, months.notes)


def indicators_of(indicators: Indicators, area: FocusArea) -> Indicators:
    """Return the indicators of an area."""
    frame = indicators.frame
    return Indicators(frame[frame["area"] == area.id].reset_index(drop=True), indicators.faults)


def finite(value: float) -> bool:
    """Whether a number is there."""
    return bool(np.isfinite(value))
