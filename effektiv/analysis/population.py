"""Persons of an area's ages, counted from a population by single years of age."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from effektiv.types import AgeGroup


def in_ages(by_age: pd.DataFrame, first: int, last: int | None, open_from: int | None) -> pd.Series:
    """Count the persons from one age to another, both included, by year.

    Parameters
    ----------
    by_age
        Persons: whole years of age x year.
    first, last
        The ages; None means the first and all above.
    open_from
        The age that stands for itself and all above; None where no age does.

    Returns
    -------
    pandas.Series
        Persons by year; missing where any of the ages is, or where the ages cannot be told from those above.

    Examples
    --------
    >>> frame = pd.DataFrame({2026: [10.0, 20.0, 5.0], 2027: [11.0, None, 5.0]}, index=[6, 7, 8])
    >>> in_ages(frame, 6, 7, None).tolist()
    [30.0, nan]
    >>> in_ages(frame, 7, None, open_from=8)[2026], in_ages(frame, 6, 8, open_from=8).isna().all()
    (np.float64(25.0), np.True_)
    """
    top = open_from if last is None else last
    # An open class holds older persons too, so it belongs to no group that ends; and a group without end needs one.
    is_whole = top is not None and first <= top and (last is None or open_from is None or last < open_from)
    wanted = range(first, top + 1) if top is not None and is_whole else range(0)
    if not wanted or not set(wanted) <= set(by_age.index):
        return pd.Series(float("nan"), index=by_age.columns, dtype=float)
    return by_age.loc[list(wanted)].sum(axis=0, skipna=False).astype(float)


def by_group(by_age: pd.DataFrame, groups: Iterable[AgeGroup], open_from: int | None) -> pd.DataFrame:
    """Count the persons of each group of ages by year.

    Parameters
    ----------
    by_age, open_from
        As `in_ages`.
    groups
        The groups.

    Returns
    -------
    pandas.DataFrame
        Persons: id of the group x year, in the order of the groups; missing as `in_ages`.

    Examples
    --------
    >>> frame = pd.DataFrame({2026: [10.0, 20.0, 5.0]}, index=[6, 7, 8])
    >>> groups = [AgeGroup(id="f", label="6 år", first=6, last=6), AgeGroup(id="1-2", label="7-8 år", first=7, last=8)]
    >>> by_group(frame, groups, None)[2026].to_dict()
    {'f': 10.0, '1-2': 25.0}
    """
    rows = {group.id: in_ages(by_age, group.first, group.last, open_from) for group in groups}
    return pd.DataFrame.from_dict(rows, orient="index", columns=by_age.columns, dtype=float)
