"""What the gap is worth, and who does better."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from effektiv.analysis import gap as analysis
from effektiv.analysis.panels import by_year, value_at, window
from effektiv.analysis.uncertainty import peer_median_interval
from effektiv.case.core import AreaCore
from effektiv.exhibits import gap as exhibits
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.gap import CostGapView, QualityGapView
from effektiv.types import Better, Gap, Kpi


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
        year = found.latest_year
        if year is None:
            return None
        own, median, base, worth = (
            float(found.by_year[column][year]) for column in ("own", "comparator", "base", "gap_mnkr")
        )
        recent = found.by_year["gap_mnkr"].reindex(window(year, 3, figure.breaks)).dropna()
        low, high = self._moved_median(figure.id, year)
        comparison = self.compare(figure.id)
        return CostGapView(
            label=gap.label,
            kpi=figure,
            year=year,
            own=own,
            comparator=median,
            base=base,
            gap=worth,
            low=(own - high) * base / 1e6,
            high=(own - low) * base / 1e6,
            year_low=float(recent.min()),
            year_high=float(recent.max()),
            years=tuple(int(item) for item in recent.index),
            best_quarter=(own - float(against["best_quarter"][year])) * base / 1e6,
            by_year=by_year(found.by_year["gap_mnkr"]),
            size=comparison.size if comparison is not None and comparison.year == year else None,
        )

    def _moved_median(self, kpi: str, year: int) -> tuple[float, float]:
        """Return the ends of the interval of the peers' median; missing in a group too small for one."""
        interval = peer_median_interval(self.panel(kpi).reindex(list(self.peers.members))[year])
        return (np.nan, np.nan) if interval is None else (interval.low, interval.high)

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
        count = self._count(kpi, comparison.year)
        return QualityGapView(kpi, comparison, worse, count, analysis.persons(worse, count))

    def _count(self, kpi: Kpi, year: int) -> float:
        """Return how many persons a share speaks for; missing when that is not known."""
        behind = kpi.persons or kpi.denominator
        if kpi.unit != "%" or behind is None:
            return float("nan")
        return value_at(self.panel(behind), self.municipality, year)

    def gap(self) -> Exhibit:
        """Visa vad skillnaden mot gruppen är värd i kronor, kvalitet och personer."""
        figures = [*(view.kpi.id for view in self.cost_gaps), *(view.kpi.id for view in self.quality_gaps)]
        return exhibits.gap(self.context, self.area, self.cost_gaps, self.quality_gaps, self.flags(*figures))

    def three_ways(self) -> Exhibit:
        """Visa tre vägar att stänga gapet, där var och en ändrar en sak och håller de andra två."""
        view = next((item for item in self.cost_gaps if item.kpi.id == self.area.unit_cost), None)
        quality = next((q for q in self.quality_gaps if q.kpi.id == self.area.headline_quality), None)
        ways = None
        if view is not None:
            ways = analysis.three_ways(
                gap_mnkr=view.gap,
                unit_cost=view.own,
                volume=value_at(self.panel(self.area.volume), self.municipality, view.year),
                quality=np.nan if quality is None else quality.comparison.own,
                quality_comparator=np.nan if quality is None else quality.comparison.median,
                better=self.kpi(self.area.headline_quality).better,
                count=np.nan if quality is None else quality.count,
            )
        flags = self.flags(self.area.unit_cost, self.area.volume, self.area.headline_quality)
        return exhibits.three_ways(self.context, self.area, ways, view, quality, flags)
