"""Individ- och familjeomsorg: placements as volume x price, open care, and what children say.

Levels are about Riket's. Children placed are few, so their numbers are drawn and the
small municipalities' figures jump, as in reality.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from effektiv.example.aid import Aid
from effektiv.example.costs import PRICES, NetCostIds, add_net_cost, parent_of, reference_cost
from effektiv.example.country import Country
from effektiv.example.effects import Effects
from effektiv.example.ledger import Hidden, Ledger, Small
from effektiv.example.noise import (
    Array,
    Counts,
    People,
    around,
    draw_shares,
    logistic,
    logit,
    normals,
    persistent,
    ratio,
    yearly,
)
from effektiv.example.takepart import voluntary
from effektiv.example.truths import CHILDREN
from effektiv.example.years import LATE_YEARS, YEARS, path

NET = NetCostIds("N30001", "N30026", "N30007", "N30005")

LEAST_CHILDREN = 4
"""Numbers from 1 up to this are hidden by Socialstyrelsen; 0 is shown."""

LEAST_ANSWERS = 5


@dataclass(frozen=True)
class Cost:
    """Cost of child care and what conditions explain, kr per inhabitant 0-20."""

    kr: Array
    expected: Array


@dataclass(frozen=True)
class Survey:
    """One of SKR's user surveys in social services.

    Attributes
    ----------
    name
        Name of its streams.
    answers
        Key figure with the number of answers.
    first_year
        First year it was made.
    per_thousand
        Answers a year per 1 000 inhabitants 0-20, where it is made.
    takes_part
        Share of municipalities that ever take part.
    questions
        Key figure and share of good answers.
    """

    name: str
    answers: str
    first_year: int
    per_thousand: float
    takes_part: float
    questions: tuple[tuple[str, float], ...]


SURVEYS = (
    Survey("young", "U33904", 2015, 13.0, 0.55, (("U33580", 0.78), ("U33581", 0.72), ("U33578", 0.70))),
    Survey("parents", "U33903", 2015, 15.0, 0.60, (("U33594", 0.82), ("U33595", 0.68))),
    Survey(
        "foster",
        "U33787",
        2020,
        2.2,
        0.45,
        (("U33755", 0.93), ("U33760", 0.91), ("U33754", 0.90), ("U33758", 0.88), ("U33750", 0.86)),
    ),
    Survey("open-parents", "N33850", 2021, 5.0, 0.35, (("N33847", 0.88), ("N33846", 0.75))),
    Survey("open-young", "N33861", 2021, 3.0, 0.35, (("N33858", 0.86), ("N33857", 0.77))),
)


def add_children(ledger: Ledger, country: Country, effects: Effects, aid: Aid) -> None:
    """Add every figure on social services for individuals and families to the ledger.

    Parameters
    ----------
    ledger, country, effects
        Where to and what from.
    aid
        Cost of economic aid, which is part of the same service.
    """
    placed = _add_placements(ledger, country, effects)
    cost = _add_cost_tree(ledger, country, effects, placed)
    _add_net_cost(ledger, country, effects, cost, aid)
    _add_open_care(ledger, country, placed)
    _add_judgement(ledger, country, effects)
    _add_registers(ledger, country, effects, placed)


@dataclass(frozen=True)
class _Placed:
    """Children placed during the year and what conditions explain, per inhabitant 0-20."""

    foster: People
    hvb: People
    foster_expected: Array
    hvb_expected: Array


def _need(country: Country) -> Array:
    """Return how conditions change the need of child care (log)."""
    return country.score(poverty=0.20, parents=-0.10, compulsory=0.05)


def _add_placements(ledger: Ledger, country: Country, effects: Effects) -> _Placed:
    """Add children placed in foster homes and institutions (HVB)."""
    young = country.people(0, 20)
    foster_level = path([2010, 2014, 2017, 2025], [8.4, 8.6, 8.4, 7.4])
    # Until 2013 also children without a full personal identity number were counted.
    foster_level = foster_level * np.where(YEARS < 2014, 1.06, 1.0) / 1000
    hvb_level = path([2010, 2014, 2016, 2020, 2025], [3.4, 4.4, 5.2, 3.9, 3.2]) / 1000
    foster_more = effects.draw(CHILDREN, "foster_volume", lasting=0.24, yearly=0.08)
    hvb_more = effects.draw(CHILDREN, "hvb_volume", lasting=0.24, yearly=0.08)
    foster_expected = foster_level * np.exp(_need(country))
    hvb_expected = hvb_level * np.exp(_need(country))
    foster = _few_at_random("children/foster", young, foster_expected * np.exp(foster_more), girls_share=0.47)
    hvb = _few_at_random("children/hvb", young, hvb_expected * np.exp(hvb_more), girls_share=0.40)
    both = People(
        np.rint(0.93 * (foster.women + hvb.women)).astype(np.int64),
        np.rint(0.93 * (foster.men + hvb.men)).astype(np.int64),
    )
    for people, number, rate in ((foster, "N33812", "N33817"), (hvb, "N33813", "N33816")):
        few = Small(people, LEAST_CHILDREN, zero_shown=True)
        ledger.add(number, people.counts(), decimals=0, small=few)
        ledger.add(rate, ratio(people, young, 1000.0), decimals=2, weights=young, small=few)
    few = Small(both, LEAST_CHILDREN, zero_shown=True)
    ledger.add("N33818", ratio(both, young, 1000.0), decimals=2, weights=young, small=few)
    return _Placed(foster, hvb, foster_expected, hvb_expected)


def _few_at_random(key: str, people: People, rate: Array, *, girls_share: float) -> People:
    """Return numbers of girls and boys around an expected rate.

    Most children who are placed one year are so the next too, so the numbers vary
    somewhat less than Poisson draws and keep near last year's.
    """
    counts: list[Counts] = []
    for sex, share in (("girls", girls_share), ("boys", 1 - girls_share)):
        expected = share * rate * people.total
        drawn = expected + 0.85 * persistent(f"{key}/{sex}", expected.shape, rho=0.4) * np.sqrt(expected)
        counts.append(np.rint(np.maximum(drawn, 0)).astype(np.int64))
    return People(*counts)


def _add_cost_tree(ledger: Ledger, country: Country, effects: Effects, placed: _Placed) -> Cost:
    """Add the cost of child care with its parts, kr per inhabitant 0-20, and what is bought."""
    young = country.people(0, 20).total
    foster_price = effects.draw(CHILDREN, "foster_price", lasting=0.14, yearly=0.06)
    hvb_price = effects.draw(CHILDREN, "hvb_price", lasting=0.14, yearly=0.08)
    open_care = effects.draw(CHILDREN, "open_care", lasting=0.20, yearly=0.07)
    foster_kr, hvb_kr = 480_000 * PRICES, 640_000 * PRICES
    open_kr = 3_250 * PRICES * np.exp(country.score(size=0.04, poverty=0.08))
    parts = {
        "N33002": hvb_kr * np.exp(hvb_price) * placed.hvb.total / young,
        "N33004": foster_kr * np.exp(foster_price) * placed.foster.total / young,
        "N33021": open_kr * np.exp(open_care),
    }
    lasting = {kpi: np.exp(0.05 * yearly(f"children/{kpi}", *country.shape)) for kpi in parts}
    shown = {kpi: np.round(values * lasting[kpi], 1) for kpi, values in parts.items()}
    for kpi, values in shown.items():
        ledger.add(kpi, values, decimals=1, weights=young)
    published = parent_of(country, "N33006", shown.values())
    ledger.add("N33006", published, decimals=1, weights=young)
    everyone = country.population
    ledger.add("N33001", published * young / everyone, decimals=1, weights=everyone)
    total = np.asarray(sum(shown.values()))
    expected = foster_kr * placed.foster_expected + hvb_kr * placed.hvb_expected + open_kr
    chosen = (
        foster_kr * placed.foster_expected * np.exp(foster_price + effects.factors[CHILDREN, "foster_volume"])
        + hvb_kr * placed.hvb_expected * np.exp(hvb_price + effects.factors[CHILDREN, "hvb_volume"])
        + open_kr * np.exp(open_care)
    )
    effects.log_unit_cost[CHILDREN] = np.log(chosen / expected)
    _add_bought(ledger, country, effects, total * young)
    return Cost(total, expected)


def _add_bought(ledger: Ledger, country: Country, effects: Effects, weights: Array) -> None:
    """Add how much of the care is bought, in all and by seller."""
    leaning = effects.draw(CHILDREN, "bought", lasting=0.40, yearly=0.15)
    bought = np.round(100 * logistic(-0.25 + country.score(size=-0.15) + leaning), 1)
    private = np.round(bought * logistic(1.0 + 0.3 * normals("children/private", country.shape[0], 1)), 1)
    others = np.round((bought - private) * 0.25, 1)
    for kpi, share in (("N33023", bought), ("N33024", private), ("N33025", others)):
        ledger.add(kpi, share, decimals=1, weights=weights)


def _add_net_cost(ledger: Ledger, country: Country, effects: Effects, children: Cost, aid: Aid) -> None:
    """Add net cost and reference cost of the whole service, per inhabitant."""
    per_inhabitant = 0.95 * country.people(0, 20).total / country.population
    adults_chosen = effects.draw(CHILDREN, "adults", lasting=0.16, yearly=0.06)
    adults = 1_240 * PRICES * np.exp(country.score(poverty=0.12, size=0.06))
    # The rest of what adults get is other care and family law, which have no figure of their own.
    addiction = 0.8 * np.exp(0.05 * persistent("children/addiction", country.shape, rho=0.8))
    ledger.add("N35001", addiction * adults * np.exp(adults_chosen), decimals=1, weights=country.population)
    net_children = children.kr * per_inhabitant
    ledger.add("N33016", net_children, decimals=1, weights=country.population)
    net = net_children + aid.net + adults * np.exp(adults_chosen)
    expected = children.expected * per_inhabitant + aid.expected + adults
    add_net_cost(ledger, NET, reference_cost(country, "children", expected, net, sd=0.05), net)


def _add_open_care(ledger: Ledger, country: Country, placed: _Placed) -> None:
    """Add children with individual open care, and care by law among those placed."""
    young = country.people(0, 20)
    asylum = np.where(YEARS >= 2018, 1.04, 1.0)
    own = persistent("children/open", country.shape, rho=0.9)
    share = 0.0115 * asylum * np.exp(0.6 * _need(country) + 0.28 * own)
    drawn = draw_shares("children/open/drawn", share, young, gap=-1.0)
    ledger.add("N33802", drawn, decimals=2, weights=young, small=Small(young.part(share), 4))
    for kpi, level in (("N33822", 0.0036), ("N33823", 0.0052)):
        expected = level * np.exp(
            0.5 * _need(country) + 0.45 * persistent(f"children/{kpi}", country.shape, rho=0.85)
        )
        drawn = draw_shares(f"children/{kpi}/drawn", expected, young)
        few = Small(young.part(expected), 4)
        ledger.add(kpi, drawn, decimals=2, weights=young, years=LATE_YEARS, small=few)
    both = People(placed.foster.women + placed.hvb.women, placed.foster.men + placed.hvb.men)
    by_law = logistic(-0.25 + 0.25 * persistent("children/law", country.shape, rho=0.8))
    drawn = draw_shares("children/law/drawn", by_law, both, gap=3.0)
    ledger.add("N33878", drawn, decimals=1, weights=both, years=LATE_YEARS, small=Small(both, 10))


def _add_judgement(ledger: Ledger, country: Country, effects: Effects) -> None:
    """Add SKR's user surveys: number of answers and shares of good answers."""
    satisfaction = effects.draw(CHILDREN, "satisfaction", lasting=0.25, yearly=0.10)
    usual = logit(SURVEYS[0].questions[0][1])
    effects.log_quality[CHILDREN] = np.log(logistic(usual + satisfaction) / logistic(usual))
    young = country.people(0, 20)
    for survey in SURVEYS:
        name = f"children/{survey.name}"
        hidden = voluntary(country, name, survey.takes_part, area=CHILDREN)
        eager = np.exp(
            0.35 * normals(f"{name}/eager", country.shape[0], 1) + 0.25 * yearly(name, *country.shape)
        )
        answers = young.part(survey.per_thousand / 1000 * eager)
        years = YEARS[survey.first_year <= YEARS]
        # Nobody is asked where the survey is not made, so Riket counts only those who took part.
        asked = _only(answers, hidden)
        ledger.add(survey.answers, asked.counts(), decimals=0, years=years, hidden=hidden)
        for kpi, share in survey.questions:
            own = 0.10 * normals(f"children/{kpi}/own", country.shape[0], 1)
            # From 2020 unaccompanied children are counted; they are a little more satisfied.
            wider = 0.04 * (YEARS >= 2020) * (survey.name == "young")
            drawn = draw_shares(
                f"children/{kpi}", logistic(logit(share) + satisfaction + own + wider), asked, gap=1.0
            )
            ledger.add(
                kpi,
                drawn,
                decimals=1,
                weights=asked,
                years=years,
                hidden=hidden,
                small=Small(asked, LEAST_ANSWERS),
            )


