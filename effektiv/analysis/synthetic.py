"""Synthetic control: what a weighted mean of others, that went the same way before, did after.

Few donors, fixed before the outcome is seen: with all municipalities as donors and ten years before, a perfect fit is nearly
always possible and says nothing, since endlessly many weights give it. Weights are those of Abadie and L'Hour (2021): they
fit the years before, and among weights that fit as well they prefer near donors, so that they are unique. Levels are taken
from each municipality's mean before (Ferman and Pinto 2021), since one that is chosen for need lies outside all others and
no weighted mean reaches it. What is left of the rebound is taken off, and the change ranked, in `effektiv.analysis.placebos`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Noise
from effektiv.analysis.panels import Panel, cell, country
from effektiv.analysis.placebos import Evaluation, evaluate
from effektiv.analysis.rebound import AFTER, RECENT, Refused, Span, Unanswered

PENALTY = 0.1
"""Weight of each donor's own distance beside that of the weighted mean: chosen among 0.01, 0.1 and 1 on real years before."""

DONORS = 20
"""Similar municipalities and the nearest in size and structure, so many in all: few enough that weights mean something."""

FEWEST_DONORS = 5
"""Fewer than this are no choice."""

EQUAL = 0.01
"""Weights that are equal but for this share, or fit no more than this share better than equal ones, have chosen nothing."""

POOREST = 1.5
"""A fit whose error before is more than so many own noises says nothing."""

_SMALL = 1e-3
"""Weights below this are shown as none."""


def simplex_weights(gram: np.ndarray, linear: np.ndarray | None = None) -> np.ndarray:
    """Minimise ``w' gram w / 2 + linear' w`` over weights that are at least zero and sum to one.

    A primal active-set method: donors enter by the steepest descent and leave where a weight would be negative, and
    each set is solved exactly (as Lawson and Hanson's for least squares, with the sum as a condition). Ends after finitely
    many sets, with Karush-Kuhn-Tucker's conditions met to about 1e-8.

    Parameters
    ----------
    gram
        Symmetric, positive semidefinite; donors x donors.
    linear
        By donor; zero when left out.

    Returns
    -------
    numpy.ndarray
        By donor.

    Raises
    ------
    ValueError
        Something is not finite, or there is no donor.
    RuntimeError
        No solution was found within many times the number of donors' sets.

    Examples
    --------
    >>> donors = np.array([[1.0, 0.0, 9.0], [0.0, 1.0, 9.0]]) - np.array([[0.25], [0.75]])
    >>> simplex_weights(donors.T @ donors).round(6).tolist()
    [0.25, 0.75, 0.0]
    """
    n = len(gram)
    q = np.zeros(n) if linear is None else np.asarray(linear, dtype=float)
    if n == 0 or not (np.isfinite(gram).all() and np.isfinite(q).all()):
        raise ValueError("weights need donors, and values that are finite")
    size = max(float(np.trace(gram)) / n, float(np.abs(q).max()), np.finfo(float).tiny)
    # Donors that are copies of each other, or a perfect fit, would leave the weights open but for a trace of ridge.
    p, q = gram / size + 1e-9 * np.eye(n), q / size
    inside = [int(np.argmin(np.diag(p) / 2 + q))]
    weights = np.zeros(n)
    weights[inside] = 1.0
    for _ in range(20 * n + 20):
        slope = p @ weights + q
        level = float(weights @ slope)
        entering = int(np.argmin(slope))
        if slope[entering] >= level - 1e-9 or entering in inside:
            return weights
        inside.append(entering)
        while True:
            k = len(inside)
            system = np.ones((k + 1, k + 1))
            system[:k, :k], system[k, k] = p[np.ix_(inside, inside)], 0.0
            wanted = np.linalg.solve(system, np.append(-q[inside], 1.0))[:k]
            if (wanted > 0).all():
                weights[:] = 0.0
                weights[inside] = wanted
                break
            now = weights[inside]
            falling = np.flatnonzero(wanted <= 0)
            steps = now[falling] / np.maximum(now[falling] - wanted[falling], np.finfo(float).tiny)
            way = float(steps.min())
            weights[inside] = np.maximum(now + way * (wanted - now), 0.0)
            leaving = inside[int(falling[int(np.argmin(steps))])]
            weights[leaving] = 0.0
            inside.remove(leaving)
    raise RuntimeError(f"no weights found for {n} donors")


