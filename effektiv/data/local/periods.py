"""Months as systems and people write them: 202601, 2026-01, jan-26, januari 2026, Excel's days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache

from effektiv.data.identifiers import clean, fold
from effektiv.names import shown

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Months outside these years are taken for errors."""

WANTED = "skriv månaden som 2026-03, 202603 eller mar-26"

_NAMES = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
          "november", "december")  # fmt: skip
_ENGLISH = {"may": 5, "october": 10, "oct": 10, "march": 3, "june": 6, "july": 7, "august": 8, "january": 1,
            "february": 2}  # fmt: skip
_DIGITS = re.compile(r"(\d{4})[-/. ]?m?(\d{2})(?:[-/.]?(\d{2}))?(?:[ t]00:00(?::00)?)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_NAME_FIRST = re.compile(r"([a-z]{3,9})\.?[-/ ']*(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/ ]*([a-z]{3,9})\.?")
_NAME = re.compile(r"([a-z]{3,9})\.?")
_EXCEL_START = dt.date(1899, 12, 30)
_EXCEL_DAYS = range(32874, 73416)
"""Excel's numbers of the days of `FIRST_YEAR` to `LAST_YEAR`; no month written otherwise has five digits."""


class PeriodError(ValueError):
    """It is no month; the message is a Swedish clause that says what would be right."""


def month_of(value: object, *, year: int | None = None) -> str:
    """Return the month that a cell says.

    Parameters
    ----------
    value
        Text, a number or a day.
    year
        The year of a name that stands alone, as above a column; None where it must say so itself.

    Returns
    -------
    str
        Such as ``2026-03``.

    Raises
    ------
    PeriodError
        If it is no month, or one of a year that cannot be.

    Examples
    --------
    >>> month_of(202601), month_of("jan-26"), month_of("2026-mars"), month_of("46082")
    ('2026-01', '2026-01', '2026-03', '2026-03')
    """
    if isinstance(value, dt.datetime | dt.date):
        return _month(value.year, value.month, value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _read(str(value), year)


@lru_cache(maxsize=4096)
def _read(said: str, year: int | None) -> str:
    """Return the month of a text; a form has the same few hundreds of times."""
    value, text = said, fold(clean(said))
    if text.isdigit() and len(text) == 5 and int(text) in _EXCEL_DAYS:
        day = _EXCEL_START + dt.timedelta(days=int(text))
        return _month(day.year, day.month, value)
    if (found := _DIGITS.fullmatch(text)) and 1 <= int(found[3] or 1) <= 31:
        return _month(int(found[1]), int(found[2]), value)
    if found := _MONTH_FIRST.fullmatch(text):
        return _month(int(found[2]), int(found[1]), value)
    return _named(text, year, value)


def is_month_name(text: object) -> bool:
    """Whether a heading is the name of a month without a year."""
    word = fold(clean(text)).rstrip(".")
    return len(word) >= 3 and (word in _ENGLISH or any(name.startswith(word) for name in _NAMES))


def months_between(first: str, last: str) -> list[str]:
    """Return every month from one to another, both among them.

    Examples
    --------
    >>> months_between("2026-11", "2027-01")
    ['2026-11', '2026-12', '2027-01']
    """
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1)]


def missing_months(months: Iterable[str]) -> list[str]:
    """Return the months that lack between the first and the last."""
    there = set(months)
    return [month for month in months_between(min(there), max(there)) if month not in there] if there else []


def _named(text: str, year: int | None, value: object) -> str:
    """Return the month of a text with its name in words."""
    if found := _NAME_FIRST.fullmatch(text):
        return _month(_year(found[2]), _number(found[1], value), value)
    if found := _YEAR_FIRST.fullmatch(text):
        return _month(int(found[1]), _number(found[2], value), value)
    if year is not None and (found := _NAME.fullmatch(text)):
        return _month(year, _number(found[1], value), value)
    raise PeriodError(f"'{shown(value)}' är ingen månad: {WANTED}")


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _number(word: str, value: object) -> int:
    found = [number for number, name in enumerate(_NAMES, 1) if name.startswith(word)]
    if word in _ENGLISH:
        return _ENGLISH[word]
    if len(found) != 1:
        raise PeriodError(f"'{shown(value)}' är ingen månad: {WANTED}")
    return found[0]


def _month(year: int, number: int, value: object) -> str:
    if number in (0, 13, 14):
        raise PeriodError(
            f"'{shown(value)}' är en bokslutsperiod och ingen månad: lägg den på december eller ta bort raden"
        )
    if not 1 <= number <= 12 or not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodError(f"'{shown(value)}' är ingen månad åren {FIRST_YEAR} till {LAST_YEAR}: {WANTED}")
    return f"{year:04}-{number:02}"
