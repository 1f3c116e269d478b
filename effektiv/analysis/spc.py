"""Whether a figure that is followed month by month has changed by more than chance, and whether it will meet its target.

Two questions are kept apart. *Variation*: do the months differ by more than chance? *Assurance*: would the target be
met month after month as the work is done now? Both are judged on the last segment alone.

A run chart is the gate (Anhøj, PLOS ONE 2014 and 2015): the longest run on one side of the median, and how often the
median is crossed. Limits are drawn about a baseline that the gate finds steady: XmR, mean +- 2.66 times the mean moving
range; for shares and counts with differing denominators Laney's P' and U'; for the time between rare events the same on
Nelson's power. So few rules, since each one more signals by chance too (qicharts2 does likewise; NHSRplotthedots and
abspc have four).

Nothing recalculates by itself: limits come from the baseline that was decided, or the first `FEWEST` months, and a new
segment begins only where it was decided. A signal counts as new in the month in which it first appears. How often it
does so where nothing changes is measured by ``python -m benchmarks.calibration_spc``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from statistics import median

import numpy as np
import pandas as pd

FEWEST = 12
"""Fewer months than this in a segment: nothing is said of its variation. As many are the baseline where none is decided."""

FEWEST_RUNS = 10
"""Fewer months than this off the median and Anhøj's rules say nothing."""

LIMIT, SCREEN = 2.66, 3.267
"""Mean moving ranges from the centre to a limit (3/1.128), and to a moving range that screening leaves out."""

NELSON = 3.6
"""Times between events are judged as their 3.6th root (Nelson 1994, Journal of Quality Technology 26)."""

SEASON_YEARS, SEASON_P = 3, 0.01
"""So many years are needed to see a season, and so seldom is one seen where there is none."""

SMALL = 5.0
"""Fewer events than this a month: their count says little, and the time between them more."""

LATEST, ONE_SIDE = 6, 5
"""A change has a direction where so many of so many latest months are on one side of the baseline's median."""


class Variation(StrEnum):
    """What is said of the last segment's months; the only words for it."""

    COMMON = "vanlig variation"
    BETTER = "förbättring som inte är slump"
    WORSE = "försämring som inte är slump"
    CHANGED = "förändring som inte är slump"
    FEW = "för få månader"
    UNTRIED = "kan inte prövas"


class Assurance(StrEnum):
    """What is said of a target; the only words for it. Empty where nothing can be said."""

    MEETS = "når målet stadigt"
    CHANCE = "ibland, slumpen avgör"
    MISSES = "når inte målet om inget ändras"
    UNSAID = ""


class SignalRule(StrEnum):
    """Which rule a month signals by."""

    NONE = ""
    OUTSIDE = "utanför gränserna"
    RUN = "lång svit"
    CROSSINGS = "få korsningar"


class Caution(StrEnum):
    """What the reader of a chart must know, a sentence each."""

    FEW = "Gränserna vilar på färre än 12 månader och är bara preliminära."
    UNSTEADY = "Månaderna i baslinjen skiljer sig åt mer än slumpen ger, så inga gränser dras."
    FLAT = "Baslinjen har samma värde varje månad, så inga gränser kan dras."
    CUMULATED = "Värdena läggs ihop över året, så månaderna kan inte prövas var för sig."
    SEASONAL = "Årstiden är borträknad, som den var de tre första åren."
    SEASON_UNKNOWN = "Det finns inte tre hela år, så det går inte att se om årstiden spelar in."
    SMALL = "Det är färre än fem händelser i månaden, så tiden mellan dem säger mer än antalet."


