"""The file of the project and its decisions in a municipality's folder, and what a paper still lacks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from effektiv.data.catalogue import load_catalogue
from effektiv.params import Params
from effektiv.params.common import OVERVIEW_FILE, OverviewParams
from effektiv.params.fields import Line, Lines, Paragraph, ParamsModel, nothing_is_default, nothing_is_empty
from effektiv.params.problems import Problem
from effektiv.params.registry import Known, YamlFile, register
from effektiv.steps.s3_atgarder.measures import planned
from effektiv.steps.s3_atgarder.measures_params import form_of
from effektiv.types import FocusArea
from effektiv.validation import Location, clause, either, no_choice, shortened, suggestion

JOIN, CARRY_OUT = MATTERS = ("deltagande", "atgarder")
"""What is to be decided: to take part in the project, or to carry out its measures."""

FEE = 60_000
"""Kronor, without moms, for a municipality that takes part: SKR's invitation."""

STATUSES = {"klart": "Klart", "pagar": "Pågår", "ej": "Inte påbörjat"}

CHILDREN_PARTS = {
    "arende_och_barn": "Ärendet och vilka barn det rör",
    "rattigheter": "Barnens rättigheter",
    "kunskap": "Kunskap och forskning",
    "barns_asikter": "Barnens egna åsikter",
    "alternativ": "Alternativ och konsekvenser för barnen",
    "bedomning": "Bedömning av barnets bästa",
}
"""The parts of a trial of the child's best, by key: Barnombudsmannen's method."""

COMMITMENTS = {
    "ledningsbeslut": "Det finns ett kommunledningsbeslut om deltagande innan projektet startar.",
    "arbetstid": "Central ledningsgrupp och stödfunktioner avsätter arbetstid för möten och eget utvecklingsarbete.",
    "styrgrupp": "En styrgrupp för projektet är utsedd.",
    "kontaktperson": "En kontaktperson som företräder kommunen mot SKR är utsedd.",
    "arbetsgrupp": "En arbetsgrupp som ansvarar för förändringsarbetet är utsedd.",
}
"""What a municipality that takes part promises, by key: SKR's invitation."""

_MONTH = re.compile(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])")
_CHILDREN = re.compile(r"barn|elev|skol|ung", re.IGNORECASE)


def _day(value: Any) -> Any:
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise clause(
            f"har värdet '{shortened(value)}' men ska vara en dag, till exempel 2026-03-02"
        ) from error


def _month(value: Any) -> Any:
    found = _MONTH.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise clause(f"har värdet '{shortened(value)}' men ska vara en månad, till exempel 2026-03")
    return dt.date(int(found[1]), int(found[2]), 1)


def _matter(value: Any) -> Any:
    if value is None:
        return JOIN
    if value not in MATTERS:
        raise clause(no_choice(value, MATTERS))
    return value


def _some_matter(value: Any) -> Any:
    return None if value is None else _matter(value)


def _status(value: Any) -> Any:
    if value is not None and value not in STATUSES:
        raise clause(no_choice(value, STATUSES))
    return value


def _commitment(value: Any) -> Any:
    if value not in COMMITMENTS:
        raise clause(no_choice(value, COMMITMENTS))
    return value


def _yes_no(value: Any) -> Any:
    if value is None:
        return False
    if value not in ("ja", "nej"):
        raise clause(no_choice(value, ("ja", "nej")))
    return value == "ja"


def _fee(value: Any) -> Any:
    return FEE if value is None else value


Day = Annotated[dt.date | None, BeforeValidator(_day)]
Month = Annotated[dt.date, BeforeValidator(_month)]
Status = Annotated[str | None, BeforeValidator(_status)]


class Signer(ParamsModel):
    """Who has written a paper, or signs it."""

    name: Line | None = Field(None, alias="namn")
    role: Line | None = Field(None, alias="roll")


class Basis(ParamsModel):
    """What a decision rests on; of one paper, or of both."""

    name: Line = Field(alias="namn")
    day: Day = Field(None, alias="dag")
    matter: Annotated[str | None, BeforeValidator(_some_matter)] = Field(None, alias="arende")


class ChildrensBest(ParamsModel):
    """A trial of the child's best, in its six parts; see `CHILDREN_PARTS`."""

    matter: Paragraph | None = Field(None, alias="arende_och_barn")
    rights: Paragraph | None = Field(None, alias="rattigheter")
    knowledge: Paragraph | None = Field(None, alias="kunskap")
    opinions: Paragraph | None = Field(None, alias="barns_asikter")
    alternatives: Paragraph | None = Field(None, alias="alternativ")
    assessment: Paragraph | None = Field(None, alias="bedomning")


