from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.structure import fit, log_panel, structural_model
from effektiv.types import Break, StructuralModel

NAN = float("nan")


def codes(n: int) -> list[str]:
    return [f"{i:04d}" for i in range(1, n + 1)]


def data(n: int = 80, seed: int = 0, noise: float = 1.0) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(50, [5.0, 12.0, 0.3], size=(n, 3)), index=codes(n), columns=["a", "b", "c"])
    y = 3 + 0.2 * x["a"] - 0.05 * x["b"] + rng.normal(0, noise, n)
    return y, x


class TestFitAgainstStatsmodels:
    def test_coefficients_and_adjusted_r2(self):
        y, x = data()
        found = fit(y, x)
        z = (x - x.mean()) / x.std(ddof=0)
        oracle = sm.OLS(y, sm.add_constant(z)).fit()
        assert found.coefficients["beta"].to_numpy() == pytest.approx(oracle.params[1:].to_numpy(), rel=1e-9)
        assert found.coefficients["se"].to_numpy() == pytest.approx(oracle.bse[1:].to_numpy(), rel=1e-9)
        assert found.adj_r2 == pytest.approx(oracle.rsquared_adj, abs=1e-12)
        assert found.unexplained_pct == pytest.approx(100 * (1 - oracle.rsquared_adj))
        assert found.n == 80
        assert found.dropped == {}

    @settings(max_examples=8, deadline=None)
    @given(st.integers(0, 1000), st.integers(45, 70))
    def test_leave_one_out_equals_a_refit_without_the_municipality(self, seed, n):
        y, x = data(n, seed)
        found = fit(y, x).frame
        for code in (codes(n)[0], codes(n)[n // 2], codes(n)[-1]):
            others = sm.OLS(y.drop(code), sm.add_constant(x.drop(code))).fit()
            row = sm.add_constant(x, has_constant="add").loc[[code]]
            prediction = others.get_prediction(row).summary_frame(alpha=0.05).iloc[0]
            line = found.loc[code]
            assert line["predicted_loo"] == pytest.approx(prediction["mean"], abs=1e-9)
            assert line["low"] == pytest.approx(prediction["obs_ci_lower"], abs=1e-8)
            assert line["high"] == pytest.approx(prediction["obs_ci_upper"], abs=1e-8)
            assert line["residual_loo"] == pytest.approx(y[code] - prediction["mean"], abs=1e-9)

    def test_interval_holds_about_95_per_cent(self):
        outside = [fit(*data(200, seed)).frame["outside"].mean() for seed in range(10)]
        assert 0.03 < np.mean(outside) < 0.07


class TestFit:
    def test_one_odd_municipality_does_not_hide_itself(self):
        y, x = data(noise=0.1)
        y["0007"] += 5.0
        found = fit(y, x).frame
        assert found.loc["0007", "residual_loo"] == pytest.approx(5.0, abs=0.4)
        assert found.loc["0007", "outside"]

    def test_missing_values_leave_the_municipality_out(self):
        y, x = data()
        y["0001"], x.loc["0002", "b"] = NAN, NAN
        found = fit(y, x)
        assert found.n == 78
        assert not {"0001", "0002"} & set(found.frame.index)

    def test_riket_takes_no_part(self):
        y, x = data()
        y["0000"] = 1e6
        x.loc["0000"] = 1.0
        pd.testing.assert_frame_equal(fit(y, x).frame, fit(*data()).frame)

    @settings(max_examples=10, deadline=None)
    @given(st.integers(0, 1000), st.sampled_from([1e-3, 1e4]))
    def test_units_and_order_do_not_matter(self, seed, unit):
        y, x = data(60, seed)
        other = fit(
            y.sample(frac=1, random_state=seed), (x * [unit, 1.0, 1.0] + 7).sample(frac=1, random_state=1)
        )
        pd.testing.assert_frame_equal(fit(y, x).frame, other.frame, rtol=1e-7, atol=1e-9)

    def test_constant_and_absent_figures_are_dropped_and_named(self):
        y, x = data()
        found = fit(y, x.assign(flat=3.3, never=NAN))
        assert found.dropped == {"never": "absent", "flat": "constant"}
        assert found.coefficients.index.tolist() == ["a", "b", "c"]

    def test_collinear_figure_is_dropped_and_named(self):
        y, x = data()
        rng = np.random.default_rng(5)
        found = fit(y, x.assign(twin=x["a"] + rng.normal(0, 0.01, len(x))))
        assert sorted(found.dropped.values()) == ["collinear"]
        assert set(found.dropped) <= {"a", "twin"}
        assert found.adj_r2 == pytest.approx(fit(y, x).adj_r2, abs=0.01)

    def test_exact_combination(self):
        y, x = data()
        found = fit(y, x.assign(total=x["a"] + x["b"] + x["c"]))
        assert list(found.dropped.values()) == ["collinear"]
        assert np.isfinite(found.frame["predicted_loo"]).all()

    def test_too_few(self):
        y, x = data(39)  # 3 figures and an intercept need 40
        assert fit(y, x) is None
        assert fit(*data(40)) is not None
        assert fit(y, x[["a"]]) is not None
        assert fit(y.head(29), x[["a"]]) is None

    @pytest.mark.parametrize("columns", [[], ["flat"]])
    def test_no_structure(self, columns):
        y, x = data()
        assert fit(y, x.assign(flat=1.0)[columns]) is None

    def test_no_variation_or_no_data(self):
        y, x = data()
        assert fit(y * 0 + 1.0, x) is None
        assert fit(pd.Series(dtype=float), x) is None
        assert fit(y, pd.DataFrame()) is None

    def test_a_municipality_alone_with_its_structure_has_no_prediction(self):
        y, x = data()
        x = x[["a"]].assign(only=0.0)
        x.loc["0003", "only"] = 1.0
        found = fit(y, x).frame
        assert np.isnan(found.loc["0003", "predicted_loo"])
        assert not found.loc["0003", "outside"]
        assert found.drop(index="0003").notna().all(axis=None)


def panels_for(n: int = 80, years: range = range(2020, 2025), seed: int = 0) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    structure = rng.normal(20, 4, size=n)
    effect = rng.normal(0, 0.05, size=n)
    ln_cost = 10 + 0.02 * structure + effect
    quality = 70 - 0.5 * structure + rng.normal(0, 2, size=n)
    frames = {}
    for name, base, sd in (("r", ln_cost, 0.02), ("q", quality, 1.0), ("s", structure, 0.1)):
        values = base[:, None] + rng.normal(0, sd, size=(n, len(years)))
        frames[name] = pd.DataFrame(
            np.exp(values) if name == "r" else values, index=codes(n), columns=list(years)
        )
    return frames


class TestStructuralModel:
    model = StructuralModel(cost="r", quality="q", structure=("s", "never"))

    def test_one_year(self):
        panels = panels_for()
        result = structural_model(self.model, panels, 2024)
        expected = fit(np.log(panels["r"][2024]), panels["s"][[2024]])
        assert result.cost.frame["residual_loo"].to_numpy() == pytest.approx(
            expected.frame["residual_loo"].to_numpy()
        )
        assert result.years == (2024,)
        assert result.absent == ("never",)
        assert result.structure_years == {"s": (2024,)}
        assert result.cost.coefficients.loc["s", "beta"] > 0 > result.quality.coefficients.loc["s", "beta"]

    def test_three_year_means_explain_more(self):
        panels = panels_for()
        result = structural_model(self.model, panels, 2024, span=3)
        assert result.years == (2022, 2023, 2024)
        mean = panels["r"][[2022, 2023, 2024]].mean(axis=1)
        assert result.cost.frame["actual"].to_numpy() == pytest.approx(np.log(mean).to_numpy())
        assert result.cost.adj_r2 > structural_model(self.model, panels, 2024).cost.adj_r2

    def test_means_never_cross_a_break(self):
        broken = [Break(year=2024, reason="ny metod")]
        assert structural_model(self.model, panels_for(), 2024, span=3, breaks=broken).years == (2024,)

    def test_a_survey_that_skips_a_year(self):
        panels = panels_for()
        panels["q"][2023] = NAN
        result = structural_model(self.model, panels, 2024, span=3)
        assert (result.cost_years, result.quality_years) == ((2022, 2023, 2024), (2022, 2024))
        mean = panels["q"][[2022, 2024]].mean(axis=1)
        assert result.quality.frame["actual"].to_numpy() == pytest.approx(mean.to_numpy())

    def test_year_without_values(self):
        result = structural_model(self.model, panels_for(), 2030)
        assert result.cost is None
        assert result.quality is None

    def test_quality_missing_leaves_the_cost(self):
        panels = panels_for()
        panels["q"] = panels["q"] * NAN
        result = structural_model(self.model, panels, 2024)
        assert result.quality is None
        assert result.cost is not None

    def test_empty_panels(self):
        result = structural_model(self.model, {"r": pd.DataFrame(), "q": pd.DataFrame()}, 2024)
        assert (result.cost, result.quality) == (None, None)

    def test_unknown_figure(self):
        with pytest.raises(KeyError):
            structural_model(self.model, {}, 2024)


def test_log_panel_has_no_logarithm_of_zero(make_panel):
    logs = log_panel(make_panel({"a": [np.e, 0.0, -1.0, NAN]}))
    assert logs.loc["a", 2020] == pytest.approx(1.0)
    assert logs.loc["a"].isna().tolist() == [False, True, True, True]
