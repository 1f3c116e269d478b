"""Own value against the peers' spread and Riket, one row per key figure; and the six indices in strips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.path import Path

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._plot import (
    Key,
    Plot,
    Point,
    is_narrow,
    key,
    key_height,
    new_figure,
    new_plot,
    responsive,
    text_width,
    wrap,
    write,
)
from effektiv.exhibits.charts._rows import RowLabel, Rows, lay_out
from effektiv.exhibits.style import FONT_SIZE, SMALL, paint
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import Mark
from effektiv.types import Better

_SMALLEST = 12.0
_DASHED = Path(
    [(0, -1), (0, -0.5), (0, -0.25), (0, 0.25), (0, 0.5), (0, 1)],
    [Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO],
)
"""A dashed vertical line as a marker: Riket is dashed wherever it is drawn."""

_PAPER_EDGE = {"mec": paint("paper"), "mew": 1.5, "ls": "none"}
_OWN: dict[str, Any] = {"color": paint("own"), "marker": "o", **_PAPER_EDGE}
_RING: dict[str, Any] = {"color": paint("own"), "marker": "o", "mfc": paint("paper"), "mew": 2, "ls": "none"}
_PEER: dict[str, Any] = {"color": paint("peer"), "marker": "s", "ms": 8, **_PAPER_EDGE}
_DOT: dict[str, Any] = {"color": paint("peer"), "marker": "o", "ms": 5, "mew": 0, "ls": "none"}
_MEDIAN: dict[str, Any] = {"color": paint("peer"), "marker": "|", "ms": 20, "mew": 3, "ls": "none"}
_RIKET: dict[str, Any] = {"color": paint("riket"), "marker": _DASHED, "ms": 24, "mew": 2, "ls": "none"}

_STRIP: dict[str, Any] = {"color": paint("grid"), "lw": 2, "zorder": 0}


def _share_of(values: Sequence[float]) -> Callable[[float], float]:
    """Return a map from values to places on a strip: 0 for the lowest of some values, 1 for the highest."""
    low, high = min(values), max(values)
    return lambda value: (value - low) / (high - low) if high > low else 0.5


@dataclass(frozen=True)
class SpreadRow:
    """One key figure: own value, those of the peers, and Riket.

    Attributes
    ----------
    peers
        Values of the peers that have one, in any order.
    low, high
        Uncertainty of the own value.
    mark
        Why the own value is missing.
    """

    label: str
    own: float | None
    peers: tuple[float, ...]
    unit: str
    decimals: int = 1
    riket: float | None = None
    low: float | None = None
    high: float | None = None
    better: Better = Better.NEITHER
    mark: Mark = Mark.NOT_PUBLISHED


_BETTER = {Better.HIGHER: "högre är bättre", Better.LOWER: "lägre är bättre", Better.NEITHER: ""}


def spreads(rows: Sequence[SpreadRow], *, own_name: str, peers_name: str = "Jämförelsekommuner") -> Figure:
    """Draw each key figure on a scale of its own: peers as squares, own as a circle, Riket dashed.

    Raises
    ------
    ValueError
        No rows, or a row without any value at all.
    """
    if not rows:
        raise ValueError("ett spridningsdiagram behöver minst en rad")
    for row in rows:
        if row.own is None and not row.peers and row.riket is None:
            raise ValueError(f"raden {row.label!r} saknar alla värden")
    return responsive(lambda width: _draw(rows, own_name, peers_name, width))


def _draw(rows: Sequence[SpreadRow], own_name: str, peers_name: str, width: float) -> MatplotlibFigure:
    labels = [_row_label(row) for row in rows]
    keys = [Key(own_name, {**_OWN, "ms": 14}), Key(peers_name, _PEER), Key("Median", _MEDIAN)]
    keys += [Key("Riket", _RIKET)] * any(row.riket is not None for row in rows)
    top = key_height([one.name for one in keys], width) + 6
    placed = lay_out(labels, width, top=top, strip=40)
    fig = new_figure(width, placed.bottom + 4)
    plot = placed.plot(fig, -0.04, 1.04)
    heights = [place.middle - 6 for place in placed.places]
    plot.lines([((-0.04, y), (1.04, y)) for y in heights], **_STRIP)
    own, peers, medians, riket, ranges = [], [], [], [], []
    for row, y in zip(rows, heights, strict=True):
        share = _share_of(_values(row))
        peers += [(share(value), y) for value in row.peers]
        medians += [(share(float(np.median(row.peers))), y)] if row.peers else []
        riket += [(share(row.riket), y)] if row.riket is not None else []
        own += [(share(row.own), y)] if row.own is not None else []
        if row.low is not None and row.high is not None:
            ranges.append(((share(row.low), y), (share(row.high), y)))
        _write_range(plot, row, y, placed)
    plot.line(peers, **_PEER)
    plot.line(medians, **_MEDIAN)
    plot.line(riket, **_RIKET)
    plot.lines(ranges, color=paint("own"), lw=2.5)
    plot.line(own, ms=14, **_OWN)
    key(fig, keys)
    placed.write(fig, labels)
    return fig


def _row_label(row: SpreadRow) -> RowLabel:
    under = ", ".join(part for part in (row.unit, _BETTER[row.better]) if part)
    if row.own is None:
        return RowLabel(row.label, row.mark.sign, f"{under}; {row.mark.words}", role="muted")
    return RowLabel(row.label, swedish.number(row.own, row.decimals), under, role="own")


def _values(row: SpreadRow) -> list[float]:
    return [*row.peers, *(v for v in (row.own, row.riket, row.low, row.high) if v is not None)]


def _write_range(plot: Plot, row: SpreadRow, y: float, placed: Rows) -> None:
    """Write the lowest and the highest value under the strip, inside its edges and apart."""
    values = _values(row)
    share = _share_of(values)
    taken = -np.inf
    for value in sorted({min(values), max(values)}):
        text = swedish.number(value, row.decimals)
        x, half = plot.x.at(share(value)), text_width(text, _SMALLEST) / 2
        inside = min(max(x, placed.left - 6 + half), placed.right + 6 - half)
        if inside - half > taken + 6:
            style = {"ha": "center", "color": paint("muted"), "size": _SMALLEST}
            plot.write(text, (share(value), y), (inside - x, -25), **style)
            taken = inside + half


@dataclass(frozen=True)
class GenderRow:
    """One key figure by gender."""

    label: str
    women: float | None
    men: float | None
    unit: str
    decimals: int = 1
    women_mark: Mark = Mark.NOT_PUBLISHED
    men_mark: Mark = Mark.NOT_PUBLISHED


def genders(rows: Sequence[GenderRow], *, women: str = "Kvinnor", men: str = "Män") -> Figure:
    """Draw each key figure as two markers joined by a line: women filled, men hollow.

    Rows of the same unit share a scale, which spans at least a fifth of their size: a small
    difference looks small.

    Raises
    ------
    ValueError
        No rows, or no row with a value.
    """
    if not any(row.women is not None or row.men is not None for row in rows):
        raise ValueError("ett diagram över kön behöver minst ett värde")
    return responsive(lambda width: _draw_genders(rows, women, men, width))


def _pair(row: GenderRow) -> str:
    women = row.women_mark.sign if row.women is None else swedish.number(row.women, row.decimals)
    men = row.men_mark.sign if row.men is None else swedish.number(row.men, row.decimals)
    return f"{women} | {men}"


def _draw_genders(rows: Sequence[GenderRow], women: str, men: str, width: float) -> MatplotlibFigure:
    labels = [RowLabel(row.label, _pair(row), row.unit) for row in rows]
    heading = f"{women} | {men}"
    # The heading of the values stands beside the key, or under it where there is no room.
    beside = text_width(women + men + heading, SMALL) + 120 <= width
    top = key_height([women, men], width) + (6 if beside else 24)
    placed = lay_out(labels, width, top=top, strip=28)
    fig = new_figure(width, placed.bottom + 4)
    write(fig, (width, 14 if beside else top - 6), heading, ha="right", color=paint("muted"))
    plot = placed.plot(fig, -0.06, 1.06)
    heights = [place.middle for place in placed.places]
    plot.lines([((-0.06, y), (1.06, y)) for y in heights], **_STRIP)
    between: list[tuple[Point, Point]] = []
    filled: list[Point] = []
    hollow: list[Point] = []
    around: list[Point] = []
    for row, y in zip(rows, heights, strict=True):
        share = _share_by_unit(rows, row.unit)
        if row.women is not None:
            filled.append((share(row.women), y))
        if row.men is not None:
            # Where the two fall together the hollow marker is drawn around the filled one.
            together = row.women is not None and abs(share(row.men) - share(row.women)) < 0.02
            (around if together else hollow).append((share(row.men), y))
            if row.women is not None:
                between.append(((share(row.women), y), (share(row.men), y)))
    plot.lines(between, color=paint("own"), lw=2.5)
    plot.line(around, ms=20, **_RING)
    plot.line(hollow, ms=12, **_RING)
    plot.line(filled, ms=12, **_OWN)
    key(fig, [Key(women, {**_OWN, "ms": 12}), Key(men, {**_RING, "ms": 12})])
    placed.write(fig, labels)
    return fig


def _share_by_unit(rows: Sequence[GenderRow], unit: str) -> Callable[[float], float]:
    found = [v for row in rows if row.unit == unit for v in (row.women, row.men) if v is not None]
    low, high = min(found, default=0.0), max(found, default=0.0)
    missing = max(0.2 * max(abs(low), abs(high)) - (high - low), 0) / 2
    return _share_of([low - missing, high + missing])


@dataclass(frozen=True)
class StripCell:
    """Own index value among all municipalities; `peers` and `others` are their values."""

    own: float | None
    peers: tuple[float, ...]
    others: tuple[float, ...]
    mark: Mark = Mark.NOT_PUBLISHED


@dataclass(frozen=True)
class StripRow:
    """One service: a cell per index, in the order of the headings."""

    label: str
    cells: tuple[StripCell, ...]


def strips(rows: Sequence[StripRow], headings: Sequence[str], *, own_name: str) -> Figure:
    """Draw indices (0-100) of several services as strips, one column per index.

    The field is the middle half of all municipalities, dots are the peers.

    Raises
    ------
    ValueError
        No rows, or a row without exactly one cell per heading.
    """
    if not rows or any(len(row.cells) != len(headings) for row in rows):
        raise ValueError(f"varje rad i remsorna ska ha {len(headings)} celler, och minst en rad behövs")
    return responsive(lambda width: _draw_strips(rows, headings, own_name, width))


_FIELD: dict[str, Any] = {"fc": to_rgba(paint("peer"), 0.25), "lw": 0}
_VALUE_ROOM = 30.0
_GAP = 16.0


def _draw_strips(
    rows: Sequence[StripRow], headings: Sequence[str], own_name: str, width: float
) -> MatplotlibFigure:
    keys = [
        Key(own_name, {**_OWN, "ms": 12}),
        Key("Jämförelsekommuner", _DOT),
        Key("Hälften av alla kommuner", _FIELD, field=True),
    ]
    top = key_height([one.name for one in keys], width) + 12
    if is_narrow(width):
        return _draw_stacked_strips(rows, headings, keys, width, top)
    label_room = 170.0
    cell = (width - label_room - _GAP * (len(headings) - 1)) / len(headings)
    titles = [wrap(text, cell, SMALL, bold=True) for text in headings]
    first = top + 16 * max(len(title) for title in titles) + 26
    fig = new_figure(width, first + 54 * len(rows) - 22)
    heights = [first + 54 * place for place in range(len(rows))]
    for row, y in zip(rows, heights, strict=True):
        write(fig, (0, y + 5), wrap(row.label, label_room - 12), size=FONT_SIZE)
    for place, title in enumerate(titles):
        left = label_room + place * (cell + _GAP)
        write(fig, (left, top + 12), title, color=paint("muted"), weight="bold")
        cells = [row.cells[place] for row in rows]
        _draw_cells(fig, cells, heights, (left, left + cell))
    key(fig, keys)
    return fig


def _draw_stacked_strips(
    rows: Sequence[StripRow], headings: Sequence[str], keys: Sequence[Key], width: float, top: float
) -> MatplotlibFigure:
    """Draw the indices of a service under each other, for a telephone."""
    label_room = max(text_width(text, SMALL) for text in headings) + 12
    step = 26.0 * len(headings) + 34
    fig = new_figure(width, top + step * len(rows) - 10)
    heights = []
    for place, row in enumerate(rows):
        upper = top + step * place + 14
        write(fig, (0, upper), row.label, size=FONT_SIZE, weight="bold")
        for line, text in enumerate(headings, start=1):
            heights.append(upper + 26 * line - 4)
            write(fig, (0, heights[-1] + 5), text, color=paint("muted"))
    cells = [cell for row in rows for cell in row.cells]
    _draw_cells(fig, cells, heights, (label_room, width))
    key(fig, keys)
    return fig


def _draw_cells(
    fig: MatplotlibFigure,
    cells: Sequence[StripCell],
    heights: Sequence[float],
    edges: tuple[float, float],
) -> None:
    """Draw strips under each other with their values to the right."""
    height = fig.bbox.height
    plot = new_plot(fig, (edges[0], 0, edges[1] - _VALUE_ROOM, height), (-3, 103), (height, 0))
    plot.lines([((0, y), (100, y)) for y in heights], **_STRIP)
    own: list[Point] = []
    peers: list[Point] = []
    for cell, y in zip(cells, heights, strict=True):
        if cell.others:
            low, high = np.percentile(cell.others, [25, 75])
            plot.bar(y, 16, low, high, **_FIELD)
        peers += [(value, y) for value in cell.peers]
        style = {"ha": "right", "size": FONT_SIZE}
        if cell.own is None:
            write(fig, (edges[1], y + 5), cell.mark.sign, color=paint("muted"), **style)
        else:
            own.append((cell.own, y))
            write(
                fig, (edges[1], y + 5), swedish.number(cell.own), color=paint("own"), weight="bold", **style
            )
    plot.line(peers, **_DOT)
    plot.line(own, ms=12, **_OWN)
