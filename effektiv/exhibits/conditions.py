"""What the municipality has to work with: structure, the coming years, and whom it is compared with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from effektiv.analysis.peers import Neighbours, overlap
from effektiv.exhibits import standing as rows
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import lower_first, quoted
from effektiv.exhibits.standing import (
    Standing,
    by_distance,
    chart_label,
    has_common_scale,
    held,
    level_words,
    unbroken,
    usual_year,
)
from effektiv.exhibits.swedish import (
    amount,
    capitalise,
    cardinal,
    count,
    genitive,
    is_missing,
    join,
    number,
    percent,
    sentence,
    years,
)
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.types import Flag, Kpi

MOST_NAMED = 3
"""Figures named in the finding; the others are counted."""

MOST_LISTED = 6
"""More items than this are too many to read out or to put side by side."""

MANY_MEMBERS = 50
"""A larger group is not listed: the list would be the whole country."""


# --- structure -------------------------------------------------------------------------


def conditions(context: Context, standings: Sequence[Standing], flags: tuple[Flag, ...]) -> Exhibit:
    """Show structure against peers and Riket, the figure that differs most first."""
    title = "Förutsättningar jämfört med gruppen och riket"
    ordered = by_distance(standings)
    if all(is_missing(item.own) for item in ordered):
        return nothing(
            "forutsattningar", title, f"Frysningen saknar uppgifter om förutsättningar för {context.name}."
        )
    compared = [item for item in ordered if item.comparison is not None]
    finding = conditions_finding(context, ordered)
    return Exhibit(
        id="forutsattningar",
        title=title,
        source=Source.OWN,
        figure=bars(_distances(compared)) if compared else None,
        alt=f"En stapel för varje förutsättning, från gruppens median. {finding}" if compared else None,
        finding=finding,
        table=rows.table(
            context,
            f"Förutsättningar i {context.name}, {context.peers.definite} och riket",
            ordered,
            level_words,
        ),
        how_to_read=(
            f"Noll är {context.peers.median}. Staplarna är mätta i den vanliga spridningen mellan landets "
            "kommuner, så att mått med olika enheter går att jämföra. Det tunna strecket är osäkerheten. Siffrorna är "
            "kommunens värde och gruppens median."
            if compared
            else ""
        ),
        notes=" ".join(
            [
                "En förutsättning är varken bra eller dålig. Figuren visar hur kommunen skiljer sig från gruppen, inte "
                "vad det betyder för kostnad och kvalitet.",
                rows.without_value(ordered),
            ]
        ).strip(),
        flags=flags,
    )


def _distances(compared: Sequence[Standing]) -> Bars:
    """Draw the differences to the peers' median in robust SDs between municipalities."""
    usual = usual_year(compared)
    return Bars(
        rows=tuple(_distance(item, usual) for item in compared),
        unit="spridning mellan kommuner",
        left_text="Lägre än gruppen",
        right_text="Högre än gruppen",
        ordered=False,
    )


def _distance(item: Standing, usual: int) -> BarRow:
    kpi, found = item.kpi, item.comparison
    assert found is not None  # only compared figures are drawn
    noise = 1.96 * found.noise / item.spread if item.spread > 0 else float("nan")
    known = not is_missing(noise)
    beside = "" if is_missing(item.riket) or not has_common_scale(kpi) else (
        f", riket {number(item.riket, kpi.decimals)}"
    )  # fmt: skip
    return BarRow(
        label=chart_label(item, usual),
        value=item.distance,
        low=item.distance - noise if known else None,
        high=item.distance + noise if known else None,
        text=f"{number(found.own, kpi.decimals)} mot {number(found.median, kpi.decimals)}",
        under=f"{kpi.unit}{beside}",
    )


def conditions_finding(context: Context, ordered: Sequence[Standing]) -> str:
    """Name the figures that differ clearly, two or three at most, with values and how long it has held."""
    compared = [item for item in ordered if item.comparison is not None]
    if not compared:
        return f"{context.name} kan inte jämföras med {context.peers.definite}: värden saknas."
    clear = [item for item in compared if item.is_clear]
    against = f"{context.peers.median}"
    total = cardinal(len(compared), common=True)
    if not clear:
        anywhere = "det enda måttet" if len(compared) == 1 else f"något av {cardinal(len(compared))} mått"
        return sentence(
            [
                f"{context.name} skiljer sig inte tydligt från {against} i {anywhere}.",
                f"Störst är skillnaden i {_values(compared[0])}.",
            ]
        )
    noun = "förutsättning" if len(compared) == 1 else "förutsättningar"
    named = join(_values(item) for item in clear[:MOST_NAMED])
    return sentence(
        [
            f"{context.name} skiljer sig tydligt från {against} i {cardinal(len(clear), common=True)} av {total} {noun}.",
            f"Det gäller {named}." if len(clear) <= MOST_NAMED else f"Mest skiljer {named}.",
        ]
    )


