from __future__ import annotations

import base64
import hashlib
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from effektiv.render.index import first_letter, swedish_order, write_index
from effektiv.render.jobs import Job
from effektiv.render.pages import Record, _environment
from effektiv.render.results import ReportResult


def job(kod: str | None, kommun: str, area: str = "grundskola", steg: int | None = 1) -> Job:
    return Job(kod, kommun, steg, area, Path("n.ipynb"))


def place(
    ut: Path,
    one: Job,
    finding: str = "Lika dyr som andra.",
    *,
    example: bool = True,
    made: str = "2025-11-21",
    **more: Any,
) -> None:
    """Put a report in the folder; of the page only the record matters here."""
    names = {"grundskola": "Grundskola", "oversikt": "Översikt", "urval": "Urval", "styrning": "Styrning"}
    record = Record(
        "x",
        one.kod,
        one.kommun,
        one.steg,
        "Nulägesanalys",
        one.omrade,
        names[one.omrade],
        finding,
        "f1",
        example,
        made,
        **more,
    )
    source = '<meta name="effektiv-rapport" content="{{ record }}">'
    path = ut / one.address
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_environment().from_string(source).render(record=record.to_text()), encoding="utf-8")
    path.with_suffix(".xlsx").write_bytes(b"")


class Links(HTMLParser):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a":
            self.links.append(values["href"] or "")
        if values.get("id"):
            self.ids.append(values["id"] or "")

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


def test_pages_list_reports_with_working_relative_links(tmp_path: Path) -> None:
    jobs = [job("9001", "Älvby"), job("9001", "Älvby", "oversikt"), job("9002", "Berga")]
    for one in jobs:
        place(tmp_path, one)
    write_index(tmp_path, [ReportResult(one, "ok") for one in jobs])
    for page in (tmp_path / "index.html", tmp_path / "9001-alvby" / "index.html"):
        found = Links(page)
        for link in found.links:
            if link.startswith("#"):
                assert link[1:] in found.ids
            else:
                assert (page.parent / link).is_file(), link
    top = Links(tmp_path / "index.html")
    assert top.links[-2:] == ["9002-berga/index.html", "9001-alvby/index.html"], "Berga före Älvby"
    assert "2 kommuner, 3 rapporter." in top.text
    own = Links(tmp_path / "9001-alvby" / "index.html")
    assert own.links.index("1-nulagesanalys/oversikt.html") < own.links.index(
        "1-nulagesanalys/grundskola.html"
    )
    assert "Lika dyr som andra. Klar. Framställd 21 november 2025 ur frysningen f1." in own.text
    assert "påhittade kommuner och värden" in own.text


def test_failed_reports_are_shown_with_their_reason(tmp_path: Path) -> None:
    place(tmp_path, job("9001", "Älvby"), made="2025-10-01")
    results = [
        ReportResult(job("9001", "Älvby"), "fel", 1.0, "n.ipynb, cell 2 (x): <b>fel</b>"),
        ReportResult(job("9001", "Älvby", "oversikt"), "fel", 1.0, "n.ipynb, cell 3 (y): oj"),
    ]
    write_index(tmp_path, results)
    page = Links(tmp_path / "9001-alvby" / "index.html")
    assert "Misslyckades: n.ipynb, cell 2 (x): <b>fel</b>." in page.text
    assert "Rapporten är från en tidigare körning, framställd 1 oktober 2025" in page.text
    assert "Det finns ingen rapport." in page.text
    assert "1-nulagesanalys/oversikt.html" not in page.links
    assert "2 rapporter misslyckades i den senaste körningen" in Links(tmp_path / "index.html").text


def test_reports_of_earlier_runs_stay_listed(tmp_path: Path) -> None:
    old, new = job("9001", "Älvby"), job("9002", "Berga")
    place(tmp_path, old)
    write_index(tmp_path, [ReportResult(old, "ok")])
    before = (tmp_path / "9001-alvby" / "index.html").read_bytes()
    place(tmp_path, new)
    place(tmp_path, job("9002", "Berga", "oversikt"))
    write_index(tmp_path, [ReportResult(new, "oforandrad")])
    assert "9001-alvby/index.html" in Links(tmp_path / "index.html").links
    assert (tmp_path / "9001-alvby" / "index.html").read_bytes() == before
    text = Links(tmp_path / "9002-berga" / "index.html").text
    assert "Oförändrad. Framställd" in text
    assert "Från en tidigare körning. Framställd" in text


