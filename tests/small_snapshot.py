"""A small made-up snapshot with every kind of row that Kolada has.

Eight kommuner in two counties, two regions and Riket; four key figures, one of them
divided by gender; all statuses; two families of groups. Quick enough to be built in
every test that needs its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from effektiv.data.catalogue import load_catalogue
from effektiv.data.municipalities import municipalities_frame
from effektiv.data.snapshot import Snapshot, write_snapshot

KOMMUNER = {
    "0319": "Älvby",
    "0330": "Åsele",
    "0331": "Övre Dalen",
    "0332": "Upplands Norr",
    "2701": "Upplands Syd",
    "2702": "Habo",
    "2703": "Håbo",
    "2704": "Storstad",
}
YEARS = range(2018, 2026)
MEAN, BY_GENDER, ENDED, REGIONAL = "N15001", "N15030", "U15456", "N70061"


def small_municipalities() -> pd.DataFrame:
    rows = [(code, title, "K") for code, title in KOMMUNER.items()]
    return municipalities_frame(
        [*rows, ("0000", "Riket", "L"), ("0003", "Region Norr", "L"), ("0027", "Region Syd", "L")]
    )


def small_kpis() -> pd.DataFrame:
    shared = {
        "description": "Påhittat",
        "auspice": "E",
        "operating_area": "Grundskola",
        "perspective": "Resurser",
        "has_ou_data": False,
        "publ_period": "2025",
    }
    return pd.DataFrame(
        [
            {"id": MEAN, "title": "Nettokostnadsavvikelse, (%)", "is_divided_by_gender": False,
             "municipality_type": "K", "prel_publication_date": "2026-06-10",
             "publication_date": "2026-08-28", **shared},
            {"id": BY_GENDER, "title": "Behöriga till yrkesprogram, andel (%)", "is_divided_by_gender": True,
             "municipality_type": "K", "prel_publication_date": "",
             "publication_date": "2026-10-04", **shared | {"has_ou_data": True}},
            {"id": ENDED, "title": "Avvikelse (-2022)", "is_divided_by_gender": False,
             "municipality_type": "K", "prel_publication_date": "", "publication_date": "", **shared},
            {"id": REGIONAL, "title": "Kostnad per invånare", "is_divided_by_gender": False,
             "municipality_type": "A", "prel_publication_date": "", "publication_date": "2026-05-29",
             **shared},
        ]
    )  # fmt: skip


def small_groups() -> pd.DataFrame:
    families = [("G1", "Liknande kommuner grundskola, Älvby, 2024", ["0330", "0331", "2702"]),
                ("G2", "Liknande kommuner, övergripande, Älvby, 2025", ["2703", "2704"])]  # fmt: skip
    return pd.DataFrame(
        [
            {"group_id": group, "group_title": title, "member_id": code, "member_title": KOMMUNER[code]}
            for group, title, members in families
            for code in members
        ]
    )


def small_observations(seed: int = 7) -> pd.DataFrame:
    """Values with some rows missing, suppressed, not applicable or never published."""
    rng = np.random.default_rng(seed)
    everyone = ["0000", "0003", "0027", *KOMMUNER]
    parts = []
    for kpi, ids, years, genders in [
        (MEAN, list(KOMMUNER), YEARS, "T"),
        (BY_GENDER, ["0000", *KOMMUNER], YEARS, "TKM"),
        (ENDED, list(KOMMUNER), range(2018, 2023), "T"),
        (REGIONAL, everyone, YEARS, "T"),
    ]:
        index = pd.MultiIndex.from_product(
            [[kpi], ids, years, list(genders)], names=["kpi", "municipality", "year", "gender"]
        )
        parts.append(index.to_frame(index=False))
    frame = pd.concat(parts, ignore_index=True)
    frame["value"] = np.round(rng.normal(50, 20, len(frame)), 6)
    frame["status"] = pd.Series(None, index=frame.index, dtype="str")
    for status, every in [("Missing", 17), ("Privacy", 23), ("Not applicable", 41)]:
        frame.loc[frame.index % every == 5, ["value", "status"]] = [np.nan, status]
    return frame[frame.index % 29 != 3].reset_index(drop=True)


def small_units() -> pd.DataFrame:
    """Units of two municipalities: one has no name, one no values."""
    return pd.DataFrame(
        [
            ("V15E031900301", "Östra skolan", "0319", "V15", ""),
            ("V15E12345678", "", "0319", "V15", ""),
            ("V15E12345679", "Nedlagda skolan", "0319", "V15", ""),
            ("V15E033000101", "Åsele skola", "0330", "V15", ""),
        ],
        columns=["id", "title", "municipality", "type", "holder"],
    )


def small_unit_observations() -> pd.DataFrame:
    """Values by gender, with some hidden."""
    units = [unit for unit in small_units()["id"] if unit != "V15E12345679"]
    index = pd.MultiIndex.from_product(
        [[BY_GENDER], units, range(2022, 2026), list("TKM")], names=["kpi", "unit", "year", "gender"]
    )
    frame = index.to_frame(index=False)
    frame["value"] = np.round(np.random.default_rng(11).normal(80, 8, len(frame)), 6)
    frame["status"] = pd.Series(None, index=frame.index, dtype="str")
    frame.loc[frame.index % 7 == 3, ["value", "status"]] = [np.nan, "Privacy"]
    return frame


def every_group() -> pd.DataFrame:
    """Groups of every family of the catalogue for every kommun: the others."""
    catalogue = load_catalogue()
    families = {area.family for area in (catalogue.overview, *catalogue.areas.values())}
    pairs = [(family, code) for family in sorted(families) for code in KOMMUNER]
    return pd.DataFrame(
        [
            {"group_id": f"G{100 + number}", "group_title": f"{family}, {KOMMUNER[code]}, 2024",
             "member_id": other, "member_title": KOMMUNER[other]}
            for number, (family, code) in enumerate(pairs)
            for other in KOMMUNER
            if other != code
        ]
    )  # fmt: skip


def write_small(
    name: str,
    folder: Path,
    observations: pd.DataFrame | None = None,
    year: int = 2026,
    groups: pd.DataFrame | None = None,
    units: bool = False,
) -> Snapshot:
    """Write the small snapshot, with other observations or groups if given, and with units if wanted."""
    return write_snapshot(
        name,
        observations=small_observations() if observations is None else observations,
        kpis=small_kpis(),
        municipalities=small_municipalities(),
        groups=small_groups() if groups is None else groups,
        units=small_units() if units else None,
        unit_observations=small_unit_observations() if units else None,
        source="Påhittade värden för test",
        kind="import",
        created=datetime(year, 1, 2, tzinfo=UTC),
        folder=folder,
    )
