"""Where the municipality stands in one key figure: own value, peers and Riket the same year."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from effektiv.analysis.panels import Panel, latest_year, published_years, value_at, values_in
from effektiv.analysis.uncertainty import three_year_spread, wilson
from effektiv.case.core import CaseCore
from effektiv.exhibits.standing import Range, Standing, Uncertainty
from effektiv.exhibits.swedish import Mark
from effektiv.types import RIKET, Kpi


class Standings(CaseCore):
    """Reads one figure at a time for exhibits that list several."""

    def standings(self, kpis: Iterable[str], *, ranges: bool = False) -> tuple[Standing, ...]:
        """Return where the municipality stands in each figure; a figure without any value is left out.

        Parameters
        ----------
        kpis
            Ids.
        ranges
            Also give the uncertainty of the own value.
        """
        found = (self._standing(kpi, ranges=ranges) for kpi in kpis)
        return tuple(item for item in found if item is not None)

    def _standing(self, kpi_id: str, *, ranges: bool) -> Standing | None:
        kpi, panel, comparison = self.kpi(kpi_id), self.panel(kpi_id), self.compare(kpi_id)
        year = comparison.year if comparison is not None else self._latest_shown(panel)
        if year is None:
            return None
        own = value_at(panel, self.municipality, year)
        peers = values_in(panel, self.peers.members, year)
        return Standing(
            kpi=kpi,
            year=year,
            own=own,
            peers=peers,
            riket=value_at(panel, RIKET, year),
            comparison=comparison,
            spread=self.national.yardstick(kpi_id).spread(year),
            range=self._range(kpi, panel, own, year) if ranges else None,
            mark=self._mark(kpi_id),
        )

    def _latest_shown(self, panel: Panel) -> int | None:
        """Return the year to show where no comparison can be made: the own latest, else the country's."""
        own = latest_year(panel, self.municipality)
        return own if own is not None else max(published_years(panel), default=None)

    def _mark(self, kpi_id: str) -> Mark:
        return self.mark(kpi_id) if kpi_id in self._statuses else Mark.NOT_PUBLISHED

    def _range(self, kpi: Kpi, panel: Panel, own: float, year: int) -> Range | None:
        """Return Kolada's own margin, else Wilson's interval of a share, else the spread of three years."""
        if np.isnan(own):
            return None
        if kpi.uncertainty is not None:
            margin = value_at(self.panel(kpi.uncertainty), self.municipality, year)
            if not np.isnan(margin):
                # A margin round a share near 0 or 100 per cent reaches past what a share can be.
                ends = np.clip([own - margin, own + margin], *_limits(kpi))
                return Range(float(ends[0]), float(ends[1]), Uncertainty.PUBLISHED)
        if kpi.is_share and kpi.denominator is not None:
            interval = wilson(own, value_at(self.panel(kpi.denominator), self.municipality, year))
            if interval is not None:
                return Range(interval.low, interval.high, Uncertainty.COUNT)
        spread = three_year_spread(panel, self.municipality, year, kpi.breaks)
        if spread is None or len(spread.years) < 2:
            return None
        return Range(spread.low, spread.high, Uncertainty.YEARS)


def _limits(kpi: Kpi) -> tuple[float, float]:
    return (0.0, 100.0) if kpi.unit == "%" else (-np.inf, np.inf)
