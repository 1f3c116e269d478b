"""Reading a form that somebody has filled in: what is right is used, all else is named by its cell.

Sheets are found by name, else by their headings, and columns by heading, wherever they stand.
Nothing is guessed: a heading that only resembles one is told of, with what it probably is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from effektiv.data.identifiers import clean, fold
from effektiv.forms.form import Column, Fault, Form, FormRead, FormRow, Sheet, Value
from effektiv.forms.values import WrongValueError, is_blank, value_of
from effektiv.forms.workbook import (
    MOST_COLUMNS,
    MOST_ROWS,
    BookSheet,
    Cell,
    UnreadableError,
    address,
    open_book,
)
from effektiv.forms.write import ABOUT_SHEET, LISTS_SHEET
from effektiv.names import shown

_HEADING_ROWS = 30
"""The headings stand in one of the first rows."""

_VERSION = re.compile(r"Formulär: (?P<id>[a-z0-9-]+), version (?P<version>[0-9]{1,6})")
_NEAR = 0.75


def read(form: Form, path: Path, *, areas: Mapping[str, str] | None = None) -> FormRead:
    """Read a filled-in form.

    Parameters
    ----------
    form
        What it should be.
    path
        An .xlsx, .xls or .ods file, whichever its name says.
    areas
        Label of each focus area by its id; None leaves them unchecked.

    Returns
    -------
    FormRead
        The rows that can be used, and everything that is wrong. A row that lacks what it must have
        is left out, a cell that is wrong is None, and each is told of. A file that cannot be opened
        has no sheets in `FormRead.rows` and one fault.
    """
    try:
        mark = hashlib.sha256(path.read_bytes()).digest() if path.is_file() else None
    except OSError:
        mark = None  # what is wrong with it is said where it is opened
    labels = None if areas is None else tuple(areas.items())
    if mark is None:
        return _read(form, path, labels)
    found = _kept(_Asked(form, id(form), path, mark, labels))
    # Its own for each who asks, since a notebook may write in what it is given.
    rows = {
        key: tuple(replace(row, values=dict(row.values), cells=dict(row.cells)) for row in some)
        for key, some in found.rows.items()
    }
    return replace(found, rows=rows)


@dataclass(frozen=True)
class _Asked:
    """Which form, read of what content; the form is told apart by which one it is."""

    form: Form = field(compare=False)
    which: int
    path: Path
    mark: bytes
    areas: tuple[tuple[str, str], ...] | None


@lru_cache(maxsize=128)
def _kept(asked: _Asked) -> FormRead:
    """Read a form once in a process, whichever reports ask: opening a workbook takes most of a short report's time."""
    return _read(asked.form, asked.path, asked.areas)


def _read(form: Form, path: Path, areas: tuple[tuple[str, str], ...] | None) -> FormRead:
    try:
        book = open_book(path)
    except UnreadableError as error:
        return FormRead(form, faults=(Fault(str(error)),))
    said = _version(book)
    if said is not None and said[0] != form.id:
        text = f"filen är formuläret {said[0]} men ska vara {form.id}: lägg den under sitt eget namn"
        return FormRead(form, faults=(Fault(text),))
    version = None if said is None else said[1]
    result = _Result(None if areas is None else dict(areas))
    result.told_version(form, version)
    if not all(sheet.shows_all for sheet in book):
        result.notes.append(
            Fault(
                "filen är ingen .xlsx, så celler som visar ett fel, som #REF!, läses som tomma, och sammanfogade celler "
                "märks inte alltid"
            )
        )
    found = _sheets(form, book, result)
    rows = {
        sheet.key: _rows(sheet, *found[sheet.key], result) if sheet.key in found else ()
        for sheet in form.sheets
    }
    return FormRead(form, rows, tuple(result.faults), tuple(result.notes), version)


@dataclass
class _Result:
    """What is found wrong on the way."""

    areas: Mapping[str, str] | None
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    def told_version(self, form: Form, version: int | None) -> None:
        if version is not None and version != form.version:
            age = "äldre" if version < form.version else "nyare"
            self.notes.append(
                Fault(
                    f"formuläret är en {age} version ({version}) än den som läses ({form.version}): det som finns i "
                    "båda används"
                )
            )


