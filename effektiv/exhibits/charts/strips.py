"""RKA's indices as strips: own points among the peers and the middle half of the country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._plot import (
    Key,
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
from effektiv.exhibits.style import FONT_SIZE, SMALL, paint
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import Mark

_OWN: dict[str, Any] = {
    "color": paint("own"), "marker": "o", "mec": paint("paper"), "mew": 1.5, "ls": "none",
}  # fmt: skip
_DOT: dict[str, Any] = {"color": paint("peer"), "marker": "o", "ms": 5, "mew": 0, "ls": "none"}
_STRIP: dict[str, Any] = {"color": paint("grid"), "lw": 2, "zorder": 0}


@dataclass(frozen=True)
class StripCell:
    """Own index value among all municipalities; `peers` and `others` are their values."""

    own: float | None
    peers: tuple[float, ...]
    others: tuple[float, ...]
    mark: Mark = Mark.ABSENT


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