def fitted_weights(target: np.ndarray, donors: np.ndarray, penalty: float = 0.0) -> np.ndarray:
    """Return the weights of a penalised synthetic control (Abadie and L'Hour 2021, JASA 116:1817, equation 5).

    Parameters
    ----------
    target
        Predictors, or years before, of the treated.
    donors
        Predictor x donor.
    penalty
        Their lambda: 0 is the plain synthetic control, without end the nearest donor.

    Returns
    -------
    numpy.ndarray
        By donor, summing to one.

    Examples
    --------
    >>> fitted_weights(np.array([0.0]), np.array([[-3.0, -1.0, 1.0, 3.0]]), 0.01).round(6).tolist()
    [0.0, 0.5, 0.5, 0.0]
    """
    away = np.asarray(donors, dtype=float) - np.asarray(target, dtype=float)[:, None]
    return simplex_weights(away.T @ away, penalty / 2.0 * (away**2).sum(axis=0))


def predictor_weights(
    target: np.ndarray,
    donors: np.ndarray,
    outcome: np.ndarray,
    outcomes: np.ndarray,
    method: Literal["Nelder-Mead", "Powell"] = "Powell",
) -> tuple[np.ndarray, np.ndarray]:
    """Return synthetic control weights by predictors, whose own weights V are chosen as R's Synth does.

    V is the diagonal that gives the least squared error of the outcome before. Each predictor is first
    divided by its standard deviation over all units (Abadie, Diamond and Hainmueller 2010).

    Parameters
    ----------
    target, donors
        Predictors of the treated, and predictor x donor.
    outcome, outcomes
        The outcome in the years that V is chosen on: of the treated, and year x donor.
    method
        Of ``scipy.optimize.minimize``, from equal weights, without derivatives: the error has steps and flats.

    Returns
    -------
    tuple of numpy.ndarray
        Weights by donor, and V by predictor, each summing to one.

    Examples
    --------
    >>> outcomes = np.array([[1.0, 2.0, 6.0], [2.0, 3.0, 5.0], [3.0, 4.0, 7.0]])
    >>> weights, v = predictor_weights(outcomes.mean(axis=1), outcomes, outcomes.mean(axis=1), outcomes)
    >>> weights.round(3).tolist()
    [0.333, 0.333, 0.333]
    """
    from scipy.optimize import minimize  # noqa: PLC0415  no report of a municipality needs it

    spread = np.column_stack([donors, target]).std(axis=1, ddof=1)
    away = (donors - target[:, None]) / spread[:, None]
    gap = outcomes - outcome[:, None]

    def weights_of(v: np.ndarray) -> np.ndarray:
        share = np.abs(v) / max(np.abs(v).sum(), np.finfo(float).tiny)
        return simplex_weights((away * share[:, None]).T @ away)

    def error(v: np.ndarray, /) -> float:
        return float(((gap @ weights_of(v)) ** 2).mean())

    n = len(target)
    best = minimize(error, np.full(n, 1.0 / n), method=method, options={"maxiter": 1000})
    v = np.abs(best.x) / np.abs(best.x).sum()
    return weights_of(v), v


