"""Snapshots (frysningar): immutable folders of observations that every report names.

A snapshot is a folder with four parquet files, two more when it has units (`effektiv.data.units`),
and ``manifest.json``, which holds the checksum of each file and of itself. It is written beside its
final place and renamed, so that it exists whole or not at all, and it is never changed afterwards, not
even its name.

``observations.parquet`` is sorted by key figure and has one row group for each, so
that one key figure is read without touching the others.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cached_property
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import AfterValidator, Field, ValidationError

from effektiv.data import observations as obs
from effektiv.data.identifiers import (
    Places,
    display_name,
    fold,
    group_id,
    kpi_id,
    municipality_code,
    read_frame,
)
from effektiv.data.made import EXAMPLE, EXAMPLE_AFTER, MAKERS
from effektiv.data.municipalities import COLUMNS as MUNICIPALITY_COLUMNS
from effektiv.data.municipalities import find_municipality
from effektiv.data.population import SCHEMA as POPULATION_SCHEMA
from effektiv.data.population import merged_population, population_frame
from effektiv.data.revisions import SCHEMA as REVISIONS_SCHEMA
from effektiv.data.revisions import revisions_frame
from effektiv.data.units import COLUMNS as UNIT_COLUMNS
from effektiv.data.units import merged, observations_frame, units_frame
from effektiv.errors import InputError, SnapshotError, system_reason
from effektiv.staging import put_in_place, staging
from effektiv.types import RIKET, Model, ReadOnly, Shared
from effektiv.validation import faults, key_name, sentence

__all__ = [
    "EXAMPLE",
    "EXAMPLE_AFTER",
    "Manifest",
    "Request",
    "Snapshot",
    "check_free",
    "compare_observations",
    "compare_snapshots",
    "data_folder",
    "find_municipality",
    "list_snapshots",
    "open_snapshot",
    "status_words",
    "unwritable",
    "with_units",
    "write_snapshot",
]

EXAMPLE_HINT = (
    "Exempeldatan har bara påhittade kommuner, till exempel Exempelby: hämta eller importera värden för de verkliga "
    "och ange den frysningen, till exempel kolada-2026-09."
)

MANIFEST = "manifest.json"
OBSERVATIONS = "observations.parquet"
KPIS = "kpis.parquet"
MUNICIPALITIES = "municipalities.parquet"
GROUPS = "groups.parquet"
FILES = (OBSERVATIONS, KPIS, MUNICIPALITIES, GROUPS)

UNITS = "units.parquet"
UNIT_OBSERVATIONS = "unit_observations.parquet"
UNIT_FILES = (UNITS, UNIT_OBSERVATIONS)
"""Files of a snapshot that has units; both or none."""

POPULATION = "population.parquet"
"""File of a snapshot that has the population of some municipalities."""

REVISIONS = "revisions.parquet"
"""File of a snapshot whose fetch found other values than the snapshot before it has."""

FORMAT, FORMAT_WITH_POPULATION, FORMAT_WITH_REVISIONS = 3, 4, 5
"""How a snapshot is laid out; 1, which the manifest does not tell, had no checksum of its own, 2 no units, 3 no population,
4 no revisions.

One without these is written as before, so that what had been made stays the same to the byte.
"""

KPI_TEXT_COLUMNS = (
    "id",
    "title",
    "description",
    "municipality_type",
    "auspice",
    "operating_area",
    "perspective",
    "prel_publication_date",
    "publication_date",
    "publ_period",
)
KPI_FLAG_COLUMNS = ("is_divided_by_gender", "has_ou_data")
KPI_COLUMNS = (
    "id",
    "title",
    "description",
    "is_divided_by_gender",
    "municipality_type",
    "auspice",
    "operating_area",
    "perspective",
    "prel_publication_date",
    "publication_date",
    "publ_period",
    "has_ou_data",
)
"""Columns of the kpis frame: Kolada's own, unknown text as "" and dates as ISO text."""

GROUP_COLUMNS = ("group_id", "group_title", "member_id", "member_title")

STATUS_WORDS = ("", *obs.STATUSES)
"""Reasons for a missing value as panels keep them, by their place here; "" where there is no reason."""

