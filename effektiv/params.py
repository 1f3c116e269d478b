"""What a municipality decides and knows itself: the validated models of ``params/``.

A municipality has one folder, ``params/0319-alvkarleby/``, with ``kommun.yaml``,
``oversikt.yaml`` and one file per focus area, all optional but the first. Keys are
Swedish and ASCII; here each is the alias of an English attribute. Files are read by
`effektiv.textyaml`, so a value is the text that was written until a model types it,
and every fault is a `Problem` that names file, line and key.

A municipality without a folder has the defaults.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import unicodedata
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from effektiv.errors import InputError
from effektiv.textyaml import Document, Location, read
from effektiv.types import Direction, FocusArea

MUNICIPALITY_FILE = "kommun.yaml"
OVERVIEW_FILE = "oversikt.yaml"

Comparison = Literal["liknande", "lan", "riket", "egna"]

_DIRECTIONS = {"kvalitet": Direction.QUALITY, "resurs": Direction.RESOURCE}
_FOLDER_NAME = re.compile(r"(?P<code>\d{4})-.+")
_CODE = re.compile(r"[0-9]{4}")
# Control characters; marks that make a text read in another order than it is written in (a plain
# right-to-left mark does not); non-characters, which no HTML or xlsx may hold.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
_HOST = r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+"
_EMAIL = re.compile(rf"[\w+-]+(?:\.[\w+-]+)*@{_HOST}")
_SIGNS = r"(?:[\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_WEB = re.compile(
    rf"https://{_HOST}(?::[0-9]{{1,5}})?(?:/{_SIGNS}*)*(?:\?(?:{_SIGNS}|[/?])*)?(?:#(?:{_SIGNS}|[/?])*)?"
)


def _fault(text: str) -> PydanticCustomError:
    return PydanticCustomError("effektiv", "{text}", {"text": text})


def _printable(value: str) -> str:
    if _CONTROL.search(value):
        raise _fault("innehåller ett osynligt styrtecken, skriv om texten")
    return value


def _reachable(value: str) -> str:
    if not (_EMAIL.fullmatch(value) or _WEB.fullmatch(value)):
        raise _fault(
            f"har värdet '{_short(value)}' men ska vara en e-postadress eller en webbadress som börjar med https://"
        )
    return value


def _code(value: str) -> str:
    if not value.isascii() or not value.isdigit():
        raise _fault(f"har värdet '{_short(value)}' men ska vara en fyrsiffrig kommunkod, till exempel 0319")
    if len(value) == 3:
        raise _fault(f"har värdet '{value}', som saknar sin inledande nolla: skriv 0{value}")
    if not _CODE.fullmatch(value):
        raise _fault(f"har värdet '{_short(value)}' men en kommunkod har fyra siffror")
    if value.startswith("00"):
        raise _fault(f"har värdet '{value}', som är riket eller en region och inte en kommun")
    return value


def _direction(value: Any) -> Any:
    return None if value is None else _DIRECTIONS[_choice(value, _DIRECTIONS)]


def _comparison(value: Any) -> Any:
    return "liknande" if value is None else _choice(value, get_args(Comparison))


def _choice(value: Any, choices: Collection[str]) -> str:
    if not isinstance(value, str):
        raise _fault(f"ska vara {_either(choices)}")
    if value not in choices:
        raise _fault(
            f"har värdet '{_short(value)}' men ska vara {_either(choices)}{_suggestion(value, choices)}"
        )
    return value


def _nothing_is_empty(value: Any) -> Any:
    return () if value is None else value


def _nothing_is_default(value: Any) -> Any:
    return {} if value is None else value


def _once(value: tuple[str, ...]) -> tuple[str, ...]:
    for code in value:
        if value.count(code) > 1:
            raise _fault(f"har koden {code} mer än en gång")
    return value


Line = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
Lines = Annotated[tuple[Line, ...], Field(max_length=20), BeforeValidator(_nothing_is_empty)]
Address = Annotated[str, Field(max_length=200), AfterValidator(_reachable)]
Paragraph = Annotated[str, Field(max_length=3000), AfterValidator(_printable)]
Code = Annotated[str, AfterValidator(_code)]
Codes = Annotated[
    tuple[Code, ...], Field(max_length=40), AfterValidator(_once), BeforeValidator(_nothing_is_empty)
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
    compare_with: Annotated[Comparison, BeforeValidator(_comparison)] = Field("liknande", alias="jamfor_med")
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
    """One fault in a params file, as a Swedish sentence that says where it is."""

    path: Path
    line: int | None
    text: str

    def __str__(self) -> str:
        """Return ``params/0319-alvkarleby/grundskola.yaml, rad 4: ...``."""
        where = shown(self.path) + (f", rad {self.line}" if self.line else "")
        return f"{where}: {self.text}{'' if self.text.endswith('?') else '.'}"


class ParamsError(InputError):
    """A params folder that has problems; the message is the first of them."""

    def __init__(self, problems: list[Problem]) -> None:
        more = len(problems) - 1
        rest = f" Det finns {more} fel till, kör: effektiv kontrollera" if more else ""
        super().__init__(f"{problems[0]}{rest}")
        self.problems = problems


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


def folder_name(code: str, name: str) -> str:
    """Return ``0319-alvkarleby`` for a code and a name: lower case ASCII and hyphens."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode("ascii")
    return f"{code}-{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')}"


