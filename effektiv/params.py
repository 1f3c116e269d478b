"""What a municipality decides and knows itself: the validated models of ``params/``.

A municipality has one folder, ``params/0319-alvkarleby/``, with ``kommun.yaml``,
``oversikt.yaml`` and one file per focus area, all optional but the first. Keys are
Swedish and ASCII; here each is the alias of an English attribute. Files are read by
`effektiv.textyaml`, so a value is the text that was written until a model types it,
and every fault is a `Problem` that names file, line and key.

A municipality without a folder has the defaults.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
)

from effektiv.data.identifiers import Places
from effektiv.errors import InputError, system_reason
from effektiv.names import folder_name, slug
from effektiv.paramfiles import ENDING, is_trace, strangers
from effektiv.textfaults import Keys
from effektiv.textyaml import Document, read
from effektiv.types import Direction, FocusArea
from effektiv.validation import (
    Location,
    clause,
    either,
    faults,
    fields,
    hidden_sign,
    model_in,
    no_choice,
    sentence,
    shortened,
    suggestion,
)

MUNICIPALITY_FILE = "kommun.yaml"
OVERVIEW_FILE = "oversikt.yaml"

Comparison = Literal["liknande", "lan", "riket", "egna"]

_DIRECTIONS = {"kvalitet": Direction.QUALITY, "resurs": Direction.RESOURCE}
_FOLDER_NAME = re.compile(r"(?P<code>[0-9]{4})-.+")
_FOLDER_RULE = "mappen ska heta som kommunens kod och namn, till exempel 0319-alvkarleby"
_LEADING_DIGITS = re.compile(r"[0-9]{3,4}(?![0-9])")
_README = re.compile(r"(?i)(readme|las-mig|läs mig)\b")
_NO_PLACES = {"places": Places(None)}
_HOST = r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+"
_EMAIL = re.compile(rf"[\w+-]+(?:\.[\w+-]+)*@{_HOST}")
_SIGNS = r"(?:[\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_WEB = re.compile(
    rf"https://{_HOST}(?::[0-9]{{1,5}})?(?:/{_SIGNS}*)*(?:\?(?:{_SIGNS}|[/?])*)?(?:#(?:{_SIGNS}|[/?])*)?"
)


def _printable(value: str) -> str:
    fault = hidden_sign(value)
    if fault is not None:
        raise clause(fault)
    return value


def _reachable(value: str) -> str:
    if not (_EMAIL.fullmatch(value) or _WEB.fullmatch(value)):
        raise clause(
            f"har värdet '{shortened(value)}' men ska vara en e-postadress eller en webbadress som börjar med https://"
        )
    return value


def _code(value: str, info: ValidationInfo) -> str:
    """Return the code of the municipality that is meant, among those that the reader knows."""
    places = (info.context or _NO_PLACES)["places"]
    try:
        return places.kommun(value)
    except InputError as error:
        told = str(error).removesuffix(".")
        raise clause(f"stämmer inte: {told[0].lower()}{told[1:]}") from error


def _direction(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, str) or value not in _DIRECTIONS:
        raise clause(no_choice(value, _DIRECTIONS))
    return _DIRECTIONS[value]


def _nothing_is_similar(value: Any) -> Any:
    return "liknande" if value is None else value


def _nothing_is_empty(value: Any) -> Any:
    return () if value is None else value


def _list_of_codes(value: Any) -> Any:
    if value is not None and not isinstance(value, list | tuple):
        raise clause("ska vara en lista, till exempel [0319, 0330]")
    return _nothing_is_empty(value)


def _nothing_is_default(value: Any) -> Any:
    return {} if value is None else value


def _once(value: tuple[str, ...]) -> tuple[str, ...]:
    for code in value:
        if value.count(code) > 1:
            raise clause(f"har koden {code} mer än en gång")
    return value


Line = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
Lines = Annotated[tuple[Line, ...], Field(max_length=20), BeforeValidator(_nothing_is_empty)]
Address = Annotated[str, Field(max_length=200), AfterValidator(_reachable)]
Paragraph = Annotated[str, Field(max_length=3000), AfterValidator(_printable)]
Code = Annotated[str, AfterValidator(_code)]
Codes = Annotated[
    tuple[Code, ...], Field(max_length=40), AfterValidator(_once), BeforeValidator(_list_of_codes)
]


class _Params(BaseModel):
    """Frozen model that is filled in by its Swedish keys and refuses others."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Contact(_Params):
    """Who answers for the analysis in the municipality."""

    name: Line | None = Field(None, alias="namn")
    role: Line | None = Field(None, alias="roll")
    email: Line | None = Field(None, alias="epost")
    phone: Line | None = Field(None, alias="telefon")