def equally_good(
    target: np.ndarray, donors: np.ndarray, after: np.ndarray, weights: np.ndarray
) -> tuple[float, float]:
    """Return the lowest and highest mean after that weights give which fit the years before as well.

    As well is a mean absolute error before no larger than that of `weights`: two linear programmes (HiGHS). A wide
    interval beside a good fit says that the fit has chosen nothing.

    Parameters
    ----------
    target
        Years before, of the treated.
    donors, after
        Year before x donor, and year after x donor.
    weights
        By donor.

    Returns
    -------
    tuple of float
        Mean of the years after of the synthetic control, the lowest and the highest.

    Raises
    ------
    RuntimeError
        HiGHS found no solution.

    Examples
    --------
    >>> donors = np.array([[0.0, 1.0, 2.0]])
    >>> after = np.array([[5.0, 1.0, 3.0]])
    >>> low, high = equally_good(np.array([1.0]), donors, after, np.array([0.0, 1.0, 0.0]))
    >>> round(low, 6), round(high, 6)
    (1.0, 4.0)
    """
    from scipy.optimize import linprog  # noqa: PLC0415  longer to import than what most reports need

    years, n = donors.shape
    allowed = float(np.abs(donors @ weights - target).sum())
    size = max(float(np.abs(donors - target[:, None]).max()), np.finfo(float).tiny)
    above = np.block([[donors, -np.eye(years)], [-donors, -np.eye(years)]])
    sums = np.concatenate([np.zeros(n), np.ones(years)])
    ends = []
    for sign in (1.0, -1.0):
        objective = np.concatenate([sign * after.mean(axis=0), np.zeros(years)])
        found = linprog(
            objective,
            A_ub=np.vstack([above, sums]) / size,
            b_ub=np.concatenate([target, -target, [allowed + 1e-9 * size * years]]) / size,
            A_eq=np.concatenate([np.ones(n), np.zeros(years)])[None, :],
            b_eq=[1.0],
            method="highs",
        )
        if found.x is None:
            raise RuntimeError(f"HiGHS: {found.message}")
        ends.append(sign * float(objective @ found.x))
    return ends[0], ends[1]


def split_conformal(gaps_before: Sequence[float] | np.ndarray, alpha: float = 0.05) -> float:
    """Return the half-width of a split-conformal interval: the gap before that so few gaps exceed.

    Parameters
    ----------
    gaps_before
        Own less synthetic, each year before.
    alpha
        How often a gap may lie outside.

    Returns
    -------
    float
        The ceil((n + 1)(1 - alpha))-th smallest absolute gap; infinite when there are too few years.

    Examples
    --------
    >>> split_conformal([0.5, -1.0, 0.25, 2.0], 0.4)
    1.0
    """
    sizes = np.sort(np.abs(np.asarray(gaps_before, dtype=float)))
    place = int(np.ceil((len(sizes) + 1) * (1.0 - alpha) - 1e-9))
    return float(sizes[place - 1]) if place <= len(sizes) else float("inf")


def effective_donors(weights: np.ndarray) -> float:
    """Return how many equal donors the weights are worth: 1 / sum of squares.

    Examples
    --------
    >>> effective_donors(np.array([0.5, 0.5, 0.0]))
    2.0
    """
    return float(1.0 / np.square(weights).sum())


def donor_pools(
    groups: Mapping[str, Sequence[str]],
    near: Mapping[str, Sequence[str]],
    n: int = DONORS,
    without: Sequence[str] = (),
) -> dict[str, list[str]]:
    """Return each municipality's donors, fixed by what is known before any outcome is seen.

    Parameters
    ----------
    groups
        Kolada's similar municipalities, by municipality.
    near
        The nearest in size and structure, the nearest first (`effektiv.analysis.role_models.nearest`).
    n
        How many at most.
    without
        Participants, and those with a flagged break.

    Returns
    -------
    dict of str to list of str
        Similar ones first.

    Examples
    --------
    >>> donor_pools({"a": ["b", "c"]}, {"a": ["c", "d", "e"], "b": ["a"]}, 3, ["b"])
    {'a': ['c', 'd', 'e'], 'b': ['a']}
    """
    out = set(without)
    pools = {}
    for code in sorted({*groups, *near}):
        both = dict.fromkeys([*groups.get(code, ()), *near.get(code, ())])
        pools[code] = [item for item in both if item not in out and item != code][:n]
    return pools


