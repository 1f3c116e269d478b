"""The appendix: what it takes from the notebooks, and its page, print and Word file."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from nbformat.v4 import new_code_cell
from PIL import Image

from effektiv import cli, console
from effektiv.data.snapshot import Snapshot
from effektiv.errors import EffektivError, InputError
from effektiv.render import appendix
from effektiv.render.appendix import make_appendix
from effektiv.render.docx import Chapter, make_docx
from effektiv.render.jobs import Job
from effektiv.render.pdf import BROWSER_VARIABLE, draw_png, find_browser

from .conftest import PARAMETERS, NotebookMaker

OPENING = """
from IPython.display import display

def show_case(area, name, **more):
    display({"text/plain": "", "application/vnd.effektiv.case+json": {
        "kommun": "Älvby", "kod": kommun, "omrade": area, "omrade_namn": name, "steg": 1,
        "steg_namn": "Nulägesanalys", "frysning": data, "skapad": "2025-11-20T08:00:00",
        "kalla": "Påhittade värden", "exempel": data == "exempel", "jamfor_med": "Liknande kommuner (7)",
        "version": "0.1.0", "ar": None, "preliminart_ar": None, **more}}, raw=True)

SVG = '<svg class="ex-only" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Stapeln är 12 procent." ' \\
      'viewBox="0 0 600 200" width="100%" fill="#1a1a1a"><rect width="300" height="200" fill="#08427e"/></svg>'

def told(name, title, blocks=(), svg=SVG, table=None):
    return {"id": name, "title": title, "finding": "", "subtitle": "Avvikelse, procent", "source": "Källa: Kolada (N15001)",
            "flags": [], "notes": "", "table": table, "blocks": list(blocks), "svg": svg,
            "alt": "Stapeln är 12 procent." if svg else None, "kpis": ["N15001"]}

def show(*exhibits):
    html = "".join(
        f'<section class="ex" id="ex-{e["id"]}"><h3 class="ex-title" id="ex-{e["id"]}-title">{e["title"]}</h3>'
        f'{e["svg"] or ""}<p class="ex-source">{e["source"]}</p></section>' for e in exhibits)
    shown = list(exhibits) if len(exhibits) > 1 else exhibits[0]
    display({"text/plain": "", "text/html": html, "application/vnd.effektiv.exhibit+json": shown}, raw=True)
"""

POINTS = """[
    {"kind": "paragraph", "text": "Älvby är dyrare <än> väntat."},
    {"kind": "ordered", "items": ["Var: i grundskolan.", "Hur länge: sedan 2019."]},
    {"kind": "heading", "text": "Att titta på härnäst"},
    {"kind": "bullets", "items": ["Lokalerna", "Skolskjutsen"]},
    {"kind": "ordered", "items": ["Ny lista."]},
]"""
FIRST = f'show(told("forsta-sidan", f"Det viktigaste om {{NAME}}", {POINTS}))'
FINDINGS = 'show(told("kostnad", "Rönet om kostnad"), told("kvalitet", "Rönet om kvalitet"))'
PROBLEM = """
show(told("problemformulering", f"Problemet i {NAME}", [{"kind": "paragraph", "text": "Vad som är fel."}], svg=None, table={
    "caption": "Vad som mäts", "row_header": "matt",
    "columns": [{"key": "matt", "label": "Mått", "kind": "text", "unit": "", "decimals": None},
                {"key": "ar", "label": "År", "kind": "year", "unit": "", "decimals": None},
                {"key": "nu", "label": "Läge", "kind": "number", "unit": "kr", "decimals": 1, "signed": True}],
    "rows": [["Kostnad", 2024, -12345.67], ["Kvalitet", 2025, None]],
    "marks": [{"row": 1, "column": "nu", "mark": "..", "text": "sekretess"}]}))
"""

Made = dict[str, Path]


def job(make: NotebookMaker, root: Path, area: str, name: str, *cells: str, **more: Any) -> Job:
    """Write an area's notebook and return its job."""
    opening = f"{OPENING}\nNAME = {name!r}\nshow_case({area!r}, NAME, **{more!r})"
    sources = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    sources += [new_code_cell(source) for source in (opening, *cells)]
    path = make(area, cells=sources, root=root)
    return Job("9001", "Älvby", 1, area, path, {"kommun": "9001"})


