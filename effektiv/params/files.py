"""The files of a municipality's folder: which are its own, what they hold, which nobody reads.

A text that is saved under another name than the one that is read never comes into a
report, so every file is either known or named, with what it probably is meant to be.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from effektiv.errors import InputError, system_reason
from effektiv.names import slug
from effektiv.params.registry import AREA, FileKind, kind_of, registered

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
    found, been = [], set()
    # What a link leads to is read as well, once where it leads back.
    for place, folders, names in os.walk(folder, onerror=_raise, followlinks=True):
        been.add(os.path.realpath(place))
        folders[:] = [
            name for name in folders if not is_trace(name) and os.path.realpath(Path(place, name)) not in been
        ]
        found += [Path(place, name) for name in names if not is_trace(name)]
    return sorted(found)


def _raise(error: OSError) -> None:
    raise error


def marked(folder: Path, addresses: Iterable[str]) -> str:
    """Return a checksum of some files of a folder; one that cannot be read has no content."""
    digest = hashlib.sha256()
    for address in addresses:
        try:
            content = _checksum(folder / address)
        except OSError:
            content = ""
        digest.update(f"{address}\0{content}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


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


def survey(
    folder: Path, areas: Collection[str] | None = None
) -> tuple[dict[str, FileKind[Any]], list[Stranger]]:
    """Return what lies in a municipality's folder: the files that are read, and what is not.

    Parameters
    ----------
    folder
        A municipality's folder.
    areas
        Ids of the focus areas there are; None takes every name that could be one.

    Returns
    -------
    files, strangers
        The kind of each file by its place in the folder, in the order to read them.

    Raises
    ------
    OSError
        If it, or a folder in it that holds files to read, cannot be read.
    """
    if areas is None:
        stems = (path.stem for path in folder.iterdir() if path.suffix == ENDING)
        areas = sorted(stem for stem in stems if slug(stem) == stem and not kind_of(stem + ENDING, ()))
    found: dict[str, FileKind[Any]] = {}
    strange: list[Stranger] = []
    _look_in(folder, "", areas, found, strange)
    order = {kind.name: number for number, kind in enumerate(registered())}
    return dict(sorted(found.items(), key=lambda item: (order[item[1].name], item[0]))), strange


def _look_in(
    folder: Path, above: str, areas: Collection[str], found: dict[str, FileKind[Any]], strange: list[Stranger]
) -> None:
    names = [name for kind in registered() for name in kind.names_in(above, areas)]
    of_areas = any(AREA in kind.name and kind.names_in(above, areas) for kind in registered())
    for path in sorted(folder.iterdir()):
        address = f"{above}/{path.name}" if above else path.name
        kind = kind_of(address, areas)
        if is_trace(path.name):
            continue
        if kind is not None:
            found[address] = kind
        elif path.is_dir() and any(kind.lies_below(address, areas) for kind in registered()):
            _look_in(path, address, areas, found, strange)
        else:
            strange.append(_folder_unread(path, names) if path.is_dir() else _unread(path, names, of_areas))


def _folder_unread(path: Path, known: Collection[str]) -> Stranger:
    meant = _meant(path.name, known)
    if meant is not None and Path(meant).suffix in path.name.lower():
        return Stranger(path, f"det är en mapp, men {meant} ska vara en fil", True)
    return Stranger(path, "det som ligger i mappen läses inte", False)


def _unread(path: Path, known: Collection[str], of_areas: bool) -> Stranger:
    """Say what a file that nobody reads probably is meant to be."""
    name = path.name.lower()
    meant = _meant(path.name, known)
    ending = ENDING if meant is None else Path(meant).suffix
    kept = Path(name).suffix in _KEPT_ENDINGS
    is_ours = (ending in name or (ending == ENDING and name.endswith(".yml"))) and not kept
    if meant is None:
        if is_ours and of_areas:
            stem = _stem(path.name)
            return Stranger(path, f"det finns inget fokusområde som heter '{stem}'{_hint(stem, known)}", True)
        return Stranger(path, f"filen läses inte, det som läses är {', '.join(known)}", is_ours)
    # By the list of names: where case does not count, the file itself would answer for the other.
    if any(other.name == meant for other in path.parent.iterdir()):
        text = (
            f"filen läses inte, det som gäller står i {meant}: flytta dit det som ska med och ta bort filen"
        )
    elif is_ours or Path(name).suffix in _TEXT_ENDINGS:
        text = f"filen läses inte, den ska heta {meant}"
    else:
        what = "text till rapporterna" if ending == ENDING else "uppgifterna"
        text = f"filen läses inte, {what} skrivs i {meant}"
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
