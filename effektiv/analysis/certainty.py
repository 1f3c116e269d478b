"""How sure a difference is: one rule for every claim that is made in words.

A *step* is the change of a figure from one published year to the next. The margin of a
difference is how much such a difference changed from one year to the next in 19 cases of 20
(or 4 of 5) among municipalities of that size and with that own history. A difference is
`Certainty.SURE` when it is larger than that both this year and on average over the last
comparable years. It speaks of the year after, never of what lasts, and neither of causes nor of
whether the figure measures the right thing.

What chose the constants, and how often each word comes true on the real country and in
countries without differences, is measured by ``python -m benchmarks.kalibrering``.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import cast

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, by_year, country, row
from effektiv.types import RIKET, Break, Kpi

STEPS = 6
"""Steps back that noise is judged on; those from before a break count, since noise outlives it."""

PRIOR = 8.0
"""Weight of what all municipalities of the size show, in steps of the municipality's own."""

CLIP = 4.0
"""A step larger than this many typical ones counts as this many in a municipality's own noise."""

GROUPS = 8
"""Groups of population that the size curve is drawn through."""

FEWEST_STEPS = 100
"""Fewer steps than this in the whole country: nothing is judged."""

FEWEST_IN_GROUP = 20
"""Fewer steps than this in a group of population: it has no point on the size curve."""

FEWEST_YEARS = 2
"""Fewer comparable years than this and nothing is sure."""

FEWEST_PEERS = 3
"""Fewer peers than this with a value have no median."""

LINGER = 0.6
"""How much of a deviation is left a year later, in the widest case that a change is judged for."""

TYPICAL = 15_000.0
"""Inhabitants that the size curve is centred on."""

_PUBLISHED = 0.25
_MAD = 0.67449
_Z95, _Z80 = 1.959963984540054, 1.2815515655446004


class Certainty(StrEnum):
    """How sure it is that a difference has its sign also in the next year."""

    SURE = "sure"
    LIKELY = "likely"
    UNCLEAR = "unclear"


def is_logarithmic(unit: str) -> bool:
    """Return whether figures in this unit are judged on logarithms: money and counts, not shares.

    Examples
    --------
    >>> is_logarithmic("kr/elev"), is_logarithmic("%")
    (True, False)
    """
    return unit.startswith(("kr", "elever/", "barn/")) or unit in ("antal", "dagar", "timmar/månad")


@dataclass(frozen=True)
class Noise:
    """Year-to-year noise of one figure in all municipalities, as it could be known in one year.

    Attributes
    ----------
    year
        Only values up to this year are used.
    logarithmic
        Whether `sd` and all differences are in natural logarithms; else in the figure's unit.
    sd
        By municipality: the typical size (as a standard deviation) of the figure's step.
    q95, q80
        How many `sd` a step was at most in 95 and 80 per cent of cases.
    slope
        Power of population that noise falls with, -0.5 (counting noise) to 0.
    """

    year: int
    logarithmic: bool
    sd: pd.Series
    q95: float
    q80: float
    slope: float

    def scaled(self, values: Panel) -> Panel:
        """Return values on the scale that they are judged on; zero and less is missing in logarithms."""
        return on_scale(values) if self.logarithmic else values


