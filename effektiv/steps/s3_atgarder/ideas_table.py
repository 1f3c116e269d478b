"""Ideas from a file that another system has made: any columns, with a mapping in ``ideer.yaml``.

Read strictly: a row is an idea, or it is refused with its row and the reason. What looks like markup or a
formula is text and nothing else.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from effektiv.data import tables
from effektiv.data.identifiers import clean
from effektiv.errors import InputError
from effektiv.forms import ENDINGS, Column, Kind
from effektiv.forms.values import WrongValueError, is_blank, value_of
from effektiv.forms.workbook import BookSheet, Cell, UnreadableError, address, open_book
from effektiv.params.fields import Line, ParamsModel, nothing_is_default
from effektiv.params.problems import Problem
from effektiv.params.registry import FileKind, Known, Read, YamlFile
from effektiv.steps.s3_atgarder.ideas import Idea, once, text_key
from effektiv.validation import Location, either, shortened, suggestion

FOLDER = "ideer"
"""Where the file lies in the municipality's folder."""

TABLE_ENDINGS = (*ENDINGS, *tables.ENDINGS)
_HEADING_ROWS = 30
_YEAR = re.compile(r"(?:19|20)\d\d")


class IdeaColumns(ParamsModel):
    """What the file's columns are called: its headings, by what they mean."""

    title: Line | None = Field(None, alias="titel")
    id: Line | None = None
    text: Line | None = None
    unit: Line | None = Field(None, alias="enhet")
    date: Line | None = Field(None, alias="datum")
    votes: Line | None = Field(None, alias="roster")
    cause: Line | None = Field(None, alias="orsak")


class IdeasParams(ParamsModel):
    """``ideer.yaml``: which file the ideas are in, and what its columns are called.

    Attributes
    ----------
    file
        Its name in the folder `FOLDER`; None where no file is used.
    sheet
        Sheet of a workbook; needed where it has several.
    """

    file: Line | None = Field(None, alias="fil")
    columns: Annotated[IdeaColumns, BeforeValidator(nothing_is_default)] = Field(
        default_factory=IdeaColumns, alias="kolumner"
    )
    sheet: Line | None = Field(None, alias="blad")


_CELLS: Mapping[str, Column] = {
    "id": Column("id", "id", most=40),
    "title": Column("title", "titel", most=300),
    "text": Column("text", "text", Kind.PARAGRAPH, most=20_000),
    "unit": Column("unit", "enhet", most=200),
    "date": Column("date", "datum", Kind.DATE),
    "votes": Column("votes", "röster", Kind.INTEGER, least=0, most=1_000_000),
    "cause": Column("cause", "orsak", most=12),
}


def _yaml_faults(said: IdeasParams, folder: Path, _known: Known) -> Iterator[tuple[Location, str]]:
    if said.file is None:
        return
    there = sorted(path.name for path in (folder / FOLDER).glob("*") if _is_table(path.name))
    if said.file not in there:
        near = suggestion(said.file, there)
        yield ("fil",), f"är '{shortened(said.file)}', men mappen {FOLDER} har ingen sådan fil{near}"
    if said.columns.title is None:
        yield ("kolumner", "titel"), "saknas: skriv vad kolumnen med idéns namn heter"


IDEAS_YAML = YamlFile("ideer.yaml", 3, IdeasParams, Path(__file__).parent / "ideer.yaml", _yaml_faults)


def _is_table(name: str) -> bool:
    return name.casefold().endswith(TABLE_ENDINGS)


@dataclass(frozen=True)
class IdeaTable:
    """The ideas of a file.

    Attributes
    ----------
    ideas
        In the file's order; one that stands twice, said alike, once.
    refused
        How many rows are not used.
    """

    ideas: tuple[Idea, ...]
    refused: int


