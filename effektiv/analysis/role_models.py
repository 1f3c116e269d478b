"""Role models: better quality and lower adjusted cost, two of the last three years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

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
