"""Reading the catalogue: which key figures the project knows, how areas are measured, which words are explained.

The catalogue is one YAML file per focus area and one for the overview, in the folder
``catalogue`` beside this module. Every such file has ``kpis:`` and either ``area:`` or
``overview:``; a key figure is defined once and may be used by all files. The words of the
glossary are ``terms:``, in a file of their own or with the area that they belong to. Adding
a file adds an area. Whatever is wrong in a file becomes one `InputError` that names the
file, the place in it and what would be right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from effektiv.errors import InputError, system_reason
from effektiv.types import Better, Catalogue, FocusArea, Kpi, Model, Overview, Role, Term
from effektiv.validation import faults, sentence, suggestion

try:  # libyaml reads the catalogue four times faster, once in every process
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML built without it
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

CATALOGUE_FOLDER = Path(__file__).parent / "catalogue"

_COMPUTED_PREFIX, _SKOLVERKET_PREFIX = "E-", "S-"
_SCHOOL_SOURCES = ("skolverket", "skolinspektionen")
# Fields of areas and the overview whose strings are texts or other ids; all other strings name
# key figures. A new text field missing here is an error at once, never an unchecked id.
_NOT_KPI_FIELDS = frozenset(
    {
        "id",
        "label",
        "in_text",
        "direction",
        "family",
        "families",
        "index",
        "focus_area",
        "service",
        "part",
        "no_efficiency",
        "wish",
        "whom",
        "side",
        "more",
        "ask",
        "target",
        "everyone",
        "less",
        "volume_word",
        "ages_word",
        "note",
        "limits",
        "approximate",
        "kind",
        "one",
        "many",
        "definite",
        "who",
    }
)
# What a key figure must measure where a field names it; in other fields (factors, persons) it varies.
_ROLES = {
    **dict.fromkeys(("deviation_pct", "deviation_mnkr", "deviation", "reference_cost"), Role.RESOURCE),
    **dict.fromkeys(("unit_cost", "cost", "net_cost", "parent", "children", "result"), Role.RESOURCE),
    **dict.fromkeys(("total_deviation_pct", "total_net_cost", "resource"), Role.RESOURCE),
    **dict.fromkeys(("given", "total", "fees"), Role.RESOURCE),
    "volume": Role.VOLUME,
    **dict.fromkeys(("quality", "quality_for_k", "headline_quality", "shown"), Role.QUALITY),
    **dict.fromkeys(("population", "structure", "conditions", "forecast"), Role.STRUCTURE),
    **dict.fromkeys(("published", "efficiency"), Role.INDEX),
}
_ALPHABET = str.maketrans("åäö", "{|}")
"""Makes the order of characters the Swedish one."""


_DIRECTED = (
    ".headline_quality",
    ".quality_for_k",
    ".inputs",
    ".quality.kpis",
    ".shown",
)
"""Places that name what is placed from worst to best, and so needs to have a direction."""

_FINDING_FIGURES: dict[str, tuple[int, int | None]] = {
    "parts": (0, 0),
    "drivers": (1, 1),
    "together": (2, 2),
    "model": (1, 1),
    "split": (3, None),
}
"""Fewest and most figures of the kinds of findings that do not take one or more of them."""

_COUNTED_FINDINGS = frozenset({"drivers", "counts"})
"""Kinds of findings that turn a rate into a number, and so need the persons it is of."""


class _File(Model):
    """Shape of one catalogue file."""

    kpis: tuple[Kpi, ...] = ()
    area: FocusArea | None = None
    overview: Overview | None = None
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True)
class _Reference:
    """A place in a file that names a key figure."""

    where: str
    kpi: str

    @property
    def role(self) -> Role | None:
        """What the key figure must measure; None where it may be anything."""
        field, _, last = self.place.rpartition(".")
        # An input of an index part is on the part's side, a figure of a service's outcome is an outcome.
        if last == "kpi" or (last == "kpis" and field.endswith(".quality")):
            last = field.removesuffix(".inputs").rpartition(".")[2]
        return _ROLES.get(last)

    @property
    def place(self) -> str:
        """Where it stands, whichever item of a list it is in."""
        return re.sub(r"\[[^]]*\]", "", self.where)


class _DuplicateKeyError(yaml.MarkedYAMLError):
    """A key stands twice in the same mapping."""


class _UniqueKeyLoader(_SafeLoader):
    """SafeLoader that refuses a key written twice, which YAML otherwise silently overwrites."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Construct a mapping after checking its keys."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode) and key_node.value in seen:
                problem = f"nyckeln {key_node.value!r} står två gånger; behåll en av dem"
                raise _DuplicateKeyError(problem=problem, problem_mark=key_node.start_mark)
            seen.add(str(key_node.value))
        return super().construct_mapping(node, deep)


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read and check all catalogue files in a folder.

    Parameters
    ----------
    folder
        Folder with ``*.yaml``; the project's own when left out. That one is read once
        per process.

    Returns
    -------
    Catalogue
        Key figures by id, focus areas by id, the overview and the glossary in Swedish order.

    Raises
    ------
    InputError
        A file cannot be read, has an unknown or missing key, a value of the wrong kind, an
        empty list, a key figure or word defined twice, or names something that does not
        exist or measures something else. The message gives file, place and what would be
        right.
    """
    if folder is not None:
        return _load(folder)
    catalogue, contents = _load_default()
    # All reports of a process share it. Its models are frozen, but a notebook may force them.
    for fields, read in contents:
        if fields != read:
            fields.clear()
            fields.update(read)
    return catalogue


def source_kpis(catalogue: Catalogue) -> list[str]:
    """Return the ids to fetch from Kolada, sorted.

    Parameters
    ----------
    catalogue
        From `load_catalogue`.

    Returns
    -------
    list of str
        All key figures but the ones computed here (``E-``) and the ones that others publish (``S-``).
    """
    return sorted(kpi.id for kpi in catalogue.kpis.values() if kpi.is_koladas)


@lru_cache(maxsize=1)
def _load_default() -> tuple[Catalogue, list[tuple[dict[str, Any], dict[str, Any]]]]:
    """Return the project's catalogue, and the fields of each model in it with what was read."""
    catalogue = _load(CATALOGUE_FOLDER)
    return catalogue, [(vars(model), dict(vars(model))) for model in _models(catalogue)]


