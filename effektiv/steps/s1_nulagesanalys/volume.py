"""How much is done, and how it has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from effektiv.analysis.comparison import Comparison, compare, median_by_year
from effektiv.analysis.panels import Panel, by_year, row, value_at, window
from effektiv.exhibits.charts import Band, Line, Trend, trend
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import break_marks, lower_first, preliminary_years
from effektiv.exhibits.swedish import capitalise, is_missing, number, sentence
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import size_text, value_in_text, year_text
from effektiv.steps.base import AreaBase
from effektiv.steps.standing import Standing, Standings
from effektiv.types import RIKET, Kpi

BASE = 100.0
"""Index of the base year."""


YEARS_BACK = 10
"""Changes are counted over this many years, where there are as many."""


@dataclass(frozen=True)
class VolumeView:
    """One volume figure: where it stands, and how it has changed.

    Attributes
    ----------
    standing
        Level of the municipality, its peers and Riket.
    base
        Year that changes are counted from; None when there is no earlier year to count from.
    base_value
        The municipality's value then.
    after_break
        Whether the base year is where the figure began to be measured in another way.
    change
        Index (base year = 100) of the municipality against the peers' median; None where one
        of them is missing.
    """

    standing: Standing
    base: int | None
    base_value: float
    after_break: bool
    change: Comparison | None

    @property
    def kpi(self) -> Kpi:
        """The figure."""
        return self.standing.kpi


@dataclass(frozen=True)
class IndexSeries:
    """The main volume by year, index with the base year = 100."""

    own: Mapping[int, float]
    median: Mapping[int, float]
    low: Mapping[int, float]
    high: Mapping[int, float]
    riket: Mapping[int, float]


class VolumeCase(Standings, AreaBase):
    """The area's volume and its change."""

    @cached_property
    def volume_views(self) -> tuple[VolumeView, ...]:
        """Each of the area's volume figures and its change."""
        return tuple(self._volume_view(item) for item in self.standings(self.area.sections.volume))

    def volume(self) -> Exhibit:
        """Visa volymen, dess väg över tio år och ändringen mot gruppen."""
        context, views, flags = self.context, self.volume_views, self.flags(*self.area.sections.volume)
        known = (
            view for view in views if view.kpi.id == self.area.volume and not np.isnan(view.standing.own)
        )
        main = next(known, None)
        series = None if main is None or main.base is None else self._index_series(main)
        title = "Volymens utveckling"
        if not views:
            return nothing("volym", title, f"Frysningen saknar volymuppgifter för {context.name}.")
        finding = volume_finding(context, main)
        figure = None
        if main is not None and series is not None:
            figure = trend(_trend(context, main, series))
        return Exhibit(
            id="volym",
            title=title,
            source=Source.OWN,
            figure=figure,
            alt=None if figure is None else f"Linjediagram med index för {_lower(main)}. {finding}",
            finding=finding,
            table=_table(context, views),
            how_to_read=_how_to_read(context, main) if figure is not None else "",
            notes=(
                "I tabellen är förändringen i procent av värdet i utgångsåret, också för andelar. Utgångsåret är tio år "
                "tillbaka, eller det år då mätningen ändrades eller började."
            ),
            flags=flags,
        )

    def _volume_view(self, standing: Standing) -> VolumeView:
        kpi, panel = standing.kpi, self.panel(standing.kpi.id)
        base = self._base_year(standing)
        change = None
        if base is not None:
            change = compare(
                index_panel(panel, base),
                self.municipality,
                self.peers.members,
                breaks=kpi.breaks,
                not_after=standing.year,
            )
        if change is None or change.year == base:
            base, change = None, None
        return VolumeView(
            standing=standing,
            base=base,
            base_value=float("nan") if base is None else value_at(panel, self.municipality, base),
            after_break=any(item.year == base for item in kpi.breaks),
            change=change,
        )

    def _base_year(self, standing: Standing) -> int | None:
        """Return the first year within reach, after the last break, with an own value that is not zero."""
        years = window(standing.year, YEARS_BACK + 1, standing.kpi.breaks)
        own = row(self.panel(standing.kpi.id), self.municipality).reindex(list(years))
        known = own.index[own > 0]
        return int(known[0]) if len(known) and known[0] < standing.year else None

    def _index_series(self, main: VolumeView) -> IndexSeries:
        assert main.base is not None  # the caller draws nothing without a base year
        index = index_panel(self.panel(main.kpi.id), main.base)
        index = index[[year for year in index.columns if int(year) >= main.standing.year - YEARS_BACK]]
        group = median_by_year(index, self.peers.members)
        return IndexSeries(
            own=by_year(row(index, self.municipality)),
            median=by_year(group["median"]),
            low=by_year(group["low"]),
            high=by_year(group["high"]),
            riket=by_year(row(index, RIKET)),
        )


def index_panel(panel: Panel, base: int) -> Panel:
    """Return a panel as index with the base year = 100; missing where the base is missing or zero."""
    start = panel[base].where(panel[base] > 0)
    return panel.div(start, axis=0) * BASE


