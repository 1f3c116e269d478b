"""Months and indicators of a municipality's folder, as the reports of step 4 have them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from effektiv.data.catalogue import load_catalogue
from effektiv.data.identifiers import Places
from effektiv.data.local.ledger import LedgerRead
from effektiv.data.local.months import (
    FORM,
    INDICATOR_COLUMNS,
    LEDGER,
    SIE,
    Indicators,
    LockedMonth,
    Months,
    MonthSource,
    join,
)
from effektiv.forms import FormRead
from effektiv.params import Params
from effektiv.params.formfile import only
from effektiv.params.locks import Lock, day_of, read_lock
from effektiv.params.reading import mark_of
from effektiv.params.registry import FileKind, Known, kind_of
from effektiv.steps.s4_forbattringsarbete.months_params import (
    FOLLOW_UP_FILE,
    INDICATORS_FILE,
    LIST_FILE,
    MONTH_FILE,
    MONTH_LOCK,
    SIE_FILE,
    FollowUp,
    settings_in,
)
from effektiv.steps.s4_forbattringsarbete.months_rows import (
    indicator_faults,
    indicator_rows,
    month_faults,
    month_rows,
    name_fault,
)
from effektiv.steps.s4_forbattringsarbete.months_small import hide_indicators, hide_volumes


def _known() -> Known:
    """Return what a folder alone is read with: the focus areas, and no municipalities."""
    return Known(Places(None), tuple(load_catalogue().areas))


def months_of(params: Params) -> Months:
    """Return what all files of months in a municipality's folder say; nothing where it has none."""
    if params.folder is None:
        return Months()
    settings = params.of(FOLLOW_UP_FILE).get(FOLLOW_UP_FILE.name, FollowUp())
    said = {kind.name: params.of(kind) for kind in (LIST_FILE, SIE_FILE, MONTH_FILE)}
    locked = _locked(params.of(MONTH_LOCK))
    marks = [mark_of(item) for item in said.values()]
    if None in marks:
        return _months(params.folder, said, locked, settings)
    slot = _latest(params.folder, str(marks), str(locked), str(settings))
    if not slot:
        slot.append(_months(params.folder, said, locked, settings))
    # Whoever asks may do what it likes with the frames; they share their numbers until then.
    return replace(slot[0], frame=slot[0].frame.copy(deep=False), versions=slot[0].versions.copy(deep=False))


@lru_cache(maxsize=1)
def _latest(_folder: Path, _marks: str, _locked: str, _settings: str) -> list[Months]:
    """Return the place of what was made last: a municipality's reports are made after each other, from the same files."""
    return []


def indicators_of(params: Params) -> Indicators:
    """Return the indicators of a municipality's folder; nothing where it has none."""
    settings = params.of(FOLLOW_UP_FILE).get(FOLLOW_UP_FILE.name, FollowUp())
    return _indicators(params.of(INDICATORS_FILE), settings)


def read_months(folder: Path, settings: FollowUp | None = None) -> Months:
    """Read the months of a municipality's folder.

    Parameters
    ----------
    folder
        Such as ``params/0319-alvkarleby``.
    settings
        Its mapping; what ``uppfoljning.yaml`` says when left out.

    Returns
    -------
    Months
        A file that is bad gives nothing, and the months of the others are as without it.
    """
    settings = settings or settings_in(folder, _known()) or FollowUp()
    said = {kind.name: _read_all(folder, kind) for kind in (LIST_FILE, SIE_FILE, MONTH_FILE)}
    locks = {
        path.relative_to(folder).as_posix(): read_lock(path)
        for path in sorted((folder / "las").glob("*.yaml"))
    }
    return _months(folder, said, _locked(locks), settings)


def read_indicators(folder: Path, settings: FollowUp | None = None) -> Indicators:
    """Read the indicators of a municipality's folder."""
    settings = settings or settings_in(folder, _known()) or FollowUp()
    return _indicators(_read_all(folder, INDICATORS_FILE), settings)


