"""The registry: every kind of file that a municipality's folder may hold, declared once.

A kind says what its files are called, which step they belong to, how they are read and what
`effektiv ny` writes. Whoever reads a folder, checks it, makes a new one or names what nobody
reads asks the registry, so that a step that adds a file adds it for all of them. A step calls
`register` in its module ``params``; `effektiv.stepfiles` sees to it that each process has
imported those of all steps.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import ValidationError

from effektiv.data.identifiers import Places
from effektiv.params.fields import DIRECTIONS, ParamsModel
from effektiv.params.problems import Problem
from effektiv.params.textfaults import Keys
from effektiv.params.textyaml import Document, read
from effektiv.types import FocusArea
from effektiv.validation import Location, faults, fields, key_name, model_in

AREA = "{omrade}"
"""Stands for the id of each focus area in the name of a kind of file."""

_Said = TypeVar("_Said")
_Model = TypeVar("_Model", bound=ParamsModel)


@dataclass(frozen=True)
class Known:
    """What is known when a file is read.

    Attributes
    ----------
    places
        The municipalities there are.
    areas
        Ids of the focus areas there are; None when that is not known.
    code
        The municipality whose folder it is; None when its own file does not say.
    """

    places: Places
    areas: Collection[str] | None = None
    code: str | None = None


@dataclass(frozen=True)
class Read(Generic[_Said]):
    """What was read in a file.

    Attributes
    ----------
    said
        What it says, or None when it cannot be used.
    problems
        Everything that is wrong with it.
    document
        Where each key of a YAML file stands.
    passed
        What is wrong in a form though the rest of it is used.
    notes
        What it holds that is not read, and that misleads nobody.
    """

    said: _Said | None
    problems: list[Problem]
    document: Document = field(default_factory=Document)
    passed: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class FileKind(ABC, Generic[_Said]):
    """One kind of file in a municipality's folder.

    Attributes
    ----------
    name
        Its place in the folder, with ``/`` between: a name, or one with `AREA` in it for a file
        for each focus area, or with ``*`` for any text: ``kommun.yaml``, ``{omrade}.yaml``,
        ``sjalvskattning/*/*.xlsx``.
    step
        The step whose work it belongs to.
    """

    name: str
    step: int

    waits: ClassVar[bool] = False
    """Whether a report reads its files only when it asks for them: nothing in them can stop one."""

    @abstractmethod
    def read(self, path: Path, known: Known) -> Read[_Said]:
        """Read one file of the kind, and find everything that is wrong with it."""

    def together(
        self,
        folder: Path,  # noqa: ARG002
        said: Mapping[str, _Said],  # noqa: ARG002
        every: Mapping[str, Mapping[str, Any]],  # noqa: ARG002
    ) -> list[Problem]:
        """Return what is wrong with the files of the kind together, though each can be used.

        Parameters
        ----------
        folder
            The municipality's folder.
        said
            What each file says, by its place in the folder.
        every
            The same of all kinds, by name: what the files are to agree with.
        """
        return []

    def new(self, code: str, name: str, areas: Iterable[FocusArea]) -> dict[str, bytes]:  # noqa: ARG002
        """Return what `effektiv ny` writes for a municipality, by place in its folder."""
        return {}

    def fits(self, address: str, areas: Collection[str]) -> bool:
        """Whether a place in the folder is one of a file of this kind."""
        return _fits(self.name, address, areas)

    def lies_below(self, address: str, areas: Collection[str]) -> bool:
        """Whether a place in the folder is a folder that files of this kind lie in, at any depth."""
        parts = self.name.split("/")
        above = "/".join(parts[: address.count("/") + 1])
        return above != self.name and _fits(above, address, areas)

    def names_in(self, address: str, areas: Collection[str]) -> list[str]:
        """Return the names that files of this kind have in a folder, empty for the municipality's own."""
        above, _, last = self.name.rpartition("/")
        if not _fits(above, address, areas):
            return []
        return [last.replace(AREA, area) for area in areas] if AREA in last else [last]


def _fits(pattern: str, address: str, areas: Collection[str]) -> bool:
    ids = "|".join(map(re.escape, areas)) or "(?!)"
    stands_for = {AREA: f"(?:{ids})", "*": "[^/]+"}
    parts = re.split(rf"({re.escape(AREA)}|\*)", pattern)
    return (
        re.fullmatch("".join(stands_for.get(part) or re.escape(part) for part in parts), address) is not None
    )


@dataclass(frozen=True)
class YamlFile(FileKind[_Model]):
    """A YAML file whose keys are a model's.

    Attributes
    ----------
    model
        What it says.
    template
        The commented file that `effektiv ny` writes, where ``$kommun``, ``$namn``, ``$omrade`` and
        ``$riktning`` stand for the municipality's and the area's own; None when nobody writes one.
    more_faults
        Yields what is wrong though the model takes it, as place and clause, from what the file
        says, the municipality's folder and what is known.
    """

    model: type[_Model]
    template: Path | None = None
    more_faults: Callable[[_Model, Path, Known], Iterator[tuple[Location, str]]] | None = None

    def read(self, path: Path, known: Known) -> Read[_Model]:
        """Read and type one file; nothing is said by one that cannot be."""
        document = read(path, keys_of(self.model))
        found = [Problem(path, fault.line, fault.text) for fault in document.faults]
        said, wrong = None, []
        if document.data:
            try:
                said = self.model.model_validate(document.data, context={"places": known.places})
            except ValidationError as error:
                wrong = [one for one in faults(self.model, error) if not document.explains(one[0])]
        found += (self._problem(path, document, *one) for one in wrong)
        found.sort(key=lambda problem: problem.line or 0)
        if said is not None and self.more_faults is not None:
            folder = path.parents[self.name.count("/")]
            found += (self._problem(path, document, *one) for one in self.more_faults(said, folder, known))
        return Read(said, found, document)

    @staticmethod
    def _problem(path: Path, document: Document, place: Location, text: str) -> Problem:
        return Problem(path, document.line(place), f"nyckeln {key_name(place)} {text}")

    def new(self, code: str, name: str, areas: Iterable[FocusArea]) -> dict[str, bytes]:
        """Return the template filled in, once or for each area."""
        if self.template is None:
            return {}
        template = Template(self.template.read_text(encoding="utf-8"))
        words = {direction: word for word, direction in DIRECTIONS.items()}
        own = {"kommun": code, "namn": name}
        if AREA not in self.name:
            return {self.name: template.substitute(own).encode()}
        return {
            self.name.replace(AREA, area.id): template.substitute(
                own, omrade=area.label, riktning=words[area.direction]
            ).encode()
            for area in areas
        }


@cache
def keys_of(model: type[ParamsModel]) -> Keys:
    """Return the keys that a file of this model may have, and under each those below it."""
    return {
        key: keys_of(inside) if (inside := model_in(item.annotation)) else {}
        for key, item in fields(model).items()
    }


_KINDS: dict[str, FileKind[Any]] = {}


def register(*kinds: FileKind[Any]) -> None:
    """Add kinds of files to those that every municipality's folder may hold.

    Raises
    ------
    ValueError
        If another kind has the name.
    """
    for kind in kinds:
        if _KINDS.setdefault(kind.name, kind) != kind:
            raise ValueError(f"two kinds of files are called {kind.name}")


def registered() -> list[FileKind[Any]]:
    """Return every kind, in the order in which files are read."""
    return list(_KINDS.values())


def kind_of(address: str, areas: Collection[str]) -> FileKind[Any] | None:
    """Return the kind of the file at a place in a folder, or None for one that nobody reads."""
    # A name of its own goes before that of any area, and both before a pattern.
    exact_first = sorted(registered(), key=lambda kind: ("*" in kind.name, AREA in kind.name))
    return next((kind for kind in exact_first if kind.fits(address, areas)), None)
