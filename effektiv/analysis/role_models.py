"""Role models: better quality and lower adjusted cost, two of the last three years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, RunEnd, country, since_when, window
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
    shared = {int(item) for item in cost.columns} & {int(item) for item in quality.columns}
    years = sorted(item for item in shared if item <= year)
    costs = country(cost).reindex(columns=years).astype(float)
    values = country(quality).reindex(index=costs.index, columns=years).astype(float)
    if municipality not in costs.index:
        return pd.DataFrame(columns=COLUMNS)
    sign = 1.0 if better is Better.HIGHER else -1.0
    cheaper = costs.loc[municipality] - costs
    finer = sign * (values - values.loc[municipality])
    known = cheaper.notna() & finer.notna()
    wins = (cheaper > 0) & (finer > 0)
    recent = [item for item in window(year, window_years, breaks) if item in years]
    spreads = {item: (robust_sd(costs[item]), robust_sd(values[item])) for item in recent}
    rows = {}
    for code in costs.index[wins[recent].sum(axis=1) >= needed]:
        compared = [item for item in recent if known.loc[code, item]]
        gains = tuple(float(side.loc[code, compared].mean()) for side in (cheaper, finer))
        errors = [
            _standard_error(sd, code, municipality, len(compared)) for sd in (cost_noise, quality_noise)
        ]
        since, ended_by = _since(wins.loc[code], known.loc[code], breaks)
        rows[code] = [
            code in set(peers),
            int(wins.loc[code, recent].sum()),
            len(compared),
            -gains[0],
            gains[1],
            _margin(gains, spreads[compared[-1]]),
            since,
            ended_by,
            all(gain > Z95 * error for gain, error in zip(gains, errors, strict=True)),
        ]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS).sort_index()
    frame.index.name = "municipality"
    return frame.sort_values(["peer", "years_better", "margin"], ascending=False, kind="stable")


def _margin(gains: Sequence[float], spreads: Sequence[float]) -> float:
    """Return the smaller advantage in robust SDs; missing where a figure has no spread."""
    return float(np.min([gain / sd if sd > 0 else np.nan for gain, sd in zip(gains, spreads, strict=True)]))


def _standard_error(noise: pd.Series, one: str, other: str, years: int) -> float:
    """Return the standard error of a mean difference between two municipalities."""
    variances = noise.reindex([one, other]).to_numpy(dtype=float) ** 2
    return float(np.sqrt(variances.sum() / years))


def _since(wins: pd.Series, known: pd.Series, breaks: Sequence[Break]) -> tuple[float, RunEnd | None]:
    outcome = (wins.astype(float) - 0.5).where(known)
    run = since_when(outcome, outcome * 0.0, breaks=breaks)
    if run is None or run.sign < 0:
        return float("nan"), None
    return float(run.year), run.ended_by
