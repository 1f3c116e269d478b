"""(c) The floor: what is left when notebooks, kernels, isolation and faults are left out.

A notebook's cells are compiled into one plain Python function with the parameters as its arguments; where
a cell ends with an expression, its value is shown, that is, its ``_repr_mimebundle_`` is called. The HTML of the
values and of the notebook's texts is put into the barest page there is. The texts are turned into HTML once, not
once a report.

There are as many processes as ours has workers, and they are warm: each has made one report of every notebook,
for another municipality, and the clock starts when all have. It stops when the last report is written. Start-up
is thus not counted at all, and `cpu` is what the processes used between those two moments.

    python -m benchmarks.floor plan.json
"""

from __future__ import annotations

import ast
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from html import escape
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING, Any

from benchmarks.plan import Report, read_plan, write_plan, write_report

if TYPE_CHECKING:
    from benchmarks.measure import Run
    from benchmarks.work import Work

PAGE = """<!DOCTYPE html>
<html lang="sv">
<head><meta charset="utf-8"><title>{{ title }}</title></head>
<body>
{% for part in parts %}{{ part }}
{% endfor %}</body>
</html>
"""

PATIENCE = 300.0
"""Seconds that a process waits for the others to be warm."""

CellsFunction = Callable[..., list[tuple[int, Any]]]
"""Takes the notebook's parameters; returns what the cells show, each with the number of its cell."""


def measured(work: Work, folder: Path) -> Run:
    """Make the reports in a folder and return what it took."""
    # Only who measures needs them.
    from benchmarks.measure import run_of, timed  # noqa: PLC0415
    from benchmarks.work import ROOT  # noqa: PLC0415

    reports = work.reports(folder / "reports")
    plan = folder / "plan.json"
    write_plan(plan, reports, work.workers, work.warm_up_reports(folder / "warm-up"))
    outcome = timed([sys.executable, "-m", "benchmarks.floor", str(plan)], work.environment(), ROOT)
    # The last line: a cell may have printed something.
    told = json.loads(outcome.output.splitlines()[-1])
    return run_of(
        outcome,
        [report.target for report in reports],
        work.workers,
        seconds=told["seconds"],
        cpu=told["cpu"],
        # `seconds` is without start-up already: there is nothing to take away.
        startup=None,
    )


def main(plan: Path) -> None:
    """Make the reports of a plan and write seconds and CPU seconds to standard output."""
    reports, workers, warm_up = read_plan(plan)
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(workers)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_keep_gate, initargs=(gate,)) as pool:
        before = dict(pool.map(_warm_up, [warm_up] * workers))
        start = time.perf_counter()
        for _ in pool.map(_make, reports):
            pass
        seconds = time.perf_counter() - start
        after = dict(pool.map(_warm_up, [[]] * workers))
    print(json.dumps({"seconds": seconds, "cpu": sum(after[pid] - before[pid] for pid in before)}))


_gates: list[Barrier] = []


def _keep_gate(gate: Barrier) -> None:
    _gates.append(gate)


def _warm_up(reports: Sequence[Report]) -> tuple[int, float]:
    """Make reports; when all processes have, return this one's id and the CPU seconds it has used."""
    for report in reports:
        _make(report)
    # A process that waits here cannot take the turn of another.
    _gates[0].wait(PATIENCE)
    return os.getpid(), time.process_time()


def _make(report: Report) -> None:
    cells, texts = compiled(report.notebook)
    parts = texts | {
        number: _html(value) for number, value in cells(**report.parameters) if value is not None
    }
    page = _page().render(title=report.target.stem, parts=[parts[number] for number in sorted(parts)])
    write_report(report, page)


def _html(value: Any) -> str:
    bundle: dict[str, Any] = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else {}
    # An exhibit's own style is for JupyterLab.
    return (
        bundle["text/html"].split("</style>")[-1]
        if "text/html" in bundle
        else f"<pre>{escape(repr(value))}</pre>"
    )


@cache
def _page() -> Any:
    from jinja2 import Template  # noqa: PLC0415  only the worker processes need it

    return Template(PAGE)


@cache
def compiled(path: Path) -> tuple[CellsFunction, dict[int, str]]:
    """Return a notebook's code cells as a function, and its texts as HTML by number of cell.

    The cell with the tag ``parameters`` becomes the function's arguments with their defaults.

    Raises
    ------
    SyntaxError
        A cell is not plain Python: a magic or an ``await`` is for a notebook's shell.
    """
    from nbconvert.filters.markdown_mistune import markdown2html_mistune  # noqa: PLC0415

    from effektiv.render.jobs import cell_source, read_notebook  # noqa: PLC0415

    arguments: list[ast.stmt] = []
    body: list[ast.stmt] = []
    texts = {}
    for number, cell in enumerate(read_notebook(path)["cells"]):
        source = cell_source(cell)
        if cell["cell_type"] == "markdown":
            texts[number] = markdown2html_mistune(source)
        elif "parameters" in cell.get("metadata", {}).get("tags", []):
            arguments = ast.parse(source, str(path)).body
        elif cell["cell_type"] == "code":
            body += _showing(ast.parse(source, str(path)).body, number)
    return _function(arguments, body, path), texts


def _showing(statements: list[ast.stmt], number: int) -> list[ast.stmt]:
    """Return a cell's statements, with the value of a last expression noted."""
    if not statements or not isinstance(statements[-1], ast.Expr):
        return statements
    note = ast.parse(f"shown.append(({number}, None))").body[0]
    note.value.args[0].elts[1] = statements[-1].value  # type: ignore[attr-defined]
    return [*statements[:-1], note]


def _function(arguments: list[ast.stmt], body: list[ast.stmt], path: Path) -> CellsFunction:
    module = ast.parse("def cells():\n    shown = []\n    return shown")
    function: Any = module.body[0]
    for statement in arguments:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            raise SyntaxError(f"{path}: a parameter is set by other than name = value")
        function.args.args.append(ast.arg(statement.targets[0].id))
        function.args.defaults.append(statement.value)
    function.body[1:1] = body
    namespace: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(module), str(path), "exec"), namespace)
    cells: CellsFunction = namespace["cells"]
    return cells


if __name__ == "__main__":
    main(Path(sys.argv[1]))
