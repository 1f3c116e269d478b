"""What comes by itself: those that lie far out come back, and who is chosen for need lies far out.

A change is therefore never held against zero, nor against the whole country, but against what municipalities
that lay alike did in the same years. Levels before are told by three numbers: the last year, the
mean of the last three, and the mean of the whole comparable period before. The first alone would be the trough that the
project was started in; the last alone forgets that levels move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Noise
from effektiv.analysis.panels import Panel, country, published_years, quantile_by_year, segments
from effektiv.types import Break

BEFORE = 8
"""Fewer comparable years than this before the start, and nothing is said of what a project gave."""

AFTER = 3
"""Years after the start that the tests are measured on; fewer say nothing."""

RECENT = 3
"""The level that a municipality is chosen by is the mean of so many years: one bad year is no level."""

LIKE = 79
"""So many municipalities of the nearest level are what one is ranked among: with one's own, 80, of which 5 % is 4."""


NEAREST = 29
"""Of each earlier start so many are looked at for what comes by itself: a tenth of the country."""


OUTER = (7, 93)
"""Percentiles that four of five of the worst tenth lay between: the line to the own level is itself uncertain (measured)."""


class Unanswered(StrEnum):
    """Why nothing can be said of what would have happened anyway."""

    SHORT_BEFORE = "short before"
    SHORT_AFTER = "short after"
    BREAK = "break"
    NO_VALUES = "no values"
    FEW_ALIKE = "few alike"
    NO_NOISE = "no noise"
    FEW_DONORS = "few donors"
    EQUAL_WEIGHTS = "equal weights"
    POOR_FIT = "poor fit"


@dataclass(frozen=True)
class Refused:
    """A question that the figures do not answer.

    Attributes
    ----------
    reason
        Why.
    known, needed
        Years, municipalities or, for a poor fit, own noises: what there is and what it takes.
    year
        Of the break, else None.
    """

    reason: Unanswered
    known: float = 0.0
    needed: float = 0.0
    year: int | None = None


