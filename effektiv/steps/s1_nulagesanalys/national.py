"""What step 1 has computed for all municipalities at once: efficiency, structural models, focus areas.

These are kept (`effektiv.national.Result`), so what they are made of is found by the code's checksum: this
module and what it imports must be what the numbers follow from, and hold no sentences.
"""

from __future__ import annotations

import pandas as pd

from effektiv.analysis.efficiency import NationalEfficiency, national_efficiency
from effektiv.analysis.focus import FocusAreas, cost_side, quality_side
from effektiv.analysis.panels import Panel, country
from effektiv.analysis.parts import Part, parts_of
from effektiv.national import National, Result
from effektiv.peers import official_groups
from effektiv.steps.structural import STRUCTURAL
from effektiv.types import FocusArea, Service


def _efficiency(national: National, area: FocusArea) -> NationalEfficiency:
    return national_efficiency(
        national.panels(area.quality_for_k), national.panel(area.unit_cost), national.better
    )


def _reference(national: National, service: Service) -> Panel:
    """Return a service's reference cost, mnkr; where it is not published, from the deviation in mnkr and per cent.

    A deviation of less than half a per cent is too rounded to divide by.
    """
    assert service.reference_cost is not None
    assert service.deviation_pct is not None
    inhabitants = country(national.panel(national.catalogue.overview.population))
    percent = country(national.panel(service.deviation_pct))
    published = country(national.panel(service.reference_cost)) * inhabitants / 1e6
    published = published.reindex(index=percent.index, columns=percent.columns)
    if service.deviation_mnkr is None:
        return published
    mnkr = country(national.panel(service.deviation_mnkr)).reindex(
        index=percent.index, columns=percent.columns
    )
    return published.fillna(mnkr / (percent.where(percent.abs() >= 0.5) / 100.0))


def national_focus(national: National, year: int) -> FocusAreas:
    """Judge both sides of all services in all municipalities, on figures up to a year."""
    catalogue = national.catalogue
    inhabitants = national.panel(catalogue.overview.population)
    net_cost = national.panel(catalogue.overview.total_net_cost)
    cost: dict[str, pd.DataFrame] = {}
    quality: dict[str, dict[str, pd.DataFrame]] = {}
    for service in catalogue.overview.costed:
        assert service.deviation_pct is not None
        deviation = _until(national.panel(service.deviation_pct), year)
        if year not in deviation.columns:
            continue
        groups = _groups(national, service, year)
        per_inhabitant = national.result(REFERENCE_COST, service) * 1e6 / country(inhabitants)
        cost[service.id] = cost_side(
            deviation,
            per_inhabitant,
            inhabitants,
            net_cost,
            groups,
            year=year,
            breaks=catalogue.kpis[service.deviation_pct].breaks,
        )
        for side in service.quality:
            panels = {kpi: _until(national.panel(kpi), year) for kpi in side.kpis}
            known = {kpi: panel for kpi, panel in panels.items() if country(panel).notna().any(axis=None)}
            if known:
                better = {kpi: catalogue.kpis[kpi].better for kpi in known}
                found = quality_side(known, better, inhabitants, groups, year=year)
                quality.setdefault(service.id, {})[side.id] = found
    return FocusAreas(year, cost, quality)


def _until(panel: Panel, year: int) -> Panel:
    return panel[[column for column in panel.columns if int(column) <= year]]


def _groups(national: National, service: Service, year: int) -> dict[str, tuple[str, ...]]:
    """Return each municipality's official peers in a service."""
    known = official_groups(national.snapshot)
    family = service.family or national.catalogue.overview.family
    found = {}
    for code in country(national.panel(national.catalogue.overview.population)).index:
        group = known.find(family, national.names[str(code)], year, str(code))
        found[str(code)] = () if group is None else group.members
    return found


def _focus_years(national: National) -> list[int]:
    """Return the latest year that any service's deviation is published for."""
    panels = [
        country(national.panel(item.deviation_pct))
        for item in national.catalogue.overview.costed
        if item.deviation_pct
    ]
    return sorted({int(panel.columns.max()) for panel in panels if len(panel.columns)})[-1:]


EFFICIENCY = Result(
    "effektivitet",
    _efficiency,
    lambda national: ((area,) for area in national.catalogue.areas.values() if area.quality_for_k),
    (NationalEfficiency,),
)
"""E = K x V / R of all municipalities; of a focus area."""


def _parts(national: National, service: Service) -> dict[str, Part]:
    costs = {}
    for part in service.parts:
        inhabitants, cost = country(national.panel(part.population)), country(national.panel(part.cost))
        if cost.notna().any(axis=None):
            costs[part.id] = cost * inhabitants.reindex(index=cost.index, columns=cost.columns) / 1e6
    return parts_of(costs, national.result(REFERENCE_COST, service))


REFERENCE_COST = Result(
    "referens", _reference, lambda national: ((item,) for item in national.catalogue.overview.costed), ()
)
"""A service's reference cost in mnkr, municipality x year."""

PARTS = Result(
    "delar",
    _parts,
    lambda national: ((item,) for item in national.catalogue.overview.costed if item.parts),
    (Part,),
)
"""The parts of a service, those that the snapshot has: what each cost, and was expected to."""

FOCUS = Result(
    "fokusomraden",
    national_focus,
    lambda national: ((year,) for year in _focus_years(national)),
    (FocusAreas,),
)
"""Which services are named, in all municipalities; on figures up to a year."""

RESULTS = (EFFICIENCY, STRUCTURAL, REFERENCE_COST, PARTS, FOCUS)
