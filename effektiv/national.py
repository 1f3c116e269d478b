"""What is the same for all municipalities of a snapshot: panels, indices, efficiency.

A report asks here for anything national. It is computed once for a snapshot and kept
beside it (`effektiv.data.store`), under a key that changes with the snapshot's content,
with the code that computes and with the libraries it rests on; nothing here depends on
which municipality asks. The panels are one file, made when the first is asked for, since
to read all at once takes a fraction of the time that reading them one by one does. Every
other result is a file of its own, so that a controller waits for no more than the open
notebook needs; `National.prepare` computes all of them before many reports are made.
Noise and spread of single figures (`National.yardstick`) are quicker to compute than to
read, and are not kept.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from effektiv.analysis.comparison import Yardstick
from effektiv.analysis.efficiency import NationalEfficiency, national_efficiency
from effektiv.analysis.index import efficiency_index, index_check, index_part
from effektiv.analysis.panels import Panel, country, derived
from effektiv.analysis.structure import (
    OwnPosition,
    StructuralFit,
    StructuralResult,
    own_index,
    structural_model,
)
from effektiv.data.catalogue import CATALOGUE_FOLDER, load_catalogue
from effektiv.data.observations import GENDERS
from effektiv.data.snapshot import Snapshot, status_words
from effektiv.data.store import Kept, Store, store_of
from effektiv.types import RIKET, Better, Catalogue, FocusArea, IndexDefinition, IndexPart, OwnIndex, Shared

_Result = TypeVar("_Result")

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


PANELS = "paneler"
"""File of all panels."""

KEPT_TYPES = (Index, NationalEfficiency, OwnPosition, StructuralFit, StructuralResult)
"""What a store may hold beside frames and plain values."""


class National(Shared):
    """Panels, indices and efficiency of all municipalities in one snapshot.

    Frames are shared by all who ask, and their numbers cannot be written to. A report, whose
    notebook may do more with a frame than write in it, asks its own (`for_report`).

    Parameters
    ----------
    snapshot
        The opened snapshot.
    catalogue
        Key figures and areas.
    store
        Where results are kept; in memory only when left out. It must be the store of
        this snapshot and catalogue.
    """

    snapshot: Snapshot
    catalogue: Catalogue
    _store: Store
    _statuses: dict[tuple[str, str], pd.DataFrame]
    _yardsticks: dict[tuple[str, str], Yardstick]

    def __init__(self, snapshot: Snapshot, catalogue: Catalogue, store: Store | None = None) -> None:
        vars(self).update(
            snapshot=snapshot,
            catalogue=catalogue,
            _store=Store(None, KEPT_TYPES) if store is None else store,
            _statuses={},
            _yardsticks={},
        )

    @cached_property
    def _panels(self) -> Kept:
        return self._store.values(PANELS, self._all_panels)

    def _all_panels(self) -> dict[str, object]:
        """Return values and statuses of every key figure and gender of the catalogue."""
        formulas = {kpi.id: kpi.formula for kpi in self.catalogue.kpis.values()}
        read = self.snapshot.panels(kpi for kpi, formula in formulas.items() if formula is None)
        panels = {key: values for key, (values, _) in read.items()}

        def panel(kpi: str, gender: str) -> Panel:
            formula = formulas[kpi]
            if (kpi, gender) not in panels and formula is not None:
                panels[kpi, gender] = derived({part: panel(part, gender) for part in formula.powers}, formula)
            return panels[kpi, gender]

        kept: dict[str, object] = {
            _name(kpi, gender): panel(kpi, gender) for kpi in formulas for gender in GENDERS
        }
        return kept | {f"{_name(*key)} status": item for key, (_, item) in read.items()}

    def panel(self, kpi: str, gender: str = "T") -> Panel:
        """Return a key figure's values, municipality x year; computed ones from their formula.

        Raises
        ------
        KeyError
            The key figure is not in the catalogue.
        ValueError
            When `gender` is not one of Kolada's marks.
        """
        found: Panel = self._panels[_name(kpi, gender)]
        return found

    def statuses(self, kpi: str, gender: str = "T") -> pd.DataFrame | None:
        """Return why a key figure's values are missing, shaped as its panel; None for a computed one."""
        if self.catalogue.kpis[kpi].formula is not None:
            return None
        if (kpi, gender) not in self._statuses:
            self._statuses[kpi, gender] = status_words(self._panels[f"{_name(kpi, gender)} status"])
        return self._statuses[kpi, gender]

    def known_statuses(self, kpis: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Return the statuses of those of some key figures that have any; shared by all, to be read only."""
        return {kpi: found for kpi in kpis if (found := self.statuses(kpi)) is not None}

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
        return MappingProxyType({kpi.id: kpi.better for kpi in self.catalogue.kpis.values()})

    def index(self, definition: IndexDefinition) -> Index:
        """Return an RKA index as published and as computed here."""
        found: Index = self._store.value(f"index-{definition.id}", lambda: self._index(definition))
        return found

    def _index(self, definition: IndexDefinition) -> Index:
        resource, quality = self._part(definition.resource), self._part(definition.quality)
        index = Index(
            resource=country(self.panel(definition.resource.published)),
            quality=country(self.panel(definition.quality.published)),
            efficiency=country(self.panel(definition.efficiency)),
            own_resource=resource,
            own_quality=quality,
            own_efficiency=efficiency_index(quality, resource),
            checks={},
        )
        # Riket has no index, so the columns of a single municipality stay empty.
        checks = {side: index_check(index.own(side), index.published(side), RIKET).by_year for side in SIDES}
        return replace(index, checks=checks)

    def _part(self, part: IndexPart) -> Panel:
        return index_part(self.panels([item.kpi for item in part.inputs]), part, self.better)

    def efficiency(self, area: FocusArea) -> NationalEfficiency:
        """Return E = K x V / R of all municipalities for a focus area."""
        found: NationalEfficiency = self._store.value(
            f"effektivitet-{area.id}",
            lambda: national_efficiency(
                self.panels(area.quality_for_k), self.panel(area.unit_cost), self.better
            ),
        )
        return found

    def own_position(self, area: FocusArea) -> OwnPosition:
        """Return our own construction of position for an area that Kolada has no index for.

        Raises
        ------
        ValueError
            The area has none.
        """
        definition = area.own_index
        if definition is None:
            raise ValueError(f"området {area.id} har ingen egen konstruktion av läge")
        found: OwnPosition = self._store.value(f"lage-{area.id}", lambda: self._own_position(definition))
        return found

    def _own_position(self, definition: OwnIndex) -> OwnPosition:
        panels = self.panels((definition.cost, *definition.quality, *definition.structure))
        years = [int(year) for year in panels[definition.cost].columns]
        return own_index(definition, panels, self.better, years)

    def structural(self, area: FocusArea, year: int, span: int) -> StructuralResult:
        """Return the structural models of an area's cost and quality, for one year or a mean of `span`."""
        found: StructuralResult = self._store.value(
            f"struktur-{area.id}-{year}-{span}", lambda: self._structural(area, year, span)
        )
        return found

    def _structural(self, area: FocusArea, year: int, span: int) -> StructuralResult:
        model = area.structural_model
        outcomes = model.cost, model.quality
        return structural_model(
            model,
            self.panels((*outcomes, *model.structure)),
            year,
            span=span,
            breaks=[item for kpi in outcomes for item in self.catalogue.kpis[kpi].breaks],
        )

    def prepare(self) -> None:
        """Compute and keep all that the reports of a country will ask for.

        Nothing where results can only be kept in memory: each worker then computes what it needs.
        """
        if not (len(self._panels) and self._store.has(PANELS)):
            return
        for definition in self.catalogue.overview.indices:
            self.index(definition)
        for area in self.catalogue.areas.values():
            self.efficiency(area)
            if area.own_index is not None:
                self.own_position(area)
            for year in self._modelled_years(area):
                for span in SPANS:
                    self.structural(area, year, span)

    def _modelled_years(self, area: FocusArea) -> list[int]:
        """Return the years that are some municipality's latest with the cost or the quality modelled."""
        years: set[int] = set()
        for kpi in (area.structural_model.cost, area.structural_model.quality):
            panel = country(self.panel(kpi))
            known = np.isfinite(panel.to_numpy())[:, ::-1]
            latest = (
                panel.columns.to_numpy()[::-1][known.argmax(axis=1)[known.any(axis=1)]] if known.size else []
            )
            years.update(int(year) for year in latest)
        return sorted(years)

    def for_report(self) -> National:
        """Return the same results with frames that one report may do what it likes with.

        They share their numbers with everyone's until somebody writes in them.
        """
        return _ForReport(self)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Code -> name of every municipality and region."""
        frame: pd.DataFrame = self.snapshot.municipalities
        return MappingProxyType(dict(zip(frame["id"].astype(str), frame["title"].astype(str), strict=True)))

    @cached_property
    def municipalities(self) -> tuple[str, ...]:
        """Codes of all municipalities, sorted."""
        frame = self.snapshot.municipalities
        return tuple(sorted(frame.loc[frame["type"] == "K", "id"].astype(str)))


class _ForReport(National):
    """The same results for one report: what it is given once is its own, and nobody else's."""

    _shared: National
    _given: dict[object, Any]

    def __init__(self, shared: National) -> None:
        # What is computed when first asked for is computed by the one that all share.
        _ = shared.names, shared.better, shared.municipalities
        vars(self).update(vars(shared), _shared=shared, _given={})

    def _own(self, key: object, ask: Callable[[], _Result]) -> _Result:
        if key not in self._given:
            self._given[key] = _own(ask())
        found: _Result = self._given[key]
        return found

    def panel(self, kpi: str, gender: str = "T") -> Panel:
        return self._own(("panel", kpi, gender), lambda: self._shared.panel(kpi, gender))

    def statuses(self, kpi: str, gender: str = "T") -> pd.DataFrame | None:
        return self._own(("statuses", kpi, gender), lambda: self._shared.statuses(kpi, gender))

    def known_statuses(self, kpis: Sequence[str]) -> dict[str, pd.DataFrame]:
        # A report asks for those of all its figures, to look up one row of each.
        return self._shared.known_statuses(kpis)

    def yardstick(self, kpi: str, gender: str = "T") -> Yardstick:
        return self._shared.yardstick(kpi, gender)

    def index(self, definition: IndexDefinition) -> Index:
        return self._own(("index", definition.id), lambda: self._shared.index(definition))

    def efficiency(self, area: FocusArea) -> NationalEfficiency:
        return self._own(("efficiency", area.id), lambda: self._shared.efficiency(area))

    def own_position(self, area: FocusArea) -> OwnPosition:
        return self._own(("position", area.id), lambda: self._shared.own_position(area))

    def structural(self, area: FocusArea, year: int, span: int) -> StructuralResult:
        return self._own(
            ("structural", area.id, year, span), lambda: self._shared.structural(area, year, span)
        )


def _own(value: _Result) -> _Result:
    """Return a result with frames of its own, which share their numbers with those they are copies of."""
    if isinstance(value, pd.DataFrame):
        return value.copy(deep=False)
    if isinstance(value, dict):
        return {key: _own(item) for key, item in value.items()}  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{item.name: _own(getattr(value, item.name)) for item in fields(value)})
    return value


