"""Bars from zero: deviations per service, gaps in kronor, the three ways; and what a total is made of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._plot import (
    GRID,
    Key,
    Plot,
    Point,
    fitted,
    is_narrow,
    key,
    key_height,
    new_figure,
    responsive,
    text_width,
    value_ticks,
    write,
)
from effektiv.exhibits.charts._rows import RowLabel, Rows, lay_out
from effektiv.exhibits.style import SMALL, Role, paint
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import Mark
from effektiv.types import Better


@dataclass(frozen=True)
class BarRow:
    """One bar.

    Attributes
    ----------
    label
        Name of the row.
    value
        Length of the bar; None where it is missing.
    low, high
        Ends of a whisker, e.g. lowest and highest of the last three years.
    text
        Written at the row instead of the number.
    under
        Secondary text under the name.
    mark
        Why the value is missing.
    strong
        Written in bold: the row the report is about.
    pale
        Drawn in grey: a row that the message is not about.
    ring
        Value of the year before, drawn as a ring.
    expected
        What the bar is compared with, drawn as a mark across it.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    text: str = ""
    under: str = ""
    mark: Mark = Mark.ABSENT
    strong: bool = False
    pale: bool = False
    ring: float | None = None
    expected: float | None = None


@dataclass(frozen=True)
class Bars:
    """Bars that diverge from zero.

    Attributes
    ----------
    rows
        At least one.
    unit, decimals
        Of the values.
    left_text, right_text
        What a bar to the left and to the right means: "Billigare än väntat".
    better
        Which way is known to be better; colours the bars. With `Better.NEITHER` all bars
        have the colour of the own municipality.
    ordered
        Largest first and missing last; otherwise as given.
    signed
        Write plus before positive values: differences, not amounts.
    ring_text, expected_text
        What a ring and a mark mean: "2019", "Väntat".
    """

    rows: tuple[BarRow, ...]
    unit: str
    decimals: int = 1
    signed: bool = True
    ring_text: str = ""
    expected_text: str = ""
    left_text: str = ""
    right_text: str = ""
    better: Better = Better.NEITHER
    ordered: bool = True

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError("ett stapeldiagram behöver minst en rad")


def bars(data: Bars) -> Figure:
    """Draw horizontal bars from zero with their values, and whiskers where there are ranges."""
    return responsive(lambda width: _draw(data, width))


def _sorted(data: Bars) -> list[BarRow]:
    if not data.ordered:
        return list(data.rows)
    return sorted(data.rows, key=lambda row: math.inf if row.value is None else -row.value)


def _bar_role(value: float, better: Better) -> Role:
    if better is Better.NEITHER or value == 0:
        return "own"
    return "good" if (value > 0) == (better is Better.HIGHER) else "bad"


def _draw(data: Bars, width: float) -> MatplotlibFigure:
    rows = _sorted(data)
    labels = [_row_label(row, data) for row in rows]
    keys = [
        Key(text, style) for text, style in ((data.ring_text, _RING), (data.expected_text, _EXPECTED)) if text
    ]
    ends_height = _ends_height(data, width)
    top = ends_height + (key_height([one.name for one in keys], width) + 4 if keys else 0)
    placed = lay_out(labels, width, top=top + 6, strip=22)
    fig = new_figure(width, placed.bottom + axis_height(data.unit, width))
    shown = [(row, place) for row, place in zip(rows, placed.places, strict=True) if row.value is not None]
    ranges = [
        ((row.low, place.middle + 7), (row.high, place.middle + 7))
        for row, place in shown
        if row.low is not None and row.high is not None
    ]
    ends = [0.0, *(row.value for row, _ in shown if row.value is not None)]
    rings = [(row.ring, place.middle) for row, place in shown if row.ring is not None]
    expected = [(row.expected, place.middle) for row, place in shown if row.expected is not None]
    beside = [x for x, _ in (*rings, *expected)]
    plot = placed.plot(fig, *fitted([*ends, *beside, *(x for pair in ranges for x, _ in pair)], fixed=0))
    # Whiskers stand under their bars: on a bar they would be lost in its colour.
    above, thick = (3, 12) if ranges else (0, 16)
    draw_axis(plot, placed, data.unit)
    for (row, place), value in zip(shown, ends[1:], strict=True):
        fill = to_rgba(paint("peer"), 0.5) if row.pale else paint(_bar_role(value, data.better))
        plot.bar(place.middle - above, thick, 0, value, fc=fill, lw=0)
    plot.lines(ranges, **_WHISKER)
    plot.line(expected, **_EXPECTED)
    plot.line(rings, **_RING)
    _write_ends(plot, data)
    key(fig, keys, top=ends_height)
    placed.write(fig, labels)
    return fig


