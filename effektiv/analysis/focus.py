"""Which services a municipality should look at first, and on which side: the naming of focus areas.

A service is named for its cost when it has cost clearly more than the country's middle municipality in
every comparable year, by at least half a per cent of the net budget, and more than at least five of
seven peers; for its quality when results that the municipality itself is responsible for have been
clearly low over five years and are better in at least five of seven peers. Naming is a claim of its
own, with margins of its own: it says where to look, not that one year's difference is sure.

The country's median and not zero is what cost is held against, since the reference cost is a mean over
money: more than half of all municipalities lie over it in some services.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import pairwise

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, cell, country
from effektiv.types import Better, Break

SIZE_CLASSES = (10_000.0, 20_000.0, 50_000.0)
"""Inhabitants between the classes that a usual change is judged in."""

DEPENDENCE = 1.25
"""How much wider than for independent years the margin of a mean of years is."""

HISTORY = 6
"""Years back that usual changes are taken from."""

COST_YEARS = 3
QUALITY_YEARS = 5
FEWEST_COST_YEARS = 2
FEWEST_QUALITY_YEARS = 3

MATERIAL_PCT = 0.5
"""A cost is named from this share of the municipality's net cost, per cent."""

PEERS_SHARE = 5 / 7
FEWEST_PEERS = 3
MOST_NAMED = 3


class Level(IntEnum):
    """How near a service is to being named on one side; whole numbers, so that frames of it can be kept."""

    NONE = 0
    NEAR = 1
    NAMED = 2


def usual_change(panel: Panel, population: pd.Series, year: int, breaks: Sequence[Break]) -> pd.DataFrame:
    """Return how much a figure usually changes between two years, by municipality.

    Parameters
    ----------
    panel
        Municipality x year.
    population
        Inhabitants by municipality.
    year
        Changes after this year are not used, and none older than `HISTORY` years.
    breaks
        No change crosses one.

    Returns
    -------
    pandas.DataFrame
        Columns ``q95`` and ``q80``: percentiles of the absolute change among municipalities of the same
        size class, divided by the square root of two (one year's own variation).
    """
    known = country(panel)
    years = [int(column) for column in known.columns if year - HISTORY <= int(column) <= year]
    changes = [
        (known[after] - known[before]).abs()
        for before, after in pairwise(years)
        if after == before + 1 and not any(item.year == after for item in breaks)
    ]
    classes = pd.Series(
        np.digitize(population.reindex(known.index).to_numpy(dtype=float), SIZE_CLASSES), index=known.index
    )
    found = pd.DataFrame(np.nan, index=known.index, columns=["q95", "q80"])
    if not changes:
        return found
    steps = pd.concat(changes, axis=1)
    for members in classes.groupby(classes).groups.values():
        sizes = steps.loc[members].to_numpy(dtype=float)
        sizes = sizes[np.isfinite(sizes)]
        if len(sizes):
            found.loc[members] = np.percentile(sizes, [95, 80]) / np.sqrt(2.0)
    return found


def _years(panel: Panel, year: int, span: int, breaks: Sequence[Break]) -> list[int]:
    first = max([year - span + 1, *(item.year for item in breaks if item.year <= year)])
    return [int(column) for column in panel.columns if first <= int(column) <= year]


def _peers_beyond(values: pd.Series, groups: Mapping[str, Sequence[str]], *, above: bool) -> pd.DataFrame:
    """Return how many of each municipality's peers have a higher (else lower) value, and how many have one."""
    rows = {}
    for code in values.index:
        peers = values.reindex(list(groups.get(str(code), ()))).dropna()
        own = values[code]
        beyond = (peers > own) if above else (peers < own)
        rows[code] = (int(beyond.sum()) if np.isfinite(own) else 0, len(peers))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["peers_beyond", "peers_known"])


def _enough_peers(frame: pd.DataFrame) -> pd.Series:
    known, beyond = frame["peers_known"], frame["peers_beyond"]
    return (known >= FEWEST_PEERS) & (beyond >= PEERS_SHARE * known - 1e-9)


