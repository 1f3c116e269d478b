"""Frontiers: published results to their digits, properties that any frontier has, one way against another."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.frontier import (
    Dea,
    bootstrap,
    dea,
    fdh,
    few_units,
    hull_peers,
    hull_scores,
    malmquist,
    order_m,
    scale_efficiency,
)


def frame(**columns: list[float]) -> pd.DataFrame:
    length = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=[str(at + 1) for at in range(length)], dtype=float)


EG1 = frame(x1=[2, 2, 6, 3, 6], x2=[5, 4, 6, 2, 2]), frame(y=[1, 2, 3, 1, 2])
EG2 = frame(x=[2, 4, 3, 5, 6]), frame(y=[1, 2, 3, 4, 5])
EG4 = frame(x=[2, 4, 3, 5, 5]), frame(y=[1, 3, 4, 3, 5])
"""Examples 1, 2 and 4 of DEAP 2.1 (Coelli 1996); the last is example 2 a year later."""


class TestPublished:
    def test_deap_example_1(self):
        found = dea(*EG1, "crs")
        assert found.scores.round(3).tolist() == [0.5, 1.0, 0.833, 0.714, 1.0]
        assert found.scores.mean() == pytest.approx(0.810, abs=5e-4)
        assert found.slacks.loc["1"].to_dict() == pytest.approx({"x1": 0.0, "x2": 0.5, "y": 0.0})
        assert found.peers["1"] == pytest.approx({"2": 0.5})
        assert found.peers["3"] == pytest.approx({"2": 1.0, "5": 0.5})
        assert found.peers["4"] == pytest.approx({"5": 0.286, "2": 0.214}, abs=5e-4)
        assert found.few

    @pytest.mark.parametrize(
        ("returns", "orientation", "scores"),
        [
            ("crs", "input", [0.5, 0.5, 1, 0.8, 0.833]),
            ("crs", "output", [0.5, 0.5, 1, 0.8, 0.833]),
            ("vrs", "input", [1, 0.625, 1, 0.9, 1]),
            ("vrs", "output", [1, 0.545, 1, 0.923, 1]),
        ],
    )
    def test_deap_example_2(self, returns, orientation, scores):
        assert dea(*EG2, returns, orientation).scores.round(3).tolist() == scores

    def test_deap_example_2_by_hull_and_scale(self):
        assert hull_scores(*EG2, "crs").round(3).tolist() == [0.5, 0.5, 1, 0.8, 0.833]
        assert hull_scores(*EG2).round(3).tolist() == [1, 0.625, 1, 0.9, 1]
        assert scale_efficiency(*EG2).round(3).tolist() == [0.5, 0.8, 1, 0.889, 0.833]
        assert scale_efficiency(*EG1).tolist() == pytest.approx(
            (dea(*EG1, "crs").scores / dea(*EG1, "vrs").scores).tolist()
        )

    def test_deap_example_4_over_two_years(self):
        found = malmquist(EG2, EG4).round(3)
        assert found["effch"].tolist() == pytest.approx([0.75, 1.125, 1, 0.562, 0.9], abs=6e-4)
        assert found["techch"].tolist() == [1.333] * 5
        assert found["tfpch"].tolist() == [1, 1.5, 1.333, 0.75, 1.2]

    def test_in_shephard_s_input_distances_the_same_index_is_the_inverse(self):
        """Some programs give it so, and then less than 1 is better: from distances by programmes, not by hull."""

        def distance(year: tuple[pd.DataFrame, pd.DataFrame], unit: str, frontier) -> float:
            """1/theta of a unit of one year against the other's frontier, as one unit more that only it is scored by."""
            x, y = (
                pd.concat([of, own.loc[[unit]].set_axis(["own"])])
                for of, own in zip(frontier, year, strict=True)
            )
            theta = dea(x, y, "crs").scores["own"]
            # Inside, the unit is scored by the others; outside it makes the frontier itself, and 1/theta is its rate.
            rate = (frontier[1]["y"] / frontier[0]["x"]).max() / float(y.loc["own", "y"] / x.loc["own", "x"])
            assert theta == pytest.approx(min(1.0, 1.0 / rate))
            return rate

        ours = malmquist(EG2, EG4)["tfpch"]
        for unit in ours.index:
            d11, d12 = distance(EG2, unit, EG2), distance(EG4, unit, EG2)
            d21, d22 = distance(EG2, unit, EG4), distance(EG4, unit, EG4)
            shephard = np.sqrt(d12 / d11 * d22 / d21)
            assert shephard == pytest.approx(1.0 / ours[unit], abs=1e-12)

    def test_program_follow_through(self, shared: Path):
        schools = pd.read_csv(shared / "data/evaluation-classics/charnes1981.csv", sep=";", index_col="firm")
        schools.index = schools.index.astype(str)

        def scores(part: pd.DataFrame, returns) -> pd.Series:
            return dea(part.filter(regex="^x"), part.filter(regex="^y"), returns).scores

        def found(part: pd.DataFrame, returns) -> tuple[float, int]:
            theta = scores(part, returns)
            return float(theta.mean()), int((theta > 1 - 1e-6).sum())

        assert found(schools, "crs") == (pytest.approx(0.937765, abs=5e-7), 19)
        assert found(schools, "vrs") == (pytest.approx(0.953431, abs=5e-7), 27)
        assert found(schools[schools["pft"] == 1], "crs") == (pytest.approx(0.9448, abs=5e-5), 17)
        assert found(schools[schools["pft"] == 0], "crs") == (pytest.approx(0.9582, abs=5e-5), 8)


