"""Where the municipalities' folders lie, and which of them is whose."""

from __future__ import annotations

import os
import re
from pathlib import Path

from effektiv.errors import InputError
from effektiv.names import slug
from effektiv.params.files import ENDING, is_trace
from effektiv.params.problems import Problem, shown

FOLDER_NAME = re.compile(r"(?P<code>[0-9]{4})-.+")
FOLDER_RULE = "mappen ska heta som kommunens kod och namn, till exempel 0319-alvkarleby"
NETWORKS = "natverk"
"""The folder beside the municipalities' that holds the networks' files (`effektiv.params.networks`)."""

_LEADING_DIGITS = re.compile(r"[0-9]{3,4}(?![0-9])")
_README = re.compile(r"(?i)(readme|las-mig|läs mig)\b")


def params_root() -> Path:
    """Return the folder that holds the municipalities' folders.

    The environment variable ``EFFEKTIV_PARAMS`` decides; without it, ``params/`` in the
    working folder, else in the nearest folder above that also holds ``notebooks/``, so
    that a notebook opened in JupyterLab finds the same files as the command line.

    Raises
    ------
    InputError
        If ``EFFEKTIV_PARAMS`` names a folder that does not exist.
    """
    named = os.environ.get("EFFEKTIV_PARAMS")
    if named:
        if not Path(named).is_dir():
            raise InputError(f"Mappen {named} som EFFEKTIV_PARAMS anger finns inte.")
        return Path(named)
    here = Path.cwd()
    if not (here / "params").is_dir():
        for parent in here.parents:
            if (parent / "params").is_dir() and (parent / "notebooks").is_dir():
                return parent / "params"
    return here / "params"


def find_params(code: str, root: Path | None = None, name: str = "") -> Path | None:
    """Find a municipality's folder, or None when it has none.

    A folder that only can be meant for the municipality is found too, so that it is
    refused and not passed over: ``319-alvkarleby``, ``Älvkarleby``.

    Parameters
    ----------
    code
        Four digits.
    root
        Folder of the municipalities' folders; `params_root` when left out.
    name
        The municipality's name; without it only digits are looked at.

    Raises
    ------
    InputError
        If several folders are the municipality's.
    """
    folders = filter(_is_folder, _entries(params_root() if root is None else root))
    found = [path for path in folders if _is_meant_for(path.name, code, name)]
    if len(found) > 1:
        names = " och ".join(shown(path) for path in found)
        raise InputError(f"Kommun {code} har flera mappar, {names}: behåll en av dem.")
    return found[0] if found else None


def _is_meant_for(folder: str, code: str, name: str) -> bool:
    digits = _LEADING_DIGITS.match(folder)
    if digits:
        return digits[0].zfill(4) == code
    return bool(slug(name)) and slug(folder) == slug(name)


def municipality_folders(root: Path) -> list[Path]:
    """Return the folders that are municipalities', or are meant to be, in order."""
    return [path for path in _entries(root) if _is_folder(path) and _looks_like_one(path)]


def strays(root: Path) -> list[Problem]:
    """Return what lies beside the municipalities' folders and is not read."""
    others = {
        True: f"det som ligger i mappen läses inte: {FOLDER_RULE}",
        False: "filen ligger utanför kommunernas mappar och läses inte",
    }
    return [
        Problem(path, None, others[_is_folder(path)])
        for path in _entries(root)
        if not (_is_folder(path) and (_looks_like_one(path) or path.name == NETWORKS))
        and not _README.match(path.name)
    ]


def _entries(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if not is_trace(path.name)) if root.is_dir() else []


def _is_folder(path: Path) -> bool:
    # A link that leads nowhere is one too, and is refused when it is read.
    return path.is_dir() or path.is_symlink()


def _looks_like_one(folder: Path) -> bool:
    if folder.name == NETWORKS:
        return False
    return bool(_LEADING_DIGITS.match(folder.name)) or any(folder.glob(f"*{ENDING}"))
