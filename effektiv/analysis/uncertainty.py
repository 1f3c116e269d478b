"""How sure a number is: intervals, spread over years, noise, bands.

METHOD section 6: shares with a known count get a Wilson interval, cost and index
figures the spread of the last three years, peer medians a resampling of the peers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, by_year, country, known_values, quantile_by_year, window
from effektiv.types import RIKET, Break

SEED = 20250101
"""Seed of every resampling, so that a report can be made again."""

DRAWS = 4000
"""Resamples; the Monte Carlo error of a 95 % limit is then about 0.3 percentage points of coverage."""

Z95 = NormalDist().inv_cdf(0.975)
"""Standard errors on each side of a 95 % interval."""

NOISE_YEARS = 6
"""Years back that the noise of a series is judged on."""

MIN_CHANGES = 3
"""Yearly changes needed to judge noise."""


@dataclass(frozen=True)
class Interval:
    """An interval in the unit of the value it belongs to.

    Attributes
    ----------
    low, high
        Limits.
    level
        Confidence level, 0-1.
    """

    low: float
    high: float
    level: float

    def holds(self, value: float) -> bool:
        """Say whether the value lies in the interval."""
        return self.low <= value <= self.high


def wilson(share_pct: float, count: float, level: float = 0.95) -> Interval | None:
    """Return the Wilson interval of a share.

    Parameters
    ----------
    share_pct
        Per cent, 0-100.
    count
        Persons behind the share, positive.
    level
        Confidence level.

    Returns
    -------
    Interval or None
        Per cent. None when share or count is missing, or the count is not positive.

    Raises
    ------
    ValueError
        The share lies outside 0-100.

    Notes
    -----
    Wilson (1927), J. Am. Stat. Assoc. 22:209-212.

    Examples
    --------
    >>> interval = wilson(50.0, 100)
    >>> round(interval.low, 2), round(interval.high, 2)
    (40.38, 59.62)
    """
    if np.isnan(share_pct) or not count > 0:
        return None
    if not 0 <= share_pct <= 100:
        raise ValueError(f"a share must lie in 0-100 per cent, got {share_pct}")
    p, z = share_pct / 100.0, NormalDist().inv_cdf(0.5 + level / 2)
    centre = (p + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(p * (1 - p) / count + z**2 / (4 * count**2))
    # At 0 and 100 a limit is the share itself; rounding must not push it past.
    low = min(share_pct, 100.0 * max(0.0, centre - half))
    high = max(share_pct, 100.0 * min(1.0, centre + half))
    return Interval(float(low), float(high), level)


@dataclass(frozen=True)
class Spread:
    """Spread of the last years, for figures without a known count.

    Attributes
    ----------
    low, high, mean, sd
        In the figure's unit; sd (n-1) is missing with fewer than two values.
    years
        The years with a value.
    """

    low: float
    high: float
    mean: float
    sd: float
    years: tuple[int, ...]


def three_year_spread(
    panel: Panel, municipality: str, year: int, breaks: Sequence[Break] = ()
) -> Spread | None:
    """Return lowest, highest, mean and SD of the last three years.

    Parameters
    ----------
    panel
        Municipality x year.
    municipality
        Four-digit code.
    year
        Last of the three years.
    breaks
        Years before a break are left out.

    Returns
    -------
    Spread or None
        Over the years with a value; None without any.

    Examples
    --------
    >>> three_year_spread(pd.DataFrame({2022: [1.0], 2023: [3.0]}, index=["0319"]), "0319", 2024).high
    3.0
    """
    known = known_values(panel, municipality)
    years = tuple(item for item in window(year, 3, breaks) if item in known)
    if not years:
        return None
    values = np.array([known[item] for item in years])
    return Spread(
        low=float(values.min()),
        high=float(values.max()),
        mean=float(values.mean()),
        sd=float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
        years=years,
    )


def peer_median_interval(values: pd.Series, level: float = 0.95) -> Interval | None:
    """Return a bootstrap interval of the peers' median.

    The peers are resampled with replacement (`DRAWS` times, seeded); limits are
    percentiles of the medians. With seven members the interval is in effect made of the
    second to sixth values.

    Parameters
    ----------
    values
        One value a peer, any unit; missing ones are left out.
    level
        Confidence level.

    Returns
    -------
    Interval or None
        None with fewer than three values.

    Examples
    --------
    >>> peer_median_interval(pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])).low
    2.0
    """
    # Sorted, so that the order of the peers does not matter to the draws.
    array = np.sort(values.dropna().to_numpy(dtype=float))
    if array.size < 3:
        return None
    below, above = _drawn_middles(array.size)
    medians = (array[below] + array[above]) / 2
    low, high = np.percentile(medians, [50 * (1 - level), 50 * (1 + level)])
    return Interval(float(low), float(high), level)


@cache
def _drawn_middles(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the two middle values of each resample of a sorted group (one, twice, when odd).

    Which places are drawn depends on the size of the group alone, so a country of reports draws once.
    """
    drawn = np.random.default_rng(SEED).integers(0, size, size=(DRAWS, size))
    ends = (size - 1) // 2, size // 2
    middle = np.partition(drawn, sorted(set(ends)), axis=1)
    return middle[:, ends[0]].copy(), middle[:, ends[1]].copy()


