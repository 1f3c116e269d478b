"""The document of all steps: one table of contents, each report below its step, and what is missing named."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from nbformat.v4 import new_code_cell, new_markdown_cell
from PIL import Image
from pypdf import PdfReader

from effektiv.errors import EffektivError, InputError
from effektiv.render import whole
from effektiv.render.docx import CONTENTS_LEVELS, Chapter, make_docx
from effektiv.render.jobs import Job
from effektiv.render.office import find_office, heading_pages
from effektiv.render.pdf import find_browser
from effektiv.render.whole import make_whole
from effektiv.steg import STEPS

from .conftest import PARAMETERS, NotebookMaker
from .test_appendix import OPENING

FIRST = """show(told("forsta-sidan", f"Det viktigaste om {NAME}", [
    {"kind": "heading", "text": "Att titta på härnäst"}, {"kind": "bullets", "items": ["Lokalerna"]}]))"""
FINDING = 'show(told("kostnad", f"Rönet om {NAME}"))'
LONG = "Beslut om åtgärder som tillsammans behöver mer än en rad på papper"
DEFENCE = 'show(told("alla-matt", "Försvaret", svg=None))'


def job(make: NotebookMaker, root: Path, steg: int, area: str, name: str, **more: Any) -> Job:
    """Write a notebook of a step, with a first page, a finding, links and an underlag; return its job."""
    step = STEPS[steg]
    shown = {"steg": steg, "steg_namn": step.name, **more}
    cells = [
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell(f"{OPENING}\nNAME = {name!r}\nshow_case({area!r}, NAME, **{shown!r})"),
        new_code_cell(FIRST),
        new_markdown_cell(
            "## Det viktigaste\n\nSe [nuläget](../1-nulagesanalys/grundskola.ipynb#kostnad) och"
            " [annat](../2-orsaksanalys/forskola.ipynb)."
        ),
        new_code_cell(FINDING),
        new_markdown_cell("## Underlag"),
        new_code_cell(DEFENCE),
    ]
    path = make(area, cells=cells, root=root, step_folder=step.folder)
    return Job("9001", "Älvby", steg, area, path, {"kommun": "9001"})


def draw(svg: str, size: tuple[float, float], browser: Path) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (3, 1)).save(stream, "png")
    return stream.getvalue()


Made = dict[str, Path]


@pytest.fixture(scope="module")
def made(make_notebook: NotebookMaker, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Make the document of three steps with two chosen areas, one of which has no report in step 4 and is thin in 3."""
    place = tmp_path_factory.mktemp("alla-steg")
    try:
        find_browser()
    except InputError:
        pytest.skip("Chromium, Chrome eller Edge finns inte här")
    valda = {"valda": ["grundskola", "barn-och-unga"]}
    jobs = [
        job(make_notebook, place, 1, "barn-och-unga", "Barn och unga"),
        job(make_notebook, place, 1, "forskola", "Förskola"),
        job(make_notebook, place, 1, "grundskola", "Grundskola"),
        job(make_notebook, place, 1, "oversikt", "Översikt", **valda),
        job(make_notebook, place, 3, "barn-och-unga", "Barn och unga", underlag="tunt"),
        job(make_notebook, place, 3, "grundskola", "Grundskola"),
        job(make_notebook, place, 3, "beslut", LONG),
        job(make_notebook, place, 4, "grundskola", "Grundskola", frysning="efter"),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole, "draw_png", draw)  # a browser for each picture is tested elsewhere
        patch.setattr(whole, "find_office", lambda: None)  # and so are the pages that LibreOffice counts
        files = make_whole(jobs, place / "ut", workers=2)
    assert [path.relative_to(place / "ut").as_posix() for path in files] == [
        f"9001-alvby/alla-steg.{name}" for name in ("html", "pdf", "docx")
    ]
    return {path.suffix[1:]: path for path in files}


@pytest.fixture(scope="module")
def page(made: Made) -> str:
    return made["html"].read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def word(made: Made) -> Document:
    return docx.Document(str(made["docx"]))


REPORTS = [
    (1, ["Översikt", "Grundskola", "Barn och unga"]),
    (2, []),
    (3, ["Grundskola", "Barn och unga", LONG]),
    (4, ["Grundskola"]),
    (5, []),
]