def _name(kpi: str, gender: str) -> str:
    """Return the name that a panel is kept under."""
    if gender not in GENDERS:
        raise ValueError(f"gender must be one of {GENDERS}, not {gender!r}")
    return f"{kpi} {gender}"


@lru_cache(maxsize=2)
def national(snapshot: Snapshot) -> National:
    """Return the national results of a snapshot, the same object within a process."""
    store = store_of(snapshot.path, snapshot.manifest.checksums, _code_checksum(), KEPT_TYPES)
    return National(snapshot, load_catalogue(), store)


@cache
def _code_checksum() -> str:
    """Return a checksum of everything but the snapshot that the results follow from.

    Also the platform: the last bits of a sum may differ between them.
    """
    package = Path(__file__).parent
    sources = [
        Path(__file__),
        package / "types.py",
        *sorted((package / "analysis").glob("*.py")),
        *sorted((package / "data").glob("*.py")),
        *sorted(CATALOGUE_FOLDER.glob("*.yaml")),
    ]
    libraries = [f"{name} {version(name)}" for name in ("numpy", "pandas", "pyarrow", "scipy", "statsmodels")]
    python = f"{sys.version_info.major}.{sys.version_info.minor} {sys.platform} {platform.machine()}"
    digest = hashlib.sha256("\n".join([*libraries, python]).encode("utf-8"))
    for source in sources:
        # Line ends differ between checkouts on Windows and elsewhere; the values do not.
        digest.update(source.name.encode("utf-8") + source.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