def _models(value: Any) -> Iterator[BaseModel]:
    """Yield every model in a value, however deep."""
    if isinstance(value, BaseModel):
        yield value
        value = tuple(vars(value).values())
    elif isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple):
        for item in value:
            yield from _models(item)


def _load(folder: Path) -> Catalogue:
    files = {path.name: _read(path) for path in sorted(folder.glob("*.yaml"))}
    if not files:
        raise InputError(f"{folder}: här finns ingen katalogfil (*.yaml); minst oversikt.yaml behövs.")
    kpis = _collect_kpis(files)
    areas = _collect_areas(files)
    overview = _the_overview(folder, files)
    _check_files(files, kpis, areas, overview)
    return Catalogue(kpis=kpis, areas=areas, overview=overview, terms=_collect_terms(files))


# -- reading one file -------------------------------------------------------------------


def _read(path: Path) -> _File:
    try:
        # The loader is a SafeLoader; it only adds a check.
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)
    except OSError as error:
        raise InputError(f"{path.name}: filen kan inte läsas ({system_reason(error)}).") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name}: filen är inte text i UTF-8 (byte {error.start}); spara den som UTF-8."
        ) from error
    except yaml.YAMLError as error:
        raise InputError(f"{path.name}: {_yaml_problem(error)}") from error
    if not isinstance(raw, dict):
        raise InputError(f"{path.name}: filen ska ha nycklarna kpis och area (eller overview).")
    try:
        file = _File.model_validate(raw)
    except ValidationError as error:
        raise InputError(f"{path.name}: {_validation_problem(error, raw)}") from error
    only_terms = file.terms and not file.kpis and file.area is None and file.overview is None
    if (file.area is None) == (file.overview is None) and not only_terms:
        raise InputError(f"{path.name}: filen ska ha antingen area eller overview, och bara en av dem.")
    return file