class PaperText(ParamsModel):
    """One paper's own text: that to take part, or that to carry out the measures.

    Attributes
    ----------
    funding
        Stands after "finansieras genom".
    not_tried
        Why the child's best has not been tried; see `may_be_untried`.
    """

    title: Line | None = Field(None, alias="rubrik")
    day: Day = Field(None, alias="datum")
    record_number: Line | None = Field(None, alias="diarienummer")
    funding: Paragraph | None = Field(None, alias="finansiering")
    summary: Paragraph | None = Field(None, alias="sammanfattning")
    background: Paragraph | None = Field(None, alias="bakgrund")
    presentation: Paragraph | None = Field(None, alias="foredragning")
    preparation: Paragraph | None = Field(None, alias="beredning")
    assessment: Paragraph | None = Field(None, alias="bedomning")
    economy: Paragraph | None = Field(None, alias="ekonomi")
    not_tried: Paragraph | None = Field(None, alias="barn_inte_provat")


class Proposal(ParamsModel):
    """A proposal of the municipality's own, which can stand after the word "att"; of one paper, or of both."""

    text: Paragraph
    matter: Annotated[str | None, BeforeValidator(_some_matter)] = Field(None, alias="arende")


class Recipients(ParamsModel):
    """Whom a decision is sent to: to carry it out, and to know of it."""

    execution: Lines = Field((), alias="verkstallighet")
    information: Lines = Field((), alias="kannedom")


class Assignment(ParamsModel):
    """Who is given an area's measures to carry out."""

    area: Line = Field(alias="omrade")
    to: Line | None = Field(None, alias="till")


class OwnTime(ParamsModel):
    """Work that the project takes of those who are employed: hours in all, and their monthly pay in kronor."""

    role: Line = Field(alias="roll")
    hours: Annotated[float, Field(ge=0, le=100_000)] = Field(alias="timmar")
    pay: Annotated[float, Field(ge=10_000, le=200_000)] | None = Field(None, alias="manadslon")


class Promise(ParamsModel):
    """How far one of the five commitments has come, and where that can be seen; see `COMMITMENTS`."""

    what: Annotated[str, BeforeValidator(_commitment)] = Field(alias="vad")
    status: Status = None
    seen_in: Line | None = Field(None, alias="visas_i")


class StepTime(ParamsModel):
    """The months of one of the five steps, the last one included."""

    step: Annotated[int, Field(ge=1, le=5)] = Field(alias="steg")
    start: Month = Field(alias="fran")
    end: Month = Field(alias="till")


class Meeting(ParamsModel):
    """A day that somebody meets: ``styrgrupp``, ``arbetsgrupp`` or ``gemensam`` (all municipalities)."""

    day: Annotated[dt.date, BeforeValidator(_day)] = Field(alias="dag")
    who: Literal["styrgrupp", "arbetsgrupp", "gemensam"] = Field(alias="vilka")
    name: Line | None = Field(None, alias="namn")


Text = Annotated[PaperText, BeforeValidator(nothing_is_default)]


