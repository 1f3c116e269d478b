"""Efficiency against Riket, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from effektiv.analysis import efficiency as analysis
from effektiv.analysis.comparison import median_by_year
from effektiv.analysis.panels import breaks_of, by_year, window
from effektiv.analysis.uncertainty import quarter_span
from effektiv.exhibits.charts import Line, Trend, panels
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Bullets, Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import (
    break_marks,
    preliminary_years,
    quoted,
    recent,
    rounding_note,
    spread_text,
)
from effektiv.exhibits.swedish import cardinal, genitive, is_missing, number, year
from effektiv.exhibits.table import Column, Table
from effektiv.exhibits.words import named, quarter_text
from effektiv.steps.base import AreaBase
from effektiv.steps.s1_nulagesanalys.national import EFFICIENCY
from effektiv.types import Break, Flag, Kpi

RECENT = 3
"""Years back in which efficiency must exist: an older one says nothing of where we stand."""


@dataclass(frozen=True)
class EfficiencyView:
    """Efficiency against Riket by year, ready to show.

    Attributes
    ----------
    year
        Latest year with unit cost and quality.
    figures, left_out
        Quality figures behind K, and those of the area that the municipality lacks.
    unit_cost
        The figure behind relative unit cost.
    own
        Result of `effektiv.analysis.efficiency.efficiency`.
    peers
        Index year; columns E, K and unit_cost_rel: the peers' medians, 1 is Riket.
    by_figure
        Quality figure -> value relative to Riket in `year`, so that more than 1 is better.
    quarters
        Quarters of the municipalities that E lay in over three years.
    n
        Municipalities with a value of E in `year`.
    """

    year: int
    figures: tuple[Kpi, ...]
    left_out: tuple[Kpi, ...]
    unit_cost: Kpi
    own: pd.DataFrame
    peers: pd.DataFrame
    by_figure: Mapping[str, float]
    quarters: tuple[int, int] | None
    n: int

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Breaks of any figure behind E."""
        return tuple(item for kpi in (*self.figures, self.unit_cost) for item in kpi.breaks)


class EfficiencyCase(AreaBase):
    """Efficiency against Riket."""

    @cached_property
    def efficiency_view(self) -> EfficiencyView | None:
        """Efficiency against Riket by year, with the fullest set of quality figures of the last years."""
        chosen = self._efficiency_year()
        if chosen is None:
            return None
        year, figures = chosen
        quality, cost = self.panels(figures), self.panel(self.area.unit_cost)
        better = self.national.better
        national = (
            self.national.result(EFFICIENCY, self.area)
            if figures == self.area.quality_for_k
            else analysis.national_efficiency(quality, cost, better)
        )
        kpis, unit_cost = tuple(self.kpi(kpi) for kpi in figures), self.kpi(self.area.unit_cost)
        logs = {"E": national.ln_e, "K": national.ln_k, "unit_cost_rel": national.ln_unit_cost}
        parts = analysis.quality_contributions(quality, better, self.municipality, year)
        left_out = [kpi for kpi in self.area.quality_for_k if kpi not in figures]
        return EfficiencyView(
            year=year,
            figures=kpis,
            left_out=tuple(self.kpi(kpi) for kpi in left_out),
            unit_cost=unit_cost,
            own=analysis.efficiency(quality, cost, better, self.municipality),
            peers=pd.DataFrame(
                {name: median_by_year(panel.apply(np.exp), self.peers.members)["median"]
                 for name, panel in logs.items()}
            ),
            by_figure={kpi: float(np.exp(len(figures) * parts[kpi])) for kpi in figures},
            quarters=quarter_span(national.ln_e, self.municipality, year, breaks_of((*kpis, unit_cost))),
            n=int(national.ln_e[year].notna().sum()),
        )  # fmt: skip

    def _efficiency_year(self) -> tuple[int, tuple[str, ...]] | None:
        """Choose the year: the fullest of the last ones with a unit cost, and of those the latest."""
        quality, cost = self.panels(self.area.quality_for_k), self.panel(self.area.unit_cost)
        years = [
            int(year)
            for year in cost.columns
            if analysis.usable_figures({"r": cost}, self.municipality, [int(year)])
        ]
        usable = {
            year: figures
            for year in years
            if year > self.year - RECENT
            and (figures := analysis.usable_figures(quality, self.municipality, [year]))
        }
        if not usable:
            return None
        year = max(usable, key=lambda item: (len(usable[item]), item))
        return year, usable[year]

    def efficiency(self) -> Exhibit:
        """Visa effektiviteten mot riket år för år, och vad den består av."""
        context, view = self.context, self.efficiency_view
        title = "Effektivitet mot riket"
        if view is None:
            lacking = self.lacks((self.area.unit_cost, *self.area.quality_for_k))
            return nothing("effektivitet", title, _no_efficiency(context, lacking))
        finding = _efficiency_finding(context, view)
        band = _efficiency_band(context, view)
        return Exhibit(
            id="effektivitet",
            title=title,
            source=Source.OWN,
            finding=finding,
            blocks=(band, _quality_basis(view), _quality_figures(view)),
            figure=panels([_efficiency_panel(context, view, column, name) for column, name in _PANELS]),
            alt=f"Tre små linjediagram där riket är 100: effektivitet, kvalitet och kostnad. {finding} {band}",
            table=_efficiency_table(context, view),
            how_to_read=(
                "Riket är 100 varje år, så prisökningar påverkar inte. Effektivitet och kvalitet över 100 är bättre än "
                f"riket, kostnad över 100 är dyrare. Kostnaden är {named(view.unit_cost)} ({view.unit_cost.unit}). "
                "Effektiviteten är kvaliteten delad med kostnaden och tar inte hänsyn till kommunens förutsättningar."
            ),
            notes=_efficiency_notes(view),
            flags=self._efficiency_flags(view),
        )

    def _efficiency_flags(self, view: EfficiencyView | None) -> tuple[Flag, ...]:
        return () if view is None else self.flags(*(kpi.id for kpi in view.figures), view.unit_cost.id)