def _yaml_problem(error: yaml.YAMLError) -> str:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return f"filen går inte att läsa som YAML ({error})."
    line = error.problem_mark.line + 1
    if isinstance(error, _DuplicateKeyError):
        return f"rad {line}: {error.problem}."
    return (
        f"rad {line} går inte att läsa som YAML ({error.problem}); kontrollera indrag, kolon och citattecken."
    )


def _validation_problem(error: ValidationError, raw: dict[str, Any]) -> str:
    """Describe the first fault in Swedish: place, value, what would be right."""
    location, clause = faults(_File, error)[0]
    return sentence(f"{_key_path(location, raw)} {clause}")


def _key_path(loc: tuple[int | str, ...], raw: Any) -> str:
    """Write a place as ``kpis[N15001].unit``: list items by id where they have one."""
    text = ""
    node = raw
    for part in loc:
        if isinstance(part, int):
            node = node[part] if isinstance(node, list) and part < len(node) else None
            name = node.get("id", node.get("label", part)) if isinstance(node, dict) else part
            text += f"[{name}]"
        else:
            node = node.get(part) if isinstance(node, dict) else None
            text += f".{part}" if text else part
    return text


# -- putting the files together ---------------------------------------------------------


def _collect_kpis(files: dict[str, _File]) -> dict[str, Kpi]:
    kpis: dict[str, Kpi] = {}
    home: dict[str, str] = {}
    for name, file in files.items():
        for kpi in file.kpis:
            if kpi.id in kpis:
                raise InputError(
                    f"{name}: kpis[{kpi.id}] finns redan i {home[kpi.id]}; "
                    "ett nyckeltal definieras på ett ställe."
                )
            kpis[kpi.id] = kpi
            home[kpi.id] = name
    return kpis


def _collect_areas(files: dict[str, _File]) -> dict[str, FocusArea]:
    areas: dict[str, FocusArea] = {}
    for name, file in files.items():
        if file.area is None:
            continue
        if f"{file.area.id}.yaml" != name:
            raise InputError(
                f"{name}: area.id är {file.area.id!r} men ska vara {Path(name).stem!r}, som filen."
            )
        areas[file.area.id] = file.area
    return areas


def _the_overview(folder: Path, files: dict[str, _File]) -> Overview:
    found = {name: file.overview for name, file in files.items() if file.overview is not None}
    if len(found) > 1:
        raise InputError(f"{', '.join(found)}: bara en fil ska ha nyckeln overview.")
    for overview in found.values():
        return overview
    raise InputError(f"{folder}: ingen fil har nyckeln overview; oversikt.yaml saknas.")


def _collect_terms(files: dict[str, _File]) -> tuple[Term, ...]:
    """Return the terms in Swedish order; no word stands for two of them."""
    terms: list[Term] = []
    home: dict[str, str] = {}
    for name, file in files.items():
        for term in file.terms:
            for form in dict.fromkeys(word.lower() for word in (term.word, *term.forms)):
                if form in home:
                    raise InputError(
                        f"{name}: terms[{term.word}] har ordet {form!r}, som redan står för {home[form]}; "
                        "ett ord förklaras på ett ställe."
                    )
                home[form] = f"terms[{term.word}] i {name}"
            terms.append(term)
    return tuple(sorted(terms, key=lambda term: term.word.lower().translate(_ALPHABET)))


# -- checks across files ----------------------------------------------------------------


