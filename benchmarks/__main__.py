"""Seconds per report: warm workers against one ordinary kernel a report.

Both engines render the same step 1 notebooks for the same municipalities of the example
data, from a cold command line, with as many reports at a time as there are cores. The
first run also builds the example data and is left out. Times are of the whole command, so
that start-up counts as it does for a controller.

    python -m benchmarks [--kommuner 4] [--varv 3]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from effektiv.data.snapshot import open_snapshot


def seconds_per_report(codes: list[str], engine: str) -> float:
    """Render step 1 for the municipalities and return wall time over number of reports.

    Raises
    ------
    subprocess.CalledProcessError
        If a report fails.
    """
    chosen = [word for code in codes for word in ("--kommun", code)]
    with tempfile.TemporaryDirectory() as folder:
        words = ["rendera", *chosen, "--steg", "1", "--data", "exempel", "--motor", engine, "--ut", folder]
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "effektiv", *words], check=True, stdout=subprocess.DEVNULL)
        elapsed = time.perf_counter() - start
        account = json.loads((Path(folder) / "korning.json").read_text(encoding="utf-8"))
    return elapsed / len(account["reports"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--kommuner", type=int, default=4)
    parser.add_argument("--varv", type=int, default=3)
    arguments = parser.parse_args()
    municipalities = open_snapshot("exempel").municipalities
    codes = municipalities.loc[municipalities["type"] == "K", "id"].head(arguments.kommuner).tolist()
    seconds_per_report(codes[:1], "effektiv")
    medians = {}
    for engine in ("kernel", "effektiv"):
        times = [seconds_per_report(codes, engine) for _ in range(arguments.varv)]
        medians[engine] = statistics.median(times)
        print(
            f"{engine:<9} {medians[engine]:6.2f} s per rapport"
            f" ({min(times):.2f}-{max(times):.2f}, {arguments.varv} varv, {len(codes)} kommuner)"
        )
    print(f"kernel / effektiv: {medians['kernel'] / medians['effektiv']:.1f}")


if __name__ == "__main__":
    main()
