"""Charts with one row per thing: its name, a strip to draw on, and its value in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits.charts._plot import Plot, is_narrow, new_plot, text_width, wrap, write
from effektiv.exhibits.style import FONT_SIZE, SMALL, Role, paint

_LABEL_SHARE = 0.32
_GAP = 14.0


@dataclass(frozen=True)
class RowLabel:
    """Texts of one row: its name, a secondary line under it, and its value."""

    name: str
    value: str
    under: str = ""
    strong: bool = False
    role: Role = "ink"

    @property
    def weight(self) -> str:
        """Weight of the letters."""
        return "bold" if self.strong else "normal"

    def lines(self, room: float, room_under: float) -> tuple[list[str], list[str]]:
        """Break the name and what stands under it into lines that fit."""
        return (
            wrap(self.name, room, bold=self.strong),
            wrap(self.under, room_under, SMALL) if self.under else [],
        )


@dataclass(frozen=True)
class RowPlace:
    """Where one row is drawn: height of its strip's middle, and edges of its area."""

    middle: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Rows:
    """Places of all rows on a drawing of a given width.

    On a wide drawing the name stands to the left of the strip and the value to the right.
    On a telephone both stand above it.
    """

    width: float
    left: float
    right: float
    places: tuple[RowPlace, ...]
    bottom: float

    def plot(self, fig: MatplotlibFigure, low: float, high: float) -> Plot:
        """Return a plot over all strips, whose y values are pixels from the top of the figure."""
        height = fig.bbox.height
        return new_plot(fig, (self.left, 0, self.right, height), (low, high), (height, 0))

    def write(self, fig: MatplotlibFigure, labels: Sequence[RowLabel]) -> None:
        """Write names and values of all rows."""
        for place, label in zip(self.places, labels, strict=True):
            if is_narrow(self.width):
                name, under = label.lines(_room_above(self.width, label), self.width)
                first, value_at = place.top + 14, place.top + 14
            else:
                name, under = label.lines(self.left - _GAP, self.left - _GAP)
                first = place.middle - (_NAME_LINE * len(name) + _UNDER_LINE * len(under)) / 2 + 13
                value_at = place.middle + 5
            write(fig, (0, first), name, size=FONT_SIZE, weight=label.weight)
            write(fig, (0, first + _NAME_LINE * len(name) - 1), under, color=paint("muted"))
            style = {"size": FONT_SIZE, "weight": label.weight, "color": paint(label.role), "ha": "right"}
            if label.value:
                write(fig, (self.width, value_at), label.value, **style)


_NAME_LINE = 17.5
_UNDER_LINE = 16.0


def _room_above(width: float, label: RowLabel) -> float:
    """Width of a name that stands beside its value, above the strip."""
    return width - text_width(label.value, bold=True) - 10


def lay_out(labels: Sequence[RowLabel], width: float, *, top: float, strip: float) -> Rows:
    """Find a place for each row.

    Parameters
    ----------
    labels
        Texts of the rows, which decide the heights.
    width
        Of the drawing.
    top
        Where the first row starts.
    strip
        Height of what is drawn in a row.
    """
    narrow = is_narrow(width)
    value_room = max((text_width(label.value, bold=True) for label in labels), default=0)
    left = 6.0 if narrow else width * _LABEL_SHARE
    right = width - 6 if narrow else width - value_room - _GAP
    places = []
    y = top
    for label in labels:
        rooms = (_room_above(width, label), width) if narrow else (left - _GAP, left - _GAP)
        name, under = label.lines(*rooms)
        words = _NAME_LINE * len(name) + _UNDER_LINE * len(under)
        if narrow:
            height = words + strip + 10
            places.append(RowPlace(y + words + 4 + strip / 2, y, y + height))
        else:
            height = max(words + 10, strip + 4)
            places.append(RowPlace(y + height / 2, y, y + height))
        y += height
    return Rows(width, left, right, tuple(places), y)
