"""Prices, reference costs and net cost deviations, the same for every service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from effektiv.example.country import Country
from effektiv.example.ledger import Ledger
from effektiv.example.noise import Array, normals
from effektiv.example.truths import PLANTED, QUIET, RESIDUALS
from effektiv.example.years import YEARS, column_of, path

PRICE_YEARS = (2010, 2011, 2013, 2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025)
PRICE_LEVELS = (
    *(0.6776, 0.6945, 0.7305, 0.7497, 0.7760, 0.8274, 0.8638, 0.8959),
    *(0.9198, 0.9328, 0.9614, 1.0, 1.0686, 1.1279, 1.1482),
)
PRICES = path(PRICE_YEARS, PRICE_LEVELS)
"""Price level of municipal services by year, 2022 = 1: Riket's cost per pupil (Kolada N15008)."""

NEW_METHOD = 2019
"""Year from which the net cost deviation is calculated in a new way."""

POLITICS_LEFT_OUT = 2023
"""Year from which political work is not in the reference cost; it was about half a per cent."""


@dataclass(frozen=True)
class NetCostIds:
    """Key figures of one service's net cost; the last two are kr per inhabitant."""

    deviation_pct: str
    deviation_mnkr: str
    reference: str
    net: str


def method_error(country: Country, service: str, sd: float) -> Array:
    """Return by how much (log) the reference cost misses a municipality's true conditions.

    The error stays the same for as long as the method does, so the change of method in
    2019 moves each municipality's deviation to a new level. Where something is planted the
    error is nearly nothing, so that the planted cause is the one to find. Municipalities that are alike
    have none, since it lasts.
    """
    if country.alike is not None:
        return np.zeros(country.shape)
    old, new = normals(f"reference/{service}", 2, country.shape[0], 1) * sd
    for title in {plant.municipality for plant in PLANTED}:
        old[country.row(title)] *= QUIET
        new[country.row(title)] *= QUIET
    return np.asarray(np.where(YEARS < NEW_METHOD, old, new))


def reference_cost(country: Country, service: str, expected: Array, net: Array, *, sd: float) -> Array:
    """Return the reference cost per inhabitant, which sums to the country's net cost.

    Parameters
    ----------
    country
        The municipalities.
    service
        Name of the stream for the method's error.
    expected
        Cost per inhabitant that the true conditions explain.
    net
        Net cost per inhabitant.
    sd
        Standard deviation (log) of the method's error.
    """
    modelled = expected * np.exp(method_error(country, service, sd))
    weight = country.population
    modelled = modelled * (net * weight).sum(axis=0) / (modelled * weight).sum(axis=0)
    return np.asarray(np.where(POLITICS_LEFT_OUT <= YEARS, 0.995, 1.0) * modelled)


def add_net_cost(ledger: Ledger, ids: NetCostIds, reference: Array, net: Array) -> None:
    """Add reference cost, net cost and the deviation between them, which fit each other exactly.

    Parameters
    ----------
    ledger
        Where to.
    ids
        Key figures.
    reference, net
        Kr per inhabitant.
    """
    people = ledger.country.population
    shown_reference = ledger.add(ids.reference, reference, decimals=1, weights=people)
    shown_net = ledger.add(ids.net, net, decimals=1, weights=people)
    add_deviation(ledger, ids, shown_reference, shown_net)


def add_deviation(ledger: Ledger, ids: NetCostIds, reference: Array, net: Array) -> None:
    """Add the deviation in per cent and in million kronor, from published costs per inhabitant."""
    people = ledger.country.population
    ledger.add(ids.deviation_pct, 100 * (net / reference - 1), decimals=4, weights=people)
    ledger.add(ids.deviation_mnkr, (net - reference) * people / 1e6, decimals=4)


def parent_of(country: Country, kpi: str, parts: Iterable[Array]) -> Array:
    """Return the published sum of published parts, with the residuals that are planted in it."""
    total = sum(parts, np.zeros(country.shape))
    for title, residual_kpi, year, share in RESIDUALS:
        if residual_kpi == kpi:
            total[country.row(title), column_of(year)] *= 1 + share
    return total
