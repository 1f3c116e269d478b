"""What is the same for all municipalities of a snapshot: panels, indices, efficiency.

A report asks here for anything national, so that a run over many municipalities
computes it once per process. Nothing here depends on which municipality asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd

from effektiv.analysis.comparison import Yardstick
from effektiv.analysis.efficiency import NationalEfficiency, national_efficiency
from effektiv.analysis.index import efficiency_index, index_check, index_part
from effektiv.analysis.panels import Panel, country, derived
from effektiv.analysis.structure import OwnPosition, StructuralResult, own_index, structural_model
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot
from effektiv.types import RIKET, Better, Catalogue, FocusArea, IndexDefinition, IndexPart


@dataclass(frozen=True)
class Index:
    """An RKA index: what Kolada publishes, and our own check from the same inputs.

    Attributes
    ----------
    resource, quality, efficiency
        Published index points 0-100 by municipality and year.
    own_resource, own_quality, own_efficiency
        The same computed here, for the years that all inputs have.
    """

    resource: Panel
    quality: Panel
    efficiency: Panel
    own_resource: Panel
    own_quality: Panel
    own_efficiency: Panel

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

    @cached_property
    def checks(self) -> dict[str, pd.DataFrame]:
        """By side: how far the own points are from the published, by year (`IndexCheck.by_year`)."""
        # Riket has no index, so the columns of a single municipality stay empty.
        return {
            side: index_check(self.own(side), self.published(side), RIKET).by_year
            for side in ("resource", "quality", "efficiency")
        }


class National:
    """Panels, indices and efficiency of all municipalities in one snapshot.

    Parameters
    ----------
    snapshot
        The opened snapshot.
    catalogue
        Key figures and areas.
    """

    def __init__(self, snapshot: Snapshot, catalogue: Catalogue) -> None:
        self.snapshot = snapshot
        self.catalogue = catalogue
        self._panels: dict[tuple[str, str], Panel] = {}
        self._statuses: dict[str, pd.DataFrame | None] = {}
        self._yardsticks: dict[tuple[str, str], Yardstick] = {}
        self._indices: dict[str, Index] = {}
        self._efficiency: dict[str, NationalEfficiency] = {}
        self._own_positions: dict[str, OwnPosition] = {}
        self._structural: dict[tuple[str, int, int], StructuralResult] = {}

    def panel(self, kpi: str, gender: str = "T") -> Panel:
        """Return a key figure's values, municipality x year; computed ones from their formula.

        Raises
        ------
        KeyError
            The key figure is not in the catalogue.
        """
        key = (kpi, gender)
        if key not in self._panels:
            formula = self.catalogue.kpis[kpi].formula
            if formula is None:
                self._panels[key] = self.snapshot.panel(kpi, gender)
            else:
                self._panels[key] = derived(
                    {part: self.panel(part, gender) for part in formula.powers}, formula
                )
        return self._panels[key]

    def statuses(self, kpi: str) -> pd.DataFrame | None:
        """Return why a key figure's values are missing, shaped as its panel; None for a computed one."""
        if kpi not in self._statuses:
            formula = self.catalogue.kpis[kpi].formula
            self._statuses[kpi] = self.snapshot.statuses(kpi) if formula is None else None
        return self._statuses[kpi]

    def panels(self, kpis: Sequence[str]) -> dict[str, Panel]:
        """Return the panels of several key figures by id."""
        return {kpi: self.panel(kpi) for kpi in kpis}

    def yardstick(self, kpi: str, gender: str = "T") -> Yardstick:
        """Return noise and spread of a key figure, by year."""
        key = (kpi, gender)
        if key not in self._yardsticks:
            self._yardsticks[key] = Yardstick(self.panel(kpi, gender), self.catalogue.kpis[kpi].breaks)
        return self._yardsticks[key]

    @cached_property
    def better(self) -> Mapping[str, Better]:
        """Which direction is better, by key figure."""
        return {kpi.id: kpi.better for kpi in self.catalogue.kpis.values()}

    def index(self, definition: IndexDefinition) -> Index:
        """Return an RKA index as published and as computed here."""
        if definition.id not in self._indices:
            own_resource = self._part(definition.resource)
            own_quality = self._part(definition.quality)
            self._indices[definition.id] = Index(
                resource=country(self.panel(definition.resource.published)),
                quality=country(self.panel(definition.quality.published)),
                efficiency=country(self.panel(definition.efficiency)),
                own_resource=own_resource,
                own_quality=own_quality,
                own_efficiency=efficiency_index(own_quality, own_resource),
            )
        return self._indices[definition.id]

    def _part(self, part: IndexPart) -> Panel:
        return index_part(self.panels([item.kpi for item in part.inputs]), part, self.better)

    def efficiency(self, area: FocusArea) -> NationalEfficiency:
        """Return E = K x V / R of all municipalities for a focus area."""
        if area.id not in self._efficiency:
            self._efficiency[area.id] = national_efficiency(
                self.panels(area.quality_for_k), self.panel(area.unit_cost), self.better
            )
        return self._efficiency[area.id]

    def own_position(self, area: FocusArea) -> OwnPosition:
        """Return our own construction of position for an area that Kolada has no index for.

        Raises
        ------
        ValueError
            The area has none.
        """
        if area.own_index is None:
            raise ValueError(f"området {area.id} har ingen egen konstruktion av läge")
        if area.id not in self._own_positions:
            definition = area.own_index
            panels = self.panels((definition.cost, *definition.quality, *definition.structure))
            years = [int(year) for year in panels[definition.cost].columns]
            self._own_positions[area.id] = own_index(definition, panels, self.better, years)
        return self._own_positions[area.id]

    def structural(self, area: FocusArea, year: int, span: int) -> StructuralResult:
        """Return the structural models of an area's cost and quality, for one year or a mean of `span`."""
        key = (area.id, year, span)
        if key not in self._structural:
            model = area.structural_model
            self._structural[key] = structural_model(
                model,
                self.panels((model.cost, model.quality, *model.structure)),
                year,
                span=span,
                breaks=[
                    item for kpi in (model.cost, model.quality) for item in self.catalogue.kpis[kpi].breaks
                ],
            )
        return self._structural[key]

    @cached_property
    def names(self) -> dict[str, str]:
        """Code -> name of every municipality and region."""
        frame: pd.DataFrame = self.snapshot.municipalities
        return dict(zip(frame["id"].astype(str), frame["title"].astype(str), strict=True))

    @cached_property
    def municipalities(self) -> tuple[str, ...]:
        """Codes of all municipalities, sorted."""
        frame = self.snapshot.municipalities
        return tuple(sorted(frame.loc[frame["type"] == "K", "id"].astype(str)))


@lru_cache(maxsize=2)
def national(snapshot: Snapshot) -> National:
    """Return the national results of a snapshot, the same object within a process."""
    return National(snapshot, load_catalogue())
