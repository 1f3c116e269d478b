"""Efficiency as quality per real unit cost, against Riket.

``E_i = K_i * (V_i/R_i) / (V_riket/R_riket)``, with K_i the geometric mean of the
quality figures relative to Riket the same year (METHOD section 6). With unit cost
r = R/V this is ``ln E = ln K - ln(r_i/r_riket)``, exact; so are differences between years.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, country, row, value_at, years_in_order
from effektiv.types import RIKET, Better


def log_relative(panel: Panel, better: Better = Better.HIGHER) -> Panel:
    """Return ln(value / Riket's value the same year), so that higher is better.

    Parameters
    ----------
    panel
        Positive, ratio-scaled values with Riket as a row; an index 0-100 may not be used.
    better
        LOWER turns the sign.

    Returns
    -------
    Panel
        Dimensionless, without Riket; missing where a value or Riket's is missing or
        not positive (the logarithm does not exist).

    Raises
    ------
    ValueError
        `better` is NEITHER.

    Examples
    --------
    >>> p = pd.DataFrame({2024: [110.0, 100.0]}, index=["0319", "0000"])
    >>> round(float(log_relative(p).loc["0319", 2024]), 4)
    0.0953
    """
    if better is Better.NEITHER:
        raise ValueError("a figure without a better direction cannot be part of K")
    others = country(panel)
    years, order = years_in_order(others)
    values, riket = others.to_numpy(dtype=float)[:, order], row(panel, RIKET).to_numpy()
    sign = 1.0 if better is Better.HIGHER else -1.0
    logs = np.log(np.where(values > 0, values, np.nan)) - np.log(np.where(riket > 0, riket, np.nan))
    return pd.DataFrame(sign * logs, index=others.index, columns=years)


def usable_figures(quality: Mapping[str, Panel], municipality: str, years: Sequence[int]) -> tuple[str, ...]:
    """Return the quality figures that the municipality and Riket have, positive, in all the years.

    Parameters
    ----------
    quality
        Key figure id -> panel.
    municipality
        Four-digit code.
    years
        Years that are to be compared.

    Returns
    -------
    tuple of str
        In the order of `quality`.

    Examples
    --------
    >>> p = pd.DataFrame({2023: [1.0, 2.0], 2024: [np.nan, 2.0]}, index=["0319", "0000"])
    >>> usable_figures({"X": p}, "0319", [2023]), usable_figures({"X": p}, "0319", [2023, 2024])
    (('X',), ())
    """
    return tuple(
        figure
        for figure, panel in quality.items()
        if all(value_at(panel, code, year) > 0 for code in (municipality, RIKET) for year in years)
    )


@dataclass(frozen=True)
class NationalEfficiency:
    """Efficiency of every municipality and year.

    Attributes
    ----------
    ln_e, ln_k
        Panels, dimensionless; 0 is Riket.
    ln_unit_cost
        ln of unit cost relative to Riket; positive is dearer. ``ln_e = ln_k - ln_unit_cost``.
    figures
        Quality figures behind K.
    """

    ln_e: Panel
    ln_k: Panel
    ln_unit_cost: Panel
    figures: tuple[str, ...]


def national_efficiency(
    quality: Mapping[str, Panel], unit_cost: Panel, better: Mapping[str, Better]
) -> NationalEfficiency:
    """Compute efficiency against Riket for all municipalities and years at once.

    Parameters
    ----------
    quality
        Key figure id -> panel with Riket as a row, at least one. K needs all of them:
        a municipality that lacks one gets no K that year.
    unit_cost
        kr per unit of volume, with Riket as a row.
    better
        Key figure id -> direction of each quality figure.

    Returns
    -------
    NationalEfficiency
        Years of the unit cost.

    Raises
    ------
    ValueError
        No quality figure, or one without a better direction.
    KeyError
        A quality figure has no direction in `better`.

    Examples
    --------
    >>> q = pd.DataFrame({2024: [220.0, 200.0]}, index=["0319", "0000"])
    >>> r = pd.DataFrame({2024: [110.0, 100.0]}, index=["0319", "0000"])
    >>> round(float(national_efficiency({"X": q}, r, {"X": Better.HIGHER}).ln_e.loc["0319", 2024]), 12)
    0.0
    """
    if not quality:
        raise ValueError("K needs at least one quality figure")
    cost = log_relative(unit_cost)
    logs = [
        log_relative(panel, better[figure]).reindex(index=cost.index, columns=cost.columns)
        for figure, panel in quality.items()
    ]
    ln_k = pd.DataFrame(
        np.mean([item.to_numpy() for item in logs], axis=0), index=cost.index, columns=cost.columns
    )
    return NationalEfficiency(ln_e=ln_k - cost, ln_k=ln_k, ln_unit_cost=cost, figures=tuple(quality))


def efficiency(
    quality: Mapping[str, Panel], unit_cost: Panel, better: Mapping[str, Better], municipality: str
) -> pd.DataFrame:
    """Compute efficiency against Riket for one municipality, year by year.

    Parameters
    ----------
    quality, unit_cost, better
        As for `national_efficiency`; choose the figures with `usable_figures`.
    municipality
        Four-digit code.

    Returns
    -------
    pandas.DataFrame
        Index year; columns ln_E, ln_K, ln_unit_cost_rel (dimensionless logs, 0 is Riket)
        and E, K, unit_cost_rel (ratios, 1 is Riket). K misses a year in which a figure
        is missing.

    Examples
    --------
    >>> q = pd.DataFrame({2024: [220.0, 200.0]}, index=["0319", "0000"])
    >>> r = pd.DataFrame({2024: [88.0, 100.0]}, index=["0319", "0000"])
    >>> round(float(efficiency({"X": q}, r, {"X": Better.HIGHER}, "0319").loc[2024, "E"]), 4)
    1.25
    """
    national = national_efficiency(quality, unit_cost, better)
    frame = pd.DataFrame(
        {
            "ln_E": row(national.ln_e, municipality),
            "ln_K": row(national.ln_k, municipality),
            "ln_unit_cost_rel": row(national.ln_unit_cost, municipality),
        }
    )
    frame["E"] = np.exp(frame["ln_E"])
    frame["K"] = np.exp(frame["ln_K"])
    frame["unit_cost_rel"] = np.exp(frame["ln_unit_cost_rel"])
    return frame


def quality_contributions(
    quality: Mapping[str, Panel], better: Mapping[str, Better], municipality: str, year: int
) -> pd.Series:
    """Split ln K of one year over its quality figures.

    Each part is ln(value/Riket)/k, signed so that positive raises K; the parts sum to ln K
    over the same figures.

    Returns
    -------
    pandas.Series
        Key figure id -> part, dimensionless; missing for a figure without a value.

    Examples
    --------
    >>> q = pd.DataFrame({2024: [220.0, 200.0]}, index=["0319", "0000"])
    >>> round(float(quality_contributions({"X": q}, {"X": Better.HIGHER}, "0319", 2024)["X"]), 4)
    0.0953
    """
    parts = {
        figure: value_at(log_relative(panel, better[figure]), municipality, year) / len(quality)
        for figure, panel in quality.items()
    }
    return pd.Series(parts, dtype=float, name=municipality)


@dataclass(frozen=True)
class EfficiencyChange:
    """Change in ln E between two years, split exactly.

    Attributes
    ----------
    from_year, to_year
        The years compared.
    total
        Change in ln E, dimensionless; 0.05 is about 5 per cent better than before,
        relative to Riket. Equals `quality` + `unit_cost`.
    quality
        Change in ln K.
    unit_cost
        Minus the change in ln relative unit cost: positive when it has become cheaper.
    by_figure
        Each quality figure's part of `quality`.
    figures
        The quality figures used: those with values in both years.
    left_out
        Quality figures that lack a value in one of the years.
    """

    from_year: int
    to_year: int
    total: float
    quality: float
    unit_cost: float
    by_figure: pd.Series
    figures: tuple[str, ...]
    left_out: tuple[str, ...]


def efficiency_change(
    quality: Mapping[str, Panel],
    unit_cost: Panel,
    better: Mapping[str, Better],
    municipality: str,
    *,
    from_year: int,
    to_year: int,
) -> EfficiencyChange | None:
    """Split the change in efficiency into quality and relative unit cost.

    Both years use the same quality figures: those with values in both.

    Parameters
    ----------
    quality, unit_cost, better
        As for `national_efficiency`.
    municipality
        Four-digit code.
    from_year, to_year
        Years to compare; not across a break in any figure (the caller's choice).

    Returns
    -------
    EfficiencyChange or None
        None when no quality figure or no unit cost exists in both years.

    Examples
    --------
    >>> q = pd.DataFrame({2020: [200.0, 200.0], 2024: [220.0, 200.0]}, index=["0319", "0000"])
    >>> r = pd.DataFrame({2020: [100.0, 100.0], 2024: [110.0, 110.0]}, index=["0319", "0000"])
    >>> up = {"X": Better.HIGHER}
    >>> change = efficiency_change({"X": q}, r, up, "0319", from_year=2020, to_year=2024)
    >>> round(change.total, 4), round(change.unit_cost, 4)
    (0.0953, 0.0)
    """
    figures = usable_figures(quality, municipality, (from_year, to_year))
    if not figures or not usable_figures({"r": unit_cost}, municipality, (from_year, to_year)):
        return None
    used = {figure: quality[figure] for figure in figures}
    before = quality_contributions(used, better, municipality, from_year)
    after = quality_contributions(used, better, municipality, to_year)
    cost = log_relative(unit_cost, Better.LOWER)
    ln_k = float(after.sum()) - float(before.sum())
    ln_cost = value_at(cost, municipality, to_year) - value_at(cost, municipality, from_year)
    return EfficiencyChange(
        from_year=from_year,
        to_year=to_year,
        total=ln_k + ln_cost,
        quality=ln_k,
        unit_cost=ln_cost,
        by_figure=after - before,
        figures=figures,
        left_out=tuple(figure for figure in quality if figure not in figures),
    )
