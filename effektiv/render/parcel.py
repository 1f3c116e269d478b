"""Folders that notebooks read, as they are sent to other machines.

A notebook finds its data and params by environment variables that name folders. On a
machine that sees the same folder with the same content (shared storage) that one is used,
else the files that were sent are written to a folder of the machine's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """A folder that notebooks read.

    Attributes
    ----------
    variable
        Environment variable that tells notebooks where it is.
    root
        The folder; it need not exist.
    patterns
        What in it the notebooks need, as for `pathlib.Path.glob`; a folder that matches
        counts with all that is in it.
    """

    variable: str
    root: Path
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Parcel:
    """A place as it is sent: nothing in it depends on the system it comes from.

    Attributes
    ----------
    variable, root, patterns
        As in `Place`, the root as text.
    files
        Content by address relative to the root.
    """

    variable: str
    root: str
    patterns: tuple[str, ...]
    files: Mapping[str, bytes]

    def unpack(self, folder: Path) -> Path:
        """Return a folder with exactly these files for the patterns.

        Parameters
        ----------
        folder
            Where they are written, unless the root is seen from here with the same files.

        Raises
        ------
        OSError
            They cannot be written.
        """
        root = Path(self.root)
        if root.is_absolute() and _same(root, self.patterns, self.files):
            return root
        write_files(folder, self.files)
        return folder


def pack(place: Place) -> Parcel:
    """Read a place's files.

    Raises
    ------
    OSError
        A file cannot be read.
    """
    root = place.root.resolve()
    files = {name: path.read_bytes() for name, path in _files(root, place.patterns).items()}
    return Parcel(place.variable, str(root), place.patterns, files)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their addresses; the folder is made even when there are none."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _files(root: Path, patterns: tuple[str, ...]) -> dict[str, Path]:
    """Return the files by address, in order; a name with a dot first is of a file being written."""
    found = [match for pattern in patterns for match in root.glob(pattern)]
    inside = [path for match in found for path in ([match] if match.is_file() else match.rglob("[!.]*"))]
    return {path.relative_to(root).as_posix(): path for path in sorted(inside) if path.is_file()}


def _same(root: Path, patterns: tuple[str, ...], files: Mapping[str, bytes]) -> bool:
    try:
        here = _files(root, patterns)
        return here.keys() == files.keys() and all(
            path.read_bytes() == files[name] for name, path in here.items()
        )
    except OSError:  # may not be read from here
        return False
