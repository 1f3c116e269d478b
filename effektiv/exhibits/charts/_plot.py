"""What the charts share: a figure to draw in, axes of years and of values, keys, and labels kept apart."""

from __future__ import annotations

import math
from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.markers import TICKDOWN
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import IdentityTransform

from effektiv.exhibits.metrics import measure
from effektiv.exhibits.style import FONT_SIZE, NARROW, SMALL, WIDE, SwedishFormatter, look, paint
from effektiv.exhibits.svg import Figure, drawing

GRID: dict[str, Any] = {"color": paint("grid"), "lw": 1, "zorder": 0}

Point = tuple[float, float]

_OTHER_FONTS = 1.04
"""Room for a reader's font that is wider than the one measured here."""


class ByYear(Protocol):
    """Values by year: a dict, or a row of a panel (a Series with years as index)."""

    def items(self) -> Iterable[tuple[int, float | None]] | ItemsView[int, float | None]:
        """Pairs of year and value; None or NaN is missing."""
        ...


def present(values: ByYear | None) -> dict[int, float]:
    """Return the values that are not missing, by year in order."""
    if values is None:
        return {}
    found = {int(year): float(v) for year, v in values.items() if v is not None and not math.isnan(v)}
    return dict(sorted(found.items()))


def responsive(draw: Callable[[float], MatplotlibFigure]) -> Figure:
    """Draw a figure for a wide screen and for a telephone."""
    with look():
        return Figure(*(drawing(draw(width)) for width in (WIDE, NARROW)))


def is_narrow(width: float) -> bool:
    """Whether a drawing is for a telephone."""
    return width < (WIDE + NARROW) / 2


def new_figure(width: float, height: float) -> MatplotlibFigure:
    """Return an empty figure where one point is one pixel."""
    return MatplotlibFigure(figsize=(width / 72, height / 72), dpi=72)


@dataclass(frozen=True)
class Scale:
    """Where values stand: `low` at the pixel `start`, `high` at the pixel `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: Any) -> Any:
        """Return the pixel of a value, or of an array of values; NaN has none."""
        return self.start + (value - self.low) * (self.end - self.start) / (self.high - self.low)


@dataclass(frozen=True)
class Plot:
    """An area of a figure where values have places.

    It draws lines, fields and words of matplotlib straight in the figure. An Axes would
    bring an axis, ticks and a frame that no chart shows: making them took half of the time
    of a report.

    Attributes
    ----------
    fig
        The figure.
    x, y
        Where values stand, in pixels from the figure's lower left corner.
    """

    fig: MatplotlibFigure
    x: Scale
    y: Scale

    def at(self, point: Point) -> Point:
        """Return the pixels of a point."""
        return self.x.at(point[0]), self.y.at(point[1])

    def line(self, points: Iterable[Point], **style: Any) -> None:
        """Draw a line with markers, or markers alone, through points; NaN interrupts the line.

        Parameters
        ----------
        style
            Properties of a matplotlib Line2D.
        """
        x, y = np.array(list(points), dtype=float).reshape(-1, 2).T
        _add(self.fig, Line2D(self.x.at(x), self.y.at(y), **style))

    def lines(self, ends: Iterable[tuple[Point, Point]], **style: Any) -> None:
        """Draw separate straight lines, each from one point to another, as one artist."""
        self.line([point for pair in ends for point in (*pair, (math.nan, math.nan))], **style)

    def leader(self, start: Point, offset: Point, end: Point, **style: Any) -> None:
        """Draw a line from some pixels beside a point to a place in pixels of the figure."""
        x, y = self.at(start)
        _add(self.fig, Line2D([x + offset[0], end[0]], [y + offset[1], end[1]], **style))

    def across(self, value: float, **style: Any) -> None:
        """Draw a line at a height through the whole plot."""
        self.lines([((self.x.low, value), (self.x.high, value))], **style)

    def upright(self, value: float, **style: Any) -> None:
        """Draw a line from the lower to the upper edge."""
        self.lines([((value, self.y.low), (value, self.y.high))], **style)

    def bar(self, height: float, thick: float, start: float, end: float, **style: Any) -> None:
        """Draw a bar along a height from one value to another; `thick` is in the height's unit."""
        corners = [(start, height - thick / 2), (end, height - thick / 2)]
        self.field([*corners, (end, height + thick / 2), (start, height + thick / 2)], **style)

    def field(self, corners: Iterable[Point], **style: Any) -> None:
        """Fill what lies between corners; `style` is properties of a matplotlib Patch."""
        _add(self.fig, Polygon([self.at(corner) for corner in corners], **style))

    def write(self, text: str, at: Point, offset: Point, **style: Any) -> None:
        """Write a line of text some pixels right of and above a point."""
        x, y = self.at(at)
        _add(self.fig, Label(x + offset[0], y + offset[1], text, **style))


