"""A municipality's months: budget, actual, forecast and volumes, and the indicators that are followed beside them.

The types, and how months from several files become one table. Where they are read from is known to `sie` and `ledger`
of this package, and to step 4, which has the monthly form.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

MONTH_COLUMNS = (
    "unit",
    "activity",
    "kind",
    "month",
    "budget_sek",
    "actual_sek",
    "forecast_sek",
    "volume_budget",
    "volume_actual",
    "volume_unit",
    "comment",
    "is_suppressed",
)
"""Columns of `Months.frame`."""

VERSION_COLUMNS = ("month", "file", "sha256", "read", "is_first", "is_locked")
"""Columns of `Months.versions`."""

INDICATOR_COLUMNS = (
    "indicator",
    "name",
    "area",
    "kind",
    "unit",
    "better",
    "month",
    "numerator",
    "denominator",
    "value",
    "target",
    "is_suppressed",
)
"""Columns of `Indicators.frame`."""

INCOME, STAFF, OTHER, CAPITAL = KINDS = ("intäkter", "personal", "övrigt", "kapital")
"""Kinds of costs and income in the order in which municipalities print them; one may have others."""


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: [] for name in columns})


@dataclass(frozen=True)
class Months:
    """What the months that have been read say.

    Attributes
    ----------
    frame
        A row a (unit, activity, kind, month): ``unit``, ``activity``, ``kind``, ``month`` ("2026-03") as text;
        ``budget_sek`` and ``actual_sek`` of the month, ``forecast_sek`` of the whole year as it was given that month,
        in kronor that are exact to the öre, costs positive and income negative; ``volume_budget``, ``volume_actual``
        in ``volume_unit``; ``comment``; ``is_suppressed`` where a volume is withheld because it counts few persons.
        What is missing is NaN, in text "".
    versions
        A row a (month, file): ``month``, ``file`` (its place in the municipality's folder), ``sha256``, ``read`` (day
        on which it was locked, "" before that), ``is_first`` (whether the frame has the month from it) and
        ``is_locked``.
    faults
        Swedish sentences on what could not be read, or was left out.
    notes
        Swedish sentences on what was read and is worth knowing: total rows left out, accounts that have no place.
    """

    frame: pd.DataFrame = field(default_factory=lambda: _empty(MONTH_COLUMNS))
    versions: pd.DataFrame = field(default_factory=lambda: _empty(VERSION_COLUMNS))
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Indicators:
    """The few figures that are followed every month.

    Attributes
    ----------
    frame
        A row a (indicator, month): ``indicator`` its id, ``name``, ``area`` (a focus area's id or ""), ``kind``
        ("mått", "andel", "antal" or "tid mellan"), ``unit``, ``better`` ("högre", "lägre" or ""), ``month``
        ("2026-03"), ``numerator``, ``denominator``, ``value`` (of a share in percent), ``target``; ``is_suppressed``
        where the month's figures are withheld because they count few persons. What is missing is NaN, in text "".
    faults
        Swedish sentences on what could not be read.
    """

    frame: pd.DataFrame = field(default_factory=lambda: _empty(INDICATOR_COLUMNS))
    faults: tuple[str, ...] = ()
