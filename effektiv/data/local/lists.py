"""Lists as files: CSV in any of the encodings that systems write, and workbooks, large ones too.

Nothing is interpreted but where the headings are. Columns are given as they are needed, and codes as numbers, so that
a million rows take seconds. Columns that hold persons, and personnummer in any text, refuse the file.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from effektiv.data.identifiers import clean, fold
from effektiv.data.local.persons import NUMBER, has_person_number, is_person_heading
from effektiv.data.local.sie import encoding_of
from effektiv.errors import system_reason
from effektiv.names import shown

TEXT_ENDINGS, BOOK_ENDINGS = (".csv", ".txt", ".tsv"), (".xlsx", ".xlsm", ".xls", ".ods")
ENDINGS = (*TEXT_ENDINGS, *BOOK_ENDINGS)
"""How the name of a list that can be read ends."""

_HEADING_ROWS = 30
_SEPARATORS = ";\t|,"
_MOST_FAULTS = 20
_SHORTEST_NUMBER = 10
_EMPTY = "listan har rubriker men inga rader: hämta den igen"


class ListError(Exception):
    """The list cannot be read."""

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults


@dataclass(frozen=True)
class ListTable:
    """A list.

    Attributes
    ----------
    headings
        Of all its columns.
    places
        Column of each role that it has.
    size
        Number of rows under the headings.
    row
        The number in the file of a row by its place.
    column
        The cells of a column: text as an Arrow array, or what a workbook holds.
    coded
        The place of each row's text among those that a column has, and these: text, or what a workbook holds.
    """

    headings: Sequence[str]
    places: Mapping[str, int]
    size: int
    row: Callable[[int], int]
    column: Callable[[int], Any]
    coded: Callable[[int], tuple[np.ndarray, Sequence[Any]]]

    @property
    def told_headings(self) -> str:
        """Its headings, for a sentence."""
        return ", ".join(shown(heading, 30) for heading in self.headings if heading)


def open_list(path: Path, headings: Mapping[str, str]) -> ListTable:
    """Open a list and find its headings.

    Parameters
    ----------
    path
        A file with one of `ENDINGS`.
    headings
        Heading by role.

    Raises
    ------
    ListError
        It cannot be opened, has no such headings, or holds persons.
    """
    if not path.is_file():
        raise ListError("det är ingen fil")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ListError(f"filen går inte att läsa: {system_reason(error)}") from error
    if not content.strip():
        raise ListError("filen är tom: hämta listan igen")
    is_text = path.suffix.lower() in TEXT_ENDINGS
    return _text(content, headings) if is_text else _book(content, headings)


def _places(row: Sequence[object], headings: Mapping[str, str]) -> dict[str, int]:
    """Return the column of each heading that a row has."""
    words = [fold(clean(cell)) if cell is not None else "" for cell in row]
    return {role: words.index(fold(heading)) for role, heading in headings.items() if fold(heading) in words}


def _heading_row(
    rows: Sequence[Sequence[object]], headings: Mapping[str, str]
) -> tuple[int, dict[str, int]] | None:
    """Return the row with most of the headings, at least two of them."""
    found = [(number, _places(row, headings)) for number, row in enumerate(rows)]
    best = max(found, key=lambda one: (len(one[1]), -one[0]), default=None)
    return best if best is not None and len(best[1]) >= min(2, len(headings)) else None


def _check_headings(row: Sequence[str], number: int) -> None:
    persons = [heading for heading in row if is_person_heading(heading)]
    if persons:
        raise ListError(
            f"rad {number}: kolumnen {', '.join(map(shown, persons))} kan gälla enskilda personer: hämta listan utan den"
        )


def _no_headings(headings: Mapping[str, str]) -> ListError:
    wanted = ", ".join(map(shown, headings.values()))
    return ListError(
        f"ingen av de {_HEADING_ROWS} första raderna har rubriker som {wanted}: rätta listan, eller nyckeln kolumner i "
        "uppfoljning.yaml"
    )


# -- text -------------------------------------------------------------------------------


def _text(content: bytes, headings: Mapping[str, str]) -> ListTable:
    has_mark = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = "utf-16" if has_mark else encoding_of(content)
    start = content[:200_000].decode(encoding, errors="replace").lstrip("\ufeff")
    lines = start.splitlines()[:_HEADING_ROWS]
    found = None
    for mark in _SEPARATORS:
        one = _heading_row([next(csv.reader([line], delimiter=mark), []) for line in lines], headings)
        if one is not None and (found is None or len(one[1]) > len(found[2])):
            found = (mark, *one)
    if found is None:
        raise _no_headings(headings)
    mark, number, places = found
    names = [clean(cell) for cell in next(csv.reader([lines[number]], delimiter=mark))]
    _check_headings(names, number + 1)
    columns = [f"c{place}" for place in range(len(names))]
    short: list[int] = []

    def refuse(row: pa_csv.InvalidRow) -> str:
        short.append(row.actual_columns)
        return "skip"

    try:
        table = pa_csv.read_csv(
            BytesIO(content),
            read_options=pa_csv.ReadOptions(
                column_names=columns, skip_rows=number + 1, encoding=encoding, use_threads=False
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=mark, newlines_in_values=True, invalid_row_handler=refuse
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        if "Empty CSV" in str(error):
            raise ListError(_EMPTY) from error
        raise ListError("filen går inte att läsa som en lista: spara den som CSV UTF-8") from error

    lines_at: list[int] = []

    def row(place: int) -> int:
        if not lines_at:
            text = content.decode(encoding, errors="replace").splitlines()
            lines_at.extend(at for at, line in enumerate(text[number + 1 :], number + 2) if line.strip())
        return lines_at[place] if place < len(lines_at) else place

    if short:
        raise ListError(*_uneven(content.decode(encoding, errors="replace"), mark, number, len(names)))
    if not table.num_rows:
        raise ListError(_EMPTY)
    _check_persons(table, row)

    def coded(place: int) -> tuple[np.ndarray, list[str]]:
        encoded = table.column(place).combine_chunks().dictionary_encode()
        whole = encoded if isinstance(encoded, pa.DictionaryArray) else encoded.combine_chunks()
        return whole.indices.to_numpy().astype("int64"), [
            clean(name) for name in whole.dictionary.to_pylist()
        ]

    return ListTable(names, places, table.num_rows, row, table.column, coded)


def _uneven(text: str, mark: str, heading: int, width: int) -> list[str]:
    """Return the rows that have more or fewer cells than there are headings."""
    reader = csv.reader(text.splitlines(), delimiter=mark)
    uneven = [
        f"rad {reader.line_num}: har {len(row)} kolumner men ska ha {width}: rätta raden, eller hämta listan igen"
        for row in reader
        if reader.line_num > heading + 1 and row and len(row) != width
    ]
    more = [f"{len(uneven) - _MOST_FAULTS} rader till är fel"] if len(uneven) > _MOST_FAULTS else []
    return [*uneven[:_MOST_FAULTS], *more]


def _check_persons(table: pa.Table, row: Callable[[int], int]) -> None:
    """Refuse a list with a personnummer in any of its texts."""
    faults = []
    for name in table.column_names:
        column = table.column(name)
        for place in np.flatnonzero(pc.match_substring_regex(column, NUMBER).to_numpy()):
            if has_person_number(column[int(place)].as_py()):
                faults.append(_person_fault(row(int(place))))
                if len(faults) >= _MOST_FAULTS:
                    break
    if faults:
        raise ListError(*dict.fromkeys(faults))


def _person_fault(number: int) -> str:
    return f"rad {number}: texten har ett personnummer: hämta listan utan uppgifter om personer"


# -- workbooks --------------------------------------------------------------------------


def _book(content: bytes, headings: Mapping[str, str]) -> ListTable:
    import python_calamine as calamine  # noqa: PLC0415  most lists are text

    try:
        with calamine.CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            candidates = [
                about.name for about in book.sheets_metadata if about.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            best: tuple[int, str, int] | None = None
            for name in candidates:
                sheet = book.get_sheet_by_name(name)
                rows = sheet.to_python(skip_empty_area=False, nrows=_HEADING_ROWS)
                found = _heading_row(rows, headings)
                if found is not None and (best is None or len(found[1]) > best[0]):
                    best = (len(found[1]), name, found[0])
            if best is None:
                raise _no_headings(headings)
            return _sheet(book.get_sheet_by_name(best[1]), best[2], headings)
    except calamine.PasswordError as error:
        raise ListError("filen är krypterad med lösenord: spara den utan lösenord") from error
    except calamine.CalamineError as error:
        raise ListError(
            "filen går inte att läsa som en arbetsbok: öppna den i Excel och spara den som .xlsx"
        ) from error


def _sheet(sheet: Any, heading: int, headings: Mapping[str, str]) -> ListTable:
    """Read the rows under the headings: a workbook's cells are kept once each, and of texts only where they stand."""
    names: list[str] = []
    places: dict[str, int] = {}
    values: list[dict[Any, int]] = []
    index: list[array[int]] = []
    numbers = array("q")
    faults: list[str] = []
    for number, row in enumerate(sheet.iter_rows()):
        if number < heading:
            continue
        if number == heading:
            names = [clean(_heading(cell)) for cell in row]
            _check_headings(names, number + 1)
            places = _places(names, headings)
            values = [{} for _ in names]
            index = [array("q") for _ in names]
            continue
        if not any(cell not in ("", None) for cell in row):
            continue
        numbers.append(number + 1)
        for at, known in enumerate(values):
            cell = row[at] if at < len(row) else ""
            if isinstance(cell, str):
                cell = cell.strip()
                if len(cell) >= _SHORTEST_NUMBER and has_person_number(cell) and len(faults) < _MOST_FAULTS:
                    faults.append(_person_fault(number + 1))
            index[at].append(known.setdefault((type(cell), cell), len(known)))
    if faults:
        raise ListError(*dict.fromkeys(faults))
    if not numbers:
        raise ListError(_EMPTY)
    cells = [[cell for _, cell in known] for known in values]

    def column(place: int) -> list[Any]:
        own = cells[place]
        return [own[at] for at in index[place]]

    def coded(place: int) -> tuple[np.ndarray, list[Any]]:
        return np.asarray(index[place], "int64"), [_code(cell) for cell in cells[place]]

    return ListTable(names, places, len(numbers), lambda place: numbers[place], column, coded)


def _heading(cell: Any) -> str:
    return cell.strftime("%Y-%m") if hasattr(cell, "strftime") else str(_code(cell))


def _code(cell: Any) -> Any:
    """Return a code as text: what a spreadsheet holds as the number 4010.0 is the code 4010; a day stays one."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if cell is None or isinstance(cell, str | int | float):
        return "" if cell is None else clean(cell)
    return cell
