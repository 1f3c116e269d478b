"""Agreement among those who answered, and that nobody's answers can be found by subtraction."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.agreement import FEWEST, POINTS, Protected, agreement, merged, protect

GROUPS = ("politik", "ledning", "chefer", "ekonomi")


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((30, 40, 210, 130, 530, 50, 10), 0.6113333),  # van der Eijk 2001
        ((0, 0, 10, 0, 0), 1.0),
        ((5, 0, 0, 0, 5), -1.0),
        ((2, 2, 2, 2, 2), 0.0),
        ((0, 5, 5, 0, 0), 0.75),
        ((3, 0, 0), 1.0),
    ],
)
def test_agreement_is_van_der_eijks(counts: tuple[int, ...], expected: float) -> None:
    assert agreement(counts) == pytest.approx(expected, abs=1e-7)
    assert agreement(counts[::-1]) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("counts", [(0, 0, 0), (1, 2), (1, -1, 3)])
def test_agreement_of_no_answers_is_refused(counts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="counts"):
        agreement(counts)


def answered(draw: np.random.Generator) -> tuple[pd.DataFrame, pd.Series]:
    """Return a random assessment: groups of any size, of which none may have answered, and gaps in the answers."""
    sizes = draw.choice([0, 1, 2, 3, 4, 5, 6, 9], len(GROUPS))
    sizes[0] += sizes.sum() == 0
    values = draw.integers(1, 6, (sizes.sum(), 3)).astype(float)
    values[draw.random(values.shape) < 0.15] = np.nan
    if draw.random() < 0.2:
        values[:, 0] = 4.0
    return pd.DataFrame(values, columns=["a", "b", "c"]), pd.Series(np.repeat(GROUPS, sizes), dtype=object)


def known(
    answers: pd.DataFrame, groups: pd.Series, shown: Protected, statement: str
) -> tuple[list[str], ...]:
    """Return the groups that answered, those of them that are shown, and those that the total counts in."""
    sizes = groups[answers[statement].notna()].value_counts()
    there = [group for group in GROUPS if sizes.get(group, 0)]
    spread = shown.spreads[statement]
    alone = sum(cell.n for cell in spread.groups.values())
    return there, list(spread.groups), there if spread.n > alone else list(spread.groups)


def shown_sums(there: list[str], shown: list[str], counted: list[str], has_total: bool) -> np.ndarray:
    """Return what a reader knows of the unknown counts [group, answer], a row for each shown number."""

    def of(names: list[str], weights: np.ndarray) -> np.ndarray:
        return np.concatenate([weights * (group in names) for group in there])

    rows = [
        of([group], weights) for group in shown for weights in (np.ones(POINTS), np.arange(1, POINTS + 1))
    ]
    if has_total:
        rows += [of(counted, np.eye(POINTS)[point]) for point in range(POINTS)]
    return np.array(rows).reshape(len(rows), POINTS * len(there))


def hidden_parts(sizes: dict[str, int], shown: list[str]) -> Iterator[list[str]]:
    hidden = [group for group in sizes if group not in shown]
    for many in range(1, len(hidden) + 1):
        yield from (list(part) for part in combinations(hidden, many) if sum(sizes[g] for g in part) < FEWEST)


@pytest.mark.parametrize("seed", range(40))
def test_no_group_under_five_can_be_found_by_subtraction(seed: int) -> None:
    answers, groups = answered(np.random.default_rng(seed))
    shown = protect(answers, groups, GROUPS)
    for statement in map(str, answers):
        there, open_groups, counted = known(answers, groups, shown, statement)
        sizes = {group: int(answers.loc[groups == group, statement].notna().sum()) for group in there}
        assert all(sizes[group] >= FEWEST for group in open_groups)
        sums = shown_sums(there, open_groups, counted, shown.spreads[statement].counts is not None)
        rank = np.linalg.matrix_rank(sums) if sums.size else 0
        for part in hidden_parts(sizes, open_groups):
            for weights in (np.ones(POINTS), np.arange(1, POINTS + 1), *np.eye(POINTS)):
                target = np.concatenate([weights * (group in part) for group in there])
                assert np.linalg.matrix_rank(np.vstack([sums, target])) == rank + 1, (statement, part)


@pytest.mark.parametrize("seed", range(40))
def test_other_answers_would_show_the_same(seed: int) -> None:
    """Not even with whole numbers and the ends of the scale: two hidden persons could change places."""
    draw = np.random.default_rng(seed)
    answers, groups = answered(draw)
    shown = protect(answers, groups, GROUPS)
    for statement in map(str, answers):
        _, open_groups, counted = known(answers, groups, shown, statement)
        for group in set(counted) - set(open_groups):
            hidden = answers.index[groups.isin(set(counted) - set(open_groups)) & answers[statement].notna()]
            own = answers.loc[groups == group, statement].sum()
            other, sums = answers.copy(), set[float]()
            for _ in range(100):
                other.loc[hidden, statement] = draw.permutation(answers.loc[hidden, statement])
                sums.add(other.loc[groups == group, statement].sum())
                if sums - {own}:
                    break
            assert sums - {own}, (statement, group)
            assert protect(other, groups, GROUPS) == shown


@pytest.mark.parametrize("seed", range(40))
def test_how_many_a_small_group_is_cannot_be_found_either(seed: int) -> None:
    answers, groups = answered(np.random.default_rng(seed))
    shown = protect(answers, groups, GROUPS)
    sizes = groups.value_counts()
    assert all(size == sizes[group] >= FEWEST for group, size in shown.respondents.items())
    rest = shown.total - sum(shown.respondents.values())
    assert rest == 0 or (rest >= FEWEST and len(shown.small) > 1)
    assert shown.counts_small == (rest > 0)


def test_a_group_that_would_stand_alone_is_not_counted_in() -> None:
    answers = pd.DataFrame({"a": [1.0] * 4 + [5.0] * 6})
    shown = protect(answers, pd.Series(["politik"] * 4 + ["chefer"] * 6), GROUPS)
    assert shown.small == ("politik",)
    assert shown.total == 6
    assert shown.spreads["a"].counts == (0, 0, 0, 0, 6)
    assert shown.spreads["a"].mean == shown.spreads["a"].median == 5.0
    assert shown.spreads["a"].agreement == 1.0


def test_small_groups_count_together_when_neither_can_be_told_apart() -> None:
    groups = pd.Series(["politik"] * 3 + ["ledning"] * 2 + ["chefer"] * 5)
    shown = protect(pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 3, 3, 3, 3, 3]}), groups, GROUPS)
    assert shown.total == 10
    assert shown.spreads["a"].counts == (1, 1, 6, 1, 1)
    # All alike, their mean would be that of each.
    alike = protect(pd.DataFrame({"a": [1.0] * 5 + [3.0] * 5}), groups, GROUPS)
    assert alike.spreads["a"].counts == (0, 0, 5, 0, 0)


def test_fewer_than_five_in_all_show_nothing() -> None:
    shown = protect(pd.DataFrame({"a": [1.0, 2, 3, 4]}), pd.Series(["chefer"] * 4), GROUPS)
    assert shown.total == 0
    assert shown.spreads["a"].counts is None
    assert np.isnan([shown.spreads["a"].mean, shown.spreads["a"].median, shown.spreads["a"].agreement]).all()


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((6, 5), 2), ((6, 3), 1), ((3, 2), 1), ((2, 2), 2), ((6, 0), 1), ((3, 0), 1)],
)
def test_two_roles_become_one_where_one_of_them_is_small(sizes: tuple[int, int], expected: int) -> None:
    roles = pd.Series(["ledning"] * sizes[0] + ["ekonomi"] * sizes[1] + ["chefer"] * 7)
    found = merged(roles, ("ledning", "ekonomi"), "båda")
    assert found[roles == "chefer"].eq("chefer").all()
    assert found[roles != "chefer"].nunique() == expected
    assert (found == "båda").any() == (sizes in ((6, 3), (3, 2)))
