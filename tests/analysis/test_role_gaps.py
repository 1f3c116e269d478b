"""Gaps between groups: planted ones are found, and chance is not taken for one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.agreement import protect
from effektiv.analysis.role_gaps import RoleGaps, changed_areas, role_gaps

GROUPS = ("politik", "ledning", "chefer", "ekonomi")
FIRST = ("s0", ("ledning", "ekonomi"), ("chefer",))


def sheets(seed: int, sizes: tuple[int, ...], planted: dict[str, float]) -> tuple[pd.DataFrame, pd.Series]:
    """Return answers to 28 statements; those planted differ by so much between unit managers and all others."""
    draw = np.random.default_rng(seed)
    groups = pd.Series(np.repeat(GROUPS, sizes), dtype=object)
    level = 3.4 + draw.normal(0, 0.4, 28) + draw.normal(0, 0.4, len(groups))[:, None]
    answers = pd.DataFrame(level + draw.normal(0, 0.8, level.shape), columns=[f"s{n}" for n in range(28)])
    for statement, gap in planted.items():
        answers[statement] = (
            3.0 + np.where(groups == "chefer", -gap / 2, gap / 2) + draw.normal(0, 0.5, len(groups))
        )
    return answers.round().clip(1, 5), groups


def found(seed: int, sizes: tuple[int, ...], planted: dict[str, float]) -> RoleGaps:
    answers, groups = sheets(seed, sizes, planted)
    return role_gaps(answers, groups, protect(answers, groups, GROUPS), FIRST, deals=499)


def test_planted_gaps_are_found_in_forty_assessments() -> None:
    every = [found(seed, (6, 6, 9, 5), {"s0": 2.0, "s7": 2.4}) for seed in range(40)]
    assert all(item.first is not None and item.first.low == ("chefer",) for item in every)
    assert sum(item.first is not None and item.first.beyond_chance for item in every) >= 38
    told = [{gap.statement for gap in item.flagged} for item in every]
    assert sum("s7" in statements for statements in told) >= 30
    assert sum(bool(statements - {"s0", "s7"}) for statements in told) <= 4


def test_chance_alone_is_seldom_taken_for_a_gap() -> None:
    """The rate is measured by the benchmark; many times five in a hundred would show already here."""
    every = [found(1000 + seed, (5, 5, 5, 5), {}) for seed in range(60)]
    steps = [sum(gap.is_step for gap in item.largest) for item in every]
    assert np.mean(steps) > 5  # a whole step alone would have been flagged in each of them
    wrong = [
        bool(item.flagged) or bool(item.first and item.first.is_step and item.first.beyond_chance)
        for item in every
    ]
    assert sum(wrong) <= 6


def test_only_groups_that_are_shown_are_compared() -> None:
    item = found(3, (4, 6, 9, 2), {"s0": 3.0})
    assert item.first is not None
    assert item.first.high == ("ledning",)
    assert {name for gap in item.largest for name in (*gap.high, *gap.low)} == {"ledning", "chefer"}
    assert found(3, (4, 4, 9, 2), {}) == RoleGaps(None, ())
    alone = found(3, (6, 4, 9, 2), {})
    assert alone.first is None
    assert alone.largest


def test_means_are_those_that_are_shown() -> None:
    answers, groups = sheets(5, (6, 6, 9, 5), {"s0": 2.0})
    shown = protect(answers, groups, GROUPS)
    item = role_gaps(answers, groups, shown, FIRST, deals=99)
    by_group = answers.groupby(groups).mean()
    for gap in item.largest:
        assert gap.size == pytest.approx(by_group[gap.statement].max() - by_group[gap.statement].min())
    assert item.first is not None
    assert item.first.high_mean == pytest.approx(
        answers.loc[groups.isin(["ledning", "ekonomi"]), "s0"].mean()
    )


def test_a_changed_area_is_found_and_an_unchanged_one_not() -> None:
    areas = {"ena": ["s1", "s2", "s3"], "andra": ["s4", "s5", "s6"]}
    answers, groups = sheets(7, (6, 6, 9, 5), {})
    before = answers.sample(frac=1, random_state=1)
    moved = answers.assign(**{name: (answers[name] - 2).clip(1, 5) for name in areas["ena"]})
    sides = (groups, groups.reindex(before.index))
    assert changed_areas(moved, before, sides, areas, deals=299) == {"ena": True, "andra": False}
    assert (
        changed_areas(moved, before, (groups, pd.Series(["andra"] * len(before), index=before.index)), areas)
        == {}
    )
