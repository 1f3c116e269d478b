from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

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
    assert "2-orsaksanalys/styrning.html" in Links(tmp_path / "2701-aby" / "index.html").links
