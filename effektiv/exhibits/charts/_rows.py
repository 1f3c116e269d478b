"""Charts with one row per thing: its name, a strip to draw on, and its value in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from effektiv.exhibits.charts._base import SMALL, is_narrow, lines_of
from effektiv.exhibits.style import FONT_SIZE, Role
from effektiv.exhibits.svg import Canvas, text_width, wrap

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

    def write(self, canvas: Canvas, labels: Sequence[RowLabel]) -> None:
        """Write names and values of all rows."""
        for place, label in zip(self.places, labels, strict=True):
            if is_narrow(self.width):
                self._write_narrow(canvas, place, label)
            else:
                self._write_wide(canvas, place, label)

    def _write_wide(self, canvas: Canvas, place: RowPlace, label: RowLabel) -> None:
        lines = wrap(label.name, self.left - _GAP, FONT_SIZE)
        below = wrap(label.under, self.left - _GAP, SMALL) if label.under else []
        total = 17 * len(lines) + 15 * len(below)
        base = place.middle - total / 2 + 13
        lines_of(canvas, (0, base), lines, bold=label.strong)
        lines_of(canvas, (0, base + 17 * len(lines) - 1), below, role="muted", size=SMALL)
        at = (self.width, place.middle + 5)
        canvas.text(at, label.value, anchor="end", role=label.role, bold=label.strong)

    def _write_narrow(self, canvas: Canvas, place: RowPlace, label: RowLabel) -> None:
        room = self.width - text_width(label.value, bold=True) - 10
        lines = wrap(label.name, room, FONT_SIZE)
        lines_of(canvas, (0, place.top + 14), lines, bold=label.strong)
        canvas.text(
            (self.width, place.top + 14), label.value, anchor="end", role=label.role, bold=label.strong
        )
        if label.under:
            below = wrap(label.under, self.width, SMALL)
            lines_of(canvas, (0, place.top + 14 + 17 * len(lines)), below, role="muted", size=SMALL)


def lay_out(
    labels: Sequence[RowLabel],
    width: float,
    *,
    top: float,
    strip: float,
) -> Rows:
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
        room = (width - text_width(label.value, bold=True) - 10) if narrow else left - _GAP
        under_room = width if narrow else left - _GAP
        words = 17 * len(wrap(label.name, room))
        words += 15 * len(wrap(label.under, under_room, SMALL)) if label.under else 0
        if narrow:
            height = words + strip + 10
            places.append(RowPlace(y + words + 4 + strip / 2, y, y + height))
        else:
            height = max(words + 10, strip + 4)
            places.append(RowPlace(y + height / 2, y, y + height))
        y += height
    return Rows(width, left, right, tuple(places), y)
