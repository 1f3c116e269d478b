"""New files for a municipality to fill in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from effektiv.errors import InputError
from effektiv.names import folder_name
from effektiv.params.folders import find_params
from effektiv.params.problems import shown
from effektiv.params.registry import registered
from effektiv.staging import put_in_place, staging, write_whole
from effektiv.types import FocusArea

_FIRST_STEP = 1


def write_new(
    root: Path, code: str, name: str, areas: Iterable[FocusArea], step: int | None = None
) -> list[Path]:
    """Make a municipality's folder, or the files of one step in it, with commented defaults.

    A new folder appears whole or not at all, with the first step's files in any case. In one that
    is there, only files that are missing are written.

    Parameters
    ----------
    root
        Folder of the municipalities' folders; made if it is missing.
    code, name
        The municipality.
    areas
        The focus areas to make a file for.
    step
        The step whose files are wanted; None for a new folder.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        If there is nothing to write: the folder is there, or it has all files of the step.
    OSError
        If the files cannot be written.
    """
    areas = list(areas)
    existing = find_params(code, root, name)
    if existing is not None and step is None:
        raise InputError(f"{shown(existing)} finns redan och skrivs inte över.")
    contents = _contents(step or _FIRST_STEP, code, name, areas)
    if existing is None:
        return _new_folder(
            root / folder_name(code, name), _contents(_FIRST_STEP, code, name, areas) | contents
        )
    missing = {address: content for address, content in contents.items() if not (existing / address).exists()}
    if not missing:
        raise InputError(f"{shown(existing)} har redan alla filer för steg {step}, och de skrivs inte över.")
    for address, content in missing.items():
        (existing / address).parent.mkdir(parents=True, exist_ok=True)
        write_whole(existing / address, content)
    return [existing / address for address in missing]


def _contents(step: int, code: str, name: str, areas: list[FocusArea]) -> dict[str, bytes]:
    """Return the files of a step, by place in the folder."""
    kinds = [kind for kind in registered() if kind.step == step]
    return {address: content for kind in kinds for address, content in kind.new(code, name, areas).items()}


def _new_folder(folder: Path, contents: dict[str, bytes]) -> list[Path]:
    with staging(folder.parent, folder.name) as temporary:
        for address, content in contents.items():
            (temporary / address).parent.mkdir(parents=True, exist_ok=True)
            (temporary / address).write_bytes(content)
        put_in_place(temporary, folder)
    return [folder / address for address in contents]
