"""Writing that is seen whole or not at all.

A file is written beside its place and renamed there, so a reader, a second run or a
power cut meets either the old file or the new one. A lock that dies with its process
keeps two runs from mixing the files of one report.
"""

from __future__ import annotations

import errno
import os
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from effektiv.errors import EffektivError, InputError, system_reason
from effektiv.locking import try_lock, unlock

LOCK_NAME = ".korning.las"
_BESIDE = ".skriver-"
_FULL = {errno.ENOSPC, errno.EROFS, getattr(errno, "EDQUOT", errno.ENOSPC)}
_LOCK_WAIT = 30.0


class OutputFullError(EffektivError):
    """The output folder takes no more files, so every further report would fail as well."""


def prepare_folder(folder: Path) -> None:
    """Create the output folder and try it, before any work is done.

    Raises
    ------
    InputError
        It cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".prov-")
        os.close(descriptor)
        Path(name).unlink()
    except OSError as error:
        raise InputError(
            f"Mappen {folder} går inte att skriva i ({system_reason(error)}); välj en annan med --ut."
        ) from error


def remove_unfinished(folder: Path) -> None:
    """Remove files that a run was writing when it was killed; the caller holds the folder's lock."""
    for path in folder.rglob(f"{_BESIDE}*"):
        path.unlink(missing_ok=True)


def write_together(files: Mapping[Path, bytes | None]) -> None:
    """Write some files so that either all of them are replaced or none is.

    All content is on disk before the first rename. When a rename fails - on Windows a
    file that is open in Excel cannot be replaced - those already done are undone.

    Parameters
    ----------
    files
        Content by place; None for a file that shall not be there.

    Raises
    ------
    OutputFullError
        The disk is full or read-only.
    OSError
        A file cannot be written for another reason.
    """
    temporary: dict[Path, Path] = {}
    try:
        for target, content in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary[target] = (
                target.with_name(f"{_BESIDE}{uuid.uuid4().hex}")
                if content is None
                else _write_beside(target, content)
            )
        _replace_all(temporary)
    except OSError as error:
        if error.errno in _FULL:
            folder = next(iter(files)).parent
            raise OutputFullError(
                f"Det går inte att skriva fler rapporter i {folder} ({system_reason(error)}); "
                "rapporterna som är klara ligger kvar."
            ) from error
        raise
    finally:
        for path in temporary.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)


def write_file(target: Path, content: bytes) -> None:
    """Write one file whole or not at all; raises as `write_together`."""
    write_together({target: content})


def _write_beside(target: Path, content: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=_BESIDE)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes files that only the owner may read; a report is meant to be shared.
        path.chmod(0o666 & ~_umask())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _replace_all(temporary: Mapping[Path, Path]) -> None:
    """Rename what is beside each place into it; where nothing is, put aside what is there."""
    before = {
        target: target.read_bytes() if target.exists() else None
        for target, path in temporary.items()
        if path.exists()
    }
    done: list[Path] = []
    try:
        for target, path in temporary.items():
            if target in before:
                path.replace(target)
            elif target.exists():
                target.replace(path)
            done.append(target)
    except BaseException:  # Ctrl-C between two renames as well
        for target in done:
            if target not in before:
                with suppress(FileNotFoundError):
                    temporary[target].replace(target)
            elif (old := before[target]) is not None:
                # Again by a rename: a reader meets no half file.
                _write_beside(target, old).replace(target)
            else:
                target.unlink()
        raise


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the output folder for the few milliseconds that a report takes to put in place.

    The operating system releases the lock when the process ends, however it ends.

    Raises
    ------
    EffektivError
        Another run has held the folder for half a minute.
    """
    with (folder / LOCK_NAME).open("a+b") as stream:
        deadline = time.monotonic() + _LOCK_WAIT
        while not _try_lock(stream):
            if time.monotonic() > deadline:
                raise EffektivError(f"En annan körning håller mappen {folder} låst; vänta tills den är klar.")
            time.sleep(0.02)
        try:
            yield
        finally:
            unlock(stream)


def _try_lock(stream: IO[bytes]) -> bool:
    try:
        return try_lock(stream)
    except OSError as error:
        raise EffektivError(
            f"Mappen för rapporter kan inte låsas ({system_reason(error)}); välj en mapp på den egna disken."
        ) from error