@pytest.fixture(scope="module")
def made(make_notebook: NotebookMaker, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Make an appendix of an overview and two of three areas, in another order than theirs."""
    place = tmp_path_factory.mktemp("bilaga")
    skip_without_browser()
    overview = job(
        make_notebook, place, "oversikt", "Översikt", FIRST, FINDINGS, valda=["grundskola", "forskola"]
    )
    areas = {
        area: job(make_notebook, place, area, name, FIRST, FINDINGS, PROBLEM)
        for area, name in (("forskola", "Förskola"), ("grundskola", "Grundskola"), ("ifo", "Barn och unga"))
    }
    files = make_appendix(overview, areas, place / "ut", workers=2)
    assert [path.relative_to(place).as_posix() for path in files] == [
        f"ut/9001-alvby/bilaga.{name}" for name in ("html", "pdf", "docx")
    ]
    assert sorted(path.name for path in files[0].parent.iterdir()) == [
        "bilaga.docx",
        "bilaga.html",
        "bilaga.pdf",
    ]
    return {path.suffix[1:]: path for path in files}


def skip_without_browser() -> None:
    try:
        find_browser()
    except InputError:
        pytest.skip("Chromium, Chrome eller Edge finns inte här")


@pytest.fixture(scope="module")
def word(made: Made) -> Document:
    return docx.Document(str(made["docx"]))


def headings(document: Document) -> list[tuple[str, str]]:
    return [
        (each.style.name, each.text)
        for each in document.paragraphs
        if each.style is not None and each.style.name.startswith(("Heading", "Title"))
    ]


# The page ---------------------------------------------------------------------------------


def test_the_page_has_the_overview_and_the_chosen_areas_in_their_order(made: Made) -> None:
    html = made["html"].read_text(encoding="utf-8")
    levels = [
        (level, re.sub("<[^>]*>", "", text))
        for level, text in re.findall(r"<h([123])[^>]*>(.*?)</h\1>", html)
    ]
    assert levels == [
        ("1", "Älvby Nulägesanalys"),
        ("2", "Innehåll"),
        ("2", "Översikt"),
        ("3", "Det viktigaste om Översikt"),
        ("2", "Grundskola"),
        ("3", "Det viktigaste om Grundskola"),
        ("3", "Problemet i Grundskola"),
        ("2", "Förskola"),
        ("3", "Det viktigaste om Förskola"),
        ("3", "Problemet i Förskola"),
        ("2", "Om bilagan"),
    ]
    assert "Bilagan har översikten och, för fokusområdena grundskola och förskola," in html
    assert '<html lang="sv">' in html
    assert "påhittade kommuner och värden" in html
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert not re.findall(r'(?:src|href)="(?!#|data:)', html), "nothing from elsewhere"


def test_the_pdf_is_tagged_and_in_swedish(made: Made) -> None:
    content = made["pdf"].read_bytes()
    assert b"/MarkInfo" in content
    assert b"/Lang (sv" in content
    assert b"/StructTreeRoot" in content


# The Word file ------------------------------------------------------------------------------


def test_word_has_real_headings(word: Document) -> None:
    assert headings(word) == [
        ("Title", "Bilaga till ansökan: nulägesanalys för Älvby"),
        ("Heading 1", "Översikt"),
        ("Heading 2", "Det viktigaste om Översikt"),
        ("Heading 3", "Att titta på härnäst"),
        ("Heading 1", "Grundskola"),
        ("Heading 2", "Det viktigaste om Grundskola"),
        ("Heading 3", "Att titta på härnäst"),
        ("Heading 2", "Problemet i Grundskola"),
        ("Heading 1", "Förskola"),
        ("Heading 2", "Det viktigaste om Förskola"),
        ("Heading 3", "Att titta på härnäst"),
        ("Heading 2", "Problemet i Förskola"),
        ("Heading 1", "Om bilagan"),
    ]


def test_word_has_real_lists_and_each_begins_at_one(word: Document) -> None:
    def style(text: str) -> list[str]:
        return [each.style.name for each in word.paragraphs if each.text == text and each.style is not None]

    assert style("Lokalerna") == ["List Bullet"] * 3
    assert style("Älvby är dyrare <än> väntat.") == ["Normal"] * 3
    assert style("Var: i grundskolan.") == ["List Number"] * 3
    numbers = [
        (each.text, each._p.pPr.numPr.numId.val)
        for each in word.paragraphs
        if each.style is not None and each.style.name == "List Number"
    ]
    assert numbers[0][1] == numbers[1][1] != numbers[2][1]
    assert len({number for _, number in numbers}) == 6
    numbering = word.part.numbering_part.element
    for _, number in numbers:
        (num,) = [each for each in numbering.num_lst if each.numId == number]
        assert [each.startOverride.val for each in num.lvlOverride_lst] == [1]


def test_word_has_tables_with_a_row_of_headings(word: Document) -> None:
    assert len(word.tables) == 2
    (table, _) = word.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Mått", "År", "Läge (kr)"],
        ["Kostnad", "2024", "−12\N{NO-BREAK SPACE}345,7"],
        ["Kvalitet", "2025", ".."],
    ]
    assert [bool(row._tr.findall(f".//{qn('w:tblHeader')}")) for row in table.rows] == [True, False, False]
    texts = [each.text for each in word.paragraphs]
    assert texts.count("Vad som mäts") == 2
    assert texts.count(".. betyder sekretess") == 2


def test_word_has_pictures_with_alternative_text(word: Document) -> None:
    assert len(word.inline_shapes) == 3
    assert {shape._inline.docPr.get("descr") for shape in word.inline_shapes} == {"Stapeln är 12 procent."}
    assert all(shape.width / shape.height == pytest.approx(3, rel=0.01) for shape in word.inline_shapes)


def test_word_is_swedish_and_names_no_person(made: Made, word: Document) -> None:
    properties = word.core_properties
    assert (properties.title, properties.language) == (
        "Bilaga till ansökan: nulägesanalys för Älvby",
        "sv-SE",
    )
    assert (properties.author, properties.last_modified_by) == ("Effektivare kommun",) * 2
    assert properties.comments == ""
    with zipfile.ZipFile(made["docx"]) as parts:
        styles = parts.read("word/styles.xml").decode()
    assert re.findall('<w:lang [^>]*w:val="([^"]*)"', styles) == ["sv-SE"]
    assert word.sections[0].page_width == pytest.approx(docx.shared.Cm(21), rel=0.001)


def test_word_has_the_example_band_on_every_page(word: Document) -> None:
    assert word.sections[0].header.paragraphs[0].text == "Exempeldata: påhittade kommuner och värden"
    assert make(example=False).sections[0].header.paragraphs[0].text == ""


def test_libreoffice_converts_it(made: Made, tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice finns inte här")
    profile = f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}"
    command = [
        soffice,
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(made["docx"]),
    ]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=180, check=False)
    if "no export filter" in run.stderr or "source file could not be loaded" in run.stderr:
        pytest.skip("LibreOffice saknar Writer här")
    assert (tmp_path / "bilaga.pdf").read_bytes().startswith(b"%PDF-"), run.stderr


@pytest.mark.usefixtures("here")
def test_a_paper_to_sign_goes_along(make_notebook: NotebookMaker, tmp_path: Path) -> None:
    skip_without_browser()
    overview = job(make_notebook, tmp_path, "oversikt", "Översikt", FIRST)
    paper = job(make_notebook, tmp_path, "beslut", "Beslut", FIRST)
    files = make_appendix(overview, {}, tmp_path / "ut", formats=("html",), paper=paper)
    assert [path.name for path in files] == ["bilaga.html", "tjansteskrivelse.pdf", "tjansteskrivelse.docx"]
    assert headings(docx.Document(str(files[2])))[:2] == [
        ("Title", "Det viktigaste om Beslut"),
        ("Heading 1", "Att titta på härnäst"),
    ]
    broken = job(make_notebook, tmp_path, "trasig", "Beslut", "1 / 0")
    with pytest.raises(EffektivError, match=r"Tjänsteskrivelsen kunde inte göras: .*ZeroDivisionError"):
        make_appendix(overview, {}, tmp_path / "ut2", formats=("html",), paper=broken)
    assert not list((tmp_path / "ut2").rglob("*.html"))


def make(*exhibits: dict[str, Any], example: bool = True) -> Document:
    """Make a Word file of some exhibits, with a picture of one pixel."""

    def draw(svg: str, size: tuple[float, float]) -> bytes:
        stream = io.BytesIO()
        Image.new("RGB", (1, 1)).save(stream, "png")
        return stream.getvalue()

    content = make_docx(
        [Chapter("Kapitel", exhibits)],
        title="Titel",
        intro=[],
        about={},
        example=example,
        made=dt.date(2025, 11, 21),
        draw=draw,
    )
    return docx.Document(io.BytesIO(content))


PLAIN: dict[str, Any] = {"title": "T", "table": None, "flags": [], "notes": "", "source": "Källa: Kolada"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"blocks": [{"kind": "picture", "text": "x"}]},
        {"blocks": [{"kind": "bullets", "text": "x"}]},
        {"svg": "<svg></svg>", "alt": "x"},
    ],
)
def test_what_word_cannot_show_is_a_fault(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"block|viewBox"):
        make(PLAIN | wrong)


def test_a_tall_picture_fits_its_page() -> None:
    document = make(PLAIN | {"svg": '<svg viewBox="0 0 100 900"></svg>', "alt": "x"})
    assert document.inline_shapes[0].width / docx.shared.Cm(1) == pytest.approx(17 / 9, abs=0.01)


def test_signs_that_xml_forbids_stop_nothing() -> None:
    document = make(PLAIN | {"blocks": [{"kind": "paragraph", "text": "a\x07b\x00c"}]})
    assert "a\ufffdb\ufffdc" in [each.text for each in document.paragraphs]


def test_a_figure_is_drawn_whole_and_in_its_own_colours() -> None:
    skip_without_browser()
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 500" width="100%">'
        '<rect width="300" height="500" fill="var(--own, #08427e)"/>'
        '<rect y="490" width="300" height="10" fill="#ff0000"/></svg>'
    )
    with Image.open(io.BytesIO(draw_png(svg, (300, 500), find_browser()))) as picture:
        assert picture.size == (600, 1000)
        assert picture.getpixel((300, 500)) == (8, 66, 126)
        assert picture.getpixel((599, 999)) == (255, 0, 0)


# What is taken, and faults ------------------------------------------------------------------


@pytest.fixture
def ut(tmp_path: Path) -> Path:
    return tmp_path / "ut"


@pytest.mark.usefixtures("here")
def test_without_chosen_areas_it_is_the_overview_alone_and_says_so(
    make_notebook: NotebookMaker, tmp_path: Path, ut: Path
) -> None:
    overview = job(make_notebook, tmp_path, "oversikt", "Översikt", FIRST, valda=[])
    other = job(make_notebook, tmp_path, "grundskola", "Grundskola", "1 / 0")
    (page,) = make_appendix(overview, {"grundskola": other}, ut, formats=["html"])
    html = page.read_text(encoding="utf-8")
    assert "Inget fokusområde är valt eller utpekat, så bilagan har bara översikten." in html
    assert [path.name for path in page.parent.iterdir()] == ["bilaga.html"]


@pytest.mark.usefixtures("here")
def test_an_area_with_thin_data_needs_no_problem_statement(
    make_notebook: NotebookMaker, tmp_path: Path, ut: Path
) -> None:
    overview = job(make_notebook, tmp_path, "oversikt", "Översikt", FIRST, valda=["grundskola"])
    area = job(make_notebook, tmp_path, "grundskola", "Grundskola", FIRST, underlag="tunt")
    (page,) = make_appendix(overview, {"grundskola": area}, ut, formats=["html"])
    assert "för fokusområdet grundskola" in page.read_text(encoding="utf-8")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["1 / 0"], r"grundskola.ipynb, cell 3 \(1 / 0\): ZeroDivisionError"),
        ([FIRST], "notebooken visar ingen problemformulering, som bilagan ska ha"),
        ([PROBLEM], "notebooken visar ingen forsta-sidan"),
        (
            ['show(told("forsta-sidan", "A"), told("kostnad", "B"))', PROBLEM],
            "visar forsta-sidan och annat i samma cell",
        ),
    ],
)
def test_a_notebook_that_cannot_be_used_leaves_nothing(
    make_notebook: NotebookMaker, tmp_path: Path, ut: Path, cells: list[str], said: str
) -> None:
    overview = job(make_notebook, tmp_path, "oversikt", "Översikt", FIRST, valda=["grundskola"])
    area = job(make_notebook, tmp_path, "grundskola", "Grundskola", *cells)
    with pytest.raises(EffektivError, match=said) as caught:
        make_appendix(overview, {"grundskola": area}, ut, formats=["html"])
    assert str(caught.value).startswith("Bilagan kunde inte göras: 1-nulagesanalys/grundskola.ipynb, ")
    assert list(ut.rglob("bilaga*")) == []


@pytest.mark.usefixtures("here")
def test_a_chosen_area_without_a_notebook_is_named(
    make_notebook: NotebookMaker, tmp_path: Path, ut: Path
) -> None:
    overview = job(make_notebook, tmp_path, "oversikt", "Översikt", FIRST, valda=["lss"])
    area = job(make_notebook, tmp_path, "grundskola", "Grundskola", FIRST)
    with pytest.raises(EffektivError, match=r"'lss' har ingen notebook; områden som har: grundskola\."):
        make_appendix(overview, {"grundskola": area}, ut, formats=["html"])


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(BROWSER_VARIABLE, raising=False)
    monkeypatch.setattr("effektiv.render.pdf._PLACES", {})
    monkeypatch.setenv("PATH", os.fspath(Path(os.devnull).parent))


@pytest.mark.parametrize("formats", [["pdf"], ["html", "docx"]])
def test_without_a_browser_nothing_is_begun(
    make_notebook: NotebookMaker, tmp_path: Path, ut: Path, no_browser: None, formats: list[str]
) -> None:
    overview = job(make_notebook, tmp_path, "oversikt", "Översikt", FIRST)
    with pytest.raises(InputError, match=r"ingen av dem hittas: .* eller välj --format html"):
        make_appendix(overview, {}, ut, formats=formats)
    assert not ut.exists()


@pytest.mark.usefixtures("here")
def test_a_file_that_is_open_elsewhere_leaves_all_files_as_they_were(
    make_notebook: NotebookMaker, tmp_path: Path, ut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when Word holds the file on Windows: it cannot be replaced."""
    overview = job(make_notebook, tmp_path, "oversikt", "Översikt", FIRST)
    folder = ut / "9001-alvby"
    folder.mkdir(parents=True)
    before = {folder / f"bilaga.{name}": name.encode() for name in ("html", "docx")}
    for path, content in before.items():
        path.write_bytes(content)
    monkeypatch.setattr(appendix, "find_browser", lambda *words: Path("ingen"))
    monkeypatch.setattr(appendix, "draw_png", lambda *words: png())
    replace = Path.replace

    def held(self: Path, target: Path) -> Path:
        if Path(target).suffix == ".docx":
            raise PermissionError(13, "held", str(self), None, str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(
        EffektivError, match=r"bilaga\.docx kan inte skrivas .*är filen öppen i ett annat program\?"
    ):
        make_appendix(overview, {}, ut, formats=["html", "docx"])
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (1, 1)).save(stream, "png")
    return stream.getvalue()


# The command --------------------------------------------------------------------------------


@pytest.fixture
def project(
    make_notebook: NotebookMaker, example: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder with notebooks of the example's Exempelby."""
    monkeypatch.setenv("EFFEKTIV_DATA", str(example.path.parent))
    opening = OPENING.replace('"Älvby"', '"Exempelby"')
    parameters = new_code_cell('kommun = ""\ndata = ""\njamfor_med = ""', metadata={"tags": ["parameters"]})
    for area, name, cells in (
        ("oversikt", "Översikt", [FIRST]),
        ("grundskola", "Grundskola", [FIRST, PROBLEM]),
    ):
        case = f"{opening}\nNAME = {name!r}\nshow_case({area!r}, NAME, valda=['grundskola'])"
        sources = [parameters, *(new_code_cell(source) for source in (case, *cells))]
        make_notebook(area, cells=sources, root=tmp_path / "notebooks")
    monkeypatch.chdir(tmp_path)
    before = os.environ.copy()
    yield tmp_path
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.usefixtures("here")
def test_the_command_makes_the_files_and_names_them(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["bilaga", "Exempelby", "--data", "exempel", "--format", "html"]) == console.OK
    out = capsys.readouterr().out
    assert out == "Bilagan för Exempelby är klar:\n  output/0219-exempelby/bilaga.html\n"
    html = (project / "output" / "0219-exempelby" / "bilaga.html").read_text(encoding="utf-8")
    assert "Problemet i Grundskola" in html


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Ange en kommun, till exempel: effektiv bilaga Exempelby"),
        (["Nowhere"], "Nowhere"),
        (["Exempelby", "--format", "xlsx"], "Formatet 'xlsx' finns inte. Formaten är html, pdf, docx."),
    ],
)
def test_a_wrong_call_is_one_sentence(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert cli.main(["bilaga", *words, "--data", "exempel"]) == console.WRONG_CALL
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert not (project / "output").exists()
