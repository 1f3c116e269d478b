"""Mät hur ofta rapporternas ord stämmer: på det verkliga landet år för år framåt, och i länder utan skillnader.

Kräver de verkliga utdragen bredvid projektet (shared/). Varje påstående som en rapport kan göra i ord står här
med sin felfrekvens; ett påstående som inte står här görs inte. Figurerna och måtten är de i CERTAINTY.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import real
from benchmarks.calibration_focus import focus_rows
from benchmarks.calibration_models import model_rows
from benchmarks.calibration_null import null_rows
from benchmarks.tell import number
from effektiv.analysis.certainty import (
    Certainty,
    Comparator,
    Noise,
    against_country,
    against_peers,
    against_riket,
    changes,
    differences,
    noise,
)
from effektiv.analysis.panels import Panel, country
from effektiv.types import RIKET

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "kalibrering.json"

FIRST, LAST = 2005, 2021
"""Years that are judged; the one after each is what comes true."""

FEWEST_YEARS, FEWEST_PLACES = 7, 200
"""A figure with fewer comparable years, or municipalities a year, is listed as short."""

SIZES = {"under 5 000": 5_000, "5 000-15 000": 15_000, "15 000-50 000": 50_000, "över 50 000": np.inf}

BEGIN = "<!-- Raderna hit till slutmärket skrivs av: python -m benchmarks.kalibrering --readme -->"
END = "<!-- slut på kalibreringen -->"


def main() -> None:
    """Measure, tell, and keep the figures."""
    options = _options()
    if options.readme:
        write_readme(json.loads(FIGURES.read_text(encoding="utf-8")))
        return
    if not real.is_there():
        sys.exit(
            f"De verkliga utdragen finns inte i {real.SHARED.name}/ bredvid projektet: inget att mäta på."
        )
    started = time.monotonic()
    forward = pd.concat(walk_forward())
    result = {
        "framåt": summary(forward),
        "utanför": outside(forward),
        "ändringar": change_summary(pd.concat(change_rows())),
        "utan_skillnader": null_rows(),
        "förebilder": model_rows(),
        "fokusområden": focus_rows(),
    }
    FIGURES.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(table(result))
    print(f"\n{FIGURES.relative_to(ROOT)} skrevs efter {time.monotonic() - started:.0f} s.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kalibrering", description=__doc__)
    parser.add_argument("--readme", action="store_true", help="skriv bara om raderna i README.md")
    return parser.parse_args()


# --- the real country, year by year -----------------------------------------------------


def walk_forward(first: int = FIRST, last: int = LAST) -> Iterator[pd.DataFrame]:
    """Yield what is said of each figure in each year, beside what the next year and the third became."""
    for figure in real.figures().values():
        panel = real.panel(figure.kpi)
        published = _published(panel)
        rows = []
        for year in range(first, last + 1):
            broken = any(item.year == year + 1 for item in figure.breaks)
            if year not in published or year + 1 not in published or broken:
                continue
            inhabitants = real.population(year)
            judged = noise(panel, inhabitants, year, figure.unit, figure.breaks)
            if judged is None:
                continue
            for name, comparator in comparators(panel, figure.family, judged).items():
                told = differences(panel, comparator, judged, figure.breaks).frame
                gap = _gap(panel, comparator, judged)
                rows.append(
                    told.assign(
                        kpi=figure.kpi,
                        use=figure.use,
                        role=figure.role,
                        family=figure.family,
                        year=year,
                        comparator=name,
                        population=inhabitants.reindex(told.index),
                        next=_later(gap, year, 1, figure.breaks),
                        third=_later(gap, year, 3, figure.breaks),
                    ).dropna(subset=["difference", "next", "m95"])
                )
        if rows:
            yield pd.concat(rows)


def comparators(panel: Panel, family: str, judged: Noise) -> dict[str, Comparator]:
    """Return the peers' median, and Riket where it is published (else the country's middle municipality)."""
    riket = RIKET in panel.index and panel.loc[RIKET].notna().sum() > len(_published(panel)) / 2
    return {
        "gruppen": against_peers(panel, real.groups(family), judged),
        "landet": against_riket(panel) if riket else against_country(panel),
    }


def _published(panel: Panel) -> list[int]:
    filled = country(panel).notna().sum()
    return [int(year) for year, n in filled.items() if n >= 0.25 * filled.max()]


def _gap(panel: Panel, comparator: Comparator, judged: Noise) -> Panel:
    return judged.scaled(country(panel)) - judged.scaled(comparator.panel)


def _later(gap: Panel, year: int, ahead: int, breaks: tuple[object, ...]) -> pd.Series:
    broken = any(year < item.year <= year + ahead for item in breaks)  # type: ignore[attr-defined]
    return gap[year + ahead] if year + ahead in gap and not broken else pd.Series(np.nan, index=gap.index)


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
        for label, later in (("ett år", "next"), ("tre år", "third")):
            known = told.dropna(subset=[later])
            if len(known):
                found[f"{name} {label}"] = (np.sign(known["difference"]) == np.sign(known[later])).mean()
    return {key: round(float(value), 4) for key, value in found.items()}


def summary(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return `described` for the figures tuned on, held out, short and of structure; by family and role."""
    years = rows.groupby("kpi")["year"].nunique()
    short = rows["kpi"].isin(years[years < FEWEST_YEARS].index)
    use = rows["use"].where(~short | rows["use"].eq("structure"), "short")
    found = {}
    for (kind, against), part in rows.groupby([use, rows["comparator"]]):
        found[f"{kind}, {against}"] = described(part)
    judged = rows[~short & (rows["use"] != "structure")]
    for column in ("family", "role"):
        for (name, against), part in judged.groupby([column, "comparator"]):
            found[f"{name}, {against}"] = described(part)
    return found


