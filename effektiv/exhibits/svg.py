"""A small SVG writer: what the charts draw with.

Why not matplotlib for the charts of every report: a report holds a dozen figures and a run
up to 290 municipalities. Here a chart takes about a millisecond and a few kilobytes, is the
same byte for byte on every platform, has no global state, and its text stays text.
A figure that a controller draws with matplotlib or seaborn becomes an exhibit through
`effektiv.exhibits.mpl.from_matplotlib`.

Nothing here uses ``style`` attributes or ids: a strict Content-Security-Policy forbids the
first, and two figures in one page could collide on the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

from effektiv.exhibits.style import FONT_FAMILY, FONT_SIZE, colour

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

_WIDTHS = {
    191: "'", 222: "ijl’", 260: "|", 278: " !,./:;I[\\]ft·\u00a0", 333: "()-`r”", 334: "{}", 350: "•",
    355: '"', 389: "*", 400: "°", 469: "^", 500: "Jcksvxyz↑↓", 549: "±≈",
    556: "#$0123456789?L_abdeghnopquåäöéü–§", 584: "+<=>~−×", 611: "FTZ", 667: "&ABEKPSVXYÅÄÉ", 722: "CDHNRUwÜ", 778: "GOQÖ", 833: "Mm", 834: "½",
    889: "%", 944: "W", 1000: "…→", 1015: "@",
}  # fmt: skip
_WIDTH = {char: width for width, chars in _WIDTHS.items() for char in chars}
_BOLD = 1.06


def text_width(text: str, size: float = FONT_SIZE, *, bold: bool = False) -> float:
    """Width of a line of text in pixels, by the advance widths of Arial.

    Characters outside Swedish text count as a wide letter, so an estimate is never short.
    """
    units = sum(_WIDTH.get(char, 778) for char in text)
    return units * size / 1000 * (_BOLD if bold else 1.0)


def wrap(text: str, width: float, size: float = FONT_SIZE) -> list[str]:
    """Break text into lines of at most `width` pixels, between words only."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def num(value: float) -> str:
    """Write a coordinate with at most one decimal."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


@dataclass(frozen=True)
class Drawing:
    """A finished picture: its size in pixels and its SVG elements."""

    width: float
    height: float
    body: str

    def to_svg(self, alt: str, *, css_class: str, hidden: bool = False) -> str:
        """Return the ``<svg>`` element.

        Parameters
        ----------
        alt
            What a screen reader says instead of the picture.
        css_class
            Class by which the style sheet chooses among drawings of the same figure.
        hidden
            Not displayed unless a style sheet says so. The ``display`` attribute yields
            to any rule.
        """
        display = ' display="none"' if hidden else ""
        return (
            f'<svg class="{css_class}"{display} xmlns="http://www.w3.org/2000/svg" role="img" '
            f'aria-label="{escape(alt)}" viewBox="0 0 {num(self.width)} {num(self.height)}" width="100%" '
            f'font-family="{escape(FONT_FAMILY)}" font-size="{num(FONT_SIZE)}" '
            f'fill="{colour("ink")}">{self.body}</svg>'
        )


@dataclass(frozen=True)
class Figure:
    """A figure as it is shown: for a wide screen or paper, and for a telephone.

    Text in a drawing shrinks with it, so a figure for 720 pixels cannot be read at 320:
    the charts draw both, and the style sheet shows one.
    """

    wide: Drawing
    narrow: Drawing | None = None

    def to_html(self, alt: str) -> str:
        """Return ``<div class="ex-figure">`` with the drawings, the narrow one hidden by default."""
        drawings = [self.wide.to_svg(alt, css_class="ex-wide" if self.narrow else "ex-only")]
        if self.narrow:
            drawings.append(self.narrow.to_svg(alt, css_class="ex-narrow", hidden=True))
        return f'<div class="ex-figure">{"".join(drawings)}</div>'
