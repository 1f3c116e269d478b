"""SMAA against a published example, exact properties and a case that can be computed by hand."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from effektiv.analysis.priority import Array, acceptability, prioritise, simplex

THROMBO = "SMAA_EXTDATA"


def dget(path: Path) -> Array:
    """Return the numbers of an array that R's dput has written."""
    text = gzip.decompress(path.read_bytes()).decode()
    return np.array([float(number) for number in text[text.index("c(") + 2 : text.index(")")].split(",")])


def test_the_thrombolytics_example_of_the_r_package() -> None:
    """R smaa's own results, from its own 10 000 draws (gertvv/rsmaa, smaa/inst/extdata; GPL-3, not shipped)."""
    folder = os.environ.get(THROMBO)
    if not folder:
        pytest.skip(f"{THROMBO} anger inte mappen med rsmaa:s exempel (gertvv/rsmaa, smaa/inst/extdata)")
    measured = dget(Path(folder, "thrombo-meas.txt.gz")).reshape((10_000, 2, 3), order="F")
    weights = dget(Path(folder, "thrombo-weights-nopref.txt.gz")).reshape((10_000, 3), order="F")
    found = acceptability(measured, weights)
    assert found.ranks[0].tolist() == [0.3504, 0.6496]
    assert found.central[0] == pytest.approx([0.1865097, 0.2772205, 0.5362698], abs=5e-8)
    assert found.central[1] == pytest.approx([0.4073100, 0.3641477, 0.2285423], abs=5e-8)
    fixed = acceptability(measured, np.tile([0.5, 0.2, 0.3], (10_000, 1)))
    assert fixed.ranks[0].tolist() == [0.1279, 0.8721]


def test_fixed_weights_and_scores_give_nothing_but_zero_and_one() -> None:
    measured = np.tile([[3.0, 1.0], [2.0, 5.0], [1.0, 1.0]], (64, 1, 1))
    found = acceptability(measured, np.tile([0.9, 0.1], (64, 1)))
    assert found.ranks.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert found.central[0].tolist() == pytest.approx([0.9, 0.1]) and np.isnan(found.central[1:]).all()


def test_two_criteria_as_computed_by_hand() -> None:
    """A has 1 of the first criterion and 0 of the other, B 0.25 and 0.75: A leads where w > 0.75 (1 - w), w > 0.5."""
    scores = np.array([[[5.0, 1.0], [2.0, 4.0]]])
    found = prioritise(scores, lower_is_better=[False, False])
    assert found.ranks[0, 0] == pytest.approx(0.5, abs=0.002)
    # Against 0.5 and 0.75 A leads where w > 0.5 w + 0.75 (1 - w), w > 0.6; its weights there lie about 0.8.
    closer = prioritise(np.array([[[5.0, 1.0], [3.0, 4.0]]]), lower_is_better=[False, False])
    assert closer.ranks[0, 0] == pytest.approx(0.4, abs=0.002)
    assert closer.central[0] == pytest.approx([0.8, 0.2], abs=0.002)


def test_weights_are_uniform_on_the_simplex() -> None:
    """Each has mean 1/n and passes t with probability (1 - t) ** (n - 1)."""
    weights = simplex(4)
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(weights))) and (weights >= 0).all()
    assert weights.mean(axis=0) == pytest.approx(np.full(4, 0.25), abs=0.002)
    assert (weights > 0.5).mean(axis=0) == pytest.approx(np.full(4, 0.125), abs=0.005)
    assert (simplex(4) == weights).all() and (simplex(4, seed=2) != weights).any()


def test_ideas_with_equal_scores_share_the_ranks() -> None:
    found = prioritise(np.full((3, 4, 2), 3.0), lower_is_better=[False, True])
    assert found.ranks == pytest.approx(np.full((4, 4), 0.25), abs=0.03)
    assert found.ranks.sum(axis=0) == pytest.approx(np.ones(4))
    assert found.ranks.sum(axis=1) == pytest.approx(np.ones(4))


def test_scores_are_as_spread_as_those_who_gave_them() -> None:
    """One criterion: A is 5 or 1 by lot, B always 3, so A is first in half of the draws."""
    scores = np.array([[[5.0], [3.0]], [[1.0], [3.0]]])
    assert prioritise(scores, lower_is_better=[False]).ranks[0, 0] == pytest.approx(0.5, abs=0.03)


def test_one_who_left_an_idea_out_does_not_count_for_it() -> None:
    scores = np.array([[[5.0], [3.0]], [[np.nan], [3.0]]])
    assert prioritise(scores, lower_is_better=[False]).ranks[0, 0] == 1.0
    assert prioritise(scores, lower_is_better=[True]).ranks[0, 0] == 0.0
    with pytest.raises(ValueError, match="every idea"):
        prioritise(np.array([[[np.nan], [3.0]]]), lower_is_better=[False])


def test_an_idea_that_is_better_in_everything_is_never_behind() -> None:
    scores = np.array([[[5.0, 1.0], [4.0, 2.0], [4.0, 3.0]]])
    found = prioritise(scores, lower_is_better=[False, True])
    assert found.ranks[0, 0] == 1.0 and found.ranks[1, 2] < 0.001
    assert found.among_best(2)[:2].tolist() == pytest.approx([1.0, 1.0], abs=0.01)
    assert (found.among_best(9) == 1.0).all()


@pytest.mark.parametrize(("criteria", "draws"), [(0, 8), (2, 0), (2, 1000)])
def test_weights_that_cannot_be_drawn_are_refused(criteria: int, draws: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        simplex(criteria, draws)