@dataclass(frozen=True)
class IdeaTableFile(FileKind[IdeaTable]):
    """The file that ``ideer.yaml`` names."""

    waits: ClassVar[bool] = True

    def fits(self, address: str, areas: Collection[str]) -> bool:
        """Whether a place in the folder is one of a table."""
        return super().fits(address, areas) and _is_table(address)

    def names_in(self, address: str, areas: Collection[str]) -> list[str]:
        """Return what the folder's files may be called."""
        return [f"filer på {', '.join(TABLE_ENDINGS)}"] if super().names_in(address, areas) else []

    def read(self, path: Path, known: Known) -> Read[IdeaTable]:
        """Read the ideas; what is wrong stops no report."""
        mapping = path.parents[1] / IDEAS_YAML.name
        if not mapping.is_file():
            text = f"filen läses inte, för {IDEAS_YAML.name} saknas: skriv där vad kolumnerna heter"
            return Read(None, [], passed=[Problem(path, None, text)])
        said = IDEAS_YAML.read(mapping, known).said
        if said is None or (said.file == path.name and said.columns.title is None):
            return Read(None, [])  # what is wrong with the mapping is told of there
        if said.file != path.name:
            named = "ingen fil" if said.file is None else shortened(said.file)
            text = f"filen läses inte, för {IDEAS_YAML.name} nämner {named}"
            return Read(None, [], passed=[Problem(path, None, text)])
        return read_ideas(path, said)


IDEAS_TABLE = IdeaTableFile(f"{FOLDER}/*", 3)


@dataclass
class _Result:
    path: Path
    file: str
    passed: list[Problem] = field(default_factory=list)
    refused: int = 0

    def tell(self, place: str, text: str) -> None:
        self.passed.append(Problem(self.path, None, text, place))


def read_ideas(path: Path, said: IdeasParams) -> Read[IdeaTable]:
    """Read the ideas of a file.

    Parameters
    ----------
    path
        A workbook, CSV or parquet.
    said
        What its columns are called.

    Returns
    -------
    Read
        None is said by a file that cannot be read as a table with those headings. Every row that is not
        used, and every cell, is told of by its place.
    """
    result = _Result(path, f"{FOLDER}/{path.name}")
    wanted = {role: heading for role in _CELLS if (heading := getattr(said.columns, role)) is not None}
    try:
        if path.name.casefold().endswith(ENDINGS):
            rows = list(_book_rows(path, said.sheet, wanted))
        else:
            rows = list(_table_rows(path, wanted))
    except (InputError, UnreadableError) as error:
        text = str(error).removeprefix(f"{path}: ").removeprefix(f"{path}, ").removesuffix(".")
        return Read(None, [], passed=[Problem(path, None, text)])
    ideas, twice = once(idea for row in rows if (idea := _idea(row, wanted, result)) is not None)
    for one in twice:
        result.tell(one.where.removeprefix(f"{result.file}, "), one.text)
    result.refused += len(twice)
    return Read(IdeaTable(tuple(ideas.values()), result.refused), [], passed=result.passed)


@dataclass(frozen=True)
class _Row:
    """A row: where it stands, its cells by role, and where each of them stands."""

    place: str
    cells: Mapping[str, Cell]
    places: Mapping[str, str]


def _table_rows(path: Path, wanted: Mapping[str, str]) -> Iterator[_Row]:
    names = {role: (clean(heading).casefold(),) for role, heading in wanted.items()}
    found = tables.read_columns(path, names, {heading: (role,) for role, heading in wanted.items()})
    cells = {role: column.cells.tolist() for role, column in found.items()}
    for at, line in enumerate(found["title"].cells.index):
        place = f"rad {line}"
        row = {role: Cell(_number(role, values[at])) for role, values in cells.items() if values[at]}
        yield _Row(place, row, {role: f"{place}, kolumnen {wanted[role]}" for role in found})


def _number(role: str, text: str) -> object:
    """Return the number that a text says where one is wanted; groups of three may have spaces between."""
    plain = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}\b)", "", text)
    return int(plain) if role == "votes" and re.fullmatch(r"\d{1,9}", plain, re.ASCII) else text


