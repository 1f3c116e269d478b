"""Where groups answer differently, and whether chance alone would have given as much.

With five answers a group a gap of a whole step between two means is nothing rare, and an assessment has
more than a hundred pairs of means. So the largest gap of all is held against the largest that comes of
itself when the same answer sheets are dealt out to the groups at random (Westfall and Young 1993: one
threshold for all pairs). How often chance alone is then taken for a gap is measured by
``python -m benchmarks.samsyn``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from effektiv.analysis.agreement import Protected

STEP = 1.0
"""A smaller difference between two means than this is never flagged."""

LEVEL = 0.04
"""Share of assessments without any gap that may have one flagged as more than chance."""

FIRST_LEVEL = 0.01
"""How much of `LEVEL` goes to the gap that was asked for beforehand; the others share the rest."""

MEASURED = 0.037
"""Share of made assessments without any gap in which one was flagged: ``python -m benchmarks.samsyn``."""

DEALS = 1999
"""How many times the sheets are dealt out."""

_SEED = 20231101


@dataclass(frozen=True)
class RoleGap:
    """Two groups that differ on a statement.

    Attributes
    ----------
    statement
        Its id.
    high, low
        The group, or the groups, whose mean is higher, and those whose is lower.
    high_mean, low_mean
        Their means.
    beyond_chance
        Whether the gap is larger than chance gives in one assessment of twenty-five.
    """

    statement: str
    high: tuple[str, ...]
    low: tuple[str, ...]
    high_mean: float
    low_mean: float
    beyond_chance: bool

    @property
    def size(self) -> float:
        """Difference between the means, in steps of the scale."""
        return self.high_mean - self.low_mean

    @property
    def is_step(self) -> bool:
        """Whether it is a whole step or more."""
        return self.size >= STEP - 1e-9


@dataclass(frozen=True)
class RoleGaps:
    """All gaps of an assessment.

    Attributes
    ----------
    first
        The gap that was asked for before the answers were known; None where it cannot be shown.
    largest
        The largest gap of each statement that has two groups to compare, the largest first.
    """

    first: RoleGap | None
    largest: tuple[RoleGap, ...]

    @property
    def flagged(self) -> tuple[RoleGap, ...]:
        """Those of a whole step or more that are larger than chance gives, the largest first."""
        return tuple(gap for gap in self.largest if gap.is_step and gap.beyond_chance)


def role_gaps(
    answers: pd.DataFrame,
    groups: pd.Series,
    shown: Protected,
    first: tuple[str, Collection[str], Collection[str]],
    *,
    deals: int = DEALS,
) -> RoleGaps:
    """Find the gaps between groups, and hold them against chance.

    `FIRST_LEVEL` goes to the one gap that was asked for beforehand, the rest of `LEVEL` to all others together.

    Parameters
    ----------
    answers, groups
        As for `effektiv.analysis.agreement.protect`.
    shown
        What may be shown of them; only its means are compared.
    first
        The statement, and the two sides of the gap that was asked for beforehand. Of each side the groups
        that can be shown are taken together.
    deals
        How many times the sheets are dealt out.
    """
    names = list(shown.respondents)
    sheets = answers[groups.isin(names)]
    if len(names) < 2 or sheets.empty:
        return RoleGaps(None, ())
    own = _membership(groups.reindex(sheets.index), names)
    by_chance = _dealt(own, deals)
    asked = _first(sheets, own, by_chance, names, shown, first)
    return RoleGaps(asked, _largest(sheets, own, by_chance, names, shown))


def _membership(groups: pd.Series, names: Sequence[str]) -> np.ndarray:
    """Return groups x respondents: 1 where the respondent is of the group."""
    return np.array([(groups == name).to_numpy(dtype=float) for name in names])


def _dealt(own: np.ndarray, deals: int) -> np.ndarray:
    """Return deals x groups x respondents: the same sizes of groups, dealt out at random."""
    draw = np.random.default_rng(_SEED)
    return np.stack([own[:, draw.permutation(own.shape[1])] for _ in range(deals)])


def _sums(members: np.ndarray, sheets: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return number and sum of the answers of each group to each statement."""
    values = sheets.to_numpy(dtype=float)
    known = ~np.isnan(values)
    rows = members.reshape(-1, members.shape[-1])  # one large product is faster than many small ones
    shape = (*members.shape[:-1], values.shape[1])
    return (rows @ known.astype(float)).reshape(shape), (rows @ np.where(known, values, 0.0)).reshape(shape)