@dataclass(frozen=True)
class Synthetic:
    """A synthetic control of every municipality, and what they say of each.

    Attributes
    ----------
    evaluation
        What was, what was to be expected, and the rank; what the synthetic controls leave of the rebound is taken off.
    fits
        By municipality: ``donors`` (how many it could choose among), ``effective``
        (`effective_donors`), ``error`` (root mean square before, on the scale), ``error_equal`` (of equal
        weights) and ``fit``, the error in own noises.
    weights
        By municipality and donor; small ones are left out.
    modelled
        Municipality x year, the synthetic controls alone, on the scale.
    donors
        By municipality, all that it could choose among.
    penalty
        That they were made with.
    """

    evaluation: Evaluation
    fits: pd.DataFrame
    weights: Mapping[str, Mapping[str, float]]
    modelled: Panel
    donors: Mapping[str, Sequence[str]]
    penalty: float

    def refusal(self, municipality: str) -> Refused | None:
        """Return why a municipality's synthetic control says nothing, None where it does say something."""
        if municipality not in self.fits.index:
            return Refused(Unanswered.NO_VALUES)
        fit = {str(key): cell(self.fits, municipality, str(key)) for key in self.fits.columns}
        if fit["donors"] < FEWEST_DONORS:
            return Refused(Unanswered.FEW_DONORS, fit["donors"], FEWEST_DONORS)
        if municipality not in self.evaluation.frame.index:
            return Refused(Unanswered.NO_VALUES)
        if not fit["fit"] <= POOREST:
            return Refused(Unanswered.POOR_FIT, fit["fit"], POOREST)
        even = fit["effective"] > (1 - EQUAL) * fit["donors"]
        if even or fit["error"] > (1 - EQUAL) * fit["error_equal"]:
            return Refused(Unanswered.EQUAL_WEIGHTS, fit["effective"], fit["donors"])
        return None


def synthetic(
    panel: Panel,
    noise: Noise | None,
    years: Span,
    sign: int,
    pools: Mapping[str, Sequence[str]],
    without: Sequence[str] = (),
    penalty: float = PENALTY,
) -> Synthetic | Refused:
    """Make every municipality's synthetic control and rank their changes.

    Parameters
    ----------
    panel
        Municipality x year, the figure's unit.
    noise
        Of the figure in the last year before the start.
    years
        From `effektiv.analysis.rebound.span`.
    sign
        1 when higher is better, -1 when lower is.
    pools
        Donors by municipality (`donor_pools`); those with a missing year are passed over.
    without
        Participants and those with a flagged break: nobody's donors, and compared with by nobody.
    penalty
        See `fitted_weights`.

    Returns
    -------
    Synthetic or Refused
        As `effektiv.analysis.placebos.evaluate`.

    Examples
    --------
    >>> draw = np.random.default_rng(2).normal(0, 1, (100, 12)) + np.linspace(0, 20, 100)[:, None]
    >>> draw[7, 9:] += 6
    >>> codes = [f"{place:04d}" for place in range(100)]
    >>> chance = pd.DataFrame(draw, index=codes, columns=range(2010, 2022))
    >>> even = Noise(2018, False, pd.Series(1.4, index=codes), 1.96, 1.28, 0.0)
    >>> near = {code: [codes[(at + step) % 100] for step in range(1, 11)] for at, code in enumerate(codes)}
    >>> joined = Span(tuple(range(2010, 2019)), (2019, 2020, 2021))
    >>> found = synthetic(chance, even, joined, 1, near, ["0007"])
    >>> row = found.evaluation.frame.loc["0007"]
    >>> bool(row["low"] < 6 < row["high"]), found.refusal("0007")
    (True, None)
    """
    if noise is None:
        return Refused(Unanswered.NO_NOISE)
    scaled = country(noise.scaled(panel)).astype(float).reindex(columns=[*years.before, *years.after])
    fits, weights, modelled = _fitted(scaled, years, pools, set(without), penalty)
    fits["fit"] = fits["error"] / noise.sd.reindex(fits.index)
    found = evaluate(panel, noise, years, sign, without, modelled)
    if isinstance(found, Refused):
        return found
    out = set(without)
    donors = {
        code: [item for item in pools.get(code, ()) if item not in out and item != code] for code in weights
    }
    return Synthetic(found, fits, weights, modelled, donors, penalty)


