"""Grundskola: pupils, cost tree, results and their structural prediction.

Constants marked [K] are Kolada's values for Riket (files of 2010-2025), [S] are
Skolverket's and [M] the municipalities' spread in either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from effektiv.example.costs import NetCostIds, method_error, parent_of
from effektiv.example.country import PROBABILITIES, Country
from effektiv.example.effects import Effects
from effektiv.example.indices import normalised
from effektiv.example.ledger import MISSING, NOT_APPLICABLE, Hidden, Ledger, Small
from effektiv.example.noise import (
    Array,
    Mask,
    People,
    Split,
    around,
    draw_means,
    draw_shares,
    logistic,
    logit,
    normals,
    persistent,
    stream,
    uniforms,
    yearly,
)
from effektiv.example.truths import NO_UPPER_SCHOOL, SCHOOL
from effektiv.example.years import YEARS, column_of, path

COST_YEARS = (2010, 2011, 2013, 2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025)
# fmt: off
COSTS = {
    "total": (85870, 88004, 92575, 94999, 98334, 104844, 109462, 113525, 116553, 118209, 121830, 126721,
              135415, 142927, 145505),
    "teaching": (43668, 45564, 48360, 49790, 52460, 57251, 60662, 63114, 66229, 66846, 68378, 70410, 75728,
                 79115, 80073),
    "premises": (17415, 17654, 17895, 17981, 17882, 17953, 17988, 18345, 18794, 19601, 20260, 21212, 22786,
                 24913, 26180),
    "meals": (5320, 5513, 5790, 5946, 6001, 6094, 6319, 6448, 6513, 6581, 6714, 7085, 7582, 7963, 8156),
    "other": (13752, 13470, 14113, 14549, 14950, 15863, 16710, 17533, 16195, 16283, 16961, 17909, 18848,
              19883, 19542),
}
"""Riket, kr per pupil in municipal schools years 1-9 [K: N15008, N15011, N15009, N15013, N15010]."""

NET_YEARS = (2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025)
NET_COST = (93966, 96799, 99783, 102645, 103418, 106720, 111016, 118869, 125416, 127229)
"""Riket, net cost per pupil F-9 [K: U15011]."""
# fmt: on

TOOLS_SHARE = 0.42
"""Learning tools' share of what is left of the total; the rest is pupil health."""

PUPILS_PER_TEACHER = 12.1
"""Riket, about the same in all years [K: N15033, N15034]."""

MERIT_YEARS = (2010, 2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2025)
MERIT = (204.0, 211.5, 215.8, 213.4, 211.5, 217.6, 218.4, 219.5, 220.4, 217.1, 216.0)
"""Mean of the municipalities' municipal schools [S, 2015-2022]."""

MERIT_STRUCTURE = {"parents": 8.9, "poverty": -4.6, "foreign": 1.4, "size": -1.4}
"""Merit points per standard deviation of each condition (regression, 290 municipalities) [S]."""

MERIT_PUPIL_SD = 78.0
"""Spread between pupils: gives the year-to-year spread seen at 50-1000 pupils a year [S]."""

ALL_SUBJECTS = (0.718, 0.023)
VOCATIONAL = (0.839, 0.025)
"""Share of pupils at the mean merit value, and change in log-odds per merit point [S]."""

CERTIFIED = np.array(
    [40.0, 46.6, 52.5, 54.7, 57.9, 62.5, 65.3, 67.4, 69.0, 71.0, 72.9, 75.1, 77.3, 79.5, 81.9, 86.8, 92.8]
)
"""Certified teachers, per cent, at `PROBABILITIES` over municipalities, 2022 [M: N15813]."""

LEAST_PUPILS = 10
"""Fewer pupils than this in year 9, or of one gender, are not shown."""

GIRLS_AHEAD = 21.0
"""Girls' merit value minus boys'."""

NET = NetCostIds("N15001", "N15045", "N15018", "N15028")


@dataclass(frozen=True)
class Pupils:
    """Pupils 15 October, municipality x year.

    Attributes
    ----------
    home, home_1_9
        Living in the municipality, F-9 and years 1-9.
    own, own_1_9
        In municipal schools in the municipality.
    year_9
        In year 9 of municipal schools.
    """

    home: Array
    home_1_9: Array
    own: Array
    own_1_9: Array
    year_9: People


