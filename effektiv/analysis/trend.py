"""Direction over the last years, and the most likely change of level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from effektiv.analysis.panels import segments, window
from effektiv.analysis.uncertainty import SEED, Z95
from effektiv.types import Break

PERMUTATIONS = 1999
"""Shuffles of the permutation test; the smallest possible p is 1/2000."""

MIN_SIDE = 3
"""Years needed on each side of a change of level."""


@dataclass(frozen=True)
class Trend:
    """Direction of a series over a few years.

    Attributes
    ----------
    slope
        Change a year, in the figure's unit (Theil-Sen: median of all pairwise slopes).
    change
        slope times the number of years from first to last.
    low, high
        95 % interval of `change` given the noise; missing when the noise is unknown.
    first, last
        First and last year with a value.
    n
        Years with a value.
    sign
        1 or -1 when the interval excludes zero, else 0 (no certain direction).
    """

    slope: float
    change: float
    low: float
    high: float
    first: int
    last: int
    n: int
    sign: int


def direction(
    series: pd.Series, *, year: int, span: int = 3, noise: float = float("nan"), breaks: Sequence[Break] = ()
) -> Trend | None:
    """Return the direction over the last `span` years.

    Parameters
    ----------
    series
        By year, best relative to peers or Riket so that price changes cancel.
    year
        Last year; must have a value.
    span
        Number of calendar years.
    noise
        SD of a single year's value, in the series' unit (`year_noise`). The interval uses
        the standard error of a fitted slope, ``noise/sqrt(sum (t - mean t)^2)``.
    breaks
        Years before a break are left out.

    Returns
    -------
    Trend or None
        None with fewer than three values, or none in `year`.

    Examples
    --------
    >>> direction(pd.Series({2022: 1.0, 2023: 2.0, 2024: 3.0}), year=2024, noise=0.1).sign
    1
    """
    known = series.reindex(list(window(year, span, breaks))).dropna().astype(float)
    if len(known) < 3 or year not in known.index:
        return None
    years, values = known.index.to_numpy(dtype=float), known.to_numpy()
    slope = float(np.median([(values[j] - values[i]) / (years[j] - years[i]) for i, j in _pairs(len(known))]))
    length = years[-1] - years[0]
    half = float(Z95 * noise / np.sqrt(((years - years.mean()) ** 2).sum()) * length)
    change = float(slope * length)
    return Trend(
        slope=slope,
        change=change,
        low=change - half,
        high=change + half,
        first=int(years[0]),
        last=int(years[-1]),
        n=len(known),
        sign=int(np.sign(change)) if abs(change) > half else 0,
    )


def _pairs(n: int) -> list[tuple[int, int]]:
    return list(combinations(range(n), 2))


@dataclass(frozen=True)
class LevelChange:
    """The most likely change of level in a series.

    Attributes
    ----------
    year
        First year on the new level.
    before, after
        Mean of the values before and from `year`, the series' unit.
    size
        after - before.
    t
        Two-sample t of the shift.
    p_value
        Share of shuffled series whose largest |t| is at least as large. Yearly values
        follow each other, so it is a guide, not proof.
    trend_fits_better
        Whether a straight line leaves smaller squared errors than the step; then the
        series slides rather than jumps.
    n
        Years used.
    """

    year: int
    before: float
    after: float
    size: float
    t: float
    p_value: float
    trend_fits_better: bool
    n: int


def level_change(series: pd.Series, breaks: Sequence[Break] = ()) -> LevelChange | None:
    """Find the single most likely change of level in the latest stretch without a break.

    Every year with at least `MIN_SIDE` values before and from it is tried; the one with
    the largest two-sample |t| (equal variances) is returned, with a seeded permutation
    p-value of that maximum, so trying many years is paid for.

    Parameters
    ----------
    series
        By year, best relative to the peers' median so that national changes cancel; for
        kronor ``ln(own/median)``, since a difference in kronor grows with prices.
    breaks
        Only the latest segment between breaks with enough values is searched.

    Returns
    -------
    LevelChange or None
        None when no segment has ``2 * MIN_SIDE`` values, or when it does not vary.

    Examples
    --------
    >>> values = [1.0, 1.2, 0.9, 1.1, 1.0, 3.0, 3.1, 2.9, 3.2, 3.0]
    >>> level_change(pd.Series(values, index=range(2015, 2025))).year
    2020
    """
    known = series.dropna().astype(float).sort_index()
    runs = [run for run in segments([int(year) for year in known.index], breaks) if len(run) >= 2 * MIN_SIDE]
    if not runs:
        return None
    known = known.loc[list(runs[-1])]
    values = known.to_numpy()
    if np.ptp(values) == 0:
        return None
    observed = _shift_t(values[None, :])[0]
    best = int(np.argmax(np.abs(observed)))
    rng = np.random.default_rng(SEED)
    shuffled = rng.permuted(np.tile(values, (PERMUTATIONS, 1)), axis=1)
    largest = np.abs(_shift_t(shuffled)).max(axis=1)
    # A tie up to rounding counts as at least as large.
    extreme = int((largest >= abs(observed[best]) * (1 - 1e-9)).sum())
    split = best + MIN_SIDE
    before, after = values[:split], values[split:]
    step_error = before.var() * len(before) + after.var() * len(after)
    line = np.polynomial.Polynomial.fit(known.index.to_numpy(dtype=float), values, 1)
    line_error = ((values - line(known.index.to_numpy(dtype=float))) ** 2).sum()
    return LevelChange(
        year=int(known.index[split]),
        before=float(before.mean()),
        after=float(after.mean()),
        size=float(after.mean() - before.mean()),
        t=float(observed[best]),
        p_value=(extreme + 1) / (PERMUTATIONS + 1),
        trend_fits_better=bool(line_error < step_error),
        n=len(values),
    )


def _shift_t(values: np.ndarray) -> np.ndarray:
    """Two-sample t for every allowed split of each row; infinite for a perfect step."""
    n = values.shape[1]
    splits = np.arange(MIN_SIDE, n - MIN_SIDE + 1)
    sums = np.cumsum(values, axis=1)
    left = sums[:, splits - 1]
    right = sums[:, -1:] - left
    shift = right / (n - splits) - left / splits
    total = ((values - values.mean(axis=1, keepdims=True)) ** 2).sum(axis=1, keepdims=True)
    between = shift**2 * splits * (n - splits) / n
    within = np.maximum(total - between, 1e-12 * total)
    t: np.ndarray = shift / np.sqrt(within / (n - 2) * (1 / splits + 1 / (n - splits)))
    return t
