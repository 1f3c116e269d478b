"""From Kolada, and SCB, to a new snapshot, in as few requests as can be, and resumable.

Finished pages are kept beside the snapshots, in a hidden folder named after what was
asked for, so that a fetch that was stopped goes on where it was. Pages of another
request, or older than `WORK_EXPIRES`, are never mixed in.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from effektiv.data import observations as obs
from effektiv.data.kolada import (
    GROUP_ID,
    IDS_PER_SEGMENT,
    PER_PAGE,
    EndlessError,
    KoladaClient,
    Page,
    data_path,
    listed_municipalities,
    read_data,
    read_groups,
    read_kpis,
    read_municipalities,
    read_page,
    read_unit_data,
    read_units,
)
from effektiv.data.revisions import revisions_of
from effektiv.data.scb import ScbClient
from effektiv.data.snapshot import (
    Request,
    Snapshot,
    check_free,
    compare_observations,
    list_snapshots,
    open_snapshot,
    unwritable,
    with_population,
    with_units,
    write_snapshot,
)
from effektiv.data.units import kind_of
from effektiv.errors import InputError, KoladaError, SnapshotError
from effektiv.types import RIKET

T = TypeVar("T")

WORK_EXPIRES = timedelta(hours=24)
"""Age after which kept pages are thrown away: Kolada revises values day by day, and a
snapshot should not be of two different weeks."""

METADATA_PAGES = 4
"""Pages of key figures (6 138 rows), municipalities (312) and groups (3 630)."""


@dataclass(frozen=True)
class Listing:
    """One listing to read page by page.

    Attributes
    ----------
    path
        Path below the base address.
    parameters
        Query parameters besides paging.
    pages
        Estimated number of pages, each one request; never too low for what Kolada
        holds of the types of municipality that the key figures have.
    """

    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    pages: int = 1


METADATA = (Listing("kpi", pages=2), Listing("municipality"), Listing("municipality_groups"))
"""Listings read first: a request for all is fewer requests than 25 ids at a time."""


@dataclass(frozen=True)
class FetchResult:
    """What a fetch gave.

    Attributes
    ----------
    snapshot
        The new snapshot.
    requests
        Pages asked for in this run (not counting retries).
    resumed
        Pages taken from an earlier run that was stopped.
    previous
        Newest earlier snapshot from the same address, None when there is none.
    changes
        Values that are new, revised or withdrawn since `previous`, within what both
        asked for; columns as `effektiv.data.snapshot.compare_snapshots`.
    problem
        Why it could not be told which is the newest earlier one; None when it could.
    """

    snapshot: Snapshot
    requests: int
    resumed: int
    previous: Snapshot | None
    changes: pd.DataFrame | None
    problem: str | None = None


def plan(
    kpis: pd.DataFrame,
    municipalities: pd.DataFrame,
    first_year: int,
    last_year: int,
    from_date: str | None = None,
) -> list[Listing]:
    """Return the data listings that need the fewest requests.

    Parameters
    ----------
    kpis
        Key figures to fetch: id and municipality_type (K, L or A for both).
    municipalities
        All of them, with type; Riket counts for every key figure.
    first_year, last_year
        Years to fetch, both included.
    from_date
        Only what has changed since this day.

    Returns
    -------
    list of Listing
        In order; empty without key figures.

    Notes
    -----
    Kolada gives at most P = 5 000 rows (key figure x municipality x year) on a page, so
    any plan needs at least rows / P requests, plus on average half a page for each
    listing whose last page is not full. Fewest requests therefore means: ask for no row
    that is not wanted, in as few listings as possible. At least two of the segments kpi,
    municipality and year must be given, at most 25 ids in each. For 216 key figures,
    291 municipalities (290 and Riket) and the 11 years 2015-2025, all published:

    =======================  ========  ===================  =====================  ========
    Segments                 Listings  Rows of a listing    Pages of a listing     Requests
    =======================  ========  ===================  =====================  ========
    kpi, year                9         24 x 291 x 11        76 824 / P -> 16       144
    kpi, municipality, year  9 x 12    24 x 24.25 x 11      6 402 / P -> 2         216
    kpi, municipality        9 x 12    24 x 24.25 x 28      16 296 / P -> 4        432
    municipality, year       12        6 100 x 24.25 x 11   1 627 175 / P -> 326   3 912
    =======================  ========  ===================  =====================  ========

    (28 years: without a year segment everything since 1998 comes along; 6 100: without
    a kpi segment all of Kolada does.) No plan could do with fewer than 691 416 / P =
    139. The first is used: as few listings as the 25 ids allow, evenly filled. It has
    no municipality segment, so key figures of type A give rows for the 21 regions too:
    at most 7 % more rows for those, against twelve times as many listings.
    """
    rows = _rows_per_year(kpis, municipalities)
    changed = () if from_date is None else (("from_date", from_date),)
    return [
        Listing(
            data_path(kpis=ids, years=years),
            changed,
            # How much has changed cannot be known beforehand.
            ceil(sum(rows[kpi] for kpi in ids) * len(years) / PER_PAGE) if from_date is None else 1,
        )
        for ids in _even_parts(sorted(rows), IDS_PER_SEGMENT)
        for years in _even_parts(range(first_year, last_year + 1), IDS_PER_SEGMENT)
    ]


def fetch(
    name: str,
    client: KoladaClient,
    *,
    kpis: Sequence[str],
    first_year: int,
    last_year: int | None = None,
    folder: Path | None = None,
    progress: bool = True,
) -> FetchResult:
    """Fetch key figures for all municipalities into a new snapshot.

    Parameters
    ----------
    name
        Name of the new snapshot.
    client
        Where to fetch from.
    kpis
        Ids. One that Kolada no longer has is left out, with a note in the manifest.
    first_year, last_year
        Years; None means up to this year.
    folder
        Where snapshots are; None means `effektiv.data.snapshot.data_folder`.
    progress
        Whether to show a progress bar on standard error.

    Returns
    -------
    FetchResult
        The snapshot and what has changed since the newest earlier one.

    Raises
    ------
    InputError
        When the name cannot be used or the years are wrong.
    KoladaError
        When Kolada does not answer, or answers something unexpected. Finished pages are
        kept for the next try.
    SnapshotError
        When the disk cannot be written.
    """
    today = datetime.now(UTC).date()
    last = today.year if last_year is None else last_year
    if not obs.FIRST_YEAR <= first_year <= last <= obs.LAST_YEAR:
        raise InputError(f"Första året {first_year} måste ligga mellan {obs.FIRST_YEAR} och {last}.")
    target = check_free(name, "kolada", folder)
    request = Request(
        base_url=client.base_url,
        first_year=first_year,
        last_year=last,
        kpis=tuple(sorted(set(kpis))),
        fetched=today.isoformat(),
    )
    with _Work.open(target, request, None) as work:
        found = _read_all(client, request, None, work, progress)
        tidy = obs.normalise(found.data[~found.data["isdeleted"]])
        since = _since(target, request, tidy)
        snapshot = _write(target, found, tidy, request, work, since)
    return _result(snapshot, work, since)


def fetch_update(
    name: str,
    client: KoladaClient,
    previous: Snapshot,
    *,
    from_date: date | None = None,
    progress: bool = True,
) -> FetchResult:
    """Fetch what has changed since an earlier snapshot into a new, complete one.

    Parameters
    ----------
    name
        Name of the new snapshot; it is written beside the earlier one.
    client
        Where to fetch from; must be where `previous` came from.
    previous
        Snapshot that was fetched from Kolada; its key figures and first year are kept.
    from_date
        First day of changes; None means the day before `previous` was fetched, since
        its hours are not Kolada's.
    progress
        Whether to show a progress bar on standard error.

    Returns
    -------
    FetchResult
        The snapshot and what has changed since `previous`.

    Raises
    ------
    InputError
        When the name cannot be used, or `previous` was not fetched from there.
    KoladaError, SnapshotError
        As `fetch`.
    """
    before = previous.manifest.request
    if before is None or before.base_url != client.base_url:
        raise InputError(
            f'Frysningen "{previous.name}" är inte hämtad från {client.base_url} och kan inte uppdateras '
            "därifrån: hämta en ny i stället."
        )
    target = check_free(name, "kolada", previous.path.parent)
    today = datetime.now(UTC).date()
    since = from_date or date.fromisoformat(before.fetched) - timedelta(days=1)
    request = before.model_copy(
        update={"last_year": max(before.last_year, today.year), "fetched": today.isoformat()}
    )
    with _Work.open(target, request, since.isoformat()) as work:
        found = _read_all(client, request, since.isoformat(), work, progress)
        found.keep_known(previous)
        found.notes.append(
            f'Uppdaterad från frysningen "{previous.name}": bara det som ändrats sedan {since} hämtades.'
        )
        if previous.population is not None:
            found.notes.append(f'Befolkningen är den i frysningen "{previous.name}" och hämtades inte om.')
        if previous.has_units:
            found.notes.append(f'Enheterna är de i frysningen "{previous.name}" och hämtades inte om.')
        tidy = obs.normalise(_apply_changes(previous.observations(), found.data))
        changes = _Since(previous, _changes(previous, request, tidy))
        snapshot = _write(target, found, tidy, request, work, changes, previous)
    return _result(snapshot, work, changes)


def fetch_units(
    name: str,
    client: KoladaClient,
    previous: Snapshot,
    municipalities: Sequence[str],
    *,
    progress: bool = True,
) -> FetchResult:
    """Fetch what Kolada has of some municipalities' units into a new snapshot, beside all that an earlier one has.

    Parameters
    ----------
    name
        Name of the new snapshot; it is written beside the earlier one.
    client
        Where to fetch from.
    previous
        Earlier snapshot: its key figures that Kolada has of units are asked for, in its years.
    municipalities
        Codes.
    progress
        Whether to show a progress bar on standard error.

    Returns
    -------
    FetchResult
        The snapshot; nothing of it is compared, for no other value has changed.

    Raises
    ------
    InputError
        When the name cannot be used, the values are invented, or there is nothing to ask for: no key figure of
        units, or a municipality without units in Kolada.
    KoladaError, SnapshotError
        As `fetch`.
    """
    if previous.is_example:
        raise InputError(
            "Exempeldatan har redan påhittade enheter: hämta först kommunernas värden med effektiv hamta, och sedan "
            "enheterna."
        )
    kpis = previous.kpis["id"][previous.kpis["has_ou_data"]].tolist()
    if not kpis:
        raise InputError(
            f'Frysningen "{previous.name}" har inga nyckeltal som Kolada har för enheter (has_ou_data): hämta en ny '
            "med effektiv hamta."
        )
    target = check_free(name, previous.manifest.kind, previous.path.parent)
    years = previous.manifest.years
    request = Request(
        base_url=client.base_url,
        first_year=years[0],
        last_year=years[-1],
        kpis=tuple(sorted(kpis)),
        fetched=datetime.now(UTC).date().isoformat(),
    )
    asked = {"units": list(municipalities), "base": previous.name}
    with _Work.open(target, request, None, asked) as work:
        units, data, notes = _read_units(client, request, municipalities, work, progress)
        data = data[~data["isdeleted"]].drop(columns="isdeleted")
        if data.empty:
            raise InputError(
                f"Kolada har inga värden för enheter i {', '.join(municipalities)} åren {years[0]}-{years[-1]}."
            )
        snapshot = with_units(
            target.name,
            previous,
            units=units,
            unit_observations=data,
            source=f"Enheter: Kolada ({client.base_url}), hämtat {work.started.date().isoformat()}",
            notes=notes,
        )
    return FetchResult(snapshot, work.fetched, work.resumed, None, None)


def fetch_population(
    name: str, client: ScbClient, previous: Snapshot, municipalities: Sequence[str]
) -> FetchResult:
    """Fetch SCB's population and projection of some municipalities into a new snapshot, beside all that an earlier one has.

    Parameters
    ----------
    name
        Name of the new snapshot; it is written beside the earlier one.
    client
        Where to fetch from.
    previous
        Earlier snapshot, which is not changed.
    municipalities
        Codes.

    Returns
    -------
    FetchResult
        The snapshot; nothing of it is compared, for no other value has changed.

    Raises
    ------
    InputError
        When the name cannot be used, or the values are invented.
    ScbError, SnapshotError
        When SCB does not answer, or answers something unexpected; nothing has been written then.
    """
    if previous.is_example:
        raise InputError(
            "Exempeldatans kommuner är påhittade och finns inte hos SCB: hämta först kommunernas värden med effektiv "
            "hamta, och sedan befolkningen."
        )
    target = check_free(name, previous.manifest.kind, previous.path.parent)
    parts = [client.population(code) for code in municipalities]
    today = datetime.now(UTC).date().isoformat()
    snapshot = with_population(
        target.name,
        previous,
        population=pd.concat(parts, ignore_index=True),
        source=f"Befolkning: SCB ({client.base_url}), hämtat {today}",
    )
    return FetchResult(snapshot, client.requests, 0, None, None)


def _read_units(
    client: KoladaClient, request: Request, municipalities: Sequence[str], work: _Work, progress: bool
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return units, their data with deleted rows, and notes for the manifest."""
    years = range(request.first_year, request.last_year + 1)
    with _Reader(client, work, progress) as reader:
        lists = [reader.read(Listing("ou", (("municipality", code),)), read_units) for code in municipalities]
        for code, rows in zip(municipalities, lists, strict=True):
            if rows.empty:
                work.discard()
                raise InputError(f"Kolada har inga enheter i kommunen {code}.")
        units = pd.concat(lists, ignore_index=True)
        _check_repeated(units, ["id"], client.base_url, work)
        listings = [
            Listing(
                data_path(kpis=kpis, units=ids, years=part),
                pages=ceil(len(kpis) * len(ids) * len(part) / PER_PAGE),
            )
            for kpis in _even_parts(request.kpis, IDS_PER_SEGMENT)
            for ids in _even_parts(units["id"].tolist(), IDS_PER_SEGMENT)
            for part in _even_parts(years, IDS_PER_SEGMENT)
        ]
        reader.expect(sum(listing.pages for listing in listings))
        data = pd.concat([reader.read(listing, read_unit_data) for listing in listings], ignore_index=True)
    wanted = data["kpi"].isin(request.kpis) & data["unit"].isin(units["id"]) & data["year"].isin(years)
    if not wanted.all():
        work.discard()
        row = data[~wanted].iloc[0]
        raise KoladaError(
            f"Kolada ({request.base_url}) gav en rad som ingen frågat efter: {obs.describe_row(row)}."
        )
    _check_repeated(data, list(obs.UNIT_KEYS), client.base_url, work)
    # Kolada lists units that closed long ago; those without a value in these years would only be in the way.
    units = units[units["id"].isin(data["unit"])]
    nameless = int((units["title"] == "").sum())
    notes = [f"Enheter utan namn i Kolada, som visas med sin kod: {nameless}."] if nameless else []
    return units.assign(type=units["id"].map(kind_of), holder=""), data, notes


