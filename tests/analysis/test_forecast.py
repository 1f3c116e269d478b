"""Forecasts against statsmodels' own, and a model that is called better only where that is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.forecast import (
    BETTER,
    UNSURE,
    Backtest,
    backtest,
    error_ratio,
    ets,
    seasonal_naive,
    unbroken,
    year_end,
)


def labels(n: int, first: int = 2022) -> list[str]:
    return [f"{first + k // 12}-{k % 12 + 1:02d}" for k in range(n)]


def steady(n: int, seed: int = 1, sd: float = 1.0) -> pd.Series:
    season = 100 + 10 * np.sin(np.arange(n) * np.pi / 6)
    return pd.Series(season + sd * np.random.default_rng(seed).standard_normal(n), index=labels(n))


@pytest.fixture(scope="module")
def tested() -> Backtest:
    found = backtest(steady(32))
    assert found is not None
    return found


# The seasonal naive -----------------------------------------------------------------------


def test_the_naive_band_widens_by_whole_years_only():
    width = np.diff(np.array(seasonal_naive(steady(40).to_numpy(), 30).band()), axis=0)[0]
    assert width[:12] == pytest.approx(width[0])
    assert width[12:24] == pytest.approx(width[0] * np.sqrt(2))
    assert width[24:] == pytest.approx(width[0] * np.sqrt(3))


@pytest.mark.parametrize("n", [12, 13, 17, 24, 31, 36])
def test_each_month_is_as_a_year_before_however_many_there_are(n):
    months = np.arange(n, dtype=float) % 12
    assert seasonal_naive(months, 15).mean.tolist() == [float((n + k) % 12) for k in range(15)]


def test_less_than_a_year_has_a_mean_and_less_than_two_months_nothing():
    found = seasonal_naive([1.0, 3.0, 2.0], 14)
    assert found.method == "mean"
    assert found.mean.tolist() == [2.0] * 14
    assert np.isfinite(found.band()).all()
    for few in ([1.0], [], [1.0, np.nan, 2.0]):
        with pytest.raises(ValueError, match="at least two"):
            seasonal_naive(few, 3)


def test_a_year_that_is_dearer_throughout_widens_the_sum_more_than_chance_does():
    alone = seasonal_naive(steady(36, sd=1.0).to_numpy(), 6)
    dearer = seasonal_naive(steady(36, sd=0.1).to_numpy() + 2 * (np.arange(36) // 12), 6)
    assert dearer.error.sum() / np.trace(dearer.error) > 4 > alone.error.sum() / np.trace(alone.error)


# The model --------------------------------------------------------------------------------


def test_the_model_forecasts_and_varies_as_statsmodels_says():
    model = pytest.importorskip("statsmodels.tsa.exponential_smoothing.ets").ETSModel
    draw = np.random.default_rng(5)
    values = steady(40).to_numpy() + np.cumsum(draw.normal(0, 2, 40))
    found = ets(values, 15)
    dated = pd.Series(values, index=pd.period_range("2022-01", periods=40, freq="M"))
    theirs = model(
        dated, error="add", seasonal="add", seasonal_periods=12, initialization_method="heuristic"
    ).fit(disp=False)
    assert found.mean == pytest.approx(theirs.forecast(15).to_numpy(), rel=0.01)
    variance = np.asarray(theirs.get_prediction(start=40, end=54).forecast_variance)
    assert np.diag(found.error) / found.error[0, 0] == pytest.approx(variance / variance[0], rel=0.1)
    # They divide the squares by all months, we by those that are left when level and season have been estimated.
    assert found.error[0, 0] / variance[0] == pytest.approx(40 / 26, rel=0.05)
    assert found.error.sum() > np.trace(found.error)  # a level that has moved stays moved


def test_large_amounts_are_forecast_as_small_ones():
    values = steady(30).to_numpy()
    assert ets(values * 1e9, 3).mean == pytest.approx(1e9 * ets(values, 3).mean)
    with pytest.raises(ValueError, match="at least 24"):
        ets(values[:23], 3)


# Which is better --------------------------------------------------------------------------


def test_a_ratio_is_sure_only_when_blocks_agree():
    draw = np.random.default_rng(1)
    naive = 1 + draw.random(24)
    assert error_ratio(0.6 * naive, naive)[2] < 1
    ratio, low, high = error_ratio(naive * np.where(np.arange(24) < 12, 0.3, 1.3), naive)
    assert ratio < 1 < high
    assert low < ratio
    assert np.isnan(error_ratio(naive[:11], naive[:11])[1])
    assert np.isnan(error_ratio(naive, 0 * naive)[0])


def test_the_backtest_uses_no_month_that_was_to_come(tested):
    assert list(tested.errors.index) == labels(32)[23:29]
    changed = steady(32)
    changed.iloc[-1] += 50.0
    found = backtest(changed)
    pd.testing.assert_frame_equal(found.errors[:-1], tested.errors[:-1])
    assert (found.errors.iloc[-1] > tested.errors.iloc[-1]).all()


def test_better_is_said_only_of_an_interval_under_one(tested):
    sure = Backtest(tested.errors, 0.6, 0.4, 0.9)
    assert (sure.is_better, sure.words) == (True, BETTER)
    for high in (1.0, 1.2, np.nan):
        found = Backtest(tested.errors, 0.6, 0.4, high)
        assert (found.is_better, found.words) == (False, UNSURE)
    assert backtest(steady(26)) is None


# The year's end ---------------------------------------------------------------------------


def test_a_year_ends_at_its_months_so_far_and_the_forecast_of_the_rest(tested):
    values = steady(32)
    found = year_end(values, budget=1_210.0, tested=tested)
    assert found.months_left == 4
    assert found.so_far == pytest.approx(values.iloc[-8:].sum())
    rest = (ets if found.method == "ets" else seasonal_naive)(values.to_numpy(), 4)
    assert (found.low, found.likely, found.high) == pytest.approx(
        [found.so_far + part for part in rest.total()]
    )
    assert (found.ratio, found.is_better) == (tested.ratio, tested.is_better)
    assert found.deviation == pytest.approx((1_210 - found.high, 1_210 - found.likely, 1_210 - found.low))


def test_the_naive_is_used_where_the_model_was_worse(tested):
    worse = Backtest(tested.errors, 1.2, 0.9, 1.5)
    assert year_end(steady(32), tested=worse).method == "seasonal naive"


def test_a_year_that_is_over_is_known():
    found = year_end(steady(24))
    assert found.low == found.likely == found.high == pytest.approx(steady(24).iloc[12:].sum())
    assert np.isnan(found.ratio)
    assert found.words == UNSURE


def test_months_that_lack_are_not_filled():
    values = steady(30)
    gap = values.drop("2023-04")
    assert list(unbroken(gap).index) == labels(30)[16:]
    assert year_end(gap, budget=1.0).method == "seasonal naive"  # too few after the gap to try the model on
    assert year_end(values.drop("2024-02")) is None
    assert year_end(values[:11]) is None
    values["2024-07"] = np.nan
    assert unbroken(values).index[-1] == "2024-06"
    with pytest.raises(ValueError, match="by month"):
        unbroken(pd.Series([1.0], index=["202401"]))