def test_each_report_stands_below_its_step_with_the_chosen_areas_only(page: str) -> None:
    levels = [
        (int(level), re.sub("<[^>]*>", "", text))
        for level, text in re.findall(r"<h([1-6])[^>]*>(.*?)</h\1>", page)
    ]
    expected: list[tuple[int, str]] = [(1, "Älvby De fem stegen"), (2, "Innehåll")]
    for number, names in REPORTS:
        expected.append((2, f"Steg {number}: {STEPS[number].name}"))
        for name in names:
            expected += [
                (3, name),
                (4, f"Det viktigaste om {name}"),
                (4, "Det viktigaste"),
                (5, f"Rönet om {name}"),
            ]
    assert levels == [*expected, (2, "Om dokumentet")]
    assert "Försvaret" not in page


def test_there_is_one_table_of_contents_and_every_line_leads_somewhere(page: str) -> None:
    assert page.count('<nav class="toc"') == 1
    toc = page.split('<nav class="toc"')[1].split("</nav>", maxsplit=1)[0]
    lines = [line for number, names in REPORTS for line in (f"Steg {number}: {STEPS[number].name}", *names)]
    assert re.findall(r">([^<]+)</a>", toc) == [*lines, "Om dokumentet"]
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(ids)
    assert set(" ".join(re.findall(r'aria-labelledby="([^"]*)"', page)).split()) <= set(ids)


def test_links_between_reports_stay_in_the_document_or_are_no_links(page: str) -> None:
    assert page.count('Se <a href="#steg-1-grundskola">nuläget</a> och annat.') == 7
    assert not re.findall(r'(?:src|href)="(?!#|data:)', page), "nothing from elsewhere"


def test_what_is_missing_is_named(page: str) -> None:
    assert page.count("<p>Steget har inga rapporter i den här versionen av arbetsboken.</p>") == 2
    assert "<p>Underlaget är tunt för barn och unga: där står vad som finns och vad som saknas.</p>" in page
    assert "<p>Steget har ingen rapport för barn och unga.</p>" in page
    assert "utan underlag, för fokusområdena grundskola och barn och unga." in page
    assert "Steg 1 och 3: datauttag exempel, " in page
    assert "Steg 4: datauttag efter, " in page


def flat(outline: list[Any], level: int = 1) -> list[tuple[int, str]]:
    """Return the bookmarks of a PDF with their levels."""
    return [
        found
        for item in outline
        for found in (flat(item, level + 1) if isinstance(item, list) else [(level, str(item.title))])
    ]


def test_the_pdf_is_tagged_in_swedish_and_has_its_headings_as_bookmarks(made: Made) -> None:
    reader = PdfReader(made["pdf"])
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"].startswith("sv")
    assert reader.metadata is not None
    assert reader.metadata.title == "De fem stegen för Älvby"
    kinds = re.findall(rb"/S /(H[1-6]|L|LI|TOCI?|Table|Figure|P|Link)\b", made["pdf"].read_bytes())
    assert {b"H1", b"H2", b"H3", b"L", b"Figure", b"Link"} <= set(kinds)
    marks = flat(reader.outline)
    assert [mark for mark in marks if mark[0] == 2] == [
        (2, "Innehåll"),
        *((2, f"Steg {number}: {STEPS[number].name}") for number in STEPS), (2, "Om dokumentet")
    ]  # fmt: skip
    assert (4, f"Det viktigaste om {LONG}") in marks, "with the space where the line is broken"


def test_the_printed_table_of_contents_says_the_page_of_each_line(made: Made, page: str) -> None:
    pages = [each.extract_text() for each in PdfReader(made["pdf"]).pages]
    lines = [line for number, names in REPORTS for line in (f"Steg {number}: {STEPS[number].name}", *names)]
    told = re.findall(r"^(.+?) (\d+)$", pages[0], re.MULTILINE)
    assert [name for name, _ in told] == [*lines, "Om dokumentet"]
    for name, number in told:
        assert name in " ".join(pages[int(number) - 1].split())
    assert [int(number) for _, number in told] == sorted(int(number) for _, number in told)
    for number, text in enumerate(pages, start=1):
        assert f"Sida {number} av {len(pages)}" in text
    assert 'class="page"' not in page, "on a screen there are no pages"


