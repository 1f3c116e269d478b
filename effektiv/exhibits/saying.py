"""Sentences about differences: where, how long, how sure. Short, and in words that everybody uses."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from effektiv.exhibits.swedish import amount, cardinal, number

FEWEST_FOR_PERCENT = 20
"""No per cent of fewer persons than this."""


def plain(value: float, *, signed: bool = False) -> str:
    """Write a number as it is read aloud: at most three significant digits, two between a thousand and a hundred thousand.

    Examples
    --------
    >>> [plain(item) for item in (0.5321, 4.32, 22.1, 192.6)], plain(2323.7).replace(chr(160), " ")
    (['0,5', '4,3', '22', '193'], '2 300')
    """
    if value == 0 or not math.isfinite(value):
        return number(value, signed=signed)
    exact = Decimal(str(value))
    size = abs(exact)
    if size >= 1000:
        step = Decimal(1).scaleb(exact.adjusted() - (2 if size >= 100_000 else 1))
        return number(float((exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step), signed=signed)
    decimals = 0 if size.quantize(Decimal("0.1"), ROUND_HALF_UP) >= 10 else 1
    text = number(value, decimals, signed=signed)
    return text.removesuffix(",0")


def plain_amount(value: float, unit: str, *, signed: bool = False) -> str:
    """Write a number with its unit in words: "22 miljoner kronor"; "1 miljon kronor"."""
    words = amount(1.0, unit).split("\u00a0", 1)
    unit_words = words[1] if len(words) > 1 else ""
    shown = plain(value, signed=signed)
    if unit == "mnkr" and shown.lstrip("+\u2212") == "1":
        unit_words = "miljon kronor"
    return f"{shown}\u00a0{unit_words}" if unit_words else shown


def percent_of_persons(value: float, persons: float, plural: str) -> str:
    """Write a share; of few persons their number instead: "7 av 18 svarande"."""
    if not math.isnan(persons) and persons < FEWEST_FOR_PERCENT:
        return f"{number(value / 100 * persons)} av {number(persons)} {plural}"
    return f"{plain(value)} procent"


def of_peers(found: int, known: int, label: str) -> str:
    """Say how many of the peers: "alla sju liknande kommuner", "sex av sju liknande kommuner", "ingen av ...".

    Examples
    --------
    >>> of_peers(7, 7, "liknande kommuner"), of_peers(6, 7, "liknande kommuner")
    ('alla sju liknande kommuner', 'sex av sju liknande kommuner')
    >>> of_peers(0, 7, "liknande kommuner")
    'ingen av sju liknande kommuner'
    """
    if known > 30:
        return f"{number(100 * found / known)} procent av kommunerna"
    if found == known:
        return f"alla {cardinal(known)} {label}" if known > 1 else f"den enda av {label}"
    if found == 0:
        return f"ingen av {cardinal(known)} {label}"
    return f"{cardinal(found, common=True)} av {cardinal(known)} {label}"
