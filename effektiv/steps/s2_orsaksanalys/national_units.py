"""What the units of the whole country have of a figure: computed once for a snapshot, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from effektiv.national import National, Result
from effektiv.types import FocusArea

MUNICIPAL = ("kommunal", "")
"""Holders whose units are compared: a municipality's own, and those of which nobody says whose they are."""


@dataclass(frozen=True)
class UnitPanels:
    """One figure of units, unit x year.

    Attributes
    ----------
    shares
        The figure's values, its unit.
    persons
        Persons behind them; missing where they are not known. Same shape.
    """

    shares: pd.DataFrame
    persons: pd.DataFrame


def _panels(national: National, area: FocusArea, at: int) -> UnitPanels:
    """Return the figure of an area's measure, of municipal units alone."""
    units, rows = national.snapshot.units, national.snapshot.unit_observations
    choice = area.units
    assert choice is not None
    if units is None or rows is None:
        return UnitPanels(_empty(), _empty())
    measure = choice.measures[at]
    kept = units[(units["type"] == choice.kind) & units["holder"].isin(MUNICIPAL)]["id"]
    rows = rows[(rows["gender"] == "T") & rows["unit"].isin(kept)]
    shares = _pivot(rows[rows["kpi"] == measure.kpi])
    persons = _pivot(rows[rows["kpi"] == measure.persons]) if measure.persons is not None else _empty()
    return UnitPanels(shares, persons.reindex(index=shares.index, columns=shares.columns))


def _pivot(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        return _empty()
    panel = rows.pivot_table(index="unit", columns="year", values="value", dropna=False)
    panel.columns = [int(year) for year in panel.columns]
    return panel.astype("float64").rename_axis(index="unit", columns="year")


def _empty() -> pd.DataFrame:
    return pd.DataFrame(index=pd.Index([], dtype="str", name="unit"), dtype="float64")


def _wanted(national: National) -> Iterator[tuple[FocusArea, int]]:
    for area in national.catalogue.areas.values():
        if area.units is not None:
            for at in range(len(area.units.measures)):
                yield area, at


UNITS = Result("enheter", _panels, _wanted, (UnitPanels,))
"""What the country's municipal units have of an area's measure; of an area and the measure's place."""
