"""Three ways to close the gap: each changes one thing and holds the other two."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from effektiv.analysis import gap as analysis
from effektiv.analysis.gap import ThreeWays
from effektiv.analysis.panels import value_at
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import amount, is_missing, number
from effektiv.exhibits.table import Column, Table
from effektiv.exhibits.words import named, people, value_in_text, year_text
from effektiv.steps.s1_nulagesanalys.gap import (
    MILLIONS,
    CostGapView,
    GapCase,
    QualityGapView,
    gap_words,
    rounds_to_zero,
    uncertainty_sentence,
)
from effektiv.types import FocusArea

_UNKNOWN = "går inte att räkna ut"


class ThreeWaysCase(GapCase):
    """Three ways to close the gap."""

    @property
    def _unit_gap(self) -> CostGapView | None:
        return next((item for item in self.cost_gaps if item.kpi.id == self.area.unit_cost), None)

    @cached_property
    def ways(self) -> ThreeWays | None:
        """The gap in unit cost as three ways to close it; None without one."""
        view, quality = self._unit_gap, self.headline_gap
        if view is None:
            return None
        return analysis.three_ways(
            gap_mnkr=view.gap,
            unit_cost=view.own,
            volume=value_at(self.panel(self.area.volume), self.municipality, view.year),
            quality=np.nan if quality is None else quality.comparison.own,
            quality_comparator=np.nan if quality is None else quality.comparison.median,
            better=self.kpi(self.area.headline_quality).better,
            count=np.nan if quality is None else quality.count,
        )

    def three_ways(self) -> Exhibit:
        """Visa tre vägar att stänga gapet, där var och en ändrar en sak och håller de andra två."""
        context, area, ways = self.context, self.area, self.ways
        view, quality = self._unit_gap, self.headline_gap
        flags = self.flags(area.unit_cost, area.volume, area.headline_quality)
        title = "Tre vägar att stänga gapet"
        if ways is None or view is None:
            cost, volume = named(context.kpis[area.unit_cost]), named(context.kpis[area.volume])
            what = f"Frysningen saknar {cost} eller {volume} för {context.name}, eller {cost} för gruppen."
            return nothing("tre-vagar", title, what)
        rows = (
            ("Mindre resurs", "Volym och kvalitet", _resource_way(ways)),
            ("Mer volym", "Resurs och kvalitet", _volume_way(area, ways)),
            ("Högre kvalitet", "Resurs och volym", _quality_way(context, area, quality)),
        )
        return Exhibit(
            id="tre-vagar",
            title=title,
            source=Source.OWN,
            alt=None,
            finding=_ways_finding(context, area, view, rows),
            table=Table(
                caption=f"Tre vägar till {context.peers.median}, {view.year}",
                columns=(
                    Column("vag", "Väg"),
                    Column("oforandrat", "Hålls oförändrat"),
                    Column("innebar", "Vad det innebär"),
                ),
                rows=rows,
            ),
            how_to_read=(
                f"Vägarna utgår från {named(view.kpi)} och visar hur stort gapet är, inte vad som är möjligt eller "
                "lämpligt. De två första är samma gap räknat på två sätt och ska inte läggas ihop."
            ),
            notes=(
                "Räkneexemplet tar inte hänsyn till kommunens förutsättningar. I den andra vägen kostar varje enhet lika "
                "mycket som medianen."
            ),
            flags=flags,
        )


def _ways_finding(
    context: Context, area: FocusArea, view: CostGapView, rows: Sequence[tuple[str, str, str]]
) -> str:
    resource, volume, quality = (row[2] for row in rows)
    when = year_text(context, view.kpi, view.year)
    if view.gap > 0 and not rounds_to_zero(view.gap):
        either = f"{resource}, eller {volume}" if volume != _UNKNOWN else resource
        first = f"Att nå {context.peers.median} {when} motsvarar {either}."
    else:
        first = (
            f"I {area.in_text} är {context.name} {gap_words(view.gap, context.peers.median)} {when}, så det finns "
            "inget kostnadsgap att stänga."
        )
    return f"{first} {uncertainty_sentence(context, view)} Kvalitet: {quality}."


def _resource_way(ways: ThreeWays) -> str:
    if rounds_to_zero(ways.resource_mnkr):
        return "ingen minskning (redan ungefär lika dyr som medianen)"
    if ways.resource_mnkr < 0:
        return f"{amount(-ways.resource_mnkr, MILLIONS, 1)} mindre per år"
    return f"ingen minskning (redan {amount(ways.resource_mnkr, MILLIONS, 1)} billigare än medianen)"


def _volume_way(area: FocusArea, ways: ThreeWays) -> str:
    if is_missing(ways.volume_units):
        return _UNKNOWN
    if ways.volume_units <= 0 or rounds_to_zero(ways.volume_pct):
        return "ingen ökning (gapet är redan stängt)"
    units = f" (omkring {number(ways.volume_units)})" if ways.volume_units >= 1 else ""
    return f"{number(ways.volume_pct, 1)} procent fler {area.volume_word} för samma pengar{units}"


def _quality_way(context: Context, area: FocusArea, item: QualityGapView | None) -> str:
    if item is None:
        return f"går inte att säga, för {named(context.kpis[area.headline_quality])} saknas"
    found, kpi = item.comparison, item.kpi
    if not item.is_worse:
        return f"{named(kpi)} ligger redan på medianen eller bättre ({found.year})"
    persons = "" if is_missing(item.persons) else f", {people(item.persons)}"
    step = f"från {number(found.own, kpi.decimals)} till {value_in_text(kpi, found.median)}"
    return f"{named(kpi)} {step}{persons} ({found.year})"
