"""The net cost deviation over ten years, in per cent and mnkr."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from effektiv.analysis.comparison import Comparison, median_by_year
from effektiv.analysis.gap import cost_gap
from effektiv.analysis.panels import window
from effektiv.exhibits.charts import Line, Trend, trend
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import (
    band_text,
    break_marks,
    number_column,
    peer_band,
    peer_label,
    preliminary_years,
    range_text,
    recent,
    spread_text,
    table_by_year,
)
from effektiv.exhibits.swedish import amount, genitive, number
from effektiv.exhibits.table import Table
from effektiv.exhibits.words import against_peers, year_text
from effektiv.steps.base import AreaBase
from effektiv.types import Gap, Kpi


@dataclass(frozen=True)
class DeviationView:
    """Net cost deviation by year, ready to show.

    Attributes
    ----------
    kpi
        The deviation in per cent.
    own
        By year, per cent.
    peers
        Index year; columns median, low, high: the peers' median and quartiles.
    comparison
        Latest year against the peers; None when that cannot be judged.
    mnkr
        The published deviation in mnkr by year.
    gap_mnkr
        mnkr against the peers' median by year.
    """

    kpi: Kpi
    own: pd.Series
    peers: pd.DataFrame
    comparison: Comparison | None
    mnkr: pd.Series
    gap_mnkr: pd.Series

    @property
    def year(self) -> int | None:
        """Latest year with a value."""
        known = self.own.dropna()
        return None if known.empty else int(known.index.max())


class DeviationCase(AreaBase):
    """Net cost deviation."""

    @cached_property
    def deviation_view(self) -> DeviationView:
        """Net cost deviation by year, with the peers and what it is worth."""
        area = self.area
        panel = self.panel(area.deviation_pct)
        peers = median_by_year(panel, self.peers.members)
        against_reference = Gap(
            label=area.deviation_label,
            kind="deviation",
            deviation=area.deviation_pct,
            reference_cost=area.reference_cost,
            population=area.population,
        )
        needed = (area.deviation_pct, area.reference_cost, area.population)
        gap = cost_gap(against_reference, self.panels(needed), self.municipality, peers["median"])
        return DeviationView(
            kpi=self.kpi(area.deviation_pct),
            own=self.own(area.deviation_pct),
            peers=peers,
            comparison=self.compare(area.deviation_pct),
            mnkr=self.own(area.deviation_mnkr),
            gap_mnkr=gap.by_year["gap_mnkr"],
        )

    def deviation(self) -> Exhibit:
        """Visa nettokostnadsavvikelsen över tio år, i procent och miljoner kronor."""
        flags = self.flags(self.area.deviation_pct, self.area.deviation_mnkr)
        context, area, view = self.context, self.area, self.deviation_view
        last = view.year
        if last is None:
            what = f"Frysningen saknar ”{area.deviation_label}” ({view.kpi.id}) för {context.name}."
            return nothing("avvikelse", area.deviation_label, what)
        finding = _deviation_finding(context, view, last)
        peers = _deviation_peers(context, view)
        return Exhibit(
            id="avvikelse",
            title=area.deviation_label,
            source=Source.OWN,
            finding=finding,
            blocks=tuple(part for part in (peers, _deviation_mnkr(context, view, last)) if part),
            figure=trend(_deviation_trend(context, view, last)),
            alt=f"Linjediagram över avvikelsen i procent av referenskostnaden. {finding} {peers}",
            table=_deviation_table(context, view, last),
            how_to_read=(
                "Noll betyder att nettokostnaden är lika hög som referenskostnaden, det vill säga vad verksamheten "
                f"beräknas kosta med kommunens förutsättningar. Över noll är dyrare.{band_text(context, view.peers, last)} "
                "Avvikelsen skiljer inte högre ambition från lägre effektivitet."
            ),
            notes="" if view.kpi.riket else "Kolada publicerar ingen avvikelse för riket.",
            flags=flags,
        )


def _deviation_finding(context: Context, view: DeviationView, last: int) -> str:
    own = float(view.own[last])
    spread = spread_text(view.own, window(last, 3, view.kpi.breaks), "procent", signed=True)
    side = "över" if own > 0 else "under"
    return (
        f"År {year_text(context, view.kpi, last)} låg {genitive(context.name)} nettokostnad {number(abs(own), 1)} procent "
        f"{side} referenskostnaden{f' ({spread})' if spread else ''}."
    )


def _deviation_peers(context: Context, view: DeviationView) -> str:
    found = view.comparison
    if found is None:
        return f"Avvikelsen går inte att jämföra med {context.peers.definite}: för få har värden."
    interval = found.median_interval
    sure = (
        ""
        if interval is None
        else f" (95 procents osäkerhet: {range_text(interval.low, interval.high, signed=True)})"
    )
    return (
        f"Medianen för {context.peers.definite} var {number(found.median, 1, signed=True)} procent {found.year}{sure}. "
        f"{against_peers(context, found)}"
    )


def _deviation_mnkr(context: Context, view: DeviationView, last: int) -> str:
    parts = []
    published, gap = (recent(values, last).get(last) for values in (view.mnkr, view.gap_mnkr))
    if published is not None:
        parts.append(
            f"I kronor är avvikelsen {amount(published, 'mnkr', 1, signed=True)} {last} mot referenskostnaden, "
            "enligt Kolada."
        )
    if gap is not None:
        spread = spread_text(view.gap_mnkr, window(last, 3, view.kpi.breaks), "", signed=True)
        parts.append(
            f"Mot {context.peers.median} är skillnaden {amount(gap, 'mnkr', 1, signed=True)}"
            f"{f' ({spread})' if spread else ''}. Plus är dyrare."
        )
    return " ".join(parts) or "Avvikelsen går inte att räkna om till kronor med uppgifterna i frysningen."


def _deviation_trend(context: Context, view: DeviationView, last: int) -> Trend:
    median = recent(view.peers["median"], last)
    lines = [Line(context.name, recent(view.own, last), "own")]
    if median:
        lines.append(Line(peer_label(context), median, "peer"))
    return Trend(
        lines=tuple(lines),
        unit="Procent av referenskostnaden",
        decimals=1,
        band=peer_band(context, view.peers, last),
        breaks=break_marks([view.kpi]),
        preliminary=preliminary_years(context, [view.kpi]),
        reference=0.0,
        zero=True,
    )


def _deviation_table(context: Context, view: DeviationView, last: int) -> Table:
    peers = view.peers
    return table_by_year(
        f"Nettokostnadsavvikelse för {context.name} och {context.peers.definite}",
        last,
        (
            (number_column("kommun", context.name, "%"), view.own),
            (number_column("median", "Gruppens median", "%"), peers["median"]),
            (number_column("undre", "Gruppens undre kvartil", "%"), peers["low"]),
            (number_column("ovre", "Gruppens övre kvartil", "%"), peers["high"]),
            (number_column("mnkr", "Avvikelse enligt Kolada", "mnkr", signed=True), view.mnkr),
            (number_column("mnkr_grupp", "Mot gruppens median", "mnkr", signed=True), view.gap_mnkr),
        ),
    )
