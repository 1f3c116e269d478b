"""Countries where nothing changes: whoever is said to have made a change and kept it there has not.

Two kinds: everybody has the same lasting level, so that all distance is noise and all of it comes back; and everybody
keeps a level of its own (that of the real country), with noise about it. Years are independent, or with 0.6 of the year
before left, as in `benchmarks.calibration_null`. ``python -m benchmarks.calibration_precedents`` prints the rates.
"""

from __future__ import annotations

import json

import pandas as pd

from benchmarks import real
from benchmarks.calibration_null import FIGURES, LINGERS, null_country
from effektiv.analysis.panels import Panel, country
from effektiv.analysis.precedents import histories, precedents

SEEDS = (21, 22, 23)
YEARS = range(2003, 2023)
"""As long as the longest real histories: the more starting years, the more chances."""

KINDS = ("lika nivå", "egen nivå")
POSITIONS = (0.125, 0.875)
STEPS = (0.5, 1.0, 2.0)
"""Changes that are asked for, in typical steps of noise."""


def with_levels(null: Panel, kpi: str, *, logarithmic: bool) -> Panel:
    """Return a null country in which each municipality has its real lasting level."""
    values = country(real.panel(kpi))
    level = (
        values[[column for column in values.columns if int(column) >= 2013]].mean(axis=1).reindex(null.index)
    )
    middle = level.median()
    added: Panel = null.mul(level / middle, axis=0) if logarithmic else null.add(level - middle, axis=0)
    return added


def null_rows() -> dict[str, dict[str, float]]:
    """Return by kind the largest and the mean share of the like municipalities that are said to have kept a change."""
    rows = []
    for kpi in FIGURES:
        for years, linger in LINGERS.items():
            for seed in SEEDS:
                null, judged = null_country(kpi, seed, linger, YEARS)
                for kind in KINDS:
                    panel = (
                        null if kind == KINDS[0] else with_levels(null, kpi, logarithmic=judged.logarithmic)
                    )
                    known = histories(panel, judged)
                    assert known is not None
                    typical = float(judged.sd.median())
                    for at in POSITIONS:
                        for step in STEPS:
                            change = (-1 if at > 0.5 else 1) * step * typical
                            found = precedents(known, at, change)
                            kept = len(found.of("kept")) / found.like
                            rows.append((kind, years, kpi, step, kept, len(found.found) / found.like))
    frame = pd.DataFrame(rows, columns=["kind", "years", "kpi", "step", "kept", "made"])
    by_figure = frame.groupby(["kind", "years", "step", "kpi"])[["kept", "made"]].mean().reset_index()
    summary = {}
    for key, some in by_figure.groupby(["kind", "years", "step"]):
        summary[", ".join(map(str, key))] = {
            "andel sagda ha hållit": round(float(some["kept"].mean()), 4),
            "som mest i ett nyckeltal": round(float(some["kept"].max()), 4),
            "andel som gjort ändringen": round(float(some["made"].mean()), 4),
        }
    return summary


if __name__ == "__main__":
    print(json.dumps(null_rows(), ensure_ascii=False, indent=1))
