"""The economy as municipalities print it: budget, actual and forecast by activity and kind, to a month.

Amounts are kronor, costs positive; a deviation is budget minus forecast or actual, so that plus is left over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

AMOUNTS = ("budget_year", "budget_acc", "actual_acc", "forecast", "deviation")
TOTAL = "Summa"
_YEAR = 12


def latest_month(frame: pd.DataFrame) -> str | None:
    """Return the last month with any actual; None where there is none."""
    known = frame.loc[frame["actual_sek"].notna(), "month"]
    return None if known.empty else str(known.max())


def year_of(frame: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return the rows of a month's year."""
    return frame[frame["month"].str[:4] == month[:4]]


def accumulated(frame: pd.DataFrame, by: str, month: str) -> pd.DataFrame:
    """Return budget, actual and forecast to a month, a row for each activity or kind, and their sum last.

    Parameters
    ----------
    frame
        As `effektiv.data.local.months.Months.frame`.
    by
        Column that makes the rows: ``activity``, ``kind`` or ``unit``.
    month
        The last month counted, such as "2026-03".

    Returns
    -------
    pandas.DataFrame
        `AMOUNTS` in kronor, by name. The year's budget is missing unless its twelve months have one; a sum of which
        any part is missing is missing, never zero. The forecast is that given in the month, or else in the last month
        before it that has one for all the rows.
    """
    year = year_of(frame, month)
    so_far = year[year["month"] <= month]
    names = list(dict.fromkeys(year[by]))
    whole = year["month"].nunique() == _YEAR
    rows = pd.DataFrame(
        {
            "budget_year": _sums(year, by, "budget_sek") if whole else np.nan,
            "budget_acc": _sums(so_far, by, "budget_sek"),
            "actual_acc": _sums(so_far, by, "actual_sek"),
            "forecast": forecast_given(year, by, month),
        },
        index=pd.Index(names, name=by),
        dtype=float,
    )
    rows.loc[TOTAL] = rows.sum(skipna=False)
    rows["deviation"] = rows["budget_year"] - rows["forecast"]
    return rows


def forecast_given(year: pd.DataFrame, by: str, month: str) -> pd.Series:
    """Return the latest forecast of the whole year that had been given in a month, by row."""
    found = year[(year["month"] <= month)]
    sums = _sums(found, [by, "month"], "forecast_sek").unstack("month")
    if sums.empty:
        return pd.Series(dtype=float)
    return sums.ffill(axis=1).iloc[:, -1]


def forecast_month(year: pd.DataFrame, month: str) -> str | None:
    """Return the month in which the latest forecast was given; None where none was."""
    known = year.loc[year["forecast_sek"].notna() & (year["month"] <= month), "month"]
    return None if known.empty else str(known.max())


def _sums(frame: pd.DataFrame, by: str | list[str], column: str) -> pd.Series:
    return frame.groupby(by, sort=False)[column].agg(lambda some: some.sum(skipna=False))


def by_month(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return the sum of a column by month; a month that lacks a part is missing."""
    found = _sums(frame, "month", column).sort_index()
    return found.astype(float)


@dataclass(frozen=True)
class ActivityVolume:
    """What an activity has done, and what it cost, to a month.

    Attributes
    ----------
    activity, unit
        Its name, and what it is counted in.
    budget, actual
        ActivityVolume, summed over the months.
    budget_price, actual_price
        Kronor a unit.
    """

    activity: str
    unit: str
    budget: float
    actual: float
    budget_price: float
    actual_price: float


def volumes(frame: pd.DataFrame, month: str) -> tuple[ActivityVolume, ...]:
    """Return the volumes of those activities that have them in every month to a month; others are left out."""
    year = year_of(frame, month)
    so_far = year[year["month"] <= month]
    found = []
    for activity, rows in so_far.groupby("activity", sort=False):
        stated = rows.dropna(subset=["volume_budget", "volume_actual"])
        if stated.empty or stated["month"].nunique() < rows["month"].nunique():
            continue
        # A volume is of a unit and a month; where several kinds of cost repeat it, it is counted once.
        once = stated.drop_duplicates(["unit", "month"])
        budget, actual = float(once["volume_budget"].sum()), float(once["volume_actual"].sum())
        cost = rows["budget_sek"].sum(skipna=False), rows["actual_sek"].sum(skipna=False)
        if min(budget, actual) > 0 and not np.isnan(cost).any():
            unit = str(stated["volume_unit"].iloc[0])
            found.append(
                ActivityVolume(
                    str(activity), unit, budget, actual, float(cost[0]) / budget, float(cost[1]) / actual
                )
            )
    return tuple(found)
