"""Structural model: what structure explains, leaving each municipality out of its own prediction.

OLS of ln unit cost, and of quality, on the area's structure figures (METHOD sections 2
and 6; the 2023 report of Svenskt Näringsliv finds about 80 % unexplained, its
specification is not public). Leave-one-out quantities come from one fit by the hat
matrix h: the residual without i is e_i/(1-h_i), and its prediction variance
s_(i)^2/(1-h_i), with s_(i)^2 = (SSE - e_i^2/(1-h_i))/(n-p-1). See Belsley, Kuh and
Welsch, Regression Diagnostics (1980), chapter 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, country, cross_section, mean_of_years, published_years, window
from effektiv.types import RIKET, Break, StructuralModel

MIN_MUNICIPALITIES = 30
MIN_PER_PARAMETER = 10
"""A fit needs both; with fewer, leave-one-out bands say more about the model than about anyone."""

MAX_VIF = 10.0
"""Structure figures are dropped, worst first, until none has a higher variance inflation factor."""

LEVERAGE_LIMIT = 1.0 - 1e-9
"""At leverage 1 the others say nothing about a municipality; its prediction is missing."""


@dataclass(frozen=True)
class StructuralFit:
    """A structural model fitted to all municipalities.

    Attributes
    ----------
    frame
        Index municipality (those with all values); columns actual, predicted_loo,
        residual_loo (actual - predicted_loo), low, high (leave-one-out prediction
        interval), leverage (0-1), outside (actual lies outside the interval). Unit of y.
    coefficients
        Index structure figure; columns beta (change in y for one standard deviation of
        the figure) and se (its standard error).
    adj_r2
        Adjusted R2; can be slightly negative.
    n
        Municipalities in the fit.
    dropped
        Structure figure -> "absent", "constant" or "collinear".
    level
        Level of the interval, 0-1.
    """

    frame: pd.DataFrame
    coefficients: pd.DataFrame
    adj_r2: float
    n: int
    dropped: dict[str, str]
    level: float

    @property
    def unexplained_pct(self) -> float:
        """What the model leaves unexplained, per cent of the variance (0-100)."""
        return 100.0 * min(1.0, 1.0 - self.adj_r2)


def fit(y: pd.Series, x: pd.DataFrame, level: float = 0.95) -> StructuralFit | None:
    """Fit y on structure and predict every municipality from the others.

    Parameters
    ----------
    y
        One value a municipality (ln unit cost, or quality in its unit).
    x
        Municipality x structure figure, own units; standardised here.
    level
        Level of the prediction interval.

    Returns
    -------
    StructuralFit or None
        Complete cases without Riket. None when they are too few (`MIN_MUNICIPALITIES`,
        `MIN_PER_PARAMETER`), when y does not vary or when no structure figure remains.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = pd.DataFrame({"S": rng.normal(size=50)}, index=[f"{i:04d}" for i in range(1, 51)])
    >>> fit(2 * x["S"] + 1, x).adj_r2 > 0.999
    True
    """
    prepared = prepare(y, x)
    if prepared is None:
        return None
    # Imported where it is used: it takes longer to import than the rest of a report's libraries, and a
    # report whose fits are kept (`effektiv.national`) never needs it.
    from statsmodels.regression.linear_model import OLS  # noqa: PLC0415

    ols = OLS(prepared.actual.to_numpy(), prepared.matrix).fit()
    return StructuralFit(
        frame=_leave_one_out(prepared.actual, ols, level),
        coefficients=pd.DataFrame(
            {"beta": ols.params[1:], "se": ols.bse[1:]}, index=pd.Index(prepared.design.columns, name="kpi")
        ),
        adj_r2=float(ols.rsquared_adj),
        n=len(prepared.actual),
        dropped=prepared.dropped,
        level=level,
    )


@dataclass(frozen=True)
class Prepared:
    """What a model is fitted to: municipalities with all values, without Riket.

    Attributes
    ----------
    actual
        y of each.
    design
        Municipality x structure figure, standardised, without those in `dropped`.
    dropped
        Structure figure -> "absent", "constant" or "collinear".
    """

    actual: pd.Series
    design: pd.DataFrame
    dropped: dict[str, str]

    @property
    def matrix(self) -> np.ndarray:
        """The design with a first column of ones."""
        return np.column_stack([np.ones(len(self.design)), self.design.to_numpy()])


def prepare(y: pd.Series, x: pd.DataFrame) -> Prepared | None:
    """Return what a model of y on x is fitted to; None when it cannot be fitted (see `fit`).

    Examples
    --------
    >>> x = pd.DataFrame({"S": np.arange(50.0), "T": 1.0}, index=[f"{i:04d}" for i in range(1, 51)])
    >>> prepare(2 * x["S"], x).dropped
    {'T': 'constant'}
    """
    usable = x.dropna(axis=1, how="all")
    dropped = {str(name): "absent" for name in x.columns if name not in usable.columns}
    data = usable.assign(**{"\0y": y}).drop(index=RIKET, errors="ignore").dropna().sort_index()
    actual = data.pop("\0y").astype(float)
    design, reasons = _design(data.astype(float))
    n, parameters = len(actual), design.shape[1] + 1
    if design.empty or n < max(MIN_MUNICIPALITIES, MIN_PER_PARAMETER * parameters) or np.ptp(actual) == 0:
        return None
    return Prepared(actual, design, dropped | reasons)


def _design(x: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Standardise, drop constant figures, then the most collinear until none is above `MAX_VIF`."""
    dropped: dict[str, str] = {}
    if x.empty:
        return x, dropped
    spread = x.std(ddof=0)
    constant = spread <= 1e-12 * x.abs().max()
    dropped |= {str(name): "constant" for name in x.columns[constant]}
    z = ((x - x.mean()) / spread).loc[:, ~constant]
    while z.shape[1] > 1:
        vif = variance_inflation(z)
        worst = int(np.argmax(vif))
        if vif[worst] <= MAX_VIF:
            break
        dropped[str(z.columns[worst])] = "collinear"
        z = z.drop(columns=z.columns[worst])
    return z, dropped


