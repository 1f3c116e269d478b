"""Numbers, words and lists in Swedish, as the public sector writes them.

Numbers follow the locale data of Babel: decimal comma, no-break space between groups
of three, true minus (U+2212), a hard space before the unit. Years are never grouped.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import cache

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import NumberPattern, parse_pattern

LOCALE = Locale("sv", "SE")
NBSP = "\u00a0"
MINUS = "\u2212"

_UNITLESS = frozenset({"", "antal", "index"})
"""Units that say what the number is but are not written after it."""

_IN_TEXT = (
    (re.compile(r"^kr/"), "kronor per "),
    (re.compile(r"^tkr/"), "tusen kronor per "),
    (re.compile(r"^kr$"), "kronor"),
    (re.compile(r"^tkr$"), "tusen kronor"),
    (re.compile(r"^mnkr$"), "miljoner kronor"),
    (re.compile(r"^mdkr$"), "miljarder kronor"),
    (re.compile(r"\binv\b\.?"), "invånare"),
    (re.compile(r"/"), " per "),
)


class Mark(Enum):
    """Why a value is missing: Kolada's mark, and the words a screen reader says.

    A value that the snapshot does not hold has the same mark as one that was not reported, but other words: whether it
    is published is not known here.
    """

    MISSING = ("-", "uppgift saknas (bortfall)")
    NOT_APPLICABLE = (".", "ej tillämpligt")
    PRIVACY = ("..", "sekretess, för få personer")
    ABSENT = ("-", "finns inte i datauttaget")

    def __init__(self, sign: str, words: str) -> None:
        self.sign = sign
        self.words = words


_STATUS_MARKS = {
    "Missing": Mark.MISSING,
    "Not applicable": Mark.NOT_APPLICABLE,
    "Privacy": Mark.PRIVACY,
}


def mark(status: object) -> Mark:
    """Return the mark of a Kolada status.

    Parameters
    ----------
    status
        "Missing", "Privacy", "Not applicable", or nothing (None, NaN, "") for a row that
        was never published.

    Raises
    ------
    ValueError
        The status is none of these.
    """
    if is_missing(status) or status == "":
        return Mark.ABSENT
    if isinstance(status, str) and status in _STATUS_MARKS:
        return _STATUS_MARKS[status]
    raise ValueError(f"okänd status i Kolada: {status!r}; kända är {', '.join(_STATUS_MARKS)}")


def is_missing(value: object) -> bool:
    """Whether the value is None or NaN (also pandas' NA, which is unequal to itself or refuses to answer)."""
    if value is None:
        return True
    try:
        return bool(value != value)  # noqa: PLR0124  NaN is the one value unequal to itself
    except TypeError:
        return True


@cache
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


def number(value: float, decimals: int = 0, *, signed: bool = False, unit: str = "") -> str:
    """Write a number in Swedish.

    Parameters
    ----------
    value
        A finite number.
    decimals
        Decimals to show; halves are rounded away from zero, as readers expect.
    signed
        Write a plus sign before positive numbers too. A number that rounds to zero
        has no sign.
    unit
        Written after a no-break space; "antal" and "index" are not written.

    Raises
    ------
    ValueError
        The value is missing or infinite: missing values are shown with a `Mark`.

    Examples
    --------
    >>> number(-12345.65, 1, unit="kr/elev").replace(NBSP, "_")
    '−12_345,7_kr/elev'
    """
    if is_missing(value) or not math.isfinite(value):
        raise ValueError(f"{value!r} är inget tal att skriva; ett saknat värde visas med sitt märke")
    rounded = Decimal(str(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    text = sign + _pattern(decimals).apply(abs(rounded), LOCALE)
    return text if unit in _UNITLESS else f"{text}{NBSP}{unit}"


def percent(value: float, decimals: int = 1, *, signed: bool = False) -> str:
    """Write a number of per cent (12.5 is 12,5 %)."""
    return number(value, decimals, signed=signed, unit="%")


def mnkr(value: float, decimals: int = 1, *, signed: bool = False) -> str:
    """Write millions of kronor, short form for tables and figures."""
    return number(value, decimals, signed=signed, unit="mnkr")


def amount(value: float, unit: str, decimals: int = 0, *, signed: bool = False) -> str:
    """Write a number for running text, with its unit in words: 3,2 miljoner kronor."""
    return number(value, decimals, signed=signed, unit=unit_in_text(unit))


def unit_in_text(unit: str) -> str:
    """Write a unit in words: kr/elev becomes kronor per elev."""
    if unit == "%":
        return "procent"
    for short, words in _IN_TEXT:
        unit = short.sub(words, unit)
    return unit


def count(value: float, singular: str, plural: str) -> str:
    """Write a whole number with its noun: 1 elev, 12 elever, 1 200 elever."""
    return f"{number(value)}{NBSP}{singular if round(value) == 1 else plural}"


def persons(value: float) -> str:
    """Write a number of persons."""
    return count(value, "person", "personer")


def year(value: int, *, preliminary: bool = False) -> str:
    """Write a year, never grouped; a preliminary one says so."""
    return f"{int(value)} (prel.)" if preliminary else str(int(value))


def years(values: Iterable[int]) -> str:
    """Write years as runs: 2019–2021 och 2024."""
    ordered = sorted({int(value) for value in values})
    runs: list[list[int]] = []
    for value in ordered:
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    parts: list[str] = []
    for run in runs:
        parts.extend([f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(value) for value in run])
    return join(parts)


def join(items: Iterable[str]) -> str:
    """Join words to a list: A, B och C."""
    return format_list(list(items), style="standard", locale=LOCALE)


def date(value: dt.date | dt.datetime | str) -> str:
    """Write a date (or an ISO date or time) in full: 5 mars 2026."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    return format_date(value, "long", locale=LOCALE)


def genitive(name: str) -> str:
    """Return the genitive of a name: Exempelbys, but Borås and Växjö kommuns."""
    return name if name[-1:].lower() in {"s", "x", "z"} else f"{name}s"


def capitalise(text: str) -> str:
    """Make the first letter a capital and leave the rest (str.capitalize would lower it)."""
    return text[:1].upper() + text[1:]


_CARDINALS = ("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")


def cardinal(value: int, *, common: bool = False) -> str:
    """Write a small whole number as a word, a larger one in figures.

    Parameters
    ----------
    value
        Zero to twelve become words.
    common
        The noun has common gender (en kommun) and not neuter (ett år).
    """
    if value == 1 and common:
        return "en"
    return _CARDINALS[value] if 0 <= value < len(_CARDINALS) else number(value)


def sentence(parts: Sequence[str]) -> str:
    """Join parts with spaces to a sentence with a capital and a full stop."""
    text = capitalise(" ".join(part.strip() for part in parts if part.strip()))
    return text if text.endswith((".", "!", "?")) else f"{text}."


def lower_first(text: str) -> str:
    """Write a label inside a sentence; an abbreviation such as HVB keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
