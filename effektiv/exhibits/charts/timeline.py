"""A plan in time: what goes on when, a row each, and days that something happens."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits.charts._plot import GRID, new_figure, responsive, text_width, write
from effektiv.exhibits.charts._rows import RowLabel, lay_out
from effektiv.exhibits.style import SMALL, paint
from effektiv.exhibits.svg import Figure

_BAR: dict[str, Any] = {"fc": paint("own"), "lw": 0}
_DAY: dict[str, Any] = {
    "color": paint("riket"), "marker": "o", "ms": 9, "mec": paint("paper"), "mew": 1.5, "ls": "none",
}  # fmt: skip
_AXIS = 26.0


@dataclass(frozen=True)
class TimeRow:
    """One row: a bar from a day to another (the last one included), or days, or both.

    Attributes
    ----------
    label, under
        Its name, and a secondary line under it.
    start, end
        Ends of the bar; None and there is none.
    days
        Days drawn as dots.
    """

    label: str
    under: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    days: tuple[dt.date, ...] = field(default=())


def timeline(rows: tuple[TimeRow, ...]) -> Figure:
    """Draw rows of time under each other, on one axis of whole years.

    Raises
    ------
    ValueError
        No row has a day, or a bar ends before it begins.
    """
    if any(row.start and row.end and row.end < row.start for row in rows):
        raise ValueError("en stapel i tidplanen slutar före sin början")
    every = [day for row in rows for day in (row.start, row.end, *row.days) if day is not None]
    if not every:
        raise ValueError("en tidplan behöver minst en dag")
    first, last = dt.date(min(every).year, 1, 1), dt.date(max(every).year + 1, 1, 1)
    return responsive(lambda width: _draw(rows, first, last, width))


def _draw(rows: tuple[TimeRow, ...], first: dt.date, last: dt.date, width: float) -> MatplotlibFigure:
    labels = [RowLabel(row.label, "", row.under) for row in rows]
    places = lay_out(labels, width, top=_AXIS, strip=20)
    fig = new_figure(width, places.bottom + 8)
    plot = places.plot(fig, first.toordinal(), last.toordinal())
    years = list(range(first.year, last.year + 1))
    starts = [dt.date(year, 1, 1).toordinal() for year in years]
    plot.lines([((day, _AXIS - 4), (day, places.bottom)) for day in starts], **GRID)
    for (left, right), year in zip(pairwise(starts), years, strict=False):
        middle = plot.x.at((left + right) / 2)
        if plot.x.at(right) - plot.x.at(left) >= text_width(str(year), SMALL) + 4:
            write(fig, (middle, _AXIS - 10), str(year), color=paint("muted"), ha="center")
    for place, row in zip(places.places, rows, strict=True):
        if row.start is not None and row.end is not None:
            plot.bar(place.middle, 14, row.start.toordinal(), row.end.toordinal() + 1, **_BAR)
        plot.line([(day.toordinal(), place.middle) for day in row.days], **_DAY)
    places.write(fig, labels)
    return fig
