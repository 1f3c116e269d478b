"""Who was chosen for need rises by itself: that is expected, and told as an effect one time in twenty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.certainty import Noise
from effektiv.analysis.panels import Panel
from effektiv.analysis.placebos import ONE_SIDED, Evaluation, evaluate, together
from effektiv.analysis.rebound import (
    AFTER,
    LIKE,
    Rebound,
    Refused,
    Span,
    Unanswered,
    alike,
    levels,
    rebound,
    shares_of,
    span,
)
from effektiv.types import RIKET, Break

YEARS = range(2008, 2022)
CODES = [f"{1000 + place}" for place in range(200)]
JOINED = Span(tuple(range(2008, 2019)), (2019, 2020, 2021))


def still_country(seed: int, *, lasting: float = 2.0, linger: float = 0.0) -> Panel:
    """Return a country of lasting levels and a year's noise (SD 1), where nothing happens."""
    draw = np.random.default_rng(seed)
    errors = draw.normal(0, 1, (200, len(YEARS) + 10))
    for place in range(1, errors.shape[1]):
        errors[:, place] = linger * errors[:, place - 1] + np.sqrt(1 - linger**2) * errors[:, place]
    values = 50 + draw.normal(0, lasting, 200)[:, None] + errors[:, -len(YEARS) :]
    return pd.DataFrame(values, index=CODES, columns=list(YEARS))


def even(*, logarithmic: bool = False, sd: float = 1.4) -> Noise:
    return Noise(2018, logarithmic, pd.Series(sd, index=CODES), 1.96, 1.28, 0.0)


def judged(
    panel: Panel, sign: int = 1, without: Sequence[str] = (), noise: Noise | None = None
) -> Evaluation:
    found = evaluate(panel, noise or even(), JOINED, sign, without)
    assert isinstance(found, Evaluation)
    return found


# The years that compare


def test_years_that_compare_and_why_others_do_not() -> None:
    panel = still_country(1)
    assert span(panel, 2016) == Span(tuple(range(2008, 2016)), tuple(range(2016, 2022)))
    assert span(panel, 2015) == Refused(Unanswered.SHORT_BEFORE, 7, 8)
    assert span(panel, 2020) == Refused(Unanswered.SHORT_AFTER, 2, AFTER)
    assert span(panel, 2019, not_after=2020) == Refused(Unanswered.SHORT_AFTER, 2, AFTER)
    assert span(panel.drop(columns=2010), 2016) == Refused(Unanswered.SHORT_BEFORE, 7, 8)


def test_a_break_cuts_on_both_sides_and_is_named() -> None:
    panel = still_country(1)
    early, late = Break(year=2012, reason="ny metod"), Break(year=2020, reason="ny enkät")
    assert span(panel, 2018, [early]) == Refused(Unanswered.BREAK, 6, 8, 2012)
    assert span(panel, 2018, [late]) == Refused(Unanswered.BREAK, 2, AFTER, 2020)
    at_start = Break(year=2018, reason="ny metod")
    assert span(panel, 2018, [at_start]) == Refused(Unanswered.BREAK, 0, 8, 2018)
    # A break long before leaves years enough, and those before it are not used.
    assert span(panel, 2018, [Break(year=2010, reason="ny metod")]) == Span(
        tuple(range(2010, 2018)), tuple(range(2018, 2022))
    )


# Levels, neighbours and what is expected


def test_levels_are_from_the_middle_municipality_and_riket_has_none() -> None:
    panel = still_country(2)
    panel.loc[RIKET] = 1e6
    panel.loc[CODES[3], 2017] = np.nan  # no recent level
    panel.loc[CODES[4], 2010] = np.nan  # an older year may lack
    found = levels(panel, JOINED)
    assert RIKET not in found.index and CODES[3] not in found.index
    assert abs(found["last"].median()) < 0.05
    early = panel.loc[CODES, 2018] - panel.loc[CODES, 2018].median()
    assert found.loc[CODES[4], "last"] == pytest.approx(early[CODES[4]])


