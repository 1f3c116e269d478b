"""The stochastic frontier: FRONTIER 4.1's first example, and countries with and without inefficiency."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.sfa import stochastic_frontier


def test_frontier_4_1_example_1(shared: Path):
    firms = pd.read_csv(shared / "data/evaluation-classics/front41Data.txt", sep=" ").set_index("firm")
    found = stochastic_frontier(np.log(firms["output"]), np.log(firms[["capital", "labour"]]), cost=False)
    assert found.beta.tolist() == pytest.approx([0.561620, 0.281102, 0.536480], abs=1e-5)
    assert found.sigma2 == pytest.approx(0.217000, abs=1e-5)
    assert found.gamma == pytest.approx(0.797207, abs=1e-5)
    assert found.log_likelihood == pytest.approx(-17.027229, abs=1e-5)
    assert found.log_likelihood_ols == pytest.approx(-18.446849, abs=1e-5)
    assert found.ratio == pytest.approx(2.839240, abs=2e-5)
    assert found.efficiency.loc[1] == pytest.approx(0.650689, abs=1e-5)
    assert found.efficiency.mean() == pytest.approx(0.740568, abs=1e-5)
    assert found.p == pytest.approx(0.046, abs=5e-4) and not found.wrong_skew


def country(seed: int, inefficiency: float, n: int = 290) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    x = pd.DataFrame({"a": rng.normal(50.0, 9.0, n), "b": rng.normal(0.0, 1.0, n)})
    y = 10.0 + 0.01 * x["a"] + 0.05 * x["b"] + rng.normal(0.0, 0.06, n)
    return y + inefficiency * np.abs(rng.normal(size=n)), x


def test_without_inefficiency_few_are_told_of_any():
    told = [stochastic_frontier(*country(seed, 0.0)).p < 0.05 for seed in range(40)]
    assert np.mean(told) <= 0.12  # 0.05, and what 40 draws may add


def test_large_inefficiency_is_found_and_ranked():
    y, x = country(3, 0.2)
    found = stochastic_frontier(y, x)
    assert found.p < 1e-3 and not found.wrong_skew and 0.8 < found.gamma < 1.0
    assert found.beta["a"] == pytest.approx(0.01, abs=0.002)
    truth = y - (10.0 + 0.01 * x["a"] + 0.05 * x["b"])
    assert found.efficiency.corr(-truth, method="spearman") > 0.9


def test_costs_skewed_the_other_way_have_no_inefficiency_to_see():
    y, x = country(3, -0.2)
    found = stochastic_frontier(y, x)
    assert found.wrong_skew and found.p > 0.5


def test_missing_values_and_too_few_are_refused():
    y, x = country(1, 0.1)
    with pytest.raises(ValueError, match="all values known"):
        stochastic_frontier(y.where(y.index != 4), x)
    with pytest.raises(ValueError, match="more than 5"):
        stochastic_frontier(y[:5], x[:5])
