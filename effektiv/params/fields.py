"""The kinds of values that a municipality writes, for the models of its files.

Keys are Swedish and ASCII; in a model each is the alias of an English attribute.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from effektiv.data.identifiers import Places
from effektiv.errors import InputError
from effektiv.types import Direction
from effektiv.validation import clause, hidden_sign, no_choice, shortened

DIRECTIONS = {"kvalitet": Direction.QUALITY, "resurs": Direction.RESOURCE}
"""What a municipality wants, by the word that it writes."""

LONGEST_PARAGRAPH = 3000
"""Characters of a text with several lines."""

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
    if not isinstance(value, str) or value not in DIRECTIONS:
        raise clause(no_choice(value, DIRECTIONS))
    return DIRECTIONS[value]


def _nothing_is_similar(value: Any) -> Any:
    return "liknande" if value is None else value


def nothing_is_empty(value: Any) -> Any:
    """Take a list that was left empty for one without items."""
    return () if value is None else value


def _list_of_codes(value: Any) -> Any:
    if value is not None and not isinstance(value, list | tuple):
        raise clause("ska vara en lista, till exempel [0319, 0330]")
    return nothing_is_empty(value)


def nothing_is_default(value: Any) -> Any:
    """Take keys under a key that was left empty for their defaults."""
    return {} if value is None else value


def _once(value: tuple[str, ...]) -> tuple[str, ...]:
    for code in value:
        if value.count(code) > 1:
            raise clause(f"har koden {code} mer än en gång")
    return value


Line = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
Lines = Annotated[tuple[Line, ...], Field(max_length=20), BeforeValidator(nothing_is_empty)]
Address = Annotated[str, Field(max_length=200), AfterValidator(_reachable)]
Paragraph = Annotated[str, Field(max_length=LONGEST_PARAGRAPH), AfterValidator(_printable)]
Code = Annotated[str, AfterValidator(_code)]
Codes = Annotated[
    tuple[Code, ...], Field(max_length=40), AfterValidator(_once), BeforeValidator(_list_of_codes)
]
Comparison = Annotated[Literal["liknande", "lan", "riket", "egna"], BeforeValidator(_nothing_is_similar)]
Wanted = Annotated[Direction | None, BeforeValidator(_direction)]


class ParamsModel(BaseModel):
    """Frozen model that is filled in by its Swedish keys and refuses others."""

    model_config = ConfigDict(frozen=True, extra="forbid")
