"""Patterns, three lenses and gender: what step 2 says of them, where there is nothing and three years later."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks import real
from benchmarks.calibration_forward import REFERENCE, comparators, described, published, told_and_later
from benchmarks.calibration_made import KINDS, made_panels
from benchmarks.panels import OfPanels, made_country, real_country
from effektiv.analysis.certainty import noise
from effektiv.analysis.lenses import LOWER, UPPER
from effektiv.analysis.panels import Panel
from effektiv.analysis.patterns import Period, patterns
from effektiv.data.catalogue import load_catalogue
from effektiv.example.build import build_example
from effektiv.example.noise import Alike
from effektiv.national import National
from effektiv.steps.frontiers import measured
from effektiv.steps.s2_orsaksanalys.national_frontier import LENSES, PATTERNS, practice
from effektiv.types import FocusArea

DRAWN = 200
"""Simulated countries."""

SEEDS = range(31, 36)
"""Of the generator's countries, for each kind of years."""

DRIVERS = 9
PLANTED = (0.3, 0.4)
"""True correlations, given structure, that should be found."""

GENDERED = {
    "N15505": "grundskola",
    "N15419": "grundskola",
    "N15436": "grundskola",
    "U21468": "äldreomsorg",
    "U21505": "äldreomsorg",
    "U21477": "äldreomsorg",
    "U21461": "äldreomsorg",
    "U21463": "äldreomsorg",
}
FIRST, LAST = 2008, 2021


# --- patterns ---------------------------------------------------------------------------------


def drawn_country(seed: int, planted: float = 0.0) -> tuple[Period, Period]:
    """Return two periods of 290 municipalities: lasting differences in all, and one driver's tie to quality, if any.

    Structure matters to quality and to drivers, bent as well as straight, and is measured with some error.
    """
    draw = np.random.default_rng(seed)
    n = 290
    codes = pd.Index([f"{place:04d}" for place in range(n)])
    conditions = draw.normal(size=(n, 5))
    bent = conditions + 0.3 * (conditions**2 - 1.0)
    lasting = draw.normal(size=(n, DRIVERS + 1))
    lasting[:, 0] = planted * lasting[:, 1] + np.sqrt(1.0 - planted**2) * lasting[:, 0]
    weights = draw.normal(scale=0.3, size=(5, DRIVERS + 1))

    def period() -> Period:
        moving = draw.standard_t(5, size=(n, DRIVERS + 1)) * np.sqrt(3.0 / 5.0)
        values = bent @ weights + np.sqrt(0.75) * lasting + np.sqrt(0.25) * moving
        if planted:
            values[:, 0] = bent @ weights[:, 0] + lasting[:, 0]
            values[:, 1] = bent @ weights[:, 1] + lasting[:, 1]
        structure = pd.DataFrame(conditions + 0.1 * draw.normal(size=(n, 5)), index=codes)
        drivers = {f"d{place}": pd.Series(values[:, place], index=codes) for place in range(1, DRIVERS + 1)}
        return Period(pd.Series(values[:, 0], index=codes), drivers, structure)

    return period(), period()


def drawn_rows() -> dict[str, dict[str, float]]:
    """Return how many simulated countries are told of a pattern: without any, and with one planted."""
    none = [not patterns(*drawn_country(seed)).found.empty for seed in range(DRAWN)]
    found = {"slumpat": {"länder": DRAWN, "andel med mönster": round(float(np.mean(none)), 4)}}
    for size in PLANTED:
        hits = [list(patterns(*drawn_country(seed, size)).found.index) for seed in range(DRAWN)]
        found[f"planterat {size}".replace(".", ",")] = {
            "länder": DRAWN,
            "funnet": round(float(np.mean(["d1" in item for item in hits])), 4),
            "annat funnet": round(float(np.mean([bool(set(item) - {"d1"}) for item in hits])), 4),
        }
    return found


def made_rows() -> dict[str, dict[str, float]]:
    """Return how many of the generator's countries without effects are told of a pattern, by area and kind of years."""
    told = []
    for kind, rho in KINDS.items():
        for seed in SEEDS:
            national = _generated(seed, rho)
            told += [(area, kind, found) for area, found in _told(national)]
    frame = pd.DataFrame(told, columns=["area", "kind", "found"])
    rows = {f"generatorn, {kind}": part["found"] for kind, part in frame.groupby("kind")}
    rows |= {f"generatorn, {area}": part["found"] for area, part in frame.groupby("area")}
    return {
        key: {"länder": len(part), "andel med mönster": round(float(part.mean()), 4)}
        for key, part in rows.items()
    }


def _generated(seed: int, rho: float) -> OfPanels:
    data = build_example(alike=Alike(seed, rho))
    return made_country(made_panels(data.observations, list(load_catalogue().kpis)))


def _told(national: National) -> Iterator[tuple[str, bool]]:
    for area in national.catalogue.areas.values():
        year = _latest(national, [area.headline_quality])
        if year is None or not practice(national, area):
            continue
        found = national.result(PATTERNS, area, year)
        if found is not None and len(found.frame):
            yield area.id, not found.found.empty


