"""Portfolios by hand: one measure, two that overlap, one that costs more, one that frees time only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.portfolio import (
    EXACT,
    RHO,
    SEED,
    Benefit,
    Estimate,
    Measure,
    Overlap,
    carried,
    drawn,
    hourly_cost,
    portfolio,
    three_ways,
    tornado,
)

YEARS = range(2026, 2031)


def measure(name: str, *numbers: float, benefit: Benefit = Benefit.MONEY, **more: Any) -> Measure:
    """Return a measure from 2026, or as said."""
    years = {"first": 2026, "full": 2026}
    return Measure(name, benefit, Estimate(*numbers), **(years | more))


def sure(name: str, amount: float, **more: Any) -> Measure:
    """Return a measure whose effect is known."""
    return measure(name, amount, amount, amount, **more)


def test_an_hour_costs_what_ineras_formula_says() -> None:
    assert hourly_cost(30_000) == pytest.approx(325.352, abs=5e-4)
    assert hourly_cost(30_000) / 0.65 == pytest.approx(500.54, abs=5e-3)


def test_one_measure_has_the_percentiles_it_was_given_and_its_ramp() -> None:
    one = measure(
        "A",
        100,
        300,
        900,
        first=2027,
        full=2029,
        first_share=0.2,
        start=2026,
        one_off=500,
        yearly=50,
        start_share=0.5,
    )
    found = portfolio([one], YEARS)
    assert found.full_year.to_list() == pytest.approx([100, 300, 900], rel=0.002)
    assert found.cost.to_list() == [525, 50, 50, 50, 50]
    assert found.money["likely"].to_list() == pytest.approx([0, 60, 180, 300, 300], rel=0.01)
    assert list(found.net.loc[2028]) == pytest.approx([10, 130, 490], rel=0.02)
    # 525, 575, 625, 675 and 725 spent; 60, 240, 540 and 840 freed by the middle draw.
    assert found.payback_year == 2030
    assert one.effect is not None
    assert found.shares.loc["A", "alone"] == pytest.approx(one.effect.mean, rel=0.01)


def test_two_that_overlap_are_counted_once_and_share_it_evenly() -> None:
    two = [sure("A", 100), sure("B", 60)]
    whole = portfolio(two, YEARS, overlaps=[Overlap("A", "B")])
    assert whole.full_year["likely"] == 100
    assert whole.shares["counted"].to_dict() == {"A": 70, "B": 30}
    half = portfolio(two, YEARS, overlaps=[Overlap("A", "B", 0.5)])
    assert half.full_year["likely"] == 130
    assert half.shares["counted"].to_dict() == {"A": 85, "B": 45}
    three = [sure("A", 100), sure("B", 100), sure("C", 100)]
    pairs = [Overlap("A", "B"), Overlap("A", "C"), Overlap("B", "C")]
    assert portfolio(three, YEARS, overlaps=pairs).full_year["likely"] == 100


def test_a_driver_gives_no_more_than_its_gap() -> None:
    two = [sure("A", 100, driver="N1"), sure("B", 60, driver="N1"), sure("C", 10)]
    found = portfolio(two, YEARS, caps={"N1": 120.0, "N2": 5.0})
    assert found.full_year["likely"] == 130
    assert found.shares["counted"].to_dict() == {"C": 10, "A": 80, "B": 40}
    assert found.capped.to_dict() == {"N1": 1.0}


def test_one_that_raises_the_cost_is_taken_off_and_hides_in_no_overlap() -> None:
    two = [sure("A", 100), sure("B", -30)]
    assert portfolio(two, YEARS).full_year["likely"] == 70
    assert portfolio(two, YEARS, overlaps=[Overlap("A", "B")]).full_year["likely"] == 70


def test_time_is_no_money_but_its_measure_costs() -> None:
    found = portfolio([sure("A", 400, benefit=Benefit.TIME, yearly=10_000)], YEARS, caps={"": 1.0})
    assert found.hours["likely"].to_list() == [400] * 5
    assert found.net["likely"].to_list() == [-10_000] * 5
    assert found.payback_year is None
    kept = portfolio([Measure("B", Benefit.UNVALUED, None, 2026, 2026, yearly=5)], YEARS)
    assert kept.net["high"].to_list() == [-5] * 5


def test_correlation_widens_the_sum_and_independence_narrows_it() -> None:
    ten = [measure(f"M{n}", 50, 100, 150) for n in range(10)]
    together, apart = portfolio(ten, YEARS), portfolio(ten, YEARS, rho=0.0)
    # Equal normal effects: the spread of a sum of n is sqrt(n + n (n - 1) rho) of one's.
    assert (together.full_year["high"] - 1000) / 50 == pytest.approx(np.sqrt(10 + 90 * 0.5), rel=0.03)
    assert (apart.full_year["high"] - 1000) / 50 == pytest.approx(np.sqrt(10), rel=0.03)
    with pytest.raises(ValueError, match="between 0 and 1"):
        portfolio(ten, YEARS, rho=-0.1)


def test_many_that_hang_together_still_sum_to_the_whole() -> None:
    many = [measure(f"M{n}", 5, 10 + n, 40, driver="N1") for n in range(EXACT + 3)]
    found = portfolio(many, YEARS, caps={"N1": 90.0}, draws=500)
    exact = portfolio(many[:EXACT], YEARS, caps={"N1": 90.0}, draws=500)
    for one, count in ((found, EXACT + 3), (exact, EXACT)):
        effects = drawn(many[:count], rho=RHO, draws=500, seed=SEED)
        whole = np.minimum(np.sum(list(effects.values()), axis=0), 90.0)
        assert one.shares["counted"].sum() == pytest.approx(whole.mean(), rel=1e-9)
        assert (one.shares["counted"] > 0).all()


def test_bands_cover_what_happens_as_often_as_they_say_when_the_estimates_are_true() -> None:
    """Outcomes are planted by a generator of their own: three measures, 4 000 countries, correlation 0.5."""
    three = [measure("A", -20, 100, 150), measure("B", 10, 40, 200), measure("C", 60, 80, 90)]
    draw = np.random.default_rng(5)
    normal = draw.multivariate_normal(np.zeros(3), np.full((3, 3), 0.5) + 0.5 * np.eye(3), 4000)
    happened = np.zeros(4000)
    for place, item in enumerate(three):
        assert item.effect is not None
        low, mid, high = item.effect.low, item.effect.likely, item.effect.high
        z = normal[:, place] / 1.2815515655446004
        happened += np.where(z < 0, mid + z * (mid - low), mid + z * (high - mid))
    band = portfolio(three, YEARS).full_year
    inside = (happened >= band["low"]) & (happened <= band["high"])
    assert inside.mean() == pytest.approx(0.80, abs=0.02)
    assert (happened > band["high"]).mean() == pytest.approx(0.10, abs=0.015)


def test_the_tornado_moves_one_at_a_time_under_the_cap() -> None:
    three = [
        measure("A", 50, 100, 200, driver="N1"),
        measure("B", 30, 40, 45),
        sure("C", 5, benefit=Benefit.TIME),
    ]
    found = tornado(three, caps={"N1": 150.0})
    assert found.index.to_list() == ["A", "B"]
    assert list(found.loc["A"]) == [90, 140, 190]
    assert list(found.loc["B"]) == [130, 140, 145]


def test_what_is_not_delivered_is_carried_on() -> None:
    found = carried(pd.Series({2023: 10.0, 2024: 8.0, 2025: 5.0}), pd.Series({2023: 6.0, 2024: 9.0}))
    assert found["undelivered"].to_dict() == {2023: 4, 2024: -1}
    assert found["carried"].to_dict() == {2023: 4, 2024: 3}


def test_the_three_ways_multiply() -> None:
    found = three_ways(0.8, 1.1, 1.0)
    assert found.to_dict() == pytest.approx(
        {"resource": 1.25, "volume": 1.1, "quality": 1.0, "together": 1.375}
    )
    with pytest.raises(ValueError, match="positive"):
        three_ways(0.0, 1.0, 1.0)


@pytest.mark.parametrize("numbers", [(3.0, 2.0, 4.0), (1.0, 2.0, float("nan")), (1.0, 5.0, 4.0)])
def test_an_estimate_that_is_not_in_order_is_refused(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="in order"):
        Estimate(*numbers)


def test_what_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="full effect before"):
        sure("A", 1, first=2028, full=2027)
    with pytest.raises(ValueError, match="one id"):
        portfolio([sure("A", 1), sure("A", 2)], YEARS)
    with pytest.raises(ValueError, match="no measure"):
        portfolio([sure("A", 1)], YEARS, overlaps=[Overlap("A", "B")])
