"""The cost of a unit over ten years, against the peers and Riket."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from effektiv.analysis.comparison import Comparison, median_by_year
from effektiv.analysis.panels import row, window
from effektiv.exhibits.charts import Line, Trend, panels, trend
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import (
    break_marks,
    number_column,
    peer_band,
    peer_label,
    preliminary_years,
    recent,
    spread_text,
    table_by_year,
)
from effektiv.exhibits.swedish import capitalise, is_missing, number, unit_in_text
from effektiv.exhibits.table import Table
from effektiv.exhibits.words import against_peers, named, named_first, value_in_text, year_text
from effektiv.steps.base import AreaBase
from effektiv.types import RIKET, Kpi

ACCOUNTS = (
    "Kostnaderna kommer ur kommunernas räkenskapssammandrag. Kommuner fördelar gemensamma kostnader på olika "
    "sätt, och en del av skillnaderna kan vara skillnader i bokföring."
)


@dataclass(frozen=True)
class UnitCostView:
    """Unit cost by year, ready to show.

    Attributes
    ----------
    kpi
        The unit cost.
    own, riket
        By year, the figure's unit.
    peers
        Index year; columns median, low, high.
    comparison
        Latest year against the peers; None when that cannot be judged.
    instead_of
        The area's unit cost, when the municipality lacks it and another figure stands in.
    """

    kpi: Kpi
    own: pd.Series
    riket: pd.Series
    peers: pd.DataFrame
    comparison: Comparison | None
    instead_of: Kpi | None = None

    @property
    def year(self) -> int | None:
        """Latest year with a value."""
        known = self.own.dropna()
        return None if known.empty else int(known.index.max())


class UnitCostCase(AreaBase):
    """Unit cost."""

    @cached_property
    def unit_cost_view(self) -> UnitCostView:
        """Unit cost by year, with the peers and Riket."""
        kpi, wanted = self._unit_cost, self.kpi(self.area.unit_cost)
        panel = self.panel(kpi.id)
        return UnitCostView(
            kpi=kpi,
            own=self.own(kpi.id),
            riket=row(panel, RIKET),
            peers=median_by_year(panel, self.peers.members),
            comparison=self.compare(kpi.id),
            instead_of=None if kpi == wanted else wanted,
        )

    def unit_cost(self) -> Exhibit:
        """Visa styckkostnaden över tio år mot gruppen och riket."""
        context, view = self.context, self.unit_cost_view
        last = view.year
        if last is None:
            what = f"Frysningen saknar {named(view.kpi)} ({view.kpi.id}) för {context.name}."
            return nothing("styckkostnad", view.kpi.label, what)
        finding = _unit_finding(context, view, last)
        blocks = tuple(_unit_blocks(context, view, last))
        money, against = _unit_trends(context, view, last)
        return Exhibit(
            id="styckkostnad",
            title=view.kpi.label
            if view.instead_of is None
            else f"{view.kpi.label}, {unit_in_text(view.kpi.unit)}",
            source=Source.OWN,
            finding=finding,
            blocks=blocks,
            figure=trend(money) if against is None else panels([money, against]),
            alt=" ".join((f"Linjediagram över {named(view.kpi)}.", finding, *blocks)),
            table=_unit_table(context, view, last),
            how_to_read=(
                "Kronor är i varje års priser och stiger därför med löner och priser. Läs skillnaden inom samma år: i "
                "diagrammet där riket är 100 syns den utan prisökningar. Kostnaden tar inte hänsyn till kommunens "
                "förutsättningar."
            ),
            notes=ACCOUNTS,
            flags=self.flags(view.kpi.id),
        )

    @cached_property
    def _unit_cost(self) -> Kpi:
        """The area's unit cost, or the first cost in the same unit where the municipality lacks it."""
        wanted = self.kpi(self.area.unit_cost)
        others = (self.kpi(kpi) for kpi in self.area.sections.resource)
        alike = (kpi for kpi in others if kpi.unit == wanted.unit and kpi.better is wanted.better)
        return next((kpi for kpi in (wanted, *alike) if self.own(kpi.id).notna().any()), wanted)


