"""Where the municipality stands: the quadrant, and efficiency against Riket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from effektiv.analysis import efficiency as analysis
from effektiv.analysis.comparison import median_by_year
from effektiv.analysis.panels import Panel, by_year, row, value_at, window
from effektiv.analysis.peers import group_median
from effektiv.analysis.role_models import role_models
from effektiv.analysis.uncertainty import quarter_span, year_noise
from effektiv.case.core import AreaCore, CaseCore
from effektiv.exhibits import position as exhibits
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.position import ChangeView, EfficiencyView, IndexPosition, own_index_note
from effektiv.exhibits.series import lower_first, quoted
from effektiv.types import Break, Flag, IndexDefinition, Kpi, OwnIndex

SPAN = 5
"""Years that a change in efficiency is measured over, where the figures reach that far back."""

NEEDED = 2
"""Years of the last three in which a role model must do better on both."""

RECENT = 3
"""Years back in which efficiency must exist: an older one says nothing of where we stand."""


class Position(AreaCore):
    """Cost against quality, and efficiency against Riket: level and change."""

    # --- the quadrant ---------------------------------------------------------------------

    @cached_property
    def role_model_years(self) -> tuple[int, ...]:
        """The last three years, back to a break, up to the latest with both cost and quality."""
        cost, quality = self.kpi(self.area.deviation_pct), self.kpi(self.area.headline_quality)
        year = _latest_of_both(self.panel(cost.id), self.panel(quality.id), self.municipality)
        return () if year is None else window(year, 3, _breaks((cost, quality)))

    @cached_property
    def role_model_frame(self) -> pd.DataFrame | None:
        """Role models on net cost deviation and the headline quality, best first.

        See `effektiv.analysis.role_models.role_models` for the columns. None when the
        municipality lacks one of the figures in too many of `role_model_years` to judge.
        """
        cost, quality = self.kpi(self.area.deviation_pct), self.kpi(self.area.headline_quality)
        panels = self.panel(cost.id), self.panel(quality.id)
        own = [row(panel, self.municipality).reindex(list(self.role_model_years)) for panel in panels]
        if (own[0].notna() & own[1].notna()).sum() < NEEDED:
            return None
        year = self.role_model_years[-1]
        return role_models(
            *panels,
            quality.better,
            self.municipality,
            self.peers.members,
            year=year,
            cost_noise=self.national.yardstick(cost.id).noise(year),
            quality_noise=self.national.yardstick(quality.id).noise(year),
            breaks=_breaks((cost, quality)),
            needed=NEEDED,
        )

    @cached_property
    def index_position(self) -> IndexPosition | None:
        """Points on cost and quality: Kolada's index, our check of it, or our own construction."""
        if self.area.index is not None:
            return self._rka_position(self.catalogue.index(self.area.index))
        return None if self.area.own_index is None else self._constructed_position(self.area.own_index)

    def _rka_position(self, definition: IndexDefinition) -> IndexPosition | None:
        index = self.national.index(definition)
        parts = (definition.resource, definition.quality)
        scope = lower_first(definition.label)
        published = self._place(
            "published", index.resource, index.quality, [part.published for part in parts], scope=scope
        )
        if published is not None:
            return published
        inputs = [item.kpi for part in parts for item in part.inputs]
        note = (
            "Läget är beräknat med RKA:s metod ur de nyckeltal som index uppges bygga på, och kan avvika från "
            f"det publicerade. {definition.note}"
        )
        return self._place("check", index.own_resource, index.own_quality, inputs, note.strip(), scope=scope)

    def _constructed_position(self, definition: OwnIndex) -> IndexPosition | None:
        position = self.national.own_position(self.area)
        return self._place(
            "own",
            position.resource,
            position.quality,
            (definition.cost, *definition.quality),
            own_index_note(definition, self.catalogue.kpis),
            by_year(position.models["unexplained_pct"]),
        )

    def _place(
        self,
        kind: Literal["published", "check", "own"],
        resource: Panel,
        quality: Panel,
        figures: Sequence[str],
        note: str = "",
        unexplained: Mapping[int, float] | None = None,
        scope: str = "",
    ) -> IndexPosition | None:
        year = _latest_of_both(resource, quality, self.municipality)
        if year is None:
            return None
        kpis, found = tuple(self.kpi(kpi) for kpi in figures), self.role_model_frame
        return IndexPosition(
            kind=kind,
            resource=resource,
            quality=quality,
            year=year,
            figures=kpis,
            breaks=_breaks(kpis),
            role_models=() if found is None else tuple(str(code) for code in found.index),
            role_model_figures=(self.kpi(self.area.deviation_pct), self.kpi(self.area.headline_quality)),
            note=note,
            unexplained_pct=(unexplained or {}).get(year),
            scope=scope,
        )

    def quadrant(self) -> Exhibit:
        """Visa kostnad mot kvalitet för alla kommuner, och kommunens egen väg dit den är nu."""
        position = self.index_position
        flags = () if position is None else self.flags(*(kpi.id for kpi in position.figures))
        return exhibits.quadrant(self.context, position, self._no_index_position(), flags)

    def _no_index_position(self) -> str:
        own = self.area.own_index
        if own is not None:
            lacking = lacks(self, (own.cost, *own.quality))
            what = (
                f"Frysningen saknar {quoted(lacking)}"
                if lacking
                else "Inget år har både kostnad och kvalitet"
            )
            return (
                f"Kolada har inget index för {self.area.in_text}. {what} för ett eget läge för {self.name}."
            )
        return (
            f"Frysningen saknar både RKA:s index för {self.area.in_text} och det som behövs för att räkna index "
            f"för {self.name}."
        )

    # --- efficiency against Riket -----------------------------------------------------------

    @cached_property
    def efficiency_view(self) -> EfficiencyView | None:
        """Efficiency against Riket by year, with the fullest set of quality figures of the last years."""
        chosen = self._efficiency_year()
        if chosen is None:
            return None
        year, figures = chosen
        quality, cost = self.national.panels(figures), self.panel(self.area.unit_cost)
        better = self.national.better
        national = (
            self.national.efficiency(self.area)
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
            quarters=quarter_span(national.ln_e, self.municipality, year, _breaks((*kpis, unit_cost))),
            n=int(national.ln_e[year].notna().sum()),
        )  # fmt: skip

    def _efficiency_year(self) -> tuple[int, tuple[str, ...]] | None:
        """Choose the year: the fullest of the last ones with a unit cost, and of those the latest."""
        quality, cost = self.national.panels(self.area.quality_for_k), self.panel(self.area.unit_cost)
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
        view, lacking = self.efficiency_view, lacks(self, (self.area.unit_cost, *self.area.quality_for_k))
        return exhibits.efficiency(self.context, view, lacking, self._efficiency_flags(view))

    def _efficiency_flags(self, view: EfficiencyView | None) -> tuple[Flag, ...]:
        return () if view is None else self.flags(*(kpi.id for kpi in view.figures), view.unit_cost.id)

    # --- change in efficiency ---------------------------------------------------------------

    @cached_property
    def change_view(self) -> ChangeView | None:
        """Change in efficiency over the longest span up to `SPAN` years without breaks."""
        view = self.efficiency_view
        if view is None:
            return None
        quality = self.national.panels([kpi.id for kpi in view.figures])
        cost, better = self.panel(self.area.unit_cost), self.national.better
        first = self._first_year(view, quality, cost)
        if first is None:
            return None
        change = analysis.efficiency_change(
            quality, cost, better, self.municipality, from_year=first, to_year=view.year
        )
        if change is None:
            return None
        used = {kpi: quality[kpi] for kpi in change.figures}
        national = analysis.national_efficiency(used, cost, better)
        logs = {kpi: analysis.log_relative(panel, better[kpi]) for kpi, panel in used.items()}
        logs[self.area.unit_cost] = national.ln_unit_cost
        changes = (national.ln_e[view.year] - national.ln_e[first]).to_frame(view.year)
        return ChangeView(
            change=change,
            noise=_careful_noise(national.ln_e, self.municipality, view.year, view.breaks),
            peers=float(group_median(changes, self.peers.members)[view.year]),
            before={kpi: float(np.exp(value_at(panel, self.municipality, first)))
                    for kpi, panel in logs.items()},
            after={kpi: float(np.exp(value_at(panel, self.municipality, view.year)))
                   for kpi, panel in logs.items()},
        )  # fmt: skip

    def _first_year(self, view: EfficiencyView, quality: Mapping[str, Panel], cost: Panel) -> int | None:
        """Choose the earliest year with all the figures, else the earliest with any of them."""
        figures = {
            year: analysis.usable_figures(quality, self.municipality, [year])
            for year in window(view.year, SPAN + 1, view.breaks)[:-1]
            if analysis.usable_figures({"r": cost}, self.municipality, [year])
        }
        full = [year for year, usable in figures.items() if len(usable) == len(view.figures)]
        some = [year for year, usable in figures.items() if usable]
        return min(full or some, default=None)

    def efficiency_change(self) -> Exhibit:
        """Visa hur effektiviteten har ändrats på några år, delat på kvalitet och kostnad."""
        flags = self._efficiency_flags(self.efficiency_view)
        return exhibits.efficiency_change(self.context, self.area, self.change_view, flags)


def lacks(case: CaseCore, kpis: Iterable[str]) -> tuple[Kpi, ...]:
    """Return the key figures that a case's municipality has no value of."""
    return tuple(case.kpi(kpi) for kpi in kpis if not case.own(kpi).notna().any())


def _careful_noise(panel: Panel, municipality: str, year: int, breaks: Sequence[Break]) -> float:
    """Return the municipality's year-to-year noise, but never less than the median municipality's.

    Its own is judged on a handful of changes: a run of quiet years would make it look too sure.
    """
    noise = year_noise(panel, year, breaks)
    return float(np.fmax(noise.get(municipality, np.nan), noise.median()))


def _latest_of_both(one: Panel, other: Panel, municipality: str) -> int | None:
    """Return the latest year in which the municipality has a value in both panels."""
    both = row(one, municipality).dropna().index.intersection(row(other, municipality).dropna().index)
    return max((int(year) for year in both), default=None)


def _breaks(kpis: Sequence[Kpi]) -> tuple[Break, ...]:
    return tuple(item for kpi in kpis for item in kpi.breaks)
