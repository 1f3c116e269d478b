"""What is said of a cost beside what structure predicts: on the real country year by year, and where nobody differs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks import real
from benchmarks.calibration_forward import later, published
from benchmarks.calibration_null import LINGERS, SEEDS, null_country
from benchmarks.calibration_parts import computed
from effektiv.analysis.certainty import (
    Certainty,
    against_value,
    differences,
    noise,
)
from effektiv.analysis.panels import Panel
from effektiv.analysis.structure import log_panel
from effektiv.analysis.structure_checks import (
    AGREED,
    YearlyResiduals,
    agreements,
    quartiles,
    specification_curve,
    yearly_residuals,
)
from effektiv.data.catalogue import load_catalogue
from effektiv.types import Break, Catalogue, FocusArea

FIRST, LAST = 2008, 2022
POPULATION = "N01951"

NULL_AREAS = {"N15008": "grundskola", "N21006": "aldreomsorg-ordinart-boende"}
"""Costs of a country without differences, and the area whose structure they are cleaned of."""

COST, QUALITY, REACH = "kostnad", "kvalitet", "volym"


def outcome(catalogue: Catalogue, area: FocusArea, side: str) -> str | None:
    """Return the figure of a side that the real country has, as reports choose it; None without one."""
    model = area.structural_model
    first = {COST: model.cost, QUALITY: model.quality, REACH: area.causes.reach if area.causes else None}[
        side
    ]
    while first is not None and computed(catalogue, first).empty:
        first = catalogue.kpis[first].stand_in
    return first


def cleaned(catalogue: Catalogue, area: FocusArea, side: str) -> tuple[YearlyResiduals | None, str]:
    """Return what structure leaves of a side in each year, and the figure's id."""
    kpi = outcome(catalogue, area, side)
    if kpi is None:
        return None, ""
    panel = computed(catalogue, kpi)
    years = [year for year in published(panel) if FIRST <= year <= LAST]
    structure = real.panels(area.structural_model.structure)
    return yearly_residuals(log_panel(panel) if side == COST else panel, structure, years), kpi


def told(residual: Panel, year: int, breaks: tuple[Break, ...], *, logarithmic: bool) -> pd.DataFrame | None:
    """Return what is said of all municipalities' distance from what structure predicts; None without noise."""
    scaled = 100.0 * residual if logarithmic else residual
    judged = noise(scaled, real.population(year), year, "%", breaks)
    if judged is None:
        return None
    found = differences(scaled, against_value(scaled, 0.0), judged, breaks).frame
    return found.assign(next=later(scaled, year, 1, breaks), third=later(scaled, year, 3, breaks))


def forward(catalogue: Catalogue, area: FocusArea, side: str) -> Iterator[pd.DataFrame]:
    """Yield what is said each year of the real country, with the years after."""
    found, kpi = cleaned(catalogue, area, side)
    if found is None:
        return
    breaks = catalogue.kpis[kpi].breaks
    quarters = quartiles(found.residual)
    for year in [int(item) for item in found.residual.columns]:
        rows = told(found.residual, year, breaks, logarithmic=side == COST)
        if rows is None:
            continue
        rows = rows.assign(quarter=quarters[year], next_quarter=later(quarters, year, 1, breaks))
        if side == COST:
            curve = specification_curve(
                real.panel(kpi),
                real.panels(area.structural_model.structure),
                real.panel(POPULATION),
                year,
                breaks=breaks,
            )
            assert curve is not None, (kpi, year)
            rows = rows.join(agreements(curve)[["share", "dearer"]])
        yield rows.assign(year=year, explained=found.summary.loc[year, "adj_r2"]).dropna(
            subset=["difference", "m95"]
        )


def structure_rows() -> dict[str, dict[str, float]]:
    """Return by area and side what is said beside structure and how often it comes true; costs of all together."""
    catalogue, found, costs = load_catalogue(), {}, []
    for area in catalogue.areas.values():
        for side in (COST, QUALITY, REACH):
            parts = list(forward(catalogue, area, side))
            rows = pd.concat(parts) if parts else pd.DataFrame(columns=["next"])
            if rows["next"].notna().any():
                found[f"{side}, {area.id}"] = described(rows)
                costs += [rows] if side == COST else []
    return found | {f"{COST}, alla": described(pd.concat(costs))}


def described(rows: pd.DataFrame) -> dict[str, float]:
    """Return how much is told, and how often it has the same sign one and three years on."""
    known = rows.dropna(subset=["next"])
    found: dict[str, float] = {"antal": len(known), "förklarat": known["explained"].mean()}
    found["täckning_95"] = ((known["next"] - known["difference"]).abs() <= known["m95"]).mean()
    for name, word in (("säkert", Certainty.SURE), ("troligen", Certainty.LIKELY)):
        chosen = known[known["certainty"] == word]
        if "share" in chosen:
            chosen = chosen[
                (chosen["share"] >= AGREED) & ((chosen["dearer"] > 0.5) == (chosen["difference"] > 0))
            ]
        found[name] = len(chosen) / len(known)
        for label, then in (("ett år", "next"), ("tre år", "third")):
            after = chosen.dropna(subset=[then])
            if len(after):
                found[f"{name} {label}"] = (np.sign(after["difference"]) == np.sign(after[then])).mean()
    both = known.dropna(subset=["next_quarter"])
    found["samma fjärdedel ett år"] = (both["quarter"] == both["next_quarter"]).mean()
    dearest = both[both["quarter"] == 4]
    found["kvar i dyraste fjärdedelen ett år"] = (dearest["next_quarter"] == 4).mean()
    return {key: round(float(value), 4) for key, value in found.items()}


def structure_null_rows() -> dict[str, dict[str, float]]:
    """Return the share told beside structure where nobody differs, by figure and kind of years; all is false."""
    catalogue, found = load_catalogue(), {}
    for kpi, area_id in NULL_AREAS.items():
        structure = real.panels(catalogue.areas[area_id].structural_model.structure)
        for kind, linger in LINGERS.items():
            sure, any_word = [], []
            for seed in SEEDS:
                null, _ = null_country(kpi, seed, linger)
                cleaned_null = yearly_residuals(log_panel(null), structure, list(null.columns))
                assert cleaned_null is not None, kpi
                rows = told(cleaned_null.residual, int(max(null.columns)), (), logarithmic=True)
                assert rows is not None, kpi
                sure.append((rows["certainty"] == Certainty.SURE).mean())
                any_word.append((rows["certainty"] != Certainty.UNCLEAR).mean())
            found[f"{kpi}, {kind}"] = {
                "andel säkert": round(float(np.mean(sure)), 4),
                "andel säkert eller troligen": round(float(np.mean(any_word)), 4),
            }
    return found