def _latest(national: National, kpis: list[str]) -> int | None:
    years = set.intersection(*(set(published(national.panel(kpi))) for kpi in kpis))
    return max(years, default=None)


def real_rows() -> dict[str, dict[str, float]]:
    """Return how many patterns are told on the real country, and how many are there again three years later."""
    national, told, again = real_country(), 0, 0
    asked = 0
    for area in national.catalogue.areas.values():
        for year in range(2014, 2020):
            found = national.result(PATTERNS, area, year) if practice(national, area) else None
            later = None if found is None else national.result(PATTERNS, area, year + 3)
            if found is None or later is None:
                continue
            asked += 1
            for kpi in found.found.index.intersection(later.frame.index):
                told += 1
                again += bool(found.frame.loc[kpi, "now"] * later.frame.loc[kpi, "now"] > 0)
    row: dict[str, float] = {"rapporter": asked, "mönster": told}
    return {
        "det verkliga landet": row | ({"samma håll tre år senare": round(again / told, 4)} if told else {})
    }


def pattern_rows() -> dict[str, dict[str, float]]:
    """Return all that is measured of patterns."""
    return drawn_rows() | made_rows() | real_rows()


# --- lenses -----------------------------------------------------------------------------------


def lens_rows() -> dict[str, dict[str, float]]:
    """Return how often the lenses agree on an outer third, and what they say three years later."""
    national, every = real_country(), []
    for area in national.catalogue.areas.values():
        if measured(national, area) is None or area.index is None:
            continue
        every.append(agreed_then_and_later(national, area, 2018))
    rows = pd.concat(every)
    found = {str(area): _kept(part) for area, part in rows.groupby("area")}
    return found | {"alla": _kept(rows)}


def agreed_then_and_later(national: National, area: FocusArea, year: int) -> pd.DataFrame:
    """Return the municipalities that all lenses put in the same outer third, and how many lenses do three years on."""
    then = national.result(LENSES, area, year).thirds.dropna()
    later = national.result(LENSES, area, year + 3).thirds
    third = then.iloc[:, 0].where(then.eq(then.iloc[:, 0], axis=0).all(axis=1))
    told = third[third.isin((LOWER, UPPER))]
    after = later.reindex(told.index)
    return pd.DataFrame(
        {
            "area": area.id,
            "asked": len(then),
            "third": told,
            "same": after.eq(told, axis=0).sum(axis=1),
            "opposite": after.eq(UPPER - told, axis=0).sum(axis=1),
            "known": after.notna().sum(axis=1),
        }
    )


def _kept(rows: pd.DataFrame) -> dict[str, float]:
    known = rows[rows["known"] >= 2]
    asked = rows.groupby("area")["asked"].first().sum()
    return {
        "antal": len(known),
        "andel eniga": round(len(rows) / float(asked), 4),
        "samma tredjedel, minst två": round(float((known["same"] >= 2).mean()), 4),
        "motsatt tredjedel, minst två": round(float((known["opposite"] >= 2).mean()), 4),
    }


# --- gender -----------------------------------------------------------------------------------


def gender_panel(kpi: str) -> Panel:
    """Return the real values of women and girls less those of men and boys."""
    path = real.SHARED / "data" / "kolada-1994-2022" / "values_catalogue.csv.gz"
    rows = pd.read_csv(path, dtype={"municipality_id": str, "kpi": str, "gender": str})
    rows = rows[(rows["kpi"] == kpi) & rows["gender"].isin(("K", "M"))].dropna(subset=["value"])
    region = rows["municipality_id"].str.startswith("00") & (rows["municipality_id"] != "0000")
    tables = {
        gender: part.pivot_table(index="municipality_id", columns="year", values="value", aggfunc="first")
        for gender, part in rows[~region].groupby("gender")
    }
    gap = (tables["K"] - tables["M"]).rename_axis("municipality")
    gap.columns = gap.columns.astype("int64")
    return gap


def gender_rows() -> dict[str, dict[str, float]]:
    """Return how the certainty of gender gaps against none comes true a year later.

    Against the peers' gap it does not ("likely" had the same side a year later in 60 per cent), and is not said.
    """
    every = []
    for kpi, family in GENDERED.items():
        panel, kind = gender_panel(kpi), load_catalogue().kpis[kpi]
        there = set(published(panel))
        for year in range(FIRST, LAST + 1):
            if not {year, year + 1} <= there or any(item.year == year + 1 for item in kind.breaks):
                continue
            judged = noise(panel, real.population(year), year, "procentenheter", kind.breaks)
            if judged is None:
                continue
            against = comparators(panel, real.groups(family), judged, "procentenheter", deviation=True)
            found = told_and_later(panel, {REFERENCE: against[REFERENCE]}, judged, kind.breaks)
            every.append(found.assign(kpi=kpi, population=real.population(year).reindex(found.index)))
    rows = pd.concat(every)
    return {"mot noll": described(rows)}
