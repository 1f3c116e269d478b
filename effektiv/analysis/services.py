"""All services side by side, to choose focus areas; never added up into one score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from effektiv.analysis.gap import deviation_gap_mnkr
from effektiv.analysis.panels import Panel, latest_year, row, value_at
from effektiv.analysis.peers import group_median
from effektiv.analysis.trend import direction
from effektiv.analysis.uncertainty import share_of_years, year_noise
from effektiv.types import Break, Overview, Service

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
    """Put every service area's cost and its direction in one row.

    Parameters
    ----------
    overview
        The catalogue's services.
    panels
        Key figure id -> panel; absent ones give missing cells.
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
        - change: change of the deviation over three years in percentage points, with
          change_low, change_high (95 % given its noise) and change_sign (0: not certain).
        - years_same_sign, years_judged: years of the last three in which the gap has the
          sign it has now.

    Examples
    --------
    >>> overview = Overview(label="", family="", families=(), total_deviation_pct="d", total_net_cost="n",
    ...     population="p", services=(Service(id="skola", label="", deviation_pct="d1"),), indices=(), conditions=(),
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
        rows[service.id] = _cost(
            service, overview, panels, municipality, peers=peers, year=year
        ) | _direction(service, panels, municipality, year, series_breaks)
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index.name = "service"
    return frame


def _panel(kpi: str | None, panels: Mapping[str, Panel]) -> Panel:
    return panels.get(kpi, EMPTY) if kpi is not None else EMPTY


def _latest(
    kpi: str | None, panels: Mapping[str, Panel], municipality: str, not_after: int | None
) -> int | None:
    return latest_year(_panel(kpi, panels), municipality, not_after=not_after)


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