def on_scale(values: Panel) -> Panel:
    """Return natural logarithms; missing where a value is zero or less."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(values.to_numpy(dtype=float))
    return pd.DataFrame(np.where(np.isfinite(logs), logs, np.nan), index=values.index, columns=values.columns)


def noise(
    panel: Panel,
    population: pd.Series,
    year: int,
    unit: str,
    breaks: Sequence[Break] = (),
    counts: Panel | None = None,
) -> Noise | None:
    """Judge the year-to-year noise of a figure for all municipalities at once.

    Parameters
    ----------
    panel
        Municipality x year, the figure's unit; Riket and regions are left out.
    population
        Inhabitants by municipality, of `year` or the nearest before.
    year
        Values after this year are not used.
    unit
        Of the figure; decides the scale (`is_logarithmic`). A figure with more than one per cent
        of its values at zero or less is judged in its unit after all.
    breaks
        No step crosses one.
    counts
        Persons behind each value of a share in per cent: the noise is then at least sampling's.

    Returns
    -------
    Noise or None
        None when fewer than `FEWEST_STEPS` steps are known, or nothing ever changed.
    """
    known = country(panel)
    values = known[[column for column in known.columns if int(column) <= year]]
    # Groups of population are those of the whole country, also where few have the figure.
    values = values.reindex(values.index.union(population.index[population.notna()]))
    found = values.to_numpy(dtype=float)
    there = np.isfinite(found)
    logarithmic = is_logarithmic(unit) and (found[there] <= 0).mean() <= 0.01 if there.any() else False
    scaled = on_scale(values).to_numpy(dtype=float) if logarithmic else found
    steps = _steps(scaled, [int(column) for column in values.columns], breaks)
    size = np.log(population.reindex(values.index).to_numpy(dtype=float) / TYPICAL)
    if np.isfinite(steps).sum() < FEWEST_STEPS or not np.nansum(np.abs(steps)) > 0:
        return None
    level, slope = _size_curve(np.abs(steps), size)
    # A municipality whose population is not known is taken to be of the typical size.
    usual = np.exp(level + slope * np.where(np.isfinite(size), size, 0.0))[:, None]
    ratio = np.abs(steps) / usual
    known_ratio = ratio[np.isfinite(ratio)]
    middle = float(np.median(known_ratio)) / _MAD or float(np.sqrt(np.mean(known_ratio**2)))
    typical_steps = ratio / middle
    clipped = np.minimum(typical_steps, CLIP) ** 2
    prior = float(np.nanmean(clipped))
    n, own = np.isfinite(clipped).sum(axis=1), np.nansum(clipped, axis=1)
    sd = usual[:, 0] * middle * np.sqrt((PRIOR * prior + own) / (PRIOR + n))
    # Each step is scored by what the others of its municipality say, so that none judges itself.
    without = np.sqrt((PRIOR * prior + own[:, None] - clipped) / (PRIOR + n[:, None] - 1))
    scores = typical_steps / without
    q95, q80 = (float(item) for item in np.percentile(scores[np.isfinite(scores)], [95, 80]))
    by_municipality = pd.Series(sd, index=values.index)
    if counts is not None and year in values.columns:
        sampled = sampling_sd(values[year], counts, year)
        by_municipality = by_municipality.where(~(sampled > by_municipality), sampled).fillna(sampled)
    return Noise(year, logarithmic, by_municipality, q95, q80, slope)


def _steps(values: np.ndarray, years: Sequence[int], breaks: Sequence[Break]) -> np.ndarray:
    """Return the last `STEPS` steps (municipality x step), each less the country's median."""
    per_year = np.isfinite(values).sum(axis=0)
    most = per_year.max(initial=0)
    kept = [place for place, n in enumerate(per_year) if n and n >= _PUBLISHED * most]
    steps = []
    for before, after in pairwise(kept):
        if any(years[before] < item.year <= years[after] for item in breaks):
            continue
        step = values[:, after] - values[:, before]
        if np.isfinite(step).any():
            steps.append(step - np.nanmedian(step))
    return np.column_stack(steps[-STEPS:]) if steps else np.empty((len(values), 0))


