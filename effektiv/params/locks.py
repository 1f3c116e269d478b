"""Locks: what was decided before the work began, written once by a command and never changed.

A lock is a YAML file with a list of entries, each with the day, a reason from the second on, and a checksum over itself
and the entry before it. Whoever changes one by hand breaks the chain, and every later report says so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from effektiv.errors import InputError
from effektiv.params.problems import Problem, shown
from effektiv.params.registry import FileKind, Known, Read
from effektiv.params.textyaml import read
from effektiv.staging import write_whole

TODAY = "EFFEKTIV_IDAG"
"""Environment variable with the day to take for today's, such as 2026-03-01."""

_ENTRIES, _DAY, _REASON, _SUM = "lasningar", "datum", "skal", "sha256"
_HEAD = (
    "# Skriven av effektiv las. Ändra inget här: varje rapport ser om filen har ändrats för hand.\n"
    "# En ändring som är beslutad läggs till med: effektiv las {how} --nytt-skal TEXT\n"
)

Entry = Mapping[str, str | tuple[str, ...]]
"""What was locked on one occasion, by key, as text."""


@dataclass(frozen=True)
class Lock:
    """What a lock says.

    Attributes
    ----------
    entries
        In the order in which they were written; those that can be read.
    fault
        Swedish clause on what is wrong with it; empty when it is as it was written.
    """

    entries: tuple[Entry, ...] = ()
    fault: str = ""

    @property
    def latest(self) -> Entry | None:
        """What holds now."""
        return self.entries[-1] if self.entries else None

    @property
    def day(self) -> dt.date | None:
        """Day of the first entry, before which nothing was decided."""
        return day_of(self.entries[0]) if self.entries else None


def day_of(entry: Entry) -> dt.date | None:
    """Return the day that an entry was written; None where it has been made unreadable."""
    try:
        return dt.date.fromisoformat(str(entry.get(_DAY)))
    except ValueError:
        return None


def today() -> dt.date:
    """Return the clock's day, or the one that `TODAY` names.

    Raises
    ------
    InputError
        The variable holds no day.
    """
    said = os.environ.get(TODAY)
    if not said:
        return dt.date.today()
    try:
        return dt.date.fromisoformat(said)
    except ValueError as error:
        raise InputError(f"{TODAY} är '{said}' men ska vara ett datum, till exempel 2026-03-01.") from error


@dataclass(frozen=True)
class LockFile(FileKind[Lock]):
    """A lock among the files of a municipality's folder; what is wrong with it stops no report, but is said."""

    def read(self, path: Path, known: Known) -> Read[Lock]:  # noqa: ARG002
        """Read a lock and check its chain of checksums."""
        lock = read_lock(path)
        return Read(lock, [], passed=[Problem(path, None, lock.fault)] if lock.fault else [])


def read_lock(path: Path) -> Lock:
    """Return what a lock says, and whether it is as it was written."""
    document = read(path, {})
    found = document.data.get(_ENTRIES)
    if document.faults or not isinstance(found, list) or not found:
        return Lock(fault="låset går inte att läsa: hämta tillbaka filen som den skrevs")
    entries: list[Entry] = []
    before = ""
    for number, item in enumerate(found, start=1):
        if not isinstance(item, dict):
            return Lock(
                tuple(entries), f"låsning {number} går inte att läsa: hämta tillbaka filen som den skrevs"
            )
        entry = {
            str(key): tuple(map(str, value)) if isinstance(value, list) else str(value or "")
            for key, value in item.items()
        }
        entries.append(entry)
        if entry.get(_SUM) != _checksum(entry, before):
            text = f"låset har ändrats för hand efter att det skrevs (låsning {number}): hämta tillbaka filen som den skrevs"
            return Lock(tuple(entries), text)
        before = str(entry[_SUM])
    return Lock(tuple(entries))


def write_lock(
    path: Path, said: Mapping[str, str | tuple[str, ...]], *, how: str, reason: str | None = None
) -> Lock:
    """Write a lock, or add to the one that is there.

    Parameters
    ----------
    path
        Of the lock.
    said
        What is locked, by key; the day and the checksum are added.
    how
        The command's words after ``effektiv las``, for the head of the file.
    reason
        Why it is locked anew; None for the first time.

    Raises
    ------
    InputError
        There is a lock and no reason, a reason and no lock, or the lock has been changed by hand.
    """
    earlier: tuple[Entry, ...] = ()
    if path.exists():
        if reason is None:
            raise InputError(
                f"{shown(path)} finns redan och skrivs aldrig över. Är en ändring beslutad, kör om med --nytt-skal och varför."
            )
        lock = read_lock(path)
        if lock.fault:
            raise InputError(f"{shown(path)}: {lock.fault}.")
        earlier = lock.entries
    elif reason is not None:
        raise InputError(
            f"{shown(path)} finns inte än, så det finns inget att ändra: kör om utan --nytt-skal."
        )
    lock = Lock((*earlier, _entry(said, today(), reason or "", earlier)))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, _file(lock, how))
    return lock


def first_lock(said: Mapping[str, str | tuple[str, ...]], *, how: str, day: dt.date) -> bytes:
    """Return the file of a lock that was written once, on a day: for an example that ships with one.

    Parameters
    ----------
    said, how
        As for `write_lock`.
    day
        On which it was written.
    """
    return _file(Lock((_entry(said, day, "", ()),)), how)


def _entry(
    said: Mapping[str, str | tuple[str, ...]], day: dt.date, reason: str, earlier: tuple[Entry, ...]
) -> Entry:
    entry: dict[str, str | tuple[str, ...]] = {_DAY: day.isoformat(), _REASON: reason, **said}
    entry[_SUM] = _checksum(entry, str(earlier[-1][_SUM]) if earlier else "")
    return entry


def _file(lock: Lock, how: str) -> bytes:
    lines = [_HEAD.format(how=how), f"{_ENTRIES}:\n", *(_written(item) for item in lock.entries)]
    return "".join(lines).encode("utf-8")


def _written(entry: Entry) -> str:
    lines = [f"{key}: {_value(value)}" for key, value in entry.items()]
    return "".join(f"{'  - ' if at == 0 else '    '}{line}\n" for at, line in enumerate(lines))


def _value(value: str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    # A JSON string is YAML as well, whatever signs it has.
    return json.dumps(value, ensure_ascii=False)


def _checksum(entry: Entry, before: str) -> str:
    told: dict[str, Any] = {key: value for key, value in entry.items() if key != _SUM}
    text = json.dumps([before, told], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