def _version(book: list[BookSheet]) -> tuple[str, int] | None:
    """Return the id and the version of the form that a workbook was made from."""
    for sheet in book:
        if fold(sheet.name) == fold(ABOUT_SHEET):
            for cell in sheet.cells.values():
                found = _VERSION.fullmatch(clean(cell.value))
                if found:
                    return found["id"], int(found["version"])
    return None


# -- sheets and headings ----------------------------------------------------------------


@dataclass(frozen=True)
class _Heading:
    """The row of headings of a sheet, and the column of each that is the form's."""

    row: int
    places: Mapping[str, int]


def _sheets(form: Form, book: list[BookSheet], result: _Result) -> dict[str, tuple[BookSheet, _Heading]]:
    """Return where each sheet of the form is: by its name, else the only other one with its headings."""
    ours = {fold(ABOUT_SHEET), fold(LISTS_SHEET)}
    free = {fold(sheet.name): sheet for sheet in book if fold(sheet.name) not in ours and sheet.cells}
    named = {sheet.key: free.pop(fold(sheet.title), None) for sheet in form.sheets}
    found: dict[str, tuple[BookSheet, _Heading]] = {}
    for sheet in form.sheets:
        there = named[sheet.key]
        if there is None:
            like = [other for other in free.values() if _has_all(sheet, other)]
            there = free.pop(fold(like[0].name)) if len(like) == 1 else None
        if there is not None:
            heading = _heading(sheet, there, result)
            if heading is not None:
                found[sheet.key] = (there, heading)
        elif not sheet.may_lack:
            result.faults.append(Fault(f"bladet {sheet.title} saknas{_near_sheet(sheet, free)}"))
    result.notes += [
        Fault("bladet hör inte till formuläret och läses inte", sheet.name)
        for sheet in free.values()
        if not sheet.is_hidden
    ]
    return found


def _near_sheet(sheet: Sheet, free: Mapping[str, BookSheet]) -> str:
    near = get_close_matches(fold(sheet.title), free, n=1, cutoff=_NEAR)
    if near:
        return f". Menade du bladet '{shown(free[near[0]].name)}'?"
    there = ", ".join(shown(other.name) for other in free.values())
    return f", filen har bladen {there}" if there else ", och filen har inga andra"


def _word(cell: Cell | None) -> str:
    """Return a heading's text so that two spellings of it are equal: case, dots, spaces and signs do not count."""
    return "" if cell is None or cell.value is None else _key(clean(cell.value))


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(text)).strip()


def _row_words(sheet: BookSheet, row: int) -> dict[int, str]:
    return {column: _word(cell) for (at, column), cell in sheet.cells.items() if at == row and _word(cell)}


def _known(sheet: Sheet) -> dict[str, Column]:
    """Return the column of each heading, its own names before those of earlier forms."""
    names = [(column.headings, column) for column in sheet.columns]
    formerly = {_key(name): column for headings, column in names for name in headings[1:]}
    return formerly | {_key(headings[0]): column for headings, column in names}


def _heading_row(sheet: Sheet, there: BookSheet) -> int | None:
    """Return the row that has most of the headings, None where none has at least half."""
    known = _known(sheet)
    counts = {
        row: len({known[word].key for word in _row_words(there, row).values() if word in known})
        for row in sorted({row for row, _ in there.cells if row <= _HEADING_ROWS})
    }
    best = max(counts, key=lambda row: (counts[row], -row), default=None)
    return best if best is not None and counts[best] * 2 >= len(sheet.columns) else None


def _has_all(sheet: Sheet, there: BookSheet) -> bool:
    """Whether a sheet of another name has the headings of all that must be filled in, and most others."""
    row = _heading_row(sheet, there)
    if row is None:
        return False
    known = _known(sheet)
    keys = {known[word].key for word in _row_words(there, row).values() if word in known}
    return all(column.key in keys for column in sheet.columns if column.required)


