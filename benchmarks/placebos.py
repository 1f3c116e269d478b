"""How long all municipalities' placebos take for all figures that a project may lock. ``python -m benchmarks.placebos``.

They are computed once for a snapshot and kept (`effektiv.steps.s5_avslutning.national`): the second run reads them, as
every other participant's report does.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import EXAMPLE_AFTER, Snapshot, open_snapshot
from effektiv.data.store import Store
from effektiv.example.truths import PARTICIPANTS, PROJECT_YEAR
from effektiv.national import National
from effektiv.steps.s5_avslutning.answers import last_final
from effektiv.steps.s5_avslutning.national import (
    EVALUATED,
    SYNTHETIC,
    KeptEvaluation,
    KeptSynthetic,
    Question,
)
from effektiv.types import Better, Catalogue, FocusArea

MOST_SECONDS = 60.0


def questions(
    national: National, catalogue: Catalogue, snapshot: Snapshot
) -> Iterator[tuple[FocusArea, Question]]:
    """Yield every figure that says what an area gave, with the project that ships as its participants."""
    everybody = tuple(sorted(snapshot.kommun(title) for title in PARTICIPANTS))
    for area in catalogue.areas.values():
        ids = (area.deviation_pct, area.unit_cost, area.headline_quality, *area.quality_for_k)
        for kpi in map(catalogue.kpis.__getitem__, dict.fromkeys(ids)):
            sign = 1 if kpi.better is Better.HIGHER else -1
            yield area, Question(kpi, PROJECT_YEAR + 1, sign, 0, last_final(national, kpi), everybody)


def seconds(folder: Path) -> tuple[float, int, int]:
    """Return how long it takes with what is kept in a folder, and how many figures are asked and answer."""
    snapshot, catalogue = open_snapshot(EXAMPLE_AFTER), load_catalogue()
    national = National(snapshot, catalogue, Store(folder))
    asked = list(questions(national, catalogue, snapshot))
    start = time.perf_counter()
    found = [
        (national.result(EVALUATED, item), national.result(SYNTHETIC, area, item)) for area, item in asked
    ]
    taken = time.perf_counter() - start
    answered = sum(isinstance(one, KeptEvaluation) and isinstance(two, KeptSynthetic) for one, two in found)
    return taken, len(asked), answered


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        first, asked, answered = seconds(Path(name))
        second, *_ = seconds(Path(name))
    print(
        f"Alla kommuners placebo för {asked} nyckeltal, varav {answered} går att pröva: {first:.1f} s"
        f" (högst {MOST_SECONDS:.0f} s), och {second:.2f} s ur det som är sparat"
    )
    raise SystemExit(first > MOST_SECONDS)
