"""Named focus areas: chosen on the years to one, judged on the two after it."""

from __future__ import annotations

import pandas as pd

from benchmarks import real
from effektiv.analysis.focus import Level, cost_side, quality_side, standardised
from effektiv.analysis.panels import Panel, country
from effektiv.types import Better

THEN, LATER = 2020, (2021, 2022)
EARLIER_THEN, EARLIER_LATER = 2016, (2017, 2018)
"""Another window, before the method of the reference cost changed: cost only, since school results broke in 2017."""

BREAK = 2019

FAMILIES = {"hemtjänst": "äldreomsorg", "särskilt boende": "äldreomsorg"}


def reference_cost(service: str) -> Panel:
    """Return a service's reference cost, kronor per inhabitant, from its deviation in mnkr and per cent."""
    percent, mnkr = (country(real.panel(kpi)) for kpi in real.SERVICES[service])
    inhabitants = country(real.panel("N01951"))
    return mnkr * 1e6 / (percent.where(percent.abs() >= 0.5) / 100.0) / inhabitants


def cost_named(service: str, year: int) -> pd.DataFrame:
    """Return `cost_side` of a service on values up to a year."""
    deviation = real.panel(real.SERVICES[service][0])
    return cost_side(
        deviation[[column for column in deviation if column <= year]],
        reference_cost(service),
        real.panel("N01951"),
        real.panel("N00096"),
        real.groups(service),
        year=year,
        breaks=real.breaks(BREAK),
    )


def quality_named(service: str, year: int) -> pd.DataFrame:
    """Return `quality_side` of a service on values up to a year."""
    panels = real.panels(real.QUALITY[service])
    until = {kpi: panel[[column for column in panel if column <= year]] for kpi, panel in panels.items()}
    better = dict.fromkeys(until, Better.HIGHER)
    groups = real.groups(FAMILIES.get(service, service))
    return quality_side(until, better, real.panel("N01951"), groups, year=year)


def focus_rows() -> dict[str, dict[str, float]]:
    """Return by service and level how many were named, and how many are on the same side later."""
    found = {}
    for service, (kpi, _) in real.SERVICES.items():
        deviation = country(real.panel(kpi))
        for then, years in ((THEN, LATER), (EARLIER_THEN, EARLIER_LATER)):
            later = (deviation[list(years)] - deviation[list(years)].median()).mean(axis=1)
            named = cost_named(service, then)
            when = "" if then == THEN else f", {then}"
            found |= {
                f"{side}, {service}{when}": _described(
                    named["level"] == level, later > 0, later / named["excess"]
                )
                for side, level in (("kostnad", Level.NAMED), ("nära gränsen", Level.NEAR))
            }
    for service, kpis in real.QUALITY.items():
        whole = standardised(real.panels(kpis), dict.fromkeys(kpis, Better.HIGHER))
        years = [year for year in LATER if year in whole]
        later = whole[years].mean(axis=1)
        named = quality_named(service, THEN)
        if later.notna().any():
            chosen = (named["level"] == Level.NAMED) & later.reindex(named.index).notna()
            row = _described(chosen, later < 0, later / named["z"])
            lowest = later[chosen.index[chosen]] <= later.quantile(0.25)
            found[f"kvalitet, {service}"] = row | {"i lägsta fjärdedelen": round(float(lowest.mean()), 4)}
    return found


def _described(chosen: pd.Series, still: pd.Series, left: pd.Series) -> dict[str, float]:
    codes = chosen.index[chosen]
    if not len(codes):
        return {"antal": 0}
    return {
        "antal": len(codes),
        "kvar": round(float(still.reindex(codes).fillna(value=False).mean()), 4),
        "storlek kvar": round(float(left.reindex(codes).median()), 3),
    }
