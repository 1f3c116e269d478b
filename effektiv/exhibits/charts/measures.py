"""Several key figures of one municipality: each on a scale of its own, with its peers and Riket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._plot import GRID, Key, key, key_height, new_figure, responsive
from effektiv.exhibits.charts._rows import RowLabel, lay_out
from effektiv.exhibits.style import paint
from effektiv.exhibits.svg import Figure


@dataclass(frozen=True)
class MeasureRow:
    """One key figure.

    Attributes
    ----------
    label
        Its name and unit.
    own
        The municipality's value.
    peers
        The peers' values.
    riket
        Riket's value; None where there is none.
    low, high
        Ends of the sampling error of the own value, where persons have been asked.
    decimals
        Of the value that is written.
    under
        Secondary text: who is lowest and highest.
    lower_is_better
        Drawn with the lower values to the right, so that right is better in all rows.
    """

    label: str
    own: float
    peers: tuple[float, ...]
    riket: float | None = None
    low: float | None = None
    high: float | None = None
    decimals: int = 0
    under: str = ""
    lower_is_better: bool = False

    @property
    def values(self) -> list[float]:
        """All values that are drawn."""
        return [
            value for value in (self.own, *self.peers, self.riket, self.low, self.high) if value is not None
        ]


def measures(rows: Sequence[MeasureRow], *, own_name: str, peers_name: str) -> Figure:
    """Draw one row a figure: peers as squares, Riket as a bar, the own value as a dot; right is better.

    Raises
    ------
    ValueError
        There are no rows.
    """
    if not rows:
        raise ValueError("figuren över mått behöver minst en rad")
    return responsive(lambda width: _draw(rows, own_name, peers_name, width))


_OWN: dict[str, Any] = {
    "color": paint("own"), "marker": "o", "ms": 12, "mec": paint("paper"), "mew": 1.5, "ls": "none",
}  # fmt: skip
_PEER: dict[str, Any] = {
    "color": paint("peer"), "marker": "s", "ms": 8, "mec": paint("paper"), "mew": 1, "ls": "none",
}  # fmt: skip
_RIKET: dict[str, Any] = {"color": paint("ink"), "marker": "|", "ms": 18, "mew": 2.5, "ls": "none"}


def _draw(rows: Sequence[MeasureRow], own_name: str, peers_name: str, width: float) -> MatplotlibFigure:
    labels = [
        RowLabel(row.label, swedish.number(row.own, row.decimals), row.under, role="own") for row in rows
    ]
    keys = [Key(own_name, _OWN), Key(peers_name, _PEER)]
    keys += [Key("Riket", _RIKET)] * any(row.riket is not None for row in rows)
    placed = lay_out(labels, width, top=key_height([one.name for one in keys], width) + 8, strip=22)
    fig = new_figure(width, placed.bottom + 22)
    plot = placed.plot(fig, 0.0, 1.0)
    peers, own, riket = [], [], []
    for row, position in zip(rows, placed.places, strict=True):
        at = _scale(row)
        y = position.middle
        plot.line([(0.0, y), (1.0, y)], **GRID)
        if row.low is not None and row.high is not None:
            ends = [(at(row.low), y), (at(row.high), y)]
            plot.line(ends, color=paint("own"), lw=1.5, marker="|", ms=9, mew=1.5)
        peers += [(at(value), y) for value in row.peers]
        own.append((at(row.own), y))
        if row.riket is not None:
            riket.append((at(row.riket), y))
    plot.line(peers, **_PEER)
    plot.line(riket, **_RIKET)
    plot.line(own, **_OWN)
    plot.write("sämre", (0.0, placed.bottom), (0, -16), color=paint("muted"))
    plot.write("bättre", (1.0, placed.bottom), (0, -16), ha="right", color=paint("muted"))
    placed.write(fig, labels)
    key(fig, keys)
    return fig


def _scale(row: MeasureRow) -> Any:
    low, high = min(row.values), max(row.values)
    room = (high - low) or 1.0

    def at(value: float) -> float:
        share = 0.04 + 0.92 * (value - low) / room
        return 1.0 - share if row.lower_is_better else share

    return at
