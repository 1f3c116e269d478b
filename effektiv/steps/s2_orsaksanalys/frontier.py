"""Who gets much for little: three lenses side by side, and the frontier of those with at least the same outcome.

One lens is never a finding. Where all three put the municipality in the same outer third, that is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.lenses import LOWER, MIDDLE, UPPER
from effektiv.analysis.panels import cell, country, row, value_at
from effektiv.exhibits import swedish
from effektiv.exhibits.charts import DotRow, Dots, dots
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.frontiers import Measured, measured
from effektiv.steps.s2_orsaksanalys.national_frontier import (
    FRONTIER,
    FRONTIER_LENS,
    INDEX,
    LENSES,
    OLDEST,
    RESIDUAL,
    AreaFrontier,
    Lenses,
)
from effektiv.steps.s2_orsaksanalys.view import CauseCase, CauseView
from effektiv.steps.wording import fit

ID, UNDERLAG, FRONTIER_ID = "tre-synsatt", "tre-synsatt-underlag", "fronten"

NAMES = {
    INDEX: "RKA:s effektivitetsindex",
    RESIDUAL: "Kostnad och kvalitet mot det väntade",
    FRONTIER_LENS: "Kostnad mot dem med minst samma kvalitet",
}

THIRDS = {LOWER: "nedersta tredjedelen", MIDDLE: "mellersta tredjedelen", UPPER: "översta tredjedelen"}

LASTING = (
    "Av tio kommuner som de tre var eniga om var åtta kvar i samma tredjedel på minst två tre år senare."
)
"""Measured by ``python -m benchmarks.kalibrering``: 78 per cent; 2 were in the opposite."""

NO_INTERVAL = "spridning vid omräkning"
"""What the bootstrap's interval is called, since it does not hold the true score in 95 cases of 100.

By ``python -m benchmarks.frontier`` it does in 91 with 290 municipalities and costs without error, and in 12 with
errors of 4 per cent: it knows only of which municipalities the frontier is drawn through.
"""


@dataclass(frozen=True)
class Seen:
    """A municipality through the three lenses.

    Attributes
    ----------
    about
        What is seen.
    lenses
        All municipalities.
    places
        By lens and year: share of others that it is better than, 0-100.
    thirds
        By lens, `LOWER`, `MIDDLE` or `UPPER`; without those that are not known.
    """

    about: Measured
    lenses: Lenses
    places: dict[str, pd.Series]
    thirds: dict[str, float]

    @property
    def agreed(self) -> float | None:
        """The outer third that all three lenses put it in; None where they do not agree or one is not known."""
        found = set(self.thirds.values())
        return (
            found.pop()
            if len(self.thirds) == len(NAMES) and len(found) == 1 and MIDDLE not in found
            else None
        )


def seen(view: CauseView) -> Seen | None:
    """Look at the municipality through the lenses; None where the area has none, or it has no late values."""
    about = measured(view.case.national, view.area)
    year = None if about is None else latest_year(view, about)
    if about is None or year is None:
        return None
    found = view.case.national.result(LENSES, view.area, year)
    code = view.case.municipality
    places = {lens: row(table, code).reindex(list(found.years)) for lens, table in found.places.items()}
    thirds = {lens: cell(found.thirds, code, lens) for lens in NAMES} if code in found.thirds.index else {}
    return Seen(about, found, places, {lens: third for lens, third in thirds.items() if np.isfinite(third)})


def latest_year(view: CauseView, about: Measured) -> int | None:
    """Return the municipality's latest year with all that the frontier is about, not older than `OLDEST` years."""
    panels = [country(view.case.national.panel(kpi)) for kpi in (about.cost, *about.quality)]
    years = range(view.case.year - OLDEST, view.case.year + 1)
    known = [
        year
        for year in years
        if all(np.isfinite(value_at(panel, view.case.municipality, year)) for panel in panels)
    ]
    return max(known, default=None)


