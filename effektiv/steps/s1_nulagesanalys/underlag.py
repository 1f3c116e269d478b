"""What defends the findings: conditions, peers by name, all measures, efficiency, models, and the state of the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from effektiv.analysis.efficiency import efficiency, efficiency_change, usable_figures
from effektiv.analysis.panels import Panel, cell, segments
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.evidence import EvidenceCase
from effektiv.steps.judging import GROUP, Judgement
from effektiv.steps.peer_group import PeerGroupCase
from effektiv.steps.s1_nulagesanalys.naming import NamingCase
from effektiv.steps.structural import SPANS, STRUCTURAL, WORTH_DRAWING, modelled
from effektiv.steps.wording import CERTAINTY_WORDS
from effektiv.types import Better, Break, FocusArea, Kpi

CHANGE_YEARS = 3


class UnderlagCase(NamingCase, PeerGroupCase, EvidenceCase):
    """A case with the underlag of its report."""

    @property
    def _focus_area(self) -> FocusArea | None:
        area = self._opened.area
        return area if isinstance(area, FocusArea) else None

    def conditions(self) -> Exhibit:
        """Visa förutsättningarna och befolkningen framåt, mot gruppens mitt och riket."""
        opened = self._opened.area
        ids = (
            (*opened.sections.conditions, *opened.sections.forecast)
            if isinstance(opened, FocusArea)
            else (*opened.conditions, *opened.forecast)
        )
        title = "Förutsättningar och befolkning"
        found = [self.judge(kpi, GROUP) for kpi in ids]
        known = [item for item in found if item is not None]
        if not known:
            return nothing("forutsattningar", title, "Det finns inga värden de senaste åren att jämföra.")
        return Exhibit(
            id="forutsattningar",
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read="Framskrivningarna är i procent mot i dag. De säger vad som väntar, inte vad det kostar.",
            table=Table(
                caption=f"{title} i {self.name}",
                columns=_columns(self.name)[:-1],
                rows=tuple(_measure(item)[:-1] for item in known),
                row_decimals=tuple(item.kpi.decimals for item in known),
            ),
            kpis=tuple(item.kpi.id for item in known),
        )

    def measures(self) -> Exhibit:
        """Visa alla mått på resurs, volym och kvalitet, mot gruppens mitt och riket."""
        area = self._opened.area
        ids: dict[str, tuple[str, ...]]
        if isinstance(area, FocusArea):
            parts = area.sections
            ids = dict.fromkeys((*parts.resource, *parts.volume, *parts.quality), self.peers.members)
        else:
            # A service is compared with its own group, here as in its area's report.
            ids = {
                kpi: self.group_of(item)
                for item in area.services
                for kpi in (
                    item.deviation_pct,
                    item.net_cost,
                    *(shown for side in item.quality for shown in (side.shown, *side.kpis)),
                )
                if kpi
            }
        return self._measures(
            "matt",
            "Alla mått",
            ids,
            "Skillnaden mot mitten är säker, trolig eller går inte att skilja från noll: så mycket brukar måttet ändras "
            "mellan två år i kommuner av samma storlek.",
        )

    def _measures(self, name: str, title: str, ids: Mapping[str, Sequence[str]], how: str) -> Exhibit:
        judged = [
            found for kpi, members in ids.items() if (found := self.judge(kpi, GROUP, members)) is not None
        ]
        if not judged:
            return nothing(name, title, "Det finns inga värden de senaste åren att jämföra.")
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read=how,
            table=Table(
                caption=f"{title} i {self.name}",
                columns=_columns(self.name),
                rows=tuple(_measure(item) for item in judged),
                row_decimals=tuple(item.kpi.decimals for item in judged),
            ),
            kpis=tuple(item.kpi.id for item in judged),
            judged=tuple(item.to_data() for item in judged),
        )

    def efficiency(self) -> Exhibit:
        """Visa effektiviteten mot riket, dess delar och hur den har ändrats."""
        area, title = self._focus_area, "Effektivitet = resultat × volym / resurs"
        if area is None:
            return nothing("effektivitet", title, "Effektiviteten räknas i varje område för sig.")
        if not area.quality_for_k:
            return nothing("effektivitet", title, area.no_efficiency)
        unit_cost = self.best(area.unit_cost)
        quality = self.panels(area.quality_for_k)
        own = [kpi for kpi in area.quality_for_k if self.latest(kpi) is not None]
        if not own or self.latest(unit_cost.id) is None:
            return nothing(
                "effektivitet", title, "Kvalitet eller kostnad saknas för kommunen de senaste åren."
            )
        used = {kpi: quality[kpi] for kpi in own}
        better = {kpi: self.kpi(kpi).better for kpi in own}
        frame = efficiency(used, self.panel(unit_cost.id), better, self.municipality).dropna()
        other = _other(used, better, self, unit_cost)
        if frame.empty:
            return nothing("effektivitet", title, "Kvalitet eller kostnad saknas för riket de senaste åren.")
        recent = frame.tail(6)
        rows = [
            (year, 100 * ratio, 100 * k, 100 * cost, _known(100 * other.get(year, np.nan)))
            for year, ratio, k, cost in zip(
                map(int, recent.index), recent["E"], recent["K"], recent["unit_cost_rel"], strict=True
            )
        ]
        return Exhibit(
            id="effektivitet",
            title=title,
            source=Source.OWN,
            alt=None,
            finding=self._change(used, better, unit_cost, [int(year) for year in recent.index]),
            table=Table(
                caption=f"Effektivitet i {self.name}, riket = 100",
                columns=(
                    Column("ar", "År", kind="year"),
                    Column("e", "Effektivitet", kind="number", decimals=0),
                    Column("k", "Kvalitet", kind="number", decimals=0),
                    Column("r", f"{unit_cost.label}", kind="number", decimals=0),
                    Column(
                        "e2",
                        "Effektivitet, räknad på dem som inte är nöjda eller inte når målen",
                        kind="number",
                        decimals=0,
                        may_lack=True,
                    ),
                ),
                rows=tuple(rows),
            ),
            how_to_read=(
                "Kvaliteten är det geometriska medelvärdet av måtten mot riket, på den sida som Kolada publicerar. Nivån beror "
                "till stor del på förutsättningar och på vilken sida som räknas, så den används inte för att rangordna "
                "eller bedöma. Beräkningen antar att dubbelt så många kostar dubbelt så mycket."
            ),
            kpis=(unit_cost.id, *own),
        )

    def _change(
        self, quality: Mapping[str, Panel], better: Mapping[str, Better], unit_cost: Kpi, years: list[int]
    ) -> str:
        breaks: list[Break] = [item for kpi in quality for item in self.kpi(kpi).breaks] + list(
            unit_cost.breaks
        )
        if not years:
            return ""
        together = [year for year in segments(years, breaks)[-1] if year >= years[-1] - CHANGE_YEARS]
        if len(together) < 2:
            return ""
        first, last = together[0], together[-1]
        used = {kpi: quality[kpi] for kpi in usable_figures(quality, self.municipality, (first, last))}
        if not used:
            return ""
        found = efficiency_change(
            used, self.panel(unit_cost.id), better, self.municipality, from_year=first, to_year=last
        )
        if found is None:
            return ""
        parts = [
            f"kvaliteten {_pct(found.quality)}",
            f"kostnaden per enhet {_pct(found.unit_cost)}",
        ]
        return (
            f"Mellan {first} och {last} ändrades effektiviteten mot riket med {_pct(found.total)}: {join(parts)} "
            "(plus är bättre). Hur säker ändringen är har inte mätts."
        )

    def structure(self) -> Exhibit:
        """Visa vad förutsättningarna förklarar av kostnad och kvalitet, och vad som är kvar."""
        area, title = self._focus_area, "Vad förutsättningarna förklarar"
        if area is None:
            return nothing("struktur", title, "Modellerna finns i varje område för sig.")
        structure = [self.kpi(kpi).label for kpi in area.structural_model.structure]
        rows: list[tuple[Value, ...]] = []
        model = modelled(self.national, area)
        for label, kpi_id, side in (("kostnad", model.cost, "cost"), ("kvalitet", model.quality, "quality")):
            latest = self.latest(kpi_id)
            for span in SPANS if latest is not None else ():
                assert latest is not None
                result = self.national.result(STRUCTURAL, area, latest[0], span)
                fit = result.cost if side == "cost" else result.quality
                if fit is None or fit.adj_r2 < WORTH_DRAWING or self.municipality not in fit.frame.index:
                    continue
                line = fit.frame.loc[self.municipality]
                residual = cell(fit.frame, self.municipality, "residual_loo")
                residual = 100 * float(np.expm1(residual)) if side == "cost" else residual
                rows.append(
                    (
                        f"{self.kpi(kpi_id).label} ({label})",
                        f"{result.years[0]}–{result.years[-1]}" if span > 1 else str(latest[0]),
                        fit.n,
                        100 - fit.unexplained_pct,
                        fit.unexplained_pct,
                        residual,
                        "procent" if side == "cost" else self.kpi(kpi_id).unit,
                        "ja" if line["outside"] else "nej",
                    )
                )
        if not rows:
            return nothing(
                "struktur",
                title,
                "Förutsättningarna förklarar under en tiondel av skillnaderna, eller värden saknas.",
            )
        return Exhibit(
            id="struktur",
            title=title,
            source=Source.OWN,
            alt=None,
            table=Table(
                caption=f"Modeller av kostnad och kvalitet, och vad som är kvar för {self.name}",
                columns=(
                    Column("matt", "Mått"),
                    Column("period", "År"),
                    Column("n", "Kommuner", kind="number", decimals=0),
                    Column("forklarat", "Förklaras", kind="number", unit="%", decimals=0),
                    Column("oforklarat", "Förklaras inte", kind="number", unit="%", decimals=0),
                    Column("rest", "Kvar", kind="number", decimals=1, signed=True),
                    Column("enhet", "Enhet"),
                    Column("utanfor", "Utanför där 95 av 100 kommuner väntas ligga"),
                ),
                rows=tuple(rows),
            ),
            how_to_read=(
                "Det som är kvar kan vara effektivitet, ambition, mätfel eller förutsättningar som modellen saknar. Kommunen är "
                f"inte med när dess eget värde skattas. Struktur: {join(structure)}."
            ),
            kpis=area.structural_model.structure,
        )


def _columns(name: str) -> tuple[Column, ...]:
    return (
        Column("matt", "Mått"),
        Column("id", "Id"),
        Column("enhet", "Enhet"),
        Column("ar", "År", kind="year"),
        Column("egen", name, kind="number"),
        Column("mitten", "Gruppens mitt", kind="number"),
        Column("riket", "Riket", kind="number", may_lack=True),
        Column("hogre", "Högre än så många", kind="number", decimals=0),
        Column("av", "Av", kind="number", decimals=0),
        Column("sakert", "Skillnaden mot mitten"),
    )


def _measure(item: Judgement) -> tuple[Value, ...]:
    return (
        item.kpi.label,
        item.kpi.id,
        item.kpi.unit,
        item.year,
        item.found.own,
        item.found.comparator,
        _known(item.place.riket),
        item.place.higher_than,
        len(item.place.peers),
        CERTAINTY_WORDS[item.certainty] if item.found.is_judged else "går inte att bedöma",
    )


def _known(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else float(value)


def _pct(log: float) -> str:
    return f"{plain(100 * float(np.expm1(log)), signed=True)} procent"


def _other(
    quality: Mapping[str, Panel], better: Mapping[str, Better], case: NamingCase, unit_cost: Kpi
) -> pd.Series:
    """Return E by the other side of each share: those who are not satisfied; empty where a figure is no share."""
    if not all(case.kpi(kpi).unit == "%" for kpi in quality):
        return pd.Series(dtype=float)
    turned = {kpi: 100.0 - panel for kpi, panel in quality.items()}
    other = {kpi: Better.LOWER if side is Better.HIGHER else Better.HIGHER for kpi, side in better.items()}
    frame = efficiency(
        {kpi: panel.where(panel > 0) for kpi, panel in turned.items()},
        case.panel(unit_cost.id),
        other,
        case.municipality,
    )
    found: pd.Series = frame["E"]
    return found
