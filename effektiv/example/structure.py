"""Inhabitants, conditions and population forecasts.

The levels are about those of the whole country; which municipality has what follows
from the normal scores of `effektiv.example.country`.
"""

from __future__ import annotations

import numpy as np

from effektiv.example.country import Country
from effektiv.example.ledger import Ledger
from effektiv.example.noise import Array, Counts, People, around, logistic, normals, persistent, ratio
from effektiv.example.years import FIRST_YEAR, LAST_YEAR_AFTER, LATE_YEARS, YEARS, path

FORECAST_YEARS = (*range(FIRST_YEAR, 2022), *range(2022, LAST_YEAR_AFTER + 1, 3))
"""Every year to 2022, then every third."""

DRIFT_YEARS = (2010.0, 2018.0, 2025.0)
DRIFTS = {
    "1-5": (0.03, 0.00, -0.02),
    "6-15": (0.04, 0.06, -0.05),
    "16-19": (-0.05, 0.04, 0.03),
    "20-44": (0.01, 0.01, 0.00),
    "65-79": (0.12, 0.06, 0.00),
    "80+": (0.00, 0.12, 0.21),
    "all": (0.01, 0.01, 0.00),
    "0-19": (0.01, 0.03, -0.02),
}
"""Expected change over five years (log) in the whole country beside each municipality's own growth."""


def add_structure(ledger: Ledger, country: Country) -> None:
    """Add inhabitants, conditions and forecasts to the ledger."""
    _add_people(ledger, country)
    _add_conditions(ledger, country)
    _add_old_peoples_conditions(ledger, country)
    _add_childrens_conditions(ledger, country)
    _add_forecasts(ledger, country)


def _add_people(ledger: Ledger, country: Country) -> None:
    everyone = country.people()
    for kpi, ages in {
        "N01951": (0, None),
        "N01953": (6, 15),
        "N01938": (65, None),
        "N01957": (80, None),
        "N01948": (0, 20),
    }.items():
        ledger.add(kpi, country.people(*ages).counts(), decimals=0)
    for kpi, ages in {
        "N01816": (1, 5),
        "N01798": (6, 15),
        "N01799": (16, 19),
        "N01960": (65, None),
        "N01813": (80, None),
        "N33900": (0, 20),
    }.items():
        ledger.add(kpi, ratio(country.people(*ages), everyone), decimals=2, weights=everyone)
    before = People(_earlier(everyone.women), _earlier(everyone.men))
    change = ratio(People(everyone.women - before.women, everyone.men - before.men), before)
    ledger.add("N01958", change, decimals=2, weights=before, years=YEARS[YEARS >= FIRST_YEAR + 5])


def _earlier(counts: Counts) -> Counts:
    """Return the numbers five years before; the first years repeat the earliest."""
    return np.concatenate([np.repeat(counts[:, :1], 5, axis=1), counts[:, :-5]], axis=1)


def _add_conditions(ledger: Ledger, country: Country) -> None:
    everyone, adults = country.people(), country.people(25, 64)
    ages_18_64 = country.people(19, 64)
    urban = 1.15 + country.score(size=0.55, growth=0.35, tertiary=0.15) + 0.35 * _own(country, "urban")
    built = 100 * logistic(urban + 0.03 * (YEARS >= 2015) * normals("structure/urban/2015", len(urban), 1))
    ledger.add("N00954", built + 0.3 * (YEARS >= 2015), decimals=1, weights=everyone.total)
    wealth = np.exp(country.score(tertiary=0.10, poverty=-0.04) + 0.03 * _slow(country, "wealth"))
    level = 100 * wealth * everyone.total.sum(axis=0) / (wealth * everyone.total).sum(axis=0)
    ledger.add("N00904", level, decimals=1, weights=everyone.total)
    tertiary = country.condition("tertiary", (0.80, 1.06), wobble=0.01)
    ledger.add("N01982", around(tertiary, adults, 12.5), decimals=1, weights=adults)
    abroad = 1.5 + 0.72 * country.condition("foreign", (0.68, 1.07), wobble=0.03)
    ledger.add("N00221", around(abroad, ages_18_64, 0.4), decimals=1, weights=ages_18_64)
    jobless = path([2010, 2013, 2019, 2020, 2022, 2025], [6.2, 6.3, 5.0, 6.2, 4.8, 5.3])
    own = np.exp(country.score(poverty=0.22, compulsory=0.10) + 0.08 * _slow(country, "jobless"))
    ledger.add("N03950", around(jobless * own, adults, 0.3), decimals=1, weights=adults)
    sick = path([2010, 2016, 2020, 2025], [29.0, 28.0, 24.5, 20.5])
    days = sick * np.exp(country.score(parents=-0.12, old=0.05, poverty=0.03) + 0.05 * _slow(country, "sick"))
    ledger.add("N00957", around(days, ages_18_64, 9.0), decimals=1, weights=ages_18_64)


