"""The calibration of the monthly follow-up counts right, and what was measured is what is promised."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import calibration_spc, forecast
from benchmarks.calibration_spc import NULLS, null_charts, null_summary, planted, promised, table, targets
from benchmarks.forecast import KINDS, NAIVE, measure, told
from effektiv.analysis.spc import false_rate


@pytest.fixture(scope="module")
def measured_months() -> dict:
    return json.loads(calibration_spc.FIGURES.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def measured_forecasts() -> dict:
    return json.loads(forecast.FIGURES.read_text(encoding="utf-8"))


def test_signals_are_counted_where_nothing_happens_and_where_it_does():
    quiet = null_summary(null_charts(NULLS[0], 40, decided=False), decided=False)
    assert 0 < quiet["new"] < 0.05
    assert quiet["outside"] <= quiet["new"]
    loud = replace(NULLS[0], draw=lambda draw, n: draw.normal(50, 5, n) + 30 * (np.arange(n) == 30))
    assert null_summary(null_charts(loud, 10, decided=True), decided=True)["worst_month"] == 1.0


def test_a_share_is_drawn_with_its_persons():
    found = null_charts(NULLS[3], 2, decided=True)
    assert [one.method for one in found] == ["P'", "P'"]
    assert found[0].points["value"].between(50, 100).all()


def test_a_planted_change_is_counted_when_it_is_seen():
    assert planted(4.0, 0.0, 10, promised(0.0))["seen"] == 1.0
    assert planted(0.0, 0.0, 10, 1)["seen"] < 0.5
    assert promised(0.3) == promised(0.0) + 7


def test_targets_and_the_table_are_counted():
    found = targets(60)
    assert found["meets_true"] > 0.9
    assert found["meets_said"] + found["misses_said"] > 10
    rates = table(12)
    assert list(rates["outside"]) == [12, 18, 24, 36]
    assert rates["outside"][12] < 0.1


def test_what_was_measured_of_the_months_is_what_is_promised(measured_months):
    nulls = measured_months["null"]
    for null in NULLS:
        for name in (name for name in nulls if name.startswith(f"{null.name}, baslinje")):
            if null.is_counted:
                assert nulls[name]["new"] <= 0.05, name
    assert len(nulls) == 2 * len(NULLS)
    for length in (12, 24):
        counted = [nulls[f"{null.name}, baslinje {length} månader"] for null in NULLS if null.is_counted]
        said = np.mean([one["expected"] for one in counted])
        assert said == pytest.approx(np.mean([one["new"] for one in counted]), abs=0.006)
        assert said == pytest.approx(false_rate(36, length), abs=0.004)
    assert measured_months["changes"]["nivån flyttar sig 3"]["seen"] >= 0.95
    assert measured_months["changes"]["glider 0,3 i månaden"]["seen"] >= 0.95
    kept = measured_months["targets"]["12 months"]
    assert min(kept["meets_true"], kept["misses_true"]) >= 0.95


def test_a_backtest_is_measured_against_what_the_year_ended_at():
    found = measure(KINDS[NAIVE], 2, years=3)
    assert found["series"] == 2
    assert 0 <= found["inside"] <= 1
    assert 0 < found["error_pct"] < 5
    assert "säkert bättre i" in told(NAIVE, found)


def test_what_was_measured_of_forecasts_is_what_is_promised(measured_forecasts):
    assert list(measured_forecasts) == list(KINDS)
    assert measured_forecasts[NAIVE]["better"] <= 0.05
    assert all(found["inside"] >= 0.7 for found in measured_forecasts.values())