def add_school(ledger: Ledger, country: Country, effects: Effects) -> None:
    """Add every figure on grundskola to the ledger."""
    pupils = _add_pupils(ledger, country)
    expected = _expected_cost(country, pupils)
    ratio_to_expected = _add_cost_tree(ledger, country, effects, pupils, expected)
    _add_home_costs(ledger, country, pupils, expected, ratio_to_expected)
    results = effects.draw(SCHOOL, "results", lasting=6.5, yearly=4.0)
    _add_background(ledger, country, pupils)
    predicted = _predicted_merit(country)
    effects.log_quality[SCHOOL] = np.log1p(results / predicted)
    effects.log_unit_cost[SCHOOL] = np.log(ratio_to_expected)
    _add_results(ledger, country, pupils, predicted, results)
    _add_survey(ledger, country, effects, pupils)
    _add_teachers(ledger, country, pupils)


def _add_pupils(ledger: Ledger, country: Country) -> Pupils:
    """Add pupils and return them."""
    first = np.rint(country.people(6, 6).total * 0.975)
    home_1_9 = np.rint(country.people(7, 15).total * 0.985)
    outside = 100 - country.levels["municipal"][:, None]
    share = (100 - outside * path([2010, 2022, 2025], [0.72, 1.0, 1.04])) / 100
    local = share * (1 + 0.01 * normals("school/inflow", country.shape[0], 1))
    own_1_9, own_first = np.rint(home_1_9 * local), np.rint(first * local)
    # Cohorts differ in size; the mean over nine years does not show it.
    cohort = 1 + 0.06 * yearly("school/cohort", *country.shape)
    girls = np.clip(0.485 + 0.10 * yearly("school/girls", *country.shape) / np.sqrt(own_1_9 / 9), 0.35, 0.62)
    in_year_9 = np.rint(own_1_9 / 9 * cohort)
    year_9 = People(
        np.rint(in_year_9 * girls).astype(np.int64),
        (in_year_9 - np.rint(in_year_9 * girls)).astype(np.int64),
    )
    ledger.add("N15829", home_1_9, decimals=0)
    ledger.add("N15809", own_1_9, decimals=0)
    ledger.add("N15833", own_1_9 + own_first, decimals=0)
    return Pupils(home_1_9 + first, home_1_9, own_1_9 + own_first, own_1_9, year_9)


def _expected_cost(country: Country, pupils: Pupils) -> Array:
    """Return what conditions do to the cost per pupil (log), zero for the country as a whole."""
    log_cost = country.score(school_size=-0.028, size=-0.010, poverty=0.012, foreign=0.012, parents=-0.006)
    national = (np.exp(log_cost) * pupils.home).sum(axis=0) / pupils.home.sum(axis=0)
    return np.asarray(log_cost - np.log(national))


def _add_cost_tree(
    ledger: Ledger, country: Country, effects: Effects, pupils: Pupils, expected: Array
) -> Array:
    """Add the cost of municipal schools with its parts; return cost over what conditions explain."""
    paths = {name: path(COST_YEARS, values) for name, values in COSTS.items()}
    left = paths["total"] - sum(paths[name] for name in ("teaching", "premises", "meals", "other"))
    paths["tools"], paths["health"] = TOOLS_SHARE * left, (1 - TOOLS_SHARE) * left
    level = effects.draw(SCHOOL, "level", lasting=0.018, yearly=0.018)
    teachers = effects.draw(SCHOOL, "teachers", lasting=0.045, yearly=0.032)
    pay = effects.draw(SCHOOL, "pay", lasting=0.025, yearly=0.015)
    spreads = {"premises": 0.13, "meals": 0.10, "tools": 0.20, "health": 0.16, "other": 0.18}
    own = {
        name: effects.draw(SCHOOL, name, lasting=spread, yearly=spread / 2)
        for name, spread in spreads.items()
    }
    own["teaching"] = teachers + pay
    small_schools = country.score(school_size=-0.05)
    size_matters = {name: small_schools * (name == "premises") for name in own}
    parts = {
        name: paths[name] * np.exp(expected + size_matters[name] + level + effect)
        for name, effect in own.items()
    }
    explained = {name: paths[name] * np.exp(expected + size_matters[name]) for name in own}
    density = expected / 2 + teachers
    _add_teacher_density(ledger, pupils, density)
    _add_school_size(ledger, country, effects, pupils)
    _add_parts(ledger, country, pupils, parts)
    return np.asarray(sum(parts.values()) / sum(explained.values()))


