from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook.workbook import Workbook

from effektiv.render.xlsx import CONTENTS, DATA, make_xlsx


def exhibit(
    title: str = "Kostnad per elev", rows: list[list[Any]] | None = None, **changes: Any
) -> dict[str, Any]:
    table = {
        "caption": "Nettokostnad per elev",
        "columns": [
            {"key": "kommun", "label": "Kommun", "kind": "text", "unit": "", "decimals": 0, "signed": False},
            {"key": "ar", "label": "År", "kind": "year", "unit": "", "decimals": 0, "signed": False},
            {
                "key": "kr",
                "label": "Kostnad",
                "kind": "number",
                "unit": "kr/elev",
                "decimals": 1,
                "signed": False,
            },
            {"key": "d", "label": "Skillnad", "kind": "number", "unit": "%", "decimals": 1, "signed": True},
        ],
        "rows": [["Älvby", 2025, 130221.25, -1.5], ["Åstad", 2024, None, 2.0]] if rows is None else rows,
        "marks": [{"row": 1, "column": "kr", "mark": "..", "text": "sekretess, för få personer"}]
        if rows is None
        else [],
        "row_header": "kommun",
        "row_decimals": None,
    }
    base = {
        "id": "a",
        "title": title,
        "finding": "Lika.",
        "source": "Källa: Kolada",
        "flags": [{"code": "preliminary", "text": "2025 är preliminärt."}],
        "notes": "Utan lokaler.",
        "table": table,
    }
    return base | changes


def make(*exhibits: dict[str, Any], example: bool = False) -> bytes:
    return make_xlsx(
        exhibits,
        title="Nulägesanalys: Grundskola – Älvby",
        about={"Kommun": "Älvby (9001)", "Frysning": "exempel"},
        example=example,
        made=dt.date(2025, 11, 21),
    )


def load(*exhibits: dict[str, Any], example: bool = False) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(make(*exhibits, example=example)))


def texts(book: Workbook, name: str) -> list[str]:
    return [str(cell.value) for row in book[name].iter_rows() for cell in row if cell.value is not None]


def hidden(book: Workbook) -> list[str]:
    """Return the sheets, rows and columns of a workbook that its reader does not see, or Excel refuses."""
    found = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    for sheet in book.worksheets:
        rows = sheet.row_dimensions.items()
        columns = sheet.column_dimensions.items()
        found += [
            f"{sheet.title} {name}" for name, row in rows if row.hidden or not 0 < (row.ht or 15) <= 409
        ]
        found += [f"{sheet.title} {name}" for name, column in columns if column.hidden or not column.width]
    return found


@pytest.mark.parametrize(
    "rows",
    [
        [[None, 2025, 1.5, -1.5], [None, 2024, 2.5, 2.0]],
        [[None, None, None, None]],
        [["", 2025, 1.0, 1.0]],
        [["Ett långt namn " * 200, 2025, 1.0, 1.0]],
    ],
)
def test_every_row_is_seen(rows: list[list[Any]]) -> None:
    """Also one with only numbers, with nothing, or with more text than the highest row holds."""
    book = load(exhibit(rows=rows))
    assert hidden(book) == []


def test_numbers_are_numbers_with_formats() -> None:
    sheet = load(exhibit())["Kostnad per elev"]
    assert [cell.value for cell in sheet[4]] == ["Kommun", "År", "Kostnad (kr/elev)", "Skillnad (%)"]
    assert [cell.value for cell in sheet[5]] == ["Älvby", 2025, 130221.25, -1.5]
    assert [cell.data_type for cell in sheet[5]] == ["s", "n", "n", "n"]
    assert [cell.number_format for cell in sheet[5]][1:] == ["0", "#,##0.0", "+#,##0.0;-#,##0.0;#,##0.0"]
    assert sheet.freeze_panes == "B5"


def test_a_cell_that_lacks_a_number_is_empty_and_it_is_said_why() -> None:
    """A mark there would be text among numbers."""
    book = load(exhibit())
    assert book["Kostnad per elev"]["C6"].value is None
    assert "Tomt i C6: sekretess, för få personer" in texts(book, "Kostnad per elev")


def test_cells_that_are_empty_for_the_same_reason_share_a_line() -> None:
    data = exhibit(rows=[[None, 2025, None, None], ["Åstad", 2024, None, 1.0]])
    missing = (
        (1, "kr", "..", "sekretess"),
        (0, "d", "..", "sekretess"),
        (0, "kr", "-", ""),
        (0, "kommun", "x", "okänd"),
    )
    data["table"]["marks"] = [
        {"row": row, "column": key, "mark": sign, "text": said} for row, key, sign, said in missing
    ]
    book = load(data)
    assert book["Kostnad per elev"]["A5"].value == "x"
    assert {"Tomt i D5, C6: sekretess", "x betyder okänd"} <= set(texts(book, "Kostnad per elev"))
    assert [cell.value for row in book["Kostnad per elev"]["C5:D6"] for cell in row] == [None, None, None, 1]


VALUES = {
    "columns": ["kommun", "kod", "nyckeltal", "id", "år", "kön", "värde", "enhet", "status", "källa"],
    "rows": [
        ["Älvby", "0001", "Kostnad", "N15001", 2025, "alla", 130221.25, "kr", "", "Kolada"],
        ["Åstad", "9002", "=1+1", "N15001", 2024, "alla", None, "kr", "sekretess", "Kolada"],
        ["Åstad", "9002", "Andel", "N15002", 2024, "alla", 0, "%", "", "Kolada"],
    ],
}


