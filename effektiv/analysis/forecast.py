"""What a year will end at, by months so far, and whether the model is better than last year's months.

Two forecasts are made: exponential smoothing with a level and a season (statsmodels ETS, additive), and the seasonal
naive, which takes each month to be as a year before. Whether the first is better is tried on the series' own past:
with two or three years of months it mostly cannot be known, and is then not said.

How often the bands hold, and how often a model is wrongly called better, is measured by ``python -m benchmarks.forecast``.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

SEASON = 12

FEWEST = 12
"""Fewer months than this, and nothing is said of the year's end."""

START = 24
"""Months that the model needs, and that the first try of it is made from."""

HORIZON = 3
"""Months ahead that the two are compared on."""

BLOCK = 4
"""Tries in a block: those near each other are wrong together, and count as one."""

FEWEST_STEPS = 6
"""Fewer changes from a year before than this say nothing of their size."""

BAND = 0.8
"""Of the years end inside the band that is told."""

BETTER, UNSURE = "säkert bättre än förra årets månader", "ej säkert bättre än förra årets månader"


@dataclass(frozen=True)
class Forecast:
    """The months to come.

    Attributes
    ----------
    method
        "ets", "seasonal naive", or "mean" where there is no year to take after.
    mean
        One a month.
    error
        Month x month: how the errors vary together, in squares of the values' unit.
    freedom
        Of Student's distribution that they are taken from.
    """

    method: str
    mean: np.ndarray
    error: np.ndarray
    freedom: int

    def band(self, share: float = BAND) -> tuple[np.ndarray, np.ndarray]:
        """Return lower and upper limits that hold each month with this probability."""
        away = _t(share, self.freedom) * np.sqrt(np.diag(self.error))
        return self.mean - away, self.mean + away

    def total(self, share: float = BAND) -> tuple[float, float, float]:
        """Return low, likely and high sum of all the months."""
        likely, away = float(self.mean.sum()), _t(share, self.freedom) * float(np.sqrt(self.error.sum()))
        return likely - away, likely, likely + away


def _t(share: float, freedom: int) -> float:
    from scipy.special import stdtrit  # noqa: PLC0415  most reports forecast nothing

    return float(stdtrit(max(freedom, 1), (1 + share) / 2))


def seasonal_naive(values: Sequence[float] | np.ndarray, horizon: int, season: int = SEASON) -> Forecast:
    """Take each month to be as it was a year before.

    The error of a month h ahead has the variance s2 (floor((h - 1) / m) + 1): the same within the first year, and one
    more change for each year after (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 5.5).

    Parameters
    ----------
    values
        By month, none missing. With fewer than a year each month is taken to be the mean; with less than half a year of
        changes from a year before, these are taken to be as large as between any two months.
    horizon
        Months ahead.

    Raises
    ------
    ValueError
        There are fewer than two values, or one is missing.

    Examples
    --------
    >>> found = seasonal_naive([1.0, 2, 3, 4, 2, 3, 4, 5, 2, 4, 4], 6, season=4)
    >>> found.mean.tolist()
    [5.0, 2.0, 4.0, 4.0, 5.0, 2.0]
    >>> (np.diag(found.error) / found.error[0, 0]).tolist()
    [1.0, 1.0, 1.0, 1.0, 2.0, 2.0]
    """
    known = np.asarray(values, dtype=float)
    n = len(known)
    if n < 2 or not np.isfinite(known).all():
        raise ValueError("a forecast needs at least two months, none missing")
    ahead = np.arange(horizon)
    steps = known[season:] - known[:-season] if n > season else np.array([])
    spread = float(known.var(ddof=1))
    if n < season:
        error = spread * (np.eye(horizon) + 1 / n)
        return Forecast("mean", np.full(horizon, known.mean()), error, n - 1)
    mean = known[n - season + ahead % season]
    same = ahead[:, None] % season == ahead[None, :] % season
    turns = np.minimum(ahead[:, None], ahead[None, :]) // season + 1
    if len(steps) < FEWEST_STEPS:
        return Forecast("seasonal naive", mean, 2 * spread * same * turns, n - 1)
    variance = float((steps**2).mean())
    # A year dearer throughout is dearer in every month: steps are as alike as they have been from one month to the next.
    alike = max(0.0, float((steps[1:] * steps[:-1]).mean() / variance)) if variance > 0 else 0.0
    between = np.where(same, 1.0, alike)
    return Forecast("seasonal naive", mean, variance * between * turns, len(steps))