def year_noise(panel: Panel, year: int, breaks: Sequence[Break] = ()) -> pd.Series:
    """Estimate each municipality's year-to-year noise (SD of a single year's value).

    From the changes between consecutive years relative to the median change of the
    country, over the last `NOISE_YEARS` years and about the municipality's own mean change:
    ``sum((d - mean d)^2) / (2 (n - k/n))`` for n changes in k unbroken runs, which has the
    noise variance as its mean when years are independent. Level, national change and a
    steady trend of its own do not count; a sudden lasting change does, so the noise is if
    anything too large, and statements too careful.

    Parameters
    ----------
    panel
        Municipality x year.
    year
        Last year.
    breaks
        Changes across a break are left out.

    Returns
    -------
    pandas.Series
        By municipality, without Riket, in the figure's unit; missing with fewer than
        `MIN_CHANGES` changes.

    Examples
    --------
    >>> p = pd.DataFrame({2020: [1.0, 1, 1], 2021: [1.0, 1, 3], 2022: [1.0, 1, 1], 2023: [1.0, 1, 3]},
    ...                  index=list("abc"))
    >>> year_noise(p, 2023).round(3).tolist()
    [0.0, 0.0, 1.414]
    """
    years = list(window(year, NOISE_YEARS, breaks))
    national = country(panel)
    values = national.reindex(columns=years).to_numpy(dtype=float)
    changes = np.diff(values, axis=1)
    changes = changes - quantile_by_year(changes, 0.5)
    known = np.isfinite(changes)
    n = known.sum(axis=1)
    enough = n >= MIN_CHANGES
    changes, known, n = changes[enough], known[enough], n[enough]
    runs = known[:, 0] + (known[:, 1:] & ~known[:, :-1]).sum(axis=1) if len(n) else n
    about = changes - np.nansum(changes, axis=1, keepdims=True) / n[:, None]
    noise = np.full(len(national), np.nan)
    noise[enough] = np.sqrt(np.nansum(about**2, axis=1) / (2 * (n - runs / n)))
    return pd.Series(noise, index=pd.Index(national.index, name="municipality"), name="noise")


@dataclass(frozen=True)
class ShareOfYears:
    """In how many of the last years a statement holds.

    Attributes
    ----------
    true, of
        Years in which it holds, and years that could be judged.
    years
        The years that could be judged.
    """

    true: int
    of: int
    years: tuple[int, ...]

    @property
    def share(self) -> float:
        """Share 0-1; missing when no year could be judged."""
        return self.true / self.of if self.of else float("nan")


def share_of_years(
    difference: pd.Series,
    *,
    year: int,
    sign: int,
    span: int = 3,
    tolerance: float = 0.0,
    breaks: Sequence[Break] = (),
) -> ShareOfYears:
    """Count the years in which a difference has the given sign.

    Parameters
    ----------
    difference
        By year, for example own value minus the peers' median.
    year
        Last year.
    sign
        1: larger than the tolerance; -1: smaller than minus the tolerance.
    span
        Number of years looked at.
    tolerance
        Differences of at most this size do not count.
    breaks
        Years before a break are left out.

    Returns
    -------
    ShareOfYears

    Raises
    ------
    ValueError
        `sign` is neither 1 nor -1.

    Examples
    --------
    >>> share_of_years(pd.Series({2022: 1.0, 2023: -1.0, 2024: 2.0}), year=2024, sign=1).share
    0.6666666666666666
    """
    if sign not in {1, -1}:
        raise ValueError(f"sign must be 1 or -1, got {sign}")
    known = by_year(difference)
    years = tuple(item for item in window(year, span, breaks) if item in known)
    return ShareOfYears(sum(known[item] * sign > tolerance for item in years), len(years), years)


def quarter(values: pd.Series, municipality: str) -> int | None:
    """Return which quarter of the municipalities a value lies in: 1 lowest, 4 highest.

    Parameters
    ----------
    values
        One value a municipality; Riket is left out.
    municipality
        Four-digit code.

    Returns
    -------
    int or None
        By the share of the others that are lower, ties counted half. None without a value,
        with fewer than four municipalities, or when all are equal.

    Examples
    --------
    >>> quarter(pd.Series([1.0, 2.0, 3.0, 4.0], index=list("abcd")), "d")
    4
    """
    codes, numbers = values.index.to_numpy(dtype=object), values.to_numpy(dtype=float)
    known = np.isfinite(numbers) & (codes != RIKET)
    own = known & (codes == municipality)
    if not own.any() or known.sum() < 4 or np.ptp(numbers[known]) == 0:
        return None
    mine, others = float(numbers[own][0]), numbers[known & ~own]
    share = ((others < mine).sum() + 0.5 * (others == mine).sum()) / len(others)
    return min(4, 1 + int(4 * share))


def quarter_span(
    panel: Panel, municipality: str, year: int, breaks: Sequence[Break] = ()
) -> tuple[int, int] | None:
    """Return the lowest and highest quarter over the last three years.

    Returns
    -------
    tuple of int, or None
        As `quarter`; None when no year has one.

    Examples
    --------
    >>> p = pd.DataFrame({2023: [1.0, 2, 3, 4], 2024: [4.0, 1, 2, 3]}, index=list("abcd"))
    >>> quarter_span(p, "a", 2024)
    (1, 4)
    """
    years = [item for item in window(year, 3, breaks) if item in panel.columns]
    found = [place for item in years if (place := quarter(panel[item], municipality)) is not None]
    return (min(found), max(found)) if found else None