def with_values(values: dict[str, Any], *, example: bool = False) -> Workbook:
    content = make_xlsx(
        [exhibit("Data"), exhibit()],
        values=values,
        title="T",
        about={},
        example=example,
        made=dt.date(2025, 11, 21),
    )
    return openpyxl.load_workbook(io.BytesIO(content))


def test_all_values_are_an_excel_table_first_after_the_contents() -> None:
    book = with_values(VALUES)
    assert book.sheetnames == [CONTENTS, DATA, "Data (2)", "Kostnad per elev"]
    sheet = book[DATA]
    table = sheet.tables[DATA]
    assert (table.ref, table.autoFilter.ref, sheet.freeze_panes) == ("A1:J4", "A1:J4", "A2")
    assert [column.name for column in table.tableColumns] == VALUES["columns"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        VALUES["columns"],
        *([value if value != "" else None for value in row] for row in VALUES["rows"]),
    ]
    assert {cell.data_type for cell in (*sheet["E"][1:], *sheet["G"][1:])} == {"n"}
    assert {cell.data_type for cell in (*sheet["B"][1:], *sheet["C"][1:])} == {"s"}
    assert {cell.number_format for cell in sheet["E"][1:]} == {"0"}
    assert hidden(book) == []
    link = book[CONTENTS]["A5"].hyperlink
    assert link is not None
    assert link.location == "'Data'!A1"


@pytest.mark.parametrize("rows", [[], VALUES["rows"]])
def test_all_values_of_the_example_say_so_outside_the_table(rows: list[Any]) -> None:
    sheet = with_values(VALUES | {"rows": rows}, example=True)[DATA]
    assert sheet["L1"].value == "Exempeldata: påhittade kommuner och värden"
    assert sheet["K1"].value is None
    assert [cell.value for cell in sheet[1]][:10] == VALUES["columns"]


def test_decimals_by_row() -> None:
    data = exhibit()
    data["table"]["row_decimals"] = [2, 2]
    own = data["table"]["columns"][2]["decimals"]
    data["table"]["columns"][3]["decimals"] = None
    sheet = load(data)["Kostnad per elev"]
    # A column's own decimals win over its row's.
    assert own == 1
    assert (sheet["C5"].number_format, sheet["D6"].number_format) == (
        "#,##0.0",
        "+#,##0.00;-#,##0.00;#,##0.00",
    )


def test_title_source_notes_and_flags_stand_on_the_sheet() -> None:
    written = texts(load(exhibit()), "Kostnad per elev")
    assert written[:3] == ["Kostnad per elev", "Nettokostnad per elev", "Källa: Kolada"]
    assert {"Utan lokaler.", "2025 är preliminärt."} <= set(written)


@pytest.mark.parametrize(
    "words", ["=1+1", "+46 70", "-5", "@SUM(A1)", "\t=1+1", '=HYPERLINK("x")', "http://x.se", "007"]
)
def test_words_stay_words(words: str) -> None:
    data = exhibit(title=words, rows=[[words, 2025, 1.0, 1.0]], notes=words, finding=words)
    book = load(data)
    sheet = book.worksheets[1]
    for cell in (sheet["A1"], sheet["A5"]):
        assert (cell.value, cell.data_type, cell.hyperlink) == (words, "s", None)
    content = zipfile.ZipFile(io.BytesIO(make(data)))
    assert not any(b"<f>" in content.read(name) for name in content.namelist() if "sheet" in name)


def test_contents_list_and_link_to_the_sheets() -> None:
    book = load(
        exhibit(), exhibit("Utan tabell", table=None), exhibit("It's [en] lång: rubrik/med * tecken?")
    )
    assert book.sheetnames == [CONTENTS, "Kostnad per elev", "It's en lång rubrik med tecken"]
    sheet = book[CONTENTS]
    links = [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'Kostnad per elev'!A1", "'It''s en lång rubrik med tecken'!A1"]
    assert {"Älvby (9001)", "exempel", "Lika."} <= set(texts(book, CONTENTS))


@pytest.mark.parametrize("example", [True, False])
def test_every_sheet_says_that_values_are_invented(example: bool) -> None:
    book = load(exhibit(), exhibit(), example=example)
    for name in book.sheetnames:
        assert any("Exempeldata: påhittade" in text for text in texts(book, name)) is example


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="aÅ'[]:*?/\\ History", max_size=40), min_size=1, max_size=6))
def test_sheet_names_are_always_allowed_and_different(titles: list[str]) -> None:
    names = load(*(exhibit(title) for title in titles)).sheetnames
    assert len(names) == len(titles) + 1 == len({name.lower() for name in names})
    for name in names:
        assert 1 <= len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name
        assert name.lower() != "history"


def test_the_same_tables_give_the_same_bytes() -> None:
    assert make(exhibit()) == make(exhibit())


def test_a_report_without_tables() -> None:
    assert load().sheetnames == [CONTENTS]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Förutsättningar jämfört med gruppen och riket", "Förutsättningar jämfört med"),
        ("Kostnad, kvalitet och resultat i kommunen", "Kostnad, kvalitet och resultat"),
        ("Verksamhetskostnadsredovisningarna", "Verksamhetskostnadsredovisninga"),
        ("'Citat'", "Citat"),
        ("***", "Tabell"),
    ],
)
def test_long_sheet_names_are_cut_between_words(title: str, name: str) -> None:
    assert load(exhibit(title)).sheetnames[1] == name