class Accessibility(_Params):
    """Where the municipality is told of what cannot be read or used in a report.

    Attributes
    ----------
    contact
        An e-mail address, or an address that begins with https://.
    """

    contact: Address | None = Field(None, alias="kontakt")


class Evidence(_Params):
    """Something the municipality knows that Kolada does not.

    Attributes
    ----------
    source
        Where it comes from: a survey, an inspection, interviews.
    observation
        What it shows.
    """

    source: Line = Field(alias="kalla")
    observation: Paragraph = Field(alias="iakttagelse")


class MunicipalityParams(_Params):
    """``kommun.yaml``: the municipality and whom it compares itself with.

    Attributes
    ----------
    code
        Four digits.
    compare_with
        ``liknande`` (the official similar municipalities), ``lan``, ``riket`` or
        ``egna`` (`own_peers`).
    own_peers
        Codes of the municipalities it has chosen itself.
    accessibility
        Whom to tell of faults in accessibility; lag (2018:1937) asks for a way to do so.
    """

    code: Code = Field(alias="kommun")
    name: Line | None = Field(None, alias="namn")
    compare_with: Annotated[Comparison, BeforeValidator(_nothing_is_similar)] = Field(
        "liknande", alias="jamfor_med"
    )
    own_peers: Codes = Field((), alias="egna")
    contact: Annotated[Contact, BeforeValidator(_nothing_is_default)] = Field(
        default_factory=Contact, alias="kontakt"
    )
    accessibility: Annotated[Accessibility, BeforeValidator(_nothing_is_default)] = Field(
        default_factory=Accessibility, alias="tillganglighet"
    )


class _Decided(_Params):
    """What every analysis may say of its decision and of evidence beyond Kolada."""

    decision: Line | None = Field(None, alias="beslut")
    record_number: Line | None = Field(None, alias="diarienummer")
    limits: Paragraph | None = Field(None, alias="avgransning")
    own_evidence: Annotated[
        tuple[Evidence, ...], Field(max_length=30), BeforeValidator(_nothing_is_empty)
    ] = Field((), alias="egna_underlag")


class OverviewParams(_Decided):
    """``oversikt.yaml``: which focus areas were chosen, and why.

    Attributes
    ----------
    focus_areas
        Ids of the chosen areas.
    reasons
        Why they were chosen, in the municipality's own words.
    """

    focus_areas: Annotated[tuple[Line, ...], Field(max_length=20), BeforeValidator(_nothing_is_empty)] = (
        Field((), alias="fokusomraden")
    )
    reasons: Paragraph | None = Field(None, alias="motiv")


class AreaParams(_Decided):
    """One focus area: direction, own role models and own part of the problem statement.

    Attributes
    ----------
    direction
        What the municipality wants; None means the catalogue's usual direction.
    role_models
        Codes of municipalities it has chosen to learn from.
    what, for_whom, goal, limits
        Own text of the problem statement; None where nothing was written.
    """

    direction: Annotated[Direction | None, BeforeValidator(_direction)] = Field(None, alias="riktning")
    role_models: Codes = Field((), alias="forebilder")
    what: Paragraph | None = Field(None, alias="vad")
    for_whom: Paragraph | None = Field(None, alias="for_vem")
    goal: Paragraph | None = Field(None, alias="mal")


@dataclass(frozen=True)
class Params:
    """Everything that one municipality's folder says.

    Attributes
    ----------
    folder
        The folder, or None when the municipality has none and all are defaults.
    areas
        The focus areas that have a file, by id; `area` also answers for the others.
    """

    municipality: MunicipalityParams
    overview: OverviewParams = field(default_factory=OverviewParams)
    areas: Mapping[str, AreaParams] = field(default_factory=dict)
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

    def area(self, area_id: str) -> AreaParams:
        """Return what is said of a focus area, defaults when it has no file."""
        return self.areas.get(area_id, AreaParams())


