"""A dot for each year in each row: named municipalities, or key figures of one unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._plot import Key, fitted, key, key_height, new_figure, responsive
from effektiv.exhibits.charts._rows import RowLabel, lay_out
from effektiv.exhibits.charts.bars import axis_height, draw_axis
from effektiv.exhibits.style import Role, paint
from effektiv.exhibits.svg import Figure

MOST_YEARS = 3


@dataclass(frozen=True)
class DotRow:
    """One row.

    Attributes
    ----------
    label
        Its name.
    values
        One for each of the chart's years, in order; None where there is none.
    strong
        Whether it is the own municipality.
    low, high
        Ends of the sampling error of the latest value, where persons have been asked.
    under
        Secondary text under the name.
    """

    label: str
    values: tuple[float | None, ...]
    strong: bool = False
    low: float | None = None
    high: float | None = None
    under: str = ""


@dataclass(frozen=True)
class Dots:
    """Rows of dots on one scale.

    Attributes
    ----------
    rows
        At least one; the highest latest value first when `ordered`.
    years
        One to three; the last is drawn filled, the one before as a ring, the first small.
    unit, decimals, signed
        Of the values.
    band
        The middle half of the country's municipalities, the latest year.
    reference
        A value that means something, drawn as a line: 0 for the reference cost.
    preliminary
        Years whose values are preliminary.
    """

    rows: tuple[DotRow, ...]
    years: tuple[int, ...]
    unit: str
    decimals: int = 1
    signed: bool = False
    band: tuple[float, float] | None = None
    reference: float | None = None
    preliminary: frozenset[int] = frozenset()
    ordered: bool = True

    def __post_init__(self) -> None:
        if not self.rows or not 1 <= len(self.years) <= MOST_YEARS:
            raise ValueError(
                f"ett prickdiagram behöver rader och ett till {MOST_YEARS} år, fick {self.years}"
            )
        if any(len(row.values) != len(self.years) for row in self.rows):
            raise ValueError(f"varje rad ska ha ett värde för vart och ett av åren {self.years}")


def dots(data: Dots) -> Figure:
    """Draw each row's years as dots joined by a line, with the latest value in figures."""
    return responsive(lambda width: _draw(data, width))


_BAND: dict[str, Any] = {"fc": to_rgba(paint("peer"), 0.18), "lw": 0, "zorder": 0}


def _style(role: Any, back: int) -> dict[str, Any]:
    """Return the marker of the latest year (0), the year before (1) or the one before that (2)."""
    color = paint(role)
    if back == 0:
        return {"color": color, "marker": "o", "ms": 12, "mec": paint("paper"), "mew": 1.5, "ls": "none"}
    if back == 1:
        return {
            "color": color,
            "marker": "o",
            "ms": 9,
            "mfc": paint("paper"),
            "mec": color,
            "mew": 2,
            "ls": "none",
        }
    return {"color": color, "marker": "o", "ms": 5, "mew": 0, "ls": "none"}


def _ordered(data: Dots) -> list[DotRow]:
    if not data.ordered:
        return list(data.rows)
    return sorted(data.rows, key=lambda row: (row.values[-1] is None, -(row.values[-1] or 0.0)))


def _row_label(row: DotRow, data: Dots) -> RowLabel:
    latest = row.values[-1]
    text = "–" if latest is None else swedish.number(latest, data.decimals, signed=data.signed)
    return RowLabel(row.label, text, row.under, row.strong, "own" if row.strong else "ink")


def _keys(data: Dots) -> list[Key]:
    found = [
        Key(swedish.year(year, preliminary=year in data.preliminary), _style("peer", back))
        for back, year in enumerate(reversed(data.years))
    ]
    return found + [Key("Hälften av landets kommuner", _BAND, field=True)] * (data.band is not None)


def _draw(data: Dots, width: float) -> MatplotlibFigure:
    rows = _ordered(data)
    labels = [_row_label(row, data) for row in rows]
    keys = _keys(data)
    top = key_height([one.name for one in keys], width) + 8
    placed = lay_out(labels, width, top=top, strip=20)
    fig = new_figure(width, placed.bottom + axis_height(data.unit, width))
    known = [value for row in rows for value in (*row.values, row.low, row.high) if value is not None]
    lines = [] if data.reference is None else [data.reference]
    plot = placed.plot(fig, *fitted([*known, *lines, *(data.band or ())], margin=0.06))
    if data.band is not None:
        low, high = data.band
        foot, head = placed.bottom, placed.places[0].top
        plot.field([(low, head), (high, head), (high, foot), (low, foot)], **_BAND)
    draw_axis(plot, placed, data.unit, zero=data.reference)
    for row, position in zip(rows, placed.places, strict=True):
        role: Role = "own" if row.strong else "peer"
        points = [(value, position.middle) for value in row.values if value is not None]
        plot.line(points, color=paint(role), lw=2)
        if row.low is not None and row.high is not None:
            ends = [(row.low, position.middle), (row.high, position.middle)]
            plot.line(ends, color=paint(role), lw=1.5, marker="|", ms=9, mew=1.5)
    for back in range(len(data.years) - 1, -1, -1):
        for role in ("peer", "own"):
            spots = [
                (value, position.middle)
                for row, position in zip(rows, placed.places, strict=True)
                if (value := row.values[-1 - back]) is not None and row.strong == (role == "own")
            ]
            plot.line(spots, **_style(role, back))
    placed.write(fig, labels)
    key(fig, keys)
    return fig
