"""What the charts share: scales, ticks, axes, and labels that do not lie on each other."""

from __future__ import annotations

import math
from collections.abc import Callable, ItemsView, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from effektiv.exhibits import swedish
from effektiv.exhibits.style import FONT_SIZE, NARROW, WIDE, Role
from effektiv.exhibits.svg import Anchor, Canvas, Drawing, Figure, Point, text_width

SMALL = 13.0
"""Size of secondary text: ticks, notes inside the plot."""


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


def responsive(draw: Callable[[float], Drawing]) -> Figure:
    """Draw a figure for a wide screen and for a telephone."""
    return Figure(draw(WIDE), draw(NARROW))


def is_narrow(width: float) -> bool:
    """Whether a drawing is for a telephone."""
    return width < (WIDE + NARROW) / 2


@dataclass(frozen=True)
class Scale:
    """Linear map from values to pixels; the pixels may run backwards."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)


def ticks(low: float, high: float, about: int = 5) -> tuple[list[float], int]:
    """Return round tick values inside [low, high] and the decimals they need.

    Steps are 1, 2 or 5 times a power of ten, whichever gives the number of ticks nearest
    to `about`.
    """
    raw = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = min((power * m for m in (1, 2, 5, 10)), key=lambda s: abs((high - low) / s - about))
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(n * step, decimals + 2) for n in range(first, last + 1)], decimals


def padded(values: Iterable[float], *, share: float = 0.08, zero: bool = False) -> tuple[float, float]:
    """Return a range around values, wider by a share at each end.

    Parameters
    ----------
    values
        At least one.
    share
        Padding as share of the spread.
    zero
        The range must hold zero; an end at zero is not padded.
    """
    found = list(values)
    if zero:
        found.append(0.0)
    low, high = min(found), max(found)
    # Values that are all equal still need a range, or the scale would divide by zero.
    room = (high - low) * share if high > low else max(abs(high) * share, 1.0)
    return (
        low if zero and low == 0 and high > 0 else low - room,
        high if zero and high == 0 and low < 0 else high + room,
    )


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


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def inside(self, other: Box) -> bool:
        """Whether this one lies wholly within the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


class Labels:
    """Places labels at points without covering markers or each other.

    Labels are placed in the order they are asked for, the important ones first. One that
    finds no free place is left out: the table behind the figure names every point.
    """

    def __init__(self, frame: Box, taken: Iterable[Box] = ()) -> None:
        self._frame = frame
        self._taken = list(taken)

    def reserve(self, box: Box) -> None:
        """Keep labels off an area."""
        self._taken.append(box)

    def reserve_point(self, at: Point, radius: float) -> None:
        """Keep labels off a marker."""
        self.reserve(Box(at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius))

    def place(
        self,
        canvas: Canvas,
        at: Point,
        text: str,
        *,
        distance: float,
        role: Role = "ink",
        size: float = SMALL,
        bold: bool = False,
        required: bool = False,
    ) -> bool:
        """Write a label beside a point where there is room; tell whether it was written.

        A required label that finds no free place is written over whatever stands there.
        """
        width, height = text_width(text, size, bold=bold), size
        x, y = at
        near, far = distance, distance + height * 0.8
        candidates: list[tuple[float, float, Anchor]] = [
            (x + near, y + height * 0.35, "start"),
            (x - near, y + height * 0.35, "end"),
            (x, y - near, "middle"),
            (x, y + near + height * 0.75, "middle"),
            (x + near * 0.8, y - near * 0.6, "start"),
            (x - near * 0.8, y - near * 0.6, "end"),
            (x + near * 0.8, y + near * 0.6 + height * 0.7, "start"),
            (x - near * 0.8, y + near * 0.6 + height * 0.7, "end"),
            (x, y - far, "middle"),
            (x, y + far + height * 0.75, "middle"),
        ]
        boxes: list[tuple[Box, Point, Anchor]] = []
        for left, base, anchor in candidates:
            start = left - {"start": 0, "middle": width / 2, "end": width}[anchor]
            box = Box(start, base - height * 0.8, start + width, base + height * 0.25)
            boxes.append((box, (left, base), anchor))
        inside = [found for found in boxes if found[0].inside(self._frame)]
        free = [found for found in inside if not any(found[0].overlaps(other) for other in self._taken)]
        chosen = free or (inside if required else [])
        if not chosen:
            return False
        box, at_text, anchor = chosen[0]
        canvas.text(at_text, text, anchor=anchor, role=role, size=size, bold=bold, halo=True)
        self.reserve(box)
        return True


@dataclass(frozen=True)
class Plot:
    """The area of one plot and its scales."""

    canvas: Canvas
    box: Box
    x: Scale
    y: Scale

    def at(self, x: float, y: float) -> Point:
        """Return the pixel of a pair of values."""
        return self.x(x), self.y(y)


def value_ticks(plot: Plot, *, about: int) -> None:
    """Draw horizontal grid lines with their values to the left of the plot."""
    found, needed = ticks(plot.y.low, plot.y.high, about)
    for value in found:
        plot.canvas.line((plot.box.left, plot.y(value)), (plot.box.right, plot.y(value)), "grid")
    for value in found:
        at = (plot.box.left - 6, plot.y(value) + 4.5)
        plot.canvas.text(at, swedish.number(value, needed), anchor="end", role="muted", size=SMALL)


def tick_width(low: float, high: float, about: int) -> float:
    """Width in pixels of the widest tick label of a value axis."""
    found, decimals = ticks(low, high, about)
    return max((text_width(swedish.number(v, decimals), SMALL) for v in found), default=0.0)


def year_ticks(plot: Plot, years: Sequence[int], preliminary: frozenset[int]) -> None:
    """Write as many years under the plot as there is room for, always the last one.

    A preliminary year says "prel." under it.
    """
    y = plot.box.bottom + 18
    room = text_width("2025", SMALL) + 10
    step = abs(plot.x(years[-1]) - plot.x(years[0])) / max(years[-1] - years[0], 1)
    every = max(1, math.ceil(room / step)) if step else 1
    shown = [year for year in years if (years[-1] - year) % every == 0]
    plot.canvas.line((plot.box.left, plot.box.bottom), (plot.box.right, plot.box.bottom), "muted")
    for year in shown:
        plot.canvas.line((plot.x(year), plot.box.bottom), (plot.x(year), plot.box.bottom + 4), "muted")
    for year in shown:
        plot.canvas.text((plot.x(year), y), str(year), anchor="middle", role="muted", size=SMALL)
        if year in preliminary:
            plot.canvas.text((plot.x(year), y + 15), "prel.", anchor="middle", role="muted", size=SMALL)


def lines_of(canvas: Canvas, at: Point, lines: Sequence[str], *, role: Role = "ink", size: float = FONT_SIZE,
             anchor: Anchor = "start", bold: bool = False, leading: float = 1.2) -> None:  # fmt: skip
    """Write lines of text under each other; `at` is the base line of the first."""
    for place, text in enumerate(lines):
        canvas.text(
            (at[0], at[1] + place * size * leading), text, anchor=anchor, role=role, size=size, bold=bold
        )