def _values(item: Standing) -> str:
    """Write a figure with year, own value, the median, direction and years held."""
    kpi, found = item.kpi, item.comparison
    if found is None:
        return named(kpi)
    direction = "" if found.difference == 0 else ("högre" if found.difference > 0 else "lägre")
    numbers = f"{number(found.own, kpi.decimals)} mot {amount(found.median, kpi.unit, kpi.decimals)}"
    how = " ".join(part for part in (direction, held(item)) if part)
    return f"{named(kpi)} ({item.year}: {numbers}{', ' if how else ''}{how})"


# --- the coming years ------------------------------------------------------------------


@dataclass(frozen=True)
class Forecast:
    """One published forecast.

    Attributes
    ----------
    standing
        The latest forecast of the municipality, its peers and Riket.
    persons
        What the municipality's change means in persons; missing where the number of
        persons today is not known.
    previous_year, previous
        The municipality's forecast before the latest one; None and NaN where there is none.
    """

    standing: Standing
    persons: float
    previous_year: int | None
    previous: float


_WHO_AND_WHEN = re.compile(r"(?P<who>.+), (?P<when>(?:kommande|om) \d+ år)")
_COMING = re.compile(r"kommande (\d+) år")


def forecast(context: Context, forecasts: Sequence[Forecast], flags: tuple[Flag, ...]) -> Exhibit:
    """Show the published population forecasts of the municipality, its peers and Riket."""
    title = "Befolkningen de kommande åren"
    known = [item for item in forecasts if not is_missing(item.standing.own)]
    if not known:
        return nothing(
            "framskrivning", title, f"Frysningen saknar befolkningsframskrivningar för {context.name}."
        )
    changes = [item for item in forecasts if _is_change(item.standing.kpi)]
    finding = forecast_finding(context, known)
    drawn = any(not is_missing(item.standing.own) for item in changes)
    return Exhibit(
        id="framskrivning",
        title=title,
        source=Source.OWN,
        figure=bars(_bars(changes)) if drawn else None,
        alt=f"En stapel för varje åldersgrupp. {finding} {_all_changes(changes)}" if drawn else None,
        finding=finding,
        table=_forecast_table(context, forecasts),
        how_to_read=(
            f"En stapel åt höger betyder att gruppen väntas växa i {context.name}, åt vänster att den väntas minska. "
            "Under namnet står medianen i gruppen och riket."
            if drawn
            else ""
        ),
        notes=(
            "Framskrivningen görs av SCB med uppgifter som finns för hela landet och publiceras vart tredje år sedan "
            "2022. Den är inte kommunens egen prognos. Någon felmarginal publiceras inte. Den förra framskrivningen "
            "visar hur mycket bedömningen kan ändras."
        ),
        flags=flags,
    )


def _is_change(kpi: Kpi) -> bool:
    return kpi.unit == "%"


def forecast_finding(context: Context, known: Sequence[Forecast]) -> str:
    """Say what is expected of the first group, against peers and Riket, and which group changes most."""
    changes = [item for item in known if _is_change(item.standing.kpi)]
    if not changes:
        item = known[0].standing
        value = amount(item.own, item.kpi.unit, item.kpi.decimals)
        return (
            f"{item.kpi.label} väntas bli {value} i {context.name}, enligt framskrivningen från {item.year}."
        )
    first = changes[0]
    parts = [_expected(context, first), _compared(context, first.standing), _before(first)]
    # Ten years change more than five: only groups with the same horizon are held against each other.
    who_and_when = {item: _who_and_when(item.standing.kpi) for item in changes}
    same = [item for item in changes if who_and_when[item][1] == who_and_when[first][1]]
    largest = max(same, key=lambda item: abs(item.standing.own))
    if largest is not first:
        change = _signed(largest.standing.kpi, largest.standing.own)
        parts.append(
            f"Störst förändring på samma tid väntas för {lower_first(who_and_when[largest][0])}: {change}."
        )
    return sentence(parts)