def find_params(code: str, root: Path | None = None) -> Path | None:
    """Find a municipality's folder, or None when it has none.

    Raises
    ------
    InputError
        If two folders bear the code.
    """
    root = params_root() if root is None else root
    found = sorted(path for path in root.glob(f"{code}-*") if path.is_dir())
    if len(found) > 1:
        names = " och ".join(shown(path) for path in found)
        raise InputError(f"Kommun {code} har flera mappar, {names}: behåll en av dem.")
    return found[0] if found else None


def load_params(
    code: str,
    root: Path | None = None,
    *,
    areas: Collection[str] | None = None,
    municipalities: Mapping[str, str] | None = None,
) -> Params:
    """Read a municipality's folder.

    Parameters
    ----------
    code
        Four digits.
    root
        Folder of the municipalities' folders; `params_root` when left out.
    areas, municipalities
        As for `check`.

    Returns
    -------
    Params
        Defaults when the municipality has no folder.

    Raises
    ------
    ParamsError
        If anything in the folder is wrong; it carries every problem found.
    """
    folder = find_params(code, root)
    if folder is None:
        return Params(MunicipalityParams(kommun=code))
    reader = _FolderReader(folder, areas, municipalities)
    params = reader.read()
    if params is None or reader.problems:
        raise ParamsError(reader.problems)
    return params


