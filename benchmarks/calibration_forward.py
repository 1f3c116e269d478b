"""What is said of differences and changes in one year, beside what later years became."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from benchmarks import real
from effektiv.analysis.certainty import (
    FEWEST_YEARS,
    Certainty,
    Comparator,
    Noise,
    against_country,
    against_peers,
    against_riket,
    against_value,
    changes,
    differences,
    noise,
)
from effektiv.analysis.panels import Panel, country
from effektiv.types import RIKET, Break

FIRST, LAST = 2005, 2021
"""Years that are judged; the one after each is what comes true."""

FEWEST_PLACES = 200
"""Fewer judged municipalities than this and a figure is not listed as outside."""

SPANS = (2, 3, 4, 5)
"""Years that a change is told over: what a report's figure holds, three to five years, has spans of two to four."""

NEW_METHOD = 2019
"""Year from which the reference cost is calculated in a new way."""

SIZES = {"under 5 000": 5_000, "5 000-15 000": 15_000, "15 000-50 000": 50_000, "över 50 000": np.inf}

GROUP, NATION, MIDDLE, REFERENCE = "gruppen", "riket", "landets mitt", "det väntade"
"""What reports hold a figure against."""

COUNTRY = "landet"
"""Riket where it is published, else the country's middle municipality: one of the two for each figure."""


def published(panel: Panel) -> list[int]:
    """Return the years in which enough municipalities have a value to count."""
    filled = country(panel).notna().sum()
    return [int(year) for year, n in filled.items() if n >= 0.25 * filled.max()]


def comparators(
    panel: Panel, groups: Mapping[str, Sequence[str]], judged: Noise, unit: str, *, deviation: bool = False
) -> dict[str, Comparator]:
    """Return all that reports hold a figure against.

    A number of persons is never held against Riket, which is the sum of all. A net cost deviation is held
    against the reference cost, from which it is zero.
    """
    found = {GROUP: against_peers(panel, groups, judged), MIDDLE: against_country(panel)}
    if (
        unit != "antal"
        and RIKET in panel.index
        and panel.loc[RIKET].notna().sum() > len(published(panel)) / 2
    ):
        found[NATION] = against_riket(panel)
    if deviation:
        found[REFERENCE] = against_value(panel, 0.0)
    return found


def gap_of(panel: Panel, comparator: Comparator, judged: Noise) -> Panel:
    """Return the difference of all years, on the scale that it is judged on."""
    return judged.scaled(country(panel)) - judged.scaled(comparator.panel)


def later(gap: Panel, year: int, ahead: int, breaks: Sequence[Break]) -> pd.Series:
    """Return the difference some years on; missing across a break and where nothing is published."""
    broken = any(year < item.year <= year + ahead for item in breaks)
    return gap[year + ahead] if year + ahead in gap and not broken else pd.Series(np.nan, index=gap.index)


def told_and_later(
    panel: Panel, held_against: Mapping[str, Comparator], judged: Noise, breaks: Sequence[Break]
) -> pd.DataFrame:
    """Return what is said of each municipality against each comparator, with ``next`` and ``third`` year."""
    rows = []
    for name, comparator in held_against.items():
        gap = gap_of(panel, comparator, judged)
        told = differences(panel, comparator, judged, breaks).frame
        told = told.assign(
            comparator=name,
            next=later(gap, judged.year, 1, breaks),
            third=later(gap, judged.year, 3, breaks),
        )
        rows.append(told.dropna(subset=["difference", "next", "m95"]))
    return pd.concat(rows)


def walk_forward(figures: Iterable[real.Figure]) -> Iterator[pd.DataFrame]:
    """Yield what is said of figures of the real country in each year, and what became of it."""
    deviations = {percent for percent, _ in real.SERVICES.values()}
    for figure in figures:
        panel = real.panel(figure.kpi)
        there = published(panel)
        for year in range(FIRST, LAST + 1):
            broken = any(item.year == year + 1 for item in figure.breaks)
            if year not in there or year + 1 not in there or broken:
                continue
            inhabitants = real.population(year)
            judged = noise(panel, inhabitants, year, figure.unit, figure.breaks)
            if judged is None:
                continue
            against = comparators(
                panel, real.groups(figure.family), judged, figure.unit, deviation=figure.kpi in deviations
            )
            found = told_and_later(panel, against, judged, figure.breaks)
            yield found.assign(
                kpi=figure.kpi,
                use=figure.use,
                role=figure.role,
                family=figure.family,
                year=year,
                country=NATION if NATION in against else MIDDLE,
                population=inhabitants.reindex(found.index),
            )


def described(rows: pd.DataFrame) -> dict[str, float]:
    """Return coverage, how much is told, and how often what was told still holds."""
    miss = (rows["next"] - rows["difference"]).abs()
    inside = miss <= rows["m95"]
    found: dict[str, float] = {
        "nyckeltal": rows["kpi"].nunique(),
        "antal": len(rows),
        "täckning_95": inside.mean(),
        "täckning_80": (miss <= rows["m80"]).mean(),
    }
    size = pd.cut(rows["population"], [0, *SIZES.values()], labels=list(SIZES))
    found |= {
        f"täckning_95 {label}": value for label, value in inside.groupby(size, observed=True).mean().items()
    }
    by_figure = inside.groupby(rows["kpi"]).mean()
    found["nyckeltal_90_98"] = by_figure.between(0.90, 0.98).mean()
    found["nyckeltal_93_97"] = by_figure.between(0.93, 0.97).mean()
    for name, word in (("säkert", Certainty.SURE), ("troligen", Certainty.LIKELY)):
        told = rows[rows["certainty"] == word]
        found[name] = len(told) / len(rows)
        for label, then in (("ett år", "next"), ("tre år", "third")):
            found |= _same_sign(told, f"{name} {label}", then)
    one_year = rows[(rows["certainty"] == Certainty.LIKELY) & (rows["years"] < FEWEST_YEARS)]
    found |= _same_sign(one_year, "troligen, bara ett år att jämföra", "next")
    return {key: round(float(value), 4) for key, value in found.items()}