def outside(rows: pd.DataFrame) -> dict[str, float]:
    """Return the figures whose 95 % range holds the next year in less than 90 or more than 98 per cent."""
    hits = ((rows["next"] - rows["difference"]).abs() <= rows["m95"]).groupby(
        [rows["kpi"], rows["comparator"]]
    )
    found = hits.mean()[hits.size() >= FEWEST_PLACES]
    return {
        ", ".join(key): round(float(value), 4) for key, value in found.items() if not 0.90 <= value <= 0.98
    }


def change_rows() -> Iterator[pd.DataFrame]:
    """Yield each change told over three and five years, beside the change between the years after its ends."""
    for figure in real.figures().values():
        if figure.use not in ("tuning", "held out"):
            continue
        panel = real.panel(figure.kpi)
        published = set(_published(panel))
        for span in (3, 5):
            for year in range(FIRST + span, LAST + 1):
                ends = {year - span, year - span + 1, year, year + 1}
                if not ends <= published or any(year - span < b.year <= year + 1 for b in figure.breaks):
                    continue
                judged = noise(panel, real.population(year), year, figure.unit, figure.breaks)
                if judged is None:
                    continue
                for name, comparator in comparators(panel, figure.family, judged).items():
                    gap = _gap(panel, comparator, judged)
                    told = changes(panel, comparator, judged, span)
                    yield told.assign(
                        kpi=figure.kpi,
                        role=figure.role,
                        comparator=name,
                        span=span,
                        moved=gap[year + 1] - gap[year - span + 1],
                    ).dropna(subset=["change", "moved", "m95"])


def change_summary(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return how many changes are told as sure, and how often the change one year on has the same sign."""
    found = {}
    for keys, part in [*rows.groupby(["comparator", "span"]), *rows.groupby(["comparator", "span", "role"])]:
        told = part[part["certainty"] == Certainty.SURE]
        same = (np.sign(told["change"]) == np.sign(told["moved"])).mean() if len(told) else np.nan
        found[", ".join(map(str, keys))] = {
            "antal": len(part),
            "säkert": round(len(told) / len(part), 4),
            "samma håll": round(float(same), 4),
        }
    return found


# --- telling ----------------------------------------------------------------------------


def percent(value: float) -> str:
    """Return a share as Swedish per cent with one decimal."""
    return f"{number(100 * value)} %"


def table(result: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Return the most important figures as a Markdown table."""
    lines = ["| Påstående | Mätt på | Stämmer |", "|---|---|---|"]
    for use, words in (
        ("tuning", "det verkliga landet 2005–2021"),
        ("held out", "LSS och gymnasieskola, undanhållna"),
    ):
        for against in ("gruppen", "landet"):
            row = result["framåt"][f"{use}, {against}"]
            lines += [
                f"| Nästa års skillnad mot {against} ligger i intervallet på 95 % | {words}, "
                f"{row['nyckeltal']:.0f} nyckeltal | {percent(row['täckning_95'])} |",
                f"| *Säkert*, mot {against}: åt samma håll ett år senare (tre år senare) | {words} | "
                f"{percent(row['säkert ett år'])} ({percent(row['säkert tre år'])}) |",
                f"| *Troligen*, mot {against}: åt samma håll ett år senare (tre år senare) | {words} | "
                f"{percent(row['troligen ett år'])} ({percent(row['troligen tre år'])}) |",
            ]
    worst = {
        kind: max(row["andel säkert"] for key, row in result["utan_skillnader"].items() if kind in key)
        for kind in ("oberoende år", "beroende år")
    }
    lines += [
        f"| *Säkert* i ett land utan skillnader, värsta nyckeltalet | tre slumpade länder, {kind} | "
        f"{percent(value)} sägs fel |"
        for kind, value in worst.items()
    ]
    models = result["förebilder"]["alla"]
    lines.append(
        f"| *Förebild*: både billigare och bättre tre år senare | {models['fönster']:.0f} treårsperioder | "
        f"{percent(models['håller'])} (utlovat {percent(models['utlovat'])}) |"
    )
    focus = [row for key, row in result["fokusområden"].items() if key.startswith("kostnad")]
    low, high = min(row["kvar"] for row in focus), max(row["kvar"] for row in focus)
    lines.append(
        "| *Pekas ut* för kostnaden: fortfarande över landets mitt två år senare | 290 kommuner, sju verksamheter | "
        f"{percent(low)}–{percent(high)} |"
    )
    return "\n".join(lines)


def write_readme(result: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    """Put the table between the two markers of README.md."""
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    path.write_text(f"{text[:start]}\n\n{table(result)}\n\n{text[end:]}", encoding="utf-8")


if __name__ == "__main__":
    main()
