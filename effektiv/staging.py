"""Writing beside the place and renaming into it, and tidying up after those that were killed.

What is being written has a hidden name, ``.NAME.<8 digits>.tmp``, and a lock that dies
with its process: of a folder on ``.NAME.<8 digits>.las`` beside it, since Windows renames
no folder with an open file in it, and of a file on the file itself. What nobody holds is
abandoned, and the next that writes in the same place removes it.
"""

from __future__ import annotations

import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from effektiv.locking import try_lock

_NAME = re.compile(r"\..+\.[0-9a-f]{8}\.(tmp|las)|\.exempel-\w{8}")
"""Names given here, and to folders by version 0.1.0."""

_UNLOCKED_LIFE = 24 * 3600.0
"""Seconds until a folder without a lock (0.1.0, or a disk without locks) must be abandoned."""

_PAUSES = (0.1, 0.2, 0.4, 0.8)
"""Seconds between attempts to rename what a virus scanner or OneDrive has open for a moment."""


@contextmanager
def staging(parent: Path, name: str, mode: int = 0o777) -> Iterator[Path]:
    """Make a new hidden folder to write in; what is left of it is removed, however the block ends.

    Parameters
    ----------
    parent
        Where it is made; made too when it is missing.
    name
        What it will be named when it is put in place.
    mode
        Who may use it, before the umask.

    Raises
    ------
    OSError
        Nothing can be written there.
    """
    parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned(parent)
    with _lock_beside(parent / name) as lock:
        folder = lock.with_suffix(".tmp")
        try:
            folder.mkdir(mode)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Not forced out to the disk: the file should have a checksum that shows what a power cut leaves.

    Raises
    ------
    OSError
        It cannot be written, or on Windows replaced since it is in use.
    """
    temporary = _beside(target, "tmp")
    try:
        with temporary.open("xb") as file:
            _locked(file)
            file.write(content)
        temporary.replace(target)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def put_in_place(folder: Path, target: Path) -> None:
    """Rename a folder, waiting a little for other programs that have something in it open.

    Raises
    ------
    OSError
        It cannot be renamed.
    """
    for pause in _PAUSES:
        try:
            folder.rename(target)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    folder.rename(target)


def remove_abandoned(parent: Path) -> None:
    """Remove what processes that are gone were writing in a folder; what is in use stays."""
    for path in parent.iterdir():
        if _NAME.fullmatch(path.name):
            with suppress(OSError):
                _remove_if_abandoned(path)


def _remove_if_abandoned(path: Path) -> None:
    if path.is_dir():
        age = time.time() - path.stat().st_mtime
        if age > _UNLOCKED_LIFE and not path.with_suffix(".las").exists():
            shutil.rmtree(path, ignore_errors=True)
        return
    with path.open("r+b") as file:
        if not try_lock(file):
            return
        if path.suffix == ".las":
            shutil.rmtree(path.with_suffix(".tmp"), ignore_errors=True)
    path.unlink()


@contextmanager
def _lock_beside(target: Path) -> Iterator[Path]:
    """Hold a lock file of one's own."""
    while True:
        lock = _beside(target, "las")
        try:
            with lock.open("xb") as file:
                # Another that tidies up may have been quicker; then this one is its to remove.
                if _locked(file):
                    yield lock
                    return
        finally:
            with suppress(OSError):
                lock.unlink(missing_ok=True)


def _locked(file: IO[bytes]) -> bool:
    """Take a lock; where there are none, nobody else can take it either."""
    try:
        return try_lock(file)
    except OSError:
        return True


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.{kind}")
