"""A difference split into its parts, in each of the last years, against the peers or Riket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pandas as pd

from effektiv.analysis.panels import breaks_of, places_of, window
from effektiv.steps.base import Case
from effektiv.types import RIKET

SPAN = 3
"""Years that the spread of a split is taken over."""

Found = TypeVar("Found")


class Splits(Case):
    """Splits a difference for exhibits that show its parts."""

    def splits_against(
        self, figures: Sequence[str], split: Callable[[pd.DataFrame, Sequence[str]], Found | None]
    ) -> tuple[dict[int, Found], bool]:
        """Split against the peers, or against Riket where the peers lack the figures."""
        against_peers = self._splits(figures, lambda values: split(values, self.peers.members))
        if against_peers:
            return against_peers, False
        return self._splits(figures, lambda values: split(values, (RIKET,))), True

    def _splits(
        self, figures: Sequence[str], split: Callable[[pd.DataFrame], Found | None]
    ) -> dict[int, Found]:
        """Split every year that can be split among the last `SPAN` up to the latest such year."""
        rows = (self.municipality, *self.peers.members, RIKET)
        panels = {kpi: panel.iloc[places_of(panel, rows)] for kpi, panel in self.panels(figures).items()}
        by_year: dict[int, Found] = {}
        breaks = breaks_of(self.kpi(kpi) for kpi in figures)
        for year in sorted({int(year) for panel in panels.values() for year in panel.columns}, reverse=True):
            if by_year and year not in window(max(by_year), SPAN, breaks):
                break
            columns = {kpi: panel[year] for kpi, panel in panels.items() if year in panel.columns}
            found = split(pd.DataFrame(columns))
            if found is not None:
                by_year[year] = found
        return by_year
