"""Municipalities on the ground: projection, neighbours, and what belongs on a map around one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ring = NDArray[np.float64]
"""A closed line, shape (points, 2), the last point the same as the first."""

ACROSS_WATER = 3_000.0
"""Municipalities without a neighbour on land have those that lie this near, in metres: a bridge
or a ferry away. Ekerö, Lidingö, Tjörn and Öckerö get theirs by it; Gotland has none."""

TOO_SMALL = 0.05
"""A municipality whose inside is narrower than this share of its county's extent is lost on a map of the
county: suburbs of Stockholm and Göteborg. Their map shows neighbours and the neighbours' neighbours."""

FEWEST = 5
"""A map of fewer municipalities than this tells nothing of the surroundings."""

_GRID = 16


def sweref99tm(degrees: Ring) -> Ring:
    """Project to SWEREF 99 TM, the map that Swedish authorities use.

    Transverse Mercator round 15° E by Krüger's series (Lantmäteriet, Gauss Conformal
    Projection), whose error is less than a millimetre in Sweden. The projection itself
    draws lengths at most 0.2 % wrong in the country.

    Parameters
    ----------
    degrees
        Longitude and latitude (SWEREF 99 or WGS 84), shape (n, 2).

    Returns
    -------
    numpy.ndarray
        East and north in metres, shape (n, 2).

    Examples
    --------
    >>> sweref99tm(np.array([[15.0, 63.0]])).round(2).tolist()
    [[500000.0, 6985589.21]]
    """
    flattening = 1 / 298.257222101  # the ellipsoid GRS 80
    e2 = flattening * (2 - flattening)
    n = flattening / (2 - flattening)
    rectifying = 6_378_137.0 / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    latitude = np.radians(degrees[:, 1])
    longitude = np.radians(degrees[:, 0] - 15.0)
    sine = np.sin(latitude)
    to_conformal = (
        e2,
        (5 * e2**2 - e2**3) / 6,
        (104 * e2**3 - 45 * e2**4) / 120,
        1237 * e2**4 / 1260,
    )
    conformal = latitude - sine * np.cos(latitude) * sum(
        factor * sine ** (2 * power) for power, factor in enumerate(to_conformal)
    )
    xi = np.arctan2(np.tan(conformal), np.cos(longitude))
    eta = np.arctanh(np.cos(conformal) * np.sin(longitude))
    series = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49561 * n**4 / 161280,
    )
    north, east = xi.copy(), eta.copy()
    for order, factor in enumerate(series, start=1):
        north += factor * np.sin(2 * order * xi) * np.cosh(2 * order * eta)
        east += factor * np.cos(2 * order * xi) * np.sinh(2 * order * eta)
    return np.column_stack((0.9996 * rectifying * east + 500_000.0, 0.9996 * rectifying * north))


@dataclass(frozen=True)
class Spot:
    """Where a text fits in an area: its middle and the distance to the nearest border, in metres."""

    east: float
    north: float
    radius: float


