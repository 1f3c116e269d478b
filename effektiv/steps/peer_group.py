"""Whom the municipality is compared with, by name."""

from __future__ import annotations

import numpy as np

from effektiv.analysis.panels import value_at
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.judging import JudgingCase
from effektiv.types import FocusArea


class PeerGroupCase(JudgingCase):
    """A case that names those it is compared with."""

    def peer_group(self) -> Exhibit:
        """Visa vilka kommunen jämförs med, och deras egna värden."""
        area = self._opened.area
        ids = (
            (area.deviation_pct, self.best(area.unit_cost).id, area.headline_quality)
            if isinstance(area, FocusArea)
            else tuple(item.deviation_pct for item in area.services if item.deviation_pct)
        )
        shown = [(self.kpi(kpi), found[0]) for kpi in ids if (found := self.latest(kpi)) is not None]
        panels = [(self.shown(kpi.id), year) for kpi, year in shown]
        codes = [self.municipality, *self.peers.members[:60]]
        inhabitants = self.national.inhabitants(self.year)
        rows: list[tuple[Value, ...]] = []
        for code in codes:
            rows.append(
                (
                    self.national.names[code],
                    _known(inhabitants.get(code, np.nan)),
                    *(_known(value_at(panel, code, year)) for panel, year in panels),
                )
            )
        return Exhibit(
            id="jamforelsegrupp",
            title="Vilka kommunen jämförs med",
            source=Source.OWN,
            alt=None,
            finding=self.peers.description,
            table=Table(
                caption=f"{self.name} och {self.peers.label}",
                columns=(
                    Column("kommun", "Kommun"),
                    Column("invanare", "Invånare", kind="number", decimals=0, may_lack=True),
                    *(
                        Column(
                            kpi.id,
                            f"{kpi.label} {year}",
                            kind="number",
                            unit=kpi.unit,
                            decimals=kpi.decimals,
                            may_lack=True,
                        )
                        for kpi, year in shown
                    ),
                ),
                rows=tuple(rows),
                own_rows=frozenset({0}),
            ),
            kpis=tuple(kpi.id for kpi, _ in shown),
        )


def _known(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else float(value)
