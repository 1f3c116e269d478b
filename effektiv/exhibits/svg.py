"""A small SVG writer: what the charts draw with.

Why not matplotlib for the charts of every report: a report holds a dozen figures and a run
up to 290 municipalities. Here a chart for both widths takes one to five milliseconds
(matplotlib: 60-80 for one) and 5-25 kilobytes, is the same byte for byte on every platform,
has no global state, and its text stays text.
A figure that a controller draws with matplotlib or seaborn becomes an exhibit through
`effektiv.exhibits.mpl.from_matplotlib`.

Nothing here uses ``style`` attributes or ids: a strict Content-Security-Policy forbids the
first, and two figures in one page could collide on the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Literal

from effektiv.exhibits.style import FONT_FAMILY, FONT_SIZE, Role, colour

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

_WIDTHS = {
    191: "'",
    222: "ijl’",
    260: "|",
    278: " !,./:;I[\\]ft·\u00a0",
    333: "()-`r”",
    334: "{}",
    350: "•",
    355: '"',
    389: "*",
    400: "°",
    469: "^",
    500: "Jcksvxyz↑↓",
    549: "±≈",
    556: "#$0123456789?L_abdeghnopquåäöéü–§",
    584: "+<=>~−×",
    611: "FTZ",
    667: "&ABEKPSVXYÅÄÉ",
    722: "CDHNRUwÜ",
    778: "GOQÖ",
    833: "Mm",
    834: "½",
    889: "%",
    944: "W",
    1000: "…→",
    1015: "@",
}
"""Advance widths of Arial in thousandths of the text size."""
_WIDTH = {char: width for width, chars in _WIDTHS.items() for char in chars}
_BOLD = 1.06


def text_width(text: str, size: float = FONT_SIZE, *, bold: bool = False) -> float:
    """Width of a line of text in pixels, by the advance widths of Arial.

    Characters outside Swedish text count as a wide letter, so an estimate is never short.
    """
    units = sum(_WIDTH.get(char, 778) for char in text)
    return units * size / 1000 * (_BOLD if bold else 1.0)


def wrap(text: str, width: float, size: float = FONT_SIZE) -> list[str]:
    """Break text into lines of at most `width` pixels, between words but not at no-break spaces."""
    lines: list[str] = []
    for word in text.split(" "):
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


Shape = Literal["circle", "ring", "square", "diamond", "triangle"]


class Canvas:
    """Collects SVG elements; every coordinate is in pixels from the upper left corner.

    Neighbours that are painted alike share one path or one group, which halves the bytes: draw
    all grid lines, then all tick labels.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._parts: list[tuple[str, str, str]] = []  # element, paint, geometry

    def line(self, start: Point, end: Point, role: Role, *, width: float = 1, dash: str = "") -> None:
        """Draw a straight line."""
        self.path([start, end], role, width=width, dash=dash)

    def path(self, points: Sequence[Point], role: Role, *, width: float = 1, dash: str = "") -> None:
        """Draw a line through points."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        paint = f'fill="none" stroke="{colour(role)}" stroke-width="{num(width)}"{dashes}'
        self._parts.append(("path", f'{paint} stroke-linejoin="round"', _d(points)))

    def area(self, points: Sequence[Point], role: Role, *, opacity: float = 1) -> None:
        """Fill a polygon."""
        self._parts.append(("path", f'fill="{colour(role)}"{_opacity(opacity)}', f"{_d(points)}z"))

    def rect(
        self,
        corner: Point,
        size: Point,
        role: Role,
        *,
        opacity: float = 1,
        outline: Role | None = None,
    ) -> None:
        """Fill a rectangle from its upper left corner; `outline` adds a dashed edge to it."""
        edge = f' stroke="{colour(outline)}" stroke-width="1.5" stroke-dasharray="4 3"' if outline else ""
        paint = f'fill="{colour(role)}"{_opacity(opacity, fill_only=True)}{edge}'
        x, y, width, height = corner[0], corner[1], size[0], size[1]
        geometry = f"M{num(x)} {num(y)}h{num(width)}v{num(height)}h{num(-width)}z"
        self._parts.append(("path", paint, geometry))

    def dots(self, points: Iterable[Point], role: Role, *, radius: float, opacity: float = 1) -> None:
        """Draw many equal dots as one path: ten bytes a dot instead of fifty."""
        d = "".join(f"M{num(x)} {num(y)}h0" for x, y in points)
        if d:
            paint = f'fill="none" stroke="{colour(role)}" stroke-width="{num(2 * radius)}"'
            self._parts.append(("path", f'{paint} stroke-linecap="round"{_opacity(opacity)}', d))

    def marker(self, centre: Point, shape: Shape, role: Role, *, radius: float = 5) -> None:
        """Draw one marker with an edge in the colour of the paper, so that overlaps can be told apart."""
        x, y = centre
        fill, edge, width = colour(role), colour("paper"), 1.5
        if shape == "ring":
            fill, edge, width = edge, fill, 2.0
        paint = f'fill="{fill}" stroke="{edge}" stroke-width="{num(width)}"'
        if shape in {"circle", "ring"}:
            self._parts.append(("circle", paint, f'cx="{num(x)}" cy="{num(y)}" r="{num(radius)}"'))
            return
        r = radius
        corners: dict[str, list[Point]] = {
            "square": [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)],
            "diamond": [(x, y - 1.3 * r), (x + 1.3 * r, y), (x, y + 1.3 * r), (x - 1.3 * r, y)],
            "triangle": [(x, y - 1.2 * r), (x + 1.15 * r, y + 0.9 * r), (x - 1.15 * r, y + 0.9 * r)],
        }
        # Elements of their own: where two markers overlap, both keep their edge.
        self._parts.append(("shape", paint, f'd="{_d(corners[shape])}z"'))

    def text(
        self,
        at: Point,
        text: str,
        *,
        anchor: Anchor = "start",
        role: Role = "ink",
        size: float = FONT_SIZE,
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """Write a line of text from its base line; a halo in the colour of the paper lifts it off lines."""
        paint = [
            f'text-anchor="{anchor}"' if anchor != "start" else "",
            f'fill="{colour(role)}"' if role != "ink" else "",
            f'font-size="{num(size)}"' if size != FONT_SIZE else "",
            'font-weight="bold"' if bold else "",
            f'paint-order="stroke" stroke="{colour("paper")}" stroke-width="3"' if halo else "",
        ]
        geometry = f'x="{num(at[0])}" y="{num(at[1])}">{escape(text, quote=False)}'
        self._parts.append(("text", " ".join(part for part in paint if part), geometry))

    def finish(self) -> Drawing:
        """Return what has been drawn."""
        body = "".join(
            _element(name, paint, [geometry for _, _, geometry in run])
            for (name, paint), run in groupby(self._parts, key=lambda part: part[:2])
        )
        return Drawing(self.width, self.height, body)


def _element(name: str, paint: str, geometries: list[str]) -> str:
    """Write elements that are painted alike."""
    if name == "path":
        return f'<path {paint} d="{"".join(geometries)}"/>'
    if name == "text":
        elements = [f"<text {geometry}</text>" for geometry in geometries]
    else:
        tag = "path" if name == "shape" else name
        elements = [f"<{tag} {geometry}/>" for geometry in geometries]
    return f"<g {paint}>{''.join(elements)}</g>" if paint else "".join(elements)


def _d(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points)


def _opacity(value: float, *, fill_only: bool = False) -> str:
    return "" if value == 1 else f' {"fill-opacity" if fill_only else "opacity"}="{value:g}"'


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