def test_foreign_files_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "9001-alvby" / "1-nulagesanalys"
    folder.mkdir(parents=True)
    (folder / "eget.html").write_text("<p>Min egen sida</p>", encoding="utf-8")
    (tmp_path / "annat").mkdir()
    write_index(tmp_path, [])
    assert not (tmp_path / "9001-alvby" / "index.html").exists()
    assert "0 kommuner, 0 rapporter." in Links(tmp_path / "index.html").text


def test_a_damaged_report_is_left_out_and_named(tmp_path: Path) -> None:
    """It stops nothing; the index says that it is there, and where it can be read again it is listed again."""
    sound, damaged = job("9001", "Älvby"), job("9002", "Berga")
    place(tmp_path, sound)
    place(tmp_path, damaged, made="2p26-01-01")
    path = tmp_path / damaged.address
    assert write_index(tmp_path, [ReportResult(sound, "oforandrad")]) == [path]
    assert "2 kommuner, 1 rapport." in Links(tmp_path / "index.html").text
    page = Links(path.parents[1] / "index.html")
    assert "den går inte att läsa: den är skadad" in page.text
    assert "1-nulagesanalys/grundskola.html" not in page.links
    place(tmp_path, damaged)
    assert write_index(tmp_path, [ReportResult(damaged, "ok")]) == []
    assert "går inte att läsa" not in Links(path.parents[1] / "index.html").text


@pytest.mark.parametrize(("name", "listed"), [("日本", "日本"), ("Ω", "Ω"), ("", "9999"), (" ", "9999")])
def test_a_municipality_whose_name_has_no_plain_letter(tmp_path: Path, name: str, listed: str) -> None:
    one = job("9999", name)
    place(tmp_path, one)
    for results in ([ReportResult(one, "ok")], []):
        assert write_index(tmp_path, results) == []
        page = Links(tmp_path / "index.html")
        assert listed in page.text
        assert f"{one.folder}/index.html" in page.links
        own = Links(tmp_path / one.folder / "index.html")
        assert "1-nulagesanalys/grundskola.html" in own.links


def test_real_data_have_no_band(tmp_path: Path) -> None:
    place(tmp_path, job("0319", "Älvkarleby"), example=False)
    write_index(tmp_path, [])
    assert "påhittade" not in (tmp_path / "index.html").read_text(encoding="utf-8")


POSITION = {
    "avvikelse_procent": 18.5,
    "avvikelse_mnkr": 22.1,
    "avvikelse_ar": 2020,
    "avvikelse_sakerhet": "säkert",
    "kvalitet": "lägre än sex av sju",
    "kvalitet_ar": 2019,
    "kvalitet_sakerhet": "troligen",
}
WHOLE = {
    "invanare": 9511,
    "lan": "Uppsala län",
    "utpekade": [
        {"omrade": "Grundskola", "riktning": "höj kvaliteten utan att kostnaden ökar"},
        {"omrade": "Äldreomsorg", "riktning": "sänk kostnaden utan att förlora kvalitet"},
    ],
    "andel_data": 0.93,
}


@pytest.fixture
def country(tmp_path: Path) -> Path:
    """Three municipalities: one with all, one with thin data, one whose report failed."""
    place(tmp_path, job("0319", "Älvkarleby"), lage=POSITION)
    place(tmp_path, job("0319", "Älvkarleby", "oversikt"), lage=WHOLE)
    lacking = dict.fromkeys(POSITION) | {"kvalitet": ""}
    place(tmp_path, job("0764", "Alvesta"), lage=lacking, underlag="tunt")
    small = WHOLE | {"invanare": 20_134, "lan": "Kronobergs län", "utpekade": [], "andel_data": 0.5}
    place(tmp_path, job("0764", "Alvesta", "oversikt"), lage=small)
    place(tmp_path, job("1384", "Berga", "oversikt"), lage=WHOLE | {"invanare": None, "utpekade": None})
    place(
        tmp_path,
        job("1384", "Berga"),
        lage=POSITION | {"avvikelse_procent": -102.04, "avvikelse_mnkr": -0.04},
    )
    assert write_index(tmp_path, [ReportResult(job("1384", "Berga"), "fel", 1.0, "oj")]) == []
    return tmp_path


