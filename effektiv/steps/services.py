"""The services of the overview, and whom each of them is compared with."""

from __future__ import annotations

from functools import cached_property

from effektiv.peers import official_groups
from effektiv.steps.judging import JudgingCase
from effektiv.types import FocusArea, Service


class ServiceCase(JudgingCase):
    """A case that knows the services that areas lie in."""

    @cached_property
    def focus_year(self) -> int:
        """Latest year that any service's deviation is published for."""
        panels = [
            self.national.panel(item.deviation_pct)
            for item in self.catalogue.overview.costed
            if item.deviation_pct
        ]
        return max((int(panel.columns.max()) for panel in panels if len(panel.columns)), default=self.year)

    def service(self, service_id: str) -> Service:
        """Return a service of the catalogue."""
        return next(item for item in self.catalogue.overview.services if item.id == service_id)

    def area_of(self, service: Service) -> FocusArea | None:
        """Return the focus area that a service's reports are in; None where there is none."""
        return next((item for item in self.catalogue.areas.values() if item.service == service.id), None)

    def group_of(self, service: Service) -> tuple[str, ...]:
        """Return whom a service is compared with: Kolada's own group for it, or those the report was asked for."""
        if not self.peers.official:
            return self.peers.members
        if self.peers_family == service.family:
            return self.peers.members
        group = official_groups(self.snapshot).find(
            service.family, self.name, self.focus_year, self.municipality
        )
        return self.peers.members if group is None else group.members

    @property
    def peers_family(self) -> str:
        """Family of the groups that `peers` is one of."""
        return self._opened.area.family