def _expected(context: Context, item: Forecast) -> str:
    standing = item.standing
    who, when = _who_and_when(standing.kpi)
    change = round(standing.own, standing.kpi.decimals)
    source = f"enligt framskrivningen från {standing.year}"
    if change == 0:
        return f"{who} i {context.name} väntas bli lika många som i dag {when}, {source}."
    direction = "fler" if change > 0 else "färre"
    share = amount(abs(change), standing.kpi.unit, standing.kpi.decimals)
    people = ""
    if not is_missing(item.persons):
        people = f", omkring {count(abs(item.persons), 'person', 'personer')},"
    return f"{who} i {context.name} väntas bli {share} {direction}{people} {when}, {source}."


def _who_and_when(kpi: Kpi) -> tuple[str, str]:
    """Split a label such as "Invånare 80+, kommande 5 år" into the group and the time."""
    found = _WHO_AND_WHEN.fullmatch(kpi.label)
    if found is None:
        return kpi.label, ""
    return found["who"], _COMING.sub(r"de kommande \1 åren", found["when"])


def _compared(context: Context, item: Standing) -> str:
    parts = []
    if item.comparison is not None:
        parts.append(f"{context.peers.median} är {_signed(item.kpi, item.comparison.median)}")
    if not is_missing(item.riket):
        verb = "riket" if parts else "riket är"
        parts.append(f"{verb} {_signed(item.kpi, item.riket)}")
    return f"{capitalise(join(parts))}." if parts else ""


def _before(item: Forecast) -> str:
    if item.previous_year is None:
        return ""
    kpi = item.standing.kpi
    return f"Framskrivningen från {item.previous_year} gav {_signed(kpi, item.previous)} på lika lång tid."


def _signed(kpi: Kpi, value: float) -> str:
    return amount(value, kpi.unit, kpi.decimals, signed=True)


def _all_changes(changes: Sequence[Forecast]) -> str:
    shown = [item.standing for item in changes if not is_missing(item.standing.own)]
    if len(shown) > MOST_LISTED:
        return "Alla värden finns i tabellen."
    listed = "; ".join(f"{lower_first(item.kpi.label)} {_signed(item.kpi, item.own)}" for item in shown)
    return f"Alla staplar: {listed}."


def _bars(changes: Sequence[Forecast]) -> Bars:
    return Bars(
        rows=tuple(_bar(item.standing) for item in changes),
        unit="procent",
        left_text="Väntas minska",
        right_text="Väntas öka",
        ordered=False,
    )


def _bar(item: Standing) -> BarRow:
    beside = []
    if item.comparison is not None:
        beside.append(f"gruppen {percent(item.comparison.median, item.kpi.decimals, signed=True)}")
    if not is_missing(item.riket):
        beside.append(f"riket {percent(item.riket, item.kpi.decimals, signed=True)}")
    missing = is_missing(item.own)
    return BarRow(
        label=unbroken(item.kpi.label),
        value=None if missing else item.own,
        text="" if missing else percent(item.own, item.kpi.decimals, signed=True),
        under=", ".join(beside),
        mark=item.mark,
    )


def _forecast_table(context: Context, forecasts: Sequence[Forecast]) -> Table:
    return Table(
        caption=f"Framskrivningar för {context.name}, {context.peers.definite} och riket",
        columns=(
            Column("nyckeltal", "Framskrivning"),
            Column("enhet", "Enhet"),
            Column("ar", "Från år", kind="year"),
            Column("kommun", context.name, kind="number"),
            Column("personer", "Motsvarar personer"),
            Column("median", "Gruppens median", kind="number"),
            Column("undre", "Undre kvartil", kind="number"),
            Column("ovre", "Övre kvartil", kind="number"),
            Column("riket", context.riket, kind="number"),
            Column("forra", "Kommunens förra framskrivning", kind="number"),
            Column("forra_ar", "Förra från år", kind="year"),
        ),
        rows=tuple(_forecast_row(item) for item in forecasts),
        marks={
            (place, "kommun"): item.standing.mark
            for place, item in enumerate(forecasts)
            if is_missing(item.standing.own)
        },
        row_decimals=tuple(item.standing.kpi.decimals for item in forecasts),
    )


def _forecast_row(item: Forecast) -> tuple[Value, ...]:
    standing, found = item.standing, item.standing.comparison
    group: tuple[Value, ...] = (None, None, None) if found is None else (found.median, found.low, found.high)
    people = "" if is_missing(item.persons) else number(item.persons, signed=True)
    return (standing.kpi.label, standing.kpi.unit, standing.year, standing.own, people, *group, standing.riket,
            item.previous, item.previous_year)  # fmt: skip


# --- whom the municipality is compared with --------------------------------------------


