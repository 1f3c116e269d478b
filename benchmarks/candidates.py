"""Vilket sätt att köra celler är snabbast? En rapport i taget, samma rapporter på varje sätt.

kernel    en vanlig Jupyterkärna för varje rapport (--motor kernel)
fork      en ny process för varje rapport, klonad ur en varm; en klonad kärna gör detta och mer därtill:
          förbindelser, meddelanden och avslut
varm      cellerna i den varma processen själv, isolerade från varandra (--motor effektiv)

De två sista är varma: varje notebook har gjorts en gång för en annan kommun innan klockan startar.

    python -m benchmarks.candidates [--kommuner 3] [--varv 3]
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.work import ROOT, all_codes, evenly_spread, step_one
from effektiv.data.snapshot import EXAMPLE, open_snapshot
from effektiv.render.jobs import Job
from effektiv.render.report import make_report
from effektiv.render.tasks import Motor, Task
from effektiv.render.worker import settle


def main() -> None:
    """Measure the candidates in turn and print seconds per report and ratios to the warm process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.candidates", description=__doc__)
    parser.add_argument("--kommuner", type=int, default=3)
    parser.add_argument("--varv", type=int, default=3)
    options = parser.parse_args()
    ways: dict[str, Callable[[list[Task]], None]] = {"kernel": _in_this_process}
    if "fork" in multiprocessing.get_all_start_methods():
        ways["fork"] = _in_forked_processes
    ways["varm"] = _in_this_process
    with tempfile.TemporaryDirectory() as params:
        os.environ |= {"EFFEKTIV_PARAMS": params, "EFFEKTIV_NOTEBOOKS": str(ROOT / "notebooks")}
        tasks = partial(_tasks, evenly_spread(all_codes(), options.kommuner), Path(params))
        _in_this_process(_tasks(all_codes()[-1:], Path(params)))
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(options.varv):
            for name, way in ways.items():
                todo = tasks(motor="kernel" if name == "kernel" else "effektiv")
                start = time.perf_counter()
                way(todo)
                times[name].append((time.perf_counter() - start) / len(todo))
    for name, found in times.items():
        ratio = [one / warm for one, warm in zip(found, times["varm"], strict=True)]
        print(
            f"{name:<8}{statistics.median(found):6.2f} s per rapport ({min(found):.2f}-{max(found):.2f}),"
            f" {statistics.median(ratio):.2f} gånger den varma ({min(ratio):.2f}-{max(ratio):.2f})"
        )


def _tasks(codes: list[str], params: Path, motor: Motor = "effektiv") -> list[Task]:
    frame = open_snapshot(EXAMPLE).municipalities
    names = dict(zip(frame["id"], frame["title"], strict=True))
    return [
        Task(
            Job(
                kod=code,
                kommun=names[code],
                steg=notebook.steg,
                omrade=notebook.omrade,
                notebook=notebook.path,
                parameters={"kommun": code, "data": EXAMPLE},
            ),
            fingeravtryck="",
            made=dt.date.today(),
            formats=("html",),
            motor=motor,
            timeout=120.0,
        )
        for code in codes
        for notebook in step_one([code], 1, params).notebooks
    ]


def _in_this_process(tasks: list[Task]) -> None:
    for task in tasks:
        make_report(task, lambda _place: None)
        settle()


def _in_forked_processes(tasks: list[Task]) -> None:
    context = multiprocessing.get_context("fork")
    for task in tasks:
        reader, writer = context.Pipe(duplex=False)
        process = context.Process(target=_send, args=(task, writer))
        process.start()
        writer.close()  # or the end of a process that fails would not be noticed
        reader.recv_bytes()
        process.join()


def _send(task: Task, writer: Connection) -> None:
    writer.send_bytes(make_report(task, lambda _place: None)["html"])


if __name__ == "__main__":
    main()
