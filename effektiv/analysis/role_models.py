"""Role models: better quality and lower adjusted cost, two of the last three years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtr

from effektiv.analysis.panels import Panel, Since, country, since_in, window
from effektiv.analysis.peers import robust_sd
from effektiv.analysis.uncertainty import Z95
from effektiv.types import Better, Break

COLUMNS = [
    "peer",
    "years_better",
    "years_compared",
    "cost_difference",
    "quality_difference",
    "margin",
    "since",
    "since_ended_by",
    "certain",
]


def role_models(
    cost: Panel,
    quality: Panel,
    better: Better,
    municipality: str,
    peers: Sequence[str],
    *,
    year: int,
    cost_noise: pd.Series,
    quality_noise: pd.Series,
    breaks: Sequence[Break] = (),
    window_years: int = 3,
    needed: int = 2,
) -> pd.DataFrame:
    """Find municipalities with better quality and lower adjusted cost (METHOD section 6).

    Both must be better in at least `needed` years of the window, and in the mean of its
    years: two good years do not make a role model of a municipality whose third outweighs
    them.

    Parameters
    ----------
    cost
        Structurally adjusted cost, lower is better (net cost deviation in per cent, or
        the residual of a structural model).
    quality
        Quality figure in its own unit.
    better
        Direction of the quality figure.
    municipality
        Four-digit code.
    peers
        Peer group; listed before the rest of the country.
    year
        Last year of the window.
    cost_noise, quality_noise
        SD of one year's value by municipality (`year_noise`), units of cost and quality.
    breaks
        Breaks of either figure: earlier years are not used.
    window_years
        Length of the window.
    needed
        Years in the window in which both must be better.

    Returns
    -------
    pandas.DataFrame
        Index municipality. Columns: peer (bool); years_better and years_compared (in the
        window); cost_difference (role model minus own, mean of the compared years, negative
        is cheaper) and quality_difference (positive is better, whichever way the figure
        runs); margin (the smaller of the two advantages in robust national SDs: near zero
        is a role model by a hair); since (first year of the unbroken run up to its latest
        year in which both were better; missing if not so that year) and since_ended_by (text
        of a `RunEnd`, or missing); certain (both mean differences exceed `Z95` standard errors
        of noise; False when the noise is unknown). Peers first, then by years better and
        margin.

    Raises
    ------
    ValueError
        `better` is NEITHER, or `needed` is not within 1 to `window_years`.

    Examples
    --------
    >>> cost = pd.DataFrame({2023: [5.0, 1.0, 6.0], 2024: [5.0, 1.0, 6.0]}, index=list("abc"))
    >>> quality = pd.DataFrame({2023: [70.0, 80.0, 90.0], 2024: [70.0, 80.0, 90.0]}, index=list("abc"))
    >>> calm = pd.Series(0.1, index=list("abc"))
    >>> role_models(cost, quality, Better.HIGHER, "a", ["b"], year=2024, cost_noise=calm,
    ...             quality_noise=calm).index.tolist()
    ['b']
    """
    if better is Better.NEITHER:
        raise ValueError("a quality figure without a better direction has no role models")
    if not 1 <= needed <= window_years:
        raise ValueError(f"needed must be within 1 to {window_years}, got {needed}")
    cheaper, finer = _advantages(country(cost), country(quality), better, municipality, year)
    if cheaper.empty:
        return pd.DataFrame(columns=COLUMNS)
    known = cheaper.notna() & finer.notna()
    wins = (cheaper > 0) & (finer > 0)
    recent = [item for item in window(year, window_years, breaks) if item in cheaper.columns]
    compared = known[recent]
    gains = pd.DataFrame({"cost": cheaper[recent].where(compared).mean(axis=1)})
    gains["quality"] = finer[recent].where(compared).mean(axis=1)
    found = cheaper.index[(wins[recent].sum(axis=1) >= needed) & (gains > 0).all(axis=1)]
    counts = compared.loc[found].sum(axis=1)
    errors = pd.DataFrame(
        {
            "cost": _standard_errors(cost_noise, found, municipality, counts),
            "quality": _standard_errors(quality_noise, found, municipality, counts),
        }
    )
    gains = gains.loc[found]
    spreads = {item: _spread(cheaper[item], finer[item]) for item in recent}
    judged = compared.loc[found].to_numpy()
    latest = [max(item for item, known_then in zip(recent, row, strict=True) if known_then) for row in judged]
    spread = np.array([spreads[item] for item in latest]).reshape(len(found), 2)
    years = [int(item) for item in cheaper.columns]
    both = zip(wins.loc[found].to_numpy(), known.loc[found].to_numpy(), strict=True)
    runs = [_since(years, won, judged_then, breaks) for won, judged_then in both]
    frame = pd.DataFrame(
        {
            "peer": found.isin(list(peers)),
            "years_better": wins.loc[found, recent].sum(axis=1),
            "years_compared": counts,
            "cost_difference": -gains["cost"],
            "quality_difference": gains["quality"],
            "margin": (gains.to_numpy() / spread).min(axis=1),
            "since": [run.year if run else np.nan for run in runs],
            "since_ended_by": [str(run.ended_by) if run else None for run in runs],
            "certain": (gains > Z95 * errors).all(axis=1),
        },
        columns=COLUMNS,
    )
    frame.index.name = "municipality"
    return frame.sort_values(["peer", "years_better", "margin"], ascending=False, kind="stable")


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
    logs = np.log(known.where(known > 0))
    explaining = {"size": np.log(country(population)), **{kpi: country(p) for kpi, p in structure.items()}}
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


def _advantages(
    cost: Panel, quality: Panel, better: Better, municipality: str, year: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how much cheaper and how much better every other municipality is, by year."""
    shared = {int(item) for item in cost.columns} & {int(item) for item in quality.columns}
    years = sorted(item for item in shared if item <= year)
    rows = cost.index if municipality in cost.index else cost.index[:0]
    costs = cost.reindex(index=rows, columns=years).astype(float)
    values = quality.reindex(index=rows, columns=years).astype(float)
    if costs.empty:
        return costs, values
    sign = 1.0 if better is Better.HIGHER else -1.0
    return costs.loc[municipality] - costs, sign * (values - values.loc[municipality])


def _spread(cost: pd.Series, quality: pd.Series) -> tuple[float, float]:
    """Return the robust SDs of one year's cost and quality; missing where zero."""
    sds = (robust_sd(cost), robust_sd(quality))
    return (sds[0] if sds[0] > 0 else float("nan"), sds[1] if sds[1] > 0 else float("nan"))


def _standard_errors(noise: pd.Series, codes: pd.Index, municipality: str, years: pd.Series) -> pd.Series:
    """Return the standard error of each mean difference from the municipality."""
    own = float(noise.get(municipality, np.nan))
    return pd.Series(np.sqrt((noise.reindex(codes) ** 2 + own**2) / years), index=codes)


def _since(
    years: Sequence[int], wins: np.ndarray, known: np.ndarray, breaks: Sequence[Break]
) -> Since | None:
    outcome = {year: 1.0 if wins[place] else -1.0 for place, year in enumerate(years) if known[place]}
    run = since_in(outcome, breaks=breaks)
    return run if run is not None and run.sign > 0 else None
