from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from effektiv.analysis.gender import difference_interval

NAN = float("nan")


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 500), st.integers(2, 500), st.data())
def test_same_as_statsmodels(n, m, data):
    k, j = data.draw(st.integers(1, n - 1)), data.draw(st.integers(1, m - 1))
    low, high = confint_proportions_2indep(k, n, j, m, method="newcomb", compare="diff")
    found = difference_interval(100 * k / n, n, 100 * j / m, m)
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high), abs=1e-6)


def test_swapping_turns_it():
    one, other = difference_interval(80, 70, 60, 90), difference_interval(60, 90, 80, 70)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


@pytest.mark.parametrize("values", [(NAN, 10, 50, 10), (50, 10, 50, NAN), (50, 0, 50, 10)])
def test_unknown(values):
    assert difference_interval(*values) is None


def test_not_a_share():
    with pytest.raises(ValueError, match="0-100"):
        difference_interval(50, 10, 101, 10)
