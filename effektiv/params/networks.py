"""Networks: the municipalities of a finished or running project together, and those that apply for one.

A network has one file, ``params/natverk/<name>.yaml``, which is SKR's and RKA's and no municipality's. It is read as
a municipality's files are: values are text until the model types them, and every fault names file, line and key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from effektiv.data.identifiers import COUNTIES, Places
from effektiv.errors import InputError
from effektiv.names import shown as shown_name
from effektiv.names import slug
from effektiv.params.common import Year
from effektiv.params.fields import Code, Line, Lines, ParamsModel, Wanted, nothing_is_empty
from effektiv.params.files import ENDING
from effektiv.params.folders import NETWORKS, params_root
from effektiv.params.problems import ParamsError, Problem, shown
from effektiv.params.registry import Known, Read, YamlFile
from effektiv.validation import Location, either, shortened, suggestion

PARTS = {
    "vad": "vad som är problemet",
    "for_vem": "vem det gäller",
    "sedan_nar": "sedan när",
    "hur_allvarligt": "hur allvarligt det är",
    "matt_mot": "vad det mäts mot",
    "mal": "vad kommunen vill nå",
    "avgransning": "vad det inte handlar om",
}
"""The parts of a problem statement, by key."""

Part = Literal["vad", "for_vem", "sedan_nar", "hur_allvarligt", "matt_mot", "mal", "avgransning"]
Answer = Literal["ja", "nej"]


class Statement(ParamsModel):
    """How far an applicant's problem statement has come, as the one who reads the application judges it.

    Attributes
    ----------
    parts
        Keys of the parts that are complete; see `PARTS`.
    own_text
        Whether it says something that the figures do not: ``ja`` or ``nej``.
    direction
        What the municipality wants to raise or save; None where it does not say.
    decision
        The decision that it has agreed on: body and day, or number; None where there is none.
    """

    parts: Annotated[tuple[Part, ...], Field(max_length=len(PARTS)), BeforeValidator(nothing_is_empty)] = (
        Field((), alias="klara_delar")
    )
    own_text: Answer = Field("nej", alias="egen_text")
    direction: Wanted = Field(None, alias="riktning")
    decision: Line | None = Field(None, alias="beslut")

    @property
    def share(self) -> float:
        """Share of the parts that are complete, 0-1."""
        return len(set(self.parts)) / len(PARTS)


class Member(ParamsModel):
    """A municipality that a network names.

    Attributes
    ----------
    code
        Four digits.
    areas
        Ids of the focus areas that it works with, or applies for.
    """

    code: Code = Field(alias="kommun")
    areas: Lines = Field((), alias="omraden")


class Participant(Member):
    """A municipality that takes part.

    Attributes
    ----------
    start
        First year in which its measures can have an effect; None for the network's.
    """

    start: Year | None = None


class Applicant(Member):
    """A municipality that wants to take part.

    Attributes
    ----------
    statement
        None where it has sent no problem statement.
    """

    statement: Statement | None = Field(None, alias="problemformulering")


_MOST = 290


class Network(ParamsModel):
    """``natverk/<name>.yaml``: who takes part, and who applies.

    Attributes
    ----------
    title
        What the network is called in its reports; None for the file's name.
    start
        First year in which the measures can have an effect.
    participants, applicants
        In the file's order; one of the two may be empty.
    places
        How many applicants there is room for; None where that is not decided.
    """

    title: Line | None = Field(None, alias="namn")
    start: Year | None = None
    participants: Annotated[
        tuple[Participant, ...], Field(max_length=_MOST), BeforeValidator(nothing_is_empty)
    ] = Field((), alias="deltagare")
    applicants: Annotated[
        tuple[Applicant, ...], Field(max_length=_MOST), BeforeValidator(nothing_is_empty)
    ] = Field((), alias="sokande")
    places: Annotated[int, Field(ge=1, le=_MOST)] | None = Field(None, alias="platser")

    @property
    def members(self) -> tuple[Member, ...]:
        """All that it names: the participants, then the applicants."""
        return (*self.participants, *self.applicants)

    @property
    def lists(self) -> dict[str, tuple[Member, ...]]:
        """The participants and the applicants, by the keys that they are written under."""
        return {"deltagare": self.participants, "sokande": self.applicants}

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of all that it names, each once."""
        return tuple(dict.fromkeys(item.code for item in self.members))

    @property
    def areas(self) -> tuple[str, ...]:
        """Ids of all areas that somebody works with or applies for, the most common first."""
        named = [area for item in self.members for area in dict.fromkeys(item.areas)]
        return tuple(sorted(dict.fromkeys(named), key=lambda area: -named.count(area)))

    def start_of(self, participant: Participant) -> int:
        """Return the first year in which a participant's measures can have an effect."""
        start = participant.start if participant.start is not None else self.start
        assert start is not None  # one of them is written, or the file is refused
        return start


