"""Äldreomsorg: home care as share x hours x price, other care, the elderly's judgement.

Levels are about Riket's; the three factors of home care vary between municipalities
more than schools do, as in SKR's and RKA's reports on home care.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from effektiv.example.costs import PRICES, NetCostIds, add_net_cost, parent_of, reference_cost
from effektiv.example.country import Country
from effektiv.example.effects import Effects
from effektiv.example.ledger import MISSING, PRIVACY, Hidden, Ledger, Small
from effektiv.example.noise import (
    Array,
    Counts,
    Mask,
    People,
    Split,
    around,
    draw_shares,
    logistic,
    logit,
    normals,
    persistent,
    ratio,
    stream,
    yearly,
)
from effektiv.example.takepart import irregular, voluntary
from effektiv.example.truths import HOME_CARE
from effektiv.example.years import LAST_YEAR, YEARS, column_of, path

MEDIAN_FROM = 2021
"""Year from which users are counted as a median over months, no longer a mean."""

SECOND_ANSWER_FROM = 2023
"""Year from which also the second-best answer counts in two of the mean values."""

NO_SURVEY = 2021
"""The survey of the elderly was not made this year."""

SURVEY = np.array([year for year in YEARS if year >= 2012 and year != NO_SURVEY])

LEAST_ANSWERS = 10

NET = NetCostIds("N20900", "N20029", "N20016", "N20014")


@dataclass(frozen=True)
class Question:
    """One question to home care users: share with a good answer in 2022, and women's minus men's."""

    kpi: str
    share: float
    gap: float


QUESTIONS = (
    Question("U21468", 0.87, -1.0),
    Question("U21505", 0.86, -2.5),
    Question("U21467", 0.46, -4.0),
    Question("U21466", 0.77, 0.5),
    Question("U21477", 0.89, -1.0),
    Question("U21461", 0.80, -1.5),
    Question("U21463", 0.86, 0.0),
    Question("U21475", 0.83, -1.0),
)


HOME_QUESTIONS = (
    Question("U23471", 0.79, -1.0),
    Question("U23521", 0.87, -2.0),
    Question("U23480", 0.83, -1.0),
    Question("U23459", 0.71, -1.5),
    Question("U23461", 0.79, 0.0),
)
"""The same to residents of nursing homes, who are less satisfied; levels are Riket's about 2022."""

LEAST_COUNTED = 30
"""With fewer answers from nursing homes their number is hidden."""

PER_OLDEST = {"N21009": "N21024", "N21021": "N21023", "N21014": "N21025", "N21003": "N21026"}
"""Cost per inhabitant 80+ of what also is published per inhabitant 65+."""


def add_eldercare(ledger: Ledger, country: Country, effects: Effects) -> None:
    """Add every figure on eldercare to the ledger."""
    users = _add_users(ledger, country, effects)
    per_user = _add_cost_per_user(ledger, country, effects, users)
    homes = _add_nursing_homes(ledger, country, effects, users)
    ordinary = _add_ordinary_housing(ledger, country, users, per_user)
    _add_net_cost(ledger, country, ordinary, homes)
    _add_judgement(ledger, country, effects, users)
    _add_units(ledger, country)
    _add_nursing_home_quality(ledger, country, homes)


