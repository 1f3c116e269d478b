"""What step 3 has computed for all municipalities at once: every stretch of years of the figures that measures aim at.

These are kept (`effektiv.national.Result`): this module and what it imports must be what the numbers follow from, and
hold no sentences.
"""

from __future__ import annotations

from collections.abc import Iterator

from effektiv.analysis.panels import published_years
from effektiv.analysis.precedents import Histories, histories
from effektiv.national import National, Result
from effektiv.types import FocusArea, Kpi


def _histories(national: National, kpi: Kpi) -> Histories | None:
    panel = national.panel(kpi.id)
    years = published_years(panel)
    return histories(panel, national.noise(kpi.id, max(years)), kpi.breaks) if years else None


def _aims(area: FocusArea) -> tuple[str, ...]:
    return (area.deviation_pct, area.unit_cost, area.headline_quality)


def _figures(national: National) -> Iterator[tuple[Kpi]]:
    """Yield what it costs and how good it is in each area, once."""
    catalogue = national.catalogue
    every = (kpi for area in catalogue.areas.values() for kpi in _aims(area))
    for kpi in dict.fromkeys(every):
        yield (catalogue.kpis[kpi],)


HISTORIES = Result("historier", _histories, _figures, (Histories,))
"""Every stretch of years in all municipalities; of a key figure."""

RESULTS = (HISTORIES,)
