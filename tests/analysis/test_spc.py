"""Control charts against what R, Excel and abspc give, and that nothing in them moves by itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.spc import (
    Assurance,
    Caution,
    Runs,
    SignalRule,
    Variation,
    anhoej,
    chart,
    expected_false,
    false_rate,
    limits,
    months_to_signal,
    runs,
    season,
    told_change,
    told_target,
)

PUBLISHED = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]


def by_month(values, first: int = 2023) -> pd.Series:
    labels = [f"{first + k // 12}-{k % 12 + 1:02d}" for k in range(len(values))]
    return pd.Series(np.asarray(values, dtype=float), index=labels)


def noise(n: int, seed: int = 4, level: float = 50.0, sd: float = 1.0) -> pd.Series:
    return by_month(level + sd * np.random.default_rng(seed).standard_normal(n))


# Ground truths ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("screened", "lower", "upper", "dropped"),
    [(True, -0.715556, 4.604444, 2), (False, -3.062614, 6.951503, 0)],
)
def test_limits_are_those_of_the_published_example(screened, lower, upper, dropped):
    found = limits(PUBLISHED, screened=screened)
    assert found.centre == pytest.approx(1.944444, abs=5e-7)
    assert [float(item) for item in found.at()] == pytest.approx([lower, upper], abs=5e-7)
    assert found.dropped == dropped


def test_limits_of_runs_and_crossings_are_those_of_r():
    assert {n: anhoej(n) for n in (10, 12, 16, 20, 24, 36)} == {
        10: (6, 2), 12: (7, 3), 16: (7, 4), 20: (7, 6), 24: (8, 8), 36: (8, 13),
    }  # fmt: skip


@pytest.mark.parametrize("better", ["högre", "lägre"])
@pytest.mark.parametrize("target", [0.0, 2.0, 4.0])
def test_a_target_in_six_cases(better, target):
    below = {"högre": Assurance.MEETS, "lägre": Assurance.MISSES}[better]
    above = {"högre": Assurance.MISSES, "lägre": Assurance.MEETS}[better]
    expected = {0.0: below, 2.0: Assurance.CHANCE, 4.0: above}[target]
    assert told_target(target, 1.0, 3.0, better) is expected
    assert told_target(target, 1.0, 3.0, "") is told_target(None, 1.0, 3.0, better) is Assurance.UNSAID


def test_two_of_three_far_out_on_different_sides_are_no_signal():
    found = chart(by_month([1, -1] * 7 + [5.5, -5.5]), "mått", baseline=("2023-01", "2024-04"))
    assert not found.points["is_signal"].any()
    assert found.variation is Variation.COMMON


def test_a_target_is_judged_on_the_last_segment():
    draw = np.random.default_rng(172)
    values = by_month(np.concatenate([draw.uniform(50, 70, 20), draw.uniform(90, 100, 12)]))
    rebased = chart(values, "andel", better="högre", target=90, changes=["2024-09"])
    assert rebased.assurance is Assurance.CHANCE
    assert rebased.points["segment"].tolist() == [0] * 20 + [1] * 12
    # Before it is decided, the limits of the old level do not say that the new one misses the target.
    before = chart(values, "andel", better="högre", target=90)
    assert before.variation is Variation.BETTER
    assert before.assurance is Assurance.UNSAID
    # The issue's own ten points are too few for a word, and then there is none.
    assert chart(values[:30], "andel", better="högre", target=90, changes=["2024-09"]).assurance == ""


def test_limits_agree_with_abspc_where_the_rules_do():
    spc = pytest.importorskip("abspc.spc", reason="abspc finns inte här")
    values = noise(30)
    theirs = spc.calculate_control_limits(pd.DataFrame({"value": values.to_numpy()}), "XmR")
    ours = limits(values.to_numpy(), screened=False)
    assert ours.centre == pytest.approx(theirs["mean"].iloc[0])
    # They divide 3 by 1.128 where Wheeler's tables, NHSRplotthedots and we say 2.66: a difference of 0.02 per cent.
    width = float(theirs["ucl"].iloc[0]) - ours.centre
    assert ours.width / width == pytest.approx(2.66 / (3 / 1.128))
    # Theirs have no screening, and ours has where it is asked for.
    assert limits(PUBLISHED).width < limits(PUBLISHED, screened=False).width
    times = by_month(np.random.default_rng(1).exponential(20, 30))
    t_chart = spc.calculate_control_limits(pd.DataFrame({"value": times.to_numpy()}), "t")
    found = chart(times, "tid mellan", baseline=("2023-01", "2025-06"), screened=False).points
    assert found["centre"].iloc[0] == pytest.approx(t_chart["mean"].iloc[0])
    assert found["upper"].iloc[0] == pytest.approx(t_chart["ucl"].iloc[0], rel=2e-3)
    # Six rising months are a signal to abspc alone: Anhøj has no rule of trends.
    rising = by_month([5, 3, 6, 2, 1, 2, 3, 4, 5, 6, 2, 5, 3, 4])
    frame = spc.calculate_control_limits(pd.DataFrame({"value": rising.to_numpy()}), "XmR")
    assert spc.detect_special_causes(frame)["rule3"].any()
    assert not chart(rising, "mått").points["is_signal"].any()


def test_shares_with_equal_denominators_are_an_ordinary_chart():
    values = noise(24)
    plain = chart(values, "andel").points
    same = chart(values, "andel", denominator=pd.Series(80.0, index=values.index))
    assert same.method == "P'"
    pd.testing.assert_frame_equal(same.points, plain)


def test_large_shares_of_differing_size_have_the_limits_of_laney():
    draw = np.random.default_rng(8)
    n = draw.integers(300, 900, 24).astype(float)
    values = by_month(100 * draw.binomial(n.astype(int), 0.3) / n)
    p = float((values * n).sum() / n.sum() / 100)
    sigma = np.sqrt(p * (1 - p) / n)
    z = (values.to_numpy() / 100 - p) / sigma
    expected = 100 * (p + 2.66 * np.abs(np.diff(z)).mean() * sigma)
    found = chart(
        values, "andel", denominator=pd.Series(n, index=values.index), baseline=("2023-01", "2024-12"),
        screened=False,
    ).points  # fmt: skip
    assert found["upper"].to_numpy() == pytest.approx(expected)


# Nothing by itself ------------------------------------------------------------------------


@given(seed=st.integers(0, 10_000), more=st.integers(1, 20))
@settings(max_examples=25, deadline=None)
def test_what_was_said_of_a_month_stands_when_months_are_added(seed, more):
    values = noise(13 + more, seed)
    now, before = chart(values, "mått").points, chart(values[:13], "mått").points
    pd.testing.assert_frame_equal(now[:13], before)


def test_a_month_added_moves_no_limit_and_a_decision_does():
    values = by_month(np.concatenate([noise(24), noise(12, 5, level=60.0)]))
    found = chart(values, "mått", baseline=("2023-01", "2024-12"), better="lägre")
    assert np.ptp(found.points["upper"]) == 0
    assert found.variation is Variation.WORSE
    moved = chart(values, "mått", baseline=("2023-01", "2024-12"), better="lägre", changes=["2025-01"])
    assert moved.points["upper"].nunique() == 2
    assert moved.variation is Variation.COMMON
    assert (moved.baseline.first, moved.baseline.n, moved.baseline.is_decided) == ("2025-01", 12, False)


def test_an_excluded_month_is_in_neither_limits_nor_rules():
    values = noise(24)
    values["2023-05"] = 90.0
    spoilt = chart(values, "mått", screened=False)
    found = chart(values, "mått", excluded=["2023-05"], screened=False)
    assert found.points["upper"].iloc[0] < spoilt.points["upper"].iloc[0]
    assert not found.points.loc[4, "is_signal"]
    assert found.points.loc[4, "is_excluded"]
    assert found.baseline.last == "2024-01"


def test_a_missing_month_is_missing_and_never_zero():
    values = noise(24)
    values["2024-03"] = np.nan
    found = chart(values, "antal").points
    assert np.isnan(found.loc[14, "value"])
    assert not found.loc[14, "is_signal"]
    n = pd.Series(100.0, index=values.index)
    n["2024-04"] = np.nan
    assert np.isnan(chart(values, "andel", denominator=n).points.loc[15, "upper"])


# Words ------------------------------------------------------------------------------------


def test_under_twelve_months_nothing_is_said():
    values = noise(11)
    values.iloc[-1] = 80.0
    found = chart(values, "mått", better="högre", target=40)
    assert (found.variation, found.assurance, found.few) == (Variation.FEW, Assurance.UNSAID, True)
    assert not found.points["is_signal"].any()
    assert Caution.FEW in found.cautions
    assert found.false_rate == 0.0
    late = chart(noise(30), "mått", changes=["2025-01"])
    assert late.variation is Variation.FEW


@pytest.mark.parametrize(
    ("direction", "better", "expected"),
    [
        (1, "högre", Variation.BETTER), (-1, "högre", Variation.WORSE),
        (1, "lägre", Variation.WORSE), (-1, "lägre", Variation.BETTER),
        (1, None, Variation.CHANGED), (0, "högre", Variation.CHANGED),
    ],
)  # fmt: skip
def test_words_of_a_change(direction, better, expected):
    assert told_change(direction, better) is expected


def test_up_and_back_again_has_no_direction():
    values = by_month(np.concatenate([noise(12), noise(12, 6, level=58.0), noise(4, 7)]))
    values.iloc[-4:] = [50.0, 51.0, 49.5, 50.4]
    found = chart(values, "mått", better="högre")
    assert found.runs.rule is not SignalRule.NONE
    assert found.variation is Variation.CHANGED


def test_a_single_month_far_out_signals_and_the_next_does_not():
    values = noise(25)
    values.iloc[23] = 70.0
    assert chart(values[:24], "mått", better="lägre").variation is Variation.WORSE
    after = chart(values, "mått", better="lägre")
    assert after.variation is Variation.COMMON
    assert after.points.loc[23, "rule"] == "utanför gränserna"
    assert not after.is_new


def test_a_drift_in_the_baseline_leaves_it_without_limits():
    found = chart(by_month(np.arange(20.0) + noise(20, sd=0.1)), "mått", better="lägre", target=0)
    assert not found.baseline.is_steady
    assert Caution.UNSTEADY in found.cautions
    assert found.points["upper"].isna().all()
    assert found.variation is Variation.WORSE
    assert found.assurance is Assurance.UNSAID


def test_a_baseline_without_variation_has_no_limits():
    found = chart(by_month([0.0] * 20 + [1.0]), "antal", better="lägre")
    assert found.variation is Variation.COMMON
    assert set(found.cautions) >= {Caution.FLAT, Caution.SMALL}


def test_limits_stay_where_shares_and_counts_can_be():
    draw = np.random.default_rng(3)
    share = by_month(np.minimum(100, draw.normal(97, 3, 24)))
    found = chart(share, "andel", better="högre", target=100.0)
    assert found.points["upper"].max() == 100.0
    assert found.assurance is Assurance.CHANCE
    assert chart(by_month(draw.poisson(2, 24)), "antal").points["lower"].min() == 0.0
    assert chart(by_month(draw.normal(0, 3, 24)), "mått").points["lower"].min() < 0


@pytest.mark.parametrize(
    ("value", "kind"), [(-1.0, "antal"), (101.0, "andel"), (-0.1, "tid mellan"), (1.0, "kvot")]
)
def test_what_cannot_be_is_refused(value, kind):
    values = noise(13)
    values.iloc[3] = value
    with pytest.raises(ValueError, match="figure"):
        chart(values, kind)


def test_months_out_of_order_and_a_baseline_over_a_change_are_refused():
    with pytest.raises(ValueError, match="in order"):
        chart(noise(13)[::-1], "mått")
    with pytest.raises(ValueError, match="one segment"):
        chart(noise(24), "mått", baseline=("2023-01", "2024-12"), changes=["2024-01"])
    with pytest.raises(ValueError, match="above 0"):
        chart(noise(13), "andel", denominator=pd.Series(0.0, index=noise(13).index))


# Seasons ----------------------------------------------------------------------------------


def seasonal(n: int = 48, jump: float = 0.0) -> pd.Series:
    month = np.arange(n) % 12
    return by_month(noise(n).to_numpy() + 8 * np.isin(month, [5, 6, 7]) + jump * (np.arange(n) >= n - 10))


def test_a_season_is_taken_out_after_three_years_and_said():
    found = chart(seasonal(), "mått", better="lägre")
    assert Caution.SEASONAL in found.cautions
    assert found.variation is Variation.COMMON
    assert found.points["is_signal"].sum() <= 1
    assert found.points["upper"].nunique() > 12  # the limits follow the season
    assert chart(seasonal(jump=5.0), "mått", better="lägre").variation is Variation.WORSE


def test_the_limits_of_a_month_left_out_follow_the_season_too():
    values = seasonal()
    values["2025-07"] = np.nan
    found = chart(values, "mått", excluded=["2026-07"]).points
    normal = found["upper"][[18, 30, 42]] - found["upper"].iloc[40]
    assert normal.to_numpy() == pytest.approx([8, 8, 8], abs=2.5)


def test_under_three_years_a_season_cannot_be_known():
    found = chart(seasonal(30), "mått")
    assert Caution.SEASON_UNKNOWN in found.cautions
    decided = chart(seasonal(30), "mått", seasonal=True, target=50, better="lägre")
    assert (decided.variation, decided.assurance) == (Variation.UNTRIED, Assurance.UNSAID)
    assert decided.points["upper"].isna().all()


def test_a_drift_is_no_season():
    values = by_month(0.5 * np.arange(36) + noise(36).to_numpy())
    found = season(values)
    assert found is not None
    assert not found.is_seen
    assert chart(values, "mått", better="lägre").variation is Variation.WORSE


def test_years_sums_are_not_tried():
    values = by_month(np.cumsum(np.ones((3, 12)), axis=1).ravel() * 10)
    found = chart(values, "mått", better="lägre", target=5)
    assert (found.variation, found.assurance) == (Variation.UNTRIED, Assurance.UNSAID)
    assert Caution.CUMULATED in found.cautions
    assert not found.points["is_signal"].any()


# Counting ---------------------------------------------------------------------------------


def test_runs_pass_over_the_median_and_what_is_missing():
    assert runs([1, 2, 3, np.nan, 3, 2, 1]) == Runs(2, 5, 2, 0, 4)
    assert runs([]).rule is SignalRule.NONE
    assert runs([2.0] * 20).n == 0


@pytest.mark.parametrize("before", [12, 24, 36])
def test_a_shift_is_signalled_in_the_months_that_are_promised(before):
    after = months_to_signal(before)
    steady = np.tile([1.0, 3.0, 3.0, 1.0], before // 4) + np.linspace(0, 0.1, before)
    values = by_month(np.concatenate([steady, np.full(after, 3.5)]))
    assert runs(values.to_numpy()).rule is SignalRule.RUN
    assert (
        after - 1 <= anhoej(before + after - 1)[0]
    )  # a month fewer and the run alone would not be long enough


def test_what_is_expected_by_chance_is_a_sum_over_the_page():
    long, short = chart(noise(24), "mått"), chart(noise(8), "mått")
    assert expected_false([long, short, long]) == pytest.approx(2 * false_rate(24, 12))
    assert false_rate(24, 12) < 0.05