@dataclass(frozen=True)
class Problem:
    """One fault in what a municipality says, as a Swedish sentence that says where it is.

    Attributes
    ----------
    path
        The file or folder; None for a municipality that has none.
    """

    path: Path | None
    line: int | None
    text: str

    def __str__(self) -> str:
        """Return ``params/0319-alvkarleby/grundskola.yaml, rad 4: ...``."""
        if self.path is None:
            return sentence(self.text)
        where = shown(self.path) + (f", rad {self.line}" if self.line else "")
        return sentence(f"{where}: {self.text}")


class ParamsError(InputError):
    """What municipalities say has problems; the message is the first of them."""

    def __init__(self, problems: list[Problem]) -> None:
        more = len(problems) - 1
        # The command checks folders: it has nothing to say of a municipality without one.
        how = ", kör: effektiv kontrollera" if any(problem.path for problem in problems[1:]) else "."
        super().__init__(f"{problems[0]} Det finns {more} fel till{how}" if more else str(problems[0]))
        self.problems = problems


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
        Files that are not read, and that nobody can believe are.
    document
        kommun.yaml, with the line of each key.
    """

    params: Params | None
    problems: list[Problem]
    notes: list[Problem]
    document: Document


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
        True: f"det som ligger i mappen läses inte: {_FOLDER_RULE}",
        False: "filen ligger utanför kommunernas mappar och läses inte",
    }
    return [
        Problem(path, None, others[_is_folder(path)])
        for path in _entries(root)
        if not (_is_folder(path) and _looks_like_one(path)) and not _README.match(path.name)
    ]


def _entries(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if not is_trace(path.name)) if root.is_dir() else []


def _is_folder(path: Path) -> bool:
    # A link that leads nowhere is one too, and is refused when it is read.
    return path.is_dir() or path.is_symlink()


def _looks_like_one(folder: Path) -> bool:
    return bool(_LEADING_DIGITS.match(folder.name)) or any(folder.glob(f"*{ENDING}"))


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
    reading = read_folder(folder, areas=areas, places=places)
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
    try:
        names = {path.name for path in folder.iterdir()}
    except FileNotFoundError as error:
        raise InputError(f"Mappen {shown(folder)} finns inte.") from error
    except OSError as error:
        raise InputError(f"Mappen {shown(folder)} går inte att läsa: {system_reason(error)}.") from error
    return _FolderReader(folder, names, areas, places or Places(None)).read()


def check(
    folder: Path,
    *,
    areas: Collection[str] | None = None,
    places: Places | None = None,
) -> list[Problem]:
    """Return everything that is wrong with a municipality's folder; see `read_folder`."""
    return read_folder(folder, areas=areas, places=places).problems


def write_new(root: Path, code: str, name: str, areas: Iterable[FocusArea]) -> list[Path]:
    """Make a municipality's folder with commented defaults.

    The folder appears whole or not at all.

    Parameters
    ----------
    root
        Folder of the municipalities' folders; made if it is missing.
    code, name
        The municipality.
    areas
        The focus areas to make a file for.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        If the municipality already has a folder.
    OSError
        If the files cannot be written.
    """
    existing = find_params(code, root, name)
    if existing is not None:
        raise InputError(f"{shown(existing)} finns redan och skrivs inte över.")
    texts = {
        MUNICIPALITY_FILE: _MUNICIPALITY_TEXT.format(code=code, name=name),
        OVERVIEW_FILE: _OVERVIEW_TEXT + _EVIDENCE_TEXT,
        **{f"{area.id}.yaml": _area_text(area) for area in areas},
    }
    folder = root / folder_name(code, name)
    temporary = root / f".{folder.name}-{uuid.uuid4().hex}"
    temporary.mkdir(parents=True)
    try:
        for file_name, text in texts.items():
            (temporary / file_name).write_text(text, encoding="utf-8", newline="\n")
        temporary.rename(folder)
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return [folder / file_name for file_name in texts]


# Reading ------------------------------------------------------------------------------

_Model = TypeVar("_Model", bound=_Params)


@cache
def _keys_of(model: type[_Params]) -> Keys:
    """Return the keys that a file of this model may have, and under each those below it."""
    return {
        key: fields(inside) if (inside := model_in(item.annotation)) else {}
        for key, item in fields(model).items()
    }


