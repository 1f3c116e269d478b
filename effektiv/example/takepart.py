"""Who lacks values: small municipalities more often, in voluntary measurements above all."""

from __future__ import annotations

import numpy as np

from effektiv.example.country import Country
from effektiv.example.ledger import ABSENT, MISSING, Hidden
from effektiv.example.noise import Mask, normals, uniforms
from effektiv.example.truths import PLANTED

SKIPS = 0.12
"""Share of all municipalities that leave out a year of a voluntary measurement."""


def irregular(country: Country, name: str, share: float) -> Mask:
    """Return who lacks a value in some years; small municipalities three times as often."""
    risk = share * np.where(country.population < 10_000, 3.0, 1.0)
    return np.asarray(uniforms(name, *country.shape) < risk)


def voluntary(country: Country, name: str, share: float, *, area: str | None = None) -> list[Hidden]:
    """Return who does not take part in a voluntary measurement: some never, others some years.

    Parameters
    ----------
    country
        The municipalities.
    name
        Name of the streams.
    share
        Share of municipalities with a value in an ordinary year.
    area
        Municipalities with something planted in this area always take part.

    Returns
    -------
    list of Hidden
        Those who leave out a year are Missing; those who never take part have no rows.
    """
    leaning = country.score(size=0.5) + normals(f"{name}/part", country.shape[0], 1)
    never = np.array(np.broadcast_to(leaning < np.quantile(leaning, 1 - share - SKIPS), country.shape))
    sometimes = uniforms(f"{name}/years", *country.shape) < SKIPS / (share + SKIPS)
    for title in {plant.municipality for plant in PLANTED if plant.area == area}:
        never[country.row(title)] = sometimes[country.row(title)] = False
    return [Hidden(MISSING, sometimes), Hidden(ABSENT, never)]
