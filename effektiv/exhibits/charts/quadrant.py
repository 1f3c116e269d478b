"""Cost against quality: where a municipality stands among all, and the way it has gone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as MatplotlibFigure
from numpy.typing import NDArray

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
    new_plot,
    responsive,
    text_width,
    value_axis,
    value_ticks,
    wrap,
    write,
)
from effektiv.exhibits.charts._points import PointLabels
from effektiv.exhibits.style import FONT_SIZE, SMALL, paint
from effektiv.exhibits.svg import HALO, Figure

_Pixels = NDArray[np.float64]

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


_OWN: dict[str, Any] = {"color": paint("own"), "mec": paint("paper"), "mew": 1.5}
_LATEST: dict[str, Any] = {**_OWN, "marker": "D", "ms": 14, "ls": "none"}
_ROLE: dict[str, Any] = {
    "color": paint("role"), "marker": "^", "ms": 13, "mec": paint("paper"), "mew": 1.5, "ls": "none",
}  # fmt: skip
_PEER: dict[str, Any] = {
    "color": paint("peer"), "marker": "s", "ms": 9, "mec": paint("paper"), "mew": 1.5, "ls": "none",
}  # fmt: skip
_OTHER: dict[str, Any] = {
    "color": to_rgba(paint("peer"), 0.45), "marker": "o", "ms": 4.4, "mew": 0, "ls": "none",
}  # fmt: skip
_MEDIAN: dict[str, Any] = {"color": paint("muted"), "lw": 1.5, "ls": (0, (4, 2.7))}


def _draw(data: Quadrant, width: float) -> MatplotlibFigure:
    narrow = is_narrow(width)
    title = wrap(f"↑ {data.y_label}", width, SMALL)
    top = 17.0 * len(title) + 8
    bottom = top + (300 if narrow else 460)
    keys = _keys(data)
    fig = new_figure(width, bottom + 54 + key_height([one.name for one in keys], width))
    write(fig, (0, 14), title, color=paint("muted"))
    write(fig, (width - 8, bottom + 40), f"{data.x_label} →", ha="right", color=paint("muted"))
    plot = _scaled(fig, data, (top, width - 8, bottom), about=5 if narrow else 7)
    _draw_places(plot, data)
    _write_corners(plot, data.corners)
    labels = PointLabels(plot, _corner_height(data.corners, plot.x.end))
    _reserve(plot, labels, data)
    _name_own(labels, data)
    for place in data.role_models:
        labels.place((place.x, place.y), place.name, color=paint("role"))
    for place in data.peers:
        labels.place((place.x, place.y), place.name, color=paint("muted"))
    key(fig, keys, top=bottom + 50)
    return fig


def _keys(data: Quadrant) -> list[Key]:
    roles = [Key("Förebilder", _ROLE)] * bool(data.role_models)
    peers = [Key("Jämförelsekommuner", _PEER)] * bool(data.peers)
    rest = [Key("Övriga kommuner", _OTHER), Key("Median", _MEDIAN)]
    return [Key(data.name, _LATEST), *roles, *peers, *rest]


def _draw_places(plot: Plot, data: Quadrant) -> None:
    """Draw all municipalities and the way of the own one."""
    _draw_dots(plot, data.others)
    plot.upright(data.median[0], **_MEDIAN)
    plot.across(data.median[1], **_MEDIAN)
    _draw_path(plot, data)
    plot.line([(place.x, place.y) for place in data.peers], **_PEER)
    plot.line([(place.x, place.y) for place in data.role_models], **_ROLE)
    latest = data.path[-1]
    bar: dict[str, Any] = {"color": paint("own"), "lw": 2, "ms": 12, "mew": 2}
    if data.x_interval is not None:
        plot.line([(x, latest.y) for x in data.x_interval], marker="|", **bar)
    if data.y_interval is not None:
        plot.line([(latest.x, y) for y in data.y_interval], marker="_", **bar)
    plot.line([(latest.x, latest.y)], **_LATEST)


def _draw_dots(plot: Plot, places: Sequence[Point]) -> None:
    """Draw small dots as lines without length but with round ends: half the bytes and time of markers."""
    style = {"color": _OTHER["color"], "lw": _OTHER["ms"], "solid_capstyle": "round"}
    plot.lines([(place, place) for place in places], **style)


def _draw_path(plot: Plot, data: Quadrant) -> None:
    """Draw a line through the years, which a missing year breaks."""
    points: list[Point] = []
    for before, step in pairwise([data.path[0], *data.path]):
        if step.year > before.year + 1:
            points.append((math.nan, math.nan))
        points.append((step.x, step.y))
    plot.line(points, lw=2, marker="o", ms=7, **_OWN)


def _scaled(fig: MatplotlibFigure, data: Quadrant, edges: tuple[float, float, float], *, about: int) -> Plot:
    """Return the plot between its edges (top, right, bottom), with its grid."""
    top, right, bottom = edges
    if data.limits is not None:
        # Points on the limits (0 and 100 in an index) need room for their markers.
        room = (data.limits[1] - data.limits[0]) * 0.03
        x = y = (data.limits[0] - room, data.limits[1] + room)
    else:
        points = np.array([*data.others, data.median, *((p.x, p.y) for p in _named(data))])
        x = fitted([*points[:, 0], *(data.x_interval or ())], margin=0.05)
        y = fitted([*points[:, 1], *(data.y_interval or ())], margin=0.05)
    # The words of the corners stand above and below all points.
    words = _corner_height(data.corners, right) / (bottom - top)
    beyond = (y[1] - y[0]) * words / (1 - 2 * words)
    values, labels = value_ticks(*y, about)
    left = max(text_width(label, SMALL) for label in labels) + 6
    plot = new_plot(fig, (left, top, right, bottom), x, (y[0] - beyond, y[1] + beyond))
    value_axis(plot, values, labels)
    values, labels = value_ticks(*x, about)
    plot.lines([((value, plot.y.low), (value, plot.y.high)) for value in values], **GRID)
    for value, label in zip(values, labels, strict=True):
        plot.write(label, (value, plot.y.low), (0, -18), ha="center", color=paint("muted"))
    return plot


def _named(data: Quadrant) -> Iterator[Place | YearPlace]:
    yield from data.path
    yield from data.peers
    yield from data.role_models


def _corner_lines(words: str, width: float) -> list[str]:
    return wrap(words, (width - 40) / 2 - 16, SMALL)


def _corner_height(corners: Iterable[str], width: float) -> float:
    return 16.0 * max(len(_corner_lines(words, width)) for words in corners) + 4


def _write_corners(plot: Plot, corners: Iterable[str]) -> None:
    for place, words in enumerate(corners):
        above, to_left = place < 2, place % 2 == 0
        lines = _corner_lines(words, plot.x.end)
        for row, text in enumerate(lines):
            at = (plot.x.low if to_left else plot.x.high, plot.y.high if above else plot.y.low)
            offset = (8 if to_left else -8, -14 - 16 * row if above else 6 + 16 * (len(lines) - 1 - row))
            style = {"ha": "left" if to_left else "right", "color": paint("muted"), "gid": HALO}
            plot.write(text, at, offset, **style)


def _reserve(plot: Plot, labels: PointLabels, data: Quadrant) -> None:
    """Keep labels off everything that is named or joined."""

    def to_pixels(point: Point) -> _Pixels:
        return np.array(plot.at(point))

    def around(points: Iterable[_Pixels], radius: float) -> None:
        for point in points:
            labels.reserve(*(point - radius), *(point + radius))

    around((to_pixels((place.x, place.y)) for place in (*data.peers, *data.role_models)), 5)
    path: list[_Pixels] = [to_pixels((step.x, step.y)) for step in data.path]
    around(path[:-1], 4)
    around(path[-1:], 9)
    for (before, start), (after, end) in pairwise(zip(data.path, path, strict=True)):
        if after.year == before.year + 1:
            steps = max(int(math.dist(start, end) // 6), 1)
            around((start + (end - start) * step / steps for step in range(1, steps)), 1.5)
    x, y = path[-1]
    if data.x_interval is not None:
        low, high = sorted(plot.x.at(value) for value in data.x_interval)
        labels.reserve(low, y - 3, high, y + 3)
    if data.y_interval is not None:
        low, high = sorted(plot.y.at(value) for value in data.y_interval)
        labels.reserve(x - 3, low, x + 3, high)


def _name_own(labels: PointLabels, data: Quadrant) -> None:
    latest = data.path[-1]
    year = swedish.year(latest.year, preliminary=latest.year in data.preliminary)
    strong = {"color": paint("own"), "size": FONT_SIZE, "weight": "bold"}
    # The point the report is about is always named, on a telephone perhaps by the year alone.
    for text, required in ((f"{data.name} {year}", False), (data.name, False), (year, True)):
        if labels.place((latest.x, latest.y), text, reach=(13, 26, 40, 60, 80), required=required, **strong):
            break
    # Every year may crowd the plot: the first is named first, then those nearest to now.
    for step in (data.path[:1] if len(data.path) > 1 else ()) + data.path[1:-1][::-1]:
        labels.place((step.x, step.y), str(step.year), reach=(7,), color=paint("own"), size=12)