def test_nobody_is_like_itself_or_like_a_participant() -> None:
    level, usable = np.arange(12.0), np.arange(12) != 5
    found = alike(level, usable, 4)
    assert 5 not in found
    assert all(at not in row for at, row in enumerate(found))
    assert sorted(found[5]) == [3, 4, 6, 7]
    with pytest.raises(ValueError, match="cannot give each 11"):
        alike(level, usable, 11)


def test_what_is_expected_follows_a_line_also_at_the_edge() -> None:
    level = np.linspace(-3, 3, 120)[:, None]
    outcomes = np.hstack([2 + 0.5 * level, -level])
    like = alike(level[:, 0], np.full(120, True))
    shares = shares_of(level, like)
    assert np.einsum("nk,nkt->nt", shares, outcomes[like]) == pytest.approx(outcomes, abs=1e-6)
    assert shares.sum(axis=1) == pytest.approx(1, abs=1e-6)


# Rank and interval


def test_an_effect_is_found_and_nobody_else_is_moved() -> None:
    panel = still_country(3)
    planted = panel.copy()
    planted.loc[CODES[10], [2020, 2021]] += 7.0
    before, after = judged(panel, without=[CODES[10]]), judged(planted, without=[CODES[10]])
    pd.testing.assert_frame_equal(before.frame.drop(CODES[10]), after.frame.drop(CODES[10]))
    row = after.frame.loc[CODES[10]]
    assert row["low"] < 14 / 3 < row["high"]
    assert (row["beaten"], row["others"], row["p"]) == (0, LIKE, 1 / (LIKE + 1))
    assert (row["beaten_all"], row["others_all"]) == (0, 199)
    assert after.first_year(CODES[10]) == 2020
    assert row["effect"] - before.frame.loc[CODES[10], "effect"] == pytest.approx(14 / 3)
    assert row["unmatched"] - before.frame.loc[CODES[10], "unmatched"] == pytest.approx(14 / 3)


def test_told_just_when_the_interval_leaves_zero_out() -> None:
    for sign in (1, -1):
        frame = judged(still_country(4), sign).frame
        better = frame["low"] > 0 if sign > 0 else frame["high"] < 0
        assert (better == (frame["p"] <= ONE_SIDED)).all()
        assert (better == (sign * frame["effect"] > frame["least"])).all()
        assert better.any() and (frame["detectable"] > frame["least"]).all()


def test_lower_is_better_is_the_mirror() -> None:
    panel = still_country(5)
    high, low = judged(panel).frame, judged(100 - panel, -1).frame
    assert low["effect"].to_numpy() == pytest.approx(-high["effect"].to_numpy(), abs=1e-6)
    assert (low["beaten"] == high["beaten"]).all()
    assert low["least"].to_numpy() == pytest.approx(high["least"].to_numpy(), abs=1e-6)


def test_the_order_of_municipalities_does_not_matter() -> None:
    panel = still_country(6)
    turned = panel.sample(frac=1.0, random_state=1)
    pd.testing.assert_frame_equal(judged(turned).frame.loc[CODES], judged(panel).frame.loc[CODES])


@pytest.mark.parametrize("linger", [0.0, 0.6])
def test_the_worst_tenth_is_told_to_have_gained_one_time_in_twenty(linger: float) -> None:
    told, plain, asked = 0, 0, 0
    for seed in range(12):
        found = judged(still_country(100 + seed, linger=linger, lasting=1.0))
        worst = found.frame["recent"].nsmallest(20).index
        told += int((found.frame.loc[worst, "p"] <= ONE_SIDED).sum())
        # The same year by year from the trough: what the rebound makes of a plain difference.
        change = found.own[list(JOINED.after)].mean(axis=1) - found.own[2018]
        trough = found.frame["last"].nsmallest(20).index
        plain += int((change.rank(ascending=False) <= ONE_SIDED * len(change))[trough].sum())
        asked += 20
    # Binomial, 240: 5 % is 12, and 4-21 is its 99 % range.
    assert 4 <= told <= 21
    assert plain > 2 * told


