"""Lines over the years: one plot, or several small ones side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._plot import (
    ByYear,
    is_narrow,
    key,
    key_height,
    move,
    new_axes,
    new_figure,
    present,
    responsive,
    spread,
    text_width,
    value_axis,
    value_ticks,
    wrap,
    write,
    write_at,
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
    names = [_label(line, data) for line in data.lines] if narrow else []
    handles = _handles(data, names)
    top = 34 + (_key_height(handles, width) + 4 if narrow else 0)
    bottom = top + (220 if narrow else 300)
    fig = new_figure(width, bottom + _foot([data]))
    if narrow:
        _draw_key(fig, handles, data.lines)
    elif handles:
        fig.legend(handles=handles, loc="upper right", bbox_to_anchor=(1, 1 - 2 / fig.bbox.height))
    write(fig, (0, top - 20), data.unit, color=paint("muted"))
    right = width - (12 if narrow else _label_room(data) + 18)
    axes = _plot(fig, data, (0, top, right, bottom))
    if not narrow:
        _name_lines(axes, data)
    return fig


def _draw_panels(data: Sequence[Trend], width: float) -> MatplotlibFigure:
    narrow = is_narrow(width)
    lines = data[0].lines
    handles = _handles(data[0], [line.name for line in lines]) if len(lines) > 1 else []
    across = 1 if narrow else len(data)
    gap = 28.0
    one = (width - gap * (across - 1)) / across
    titles = [wrap(panel.title, one, bold=True) for panel in data]
    head = 18 * max(len(title) for title in titles) + 22
    step = head + (190 if narrow else 250) + _foot(data)
    start = _key_height(handles, width) + 8 if handles else 0
    rows = len(data) if narrow else 1
    fig = new_figure(width, start + rows * step + (rows - 1) * 12)
    if handles:
        _draw_key(fig, handles, lines)
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


def _key_height(handles: Sequence[Artist], width: float) -> float:
    return key_height([str(handle.get_label()) for handle in handles], width)


def _draw_key(fig: MatplotlibFigure, handles: Sequence[Artist], lines: Sequence[Line]) -> None:
    """Write the names of the lines above the plot in the lines' colours."""
    for text, line in zip(key(fig, handles).get_texts(), lines, strict=False):
        text.set(color=paint(line.role), weight="bold" if line.role == "own" else "normal")


def _handles(data: Trend, names: Sequence[str]) -> list[Artist]:
    """Return what the key shows: the lines, if they have names there, and the band."""
    handles: list[Artist] = []
    for line, name in zip(data.lines, names, strict=False):
        marker = _marker(line.role) if line.role in _MARKED else {}
        handles.append(Line2D([], [], label=name, **{**marker, **_stroke(line.role)}))
    if data.band is not None:
        handles.append(Patch(label=data.band.name, **_FIELD))
    return handles


def _stroke(role: LineRole) -> dict[str, Any]:
    return {"color": paint(role), "lw": _WIDTH[role], "ls": _DASH[role]}


def _marker(role: LineRole, *, hollow: bool = False) -> dict[str, Any]:
    """Return the style of a marker with an edge in the colour of the paper; a hollow one has it inside."""
    face, edge = (paint("paper"), paint(role)) if hollow else (paint(role), paint("paper"))
    shape = "o" if hollow else _SHAPE[role]
    return {"ls": "none", "marker": shape, "ms": _SIZE[role], "mfc": face, "mec": edge, "mew": 1.5}


def _plot(fig: MatplotlibFigure, data: Trend, area: tuple[float, float, float, float]) -> Axes:
    """Draw everything inside an area whose left edge is where the tick labels start."""
    left, top, right, bottom = area
    axes = new_axes(fig)
    if data.band is not None:
        _draw_band(axes, data.band, data.breaks)
    if data.reference is not None:
        axes.axhline(data.reference, color=paint("riket"), lw=1.5, ls=_DASH["riket"])
    # The own line is drawn last, on top of the others.
    for line in reversed(data.lines):
        _draw_line(axes, line, data)
    low, high = axes.get_ylim()
    low, high = (min(low, 0), max(high, 0)) if data.zero else (low, high)
    if data.breaks:
        high += (high - low) * 16 / (bottom - top)  # their labels stand over the lines
    values, labels = value_ticks(low, high, round((bottom - top) / 45))
    years = data.years
    # Air at both ends keeps markers off the axis; one year alone stands in the middle.
    air = 0.5 if len(years) == 1 else 0.3
    axes.set(xlim=(years[0] - air, years[-1] + air), ylim=(low, high))
    room = max((text_width(label, SMALL) for label in labels), default=0)
    move(axes, left + room + 6, top, right, bottom)
    value_axis(axes, values, labels)
    year_axis(axes, years, data.preliminary)
    _draw_breaks(axes, data)
    return axes


