"""The tables of a report as an Excel file.

Every table has a sheet of its own with title, source, notes and flags; the first sheet
lists them and says where the figures come from, and the second has all values behind the
report, one a row, ready to be filtered and summed. Numbers are numbers, so that they can be
computed with, and a cell that lacks one is empty; text is always written as text, so that
``=1+1`` in a municipality's own words stays what it is.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from effektiv.outputs import EXAMPLE_BAND
from effektiv.render.long_sheet import FORMULA_START, LongSheet

CONTENTS = "Innehåll"
DATA = "Data"
"""Name of the sheet with all values, and of the Excel table on it."""


_NAME_LENGTH = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_YEAR = "år"
"""Column of all values whose numbers are not grouped by thousands."""

_TITLE_WIDTH, _TEXT_WIDTH = 60, 90
_HEADER_ROW = 3
_LINE, _HIGHEST = 15.0, 409.0
"""Height of a line, and the highest row that Excel opens, in points. A row of no height is a hidden one."""


@dataclass
class _Book:
    """A workbook with its cell formats and the sheet names that are taken."""

    workbook: Workbook
    formats: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)
    names: set[str] = field(default_factory=lambda: {CONTENTS.lower(), "history"})

    def format(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(properties)
        return self.formats[key]

    def text(self, sheet: Worksheet, row: int, column: int, text: str, **properties: Any) -> None:
        """Write text as text, and make Excel keep it so when the cell is edited; no cell for no text."""
        if not text:
            return
        if text.startswith(FORMULA_START):
            properties["quote_prefix"] = True
        sheet.write_string(row, column, text, self.format(**properties))

    def sheet_name(self, title: str) -> str:
        """Return a name that Excel takes: at most 31 characters, some forbidden, unique in any case."""
        clean = " ".join(_FORBIDDEN.sub(" ", title).split()).strip("'") or "Tabell"
        name, number = _cut(clean, _NAME_LENGTH), 1
        while name.lower() in self.names:
            number += 1
            suffix = f" ({number})"
            name = _cut(clean, _NAME_LENGTH - len(suffix)) + suffix
        self.names.add(name.lower())
        return name


def _cut(text: str, length: int) -> str:
    """Return the text cut between words, or within one when that would leave little of it."""
    if len(text) > length:
        whole = text[: length + 1].rpartition(" ")[0]
        text = whole if len(whole) > length // 2 else text[:length]
    return text.strip(" ',")


def make_xlsx(
    exhibits: Sequence[Mapping[str, Any]],
    *,
    values: Mapping[str, Any] | None = None,
    title: str,
    about: Mapping[str, str],
    example: bool,
    made: dt.date,
) -> bytes:
    """Make the Excel file of a report.

    Parameters
    ----------
    exhibits
        What the report's exhibits say of themselves
        (`effektiv.outputs.EXHIBIT_MIME`); those without a table are left out.
    values
        All values behind it (`effektiv.outputs.DATA_MIME`).
    title
        The report's title.
    about
        What the first sheet says of the report: Swedish term to text.
    example
        Whether the values are invented, which every sheet then says.
    made
        Day of making. It is all the file holds of time: the same tables give the same bytes.

    Returns
    -------
    bytes
        The file.
    """
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(stream, options) as workbook:
        workbook.set_properties({"title": title, "created": dt.datetime.combine(made, dt.time())})
        book = _Book(workbook)
        contents = workbook.add_worksheet(CONTENTS)
        sheets = []
        if values is not None:
            sheets.append((_data_sheet(book, values, example=example), _ALL_VALUES))
        for exhibit in exhibits:
            if exhibit["table"] is not None:
                sheets.append((_table_sheet(book, exhibit, example=example), exhibit))
        _contents_sheet(book, contents, sheets, title, about, example=example)
    return stream.getvalue()


_ALL_VALUES: Mapping[str, Any] = {
    "title": "Alla värden bakom rapporten, ett på varje rad",
    "finding": "",
    "source": "",
}


def _data_sheet(book: _Book, values: Mapping[str, Any], *, example: bool) -> str:
    """Write all values as an Excel table; return the sheet's name."""
    name = book.sheet_name(DATA)
    sheet: LongSheet = book.workbook.add_worksheet(name, worksheet_class=LongSheet)
    _set_page(sheet)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    columns, rows = values["columns"], values["rows"]
    formats = [book.format(num_format="0") if column == _YEAR else None for column in columns]
    for place, column in enumerate(columns):
        book.text(sheet, 0, place, column, bold=True)
        words = {row[place] for row in rows if isinstance(row[place], str)}
        sheet.set_column(place, place, max(10.0, min(60.0, max(map(len, [column, *words])) + 3.0)))
    sheet.give(rows, formats, book.format(quote_prefix=True))
    if rows:
        headers = [{"header": column} for column in columns]
        sheet.add_table(0, 0, len(rows), len(columns) - 1, {"name": name, "columns": headers})
        # A municipality's code is text, for it may begin with a zero.
        sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_rowcol_to_cell(len(rows), len(columns) - 1)}"})
    if example:
        # Beside the table, whose first row must be its headings.
        book.text(sheet, 0, len(columns) + 1, EXAMPLE_BAND, bold=True)
    return name