def cost_side(
    deviation: Panel,
    reference_cost: Panel,
    population: Panel,
    net_cost: Panel,
    groups: Mapping[str, Sequence[str]],
    *,
    year: int,
    breaks: Sequence[Break] = (),
) -> pd.DataFrame:
    """Judge the cost side of one service in all municipalities.

    Parameters
    ----------
    deviation
        Net cost deviation, per cent of the reference cost.
    reference_cost, net_cost
        Reference cost of the service, and net cost of all services; kronor per inhabitant.
    population
        Inhabitants.
    groups
        Peers by municipality.
    year
        Last year; the means are over it and up to two before it that no break separates.
    breaks
        Breaks of the deviation.

    Returns
    -------
    pandas.DataFrame
        By municipality: ``deviation`` (mean, per cent), ``excess`` (mean over the country's median, percentage
        points), ``years``, ``years_over``, ``m95``, ``m80``, ``peers_beyond`` (dearer than so many), ``peers_known``,
        ``mnkr`` (excess in kronor), ``share_pct`` (of net cost), ``level`` (`Level`).
    """
    known = country(deviation)
    years = _years(known, year, COST_YEARS, breaks)
    values = known[years]
    excess = values - values.median()
    mean, n = excess.mean(axis=1), excess.notna().sum(axis=1)
    inhabitants = _latest(population, year).reindex(known.index)
    usual = usual_change(known, inhabitants, year, breaks)
    margins = usual.mul(DEPENDENCE / np.sqrt(n.where(n > 0)), axis=0)
    level = values.mean(axis=1)
    peers = _peers_beyond(level, groups, above=False)
    reference = _near(reference_cost, year).reindex(known.index)
    mnkr = mean / 100.0 * reference * inhabitants / 1e6
    share = 100.0 * mnkr / (_latest(net_cost, year).reindex(known.index) * inhabitants / 1e6)
    over = (excess > 0).sum(axis=1)
    steady = (
        (n >= FEWEST_COST_YEARS)
        & (over == n)
        & (share >= MATERIAL_PCT)
        & values.get(year, mean * np.nan).notna()
    )
    sure, likely, enough = mean > margins["q95"], mean > margins["q80"], _enough_peers(peers)
    named = steady & sure & enough
    near = steady & likely & ~named
    return pd.DataFrame(
        {
            "deviation": level,
            "excess": mean,
            "years": n,
            "years_over": over,
            "m95": margins["q95"],
            "m80": margins["q80"],
            **{column: peers[column] for column in peers},
            "mnkr": mnkr,
            "share_pct": share,
            "level": np.where(named, Level.NAMED, np.where(near, Level.NEAR, Level.NONE)),
        }
    )


def _latest(panel: Panel, year: int) -> pd.Series:
    """Return the values of `year` or the nearest year before it that has any."""
    known = country(panel)
    columns = [column for column in known.columns if int(column) <= year and known[column].notna().any()]
    return known[max(columns)] if columns else pd.Series(np.nan, index=known.index)


def _near(panel: Panel, year: int) -> pd.Series:
    """Return the year's values; one that is missing is interpolated between its own neighbouring years."""
    known = country(panel)
    columns = sorted(int(column) for column in known.columns if int(column) <= year + 1)
    filled = known[columns].interpolate(axis=1, limit=2, limit_direction="both")
    return filled[year] if year in filled else pd.Series(np.nan, index=known.index)


def standardised(panels: Mapping[str, Panel], better: Mapping[str, Better]) -> Panel:
    """Return the mean of several quality figures in robust standard deviations from the country's median.

    Returns
    -------
    Panel
        Municipality x year; higher is better. The mean of the figures that a municipality has that year.
    """
    sides = []
    for kpi, panel in panels.items():
        known = country(panel)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a year without values
            low, middle, high = np.nanpercentile(known.to_numpy(dtype=float), [16, 50, 84], axis=0)
        half = np.where(high > low, (high - low) / 2.0, np.nan)
        sign = -1.0 if better[kpi] is Better.LOWER else 1.0
        sides.append(sign * (known - middle) / half)
    stacked = pd.concat(sides, keys=range(len(sides)))
    mean: Panel = stacked.groupby(level=1).mean()
    return mean


def known_until(values: Panel) -> pd.Series:
    """Return each municipality's latest year with a value; -1 where it has none.

    Examples
    --------
    >>> known_until(pd.DataFrame({2023: [1.0, 2.0], 2024: [3.0, float("nan")]}, index=["0319", "0320"])).tolist()
    [2024, 2023]
    """
    years = values.columns.to_numpy(dtype=int)
    latest = np.where(values.notna().to_numpy(), years, -1).max(axis=1, initial=-1)
    return pd.Series(latest, index=values.index)


