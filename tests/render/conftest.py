"""Small notebooks of our own that show the two kinds of output a report is made of.

They need nothing of the library, as rendering must not.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from effektiv.render.jobs import Job
from effektiv.render.tasks import Task

PARAMETERS = 'kommun = "9001"\ndata = "exempel"'

OPENING = """
from IPython.display import display

NAMES = {"9001": "Älvby", "9002": "Åstad", "9003": "Ödeshög-Norra", "9004": "Berga"}
display(
    {
        "text/plain": "fallet",
        "text/html": "<p>fallets egen text i JupyterLab</p>",
        "application/vnd.effektiv.case+json": {
            "kommun": NAMES.get(kommun, "Okänd"), "kod": kommun, "omrade": "grundskola",
            "omrade_namn": "Grundskola", "steg": 1, "steg_namn": "Nulägesanalys",
            "frysning": data, "skapad": "2025-11-20T08:00:00", "kalla": "Påhittade värden",
            "exempel": data == "exempel", "jamfor_med": "Liknande kommuner (7)",
            "version": "0.1.0", "ar": 2025, "preliminart_ar": 2025,
        },
    },
    raw=True,
)
"""

EXHIBIT = """
def exhibit(name, title, finding, rows, html=""):
    table = {
        "caption": f"Tabell: {title}",
        "columns": [
            {"key": "kommun", "label": "Kommun", "kind": "text", "unit": "", "decimals": 0},
            {"key": "ar", "label": "År", "kind": "year", "unit": "", "decimals": 0},
            {"key": "kostnad", "label": "Kostnad", "kind": "number", "unit": "kr/elev", "decimals": 1},
        ],
        "rows": rows,
        "marks": [{"row": i, "column": "kostnad", "mark": "..", "text": "sekretess"}
                  for i, row in enumerate(rows) if row[2] is None],
        "row_header": "kommun",
    }
    cells = "".join(f"<tr><th scope='row'>{r[0]}</th><td>{r[1]}</td><td>{r[2]}</td></tr>" for r in rows)
    display(
        {
            "text/plain": title,
            "text/html": f'<section class="ex" id="ex-{name}"><h3 class="ex-title" id="ex-{name}-title">{title}</h3>'
                         f'<table class="ex-table"><caption>{title}</caption><tbody>{cells}</tbody></table>{html}</section>',
            "application/vnd.effektiv.exhibit+json": {
                "id": name, "title": title, "finding": finding, "source": "Källa: Kolada",
                "flags": [{"code": "preliminary", "text": "Värden för 2025 är preliminära."}],
                "notes": "Utan lokaler.", "table": table,
            },
        },
        raw=True,
    )
"""

SUMMARY = (
    'exhibit("sammanfattning", "Läget", f"{NAMES.get(kommun)} kostar ungefär lika mycket.", '
    '[["Egen", 2025, 1234.5], ["Annan", 2025, None]])'
)

NotebookMaker = Callable[..., Path]
TaskMaker = Callable[..., Task]


def standard_cells(*extra: str) -> list[nbformat.NotebookNode]:
    """Return the cells of a report that works, with some more code cells at the end."""
    return [
        new_markdown_cell("# Titeln i JupyterLab"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell(OPENING + EXHIBIT),
        new_markdown_cell("## Sammanfattning\n\nDet viktigaste."),
        new_code_cell(SUMMARY),
        *(new_code_cell(source) for source in extra),
    ]


@pytest.fixture(scope="session")
def make_notebook(tmp_path_factory: pytest.TempPathFactory) -> NotebookMaker:
    """Write a notebook ``<root>/<step folder>/<area>.ipynb``; returns its path."""
    root = tmp_path_factory.mktemp("notebooks")

    def make(
        area: str = "grundskola",
        extra: Sequence[str] = (),
        *,
        cells: Sequence[nbformat.NotebookNode] | None = None,
        step_folder: str = "1-nulagesanalys",
        root: Path = root,
    ) -> Path:
        notebook = new_notebook(cells=list(cells) if cells is not None else standard_cells(*extra))
        path = root / step_folder / f"{area}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(nbformat.writes(notebook), encoding="utf-8")
        return path

    return make


@pytest.fixture(scope="session")
def make_task() -> TaskMaker:
    """Make the task of one report, with all that varies between days and runs fixed."""

    def make(notebook: Path, kod: str = "9001", kommun: str = "Älvby", motor: str = "effektiv") -> Task:
        job = Job(kod, kommun, 1, notebook.stem, notebook, {"kommun": kod}, "underlag")
        return Task(job, "fingeravtryck", dt.date(2025, 11, 21), ("html", "xlsx"), motor, 60.0)  # type: ignore[arg-type]

    return make


def read_run(folder: Path) -> dict[str, object]:
    """Read a folder's korning.json."""
    content: dict[str, object] = json.loads((folder / "korning.json").read_text(encoding="utf-8"))
    return content
