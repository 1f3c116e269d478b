"""The years of the example data, and how a known development goes on after them.

One country is modelled to the end; the snapshot ``exempel`` has its years to `LAST_YEAR`
and ``exempel-efter`` all of them. So no value up to `LAST_YEAR` may follow from a later
one: draws of later years come from streams of their own (`effektiv.example.noise`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FIRST_YEAR = 2007
"""First year modelled (five-year changes need it); values are published from `PUBLISHED_FROM`."""

PUBLISHED_FROM = 2012
LAST_YEAR = 2025
LAST_YEAR_AFTER = 2029
YEARS = np.arange(FIRST_YEAR, LAST_YEAR_AFTER + 1)

LATE_YEARS = tuple(year for year in range(2015, LAST_YEAR_AFTER) if year != LAST_YEAR)
"""Years of registers that come a year later than the other figures.

`LAST_YEAR` is not among them in ``exempel-efter`` either: its rows up to that year are those of ``exempel``.
"""


def column_of(year: int) -> int:
    """Return the column of a year in every array of municipality x year."""
    return year - FIRST_YEAR


def path(years: Sequence[float], values: Sequence[float]) -> NDArray[np.float64]:
    """Return a development by year: straight lines between known years, the last one going on.

    Parameters
    ----------
    years, values
        What is known, ascending, at least two; the first value holds for earlier years too.
    """
    end = float(YEARS[-1])
    slope = (values[-1] - values[-2]) / (years[-1] - years[-2])
    return np.interp(YEARS, [*years, end], [*values, values[-1] + slope * (end - years[-1])])