def three_lenses(view: CauseView) -> Exhibit | None:
    """Show the lenses as a finding, where all three put the municipality in the same outer third."""
    found = seen(view)
    if found is None or found.agreed is None:
        return None
    what = view.service.in_text
    if found.agreed == UPPER:
        title = f"Tre sätt att se är eniga: {view.case.name} får ut mycket av pengarna i {what}"
        caution = "Det säger inte varför, och inte att allt fungerar."
    else:
        title = f"Tre sätt att se är eniga: andra kommuner får ut mer av pengarna i {what}"
        caution = "Det säger inte varför: det kan vara mer service än måtten visar."
    return _exhibit(
        view,
        found,
        ID,
        title,
        [
            f"I snitt för {swedish.years(found.lenses.years)} ligger {view.case.name} i landets {THIRDS[found.agreed]} på "
            "alla tre: RKA:s index, kostnad och kvalitet mot vad förhållandena gör väntat, och kostnaden mot kommuner "
            "med minst samma kvalitet.",
            caution,
        ],
    )


def _exhibit(view: CauseView, found: Seen, name: str, title: str, sentences: list[str]) -> Exhibit:
    years = found.lenses.years
    # As a finding it has the picture; in the underlag the table is enough.
    rows = tuple(
        DotRow(label, tuple(_known(value) for value in found.places[lens].tolist()), strong=True)
        for lens, label in NAMES.items()
        if name == ID and found.places[lens].notna().any()
    )
    return Exhibit(
        id=name,
        title=title,
        subtitle=f"Andel av landets kommuner som {view.case.name} ligger bättre till än, procent, {swedish.years(years)}",
        source=Source.OWN,
        alt="En rad för varje sätt att se, med en prick för varje år; längst till höger är bäst i landet."
        if rows
        else None,
        figure=dots(Dots(rows, years, "procent av kommunerna", decimals=0, reference=50.0, ordered=False))
        if rows
        else None,
        blocks=(fit(sentences),),
        table=_table(view, found),
        how_to_read=f"Linjen är landets mitt. {LASTING}"
        if rows
        else "100 är bäst i landet, 50 landets mitt.",
        kpis=_kpis(view, found.about),
    )


def _kpis(view: CauseView, about: Measured) -> tuple[str, ...]:
    index = next((item for item in view.case.catalogue.overview.indices if item.id == view.area.index), None)
    return (*([] if index is None else [index.efficiency]), about.cost, *about.quality)


def _table(view: CauseView, found: Seen) -> Table:
    code, lenses = view.case.municipality, found.lenses

    def line(label: str, places: pd.Series, third: str) -> tuple[Value, ...]:
        return (label, *(_known(value) for value in places.reindex(list(lenses.years)).tolist()), third)

    rows = [
        line(label, found.places[lens], THIRDS.get(found.thirds.get(lens, np.nan), "för få år"))
        for lens, label in NAMES.items()
    ]
    for label, table in (("därav kostnad (låg är bättre)", lenses.cost), ("därav kvalitet", lenses.quality)):
        rows.append(line(label, row(table, code), ""))
    return Table(
        caption=f"Andel av landets kommuner som {view.case.name} ligger bättre till än, procent",
        columns=(
            Column("synsatt", "Sätt att se"),
            *(
                Column(str(year), str(year), kind="number", decimals=0, may_lack=True)
                for year in lenses.years
            ),
            Column("tredjedel", "I snitt"),
        ),
        rows=tuple(rows),
    )


def lenses_underlag(view: CauseView) -> Exhibit:
    """Show the lenses as underlag, and how they differ."""
    title, found = "Tre sätt att se på vad kommunen får ut av pengarna", seen(view)
    if found is None:
        return _lacking(view, UNDERLAG, title)
    if found.agreed is not None:
        text = "De tre är eniga."
    elif len(found.thirds) < len(NAMES):
        text = "Alla tre går inte att räkna ut, så det går inte att säga om de är eniga."
    else:
        text = "De är inte eniga om den översta eller nedersta tredjedelen, och ett sätt att se räcker inte för en slutsats."
    return _exhibit(view, found, UNDERLAG, title, [text])


def _lacking(view: CauseView, name: str, title: str) -> Exhibit:
    """Say why nothing can be shown."""
    if measured(view.case.national, view.area) is None:
        what = f"Inget mått på kvalitet gäller samma personer som kostnaden för {view.area.in_text}."
        return nothing(name, title, what, flags=())
    return nothing(name, title, f"{view.case.name} saknar värden de senaste åren för kostnad eller kvalitet.")


