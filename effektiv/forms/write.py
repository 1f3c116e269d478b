"""Making the workbook of a form.

Written by XlsxWriter, which the reports' tables are written with too: it makes the same bytes
every time, and can hold what openpyxl cannot (help beside a cell in every program). Lists to
choose from lie on a hidden sheet of their own, since Excel allows 255 characters in a list
that is written into the cell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from effektiv.forms.form import Column, Form, Kind, Sheet, Value

ABOUT_SHEET, LISTS_SHEET = "Läs mig", "Listor"
"""The sheet that explains the form, and the hidden one with what there is to choose from."""

YES, NO = "ja", "nej"

_CREATED = datetime(2026, 1, 1)
"""The same file is made every time."""

_NUMBER_FORMATS = {
    Kind.TEXT: "@",
    Kind.PARAGRAPH: "@",
    Kind.INTEGER: "0",
    Kind.SHARE: "0 %",
    Kind.DATE: "yyyy-mm-dd",
}
_FIRST_DAY, _LAST_DAY = dt.date(1990, 1, 1), dt.date(2099, 12, 31)
_LARGEST = 1e15
_A3, _A4, _WIDE = 8, 9, 180
"""Excel's numbers of the papers, and the characters across from which A4 is too small to read."""

_TWO_LINES = 32
"""Height of a row of headings where one needs two lines, in points."""

_KINDS = {
    Kind.TEXT: "text på en rad",
    Kind.PARAGRAPH: "text",
    Kind.INTEGER: "heltal",
    Kind.NUMBER: "tal",
    Kind.SHARE: "procent",
    Kind.DATE: "datum, till exempel 2026-03-31",
    Kind.YES_NO: "ja eller nej",
    Kind.AREA: "välj i listan",
    Kind.CHOICE: "välj i listan",
}


def version_line(form: Form) -> str:
    """Return the line on the sheet `ABOUT_SHEET` by which a reader knows the form."""
    return f"Formulär: {form.id}, version {form.version}"


def write(
    form: Form,
    *,
    areas: Mapping[str, str] | None = None,
    rows: Mapping[str, Iterable[Mapping[str, Value]]] | None = None,
    about: str = "",
) -> bytes:
    """Return the workbook of a form.

    Parameters
    ----------
    form
        What it is.
    areas
        Label of each focus area by its id; needed by a form with a `Kind.AREA`.
    rows
        What is filled in beforehand: for the key of a sheet its rows, each by key of column.
    about
        Whose form it is, such as ``Exempelby``.

    Returns
    -------
    bytes
        An .xlsx file, the same for the same arguments.

    Raises
    ------
    KeyError
        A row has a key, or an area, that there is not.
    """
    import xlsxwriter  # noqa: PLC0415  takes a moment, and most commands write no workbook

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        title = f"{form.name}, {about}" if about else form.name
        book.set_properties({"created": _CREATED, "title": title})
        lists = _Lists(areas or {})
        formats = _Formats(book)
        sheets = [(sheet, book.add_worksheet(sheet.title)) for sheet in form.sheets]
        _about(form, title, book.add_worksheet(ABOUT_SHEET), formats)
        for sheet, made in sheets:
            _sheet(sheet, title, made, formats, lists, list((rows or {}).get(sheet.key, ())))
        lists.write(book)
    return content.getvalue()


