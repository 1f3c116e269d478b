from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import theilslopes, ttest_ind

from effektiv.analysis.trend import direction, level_change
from effektiv.types import Break

NAN = float("nan")


def series(values, last: int = 2024) -> pd.Series:
    return pd.Series(list(values), index=range(last - len(list(values)) + 1, last + 1), dtype=float)


def breaks(*years: int) -> list[Break]:
    return [Break(year=year, reason="ny metod") for year in years]


class TestDirection:
    def test_by_hand(self):
        found = direction(series([1.0, 2.0, 4.0]), year=2024, noise=0.5)
        assert (found.slope, found.change) == (1.5, 3.0)  # slopes 1, 1.5 and 2
        assert found.high - found.change == pytest.approx(1.959963984540054 * 0.5 / np.sqrt(2) * 2)
        assert (found.first, found.last, found.n, found.sign) == (2022, 2024, 3, 1)

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.floats(-100, 100), min_size=3, max_size=9))
    def test_slope_is_theil_sen(self, values):
        found = direction(series(values), year=2024, span=len(values))
        assert found.slope == pytest.approx(theilslopes(values).slope, abs=1e-9)

    def test_one_odd_year_does_not_turn_it(self):
        assert direction(series([1.0, 2.0, -50.0, 4.0, 5.0]), year=2024, span=5).slope > 0

    def test_noise_decides_whether_it_is_certain(self):
        rising = series([1.0, 2.0, 3.0])
        assert direction(rising, year=2024, noise=0.1).sign == 1
        assert direction(-rising, year=2024, noise=0.1).sign == -1
        assert direction(rising, year=2024, noise=5.0).sign == 0

    def test_unknown_noise_is_never_certain(self):
        found = direction(series([1.0, 2.0, 3.0]), year=2024)
        assert found.sign == 0
        assert np.isnan(found.low)
        assert found.change == 2.0

    def test_only_the_span_and_never_over_a_break(self):
        values = series([50.0, 1.0, 2.0, 3.0])
        assert direction(values, year=2024).first == 2022
        assert direction(values, year=2024, span=4, breaks=breaks(2022)).first == 2022
        assert direction(values, year=2024, breaks=breaks(2023)) is None

    def test_gaps(self):
        assert direction(series([1.0, NAN, 3.0]), year=2024) is None
        assert direction(series([1.0, 1.0, 1.0, NAN]), year=2024, span=4) is None
        found = direction(series([1.0, NAN, 3.0, 4.0, 5.0]), year=2024, span=5)
        assert (found.slope, found.n) == (1.0, 4)
        assert direction(pd.Series(dtype=float), year=2024) is None

    def test_interval_covers_the_truth(self):
        rng = np.random.default_rng(3)
        hits = 0
        for _ in range(400):
            found = direction(series(2.0 * np.arange(3) + rng.normal(0, 1, 3)), year=2024, noise=1.0)
            hits += found.low <= 4.0 <= found.high
        assert 0.92 < hits / 400 < 0.98


class TestLevelChange:
    def test_finds_a_planted_change(self):
        rng = np.random.default_rng(1)
        values = rng.normal(0, 1, 13)
        values[8:] += 6.0
        found = level_change(series(values))
        assert found.year == 2020
        assert found.size == pytest.approx(values[8:].mean() - values[:8].mean())
        assert found.size == pytest.approx(found.after - found.before)
        assert found.p_value < 0.01
        assert not found.trend_fits_better

    def test_t_is_the_two_sample_t(self):
        values = [1.0, 3.0, 2.0, 7.0, 9.0, 8.0, 8.5]
        found = level_change(series(values))
        split = list(series(values).index).index(found.year)
        assert found.t == pytest.approx(ttest_ind(values[split:], values[:split]).statistic)

    def test_false_alarms_are_about_one_in_twenty(self):
        rng = np.random.default_rng(2)
        alarms = [level_change(series(rng.normal(size=12))).p_value <= 0.05 for _ in range(200)]
        assert np.mean(alarms) < 0.10

    def test_a_slide_is_not_called_a_jump(self):
        found = level_change(series(np.arange(12.0)))
        assert found.trend_fits_better

    def test_a_perfect_step(self):
        found = level_change(series([1.0] * 6 + [2.0] * 6))
        assert (found.year, found.size, found.before, found.after) == (2019, 1.0, 1.0, 2.0)
        assert found.p_value < 0.01

    def test_a_drop(self):
        assert level_change(series([5.0, 5.1, 4.9, 1.0, 1.1, 0.9])).size < 0

    def test_never_over_a_break(self):
        values = series([100.0] * 5 + [1.0, 1.1, 0.9, 1.0, 3.0, 3.1, 2.9, 3.0])
        found = level_change(values, breaks(2017))
        assert (found.year, found.n) == (2021, 8)
        assert level_change(values, breaks(2015, 2017, 2020)) is None

    def test_a_short_last_segment_leaves_the_one_before(self):
        values = series([1.0, 1.1, 0.9, 1.0, 3.0, 3.1, 2.9, 50.0, 51.0])
        found = level_change(values, breaks(2023))
        assert (found.year, found.n) == (2020, 7)

    def test_gaps_are_skipped(self):
        values = series([1.0, 1.1, NAN, 0.9, 1.0, 3.0, 3.1, NAN, 2.9, 3.0])
        found = level_change(values)
        assert (found.year, found.n) == (2020, 8)

    def test_too_short_or_flat(self):
        assert level_change(series([1.0, 2.0, 3.0, 4.0, 5.0])) is None
        assert level_change(series([1.0] * 10)) is None
        assert level_change(pd.Series(dtype=float)) is None

    def test_repeats(self):
        values = series(np.random.default_rng(4).normal(size=12))
        assert level_change(values) == level_change(values.sample(frac=1, random_state=1))

    @settings(max_examples=10, deadline=None)
    @given(st.integers(0, 1000), st.sampled_from([1e-6, 1e6]), st.sampled_from([0.0, 100.0]))
    def test_unit_and_origin_do_not_matter(self, seed, unit, origin):
        values = series(np.random.default_rng(seed).normal(size=12))
        one, other = level_change(values), level_change((values + origin) * unit)
        assert one.year == other.year
        assert one.p_value == other.p_value
        assert other.t == pytest.approx(one.t, rel=1e-6)
