"""All services side by side, to choose focus areas; never added up into one score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from effektiv.analysis.gap import deviation_gap_mnkr
from effektiv.analysis.panels import Panel, latest_year, row, value_at
from effektiv.analysis.peers import group_median
from effektiv.analysis.trend import direction
from effektiv.analysis.uncertainty import quarter, quarter_span, share_of_years, year_noise
from effektiv.types import Break, IndexDefinition, Overview, Service

EMPTY: Panel = pd.DataFrame()


def services(
    overview: Overview,
    panels: Mapping[str, Panel],
    municipality: str,
    members: Mapping[str, Sequence[str]],
    *,
    not_after: int | None = None,
    breaks: Mapping[str, Sequence[Break]] | None = None,
) -> pd.DataFrame:
    """Put every service area's cost, quality, efficiency and direction in one row.

    Parameters
    ----------
    overview
        The catalogue's services and indices.
    panels
        Key figure id -> panel; absent ones give missing cells. Index panels are the
        published ones, or own ones under the published id.
    municipality
        Four-digit code.
    members
        Service id -> peer group; the key "" is used for services without one of their own.
    not_after
        Latest year to use.
    breaks
        Key figure id -> breaks.

    Returns
    -------
    pandas.DataFrame
        Index service id, in the catalogue's order. Each row uses its own latest years.

        - year: of the deviation. deviation_pct: per cent of the reference cost.
        - gap_mnkr: cost above the reference cost, as published, else computed from it;
          gap_published says which. peer_deviation_pct: the peers' median;
          gap_peers_mnkr: cost above that.
        - gap_budget_pct: gap_mnkr in per cent of the municipality's total net cost.
        - net_cost_pct: the service's net cost in per cent of the total.
        - for each side of quality, resource and efficiency: side_year, side_index (points
          0-100), side_quarter (1 lowest to 4 highest) and side_quarters, the (lowest,
          highest) over three years; missing where the service has no index.
        - change: change of the deviation over three years in percentage points, with
          change_low, change_high (95 % given its noise) and change_sign (0: not certain).
        - years_same_sign, years_judged: years of the last three in which the gap has the
          sign it has now.

    Examples
    --------
    >>> overview = Overview(label="", family="", total_deviation_pct="d", total_net_cost="n", population="p",
    ...     services=(Service(id="skola", label="", deviation_pct="d1"),), indices=(), conditions=(),
    ...     forecast=(), limits=())
    >>> panels = {"d1": pd.DataFrame({2024: [4.0]}, index=["0319"])}
    >>> services(overview, panels, "0319", {"": []}).loc["skola", "deviation_pct"]
    np.float64(4.0)
    """
    rows = {}
    for service in overview.services:
        peers = members.get(service.id, members.get("", ()))
        series_breaks = (breaks or {}).get(service.deviation_pct or "", ())
        year = _latest(service.deviation_pct, panels, municipality, not_after)
        rows[service.id] = (
            _cost(service, overview, panels, municipality, peers=peers, year=year)
            | _position(_definition(overview, service), panels, municipality, not_after)
            | _direction(service, panels, municipality, year, series_breaks)
        )
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index.name = "service"
    return frame


def _panel(kpi: str | None, panels: Mapping[str, Panel]) -> Panel:
    return panels.get(kpi, EMPTY) if kpi is not None else EMPTY


def _latest(
    kpi: str | None, panels: Mapping[str, Panel], municipality: str, not_after: int | None
) -> int | None:
    return latest_year(_panel(kpi, panels), municipality, not_after=not_after)


def _definition(overview: Overview, service: Service) -> IndexDefinition | None:
    return next((item for item in overview.indices if item.id == service.index), None)


def _cost(
    service: Service,
    overview: Overview,
    panels: Mapping[str, Panel],
    municipality: str,
    *,
    peers: Sequence[str],
    year: int | None,
) -> dict[str, object]:
    def at(kpi: str | None) -> float:
        return float("nan") if year is None else value_at(_panel(kpi, panels), municipality, year)

    deviation, published = at(service.deviation_pct), at(service.deviation_mnkr)
    reference, population = at(service.reference_cost), at(overview.population)
    median = group_median(_panel(service.deviation_pct, panels), peers)
    peer_deviation = float(median.get(year, np.nan)) if year is not None else float("nan")
    computed = deviation_gap_mnkr(deviation, 0.0, reference, population)
    gap = computed if np.isnan(published) else published
    total = at(overview.total_net_cost)
    return {
        "year": year,
        "deviation_pct": deviation,
        "gap_mnkr": gap,
        "gap_published": not np.isnan(published),
        "peer_deviation_pct": peer_deviation,
        "gap_peers_mnkr": deviation_gap_mnkr(deviation, peer_deviation, reference, population),
        "gap_budget_pct": 100.0 * gap * 1e6 / (total * population) if total * population > 0 else np.nan,
        "net_cost_pct": 100.0 * at(service.net_cost) / total if total > 0 else np.nan,
    }


def _position(
    definition: IndexDefinition | None,
    panels: Mapping[str, Panel],
    municipality: str,
    not_after: int | None,
) -> dict[str, object]:
    ids = {
        "quality": definition.quality.published if definition else None,
        "resource": definition.resource.published if definition else None,
        "efficiency": definition.efficiency if definition else None,
    }
    cells: dict[str, object] = {}
    for side, kpi in ids.items():
        panel = _panel(kpi, panels)
        year = latest_year(panel, municipality, not_after=not_after)
        cells[f"{side}_year"] = year
        cells[f"{side}_index"] = float("nan") if year is None else value_at(panel, municipality, year)
        cells[f"{side}_quarter"] = None if year is None else quarter(panel[year], municipality)
        cells[f"{side}_quarters"] = None if year is None else quarter_span(panel, municipality, year)
    return cells


def _direction(
    service: Service,
    panels: Mapping[str, Panel],
    municipality: str,
    year: int | None,
    breaks: Sequence[Break],
) -> dict[str, object]:
    panel = _panel(service.deviation_pct, panels)
    own = row(panel, municipality)
    trend = judged = None
    if year is not None:
        noise = float(year_noise(panel, year, breaks).get(municipality, np.nan))
        trend = direction(own, year=year, noise=noise, breaks=breaks)
        sign = 1 if own[year] > 0 else -1
        judged = share_of_years(own, year=year, sign=sign, breaks=breaks)
    return {
        "change": trend.change if trend else float("nan"),
        "change_low": trend.low if trend else float("nan"),
        "change_high": trend.high if trend else float("nan"),
        "change_sign": trend.sign if trend else None,
        "years_same_sign": judged.true if judged else 0,
        "years_judged": judged.of if judged else 0,
    }
