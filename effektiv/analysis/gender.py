"""The difference between two shares, women's and men's, with its interval."""

from __future__ import annotations

import numpy as np

from effektiv.analysis.uncertainty import Interval, wilson


def difference_interval(
    first_pct: float, first_count: float, second_pct: float, second_count: float, level: float = 0.95
) -> Interval | None:
    """Return the interval of the difference first - second between two independent shares.

    Parameters
    ----------
    first_pct, second_pct
        Per cent, 0-100.
    first_count, second_count
        Persons behind each share, positive.
    level
        Confidence level.

    Returns
    -------
    Interval or None
        Percentage points. None when a share or a count is missing, or a count is not positive.

    Raises
    ------
    ValueError
        A share lies outside 0-100.

    Notes
    -----
    Newcombe's hybrid score interval, method 10: each end combines the distances from the shares
    to the ends of their Wilson intervals. Newcombe (1998), Statistics in Medicine 17:873-890.

    Examples
    --------
    >>> interval = difference_interval(100 * 56 / 70, 70, 100 * 48 / 80, 80)
    >>> round(interval.low, 2), round(interval.high, 2)
    (5.24, 33.39)
    """
    first, second = wilson(first_pct, first_count, level), wilson(second_pct, second_count, level)
    if first is None or second is None:
        return None
    difference = first_pct - second_pct
    below = np.hypot(first_pct - first.low, second.high - second_pct)
    above = np.hypot(first.high - first_pct, second_pct - second.low)
    return Interval(float(difference - below), float(difference + above), level)