def preliminary_year(kpis: pd.DataFrame, observations: pd.DataFrame, today: date) -> int | None:
    """Return the year whose values are published but not yet final.

    A key figure's latest period (``publ_period``) is preliminary from
    ``prel_publication_date`` until ``publication_date`` (KOLADA.md: the yearly cost
    figures are preliminary from June and final at the end of August).

    Parameters
    ----------
    kpis
        Kolada's description of the key figures.
    observations
        Tidy frame; a year without values is not preliminary.
    today
        Day the values were fetched.

    Returns
    -------
    int or None
        The latest such year of any key figure, None when all are final.
    """
    day = today.isoformat()
    between = (kpis["prel_publication_date"] != "") & (kpis["prel_publication_date"] <= day)
    open_kpis = kpis[between & (kpis["publication_date"] > day) & kpis["publ_period"].str.fullmatch(r"\d{4}")]
    periods = dict(zip(open_kpis["id"], open_kpis["publ_period"].astype("int64"), strict=True))
    values = observations[observations["kpi"].isin(periods) & observations["value"].notna()]
    years = values["year"][values["year"] == values["kpi"].map(periods)]
    return None if years.empty else int(years.max())


@dataclass
class _Found:
    """What Kolada answered: metadata, data with deleted rows, and notes for the manifest."""

    kpis: pd.DataFrame
    municipalities: pd.DataFrame
    groups: pd.DataFrame
    data: pd.DataFrame
    notes: list[str]

    def known(self, changes: pd.DataFrame) -> pd.DataFrame:
        """Return the changes of key figures and municipalities that Kolada still has: one that is gone is not revised."""
        places = changes["municipality"].isin(self.municipalities["id"])
        return changes[places & changes["kpi"].isin(self.kpis["id"])]

    def keep_known(self, previous: Snapshot) -> None:
        """Add key figures and municipalities that only the earlier snapshot knows."""
        for name in ("kpis", "municipalities"):
            now, before = getattr(self, name), getattr(previous, name)
            only_before = before[~before["id"].isin(now["id"])]
            setattr(self, name, pd.concat([now, only_before], ignore_index=True))