def _book_rows(path: Path, name: str | None, wanted: Mapping[str, str]) -> Iterator[_Row]:
    sheet = _sheet(open_book(path), name)
    keys = {role: clean(heading).casefold() for role, heading in wanted.items()}
    lacking = set(wanted)
    for row in sorted({row for row, _ in sheet.cells if row <= _HEADING_ROWS}):
        words = {at: clean(cell.value).casefold() for (line, at), cell in sheet.cells.items() if line == row}
        found = {role: [at for at, word in words.items() if word == key] for role, key in keys.items()}
        lacking = min(lacking, {role for role, places in found.items() if not places}, key=len)
        if all(found.values()):
            twice = [wanted[role] for role, places in found.items() if len(places) > 1]
            if twice:
                raise UnreadableError(
                    f"rubriken {shortened(twice[0])} står i två kolumner på rad {row}: behåll en"
                )
            yield from _below(sheet, row, {role: places[0] for role, places in found.items()})
            return
    heading = shortened(next(wanted[role] for role in wanted if role in lacking))
    raise UnreadableError(
        f"bladet {sheet.name} har ingen kolumn {heading} bland de {_HEADING_ROWS} första raderna"
    )


def _sheet(book: list[BookSheet], name: str | None) -> BookSheet:
    visible = [sheet for sheet in book if sheet.cells and not sheet.is_hidden]
    if name is not None:
        visible = [sheet for sheet in book if sheet.name.casefold() == name.casefold()]
    if len(visible) == 1:
        return visible[0]
    there = either([shortened(sheet.name) for sheet in book]) if book else "inget"
    if name is not None:
        raise UnreadableError(f"filen har inget blad som heter {shortened(name)}: skriv {there} i ideer.yaml")
    raise UnreadableError(f"filen har {len(visible)} blad: skriv vilket i ideer.yaml, blad: {there}")


def _below(sheet: BookSheet, heading: int, places: Mapping[str, int]) -> Iterator[_Row]:
    if sheet.is_cut:
        raise UnreadableError(
            f"bladet {sheet.name} har fler rader eller kolumner än som läses: spara det som CSV UTF-8"
        )
    for row in sorted({row for row, _ in sheet.cells if row > heading}):
        cells = {
            role: cell for role, at in places.items() if (cell := sheet.cells.get((row, at))) is not None
        }
        where = {role: f"bladet {sheet.name}, cell {address(row, at)}" for role, at in places.items()}
        yield _Row(f"bladet {sheet.name}, rad {row}", cells, where)


def _idea(row: _Row, wanted: Mapping[str, str], result: _Result) -> Idea | None:
    """Return the idea of a row; None for one that says nothing, or is refused, which is told of."""
    if all(is_blank(cell) for cell in row.cells.values()):
        return None
    values = {role: _value(role, row, wanted, result) for role in wanted}
    if not values["title"]:
        if is_blank(row.cells.get("title")):  # a title that cannot be used has been told of
            result.tell(row.place, f"raden har ingen {wanted['title']} och används inte")
        result.refused += 1
        return None
    title, text = str(values["title"]), str(values.get("text") or "")
    votes, own = values.get("votes"), str(values.get("id") or "")
    if "id" in wanted and not own and not is_blank(row.cells.get("id")):
        result.refused += 1  # its own number cannot be read, so it would get another key the next time
        return None
    return Idea(
        id=own or text_key(title, text),
        title=title,
        text=text,
        cause=str(values.get("cause") or ""),
        unit=str(values.get("unit") or ""),
        date=str(values.get("date") or ""),
        votes=votes if isinstance(votes, int) else None,
        place=f"{result.file}, {row.place}",
    )


def _value(role: str, row: _Row, wanted: Mapping[str, str], result: _Result) -> object:
    cell = row.cells.get(role)
    if role == "date" and cell is not None and _YEAR.fullmatch(clean(cell.value)):
        return clean(cell.value)  # many systems give the year alone
    try:
        found = value_of(_CELLS[role], cell, None)
    except WrongValueError as error:
        lost = ", och raden används inte" if role in ("id", "title") else ", och cellen används inte"
        result.tell(row.places[role], f"{shortened(wanted[role])}: {error}{lost}")
        return None
    return found.isoformat() if isinstance(found, dt.date) else found
