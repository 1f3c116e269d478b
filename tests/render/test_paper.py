"""A report to be signed as a Word file: Exempelby's decision paper, as Word and LibreOffice meet it."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from effektiv.errors import InputError
from effektiv.outputs import EXHIBIT_MIME
from effektiv.render import Job, run
from effektiv.render.excerpt import sections_of
from effektiv.render.paper import make_paper
from effektiv.render.pdf import find_browser
from effektiv.render.report import make_report
from effektiv.render.tasks import Task

from .conftest import NotebookMaker
from .test_appendix import headings, skip_without_browser

DAY = dt.date(2026, 11, 21)
PARTS = (
    "Förslag till beslut", "Sammanfattning", "Beslutsunderlag", "Ärendet", "Åtgärderna", "Ekonomiska konsekvenser",
    "Barnets bästa", "Beslutet skickas till", "Projektplan", "Om dokumentet",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(root: Path) -> dict[str, bytes]:
    """Make Exempelby's paper."""
    skip_without_browser()
    notebook = root / "notebooks" / "3-atgarder" / "beslut.ipynb"
    job = Job("0219", "Exempelby", 3, "beslut", notebook, {"kommun": "0219", "data": "exempel"})
    return make_report(Task(job, "", DAY, ("html", "docx"), "effektiv", 120.0), lambda _: None)


@pytest.fixture(scope="module")
def word(made: dict[str, bytes]) -> Document:
    return docx.Document(io.BytesIO(made["docx"]))


def test_its_headings_are_real_and_in_the_papers_order(word: Document) -> None:
    found = headings(word)
    assert found[0] == ("Title", "Åtgärder för högre effektivitet i fyra verksamheter")
    parts = [text for style, text in found if style == "Heading 1"]
    assert parts.pop(5).startswith("Den röda tråden ")
    assert tuple(parts) == PARTS
    under = [text for style, text in found if style == "Heading 2"]
    assert under[:5] == ["Bakgrund", "Nuläget", "Föredragning", "Beredning", "Bedömning"]
    assert under[-4:-1] == ["Organisation", "Kommunens fem utfästelser", "Tidplan"]
    assert not [text for _, text in found if "inte är ifyllt" in text], "the underlag is no part of it"


def test_its_tables_have_a_row_of_headings_and_columns_as_wide_as_their_text(word: Document) -> None:
    assert len(word.tables) == 5
    for table in word.tables:
        assert [bool(row._tr.findall(f".//{qn('w:tblHeader')}")) for row in table.rows][:2] == [True, False]
    measures = word.tables[0]
    assert [cell.text for cell in measures.rows[0].cells][:2] == ["Åtgärd", "Ansvarig"]
    widths = [column.width for column in measures.columns]
    assert widths[0] > 1.5 * widths[3]
    assert sum(widths) == pytest.approx(docx.shared.Cm(21 - 2 * 2.2), rel=0.01)


def test_its_picture_has_alternative_text(word: Document) -> None:
    (picture,) = word.inline_shapes
    assert "förbättringsarbete juni 2026–maj 2027" in picture._inline.docPr.get("descr")


def test_it_is_swedish_and_its_pages_are_numbered(made: dict[str, bytes], word: Document) -> None:
    assert word.core_properties.language == "sv-SE"
    with zipfile.ZipFile(io.BytesIO(made["docx"])) as parts:
        assert re.findall('<w:lang [^>]*w:val="([^"]*)"', parts.read("word/styles.xml").decode()) == ["sv-SE"]
    fields = word.sections[0].footer._element.findall(f".//{qn('w:fldSimple')}")
    assert [field.get(qn("w:instr")) for field in fields] == ["PAGE", "NUMPAGES"]
    assert b'href="beslut.docx"' in made["html"]


def test_libreoffice_converts_it_to_pdf(made: dict[str, bytes], tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice finns inte här")
    path = tmp_path / "beslut.docx"
    path.write_bytes(made["docx"])
    profile = f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=180, check=False)
    if "no export filter" in ran.stderr or "source file could not be loaded" in ran.stderr:
        pytest.skip("LibreOffice saknar Writer här")
    assert (tmp_path / "beslut.pdf").read_bytes().startswith(b"%PDF-"), ran.stderr


def test_other_reports_are_no_documents(make_notebook: NotebookMaker, tmp_path: Path) -> None:
    job = Job("9001", "Älvby", 1, "format", make_notebook("format"), {"kommun": "9001"})
    with pytest.raises(
        InputError,
        match="Formatet docx finns inte för nulägesanalys, format: bara för --steg 3 --omrade beslut",
    ):
        run([job], tmp_path / "ut", snapshot="exempel", formats=("html", "docx"))
    assert not (tmp_path / "ut").exists()


def test_its_chapters_are_the_notebooks_without_the_underlag() -> None:
    def shown(name: str) -> object:
        return new_code_cell("", outputs=[new_output("display_data", data={EXHIBIT_MIME: {"id": name}})])

    cells = [new_markdown_cell("# Titel"), shown("a"), new_markdown_cell("## Plan\n\nText."), shown("b"),
             new_markdown_cell("## Underlag"), shown("c")]  # fmt: skip
    notebook = new_notebook(cells=cells)
    assert [(title, [each["id"] for each in exhibits]) for title, exhibits in sections_of(notebook)] == [
        ("", ["a"]),
        ("Plan", ["b"]),
    ]
    with pytest.raises(ValueError, match="visar ingen forsta-sidan"):
        make_paper(notebook, {}, example=True, made=DAY, browser=Path("finns-inte"))


def test_the_browser_is_needed_before_anything_starts(
    make_notebook: NotebookMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    skip_without_browser()
    assert find_browser().is_file()
    monkeypatch.setenv("EFFEKTIV_WEBBLASARE", str(tmp_path / "borta"))
    job = Job(
        "9001", "Älvby", 3, "beslut", make_notebook("beslut", step_folder="3-atgarder"), {"kommun": "9001"}
    )
    with pytest.raises(InputError, match="EFFEKTIV_WEBBLASARE"):
        run([job], tmp_path / "ut", snapshot="exempel", formats=("html", "docx"))
