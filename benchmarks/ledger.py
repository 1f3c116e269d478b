"""Mät läsningen av en lista ur ekonomisystemet: fem år, en miljon rader, lästa, kopplade och avstämda till öret.

Listan är påhittad: fyrahundra konton, trettio verksamheter, tvåhundra ansvar, belopp med öre, en fri text och en rad
med summan. Gränserna är 20 sekunder och 1 GB för läsningen; att skriva listan räknas inte.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pandas as pd

from benchmarks.tell import number
from effektiv.data.local.ledger import Plan, Rule, read_ledger

SECONDS, MEGABYTES = 20.0, 1000.0

PLAN = Plan(
    headings={
        "account": "Konto",
        "activity": "Verksamhet",
        "unit": "Ansvar",
        "counterpart": "Motpart",
        "period": "Period",
        "amount": "Belopp",
    },
    kinds=(
        Rule("intäkter", ("3",)),
        Rule("personal", ("5",)),
        Rule("övrigt", ("4", "6", "70-78")),
        Rule("kapital", ("79",)),
    ),
    exceptions=(Rule("kapital", ("6111",)),),
    activities=tuple(Rule(f"Verksamhet {code}", (str(code),)) for code in range(400, 430)),
)


def write_list(path: Path, rows: int, seed: int = 1) -> int:
    """Write a list and return the sum of its rows in öre."""
    draw = np.random.default_rng(seed)
    account = draw.choice(
        [*range(3000, 3040), *range(4000, 4120), *range(5000, 5160), *range(6050, 6130)], rows
    )
    ore = draw.integers(100, 50_000_000, rows) * np.where(account < 4000, -1, 1)
    month = draw.integers(0, 60, rows)
    frame = pd.DataFrame(
        {
            "Ansvar": 4000 + draw.integers(0, 200, rows),
            "Konto": account,
            "Verksamhet": 400 + draw.integers(0, 30, rows),
            "Motpart": draw.choice([81, 82, 83, 90], rows),
            "Period": (2022 + month // 12) * 100 + month % 12 + 1,
            "Belopp": [written(amount) for amount in ore.tolist()],
            "Text": draw.choice(["Faktura", "Lön", "Periodisering", "Intern hyra"], rows),
        }
    )
    total = int(ore.sum())
    with path.open("w", encoding="cp1252", newline="") as file:
        frame.to_csv(file, sep=";", index=False)
        file.write(f"Summa;;;;;{written(total)};\n")
    return total


def written(ore: int) -> str:
    """Return an amount as a Swedish system writes it, without marks between thousands."""
    whole, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{whole},{rest:02}"


def read(path: Path) -> None:
    """Read one list and tell of its time, memory and sum; in a process of its own, so that the memory is its."""
    start, used = perf_counter(), process_time()
    said = read_ledger(path, PLAN)
    seconds, used = perf_counter() - start, process_time() - used
    if said.faults or said.left_out:
        raise SystemExit("; ".join((*said.faults, *said.left_out)))
    print(
        seconds,
        used,
        _most_memory(),
        said.read,
        said.total_ore["actual_ore"],
        int(said.rows["actual_ore"].sum()),
    )


def _most_memory() -> float:
    """Return the most memory that the process has had, in megabytes; 0 on Windows, which does not say."""
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        return 0.0
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main() -> int:
    """Run the measurement; 1 when a bound is broken or a sum is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rader", type=int, default=1_000_000)
    parser.add_argument("--las", type=Path)
    asked = parser.parse_args()
    if asked.las:
        read(asked.las)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "huvudbok.csv"
        total = write_list(path, asked.rader)
        command = [sys.executable, "-m", "benchmarks.ledger", "--las", str(path)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        size = path.stat().st_size / 1e6
    seconds, used, memory = map(float, told[:3])
    rows, summed, mapped = map(int, told[3:])
    print(
        f"{rows} rader ({number(size, 0)} MB): {number(seconds)} s, {number(used)} s processortid, {number(memory, 0)} MB"
    )
    print(f"gränser: {number(SECONDS, 0)} s, {number(MEGABYTES, 0)} MB")
    print(f"filens summa {summed} öre, kopplat {mapped} öre, skrivet {total} öre")
    return int(seconds > SECONDS or memory > MEGABYTES or not summed == mapped == total)


if __name__ == "__main__":
    raise SystemExit(main())
