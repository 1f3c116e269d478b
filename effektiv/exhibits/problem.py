"""The problem statement: prefilled from the numbers, completed by the municipality's own text."""

from __future__ import annotations

from dataclasses import dataclass

from effektiv.analysis.comparison import Comparison
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Block, Exhibit, Paragraph, Source, Strong, SubHeading
from effektiv.exhibits.gap import CostGapView, gap_words, span_words
from effektiv.exhibits.summary import AreaFacts, cost_point, quality_point
from effektiv.exhibits.swedish import amount, is_missing, join, number, year
from effektiv.exhibits.words import (
    difference_in_text,
    evidence_text,
    held_text,
    named,
    since_text,
    value_in_text,
)
from effektiv.types import Better, Direction, Flag

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


def problem_statement(context: Context, facts: AreaFacts, own: OwnText, flags: tuple[Flag, ...]) -> Exhibit:
    """Write the problem statement as an appendix to the application."""
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
        flags=flags,
    )


def _section(heading: str, text: str, own: str | None) -> list[Block | str]:
    blocks: list[Block | str] = [SubHeading(heading), text]
    if own:
        blocks += [Paragraph((Strong("Kommunens text: "), part)) for part in own.splitlines() if part.strip()]
    return blocks


def _what(context: Context, facts: AreaFacts, own: OwnText) -> str:
    who = f"{context.name} vill" if own.direction_is_own else "Områdets vanliga inriktning är att"
    wish = f"{who} {_DIRECTION[own.direction]} i {facts.area.in_text}."
    return f"{wish} {quality_point(context, facts)} {cost_point(context, facts)} {_support(facts, own.direction)}"


def _support(facts: AreaFacts, direction: Direction) -> str:
    """Say honestly whether the numbers support the direction."""
    if direction is Direction.QUALITY:
        if facts.headline is None:
            return "Om kvaliteten är lägre än i gruppen går inte att bedöma."
        return _claim(
            facts.headline.comparison, "kvaliteten", higher=facts.headline.kpi.better is Better.LOWER
        )
    sentences = [
        _claim(found, named(kpi), higher=True)
        for found, kpi in (
            (facts.deviation, facts.deviation_kpi),
            (facts.unit_cost, facts.unit_cost_kpi),
        )
        if found is not None
    ]
    return " ".join(sentences) or "Om kostnaden är högre än i gruppen går inte att bedöma."


def _claim(found: Comparison, what: str, *, higher: bool) -> str:
    side = "högre" if higher else "lägre"
    claim = f"{what} är {side} än i gruppen"
    if (found.difference > 0) is not higher:
        return f"Siffrorna visar inte att {claim}."
    return evidence_text(found, claim)


def _how_large(context: Context, facts: AreaFacts) -> str:
    parts = [_worth(context, view) for view in facts.cost_gaps]
    item = facts.headline
    if item is not None and item.gap > 0:
        people = "" if is_missing(item.persons) else f", ungefär {number(item.persons)} personer"
        noise = ""
        if not is_missing(item.comparison.noise):
            noise = f" Osäkerheten är plus eller minus {difference_in_text(item.kpi, 1.96 * item.comparison.noise)}."
        parts.append(
            f"I kvalitet: {difference_in_text(item.kpi, item.gap)} till gruppens median för "
            f"{named(item.kpi)}{people}.{noise}"
        )
    elif item is not None:
        parts.append(f"I kvalitet finns inget gap: {named(item.kpi)} når gruppens median.")
    return " ".join(parts) or "Gapet kan inte räknas ut med uppgifterna i frysningen."


def _worth(context: Context, view: CostGapView) -> str:
    when = year(view.year, preliminary=context.is_preliminary(view.kpi.id, view.year))
    return (
        f"{view.label}: {gap_words(view.gap)} än gruppens median {when}. "
        f"Osäkerheten är {span_words(view.low, view.high)}."
    )


def _against_whom(context: Context) -> str:
    names = [context.names[code] for code in context.peers.members]
    listed = f": {join(names)}" if len(names) <= MOST_NAMED else ""
    return f"{context.name} jämförs med {context.peers.label}{listed}. {context.peers.description}"


def _since(facts: AreaFacts) -> str:
    parts = []
    if facts.deviation is not None:
        parts.append(_since_one("Kostnaden", facts.deviation))
    if facts.headline is not None:
        parts.append(_since_one(named(facts.headline.kpi), facts.headline.comparison))
    return " ".join(part for part in parts if part) or "Det går inte att säga: värden saknas."


def _since_one(what: str, found: Comparison) -> str:
    if found.since is None:
        return ""
    side = "högre" if found.since.sign > 0 else "lägre"
    verb = "var" if found.since.years == 1 else "har varit"
    return (
        f"{what} {verb} {side} än gruppens median {since_text(found.since)}. Det gäller {held_text(found)}."
    )


def _for_whom(context: Context, facts: AreaFacts) -> str:
    if is_missing(facts.volume) or facts.volume_year is None:
        return "Hur många som berörs går inte att säga: volymen saknas."
    return (
        f"Det gäller {number(facts.volume)} {facts.area.volume_word} i {context.name} ({facts.volume_year})."
    )


def _goal(context: Context, facts: AreaFacts, own: OwnText) -> str:
    """Suggest the peers' median as a measure of size, not as a decision."""
    if own.direction is Direction.QUALITY and facts.headline is not None and facts.headline.gap > 0:
        item = facts.headline
        return (
            f"Ett mätbart mål är att nå gruppens median: {named(item.kpi)} från "
            f"{value_in_text(item.kpi, item.comparison.own)} till {value_in_text(item.kpi, item.comparison.median)}, "
            "utan att kostnaden ökar mer än i gruppen."
        )
    if own.direction is Direction.RESOURCE:
        return _cost_goal(context, facts)
    return f"Siffrorna ger inget självklart mål: {context.name} når redan gruppens median eller så saknas värden."


def _cost_goal(context: Context, facts: AreaFacts) -> str:
    """Suggest a goal in kronor only where the gap is larger than the uncertainty of the median."""
    dear = [view for view in facts.cost_gaps if view.gap > 0]
    certain = [view for view in dear if view.low > 0]
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
    return f"Siffrorna ger inget självklart mål: {context.name} är inte dyrare än gruppens median eller så saknas värden."


def _limits(context: Context, facts: AreaFacts) -> str:
    return (
        f"Det här gäller {facts.area.in_text} i {context.name} och bygger på nyckeltal. "
        "Det säger inte vad skillnaderna beror på och är inget facit för vad som är rätt nivå. "
        + " ".join(facts.area.limits[:2])
    )


def _formal(own: OwnText) -> str:
    parts = []
    if own.decision:
        parts.append(f"Beslut: {own.decision}.")
    if own.record_number:
        parts.append(f"Diarienummer: {own.record_number}.")
    if own.contact:
        parts.append(f"Kontakt: {own.contact}.")
    return " ".join(parts)
