"""Allocation to the krona: worked examples that can be checked by hand, and that parts always add up to the budget."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.allocation import (
    ClassCosts,
    allocate,
    balance,
    largest_remainder,
    needed_share,
    next_volumes,
    one_more,
    per_performed_hour,
    per_pupil_paid,
    spread,
    typical,
)
from effektiv.analysis.portfolio import hourly_cost

UNITS = ["A", "B", "C"]
PUPILS = pd.DataFrame({"alla": [100, 250, 400]}, index=UNITS)
ONE = pd.Series({"alla": 1.0})
INDEX = pd.Series([150, 100, 75], index=UNITS)
FLOOR = pd.Series(2_000_000, index=UNITS)
COSTS = ClassCosts(size=25, per_class=1_150_000, fixed=6_000_000)


def test_a_hundred_million_is_divided_to_the_krona() -> None:
    found = allocate(PUPILS, ONE, 100_000_000, index=INDEX, socio_share=0.10, floor=FLOOR)
    assert found.parts["total"].tolist() == [15_342_857, 33_571_429, 51_085_714]
    assert found.parts["socio"].tolist() == [2_142_857, 3_571_429, 4_285_714]
    assert found.parts["volume"].tolist() == [11_200_000, 28_000_000, 44_800_000]
    assert found.each["alla"] == 112_000


def test_premises_are_taken_before_the_rest() -> None:
    rent = pd.Series([1_000_000, 0, 3_000_000], index=UNITS)
    found = allocate(PUPILS, ONE, 79_000_000, premises=rent)
    assert found.each["alla"] == 100_000
    assert found.parts["total"].tolist() == [11_000_000, 25_000_000, 43_000_000]


def test_stages_have_amounts_of_their_own_and_the_budget_decides_their_level() -> None:
    volumes = pd.DataFrame({"1-3": [30, 0], "4-6": [10, 20]}, index=["A", "B"])
    found = allocate(volumes, pd.Series({"1-3": 100.0, "4-6": 200.0}), 4_500)
    assert (found.ratio, found.each.tolist()) == (0.5, [50.0, 100.0])
    assert found.by_stage.to_numpy().tolist() == [[1_500, 1_000], [0, 2_000]]
    pair = typical(volumes, found)
    assert (pair["total"], pair["pupils"]) == (2_250, 30)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"volumes": PUPILS * -1}, "negative"),
        ({"volumes": PUPILS.replace(100, 0)}, "no volume"),
        ({"amounts": pd.Series({"other": 1.0})}, "no amount"),
        ({"index": INDEX.drop("B")}, "no index"),
        ({"floor": FLOOR * 20}, "more than the budget"),
    ],
)
def test_what_cannot_be_divided_is_refused(change: dict[str, object], said: str) -> None:
    asked = {"volumes": PUPILS, "amounts": ONE, "budget": 100_000_000, "index": INDEX, "socio_share": 0.1}
    with pytest.raises(ValueError, match=said):
        allocate(**(asked | change))  # type: ignore[arg-type]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=30).filter(lambda one: sum(one) > 0),
    st.integers(0, 10**11),
)
def test_parts_add_up_and_none_is_a_krona_from_its_share(weights: list[float], total: int) -> None:
    parts = largest_remainder(np.array(weights), total)
    exact = np.array(weights) / sum(weights) * total
    assert parts.sum() == total
    assert (np.abs(parts - exact) < 1 + 1e-9 * total).all()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 900), st.integers(0, 900), st.integers(50, 180)), min_size=1, max_size=8
    ),
    st.integers(0, 30),
    st.integers(50_000_000, 900_000_000),
)
def test_the_units_sums_are_the_budget(rows: list[tuple[int, int, int]], percent: int, budget: int) -> None:
    volumes = pd.DataFrame([row[:2] for row in rows], columns=["låg", "hög"])
    found = allocate(
        volumes,
        pd.Series({"låg": 98_077.0, "hög": 115_338.5}),
        budget,
        index=pd.Series([row[2] for row in rows]),
        socio_share=percent / 100,
        floor=pd.Series(1_234_567, index=volumes.index),
    )
    assert found.parts["total"].sum() == budget
    assert (found.by_stage.sum(axis=1) == found.parts["volume"]).all()
    assert found.parts["socio"].sum() == round(percent / 100 * budget)


def test_stromsunds_amounts_of_2024() -> None:
    """stromsund.se/1952.html: administration 3 % of base and premises, VAT 6 % of these and administration."""
    stages = ["förskoleklass", "1-3", "4-6", "7-9"]
    found = per_pupil_paid(
        pd.Series([67_043, 98_077, 107_149, 115_338], index=stages),
        pd.Series([15_297, 18_335, 18_335, 37_924], index=stages),
    )
    assert found["administration"].tolist() == [2_470, 3_492, 3_765, 4_598]
    assert found["vat"].tolist() == [5_089, 7_194, 7_755, 9_472]
    assert found["total"].tolist() == [89_899, 127_098, 137_004, 167_332]


def test_balance_is_a_set_of_numbers() -> None:
    found = balance(np.array([250]), np.array([70_000]), COSTS, most=400)
    assert found.runs == ((250, 250), (267, 275), (283, 400))
    assert found.always_from == 283
    assert found.holds(250) and not found.holds(251) and not found.holds(266) and found.holds(270)
    assert balance(np.array([250]), np.array([70_000]), COSTS, most=240) == balance(
        np.array([9]), np.array([40_000]), COSTS, most=240
    )


def test_support_that_ends_is_no_income_of_a_larger_unit() -> None:
    support = np.where(np.arange(1, 11) <= 5, 300.0, 0.0)
    found = balance(np.array([5]), np.array([100.0]), ClassCosts(5, 600.0), given=support, most=10)
    assert found.runs == ((3, 5),)


def test_classes_are_counted_stage_by_stage() -> None:
    both = np.array([[13, 13], [26, 0]])
    assert COSTS.cost(both).tolist() == [6_000_000 + 2 * 1_150_000] * 2
    assert COSTS.cost(np.array([[25, 0], [24, 1]])).tolist() == [7_150_000, 8_300_000]
    assert spread(np.array([1, 2, 7]), np.array([3, 4])).sum(axis=1).tolist() == [1, 2, 7]


def test_the_next_pupil_costs_a_class_where_there_is_no_room() -> None:
    volumes = pd.DataFrame({"alla": [250, 251]}, index=["full", "rum"])
    found = one_more(volumes, pd.Series({"alla": 70_000.0}), ClassCosts(25, 1_150_000, 6_000_000, 5_000))
    assert found["net"].tolist() == [-1_085_000, 65_000]
    assert found["room"].tolist() == [0, 24]
    assert found["step_net"].tolist() == [-1_085_000, -1_085_000]


def test_home_care_breaks_even_at_a_share_of_the_worked_time() -> None:
    hourly = hourly_cost(30_000)
    assert round(hourly, 2) == 325.35
    assert round(per_performed_hour(hourly, 0.65), 2) == 500.54
    assert round(100 * needed_share(hourly, 426), 1) == 76.4
    assert needed_share(hourly, 426, other=26) == pytest.approx(hourly / 400)
    assert needed_share(hourly, 20, other=26) == np.inf


def test_next_years_pupils_follow_their_ages_and_are_missing_where_the_forecast_ends() -> None:
    persons = pd.DataFrame(
        {2026: [50.0, 150.0, 90.0], 2027: [55.0, 165.0, np.nan]}, index=["F", "1-3", "4-6"]
    )
    volumes = pd.Series({"F": 40.0, "1-3": 120.0, "4-6": 90.0})
    found = next_volumes(volumes, persons, 2026, 2027)
    assert found[["F", "1-3"]].tolist() == pytest.approx([44.0, 132.0])
    assert np.isnan(found["4-6"])
    assert next_volumes(volumes, persons, 2026, 2028).isna().all()
