"""Columns over years, with a forecast drawn apart from what has happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.patches import Patch

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._plot import (
    KEY_ROW,
    ByYear,
    is_narrow,
    key,
    move,
    new_axes,
    new_figure,
    present,
    responsive,
    text_width,
    wrap,
    write,
    write_at,
    year_axis,
)
from effektiv.exhibits.style import FONT_SIZE, SMALL, paint
from effektiv.exhibits.svg import HALO, Figure

_KNOWN: dict[str, Any] = {"color": paint("own")}
_FORECAST: dict[str, Any] = {
    "fc": to_rgba(paint("own"), 0.18),
    "ec": paint("own"),
    "lw": 1.5,
    "ls": (0, (2.7, 2)),
}


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


def _draw(data: Sequence[Columns], width: float) -> MatplotlibFigure:
    narrow = is_narrow(width)
    across = 1 if narrow or len(data) == 1 else 2
    gap = 32.0
    one = (width - gap * (across - 1)) / across
    titles = [wrap(part.title, one, bold=True) for part in data]
    head = 18 * max(len(title) for title in titles) + 20
    tall = 140.0
    step = head + tall + 34
    down = -(-len(data) // across)
    has_forecast = any(part.forecast_from is not None for part in data)
    top = KEY_ROW + 10.0 if has_forecast else 0.0
    fig = new_figure(width, top + step * down - 6)
    if has_forecast:
        key(fig, [Patch(label="Utfall", **_KNOWN), Patch(label="Prognos", **_FORECAST)])
    for place, (part, title) in enumerate(zip(data, titles, strict=True)):
        left, y = (place % across) * (one + gap), top + (place // across) * step
        write(fig, (left, y + 14), title, size=FONT_SIZE, weight="bold")
        write(fig, (left, y + head - 8), part.unit, color=paint("muted"))
        _draw_one(fig, part, (left, y + head + 14, left + one - 12, y + head + tall))
    return fig


def _draw_one(fig: MatplotlibFigure, part: Columns, box: tuple[float, float, float, float]) -> None:
    found = present(part.values)
    axes = new_axes(fig)
    move(axes, *box)
    years = range(min(found), max(found) + 1)
    axes.set(xlim=(years[0] - 0.6, years[-1] + 0.6), ylim=(0, max(found.values()) * 1.08 or 1))
    thick = min(0.72, 36 * len(years) / axes.bbox.width)
    for year, value in found.items():
        forecast = part.forecast_from is not None and year >= part.forecast_from
        axes.bar(year, value, thick, **(_FORECAST if forecast else _KNOWN))
    year_axis(axes, years)
    _write_values(axes, part, found)


def _write_values(axes: Axes, part: Columns, found: dict[int, float]) -> None:
    """Write the last value, the last known one and the first, as long as they do not touch."""
    known = [year for year in found if part.forecast_from is None or year < part.forecast_from]
    taken: list[tuple[float, float]] = []
    for year in dict.fromkeys([max(found), *known[-1:], min(found)]):
        text = swedish.number(found[year], part.decimals)
        half = text_width(text, SMALL, bold=True) / 2
        x = axes.transData.transform((year, 0))[0]
        centre = min(max(x, axes.bbox.x0 + half), axes.bbox.x1 - half)
        if all(centre + half + 6 < low or centre - half - 6 > high for low, high in taken):
            # A higher column beside would run through the number.
            beside = [
                value
                for other, value in found.items()
                if abs(axes.transData.transform((other, 0))[0] - centre) < half + 14
            ]
            at, style = (year, max(beside)), {"ha": "center", "weight": "bold", "gid": HALO}
            write_at(axes, text, at, (centre - x, 5), axes.transData, **style)
            taken.append((centre - half, centre + half))