_KPI_READINGS = {"id": kpi_id, "title": display_name}
_MUNICIPALITY_READINGS = {"id": municipality_code, "title": display_name}
_GROUP_READINGS = {
    "group_id": group_id,
    "group_title": display_name,
    "member_id": municipality_code,
    "member_title": display_name,
}
"""How ids and names of a new snapshot are read, whatever source it has."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WINDOWS_RESERVED = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?", re.IGNORECASE)


def _without_user(text: str) -> str:
    """Return a text without user name and password in addresses; 0.1.0 could keep them."""
    return re.sub(r"//[^/?#\s]*@", "//", text)


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time needs its offset")
    return text


def _each_file(found: dict[str, Any]) -> dict[str, Any]:
    if set(found) - {POPULATION, REVISIONS} not in ({*FILES}, {*FILES, *UNIT_FILES}):
        raise ValueError("one is needed for each file")
    return found


Year = Annotated[int, Field(ge=obs.FIRST_YEAR, le=obs.LAST_YEAR)]


class Request(Model):
    """What was asked of Kolada for a fetched snapshot; two fetches compare within it."""

    base_url: Annotated[str, AfterValidator(_without_user)]
    first_year: Year
    last_year: Year
    kpis: tuple[str, ...]
    fetched: Annotated[str, AfterValidator(_day)]


class Manifest(Model):
    """What a snapshot is and how to see that it is undamaged.

    Attributes
    ----------
    name
        Name of its folder.
    created
        ISO 8601 time with offset.
    source
        Swedish text on where the values come from, as reports print it.
    kind
        ``exempel``, ``kolada`` or ``import``.
    years
        Years that have observations, ascending.
    rows
        Number of rows by file name.
    checksums
        SHA-256 in hexadecimal by file name.
    library_version
        Version of this library that wrote it.
    preliminary_year
        Year whose cost figures were preliminary when the values were fetched.
    notes
        Swedish sentences on what the reader must know (what was left out, what was
        taken from where).
    request
        What was asked of Kolada; None for other kinds.
    """

    name: str
    created: Annotated[str, AfterValidator(_moment)]
    source: Annotated[str, AfterValidator(_without_user)]
    kind: Literal["exempel", "kolada", "import"]
    years: Annotated[tuple[Year, ...], Field(min_length=1)]
    rows: Annotated[ReadOnly[str, int], AfterValidator(_each_file)]
    checksums: Annotated[ReadOnly[str, str], AfterValidator(_each_file)]
    library_version: str
    preliminary_year: Year | None = None
    notes: tuple[str, ...] = ()
    request: Request | None = None


class Snapshot(Shared):
    """An opened snapshot; its checksums have been verified.

    Use `open_snapshot`. Frames are read when first asked for and kept, and what is returned is
    the caller's own; the national results keep panels for all reports (`effektiv.national`).

    Attributes
    ----------
    path
        The folder.
    manifest
        Its `Manifest`.
    """

    path: Path
    manifest: Manifest
    _panels: dict[tuple[str, str], tuple[pd.DataFrame, pd.DataFrame]]
    _frames: dict[str, pd.DataFrame]

    def __init__(self, path: Path, manifest: Manifest) -> None:
        vars(self).update(path=path, manifest=manifest, _panels={}, _frames={})

    def __repr__(self) -> str:
        return f"Snapshot({self.name!r}, {self.manifest.kind}, {self.manifest.created})"

    @property
    def name(self) -> str:
        """Name of the snapshot, as reports give it."""
        return self.manifest.name

    @property
    def is_example(self) -> bool:
        """Whether the values are invented."""
        return self.manifest.kind == "exempel"

    @property
    def kpis(self) -> pd.DataFrame:
        """Kolada's description of each key figure: columns `KPI_COLUMNS`, sorted by id."""
        return self._frame(KPIS)

    @property
    def municipalities(self) -> pd.DataFrame:
        """Municipalities, regions and Riket: id, title, type, county, sorted by id."""
        return self._frame(MUNICIPALITIES)

    @cached_property
    def places(self) -> Places:
        """What codes and names of municipalities, regions and Riket mean here."""
        return Places.of(self.municipalities)

    def kommun(self, text: object) -> str:
        """Return the code of the municipality that a name or code means.

        Raises
        ------
        InputError
            It means none here; of the example data it is said that its municipalities are invented.
        """
        try:
            return self.places.kommun(text)
        except InputError as error:
            if not self.is_example:
                raise
            raise InputError(f"{error} {EXAMPLE_HINT}") from error

    @property
    def groups(self) -> pd.DataFrame:
        """Members of each group: group_id, group_title, member_id, member_title."""
        return self._frame(GROUPS)

    @property
    def units(self) -> pd.DataFrame | None:
        """Units: columns of `effektiv.data.units.COLUMNS`, sorted by id; None when the snapshot has none."""
        return self._frame(UNITS) if self.has_units else None

    @property
    def unit_observations(self) -> pd.DataFrame | None:
        """What is published of units: `effektiv.data.observations.UNIT_COLUMNS`; None when there are no units."""
        return self._frame(UNIT_OBSERVATIONS) if self.has_units else None

    @property
    def population(self) -> pd.DataFrame | None:
        """Persons by municipality, age and year (`effektiv.data.population.COLUMNS`); None when the snapshot has none."""
        return self._frame(POPULATION) if POPULATION in self.manifest.rows else None

    @property
    def revisions(self) -> pd.DataFrame | None:
        """Values that the snapshot before had otherwise (`effektiv.data.revisions.COLUMNS`); None when none is known."""
        return self._frame(REVISIONS) if REVISIONS in self.manifest.rows else None

    @property
    def has_units(self) -> bool:
        """Whether the snapshot has units."""
        return UNITS in self.manifest.rows

    def observations(
        self,
        kpis: Iterable[str] | None = None,
        municipalities: Iterable[str] | None = None,
        years: Iterable[int] | None = None,
        genders: Iterable[str] | None = None,
    ) -> pd.DataFrame:
        """Return observations as a tidy frame, all of them or a selection.

        Parameters
        ----------
        kpis, municipalities, years, genders
            What to keep; None keeps all. Key figures that the snapshot lacks give no
            rows.

        Returns
        -------
        pandas.DataFrame
            Columns kpi, municipality, year, gender, value, status, sorted by kpi,
            municipality, gender, year.

        Raises
        ------
        SnapshotError
            When the file has been removed or damaged since it was opened.
        """
        table = self._table(kpis)
        for column, wanted in (("municipality", municipalities), ("year", years), ("gender", genders)):
            if wanted is not None:
                table = table.filter(pc.is_in(table[column], pa.array(list(wanted), _plain_type(column))))
        return obs.from_table(table)

    def panel(self, kpi: str, gender: str = "T") -> pd.DataFrame:
        """Return the values of one key figure as municipality x year.

        Parameters
        ----------
        kpi
            Id; one that the snapshot lacks gives a panel without columns.
        gender
            T, K or M.

        Returns
        -------
        pandas.DataFrame
            Index `municipality`: every kommun of the snapshot and Riket (0000), not
            the regions. Columns `year`: every year from the first to the last
            published, so that a gap in the series is a column of NaN. Values float.

        Raises
        ------
        ValueError
            When `gender` is not one of Kolada's marks.
        """
        return self._value_and_status(kpi, gender)[0].copy()

    def statuses(self, kpi: str, gender: str = "T") -> pd.DataFrame:
        """Return why values are missing: same shape as `panel`, status or ""."""
        return status_words(self._value_and_status(kpi, gender)[1])

    def _value_and_status(self, kpi: str, gender: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        if gender not in obs.GENDERS:
            raise ValueError(f"gender must be one of {obs.GENDERS}, not {gender!r}")
        if (kpi, gender) not in self._panels:
            self._panels.update(self.panels([kpi]))
        return self._panels[kpi, gender]

    def panels(self, kpis: Iterable[str]) -> dict[tuple[str, str], tuple[pd.DataFrame, pd.DataFrame]]:
        """Return values and statuses of many key figures, read at once.

        Parameters
        ----------
        kpis
            Ids.

        Returns
        -------
        dict
            (id, gender) -> values as `panel`, and of the same shape the statuses as
            places in `STATUS_WORDS`; for every id and gender.
        """
        wanted = list(dict.fromkeys(kpis))
        table = self._table(wanted).unify_dictionaries()
        kpi, found_kpis = _codes(table["kpi"])
        gender, found_genders = _codes(table["gender"])
        municipality, found_municipalities = _codes(table["municipality"])
        status, found_statuses = _codes(table["status"])
        places = self._panel_index.get_indexer(pd.Index(found_municipalities, dtype="object"))
        words = np.array([*map(STATUS_WORDS.index, found_statuses), 0], dtype=np.int8)
        columns = (places[municipality], table["year"].to_numpy(), table["value"].to_numpy(), words[status])
        # The rows of a key figure lie together.
        starts = np.flatnonzero(np.diff(kpi, prepend=-1))
        parts = {found_kpis[kpi[start]]: slice(start, stop) for start, stop in pairwise([*starts, len(kpi)])}
        panels = {}
        for name in wanted:
            part = parts.get(name, slice(0, 0))
            for mark in obs.GENDERS:
                code = found_genders.index(mark) if mark in found_genders else -1
                of_gender = gender[part] == code
                panels[name, mark] = self._build_panels(*(column[part][of_gender] for column in columns))
        return panels

    def _build_panels(
        self, at: np.ndarray, year: np.ndarray, value: np.ndarray, status: np.ndarray
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Lay out rows of one key figure and gender; `at` is the municipality's place, negative for none."""
        first, last = (int(year.min()), int(year.max())) if len(year) else (0, -1)
        index, years = self._panel_index, pd.Index(range(first, last + 1), name="year", dtype="int64")
        # By column, as pandas keeps frames: no copy is made of them.
        values = np.full((len(years), len(index)), np.nan)
        statuses = np.zeros((len(years), len(index)), dtype=np.int8)
        shown = at >= 0
        place = year[shown].astype(np.int64) - first, at[shown]
        values[place], statuses[place] = value[shown], status[shown]
        return tuple(  # type: ignore[return-value]  # two of them
            pd.DataFrame(array.T, index=index, columns=years, copy=False) for array in (values, statuses)
        )

    @cached_property
    def _panel_index(self) -> pd.Index:
        """Rows of every panel: the municipalities and Riket.

        As Python's own texts: a report looks rows up by their codes thousands of times, and each look in an
        index of Arrow's texts makes them into these first.
        """
        frame = self.municipalities
        shown = (frame["type"] == "K") | (frame["id"] == RIKET)
        index: pd.Index = pd.Index(frame["id"][shown], name="municipality", dtype="object")
        return index

    @cached_property
    def _row_groups(self) -> dict[str, list[int]]:
        """Row groups that hold each key figure, from the statistics in the file's footer."""
        groups: dict[str, list[int]] = {}
        for number in range(self._footer.num_row_groups):
            statistics = self._footer.row_group(number).column(0).statistics
            if statistics is None or not statistics.has_min_max:
                raise _damaged(self.path / OBSERVATIONS)
            groups.setdefault(statistics.min, []).append(number)
        return groups

    @cached_property
    def _footer(self) -> pq.FileMetaData:
        try:
            return pq.read_metadata(self.path / OBSERVATIONS)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(self.path / OBSERVATIONS) from error

    def _table(self, kpis: Iterable[str] | None) -> pa.Table:
        """Return the observations of some key figures, in file order."""
        numbers = (
            range(self._footer.num_row_groups)
            if kpis is None
            else sorted({number for kpi in kpis for number in self._row_groups.get(kpi, [])})
        )
        try:
            with pq.ParquetFile(self.path / OBSERVATIONS, metadata=self._footer, memory_map=True) as file:
                return file.read_row_groups(list(numbers)) if numbers else obs.SCHEMA.empty_table()
        except (OSError, pa.ArrowException) as error:
            raise _damaged(self.path / OBSERVATIONS) from error

    def _frame(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = self._read(name)
        return self._frames[name].copy(deep=False)

    def _read(self, name: str) -> pd.DataFrame:
        try:
            # Quicker than read_table, which imports and starts a scanner of many files.
            with pq.ParquetFile(self.path / name) as file:
                table = file.read()
            frame: pd.DataFrame = obs.from_table(table) if name == UNIT_OBSERVATIONS else table.to_pandas()
        except (OSError, pa.ArrowException) as error:
            raise _damaged(self.path / name) from error
        return frame


def status_words(statuses: pd.DataFrame) -> pd.DataFrame:
    """Return a panel of statuses as text.

    Parameters
    ----------
    statuses
        Municipality x year, places in `STATUS_WORDS`.

    Returns
    -------
    pandas.DataFrame
        Same shape; Kolada's word, or "".
    """
    words = np.array(STATUS_WORDS, dtype=object)[statuses.to_numpy().astype(np.intp)]
    return pd.DataFrame(words, index=statuses.index, columns=statuses.columns, dtype=object, copy=False)


def data_folder() -> Path:
    """Return the folder of all snapshots.

    The environment variable ``EFFEKTIV_DATA`` decides; without it, ``data/`` in the nearest
    folder from the working folder upwards that also holds ``notebooks/``, so that a
    notebook opened in JupyterLab finds the same snapshots as the command line; else here.
    """
    named = os.environ.get("EFFEKTIV_DATA")
    if named:
        return Path(named)
    here = Path.cwd()
    project = next((place for place in (here, *here.parents) if (place / "notebooks").is_dir()), here)
    return Path("data") if project == here else project / "data"


def list_snapshots(folder: Path | None = None) -> list[Manifest]:
    """Return the manifests of the snapshots in a folder, newest first.

    Folders whose name starts with a dot (half-written or internal) and folders with none
    of a snapshot's files are left out.

    Raises
    ------
    SnapshotError
        When a manifest cannot be read: its age is then unknown, and to pass over it
        could pick older values without a word.
    """
    return [manifest for _, manifest in _listed(data_folder() if folder is None else folder)]


def _listed(root: Path) -> list[tuple[Path, Manifest]]:
    """Return folders and manifests, newest first; of two made at once, one with another name last."""

    def age(item: tuple[Path, Manifest]) -> tuple[datetime, bool]:
        path, manifest = item
        return datetime.fromisoformat(manifest.created), _has_its_name(path, manifest)

    return sorted(((path, _read_manifest(path)) for path in _folders(root)), key=age, reverse=True)


def _folders(root: Path) -> list[Path]:
    """Return the folders that are snapshots, whole or damaged."""
    paths = sorted(root.iterdir()) if root.is_dir() else []
    return [path for path in paths if not path.name.startswith(".") and _has_files(path)]


def _has_files(path: Path) -> bool:
    """Say whether a folder holds anything of a snapshot: one that has lost its manifest is damaged, not gone."""
    return any((path / name).exists() for name in (MANIFEST, *FILES))


def _has_its_name(path: Path, manifest: Manifest) -> bool:
    return path.resolve().name.casefold() == manifest.name.casefold()


def open_snapshot(data: str | Path | None = None) -> Snapshot:
    """Open a snapshot and verify its checksums.

    Parameters
    ----------
    data
        ``exempel``, ``exempel-efter``, the name of a snapshot in `data_folder`, or a folder. None means
        the newest snapshot there, else the example data.

    Returns
    -------
    Snapshot
        The same object for the same unchanged folder within one process.

    Raises
    ------
    SnapshotError
        When there is none of that name, its folder has been renamed, or a file is missing,
        damaged or changed.
    """
    if data is None:
        newest = next((path for path, found in _listed(data_folder()) if found.kind != "exempel"), None)
        return open_snapshot(EXAMPLE) if newest is None else _open_folder(newest)
    if str(data) in MAKERS:
        return MAKERS[str(data)]()
    return _open_folder(_find_folder(data))


def write_snapshot(
    name: str,
    *,
    observations: pd.DataFrame,
    kpis: pd.DataFrame,
    municipalities: pd.DataFrame,
    groups: pd.DataFrame,
    units: pd.DataFrame | None = None,
    unit_observations: pd.DataFrame | None = None,
    population: pd.DataFrame | None = None,
    revisions: pd.DataFrame | None = None,
    source: str,
    kind: Literal["exempel", "kolada", "import"],
    preliminary_year: int | None = None,
    notes: Sequence[str] = (),
    request: Request | None = None,
    created: datetime | None = None,
    folder: Path | None = None,
) -> Snapshot:
    """Write a new snapshot, whole or not at all, and open it.

    Parameters
    ----------
    name
        Plain ASCII name of the new folder.
    observations
        Tidy frame; checked by `effektiv.data.observations.normalise`.
    kpis
        At least id and title; other columns of `KPI_COLUMNS` are filled with "" or
        False where they are missing.
    municipalities, groups
        Frames as `Snapshot.municipalities` and `Snapshot.groups`.
    units, unit_observations
        Frames as `Snapshot.units` and `Snapshot.unit_observations`; None for a snapshot without units.
    population
        Frame as `Snapshot.population`; None for a snapshot without it.
    revisions
        Frame as `Snapshot.revisions`; None for a snapshot without it.
    source, kind, preliminary_year, notes, request
        See `Manifest`.
    created
        Time with offset; None means now.
    folder
        Where the snapshot's folder is made; None means `data_folder`.

    Returns
    -------
    Snapshot
        The new snapshot.

    Raises
    ------
    InputError
        When the name cannot be used or is taken, a frame is not valid, or there are no
        observations.
    SnapshotError
        When the folder cannot be written; nothing is left of the attempt.
    """
    target = check_free(name, kind, folder)
    tidy = obs.normalise(observations)
    if tidy.empty:
        raise InputError(f'Frysningen "{name}" skulle bli tom: det finns inga värden för det som valts.')
    municipalities = read_frame(municipalities, _MUNICIPALITY_READINGS)
    groups = read_frame(groups, _GROUP_READINGS)
    frames = {
        KPIS: _kpis_frame(read_frame(kpis, _KPI_READINGS)),
        MUNICIPALITIES: _text_frame("Kommunlistan", municipalities, MUNICIPALITY_COLUMNS, "id"),
        GROUPS: _text_frame("Grupplistan", groups, GROUP_COLUMNS, "group_id", "member_id"),
    }
    _check_known(tidy, "kpi", frames[KPIS]["id"], "nyckeltalslistan")
    _check_known(tidy, "municipality", frames[MUNICIPALITIES]["id"], "kommunlistan")
    contents = {OBSERVATIONS: _observation_bytes(tidy)}
    rows = {OBSERVATIONS: len(tidy)}
    if units is not None and unit_observations is not None:
        frames[UNITS] = units_frame(units)
        _check_known(frames[UNITS], "municipality", frames[MUNICIPALITIES]["id"], "kommunlistan")
        of_units = observations_frame(unit_observations, frames[UNITS])
        contents[UNIT_OBSERVATIONS] = _observation_bytes(of_units)
        rows[UNIT_OBSERVATIONS] = len(of_units)
    if population is not None:
        frames[POPULATION] = population_frame(population)
        _check_known(frames[POPULATION], "municipality", frames[MUNICIPALITIES]["id"], "kommunlistan")
    if revisions is not None:
        frames[REVISIONS] = revisions_frame(revisions)
        _check_known(frames[REVISIONS], "kpi", frames[KPIS]["id"], "nyckeltalslistan")
        _check_known(frames[REVISIONS], "municipality", frames[MUNICIPALITIES]["id"], "kommunlistan")
    contents |= {file: _parquet_bytes(frame) for file, frame in frames.items()}
    manifest = Manifest(
        name=name,
        created=(created or datetime.now(UTC)).isoformat(timespec="seconds"),
        source=source,
        kind=kind,
        years=tuple(int(year) for year in np.unique(tidy["year"])),
        rows=rows | {file: len(frame) for file, frame in frames.items()},
        checksums={file: hashlib.sha256(content).hexdigest() for file, content in contents.items()},
        library_version=version("effektiv"),
        preliminary_year=preliminary_year,
        notes=tuple(notes),
        request=request,
    )
    contents[MANIFEST] = manifest_bytes(manifest)
    _write_folder(target, contents)
    return _open_folder(target)


def with_units(
    name: str,
    base: Snapshot,
    *,
    units: pd.DataFrame,
    unit_observations: pd.DataFrame,
    source: str,
    notes: Sequence[str] = (),
) -> Snapshot:
    """Write a new snapshot that has all that another has, and units beside it.

    Parameters
    ----------
    name
        Of the new one, which is written beside the other.
    base
        The other; its units stay, but for those that are given anew.
    units, unit_observations
        As `write_snapshot`.
    source
        Swedish text on where the units come from, added to the base's.
    notes
        Added to the base's.

    Raises
    ------
    InputError, SnapshotError
        As `write_snapshot`.
    """
    before = None
    if base.units is not None and base.unit_observations is not None:
        before = base.units, base.unit_observations
    all_units, all_observations = merged(before, units, unit_observations)
    return _with(name, base, source, notes, units=all_units, unit_observations=all_observations)


def with_population(
    name: str,
    base: Snapshot,
    *,
    population: pd.DataFrame,
    source: str,
    notes: Sequence[str] = (),
) -> Snapshot:
    """Write a new snapshot that has all that another has, and the population of some municipalities beside it.

    Parameters
    ----------
    name, base, source, notes
        As `with_units`; the base's population stays, but for the municipalities that are given anew.
    population
        As `write_snapshot`.

    Raises
    ------
    InputError, SnapshotError
        As `write_snapshot`.
    """
    return _with(name, base, source, notes, population=merged_population(base.population, population))


def _with(name: str, base: Snapshot, source: str, notes: Sequence[str], **replaced: pd.DataFrame) -> Snapshot:
    """Write a new snapshot beside another, with all that it has but for some frames."""
    manifest = base.manifest
    return write_snapshot(
        name,
        observations=base.observations(),
        kpis=base.kpis,
        municipalities=base.municipalities,
        groups=base.groups,
        units=replaced.get("units", base.units),
        unit_observations=replaced.get("unit_observations", base.unit_observations),
        population=replaced.get("population", base.population),
        revisions=base.revisions,
        source=f"{manifest.source}. {source}",
        kind=manifest.kind,
        preliminary_year=manifest.preliminary_year,
        notes=(*manifest.notes, *notes),
        request=manifest.request,
        folder=base.path.parent,
    )


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return a manifest as its file holds it: with the format of the snapshot and its own checksum."""
    layout = (
        FORMAT_WITH_REVISIONS
        if REVISIONS in manifest.rows
        else FORMAT_WITH_POPULATION
        if POPULATION in manifest.rows
        else FORMAT
    )
    content = manifest.model_dump(mode="json") | {"format": layout}
    content["checksum"] = _own_checksum(content)
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _own_checksum(content: dict[str, Any]) -> str:
    """Return the SHA-256 of what a manifest says, however it is laid out; later formats must keep to it."""
    said = {key: value for key, value in content.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def check_free(name: str, kind: str, folder: Path | None = None) -> Path:
    """Return the folder that a new snapshot will have, when the name can be used.

    Raises
    ------
    InputError
        When the name is taken, or some file system or the word ``exempel`` makes it
        unusable; then with a name that would do.
    """
    _check_name(name, kind)
    target = (data_folder() if folder is None else folder) / name
    _refuse_existing(target)
    return target


def _check_name(name: str, kind: str) -> None:
    if name.casefold() in (EXAMPLE, EXAMPLE_AFTER) and kind != "exempel":
        raise InputError(f'Namnet "{name}" är upptaget av exempeldatan: välj ett annat namn på frysningen.')
    if not _NAME.fullmatch(name) or name.endswith(".") or _WINDOWS_RESERVED.fullmatch(name):
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", fold(name)).strip("-._")[:64]
        usable = plain if plain and not _WINDOWS_RESERVED.fullmatch(plain) else "frysning-1"
        raise InputError(
            f'Namnet "{name}" kan inte användas på en frysning: använd bokstäverna a-z, siffror, '
            f'bindestreck, punkt och understreck, till exempel "{usable}".'
        )


def compare_snapshots(
    old: Snapshot,
    new: Snapshot,
    kpis: Iterable[str] | None = None,
    years: Iterable[int] | None = None,
) -> pd.DataFrame:
    """Return the values that differ between two snapshots.

    Parameters
    ----------
    old, new
        Earlier and later snapshot.
    kpis, years
        Compare only these; None compares all that either holds.

    Returns
    -------
    pandas.DataFrame
        As `compare_observations`.
    """
    ids = None if kpis is None else list(kpis)
    when = None if years is None else list(years)
    return compare_observations(old.observations(ids, years=when), new.observations(ids, years=when))


def compare_observations(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return the values that differ between two tidy frames.

    Parameters
    ----------
    old, new
        Earlier and later observations; see `effektiv.data.observations.normalise`.

    Returns
    -------
    pandas.DataFrame
        kpi, municipality, year, gender, change, before, after, sorted by key. `change`
        is ``ny`` (a value where there was none), ``reviderad`` (another value, by more
        than rounding: `effektiv.data.observations.SAME`) or
        ``borttagen`` (a value where there now is none). Changes from one reason for
        missing to another are not values and are left out.
    """
    keys = list(obs.KEYS)
    before = old[[*keys, "value"]].dropna().rename(columns={"value": "before"})
    after = new[[*keys, "value"]].dropna().rename(columns={"value": "after"})
    both = before.merge(after, on=keys, how="outer", validate="1:1")
    both = both[~obs.same(both["before"], both["after"])]
    change = np.select([both["before"].isna(), both["after"].isna()], ["ny", "borttagen"], "reviderad")
    both = both.assign(change=pd.Series(change, index=both.index, dtype="str"))
    columns = ["kpi", "municipality", "year", "gender", "change", "before", "after"]
    return both.sort_values(keys, ignore_index=True)[columns]


_opened: dict[tuple[object, ...], Snapshot] = {}


def _open_folder(path: Path) -> Snapshot:
    """Open and verify one folder, once per process for unchanged files."""
    manifest = _read_manifest(path)
    if not _has_its_name(path, manifest):
        raise SnapshotError(
            f'Mappen {path} innehåller frysningen "{manifest.name}", men en frysning heter som sin mapp: byt '
            f"tillbaka mappens namn till {manifest.name}, eller ta bort den om den är en kopia."
        )
    key = (path.resolve(), manifest.model_dump_json(), _file_marks(path, manifest))
    if key not in _opened:
        _verify(path, manifest)
        _opened[key] = Snapshot(path.resolve(), manifest)
    return _opened[key]


def _find_folder(data: str | Path) -> Path:
    """Return the folder that `data` means: a name in the data folder, or a path."""
    for path in (data_folder() / data, Path(data)):
        with suppress(OSError, ValueError):  # a name that no file can have
            if _has_files(path):
                return path
    names = ", ".join(sorted({EXAMPLE, EXAMPLE_AFTER, *(path.name for path in _folders(data_folder()))}))
    raise SnapshotError(f'Frysningen "{data}" finns inte i {data_folder()}. Det finns: {names}.')


def _read_manifest(path: Path) -> Manifest:
    file = path / MANIFEST
    try:
        content = json.loads(file.read_bytes().decode("utf-8"))
        whole = _is_whole(content)
    except PermissionError as error:
        raise _damaged(file, "går inte att läsa, läsrätt saknas") from error
    except OSError as error:
        raise _damaged(file) from error
    except (ValueError, RecursionError) as error:
        raise _damaged(file) from error
    if not whole:
        raise _newer(file, content, ", om inte filen är skadad") if _is_newer(content) else _damaged(file)
    if content.pop("format", 1) > FORMAT_WITH_REVISIONS:
        raise _newer(file, content)
    content.pop("checksum", None)
    try:
        return Manifest.model_validate_json(json.dumps(content), strict=True)
    except ValidationError as error:
        if _is_newer(content):
            raise _newer(file, content) from error
        place, clause = faults(Manifest, error)[0]
        what = f"nyckeln {key_name(place)}" if place else "texten"
        raise _damaged(file, f"säger något som arbetsboken aldrig skriver: {what} {clause}") from error


def _is_whole(content: Any) -> bool:
    """Say whether a manifest has its own checksum, or is of the format that had none."""
    if not isinstance(content, dict):
        return False
    if "checksum" in content:
        return bool(content["checksum"] == _own_checksum(content)) and type(content.get("format")) is int
    return "format" not in content


def _is_newer(content: Any) -> bool:
    """Say whether a manifest says that a later version than this has written it."""
    said = content.get("library_version") if isinstance(content, dict) else None
    return isinstance(said, str) and _version_number(said) > _version_number(version("effektiv"))


def _version_number(text: str) -> tuple[int, ...]:
    plain = re.match(r"[0-9]{1,6}(\.[0-9]{1,6})*", text)
    return tuple(map(int, plain[0].split("."))) if plain else ()


def _newer(file: Path, content: dict[str, Any], unless: str = "") -> SnapshotError:
    return SnapshotError(
        f"Frysningen {file.parent.name} är enligt {file} skriven av en nyare version av arbetsboken "
        f"({content.get('library_version')}; den här är {version('effektiv')}){unless}: installera den nyare, "
        "eller hämta eller importera frysningen igen med den här."
    )


def _file_marks(path: Path, manifest: Manifest) -> tuple[tuple[int, int], ...]:
    """Return size and time of change of each file; a missing file is an error."""
    marks = []
    for name in sorted(manifest.checksums):
        if not (path / name).is_file():
            raise _damaged(path / name)
        stat = (path / name).stat()
        marks.append((stat.st_size, stat.st_mtime_ns))
    return tuple(marks)


def _verify(path: Path, manifest: Manifest) -> None:
    """Raise when a file's checksum is not the manifest's, or it does not hold what it should."""
    for name in manifest.checksums:
        file = path / name
        try:
            with file.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
            if found != manifest.checksums[name]:
                raise _damaged(file)
            footer = pq.read_metadata(file)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(file) from error
        columns = {field.name: field.type for field in footer.schema.to_arrow_schema()}
        for column, kind in _expected(name).items():
            if columns.get(column) not in kind:
                what = f"är {columns[column]} men ska vara {kind[0]}" if column in columns else "saknas"
                raise _damaged(file, f"har en annan uppställning, kolumnen {column} {what}")
        if footer.num_rows != manifest.rows[name]:
            raise _damaged(file, f"har {footer.num_rows} rader men ska ha {manifest.rows[name]}")


def _expected(name: str) -> dict[str, tuple[pa.DataType, ...]]:
    """Return the types that each column of a file may have."""
    if name in (OBSERVATIONS, UNIT_OBSERVATIONS):
        schema = obs.SCHEMA if name == OBSERVATIONS else obs.UNIT_SCHEMA
        return {field.name: (field.type,) for field in schema}
    if name in (POPULATION, REVISIONS):
        texts_too = {pa.large_string(): (pa.large_string(), pa.string())}
        schema = POPULATION_SCHEMA if name == POPULATION else REVISIONS_SCHEMA
        return {field.name: texts_too.get(field.type, (field.type,)) for field in schema}
    texts = {
        KPIS: KPI_COLUMNS,
        MUNICIPALITIES: MUNICIPALITY_COLUMNS,
        GROUPS: GROUP_COLUMNS,
        UNITS: UNIT_COLUMNS,
    }[name]
    flags = KPI_FLAG_COLUMNS if name == KPIS else ()
    return {
        column: (pa.bool_(),) if column in flags else (pa.large_string(), pa.string()) for column in texts
    }


def _damaged(file: Path, how: str = "saknas eller är inte som när den skrevs") -> SnapshotError:
    return SnapshotError(
        f"Frysningen {file.parent.name} är skadad: filen {file} {sentence(how)} Hämta eller importera den igen."
    )


def _refuse_existing(target: Path) -> None:
    """Refuse a name that is taken, also in other letters: Windows and macOS would not tell them apart."""
    others = target.parent.iterdir() if target.parent.is_dir() else ()
    for other in others:
        if other.name.casefold() == target.name.casefold():
            raise InputError(
                f'Frysningen "{other.name}" finns redan i {target.parent} och ändras aldrig: välj ett annat namn.'
            )


def _kpis_frame(kpis: pd.DataFrame) -> pd.DataFrame:
    """Return the kpis frame with exactly `KPI_COLUMNS`."""
    texts = _text_frame("Nyckeltalslistan", kpis, KPI_TEXT_COLUMNS, "id", fill=True)
    for column in KPI_FLAG_COLUMNS:
        flags = kpis.set_index("id")[column] if column in kpis.columns else pd.Series(dtype=bool)
        texts[column] = [bool(flags.get(kpi, False)) for kpi in texts["id"]]
    return texts[list(KPI_COLUMNS)]


def _text_frame(
    what: str, frame: pd.DataFrame, columns: Sequence[str], *keys: str, fill: bool = False
) -> pd.DataFrame:
    """Return a frame of text columns sorted by its keys; missing text becomes "".

    Raises
    ------
    InputError
        When a column is missing (unless `fill`) or a key occurs twice.
    """
    missing = [
        column for column in columns if column not in frame.columns and not (fill and column not in keys)
    ]
    if missing:
        raise InputError(f"{what} saknar kolumnen {', '.join(missing)}.")
    texts = pd.DataFrame(
        {
            column: frame[column].fillna("").astype("str")
            if column in frame.columns
            else pd.Series("", index=frame.index, dtype="str")
            for column in columns
        }
    )
    repeated = texts[texts.duplicated(list(keys))]
    if not repeated.empty:
        raise InputError(f"{what} har {' '.join(repeated.iloc[0][list(keys)])} mer än en gång.")
    return texts.sort_values(list(keys), ignore_index=True)


def _check_known(tidy: pd.DataFrame, column: str, known: pd.Series, where: str) -> None:
    unknown = sorted(set(tidy[column].unique()) - set(known))
    if unknown:
        raise InputError(f"Observationerna innehåller {unknown[0]}, som inte finns i {where}.")


def _plain_type(column: str) -> pa.DataType:
    kind = obs.SCHEMA.field(column).type
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _codes(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str]]:
    """Return a column of texts as numbers and the texts they stand for; -1 is a missing one."""
    whole = column.combine_chunks()
    return whole.indices.fill_null(-1).to_numpy(), whole.dictionary.to_pylist()


def _observation_bytes(tidy: pd.DataFrame) -> bytes:
    """Return the observations file: one row group for each key figure."""
    table = obs.to_table(tidy)
    starts = np.flatnonzero(tidy["kpi"].ne(tidy["kpi"].shift()).to_numpy())
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, table.schema, compression="zstd") as writer:
        for start, stop in zip(starts, [*starts[1:], len(tidy)], strict=True):
            writer.write_table(table.slice(start, stop - start), row_group_size=int(stop - start))
    return buffer.getvalue()


def _parquet_bytes(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), buffer, compression="zstd")
    return buffer.getvalue()


def _write_folder(target: Path, contents: Mapping[str, bytes]) -> None:
    """Write all files to a hidden folder beside `target`, then rename it into place."""
    try:
        # Also after Ctrl-C: only a whole folder may remain.
        with staging(target.parent, target.name) as folder:
            for name, content in contents.items():
                _write_synced(folder / name, content)
            _sync_folder(folder)
            _refuse_existing(target)
            put_in_place(folder, target)
            _sync_folder(target.parent)
    except OSError as error:
        _refuse_existing(target)
        raise unwritable(target, error) from error


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Make a folder's entries durable where the platform can (Windows cannot)."""
    if os.name == "posix":
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def unwritable(target: Path, error: OSError) -> SnapshotError:
    """Return the error to raise when the system refuses to write a snapshot."""
    if isinstance(error, PermissionError):
        why = "skrivrätt saknas, eller så har ett annat program (virusskydd, OneDrive) något där öppet"
    else:
        why = system_reason(error)
    return SnapshotError(
        f'Frysningen "{target.name}" kunde inte skrivas i {target.parent}: {why}. Inget har ändrats.'
    )
