"""Role models: who is likely better on both cost and quality, and still so three years on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtr

from effektiv.analysis.certainty import on_scale
from effektiv.analysis.panels import Panel, country, window
from effektiv.types import Better, Break

NAMED_FROM = 0.80
"""Probability of being better on both from which a role model is named."""

NEAREST = 30
"""How many municipalities of like size and structure are looked at besides the peers."""

SHOWN_COST, SHOWN_QUALITY = 0.80, 0.75
"""What is left three years later of a difference chosen for being large (measured)."""

COST_VARIANCE, QUALITY_VARIANCE = 1.6, 0.75
"""Variance of what comes three years later about what is shown, in variances of one step (measured)."""


def adjusted_cost(cost: Panel, structure: Mapping[str, Panel], population: Panel) -> Panel:
    """Return ln cost less what size and structure explain in each year (ordinary least squares).

    Parameters
    ----------
    cost
        Municipality x year, kronor.
    structure
        Figures that explain; each year's value is its latest.
    population
        Inhabitants.

    Returns
    -------
    Panel
        Natural logarithms; missing where anything is, and in years when fewer than 100 have all.
    """
    known = country(cost)
    logs = on_scale(known)
    explaining: dict[str, Panel] = {"size": on_scale(country(population))}
    explaining |= {kpi: country(panel) for kpi, panel in structure.items()}
    residuals = pd.DataFrame(np.nan, index=known.index, columns=known.columns)
    for year in known.columns:
        latest = [_until(panel, int(year)).reindex(known.index) for panel in explaining.values()]
        design = np.column_stack([np.ones(len(known)), *latest])
        y = logs[year].to_numpy()
        usable = np.isfinite(y) & np.isfinite(design).all(axis=1)
        if usable.sum() >= _FEWEST_ADJUSTED:
            beta, *_ = np.linalg.lstsq(design[usable], y[usable], rcond=None)
            residuals.loc[usable, year] = y[usable] - design[usable] @ beta
    return residuals


_FEWEST_ADJUSTED = 100


def _until(panel: Panel, year: int) -> pd.Series:
    years = [int(column) for column in panel.columns if int(column) <= year]
    return panel[max(years)] if years else pd.Series(np.nan, index=panel.index)


def mean_of_window(
    panel: Panel, year: int, breaks: Sequence[Break], years: int = 3, needed: int = 2
) -> pd.Series:
    """Return each municipality's mean of the last years that no break separates; at least `needed` of them."""
    recent = country(panel)[[item for item in window(year, years, breaks) if item in panel.columns]]
    return recent.mean(axis=1).where(recent.notna().sum(axis=1) >= needed)


def likely_better(
    municipality: str,
    cost: pd.Series,
    quality: pd.Series,
    better: Better,
    cost_sd: pd.Series,
    quality_sd: pd.Series,
) -> pd.DataFrame:
    """Return how likely each other municipality still is better on both three years on.

    Both advantages are shrunk, since those that are best among many are so partly by luck: what is
    shown is what is left later. Measured by ``python -m benchmarks.kalibrering``.

    Parameters
    ----------
    municipality
        Four-digit code.
    cost, quality
        Means of the last three years by municipality (`mean_of_window`); cost adjusted for structure.
    better
        Direction of the quality figure.
    cost_sd, quality_sd
        Noise of one step by municipality (`effektiv.analysis.certainty.Noise.sd`).

    Returns
    -------
    pandas.DataFrame
        By municipality: ``cost`` (how much cheaper) and ``quality`` (how much better) after shrinking, in
        the units given; ``probability`` that it is better on both.
    """
    if municipality not in cost.index or municipality not in quality.index:
        return pd.DataFrame(columns=["cost", "quality", "probability"], dtype=float)
    others = cost.index.intersection(quality.index).drop(municipality)
    sign = -1.0 if better is Better.LOWER else 1.0
    cheaper = SHOWN_COST * (cost[municipality] - cost[others])
    finer = SHOWN_QUALITY * sign * (quality[others] - quality[municipality])
    variance = cost_sd.reindex(others) ** 2 + float(cost_sd.get(municipality, np.nan)) ** 2
    spread = quality_sd.reindex(others) ** 2 + float(quality_sd.get(municipality, np.nan)) ** 2
    both = ndtr(cheaper / np.sqrt(COST_VARIANCE * variance)) * ndtr(
        finer / np.sqrt(QUALITY_VARIANCE * spread)
    )
    return pd.DataFrame({"cost": cheaper, "quality": finer, "probability": both}, index=others)


def nearest(
    conditions: Mapping[str, Panel], population: Panel, year: int, n: int = NEAREST
) -> dict[str, list[str]]:
    """Return the municipalities most like each in size and structure, the nearest first.

    The distance is Euclidean in standard deviations of ln population and each condition, latest values.
    """
    inhabitants = np.log(_until(country(population), year))
    parts = {"size": inhabitants, **{kpi: _until(country(panel), year) for kpi, panel in conditions.items()}}
    places = pd.DataFrame(parts).reindex(inhabitants.index).dropna()
    z = ((places - places.mean()) / places.std()).to_numpy()
    distance = ((z[:, None, :] - z[None, :, :]) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    order = np.argsort(distance, axis=1, kind="stable")[:, :n]
    codes = places.index.to_numpy()
    return {str(code): codes[row].tolist() for code, row in zip(codes, order, strict=True)}