def _check_files(
    files: dict[str, _File], kpis: dict[str, Kpi], areas: dict[str, FocusArea], overview: Overview
) -> None:
    indices = [definition.id for definition in overview.indices]
    for name, file in files.items():
        for where in _empty(file):
            raise InputError(f"{name}: {where} är tom men ska ha minst en post.")
        for kpi in file.kpis:
            _check_kpi(name, kpi, kpis)
        for reference in _references(file):
            if reference.kpi not in kpis:
                raise InputError(
                    _unknown(f"{name}: {reference.where}", reference.kpi, "nyckeltal i katalogen", kpis)
                )
            role = kpis[reference.kpi].role
            if reference.role not in (None, role):
                raise InputError(
                    f"{name}: {reference.where} är {reference.kpi!r}, som har rollen {role.value}, men här "
                    f"ska stå ett nyckeltal med rollen {reference.role}."
                )
            directed = any(part in reference.place for part in _DIRECTED)
            if directed and kpis[reference.kpi].better is Better.NEITHER:
                raise InputError(
                    f"{name}: {reference.where} är {reference.kpi!r}, som saknar riktning: ge det better: higher "
                    "eller better: lower, eller ta ett nyckeltal som har det."
                )
        if file.area is not None:
            _check_area(name, file.area, indices)
            _check_family(f"{name}: area.family", file.area.family, overview)
            _check_place(name, file.area, overview)
            _check_findings(name, file.area, overview)
        if file.overview is not None:
            _check_overview(name, file.overview, indices, areas)
    chosen = {service.focus_area for service in overview.services}
    for area in areas:
        if area not in chosen:
            raise InputError(
                f"{area}.yaml: ingen tjänst i oversikt.yaml (overview.services) har focus_area: {area}; "
                "utan det kan översikten inte föreslå området."
            )


def _check_kpi(name: str, kpi: Kpi, kpis: dict[str, Kpi]) -> None:
    computed = kpi.id.startswith(_COMPUTED_PREFIX)
    if computed != (kpi.formula is not None):
        right = "ha en formula" if computed else f"ha ett id som börjar med {_COMPUTED_PREFIX}"
        raise InputError(
            f"{name}: kpis[{kpi.id}] ska {right}, eftersom bara nyckeltal beräknade här har det."
        )
    if (kpi.source in _SCHOOL_SOURCES) != kpi.id.startswith(_SKOLVERKET_PREFIX):
        raise InputError(
            f"{name}: kpis[{kpi.id}].source är {kpi.source!r}, men det är nyckeltal med ett id som börjar med "
            f"{_SKOLVERKET_PREFIX}, och bara de, som ska ha source: skolverket eller skolinspektionen."
        )
    if (kpi.min_denominator is None) != (kpi.denominator is None):
        raise InputError(f"{name}: kpis[{kpi.id}] ska ha både denominator och min_denominator, eller ingen.")
    if kpi.sentence and (kpi.sentence.count("{}"), len(re.findall("[{}]", kpi.sentence))) != (1, 2):
        raise InputError(
            f"{name}: kpis[{kpi.id}].sentence är {kpi.sentence!r} men ska ha {{}} en gång, där värdet ska stå."
        )
    if kpi.sentence.endswith("."):
        raise InputError(f"{name}: kpis[{kpi.id}].sentence slutar med punkt men ska sluta utan.")
    _check_stand_in(name, kpi, kpis)
    for source in kpi.formula.powers if kpi.formula is not None else ():
        if source in kpis and kpis[source].formula is not None:
            raise InputError(
                f"{name}: kpis[{kpi.id}].formula bygger på {source!r}, som själv är beräknat; "
                "bygg den på Koladas nyckeltal."
            )


def _check_stand_in(name: str, kpi: Kpi, kpis: dict[str, Kpi]) -> None:
    """Check that what stands in for a figure measures the same side and in the end is another figure."""
    if (
        kpi.stand_in is None or kpi.stand_in not in kpis
    ):  # an unknown one is told of with the other references
        return
    role = kpis[kpi.stand_in].role
    if role is not kpi.role:
        raise InputError(
            f"{name}: kpis[{kpi.id}].stand_in är {kpi.stand_in!r}, som har rollen {role.value}, men ska ha samma "
            f"roll som {kpi.id}, {kpi.role.value}."
        )
    passed = [kpi.id]
    while (following := kpis[passed[-1]].stand_in) is not None and following in kpis:
        if following in passed:
            raise InputError(
                f"{name}: kpis[{kpi.id}].stand_in går i cirkel ({' → '.join([*passed, following])}); ett nyckeltal "
                "kan inte till slut ersätta sig självt."
            )
        passed.append(following)


