from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from effektiv.analysis.uncertainty import (
    Interval,
    peer_median_interval,
    quarter,
    quarter_span,
    share_of_years,
    three_year_spread,
    wilson,
    year_noise,
)
from effektiv.types import Break

NAN = float("nan")


def breaks(*years: int) -> list[Break]:
    return [Break(year=year, reason="ny metod") for year in years]


class TestWilson:
    @given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
    def test_same_as_statsmodels(self, counts):
        k, n = counts
        low, high = proportion_confint(k, n, method="wilson")
        found = wilson(100 * k / n, n)
        assert (found.low, found.high) == pytest.approx((100 * low, 100 * high), abs=1e-9)

    @given(st.floats(0, 100), st.integers(1, 10_000), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
    def test_holds_the_share_and_stays_within_0_and_100(self, share, n, level):
        found = wilson(share, n, level)
        assert 0 <= found.low <= share <= found.high <= 100
        assert found.level == level

    def test_more_persons_less_doubt(self):
        assert wilson(40, 1000).high - wilson(40, 1000).low < wilson(40, 50).high - wilson(40, 50).low

    def test_the_ends(self):
        assert wilson(0, 20).low == 0.0
        assert wilson(100, 20).high == 100.0

    @pytest.mark.parametrize(("share", "count"), [(NAN, 10), (50, NAN), (50, 0)])
    def test_unknown(self, share, count):
        assert wilson(share, count) is None

    def test_not_a_share(self):
        with pytest.raises(ValueError, match="0-100"):
            wilson(101, 10)


class TestThreeYearSpread:
    def test_by_hand(self, make_panel):
        found = three_year_spread(make_panel({"a": [9.0, 1.0, 2.0, 6.0]}), "a", 2023)
        assert (found.low, found.high, found.mean, found.years) == (1.0, 6.0, 3.0, (2021, 2022, 2023))
        assert found.sd == pytest.approx(np.std([1, 2, 6], ddof=1))

    def test_break_and_gap(self, make_panel):
        panel = make_panel({"a": [1.0, NAN, 6.0]})
        assert three_year_spread(panel, "a", 2022).years == (2020, 2022)
        alone = three_year_spread(panel, "a", 2022, breaks(2022))
        assert alone.years == (2022,)
        assert np.isnan(alone.sd)

    def test_nothing(self, make_panel):
        assert three_year_spread(make_panel({"a": [NAN]}), "a", 2020) is None
        assert three_year_spread(pd.DataFrame(), "a", 2020) is None


class TestPeerMedianInterval:
    def test_three_by_full_enumeration(self):
        medians = [np.median(draw) for draw in product([1.0, 5.0, 20.0], repeat=3)]
        low, high = np.percentile(medians, [2.5, 97.5])
        found = peer_median_interval(pd.Series([5.0, 20.0, 1.0]))
        assert (found.low, found.high) == (low, high)

    def test_seven_by_the_exact_distribution(self):
        # The median of seven resampled peers is at most x(k) when at least four draws are.
        below = [1 - binom.cdf(3, 7, k / 7) for k in range(1, 8)]
        low = next(k for k, p in enumerate(below, start=1) if p >= 0.025)
        high = next(k for k, p in enumerate(below, start=1) if p >= 0.975)
        found = peer_median_interval(pd.Series(np.arange(1.0, 8.0)))
        assert (found.low, found.high) == (low, high)

    def test_order_does_not_matter_and_it_repeats(self):
        values = pd.Series([3.0, 1.0, 7.0, 4.0, 9.0, 2.0, 6.0])
        assert peer_median_interval(values) == peer_median_interval(values.iloc[::-1])

    def test_missing_peers_are_left_out(self):
        values = pd.Series([1.0, 2.0, 3.0, 4.0])
        assert peer_median_interval(values) == peer_median_interval(pd.concat([values, pd.Series([NAN])]))

    def test_too_few(self):
        assert peer_median_interval(pd.Series([1.0, 2.0, NAN])) is None

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=30))
    def test_holds_the_median(self, numbers):
        found = peer_median_interval(pd.Series(numbers))
        assert found.low <= np.median(numbers) <= found.high
        assert min(numbers) <= found.low
        assert found.high <= max(numbers)


def test_interval_holds():
    assert Interval(1.0, 2.0, 0.95).holds(1.0)
    assert not Interval(1.0, 2.0, 0.95).holds(2.1)


