"""Groups of similar municipalities, as RKA publishes them for every municipality and year."""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd

from effektiv.example.country import LATENTS, Country
from effektiv.example.noise import Array, normals
from effektiv.example.years import LAST_YEAR
from effektiv.types import SIMILAR_MEMBERS, Catalogue

CONDITIONS: dict[str, tuple[str, ...]] = {
    "Liknande kommuner grundskola": ("size", "young", "parents", "poverty", "foreign"),
    "Liknande kommuner äldreomsorg": ("size", "old", "poverty", "growth", "parents"),
    "Liknande kommuner IFO": ("size", "parents", "poverty", "foreign", "growth"),
}
"""Conditions that decide likeness in a family; a family that is not here uses all of them."""

JUDGEMENT = 0.10
"""Noise in the measured conditions: RKA's weights are not known, so likeness is not exact."""

FIRST_IDS = {
    ("Liknande kommuner IFO", 2023): 900_000,
    ("Liknande kommuner IFO", 2024): 900_290,
    ("Liknande kommuner grundskola", 2023): 900_580,
    ("Liknande kommuner grundskola", 2024): 900_870,
    ("Liknande kommuner äldreomsorg", 2023): 901_160,
    ("Liknande kommuner äldreomsorg", 2024): 901_450,
    ("Liknande kommuner, övergripande", 2024): 901_740,
    ("Liknande kommuner, övergripande", 2025): 902_030,
}
"""Ids of the first municipality's groups, as reports have given them; others follow from the name."""


def groups_frame(catalogue: Catalogue, country: Country, last_year: int) -> pd.DataFrame:
    """Return the groups of every family in the catalogue, for two years of each stretch of years.

    The families of the services and areas end a year before the overview's, which has the latest
    year of data, as in Kolada. A family's groups follow from its own name: one more changes no other.

    Returns
    -------
    pandas.DataFrame
        group_id, group_title, member_id, member_title: seven members, never itself.
    """
    families = {area.family for area in catalogue.areas.values()}
    families |= {service.family for service in catalogue.overview.services}
    behind = dict.fromkeys(families, 1) | {catalogue.overview.family: 0}
    rows: list[tuple[str, str, str, str]] = []
    for family in sorted(behind):
        for year in sorted({end - behind[family] - ago for end in (LAST_YEAR, last_year) for ago in (0, 1)}):
            first = FIRST_IDS.get((family, year), 9 * 10**13 + zlib.crc32(f"{family}/{year}".encode()) * 1000)
            for own, members in enumerate(_nearest(country, family, year)):
                title = f"{family}, {country.titles[own]}, {year}"
                rows += [(f"G{first + own}", title, country.ids[m], country.titles[m]) for m in members]
    columns = ["group_id", "group_title", "member_id", "member_title"]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def _nearest(country: Country, family: str, year: int) -> Array:
    """Return the rows of the seven most similar municipalities of each, in order of code."""
    names = CONDITIONS.get(family, LATENTS)
    points = np.stack([country.scores[name] for name in names], axis=1)
    points = points + JUDGEMENT * normals(f"groups/{family}/{year}", *points.shape)
    distance = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    return np.sort(np.argsort(distance, axis=1, kind="stable")[:, :SIMILAR_MEMBERS], axis=1)