def _check_area(name: str, area: FocusArea, indices: list[str]) -> None:
    if area.index is not None and area.index not in indices:
        raise InputError(_unknown(f"{name}: area.index", area.index, "index", indices))
    for key, kpi, section in _shown_in_sections(area):
        if kpi not in getattr(area.sections, section):
            raise InputError(
                f"{name}: area.{key} är {kpi!r}, som saknas i area.sections.{section}; det som området mäts med "
                "ska också visas."
            )
    if bool(area.quality_for_k) == bool(area.no_efficiency):
        raise InputError(
            f"{name}: area ska ha antingen quality_for_k eller no_efficiency, som säger varför effektiviteten inte "
            "räknas ut, och bara en av dem."
        )
    if bool(area.ages) != bool(area.ages_word):
        raise InputError(
            f"{name}: area ska ha både ages och ages_word, som säger vad de kallas tillsammans, eller ingen av dem."
        )
    in_order = sorted(area.ages, key=lambda group: group.first)
    for group, following in pairwise(in_order):
        if group.last is None or group.last >= following.first:
            raise InputError(
                f"{name}: area.ages[{group.id}] går in i area.ages[{following.id}]; ingen ålder får räknas två gånger."
            )
    for tree in area.cost_trees:
        repeated = [kpi for kpi, count in Counter((tree.parent, *tree.children)).items() if count > 1]
        if repeated:
            raise InputError(f"{name}: area.cost_trees[{tree.parent}] har {repeated[0]!r} mer än en gång.")


def _check_family(where: str, family: str, overview: Overview) -> None:
    if family not in overview.families:
        raise InputError(_unknown(where, family, "av namnen i overview.families", overview.families))


def _check_place(name: str, area: FocusArea, overview: Overview) -> None:
    """Check that the service that an area says it lies in is there, with the part, and knows of the area."""
    services = {service.id: service for service in overview.services}
    if area.service not in services:
        raise InputError(_unknown(f"{name}: area.service", area.service, "av overview.services", services))
    parts = [part.id for part in services[area.service].parts]
    if area.part and area.part not in parts:
        raise InputError(
            _unknown(
                f"{name}: area.part", area.part, f"av delarna i overview.services[{area.service}]", parts
            )
        )
    for service in overview.services:
        if service.focus_area == area.id and service.id != area.service:
            raise InputError(
                f"{name}: area.service är {area.service!r}, men i overview.services är det {service.id!r} som har "
                f"focus_area: {area.id}; de ska vara samma tjänst."
            )


def _check_findings(name: str, area: FocusArea, overview: Overview) -> None:
    """Check that each finding has what its kind is made of."""
    _check_once(f"{name}: area.findings", (finding.id for finding in area.findings))
    divided = {service.id for service in overview.services if service.parts}
    for finding in area.findings:
        where = f"{name}: area.findings[{finding.id}]"
        fewest, most = _FINDING_FIGURES.get(finding.kind, (1, None))
        if not fewest <= len(finding.kpis) <= (len(finding.kpis) if most is None else most):
            right = f"minst {fewest}" if most is None else str(most) if most else "inga"
            raise InputError(
                f"{where} är av slaget {finding.kind} och ska ha {right} nyckeltal i kpis men har "
                f"{len(finding.kpis)}."
            )
        if (finding.kind == "drivers") != (len(finding.factors) > 1) or len(finding.factors) == 1:
            right = "minst två" if finding.kind == "drivers" else "inga"
            raise InputError(
                f"{where} är av slaget {finding.kind} och ska ha {right} factors men har {len(finding.factors)}."
            )
        if finding.kind in _COUNTED_FINDINGS and finding.persons is None:
            raise InputError(
                f"{where} är av slaget {finding.kind} och ska ha persons, nyckeltalet med antalet personer."
            )
        trees = [(tree.parent, *tree.children) for tree in area.cost_trees]
        if finding.kind == "split" and finding.kpis not in trees:
            raise InputError(
                f"{where} är av slaget split och ska i kpis ha ett av area.cost_trees, parent först och sedan children."
            )
        if finding.kind == "parts" and area.service not in divided:
            raise InputError(
                f"{where} är av slaget parts, men overview.services[{area.service}] har inga parts att visa."
            )