def new_plot(
    fig: MatplotlibFigure,
    box: tuple[float, float, float, float],
    x: tuple[float, float],
    y: tuple[float, float],
) -> Plot:
    """Return a plot.

    Parameters
    ----------
    box
        Its left, upper, right and lower edge in pixels from the figure's upper left corner.
    x, y
        Values at the left and right, and at the lower and upper edge.
    """
    left, top, right, bottom = box
    height = fig.bbox.height
    return Plot(fig, Scale(*x, left, right), Scale(*y, height - bottom, height - top))


class Label(Artist):
    """A line of text at a place in pixels.

    A Text of matplotlib lays its lines out before it draws them. A line alone needs none of
    that, and a report has a thousand.

    Parameters
    ----------
    x, y
        Its anchor on the base line, from the lower left corner of the figure.
    ha
        Which end is at the anchor: left, center or right.
    """

    zorder = 3  # as a Text: above lines

    def __init__(
        self,
        x: float,
        y: float,
        text: str,
        *,
        color: str = paint("ink"),
        size: float = SMALL,
        weight: str = "normal",
        ha: str = "left",
        gid: str | None = None,
    ) -> None:
        super().__init__()
        self.set_gid(gid)
        self.place, self.text, self.anchor = (x, y), text, ha
        self._colour, self._font = color, _font(size, weight)

    def draw(self, renderer: RendererBase) -> None:
        """Write the text."""
        renderer.open_group("text", self.get_gid())
        gc = renderer.new_gc()
        gc.set_foreground(self._colour)
        (x, y), height = self.place, renderer.get_canvas_width_height()[1]
        renderer.draw_text(gc, x, height - y, self.text, self._font, 0, mtext=self)  # type: ignore[arg-type]
        renderer.close_group("text")

    def get_unitless_position(self) -> tuple[float, float]:
        """Return the anchor, which a renderer asks a text for."""
        return self.place

    def get_horizontalalignment(self) -> str:
        """Return which end is at the anchor, which a renderer asks a text for."""
        return self.anchor


_PIXELS = IdentityTransform()


def _add(fig: MatplotlibFigure, artist: Artist) -> None:
    artist.set_transform(_PIXELS)
    fig.add_artist(artist)


def fitted(
    values: Iterable[float], *, margin: float = 0.08, fixed: float | None = None
) -> tuple[float, float]:
    """Return limits of a scale that holds some values with a margin, of which NaN is none.

    Parameters
    ----------
    margin
        Share of their range that is added at both ends.
    fixed
        A limit that gets no margin where it is the lowest or the highest value.
    """
    found = [value for value in values if not math.isnan(value)]
    low, high = min(found, default=0.0), max(found, default=1.0)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        # Values that are all alike stand in the middle of a scale of their size.
        around = 0.05 * abs(low) or 0.05
        return low - around, high + around
    room = (high - low) * margin
    return low if low == fixed else low - room, high if high == fixed else high + room


