"""RKA's efficiency index: normalisation, parts, efficiency, and a check against Kolada.

Source: METHOD section 1 (texts of the key figures in Kolada). Values are placed on
0-100 where 0 is worst; below percentile 2.5 is 0, above 97.5 is 100. RKA does not say
that the scale is linear in between, nor that the percentile is the nearest rank; both
are inferred from published indices, which come out (docs/index.md says which do not).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, country, value_at
from effektiv.types import RIKET, Better, IndexPart

LOW_PERCENTILE, HIGH_PERCENTILE = 2.5, 97.5
PERCENTILE: Final = "inverted_cdf"
"""NumPy's name of the nearest rank: the smallest value that has at least the share at or below it."""

MIN_VALUES = 3
"""With fewer values there is no distribution to be placed in."""

ROUNDING = 1e-9
"""Relative difference below which values count as equal: means of index points that are equal
on paper differ in the last bits, and must not be spread over the whole scale."""

CHECK_COLUMNS = ["n", "mean_abs_diff", "max_abs_diff", "correlation", "own", "published", "diff"]


def normalise(values: pd.Series, better: Better = Better.HIGHER) -> pd.Series:
    """Place values on 0-100, 100 best.

    ``N(x) = 100 * clip((x - P2.5)/(P97.5 - P2.5), 0, 1)``, and ``100 - N`` where lower is
    better. Percentiles by nearest rank over the municipalities with a value.

    Parameters
    ----------
    values
        One value a municipality, any unit. Riket is left out.
    better
        Which direction is better.

    Returns
    -------
    pandas.Series
        Index points 0-100; missing where the value is. All missing with fewer than
        `MIN_VALUES` values. Where the two percentiles coincide the middle of the scale
        is the only place that treats both ends alike: equal values get 50, values below
        and above the percentile 0 and 100.

    Raises
    ------
    ValueError
        `better` is NEITHER: such a figure has no place on the scale.

    Examples
    --------
    >>> normalise(pd.Series([1.0, 2.0, 3.0], index=["a", "b", "c"])).round(6).tolist()
    [0.0, 50.0, 100.0]
    """
    known = values[np.asarray(values.index != RIKET)]
    return pd.Series(_points(known.to_numpy(dtype=float), better), index=known.index, name=values.name)


def _normalised(panel: Panel, better: Better = Better.HIGHER) -> Panel:
    """Return every year of a panel as `normalise` places it."""
    known = panel[np.asarray(panel.index != RIKET)]
    values = known.to_numpy(dtype=float)
    points = np.empty(values.shape[::-1])
    for place in range(values.shape[1]):
        points[place] = _points(values[:, place], better)
    return pd.DataFrame(points.T, index=known.index, columns=known.columns)


def _points(values: np.ndarray, better: Better) -> np.ndarray:
    if better is Better.NEITHER:
        raise ValueError("a figure without a better direction cannot be placed on the index scale")
    present = np.isfinite(values)
    if present.sum() < MIN_VALUES:
        return np.full(len(values), np.nan)
    low, high = np.percentile(values[present], [LOW_PERCENTILE, HIGH_PERCENTILE], method=PERCENTILE)
    placed = _placed(values, float(low), float(high))
    points: np.ndarray = 100.0 * (placed if better is Better.HIGHER else 1.0 - placed)
    return points


def _placed(values: np.ndarray, low: float, high: float) -> np.ndarray:
    rounding = ROUNDING * max(abs(low), abs(high))
    if high - low > rounding:
        return np.clip((values - low) / (high - low), 0.0, 1.0)
    off = np.where(np.abs(values - low) <= rounding, 0.0, values - low)
    return np.asarray(0.5 + 0.5 * np.sign(off))


