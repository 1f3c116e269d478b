"""The file of a municipality's own figures: written empty, checked with the others, and shown as it stands."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from effektiv import open_case
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.exhibit import Source
from effektiv.params import OWN_FIGURES_FILE, check, content_mark, load_params, write_new

AREAS = load_catalogue().areas


@pytest.fixture
def folder(tmp_path: Path, example: Snapshot, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(tmp_path))
    return write_new(tmp_path, example.places.kommun("Exempelby"), "Exempelby", AREAS.values())[0].parent


def fill(folder: Path, *rows: tuple[object, ...]) -> None:
    book = openpyxl.load_workbook(folder / "egna.xlsx")
    for row in rows:
        book["Uppgifter"].append(row)
    book.save(folder / "egna.xlsx")


ABSENCE = ("Frånvaro i årskurs 7-9", "%", 2024, 11.25, "Frånvarosystemet", "grundskola")
ROOMS = ("Lokalyta", "kvm", 2025, 14, "Fastighet", "")
CHILDREN = ("Barn i kö", "antal", 2025, 3, "Kön", "forskola")


def test_the_new_file_says_what_to_write_and_says_nothing_itself(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "egna.xlsx")
    assert [cell.value for cell in book["Uppgifter"][1]] == [
        "nyckeltal",
        "enhet",
        "år",
        "värde",
        "källa",
        "område",
    ]
    about = [str(cell.value) for row in book["Läs mig"].iter_rows() for cell in row]
    assert any("Exempelby" in text for text in about) and any("forskola" in text for text in about)
    assert check(folder, areas=AREAS) == []
    assert load_params(folder.name[:4], folder.parent, areas=AREAS).of(OWN_FIGURES_FILE) == {"egna.xlsx": ()}
    again = OWN_FIGURES_FILE.new("0319", "Exempelby", AREAS.values())["egna.xlsx"]
    assert again == OWN_FIGURES_FILE.new("0319", "Exempelby", AREAS.values())["egna.xlsx"]


def test_a_fault_is_told_by_the_check_and_a_change_counts(folder: Path) -> None:
    before = content_mark(folder)
    fill(folder, (*ABSENCE[:3], "11,25", *ABSENCE[4:]))
    assert content_mark(folder) != before
    (problem,) = check(folder, areas=AREAS)
    assert "egna.xlsx: bladet Uppgifter, cell D2: värde är '11,25' som text" in str(problem)


def test_the_reports_show_the_figures_of_their_area_with_years_and_source(folder: Path) -> None:
    fill(
        folder,
        ABSENCE,
        ("Frånvaro i årskurs 7-9", "%", 2025, 12, "Frånvarosystemet", "grundskola"),
        ROOMS,
        CHILDREN,
    )
    exhibit = open_case("grundskola", kommun="Exempelby").own_figures()
    assert exhibit.source is Source.MUNICIPALITY and exhibit.table is not None
    assert exhibit.table.headings == ["Nyckeltal", "Enhet", "2024", "2025", "Källa"]
    assert exhibit.table.rows == (
        ("Frånvaro i årskurs 7-9", "%", 11.25, 12, "Frånvarosystemet"),
        ("Lokalyta", "kvm", None, 14, "Fastighet"),
    )
    assert "11,25" in exhibit.to_html() and "12,00" in exhibit.to_html() and ">14<" in exhibit.to_html()
    overview = open_case("oversikt", kommun="Exempelby").own_figures()
    assert overview.table is not None and len(overview.table.rows) == 3


def test_without_own_figures_the_report_says_where_they_are_written(folder: Path) -> None:
    fill(folder, CHILDREN)
    exhibit = open_case("grundskola", kommun="Exempelby").own_figures()
    assert exhibit.table is None and "egna.xlsx i kommunens mapp" in exhibit.to_text()
