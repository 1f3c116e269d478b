"""How those who answered agree on an ordered scale, and what of it may be shown.

Few persons answer, and they answer about those they work for. What reports show of their answers is a
`Protected`, and all else is computed from that: what is not in it cannot be found out from a report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

FEWEST = 5
"""Fewer answers than this from a group are not shown, nor can they be found by subtraction."""

POINTS = 5
"""Steps of the scale, from 1."""

_SEED = 20231101


def agreement(counts: Sequence[float]) -> float:
    """Return van der Eijk's agreement A: 1 where all answered alike, 0 where evenly spread, -1 in two camps.

    The counts are taken apart in layers of categories that all have answers; A is the mean of the layers'
    unimodality, weighted by how many answers each has (van der Eijk 2001, Quality and Quantity 35).

    Parameters
    ----------
    counts
        Number of answers in each category, in the order of the scale: at least three, none negative.

    Raises
    ------
    ValueError
        There are fewer than three categories, a negative count or no answers at all.

    Examples
    --------
    >>> agreement((5, 0, 0, 0, 5)), agreement((0, 0, 10, 0, 0)), agreement((2, 2, 2, 2, 2))
    (-1.0, 1.0, 0.0)
    """
    left = np.asarray(counts, dtype=float)
    total = left.sum()
    if left.size < 3 or (left < 0).any() or not total > 0:
        raise ValueError(f"agreement needs at least three counts, none negative and some above 0: {counts}")
    found = 0.0
    while left.max() > 0:
        filled = left > 0
        thickness = left[filled].min()
        found += _layer(filled) * thickness * filled.sum() / total
        left = np.where(filled, left - thickness, 0.0)
    return float(found)


def _layer(filled: np.ndarray) -> float:
    """Return the agreement of a layer: of categories that have the same number of answers, or none."""
    categories, used = filled.size, int(filled.sum())
    triples = list(combinations(filled.tolist(), 3))
    one_side = sum(triple in ((True, True, False), (False, True, True)) for triple in triples)
    two_sides = sum(triple == (True, False, True) for triple in triples)
    if one_side + two_sides == 0:
        unimodal = 1.0
    else:
        unimodal = ((categories - 2) * one_side - (categories - 1) * two_sides) / (
            (categories - 2) * (one_side + two_sides)
        )
    return unimodal * (1 - (used - 1) / (categories - 1))


@dataclass(frozen=True)
class Cell:
    """What a group answered to a statement: how many, and their mean."""

    n: int
    mean: float


@dataclass(frozen=True)
class Spread:
    """What is shown of the answers to a statement.

    Attributes
    ----------
    counts
        How many of those counted in answered 1, 2, ...; None where they are fewer than `FEWEST`.
    groups
        The groups that can be shown, in order.
    """

    counts: tuple[int, ...] | None
    groups: Mapping[str, Cell]

    @property
    def n(self) -> int:
        """Number of answers that are counted in."""
        return 0 if self.counts is None else sum(self.counts)

    @property
    def mean(self) -> float:
        """Mean of the answers; NaN where they are too few."""
        if self.counts is None:
            return np.nan
        return float(np.dot(self.counts, np.arange(1, len(self.counts) + 1)) / self.n)

    @property
    def median(self) -> float:
        """Median of the answers; NaN where they are too few."""
        if self.counts is None:
            return np.nan
        return float(np.median(np.repeat(np.arange(1, len(self.counts) + 1), self.counts)))

    @property
    def agreement(self) -> float:
        """Agreement A; NaN where the answers are too few."""
        return np.nan if self.counts is None else agreement(self.counts)


@dataclass(frozen=True)
class Protected:
    """All that is shown of an assessment.

    Attributes
    ----------
    respondents
        How many answered in each group of at least `FEWEST`, in order; of the others not even that.
    small
        Groups in which somebody answered, but too few.
    total
        How many are counted in; those of `small` are only where that does not give them away.
    spreads
        By statement.
    """

    respondents: Mapping[str, int]
    small: tuple[str, ...]
    total: int
    spreads: Mapping[str, Spread]

    @property
    def counts_small(self) -> bool:
        """Whether the answers of `small` are counted in."""
        return self.total > sum(self.respondents.values())


def merged(roles: pd.Series, pair: tuple[str, str], name: str, fewest: int = FEWEST) -> pd.Series:
    """Return the group of each respondent: two roles become one where a part of it is too small to be shown.

    This is decided once for an assessment and before anything is shown: the roles of a pair that has been
    put together are shown nowhere.

    Parameters
    ----------
    roles
        The role of each respondent.
    pair, name
        Roles that may be put together, and what they are called then.

    Examples
    --------
    >>> merged(pd.Series(["a"] * 3 + ["b"] * 6), ("a", "b"), "both").unique().tolist()
    ['both']
    """
    sizes = [int((roles == role).sum()) for role in pair]
    if min(sizes) > 0 and min(sizes) < fewest <= sum(sizes):
        return roles.where(~roles.isin(pair), name)
    return roles


def protect(
    answers: pd.DataFrame,
    groups: pd.Series,
    order: Sequence[str],
    *,
    points: int = POINTS,
    fewest: int = FEWEST,
) -> Protected:
    """Return what may be shown of an assessment's answers.

    A group's answers to a statement are shown where at least `fewest` of it answered. Those of the other
    groups are in the total only where no part of them can be found by subtracting what is shown: they are
    together at least `fewest`, of at least two groups, and not all alike. Then two persons of different
    groups could change places without any shown figure becoming another.

    Parameters
    ----------
    answers
        Respondent x statement: 1 to `points`, NaN where there is no answer.
    groups
        The group of each respondent, by the same index.
    order
        All groups, in the order in which they are shown.

    Examples
    --------
    >>> answers = pd.DataFrame({"S": [1.0, 2.0, 3.0, 4.0, 5.0, 3.0, 4.0]})
    >>> found = protect(answers, pd.Series(["a"] * 5 + ["b"] * 2), ["a", "b"])
    >>> dict(found.respondents), found.small
    ({'a': 5}, ('b',))
    """
    sizes = {group: int((groups == group).sum()) for group in order}
    shown = {group: size for group, size in sizes.items() if size >= fewest}
    small = tuple(group for group, size in sizes.items() if 0 < size < fewest)
    hidden = sum(sizes[group] for group in small)
    counted = hidden if len(small) > 1 and hidden >= fewest else 0
    sides = [(groups.reindex(answers.index) == group).to_numpy() for group in order]
    spreads = {
        str(statement): _spread(answers[statement].to_numpy(dtype=float), sides, order, points, fewest)
        for statement in answers
    }
    return Protected(shown, small, sum(shown.values()) + counted, spreads)


def _spread(
    values: np.ndarray, sides: Sequence[np.ndarray], order: Sequence[str], points: int, fewest: int
) -> Spread:
    known = ~np.isnan(values)
    by_group = {group: values[known & side] for group, side in zip(order, sides, strict=True)}
    shown = {group: part for group, part in by_group.items() if len(part) >= fewest}
    rest = [part for part in by_group.values() if 0 < len(part) < fewest]
    together = np.concatenate([np.array([]), *rest])
    hides = len(rest) > 1 and len(together) >= fewest and len(np.unique(together)) > 1
    counted = np.concatenate([np.array([]), *shown.values(), *([together] if hides else [])])
    counts = tuple(int((counted == point).sum()) for point in range(1, points + 1))
    return Spread(
        counts if sum(counts) >= fewest else None,
        {group: Cell(len(part), float(part.mean())) for group, part in shown.items()},
    )


def stands_out(means: pd.DataFrame, name: str, *, lowest: bool, draws: int = 1000) -> bool:
    """Say whether one column's mean would be the lowest, or the highest, of all whoever had answered.

    It is where that holds in 95 of 100 samples that are drawn with replacement from the respondents.

    Parameters
    ----------
    means
        Respondent x what is compared; NaN where a respondent has not answered.
    name
        The column.
    lowest
        Whether it is the lowest that is asked for.

    Examples
    --------
    >>> means = pd.DataFrame({"a": [1.0, 1.2, 1.1], "b": [4.0, 4.2, 4.1]})
    >>> stands_out(means, "a", lowest=True), stands_out(means, "a", lowest=False)
    (True, False)
    """
    values = means.to_numpy(dtype=float)
    drawn = np.random.default_rng(_SEED).integers(0, len(values), (draws, len(values)))
    times = np.zeros((draws, len(values)))
    np.add.at(times, (np.arange(draws)[:, None], drawn), 1.0)
    known = ~np.isnan(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (times @ np.where(known, values, 0.0)) / (times @ known.astype(float))
    end = np.nanmin(found, axis=1) if lowest else np.nanmax(found, axis=1)
    return bool(np.mean(found[:, list(means.columns).index(name)] == end) >= 0.95)
