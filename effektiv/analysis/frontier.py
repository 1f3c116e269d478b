"""Frontiers: how much less others have used for at least the same, by four methods and over time.

Scores are *Farrell, input orientation* unless said otherwise: the share of its inputs with which the best
would have reached at least the same outputs, 1 on the frontier and lower inside. Only order-m can be above 1:
then a unit used less than the best of m drawn others are expected to, which marks it as an outlier.

Inputs and outputs are frames with a row a unit, all positive and known. A frontier of n units says little when
n is less than max(x y, 3(x + y)) for x inputs and y outputs (`few_units`).

With one input, the frontier of variable returns is a lower hull and that of constant returns the hull of
outputs per input, and Qhull gives all scores in milliseconds; the general case is one linear programme a unit
(HiGHS), and is what the hulls are tested against.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

Returns = Literal["crs", "vrs"]
Orientation = Literal["input", "output"]

PEER_FROM = 1e-7
"""A unit's weight above which it counts as a peer, and a slack as one."""

FLAT = 1e-10
"""A facet whose normal has a smaller part along the input is a side of the hull, not its bottom."""

_CLOSE = 1e-10


def few_units(units: int, inputs: int, outputs: int) -> bool:
    """Whether the units are fewer than a frontier of so many figures needs.

    The rule of Cooper, Seiford and Tone: at least max(x y, 3(x + y)).

    Examples
    --------
    >>> few_units(7, 1, 2), few_units(290, 1, 2)
    (True, False)
    """
    return units < max(inputs * outputs, 3 * (inputs + outputs))


