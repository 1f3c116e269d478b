"""One key figure of one municipality against its peers: the comparison most exhibits rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.panels import (
    Panel,
    Since,
    country,
    places_of,
    row,
    since_when,
    value_at,
    years_in_order,
)
from effektiv.analysis.peers import group_median, robust_sd
from effektiv.analysis.sizes import Classified, classify
from effektiv.analysis.uncertainty import (
    Interval,
    ShareOfYears,
    Spread,
    peer_median_interval,
    share_of_years,
    three_year_spread,
    wilson,
    year_noise,
)
from effektiv.types import RIKET, Break

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Comparison:
    """A municipality's latest value against the median of its peers the same year.

    Attributes
    ----------
    year
        Latest year that both have.
    own, median
        Value and the peers' median, the figure's unit.
    median_interval
        95 % bootstrap interval of the median; None with fewer than three peers.
    low, high
        Quartiles of the peers.
    n
        Peers with a value.
    riket
        Riket's value; missing where Kolada has none.
    difference
        own - median.
    noise
        SD of the difference's noise (own year-to-year or sampling noise, and the median's
        uncertainty); missing when the own noise is unknown.
    size
        Size and direction of the difference by `effektiv.analysis.sizes`.
    spread
        The municipality's own last three years.
    held
        In how many of the last three years the difference has the sign it has now.
    since
        Since when the municipality is on this side; None when the difference is zero.
    """

    year: int
    own: float
    median: float
    median_interval: Interval | None
    low: float
    high: float
    n: int
    riket: float
    difference: float
    noise: float
    size: Classified | None
    spread: Spread | None
    held: ShareOfYears
    since: Since | None


class Yardstick:
    """What differences in one key figure are measured by: noise and spread of all municipalities.

    Both are the same whoever asks, so each year's is computed once and kept.

    Parameters
    ----------
    panel
        Municipality x year.
    breaks
        Breaks of the series.
    """

    def __init__(self, panel: Panel, breaks: Sequence[Break] = ()) -> None:
        self._panel = panel
        self._breaks = tuple(breaks)
        self._noise: dict[int, pd.Series] = {}
        self._spread: dict[int, float] = {}

    def noise(self, year: int) -> pd.Series:
        """Return each municipality's year-to-year noise (`effektiv.analysis.uncertainty.year_noise`)."""
        if year not in self._noise:
            self._noise[year] = year_noise(self._panel, year, self._breaks)
        return self._noise[year].copy(deep=False)

    def spread(self, year: int) -> float:
        """Return the robust SD between municipalities; missing in a year without values."""
        if year not in self._spread:
            known = year in self._panel.columns
            self._spread[year] = robust_sd(country(self._panel)[year]) if known else float("nan")
        return self._spread[year]


def compare(
    panel: Panel,
    municipality: str,
    members: Sequence[str],
    *,
    breaks: Sequence[Break] = (),
    not_after: int | None = None,
    counts: Panel | None = None,
    yardstick: Yardstick | None = None,
) -> Comparison | None:
    """Compare a municipality's latest value with its peers' median.

    Parameters
    ----------
    panel
        Municipality x year.
    municipality
        Four-digit code.
    members
        The peer group.
    breaks
        Breaks of the series: no run of years crosses one.
    not_after
        Years after this one are not considered.
    counts
        Persons behind the values when they are shares in per cent: the noise is then at
        least that of the own value's Wilson interval.
    yardstick
        Of the same panel and breaks, when one is kept.

    Returns
    -------
    Comparison or None
        None when no year has both a value of its own and a median of the peers.

    Examples
    --------
    >>> panel = pd.DataFrame({2023: [5.0, 1, 2, 3], 2024: [6.0, 1, 2, 3]}, index=list("abcd"))
    >>> compare(panel, "a", ["b", "c", "d"]).difference
    4.0
    """
    yardstick = Yardstick(panel, breaks) if yardstick is None else yardstick
    own_by_year, medians = row(panel, municipality), group_median(panel, members)
    difference = own_by_year - medians
    year = _latest_known(difference, not_after)
    if year is None:
        return None
    peers = _known_values(panel, members, year)
    own, median = float(own_by_year[year]), float(medians[year])
    low, high = np.percentile(peers, [25, 75])
    interval = peer_median_interval(pd.Series(peers))
    own_noise = float(yardstick.noise(year).get(municipality, np.nan))
    if counts is not None:
        # A series that happened to be calm does not make a small survey exact.
        own_noise = float(np.fmax(own_noise, _sampling_error(own, value_at(counts, municipality, year))))
    noise = float(np.hypot(own_noise, _standard_error(interval)))
    sign = int(np.sign(own - median))
    return Comparison(
        year=year,
        own=own,
        median=median,
        median_interval=interval,
        low=float(low),
        high=float(high),
        n=len(peers),
        riket=value_at(panel, RIKET, year),
        difference=own - median,
        noise=noise,
        size=classify(own - median, yardstick.spread(year), noise),
        spread=three_year_spread(panel, municipality, year, breaks),
        held=share_of_years(difference, year=year, sign=sign or 1, breaks=breaks),
        since=since_when(own_by_year, medians, breaks=breaks, not_after=year),
    )


def _latest_known(values: pd.Series, not_after: int | None) -> int | None:
    years = values.index.to_numpy(dtype=int)[np.isfinite(values.to_numpy(dtype=float))]
    return max((int(year) for year in years if not_after is None or year <= not_after), default=None)


def _known_values(panel: Panel, members: Sequence[str], year: int) -> np.ndarray:
    """Return the members' values of one year, without missing ones."""
    values = panel.to_numpy(dtype=float)[places_of(panel, members), panel.columns.get_loc(year)]
    known: np.ndarray = values[np.isfinite(values)]
    return known


def _standard_error(interval: Interval | None) -> float:
    """Half width of a 95 % interval in standard errors; zero when the comparator is one known value."""
    return 0.0 if interval is None else (interval.high - interval.low) / (2 * Z95)


def _sampling_error(share_pct: float, count: float) -> float:
    interval = wilson(share_pct, count)
    return float("nan") if interval is None else _standard_error(interval)


def median_by_year(panel: Panel, members: Sequence[str]) -> pd.DataFrame:
    """Return the peers' median and quartiles by year.

    Returns
    -------
    pandas.DataFrame
        Index year; columns median, low, high. Missing where too few peers have a value.

    Examples
    --------
    >>> panel = pd.DataFrame({2024: [1.0, 2.0, 3.0]}, index=list("abc"))
    >>> median_by_year(panel, list("abc")).loc[2024].tolist()
    [2.0, 1.5, 2.5]
    """
    medians = group_median(panel, members)
    years, order = years_in_order(panel)
    peers = panel.to_numpy(dtype=float)[places_of(panel, members)][:, order]
    quartiles = np.full((2, len(years)), np.nan)
    for column in np.flatnonzero(medians.notna().to_numpy()):
        values = peers[:, column]
        quartiles[:, column] = np.percentile(values[~np.isnan(values)], [25, 75])
    return pd.DataFrame({"median": medians, "low": quartiles[0], "high": quartiles[1]}, index=years)
