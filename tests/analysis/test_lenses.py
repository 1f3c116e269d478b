from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.lenses import LOWER, MIDDLE, UPPER, beside_expected, place_of, residual_lens, thirds
from effektiv.types import Better

CODES = [f"{place:04d}" for place in range(1, 101)]


def structure(seed: int = 0) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(100, 2)), CODES, ["a", "b"])


def test_what_structure_explains_is_taken_away_and_what_is_planted_is_left():
    x = structure()
    cost = np.exp(10.0 + 0.1 * x["a"] - 0.2 * x["b"])
    cost["0007"] *= 1.2
    found = beside_expected(cost, x, logarithmic=True)
    assert found["0007"] == pytest.approx(1.2, abs=0.001)
    assert found.drop("0007").to_numpy() == pytest.approx(1.0, abs=0.02)
    quality = 200.0 + 5.0 * x["a"]
    quality["0007"] += 12.0
    assert beside_expected(quality, x, logarithmic=False)["0007"] - quality.mean() == pytest.approx(
        12.0, abs=0.2
    )


def test_a_cost_of_zero_or_less_and_one_without_structure_has_no_place():
    x = structure()
    cost = pd.Series(np.linspace(1.0, 2.0, 100), CODES)
    cost["0003"], cost["0004"], x.loc["0005"] = 0.0, -2.0, np.nan
    found = beside_expected(cost, x, logarithmic=True)
    assert not {"0003", "0004", "0005"} & set(found.index) and len(found) == 97


def test_too_few_municipalities_give_no_model():
    assert beside_expected(pd.Series([1.0, 2.0], ["a", "b"]), structure()[:2], logarithmic=True).empty


def test_places_count_equals_as_half_and_leave_out_the_missing():
    assert place_of(pd.Series([1.0, 1.0, 3.0, np.nan])).tolist() == [25.0, 25.0, 100.0]
    assert place_of(pd.Series([7.0])).empty


def test_cost_and_quality_weigh_the_same():
    codes = ["dear and good", "cheap and bad", "middle", "cheap and good"]
    cost = pd.Series([1.3, 0.8, 1.0, 0.7], codes)
    quality = {"q": pd.Series([9.0, 1.0, 5.0, 7.0], codes), "r": pd.Series([1.0, 9.0, 5.0, 2.0], codes)}
    better = {"q": Better.HIGHER, "r": Better.LOWER}
    found = residual_lens(cost, quality, better)
    assert found.idxmax() == "cheap and good"
    assert (
        found["cheap and bad"] == found["middle"] < found["dear and good"]
    )  # places 67 + 0, 33 + 33, 0 + 100


def test_thirds_are_of_the_country_and_need_two_years():
    years = pd.DataFrame({2018: np.arange(9.0), 2019: np.arange(9.0), 2020: np.nan}, index=list("abcdefghi"))
    years.loc["j"] = [99.0, np.nan, np.nan]
    found = thirds(years)
    assert found[list("abc")].tolist() == [LOWER] * 3
    assert found[list("def")].tolist() == [MIDDLE] * 3
    assert found[list("ghi")].tolist() == [UPPER] * 3
    assert np.isnan(found["j"])
