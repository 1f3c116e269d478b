"""Reading panels: years, segments between breaks, derived figures, "since when"."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
import pandas as pd

from effektiv.types import RIKET, Break, Formula

Panel: TypeAlias = pd.DataFrame
"""One key figure, one gender: index municipality, columns year (int), float."""

PUBLISHED_SHARE = 0.25
"""A year counts as published when at least this share of the municipalities that ever
have a value have one that year: a handful of early values is not a national year, while
surveys that each municipality makes every second or third year still count."""


def country(panel: Panel) -> Panel:
    """Return the municipalities without Riket.

    Parameters
    ----------
    panel
        Municipality x year.

    Returns
    -------
    Panel
        The same years; rows sorted by municipality.

    Examples
    --------
    >>> country(pd.DataFrame({2024: [1.0, 2.0]}, index=["0319", "0000"])).index.tolist()
    ['0319']
    """
    codes = panel.index
    if len(codes) and codes[0] == RIKET and codes.is_monotonic_increasing and codes.is_unique:
        return panel.iloc[1:]  # as snapshots have them; nothing needs to be copied
    known = codes.to_numpy(dtype=object)
    others = np.flatnonzero(known != RIKET)
    return panel.iloc[others[np.argsort(known[others], kind="stable")]]


def places_of(panel: Panel, municipalities: Iterable[str]) -> list[int]:
    """Return the numbers of the rows of those municipalities that have one, each once, in their order.

    Examples
    --------
    >>> places_of(pd.DataFrame({2024: [1.0, 2.0]}, index=["0319", "0320"]), ["0320", "0360"])
    [1]
    """
    index = panel.index
    return [cast(int, index.get_loc(code)) for code in dict.fromkeys(municipalities) if code in index]


def years_in_order(panel: Panel) -> tuple[pd.Index, np.ndarray | slice]:
    """Return the years in order of time, and which columns they are (all, as they stand, when in order).

    Examples
    --------
    >>> years, columns = years_in_order(pd.DataFrame({2024: [1.0], 2023: [2.0]}))
    >>> years.tolist(), columns.tolist()
    ([2023, 2024], [1, 0])
    """
    columns = panel.columns
    if columns.name == "year" and columns.dtype == np.int64 and columns.is_monotonic_increasing:
        return columns, slice(None)
    years = columns.to_numpy(dtype=int)
    order = np.argsort(years)
    return pd.Index(years[order], name="year"), order


def row(panel: Panel, municipality: str) -> pd.Series:
    """Return one municipality's values by year, sorted; all missing when it has no row.

    Parameters
    ----------
    panel
        Municipality x year.
    municipality
        Four-digit code, also Riket.

    Returns
    -------
    pandas.Series
        Float by year.

    Examples
    --------
    >>> row(pd.DataFrame({2024: [1.0], 2023: [2.0]}, index=["0319"]), "0319").tolist()
    [2.0, 1.0]
    """
    years, order = years_in_order(panel)
    values = np.full(len(years), np.nan)
    if municipality in panel.index:
        values = panel.to_numpy(dtype=float)[panel.index.get_loc(municipality)]
    return pd.Series(values[order], index=years, name=municipality)


def known_values(panel: Panel, municipality: str) -> dict[int, float]:
    """Return one municipality's values that are not missing by year, in order of time.

    The same as ``by_year(row(panel, municipality))``, without the series in between.

    Examples
    --------
    >>> known_values(pd.DataFrame({2024: [1.0], 2023: [np.nan]}, index=["0319"]), "0319")
    {2024: 1.0}
    """
    if municipality not in panel.index:
        return {}
    values = panel.to_numpy(dtype=float)[panel.index.get_loc(municipality)]
    return _known(panel.columns.to_numpy(dtype=int), values)


def by_year(series: pd.Series) -> dict[int, float]:
    """Return the values that are not missing by year, as plain numbers in order of time.

    Examples
    --------
    >>> by_year(pd.Series({2024: 2.0, 2023: float("nan")}))
    {2024: 2.0}
    """
    return _known(series.index.to_numpy(dtype=int), series.to_numpy(dtype=float))


def _known(years: np.ndarray, values: np.ndarray) -> dict[int, float]:
    """Return the values that are not missing by year, in order of time."""
    pairs = zip(years.tolist(), values.tolist(), strict=True)
    return dict(sorted((year, value) for year, value in pairs if not math.isnan(value)))


def cell(frame: pd.DataFrame, row: str, column: str) -> float:
    """Return a number of a frame by the names of its row and column, which must be there.

    Examples
    --------
    >>> cell(pd.DataFrame({"z": [1.0]}, index=["0319"]), "0319", "z")
    1.0
    """
    return float(cast(float, frame.loc[row, column]))


def value_at(panel: Panel, municipality: str, year: int) -> float:
    """Return one value, NaN where the municipality or the year is absent.

    Examples
    --------
    >>> value_at(pd.DataFrame({2024: [1.0]}, index=["0319"]), "0319", 2023)
    nan
    """
    try:
        place = panel.index.get_loc(municipality), panel.columns.get_loc(year)
    except KeyError:
        return float("nan")
    return float(panel.to_numpy(dtype=float)[place])


def derived(panels: Mapping[str, Panel], formula: Formula) -> Panel:
    """Compute ``factor * prod(kpi ** power)`` cell by cell.

    Parameters
    ----------
    panels
        Key figure id -> panel; must hold every key of `formula.powers`.
    formula
        Factor and powers.

    Returns
    -------
    Panel
        Every municipality and year that occurs in a factor. A cell is missing when a
        factor is missing, or when the result is not a finite number (division by zero).

    Raises
    ------
    KeyError
        A key figure of the formula has no panel.

    Examples
    --------
    >>> a = pd.DataFrame({2024: [6.0]}, index=["0319"])
    >>> b = pd.DataFrame({2024: [3.0]}, index=["0319"])
    >>> derived({"A": a, "B": b}, Formula(factor=10, powers={"A": 1, "B": -1})).loc["0319", 2024]
    np.float64(20.0)
    """
    factors = [panels[kpi] for kpi in formula.powers]
    rows = sorted(set().union(*(panel.index for panel in factors)))
    years = sorted(set().union(*(panel.columns for panel in factors)))
    product = np.full((len(rows), len(years)), formula.factor, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        for panel, power in zip(factors, formula.powers.values(), strict=True):
            values = panel.reindex(index=rows, columns=years).to_numpy(dtype=float)
            product = product * values ** float(power)
    product[~np.isfinite(product)] = np.nan
    return pd.DataFrame(
        product,
        index=pd.Index(rows, dtype="object", name="municipality"),
        columns=pd.Index(years, name="year"),
    )


def latest_year(
    panel: Panel, municipality: str, *, not_after: int | None = None, valid_to: int | None = None
) -> int | None:
    """Return the latest year with a value for the municipality.

    Parameters
    ----------
    panel
        Municipality x year.
    municipality
        Four-digit code.
    not_after
        Years after this one are not considered.
    valid_to
        Last year of an ended series (`Kpi.valid_to`).

    Returns
    -------
    int or None
        None when there is no value.

    Examples
    --------
    >>> latest_year(pd.DataFrame({2023: [1.0], 2024: [np.nan]}, index=["0319"]), "0319")
    2023
    """
    limit = min((item for item in (not_after, valid_to) if item is not None), default=None)
    years = known_values(panel, municipality)
    return max((year for year in years if limit is None or year <= limit), default=None)


def latest_of_both(one: Panel, other: Panel, municipality: str) -> int | None:
    """Return the latest year in which the municipality has a value in both panels.

    Examples
    --------
    >>> one = pd.DataFrame({2023: [1.0], 2024: [2.0]}, index=["0319"])
    >>> latest_of_both(one, one[[2023]], "0319")
    2023
    """
    both = row(one, municipality).dropna().index.intersection(row(other, municipality).dropna().index)
    return max((int(year) for year in both), default=None)


def published_years(panel: Panel) -> list[int]:
    """Return the years in which the country has values (see `PUBLISHED_SHARE`).

    Examples
    --------
    >>> published_years(pd.DataFrame({2023: [1.0] * 5, 2024: [1.0] + 4 * [np.nan]}, index=list("abcde")))
    [2023]
    """
    known = np.isfinite(panel.to_numpy(dtype=float))
    if RIKET in panel.index:
        known = np.delete(known, panel.index.get_loc(RIKET), axis=0)
    ever = int(known.any(axis=1).sum())
    if ever == 0:
        return []
    years = panel.columns.to_numpy(dtype=int)
    return sorted(years[known.sum(axis=0) >= PUBLISHED_SHARE * ever].tolist())


def quantile_by_year(values: np.ndarray, q: float) -> np.ndarray:
    """Return the quantile of each column over the values that are not missing.

    Parameters
    ----------
    values
        Two dimensions, NaN missing.
    q
        0-1; linear interpolation between neighbouring values.

    Returns
    -------
    numpy.ndarray
        One quantile a column; NaN for a column without values.

    Examples
    --------
    >>> quantile_by_year(np.array([[1.0, np.nan], [2.0, np.nan], [9.0, 5.0]]), 0.5).tolist()
    [2.0, 5.0]
    """
    if values.shape[0] == 0:
        return np.full(values.shape[1], np.nan)
    ordered = np.sort(values, axis=0)  # missing values come last
    place = np.maximum(np.isfinite(values).sum(axis=0) - 1, 0) * q
    low, share = np.floor(place).astype(int), place % 1.0
    columns = np.arange(values.shape[1])
    high = np.where(share > 0, low + 1, low)
    found: np.ndarray = ordered[low, columns] * (1.0 - share) + ordered[high, columns] * share
    return found


def segments(years: Iterable[int], breaks: Sequence[Break] = ()) -> list[tuple[int, ...]]:
    """Split years at breaks; values compare only within a segment.

    Parameters
    ----------
    years
        Years in any order.
    breaks
        Values from `Break.year` on do not compare with earlier ones.

    Returns
    -------
    list of tuple of int
        In order of time, each sorted; empty segments are left out.

    Examples
    --------
    >>> segments([2018, 2019, 2020], [Break(year=2019, reason="ny metod")])
    [(2018,), (2019, 2020)]
    """
    starts = sorted({item.year for item in breaks})
    by_segment: dict[int, list[int]] = {}
    for year in sorted(set(years)):
        by_segment.setdefault(int(np.searchsorted(starts, year, side="right")), []).append(year)
    return [tuple(by_segment[key]) for key in sorted(by_segment)]


def window(year: int, span: int, breaks: Sequence[Break] = ()) -> tuple[int, ...]:
    """Return the last `span` years up to `year` that lie in the same segment.

    Parameters
    ----------
    year
        Last year.
    span
        Number of calendar years, at least 1; fewer are returned after a break.
    breaks
        Breaks of the series.

    Returns
    -------
    tuple of int
        Sorted; always ends with `year`.

    Examples
    --------
    >>> window(2020, 3, [Break(year=2019, reason="ny metod")])
    (2019, 2020)
    """
    if span < 1:
        raise ValueError(f"span must be at least 1, got {span}")
    return segments(range(year - span + 1, year + 1), breaks)[-1]


def mean_of_years(panel: Panel, years: Sequence[int]) -> pd.Series:
    """Return each municipality's mean over the years; missing unless every year has a value.

    A mean over different years for different municipalities would carry price changes
    into the comparison, so a municipality with a missing year gets no mean.

    Examples
    --------
    >>> mean_of_years(pd.DataFrame({2023: [1.0], 2024: [3.0]}, index=["0319"]), [2023, 2024]).tolist()
    [2.0]
    """
    values = panel.reindex(columns=list(years)).astype(float)
    return values.mean(axis=1, skipna=False)


@dataclass(frozen=True)
class CrossSection:
    """Several key figures side by side for one year or one short period.

    Attributes
    ----------
    frame
        Municipality (without Riket) x key figure, in the figures' own units.
    years
        Key figure -> the years its column is the mean of.
    absent
        Key figures without any value close enough in time.
    """

    frame: pd.DataFrame
    years: dict[str, tuple[int, ...]]
    absent: tuple[str, ...]


def cross_section(
    panels: Mapping[str, Panel], figures: Sequence[str], year: int, *, span: int = 1, max_lag: int = 2
) -> CrossSection:
    """Put key figures side by side, each column from the same years for all municipalities.

    A column is the mean over the published years among the last `span` years. Structure
    figures often come later than costs: a figure with none of those years takes its
    latest published year at most `max_lag` years before them.

    Parameters
    ----------
    panels
        Key figure id -> panel. Figures without a panel are reported as absent.
    figures
        Ids in the order wanted.
    year
        Last year.
    span
        Number of years to average over.
    max_lag
        Years that a figure may lag behind the window.

    Returns
    -------
    CrossSection
        Municipalities with at least one value.

    Examples
    --------
    >>> p = pd.DataFrame({2022: [1.0, 2.0], 2023: [3.0, 4.0]}, index=["a", "b"])
    >>> cross_section({"X": p}, ["X", "Y"], 2024).years
    {'X': (2023,)}
    """
    columns: dict[str, pd.Series] = {}
    used: dict[str, tuple[int, ...]] = {}
    for figure in figures:
        if figure not in panels:
            continue
        years = _years_close_to(published_years(panels[figure]), year, span, max_lag)
        if years:
            columns[figure] = mean_of_years(country(panels[figure]), years)
            used[figure] = years
    frame = pd.DataFrame(columns).sort_index().dropna(how="all")
    frame.index.name = "municipality"
    absent = tuple(figure for figure in figures if figure not in used)
    return CrossSection(frame=frame, years=used, absent=absent)


def _years_close_to(published: Sequence[int], year: int, span: int, max_lag: int) -> tuple[int, ...]:
    first = year - span + 1
    inside = tuple(item for item in published if first <= item <= year)
    if inside:
        return inside
    before = [item for item in published if first - max_lag <= item < first]
    return (max(before),) if before else ()