class _FolderReader:
    """Reads one municipality's folder and gathers the problems of all its files.

    Parameters
    ----------
    folder, areas, places
        As for `read_folder`.
    names
        What lies in the folder.
    """

    def __init__(
        self,
        folder: Path,
        names: Collection[str],
        areas: Collection[str] | None,
        places: Places,
    ) -> None:
        self.folder = folder
        self.names = names
        self.areas = areas
        self.places = places
        self.problems: list[Problem] = []
        self.code: str | None = None

    def read(self) -> Reading:
        """Return what the folder says."""
        strange = list(strangers(self.folder, self._known()))
        misleading = [Problem(item.path, None, item.text) for item in strange if item.misleads]
        path = self.folder / MUNICIPALITY_FILE
        municipality, document = None, Document()
        if MUNICIPALITY_FILE in self.names:
            municipality, document = self._model(path, MunicipalityParams)
        elif not any(MUNICIPALITY_FILE in problem.text for problem in misleading):
            self._add(path, None, "filen saknas, den ska minst ha raden kommun: och kommunens kod")
        if municipality is not None:
            self.code = municipality.code
            self._check_municipality(path, municipality, document)
        overview, areas = OverviewParams(), {}
        for name in self._known():
            if name == OVERVIEW_FILE and name in self.names:
                overview = self._overview(self.folder / name)
            elif name != MUNICIPALITY_FILE and name in self.names:
                areas[Path(name).stem] = self._area(self.folder / name)
        notes = [Problem(item.path, None, item.text) for item in strange if not item.misleads]
        params = None if municipality is None else Params(municipality, overview, areas, self.folder)
        return Reading(params, [*self.problems, *misleading], notes, document)

    def _known(self) -> list[str]:
        """Return the names of the files that are read; any area's where the areas are not told."""
        areas = self.areas
        if areas is None:
            stems = {Path(name).stem for name in self.names if name.endswith(ENDING)}
            areas = sorted(stem for stem in stems if slug(stem) == stem)
        return list(dict.fromkeys([MUNICIPALITY_FILE, OVERVIEW_FILE, *(f"{area}{ENDING}" for area in areas)]))

    def _add(self, path: Path, line: int | None, text: str) -> None:
        self.problems.append(Problem(path, line, text))

    def _model(self, path: Path, model: type[_Model]) -> tuple[_Model | None, Document]:
        """Read and type one file; the model is None when it cannot be."""
        document = read(path, _keys_of(model))
        found = [Problem(path, fault.line, fault.text) for fault in document.faults]
        typed = None
        if document.data:
            try:
                typed = model.model_validate(document.data, context={"places": self.places})
            except ValidationError as error:
                found += [
                    Problem(path, document.line(place), f"nyckeln {_key(place)} {text}")
                    for place, text in faults(model, error)
                    if not document.explains(place)
                ]
        self.problems += sorted(found, key=lambda problem: problem.line or 0)
        return typed, document

    def _overview(self, path: Path) -> OverviewParams:
        overview, document = self._model(path, OverviewParams)
        if overview is None:
            return OverviewParams()
        for position, area in enumerate(overview.focus_areas):
            if self.areas is not None and area not in self.areas:
                location = ("fokusomraden", position)
                text = f"har värdet '{area}' men ska vara {either(self.areas)}{suggestion(area, self.areas)}"
                self._add(path, document.line(location), f"nyckeln {_key(location)} {text}")
        return overview

    def _area(self, path: Path) -> AreaParams:
        area, document = self._model(path, AreaParams)
        if area is None:
            return AreaParams()
        self._check_codes(path, "forebilder", area.role_models, document)
        return area

    def _check_municipality(self, path: Path, municipality: MunicipalityParams, document: Document) -> None:
        code, name = municipality.code, municipality.name
        match = _FOLDER_NAME.fullmatch(self.folder.resolve().name)
        if match is None:
            self._add(self.folder, None, _FOLDER_RULE)
        elif match["code"] != code:
            text = f"nyckeln 'kommun' är {code} men mappen tillhör kommun {match['code']}"
            self._add(path, document.line(("kommun",)), text)
        title = self.places.titles.get(code)
        if name is not None and title is not None and not self.places.is_called(code, name):
            text = f"nyckeln 'namn' är '{shortened(name)}' men kommun {code} heter {title}"
            self._add(path, document.line(("namn",)), text)
        if municipality.compare_with == "egna" and not municipality.own_peers:
            text = "nyckeln 'jamfor_med' är egna men nyckeln 'egna' har inga koder"
            self._add(path, document.line(("jamfor_med",)), text)
        self._check_codes(path, "egna", municipality.own_peers, document)

    def _check_codes(self, path: Path, key: str, codes: tuple[str, ...], document: Document) -> None:
        """Check that the codes of others are not the municipality's own."""
        for position, code in enumerate(codes):
            if code == self.code:
                location = (key, position)
                text = f"nyckeln {_key(location)} har värdet '{code}', som är kommunen själv"
                self._add(path, document.line(location), text)