def _add_users(ledger: Ledger, country: Country, effects: Effects) -> People:
    """Add home care users and return those 65+."""
    old, oldest = country.people(65), country.people(80)
    chosen = effects.draw(HOME_CARE, "users", lasting=0.10, yearly=0.04)
    level = path([2010, 2014, 2020, 2025], [0.089, 0.086, 0.077, 0.073])
    age = oldest.total / old.total / (oldest.total.sum(axis=0) / old.total.sum(axis=0))
    counting = np.where(YEARS >= MEDIAN_FROM, 0.985, 1.0)
    counting = counting + 0.012 * normals("eldercare/median", country.shape[0], 1) * (YEARS >= MEDIAN_FROM)
    share = level * age**0.7 * np.exp(chosen + country.score(poverty=0.04)) * counting
    users = _counted("eldercare/users", old, share, women_over_men=1.45)
    of_oldest = np.clip(0.70 + 0.02 * normals("eldercare/80", country.shape[0], 1), 0.6, 0.8)
    users_80 = People(
        np.minimum(np.rint(users.women * (of_oldest + 0.02)).astype(np.int64), oldest.women),
        np.minimum(np.rint(users.men * (of_oldest - 0.04)).astype(np.int64), oldest.men),
    )
    registered = np.clip(0.97 + 0.03 * yearly("eldercare/hours-registered", *country.shape), 0.75, 1.0)
    unregistered = Hidden(MISSING, irregular(country, "eldercare/no-hours", 0.03))
    by_hours = users.part(registered)
    ledger.add("N21702", users.counts(), decimals=0)
    ledger.add("N21705", users_80.counts(), decimals=0)
    ledger.add("N21827", by_hours.counts(), decimals=0, hidden=[unregistered])
    ledger.add("N21701", ratio(users, old), decimals=2, weights=old)
    ledger.add("N21704", ratio(users_80, oldest), decimals=2, weights=oldest)
    return users


def _counted(key: str, people: People, share: Array, *, women_over_men: float) -> People:
    """Return how many have a service when women have it `women_over_men` times as often.

    The number is a mean or median over months, so it varies less than a head count.
    """
    men = share * people.total / (people.men + women_over_men * people.women)
    jitter = 0.4 * yearly(key, 2, *share.shape)
    return People(
        *(
            np.maximum(np.rint(expected + draw * np.sqrt(expected)), 1).astype(np.int64)
            for expected, draw in zip(
                (women_over_men * men * people.women, men * people.men), jitter, strict=True
            )
        )
    )


def _add_cost_per_user(ledger: Ledger, country: Country, effects: Effects, users: People) -> Array:
    """Add granted hours and cost per user; return the cost."""
    hours_chosen = effects.draw(HOME_CARE, "hours", lasting=0.12, yearly=0.04)
    price = effects.draw(HOME_CARE, "price", lasting=0.11, yearly=0.04)
    hours = path([2010, 2025], [37.0, 33.5]) * np.exp(hours_chosen + country.score(size=0.02))
    measured = hours * np.exp(0.012 * yearly("eldercare/hours", *country.shape))
    unregistered = Hidden(MISSING, irregular(country, "eldercare/no-hours", 0.03))
    ledger.add("N21826", around(measured, users, 0.8), decimals=1, weights=users, hidden=[unregistered])
    travel = country.score(size=-0.022, growth=-0.012)
    kr_per_hour = 880 * PRICES * np.exp(price + travel)
    expected = 12 * path([2010, 2025], [37.0, 33.5]) * 880 * PRICES
    expected = expected * np.exp(travel + country.score(size=0.02))
    per_user = 12 * hours * kr_per_hour
    effects.log_unit_cost[HOME_CARE] = np.log(per_user / expected)
    return ledger.add("N21006", per_user, decimals=1, weights=users.total)


def _add_ordinary_housing(ledger: Ledger, country: Country, users: People, per_user: Array) -> Array:
    """Add the cost tree of ordinary housing; return its published parent, kr per inhabitant 65+."""
    old, oldest = country.people(65).total, country.people(80).total
    # Accounts and user statistics are published at different times and never fit exactly.
    fit = np.exp(0.004 * yearly("eldercare/fit", *country.shape))
    parts = {"N21009": np.round(per_user * users.total / old * fit, 1)}
    for kpi, level, spread in (("N21021", 2350, 0.35), ("N21014", 620, 0.45), ("N21003", 1650, 0.35)):
        own = spread * normals(f"eldercare/{kpi}", country.shape[0], 1)
        moving = 0.12 * persistent(f"eldercare/{kpi}/yearly", country.shape, rho=0.6)
        parts[kpi] = np.round(level * PRICES * np.exp(own + moving), 1)
    for kpi, values in parts.items():
        ledger.add(kpi, values, decimals=1, weights=old)
    published = parent_of(country, "N21020", parts.values())
    ledger.add("N21020", published, decimals=1, weights=old)
    for kpi, per_oldest in PER_OLDEST.items():
        ledger.add(per_oldest, parts[kpi] * old / oldest, decimals=1, weights=oldest)
    ledger.add("N21022", published * old / oldest, decimals=1, weights=oldest)
    bought = _bought_share(country)
    ledger.add("N21806", bought, decimals=1, weights=per_user * users.total)
    return np.asarray(sum(parts.values()))


