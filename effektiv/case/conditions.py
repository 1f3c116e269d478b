"""What the municipality has to work with, and whom it is compared with."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from effektiv.analysis.panels import cross_section, latest_year, value_at
from effektiv.analysis.peers import nearest_neighbours, robust_sd
from effektiv.case.standing import Standings
from effektiv.exhibits import conditions as exhibits
from effektiv.exhibits.conditions import Forecast, PeerList
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.standing import Standing
from effektiv.peers import official_groups
from effektiv.types import FocusArea

NEIGHBOURS = 7
"""As many as in Kolada's groups of similar municipalities."""


class Conditions(Standings):
    """Structure, population forecasts and peers, of a focus area or of the overview."""

    def conditions(self) -> Exhibit:
        """Visa kommunens förutsättningar mot gruppen och riket."""
        area = self._opened.area
        figures = area.sections.conditions if isinstance(area, FocusArea) else area.conditions
        return exhibits.conditions(self.context, self.standings(figures), self.flags(*figures))

    def forecast(self) -> Exhibit:
        """Visa hur befolkningen väntas ändras, enligt publicerade prognoser."""
        area = self._opened.area
        figures = area.sections.forecast if isinstance(area, FocusArea) else area.forecast
        forecasts = tuple(self._forecast(item) for item in self.standings(figures))
        return exhibits.forecast(self.context, forecasts, self.flags(*figures))

    def _forecast(self, standing: Standing) -> Forecast:
        kpi = standing.kpi
        earlier = latest_year(self.panel(kpi.id), self.municipality, not_after=standing.year - 1)
        persons = float("nan")
        if kpi.persons is not None:
            now = value_at(self.panel(kpi.persons), self.municipality, standing.year)
            persons = standing.own / 100.0 * now if kpi.unit == "%" else standing.own - now
        return Forecast(
            standing=standing,
            persons=persons,
            previous_year=earlier,
            previous=np.nan if earlier is None else float(self.own(kpi.id)[earlier]),
        )

    @cached_property
    def peer_list(self) -> PeerList:
        """Return who the peers are, and the nearest on structure."""
        area, year = self._opened.area, self.year
        figures = area.structural_model.structure if isinstance(area, FocusArea) else area.conditions
        section = cross_section(self.national.panels(figures), figures, year)
        official = official_groups(self.snapshot).find(area.family, self.name, year, self.municipality)
        population = self.kpi(area.population)
        panel = self.panel(area.population)
        population_year = latest_year(panel, self.municipality, not_after=year)
        return PeerList(
            population=population,
            inhabitants=pd.Series(dtype=float) if population_year is None else panel[population_year],
            population_year=population_year,
            structure=section.frame,
            structure_years=section.years,
            shown=self._most_different(section.frame),
            absent=section.absent,
            neighbours=nearest_neighbours(section.frame, self.municipality, k=NEIGHBOURS),
            official=() if official is None else official.members,
        )

    def _most_different(self, structure: pd.DataFrame) -> tuple[str, ...]:
        """Return the figures to put side by side: all, or those that differ most from the peers' median."""
        columns = [str(figure) for figure in structure.columns]
        if len(columns) <= exhibits.MOST_LISTED or self.municipality not in structure.index:
            return tuple(columns[: exhibits.MOST_LISTED])
        group = structure.reindex(list(self.peers.members)).median()
        own = structure.loc[[self.municipality]].iloc[0]
        distance = ((own - group) / structure.apply(robust_sd)).abs().sort_values(ascending=False)
        most = set(distance.index[: exhibits.MOST_LISTED])
        return tuple(figure for figure in columns if figure in most)

    def peer_group(self) -> Exhibit:
        """Visa vilka kommuner den jämförs med, vilka som liknar den mest och hur de har valts."""
        found = self.peer_list
        return exhibits.peers(self.context, found, self.flags(found.population.id, *found.structure_years))
