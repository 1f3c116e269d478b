"""The overview's case: all service areas of one municipality."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from effektiv.analysis.panels import country, latest_year, value_at, window
from effektiv.analysis.peers import PeerGroup, group_median
from effektiv.analysis.services import services
from effektiv.analysis.uncertainty import quarter, three_year_spread
from effektiv.case.core import OverviewCore
from effektiv.exhibits import evidence
from effektiv.exhibits import overview as exhibits
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.overview import SIDES, CheckView, IndexView, OwnChoice, ServiceView
from effektiv.exhibits.swedish import Mark
from effektiv.peers import official_groups
from effektiv.types import IndexDefinition, Service

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
        frame = services(
            rows_of,
            self.national.panels(sorted(wanted)),
            self.municipality,
            self._members,
            breaks={kpi: self.kpi(kpi).breaks for kpi in wanted},
        )
        by_index = {view.definition.id: view for view in self._index_views}
        return {
            service.id: ServiceView(
                service,
                {str(key): cell for key, cell in frame.loc[service.id].items()},
                self._spread(service),
                index=by_index.get(service.index or ""),
                own_group=service.id in self._own_groups,
                lacking=self._own_groups[service.id].lacking if service.id in self._own_groups else 0,
                mark=self.mark(service.deviation_pct) if service.deviation_pct else Mark.NOT_PUBLISHED,
            )
            for service in rows_of.services
        }

    @cached_property
    def _members(self) -> dict[str, Sequence[str]]:
        """Peers per service: Kolada's own group for the service where the area has one."""
        own = {service: group.members for service, group in self._own_groups.items()}
        return {"": self.peers.members, **own}

    @cached_property
    def _own_groups(self) -> dict[str, PeerGroup]:
        """Kolada's own group for a service, by its id; none when the peers are not Kolada's."""
        groups: dict[str, PeerGroup] = {}
        if not self.peers.official:
            return groups
        for service in self.overview.services:
            area = self.catalogue.areas.get(service.focus_area or "")
            if area is not None:
                groups_known = official_groups(self.snapshot)
                group = groups_known.find(area.family, self.name, self.year, self.municipality)
                if group is not None and group.members:
                    groups[service.id] = group
        return groups

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
        places = {side: self._quarters(ids[side], years[side]) for side in SIDES}
        return IndexView(
            definition=definition,
            points={side: self._index_points(ids[side], years[side]) for side in SIDES},
            years=years,
            medians={side: self._index_median(ids[side], years[side]) for side in SIDES},
            quarters={side: (min(found), max(found)) if found else None for side, found in places.items()},
            judged={side: len(found) for side, found in places.items()},
            marks={side: self.mark(ids[side]) for side in SIDES},
        )

    def _index_points(self, kpi: str, year: int | None) -> pd.Series:
        return pd.Series(dtype=float) if year is None else country(self.panel(kpi))[year].dropna()

    def _index_median(self, kpi: str, year: int | None) -> float:
        return (
            float("nan") if year is None else float(group_median(self.panel(kpi), self.peers.members)[year])
        )

    def _quarters(self, kpi: str, year: int | None) -> list[int]:
        """Return the quarter of the country in each of the last three years that can be placed."""
        if year is None:
            return []
        panel = self.panel(kpi)
        recent = [item for item in window(year, 3, self.kpi(kpi).breaks) if item in panel.columns]
        found = (quarter(panel[item], self.municipality) for item in recent)
        return [place for place in found if place is not None]

    @cached_property
    def _deviations(self) -> tuple[str, ...]:
        """Deviations of all services, in per cent and mnkr, and of all services together."""
        services = self.overview.services
        figures = (kpi for service in services for kpi in (service.deviation_pct, service.deviation_mnkr))
        return (*(kpi for kpi in figures if kpi), self.overview.total_deviation_pct)

    @cached_property
    def _indices(self) -> tuple[str, ...]:
        return tuple(kpi for item in self.overview.indices for kpi in _published(item).values())

    def summary(self) -> Exhibit:
        """Visa första sidans fem punkter."""
        flags = self.flags(*self._deviations, *self._indices)
        return exhibits.summary(self.context, self._views, self._all_views[TOTAL], self._index_views, flags)

    def deviations(self) -> Exhibit:
        """Visa nettokostnadsavvikelsen i varje verksamhet."""
        flags = self.flags(*self._deviations)
        return exhibits.deviations(self.context, self._views, self._all_views[TOTAL], flags)

    def indices(self) -> Exhibit:
        """Visa RKA:s index för resurs, kvalitet och effektivitet i sex verksamheter."""
        return exhibits.indices(self.context, self._index_views, self.flags(*self._indices))

    def index_check(self) -> Exhibit:
        """Jämför egna beräkningar av indexen med de publicerade."""
        return exhibits.index_check(
            self.context,
            [self._check(definition, side) for definition in self.overview.indices for side in SIDES],
        )

    def _check(self, definition: IndexDefinition, side: str) -> CheckView:
        index = self.national.index(definition)
        found = index.checks[side]
        year = int(found.index.max()) if len(found) else None
        if year is None:
            return CheckView(definition.label, side, None)
        return CheckView(
            label=definition.label,
            side=side,
            year=year,
            own=value_at(index.own(side), self.municipality, year),
            published=value_at(index.published(side), self.municipality, year),
            mean_difference=float(found["mean_abs_diff"][year]),
            max_difference=float(found["max_abs_diff"][year]),
            n=int(found["n"][year]),
            note=definition.note if side == "quality" else "",
        )

    def services(self) -> Exhibit:
        """Ställ alla verksamheter bredvid varandra."""
        return exhibits.services(self.context, self._views, self.flags(*self._deviations, *self._indices))

    def data_quality(self) -> Exhibit:
        """Visa vad som gäller för varje nyckeltal: år, brott, sekretess och annat."""
        return evidence.data_quality(self.context, self.data_facts)

    def limits(self) -> Exhibit:
        """Visa vad som inte går att dra för slutsatser, och kommunens eget underlag."""
        absent = self.data_facts[self.data_facts["year"].isna()].index
        return evidence.limits(
            self.context,
            self.overview.limits,
            [(item.source, item.observation) for item in self.params.overview.own_evidence],
            {str(kpi): self.kpi(str(kpi)).label for kpi in absent},
        )

    def problem_statement(self) -> Exhibit:
        """Visa underlaget för valet av fokusområden."""
        own = self.params.overview
        choice = OwnChoice(
            areas=tuple(self.catalogue.areas[area].label for area in own.focus_areas),
            reasons=own.reasons,
            limits=own.limits,
            decision=own.decision,
            record_number=own.record_number,
        )
        flags = self.flags(*self._deviations, *self._indices)
        return exhibits.focus_area_basis(self.context, self._views, choice, flags)


def _published(definition: IndexDefinition) -> dict[str, str]:
    return {
        "resource": definition.resource.published,
        "quality": definition.quality.published,
        "efficiency": definition.efficiency,
    }