def _same_sign(told: pd.DataFrame, name: str, then: str) -> dict[str, float]:
    known = told.dropna(subset=[then])
    if known.empty:
        return {}
    return {name: float((np.sign(known["difference"]) == np.sign(known[then])).mean())}


def against_the_country(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows against Riket, or against the middle municipality for figures without Riket."""
    return rows[rows["comparator"] == rows["country"]].assign(comparator=COUNTRY)


def summary(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return `described` for the figures tuned on, held out and of structure, against each; by family and role."""
    both = [rows[rows["comparator"] == GROUP], against_the_country(rows)]
    found = {}
    for (kind, against), part in pd.concat([rows, both[1]]).groupby(["use", "comparator"]):
        found[f"{kind}, {against}"] = described(part)
    judged = pd.concat(both)
    judged = judged[judged["use"] != "structure"]
    for column in ("family", "role"):
        for (name, against), part in judged.groupby([column, "comparator"]):
            found[f"{name}, {against}"] = described(part)
    return found


def deviation_rows() -> dict[str, dict[str, float]]:
    """Return `described` for the seven services' net cost deviation against the expected, each and all."""
    figures = [
        real.Figure(percent, "%", "resource", service, "deviation", real.breaks(NEW_METHOD))
        for service, (percent, _) in real.SERVICES.items()
    ]
    rows = pd.concat(walk_forward(figures))
    rows = rows[rows["comparator"] == REFERENCE]
    found = {str(service): described(part) for service, part in rows.groupby("family")}
    return found | {"alla": described(rows)}


def outside(rows: pd.DataFrame) -> dict[str, float]:
    """Return the figures whose 95 % range holds the next year in less than 90 or more than 98 per cent."""
    hits = ((rows["next"] - rows["difference"]).abs() <= rows["m95"]).groupby(
        [rows["kpi"], rows["comparator"]]
    )
    found = hits.mean()[hits.size() >= FEWEST_PLACES]
    return {
        ", ".join(key): round(float(value), 4) for key, value in found.items() if not 0.90 <= value <= 0.98
    }


# --- changes ----------------------------------------------------------------------------


def change_rows() -> Iterator[pd.DataFrame]:
    """Yield each change told on the real country, beside what it is with both ends moved.

    ``wider`` has each end a year further out, so that no year is in both; ``moved`` has both ends a year on.
    """
    for figure in real.figures().values():
        if figure.use not in ("tuning", "held out"):
            continue
        panel = real.panel(figure.kpi)
        there = set(published(panel))
        for year in range(FIRST + min(SPANS), LAST + 1):
            spans = [span for span in SPANS if _is_whole(year, span, there, figure.breaks)]
            if not spans:
                continue
            judged = noise(panel, real.population(year), year, figure.unit, figure.breaks)
            if judged is None:
                continue
            against = comparators(panel, real.groups(figure.family), judged, figure.unit)
            against = {GROUP: against[GROUP], COUNTRY: against.get(NATION, against[MIDDLE])}
            for name, comparator in against.items():
                for span in spans:
                    found = told_changes(panel, comparator, judged, span)
                    yield found.assign(kpi=figure.kpi, role=figure.role, comparator=name, span=span)


def _is_whole(year: int, span: int, there: set[int], breaks: Sequence[Break]) -> bool:
    ends = {year - span - 1, year - span, year - span + 1, year, year + 1}
    return ends <= there and not any(year - span - 1 < item.year <= year + 1 for item in breaks)


def told_changes(panel: Panel, comparator: Comparator, judged: Noise, span: int) -> pd.DataFrame:
    """Return what is said of each municipality's change, with the change between moved ends."""
    gap, year = gap_of(panel, comparator, judged), judged.year
    return (
        changes(panel, comparator, judged, span)
        .assign(
            wider=gap[year + 1] - gap[year - span - 1],
            moved=gap[year + 1] - gap[year - span + 1],
        )
        .dropna(subset=["change", "wider", "moved", "m95"])
    )


def change_summary(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return how many changes are told, and how often the change between moved ends has the same sign."""
    found = {}
    for keys, part in [*rows.groupby(["comparator", "span"]), *rows.groupby(["comparator", "span", "role"])]:
        row: dict[str, float] = {"antal": len(part)}
        for name, word in (("säkert", Certainty.SURE), ("troligen", Certainty.LIKELY)):
            told = part[part["certainty"] == word]
            row[name] = len(told) / len(part)
            for label, then in (("utflyttade ändar", "wider"), ("ett år senare", "moved")):
                if len(told):
                    row[f"{name} {label}"] = (np.sign(told["change"]) == np.sign(told[then])).mean()
        found[", ".join(map(str, keys))] = {key: round(float(value), 4) for key, value in row.items()}
    return found
