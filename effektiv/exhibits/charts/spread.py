"""Own value against the peers' spread and Riket, one row per key figure; and the six indices in strips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from effektiv.exhibits import swedish
from effektiv.exhibits.charts._base import SMALL, Scale, is_narrow, padded, responsive
from effektiv.exhibits.charts._rows import RowLabel, lay_out
from effektiv.exhibits.svg import Canvas, Drawing, Figure, Point, text_width, wrap
from effektiv.exhibits.swedish import Mark
from effektiv.types import Better


@dataclass(frozen=True)
class SpreadRow:
    """One key figure: own value, those of the peers, and Riket.

    Attributes
    ----------
    peers
        Values of the peers that have one, in any order.
    low, high
        Uncertainty of the own value.
    mark
        Why the own value is missing.
    """

    label: str
    own: float | None
    peers: tuple[float, ...]
    unit: str
    decimals: int = 1
    riket: float | None = None
    low: float | None = None
    high: float | None = None
    better: Better = Better.NEITHER
    mark: Mark = Mark.NOT_PUBLISHED


_BETTER = {Better.HIGHER: "högre är bättre", Better.LOWER: "lägre är bättre", Better.NEITHER: ""}


def spreads(rows: Sequence[SpreadRow], *, own_name: str, peers_name: str = "Jämförelsekommuner") -> Figure:
    """Draw each key figure on a scale of its own: peers as squares, own as a circle, Riket dashed.

    Raises
    ------
    ValueError
        No rows, or a row without any value at all.
    """
    if not rows:
        raise ValueError("ett spridningsdiagram behöver minst en rad")
    for row in rows:
        if row.own is None and not row.peers and row.riket is None:
            raise ValueError(f"raden {row.label!r} saknar alla värden")
    return responsive(lambda width: _draw(rows, own_name, peers_name, width))


def _draw(rows: Sequence[SpreadRow], own_name: str, peers_name: str, width: float) -> Drawing:
    labels = [_row_label(row) for row in rows]
    entries = [("own", own_name), ("peer", peers_name), ("median", "Median")]
    if any(row.riket is not None for row in rows):
        entries.append(("riket", "Riket"))
    top = key_height(entries, width)
    placed = lay_out(labels, width, top=top, strip=40)
    canvas = Canvas(width, placed.bottom + 4)
    draw_key(canvas, entries, width)
    for row, place in zip(rows, placed.places, strict=True):
        _draw_row(canvas, row, placed.left, placed.right, place.middle - 6)
    placed.write(canvas, labels)
    return canvas.finish()


def _row_label(row: SpreadRow) -> RowLabel:
    under = ", ".join(part for part in (row.unit, _BETTER[row.better]) if part)
    if row.own is None:
        return RowLabel(row.label, row.mark.sign, f"{under}; {row.mark.words}", role="muted")
    return RowLabel(row.label, swedish.number(row.own, row.decimals), under, strong=False, role="own")


def _draw_row(canvas: Canvas, row: SpreadRow, left: float, right: float, y: float) -> None:
    values = [*row.peers, *(v for v in (row.own, row.riket, row.low, row.high) if v is not None)]
    scale = Scale(*padded(values, share=0.04), left, right)
    canvas.line((left, y), (right, y), "grid", width=2)
    for value in row.peers:
        canvas.marker((scale(value), y), "square", "peer", radius=4)
    if row.peers:
        middle = scale(float(np.median(row.peers)))
        canvas.line((middle, y - 10), (middle, y + 10), "peer", width=3)
    if row.riket is not None:
        canvas.line((scale(row.riket), y - 13), (scale(row.riket), y + 13), "riket", width=2, dash="4 2.5")
    if row.low is not None and row.high is not None:
        canvas.line((scale(row.low), y), (scale(row.high), y), "own", width=2.5)
    if row.own is not None:
        canvas.marker((scale(row.own), y), "circle", "own", radius=7)
    ends = sorted({min(values), max(values)})
    for place, value in enumerate(ends):
        text = swedish.number(value, row.decimals)
        # The ends of the strip name its range; a label must not leave the drawing.
        half = text_width(text, 12) / 2
        x = min(max(scale(value), left - 6 + half), right + 6 - half)
        if len(ends) == 1 or place == 0 or scale(ends[1]) - scale(ends[0]) > 2 * half + 6:
            canvas.text((x, y + 25), text, anchor="middle", role="muted", size=12)


_Entry = tuple[str, str]


def _key_places(entries: Sequence[_Entry], width: float) -> list[tuple[Point, _Entry]]:
    placed, x, y = [], 0.0, 14.0
    for entry in entries:
        room = 26 + text_width(entry[1], SMALL) + 18
        if x and x + room - 18 > width:
            x, y = 0.0, y + 20
        placed.append(((x, y), entry))
        x += room
    return placed


def key_height(entries: Sequence[_Entry], width: float) -> float:
    """Height of the key above the rows."""
    return _key_places(entries, width)[-1][0][1] + 14


def draw_key(canvas: Canvas, entries: Sequence[_Entry], width: float) -> None:
    """Write what the markers mean; kinds are the branches below."""
    for (x, y), (kind, words) in _key_places(entries, width):
        centre = (x + 9, y - 4.5)
        if kind == "own":
            canvas.marker(centre, "circle", "own", radius=6)
        elif kind == "peer":
            canvas.marker(centre, "square", "peer", radius=4)
        elif kind == "dot":
            canvas.dots([centre], "peer", radius=2.5)
        elif kind == "median":
            canvas.line((centre[0], y - 12), (centre[0], y + 2), "peer", width=3)
        elif kind == "riket":
            canvas.line((centre[0], y - 13), (centre[0], y + 3), "riket", width=2, dash="4 2.5")
        elif kind == "women":
            canvas.marker(centre, "circle", "own", radius=6)
        elif kind == "men":
            canvas.marker(centre, "ring", "own", radius=6)
        else:
            canvas.rect((x, y - 11), (18, 13), "peer", opacity=0.25)
        canvas.text((x + 26, y), words, role="muted", size=SMALL)


@dataclass(frozen=True)
class GenderRow:
    """One key figure by gender."""

    label: str
    women: float | None
    men: float | None
    unit: str
    decimals: int = 1
    women_mark: Mark = Mark.NOT_PUBLISHED
    men_mark: Mark = Mark.NOT_PUBLISHED


def genders(rows: Sequence[GenderRow], *, women: str = "Kvinnor", men: str = "Män") -> Figure:
    """Draw each key figure as two markers joined by a line: women filled, men hollow.

    Rows of one and the same unit share a scale, others have a scale each.

    Raises
    ------
    ValueError
        No rows, or no row with a value.
    """
    if not any(row.women is not None or row.men is not None for row in rows):
        raise ValueError("ett diagram över kön behöver minst ett värde")
    return responsive(lambda width: _draw_genders(rows, women, men, width))


def _pair(row: GenderRow) -> str:
    women = row.women_mark.sign if row.women is None else swedish.number(row.women, row.decimals)
    men = row.men_mark.sign if row.men is None else swedish.number(row.men, row.decimals)
    return f"{women} | {men}"


def _draw_genders(rows: Sequence[GenderRow], women: str, men: str, width: float) -> Drawing:
    labels = [RowLabel(row.label, _pair(row), row.unit) for row in rows]
    entries = [("women", women), ("men", men)]
    heading = f"{women} | {men}"
    key_end = _key_places(entries, width)[-1][0][0] + 26 + text_width(entries[-1][1], SMALL)
    # The heading of the values stands beside the key, or under it where there is no room.
    heading_at = key_height(entries, width) - (
        0 if key_end + 20 + text_width(heading, SMALL) <= width else -18
    )
    placed = lay_out(labels, width, top=heading_at, strip=28)
    canvas = Canvas(width, placed.bottom + 4)
    draw_key(canvas, entries, width)
    canvas.text((width, heading_at - 14), heading, anchor="end", role="muted", size=SMALL)
    shared = len({row.unit for row in rows}) == 1
    everything = [v for row in rows for v in (row.women, row.men) if v is not None]
    for row, place in zip(rows, placed.places, strict=True):
        found = [v for v in (row.women, row.men) if v is not None]
        scale = Scale(
            *padded(everything if shared or not found else found, share=0.06), placed.left, placed.right
        )
        y = place.middle
        canvas.line((placed.left, y), (placed.right, y), "grid", width=2)
        if row.women is not None and row.men is not None:
            canvas.line((scale(row.women), y), (scale(row.men), y), "own", width=2.5)
        if row.men is not None:
            # Where the two fall together the hollow marker is drawn around the filled one.
            together = row.women is not None and abs(scale(row.men) - scale(row.women)) < 6
            canvas.marker((scale(row.men), y), "ring", "own", radius=10 if together else 6)
        if row.women is not None:
            canvas.marker((scale(row.women), y), "circle", "own", radius=6)
    placed.write(canvas, labels)
    return canvas.finish()


@dataclass(frozen=True)
class StripCell:
    """Own index value among all municipalities; `peers` and `others` are their values."""

    own: float | None
    peers: tuple[float, ...]
    others: tuple[float, ...]
    mark: Mark = Mark.NOT_PUBLISHED


@dataclass(frozen=True)
class StripRow:
    """One service: a cell per index, in the order of the headings."""

    label: str
    cells: tuple[StripCell, ...]


def strips(rows: Sequence[StripRow], headings: Sequence[str], *, own_name: str) -> Figure:
    """Draw indices (0-100) of several services as strips, one column per index.

    The field is the middle half of all municipalities, dots are the peers.

    Raises
    ------
    ValueError
        No rows, or a row without exactly one cell per heading.
    """
    if not rows or any(len(row.cells) != len(headings) for row in rows):
        raise ValueError(f"varje rad i remsorna ska ha {len(headings)} celler, och minst en rad behövs")
    return responsive(lambda width: _draw_strips(rows, headings, own_name, width))


def _draw_strips(rows: Sequence[StripRow], headings: Sequence[str], own_name: str, width: float) -> Drawing:
    narrow = is_narrow(width)
    entries = [("own", own_name), ("dot", "Jämförelsekommuner"), ("box", "Hälften av alla kommuner")]
    top = key_height(entries, width) + 6
    label_room = 0.0 if narrow else 170.0
    gap = 16.0
    cell = (width - label_room - gap * (len(headings) - 1)) / len(headings)
    head = 18.0 * max(len(wrap(text, cell, SMALL)) for text in headings)
    step = 78.0 if narrow else 54.0
    canvas = Canvas(width, top + head + 8 + step * len(rows) + 4)
    draw_key(canvas, entries, width)
    lefts = [label_room + place * (cell + gap) for place in range(len(headings))]
    for left, text in zip(lefts, headings, strict=True):
        for row_at, line in enumerate(wrap(text, cell, SMALL)):
            canvas.text((left, top + 12 + 16 * row_at), line, role="muted", size=SMALL, bold=True)
    for place, row in enumerate(rows):
        y = top + head + 8 + step * place
        if narrow:
            canvas.text((0, y + 14), row.label)
            y += 22
        else:
            for line_at, line in enumerate(wrap(row.label, label_room - 12)):
                canvas.text((0, y + 20 + 17 * line_at), line)
        for left, content in zip(lefts, row.cells, strict=True):
            _draw_cell(canvas, content, left, cell, y + 14)
    return canvas.finish()


def _draw_cell(canvas: Canvas, cell: StripCell, left: float, width: float, y: float) -> None:
    value_room = 30.0
    scale = Scale(-3, 103, left, left + width - value_room)
    canvas.line((scale(0), y), (scale(100), y), "grid", width=2)
    if cell.others:
        low, high = (scale(float(v)) for v in np.percentile(cell.others, [25, 75]))
        canvas.rect((low, y - 8), (high - low, 16), "peer", opacity=0.25)
    canvas.dots([(scale(value), y) for value in cell.peers], "peer", radius=2.5)
    if cell.own is not None:
        canvas.marker((scale(cell.own), y), "circle", "own", radius=6)
    if cell.own is None:
        canvas.text((left + width, y + 5), cell.mark.sign, anchor="end", role="muted")
    else:
        canvas.text((left + width, y + 5), swedish.number(cell.own), anchor="end", role="own", bold=True)
