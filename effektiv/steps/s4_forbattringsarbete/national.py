"""What step 4 computes once and keeps beside the snapshot: how well a municipality's own months can be forecast.

It is kept (`effektiv.national.Result`) by what the months are, since it takes seconds and follows from nothing else. It is
of one municipality, so nothing of it is computed beforehand for all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pandas as pd

from effektiv.analysis.forecast import Backtest, backtest
from effektiv.national import National, Result


@dataclass(frozen=True)
class MonthSeries:
    """Months to forecast from.

    Attributes
    ----------
    values
        By month, "2026-03".
    """

    values: pd.Series

    @property
    def id(self) -> str:
        """What it is kept by: the same for the same months and values."""
        told = "\n".join(f"{month} {float(value)!r}" for month, value in self.values.items())
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def _tried(_national: National, months: MonthSeries) -> Backtest | None:
    return backtest(months.values)


BACKTEST = Result("manadsprov", _tried, lambda _national: (), (Backtest,))
"""How a forecast of some months has done on their own past; of a `MonthSeries`."""

RESULTS = (BACKTEST,)
