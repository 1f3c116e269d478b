"""Many things between two scores on the same scale, such as effort and benefit: where each of them lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits.charts._plot import (
    GRID,
    Key,
    Plot,
    Point,
    is_narrow,
    key,
    key_height,
    new_figure,
    new_plot,
    responsive,
    value_axis,
    wrap,
    write,
)
from effektiv.exhibits.charts._points import PointLabels
from effektiv.exhibits.style import SMALL, paint
from effektiv.exhibits.svg import HALO, Figure


@dataclass(frozen=True)
class Scored:
    """One thing with its two scores.

    Attributes
    ----------
    name
        Short, such as a number: it stands beside the dot.
    strong
        Whether it is one of those that the message is about.
    """

    name: str
    x: float
    y: float
    strong: bool = False


@dataclass(frozen=True)
class Matrix:
    """Things between two scores.

    Attributes
    ----------
    points
        At least one; those in the same place share a dot and their names stand together.
    x_label, y_label
        Of the axes.
    strong_text, other_text
        What the two kinds of dots are.
    corners
        Words in the corners: upper left, upper right, lower left, lower right.
    scale
        Lowest and highest score.
    """

    points: tuple[Scored, ...]
    x_label: str
    y_label: str
    strong_text: str
    other_text: str
    corners: tuple[str, str, str, str]
    scale: tuple[int, int] = (1, 5)

    def __post_init__(self) -> None:
        if not self.points:
            raise ValueError("ett diagram över insats och nytta behöver minst en punkt")


def matrix(data: Matrix) -> Figure:
    """Draw dots between two scores, with the middle of the scale as dividing lines."""
    return responsive(lambda width: _draw(data, width))


_STRONG: dict[str, Any] = {
    "color": paint("own"), "marker": "D", "ms": 11, "mec": paint("paper"), "mew": 1.5, "ls": "none",
}  # fmt: skip
_OTHER: dict[str, Any] = {
    "color": to_rgba(paint("peer"), 0.7),
    "marker": "o",
    "ms": 8,
    "mew": 0,
    "ls": "none",
}
_MIDDLE: dict[str, Any] = {"color": paint("muted"), "lw": 1.5, "ls": (0, (4, 2.7))}
_MOST_NAMED = 40
"""Of more faint dots than this none are named: the table behind names them all."""

_MOST_TOGETHER = 3
"""More names than this in one place are not all written."""


def _draw(data: Matrix, width: float) -> MatplotlibFigure:
    title = wrap(f"↑ {data.y_label}", width, SMALL)
    top = 17.0 * len(title) + 8
    bottom = top + (320 if is_narrow(width) else 400)
    keys = [
        Key(text, style)
        for text, style, is_used in (
            (data.strong_text, _STRONG, any(point.strong for point in data.points)),
            (data.other_text, _OTHER, not all(point.strong for point in data.points)),
        )
        if is_used
    ]
    fig = new_figure(width, bottom + 54 + key_height([one.name for one in keys], width))
    write(fig, (0, 14), title, color=paint("muted"))
    write(fig, (width - 8, bottom + 40), f"{data.x_label} →", ha="right", color=paint("muted"))
    low, high = data.scale
    plot = new_plot(fig, (20, top, width - 8, bottom), (low - 0.25, high + 0.25), (low - 0.45, high + 0.45))
    _axes(plot, data)
    _corners(plot, data.corners)
    labels = PointLabels(plot, 20)
    for strong, style in ((False, _OTHER), (True, _STRONG)):
        plot.line(
            [place for place, found in _places(data.points).items() if found[0].strong == strong], **style
        )
    for place in _places(data.points):
        x, y = plot.at(place)
        labels.reserve(x - 6, y - 6, x + 6, y + 6)
    _name(labels, data)
    key(fig, keys, top=bottom + 50)
    return fig


def _places(points: Sequence[Scored]) -> Mapping[Point, list[Scored]]:
    """Return what lies in each place, the strong first."""
    found: dict[Point, list[Scored]] = {}
    for point in sorted(points, key=lambda point: not point.strong):
        found.setdefault((round(point.x, 2), round(point.y, 2)), []).append(point)
    return found


def _axes(plot: Plot, data: Matrix) -> None:
    low, high = data.scale
    steps = [float(step) for step in range(low, high + 1)]
    value_axis(plot, steps, [f"{step:.0f}" for step in steps])
    plot.lines([((step, plot.y.low), (step, plot.y.high)) for step in steps], **GRID)
    for step in steps:
        plot.write(f"{step:.0f}", (step, plot.y.low), (0, -18), ha="center", color=paint("muted"))
    middle = (low + high) / 2
    plot.upright(middle, **_MIDDLE)
    plot.across(middle, **_MIDDLE)


def _corners(plot: Plot, corners: tuple[str, str, str, str]) -> None:
    for place, words in enumerate(corners):
        above, to_left = place < 2, place % 2 == 0
        at = (plot.x.low if to_left else plot.x.high, plot.y.high if above else plot.y.low)
        offset = (8 if to_left else -8, -14 if above else 6)
        plot.write(words, at, offset, ha="left" if to_left else "right", color=paint("muted"), gid=HALO)


def _name(labels: PointLabels, data: Matrix) -> None:
    faint = sum(not point.strong for point in data.points)
    for strong in (True, False):
        if not strong and faint > _MOST_NAMED:
            return
        for place, found in _places(data.points).items():
            names = [point.name for point in found]
            if found[0].strong == strong and len(names) <= _MOST_TOGETHER:
                color, weight = (paint("own"), "bold") if strong else (paint("muted"), "normal")
                labels.place(place, ", ".join(names), color=color, weight=weight)
