"""Groups of similar municipalities, as RKA publishes them for every municipality and year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from effektiv.example.country import LATENTS, Country
from effektiv.example.noise import Array, normals
from effektiv.types import SIMILAR_MEMBERS, Catalogue

CONDITIONS: dict[str, tuple[str, ...]] = {
    "Liknande kommuner grundskola": ("size", "young", "parents", "poverty", "foreign"),
    "Liknande kommuner äldreomsorg": ("size", "old", "poverty", "growth", "parents"),
    "Liknande kommuner IFO": ("size", "parents", "poverty", "foreign", "growth"),
}
"""Conditions that decide likeness in a family; a family that is not here uses all of them."""

JUDGEMENT = 0.10
"""Noise in the measured conditions: RKA's weights are not known, so likeness is not exact."""

FIRST_ID = 900_000


def groups_frame(catalogue: Catalogue, country: Country) -> pd.DataFrame:
    """Return the groups of every family in the catalogue for two years.

    The families of the areas end with 2024 and the overview's with 2025, as in Kolada
    when 2025 is the latest year of data.

    Returns
    -------
    pandas.DataFrame
        group_id, group_title, member_id, member_title: seven members, never itself.
    """
    families = {area.family: (2023, 2024) for area in catalogue.areas.values()}
    families[catalogue.overview.family] = (2024, 2025)
    rows: list[tuple[str, str, str, str]] = []
    number = FIRST_ID
    for family in sorted(families):
        for year in families[family]:
            for own, members in enumerate(_nearest(country, family, year)):
                title = f"{family}, {country.titles[own]}, {year}"
                rows += [(f"G{number}", title, country.ids[m], country.titles[m]) for m in members]
                number += 1
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
