"""Where a cost is said to lie: the part of a service that holds its surplus, and the factor that drives it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks import real
from benchmarks.calibration_focus import cost_named, reference_cost
from benchmarks.calibration_forward import published
from effektiv.analysis.certainty import Certainty, against_riket, differences, noise
from effektiv.analysis.cost_tree import shapley_product
from effektiv.analysis.focus import Level
from effektiv.analysis.panels import Panel, country
from effektiv.analysis.parts import Part, holding_part, parts_of, surplus_by_part
from effektiv.data.catalogue import load_catalogue
from effektiv.types import RIKET, Break, Catalogue, FindingChoice

WINDOWS = {2016: (2014, 2015, 2016), 2020: (2019, 2020)}
"""Last year told of, and the years that its mean is of; the two years after each are what comes true."""

AHEAD = 2

WORTH_TELLING = 0.5
"""mnkr: a part that is over by less is told as what is expected."""

FIRST, LAST = 2012, 2021


# --- parts ------------------------------------------------------------------------------


def service_parts(catalogue: Catalogue, service_id: str, name: str) -> dict[str, Part]:
    """Return the parts of a service in the real country, as reports divide it."""
    service = next(item for item in catalogue.overview.services if item.id == service_id)
    costs = {}
    for part in service.parts:
        people, cost = country(real.panel(part.population)), country(real.panel(part.cost))
        costs[part.id] = cost * people.reindex(index=cost.index, columns=cost.columns) / 1e6
    reference = reference_cost(name) * country(real.panel("N01951")) / 1e6
    return parts_of(costs, reference)


def part_rows() -> dict[str, dict[str, float]]:
    """Return by service how often the part named as holding a surplus still does, and is still over, two years on."""
    catalogue, found = load_catalogue(), {}
    for service_id, name in (("aldreomsorg", "äldreomsorg"), ("ifo", "IFO")):
        parts = service_parts(catalogue, service_id, name)
        rows = []
        for year, years in WINDOWS.items():
            named = cost_named(name, year)
            after = [year + ahead for ahead in range(1, AHEAD + 1)]
            for code in named.index[named["level"] == Level.NAMED]:
                rows.append(_part_row(parts, str(code), years, after))
        found[f"{name}, delen som bär"] = _part_summary(pd.DataFrame(rows))
        found[f"{name}, delen som kostar mest över"] = _largest_part(parts)
    return found


def _part_row(
    parts: dict[str, Part], code: str, years: tuple[int, ...], after: list[int]
) -> dict[str, float]:
    holding = holding_part(surplus_by_part(parts, code, years))
    then = surplus_by_part(parts, code, after)
    if holding is None:
        return {"named": False, "same": np.nan, "over": np.nan}
    return {"named": True, "same": holding == holding_part(then), "over": then.get(holding, np.nan) > 0}


def _part_summary(rows: pd.DataFrame) -> dict[str, float]:
    named = rows[rows["named"]]
    return {
        "utpekade": len(rows),
        "antal": len(named),
        "samma del": round(float(named["same"].astype(float).mean()), 4),
        "fortfarande över": round(float(named["over"].astype(float).mean()), 4),
    }


def _largest_part(parts: dict[str, Part]) -> dict[str, float]:
    """Return how often the part that is most over in a year, in any municipality, is over a year later."""
    told = {"antal": 0, "still": 0}
    overs = {name: part.over for name, part in parts.items()}
    years = sorted(set.intersection(*(set(map(int, frame.columns)) for frame in overs.values())))
    for year in years:
        if not FIRST <= year <= LAST or year + 1 not in years or year + 1 == 2019:
            continue
        now = pd.DataFrame({name: frame[year] for name, frame in overs.items()})
        then = pd.DataFrame({name: frame[year + 1] for name, frame in overs.items()})
        largest = now.max(axis=1)
        for code in largest.index[largest >= WORTH_TELLING]:
            value = then.loc[code, now.loc[code].idxmax()]
            if np.isfinite(value):
                told["antal"] += 1
                told["still"] += int(value > 0)
    return {
        "antal": told["antal"],
        "över ett år senare": round(told["still"] / max(told["antal"], 1), 4),
    }


# --- drivers ----------------------------------------------------------------------------


def computed(catalogue: Catalogue, kpi: str) -> Panel:
    """Return a figure of the real country, one that the project computes too; empty where a part is missing."""
    formula = catalogue.kpis[kpi].formula
    if formula is None:
        return real.panel(kpi)
    panels = {name: computed(catalogue, name) for name in formula.powers}
    if any(panel.empty for panel in panels.values()):
        return pd.DataFrame()
    product: Panel | float = formula.factor
    for name, power in formula.powers.items():
        product = product * panels[name] ** power
    assert isinstance(product, pd.DataFrame)
    return product


def driver_rows() -> dict[str, dict[str, float]]:
    """Return by cost how often the factor said to stand for most of its difference from Riket is so the next year."""
    catalogue, found = load_catalogue(), {}
    for area in catalogue.areas.values():
        for choice in area.findings:
            if choice.kind == "drivers":
                rows = _driven(catalogue, choice)
                if len(rows):
                    found[f"{choice.kpis[0]}, {area.id}"] = driver_summary(rows)
    return found


def _driven(catalogue: Catalogue, choice: FindingChoice) -> pd.DataFrame:
    """Return the leading factor of each municipality and year whose difference from Riket is told."""
    cost = catalogue.kpis[choice.kpis[0]]
    panel = computed(catalogue, cost.id)
    factors = {item.kpi: computed(catalogue, item.kpi) for item in choice.factors}
    if panel.empty or any(item.empty for item in factors.values()):
        return pd.DataFrame()
    breaks: tuple[Break, ...] = (*cost.breaks, *(b for kpi in factors for b in catalogue.kpis[kpi].breaks))
    rows = []
    for year in published(panel):
        judged = noise(panel, real.population(year), year, cost.unit, cost.breaks)
        if year > LAST or judged is None or any(item.year == year + 1 for item in breaks):
            continue
        told = differences(panel, against_riket(panel), judged, cost.breaks).frame
        told = told[told["certainty"] != Certainty.UNCLEAR]
        now = parts_by_factor(panel, factors, year, choice.factor).reindex(told.index)
        then = parts_by_factor(panel, factors, year + 1, choice.factor).reindex(told.index)
        rows.append(leading(now, then, list(factors)))
    return pd.concat(rows) if rows else pd.DataFrame()


def parts_by_factor(panel: Panel, factors: dict[str, Panel], year: int, factor: float) -> pd.DataFrame:
    """Return each factor's part of each municipality's difference from Riket, and ``whole``; those that are told."""
    if year not in panel or any(year not in frame or RIKET not in frame.index for frame in factors.values()):
        return pd.DataFrame(columns=[*factors, "whole"], dtype=float)
    values = pd.DataFrame({kpi: frame[year] for kpi, frame in factors.items()})
    riket = {str(kpi): float(value) for kpi, value in values.loc[RIKET].items()}
    rows = {}
    for code, own in values.drop(index=RIKET).iterrows():
        whole = float(panel[year].get(code, np.nan)) - float(panel.loc[RIKET, year])
        parts = {str(kpi): float(value) for kpi, value in own.items()}
        if not np.isfinite(whole) or not all(value > 0 for value in (*parts.values(), *riket.values())):
            continue
        split = shapley_product(parts, riket, factor)
        if abs(whole - sum(split.values())) <= 0.25 * abs(whole):
            rows[code] = {**split, "whole": whole}
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*factors, "whole"])


def leading(now: pd.DataFrame, then: pd.DataFrame, factors: list[str]) -> pd.DataFrame:
    """Return for each told difference whether its leading factor holds most of it, and still leads a year later."""
    rows = []
    for code, own in now.dropna().iterrows():
        helping = own[factors] * np.sign(own["whole"])
        first = str(helping.idxmax())
        if helping[first] <= 0:
            continue
        after = then.loc[code]
        known = bool(np.isfinite(after.to_numpy(dtype=float)).all())
        rows.append(
            {
                "most": helping[first] > 0.5 * abs(own["whole"]),
                "same": float(str((after[factors] * np.sign(after["whole"])).idxmax()) == first)
                if known
                else np.nan,
                "sign": float(np.sign(after[first]) == np.sign(own[first])) if known else np.nan,
            }
        )
    return pd.DataFrame(rows)


def driver_summary(rows: pd.DataFrame) -> dict[str, float]:
    """Return how many are told, and how often it holds."""
    return {
        "antal": len(rows),
        "mer än hälften": round(float(rows["most"].mean()), 4),
        "samma faktor ett år senare": round(float(rows["same"].mean()), 4),
        "samma håll ett år senare": round(float(rows["sign"].mean()), 4),
    }