class Project(ParamsModel):
    """``projekt.yaml``: the decision papers' own text, and the project's organisation, time and cost.

    Attributes
    ----------
    matter
        `JOIN` or `CARRY_OUT`.
    areas
        Ids of the focus areas that it is about; see `areas_of`.
    as_clauses
        Whether the proposals are written as clauses that begin with "att".
    """

    matter: Annotated[str, BeforeValidator(_matter)] = Field(JOIN, alias="arende")
    areas: Lines = Field((), alias="omraden")
    office: Line | None = Field(None, alias="forvaltning")
    writer: Annotated[Signer, BeforeValidator(nothing_is_default)] = Field(
        default_factory=Signer, alias="handlaggare"
    )
    signers: Annotated[tuple[Signer, ...], Field(max_length=5), BeforeValidator(nothing_is_empty)] = Field(
        (), alias="undertecknas"
    )
    decides: Line | None = Field(None, alias="beslutar")
    proposes: Line | None = Field(None, alias="foreslar")
    as_clauses: Annotated[bool, BeforeValidator(_yes_no)] = Field(False, alias="att_satser")
    to_join: Text = Field(default_factory=PaperText, alias="deltagande")
    to_carry_out: Text = Field(default_factory=PaperText, alias="atgarder")
    proposals: Annotated[tuple[Proposal, ...], Field(max_length=20), BeforeValidator(nothing_is_empty)] = (
        Field((), alias="forslag")
    )
    assignments: Annotated[
        tuple[Assignment, ...], Field(max_length=20), BeforeValidator(nothing_is_empty)
    ] = Field((), alias="uppdrag")
    documents: Annotated[tuple[Basis, ...], Field(max_length=30), BeforeValidator(nothing_is_empty)] = Field(
        (), alias="underlag"
    )
    children: Annotated[ChildrensBest, BeforeValidator(nothing_is_default)] = Field(
        default_factory=ChildrensBest, alias="barnets_basta"
    )
    sent_to: Annotated[Recipients, BeforeValidator(nothing_is_default)] = Field(
        default_factory=Recipients, alias="skickas_till"
    )
    fee: Annotated[int, Field(ge=0, le=10_000_000), BeforeValidator(_fee)] = Field(FEE, alias="avgift")
    fee_years: Annotated[
        tuple[Annotated[int, Field(ge=2000, le=2100)], ...],
        Field(max_length=5),
        BeforeValidator(nothing_is_empty),
    ] = Field((), alias="avgift_ar")
    own_time: Annotated[tuple[OwnTime, ...], Field(max_length=30), BeforeValidator(nothing_is_empty)] = Field(
        (), alias="egen_tid"
    )
    steering: Lines = Field((), alias="styrgrupp")
    leader: Line | None = Field(None, alias="projektledare")
    contact: Line | None = Field(None, alias="kontaktperson")
    working: Lines = Field((), alias="arbetsgrupp")
    promises: Annotated[tuple[Promise, ...], Field(max_length=5), BeforeValidator(nothing_is_empty)] = Field(
        (), alias="utfastelser"
    )
    times: Annotated[tuple[StepTime, ...], Field(max_length=5), BeforeValidator(nothing_is_empty)] = Field(
        (), alias="tidplan"
    )
    meetings: Annotated[tuple[Meeting, ...], Field(max_length=60), BeforeValidator(nothing_is_empty)] = Field(
        (), alias="moten"
    )

    @property
    def is_begun(self) -> bool:
        """Whether anything is written: an untouched file is no faulty paper."""
        kept = tuple(item for item in self.promises if item.status or item.seen_in)
        return self.model_copy(update={"promises": kept}) != Project()

    @property
    def own(self) -> PaperText:
        """The text of the paper that the matter asks for."""
        return self.to_join if self.matter == JOIN else self.to_carry_out

    def assigned(self, area: str) -> str | None:
        """Return who is given an area's measures; None where that is not written."""
        return next((item.to for item in self.assignments if item.area == area), None)

    def promise(self, key: str) -> Promise | None:
        """Return what is written of one of the five commitments; None where nothing is."""
        return next((item for item in self.promises if item.what == key), None)


# --- what a paper lacks -------------------------------------------------------------------


@dataclass(frozen=True)
class Lack:
    """A required part of a paper that is empty.

    Attributes
    ----------
    key
        Where it is to be written.
    part
        What it is, in the paper's words.
    """

    key: Location
    part: str

    @property
    def name(self) -> str:
        """The key as a controller finds it: ``barnets_basta.kunskap``."""
        return ".".join(map(str, self.key))


_REQUIRED: Mapping[Location, str] = {
    ("forvaltning",): "förvaltningen som skriver",
    ("handlaggare", "namn"): "handläggare",
    ("undertecknas",): "vem som undertecknar",
    ("beslutar",): "vem som beslutar",
    ("skickas_till", "verkstallighet"): "vem beslutet skickas till",
    ("styrgrupp",): "styrgrupp",
    ("projektledare",): "projektledare",
    ("kontaktperson",): "kontaktperson",
    ("arbetsgrupp",): "arbetsgrupp",
    ("egen_tid",): "kommunens egen tid i projektet",
    ("tidplan",): "tidplan",
}


_REQUIRED_TEXT: Mapping[str, str] = {
    "datum": "tjänsteskrivelsens datum",
    "diarienummer": "diarienummer",
    "finansiering": "hur det finansieras",
    "bakgrund": "bakgrund",
    "bedomning": "bedömning",
}
"""What each paper must have of its own."""