def _read_all(
    client: KoladaClient, request: Request, from_date: str | None, work: _Work, progress: bool
) -> _Found:
    """Read metadata, make the plan and read all data."""
    with _Reader(client, work, progress) as reader:
        all_kpis = reader.read(METADATA[0], read_kpis)
        rows = reader.read(METADATA[1], read_municipalities)
        municipalities = _listed(rows, client.base_url, work)
        groups = reader.read(METADATA[2], read_groups)
        kpis = all_kpis[all_kpis["id"].isin(request.kpis)]
        _check_repeated(kpis, ["id"], client.base_url, work)
        _check_repeated(groups, ["group_id", "member_id"], client.base_url, work)
        listings = plan(kpis, municipalities, request.first_year, request.last_year, from_date)
        reader.expect(sum(listing.pages for listing in listings))
        parts = [reader.read(listing, read_data) for listing in listings]
    data = pd.concat(parts, ignore_index=True) if parts else read_data([], client.base_url)
    _check_asked(data, kpis["id"], request, work)
    _check_repeated(data, list(obs.KEYS), client.base_url, work)
    data, notes = _of_municipalities(data, municipalities)
    gone = sorted(set(request.kpis) - set(kpis["id"]))
    if gone:
        notes.append(f"Nyckeltal som inte finns i Kolada: {', '.join(gone)}.")
    return _Found(kpis, municipalities, groups, data, notes)