def _add_teacher_density(ledger: Ledger, pupils: Pupils, log_density: Array) -> None:
    per_teacher = PUPILS_PER_TEACHER * np.exp(-log_density)
    riket = pupils.own_1_9.sum(axis=0) / (pupils.own_1_9 / per_teacher).sum(axis=0)
    ledger.add("N15034", per_teacher, decimals=2, riket=riket)


def _add_school_size(ledger: Ledger, country: Country, effects: Effects, pupils: Pupils) -> None:
    """Add pupils per school; a planted effect stands for a choice, not a condition."""
    chosen = effects.draw(SCHOOL, "school_size", lasting=0.0, yearly=0.03)
    in_2022 = pupils.own[:, [column_of(2022)]]
    size = country.levels["school_size"][:, None] * (pupils.own / in_2022) ** 0.6 * np.exp(chosen)
    schools = np.maximum(np.rint(pupils.own / size), 1)
    riket = pupils.own.sum(axis=0) / schools.sum(axis=0)
    ledger.add("N15752", pupils.own / schools, decimals=1, riket=riket)


def _add_parts(ledger: Ledger, country: Country, pupils: Pupils, parts: dict[str, Array]) -> None:
    """Add both cost trees: parents are the sums of the published parts, but for known residuals."""
    ids = {
        "teaching": "N15011",
        "premises": "N15009",
        "meals": "N15013",
        "tools": "N15012",
        "health": "N15014",
        "other": "N15010",
    }
    shown = {name: np.round(parts[name], 1) for name in ids}
    for name, kpi in ids.items():
        ledger.add(kpi, shown[name], decimals=1, weights=pupils.own_1_9)
    total = parent_of(country, "N15008", shown.values())
    ledger.add("N15008", total, decimals=1, weights=pupils.own_1_9)
    # The year before school has fewer lessons and the same rooms.
    first = (pupils.own - pupils.own_1_9) / pupils.own
    rest = parts["meals"] + parts["tools"] + parts["health"] + parts["other"]
    with_first = {
        "N15062": np.round(parts["teaching"] * (1 - 0.22 * first), 1),
        "N15061": np.round(parts["premises"] * (1 - 0.05 * first), 1),
        "N15063": np.round(rest * (1 - 0.10 * first), 1),
    }
    for kpi, values in with_first.items():
        ledger.add(kpi, values, decimals=1, weights=pupils.own)
    total = parent_of(country, "N15060", with_first.values())
    ledger.add("N15060", total, decimals=1, weights=pupils.own)


def _add_home_costs(
    ledger: Ledger, country: Country, pupils: Pupils, expected: Array, ratio_to_expected: Array
) -> None:
    """Add net and gross costs for the pupils who live in the municipality, and the deviation."""
    # From 2020 pupils of the adapted school who are taught with the others are counted too.
    counted = _mean_of_two_years(pupils.home) * np.where(YEARS >= 2020, 1.004, 1.0)
    per_inhabitant = counted / country.population
    level = path(NET_YEARS, NET_COST)
    level = np.where(NET_YEARS[0] > YEARS, NET_COST[0] * path(COST_YEARS, COSTS["total"]) / 104844, level)
    wobble = np.exp(0.008 * persistent("school/net", country.shape, rho=0.4))
    net = level * np.exp(expected) * ratio_to_expected * wobble
    modelled = level * np.exp(expected + method_error(country, "school", 0.022))
    modelled *= (net * counted).sum(axis=0) / (modelled * counted).sum(axis=0)
    modelled *= np.where(YEARS >= 2023, 0.995, 1.0)
    net_shown = ledger.add("U15011", net, decimals=1, weights=counted)
    reference_shown = ledger.add("N15058", modelled, decimals=1, weights=counted)
    inhabitants = country.population
    reference = ledger.add(NET.reference, reference_shown * per_inhabitant, decimals=1, weights=inhabitants)
    ledger.add(NET.net, net_shown * per_inhabitant, decimals=1, weights=inhabitants)
    ledger.add(NET.deviation_pct, 100 * (net_shown / reference_shown - 1), decimals=4, weights=counted)
    ledger.add(
        NET.deviation_mnkr, (net_shown / reference_shown - 1) * reference * inhabitants / 1e6, decimals=4
    )
    grants = 0.118 + country.score(poverty=0.010, foreign=0.006)
    gross = net * (1 + grants)
    ledger.add("N15027", gross, decimals=1, weights=counted)
    ledger.add("N15006", gross * 1.021, decimals=1, weights=_mean_of_two_years(pupils.home_1_9))
    sparse = np.exp(
        country.score(size=-0.32, growth=-0.18, tertiary=-0.12) + 0.2 * normals("school/bus", len(net), 1)
    )
    bus = 3600 * path(COST_YEARS, COSTS["total"]) / 126721 * sparse
    ledger.add("U15015", bus, decimals=1, weights=pupils.home_1_9)
    _add_adjusted_cost(ledger, country, reference_shown * per_inhabitant, grants)