def _size_curve(steps: np.ndarray, size: np.ndarray) -> tuple[float, float]:
    """Return level and slope of ln noise on ln population: least squares through groups of population."""
    sized = np.flatnonzero(np.isfinite(size))
    order = sized[np.argsort(size[sized], kind="stable")]
    points = []
    for group in np.array_split(order, GROUPS):
        known = steps[group][np.isfinite(steps[group])]
        wide = float(np.percentile(known, 80)) if len(known) >= FEWEST_IN_GROUP else 0.0
        if wide > 0:
            points.append((float(size[group].mean()), np.log(wide)))
    if len(points) < GROUPS // 2:
        return float(np.log(np.percentile(steps[np.isfinite(steps)], 80) or np.nanmax(steps))), 0.0
    x, y = np.array(points).T
    slope = float(np.clip(np.polyfit(x, y, 1)[0], -0.5, 0.0))
    return float(y.mean() - slope * x.mean()), slope


def wilson_sd(share_pct: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return half of Wilson's 95 % interval in standard errors, percentage points; missing without a count."""
    p, z = np.asarray(share_pct, dtype=float) / 100.0, _Z95
    n = np.where(np.asarray(count, dtype=float) > 0, count, np.nan)
    inside = np.maximum(p * (1 - p) / n + z**2 / (4 * n**2), 0.0)
    return np.asarray(100.0 * np.sqrt(inside) / (1 + z**2 / n))


def sampling_sd(shares: pd.Series, counts: Panel, year: int) -> pd.Series:
    """Return the sampling noise of the step between two years of a share, by municipality."""
    behind = counts[year].reindex(shares.index) if year in counts.columns else np.nan
    return pd.Series(
        np.sqrt(2.0) * wilson_sd(shares.to_numpy(), np.broadcast_to(np.asarray(behind, float), shares.shape)),
        index=shares.index,
    )


def pooled_noise(panel: Panel, counts: Panel, year: int, years: int) -> Noise | None:
    """Judge a figure that pools several years: its steps share most of their persons, so only sampling counts.

    Parameters
    ----------
    panel
        Municipality x year, per cent.
    counts
        Persons a year behind the shares.
    year
        Last of the pooled years.
    years
        How many are pooled.

    Returns
    -------
    Noise or None
        None without any count.
    """
    if year not in panel.columns:
        return None
    shares = country(panel)[year]
    span = [column for column in counts.columns if year - years < int(column) <= year]
    persons = counts[span].sum(axis=1, min_count=1).reindex(shares.index) if span else shares * np.nan
    sd = pd.Series(np.sqrt(2.0) * wilson_sd(shares.to_numpy(), persons.to_numpy()), index=shares.index)
    return Noise(year, False, sd, _Z95, _Z80, 0.0) if sd.notna().any() else None


def noise_of(kpi: Kpi, panel: Panel, population: pd.Series, year: int, counts: Panel | None) -> Noise | None:
    """Judge a key figure's noise by what the catalogue says of it; see `noise` and `pooled_noise`.

    mnkr is never judged: a difference in kronor has the certainty of the figure it is computed from.
    """
    if kpi.unit == "mnkr":
        return None
    if kpi.pooled_years is not None:
        return None if counts is None else pooled_noise(panel, counts, year, kpi.pooled_years)
    return noise(panel, population, year, kpi.unit, kpi.breaks, counts)


# --- a difference -----------------------------------------------------------------------


@dataclass(frozen=True)
class Differences:
    """All municipalities' difference to a comparator in one year.

    Attributes
    ----------
    year
        The year judged.
    frame
        By municipality, on the noise's scale: ``difference``, ``level`` (mean over the comparable
        years), ``years`` (how many they are), ``sd``, ``m95``, ``m80``; and ``certainty``.
    logarithmic
        Whether the numbers are natural logarithms.
    """

    year: int
    frame: pd.DataFrame
    logarithmic: bool


def group_size_factor(n: np.ndarray | float) -> np.ndarray:
    """Return how much of its members' mean variance a median of `n` peers has (measured)."""
    size = np.maximum(np.asarray(n, dtype=float), 1.0)
    return np.asarray(np.minimum(1.0, 0.45 * (7.0 / size) ** 0.6))


@dataclass(frozen=True)
class Comparator:
    """What municipalities are compared with.

    Attributes
    ----------
    panel
        Municipality x year on the figure's own scale (not logarithms).
    variance
        Noise variance of the comparator's step by municipality; 0 for Riket, the country's
        median and a reference cost.
    """

    panel: Panel
    variance: pd.Series


def against_value(panel: Panel, by_year: Mapping[int, float] | float) -> Comparator:
    """Compare all with one number a year: Riket, the country's median, or the reference cost (0)."""
    known = country(panel)
    row = [
        float(by_year) if isinstance(by_year, (int, float)) else float(by_year.get(int(column), np.nan))
        for column in known.columns
    ]
    values = pd.DataFrame(np.tile(row, (len(known), 1)), index=known.index, columns=known.columns)
    return Comparator(values, pd.Series(0.0, index=known.index))


def against_riket(panel: Panel) -> Comparator:
    """Compare all with Riket as published."""
    return against_value(panel, by_year(row(panel, RIKET)))


def against_country(panel: Panel) -> Comparator:
    """Compare all with the country's middle municipality."""
    middle = country(panel).median()
    return against_value(panel, by_year(middle))


def against_peers(panel: Panel, groups: Mapping[str, Sequence[str]], judged: Noise) -> Comparator:
    """Compare each with the median of its own peers.

    Parameters
    ----------
    panel
        Municipality x year.
    groups
        Peers by municipality; those without a group have no comparator.
    judged
        The figure's noise.
    """
    known = country(panel)
    place = {str(code): number for number, code in enumerate(known.index)}
    values, sds = known.to_numpy(dtype=float), judged.sd.reindex(known.index).to_numpy(dtype=float)
    rows = [
        [place[member] for member in groups.get(str(code), ()) if member in place] for code in known.index
    ]
    most = max((len(row) for row in rows), default=0)
    # An extra row without values stands for the peers that a smaller group does not have.
    padded = np.array([[*row, *[len(known)] * (most - len(row))] for row in rows], dtype=int).reshape(
        -1, most
    )
    peers = np.vstack([values, np.full((1, values.shape[1]), np.nan)])[padded]
    size = np.array([len(groups.get(str(code), ())) for code in known.index])
    enough = np.isfinite(peers).sum(axis=1) >= np.clip(size, 1, FEWEST_PEERS)[:, None]
    now = np.flatnonzero(known.columns.to_numpy(dtype=int) == judged.year)
    present = np.isfinite(peers[:, :, now[0]]) if len(now) else np.zeros(padded.shape, dtype=bool)
    squares = np.where(present, np.append(sds, np.nan)[padded] ** 2, np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a group without values has no median
        medians = np.where(enough, np.nanmedian(peers, axis=1), np.nan)
        variance = np.nanmean(squares, axis=1)
    factor = np.where(size == 1, 1.0, group_size_factor(present.sum(axis=1)))
    frame = pd.DataFrame(medians, index=known.index, columns=known.columns)
    return Comparator(frame, pd.Series(factor * variance, index=known.index))


def differences(
    panel: Panel, comparator: Comparator, judged: Noise, breaks: Sequence[Break] = ()
) -> Differences:
    """Judge every municipality's difference to its comparator in the noise's year.

    Parameters
    ----------
    panel
        Municipality x year, the figure's unit.
    comparator
        What each is compared with.
    judged
        Noise of the figure; its year is the one judged.
    breaks
        No mean crosses one.

    Returns
    -------
    Differences
        A municipality or comparator without a value that year has missing numbers and UNCLEAR.
    """
    known = country(panel)
    gap = judged.scaled(known) - judged.scaled(comparator.panel.reindex(known.index))
    years = [year for year in _comparable(known, judged.year, breaks) if year in gap.columns]
    recent = gap[years]
    difference = recent[judged.year] if judged.year in years else pd.Series(np.nan, index=known.index)
    level, n = recent.mean(axis=1), recent.notna().sum(axis=1)
    sd = (judged.sd.reindex(known.index) ** 2 + comparator.variance.reindex(known.index)) ** 0.5
    m95, m80 = judged.q95 * sd, judged.q80 * sd
    same_side = np.sign(difference) == np.sign(level)
    size = pd.concat([difference.abs(), level.abs()], axis=1).min(axis=1, skipna=False).where(same_side, 0.0)
    sure = (size > m95) & (n >= FEWEST_YEARS)
    certainty = np.where(sure, Certainty.SURE, np.where(size > m80, Certainty.LIKELY, Certainty.UNCLEAR))
    frame = pd.DataFrame(
        {"difference": difference, "level": level, "years": n, "sd": sd, "m95": m95, "m80": m80}
    )
    frame.loc[difference.isna(), ["level", "m95", "m80"]] = np.nan
    frame["certainty"] = np.where(difference.isna() | m95.isna(), Certainty.UNCLEAR, certainty)
    return Differences(judged.year, frame, judged.logarithmic)


def _comparable(panel: Panel, year: int, breaks: Sequence[Break]) -> tuple[int, ...]:
    """Return `year` and up to two published years before it that no break separates from it."""
    filled = (~np.isnan(country(panel).to_numpy(dtype=float))).sum(axis=0)
    most = filled.max(initial=0)
    published = [
        int(column)
        for column, n in zip(panel.columns, filled, strict=True)
        if n and n >= _PUBLISHED * most and int(column) <= year
    ]
    recent = sorted(published)[-3:]
    return tuple(item for item in recent if not any(item < found.year <= year for found in breaks))


@dataclass(frozen=True)
class Difference:
    """One municipality's difference to its comparator in one year, judged.

    Attributes
    ----------
    year
        The year judged.
    own, comparator
        Values in the figure's unit.
    difference, level
        This year's and the mean of the comparable years', on the noise's scale.
    years
        How many comparable years have a value.
    sd, m95, m80
        Of the difference, on the noise's scale; missing when nothing can be judged.
    certainty
        The word.
    logarithmic
        Whether the scale is logarithms.
    """

    year: int
    own: float
    comparator: float
    difference: float
    level: float
    years: int
    sd: float
    m95: float
    m80: float
    certainty: Certainty
    logarithmic: bool

    @property
    def in_unit(self) -> float:
        """The difference in the figure's unit."""
        return self.own - self.comparator

    @property
    def is_judged(self) -> bool:
        """Whether the noise is known."""
        return bool(np.isfinite(self.m95))

    def next_year(self) -> tuple[float, float]:
        """Return the range that holds next year's difference in 19 cases of 20, in the figure's unit."""
        low, high = self.difference - self.m95, self.difference + self.m95
        if not self.logarithmic:
            return low, high
        return self.comparator * float(np.expm1(low)), self.comparator * float(np.expm1(high))


def difference_of(
    panel: Panel,
    municipality: str,
    comparator: pd.Series,
    judged: Noise | None,
    year: int,
    *,
    variance: float = 0.0,
    breaks: Sequence[Break] = (),
) -> Difference | None:
    """Judge one municipality's difference; the same rule as `differences`, for one row.

    Parameters
    ----------
    panel
        Municipality x year; all of them, since a year counts when enough have a value.
    municipality
        Four-digit code.
    comparator
        By year, the figure's unit.
    judged
        Noise of the figure in `year`; None when it cannot be known.
    year
        Which year.
    variance
        Of the comparator's step (`peers_variance`); 0 for Riket, the country's median and a reference cost.
    breaks
        No mean crosses one.

    Returns
    -------
    Difference or None
        None when either has no value that year.
    """
    if municipality == RIKET or municipality not in panel.index or year not in panel.columns:
        return None
    # Arrays, since a report judges hundreds of differences.
    own = panel.to_numpy(dtype=float)[panel.index.get_loc(municipality)]
    against = comparator.reindex(panel.columns).to_numpy(dtype=float)
    at = panel.columns.get_loc(year)
    if not (np.isfinite(own[at]) and np.isfinite(against[at])):
        return None
    logarithmic = judged is not None and judged.logarithmic
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.log(own) - np.log(against) if logarithmic else own - against
    if not np.isfinite(gap[at]):
        return None
    recent = gap[[panel.columns.get_loc(item) for item in _comparable(panel, year, breaks)]]
    recent = recent[np.isfinite(recent)]
    level, difference = float(recent.mean()), float(gap[at])
    sd = np.nan
    if judged is not None:
        sd = float(np.sqrt(float(judged.sd.get(municipality, np.nan)) ** 2 + variance))
    m95, m80 = (np.nan, np.nan) if judged is None else (judged.q95 * sd, judged.q80 * sd)
    size = min(abs(difference), abs(level)) if difference * level > 0 else 0.0
    certainty = Certainty.UNCLEAR
    if size > m80:
        certainty = Certainty.SURE if size > m95 and len(recent) >= FEWEST_YEARS else Certainty.LIKELY
    return Difference(
        year=year,
        own=float(own[at]),
        comparator=float(against[at]),
        difference=difference,
        level=level,
        years=len(recent),
        sd=sd,
        m95=m95,
        m80=m80,
        certainty=certainty,
        logarithmic=logarithmic,
    )


def peers_variance(judged: Noise | None, members: Sequence[str]) -> float:
    """Return the noise variance of the step of a median of those members (one of them: its own)."""
    if judged is None or not len(members):
        return 0.0
    index = judged.sd.index
    places = [cast(int, index.get_loc(code)) for code in members if code in index]
    squares = judged.sd.to_numpy(dtype=float)[places] ** 2
    known = squares[np.isfinite(squares)]
    return float(group_size_factor(len(known)) * known.mean()) if len(known) else 0.0


# --- a change ---------------------------------------------------------------------------


def lingering(years: int) -> float:
    """Return how much wider than for one year a change over several years is judged.

    Examples
    --------
    >>> round(lingering(1), 4), round(lingering(3), 4), round(lingering(5), 4)
    (1.0, 1.4, 1.5184)
    """
    return float(np.sqrt((1 - LINGER**years) / (1 - LINGER)))


def changes(panel: Panel, comparator: Comparator, judged: Noise, years: int) -> pd.DataFrame:
    """Judge every municipality's change against its comparator over some calendar years.

    The caller sees to it that no break lies between.

    Returns
    -------
    pandas.DataFrame
        By municipality, on the noise's scale: ``change``, ``m95``, ``m80``, ``certainty``; missing and UNCLEAR
        where an end has no value.
    """
    known = country(panel)
    gap = judged.scaled(known) - judged.scaled(comparator.panel.reindex(known.index))
    ends = [judged.year - years, judged.year]
    there = all(end in gap.columns for end in ends)
    change = gap[ends[1]] - gap[ends[0]] if there else pd.Series(np.nan, index=known.index)
    sd = (judged.sd.reindex(known.index) ** 2 + comparator.variance.reindex(known.index)) ** 0.5
    return judged_change(change, sd, judged, years)


def judged_change(change: pd.Series, sd: pd.Series, judged: Noise, years: int) -> pd.DataFrame:
    """Judge changes over some calendar years by the noise of one step."""
    m95, m80 = (q * sd * lingering(years) for q in (judged.q95, judged.q80))
    size = change.abs()
    certainty = np.where(
        size > m95, Certainty.SURE, np.where(size > m80, Certainty.LIKELY, Certainty.UNCLEAR)
    )
    return pd.DataFrame(
        {
            "change": change,
            "m95": m95,
            "m80": m80,
            "certainty": np.where(change.isna() | m95.isna(), Certainty.UNCLEAR, certainty),
        }
    )