def filled(panel: Panel, lag_years: Sequence[int], *, whole_years: bool = False) -> tuple[Panel, Panel]:
    """Let other years stand in for missing values, as an index definition allows.

    Parameters
    ----------
    panel
        Municipality x year.
    lag_years
        Offsets in order of preference (`IndexInput.lag_years`): -1 is the year before.
    whole_years
        Whether only years without any value are filled, each from one other year.

    Returns
    -------
    values : Panel
        Filled only from the first to the last year in which any municipality has a
        value, so that an ended series is not prolonged.
    source_year : Panel
        The year each value was taken from; missing where there is none.

    Examples
    --------
    >>> p = pd.DataFrame({2022: [1.0, 5.0], 2023: [np.nan, 6.0]}, index=["a", "b"])
    >>> values, source_year = filled(p, (-1,))
    >>> float(values.loc["a", 2023]), int(source_year.loc["a", 2023])
    (1.0, 2022)
    """
    original = country(panel).astype(float)
    present = original.columns[original.notna().any(axis=0)]
    years = list(range(int(present.min()), int(present.max()) + 1)) if len(present) else []
    original = original.reindex(columns=years)
    values = original.to_numpy(copy=True)
    source = np.where(np.isfinite(values), np.array(years, dtype=float), np.nan)
    for lag in lag_years:
        shifted = original.reindex(columns=[year + lag for year in years]).to_numpy()
        take = ~np.isfinite(values) & np.isfinite(shifted)
        if whole_years:
            take &= ~np.isfinite(values).any(axis=0)
        values = np.where(take, shifted, values)
        source = np.where(take, np.array(years, dtype=float) + lag, source)
    rows, columns = pd.Index(original.index, name="municipality"), pd.Index(years, name="year")
    return pd.DataFrame(values, rows, columns), pd.DataFrame(source, rows, columns)


def index_inputs(
    panels: Mapping[str, Panel], part: IndexPart, better: Mapping[str, Better]
) -> dict[str, Panel]:
    """Return every input of an index part on the 0-100 scale, year by year.

    Parameters
    ----------
    panels
        Key figure id -> panel; must hold every input.
    part
        Inputs with weights and lags.
    better
        Key figure id -> direction (for a resource part: LOWER).

    Returns
    -------
    dict
        Input id -> panel of index points, without Riket.

    Raises
    ------
    KeyError
        An input has no panel or no direction.

    Examples
    --------
    >>> from effektiv.types import IndexInput
    >>> p = pd.DataFrame({2023: [1.0, 2.0, 3.0]}, index=list("abc"))
    >>> part = IndexPart(published="U1", inputs=(IndexInput(kpi="X"),))
    >>> index_inputs({"X": p}, part, {"X": Better.LOWER})["X"][2023].round(6).tolist()
    [100.0, 50.0, 0.0]
    """
    points = {}
    for item in part.inputs:
        values, _ = filled(panels[item.kpi], item.lag_years, whole_years=item.whole_years)
        points[item.kpi] = _normalised(values, better[item.kpi]) if values.size else values
    return points


def index_part(panels: Mapping[str, Panel], part: IndexPart, better: Mapping[str, Better]) -> Panel:
    """Compute a quality or resource index for all municipalities and years.

    ``Index = N(weighted mean of N(x1), ..., N(xk))`` over complete cases: a municipality
    that lacks an input (after the lags that the definition allows) gets no index. With one
    input the index is its normalised value, placed once (Kolada's text of U15010 and U20008).

    Parameters
    ----------
    panels, part, better
        As for `index_inputs`.

    Returns
    -------
    Panel
        Index points 0-100 for the years that all inputs have, without Riket.

    Examples
    --------
    >>> from effektiv.types import IndexInput
    >>> p = pd.DataFrame({2023: [1.0, 2.0, 3.0]}, index=list("abc"))
    >>> part = IndexPart(published="U1", inputs=(IndexInput(kpi="X"), IndexInput(kpi="Y")))
    >>> up = {"X": Better.HIGHER, "Y": Better.HIGHER}
    >>> index_part({"X": p, "Y": p}, part, up)[2023].round(6).tolist()
    [0.0, 50.0, 100.0]
    """
    points = index_inputs(panels, part, better)
    if len(part.inputs) == 1:
        # A second pass could move the ends: the nearest ranks of a turned scale may be others.
        return points[part.inputs[0].kpi]
    rows = sorted(set().union(*(panel.index for panel in points.values())))
    years = sorted(set.intersection(*(set(panel.columns) for panel in points.values())))
    weights = [item.weight for item in part.inputs]
    total = sum(
        points[item.kpi].reindex(index=rows, columns=years).to_numpy(dtype=float) * item.weight
        for item in part.inputs
    )
    mean = pd.DataFrame(
        total / sum(weights), index=pd.Index(rows, name="municipality"), columns=pd.Index(years, name="year")
    )
    return _normalised(mean) if mean.size else mean