@dataclass(frozen=True)
class Span:
    """The comparable years around a start.

    Attributes
    ----------
    before, after
        Published years before the start and from it on.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def recent(self) -> tuple[int, ...]:
        """The last years before the start."""
        return self.before[-RECENT:]


def span(
    panel: Panel,
    start: int,
    breaks: Sequence[Break] = (),
    *,
    not_after: int | None = None,
    before: int = BEFORE,
    after: int = AFTER,
) -> Span | Refused:
    """Return the years before and after a start that compare with each other.

    Parameters
    ----------
    panel
        Municipality x year.
    start
        First year in which something can have an effect.
    breaks
        Years before the last one that is not after `start` are left out; one after it ends what comes after.
    not_after
        Last year that may be used: preliminary years are never given here.
    before, after
        How many are needed on each side.

    Returns
    -------
    Span or Refused
        Refused as ``BREAK`` where the years would have sufficed without the break.

    Examples
    --------
    >>> years = pd.DataFrame(1.0, index=["0319", "0320"], columns=range(2010, 2022))
    >>> span(years, 2019).after
    (2019, 2020, 2021)
    >>> span(years, 2016)
    Refused(reason=<Unanswered.SHORT_BEFORE: 'short before'>, known=6, needed=8, year=None)
    >>> span(years, 2019, [Break(year=2014, reason="ny metod")])
    Refused(reason=<Unanswered.BREAK: 'break'>, known=5, needed=8, year=2014)
    """
    known = [year for year in published_years(panel) if not_after is None or year <= not_after]
    # What an effect can be seen in and what it is held against must be one segment, or the break is the effect.
    run = next((item for item in segments({*known, start}, breaks) if start in item), ())
    found = {False: [year for year in run if year in known and year < start], True: []}
    found[True] = [year for year in run if year in known and year >= start]
    needs = {False: before, True: after}
    for late, reason in ((False, Unanswered.SHORT_BEFORE), (True, Unanswered.SHORT_AFTER)):
        if len(found[late]) < needs[late]:
            without = [year for year in known if (year >= start) == late]
            cut = [item.year for item in breaks if (item.year > start) == late]
            if len(without) >= needs[late] and cut:
                nearest = min(cut) if late else max(cut)
                return Refused(Unanswered.BREAK, len(found[late]), needs[late], nearest)
            return Refused(reason, len(found[late]), needs[late])
    return Span(tuple(found[False]), tuple(found[True]))


def levels(values: Panel, years: Span) -> pd.DataFrame:
    """Return where each municipality lay before the start, from each year's middle municipality.

    Parameters
    ----------
    values
        Municipality x year, on the scale of the figure's noise.
    years
        The years.

    Returns
    -------
    pandas.DataFrame
        By municipality with values in all recent years and in `RECENT` years or more before them: ``recent``, ``last``,
        ``base`` (mean of all comparable years before), in the unit of the values.

    Examples
    --------
    >>> values = pd.DataFrame([[1.0] * 9, [3.0] * 9, [2.0] * 9], index=list("abc"), columns=range(2010, 2019))
    >>> levels(values, Span(tuple(range(2010, 2018)), (2018,))).loc["b"].tolist()
    [1.0, 1.0, 1.0]
    """
    known = country(values)
    before = known.reindex(columns=list(years.before)).astype(float)
    deviation = before - before.median()
    recent = deviation[list(years.recent)].mean(axis=1, skipna=False)
    frame = pd.DataFrame(
        {"recent": recent, "last": deviation[years.before[-1]], "base": deviation.mean(axis=1)}
    )
    return frame[recent.notna() & (deviation.notna().sum(axis=1) >= 2 * RECENT)]


def alike(level: np.ndarray, usable: np.ndarray, n: int = LIKE) -> np.ndarray:
    """Return the places of the municipalities whose level is nearest to each one's, the nearest first.

    Parameters
    ----------
    level
        One dimension, in the order of the codes; ties are taken in that order.
    usable
        Which may be compared with: not the participants.
    n
        How many.

    Returns
    -------
    numpy.ndarray
        len(level) x n places; no one is like itself.

    Raises
    ------
    ValueError
        Fewer than `n` others are usable.

    Examples
    --------
    >>> alike(np.array([1.0, 2.0, 4.0, 9.0]), np.array([True, True, True, False]), 2).tolist()
    [[1, 2], [0, 2], [1, 0], [2, 1]]
    """
    level = np.asarray(level, dtype=float)
    if int(usable.sum()) - 1 < n:
        raise ValueError(f"{int(usable.sum())} municipalities cannot give each {n} others")
    distance = np.abs(level[:, None] - level[None, :])
    distance[:, ~usable] = np.inf
    np.fill_diagonal(distance, np.inf)
    return np.argsort(distance, axis=1, kind="stable")[:, :n]


def shares_of(explaining: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return how much each neighbour's outcome counts in what is expected of each: least squares on their levels.

    Each municipality's own outcome takes no part. A line through the nearest, rather than their mean, since
    the one that lies farthest out has all its neighbours on one side.

    Parameters
    ----------
    explaining
        Municipality x level before.
    like
        Municipality x neighbour (`alike`).

    Returns
    -------
    numpy.ndarray
        Municipality x neighbour; the shares of each sum to one.

    Examples
    --------
    >>> level = np.arange(6.0)[:, None]
    >>> like = alike(level[:, 0], np.full(6, True), 4)
    >>> ((10 + 0.5 * level[:, 0])[like] * shares_of(level, like)).sum(axis=1).round(6).tolist()
    [10.0, 10.5, 11.0, 11.5, 12.0, 12.5]
    """
    near = explaining[like] - explaining[:, None, :]
    # Columns of a like size, and nothing that the levels of a still country could make singular.
    scale = np.sqrt((near**2).mean(axis=1, keepdims=True)) + np.finfo(float).tiny
    design = np.concatenate([np.ones((*like.shape, 1)), near / scale], axis=2)
    crossed = np.einsum("nki,nkj->nij", design, design) + 1e-10 * like.shape[1] * np.eye(design.shape[2])
    found: np.ndarray = np.linalg.solve(crossed, np.swapaxes(design, 1, 2))[:, 0]
    return found


EXPLAINING = ("last", "recent", "base")
"""The levels that what comes by itself is told from."""