def _add_adjusted_cost(ledger: Ledger, country: Country, reference: Array, grants: Array) -> None:
    """Add U15049 = (cost per municipal pupil - state grants) x riket's reference over the own.

    Both references are per inhabitant 6-15 years (Kolada's description of U15041).
    """
    children = country.people(6, 15).total
    per_child = reference * country.population / children
    riket = np.nansum(reference * country.population, axis=0) / children.sum(axis=0)
    cost = ledger.figures["N15060"].numbers["T"]
    ledger.add("U15049", cost * (1 - grants) * riket / per_child, decimals=1, weights=children)


def _mean_of_two_years(pupils: Array) -> Array:
    """Return the mean of 15 October this year and the year before."""
    before = np.concatenate([pupils[:, :1], pupils[:, :-1]], axis=1)
    return (before + pupils) / 2


def _add_background(ledger: Ledger, country: Country, pupils: Pupils) -> None:
    """Add parents' education and the pupils' background."""
    parents = country.condition("parents", (0.75, 1.065), wobble=0.012, decimals=2)
    own = parents - 0.06 * (100 - country.levels["municipal"][:, None])
    ledger.add("N15820", np.clip(own, 20, 95), decimals=1, weights=pupils.own_1_9)
    foreign = country.condition("foreign", (0.70, 1.05), wobble=0.03, decimals=2)
    ledger.add("N15822", foreign, decimals=1, weights=pupils.own_1_9)
    new = path([2010, 2014, 2017, 2020, 2025], [4.0, 5.5, 9.5, 6.0, 4.0])
    arrived = new * np.exp(
        country.score(foreign=0.30) + 0.15 * persistent("school/new", country.shape, rho=0.7)
    )
    people = _by_sex(pupils.own)
    ledger.add("N15902", around(arrived, people, -0.2), decimals=2, weights=people)


def _by_sex(pupils: Array) -> People:
    girls = np.rint(0.486 * pupils).astype(np.int64)
    return People(girls, pupils.astype(np.int64) - girls)


def _predicted_merit(country: Country) -> Array:
    """Return the merit value that conditions explain."""
    return path(MERIT_YEARS, MERIT) + country.score(**MERIT_STRUCTURE)


