from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.outliers_influence import variance_inflation_factor
from statsmodels.stats.stattools import jarque_bera

from effektiv.analysis.structure import fit, structural_model
from effektiv.analysis.structure_checks import (
    ALL,
    WITH_SIZE,
    Agreement,
    agreement,
    agreements,
    diagnose,
    quartiles,
    specification_curve,
    steadiness,
    transitions,
    yearly_residuals,
)
from effektiv.types import Break, StructuralModel
from tests.analysis.test_structure import codes, data

NAN = float("nan")
YEARS = (2022, 2023, 2024)


def country(
    n: int = 90, *, extra: float = 0.0, seed: int = 3
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame], pd.DataFrame]:
    """Cost, structure and population; municipality 0001 costs `extra` (log) more than its structure says."""
    rng = np.random.default_rng(seed)
    s, t = rng.normal(20, 4, n), rng.normal(5, 1, n)
    people = np.exp(rng.normal(9.6, 1.0, n))
    own = rng.normal(0, 0.04, n)
    own[0] = extra
    cost = np.exp(
        11 + 0.02 * s[:, None] + 0.03 * t[:, None] + own[:, None] + rng.normal(0, 0.01, (n, len(YEARS)))
    )
    made = [pd.DataFrame(np.tile(column[:, None], len(YEARS)), codes(n), list(YEARS)) for column in (s, t)]
    return (
        pd.DataFrame(cost, codes(n), list(YEARS)),
        dict(zip("ST", made, strict=True)),
        pd.DataFrame(np.tile(people[:, None], len(YEARS)), codes(n), list(YEARS)),
    )


class TestDiagnostics:
    def test_against_statsmodels(self):
        y, x = data(120)
        y = y + x["a"].rank() * np.random.default_rng(4).normal(0, 0.05, 120)
        found = diagnose(y, x)
        design = sm.add_constant(x)
        ols = sm.OLS(y, design).fit()
        assert found.uneven_p == pytest.approx(het_breuschpagan(ols.resid, design)[1], rel=1e-9)
        assert found.normal_p == pytest.approx(jarque_bera(ols.resid)[1], rel=1e-9)
        influence = ols.get_influence()
        assert found.frame["cook"].to_numpy() == pytest.approx(influence.cooks_distance[0], rel=1e-8)
        assert found.frame["leverage"].to_numpy() == pytest.approx(influence.hat_matrix_diag, rel=1e-8)
        factors = [variance_inflation_factor(design.to_numpy(), j) for j in (1, 2, 3)]
        assert found.inflation["vif"].to_numpy() == pytest.approx(factors, rel=1e-8)

    def test_an_odd_municipality_is_the_most_influential(self):
        y, x = data(120)
        x.loc["0007"] += 40.0
        y["0007"] += 30.0
        assert diagnose(y, x).influential[0] == "0007"

    def test_residuals_that_widen_are_found_and_even_ones_are_not(self):
        y, x = data(200)
        wide = y + (x["a"].rank() / 50.0) ** 2 * np.random.default_rng(1).normal(0, 1.0, 200)
        assert diagnose(wide, x).uneven_p < 0.001
        assert np.mean([diagnose(*data(200, seed)).uneven_p < 0.05 for seed in range(40)]) <= 0.15

    def test_too_few(self):
        assert diagnose(*data(20)) is None


