"""A form: written with its lists, read back whole."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl

from effektiv.forms import Column, Form, Kind, Sheet, read, write

AREAS = {"grundskola": "Grundskola", "barn-och-unga": "Barn och unga"}
FORM = Form(
    id="prov",
    name="Ett prov & mer",
    version=2,
    about=("Så fylls provet i.",),
    sheets=(
        Sheet(
            "saker",
            "Saker",
            intro=("En rad för varje sak.",),
            columns=(
                Column("id", "Nr", given=True, required=True, width=6),
                Column("area", "Fokusområde", Kind.AREA),
                Column("name", "Vad det är", required=True, help="Sakens namn.", formerly=("Sak",)),
                Column("about", "Beskrivning", Kind.PARAGRAPH),
                Column("count", "Antal", Kind.INTEGER, least=0, most=99),
                Column("cost", "Kostnad, mnkr", Kind.NUMBER),
                Column("share", "Andel", Kind.SHARE),
                Column("day", "Senast", Kind.DATE),
                Column("strength", "Styrka", Kind.CHOICE, choices=("stark", "svag", "öppen")),
                Column("done", "Klart", Kind.YES_NO),
            ),
            rows=5,
        ),
        Sheet("fler", "Fler", columns=(Column("word", "Ord", required=True), Column("n", "Tal", Kind.NUMBER)), may_lack=True),
    ),
)  # fmt: skip
FULL = {
    "id": "H1",
    "area": "barn-och-unga",
    "name": "=SUMMA(A1)",
    "about": "En rad\noch en till",
    "count": 7,
    "cost": 1.25,
    "share": 0.25,
    "day": dt.date(2026, 3, 31),
    "strength": "öppen",
    "done": False,
}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "prov.xlsx"
    path.write_bytes(
        write(
            FORM,
            areas=AREAS,
            rows={"saker": [FULL, {"id": "H2"}], "fler": [{"word": "0123"}]},
            about="Exempelby",
        )
    )
    found = read(FORM, path, areas=AREAS)
    assert (found.faults, found.notes, found.version, found.is_read) == ((), (), 2, True)
    (row,), (word,) = found.rows["saker"], found.rows["fler"]
    assert row.values == FULL
    assert (row.sheet, row.number, row.cells["day"], row["count"]) == ("Saker", 4, "H4", 7)
    assert word.values == {"word": "0123", "n": None}
    assert path.read_bytes() == write(
        FORM, areas=AREAS, rows={"saker": [FULL, {"id": "H2"}], "fler": [{"word": "0123"}]}, about="Exempelby"
    )


def test_the_workbook_says_how_it_is_filled_in(tmp_path: Path) -> None:
    (tmp_path / "prov.xlsx").write_bytes(write(FORM, areas=AREAS, about="Exempelby"))
    book = openpyxl.load_workbook(tmp_path / "prov.xlsx")
    assert book.sheetnames == ["Saker", "Fler", "Läs mig", "Listor"]
    assert book["Listor"].sheet_state == "hidden"
    sheet = book["Saker"]
    assert (
        sheet["A1"].value == "En rad för varje sak." and sheet["A3"].font.bold and sheet.freeze_panes == "B4"
    )
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    areas, strengths = rules["B4:B8"], rules["I4:I8"]
    assert areas.type == strengths.type == "list"
    words = [[cell.value for (cell,) in book["Listor"][place.split("!")[1].replace("$", "")]]
             for place in (areas.formula1, strengths.formula1)]  # fmt: skip
    assert words == [["Grundskola", "Barn och unga"], ["stark", "svag", "öppen"]]
    assert rules["C4:C8"].prompt == "Sakens namn." and rules["H4:H8"].type == "date"
    assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows == "$3:$3"
    about = [cell.value for row in book["Läs mig"].iter_rows() for cell in row if cell.value]
    assert about[0] == "Ett prov & mer, Exempelby" and "Så fylls provet i." in about
    assert "Formulär: prov, version 2" in about and "Sakens namn." in about
