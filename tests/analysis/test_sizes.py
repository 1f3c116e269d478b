from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.analysis.sizes import THRESHOLDS, Classified, Size, classify, limit

NAN = float("nan")
ORDER = [Size.ABOUT_EQUAL, Size.SOMEWHAT, Size.CLEARLY]


@pytest.mark.parametrize(
    ("difference", "spread", "noise", "size", "sign"),
    [
        (0.0, 4.0, 1.0, Size.ABOUT_EQUAL, 0),
        (0.9, 4.0, 0.1, Size.ABOUT_EQUAL, 0),  # below a quarter of the spread
        (1.0, 4.0, 0.1, Size.SOMEWHAT, 1),
        (-1.0, 4.0, 0.1, Size.SOMEWHAT, -1),
        (1.0, 4.0, 1.1, Size.ABOUT_EQUAL, 0),  # drowns in noise
        (3.0, 4.0, 1.5, Size.CLEARLY, 1),
        (3.0, 4.0, 1.6, Size.SOMEWHAT, 1),  # large, but not twice the noise
        (2.9, 4.0, 0.1, Size.SOMEWHAT, 1),  # sure, but not large
        (9.0, 4.0, NAN, Size.SOMEWHAT, 1),  # unknown noise is never clearly
        (9.0, NAN, 1.0, Size.CLEARLY, 1),
        (0.5, 0.0, 0.0, Size.CLEARLY, 1),
    ],
)
def test_table(difference, spread, noise, size, sign):
    assert classify(difference, spread, noise) == Classified(size, sign)


def test_unknown():
    assert classify(NAN, 1.0, 1.0) is None
    assert classify(1.0, NAN, NAN) is None


def test_negative_scale():
    with pytest.raises(ValueError, match="negative"):
        classify(1.0, -1.0, 1.0)
    with pytest.raises(ValueError, match="negative"):
        classify(1.0, 1.0, -1.0)


def test_thresholds_grow_with_the_size():
    assert THRESHOLDS[Size.SOMEWHAT].spread_share < THRESHOLDS[Size.CLEARLY].spread_share
    assert THRESHOLDS[Size.SOMEWHAT].noise_share < THRESHOLDS[Size.CLEARLY].noise_share


scale = st.floats(0, 1e3) | st.just(NAN)


@given(st.floats(-1e4, 1e4), st.floats(1, 3), st.floats(0, 1e3), scale)
def test_a_larger_difference_never_gets_a_smaller_word(difference, factor, spread, noise):
    one, larger = classify(difference, spread, noise), classify(difference * factor, spread, noise)
    assert ORDER.index(larger.size) >= ORDER.index(one.size)
    opposite = classify(-difference, spread, noise)
    assert (opposite.size, opposite.sign) == (one.size, -one.sign)


@given(
    difference=st.floats(-50, 50).filter(lambda value: abs(value) > 1e-6),
    spread=st.floats(0.01, 20),
    noise=st.floats(0.01, 20) | st.just(float("nan")),
)
def test_the_limits_are_where_the_words_change(difference: float, spread: float, noise: float) -> None:
    found = classify(difference, spread, noise)
    assert found is not None
    reached = [
        size for size in (Size.SOMEWHAT, Size.CLEARLY) if abs(difference) >= limit(size, spread, noise)
    ]
    assert found.size == ([Size.ABOUT_EQUAL, *reached][-1])


def test_without_spread_and_noise_there_is_no_limit() -> None:
    unknown = float("nan")
    assert np.isnan(limit(Size.SOMEWHAT, unknown, unknown)) and np.isnan(
        limit(Size.CLEARLY, unknown, unknown)
    )
    assert limit(Size.CLEARLY, unknown, 2.0) == 4.0
