"""Forms among the files of a municipality's folder: a workbook that `ny` writes and people fill in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from effektiv.forms import ENDINGS, Fault, Form, FormRead, Value, read, write
from effektiv.params.problems import Problem
from effektiv.params.registry import FileKind, Known, Read
from effektiv.types import FocusArea

Rows = Mapping[str, Iterable[Mapping[str, Value]]]


@dataclass(frozen=True, kw_only=True)
class FormFile(FileKind[FormRead]):
    """A form: one workbook of a name, or as many as people send in where the name has ``*``.

    What is wrong in it is told of and the rest used, so it stops no report: not even one of forty
    answers that cannot be opened.

    Attributes
    ----------
    form
        What it holds.
    new_name
        Place in the folder of the empty form that `effektiv ny` writes; its own name when left out.
        A kind of many files needs one that its name fits: a form without rows says nothing.
    prefilled
        Rows that are written in a new form, by key of sheet.
    more_faults
        Yields what is wrong though each cell is right.
    faults_together
        Yields what is wrong between the files of the kind, with the place of the file it is told of.
    faults_beside
        Yields what disagrees with files of other kinds, with the place of the file it is told of; it is given what the
        files of the kind say, and what those of all kinds do.
    """

    waits: ClassVar[bool] = True

    form: Form
    new_name: str = ""
    prefilled: Rows = field(default_factory=dict, hash=False)
    more_faults: Callable[[FormRead], Iterable[Fault]] | None = None
    faults_together: Callable[[Mapping[str, FormRead]], Iterable[tuple[str, Fault]]] | None = None
    faults_beside: (
        Callable[[Mapping[str, FormRead], Mapping[str, Mapping[str, Any]]], Iterable[tuple[str, Fault]]]
        | None
    ) = None

    def read(self, path: Path, known: Known) -> Read[FormRead]:
        """Read one filled-in form."""
        said = read(self.form, path, areas=_labels(known))
        faults = [*said.faults, *(self.more_faults(said) if self.more_faults and said.is_read else ())]
        return Read(
            said,
            [],
            passed=[_problem(path, fault) for fault in faults],
            notes=[_problem(path, note) for note in said.notes],
        )

    def together(
        self, folder: Path, said: Mapping[str, FormRead], every: Mapping[str, Mapping[str, Any]]
    ) -> list[Problem]:
        """Return what is wrong between files: a form that is there twice, and what its own kind finds."""
        found: list[tuple[str, Fault]] = list(self.faults_together(said)) if self.faults_together else []
        found += self.faults_beside(said, every) if self.faults_beside else ()
        by_stem: dict[PurePosixPath, str] = {}
        for address in sorted(said, key=_preferred):
            first = by_stem.setdefault(PurePosixPath(address).with_suffix(""), address)
            if first != address:
                text = f"formuläret finns också som {PurePosixPath(first).name}: behåll en av filerna"
                found.append((address, Fault(text)))
        return [_problem(folder / address, fault) for address, fault in found]

    def new(self, code: str, name: str, areas: Iterable[FocusArea]) -> dict[str, bytes]:  # noqa: ARG002
        """Return the empty form."""
        address = self.new_name or self.name
        labels = {area.id: area.label for area in areas}
        return {address: write(self.form, areas=labels, rows=self.prefilled, about=name)}

    def fits(self, address: str, areas: Collection[str]) -> bool:
        """Whether a place in the folder is one of the form, as whatever kind of workbook."""
        return any(super(FormFile, self).fits(name, areas) for name in _as_xlsx(address))


def only(said: Mapping[str, FormRead]) -> FormRead | None:
    """Return what the form of a kind with one file says; the .xlsx where there are several; None for none."""
    return said[min(said, key=_preferred)] if said else None


def _preferred(address: str) -> tuple[int, str]:
    ending = PurePosixPath(address).suffix.lower()
    return (ENDINGS.index(ending) if ending in ENDINGS else len(ENDINGS), address)


def _as_xlsx(address: str) -> Iterator[str]:
    """Yield the name that a workbook would have as an .xlsx."""
    path = PurePosixPath(address)
    if path.suffix.lower() in ENDINGS:
        yield path.with_suffix(ENDINGS[0]).as_posix()


def _labels(known: Known) -> dict[str, str] | None:
    """Return the label of each focus area by id, as the forms have them to choose from."""
    if known.areas is None:
        return None
    from effektiv.data.catalogue import load_catalogue  # noqa: PLC0415  only where areas are known is it needed

    catalogue = load_catalogue().areas
    return {area: catalogue[area].label if area in catalogue else area for area in known.areas}


def _problem(path: Path, fault: Fault) -> Problem:
    return Problem(path, None, fault.text, fault.place)
