"""A municipality's own files as they were when reports were made of them, so that a report can be made again.

With them go the networks' files: the closing of a municipality is judged against others that take no part in its network.
They lie beside the municipalities' folders, one zip file for each content that a report has rested on, and are read by
nobody but who asks for them by their mark. They hold what the folder holds, also what no report shows, so they stay
there and are never put among the reports.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from effektiv.errors import InputError, system_reason
from effektiv.params.files import content_mark, own_files
from effektiv.params.folders import NETWORKS
from effektiv.params.networks import network_files
from effektiv.staging import write_whole

FOLDER = ".tidigare"
"""Beside the municipalities' folders; the dot keeps it out of what is read."""

MARK_LENGTH = 16
_DAY = (2000, 1, 1, 0, 0, 0)
"""Time of every file in a zip file: the same content gives the same bytes."""


def mark_of(folder: Path | None) -> str:
    """Return the mark of what a municipality's folder and the networks' files hold; empty where there is no folder."""
    if folder is None:
        return ""
    digest = hashlib.sha256(content_mark(folder).encode())
    try:
        for path in _networks(folder.parent):
            digest.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    except OSError as error:
        raise InputError(f"{error.filename} går inte att läsa: {system_reason(error)}.") from error
    return digest.hexdigest()[:MARK_LENGTH]


def _networks(root: Path) -> list[Path]:
    return [path for path in network_files(root) if path.is_file()]


def kept(root: Path, code: str, mark: str) -> Path | None:
    """Return the zip file of a municipality's files with a mark; None where it has not been kept."""
    return next((root / FOLDER).glob(f"{code}-*.{mark}.zip"), None) if mark else None


def keep(folder: Path, mark: str) -> None:
    """Keep a municipality's files as they are, if they are not kept already.

    Parameters
    ----------
    folder
        The municipality's folder.
    mark
        As from `mark_of`.

    Raises
    ------
    InputError
        They cannot be read or written.
    """
    target = folder.parent / FOLDER / f"{folder.name}.{mark}.zip"
    if target.exists():
        return
    try:
        target.parent.mkdir(exist_ok=True)
        with TemporaryDirectory() as place:
            made = Path(place, "uppgifter.zip")
            with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in (*own_files(folder), *_networks(folder.parent)):
                    if path.is_file():
                        name = path.relative_to(folder.parent).as_posix()
                        archive.writestr(zipfile.ZipInfo(name, _DAY), path.read_bytes(), zipfile.ZIP_DEFLATED)
            write_whole(target, made.read_bytes())
    except OSError as error:
        raise InputError(
            f"{error.filename or target} kan inte sparas ({system_reason(error)}), så rapporten kan inte göras om när "
            "uppgifterna har ändrats."
        ) from error


@contextmanager
def as_it_was(root: Path, code: str, mark: str) -> Iterator[Path]:
    """Give a folder of municipalities' folders that has one and the networks' files, with the content that they had.

    Parameters
    ----------
    root
        Folder of the municipalities' folders.
    code
        The municipality.
    mark
        As `effektiv status --kedja` tells it.

    Raises
    ------
    InputError
        No files with that mark are kept, or they are damaged.
    """
    archive = kept(root, code, mark)
    if archive is None:
        raise InputError(
            f"Kommun {code} har inga sparade uppgifter med märket '{mark}': märkena står i effektiv status --kedja {code}."
        )
    with TemporaryDirectory(prefix="effektiv-uppgifter-") as place:
        try:
            with zipfile.ZipFile(archive) as found:
                found.extractall(place)
        except (OSError, zipfile.BadZipFile) as error:
            raise InputError(f"{archive} går inte att läsa: hämta tillbaka filen som den skrevs.") from error
        folders = [each for each in Path(place).iterdir() if each.name != NETWORKS]
        if len(folders) != 1 or mark_of(folders[0]) != mark:
            raise InputError(f"{archive} är inte som den skrevs: hämta tillbaka filen.")
        yield Path(place)
