"""The services that have no focus area: förskola, fritidshem, gymnasieskola, LSS; and the whole.

Levels are about Riket's.
"""

from __future__ import annotations

import numpy as np

from effektiv.example.costs import PRICES, NetCostIds, add_net_cost, reference_cost
from effektiv.example.country import Country
from effektiv.example.effects import Effects
from effektiv.example.indices import normalised
from effektiv.example.ledger import MISSING, NOT_APPLICABLE, Hidden, Ledger, Small
from effektiv.example.noise import (
    Array,
    Mask,
    draw_shares,
    logistic,
    logit,
    normals,
    persistent,
    stream,
    yearly,
)
from effektiv.example.takepart import irregular, voluntary
from effektiv.example.truths import SCHOOL
from effektiv.example.years import YEARS, path

PRESCHOOL, AFTER_SCHOOL, UPPER_SECONDARY, DISABILITY = "forskola", "fritidshem", "gymnasieskola", "lss"

PRESCHOOL_IDS = NetCostIds("N11024", "N11038", "N11025", "N11031")
AFTER_SCHOOL_IDS = NetCostIds("N13020", "N13032", "N13021", "N13027")
UPPER_SECONDARY_IDS = NetCostIds("N17001", "N17030", "N17016", "N17014")
DISABILITY_IDS = NetCostIds("N28018", "N28021", "N28026", "N28016")

LEAST_PUPILS = 15
"""With fewer pupils in upper secondary school their results are hidden."""

TO_EXAM = 4
"""Years from grades in year 9 to an exam in time."""

IN_TOTAL = (
    ("N11025", "N11031"),
    ("N13021", "N13027"),
    ("N15018", "N15028"),
    ("N17016", "N17014"),
    ("N20016", "N20014"),
    ("N30007", "N30005"),
)
"""Reference and net cost of the services in the total deviation (LSS is not)."""

TOTAL_REDEFINED = 2015
"""Year from which the total counts preschool and after-school care as they are now."""


def add_other(ledger: Ledger, country: Country, effects: Effects) -> None:
    """Add the services without a focus area, and the municipality as a whole.

    The net costs of all other services must have been added.
    """
    _add_preschool(ledger, country, effects)
    _add_after_school(ledger, country, effects)
    _add_upper_secondary(ledger, country, effects)
    _add_disability(ledger, country, effects)
    _add_total(ledger, country)


def _add_preschool(ledger: Ledger, country: Country, effects: Effects) -> None:
    children = country.people(1, 5).total
    density = effects.draw(PRESCHOOL, "staff", lasting=0.045, yearly=0.02)
    other = effects.draw(PRESCHOOL, "other", lasting=0.05, yearly=0.02)
    structure = country.score(poverty=0.012, size=0.008)
    expected = 166_000 * PRICES * np.exp(structure)
    per_child = expected * np.exp(0.7 * density + other)
    effects.log_unit_cost[PRESCHOOL] = 0.7 * density + other
    enrolled = 100 * logistic(
        path([2010, 2025], [1.60, 1.95])
        + country.score(parents=0.12, foreign=-0.08)
        + 0.12 * persistent("preschool/enrolled", country.shape, rho=0.85)
    )
    staff = 5.25 * np.exp(-density)
    educated = effects.draw(PRESCHOOL, "educated", lasting=0.30, yearly=0.08)
    teachers = 100 * logistic(
        path([2010, 2025], [-0.10, -0.42]) + country.score(size=-0.10, foreign=-0.15) + educated
    )
    effects.log_quality[PRESCHOOL] = np.log(teachers / (100 * logistic(logit(teachers / 100) - educated)))
    ledger.add("N11032", per_child, decimals=1, weights=children)
    ledger.add("N11800", enrolled, decimals=1, weights=children)
    places = children * enrolled / 100
    ledger.add("N11010", staff, decimals=2, riket=places.sum(axis=0) / (places / staff).sum(axis=0))
    away = Hidden(MISSING, irregular(country, "preschool/teachers", 0.01))
    ledger.add("N11810", teachers, decimals=1, weights=places, hidden=[away])
    net = 0.915 * per_child * places / country.population
    expected = 0.915 * expected * places / country.population
    add_net_cost(ledger, PRESCHOOL_IDS, reference_cost(country, "preschool", expected, net, sd=0.025), net)


def _add_after_school(ledger: Ledger, country: Country, effects: Effects) -> None:
    chosen = effects.draw(AFTER_SCHOOL, "cost", lasting=0.15, yearly=0.05)
    children = country.people(6, 15).total / country.population
    expected = 12_400 * PRICES * children * np.exp(country.score(parents=0.10, size=0.05))
    net = expected * np.exp(chosen)
    effects.log_unit_cost[AFTER_SCHOOL] = chosen
    add_net_cost(
        ledger, AFTER_SCHOOL_IDS, reference_cost(country, "after-school", expected, net, sd=0.05), net
    )


