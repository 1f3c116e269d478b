"""How far a structural model can be trusted: its diagnostics, other ways to specify it, and how lasting it is.

A municipality's distance from what its structure predicts depends on choices that no theory makes. A
specification curve makes all the reasonable ones and shows whether they agree (Simonsohn, Simmons and
Nelson, Nature Human Behaviour 4, 2020). Everything is computed for all municipalities at once, and every
prediction leaves the municipality itself out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from effektiv.analysis.panels import (
    Panel,
    country,
    cross_section,
    mean_of_years,
    published_years,
    row,
    window,
)
from effektiv.analysis.structure import (
    LEVERAGE_LIMIT,
    MIN_MUNICIPALITIES,
    fit,
    prepare,
    variance_inflation,
)
from effektiv.types import Break

SMALLEST = 5_000
"""Inhabitants under which a municipality is left out of the fit in half of the specifications."""

HUBER = 1.345
"""Robust standard deviations from which Huber's weights fall: 95 % efficient where errors are normal."""

_MAD = 0.6744897501960817
_ROUNDS, _CONVERGED = 100, 1e-10

ALL, WITH_SIZE = "alla", "folkmängd"
"""Which structure figures: all of the model's, or those and ln population; else the id of the one left out."""

AGREED = 0.9
"""Share of the specifications that must point the same way before anything is said of how sure that is."""

QUARTILES = (1, 2, 3, 4)
"""1 is the quarter that is cheapest beside what structure predicts, 4 the dearest."""


# --- diagnostics ------------------------------------------------------------------------


@dataclass(frozen=True)
class Diagnostics:
    """What should be known of a fit before its residuals are read.

    Attributes
    ----------
    n
        Municipalities.
    uneven_p
        p value of the studentised Breusch-Pagan test that residuals are as wide everywhere.
    normal_p
        p value of the Jarque-Bera test that residuals are normal.
    inflation
        Index structure figure; column vif: how many times collinearity multiplies its variance.
    frame
        Index municipality; columns leverage (0-1) and cook (Cook's distance: how far leaving the
        municipality out moves all predictions; missing at leverage 1).
    """

    n: int
    uneven_p: float
    normal_p: float
    inflation: pd.DataFrame
    frame: pd.DataFrame

    @property
    def influential(self) -> tuple[str, ...]:
        """Municipalities with a Cook's distance over 4/n, the largest first."""
        over = self.frame["cook"].sort_values(ascending=False)
        return tuple(str(code) for code in over.index[over > 4.0 / self.n])


def diagnose(y: pd.Series, x: pd.DataFrame) -> Diagnostics | None:
    """Return the diagnostics of the model that `effektiv.analysis.structure.fit` makes of y and x.

    Breusch-Pagan as studentised by Koenker (1981): n times R2 of the squared residuals on the design,
    chi-square with one degree of freedom a figure. Cook (1977): e^2 h / (p s^2 (1-h)^2).

    Returns
    -------
    Diagnostics or None
        None when the model cannot be fitted.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = pd.DataFrame({"S": rng.normal(size=60)}, index=[f"{i:04d}" for i in range(1, 61)])
    >>> diagnose(x["S"] + rng.normal(size=60), x).n
    60
    """
    from scipy.special import chdtrc  # noqa: PLC0415  as statsmodels in `fit`

    prepared = prepare(y, x)
    if prepared is None:
        return None
    design, actual = prepared.matrix, prepared.actual.to_numpy()
    n, parameters = design.shape
    predicted, leverage = _least_squares(design, actual, np.ones(n))
    residual = actual - predicted
    variance = float(residual @ residual) / (n - parameters)
    free = 1.0 - np.where(leverage < LEVERAGE_LIMIT, leverage, np.nan)
    squares = residual**2
    explained, _ = _least_squares(design, squares, np.ones(n))
    r2 = float(explained.var() / squares.var()) if squares.var() > 0 else 0.0
    centred = residual - residual.mean()
    spread = float(np.sqrt((centred**2).mean()))
    skew, kurtosis = (float((centred**power).mean()) / spread**power for power in (3, 4))
    index = prepared.actual.index.rename("municipality")
    return Diagnostics(
        n=n,
        uneven_p=float(chdtrc(parameters - 1, n * r2)),
        normal_p=float(chdtrc(2, n / 6.0 * (skew**2 + (kurtosis - 3.0) ** 2 / 4.0))),
        inflation=pd.DataFrame(
            {"vif": variance_inflation(prepared.design)}, index=prepared.design.columns.rename("kpi")
        ),
        frame=pd.DataFrame(
            {"leverage": leverage, "cook": squares * leverage / (parameters * variance * free**2)},
            index=index,
        ),
    )


