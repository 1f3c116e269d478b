"""From files to a new snapshot: long tables as Kolada's clients write them, and Skolverket's own tables.

Tables of single schools give units (`effektiv.data.skolverket_units`), beside the values of other files, or, where
there are no others, beside all that the newest snapshot has.

A value is taken as it stands. Two files may hold the same row only if they agree, but
for rounding (`effektiv.data.observations.SAME`; the first one named is then kept). When
they do not, one of them has been revised, and which one to believe is for the
controller to say by leaving the other out. Every error names file, line, column and
value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd

from effektiv.data import observations as obs
from effektiv.data.identifiers import (
    GROUP,
    MISSING,
    Places,
    display_name,
    group_id,
    is_missing,
    kpi_id,
)
from effektiv.data.municipalities import municipalities_frame, municipality_row
from effektiv.data.skolverket import read_tables, skolverkets_titles
from effektiv.data.skolverket_units import UnitFile, join_unit_files, read_unit_file
from effektiv.data.snapshot import (
    GROUP_COLUMNS,
    KPI_COLUMNS,
    KPI_FLAG_COLUMNS,
    Snapshot,
    check_free,
    data_folder,
    list_snapshots,
    open_snapshot,
    with_units,
    write_snapshot,
)
from effektiv.data.tables import Column, find_files, read_columns
from effektiv.errors import InputError
from effektiv.names import shown
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

_NEEDED = {
    "kpi": ("kpi",),
    "municipality_id": ("code", "municipality"),
    "year": ("year",),
    "value": ("value",),
}

_LIST_ALIASES = {"auspice": ("auspice", "auspices")}
_FLAGS = (
    {"": False}
    | dict.fromkeys(("true", "1", "1.0", "sant"), True)
    | dict.fromkeys(("false", "0", "0.0", "falskt"), False)
)
"""How programs, Excel in Swedish among them, write a flag, in lower case."""

_NUMBER = r"[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)([eE][+-]?[0-9]+)?"
_PERHAPS_THOUSANDS = r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}"
_YEAR = r"[0-9]{4}(?:\.0+)?"


def import_files(
    files: Sequence[Path], name: str, metadata: Path | None = None, *, folder: Path | None = None
) -> Snapshot:
    """Read long tables, and tables of `effektiv.data.skolverket`, into a new snapshot.

    Parameters
    ----------
    files
        CSV or parquet, perhaps gzipped (`effektiv.data.tables`), with the columns of
        `ALIASES` in any order, and point or comma as decimal mark. ``*`` and ``?`` in a
        name stand for all files that match. Without a gender column all values are for
        both (T).
    name
        Name of the new snapshot.
    metadata
        Folder with ``kpi*.csv[.gz]`` (the newest by the date in its name; .tsv will do),
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
    paths = find_files(files)
    schools = {path: found for path in paths if (found := read_unit_file(path)) is not None}
    if len(schools) == len(paths):
        return _add_units(list(schools.values()), name, metadata, folder)
    known = _read_metadata(metadata)
    tables = [table for path in paths if path not in schools for table in _read_file(path, known)]
    rows = pd.concat([table.rows for table in tables], ignore_index=True)
    tidy = obs.normalise(_one_of_each(rows))
    municipalities = _only_codes(tidy) if known.municipalities is None else known.municipalities
    kpis, missing = _titles(tidy, known.kpis)
    year, warnings = _perhaps_preliminary(kpis, tidy)
    units = join_unit_files(list(schools.values()), Places.of(municipalities)) if schools else None
    return write_snapshot(
        name,
        observations=tidy,
        kpis=kpis,
        municipalities=municipalities,
        groups=known.groups,
        units=None if units is None else units.units,
        unit_observations=None if units is None else units.observations,
        source=f"Importerat ur {', '.join(path.name for path in paths)}",
        kind="import",
        preliminary_year=year,
        notes=[
            *(note for table in tables for note in table.notes),
            *known.notes,
            *missing,
            *warnings,
            *(() if units is None else units.notes),
        ],
        folder=folder,
    )


