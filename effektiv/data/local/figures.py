"""A municipality's own figures, from an Excel file: strictly, or not at all.

Columns are found by their headings, on every sheet that has the heading ``nyckeltal``. Nothing is guessed: a number
that is text, a formula that no program has computed, or a figure that stands twice is told of with sheet and cell, and
then nothing of the file is used.
"""

from __future__ import annotations

import math
import warnings
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from effektiv.data.identifiers import clean, fold
from effektiv.errors import system_reason
from effektiv.names import invisible, shown, slug

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Years outside this span are taken for errors."""

HEADINGS = ("nyckeltal", "enhet", "år", "värde", "källa")
"""Headings that a sheet must have."""

AREA_HEADING = "område"
"""Heading that it may have: the focus area that a figure belongs to."""

LONGEST = 200
"""Characters of a name, a unit or a source."""

_HEADING_ROWS = 20
"""The headings stand in one of the first rows."""

_UNREADABLE = (BadZipFile, ParseError, zlib.error, EOFError, KeyError, ValueError, TypeError, AttributeError)
"""What openpyxl raises at a file that is no workbook, or a broken one."""


@dataclass(frozen=True)
class OwnFigure:
    """One figure that the municipality has measured itself.

    Attributes
    ----------
    name, unit
        As it has written them.
    values
        Value by year, the earliest first.
    sources
        Where the values are from, each once.
    area
        Id of the focus area that it belongs to, None for the whole municipality.
    """

    name: str
    unit: str
    values: Mapping[int, float]
    sources: tuple[str, ...]
    area: str | None = None


@dataclass(frozen=True)
class _Row:
    """One row, read; `where` names its sheet and row for a complaint."""

    sheet: str
    number: int
    texts: Mapping[str, str]
    year: int
    value: float


@dataclass(frozen=True)
class _Cell:
    """A cell: where it is, what it shows, and whether it is a formula."""

    sheet: str
    place: str
    value: Any
    is_formula: bool = False

    def fault(self, text: str) -> str:
        return f"bladet {shown(self.sheet)}, cell {self.place}: {text}"


def read_figures(path: Path, areas: Collection[str] | None = None) -> tuple[tuple[OwnFigure, ...], list[str]]:
    """Read a municipality's own figures.

    Parameters
    ----------
    path
        The .xlsx file.
    areas
        Ids of the focus areas there are; None leaves them unchecked.

    Returns
    -------
    figures, faults
        The figures in the order of the file, none when anything is wrong; and all that is, as Swedish clauses.
    """
    faults: list[str] = []
    if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe would be waited for
        return (), ["det är ett rör eller en enhet och ingen fil"]
    try:
        sheets = _sheets(path)
    except OSError as error:
        return (), [f"filen går inte att läsa: {system_reason(error)}"]
    except _UNREADABLE:
        return (), ["filen går inte att läsa som en arbetsbok i Excel: spara den som .xlsx"]
    rows: list[_Row] = []
    tables = 0
    for name, cells in sheets.items():
        found = _heading(name, cells, faults)
        if found is not None:
            tables += 1
            rows += _rows(name, cells, *found, areas, faults)
    if not tables:
        faults.append(
            f"inget blad har rubrikerna {', '.join(HEADINGS)} i någon av de {_HEADING_ROWS} första raderna"
        )
    figures = _together(rows, faults)
    return ((), faults) if faults else (figures, [])


_Cells = list[list[_Cell]]


def _sheets(path: Path) -> dict[str, _Cells]:
    """Return the cells of every sheet, by rows."""
    from openpyxl import load_workbook  # noqa: PLC0415  takes a moment, and most commands read no workbook

    with warnings.catch_warnings():
        # It warns of what it leaves out, such as lists to choose from; no value is among that.
        warnings.simplefilter("ignore")
        shown_values, written = load_workbook(path, data_only=True), load_workbook(path)
    return {
        sheet.title: [
            [
                _Cell(sheet.title, cell.coordinate, shown_values[sheet.title][cell.coordinate].value, cell.data_type == "f")
                for cell in row
            ]
            for row in sheet.iter_rows()
        ]
        for sheet in written.worksheets
    }  # fmt: skip


def _text(value: object) -> str:
    return "" if value is None else clean(value)


def _heading(sheet: str, cells: _Cells, faults: list[str]) -> tuple[int, dict[str, int]] | None:
    """Return the heading row and the place of each heading, None where a sheet has none that can be used."""
    for number, row in enumerate(cells[:_HEADING_ROWS]):
        words = [fold(_text(cell.value)) for cell in row]
        if fold(HEADINGS[0]) not in words:
            continue
        known = {name: fold(name) for name in (*HEADINGS, AREA_HEADING)}
        missing = [name for name in HEADINGS if known[name] not in words]
        twice = [name for name, word in known.items() if words.count(word) > 1]
        where = f"bladet {shown(sheet)}, rad {number + 1}"
        if missing:
            faults.append(
                f"{where}: rubriken {', '.join(missing)} saknas, rubrikerna ska vara {', '.join(HEADINGS)}"
            )
        if twice:
            faults.append(f"{where}: rubriken {', '.join(twice)} står mer än en gång, behåll en av dem")
        found = {name: words.index(word) for name, word in known.items() if word in words}
        return (number, {}) if missing or twice else (number, found)
    return None


def _rows(
    sheet: str,
    cells: _Cells,
    heading: int,
    places: Mapping[str, int],
    areas: Collection[str] | None,
    faults: list[str],
) -> Iterator[_Row]:
    """Yield the rows under a heading that are right; a row with nothing in it is passed over."""
    for number, row in enumerate(cells[heading + 1 :], heading + 2) if places else ():
        used = {name: row[place] for name, place in places.items()}
        if not any(_text(cell.value) or cell.is_formula for cell in used.values()):
            continue
        wrong = len(faults)
        faults += [
            cell.fault(_UNCOMPUTED) for cell in used.values() if cell.is_formula and cell.value is None
        ]
        texts = {name: _words(name, used[name], faults) for name in ("nyckeltal", "enhet", "källa")}
        texts[AREA_HEADING] = _area(used[AREA_HEADING], areas, faults) if AREA_HEADING in used else ""
        year, value = _year(used["år"], faults), _value(used["värde"], faults)
        if len(faults) == wrong and year is not None and value is not None:
            yield _Row(sheet, number, texts, year, value)


_UNCOMPUTED = (
    "formeln har inget uträknat värde: öppna filen i Excel och spara den, eller skriv talet i stället"
)


def _words(name: str, cell: _Cell, faults: list[str]) -> str:
    text = _text(cell.value)
    if cell.is_formula and cell.value is None:
        return ""
    if not text:
        faults.append(cell.fault(f"{name} saknas, och raden har andra uppgifter: skriv {_WANTED[name]}"))
    elif len(text) > LONGEST or invisible(text) is not None or "\n" in text:
        faults.append(
            cell.fault(
                f"{name} är '{shown(text)}' men ska vara högst {LONGEST} tecken på en rad, utan osynliga tecken"
            )
        )
    return text


_WANTED = {
    "nyckeltal": "vad som är mätt",
    "enhet": "vad det mäts i, till exempel kr/elev",
    "källa": "varifrån värdet kommer",
}


def _year(cell: _Cell, faults: list[str]) -> int | None:
    value = cell.value
    if cell.is_formula and value is None:
        return None
    if isinstance(value, str):
        faults.append(
            cell.fault(f"år är '{shown(value)}' som text: skriv årtalet som ett tal, till exempel 2024")
        )
    elif isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        said = "saknas" if value is None else f"är {shown(value)}"
        faults.append(cell.fault(f"år {said}: skriv ett årtal, till exempel 2024"))
    elif not FIRST_YEAR <= value <= LAST_YEAR:
        faults.append(cell.fault(f"år är {shown(value)} men ska ligga mellan {FIRST_YEAR} och {LAST_YEAR}"))
    else:
        return int(value)
    return None


def _value(cell: _Cell, faults: list[str]) -> float | None:
    value = cell.value
    if cell.is_formula and value is None:
        return None
    if isinstance(value, str) and value.strip():
        faults.append(
            cell.fault(
                f"värde är '{shown(value)}' som text: skriv det som ett tal, i en cell som inte har formatet text"
            )
        )
    elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        said = "saknas" if _text(value) == "" else f"är {shown(value)}"
        faults.append(cell.fault(f"värde {said}: skriv ett tal, eller ta bort raden"))
    else:
        return float(value)
    return None


def _area(cell: _Cell, areas: Collection[str] | None, faults: list[str]) -> str:
    text = _text(cell.value)
    found = slug(text)
    if text and areas is not None and found not in areas:
        faults.append(
            cell.fault(
                f"område är '{shown(text)}' men ska vara tomt eller något av {', '.join(sorted(areas))}"
            )
        )
    return found


def _together(rows: list[_Row], faults: list[str]) -> tuple[OwnFigure, ...]:
    """Return one figure for each name; a year that stands twice, or another unit or area, is a fault."""
    by_name: dict[str, list[_Row]] = {}
    for row in rows:
        same = by_name.setdefault(row.texts["nyckeltal"].casefold(), [])
        where = f"bladet {shown(row.sheet)}, rad {row.number}: nyckeltalet {shown(row.texts['nyckeltal'])}"
        for other in same[:1]:
            there = f"på rad {other.number} i bladet {shown(other.sheet)}"
            faults += [
                f"{where} har {name} '{shown(row.texts[name])}' men '{shown(other.texts[name])}' {there}: "
                "skriv lika, eller ge nyckeltalet ett annat namn"
                for name in ("enhet", AREA_HEADING)
                if row.texts[name] != other.texts[name]
            ]
        for other in same:
            if other.year == row.year:
                faults.append(
                    f"{where} har redan ett värde för {row.year}, på rad {other.number} i bladet "
                    f"{shown(other.sheet)}: ta bort en av raderna"
                )
        same.append(row)
    return tuple(
        OwnFigure(
            name=same[0].texts["nyckeltal"],
            unit=same[0].texts["enhet"],
            values={row.year: row.value for row in sorted(same, key=lambda row: row.year)},
            sources=tuple(dict.fromkeys(row.texts["källa"] for row in same)),
            area=same[0].texts[AREA_HEADING] or None,
        )
        for same in by_name.values()
    )
