from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.panels import RunEnd
from effektiv.analysis.role_models import role_models
from effektiv.types import Better, Break

NAN = float("nan")


def find(cost, quality, peers=(), better=Better.HIGHER, noise=0.0, year=2023, **options):
    sd = pd.Series(noise, index=cost.index)
    return role_models(
        cost, quality, better, "i", peers, year=year, cost_noise=sd, quality_noise=sd, **options
    )


@pytest.fixture
def cost(make_panel):
    return make_panel(
        {"i": [5.0] * 4, "a": [6.0, 1.0, 1.0, 1.0], "b": [4.0] * 4, "c": [9.0] * 4, "d": [0.0] * 4}
    )


@pytest.fixture
def quality(make_panel):
    return make_panel({"i": [70.0] * 4, "a": [80.0] * 4, "b": [71.0] * 4, "c": [99.0] * 4, "d": [60.0] * 4})


def test_both_must_be_better(cost, quality):
    # c is finer but dearer, d cheaper but worse.
    assert find(cost, quality).index.tolist() == ["a", "b"]


def test_by_how_much_and_since_when(cost, quality):
    line = find(cost, quality).loc["a"]
    assert (line["cost_difference"], line["quality_difference"]) == (-4.0, 10.0)
    assert (line["years_better"], line["years_compared"]) == (3, 3)
    assert (line["since"], line["since_ended_by"]) == (2021, RunEnd.OTHER_SIDE)
    assert find(cost, quality).loc["b", "since_ended_by"] == RunEnd.DATA_START


def test_peers_first(cost, quality):
    found = find(cost, quality, peers=["b"])
    assert found.index.tolist() == ["b", "a"]
    assert found["peer"].tolist() == [True, False]


def test_two_of_three_years_are_enough_one_is_not(cost, quality):
    cost.loc["a", 2022] = 8.0
    found = find(cost, quality)
    assert found.loc["a", "years_better"] == 2
    assert (found.loc["a", "since"], found.loc["a", "since_ended_by"]) == (2023, RunEnd.OTHER_SIDE)
    cost.loc["a", 2021] = 8.0
    assert "a" not in find(cost, quality).index


def test_not_better_in_the_latest_year_has_no_since(cost, quality):
    cost.loc["a", 2023] = 8.0
    line = find(cost, quality).loc["a"]
    assert np.isnan(line["since"])
    assert pd.isna(line["since_ended_by"])


def test_a_third_year_that_outweighs_the_two(cost, quality):
    quality.loc["a", 2023] = 40.0
    assert "a" not in find(cost, quality).index


def test_a_missing_year_is_not_a_better_year(cost, quality):
    quality.loc["a", 2023] = NAN
    line = find(cost, quality).loc["a"]
    assert (line["years_better"], line["years_compared"]) == (2, 2)
    quality.loc["a", 2022] = NAN
    assert "a" not in find(cost, quality).index


def test_break_shortens_the_window_and_the_run(cost, quality):
    broken = [Break(year=2022, reason="ny metod")]
    line = find(cost, quality, breaks=broken).loc["a"]
    assert (line["years_compared"], line["since"], line["since_ended_by"]) == (2, 2022, RunEnd.BREAK)
    assert find(cost, quality, breaks=[Break(year=2023, reason="ny metod")]).empty


def test_lower_is_better(cost, quality):
    found = find(cost, 100.0 - quality, better=Better.LOWER)
    assert found.index.tolist() == ["a", "b"]
    assert found.loc["a", "quality_difference"] == 10.0


def test_certain_needs_both_beyond_the_noise(cost, quality):
    # SE of a three-year mean difference is noise*sqrt(2/3): b's advantage of 1 needs noise < 0.62.
    assert find(cost, quality, noise=0.6)["certain"].tolist() == [True, True]
    assert find(cost, quality, noise=0.7)["certain"].tolist() == [True, False]
    assert not find(cost, quality, noise=NAN)["certain"].any()


def test_margin_is_the_weaker_advantage(cost, quality):
    line = find(cost, quality).loc["b"]
    sd_cost = (np.percentile([5, 1, 4, 9, 0], 75) - np.percentile([5, 1, 4, 9, 0], 25)) / 1.3489795003921634
    sd_quality = (np.percentile([70, 80, 71, 99, 60], 75) - 70) / 1.3489795003921634
    assert line["margin"] == pytest.approx(min(1 / sd_cost, 1 / sd_quality))


def test_riket_and_itself_are_no_role_models(cost, quality):
    cost.loc["0000"], quality.loc["0000"] = -100.0, 1000.0
    assert not {"0000", "i"} & set(find(cost, quality, peers=["0000", "i"]).index)


def test_municipality_without_values(cost, quality):
    assert find(cost.drop(index="i"), quality).empty
    assert find(cost, quality.drop(index="i")).empty
    assert find(cost, quality, year=1999).empty
    assert list(find(cost.drop(index="i"), quality).columns) == list(find(cost, quality).columns)


def test_bad_options(cost, quality):
    with pytest.raises(ValueError, match="direction"):
        find(cost, quality, better=Better.NEITHER)
    with pytest.raises(ValueError, match="needed"):
        find(cost, quality, needed=4)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_every_role_model_is_better_in_two_years_and_nobody_is_forgotten(seed):
    rng = np.random.default_rng(seed)
    index = ["i", *(f"{k:04d}" for k in range(1, 25))]
    years = [2021, 2022, 2023]
    cost = pd.DataFrame(rng.normal(size=(25, 3)), index=index, columns=years)
    quality = pd.DataFrame(rng.normal(size=(25, 3)), index=index, columns=years)
    found = find(cost, quality)
    brute = {
        code
        for code in index
        if sum(
            cost.loc[code, y] < cost.loc["i", y] and quality.loc[code, y] > quality.loc["i", y] for y in years
        )
        >= 2
        and cost.loc[code].mean() < cost.loc["i"].mean()
        and quality.loc[code].mean() > quality.loc["i"].mean()
    }
    assert set(found.index) == brute
    shuffled = rng.permutation(index)
    pd.testing.assert_frame_equal(find(cost.loc[shuffled], quality), found)
