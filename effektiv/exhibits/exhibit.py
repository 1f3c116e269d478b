"""The one thing a cell shows: figure, alt text, table, source, flags, how to read it.

An `Exhibit` shows itself in JupyterLab and in the report (``text/html``), in a terminal
(``text/plain``), and to the programs that make the report's summary, index and xlsx
(`effektiv.outputs.EXHIBIT_MIME`). All text is escaped: what a municipality has written never becomes markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from html import escape
from pathlib import Path
from typing import Any, overload

import pandas as pd
from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.errors import InputError
from effektiv.exhibits.mpl import from_matplotlib
from effektiv.exhibits.style import jupyter_css
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import join
from effektiv.exhibits.table import Table
from effektiv.exhibits.workbook import write_table
from effektiv.outputs import EXHIBIT_MIME
from effektiv.types import Flag

FLAG_LABELS: dict[str, str] = {
    "missing": "Saknas",
    "suppressed": "Sekretess",
    "preliminary": "Preliminärt",
    "ended": "Avslutad serie",
    "break": "Brott i serien",
    "small": "Små tal",
    "own": "Egen konstruktion",
}
"""Words that stand before the text of a flag."""


class Source(Enum):
    """Var siffrorna kommer ifrån: den som har publicerat dem får inte anges för värden som har bearbetats."""

    KOLADA = "Källa: Kolada"
    SKOLVERKET = "Källa: Skolverket"
    SCB = "Källa: SCB"
    MUNICIPALITY = "Kommunens egna uppgifter"
    OWN = "Egen bearbetning"


@dataclass(frozen=True)
class Strong:
    """Emphasised words inside a text."""

    text: str


Text = str | Strong | tuple[str | Strong, ...]
"""Running text without markup; a tuple joins plain and strong pieces."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    text: Text


@dataclass(frozen=True)
class Bullets:
    """A list, numbered when `ordered`."""

    items: tuple[Text, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Definitions:
    """Terms and what is said of each."""

    items: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True)
class SubHeading:
    """A heading inside an exhibit (h4)."""

    text: str


Block = Paragraph | Bullets | Definitions | SubHeading


def own_paragraphs(text: str | None) -> list[Block]:
    """Return what the municipality has written itself, marked as its own; nothing when it has not."""
    lines = (text or "").splitlines()
    return [Paragraph((Strong("Kommunens text: "), line)) for line in lines if line.strip()]


MOST_SOURCES = 8
"""More key figures than this behind an exhibit are not listed under it: the xlsx file has them all."""

