"""Mät hur ofta månadsuppföljningen larmar utan att något hänt, och hur fort den ser det som har hänt.

Månaderna är påhittade. I de första raderna ändras ingenting: där får högst 5 % av månaderna visa en ny signal. Sedan
ändras nivån, på en gång eller lite i taget, och det ska synas inom så många månader som reglerna lovar.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from benchmarks.tell import number
from effektiv.analysis.spc import (
    FEWEST,
    Assurance,
    ControlChart,
    SignalRule,
    chart,
    months_to_signal,
)

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "kalibrering-spc.json"

MONTHS, BASELINE = 36, 24
"""Months of a null series, and of a decided baseline."""

Draw: TypeAlias = Callable[[np.random.Generator, int], np.ndarray]


@dataclass(frozen=True)
class Null:
    """A kind of figure in which nothing changes.

    `denominator` is drawn uniformly between the two where it has one. `more` times as many series are drawn of one that
    comes near the limit.
    """

    name: str
    kind: str
    draw: Draw
    denominator: tuple[int, int] | None = None
    is_counted: bool = True
    more: int = 1


def _dependent(draw: np.random.Generator, n: int, left: float = 0.3) -> np.ndarray:
    values = draw.standard_normal(n)
    for place in range(1, n):
        values[place] = left * values[place - 1] + math.sqrt(1 - left**2) * values[place]
    return 50 + 5 * values


NULLS = (
    Null("mått, jämn spridning", "mått", lambda draw, n: draw.normal(50, 5, n)),
    Null("mått, enstaka långt ut", "mått", lambda draw, n: 50 + 5 * draw.standard_t(5, n), more=4),
    Null("mått, sned spridning", "mått", lambda draw, n: draw.gamma(4, 10, n)),
    Null("andel, 60-120 personer", "andel", lambda draw, n: draw.random(n), (60, 120)),
    Null("antal, i snitt 20", "antal", lambda draw, n: draw.poisson(20, n).astype(float)),
    Null("tid mellan händelser", "tid mellan", lambda draw, n: draw.exponential(20, n)),
    # Not counted among those where nothing happens: what happened last month is partly left.
    Null("mått, 0,3 av månaden blir kvar i nästa", "mått", _dependent, is_counted=False),
)


def labels(n: int) -> list[str]:
    return [f"{2020 + place // 12}-{place % 12 + 1:02d}" for place in range(n)]


def made(null: Null, draw: np.random.Generator, n: int = MONTHS) -> tuple[pd.Series, pd.Series | None]:
    """Return one series in which nothing changes, and its denominators where it has any."""
    values = null.draw(draw, n)
    if null.denominator is None:
        return pd.Series(values, index=labels(n)), None
    persons = draw.integers(*null.denominator, n)
    shares = 100.0 * draw.binomial(persons, 0.85) / persons
    return pd.Series(shares, index=labels(n)), pd.Series(persons.astype(float), index=labels(n))


def null_charts(null: Null, times: int, decided: bool, seed: int = 1) -> list[ControlChart]:
    """Return charts of series in which nothing changes."""
    draw = np.random.default_rng(seed)
    baseline = (labels(BASELINE)[0], labels(BASELINE)[-1]) if decided else None
    found = []
    for _ in range(times):
        values, persons = made(null, draw)
        found.append(chart(values, null.kind, denominator=persons, baseline=baseline, better="högre"))
    return found


def null_summary(charts: list[ControlChart], decided: bool) -> dict[str, float]:
    """Return how often a month signals anew where nothing changes, in the worst month, and what is said at the end.

    Only months after the baseline count, since limits are not known before it has passed.
    """
    start = BASELINE if decided else FEWEST
    signals = np.array([one.points["is_signal"].to_numpy()[start:] for one in charts])
    return {
        "new": float(signals.mean()),
        "worst_month": float(signals.mean(axis=0).max()),
        "outside": float(
            np.mean([(one.points["rule"][start:] == SignalRule.OUTSIDE).to_numpy().mean() for one in charts])
        ),
        "said": float(np.mean([one.is_signalling for one in charts])),
        "expected": float(np.mean([one.false_rate for one in charts])),
        "series": float(len(charts)),
    }


def planted(shift: float, drift: float, times: int, within: int, seed: int = 2) -> dict[str, float]:
    """Return the share of planted changes that are signalled within so many months.

    Parameters
    ----------
    shift, drift
        In standard deviations: at once after a decided baseline of `BASELINE` months, and more each month from then.
    within
        Months after it.
    """
    draw = np.random.default_rng(seed)
    after = np.arange(1, within + 1)
    baseline = (labels(BASELINE)[0], labels(BASELINE)[-1])
    seen = right = 0
    for _ in range(times):
        values = draw.standard_normal(BASELINE + within)
        values[BASELINE:] += shift + drift * after
        series = pd.Series(values, index=labels(BASELINE + within))
        found = chart(series, "mått", baseline=baseline, better="högre", seasonal=False)
        seen += bool(found.points["is_signal"].iloc[BASELINE:].any())
        right += found.variation.name == "BETTER"
    return {"within": within, "seen": seen / times, "right_word_last_month": right / times}


def targets(times: int, seed: int = 3) -> dict[str, float]:
    """Return how often a target is met in the twelve months after it was said to be met, or missed, steadily.

    Nothing changes; the targets lie 2 to 4.5 standard deviations from the mean.
    """
    draw = np.random.default_rng(seed)
    met: dict[Assurance, list[float]] = {Assurance.MEETS: [], Assurance.MISSES: []}
    for _ in range(times):
        values = draw.standard_normal(BASELINE + 12)
        target = float(draw.uniform(2, 4.5) * draw.choice([-1, 1]))
        series = pd.Series(values[:BASELINE], index=labels(BASELINE))
        said = chart(series, "mått", better="högre", target=target, seasonal=False).assurance
        if said in met:
            met[said].append(float((values[BASELINE:] >= target).mean()))
    return {
        "meets_said": float(len(met[Assurance.MEETS])),
        "meets_true": float(np.mean(met[Assurance.MEETS])),
        "misses_said": float(len(met[Assurance.MISSES])),
        "misses_true": 1 - float(np.mean(met[Assurance.MISSES])),
    }


def table(times: int, seed: int = 4) -> dict[str, dict[int, float]]:
    """Return what `effektiv.analysis.spc.false_rate` is made of.

    The chance that a month is outside limits that are drawn, by months in the baseline, and that a run rule signals
    anew, by months in the segment; over all the kinds of figures in which nothing changes.
    """
    draw = np.random.default_rng(seed)
    months = 60
    outside: dict[int, list[float]] = {12: [], 18: [], 24: [], 36: []}
    rules = []
    kinds = [null for null in NULLS if null.is_counted]
    for place in range(times):
        null = kinds[place % len(kinds)]
        values, persons = made(null, draw, months)
        plain = np.zeros(months, dtype=bool)
        for n, rates in outside.items():
            found = chart(
                values,
                null.kind,
                denominator=persons,
                baseline=(labels(n)[0], labels(n)[-1]),
                seasonal=False,
            ).points
            if found["upper"].notna().any():
                rates.append(float((found["rule"] == SignalRule.OUTSIDE).iloc[n:].mean()))
            # A month that is outside does not show its run rule: with the widest baseline fewest are.
            plain = found["rule"].isin([SignalRule.RUN, SignalRule.CROSSINGS]).to_numpy()
        rules.append(plain)
    by_month = np.mean(rules, axis=0)
    spans = {12: (11, 12), 13: (12, 18), 24: (18, 30), 36: (30, 42), 60: (48, 60)}
    return {
        "outside": {n: float(np.mean(rates)) for n, rates in outside.items()},
        "runs": {n: float(by_month[first:last].mean()) for n, (first, last) in spans.items()},
    }


CHANGES = (("nivån flyttar sig 3", 3.0, 0.0), ("nivån flyttar sig 2", 2.0, 0.0), ("glider 0,2 i månaden", 0.0, 0.2),
           ("glider 0,3 i månaden", 0.0, 0.3))  # fmt: skip
"""In standard deviations."""


def promised(drift: float) -> int:
    """Return within how many months a change is to be signalled: a drift from when it has moved two standard deviations."""
    return months_to_signal(BASELINE) + (math.ceil(2 / drift) if drift else 0)


def measure(times: int) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Return all figures, by what is measured."""
    nulls = {}
    for null in NULLS:
        for decided in (False, True):
            name = f"{null.name}, baslinje {BASELINE if decided else FEWEST} månader"
            nulls[name] = null_summary(null_charts(null, times * null.more, decided), decided)
            tell_null(name, nulls[name])
    changes = {}
    for name, shift, drift in CHANGES:
        changes[name] = planted(shift, drift, times, promised(drift))
        seen = number(100 * changes[name]["seen"])
        print(f"{name} standardavvikelser: {seen} % syns inom {promised(drift)} månader", flush=True)
    return {"null": nulls, "changes": changes, "targets": {"12 months": targets(2 * times)}}


def tell_null(name: str, found: Mapping[str, float]) -> None:
    print(
        f"inget händer, {name}: {number(100 * found['new'])} % av månaderna får en ny signal "
        f"(sämsta månaden {number(100 * found['worst_month'])}), rapporten säger {number(100 * found['expected'])} %; "
        f"sist sägs {number(100 * found['said'])} % ha ändrats",
        flush=True,
    )


def main() -> None:
    """Measure, tell, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--antal", type=int, default=400, help="serier av varje slag")
    parser.add_argument(
        "--tabell", action="store_true", help="gör om tabellen över slumpens signaler i spc.py"
    )
    options = parser.parse_args()
    if options.tabell:
        print(json.dumps(table(options.antal), indent=1))
        return
    found = measure(options.antal)
    worst = max(found["null"][name]["new"] for name in found["null"] if "blir kvar" not in name)
    kept = found["targets"]["12 months"]
    print(f"utan förändring: högst {number(100 * worst)} % av månaderna får en ny signal, gränsen är 5 %")
    print(
        f"når målet stadigt: {number(100 * kept['meets_true'])} % av de tolv nästa månaderna når det; "
        f"når inte målet: {number(100 * kept['misses_true'])} % når det inte"
    )
    FIGURES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