def efficiency_index(quality: Panel, resource: Panel) -> Panel:
    """Compute ``N((quality index + resource index)/2)``.

    Parameters
    ----------
    quality, resource
        Index points 0-100.

    Returns
    -------
    Panel
        Index points 0-100 for the years both have; missing unless both sides exist.

    Examples
    --------
    >>> q = pd.DataFrame({2023: [0.0, 50.0, 100.0]}, index=list("abc"))
    >>> efficiency_index(q, q)[2023].round(6).tolist()
    [0.0, 50.0, 100.0]
    """
    years = [int(year) for year in quality.columns if year in set(resource.columns)]
    rows = country(quality).index.union(country(resource).index)
    mean = (quality.reindex(index=rows, columns=years) + resource.reindex(index=rows, columns=years)) / 2
    mean.index.name, mean.columns.name = "municipality", "year"
    return _normalised(mean) if mean.size else mean


@dataclass(frozen=True)
class IndexCheck:
    """Our index against the published one.

    Attributes
    ----------
    by_year
        Index year; columns n (municipalities with both), mean_abs_diff and max_abs_diff
        (index points), correlation (missing when a side does not vary), own and published
        (index points of the municipality asked for), diff (own - published).
    """

    by_year: pd.DataFrame

    @property
    def worst(self) -> float:
        """Largest absolute difference of any municipality and year, index points."""
        return float(self.by_year["max_abs_diff"].max())


def index_check(own: Panel, published: Panel, municipality: str) -> IndexCheck:
    """Compare our index with the published one, year by year.

    Parameters
    ----------
    own, published
        Index points 0-100.
    municipality
        The one shown beside the national statistics.

    Returns
    -------
    IndexCheck
        Years in which at least one municipality has both.

    Examples
    --------
    >>> a = pd.DataFrame({2023: [10.0, 20.0]}, index=["0319", "0320"])
    >>> index_check(a, a + 1, "0319").by_year.loc[2023, "mean_abs_diff"]
    np.float64(1.0)
    """
    mine, theirs = country(own), country(published)
    everyone = mine.index.union(theirs.index)
    mine, theirs = mine.reindex(everyone), theirs.reindex(everyone)
    rows = {
        year: [
            *_differences(mine[year].to_numpy(dtype=float), theirs[year].to_numpy(dtype=float)),
            value_at(own, municipality, year),
            value_at(published, municipality, year),
            value_at(own, municipality, year) - value_at(published, municipality, year),
        ]
        for year in sorted(int(item) for item in set(own.columns) & set(published.columns))
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=CHECK_COLUMNS)
    frame.index = pd.Index(list(rows), name="year", dtype="int64")
    return IndexCheck(by_year=frame[frame["n"] > 0])


def _differences(own: np.ndarray, published: np.ndarray) -> list[float]:
    """Return the first four of `CHECK_COLUMNS` for one year."""
    both = ~np.isnan(own) & ~np.isnan(published)
    a, b = own[both], published[both]
    distance = np.abs(a - b)
    varies = len(a) >= MIN_VALUES and np.ptp(a) > 0 and np.ptp(b) > 0
    return [
        len(a),
        float(distance.mean()) if len(a) else np.nan,
        float(distance.max()) if len(a) else np.nan,
        float(np.corrcoef(a, b)[0, 1]) if varies else np.nan,
    ]
