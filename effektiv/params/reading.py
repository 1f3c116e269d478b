"""Reading what a municipality decides and knows itself: all files of its folder in ``params/``.

A municipality has one folder, ``params/0319-alvkarleby/``, with ``kommun.yaml`` and whatever
other files the registry knows (`effektiv.params.registry`), all optional but the first. YAML
files are read by `effektiv.params.textyaml`, so a value is the text that was written until a
model types it, and every fault is a `Problem` that names file, place and value.

A municipality without a folder has the defaults.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from effektiv.data.identifiers import Places
from effektiv.errors import InputError, system_reason
from effektiv.params.common import (
    AREA_FILE,
    MUNICIPALITY_FILE,
    OVERVIEW_FILE,
    AreaParams,
    MunicipalityParams,
    OverviewParams,
)
from effektiv.params.files import marked, survey
from effektiv.params.folders import FOLDER_NAME, FOLDER_RULE, find_params
from effektiv.params.problems import Note, ParamsError, Problem, shown
from effektiv.params.registry import AREA, FileKind, Known, Read, registered
from effektiv.params.textyaml import Document

_Said = TypeVar("_Said")


@dataclass(frozen=True)
class Params:
    """Everything that one municipality's folder says.

    Attributes
    ----------
    folder
        The folder, or None when the municipality has none and all are defaults.
    files
        What the other files say, by the name of their kind and their place in the folder; `of`,
        `overview` and `area` answer for those that are not there too.
    """

    municipality: MunicipalityParams
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    folder: Path | None = None

    @property
    def code(self) -> str:
        """The municipality's four-digit code."""
        return self.municipality.code

    @property
    def jamfor_med(self) -> str:
        """Value of the notebooks' parameter: a word, or own codes with commas between."""
        if self.municipality.compare_with == "egna":
            return ",".join(self.municipality.own_peers)
        return self.municipality.compare_with

    def of(self, kind: FileKind[_Said]) -> Mapping[str, _Said]:
        """Return what the files of a kind say, by their place in the folder."""
        return self.files.get(kind.name, {})

    @property
    def overview(self) -> OverviewParams:
        """What is said of the overview, defaults when it has no file."""
        return self.of(OVERVIEW_FILE).get(OVERVIEW_FILE.name, OverviewParams())

    def area(self, area_id: str) -> AreaParams:
        """Return what is said of a focus area, defaults when it has no file."""
        return self.of(AREA_FILE).get(AREA_FILE.name.replace(AREA, area_id), AreaParams())


@dataclass(frozen=True)
class Reading:
    """What was read in a municipality's folder.

    Attributes
    ----------
    params
        What the folder says, or None when kommun.yaml cannot be used.
    problems
        Everything that is wrong, in the order of files and lines.
    notes
        Files, and parts of forms, that are not read, and that nobody can believe are.
    document
        kommun.yaml, with the line of each key.
    passed
        What is wrong in forms though all that is right in them is used; stops no report.
    """

    params: Params | None
    problems: list[Problem]
    notes: list[Problem]
    document: Document
    passed: list[Problem] = field(default_factory=list)


def load_params(
    code: str,
    root: Path | None = None,
    *,
    areas: Collection[str] | None = None,
    places: Places | None = None,
) -> Params:
    """Read a municipality's folder.

    Parameters
    ----------
    code
        Four digits.
    root
        Folder of the municipalities' folders; `params_root` when left out.
    areas, places
        As for `read_folder`.

    Returns
    -------
    Params
        Defaults when the municipality has no folder.

    Raises
    ------
    ParamsError
        If anything in the folder is wrong; it carries every problem found.
    """
    folder = find_params(code, root, places.titles.get(code, "") if places else "")
    if folder is None:
        return Params(MunicipalityParams(kommun=code))
    reading = _read(folder, areas, places, all_at_once=False)
    if reading.params is None or reading.problems:
        raise ParamsError(reading.problems)
    return reading.params


def read_folder(
    folder: Path,
    *,
    areas: Collection[str] | None = None,
    places: Places | None = None,
) -> Reading:
    """Read a municipality's folder and find everything that is wrong with it.

    Parameters
    ----------
    folder
        For example ``params/0319-alvkarleby``.
    areas
        Ids of the focus areas there are; None leaves file names unchecked.
    places
        The municipalities there are; None leaves unchecked whether codes exist.

    Raises
    ------
    InputError
        If the folder does not exist, or cannot be read.
    """
    return _read(folder, areas, places, all_at_once=True)


