"""Persons have no place in a follow-up: numbers and headings by which a file that holds some is refused."""

from __future__ import annotations

import datetime as dt
import re

from effektiv.data.identifiers import clean, fold

NUMBER = r"(?:19|20)?[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][1-9]|[1-3]0|31|6[1-9]|[78][0-9]|9[01])[-+ ]?[0-9]{4}"
"""What may be a personnummer, or a samordningsnummer with 60 added to the day, by its shape."""

_NUMBER = re.compile(rf"(?<![0-9])(?:{NUMBER})(?![0-9])")
_HEADINGS = re.compile(
    r"namn|personer|person(?:nummer|nr|namn)?|brukare|brukarnamn|elev|elevnamn|barnets|pnr|samordningsnummer|fornamn|"
    r"efternamn|kundnamn"
)


def is_person_heading(heading: object) -> bool:
    """Whether a column's heading says that it holds persons.

    Examples
    --------
    >>> is_person_heading("Elev"), is_person_heading("Kontonamn"), is_person_heading("Namn, brukare")
    (True, False, True)
    """
    words = re.findall(r"[a-z]+", fold(clean(heading)))
    # "Antal elever" counts them, and "Konto namn" is what an account is called; the word alone is the person.
    return bool(words) and _HEADINGS.fullmatch(words[0]) is not None


def has_person_number(text: str) -> bool:
    """Whether a text holds a personnummer or a samordningsnummer: a day there is, and a checksum that is right.

    Skatteverket's rule (SKV 704): the last of ten digits makes the sum of the digits of the nine before, times two and
    one in turn, even tens.

    Examples
    --------
    >>> has_person_number("avser 640823-3234"), has_person_number("640823-3235"), has_person_number("701063-2391")
    (True, False, True)
    """
    return any(_is_right(found[0]) for found in _NUMBER.finditer(text))


def _is_right(number: str) -> bool:
    digits = re.sub(r"[^0-9]", "", number)[-10:]
    day = int(digits[4:6])
    try:
        # A leap year stands for any: the century is not always written.
        dt.date(
            2000 + int(digits[:2]) if int(digits[2:4]) != 2 else 2000,
            int(digits[2:4]),
            day - 60 if day > 60 else day,
        )
    except ValueError:
        return False
    total = 0
    for place, digit in enumerate(digits):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return total % 10 == 0