@dataclass(frozen=True)
class Runs:
    """Anhøj's two rules on a run chart.

    Attributes
    ----------
    longest, allowed
        Longest run on one side of the median, and the longest that chance gives.
    crossings, needed
        How often the median is crossed, and how seldom chance does it.
    n
        Months off the median.
    """

    longest: int
    allowed: int
    crossings: int
    needed: int
    n: int

    @property
    def rule(self) -> SignalRule:
        """The rule that signals, the run before the crossings; none under `FEWEST_RUNS` months."""
        if self.n < FEWEST_RUNS:
            return SignalRule.NONE
        if self.longest > self.allowed:
            return SignalRule.RUN
        return SignalRule.CROSSINGS if self.crossings < self.needed else SignalRule.NONE


@dataclass(frozen=True)
class BaselineMonths:
    """The months that a segment's limits come from.

    Attributes
    ----------
    first, last, n
        Its first and last month and how many are known between them.
    is_decided
        Whether somebody has decided it; else it is the segment's first `FEWEST`.
    is_steady
        Whether its months pass Anhøj's rules; no limits otherwise.
    dropped
        Moving ranges that screening has left out.
    """

    first: str
    last: str
    n: int
    is_decided: bool
    is_steady: bool
    dropped: int


@dataclass(frozen=True)
class ControlChart:
    """A figure's months with what may be said of them.

    Attributes
    ----------
    kind, method
        What is followed ("mått", "andel", "antal", "tid mellan") and how: "XmR", "P'", "U'" or "T".
    points
        A row a month: ``month``, ``value``, ``centre``, ``lower``, ``upper`` (NaN where no limits are drawn),
        ``segment`` from 0, ``is_excluded``, ``is_signal`` (outside the limits, or the month in which a run rule first
        signals) and ``rule``.
    runs
        Of the last segment.
    baseline
        Of the last segment.
    variation, assurance
        Of the last segment, as they are said.
    screened
        Whether moving ranges of `SCREEN` times their mean or more were left out.
    few
        Whether the last segment has fewer than `FEWEST` months.
    cautions
        What must be said beside the chart.
    """

    kind: str
    method: str
    points: pd.DataFrame
    runs: Runs
    baseline: BaselineMonths
    variation: Variation
    assurance: Assurance
    screened: bool
    few: bool
    cautions: tuple[Caution, ...]

    @property
    def is_new(self) -> bool:
        """Whether the last month is one with a signal."""
        return bool(self.points["is_signal"].iloc[-1])

    @property
    def is_signalling(self) -> bool:
        """Whether the last segment differs by more than chance now, newly or since long."""
        return self.variation in (Variation.BETTER, Variation.WORSE, Variation.CHANGED)

    @property
    def false_rate(self) -> float:
        """How likely the last month was to signal anew, had nothing changed; 0 where nothing is tried."""
        if self.variation in (Variation.FEW, Variation.UNTRIED):
            return 0.0
        last = self.points[self.points["segment"] == self.points["segment"].iloc[-1]]
        months = int((last["value"].notna() & ~last["is_excluded"]).sum())
        return false_rate(months, self.baseline.n if last["upper"].notna().any() else None)


_OUTSIDE = {12: 0.0255, 18: 0.020, 24: 0.016, 36: 0.0125}
"""By months in the baseline: how likely a month is outside its limits where nothing changes, mean of six kinds of figures."""

_RUNS = {12: 0.012, 13: 0.0075, 24: 0.008, 36: 0.009, 60: 0.008}
"""By months in the segment: how likely a run rule signals first in that month (``calibration_spc --tabell``)."""


def false_rate(months: int, baseline: int | None) -> float:
    """Return how likely a month is to signal anew where nothing changes, from a simulation of null series.

    Months that hang together signal more often: with 0.3 of each left in the next, two or three times as often.

    Parameters
    ----------
    months
        How many the last segment has, this one included.
    baseline
        How many the limits come from; None where there are no limits.

    Examples
    --------
    >>> false_rate(36, 12) > false_rate(36, 24) > false_rate(36, None) > 0
    True
    """
    runs = float(np.interp(months, list(_RUNS), list(_RUNS.values())))
    return runs + (
        0.0 if baseline is None else float(np.interp(baseline, list(_OUTSIDE), list(_OUTSIDE.values())))
    )


