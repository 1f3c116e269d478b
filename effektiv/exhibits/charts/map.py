"""A map of municipalities in classes, drawn straight to SVG: areas are paths, and need no plotting library.

The classes are five strengths of one colour, for they are ordered; a stronger tone is a higher value on light
paper and on dark. Neighbouring classes differ in contrast by at least 1.7:1 and those two apart by 2.9:1, whatever
the reader's colour vision. Nothing hangs on tone alone: values are written where there is room.

Points are rounded to half a pixel. Neighbours share their border's points, so they share the rounded ones too,
and no gap or overlap can arise, as when each area is simplified for itself.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from effektiv.analysis.geography import Ring, Spot, area, largest
from effektiv.exhibits.charts._plot import shorten, text_width
from effektiv.exhibits.style import NARROW, SMALL, WIDE, Role, colour
from effektiv.exhibits.svg import Drawing, Figure

TONES = {-2: 0.04, -1: 0.28, 0: 0.48, 1: 0.68, 2: 0.92}
"""Opacity of the ink over the paper, by class."""

_OWN_ROOM = 14.0
"""Pixels to the nearest border from where the own name fits inside the own outline."""

_LIGHT = 0
"""Up to this class an area gets a dark border, above it one in the colour of the paper."""

_MOST = {WIDE: (440.0, 480.0), NARROW: (float(NARROW), 400.0)}
"""Largest width and height of the map itself, by width of the drawing."""

_CASED: tuple[tuple[Role, float], ...] = (("paper", 6.5), ("own", 3.0))
"""The own outline has an edge of paper on both sides, so that it is seen against any tone."""

_ISLET = 2.0
"""Islets smaller than this, in square pixels, are left out."""

_EDGE = 4.0
_ROW = 20.0
_LINE = 15.0
_SWATCH = 22.0


@dataclass(frozen=True)
class Area:
    """One municipality.

    Attributes
    ----------
    name
        Written on the map if there is room and it is the own one or a neighbour.
    shape
        Rings in metres, north upwards.
    spot
        Where text fits.
    tone
        Class from -2 to 2; None where the value is missing.
    text
        The value, written where there is room.
    own, neighbour, marked
        The municipality itself; next to it; to be marked with a square.
    """

    name: str
    shape: tuple[Ring, ...]
    spot: Spot
    tone: int | None
    text: str
    own: bool = False
    neighbour: bool = False
    marked: bool = False


@dataclass(frozen=True)
class Map:
    """Municipalities and what their tones mean.

    Attributes
    ----------
    areas
        One of them is the own municipality.
    heading
        Stands above the key.
    classes
        Class -> what it means, from the top of the key downwards.
    missing
        What an area without a value means.
    marked
        What a square means.
    """

    areas: tuple[Area, ...]
    heading: str
    classes: tuple[tuple[int, str], ...]
    missing: str
    marked: str

    def __post_init__(self) -> None:
        if sum(item.own for item in self.areas) != 1:
            raise ValueError("en karta behöver precis en egen kommun")


def draw_map(data: Map) -> Figure:
    """Draw the map with its key beside it, and for a telephone with the key below."""
    return Figure(*(_Sheet(data, width).drawing() for width in (WIDE, NARROW)))


class _Box:
    """A rectangle in pixels that a text takes up."""

    def __init__(self, x: float, y: float, width: float, height: float) -> None:
        """Centre and size."""
        self.x, self.y, self.width, self.height = x, y, width, height

    def meets(self, other: _Box) -> bool:
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )

    def within(self, outer: _Box) -> bool:
        return (
            abs(self.x - outer.x) * 2 <= outer.width - self.width
            and abs(self.y - outer.y) * 2 <= outer.height - self.height
        )

    def pushed_into(self, outer: _Box) -> _Box:
        """Return the rectangle moved until it is inside another."""
        x_room, y_room = (outer.width - self.width) / 2, (outer.height - self.height) / 2
        x = min(max(self.x, outer.x - x_room), outer.x + x_room)
        y = min(max(self.y, outer.y - y_room), outer.y + y_room)
        return _Box(x, y, self.width, self.height)


class _Sheet:
    """One drawing of a map: wide or narrow."""

    def __init__(self, data: Map, width: int) -> None:
        self.data = data
        self.width = float(width)
        points = np.concatenate([ring for item in data.areas for ring in item.shape])
        self._low, self._high = points.min(axis=0), points.max(axis=0)
        most_wide, most_high = _MOST[width]
        size = self._high - self._low
        self._scale = min((most_wide - 2 * _EDGE) / size[0], (most_high - 2 * _EDGE) / size[1])
        self.map_width = size[0] * self._scale + 2 * _EDGE
        self.map_height = size[1] * self._scale + 2 * _EDGE
        # The key stands beside the map, or below it on a telephone.
        wide = width == WIDE
        self._key_at = (self.map_width + 32.0, 16.0) if wide else (0.0, self.map_height + 24.0)
        self._left = 0.0 if wide else (self.width - self.map_width) / 2
        room = self.map_width if wide else self.width
        self._frame = _Box(room / 2, self.map_height / 2, room, self.map_height)
        self._zero = (
            _EDGE + self._left - self._low[0] * self._scale,
            _EDGE + self._high[1] * self._scale,
        )
        self._hatch = f"karta-{width}"
        self._pixels = self._at(points)
        self._paths = {item.name: self._path(item) for item in data.areas}
        self._taken: list[_Box] = []
        self._marks: list[_Box] = []
        common = {"text-anchor": "middle", "font-size": f"{SMALL:g}"}
        halo = {"paint-order": "stroke", "stroke": colour("paper"), "stroke-width": "3.5"}
        self._texts = {
            "plain": ET.Element("g", {**common, **halo}),
            "reverse": ET.Element("g", {**common, "fill": colour("paper")}),
            "own": ET.Element("g", {**common, **halo, "font-weight": "bold"}),
        }

    def drawing(self) -> Drawing:
        """Draw areas, outline, texts and key, in that order."""
        texts = list(self._labels())
        key = list(self._key())
        height = max(self.map_height, self._key_at[1] + _ROW * len(self._key_rows()) + _EDGE)
        parts = [*self._defs(), *self._areas(), *self._squares(), *texts, *key]
        body = "".join(ET.tostring(part, encoding="unicode") for part in parts)
        return Drawing(self.width, float(np.ceil(height)), body.replace(" />", "/>"))

    # --- areas -------------------------------------------------------------------------------

    def _at(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return pixels from metres: north is up."""
        pixels: NDArray[np.float64] = points * (self._scale, -self._scale) + self._zero
        return pixels

    def _path(self, item: Area) -> str:
        """Return an area's path in half pixels; islets too small to be seen are left out."""
        shown = item.shape
        if len(shown) > 1:
            whole = largest(shown)
            shown = tuple(ring for ring in shown if ring is whole or area(ring) * self._scale**2 >= _ISLET)
        return "".join(_line(np.rint(2 * self._at(ring)).astype(int)) for ring in shown)

    def _defs(self) -> Iterator[ET.Element]:
        """Yield the hatching of areas without a value, when there are any."""
        if all(item.tone is not None for item in self.data.areas):
            return
        defs = ET.Element("defs")
        hatch = {"id": self._hatch, "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
        pattern = ET.SubElement(defs, "pattern", {**hatch, "patternTransform": "rotate(45)"})
        ET.SubElement(pattern, "path", {"d": "M0 0v6", "stroke": colour("muted"), "stroke-width": "2"})
        yield defs

    def _fill(self, tone: int | None) -> dict[str, str]:
        if tone is None:
            return {"fill": f"url(#{self._hatch})"}
        return {"fill": colour("ink"), "fill-opacity": f"{TONES[tone]:g}"}

    def _areas(self) -> Iterator[ET.Element]:
        """Yield the areas class by class, the strongest first, and the own outline upon them.

        A border in paper parts two strong tones and a grey one two weak ones; where a strong
        tone meets a weak one, the tones themselves part them.
        """
        half = {"transform": "scale(.5)", "stroke-linejoin": "round"}
        groups = ET.Element("g", half)
        for tone in (*sorted(TONES, reverse=True), None):
            found = [item for item in self.data.areas if item.tone == tone]
            if not found:
                continue
            weak = tone is None or tone <= _LIGHT
            stroke = {"stroke": colour("muted" if weak else "paper"), "stroke-width": "1.5"}
            line = "".join(self._paths[item.name] for item in found)
            ET.SubElement(groups, "path", {"d": line, **self._fill(tone), **stroke})
        own = next(item for item in self.data.areas if item.own)
        for role, width in _CASED:
            outline = {"fill": "none", "stroke": colour(role), "stroke-width": f"{2 * width:g}"}
            ET.SubElement(groups, "path", {"d": self._paths[own.name], **outline})
        yield groups

    # --- texts -------------------------------------------------------------------------------

    def _labels(self) -> Iterator[ET.Element]:
        """Yield names and values where there is room: the own first, then neighbours, then the largest.

        Inside a strong tone they have the colour of the paper; elsewhere an edge of paper
        lifts them off any tone.
        """
        yield from self._own_label()
        order = sorted(self.data.areas, key=lambda item: (not item.neighbour, -item.spot.radius))
        for item in order:
            if not item.own:
                self._label(item)
        yield from (group for group in self._texts.values() if len(group))

    def _middle(self, item: Area) -> tuple[float, float]:
        zero_x, zero_y = self._zero
        return float(zero_x + item.spot.east * self._scale), float(zero_y - item.spot.north * self._scale)

    def _extent(self, item: Area) -> float:
        """Return how wide the largest part of an area is, in pixels."""
        return float(np.ptp(largest(item.shape)[:, 0]) * self._scale)

    def _own_label(self) -> Iterator[ET.Element]:
        """Write name and value in the own municipality; when it is too small beside it, and yield a line."""
        own = next(item for item in self.data.areas if item.own)
        x, y = self._middle(own)
        radius = own.spot.radius * self._scale
        lines = [shorten(line, self._frame.width, SMALL, bold=True) for line in (own.name, own.text) if line]
        width = max(text_width(line, SMALL, bold=True) for line in lines)
        height = len(lines) * _LINE
        fits = radius > _OWN_ROOM and width <= 1.4 * self._extent(own)
        places = (
            [(0.0, 0.0)]
            if fits
            else [*_about(radius + 16, width, height), *_about(radius + 40, width, height)]
        )
        boxes = [_Box(x + dx, y + dy, width, height) for dx, dy in places]
        inside = [box for box in boxes if box.within(self._frame)] or [boxes[0].pushed_into(self._frame)]
        # Beside it, the label stands where it hides fewest others.
        box = min(inside, key=self._hidden)
        self._taken.append(box)
        if not fits:
            to = np.clip(
                (x, y), (box.x - width / 2, box.y - height / 2), (box.x + width / 2, box.y + height / 2)
            )
            border = self._at(np.concatenate(own.shape))
            start = border[np.hypot(*(border - to).T).argmin()]
            steps = np.linspace(start, to, 6)
            self._taken += [_Box(float(x), float(y), 8, 8) for x, y in steps]
            ends = f"M{start[0]:.0f} {start[1]:.0f}L{to[0]:.0f} {to[1]:.0f}"
            for role, thick in _CASED:
                yield ET.Element("path", {"d": ends, "stroke": colour(role), "stroke-width": f"{thick:g}"})
        self._write(box, lines, bold=True)

    def _hidden(self, box: _Box) -> int:
        """Return how much of the map a label would hide, in points of borders."""
        low = (box.x - box.width / 2, box.y - box.height / 2)
        points = self._pixels
        return int(((points >= low) & (points <= np.add(low, (box.width, box.height)))).all(axis=1).sum())

    def _label(self, item: Area) -> None:
        """Write what fits of an area's mark, name and value; the mark always stands there."""
        x, y = self._middle(item)
        radius = item.spot.radius * self._scale
        sign = 14.0 if item.marked else 0.0
        for names in ((item.name, item.text) if item.neighbour else (), (item.text,)):
            lines = [line for line in names if line]
            if not lines:
                continue
            width = max(text_width(line, SMALL) for line in lines) + sign
            box = _Box(x, y, width, _LINE * len(lines))
            inside = width <= 2.1 * radius and box.height <= 2 * radius
            fits = inside or (lines[0] == item.name and width <= 1.15 * self._extent(item))
            if fits and box.within(self._frame) and not self._meets(box):
                self._taken.append(box)
                if item.marked:
                    left = x - text_width(lines[-1], SMALL) / 2 - 2
                    self._marks.append(_Box(left, box.y + box.height / 2 - 7, 9, 9))
                self._write(box, lines, shift=sign / 2, reverse=inside and (item.tone or 0) > 0)
                return
        if item.marked:
            self._marks.append(_Box(x, y, 9, 9))
            self._taken.append(_Box(x, y, 13, 13))

    def _meets(self, box: _Box) -> bool:
        return any(box.meets(other) for other in self._taken)

    def _write(
        self,
        box: _Box,
        lines: Sequence[str],
        *,
        bold: bool = False,
        shift: float = 0.0,
        reverse: bool = False,
    ) -> None:
        """Write lines under each other in a box, among the texts that look alike."""
        group = self._texts["own" if bold else "reverse" if reverse else "plain"]
        for row, line in enumerate(lines):
            x = box.x + (shift if row == len(lines) - 1 else 0.0)
            y = box.y - box.height / 2 + (row + 0.5) * _LINE + 0.36 * SMALL
            ET.SubElement(group, "text", {"x": f"{x:.0f}", "y": f"{y:.0f}"}).text = line

    def _squares(self) -> Iterator[ET.Element]:
        for mark in self._marks:
            yield _square(mark.x, mark.y)

    # --- key ---------------------------------------------------------------------------------

    def _key_rows(self) -> list[tuple[str, int | None, str]]:
        """Return kind, class and text of each row of the key, after its heading."""
        own = next(item for item in self.data.areas if item.own)
        rows: list[tuple[str, int | None, str]] = [("tone", tone, text) for tone, text in self.data.classes]
        if any(item.tone is None for item in self.data.areas):
            rows.append(("tone", None, self.data.missing))
        rows.append(("own", None, own.name))
        if any(item.marked for item in self.data.areas):
            rows.append(("square", None, self.data.marked))
        return rows

    def _key(self) -> Iterator[ET.Element]:
        left, top = self._key_at
        group = ET.Element("g", {"font-size": f"{SMALL:g}", "fill": colour("muted")})
        ET.SubElement(group, "text", {"x": f"{left:g}", "y": f"{top:.0f}"}).text = self.data.heading
        yield group
        start = left + _SWATCH + 8
        for number, (kind, tone, text) in enumerate(self._key_rows(), start=1):
            y = top + number * _ROW
            yield from self._sign(kind, tone, left, y - 11)
            words = shorten(text, self.width - start, SMALL)
            ET.SubElement(group, "text", {"x": f"{start:g}", "y": f"{y:.0f}"}).text = words

    def _sign(self, kind: str, tone: int | None, x: float, y: float) -> Iterator[ET.Element]:
        if kind == "square":
            yield _square(x + _SWATCH / 2, y + 6.5)
            return
        size = {"x": f"{x + 1:g}", "y": f"{y:.0f}", "width": f"{_SWATCH - 2:g}", "height": "13"}
        if kind == "own":
            yield ET.Element("rect", {**size, "fill": "none", "stroke": colour("own"), "stroke-width": "3"})
        else:
            yield ET.Element(
                "rect", {**size, **self._fill(tone), "stroke": colour("muted"), "stroke-width": ".75"}
            )


def _about(reach: float, width: float, height: float) -> list[tuple[float, float]]:
    """Return where a label's middle may be round a point, in eight directions at a distance."""
    x, y = reach + width / 2, reach + height / 2
    return [(x, -y), (-x, -y), (x, y), (-x, y), (x, 0.0), (-x, 0.0), (0.0, -y), (0.0, y)]


def _square(x: float, y: float) -> ET.Element:
    at = {"x": f"{x - 4.5:g}", "y": f"{y - 4.5:g}", "width": "9", "height": "9"}
    return ET.Element(
        "rect", {**at, "fill": colour("peer"), "stroke": colour("paper"), "stroke-width": "1.5"}
    )


def _line(points: NDArray[np.int_]) -> str:
    """Write a closed line with whole numbers relative to the point before, which takes half the bytes."""
    (x, y), *rest = points.tolist()
    parts: list[str] = []
    before = [x, y]
    for at in rest[:-1]:  # z closes the line
        dx, dy = at[0] - before[0], at[1] - before[1]
        if dx or dy:
            parts.append(f"{' ' if parts and dx >= 0 else ''}{dx}{' ' if dy >= 0 else ''}{dy}")
        before = at
    return f"M{x} {y}l{''.join(parts)}z" if parts else ""
