"""Synthetic control: published classics, independent solvers, and a planted effect."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize, nnls

from effektiv.analysis.certainty import Noise
from effektiv.analysis.panels import Panel
from effektiv.analysis.rebound import Refused, Span, Unanswered
from effektiv.analysis.synthetic import (
    POOREST,
    Synthetic,
    donor_pools,
    effective_donors,
    equally_good,
    equally_good_effects,
    fitted_weights,
    in_time,
    leave_one_out,
    predictor_weights,
    simplex_weights,
    split_conformal,
    synthetic,
)
from effektiv.data.snapshot import Snapshot

# The weights


def drawn(seed: int, years: int, donors: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    return draw.normal(0, 1, years), draw.normal(0, 2, (years, donors))


@pytest.mark.parametrize(
    ("seed", "years", "donors"), [(1, 8, 5), (2, 12, 20), (3, 6, 40), (4, 1, 3), (5, 9, 1)]
)
def test_plain_weights_are_those_of_least_squares_with_a_row_of_ones(
    seed: int, years: int, donors: int
) -> None:
    """The nearest point of the donors' hull is, up to its sum, a plain nonnegative least squares."""
    target, others = drawn(seed, years, donors)
    away = others - target[:, None]
    found, _ = nnls(np.vstack([away, np.ones(donors)]), np.append(np.zeros(years), 1.0))
    theirs = np.linalg.norm(away @ (found / found.sum()))
    ours = fitted_weights(target, others)
    assert ours.min() >= 0 and ours.sum() == pytest.approx(1)
    assert np.linalg.norm(away @ ours) == pytest.approx(theirs, abs=1e-4)


