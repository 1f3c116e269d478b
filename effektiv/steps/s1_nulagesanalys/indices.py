"""RKA's indices of six services among all municipalities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from effektiv.analysis.panels import country, latest_year, window
from effektiv.analysis.peers import group_median
from effektiv.analysis.uncertainty import quarter
from effektiv.exhibits.charts import StripCell, StripRow, strips
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import lower_first
from effektiv.exhibits.swedish import Mark, is_missing, join, number
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import quarter_words
from effektiv.steps.base import OverviewBase
from effektiv.steps.s1_nulagesanalys.national import SIDES
from effektiv.types import IndexDefinition

SIDE_NAMES = {"resource": "Resursindex", "quality": "Kvalitetsindex", "efficiency": "Effektivitetsindex"}


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


class IndicesCase(OverviewBase):
    """RKA's indices."""

    @cached_property
    def _index_views(self) -> tuple[IndexView, ...]:
        return tuple(self._index_view(definition) for definition in self.overview.indices)

    def _index_view(self, definition: IndexDefinition) -> IndexView:
        ids = _published(definition)
        years = {side: latest_year(self.panel(ids[side]), self.municipality) for side in SIDES}
        places = {side: self._quarters(ids[side], years[side]) for side in SIDES}
        return IndexView(
            definition=definition,
            points={side: self._index_points(ids[side], years[side]) for side in SIDES},
            years=years,
            medians={side: self._index_median(ids[side], years[side]) for side in SIDES},
            quarters={side: (min(found), max(found)) if found else None for side, found in places.items()},
            judged={side: len(found) for side, found in places.items()},
            marks={side: self.mark(ids[side]) for side in SIDES},
        )

    def _index_points(self, kpi: str, year: int | None) -> pd.Series:
        return pd.Series(dtype=float) if year is None else country(self.panel(kpi))[year].dropna()

    def _index_median(self, kpi: str, year: int | None) -> float:
        return (
            float("nan") if year is None else float(group_median(self.panel(kpi), self.peers.members)[year])
        )

    def _quarters(self, kpi: str, year: int | None) -> list[int]:
        """Return the quarter of the country in each of the last three years that can be placed."""
        if year is None:
            return []
        panel = self.panel(kpi)
        recent = [item for item in window(year, 3, self.kpi(kpi).breaks) if item in panel.columns]
        found = (quarter(panel[item], self.municipality) for item in recent)
        return [place for place in found if place is not None]

    @cached_property
    def _indices(self) -> tuple[str, ...]:
        return tuple(kpi for item in self.overview.indices for kpi in _published(item).values())

    def indices(self) -> Exhibit:
        """Visa RKA:s index för resurs, kvalitet och effektivitet i sex verksamheter."""
        context, views, flags = self.context, self._index_views, self.flags(*self._indices)
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


def _published(definition: IndexDefinition) -> dict[str, str]:
    return {
        "resource": definition.resource.published,
        "quality": definition.quality.published,
        "efficiency": definition.efficiency,
    }


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
