"""How long a portfolio takes: thirty measures, ten thousand draws, overlaps and caps. ``python -m benchmarks.portfolio``."""

from __future__ import annotations

import time

import numpy as np

from effektiv.analysis.portfolio import DRAWS, Benefit, Estimate, Measure, Overlap, portfolio, tornado

MEASURES, DRIVERS = 30, 6
MOST_SECONDS = 2.0


def thirty(seed: int = 1) -> tuple[list[Measure], dict[str, float], list[Overlap]]:
    """Return thirty measures on six drivers, five to each, with a gap each, and every fifth pair overlapping."""
    draw = np.random.default_rng(seed)
    measures = [
        Measure(
            f"A{number}",
            Benefit.MONEY if number % 4 else Benefit.TIME,
            Estimate(*sorted(draw.normal(500_000, 300_000, 3).tolist())),
            first=2026 + number % 3,
            full=2028 + number % 3,
            first_share=0.3,
            start=2026,
            one_off=100_000,
            yearly=20_000,
            driver=f"N{number % DRIVERS}",
        )
        for number in range(MEASURES)
    ]
    overlaps = [Overlap(f"A{number}", f"A{number + 1}", 0.5) for number in range(1, MEASURES - 1, 5)]
    return measures, {f"N{number}": 1_200_000.0 for number in range(DRIVERS)}, overlaps


def seconds() -> float:
    """Return how long one portfolio and its tornado take."""
    measures, caps, overlaps = thirty()
    start = time.perf_counter()
    portfolio(measures, range(2026, 2034), caps=caps, overlaps=overlaps)
    tornado(measures, caps=caps, overlaps=overlaps)
    return time.perf_counter() - start


if __name__ == "__main__":
    seconds()
    taken = min(seconds() for _ in range(3))
    print(f"{MEASURES} åtgärder, {DRAWS} räkningar: {taken:.2f} s (högst {MOST_SECONDS} s)")
    raise SystemExit(taken > MOST_SECONDS)