def test_word_has_the_same_headings_and_one_table_of_contents(word: Document) -> None:
    found = [
        (each.style.name, each.text)
        for each in word.paragraphs
        if each.style is not None and each.style.name.startswith("Heading ")
    ]
    tops = [item for item in found if item[0] in {"Heading 1", "Heading 2"}]
    expected = [
        line
        for number, names in REPORTS
        for line in (
            ("Heading 1", f"Steg {number}: {STEPS[number].name}"),
            *(("Heading 2", name) for name in names),
        )
    ]
    assert tops == [*expected, ("Heading 1", "Om dokumentet")]
    assert found[2:7] == [
        ("Heading 3", "Det viktigaste om Översikt"),
        ("Heading 4", "Att titta på härnäst"),
        ("Heading 3", "Det viktigaste"),
        ("Heading 4", "Rönet om Översikt"),
        ("Heading 2", "Grundskola"),
    ]
    lines = [
        each for each in word.paragraphs if each.style is not None and each.style.name.startswith("toc ")
    ]
    assert [each.text for each in lines] == [*(text for _, text in expected), "Om dokumentet"]
    body = word.element.body
    marks = {each.get(qn("w:name")) for each in body.iter(qn("w:bookmarkStart"))}
    anchors = [each.get(qn("w:anchor")) for each in body.iter(qn("w:hyperlink"))]
    assert set(anchors) == marks
    assert len(anchors) == len(lines)
    parts = [(each.get(qn("w:fldCharType")), each.get(qn("w:dirty"))) for each in body.iter(qn("w:fldChar"))]
    assert parts == [("begin", "true"), ("separate", None), ("end", None)], "Word is to count"
    assert {shape._inline.docPr.get("descr") for shape in word.inline_shapes} == {"Stapeln är 12 procent."}


def test_word_says_the_pages_that_libreoffice_has_counted_and_asks_nothing() -> None:
    office = find_office()
    if office is None:
        pytest.skip("LibreOffice finns inte här")

    def make(pages: list[int]) -> bytes:
        chapters = [Chapter("Steg 1", (), 1), Chapter("Grundskola", (), 2, ["Rad. " * 30] * 40),
                    Chapter("Djupare", (), 3), Chapter("Förskola", (), 2)]  # fmt: skip
        return make_docx(
            chapters, title="Allt", intro=[], about={"Version": "1"}, example=False, made=dt.date(2026, 1, 1),
            draw=lambda svg, size: b"", contents="Innehåll", pages=pages,
        )  # fmt: skip

    counted = heading_pages(make([]), office, CONTENTS_LEVELS)
    assert [title for title, _ in counted] == ["Steg 1", "Grundskola", "Förskola", "Om dokumentet"]
    pages = [page for _, page in counted]
    assert pages[:2] == [2, 2]
    assert 3 < pages[2] < pages[3]
    content = make(pages)
    assert heading_pages(content, office, CONTENTS_LEVELS) == counted, "the numbers move nothing"
    word = docx.Document(io.BytesIO(content))
    lines = [
        each for each in word.paragraphs if each.style is not None and each.style.name.startswith("toc ")
    ]
    assert [each.text.split("\t") for each in lines] == [[title, str(page)] for title, page in counted]
    asked = [each.text for each in word.element.body.iter(qn("w:instrText"))]
    assert asked[0] == ' TOC \\o "1-2" \\h \\z '
    assert [text.split()[0] for text in asked[1:]] == ["PAGEREF"] * 4
    assert not [each for each in word.element.body.iter(qn("w:fldChar")) if each.get(qn("w:dirty"))]
    assert word.settings.element.find(qn("w:updateFields")) is None
    with pytest.raises(ValueError, match="3 pages are told of 4 lines"):
        make([1, 2, 3])


@pytest.mark.usefixtures("here")
def test_a_report_that_fails_leaves_nothing(make_notebook: NotebookMaker, tmp_path: Path) -> None:
    overview = job(make_notebook, tmp_path, 1, "oversikt", "Översikt", valda=[])
    path = make_notebook("styrning", cells=[new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
                                            new_code_cell("1 / 0")], root=tmp_path, step_folder="2-orsaksanalys")  # fmt: skip
    broken = Job("9001", "Älvby", 2, "styrning", path, {"kommun": "9001"})
    with pytest.raises(EffektivError) as caught:
        make_whole([overview, broken], tmp_path / "ut", formats=["html"])
    assert str(caught.value).startswith(
        "Dokumentet med alla steg kunde inte göras: 2-orsaksanalys/styrning.ipynb, "
    )
    assert list((tmp_path / "ut").rglob("alla-steg*")) == []
    (html,) = make_whole([overview], tmp_path / "ut", formats=["html"])
    assert "så bara det gemensamma är med." in html.read_text(encoding="utf-8")
