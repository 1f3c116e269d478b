"""What pydantic finds wrong, in Swedish: for params and for the catalogue alike."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from effektiv.names import invisible, shown

Location = tuple[str | int, ...]
"""Path of keys and list positions to a value, as pydantic's ``loc``."""

_CLAUSES = {
    # pydantic's error type, or the word it begins with: Swedish clause after the place.
    "missing": "saknas",
    "string_too_long": "har fler än {max_length} tecken",
    "too_long": "har fler än {max_length} poster",
    "string": "ska vara en text",
    "tuple": "ska vara en lista",
    "dict": "ska ha sina egna nycklar på indragna rader under sig",
    "model": "ska ha sina egna nycklar på indragna rader under sig",
    "int": "ska vara ett heltal",
    "float": "ska vara ett tal",
    "bool": "ska vara true eller false",
}
_OTHER = "har ett värde av fel slag"
_CUSTOM = "effektiv"
_FEW = 25


def clause(text: str) -> PydanticCustomError:
    """Return what a validator raises to say a Swedish clause of its own."""
    return PydanticCustomError(_CUSTOM, "{text}", {"text": text})


def faults(model: type[BaseModel], error: ValidationError) -> list[tuple[Location, str]]:
    """Return where each fault is, and a clause to put after the name of the place.

    Parameters
    ----------
    model
        What was validated.
    error
        What pydantic raised.

    Returns
    -------
    list of (location, text)
        Such as ``(("rikting",), "finns inte. Menade du 'riktning'?")``. A key that is missing
        only because it is misspelt is told once, as the misspelling. Unknown keys come first.
    """
    details = sorted(error.errors(include_url=False), key=lambda detail: detail["type"] != "extra_forbidden")
    misspelt = {
        (*detail["loc"][:-1], near)
        for detail in details
        if detail["type"] == "extra_forbidden"
        for near in _nearest(str(detail["loc"][-1]), _keys_at(model, detail["loc"]))
    }
    return [
        (detail["loc"], _clause(model, detail))
        for detail in details
        if detail["type"] != "missing" or detail["loc"] not in misspelt
    ]


def key_name(location: Location) -> str:
    """Name the key at a place: ``'egna', post 2``, or ``'kalla' i egna_underlag, post 1``."""
    names = [part for part in location if isinstance(part, str)]
    positions = [part for part in location if isinstance(part, int)]
    item = f", post {positions[-1] + 1}" if positions else ""
    within = f" i {names[0]}" if len(names) > 1 else ""
    return f"'{shortened(names[-1])}'{within}{item}"


def hidden_sign(text: str) -> str | None:
    """Return the clause on the first sign that a reader of the text cannot see, or None."""
    sign = invisible(text)
    if sign is None:
        return None
    before = text.partition(sign)[0].split()
    where = f"efter '{shortened(before[-1])}'" if before else "allra först"
    return f"innehåller ett tecken som inte syns (U+{ord(sign):04X}) {where}, ta bort det"


def suggestion(word: str, words: Collection[str]) -> str:
    """Return the end of a sentence on an unknown word: one that is near, else what there is."""
    near = _nearest(word, words)
    if near:
        return f". Menade du '{near[0]}'?"
    return f". Det som finns är {_listed(sorted(words), 'och')}" if 0 < len(words) <= _FEW else ""


def no_choice(value: object, choices: Collection[str]) -> str:
    """Return the clause on a value that is none of the words to choose from."""
    wanted = f"ska vara {either(choices)}"
    if not isinstance(value, str):
        return wanted
    near = _nearest(value, choices)
    hint = f". Menade du '{near[0]}'?" if near else ""
    return f"har värdet '{shortened(value)}' men {wanted}{hint}"


def sentence(text: str) -> str:
    """Return a clause with its full stop, unless it ends in a question."""
    return text if text.endswith("?") else f"{text}."


def either(words: Collection[str]) -> str:
    """Return words as running text: ``a, b eller c``."""
    return _listed(words, "eller")


def shortened(text: object) -> str:
    """Return a value as it can stand in a sentence: on one line, not too long, all of it seen."""
    return shown(text, 40)


def _nearest(word: str, words: Collection[str]) -> list[str]:
    """Return the word that is nearest, in any case, or none."""
    by_lower = {known.lower(): known for known in words}
    return [by_lower[near] for near in difflib.get_close_matches(word.lower(), by_lower, n=1)]


def _listed(words: Collection[str], last_word: str) -> str:
    *most, last = words
    return f"{', '.join(most)} {last_word} {last}" if most else last


def _clause(model: type[BaseModel], detail: ErrorDetails) -> str:
    kind, value = detail["type"], detail["input"]
    if kind == _CUSTOM:
        return detail["msg"]
    if kind == "extra_forbidden":
        return f"finns inte{suggestion(str(detail['loc'][-1]), _keys_at(model, detail['loc']))}"
    if kind in {"enum", "literal_error"}:
        return no_choice(value, _choices_at(model, detail["loc"]))
    wanted = _CLAUSES.get(kind) or _CLAUSES.get(kind.partition("_")[0], _OTHER)
    if not wanted.startswith("ska "):
        return wanted.format(**detail.get("ctx", {}))
    if value is None:
        return "är tom" if kind == "string_type" else f"är tom men {wanted}"
    if kind == "string_type" and not isinstance(value, list | dict):
        wanted += ", sätt den inom citattecken"
    return wanted if isinstance(value, list | dict) else f"har värdet '{shortened(value)}' men {wanted}"


def fields(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """Return a model's fields by the keys that files write."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside a type such as ``tuple[Kpi, ...] | None``."""
    found: type[BaseModel] | None = _class_in(annotation, BaseModel)
    return found


def _class_in(annotation: Any, kind: type[Any]) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, kind):
        return annotation
    for inner in typing.get_args(annotation):
        found = _class_in(inner, kind)
        if found is not None:
            return found
    return None


def _annotation_at(model: type[BaseModel], location: Location) -> Any:
    """Return the declared type at a place; what pydantic itself adds to a location is passed over."""
    annotation: Any = model
    for part in location:
        inside = model_in(annotation)
        if inside is not None and isinstance(part, str) and part in fields(inside):
            annotation = fields(inside)[part].annotation
    return annotation


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """Return the keys that may stand where one was found."""
    inside = model_in(_annotation_at(model, location[:-1]))
    return [] if inside is None else list(fields(inside))


def _choices_at(model: type[BaseModel], location: Location) -> list[str]:
    annotation = _annotation_at(model, location)
    enum = _class_in(annotation, StrEnum)
    return [str(item) for item in (_literals(annotation) if enum is None else enum)]


def _literals(annotation: Any) -> list[Any]:
    parts = list(typing.get_args(annotation))
    if typing.get_origin(annotation) is Literal:
        return parts
    return [item for part in parts for item in _literals(part)]
