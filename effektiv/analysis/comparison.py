"""One key figure of one municipality against its peers: the comparison most exhibits rest on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import (
    Certainty,
    Noise,
    difference_of,
    is_logarithmic,
    peers_variance,
)
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
from effektiv.analysis.uncertainty import ShareOfYears, share_of_years
from effektiv.types import RIKET, Break


@dataclass(frozen=True)
class Comparison:
    """A municipality's latest value against the median of its peers the same year.

    Attributes
    ----------
    year
        Latest year that both have.
    own, median
        Value and the peers' median, the figure's unit.
    low, high
        Quartiles of the peers.
    n
        Peers with a value.
    higher_than, lower_than
        How many of them the own value is higher and lower than.
    riket
        Riket's value; missing where Kolada has none.
    difference
        own - median.
    certainty
        How sure it is that next year's difference has the same sign (`effektiv.analysis.certainty`).
    next_year
        The range that holds next year's difference in 19 cases of 20, the figure's unit; None when
        noise is not known.
    size
        Size and direction of the difference by `effektiv.analysis.sizes`.
    held
        In how many of the last three years the difference has the sign it has now.
    since
        Since when the municipality is on this side; None when the difference is zero.
    """

    year: int
    own: float
    median: float
    low: float
    high: float
    n: int
    higher_than: int
    lower_than: int
    riket: float
    difference: float
    certainty: Certainty
    next_year: tuple[float, float] | None
    size: Classified | None
    held: ShareOfYears
    since: Since | None


def compare(
    panel: Panel,
    municipality: str,
    members: Sequence[str],
    *,
    noise: Callable[[int], Noise | None],
    unit: str = "",
    breaks: Sequence[Break] = (),
    not_after: int | None = None,
    spread: Callable[[int], float] | None = None,
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
    noise
        Returns the figure's noise in a year.
    unit
        Of the figure; money and counts are measured in per cent.
    breaks
        Breaks of the series: no run of years crosses one.
    not_after
        Years after this one are not considered.
    spread
        Returns the robust SD between municipalities in a year, when it is kept.

    Returns
    -------
    Comparison or None
        None when no year has both a value of its own and a median of the peers.

    Examples
    --------
    >>> panel = pd.DataFrame({2023: [5.0, 1, 2, 3], 2024: [6.0, 1, 2, 3]}, index=list("abcd"))
    >>> found = compare(panel, "a", ["b", "c", "d"], noise=lambda year: None)
    >>> found.difference, found.higher_than, found.certainty
    (4.0, 3, <Certainty.UNCLEAR: 'unclear'>)
    """
    own_by_year, medians = row(panel, municipality), group_median(panel, members)
    difference = own_by_year - medians
    year = _latest_known(difference, not_after)
    if year is None:
        return None
    peers = _known_values(panel, members, year)
    own, median = float(own_by_year[year]), float(medians[year])
    low, high = np.percentile(peers, [25, 75])
    judged = noise(year)
    present = [code for code in members if np.isfinite(value_at(panel, code, year))]
    found = difference_of(
        panel, municipality, medians, judged, year, variance=peers_variance(judged, present), breaks=breaks
    )
    between = robust_sd(country(panel)[year]) if spread is None else spread(year)
    sign = int(np.sign(own - median))
    return Comparison(
        year=year,
        own=own,
        median=median,
        low=float(low),
        high=float(high),
        n=len(peers),
        higher_than=int((peers < own).sum()),
        lower_than=int((peers > own).sum()),
        riket=value_at(panel, RIKET, year),
        difference=own - median,
        certainty=Certainty.UNCLEAR if found is None else found.certainty,
        next_year=found.next_year() if found is not None and found.is_judged else None,
        size=classify(own, median, spread=between, relative=is_relative(unit, median)),
        held=share_of_years(difference, year=year, sign=sign or 1, breaks=breaks),
        since=since_when(own_by_year, medians, breaks=breaks, not_after=year),
    )


def is_relative(unit: str, comparator: float) -> bool:
    """Return whether the size of a difference is measured in per cent: money and counts, above zero."""
    return is_logarithmic(unit) and comparator > 0


def _latest_known(values: pd.Series, not_after: int | None) -> int | None:
    years = values.index.to_numpy(dtype=int)[np.isfinite(values.to_numpy(dtype=float))]
    return max((int(year) for year in years if not_after is None or year <= not_after), default=None)


def _known_values(panel: Panel, members: Sequence[str], year: int) -> np.ndarray:
    """Return the members' values of one year, without missing ones."""
    values = panel.to_numpy(dtype=float)[places_of(panel, members), panel.columns.get_loc(year)]
    known: np.ndarray = values[np.isfinite(values)]
    return known


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