FIRST_PAGE, PROBLEM = "forsta-sidan", "problemformulering"
"""Ids of the two exhibits that stand on pages of their own."""

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """Det en cell visar: figur, tabell eller text, med källa och hur det ska läsas.

    Attributes
    ----------
    id
        Gemener a-z, siffror och bindestreck; olika i en rapport. I HTML är id:t ``ex-<id>``.
    title
        Rubrik (h3); där det finns ett fynd är det fyndet.
    subtitle
        Vad som visas, med enhet och år.
    source
        Var siffrorna kommer ifrån: ``Source.KOLADA``, ``SKOLVERKET`` eller ``SCB`` som de är publicerade,
        ``Source.MUNICIPALITY`` som kommunen själv har lämnat dem, annars ``Source.OWN``.
    alt
        Vad figuren visar i ord, med det viktigaste och dess siffror. None bara när det inte finns någon.
    finding
        Budskapet i en mening, där rubriken inte säger det; står under figuren.
    how_to_read
        Hur figuren eller tabellen ska läsas.
    figure, table
        Minst en av figur, tabell och text. En figur från matplotlib eller seaborn går bra, ritad inom
        ``with look():``. Med en figur är tabellen den bakom och hopfälld.
    blocks
        Löpande text efter figuren. En vanlig sträng är ett stycke.
    kpis
        Id för de nyckeltal som det bygger på; står vid källan.
    judged
        Vad som har bedömts i det, som data: nyckeltal, jämförelse, år, säkerhet, storlek.
    flags
        Märken om uppgifternas kvalitet.
    notes
        Annat att veta: definitioner, gränser. Står också i xlsx-filen.
    goes_along
        Om figuren följer med till ett annat dokument, som första sidans alltid gör.

    Raises
    ------
    TypeError
        `id`, `title`, `source` eller `alt` är utelämnat, `source` är ingen `Source`, eller `figure`
        ingen figur.
    ValueError
        En text är tom, id:t har andra tecken, alt och figur hör inte ihop, eller det finns inget att visa.
    """

    id: str
    title: str
    source: Source
    alt: str | None
    subtitle: str = ""
    finding: str = ""
    how_to_read: str = ""
    figure: Figure | None = None
    table: Table | None = None
    blocks: tuple[Block | str, ...] = ()
    flags: tuple[Flag, ...] = ()
    notes: str = ""
    kpis: tuple[str, ...] = ()
    judged: tuple[Mapping[str, Any], ...] = ()
    goes_along: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.source, Source):
            raise TypeError(f"source ska vara Source.KOLADA eller Source.OWN, inte {self.source!r}")
        if not _SLUG.fullmatch(self.id):
            raise ValueError(f"id {self.id!r} ska bestå av små bokstäver a-z, siffror och bindestreck")
        if not self.title.strip():
            raise ValueError(f"exhibit {self.id!r} saknar titel")
        object.__setattr__(self, "figure", _drawn(self.figure, self.id))
        if self.figure is not None and not (self.alt or "").strip():
            raise ValueError(f"figuren {self.id!r} saknar alternativtext (alt)")
        if self.figure is None and self.alt is not None:
            raise ValueError(f"exhibit {self.id!r} har alternativtext men ingen figur; skriv alt=None")
        if self.figure is None and self.table is None and not self.blocks:
            raise ValueError(f"exhibit {self.id!r} har varken figur, tabell eller text")
        object.__setattr__(self, "blocks", tuple(self.blocks))
        object.__setattr__(self, "flags", tuple(self.flags))

    @property
    def html_id(self) -> str:
        """Id of the element in the page."""
        return f"ex-{self.id}"

    def to_html(self) -> str:
        """Render as ``<figure class="ex">``, or ``<section class="ex">`` when there is no figure."""
        parts = [
            f'<h3 class="ex-title" id="{self.html_id}-title">{escape(self.title)}</h3>',
            _paragraph("ex-sub", self.subtitle),
        ]
        if self.figure is not None:
            # __post_init__ has made sure that a figure has its alt text.
            parts.append(self.figure.to_html(self.alt or ""))
        parts += [_paragraph("ex-finding", self.finding), *(_block_html(block) for block in self.blocks)]
        parts.append(self._table_html())
        parts.append(self._flags_html())
        about = "".join(
            (
                _paragraph("ex-how", self.how_to_read),
                _paragraph("ex-notes", self.notes),
                _paragraph("ex-source", self.source_line),
            )
        )
        # A figcaption must be the last child of its figure. A named section would be a landmark, and
        # a landmark for every table is noise to a screen reader: the heading leads there as well.
        if self.figure is not None:
            tag, caption, name = "figure", "figcaption", f' aria-labelledby="{self.html_id}-title"'
        else:
            tag, caption, name = "section", "div", ""
        parts.append(f'<{caption} class="ex-about">{about}</{caption}>')
        inner = "\n".join(part for part in parts if part)
        own_page = {FIRST_PAGE: " first", PROBLEM: " problem"}.get(self.id, "")
        return f'<{tag} class="ex{own_page}" id="{self.html_id}"{name}>\n{inner}\n</{tag}>'

    @property
    def source_line(self) -> str:
        """Where the values are from, with the key figures they are, or are computed from."""
        listed = join(self.kpis) if len(self.kpis) <= MOST_SOURCES else f"{len(self.kpis)} nyckeltal"
        if not listed:
            return self.source.value
        if self.source is Source.OWN:
            return f"Egen bearbetning, beräknat ur {listed}"
        return f"{self.source.value} ({listed})"

    def _table_html(self) -> str:
        if self.table is None:
            return ""
        table = self.table.to_html(id_prefix=self.html_id)
        if self.figure is None:
            return table
        return (
            f'<details class="ex-data"><summary>Visa tabellen<span class="vh"> till '
            f"{escape(self.title)}</span></summary>\n{table}\n</details>"
        )

    def _flags_html(self) -> str:
        if not self.flags:
            return ""
        items = "".join(
            f'<li class="ex-flag ex-flag-{flag.code}"><strong>{FLAG_LABELS[flag.code]}:</strong> '
            f"{escape(flag.text)}</li>"
            for flag in self.flags
        )
        return f'<ul class="ex-flags" aria-label="Om uppgifternas kvalitet">{items}</ul>'

    def to_text(self) -> str:
        """Render as plain text."""
        lines = [self.title, "=" * len(self.title)]
        lines += [self.subtitle] if self.subtitle else []
        lines += [f"[Figur: {self.alt}]"] if self.figure is not None else []
        lines += [self.finding] if self.finding else []
        lines += [_block_text(block) for block in self.blocks]
        lines += [self.table.to_text()] if self.table is not None else []
        lines += [f"{FLAG_LABELS[flag.code]}: {flag.text}" for flag in self.flags]
        lines += [text for text in (self.how_to_read, self.notes, self.source_line) if text]
        return "\n".join(lines)

    def to_frame(self) -> pd.DataFrame:
        """Ge tabellen som en dataram i pandas, med rubrikerna som kolumnnamn.

        Raises
        ------
        InputError
            Det finns ingen tabell.
        """
        return self._own_table().to_frame()

    def to_excel(self, path: str | Path) -> None:
        """Skriv tabellen till en Excelfil, med källa och läsanvisning på ett eget blad.

        Parameters
        ----------
        path
            Filens namn, som slutar på .xlsx. En fil som finns ersätts.

        Raises
        ------
        InputError
            Det finns ingen tabell, eller filen går inte att skriva.
        """
        table, flags = self._own_table(), [f"{FLAG_LABELS[flag.code]}: {flag.text}" for flag in self.flags]
        about = [
            self.title,
            self.subtitle,
            self.finding,
            self.how_to_read,
            self.notes,
            *flags,
            self.source_line,
        ]
        write_table(table, [text for text in about if text], Path(path))

    @property
    def _svg(self) -> str | None:
        return None if self.figure is None else self.figure.wide.to_svg(self.alt or "", css_class="ex-only")

    def _own_table(self) -> Table:
        if self.table is None:
            raise InputError(
                f"”{self.title}” har ingen tabell, bara {'en figur' if self.figure else 'text'}."
            )
        return self.table

    def to_json(self) -> dict[str, Any]:
        """Return what summary, index and xlsx need."""
        return {
            "id": self.id,
            "title": self.title,
            "subtitle": self.subtitle,
            "finding": self.finding or (self.title if self.id == FIRST_PAGE else ""),
            "source": self.source_line,
            "flags": [{"code": flag.code, "text": flag.text} for flag in self.flags],
            "notes": self.notes,
            "kpis": list(self.kpis),
            "blocks": [_block_json(block) for block in self.blocks],
            "judged": [dict(item) for item in self.judged],
            "alt": self.alt,
            # Only some are put together anew elsewhere.
            "svg": self._svg if self.goes_along or self.id == FIRST_PAGE else None,
            "table": None if self.table is None else self.table.to_json(),
        }

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """Give IPython all representations, or those it asks for."""
        makers: dict[str, Callable[[], Any]] = {
            # Each brings its style: in a notebook it may be the only one that is shown.
            "text/html": lambda: f"<style>{jupyter_css()}</style>{self.to_html()}",
            "text/plain": self.to_text,
            EXHIBIT_MIME: self.to_json,
        }
        wanted = set(makers if include is None else include) - set(exclude or ())
        return {mime: make() for mime, make in makers.items() if mime in wanted}


