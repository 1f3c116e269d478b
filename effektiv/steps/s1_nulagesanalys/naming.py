"""Which services to look at first: named focus areas, what is near, and what each is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from effektiv.analysis.focus import FocusAreas, Level, Named, choose, sides
from effektiv.analysis.panels import cell, value_at
from effektiv.analysis.parts import Part, holding_part, surplus_by_part
from effektiv.analysis.place import Place, comparable_years
from effektiv.steps.judging import GROUP, REFERENCE, Judgement
from effektiv.steps.s1_nulagesanalys.national import FOCUS, PARTS, REFERENCE_COST
from effektiv.steps.services import ServiceCase
from effektiv.types import Service


@dataclass(frozen=True)
class ServiceFacts:
    """What is known of the cost of one service in the municipality.

    Attributes
    ----------
    service
        Which service.
    year
        Year of the deviation.
    percent, mnkr
        Deviation by comparable year, the last of them `year`.
    per_inhabitant
        The deviation in kronor per inhabitant.
    share_pct
        It as a share of the municipality's net cost, per cent; missing when that is not known.
    places
        Among the peers in each comparable year, in order.
    judged
        Against the reference cost.
    sides
        How near each side is to being named.
    is_broken
        Whether a break keeps older years out.
    """

    service: Service
    year: int
    percent: Mapping[int, float]
    mnkr: Mapping[int, float]
    per_inhabitant: float
    share_pct: float
    places: tuple[Place, ...]
    judged: Judgement | None
    sides: Named | None
    is_broken: bool

    @property
    def now(self) -> float:
        """The latest deviation in mnkr."""
        return self.mnkr[self.year]

    @property
    def now_pct(self) -> float:
        """The latest deviation in per cent."""
        return self.percent[self.year]

    @property
    def place(self) -> Place:
        """Among the peers in the latest year."""
        return self.places[-1]

    @property
    def is_dear(self) -> bool:
        """Whether its cost is what it is named for."""
        return self.sides is not None and self.sides.cost is Level.NAMED

    @property
    def is_low(self) -> bool:
        """Whether its results are what it is named for."""
        return self.sides is not None and self.sides.quality is Level.NAMED


@dataclass(frozen=True)
class LowQuality:
    """What a service is named for, or near to, when its results are low.

    Attributes
    ----------
    z
        Mean over the years in robust standard deviations from the country's median; negative is worse.
    years, years_low
        How many years it is of, and in how many the municipality lay in the country's lowest quarter.
    peers_better, peers_known
        How many of the peers are better over the same years, of how many with values.
    """

    z: float
    years: int
    years_low: int
    peers_better: int
    peers_known: int


class NamingCase(ServiceCase):
    """A case that knows which services are named."""

    @cached_property
    def focus(self) -> FocusAreas:
        """Both sides of all services in all municipalities."""
        return self.national.result(FOCUS, self.focus_year)

    @cached_property
    def choice(self) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
        """The named services in order, and the others over or near the limit."""
        mnkr = {key: item.now for key, item in self.service_facts.items() if np.isfinite(item.now)}
        return choose(self.focus, self.municipality, mnkr)

    @property
    def named(self) -> tuple[Named, ...]:
        """The named services in order."""
        return self.choice[0]

    @cached_property
    def service_facts(self) -> dict[str, ServiceFacts]:
        """By service id, those with a deviation of the latest years."""
        found = ((service.id, self.facts_of(service)) for service in self.catalogue.overview.costed)
        return {key: facts for key, facts in found if facts is not None}

    def facts_of(self, service: Service) -> ServiceFacts | None:
        """Return what is known of a service's cost; None where nothing late is."""
        known: dict[str, ServiceFacts | None] = vars(self).setdefault("_known_facts", {})
        if service.id not in known:
            known[service.id] = self._facts_of(service) if service.deviation_pct else None
        return known[service.id]

    def _facts_of(self, service: Service) -> ServiceFacts | None:
        assert service.deviation_pct is not None
        kpi, panel = self.kpi(service.deviation_pct), self.panel(service.deviation_pct)
        own = self.own(kpi.id).dropna()
        if own.empty or int(own.index.max()) < self.focus_year - 1:
            return None
        year = int(own.index.max())
        years = comparable_years(panel, self.municipality, year, kpi.breaks)
        reference = self.national.result(REFERENCE_COST, service)
        mnkr = {}
        for item in years:
            published = np.nan
            if service.deviation_mnkr is not None:
                published = value_at(self.panel(service.deviation_mnkr), self.municipality, item)
            computed = own[item] / 100.0 * value_at(reference, self.municipality, item)
            mnkr[item] = float(computed if np.isnan(published) else published)
        if not np.isfinite(mnkr[year]):
            return None
        inhabitants = float(self.national.inhabitants(year).get(self.municipality, np.nan))
        net = value_at(self.panel(self.catalogue.overview.total_net_cost), self.municipality, year)
        per_inhabitant = mnkr[year] * 1e6 / inhabitants
        return ServiceFacts(
            service=service,
            year=year,
            percent={item: float(own[item]) for item in years},
            mnkr=mnkr,
            per_inhabitant=per_inhabitant,
            share_pct=100.0 * per_inhabitant / net if net > 0 else np.nan,
            places=tuple(self.places(kpi.id, years, self.group_of(service))),
            judged=self.judge(kpi.id, REFERENCE, self.group_of(service)),
            sides=sides(self.focus, service.id, self.municipality) if service.id in self.focus.cost else None,
            is_broken=any(year - 3 < item.year <= year for item in kpi.breaks),
        )

    def parts_of(self, service: Service) -> dict[str, Part]:
        """Return the parts of a service in all municipalities, those that the snapshot has."""
        self._used.update(
            dict.fromkeys(kpi for part in service.parts for kpi in (part.cost, part.population))
        )
        found: dict[str, Part] = self.national.result(PARTS, service)
        return found

    def part_surplus(self, facts: ServiceFacts) -> pd.Series:
        """Return each part's surplus in the latest year, mnkr, the largest first."""
        return surplus_by_part(self.parts_of(facts.service), self.municipality, [facts.year])

    def holding_part(self, facts: ServiceFacts) -> str | None:
        """Return the part that holds the surplus, as a mean of the comparable years."""
        years = list(facts.percent)
        return holding_part(surplus_by_part(self.parts_of(facts.service), self.municipality, years))

    def low_quality(self, named: Named) -> LowQuality | None:
        """Return what a service's low results rest on; None when none of its parts is low or near it."""
        frame = self.focus.quality.get(named.service, {}).get(named.part)
        if frame is None or self.municipality not in frame.index:
            return None
        return LowQuality(
            z=cell(frame, self.municipality, "z"),
            years=int(cell(frame, self.municipality, "years")),
            years_low=int(cell(frame, self.municipality, "years_low")),
            peers_better=int(cell(frame, self.municipality, "peers_beyond")),
            peers_known=int(cell(frame, self.municipality, "peers_known")),
        )

    def quality_of(self, service: Service, part: str = "") -> Judgement | None:
        """Judge the first of a service's outcomes that the municipality has, or that of a part of it."""
        for side in service.quality:
            if part in ("", side.id):
                for kpi in (side.shown, *side.kpis):
                    found = self.judge(kpi, GROUP, self.group_of(service))
                    if found is not None:
                        return found
        return None
