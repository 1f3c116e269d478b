"""What the charts share: a figure to draw in, axes of years and of values, keys, and labels kept apart."""

from __future__ import annotations

import math
from collections.abc import Callable, ItemsView, Iterable, Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.markers import TICKDOWN
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D, Transform

from effektiv.exhibits.style import FONT_SIZE, NARROW, SMALL, WIDE, SwedishFormatter, fonts, look, paint
from effektiv.exhibits.svg import Figure, drawing, measure

_SETTINGS: dict[str, Any] = {
    "axes.grid": False,
    "axes.xmargin": 0.08,
    "axes.ymargin": 0.08,
    "font.size": SMALL,
    "legend.borderaxespad": 0,
    "legend.borderpad": 0,
    "legend.columnspacing": 1.4,
    "legend.frameon": False,
    "legend.handleheight": 0.8,
    "legend.handletextpad": 0.6,
    "legend.labelcolor": paint("muted"),
    "legend.labelspacing": 0.6,
    "legend.markerscale": 0.9,
    "path.simplify": False,
    "text.parse_math": False,  # a dollar sign is a dollar sign
}
KEY_ROW = 20
"""Height of a row of a key, in pixels: a line of text and the space between two."""

GRID: dict[str, Any] = {"color": paint("grid"), "lw": 1, "zorder": 0}

Point = tuple[float, float]

_OTHER_FONTS = 1.04
"""Room for a reader's font that is wider than the one measured here."""


class ByYear(Protocol):
    """Values by year: a dict, or a row of a panel (a Series with years as index)."""

    def items(self) -> Iterable[tuple[int, float | None]] | ItemsView[int, float | None]:
        """Pairs of year and value; None or NaN is missing."""
        ...


def present(values: ByYear | None) -> dict[int, float]:
    """Return the values that are not missing, by year in order."""
    if values is None:
        return {}
    found = {int(year): float(v) for year, v in values.items() if v is not None and not math.isnan(v)}
    return dict(sorted(found.items()))


def responsive(draw: Callable[[float], MatplotlibFigure]) -> Figure:
    """Draw a figure for a wide screen and for a telephone."""
    with look(_SETTINGS):
        return Figure(*(drawing(_unclipped(draw(width))) for width in (WIDE, NARROW)))


def _unclipped(fig: MatplotlibFigure) -> MatplotlibFigure:
    """Let markers at the edge of a plot be whole; nothing lies outside, for the axes fit what they show."""
    for axes in fig.axes:
        for artist in axes.get_children():
            artist.set_clip_on(False)
    return fig


def is_narrow(width: float) -> bool:
    """Whether a drawing is for a telephone."""
    return width < (WIDE + NARROW) / 2


def new_figure(width: float, height: float) -> MatplotlibFigure:
    """Return an empty figure where one point is one pixel."""
    return MatplotlibFigure(figsize=(width / 72, height / 72), dpi=72)


def new_axes(fig: MatplotlibFigure) -> Axes:
    """Add a plot without matplotlib's axis: it makes five artists for each tick, of which we need one."""
    axes = fig.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    return axes


def page(fig: MatplotlibFigure) -> Transform:
    """Return the transform from pixels, counted from the upper left corner, for what stands beside plots."""
    return Affine2D().scale(1, -1).translate(0, fig.bbox.height)


def move(axes: Axes, left: float, top: float, right: float, bottom: float) -> None:
    """Give a plot its edges in pixels from the upper left corner of the figure."""
    width, height = axes.figure.bbox.size
    axes.set_position((left / width, 1 - bottom / height, (right - left) / width, (bottom - top) / height))


def write(fig: MatplotlibFigure, at: tuple[float, float], lines: str | Sequence[str], **style: Any) -> None:
    """Write lines of text under each other beside the plots.

    Parameters
    ----------
    at
        Base line of the first, in pixels from the upper left corner.
    style
        Properties of a matplotlib text.
    """
    upper_left = page(fig)
    leading = 1.25 * style.get("size", SMALL)
    for row, line in enumerate([lines] if isinstance(lines, str) else lines):
        fig.text(at[0], at[1] + row * leading, line, transform=upper_left, **style)


@lru_cache(maxsize=8192)
def text_width(text: str, size: float = FONT_SIZE, *, bold: bool = False) -> float:
    """Return the width of a line of text in pixels, with some room for other fonts."""
    font = FontProperties(family=fonts(), size=size, weight="bold" if bold else "normal")
    return measure(text, font)[0] * _OTHER_FONTS