@pytest.mark.parametrize("penalty", [0.01, 0.3, 5.0])
@pytest.mark.parametrize("seed", range(4))
def test_penalised_weights_meet_the_conditions_and_beat_slsqp(seed: int, penalty: float) -> None:
    target, others = drawn(seed, 9, 15)
    away = others - target[:, None]
    far = (away**2).sum(axis=0)

    def loss(w: np.ndarray, /) -> float:
        return float(((away @ w) ** 2).sum() + penalty * far @ w)

    ours = fitted_weights(target, others, penalty)
    theirs = minimize(
        loss,
        np.full(15, 1 / 15),
        bounds=[(0, 1)] * 15,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert loss(ours) <= theirs.fun + 1e-7
    assert ours == pytest.approx(theirs.x, abs=1e-3)
    # Karush-Kuhn-Tucker: the same slope for all donors that weigh, none steeper among the others.
    slope = 2 * away.T @ away @ ours + penalty * far
    assert slope[ours > 1e-9] == pytest.approx(ours @ slope, rel=1e-5)
    assert (slope >= ours @ slope - 1e-5 * far.max()).all()
    # Abadie and L'Hour: never more donors than years and one.
    assert (ours > 1e-9).sum() <= 10


def test_the_penalty_goes_from_the_best_fit_to_the_nearest_donor() -> None:
    target, others = drawn(7, 5, 30)
    nearest = int(((others - target[:, None]) ** 2).sum(axis=0).argmin())
    assert fitted_weights(target, others, 1e6)[nearest] == pytest.approx(1)
    errors = [
        np.linalg.norm(others @ fitted_weights(target, others, item) - target) for item in (0, 0.1, 1, 1e6)
    ]
    assert errors == sorted(errors) and errors[0] == pytest.approx(0, abs=1e-3)


def test_copies_and_faults() -> None:
    copies = np.array([[1.0, 1.0, -1.0], [0.0, 0.0, 0.0]])
    weights = fitted_weights(np.zeros(2), copies)
    assert copies @ weights == pytest.approx([0, 0], abs=1e-9) and weights[2] == pytest.approx(0.5)
    assert simplex_weights(np.zeros((2, 2))).sum() == 1
    for gram in (np.zeros((0, 0)), np.array([[np.nan]])):
        with pytest.raises(ValueError, match="finite"):
            simplex_weights(gram)


def test_pysyncon_finds_the_same_on_the_example(example: Snapshot) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes in its docstrings, while they are compiled
        from pysyncon import PenalizedSynth  # noqa: PLC0415
    panel = example.panel("N15505").dropna().iloc[:16].loc[:, 2017:2024]
    away = panel.sub(panel.mean(axis=1), axis=0).T
    code = str(away.columns[3])
    scaled = away.div(away.std(axis=1), axis=0)
    model = PenalizedSynth()
    model.fit(X0=away.drop(columns=code), X1=away[code], lambda_=0.1)
    ours = fitted_weights(scaled[code].to_numpy(), scaled.drop(columns=code).to_numpy(), 0.1)
    assert ours == pytest.approx(np.asarray(model.W), abs=2e-3)


# Classics

Special = tuple[str, Sequence[int]]


class Classic:
    """Predictors and outcome of a published study."""

    def __init__(self, frame: pd.DataFrame, unit: str, time: str, treated: str, outcome: str) -> None:
        self.tables = {
            str(name): frame.pivot_table(index=time, columns=unit, values=name, aggfunc="first")
            for name in frame.columns.difference([unit, time])
            if pd.api.types.is_numeric_dtype(frame[name])
        }
        self.outcome, self.treated = self.tables[outcome], treated
        self.donors = [item for item in self.outcome.columns if item != treated]

    def predictors(self, means: Iterable[Special]) -> tuple[np.ndarray, np.ndarray]:
        table = pd.DataFrame([self.tables[name].reindex(list(years)).mean() for name, years in means])
        return table[self.treated].to_numpy(), table[self.donors].to_numpy()

    def outcomes(self, years: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        rows = self.outcome.loc[list(years)]
        return rows[self.treated].to_numpy(), rows[self.donors].to_numpy()

    def effect(self, weights: np.ndarray, years: Sequence[int]) -> float:
        own, others = self.outcomes(years)
        return float((own - others @ weights).mean())

    def error(self, weights: np.ndarray, years: Sequence[int]) -> float:
        own, others = self.outcomes(years)
        return float(np.sqrt(((own - others @ weights) ** 2).mean()))

    def named(self, weights: np.ndarray) -> dict[str, float]:
        return {name: float(w) for name, w in zip(self.donors, weights, strict=True) if w > 0.005}


@pytest.fixture(scope="module")
def classics(shared: Path) -> Path:
    return shared / "data" / "evaluation-classics"


def test_california(classics: Path) -> None:
    """R Synth 1.2.0 on Proposition 99; its own optimiser and a better one differ by 0.02."""
    study = Classic(pd.read_csv(classics / "P99data.csv"), "state", "year", "California", "cigsale")
    late = range(1980, 1989)
    means = [("lnincome", late), ("age15to24", late), ("retprice", late), ("beer", range(1984, 1989))]
    means += [("cigsale", [year]) for year in (1988, 1980, 1975)]
    before = range(1970, 1989)
    weights, v = predictor_weights(*study.predictors(means), *study.outcomes(before))
    published = {
        "Utah": 0.3432,
        "Nevada": 0.2358,
        "Montana": 0.1820,
        "Colorado": 0.1747,
        "Connecticut": 0.0624,
    }
    assert study.named(weights) == pytest.approx(published, abs=0.02)
    assert study.error(weights, before) <= 1.80
    assert -19.2 <= study.effect(weights, range(1989, 2001)) <= -18.5
    assert v.min() >= 0 and v.sum() == pytest.approx(1)
    assert effective_donors(weights) == pytest.approx(4.0, abs=0.3)


def test_basque_country(classics: Path) -> None:
    """R Synth and pysyncon; the penalised weights are those of pysyncon's tests."""
    study = Classic(
        pd.read_csv(classics / "basque.csv"), "regionname", "year", "Basque Country (Pais Vasco)", "gdpcap"
    )
    schools = [f"school.{item}" for item in ("illit", "prim", "med", "high", "post.high")]
    sectors = ("agriculture", "energy", "industry", "construction", "services.venta", "services.nonventa")
    means = [(name, range(1964, 1970)) for name in (*schools, "invest")]
    means += [("gdpcap", range(1960, 1970)), ("popdens", [1969])]
    means += [(f"sec.{item}", range(1961, 1970, 2)) for item in sectors]
    target, donors = study.predictors(means)
    weights, _ = predictor_weights(target, donors, *study.outcomes(range(1960, 1970)), method="Nelder-Mead")
    assert study.named(weights) == pytest.approx(
        {"Cataluna": 0.850816, "Madrid (Comunidad De)": 0.149184}, abs=0.005
    )
    spread = np.column_stack([donors, target]).std(axis=1, ddof=1)
    near = fitted_weights(target / spread, donors / spread[:, None], 0.01)
    assert study.named(near) == pytest.approx({"Cantabria": 0.241, "Cataluna": 0.759}, abs=0.005)


def test_west_germany(classics: Path) -> None:
    """V is chosen on the eighties, as Abadie, Diamond and Hainmueller (2015) did, and used for all years before."""
    study = Classic(pd.read_csv(classics / "germany.csv"), "country", "year", "West Germany", "gdp")

    def means(first: int, schooled: Sequence[int], invested: str) -> list[Special]:
        years = range(first, first + 10)
        long = [(name, years) for name in ("gdp", "trade", "infrate", "industry")]
        return [*long, ("schooling", schooled), (invested, [1980])]

    trained = study.predictors(means(1971, [1970, 1975], "invest70"))
    _, v = predictor_weights(*trained, *study.outcomes(range(1981, 1991)), method="Nelder-Mead")
    target, donors = study.predictors(means(1981, [1980, 1985], "invest80"))
    away = (donors - target[:, None]) / np.column_stack([donors, target]).std(axis=1, ddof=1)[:, None]
    weights = simplex_weights((away * v[:, None]).T @ away)
    published = {"Austria": 0.414522, "USA": 0.216250, "Japan": 0.163161, "Switzerland": 0.107655}
    assert study.named(weights) == pytest.approx({**published, "Netherlands": 0.098412}, abs=0.005)
    assert study.effect(weights, range(1990, 2004)) == pytest.approx(-1555.13, abs=3)


def test_texas(classics: Path) -> None:
    """The published weights stop short of the best fit; a better one says the same within a third of a standard error."""
    study = Classic(pd.read_csv(classics / "texas.csv"), "state", "year", "Texas", "bmprison")
    published = {"California": 0.407651, "Illinois": 0.360274, "Louisiana": 0.121531, "Florida": 0.110544}
    theirs = np.array([published.get(str(state), 0.0) for state in study.donors])
    before, after = range(1985, 1994), range(1993, 2001)
    assert study.effect(theirs, after) == pytest.approx(20_339.4, rel=1e-3)
    own, others = study.outcomes(after)
    error = float((own - others @ theirs).std(ddof=1) / np.sqrt(len(own)))
    assert error == pytest.approx(3190.5, rel=1e-3)
    ours = fitted_weights(*study.outcomes(before))
    assert study.error(ours, before) < 0.7 * study.error(theirs, before)
    assert abs(study.effect(ours, after) - 20_339.4) < error / 3


def test_split_conformal_as_published() -> None:
    gaps = [
        6.113436,
        2.340282,
        -0.626212,
        -1.009483,
        -0.132386,
        0.203162,
        0.295948,
        0.918696,
        1.405988,
        -0.885488,
    ]
    gaps += [-0.048287, -1.468674, -1.241252, -0.335785, 1.662638, -0.233429, 0.008648, -2.133926, -1.331779]
    assert split_conformal(gaps, 0.05) == 6.113436
    assert np.sqrt(np.mean(np.square(gaps))) == pytest.approx(1.791390, abs=1e-6)
    assert split_conformal(gaps, 0.10) == 2.340282 and split_conformal(gaps, 0.20) == 1.662638
    assert split_conformal(gaps, 0.04) == np.inf


def test_a_perfect_fit_of_many_donors_leaves_the_answer_open() -> None:
    _, others = drawn(8, 6, 60)
    target = others.mean(axis=1)
    after = np.random.default_rng(9).normal(0, 2, (3, 60))
    weights = fitted_weights(target, others)
    low, high = equally_good(target, others, after, weights)
    assert np.abs(others @ weights - target).max() < 1e-3
    assert low < (after @ weights).mean() < high and high - low > 1
    few = fitted_weights(target, others[:, :5])
    tight = equally_good(target, others[:, :5], after[:, :5], few)
    assert tight[1] - tight[0] < 0.5 * (high - low)


# All municipalities

YEARS = range(2008, 2022)
CODES = [f"{1000 + place}" for place in range(150)]
JOINED = Span(tuple(range(2008, 2019)), (2019, 2020, 2021))
SEVEN = CODES[7]
POOLS = {code: [CODES[(at + step) % 150] for step in range(1, 13)] for at, code in enumerate(CODES)}
EVEN = Noise(2018, False, pd.Series(1.4, index=CODES), 1.96, 1.28, 0.0)


def moving_country(seed: int = 1) -> Panel:
    """Return levels of their own, a common course that all follow more or less, and noise of SD 1."""
    draw = np.random.default_rng(seed)
    course = np.cumsum(draw.normal(0, 1, len(YEARS)))
    values = draw.normal(50, 5, 150)[:, None] + draw.uniform(0, 2, 150)[:, None] * course
    return pd.DataFrame(values + draw.normal(0, 1, (150, len(YEARS))), index=CODES, columns=list(YEARS))


def controls(panel: Panel, without: Sequence[str] = (SEVEN,)) -> Synthetic:
    found = synthetic(panel, EVEN, JOINED, 1, POOLS, without)
    assert isinstance(found, Synthetic)
    return found


@pytest.fixture(scope="module")
def planted() -> Panel:
    panel = moving_country()
    panel.loc[SEVEN, [2019, 2020, 2021]] += 6.0
    return panel


@pytest.fixture(scope="module")
def found(planted: Panel) -> Synthetic:
    return controls(planted)


def test_an_effect_is_found_with_its_size_and_by_the_path_of_all(found: Synthetic) -> None:
    row, still = found.evaluation.frame.loc[SEVEN], controls(moving_country()).evaluation.frame
    assert row["low"] < 6 < row["high"] and row["beaten"] == 0
    assert row["effect"] - still.loc[SEVEN, "effect"] == pytest.approx(6.0)
    # A participant is nobody's donor and nobody's likeness, so that nothing else is moved.
    pd.testing.assert_frame_equal(found.evaluation.frame.drop(SEVEN), still.drop(SEVEN))
    assert all(SEVEN not in weights for weights in found.weights.values())
    assert found.evaluation.first_year(SEVEN) == 2019
    assert found.refusal(SEVEN) is None


def test_the_fit_is_told(found: Synthetic) -> None:
    fit, weights = found.fits.loc[SEVEN], found.weights[SEVEN]
    assert fit["donors"] == 12 and fit["error"] < fit["error_equal"]
    assert fit["effective"] == pytest.approx(effective_donors(np.array(list(weights.values()))), abs=0.05)
    assert list(weights.values()) == sorted(weights.values(), reverse=True)
    assert fit["fit"] == pytest.approx(fit["error"] / 1.4)


def test_one_donor_less_the_interval_and_an_earlier_start(planted: Panel, found: Synthetic) -> None:
    effect = float(found.evaluation.frame["effect"][SEVEN])
    without = leave_one_out(found, SEVEN)
    assert list(without.index) == list(found.weights[SEVEN])
    assert without.between(effect - 3, effect + 3).all() and np.ptp(without) > 0
    low, high = equally_good_effects(found, SEVEN)
    assert low <= effect <= high and high - low < 4
    earlier = in_time(planted, EVEN, found, [SEVEN])
    assert isinstance(earlier, Synthetic)
    assert earlier.evaluation.years.after == (2016, 2017, 2018)
    assert earlier.evaluation.frame.loc[SEVEN, "p"] > 0.05
    short = replace(found.evaluation, years=Span(tuple(range(2011, 2019)), JOINED.after))
    assert in_time(planted, EVEN, replace(found, evaluation=short)) == Refused(Unanswered.SHORT_BEFORE, 5, 6)


def test_why_a_synthetic_control_says_nothing(planted: Panel) -> None:
    panel = planted.copy()
    panel.loc[CODES[0], list(YEARS)[:11]] += 30 * np.sin(np.arange(11))  # as nobody else
    panel.loc[CODES[1], 2020] = np.nan
    same = panel.loc[CODES[40]].to_numpy()
    for code in POOLS[CODES[2]]:
        panel.loc[code] = same  # donors that are all alike: any weights are as good
    pools = {**POOLS, CODES[3]: POOLS[CODES[3]][:4]}
    answers = synthetic(panel, EVEN, JOINED, 1, pools)
    assert isinstance(answers, Synthetic)
    poor = answers.refusal(CODES[0])
    assert poor is not None and poor.reason == Unanswered.POOR_FIT and poor.known > POOREST
    assert answers.refusal(CODES[1]) == Refused(Unanswered.NO_VALUES)
    assert answers.refusal(CODES[3]) == Refused(Unanswered.FEW_DONORS, 4, 5)
    equal = answers.refusal(CODES[2])
    assert equal is not None and equal.reason == Unanswered.EQUAL_WEIGHTS
    assert answers.refusal("9999") == Refused(Unanswered.NO_VALUES)
    with pytest.raises(ValueError, match="has no synthetic control"):
        leave_one_out(answers, CODES[3])
    assert synthetic(panel, None, JOINED, 1, pools) == Refused(Unanswered.NO_NOISE)


def test_donors_are_fixed_beforehand() -> None:
    pools = donor_pools({"a": ["b", "a", "c"]}, {"a": ["c", "d", "e"]}, 3, without=["d"])
    assert pools == {"a": ["b", "c", "e"]}
