"""Control charts: an indicator month by month between the limits of chance, signals marked by their shape."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._plot import (
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
from effektiv.exhibits.style import FONT_SIZE, SMALL, paint
from effektiv.exhibits.svg import Figure

MOST_ACROSS = 2


@dataclass(frozen=True)
class ControlPoint:
    """One month of an indicator; NaN is missing.

    Attributes
    ----------
    month
        Such as "2026-03".
    centre, lower, upper
        Of its segment; NaN where there are no limits.
    segment
        Number of the period between decided changes.
    is_signal
        Whether chance alone hardly gives it.
    """

    month: str
    value: float
    centre: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    segment: int = 0
    is_signal: bool = False


@dataclass(frozen=True)
class Control:
    """One indicator's chart.

    Attributes
    ----------
    title, unit
        Over the plot.
    points
        In order of months, one a month.
    target
        What is aimed at; None where nothing is.
    decimals
        Of the last value, which is written out.
    """

    title: str
    unit: str
    points: tuple[ControlPoint, ...]
    target: float | None = None
    decimals: int = 1


def controls(data: Sequence[Control]) -> Figure:
    """Draw control charts, two side by side (under each other on a telephone), with one key for all.

    Raises
    ------
    ValueError
        There are none, or one has no value.
    """
    if not data or not all(any(math.isfinite(point.value) for point in one.points) for one in data):
        raise ValueError("ett styrdiagram behöver minst ett värde")
    return responsive(lambda width: _draw(data, width))


_VALUE: dict[str, Any] = {"color": paint("own"), "lw": 1.5}
_DOT: dict[str, Any] = {"color": paint("own"), "marker": "o", "ms": 4.5, "mew": 0, "ls": "none"}
_SIGNAL: dict[str, Any] = {
    "color": paint("role"), "marker": "D", "ms": 9, "mec": paint("paper"), "mew": 1, "ls": "none",
}  # fmt: skip
_CENTRE: dict[str, Any] = {"color": paint("muted"), "lw": 1.5}
_LIMIT: dict[str, Any] = {"color": paint("muted"), "lw": 1, "ls": (0, (2, 2))}
_TARGET: dict[str, Any] = {"color": paint("good"), "lw": 1.5, "ls": (0, (7, 3))}
_GAP, _HEAD, _FOOT = 28.0, 24.0, 24.0


def _draw(data: Sequence[Control], width: float) -> MatplotlibFigure:
    narrow = is_narrow(width)
    across = 1 if narrow else min(MOST_ACROSS, len(data))
    one = (width - _GAP * (across - 1)) / across
    titles = [wrap(item.title, one, bold=True) for item in data]
    head = 18 * max(len(title) for title in titles) + _HEAD
    high = 150.0
    keys = _keys(data)
    start = key_height([item.name for item in keys], width) + 6
    step = head + high + _FOOT
    rows = math.ceil(len(data) / across)
    fig = new_figure(width, start + rows * step + (rows - 1) * 10)
    key(fig, keys)
    for place, (item, title) in enumerate(zip(data, titles, strict=True)):
        left = (place % across) * (one + _GAP)
        top = start + (place // across) * (step + 10)
        write(fig, (left, top + 14), title, weight="bold", size=FONT_SIZE)
        write(fig, (left, top + head - 8), item.unit, color=paint("muted"))
        _one(fig, item, (left, top + head, left + one, top + head + high))
    return fig


def _keys(data: Sequence[Control]) -> list[Key]:
    points = [point for item in data for point in item.points]
    keys = [Key("Värde", {**_VALUE, **{"marker": "o", "ms": 4.5, "mew": 0}})]
    keys += [Key("Signal: inte slump", _SIGNAL)] * any(point.is_signal for point in points)
    if any(math.isfinite(point.centre) for point in points):
        keys.append(Key("Medelvärde", _CENTRE))
    if any(math.isfinite(point.upper) or math.isfinite(point.lower) for point in points):
        keys.append(Key("Gränser för slumpen", _LIMIT))
    keys += [Key("Mål", _TARGET)] * any(item.target is not None for item in data)
    return keys


def _one(fig: MatplotlibFigure, item: Control, area: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = area
    low, high = fitted(_values(item))
    ticks, labels = value_ticks(low, high, round((bottom - top) / 40))
    room = max((text_width(label, SMALL) for label in labels), default=0)
    known = [place for place, point in enumerate(item.points) if math.isfinite(point.value)]
    last = swedish.number(item.points[known[-1]].value, item.decimals)
    box = (left + room + 6, top, right - text_width(last, bold=True) - 12, bottom)
    plot = new_plot(fig, box, (-0.6, len(item.points) - 0.4), (low, high))
    value_axis(plot, ticks, labels)
    for name, style in (("centre", _CENTRE), ("lower", _LIMIT), ("upper", _LIMIT)):
        plot.line(_steps(item.points, name), **style)
    if item.target is not None:
        plot.across(item.target, **_TARGET)
    series = [(place, point.value) for place, point in enumerate(item.points)]
    plot.line(series, **_VALUE)
    plot.line([at for at, point in zip(series, item.points, strict=True) if not point.is_signal], **_DOT)
    plot.line([at for at, point in zip(series, item.points, strict=True) if point.is_signal], **_SIGNAL)
    words: dict[str, Any] = {"size": FONT_SIZE, "weight": "bold", "color": paint("own")}
    plot.write(last, (plot.x.high, item.points[known[-1]].value), (6, -5), **words)
    month_axis(plot, [point.month for point in item.points])


def _values(item: Control) -> Iterator[float]:
    for point in item.points:
        yield from (point.value, point.centre, point.lower, point.upper)
    if item.target is not None:
        yield item.target


def _steps(points: Sequence[ControlPoint], name: str) -> Iterator[Point]:
    """Yield a line of a segment's limit; between segments it is broken, never sloping."""
    for place, point in enumerate(points):
        if place and point.segment != points[place - 1].segment:
            yield math.nan, math.nan
        value = float(getattr(point, name))
        yield from ((place - 0.5, value), (place + 0.5, value))


def month_axis(plot: Plot, months: Sequence[str]) -> None:
    """Write the years under the plot where they begin, and a short mark for each; a short series has its months."""
    foot = plot.y.low
    plot.line([(plot.x.low, foot), (plot.x.high, foot)], color=paint("muted"), lw=1)
    if len(months) <= 6:
        shown = [(place, month) for place, month in enumerate(months)]
        every = math.ceil(len(months) * (text_width("2026-01", SMALL) + 8) / (plot.x.end - plot.x.start))
        shown = shown[:: max(every, 1)]
    else:
        shown = [(place, month[:4]) for place, month in enumerate(months) if month.endswith("-01")]
        if not shown:
            shown = [(0, months[0])]
    for place, text in shown:
        plot.line([(place, foot), (place, foot)], color=paint("muted"), marker=3, ms=4, mew=1, ls="none")
        plot.write(text, (place, foot), (0, -18), ha="left" if place == 0 else "center", color=paint("muted"))
