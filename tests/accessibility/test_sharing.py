"""Mail a municipality's folder, open its tables in a spreadsheet, print it."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import openpyxl
import pytest

from effektiv.errors import EffektivError
from effektiv.render.pdf import find_browser, print_pdf
from effektiv.render.xlsx import make_xlsx
from tests.accessibility.conftest import PAGES, REPORTS

_LINK = re.compile(r'\s(?:href|src|action|data|poster)="([^"]*)"')
_ID = re.compile(r'\sid="([^"]*)"')


@cache
def ids(page: Path) -> frozenset[str]:
    return frozenset(_ID.findall(page.read_text(encoding="utf-8")))


def links(page: Path) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    yield from (unescape(link) for link in _LINK.findall(text[text.index("<body") :]))


@pytest.mark.parametrize("page", PAGES)
def test_links_are_relative_and_lead_somewhere(folder: Path, page: str) -> None:
    for link in links(folder / page):
        parts = urlsplit(link)
        assert (parts.scheme, parts.netloc) == ("", "") or link.startswith("data:"), link
        assert not parts.path.startswith("/"), link
        if link.startswith("data:"):
            continue
        target = ((folder / page).parent / unquote(parts.path)).resolve() if parts.path else folder / page
        assert target.is_file(), link
        assert target.is_relative_to(folder.resolve()), link
        if parts.fragment:
            assert unquote(parts.fragment) in ids(target), link


def test_a_municipalitys_folder_works_elsewhere(folder: Path, tmp_path: Path) -> None:
    """Zipped, mailed and unpacked: everything but the way up to all municipalities is there."""
    archive = tmp_path / "exempelby.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in (folder / "0219-exempelby").rglob("*"):
            packed.write(path, path.relative_to(folder))
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "hos mottagaren")
    pages = sorted((tmp_path / "hos mottagaren").rglob("*.html"))
    assert len(pages) == len(PAGES) - 1
    missing = {
        link
        for page in pages
        for link in links(page)
        if urlsplit(link).path and not (page.parent / unquote(urlsplit(link).path)).is_file()
    }
    assert missing == {"../index.html"}


@pytest.mark.parametrize("page", REPORTS)
def test_every_number_in_a_workbook_is_a_number(folder: Path, page: str) -> None:
    book = openpyxl.load_workbook((folder / page).with_suffix(".xlsx"))
    assert len(book.sheetnames) > 5
    numbers = 0
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{sheet.title}!{cell.coordinate}"
                numbers += cell.data_type == "n" and cell.value is not None
    assert numbers > 100


def test_libreoffice_opens_the_workbooks(folder: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice finns inte här")
    books = [(folder / page).with_suffix(".xlsx") for page in REPORTS]
    own = tmp_path / "egen.xlsx"
    own.write_bytes(_book_with_own_text())
    # Read and written again, so that what stands in the copies is what LibreOffice understood.
    command = [
        office,
        f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "kopior"),
        *map(str, [*books, own]),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for path in [*books, own]:
        copy = openpyxl.load_workbook(tmp_path / "kopior" / path.name)
        after = {
            (sheet.title, cell.coordinate): cell
            for sheet in copy.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        assert {cell.data_type for cell in after.values()} <= {"n", "s"}
        assert {place: cell.value for place, cell in after.items()} == _cells(path)


def _cells(path: Path) -> dict[tuple[str, str], object]:
    """Return the value of each filled cell: text as text, and a number as a number."""
    return {
        # LibreOffice keeps fifteen digits of a number.
        (sheet.title, cell.coordinate): pytest.approx(cell.value, rel=1e-12)
        if cell.data_type == "n"
        else cell.value
        for sheet in openpyxl.load_workbook(path).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def _book_with_own_text() -> bytes:
    """Return a workbook whose texts look like formulas and numbers."""
    table = {
        "caption": "=1+1",
        "columns": [
            {"key": "vem", "label": "@vem", "kind": "text", "unit": "", "decimals": 0},
            {"key": "tal", "label": "Tal", "kind": "number", "unit": "kr", "decimals": 1},
        ],
        "rows": [["=1+1", 2.5], ["+46", -3.0], ["-1", 0.0], ["@SUM(A1)", None], ["007", 7.0]],
        "marks": [],
        "row_header": "vem",
    }
    exhibit = {
        "id": "egen",
        "title": "Egen text",
        "finding": "=1+1",
        "source": "Egen bearbetning",
        "flags": [],
        "notes": "=1+1",
        "table": table,
    }
    return make_xlsx(
        [exhibit], title="=1+1", about={"Kommun": "=1+1"}, example=False, made=dt.date(2026, 9, 1)
    )


@pytest.fixture(scope="module")
def pdf(folder: Path) -> bytes:
    try:
        browser = find_browser()
    except EffektivError as error:
        pytest.skip(str(error))
    return print_pdf((folder / REPORTS[1]).read_bytes(), browser)


def test_the_pdf_is_tagged_swedish_and_has_bookmarks(pdf: bytes) -> None:
    assert pdf.startswith(b"%PDF-")
    assert re.search(rb"/MarkInfo\s*<<[^>]*/Marked true", pdf)
    assert re.search(rb"/Lang \(sv\)", pdf)
    assert b"/Outlines" in pdf
    assert b"/DisplayDocTitle true" in pdf
    assert pdf.count(b"/S /Figure") > 5
    assert len(re.findall(rb"/Alt\b", pdf)) >= pdf.count(b"/S /Figure") / 2
    assert b"/S /TH" in pdf
    assert b"file:" not in pdf, "sökvägen på datorn som gjorde filen"


def test_the_pdf_has_text_page_numbers_and_no_cut_figure(pdf: bytes, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext finns inte här (Debians paket poppler-utils)")
    path = tmp_path / "rapport.pdf"
    path.write_bytes(pdf)
    run = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, encoding="utf-8", check=True
    )
    pages = run.stdout.rstrip("\f").split("\f")
    assert 3 < len(pages) <= 6
    for number, page in enumerate(pages, start=1):
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        assert lines[-1].endswith(f"Sida {number} av {len(pages)}")
        assert lines[0] == "Exempeldata: påhittade kommuner och värden"
    assert "Att titta på härnäst" in pages[0]
    assert "Ordlista" in run.stdout


@pytest.mark.parametrize("page", REPORTS)
def test_the_summary_has_the_first_printed_page_to_itself(folder: Path, page: str, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext finns inte här (Debians paket poppler-utils)")
    try:
        browser = find_browser()
    except EffektivError as error:
        pytest.skip(str(error))
    path = tmp_path / "rapport.pdf"
    path.write_bytes(print_pdf(_beginning(folder / page), browser))
    run = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, encoding="utf-8", check=True)
    first, second, *_ = run.stdout.split("\f")
    assert "Att titta på härnäst" in first and "Det viktigaste" not in first
    assert "Det viktigaste" in second


def _beginning(page: Path) -> bytes:
    """Return a report's summary and the section after it: printing all of it takes ten times as long."""
    text = page.read_text(encoding="utf-8")
    second = [found.start() for found in re.finditer('<section class="part"', text)][1]
    return (text[:second] + text[text.index("</main>") :]).encode()