def checked(inputs: pd.DataFrame, outputs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs and outputs as arrays.

    Raises
    ------
    ValueError
        There are no units, they are not the same, or a value is missing, zero or negative: it names unit and figure.

    Examples
    --------
    >>> checked(pd.DataFrame({"x": [1.0]}, index=["a"]), pd.DataFrame({"y": [0.0]}, index=["a"]))
    Traceback (most recent call last):
    ...
    ValueError: y of a is 0.0; it must be above zero
    """
    if not len(inputs) or not inputs.index.equals(outputs.index):
        raise ValueError("inputs and outputs must be of the same units, at least one")
    if not inputs.index.is_unique:
        raise ValueError("a unit occurs twice")
    for frame in (inputs, outputs):
        values = frame.to_numpy(dtype=float)
        wrong = np.argwhere(~(np.isfinite(values) & (values > 0)))
        if len(wrong):
            row, column = wrong[0]
            raise ValueError(
                f"{frame.columns[column]} of {frame.index[row]} is {values[row, column]}; it must be above zero"
            )
    return inputs.to_numpy(dtype=float), outputs.to_numpy(dtype=float)


# --- order-m and FDH ------------------------------------------------------------------------------


def order_m(inputs: pd.DataFrame, outputs: pd.DataFrame, m: int) -> pd.Series:
    """Return each unit's expected share of inputs that the best of m drawn others would use.

    The m are drawn with replacement among the N units with at least the same outputs (itself included), and
    the expectation is exact: with t_j = max_k x_kj / x_k0 in ascending order (Cazals, Florens and Simar 2002),

        score = sum_i t_(i) [((N - i + 1)/N)^m - ((N - i)/N)^m]

    Parameters
    ----------
    inputs, outputs
        Unit x figure, positive.
    m
        At least 1. As it grows the score falls to that of `fdh`.

    Returns
    -------
    pandas.Series
        Above 0; above 1 for a unit that used less than the expected best.

    Examples
    --------
    >>> x = pd.DataFrame({"x": [2.0, 4.0]}, index=["a", "b"])
    >>> order_m(x, pd.DataFrame({"y": [1.0, 1.0]}, index=["a", "b"]), 1).tolist()
    [1.5, 0.75]
    """
    if m < 1:
        raise ValueError(f"m must be at least 1, got {m}")
    x, y = checked(inputs, outputs)
    found = np.empty(len(x))
    for at in range(len(x)):
        t = np.sort((x / x[at]).max(axis=1)[(y >= y[at]).all(axis=1)])
        left = np.arange(len(t), -1, -1) / len(t)
        found[at] = t @ -np.diff(left**m)
    return pd.Series(found, index=inputs.index)


def fdh(inputs: pd.DataFrame, outputs: pd.DataFrame) -> pd.Series:
    """Return each unit's least share of inputs that a single unit with at least its outputs used (0-1).

    Deprins, Simar and Tulkens 1984: the free disposal hull, without convexity.

    Examples
    --------
    >>> x = pd.DataFrame({"x": [2.0, 4.0]}, index=["a", "b"])
    >>> fdh(x, pd.DataFrame({"y": [1.0, 1.0]}, index=["a", "b"])).tolist()
    [1.0, 0.5]
    """
    x, y = checked(inputs, outputs)
    found = [(x / x[at]).max(axis=1)[(y >= y[at]).all(axis=1)].min() for at in range(len(x))]
    return pd.Series(found, index=inputs.index, dtype=float)


# --- DEA by linear programmes --------------------------------------------------------------------


@dataclass(frozen=True)
class Dea:
    """Data envelopment of all units.

    Attributes
    ----------
    scores
        Farrell: input orientation as in this module; output orientation as the share of what the best would
        have reached, so that both are 0-1 and 1 on the frontier.
    slacks
        Unit x figure, in the figures' units: what can be had beside the proportional change.
    peers
        By unit: weights of those it is compared with, the heaviest first.
    few
        Whether the units are fewer than their figures need (`few_units`).
    """

    scores: pd.Series
    slacks: pd.DataFrame
    peers: dict[str, dict[str, float]]
    few: bool


def dea(
    inputs: pd.DataFrame, outputs: pd.DataFrame, returns: Returns = "vrs", orientation: Orientation = "input"
) -> Dea:
    """Envelop the units: scores, slacks and peers (Charnes, Cooper and Rhodes 1978; Banker and others 1984).

    Input orientation: min theta with X lambda <= theta x_0, Y lambda >= y_0, lambda >= 0, and for variable
    returns sum lambda = 1. A second phase holds the score and makes the slacks as large as can be, each
    measured by its figure's mean, so that units of measurement do not matter.

    Raises
    ------
    ValueError
        A value is missing, zero or negative.

    Examples
    --------
    >>> x = pd.DataFrame({"x": [2.0, 4.0]}, index=["a", "b"])
    >>> dea(x, pd.DataFrame({"y": [1.0, 1.0]}, index=["a", "b"])).peers["b"]
    {'a': 1.0}
    """
    x, y = checked(inputs, outputs)
    scale = x.mean(axis=0), y.mean(axis=0)
    x, y = x / scale[0], y / scale[1]
    scores, slacks, peers = np.empty(len(x)), np.empty((len(x), x.shape[1] + y.shape[1])), {}
    names = [str(name) for name in inputs.index]
    for at in range(len(x)):
        factor = _phase_one(x, y, x[at], y[at], returns, orientation)
        scores[at] = factor if orientation == "input" else 1.0 / factor
        slacks[at], weights = _phase_two(x, y, x[at], y[at], factor, returns, orientation)
        order = [int(peer) for peer in np.argsort(-weights, kind="stable") if weights[peer] > PEER_FROM]
        peers[names[at]] = {names[peer]: float(weights[peer]) for peer in order}
    return Dea(
        scores=pd.Series(scores, index=inputs.index),
        slacks=pd.DataFrame(
            np.where(slacks > PEER_FROM, slacks, 0.0) * np.concatenate(scale),
            index=inputs.index,
            columns=[*inputs.columns, *outputs.columns],
        ),
        peers=peers,
        few=few_units(len(x), x.shape[1], y.shape[1]),
    )


def _solved(objective: np.ndarray, returns: Returns, n: int, **limits: Any) -> np.ndarray:
    """Return the solution of a programme whose first n variables are the units' weights."""
    from scipy.optimize import linprog  # noqa: PLC0415  longer to import than what most reports need

    if returns == "vrs":
        ones = np.concatenate([np.ones(n), np.zeros(len(objective) - n)])[None, :]
        limits["A_eq"] = np.vstack([ones, *([limits["A_eq"]] if "A_eq" in limits else [])])
        limits["b_eq"] = np.concatenate([[1.0], limits.get("b_eq", [])])
    found = linprog(
        objective,
        **limits,
        method="highs",
        options={"primal_feasibility_tolerance": _CLOSE, "dual_feasibility_tolerance": _CLOSE},
    )
    if found.x is None:
        raise RuntimeError(f"HiGHS: {found.message}")
    return np.asarray(found.x)


def _phase_one(
    x: np.ndarray, y: np.ndarray, x0: np.ndarray, y0: np.ndarray, returns: Returns, orientation: Orientation
) -> float:
    """Return theta, or phi >= 1 in output orientation, of a point against a technology that reaches it."""
    n = len(x)
    if orientation == "input":
        limits = np.block([[x.T, -x0[:, None]], [-y.T, np.zeros((y.shape[1], 1))]])
        right, sign = np.concatenate([np.zeros(len(x0)), -y0]), 1.0
    else:
        limits = np.block([[x.T, np.zeros((x.shape[1], 1))], [-y.T, y0[:, None]]])
        right, sign = np.concatenate([x0, np.zeros(len(y0))]), -1.0
    objective = np.concatenate([np.zeros(n), [sign]])
    return float(_solved(objective, returns, n, A_ub=limits, b_ub=right)[-1])


def _phase_two(
    x: np.ndarray,
    y: np.ndarray,
    x0: np.ndarray,
    y0: np.ndarray,
    factor: float,
    returns: Returns,
    orientation: Orientation,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest slacks at a score, and the units' weights."""
    n, figures = len(x), x.shape[1] + y.shape[1]
    # A hair's breadth off the frontier, since the score is rounded and may lie beyond what is feasible.
    on_input, on_output = (
        (factor * (1 + _CLOSE), 1.0) if orientation == "input" else (1.0, factor * (1 - _CLOSE))
    )
    slack = np.diag(np.concatenate([np.ones(x.shape[1]), -np.ones(y.shape[1])]))
    found = _solved(
        np.concatenate([np.zeros(n), -np.ones(figures)]),
        returns,
        n,
        A_eq=np.hstack([np.vstack([x.T, y.T]), slack]),
        b_eq=np.concatenate([on_input * x0, on_output * y0]),
    )
    return found[n:], found[:n]


# --- hulls: one input -----------------------------------------------------------------------------


def hull_scores(inputs: pd.DataFrame, outputs: pd.DataFrame, returns: Returns = "vrs") -> pd.Series:
    """Return the scores of `dea` in input orientation for one input, from a convex hull.

    Raises
    ------
    ValueError
        There are more inputs than one, or a value is missing, zero or negative.

    Examples
    --------
    >>> x = pd.DataFrame({"x": [2.0, 4.0]}, index=["a", "b"])
    >>> hull_scores(x, pd.DataFrame({"y": [1.0, 1.0]}, index=["a", "b"])).tolist()
    [1.0, 0.5]
    """
    x, y = _one_input(inputs, outputs)
    return pd.Series(_against(x, y, x, y, returns), index=inputs.index)


def hull_peers(inputs: pd.DataFrame, outputs: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return for one input and variable returns whom each unit is compared with: weights, the heaviest first.

    Raises
    ------
    ValueError
        As `hull_scores`.

    Examples
    --------
    >>> x = pd.DataFrame({"x": [2.0, 4.0]}, index=["a", "b"])
    >>> hull_peers(x, pd.DataFrame({"y": [1.0, 1.0]}, index=["a", "b"]))["b"]
    {'a': 1.0}
    """
    x, y = _one_input(inputs, outputs)
    names = [str(name) for name in inputs.index]
    # A unit that another reaches with no more input would only be a peer by accident.
    best = _undominated(np.column_stack([-x, y]))
    bottom = _bottom(x[best] / x.max(), y[best] / y.max(axis=0), y.min(axis=0) / y.max(axis=0))
    at = bottom.places(y / y.max(axis=0))
    found = {}
    for name, place, level in zip(names, at, bottom.values(at), strict=True):
        # A flat side is cut into several facets, and a corner belongs to many: the place lies in one of them.
        tied = bottom.corners[np.flatnonzero(level > level.max() - 1e-9)]
        found_in = [_weights(bottom.points[corners][:, :-1], place) for corners in tied]
        nearest = int(np.argmin([miss for _, miss in found_in]))
        weights, units = found_in[nearest][0], best[tied[nearest] % len(best)]
        whole = {names[unit]: float(weights[units == unit].sum()) for unit in dict.fromkeys(units.tolist())}
        kept = {peer: weight for peer, weight in whole.items() if weight > PEER_FROM}
        found[name] = dict(sorted(kept.items(), key=lambda item: -item[1]))
    return found


def _weights(corners: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the weights, together 1, by which corners of a facet give a place, and how far outside it lies."""
    system, wanted = np.vstack([corners.T, np.ones(len(corners))]), np.append(place, 1.0)
    weights = np.linalg.lstsq(system, wanted, rcond=None)[0]
    return weights, max(-float(weights.min()), float(np.abs(system @ weights - wanted).max()))


def _one_input(inputs: pd.DataFrame, outputs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    x, y = checked(inputs, outputs)
    if x.shape[1] != 1:
        raise ValueError(f"the hull is of one input, got {x.shape[1]}")
    return x[:, 0], y


def _against(x: np.ndarray, y: np.ndarray, x0: np.ndarray, y0: np.ndarray, returns: Returns) -> np.ndarray:
    """Return scores of the points (x0, y0) against the technology of (x, y); one input."""
    scale = y.max(axis=0)
    if returns == "crs":
        return _gauge(y / scale / x[:, None], y0 / scale / x0[:, None])
    bottom = _bottom(x / x.max(), y / scale, y.min(axis=0) / scale)
    return np.asarray(bottom.values(bottom.places(y0 / scale)).max(axis=1) * x.max() / x0)


def _undominated(figures: np.ndarray) -> np.ndarray:
    """Return the numbers of the rows that no other row reaches in every column, the first of equal ones."""
    unique, first = np.unique(figures, axis=0, return_index=True)
    reached = (unique[None, :, :] >= unique[:, None, :]).all(axis=2)
    found: np.ndarray = first[reached.sum(axis=1) == 1]
    return found


def _disposed(points: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Return points, and each with every choice of its outputs thrown away down to the floor.

    Within the floor, the hull of these is the hull of all that can be had by throwing outputs away.
    """
    columns = range(points.shape[1])
    parts = [points]
    for size in range(1, points.shape[1] + 1):
        for chosen in combinations(columns, size):
            part = points.copy()
            part[:, list(chosen)] = floor[list(chosen)]
            parts.append(part)
    return np.asarray(np.vstack(parts))


@dataclass(frozen=True)
class _Bottom:
    """The lower hull of one input over outputs.

    Attributes
    ----------
    vary
        The outputs that are not alike for all.
    floor
        The least of each of those.
    slopes, level
        Of each facet: the input that outputs need is the largest of ``slopes @ outputs + level``.
    points
        Outputs and input; units repeat, a round for each choice of outputs thrown away.
    corners
        Of each facet, numbers of points.
    """

    vary: np.ndarray
    floor: np.ndarray
    slopes: np.ndarray
    level: np.ndarray
    points: np.ndarray
    corners: np.ndarray

    def places(self, outputs: np.ndarray) -> np.ndarray:
        """Return outputs as the hull knows them; less than the floor needs no less input."""
        return np.asarray(np.maximum(outputs[:, self.vary], self.floor))

    def values(self, places: np.ndarray) -> np.ndarray:
        """Return each facet's input at some places."""
        return np.asarray(places @ self.slopes.T + self.level)


def _bottom(x: np.ndarray, y: np.ndarray, floor: np.ndarray) -> _Bottom:
    """Return the lower hull of inputs x over outputs y that may be thrown away down to a floor."""
    from scipy.spatial import ConvexHull  # noqa: PLC0415  longer to import than what most reports need

    vary = y.max(axis=0) > floor
    outputs, floor = y[:, vary], floor[vary]
    points = np.column_stack([_disposed(outputs, floor), np.tile(x, 2 ** outputs.shape[1])])
    if not vary.any():
        least = int(x.argmin())
        return _Bottom(vary, floor, np.empty((1, 0)), x[[least]], points, np.array([[least]]))
    # One point high above keeps the hull from being flat, and is never at its bottom.
    hull = ConvexHull(np.vstack([points, [*floor, 2.0 * x.max()]]))
    facing_down = hull.equations[:, -2] < -FLAT
    bottom = hull.equations[facing_down]
    slopes, level = -bottom[:, :-2] / bottom[:, -2:-1], -bottom[:, -1] / bottom[:, -2]
    return _Bottom(vary, floor, slopes, level, points, hull.simplices[facing_down])


def _gauge(rates: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return by which factor the hull of outputs per input shrinks until `at` lies on its edge."""
    if rates.shape[1] == 1:
        return np.asarray(at[:, 0] / rates.max())
    from scipy.spatial import ConvexHull  # noqa: PLC0415

    scale = rates.max(axis=0)
    points = _disposed(rates / scale, np.zeros(rates.shape[1]))
    equations = ConvexHull(points).equations
    edge = equations[equations[:, -1] < -FLAT]  # not through the origin
    return np.asarray((at / scale @ (edge[:, :-1] / -edge[:, -1:]).T).max(axis=1))


# --- scale ------------------------------------------------------------------------------------


def scale_efficiency(inputs: pd.DataFrame, outputs: pd.DataFrame) -> pd.Series:
    """Return the score of constant returns over that of variable returns: 1 at the best size (0-1).

    Examples
    --------
    >>> x = pd.DataFrame({"x": [2.0, 3.0]}, index=["a", "b"])
    >>> scale_efficiency(x, pd.DataFrame({"y": [1.0, 3.0]}, index=["a", "b"])).tolist()
    [0.5, 1.0]
    """
    if inputs.shape[1] == 1:
        return hull_scores(inputs, outputs, "crs") / hull_scores(inputs, outputs, "vrs")
    return dea(inputs, outputs, "crs").scores / dea(inputs, outputs, "vrs").scores


# --- bootstrap --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bootstrap:
    """What the frontier's scores would be if the units had come out otherwise.

    Attributes
    ----------
    frame
        Index unit; columns ``score``, ``corrected`` (the bias taken away), ``low``, ``high``: all above 0, and
        the last three at most the score's.
    bandwidth
        Of the smoothing, in Shephard distances.
    few
        Whether the units are fewer than their figures need (`few_units`).
    """

    frame: pd.DataFrame
    bandwidth: float
    few: bool


def bootstrap(
    inputs: pd.DataFrame,
    outputs: pd.DataFrame,
    returns: Returns = "vrs",
    *,
    replicates: int = 500,
    level: float = 0.95,
    seed: int = 1,
) -> Bootstrap:
    """Draw frontiers anew by the smoothed homogeneous bootstrap (Simar and Wilson 1998, input orientation).

    Inefficiencies are drawn from their kernel density, reflected at the frontier so that it has no step there,
    and put on the units' own mixes; each drawn set gives a frontier, and the original units are scored
    against it. It works in Shephard distances 1/theta >= 1, so that no corrected score is zero or negative. The
    bias is taken away, and the interval is of the differences between drawn and estimated (Simar and Wilson
    2000). It rests on inefficiency being alike at all outputs and mixes, and on values without error; how often
    it then holds the true score is measured by ``python -m benchmarks.frontier``.

    Parameters
    ----------
    inputs, outputs
        Unit x figure, positive.
    returns
        Of the frontier.
    replicates
        Drawn frontiers.
    level
        Of the interval, 0-1.
    seed
        Of the drawing. Units are drawn in the order of their names, so that the order of rows does not matter.

    Raises
    ------
    ValueError
        A value is missing, zero or negative, or fewer than three units lie inside the frontier.

    Examples
    --------
    >>> x = pd.DataFrame({"x": [2.0, 3.0, 4.0, 5.0]}, index=list("abcd"))
    >>> frame = bootstrap(x, x * 0 + 1, replicates=20).frame
    >>> bool((frame["low"] < frame["score"]).all())
    True
    """
    order = np.argsort(inputs.index.astype(str).to_numpy(), kind="stable")
    ordered = inputs.iloc[order]
    x, y = checked(ordered, outputs.iloc[order])
    score = _scorer(x, y, returns)
    distances = 1.0 / score(x)
    h = _bandwidth(distances)
    generator = np.random.default_rng(seed)
    beyond = distances - 1.0
    shrink = np.sqrt(1.0 + h**2 / np.mean(beyond**2))
    drawn = np.empty((replicates, len(x)))
    for at in range(replicates):
        # From the density reflected at 1: its mean is 1, so that taking the kernel's variance out again does not
        # move the frontier, as it does about the distances' own mean.
        smooth = np.abs(generator.choice(beyond, len(x)) + h * generator.standard_normal(len(x))) / shrink
        drawn[at] = 1.0 / score(x * ((1.0 + smooth) / distances)[:, None])
    gap = drawn - distances
    low, high = np.quantile(gap, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    frame = pd.DataFrame(
        {
            "score": 1.0 / distances,
            "corrected": 1.0 / (distances - gap.mean(axis=0)),
            "low": 1.0 / (distances - low),
            "high": 1.0 / (distances - high),
        },
        index=ordered.index,
    )
    return Bootstrap(frame.loc[inputs.index], h, few_units(len(x), x.shape[1], y.shape[1]))


def _scorer(x: np.ndarray, y: np.ndarray, returns: Returns) -> Callable[[np.ndarray], np.ndarray]:
    """Return what scores the units against the technology of other inputs for the same outputs."""
    if x.shape[1] == 1:
        return lambda other: _against(other[:, 0], y, x[:, 0], y, returns)
    scale = x.mean(axis=0), y.mean(axis=0)

    def score(other: np.ndarray) -> np.ndarray:
        a, b, own = other / scale[0], y / scale[1], x / scale[0]
        return np.array([_phase_one(a, b, own[at], b[at], returns, "input") for at in range(len(x))])

    return score


def _bandwidth(distances: np.ndarray) -> float:
    """Return Silverman's bandwidth of the distances reflected at 1.

    Those on the frontier are left out of their spread, since they lie there because they make it.
    """
    inside = distances[distances > 1.0 + 1e-9]
    if len(inside) < 3:
        raise ValueError(f"{len(inside)} units lie inside the frontier; the bootstrap needs at least three")
    reflected = np.concatenate([inside, 2.0 - inside])
    quartiles = np.quantile(reflected, [0.25, 0.75])
    spread = min(float(reflected.std(ddof=1)), float(quartiles[1] - quartiles[0]) / 1.34)
    return float(0.9 * spread * len(reflected) ** -0.2)


# --- over time --------------------------------------------------------------------------------


def malmquist(
    before: tuple[pd.DataFrame, pd.DataFrame], after: tuple[pd.DataFrame, pd.DataFrame]
) -> pd.DataFrame:
    """Return how productivity changed between two periods, and what of it is the frontier's move.

    With theta_s(t) a unit's Farrell score (constant returns, input orientation) in period t against the frontier of
    period s (Fare and others 1994; numbers as in DEAP, *above 1 is improvement*):

        effch  = theta_2(2) / theta_1(1)
        techch = sqrt(theta_1(2)/theta_2(2) * theta_1(1)/theta_2(1))
        tfpch  = effch * techch

    In Shephard's input distances, 1/theta, the same index is the inverse, and below 1 is improvement.

    Parameters
    ----------
    before, after
        Inputs and outputs of the same units and figures; means of three years, since single years are noise.

    Returns
    -------
    pandas.DataFrame
        Index unit; columns ``effch``, ``techch``, ``tfpch``.

    Raises
    ------
    ValueError
        The units or figures are not the same, or a value is missing, zero or negative.

    Examples
    --------
    >>> x, y = pd.DataFrame({"x": [2.0]}, index=["a"]), pd.DataFrame({"y": [1.0]}, index=["a"])
    >>> float(malmquist((x, y), (x / 2, y))["tfpch"].iloc[0])
    2.0
    """
    (x1, y1), (x2, y2) = checked(*before), checked(*after)
    if not before[0].index.equals(after[0].index) or x1.shape[1] != x2.shape[1] or y1.shape[1] != y2.shape[1]:
        raise ValueError("both periods must have the same units and figures")
    own = _theta(x1, y1, x1, y1), _theta(x2, y2, x2, y2)
    later_on_first, first_on_later = _theta(x1, y1, x2, y2), _theta(x2, y2, x1, y1)
    effch = own[1] / own[0]
    techch = np.sqrt(later_on_first / own[1] * own[0] / first_on_later)
    return pd.DataFrame({"effch": effch, "techch": techch, "tfpch": effch * techch}, index=before[0].index)


def _theta(x: np.ndarray, y: np.ndarray, x0: np.ndarray, y0: np.ndarray) -> np.ndarray:
    """Return scores of constant returns of points against the technology of others."""
    if x.shape[1] == 1:
        return _against(x[:, 0], y, x0[:, 0], y0, "crs")
    scale = x.mean(axis=0), y.mean(axis=0)
    x, x0, y, y0 = x / scale[0], x0 / scale[0], y / scale[1], y0 / scale[1]
    return np.array([_phase_one(x, y, x0[at], y0[at], "crs", "input") for at in range(len(x0))])