def _contents_sheet(
    book: _Book,
    sheet: Worksheet,
    tables: Sequence[tuple[str, Mapping[str, Any]]],
    title: str,
    about: Mapping[str, str],
    *,
    example: bool,
) -> None:
    _set_page(sheet)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, _TITLE_WIDTH)
    sheet.set_column(2, 2, _TEXT_WIDTH)
    sheet.set_column(3, 3, 20)
    book.text(sheet, 0, 0, title, bold=True, font_size=14)
    row = 1
    if example:
        book.text(sheet, row, 0, EXAMPLE_BAND, bold=True)
        row += 1
    row += 1
    for term, said in about.items():
        book.text(sheet, row, 0, term, bold=True, valign="top")
        book.text(sheet, row, 1, said, text_wrap=True, valign="top")
        row += 1
    row += 1
    for column, heading in enumerate(("Blad", "Tabell", "Slutsats", "Källa")):
        book.text(sheet, row, column, heading, bold=True, bottom=1)
    for name, exhibit in tables:
        row += 1
        quoted = name.replace("'", "''")
        link = book.format(font_color="#08427E", underline=1, valign="top")
        sheet.write_url(row, 0, f"internal:'{quoted}'!A1", link, string=name)
        book.text(sheet, row, 1, exhibit["title"], text_wrap=True, valign="top")
        book.text(sheet, row, 2, exhibit["finding"], text_wrap=True, valign="top")
        book.text(sheet, row, 3, exhibit["source"], valign="top")
        heights = (_height(exhibit["title"], _TITLE_WIDTH), _height(exhibit["finding"], _TEXT_WIDTH))
        sheet.set_row(row, max(heights))


def _table_sheet(book: _Book, exhibit: Mapping[str, Any], *, example: bool) -> str:
    """Write one exhibit's table; return the sheet's name."""
    table = exhibit["table"]
    name = book.sheet_name(exhibit["title"])
    sheet = book.workbook.add_worksheet(name)
    _set_page(sheet)
    sheet.repeat_rows(_HEADER_ROW)
    source = f"{exhibit['source']}. {EXAMPLE_BAND}." if example else exhibit["source"]
    book.text(sheet, 0, 0, exhibit["title"], bold=True, font_size=13)
    book.text(sheet, 1, 0, table["caption"])
    book.text(sheet, 2, 0, source, italic=True)
    # Once: each looks through all rows.
    widths = [_width(table, place) for place in range(len(table["columns"]))]
    _write_header(book, sheet, table, widths)
    sheet.freeze_panes(_HEADER_ROW + 1, _header_columns(table))
    _write_values(book, sheet, table, widths)
    _write_remarks(book, sheet, exhibit, _HEADER_ROW + 2 + len(table["rows"]))
    return name


