"""The state of the figures is that of the report's own, whatever made it and whatever was made before."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from effektiv.data.snapshot import Snapshot
from effektiv.render import Job, run
from effektiv.steg import STEPS

PARAMETERS = 'kommun = "Exempelby"\ndata = "exempel"'
OPENING = 'from effektiv import open_case\n\ncase = open_case("grundskola", kommun=kommun, data=data)\ncase'
SHORT, LONG = ("first_page", "findings"), ("first_page", "findings", "conditions", "measures")


def notebook(root: Path, name: str, shown: tuple[str, ...]) -> Path:
    cells = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}), new_code_cell(OPENING)]
    cells += [new_code_cell(f"case.{method}()") for method in (*shown, "data_quality", "limits")]
    path = root / STEPS[1].folder / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(new_notebook(cells=cells)), encoding="utf-8")
    return path


def test_warm_workers_and_both_engines_give_the_same(example: Snapshot, tmp_path: Path) -> None:
    code = example.places.kommun("Exempelby")
    parameters = {"kommun": code, "data": "exempel"}
    short, long = (notebook(tmp_path, name, shown) for name, shown in (("kort", SHORT), ("lang", LONG)))
    made: dict[str, list[bytes]] = {"kort": [], "lang": []}
    # In one worker before and after another report, and in a kernel of its own.
    for place, (paths, motor) in enumerate(
        [((long, short), "effektiv"), ((short, long), "effektiv"), ((short, long), "kernel")]
    ):
        jobs = [Job(code, "Exempelby", 1, path.stem, path, parameters, "x") for path in paths]
        ut = tmp_path / f"ut{place}"
        result = run(jobs, ut, snapshot="exempel", motor=motor, formats=("html",))  # type: ignore[arg-type]
        assert [report.fel for report in result.rapporter] == [None] * len(jobs)
        for job in jobs:
            made[job.omrade].append((ut / job.address).read_bytes())
    assert len(set(made["kort"])) == len(set(made["lang"])) == 1
    assert made["kort"][0].count(b"<tr") < made["lang"][0].count(b"<tr")