def frontier(view: CauseView) -> Exhibit:
    """Show the frontier: with how much of its cost others reach at least the same outcome, and who they are."""
    title = "Avståndet till dem som klarar minst samma kvalitet för minst pengar"
    about = measured(view.case.national, view.area)
    year = None if about is None else latest_year(view, about)
    found = None if year is None else view.case.national.result(FRONTIER, view.area, year)
    code = view.case.municipality
    if about is None or found is None:
        return _lacking(view, FRONTIER_ID, title)
    if code in found.refused:
        kpi = view.kpi(found.refused[code])
        return nothing(
            FRONTIER_ID,
            title,
            f"{capitalise(named(kpi))} är noll eller mindre för {view.case.name}, och då går det inte.",
        )
    if code not in found.frame.index:
        return nothing(
            FRONTIER_ID, title, f"{view.case.name} saknar värden något av åren {swedish.years(found.years)}."
        )
    return Exhibit(
        id=FRONTIER_ID,
        title=title,
        subtitle=f"Andel av kostnaden, medel {swedish.years(found.years)}, {len(found.frame)} kommuner",
        source=Source.OWN,
        alt=None,
        blocks=(fit(_sentences(view, found)), *([few] if (few := _few(found)) else [])),
        table=_scores(view, found),
        how_to_read=(
            "0,85 betyder att andra når minst samma kvalitet med 85 procent av kostnaden; 1 är så långt någon har nått. "
            "Kostnad och kvalitet är rensade från förhållandena. Måttet är Farrells, riktat mot resursen."
        ),
        kpis=(about.cost, *about.quality),
    )


def _sentences(view: CauseView, found: AreaFrontier) -> list[str]:
    # Scale and change stand in the table alone: how often such sentences hold is not measured.
    own = view.case.municipality
    others = [view.name(code) for code in found.peers[own] if code != own][:3]
    score = cell(found.frame, own, "order_m")
    if score > 1:
        first = f"{view.case.name} kostar mindre än de bästa av trettio slumpvis valda med minst samma kvalitet väntas göra."
    else:
        first = (
            "De bästa av trettio slumpvis valda kommuner med minst samma kvalitet väntas kosta "
            f"{plain(100 * (1 - score))} procent mindre."
        )
    return [
        first,
        f"Närmast att jämföra med är {join(others)}."
        if others
        else "Ingen annan kommun når längre med samma kvalitet.",
        _skewed(found),
    ]


def _skewed(found: AreaFrontier) -> str:
    if found.one_sided <= 0.05:
        return ""
    return (
        "I landet är kostnaderna inte snedare fördelade än slumpen gör; avståndet kan vara tillfälligheter."
    )


def _few(found: AreaFrontier) -> str:
    return "Kommunerna är färre än vad så många mått kräver, så talen är osäkra." if found.few else ""


_MEASURES = (
    ("order_m", "Mot de bästa av trettio slumpvis valda (order-m)"),
    ("fdh", "Mot den bästa enskilda kommunen (FDH)"),
    ("vrs", "Mot en blandning av kommuner (DEA, variabel skala)"),
    ("corrected", "Samma, rättad för att fronten är uppmätt"),
    ("low", f"Undre gräns, {NO_INTERVAL}"),
    ("high", f"Övre gräns, {NO_INTERVAL}"),
    ("scale", "Skaleffektivitet"),
)


def _scores(view: CauseView, found: AreaFrontier) -> Table:
    code = view.case.municipality
    rows: list[tuple[Value, ...]] = [
        (label, _known(cell(found.frame, code, key))) for key, label in _MEASURES
    ]
    for peer, weight in found.peers[code].items():
        if peer != code:
            rows.append((f"Vikt för {view.name(peer)}", weight))
    if code in found.change.index:
        labels = {
            "effch": "Ändrat avstånd från tre år tidigare (över 1 är bättre)",
            "techch": "Frontens egen ändring mot landet",
            "tfpch": "Ändring i allt (Malmquist)",
        }
        rows += [(label, cell(found.change, code, key)) for key, label in labels.items()]
    return Table(
        caption=f"{view.case.name}: kostnad i förhållande till dem med minst samma kvalitet",
        columns=(Column("matt", "Mått"), Column("varde", "Värde", kind="number", decimals=3, may_lack=True)),
        rows=tuple(rows),
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


class FrontierCase(CauseCase):
    """A case with the lenses and the frontier."""

    def lenses(self) -> Exhibit:
        """Visa tre sätt att se på vad kommunen får ut av pengarna, sida vid sida."""
        return lenses_underlag(self.view)

    def frontier(self) -> Exhibit:
        """Visa avståndet till de kommuner som klarar minst samma kvalitet för minst pengar."""
        return frontier(self.view)