class Exhibits(Sequence[Exhibit]):
    """Flera delar av en rapport som en cell visar tillsammans; ``case.findings()[0]`` är den första.

    Parameters
    ----------
    items
        The exhibits, in order.
    """

    def __init__(self, items: Iterable[Exhibit]) -> None:
        self._items = tuple(items)

    @overload
    def __getitem__(self, index: int) -> Exhibit: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Exhibit, ...]: ...
    def __getitem__(self, index: int | slice) -> Exhibit | tuple[Exhibit, ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return "\n\n".join(item.to_text() for item in self._items)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, Any]:
        makers: dict[str, Callable[[], Any]] = {
            "text/html": lambda: (
                f"<style>{jupyter_css()}</style>" + "\n".join(item.to_html() for item in self._items)
            ),
            "text/plain": lambda: repr(self),
            EXHIBIT_MIME: lambda: [item.to_json() for item in self._items],
        }
        wanted = set(makers if include is None else include) - set(exclude or ())
        return {mime: make() for mime, make in makers.items() if mime in wanted}


def _drawn(figure: Any, name: str) -> Figure | None:
    """Return a figure as it is shown; one of matplotlib or seaborn is turned into that.

    Raises
    ------
    TypeError
        It is none of them.
    """
    if figure is None or isinstance(figure, Figure):
        return figure
    # Axes of matplotlib and grids of seaborn have their figure as `figure`, and so has a figure itself.
    whole = getattr(figure, "figure", None)
    if not isinstance(whole, MatplotlibFigure):
        raise TypeError(f"figure ska vara en figur från matplotlib eller seaborn, inte {figure!r}")
    return from_matplotlib(whole, name)


