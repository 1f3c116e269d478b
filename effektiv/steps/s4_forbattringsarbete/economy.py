"""The economy as municipalities print it: budget, actual and forecast by activity and kind, to a month.

Amounts are kronor, costs positive; a deviation is budget minus forecast or actual, so that plus is left over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.variance import to_date

AMOUNTS = ("budget_year", "budget_acc", "actual_acc", "forecast", "deviation")
TOTAL = "Summa"


def latest_month(frame: pd.DataFrame) -> str | None:
    """Return the last month with any actual; None where there is none."""
    known = frame.loc[frame["actual_sek"].notna(), "month"]
    return None if known.empty else str(known.max())


def with_amounts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are of money: those that have volumes alone are of no kind of cost."""
    is_bare = (frame["kind"] == "") & frame[["budget_sek", "actual_sek", "forecast_sek"]].isna().all(axis=1)
    return frame[~is_bare]


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
        `AMOUNTS` in kronor, by name. A sum of which any part is missing is missing, never zero. The forecast is the
        latest that had been given in the month, since many give one only three times a year.
    """
    money = with_amounts(frame)
    found = to_date(money, month, (by,))
    given = forecast_month(money, month)
    forecast = (
        found["forecast_sek"]
        if given in (None, month)
        else to_date(money, given or month, (by,))["forecast_sek"]
    )
    rows = pd.DataFrame(
        {
            "budget_year": found["budget_year_sek"],
            "budget_acc": found["budget_to_date_sek"],
            "actual_acc": found["actual_to_date_sek"],
            "forecast": forecast.reindex(found.index),
        },
        dtype=float,
    )
    rows.loc[TOTAL] = rows.sum(skipna=False).round(2)
    rows["deviation"] = (rows["budget_year"] - rows["forecast"]).round(2)
    return rows


def forecast_month(frame: pd.DataFrame, month: str) -> str | None:
    """Return the month in which the year's latest forecast was given; None where none was."""
    year = year_of(frame, month)
    known = year.loc[year["forecast_sek"].notna() & (year["month"] <= month), "month"]
    return None if known.empty else str(known.max())


def by_month(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return the sum of a column by month; a month that lacks a part is missing."""
    found = with_amounts(frame).groupby("month")[column].agg(lambda some: some.sum(skipna=False))
    return found.sort_index().astype(float)


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
        money = with_amounts(rows)
        cost = money["budget_sek"].sum(skipna=False), money["actual_sek"].sum(skipna=False)
        if min(budget, actual) > 0 and not np.isnan(cost).any():
            unit = str(stated["volume_unit"].iloc[0])
            found.append(
                ActivityVolume(
                    str(activity), unit, budget, actual, float(cost[0]) / budget, float(cost[1]) / actual
                )
            )
    return tuple(found)
