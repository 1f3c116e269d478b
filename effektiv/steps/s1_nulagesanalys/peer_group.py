"""Whom the municipality is compared with, and who is most like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from effektiv.analysis.panels import cross_section, latest_year
from effektiv.analysis.peers import Neighbours, nearest_neighbours, overlap, robust_sd
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.series import quoted
from effektiv.exhibits.swedish import capitalise, cardinal, genitive, join, number, years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.peers import official_groups
from effektiv.steps.base import Case
from effektiv.types import FocusArea, Kpi

MOST_LISTED = 6
"""More items than this are too many to read out or to put side by side."""


MANY_MEMBERS = 50
"""A larger group is not listed: the list would be the whole country."""


NEIGHBOURS = 7
"""As many as in Kolada's groups of similar municipalities."""


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


class PeerGroupCase(Case):
    """Who the peers are, of a focus area or of the overview."""

    @cached_property
    def peer_list(self) -> PeerList:
        """Return who the peers are, and the nearest on structure."""
        area, year = self._opened.area, self.year
        figures = area.structural_model.structure if isinstance(area, FocusArea) else area.conditions
        section = cross_section(self.panels(figures), figures, year)
        official = official_groups(self.snapshot).find(area.family, self.name, year, self.municipality)
        population = self.kpi(area.population)
        panel = self.panel(area.population)
        population_year = latest_year(panel, self.municipality, not_after=year)
        return PeerList(
            population=population,
            inhabitants=pd.Series(dtype=float) if population_year is None else panel[population_year],
            population_year=population_year,
            structure=section.frame,
            structure_years=section.years,
            shown=self._most_different(section.frame),
            absent=section.absent,
            neighbours=nearest_neighbours(section.frame, self.municipality, k=NEIGHBOURS),
            official=() if official is None else official.members,
        )

    def _most_different(self, structure: pd.DataFrame) -> tuple[str, ...]:
        """Return the figures to put side by side: all, or those that differ most from the peers' median."""
        columns = [str(figure) for figure in structure.columns]
        if len(columns) <= MOST_LISTED or self.municipality not in structure.index:
            return tuple(columns[:MOST_LISTED])
        group = structure.reindex(list(self.peers.members)).median()
        own = structure.loc[[self.municipality]].iloc[0]
        distance = ((own - group) / structure.apply(robust_sd)).abs().sort_values(ascending=False)
        most = set(distance.index[:MOST_LISTED])
        return tuple(figure for figure in columns if figure in most)

    def peer_group(self) -> Exhibit:
        """Visa vilka kommuner den jämförs med, vilka som liknar den mest och hur de har valts."""
        found = self.peer_list
        context, flags = self.context, self.flags(found.population.id, *found.structure_years)
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
