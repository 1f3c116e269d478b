"""Whom to compare with: official groups, county, nearest neighbours; and their median."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, places_of, quantile_by_year, years_in_order
from effektiv.types import RIKET, SIMILAR_MEMBERS

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