def _only(people: People, hidden: list[Hidden]) -> People:
    """Return the people where nothing is hidden, nobody elsewhere."""
    shown = ~np.any([reason.where for reason in hidden], axis=0)
    return People(people.women * shown, people.men * shown)


def _add_registers(ledger: Ledger, country: Country, effects: Effects, placed: _Placed) -> None:
    """Add placed children's schooling, who works with the children, and time for inquiries."""
    everyone = country.people(16, 18)
    cohort = placed.foster.part(0.15)
    few = Small(cohort, 21)
    for kpi, share in (("N33870", 0.62), ("N33871", 0.42)):
        drawn = draw_shares(f"children/{kpi}", np.full(country.shape, share), cohort)
        ledger.add(kpi, drawn, decimals=1, weights=cohort, years=LATE_YEARS, small=few)
    rest = draw_shares("children/N33876", logistic(1.85 + country.score(parents=0.25)), everyone.part(2.0))
    ledger.add("N33876", rest, decimals=1, weights=everyone, years=LATE_YEARS)
    skilled = 100 * logistic(
        1.3
        + country.score(size=0.15)
        + 0.5 * effects.factors[CHILDREN, "satisfaction"]
        + 0.40 * persistent("children/skilled", country.shape, rho=0.7)
    )
    young = country.people(0, 20)
    ledger.add(
        "U33816",
        skilled,
        decimals=1,
        weights=young.total,
        hidden=voluntary(country, "children/skilled", 0.80, area=CHILDREN),
    )
    days = 112 * np.exp(0.18 * persistent("children/days", country.shape, rho=0.7))
    ledger.add(
        "U33401",
        around(days, young, 1.0),
        decimals=1,
        weights=young,
        hidden=voluntary(country, "children/days", 0.62, area=CHILDREN),
    )