def _add_old_peoples_conditions(ledger: Ledger, country: Country) -> None:
    old = country.people(65)
    alone = 37.5 + country.score(size=0.8, poverty=1.2, growth=-0.6) + 1.4 * _slow(country, "alone")
    ledger.add("N01726", alone, decimals=1, weights=old.total)
    schooling = path([2010, 2025], [48.0, 28.0]) * np.exp(
        country.score(tertiary=-0.13, compulsory=0.08) + 0.02 * _slow(country, "schooling")
    )
    ledger.add("N01714", around(schooling, old, -2.5), decimals=1, weights=old)
    poor = 16.5 * np.exp(country.score(poverty=0.12, tertiary=-0.14) + 0.05 * _slow(country, "old-poor"))
    ledger.add("N66079", poor, decimals=1, weights=old.total)


def _add_childrens_conditions(ledger: Ledger, country: Country) -> None:
    children = country.people(0, 19)
    poor = 8.0 + 1.6 * country.condition("poverty", (1.15, 1.0), wobble=0.04)
    ledger.add("N66077", poor, decimals=1, weights=children.total)
    schooling = 4.9 * np.exp(country.score(compulsory=0.36, foreign=0.18) + 0.05 * _slow(country, "parents"))
    ledger.add("N02901", around(schooling, children, 0.05), decimals=2, weights=children)
    young = country.people(0, 20)
    exposed = np.maximum(0.0, country.score(size=7.0, poverty=6.0, foreign=4.0) - 12.0) * np.ones(
        young.total.shape
    )
    ledger.add("N33821", around(exposed, young, 0.0), decimals=2, weights=young, years=LATE_YEARS)
    unwell = path([2012, 2024], [5.5, 9.5]) * np.exp(0.09 * _slow(country, "unwell"))
    ledger.add("N33820", around(unwell, young, -0.9), decimals=2, weights=young, years=LATE_YEARS)


def _own(country: Country, name: str) -> Array:
    """Return a lasting difference between municipalities, as a column."""
    return normals(f"structure/{name}", country.shape[0], 1)


def _slow(country: Country, name: str) -> Array:
    """Return a slowly moving difference between municipalities."""
    return persistent(f"structure/{name}", country.shape, rho=0.95)


def _add_forecasts(ledger: Ledger, country: Country) -> None:
    """Add what a projection would have said each year: growth goes on, ages follow the whole country."""
    ages = {
        "1-5": (1, 5),
        "6-15": (6, 15),
        "16-19": (16, 19),
        "20-44": (20, 44),
        "65-79": (65, 79),
        "80+": (80, None),
        "all": (0, None),
        "0-19": (0, 19),
    }
    now = {name: country.people(*span) for name, span in ages.items()}
    in_5 = {name: _projected(country, name, people, years=5) for name, people in now.items()}
    in_10 = {name: _projected(country, name, now[name], years=10) for name in ("all", "0-19", "80+")}
    now["65+"], in_5["65+"] = _sum(now["65-79"], now["80+"]), _sum(in_5["65-79"], in_5["80+"])
    for kpi, name in {
        "N02915": "all",
        "N02916": "1-5",
        "N02917": "6-15",
        "N02918": "16-19",
        "N02919": "20-44",
        "N02920": "65+",
        "N02921": "65-79",
        "N02922": "80+",
    }.items():
        _add_change(ledger, kpi, now[name], in_5[name])
    for kpi, name in {"N02838": "all", "N02839": "0-19", "N02842": "80+"}.items():
        _add_change(ledger, kpi, now[name], in_10[name])
    for kpi, name in {"N02909": "6-15", "N02914": "80+"}.items():
        ledger.add(kpi, in_5[name].counts(), decimals=0, years=FORECAST_YEARS)
    dependent = in_5["0-19"].total + in_5["65+"].total
    working = np.maximum(in_5["all"].total - dependent, 1)
    riket = dependent.sum(axis=0) / working.sum(axis=0)
    ledger.add("N02924", dependent / working, decimals=3, riket=riket, years=FORECAST_YEARS)


def _add_change(ledger: Ledger, kpi: str, now: People, then: People) -> None:
    change = ratio(People(then.women - now.women, then.men - now.men), now)
    ledger.add(kpi, change, decimals=2, weights=now, years=FORECAST_YEARS)


def _projected(country: Country, name: str, people: People, *, years: int) -> People:
    """Return the people expected in some years' time."""
    drift = path(DRIFT_YEARS, DRIFTS[name]) * years / 5
    own = 0.012 * normals(f"structure/forecast/{name}", country.shape[0], 1) * np.sqrt(years / 5)
    growth = 0.8 * country.levels["growth"][:, None] * years
    return people.part(np.exp(growth + drift + own))


def _sum(first: People, second: People) -> People:
    return People(first.women + second.women, first.men + second.men)
