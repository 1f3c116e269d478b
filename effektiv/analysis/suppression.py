"""Which numbers of persons in a table are not shown, so that no small one can be worked out from the rest.

A small number is hidden (primary suppression), and with it as many others as it takes (secondary): no hidden number may
be a sum or difference of what is shown. That is tested by rank, number by number, from the largest sums down, so that
the sums stay where they can (Gaussian elimination, Langsrud 2024, Privacy in Statistical Databases). Two things rank
does not see are tested as well: that numbers of persons are not negative, by linear programming, and that the only
person in a cell knows its own.

The sums are never made again from what is shown: they are right, or they are hidden.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

FEW = 5
"""Fewer persons than this are not shown."""

TOTAL = "Summa"
"""Name of the row and the column of sums."""

_NONE = 1e-7
"""Shorter than this is no direction of its own."""


def margins(*sizes: int) -> np.ndarray:
    """Return which cells each number of a table with all its sums is a sum of.

    Parameters
    ----------
    sizes
        How many categories each dimension has.

    Returns
    -------
    ndarray of bool
        (published numbers, inner cells), both in C order, where each dimension's sum comes after its categories.

    Examples
    --------
    >>> margins(2, 1).astype(int).tolist()
    [[1, 0], [1, 0], [0, 1], [0, 1], [1, 1], [1, 1]]
    """
    one, *others = (np.vstack([np.eye(size, dtype=bool), np.ones((1, size), dtype=bool)]) for size in sizes)
    for other in others:
        one = np.kron(one, other)
    return np.asarray(one)


def suppress(table: pd.DataFrame, few: int = FEW, *, zeros: bool = False) -> pd.DataFrame:
    """Return which numbers of a table and of its sums are to be hidden.

    Parameters
    ----------
    table
        Numbers of persons: rows and columns without sums, none negative; NaN where one is missing.
    few
        Fewer than this are not shown.
    zeros
        Whether also 0 is hidden. Else it is shown, and no other hides behind it.

    Returns
    -------
    DataFrame of bool
        As the table with a row and a column `TOTAL` last. A missing number, and a sum of one, is hidden.

    Raises
    ------
    ValueError
        A number is negative.

    Examples
    --------
    >>> table = pd.DataFrame({"kvinnor": [12, 3, 20], "män": [9, 8, 30]}, index=["A", "B", "C"])
    >>> suppress(table).astype(int).to_numpy().tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0]]
    """
    values = table.to_numpy(dtype=float)
    sums = margins(*values.shape)
    hidden = hidden_cells(values.ravel(), sums, few, zeros=zeros)
    shape = (values.shape[0] + 1, values.shape[1] + 1)
    return pd.DataFrame(
        hidden.reshape(shape), index=[*table.index, TOTAL], columns=[*table.columns, TOTAL], dtype=bool
    )


def hidden_cells(values: np.ndarray, sums: np.ndarray, few: int = FEW, *, zeros: bool = False) -> np.ndarray:
    """Return which published numbers are to be hidden.

    Parameters
    ----------
    values
        Numbers of persons in the inner cells; NaN where one is missing.
    sums
        (published numbers, inner cells): which cells each is a sum of; see `margins`.
    few, zeros
        As in `suppress`.

    Returns
    -------
    ndarray of bool
        By published number.

    Raises
    ------
    ValueError
        A number is negative.

    Examples
    --------
    >>> hidden_cells(np.array([3.0, 40.0, 12.0]), np.vstack([np.eye(3), [[1, 1, 0], [1, 1, 1]]])).tolist()
    [True, True, False, False, False]
    """
    inner, rows = np.asarray(values, dtype=float), np.asarray(sums, dtype=float)
    if (inner < 0).any():
        raise ValueError("a number of persons is never negative")
    lacks = (rows[:, np.isnan(inner)] > 0).any(axis=1)
    published = rows @ np.nan_to_num(inner)
    primary = ~lacks & (published < few) & ((published > 0) | zeros)
    if not primary.any():
        return np.asarray(lacks)
    # Sums of the most cells first, then the largest numbers: what is last is hidden first.
    order = np.lexsort((-published, -rows.sum(axis=1)))
    if not zeros:
        order = np.concatenate([order[published[order] == 0], order[published[order] > 0]])
    order = order[~(primary | lacks)[order]]
    forced = np.zeros(len(rows), dtype=bool)
    while True:
        shown = _shown(rows, published, primary, order[~forced[order]])
        hidden = ~shown & ~lacks
        found = ranges(rows, published, shown, hidden)
        # A small number can be so many others; one that is hidden for its sake, at least another one.
        needed = np.where(primary[hidden], few - 1.0, 1.0)
        exposed = np.flatnonzero(hidden)[found[:, 1] - found[:, 0] < needed - 1e-6]
        if not len(exposed):
            return np.asarray(~shown)
        forced[_next_hidden(rows, published, shown, exposed, order)] = True


def _shown(rows: np.ndarray, published: np.ndarray, primary: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return what can be shown, in order of preference, without any primary number following from it."""
    kept, at = np.zeros(len(rows), dtype=bool), np.flatnonzero(primary)
    left = rows[at]  # what of each primary number does not follow from what is shown
    knows = _knowing(rows, published, at)
    basis = np.empty((0, rows.shape[1]))
    for place in order:
        new = rows[place] - basis.T @ (basis @ rows[place])
        length = float(np.linalg.norm(new))
        if length < _NONE:  # it follows already
            kept[place] = True
            continue
        new /= length
        then = left - np.outer(left @ new, new)
        if not _follows(then, knows):
            kept[place], left, basis = True, then, np.vstack([basis, new])
    # A number that was passed over and yet follows from what is shown by then protects nobody.
    away = rows - (rows @ basis.T) @ basis
    passed = ~kept & ~primary & (np.linalg.norm(away, axis=1) < _NONE)
    passed[np.setdiff1d(np.arange(len(rows)), order)] = False
    return np.asarray(kept | passed)


