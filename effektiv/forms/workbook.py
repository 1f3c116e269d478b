"""Opening a workbook as people send it: .xlsx, .xls or .ods, whole or not.

xlsx is read by openpyxl, which tells a formula from a value and merged cells from empty ones.
The older .xls, and LibreOffice's .ods, are read by calamine, which gives the values that the
program has saved. Which of them a file is, its first bytes say, whatever its name.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from effektiv.errors import system_reason

ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")
"""How the name of a workbook that can be read ends, what is written first."""

MOST_ROWS, MOST_COLUMNS = 10_000, 100
"""What is read of a sheet; a form has neither."""

_MOST_BYTES = 100_000_000
"""Unpacked; a form is a hundredth of that, and more is no form."""

_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream that holds an encrypted .xlsx."""

_BROKEN = (BadZipFile, ParseError, zlib.error, EOFError, KeyError, ValueError, TypeError, AttributeError, IndexError,
           NotImplementedError)  # fmt: skip
"""What openpyxl and zipfile raise at a file that is no workbook, or a broken one."""

_LOCKED = "filen är krypterad med lösenord: spara den utan lösenord"
_NO_BOOK = "filen går inte att läsa som en arbetsbok: öppna den i Excel och spara den som .xlsx"


class UnreadableError(Exception):
    """The file cannot be opened; the message is a Swedish clause."""


@dataclass(frozen=True)
class Cell:
    """A cell that says something.

    Attributes
    ----------
    value
        As Python has it; None for a formula that no program has computed.
    is_formula
        Whether the value was computed.
    is_error
        Whether the value is an error that the program shows, such as ``#REF!``.
    """

    value: Any
    is_formula: bool = False
    is_error: bool = False


@dataclass(frozen=True)
class BookSheet:
    """One sheet of a workbook.

    Attributes
    ----------
    cells
        Those that say something, by row and column, both from 1.
    merged
        First and last row, first and last column, of each group of merged cells.
    is_cut
        Whether it has rows or columns beyond those that are read.
    shows_all
        Whether a cell that shows an error can be told from an empty one; calamine gives both as nothing.
    """

    name: str
    cells: Mapping[tuple[int, int], Cell]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    is_hidden: bool = False
    is_cut: bool = False
    shows_all: bool = True


def address(row: int, column: int) -> str:
    """Return the address of a cell, such as ``D7``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def open_book(path: Path) -> list[BookSheet]:
    """Return the sheets of a workbook.

    Raises
    ------
    UnreadableError
        If it cannot be opened: damaged, encrypted, empty, no workbook, not there.
    """
    if path.is_dir():
        raise UnreadableError("det är en mapp och ingen fil")
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise UnreadableError("det är ett rör eller en enhet och ingen fil")
    try:
        with path.open("rb") as file:
            start = file.read(8)
        if not start:
            raise UnreadableError("filen är tom: spara formuläret igen, eller gör ett nytt med effektiv ny")
        if start == _OLE:
            return _calamine(path) if _ENCRYPTED not in path.read_bytes() else _refuse(_LOCKED)
        return _packed(path) if start.startswith(_ZIP) else _refuse(_NO_BOOK)
    except OSError as error:
        if error.errno is None:  # openpyxl's own, of a zip that is no workbook
            raise UnreadableError(_NO_BOOK) from error
        raise UnreadableError(f"filen går inte att läsa: {system_reason(error)}") from error
    except _BROKEN as error:
        raise UnreadableError(_NO_BOOK) from error


def _refuse(text: str) -> list[BookSheet]:
    raise UnreadableError(text)


def _packed(path: Path) -> list[BookSheet]:
    """Read what is a zip: an .xlsx or an .ods."""
    with ZipFile(path) as pack:
        if sum(part.file_size for part in pack.infolist()) > _MOST_BYTES:
            _refuse("filen är för stor för ett formulär")
        names = pack.namelist()
        if "mimetype" not in names:
            return _openpyxl(path)
        if b"encryption-data" in pack.read("META-INF/manifest.xml"):
            _refuse(_LOCKED)
    return _calamine(path)


def _openpyxl(path: Path) -> list[BookSheet]:
    from openpyxl import load_workbook  # noqa: PLC0415  takes a moment, and most commands read no workbook

    with warnings.catch_warnings():
        # It warns of what it leaves out, such as lists to choose from; no value is among that.
        warnings.simplefilter("ignore")
        written = load_workbook(path)
        sheets = {sheet.title: _cells(sheet) for sheet in written.worksheets}
        if any(cell.data_type == "f" for cells in sheets.values() for cell in cells.values()):
            computed = load_workbook(path, data_only=True)
            saved = {sheet.title: _cells(sheet) for sheet in computed.worksheets}
        else:
            saved = sheets
    return [
        BookSheet(
            name=sheet.title,
            cells={
                place: _cell(cell, saved[sheet.title].get(place))
                for place, cell in sheets[sheet.title].items()
                if not _is_far(place)
            },
            merged=tuple(
                (merged.min_row, merged.max_row, merged.min_col, merged.max_col)
                for merged in sheet.merged_cells.ranges
            ),
            is_hidden=sheet.sheet_state != "visible",
            is_cut=any(map(_is_far, sheets[sheet.title])),
        )
        for sheet in written.worksheets
    ]


def _cells(sheet: Any) -> dict[tuple[int, int], Any]:
    """Return the cells that hold something, by row and column."""
    # Its public ways make every cell up to the last one: 17 thousand million for a sheet with something in its corner.
    return {place: cell for place, cell in sheet._cells.items() if cell.value is not None}


def _is_far(place: tuple[int, int]) -> bool:
    return place[0] > MOST_ROWS or place[1] > MOST_COLUMNS


def _cell(written: Any, saved: Any) -> Cell:
    is_formula = written.data_type == "f"
    value = saved.value if saved is not None else None
    return Cell(value, is_formula, saved is not None and saved.data_type == "e")


def _calamine(path: Path) -> list[BookSheet]:
    import python_calamine as calamine  # noqa: PLC0415  most forms are .xlsx

    try:
        # By its content: from a path it would go by the name.
        with calamine.CalamineWorkbook.from_filelike(BytesIO(path.read_bytes())) as book:
            return [
                _from_calamine(
                    book.get_sheet_by_name(about.name), about.visible != calamine.SheetVisibleEnum.Visible
                )
                for about in book.sheets_metadata
                if about.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except calamine.PasswordError as error:
        raise UnreadableError(_LOCKED) from error
    except calamine.CalamineError as error:
        raise UnreadableError(_NO_BOOK) from error


def _from_calamine(sheet: Any, is_hidden: bool) -> BookSheet:
    cells: dict[tuple[int, int], Cell] = {}
    first_row, first_column = sheet.start or (0, 0)
    is_cut = False
    for row, values in enumerate(sheet.to_python(skip_empty_area=True), first_row + 1):
        for column, value in enumerate(values, first_column + 1):
            if value == "" or value is None:
                continue
            if _is_far((row, column)):
                is_cut = True
            else:
                cells[row, column] = Cell(value)
    merged = tuple(
        (top + 1, bottom + 1, left + 1, right + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return BookSheet(sheet.name, cells, merged, is_hidden, is_cut, shows_all=False)
