"""A cost divided over its drivers sums exactly, whatever is missing, rough or pooled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.drivers import REST, ROUGH, pooled, split_drivers
from effektiv.types import Drivers

NAN = float("nan")
WORDS = {"in_text": "", "more": "", "less": "", "ask": ""}
TREE = Drivers(
    total="T",
    persons="N",
    label="",
    in_text="",
    parts=(
        {"kpi": "A", **WORDS},
        {
            "kpi": "B",
            "factor": 0.01,
            "factors": [{"kpi": "x", **WORDS}, {"kpi": "y", **WORDS}, {"kpi": "z", **WORDS}],
            **WORDS,
        },
        {"kpi": "C", "factors": [{"kpi": "u", **WORDS}, {"kpi": "v", **WORDS}], **WORDS},
    ),
)
FACTORS = ("x", "y", "z", "u", "v")


def side(factors: dict[str, float], a: float = 5.0, rest: float = 2.0) -> dict[str, float]:
    """Return figures whose products are exact."""
    b = 0.01 * factors["x"] * factors["y"] * factors["z"]
    c = factors["u"] * factors["v"]
    return {**factors, "A": a, "B": b, "C": c, "T": a + b + c + rest}


PLAIN = side(dict.fromkeys(FACTORS, 2.0))
sides = st.builds(
    side,
    st.fixed_dictionaries({kpi: st.floats(0.1, 100.0) for kpi in FACTORS}),
    st.floats(0.0, 1e4),
    st.floats(-1e3, 1e3),
)


@settings(max_examples=60, deadline=None)
@given(sides, sides, st.floats(1.0, 1e5), st.sets(st.sampled_from(["A", "B", "x", "u", "C"])))
def test_all_sum_to_the_whole_whatever_is_missing(own, other, units, missing):
    known = own | dict.fromkeys(missing, NAN)
    found = split_drivers(TREE, known, other, units)
    if {"A", "B", "C"} <= missing:
        assert found is None
        return
    assert found.total == pytest.approx(units * (own["T"] - other["T"]))
    scale = units * max(abs(value) for one in (own, other) for value in one.values())
    # The rest is what is left; what is divided must be each part's own difference.
    for part in TREE.parts:
        if part.kpi in found.left_out:
            assert part.kpi in missing
            continue
        keys = found.factors.get(part.kpi, (part.kpi,))
        whole = units * (own[part.kpi] - other[part.kpi])
        assert sum(found.parts[key] for key in keys) == pytest.approx(whole, abs=1e-9 * scale)
        assert bool(found.factors.get(part.kpi)) == (
            bool(part.factors) and not missing & {factor.kpi for factor in part.factors}
        )
    assert found.parts.sum() == pytest.approx(found.total, abs=1e-9 * scale)


@settings(max_examples=30, deadline=None)
@given(sides, st.lists(sides, min_size=1, max_size=5), st.floats(1.0, 1e4))
def test_the_mean_of_several_sums_too(own, others, units):
    every = [split_drivers(TREE, own, other, units) for other in others]
    found = pooled(every)
    scale = units * max(abs(value) for one in (own, *others) for value in one.values())
    assert found.total == pytest.approx(np.mean([item.total for item in every]), abs=1e-9 * scale)
    assert found.parts.sum() == pytest.approx(found.total, abs=1e-9 * scale)
    for key in found.parts.index.drop(REST):
        assert found.parts[key] == pytest.approx(
            np.mean([item.parts[key] for item in every]), abs=1e-9 * scale
        )


def test_a_factor_has_the_sign_of_its_own_change():
    found = split_drivers(TREE, side(dict.fromkeys(FACTORS, 2.0) | {"x": 3.0, "u": 1.0}), PLAIN, 10.0)
    assert found.parts["x"] > 0 > found.parts["u"]
    assert found.parts["y"] == found.parts["v"] == found.parts["A"] == 0.0


def test_a_product_that_is_another_cost_is_not_divided():
    own = side(dict.fromkeys(FACTORS, 4.0))
    for extra, divided in ((0.9 * ROUGH, True), (2.0 * ROUGH, False)):
        other = PLAIN | {"C": own["C"] - (own["C"] - PLAIN["C"]) / (1 - extra)}
        found = split_drivers(TREE, own, other, 1.0)
        assert ("C" in found.factors) is divided
        assert found.undivided["C"] == pytest.approx(own["C"] - other["C"])


@pytest.mark.parametrize("lacks", ["T", "units"])
def test_nothing_without_the_whole_or_the_number(lacks):
    own = PLAIN if lacks == "units" else PLAIN | {"T": NAN}
    assert split_drivers(TREE, own, PLAIN, NAN if lacks == "units" else 1.0) is None
    assert split_drivers(TREE, PLAIN, PLAIN, 0.0) is None
    assert pooled([]) is None


def test_parts_asked_to_be_whole_are_not_divided():
    found = split_drivers(TREE, side(dict.fromkeys(FACTORS, 3.0)), PLAIN, 1.0, undivided=["B"])
    assert set(found.factors) == {"C"}
    assert found.parts["B"] == pytest.approx(0.27 - 0.08)
    both = pooled([found, split_drivers(TREE, side(dict.fromkeys(FACTORS, 3.0)), PLAIN, 1.0)])
    assert set(both.factors) == {"C"}
