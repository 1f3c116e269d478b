"""A municipality's months: budget, actual, forecast and volumes, and the indicators that are followed beside them.

The types, and how months from several files become one table. Where they are read from is known to `sie` and `ledger`
of this package, and to step 4, which has the monthly form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from effektiv.data.local.amounts import kronor
from effektiv.data.local.periods import missing_months
from effektiv.names import shown

MONTH_COLUMNS = (
    "unit",
    "activity",
    "kind",
    "month",
    "budget_sek",
    "actual_sek",
    "forecast_sek",
    "volume_budget",
    "volume_actual",
    "volume_unit",
    "comment",
    "is_suppressed",
)
"""Columns of `Months.frame`."""

VERSION_COLUMNS = ("month", "file", "sha256", "read", "is_first", "is_locked")
"""Columns of `Months.versions`."""

INDICATOR_COLUMNS = (
    "indicator",
    "name",
    "area",
    "kind",
    "unit",
    "better",
    "month",
    "numerator",
    "denominator",
    "value",
    "target",
    "is_suppressed",
)
"""Columns of `Indicators.frame`."""

INCOME, STAFF, OTHER, CAPITAL = KINDS = ("intäkter", "personal", "övrigt", "kapital")
"""Kinds of costs and income in the order in which municipalities print them; one may have others."""

MEASURE, SHARE, COUNT, TIME_BETWEEN = INDICATOR_KINDS = ("mått", "andel", "antal", "tid mellan")
"""What an indicator is, which decides how it is drawn."""


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: [] for name in columns})


@dataclass(frozen=True)
class Months:
    """What the months that have been read say.

    Attributes
    ----------
    frame
        A row a (unit, activity, kind, month): ``unit``, ``activity``, ``kind``, ``month`` ("2026-03") as text;
        ``budget_sek`` and ``actual_sek`` of the month, ``forecast_sek`` of the whole year as it was given that month,
        in kronor that are exact to the öre, costs positive and income negative; ``volume_budget``, ``volume_actual``
        in ``volume_unit``; ``comment``; ``is_suppressed`` where a volume is withheld because it counts few persons.
        What is missing is NaN, in text "".
    versions
        A row a (month, file): ``month``, ``file`` (its place in the municipality's folder), ``sha256``, ``read`` (day
        on which it was locked, "" before that), ``is_first`` (whether the frame has the month from it) and
        ``is_locked``.
    faults
        Swedish sentences on what could not be read, or was left out.
    notes
        Swedish sentences on what was read and is worth knowing: total rows left out, accounts that have no place.
    """

    frame: pd.DataFrame = field(default_factory=lambda: _empty(MONTH_COLUMNS))
    versions: pd.DataFrame = field(default_factory=lambda: _empty(VERSION_COLUMNS))
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Indicators:
    """The few figures that are followed every month.

    Attributes
    ----------
    frame
        A row a (indicator, month): ``indicator`` its id, ``name``, ``area`` (a focus area's id or ""), ``kind``
        ("mått", "andel", "antal" or "tid mellan"), ``unit``, ``better`` ("högre", "lägre" or ""), ``month``
        ("2026-03"), ``numerator``, ``denominator``, ``value`` (of a share in percent), ``target``; ``is_suppressed``
        where the month's figures are withheld because they count few persons. What is missing is NaN, in text "".
    faults
        Swedish sentences on what could not be read.
    """

    frame: pd.DataFrame = field(default_factory=lambda: _empty(INDICATOR_COLUMNS))
    faults: tuple[str, ...] = ()


KEY = ("unit", "activity", "kind", "month")
"""What tells one row from another."""

AMOUNTS = ("budget_ore", "actual_ore", "forecast_ore")
VOLUMES = ("volume_budget", "volume_actual")
SOURCE_COLUMNS = (*KEY, *AMOUNTS, *VOLUMES, "volume_unit", "comment")
"""Columns of `MonthSource.rows`."""

LEDGER, SIE, FORM = SORTS = ("lista", "SIE", "formulär")
"""Sorts of files, in the order in which their amounts hold: the accounts before what people have typed."""

_MEASURES = {"budget_ore": "budget", "actual_ore": "utfall"}


@dataclass(frozen=True)
class MonthSource:
    """What one file gives.

    Attributes
    ----------
    file
        Its place in the municipality's folder.
    sha256
        Of its bytes.
    sort
        One of `SORTS`.
    rows
        `SOURCE_COLUMNS`: amounts as integer öre (Int64), costs positive, volumes as floats; what is missing is missing.
    """

    file: str
    sha256: str
    sort: str
    rows: pd.DataFrame


@dataclass(frozen=True)
class LockedMonth:
    """What is locked of a month: the file, its checksum then, and the day."""

    file: str
    sha256: str
    day: str


def join(sources: Sequence[MonthSource], locked: Mapping[str, Sequence[LockedMonth]] | None = None) -> Months:
    """Make one table of the months that several files give.

    A month has its budget, and its actual, forecast and volumes, from the first file that gave them: the one that is
    locked, else the one that is named as the month, else the first by name. What a later file says of an earlier month
    is told of, with the difference, and changes nothing. Amounts of the accounts hold before those of a form.

    Parameters
    ----------
    sources
        What the files give, none of those with faults.
    locked
        What is locked of each month, by month.

    Returns
    -------
    Months
        Sorted by month, activity, unit and kind.
    """
    locked = locked or {}
    rows = [source.rows.assign(file=source.file, sort=source.sort) for source in sources if len(source.rows)]
    if not rows:
        return Months(faults=tuple(_lock_faults(sources, locked)))
    every = pd.concat(rows, ignore_index=True)
    notes: list[str] = []
    faults = list(_lock_faults(sources, locked))
    chosen: dict[str, pd.DataFrame] = {}
    for measure in (*AMOUNTS, *VOLUMES):
        chosen[measure] = _chosen(every, measure, locked, notes)
    for measure in _MEASURES:
        chosen[measure] = _by_sort(chosen[measure], measure, faults)
    frame = _merged(chosen, every)
    frame = _volumes_beside_amounts(frame)
    gaps = missing_months(frame["month"])
    if gaps:
        notes.append(f"månaderna {', '.join(gaps)} saknas" if len(gaps) > 1 else f"månaden {gaps[0]} saknas")
    notes += _lacking_actual(frame)
    notes += _come_and_gone(frame)
    for name in AMOUNTS:
        frame[name.replace("_ore", "_sek")] = frame[name].astype("Float64").astype("float64") / 100
    frame["is_suppressed"] = False
    frame = frame.sort_values(["month", "activity", "unit", "kind"], ignore_index=True)
    return Months(
        frame=frame[list(MONTH_COLUMNS)],
        versions=_versions(sources, chosen, locked),
        faults=tuple(f"{text[0].upper()}{text[1:]}." for text in faults),
        notes=tuple(f"{text[0].upper()}{text[1:]}." for text in notes),
    )


def _rank(file: str, month: str, locked: Mapping[str, Sequence[LockedMonth]]) -> tuple[int, str]:
    """Return what files that give a month are sorted by, the one that holds first."""
    if any(file == lock.file for lock in locked.get(month, ())):
        return 0, file
    stem = PurePosixPath(file).stem
    return (1, file) if stem.startswith((month, month.replace("-", ""))) else (2, file)


def _chosen(
    every: pd.DataFrame, measure: str, locked: Mapping[str, Sequence[LockedMonth]], notes: list[str]
) -> pd.DataFrame:
    """Return the rows that give a measure, of each month and sort from one file; tell of others that differ."""
    given = every[every[measure].notna()]
    files: dict[tuple[str, str], list[str]] = {}
    for sort, month, file in sorted(set(zip(given["sort"], given["month"], given["file"], strict=True))):
        files.setdefault((sort, month), []).append(file)
    first = {
        place: min((_rank(file, place[1], locked), file) for file in there)[1]
        for place, there in files.items()
    }
    holds = [
        file == first[sort, month]
        for sort, month, file in zip(given["sort"], given["month"], given["file"], strict=True)
    ]
    several = [place for place, there in files.items() if len(there) > 1] if measure in _MEASURES else []
    for sort, month in several:
        rows = given[(given["sort"] == sort) & (given["month"] == month)]
        sums = rows.groupby("file")[measure].sum()
        own = first[sort, month]
        for other in files[sort, month]:
            difference = int(sums[other]) - int(sums[own])
            if difference:
                notes.append(
                    f"{other} ger {month} ett annat {_MEASURES[measure]} än {own}, som gäller: skillnaden är "
                    f"{kronor(difference)}"
                )
    return given[np.array(holds, bool)]


def _by_sort(given: pd.DataFrame, measure: str, faults: list[str]) -> pd.DataFrame:
    """Return the amounts that hold where accounts and a form both give an activity's month, and tell of differences."""
    if given["sort"].nunique() < 2:
        return given
    order = {sort: number for number, sort in enumerate(SORTS)}
    rank = given["sort"].map(order)
    best = rank.groupby([given["activity"], given["month"]]).transform("min")
    sums = (
        given.assign(rank=rank, best=best)
        .groupby(["activity", "month", "sort", "file", "rank", "best"])[measure]
        .sum()
    ).reset_index()
    held = sums[sums["rank"] == sums["best"]]
    pairs = sums[sums["rank"] > sums["best"]].merge(held, on=["activity", "month"], suffixes=("", "_held"))
    for pair in pairs.to_dict("records"):
        was, became = int(pair[f"{measure}_held"]), int(pair[measure])
        if became != was:
            faults.append(
                f"{pair['file']}: {_MEASURES[measure]} för {shown(pair['activity'])} {pair['month']} är {kronor(became)} "
                f"men {kronor(was)} i {pair['file_held']}, som gäller: skillnaden är {kronor(became - was)}"
            )
    return given[rank == best]


def _merged(chosen: Mapping[str, pd.DataFrame], every: pd.DataFrame) -> pd.DataFrame:
    """Return one row a key with each measure from where it was chosen."""
    keys = list(KEY)
    frame: pd.DataFrame | None = None
    for measure, given in chosen.items():
        part = given.groupby(keys, as_index=False)[[measure]].sum(min_count=1)
        if len(part):
            frame = part if frame is None else frame.merge(part, on=keys, how="outer")
    frame = every.loc[:, keys].drop_duplicates() if frame is None else frame
    for measure in chosen:
        if measure not in frame:
            frame[measure] = pd.Series(None, index=frame.index, dtype=every[measure].dtype)
    for name in ("volume_unit", "comment"):
        source = chosen["volume_actual"] if name == "volume_unit" else every
        texts = (source if len(source) else every)[[*keys, name]]
        first = texts[texts[name] != ""].drop_duplicates(keys)
        frame = frame.merge(first, on=keys, how="left") if len(first) else frame.assign(**{name: ""})
        frame[name] = frame[name].fillna("")
    return frame


def _volumes_beside_amounts(frame: pd.DataFrame) -> pd.DataFrame:
    """Move volumes and comments of rows without a kind to the first row of the unit's activity that has amounts.

    So a sum over kinds is not missing for a row that could have no amount.
    """
    place = ["unit", "activity", "month"]
    is_alone = frame[list(AMOUNTS)].isna().all(axis=1) & (frame["kind"] == "")
    if is_alone.all():
        return frame
    alone, rest = frame[is_alone].set_index(place), frame[~is_alone].reset_index(drop=True)
    first = rest[~rest.duplicated(place)].set_index(place, append=True).reset_index(level=0, names="row")
    moved = first.index.intersection(alone.index)
    rows = first.loc[moved, "row"].to_numpy()
    for name in (*VOLUMES, "volume_unit", "comment"):
        own = rest.loc[rows, name].replace("", None)
        rest.loc[rows, name] = own.where(own.notna(), alone.loc[moved, name].to_numpy()).to_numpy()
    left = alone[~alone.index.isin(moved)].reset_index()
    return pd.concat([rest, left], ignore_index=True) if len(left) else rest


def _lacking_actual(frame: pd.DataFrame) -> Iterator[str]:
    """Yield where a budget has no actual though a later month has one."""
    known = frame[frame["actual_ore"].notna()]
    if known.empty:
        return
    last = known["month"].max()
    lacking = frame[frame["budget_ore"].notna() & frame["actual_ore"].isna() & (frame["month"] <= last)]
    for (activity, month), rows in lacking.groupby(["activity", "month"]):
        kinds = ", ".join(shown(kind) for kind in dict.fromkeys(rows["kind"]) if kind)
        yield f"{shown(activity)} {month} har budget men inget utfall{f' för {kinds}' if kinds else ''}"


def _come_and_gone(frame: pd.DataFrame) -> Iterator[str]:
    """Yield the units that begin after the first month or end before the last one with actual."""
    known = frame[frame["actual_ore"].notna() & (frame["unit"] != "")]
    if known.empty:
        return
    begins, ends = known["month"].min(), known["month"].max()
    for unit, months in known.groupby("unit")["month"]:
        if months.min() > begins:
            yield f"enheten {shown(unit)} finns först från {months.min()}"
        if months.max() < ends:
            yield f"enheten {shown(unit)} finns bara till och med {months.max()}"


def _lock_faults(
    sources: Sequence[MonthSource], locked: Mapping[str, Sequence[LockedMonth]]
) -> Iterator[str]:
    """Yield the files that are not as they were when their month was locked."""
    now = {source.file: source.sha256 for source in sources}
    for month, locks in sorted(locked.items()):
        for lock in locks:
            if lock.file not in now:
                yield f"{lock.file} låstes {lock.day} för {month} men går inte att läsa: lägg tillbaka filen som den var"
            elif now[lock.file] != lock.sha256:
                yield (
                    f"{lock.file} har ändrats efter att {month} låstes {lock.day}: lägg tillbaka filen som den var, "
                    "och skriv det nya i en senare månad"
                )


def _versions(
    sources: Sequence[MonthSource],
    chosen: Mapping[str, pd.DataFrame],
    locked: Mapping[str, Sequence[LockedMonth]],
) -> pd.DataFrame:
    """Return which file gave what month."""
    first = {
        (file, month)
        for given in chosen.values()
        for file, month in zip(given["file"], given["month"], strict=True)
    }
    rows = []
    for source in sources:
        for month in sorted(set(source.rows["month"])):
            lock = next((lock for lock in locked.get(month, ()) if lock.file == source.file), None)
            rows.append(
                (
                    month,
                    source.file,
                    source.sha256,
                    lock.day if lock else "",
                    (source.file, month) in first,
                    bool(lock),
                )
            )
    return pd.DataFrame(rows, columns=list(VERSION_COLUMNS)).sort_values(["month", "file"], ignore_index=True)
