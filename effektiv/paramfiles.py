"""The files of a municipality's folder: which are its own, what they hold, which nobody reads.

A text that is saved under another name than the one that is read never comes into a
report, so every file is either known or named, with what it probably is meant to be.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from effektiv.errors import InputError, system_reason
from effektiv.names import slug

ENDING = ".yaml"

# What systems and programs leave in a folder without anybody having put it there: names that begin
# with a dot (but for a params file that has got one), the lock of a document that is open, an editor's
# copy of the text before it was saved.
_TRACE = re.compile(r"\._.*|\.(?!.*\.ya?ml$).*|~\$.*|.*~|thumbs\.db|desktop\.ini|icon\r", re.IGNORECASE)
_COPY = re.compile(r"^(?:kopia av|copy of)\s+|[\s_-]+(?:kopia|copy)\s*\(?\d*\)?$|\s*\(\d+\)$", re.IGNORECASE)
_TEXT_ENDINGS = frozenset({"", ".txt", ENDING, ".yml", ".json", ".md"})
_KEPT_ENDINGS = frozenset({".bak", ".old", ".orig"})


@dataclass(frozen=True)
class Stranger:
    """A file or folder that nobody reads.

    Attributes
    ----------
    text
        What is said of it: a Swedish clause.
    misleads
        Whether its writer may believe that it is read.
    """

    path: Path
    text: str
    misleads: bool


def is_trace(name: str) -> bool:
    """Whether a name is of something that a system or a program has left."""
    return _TRACE.fullmatch(name) is not None


def own_files(folder: Path) -> list[Path]:
    """Return every file below a folder but what systems and programs leave, in order.

    Raises
    ------
    OSError
        If a folder below it cannot be read.
    """
    found = []
    for place, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not is_trace(name)]
        found += [Path(place, name) for name in names if not is_trace(name)]
    return sorted(found)


def _raise(error: OSError) -> None:
    raise error


def content_mark(folder: Path) -> str:
    """Return a checksum of every file below a folder, with its address.

    Raises
    ------
    InputError
        If a file or a folder cannot be read.
    """
    digest = hashlib.sha256()
    try:
        for path in own_files(folder):
            # What is no file has no content, and a pipe would wait for some.
            content = _checksum(path) if path.is_file() else ""
            address = path.relative_to(folder).as_posix()
            digest.update(f"{address}\0{content}\0".encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise InputError(f"{error.filename or folder} går inte att läsa: {system_reason(error)}.") from error
    return digest.hexdigest()


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def strangers(folder: Path, known: Collection[str]) -> Iterator[Stranger]:
    """Yield what lies in a folder and is not read.

    Parameters
    ----------
    folder
        A municipality's folder.
    known
        Names of the files that are read.
    """
    for path in sorted(folder.iterdir()):
        if path.name in known or is_trace(path.name):
            continue
        if path.is_dir():
            meant = _meant(path.name, known) if ENDING in path.name.lower() else None
            text = (
                f"det är en mapp, men {meant} ska vara en fil"
                if meant
                else "det som ligger i mappen läses inte"
            )
            yield Stranger(path, text, meant is not None)
        else:
            yield _unread(path, known)


def _unread(path: Path, known: Collection[str]) -> Stranger:
    """Say what a file that nobody reads probably is meant to be."""
    name = path.name.lower()
    kept = Path(name).suffix in _KEPT_ENDINGS
    is_ours = (ENDING in name or name.endswith(".yml")) and not kept
    meant = _meant(path.name, known)
    if meant is None:
        if is_ours:
            stem = _stem(path.name)
            return Stranger(path, f"det finns inget fokusområde som heter '{stem}'{_hint(stem, known)}", True)
        return Stranger(path, f"filen läses inte, det som läses är {', '.join(known)}", False)
    # By the list of names: where case does not count, the file itself would answer for the other.
    if any(other.name == meant for other in path.parent.iterdir()):
        text = (
            f"filen läses inte, det som gäller står i {meant}: flytta dit det som ska med och ta bort filen"
        )
    elif is_ours or Path(name).suffix in _TEXT_ENDINGS:
        text = f"filen läses inte, den ska heta {meant}"
    else:
        text = f"filen läses inte, text till rapporterna skrivs i {meant}"
    return Stranger(path, text, is_ours or Path(name).suffix in _TEXT_ENDINGS)


def _hint(stem: str, known: Collection[str]) -> str:
    word, stems = slug(stem), [Path(file).stem for file in known]
    near = [name for name in stems if word and name.startswith(word)] or get_close_matches(word, stems, n=1)
    return f". Menade du '{near[0]}'?" if near else ""


def _meant(name: str, known: Collection[str]) -> str | None:
    """Return the known file that a name is a variant of: another case, ending or a copy's mark."""
    stem = slug(_stem(name))
    return next((file for file in known if Path(file).stem == stem), None)


def _stem(name: str) -> str:
    """Return a name without the endings and marks that programs put on it when they save or copy."""
    plain, before = name, ""
    while plain != before:
        before = plain
        if re.fullmatch(r"\.[A-Za-z]{1,5}", Path(plain).suffix):
            plain = Path(plain).stem
        plain = _COPY.sub("", plain).strip()
    return plain
