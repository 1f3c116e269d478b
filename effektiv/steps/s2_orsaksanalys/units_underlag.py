"""The underlag on the municipality's own units: every unit and year, and why a value is not shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from effektiv.analysis.panels import value_at
from effektiv.analysis.units import FEWEST_PERSONS, together
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import Mark, mark
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s2_orsaksanalys.national_units import UNITS
from effektiv.steps.s2_orsaksanalys.units_view import UnitsView, units_views
from effektiv.steps.s2_orsaksanalys.view import CauseCase
from effektiv.types import FocusArea

HISTORY = 6
"""Years that are shown."""


class UnitsCase(CauseCase):
    """A case with the underlag on its units."""

    def units_by_year(self) -> Exhibit:
        """Visa kommunens egna enheter år för år, med skälet där ett värde inte visas."""
        title, name = "Egna enheter år för år", "enheter-ar-for-ar"
        found = units_views(self.view)
        if not found:
            return nothing(name, title, _why_none(self))
        years_shown = list(
            range(max(item.year for item in found) - HISTORY + 1, max(item.year for item in found) + 1)
        )
        rows: list[tuple[Value, ...]] = []
        marks: dict[tuple[int, str], Mark | None] = {}
        for item in found:
            statuses = _statuses(self, item)
            every = self.national.result(UNITS, self.view.area, _place(self.view.area, item))
            for unit in sorted(item.names, key=lambda one: item.names[one]):
                values = [_cell(item, every.shares, statuses, unit, year) for year in years_shown]
                if all(value is None and reason is None for value, reason in values):
                    continue
                for year, (_, reason) in zip(years_shown, values, strict=True):
                    if reason is not None:
                        marks[len(rows), str(year)] = reason
                pooled = (
                    together(item.counted.loc[[unit]], item.persons.loc[[unit]], item.year)
                    if unit in item.counted.index
                    else None
                )
                rows.append(
                    (
                        item.names[unit],
                        item.kpi.label,
                        *(value for value, _ in values),
                        None if pooled is None else _known(pooled["share"].iloc[0]),
                        None if pooled is None else _known(pooled["persons"].iloc[0]) or None,
                    )
                )
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read=(
                "Två punkter betyder att värdet är dolt, för att andelen är av färre än 20 personer eller för att den som "
                "publicerar det döljer det. Tre år tillsammans är av alla personer de åren. En tom rad före eller efter "
                "är år då enheten inte fanns eller inte mättes."
            ),
            table=Table(
                caption=f"Enheter i {self.name}",
                columns=(
                    Column("enhet", "Enhet"),
                    Column("matt", "Mått"),
                    *(
                        Column(str(year), str(year), kind="number", decimals=1, may_lack=True)
                        for year in years_shown
                    ),
                    Column("tillsammans", "Tre år tillsammans", kind="number", decimals=1, may_lack=True),
                    Column("antal", "Personer då", kind="number", decimals=0, may_lack=True),
                ),
                rows=tuple(rows),
                marks=marks,
            ),
            kpis=tuple(dict.fromkeys(kpi for item in found for kpi in item.figures)),
        )


def _why_none(case: UnitsCase) -> str:
    choice = case.view.area.units
    if choice is None:
        return "För området finns inga uppgifter om enheter."
    if case.snapshot.units is None:
        return (
            "Datauttaget har inga enheter. Hämta dem med effektiv hamta --enheter, importera Skolverkets tabeller eller "
            "fyll i enheter.xlsx."
        )
    own = case.snapshot.units["municipality"] == case.municipality
    kind = case.snapshot.units["type"] == choice.kind
    if not (own & kind).any():
        return f"Kommunen har inga egna {choice.many} i datauttaget."
    return f"Kommunens {choice.many} har inga värden de senaste åren."


def _place(area: FocusArea, item: UnitsView) -> int:
    assert area.units is not None
    return area.units.measures.index(item.measure)


def _statuses(case: UnitsCase, item: UnitsView) -> dict[tuple[str, int], str]:
    """Return why values are missing, by unit and year."""
    rows = case.snapshot.unit_observations
    if rows is None:
        return {}
    rows = rows[(rows["kpi"] == item.kpi.id) & rows["unit"].isin(list(item.names)) & rows["status"].notna()]
    return {
        (str(unit), int(year)): str(status)
        for unit, year, status in rows[["unit", "year", "status"]].itertuples(index=False, name=None)
    }


def _cell(
    item: UnitsView, published: pd.DataFrame, statuses: dict[tuple[str, int], str], unit: str, year: int
) -> tuple[float | None, Mark | None]:
    """Return a value that may be shown, else why it is not; neither where nothing is published."""
    own = item.counted if unit in item.counted.index else published
    value = value_at(own, unit, year)
    # Where only the share is published, the unit is taken to be as large as it was last known to be.
    known = [
        value_at(item.persons, unit, int(earlier)) for earlier in item.persons.columns if int(earlier) <= year
    ]
    persons = next((count for count in reversed(known) if np.isfinite(count)), np.nan)
    if np.isfinite(value):
        return (None, Mark.PRIVACY) if persons < FEWEST_PERSONS else (float(value), None)
    status = statuses.get((unit, year))
    return None, None if status is None else mark(status)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
