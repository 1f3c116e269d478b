"""The real country as it lies beside the project, for tests and calibration; it is not shipped with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from effektiv.analysis.panels import Panel
from effektiv.data.skolverket import read_tables
from effektiv.types import RIKET, Break

SHARED = Path(__file__).resolve().parents[2] / "shared"

_FILES = (
    "kolada-1994-2022/values_catalogue.csv.gz",
    "kolada-1994-2022/values_other_N0.csv.gz",
    "kolada-1994-2022/values_other_N1-N9.csv.gz",
    "kolada-1994-2022/values_other_U.csv.gz",
    "kolada-derived/values.csv.gz",
    "kolada-values-2006-2024/2024-12-12_kolada_values.csv.gz",
    "kolada-values-2006-2024/2023-09-12_kolada_values.csv.gz",
)
"""Where a value stands in several, the first is used."""

_FAMILIES = {
    "grundskola": "Liknande kommuner grundskola, {name}, 2024",
    "äldreomsorg": "Liknande kommuner äldreomsorg, {name}, 2024",
    "IFO": "Liknande kommuner IFO, {name}, 2024",
    "förskola": "Liknande kommuner förskola, {name}, 2024",
    "fritidshem": "Liknande kommuner fritidshem, {name}, 2024",
    "LSS": "Liknande kommuner LSS, {name}, 2024",
    "gymnasieskola": "Liknande kommuner gymnasieskola, {name}, 2024",
    "övergripande": "Liknande kommuner, övergripande, {name}, 2025",
}

FAMILY_OF = {"förskola/fritids": "förskola", "övrigt": "övergripande"}
"""Families of `figures` that have another name among the groups."""


@dataclass(frozen=True)
class Figure:
    """A key figure that the certainty rule was measured on.

    Attributes
    ----------
    kpi, unit
        Kolada's id and the unit.
    role
        resource, quality, volume or structure.
    family
        Whose peers: `groups`.
    use
        ``tuning``, ``held out``, ``short`` (too few years to tune on) or ``structure``.
    breaks
        Years whose values cannot be compared with earlier ones.
    """

    kpi: str
    unit: str
    role: str
    family: str
    use: str
    breaks: tuple[Break, ...]


def is_there() -> bool:
    """Return whether the real extracts lie beside the project."""
    return (SHARED / "data" / _FILES[0]).is_file()


def breaks(*years: int) -> tuple[Break, ...]:
    """Return breaks in those years."""
    return tuple(Break(year=year, reason="serien har ett brott") for year in years)


@cache
def figures() -> dict[str, Figure]:
    """Return the figures that certainty was measured on, by id."""
    table = pd.read_csv(SHARED / "certainty-figures.csv", dtype=str).fillna("")
    return {
        row["kpi"]: Figure(
            row["kpi"],
            row["unit"],
            row["role"],
            FAMILY_OF.get(row["family"], row["family"]),
            row["use"],
            breaks(*map(int, row["breaks"].split())),
        )
        for row in table.to_dict("records")
    }


@cache
def _values() -> pd.DataFrame:
    parts = []
    for name in _FILES:
        table = pd.read_csv(
            SHARED / "data" / name,
            dtype={"municipality_id": str, "kpi": str, "gender": str},
            usecols=["kpi", "municipality_id", "year", "gender", "value"],
        )
        parts.append(table[table["gender"] == "T"].dropna(subset=["value"]))
    whole = pd.concat(parts, ignore_index=True)
    region = whole["municipality_id"].str.startswith("00") & (whole["municipality_id"] != RIKET)
    return whole[~region].drop_duplicates(["kpi", "municipality_id", "year"])


_SCHOOL_COSTS = "skolverket-kommun-2016-2022/kostnader_grundskola_kommunal_2020-2022.csv.gz"


@cache
def _school_costs() -> pd.DataFrame:
    """Return what municipal schools cost a pupil, by part, as Skolverket publishes it, 2020-2022."""
    tables = read_tables(SHARED / "data" / _SCHOOL_COSTS)
    assert tables is not None, _SCHOOL_COSTS
    parts = [
        pd.DataFrame(
            {
                "kpi": columns["kpi"].cells,
                "municipality_id": columns["code"].cells,
                "year": columns["year"].cells.astype("int64"),
                "value": pd.to_numeric(columns["value"].cells, errors="coerce"),
            }
        )
        for columns in tables.columns
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset=["value"])


@cache
def panel(kpi: str) -> Panel:
    """Return a figure's values: municipality (with Riket) x year; without rows when there are none."""
    values = _school_costs() if kpi.startswith("S-") else _values()
    found = values[values["kpi"] == kpi]
    table = found.pivot_table(index="municipality_id", columns="year", values="value", aggfunc="first")
    table.columns = table.columns.astype("int64")
    return table.rename_axis("municipality")


def panels(kpis: Collection[str]) -> dict[str, Panel]:
    """Return several figures by id."""
    return {kpi: panel(kpi) for kpi in kpis}


def population(year: int) -> pd.Series:
    """Return inhabitants by municipality, of the year or the nearest before it."""
    known = panel("N01951").drop(index=RIKET, errors="ignore")
    return known[max(column for column in known.columns if column <= year)]


@cache
def names() -> dict[str, str]:
    """Return the municipalities' names by code."""
    table = pd.read_csv(SHARED / "data" / "kolada-metadata" / "municipality_2026-03.csv", dtype=str)
    return {row["id"]: row["title"] for row in table[table["type"] == "K"].to_dict("records")}


@cache
def groups(family: str) -> dict[str, list[str]]:
    """Return Kolada's similar municipalities of a family, by municipality."""
    folder = SHARED / "data" / "kolada-metadata"
    table = pd.read_csv(folder / "municipality_groups_2026-03.csv.gz", dtype=str)
    members = {str(title): found["member_id"].tolist() for title, found in table.groupby("group_title")}
    pattern = _FAMILIES[family]
    return {code: members.get(pattern.format(name=name), []) for code, name in names().items()}


SERVICES = {
    "förskola": ("N11024", "N11038"),
    "fritidshem": ("N13020", "N13032"),
    "grundskola": ("N15001", "N15045"),
    "gymnasieskola": ("N17001", "N17030"),
    "äldreomsorg": ("N20900", "N20029"),
    "LSS": ("N28018", "N28021"),
    "IFO": ("N30001", "N30026"),
}
"""By service: net cost deviation in per cent and in mnkr."""

QUALITY = {
    "grundskola": ("U15459", "U15457", "U15461"),
    "gymnasieskola": ("U17449",),
    "hemtjänst": ("U21468", "U21505", "U21477", "U21461", "U21463"),
    "särskilt boende": ("U23471", "U23521", "U23480", "U23459", "U23461"),
}
"""Outcomes that a municipality answers for itself; higher is better in all."""
