"""Names beside points of a plot, kept off each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from effektiv.exhibits.charts._plot import Plot, Point, text_width
from effektiv.exhibits.style import SMALL
from effektiv.exhibits.svg import HALO


class PointLabels:
    """Writes labels at points without covering markers or each other.

    Labels are placed in the order they are asked for, the important ones first. One that
    finds no free place is left out: the table behind the figure names every point.
    Areas are (left, bottom, right, top) in pixels of the figure.
    """

    def __init__(self, plot: Plot, room: float) -> None:
        """Write in a plot, some room from its upper and lower edges."""
        self._plot = plot
        self._frame = np.array((plot.x.start, plot.y.start + room, plot.x.end, plot.y.end - room))
        self._taken: list[tuple[float, float, float, float]] = []

    def reserve(self, left: float, bottom: float, right: float, top: float) -> None:
        """Keep labels off an area."""
        self._taken.append((left, bottom, right, top))

    def place(
        self, at: Point, text: str, *, reach: Sequence[float] = (8,), required: bool = False, **style: Any
    ) -> bool:
        """Write a label beside a point where there is room; tell whether it was written.

        Parameters
        ----------
        at
            The point, in the values of the plot.
        reach
            How far from the point to try, in pixels, the best first.
        required
            Write it over whatever stands there if no place is free.
        style
            Properties of a `Label`.
        """
        size = style.get("size", SMALL)
        width = text_width(text, size, bold=style.get("weight") == "bold")
        places = [place for far in reach for place in _around(far, size)]
        lower_left = np.array(
            [(right - _SHIFT[side] * width, up - size * 0.25) for right, up, side in places]
        )
        lower_left += self._plot.at(at)
        upper_right = lower_left + np.array((width, size * 1.05))
        taken = np.array(self._taken).reshape(-1, 1, 4)
        covers = ((lower_left < taken[..., 2:]) & (taken[..., :2] < upper_right)).all(axis=2).any(axis=0)
        inside = ((lower_left >= self._frame[:2]) & (upper_right <= self._frame[2:])).all(axis=1)
        free = [*np.flatnonzero(inside & ~covers), *(np.flatnonzero(inside) if required else ())]
        if not free:
            return False
        right, up, side = places[free[0]]
        self._plot.write(text, at, (right, up), ha=side, gid=HALO, **style)
        self.reserve(*lower_left[free[0]], *upper_right[free[0]])
        return True


_SHIFT = {"left": 0.0, "center": 0.5, "right": 1.0}


def _around(far: float, size: float) -> list[tuple[float, float, str]]:
    """Return places for a text around a point, the best first: right of it, above it, alignment."""
    down = -far - size * 0.75
    aslant = far * 0.8
    return [
        (far, -size * 0.35, "left"),
        (-far, -size * 0.35, "right"),
        (0, far, "center"),
        (0, down, "center"),
        (aslant, far * 0.6, "left"),
        (-aslant, far * 0.6, "right"),
        (aslant, -far * 0.6 - size * 0.7, "left"),
        (-aslant, -far * 0.6 - size * 0.7, "right"),
        (0, far + size * 0.8, "center"),
        (0, down - size * 0.8, "center"),
    ]