def _bought_share(country: Country) -> Array:
    """Return the share of home care that is bought: none in most small municipalities."""
    leaning = country.score(size=0.9, parents=0.4) + normals("eldercare/bought", country.shape[0], 1)
    slow = 0.15 * persistent("eldercare/bought/yearly", country.shape, rho=0.9)
    return np.where(leaning > 0, 100 * logistic(-2.6 + leaning + slow), 0.0)


@dataclass(frozen=True)
class NursingHomes:
    """Residents 65+, and kr per inhabitant 65+ that nursing homes cost."""

    residents: People
    cost: Array


def _add_nursing_homes(ledger: Ledger, country: Country, effects: Effects, users: People) -> NursingHomes:
    """Add residents; where home care is used much, nursing homes are used less."""
    old, oldest = country.people(65), country.people(80)
    level = path([2010, 2015, 2020, 2025], [0.142, 0.129, 0.115, 0.100])
    home_care = effects.factors[HOME_CARE, "users"]
    chosen = effects.draw(HOME_CARE, "nursing_homes", lasting=0.09, yearly=0.03) - 0.5 * home_care
    share_80 = level * np.exp(chosen + country.score(old=0.03))
    residents_80 = _counted("eldercare/homes", oldest, share_80, women_over_men=1.3)
    residents = residents_80.part(1.27)
    ledger.add("N23801", 100 * residents_80.total / oldest.total, decimals=2, weights=oldest.total)
    either = People(residents.women + users.women, residents.men + users.men)
    ledger.add("N20891", ratio(either, old), decimals=2, weights=old)
    price = effects.draw(HOME_CARE, "nursing_home_price", lasting=0.06, yearly=0.02)
    per_place = 935_000 * PRICES * np.exp(price + country.score(size=-0.015))
    cost = per_place * residents.total / old.total
    ledger.add("N23006", cost * old.total / oldest.total, decimals=1, weights=oldest.total)
    return NursingHomes(residents, cost)


def _add_net_cost(ledger: Ledger, country: Country, ordinary: Array, homes: NursingHomes) -> None:
    """Add net cost and reference cost of all eldercare, per inhabitant."""
    old = country.people(65).total
    known = np.where(ordinary > 0, ordinary, np.nan)
    net = 0.955 * (known + homes.cost) * old / country.population
    ages = ((65, 79, 0.13), (80, 89, 1.0), (90, None, 2.5))
    need = sum(weight * country.people(first, last).total for first, last, weight in ages)
    expected = need / country.population * np.exp(country.score(poverty=0.025, size=-0.02, growth=-0.01))
    reference = reference_cost(country, "eldercare", expected, np.nan_to_num(net), sd=0.03)
    add_net_cost(ledger, NET, reference, net)