def _add_upper_secondary(ledger: Ledger, country: Country, effects: Effects) -> None:
    chosen = effects.draw(UPPER_SECONDARY, "cost", lasting=0.07, yearly=0.03)
    young = country.people(16, 18).total
    expected = 124_000 * PRICES * young / country.population * np.exp(country.score(size=-0.02))
    net = expected * np.exp(0.8 * chosen)
    effects.log_unit_cost[UPPER_SECONDARY] = chosen
    reference = reference_cost(country, "upper-secondary", expected, net, sd=0.025)
    add_net_cost(ledger, UPPER_SECONDARY_IDS, reference, net)
    none = Hidden(NOT_APPLICABLE, _without_school(country))
    per_pupil = 141_000 * PRICES * np.exp(chosen + country.score(size=-0.03))
    per_pupil = per_pupil * np.exp(0.04 * persistent("upper-secondary/cost", country.shape, rho=0.6))
    ledger.add("U17031", per_pupil, decimals=1, weights=young, hidden=[none])
    results = effects.draw(UPPER_SECONDARY, "results", lasting=0.10, yearly=0.04)
    effects.log_quality[UPPER_SECONDARY] = np.log(logistic(logit(0.72) + results) / 0.72)
    started = country.people(16, 16 + 2).part(0.30)
    drawn = draw_shares("upper-secondary/exam", logistic(logit(0.72) + results), started)
    ledger.add(
        "N17467", drawn, decimals=1, weights=started, hidden=[none], small=Small(started, LEAST_PUPILS)
    )
    _add_exams_of_the_young(ledger, country, effects, results)
    misfit = 0.8 * normals("upper-secondary/misfit", country.shape[0], 1)
    few = Small(started, LEAST_PUPILS)
    ledger.add(
        "U17449", drawn.total - 72.0 - misfit, decimals=1, weights=started.total, hidden=[none], small=few
    )
    mood = results + 0.10 * yearly("upper-secondary/mood", *country.shape)
    away = none.where | irregular(country, "upper-secondary/survey", 0.05)
    index = normalised(np.where(away, np.nan, mood))
    hidden = [Hidden(MISSING, away), none]
    ledger.add("U17508", index, decimals=1, weights=young, hidden=hidden)


def _add_exams_of_the_young(ledger: Ledger, country: Country, effects: Effects, own_schools: Array) -> None:
    """Add exams of the young who live in each municipality, whichever school they go to.

    What they learnt in year 9 comes with them, four years later.
    """
    grades = effects.factors[SCHOOL, "results"]
    then = np.concatenate([np.repeat(grades[:, :1], TO_EXAM, axis=1), grades[:, :-TO_EXAM]], axis=1)
    chance = logit(0.72) + 0.5 * own_schools + 0.012 * then + country.score(parents=0.12, poverty=-0.06)
    chance = chance + 0.06 * persistent("upper-secondary/young", country.shape, rho=0.6)
    started = country.people(16, 18).part(0.33)
    drawn = draw_shares("upper-secondary/young/exam", logistic(chance), started, gap=3.0)
    ledger.add("N17461", drawn, decimals=1, weights=started, small=Small(started, LEAST_PUPILS))


def _without_school(country: Country) -> Mask:
    """Return the municipalities without an upper secondary school of their own: half of the small ones."""
    small = country.population[:, [0]] < 15_000
    without = small & (stream("upper-secondary/none").random((country.shape[0], 1)) < 0.5)
    return np.asarray(np.broadcast_to(without, country.shape))


def _add_disability(ledger: Ledger, country: Country, effects: Effects) -> None:
    chosen = effects.draw(DISABILITY, "cost", lasting=0.06, yearly=0.03)
    need = country.score(old=0.05, poverty=0.06) + 0.20 * normals("disability/need", country.shape[0], 1)
    need = need + 0.08 * persistent("disability/need/yearly", country.shape, rho=0.9)
    expected = 5_900 * PRICES * np.exp(need)
    net = expected * np.exp(chosen)
    effects.log_unit_cost[DISABILITY] = chosen
    # The deviation of LSS has no new method in 2019, so its reference has no error that changes.
    population = country.population
    level = (net * population).sum(axis=0) / (expected * population).sum(axis=0)
    add_net_cost(ledger, DISABILITY_IDS, expected * level, net)
    users = country.people(21, 64)
    homes, days = users.part(0.0047), users.part(0.0066)
    for kpi, kr, spread, people in (("N28013", 1_090_000, 0.09, homes), ("N28015", 268_000, 0.13, days)):
        own = spread * normals(f"disability/{kpi}", country.shape[0], 1)
        moving = 0.04 * persistent(f"disability/{kpi}/yearly", country.shape, rho=0.6)
        per_user = kr * PRICES * np.exp(chosen + own + moving)
        ledger.add(kpi, per_user, decimals=1, weights=people.total, small=Small(people, 4))
    satisfaction = effects.draw(DISABILITY, "satisfaction", lasting=0.28, yearly=0.12)
    effects.log_quality[DISABILITY] = np.log(logistic(logit(0.78) + satisfaction) / 0.78)
    hidden = voluntary(country, "disability/survey", 0.70)
    for kpi, share, people in (("U28663", 0.78, homes), ("U28561", 0.82, days)):
        asked = people.part(0.55)
        drawn = draw_shares(f"disability/{kpi}", logistic(logit(share) + satisfaction), asked, gap=0.5)
        years = YEARS[YEARS >= 2016]
        few = Small(asked, 5)
        ledger.add(kpi, drawn, decimals=1, weights=asked, years=years, hidden=hidden, small=few)


def _add_total(ledger: Ledger, country: Country) -> None:
    """Add the total deviation and the net cost of everything that is paid by taxes."""
    total = {
        side: np.asarray(sum(ledger.figures[pair[side]].numbers["T"] for pair in IN_TOTAL)) for side in (0, 1)
    }
    deviation = 100 * (total[1] / total[0] - 1)
    before = 0.8 * normals("total/before", country.shape[0], 1) * (YEARS < TOTAL_REDEFINED)
    ledger.add("N00097", deviation + before, decimals=4, weights=country.population)
    rest = (
        10_900
        * PRICES
        * np.exp(country.score(size=-0.06) + 0.08 * normals("total/rest", country.shape[0], 1))
    )
    everything = total[1] + ledger.figures[DISABILITY_IDS.net].numbers["T"] + rest
    ledger.add("N00096", everything, decimals=1, weights=country.population)