def _ratio(own: pd.Series, comparator: pd.Series) -> pd.Series:
    """Return how much more than the comparator, per cent by year."""
    return 100.0 * (own / comparator.reindex(own.index) - 1.0)


def _more(value: float) -> str:
    return f"{number(abs(value), 1)} procent {'mer' if value > 0 else 'mindre'}"


def _unit_finding(context: Context, view: UnitCostView, last: int) -> str:
    cost = value_in_text(view.kpi, float(view.own[last]))
    text = f"År {year_text(context, view.kpi, last)} var kostnaden i {context.name} {cost}"
    ratio = _ratio(view.own, view.peers["median"])
    if is_missing(ratio.get(last)):
        return f"{text}."
    spread = spread_text(ratio, window(last, 3, view.kpi.breaks), "procent", signed=True)
    return f"{text}, {_more(float(ratio[last]))} än {context.peers.median}{f' ({spread})' if spread else ''}."


def _unit_blocks(context: Context, view: UnitCostView, last: int) -> list[str]:
    found = view.comparison
    blocks = [
        f"Kostnaden går inte att jämföra med {context.peers.definite}: för få har värden."
        if found is None
        else against_peers(context, found)
    ]
    if view.instead_of is not None:
        stands_in = (
            f"{named_first(view.instead_of)} saknas för {context.name}. I stället visas {named(view.kpi)}."
        )
        blocks.insert(0, stands_in)
    ratio = _ratio(view.own, view.riket)
    if is_missing(ratio.get(last)):
        blocks.append(f"För riket saknas värde {last}.")
    else:
        spread = spread_text(ratio, window(last, 3, view.kpi.breaks), "procent", signed=True)
        blocks.append(
            f"Kostnaden är {_more(float(ratio[last]))} än i riket{f' ({spread})' if spread else ''}."
        )
    return blocks


def _unit_trends(context: Context, view: UnitCostView, last: int) -> tuple[Trend, Trend | None]:
    """Return the trend in kronor, and the one against Riket where Riket has values."""
    marks, preliminary = break_marks([view.kpi]), preliminary_years(context, [view.kpi])
    own, median, riket = (recent(item, last) for item in (view.own, view.peers["median"], view.riket))
    lines = [Line(context.name, own, "own")]
    if median:
        lines.append(Line(peer_label(context), median, "peer"))
    money = Trend(
        lines=tuple(lines),
        unit=capitalise(unit_in_text(view.kpi.unit)),
        decimals=view.kpi.decimals,
        band=peer_band(context, view.peers, last),
        breaks=marks,
        preliminary=preliminary,
        title="I kronor",
    )
    if not set(riket) & set(own):
        return money, None
    against = [
        Line(line.name, {when: 100.0 * value / riket[when] for when, value in values.items() if when in riket},
             line.role)
        for line, values in zip(lines, (own, median), strict=False)
    ]  # fmt: skip
    return (
        replace(money, lines=(*lines, Line(context.riket, riket, "riket")), band=None),
        Trend(
            lines=(*against, Line(context.riket, dict.fromkeys(riket, 100.0), "riket")),
            unit=f"{context.riket} = 100",
            breaks=marks,
            preliminary=preliminary,
            title="Mot riket samma år",
        ),
    )


def _unit_table(context: Context, view: UnitCostView, last: int) -> Table:
    median, unit, decimals = view.peers["median"], view.kpi.unit, view.kpi.decimals
    return table_by_year(
        f"{view.kpi.label} för {context.name}, {context.peers.definite} och riket",
        last,
        (
            (number_column("kommun", context.name, unit, decimals), view.own),
            (number_column("median", "Gruppens median", unit, decimals), median),
            (number_column("undre", "Gruppens undre kvartil", unit, decimals), view.peers["low"]),
            (number_column("ovre", "Gruppens övre kvartil", unit, decimals), view.peers["high"]),
            (number_column("riket", context.riket, unit, decimals), view.riket),
            (number_column("mot_grupp", "Mot gruppens median", "%", signed=True), _ratio(view.own, median)),
            (number_column("mot_riket", "Mot riket", "%", signed=True), _ratio(view.own, view.riket)),
        ),
    )
