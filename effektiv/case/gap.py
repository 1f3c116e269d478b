"""What the gap is worth, and who does better."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from effektiv.analysis import gap as analysis
from effektiv.analysis.panels import by_year, value_at, window
from effektiv.case.core import AreaCore
from effektiv.exhibits import gap as exhibits
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.gap import CostGapView, QualityGapView
from effektiv.types import Better, Gap


class GapView(AreaCore):
    """The gap in mnkr, quality units and persons, and three ways to close it."""

    @cached_property
    def cost_gaps(self) -> tuple[CostGapView, ...]:
        """The area's cost gaps against the peers' median, those that can be computed."""
        views = (self._cost_gap(gap) for gap in self.area.gaps)
        return tuple(view for view in views if view is not None)

    def _cost_gap(self, gap: Gap) -> CostGapView | None:
        figure = self.kpi(analysis.gap_figure(gap))
        needed = (figure.id, gap.reference_cost, gap.population, gap.volume)
        panels = self.national.panels([kpi for kpi in needed if kpi])
        against = analysis.comparators(panels[figure.id], self.peers.members, figure.better)
        found = analysis.cost_gap(gap, panels, self.municipality, against["median"])
        comparison = self.compare(figure.id)
        year = found.latest_year
        if year is None or comparison is None:
            return None
        by_column = {column: float(found.by_year[column][year]) for column in found.by_year.columns}
        own, median, base = by_column["own"], by_column["comparator"], by_column["base"]
        best = float(against["best_quarter"].get(year, np.nan))
        interval = comparison.median_interval if comparison.year == year else None
        ends = [median] if interval is None else [interval.low, interval.high]
        moved = sorted((own - end) * base / 1e6 for end in ends)
        recent = found.by_year["gap_mnkr"].reindex(window(year, 3, figure.breaks)).dropna()
        return CostGapView(
            label=gap.label,
            kpi=figure,
            year=year,
            own=own,
            comparator=median,
            gap=by_column["gap_mnkr"],
            low=moved[0],
            high=moved[-1],
            year_low=float(recent.min()),
            year_high=float(recent.max()),
            best_quarter=(own - best) * base / 1e6,
            by_year=by_year(found.by_year["gap_mnkr"]),
        )

    @cached_property
    def quality_gaps(self) -> tuple[QualityGapView, ...]:
        """Quality gaps against the peers' median: the headline figure first, ended series left out."""
        ids = dict.fromkeys((self.area.headline_quality, *self.area.sections.quality))
        views = (self._quality_gap(kpi) for kpi in ids if self.kpi(kpi).valid_to is None)
        return tuple(view for view in views if view is not None)

    def _quality_gap(self, kpi_id: str) -> QualityGapView | None:
        kpi, comparison = self.kpi(kpi_id), self.compare(kpi_id)
        if comparison is None or kpi.better is Better.NEITHER:
            return None
        worse = analysis.quality_gap(comparison.own, comparison.median, kpi.better)
        return QualityGapView(kpi, comparison, worse, self._persons(kpi_id, worse, comparison.year))

    def _persons(self, kpi_id: str, worse: float, year: int) -> float:
        kpi = self.kpi(kpi_id)
        behind = kpi.persons or kpi.denominator
        if kpi.unit != "%" or behind is None:
            return float("nan")
        return analysis.persons(worse, value_at(self.panel(behind), self.municipality, year))

    def gap(self) -> Exhibit:
        """Show what the gap to the peers is worth."""
        figures = [*(view.kpi.id for view in self.cost_gaps), *(view.kpi.id for view in self.quality_gaps)]
        return exhibits.gap(self.context, self.area, self.cost_gaps, self.quality_gaps, self.flags(*figures))

    def three_ways(self) -> Exhibit:
        """Show three ways to close the gap, each holding the other two factors."""
        view = next((item for item in self.cost_gaps if item.kpi.id == self.area.unit_cost), None)
        quality = next((q for q in self.quality_gaps if q.kpi.id == self.area.headline_quality), None)
        ways = None
        if view is not None and quality is not None:
            ways = analysis.three_ways(
                gap_mnkr=view.gap,
                unit_cost=view.own,
                volume=value_at(self.panel(self.area.volume), self.municipality, view.year),
                quality=quality.comparison.own,
                quality_comparator=quality.comparison.median,
                better=quality.kpi.better,
                count=quality.persons / quality.gap * 100.0 if quality.gap else float("nan"),
            )
        flags = self.flags(self.area.unit_cost, self.area.volume, self.area.headline_quality)
        return exhibits.three_ways(self.context, self.area, ways, view, quality, flags)