def _lower(main: VolumeView | None) -> str:
    return "" if main is None else lower_first(main.kpi.label)


def _how_to_read(context: Context, main: VolumeView | None) -> str:
    base = "" if main is None or main.base is None else f"{main.base} "
    return (
        f"Alla linjer har värdet 100 utgångsåret {base}och visar förändringen sedan dess. Fältet rymmer den mittersta "
        f"hälften av {context.peers.definite}."
    )


def volume_finding(context: Context, main: VolumeView | None) -> str:
    """Say how large the main volume is and how it has changed against the peers."""
    if main is None:
        return f"Kommunens huvudsakliga volym saknar värde för {context.name}."
    kpi, standing = main.kpi, main.standing
    when = year_text(context, kpi, standing.year)
    level = f"{kpi.label} i {context.name}: {value_in_text(kpi, standing.own)} år {when}."
    if main.change is None or main.base is None:
        return f"{level} Det finns inget tidigare år att jämföra med."
    parts = [level, _changed(main, main.change), _against(context, main.change)]
    if not is_missing(main.change.noise):
        noise = number(1.96 * main.change.noise, 1)
        parts.append(f"Variationen mellan enstaka år kan ge ±{noise} procentenheter.")
    return sentence(parts)


def _changed(main: VolumeView, change: Comparison) -> str:
    since = f"{main.base}, då mätningen ändrades," if main.after_break else f"{main.base}"
    what = "antalet" if main.kpi.unit == "antal" else "värdet"
    percent_change = round(change.own - BASE, 1)
    if percent_change == 0:
        return f"Sedan {since} är {what} oförändrat."
    verb = "ökat" if percent_change > 0 else "minskat"
    return f"Sedan {since} har {what} {verb} med {number(abs(percent_change), 1)} procent."


def _against(context: Context, change: Comparison) -> str:
    median = number(change.median - BASE, 1, signed=True)
    low, high = (number(end - BASE, 1, signed=True) for end in (change.low, change.high))
    size = change.size
    judged = "" if size is None else ("Det är ungefär som i gruppen." if size.sign == 0 else (
        f"Förändringen är {size_text(size)} än i gruppen."
    ))  # fmt: skip
    riket = "" if is_missing(change.riket) else f" och riket {number(change.riket - BASE, 1, signed=True)}"
    return (
        f"{judged} {capitalise(context.peers.median)} är {median} procent{riket}; mitthälften av gruppen ligger mellan "
        f"{low} och {high}."
    )


def _trend(context: Context, main: VolumeView, series: IndexSeries) -> Trend:
    kpi = main.kpi
    lines = [
        Line(context.name, series.own, "own"),
        Line(f"Median, {context.peers.label}", series.median, "peer"),
    ]
    if series.riket:
        lines.append(Line(context.riket, series.riket, "riket"))
    return Trend(
        lines=tuple(lines),
        unit=f"Index, {main.base} = 100",
        band=Band("Mitthälften av gruppen", series.low, series.high),
        breaks=break_marks([kpi]),
        preliminary=preliminary_years(context, [kpi]),
    )


def _table(context: Context, views: Sequence[VolumeView]) -> Table:
    return Table(
        caption=f"Volym i {context.name} och förändring jämfört med {context.peers.definite}",
        columns=(
            Column("nyckeltal", "Nyckeltal"),
            Column("enhet", "Enhet"),
            Column("ar", "År", kind="year"),
            Column("kommun", context.name, kind="number"),
            Column("median", "Gruppens median", kind="number"),
            Column("riket", context.riket, kind="number"),
            Column("niva", "Nivå mot medianen"),
            Column("fran", "Förändring sedan", kind="year"),
            Column("andring", context.name, kind="number", unit="%", signed=True),
            Column("andring_median", "Gruppens median", kind="number", unit="%", signed=True),
            Column("andring_riket", context.riket, kind="number", unit="%", signed=True),
            Column("andring_ord", "Förändring mot medianen"),
        ),
        rows=tuple(_row(view) for view in views),
        marks={
            (place, "kommun"): view.standing.mark
            for place, view in enumerate(views)
            if is_missing(view.standing.own)
        },
        row_decimals=tuple(view.kpi.decimals for view in views),
    )


def _row(view: VolumeView) -> tuple[Value, ...]:
    standing, found, change = view.standing, view.standing.comparison, view.change
    # A number of persons says how large a municipality is: higher or lower than others means nothing.
    words = "" if view.kpi.unit == "antal" else size_text(standing.size)
    changes: tuple[Value, ...] = (None, None, None, "")
    if change is not None:
        changes = (change.own - BASE, change.median - BASE, change.riket - BASE, size_text(change.size))
    return (view.kpi.label, view.kpi.unit, standing.year, standing.own, None if found is None else found.median,
            standing.riket, words, view.base, *changes)  # fmt: skip