def drawn(seed: int, n: int, inputs: int, outputs: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    index = [f"{at:04d}" for at in range(n)]
    y = rng.uniform(1.0, 3.0, (n, outputs)).round(2)  # rounded, so that some are alike
    x = y.mean(axis=1)[:, None] ** 1.2 * np.exp(rng.exponential(0.3, (n, inputs)))
    names = [f"x{at}" for at in range(inputs)], [f"y{at}" for at in range(outputs)]
    return pd.DataFrame(x, index, names[0]), pd.DataFrame(y, index, names[1])


COUNTRIES = st.builds(drawn, st.integers(0, 10_000), st.integers(3, 18), st.integers(1, 3), st.integers(1, 3))
ONE_INPUT = st.builds(drawn, st.integers(0, 10_000), st.integers(3, 40), st.just(1), st.integers(1, 3))
FEW = settings(max_examples=12, deadline=None)


def _with_slack(found: Dea, x: pd.DataFrame, y: pd.DataFrame) -> pd.Series:
    """Return scores, and the sum of slacks in shares of their figures' means, which is what is made largest."""
    return pd.concat([found.scores, (found.slacks / pd.concat([x.mean(), y.mean()])).sum(axis=1)])


class TestProperties:
    @FEW
    @given(COUNTRIES, st.floats(0.001, 1000.0))
    def test_units_of_measurement_do_not_matter(self, country, factor):
        x, y = country
        other = x * np.linspace(1.0, factor, x.shape[1]), y * factor
        for way in (dea, lambda a, b: order_m(a, b, 20), fdh):
            ours, theirs = way(x, y), way(*other)
            if way is dea:
                ours, theirs = _with_slack(ours, *country), _with_slack(theirs, *other)
            assert theirs.to_numpy() == pytest.approx(ours.to_numpy(), abs=1e-6 if way is dea else 1e-9)

    @FEW
    @given(COUNTRIES)
    def test_the_freer_the_technology_the_higher_the_score(self, country):
        constant, variable = dea(*country, "crs").scores, dea(*country, "vrs").scores
        free, robust = fdh(*country), order_m(*country, 50)
        assert (constant <= variable + 1e-9).all()
        assert (variable <= free + 1e-9).all()
        assert (free <= robust + 1e-9).all() and (free <= 1).all() and (constant > 0).all()

    @FEW
    @given(COUNTRIES)
    def test_order_m_falls_to_fdh_as_m_grows(self, country):
        steps = [order_m(*country, m) for m in (1, 5, 50, 100_000)]
        for more, less in pairwise(steps):
            assert (less <= more + 1e-12).all()
        assert steps[-1].to_numpy() == pytest.approx(fdh(*country).to_numpy(), abs=1e-9)

    @settings(max_examples=25, deadline=None)
    @given(ONE_INPUT)
    def test_hulls_equal_linear_programmes(self, country):
        for returns in ("crs", "vrs"):
            by_programmes = dea(*country, returns).scores.to_numpy()
            assert hull_scores(*country, returns).to_numpy() == pytest.approx(by_programmes, abs=1e-9)

    @FEW
    @given(ONE_INPUT)
    def test_peers_of_the_hull_reach_the_outputs_with_the_score_s_input(self, country):
        x, y = country
        scores = hull_scores(x, y)
        for unit, peers in hull_peers(x, y).items():
            weights = pd.Series(peers)
            assert weights.sum() == pytest.approx(1.0)
            assert (weights @ y.loc[weights.index] >= y.loc[unit] - 1e-9).all()
            assert weights @ x.loc[weights.index, "x0"] == pytest.approx(scores[unit] * x.loc[unit, "x0"])
            assert (scores[weights.index] > 1 - 1e-9).all()

    def test_order_m_equals_its_simulation(self):
        x, y = drawn(4, 30, 2, 2)
        rng = np.random.default_rng(5)
        exact = order_m(x, y, 8)
        for unit in ("0000", "0007", "0019"):
            able = x[(y >= y.loc[unit]).all(axis=1)]
            t = (able / x.loc[unit]).max(axis=1).to_numpy()
            best = rng.choice(t, (200_000, 8)).min(axis=1)
            assert exact[unit] == pytest.approx(best.mean(), abs=5 * best.std() / np.sqrt(200_000))

    def test_outputs_that_are_all_alike_leave_the_least_input(self):
        x, y = frame(x=[2, 4, 5]), frame(y=[3, 3, 3])
        assert hull_scores(x, y).tolist() == [1.0, 0.5, 0.4]
        assert hull_peers(x, y)["3"] == {"1": 1.0}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("returns", "orientation"), [("crs", "input"), ("vrs", "input"), ("vrs", "output")])
