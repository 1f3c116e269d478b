"""Sentences about where a service stands: the words that the step's findings and first pages share."""

from __future__ import annotations

import math

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.focus import Aim, Named
from effektiv.analysis.place import Place
from effektiv.exhibits.saying import of_peers, plain
from effektiv.exhibits.swedish import capitalise, cardinal, years
from effektiv.steps.s1_nulagesanalys.naming import ServiceFacts
from effektiv.steps.wording import kronor, money, more_or_less

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


def is_as_expected(facts: ServiceFacts) -> bool:
    """Whether a service costs about what is expected."""
    return abs(facts.now_pct) < AS_EXPECTED_PCT


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


def aim_text(item: Named, *, measured: bool) -> str:
    """Write what a named service is to do."""
    assert item.aim is not None  # only named services have an aim
    text = AIMS[item.aim]
    if item.aim is Aim.CUT_COST and not measured:
        return f"sänk kostnaden; {NOT_MEASURED}"
    return text
