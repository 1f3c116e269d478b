"""Names as folders and addresses bear them, and signs in a text that nobody can see."""

from __future__ import annotations

import re
import unicodedata

_JOINER = "\N{ZERO WIDTH JOINER}"
_SYMBOLS = frozenset({"So", "Sk", "Mn"})


def slug(text: str) -> str:
    """Return the text as lower-case ASCII words joined by hyphens (å and ä become a, ö becomes o)."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def folder_name(code: str, name: str) -> str:
    """Return the name of a municipality's folders: code and name in plain ASCII.

    Examples
    --------
    >>> folder_name("0319", "Älvkarleby")
    '0319-alvkarleby'
    """
    return f"{code}-{slug(name)}".rstrip("-")


def network_folder(name: str) -> str:
    """Return the name of the folder of a network's reports.

    Examples
    --------
    >>> network_folder("Bergslagen 2026")
    'natverk-bergslagen-2026'
    """
    return f"natverk-{slug(name)}"


def invisible(text: str) -> str | None:
    r"""Return the first sign of a text that a reader cannot see, or None.

    Decided by Unicode's categories, so that nothing is left out of a list: control signs
    (but tabs and line ends), marks that only steer how others are set, halves of a
    character, private use, and what never will be a character. A joiner counts as seen
    where it makes one picture of two, as in an emoji; a sign that is newer than Python's
    tables may be a picture too.

    Examples
    --------
    >>> invisible("Älvkarleby"), invisible("Älv\u200bkarleby")
    (None, '\u200b')
    """
    for place, sign in enumerate(text):
        kind = unicodedata.category(sign)
        if kind == "Cn":
            hidden = _is_no_character(ord(sign))
        else:
            hidden = kind[0] == "C" and sign not in "\t\n" and not _joins(text, place)
        if hidden:
            return sign
    return None


def shown(text: object, most: int = 60) -> str:
    """Return text fit for a message: what cannot be seen as a replacement sign, and at most so long."""
    seen = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(text))
    return seen if len(seen) <= most else f"{seen[: most - 1]}…"


def _is_no_character(number: int) -> bool:
    """Whether Unicode promises that the number never will be a character."""
    return number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF


def _joins(text: str, place: int) -> bool:
    """Whether the sign is a joiner with a symbol on both sides."""
    around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
    return (
        text[place] == _JOINER
        and len(around) == 2
        and all(unicodedata.category(sign) in _SYMBOLS for sign in around)
    )