def _write(
    target: Path,
    found: _Found,
    tidy: pd.DataFrame,
    request: Request,
    work: _Work,
    since: _Since,
    previous: Snapshot | None = None,
) -> Snapshot:
    """Write the snapshot with what has been revised; the units are those of an earlier one."""
    return write_snapshot(
        target.name,
        observations=tidy,
        kpis=found.kpis,
        municipalities=found.municipalities,
        groups=found.groups,
        units=None if previous is None else previous.units,
        unit_observations=None if previous is None else previous.unit_observations,
        population=None if previous is None else previous.population,
        revisions=None if since.changes is None else revisions_of(found.known(since.changes)),
        source=f"Kolada ({request.base_url}), hämtat {work.started.date().isoformat()}",
        kind="kolada",
        preliminary_year=preliminary_year(found.kpis, tidy, work.started.date()),
        notes=found.notes,
        request=request.model_copy(update={"fetched": work.started.date().isoformat()}),
        folder=target.parent,
    )


@dataclass(frozen=True)
class _Since:
    """What a fetch is compared with: the earlier snapshot, what has changed, or why that cannot be told."""

    earlier: Snapshot | None = None
    changes: pd.DataFrame | None = None
    problem: str | None = None


def _since(target: Path, request: Request, tidy: pd.DataFrame) -> _Since:
    """Compare what was fetched with the newest snapshot from the same address."""
    try:
        earlier = _newest_before(target, request)
    except SnapshotError as error:
        # What was fetched is whole, whatever lies beside it.
        return _Since(problem=str(error))
    return _Since() if earlier is None else _Since(earlier, _changes(earlier, request, tidy))


