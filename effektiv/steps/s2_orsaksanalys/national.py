"""What step 2 has computed for all municipalities at once: how far the structural models can be trusted.

These are kept (`effektiv.national.Result`): this module and what it imports must be what the numbers follow
from, and hold no sentences.
"""

from __future__ import annotations

from collections.abc import Iterator

from effektiv.analysis.certainty import Noise, noise
from effektiv.analysis.panels import country, cross_section, published_years
from effektiv.analysis.structure import log_panel
from effektiv.analysis.structure_checks import (
    Diagnostics,
    Specification,
    SpecificationCurve,
    YearlyResiduals,
    diagnose,
    specification_curve,
    yearly_residuals,
)
from effektiv.national import National, Result
from effektiv.steps.s2_orsaksanalys.national_frontier import FRONTIER, LENSES, PATTERNS
from effektiv.steps.s2_orsaksanalys.national_units import UNITS
from effektiv.steps.structural import STRUCTURAL, breaks_of, latest_years, modelled
from effektiv.types import FocusArea

COST, QUALITY, REACH = "kostnad", "kvalitet", "volym"
"""What is cleaned of structure: ln cost for a unit, the model's quality, and how many get the service."""

SIDES = (COST, QUALITY, REACH)

YEARS = 10
"""Latest published years that are cleaned of structure: noise rests on six steps, and some municipalities lag."""


def outcome(national: National, area: FocusArea, side: str) -> str | None:
    """Return the figure of a side; None where the area has none."""
    model = modelled(national, area)
    if side == REACH:
        return None if area.causes is None else area.causes.reach
    return model.cost if side == COST else model.quality


def _yearly(national: National, area: FocusArea, side: str) -> YearlyResiduals | None:
    kpi = outcome(national, area, side)
    if kpi is None:
        return None
    panel = country(national.panel(kpi))
    return yearly_residuals(
        log_panel(panel) if side == COST else panel,
        national.panels(modelled(national, area).structure),
        published_years(panel)[-YEARS:],
    )


def _curve(national: National, area: FocusArea, year: int) -> SpecificationCurve | None:
    model = modelled(national, area)
    return specification_curve(
        national.panel(model.cost),
        national.panels(model.structure),
        national.panel(national.catalogue.overview.population),
        year,
        breaks=breaks_of(national, model.cost),
    )


def _diagnostics(national: National, area: FocusArea, year: int) -> Diagnostics | None:
    model = modelled(national, area)
    cost = log_panel(country(national.panel(model.cost)))
    if year not in cost.columns:
        return None
    figures = cross_section(national.panels(model.structure), model.structure, year).frame
    return diagnose(cost[year], figures)


def _sides(national: National) -> Iterator[tuple[FocusArea, str]]:
    for area in national.catalogue.areas.values():
        for side in SIDES:
            yield area, side


def _costed_years(national: National) -> Iterator[tuple[FocusArea, int]]:
    for area in national.catalogue.areas.values():
        for year in latest_years(national, modelled(national, area).cost):
            yield area, year


YEARLY = Result("strukturar", _yearly, _sides, (YearlyResiduals,))
"""What structure leaves of an area's cost, quality or volume, year by year; of an area and a side."""


def _yearly_noise(national: National, area: FocusArea, side: str, year: int) -> Noise | None:
    kpi_id, left = outcome(national, area, side), national.result(YEARLY, area, side)
    if kpi_id is None or left is None:
        return None
    kpi = national.catalogue.kpis[kpi_id]
    if kpi.pooled_years is not None:  # neighbouring years of a pooled figure share most of their persons
        return None
    residual = 100.0 * left.residual if side == COST else left.residual
    return noise(residual, national.inhabitants(year), year, "%", kpi.breaks)


YEARLY_NOISE = Result("strukturbrus", _yearly_noise, lambda _: (), on_disk=False)
"""Noise of what structure leaves, as it could be known in a year; of an area, a side and a year. A cost's residuals are
in log points times 100."""

CURVE = Result("specifikationer", _curve, _costed_years, (SpecificationCurve, Specification))
"""An area's cost by every reasonable specification; of an area and a year."""

DIAGNOSTICS = Result("diagnostik", _diagnostics, _costed_years, (Diagnostics,))
"""Of an area's cost model in a year."""

RESULTS = (STRUCTURAL, YEARLY, CURVE, DIAGNOSTICS, LENSES, FRONTIER, PATTERNS, UNITS)
"""What is computed once for all municipalities and kept."""