def _least_squares(design: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return weighted predictions, and each row's share in its own (the diagonal of the hat matrix)."""
    root = np.sqrt(weights)
    q, r = np.linalg.qr(design * root[:, None])
    beta = np.linalg.solve(r, q.T @ (root * y))
    return design @ beta, (q**2).sum(axis=1)


# --- specification curve ------------------------------------------------------------------


@dataclass(frozen=True)
class Specification:
    """One way to specify the model.

    Attributes
    ----------
    figures
        `ALL`, `WITH_SIZE`, or the id of the structure figure left out.
    span
        Years that values are means of: 1 or 3.
    logarithmic
        Whether ln cost is modelled; else kronor.
    robust
        Huber's M-estimate; else least squares.
    smallest
        Whether municipalities under `SMALLEST` inhabitants take part in the fit. They are predicted anyway.
    n
        Municipalities in the fit.
    adj_r2
        Adjusted R2, of ln cost or of kronor; missing for a robust fit, which has none.
    """

    figures: str
    span: int
    logarithmic: bool
    robust: bool
    smallest: bool
    n: int
    adj_r2: float


@dataclass(frozen=True)
class SpecificationCurve:
    """How much dearer than predicted every municipality is, by every reasonable specification.

    Attributes
    ----------
    year
        Last year.
    specifications
        In the order of the frame's columns.
    residuals
        Municipality x number of the specification: per cent of what the others' structure predicts,
        positive when dearer. Missing where the municipality lacks a value.
    """

    year: int
    specifications: tuple[Specification, ...]
    residuals: pd.DataFrame


@dataclass(frozen=True)
class Agreement:
    """What the specifications say together of one municipality.

    Attributes
    ----------
    n
        Specifications with a value.
    dearer
        How many of them it is dearer than predicted in.
    median, low, high
        Per cent.
    """

    n: int
    dearer: int
    median: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """Share (0-1) of the specifications that point the way that most do."""
        return max(self.dearer, self.n - self.dearer) / self.n


def specification_curve(
    cost: Panel,
    structure: Mapping[str, Panel],
    population: Panel,
    year: int,
    *,
    breaks: Sequence[Break] = (),
) -> SpecificationCurve | None:
    """Predict every municipality's cost from its structure in every reasonable way.

    Parameters
    ----------
    cost
        Municipality x year, kronor a unit.
    structure
        The model's structure figures.
    population
        Inhabitants.
    year
        Last year.
    breaks
        Of the cost; three-year means never cross one.

    Returns
    -------
    SpecificationCurve or None
        All structure figures, each left out in turn, and all with ln population; times one year or three;
        ln or kronor; least squares or Huber; with or without the smallest. None when nothing can be fitted.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> codes = [f"{i:04d}" for i in range(1, 81)]
    >>> s = pd.DataFrame({2024: rng.normal(20, 4, 80)}, index=codes)
    >>> cost = np.exp(10 + 0.02 * s + rng.normal(0, 0.05, (80, 1)))
    >>> len(specification_curve(cost, {"S": s}, 0 * s + 9_000.0, 2024).specifications)
    8
    """
    inhabitants = cross_section({"n": population}, ["n"], year).frame
    if inhabitants.empty:
        return None
    people = inhabitants["n"]
    found: list[tuple[Specification, pd.Series]] = []
    for span in (1, 3):
        years = window(year, span, breaks)
        used = [item for item in years if item in set(published_years(cost))]
        if not used or (span > 1 and len(used) < 2):
            continue
        values = mean_of_years(country(cost), used)
        figures = cross_section(structure, list(structure), year, span=len(years)).frame
        for name, chosen in _figure_sets(figures, people):
            found += _fitted(values[values > 0], name, chosen, span, people)
    if not found:
        return None
    residuals = pd.DataFrame({number: item for number, (_, item) in enumerate(found)}).sort_index()
    residuals.index.name = "municipality"
    return SpecificationCurve(year, tuple(item for item, _ in found), residuals)


def agreement(curve: SpecificationCurve, municipality: str) -> Agreement | None:
    """Return what the specifications say together of one municipality; None when none has it.

    Examples
    --------
    >>> curve = SpecificationCurve(2024, (), pd.DataFrame({0: [5.0], 1: [-1.0], 2: [8.0]}, index=["0319"]))
    >>> agreement(curve, "0319")
    Agreement(n=3, dearer=2, median=5.0, low=-1.0, high=8.0)
    """
    if municipality not in curve.residuals.index:
        return None
    values = curve.residuals.loc[municipality].to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    return Agreement(
        n=len(values),
        dearer=int((values > 0).sum()),
        median=float(np.median(values)),
        low=float(values.min()),
        high=float(values.max()),
    )


def agreements(curve: SpecificationCurve) -> pd.DataFrame:
    """Return for all municipalities ``share`` (0-1, that point the way most do), ``dearer`` and ``median``.

    Examples
    --------
    >>> curve = SpecificationCurve(2024, (), pd.DataFrame({0: [5.0], 1: [-1.0], 2: [8.0]}, index=["0319"]))
    >>> agreements(curve)["dearer"].tolist()
    [0.6666666666666666]
    """
    dearer = (curve.residuals > 0).sum(axis=1) / curve.residuals.notna().sum(axis=1)
    return pd.DataFrame(
        {
            "share": np.maximum(dearer, 1.0 - dearer),
            "dearer": dearer,
            "median": curve.residuals.median(axis=1),
        }
    )


def _figure_sets(figures: pd.DataFrame, people: pd.Series) -> Iterator[tuple[str, pd.DataFrame]]:
    yield ALL, figures
    if figures.shape[1] > 1:
        for name in figures.columns:
            yield str(name), figures.drop(columns=name)
    size = np.log(people.where(people > 0)).reindex(figures.index)
    if size.max() > size.min():
        yield WITH_SIZE, figures.assign(**{WITH_SIZE: size})


def _fitted(
    values: pd.Series, name: str, figures: pd.DataFrame, span: int, people: pd.Series
) -> Iterator[tuple[Specification, pd.Series]]:
    prepared = prepare(values, figures)
    if prepared is None:
        return
    codes, design, kronor = prepared.actual.index, prepared.matrix, prepared.actual.to_numpy()
    large = people.reindex(codes).to_numpy(dtype=float) >= SMALLEST
    for smallest in (True, False):
        used = np.ones(len(codes), dtype=bool) if smallest else large
        if used.sum() < MIN_MUNICIPALITIES:
            continue
        for logarithmic in (True, False):
            y = np.log(kronor) if logarithmic else kronor
            for robust in (False, True):
                predicted, adj_r2 = _predicted(design, y, used, robust=robust)
                if logarithmic:
                    residual = 100.0 * np.expm1(y - predicted)
                else:
                    residual = 100.0 * (y / np.where(predicted > 0, predicted, np.nan) - 1.0)
                about = Specification(name, span, logarithmic, robust, smallest, int(used.sum()), adj_r2)
                yield about, pd.Series(residual, index=codes)


def _predicted(
    design: np.ndarray, y: np.ndarray, used: np.ndarray, *, robust: bool
) -> tuple[np.ndarray, float]:
    """Return what the others predict for each, those that are not used too, and the adjusted R2.

    Leaving one out keeps the others' Huber weights: exact for least squares, and for a robust fit within
    what one municipality's own small weight moves them.
    """
    x, own = design[used], y[used]
    weights = _huber_weights(x, own) if robust else np.ones(len(own))
    fitted, leverage = _least_squares(x, own, weights)
    residual = own - fitted
    root = np.sqrt(weights)
    beta, *_ = np.linalg.lstsq(x * root[:, None], root * own, rcond=None)
    predicted = design @ beta
    free = 1.0 - np.where(leverage < LEVERAGE_LIMIT, leverage, np.nan)
    predicted[used] = own - residual / free
    n, parameters = x.shape
    whole = float(((own - own.mean()) ** 2).sum())
    r2 = 1.0 - float(residual @ residual) / whole if whole > 0 else 0.0
    return predicted, float("nan") if robust else 1.0 - (1.0 - r2) * (n - 1) / (n - parameters)


def _huber_weights(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return Huber's weights by iterated least squares, scale by the median absolute residual."""
    weights = np.ones(len(y))
    before = np.full(len(y), np.inf)
    for _ in range(_ROUNDS):
        fitted, _ = _least_squares(x, y, weights)
        scale = float(np.median(np.abs(y - fitted))) / _MAD
        if scale <= 0 or np.abs(fitted - before).max() <= _CONVERGED * scale:
            break
        before = fitted
        weights = np.minimum(1.0, HUBER * scale / np.maximum(np.abs(y - fitted), 1e-300))
    return weights


# --- year by year -------------------------------------------------------------------------


@dataclass(frozen=True)
class YearlyResiduals:
    """What each year's model leaves unexplained, one year at a time.

    Attributes
    ----------
    residual, half
        Municipality x year: the outcome less what the others' structure predicts, and half the width of the
        leave-one-out interval (95 %) about the prediction; the outcome's unit, natural logarithms of a cost.
    summary
        Index year; columns adj_r2 and n.
    """

    residual: Panel
    half: Panel
    summary: pd.DataFrame


def yearly_residuals(
    outcome: Panel, structure: Mapping[str, Panel], years: Iterable[int]
) -> YearlyResiduals | None:
    """Fit an outcome on structure in each year by itself.

    Parameters
    ----------
    outcome
        Municipality x year: natural logarithms of a cost, anything else in its unit.
    structure
        The structure figures; those without values are left out.
    years
        Those that cannot be fitted are left out.

    Returns
    -------
    YearlyResiduals or None
        None when no year can be fitted.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> s = pd.DataFrame({2024: rng.normal(20, 4, 80)}, index=[f"{i:04d}" for i in range(1, 81)])
    >>> yearly_residuals(0.02 * s + rng.normal(0, 0.05, (80, 1)), {"S": s}, [2023, 2024]).summary.index.tolist()
    [2024]
    """
    known = country(outcome)
    found = {}
    for year in sorted(years):
        if year in known.columns:
            made = fit(known[year], cross_section(structure, list(structure), year).frame)
            if made is not None:
                found[int(year)] = made
    if not found:
        return None
    frames = {year: made.frame for year, made in found.items()}
    residual = pd.DataFrame({year: frame["residual_loo"] for year, frame in frames.items()})
    half = pd.DataFrame({year: (frame["high"] - frame["low"]) / 2.0 for year, frame in frames.items()})
    for panel in (residual, half):
        panel.index.name, panel.columns.name = "municipality", "year"
    return YearlyResiduals(
        residual=residual.sort_index(),
        half=half.sort_index(),
        summary=pd.DataFrame(
            {
                "adj_r2": [made.adj_r2 for made in found.values()],
                "n": [float(made.n) for made in found.values()],
            },
            index=pd.Index(list(found), name="year"),
        ),
    )


def quartiles(residual: Panel) -> Panel:
    """Return in which quarter of the country each municipality is each year (`QUARTILES`).

    Examples
    --------
    >>> quartiles(pd.DataFrame({2024: [-2.0, -1.0, 1.0, 2.0]}, index=list("abcd")))[2024].tolist()
    [1.0, 2.0, 3.0, 4.0]
    """
    ranks = residual.rank(axis=0, method="first")
    share = (4.0 * ranks / residual.notna().sum(axis=0)).to_numpy()
    return pd.DataFrame(np.ceil(share), index=residual.index, columns=residual.columns)


def steadiness(quarters: Panel, municipality: str) -> tuple[int, int, int] | None:
    """Return the quarter a municipality is in most often, in how many years, and of how many.

    Of quarters as frequent, the one of the latest year counts, else the dearer. None without any year.

    Examples
    --------
    >>> quarters = pd.DataFrame({2022: [4.0], 2023: [3.0], 2024: [4.0]}, index=["0319"])
    >>> steadiness(quarters, "0319")
    (4, 2, 3)
    """
    own = [int(item) for item in row(quarters, municipality).to_numpy() if np.isfinite(item)]
    if not own:
        return None
    most = max(QUARTILES, key=lambda item: (own.count(item), item == own[-1], item))
    return most, own.count(most), len(own)


def transitions(quarters: Panel, breaks: Sequence[Break] = ()) -> pd.DataFrame:
    """Return how the country moves between quarters from one year to the next.

    Parameters
    ----------
    quarters
        Municipality x year (`quartiles`).
    breaks
        No step crosses one.

    Returns
    -------
    pandas.DataFrame
        Quarter this year x quarter next year: share (0-1) of those in the row's quarter; missing for a
        quarter that nobody left or stayed in.

    Examples
    --------
    >>> quarters = pd.DataFrame({2023: [1.0, 4.0], 2024: [1.0, 3.0]}, index=["a", "b"])
    >>> transitions(quarters).loc[4].tolist()
    [0.0, 0.0, 1.0, 0.0]
    """
    counts = np.zeros((4, 4))
    for before, after in pairwise(int(year) for year in quarters.columns):
        if after != before + 1 or any(before < item.year <= after for item in breaks):
            continue
        both = quarters[[before, after]].dropna().to_numpy(dtype=int) - 1
        np.add.at(counts, (both[:, 0], both[:, 1]), 1.0)
    whole = counts.sum(axis=1, keepdims=True)
    return pd.DataFrame(
        np.divide(counts, whole, out=np.full_like(counts, np.nan), where=whole > 0),
        index=pd.Index(QUARTILES, name="quarter"),
        columns=pd.Index(QUARTILES, name="next"),
    )
