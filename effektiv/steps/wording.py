"""Sentences about where a figure stands: the words that the reports of all steps share."""

from __future__ import annotations

import math
from collections.abc import Sequence

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.place import Place
from effektiv.exhibits.saying import of_peers, percent_of_persons, plain, plain_amount
from effektiv.exhibits.swedish import capitalise, cardinal
from effektiv.exhibits.words import named, named_first
from effektiv.steps.judging import Judgement
from effektiv.types import Kpi

CERTAINTY_WORDS: dict[Certainty, str] = {
    Certainty.SURE: "säker",
    Certainty.LIKELY: "trolig",
    Certainty.UNCLEAR: "går inte att skilja från noll",
}
"""The three words in a table's cell."""


def money(mnkr: float) -> str:
    """Write an amount as it is read aloud: "22 miljoner kronor", "1,3 miljarder kronor".

    Examples
    --------
    >>> money(22.1).replace(chr(160), " "), money(-1308.9).replace(chr(160), " ")
    ('22 miljoner kronor', '1,3 miljarder kronor')
    """
    size = abs(mnkr)
    if size >= 999.5:
        return f"{plain(size / 1000)}\u00a0miljarder kronor"
    return plain_amount(size, "mnkr")


def kronor(value: float) -> str:
    """Write kronor with two significant digits: "2 300 kronor", "350 kronor"."""
    size = abs(value)
    return plain_amount(round(size, -1) if 100 <= size < 1000 else size, "kr")


def told(kpi: Kpi, value: float, persons: float = math.nan) -> str:
    """Write a value with its unit as a sentence has it: "93 procent", "7 av 18", "193" for points."""
    if kpi.is_share:
        return percent_of_persons(value, persons, "svarande").removesuffix(" svarande")
    if kpi.unit in ("poäng", "meritpoäng", "index", ""):
        return plain(value)
    return plain_amount(value, kpi.unit)


def beside(kpi: Kpi, own: float, other: float, where: str) -> str:
    """Tell a figure beside another's, its unit once: "Timmarna per person: 48 timmar per månad, mot 36 i riket."."""
    first, second = told(kpi, own), told(kpi, other) if kpi.unit == "%" else plain(other)
    if kpi.unit.startswith("per") or "/100" in kpi.unit:
        first = plain(own)  # the name says per how many
    elif kpi.unit.startswith("kr/"):
        first = plain_amount(own, "kr")  # and per what
    return f"{named_first(kpi)}: {first}, mot {second} {where}."


def says(kpi: Kpi, value: float) -> str:
    """Tell a value in a whole sentence, without its full stop."""
    if kpi.sentence:
        return capitalise(kpi.sentence.replace("{}", told(kpi, value)))
    return f"{capitalise(named(kpi))} var {told(kpi, value)}"


def says_in(kpi: Kpi, value: float, year: int) -> str:
    """Tell a value of a year in a sentence without its full stop; the year never stands right after a number."""
    text = says(kpi, value)
    return f"{text} {'år ' if text[-1].isdigit() else ''}{year}"


def more_or_less(value: float) -> str:
    """Return "mer" or "mindre"."""
    return "mer" if value > 0 else "mindre"


def country_sentence(place: Place, *, verb: str = "låg") -> str:
    """Say what share of the country lies higher, or lower where that is the smaller; empty with too few."""
    if math.isnan(place.share_lower):
        return ""
    above = 1.0 - place.share_lower
    share, side = (above, "högre") if above <= 0.5 else (place.share_lower, "lägre")
    percent = plain(round(100 * share))
    if percent == "0":
        return f"Ingen kommun i landet {verb} {side} {place.year}."
    only = "Bara " if share <= 0.1 else ""
    return f"{only}{percent} procent av landets kommuner {verb} {side} {place.year}."


def better_than(judged: Judgement, label: str) -> str:
    """Say where a figure of quality lies, to follow a comma: "lägre än i sex av sju liknande kommuner"."""
    known = len(judged.place.peers)
    high, low = judged.place.higher_than, judged.place.lower_than
    if known < 3:
        return ""
    if max(high, low) <= known / 2:
        return f"ungefär som i {label}"
    higher, lower = ("längre", "kortare") if judged.kpi.unit == "dagar" else ("högre", "lägre")
    if high >= low:
        return f"{higher} än i {of_peers(high, known, label)}"
    return f"{lower} än i {of_peers(low, known, label)}"


def position_words(judged: Judgement, label: str) -> str:
    """Say how good a figure is among the peers: "bättre än fem av sju liknande kommuner"."""
    known = len(judged.place.peers)
    if known < 3:
        return ""
    if judged.worse_peers >= judged.better_peers:
        return f"bättre än i {of_peers(judged.worse_peers, known, label)}"
    return f"sämre än i {of_peers(judged.better_peers, known, label)}"


def how_many(found: int, of: int, noun: str) -> str:
    """Write "fyra av de fem senaste åren"."""
    if found == of:
        return f"alla de {cardinal(of)} senaste {noun}"
    return f"{cardinal(found)} av de {cardinal(of)} senaste {noun}"


def words_in(text: str) -> int:
    """Return how many words a text has."""
    return len(text.split())


def fit(sentences: Sequence[str], most: int = 60) -> str:
    """Join sentences while they fit in so many words; the first ones are the important ones."""
    chosen: list[str] = []
    for item in sentences:
        if item and words_in(" ".join([*chosen, item])) <= most:
            chosen.append(item)
    return " ".join(chosen)
