"""The form of a report: a first page, findings, a problem statement, and an underlay that is folded."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell
from selenium.webdriver import Chrome

from effektiv.render import Job, run
from effektiv.render.fingerprint import fingerprint
from effektiv.render.pages import read_record
from effektiv.render.report import ReportError, make_report

from .shown import ABOUT, VALUES, form_cells
from .test_browser import browser, size
from .test_xlsx import hidden

__all__ = ["browser"]

MACHINERY = ("params", "notebook", "frysning", "jamfor_med")
FIRST, PROBLEM = "Äldreomsorgen kostar 22 miljoner mer än väntat", "Kommunens problem i en mening"


@pytest.fixture(scope="module")
def reports(make_notebook, make_task) -> dict[bool, dict[str, bytes]]:
    """Return the files of the report, printed without its underlay and with it."""
    task = make_task(make_notebook("form", cells=form_cells()))
    formats = ("html", "xlsx", "pdf") if shutil.which("chromium") else ("html", "xlsx")
    return {
        asked: make_report(
            replace(task, job=replace(task.job, med_underlag=asked), formats=formats), lambda _: None
        )
        for asked in (False, True)
    }


@pytest.fixture(scope="module")
def page(reports) -> BeautifulSoup:
    return BeautifulSoup(reports[False]["html"].decode("utf-8"), "html.parser")


@pytest.fixture(scope="module")
def place(reports, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("form") / "form.html"
    path.write_bytes(reports[False]["html"])
    return path


def words(element: object) -> str:
    return " ".join(element.get_text(" ").split())  # type: ignore[attr-defined]


# --- the page ------------------------------------------------------------------------------------


def test_the_underlay_is_folded_under_its_heading_and_one_line_in_the_contents(page: BeautifulSoup) -> None:
    (folded,) = page.select("details.part.underlag")
    assert not folded.has_attr("open")
    assert [heading.get_text() for heading in folded.summary.find_all(True)] == ["Underlag"]
    assert folded.summary.h2["id"] == "underlag"
    assert len(folded.select(".ex")) == 5
    lines = page.select(".toc > ol > li")
    titles = [line.a.get_text() for line in lines]
    assert titles == ["Det viktigaste", "Problemformulering", "Underlag", "Ordlista", "Om rapporten"]
    assert [len(line.select("li")) for line in lines] == [6, 1, 0, 0, 0]
    ids = {element["id"] for element in page.find_all(id=True)}
    assert {link["href"][1:] for link in page.select(".toc a")} <= ids


def test_no_heading_level_is_skipped(page: BeautifulSoup) -> None:
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert page.select_one(".first > .ex-title").name == "h2"


def test_nothing_a_controller_calls_things_is_seen(page: BeautifulSoup) -> None:
    """It stands in the part that is folded."""
    about = page.select_one(".about details").extract()
    assert all(word in words(about).lower() for word in ("notebook", "frysning"))
    try:
        for word in MACHINERY:
            assert word not in words(page.body).lower()
    finally:
        page.select_one(".about").append(about)
    assert words(page.select_one(".about-line")) == (
        "Påhittade värden. Datauttag 20 november 2025. Effektivare kommun 0.1.0."
    )


def test_a_year_and_the_mark_of_thin_values_stand_in_the_head_when_there_are_such(
    make_notebook, make_task, page: BeautifulSoup
) -> None:
    head = words(page.header)
    assert "Datauttag 20 november 2025" in head
    assert "Senaste år" not in head
    assert "tunt underlag" not in head
    thin = form_cells(ABOUT.replace('"fullt"', '"tunt"'))
    html = make_report(make_task(make_notebook("tunn", cells=thin)), lambda _: None)["html"].decode("utf-8")
    assert "tunt underlag" in words(BeautifulSoup(html, "html.parser").header)


def test_terms_are_linked_in_running_text_and_explained_in_the_folded_list_alone(page: BeautifulSoup) -> None:
    assert page.select(".first a.word") == []
    linked = [link.get_text().lower() for link in page.select("a.word")]
    assert len(linked) == len(set(linked)) == 5
    assert words(page.select_one("main")).count("Vad hemtjänst är.") == 1
    glossary = page.select_one("details.glossary")
    assert not glossary.has_attr("open")
    assert [words(each) for each in glossary.select(".in-underlay")] == [
        "medelvärdet Vad medelvärdet är. Mer om saken."
    ]
    assert page.main.find_all(recursive=False)[-1] is glossary


def test_several_exhibits_of_a_cell_are_each_in_the_page_and_none_brings_its_own_style(
    reports, page: BeautifulSoup
) -> None:
    assert len(page.select("#det-viktigaste ~ figure.ex")) == 6
    assert b"color: red" not in reports[False]["html"]


def test_all_values_are_in_the_excel_file_and_not_in_the_page(reports) -> None:
    assert "hemlig tabell" not in reports[False]["html"].decode("utf-8")
    book = openpyxl.load_workbook(io.BytesIO(reports[False]["xlsx"]))
    assert book.sheetnames[:2] == ["Innehåll", "Data"]
    assert len(book.sheetnames) == 2 + 6 + 4
    assert [cell.value for cell in book["Data"][2]][4:7] == [2025, "alla", 1234.5]
    assert book["Data"]["G3"].value is None
    assert hidden(book) == []
    seen = " ".join(str(cell.value).lower() for row in book["Innehåll"].iter_rows() for cell in row)
    assert not [word for word in MACHINERY if word in seen]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (VALUES + VALUES, r"visar alla värden 2 gånger"),
        (VALUES.replace('"Älvby", ', ""), r"rad 1 av alla värden har 9 celler men ska ha 10"),
    ],
)
def test_values_that_are_no_table_are_refused(make_notebook, make_task, cell: str, said: str) -> None:
    cells = [*form_cells()[:-1], new_code_cell(cell)]
    with pytest.raises(ReportError, match=said):
        make_report(make_task(make_notebook("varden", cells=cells)), lambda _: None)


def test_an_unknown_mark_is_refused(make_notebook, make_task) -> None:
    cells = form_cells(ABOUT.replace('"fullt"', '"halvt"'))
    with pytest.raises(ReportError, match=r"underlag 'halvt'; det ska vara fullt eller tunt"):
        make_report(make_task(make_notebook("halv", cells=cells)), lambda _: None)


# --- the run -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
def test_the_report_and_korning_json_say_whether_there_are_values_enough(
    make_notebook, tmp_path: Path
) -> None:
    cells = form_cells(ABOUT.replace('"fullt"', '"tunt"'))
    job = Job("9001", "Älvby", 1, "lage", make_notebook("lage", cells=cells), {"kommun": "9001"}, "u")
    bad = replace(job, omrade="fel", notebook=make_notebook("fel", ["1 / 0"]))
    for status in ("ok", "oforandrad"):
        run([job, bad], tmp_path, snapshot="exempel")
        told = json.loads((tmp_path / "korning.json").read_text(encoding="utf-8"))["reports"]
        assert [(each["status"], each["underlag"]) for each in told] == [(status, "tunt"), ("fel", None)]
    record = read_record(tmp_path / job.address)
    assert record is not None
    assert (record.underlag, record.lage, record.valda) == (
        "tunt",
        {"avvikelse_procent": 18.5},
        ["hemtjanst"],
    )
    assert record.slutsats.startswith(FIRST), "första sidans rubrik"


def test_a_report_printed_with_its_underlay_is_another_report(make_notebook) -> None:
    job = Job("9001", "Älvby", 1, "avtryck", make_notebook("avtryck"), {}, "u")
    assert fingerprint(job) != fingerprint(replace(job, med_underlag=True))


# --- on paper ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(reports, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, list[str]]:
    """Return the text of each printed page, without the underlay and with it."""
    reader = shutil.which("pdftotext")
    if reader is None or "pdf" not in reports[False]:
        pytest.skip("chromium och pdftotext finns inte här")
    path = tmp_path_factory.mktemp("papper") / "r.pdf"
    found = {}
    for asked, files in reports.items():
        path.write_bytes(files["pdf"])
        command = [reader, "-layout", str(path), "-"]
        text = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
        found[asked] = [" ".join(each.split()) for each in text.split("\f")[:-1]]
    return found


def test_the_first_page_is_one_page_and_the_findings_are_two_on_each(printed) -> None:
    first, *findings, last = printed[False]
    assert "Äldreomsorgen kostar 22 miljoner" in first
    assert "Verksamhet 7" in first
    assert re.search(r"Att titta på härnäst 1\..* 2\..* 3\..*Egen bearbetning", first)
    assert "Det viktigaste" not in first
    counts = [
        (page.count("fynd"), page.count("Verksamhet 7"), page.count("bearbetning")) for page in findings
    ]
    assert counts == [(2, 2, 2)] * 3
    assert PROBLEM in last


def test_the_underlay_is_printed_only_when_it_is_asked_for(printed) -> None:
    without, asked = (" ".join(printed[each]) for each in (False, True))
    assert "Underlag" not in without
    assert "Underlag Förutsättningar Grund 0" in asked
    assert without.count("Verksamhet 7") == 7
    assert asked.count("Verksamhet 7") == 11


def test_the_terms_of_what_is_printed_and_one_line_on_the_report_end_it(printed) -> None:
    without, asked = (" ".join(printed[each]) for each in (False, True))
    assert "hemtjänst Vad hemtjänst är." in without
    assert "Mer om saken" not in without + asked
    assert "medelvärdet" not in without.lower()
    assert "medelvärdet Vad medelvärdet är." in asked
    assert "Datauttag 20 november 2025. Effektivare kommun 0.1.0." in without
    assert not [word for word in (*MACHINERY, "Tillgänglighet") if word in without]


# --- on a screen ---------------------------------------------------------------------------------


@pytest.fixture
def opened(browser: Chrome, place: Path) -> Iterator[Chrome]:
    browser.get(place.as_uri())
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


BOTTOM = "return document.querySelector('{}').getBoundingClientRect().bottom"


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (1000, 900), (390, 844)])
def test_the_picture_is_on_the_first_screen(opened: Chrome, width: int, height: int) -> None:
    size(opened, width)
    assert opened.execute_script(BOTTOM.format(".first svg")) <= height


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_never_scrolls_sideways(opened: Chrome, width: int) -> None:
    size(opened, width)
    opened.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert opened.execute_script("return document.documentElement.scrollWidth") <= width


def test_a_link_to_a_term_opens_the_list(opened: Chrome) -> None:
    size(opened, 1280)
    shown = "return [...document.querySelectorAll('dl.words dt')].some(each => each.checkVisibility())"
    glossary = "return document.querySelector('.glossary').open"
    assert not opened.execute_script(glossary)
    opened.execute_script("document.querySelector('a.word').click()")
    assert opened.execute_script(glossary)
    assert opened.execute_script(shown)