def _heading(sheet: Sheet, there: BookSheet, result: _Result) -> _Heading | None:
    """Return the headings of a sheet; those that are missing, stand twice or are no column's are told of."""
    row = _heading_row(sheet, there)
    wanted = ", ".join(column.heading for column in sheet.columns)
    if row is None:
        text = f"ingen av de {_HEADING_ROWS} första raderna har rubrikerna {wanted}"
        result.faults.append(Fault(text, there.name))
        return None
    known, places, strange = _known(sheet), dict[str, int](), dict[int, str]()
    for place, word in sorted(_row_words(there, row).items()):
        column = known.get(word)
        if column is None:
            strange[place] = word
        elif column.key in places:
            text = (
                f"rubriken {column.heading} står också i {address(row, places[column.key])}: behåll en av dem"
            )
            result.faults.append(Fault(text, there.name, address(row, place)))
        else:
            places[column.key] = place
    missing = {_key(column.heading): column for column in sheet.columns if column.key not in places}
    for place, word in strange.items():
        text = shown(clean(there.cells[row, place].value))
        near = get_close_matches(word, missing, n=1, cutoff=_NEAR)
        if near:
            column = missing.pop(near[0])
            result.faults.append(
                Fault(
                    f"det finns ingen rubrik '{text}', och kolumnen läses inte. Menade du '{column.heading}'?",
                    there.name,
                    address(row, place),
                )
            )
        else:
            said = f"kolumnen '{text}' hör inte till formuläret och läses inte"
            result.notes.append(Fault(said, there.name, address(row, place)))
    for column in missing.values():
        needed = ", och utan den går inga rader att använda" if column.required else ""
        text = f"rubriken {column.heading} saknas{needed}: skriv den på rad {row}"
        result.faults.append(Fault(text, there.name))
    return _Heading(row, places)


# -- rows -------------------------------------------------------------------------------


def _rows(sheet: Sheet, there: BookSheet, heading: _Heading, result: _Result) -> tuple[FormRow, ...]:
    """Return the rows under the headings that can be used, and tell of all that is wrong."""
    if there.is_cut:
        text = f"det som står efter rad {MOST_ROWS} eller kolumn {MOST_COLUMNS} läses inte: ta bort det"
        result.faults.append(Fault(text, there.name))
    merged = _merged(there, heading, result)
    rows: list[FormRow] = []
    for number in sorted({row for row, _ in there.cells if row > heading.row}):
        cells = {key: there.cells.get((number, place)) for key, place in heading.places.items()}
        written = {key for key, cell in cells.items() if not is_blank(cell)}
        if not written - {column.key for column in sheet.columns if column.given}:
            continue
        values, wrong = dict[str, Value](), set[str]()
        places = {key: address(number, place) for key, place in heading.places.items()}
        for column in sheet.columns:
            try:
                values[column.key] = value_of(column, cells.get(column.key), result.areas)
            except WrongValueError as error:
                values[column.key] = None
                wrong.add(column.key)
                text = f"{column.heading}: {error}"
                result.faults.append(Fault(text, there.name, places[column.key]))
        lacking = [column for column in sheet.columns if column.required and values[column.key] is None]
        for column in lacking:
            # One that is wrong has been told of, and so has a column that is not there, or a merged cell.
            if (
                column.key not in wrong
                and column.key in places
                and (number, heading.places[column.key]) not in merged
            ):
                text = f"{column.heading} saknas, och raden används inte: fyll i cellen, eller töm raden"
                result.faults.append(Fault(text, there.name, places[column.key]))
        if not lacking:
            rows.append(FormRow(there.name, number, values, places))
    return tuple(rows)


def _merged(there: BookSheet, heading: _Heading, result: _Result) -> set[tuple[int, int]]:
    """Return the cells of the table that are empty because they are merged with another, and tell of them."""
    covered: set[tuple[int, int]] = set()
    used = set(heading.places.values())
    for top, bottom, left, right in sorted(there.merged):
        inside = {
            (row, column)
            for row in range(max(top, heading.row + 1), min(bottom, MOST_ROWS) + 1)
            for column in used
            if left <= column <= right
        }
        if inside:
            text = "cellerna är sammanfogade, och bara den första har ett värde: dela upp dem och fyll i var och en"
            result.faults.append(Fault(text, there.name, f"{address(top, left)}:{address(bottom, right)}"))
            covered |= inside - {(top, left)}
    return covered
