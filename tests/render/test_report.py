"""One report: its page, its tables, both engines, and notebooks that follow one another."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from nbformat.v4 import new_code_cell

from effektiv.render.pages import read_record
from effektiv.render.report import ReportError, make_report

from .conftest import OPENING, PARAMETERS
from .test_engine import DIRTY


class Page(HTMLParser):
    """What is checked of a page: elements, ids, addresses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.meta: dict[str, str] = {}
        self.lang = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "html":
            self.lang = values.get("lang", "")
        if tag == "meta":
            self.meta[values.get("http-equiv") or values.get("name", "")] = values.get("content", "")
        self.addresses += [
            values[name] for name in ("href", "src", "srcset", "action", "data", "poster") if name in values
        ]


@pytest.fixture(scope="module")
def report(make_notebook, make_task) -> dict[str, bytes]:
    extra = [
        'exhibit("resurs", "Kostnad <per> elev", "Dyrare.", [["=1+1", 2024, 7.0]], "<p>Egen text</p>")',
        'exhibit("resurs", "Samma id igen", "", [["Egen", 2024, 7.0]])',
        "import sys; print('utskrift'); print('varningstext', file=sys.stderr)",
    ]
    return make_report(make_task(make_notebook("hel", extra)), lambda place: None)


@pytest.fixture(scope="module")
def page(report: dict[str, bytes]) -> Page:
    return Page(report["html"].decode("utf-8"))


def test_the_page_is_swedish_with_one_title_and_unique_ids(report: dict[str, bytes], page: Page) -> None:
    assert page.lang == "sv"
    assert page.tags.count("h1") == 1
    assert page.tags.count("main") == 1
    assert len(page.ids) == len(set(page.ids))
    assert b"<title>Nul\xc3\xa4gesanalys: Grundskola \xe2\x80\x93 \xc3\x84lvby</title>" in report["html"]


def test_nothing_from_elsewhere_and_no_script(report: dict[str, bytes], page: Page) -> None:
    html = report["html"].decode("utf-8")
    assert not {"script", "iframe", "object", "embed", "form"} & set(page.tags)
    assert all(re.match(r"#|\.\./|data:|[\w-]+\.xlsx$", address) for address in page.addresses), (
        page.addresses
    )
    assert "://" not in html
    assert page.meta["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )


def test_head_band_contents_and_foot(report: dict[str, bytes]) -> None:
    words = re.sub(r"<[^>]+>", " ", report["html"].decode("utf-8"))
    words = " ".join(words.split())
    for text in (
        "Exempeldata: påhittade kommuner och värden",
        "Älvby Nulägesanalys: Grundskola",
        "Effektivare kommun steg 1 av 5",
        "Jämförs med Liknande kommuner (7)",
        "Senaste år 2025, preliminärt",
        "Datauttag 20 november 2025",
        "Frysningen exempel, skapad 20 november 2025",
        "kommun = 9001",
        "1-nulagesanalys/hel.ipynb",
        "Rapporten framställd 21 november 2025",
        "eller vill du ha innehållet i en annan form? Meddela Älvby. Ange rapportens namn och avsnitt.",
        "anmäla bristen till Myndigheten för digital förvaltning, Digg, som har tillsyn över lagen: www.digg.se",
    ):
        assert text in words
    for text in ("utskrift", "varningstext", "Titeln i JupyterLab", "fallets egen text", "def exhibit"):
        assert text not in words


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("tillganglighet@alvby.se", "mailto:tillganglighet@alvby.se"),
        ("https://alvby.se/kontakt?a=1&b=2", "https://alvby.se/kontakt?a=1&b=2"),
        ("javascript:alert(1)", "mailto:javascript:alert(1)"),
        ('"><script>alert(1)</script>', 'mailto:"><script>alert(1)</script>'),
    ],
)
def test_the_municipality_s_own_contact_for_faults_in_accessibility(
    make_notebook, make_task, contact: str, link: str
) -> None:
    opening = OPENING.replace('"version"', f'"tillganglighet": {contact!r}, "version"')
    notebook = make_notebook("kontakt", cells=[new_code_cell(PARAMETERS), new_code_cell(opening)])
    html = make_report(make_task(notebook), lambda place: None)["html"].decode("utf-8")
    page = Page(html)
    assert page.addresses[-1] == link
    assert "script" not in page.tags
    assert f"Meddela Älvby: {contact}. Ange" in " ".join(unescape(re.sub("<[^>]+>", "", html)).split())


def test_contents_lead_to_sections(report: dict[str, bytes], page: Page) -> None:
    anchors = [address[1:] for address in page.addresses if address.startswith("#")]
    assert anchors[:2] == ["innehall", "sammanfattning"]
    assert set(anchors) <= set(page.ids)
    assert "ex-resurs-title-2" in anchors


