"""What people, programs and accidents do to a form: each named by sheet and cell, and the rest used."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter

from effektiv.forms import Fault, Form, read, write
from tests.forms.books import AREAS, FORM, changed, encrypted, ids, ods, taken, told, written


def cell(tmp_path: Path, place: str, value: object) -> tuple[list[str], dict[str, Any]]:
    """Return what is told when a cell of the first row has a value, and what that row says."""

    def change(book: Any) -> None:
        book["Saker"][place] = value
        if isinstance(value, int):
            book["Saker"][place].number_format = "General"

    found = taken(changed(tmp_path / "prov.xlsx", change))
    assert "H2" in ids(found)  # the other row is used whatever the first holds
    return told(found), next((dict(row.values) for row in found.rows["saker"] if row.number == 4), {})


WRONG = {
    # cell: value, what is told, key of the column
    "text in a whole number": ("E4", "sju", "'sju' är text men ska vara ett heltal: skriv talet utan ord", "count"),
    "a number as text": ("F4", "1,25", "'1,25' är text men ska vara ett tal", "cost"),
    "a decimal in a whole number": ("E4", 7.5, "7,5 ska vara ett heltal", "count"),
    "too large": ("E4", 100, "100 ska ligga mellan 0 och 99", "count"),
    "percent without its sign": ("G4", 25, "2500 % ska ligga mellan 0 % och 100 %", "share"),
    "percent as text": ("G4", "25 procent", "'25 procent' är text men ska vara en andel, till exempel 25 %", "share"),
    "a day in a number": ("F4", dt.datetime(2026, 1, 5), "'2026-01-05' ska vara ett tal", "cost"),
    "true in a number": ("F4", True, "'ja' ska vara ett tal", "cost"),
    "a day that reads in two ways": ("H4", "3/4/2026", "'3/4/2026' kan läsas på två sätt: skriv ett datum som 2026-03-31", "day"),
    "no day": ("H4", "2026-02-30", "'2026-02-30' är ingen dag som finns", "day"),
    "a day in words": ("H4", "efter sommaren", "'efter sommaren' är text men ska vara ett datum", "day"),
    "a day as a bare number": ("H4", 46112, "46112 är ett tal men ska vara ett datum", "day"),
    "a year of long ago": ("H4", dt.datetime(1926, 1, 1), "1926-01-01 ska ligga mellan åren 1990 och 2100", "day"),
    "a word that is no choice": ("I4", "starkk", "'starkk' men ska vara stark, svag eller öppen. Menade du 'stark'?", "strength"),
    "no focus area": ("B4", "Grundskolan", "'Grundskolan' men ska vara Grundskola eller Barn och unga. Menade du 'Gr", "area"),
    "neither yes nor no": ("J4", "kanske", "'kanske' ska vara ja eller nej", "done"),
    "a formula nobody has computed": ("F4", "=1+1", "formeln har inget uträknat värde: öppna filen i Excel och spara", "cost"),
    "a formula that went wrong": ("F4", "#REF!", "cellen visar felet #REF!: rätta formeln, eller skriv ett tal", "cost"),
    "a text beyond all measure": ("D4", "a" * 4001, "har 4001 tecken men får ha högst 4000", "about"),
    "a sign nobody sees": ("D4", "a\u2066b", "innehåller ett tecken som inte syns (U+2066)", "about"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_cell_is_named_and_the_rest_of_its_row_used(what: str, tmp_path: Path) -> None:
    place, value, words, key = WRONG[what]
    heading = next(column.heading for column in FORM.sheets[0].columns if column.key == key)
    faults, row = cell(tmp_path, place, value)
    assert len(faults) == 1 and faults[0].startswith(f"bladet Saker, cell {place}: {heading}: ")
    assert words in faults[0]
    assert row[key] is None and row["name"] == "=SUMMA(A1)"


RIGHT = {
    # What reads in one way only is taken.
    ("E4", 7.0): ("count", 7),
    ("C4", 2026): ("name", "2026"),
    ("C4", "två\nrader"): ("name", "två rader"),
    ("C4", " '0123 \u200b"): ("name", "0123"),
    ("H4", "2026-03-31"): ("day", dt.date(2026, 3, 31)),
    ("H4", "2026-03-31 00:00:00"): ("day", dt.date(2026, 3, 31)),
    ("H4", "20260331"): ("day", dt.date(2026, 3, 31)),
    ("H4", 20260331): ("day", dt.date(2026, 3, 31)),
    ("H4", "31 mars 2026"): ("day", dt.date(2026, 3, 31)),
    ("H4", "1 okt. 2026"): ("day", dt.date(2026, 10, 1)),
    ("H4", "31/3 2026"): ("day", dt.date(2026, 3, 31)),
    ("H4", "4/4-2026"): ("day", dt.date(2026, 4, 4)),
    ("H4", dt.datetime(2026, 3, 31, 14, 30)): ("day", dt.date(2026, 3, 31)),
    ("I4", " Öppen "): ("strength", "öppen"),
    ("B4", "grundskola"): ("area", "grundskola"),
    ("J4", True): ("done", True),
    ("J4", "Ja"): ("done", True),
    ("G4", 1): ("share", 1.0),
    ("D4", "\u00a0"): ("about", None),
}


@pytest.mark.parametrize(("place", "value"), RIGHT)
def test_what_reads_in_one_way_is_taken(place: str, value: object, tmp_path: Path) -> None:
    faults, row = cell(tmp_path, place, value)
    key, expected = RIGHT[place, value]
    assert (faults, row[key], type(row[key])) == ([], expected, type(expected))


def test_a_row_without_what_it_must_have_is_left_out_and_named(tmp_path: Path) -> None:
    faults, row = cell(tmp_path, "C4", None)
    assert row == {}
    assert faults == [
        "bladet Saker, cell C4: Vad det är saknas, och raden används inte: fyll i cellen, eller töm raden"
    ]


# Headings and sheets -------------------------------------------------------------------------


def test_columns_may_be_moved_and_headings_spelt_in_capitals(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book["Saker"]
        sheet["F3"], sheet["E3"] = "ANTAL ", "kostnad (mnkr)"
        sheet["F4"], sheet["E4"] = 7, 1.25
        sheet.insert_rows(1, 2)

    found = taken(changed(tmp_path / "prov.xlsx", change))
    assert told(found) == [] and ids(found) == ["H1", "H2"]
    row = found.rows["saker"][0]
    assert (row["count"], row["cost"], row.cells["count"], row.number) == (7, 1.25, "F6", 6)


def test_a_renamed_heading_is_told_with_what_it_is_thought_to_be(tmp_path: Path) -> None:
    found = taken(
        changed(tmp_path / "prov.xlsx", lambda book: book["Saker"].__setitem__("D3", "Beskrivningar"))
    )
    assert told(found) == [
        "bladet Saker, cell D3: det finns ingen rubrik 'Beskrivningar', och kolumnen läses inte. Menade du 'Beskrivning'?"
    ]
    assert ids(found) == ["H1", "H2"] and found.rows["saker"][0]["about"] is None


def test_a_missing_heading_is_told_once_and_with_what_it_costs(tmp_path: Path) -> None:
    found = taken(changed(tmp_path / "prov.xlsx", lambda book: book["Saker"].__setitem__("H3", None)))
    assert (
        told(found) == ["bladet Saker: rubriken Senast saknas: skriv den på rad 3"] and len(ids(found)) == 2
    )
    found = taken(changed(tmp_path / "prov.xlsx", lambda book: book["Saker"].__setitem__("C3", None)))
    assert told(found) == [
        "bladet Saker: rubriken Vad det är saknas, och utan den går inga rader att använda: skriv den på rad 3"
    ]
    assert ids(found) == [] and len(found.rows["fler"]) == 1


def test_a_heading_that_stands_twice_and_a_column_of_their_own_are_told(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["Saker"]["K3"], book["Saker"]["L3"] = "Antal", "Vår egen anteckning"
        book["Saker"]["K4"], book["Saker"]["L4"] = 99, "läses inte"

    found = taken(changed(tmp_path / "prov.xlsx", change))
    assert told(found) == ["bladet Saker, cell K3: rubriken Antal står också i E3: behåll en av dem"]
    assert [str(note) for note in found.notes] == [
        "bladet Saker, cell L3: kolumnen 'Vår egen anteckning' hör inte till formuläret och läses inte"
    ]
    assert found.rows["saker"][0]["count"] == 7


def test_a_sheet_too_many_is_named_and_passed_over(tmp_path: Path) -> None:
    found = taken(
        changed(tmp_path / "prov.xlsx", lambda book: book.create_sheet("Anteckningar").append(["Hej"]))
    )
    assert told(found) == [] and ids(found) == ["H1", "H2"]
    assert found.notes == (Fault("bladet hör inte till formuläret och läses inte", "Anteckningar"),)


def test_a_renamed_sheet_is_known_by_its_headings_and_a_missing_one_told(tmp_path: Path) -> None:
    found = taken(changed(tmp_path / "prov.xlsx", lambda book: setattr(book["Saker"], "title", "Blad1")))
    assert told(found) == [] and [row.sheet for row in found.rows["saker"]] == ["Blad1", "Blad1"]

    def remove(book: Any) -> None:
        del book["Saker"]
        book.create_sheet("Sakerna").append(["Hej"])

    found = taken(changed(tmp_path / "prov.xlsx", remove))
    assert (
        told(found) == ["bladet Saker saknas. Menade du bladet 'Sakerna'?"] and len(found.rows["fler"]) == 1
    )

    def headless(book: Any) -> None:
        book["Saker"].delete_rows(1, 3)

    found = taken(changed(tmp_path / "prov.xlsx", headless))
    assert told(found)[0].startswith(
        "bladet Saker: ingen av de 30 första raderna har rubrikerna Nr, Fokusområde, "
    )


def test_merged_cells_are_named(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["Saker"].merge_cells("C4:C5")
        book["Saker"].merge_cells("A1:J1")  # above the table it is only looks

    found = taken(changed(tmp_path / "prov.xlsx", change))
    assert told(found) == [
        "bladet Saker, cell C4:C5: cellerna är sammanfogade, och bara den första har ett värde: "
        "dela upp dem och fyll i var och en"
    ]
    # The second row says nothing else, so there is nothing to leave out.
    assert ids(found) == ["H1"]


def test_a_formula_that_a_program_has_computed_is_its_value(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "prov.xlsx") as book:
        sheet = book.add_worksheet("Saker")
        sheet.write_row(0, 0, [column.heading for column in FORM.sheets[0].columns])
        sheet.write_row(1, 0, ["H1", "Grundskola", "Sak"])
        sheet.write_formula(1, 4, "=3+4", None, 7)
        sheet.write_formula(1, 5, "=1/0", None, "#DIV/0!")
    found = taken(tmp_path / "prov.xlsx")
    assert told(found) == [
        "bladet Saker, cell F2: Kostnad, mnkr: cellen visar felet #DIV/0!: rätta formeln, eller skriv ett tal"
    ]
    assert (found.rows["saker"][0]["count"], found.version) == (7, None)


# Whole files ---------------------------------------------------------------------------------


def test_a_protected_sheet_is_read(tmp_path: Path) -> None:
    found = taken(
        changed(tmp_path / "prov.xlsx", lambda book: book["Saker"].protection.set_password("hemligt"))
    )
    assert told(found) == [] and ids(found) == ["H1", "H2"]


@pytest.mark.parametrize(("version", "age"), [(1, "äldre"), (3, "nyare")])
def test_another_version_is_said_and_read_as_far_as_it_goes(version: int, age: str, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        for row in book["Läs mig"].iter_rows():
            for cell in row:
                if cell.value == "Formulär: prov, version 2":
                    cell.value = f"Formulär: prov, version {version}"
        book["Saker"]["C3"] = "Sak"  # its heading in version 1

    found = taken(changed(tmp_path / "prov.xlsx", change))
    assert (told(found), found.version, ids(found)) == ([], version, ["H1", "H2"])
    assert [str(note) for note in found.notes] == [
        f"formuläret är en {age} version ({version}) än den som läses (2): det som finns i båda används"
    ]


def test_another_form_is_refused(tmp_path: Path) -> None:
    other = Form("annat", "Annat", 1, FORM.sheets)
    (tmp_path / "prov.xlsx").write_bytes(write(other, areas=AREAS))
    found = taken(tmp_path / "prov.xlsx")
    assert not found.is_read
    assert told(found) == ["filen är formuläret annat men ska vara prov: lägg den under sitt eget namn"]


NO_BOOK = "filen går inte att läsa som en arbetsbok: öppna den i Excel och spara den som .xlsx"
LOCKED = "filen är krypterad med lösenord: spara den utan lösenord"


def test_an_encrypted_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    found = taken(encrypted(tmp_path / "prov.xlsx"))
    assert (told(found), found.is_read, list(found)) == ([LOCKED], False, [])
    found = taken(ods(tmp_path / "prov.ods", {"Saker": [["Nr"]]}, manifest="<encryption-data/>"))
    assert told(found) == [LOCKED]


def cut(path: Path) -> None:
    path.write_bytes(written(path).read_bytes()[:3000])


def spoilt(path: Path) -> None:
    content = bytearray(written(path).read_bytes())
    content[200:1200] = bytes(1000)
    path.write_bytes(content)


def without_sheets(path: Path) -> None:
    with ZipFile(path, "w") as pack:
        pack.writestr("[Content_Types].xml", "<Types/>")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.touch, "filen är tom: spara formuläret igen, eller gör ett nytt med effektiv ny"),
        (cut, NO_BOOK),
        (spoilt, NO_BOOK),
        (without_sheets, NO_BOOK),
        (lambda path: path.write_bytes(b"Nr;Sak\nH1;En sak\n"), NO_BOOK),
        (lambda path: path.write_bytes(b"PK\3\4"), NO_BOOK),
        (Path.mkdir, "det är en mapp och ingen fil"),
        (lambda path: None, "filen går inte att läsa: filen eller mappen finns inte"),
    ],
    ids=["empty", "cut", "spoilt", "no sheets", "csv", "only a beginning", "folder", "not there"],
)
def test_a_damaged_file_is_one_sentence(make: Any, words: str, tmp_path: Path) -> None:
    make(tmp_path / "prov.xlsx")
    found = taken(tmp_path / "prov.xlsx")
    assert (told(found), found.is_read) == ([words], False)


def test_a_damaged_xls_is_one_sentence(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine", reason="python-calamine finns inte här")
    (tmp_path / "prov.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    assert told(taken(tmp_path / "prov.xls")) == [NO_BOOK]
    with ZipFile(tmp_path / "halv.ods", "w") as pack:
        pack.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        pack.writestr("META-INF/manifest.xml", "<manifest/>")
    assert told(taken(tmp_path / "halv.ods")) == [NO_BOOK]


def test_a_workbook_of_nothing_says_what_it_lacks(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "prov.xlsx")
    found = taken(tmp_path / "prov.xlsx")
    assert told(found) == ["bladet Saker saknas, och filen har inga andra"] and list(found) == []


def test_an_ods_is_read_with_its_faults(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine", reason="python-calamine finns inte här")
    rows = [
        ["Våra saker"],
        ["Nr", "Vad det är", "Antal", "Senast", "Klart", "Andel", "Beskrivning"],
        ["H1", "Sak", 7, dt.date(2026, 3, 31), "ja", 0.5, None],
        ["H2", "Nästa", "sju", None, None, None, None],
    ]
    found = taken(ods(tmp_path / "prov.xlsx", {"Saker": rows, "Annat": [["Hej"]]}))
    row = found.rows["saker"][0]
    assert (row["count"], row["day"], row["done"], row["share"]) == (7, dt.date(2026, 3, 31), True, 0.5)
    assert "bladet Saker, cell C4: Antal: 'sju' är text men ska vara ett heltal" in told(found)[-1]
    blind, other = found.notes
    assert "celler som visar ett fel, som #REF!, läses som tomma" in str(blind) and other.sheet == "Annat"


def test_a_cell_far_away_does_not_make_the_sheet_endless(tmp_path: Path) -> None:
    found = taken(changed(tmp_path / "prov.xlsx", lambda book: book["Saker"].__setitem__("XFD1048576", "x")))
    assert told(found) == [
        "bladet Saker: det som står efter rad 10000 eller kolumn 100 läses inte: ta bort det"
    ]
    assert ids(found) == ["H1", "H2"]


def test_areas_that_are_not_known_are_left_unchecked(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["Saker"]["B4"] = "Kultur och fritid"

    found = read(FORM, changed(tmp_path / "prov.xlsx", change))
    assert told(found) == [] and found.rows["saker"][0]["area"] == "kultur-och-fritid"
