"""From files to a new snapshot: long tables as Kolada's clients write them.

A value is taken as it stands. Two files may hold the same row only if they agree, but
for rounding (`effektiv.data.observations.SAME`; the first one named is then kept). When
they do not, one of them has been revised, and which one to believe is for the
controller to say by leaving the other out. Every error names file, line, column and
value.
"""

from __future__ import annotations

import csv
import gzip
import re
import warnings
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from effektiv.data import observations as obs
from effektiv.data.kolada import GROUP_ID
from effektiv.data.municipalities import find_municipality, municipalities_frame
from effektiv.data.snapshot import GROUP_COLUMNS, KPI_COLUMNS, Snapshot, check_free, write_snapshot
from effektiv.errors import InputError
from effektiv.types import RIKET

ALIASES = {
    "kpi": ("kpi",),
    "code": ("municipality_id",),
    "municipality": ("municipality", "kommun"),
    "year": ("year", "period", "ar", "år"),
    "gender": ("gender", "kon", "kön"),
    "value": ("value", "varde", "värde"),
    "status": ("status",),
}
"""Headings that are read, in lower case; of code and municipality, code wins."""

EMPTY = ("", "NA", "NaN", "nan", "None", "null")
"""How programs write a missing value."""

_NUMBER = r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?"
_SEPARATORS = ",;\t"


def import_files(
    files: Sequence[Path], name: str, metadata: Path | None = None, *, folder: Path | None = None
) -> Snapshot:
    """Read long tables into a new snapshot.

    Parameters
    ----------
    files
        CSV (comma, semicolon or tab; point or comma as decimal mark; UTF-8), CSV.gz or
        parquet, with the columns of `ALIASES` in any order. Without a gender column
        all values are for both (T).
    name
        Name of the new snapshot.
    metadata
        Folder with ``kpi*.csv[.gz]`` (the newest by the date in its name),
        ``municipality_2*.csv[.gz]`` and ``municipality_groups*.csv[.gz]`` (likewise).
        None means that only codes are known.
    folder
        Where snapshots are; None means `effektiv.data.snapshot.data_folder`.

    Returns
    -------
    Snapshot
        Its manifest notes what was left out: rows with neither value nor status, and
        rows for groups of municipalities.

    Raises
    ------
    InputError
        When the name cannot be used, or something in a file cannot be read for certain.
    SnapshotError
        When the disk cannot be written.
    """
    if not files:
        raise InputError("Ange minst en fil att importera.")
    check_free(name, "import", folder)
    known = _read_metadata(metadata)
    tables = [_read_table(path, known.municipalities) for path in files]
    rows = pd.concat([table.rows for table in tables], ignore_index=True)
    tidy = obs.normalise(_one_of_each(rows))
    municipalities = _only_codes(tidy) if known.municipalities is None else known.municipalities
    kpis, missing = _titles(tidy, known.kpis)
    year, warnings = _perhaps_preliminary(kpis, tidy)
    return write_snapshot(
        name,
        observations=tidy,
        kpis=kpis,
        municipalities=municipalities,
        groups=known.groups,
        source=f"Importerat ur {', '.join(path.name for path in files)}",
        kind="import",
        preliminary_year=year,
        notes=[*(note for table in tables for note in table.notes), *known.notes, *missing, *warnings],
        folder=folder,
    )


@dataclass(frozen=True)
class _Metadata:
    """What is known besides the values; None and empty frames where nothing is."""

    kpis: pd.DataFrame
    municipalities: pd.DataFrame | None
    groups: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    """Rows of a file: tidy columns, and the file and line of each."""

    rows: pd.DataFrame
    notes: tuple[str, ...]


