"""What was learnt, in the municipality's own words, and which parts are empty."""

from __future__ import annotations

from collections.abc import Collection

from effektiv.exhibits.exhibit import Block, Bullets, Exhibit, Paragraph, Source, Strong, SubHeading, Text
from effektiv.exhibits.swedish import capitalise, cardinal, join
from effektiv.exhibits.table import Column, Table
from effektiv.steps.s5_avslutning.params import PARTS, Closing, Continued, Lesson
from effektiv.steps.wording import words_in

_MOST_WORDS = 55
"""Own words in a finding: the rest stands in the underlag."""


def of_area(closing: Closing, area: str) -> tuple[tuple[Lesson, ...], tuple[Continued, ...]]:
    """Return what was learnt and goes on in an area, and in the whole project."""
    return (
        tuple(item for item in closing.lessons if item.area in (area, None)),
        tuple(item for item in closing.continued if item.area in (area, None)),
    )


def empty_sentence(closing: Closing | None) -> str:
    """Say which parts of what was learnt are empty; empty where none is."""
    if closing is None:
        return "Lärdomarna är inte skrivna: skriv dem i avslutning.yaml."
    if not closing.empty:
        return ""
    return f"Det som saknas i avslutningen: {join([PARTS[key] for key in closing.empty])}."


def lessons_finding(
    closing: Closing | None, area: str | None, without: Collection[str] = ()
) -> Exhibit | None:
    """Show the lessons, those of the area first; None where none is written.

    Parameters
    ----------
    closing
        As written; None without a file.
    area
        Id of the area; None for the whole municipality.
    without
        Texts that the first page has.
    """
    if closing is None:
        return None
    every = closing.lessons if area is None else of_area(closing, area)[0]
    lessons = [item for item in every if item.what not in without]
    if not lessons:
        return None
    ordered = sorted(lessons, key=lambda item: item.area is None)
    items: list[Text] = []
    room = _MOST_WORDS
    for item in ordered:
        if (size := words_in(item.what)) <= room:
            items.append(item.what)
            room -= size
    count, more = len(lessons), " till" if len(lessons) < len(every) else ""
    return Exhibit(
        id="lardomar",
        title=f"{capitalise(cardinal(count, common=True))} {'lärdom' if count == 1 else 'lärdomar'}{more} att ta med sig",
        subtitle="Kommunens egen text",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(Bullets(tuple(items)),) if items else ("Lärdomarna står i underlaget.",),
    )


def all_written(closing: Closing | None, area: str | None) -> Exhibit:
    """Show all that is written of what was learnt and goes on."""
    name, title = "allt-om-lardomar", "Lärdomar och det som fortsätter"
    if closing is None:
        return Exhibit(
            id=name, title=title, source=Source.MUNICIPALITY, alt=None, blocks=(empty_sentence(None),)
        )
    lessons, goes_on = (closing.lessons, closing.continued) if area is None else of_area(closing, area)
    blocks: list[Block | str] = []
    for heading, text in (
        ("Det som fungerade", closing.worked),
        ("Det vi skulle göra på ett annat sätt", closing.otherwise),
        ("Råd till andra kommuner", closing.advice),
    ):
        if text and text.strip():
            blocks += [SubHeading(heading), Paragraph((Strong("Kommunens text: "), " ".join(text.split())))]
    if goes_on:
        blocks += [
            SubHeading("Det som fortsätter"),
            Bullets(
                tuple(
                    item.what if not item.owner else f"{item.what} Ansvarig: {item.owner}."
                    for item in goes_on
                )
            ),
        ]
    if text := empty_sentence(closing):
        blocks.append(text)
    table = (
        Table(
            caption="Lärdomarna, hur vi vet det och vad vi gör åt det",
            columns=(
                Column("lardom", "Lärdom"),
                Column("grund", "Hur vi vet det"),
                Column("foljd", "Vad vi gör"),
            ),
            rows=tuple((item.what, item.ground or "", item.next or "") for item in lessons),
        )
        if lessons
        else None
    )
    return Exhibit(
        id=name, title=title, source=Source.MUNICIPALITY, alt=None, blocks=tuple(blocks), table=table
    )