class TestYearNoise:
    def test_recovers_the_noise(self, random_panel):
        panel = random_panel(n=400, noise=2.0)
        assert np.sqrt((year_noise(panel, 2025) ** 2).mean()) == pytest.approx(2.0, rel=0.05)

    def test_level_and_national_change_do_not_count(self, make_panel):
        panel = make_panel(
            {"a": [1.0, 11.0, 6.0, 8.0], "b": [101.0, 111.0, 106.0, 108.0], "c": [0.0, 10.0, 5.0, 7.0]}
        )
        assert year_noise(panel, 2023).tolist() == [0.0, 0.0, 0.0]

    def test_a_steady_trend_of_its_own_does_not_count(self, make_panel):
        rows = {code: [1.0] * 6 for code in "abcd"} | {"t": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}
        assert year_noise(make_panel(rows), 2025)["t"] == 0.0

    def test_unbiased_with_gaps_too(self, random_panel):
        panel = random_panel(n=400, noise=2.0, years=range(2019, 2026))
        panel.loc[panel.index[:400], 2022] = NAN
        assert np.sqrt((year_noise(panel, 2025) ** 2).mean()) == pytest.approx(2.0, rel=0.06)

    def test_break_is_not_noise(self, make_panel):
        rows = {code: [1.0] * 4 + [1.0] * 4 for code in "abc"}
        rows["a"] = [1.0] * 4 + [50.0] * 4
        panel = make_panel(rows)
        assert year_noise(panel, 2027, breaks(2024))["a"] == 0.0
        assert year_noise(panel, 2027)["a"] > 0

    def test_too_few_changes_are_unknown(self, make_panel):
        panel = make_panel(
            {"a": [1.0, 2.0, 3.0, 9.0], "b": [1.0, NAN, 3.0, 4.0], "c": [1.0] * 4, "d": [1.0] * 4}
        )
        noise = year_noise(panel, 2023)
        assert np.isnan(noise["b"])
        assert noise["a"] > 0
        assert year_noise(panel, 2022).isna().all()

    def test_riket_is_left_out_and_empty_is_empty(self, random_panel):
        assert "0000" not in year_noise(random_panel(), 2025).index
        assert year_noise(pd.DataFrame(), 2025).empty


class TestShareOfYears:
    difference = pd.Series({2020: 5.0, 2021: -1.0, 2022: 2.0, 2023: 0.5})

    def test_counts(self):
        found = share_of_years(self.difference, year=2023, sign=1)
        assert (found.true, found.of, found.years) == (2, 3, (2021, 2022, 2023))
        assert found.share == pytest.approx(2 / 3)

    def test_sign_tolerance_span_break(self):
        assert share_of_years(self.difference, year=2023, sign=-1).true == 1
        assert share_of_years(self.difference, year=2023, sign=1, tolerance=0.5).true == 1
        assert share_of_years(self.difference, year=2023, sign=1, span=5).of == 4
        assert share_of_years(self.difference, year=2023, sign=1, breaks=breaks(2022)).of == 2

    def test_zero_is_on_neither_side(self):
        zero = pd.Series({2023: 0.0})
        assert share_of_years(zero, year=2023, sign=1).true == 0
        assert share_of_years(zero, year=2023, sign=-1).true == 0

    def test_nothing_to_judge(self):
        assert np.isnan(share_of_years(self.difference, year=1990, sign=1).share)

    def test_sign_must_be_a_sign(self):
        with pytest.raises(ValueError, match="sign"):
            share_of_years(self.difference, year=2023, sign=0)


class TestQuarter:
    def test_four(self):
        values = pd.Series([3.0, 1.0, 4.0, 2.0], index=list("abcd"))
        assert [quarter(values, code) for code in "bdac"] == [1, 2, 3, 4]

    def test_hundred(self):
        values = pd.Series(np.arange(100.0), index=[f"{i:04d}" for i in range(1, 101)])
        places = pd.Series({code: quarter(values, code) for code in values.index})
        assert places.value_counts().to_dict() == {1: 25, 2: 25, 3: 25, 4: 25}

    def test_undefined(self):
        assert quarter(pd.Series([1.0, 1.0, 1.0, 1.0], index=list("abcd")), "a") is None
        assert quarter(pd.Series([1.0, 2.0, 3.0], index=list("abc")), "a") is None
        assert quarter(pd.Series([1.0, 2.0, 3.0, NAN], index=list("abcd")), "d") is None
        assert quarter(pd.Series([1.0, 2.0, 3.0, 4.0], index=list("abcd")), "zz") is None

    def test_riket_is_left_out(self):
        values = pd.Series([1.0, 2.0, 3.0, 4.0, 99.0], index=["a", "b", "c", "d", "0000"])
        assert quarter(values, "0000") is None
        assert quarter(values, "d") == 4

    def test_span_over_three_years_and_break(self, make_panel):
        rows = {
            "a": [9.0, 1.0, 4.0, 1.0],
            "b": [1.0, 2.0, 1.0, 2.0],
            "c": [1.0, 3.0, 2.0, 3.0],
            "d": [1.0, 4.0, 3.0, 4.0],
        }
        panel = make_panel(rows)
        assert quarter_span(panel, "a", 2023) == (1, 4)
        assert quarter_span(panel, "a", 2023, breaks(2023)) == (1, 1)
        assert quarter_span(panel, "zz", 2023) is None
        assert quarter_span(panel, "a", 1990) is None
