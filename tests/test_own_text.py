"""What a municipality writes in params stays text all the way: notebook, report, tables, index."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
import yaml
from bs4 import BeautifulSoup

from effektiv import cli
from effektiv.params import load_params
from effektiv.render.pages import read_record
from tests.pool_here import reports_here

LINE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;&#60;$x$[l](javascript:1)**f**_k_`k`"
    "{{ 7*7 }}{% x %}%(a)s=1+1]]>--><!--</p></li></main></title>\"' \\(y\\) שלום"
)
LONG_WORD = "x" * 2000
PARAGRAPH = (
    f"{LINE} <svg onload=alert(1)><style>*{{display:none}}</style> <a href=//x.se>x</a> $$z$$ ![bild](x.png) "
    f"# rubrik <details> </section></style></textarea> \\u003cb\\u003e ${{a}} {{0}} {LONG_WORD}"
)
OWN_LINES = ("=1+1", "# rubrik", "- punkt", "@SUM(A1)", "| a | b |", "---", "<h1>rubrik</h1>")
"""Lines of their own, as Markdown and spreadsheets look at the beginning of a line."""

ADDRESS = "https://exempelby.se/?a=1&b='2'&amp;c=$x$"


def line(field: str) -> str:
    text = f"{field}: {LINE}"
    assert len(text) <= 200
    return text


def paragraph(field: str) -> str:
    return "\n".join([f"{field}: {PARAGRAPH}", *(f"{text} ({field})" for text in OWN_LINES)])


EVIDENCE = [
    {"kalla": line("kalla"), "iakttagelse": paragraph("iakttagelse")},
    {"kalla": "=HYPERLINK(1)", "iakttagelse": "<b>"},
]
DECIDED = {
    "beslut": line("beslut"),
    "diarienummer": f"=1+1 {line('diarienummer')}",
    "avgransning": paragraph("avgransning"),
    "egna_underlag": EVIDENCE,
}
FILES: dict[str, dict[str, object]] = {
    "kommun.yaml": {
        "kommun": "0219",
        "namn": "Exempelby kommun",
        "kontakt": {key: line(key) for key in ("namn", "roll", "epost", "telefon")},
        "tillganglighet": {"kontakt": ADDRESS},
    },
    "oversikt.yaml": {"fokusomraden": ["grundskola"], "motiv": paragraph("motiv"), **DECIDED},
    "grundskola.yaml": {
        "riktning": "resurs",
        "vad": paragraph("vad"),
        "for_vem": paragraph("for_vem"),
        "mal": paragraph("mal"),
        **DECIDED,
    },
}
SHOWN = {
    "grundskola": ("vad", "for_vem", "mal", "avgransning", "iakttagelse"),
    "oversikt": ("motiv", "avgransning", "iakttagelse"),
}
SHOWN_LINES = {
    "grundskola": ("beslut", "diarienummer", "kalla", "namn", "roll", "epost", "telefon"),
    "oversikt": ("beslut", "diarienummer", "kalla"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """Return the output folder of two reports for a municipality that has written the worst it can."""
    base = tmp_path_factory.mktemp("egen-text")
    params = base / "params" / "0219-exempelby"
    params.mkdir(parents=True)
    for name, content in FILES.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (params / name).write_text(text, encoding="utf-8")
    before = os.environ.copy()
    os.environ |= {"EFFEKTIV_NOTEBOOKS": str(root / "notebooks"), "EFFEKTIV_PARAMS": str(params.parent)}
    arguments = ["--kommun", "Exempelby", "--steg", "1", "--data", "exempel", "--ut", str(base / "output")]
    words = ["rendera", *arguments, "--steg", "1", "--omrade", "grundskola", "--omrade", "oversikt"]
    try:
        assert load_params("0219").area("grundskola").what == paragraph("vad")
        with pytest.MonkeyPatch.context() as patch:
            reports_here(patch)
            assert cli.main(words) == 0
    finally:
        os.environ.clear()
        os.environ.update(before)
    return base / "output"


def soup(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def report(folder: Path, area: str, suffix: str = "html") -> Path:
    return folder / "0219-exempelby" / "1-nulagesanalys" / f"{area}.{suffix}"


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def pages(folder: Path) -> Mapping[str, BeautifulSoup]:
    return {area: soup(report(folder, area)) for area in SHOWN}


@pytest.mark.parametrize("area", SHOWN)
def test_every_field_is_shown_as_it_was_written(pages: Mapping[str, BeautifulSoup], area: str) -> None:
    shown = [words(str(text)) for text in pages[area].main.find_all(string=True)]
    for field in SHOWN[area]:
        for text in paragraph(field).splitlines():
            assert [found for found in shown if words(text) in found], text
    for field in SHOWN_LINES[area]:
        assert [found for found in shown if words(line(field)) in found], field


@pytest.mark.parametrize("area", SHOWN)
def test_nothing_of_it_is_markup(pages: Mapping[str, BeautifulSoup], area: str) -> None:
    page = pages[area]
    assert page.find_all(["script", "img", "b", "em", "iframe", "object", "form", "textarea", "math"]) == []
    assert [len(page.find_all(tag)) for tag in ("title", "style", "h1", "main")] == [1, 1, 1, 1]
    assert not [tag for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    inward = [link["href"] for link in page.find_all("a") if link.find_parent("footer") is None]
    assert [href for href in inward if not href.startswith(("#", "../")) and href != f"{area}.xlsx"] == []
    own = [tag for tag in page.main.find_all("p") if LONG_WORD in tag.get_text()]
    assert len(own) >= len(SHOWN[area]) - 1
    # What stands in a paragraph of its own text: the mark "Kommunens text" and nothing else.
    assert {child.name for tag in own for child in tag.find_all(True)} <= {"strong"}


def test_the_address_for_faults_is_a_link_to_itself(pages: Mapping[str, BeautifulSoup]) -> None:
    for page in pages.values():
        first = page.footer.find("a")
        assert (first["href"], first.get_text()) == (ADDRESS, ADDRESS)


def test_head_record_and_index_hold_none_of_it(folder: Path, pages: Mapping[str, BeautifulSoup]) -> None:
    for area, page in pages.items():
        assert page.title.get_text().endswith("– Exempelby")
        record = read_record(report(folder, area))
        assert record is not None
        assert record.kommun == "Exempelby"
        assert page.find("meta", {"name": "description"})["content"] == record.slutsats
    for index in (folder / "index.html", folder / "0219-exempelby" / "index.html"):
        page = soup(index)
        assert page.find_all(["img", "b"]) == []
        # The page of all municipalities has a script of its own, by which its table is sorted.
        assert len(page.find_all("script")) == (index.parent == folder)
        assert "alert" not in index.read_text(encoding="utf-8")


@pytest.mark.parametrize("area", SHOWN)
def test_no_cell_of_the_tables_is_a_formula(folder: Path, area: str) -> None:
    book = openpyxl.load_workbook(report(folder, area, "xlsx"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 100
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
