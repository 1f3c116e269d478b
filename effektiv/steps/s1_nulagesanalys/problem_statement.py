"""The problem statement: prefilled from the numbers, completed by the municipality's own text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from effektiv.analysis.comparison import Z95, Comparison
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Block, Exhibit, Source, SubHeading, own_paragraphs
from effektiv.exhibits.swedish import amount, is_missing, join, number, sentence
from effektiv.exhibits.words import (
    difference_in_text,
    evidence_text,
    held_text,
    named,
    named_first,
    people,
    since_text,
    value_in_text,
)
from effektiv.steps.s1_nulagesanalys.gap import QualityGapView, cost_sentences
from effektiv.steps.s1_nulagesanalys.summary import AreaFacts, SummaryCase, cost_point, quality_point
from effektiv.types import Better, Direction, Kpi

_DIRECTION = {
    Direction.QUALITY: "höja kvaliteten utan att kostnaden ökar",
    Direction.RESOURCE: "sänka kostnaden utan att kvaliteten försämras",
}


MOST_NAMED = 30
"""Larger groups are described, not listed."""


@dataclass(frozen=True)
class OwnText:
    """What the municipality has decided and written itself (params/); None where nothing is written."""

    direction: Direction
    direction_is_own: bool
    what: str | None = None
    for_whom: str | None = None
    goal: str | None = None
    limits: str | None = None
    decision: str | None = None
    record_number: str | None = None
    contact: str | None = None


class ProblemStatementCase(SummaryCase):
    """The appendix to the application."""

    @cached_property
    def own_text(self) -> OwnText:
        """What the municipality has written itself."""
        own = self.params.area(self.area.id)
        contact = self.params.municipality.contact
        reach = (contact.name, contact.role, contact.email, contact.phone)
        return OwnText(
            direction=own.direction or self.area.direction,
            direction_is_own=own.direction is not None,
            what=own.what,
            for_whom=own.for_whom,
            goal=own.goal,
            limits=own.limits,
            decision=own.decision,
            record_number=own.record_number,
            contact=", ".join(part for part in reach if part) or None,
        )

    def problem_statement(self) -> Exhibit:
        """Visa problemformuleringen, förifylld och kompletterad av kommunen."""
        context, facts, own = self.context, self.facts, self.own_text
        blocks: list[Block | str] = [
            *_section("Vad", _what(context, facts, own), own.what),
            *_section("Hur stort", _how_large(context, facts), None),
            *_section("Jämfört med vem", _against_whom(context), None),
            *_section("Sedan när", _since(facts), None),
            *_section("För vem", _for_whom(context, facts), own.for_whom),
            *_section("Mål", _goal(context, facts, own), own.goal),
            *_section("Avgränsning", _limits(context, facts), own.limits),
        ]
        formal = _formal(own)
        if formal:
            blocks += _section("Beslut och kontakt", formal, None)
        return Exhibit(
            id="problemformulering",
            title=f"Problemformulering: {facts.area.label.lower()} i {context.name}",
            source=Source.OWN,
            alt=None,
            blocks=tuple(blocks),
            how_to_read=(
                "Stycken märkta ”Kommunens text” kommer från kommunens params-mapp. Resten är skrivet av siffrorna i "
                "rapporten och skrivs om när siffrorna ändras."
            ),
            flags=self._main_flags,
        )


def _section(heading: str, text: str, own: str | None) -> list[Block | str]:
    return [SubHeading(heading), text, *own_paragraphs(own)]


def _what(context: Context, facts: AreaFacts, own: OwnText) -> str:
    wish = _DIRECTION[own.direction]
    if own.direction_is_own:
        start = f"{context.name} vill {wish} i {facts.area.in_text}."
    else:
        start = f"I {facts.area.in_text} är den vanliga inriktningen att {wish}."
    points = f"{quality_point(context, facts)} {cost_point(context, facts)}"
    return f"{start} {points} {_support(context, facts, own.direction)}"


def _support(context: Context, facts: AreaFacts, direction: Direction) -> str:
    """Say honestly whether the numbers support the direction."""
    if direction is Direction.QUALITY:
        kpi = context.kpis[facts.area.headline_quality]
        if facts.headline is None:
            return f"Om {named(kpi)} är {_worse(kpi)} än i gruppen går inte att bedöma."
        return _claim(facts.headline.comparison, named(kpi), higher=kpi.better is Better.LOWER)
    sentences = [
        _claim(found, named(kpi), higher=True)
        for found, kpi in (
            (facts.deviation, facts.deviation_kpi),
            (facts.unit_cost, facts.unit_cost_kpi),
        )
        if found is not None
    ]
    return " ".join(sentences) or "Om kostnaden är högre än i gruppen går inte att bedöma."


def _worse(kpi: Kpi) -> str:
    return "högre" if kpi.better is Better.LOWER else "lägre"


def _claim(found: Comparison, what: str, *, higher: bool) -> str:
    side = "högre" if higher else "lägre"
    claim = f"{what} är {side} än i gruppen"
    if (found.difference > 0) is not higher:
        return f"Siffrorna visar inte att {claim}."
    return evidence_text(found, claim)


def _how_large(context: Context, facts: AreaFacts) -> str:
    parts = [cost_sentences(context, view) for view in facts.cost_gaps]
    if facts.headline is not None:
        parts.append(_quality_worth(facts.headline))
    return " ".join(parts) or "Gapet kan inte räknas ut med uppgifterna i frysningen."


def _quality_worth(item: QualityGapView) -> str:
    kpi, found = item.kpi, item.comparison
    if not item.is_worse:
        return f"I kvalitet finns inget gap: {named(kpi)} når gruppens median {found.year}."
    persons = "" if is_missing(item.persons) else f", {people(item.persons)}"
    text = f"I kvalitet: {named(kpi)} är {difference_in_text(kpi, item.gap)} från gruppens median {found.year}{persons}."
    if is_missing(found.noise):
        return text
    return f"{text} Osäkerheten är plus eller minus {difference_in_text(kpi, Z95 * found.noise)}."


def _against_whom(context: Context) -> str:
    names = [context.names[code] for code in context.peers.members]
    listed = f": {join(names)}" if len(names) <= MOST_NAMED else ""
    return f"{context.name} jämförs med {context.peers.label}{listed}. {context.peers.description}"


def _since(facts: AreaFacts) -> str:
    compared = (
        (facts.deviation_kpi, facts.deviation),
        (facts.unit_cost_kpi, facts.unit_cost),
        (None, None) if facts.headline is None else (facts.headline.kpi, facts.headline.comparison),
    )
    parts = [
        _since_one(named_first(kpi), found)
        for kpi, found in compared
        if kpi is not None and found is not None
    ]
    return " ".join(part for part in parts if part) or "Det går inte att säga: värden saknas."


def _since_one(what: str, found: Comparison) -> str:
    if found.since is None:
        return ""
    side = "högre" if found.since.sign > 0 else "lägre"
    verb = "var" if found.since.years == 1 else "har varit"
    text = f"{what} {verb} {side} än gruppens median {since_text(found.since)}."
    return f"{text} Det gäller {held_text(found)}." if found.held.of > 1 else text


def _for_whom(context: Context, facts: AreaFacts) -> str:
    if is_missing(facts.volume) or facts.volume_year is None:
        volume = named(context.kpis[facts.area.volume])
        return f"Hur många som berörs går inte att säga: {volume} saknas för {context.name}."
    return f"Området omfattade {number(facts.volume)} {facts.area.volume_word} i {context.name} {facts.volume_year}."


def _goal(context: Context, facts: AreaFacts, own: OwnText) -> str:
    """Suggest the peers' median as a measure of size, not as a decision."""
    if own.direction is Direction.RESOURCE:
        return _cost_goal(context, facts)
    item = facts.headline
    if item is None:
        kpi = context.kpis[facts.area.headline_quality]
        return (
            f"Siffrorna ger inget mål för kvaliteten: {named(kpi)} saknas för {context.name} eller gruppen."
        )
    if not item.is_worse:
        return f"Siffrorna ger inget självklart mål: {named(item.kpi)} når redan gruppens median."
    own_value, median = number(item.comparison.own, item.kpi.decimals), item.comparison.median
    return (
        f"Ett mätbart mål är att nå gruppens median: {named(item.kpi)} från {own_value} till "
        f"{value_in_text(item.kpi, median)}, utan att kostnaden ökar mer än i gruppen."
    )