class _Waiting(Mapping[str, Any]):
    """What the files of a kind say, read when it is asked for: forty forms take seconds, and most reports want none."""

    def __init__(self, kind: FileKind[Any], folder: Path, addresses: Sequence[str], known: Known) -> None:
        self._kind, self._folder, self._addresses, self._known = kind, folder, addresses, known

    @cached_property
    def mark(self) -> str:
        """Checksum of the files, taken before they are read."""
        return marked(self._folder, self._addresses)

    @cached_property
    def _said(self) -> dict[str, Any]:
        _ = self.mark
        read = {address: self._kind.read(self._folder / address, self._known) for address in self._addresses}
        return {address: one.said for address, one in read.items() if one.said is not None}

    def __getitem__(self, address: str) -> Any:
        return self._said[address]

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def __len__(self) -> int:
        return len(self._said)


def mark_of(said: Mapping[str, Any]) -> str | None:
    """Return the checksum of the files that something was read from, "" of none; None where it is not known.

    Whoever keeps what it makes of files can keep it under this.
    """
    if isinstance(said, _Waiting):
        return said.mark
    return None if said else ""


def _read(
    folder: Path, areas: Collection[str] | None, places: Places | None, *, all_at_once: bool
) -> Reading:
    try:
        files, strange = survey(folder, areas)
    except FileNotFoundError as error:
        raise InputError(f"Mappen {shown(folder)} finns inte.") from error
    except OSError as error:
        where = shown(Path(error.filename or folder))
        raise InputError(f"Mappen {where} går inte att läsa: {system_reason(error)}.") from error
    misleading = [Problem(item.path, None, item.text) for item in strange if item.misleads]
    notes = [Problem(item.path, None, item.text) for item in strange if not item.misleads]
    known = Known(places or Places(None), areas)
    own, problems = _municipality(folder, MUNICIPALITY_FILE.name in files, known, misleading)
    said: dict[str, dict[str, Any]] = {}
    passed: list[Problem] = []
    if own.said is not None:
        known = replace(known, code=own.said.code)
    waiting = {} if all_at_once else _waiting(folder, files, known)
    for address, kind in files.items():
        if kind is not MUNICIPALITY_FILE and kind.name not in waiting:
            read = kind.read(folder / address, known)
            problems += read.problems
            passed += read.passed
            notes += read.notes
            if read.said is not None:
                said.setdefault(kind.name, {})[address] = read.said
    its_own = {} if own.said is None else {MUNICIPALITY_FILE.name: {MUNICIPALITY_FILE.name: own.said}}
    for kind in registered():
        for told in kind.together(folder, said.get(kind.name, {}), {**said, **waiting, **its_own}):
            (notes if isinstance(told, Note) else passed).append(told)
    params = None if own.said is None else Params(own.said, {**said, **waiting}, folder)
    return Reading(params, [*problems, *misleading], notes, own.document, passed)


def _waiting(folder: Path, files: Mapping[str, FileKind[Any]], known: Known) -> dict[str, _Waiting]:
    kinds = {kind.name: kind for kind in files.values() if kind.waits}
    return {
        name: _Waiting(kind, folder, [address for address, one in files.items() if one is kind], known)
        for name, kind in kinds.items()
    }


def _municipality(
    folder: Path, is_there: bool, known: Known, misleading: list[Problem]
) -> tuple[Read[MunicipalityParams], list[Problem]]:
    """Read the municipality's own file, without which nothing in its folder can be used."""
    path = folder / MUNICIPALITY_FILE.name
    if is_there:
        own = MUNICIPALITY_FILE.read(path, known)
        wrong_name = own.said is not None and not FOLDER_NAME.fullmatch(folder.resolve().name)
        return own, [*own.problems, *([Problem(folder, None, FOLDER_RULE)] if wrong_name else [])]
    missing = Problem(path, None, "filen saknas, den ska minst ha raden kommun: och kommunens kod")
    # A file that should have its name has been named.
    told = any(path.name in problem.text for problem in misleading)
    return Read(None, []), [] if told else [missing]


def check(
    folder: Path,
    *,
    areas: Collection[str] | None = None,
    places: Places | None = None,
) -> list[Problem]:
    """Return everything that is wrong with a municipality's folder; see `read_folder`."""
    reading = read_folder(folder, areas=areas, places=places)
    return [*reading.problems, *reading.passed]
