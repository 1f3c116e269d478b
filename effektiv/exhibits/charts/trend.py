"""Lines over the years: one plot, or several small ones side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._base import (
    SMALL,
    Box,
    ByYear,
    Plot,
    Scale,
    is_narrow,
    padded,
    present,
    responsive,
    spread,
    tick_width,
    value_ticks,
    year_ticks,
)
from effektiv.exhibits.svg import Canvas, Drawing, Figure, Point, Shape, text_width, wrap

LineRole = Literal["own", "peer", "riket", "role"]

_WIDTH: dict[LineRole, float] = {"own": 3, "peer": 2, "riket": 2, "role": 2}
_DASH: dict[LineRole, str] = {"own": "", "peer": "", "riket": "7 4", "role": "2 3"}
_SHAPE: dict[LineRole, Shape] = {"own": "circle", "peer": "square", "riket": "diamond", "role": "triangle"}
_RADIUS: dict[LineRole, float] = {"own": 4, "peer": 3, "riket": 2.5, "role": 3.5}

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


def _draw(data: Trend, width: float) -> Drawing:
    narrow = is_narrow(width)
    key = _key_height(data.lines, width) if narrow else 0.0
    top = 34 + key
    height = top + (220 if narrow else 300) + (40 if data.preliminary else 26)
    canvas = Canvas(width, height)
    if narrow:
        _draw_key(canvas, [(line, _label(line, data)) for line in data.lines], width)
    canvas.text((0, key + 14), data.unit, role="muted", size=SMALL)
    if data.band is not None:
        _draw_band_key(canvas, data.band, width, key + 14)
    right = 12.0 if narrow else _label_room(data) + 18
    plot = _plot(canvas, data, Box(0, top, width - right, height - (40 if data.preliminary else 26)))
    _draw_lines(plot, data)
    if not narrow:
        _label_lines(plot, data)
    return canvas.finish()


def _draw_panels(data: Sequence[Trend], width: float) -> Drawing:
    narrow = is_narrow(width)
    lines = data[0].lines
    key = _key_height(lines, width) if len(lines) > 1 else 0.0
    columns = 1 if narrow else len(data)
    gap = 28.0
    one = (width - gap * (columns - 1)) / columns
    tall = 190.0 if narrow else 250.0
    titles = [wrap(panel.title, one) for panel in data]
    head = 18 * max(len(title) for title in titles) + 22
    foot = 40 if any(panel.preliminary for panel in data) else 26
    rows = len(data) if narrow else 1
    canvas = Canvas(width, key + rows * (head + tall + foot) + (rows - 1) * 12)
    if key:
        _draw_key(canvas, [(line, line.name) for line in lines], width)
    for place, (panel, title) in enumerate(zip(data, titles, strict=True)):
        left = 0 if narrow else place * (one + gap)
        top = key + (place * (head + tall + foot + 12) if narrow else 0)
        for row, text in enumerate(title):
            canvas.text((left, top + 14 + 18 * row), text, bold=True)
        canvas.text((left, top + head - 8), panel.unit, role="muted", size=SMALL)
        right = left + one - _last_room(panel)
        plot = _plot(canvas, panel, Box(left, top + head, right, top + head + tall))
        _draw_lines(plot, panel)
        _label_last(plot, panel)
    return canvas.finish()


def _plot(canvas: Canvas, data: Trend, area: Box) -> Plot:
    """Lay out the plot inside an area whose left edge is where the tick labels start."""
    values = [value for line in data.lines for value in present(line.values).values()]
    if data.band is not None:
        values += [*present(data.band.low).values(), *present(data.band.high).values()]
    if data.reference is not None:
        values.append(data.reference)
    low, high = padded(values, zero=data.zero)
    about = max(2, round((area.bottom - area.top) / 55))
    left = area.left + tick_width(low, high, about) + 8
    years = data.years
    # Air at both ends keeps markers off the axis; one year alone stands in the middle.
    air = 0.5 if len(years) == 1 else 0.0
    x = Scale(years[0] - air, years[-1] + air, left + 16, area.right - 8)
    box = Box(left, area.top, area.right, area.bottom)
    plot = Plot(canvas, box, x, Scale(low, high, area.bottom, area.top))
    value_ticks(plot, about=about)
    year_ticks(plot, years, data.preliminary)
    return plot


def _draw_lines(plot: Plot, data: Trend) -> None:
    if data.band is not None:
        _draw_band(plot, data.band, data.breaks)
    _draw_breaks(plot, data.breaks, data.years)
    if data.reference is not None:
        y = plot.y(data.reference)
        plot.canvas.line((plot.box.left, y), (plot.box.right, y), "riket", width=1.5, dash="7 4")
    # The own line is drawn last, on top of the others.
    for line in reversed(data.lines):
        _draw_line(plot, line, data)


def _draw_line(plot: Plot, line: Line, data: Trend) -> None:
    values = present(line.values)
    for run in _runs(values, data.breaks):
        points = [plot.at(year, values[year]) for year in run]
        if len(points) > 1:
            plot.canvas.path(points, line.role, width=_WIDTH[line.role], dash=_DASH[line.role])
        for year, point in zip(run, points, strict=True):
            alone = len(points) == 1
            if year in data.preliminary:
                plot.canvas.marker(point, "ring", line.role, radius=_RADIUS[line.role])
            elif alone or line.role in {"own", "role"}:
                # A value alone has no line to be seen by.
                radius = max(_RADIUS[line.role], 4) if alone else _RADIUS[line.role]
                plot.canvas.marker(point, _SHAPE[line.role], line.role, radius=radius)


def _draw_band(plot: Plot, band: Band, breaks: tuple[BreakMark, ...]) -> None:
    low, high = present(band.low), present(band.high)
    both = {year: high[year] for year in high if year in low}
    for run in _runs(both, breaks):
        # A single year has no width of its own and gets half a year.
        reach = [(year, float(year)) for year in run]
        if len(run) == 1:
            reach = [(run[0], run[0] - 0.15), (run[0], run[0] + 0.15)]
        upper = [plot.at(x, high[year]) for year, x in reach]
        lower = [plot.at(x, low[year]) for year, x in reversed(reach)]
        plot.canvas.area(upper + lower, "peer", opacity=0.22)


def _draw_breaks(plot: Plot, breaks: tuple[BreakMark, ...], years: Sequence[int]) -> None:
    rows: list[list[tuple[float, float]]] = []
    for mark in breaks:
        if not years[0] < mark.year <= years[-1]:
            continue
        x = plot.x(mark.year - 0.5)
        plot.canvas.line((x, plot.box.top), (x, plot.box.bottom), "muted", width=1.5, dash="1.5 3.5")
        width = text_width(mark.label, SMALL)
        to_left = x + 5 + width > plot.box.right
        left = max(0.0, x - 5 - width) if to_left else x + 5
        # Labels of breaks close to each other stand in rows of their own.
        row = next((n for n, taken in enumerate(rows) if _is_free(taken, left, left + width)), len(rows))
        rows += [[]] if row == len(rows) else []
        rows[row].append((left, left + width))
        plot.canvas.text(
            (left, plot.box.top + 10 + 16 * row), mark.label, role="muted", size=SMALL, halo=True
        )


def _is_free(taken: Sequence[tuple[float, float]], left: float, right: float) -> bool:
    return all(right + 8 < start or left - 8 > stop for start, stop in taken)


def _runs(values: dict[int, float], breaks: tuple[BreakMark, ...]) -> list[list[int]]:
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


def _label(line: Line, data: Trend) -> str:
    """Name and last value; a line that ended before the others says when."""
    values = present(line.values)
    if not values:
        return f"{line.name}: uppgift saknas"
    last = max(values)
    when = "" if last == data.years[-1] else f"{swedish.NBSP}({last})"
    return f"{line.name} {swedish.number(values[last], data.decimals)}{when}"


_LABEL_WIDTH = 150.0


def _label_room(data: Trend) -> float:
    """Width for the labels beside the plot: as wide as the widest line of text."""
    found = [
        text_width(text, SMALL, bold=line.role == "own")
        for line in data.lines
        for text in wrap(_label(line, data), _LABEL_WIDTH, SMALL)
    ]
    return max(found)


def _label_lines(plot: Plot, data: Trend) -> None:
    """Name every line at its right end; one without values is named at the bottom."""
    texts = [wrap(_label(line, data), _LABEL_WIDTH, SMALL) for line in data.lines]
    ends: list[Point | None] = []
    for line in data.lines:
        values = present(line.values)
        ends.append(plot.at(max(values), values[max(values)]) if values else None)
    gap = 16.0 * max(len(text) for text in texts) + 2
    wanted = [plot.box.bottom if end is None else end[1] for end in ends]
    placed = spread(wanted, gap, plot.box.top, plot.box.bottom)
    x = plot.box.right + 14
    last = plot.x(data.years[-1])
    for line, text, end, y in zip(data.lines, texts, ends, placed, strict=True):
        # From a line that ended earlier a leader would look like values.
        if end is not None and end[0] == last and abs(y - end[1]) > 4:
            plot.canvas.line((end[0] + 7, end[1]), (x - 3, y), line.role)
        for row, part in enumerate(text):
            base = y + 4.5 + 16 * (row - (len(text) - 1) / 2)
            plot.canvas.text((x, base), part, role=line.role, size=SMALL, bold=line.role == "own")


def _last_text(data: Trend) -> str:
    values = present(data.lines[0].values)
    return swedish.number(values[max(values)], data.decimals) if values else ""


def _last_room(data: Trend) -> float:
    """Width to the right of a small plot for the last value of its first line."""
    return text_width(_last_text(data), bold=True) + 12


def _label_last(plot: Plot, data: Trend) -> None:
    """Write the last value of the first line to the right of the plot, level with its marker."""
    values = present(data.lines[0].values)
    if values:
        at = (plot.box.right + 8, plot.y(values[max(values)]) + 5)
        plot.canvas.text(at, _last_text(data), role=data.lines[0].role, bold=True)


_KEY_ROW = 20.0


def _key_height(lines: Sequence[Line], width: float) -> float:
    return _KEY_ROW * (len(lines) if is_narrow(width) else 1) + 8


def _draw_key(canvas: Canvas, entries: Sequence[tuple[Line, str]], width: float) -> None:
    """Write the names of the lines above the plot: under each other, or in a row when it is wide."""
    x, y = 0.0, 14.0
    for line, text in entries:
        role = line.role
        canvas.line((x, y - 5), (x + 28, y - 5), role, width=_WIDTH[role], dash=_DASH[role])
        if role in {"own", "role"}:
            canvas.marker((x + 14, y - 5), _SHAPE[role], role, radius=_RADIUS[role])
        canvas.text((x + 36, y), text, role=role, size=SMALL, bold=role == "own")
        if is_narrow(width):
            y += _KEY_ROW
        else:
            x += 36 + text_width(text, SMALL, bold=True) + 24


def _draw_band_key(canvas: Canvas, band: Band, width: float, y: float) -> None:
    room = text_width(band.name, SMALL)
    canvas.rect((width - room - 30, y - 11), (22, 13), "peer", opacity=0.22)
    canvas.text((width, y), band.name, anchor="end", role="muted", size=SMALL)
