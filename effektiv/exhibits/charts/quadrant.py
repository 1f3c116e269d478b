"""Cost against quality: where a municipality stands among all, and the way it has gone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._base import (
    SMALL,
    Box,
    Labels,
    Plot,
    Scale,
    is_narrow,
    padded,
    responsive,
    tick_width,
    ticks,
    value_ticks,
)
from effektiv.exhibits.svg import Anchor, Canvas, Drawing, Figure, Point, text_width, wrap

CORNERS = (
    "Högre kvalitet, högre kostnad",
    "Högre kvalitet, lägre kostnad",
    "Lägre kvalitet, högre kostnad",
    "Lägre kvalitet, lägre kostnad",
)
"""Words in the corners: upper left, upper right, lower left, lower right."""


@dataclass(frozen=True)
class Place:
    """A named municipality in the plot."""

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class YearPlace:
    """Where the own municipality stood one year."""

    year: int
    x: float
    y: float


@dataclass(frozen=True)
class Quadrant:
    """A municipality between cost and quality.

    Attributes
    ----------
    name
        Own municipality.
    path
        Its places by year; the last is the latest and drawn strong. A missing year
        breaks the line.
    others
        All other municipalities, unnamed.
    peers, role_models
        Named; a municipality that is both stands among the role models only.
    median
        Where the dividing lines are drawn (x, y).
    x_label, y_label
        Axis titles that say which end is good.
    x_interval, y_interval
        Uncertainty of the latest place, low and high.
    limits
        Range of both axes; None fits each axis to the points.
    preliminary
        Years that are preliminary.
    """

    name: str
    path: tuple[YearPlace, ...]
    others: tuple[Point, ...]
    peers: tuple[Place, ...]
    role_models: tuple[Place, ...]
    median: tuple[float, float]
    x_label: str
    y_label: str
    x_interval: tuple[float, float] | None = None
    y_interval: tuple[float, float] | None = None
    limits: tuple[float, float] | None = (0.0, 100.0)
    preliminary: frozenset[int] = frozenset()
    corners: tuple[str, str, str, str] = CORNERS

    def __post_init__(self) -> None:
        if not self.path:
            raise ValueError(f"kvadranten för {self.name!r} behöver minst ett år")
        years = [place.year for place in self.path]
        if years != sorted(set(years)):
            raise ValueError(f"åren i kvadranten för {self.name!r} ska stå i ordning, fick {years}")


def quadrant(data: Quadrant) -> Figure:
    """Draw the quadrant chart.

    All municipalities are faint dots, peers grey squares, role models triangles, the own
    municipality a line through its years that ends in a large diamond with bars for its
    uncertainty.
    """
    return responsive(lambda width: _draw(data, width))


def _draw(data: Quadrant, width: float) -> Drawing:
    narrow = is_narrow(width)
    side = 300.0 if narrow else 460.0
    y_lines = wrap(f"↑ {data.y_label}", width)
    top = 17.0 * len(y_lines) + 8
    key = _key_rows(data, width)
    bottom = 62 + 20 * len(key)
    canvas = Canvas(width, top + side + bottom)
    for row, text in enumerate(y_lines):
        canvas.text((0, 14 + 17 * row), text, role="muted", size=SMALL)
    plot = _plot(canvas, data, Box(0, top, width - 8, top + side), about=4 if narrow else 5)
    canvas.text(
        (plot.box.right, plot.box.bottom + 40),
        f"{data.x_label} →",
        anchor="end",
        role="muted",
        size=SMALL,
    )
    labels = Labels(plot.box)
    _draw_corners(plot, labels, data.corners)
    _draw_background(plot, data)
    _reserve(plot, labels, data)
    _draw_own(plot, labels, data)
    _draw_named(plot, labels, data.role_models, is_role=True)
    _draw_named(plot, labels, data.peers, is_role=False)
    _draw_own_marker(plot, data)
    _draw_key(canvas, key, plot.box.bottom + 66)
    return canvas.finish()


def _plot(canvas: Canvas, data: Quadrant, area: Box, *, about: int) -> Plot:
    named: list[Place | YearPlace] = [*data.peers, *data.role_models, *data.path]
    if data.limits is None:
        spans = (data.x_interval or (), data.y_interval or ())
        x_low, x_high = padded([p.x for p in named] + [p[0] for p in data.others] + [*spans[0]], share=0.05)
        y_low, y_high = padded([p.y for p in named] + [p[1] for p in data.others] + [*spans[1]], share=0.05)
    else:
        # Points on the limits (0 and 100 in an index) need room for their markers.
        room = (data.limits[1] - data.limits[0]) * 0.03
        x_low = y_low = data.limits[0] - room
        x_high = y_high = data.limits[1] + room
    left = area.left + tick_width(y_low, y_high, about) + 8
    box = Box(left, area.top, area.right, area.bottom)
    x = Scale(x_low, x_high, box.left, box.right)
    plot = Plot(canvas, box, x, Scale(y_low, y_high, box.bottom, box.top))
    value_ticks(plot, about=about)
    found, decimals = ticks(x_low, x_high, about)
    for value in found:
        canvas.line((x(value), box.top), (x(value), box.bottom), "grid")
    for value in found:
        text = swedish.number(value, decimals)
        canvas.text((x(value), box.bottom + 18), text, anchor="middle", role="muted", size=SMALL)
    return plot


def _draw_corners(plot: Plot, labels: Labels, corners: Iterable[str]) -> None:
    box = plot.box
    places: list[tuple[float, bool, Anchor]] = [
        (box.left + 8, True, "start"),
        (box.right - 8, True, "end"),
        (box.left + 8, False, "start"),
        (box.right - 8, False, "end"),
    ]
    room = (box.right - box.left) / 2 - 16
    for (x, above, anchor), words in zip(places, corners, strict=True):
        lines = wrap(words, room, SMALL)
        first = box.top + 18 if above else box.bottom - 10 - 16 * (len(lines) - 1)
        for row, text in enumerate(lines):
            base = first + 16 * row
            plot.canvas.text((x, base), text, anchor=anchor, role="muted", size=SMALL, halo=True)
            start = x if anchor == "start" else x - text_width(text, SMALL)
            labels.reserve(Box(start, base - 12, start + text_width(text, SMALL), base + 4))


def _draw_background(plot: Plot, data: Quadrant) -> None:
    plot.canvas.dots((plot.at(*point) for point in data.others), "peer", radius=2.2, opacity=0.4)
    x, y = plot.at(*data.median)
    plot.canvas.line((x, plot.box.top), (x, plot.box.bottom), "muted", width=1.5, dash="6 4")
    plot.canvas.line((plot.box.left, y), (plot.box.right, y), "muted", width=1.5, dash="6 4")


def _reserve(plot: Plot, labels: Labels, data: Quadrant) -> None:
    for place in (*data.peers, *data.role_models):
        labels.reserve_point(plot.at(place.x, place.y), 5)
    for step in data.path[:-1]:
        labels.reserve_point(plot.at(step.x, step.y), 4)
    for before, after in pairwise(data.path):
        if after.year == before.year + 1:
            _reserve_line(labels, plot.at(before.x, before.y), plot.at(after.x, after.y))
    x, y = plot.at(data.path[-1].x, data.path[-1].y)
    labels.reserve_point((x, y), 9)
    if data.x_interval is not None:
        low, high = sorted(plot.x(value) for value in data.x_interval)
        labels.reserve(Box(low, y - 3, high, y + 3))
    if data.y_interval is not None:
        low, high = sorted(plot.y(value) for value in data.y_interval)
        labels.reserve(Box(x - 3, low, x + 3, high))


def _reserve_line(labels: Labels, start: Point, end: Point) -> None:
    """Keep labels off a line by small squares along it."""
    length = math.dist(start, end)
    steps = int(length // 6)
    for step in range(1, steps):
        share = step / steps
        at = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
        labels.reserve_point(at, 1.5)


def _draw_own(plot: Plot, labels: Labels, data: Quadrant) -> None:
    run: list[Point] = []
    for place, step in enumerate(data.path):
        if place and step.year != data.path[place - 1].year + 1:
            _draw_run(plot, run)
            run = []
        run.append(plot.at(step.x, step.y))
    _draw_run(plot, run)
    latest = data.path[-1]
    x, y = plot.at(latest.x, latest.y)
    if data.x_interval is not None:
        _draw_bar(plot, [(plot.x(value), y) for value in data.x_interval], (0, 6))
    if data.y_interval is not None:
        _draw_bar(plot, [(x, plot.y(value)) for value in data.y_interval], (6, 0))
    year = swedish.year(latest.year, preliminary=latest.year in data.preliminary)
    # The point the report is about is always named, on a telephone perhaps by the year alone.
    for text, required in ((f"{data.name} {year}", False), (data.name, False), (year, True)):
        if labels.place(
            plot.canvas,
            (x, y),
            text,
            distance=13,
            role="own",
            size=SMALL + 1,
            bold=True,
            required=required,
        ):
            break
    # Every year may crowd the plot: the first is named first, then those nearest to now.
    for step in (data.path[:1] if len(data.path) > 1 else ()) + data.path[1:-1][::-1]:
        at = plot.at(step.x, step.y)
        labels.place(plot.canvas, at, str(step.year), distance=7, role="own", size=12)


def _draw_run(plot: Plot, run: list[Point]) -> None:
    if len(run) > 1:
        plot.canvas.path(run, "own", width=2)
    for point in run:
        plot.canvas.marker(point, "circle", "own", radius=3.5)


def _draw_bar(plot: Plot, ends: list[Point], cap: tuple[float, float]) -> None:
    plot.canvas.line(ends[0], ends[1], "own", width=2)
    for x, y in ends:
        plot.canvas.line((x - cap[0], y - cap[1]), (x + cap[0], y + cap[1]), "own", width=2)


def _draw_own_marker(plot: Plot, data: Quadrant) -> None:
    latest = data.path[-1]
    plot.canvas.marker(plot.at(latest.x, latest.y), "diamond", "own", radius=8)


def _draw_named(plot: Plot, labels: Labels, places: Iterable[Place], *, is_role: bool) -> None:
    for place in places:
        at = plot.at(place.x, place.y)
        if is_role:
            plot.canvas.marker(at, "triangle", "role", radius=6)
        else:
            plot.canvas.marker(at, "square", "peer", radius=4.5)
        labels.place(plot.canvas, at, place.name, distance=8, role="role" if is_role else "muted", size=SMALL)


_Entry = tuple[str, str]


def _key_rows(data: Quadrant, width: float) -> list[list[tuple[float, _Entry]]]:
    """Lay the key out in rows that fit the width: (left edge, (marker, words)) for each entry."""
    entries: list[_Entry] = [("own", data.name)]
    if data.role_models:
        entries.append(("role", "Förebilder"))
    if data.peers:
        entries.append(("peer", "Jämförelsekommuner"))
    entries += [("other", "Övriga kommuner"), ("median", "Median")]
    rows: list[list[tuple[float, _Entry]]] = [[]]
    x = 0.0
    for entry in entries:
        room = 26 + text_width(entry[1], SMALL) + 18
        if rows[-1] and x + room > width:
            rows.append([])
            x = 0.0
        rows[-1].append((x, entry))
        x += room
    return rows


def _draw_key(canvas: Canvas, rows: list[list[tuple[float, _Entry]]], top: float) -> None:
    for row, entries in enumerate(rows):
        y = top + 20 * row
        for x, (kind, words) in entries:
            centre = (x + 9, y - 4.5)
            if kind == "own":
                canvas.marker(centre, "diamond", "own", radius=6)
            elif kind == "role":
                canvas.marker(centre, "triangle", "role", radius=6)
            elif kind == "peer":
                canvas.marker(centre, "square", "peer", radius=4.5)
            elif kind == "other":
                canvas.dots([centre], "peer", radius=2.2, opacity=0.6)
            else:
                canvas.line((x, y - 4.5), (x + 18, y - 4.5), "muted", width=1.5, dash="6 4")
            canvas.text((x + 26, y), words, role="muted", size=SMALL)