def _add_judgement(ledger: Ledger, country: Country, effects: Effects, users: People) -> None:
    """Add what home care users say in the national survey."""
    satisfaction = effects.draw(HOME_CARE, "satisfaction", lasting=0.20, yearly=0.08)
    structure = country.score(size=-0.13, poverty=-0.03) + path([2012, 2025], [0.10, -0.04])
    effects.log_quality[HOME_CARE] = np.log(
        logistic(logit(0.87) + structure + satisfaction) / logistic(logit(0.87) + structure)
    )
    response = np.clip(
        path([2012, 2025], [0.68, 0.57]) + 0.04 * yearly("eldercare/response", *country.shape),
        0.4,
        0.8,
    )
    asked = users.part(response)
    ledger.add("U23593", 100 * response, decimals=1, weights=users.total, years=SURVEY)
    drawn: dict[str, Split] = {}
    mood = structure + satisfaction
    for question in QUESTIONS:
        own = 0.05 * normals(f"eldercare/{question.kpi}/own", country.shape[0], 1)
        share = logistic(logit(question.share) + mood + own)
        drawn[question.kpi] = draw_shares(f"eldercare/{question.kpi}", share, asked, gap=question.gap)
        _add_answers(ledger, question.kpi, drawn[question.kpi], asked)
    _add_mean_values(ledger, country, drawn, asked, mood)
    for kpi, question_kpi in (("N21451", "U21466"), ("N21452", "U21467")):
        margin = _margin(drawn[question_kpi].total, asked.total, users.total)
        few = Hidden(PRIVACY, asked.total < LEAST_ANSWERS)
        national = _margin(
            np.nansum(drawn[question_kpi].total * asked.total, axis=0) / asked.total.sum(axis=0),
            asked.total.sum(axis=0),
            users.total.sum(axis=0),
        )
        ledger.add(kpi, margin, decimals=1, riket=national, years=SURVEY, hidden=[few])


def _add_answers(
    ledger: Ledger, kpi: str, figure: Split, asked: People, hidden: tuple[Hidden, ...] = ()
) -> None:
    ledger.add(
        kpi, figure, decimals=1, weights=asked, years=SURVEY, hidden=hidden, small=Small(asked, LEAST_ANSWERS)
    )


def _margin(share: Array, answers: Counts, everyone: Counts) -> Array:
    """Return the margin of error (95 %) of a share in per cent, with finite population correction."""
    p = share / 100
    left = np.maximum(1 - answers / np.maximum(everyone, 1), 0)
    return np.asarray(100 * 1.96 * np.sqrt(p * (1 - p) / np.maximum(answers, 1) * left))


def _add_mean_values(
    ledger: Ledger, country: Country, drawn: dict[str, Split], asked: People, mood: Array
) -> None:
    """Add RKA's two mean values; the first has its break in 2023."""
    kind = draw_shares("eldercare/often", logistic(logit(0.965) + mood), asked)
    before = _mean(drawn["U21466"], drawn["U21477"], drawn["U21467"])
    after = _mean(kind, drawn["U21477"], drawn["U21505"])
    new = YEARS >= SECOND_ANSWER_FROM
    judged = Split(
        *(np.where(new, late, early) for late, early in zip(_parts(after), _parts(before), strict=True))
    )
    _add_answers(ledger, "U21454", judged, asked, (Hidden(PRIVACY, _suppressed_before(country) & ~new),))
    _add_answers(ledger, "U21455", _mean(drawn["U21463"], drawn["U21461"]), asked)


def _suppressed_before(country: Country) -> Mask:
    """Return about 30 small municipalities that got no value when only the best answer counted."""
    small = country.population[:, [column_of(LAST_YEAR)]] < 12_000
    chosen = stream("eldercare/suppressed").random((country.shape[0], 1)) < 0.30
    return np.asarray(np.broadcast_to(small & chosen, country.shape))


def _parts(figure: Split) -> tuple[Array, Array, Array]:
    return figure.total, figure.women, figure.men


def _mean(*figures: Split) -> Split:
    return Split(*(sum(parts) / len(figures) for parts in zip(*map(_parts, figures), strict=True)))