def ets(values: Sequence[float] | np.ndarray, horizon: int) -> Forecast:
    """Forecast by exponential smoothing with a level and an additive season, errors additive: ETS(A, N, A).

    The variance of what is to come is that of the innovations form: an error moves the level by alpha and its own month
    of the year by gamma (Hyndman et al. 2008, table 6.1).

    Parameters
    ----------
    values
        By month, at least `START`, none missing.
    horizon
        Months ahead.

    Raises
    ------
    ValueError
        There are too few months, or one is missing.

    Examples
    --------
    >>> months = 100 + 10 * np.sin(np.arange(36) * np.pi / 6) + np.random.default_rng(1).normal(size=36)
    >>> found = ets(months, 12)
    >>> bool(np.abs(found.mean - months[:12]).max() < 5), found.freedom
    (True, 22)
    """
    known = np.asarray(values, dtype=float)
    if len(known) < START or not np.isfinite(known).all():
        raise ValueError(f"the model needs at least {START} months, none missing")

    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # noqa: PLC0415  takes seconds to load

    size = float(np.ptp(known)) or 1.0  # the optimiser stops early on large amounts
    with warnings.catch_warnings():
        # That it has not converged is seen in the backtest, which tries what it gives.
        warnings.simplefilter("ignore")
        fitted = ETSModel(
            known / size,
            error="add",
            seasonal="add",
            seasonal_periods=SEASON,
            initialization_method="heuristic",
        ).fit(disp=False)
    alpha, gamma = float(fitted.smoothing_level), float(fitted.smoothing_seasonal)
    freedom = len(known) - SEASON - 2
    variance = size**2 * float((np.asarray(fitted.resid) ** 2).sum()) / freedom
    lag = np.arange(horizon)
    moved = np.where(lag == 0, 1.0, alpha + gamma * (lag % SEASON == 0))
    # Row: the month ahead; column: the error that has not happened yet.
    place = lag[:, None] - lag[None, :]
    effect = np.where(place >= 0, moved[np.maximum(place, 0)], 0.0)
    return Forecast("ets", size * np.asarray(fitted.forecast(horizon)), variance * effect @ effect.T, freedom)


# --- which is better --------------------------------------------------------------------------


@dataclass(frozen=True)
class Backtest:
    """The model against the seasonal naive on the series' own past.

    Attributes
    ----------
    errors
        A row a try, by the month it was made after: ``ets`` and ``naive``, mean size of the errors of the next
        `HORIZON` months.
    ratio
        The model's errors to the naive's; under 1 it was better.
    low, high
        Where the ratio is in 19 cases of 20, by paired blocks of `BLOCK` tries; NaN with fewer than three blocks.
    """

    errors: pd.DataFrame
    ratio: float
    low: float
    high: float

    @property
    def is_better(self) -> bool:
        """Whether the model is surely better: the whole interval is under 1."""
        return bool(self.high < 1.0)

    @property
    def words(self) -> str:
        """What is said of the model; the only words for it."""
        return BETTER if self.is_better else UNSURE


def backtest(values: pd.Series) -> Backtest | None:
    """Try the model on the series' own past: after each month from the `START`-th on, on the `HORIZON` next.

    Fits once a month, so it takes seconds: once for each set of data.

    Parameters
    ----------
    values
        By month, "2026-03"; see `unbroken`.

    Returns
    -------
    Backtest or None
        None where there is no month to try it on.

    Examples
    --------
    >>> noise = np.random.default_rng(2).normal(size=40)
    >>> months = [f"{2022 + k // 12}-{k % 12 + 1:02d}" for k in range(40)]
    >>> found = backtest(pd.Series(100 + 10 * np.sin(np.arange(40) * np.pi / 6) + noise, index=months))
    >>> len(found.errors), found.low < found.ratio < found.high, found.words
    (14, True, 'ej säkert bättre än förra årets månader')
    """
    known = unbroken(values)
    y = known.to_numpy(dtype=float)
    rows = {}
    for n in range(START, len(y) - HORIZON + 1):
        after = y[n : n + HORIZON]
        rows[str(known.index[n - 1])] = {
            "ets": float(np.abs(ets(y[:n], HORIZON).mean - after).mean()),
            "naive": float(np.abs(seasonal_naive(y[:n], HORIZON).mean - after).mean()),
        }
    if not rows:
        return None
    errors = pd.DataFrame.from_dict(rows, orient="index")
    return Backtest(errors, *error_ratio(errors["ets"].to_numpy(), errors["naive"].to_numpy()))