@dataclass(frozen=True)
class PeerList:
    """Who the peers are and what speaks for it.

    Attributes
    ----------
    population
        The figure with the number of inhabitants.
    inhabitants
        Inhabitants by municipality, for `population_year`.
    population_year
        None when the figure is missing.
    structure
        Municipality x structure figure, own units; missing where there is no value.
    structure_years
        Figure -> years that its column is the mean of.
    shown
        Figures to show in the table, in order.
    absent
        Structure figures without any value near the report's year.
    neighbours
        The nearest on structure; None when they cannot be computed.
    official
        Members of Kolada's group of similar municipalities; empty when there is none.
    """

    population: Kpi
    inhabitants: pd.Series
    population_year: int | None
    structure: pd.DataFrame
    structure_years: Mapping[str, tuple[int, ...]]
    shown: tuple[str, ...]
    absent: tuple[str, ...]
    neighbours: Neighbours | None
    official: tuple[str, ...]

    @property
    def nearest(self) -> tuple[str, ...]:
        """Codes of the nearest, nearest first."""
        return () if self.neighbours is None else self.neighbours.members


def peers(context: Context, found: PeerList, flags: tuple[Flag, ...]) -> Exhibit:
    """List the peer group and the nearest on structure, and say how each was found."""
    blocks = [
        f"{context.peers.description} {_how_many(context)}",
        _neighbours_text(context, found),
        _left_out_text(context, found),
    ]
    return Exhibit(
        id="jamforelsegrupp",
        title="Vilka kommunen jämförs med",
        source=Source.OWN,
        alt=None,
        finding=peers_finding(context, found),
        blocks=tuple(text for text in blocks if text),
        table=_peers_table(context, found),
        how_to_read=(
            "Avståndet är noll för en kommun med precis samma värden. Ett är lika mycket som den vanliga "
            "spridningen mellan kommuner i ett av måtten."
            if found.nearest
            else ""
        ),
        notes=_peers_notes(context, found),
        flags=flags,
    )


def peers_finding(context: Context, found: PeerList) -> str:
    """Say who the peers are and how many of them are also nearest on structure."""
    members = context.peers.members
    who = f"{context.name} jämförs med {cardinal(len(members), common=True)} kommuner" if len(members) > 1 else (
        f"{context.name} jämförs med {context.names[members[0]]}"
    )  # fmt: skip
    if len(members) in range(2, 11):
        who += f": {join(context.peer_names.values())}"
    if not found.nearest:
        return f"{who}."
    both = overlap(found.nearest, found.official) if found.official else overlap(found.nearest, members)
    group = _overlap_group(context, found)
    return f"{who}. {capitalise(_of(len(both), len(found.nearest)))} närmaste på struktur finns i {group}."


def _of(part: int, whole: int) -> str:
    if part == whole:
        return f"alla de {cardinal(whole)}"
    return f"{'ingen' if part == 0 else cardinal(part, common=True)} av de {cardinal(whole)}"


def _overlap_group(context: Context, found: PeerList) -> str:
    """Name the group that the nearest are held against: Kolada's, else the one in use."""
    if not found.official:
        return "jämförelsegruppen"
    return "gruppen" if context.peers.official else "Koladas grupp av liknande kommuner"


def _peers_notes(context: Context, found: PeerList) -> str:
    parts = []
    if len(context.peers.members) > MANY_MEMBERS:
        parts.append(f"Gruppen har {number(len(context.peers.members))} kommuner och listas inte i tabellen.")
    if len(found.shown) < len(found.structure.columns):
        parts.append(
            f"Tabellen visar de {cardinal(len(found.shown))} mått där {context.name} skiljer sig mest från gruppens "
            "median."
        )
    return " ".join(parts)


def _how_many(context: Context) -> str:
    return f"Alla medianer och kvartiler i rapporten gäller {_members_text(context)}."


def _members_text(context: Context) -> str:
    total = len(context.peers.members)
    return "den kommunen" if total == 1 else f"de {cardinal(total)} kommunerna"


def _neighbours_text(context: Context, found: PeerList) -> str:
    neighbours = found.neighbours
    if neighbours is None:
        who = "frysningen" if found.structure.columns.empty else context.name
        return f"De närmaste kommunerna på struktur kan inte räknas fram, för {who} saknar värden för måtten."
    nearest = join(context.names[code] for code in neighbours.members)
    figures = _figures_used(context, neighbours.figures)
    used = years(year for kpi in neighbours.figures for year in found.structure_years[kpi])
    both = overlap(neighbours.members, found.official or context.peers.members)
    shared = f"I båda finns {join(context.names[code] for code in both)}." if both else (
        "Ingen kommun finns i båda."
    )  # fmt: skip
    return (
        f"Som kontroll har de {cardinal(len(neighbours.members))} kommuner som mest liknar {context.name} räknats fram: "
        f"{nearest}. {figures} ({used}). Skillnaden i varje mått delas med måttets vanliga spridning mellan "
        f"kommuner, och alla mått väger lika. {number(neighbours.candidates)} kommuner har alla måtten och kunde "
        f"väljas. {shared}"
    )


