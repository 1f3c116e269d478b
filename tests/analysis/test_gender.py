"""The interval of the difference between two shares."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.analysis.gender import difference_interval


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombes_own_examples(first: tuple[int, int], second: tuple[int, int], low: float, high: float):
    found = difference_interval(100 * first[0] / first[1], first[1], 100 * second[0] / second[1], second[1])
    assert found is not None
    assert (found.low / 100, found.high / 100) == pytest.approx((low, high), abs=1e-4)


shares = st.floats(0, 100)
counts = st.integers(1, 5_000)


@given(shares, counts, shares, counts)
def test_the_interval_holds_the_difference_and_turns_with_the_order(p: float, n: int, q: float, m: int):
    one, other = difference_interval(p, n, q, m), difference_interval(q, m, p, n)
    assert one is not None
    assert other is not None
    assert one.low - 1e-9 <= p - q <= one.high + 1e-9
    assert one.low == pytest.approx(-other.high, abs=1e-9)
    assert -100.0001 <= one.low <= one.high <= 100.0001


@given(shares, shares, st.integers(1, 500))
def test_more_persons_make_it_narrower(p: float, q: float, n: int):
    few, many = difference_interval(p, n, q, n), difference_interval(p, 4 * n, q, 4 * n)
    assert few is not None
    assert many is not None
    assert many.high - many.low <= few.high - few.low + 1e-9


@pytest.mark.parametrize("bad", [math.nan, 0, -3])
def test_without_persons_there_is_no_interval(bad: float):
    assert difference_interval(50, bad, 50, 10) is None
    assert difference_interval(50, 10, 50, bad) is None
    assert difference_interval(math.nan, 10, 50, 10) is None


def test_a_share_beyond_a_hundred_is_an_error():
    with pytest.raises(ValueError, match="0-100"):
        difference_interval(101, 10, 50, 10)
