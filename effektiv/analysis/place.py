"""Where and how long: a municipality among its peers and the country, in each comparable year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, places_of, value_at, window
from effektiv.types import RIKET, Break

FEWEST_OF_COUNTRY = 30
"""Fewer municipalities than this with a value say nothing of the country."""


@dataclass(frozen=True)
class Place:
    """One year's place.

    Attributes
    ----------
    year
        Which year.
    own, median, riket
        Values; missing where there is none.
    peers
        By code: the peers that have a value, highest first.
    higher_than
        How many of them the own value is higher than.
    lower_than
        How many it is lower than.
    share_lower
        Share of the country's other municipalities with a lower value, 0-1; missing with too few.
    quartiles
        The middle half of the country, low and high.
    """

    year: int
    own: float
    median: float
    riket: float
    peers: pd.Series
    higher_than: int
    lower_than: int
    share_lower: float
    quartiles: tuple[float, float]


def place(panel: Panel, municipality: str, members: Sequence[str], year: int) -> Place:
    """Return where a municipality stands in one year.

    Examples
    --------
    >>> panel = pd.DataFrame({2022: [5.0, 1.0, 2.0, 9.0]}, index=list("abcd"))
    >>> found = place(panel, "a", ["b", "c", "d"], 2022)
    >>> found.higher_than, found.lower_than, found.median
    (2, 1, 2.0)
    """
    # Arrays, since a report asks for hundreds of places and a series of each would take most of its time.
    there = year in panel.columns
    values = (
        panel.to_numpy(dtype=float)[:, panel.columns.get_loc(year)] if there else np.full(len(panel), np.nan)
    )
    own = value_at(panel, municipality, year) if municipality != RIKET else np.nan
    others = np.delete(values, places_of(panel, [municipality, RIKET]))
    others = others[np.isfinite(others)]
    codes = [code for code in dict.fromkeys(members) if code != RIKET and code in panel.index]
    theirs = values[places_of(panel, codes)]
    found = sorted(
        ((float(value), code) for value, code in zip(theirs, codes, strict=True) if np.isfinite(value)),
        key=lambda pair: -pair[0],
    )
    peers = pd.Series(
        [value for value, _ in found],
        index=pd.Index([code for _, code in found], dtype="object"),
        dtype=float,
    )
    known = len(others) >= FEWEST_OF_COUNTRY and np.isfinite(own)
    lower = float(((others < own).sum() + 0.5 * (others == own).sum()) / len(others)) if known else np.nan
    low, high = np.percentile(others, [25, 75]) if len(others) >= FEWEST_OF_COUNTRY else (np.nan, np.nan)
    return Place(
        year=year,
        own=own,
        median=float(np.median([value for value, _ in found])) if found else np.nan,
        riket=value_at(panel, RIKET, year),
        peers=peers,
        higher_than=sum(value < own for value, _ in found),
        lower_than=sum(value > own for value, _ in found),
        share_lower=lower,
        quartiles=(float(low), float(high)),
    )


def comparable_years(
    panel: Panel, municipality: str, year: int, breaks: Sequence[Break], years: int = 3
) -> list[int]:
    """Return the years up to `year`, at most `years`, that no break separates and that have an own value."""
    if municipality == RIKET:
        return []
    return sorted(
        item for item in window(year, years, breaks) if np.isfinite(value_at(panel, municipality, item))
    )
