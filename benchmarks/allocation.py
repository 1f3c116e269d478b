"""How long two hundred units take to allocate to, with where each balances. ``python -m benchmarks.allocation``."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from effektiv.analysis.allocation import ClassCosts, allocate, balance, one_more

UNITS = 200
STAGES = {"F": 67_043.0, "1-3": 98_077.0, "4-6": 107_149.0, "7-9": 115_338.0}
MOST_SECONDS = 1.0


def many(seed: int = 1) -> tuple[pd.DataFrame, pd.Series]:
    """Return pupils by unit and stage, and an index by unit."""
    draw = np.random.default_rng(seed)
    units = [f"S{number:03d}" for number in range(UNITS)]
    volumes = pd.DataFrame(draw.integers(5, 180, (UNITS, len(STAGES))), index=units, columns=list(STAGES))
    return volumes, pd.Series(draw.integers(60, 180, UNITS), index=units)


def seconds() -> float:
    """Return how long the allocation takes, with each unit's set of balancing numbers and its next pupil."""
    volumes, index = many()
    costs = ClassCosts(size=25, per_class=1_150_000, fixed=3_000_000, per_pupil=20_000)
    start = time.perf_counter()
    found = allocate(
        volumes,
        pd.Series(STAGES),
        7_000_000_000,
        index=index,
        socio_share=0.1,
        floor=pd.Series(500_000, index=volumes.index),
    )
    for pupils, parts in zip(volumes.to_numpy(), found.parts.to_numpy(), strict=True):
        balance(
            pupils, found.each.to_numpy(), costs, given=float(parts[:3].sum()), most=2 * int(pupils.sum())
        )
    one_more(volumes, found.each, costs)
    taken = time.perf_counter() - start
    assert found.parts["total"].sum() == 7_000_000_000
    return taken


if __name__ == "__main__":
    seconds()
    taken = min(seconds() for _ in range(3))
    print(f"{UNITS} enheter fördelade: {taken:.2f} s (högst {MOST_SECONDS:.0f} s)")
    raise SystemExit(taken > MOST_SECONDS)