def _add_results(ledger: Ledger, country: Country, pupils: Pupils, predicted: Array, results: Array) -> None:
    """Add merit value, the two shares and their deviations from model-predicted values."""
    year_9, few = pupils.year_9, Small(pupils.year_9, LEAST_PUPILS)
    hidden = [Hidden(NOT_APPLICABLE, _without_upper_school(country))]
    # In 2016 pupils of unknown background were left out.
    left_out = 2.5 * (YEARS == 2016) * np.exp(country.score(foreign=0.25))
    wanted = predicted + results + left_out
    merit = draw_means("school/merit", wanted, MERIT_PUPIL_SD, year_9, gap=GIRLS_AHEAD)
    merit = Split(*(np.minimum(part, 320.0) for part in (merit.total, merit.women, merit.men)))
    published = ledger.add("N15505", merit, decimals=1, weights=year_9, hidden=hidden, small=few)
    deviation = published - np.round(predicted + _misfit(country, "merit", 1.5), 1)
    ledger.add("U15459", deviation, decimals=1, weights=year_9.total, hidden=hidden, small=few)
    national = path(MERIT_YEARS, MERIT)
    cohort = wanted + 0.5 * (merit.total - wanted)
    for kpi, deviation_kpi, (share, slope), gap in (
        ("N15419", "U15457", ALL_SUBJECTS, 4.5),
        ("N15436", "U15461", VOCATIONAL, 1.6),
    ):
        expected = logistic(logit(share) + slope * (predicted - national))
        probability = logistic(logit(share) + slope * (cohort - national))
        drawn = draw_shares(f"school/{kpi}", probability, year_9, gap=gap)
        published = ledger.add(kpi, drawn, decimals=1, weights=year_9, hidden=hidden, small=few)
        modelled = 100 * expected + _misfit(country, kpi, 0.8)
        ledger.add(
            deviation_kpi,
            published - np.round(modelled, 1),
            decimals=1,
            weights=year_9.total,
            hidden=hidden,
            small=few,
        )


def _misfit(country: Country, name: str, sd: float) -> Array:
    """Return what SKR's model misses; the model was changed in 2017."""
    old, new = normals(f"school/misfit/{name}", 2, country.shape[0], 1) * sd
    return np.asarray(np.where(YEARS < 2017, old, new))


def _without_upper_school(country: Country) -> Mask:
    where = np.zeros(country.shape, dtype=bool)
    for title in NO_UPPER_SCHOOL:
        where[country.row(title)] = True
    return where


def _add_survey(ledger: Ledger, country: Country, effects: Effects, pupils: Pupils) -> None:
    """Add Skolinspektionen's pupil survey: an index from eleven questions, and one of the questions."""
    wellbeing = effects.draw(SCHOOL, "wellbeing", lasting=0.22, yearly=0.12)
    mood = wellbeing + country.score(parents=0.05, poverty=-0.05)
    answers = 0.35 / np.sqrt(np.maximum(pupils.own_1_9 / 9, 4))
    reworded = 0.12 * normals("school/survey/2022", country.shape[0], 1) * (YEARS >= 2022)
    score = mood + reworded + 0.4 * answers * yearly("school/survey", *country.shape)
    away = uniforms("school/survey/away", *country.shape) < 0.04 + 0.10 * (pupils.own_1_9 < 900)
    index = np.where(away, np.nan, normalised(np.where(away, np.nan, score)))
    ledger.add("U15402", index, decimals=1, weights=pupils.own_1_9, hidden=[Hidden(MISSING, away)])
    asked = pupils.year_9.part(0.83)
    safe = draw_shares("school/safe", logistic(logit(0.80) + mood), asked, gap=-4.0)
    # Every school is asked every second year, so about half of the municipalities have a value.
    turn = stream("school/survey/turn").integers(0, 2, (country.shape[0], 1))
    waiting = (YEARS + turn) % 2 == 0
    ledger.add(
        "N15643",
        safe,
        decimals=1,
        weights=asked,
        years=YEARS[YEARS >= 2022],
        hidden=[Hidden(MISSING, waiting | away)],
        small=Small(asked, 5),
    )


def _add_teachers(ledger: Ledger, country: Country, pupils: Pupils) -> None:
    """Add the share of certified teachers."""
    draw = country.score(parents=0.54, foreign=-0.17, size=-0.05) + 0.8 * normals(
        "school/certified", country.shape[0], 1
    )
    rank = np.argsort(np.argsort(draw[:, 0], kind="stable"), kind="stable")
    level = np.interp((rank + 0.5) / len(rank), PROBABILITIES, CERTIFIED)[:, None]
    trend = path([2012, 2015, 2016, 2025], [3.5, 3.0, 0.5, 1.5])
    teachers = pupils.own_1_9 / PUPILS_PER_TEACHER
    spread = 2.0 + 18.0 / np.sqrt(np.maximum(teachers, 10))
    own = spread * persistent("school/certified/yearly", country.shape, rho=0.7)
    ledger.add("N15814", np.clip(level + trend + own, 25, 100), decimals=1, weights=pupils.own_1_9)