def table(page: Path) -> list[list[str]]:
    """Return the texts of the table's cells, row by row."""
    (source,) = re.findall("<table.*?</table>", page.read_text(encoding="utf-8"), re.DOTALL)
    rows = re.findall("<tr.*?</tr>", source, re.DOTALL)
    cells = [re.findall(r"<t[hd]\b.*?</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in row] for row in cells]


def test_the_table_says_where_each_municipality_stands(country: Path) -> None:
    headings, alvesta, berga, own = table(country / "index.html")
    assert headings == [
        "Kommun", "Län", "Invånare", "Utpekade områden", "Grundskola: kostnad", "Grundskola: kvalitet", "Andel data",
        "Status",
    ]  # fmt: skip
    assert own == [
        "Älvkarleby", "Uppsala län", "9 511",
        "Grundskola: höj kvaliteten utan att kostnaden ökar Äldreomsorg: sänk kostnaden utan att förlora kvalitet",
        "+18,5 %, +22,1 mnkr 2020, säkert", "lägre än sex av sju 2019, troligen", "93 %", "klar",
    ]  # fmt: skip
    assert alvesta[3:] == ["inget", "saknas", "saknas", "50 %", "tunt underlag: Grundskola"]
    assert berga[2:5] == ["saknas", "saknas", "−102,0 %, 0,0 mnkr 2020, säkert"]
    assert berga[-1] == "fel: Grundskola"


def test_the_table_is_an_excel_file_too(country: Path) -> None:
    assert "kommuner.xlsx" in Links(country / "index.html").links
    sheet = openpyxl.load_workbook(country / "kommuner.xlsx")["Kommuner"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=7)]
    alvesta, berga, own = (dict(zip(rows[0], row, strict=True)) for row in rows[1:])
    assert own["Invånare"] == 9511
    assert own["Grundskola: kostnadsavvikelse (procent)"] == 18.5
    assert own["Grundskola: kostnadsavvikelse (mnkr)"] == 22.1
    assert (own["Grundskola: kostnadens år"], own["Grundskola: kostnadens säkerhet"]) == (2020, "säkert")
    assert own["Andel data (procent)"] == 93
    # Where a number belongs the cell is empty, or it could not be summed; what that means stands under the table.
    assert alvesta["Grundskola: kostnadsavvikelse (procent)"] is None
    assert "saknas" in " ".join(str(row[0].value) for row in sheet.iter_rows(min_row=8))
    assert (alvesta["Utpekade områden"], alvesta["Status"]) == ("inget", "tunt underlag: Grundskola")
    assert berga["Status"] == "fel: Grundskola"


def test_thin_data_is_said_in_the_municipality_s_own_list(country: Path) -> None:
    assert "Tunt underlag:" in Links(country / "0764-alvesta" / "index.html").text
    assert "Tunt underlag:" not in Links(country / "0319-alvkarleby" / "index.html").text


def test_an_area_without_a_report_is_told_from_one_without_a_value(country: Path) -> None:
    place(country, job("0120", "Värmdö", "oversikt"), lage=WHOLE)
    write_index(country, [])
    varmdo = table(country / "index.html")[3]
    assert varmdo[0] == "Värmdö"
    assert varmdo[4:6] == ["ingen rapport", "ingen rapport"]


def test_a_folder_without_municipalities_has_no_excel_file_and_no_script(
    country: Path, tmp_path: Path
) -> None:
    for path in country.glob("[0-9]*"):
        shutil.rmtree(path)
    write_index(country, [])
    assert not (country / "kommuner.xlsx").exists()
    text = (country / "index.html").read_text(encoding="utf-8")
    assert "kommuner.xlsx" not in text
    assert "script" not in text


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("avvikelse_procent", "18"),
        ("avvikelse_procent", float("nan")),
        ("avvikelse_mnkr", True),
        ("avvikelse_ar", 2020.5),
        ("kvalitet", ["x"]),
        ("utpekade", [{"omrade": "Grundskola"}]),
        ("utpekade", "Grundskola"),
    ],
)
def test_a_report_whose_facts_are_damaged_is_named(tmp_path: Path, fact: str, value: object) -> None:
    one = job("9001", "Älvby")
    place(tmp_path, one, lage=POSITION | {fact: value})
    assert write_index(tmp_path, []) == [tmp_path / one.address]
    assert table(tmp_path / "index.html")[1][-1] == "fel: grundskola"


