"""Sentences about differences: where, how long, how sure. Short, and in words that everybody uses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from effektiv.analysis.certainty import Certainty
from effektiv.exhibits.swedish import amount, cardinal, count, join, number, years

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


def share_of_country(share_higher: float) -> str:
    """Say what share of the country lies higher: "Bara 6 procent av landets kommuner ligger högre."."""
    percent = number(100 * share_higher)
    if percent == "0":
        return "Ingen kommun i landet ligger högre."
    only = "Bara " if share_higher <= 0.1 else ""
    text = f"{only}{percent} procent av landets kommuner ligger högre."
    return text


def sure(certainty: Certainty, *, one_year: bool = False) -> str:
    """Say how sure a difference is; nothing where it is sure.

    Parameters
    ----------
    one_year
        Whether only one year can be compared.
    """
    if certainty is Certainty.SURE:
        return ""
    if certainty is Certainty.LIKELY:
        if one_year:
            return "Det är troligen ingen tillfällighet, men bara ett år går att jämföra."
        return "Det är troligen mer än en tillfällighet."
    return "Skillnaden går inte att skilja från hur måttet brukar variera mellan åren."


def how_long(before: Sequence[int], same: Sequence[int], year: int, *, broken: bool) -> str:
    """Say for how long a difference has had the side it has; empty when no year before can be compared.

    Parameters
    ----------
    before
        Comparable years before `year`.
    same
        Those with the same side.
    year
        The year told of.
    broken
        Whether a break keeps older years out.
    """
    if not before:
        return "Tidigare år går inte att jämföra." if broken else ""
    if len(same) == len(before):
        first = min(same)
        tail = "; tidigare år går inte att jämföra" if broken else ""
        if len(before) == 1:
            return f"Så var det också {first}{tail}."
        return f"Så har det varit {years([*same, year])}{tail}."
    if not same:
        return f"{'Året' if len(before) == 1 else 'Åren'} före var det tvärtom."
    return f"Så var det också {years(same)}, men inte {years(sorted(set(before) - set(same)))}."


def municipalities(names: Sequence[str], most: int = 5) -> str:
    """List municipalities, or count them when they are many."""
    return join(names) if len(names) <= most else count(len(names), "kommun", "kommuner")