def check(
    folder: Path,
    *,
    areas: Collection[str] | None = None,
    municipalities: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Find everything that is wrong with a municipality's folder.

    Parameters
    ----------
    folder
        For example ``params/0319-alvkarleby``.
    areas
        Ids of the focus areas there are; None leaves file names unchecked.
    municipalities
        Names by code; None leaves unchecked whether codes exist.

    Returns
    -------
    list of Problem
        In the order of the files and lines; empty when all is well.

    Raises
    ------
    InputError
        If the folder does not exist.
    """
    if not folder.is_dir():
        raise InputError(f"Mappen {shown(folder)} finns inte.")
    reader = _FolderReader(folder, areas, municipalities)
    reader.read()
    return reader.problems


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
    existing = find_params(code, root)
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

_MESSAGES = {
    # pydantic's error type: Swedish clause after "nyckeln '...'".
    "missing": "saknas",
    "string_type": "ska vara en text",
    "string_too_long": "har fler än {max_length} tecken",
    "tuple_type": "ska vara en lista, till exempel [0319, 0330]",
    "too_long": "har fler än {max_length} poster",
    "model_type": "ska ha sina egna nycklar på indragna rader under sig",
}


class _FolderReader:
    """Reads one municipality's folder and gathers the problems of all its files.

    Parameters
    ----------
    folder, areas, municipalities
        As for `check`.
    """

    def __init__(
        self, folder: Path, areas: Collection[str] | None, municipalities: Mapping[str, str] | None
    ) -> None:
        self.folder = folder
        self.areas = areas
        self.municipalities = municipalities
        self.problems: list[Problem] = []
        self.code: str | None = None

    def read(self) -> Params | None:
        """Return what the folder says, or None when kommun.yaml cannot be used."""
        path = self.folder / MUNICIPALITY_FILE
        if not path.is_file():
            self._add(path, None, "filen saknas, den ska minst ha raden kommun: och kommunens kod")
            return None
        municipality, document = self._model(path, MunicipalityParams)
        if municipality is not None:
            self.code = municipality.code
            self._check_municipality(path, municipality, document)
        overview, areas = OverviewParams(), {}
        for path in sorted(self.folder.glob("*.y*ml")):
            if path.name == OVERVIEW_FILE:
                overview = self._overview(path)
            elif path.name != MUNICIPALITY_FILE and self._has_area_name(path):
                areas[path.stem] = self._area(path)
        return None if municipality is None else Params(municipality, overview, areas, self.folder)

    def _add(self, path: Path, line: int | None, text: str) -> None:
        self.problems.append(Problem(path, line, text))

    def _model(self, path: Path, model: type[_Model]) -> tuple[_Model | None, Document]:
        """Read and type one file; the model is None when it cannot be."""
        document = read(path)
        found = [Problem(path, fault.line, fault.text) for fault in document.faults]
        typed = None
        if document.data:
            try:
                typed = model.model_validate(document.data)
            except ValidationError as error:
                found += [
                    Problem(path, document.line(detail["loc"]), _said(model, detail))
                    for detail in error.errors(include_url=False)
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
                text = (
                    f"har värdet '{area}' men ska vara {_either(self.areas)}{_suggestion(area, self.areas)}"
                )
                self._add(path, document.line(location), f"nyckeln {_key(location)} {text}")
        return overview

    def _has_area_name(self, path: Path) -> bool:
        if path.suffix != ".yaml":
            self._add(path, None, f"filen ska heta {path.stem}.yaml")
        elif self.areas is not None and path.stem not in self.areas:
            names = [*self.areas, Path(MUNICIPALITY_FILE).stem, Path(OVERVIEW_FILE).stem]
            text = f"det finns inget fokusområde som heter '{path.stem}'{_suggestion(path.stem, names)}"
            self._add(path, None, text)
        else:
            return True
        return False

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
            text = "mappen ska heta som kommunens kod och namn, till exempel 0319-alvkarleby"
            self._add(self.folder, None, text)
        elif match["code"] != code:
            text = f"nyckeln 'kommun' är {code} men mappen tillhör kommun {match['code']}"
            self._add(path, document.line(("kommun",)), text)
        title = (self.municipalities or {}).get(code, "")
        if name is not None and title.casefold() not in name.casefold():
            text = f"nyckeln 'namn' är '{_short(name)}' men kommun {code} heter {title}"
            self._add(path, document.line(("namn",)), text)
        if municipality.compare_with == "egna" and not municipality.own_peers:
            text = "nyckeln 'jamfor_med' är egna men nyckeln 'egna' har inga koder"
            self._add(path, document.line(("jamfor_med",)), text)
        self._check_codes(path, "egna", municipality.own_peers, document)

    def _check_codes(self, path: Path, key: str, codes: tuple[str, ...], document: Document) -> None:
        """Check codes of others: not the municipality itself, and existing."""
        for position, code in enumerate(codes):
            location = (key, position)
            start = f"nyckeln {_key(location)} har värdet '{code}'"
            if code == self.code:
                self._add(path, document.line(location), f"{start}, som är kommunen själv")
            elif self.municipalities is not None and code not in self.municipalities:
                self._add(path, document.line(location), f"{start}, som ingen kommun i frysningen har")


def _key(location: Location) -> str:
    """Name a location: ``'egna', post 2``, or ``'kalla' i egna_underlag, post 1``."""
    names = [part for part in location if isinstance(part, str)]
    positions = [part for part in location if isinstance(part, int)]
    item = f", post {positions[-1] + 1}" if positions else ""
    within = f" i {names[0]}" if len(names) > 1 else ""
    return f"'{_short(names[-1])}'{within}{item}"


def _said(model: type[_Params], detail: ErrorDetails) -> str:
    """Say pydantic's error in Swedish: ``nyckeln 'rikting' finns inte. Menade du 'riktning'?``."""
    return f"nyckeln {_key(detail['loc'])} {_clause(model, detail)}"


def _clause(model: type[_Params], detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind == "effektiv":
        return detail["msg"]
    if kind == "extra_forbidden":
        return f"finns inte{_suggestion(str(detail['loc'][-1]), _keys(model, detail['loc']))}"
    if kind == "string_type" and detail["input"] is None:
        return "är tom"
    return _MESSAGES[kind].format(**detail.get("ctx", {}))


def _keys(model: type[BaseModel], location: Location) -> list[str]:
    """Return the keys that may stand where an unknown one was found."""
    for name in location[:-1]:
        if isinstance(name, str):
            annotation = next(f.annotation for f in model.model_fields.values() if f.alias == name)
            (model,) = [kind for kind in (annotation, *get_args(annotation)) if _is_model(kind)]
    return [str(f.alias) for f in model.model_fields.values()]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _suggestion(word: str, words: Collection[str]) -> str:
    """Return the end of a sentence: a question when a word is close, else nothing."""
    near = difflib.get_close_matches(word.lower(), words, n=1)
    return f". Menade du '{near[0]}'?" if near else ""


def _either(words: Collection[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} eller {last}" if most else last


def _short(text: str) -> str:
    text = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return text if len(text) <= 40 else f"{text[:39]}…"


def shown(path: Path) -> str:
    """Return the path as a reader knows it: from the working folder when it is there."""
    resolved = path.resolve()
    here = Path.cwd().resolve()
    return resolved.relative_to(here).as_posix() if resolved.is_relative_to(here) else str(path)


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

# Egna jämförelsekommuner: koder med kommatecken emellan, till exempel [0330, 0382].
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

# Kommuner som ni själva har valt att lära av, till exempel [0330, 0382].
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
