"""What defends the findings: each peer's own division, each driver over the years, what stands beside them."""

from __future__ import annotations

import numpy as np

from effektiv.analysis.drivers import REST
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s2_orsaksanalys.beside import beside_table, judged_beside
from effektiv.steps.s2_orsaksanalys.view import CauseCase
from effektiv.types import RIKET

HISTORY = 6
"""Years that the drivers are shown for."""


class CauseUnderlagCase(CauseCase):
    """A case with the underlag of its report."""

    def drivers_by_peer(self) -> Exhibit:
        """Visa drivkrafterna mot var och en av de jämförda kommunerna, miljoner kronor."""
        view, found = self.view, self.view.driven
        title, name = "Drivkrafterna mot var och en", "drivkrafter-mot-var-och-en"
        if found is None:
            return nothing(name, title, "Kostnaden går inte att dela upp för kommunen.")
        keys = [*(item.kpi.id for item in found.drivers), REST]
        labels = {item.kpi.id: item.kpi.label for item in found.drivers} | {REST: "Övrigt"}
        splits = [
            (view.name(code), split)
            for code in (*view.members[:60], RIKET)
            if (split := view.split_against(code)) is not None
        ]
        if not splits:
            return nothing(name, title, "Ingen av de jämförda har värden att dela upp.")
        rows: list[tuple[Value, ...]] = [
            (
                who,
                *(float(split.parts[key]) / 1e6 if key in split.parts.index else None for key in keys),
                split.total / 1e6,
            )
            for who, split in splits
        ]
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read=(
                "Plus betyder att kommunen kostar mer. Varje rad går jämnt upp. En faktor utan värde är inte uppdelad, "
                "för att uppgifter saknas eller färre än tio personer ligger bakom."
            ),
            table=Table(
                caption=f"{view.drivers.label}: skillnad mot var och en",
                columns=(
                    Column("kommun", "Mot"),
                    *(
                        Column(
                            f"d{at}",
                            labels[key],
                            kind="number",
                            unit="mnkr",
                            decimals=1,
                            signed=True,
                            may_lack=True,
                        )
                        for at, key in enumerate(keys)
                    ),
                    Column("summa", "Hela skillnaden", kind="number", unit="mnkr", decimals=1, signed=True),
                ),
                rows=tuple(rows),
            ),
            kpis=tuple(item.kpi.id for item in found.drivers),
        )

    def drivers_by_year(self) -> Exhibit:
        """Visa varje drivkraft år för år, i procent av rikets eller gruppens värde."""
        view, found = self.view, self.view.driven
        title, name = "Drivkrafterna år för år", "drivkrafter-over-tid"
        if found is None:
            return nothing(name, title, "Kostnaden går inte att dela upp för kommunen.")
        shown = [item.judged for item in found.drivers if item.judged is not None]
        years = list(range(found.year - HISTORY + 1, found.year + 1))
        rows: list[tuple[Value, ...]] = []
        for judged in (found.whole, *shown):
            own = self.own(judged.kpi.id)
            other = self._comparator(self.shown(judged.kpi.id), view.against, view.members)
            rows.append(
                (
                    judged.kpi.label,
                    judged.kpi.id,
                    *(_percent(own.get(y, np.nan), other.get(y, np.nan)) for y in years),
                )
            )
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read=f"100 är som i {view.than}. Brott i serierna står under uppgifternas skick.",
            table=Table(
                caption=f"{view.case.name}, {view.than} = 100",
                columns=(
                    Column("matt", "Mått"),
                    Column("id", "Id"),
                    *(
                        Column(str(year), str(year), kind="number", decimals=0, may_lack=True)
                        for year in years
                    ),
                ),
                rows=tuple(rows),
            ),
            kpis=(found.whole.kpi.id, *(judged.kpi.id for judged in shown)),
        )

    def beside(self) -> Exhibit:
        """Visa det som står bredvid kostnaden, och vad som är värt att fråga om."""
        title, name = "Bredvid kostnaden", "bredvid-kostnaden"
        every = judged_beside(self.view)
        if not every:
            return nothing(name, title, "Det finns inga värden de senaste åren att jämföra.")
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            table=beside_table(self.view, every),
            kpis=tuple(judged.kpi.id for _, judged in every),
            judged=tuple(judged.to_data() for _, judged in every),
        )


def _percent(own: float, other: float) -> float | None:
    ratio = 100.0 * own / other if other else np.nan
    return None if np.isnan(ratio) else float(ratio)
