"""Lines over the years: one plot, or several small ones side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._plot import (
    ByYear,
    Key,
    Plot,
    Point,
    fitted,
    is_narrow,
    key,
    key_height,
    new_figure,
    new_plot,
    present,
    responsive,
    shorten,
    spread,
    text_width,
    value_axis,
    value_ticks,
    wrap,
    write,
    year_axis,
)
from effektiv.exhibits.style import FONT_SIZE, SMALL, paint
from effektiv.exhibits.svg import HALO, Figure

LineRole = Literal["own", "peer", "riket", "role"]

_WIDTH: dict[LineRole, float] = {"own": 3, "peer": 2, "riket": 2, "role": 2}
_DASH: dict[LineRole, Any] = {"own": "-", "peer": "-", "riket": (0, (3.5, 2)), "role": (0, (1, 1.5))}
_SHAPE: dict[LineRole, str] = {"own": "o", "peer": "s", "riket": "D", "role": "^"}
_SIZE: dict[LineRole, float] = {"own": 8, "peer": 6, "riket": 5, "role": 8}

_MARKED = {"own", "role"}
"""Lines with a marker at every year."""

_FIELD: dict[str, Any] = {"fc": to_rgba(paint("peer"), 0.22), "lw": 0}

MAX_LINES = 5
"""More lines than this cannot be told apart, nor named beside the plot."""


@dataclass(frozen=True)
class Line:
    """One named line.

    Attributes
    ----------
    name
        Written at the line.
    values
        By year; a missing year is a gap, never a bridge.
    role
        Decides colour, dash and marker.
    """

    name: str
    values: ByYear
    role: LineRole


@dataclass(frozen=True)
class Band:
    """A field between two values per year, e.g. the middle half of the peers."""

    name: str
    low: ByYear
    high: ByYear


@dataclass(frozen=True)
class BreakMark:
    """Values from `year` on do not compare with earlier ones; lines are not joined across."""

    year: int
    label: str


@dataclass(frozen=True)
class Trend:
    """Lines over years in one unit.

    Attributes
    ----------
    lines
        One to five, the own municipality first.
    unit, decimals
        Unit over the value axis, decimals of the values at the lines.
    band
        Field behind the lines.
    breaks
        Drawn as dotted vertical lines with their label.
    preliminary
        Years marked "prel." on the axis, with hollow markers.
    reference
        Where a dashed horizontal line is drawn; `unit` says what it is ("Riket = 1").
    zero
        The value axis holds zero.
    title
        Over the plot; used when several stand side by side.
    """

    lines: tuple[Line, ...]
    unit: str
    decimals: int = 0
    band: Band | None = None
    breaks: tuple[BreakMark, ...] = ()
    preliminary: frozenset[int] = frozenset()
    reference: float | None = None
    zero: bool = False
    title: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.lines) <= MAX_LINES:
            raise ValueError(f"ett linjediagram har 1-{MAX_LINES} linjer, inte {len(self.lines)}")
        if not self.years:
            raise ValueError("ett linjediagram behöver minst ett värde")

    @property
    def years(self) -> list[int]:
        """All years from the first to the last with a value."""
        found = {year for line in self.lines for year in present(line.values)}
        return list(range(min(found), max(found) + 1)) if found else []


def trend(data: Trend) -> Figure:
    """Draw lines over years, named at their right end (above the plot on a telephone)."""
    return responsive(lambda width: _draw(data, width))


def panels(data: Sequence[Trend]) -> Figure:
    """Draw several trends side by side (under each other on a telephone), with one key for all.

    Each keeps its own scale. The lines must be the same, by name and role, in all.

    Raises
    ------
    ValueError
        A panel has no title, or the panels do not have the same lines.
    """
    keys = {tuple((line.name, line.role) for line in one.lines) for one in data}
    if len(keys) != 1 or not all(one.title for one in data):
        raise ValueError("små diagram i rad ska ha titlar och samma linjer")
    return responsive(lambda width: _draw_panels(data, width))


def _draw(data: Trend, width: float) -> MatplotlibFigure:
    narrow = is_narrow(width)
    keys = _keys(data, [_label(line, data, width - _KEY_SAMPLE) for line in data.lines] if narrow else [])
    top = 34 + (_key_height(keys, width) + 4 if narrow else 0)
    bottom = top + (220 if narrow else 300)
    fig = new_figure(width, bottom + _foot([data]))
    if keys:
        key(fig, keys, right=None if narrow else width)
    write(fig, (0, top - 20), data.unit, color=paint("muted"))
    right = width - (12 if narrow else _label_room(data) + 18)
    plot = _plot(fig, data, (0, top, right, bottom))
    if not narrow:
        _name_lines(plot, data)
    return fig


def _draw_panels(data: Sequence[Trend], width: float) -> MatplotlibFigure:
    narrow = is_narrow(width)
    lines = data[0].lines
    keys = _keys(data[0], [line.name for line in lines]) if len(lines) > 1 else []
    across = 1 if narrow else len(data)
    gap = 28.0
    one = (width - gap * (across - 1)) / across
    titles = [wrap(panel.title, one, bold=True) for panel in data]
    head = 18 * max(len(title) for title in titles) + 22
    step = head + (190 if narrow else 250) + _foot(data)
    start = _key_height(keys, width) + 8 if keys else 0
    rows = len(data) if narrow else 1
    fig = new_figure(width, start + rows * step + (rows - 1) * 12)
    key(fig, keys)
    for place, (panel, title) in enumerate(zip(data, titles, strict=True)):
        left = 0 if narrow else place * (one + gap)
        top = start + (place * (step + 12) if narrow else 0)
        write(fig, (left, top + 14), title, weight="bold", size=FONT_SIZE)
        write(fig, (left, top + head - 8), panel.unit, color=paint("muted"))
        box = (left, top + head, left + one - _last_room(panel), top + step - _foot(data))
        _name_last(_plot(fig, panel, box), panel)
    return fig


def _foot(data: Iterable[Trend]) -> int:
    """Height of the years under the plots."""
    return 40 if any(one.preliminary for one in data) else 26


def _key_height(keys: Sequence[Key], width: float) -> float:
    return key_height([one.name for one in keys], width)


def _keys(data: Trend, names: Sequence[str]) -> list[Key]:
    """Return what the key shows: the lines in their colours, if they have names there, and the band."""
    keys = []
    for line, name in zip(data.lines, names, strict=False):
        marker = _marker(line.role) if line.role in _MARKED else {}
        words = {"color": paint(line.role), "weight": "bold" if line.role == "own" else "normal"}
        keys.append(Key(name, {**marker, **_stroke(line.role)}, words=words))
    if data.band is not None:
        keys.append(Key(data.band.name, _FIELD, field=True))
    return keys


def _stroke(role: LineRole) -> dict[str, Any]:
    return {"color": paint(role), "lw": _WIDTH[role], "ls": _DASH[role]}


def _marker(role: LineRole, *, hollow: bool = False) -> dict[str, Any]:
    """Return the style of a marker with an edge in the colour of the paper; a hollow one has it inside."""
    face, edge = (paint("paper"), paint(role)) if hollow else (paint(role), paint("paper"))
    shape = "o" if hollow else _SHAPE[role]
    return {"ls": "none", "marker": shape, "ms": _SIZE[role], "mfc": face, "mec": edge, "mew": 1.5}


def _plot(fig: MatplotlibFigure, data: Trend, area: tuple[float, float, float, float]) -> Plot:
    """Draw everything inside an area whose left edge is where the tick labels start."""
    left, top, right, bottom = area
    low, high = fitted(_all_values(data))
    low, high = (min(low, 0), max(high, 0)) if data.zero else (low, high)
    if data.breaks:
        high += (high - low) * 16 / (bottom - top)  # their labels stand over the lines
    values, labels = value_ticks(low, high, round((bottom - top) / 45))
    years = data.years
    # Air at both ends keeps markers off the axis; one year alone stands in the middle.
    air = 0.5 if len(years) == 1 else 0.3
    room = max((text_width(label, SMALL) for label in labels), default=0)
    box = (left + room + 6, top, right, bottom)
    plot = new_plot(fig, box, (years[0] - air, years[-1] + air), (low, high))
    value_axis(plot, values, labels)
    if data.band is not None:
        _draw_band(plot, data.band, data.breaks)
    if data.reference is not None:
        plot.across(data.reference, color=paint("riket"), lw=1.5, ls=_DASH["riket"])
    # The own line is drawn last, on top of the others.
    for line in reversed(data.lines):
        _draw_line(plot, line, data)
    year_axis(plot, years, data.preliminary)
    _draw_breaks(plot, data)
    return plot


def _all_values(data: Trend) -> Iterator[float]:
    """Yield everything that the value axis holds."""
    for line in data.lines:
        yield from present(line.values).values()
    if data.band is not None:
        for high, low in _both(data.band).values():
            yield from (high, low)
    if data.reference is not None:
        yield data.reference


def _draw_line(plot: Plot, line: Line, data: Trend) -> None:
    values = present(line.values)
    runs = _runs(values, data.breaks)
    if not values:
        return
    plot.line(_with_gaps(runs, values), **_stroke(line.role))
    # A value alone has no line to be seen by.
    marked = set(values) if line.role in _MARKED else {run[0] for run in runs if len(run) == 1}
    _draw_markers(plot, values, marked - data.preliminary, _marker(line.role))
    _draw_markers(plot, values, data.preliminary.intersection(values), _marker(line.role, hollow=True))


def _with_gaps(runs: list[list[int]], values: dict[int, float]) -> Iterator[Point]:
    """Yield years and values with a gap, which no line is drawn across, after each run."""
    for run in runs:
        yield from ((year, values[year]) for year in run)
        yield math.nan, math.nan


def _draw_markers(
    plot: Plot, values: dict[int, float], years: AbstractSet[int], style: dict[str, Any]
) -> None:
    if years:
        plot.line([(year, values[year]) for year in sorted(years)], **style)


def _both(band: Band) -> dict[int, tuple[float, float]]:
    """Return the upper and lower edge of a band by year, where it has both."""
    low, high = present(band.low), present(band.high)
    return {year: (high[year], low[year]) for year in high if year in low}


def _draw_band(plot: Plot, band: Band, breaks: tuple[BreakMark, ...]) -> None:
    edges = _both(band)
    for run in _runs(edges, breaks):
        # A single year has no width of its own and gets a third of one.
        reach = [(run[0] - 0.15, run[0]), (run[0] + 0.15, run[0])] if len(run) == 1 else [(y, y) for y in run]
        upper = [(x, edges[year][0]) for x, year in reach]
        lower = [(x, edges[year][1]) for x, year in reach]
        plot.field([*upper, *reversed(lower)], **_FIELD)


def _draw_breaks(plot: Plot, data: Trend) -> None:
    """Draw where values stop comparing; labels of breaks close to each other stand in rows of their own."""
    rows: list[list[tuple[float, float]]] = []
    for mark in data.breaks:
        if not data.years[0] < mark.year <= data.years[-1]:
            continue
        plot.upright(mark.year - 0.5, color=paint("muted"), lw=1.5, ls=(0, (1, 2.3)))
        x, width = plot.x.at(mark.year - 0.5), text_width(mark.label, SMALL)
        to_left = x + 5 + width > plot.x.end
        left = max(0.0, x - 5 - width) if to_left else x + 5
        row = next((n for n, taken in enumerate(rows) if _is_free(taken, left, left + width)), len(rows))
        rows += [[]] if row == len(rows) else []
        rows[row].append((left, left + width))
        at, offset = (mark.year - 0.5, plot.y.high), (left - x, -10 - 16 * row)
        plot.write(mark.label, at, offset, color=paint("muted"), gid=HALO)


def _is_free(taken: Sequence[tuple[float, float]], left: float, right: float) -> bool:
    return all(right + 8 < start or left - 8 > stop for start, stop in taken)


def _runs(values: Iterable[int], breaks: tuple[BreakMark, ...]) -> list[list[int]]:
    """Years that may be joined by a line: consecutive, and on the same side of every break."""
    cuts = {mark.year for mark in breaks}
    runs: list[list[int]] = []
    years = list(values)
    for before, year in pairwise([years[0] - 2, *years] if years else []):
        if year == before + 1 and year not in cuts:
            runs[-1].append(year)
        else:
            runs.append([year])
    return runs


def _label(line: Line, data: Trend, room: float) -> str:
    """Name and last value; a line that ended before the others says when. A name without room is cut."""
    values = present(line.values)
    if values:
        last = max(values)
        when = "" if last == data.years[-1] else f"{swedish.NBSP}({last})"
        rest = f" {swedish.number(values[last], data.decimals)}{when}"
    else:
        rest = ": uppgift saknas"
    bold = line.role == "own"
    return shorten(line.name, room - text_width(rest, SMALL, bold=bold), SMALL, bold=bold) + rest


_KEY_SAMPLE = 40.0
"""Width of what stands before a name in the key, with some to spare."""

_LABEL_WIDTH = 150.0


def _labels(data: Trend) -> list[list[str]]:
    """Lines of text of the labels beside the plot."""
    labels = [_label(line, data, 3 * _LABEL_WIDTH) for line in data.lines]
    return [
        wrap(label, _LABEL_WIDTH, SMALL, bold=line.role == "own")
        for line, label in zip(data.lines, labels, strict=True)
    ]


def _label_room(data: Trend) -> float:
    """Width for the labels beside the plot: as wide as the widest line of text."""
    return max(
        text_width(text, SMALL, bold=line.role == "own")
        for line, label in zip(data.lines, _labels(data), strict=True)
        for text in label
    )


def _name_lines(plot: Plot, data: Trend) -> None:
    """Name every line at its right end; one without values is named at the bottom."""
    labels = _labels(data)
    last = data.years[-1]
    ends = [max(present(line.values).items(), default=None) for line in data.lines]
    heights = [plot.y.start if end is None else plot.y.at(end[1]) for end in ends]
    gap = 16.0 * max(len(label) for label in labels) + 2
    for line, label, end, height, y in zip(
        data.lines, labels, ends, heights, spread(heights, gap, plot.y.start, plot.y.end), strict=True
    ):
        # From a line that ended earlier a leader would look like values.
        if end is not None and end[0] == last and abs(y - height) > 4:
            plot.leader(end, (7, 0), (plot.x.end + 11, y), color=paint(line.role), lw=1)
        base = plot.fig.bbox.height - y + 4.5 - 16 * (len(label) - 1) / 2
        weight = "bold" if line.role == "own" else "normal"
        write(plot.fig, (plot.x.end + 14, base), label, color=paint(line.role), weight=weight)


def _last_text(data: Trend) -> str:
    values = present(data.lines[0].values)
    return swedish.number(values[max(values)], data.decimals) if values else ""


def _last_room(data: Trend) -> float:
    """Width to the right of a small plot for the last value of its first line."""
    return text_width(_last_text(data), bold=True) + 12


def _name_last(plot: Plot, data: Trend) -> None:
    """Write the last value of the first line to the right of the plot, level with its marker."""
    values = present(data.lines[0].values)
    if values:
        at = (plot.x.high, values[max(values)])
        style: dict[str, Any] = {"size": FONT_SIZE, "weight": "bold", "color": paint(data.lines[0].role)}
        plot.write(_last_text(data), at, (8, -5), **style)