def write(fig: MatplotlibFigure, at: tuple[float, float], lines: str | Sequence[str], **style: Any) -> None:
    """Write lines of text under each other beside the plots.

    Parameters
    ----------
    at
        Base line of the first, in pixels from the upper left corner.
    style
        Properties of a `Label`.
    """
    leading = 1.25 * style.get("size", SMALL)
    for row, line in enumerate([lines] if isinstance(lines, str) else lines):
        _add(fig, Label(at[0], fig.bbox.height - at[1] - row * leading, line, **style))


@lru_cache(maxsize=16)
def _font(size: float, weight: str) -> FontProperties:
    return FontProperties(size=size, weight=weight)


@lru_cache(maxsize=8192)
def text_width(text: str, size: float = FONT_SIZE, *, bold: bool = False) -> float:
    """Return the width of a line of text in pixels, with some room for other fonts."""
    return measure(text, size, bold=bold) * _OTHER_FONTS


def wrap(text: str, width: float, size: float = FONT_SIZE, *, bold: bool = False) -> list[str]:
    """Break text into lines of at most `width` pixels.

    Lines end between words, not at no-break spaces; a word that is wider than a line is broken
    anywhere, for no text may take the room of what is drawn.
    """
    lines: list[str] = []
    for word in text.split(" "):
        if lines and text_width(f"{lines[-1]} {word}", size, bold=bold) <= width:
            lines[-1] += f" {word}"
        else:
            lines += _broken(word, width, size, bold=bold)
    return lines


def _broken(word: str, width: float, size: float, *, bold: bool) -> Iterator[str]:
    """Yield a word, or the parts of one that is too wide."""
    start = 0
    for end in range(1, len(word) + 1):
        if end - start > 1 and text_width(word[start:end], size, bold=bold) > width:
            yield word[start : end - 1]
            start = end - 1
    yield word[start:]


def shorten(text: str, width: float, size: float = FONT_SIZE, *, bold: bool = False) -> str:
    """Return a text that must stand on one line, cut with an ellipsis where it is wider than `width` pixels."""
    if text_width(text, size, bold=bold) <= width:
        return text
    return f"{next(iter(_broken(text, width - text_width('…', size), size, bold=bold)))}…"


def value_ticks(low: float, high: float, about: int) -> tuple[list[float], list[str]]:
    """Return round values inside a range, no more than about as many, and how they are written."""
    found = MaxNLocator(nbins=about, steps=[1, 2, 5, 10]).tick_values(low, high)
    inside = [float(value) for value in found if low <= value <= high]
    return inside, SwedishFormatter().format_ticks(inside)


def value_axis(plot: Plot, values: Sequence[float], labels: Sequence[str]) -> None:
    """Draw horizontal grid lines with their values to the left of the plot."""
    plot.lines([((plot.x.low, value), (plot.x.high, value)) for value in values], **GRID)
    for value, label in zip(values, labels, strict=True):
        plot.write(label, (plot.x.low, value), (-6, -4.5), ha="right", color=paint("muted"))


def year_axis(plot: Plot, years: Sequence[int], preliminary: frozenset[int] = frozenset()) -> None:
    """Write as many years under the plot as there is room for, always the last one.

    A preliminary year says "prel." under it.
    """
    low, high, foot = plot.x.low, plot.x.high, plot.y.low
    room = (plot.x.end - plot.x.start) / (high - low)  # of one year
    every = math.ceil((text_width("2025", SMALL) + 8) / room)
    shown = [year for year in years if (years[-1] - year) % every == 0]
    marks: dict[str, Any] = {"marker": TICKDOWN, "ms": 4, "mew": 1, "markevery": slice(1, -1)}
    plot.line([(year, foot) for year in (low, *shown, high)], color=paint("muted"), lw=1, **marks)
    for year in shown:
        plot.write(str(year), (year, foot), (0, -18), ha="center", color=paint("muted"))
        if year in preliminary:
            plot.write("prel.", (year, foot), (0, -32), ha="center", color=paint("muted"))


@dataclass(frozen=True)
class Key:
    """What a line, a marker or a field means.

    Attributes
    ----------
    name
        Its words.
    style
        Properties of a matplotlib Line2D, or of a Patch when it is a `field`.
    field
        Whether it is a filled area.
    words
        Properties of the words (`Label`), muted when nothing is said.
    """

    name: str
    style: Mapping[str, Any]
    field: bool = False
    words: Mapping[str, Any] = dataclass_field(default_factory=lambda: {"color": paint("muted")})