def _weighed(
    number: np.ndarray, total: np.ndarray, high: np.ndarray, low: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return gaps between means, and the same weighed by how many answered; 0 where nobody did."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = total[..., high, :] / number[..., high, :] - total[..., low, :] / number[..., low, :]
        size = number[..., high, :] * number[..., low, :] / (number[..., high, :] + number[..., low, :])
    return np.nan_to_num(gap), np.nan_to_num(np.abs(gap) * np.sqrt(size))


def _largest(
    sheets: pd.DataFrame, own: np.ndarray, by_chance: np.ndarray, names: Sequence[str], shown: Protected
) -> tuple[RoleGap, ...]:
    high, low = (np.array(side) for side in zip(*combinations(range(len(names)), 2), strict=True))
    gap, weighed = _weighed(*_sums(own, sheets), high, low)
    # Only pairs that can be shown are compared, in the assessment as in the deals.
    shows = np.array(
        [
            [_can(shown, str(one), (names[a], names[b])) for one in sheets]
            for a, b in zip(high, low, strict=True)
        ]
    )
    if not shows.any():
        return ()
    dealt = _weighed(*_sums(by_chance, sheets), high, low)[1]
    limit = np.sort(np.where(shows, dealt, 0.0).max(axis=(1, 2)))
    found = []
    for place, statement in enumerate(map(str, sheets)):
        pairs = np.flatnonzero(shows[:, place])
        if len(pairs):
            best = int(pairs[np.argmax(np.abs(gap[pairs, place]))])
            beyond = bool(_exceeded(limit, weighed[[best], place])[0] <= LEVEL - FIRST_LEVEL)
            sides = (names[high[best]], names[low[best]])
            means = [shown.spreads[statement].groups[side].mean for side in sides]
            order = (0, 1) if means[0] >= means[1] else (1, 0)
            found.append(
                RoleGap(
                    statement,
                    (sides[order[0]],),
                    (sides[order[1]],),
                    means[order[0]],
                    means[order[1]],
                    beyond,
                )
            )
    return tuple(sorted(found, key=lambda item: (not item.beyond_chance, -item.size)))


def _exceeded(limits: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return in which share of the deals, the assessment itself among them, the largest gap was as large."""
    as_large = len(limits) - np.searchsorted(limits, values - 1e-9, side="left")
    return (as_large + 1) / (len(limits) + 1)


def _can(shown: Protected, statement: str, sides: Collection[str]) -> bool:
    return all(side in shown.spreads[statement].groups for side in sides)


def _first(
    sheets: pd.DataFrame,
    own: np.ndarray,
    by_chance: np.ndarray,
    names: Sequence[str],
    shown: Protected,
    asked: tuple[str, Collection[str], Collection[str]],
) -> RoleGap | None:
    statement, *sides = asked
    cells = shown.spreads[statement].groups if statement in shown.spreads else {}
    parts = [[name for name in names if name in side and name in cells] for side in sides]
    if not all(parts):
        return None
    rows = [[names.index(name) for name in part] for part in parts]

    def pooled(members: np.ndarray) -> np.ndarray:
        both = np.stack([members[..., part, :].sum(axis=-2) for part in rows], axis=-2)
        return _weighed(*_sums(both, sheets[[statement]]), np.array([0]), np.array([1]))[1][..., 0, 0]

    limit = np.sort(pooled(by_chance))
    beyond = bool(_exceeded(limit, np.array([float(pooled(own))]))[0] <= FIRST_LEVEL)
    means = [
        sum(cells[name].n * cells[name].mean for name in part) / sum(cells[name].n for name in part)
        for part in parts
    ]
    order = (0, 1) if means[0] >= means[1] else (1, 0)
    return RoleGap(
        statement,
        tuple(parts[order[0]]),
        tuple(parts[order[1]]),
        means[order[0]],
        means[order[1]],
        beyond,
    )


def changed_areas(
    now: pd.DataFrame,
    before: pd.DataFrame,
    groups: tuple[pd.Series, pd.Series],
    areas: Mapping[str, Sequence[str]],
    *,
    deals: int = DEALS,
) -> dict[str, bool]:
    """Say of each area whether its change between two rounds is larger than chance gives.

    Within each group the sheets of both rounds are dealt out to the rounds at random. The change of an area is
    that of the respondents' means of it, in each group that answered in both rounds, weighed by its size now.

    Parameters
    ----------
    now, before
        Answers of the rounds, respondent x statement.
    groups
        The group of each respondent, now and before: only of groups that are to be compared.
    areas
        Statements of each area that are in both rounds.

    Returns
    -------
    dict
        By area. Empty where no group answered in both rounds.
    """
    means = [
        pd.DataFrame({area: sheet[list(ids)].mean(axis=1) for area, ids in areas.items()})
        for sheet in (now, before)
    ]
    both = [name for name in groups[0].unique() if (groups[1] == name).any()]
    if not both or not areas:
        return {}
    draw = np.random.default_rng(_SEED)
    found = np.zeros((deals + 1, len(areas)))
    for name in both:
        parts = [mean[side == name].to_numpy() for mean, side in zip(means, groups, strict=True)]
        found += len(parts[0]) * _changes(np.vstack(parts), len(parts[0]), draw, deals)
    size = np.abs(found)
    shares = _exceeded(np.sort(size[1:].max(axis=1)), size[0])
    return {area: bool(share <= LEVEL) for area, share in zip(areas, shares, strict=True)}


def _changes(sheets: np.ndarray, first: int, draw: np.random.Generator, deals: int) -> np.ndarray:
    """Return deals x areas: the first sheets' mean less the others', as they are and then as they are dealt out."""
    order = np.stack([np.arange(len(sheets)), *(draw.permutation(len(sheets)) for _ in range(deals))])
    is_first = np.zeros(order.shape)
    np.put_along_axis(is_first, order[:, :first], 1.0, axis=1)
    known = ~np.isnan(sheets)
    total = np.where(known, sheets, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = (is_first @ total) / (is_first @ known.astype(float))
        others = ((1 - is_first) @ total) / ((1 - is_first) @ known.astype(float))
    changes: np.ndarray = np.nan_to_num(own - others)
    return changes