def _add_units(files: list[UnitFile], name: str, metadata: Path | None, folder: Path | None) -> Snapshot:
    """Write a new snapshot with all that the newest has, and the schools of some files."""
    listed = ", ".join(file.path.name for file in files)
    root = data_folder() if folder is None else folder
    newest = next((found.name for found in list_snapshots(root) if found.kind != "exempel"), None)
    if newest is None:
        raise InputError(
            f"{listed}: tabeller över skolenheter läggs till kommunernas värden, och det finns ingen frysning med "
            "sådana: importera också dem i samma kommando, eller hämta dem först med effektiv hamta."
        )
    base = open_snapshot(root / newest)
    if metadata is not None:
        raise InputError(
            f"Valet --metadata hör till kommunernas värden, som den nya frysningen får ur {base.name}: ta bort det."
        )
    found = join_unit_files(files, base.places, base.units)
    return with_units(
        name,
        base,
        units=found.units,
        unit_observations=found.observations,
        source=f"Enheter: {listed}",
        notes=(f'Kommunernas värden är de i frysningen "{base.name}".', *found.notes),
    )


@dataclass(frozen=True)
class _Metadata:
    """What is known besides the values; None and empty frames where nothing is.

    Attributes
    ----------
    kinds
        Whom a key figure is about, by its id: K (kommuner), L (regioner), A (both).
    """

    kpis: pd.DataFrame
    municipalities: pd.DataFrame | None
    groups: pd.DataFrame
    notes: tuple[str, ...]

    @cached_property
    def places(self) -> Places:
        return Places.of(self.municipalities)

    @cached_property
    def kinds(self) -> dict[str, str]:
        if "municipality_type" not in self.kpis:
            return {}
        return dict(zip(self.kpis["id"], self.kpis["municipality_type"], strict=True))


@dataclass(frozen=True)
class _Table:
    """Rows of a file: tidy columns, and the file and line of each."""

    rows: pd.DataFrame
    notes: tuple[str, ...]


class _Source:
    """A file under reading: its columns by role, and how to complain about a cell.

    Attributes
    ----------
    path
        The file.
    columns
        Role -> column.
    """

    def __init__(self, path: Path, columns: dict[str, Column]) -> None:
        self.path = path
        self.columns = columns

    def cells(self, role: str) -> pd.Series:
        """Return the cells of a role, which the file has; the index holds line numbers."""
        return self.columns[role].cells

    def keep(self, rows: pd.Series) -> None:
        """Go on with some of the rows only."""
        self.columns = {
            role: replace(column, cells=column.cells[rows]) for role, column in self.columns.items()
        }

    def error(self, line: object, role: str, complaint: str) -> InputError:
        return InputError(f"{self.path}, rad {line}, kolumn {self.columns[role].heading}: {complaint}")

    def require(self, role: str, holds: pd.Series, wanted: str) -> None:
        """Raise for the first line where `holds` is false."""
        if not holds.all():
            line = holds.index[int(np.argmin(holds.to_numpy()))]
            raise self.error(line, role, f'"{shown(self.cells(role)[line])}" {wanted}')

    def read(self, role: str, reading: Callable[[str], str], rows: pd.Series | None = None) -> pd.Series:
        """Return cells of a role as read, each distinct one once; the first that cannot be is raised."""
        cells = self.cells(role) if rows is None else self.cells(role)[rows]
        found: dict[str, str] = {}
        for line, cell in cells.drop_duplicates().items():
            try:
                found[cell] = reading(cell)
            except InputError as error:
                raise self.error(line, role, str(error)) from error
        return cells.map(found).astype("str")


# -- a table with values ----------------------------------------------------------------


def _read_file(path: Path, known: _Metadata) -> list[_Table]:
    """Return the tables of one file: one, or of Skolverket's one for each column of values."""
    found = read_tables(path)
    if found is None:
        return [_read_table(_Source(path, read_columns(path, ALIASES, _NEEDED)), known)]
    tables = [_read_table(_Source(path, columns), known) for columns in found.columns]
    return [replace(tables[0], notes=(*found.notes, *tables[0].notes)), *tables[1:]]


