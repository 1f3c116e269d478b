"""A sheet of very many plain cells is what XlsxWriter writes, cell by cell."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from effektiv.render.long_sheet import FORMULA_START, LONGEST, LongSheet

TEXT = st.text(max_size=20) | st.sampled_from(
    ["=1+1", "+46", "@x", " a ", "0180", "a\x0bb", "<&>\"'", "_x0041_"]
)
NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9)
ROWS = st.lists(st.tuples(TEXT, NUMBER | st.none(), TEXT | NUMBER, st.just(2024)).map(list), max_size=5)
FORMATS = (None, None, None, {"num_format": "0"})


def ours(rows: list[list[Any]]) -> Any:
    def fill(sheet: LongSheet, formats: list[Any], text: Any) -> None:
        sheet.give(rows, formats, text)

    return made(LongSheet, fill)


def theirs(rows: list[list[Any]]) -> Any:
    """Return what XlsxWriter makes of the same cells."""

    def fill(sheet: Any, formats: list[Any], text: Any) -> None:
        for at, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, str) and value:
                    sheet.write_string(at, place, value, text if value.startswith(FORMULA_START) else None)
                elif value is not None and value != "":
                    sheet.write_number(at, place, value, formats[place])

    return made(None, fill)


def made(worksheet_class: type | None, fill: Any) -> Any:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Data", worksheet_class=worksheet_class)
        for place, name in enumerate("abcd"):
            sheet.write_string(0, place, name)
        formats = [None if look is None else workbook.add_format(look) for look in FORMATS]
        fill(sheet, formats, workbook.add_format({"quote_prefix": True}))
        workbook.add_worksheet("Annat").write_string(0, 0, "a")  # shares the table of texts
    return openpyxl.load_workbook(io.BytesIO(stream.getvalue()))


def cells(book: Any) -> list[tuple[Any, ...]]:
    return [
        (sheet.title, cell.coordinate, cell.data_type, cell.value, cell.number_format, cell.quotePrefix)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
    ]


@given(ROWS)
def test_each_cell_is_what_xlsxwriter_writes(rows: list[list[Any]]) -> None:
    one, other = ours(rows), theirs(rows)
    assert cells(one) == cells(other)
    assert one["Data"].dimensions == other["Data"].dimensions


def test_very_long_text_is_cut() -> None:
    found = ours([["å" * 40_000, None, "", 1]])
    assert found["Data"]["A2"].value == "å" * LONGEST
