"""Columns over years, with a forecast drawn apart from what has happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    year_ticks,
)
from effektiv.exhibits.svg import Canvas, Drawing, Figure, text_width, wrap


@dataclass(frozen=True)
class Columns:
    """One quantity over years, e.g. inhabitants 6-15 years.

    Attributes
    ----------
    title
        Over the columns.
    values
        Quantity by year, zero or more.
    forecast_from
        First year that is a forecast; None when none is.
    unit, decimals
        Of the values.
    """

    title: str
    values: ByYear
    forecast_from: int | None = None
    unit: str = "invånare"
    decimals: int = 0

    def __post_init__(self) -> None:
        found = present(self.values)
        if not found or min(found.values()) < 0:
            raise ValueError(f"staplarna {self.title!r} behöver minst ett värde, och inga negativa")


def columns(data: Sequence[Columns]) -> Figure:
    """Draw one small column chart per quantity, side by side two by two (stacked on a telephone).

    First, last known and last value are written out. All columns start at zero, each
    chart on a scale of its own.

    Raises
    ------
    ValueError
        No quantities.
    """
    if not data:
        raise ValueError("ett diagram över folkmängd behöver minst en grupp")
    return responsive(lambda width: _draw(data, width))


def _draw(data: Sequence[Columns], width: float) -> Drawing:
    narrow = is_narrow(width)
    across = 1 if narrow or len(data) == 1 else 2
    gap = 32.0
    one = (width - gap * (across - 1)) / across
    titles = [wrap(part.title, one) for part in data]
    head = 18 * max(len(title) for title in titles) + 20
    tall = 140.0
    step = head + tall + 34
    down = -(-len(data) // across)
    has_forecast = any(part.forecast_from is not None for part in data)
    top = 30.0 if has_forecast else 0.0
    canvas = Canvas(width, top + step * down - 6)
    if has_forecast:
        _draw_key(canvas)
    for place, (part, title) in enumerate(zip(data, titles, strict=True)):
        left, y = (place % across) * (one + gap), top + (place // across) * step
        for row, text in enumerate(title):
            canvas.text((left, y + 14 + 18 * row), text, bold=True)
        canvas.text((left, y + head - 8), part.unit, role="muted", size=SMALL)
        _draw_one(canvas, part, Box(left, y + head + 14, left + one - 12, y + head + tall))
    return canvas.finish()


def _draw_one(canvas: Canvas, part: Columns, box: Box) -> None:
    found = present(part.values)
    years = list(range(min(found), max(found) + 1))
    x = Scale(years[0] - 0.6, years[-1] + 0.6, box.left, box.right)
    y = Scale(*padded(found.values(), zero=True), box.bottom, box.top)
    half = min(18.0, (box.right - box.left) / (len(years) + 0.2) * 0.36)
    for year, value in found.items():
        corner = (x(year) - half, y(value))
        size = (2 * half, box.bottom - y(value))
        if part.forecast_from is not None and year >= part.forecast_from:
            canvas.rect(corner, size, "own", opacity=0.18, outline="own")
        else:
            canvas.rect(corner, size, "own")
    plot = Plot(canvas, box, x, y)
    year_ticks(plot, years, frozenset())
    _write_values(plot, part, found)


def _write_values(plot: Plot, part: Columns, found: dict[int, float]) -> None:
    """Write the last value, the last known one and the first, as long as they do not touch."""
    known = [year for year in found if part.forecast_from is None or year < part.forecast_from]
    taken: list[tuple[float, float]] = []
    for year in dict.fromkeys([max(found), *known[-1:], min(found)]):
        text = swedish.number(found[year], part.decimals)
        half = text_width(text, SMALL, bold=True) / 2
        centre = min(max(plot.x(year), plot.box.left + half), plot.box.right - half)
        if all(centre + half + 6 < low or centre - half - 6 > high for low, high in taken):
            at = (centre, plot.y(found[year]) - 5)
            plot.canvas.text(at, text, anchor="middle", size=SMALL, bold=True, halo=True)
            taken.append((centre - half, centre + half))


def _draw_key(canvas: Canvas) -> None:
    canvas.rect((0, 4), (18, 12), "own")
    canvas.text((26, 15), "Utfall", role="muted", size=SMALL)
    left = 26 + text_width("Utfall", SMALL) + 20
    canvas.rect((left, 4), (18, 12), "own", opacity=0.18, outline="own")
    canvas.text((left + 26, 15), "Prognos", role="muted", size=SMALL)