def _faults(said: Network, _folder: Path, known: Known) -> Iterator[tuple[Location, str]]:
    if not said.participants and not said.applicants:
        yield ("deltagare",), "är tom: skriv minst en kommun i deltagare eller i sokande"
    for key, items in said.lists.items():
        codes = [item.code for item in items]
        for place, item in enumerate(items):
            if item.code in codes[:place]:
                yield (
                    (key, place, "kommun"),
                    f"är {item.code}, som redan står ovanför: skriv varje kommun en gång",
                )
            if not item.areas:
                yield (
                    (key, place, "omraden"),
                    "är tom: skriv minst ett fokusområde, till exempel [grundskola]",
                )
            for area in item.areas:
                if known.areas is not None and area not in known.areas:
                    wanted = f"ska vara {either(known.areas)}{suggestion(area, known.areas)}"
                    yield (key, place, "omraden"), f"har värdet '{shortened(area)}' men {wanted}"
    if said.start is None and any(item.start is None for item in said.participants):
        yield (
            ("start",),
            "saknas: skriv första året som åtgärderna kan ha haft effekt, till exempel 2026",
        )


NETWORK_FILE = YamlFile(f"{NETWORKS}/*{ENDING}", 5, Network, None, _faults)
"""Read as a municipality's file is, but in no municipality's folder, so nobody else is to know of it."""


def network_files(root: Path) -> list[Path]:
    """Return the files of the networks, in order."""
    return sorted((root / NETWORKS).glob(f"*{ENDING}"))


def network_marks(root: Path, known: Known) -> dict[str, str]:
    """Return by code the checksums of the networks' files that name a municipality.

    Under an empty code are those of files that cannot be read: they may name anybody, and every closing says so.
    """
    marks: dict[str, str] = {}
    for path in network_files(root):
        mark = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "ingen fil"
        said = read_network(path, known).said
        for code in ("",) if said is None else said.codes:
            marks[code] = f"{marks.get(code, '')} {path.name} {mark}"
    return marks


def find_network(name: str, root: Path | None = None) -> Path:
    """Return the file of a network.

    Parameters
    ----------
    name
        The file's name without its ending, in any case: ``avslutat``.
    root
        Folder of the municipalities' folders; `params_root` when left out.

    Raises
    ------
    InputError
        There is none.
    """
    folder = params_root() if root is None else root
    files = {slug(path.stem): path for path in network_files(folder)}
    if slug(name) in files:
        return files[slug(name)]
    near = get_close_matches(slug(name), files, n=1)
    hint = f" Menade du {near[0]}?" if near else f" De som finns är {', '.join(files)}." if files else ""
    raise InputError(
        f"Nätverket '{shown_name(name, 40)}' finns inte i {shown(folder / NETWORKS)}: där ska filen"
        f" {slug(name) or 'namn'}{ENDING} finnas.{hint}"
    )


def read_network(path: Path, known: Known) -> Read[Network]:
    """Read a network's file; an applicant without problem statement is told of, but stops no report."""
    read = NETWORK_FILE.read(path, known)
    if read.said is None:
        return read
    told = [
        Problem(
            path,
            read.document.line(("sokande", place)),
            f"nyckeln 'problemformulering' i sokande, post {place + 1} saknas: {_name(item.code, known)} har ingen"
            " problemformulering och bedöms utan den",
        )
        for place, item in enumerate(read.said.applicants)
        if item.statement is None
    ]
    return replace(read, passed=[*read.passed, *told])


def _name(code: str, known: Known) -> str:
    return known.places.titles.get(code, code)


def load_network(name: str, *, areas: Collection[str], places: Places, root: Path | None = None) -> Network:
    """Return what a network's file says.

    Raises
    ------
    InputError
        There is no such network.
    ParamsError
        Something in its file is wrong.
    """
    read = read_network(find_network(name, root), Known(places, areas))
    if read.problems or read.said is None:
        raise ParamsError(read.problems)
    return read.said


def is_invented(path: Path) -> bool:
    """Whether a network is of the example's municipalities: no county has the first digits of any of their codes."""
    said = NETWORK_FILE.read(path, Known(Places(None))).said
    return said is not None and not any(code[:2] in COUNTIES for code in said.codes)
