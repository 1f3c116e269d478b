"""Every difference that a report speaks of is judged here, once, and remembered as data.

A report says of a difference where it is (how many of the peers, what share of the country), how long
it has been so, and how sure it is (`effektiv.analysis.certainty`). What is said in words is written from
these judgements alone, so that no two places can judge the same difference differently; a test reads them
back from all reports of a municipality.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Certainty, Difference, difference_of, peers_variance
from effektiv.analysis.panels import Panel, by_year, country, known_values, quantile_by_year, row
from effektiv.analysis.peers import group_median
from effektiv.analysis.place import Place, comparable_years, place
from effektiv.analysis.sizes import Classified, classify, is_relative
from effektiv.steps.base import Case
from effektiv.types import RIKET, Better, Kpi

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
    def is_worse(self) -> bool:
        """Whether the own value is the worse one; False where no direction is known to be better."""
        if self.kpi.better is Better.NEITHER:
            return False
        return self.is_higher == (self.kpi.better is Better.LOWER)

    @property
    def better_peers(self) -> int:
        """How many of the peers have a better value; of a figure without direction, a higher one."""
        lower = self.kpi.better is Better.LOWER
        return self.place.higher_than if lower else self.place.lower_than

    @property
    def worse_peers(self) -> int:
        """How many of the peers have a worse value."""
        return self.place.lower_than if self.kpi.better is Better.LOWER else self.place.higher_than

    def to_data(self) -> dict[str, Any]:
        """Return it as data: what a test reads back to look for contradictions."""
        return {
            "kpi": self.kpi.id,
            "against": self.against,
            "year": self.year,
            "own": self.found.own,
            "comparator": self.found.comparator,
            "certainty": self.certainty.value,
            "size": None if self.size is None else self.size.size.value,
            "sign": int(np.sign(self.found.in_unit)),
        }

    @property
    def lasting(self) -> bool:
        """Whether all comparable years have the same sign, and there is at least one before."""
        return bool(self.before) and self.same_side == self.before


FEWEST_PERSONS = 20
"""No share of fewer persons than this is shown or compared."""


class JudgingCase(Case):
    """A case that judges differences."""

    def shown(self, kpi_id: str) -> Panel:
        """Return a figure's values as reports may show them: a share of fewer than `FEWEST_PERSONS` is missing."""
        panel, kpi = self.panel(kpi_id), self.kpi(kpi_id)
        if not kpi.is_share or kpi.denominator is None:
            return panel
        known: dict[str, Panel] = vars(self).setdefault("_shown", {})
        if kpi_id not in known:
            counts = self.national.panel(kpi.denominator)
            few = counts.reindex(index=panel.index, columns=panel.columns) < FEWEST_PERSONS
            known[kpi_id] = panel.mask(few)
        return known[kpi_id]

    def best(self, kpi_id: str) -> Kpi:
        """Return the figure, or the one that stands in for it where the municipality has no late value of it."""
        kpi = self.kpi(kpi_id)
        if kpi.stand_in is None or self.latest(kpi.id) is not None:
            return kpi
        return self.best(kpi.stand_in)

    def latest(self, kpi_id: str) -> tuple[int, float] | None:
        """Return year and value of the municipality's latest value, not older than `OLDEST` years; else None."""
        known = known_values(self.shown(kpi_id), self.municipality)
        years = [year for year in known if self.year - OLDEST <= year <= self.year]
        return (max(years), known[max(years)]) if years else None

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
        panel = self.shown(kpi.id)
        found_now = self.latest(kpi.id)
        if found_now is None:
            return None
        year, _ = found_now
        own = known_values(panel, self.municipality)
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
        theirs = by_year(comparator)
        before = tuple(
            item
            for item in comparable_years(panel, self.municipality, year, kpi.breaks)
            if item < year and np.isfinite(theirs.get(item, np.nan))
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
            same_side=tuple(item for item in before if np.sign(own[item] - theirs[item]) == sign),
        )

    def _comparator(self, panel: pd.DataFrame, against: str, peers: tuple[str, ...]) -> pd.Series:
        if against == GROUP:
            return group_median(panel, peers)
        if against == NATION:
            return row(panel, RIKET)
        if against == MIDDLE:
            middle = quantile_by_year(country(panel).to_numpy(dtype=float), 0.5)
            return pd.Series(middle, index=panel.columns)
        return pd.Series(0.0, index=panel.columns)

    def places(self, kpi_id: str, years: Sequence[int], members: Sequence[str] | None = None) -> list[Place]:
        """Return where the municipality stands in each of some years."""
        peers = tuple(self.peers.members if members is None else members)
        return [place(self.shown(kpi_id), self.municipality, peers, year) for year in years]