class _Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def get(self, **looks: object) -> Any:
        key = tuple(sorted(looks.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(looks)
        return self._made[key]

    def heading(self, column: Column) -> Any:
        return self.get(
            bold=True,
            text_wrap=True,
            valign="top",
            border=1,
            bg_color="#D9D9D9" if column.given else "#DCE6F1",
        )

    def cell(self, column: Column) -> Any:
        looks: dict[str, object] = {
            "text_wrap": True,
            "valign": "top",
            "border": 1,
            "border_color": "#BFBFBF",
        }
        if column.kind in _NUMBER_FORMATS:
            looks["num_format"] = _NUMBER_FORMATS[column.kind]
        if column.given:
            looks["bg_color"] = "#F2F2F2"
        return self.get(**looks)


class _Lists:
    """What there is to choose from, a column for each list on a hidden sheet."""

    def __init__(self, areas: Mapping[str, str]) -> None:
        self.areas = areas
        self._columns: dict[tuple[str, ...], int] = {}

    def words(self, column: Column) -> tuple[str, ...]:
        """Return the words of a column, none for one without a list."""
        if column.kind is Kind.AREA:
            return tuple(self.areas.values())
        return (YES, NO) if column.kind is Kind.YES_NO else column.choices

    def source(self, words: tuple[str, ...]) -> str:
        """Return where in the workbook a list stands."""
        from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415

        name = xl_col_to_name(self._columns.setdefault(words, len(self._columns)))
        return f"={LISTS_SHEET}!${name}$1:${name}${len(words)}"

    def write(self, book: Any) -> None:
        if self._columns:
            sheet = book.add_worksheet(LISTS_SHEET)
            for words, column in self._columns.items():
                for row, word in enumerate(words):
                    sheet.write_string(row, column, word)
            sheet.hide()


def _about(form: Form, title: str, sheet: Any, formats: _Formats) -> None:
    """Write the sheet that says what the form is for and what each column wants."""
    wrapped, bold = formats.get(text_wrap=True, valign="top"), formats.get(bold=True, valign="top")
    sheet.set_column(0, 0, 30, wrapped)
    sheet.set_column(1, 1, 26, wrapped)
    sheet.set_column(2, 2, 80, wrapped)
    sheet.write_string(0, 0, title, formats.get(bold=True, font_size=14))
    row = 1
    for line in form.about:
        sheet.write_string(row, 0, line, formats.get(text_wrap=False))
        row += 1
    for part in form.sheets:
        row += 1
        sheet.write_string(row, 0, f"Bladet {part.title}", bold)
        row += 1
        for place, word in enumerate(("Kolumn", "Vad som skrivs", "Förklaring")):
            sheet.write_string(row, place, word, bold)
        row += 1
        for column in part.columns:
            sheet.write_string(row, 0, column.heading, wrapped)
            kind = _KINDS[column.kind]
            wanted = (
                "ifyllt på förhand"
                if column.given
                else f"{kind}, måste fyllas i"
                if column.required
                else kind
            )
            sheet.write_string(row, 1, wanted, wrapped)
            sheet.write_string(row, 2, column.help, wrapped)
            row += 1
    sheet.write_string(row + 1, 0, version_line(form), formats.get(text_wrap=False))
    _print_setup(sheet, title)


def _print_setup(sheet: Any, title: str, width: int = 0) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A3 if width > _WIDE else _A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    # An ampersand begins a code in a footer.
    sheet.set_footer(f"&L{title.replace('&', '&&')}&C&A&RSida &P av &N")


def _sheet(
    sheet: Sheet, title: str, made: Any, formats: _Formats, lists: _Lists, rows: list[Mapping[str, Value]]
) -> None:
    heading = len(sheet.intro) + 1 if sheet.intro else 0
    for row, line in enumerate(sheet.intro):
        made.write_string(row, 0, line)
    known = {column.key for column in sheet.columns}
    for filled in rows:
        if filled.keys() - known:
            raise KeyError(f"{sheet.key} has no column {sorted(filled.keys() - known)}")
    last = heading + max(sheet.rows, len(rows))
    for place, column in enumerate(sheet.columns):
        cell = formats.cell(column)
        made.set_column(place, place, column.width)
        made.write_string(heading, place, column.heading, formats.heading(column))
        for number in range(heading + 1, last + 1):
            value = rows[number - heading - 1].get(column.key) if number - heading <= len(rows) else None
            _write(made, number, place, column, value, cell, lists)
        validation = _validation(column, lists)
        if validation:
            made.data_validation(heading + 1, place, last, place, validation)
    made.freeze_panes(heading + 1, 1 if sheet.columns[0].given else 0)
    made.repeat_rows(heading)
    _print_setup(made, title, sum(column.width for column in sheet.columns))
    if any(len(column.heading) > column.width for column in sheet.columns):
        made.set_row(heading, _TWO_LINES)
    made.print_area(0, 0, last, len(sheet.columns) - 1)


def _write(made: Any, row: int, place: int, column: Column, value: Value, cell: Any, lists: _Lists) -> None:
    """Write a cell as what it is: text that looks like a formula or a number stays text."""
    if value is None:
        made.write_blank(row, place, None, cell)
    elif column.kind is Kind.YES_NO:
        made.write_string(row, place, YES if value else NO, cell)
    elif column.kind is Kind.AREA:
        made.write_string(row, place, lists.areas[str(value)], cell)
    elif isinstance(value, dt.date):
        made.write_datetime(row, place, datetime(value.year, value.month, value.day), cell)
    elif isinstance(value, int | float):
        made.write_number(row, place, value, cell)
    else:
        made.write_string(row, place, value, cell)


def _validation(column: Column, lists: _Lists) -> dict[str, object]:
    """Return the rule of a column's cells, with its help beside them; what breaks it is warned of, not refused."""
    rule: dict[str, object] = {"validate": "any"}
    words = lists.words(column)
    if words:
        rule = {"validate": "list", "source": lists.source(words)}
    elif column.kind is Kind.DATE:
        rule = {"validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
    elif column.kind in {Kind.INTEGER, Kind.NUMBER, Kind.SHARE}:
        least, most = bounds(column)
        rule = {
            "validate": "integer" if column.kind is Kind.INTEGER else "decimal",
            "criteria": "between",
            "minimum": -_LARGEST if least is None else least,
            "maximum": _LARGEST if most is None else most,
        }
    if column.help:
        rule |= {"input_title": column.heading[:32], "input_message": column.help}
    elif rule["validate"] == "any":
        return {}
    return rule | {
        "error_type": "warning",
        "error_title": "Stämmer det?",
        "error_message": f"{column.heading}: {_KINDS[column.kind]}.",
    }


def bounds(column: Column) -> tuple[float | None, float | None]:
    """Return the least and the most that a number may be; a share is 0 to 1 where nothing else is said."""
    if column.kind is Kind.SHARE and column.least is None and column.most is None:
        return 0.0, 1.0
    return column.least, column.most
