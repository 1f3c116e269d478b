"""Naming focus areas: the golden municipalities on the real country, and what must never be named."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import real
from benchmarks.calibration_focus import FAMILIES, cost_named, quality_named
from effektiv.analysis.focus import Aim, FocusAreas, Level, choose, cost_side, known_until, quality_side
from effektiv.analysis.panels import country
from effektiv.types import Better


@cache
def focus(year: int) -> FocusAreas:
    quality: dict[str, dict[str, pd.DataFrame]] = {}
    for part in real.QUALITY:
        quality.setdefault(FAMILIES.get(part, part), {})[part] = quality_named(part, year)
    return FocusAreas(year, {service: cost_named(service, year) for service in real.SERVICES}, quality)


def chosen(name: str, year: int) -> list[tuple[str, str, Aim | None]]:
    code = next(code for code, title in real.names().items() if title == name)
    mnkr = {
        service: float(country(real.panel(kpi)).loc[code].get(year, np.nan))
        for service, (_, kpi) in real.SERVICES.items()
    }
    named, _ = choose(focus(year), code, mnkr)
    return [(item.service, item.part if item.quality is Level.NAMED else "", item.aim) for item in named]


CUT, RAISE, CHEAP = Aim.CUT_COST, Aim.RAISE_QUALITY, Aim.RAISE_QUALITY_COST_IS_LOW


@pytest.mark.parametrize(
    ("name", "year", "expected"),
    [
        (
            "Älvkarleby",
            2020,
            [("äldreomsorg", "", CUT), ("grundskola", "grundskola", RAISE), ("IFO", "", CUT)],
        ),
        ("Lund", 2022, [("äldreomsorg", "", CUT), ("grundskola", "", CUT), ("förskola", "", CUT)]),
        ("Malmö", 2022, [("IFO", "", CUT), ("äldreomsorg", "hemtjänst", RAISE), ("fritidshem", "", CUT)]),
        ("Kungsbacka", 2022, [("äldreomsorg", "", CUT)]),
        ("Höör", 2022, []),
        ("Bjurholm", 2022, [("äldreomsorg", "", CUT), ("grundskola", "", CUT)]),
        (
            "Haninge",
            2022,
            [("gymnasieskola", "gymnasieskola", CHEAP), ("äldreomsorg", "särskilt boende", RAISE)],
        ),
        ("Täby", 2022, [("gymnasieskola", "gymnasieskola", CHEAP), ("äldreomsorg", "hemtjänst", CHEAP)]),
        ("Kalmar", 2022, [("förskola", "", CUT)]),
        ("Vingåker", 2022, [("LSS", "", CUT)]),
        ("Gotland", 2022, [("grundskola", "", CUT), ("förskola", "", CUT), ("fritidshem", "", CUT)]),
    ],
)
def test_the_golden_municipalities(
    name: str, year: int, expected: list[tuple[str, str, Aim]], shared: Path
) -> None:
    """What was found by hand, with its direction; Älvkarleby's are those it found itself in 2021."""
    assert shared
    found = chosen(name, year)
    assert sorted(found, key=str) == sorted(expected, key=str)
    if found:
        assert found[0][0] == expected[0][0]


@pytest.mark.parametrize(
    ("year", "none", "one", "two", "three"), [(2020, 32, 100, 88, 70), (2022, 34, 92, 98, 66)]
)
def test_how_many_are_named_in_the_country(
    year: int, none: int, one: int, two: int, three: int, shared: Path
) -> None:
    assert shared
    counts = pd.Series([len(chosen(name, year)) for name in real.names().values()]).value_counts()
    assert counts.sort_index().tolist() == pytest.approx([none, one, two, three], abs=1)


# --- a country of our own ---------------------------------------------------------------

CODES = [f"{1000 + i}" for i in range(120)]
YEARS = list(range(2014, 2023))
GROUPS = {
    code: [other for other in CODES[place : place + 8] if other != code] for place, code in enumerate(CODES)
}


def flat(value: float) -> pd.DataFrame:
    return pd.DataFrame(value, index=CODES, columns=YEARS)


def costs(deviation: pd.DataFrame) -> pd.DataFrame:
    return cost_side(deviation, flat(10_000.0), flat(15_000.0), flat(60_000.0), GROUPS, year=2022)


def noisy(seed: int = 1, sd: float = 3.0) -> pd.DataFrame:
    return flat(0.0) + np.random.default_rng(seed).normal(0, sd, (len(CODES), len(YEARS)))


def test_a_planted_cost_is_named_and_told_in_kronor() -> None:
    deviation = noisy()
    deviation.loc["1010"] += 20.0
    found = costs(deviation).loc["1010"]
    assert found["level"] == Level.NAMED
    assert found["mnkr"] == pytest.approx(0.2 * 10_000 * 15_000 / 1e6, rel=0.2)
    assert (found["years"], found["years_over"], found["peers_beyond"]) == (3, 3, 7)


def test_one_year_of_three_under_is_not_named() -> None:
    deviation = noisy()
    deviation.loc["1010"] = 25.0
    deviation.loc["1010", 2021] = -5.0
    assert costs(deviation).loc["1010", "level"] == Level.NONE


def test_one_comparable_year_is_not_enough() -> None:
    deviation = noisy()
    deviation.loc["1010"] += 30.0
    short = cost_side(
        deviation, flat(10_000.0), flat(15_000.0), flat(60_000.0), GROUPS, year=2022, breaks=real.breaks(2022)
    )
    assert short.loc["1010", "level"] == Level.NONE


def test_what_everybody_has_is_nobodys() -> None:
    """The reference cost is a mean over money: most lie over it in some services, and that names none."""
    assert (costs(noisy() + 15.0)["level"] == Level.NAMED).mean() <= 0.02


def test_a_small_cost_is_not_named_however_sure() -> None:
    deviation = noisy(sd=0.3)
    deviation.loc["1010"] += 5.0
    found = cost_side(deviation, flat(1_000.0), flat(15_000.0), flat(60_000.0), GROUPS, year=2022).loc["1010"]
    assert found["share_pct"] < 0.5
    assert found["level"] == Level.NONE


def test_low_quality_for_five_years_is_named_and_one_bad_cohort_is_not() -> None:
    results = noisy(3, sd=5.0)
    results.loc["1010"] -= 15.0
    results.loc["1050", 2022] -= 30.0
    found = quality_side({"q": results}, {"q": Better.HIGHER}, flat(15_000.0), GROUPS, year=2022)
    assert found.loc["1010", "level"] == Level.NAMED
    assert found.loc["1050", "level"] != Level.NAMED


def test_where_lower_is_better_low_is_good() -> None:
    waiting = noisy(4, sd=5.0)
    waiting.loc["1010"] += 15.0
    found = quality_side({"q": waiting}, {"q": Better.LOWER}, flat(15_000.0), GROUPS, year=2022)
    assert found.loc["1010", "level"] == Level.NAMED


def test_a_service_without_outcomes_has_no_quality() -> None:
    named, beside = choose(FocusAreas(2022, {"s": costs(noisy())}, {}), "1010", {"s": 1.0})
    assert all(item.quality is Level.NONE for item in (*named, *beside))


def test_latest_year_with_a_value() -> None:
    values = pd.DataFrame({2021: [1.0, np.nan], 2022: [np.nan, np.nan]}, index=["a", "b"])
    assert known_until(values).tolist() == [2021, -1]
