"""What is hidden in a table cannot be worked out: by equations, by what is not negative, or by the one who knows a cell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array

from effektiv.analysis.suppression import TOTAL, hidden_cells, margins, ranges, suppress

EXAMPLE = np.array([[5, 2, 0, 6, 3, 4], [5, 0, 0, 6, 3, 4], [7, 1, 1, 5, 4, 3]], dtype=float)
"""SSBtools' example1: three years, age x geo."""

SEED, TABLES = 20261130, 500


def solvable(rows: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """The rank attack: which hidden numbers are sums and differences of those that are shown."""
    shown, asked = rows[~hidden].astype(float), rows[hidden].astype(float)
    away = asked - asked @ np.linalg.pinv(shown) @ shown  # nothing is left of one that the shown ones span
    return np.linalg.norm(away, axis=1) < 1e-8


def bounds(tables: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> np.ndarray:
    """The programming attack, over all tables at once: least and most of each hidden number (up to a large one)."""
    blocks, known, wanted, starts, at = [], [], [], [0], 0
    for rows, values, hidden in tables:
        for target in rows[hidden]:
            blocks.append(csr_array(rows[~hidden].astype(float)))
            known.append((rows @ values)[~hidden])
            wanted.append(target.astype(float))
            at += rows.shape[1]
            starts.append(at)
    objective = np.concatenate(wanted)
    matrix, right = block_diag(blocks, format="csr"), np.concatenate(known)
    found = []
    for sign in (1, -1):
        solved = linprog(sign * objective, A_eq=matrix, b_eq=right, bounds=(0, 1e4), method="highs")
        found.append(np.add.reduceat(objective * solved.x, starts[:-1]))
    return np.column_stack(found)


def hidden_in(values: np.ndarray, few: int, **options) -> tuple[np.ndarray, np.ndarray]:
    rows = margins(*values.shape)
    return rows, hidden_cells(values.ravel(), rows, few, **options)


@pytest.fixture(scope="module")
def random_tables() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    draw = np.random.default_rng(SEED)
    tables = []
    for _ in range(TABLES):
        shape = tuple(draw.integers(2, 5, 2))
        values = np.floor(draw.gamma(0.7, draw.choice([4.0, 15.0, 60.0]), shape))
        rows, hidden = hidden_in(values, 5)
        tables.append((rows, values.ravel(), hidden))
    return tables


# Attacks ----------------------------------------------------------------------------------


def test_no_hidden_number_of_500_tables_can_be_worked_out(random_tables):
    assert not any(solvable(rows, hidden).any() for rows, _, hidden in random_tables)
    with_hidden = [table for table in random_tables if table[2].any()]
    assert len(with_hidden) > TABLES / 2
    found = bounds(with_hidden)
    truth = np.concatenate([(rows @ values)[hidden] for rows, values, hidden in with_hidden])
    assert (found[:, 0] <= truth + 1e-6).all()
    assert (found[:, 1] >= truth - 1e-6).all()
    width = found[:, 1] - found[:, 0]
    assert width[truth < 5].min() >= 4 - 1e-6
    assert width.min() >= 1 - 1e-6


def test_the_attacks_find_what_is_hidden_alone():
    values = np.array([[12.0, 3, 20], [9, 8, 30], [14, 22, 7]])
    rows = margins(3, 3)
    alone = rows @ values.ravel() < 5
    assert solvable(rows, alone).tolist() == [True]
    assert bounds([(rows, values.ravel(), alone)])[0] == pytest.approx([3, 3])
    rows, hidden = hidden_in(values, 5)
    assert hidden.sum() == 4


def test_every_small_number_is_hidden_and_most_sums_are_shown(random_tables):
    shown = of = 0
    for rows, values, hidden in random_tables:
        published = rows @ values
        assert hidden[(published > 0) & (published < 5)].all()
        assert not hidden[published == 0].any()
        large = (rows.sum(axis=1) > 1) & (published >= 5)
        shown, of = shown + (large & ~hidden).sum(), of + large.sum()
    assert shown / of > 0.9


@pytest.mark.parametrize("few", [2, 3])
@pytest.mark.parametrize("zeros", [False, True])
def test_the_example_of_ssbtools(few, zeros):
    values = EXAMPLE.reshape(3, 2, 3)
    rows, hidden = hidden_in(values, few, zeros=zeros)
    published = rows @ values.ravel()
    assert hidden[(published < few) & ((published > 0) | zeros)].all()
    assert not solvable(rows, hidden).any()
    assert (np.ptp(bounds([(rows, values.ravel(), hidden)]), axis=1) >= 1 - 1e-6).all()
    assert not hidden[-1]  # the sum of all
    if not zeros:
        assert not hidden[published == 0].any()


# Special cells ----------------------------------------------------------------------------


def test_one_person_does_not_find_the_other_cell():
    """In a row of 1 + 3 persons + 40 with the sum shown, the one would know the three."""
    values = np.array([[1.0, 3, 40], [30, 30, 30], [30, 30, 30]])
    rows, hidden = hidden_in(values, 5)
    assert hidden[:3].all() or hidden[3]  # a third number of the row, or its sum
    known = hidden & (np.arange(len(rows)) != 0)
    assert not solvable(rows, known)[np.flatnonzero(known) == 1].any()


def test_a_zero_is_no_cover():
    values = np.array([[3.0, 0, 40], [0, 25, 30], [20, 20, 20]])
    rows, hidden = hidden_in(values, 5)
    assert not hidden[rows @ values.ravel() == 0].any()
    assert not solvable(rows, hidden).any()


def test_a_sum_below_few_is_hidden_too():
    found = suppress(pd.DataFrame({"a": [1, 40, 22], "b": [2, 50, 31]}, index=list("xyz")))
    assert found.loc["x"].tolist() == [True, True, True]
    assert found.loc[TOTAL, TOTAL] or found[TOTAL].sum() > 1


def test_what_is_missing_is_hidden_with_its_sums_and_covers_nothing():
    table = pd.DataFrame({"a": [np.nan, 40, 12], "b": [9.0, 50, 31]}, index=list("xyz"))
    found = suppress(table)
    assert found.loc["x"].tolist() == [True, False, True]
    assert found.loc[TOTAL].tolist() == [True, False, True]
    assert found.to_numpy().sum() == 4


def test_tables_without_small_numbers_are_shown_whole_and_negative_ones_refused():
    assert not suppress(pd.DataFrame({"a": [5, 0], "b": [9, 50]})).to_numpy().any()
    with pytest.raises(ValueError, match="never negative"):
        suppress(pd.DataFrame({"a": [-1.0, 5], "b": [9, 50]}))


def test_other_sums_than_rows_and_columns():
    """Two units are an activity, and it with a third is the whole."""
    rows = np.vstack([np.eye(3), [[1, 1, 0], [1, 1, 1]]])
    values = np.array([3.0, 40, 12])
    hidden = hidden_cells(values, rows)
    assert hidden.tolist() == [True, True, False, False, False]
    found = ranges(rows, rows @ values, ~hidden, hidden)
    assert found.tolist() == [[0, 43], [0, 43]]
    assert ranges(rows, rows @ values, np.zeros(5, dtype=bool), hidden)[0, 1] == np.inf