def test_who_lacks_a_year_after_is_not_answered() -> None:
    panel = still_country(7)
    panel.loc[CODES[0], 2020] = np.nan
    assert CODES[0] not in judged(panel).frame.index
    assert evaluate(panel, None, JOINED, 1) == Refused(Unanswered.NO_NOISE)
    assert evaluate(panel.iloc[:LIKE], even(), JOINED, 1) == Refused(Unanswered.FEW_ALIKE, LIKE - 2, LIKE)


def test_the_event_study_is_in_the_figures_unit_and_starts_level() -> None:
    logs = judged(np.exp(still_country(8) / 25), noise=even(logarithmic=True, sd=1.4 / 25))
    course = logs.course(CODES[2])
    assert course["own"].tolist() == pytest.approx(np.exp(still_country(8).loc[CODES[2]] / 25).tolist())
    assert course["gap"].to_numpy() == pytest.approx(np.log(course["own"] / course["expected"]).to_numpy())
    # What is matched on leaves no gap: the recent years, the last, and the whole period before.
    assert course.loc[[2016, 2017, 2018], "gap"].mean() == pytest.approx(0, abs=1e-4)
    assert course.loc[2018, "gap"] == pytest.approx(0, abs=1e-4)
    assert course.loc[list(JOINED.before), "gap"].mean() == pytest.approx(0, abs=1e-4)
    assert course.loc[list(JOINED.after), "gap"].mean() == pytest.approx(logs.frame.loc[CODES[2], "effect"])
    assert (course["low"] <= course["high"]).all()


def test_several_participants_are_drawn_for() -> None:
    panel = still_country(9)
    chosen = [str(code) for code in levels(panel, JOINED)["recent"].nsmallest(8).index]
    nothing = together(judged(panel, without=chosen), chosen)
    panel.loc[chosen, 2019:] += 1.5
    found = together(judged(panel, without=chosen), [*chosen, "9999"])
    assert nothing is not None and found is not None
    assert nothing.p > ONE_SIDED >= found.p
    assert found.municipalities == 8 and found.low < 1.5 < found.high
    assert found.effect == pytest.approx(nothing.effect + 1.5)
    assert (found.low > 0) == (found.p <= ONE_SIDED)
    assert together(judged(panel), ["9999"]) is None


# What comes by itself


def test_the_rebound_is_the_share_of_the_distance_that_was_chance() -> None:
    """With lasting levels of SD 1 and yearly noise of SD 1, a mean of three years is 3 / 4 lasting."""
    panel = still_country(10, lasting=1.0)
    lowest = str(levels(panel, Span(tuple(YEARS), ()))["recent"].idxmin())
    own = float((panel - panel.median()).loc[lowest, 2019:].mean())
    found = rebound(panel, even(), 2021, lowest, 1)
    assert isinstance(found, Rebound)
    assert found.change == pytest.approx(-0.25 * own, abs=0.25)
    assert found.low < found.change < found.high and 0.6 < found.improved <= 1
    assert found.starts == len(YEARS) - 5
    worse = rebound(panel, even(), 2021, lowest, -1)
    assert isinstance(worse, Rebound) and worse.improved == pytest.approx(1 - found.improved)


def test_the_rebound_knows_nothing_of_later_years_or_across_breaks() -> None:
    panel = still_country(11)
    later = panel.copy()
    later[[2020, 2021]] += np.random.default_rng(1).normal(0, 9, (200, 2))
    assert rebound(panel, even(), 2019, CODES[0], 1) == rebound(later, even(), 2019, CODES[0], 1)
    often = [Break(year=year, reason="ny metod") for year in (2012, 2016, 2019)]
    assert rebound(panel, even(), 2021, CODES[0], 1, often) == Refused(Unanswered.SHORT_BEFORE, 0, 1)
    panel.loc[CODES[0], 2020] = np.nan
    assert rebound(panel, even(), 2021, CODES[0], 1) == Refused(Unanswered.NO_VALUES)