class Geography:
    """Shapes of the municipalities in metres, and who lies next to whom.

    Parameters
    ----------
    borders
        Code -> rings of longitude and latitude, where neighbours share points.
    """

    def __init__(self, borders: Mapping[str, Sequence[Ring]]) -> None:
        self.shapes: dict[str, tuple[Ring, ...]] = {
            code: tuple(sweref99tm(ring) for ring in found) for code, found in borders.items()
        }
        self._boxes = {
            code: (np.concatenate(found).min(axis=0), np.concatenate(found).max(axis=0))
            for code, found in self.shapes.items()
        }
        self._spots: dict[str, Spot] = {}
        self._around: dict[str, tuple[str, ...]] = {}

    @cached_property
    def _beside(self) -> dict[str, set[str]]:
        """Who lies next to whom, on land or across narrow water."""
        owners: dict[tuple[float, float], set[str]] = defaultdict(set)
        for code, found in self.shapes.items():
            for east, north in np.concatenate(found).tolist():
                owners[east, north].add(code)
        beside: dict[str, set[str]] = {code: set() for code in self.shapes}
        for codes in owners.values():
            for code in codes:
                beside[code] |= codes - {code}
        for code in [code for code, found in beside.items() if not found]:
            for other in self.shapes:
                near = other != code and self._apart(code, other) <= ACROSS_WATER
                if near and self.distance(code, other) <= ACROSS_WATER:
                    beside[code].add(other)
                    beside[other].add(code)
        return beside

    def neighbours(self, code: str) -> tuple[str, ...]:
        """Return the municipalities that share a border point or lie `ACROSS_WATER`; sorted."""
        return tuple(sorted(self._beside[code]))

    def around(self, code: str) -> tuple[str, ...]:
        """Return what a map round a municipality shows, sorted, itself too.

        Its county and its neighbours; for one `TOO_SMALL` for that, its neighbours and theirs. When
        those are fewer than `FEWEST`, the nearest counties come with them, as a whole. The first
        two digits of a code are the county's.
        """
        if code not in self._around:
            self._around[code] = tuple(sorted(self._wide_enough(code)))
        return self._around[code]

    def shows_county(self, code: str) -> bool:
        """Whether the map round a municipality shows all of its county."""
        return self._county(code) <= set(self.around(code))

    def _wide_enough(self, code: str) -> set[str]:
        near = {code, *self._beside[code]}
        shown = near | self._county(code)
        low = np.min([self._boxes[item][0] for item in shown], axis=0)
        high = np.max([self._boxes[item][1] for item in shown], axis=0)
        if 2 * self.spot(code).radius < TOO_SMALL * float((high - low).max()):
            shown = near.union(*(self._beside[item] for item in near))
        if len(shown) < FEWEST:
            others = [other for other in self.shapes if other not in shown]
            for other in sorted(others, key=lambda other: self.distance(code, other)):
                if len(shown) >= FEWEST:
                    break
                shown |= self._county(other)
        return shown

    def distance(self, one: str, other: str) -> float:
        """Return the shortest distance between the borders of two municipalities, in metres."""
        return min(
            min(float(_to_border(mine, ring).min()), float(_to_border(ring, mine).min()))
            for mine in self.shapes[one]
            for ring in self.shapes[other]
        )

    def _apart(self, one: str, other: str) -> float:
        """Return how far apart the frames round two municipalities are: no more than the borders."""
        (low, high), (other_low, other_high) = self._boxes[one], self._boxes[other]
        return float(np.hypot(*np.maximum(0.0, np.maximum(low - other_high, other_low - high))))

    def spot(self, code: str) -> Spot:
        """Return where in the largest part of a municipality a text has most room about it.

        The best of a grid of 16 x 16 points: a text need not stand more exactly.
        """
        if code not in self._spots:
            ring = largest(self.shapes[code])
            low, high = ring.min(axis=0), ring.max(axis=0)
            steps = (np.arange(_GRID) + 0.5) / _GRID
            grid = np.stack(np.meshgrid(*(low + np.outer(steps, high - low)).T), axis=-1).reshape(-1, 2)
            room = np.where(_inside(grid, ring), _to_border(grid, ring), -1.0)
            best = int(room.argmax())
            self._spots[code] = Spot(float(grid[best, 0]), float(grid[best, 1]), float(room[best]))
        return self._spots[code]

    def _county(self, code: str) -> set[str]:
        """Return the municipalities of a municipality's county."""
        return {other for other in self.shapes if other.startswith(code[:2])}


def largest(found: Iterable[Ring]) -> Ring:
    """Return the ring that encloses most.

    Examples
    --------
    >>> small, large = (side * np.array([[0.0, 0], [1, 0], [1, 1], [0, 0]]) for side in (1, 2))
    >>> largest([small, large]) is large
    True
    """
    return max(found, key=area)


def area(ring: Ring) -> float:
    """Return the area that a ring encloses, in the square of its unit.

    Examples
    --------
    >>> area(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 3.0], [0.0, 3.0], [0.0, 0.0]]))
    6.0
    """
    east, north = (ring - ring[0]).T
    return abs(float(np.dot(east[:-1], north[1:]) - np.dot(east[1:], north[:-1]))) / 2


def _to_border(points: Ring, ring: Ring) -> NDArray[np.float64]:
    """Return each point's distance to the nearest of a ring's straight parts."""
    start, along = ring[:-1], np.diff(ring, axis=0)
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    offset = points[:, None, :] - start
    share = np.clip((offset * along).sum(axis=2) / length, 0.0, 1.0)
    nearest: NDArray[np.float64] = np.hypot(*np.moveaxis(offset - share[..., None] * along, 2, 0))
    closest: NDArray[np.float64] = nearest.min(axis=1)
    return closest


def _inside(points: Ring, ring: Ring) -> NDArray[np.bool_]:
    """Return which points lie inside a ring (even-odd rule)."""
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    x, y = points[:, :1], points[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        crossed = ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    inside: NDArray[np.bool_] = crossed.sum(axis=1) % 2 == 1
    return inside
