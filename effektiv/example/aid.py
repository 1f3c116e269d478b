"""Ekonomiskt bistånd: cost, structural adjustment and its quality figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from effektiv.example.costs import PRICES
from effektiv.example.country import Country
from effektiv.example.effects import Effects
from effektiv.example.ledger import Ledger, Small
from effektiv.example.noise import Array, People, draw_shares, logistic, logit, normals
from effektiv.example.takepart import voluntary
from effektiv.example.years import YEARS, path

AREA = "ekonomiskt-bistand"

NEW_MODEL = 2020
"""Year from which the structural adjustment rests on another model."""

NET_OF_GROSS = 0.96
"""Share of the cost that is left when what is paid back has been taken away."""

NEW_COUNT = 2017
"""Year from which long-term aid is counted in another way."""


@dataclass(frozen=True)
class Aid:
    """Net cost of economic aid and what conditions explain, kr per inhabitant."""

    net: Array
    expected: Array


def add_aid(ledger: Ledger, country: Country, effects: Effects) -> Aid:
    """Add every figure on economic aid to the ledger and return its cost."""
    everyone = country.people()
    chosen = effects.draw(AREA, "cost", lasting=0.18, yearly=0.08)
    need = country.score(poverty=0.36, size=0.06, foreign=0.08)
    trend = path([2010, 2014, 2019, 2022, 2025], [1.30, 1.25, 1.05, 0.95, 0.85])
    share = path([2010, 2014, 2022, 2025], [0.042, 0.040, 0.029, 0.026])
    recipients = everyone.part(share * np.exp(0.9 * need + 0.5 * chosen))
    shown = 100 * recipients.total / everyone.total
    ledger.add("N31807", shown, decimals=2, weights=everyone.total)
    children = country.people(0, 19)
    with_children = draw_shares("aid/children", 1.35 * shown / 100, children)
    ledger.add("U31803", with_children.total, decimals=2, weights=children.total)
    expected = 900 * PRICES * trend * np.exp(need)
    net = expected * np.exp(chosen)
    ledger.add("N31008", net, decimals=1, weights=everyone.total)
    ledger.add("N31001", net / NET_OF_GROSS, decimals=1, weights=everyone.total)
    _add_adjusted_cost(ledger, country, net, expected)
    _add_quality(ledger, country, effects, recipients.part(0.68))
    effects.log_unit_cost[AREA] = np.log(net / expected)
    return Aid(net, expected)


def _add_adjusted_cost(ledger: Ledger, country: Country, net: Array, expected: Array) -> None:
    """Add the cost as it would be with the country's conditions."""
    population = country.population
    riket = (net * population).sum(axis=0) / population.sum(axis=0)
    old, new = 0.08 * normals("aid/model", 2, country.shape[0], 1)
    missed = np.exp(np.where(YEARS < NEW_MODEL, old, new))
    ledger.add("U31003", riket * net / (expected * missed), decimals=1, weights=population)


def _add_quality(ledger: Ledger, country: Country, effects: Effects, people: People) -> None:
    """Add who does not come back within a year, and long-term aid."""
    way_out = effects.draw(AREA, "way_out", lasting=0.22, yearly=0.10)
    effects.log_quality[AREA] = np.log(logistic(logit(0.80) + way_out) / 0.80)
    ended = people.part(0.30)
    ledger.add(
        "U31462",
        draw_shares("aid/back", logistic(logit(0.80) + way_out), ended, gap=1.0),
        decimals=1,
        weights=ended,
        hidden=voluntary(country, "aid/back", 0.66),
        small=Small(ended, 5),
    )
    long_term = logit(0.34) - way_out + country.score(size=0.20, foreign=0.12) + 0.14 * (YEARS < NEW_COUNT)
    ledger.add(
        "N31814",
        draw_shares("aid/long", logistic(long_term), people, gap=1.5),
        decimals=1,
        weights=people,
        small=Small(people, 10),
    )
