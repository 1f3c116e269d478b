"""Which of many ideas come first, whatever the criteria weigh: SMAA's rank acceptability.

Stochastic multicriteria acceptability analysis (Lahdelma and Salminen 2001, Operations Research 49): every
way of weighing the criteria is tried, as likely as any other, with the scores as spread as those who gave
them. An idea's acceptability for a rank is how often it has it. No weights are asked for, and none are hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

DRAWS = 4096
"""Ways of weighing that are tried: the standard error of an acceptability is at most 0.8 percentage points."""

LOWEST, HIGHEST = 1, 5
"""The scale of the scores."""

_CHUNK = 256
_SMALLER_THAN_ANY = 1e-9
"""What decides between equal values; no two that differ are this close."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Acceptability:
    """How often each alternative has each rank.

    Attributes
    ----------
    ranks
        Alternative x rank, the best rank first: shares of the draws. Rows and columns sum to 1.
    central
        Alternative x criterion: mean of the weights with which it comes first; NaN where it never does.
    """

    ranks: Array
    central: Array

    @cached_property
    def _at_most(self) -> Array:
        return np.cumsum(self.ranks, axis=1)

    def among_best(self, count: int) -> Array:
        """Return for each alternative the share of the draws in which it is one of so many best."""
        # Sums of shares may pass one by a rounding.
        return np.minimum(self._at_most[:, min(count, len(self.ranks)) - 1], 1.0)


def simplex(criteria: int, draws: int = DRAWS, seed: int = 1) -> Array:
    """Return weights spread evenly over all that are possible: draw x criterion, each row sums to 1.

    The gaps between sorted uniform numbers are uniform on the simplex (Devroye 1986, ch. V.2); the
    numbers are a scrambled Sobol sequence, which leaves smaller holes than chance does.

    Parameters
    ----------
    criteria
        At least one.
    draws
        A power of two.
    seed
        The same gives the same weights.

    Raises
    ------
    ValueError
        There is no criterion, or `draws` is no power of two.

    Examples
    --------
    >>> simplex(3, draws=4).sum(axis=1).round(9).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    from scipy.stats import qmc  # noqa: PLC0415  takes a moment, and few reports draw weights

    if criteria < 1 or draws < 1 or draws & (draws - 1):
        raise ValueError(f"{criteria} criteria and {draws} draws: at least one, and a power of two")
    if criteria == 1:
        return np.ones((draws, 1))
    points = qmc.Sobol(criteria - 1, scramble=True, seed=seed).random(draws)
    edges = np.sort(points, axis=1)
    return np.diff(edges, axis=1, prepend=0.0, append=1.0)


def acceptability(measured: Array, weights: Array, seed: int = 1) -> Acceptability:
    """Return how often each alternative has each rank.

    Parameters
    ----------
    measured
        Draw x alternative x criterion: values, higher is better.
    weights
        Draw x criterion.
    seed
        Of the lot that decides between alternatives whose values are equal.

    Examples
    --------
    >>> measured = np.array([[[1.0, 1.0], [0.0, 0.0]]] * 4)  # the first is better on both criteria
    >>> acceptability(measured, simplex(2, draws=4)).ranks.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    counts = _Counts(measured.shape[1], measured.shape[2])
    counts.add(measured, weights, np.random.default_rng(seed))
    return counts.shares()


def prioritise(
    scores: Array, *, lower_is_better: Sequence[bool], draws: int = DRAWS, seed: int = 1
) -> Acceptability:
    """Return how often each idea has each rank, over all weights and the scores that it was given.

    In each draw every criterion of every idea has the score of one of those who scored it, drawn by lot.

    Parameters
    ----------
    scores
        Scorer x idea x criterion: `LOWEST` to `HIGHEST`, NaN where the scorer gave none. Every idea has
        at least one score of each criterion.
    lower_is_better
        Whether a low score is good, by criterion: effort, risk.
    draws, seed
        As for `simplex`.

    Raises
    ------
    ValueError
        An idea has no score of a criterion.

    Examples
    --------
    >>> scores = np.array([[[5.0, 1.0], [1.0, 5.0]]])  # one scorer, two ideas: benefit and effort
    >>> prioritise(scores, lower_is_better=[False, True]).ranks.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    given = np.isfinite(scores)
    number = given.sum(axis=0)
    if number.size == 0 or (number == 0).any():
        raise ValueError("every idea needs a score of each criterion")
    # The scores that there are stand first, so that a lot among them is an index.
    stacked = np.take_along_axis(scores, np.argsort(~given, axis=0, kind="stable"), axis=0)
    worth = (stacked - LOWEST) / (HIGHEST - LOWEST)
    flipped = np.where(np.asarray(lower_is_better, dtype=bool), 1.0 - worth, worth).ravel()
    cells = np.arange(number.size).reshape(number.shape)
    weights = simplex(scores.shape[2], draws, seed)
    lot = np.random.default_rng(seed)
    counts = _Counts(scores.shape[1], scores.shape[2])
    for start in range(0, draws, _CHUNK):
        part = weights[start : start + _CHUNK]
        drawn = (lot.random((len(part), *number.shape)) * number).astype(np.intp)
        counts.add(flipped[drawn * number.size + cells], part, lot)
    return counts.shares()


class _Counts:
    """Counts ranks over draws that do not all fit in memory."""

    def __init__(self, alternatives: int, criteria: int) -> None:
        self._ranks = np.zeros(alternatives * alternatives)
        self._central = np.zeros((alternatives, criteria))
        self._draws = 0

    def add(self, measured: Array, weights: Array, lot: np.random.Generator) -> None:
        alternatives = measured.shape[1]
        values = np.einsum("dac,dc->da", measured, weights)
        values += lot.random(values.shape) * _SMALLER_THAN_ANY
        order = np.argsort(-values, axis=1)
        places = order * alternatives + np.arange(alternatives)
        self._ranks += np.bincount(places.ravel(), minlength=alternatives * alternatives)
        np.add.at(self._central, order[:, 0], weights)
        self._draws += len(values)

    def shares(self) -> Acceptability:
        ranks = self._ranks.reshape(len(self._central), -1)
        first = np.where(ranks[:, :1] > 0, ranks[:, :1], np.nan)
        return Acceptability(ranks / self._draws, self._central / first)