def _cost_goal(context: Context, facts: AreaFacts) -> str:
    """Suggest a goal in kronor only where the gap holds against the uncertainty of the median and of the years."""
    if not facts.cost_gaps:
        return f"Siffrorna ger inget mål i kronor: kostnadsgapet kan inte räknas ut för {context.name}."
    dear = [view for view in facts.cost_gaps if view.gap > 0]
    certain = [view for view in dear if view.low > 0 and view.year_low > 0]
    if certain:
        view = certain[0]
        return (
            f"Ett mätbart mål är att nå gruppens median i {named(view.kpi)}. Det motsvarar "
            f"{amount(view.gap, 'mnkr', 1)} lägre kostnad per år, utan att kvaliteten försämras mot gruppen."
        )
    if dear:
        return (
            "Gapet i kronor är inte säkert större än noll. Ett mål i kronor bör därför vänta tills orsaksanalysen har "
            "visat var skillnaden ligger."
        )
    return f"Siffrorna ger inget självklart mål i kronor: {context.name} är inte dyrare än gruppens median."


def _limits(context: Context, facts: AreaFacts) -> str:
    return (
        f"Underlaget gäller {facts.area.in_text} i {context.name} och bygger på nyckeltal. "
        "Det säger inte vad skillnaderna beror på och är inget facit för vad som är rätt nivå. "
        + " ".join(facts.area.limits[:2])
    )


def _formal(own: OwnText) -> str:
    said = (("Beslut", own.decision), ("Diarienummer", own.record_number), ("Kontakt", own.contact))
    return " ".join(sentence([f"{label}: {text}"]) for label, text in said if text)