def _changes(earlier: Snapshot, asked: Request, tidy: pd.DataFrame) -> pd.DataFrame:
    """Return what has changed since an earlier snapshot, within what both asked for."""
    before = earlier.manifest.request
    assert before is not None
    years = range(max(asked.first_year, before.first_year), max(asked.last_year, before.last_year) + 1)
    kpis = set(asked.kpis) & set(before.kpis)
    within = tidy[tidy["kpi"].isin(kpis) & tidy["year"].isin(years)]
    return compare_observations(earlier.observations(kpis, years=years), within)


def _result(snapshot: Snapshot, work: _Work, since: _Since) -> FetchResult:
    return FetchResult(snapshot, work.fetched, work.resumed, since.earlier, since.changes, since.problem)


def _newest_before(target: Path, asked: Request) -> Snapshot | None:
    """Return the newest snapshot beside a new one that was fetched from the same address."""
    for manifest in list_snapshots(target.parent):
        request = manifest.request
        if request and request.base_url == asked.base_url:
            return open_snapshot(target.parent / manifest.name)
    return None


def _rows_per_year(kpis: pd.DataFrame, municipalities: pd.DataFrame) -> dict[str, int]:
    """Return the most rows that one year of each key figure can have."""
    kinds = municipalities["type"].where(municipalities["id"] != RIKET, "riket")
    count = kinds.value_counts()
    kommuner, regions = int(count.get("K", 0)) + 1, int(count.get("L", 0)) + 1
    most = {"K": kommuner, "L": regions}
    return {
        str(kpi): most.get(str(kind), kommuner + regions - 1)
        for kpi, kind in zip(kpis["id"], kpis["municipality_type"], strict=True)
    }


