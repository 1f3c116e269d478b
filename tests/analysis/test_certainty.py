"""The certainty rule: its reference cases on the real country, its bounds, and what it must never say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import real
from effektiv.analysis.certainty import (
    Certainty,
    Comparator,
    Noise,
    against_country,
    against_peers,
    against_riket,
    against_value,
    changes,
    differences,
    group_size_factor,
    is_logarithmic,
    lingering,
    noise,
    pooled_noise,
    wilson_sd,
)
from effektiv.analysis.panels import Panel
from effektiv.types import RIKET, Break

WORDS = {"säkert": Certainty.SURE, "troligen": Certainty.LIKELY, "går inte att skilja": Certainty.UNCLEAR}
NOT_LISTED = {"N15505": ("meritpoäng", (2016, 2017)), "U15900": ("index", ())}
FAMILY = {"N2": "äldreomsorg", "U2": "äldreomsorg", "N30": "IFO", "N15": "grundskola", "U15": "grundskola"}


def reference(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "certainty-reference.csv", dtype={"code": str})


def judged(case: pd.Series) -> tuple[Noise, Comparator, Panel, tuple[Break, ...]]:
    figure = real.figures().get(case["k"])
    unit, breaks = (figure.unit, figure.breaks) if figure else ("", ())
    if case["k"] in NOT_LISTED:
        unit, years = NOT_LISTED[case["k"]]
        breaks = real.breaks(*years)
    panel = real.panel(case["k"])
    found = noise(panel, real.population(case["year"]), case["year"], unit, breaks)
    assert found is not None
    if case["comp"] == "peers":
        family = next(name for start, name in FAMILY.items() if case["k"].startswith(start))
        return found, against_peers(panel, real.groups(family), found), panel, breaks
    against = against_riket if case["comp"] == "riket" else against_country
    return found, against(panel), panel, breaks


def test_reference_cases_come_out_to_four_digits(shared: Path) -> None:
    """The eighteen cases that the rule's own document works out on the real country."""
    cases = reference(shared)
    assert len(cases) == 18
    for _, case in cases.iterrows():
        found, comparator, panel, breaks = judged(case)
        row = differences(panel, comparator, found, breaks).frame.loc[case["code"]]
        own = {
            "d": row["difference"],
            "level": row["level"],
            "own_sd": found.sd[case["code"]],
            "sd": row["sd"],
            "q95": found.q95,
            "q80": found.q80,
            "m95": row["m95"],
            "m80": row["m80"],
            "slope": found.slope,
        }
        assert own == pytest.approx({key: case[key] for key in own}, rel=5e-5), (case["name"], case["k"])
        assert (row["years"], row["certainty"]) == (case["yrs"], WORDS[case["word"]])


@pytest.mark.parametrize(
    ("kpi", "family", "first", "last", "change", "m95"),
    [
        ("N20900", "äldreomsorg", 2013, 2018, 20.5917, 18.8459),
        ("N15008", "grundskola", 2017, 2022, 0.1816, 0.1680),
    ],
)
def test_a_sure_rise_over_five_years(
    kpi: str, family: str, first: int, last: int, change: float, m95: float, shared: Path
) -> None:
    figure, panel = real.figures()[kpi], real.panel(kpi)
    found = noise(panel, real.population(last), last, figure.unit, figure.breaks)
    assert found is not None
    row = changes(panel, against_peers(panel, real.groups(family), found), found, last - first).loc["0319"]
    assert (row["change"], row["m95"]) == pytest.approx((change, m95), abs=1e-4)
    assert row["certainty"] == Certainty.SURE


# --- a country of our own ---------------------------------------------------------------

CODES = [f"{1000 + i}" for i in range(200)]
PEOPLE = pd.Series(np.geomspace(2_500, 900_000, len(CODES)), index=CODES)