def _read_table(source: _Source, known: _Metadata) -> _Table:
    """Return the rows of one table, checked cell by cell."""
    notes = _leave_out(source)
    kpis = source.read("kpi", kpi_id)
    rows = pd.DataFrame(
        {
            "kpi": kpis,
            "municipality": _municipalities(source, _kinds(kpis, known), known.places),
            "year": _years(source),
            "gender": _genders(source),
            "value": _values(source),
            "status": _statuses(source),
        }
    )
    both = rows["value"].notna() & rows["status"].notna()
    source.require("value", ~both, "har också en status, men ett värde som saknas ska vara tomt.")
    rows["file"], rows["line"] = str(source.path), rows.index
    return _Table(rows, notes)


def _kinds(kpis: pd.Series, known: _Metadata) -> pd.Series:
    """Return whom each row's key figure is about, "" where that is not known."""
    kinds = {kpi: known.kinds.get(kpi, "") for kpi in kpis.unique()}
    return kpis.map(kinds).astype("str")


def _place_role(source: _Source) -> str:
    return "code" if "code" in source.columns else "municipality"


def _leave_out(source: _Source) -> tuple[str, ...]:
    """Leave out rows that say nothing that can be kept, and return notes on how many they are."""
    groups = source.cells(_place_role(source)).str.fullmatch(GROUP)
    empty = source.cells("value").isin(MISSING)
    if "status" in source.columns:
        empty &= source.cells("status").isin(MISSING)
    empty &= ~groups
    notes = []
    if empty.any():
        notes.append(f"Utelämnade rader utan både värde och status i {source.path.name}: {empty.sum()}.")
    if groups.any():
        notes.append(f"Utelämnade rader för grupper av kommuner i {source.path.name}: {groups.sum()}.")
    source.keep(~(empty | groups))
    return tuple(notes)


def _years(source: _Source) -> pd.Series:
    cells = source.cells("year")
    source.require("year", cells.str.fullmatch(_YEAR), "ska vara ett årtal med fyra siffror.")
    years = cells.str[:4].astype("int64")
    source.require(
        "year",
        years.between(obs.FIRST_YEAR, obs.LAST_YEAR),
        f"ska vara ett årtal mellan {obs.FIRST_YEAR} och {obs.LAST_YEAR}.",
    )
    return years


def _genders(source: _Source) -> pd.Series:
    if "gender" not in source.columns:
        return pd.Series("T", index=source.cells("kpi").index, dtype="str")
    cells = source.cells("gender")
    source.require("gender", cells.isin(obs.GENDERS), f"ska vara ett av {', '.join(obs.GENDERS)}.")
    return cells


def _statuses(source: _Source) -> pd.Series:
    if "status" not in source.columns:
        return pd.Series(None, index=source.cells("kpi").index, dtype="str")
    cells = source.cells("status")
    empty = cells.isin(MISSING)
    source.require(
        "status", empty | cells.isin(obs.STATUSES), f"ska vara tom eller ett av {', '.join(obs.STATUSES)}."
    )
    return cells.mask(empty)


def _values(source: _Source) -> pd.Series:
    """Return numbers exactly as Python reads them; empty cells as missing."""
    cells = source.cells("value")
    empty = cells.isin(MISSING)
    source.require(
        "value",
        empty | cells.str.fullmatch(_NUMBER),
        "ska vara ett tal, utan mellanrum och tusentalsavgränsare.",
    )
    if not source.columns["value"].typed:
        _require_decimal_mark(source, cells)
    numbers = np.full(len(cells), np.nan)
    filled = cells[~empty].str.replace(",", ".", regex=False)
    numbers[~empty.to_numpy()] = filled.to_numpy(dtype=object).astype("float64")
    values = pd.Series(numbers, index=cells.index)
    source.require("value", ~pd.Series(np.isinf(numbers), index=cells.index), "är för stort.")
    return values


