"""The overview's map: the municipality among those around it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from effektiv.analysis.comparison import compare
from effektiv.analysis.geography import FEWEST, Geography
from effektiv.analysis.panels import latest_year, published_years, value_at
from effektiv.analysis.sizes import Size, limit
from effektiv.case.core import OverviewCore
from effektiv.data.borders import municipal_borders
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.overview_map import Extent, Surroundings, no_map, surroundings_map
from effektiv.exhibits.swedish import Mark, cardinal, mark


@lru_cache(maxsize=1)
def geography() -> Geography:
    """Return Sweden's municipalities on the ground, projected once a process."""
    return Geography(municipal_borders())


class Maps(OverviewCore):
    """What the overview's report shows on a map."""

    def map(self) -> Exhibit:
        """Visa kommunens och grannarnas nettokostnadsavvikelse på en karta."""
        if self.snapshot.is_example:
            return no_map("Kommunerna i exempeldata är påhittade och visas därför inte på någon karta.")
        if self.municipality not in geography().shapes:
            return no_map(
                f"Kartan kan inte visas, för {self.name} ({self.municipality}) är ingen av Sveriges kommuner."
            )
        seen = self._surroundings()
        if seen is None:
            return no_map(
                f"Kartan kan inte visas, för frysningen har total nettokostnadsavvikelse för färre än "
                f"{cardinal(FEWEST)} kommuner kring {self.name}."
            )
        return surroundings_map(self.context, seen, self.flags(seen.kpi))

    def _surroundings(self) -> Surroundings | None:
        """Return what the map shows; None when fewer than `FEWEST` have a value."""
        kpi = self.overview.total_deviation_pct
        panel, ground = self.panel(kpi), geography()
        around = ground.around(self.municipality)
        shown = tuple(code for code in around if code in self.national.names)
        others = [code for code in shown if code != self.municipality]
        yardstick = self.national.yardstick(kpi)
        comparison = compare(
            panel, self.municipality, others, breaks=self.kpi(kpi).breaks, yardstick=yardstick
        )
        year = comparison.year if comparison is not None else latest_year(panel, self.municipality)
        if year is None:
            year = max(published_years(panel), default=None)
        if year is None:
            return None
        noise = yardstick.noise(year).to_numpy(dtype=float)
        usual = float(np.median(noise[np.isfinite(noise)])) if np.isfinite(noise).any() else float("nan")
        # Rounded as they are written, so that a value on the map agrees with the key.
        somewhat, clearly = (
            round(limit(size, yardstick.spread(year), usual), 1) for size in (Size.SOMEWHAT, Size.CLEARLY)
        )
        values = {code: value_at(panel, code, year) for code in shown}
        if np.isnan(somewhat) or np.isfinite(list(values.values())).sum() < FEWEST:
            return None
        return Surroundings(
            kpi=kpi,
            year=year,
            values=values,
            marks={code: self._why_missing(kpi, code, year) for code in shown if np.isnan(values[code])},
            neighbours=tuple(code for code in ground.neighbours(self.municipality) if code in values),
            shapes={code: ground.shapes[code] for code in shown},
            spots={code: ground.spot(code) for code in shown},
            somewhat=somewhat,
            clearly=clearly,
            comparison=comparison,
            extent=self._extent(),
        )

    def _extent(self) -> Extent:
        ground = geography()
        if not ground.shows_county(self.municipality):
            return Extent.NEIGHBOURS
        county, near = self.municipality[:2], ground.neighbours(self.municipality)
        around = ground.around(self.municipality)
        whole = all(code.startswith(county) or code in near for code in around)
        return Extent.COUNTY if whole else Extent.MORE

    def _why_missing(self, kpi: str, code: str, year: int) -> Mark:
        statuses = self.national.statuses(kpi)
        if statuses is None or code not in statuses.index or year not in statuses.columns:
            return Mark.NOT_PUBLISHED
        return mark(statuses.loc[code, year])