def _fitted(
    scaled: Panel, years: Span, pools: Mapping[str, Sequence[str]], out: set[str], penalty: float
) -> tuple[pd.DataFrame, dict[str, dict[str, float]], Panel]:
    """Fit all synthetic controls, one after another by the same path."""
    values, early = scaled.to_numpy(), len(years.before)
    complete = np.isfinite(values).all(axis=1)
    codes = [str(code) for code in scaled.index]
    place = {code: at for at, code in enumerate(codes)}
    modelled = np.full(values.shape, np.nan)
    rows, weights = {}, {}
    for code, at in place.items():
        members = [item for item in pools.get(code, ()) if item in place and item not in out and item != code]
        donors = [place[item] for item in members if complete[place[item]]]
        fit = {"donors": len(donors), "effective": np.nan, "error": np.nan, "error_equal": np.nan}
        if len(donors) >= FEWEST_DONORS and np.isfinite(values[at, :early]).sum() >= 2 * RECENT:
            before, target, others, own = _from_means(values[at], values[donors].T, early)
            w = fitted_weights(target, before, penalty)
            modelled[at] = own + others @ w
            fit |= {
                "effective": effective_donors(w),
                "error": float(np.sqrt(((before @ w - target) ** 2).mean())),
                "error_equal": float(np.sqrt(((before.mean(axis=1) - target) ** 2).mean())),
            }
            order = np.argsort(-w, kind="stable").tolist()
            weights[code] = {codes[donors[item]]: float(w[item]) for item in order if w[item] >= _SMALL}
        rows[code] = fit
    frame = pd.DataFrame.from_dict(rows, orient="index")
    return frame, weights, pd.DataFrame(modelled, index=scaled.index, columns=scaled.columns)