def country(seed: int = 1, years: int = 12, spread: float = 5.0, level: float = 100.0) -> Panel:
    """Return values that vary by chance alone, most in small municipalities."""
    draw = np.random.default_rng(seed)
    sd = spread * np.sqrt(15_000 / PEOPLE.to_numpy())
    values = level + draw.normal(size=(len(CODES), years)) * sd[:, None]
    return pd.DataFrame(values, index=CODES, columns=range(2010, 2010 + years))


def test_noise_falls_with_size_as_it_does_when_drawn() -> None:
    found = noise(country(), PEOPLE, 2021, "%")
    assert found is not None
    assert found.slope == pytest.approx(-0.5, abs=0.06)
    assert found.sd.iloc[0] > 5 * found.sd.iloc[-1]


def test_own_history_widens_and_extremes_are_clipped() -> None:
    panel = country()
    panel.loc["1100", 2015:2021:2] += 40.0
    calm, wild = noise(country(), PEOPLE, 2021, "%"), noise(panel, PEOPLE, 2021, "%")
    assert calm is not None
    assert wild is not None
    assert wild.sd["1100"] > 1.5 * calm.sd["1100"]
    panel.loc["1100", 2021] += 10_000.0
    wilder = noise(panel, PEOPLE, 2021, "%")
    assert wilder is not None
    assert wilder.sd["1100"] < 2 * wild.sd["1100"]


def test_later_years_and_riket_do_not_count() -> None:
    panel = country()
    found = noise(panel, PEOPLE, 2018, "%")
    later = panel.copy()
    later[[2019, 2020, 2021]] *= 7
    later.loc[RIKET] = 1e6
    again = noise(later, PEOPLE, 2018, "%")
    assert found is not None
    assert again is not None
    pd.testing.assert_series_equal(found.sd, again.sd)


def test_no_step_crosses_a_break() -> None:
    panel = country()
    panel.loc[:, 2016:] += np.random.default_rng(3).normal(0, 300, size=(len(CODES), 1))
    with_break = noise(panel, PEOPLE, 2021, "%", real.breaks(2016))
    without = noise(panel, PEOPLE, 2021, "%")
    plain = noise(country(), PEOPLE, 2021, "%", real.breaks(2016))
    assert with_break is not None
    assert without is not None
    assert plain is not None
    pd.testing.assert_series_equal(with_break.sd, plain.sd)
    assert without.sd.median() > 1.2 * plain.sd.median()


def test_too_little_is_not_judged() -> None:
    assert noise(country().iloc[:40, -3:], PEOPLE, 2021, "%") is None
    still = country() * 0 + 5
    assert noise(still, PEOPLE, 2021, "%") is None
    assert noise(country() * np.nan, PEOPLE, 2021, "kr/elev") is None


@pytest.mark.parametrize(
    ("unit", "logarithmic"),
    [
        ("kr/inv", True),
        ("antal", True),
        ("elever/lärare", True),
        ("%", False),
        ("meritpoäng", False),
        ("mnkr", False),
    ],
)
def test_scale_follows_the_unit(unit: str, logarithmic: bool) -> None:
    assert is_logarithmic(unit) is logarithmic


def test_costs_below_zero_are_judged_in_their_unit() -> None:
    found = noise(country(level=2.0), PEOPLE, 2021, "kr/inv")
    assert found is not None
    assert not found.logarithmic


def small_noise(q95: float = 2.0, q80: float = 1.25) -> Noise:
    return Noise(2022, False, pd.Series(1.0, index=["a", "b", "c"]), q95, q80, 0.0)