_RING: dict[str, Any] = {
    "color": paint("ink"), "marker": "o", "ms": 9, "mfc": paint("paper"), "mew": 2, "ls": "none", "zorder": 4,
}  # fmt: skip
_EXPECTED: dict[str, Any] = {
    "color": paint("ink"), "marker": "|", "ms": 22, "mew": 3, "ls": "none", "zorder": 4,
}  # fmt: skip
_WHISKER: dict[str, Any] = {"color": paint("ink"), "lw": 1.5, "marker": "|", "ms": 7, "mew": 1.5}


def _row_label(row: BarRow, data: Bars) -> RowLabel:
    if row.value is None:
        return RowLabel(
            row.label, row.text or row.mark.sign, row.under or row.mark.words, row.strong, "muted"
        )
    text = row.text or swedish.number(row.value, data.decimals, signed=data.signed)
    return RowLabel(row.label, text, row.under, row.strong)


def axis_height(unit: str, width: float) -> float:
    """Room under the rows: tick labels, and on a telephone the unit under them."""
    return 46.0 if unit and is_narrow(width) else 28.0


def draw_axis(plot: Plot, placed: Rows, unit: str, zero: float | None = 0) -> None:
    """Draw grid lines with their values under the rows, and the line at zero (or another value, or none).

    On a telephone the lines stand beside each strip only, for they would run through the
    names above.
    """
    narrow = is_narrow(placed.width)
    beside = [(place.middle - 13, place.middle + 13) for place in placed.places]
    strips = beside if narrow else [(placed.places[0].top, placed.bottom)]

    def upright(at: Sequence[float]) -> Iterator[tuple[Point, Point]]:
        return (((x, upper), (x, lower)) for x in at for upper, lower in strips)

    values, labels = value_ticks(plot.x.low, plot.x.high, max(2, round((placed.right - placed.left) / 90)))
    plot.lines(upright(values), **GRID)
    for value, label in zip(values, labels, strict=True):
        # A label at the edge of the drawing must not be cut by it.
        x, half = plot.x.at(value), text_width(label, SMALL) / 2
        inside = min(max(x, half), placed.width - half) - x
        plot.write(label, (value, placed.bottom), (inside, -18), ha="center", color=paint("muted"))
    if zero is not None:
        plot.lines(upright([zero]), color=paint("ink"), lw=1.5, zorder=0.5 if zero else 3)
    write(plot.fig, (0, placed.bottom + (36 if narrow else 18)), unit, color=paint("muted"))


_ROOM_AT_ZERO = 8.0


def _end_texts(data: Bars) -> list[str]:
    left = f"← {data.left_text}" if data.left_text else ""
    right = f"{data.right_text} →" if data.right_text else ""
    return [text for text in (left, right) if text]


def _ends_height(data: Bars, width: float) -> float:
    """Height of the words above the bars: one row, or two where they do not fit beside each other."""
    texts = _end_texts(data)
    total = sum(text_width(text, SMALL) for text in texts) + 2 * _ROOM_AT_ZERO
    return 0.0 if not texts else 38.0 if total > width else 20.0