def _set_page(sheet: Worksheet) -> None:
    """Print on A4 across, as wide as one page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _height(text: str, width: float) -> float:
    """Return the height of a row, in points, whose text is wrapped; not every program finds it itself."""
    lines, used = 1, 0.0
    for word in text.split():
        length = 1.05 * len(word)
        if used and used + 1 + length > width:
            lines, used = lines + 1, 0.0
        used += length + (1 if used else 0)
    return min(_LINE * lines, _HIGHEST)


def _heading(column: Mapping[str, Any]) -> str:
    return f"{column['label']} ({column['unit']})" if column["unit"] else str(column["label"])


def _header_columns(table: Mapping[str, Any]) -> int:
    """Columns to keep in sight when scrolling: those up to the row header, if it comes first."""
    return 1 if table["columns"][0]["key"] == table["row_header"] else 0


def _width(table: Mapping[str, Any], place: int) -> float:
    column = table["columns"][place]
    if column["kind"] != "text":
        return max(11.0, min(18.0, len(_heading(column)) * 0.7))
    texts = [str(row[place]) for row in table["rows"] if row[place] is not None]
    return max(12.0, min(60.0, 1.1 * max((len(text) for text in texts), default=0) + 1))


def _write_header(book: _Book, sheet: Worksheet, table: Mapping[str, Any], widths: Sequence[float]) -> None:
    height = _LINE
    for place, column in enumerate(table["columns"]):
        look = _look(column, place) | {"bold": True, "bottom": 1, "text_wrap": True}
        width = widths[place]
        book.text(sheet, _HEADER_ROW, place, _heading(column), **look)
        sheet.set_column(place, place, width)
        height = max(height, _height(_heading(column), width))
    sheet.set_row(_HEADER_ROW, height)


def _look(column: Mapping[str, Any], place: int) -> dict[str, Any]:
    """Text to the left, with some air after a number in the column before; numbers to the right."""
    if column["kind"] != "text":
        return {"align": "right"}
    return {"align": "left", "indent": 1 if place else 0}


def _write_values(book: _Book, sheet: Worksheet, table: Mapping[str, Any], widths: Sequence[float]) -> None:
    marks = _marks(table)
    decimals = table.get("row_decimals")
    for index, row in enumerate(table["rows"]):
        at = _HEADER_ROW + 1 + index
        height = _LINE
        for place, (column, value) in enumerate(zip(table["columns"], row, strict=True)):
            look = _look(column, place) | {"valign": "top"}
            if value is None:
                # Where a number belongs the cell is empty, or it could not be summed; `_write_remarks` says why.
                if column["kind"] == "text" and (index, column["key"]) in marks:
                    said = marks[index, column["key"]]["mark"]
                    book.text(sheet, at, place, said, **look, font_color="#595F69")
            elif isinstance(value, str):
                book.text(sheet, at, place, value, **look, text_wrap=True)
                height = max(height, _height(value, widths[place]))
            else:
                own, of_row = column["decimals"], 0 if decimals is None else decimals[index]
                look["num_format"] = _number_format(column, of_row if own is None else own)
                sheet.write_number(at, place, value, book.format(**look))
        sheet.set_row(at, height)


def _number_format(column: Mapping[str, Any], decimals: int) -> str:
    """Return a number format; Excel shows group and decimal marks as its reader's settings say."""
    if column["kind"] == "year":
        return "0"
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"+{pattern};-{pattern};{pattern}" if column.get("signed") else pattern


def _write_remarks(book: _Book, sheet: Worksheet, exhibit: Mapping[str, Any], row: int) -> None:
    """Write what must be known about the table below it, one line each."""
    remarks = [
        *(flag["text"] for flag in exhibit["flags"]),
        *_reasons(exhibit["table"]),
        *([exhibit["notes"]] if exhibit["notes"] else []),
    ]
    for number, remark in enumerate(remarks):
        book.text(sheet, row + number, 0, remark)


def _marks(table: Mapping[str, Any]) -> dict[tuple[int, str], Mapping[str, Any]]:
    """Return the marks of cells without a value, by row and column."""
    return {(mark["row"], mark["column"]): mark for mark in table["marks"]}


def _reasons(table: Mapping[str, Any]) -> list[str]:
    """Say what each mark in a column of text stands for, and why cells for numbers are empty."""
    legend: dict[str, None] = {}
    empty: dict[str, list[str]] = {}
    places = {column["key"]: place for place, column in enumerate(table["columns"])}
    for (row, key), mark in sorted(_marks(table).items(), key=lambda each: (each[0][0], places[each[0][1]])):
        said = mark.get("text", "")
        if table["columns"][places[key]]["kind"] == "text":
            legend |= {f"{mark['mark']} betyder {said}": None} if said else {}
        elif said:
            empty.setdefault(said, []).append(xl_rowcol_to_cell(_HEADER_ROW + 1 + row, places[key]))
    return [*legend, *(f"Tomt i {', '.join(cells)}: {said}" for said, cells in empty.items())]
