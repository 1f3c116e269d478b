"""Mät om prognosen över årets slut håller sitt band, och hur ofta modellen med orätt sägs vara säkert bättre.

Månaderna är påhittade, fyra år av varje slag, och året slutar fyra månader efter den sista. I ett av slagen är förra årets
månader den bästa prognosen som finns: där ska modellen inte sägas vara bättre.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from benchmarks.calibration_spc import labels
from benchmarks.tell import number
from effektiv.analysis.forecast import BAND, SEASON, backtest, year_end

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "prognos.json"

YEARS, MONTH = 5, 8
"""The last year is forecast after its eighth month: the report of August."""

Draw: TypeAlias = Callable[[np.random.Generator, int], np.ndarray]


def _season(n: int) -> np.ndarray:
    return 100.0 + 10.0 * np.sin(np.arange(n) * 2 * np.pi / SEASON)


def _as_last_year(draw: np.random.Generator, n: int) -> np.ndarray:
    values = _season(n) + draw.normal(0, 3, n)
    for place in range(SEASON, n):
        values[place] = values[place - SEASON] + draw.normal(0, 3)
    return values


KINDS: Mapping[str, Draw] = {
    "varje månad som förra året, så när som på slumpen": _as_last_year,
    "samma årstid varje år": lambda draw, n: _season(n) + draw.normal(0, 3, n),
    "nivån vandrar": lambda draw, n: _season(n) + np.cumsum(draw.normal(0, 1, n)) + draw.normal(0, 2, n),
    "tre procent dyrare varje år": lambda draw, n: (
        _season(n) * 1.03 ** (np.arange(n) / SEASON) + draw.normal(0, 3, n)
    ),
}
NAIVE = next(iter(KINDS))
"""The kind in which nothing is better than last year's months."""


def measure(draw_one: Draw, times: int, years: int = YEARS, seed: int = 1) -> dict[str, float]:
    """Return how the year's end is forecast in series of one kind.

    ``inside`` is the share of years that end inside the band; ``better`` how often the model is said to be surely
    better, ``ratio`` the median of its errors to the seasonal naive's, and ``used`` how often it made the forecast.
    ``error_pct`` and ``last_year_pct`` are the mean sizes of the errors of the forecast and of last year's sum.
    """
    draw = np.random.default_rng(seed)
    n = SEASON * (years - 1) + MONTH
    rows = []
    for _ in range(times):
        values = draw_one(draw, SEASON * years)
        series = pd.Series(values[:n], index=labels(n))
        tested = backtest(series)
        found = year_end(series, tested=tested)
        if found is None or tested is None:
            raise RuntimeError("four years of months have a forecast and a backtest")
        truth, before = float(values[-SEASON:].sum()), float(values[-2 * SEASON : -SEASON].sum())
        rows.append(
            {
                "inside": found.low <= truth <= found.high,
                "better": tested.is_better,
                "ratio": tested.ratio,
                "used": found.method == "ets",
                "error_pct": 100 * abs(found.likely - truth) / truth,
                "last_year_pct": 100 * abs(before - truth) / truth,
            }
        )
    frame = pd.DataFrame(rows)
    means = {name: float(frame[name].mean()) for name in frame if name != "ratio"}
    return {**means, "ratio": float(frame["ratio"].median()), "series": times}


def told(name: str, found: Mapping[str, float]) -> str:
    """Return one kind's figures in words."""
    inside, wanted = number(100 * found["inside"]), number(100 * BAND, 0)
    error, before = number(found["error_pct"], 2), number(found["last_year_pct"], 2)
    return (
        f"{name}: {inside} % av åren slutar i bandet (det ska vara {wanted}), fel {error} % mot {before} % för förra årets "
        f"summa; modellens fel är {number(found['ratio'], 2)} av de säsongsnaiva, och den sägs vara säkert bättre i "
        f"{number(100 * found['better'])} %"
    )


def main() -> None:
    """Measure, tell, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--antal", type=int, default=60, help="serier av varje slag")
    options = parser.parse_args()
    found = {}
    for name, draw_one in KINDS.items():
        found[name] = one = measure(draw_one, options.antal)
        print(told(name, one), flush=True)
    FIGURES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
