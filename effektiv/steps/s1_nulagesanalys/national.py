"""What step 1 has computed for all municipalities at once: indices, efficiency, position, structural models.

These are kept (`effektiv.national.Result`), so what they are made of is found by the code's checksum: this
module and what it imports must be what the numbers follow from, and hold no sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from effektiv.analysis.efficiency import NationalEfficiency, national_efficiency
from effektiv.analysis.index import efficiency_index, index_check, index_part
from effektiv.analysis.panels import Panel, country
from effektiv.analysis.structure import (
    OwnPosition,
    StructuralFit,
    StructuralResult,
    own_index,
    structural_model,
)
from effektiv.national import National, Result
from effektiv.types import RIKET, FocusArea, IndexDefinition, IndexPart

SIDES = ("resource", "quality", "efficiency")

SPANS = (1, 3)
"""Lengths of the periods that reports model structure for: the latest year, and a mean that evens out chance."""


@dataclass(frozen=True)
class Index:
    """An RKA index: what Kolada publishes, and our own check from the same inputs.

    Attributes
    ----------
    resource, quality, efficiency
        Published index points 0-100 by municipality and year.
    own_resource, own_quality, own_efficiency
        The same computed here, for the years that all inputs have.
    checks
        By side: how far the own points are from the published, by year (`IndexCheck.by_year`).
    """

    resource: Panel
    quality: Panel
    efficiency: Panel
    own_resource: Panel
    own_quality: Panel
    own_efficiency: Panel
    checks: dict[str, pd.DataFrame]

    def published(self, side: str) -> Panel:
        """Return the published points of a side: resource, quality or efficiency."""
        return {"resource": self.resource, "quality": self.quality, "efficiency": self.efficiency}[side]

    def own(self, side: str) -> Panel:
        """Return our own points of a side."""
        return {
            "resource": self.own_resource,
            "quality": self.own_quality,
            "efficiency": self.own_efficiency,
        }[side]


def _index(national: National, definition: IndexDefinition) -> Index:
    resource, quality = _part(national, definition.resource), _part(national, definition.quality)
    index = Index(
        resource=country(national.panel(definition.resource.published)),
        quality=country(national.panel(definition.quality.published)),
        efficiency=country(national.panel(definition.efficiency)),
        own_resource=resource,
        own_quality=quality,
        own_efficiency=efficiency_index(quality, resource),
        checks={},
    )
    # Riket has no index, so the columns of a single municipality stay empty.
    checks = {side: index_check(index.own(side), index.published(side), RIKET).by_year for side in SIDES}
    return replace(index, checks=checks)


def _part(national: National, part: IndexPart) -> Panel:
    return index_part(national.panels([item.kpi for item in part.inputs]), part, national.better)


def _efficiency(national: National, area: FocusArea) -> NationalEfficiency:
    return national_efficiency(
        national.panels(area.quality_for_k), national.panel(area.unit_cost), national.better
    )


def _own_position(national: National, area: FocusArea) -> OwnPosition:
    definition = area.own_index
    if definition is None:
        raise ValueError(f"området {area.id} har ingen egen konstruktion av läge")
    panels = national.panels((definition.cost, *definition.quality, *definition.structure))
    years = [int(year) for year in panels[definition.cost].columns]
    return own_index(definition, panels, national.better, years)


def _structural(national: National, area: FocusArea, year: int, span: int) -> StructuralResult:
    model = area.structural_model
    outcomes = model.cost, model.quality
    return structural_model(
        model,
        national.panels((*outcomes, *model.structure)),
        year,
        span=span,
        breaks=[item for kpi in outcomes for item in national.catalogue.kpis[kpi].breaks],
    )


def _modelled(national: National) -> Iterator[tuple[FocusArea, int, int]]:
    """Yield area, year and span of the models that some municipality's report shows."""
    for area in national.catalogue.areas.values():
        for year in _modelled_years(national, area):
            for span in SPANS:
                yield area, year, span


def _modelled_years(national: National, area: FocusArea) -> list[int]:
    """Return the years that are some municipality's latest with the cost or the quality modelled."""
    years: set[int] = set()
    for kpi in (area.structural_model.cost, area.structural_model.quality):
        panel = country(national.panel(kpi))
        known = np.isfinite(panel.to_numpy())[:, ::-1]
        latest = panel.columns.to_numpy()[::-1][known.argmax(axis=1)[known.any(axis=1)]] if known.size else []
        years.update(int(year) for year in latest)
    return sorted(years)


INDEX = Result(
    "index", _index, lambda national: ((item,) for item in national.catalogue.overview.indices), (Index,)
)
"""An RKA index as published and as computed here; of its definition."""

EFFICIENCY = Result(
    "effektivitet",
    _efficiency,
    lambda national: ((area,) for area in national.catalogue.areas.values()),
    (NationalEfficiency,),
)
"""E = K x V / R of all municipalities; of a focus area."""

OWN_POSITION = Result(
    "lage",
    _own_position,
    lambda national: ((area,) for area in national.catalogue.areas.values() if area.own_index is not None),
    (OwnPosition, StructuralFit),
)
"""Our own construction of position; of an area that Kolada has no index for."""

STRUCTURAL = Result("struktur", _structural, _modelled, (StructuralResult, StructuralFit))
"""The structural models of an area's cost and quality; of an area, for one year or a mean of a span."""

RESULTS = (INDEX, EFFICIENCY, OWN_POSITION, STRUCTURAL)