def _write_ends(plot: Plot, data: Bars) -> None:
    """Write what left and right mean on either side of zero, inside the drawing and apart."""
    fig, zero = plot.fig, plot.x.at(0)
    width = fig.bbox.width
    two_rows = _ends_height(data, width) > 20
    left = f"← {data.left_text}"
    right = f"{data.right_text} →"
    edge = max(zero - _ROOM_AT_ZERO, text_width(left, SMALL)) if data.left_text else 0.0
    start = min(zero + _ROOM_AT_ZERO, width - text_width(right, SMALL))
    if not two_rows and data.left_text and data.right_text and start < edge + _ROOM_AT_ZERO:
        # One of them was moved inwards from an edge and pushes the other.
        if edge > zero:
            start = edge + 2 * _ROOM_AT_ZERO
        else:
            edge = start - 2 * _ROOM_AT_ZERO
    if data.left_text:
        write(fig, (edge, 14), left, ha="right", color=paint("muted"))
    if data.right_text:
        write(fig, (start, 32 if two_rows else 14), right, color=paint("muted"))


@dataclass(frozen=True)
class Part:
    """One part of a total; a residual is what the parts leave unexplained and drawn dashed."""

    label: str
    value: float
    residual: bool = False


@dataclass(frozen=True)
class Split:
    """A total and the parts that sum to it.

    Raises
    ------
    ValueError
        No parts, or they do not sum to the total within 1e-6 of the largest number. What
        is left over must be a `Part` with ``residual=True``.
    """

    parts: tuple[Part, ...]
    total_label: str
    total: float
    unit: str
    decimals: int = 1

    def __post_init__(self) -> None:
        if not self.parts:
            raise ValueError("en uppdelning behöver minst en del")
        found = math.fsum(part.value for part in self.parts)
        size = max(abs(self.total), *(abs(part.value) for part in self.parts))
        if abs(found - self.total) > 1e-6 * size:
            raise ValueError(f"delarna blir {found:g} men summan är {self.total:g}; visa resten som en del")


def split(data: Split) -> Figure:
    """Draw how the parts add up to the total, each bar starting where the one before ended."""
    return responsive(lambda width: _draw_split(data, width))


def _draw_split(data: Split, width: float) -> MatplotlibFigure:
    labels = [
        *(_part_label(part.label, part.value, data) for part in data.parts),
        RowLabel(data.total_label, swedish.number(data.total, data.decimals, signed=True), strong=True),
    ]
    placed = lay_out(labels, width, top=6.0, strip=22)
    fig = new_figure(width, placed.bottom + axis_height(data.unit, width))
    ends = list(accumulate((part.value for part in data.parts), initial=0.0))
    plot = placed.plot(fig, *fitted([*ends, data.total], fixed=0))
    draw_axis(plot, placed, data.unit)
    joints: list[tuple[Point, Point]] = []
    for place, part, (begin, end) in zip(placed.places, data.parts, pairwise(ends), strict=False):
        plot.bar(place.middle, 16, begin, end, **(_RESIDUAL if part.residual else _PART))
        # On a telephone the next name stands right below.
        lower = place.middle + 13 if is_narrow(width) else place.bottom + 2
        joints.append(((end, place.middle), (end, lower)))
    plot.lines(joints, color=paint("muted"), lw=1, zorder=0.5)
    plot.bar(placed.places[-1].middle, 16, 0, data.total, fc=paint("own"), lw=0)
    placed.write(fig, labels)
    return fig


_PART: dict[str, Any] = {"fc": paint("peer"), "lw": 0}
_RESIDUAL: dict[str, Any] = {"fc": paint("paper"), "ec": paint("muted"), "lw": 1.5, "ls": (0, (2.7, 2))}


def _part_label(label: str, value: float, data: Split) -> RowLabel:
    return RowLabel(label, swedish.number(value, data.decimals, signed=True))
