"""One table as an Excel file, for a controller who wants to go on with its numbers.

The heading row is the first one, so that filters and pivot tables find it; what must be known
of the table stands on a sheet of its own. A report's tables are written by the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import xlsxwriter

from effektiv.errors import InputError, system_reason
from effektiv.exhibits.table import Column, Table
from effektiv.staging import write_whole


def write_table(table: Table, about: Sequence[str], path: Path) -> None:
    """Write a table and what must be known about it.

    Parameters
    ----------
    table
        The table.
    about
        Title, source and the rest, a line each.
    path
        Replaced when it is there, whole or not at all.

    Raises
    ------
    InputError
        The name does not end in .xlsx, or the file cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"Filen {path} ska ha ett namn som slutar på .xlsx.")
    try:
        write_whole(path, _workbook(table, about))
    except OSError as error:
        raise InputError(
            f"Filen {path} gick inte att skriva ({system_reason(error)}): mappen ska finnas och gå att skriva i, och"
            " filen får inte vara öppen i ett annat program."
        ) from error


def _workbook(table: Table, about: Sequence[str]) -> bytes:
    content = BytesIO()
    # Text is always text: "=1+1" in a municipality's own words stays what it is.
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        sheet, bold = book.add_worksheet("Tabell"), book.add_format({"bold": True})
        sheet.write_row(0, 0, table.headings, bold)
        sheet.freeze_panes(1, 1)
        marks = {(mark["row"], mark["column"]): mark["mark"] for mark in table.to_json()["marks"]}
        for index, row in enumerate(table.rows):
            for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                shown = marks.get((index, column.key), "") if value is None else value
                if isinstance(shown, str):
                    sheet.write_string(index + 1, place, shown)
                else:
                    pattern = book.add_format({"num_format": _pattern(column, table.decimals(index, column))})
                    sheet.write_number(index + 1, place, shown, pattern)
        sheet.autofit()
        notes = book.add_worksheet("Om tabellen")
        notes.set_column(0, 0, 100)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for line, text in enumerate([table.caption, *about]):
            notes.write_string(line, 0, text, wrapped)
    return content.getvalue()


def _pattern(column: Column, decimals: int) -> str:
    """Return how Excel shows a number; group and decimal marks are those of its reader's settings."""
    if column.kind != "number":
        return "0"
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"+{pattern};-{pattern};{pattern}" if column.signed else pattern