def _even_parts(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """Yield `items` in as few parts of at most `most` as can be, of nearly equal size."""
    number = ceil(len(items) / most)
    for part in range(number):
        yield items[part * len(items) // number : (part + 1) * len(items) // number]


def _of_municipalities(data: pd.DataFrame, municipalities: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Keep rows of known municipalities; groups are not asked for, unknown ones are noted."""
    known = data["municipality"].isin(municipalities["id"])
    others = data["municipality"][~known].unique()
    unknown = sorted(code for code in others if not GROUP_ID.fullmatch(code))
    notes = []
    if unknown:
        notes.append(f"Utelämnade koder, som inte finns i Koladas kommunlista: {', '.join(unknown)}.")
    return data[known].reset_index(drop=True), notes


def _check_asked(data: pd.DataFrame, kpis: pd.Series, request: Request, work: _Work) -> None:
    """Raise when Kolada gave what was not asked for: then it has read the request otherwise."""
    asked = data["kpi"].isin(kpis) & data["year"].between(request.first_year, request.last_year)
    if not asked.all():
        work.discard()
        row = data[~asked].iloc[0]
        raise KoladaError(
            f"Kolada ({request.base_url}) gav en rad som ingen frågat efter: {obs.describe_row(row)}."
        )


def _listed(rows: pd.DataFrame, base_url: str, work: _Work) -> pd.DataFrame:
    """Return the municipalities frame; pages that make none must not come back."""
    try:
        return listed_municipalities(rows, base_url)
    except KoladaError:
        work.discard()
        raise


def _check_repeated(rows: pd.DataFrame, keys: list[str], base_url: str, work: _Work) -> None:
    """Raise when Kolada gave a row twice: then pages moved while they were read."""
    repeated = rows[rows.duplicated(keys)]
    if not repeated.empty:
        work.discard()
        first = repeated.iloc[0]
        row = obs.describe_row(first) if "kpi" in keys else " ".join(first[keys])
        raise KoladaError(
            f"Kolada ({base_url}) gav samma rad två gånger ({row}), troligen för att något ändrades under "
            "hämtningen: kör om kommandot."
        )


def _apply_changes(before: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Return the earlier observations with changed rows replaced and deleted rows removed."""
    keys = list(obs.KEYS)
    touched = before.merge(changes[keys], on=keys, how="left", indicator=True)["_merge"] == "both"
    kept = before[~touched.to_numpy()]
    return pd.concat([kept, changes.loc[~changes["isdeleted"], list(obs.COLUMNS)]], ignore_index=True)


class _Reader:
    """Reads listings through the work folder, with a progress bar."""

    def __init__(self, client: KoladaClient, work: _Work, progress: bool) -> None:
        self._client = client
        self._work = work
        self._number = 0
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed} av högst {task.total} sidor"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not progress,
        )
        self._task = TaskID(0)

    def __enter__(self) -> _Reader:
        self._bar.start()
        self._task = self._bar.add_task("Hämtar från Kolada", total=METADATA_PAGES)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            # Fewer pages than there might have been is a whole fetch all the same.
            self._bar.update(self._task, total=self._bar.tasks[0].completed)
        self._bar.stop()

    def expect(self, pages: int) -> None:
        """Say how many more pages there may be."""
        self._bar.update(self._task, total=METADATA_PAGES + pages)

    def read(self, listing: Listing, read: Callable[[list[Any], str], pd.DataFrame]) -> pd.DataFrame:
        """Return all rows of the next listing, kept pages first.

        Pages that as a whole cannot be right are thrown away: they must not come back.
        """
        try:
            return self._read(listing, read)
        except EndlessError:
            self._work.discard()
            raise

    def _read(self, listing: Listing, read: Callable[[list[Any], str], pd.DataFrame]) -> pd.DataFrame:
        number = self._number
        self._number += 1
        parts, last, count = [], None, 0
        for page in self._work.pages(number, listing.path):
            parts.append(read(page.rows, page.url))
            last, count = page, count + 1
            self._work.resumed += 1
            self._bar.advance(self._task)
        for page in self._client.pages(listing.path, dict(listing.parameters), after=last):
            # Read before it is kept: a page that cannot be read must not come back.
            parts.append(read(page.rows, page.url))
            self._work.keep(number, count, page)
            count += 1
            self._work.fetched += 1
            self._bar.advance(self._task)
        return pd.concat(parts, ignore_index=True)


class _Work:
    """Folder with the pages of a fetch under way.

    A page is one file, ``<listing>-<page>-<checksum>.json.gz``, written beside its place
    and renamed. It is trusted only when its content has the checksum in its name.
    """

    def __init__(self, target: Path, folder: Path, started: datetime) -> None:
        self._target = target
        self._folder = folder
        self.started = started
        self.fetched = 0
        self.resumed = 0

    @classmethod
    def open(
        cls, target: Path, request: Request, from_date: str | None, also: Mapping[str, object] | None = None
    ) -> _Work:
        """Open the folder of this request; what is too old, of any request, is thrown away."""
        asked = request.model_dump(exclude={"fetched"}) | {"from_date": from_date} | dict(also or {})
        key = hashlib.sha256(json.dumps(asked, sort_keys=True).encode("utf-8")).hexdigest()[:16]
        folder = target.parent / f".hamtning-{key}"
        for other in target.parent.glob(".hamtning-*"):
            if _started(other) is None:
                shutil.rmtree(other, ignore_errors=True)
        work = cls(target, folder, _started(folder) or datetime.now(UTC))
        work._replace("started", work.started.isoformat().encode("utf-8"))
        return work

    def __enter__(self) -> _Work:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Throw the pages away when the snapshot is written; keep them after an error."""
        if kind is None or self.fetched + self.resumed == 0:
            self.discard()

    def discard(self) -> None:
        """Throw all pages away."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def pages(self, listing: int, path: str) -> Iterator[Page]:
        """Yield the kept pages of a listing, up to the first that is missing or damaged."""
        number = 0
        while True:
            body = self._whole_body(listing, number)
            if body is None:
                return
            yield read_page(body, f"{self._folder.name}/{path}", path)
            number += 1

    def keep(self, listing: int, number: int, page: Page) -> None:
        """Keep a page that has been read."""
        checksum = hashlib.sha256(page.body).hexdigest()
        self._replace(f"{listing:03d}-{number:04d}-{checksum}.json.gz", gzip.compress(page.body, 3, mtime=0))

    def _whole_body(self, listing: int, number: int) -> bytes | None:
        """Return a kept body with the right checksum; files that do not have it are removed."""
        for file in self._folder.glob(f"{listing:03d}-{number:04d}-*.json.gz"):
            try:
                body = gzip.decompress(file.read_bytes())
            except (OSError, EOFError, zlib.error):
                body = b""
            if hashlib.sha256(body).hexdigest() == file.name.split("-")[2].removesuffix(".json.gz"):
                return body
            file.unlink(missing_ok=True)
        return None

    def _replace(self, name: str, content: bytes) -> None:
        temporary = self._folder / f".{uuid.uuid4().hex}.tmp"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(content)
            temporary.replace(self._folder / name)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise unwritable(self._target, error) from error


def _started(folder: Path) -> datetime | None:
    """Return when work began, None when it is too old or cannot be told."""
    try:
        started = datetime.fromisoformat((folder / "started").read_text(encoding="utf-8"))
        return started if timedelta(0) <= datetime.now(UTC) - started <= WORK_EXPIRES else None
    except (OSError, ValueError, TypeError):
        return None
