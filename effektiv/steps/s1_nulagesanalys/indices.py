"""RKA's published indices, a strip a service."""

from __future__ import annotations

import numpy as np
import pandas as pd

from effektiv.analysis.panels import country
from effektiv.exhibits.charts import StripCell, StripRow, strips
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.swedish import capitalise, join, lower_first
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s1_nulagesanalys.naming import NamingCase
from effektiv.types import IndexDefinition

SIDES = ("Resursindex", "Kvalitetsindex", "Effektivitetsindex")


def _published(definition: IndexDefinition) -> tuple[str, str, str]:
    return definition.resource.published, definition.quality.published, definition.efficiency


def indices(case: NamingCase) -> Exhibit | None:
    """Show the latest published indices among the country's; None where the municipality has none."""
    rows: list[StripRow] = []
    table: list[tuple[Value, ...]] = []
    best: list[str] = []
    worst: list[str] = []
    used: list[str] = []
    for definition in case.catalogue.overview.indices:
        latest = case.latest(definition.efficiency)
        if latest is None:
            continue
        year = latest[0]
        cells: list[StripCell] = []
        own: list[float | None] = []
        for kpi in _published(definition):
            values = _of_year(case, kpi, year)
            mine = float(values.get(case.municipality, np.nan))
            own.append(None if np.isnan(mine) else mine)
            peers = values.reindex(list(case.peers.members)).dropna()
            others = values.drop(index=[case.municipality, *peers.index], errors="ignore").dropna()
            cells.append(StripCell(own[-1], tuple(map(float, peers)), tuple(map(float, others))))
            used.append(kpi)
        rows.append(StripRow(definition.label, tuple(cells)))
        table.append((definition.label, year, *own))
        everybody = _of_year(case, definition.efficiency, year).dropna()
        place = float((everybody < latest[1]).mean())
        name = lower_first(definition.label)
        if place >= 0.75:
            best.append(name)
        elif place <= 0.25:
            worst.append(name)
    if not rows:
        return None
    return Exhibit(
        id="index",
        title=_title(best, worst),
        subtitle="RKA:s index, 0–100, där 100 är lägst kostnad eller högst kvalitet",
        source=Source.KOLADA,
        alt="En remsa för varje verksamhet och index, med kommunen, gruppen och hälften av landets kommuner.",
        figure=strips(rows, SIDES, own_name=case.name),
        blocks=(
            "Ett högt resursindex betyder låg kostnad. Indexen är relativa: de säger hur kommunen ligger mot andra samma "
            "år, inte om resultatet är bra. De kan falla mycket mellan två år utan att verksamheten har ändrats.",
        ),
        table=Table(
            caption=f"RKA:s index för {case.name}",
            columns=(
                Column("verksamhet", "Verksamhet"),
                Column("ar", "År", kind="year"),
                *(Column(str(at), side, kind="number", decimals=0) for at, side in enumerate(SIDES)),
            ),
            rows=tuple(table),
        ),
        kpis=tuple(dict.fromkeys(used)),
    )


def _of_year(case: NamingCase, kpi: str, year: int) -> pd.Series:
    values = country(case.panel(kpi))
    return values[year] if year in values.columns else pd.Series(dtype=float)


def _title(best: list[str], worst: list[str]) -> str:
    if best and worst:
        return capitalise(f"RKA:s effektivitetsindex är högt i {join(best)} och lågt i {join(worst)}")
    if best:
        return f"RKA:s effektivitetsindex är högt i {join(best)}"
    if worst:
        return f"RKA:s effektivitetsindex är lågt i {join(worst)}"
    return "RKA:s effektivitetsindex ligger kring mitten i landet"