def expected_false(charts: Iterable[ControlChart]) -> float:
    """Return how many of a page's indicators would signal anew this month, had nothing changed in any of them.

    Examples
    --------
    >>> months = [f"{2024 + k // 12}-{k % 12 + 1:02d}" for k in range(24)]
    >>> steady = chart(pd.Series([5.0, 6, 4, 5.5, 4.5, 6.5] * 4, index=months), "mått")
    >>> 0 < expected_false([steady] * 8) < 8 * 0.05
    True
    """
    return sum(one.false_rate for one in charts)


# --- the run chart ----------------------------------------------------------------------------


@cache
def anhoej(n: int) -> tuple[int, int]:
    """Return the longest run that chance gives in n months off the median, and the fewest crossings.

    A run longer than round(log2 n) + 3, or fewer crossings than the 5th percentile of a binomial of n - 1 tosses, is
    a signal (Anhøj and Olesen 2014).

    Examples
    --------
    >>> [anhoej(n) for n in (10, 12, 16, 20, 24, 36)]
    [(6, 2), (7, 3), (7, 4), (7, 6), (8, 8), (8, 13)]
    """
    crossings, below, tosses = 0, 1, max(n - 1, 0)
    while below < 0.05 * 2**tosses:
        crossings += 1
        below += math.comb(tosses, crossings)
    return round(math.log2(max(n, 1))) + 3, crossings


def runs(values: Sequence[float] | np.ndarray, middle: float | None = None) -> Runs:
    """Count runs and crossings about the median; a value on it counts for neither.

    Parameters
    ----------
    values
        In order of time; missing ones are passed over.
    middle
        Counted about this instead of the median.

    Examples
    --------
    >>> found = runs([1.0] * 9 + [2.0] * 9)
    >>> found.longest, found.allowed, found.crossings, found.needed
    (9, 7, 1, 5)
    """
    known = [value for value in np.asarray(values, dtype=float).tolist() if math.isfinite(value)]
    return _counted(known, median(known) if middle is None and known else middle)


def _counted(values: Sequence[float], middle: float | None) -> Runs:
    """Count about the middle; plain numbers, since it is done anew for each month."""
    longest = length = crossings = n = 0
    above: bool | None = None
    for value in values:
        if middle is None or value == middle:
            continue
        n += 1
        if above is not None and (value > middle) != above:
            crossings, length = crossings + 1, 0
        above, length = value > middle, length + 1
        longest = max(longest, length)
    allowed, needed = anhoej(n)
    return Runs(longest, allowed, crossings, needed, n)


def months_to_signal(before: int) -> int:
    """Return within how many months the rules signal a shift that puts every month on the other side of the median.

    It is the shortest run that is longer than chance gives, after so many months before the shift (at least as many).

    Examples
    --------
    >>> months_to_signal(12), months_to_signal(24), months_to_signal(36)
    (8, 9, 9)
    """
    after = 1
    while after <= anhoej(before + after)[0]:
        after += 1
    return after


