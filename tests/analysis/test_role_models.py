"""Role models: who is likely better on both cost and quality, on countries made for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.role_models import (
    SHOWN_COST,
    SHOWN_QUALITY,
    adjusted_cost,
    likely_better,
    mean_of_window,
    nearest,
)
from effektiv.types import Better, Break
from tests.analysis.conftest import codes, panel_of

COST = pd.Series({"0001": 0.0, "0002": -0.4, "0003": -0.4, "0004": 0.3, "0005": -0.01})
QUALITY = pd.Series({"0001": 50.0, "0002": 70.0, "0003": 30.0, "0004": 70.0, "0005": 51.0})
SD_COST, SD_QUALITY = pd.Series(0.1, index=COST.index), pd.Series(5.0, index=COST.index)


def find(**changes: object) -> pd.DataFrame:
    given = {
        "cost": COST,
        "quality": QUALITY,
        "better": Better.HIGHER,
        "cost_sd": SD_COST,
        "quality_sd": SD_QUALITY,
    }
    return likely_better("0001", **(given | changes))  # type: ignore[arg-type]


def test_only_who_is_far_better_on_both_is_likely() -> None:
    found = find()["probability"]
    assert list(found.index) == ["0002", "0003", "0004", "0005"], "never itself"
    assert found["0002"] > 0.9
    assert found[["0003", "0004"]].max() < 0.1, "better on one side is not better on both"
    assert 0.2 < found["0005"] < 0.5, "two differences within the noise"


def test_advantages_are_shrunk() -> None:
    first = find().loc["0002"]
    assert first["cost"] == pytest.approx(SHOWN_COST * 0.4)
    assert first["quality"] == pytest.approx(SHOWN_QUALITY * 20.0)


def test_lower_is_better_turns_quality() -> None:
    turned = find(quality=100.0 - QUALITY, better=Better.LOWER)
    pd.testing.assert_frame_equal(turned, find())


def test_more_noise_makes_less_likely_and_unknown_noise_nothing() -> None:
    assert find(cost_sd=SD_COST * 4)["probability"]["0002"] < find()["probability"]["0002"]
    assert find(cost_sd=SD_COST.drop("0002"))["probability"].isna().to_dict()["0002"]
    assert find(cost=COST.drop("0001")).empty, "a municipality without values has none"


def test_a_mean_takes_two_of_three_years_that_no_break_separates() -> None:
    panel = panel_of({"0001": [1.0, 2.0, 3.0], "0002": [1.0, np.nan, 3.0], "0003": [1.0, np.nan, np.nan]})
    means = mean_of_window(panel, 2022, ())
    assert means[["0001", "0002"]].tolist() == [2.0, 2.0] and np.isnan(means["0003"])
    after = mean_of_window(panel, 2022, [Break(year=2021, reason="Ny fråga.")])
    assert after["0001"] == 2.5 and np.isnan(after["0002"])


def test_what_structure_explains_is_taken_out_of_cost() -> None:
    rng, n = np.random.default_rng(3), 150
    people, old = np.exp(rng.normal(10, 1, n)), rng.normal(20, 4, n)
    extra = np.zeros(n)
    extra[7] = 0.25
    cost = np.exp(8 - 0.1 * np.log(people) + 0.05 * old + extra)
    frames = [pd.DataFrame({2025: values}, index=codes(n)) for values in (cost, people, old)]
    left = adjusted_cost(frames[0], {"old": frames[2]}, frames[1])[2025]
    assert left.iloc[7] == pytest.approx(0.25, abs=0.02)
    assert left.drop(left.index[7]).abs().max() < 0.02
    few = adjusted_cost(frames[0].iloc[:99], {"old": frames[2]}, frames[1])
    assert few.isna().all(axis=None), "too few to fit"


def test_the_nearest_are_alike_in_size_and_structure() -> None:
    people = panel_of({"0001": [1000.0], "0002": [1100.0], "0003": [90000.0], "0004": [1000.0]})
    condition = {"x": panel_of({"0001": [1.0], "0002": [1.1], "0003": [1.0], "0004": [9.0]})}
    found = nearest(condition, people, 2020, n=2)
    assert found["0001"][0] == "0002"
    assert all(code not in near and len(near) == 2 for code, near in found.items())
