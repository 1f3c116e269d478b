"""Every difference that a report speaks of is judged here, once, and remembered as data.

A report says of a difference where it is (how many of the peers, what share of the country), how long
it has been so, and how sure it is (`effektiv.analysis.certainty`). What is said in words is written from
these judgements alone, so that no two places can judge the same difference differently; a test reads them
back from all reports of a municipality.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Certainty, Difference, difference_of, peers_variance
from effektiv.analysis.comparison import is_relative
from effektiv.analysis.panels import country, row
from effektiv.analysis.peers import group_median
from effektiv.analysis.place import Place, comparable_years, place
from effektiv.analysis.sizes import Classified, classify
from effektiv.steps.base import Case
from effektiv.types import RIKET, Kpi

GROUP, NATION, MIDDLE, REFERENCE = "gruppen", "riket", "landet", "referenskostnaden"
"""Whom a figure is judged against: the peers' median, Riket, the middle municipality, the reference cost (0)."""

OLDEST = 2
"""No value more years older than the report's is shown as today's."""


@dataclass(frozen=True)
class Judgement:
    """What is known of one difference.

    Attributes
    ----------
    kpi
        The figure.
    against
        `GROUP`, `NATION`, `MIDDLE` or `REFERENCE`.
    found
        The difference and how sure it is.
    place
        Among the peers and the country, the same year.
    size
        How large it is; None when there is nothing to measure by.
    before
        The comparable years before it that have an own value, in order.
    same_side
        Those of them in which the difference had the same sign.
    """

    kpi: Kpi
    against: str
    found: Difference
    place: Place
    size: Classified | None
    before: tuple[int, ...]
    same_side: tuple[int, ...]

    @property
    def year(self) -> int:
        """Year judged."""
        return self.found.year

    @property
    def certainty(self) -> Certainty:
        """How sure."""
        return self.found.certainty

    @property
    def is_higher(self) -> bool:
        """Whether the own value is the higher one."""
        return self.found.in_unit > 0

    @property
    def lasting(self) -> bool:
        """Whether all comparable years have the same sign, and there is at least one before."""
        return bool(self.before) and self.same_side == self.before


class JudgingCase(Case):
    """A case that judges differences."""

    def judge(
        self, kpi_id: str, against: str = GROUP, members: Sequence[str] | None = None
    ) -> Judgement | None:
        """Judge the municipality's latest value of a key figure.

        Parameters
        ----------
        kpi_id
            The figure.
        against
            `GROUP`, `NATION`, `MIDDLE` or `REFERENCE`.
        members
            The peers; the report's own when left out.

        Returns
        -------
        Judgement or None
            None without an own value of the last `OLDEST` years, or without anything to compare with then.
        """
        peers = tuple(self.peers.members if members is None else members)
        key = (kpi_id, against, peers)
        if key not in self.judged:
            self.judged[key] = self._judge(self.kpi(kpi_id), against, peers)
        return self.judged[key]

    @property
    def judged(self) -> dict[tuple[str, str, tuple[str, ...]], Judgement | None]:
        """All that has been judged so far, by figure, comparator and peers."""
        found: dict[tuple[str, str, tuple[str, ...]], Judgement | None] = vars(self).setdefault("_judged", {})
        return found

    def _judge(self, kpi: Kpi, against: str, peers: tuple[str, ...]) -> Judgement | None:
        panel = self.panel(kpi.id)
        own = row(panel, self.municipality).dropna()
        years = [int(year) for year in own.index if int(year) >= self.year - OLDEST]
        if not years:
            return None
        year = max(years)
        comparator = self._comparator(panel, against, peers)
        if not np.isfinite(comparator.get(year, np.nan)):
            return None
        noise = self.national.noise(kpi.id, year)
        found = difference_of(
            panel,
            self.municipality,
            comparator,
            noise,
            year,
            variance=peers_variance(noise, peers) if against == GROUP else 0.0,
            breaks=kpi.breaks,
        )
        if found is None:
            return None
        before = tuple(
            item
            for item in comparable_years(panel, self.municipality, year, kpi.breaks)
            if item < year and np.isfinite(comparator.get(item, np.nan))
        )
        sign = np.sign(found.in_unit)
        return Judgement(
            kpi=kpi,
            against=against,
            found=found,
            place=place(panel, self.municipality, peers, year),
            size=classify(
                found.own,
                found.comparator,
                spread=self.national.spread(kpi.id, year),
                relative=is_relative(kpi.unit, found.comparator),
            ),
            before=before,
            same_side=tuple(item for item in before if np.sign(own[item] - comparator[item]) == sign),
        )

    def _comparator(self, panel: pd.DataFrame, against: str, peers: tuple[str, ...]) -> pd.Series:
        if against == GROUP:
            return group_median(panel, peers)
        if against == NATION:
            return row(panel, RIKET)
        if against == MIDDLE:
            return country(panel).median()
        return pd.Series(0.0, index=panel.columns)

    def places(self, kpi_id: str, years: Sequence[int], members: Sequence[str] | None = None) -> list[Place]:
        """Return where the municipality stands in each of some years."""
        peers = tuple(self.peers.members if members is None else members)
        return [place(self.panel(kpi_id), self.municipality, peers, year) for year in years]