@dataclass(frozen=True)
class Rebound:
    """What municipalities that lay alike did in the next years, without any project.

    Attributes
    ----------
    change
        Mean change of the level, last three years to the next three, against the country's middle municipality; on
        the scale of the noise.
    low, high
        Between these lay four of five, in steps of this municipality's own noise.
    improved
        Share whose change was for the better.
    like, starts
        How many different municipalities, and starting years, that is.
    """

    change: float
    low: float
    high: float
    improved: float
    like: int
    starts: int


def rebound(
    panel: Panel,
    noise: Noise,
    year: int,
    municipality: str,
    sign: int,
    breaks: Sequence[Break] = (),
    without: Sequence[str] = (),
) -> Rebound | Refused:
    """Return what usually comes after a level like a municipality's own, as it was known in a year.

    Parameters
    ----------
    panel
        Municipality x year, the figure's unit.
    noise
        Of the figure, up to `year`.
    year
        Last year of the level, the mean of its last `RECENT`; later values are not used.
    municipality
        Whose level.
    sign
        1 when higher is better, -1 when lower is.
    breaks
        No stretch crosses one.
    without
        Participants: they are nobody's example.

    Returns
    -------
    Rebound or Refused
        Of all earlier starting years the `NEAREST` municipalities each.

    Examples
    --------
    >>> draw = np.random.default_rng(1).normal(0, 1, (100, 12))
    >>> codes = [f"{place:04d}" for place in range(1, 101)]
    >>> chance = pd.DataFrame(draw, index=codes, columns=range(2010, 2022))
    >>> even = Noise(2021, False, pd.Series(1.4, index=codes), 1.96, 1.28, 0.0)
    >>> lowest = str(chance[[2019, 2020, 2021]].mean(axis=1).idxmin())
    >>> own = chance.loc[lowest, [2019, 2020, 2021]].mean()
    >>> found = rebound(chance, even, 2021, lowest, 1)
    >>> bool(0.5 < -found.change / own < 1.2), found.starts
    (True, 7)
    """
    known = country(panel)
    known = known[[column for column in known.columns if int(column) <= year]]
    scaled = noise.scaled(known).to_numpy(dtype=float)
    place = {int(column): at for at, column in enumerate(known.columns)}
    deviation = scaled - quantile_by_year(scaled, 0.5)

    def mean_of(years: Sequence[int]) -> np.ndarray:
        return np.asarray(deviation[:, [place[item] for item in years]].mean(axis=1))

    recent = range(year - RECENT + 1, year + 1)
    if municipality not in known.index or not set(recent) <= set(place):
        return Refused(Unanswered.NO_VALUES)
    own = float(mean_of(recent)[known.index.get_loc(municipality)])
    if not np.isfinite(own):
        return Refused(Unanswered.NO_VALUES)
    sd = noise.sd.reindex(known.index).to_numpy(dtype=float)
    own_sd = float(sd[known.index.get_loc(municipality)])
    if not own_sd > 0:
        return Refused(Unanswered.NO_NOISE)
    use = ~known.index.isin([municipality, *without]) & (sd > 0)
    near, starts = [], 0
    for run in segments(published_years(known), breaks):
        for last in run:
            first = range(last - RECENT + 1, last + 1)
            later = range(last + 1, last + AFTER + 1)
            if not {*first, *later} <= set(run):
                continue
            level = mean_of(first)
            change = mean_of(later) - level
            there = np.flatnonzero(use & np.isfinite(change))
            if len(there) >= LIKE:
                chosen = there[np.argsort(np.abs(level[there] - own), kind="stable")[:NEAREST]]
                near.append(np.column_stack([chosen, level[chosen] - own, change[chosen], sd[chosen]]))
                starts += 1
    if not near:
        return Refused(Unanswered.SHORT_BEFORE, 0, 1)
    who, away, change, steps = np.concatenate(near).T
    slope, at_own = np.polyfit(away, change, 1)
    # Each one's distance from the line in steps of its own noise, and back into steps of this municipality's.
    by_chance = at_own + (change - at_own - slope * away) / steps * own_sd
    low, high = np.percentile(by_chance, OUTER)
    better = float((sign * by_chance > 0).mean())
    return Rebound(float(at_own), float(low), float(high), better, len(np.unique(who)), starts)