def _require_decimal_mark(source: _Source, cells: pd.Series) -> None:
    """Raise when the marks in numbers may be between thousands.

    ``121,450`` is a hundred and twenty-one or a hundred and twenty-one thousand, and
    nothing in the cell says which. The column does, when a number in it cannot be
    grouped in thousands: then its mark is the decimal mark of them all.
    """
    commas, points = cells.str.contains(",", regex=False), cells.str.contains(".", regex=False)
    if commas.any() and points.any():
        one, other = cells[commas], cells[points]
        raise source.error(
            min(one.index[0], other.index[0]),
            "value",
            f'talen har både komma ("{one.iloc[0]}", rad {one.index[0]}) och punkt ("{other.iloc[0]}", rad '
            f"{other.index[0]}): skriv alla med samma decimaltecken och utan tusentalsavgränsare.",
        )
    marked = cells[commas | points]
    if len(marked) and marked.str.fullmatch(_PERHAPS_THOUSANDS).all():
        cell, mark = marked.iloc[0], "komma" if commas.any() else "punkt"
        raise source.error(
            marked.index[0],
            "value",
            f'"{cell}" kan vara tusental, för varje tal med {mark} har exakt tre siffror efter: ta bort '
            f'tusentalsavgränsaren eller, om det är decimaler, skriv en nolla till, "{cell}0".',
        )


def _municipalities(source: _Source, kinds: pd.Series, places: Places) -> pd.Series:
    """Return codes; a code or name is looked up, once for each kind of key figure."""
    role = _place_role(source)
    read = pd.Series("", index=kinds.index, dtype="str")
    for kind in kinds.unique():
        rows = kinds == kind
        read[rows] = source.read(role, partial(places.place, kind=kind), rows)
    if role == "code" and "municipality" in source.columns:
        _refuse_contradictions(source, read, places)
    return read


def _refuse_contradictions(source: _Source, codes: pd.Series, places: Places) -> None:
    """Raise when the column of names names another municipality than the code is of.

    What is no name of any is let be: it says nothing against the code.
    """
    pairs = pd.DataFrame({"code": codes, "name": source.cells("municipality")}).drop_duplicates()
    for line, code, name in pairs.itertuples(name=None):
        if places.is_kommun(code) and places.bearers(name):
            try:
                places.require_name(code, name)
            except InputError as error:
                raise source.error(line, "municipality", str(error)) from error


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
    kpis = _read_kpis(kpi_file) if kpi_file else nothing
    municipalities = _read_municipalities(municipality_file) if municipality_file else None
    return _Metadata(
        kpis,
        municipalities,
        _read_groups(group_file, Places.of(municipalities)) if group_file else no_groups,
        tuple(notes),
    )


def _newest(folder: Path, stem: str) -> Path | None:
    """Return the file whose name has the latest date, None when there is none."""
    name = re.compile(rf"{stem}\.[ct]sv(\.gz)?", re.IGNORECASE)
    found = [path for path in folder.iterdir() if name.fullmatch(path.name)]
    return max(
        find_files(found),
        key=lambda path: (re.findall(r"\d{4}(?:-\d\d){0,2}", path.name)[-1:], path.name),
        default=None,
    )


def _read_list(path: Path, names: Iterable[str], needed: Sequence[str]) -> pd.DataFrame:
    """Return the columns of a metadata file that have these names."""
    roles = {name: _LIST_ALIASES.get(name, (name,)) for name in names}
    columns = read_columns(path, roles, {name: (name,) for name in needed})
    return pd.DataFrame({name: column.cells for name, column in columns.items()})


def _read_rows(
    path: Path,
    text: pd.DataFrame,
    reading: Callable[..., tuple[str, ...]],
    name: Callable[[tuple[str, ...]], str],
) -> list[tuple[str, ...]]:
    """Return each line of a list as read; one that cannot be, or names what has been named, is raised."""
    rows: list[tuple[str, ...]] = []
    lines: dict[str, object] = {}
    for line, *cells in text.itertuples(name=None):
        try:
            row = reading(*cells)
            if name(row) in lines:
                raise InputError(f"{name(row)} finns redan, på rad {lines[name(row)]}.")
        except InputError as error:
            raise InputError(f"{path}, rad {line}: {error}") from error
        lines[name(row)] = line
        rows.append(row)
    return rows


