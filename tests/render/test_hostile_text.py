"""Text in a notebook's outputs that looks like markup, in every field that a report's files are made of."""

from __future__ import annotations

import io
import json
from html import escape
from pathlib import Path

import openpyxl
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell

import effektiv.render
from effektiv.render.index import write_index
from effektiv.render.jobs import Job
from effektiv.render.pages import read_record
from effektiv.render.report import make_report
from effektiv.render.results import ReportResult
from effektiv.render.tasks import Task

from .conftest import PARAMETERS

SORT = (Path(effektiv.render.__file__).parent / "templates" / "sortera.js").read_text(encoding="utf-8")

WORST = (
    "</title></style></p><script>alert(1)</script><img src=x onerror=alert(1)>&amp;&#60; $x$ [l](javascript:1) **f** "
    "{{ 7*7 }} {% x %} {0} %(a)s ]]> --> <!-- \"citat\" 'apostrof' \\22 \u200fשלום =1+1"
)


def worst(field: str) -> str:
    return f"={field} {WORST}"


CASE = {
    **{field: worst(field) for field in ("omrade_namn", "steg_namn", "frysning", "kalla", "jamfor_med", "version")},
    "kommun": worst("kommun"), "kod": "9001", "omrade": "grundskola", "steg": 1, "skapad": "2025-11-20T08:00:00",
    "exempel": True, "ar": 2025, "preliminart_ar": None, "tillganglighet": worst("tillganglighet"),
    "ordlista": [{
        "rubrik": worst("rubrik"),
        "ord": [{"ord": worst("ord"), "forklaring": f"{worst('kort')} {worst('forklaring')}", "kort": worst("kort"),
                 "former": ["medianen"], "bojningar": ["medianen"]}],
    }],
}  # fmt: skip
EXHIBIT = {
    "id": "a", "title": worst("title"), "finding": worst("finding"), "source": worst("source"),
    "flags": [{"code": "own", "text": worst("flag")}], "notes": worst("notes"),
    "table": {
        "caption": worst("caption"),
        "columns": [{"key": "k", "label": worst("label"), "kind": "text", "unit": worst("unit"), "decimals": 0},
                    {"key": "v", "label": "v", "kind": "number", "unit": "kr", "decimals": 1}],
        "rows": [[worst("cell"), None], ["=1+1", 1.5]],
        "marks": [{"row": 0, "column": "v", "mark": "..", "text": worst("mark")}],
        "row_header": "k",
    },
}  # fmt: skip
SHOWN = f"<section class='ex'><h3>{escape(worst('title'))}</h3><p>Mot medianen. {escape(worst('finding'))}</p></section>"


def shows(**data: object) -> str:
    """Return a cell that shows something, with what it shows as JSON so that nothing in it is code."""
    named = {key.replace("__", "/"): value for key, value in data.items()}
    return f"import json\nfrom IPython.display import display\ndisplay(json.loads({json.dumps(named)!r}), raw=True)"


@pytest.fixture(scope="module")
def task(make_notebook, make_task) -> Task:
    case = {"application/vnd.effektiv.case+json": CASE, "text/plain": "fallet"}
    exhibit = {"application/vnd.effektiv.exhibit+json": EXHIBIT, "text/html": SHOWN, "text/plain": WORST}
    picture = (
        "from IPython.display import display\n"
        f"display({{'image/png': 'AAAA', 'text/plain': 'x'}}, raw=True, metadata={{'image/png': {{'alt': {worst('alt')!r}}}}})"
    )
    cells = [
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell(shows(**case)),
        new_markdown_cell("## Läget"),
        new_code_cell(shows(**exhibit)),
        new_code_cell(picture),
        new_code_cell(shows(**{"text/plain": worst("utskrift")})),
    ]
    job = Job(
        "9001", worst("kommun"), 1, "grundskola", make_notebook("vass", cells=cells), {"kommun": "9001"}, "x"
    )
    made: Task = make_task(job.notebook)
    return Task(job, made.fingeravtryck, made.made, made.formats, made.motor, made.timeout)


@pytest.fixture(scope="module")
def files(task: Task) -> dict[str, bytes]:
    return make_report(task, lambda place: None)


@pytest.fixture(scope="module")
def page(files: dict[str, bytes]) -> BeautifulSoup:
    return BeautifulSoup(files["html"].decode("utf-8"), "html.parser")


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_nothing_becomes_markup(page: BeautifulSoup) -> None:
    assert page.find_all("script") == []
    assert [image["src"] for image in page.find_all("img")] == ["data:image/png;base64,AAAA"]
    assert [len(page.find_all(tag)) for tag in ("title", "style", "h1", "main", "footer")] == [1] * 5
    assert not [tag for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert not [link for link in page.find_all("a") if link["href"].startswith("javascript")]


def test_title_head_and_description_say_what_was_written(page: BeautifulSoup) -> None:
    title = f"{worst('steg_namn')}: {worst('omrade_namn')} – {worst('kommun')}"
    assert page.title.get_text() == title
    assert one_line(page.h1.get_text()) == f"{worst('kommun')} {worst('steg_namn')}: {worst('omrade_namn')}"
    assert page.find("meta", {"name": "description"})["content"] == worst("finding")
    style = page.style.get_text()
    assert "</" not in style
    assert "alert(1)" in style, "titeln står i sidfoten på papper"


def test_body_alt_text_and_word_list_say_what_was_written(page: BeautifulSoup) -> None:
    said = one_line(page.get_text())
    for field in ("frysning", "kalla", "jamfor_med", "version", "title", "finding", "utskrift", "tillganglighet",
                  "rubrik", "ord", "forklaring", "kort"):  # fmt: skip
        assert worst(field) in said, field
    assert page.img["alt"] == worst("alt")
    assert page.find("dt", id=True).get_text() == worst("ord")
    assert page.footer.a["href"] == f"mailto:{worst('tillganglighet')}"


def test_record_and_index_say_what_was_written(files: dict[str, bytes], task: Task, tmp_path: Path) -> None:
    path = tmp_path / task.job.address
    path.parent.mkdir(parents=True)
    path.write_bytes(files["html"])
    record = read_record(path)
    assert record is not None
    assert (record.kommun, record.slutsats, record.frysning) == (
        worst("kommun"),
        worst("finding"),
        worst("frysning"),
    )
    write_index(
        tmp_path,
        [ReportResult(task.job, "klar", 1.0), ReportResult(_other(task.job), "fel", 1.0, worst("fel"))],
    )
    for index, fields in (
        (tmp_path / "index.html", ("kommun",)),
        (path.parents[1] / "index.html", ("kommun", "omrade_namn", "finding", "frysning", "fel")),
    ):
        found = BeautifulSoup(index.read_text(encoding="utf-8"), "html.parser")
        assert found.find_all("img") == []
        # The page of all municipalities has a script of its own, by which its table is sorted.
        assert [each.string for each in found.find_all("script")] == (
            [SORT] if index.parent == tmp_path else []
        )
        assert [len(found.find_all(tag)) for tag in ("title", "style", "h1", "main")] == [1] * 4
        for field in fields:
            assert worst(field) in one_line(found.get_text()), field


def _other(job: Job) -> Job:
    return Job(job.kod, job.kommun, job.steg, "oversikt", job.notebook)


def test_the_tables_hold_no_formula(files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    said = "\n".join(str(cell.value) for cell in cells)
    for field in (
        "title",
        "source",
        "flag",
        "notes",
        "caption",
        "label",
        "cell",
        "mark",
        "kalla",
        "frysning",
    ):
        assert worst(field) in said, field
