"""The Excel files of the reports: everything in them is seen when they are opened."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from tests.accessibility.conftest import AREAS
from tests.render.test_xlsx import hidden


def test_no_sheet_row_or_column_is_hidden(folder: Path) -> None:
    books = {path.stem: openpyxl.load_workbook(path) for path in folder.glob("*/*/*.xlsx")}
    assert set(books) == set(AREAS)
    assert {area: hidden(book) for area, book in books.items()} == {area: [] for area in AREAS}
    # Rows of only numbers are what once was hidden.
    assert any(
        all(isinstance(cell.value, int | float) for cell in row)
        for book in books.values()
        for sheet in book.worksheets
        for row in sheet.iter_rows()
    )
