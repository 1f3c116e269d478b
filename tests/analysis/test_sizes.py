"""Words of size: bound to thresholds, and saying nothing of how sure a difference is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.analysis.sizes import THRESHOLDS, Classified, Size, classify, is_relative, limit

NAN = float("nan")
ORDER = list(Size)


@pytest.mark.parametrize(
    ("own", "relative", "size", "sign"),
    [
        (100.0, True, Size.ABOUT_EQUAL, 0),
        (102.9, True, Size.ABOUT_EQUAL, 0),
        (103.0, True, Size.SOMEWHAT, 1),
        (90.0, True, Size.CLEARLY, -1),
        (130.0, True, Size.MUCH, 1),
        (100.9, False, Size.ABOUT_EQUAL, 0),  # below a quarter of the spread, 4
        (101.0, False, Size.SOMEWHAT, 1),
        (97.0, False, Size.CLEARLY, -1),
        (108.0, False, Size.MUCH, 1),
    ],
)
def test_table(own: float, relative: bool, size: Size, sign: int) -> None:
    assert classify(own, 100.0, spread=4.0, relative=relative) == Classified(size, sign)


def test_nothing_to_measure_by_is_no_size() -> None:
    assert classify(NAN, 1.0, spread=1.0, relative=True) is None
    assert classify(1.0, NAN, spread=1.0, relative=False) is None
    assert classify(2.0, 1.0, spread=NAN, relative=False) is None
    assert classify(2.0, 0.0, spread=1.0, relative=True) is None
    assert classify(2.0, 1.0, spread=NAN, relative=True) == Classified(Size.MUCH, 1), "money needs no spread"
    assert classify(1.0, 1.0, spread=0.0, relative=False) == Classified(Size.ABOUT_EQUAL, 0)
    with pytest.raises(ValueError, match="negative"):
        classify(1.0, 2.0, spread=-1.0, relative=False)


def test_thresholds_grow_with_the_size() -> None:
    assert list(THRESHOLDS) == ORDER[1:]
    for attribute in ("per_cent", "spread_share"):
        values = [getattr(item, attribute) for item in THRESHOLDS.values()]
        assert values == sorted(set(values))


@given(st.floats(-1e4, 1e4), st.floats(1, 3), st.floats(0.01, 1e3), st.booleans())
def test_a_larger_difference_never_gets_a_smaller_word(
    difference: float, factor: float, spread: float, relative: bool
) -> None:
    one, larger, opposite = (
        classify(1e5 + change, 1e5, spread=spread, relative=relative)
        for change in (difference, difference * factor, -difference)
    )
    assert one is not None and larger is not None and opposite is not None
    assert ORDER.index(larger.size) >= ORDER.index(one.size)
    assert (opposite.size, opposite.sign) == (one.size, -one.sign)


@given(st.floats(1, 1e4), st.floats(0.01, 1e3), st.booleans())
def test_the_limits_are_where_the_words_change(comparator: float, spread: float, relative: bool) -> None:
    for size in ORDER[1:]:
        at = limit(size, comparator=comparator, spread=spread, relative=relative)
        above = classify(comparator + 1.001 * at, comparator, spread=spread, relative=relative)
        below = classify(comparator + 0.999 * at, comparator, spread=spread, relative=relative)
        assert above is not None and below is not None
        assert (above.size, below.size) == (size, ORDER[ORDER.index(size) - 1])


def test_money_is_measured_in_per_cent_and_shares_by_the_spread() -> None:
    assert is_relative("kr/elev", 100.0) and not is_relative("%", 100.0)
    assert not is_relative("kr/inv", 0.0), "nothing to take per cent of"
