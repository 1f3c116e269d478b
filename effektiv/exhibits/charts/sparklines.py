"""A compact table of small lines: one indicator a row, its months, its latest value and what is said of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits.charts._plot import (
    Plot,
    fitted,
    is_narrow,
    new_figure,
    new_plot,
    responsive,
    text_width,
    wrap,
    write,
)
from effektiv.exhibits.style import SMALL, Role, paint
from effektiv.exhibits.svg import Figure

_ROW, _HEAD, _LINE = 27.0, 20.0, 16.0


@dataclass(frozen=True)
class SparkRow:
    """One row.

    Attributes
    ----------
    name
        Of the indicator.
    values
        Its months in order; NaN is missing.
    value, target
        The latest value and the target, as they are written.
    words
        What is said of it, the first column's words first.
    aim
        The target as a number, drawn as a thin line; None where there is none.
    role
        Colour of the words, which is never alone: the words say it.
    """

    name: str
    values: tuple[float, ...]
    value: str
    target: str
    words: tuple[str, ...]
    aim: float | None = None
    role: Role = "ink"


def sparklines(rows: Sequence[SparkRow], headings: Sequence[str]) -> Figure:
    """Draw rows with a small line each.

    Parameters
    ----------
    headings
        Of the name, the line, the value, the target and each of the words.

    Raises
    ------
    ValueError
        There are no rows, or their words and the headings do not agree.
    """
    if not rows or any(len(row.words) != len(headings) - 4 for row in rows):
        raise ValueError("raderna med små linjer ska ha lika många ord som rubriker")
    return responsive(lambda width: _draw(rows, headings, width))


def _draw(rows: Sequence[SparkRow], headings: Sequence[str], width: float) -> MatplotlibFigure:
    return (_narrow if is_narrow(width) else _wide)(rows, headings, width)


def _wide(rows: Sequence[SparkRow], headings: Sequence[str], width: float) -> MatplotlibFigure:
    shares = (0.27, 0.13, 0.08, 0.08, *[0.44 / max(1, len(headings) - 4)] * (len(headings) - 4))
    edges = [width * sum(shares[:place]) for place in range(len(shares) + 1)]
    rooms = [edges[place + 1] - edges[place] - 10 for place in range(len(shares))]
    texts = [
        [
            wrap(row.name, rooms[0], SMALL),
            *(wrap(word, rooms[4 + at], SMALL) for at, word in enumerate(row.words)),
        ]
        for row in rows
    ]
    heights = [max(_ROW, _LINE * max(map(len, lines)) + 8) for lines in texts]
    fig = new_figure(width, _HEAD + sum(heights) + 4)
    for place, heading in enumerate(headings):
        is_number = place in (2, 3)
        at = edges[place + 1] - 16 if is_number else edges[place]
        write(
            fig, (at, 13), heading, color=paint("muted"), weight="bold", ha="right" if is_number else "left"
        )
    top = _HEAD
    for row, lines, height in zip(rows, texts, heights, strict=True):
        middle = top + height / 2
        rule = new_plot(fig, (0, top, width, top + 1), (0, 1), (0, 1))
        rule.line([(0, 1), (1, 1)], color=paint("grid"), lw=1)
        _words(fig, edges[0], middle, lines[0])
        _spark(_plot_in(fig, (edges[1], middle - 9, edges[2] - 16, middle + 9), row), row)
        _words(fig, edges[3] - 16, middle, [row.value], ha="right", weight="bold", color=paint("own"))
        _words(fig, edges[4] - 16, middle, [row.target], ha="right", color=paint("muted"))
        for at, some in enumerate(lines[1:]):
            _words(fig, edges[4 + at], middle, some, color=paint(row.role if at == 0 else "ink"))
        top += height
    return fig


def _narrow(rows: Sequence[SparkRow], headings: Sequence[str], width: float) -> MatplotlibFigure:
    texts = [
        [
            *wrap(row.name, width, SMALL, bold=True),
            *(line for word in row.words for line in wrap(word, width, SMALL)),
        ]
        for row in rows
    ]
    heights = [_LINE * len(lines) + 44 for lines in texts]
    fig = new_figure(width, sum(heights) + 4)
    top = 0.0
    for row, lines, height in zip(rows, texts, heights, strict=True):
        named = len(wrap(row.name, width, SMALL, bold=True))
        write(fig, (0, top + 14), lines[:named], weight="bold")
        y = top + 14 + _LINE * named
        _spark(_plot_in(fig, (0, y - 8, 130, y + 12), row), row)
        goal = f"{headings[3].lower()} {row.target}" if row.target else ""
        write(fig, (150, y + 7), row.value, weight="bold", color=paint("own"))
        write(fig, (150 + text_width(row.value, bold=True) + 12, y + 7), goal, color=paint("muted"))
        write(fig, (0, y + 26), lines[named:], color=paint(row.role))
        top += height
    return fig


def _words(fig: MatplotlibFigure, at: float, middle: float, lines: Sequence[str], **style: Any) -> None:
    write(fig, (at, middle + 4.5 - _LINE * (len(lines) - 1) / 2), lines, **{"size": SMALL, **style})


def _plot_in(fig: MatplotlibFigure, box: tuple[float, float, float, float], row: SparkRow) -> Plot:
    aim = [] if row.aim is None else [row.aim]
    return new_plot(fig, box, (-0.5, max(len(row.values) - 0.5, 0.5)), fitted([*row.values, *aim]))


def _spark(plot: Plot, row: SparkRow) -> None:
    if row.aim is not None:
        plot.across(row.aim, color=paint("good"), lw=1, ls=(0, (4, 2)))
    points = list(enumerate(row.values))
    plot.line(points, color=paint("own"), lw=1.5)
    known = [point for point in points if math.isfinite(point[1])]
    if known:
        plot.line(known[-1:], color=paint("own"), marker="o", ms=5, mew=0, ls="none")