def _figures_used(context: Context, figures: Sequence[str]) -> str:
    if len(figures) > MOST_LISTED:
        return f"Måtten är {cardinal(len(figures))} av förutsättningarna ovan"
    return f"Måtten är {quoted(context.kpis[kpi] for kpi in figures)}"


def _left_out_text(context: Context, found: PeerList) -> str:
    if found.neighbours is None:
        return ""
    out = found.neighbours.left_out
    reasons = {
        "saknar värden de senaste åren": [*found.absent],
        f"saknar värde för {context.name}": [kpi for kpi, why in out.items() if why == "missing"],
        "är lika i alla kommuner": [kpi for kpi, why in out.items() if why == "no_spread"],
    }
    parts = [f"{quoted(context.kpis[kpi] for kpi in kpis)} ({why})" for why, kpis in reasons.items() if kpis]
    return f"Utelämnat ur beräkningen: {join(parts)}." if parts else ""


def _peers_table(context: Context, found: PeerList) -> Table:
    members = context.peers.members if len(context.peers.members) <= MANY_MEMBERS else ()
    codes = list(dict.fromkeys((context.municipality, *members, *found.nearest)))
    structure = found.structure.reindex(index=codes, columns=list(found.shown))
    year = _common_year(found)
    columns = [
        Column("kommun", "Kommun"),
        Column("grupp", "I gruppen"),
        *(() if context.peers.official or not found.official else (Column("kolada", "I Koladas grupp"),)),
        *((Column("nara", "Närmast"), Column("avstand", "Avstånd", kind="number", decimals=2))
          if found.nearest else ()),
        *(() if not _shows_population(found) else (
            _column(found.population, year, [found.population_year]),)),
        *(_column(context.kpis[kpi], year, found.structure_years[kpi]) for kpi in found.shown),
    ]  # fmt: skip
    return Table(
        caption=_peers_caption(context, found, year),
        columns=tuple(columns),
        rows=tuple(_peer_row(context, found, code, structure) for code in codes),
        own_rows=frozenset({0}),
    )


def _shows_population(found: PeerList) -> bool:
    """Whether inhabitants have a column of their own: there are any, and structure does not hold them already."""
    return found.population_year is not None and found.population.id not in found.shown


def _common_year(found: PeerList) -> int | None:
    """Return the year of all columns; None when they differ."""
    used = {found.structure_years[kpi] for kpi in found.shown}
    if found.population_year is not None:
        used.add((found.population_year,))
    only = next(iter(used), ())
    return only[0] if len(used) == 1 and len(only) == 1 else None


def _column(kpi: Kpi, common: int | None, own: Sequence[int | None]) -> Column:
    """Head a column with its figure, and its years where not all columns have the same."""
    when = [item for item in own if item is not None]
    label = kpi.label if common is not None or not when else f"{kpi.label} {years(when)}"
    unit = "" if kpi.unit == "antal" else kpi.unit
    return Column(kpi.id, label, kind="number", unit=unit, decimals=kpi.decimals)


def _peers_caption(context: Context, found: PeerList, year: int | None) -> str:
    what = "jämförelsegrupp och närmaste kommuner på struktur" if found.nearest else "jämförelsegrupp"
    return f"{genitive(context.name)} {what}{'' if year is None else f', {year}'}"


def _peer_row(context: Context, found: PeerList, code: str, structure: pd.DataFrame) -> tuple[Value, ...]:
    own = code == context.municipality
    cells: list[Value] = [
        context.names[code],
        "" if own else _yes(code in context.peers.members),
    ]
    if found.official and not context.peers.official:
        cells.append("" if own else _yes(code in found.official))
    if found.neighbours is not None:
        distance = 0.0 if own else found.neighbours.distances.get(code)
        cells += ["" if own else _yes(code in found.nearest), distance]
    if _shows_population(found):
        cells.append(found.inhabitants.get(code))
    return (*cells, *structure.loc[[code]].to_numpy(dtype=float)[0].tolist())


def _yes(holds: bool) -> str:
    return "ja" if holds else "nej"