def variance_inflation(z: pd.DataFrame) -> np.ndarray:
    """Return the variance inflation factor of each standardised column; infinite where it is a combination.

    Examples
    --------
    >>> variance_inflation(pd.DataFrame({"a": [-1.0, 1.0, -1.0, 1.0], "b": [-1.0, -1.0, 1.0, 1.0]})).tolist()
    [1.0, 1.0]
    """
    array = z.to_numpy()
    factors = np.empty(array.shape[1])
    for j in range(array.shape[1]):
        others = np.delete(array, j, axis=1)
        coefficients, *_ = np.linalg.lstsq(others, array[:, j], rcond=None)
        rest = float(((array[:, j] - others @ coefficients) ** 2).mean())
        factors[j] = 1.0 / rest if rest > 1e-10 else np.inf
    return factors


def _leave_one_out(actual: pd.Series, ols: Any, level: float) -> pd.DataFrame:
    from scipy.special import stdtrit  # noqa: PLC0415  as statsmodels in `fit`

    leverage = ols.get_influence().hat_matrix_diag
    free = 1.0 - np.where(leverage < LEVERAGE_LIMIT, leverage, np.nan)
    residual = ols.resid / free
    variance = np.maximum(ols.ssr - ols.resid**2 / free, 0.0) / (ols.df_resid - 1)
    half = stdtrit(ols.df_resid - 1, 0.5 + level / 2) * np.sqrt(variance / free)
    predicted = actual.to_numpy() - residual
    return pd.DataFrame(
        {
            "actual": actual.to_numpy(),
            "predicted_loo": predicted,
            "residual_loo": residual,
            "low": predicted - half,
            "high": predicted + half,
            "leverage": leverage,
            "outside": np.abs(residual) > half,
        },
        index=pd.Index(actual.index, name="municipality"),
    )


def log_panel(panel: Panel) -> Panel:
    """Return the natural logarithm; missing where a value is not positive.

    Examples
    --------
    >>> log_panel(pd.DataFrame({2024: [1.0, 0.0]}, index=["a", "b"]))[2024].tolist()
    [0.0, nan]
    """
    values = panel.astype(float)
    return pd.DataFrame(
        np.log(values.where(values > 0).to_numpy()), index=values.index, columns=values.columns
    )


@dataclass(frozen=True)
class StructuralResult:
    """Structural models of an area's cost and quality for one period.

    Attributes
    ----------
    cost
        Fit of ln unit cost: a residual of 0.10 is about 10 per cent dearer than structure
        predicts. None when it cannot be fitted.
    quality
        Fit of quality in its own unit. None when it cannot be fitted.
    years
        The period asked for.
    cost_years, quality_years
        Years of it that cost and quality are means of: those published for the country.
    structure_years
        Structure figure -> years of its values.
    absent
        Structure figures without values.
    """

    cost: StructuralFit | None
    quality: StructuralFit | None
    years: tuple[int, ...]
    cost_years: tuple[int, ...]
    quality_years: tuple[int, ...]
    structure_years: dict[str, tuple[int, ...]]
    absent: tuple[str, ...]


def structural_model(
    model: StructuralModel,
    panels: Mapping[str, Panel],
    year: int,
    *,
    span: int = 1,
    breaks: Sequence[Break] = (),
) -> StructuralResult:
    """Fit an area's structural models for one year or the mean of several.

    Parameters
    ----------
    model
        Dependent figures and structure figures.
    panels
        Key figure id -> panel; structure figures may be absent.
    year
        Last year.
    span
        1, or 3 for three-year means. Means are taken of the values, then the logarithm.
    breaks
        Breaks of cost or quality; the period never crosses one.

    Returns
    -------
    StructuralResult

    Raises
    ------
    KeyError
        Cost or quality has no panel.

    Examples
    --------
    >>> empty = pd.DataFrame({2024: [1.0]}, index=["0319"])
    >>> model = StructuralModel(cost="r", quality="q", structure=("S",))
    >>> structural_model(model, {"r": empty, "q": empty}, 2024).cost is None
    True
    """
    years = window(year, span, breaks)
    section = cross_section(panels, model.structure, year, span=len(years))
    cost, cost_years = _mean_of_published(panels[model.cost], years)
    quality, quality_years = _mean_of_published(panels[model.quality], years)
    return StructuralResult(
        cost=fit(log_panel(cost.to_frame("y"))["y"], section.frame),
        quality=fit(quality, section.frame),
        years=years,
        cost_years=cost_years,
        quality_years=quality_years,
        structure_years=section.years,
        absent=section.absent,
    )


def _mean_of_published(panel: Panel, years: Sequence[int]) -> tuple[pd.Series, tuple[int, ...]]:
    """Return the mean over the years that the country has, as when a survey skips a year."""
    published = set(published_years(panel))
    used = tuple(year for year in years if year in published)
    return mean_of_years(country(panel), used), used
