"""Is the applicants' need right, and does a place that hardly depends on the weights last?

On the real country, at every year that has three comparable years on both sides: each municipality's level as it is
published, its need shrunk by chance (`effektiv.analysis.need`), and the mean level of the three years after; all are
distances to the country's middle. ``python -m benchmarks.calibration_need`` prints the figures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks import real
from benchmarks.calibration_null import LINGERS, null_country
from effektiv.analysis.certainty import noise
from effektiv.analysis.need import Needs, Standing, needs, select
from effektiv.analysis.panels import country, published_years, segments
from effektiv.analysis.rebound import AFTER, RECENT
from effektiv.steps.natverk.applicants import ALMOST_ALWAYS, SELDOM

SIDES = {"kostnad": ("N15001", "N20900", "N30001"), "kvalitet": ("N15428", "N15436", "N15419", "U21468")}
"""Figures with six comparable years in a row: the areas' own where they have them, else their nearest of kin."""

ASKED = (("N15428", 1), ("N20900", -1))
"""The figures that applicants are weighed by, quality and cost, and 1 where higher is better."""

APPLICANTS, PLACES, PROJECTS, DRAWS = 30, 15, 20, 1024
"""Applicants and places of a project, how many are drawn each year, and ways of weighing."""

SEEDS = (21, 22, 23)
NULL_YEARS = range(2013, 2023)


def ends(kpi: str) -> Iterator[int]:
    """Yield the last year of every level that three comparable years come after."""
    for run in segments(published_years(real.panel(kpi)), real.figures()[kpi].breaks):
        for last in run:
            if set(range(last - RECENT + 1, last + AFTER + 1)) <= set(run):
                yield last


def known(kpi: str, last: int, sign: int) -> Needs | None:
    """Return everybody's need as it could be known in a year."""
    figure = real.figures()[kpi]
    judged = noise(real.panel(kpi), real.population(last), last, figure.unit, figure.breaks)
    return needs(real.panel(kpi), judged, range(last - RECENT + 1, last + 1), sign)


def later(kpi: str, last: int) -> pd.Series:
    """Return everybody's mean distance to the middle in the three years after; shares, so on their own scale."""
    values = country(real.panel(kpi)).reindex(columns=range(last + 1, last + AFTER + 1))
    return (values - values.median()).mean(axis=1, skipna=False)


def predicted() -> pd.DataFrame:
    """Return a row a figure, year and municipality: ``level``, ``left`` (shrunk), ``later``, ``kept``."""
    parts = []
    for side, kpis in SIDES.items():
        for kpi in kpis:
            for last in ends(kpi):
                found = known(kpi, last, 1)
                if found is None:
                    continue
                frame = found.frame.assign(later=later(kpi, last), side=side, kpi=kpi, last=last)
                spread = float((frame["left"] / -frame["need"]).median())
                # The later level has its own chance too: the same share of the spread as now.
                unsure = spread * np.sqrt(frame["sd"] ** 2 + (1.0 - frame["kept"]) / frame["kept"])
                inside = (frame["later"] - frame["left"]).abs() < 1.645 * unsure
                parts.append(frame.assign(inside=inside.astype(float)).dropna())
    return pd.concat(parts)


def summary(rows: pd.DataFrame) -> dict[str, float]:
    """Return the mean square error of both, and by how much the later level follows each (slope; 1 is right)."""

    def error(column: str) -> float:
        return float(((rows["later"] - rows[column]) ** 2).mean())

    def slope(column: str) -> float:
        return float((rows[column] * rows["later"]).sum() / (rows[column] ** 2).sum())

    return {
        "antal": len(rows),
        "kvar": round(float(rows["kept"].mean()), 4),
        "fel, publicerat": round(error("level"), 4),
        "fel, krympt": round(error("left"), 4),
        "i intervallet": round(float(rows["inside"].mean()), 4),
        "lutning, publicerat": round(slope("level"), 4),
        "lutning, krympt": round(slope("left"), 4),
    }