def quality_side(
    panels: Mapping[str, Panel],
    better: Mapping[str, Better],
    population: Panel,
    groups: Mapping[str, Sequence[str]],
    *,
    year: int,
) -> pd.DataFrame:
    """Judge the quality side of one service in all municipalities.

    Returns
    -------
    pandas.DataFrame
        By municipality: ``z`` (mean over the last years), ``years``, ``years_low`` (in the country's lowest quarter),
        ``low_now``, ``m95``, ``m80``, ``peers_beyond`` (better than it), ``peers_known``, ``level``.
    """
    whole = standardised(panels, better)
    years = _years(whole, year, QUALITY_YEARS, ())
    values = whole[years]
    mean, n = values.mean(axis=1).astype(float), values.notna().sum(axis=1).astype(int)
    inhabitants = _latest(population, year)
    margins = usual_change(whole, inhabitants, year, ()).mul(DEPENDENCE / np.sqrt(n.where(n > 0)), axis=0)
    # Without any year of the last five there are no columns, and pandas' sums of nothing have no type of their own.
    low = values.le(values.quantile(0.25)).astype(bool)
    years_low = low.sum(axis=1).astype(int)
    latest = known_until(values).to_numpy()
    now = np.array(years, dtype=int)[None, :] == latest[:, None]
    low_now = (low.to_numpy(dtype=bool) & now).any(axis=1)
    peers = _peers_beyond(mean, groups, above=True)
    often = (n >= FEWEST_QUALITY_YEARS) & (2 * years_low > n) & low_now
    named = often & (mean < -margins["q95"]) & _enough_peers(peers)
    near = (n >= FEWEST_QUALITY_YEARS) & (mean < -margins["q80"]) & ~named
    return pd.DataFrame(
        {
            "z": mean,
            "years": n,
            "years_low": years_low,
            "low_now": low_now,
            "m95": margins["q95"],
            "m80": margins["q80"],
            **{column: peers[column] for column in peers},
            "level": np.where(named, Level.NAMED, np.where(near, Level.NEAR, Level.NONE)),
        }
    )


# --- choosing ---------------------------------------------------------------------------


class Aim(StrEnum):
    """What a named service is to do."""

    CUT_COST = "cut_cost"
    RAISE_QUALITY = "raise_quality"
    RAISE_QUALITY_COST_IS_LOW = "raise_quality_cost_is_low"
    BOTH = "both"


@dataclass(frozen=True)
class FocusAreas:
    """Both sides of all services in all municipalities, in one year.

    Attributes
    ----------
    year
        Last year of the figures.
    cost
        By service: `cost_side`.
    quality
        By service, and by part of it that has outcomes of its own: `quality_side`.
    """

    year: int
    cost: Mapping[str, pd.DataFrame]
    quality: Mapping[str, Mapping[str, pd.DataFrame]]


@dataclass(frozen=True)
class Named:
    """One service that a municipality should look at, or that is near it.

    Attributes
    ----------
    service
        Which service.
    cost, quality
        How near each side is; quality is that of `part`.
    part
        Part of the service whose quality is low; "" when none is.
    aim
        What it is to do; None when it is only near.
    """

    service: str
    cost: Level
    quality: Level
    part: str
    aim: Aim | None


def choose(
    found: FocusAreas, municipality: str, mnkr: Mapping[str, float]
) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """Name a municipality's focus areas: the dearest, then the lowest quality, then the rest; at most three.

    Parameters
    ----------
    found
        All services in all municipalities.
    municipality
        Four-digit code.
    mnkr
        By service: the published cost over the reference cost.

    Returns
    -------
    named, beside
        At most `MOST_NAMED` named ones in order; and the other ones over or near the limit.
    """
    services = {service: sides(found, service, municipality) for service in found.cost}
    dear = sorted(
        (service for service, item in services.items() if item.cost is Level.NAMED),
        key=lambda service: -mnkr.get(service, 0.0),
    )
    low = sorted(
        (service for service, item in services.items() if item.quality is Level.NAMED),
        key=lambda service: cell(found.quality[service][services[service].part], municipality, "z"),
    )
    order = list(dict.fromkeys([*dear[:1], *low[:1], *dear[1:], *low[1:]]))
    named = tuple(services[service] for service in order[:MOST_NAMED])
    near = (
        service
        for service, item in services.items()
        if service not in order and Level.NEAR in (item.cost, item.quality)
    )
    beside = [*order[MOST_NAMED:], *sorted(near, key=lambda service: -mnkr.get(service, 0.0))]
    return named, tuple(services[service] for service in beside)


def sides(found: FocusAreas, service: str, municipality: str) -> Named:
    """Return how near each side of a service is to being named, whether it is or not."""
    costs = found.cost[service]
    known = municipality in costs.index
    cost = Level(int(cell(costs, municipality, "level"))) if known else Level.NONE
    part, quality = "", Level.NONE
    for name, frame in found.quality.get(service, {}).items():
        if municipality not in frame.index:
            continue
        level = Level(int(cell(frame, municipality, "level")))
        if level > quality:
            part, quality = name, level
    aim = None
    if cost is Level.NAMED or quality is Level.NAMED:
        cheap = known and cell(costs, municipality, "excess") < -cell(costs, municipality, "m95")
        if cost is Level.NAMED and quality is Level.NAMED:
            aim = Aim.BOTH
        elif cost is Level.NAMED:
            aim = Aim.CUT_COST
        else:
            aim = Aim.RAISE_QUALITY_COST_IS_LOW if cheap else Aim.RAISE_QUALITY
    return Named(service, cost, quality, part, aim)
