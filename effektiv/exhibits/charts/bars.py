"""Bars from zero: deviations per service, gaps in kronor, the three ways; and what a total is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._base import SMALL, Scale, is_narrow, padded, responsive, ticks
from effektiv.exhibits.charts._rows import RowLabel, Rows, lay_out
from effektiv.exhibits.style import Role
from effektiv.exhibits.svg import Canvas, Drawing, Figure, text_width
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
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    text: str = ""
    under: str = ""
    mark: Mark = Mark.NOT_PUBLISHED
    strong: bool = False


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
    """

    rows: tuple[BarRow, ...]
    unit: str
    decimals: int = 1
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


def _draw(data: Bars, width: float) -> Drawing:
    rows = _sorted(data)
    labels = [_row_label(row, data) for row in rows]
    top = _ends_height(data, width) + 6
    placed = lay_out(labels, width, top=top, strip=22)
    canvas = Canvas(width, placed.bottom + _axis_height(data.unit, width))
    numbers = [v for row in rows for v in (row.value, row.low, row.high) if v is not None]
    scale = Scale(*padded(numbers or [1.0], zero=True), placed.left, placed.right)
    _draw_axis(canvas, scale, placed, unit=data.unit)
    _draw_ends(canvas, data, scale, placed)
    zero = scale(0)
    for row, place in zip(rows, placed.places, strict=True):
        if row.value is None:
            continue
        end = scale(row.value)
        role = _bar_role(row.value, data.better)
        canvas.rect((min(zero, end), place.middle - 8), (abs(end - zero), 16), role)
        if row.low is not None and row.high is not None:
            draw_whisker(canvas, scale(row.low), scale(row.high), place.middle)
    _draw_zero(canvas, zero, placed)
    placed.write(canvas, labels)
    return canvas.finish()


def _row_label(row: BarRow, data: Bars) -> RowLabel:
    if row.value is None:
        return RowLabel(
            row.label, row.text or row.mark.sign, row.under or row.mark.words, row.strong, "muted"
        )
    text = row.text or swedish.number(row.value, data.decimals, signed=True)
    return RowLabel(row.label, text, row.under, row.strong)


def draw_whisker(canvas: Canvas, low: float, high: float, y: float) -> None:
    """Draw a horizontal bar with caps in the colour of the text, seen on any bar."""
    canvas.line((low, y), (high, y), "paper", width=4)
    canvas.line((low, y), (high, y), "ink", width=1.5)
    for x in (low, high):
        canvas.line((x, y - 5), (x, y + 5), "ink", width=1.5)


def _axis_height(unit: str, width: float) -> float:
    """Room under the rows: tick labels, and on a telephone the unit under them."""
    return 46.0 if unit and is_narrow(width) else 28.0


def _strips(placed: Rows) -> list[tuple[float, float]]:
    """Upper and lower ends of vertical lines: through all rows, or beside each strip on a telephone.

    There the names stand above the strips, and a line would run through them.
    """
    if not is_narrow(placed.width):
        return [(placed.places[0].top, placed.bottom)]
    return [(place.middle - 13, place.middle + 13) for place in placed.places]


def _draw_zero(canvas: Canvas, x: float, placed: Rows) -> None:
    for upper, lower in _strips(placed):
        canvas.line((x, upper), (x, lower), "ink", width=1.5)


def _draw_axis(canvas: Canvas, scale: Scale, placed: Rows, *, unit: str) -> None:
    about = max(2, round((placed.right - placed.left) / 90))
    found, decimals = ticks(scale.low, scale.high, about)
    for value in found:
        for upper, lower in _strips(placed):
            canvas.line((scale(value), upper), (scale(value), lower), "grid")
    for value in found:
        # A label at the edge of the drawing must not be cut by it.
        text = swedish.number(value, decimals)
        half = text_width(text, SMALL) / 2
        x = min(max(scale(value), half), placed.width - half)
        canvas.text((x, placed.bottom + 18), text, anchor="middle", role="muted", size=SMALL)
    if unit:
        below = 36 if is_narrow(placed.width) else 18
        canvas.text((0, placed.bottom + below), unit, role="muted", size=SMALL)


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


def _draw_ends(canvas: Canvas, data: Bars, scale: Scale, placed: Rows) -> None:
    """Write what left and right mean on either side of zero, inside the drawing and apart."""
    two_rows = _ends_height(data, placed.width) > 20
    zero = scale(0)
    left = f"← {data.left_text}"
    right = f"{data.right_text} →"
    edge = max(zero - _ROOM_AT_ZERO, text_width(left, SMALL)) if data.left_text else 0.0
    start = min(zero + _ROOM_AT_ZERO, placed.width - text_width(right, SMALL))
    if not two_rows and data.left_text and data.right_text and start < edge + _ROOM_AT_ZERO:
        # One of them was moved inwards from an edge and pushes the other.
        if edge > zero:
            start = edge + 2 * _ROOM_AT_ZERO
        else:
            edge = start - 2 * _ROOM_AT_ZERO
    if data.left_text:
        canvas.text((edge, 14), left, anchor="end", role="muted", size=SMALL)
    if data.right_text:
        canvas.text((start, 32 if two_rows else 14), right, role="muted", size=SMALL)


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


def _draw_split(data: Split, width: float) -> Drawing:
    labels = [
        *(_part_label(part.label, part.value, data) for part in data.parts),
        RowLabel(data.total_label, swedish.number(data.total, data.decimals, signed=True), strong=True),
    ]
    placed = lay_out(labels, width, top=6.0, strip=22)
    canvas = Canvas(width, placed.bottom + _axis_height(data.unit, width))
    ends = [0.0]
    for part in data.parts:
        ends.append(ends[-1] + part.value)
    scale = Scale(*padded(ends, zero=True), placed.left, placed.right)
    _draw_axis(canvas, scale, placed, unit=data.unit)
    for place, part, begin in zip(placed.places, data.parts, ends, strict=False):
        x = sorted((scale(begin), scale(begin + part.value)))
        corner, size = (x[0], place.middle - 8), (x[1] - x[0], 16.0)
        if part.residual:
            canvas.rect(corner, size, "paper", outline="muted")
        else:
            canvas.rect(corner, size, "peer")
        canvas.line((scale(begin + part.value), place.middle), (scale(begin + part.value), place.bottom + 2),
                    "muted")  # fmt: skip
    last = placed.places[-1].middle
    x = sorted((scale(0), scale(data.total)))
    canvas.rect((x[0], last - 8), (x[1] - x[0], 16), "own")
    _draw_zero(canvas, scale(0), placed)
    placed.write(canvas, labels)
    return canvas.finish()


def _part_label(label: str, value: float, data: Split) -> RowLabel:
    return RowLabel(label, swedish.number(value, data.decimals, signed=True))