def _pieces(text: Text) -> tuple[str | Strong, ...]:
    return text if isinstance(text, tuple) else (text,)


def _text_html(text: Text) -> str:
    return "".join(
        f"<strong>{escape(piece.text)}</strong>" if isinstance(piece, Strong) else escape(piece)
        for piece in _pieces(text)
    )


def _text_plain(text: Text) -> str:
    return "".join(piece.text if isinstance(piece, Strong) else piece for piece in _pieces(text))


def _paragraph(css_class: str, text: str) -> str:
    return f'<p class="{css_class}">{escape(text)}</p>' if text else ""


def _block_html(block: Block | str) -> str:
    match block:
        case str():
            return f"<p>{escape(block)}</p>"
        case Paragraph(text):
            return f"<p>{_text_html(text)}</p>"
        case Bullets(items, ordered):
            tag = "ol" if ordered else "ul"
            return f"<{tag}>{''.join(f'<li>{_text_html(item)}</li>' for item in items)}</{tag}>"
        case Definitions(items):
            pairs = "".join(f"<dt>{_text_html(term)}</dt><dd>{_text_html(said)}</dd>" for term, said in items)
            return f'<dl class="ex-terms">{pairs}</dl>'
        case SubHeading(heading):
            return f'<h4 class="ex-head">{escape(heading)}</h4>'


def _block_text(block: Block | str) -> str:
    match block:
        case str():
            return block
        case Paragraph(text):
            return _text_plain(text)
        case Bullets(items, ordered):
            return "\n".join(
                f"{f'{place}.' if ordered else '-'} {_text_plain(item)}"
                for place, item in enumerate(items, start=1)
            )
        case Definitions(items):
            return "\n".join(f"{_text_plain(term)}: {_text_plain(said)}" for term, said in items)
        case SubHeading(heading):
            return f"\n{heading}"


def _block_json(block: Block | str) -> dict[str, Any]:
    match block:
        case str():
            return {"kind": "paragraph", "text": block}
        case Paragraph(tuple() as pieces):
            strong = [[str(_text_plain(piece)), isinstance(piece, Strong)] for piece in pieces]
            return {"kind": "paragraph", "text": _text_plain(pieces), "pieces": strong}
        case Paragraph(text):
            return {"kind": "paragraph", "text": _text_plain(text)}
        case Bullets(items, ordered):
            return {
                "kind": "ordered" if ordered else "bullets",
                "items": [_text_plain(item) for item in items],
            }
        case Definitions(items):
            return {
                "kind": "definitions",
                "items": [[_text_plain(term), _text_plain(said)] for term, said in items],
            }
        case SubHeading(heading):
            return {"kind": "heading", "text": heading}
