from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests

from effektiv.analysis.patterns import FEWEST, Period, adjusted_fdr, partial_correlation, patterns

CODES = [f"{place:04d}" for place in range(290)]


def period(seed: int, strength: float, sign: float = 1.0, drivers: int = 8) -> Period:
    """Quality follows the first driver by so much; structure matters to all."""
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(290, 3)), CODES, list("abc"))
    tried = {f"d{place}": pd.Series(rng.normal(size=290) + x["a"], CODES) for place in range(drivers)}
    quality = sign * strength * (tried["d0"] - x["a"]) + 2.0 * x["b"] + x["a"] + rng.normal(size=290)
    return Period(quality, tried, x)


def test_partial_correlation_is_of_ranks_of_what_least_squares_leaves():
    one = period(1, 0.4)
    r, p, n, slope = partial_correlation(one.quality, one.drivers["d0"], one.structure)
    left = [sm.OLS(y, sm.add_constant(one.structure)).fit().resid for y in (one.quality, one.drivers["d0"])]
    assert r == pytest.approx(left[0].corr(left[1], method="spearman"), abs=1e-12)
    assert n == 290 and 0 < p < 1e-5
    assert slope == pytest.approx(0.4, abs=0.12)  # the driver's own part has standard deviation 1


def test_structure_that_both_follow_is_no_pattern():
    x = pd.DataFrame({"size": np.random.default_rng(2).normal(size=290)}, CODES)
    rng = np.random.default_rng(3)
    one, other = (x["size"] + 0.3 * rng.normal(size=290) for _ in range(2))
    assert one.corr(other) > 0.8
    assert partial_correlation(one, other, x)[1] > 0.05


def test_few_municipalities_and_figures_that_are_all_alike_are_not_tried():
    one = period(1, 0.4)
    few = one.quality.where(one.quality.index < CODES[FEWEST - 1])
    assert np.isnan(partial_correlation(few, one.drivers["d0"], one.structure)[0])
    assert np.isnan(partial_correlation(one.quality, one.quality * 0.0, one.structure)[0])


def test_fdr_equals_statsmodels():
    p = np.random.default_rng(4).uniform(size=12) ** 2
    assert adjusted_fdr(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-12)


def test_a_planted_pattern_in_both_periods_is_found_alone():
    found = patterns(period(5, 0.5), period(6, 0.5))
    assert found.found.index.tolist() == ["d0"]
    assert found.frame.index[0] == "d0" and (found.frame["adjusted"] >= found.frame["fdr"] - 1e-12).all()


@pytest.mark.parametrize(("strength", "sign"), [(0.0, 1.0), (0.5, -1.0)])
def test_a_pattern_of_one_period_or_that_turns_is_not_told(strength: float, sign: float):
    assert patterns(period(5, 0.5), period(6, strength, sign)).found.empty


def test_a_driver_without_values_before_is_not_tried():
    now, before = period(5, 0.5), period(6, 0.5)
    del before.drivers["d0"]  # type: ignore[attr-defined]
    found = patterns(now, before)
    assert "d0" not in found.frame.index and len(found.frame) == 7


def test_where_there_is_nothing_hardly_anything_is_told():
    told = [not patterns(period(seed, 0.0), period(seed + 1000, 0.0)).found.empty for seed in range(40)]
    assert np.mean(told) <= 0.05
