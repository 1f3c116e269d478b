"""The structural models of all areas, computed once for all municipalities; several steps show them.

Step packages list the results in their modules ``national``; this module holds no sentences, since what is kept
follows its code (`effektiv.national`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from effektiv.analysis.panels import country
from effektiv.analysis.structure import StructuralFit, StructuralResult, structural_model
from effektiv.national import National, Result
from effektiv.types import Break, FocusArea, StructuralModel

SPANS = (1, 3)
"""Lengths of the periods that reports model structure for: the latest year, and a mean that evens out chance."""

WORTH_DRAWING = 0.10
"""A model that explains less than this of the differences is not shown as a judgement of anybody."""


def modelled(national: National, area: FocusArea) -> StructuralModel:
    """Return an area's model; where the country lacks the cost or the quality, with the figure that stands in."""
    model = area.structural_model
    return model.model_copy(
        update={"cost": at_hand(national, model.cost), "quality": at_hand(national, model.quality)}
    )


def at_hand(national: National, kpi: str) -> str:
    """Return a figure, or the first in line to stand in for it that any municipality has."""
    following: str | None = kpi
    while following is not None:
        if bool(country(national.panel(following)).notna().any(axis=None)):
            return following
        following = national.catalogue.kpis[following].stand_in
    return kpi


def breaks_of(national: National, *kpis: str) -> tuple[Break, ...]:
    """Return the breaks of any of the figures."""
    return tuple(item for kpi in kpis for item in national.catalogue.kpis[kpi].breaks)


def _structural(national: National, area: FocusArea, year: int, span: int) -> StructuralResult:
    model = modelled(national, area)
    return structural_model(
        model,
        national.panels((model.cost, model.quality, *model.structure)),
        year,
        span=span,
        breaks=breaks_of(national, model.cost, model.quality),
    )


def latest_years(national: National, *kpis: str) -> list[int]:
    """Return the years that are some municipality's latest with one of the figures."""
    years: set[int] = set()
    for kpi in kpis:
        panel = country(national.panel(kpi))
        known = np.isfinite(panel.to_numpy())[:, ::-1]
        latest = panel.columns.to_numpy()[::-1][known.argmax(axis=1)[known.any(axis=1)]] if known.size else []
        years.update(int(year) for year in latest)
    return sorted(years)


def _shown(national: National) -> Iterator[tuple[FocusArea, int, int]]:
    """Yield area, year and span of the models that some municipality's report shows."""
    for area in national.catalogue.areas.values():
        model = modelled(national, area)
        for year in latest_years(national, model.cost, model.quality):
            for span in SPANS:
                yield area, year, span


STRUCTURAL = Result("struktur", _structural, _shown, (StructuralResult, StructuralFit))
"""The structural models of an area's cost and quality; of an area, for one year or a mean of a span."""