def error_ratio(one: np.ndarray, other: np.ndarray, block: int = BLOCK) -> tuple[float, float, float]:
    """Return the ratio of two mean errors with its 95 % interval.

    The jackknife over paired blocks of tries, on the logarithm, with Student's t of as many degrees as blocks less one
    (Künsch 1989): what is left out is left out of both, so that a month hard for both does not count.

    Parameters
    ----------
    one, other
        Errors of the same tries, in order of time.

    Returns
    -------
    tuple of float
        Ratio, low, high; the limits NaN with fewer than three blocks, all NaN where the other has no errors.

    Examples
    --------
    >>> [round(item, 3) for item in error_ratio(np.arange(1.0, 25), 2 * np.arange(1.0, 25))]
    [0.5, 0.5, 0.5]
    >>> error_ratio(np.ones(7), np.ones(7))
    (1.0, nan, nan)
    """
    if not other.sum() > 0:
        return np.nan, np.nan, np.nan
    ratio = float(one.sum() / other.sum())
    count = len(one) // block
    if count < 3 or not one.sum() > 0:
        return ratio, np.nan, np.nan
    blocks = np.array_split(np.arange(len(one)), count)
    left = np.array([np.log(np.delete(one, b).sum() / np.delete(other, b).sum()) for b in blocks])
    error = float(np.sqrt((count - 1) / count * ((left - left.mean()) ** 2).sum()))
    away = _t(0.95, count - 1) * error
    return ratio, float(ratio * np.exp(-away)), float(ratio * np.exp(away))


# --- the year's end ---------------------------------------------------------------------------

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def unbroken(values: pd.Series) -> pd.Series:
    """Return the months after the last one missing, up to the last one known.

    Raises
    ------
    ValueError
        A label is no month, or is there twice.

    Examples
    --------
    >>> months = ["2025-01", "2025-02", "2025-04", "2025-05", "2025-06"]
    >>> unbroken(pd.Series([1.0, 2.0, 3.0, 4.0, np.nan], index=months)).to_dict()
    {'2025-04': 3.0, '2025-05': 4.0}
    """
    known = values.dropna().sort_index()
    labels = [str(label) for label in known.index]
    if not all(_MONTH.fullmatch(label) for label in labels) or len(set(labels)) < len(labels):
        raise ValueError("values are by month, each once: 2026-03")
    at = np.array([int(label[:4]) * 12 + int(label[5:]) for label in labels])
    gaps = np.flatnonzero(np.diff(at) > 1)
    return known[int(gaps[-1]) + 1 if len(gaps) else 0 :]


@dataclass(frozen=True)
class YearEnd:
    """What a year will end at: its months so far and a forecast of the rest.

    Attributes
    ----------
    low, likely, high
        The year's sum; inside the band four times of five.
    so_far
        Sum of the known months.
    months_left
        That are forecast; 0 and the year is known.
    budget
        Of the year; NaN where it is not known.
    method
        "ets" or "seasonal naive".
    ratio, ratio_low, ratio_high
        The model's errors to the seasonal naive's, with its interval; NaN where it could not be tried.
    is_better
        Whether the model is surely better.
    """

    low: float
    likely: float
    high: float
    so_far: float
    months_left: int
    budget: float
    method: str
    ratio: float
    ratio_low: float
    ratio_high: float
    is_better: bool

    @property
    def deviation(self) -> tuple[float, float, float]:
        """Budget less the year's sum, lowest first: above zero there is money left."""
        return self.budget - self.high, self.budget - self.likely, self.budget - self.low

    @property
    def words(self) -> str:
        """What is said of the model; the only words for it."""
        return BETTER if self.is_better else UNSURE


def year_end(values: pd.Series, budget: float = np.nan, tested: Backtest | None = None) -> YearEnd | None:
    """Return what the year of the last known month will end at.

    The model is used where it has been better than the seasonal naive in the backtest, surely or not; else the naive.

    Parameters
    ----------
    values
        By month, "2026-03"; kronor of the month, not sums since January.
    budget
        Of the year.
    tested
        The series' backtest, where it has been made already.

    Returns
    -------
    YearEnd or None
        None with fewer than `FEWEST` months after the last one missing, or where a month of this year is missing.

    Examples
    --------
    >>> months = [f"{2023 + k // 12}-{k % 12 + 1:02d}" for k in range(32)]
    >>> values = pd.Series(100 + np.random.default_rng(3).normal(size=32), index=months)
    >>> found = year_end(values, budget=1210.0)
    >>> found.months_left, found.low < found.likely < found.high, found.is_better
    (4, True, False)
    """
    known = unbroken(values)
    if len(known) < FEWEST:
        return None
    last = str(known.index[-1])
    year = known[known.index >= f"{last[:4]}-01"]
    if len(year) < int(last[5:]):
        return None
    left = SEASON - int(last[5:])
    so_far = float(year.sum())
    found = tested or backtest(known)
    y = known.to_numpy(dtype=float)
    uses_model = found is not None and found.ratio < 1.0
    rest = ets(y, max(left, 1)) if uses_model else seasonal_naive(y, max(left, 1))
    low, likely, high = rest.total() if left else (0.0, 0.0, 0.0)
    return YearEnd(
        so_far + low,
        so_far + likely,
        so_far + high,
        so_far,
        left,
        float(budget),
        rest.method,
        found.ratio if found else np.nan,
        found.low if found else np.nan,
        found.high if found else np.nan,
        bool(found and found.is_better),
    )
