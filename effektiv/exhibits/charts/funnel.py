"""Units by how many persons they have: where chance and ordinary differences between units place them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as MatplotlibFigure

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
from effektiv.exhibits.style import SMALL, paint
from effektiv.exhibits.svg import Figure

Limits = Callable[[Sequence[float]], tuple[Sequence[float], Sequence[float]]]
"""Number of persons -> lower and upper limit, per cent."""

STEPS = 60
"""Places where the limits are drawn."""

MOST_OTHERS = 0.98
"""Share of the country's units that have room; a few very large ones would press all others together."""


MOST_DRAWN = 400
"""More of the country's units than this are drawn by some of them, evenly from the smallest to the largest."""


@dataclass(frozen=True)
class FunnelUnit:
    """One of the municipality's units."""

    name: str
    persons: float
    share: float


@dataclass(frozen=True)
class Funnel:
    """Units and what they are compared with.

    Attributes
    ----------
    own
        The municipality's units, by name.
    others
        The country's other units: persons and share. The largest ones are left out (`MOST_OTHERS`) unless an own
        one is as large, and of many some are drawn (`MOST_DRAWN`).
    baseline
        Share of all their persons, per cent.
    expected
        Limits that allow for how units differ besides chance; None where that is not known.
    chance
        Limits of chance alone.
    own_name, others_name
        What the municipality's and the country's units are called.
    x_label, y_label
        Axis titles.
    baseline_name
        What the baseline is.
    """

    own: tuple[FunnelUnit, ...]
    others: tuple[Point, ...]
    baseline: float
    expected: Limits | None
    chance: Limits
    own_name: str
    others_name: str
    x_label: str
    y_label: str
    baseline_name: str

    def __post_init__(self) -> None:
        if not self.own:
            raise ValueError("tratten behöver minst en egen enhet")


def funnel(data: Funnel) -> Figure:
    """Draw a funnel: own units as named dots, others faint, a field where units usually lie, lines for chance alone."""
    return responsive(lambda width: _draw(data, width))


_OWN: dict[str, Any] = {
    "color": paint("own"), "marker": "o", "ms": 12, "mec": paint("paper"), "mew": 1.5, "ls": "none",
}  # fmt: skip
_OTHER: dict[str, Any] = {
    "color": to_rgba(paint("peer"), 0.45), "marker": "o", "ms": 4.4, "mew": 0, "ls": "none",
}  # fmt: skip
_FIELD: dict[str, Any] = {"color": to_rgba(paint("peer"), 0.16), "lw": 0}
_CHANCE: dict[str, Any] = {"color": paint("muted"), "lw": 1.2, "ls": (0, (2, 2.4))}
_MIDDLE: dict[str, Any] = {"color": paint("muted"), "lw": 1.5, "ls": (0, (5, 2.7))}


def _draw(data: Funnel, width: float) -> MatplotlibFigure:
    narrow = is_narrow(width)
    title = wrap(f"↑ {data.y_label}", width, SMALL)
    top = 17.0 * len(title) + 8
    bottom = top + (280 if narrow else 380)
    keys = _keys(data)
    fig = new_figure(width, bottom + 54 + key_height([one.name for one in keys], width))
    write(fig, (0, 14), title, color=paint("muted"))
    write(fig, (width - 8, bottom + 40), f"{data.x_label} →", ha="right", color=paint("muted"))
    plot = _scaled(fig, data, (top, width - 8, bottom), about=5 if narrow else 7)
    _draw_limits(plot, data)
    others = _some_of([place for place in data.others if place[0] <= plot.x.high])
    dots = {"color": _OTHER["color"], "lw": _OTHER["ms"], "solid_capstyle": "round"}
    # Lines without length but with round ends: half the bytes and time of markers.
    plot.lines([(place, place) for place in others], **dots)
    places = [(unit.persons, unit.share) for unit in data.own]
    plot.line(places, **_OWN)
    _name(plot, data)
    key(fig, keys, top=bottom + 50)
    return fig


def _some_of(places: Sequence[Point]) -> list[Point]:
    order = sorted(places)
    if len(order) <= MOST_DRAWN:
        return order
    return [order[at] for at in np.linspace(0, len(order) - 1, MOST_DRAWN).round().astype(int)]


def _keys(data: Funnel) -> list[Key]:
    found = [Key(data.own_name, _OWN)]
    others = data.others_name if len(data.others) <= MOST_DRAWN else f"{data.others_name}, ett urval"
    found += [Key(others, _OTHER)] * bool(data.others)
    found.append(Key(data.baseline_name, _MIDDLE))
    if data.expected is not None:
        found.append(Key("Här brukar enheter ligga", _FIELD, field=True))
    found.append(Key("Gräns om bara slumpen skilde", _CHANCE))
    return found


def _scaled(fig: MatplotlibFigure, data: Funnel, edges: tuple[float, float, float], *, about: int) -> Plot:
    """Return the plot between its edges (top, right, bottom), with its grid."""
    top, right, bottom = edges
    persons = [unit.persons for unit in data.own]
    if data.others:
        every = np.array([x for x, _ in data.others])
        persons += [float(every.min()), float(np.quantile(every, MOST_OTHERS))]
    shares = [unit.share for unit in data.own] + [y for _, y in data.others]
    least = min(persons)
    low, high = data.chance([least])
    y = fitted([*shares, data.baseline, max(low[0], 0.0), min(high[0], 100.0)], margin=0.05)
    y = max(y[0], -3.0), min(y[1], 103.0)
    # The left edge is the smallest unit: below it there is nothing to compare.
    x = (least * 0.9, max(persons) * 1.05)
    values, labels = value_ticks(*y, about)
    left = max(text_width(label, SMALL) for label in labels) + 6
    plot = new_plot(fig, (left, top, right, bottom), x, y)
    value_axis(plot, values, labels)
    values, labels = value_ticks(*x, about)
    plot.lines([((value, plot.y.low), (value, plot.y.high)) for value in values], **GRID)
    for value, label in zip(values, labels, strict=True):
        plot.write(label, (value, plot.y.low), (0, -18), ha="center", color=paint("muted"))
    return plot


def _draw_limits(plot: Plot, data: Funnel) -> None:
    """Draw the field, the two lines of chance, and the baseline."""
    # Limits change fastest where persons are few.
    at = np.geomspace(plot.x.low, plot.x.high, STEPS).tolist()
    if data.expected is not None:
        low, high = (np.clip(ends, plot.y.low, plot.y.high) for ends in data.expected(at))
        corners = [*zip(at, low, strict=True), *zip(at[::-1], high[::-1], strict=True)]
        plot.field([(float(x), float(y)) for x, y in corners], **_FIELD)
    for ends in data.chance(at):
        inside = np.clip(ends, plot.y.low, plot.y.high)
        plot.line([(float(x), float(y)) for x, y in zip(at, inside, strict=True)], **_CHANCE)
    plot.across(data.baseline, **_MIDDLE)


def _name(plot: Plot, data: Funnel) -> None:
    """Name the own units, those farthest from the baseline first."""
    labels = PointLabels(plot, 0)
    for unit in data.own:
        x, y = plot.at((unit.persons, unit.share))
        labels.reserve(x - 6, y - 6, x + 6, y + 6)
    for unit in sorted(data.own, key=lambda one: -abs(one.share - data.baseline)):
        labels.place((unit.persons, unit.share), unit.name, reach=(10, 20), color=paint("own"))