def test_the_page_tells_what_it_is(report: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "r.html").write_bytes(report["html"])
    record = read_record(tmp_path / "r.html")
    assert record is not None
    assert (record.kod, record.fingeravtryck, record.exempel) == ("9001", "fingeravtryck", True)
    assert record.slutsats == "Älvby kostar ungefär lika mycket."


def test_the_excel_file_has_the_tables(report: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(report["xlsx"]))
    assert book.sheetnames == ["Innehåll", "Läget", "Kostnad <per> elev", "Samma id igen"]
    cell = book["Kostnad <per> elev"]["A5"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_same_report_from_an_ordinary_kernel(make_notebook, make_task) -> None:
    notebook = make_notebook(
        "motorer", ["import pandas as pd\npd.DataFrame({'x': [1.5]})", "print('hej')", "1 + 1"]
    )
    made = [
        make_report(make_task(notebook, motor=motor), lambda place: None) for motor in ("effektiv", "kernel")
    ]
    assert made[0] == made[1]


def test_a_hanging_cell_in_a_kernel_is_stopped(make_notebook, make_task) -> None:
    task = make_task(make_notebook("hanger-i-karna", ["import time\ntime.sleep(600)"]), motor="kernel")
    with pytest.raises(ReportError, match=r"^cell 6 \(import time\): stoppades efter 1 sekund;"):
        make_report(replace(task, timeout=1.0), lambda place: None)


def test_a_report_is_the_same_after_another_notebook(make_notebook, make_task) -> None:
    """A, B, A: byte for byte as A alone, also when B has tried to change everything."""
    first = make_notebook(
        "forsta", ["import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "'hemlig' in globals()"]
    )
    second = make_notebook("andra", DIRTY)
    alone = make_report(make_task(first), lambda place: None)
    other = make_report(make_task(second, "9002", "Åstad"), lambda place: None)
    again = make_report(make_task(first), lambda place: None)
    assert again == alone
    assert other["html"] != alone["html"]


@pytest.mark.filterwarnings("default:To exit")
@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("# räknar\n\n1 / 0", r"^cell 6 \(# räknar\): ZeroDivisionError: division by zero$"),
        ("raise SystemExit(0)", r"^cell 6 \(raise SystemExit\(0\)\): notebooken avslutade sig själv"),
        (
            "from effektiv.errors import SnapshotError\nraise SnapshotError('Frysningen x saknas.')",
            r"\): Frysningen x saknas\.$",
        ),
        ("raise ValueError('rad ett\\nrad två')", r"ValueError: rad ett rad två$"),
        ("raise ValueError('x' * 5000)", r"x{500}.*…$"),
    ],
)
def test_a_cell_that_fails_is_named(make_notebook, make_task, source: str, message: str) -> None:
    with pytest.raises(ReportError, match=message):
        make_report(make_task(make_notebook("trasig", [source])), lambda place: None)


def test_the_place_of_each_cell_is_told(make_notebook, make_task) -> None:
    places: list[str] = []
    make_report(make_task(make_notebook("platser")), places.append)
    assert places[1:3] == ['cell 2 (kommun = "9001")', "cell 2 (# Parameters)"], "papermills cell räknas inte"
    assert places[-2].startswith("cell 5 (exhibit(")
    assert places[-1] == ""


def test_a_notebook_that_shows_no_case(make_notebook, make_task) -> None:
    path = make_notebook("tom", cells=[new_code_cell('kommun = ""', metadata={"tags": ["parameters"]})])
    with pytest.raises(ReportError, match="visar inget fall"):
        make_report(make_task(path), lambda place: None)


def test_a_notebook_that_shows_another_municipality(make_notebook, make_task) -> None:
    path = make_notebook("forvaxlad", ["from json import dumps"])
    task = make_task(path, "9002", "Åstad")
    object.__setattr__(task.job, "parameters", {"kommun": "9001"})
    with pytest.raises(ReportError, match=r"visar Älvby \(9001\) i stället för Åstad \(9002\)"):
        make_report(task, lambda place: None)


@pytest.mark.parametrize(
    ("folder", "step", "said"),
    [
        (
            "2-orsaksanalys",
            2,
            r"^notebooken ligger i mappen 2-orsaksanalys men öppnar sitt fall i steg 1; .*steg=2",
        ),
        ("5-avslutning", 5, r"mappen 5-avslutning .* i steg 1; skriv steg=5 i open_case$"),
    ],
)
def test_a_notebook_that_opens_its_case_in_another_step(
    make_notebook, make_task, folder: str, step: int, said: str
) -> None:
    task = make_task(make_notebook("fel-steg", step_folder=folder))
    with pytest.raises(ReportError, match=said):
        make_report(replace(task, job=replace(task.job, steg=step)), lambda place: None)


def test_folders_with_braces_in_their_name(make_notebook, make_task, tmp_path: Path) -> None:
    path = make_notebook("klammer", root=tmp_path / "{kommun}")
    assert make_report(make_task(path), lambda place: None)["html"]
