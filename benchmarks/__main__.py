"""Mät hur snabbt rapporter görs: tre sätt, samma notebookar och kommuner, i en och samma körning.

(a) papermill och nbconvert i en vanlig slinga, (b) effektiv rendera, (c) golvet: cellerna som en vanlig
Pythonfunktion i varma processer. Sätten turas om varv för varv, så att det som stör datorn drabbar alla. Varven gör
steg 1; hela landet gör varje notebook i varje steg, och nätverken. Vad som räknas står i benchmarks/plain.py, ours.py
och floor.py, och vart resten av tiden går i where.py.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks import country, floor, ours, plain, where
from benchmarks.measure import Run
from benchmarks.result import (
    FLOOR,
    OURS,
    OURS_XLSX,
    PLAIN,
    Machine,
    Result,
    read_result,
    today,
    write_result,
)
from benchmarks.tell import report, update_readme
from benchmarks.work import ROOT, Work, all_codes, evenly_spread, everything, step_one
from effektiv.progress import duration

FIGURES = ROOT / "docs" / "matning.json"

WAYS: dict[str, Callable[[Work, Path], Run]] = {
    PLAIN: plain.measured,
    OURS: ours.measured,
    OURS_XLSX: partial(ours.measured, formats=country.FORMATS),
    FLOOR: floor.measured,
}


def main() -> None:
    """Measure, tell, and keep the figures."""
    options = _options()
    if options.readme:
        update_readme(ROOT / "README.md", read_result(options.ut or FIGURES))
        return
    # Before this process itself has done anything.
    machine = Machine.here()
    with tempfile.TemporaryDirectory() as params:
        work = step_one(evenly_spread(all_codes(), options.kommuner), options.jobb, Path(params))
        result = measured(work, machine, rounds=options.varv)
    if options.ut is not None:
        write_result(result, options.ut)  # the whole country takes half an hour, and may be stopped
    if options.land:
        result = replace(result, country=_run("hela landet", country.measured, everything(work.workers)))
        if options.ut is not None:
            write_result(result, options.ut)
    print(report(result))
    if options.ut is not None:
        print(f"\nSiffrorna finns i {options.ut}; README får dem med: python -m benchmarks --readme")


def measured(work: Work, machine: Machine, *, rounds: int) -> Result:
    """Measure all ways in turn, round by round, then where time goes."""
    # Example data and national results are made once a snapshot; all ways then read the same.
    _run("förberedelse", ours.measured, replace(work, codes=work.codes[:1]))
    runs = []
    for number in range(rounds):
        ways = list(WAYS)
        # Another way begins each round.
        ways = ways[number % len(ways) :] + ways[: number % len(ways)]
        runs.append({way: _run(f"varv {number + 1}, {way}", WAYS[way], work) for way in ways})
    return Result(
        made=today(),
        machine=machine,
        municipalities=len(work.codes),
        notebooks=len(work.notebooks),
        workers=work.workers,
        rounds=runs,
        parts=where.measured(work),
        country=None,
    )


def _run(name: str, way: Callable[[Work, Path], Run], work: Work) -> Run:
    """Measure a way in a folder of its own, and say that it is done."""
    with tempfile.TemporaryDirectory() as folder:
        run = way(work, Path(folder).resolve())
    print(f"{name}: {run.reports} rapporter på {duration(run.seconds)}", file=sys.stderr, flush=True)
    return run


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--kommuner", type=int, help="kommuner i varje varv, jämnt spridda (29)")
    parser.add_argument("--varv", type=int, help="varv (3)")
    parser.add_argument("--jobb", type=int, default=2, help="rapporter samtidigt (2)")
    parser.add_argument("--land", action="store_true", help="gör också alla kommuner i en körning")
    parser.add_argument(
        "--kort", action="store_true", help="ett litet prov: 3 kommuner, 1 varv; inget sparas"
    )
    parser.add_argument("--ut", type=Path, help="fil för siffrorna (docs/matning.json; med --kort ingen)")
    parser.add_argument("--readme", action="store_true", help="mät inget, skriv siffrorna i README")
    options = parser.parse_args()
    small = options.kort
    options.kommuner = options.kommuner or (3 if small else 29)
    options.varv = options.varv or (1 if small else 3)
    if options.ut is None and not small:
        options.ut = FIGURES
    return options


if __name__ == "__main__":
    main()