def _add_units(ledger: Ledger, country: Country) -> None:
    """Add Socialstyrelsen's survey of units and what the municipalities measure themselves."""
    users = country.people(65).total
    years = YEARS[YEARS >= 2016]
    contact = 100 * logistic(
        path([2016, 2025], [0.8, 2.2]) + 0.9 * persistent("eldercare/contact", country.shape, rho=0.8)
    )
    nurses = 100 * logistic(
        path([2016, 2025], [0.5, 0.25])
        + country.score(size=-0.15, foreign=-0.1)
        + 0.25 * persistent("eldercare/nurses", country.shape, rho=0.85)
    )
    away = Hidden(MISSING, irregular(country, "eldercare/units", 0.05))
    ledger.add("N21600", contact, decimals=1, weights=users, years=years, hidden=[away])
    ledger.add("N21608", nurses, decimals=1, weights=users, years=years, hidden=[away])
    staff = path([2012, 2025], [13.2, 15.5]) * np.exp(
        country.score(size=-0.02) + 0.15 * persistent("eldercare/continuity", country.shape, rho=0.85)
    )
    ledger.add(
        "U21401",
        around(staff, country.people(65), 0.1),
        decimals=1,
        weights=country.people(65),
        hidden=voluntary(country, "eldercare/continuity", 0.68),
    )
    time = 64 + 4.5 * persistent("eldercare/user-time", country.shape, rho=0.85)
    ledger.add(
        "U21901",
        time,
        decimals=1,
        weights=users,
        years=years,
        hidden=voluntary(country, "eldercare/time", 0.38),
    )


def _add_nursing_home_quality(ledger: Ledger, country: Country, homes: NursingHomes) -> None:
    """Add what is known of nursing homes' quality: the survey, staff and waiting."""
    mood = country.score(size=-0.10) + 0.20 * normals("eldercare/homes/mood", country.shape[0], 1)
    mood = mood + 0.10 * persistent("eldercare/homes/mood/yearly", country.shape, rho=0.6)
    asked = homes.residents.part(0.44)
    kind_then, kind_now = (
        draw_shares(f"eldercare/homes/{name}", logistic(logit(share) + mood), asked)
        for name, share in (("then", 0.66), ("now", 0.88))
    )
    new = YEARS >= SECOND_ANSWER_FROM
    judged = Split(
        *(np.where(new, late, early) for late, early in zip(_parts(kind_now), _parts(kind_then), strict=True))
    )
    hidden = (Hidden(PRIVACY, _suppressed_before(country) & ~new),)
    _add_answers(ledger, "U23505", judged, asked, hidden)
    for question in HOME_QUESTIONS:
        own = 0.05 * normals(f"eldercare/{question.kpi}/own", country.shape[0], 1)
        share = logistic(logit(question.share) + mood + own)
        drawn = draw_shares(f"eldercare/{question.kpi}", share, asked, gap=question.gap)
        _add_answers(ledger, question.kpi, drawn, asked)
    few = Small(asked, LEAST_COUNTED)
    ledger.add("U23594", asked.counts().total, decimals=0, years=SURVEY, small=few)
    lively = draw_shares("eldercare/homes/lively", logistic(logit(0.71) + mood), asked, gap=-2.0)
    _add_answers(ledger, "U23591", lively, asked)
    trained = 100 * logistic(
        1.3
        + country.score(foreign=-0.12)
        + 0.35 * persistent("eldercare/homes/trained", country.shape, rho=0.8)
    )
    away = Hidden(MISSING, irregular(country, "eldercare/homes/trained/away", 0.03))
    ledger.add("U23495", trained, decimals=1, weights=homes.residents.total, hidden=[away])
    waiting = 52 * np.exp(
        country.score(growth=0.15) + 0.40 * persistent("eldercare/homes/waiting", country.shape, rho=0.6)
    )
    ledger.add(
        "U23401",
        around(waiting, homes.residents, -1.0),
        decimals=1,
        weights=homes.residents,
        hidden=voluntary(country, "eldercare/homes/waiting", 0.78, area=HOME_CARE),
    )