def _draw_line(axes: Axes, line: Line, data: Trend) -> None:
    values = present(line.values)
    runs = _runs(values, data.breaks)
    if not values:
        return
    axes.plot(*_with_gaps(runs, values), **_stroke(line.role))
    # A value alone has no line to be seen by.
    marked = set(values) if line.role in _MARKED else {run[0] for run in runs if len(run) == 1}
    _draw_markers(axes, values, marked - data.preliminary, _marker(line.role))
    _draw_markers(axes, values, data.preliminary.intersection(values), _marker(line.role, hollow=True))


def _with_gaps(runs: list[list[int]], values: dict[int, float]) -> tuple[list[float], list[float]]:
    """Return years and values with a gap, which matplotlib does not draw across, after each run."""
    years = [year for run in runs for year in (*run, math.nan)]
    return years, [math.nan if math.isnan(year) else values[int(year)] for year in years]


def _draw_markers(
    axes: Axes, values: dict[int, float], years: AbstractSet[int], style: dict[str, Any]
) -> None:
    if years:
        axes.plot(sorted(years), [values[year] for year in sorted(years)], **style)


def _draw_band(axes: Axes, band: Band, breaks: tuple[BreakMark, ...]) -> None:
    low, high = present(band.low), present(band.high)
    both = {year: high[year] for year in high if year in low}
    for run in _runs(both, breaks):
        # A single year has no width of its own and gets a third of one.
        reach = [run[0] - 0.15, run[0] + 0.15] if len(run) == 1 else run
        ends = [run[0], run[0]] if len(run) == 1 else run
        axes.fill_between(reach, [low[year] for year in ends], [high[year] for year in ends], **_FIELD)


def _draw_breaks(axes: Axes, data: Trend) -> None:
    """Draw where values stop comparing; labels of breaks close to each other stand in rows of their own."""
    rows: list[list[tuple[float, float]]] = []
    for mark in data.breaks:
        if not data.years[0] < mark.year <= data.years[-1]:
            continue
        axes.axvline(mark.year - 0.5, color=paint("muted"), lw=1.5, ls=(0, (1, 2.3)))
        x, width = axes.transData.transform((mark.year - 0.5, 0))[0], text_width(mark.label, SMALL)
        to_left = x + 5 + width > axes.bbox.x1
        left = max(0.0, x - 5 - width) if to_left else x + 5
        row = next((n for n, taken in enumerate(rows) if _is_free(taken, left, left + width)), len(rows))
        rows += [[]] if row == len(rows) else []
        rows[row].append((left, left + width))
        above = axes.get_xaxis_transform()
        at, offset = (mark.year - 0.5, 1), (left - x, -10 - 16 * row)
        write_at(axes, mark.label, at, offset, above, color=paint("muted"), gid=HALO)


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


def _labels(data: Trend) -> list[list[str]]:
    """Lines of text of the labels beside the plot."""
    return [wrap(_label(line, data), _LABEL_WIDTH, SMALL, bold=line.role == "own") for line in data.lines]


def _label_room(data: Trend) -> float:
    """Width for the labels beside the plot: as wide as the widest line of text."""
    return max(
        text_width(text, SMALL, bold=line.role == "own")
        for line, label in zip(data.lines, _labels(data), strict=True)
        for text in label
    )


def _name_lines(axes: Axes, data: Trend) -> None:
    """Name every line at its right end; one without values is named at the bottom."""
    labels = _labels(data)
    last = data.years[-1]
    ends = [max(present(line.values).items(), default=None) for line in data.lines]
    heights = [axes.bbox.y0 if end is None else axes.transData.transform(end)[1] for end in ends]
    gap = 16.0 * max(len(label) for label in labels) + 2
    x = axes.bbox.x1 + 14
    for line, label, end, height, y in zip(
        data.lines, labels, ends, heights, spread(heights, gap, axes.bbox.y0, axes.bbox.y1), strict=True
    ):
        # From a line that ended earlier a leader would look like values.
        if end is not None and end[0] == last and abs(y - height) > 4:
            start = axes.transData.transform(end)[0] + 7
            axes.plot([start, x - 3], [height, y], color=paint(line.role), lw=1, transform=None)
        for row, text in enumerate(label):
            base = y - 4.5 + 16 * ((len(label) - 1) / 2 - row)
            weight = "bold" if line.role == "own" else "normal"
            axes.annotate(text, (x, base), xycoords="figure pixels", color=paint(line.role), weight=weight)


def _last_text(data: Trend) -> str:
    values = present(data.lines[0].values)
    return swedish.number(values[max(values)], data.decimals) if values else ""


def _last_room(data: Trend) -> float:
    """Width to the right of a small plot for the last value of its first line."""
    return text_width(_last_text(data), bold=True) + 12


def _name_last(axes: Axes, data: Trend) -> None:
    """Write the last value of the first line to the right of the plot, level with its marker."""
    values = present(data.lines[0].values)
    if values:
        at, beside = (1, values[max(values)]), axes.get_yaxis_transform()
        style: dict[str, Any] = {"size": FONT_SIZE, "weight": "bold", "color": paint(data.lines[0].role)}
        write_at(axes, _last_text(data), at, (8, -5), beside, **style)
