"""The overview's case: all service areas of one municipality."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from effektiv.analysis.index import index_check
from effektiv.analysis.panels import latest_year
from effektiv.analysis.peers import official_group
from effektiv.analysis.services import services
from effektiv.analysis.uncertainty import quarter_span, three_year_spread
from effektiv.case.core import OverviewCore
from effektiv.exhibits import evidence
from effektiv.exhibits import overview as exhibits
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.overview import SIDES, CheckView, IndexView, ServiceView
from effektiv.types import Flag, IndexDefinition, Service

TOTAL = "totalt"


class OverviewView(OverviewCore):
    """What the overview's report shows."""

    @cached_property
    def _all_views(self) -> dict[str, ServiceView]:
        overview = self.overview
        total = Service(
            id=TOTAL,
            label="Totalt, utan LSS",
            deviation_pct=overview.total_deviation_pct,
            net_cost=overview.total_net_cost,
        )
        rows_of = overview.model_copy(update={"services": (*overview.services, total)})
        wanted = {
            kpi
            for service in rows_of.services
            for kpi in (
                service.deviation_pct,
                service.deviation_mnkr,
                service.reference_cost,
                service.net_cost,
            )
            if kpi
        } | {overview.population, overview.total_net_cost}
        wanted |= {kpi for item in overview.indices for kpi in _published(item).values()}
        frame = services(
            rows_of,
            self.national.panels(sorted(wanted)),
            self.municipality,
            self._members,
            breaks={kpi: self.kpi(kpi).breaks for kpi in wanted},
        )
        return {
            service.id: ServiceView(
                service,
                {str(key): cell for key, cell in frame.loc[service.id].items()},
                self._spread(service),
            )
            for service in rows_of.services
        }

    @cached_property
    def _members(self) -> dict[str, Sequence[str]]:
        """Peers per service: Kolada's own group for the service where the area has one."""
        members: dict[str, Sequence[str]] = {"": self.peers.members}
        if not self.peers.official:
            return members
        for service in self.overview.services:
            if service.focus_area in self.catalogue.areas:
                family = self.catalogue.areas[service.focus_area].family
                group = official_group(self.snapshot.groups, family, self.name, self.year, self.municipality)
                if group is not None:
                    members[service.id] = group.members
        return members

    def _spread(self, service: Service) -> tuple[float, float] | None:
        if service.deviation_pct is None:
            return None
        panel = self.panel(service.deviation_pct)
        year = latest_year(panel, self.municipality)
        if year is None:
            return None
        breaks = self.kpi(service.deviation_pct).breaks
        found = three_year_spread(panel, self.municipality, year, breaks)
        return None if found is None else (found.low, found.high)

    @property
    def _views(self) -> tuple[ServiceView, ...]:
        return tuple(view for key, view in self._all_views.items() if key != TOTAL)

    @cached_property
    def _index_views(self) -> tuple[IndexView, ...]:
        return tuple(self._index_view(definition) for definition in self.overview.indices)

    def _index_view(self, definition: IndexDefinition) -> IndexView:
        ids = _published(definition)
        years = {side: latest_year(self.panel(ids[side]), self.municipality) for side in SIDES}
        return IndexView(
            definition=definition,
            points={side: self._index_values(ids[side], years[side]) for side in SIDES},
            years=years,
            quarters={side: self._quarters(ids[side], years[side]) for side in SIDES},
        )

    def _index_values(self, kpi: str, year: int | None) -> pd.Series:
        return pd.Series(dtype=float) if year is None else self.panel(kpi)[year].dropna()

    def _quarters(self, kpi: str, year: int | None) -> tuple[int, int] | None:
        if year is None:
            return None
        return quarter_span(self.panel(kpi), self.municipality, year, self.kpi(kpi).breaks)

    def _flags(self) -> tuple[Flag, ...]:
        return self.flags(*(view.service.deviation_pct for view in self._views if view.service.deviation_pct))

    def summary(self) -> Exhibit:
        """Show the five points of the first page."""
        return exhibits.summary(
            self.context, self.overview, self._views, self._all_views[TOTAL], self._index_views, self._flags()
        )

    def deviations(self) -> Exhibit:
        """Show the net cost deviation of every service."""
        return exhibits.deviations(self.context, self._views, self._all_views[TOTAL], self._flags())

    def indices(self) -> Exhibit:
        """Show RKA's indices for six services."""
        figures = [kpi for item in self.overview.indices for kpi in _published(item).values()]
        return exhibits.indices(self.context, self._index_views, self.flags(*figures))

    def index_check(self) -> Exhibit:
        """Compare our own computation of the indices with the published ones."""
        return exhibits.index_check(
            self.context,
            [self._check(definition, side) for definition in self.overview.indices for side in SIDES],
        )

    def _check(self, definition: IndexDefinition, side: str) -> CheckView:
        index = self.national.index(definition)
        own = {
            "resource": index.own_resource,
            "quality": index.own_quality,
            "efficiency": index.own_efficiency,
        }
        published = {"resource": index.resource, "quality": index.quality, "efficiency": index.efficiency}
        found = index_check(own[side], published[side], self.municipality).by_year
        year = int(found.index.max()) if len(found) else None
        row = found.loc[year].to_dict() if year is not None else {}
        missing = float("nan")
        return CheckView(
            label=definition.label,
            side=side,
            year=year,
            own=float(row.get("own", missing)),
            published=float(row.get("published", missing)),
            mean_difference=float(row.get("mean_abs_diff", missing)),
            max_difference=float(row.get("max_abs_diff", missing)),
            n=int(row.get("n", 0)),
            note=definition.note if side == "quality" else "",
        )

    def services(self) -> Exhibit:
        """Put all services side by side."""
        return exhibits.services(self.context, self._views, self._flags())

    def data_quality(self) -> Exhibit:
        """Show the state of every figure in the report."""
        return evidence.data_quality(self.context, self.data_facts)

    def limits(self) -> Exhibit:
        """Show what cannot be concluded, and the municipality's own evidence."""
        absent = self.data_facts[self.data_facts["year"].isna()].index
        return evidence.limits(
            self.context,
            self.overview.limits,
            [(item.source, item.observation) for item in self.params.overview.own_evidence],
            {str(kpi): self.kpi(str(kpi)).label for kpi in absent},
        )

    def problem_statement(self) -> Exhibit:
        """Show the basis for choosing focus areas."""
        own = self.params.overview
        chosen = [
            self.catalogue.areas[area].label for area in own.focus_areas if area in self.catalogue.areas
        ]
        return exhibits.focus_area_basis(
            self.context, self._views, chosen, own.reasons, own.decision, self._flags()
        )


def _published(definition: IndexDefinition) -> dict[str, str]:
    return {
        "resource": definition.resource.published,
        "quality": definition.quality.published,
        "efficiency": definition.efficiency,
    }