def _from_means(
    own: np.ndarray, others: np.ndarray, early: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return donors and own in the known years before, donors in all years, each from its mean; and the own mean."""
    known = np.flatnonzero(np.isfinite(own[:early]))
    middle, level = others[known].mean(axis=0), float(own[known].mean())
    away = others - middle
    return away[known], own[known] - level, away, level


def _parts(found: Synthetic, municipality: str) -> tuple[np.ndarray, list[str], np.ndarray, float]:
    """Return own values, its donors and their values (year x donor), and the mean rebound that was taken off."""
    if (refused := found.refusal(municipality)) and refused.reason in (
        Unanswered.NO_VALUES,
        Unanswered.FEW_DONORS,
    ):
        raise ValueError(f"{municipality} has no synthetic control: {refused.reason}")
    own = found.evaluation.own
    left = found.evaluation.expected - found.modelled.reindex_like(own)
    # A donor of whom nothing is known after is none: `_fitted` passed over the same ones.
    known = own.index[own.notna().all(axis=1)]
    donors = [item for item in found.donors[municipality] if item in known]
    rebound = float(left[list(found.evaluation.years.after)].mean(axis=1)[municipality])
    return own.loc[municipality].to_numpy(), donors, own.loc[donors].to_numpy().T, rebound


def leave_one_out(found: Synthetic, municipality: str) -> pd.Series:
    """Return the effect without each of the donors that weigh anything, by donor.

    Parameters
    ----------
    found
        All synthetic controls.
    municipality
        Whose; it must have one.

    Returns
    -------
    pandas.Series
        Effects on the scale, of the heaviest donor first; the rebound that is taken off is that of all donors.

    Raises
    ------
    ValueError
        The municipality has no synthetic control.

    Examples
    --------
    >>> draw = np.random.default_rng(2).normal(0, 1, (100, 12)) + np.linspace(0, 20, 100)[:, None]
    >>> codes = [f"{place:04d}" for place in range(100)]
    >>> chance = pd.DataFrame(draw, index=codes, columns=range(2010, 2022))
    >>> even = Noise(2018, False, pd.Series(1.4, index=codes), 1.96, 1.28, 0.0)
    >>> near = {code: [codes[(at + step) % 100] for step in range(1, 11)] for at, code in enumerate(codes)}
    >>> found = synthetic(chance, even, Span(tuple(range(2010, 2019)), (2019, 2020, 2021)), 1, near)
    >>> without = leave_one_out(found, "0007")
    >>> list(without.index) == list(found.weights["0007"]), bool(without.abs().max() < 3)
    (True, True)
    """
    own, donors, others, rebound = _parts(found, municipality)
    early = len(found.evaluation.years.before)
    effects = {}
    for left in found.weights[municipality]:
        kept = [at for at, item in enumerate(donors) if item != left]
        before, target, away, level = _from_means(own, others[:, kept], early)
        model = level + away[early:] @ fitted_weights(target, before, found.penalty)
        effects[left] = float((own[early:] - model).mean()) - rebound
    return pd.Series(effects, dtype=float)


def equally_good_effects(found: Synthetic, municipality: str) -> tuple[float, float]:
    """Return the lowest and highest effect by weights that fit the years before as well (`equally_good`).

    Parameters
    ----------
    found
        All synthetic controls.
    municipality
        Whose; it must have one.

    Returns
    -------
    tuple of float
        On the scale.

    Raises
    ------
    ValueError
        The municipality has no synthetic control.

    Examples
    --------
    >>> draw = np.random.default_rng(2).normal(0, 1, (100, 12)) + np.linspace(0, 20, 100)[:, None]
    >>> codes = [f"{place:04d}" for place in range(100)]
    >>> chance = pd.DataFrame(draw, index=codes, columns=range(2010, 2022))
    >>> even = Noise(2018, False, pd.Series(1.4, index=codes), 1.96, 1.28, 0.0)
    >>> near = {code: [codes[(at + step) % 100] for step in range(1, 11)] for at, code in enumerate(codes)}
    >>> found = synthetic(chance, even, Span(tuple(range(2010, 2019)), (2019, 2020, 2021)), 1, near)
    >>> low, high = equally_good_effects(found, "0007")
    >>> bool(low <= found.evaluation.frame.loc["0007", "effect"] <= high)
    True
    """
    own, donors, others, rebound = _parts(found, municipality)
    early = len(found.evaluation.years.before)
    before, target, away, level = _from_means(own, others, early)
    share = found.weights[municipality]
    weights = np.array([share.get(item, 0.0) for item in donors])
    low, high = equally_good(target, before, away[early:], weights / weights.sum())
    after = float(own[early:].mean()) - level - rebound
    return after - high, after - low


def in_time(panel: Panel, noise: Noise, found: Synthetic, without: Sequence[str] = ()) -> Synthetic | Refused:
    """Do the same as if it had begun `AFTER` years earlier, when nothing had: a placebo in time.

    Parameters
    ----------
    panel, noise, without
        As `synthetic`.
    found
        What is tried.

    Returns
    -------
    Synthetic or Refused
        Refused when fewer than twice `RECENT` years before would be left.

    Examples
    --------
    >>> draw = np.random.default_rng(2).normal(0, 1, (100, 12)) + np.linspace(0, 20, 100)[:, None]
    >>> codes = [f"{place:04d}" for place in range(100)]
    >>> chance = pd.DataFrame(draw, index=codes, columns=range(2010, 2022))
    >>> even = Noise(2018, False, pd.Series(1.4, index=codes), 1.96, 1.28, 0.0)
    >>> near = {code: [codes[(at + step) % 100] for step in range(1, 11)] for at, code in enumerate(codes)}
    >>> found = synthetic(chance, even, Span(tuple(range(2010, 2019)), (2019, 2020, 2021)), 1, near)
    >>> in_time(chance, even, found).evaluation.years.after
    (2016, 2017, 2018)
    """
    before = found.evaluation.years.before
    earlier = Span(before[:-AFTER], before[-AFTER:])
    if len(earlier.before) < 2 * RECENT:
        return Refused(Unanswered.SHORT_BEFORE, len(earlier.before), 2 * RECENT)
    return synthetic(
        panel, noise, earlier, found.evaluation.sign, found.donors, without, penalty=found.penalty
    )
