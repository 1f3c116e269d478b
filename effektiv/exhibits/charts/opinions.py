"""What groups answered on one scale: a row a statement, a marker a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits.charts._plot import (
    GRID,
    Key,
    Plot,
    key,
    key_height,
    new_figure,
    responsive,
    text_width,
    wrap,
)
from effektiv.exhibits.charts._rows import RowLabel, Rows, lay_out
from effektiv.exhibits.style import SMALL, paint
from effektiv.exhibits.svg import Figure

_EDGE: dict[str, Any] = {"mec": paint("paper"), "mew": 1.5, "ls": "none"}
_MARKERS: tuple[dict[str, Any], ...] = (
    {"color": paint("own"), "marker": "o", "ms": 12, **_EDGE},
    {"color": paint("role"), "marker": "D", "ms": 10, **_EDGE},
    {"color": paint("peer"), "marker": "s", "ms": 10, **_EDGE},
    {"color": paint("good"), "marker": "^", "ms": 11, **_EDGE},
)
MOST_GROUPS = len(_MARKERS)

_MEET, _STEP_ASIDE = 0.13, 7.0
"""Markers nearer than this on the scale would cover each other, and stand so many pixels apart."""


@dataclass(frozen=True)
class OpinionRow:
    """One statement.

    Attributes
    ----------
    label
        What it is about.
    means
        One for each of the chart's groups, in order; None where there is none.
    text
        Written at the row.
    strong
        Whether it is what the message is about.
    """

    label: str
    means: tuple[float | None, ...]
    text: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Opinions:
    """Rows of markers on one scale.

    Attributes
    ----------
    rows
        At least one, drawn in the order given.
    groups
        Names of one to `MOST_GROUPS` groups.
    markers
        Number of each group's marker, so that a group looks the same in all figures; in order when left out.
    low, high
        Ends of the scale, whole numbers.
    low_text, high_text
        What they mean.
    """

    rows: tuple[OpinionRow, ...]
    groups: tuple[str, ...]
    markers: tuple[int, ...] = ()
    low: int = 1
    high: int = 5
    low_text: str = "stämmer inte alls"
    high_text: str = "stämmer helt"

    def __post_init__(self) -> None:
        if not self.rows or not 1 <= len(self.groups) <= MOST_GROUPS:
            raise ValueError(f"figuren behöver rader och en till {MOST_GROUPS} grupper, fick {self.groups}")
        if self.markers and len(set(self.markers)) != len(self.groups):
            raise ValueError(f"varje grupp ska ha sin egen markering, fick {self.markers}")
        if any(len(row.means) != len(self.groups) for row in self.rows):
            raise ValueError(f"varje rad ska ha ett värde för var och en av grupperna {self.groups}")


def opinions(data: Opinions) -> Figure:
    """Draw each group's answer as a marker, joined by a line from the lowest to the highest."""
    return responsive(lambda width: _draw(data, width))


def _draw(data: Opinions, width: float) -> MatplotlibFigure:
    labels = [RowLabel(row.label, row.text, "", row.strong) for row in data.rows]
    styles = [_MARKERS[at] for at in data.markers or range(len(data.groups))]
    keys = [Key(name, style) for name, style in zip(data.groups, styles, strict=True)]
    placed = lay_out(labels, width, top=key_height([one.name for one in keys], width) + 10, strip=24)
    fig = new_figure(width, placed.bottom + 44)
    plot = placed.plot(fig, data.low - 0.15, data.high + 0.15)
    _axis(plot, placed, data)
    for row, place in zip(data.rows, placed.places, strict=True):
        known = [value for value in row.means if value is not None]
        if known:
            plot.line([(min(known), place.middle), (max(known), place.middle)], color=paint("muted"), lw=2)
    for at, style in enumerate(styles):
        spots = [
            (value, place.middle + _aside(row.means, at))
            for row, place in zip(data.rows, placed.places, strict=True)
            if (value := row.means[at]) is not None
        ]
        plot.line(spots, **style)
    placed.write(fig, labels)
    key(fig, keys)
    return fig


def _aside(means: Sequence[float | None], at: int) -> float:
    """Return how far from the middle of its row a marker stands, in pixels: those that meet stand under each other."""
    own = means[at]
    meet = [
        place
        for place, value in enumerate(means)
        if value is not None and own is not None and abs(value - own) < _MEET
    ]
    return _STEP_ASIDE * (meet.index(at) - (len(meet) - 1) / 2) if meet else 0.0


def _axis(plot: Plot, placed: Rows, data: Opinions) -> None:
    points = range(data.low, data.high + 1)
    beside = [((point, p.middle - 12), (point, p.middle + 12)) for point in points for p in placed.places]
    plot.lines(beside, **GRID)
    for point in points:
        plot.write(
            str(point), (point, placed.bottom), (-text_width("5", SMALL) / 2, -18), color=paint("muted")
        )
    room = (placed.right - placed.left) / 2 - 8
    for point, text, side in ((data.low, data.low_text, "left"), (data.high, data.high_text, "right")):
        shift = -6 if side == "left" else 6
        (line, *_) = wrap(text, room, SMALL)
        plot.write(line, (point, placed.bottom), (shift, -36), ha=side, color=paint("muted"))