def test_the_page_s_policy_allows_its_own_script_and_no_other(country: Path) -> None:
    text = (country / "index.html").read_text(encoding="utf-8")
    (script,) = re.findall("<script>(.*?)</script>", text, re.DOTALL)
    (policy,) = re.findall('script-src ([^;"]*)', text)
    digest = hashlib.sha256(script.encode()).digest()
    assert policy.replace("&#39;", "'") == f"'sha256-{base64.b64encode(digest).decode()}'"
    for page in country.glob("*/index.html"):
        assert "script" not in page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("chromium och chromedriver finns inte här")
    options = ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(argument)
    chrome = Chrome(options=options, service=Service(driver))
    yield chrome
    chrome.quit()


def test_the_table_is_sorted_by_its_headings(country: Path, browser: Chrome) -> None:
    """What has no value stays last, and a heading says the way."""
    browser.get((country / "index.html").as_uri())

    def sorted_by(heading: str) -> tuple[list[str], str | None]:
        (th,) = [each for each in browser.find_elements(By.TAG_NAME, "th") if each.text.startswith(heading)]
        th.find_element(By.TAG_NAME, "button").click()
        names = [each.text for each in browser.find_elements(By.CSS_SELECTOR, "tbody th")]
        assert len(browser.find_elements(By.CSS_SELECTOR, "th[aria-sort]")) == 1
        return names, th.get_attribute("aria-sort")

    assert sorted_by("Invånare") == (["Älvkarleby", "Alvesta", "Berga"], "ascending")
    assert sorted_by("Invånare") == (["Alvesta", "Älvkarleby", "Berga"], "descending")
    assert sorted_by("Grundskola: kostnad") == (["Berga", "Älvkarleby", "Alvesta"], "ascending")
    assert sorted_by("Kommun") == (["Alvesta", "Berga", "Älvkarleby"], "ascending")
    assert sorted_by("Kommun") == (["Älvkarleby", "Berga", "Alvesta"], "descending")


@pytest.mark.parametrize(("name", "letter"), [("Älvby", "Ä"), ("åre", "Å"), ("Élysée", "E"), ("", "")])
def test_letters(name: str, letter: str) -> None:
    assert first_letter(name) == letter


def test_swedish_order() -> None:
    names = ["Örebro", "Ängelholm", "Åre", "Zinkgruvan", "ale", "Ånge", "Alvesta", "Öckerö"]
    assert sorted(names, key=swedish_order) == [
        "ale", "Alvesta", "Zinkgruvan", "Ånge", "Åre", "Ängelholm", "Öckerö", "Örebro",
    ]  # fmt: skip


def test_a_network_is_listed_with_its_reports(tmp_path: Path) -> None:
    network = job(None, "Bergslagen", "urval", None)
    for one in (job("2701", "Åby"), job("2701", "Åby", "styrning", 2), network):
        place(tmp_path, one)
    assert write_index(tmp_path, [ReportResult(network, "ok")]) == []
    top, own = Links(tmp_path / "index.html"), Links(tmp_path / "natverk-bergslagen" / "index.html")
    assert "natverk-bergslagen/index.html" in top.links
    assert "1 kommun, 1 nätverk, 3 rapporter." in " ".join(top.words)
    assert {"natverk/urval.html", "natverk/urval.xlsx"} <= set(own.links)
    assert own.ids.count("steg-natverk") == 1
    steps = Links(tmp_path / "2701-aby" / "index.html")
    assert "2-orsaksanalys/styrning.html" in steps.links
    assert [link for link in steps.links if link.startswith("#steg-")] == ["#steg-1", "#steg-2"]
    assert not [link for link in own.links if link.startswith("#steg-")], "one group needs no way to it"
