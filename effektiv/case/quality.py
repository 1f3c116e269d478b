"""What the work gives: now, over the years, and for women and men."""

from __future__ import annotations

import numpy as np
import pandas as pd

from effektiv.analysis.comparison import median_by_year
from effektiv.analysis.gender import difference_interval
from effektiv.analysis.panels import Panel, by_year, country, latest_year, row, value_at
from effektiv.analysis.peers import group_median, robust_sd
from effektiv.analysis.sizes import Classified, classify
from effektiv.analysis.trend import direction, level_change
from effektiv.analysis.uncertainty import Z95, Interval, peer_median_interval, year_noise
from effektiv.case.core import AreaCore
from effektiv.case.standing import Standings
from effektiv.exhibits import quality as exhibits
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.quality import Course, GenderBasis, GenderGap
from effektiv.exhibits.series import YEARS
from effektiv.exhibits.swedish import Mark, mark
from effektiv.types import RIKET, Kpi


class Quality(Standings, AreaCore):
    """The area's quality figures."""

    def quality(self) -> Exhibit:
        """Visa varje kvalitetsmått mot gruppen och riket."""
        figures = self.area.sections.quality
        standings = self.standings(figures, ranges=True)
        return exhibits.quality(self.context, self.area, standings, self.flags(*figures))

    def quality_trend(self) -> Exhibit:
        """Visa de viktigaste kvalitetsmåtten över tio år."""
        figures = tuple(dict.fromkeys((self.area.headline_quality, *self.area.quality_for_k)))
        courses = [self._course(self.kpi(kpi)) for kpi in figures]
        return exhibits.quality_trend(self.context, courses, self.flags(*figures))

    def _course(self, kpi: Kpi) -> Course:
        whole = self.panel(kpi.id)
        last = max((int(year) for year in whole.columns), default=self.year)
        panel = whole[[year for year in whole.columns if int(year) > last - YEARS]]
        group, own = median_by_year(panel, self.peers.members), row(panel, self.municipality)
        comparison = self.compare(kpi.id)
        # The peers' median is subtracted, so that what is the same for all municipalities cancels.
        difference = own - group["median"]
        three = five = None
        spread = float("nan")
        if comparison is not None:
            year, noise = comparison.year, comparison.noise
            three = direction(difference, year=year, span=3, noise=noise, breaks=kpi.breaks)
            five = direction(difference, year=year, span=5, noise=noise, breaks=kpi.breaks)
            spread = self.national.yardstick(kpi.id).spread(year)
        return Course(
            kpi=kpi,
            own=by_year(own),
            median=by_year(group["median"]),
            low=by_year(group["low"]),
            high=by_year(group["high"]),
            riket=by_year(row(panel, RIKET)),
            comparison=comparison,
            three=three,
            five=five,
            level=level_change(difference, kpi.breaks),
            spread=spread,
            marks=self._marks(kpi),
        )

    def _marks(self, kpi: Kpi) -> dict[int, Mark]:
        statuses = self.national.statuses(kpi.id)
        if statuses is None or self.municipality not in statuses.index:
            return {}
        return {int(year): mark(statuses.loc[self.municipality, year]) for year in statuses.columns}

    def quality_by_gender(self) -> Exhibit:
        """Visa kvinnor och män i de kvalitetsmått som Kolada delar upp."""
        figures = [kpi for kpi in self.area.sections.quality if self.kpi(kpi).gender]
        if not figures:
            return exhibits.not_divided(self.area)
        gaps = [gap for gap in (self._gender_gap(self.kpi(kpi)) for kpi in figures) if gap is not None]
        return exhibits.quality_by_gender(self.context, self.area, gaps, self.flags(*figures))

    def _gender_gap(self, kpi: Kpi) -> GenderGap | None:
        women, men = self.panel(kpi.id, "K"), self.panel(kpi.id, "M")
        difference = women - men
        year = latest_year(difference, self.municipality)
        if year is None:
            either = (latest_year(panel, self.municipality) for panel in (women, men))
            year = max((found for found in either if found is not None), default=None)
        if year is None:
            return None
        own = value_at(difference, self.municipality, year)
        interval, basis = self._gender_interval(kpi, women, men, year)
        noise = float("nan") if interval is None else (interval.high - interval.low) / (2 * Z95)
        # What counts as a large difference: how much the figure itself differs between municipalities.
        spread = self.national.yardstick(kpi.id).spread(year)
        median, against_peers = self._peers_gap(difference, year, own, noise)
        return GenderGap(
            kpi=kpi,
            year=year,
            women=value_at(women, self.municipality, year),
            men=value_at(men, self.municipality, year),
            women_mark=self._gender_mark(kpi, "K", year),
            men_mark=self._gender_mark(kpi, "M", year),
            size=classify(own, spread, noise),
            against_peers=against_peers,
            peers_median=median,
            interval=interval,
            basis=basis,
        )

    def _peers_gap(
        self, difference: Panel, year: int, own: float, noise: float
    ) -> tuple[float, Classified | None]:
        """Return the peers' median difference, and the size of the own difference against it."""
        median = float(group_median(difference, self.peers.members).get(year, np.nan))
        interval = peer_median_interval(difference.reindex(list(self.peers.members))[year])
        median_noise = 0.0 if interval is None else (interval.high - interval.low) / (2 * Z95)
        total = float(np.hypot(noise, median_noise))
        return median, classify(own - median, robust_sd(country(difference)[year]), total)

    def _gender_mark(self, kpi: Kpi, gender: str, year: int) -> Mark:
        statuses = self.national.statuses(kpi.id, gender)
        if statuses is None or self.municipality not in statuses.index or year not in statuses.columns:
            return Mark.NOT_PUBLISHED
        return mark(statuses.loc[self.municipality, year])

    def _gender_interval(
        self, kpi: Kpi, women: Panel, men: Panel, year: int
    ) -> tuple[Interval | None, GenderBasis | None]:
        """Return the interval of the difference: by counts for shares, else by its noise between years."""
        values = value_at(women, self.municipality, year), value_at(men, self.municipality, year)
        if kpi.is_share and kpi.denominator is not None:
            counts, basis = self._gender_counts(kpi.denominator, year)
            found = difference_interval(values[0], counts[0], values[1], counts[1])
            if found is not None:
                return found, basis
        noise = year_noise(women - men, year, kpi.breaks).get(self.municipality, np.nan)
        difference = values[0] - values[1]
        if pd.isna(noise) or np.isnan(difference):
            return None, None
        half = float(Z95 * noise)
        return Interval(difference - half, difference + half, 0.95), GenderBasis.YEARS

    def _gender_counts(self, denominator: str, year: int) -> tuple[tuple[float, float], GenderBasis]:
        if self.kpi(denominator).gender:
            women, men = (
                value_at(self.panel(denominator, gender), self.municipality, year) for gender in "KM"
            )
            if not np.isnan(women) and not np.isnan(men):
                return (women, men), GenderBasis.KNOWN
        half = value_at(self.panel(denominator), self.municipality, year) / 2.0
        return (half, half), GenderBasis.HALF
