"""Mät frontens tal: hur ofta intervallet rymmer det sanna avståndet, och hur lång tid hela landet tar.

Landet är exempeldata: alla områden och år som någon rapport visar, bootstrap inräknad, mot samma sak med ett linjärt
program för varje kommun (HiGHS). Sanningen är en ritad front med känt avstånd, med och utan fel i kostnaden, och
exempeldatas egen: det sanna värdet av kostnad och kvalitet bakom exempeldata.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.tell import number
from effektiv.analysis.frontier import bootstrap, dea, hull_peers, hull_scores
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import EXAMPLE, open_snapshot
from effektiv.example.truths import truths
from effektiv.national import National
from effektiv.steps.s2_orsaksanalys import national_frontier as ours

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "fronten.json"

COUNTRIES, UNITS, REPLICATES = 16, (30, 290), 200
LEVEL = 0.95
NOISE = 0.04
"""Standard deviation of ln cost's error in a three-year mean, as among municipalities of the middle size."""


def drawn(seed: int, units: int, noise: float) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Return cost, quality and the true score of a country: quality costs more and more, and few are at the frontier."""
    draw = np.random.default_rng(seed)
    codes = pd.Index([f"{place:04d}" for place in range(units)])
    quality = pd.DataFrame({"quality": draw.uniform(1.0, 2.0, units)}, index=codes)
    score = pd.Series(np.exp(-np.abs(draw.normal(0.0, 0.2, units))), index=codes)
    least = quality["quality"] ** 1.5
    cost = least / score * np.exp(noise * draw.standard_normal(units))
    return cost.to_frame("cost"), quality, score


def covered(units: int, noise: float) -> float:
    """Return the share of the units, over many countries, whose interval holds the true score."""
    hits = []
    for seed in range(COUNTRIES):
        cost, quality, score = drawn(seed, units, noise)
        frame = bootstrap(cost, quality, replicates=REPLICATES, level=LEVEL, seed=seed).frame
        hits.append(((frame["low"] <= score) & (score <= frame["high"])).mean())
    return float(np.mean(hits))


def covered_in_the_example(area: str) -> float:
    """Return the share whose interval, of a published year, holds the score among the true values behind it."""
    national = _example()
    found = national.catalogue.areas[area]
    year = max(item for one, item in ours.LENSES.wanted(national) if one.id == area)
    frontier = national.result(ours.FRONTIER, found, year)
    assert frontier is not None
    true = truths().efficiency
    true = true[(true["area"] == area) & true["year"].isin(frontier.years)]
    mean = true.groupby("municipality")[["log_unit_cost", "log_quality"]].mean().reindex(frontier.frame.index)
    values = np.exp(mean)
    score = hull_scores(values[["log_unit_cost"]], values[["log_quality"]])
    return float(((frontier.frame["low"] <= score) & (score <= frontier.frame["high"])).mean())


def _example() -> National:
    return National(open_snapshot(EXAMPLE), load_catalogue())


def country_seconds() -> dict[str, float]:
    """Return how long all areas and years take, and how much longer linear programmes would."""
    national = _example()
    national.panel("N01951")  # panels are everyone's, and read before
    wanted = list(ours.LENSES.wanted(national))
    started, began = time.perf_counter(), time.process_time()
    for kind in (ours.LENSES, ours.FRONTIER, ours.PATTERNS):
        for about in kind.wanted(national):
            national.result(kind, *about)
    whole, cpu = time.perf_counter() - started, time.process_time() - began
    cost, quality, _ = drawn(1, 290, 0.0)
    # Both with scores and peers; CPU seconds, since others may be at work on the machine.
    began = time.process_time()
    for _ in range(5):
        by_hull, _ = hull_scores(cost, quality), hull_peers(cost, quality)
    hull = (time.process_time() - began) / 5
    began = time.process_time()
    by_programmes = dea(cost, quality).scores
    programmes = time.process_time() - began
    return {
        "områden och år": len(wanted),
        "sekunder": round(whole, 1),
        "CPU-sekunder": round(cpu, 1),
        "en front med hölje, ms": round(1000 * hull, 2),
        "en front med linjära program, ms": round(1000 * programmes, 0),
        "gånger": round(programmes / hull, 0),
        "största skillnad": float(np.abs(by_hull - by_programmes).max()),
    }


def measured() -> dict[str, dict[str, float]]:
    """Measure all of it."""
    found = {"hela landet": country_seconds()}
    print(json.dumps(found, ensure_ascii=False), flush=True)
    coverage = {}
    for units in UNITS:
        for noise in (0.0, NOISE):
            name = f"{units} kommuner, {'utan fel' if not noise else 'fel ' + number(100 * noise, 0) + ' %'}"
            coverage[name] = round(covered(units, noise), 4)
            print(name, coverage[name], flush=True)
    coverage["exempeldata, grundskola"] = round(covered_in_the_example("grundskola"), 4)
    return found | {"intervallet rymmer sanningen, utlovat 95 %": coverage}


def main() -> None:
    """Measure, tell, and keep the figures."""
    argparse.ArgumentParser(prog="python -m benchmarks.frontier", description=__doc__).parse_args()
    found = measured()
    FIGURES.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
