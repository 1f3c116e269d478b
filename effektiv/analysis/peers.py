"""Whom to compare with: official groups, county, nearest neighbours; and their median."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, places_of, quantile_by_year, years_in_order
from effektiv.types import RIKET, SIMILAR_MEMBERS, Better

MIN_MEMBERS = 3
"""A median or quartile of a group needs this many members with a value (all of them in
a smaller group): one or two of seven do not speak for the group."""

IQR_TO_SD = 1.3489795003921634
"""Interquartile range of a normal distribution in standard deviations."""


@dataclass(frozen=True)
class PeerGroup:
    """An official group of similar municipalities.

    Attributes
    ----------
    members
        Known codes in Kolada's order, never the municipality itself.
    group_id
        Kolada's id, changes with the year.
    title
        Kolada's title.
    year
        Year of the group.
    after_data
        Whether the group is of a later year than the data, for want of an earlier one.
    """

    members: tuple[str, ...]
    group_id: str
    title: str
    year: int
    after_data: bool

    @property
    def lacking(self) -> int:
        """How many of the members that Kolada gives every such group are not known."""
        return max(SIMILAR_MEMBERS - len(self.members), 0)


class OfficialGroups:
    """The official groups by title, read once for all municipalities.

    Parameters
    ----------
    groups
        Columns group_id, group_title, member_id, member_title.
    known
        Codes of the municipalities that there are; None takes every member to be one.
    """

    def __init__(self, groups: pd.DataFrame, known: Collection[str] | None = None) -> None:
        self._known = None if known is None else frozenset(known)
        self._members: dict[str, dict[str, None]] = {}
        titles: dict[str, str] = {}
        columns = (groups[name].astype(str).tolist() for name in ("group_id", "group_title", "member_id"))
        for group_id, group_title, member in zip(*columns, strict=True):
            titles[group_id] = group_title
            self._members.setdefault(group_id, {})[member] = None
        self._by_name: dict[str, list[tuple[int, str, str]]] = {}
        for group_id, group_title in titles.items():
            name, _, year = _even_commas(group_title).rpartition(",")
            if re.fullmatch(r"\d{4}", year):
                self._by_name.setdefault(name, []).append((int(year), group_id, group_title))

    def find(self, family: str, title: str, latest_year: int, municipality: str) -> PeerGroup | None:
        """Find the official similar municipalities by the group's title.

        Titles read ``<family>, <municipality>, <year>``, where the family may itself hold a
        comma (``Liknande kommuner, övergripande``). The whole title must match, so one
        municipality's name inside another's does no harm.

        Parameters
        ----------
        family
            Title without municipality and year (`FocusArea.family`).
        title
            The municipality's official title.
        latest_year
            Latest year of the data.
        municipality
            Its code, to keep it out of its own group.

        Returns
        -------
        PeerGroup or None
            The latest group not after the data; when all are later, the earliest of them,
            marked `after_data`. None when the family has no group for the municipality.
            Should Kolada hold two groups with one title, the one with the highest id counts.

        Examples
        --------
        >>> groups = pd.DataFrame({"group_id": ["G1"], "group_title": ["Liknande kommuner IFO, Tierp, 2024"],
        ...                        "member_id": ["0319"], "member_title": ["Älvkarleby"]})
        >>> OfficialGroups(groups).find("Liknande kommuner IFO", "Tierp", 2025, "0360").members
        ('0319',)
        """
        found = self._by_name.get(_even_commas(f"{family},{title}"), [])
        if not found:
            return None
        before = [item for item in found if item[0] <= latest_year]
        year = max(item[0] for item in before) if before else min(item[0] for item in found)
        _, group_id, group_title = max(
            (item for item in found if item[0] == year), key=lambda item: _id_number(item[1])
        )
        members = tuple(
            code
            for code in self._members[group_id]
            if code not in {municipality, RIKET} and (self._known is None or code in self._known)
        )
        return PeerGroup(members, group_id, group_title, year, after_data=not before)


def _even_commas(title: str) -> str:
    return re.sub(r"\s*,\s*", ",", title.strip())


def _id_number(group_id: str) -> tuple[int, str]:
    digits = re.sub(r"\D", "", group_id)
    return (int(digits) if digits else -1, group_id)


def county_group(municipalities: pd.DataFrame, municipality: str) -> tuple[str, ...]:
    """Return the other municipalities of the same county.

    Parameters
    ----------
    municipalities
        Columns id, type, county.
    municipality
        Four-digit code.

    Returns
    -------
    tuple of str
        Sorted; empty for a county with one municipality.

    Raises
    ------
    KeyError
        The municipality is not in the frame.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["0319", "0360", "0003"], "type": ["K", "K", "L"], "county": ["03"] * 3})
    >>> county_group(frame, "0319")
    ('0360',)
    """
    only = municipalities[municipalities["type"] == "K"].set_index("id")
    same = only.index[only["county"] == only["county"].loc[municipality]]
    return tuple(sorted(str(code) for code in same if code != municipality))


@dataclass(frozen=True)
class Neighbours:
    """Nearest municipalities on a set of structure figures.

    Attributes
    ----------
    members
        Codes, nearest first.
    distances
        Distance of every candidate (root of the weighted sum of squared scaled
        differences), nearest first.
    figures
        Figures that took part.
    left_out
        Figure -> "missing" (the municipality has no value) or "no_spread".
    candidates
        Number of municipalities with all the figures.
    """

    members: tuple[str, ...]
    distances: pd.Series
    figures: tuple[str, ...]
    left_out: dict[str, str]
    candidates: int


def robust_sd(values: pd.Series | np.ndarray) -> float:
    """Return the interquartile range in standard deviations of a normal distribution.

    Parameters
    ----------
    values
        Any unit; missing values are ignored.

    Returns
    -------
    float
        Same unit; NaN with fewer than three values.

    Examples
    --------
    >>> round(robust_sd(pd.Series([0.0, 1.0, 2.0, 3.0, 4.0])), 3)
    1.483
    """
    array = np.asarray(values, dtype=float)
    array = array[np.isfinite(array)]
    if array.size < 3:
        return float("nan")
    low, high = np.percentile(array, [25, 75])
    return float((high - low) / IQR_TO_SD)


def nearest_neighbours(
    structure: pd.DataFrame, municipality: str, k: int = 7, weights: Mapping[str, float] | None = None
) -> Neighbours | None:
    """Find the k municipalities most alike on structure.

    ``d2 = sum_j w_j ((x_ij - x_kj)/s_j)^2`` with s the robust SD over all municipalities
    (METHOD section 2). Nothing is imputed: a figure that the municipality itself lacks is
    left out for all, and a municipality that lacks one of the remaining is no candidate.

    Parameters
    ----------
    structure
        Municipality x figure. Riket is ignored.
    municipality
        Four-digit code.
    k
        Number of neighbours.
    weights
        Figure -> weight; 1 where not given.

    Returns
    -------
    Neighbours or None
        Ties are broken by code. None when no figure or no candidate remains.

    Raises
    ------
    ValueError
        A weight is negative or names no figure, or k is less than 1.

    Examples
    --------
    >>> frame = pd.DataFrame({"X": [1.0, 2.0, 5.0, 9.0]}, index=["a", "b", "c", "d"])
    >>> nearest_neighbours(frame, "a", k=2).members
    ('b', 'c')
    """
    weights = dict(weights or {})
    _check_weights(weights, structure, k)
    frame = structure.drop(index=RIKET, errors="ignore").astype(float)
    if municipality not in frame.index:
        return None
    scale = frame.apply(robust_sd)
    own_missing, flat = frame.T[municipality].isna(), ~(scale > 0)
    left_out = {
        str(figure): "missing" if own_missing[figure] else "no_spread"
        for figure in frame.columns[own_missing | flat]
    }
    figures = [str(figure) for figure in frame.columns if figure not in left_out]
    complete = frame[figures].dropna().drop(index=municipality) if figures else frame.iloc[:0]
    if complete.empty:
        return None
    scaled = (complete - frame.loc[municipality, figures]) / scale[figures]
    weight = np.array([weights.get(figure, 1.0) for figure in figures])
    distance = np.sqrt((scaled.to_numpy() ** 2 * weight).sum(axis=1))
    distances = pd.Series(distance, index=complete.index, name="distance").sort_index()
    distances = distances.sort_values(kind="stable")
    return Neighbours(
        members=tuple(str(code) for code in distances.index[:k]),
        distances=distances,
        figures=tuple(figures),
        left_out=left_out,
        candidates=len(distances),
    )


def _check_weights(weights: Mapping[str, float], structure: pd.DataFrame, k: int) -> None:
    unknown = set(weights) - set(structure.columns)
    if unknown or any(weight < 0 for weight in weights.values()) or k < 1:
        raise ValueError(f"bad weights or k: unknown figures {sorted(unknown)}, weights {weights}, k {k}")


def overlap(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """Return the members that two groups share, in the order of the first.

    Examples
    --------
    >>> overlap(["a", "b", "c"], ["c", "a"])
    ('a', 'c')
    """
    return tuple(code for code in one if code in set(other))


def _quantile(panel: Panel, members: Sequence[str], q: float) -> pd.Series:
    """Return a quantile of the members by year, missing where too few have a value."""
    years, order = years_in_order(panel)
    values = panel.to_numpy(dtype=float)[places_of(panel, members)][:, order]
    enough = np.isfinite(values).sum(axis=0) >= min(MIN_MEMBERS, max(len(set(members)), 1))
    found = np.where(enough, quantile_by_year(values, q), np.nan)
    return pd.Series(found, index=years)


def group_median(panel: Panel, members: Sequence[str]) -> pd.Series:
    """Return the group's median by year.

    Parameters
    ----------
    panel
        Municipality x year.
    members
        Codes; one code (for example Riket) gives that row.

    Returns
    -------
    pandas.Series
        By year; missing where fewer than `MIN_MEMBERS` members have a value (all of
        them in a group smaller than that).

    Examples
    --------
    >>> group_median(pd.DataFrame({2024: [1.0, 2.0, 9.0]}, index=list("abc")), list("abc"))[2024]
    np.float64(2.0)
    """
    return _quantile(panel, members, 0.5)


def group_best_quarter(panel: Panel, members: Sequence[str], better: Better) -> pd.Series:
    """Return the value that the best quarter of the group reaches, by year.

    The 25th percentile where lower is better (the cheapest quarter), else the 75th;
    linear interpolation.

    Parameters
    ----------
    panel, members
        As for `group_median`.
    better
        Which direction is better.

    Returns
    -------
    pandas.Series
        By year; missing as for `group_median`.

    Raises
    ------
    ValueError
        `better` is NEITHER.

    Examples
    --------
    >>> p = pd.DataFrame({2024: [1.0, 2.0, 3.0, 4.0, 5.0]}, index=list("abcde"))
    >>> group_best_quarter(p, list("abcde"), Better.LOWER)[2024]
    np.float64(2.0)
    """
    if better is Better.NEITHER:
        raise ValueError("a figure without a better direction has no best quarter")
    return _quantile(panel, members, 0.25 if better is Better.LOWER else 0.75)