def _read_kpis(path: Path) -> pd.DataFrame:
    """Return the kpis frame of API v3's shape, or v2's (auspices, 0 and 1)."""
    text = _read_list(path, KPI_COLUMNS, ("id", "title"))

    def row(kpi: str, title: str) -> tuple[str, str]:
        read = kpi_id(kpi)
        return read, display_name(title, f"Titeln på nyckeltalet {read}")

    rows = _read_rows(path, text[["id", "title"]], row, lambda read: f"Nyckeltalet {read[0]}")
    text = text.mask(text.isin(MISSING), "")
    text[["id", "title"]] = pd.DataFrame(rows, columns=["id", "title"], index=text.index, dtype="str")
    for flag in text.columns.intersection(list(KPI_FLAG_COLUMNS)):
        cells = text[flag].str.casefold()
        unknown = text[flag][~cells.isin(_FLAGS)]
        if not unknown.empty:
            raise InputError(
                f'{path}, rad {unknown.index[0]}, kolumn {flag}: "{shown(unknown.iloc[0])}" ska vara TRUE eller FALSE.'
            )
        text[flag] = cells.map(_FLAGS)
    if "publ_period" in text:
        # A data frame with years missing writes the others as 2025.0.
        text["publ_period"] = text["publ_period"].mask(
            text["publ_period"].str.fullmatch(_YEAR), text["publ_period"].str[:4]
        )
    return text


def _read_municipalities(path: Path) -> pd.DataFrame:
    text = _read_list(path, ("id", "title", "type"), ("id", "title", "type"))
    rows = _read_rows(path, text, municipality_row, lambda read: f"Kommunkoden {read[0]}")
    return municipalities_frame((code, title, kind) for code, title, kind in rows)


def _read_groups(path: Path, places: Places) -> pd.DataFrame:
    """Return the groups frame; a member that is not there, or is two, would make another group of peers."""
    text = _read_list(path, GROUP_COLUMNS, GROUP_COLUMNS)
    titles: dict[str, str] = {}

    def row(group: str, title: str, member: str, name: str) -> tuple[str, str, str, str]:
        read = group_id(group)
        shown_title = display_name(title, f"Titeln på gruppen {read}")
        if titles.setdefault(read, shown_title) != shown_title:
            raise InputError(f'Gruppen {read} heter "{shown_title}" här men "{titles[read]}" ovanför.')
        code = places.member(member, name)
        return read, shown_title, code, places.titles.get(code, "" if is_missing(name) else name)

    rows = _read_rows(path, text, row, lambda read: f"Medlemmen {read[2]} i gruppen {read[0]}")
    return pd.DataFrame(rows, columns=list(GROUP_COLUMNS), dtype="str")


def _only_codes(tidy: pd.DataFrame) -> pd.DataFrame:
    """Return a municipalities frame of the codes themselves; Kolada's regions begin with 00."""
    return municipalities_frame(
        (code, "Riket" if code == RIKET else code, "L" if code.startswith("00") else "K")
        for code in tidy["municipality"].unique()
    )


def _titles(tidy: pd.DataFrame, kpis: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the kpis frame of the key figures that have rows, and a note on unknown ones.

    Kolada's lists know nothing of Skolverket's figures: the catalogue does.
    """
    used = pd.Series(tidy["kpi"].unique(), dtype="str")
    known = kpis[kpis["id"].isin(used)]
    unknown = used[~used.isin(known["id"])]
    theirs = skolverkets_titles(unknown)
    unknown = unknown[~unknown.isin(theirs["id"])]
    frame = pd.concat([known, theirs, pd.DataFrame({"id": unknown, "title": unknown})], ignore_index=True)
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