class _Source:
    """A file under reading: its text by column, and how to complain about it.

    Attributes
    ----------
    path
        The file.
    text
        All cells as text, missing as ""; the index holds line numbers.
    """

    def __init__(self, path: Path, text: pd.DataFrame) -> None:
        self.path = path
        self.text = text

    def error(self, line: object, column: str, value: object, wanted: str) -> InputError:
        return InputError(f'{self.path}, rad {line}, kolumn {column}: "{value}" {wanted}')

    def require(self, column: str, holds: pd.Series, wanted: str) -> None:
        """Raise for the first line where `holds` is false."""
        if not holds.all():
            line = holds.index[int(np.argmin(holds.to_numpy()))]
            raise self.error(line, column, self.text.loc[line, column], wanted)


# -- a table with values ----------------------------------------------------------------


def _read_table(path: Path, municipalities: pd.DataFrame | None) -> _Table:
    """Return the rows of one file, checked cell by cell."""
    text = _read_text(path)
    columns = _find_columns(path, list(text.columns))
    source = _Source(path, text[list(columns.values())])
    nothing, notes = _without_content(source, columns)
    source.text = source.text[~nothing]
    municipality = columns.get("code", columns.get("municipality", ""))
    rows = pd.DataFrame(
        {
            "kpi": _kpis(source, columns["kpi"]),
            "municipality": _municipalities(source, municipality, municipalities),
            "year": _years(source, columns["year"]),
            "gender": _genders(source, columns.get("gender")),
            "value": _values(source, columns["value"]),
            "status": _statuses(source, columns.get("status")),
        }
    )
    both = rows["value"].notna() & rows["status"].notna()
    if both.any():
        source.require(
            columns["value"], ~both, "har också en status, men ett värde som saknas ska vara tomt."
        )
    rows["file"], rows["line"] = str(path), rows.index
    return _Table(rows, notes)


def _read_text(path: Path) -> pd.DataFrame:
    """Return all cells of a file as text, indexed by line (parquet: row)."""
    if not path.is_file():
        raise InputError(f"Filen {path} finns inte.")
    if path.suffix == ".parquet":
        return _read_parquet(path)
    if path.name.endswith((".csv", ".csv.gz")):
        return _read_csv(path)
    raise InputError(f"Filen {path} går inte att läsa: den ska heta något på .csv, .csv.gz eller .parquet.")


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        frame = pq.read_table(path).to_pandas()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"Filen {path} går inte att läsa som parquet.") from error
    text = pd.DataFrame({str(name): frame[name].map(_cell_text) for name in frame.columns}, dtype="str")
    text.index = pd.RangeIndex(1, len(text) + 1)
    return text


def _cell_text(value: object) -> str:
    """Return a typed cell as text that reads back to the same value."""
    if value is None or value != value or value is pd.NA:  # noqa: PLR0124 - only NaN differs from itself
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        text = _parse_csv(path, _separator(path))
    except UnicodeDecodeError as error:
        raise InputError(f"Filen {path} är inte UTF-8: spara den som CSV UTF-8.") from error
    except pd.errors.ParserWarning as error:
        raise InputError(f"Filen {path} har rader med fler celler än rubrikraden.") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, EOFError, OSError, zlib.error) as error:
        line = re.search(r"line (\d+)", str(error))
        where = f" (rad {line[1]})" if line else ""
        raise InputError(f"Filen {path} går inte att läsa som en tabell{where}.") from error
    # The heading is line 1. A quoted cell with a line break in it moves later lines down.
    text.index = pd.RangeIndex(2, len(text) + 2)
    return text[~(text == "").all(axis=1)]


def _parse_csv(path: Path, separator: str) -> pd.DataFrame:
    """Return all cells as text, "" where a line is short; a line that is long is an error."""
    with warnings.catch_warnings():
        # pandas would only warn when it throws cells away.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        text = pd.read_csv(
            path,
            sep=separator,
            dtype="str",
            keep_default_na=False,
            encoding="utf-8-sig",
            skip_blank_lines=False,
            index_col=False,
        )
    return text.fillna("")


