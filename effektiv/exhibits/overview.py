"""All service areas side by side: deviations, the six indices, and what speaks for each focus area."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from effektiv.exhibits.charts import BarRow, Bars, StripCell, StripRow, bars, strips
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Block, Bullets, Exhibit, Source, Strong, SubHeading, Text
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.problem import own_paragraphs
from effektiv.exhibits.series import lower_first
from effektiv.exhibits.swedish import (
    Mark,
    amount,
    cardinal,
    is_missing,
    join,
    mnkr,
    number,
    percent,
    sentence,
    year,
    years,
    years_held,
)
from effektiv.exhibits.table import Column, Table, Value
from effektiv.types import SIMILAR_MEMBERS, Flag, IndexDefinition, Service

SIDES = ("resource", "quality", "efficiency")
SIDE_NAMES = {"resource": "Resursindex", "quality": "Kvalitetsindex", "efficiency": "Effektivitetsindex"}
_QUARTERS = {1: "lägsta", 2: "näst lägsta", 3: "näst högsta", 4: "högsta"}
NEAR_ZERO_PCT = 1.0
"""Deviations within this many per cent of the reference cost are called about as expected."""

STEADY_YEARS = 3
"""A municipality is steadily in a quarter of the country when it is there in this many years."""


@dataclass(frozen=True)
class IndexView:
    """One of RKA's indices, published, in the municipality's latest year of each side.

    Attributes
    ----------
    definition
        Which index.
    points
        By side: index points of all municipalities that year; empty without a year.
    years
        By side: the year; None where the municipality has no value.
    medians
        By side: the peers' median that year; missing where too few have a value.
    quarters
        By side: lowest and highest quarter of the country over the last three years, back
        to a break; None without one.
    judged
        By side: how many of those years could be placed in a quarter.
    marks
        By side: why the municipality's value is missing.
    """

    definition: IndexDefinition
    points: Mapping[str, pd.Series]
    years: Mapping[str, int | None]
    medians: Mapping[str, float]
    quarters: Mapping[str, tuple[int, int] | None]
    judged: Mapping[str, int]
    marks: Mapping[str, Mark]

    def steady(self, side: str, lowest: int, highest: int) -> bool:
        """Whether the side has stayed within these quarters in all of `STEADY_YEARS` years."""
        span = self.quarters[side]
        if span is None or self.judged[side] < STEADY_YEARS:
            return False
        return lowest <= span[0] and span[1] <= highest


@dataclass(frozen=True)
class ServiceView:
    """One service with its row of `effektiv.analysis.services.services`.

    Attributes
    ----------
    service
        Which service.
    row
        The row.
    spread
        Lowest and highest deviation of the last three years; None where missing.
    index
        Its index, where RKA has one.
    own_group
        Whether its peers are Kolada's group for this service, not the one of the overview.
    lacking
        How many of that group's members are not in the snapshot.
    mark
        Why the deviation is missing.
    """

    service: Service
    row: Mapping[str, Any]
    spread: tuple[float, float] | None
    index: IndexView | None = None
    own_group: bool = False
    lacking: int = 0
    mark: Mark = Mark.NOT_PUBLISHED

    def has(self, column: str) -> bool:
        """Whether the row has a value in the column."""
        return not is_missing(self.row[column])

    def value(self, column: str) -> float:
        """Return a number of the row."""
        return float(self.row[column])

    @property
    def year(self) -> int | None:
        """Year of the deviation."""
        return int(self.row["year"]) if self.has("year") else None


@dataclass(frozen=True)
class CheckView:
    """Our index against the published one, a side of an index.

    Attributes
    ----------
    label, side
        Which index.
    year
        Latest year with both; None when there is none, and then the numbers are missing.
    own, published
        The municipality's index points.
    mean_difference, max_difference
        Over all municipalities, absolute index points.
    n
        Municipalities with both.
    note
        Why the two may differ.
    """

    label: str
    side: str
    year: int | None
    own: float = math.nan
    published: float = math.nan
    mean_difference: float = math.nan
    max_difference: float = math.nan
    n: int = 0
    note: str = ""


def deviations(
    context: Context, views: Sequence[ServiceView], total: ServiceView | None, flags: tuple[Flag, ...]
) -> Exhibit:
    """Show the net cost deviation of every service that has one."""
    title = "Nettokostnadsavvikelse i alla verksamheter"
    known = [view for view in views if view.service.deviation_pct is not None]
    if not any(view.has("deviation_pct") for view in known):
        return nothing(
            "nettokostnadsavvikelser", title, f"Frysningen saknar nettokostnadsavvikelser för {context.name}."
        )
    latest = max(view.year for view in known if view.year is not None)
    shown = sorted((view for view in known if view.has("gap_mnkr")), key=lambda view: -view.value("gap_mnkr"))
    return Exhibit(
        id="nettokostnadsavvikelser",
        title=title,
        source=Source.OWN,  # the peers' median and the gaps in the table are computed here
        figure=bars(
            Bars(
                rows=tuple(_bar(view, latest) for view in known),
                unit="%",
                decimals=1,
                left_text="Lägre kostnad än referenskostnaden",
                right_text="Högre kostnad än referenskostnaden",
            )
        ),
        alt=_deviation_alt(context, known),
        finding=_deviation_finding(context, shown, total),
        table=_deviation_table(context, [*known, *([total] if total is not None else [])]),
        how_to_read=(
            "Stapeln är det senaste året och strecket det lägsta och högsta av de tre senaste åren. Noll betyder att "
            "kostnaden är lika stor som referenskostnaden. Färgen säger inget om vad som är bra: en avvikelse kan vara "
            "ambition, effektivitet eller förutsättningar som inte finns med."
        ),
        notes=_join(
            "Kolada publicerar ingen nettokostnadsavvikelse för riket. Fördelningen av gemensamma kostnader skiljer sig "
            "mellan kommuner, så jämför även verksamheter som ligger nära varandra.",
            _group_note(known),
        ),
        flags=flags,
    )


def _join(*sentences: str) -> str:
    return " ".join(item for item in sentences if item)


def _group_note(views: Sequence[ServiceView]) -> str:
    """Say which services are compared with a group of their own."""
    own = [lower_first(view.service.label) for view in views if view.own_group]
    if not own:
        return ""
    lacking = (
        f" Av gruppens {cardinal(SIMILAR_MEMBERS)} kommuner för {lower_first(view.service.label)} finns "
        f"{cardinal(view.lacking, common=True)} inte i frysningen."
        for view in views
        if view.lacking
    )
    return f"För {join(own)} är gruppen Koladas liknande kommuner i just den verksamheten.{''.join(lacking)}"


def _bar(view: ServiceView, latest: int) -> BarRow:
    if not view.has("deviation_pct"):
        return BarRow(view.service.label, None, mark=view.mark)
    low, high = view.spread if view.spread is not None else (None, None)
    under = mnkr(view.value("gap_mnkr"), signed=True) if view.has("gap_mnkr") else ""
    label = view.service.label if view.year == latest else f"{view.service.label} ({view.year})"
    return BarRow(label, view.value("deviation_pct"), low=low, high=high, under=under)


def _deviation_alt(context: Context, views: Sequence[ServiceView]) -> str:
    parts = [
        f"{view.service.label} {percent(view.value('deviation_pct'), signed=True)}{_spread_words(view)}"
        for view in views
        if view.has("deviation_pct")
    ]
    when = years(view.year for view in views if view.year is not None)
    return f"Avvikelse från referenskostnaden i {context.name} {when}: {join(parts)}."


def _spread_words(view: ServiceView) -> str:
    if view.spread is None:
        return ""
    low, high = (number(end, 1, signed=True) for end in view.spread)
    return f" (lägst {low} och högst {high} på tre år)" if low != high else ""


def _deviation_finding(context: Context, shown: Sequence[ServiceView], total: ServiceView | None) -> str:
    parts = []
    if total is not None and total.has("deviation_pct"):
        parts.append(_total_point(context, total))
    dear = [view for view in shown if view.value("deviation_pct") > NEAR_ZERO_PCT]
    cheap = [view for view in reversed(shown) if view.value("deviation_pct") < -NEAR_ZERO_PCT]
    if dear:
        parts.append(f"Mest över referenskostnaden i kronor är {_worth(dear[0])}.")
    if cheap:
        parts.append(f"Mest under är {_worth(cheap[0])}.")
    if not dear and not cheap:
        parts.append(
            f"Ingen verksamhet med uppgifter i {context.name} avviker mer än {percent(NEAR_ZERO_PCT, 0)}."
        )
    return " ".join(parts)


def _when(context: Context, view: ServiceView) -> str:
    kpi = view.service.deviation_pct
    assert view.year is not None  # asked only of a service with a deviation
    assert kpi is not None
    return year(view.year, preliminary=context.is_preliminary(kpi, view.year))


def _worth(view: ServiceView) -> str:
    held = years_held(int(view.row["years_same_sign"]), int(view.row["years_judged"]))
    return f"{lower_first(view.service.label)} med {amount(abs(view.value('gap_mnkr')), 'mnkr', 1)} ({held})"


def _deviation_table(context: Context, views: Sequence[ServiceView]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            view.service.label,
            view.year,
            view.row["deviation_pct"],
            view.row["peer_deviation_pct"],
            view.row["gap_mnkr"],
            view.spread[0] if view.spread else None,
            view.spread[1] if view.spread else None,
        )
        for view in views
    ]
    return Table(
        caption=f"Nettokostnadsavvikelse i {context.name}",
        columns=(
            Column("verksamhet", "Verksamhet"),
            Column("ar", "År", kind="year"),
            Column("avvikelse", "Avvikelse", kind="number", unit="%", decimals=1, signed=True),
            Column("grupp", "Gruppens median", kind="number", unit="%", decimals=1, signed=True),
            Column("mnkr", "Avvikelse", kind="number", unit="mnkr", decimals=1, signed=True),
            Column("lagst", "Lägst på tre år", kind="number", unit="%", decimals=1, signed=True),
            Column("hogst", "Högst på tre år", kind="number", unit="%", decimals=1, signed=True),
        ),
        rows=tuple(rows),
        marks={
            (place, "avvikelse"): view.mark
            for place, view in enumerate(views)
            if not view.has("deviation_pct")
        },
    )


def indices(context: Context, views: Sequence[IndexView], flags: tuple[Flag, ...]) -> Exhibit:
    """Show resource, quality and efficiency index of the six services among all municipalities."""
    title = "RKA:s index för sex verksamheter"
    known = [view for view in views if any(_own(context, view, side) is not None for side in SIDES)]
    if not known:
        return nothing("index", title, f"Frysningen saknar RKA:s index för {context.name}.")
    rows = tuple(
        StripRow(view.definition.label, tuple(_strip(context, view, side) for side in SIDES))
        for view in views
    )
    return Exhibit(
        id="index",
        title=title,
        source=Source.OWN,  # the medians and quarters in the table are computed here
        figure=strips(rows, [SIDE_NAMES[side] for side in SIDES], own_name=context.name),
        alt=_index_alt(context, views),
        finding=_index_finding(context, known),
        table=_index_table(context, views),
        how_to_read=(
            "Skalan går från 0 till 100, där 100 är bäst: lägst kostnad eller högst kvalitet. Fältet rymmer hälften av "
            "alla kommuner. Fjärdedelarna i tabellen gäller de tre senaste åren och visar hur stabilt läget är."
        ),
        notes=(
            "Indexen är publicerade av RKA i Kolada; gruppens median och fjärdedelarna är beräknade här. Index är "
            "relativa: ändras en annan kommuns uppgift kan även den egna kommunens index ändras. Ett lågt index säger hur "
            "kommunen ligger mot andra, inte om resultatet är dåligt."
        ),
        flags=flags,
    )


def _own(context: Context, view: IndexView, side: str) -> float | None:
    values = view.points[side]
    found = values.get(context.municipality)
    return None if is_missing(found) or found is None else float(found)


def _strip(context: Context, view: IndexView, side: str) -> StripCell:
    values = view.points[side].dropna()
    members = set(context.peers.members)
    peers = tuple(float(number) for code, number in values.items() if code in members)
    others = tuple(
        float(number)
        for code, number in values.items()
        if code not in members and code != context.municipality
    )
    return StripCell(_own(context, view, side), peers, others)


def _index_alt(context: Context, views: Sequence[IndexView]) -> str:
    parts = []
    for view in views:
        cells = [
            f"{SIDE_NAMES[side].lower()} {number(own)}"
            for side in SIDES
            if (own := _own(context, view, side)) is not None
        ]
        parts.append(f"{view.definition.label}: {', '.join(cells) if cells else 'saknas'}")
    return f"Index för {context.name} på en skala där 100 är bäst. {'. '.join(parts)}."


def _index_finding(context: Context, views: Sequence[IndexView]) -> str:
    low = [lower_first(view.definition.label) for view in views if view.steady("efficiency", 1, 1)]
    high = [lower_first(view.definition.label) for view in views if view.steady("efficiency", 4, 4)]
    parts = []
    if low:
        parts.append(
            f"Effektivitetsindex låg i landets lägsta fjärdedel alla de tre senaste åren i {join(low)}."
        )
    if high:
        parts.append(
            f"Effektivitetsindex låg i landets högsta fjärdedel alla de tre senaste åren i {join(high)}."
        )
    return " ".join(parts) or (
        f"Ingen verksamhet i {context.name} hade ett effektivitetsindex som stannade i landets lägsta eller högsta "
        "fjärdedel alla de tre senaste åren."
    )


def _index_table(context: Context, views: Sequence[IndexView]) -> Table:
    cells = [(view, side) for view in views for side in SIDES]
    return Table(
        caption=f"RKA:s index för {context.name}, 100 är bäst",
        columns=(
            Column("index", "Index"),
            Column("ar", "År", kind="year"),
            Column("kommun", context.name, kind="number"),
            Column("grupp", "Gruppens median (egen bearbetning)", kind="number"),
            Column("fjardedel", "Läge i landet, tre år (egen bearbetning)"),
        ),
        rows=tuple(_index_row(context, view, side) for view, side in cells),
        marks={
            (place, "kommun"): view.marks[side]
            for place, (view, side) in enumerate(cells)
            if _own(context, view, side) is None
        },
    )


def _index_row(context: Context, view: IndexView, side: str) -> tuple[Value, ...]:
    span = view.quarters[side]
    return (
        f"{view.definition.label}, {SIDE_NAMES[side].lower()}",
        view.years[side],
        _own(context, view, side),
        view.medians[side],
        "" if span is None else quarter_words(span),
    )


def quarter_words(span: tuple[int, int]) -> str:
    """Write where a municipality has been: one quarter, or from one to another."""
    low, high = span
    return f"{_QUARTERS[low]}{'' if low == high else f' till {_QUARTERS[high]}'} fjärdedelen"


def index_check(context: Context, checks: Sequence[CheckView]) -> Exhibit:
    """Report how far our own computation of the indices is from the published ones."""
    title = "Kontroll av index"
    known = [check for check in checks if check.year is not None]
    if not known:
        return nothing(
            "indexkontroll", title, "Frysningen saknar index eller de nyckeltal som index räknas fram ur."
        )
    worst = max(known, key=lambda check: check.mean_difference)
    rows: list[tuple[Value, ...]] = [
        (f"{check.label}, {SIDE_NAMES[check.side].lower()}", check.year, check.published, check.own,
         check.mean_difference, check.max_difference, check.n or None)
        for check in checks
    ]  # fmt: skip
    notes = dict.fromkeys(f"{check.label}: {check.note}" for check in checks if check.note)
    return Exhibit(
        id="indexkontroll",
        title=title,
        source=Source.OWN,
        alt=None,
        finding=sentence(
            [
                "Som en kontroll räknar vi om RKA:s index ur samma nyckeltal.",
                f"Störst är skillnaden i {lower_first(worst.label)} ({SIDE_NAMES[worst.side].lower()}):",
                f"{number(worst.mean_difference, 1)} indexpoäng i genomsnitt för kommunerna {worst.year}",
            ]
        ),
        blocks=(Bullets(tuple(notes)),) if notes else (),
        table=Table(
            caption="Publicerat index mot vår egen beräkning, senaste år med båda",
            columns=(
                Column("index", "Index"),
                Column("ar", "År", kind="year"),
                Column("publicerat", f"Publicerat, {context.name}", kind="number"),
                Column("eget", f"Egen beräkning, {context.name}", kind="number"),
                Column("medel", "Skillnad i genomsnitt", kind="number", unit="poäng", decimals=1),
                Column("storst", "Största skillnad", kind="number", unit="poäng", decimals=1),
                Column("antal", "Kommuner", kind="number"),
            ),
            rows=tuple(rows),
        ),
        how_to_read=(
            "Rapporten visar alltid det publicerade värdet. En stor skillnad kan betyda att RKA använder andra uppgifter."
        ),
    )


def services(context: Context, views: Sequence[ServiceView], flags: tuple[Flag, ...]) -> Exhibit:
    """Put the services side by side; nothing is added up."""
    title = "Verksamheterna sida vid sida"
    rows = tuple(_service_row(view) for view in views)
    notes = [f"{view.service.label}: {view.service.note}" for view in views if view.service.note]
    blocks: tuple[Block, ...] = (Bullets(tuple(notes)),) if notes else ()
    return Exhibit(
        id="verksamheter",
        title=title,
        source=Source.OWN,
        alt=None,
        finding=candidates_sentence(context, views),
        blocks=blocks,
        table=Table(
            caption=f"Kostnadsgap, kvalitet, riktning och säkerhet i {context.name}",
            columns=(
                Column("verksamhet", "Verksamhet"),
                Column("ar", "År", kind="year"),
                Column("mnkr", "Kostnad över referens", kind="number", unit="mnkr", decimals=1, signed=True),
                Column("grupp", "Mot gruppens median", kind="number", unit="mnkr", decimals=1, signed=True),
                Column("andel", "Andel av nettobudgeten", kind="number", unit="%", decimals=2, signed=True),
                Column("kvalitet", "Kvalitet, läge i landet"),
                Column("effektivitet", "Effektivitet, läge i landet"),
                Column("riktning", "Kostnad på tre år"),
                Column("sakerhet", "Samma sida om noll"),
            ),
            rows=rows,
        ),
        how_to_read=(
            "Läs raderna var för sig. Ett stort gap i kronor är inte viktigare än ett litet med låg kvalitet, och måtten "
            "går inte att lägga ihop. Läget i landet gäller index de tre senaste åren."
        ),
        notes=_group_note(views),
        flags=flags,
    )


def _service_row(view: ServiceView) -> tuple[Value, ...]:
    judged = int(view.row["years_judged"])
    held = years_held(int(view.row["years_same_sign"]), judged) if judged else ""
    return (
        view.service.label,
        view.year,
        view.row["gap_mnkr"],
        view.row["gap_peers_mnkr"],
        view.row["gap_budget_pct"],
        _quarters(view, "quality"),
        _quarters(view, "efficiency"),
        _direction(view),
        held,
    )


def _quarters(view: ServiceView, side: str) -> str:
    if view.index is None:
        return "index finns inte"
    span = view.index.quarters[side]
    return "saknas" if span is None else quarter_words(span)


def _direction(view: ServiceView) -> str:
    if not view.has("change"):
        return "går inte att bedöma"
    step = f"{number(view.value('change'), 1, signed=True)} procentenheter"
    if is_missing(view.row["change_low"]):
        return f"{step}, okänd osäkerhet"
    low, high = (
        number(view.value("change_low"), 1, signed=True),
        number(view.value("change_high"), 1, signed=True),
    )
    word = {1: "stiger", -1: "sjunker", 0: "ingen säker riktning"}[int(view.row["change_sign"])]
    return f"{word}: {step} ({low} till {high})"


def candidates_sentence(context: Context, views: Sequence[ServiceView]) -> str:
    """Say which services stand out on cost and on quality, without choosing."""
    return f"{_cost_candidates(context, views)} {_quality_candidates(context, views)}"


def _cost_candidates(context: Context, views: Sequence[ServiceView]) -> str:
    if not any(view.has("deviation_pct") for view in views):
        return f"Nettokostnadsavvikelser saknas för {context.name}."
    dear = [lower_first(view.service.label) for view in views if _steadily_dear(view)]
    if not dear:
        return "Ingen verksamhet med uppgifter har stadigt kostat mer än referenskostnaden."
    return f"Dyrare än referenskostnaden tre år i rad: {join(dear)}."


def _steadily_dear(view: ServiceView) -> bool:
    if not view.has("deviation_pct") or view.value("deviation_pct") <= NEAR_ZERO_PCT:
        return False
    return int(view.row["years_same_sign"]) == int(view.row["years_judged"]) >= STEADY_YEARS


def _quality_candidates(context: Context, views: Sequence[ServiceView]) -> str:
    indices = [view.index for view in views if view.index is not None]
    if not any(index.quarters["quality"] for index in indices):
        return f"Kvalitetsindex saknas för {context.name}."
    poor = [lower_first(index.definition.label) for index in indices if index.steady("quality", 1, 2)]
    if not poor:
        return "Inget kvalitetsindex har stadigt legat i landets lägre halva."
    return f"Kvalitetsindex i landets lägre halva tre år i rad: {join(poor)}."


def summary(
    context: Context,
    views: Sequence[ServiceView],
    total: ServiceView | None,
    index_views: Sequence[IndexView],
    flags: tuple[Flag, ...],
) -> Exhibit:
    """Write the five points of the overview."""
    dear = sorted(
        (view for view in views if view.has("gap_mnkr") and view.value("deviation_pct") > NEAR_ZERO_PCT),
        key=lambda view: -view.value("gap_mnkr"),
    )
    points: tuple[tuple[str, str], ...] = (
        ("Hela kommunen", _total_point(context, total)),
        ("Kostnad", _dear_point(context, views, dear)),
        ("Kvalitet", _index_point(context, index_views, "quality")),
        ("Effektivitet", _index_point(context, index_views, "efficiency")),
        ("Fokusområden", f"{candidates_sentence(context, views)} Valet är kommunens eget."),
    )
    items: tuple[Text, ...] = tuple((Strong(f"{label}. "), text) for label, text in points)
    return Exhibit(
        id="sammanfattning",
        title="Läget i fem punkter",
        source=Source.OWN,
        alt=None,
        finding=_one_line(context, total, dear),
        blocks=(Bullets(items, ordered=True),),
        how_to_read="Siffrorna visar hur det ser ut. De visar inte varför; det är nästa steg.",
        flags=flags,
    )


def _one_line(context: Context, total: ServiceView | None, dear: Sequence[ServiceView]) -> str:
    """Return the finding that stands in the index of reports."""
    parts = []
    if total is not None and total.has("deviation_pct"):
        parts.append(f"Totalt {_against_reference(total)} {_when(context, total)}.")
    if dear:
        parts.append(f"Mest över referenskostnaden i kronor är {_worth(dear[0])}.")
    return " ".join(parts) or f"Det finns för få uppgifter för att jämföra verksamheterna i {context.name}."


def _against_reference(view: ServiceView) -> str:
    deviation = view.value("deviation_pct")
    shown = number(abs(deviation), 1)
    if shown == number(0, 1):
        return "lika dyrt som referenskostnaden"
    return f"{shown} procent {'dyrare' if deviation > 0 else 'billigare'} än referenskostnaden"


def _total_point(context: Context, total: ServiceView | None) -> str:
    if total is None or not total.has("deviation_pct"):
        return f"Den totala nettokostnadsavvikelsen saknas för {context.name}."
    text = (
        f"Verksamheten i {context.name}, utom LSS, var {_against_reference(total)} {_when(context, total)}."
    )
    low, high = (number(end, 1, signed=True) for end in total.spread or (0.0, 0.0))
    if total.spread is not None and low != high:
        text += f" På tre år var avvikelsen mellan {low} och {high} procent."
    return text


def _dear_point(context: Context, views: Sequence[ServiceView], dear: Sequence[ServiceView]) -> str:
    if not any(view.has("gap_mnkr") for view in views):
        return f"Nettokostnadsavvikelser i kronor saknas för {context.name}."
    if not dear:
        return f"Ingen verksamhet med uppgifter kostar mer än {number(NEAR_ZERO_PCT)} procent över referenskostnaden."
    first, *others = (_worth(view) for view in dear[:3])
    most = f"Mest över referenskostnaden i kronor är {first}."
    return f"{most} Sedan följer {join(others)}." if others else most


def _index_point(context: Context, views: Sequence[IndexView], side: str) -> str:
    name = SIDE_NAMES[side].lower()
    known = [view for view in views if view.quarters[side] is not None]
    if not known:
        return f"Värden saknas: {context.name} har inget {name} i frysningen."
    low = [lower_first(view.definition.label) for view in known if view.steady(side, 1, 1)]
    high = [lower_first(view.definition.label) for view in known if view.steady(side, 4, 4)]
    noun = "verksamhet" if len(known) == 1 else "verksamheter"
    parts = [
        f"{context.name} har {name} för {cardinal(len(known), common=True)} {noun} av {cardinal(len(views), common=True)}."
    ]
    if low:
        parts.append(f"Lägsta fjärdedelen i landet tre år i rad: {join(low)}.")
    if high:
        parts.append(f"Högsta fjärdedelen i landet tre år i rad: {join(high)}.")
    if not low and not high:
        parts.append("Inget av dem låg i landets lägsta eller högsta fjärdedel tre år i rad.")
    return " ".join(parts)


@dataclass(frozen=True)
class OwnChoice:
    """What the municipality has decided and written itself (params/).

    `areas` holds the names of the focus areas it has chosen; the rest are its own words,
    None where nothing is written.
    """

    areas: tuple[str, ...]
    reasons: str | None = None
    limits: str | None = None
    decision: str | None = None
    record_number: str | None = None


def focus_area_basis(
    context: Context, views: Sequence[ServiceView], own: OwnChoice, flags: tuple[Flag, ...]
) -> Exhibit:
    """Write the basis for choosing focus areas, completed by the municipality's own text."""
    chosen = (
        f"{context.name} har valt {join([lower_first(name) for name in own.areas])}."
        if own.areas
        else f"{context.name} har ännu inte skrivit in sitt val i params-mappens oversikt.yaml."
    )
    blocks: list[Block | str] = [
        SubHeading("Vad siffrorna pekar på"),
        candidates_sentence(context, views),
        SubHeading("Verksamheter med fokusområde i arbetsboken"),
        Bullets(tuple(_focus_line(context, view) for view in views if view.service.focus_area)),
        SubHeading("Kommunens val"),
        chosen,
        *own_paragraphs(own.reasons),
    ]
    if own.limits:
        blocks += [SubHeading("Avgränsning"), *own_paragraphs(own.limits)]
    blocks += [
        sentence([f"{label}: {text}"])
        for label, text in (("Beslut", own.decision), ("Diarienummer", own.record_number))
        if text
    ]
    return Exhibit(
        id="problemformulering",
        title=f"Underlag för val av fokusområden i {context.name}",
        source=Source.OWN,
        alt=None,
        blocks=tuple(blocks),
        how_to_read="Stycken märkta ”Kommunens text” kommer från kommunens params-mapp. Resten är skrivet av siffrorna.",
        flags=flags,
    )


def _focus_line(context: Context, view: ServiceView) -> Text:
    parts = ["Nettokostnadsavvikelse saknas."]
    if view.has("gap_mnkr"):
        side = "över" if view.value("gap_mnkr") > 0 else "under"
        held = years_held(int(view.row["years_same_sign"]), int(view.row["years_judged"]))
        worth = amount(abs(view.value("gap_mnkr")), "mnkr", 1)
        parts = [f"{worth} {side} referenskostnaden {_when(context, view)}. Så var det {held}."]
    parts.append(f"Kvalitet: {_quarters(view, 'quality')}.")
    return (Strong(f"{view.service.label}: "), " ".join(parts))