def need_rows() -> dict[str, dict[str, float]]:
    """Return how well the need predicts, by figure."""
    return {str(kpi): summary(rows) for kpi, rows in predicted().groupby("kpi")}


def _weighed(found: list[Needs], codes: list[str], states: np.ndarray) -> np.ndarray:
    """Return how often each applicant has a place."""
    sides = [frame.loc[codes, ["need", "sd"]].to_numpy() for frame in (item.frame for item in found)]
    standings = [
        Standing(tuple(quality), tuple(cost), tuple(state))
        for quality, cost, state in zip(*sides, states, strict=True)
    ]
    return select(standings, draws=DRAWS).among_best(PLACES)


def _states(draw: np.random.Generator) -> np.ndarray:
    """Draw the state of the applicants' problem statements: share of parts, and three answers."""
    return np.column_stack([draw.random(APPLICANTS), draw.integers(0, 2, (APPLICANTS, 3))])


def place_rows() -> dict[str, dict[str, float]]:
    """Return how often a place that hardly depends on the weights still is one when the next three years are known."""
    rows = []
    for last in sorted(set.intersection(*(set(ends(kpi)) for kpi, _ in ASKED))):
        found = [known(kpi, last, sign) for kpi, sign in ASKED]
        came = []
        for kpi, sign in ASKED:
            level = later(kpi, last)
            came.append(pd.DataFrame({"need": -sign * level / level.std(), "sd": 0.0}).dropna())
        there = [item for item in found if item is not None]
        codes = sorted(
            set.intersection(*(set(item.index) for item in (*came, *(item.frame for item in there))))
        )
        draw = np.random.default_rng(last)
        for _ in range(PROJECTS):
            chosen = [str(code) for code in draw.choice(codes, APPLICANTS, replace=False)]
            states = _states(draw)
            then = _weighed([Needs((last,), item) for item in came], chosen, states)
            rows += list(zip(_weighed(there, chosen, states), then, strict=True))
    frame = pd.DataFrame(rows, columns=["now", "then"])
    always, seldom = frame[frame["now"] >= ALMOST_ALWAYS], frame[frame["now"] <= SELDOM]
    return {
        "nästan hur man än väger": _held(always, len(frame), always["then"] > 0.5),
        "sällan": _held(seldom, len(frame), seldom["then"] < 0.5),
    }


def _held(rows: pd.DataFrame, every: int, right: pd.Series) -> dict[str, float]:
    return {
        "antal": len(rows),
        "andel av sökande": round(len(rows) / every, 4),
        "håller": round(float(right.mean()), 4),
    }


def place_null_rows() -> dict[str, dict[str, float]]:
    """Return how often a place is said not to depend on the weights where nobody differs, by kind of years."""
    found = {}
    for kind, linger in LINGERS.items():
        told = asked = 0
        for seed in SEEDS:
            both = []
            for kpi, sign in ASKED:
                null, judged = null_country(kpi, seed, linger, NULL_YEARS)
                here = needs(null, judged, NULL_YEARS[-RECENT:], sign)
                assert here is not None
                both.append(here)
            codes = sorted(set(both[0].frame.index) & set(both[1].frame.index))
            draw = np.random.default_rng(seed)
            for _ in range(PROJECTS):
                chosen = [str(code) for code in draw.choice(codes, APPLICANTS, replace=False)]
                shares = _weighed(both, chosen, np.ones((APPLICANTS, 4)))
                told, asked = told + int((shares >= ALMOST_ALWAYS).sum()), asked + APPLICANTS
        found[kind] = {"andel nästan hur man än väger": round(told / asked, 4), "antal": asked}
    return found


if __name__ == "__main__":
    parts = {"behov": need_rows(), "plats": place_rows(), "plats utan skillnader": place_null_rows()}
    print(json.dumps(parts, ensure_ascii=False, indent=1))