def _separator(path: Path) -> str:
    """Return the separator that splits the heading into most columns."""
    opener: Callable[..., object] = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:  # type: ignore[attr-defined]
        heading = file.readline()
    return max(_SEPARATORS, key=lambda mark: len(next(csv.reader([heading], delimiter=mark), [])))


def _find_columns(path: Path, headings: list[str]) -> dict[str, str]:
    """Return the heading of each role in the file; two for one role are an error."""
    found: dict[str, str] = {}
    for role, names in ALIASES.items():
        exact = [heading for heading in headings if heading.strip() in names]
        hits = exact or [heading for heading in headings if heading.strip().casefold() in names]
        if len(hits) > 1:
            raise InputError(f"{path}: kolumnerna {' och '.join(hits)} betyder samma sak; behåll en av dem.")
        if hits:
            found[role] = hits[0]
    needed = {
        "kpi": ("kpi",),
        "municipality_id": ("code", "municipality"),
        "year": ("year",),
        "value": ("value",),
    }
    missing = [name for name, roles in needed.items() if not found.keys() & set(roles)]
    if missing:
        raise InputError(
            f"{path}: kolumnen {', '.join(missing)} saknas. Filens kolumner är {', '.join(headings)}."
        )
    return found


def _without_content(source: _Source, columns: dict[str, str]) -> tuple[pd.Series, tuple[str, ...]]:
    """Return which rows say nothing that can be kept, and notes on how many they are."""
    text = source.text
    municipality = text[columns.get("code", columns.get("municipality", ""))].str.strip()
    groups = municipality.str.fullmatch(GROUP_ID.pattern)
    empty = _is_empty(text[columns["value"]])
    if "status" in columns:
        empty &= _is_empty(text[columns["status"]])
    empty &= ~groups
    notes = []
    if empty.any():
        notes.append(f"Utelämnade rader utan både värde och status i {source.path.name}: {empty.sum()}.")
    if groups.any():
        notes.append(f"Utelämnade rader för grupper av kommuner i {source.path.name}: {groups.sum()}.")
    return empty | groups, tuple(notes)


def _is_empty(cells: pd.Series) -> pd.Series:
    return cells.str.strip().isin(EMPTY)


def _kpis(source: _Source, column: str) -> pd.Series:
    cells = source.text[column].str.strip()
    source.require(column, cells.str.fullmatch(r"\S+"), 'ska vara ett nyckeltals-id som "N15001".')
    return cells


def _years(source: _Source, column: str) -> pd.Series:
    cells = source.text[column].str.strip()
    source.require(column, cells.str.fullmatch(r"\d{4}(\.0)?"), "ska vara ett årtal med fyra siffror.")
    years = cells.str[:4].astype("int64")
    source.require(
        column,
        years.between(obs.FIRST_YEAR, obs.LAST_YEAR),
        f"ska vara ett årtal mellan {obs.FIRST_YEAR} och {obs.LAST_YEAR}.",
    )
    return years


