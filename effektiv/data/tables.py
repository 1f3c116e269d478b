"""Files of tables as text: CSV as spreadsheets and programs write it, and parquet.

Nothing is interpreted here. A file becomes cells of text with the line of each, and the
headings say which columns are meant; whoever asked reads the cells, and can name the
place of each that is wrong.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import unicodedata
import warnings
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from effektiv.data.identifiers import clean
from effektiv.errors import InputError, system_reason
from effektiv.names import shown

Roles = Mapping[str, tuple[str, ...]]
"""The headings, in lower case, that each role of a column goes by."""

ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")
"""How the name of a file that can be read ends, in any case."""

LONGEST_HEADING = 131_072
"""Bytes of a first line after which the file is taken for something else than a table."""

_SEPARATORS = ",;\t"
_LONGEST_PATH = 400
_WILDCARDS = re.compile(r"[*?]")


@dataclass(frozen=True)
class Column:
    """One column of a file.

    Attributes
    ----------
    heading
        As it stands in the file, but for what `clean` takes away.
    cells
        Text as `effektiv.data.identifiers.clean` gives it; the index holds line numbers
        (of parquet: row numbers).
    typed
        Whether the file itself says that these are numbers, so that their text cannot
        be read in two ways.
    """

    heading: str
    cells: pd.Series
    typed: bool = False


def find_files(files: Iterable[Path]) -> list[Path]:
    """Return the files that are meant, each once.

    Parameters
    ----------
    files
        Paths. One with ``*`` or ``?`` stands for all that match it: not every command
        window replaces it by them.

    Raises
    ------
    InputError
        When a path is no file, or nothing matches it, or its name cannot be shown.
    """
    found: dict[Path, Path] = {}
    for path in files:
        for file in expand(path):
            _check_path(file)
            found.setdefault(file.resolve(), file)
    return list(found.values())


def expand(path: Path) -> list[Path]:
    """Return what a path stands for: itself, or all that match it when it is a pattern.

    Raises
    ------
    InputError
        When nothing matches.
    """
    return _matching(path) if _WILDCARDS.search(str(path)) and not path.exists() else [path]


def _matching(pattern: Path) -> list[Path]:
    parts = pattern.parts
    first = next(place for place, part in enumerate(parts) if _WILDCARDS.search(part))
    wanted = "/".join(parts[first:]).replace("[", "[[]")
    found = sorted(Path(*parts[:first]).glob(wanted))
    if not found:
        raise InputError(f"Inget passar mönstret {shown(str(pattern), _LONGEST_PATH)}.")
    return found


def _check_path(path: Path) -> None:
    where = shown(str(path), _LONGEST_PATH)
    if path.is_dir():
        raise InputError(f"{where} är en mapp: ange filerna i den, till exempel {where}{os.sep}*.csv")
    if not path.is_file():
        raise InputError(f"Filen {where} finns inte.")
    # The name becomes the snapshot's source, which pages print.
    if not all(sign.isprintable() or unicodedata.category(sign) == "Zs" for sign in str(path)):
        raise InputError(
            f"Filnamnet {where} har tecken som inte går att visa: byt namn på filen och importera den sedan."
        )


def read_columns(path: Path, roles: Roles, required: Roles) -> dict[str, Column]:
    """Return the columns of a file that have a role.

    Parameters
    ----------
    path
        A file of one of the `ENDINGS`. CSV is separated by comma, semicolon or tab, or by
        what a first line such as ``sep=;`` says, and is UTF-8.
    roles
        Which headings to look for. A heading in the very case is taken before others.
    required
        The roles of which the file must have one, by the heading to ask for.

    Returns
    -------
    dict
        Role -> column, for those that the file has. Lines without any content are left out.

    Raises
    ------
    InputError
        When the file cannot be read for certain, lacks a column, or has two of one role.
    """
    with _opening(path) as is_parquet:
        read = _read_parquet if is_parquet else _read_csv
        return read(path, roles, required)


def read_headings(path: Path, names: Collection[str]) -> list[str]:
    """Return the headings of a file, as `clean` gives them.

    Parameters
    ----------
    path
        As for `read_columns`.
    names
        Headings in lower case by which the separator is known.

    Raises
    ------
    InputError
        When the file cannot be read for certain.
    """
    with _opening(path) as is_parquet:
        if is_parquet:
            try:
                return [clean(name) for name in pq.read_schema(path).names]
            except pa.ArrowException as error:
                raise InputError(f"Filen {path} går inte att läsa som parquet.") from error
        said, heading = _first_lines(path, _content(path))
        cells = next(csv.reader([heading], delimiter=said or _separator(heading, set(names))), [])
        return [clean(cell) for cell in cells]


@dataclass(frozen=True)
class Sheet:
    """A table that may have lines of text above its headings.

    Attributes
    ----------
    above
        The lines above the headings, such as what it is a table of.
    headings
        As they stand in the file.
    cells
        Text below the headings, each column under its heading; the index holds line numbers.
    """

    above: tuple[str, ...]
    headings: tuple[str, ...]
    cells: pd.DataFrame


def read_sheet(
    path: Path, known_by: Collection[str], keep: Collection[str], *, within: int = 20
) -> Sheet | None:
    """Return a table whose headings may stand below some lines of text.

    Parameters
    ----------
    path
        A CSV or TSV file, perhaps gzipped; of another kind there is no such table.
    known_by
        Headings in lower case, of which the line of headings has at least one.
    keep
        Headings in lower case of the columns that are wanted, where they are there.
    within
        The first lines, among which the headings must be.

    Returns
    -------
    Sheet or None
        None when no line has such a heading.

    Raises
    ------
    InputError
        When the file cannot be read for certain, or two columns that are wanted have one heading.
    """
    with _opening(path) as is_parquet:
        if is_parquet:
            return None
        content = _content(path)
    start = content[:LONGEST_HEADING].decode("utf-8-sig", errors="replace").splitlines()[:within]
    for number, line in enumerate(start):
        separator = _separator(line, set(known_by))
        headings = [clean(cell) for cell in next(csv.reader([line], delimiter=separator), [])]
        keys = [heading.casefold() for heading in headings]
        if not set(keys) & set(known_by):
            continue
        repeated = [name for name in keys if name in keep and keys.count(name) > 1]
        if repeated:
            raise InputError(f"{path}: kolumnen {shown(repeated[0])} finns mer än en gång.")
        text = _parse(path, content, separator, skip=number).iloc[1:]
        places = [place for place, name in enumerate(keys) if name in keep]
        cells = pd.DataFrame({headings[place]: _cleaned(text[place]) for place in places}, index=text.index)
        above = tuple(item.strip(_SEPARATORS + " ") for item in start[:number])
        return Sheet(above, tuple(headings), cells)
    return None


@contextmanager
def _opening(path: Path) -> Iterator[bool]:
    """Give whether a file is parquet, and tell in Swedish why it cannot be opened."""
    name = path.name.casefold()
    if not name.endswith(ENDINGS):
        raise InputError(
            f"Filen {path} går inte att läsa: den ska heta något på {', '.join(ENDINGS[:-1])} "
            f"eller {ENDINGS[-1]}."
        )
    try:
        yield name.endswith(".parquet")
    except PermissionError as error:
        raise InputError(
            f"Filen {path} går inte att öppna ({system_reason(error)}): stäng den i andra program, till exempel "
            "Excel, och kontrollera att du får läsa den."
        ) from error
    except OSError as error:
        if error.errno is None:  # said by a library of the file's content, not by the system
            what = "parquet" if name.endswith(".parquet") else "en tabell"
            raise InputError(f"Filen {path} går inte att läsa som {what}.") from error
        raise InputError(f"Filen {path} går inte att läsa: {system_reason(error)}.") from error


# -- parquet ----------------------------------------------------------------------------


def _read_parquet(path: Path, roles: Roles, required: Roles) -> dict[str, Column]:
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            places = _places(path, schema.names, roles, required)
            for place in places.values():
                if pa.types.is_nested(schema.field(place).type):
                    raise InputError(
                        f"{path}: kolumnen {schema.names[place]} innehåller listor, men ska ha ett värde på "
                        "varje rad."
                    )
            table = file.read([schema.names[place] for place in places.values()])
        columns = {}
        for role, place in places.items():
            texts = [_cell_text(value) for value in table[schema.names[place]].to_pylist()]
            cells = pd.Series(texts, index=range(1, len(texts) + 1), dtype="str")
            typed = _is_number(schema.field(place).type)
            columns[role] = Column(clean(schema.names[place]), _cleaned(cells), typed)
        return columns
    except pa.ArrowException as error:
        raise InputError(f"Filen {path} går inte att läsa som parquet.") from error


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(test(kind) for test in tests)


def _cell_text(value: object) -> str:
    """Return a typed cell as text that reads back to the same value."""
    if value is None or value != value:  # noqa: PLR0124 - only NaN differs from itself
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# -- csv --------------------------------------------------------------------------------


def _read_csv(path: Path, roles: Roles, required: Roles) -> dict[str, Column]:
    content = _content(path)
    said, heading = _first_lines(path, content)
    separator = said or _separator(heading, {name for names in roles.values() for name in names})
    text = _parse(path, content, separator, skip=1 if said else 0)
    headings, text = text.iloc[0].tolist(), text.iloc[1:]
    text = text[~(text == "").all(axis=1)]
    _refuse_cells_without_heading(path, headings, text)
    places = _places(path, headings, roles, required)
    return {role: Column(clean(headings[place]), _cleaned(text[place])) for role, place in places.items()}


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix.casefold() == ".gz" else content
    except (EOFError, zlib.error) as error:
        raise InputError(f"Filen {path} går inte att läsa som en tabell.") from error


def _first_lines(path: Path, content: bytes) -> tuple[str, str]:
    """Return the separator that the file names in a line of its own ("" if it does not), and the heading."""
    start = io.BytesIO(content[: 2 * LONGEST_HEADING])
    with io.TextIOWrapper(start, encoding="utf-8-sig", errors="replace", newline=None) as lines:
        first = lines.readline(LONGEST_HEADING)
        said = re.fullmatch(r"\s*sep=([,;\t|])\s*", first, re.IGNORECASE)
        heading = lines.readline(LONGEST_HEADING) if said else first
    if not heading.endswith("\n") and len(heading) >= LONGEST_HEADING:
        raise InputError(
            f"Filen {path} går inte att läsa som en tabell: första raden har fler än {LONGEST_HEADING} tecken."
        )
    return (said[1] if said else ""), heading


def _separator(heading: str, names: set[str]) -> str:
    """Return the separator by which the heading has most of the names sought, then most columns."""

    def fits(separator: str) -> tuple[int, int]:
        cells = next(csv.reader([heading], delimiter=separator), [])
        return sum(_heading_key(cell) in names for cell in cells), len(cells)

    return max(_SEPARATORS, key=fits)


def _parse(path: Path, content: bytes, separator: str, skip: int) -> pd.DataFrame:
    """Return all cells as text by line, "" where a line is short; a line that is long is an error."""
    try:
        with warnings.catch_warnings():
            # pandas would only warn when it throws cells away.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            text = pd.read_csv(
                io.BytesIO(content),
                sep=separator,
                header=None,
                skiprows=skip,
                dtype="str",
                keep_default_na=False,
                encoding="utf-8-sig",
                skip_blank_lines=False,
            ).fillna("")
    except UnicodeDecodeError as error:
        raise _not_utf8(path, content) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        long = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
        if long is not None:
            raise InputError(
                f"{path}, rad {long[2]}: raden har {long[3]} celler, men rubrikraden {long[1]}. Ett värde med "
                f'"{separator}" i sig ska ha citattecken om sig.'
            ) from error
        raise InputError(
            f"Filen {path} går inte att läsa som en tabell: första raden ska ha rubriker, och citattecken ska stå "
            "två och två."
        ) from error
    # A quoted cell with a line break in it moves later lines down.
    text.index = pd.RangeIndex(1 + skip, len(text) + 1 + skip)
    return text


def _not_utf8(path: Path, content: bytes) -> InputError:
    """Return where a file stops being UTF-8, with the line as older Windows programs meant it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return InputError(f"Filen {path} är inte UTF-8 utan UTF-16: spara den som CSV UTF-8.")
    try:
        content.decode("utf-8")
        at = 0
    except UnicodeDecodeError as error:
        at = error.start
    lines = content[:at].count(b"\n")
    line = content.split(b"\n")[lines].decode("cp1252", errors="replace").strip()
    return InputError(
        f'Filen {path} är inte UTF-8 på rad {lines + 1}, "{shown(line)}": spara den som CSV UTF-8.'
    )