def test_pyfrontier_finds_the_same(returns, orientation):
    model = pytest.importorskip("Pyfrontier.frontier_model", reason="Pyfrontier finns inte här")
    x, y = drawn(9, 12, 2, 2)
    theirs = model.EnvelopDEA(returns.upper(), orientation.removesuffix("put"))
    theirs.fit(x.to_numpy(), y.to_numpy())
    ours = dea(x, y, returns, orientation)
    scores = np.array([result.score for result in theirs.result])
    assert ours.scores.to_numpy() == pytest.approx(
        scores if orientation == "input" else 1.0 / scores, abs=1e-5
    )


class TestBootstrap:
    def test_it_is_seeded_and_the_order_of_units_does_not_matter(self):
        x, y = drawn(1, 40, 1, 1)
        ours = bootstrap(x, y, replicates=60).frame
        turned = bootstrap(x[::-1], y[::-1], replicates=60).frame
        pd.testing.assert_frame_equal(ours, turned.loc[ours.index])
        assert not np.allclose(ours["low"], bootstrap(x, y, replicates=60, seed=2).frame["low"])

    @FEW
    @given(ONE_INPUT)
    def test_what_it_says_is_always_possible(self, country):
        try:
            found = bootstrap(*country, replicates=40)
        except ValueError as fault:
            assert "lie inside the frontier" in str(fault)
            return
        frame = found.frame
        assert ((frame["low"] > 0) & (frame["low"] <= frame["high"])).all()
        assert (frame["corrected"] <= frame["score"] + 1e-9).all()
        assert found.few == few_units(len(frame), 1, country[1].shape[1])

    def test_on_a_known_frontier_it_takes_most_of_the_bias_away_and_mostly_holds_the_truth(self):
        rng, bias, left, held = np.random.default_rng(8), [], [], []
        for seed in range(5):
            index = [f"{at:03d}" for at in range(60)]
            y = pd.DataFrame({"y": rng.uniform(1.0, 2.0, 60)}, index)
            truth = pd.Series(np.exp(-np.abs(rng.normal(0.0, 0.2, 60))), index)
            frame = bootstrap((y["y"] ** 1.5 / truth).to_frame("x"), y, replicates=100, seed=seed).frame
            bias.append((frame["score"] - truth).mean())
            left.append((frame["corrected"] - truth).mean())
            held.append(((frame["low"] <= truth) & (truth <= frame["high"])).mean())
        # A drawn country of 60 differs from the next; benchmarks/frontier.py has more of them, and larger.
        assert np.mean(bias) > 0.02 and abs(np.mean(left)) < 0.5 * np.mean(bias)
        assert np.mean(held) > 0.7

    def test_programmes_and_hull_give_the_same_interval(self, monkeypatch: pytest.MonkeyPatch):
        x, y = drawn(2, 15, 1, 2)
        ours = bootstrap(x, y, "crs", replicates=20)
        twice = bootstrap(x.assign(again=x["x0"]), y, "crs", replicates=20)  # two inputs: programmes
        assert twice.frame.to_numpy() == pytest.approx(ours.frame.to_numpy(), abs=1e-8)


WAYS: list[Callable[[pd.DataFrame, pd.DataFrame], object]] = [
    dea,
    fdh,
    hull_scores,
    bootstrap,
    lambda x, y: order_m(x, y, 5),
    lambda x, y: malmquist((x, y), (x, y)),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_zero_negative_and_missing_are_refused_by_unit_and_figure(way, value):
    bad = EG2[1].copy()
    bad.loc["3", "y"] = value
    with pytest.raises(ValueError, match=r"y of 3 is .*; it must be above zero"):
        way(EG2[0], bad)


def test_other_wrong_calls_are_refused():
    with pytest.raises(ValueError, match="same units"):
        dea(EG2[0], EG2[1][::-1])
    with pytest.raises(ValueError, match="same units"):
        fdh(EG2[0].iloc[:0], EG2[1].iloc[:0])
    with pytest.raises(ValueError, match="twice"):
        fdh(*(part.set_axis(["a"] * 5) for part in EG2))
    with pytest.raises(ValueError, match="one input, got 2"):
        hull_scores(*EG1)
    with pytest.raises(ValueError, match="at least 1"):
        order_m(*EG2, 0)
    with pytest.raises(ValueError, match="same units and figures"):
        malmquist(EG2, tuple(part.iloc[:4] for part in EG4))


def test_how_many_units_a_frontier_needs():
    assert few_units(11, 2, 2) and not few_units(12, 2, 2)
    assert few_units(29, 5, 6) and few_units(32, 5, 6) and not few_units(33, 5, 6)