_PANELS = (("E", "Effektivitet"), ("K", "Kvalitet"), ("unit_cost_rel", "Kostnad per enhet"))


def _no_efficiency(context: Context, lacking: Sequence[Kpi]) -> str:
    needs = (
        "Effektivitet kräver kostnad per enhet och minst ett kvalitetsmått för samma år, både för "
        f"{context.name} och för riket"
    )
    if lacking:
        return f"{needs}. Frysningen saknar {quoted(lacking)} för {context.name}."
    return f"{needs}, och det finns inte för något av de senaste åren."


def _hundred(frame: pd.DataFrame, column: str) -> pd.Series:
    return 100.0 * frame[column]


def _efficiency_finding(context: Context, view: EfficiencyView) -> str:
    when = year(view.year, preliminary=view.year in preliminary_years(context, [view.unit_cost]))
    now = {column: float(_hundred(view.own, column)[view.year]) for column, _ in _PANELS}
    spread = spread_text(_hundred(view.own, "E"), window(view.year, 3, view.breaks), "", 0)
    return (
        f"År {when} var {genitive(context.name)} effektivitet {number(now['E'])} när riket är 100"
        f"{f' ({spread})' if spread else ''}: kvaliteten var {number(now['K'])} och kostnaden "
        f"{number(now['unit_cost_rel'])}."
    )


def _efficiency_band(context: Context, view: EfficiencyView) -> str:
    parts = []
    band = quarter_text(view.quarters, f"de {number(view.n)} kommuner som har alla måtten")
    if band:
        count = len(recent(view.own["E"], view.year, len(window(view.year, 3, view.breaks))))
        when = f"De {cardinal(count)} senaste åren" if count > 1 else "Det senaste året"
        parts.append(f"{when} har effektiviteten legat {band}.")
    median = view.peers["E"].get(view.year, np.nan)
    if not is_missing(median):
        parts.append(f"Medianen för {context.peers.definite} var {number(100.0 * float(median))} samma år.")
    return (
        " ".join(parts) or "Effektiviteten går inte att jämföra med andra kommuner: för få har alla måtten."
    )


def _quality_basis(view: EfficiencyView) -> str:
    one = len(view.figures) == 1
    text = (
        f"Kvaliteten {'är måttet' if one else 'vägs samman av måtten'} nedan {view.year}, där riket är 100 och mer "
        "är bättre."
    )
    if view.left_out:
        text += f" Värde saknas för {quoted(view.left_out)}, som därför inte ingår."
    return text


def _quality_figures(view: EfficiencyView) -> Bullets:
    return Bullets(tuple(f"{kpi.label}: {number(100.0 * view.by_figure[kpi.id])}" for kpi in view.figures))


def _efficiency_panel(context: Context, view: EfficiencyView, column: str, name: str) -> Trend:
    behind = {
        "E": (*view.figures, view.unit_cost),
        "K": view.figures,
        "unit_cost_rel": (view.unit_cost,),
    }[column]
    return Trend(
        lines=(
            Line(context.name, recent(_hundred(view.own, column), view.year), "own"),
            Line(f"Median, {context.peers.label}", recent(_hundred(view.peers, column), view.year), "peer"),
        ),
        unit="Riket = 100",
        breaks=break_marks(behind),
        preliminary=preliminary_years(context, behind),
        reference=100.0,
        title=name,
    )


def _efficiency_table(context: Context, view: EfficiencyView) -> Table:
    signs = {"E": 100.0, "K": 100.0, "unit_cost_rel": 100.0, "ln_K": 100.0, "ln_unit_cost_rel": -100.0,
             "ln_E": 100.0}  # fmt: skip
    columns = {name: recent(sign * view.own[name], view.year) for name, sign in signs.items()}
    years = sorted(set().union(*columns.values()))
    rows = [(when, *(values.get(when) for values in columns.values())) for when in years]
    return Table(
        caption=f"Effektivitet för {context.name} och dess delar, riket = 100",
        columns=(
            Column("ar", "År", kind="year"),
            *(Column(key, name, kind="number", decimals=1) for key, name in _PANELS),
            Column("ln_kvalitet", "Kvalitetens del", kind="number", unit="100 × ln", decimals=1, signed=True),
            Column("ln_kostnad", "Kostnadens del", kind="number", unit="100 × ln", decimals=1, signed=True),
            Column("ln_effektivitet", "Tillsammans", kind="number", unit="100 × ln", decimals=1, signed=True),
        ),
        rows=tuple(rows),
        row_header="ar",
    )


def _efficiency_notes(view: EfficiencyView) -> str:
    ln_e, ln_k, ln_cost = (
        100.0 * by_year(view.own[column])[view.year] for column in ("ln_E", "ln_K", "ln_unit_cost_rel")
    )
    note = (
        f"Uppdelningen är exakt i logaritmer: {view.year} är kvalitetens del {number(ln_k, 1, signed=True)} och "
        f"kostnadens del {number(-ln_cost, 1, signed=True)}, tillsammans {number(ln_e, 1, signed=True)} "
        "(100 × ln, nära procent när talen är små)."
    )
    return " ".join(part for part in (note, rounding_note((ln_k, -ln_cost), ln_e, 1)) if part)