class TestSpecificationCurve:
    def test_all_reasonable_choices_once_each(self):
        cost, structure, people = country()
        found = specification_curve(cost, structure, people, 2024)
        # All, without S, without T, with size; times span, scale, method, smallest.
        assert len(found.specifications) == 4 * 16
        assert {item.figures for item in found.specifications} == {ALL, "S", "T", WITH_SIZE}
        seen = {
            (i.figures, i.span, i.logarithmic, i.robust, i.smallest)
            for i in found.specifications
        }  # fmt: skip
        assert len(seen) == 64
        assert found.residuals.notna().all(axis=None)

    def test_the_plain_one_is_the_structural_model(self):
        cost, structure, people = country(extra=0.2)
        found = specification_curve(cost, structure, people, 2024)
        plain = next(
            number
            for number, item in enumerate(found.specifications)
            if (item.figures, item.span) == (ALL, 1)
            and item.logarithmic
            and not item.robust
            and item.smallest
        )
        model = StructuralModel(cost="r", quality="q", structure=("S", "T"))
        panels = {"r": cost, "q": cost, **structure}
        expected = structural_model(model, panels, 2024).cost
        assert found.residuals[plain].to_numpy() == pytest.approx(
            100 * np.expm1(expected.frame["residual_loo"].to_numpy()), abs=1e-8
        )
        assert found.specifications[plain].adj_r2 == pytest.approx(expected.adj_r2, abs=1e-10)

    def test_robust_fit_is_statsmodels_huber_without_the_municipality(self):
        cost, structure, people = country(extra=0.6)
        found = specification_curve(cost, structure, people, 2024)
        number, _ = next(
            (number, item)
            for number, item in enumerate(found.specifications)
            if item.robust and item.logarithmic and item.smallest and (item.figures, item.span) == (ALL, 1)
        )
        y = np.log(cost[2024])
        x = sm.add_constant(pd.DataFrame({"S": structure["S"][2024], "T": structure["T"][2024]}))
        others = sm.RLM(y.drop("0001"), x.drop("0001"), M=sm.robust.norms.HuberT()).fit()
        expected = 100 * np.expm1(y["0001"] - float(others.predict(x.loc[["0001"]]).iloc[0]))
        assert found.residuals.loc["0001", number] == pytest.approx(expected, abs=0.3)

    def test_the_smallest_are_predicted_when_they_are_not_in_the_fit(self):
        cost, structure, people = country(200)
        people.loc["0001"] = 900.0
        found = specification_curve(cost, structure, people, 2024)
        number, item = next((n, i) for n, i in enumerate(found.specifications) if not i.smallest)
        assert item.n == (people[2024] >= 5_000).sum() < 200
        keep = people[2024] >= 5_000
        y = np.log(cost[2024]).where(keep)
        x = pd.DataFrame({"S": structure["S"][2024], "T": structure["T"][2024]})
        ols = sm.OLS(y.dropna(), sm.add_constant(x[keep])).fit()
        predicted = float(ols.predict(sm.add_constant(x).loc[["0001"]]).iloc[0])
        assert found.residuals.loc["0001", number] == pytest.approx(
            100 * np.expm1(np.log(cost.loc["0001", 2024]) - predicted), abs=1e-8
        )

    def test_a_planted_surplus_is_seen_in_all(self):
        found = specification_curve(*country(extra=0.3), 2024)
        told = agreement(found, "0001")
        assert told.share == 1.0
        assert told.dearer == told.n == 64
        assert told.median == pytest.approx(35, abs=5)
        whole = agreements(found)
        assert whole.loc["0001", "share"] == 1.0
        assert 0.5 <= whole["share"].min() < 1.0

    def test_means_never_cross_a_break(self):
        cost, structure, people = country()
        broken = [Break(year=2024, reason="ny metod")]
        found = specification_curve(cost, structure, people, 2024, breaks=broken)
        assert {item.span for item in found.specifications} == {1}

    def test_nothing_to_fit(self):
        cost, structure, people = country()
        assert specification_curve(cost, structure, people, 2030) is None
        assert specification_curve(cost * NAN, structure, people, 2024) is None
        assert specification_curve(cost, {}, people * NAN, 2024) is None
        found = specification_curve(cost, structure, people, 2024)
        assert agreement(found, "9999") is None
        assert agreement(found, "0002") != Agreement(0, 0, NAN, NAN, NAN)


class TestYears:
    def test_each_year_is_its_own_fit(self):
        cost, structure, _ = country()
        structure["never"] = cost * NAN
        found = yearly_residuals(np.log(cost), structure, range(2020, 2025))
        assert found.summary.index.tolist() == list(YEARS)
        one = fit(np.log(cost[2023]), pd.DataFrame({k: structure[k][2023] for k in "ST"}))
        assert found.residual[2023].to_numpy() == pytest.approx(one.frame["residual_loo"].to_numpy())
        assert (found.residual[2023].abs() > found.half[2023]).equals(one.frame["outside"])
        assert found.summary.loc[2023, "adj_r2"] == one.adj_r2

    def test_no_year(self):
        cost, structure, _ = country()
        assert yearly_residuals(np.log(cost), structure, [1999]) is None

    def test_quarters_are_quarters(self):
        rng = np.random.default_rng(0)
        residual = pd.DataFrame(rng.normal(size=(100, 2)), codes(100), [2023, 2024])
        residual.loc["0001", 2024] = NAN
        found = quartiles(residual)
        assert found[2023].value_counts().tolist() == [25, 25, 25, 25]
        assert np.isnan(found.loc["0001", 2024])
        assert found.loc[residual[2023].idxmax(), 2023] == 4
        assert found.loc[residual[2023].idxmin(), 2023] == 1

    @pytest.mark.parametrize(
        ("own", "expected"),
        [
            ([4, 4, 3, 4], (4, 3, 4)),
            ([1, NAN, 1, 2], (1, 2, 3)),
            ([4, 4, 1, 1], (1, 2, 4)),
            ([3, 4, 2, 1], (1, 1, 4)),
            ([NAN] * 4, None),
        ],
    )
    def test_how_steady(self, own, expected):
        quarters = pd.DataFrame([own], ["0001"], list(range(2021, 2025)), dtype=float)
        assert steadiness(quarters, "0001") == expected
        assert steadiness(quarters, "0002") is None

    def test_transitions_by_hand_and_never_across_a_break_or_a_gap(self):
        quarters = pd.DataFrame(
            {2020: [1, 4, 4], 2021: [1, 4, 3], 2023: [4, 1, 1], 2024: [4, 2, NAN]}, list("abc"), dtype=float
        )
        found = transitions(quarters)
        assert found.loc[1].tolist() == [0.5, 0.5, 0.0, 0.0]  # 2020-21 a: 1 to 1; 2023-24 b: 1 to 2
        assert found.loc[4].tolist() == pytest.approx([0.0, 0.0, 1 / 3, 2 / 3])
        assert found.loc[2].isna().all()
        broken = transitions(quarters, [Break(year=2021, reason="ny metod")])
        assert broken.loc[4].tolist() == [0.0, 0.0, 0.0, 1.0]