def wrap(text: str, width: float, size: float = FONT_SIZE, *, bold: bool = False) -> list[str]:
    """Break text into lines of at most `width` pixels, between words but not at no-break spaces."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and text_width(f"{lines[-1]} {word}", size, bold=bold) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def value_ticks(low: float, high: float, about: int) -> tuple[list[float], list[str]]:
    """Return round values inside a range, no more than about as many, and how they are written."""
    found = MaxNLocator(nbins=about, steps=[1, 2, 5, 10]).tick_values(low, high)
    inside = [float(value) for value in found if low <= value <= high]
    return inside, SwedishFormatter().format_ticks(inside)


def value_axis(axes: Axes, values: Sequence[float], labels: Sequence[str]) -> None:
    """Draw horizontal grid lines with their values to the left of the plot."""
    along = axes.get_yaxis_transform()
    draw_lines(axes, [((0, value), (1, value)) for value in values], transform=along, **GRID)
    for value, label in zip(values, labels, strict=True):
        write_at(axes, label, (0, value), (-6, -4.5), along, ha="right", color=paint("muted"))


def year_axis(axes: Axes, years: Sequence[int], preliminary: frozenset[int] = frozenset()) -> None:
    """Write as many years under the plot as there is room for, always the last one.

    A preliminary year says "prel." under it.
    """
    low, high = axes.get_xlim()
    room = axes.bbox.width / (high - low)  # of one year
    every = math.ceil((text_width("2025", SMALL) + 8) / room)
    shown = [year for year in years if (years[-1] - year) % every == 0]
    along = axes.get_xaxis_transform()
    marks: dict[str, Any] = {"marker": TICKDOWN, "ms": 4, "mew": 1, "markevery": slice(1, -1)}
    axes.plot(
        [low, *shown, high], [0] * (len(shown) + 2), transform=along, color=paint("muted"), lw=1, **marks
    )
    for year in shown:
        write_at(axes, str(year), (year, 0), (0, -18), along, ha="center", color=paint("muted"))
        if year in preliminary:
            write_at(axes, "prel.", (year, 0), (0, -32), along, ha="center", color=paint("muted"))


def draw_lines(axes: Axes, ends: Iterable[tuple[Point, Point]], **style: Any) -> None:
    """Draw separate straight lines, each from one point to another, as one artist."""
    points = [point for pair in ends for point in (*pair, (math.nan, math.nan))]
    axes.plot([x for x, _ in points], [y for _, y in points], **style)


def write_at(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    within: Transform,
    **style: Any,
) -> None:
    """Write a line of text some pixels right of and above a point in a plot."""
    axes.annotate(text, at, offset, xycoords=within, textcoords="offset points", **style)


def key(fig: MatplotlibFigure, handles: Sequence[Artist], *, top: float = 0) -> Legend:
    """Write what lines and markers mean, from a height in pixels downwards."""
    columns = _columns_that_fit([str(handle.get_label()) for handle in handles], fig.bbox.width)
    at = (0, 1 - (top + 2) / fig.bbox.height)
    return fig.legend(handles=handles, loc="upper left", bbox_to_anchor=at, ncols=columns)


def key_height(names: Sequence[str], width: float) -> float:
    """Return the height of a key with some names in a figure of a given width."""
    return float(KEY_ROW * math.ceil(len(names) / _columns_that_fit(names, width)))


def _columns_that_fit(names: Sequence[str], width: float) -> int:
    """Return the most columns that are not too wide together; a legend is filled column by column."""
    handle, between = 2.6 * SMALL, _SETTINGS["legend.columnspacing"] * SMALL
    for columns in range(len(names), 1, -1):
        widths = [
            handle + max(text_width(str(name), SMALL) for name in part)
            for part in np.array_split(names, columns)
        ]
        if sum(widths) + between * (columns - 1) <= width:
            return columns
    return 1


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart to at least `gap`, as little as possible, within [low, high].

    Groups of positions that touch are moved together around their mean, which keeps each
    label as near its line as the others allow. Order is kept.

    Returns
    -------
    list of float
        Positions in the order of `wanted`.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups: list[tuple[float, list[int]]] = []  # position of the first member, members
    for index in order:
        members, position = [index], max(low, min(wanted[index], high))
        while groups and groups[-1][0] + gap * len(groups[-1][1]) > position:
            members = groups.pop()[1] + members
            mean = sum(wanted[i] - gap * place for place, i in enumerate(members)) / len(members)
            position = max(low, min(mean, high - gap * (len(members) - 1)))
        groups.append((position, members))
    placed = [0.0] * len(wanted)
    for position, members in groups:
        for place, index in enumerate(members):
            placed[index] = position + gap * place
    return placed
