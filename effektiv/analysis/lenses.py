"""Three ways to see who gets much for little, side by side: what agrees is a finding, one of them never is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from effektiv.analysis.structure import fit
from effektiv.types import Better

FEWEST_YEARS = 2
"""Fewer years than this of three with a place, and nothing is said of a municipality."""

LOWER, MIDDLE, UPPER = 0.0, 1.0, 2.0
"""Thirds of the country."""


def beside_expected(values: pd.Series, structure: pd.DataFrame, *, logarithmic: bool) -> pd.Series:
    """Return values as they would be with the country's ordinary structure.

    Each municipality is predicted from the others (`effektiv.analysis.structure.fit`).

    Parameters
    ----------
    values
        One a municipality; positive where `logarithmic`.
    structure
        Municipality x structure figure.
    logarithmic
        Of costs: the share of what is expected that it is (1 is as expected). Else in the figure's own unit: the
        country's mean plus what is not expected.

    Returns
    -------
    pandas.Series
        Those that can be predicted; empty where no model can be fitted.

    Examples
    --------
    >>> codes = [f"{place:04d}" for place in range(1, 61)]
    >>> size = pd.DataFrame({"size": np.arange(60.0)}, index=codes)
    >>> cost = np.exp(0.01 * size["size"] + 0.1 * (size["size"] == 30))
    >>> float(beside_expected(cost, size, logarithmic=True).loc["0031"].round(2))
    1.11
    """
    y = values.astype(float)
    if logarithmic:
        y = pd.Series(np.log(y.where(y > 0).to_numpy()), index=y.index)
    found = fit(y, structure)
    if found is None:
        return pd.Series(dtype=float)
    residual = found.frame["residual_loo"].dropna()
    if logarithmic:
        return pd.Series(np.exp(residual.to_numpy()), index=residual.index)
    return found.frame["actual"].mean() + residual


def place_of(values: pd.Series, better: Better = Better.HIGHER) -> pd.Series:
    """Return the share of the others, 0-100, that each is better than; an equal counts as half.

    Examples
    --------
    >>> place_of(pd.Series([5.0, 7.0, 9.0]), Better.LOWER).tolist()
    [100.0, 50.0, 0.0]
    """
    known = values.dropna()
    if len(known) < 2:
        return pd.Series(dtype=float)
    ranks = known.rank() - 1.0
    place = 100.0 * ranks / (len(known) - 1)
    return 100.0 - place if better is Better.LOWER else place


def mean_place(places: Sequence[pd.Series]) -> pd.Series:
    """Return the mean over several figures or years of those that have all.

    Examples
    --------
    >>> mean_place([pd.Series({"a": 10.0, "b": 20.0}), pd.Series({"a": 30.0})]).to_dict()
    {'a': 20.0}
    """
    return pd.concat(list(places), axis=1, join="inner").mean(axis=1)


def residual_lens(
    cost: pd.Series, quality: Mapping[str, pd.Series], better: Mapping[str, Better]
) -> pd.Series:
    """Return each municipality's place by cost and quality beside the expected, weighing as much as each other.

    Parameters
    ----------
    cost
        Share of the expected (`beside_expected`).
    quality
        Beside the expected, by key figure.
    better
        Direction of each.

    Examples
    --------
    >>> cost = pd.Series({"a": 0.9, "b": 1.0, "c": 1.2})
    >>> residual_lens(cost, {"q": pd.Series({"a": 3.0, "b": 1.0, "c": 2.0})}, {"q": Better.HIGHER}).to_dict()
    {'a': 100.0, 'b': 25.0, 'c': 25.0}
    """
    results = mean_place([place_of(values, better[kpi]) for kpi, values in quality.items()])
    return place_of(mean_place([place_of(cost, Better.LOWER), results]))


def thirds(places: pd.DataFrame) -> pd.Series:
    """Return which third of the country each lies in by its mean place over some years.

    Parameters
    ----------
    places
        Municipality x year, 0-100; missing where there is none. At least `FEWEST_YEARS` are needed.

    Returns
    -------
    pandas.Series
        `LOWER`, `MIDDLE` or `UPPER` by municipality; missing where too little is known.

    Examples
    --------
    >>> thirds(pd.DataFrame({2019: [9.0, 50.0, 99.0], 2020: [9.0, 60.0, 90.0]}, index=list("abc"))).tolist()
    [0.0, 1.0, 2.0]
    """
    mean = places.mean(axis=1).where(places.notna().sum(axis=1) >= FEWEST_YEARS)
    place = place_of(mean).reindex(places.index)
    return pd.Series(
        np.select([place.isna(), place < 100 / 3, place <= 200 / 3], [np.nan, LOWER, MIDDLE], UPPER),
        index=places.index,
    )