# --- limits -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """Centre and limits that a baseline gives.

    Attributes
    ----------
    centre
        Its mean, weighted by the denominators.
    width
        From the centre to a limit where the denominator is 1.
    dropped
        Moving ranges that screening has left out.
    """

    centre: float
    width: float
    dropped: int

    def at(self, weight: np.ndarray | float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """Return lower and upper limits where the denominators are these."""
        away = self.width / np.sqrt(np.asarray(weight, dtype=float))
        return self.centre - away, self.centre + away


def limits(
    values: Sequence[float] | np.ndarray,
    weight: Sequence[float] | np.ndarray | None = None,
    *,
    screened: bool = True,
) -> Limits:
    """Return XmR limits, or with denominators Laney's.

    P' and U' are the same here: their standard error sqrt(p (1 - p) / n) or sqrt(u / n) is divided away again by the
    moving ranges of the z-scores, and 1 / sqrt(n) is left (Laney 2002, Quality Engineering 14). With equal denominators
    they are XmR. Screening leaves out moving ranges of `SCREEN` times their mean or more, once (NHSRplotthedots does by
    default, the NHS's Excel tool and abspc do not).

    Parameters
    ----------
    values
        At least two, in order of time, none missing.
    weight
        Denominators.

    Examples
    --------
    >>> data = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    >>> [round(float(item), 6) for item in limits(data).at()]
    [-0.715556, 4.604444]
    >>> [round(float(item), 6) for item in limits(data, screened=False).at()]
    [-3.062614, 6.951503]
    """
    known = np.asarray(values, dtype=float)
    n = np.ones(len(known)) if weight is None else np.asarray(weight, dtype=float)
    centre = float(np.average(known, weights=n))
    moving = np.abs(np.diff((known - centre) * np.sqrt(n)))
    mean = float(moving.mean())
    kept = moving[moving < SCREEN * mean] if screened and mean > 0 else moving
    return Limits(centre, LIMIT * float(kept.mean()), len(moving) - len(kept))


# --- words ------------------------------------------------------------------------------------


def told_change(direction: int, better: str | None) -> Variation:
    """Return the words for a change that is not chance.

    Parameters
    ----------
    direction
        1 up, -1 down, 0 where it cannot be said.
    better
        "högre", "lägre", or nothing where neither is better.

    Examples
    --------
    >>> told_change(1, "lägre").value, told_change(-1, "").value
    ('försämring som inte är slump', 'förändring som inte är slump')
    """
    wished = {"högre": 1, "lägre": -1}.get(better or "", 0)
    if not direction or not wished:
        return Variation.CHANGED
    return Variation.BETTER if direction == wished else Variation.WORSE


def told_target(target: float | None, lower: float, upper: float, better: str | None) -> Assurance:
    """Return the words for a target: met or missed only where it lies outside the limits.

    Examples
    --------
    >>> [told_target(target, 1, 3, "högre").value for target in (0, 2, 4)]
    ['når målet stadigt', 'ibland, slumpen avgör', 'når inte målet om inget ändras']
    >>> [told_target(target, 1, 3, "lägre").name for target in (0, 2, 4)]
    ['MISSES', 'CHANCE', 'MEETS']
    """
    known = target is not None and np.isfinite([target, lower, upper]).all()
    if target is None or not known or better not in ("högre", "lägre"):
        return Assurance.UNSAID
    if lower <= target <= upper:
        return Assurance.CHANCE
    return Assurance.MEETS if (target < lower) == (better == "högre") else Assurance.MISSES


# --- seasons ----------------------------------------------------------------------------------

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def is_cumulated(values: pd.Series) -> bool:
    """Say whether months are sums since January: never falling within a year, and starting again each new one.

    Parameters
    ----------
    values
        By month, "2026-03"; at least 12 known, over a new year.

    Examples
    --------
    >>> months = [f"{2024 + k // 12}-{k % 12 + 1:02d}" for k in range(24)]
    >>> is_cumulated(pd.Series([10.0 * (k % 12 + 1) for k in range(24)], index=months))
    True
    >>> is_cumulated(pd.Series([10.0 * k for k in range(24)], index=months))
    False
    """
    raw = values.to_numpy(dtype=float)
    there = np.isfinite(raw)
    labels = [str(label) for label, known in zip(values.index, there, strict=True) if known]
    if len(labels) < FEWEST or not all(_MONTH.fullmatch(label) for label in labels):
        return False
    years = np.array([label[:4] for label in labels])
    steps, same = np.diff(raw[there]), years[1:] == years[:-1]
    sign = np.sign(steps[same].sum())
    within, between = sign * steps[same], sign * steps[~same]
    return bool(sign != 0 and len(between) and (within >= 0).all() and (between < 0).all())


@dataclass(frozen=True)
class Season:
    """What the calendar does to a figure.

    Attributes
    ----------
    effect
        What it adds, by month. Each month of the first three years has what the others show, so that these months
        scatter about it as later ones will.
    p
        How often so large a season is seen where there is none.
    """

    effect: pd.Series
    p: float

    @property
    def is_seen(self) -> bool:
        """Whether it is larger than chance gives."""
        return self.p < SEASON_P


def season(values: pd.Series, steps: Sequence[str] = ()) -> Season | None:
    """Return a figure without its season, as that was in the first three years.

    Least squares of the first 36 calendar months on a line, the decided steps and the month of the year, and an F test
    of the latter.

    Parameters
    ----------
    values
        By month, "2026-03".
    steps
        Months in which the level is decided to have changed.

    Returns
    -------
    Season or None
        None where three years are not known: 33 of 36 months, and every month of the year twice.

    Examples
    --------
    >>> months = [f"{2023 + k // 12}-{k % 12 + 1:02d}" for k in range(36)]
    >>> noise = np.random.default_rng(1).normal(size=36)
    >>> warm = pd.Series([10.0 if k % 12 in (5, 6, 7) else 0.0 for k in range(36)] + noise, index=months)
    >>> season(warm).is_seen, season(warm[:24]) is None
    (True, True)
    >>> season(pd.Series(noise, index=months)).is_seen
    False
    """
    labels = [str(label) for label in values.index]
    if not labels or not all(_MONTH.fullmatch(label) for label in labels):
        return None
    at = np.array([int(label[:4]) * 12 + int(label[5:]) - 1 for label in labels])
    known = values.notna().to_numpy() & (at - at[0] < 12 * SEASON_YEARS)
    times = np.bincount(at[known] % 12, minlength=12)
    if times.min() < SEASON_YEARS - 1 or times.sum() < 12 * SEASON_YEARS - 3:
        return None
    from scipy.special import fdtrc  # noqa: PLC0415

    y = values.to_numpy(dtype=float)
    jumps = [(np.array(labels) >= step).astype(float) for step in steps]
    plain = np.column_stack([np.ones(len(at)), at - at[0], *jumps])
    # Effects sum to nothing, so that they move no level.
    months = np.eye(12)[at % 12][:, :11] - np.eye(12)[at % 12][:, 11:]
    full = np.column_stack([plain, months])
    solved, _, rank, _ = np.linalg.lstsq(full[known], y[known], rcond=None)
    without, *_ = np.linalg.lstsq(plain[known], y[known], rcond=None)
    left = y - full @ solved
    rss, rss_plain = float((left[known] ** 2).sum()), float(((y - plain @ without)[known] ** 2).sum())
    freedom = int(known.sum()) - int(rank)
    p = (
        float(fdtrc(11, freedom, (rss_plain - rss) / 11 / (rss / freedom)))
        if rss > 1e-12 * rss_plain
        else 0.0
    )
    effect = months @ solved[-11:]
    # A month that helped to estimate the season fits it too well: left out, it lies 1 / (1 - leverage) as far away.
    leverage = (np.linalg.svd(full[known], full_matrices=False)[0][:, : int(rank)] ** 2).sum(axis=1)
    effect[known] -= left[known] * leverage / np.maximum(1.0 - leverage, 1e-9)
    return Season(pd.Series(effect, index=values.index), p)


# --- a chart ----------------------------------------------------------------------------------

KINDS = ("mått", "andel", "antal", "tid mellan")


def chart(
    values: pd.Series,
    kind: str,
    *,
    denominator: pd.Series | None = None,
    baseline: tuple[str, str] | None = None,
    changes: Collection[str] = (),
    excluded: Collection[str] = (),
    screened: bool = True,
    better: str | None = None,
    target: float | None = None,
    seasonal: bool | None = None,
) -> ControlChart:
    """Return a figure's chart: limits, signals, and what is said of variation and target.

    Parameters
    ----------
    values
        By month ("2026-03") in order, or for "tid mellan" by event; missing is NaN. A share in per cent.
    kind
        "mått", "andel", "antal" or "tid mellan".
    denominator
        Of shares and counts, by the same index; a month whose denominator is missing is not tried.
    baseline
        First and last month that limits come from, as decided; else each segment's first `FEWEST` known months.
    changes
        First months of new segments, as decided.
    excluded
        Months that count neither in limits nor in rules, as decided.
    screened
        Whether moving ranges far above their mean are left out.
    better
        "högre", "lägre", or nothing.
    target
        On the scale of the values; the one that holds in the last month.
    seasonal
        Whether the season is taken out: as decided, or where nothing is decided if one is seen in the first three years.

    Returns
    -------
    ControlChart
        Limits are never below 0 for shares, counts and times, nor above 100 for shares.

    Raises
    ------
    ValueError
        The months are not in order, a value cannot be of its kind, or the baseline is not inside one segment.

    Examples
    --------
    >>> months = [f"{2024 + k // 12}-{k % 12 + 1:02d}" for k in range(24)]
    >>> level = pd.Series([50.0, 53, 48, 51, 49, 52] * 2 + [70.0, 73, 68, 71, 69, 72] * 2, index=months)
    >>> found = chart(level, "andel", better="högre", target=95)
    >>> found.variation.value, str(found.points["month"][found.points["is_signal"]].iloc[0])
    ('förbättring som inte är slump', '2025-01')
    >>> chart(level, "andel", better="högre", target=95, changes=["2025-01"]).assurance.value
    'når inte målet om inget ändras'
    """
    weight = _checked(values, kind, denominator)
    months = _Months([str(label) for label in values.index], values, weight, changes, excluded)
    cautions: list[Caution] = []
    effect, is_tried = np.zeros(len(months.raw)), True
    if kind != "tid mellan":
        effect, is_tried = _season_of(months, values, sorted(changes), seasonal, cautions)
    judged = months.raw ** (1 / NELSON) if kind == "tid mellan" else months.raw - effect
    parts = _parts(months, judged, baseline, screened)
    last = parts[-1]
    lower, centre, upper = _lines(months, parts, is_tried)
    outside, rule = _signals(judged, parts, lower, upper, is_tried)

    now = last.rows
    few, counted = len(now) < FEWEST, runs(judged[now])
    variation = Variation.FEW if few else Variation.UNTRIED
    if is_tried and not few:
        beyond = int(np.sign(judged[now[-1]] - centre[now[-1]])) if outside[now[-1]] else 0
        by_run = _direction(judged[now], last.median) if counted.rule is not SignalRule.NONE else None
        is_common = not beyond and by_run is None
        variation = Variation.COMMON if is_common else told_change(_agreed(beyond, by_run), better)

    lower, centre, upper = _as_drawn(kind, effect, lower, centre, upper)
    points = pd.DataFrame(
        {
            "month": months.labels,
            "value": months.raw,
            "centre": centre,
            "lower": lower,
            "upper": upper,
            "segment": months.segment,
            "is_excluded": months.is_excluded,
            "is_signal": rule != SignalRule.NONE,
            "rule": [str(item) for item in rule],
        }
    )
    assurance = Assurance.UNSAID
    if not few and last.is_trusted:
        at_last = told_target(target, float(lower[now[-1]]), float(upper[now[-1]]), better)
        assurance = Assurance.UNSAID if (variation, at_last) in _CONTRADICTED else at_last
    cautions += _cautions(last, few)
    if kind in ("andel", "antal") and _is_small(kind, months.raw[now], weight[now], denominator is not None):
        cautions.append(Caution.SMALL)
    method = "T" if kind == "tid mellan" else {"andel": "P'", "antal": "U'"}.get(kind, "XmR")
    method = "XmR" if denominator is None and method in ("P'", "U'") else method
    return ControlChart(
        kind, method, points, counted, last.baseline, variation, assurance, screened, few, tuple(cautions)
    )


_CONTRADICTED = {
    (Variation.BETTER, Assurance.MISSES),
    (Variation.WORSE, Assurance.MEETS),
    (Variation.CHANGED, Assurance.MISSES),
    (Variation.CHANGED, Assurance.MEETS),
}
"""Limits of before a change do not tell what the work gives now, where the change goes against their verdict."""


class _Months:
    """The months of a chart as arrays."""

    def __init__(
        self,
        labels: list[str],
        values: pd.Series,
        weight: np.ndarray,
        changes: Collection[str],
        excluded: Collection[str],
    ) -> None:
        self.labels = labels
        self.raw = values.to_numpy(dtype=float)
        self.weight = weight
        self.is_excluded = np.isin(labels, list(excluded))
        self.known = np.isfinite(self.raw) & np.isfinite(weight) & ~self.is_excluded
        places = np.searchsorted(sorted(changes), labels, side="right")
        self.segment = np.unique(places, return_inverse=True)[1]


@dataclass(frozen=True)
class _Part:
    """One segment: its known rows, its baseline, the line through it and whether limits are drawn about that."""

    rows: np.ndarray
    baseline: BaselineMonths
    line: Limits | None
    median: float

    @property
    def is_drawn(self) -> bool:
        return self.line is not None and self.line.width > 0 and self.baseline.is_steady

    @property
    def is_trusted(self) -> bool:
        return self.is_drawn and self.baseline.n >= FEWEST


def _checked(values: pd.Series, kind: str, denominator: pd.Series | None) -> np.ndarray:
    """Return the denominators; a ValueError where something cannot be."""
    if kind not in KINDS:
        raise ValueError(f"a figure is one of {KINDS}, not {kind!r}")
    labels = [str(label) for label in values.index]
    if not labels or any(later <= earlier for earlier, later in pairwise(labels)):
        raise ValueError("months must be in order, each once, and at least one")
    known = values.to_numpy(dtype=float)
    known = known[np.isfinite(known)]
    if kind != "mått" and ((known < 0).any() or (kind == "andel" and (known > 100).any())):
        raise ValueError(f"a value cannot be a figure of kind {kind!r}: {known.min()} to {known.max()}")
    if denominator is None or kind in ("mått", "tid mellan"):
        return np.ones(len(labels))
    weight = denominator.reindex(values.index).to_numpy(dtype=float)
    if (weight <= 0).any():
        raise ValueError("a denominator is above 0, or missing")
    return weight


def _season_of(
    months: _Months,
    values: pd.Series,
    steps: Sequence[str],
    seasonal: bool | None,
    cautions: list[Caution],
) -> tuple[np.ndarray, bool]:
    """Return what the season adds by month, and whether months can be tried at all; what is to be said is added."""
    nothing = np.zeros(len(months.raw))
    if is_cumulated(values):
        cautions.append(Caution.CUMULATED)
        return nothing, False
    found = season(values.where(months.known), steps) if seasonal is not False else None
    if found is not None and (seasonal or found.is_seen):
        cautions.append(Caution.SEASONAL)
        return found.effect.to_numpy(dtype=float), True
    if found is None and seasonal is not False:
        cautions.append(Caution.SEASON_UNKNOWN)
    return nothing, not (seasonal and found is None)


def _parts(
    months: _Months, judged: np.ndarray, decided: tuple[str, str] | None, screened: bool
) -> list[_Part]:
    """Return the segments in order."""
    labels = np.array(months.labels)
    within = (labels >= decided[0]) & (labels <= decided[1]) if decided else np.zeros(len(labels), dtype=bool)
    chosen = np.flatnonzero(within & months.known)
    if decided and (not len(chosen) or len(set(months.segment[within])) > 1):
        raise ValueError(f"the baseline {decided[0]}-{decided[1]} is not months of one segment")
    parts = []
    for number in range(int(months.segment.max()) + 1):
        rows = np.flatnonzero(months.known & (months.segment == number))
        is_decided = bool(len(chosen)) and months.segment[chosen[0]] == number
        base = chosen if is_decided else rows[:FEWEST]
        line = limits(judged[base], months.weight[base], screened=screened) if len(base) > 1 else None
        baseline = BaselineMonths(
            str(labels[base[0]]) if len(base) else "",
            str(labels[base[-1]]) if len(base) else "",
            len(base),
            is_decided,
            runs(judged[base]).rule is SignalRule.NONE,
            line.dropped if line else 0,
        )
        parts.append(_Part(rows, baseline, line, float(np.median(judged[base])) if len(base) else np.nan))
    return parts


def _lines(
    months: _Months, parts: Sequence[_Part], is_tried: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return lower limit, centre and upper limit by month, on the scale that is judged."""
    lower, centre, upper = (np.full(len(months.raw), np.nan) for _ in range(3))
    for number, part in enumerate(parts):
        inside = months.segment == number
        if part.line is not None:
            centre[inside] = part.line.centre
        if part.line is not None and part.is_drawn and is_tried:
            lower[inside], upper[inside] = part.line.at(months.weight[inside])
    return lower, centre, upper


def _signals(
    judged: np.ndarray,
    parts: Sequence[_Part],
    lower: np.ndarray,
    upper: np.ndarray,
    is_tried: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Return which months are outside limits that are trusted, and the rule that each month signals by."""
    outside, rule = np.zeros(len(judged), dtype=bool), np.full(len(judged), SignalRule.NONE, dtype=object)
    for part in parts if is_tried else ():
        before = SignalRule.NONE
        values = judged[part.rows].tolist()
        for n in range(FEWEST, len(part.rows) + 1):
            found = _counted(values[:n], median(values[:n])).rule
            if before is SignalRule.NONE:
                rule[part.rows[n - 1]] = found
            before = found
        if part.is_trusted and len(part.rows) >= FEWEST:
            at = part.rows
            outside[at] = (judged[at] < lower[at]) | (judged[at] > upper[at])
    rule[outside] = SignalRule.OUTSIDE
    return outside, rule


def _direction(values: np.ndarray, median: float) -> int:
    """Return on which side of the baseline's median the latest months are; 0 where on both."""
    side = np.sign(values[-LATEST:] - median)
    return int(np.sign(side.sum())) if max((side > 0).sum(), (side < 0).sum()) >= ONE_SIDE else 0


def _agreed(beyond: int, by_run: int | None) -> int:
    """Return the direction that both rules give, or the one that has any; 0 where they are at odds."""
    told = {item for item in (beyond, by_run or 0) if item}
    return told.pop() if len(told) == 1 else 0


def _as_drawn(
    kind: str, effect: np.ndarray, lower: np.ndarray, centre: np.ndarray, upper: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the lines on the scale of the values, where these can be."""
    if kind == "tid mellan":
        lower, centre, upper = (np.maximum(item, 0.0) ** NELSON for item in (lower, centre, upper))
    lower, centre, upper = lower + effect, centre + effect, upper + effect
    if kind == "mått":
        return lower, centre, upper
    most = 100.0 if kind == "andel" else np.inf
    low, middle, high = (np.clip(item, 0.0, most) for item in (lower, centre, upper))
    return low, middle, high


def _cautions(part: _Part, few: bool) -> list[Caution]:
    found = []
    if few or part.baseline.n < FEWEST:
        found.append(Caution.FEW)
    if not part.baseline.is_steady:
        found.append(Caution.UNSTEADY)
    elif part.line is not None and not part.line.width > 0:
        found.append(Caution.FLAT)
    return found


def _is_small(kind: str, values: np.ndarray, weight: np.ndarray, has_denominator: bool) -> bool:
    """Say whether events are too few to be counted by the month."""
    if not len(values) or (kind == "andel" and not has_denominator) or (kind == "antal" and has_denominator):
        return False
    if kind == "antal":
        return float(values.mean()) < SMALL
    events = values * weight / 100.0
    return min(float(events.mean()), float((weight - events).mean())) < SMALL