KEY_ROW = 20
"""Height of a row of a key, in pixels: a line of text and the space between two."""

_SAMPLE = 26.0
"""Width of the line or field before a name."""

_BEFORE_NAME = 8.0
_BETWEEN_COLUMNS = 18.0


def key(fig: MatplotlibFigure, keys: Sequence[Key], *, top: float = 0, right: float | None = None) -> None:
    """Write what lines and markers mean, from a height in pixels downwards.

    Parameters
    ----------
    top
        In pixels from the upper edge of the figure.
    right
        Right edge of the key; the left edge of the figure is its left one when nothing is said.
    """
    names, width = [one.name for one in keys], fig.bbox.width
    columns = np.array_split(np.arange(len(keys)), _columns_that_fit(names, width)) if keys else []
    widths = [min(_column_width([names[place] for place in column]), width) for column in columns]
    left = 0.0 if right is None else right - sum(widths) - _BETWEEN_COLUMNS * (len(widths) - 1)
    for column, wide in zip(columns, widths, strict=True):
        for row, place in enumerate(column):
            _draw_key(fig, keys[place], (left, top + 10 + KEY_ROW * row))
        left += wide + _BETWEEN_COLUMNS


def _draw_key(fig: MatplotlibFigure, one: Key, at: Point) -> None:
    """Draw a sample and its name; `at` is the left end of the sample, from the upper left corner."""
    left, middle = at[0], fig.bbox.height - at[1]
    right = left + _SAMPLE
    if one.field:
        corners = [(left, middle - 5), (right, middle - 5), (right, middle + 5), (left, middle + 5)]
        _add(fig, Polygon(corners, **one.style))
    else:
        # The marker stands in the middle of the sample and is a little smaller than in the plot.
        ends = {"markevery": [1], "ms": 0.9 * one.style.get("ms", 0)}
        _add(fig, Line2D([left, (left + right) / 2, right], [middle] * 3, **{**one.style, **ends}))
    start = right + _BEFORE_NAME
    name = shorten(one.name, fig.bbox.width - start, SMALL, bold=one.words.get("weight") == "bold")
    _add(fig, Label(start, middle - 4.5, name, **one.words))


def key_height(names: Sequence[str], width: float) -> float:
    """Return the height of a key with some names in a figure of a given width."""
    return float(KEY_ROW * math.ceil(len(names) / _columns_that_fit(names, width)))


def _column_width(names: Sequence[str]) -> float:
    return _SAMPLE + _BEFORE_NAME + max(text_width(name, SMALL) for name in names)


def _columns_that_fit(names: Sequence[str], width: float) -> int:
    """Return the most columns that are not too wide together; a key is filled column by column."""
    for columns in range(len(names), 1, -1):
        widths = [_column_width(list(part)) for part in np.array_split(names, columns)]
        if sum(widths) + _BETWEEN_COLUMNS * (columns - 1) <= width:
            return columns
    return 1


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart to at least `gap`, as little as possible, within [low, high].

    Groups of positions that touch are moved together around their mean, which keeps each
    label as near its line as the others allow. Order is kept.

    Returns
    -------
    list of float
        Positions in the order of `wanted`.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups: list[tuple[float, list[int]]] = []  # position of the first member, members
    for index in order:
        members, position = [index], max(low, min(wanted[index], high))
        while groups and groups[-1][0] + gap * len(groups[-1][1]) > position:
            members = groups.pop()[1] + members
            mean = sum(wanted[i] - gap * place for place, i in enumerate(members)) / len(members)
            position = max(low, min(mean, high - gap * (len(members) - 1)))
        groups.append((position, members))
    placed = [0.0] * len(wanted)
    for position, members in groups:
        for place, index in enumerate(members):
            placed[index] = position + gap * place
    return placed