def _genders(source: _Source, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series("T", index=source.text.index, dtype="str")
    cells = source.text[column].str.strip()
    source.require(column, cells.isin(obs.GENDERS), f"ska vara ett av {', '.join(obs.GENDERS)}.")
    return cells


def _statuses(source: _Source, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series(None, index=source.text.index, dtype="str")
    cells = source.text[column].str.strip()
    empty = _is_empty(cells)
    source.require(
        column, empty | cells.isin(obs.STATUSES), f"ska vara tom eller ett av {', '.join(obs.STATUSES)}."
    )
    return cells.mask(empty)


def _values(source: _Source, column: str) -> pd.Series:
    """Return numbers exactly as Python reads them; empty cells as missing."""
    cells = source.text[column].str.strip()
    empty = _is_empty(cells)
    source.require(column, empty | cells.str.fullmatch(_NUMBER), "ska vara ett tal, utan mellanrum.")
    numbers = np.full(len(cells), np.nan)
    filled = cells[~empty].str.replace(",", ".", regex=False)
    numbers[~empty.to_numpy()] = filled.to_numpy(dtype=object).astype("float64")
    values = pd.Series(numbers, index=cells.index)
    source.require(column, ~pd.Series(np.isinf(numbers), index=cells.index), "är för stort.")
    return values


def _municipalities(source: _Source, column: str, municipalities: pd.DataFrame | None) -> pd.Series:
    """Return codes; a name is looked up, each distinct cell once."""
    cells = source.text[column].str.strip()
    codes: dict[str, str] = {}
    for line, cell in cells.drop_duplicates().items():
        try:
            codes[cell] = _code(cell, municipalities)
        except InputError as error:
            raise InputError(f"{source.path}, rad {line}, kolumn {column}: {error}") from error
    return cells.map(codes).astype("str")


def _code(cell: str, municipalities: pd.DataFrame | None) -> str:
    """Return the code that a cell holds or names."""
    if municipalities is None:
        if re.fullmatch(obs.MUNICIPALITY_PATTERN, cell):
            return cell
        if cell.isdecimal():
            raise InputError(
                f'Kommunkoden "{cell}" ska ha fyra siffror; inledande nollor har gått förlorade.'
            )
        raise InputError(f'"{cell}" är ingen kommunkod med fyra siffror, och namn kräver --metadata.')
    # Regions and Riket have values too, but find_municipality is for kommuner only.
    for name in ("id", "title"):
        hit = municipalities[municipalities[name] == cell]
        if len(hit) == 1:
            return str(hit["id"].iloc[0])
    return find_municipality(cell, municipalities)


def _one_of_each(rows: pd.DataFrame) -> pd.DataFrame:
    """Return every row once; two rows with one key must say the same."""
    keys = list(obs.KEYS)
    again = rows.duplicated(keys)
    if not again.any():
        return rows
    first = rows[~again]
    both = rows[again].merge(first, on=keys, suffixes=("", "_first"))
    same = obs.same(both["value"], both["value_first"]) | (
        both["value"].isna() & both["status"].eq(both["status_first"])
    )
    if not same.all():
        row = both[~same].iloc[0]
        raise InputError(
            f"{row['file']}, rad {row['line']}: {obs.describe_row(row)} är {_said(row, '')}, men "
            f"{_said(row, '_first')} i {row['file_first']}, rad {row['line_first']}. Importera bara det uttag "
            "som gäller, vanligen det senaste."
        )
    return first


def _said(row: pd.Series, suffix: str) -> str:
    value = row[f"value{suffix}"]
    return str(row[f"status{suffix}"]) if pd.isna(value) else f"{float(value)!r}".replace(".", ",")


# -- metadata ---------------------------------------------------------------------------


def _read_metadata(folder: Path | None) -> _Metadata:
    nothing = pd.DataFrame(columns=list(KPI_COLUMNS), dtype="str")
    no_groups = pd.DataFrame(columns=list(GROUP_COLUMNS), dtype="str")
    if folder is None:
        return _Metadata(nothing, None, no_groups, ("Filerna importerades utan metadata: namn saknas.",))
    if not folder.is_dir():
        raise InputError(f"Mappen {folder} finns inte.")
    notes = []
    kpi_file = _newest(folder, r"kpi(?!_groups).*")
    municipality_file = _newest(folder, r"municipality_2.*")
    group_file = _newest(folder, r"municipality_groups.*")
    if kpi_file is None and municipality_file is None and group_file is None:
        raise InputError(f"Mappen {folder} innehåller varken kpi*.csv, municipality_2*.csv eller grupper.")
    for file, pattern in (
        (kpi_file, "kpi*.csv"),
        (municipality_file, "municipality_2*.csv"),
        (group_file, "municipality_groups*.csv"),
    ):
        notes.append(f"Metadata ur {file.name}." if file else f"Metadata saknas: {pattern} finns inte.")
    return _Metadata(
        _read_kpis(kpi_file) if kpi_file else nothing,
        _read_municipalities(municipality_file) if municipality_file else None,
        _columns(group_file, GROUP_COLUMNS)[list(GROUP_COLUMNS)] if group_file else no_groups,
        tuple(notes),
    )


def _newest(folder: Path, stem: str) -> Path | None:
    """Return the file whose name has the latest date, None when there is none."""
    files = [path for path in folder.iterdir() if re.fullmatch(rf"{stem}\.csv(\.gz)?", path.name)]
    return max(
        files, key=lambda path: (re.findall(r"\d{4}(?:-\d\d){0,2}", path.name)[-1:], path.name), default=None
    )


def _columns(path: Path, names: Sequence[str]) -> pd.DataFrame:
    """Return a metadata file as text with at least these columns."""
    text = _read_csv(path)
    missing = [name for name in names if name not in text.columns]
    if missing:
        raise InputError(f"{path}: kolumnen {', '.join(missing)} saknas.")
    return text


def _read_kpis(path: Path) -> pd.DataFrame:
    """Return the kpis frame of API v3's shape, or v2's (auspices, 0 and 1)."""
    text = _columns(path, ("id", "title")).rename(columns={"auspices": "auspice"})
    repeated = text["id"][text["id"].duplicated()]
    if not repeated.empty:
        raise InputError(f"{path}, rad {repeated.index[0]}: nyckeltalet {repeated.iloc[0]} finns redan.")
    for flag in ("is_divided_by_gender", "has_ou_data"):
        if flag in text:
            text[flag] = text[flag].str.casefold().isin(("true", "1"))
    return text[[name for name in KPI_COLUMNS if name in text]]


def _read_municipalities(path: Path) -> pd.DataFrame:
    text = _columns(path, ("id", "title", "type"))
    try:
        return municipalities_frame(text[["id", "title", "type"]].itertuples(index=False, name=None))
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _only_codes(tidy: pd.DataFrame) -> pd.DataFrame:
    """Return a municipalities frame of the codes themselves; Kolada's regions begin with 00."""
    return municipalities_frame(
        (code, "Riket" if code == RIKET else code, "L" if code.startswith("00") else "K")
        for code in tidy["municipality"].unique()
    )


def _titles(tidy: pd.DataFrame, kpis: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the kpis frame of the key figures that have rows, and a note on unknown ones."""
    used = pd.Series(tidy["kpi"].unique(), dtype="str")
    unknown = used[~used.isin(kpis["id"])]
    frame = pd.concat(
        [kpis[kpis["id"].isin(used)], pd.DataFrame({"id": unknown, "title": unknown})], ignore_index=True
    )
    if unknown.empty or kpis.empty:
        return frame, []
    return frame, [f"Nyckeltal utan metadata: {', '.join(unknown)}."]


def _perhaps_preliminary(kpis: pd.DataFrame, tidy: pd.DataFrame) -> tuple[int | None, list[str]]:
    """Return the year whose values may be preliminary, with a note.

    Files do not say when their values were fetched. A key figure that Kolada publishes
    twice (it has a ``prel_publication_date``) may therefore be preliminary in its latest
    period, and is taken to be: a flag too many misleads less than one too few.
    """
    if not {"prel_publication_date", "publ_period"} <= set(kpis.columns):
        return None, []
    twice = kpis[
        kpis["prel_publication_date"].fillna("").ne("") & kpis["publ_period"].str.fullmatch(r"\d{4}")
    ]
    periods = dict(zip(twice["id"], twice["publ_period"].astype("int64"), strict=True))
    values = tidy[tidy["kpi"].isin(periods) & tidy["value"].notna()]
    years = values["year"][values["year"] == values["kpi"].map(periods)]
    if years.empty:
        return None, []
    year = int(years.max())
    return year, [
        f"Värden för {year} kan vara preliminära: filerna säger inte när de hämtades, och Kolada publicerar "
        "årets kostnader först preliminärt."
    ]