def _read_all(folder: Path, kind: FileKind[Any]) -> dict[str, Any]:
    """Return what each file of a kind says, by its place in the folder."""
    places = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())
    known = _known()
    read = {place: kind.read(folder / place, known).said for place in places if kind_of(place, ()) is kind}
    return {place: said for place, said in read.items() if said is not None}


@dataclass(frozen=True)
class _Told:
    """What the files say: those that can be used, and sentences on the others."""

    sources: Sequence[MonthSource]
    faults: Sequence[str]
    notes: Sequence[str]


def _months(
    folder: Path,
    said: Mapping[str, Mapping[str, Any]],
    locked: Mapping[str, Sequence[LockedMonth]],
    settings: FollowUp,
) -> Months:
    told = _told(folder, said)
    months = join(told.sources, locked)
    frame, hidden = hide_volumes(months.frame, settings.persons, settings.few)
    return replace(
        months,
        frame=frame,
        faults=(*told.faults, *months.faults),
        notes=(*told.notes, *months.notes, *hidden),
    )


def _told(folder: Path, said: Mapping[str, Mapping[str, Any]]) -> _Told:
    sources: list[MonthSource] = []
    faults: list[str] = []
    notes: list[str] = []
    for kind, sort in ((LIST_FILE, LEDGER), (SIE_FILE, SIE)):
        ledger: LedgerRead
        for file, ledger in said[kind.name].items():
            faults += (f"{file}: {text}." for text in (*ledger.faults, *ledger.left_out))
            notes += (f"{file}: {text}." for text in ledger.notes)
            if not ledger.faults:
                sources.append(MonthSource(file, _checksum(folder / file), sort, ledger.rows))
    form: FormRead
    for file, form in said[MONTH_FILE.name].items():
        wrong = list(_form_faults(file, form))
        if wrong:
            more = (
                f" Filen har {len(wrong)} fel och läses inte förrän de är rättade." if len(wrong) > 1 else ""
            )
            faults.append(f"{file}: {wrong[0]}.{more}")
        elif any(form):
            sources.append(MonthSource(file, _checksum(folder / file), FORM, month_rows(form)))
    return _Told(sources, faults, notes)


def _form_faults(file: str, form: FormRead) -> Iterator[str]:
    """Yield all that is wrong with a month's form, which is used whole or not at all."""
    yield from map(str, form.faults)
    if form.is_read:
        yield from map(str, month_faults(form))
        if text := name_fault(file, form):
            yield text


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _locked(locks: Mapping[str, Lock]) -> dict[str, list[LockedMonth]]:
    """Return what is locked of each month: of each file as it was first locked."""
    found: dict[str, list[LockedMonth]] = {}
    for address, lock in locks.items():
        month = Path(address).stem
        for entry in lock.entries:
            day = day_of(entry)
            files, sums = entry.get("filer", ()), entry.get("filer_sha256", ())
            for file, sha256 in zip(files, sums, strict=False):
                found.setdefault(month, []).append(LockedMonth(file, sha256, day.isoformat() if day else ""))
    # What was locked last of a file is what holds: a change with a reason is a new entry.
    return {month: list({one.file: one for one in ones}.values()) for month, ones in found.items()}


def _indicators(said: Mapping[str, FormRead], settings: FollowUp) -> Indicators:
    form = only(said)
    if form is None:
        return Indicators()
    faults = [*map(str, form.faults), *(map(str, indicator_faults(form)) if form.is_read else ())]
    frame = indicator_rows(form)
    told = tuple(f"{INDICATORS_FILE.name}: {text}." for text in faults)
    if frame.empty:
        return Indicators(faults=told)
    frame = hide_indicators(frame, settings.few)
    numbers = ["numerator", "denominator", "value", "target"]
    frame[numbers] = frame[numbers].apply(pd.to_numeric).astype("float64")
    frame = frame.sort_values(["indicator", "month"], ignore_index=True)
    return Indicators(frame[list(INDICATOR_COLUMNS)], told)
