"""What goes together with better quality among municipalities of like structure, and survives being asked twice.

Many figures are tried, and among many some go together with anything by chance. So a pattern is told only when
it is there in two periods apart: in the later one so clearly that even the best of all tried would be that clear
by chance once in twenty (Bonferroni), and in the earlier one with the same sign. It is about municipalities, not
about causes. How often one is told where there is none is measured by ``python -m benchmarks.kalibrering``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

LEVEL = 0.05
"""At most this share of countries without patterns is told of one, by the later period alone."""

AGAIN = 0.05
"""The pattern's own chance in the earlier period, one-sided."""

FEWEST = 100
"""Fewer municipalities than this with all values: no pattern is looked for."""

WEAKEST = 0.2
"""A weaker correlation than this in either period is not worth telling of, however sure."""


@dataclass(frozen=True)
class Patterns:
    """What was tried and what was found.

    Attributes
    ----------
    frame
        Index driver; columns ``now``, ``before`` (partial correlations, -1 to 1), ``p`` (two-sided, later period),
        ``p_before`` (one-sided, same sign), ``adjusted`` (p by Bonferroni), ``fdr`` (p by Benjamini and Hochberg),
        ``n``, ``n_before``, ``slope`` (quality for one standard deviation of the driver, given structure), ``found``.
        The clearest first.
    """

    frame: pd.DataFrame

    @property
    def found(self) -> pd.DataFrame:
        """The drivers whose pattern is told of."""
        return self.frame[self.frame["found"]]


def partial_correlation(
    one: pd.Series, other: pd.Series, given: pd.DataFrame
) -> tuple[float, float, int, float]:
    """Return how two figures go together among those alike in structure.

    Both are cleaned of structure by least squares, and put in order before they are compared, so that a few odd
    values do not decide (Spearman's correlation of the residuals).

    Returns
    -------
    tuple
        Correlation, its two-sided p by Student's t with the degrees of freedom that structure leaves, municipalities
        with all values, and the change in `one` for a standard deviation of `other`. Missing with fewer than `FEWEST`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> size = pd.DataFrame({"size": rng.normal(size=200)})
    >>> r, p, n, _ = partial_correlation(size["size"] + rng.normal(size=200), size["size"], size[[]])
    >>> r > 0.5, p < 1e-6, n
    (True, True, 200)
    """
    # Arrays, since a calibration asks for many thousands, and frames would take most of its time.
    pair = np.column_stack([item.reindex(given.index).to_numpy(dtype=float) for item in (one, other)])
    figures = given.to_numpy(dtype=float)
    known = np.isfinite(pair).all(axis=1) & np.isfinite(figures).all(axis=1)
    pair, figures, n = pair[known], figures[known], int(known.sum())
    if n < FEWEST or any(len(np.unique(column)) < 3 for column in pair.T):
        return np.nan, np.nan, n, np.nan
    from scipy.special import stdtr  # noqa: PLC0415  longer to import than what most reports need
    from scipy.stats import rankdata  # noqa: PLC0415

    spread = figures.std(axis=0)
    z = (figures - figures.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    design = np.column_stack([np.ones(n), z])
    coefficients, _, rank, _ = np.linalg.lstsq(design, pair, rcond=None)
    left = pair - design @ coefficients
    r = float(np.corrcoef(rankdata(left[:, 0]), rankdata(left[:, 1]))[0, 1])
    free = n - int(rank) - 1
    t = abs(r) * np.sqrt(free / max(1.0 - r**2, 1e-12))
    slope = float(left[:, 0] @ left[:, 1] / (left[:, 1] @ left[:, 1]) * left[:, 1].std())
    return r, float(2.0 * stdtr(free, -t)), n, slope


def adjusted_fdr(p: np.ndarray) -> np.ndarray:
    """Return p-values adjusted for the false discovery rate (Benjamini and Hochberg 1995).

    Examples
    --------
    >>> adjusted_fdr(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    order = np.argsort(p)
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    found = np.empty(len(p))
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found


@dataclass(frozen=True)
class Period:
    """Means of some years.

    Attributes
    ----------
    quality
        One a municipality.
    drivers
        By key figure.
    structure
        Municipality x figure.
    """

    quality: pd.Series
    drivers: Mapping[str, pd.Series]
    structure: pd.DataFrame


def patterns(now: Period, before: Period) -> Patterns:
    """Look for figures that go together with quality, given structure, in both of two periods.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> driver, size = pd.Series(rng.normal(size=200)), pd.DataFrame({"size": rng.normal(size=200)})
    >>> one, other = (Period(driver + rng.normal(size=200), {"a": driver}, size) for _ in range(2))
    >>> patterns(one, other).found.index.tolist()
    ['a']
    """
    rows = {}
    for driver in now.drivers:
        r, p, n, slope = partial_correlation(now.quality, now.drivers[driver], now.structure)
        if np.isnan(r) or driver not in before.drivers:
            continue
        r0, p0, n0, _ = partial_correlation(before.quality, before.drivers[driver], before.structure)
        if np.isnan(r0):
            continue
        again = p0 / 2.0 if r * r0 > 0 else 1.0 - p0 / 2.0
        rows[driver] = {
            "now": r,
            "before": r0,
            "p": p,
            "p_before": again,
            "n": n,
            "n_before": n0,
            "slope": slope,
        }
    columns = ["now", "before", "p", "p_before", "n", "n_before", "slope"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("driver")
    chances = frame["p"].to_numpy(dtype=float)
    frame["adjusted"] = np.minimum(chances * len(chances), 1.0)
    frame["fdr"] = adjusted_fdr(chances)
    frame["found"] = (
        (frame["adjusted"] <= LEVEL)
        & (frame["p_before"] <= AGAIN)
        & (frame[["now", "before"]].abs().min(axis=1) >= WEAKEST)
    )
    return Patterns(frame.sort_values("p", kind="stable"))
