"""Mät hur lång tid idéerna tar: 1 000 idéer som tio personer har bedömt, från filer till rangordning.

Kör: python -m benchmarks.ideas
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from effektiv.data.identifiers import Places
from effektiv.forms import Value, write
from effektiv.params.registry import Known
from effektiv.steps.s3_atgarder.ideas import form_ideas, gather
from effektiv.steps.s3_atgarder.ideas_form import CRITERIA, IDEAS_FORM, SCORES_FORM
from effektiv.steps.s3_atgarder.ideas_params import IDEAS_FILE, SCORES_FILE
from effektiv.steps.s3_atgarder.ideas_ranking import Ranking

IDEAS, SCORERS, MOST_SECONDS = 1000, 10, 10.0
_SYLLABLES = (
    "ba",
    "cyk",
    "del",
    "fö",
    "gran",
    "hem",
    "jo",
    "kul",
    "lä",
    "mo",
    "nytt",
    "pla",
    "re",
    "sko",
    "tid",
    "vä",
)


@contextmanager
def _timed(what: str, found: dict[str, float]) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    seconds, found[what] = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what}: {seconds:.1f} s ({found[what]:.1f} s processortid)")


def _rows(lot: np.random.Generator) -> list[Mapping[str, Value]]:
    words = lot.choice(_SYLLABLES, (IDEAS, 4, 3)).tolist()
    return [
        {
            "id": f"I{number}",
            "title": " ".join("".join(word) for word in row),
            "votes": int(lot.integers(100)),
        }
        for number, row in enumerate(words, 1)
    ]


def measured() -> dict[str, float]:
    """Return the processor seconds of each part: others may use the machine."""
    lot = np.random.default_rng(1)
    found: dict[str, float] = {}
    known = Known(Places(None), ())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ideer.xlsx").write_bytes(write(IDEAS_FORM, areas={"x": "X"}, rows={"ideer": _rows(lot)}))
        for scorer in range(SCORERS):
            points = lot.integers(1, 6, (IDEAS, len(CRITERIA))).tolist()
            rows: list[Mapping[str, Value]] = [
                {"idea": f"I{number}", **{item.key: value for item, value in zip(CRITERIA, row, strict=True)}}
                for number, row in enumerate(points, 1)
            ]
            content = write(SCORES_FORM, rows={"bedomare": [{"name": f"Bedömare {scorer}"}], "poang": rows})
            (folder / f"{scorer}.xlsx").write_bytes(content)
        with _timed("läsa filerna", found):
            said = IDEAS_FILE.read(folder / "ideer.xlsx", known).said
            read = (folder / f"{scorer}.xlsx" for scorer in range(SCORERS))
            scores = {
                path.name: form for path in read if (form := SCORES_FILE.read(path, known).said) is not None
            }
            assert said is not None
            ranking = Ranking(gather(form_ideas(said, "ideer.xlsx"), said, "ideer.xlsx", scores))
        assert len(ranking.scored) == IDEAS and ranking.scorers == SCORERS
        with _timed("rangordna över alla vikter och poäng (SMAA)", found):
            assert len(ranking.among_best) == IDEAS
        with _timed("hitta idéer som kan vara samma", found):
            print(f"  {len(ranking.undecided)} par")
        with _timed("säga vad som händer med varje idé", found):
            assert len(ranking.standings) == IDEAS and ranking.disagreements
    return found


if __name__ == "__main__":
    total = sum(measured().values())
    verdict = "inom" if total < MOST_SECONDS else "över"
    print(f"tillsammans {total:.1f} s processortid, {verdict} {MOST_SECONDS:.0f} s")
