"""A difference in cost is divided over its drivers so that all sum exactly, whatever is missing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.analysis.drivers import REST, pooled, split_drivers
from effektiv.types import DriverFactor, DriverPart, Drivers

WORDS = {"in_text": "a", "more": "b", "less": "c", "ask": "d"}


def part(kpi: str, *factors: str) -> DriverPart:
    return DriverPart(kpi=kpi, factors=tuple(DriverFactor(kpi=item, **WORDS) for item in factors), **WORDS)


TREE = Drivers(
    total="T", persons="N", label="", in_text="", parts=(part("A"), part("B", "x", "y"), part("C"))
)
amounts = st.floats(min_value=0.5, max_value=1e6)
sides = st.fixed_dictionaries(dict.fromkeys("TACxy", amounts)).map(
    lambda side: {**side, "B": side["x"] * side["y"]}
)


@given(sides, sides, st.floats(min_value=1.0, max_value=1e5))
def test_drivers_and_rest_sum_to_the_whole(
    own: dict[str, float], other: dict[str, float], units: float
) -> None:
    found = split_drivers(TREE, own, other, units)
    assert found is not None
    assert list(found.parts.index) == ["A", "x", "y", "C", REST]
    size = units * max(*own.values(), *other.values())
    assert math.isclose(found.parts.sum(), (own["T"] - other["T"]) * units, rel_tol=0, abs_tol=1e-9 * size)
    assert math.isclose(
        found.parts["x"] + found.parts["y"], (own["B"] - other["B"]) * units, rel_tol=0, abs_tol=1e-9 * size
    )


@given(st.lists(st.tuples(sides, sides), min_size=1, max_size=4))
def test_the_mean_of_several_sums_too(pairs: list[tuple[dict[str, float], dict[str, float]]]) -> None:
    splits = [found for own, other in pairs if (found := split_drivers(TREE, own, other, 10.0)) is not None]
    found = pooled(splits)
    assert found is not None
    size = max(1.0, *(abs(value) for item in splits for value in (*item.parts, item.total)))
    assert abs(found.parts.sum() - found.total) <= 1e-9 * size
    assert abs(found.total - sum(item.total for item in splits) / len(splits)) <= 1e-9 * size


OWN = {"T": 30.0, "A": 5.0, "B": 20.0, "C": 4.0, "x": 4.0, "y": 5.0}
OTHER = {"T": 20.0, "A": 5.0, "B": 12.0, "C": 2.0, "x": 3.0, "y": 4.0}


def test_a_part_without_a_value_is_left_in_the_rest() -> None:
    found = split_drivers(TREE, OWN, {**OTHER, "A": math.nan}, 1.0)
    assert found is not None
    assert found.left_out == ("A",)
    assert found.parts.to_dict() == {"x": 4.5, "y": 3.5, "C": 2.0, REST: 0.0}


@pytest.mark.parametrize("other", [{**OTHER, "x": math.nan}, {**OTHER, "x": 0.0}, {**OTHER, "x": 30.0}])
def test_a_part_whose_factors_say_nothing_or_something_else_is_not_divided(other: dict[str, float]) -> None:
    found = split_drivers(TREE, OWN, other, 1.0)
    assert found is not None
    assert found.parts["B"] == 8.0
    assert "x" not in found.parts.index


def test_what_is_divided_in_some_years_only_is_not_divided_in_their_mean() -> None:
    splits = [split_drivers(TREE, OWN, OTHER, 1.0, undivided) for undivided in ([], ["B"])]
    found = pooled([item for item in splits if item is not None])
    assert found is not None
    assert found.parts.to_dict() == {"A": 0.0, "B": 8.0, "C": 2.0, REST: 0.0}


def test_nothing_is_divided_without_the_whole_the_units_or_any_part() -> None:
    assert split_drivers(TREE, {**OWN, "T": math.nan}, OTHER, 1.0) is None
    assert split_drivers(TREE, OWN, OTHER, math.nan) is None
    assert split_drivers(TREE, OWN, {"T": 1.0}, 1.0) is None
    assert pooled([]) is None
