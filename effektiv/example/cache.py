"""The example data as a snapshot, made when it is missing or no longer current."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from effektiv.data.catalogue import CATALOGUE_FOLDER
from effektiv.data.snapshot import (
    EXAMPLE,
    EXAMPLE_AFTER,
    MANIFEST,
    Snapshot,
    data_folder,
    open_snapshot,
    write_snapshot,
)
from effektiv.errors import SnapshotError, system_reason
from effektiv.example.years import LAST_YEAR, LAST_YEAR_AFTER
from effektiv.outputs import EXAMPLE_BAND
from effektiv.staging import put_in_place, staging

if TYPE_CHECKING:
    from effektiv.example.build import ExampleData

NOTE = "Kommunerna och värdena är påhittade; nyckeltalens id och titlar är Koladas."

NOTE_AFTER = f"Landet är det i frysningen {EXAMPLE}, med åren {LAST_YEAR + 1}–{LAST_YEAR_AFTER} tillagda."

LAST_YEARS = {EXAMPLE: LAST_YEAR, EXAMPLE_AFTER: LAST_YEAR_AFTER}
"""Latest year of each snapshot, whose cost figures are taken to be preliminary."""


def build_example(last_year: int) -> ExampleData:
    """Make the example data; the generator is loaded first now, and seldom (the snapshot is kept)."""
    from effektiv.example.build import build_example as build  # noqa: PLC0415

    return build(last_year)


def example_snapshot(name: str = EXAMPLE) -> Snapshot:
    """Return the example data as a snapshot in the data folder.

    Parameters
    ----------
    name
        ``exempel`` or ``exempel-efter``.

    Notes
    -----
    It is made the first time, and again when the catalogue, the generator or the library
    has changed since, or the files are damaged. Two processes may start at once: each
    writes its own folder and renames it into place.

    Raises
    ------
    SnapshotError
        When the folder cannot be written, or something else has the name.
    """
    target = data_folder().resolve() / name
    current = _current(target)
    if current is not None:
        return current
    if target.exists() and not (target / MANIFEST).is_file():
        raise SnapshotError(
            f"{target} är ingen frysning: flytta eller ta bort den, för där ska exempeldatan ligga."
        )
    try:
        with staging(target.parent, name) as folder:
            _write(folder, name)
            _put_in_place(folder, target)
    except OSError as error:
        raise SnapshotError(
            f"Exempeldatan kunde inte skrivas i {target.parent} ({system_reason(error)}): "
            "kontrollera skrivrätten och att inget annat program har filerna öppna."
        ) from error
    return open_snapshot(target)


def _current(target: Path) -> Snapshot | None:
    """Return the snapshot if it is whole and made by this generator from this catalogue."""
    if not target.is_dir():
        return None
    try:
        snapshot = open_snapshot(target)
    except SnapshotError:
        # The example is a cache of what the generator makes: a damaged one is made anew.
        return None
    return snapshot if _key_note() in snapshot.manifest.notes else None


def _write(folder: Path, name: str) -> None:
    data = build_example(LAST_YEARS[name])
    write_snapshot(
        name,
        observations=data.observations,
        kpis=data.kpis,
        municipalities=data.municipalities,
        groups=data.groups,
        units=data.units,
        unit_observations=data.unit_observations,
        source=EXAMPLE_BAND,
        kind="exempel",
        preliminary_year=LAST_YEARS[name],
        notes=(NOTE, *((NOTE_AFTER,) if name == EXAMPLE_AFTER else ()), _key_note()),
        folder=folder,
    )


def _put_in_place(folder: Path, target: Path) -> None:
    """Move the new snapshot into place, unless another process was first with the same one."""
    if _current(target) is not None:
        return
    if target.exists():
        put_in_place(target, folder / "replaced")
    try:
        put_in_place(folder / target.name, target)
    except OSError:
        if _current(target) is None:
            raise


def _key_note() -> str:
    return f"Exempeldatans nyckel: {_key()}."


@lru_cache(maxsize=1)
def _key() -> str:
    """Return a key of everything that the values follow from."""
    generator = Path(__file__).parent
    sources = [
        *sorted(CATALOGUE_FOLDER.glob("*.yaml")),
        *sorted(generator.glob("*.py")),
        generator / "municipalities.csv",
    ]
    digest = hashlib.sha256(f"{version('effektiv')} {np.__version__}".encode())
    for source in sources:
        # Line ends differ between checkouts on Windows and elsewhere; the values do not.
        digest.update(source.name.encode("utf-8") + source.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]
