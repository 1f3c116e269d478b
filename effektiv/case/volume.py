"""How much is done."""

from __future__ import annotations

import numpy as np

from effektiv.analysis.comparison import compare, median_by_year
from effektiv.analysis.panels import Panel, by_year, row, value_at, window
from effektiv.case.core import AreaCore
from effektiv.case.standing import Standings
from effektiv.exhibits import volume as exhibits
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.standing import Standing
from effektiv.exhibits.volume import IndexSeries, VolumeView
from effektiv.types import RIKET

YEARS_BACK = 10
"""Changes are counted over this many years, where there are as many."""


class Volume(Standings, AreaCore):
    """The area's volume and its change."""

    def volume(self) -> Exhibit:
        """Visa volymen, dess väg över tio år och ändringen mot gruppen."""
        figures = self.area.sections.volume
        views = tuple(self._volume_view(item) for item in self.standings(figures))
        known = (
            view for view in views if view.kpi.id == self.area.volume and not np.isnan(view.standing.own)
        )
        main = next(known, None)
        series = None if main is None or main.base is None else self._index_series(main)
        return exhibits.volume(self.context, main, series, views, self.flags(*figures))

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
    return panel.div(start, axis=0) * exhibits.BASE