def _key(location: Location) -> str:
    """Name a location: ``'egna', post 2``, or ``'kalla' i egna_underlag, post 1``."""
    names = [part for part in location if isinstance(part, str)]
    positions = [part for part in location if isinstance(part, int)]
    item = f", post {positions[-1] + 1}" if positions else ""
    within = f" i {names[0]}" if len(names) > 1 else ""
    return f"'{shortened(names[-1])}'{within}{item}"


def shown(path: Path) -> str:
    """Return the path as a reader knows it: from the working folder when it is there."""
    # The last part is left as it is: a link is known by its own name, and may lead nowhere.
    real = Path(os.path.realpath(path.parent), path.name)
    here = Path.cwd().resolve()
    return real.relative_to(here).as_posix() if real.is_relative_to(here) else str(path)


# The files of a new folder ------------------------------------------------------------

_MUNICIPALITY_TEXT = """\
# Kommunen och vilka den jämförs med.
# Allt efter tecknet # är förklaringar. Kontrollera filerna med: effektiv kontrollera

# Kommunens fyra siffror. En inledande nolla ska stå kvar.
kommun: {code}
namn: {name}

# Vilka kommunen jämförs med i rapporterna:
#   liknande  de officiella liknande kommunerna för varje fokusområde
#   lan       kommunerna i samma län
#   riket     alla kommuner
#   egna      kommunerna i listan egna
jamfor_med: liknande

# Egna jämförelsekommuner: koder eller namn med kommatecken emellan, till exempel [0330, 0382].
egna: []

# Den som svarar på frågor om analysen. Det som fylls i syns i rapporterna.
kontakt:
  namn:
  roll:
  epost:
  telefon:

# Dit den vänder sig som inte kan läsa eller använda något i rapporterna: en e-postadress
# eller en webbadress som börjar med https://. Den står sist i rapporterna.
tillganglighet:
  kontakt:
"""

_OVERVIEW_TEXT = """\
# Översikten: vilka fokusområden kommunen har valt, och varför.
# Allt är frivilligt. Längre text skrivs indragen på raderna under tecknet >.

# Valda fokusområden, till exempel [grundskola, barn-och-unga].
fokusomraden: []

# Varför just de.
motiv: >

# Vad analysen inte handlar om.
avgransning: >

# Beslutet att delta och ärendets diarienummer.
beslut:
diarienummer:
"""

_AREA_TEXT = """\
# {label}: det kommunen själv har beslutat och vet.
# Allt är frivilligt. Längre text skrivs indragen på raderna under tecknet >.

# Vad kommunen vill uppnå:
#   kvalitet  höja kvaliteten utan att kostnaden stiger
#   resurs    sänka kostnaden utan att kvaliteten sjunker
riktning: {direction}

# Kommuner som ni själva har valt att lära av: koder eller namn, till exempel [0330, 0382].
forebilder: []

# Problemformuleringen. Rapporten fyller i siffrorna, här skriver ni det ni själva vet:
# vad problemet är, för vem, vad ni vill nå och vad arbetet inte handlar om.
vad: >

for_vem: >

mal: >

avgransning: >

# Beslutet att analysera området och ärendets diarienummer.
beslut:
diarienummer:
"""

_EVIDENCE_TEXT = """
# Underlag utöver Kolada. Ta bort [] och tecknet # på raderna under för att skriva ett eget.
egna_underlag: []
#  - kalla: Elevenkät våren 2026
#    iakttagelse: Var fjärde elev i årskurs 8 saknar studiero.
"""


def _area_text(area: FocusArea) -> str:
    words = {direction: word for word, direction in _DIRECTIONS.items()}
    return _AREA_TEXT.format(label=area.label, direction=words[area.direction]) + _EVIDENCE_TEXT