def lacks(project: Project, areas: tuple[FocusArea, ...]) -> tuple[Lack, ...]:
    """Return what a paper on these areas still lacks, in the order of the file."""
    required: dict[Location, str] = {(project.matter, key): part for key, part in _REQUIRED_TEXT.items()}
    required.update(_REQUIRED)
    found = [Lack(key, part) for key, part in required.items() if not said_at(project, key)]
    if project.matter == CARRY_OUT:
        found += [
            Lack(("uppdrag",), f"vem som får uppdraget för {area.in_text}")
            for area in areas
            if not project.assigned(area.id)
        ]
    for key in COMMITMENTS:
        promise = project.promise(key)
        if promise is None or promise.status is None:
            found.append(Lack(("utfastelser",), f"hur långt utfästelsen {key} har kommit"))
    if not may_be_untried(project, areas):
        found += [
            Lack(("barnets_basta", key), f"barnets bästa, {part[0].lower()}{part[1:]}")
            for key, part in CHILDREN_PARTS.items()
            if not said_at(project, ("barnets_basta", key))
        ]
    return tuple(found)


def may_be_untried(project: Project, areas: tuple[FocusArea, ...]) -> bool:
    """Whether the paper may do without the six parts: there is a written reason, and no child's service is changed.

    To take part changes no service yet. Measures in a service for children always need the trial.
    """
    if not project.own.not_tried:
        return False
    return project.matter == JOIN or not any(map(concerns_children, areas))


def concerns_children(area: FocusArea) -> bool:
    """Whether an area's persons are children, by the catalogue's words for it and for those it serves."""
    return _CHILDREN.search(f"{area.label} {area.in_text} {area.volume_word}") is not None


def said_at(said: BaseModel, key: Location) -> Any:
    """Return what a model has at a key of the file."""
    value: Any = said
    for part in key:
        names = {field.alias or name: name for name, field in type(value).model_fields.items()}
        value = getattr(value, names[str(part)])
    return value


def areas_of(project: Project, every: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the ids of the areas that a paper is about.

    Those that it names; else, of measures, those that have any; else those that the overview has chosen.

    Parameters
    ----------
    project
        What the file says.
    every
        What the files of all kinds say (`effektiv.params.Params.files`).
    """
    if project.areas:
        return tuple(dict.fromkeys(project.areas))
    if project.matter == CARRY_OUT:
        return tuple(dict.fromkeys(item.area for item in planned(form_of(every)) if item.area))
    overview = every.get(OVERVIEW_FILE.name, {}).get(OVERVIEW_FILE.name, OverviewParams())
    return tuple(overview.focus_areas)


def _faults(said: Project, _folder: Path, known: Known) -> Iterator[tuple[Location, str]]:
    named: list[tuple[Location, str]] = [(("omraden", place), area) for place, area in enumerate(said.areas)]
    named += [(("uppdrag", place, "omrade"), item.area) for place, item in enumerate(said.assignments)]
    for key, area in named:
        if known.areas is not None and area not in known.areas:
            yield (
                key,
                f"har värdet '{shortened(area)}' men ska vara {either(known.areas)}{suggestion(area, known.areas)}",
            )
    steps = [item.step for item in said.times]
    for place, item in enumerate(said.times):
        if item.end < item.start:
            text = f"är {item.end:%Y-%m}, före början {item.start:%Y-%m}: rätta en av månaderna"
            yield ("tidplan", place, "till"), text
        if item.step in steps[:place]:
            yield (
                ("tidplan", place, "steg"),
                f"är {item.step}, som redan står ovanför: skriv varje steg en gång",
            )
    whats = [item.what for item in said.promises]
    for place, what in enumerate(whats):
        if what in whats[:place]:
            yield (
                ("utfastelser", place, "vad"),
                f"är {what}, som redan står ovanför: skriv varje utfästelse en gång",
            )
    if len(set(said.fee_years)) < len(said.fee_years):
        yield ("avgift_ar",), "har samma år två gånger: skriv varje år en gång"


@dataclass(frozen=True)
class ProjectFile(YamlFile[Project]):
    """The file, which also tells what the paper lacks: that stops no report, for the paper says it as well."""

    def together(
        self, folder: Path, said: Mapping[str, Project], every: Mapping[str, Mapping[str, Any]]
    ) -> list[Problem]:
        """Return each required part that is empty."""
        catalogue = load_catalogue().areas
        return [
            Problem(
                folder / address, None, f"nyckeln {lack.name} är tom: tjänsteskrivelsen saknar {lack.part}"
            )
            for address, project in said.items()
            if project.is_begun
            for lack in lacks(
                project, tuple(catalogue[area] for area in areas_of(project, every) if area in catalogue)
            )
        ]


PROJECT_FILE = ProjectFile("projekt.yaml", 3, Project, Path(__file__).parent / "projekt.yaml", _faults)

register(PROJECT_FILE)


def project_of(params: Params) -> Project:
    """Return what a municipality has written of its project; all is empty where it has no file."""
    return params.of(PROJECT_FILE).get(PROJECT_FILE.name, Project())