def _refuse_cells_without_heading(path: Path, headings: Sequence[str], text: pd.DataFrame) -> None:
    """Raise when a cell stands under no heading; the first column may hold a program's row numbers."""
    for place, heading in enumerate(headings):
        if place > 0 and clean(heading) == "":
            filled = text[place].str.strip() != ""
            if filled.any():
                line = text.index[filled][0]
                raise InputError(
                    f'{path}, rad {line}: "{shown(text.loc[line, place])}" står i kolumn {place + 1}, som saknar '
                    "rubrik. Ett decimalkomma i en fil med kommatecken mellan cellerna ska ha citattecken om talet."
                )


# -- columns ----------------------------------------------------------------------------


def _places(path: Path, headings: Sequence[str], roles: Roles, required: Roles) -> dict[str, int]:
    """Return the place of the column of each role; two for one role, or none that is needed, is an error."""
    found: dict[str, int] = {}
    for role, names in roles.items():
        exact = [place for place, heading in enumerate(headings) if clean(heading) in names]
        hits = exact or [place for place, heading in enumerate(headings) if _heading_key(heading) in names]
        if len(hits) > 1:
            meant = " och ".join(shown(clean(headings[place])) for place in hits)
            raise InputError(f"{path}: kolumnerna {meant} betyder samma sak; behåll en av dem.")
        if hits:
            found[role] = hits[0]
    missing = [heading for heading, either in required.items() if not found.keys() & set(either)]
    if missing:
        has = shown(", ".join(headings), 300)
        raise InputError(f"{path}: kolumnen {', '.join(missing)} saknas. Filens kolumner är {has}.")
    return found


def _heading_key(heading: str) -> str:
    return clean(heading).casefold()


def _cleaned(cells: pd.Series) -> pd.Series:
    """Return cells as `clean` gives them; the few that it may change are found first."""
    plain = cells.str.fullmatch(r"(?:[!-&(-~](?:[ -~]*[!-~])?)?")
    if plain.all():
        return cells
    return cells.where(plain, cells[~plain].map(clean).reindex(cells.index))