def _check_once(where: str, ids: Iterable[str]) -> None:
    for name, count in Counter(ids).items():
        if count > 1:
            raise InputError(f"{where} har {name!r} mer än en gång.")


def _shown_in_sections(area: FocusArea) -> Iterator[tuple[str, str, str]]:
    """Yield each measure of an area, as key and figure, with the section that must show it."""
    yield "deviation_pct", area.deviation_pct, "resource"
    yield "unit_cost", area.unit_cost, "resource"
    yield "volume", area.volume, "volume"
    yield "headline_quality", area.headline_quality, "quality"
    for kpi in area.quality_for_k:
        yield "quality_for_k", kpi, "quality"


def _check_overview(name: str, overview: Overview, indices: list[str], areas: dict[str, FocusArea]) -> None:
    _check_family(f"{name}: overview.family", overview.family, overview)
    _check_once(f"{name}: overview.services", (service.id for service in overview.services))
    for service in overview.services:
        where = f"{name}: overview.services[{service.id}]"
        _check_family(f"{where}.family", service.family, overview)
        _check_once(f"{where}.parts", (part.id for part in service.parts))
        _check_once(f"{where}.quality", (side.id for side in service.quality))
        if service.index is not None and service.index not in indices:
            raise InputError(_unknown(f"{where}.index", service.index, "index", indices))
        if service.focus_area is not None and service.focus_area not in areas:
            raise InputError(_unknown(f"{where}.focus_area", service.focus_area, "fokusområde", areas))


def _references(file: _File) -> Iterator[_Reference]:
    """Every place in a file that names a key figure."""
    for kpi in file.kpis:
        where = f"kpis[{kpi.id}]"
        for key in ("denominator", "persons", "uncertainty", "stand_in"):
            target = getattr(kpi, key)
            if target is not None:
                yield _Reference(f"{where}.{key}", target)
        if kpi.formula is not None:
            for source in kpi.formula.powers:
                yield _Reference(f"{where}.formula.powers", source)
    if file.area is not None:
        yield from _references_in(file.area, "area")
    if file.overview is not None:
        yield from _references_in(file.overview, "overview")


def _empty(value: Any, where: str = "") -> Iterator[str]:
    """Places of lists and mappings that have to be given and are empty."""
    if isinstance(value, BaseModel):
        for key, field in type(value).model_fields.items():
            inside = getattr(value, key)
            place = f"{where}.{key}" if where else key
            if field.is_required() and isinstance(inside, tuple | Mapping) and not inside:
                yield place
            yield from _empty(inside, place)
    elif isinstance(value, tuple):
        for item in value:
            yield from _empty(item, f"{where}[{_item_name(item)}]")


def _references_in(value: Any, where: str) -> Iterator[_Reference]:
    """Key figures named inside an area or the overview: all strings but texts and other ids."""
    if isinstance(value, BaseModel):
        for key in type(value).model_fields:
            if key not in _NOT_KPI_FIELDS:
                yield from _references_in(getattr(value, key), f"{where}.{key}")
    elif isinstance(value, tuple):
        for item in value:
            name = _item_name(item)
            yield from _references_in(item, f"{where}[{name}]" if name else where)
    elif isinstance(value, str):
        yield _Reference(where, value)


def _item_name(item: Any) -> str:
    """Return what tells an item of a list from the others; empty where nothing does."""
    names = (getattr(item, key, None) for key in ("id", "parent", "label", "word"))
    return next((str(name) for name in names if name), "")


def _unknown(where: str, word: str, kind: str, known: Collection[str]) -> str:
    """Write a sentence on a name that nothing has, with one that is near."""
    return sentence(f"{where} är {word!r}, som inget {kind} heter{suggestion(word, known)}")
