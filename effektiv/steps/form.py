"""The form of a report: a first page that answers, findings with a picture each, and nothing said twice.

A step gives its points and findings; what is kept of them is decided here by the reader's budgets: at most
`MOST_NUMBERS` numbers on a first page, at most `MOST_POINTS` points, and no sentence a second time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from effektiv.exhibits.exhibit import (
    FIRST_PAGE,
    Block,
    Bullets,
    Exhibit,
    Paragraph,
    Source,
    Strong,
    SubHeading,
    Text,
)
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.table import Table

MOST_POINTS, MOST_LEADS, MOST_NUMBERS = 5, 3, 15
NEXT = "Att titta på härnäst"

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ0-9])")
_NUMBER = re.compile(r"(?<![\w,])[+−-]?\d[\d\u00a0]*(?:,\d+)?")
_PER = re.compile(r"per 1\u00a0000|per 1 000")
_YEAR = re.compile(r"(?:19|20)\d\d")


def sentences(text: str) -> list[str]:
    """Divide a text into its sentences.

    Examples
    --------
    >>> sentences("Det är 2,5 procent. Så var det 2019.")
    ['Det är 2,5 procent.', 'Så var det 2019.']
    """
    return [item for item in _SENTENCE.split(text.strip()) if item]


def numbers_in(text: str) -> list[str]:
    """Return the numbers in a text; years are not counted, nor what a unit is per.

    Examples
    --------
    >>> numbers_in("22 miljoner kronor, 15–17 procent, sedan 2019")
    ['22', '15', '17']
    """
    return [item for item in _NUMBER.findall(_PER.sub("", text)) if not _YEAR.fullmatch(item)]


@dataclass
class Said:
    """What a report has said so far."""

    known: set[str] = field(default_factory=set)

    def new(self, text: str) -> str:
        """Return a text without the sentences that have been said, and remember the rest."""
        kept = []
        for item in sentences(text):
            if item not in self.known:
                self.known.add(item)
                kept.append(item)
        return " ".join(kept)


@dataclass(frozen=True)
class Lead:
    """What to look at next: an emphasised beginning and what is said of it."""

    text: str
    strong: str = ""

    def to_text(self) -> Text:
        """Return it as running text."""
        return (Strong(f"{self.strong} "), self.text) if self.strong else self.text


@dataclass(frozen=True)
class Picture:
    """A figure with its alt text, and the table behind it."""

    figure: Figure
    alt: str
    subtitle: str
    table: Table | None = None
    kpis: tuple[str, ...] = ()


def first_page(
    title: str,
    picture: Picture | None,
    points: Sequence[str],
    leads: Sequence[Lead],
    said: Said,
    *,
    heading: str = NEXT,
) -> Exhibit:
    """Return a report's first page, cut to what a reader takes in.

    Parameters
    ----------
    title
        The finding of the report.
    picture
        The one that shows where; None where there is nothing to draw.
    points
        The most important first; a point's last sentences are left out first.
    leads
        What to look at next.
    said
        What is said here is remembered.
    heading
        Stands over the leads.
    """
    kept = [text for text in (said.new(point) for point in points if point) if text][:MOST_POINTS]
    chosen = list(leads)[:MOST_LEADS]
    while _count(title, kept, chosen) > MOST_NUMBERS and _shorten(kept):
        pass
    while _count(title, kept, chosen) > MOST_NUMBERS and len(chosen) > 2:
        chosen.pop()
    while _count(title, kept, chosen) > MOST_NUMBERS and len(kept) > 3:
        kept.pop()
    blocks: list[Block | str] = [Bullets(tuple(kept), ordered=True)] if kept else []
    if chosen:
        blocks += [SubHeading(heading), Bullets(tuple(lead.to_text() for lead in chosen))]
    return Exhibit(
        id=FIRST_PAGE,
        title=title,
        subtitle="" if picture is None else picture.subtitle,
        source=Source.OWN,
        alt=None if picture is None else picture.alt,
        figure=None if picture is None else picture.figure,
        blocks=tuple(blocks) or (title,),
        table=None if picture is None else picture.table,
        kpis=() if picture is None else picture.kpis,
    )


def _count(title: str, points: Sequence[str], leads: Sequence[Lead]) -> int:
    return sum(
        len(numbers_in(text)) for text in (title, *points, *(f"{lead.strong} {lead.text}" for lead in leads))
    )


def _shorten(points: list[str]) -> bool:
    """Leave out the last sentence that has a number from the last point with more than one sentence."""
    for place in range(len(points) - 1, -1, -1):
        parts = sentences(points[place])
        for at in range(len(parts) - 1, 0, -1):
            if numbers_in(parts[at]):
                points[place] = " ".join(parts[:at] + parts[at + 1 :])
                return True
    return False


def without_repeats(exhibits: Iterable[Exhibit], said: Said) -> tuple[Exhibit, ...]:
    """Return exhibits without sentences that the report has said before them."""
    return tuple(
        replace(item, blocks=_blocks(item.blocks, said), how_to_read=said.new(item.how_to_read))
        for item in exhibits
    )


def _blocks(blocks: Sequence[Block | str], said: Said) -> tuple[Block | str, ...]:
    kept: list[Block | str] = []
    for block in blocks:
        match block:
            case str():
                if text := said.new(block):
                    kept.append(text)
            case Paragraph(str() as plain):
                if text := said.new(plain):
                    kept.append(Paragraph(text))
            case _:
                kept.append(block)
    return tuple(kept)


def as_table(finding: Exhibit) -> Exhibit:
    """Return a finding whose picture the first page has: its table stands open instead."""
    return finding if finding.table is None else replace(finding, figure=None, alt=None)