@pytest.mark.parametrize(
    ("own", "breaks", "certainty"),
    [
        ((5.0, 5.0, 5.0), (), Certainty.SURE),
        ((0.0, 0.0, 5.0), (), Certainty.LIKELY),  # on average no more than 1.67
        ((-9.0, 0.0, 5.0), (), Certainty.UNCLEAR),  # another sign on average
        ((5.0, 5.0, 1.0), (), Certainty.UNCLEAR),  # not this year
        ((5.0, 5.0, 5.0), (2022,), Certainty.LIKELY),  # one comparable year
        ((5.0, 5.0, 5.0), (2021,), Certainty.SURE),  # two
        ((np.nan, np.nan, 5.0), (), Certainty.LIKELY),
        ((5.0, 5.0, np.nan), (), Certainty.UNCLEAR),  # nothing to judge this year
        ((-5.0, -5.0, -5.0), (), Certainty.SURE),
    ],
)
def test_the_word(own: tuple[float, ...], breaks: tuple[int, ...], certainty: Certainty) -> None:
    panel = pd.DataFrame(
        [own, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)], index=list("abc"), columns=[2020, 2021, 2022]
    )
    found = differences(panel, against_value(panel, 0.0), small_noise(), real.breaks(*breaks))
    assert found.frame.loc["a", "certainty"] == certainty


def test_a_group_where_fewer_than_three_have_a_value_has_no_median() -> None:
    panel = pd.DataFrame({year: [9.0, 1.0, 2.0] for year in (2020, 2021, 2022)}, index=list("abc"))
    found = differences(panel, against_peers(panel, {"a": ["b", "c", "d"]}, small_noise()), small_noise())
    assert np.isnan(found.frame.loc["a", "difference"])
    assert set(found.frame["certainty"]) == {Certainty.UNCLEAR}


def test_one_named_municipality_brings_its_own_noise() -> None:
    panel = pd.DataFrame({year: [9.0, 1.0, 2.0] for year in (2020, 2021, 2022)}, index=list("abc"))
    found = differences(panel, against_peers(panel, {"a": ["b"]}, small_noise()), small_noise())
    assert found.frame.loc["a", ["difference", "sd"]].tolist() == pytest.approx([8.0, np.sqrt(2.0)])


def test_group_size_and_length_of_a_change() -> None:
    assert group_size_factor(np.array([1, 7, 30])).tolist() == pytest.approx(
        [1.0, 0.45, 0.45 * (7 / 30) ** 0.6]
    )
    assert [lingering(k) for k in (1, 3, 5)] == pytest.approx([1.0, 1.4, 1.5184], abs=5e-5)


def test_a_small_survey_is_never_surer_than_its_sample() -> None:
    """Half of Wilson's interval of 65 of 100 answers is published: 0.5525444 to 0.7363576."""
    assert wilson_sd(np.array([65.0]), np.array([100.0]))[0] == pytest.approx(
        100 * (0.7363576 - 0.5525444) / 2 / 1.959964, abs=1e-5
    )
    panel = country(spread=0.1, level=80.0)
    answers = panel * 0 + 50.0
    found = noise(panel, PEOPLE, 2021, "%", (), answers)
    assert found is not None
    assert (found.sd > 7.0).all()


def test_pooled_years_share_their_persons() -> None:
    panel, counts = country(level=50.0), country() * 0 + 10.0
    found = pooled_noise(panel, counts, 2021, 6)
    assert found is not None
    expected = np.sqrt(2.0) * wilson_sd(panel[2021].to_numpy(), np.full(len(panel), 60.0))
    assert found.sd.to_numpy() == pytest.approx(expected)
    assert pooled_noise(panel, counts * np.nan, 2021, 6) is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_country_of_chance_alone_is_told_nothing_for_sure(seed: int) -> None:
    panel = country(seed)
    found = noise(panel, PEOPLE, 2021, "%")
    assert found is not None
    told = differences(panel, against_country(panel), found).frame["certainty"]
    assert (told == Certainty.SURE).mean() <= 0.01


def test_a_planted_difference_is_found() -> None:
    panel = country()
    panel.loc["1150"] += 30.0
    found = noise(panel, PEOPLE, 2021, "%")
    assert found is not None
    row = differences(panel, against_country(panel), found).frame.loc["1150"]
    assert row["certainty"] == Certainty.SURE
    assert row["level"] == pytest.approx(30.0, abs=3.0)
