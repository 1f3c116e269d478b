"""All service areas side by side: deviations, the six indices, and what speaks for each focus area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from effektiv.exhibits.charts import BarRow, Bars, StripCell, StripRow, bars, strips
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Block, Bullets, Exhibit, Paragraph, Source, Strong, SubHeading, Text
from effektiv.exhibits.missing import nothing
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
    years_held,
)
from effektiv.exhibits.table import Column, Table, Value
from effektiv.types import Flag, IndexDefinition, Overview, Service

SIDES = ("resource", "quality", "efficiency")
SIDE_NAMES = {"resource": "Resursindex", "quality": "Kvalitetsindex", "efficiency": "Effektivitetsindex"}
_QUARTERS = {
    1: "lägsta fjärdedelen",
    2: "näst lägsta fjärdedelen",
    3: "näst högsta fjärdedelen",
    4: "högsta fjärdedelen",
}
NEAR_ZERO_PCT = 1.0
"""Deviations within this many per cent of the reference cost are called about as expected."""


@dataclass(frozen=True)
class ServiceView:
    """One service with its row of `effektiv.analysis.services.services`.

    `spread` is the lowest and highest deviation of the last three years; None where missing.
    """

    service: Service
    row: Mapping[str, Any]
    spread: tuple[float, float] | None

    def has(self, column: str) -> bool:
        """Whether the row has a value in the column."""
        return not is_missing(self.row[column])

    def value(self, column: str) -> float:
        """Return a number of the row."""
        return float(self.row[column])


@dataclass(frozen=True)
class IndexView:
    """One of RKA's indices: published values of all municipalities in the latest year.

    `years` is the year of each side; `quarters` the lowest and highest quarter of the country over
    three years.
    """

    definition: IndexDefinition
    points: Mapping[str, pd.Series]
    years: Mapping[str, int | None]
    quarters: Mapping[str, tuple[int, int] | None]


@dataclass(frozen=True)
class CheckView:
    """Our index against the published one, a side of an index.

    Attributes
    ----------
    label, side
        Which index.
    year
        Latest year with both; None when there is none.
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
    own: float
    published: float
    mean_difference: float
    max_difference: float
    n: int
    note: str


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
    shown = sorted((view for view in known if view.has("gap_mnkr")), key=lambda view: -view.value("gap_mnkr"))
    return Exhibit(
        id="nettokostnadsavvikelser",
        title=title,
        source=Source.KOLADA if all(bool(view.row["gap_published"]) for view in shown) else Source.OWN,
        figure=bars(
            Bars(
                rows=tuple(_bar(view) for view in known),
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
        notes=(
            "Kolada publicerar ingen nettokostnadsavvikelse för riket. Fördelningen av gemensamma kostnader skiljer sig "
            "mellan kommuner, så jämför även verksamheter som ligger nära varandra."
        ),
        flags=flags,
    )


def _bar(view: ServiceView) -> BarRow:
    if not view.has("deviation_pct"):
        return BarRow(view.service.label, None, mark=Mark.NOT_PUBLISHED)
    low, high = view.spread if view.spread is not None else (None, None)
    under = mnkr(view.value("gap_mnkr"), signed=True) if view.has("gap_mnkr") else ""
    return BarRow(view.service.label, view.value("deviation_pct"), low=low, high=high, under=under)


def _deviation_alt(context: Context, views: Sequence[ServiceView]) -> str:
    parts = [
        f"{view.service.label} {percent(view.value('deviation_pct'), signed=True)}{_spread_words(view)}"
        for view in views
        if view.has("deviation_pct")
    ]
    return f"Avvikelse från referenskostnaden i {context.name}: {join(parts)}."


def _spread_words(view: ServiceView) -> str:
    if view.spread is None:
        return ""
    low, high = number(view.spread[0], 1, signed=True), number(view.spread[1], 1, signed=True)
    return f" (tre år: {low} till {high})"


def _deviation_finding(context: Context, shown: Sequence[ServiceView], total: ServiceView | None) -> str:
    parts = []
    if total is not None and total.has("deviation_pct"):
        direction = "över" if total.value("deviation_pct") > 0 else "under"
        parts.append(
            f"Totalt, utan LSS, låg kostnaden {percent(abs(total.value('deviation_pct')))} {direction} "
            f"referenskostnaden {_when(context, total)}."
        )
    dear = [view for view in shown if view.value("deviation_pct") > NEAR_ZERO_PCT]
    cheap = [view for view in reversed(shown) if view.value("deviation_pct") < -NEAR_ZERO_PCT]
    if dear:
        parts.append(f"Mest över i kronor: {_worth(dear[0])}.")
    if cheap:
        parts.append(f"Mest under: {_worth(cheap[0])}.")
    return " ".join(parts) or f"Ingen verksamhet i {context.name} avviker mer än {percent(NEAR_ZERO_PCT, 0)}."


def _when(context: Context, view: ServiceView) -> str:
    found = int(view.row["year"])
    return year(found, preliminary=found == context.preliminary_year)


def _worth(view: ServiceView) -> str:
    label = view.service.label if view.service.label.isupper() else _lower(view.service.label)
    held = years_held(int(view.row["years_same_sign"]), int(view.row["years_judged"]))
    return f"{label} med {amount(abs(view.value('gap_mnkr')), 'mnkr', 1)} ({held})"


def _lower(text: str) -> str:
    return text if text.isupper() else text[:1].lower() + text[1:]


def _deviation_table(context: Context, views: Sequence[ServiceView]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            view.service.label,
            None if not view.has("year") else int(view.row["year"]),
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
        source=Source.KOLADA,
        figure=strips(rows, [SIDE_NAMES[side] for side in SIDES], own_name=context.name),
        alt=_index_alt(context, views),
        finding=_index_finding(context, known),
        table=_index_table(context, views),
        how_to_read=(
            "Varje streck är en kommun på en skala från 0 till 100, där 100 är bäst: lägst kostnad eller högst kvalitet. "
            "Fjärdedelarna gäller de tre senaste åren och visar hur stabilt läget är."
        ),
        notes=(
            "Index är relativa. Ändras en annan kommuns uppgift kan även den egna kommunens index ändras. Ett lågt index "
            "säger hur kommunen ligger mot andra, inte om resultatet är dåligt."
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
    low = [_lower(view.definition.label) for view in views if _stays(view, 1)]
    high = [_lower(view.definition.label) for view in views if _stays(view, 4)]
    parts = []
    if low:
        parts.append(f"Effektivitetsindex ligger i {_QUARTERS[1]} alla tre åren i {join(low)}.")
    if high:
        parts.append(f"Det ligger i {_QUARTERS[4]} alla tre åren i {join(high)}.")
    if not parts:
        parts.append(
            f"Effektivitetsindex för {context.name} ligger inte stadigt i lägsta eller högsta fjärdedelen i någon "
            "verksamhet."
        )
    return " ".join(parts)


def _stays(view: IndexView, quarter: int) -> bool:
    return view.quarters["efficiency"] == (quarter, quarter)


def _index_table(context: Context, views: Sequence[IndexView]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for view in views:
        for side in SIDES:
            span = view.quarters[side]
            rows.append(
                (
                    f"{view.definition.label}, {SIDE_NAMES[side].lower()}",
                    view.years[side],
                    _own(context, view, side),
                    _median(context, view, side),
                    "" if span is None else quarter_words(span),
                )
            )
    return Table(
        caption=f"RKA:s index för {context.name}, 100 är bäst",
        columns=(
            Column("index", "Index"),
            Column("ar", "År", kind="year"),
            Column("kommun", context.name, kind="number"),
            Column("grupp", "Gruppens median (egen bearbetning)", kind="number"),
            Column("fjardedel", "Läge i landet, tre år"),
        ),
        rows=tuple(rows),
    )


def _median(context: Context, view: IndexView, side: str) -> float | None:
    values = view.points[side].reindex(list(context.peers.members)).dropna()
    return float(values.median()) if len(values) >= 3 else None


def quarter_words(span: tuple[int, int]) -> str:
    """Write where a municipality has been: one quarter, or from one to another."""
    low, high = span
    return _QUARTERS[low] if low == high else f"{_QUARTERS[low]} till {_QUARTERS[high]}"


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
                "Vi räknar om RKA:s index ur samma nyckeltal som en kontroll.",
                f"Störst är skillnaden i {_lower(worst.label)} ({SIDE_NAMES[worst.side].lower()}):",
                f"{number(worst.mean_difference, 1)} indexpoäng i genomsnitt {worst.year}",
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
        how_to_read="Rapporten visar alltid det publicerade värdet. En stor skillnad betyder att RKA använder andra uppgifter.",
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
            "går inte att lägga ihop. Ekonomiskt bistånd ingår i individ- och familjeomsorgen."
        ),
        flags=flags,
    )


def _service_row(view: ServiceView) -> tuple[Value, ...]:
    judged = int(view.row["years_judged"])
    held = years_held(int(view.row["years_same_sign"]), judged) if judged else ""
    return (
        view.service.label,
        None if not view.has("year") else int(view.row["year"]),
        view.row["gap_mnkr"],
        view.row["gap_peers_mnkr"],
        view.row["gap_budget_pct"],
        _quarters(view, "quality"),
        _quarters(view, "efficiency"),
        _direction(view),
        held,
    )


def _quarters(view: ServiceView, side: str) -> str:
    span = view.row[f"{side}_quarters"]
    if span is not None and not isinstance(span, float):
        return quarter_words((int(span[0]), int(span[1])))
    return "index finns inte" if view.service.index is None else "saknas"


def _direction(view: ServiceView) -> str:
    if not view.has("change"):
        return "går inte att bedöma"
    step = f"{number(view.value('change'), 1, signed=True)} procentenheter"
    if is_missing(view.row["change_low"]):
        return f"{step}, osäkert"
    low, high = (
        number(view.value("change_low"), 1, signed=True),
        number(view.value("change_high"), 1, signed=True),
    )
    word = {1: "stiger", -1: "sjunker", 0: "ingen säker riktning"}[int(view.row["change_sign"])]
    return f"{word}: {step} ({low} till {high})"


def candidates_sentence(context: Context, views: Sequence[ServiceView]) -> str:
    """Say which services stand out on cost and on quality, without choosing."""
    dear = [
        view.service
        for view in views
        if view.has("deviation_pct")
        and view.value("deviation_pct") > NEAR_ZERO_PCT
        and int(view.row["years_same_sign"]) == int(view.row["years_judged"])
    ]
    poor = [view.service for view in views if view.row["quality_quarters"] in {(1, 1), (1, 2)}]
    parts = []
    if dear:
        labels = join([_lower(service.label) for service in dear])
        parts.append(f"Dyrare än referenskostnaden under alla år som går att bedöma: {labels}.")
    if poor:
        labels = join([_lower(service.label) for service in poor])
        parts.append(f"Låg kvalitet jämfört med landet i tre år: {labels}.")
    return (
        " ".join(parts)
        or f"Ingen verksamhet i {context.name} sticker ut på både kostnad och kvalitet i tre år."
    )


def summary(
    context: Context,
    overview: Overview,
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
        ("Kostnad", _dear_point(context, dear)),
        ("Kvalitet", _index_point(index_views, "quality", "kvalitet")),
        ("Effektivitet", _index_point(index_views, "efficiency", "effektivitet")),
        ("Fokusområden", candidates_sentence(context, views) + " Valet är kommunens eget."),
    )
    items: tuple[Text, ...] = tuple((Strong(f"{label}. "), text) for label, text in points)
    return Exhibit(
        id="sammanfattning",
        title="Läget i fem punkter",
        source=Source.OWN,
        alt=None,
        finding=_total_point(context, total) if total is not None else overview.label,
        blocks=(Bullets(items, ordered=True),),
        how_to_read="Siffrorna visar hur det ser ut. De visar inte varför; det är nästa steg.",
        flags=flags,
    )


def _total_point(context: Context, total: ServiceView | None) -> str:
    if total is None or not total.has("deviation_pct"):
        return "Den totala nettokostnadsavvikelsen saknas i frysningen."
    direction = "mer" if total.value("deviation_pct") > 0 else "mindre"
    text = (
        f"Verksamheten i {context.name}, utom LSS, kostade {number(abs(total.value('deviation_pct')), 1)} procent "
        f"{direction} än referenskostnaden {_when(context, total)}."
    )
    if total.spread is not None:
        low, high = number(total.spread[0], 1, signed=True), number(total.spread[1], 1, signed=True)
        text += f" På tre år har det varit mellan {low} och {high} procent."
    return text


def _dear_point(context: Context, dear: Sequence[ServiceView]) -> str:
    if not dear:
        return f"Ingen verksamhet i {context.name} kostar tydligt mer än referenskostnaden."
    return f"Mest över referenskostnaden i kronor: {join([_worth(view) for view in dear[:3]])}."


def _index_point(views: Sequence[IndexView], side: str, word: str) -> str:
    known = [view for view in views if view.quarters[side] is not None]
    if not known:
        return f"RKA:s index för {word} saknas i frysningen."
    low = [_lower(view.definition.label) for view in known if view.quarters[side] == (1, 1)]
    high = [_lower(view.definition.label) for view in known if view.quarters[side] == (4, 4)]
    parts = [f"RKA har index för {word} i {cardinal(len(known), common=True)} av verksamheterna."]
    parts.append(
        f"Lägsta fjärdedelen i landet alla tre åren: {join(low)}."
        if low
        else "Ingen ligger lägst alla tre åren."
    )
    if high:
        parts.append(f"Högsta fjärdedelen: {join(high)}.")
    return " ".join(parts)


def focus_area_basis(
    context: Context,
    views: Sequence[ServiceView],
    chosen: Sequence[str],
    reasons: str | None,
    decision: str | None,
    flags: tuple[Flag, ...],
) -> Exhibit:
    """Write the basis for choosing focus areas, completed by the municipality's own text.

    Parameters
    ----------
    context, views
        Who, and the services compared.
    chosen
        Names of the focus areas that the municipality has chosen.
    reasons, decision
        Its own words; None where nothing is written.
    flags
        Data-quality marks.
    """
    blocks: list[Block | str] = [
        SubHeading("Vad siffrorna pekar på"),
        candidates_sentence(context, views),
        SubHeading("Verksamheter med fokusområde i arbetsboken"),
        Bullets(tuple(_focus_line(view) for view in views if view.service.focus_area)),
        SubHeading("Kommunens val"),
    ]
    if chosen:
        blocks.append(f"{context.name} har valt {join([_lower(name) for name in chosen])}.")
    else:
        blocks.append(f"{context.name} har ännu inte skrivit in sitt val i params-mappens oversikt.yaml.")
    if reasons:
        blocks += [
            Paragraph((Strong("Kommunens text: "), part)) for part in reasons.splitlines() if part.strip()
        ]
    if decision:
        blocks.append(f"Beslut: {decision}.")
    return Exhibit(
        id="problemformulering",
        title=f"Underlag för val av fokusområden i {context.name}",
        source=Source.OWN,
        alt=None,
        blocks=tuple(blocks),
        how_to_read="Stycken märkta ”Kommunens text” kommer från kommunens params-mapp. Resten är skrivet av siffrorna.",
        flags=flags,
    )


def _focus_line(view: ServiceView) -> Text:
    parts = []
    if view.has("gap_mnkr"):
        side = "över" if view.value("gap_mnkr") > 0 else "under"
        parts.append(
            f"{amount(abs(view.value('gap_mnkr')), 'mnkr', 1)} {side} referenskostnaden {int(view.row['year'])}"
        )
    else:
        parts.append("nettokostnadsavvikelse saknas")
    parts.append(f"kvalitet: {_quarters(view, 'quality')}")
    return (Strong(f"{view.service.label}: "), f"{'; '.join(parts)}.")
