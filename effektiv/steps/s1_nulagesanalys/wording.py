"""Sentences about where a service or a figure stands: the words that findings and first pages share."""

from __future__ import annotations

import math
from collections.abc import Sequence

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.focus import Aim, Named
from effektiv.analysis.place import Place
from effektiv.exhibits.saying import of_peers, percent_of_persons, plain, plain_amount
from effektiv.exhibits.swedish import capitalise, cardinal, years
from effektiv.exhibits.words import named, named_first
from effektiv.steps.judging import Judgement
from effektiv.steps.s1_nulagesanalys.naming import ServiceFacts
from effektiv.types import Kpi

AS_EXPECTED_PCT = 1.5
"""A service that deviates by less than this, per cent, costs about what is expected."""


AIMS: dict[Aim, str] = {
    Aim.CUT_COST: "sänk kostnaden utan att förlora kvalitet",
    Aim.RAISE_QUALITY: "höj kvaliteten utan att kostnaden ökar",
    Aim.RAISE_QUALITY_COST_IS_LOW: "höj kvaliteten, kostnaden är låg",
    Aim.BOTH: "sänk kostnaden och höj kvaliteten",
}
"""What a named service is to do, in words."""

NOT_MEASURED = "kvaliteten är inte mätt, mät den först"


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
    if kpi.unit.startswith("per"):
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


def is_as_expected(facts: ServiceFacts) -> bool:
    """Whether a service costs about what is expected."""
    return abs(facts.now_pct) < AS_EXPECTED_PCT


def more_or_less(value: float) -> str:
    """Return "mer" or "mindre"."""
    return "mer" if value > 0 else "mindre"


def cost_sentence(facts: ServiceFacts, *, with_pct: bool = False) -> str:
    """Say what a service cost against the expected: "Äldreomsorgen kostade 22 miljoner kronor mer än väntat 2020."."""
    subject = capitalise(facts.service.in_text)
    if is_as_expected(facts):
        return f"{subject} kostade ungefär som väntat {facts.year}."
    share = f", {plain(abs(facts.now_pct))} procent," if with_pct else ""
    side = more_or_less(facts.now)
    return f"{subject} kostade {money(facts.now)}{share} {side} än väntat {facts.year}."


def how_sure(certainty: Certainty | None, side: str, years_compared: int) -> str:
    """Say how sure a cost is, to be added to a sentence about it; empty where it is sure or cannot be judged.

    Parameters
    ----------
    certainty
        Of the difference; None where nothing was judged.
    side
        "dyrt" or "billigt".
    years_compared
        How many years the judgement rests on.
    """
    if certainty is Certainty.LIKELY:
        if years_compared == 1:
            return f"Det är troligen mer än ett tillfälligt {side} år, men bara ett år går att jämföra."
        return f"Det är troligen mer än ett tillfälligt {side} år."
    if certainty is Certainty.UNCLEAR:
        return "Skillnaden går inte att skilja från hur den brukar variera mellan åren."
    return ""


def cost_certainty(facts: ServiceFacts) -> str:
    """Say how sure a service's deviation is; empty where it is sure or about as expected."""
    if facts.judged is None or is_as_expected(facts):
        return ""
    if facts.is_dear and facts.judged.certainty is Certainty.UNCLEAR:
        count = len(facts.percent)
        years_over = f"alla de {cardinal(count)}" if count > 2 else "båda de"
        return f"Ett enskilt år säger lite, men kostnaden har legat över det väntade {years_over} år som går att jämföra."
    return how_sure(facts.judged.certainty, "dyrt" if facts.now > 0 else "billigt", facts.judged.found.years)


_AGAIN = ("{} är {}.", "Även här är {} {}.", "Också där är {} {}.")


def peers_sentence(place: Place, label: str, time: int = 0) -> str:
    """Say where a cost lies among the peers: "Alla sju liknande kommuner är billigare."; empty without peers.

    What is said is what most of the peers are. `time` is which such sentence on the page it is.
    """
    known = len(place.peers)
    if known < 3:
        return ""
    form = _AGAIN[min(time, len(_AGAIN) - 1)]
    if place.higher_than >= place.lower_than:
        return capitalise(form.format(of_peers(place.higher_than, known, label), "billigare"))
    return capitalise(form.format(of_peers(place.lower_than, known, label), "dyrare"))


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


def seriousness(facts: ServiceFacts) -> str:
    """Say what a deviation means: kronor per inhabitant and share of net cost."""
    per_inhabitant = f"Det är {kronor(facts.per_inhabitant)} per invånare"
    if math.isnan(facts.share_pct):
        return f"{per_inhabitant}."
    return f"{per_inhabitant} och {plain(abs(facts.share_pct))} procent av kommunens nettokostnad."


def course(facts: ServiceFacts) -> str:
    """Say for how long a service has cost more or less than expected."""
    before = [year for year in facts.percent if year < facts.year]
    if not before:
        return "Tidigare år går inte att jämföra." if facts.is_broken else ""
    tail = "; tidigare år går inte att jämföra" if facts.is_broken else ""
    sign = 1 if facts.now > 0 else -1
    side = "över" if sign > 0 else "under"
    values = {year: facts.percent[year] for year in before}
    if all(value * sign >= 0 for value in values.values()):
        if len(before) == 1:
            said = plain(abs(values[before[0]]))
            return f"{before[0]} låg kostnaden {said} procent {side} det väntade{tail}."
        sizes = sorted(abs(value) for value in facts.percent.values())
        span = (
            plain(sizes[0])
            if plain(sizes[0]) == plain(sizes[-1])
            else f"{plain(sizes[0])}–{plain(sizes[-1])}"
        )
        return f"Sedan {min(before)} har kostnaden legat {span} procent {side} det väntade{tail}."
    other = [year for year, value in values.items() if value * sign < 0]
    return f"{years(other)} låg kostnaden {'under' if sign > 0 else 'över'} det väntade{tail}."


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


def aim_text(item: Named, *, measured: bool) -> str:
    """Write what a named service is to do."""
    assert item.aim is not None  # only named services have an aim
    text = AIMS[item.aim]
    if item.aim is Aim.CUT_COST and not measured:
        return f"sänk kostnaden; {NOT_MEASURED}"
    return text


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