def _knowing(rows: np.ndarray, published: np.ndarray, at: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Return each cell of a single person among the primary numbers, and which of the others it must not give away."""
    found = []
    for one, place in enumerate(at):
        if published[place] == 1 and rows[place].sum() == 1:
            # A sum that holds nobody else is the same person.
            same = (published[at] == 1) & (rows[at] >= rows[place]).all(axis=1)
            found.append((one, np.flatnonzero(~same & (published[at] > 0))))
    return found


def _follows(left: np.ndarray, knows: list[tuple[int, np.ndarray]]) -> bool:
    """Say whether a primary number follows from what is shown, or from that and a single person's own cell."""
    length = np.linalg.norm(left, axis=1)
    if (length < _NONE).any():
        return True
    unit = left / length[:, None]
    return any((np.abs(unit[others] @ unit[one]) > 1 - _NONE).any() for one, others in knows)


def ranges(rows: np.ndarray, published: np.ndarray, shown: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return the least and the most that hidden numbers can be, by what is shown and that none is negative.

    Parameters
    ----------
    rows
        (published numbers, inner cells): which cells each is a sum of.
    published
        The numbers; those not shown are not used.
    shown, asked
        Which are shown, and which are asked for.

    Returns
    -------
    ndarray
        (asked, 2): least and most; infinite where nothing bounds it.

    Examples
    --------
    >>> rows = np.array([[1.0, 0], [0, 1], [1, 1]])
    >>> ranges(rows, np.array([3.0, 40, 43]), np.array([False, False, True]), np.array([True, False, False])).tolist()
    [[0.0, 43.0]]
    """
    from scipy.optimize import linprog  # noqa: PLC0415  few tables have small numbers
    from scipy.sparse import csr_array, eye_array, kron  # noqa: PLC0415

    targets = rows[asked]
    # A cell that no shown number holds can be anything.
    bounded = (rows[shown] > 0).any(axis=0)
    free = (targets[:, ~bounded] > 0).any(axis=1)
    found = np.tile([0.0, np.inf], (len(targets), 1))
    if not bounded.any() or not len(targets):
        return found
    # One programme for all questions: each has a copy of the cells for itself.
    wanted = np.vstack([targets, -targets[~free]])[:, bounded]
    copies: Any = kron(eye_array(len(wanted)), csr_array(rows[shown][:, bounded]), format="csr")
    solved = linprog(wanted.ravel(), A_eq=copies, b_eq=np.tile(published[shown], len(wanted)), method="highs")
    if solved.x is None:
        raise ArithmeticError(f"the table's own numbers do not agree: {solved.message}")
    ends = (solved.x.reshape(wanted.shape) * np.abs(wanted)).sum(axis=1)
    found[:, 0] = ends[: len(targets)]
    found[~free, 1] = ends[len(targets) :]
    return found


def _next_hidden(
    rows: np.ndarray, published: np.ndarray, shown: np.ndarray, exposed: np.ndarray, order: np.ndarray
) -> int:
    """Return the number to hide next: the last in order beside an exposed one, in a sum that is shown; else that sum."""
    one = rows[exposed[0]] > 0
    lines = shown & (rows[:, one] > 0).any(axis=1)
    beside = (rows[lines] > 0).any(axis=0)
    choice = [place for place in order[::-1] if shown[place] and published[place] > 0]
    within = [place for place in choice if not rows[place][~beside].any() and not lines[place]]
    return int((within or [place for place in choice if lines[place]] or choice)[0])
