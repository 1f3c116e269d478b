"""Kolada's columns on each key figure, filled in from the catalogue for the example data."""

from __future__ import annotations

import pandas as pd

from effektiv.types import Catalogue, Kpi, Role

OPERATING_AREAS = {
    "0": "Befolkning",
    "11": "Förskola",
    "13": "Fritidshem",
    "15": "Grundskola åk 0-9 inkl förskoleklass",
    "17": "Gymnasieskola",
    "20": "Äldre och funktionshinder",
    "21": "Äldre och funktionshinder",
    "23": "Äldre och funktionshinder",
    "28": "Äldre och funktionshinder",
    "3": "Individ- och familjeomsorg",
    "6": "Befolkning",
}
"""Kolada's name of the operating area by the first digits of the id; the longest match holds."""

PERSPECTIVES = {
    Role.RESOURCE: "Resurser",
    Role.VOLUME: "Volymer",
    Role.QUALITY: "Kvalitet och resultat",
    Role.STRUCTURE: "Övrigt",
    Role.INDEX: "Övrigt",
}

FIRST_DATES = {True: "-06-10", False: ""}
FINAL_DATES = {True: "-08-28", False: "-10-04"}
"""When in the next year values come: costs are preliminary in June and final at the end of August."""


def kpis_frame(catalogue: Catalogue, observations: pd.DataFrame, last_year: int) -> pd.DataFrame:
    """Return the kpis frame of the key figures that have observations.

    Parameters
    ----------
    catalogue
        Where ids and official titles come from.
    observations
        Tidy frame; tells the latest period of each key figure.
    last_year
        Latest year of the snapshot.

    Returns
    -------
    pandas.DataFrame
        Kolada's metadata columns, sorted by id.
    """
    latest = observations.groupby("kpi")["year"].max()
    rows = [_row(catalogue.kpis[str(kpi)], int(year), last_year) for kpi, year in latest.items()]
    return pd.DataFrame(rows)


def _row(kpi: Kpi, latest: int, last_year: int) -> dict[str, object]:
    ended = kpi.valid_to is not None and kpi.valid_to < last_year
    first, final = (dates[kpi.preliminary_until_final] for dates in (FIRST_DATES, FINAL_DATES))
    return {
        "id": kpi.id,
        "title": kpi.title,
        "description": f"{kpi.label} ({kpi.unit}). Exempeldata: värdena är påhittade.",
        "is_divided_by_gender": kpi.gender,
        "municipality_type": "K",
        "auspice": "X",
        "operating_area": _operating_area(kpi.id),
        "perspective": PERSPECTIVES[kpi.role],
        "prel_publication_date": "" if ended or not first else f"{last_year + 1}{first}",
        "publication_date": "" if ended else f"{last_year + 1}{final}",
        "publ_period": "" if ended else str(latest),
        "has_ou_data": False,
    }


def _operating_area(kpi: str) -> str:
    matches = [digits for digits in OPERATING_AREAS if kpi[1:].startswith(digits)]
    return OPERATING_AREAS[max(matches, key=len)] if matches else "Kommunen, övergripande"
