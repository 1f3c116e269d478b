"""Projection against PROJ, and who lies next to whom against what is known of Sweden."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.analysis.geography import FEWEST, Geography, area, largest, sweref99tm
from effektiv.data.borders import municipal_borders
from tests.swedish_map import names


@cache
def sweden() -> Geography:
    return Geography(municipal_borders())


def called(codes: tuple[str, ...]) -> set[str]:
    return {names()[code] for code in codes}


# --- projection -------------------------------------------------------------------------------

PROJ = {
    # Longitude and latitude -> east and north by PROJ 9 (EPSG:4326 to EPSG:3006).
    (15.0, 63.0): (500000.0, 6985589.21496),
    (11.0, 58.9): (269612.12507, 6535807.49423),
    (24.16, 65.83): (917318.04019, 7331482.78475),
    (20.22, 67.86): (719321.33655, 7536518.01260),
    (18.29, 57.63): (696425.06338, 6392283.35046),
    (12.99, 55.33): (372489.89072, 6133354.27647),
    (22.0, 69.0): (779441.48617, 7670323.42355),
}


def test_the_projection_is_sweref_99_tm_to_the_millimetre() -> None:
    found = sweref99tm(np.array(list(PROJ)))
    assert np.abs(found - np.array(list(PROJ.values()))).max() < 0.001


POINTS = np.concatenate([ring for parts in municipal_borders().values() for ring in parts])


@given(st.integers(0, len(POINTS) - 1))
def test_lengths_and_angles_are_right_to_two_per_mille(place: int) -> None:
    """Short steps east and north are as long as on the ellipsoid, and at right angles."""
    longitude, latitude = POINTS[place]
    step = 1e-4
    here, east, north = sweref99tm(
        np.array([[longitude, latitude], [longitude + step, latitude], [longitude, latitude + step]])
    )
    e2, phi = 0.00669438002290, np.radians(latitude)
    root = np.sqrt(1 - e2 * np.sin(phi) ** 2)
    along, across = (
        6378137.0 * np.cos(phi) / root * np.radians(step),
        6378137.0 * (1 - e2) / root**3 * np.radians(step),
    )
    assert np.linalg.norm(east - here) / along == pytest.approx(1, abs=0.002)
    assert np.linalg.norm(north - here) / across == pytest.approx(1, abs=0.002)
    assert abs(np.dot(east - here, north - here)) < 1e-4 * along * across


# --- who lies where ---------------------------------------------------------------------------

NEIGHBOURS = {
    "Kungsbacka": {"Göteborg", "Mölndal", "Härryda", "Mark", "Varberg"},
    "Malmö": {"Burlöv", "Staffanstorp", "Svedala", "Vellinge"},
    "Kiruna": {"Gällivare", "Pajala"},
    "Älvkarleby": {"Gävle", "Tierp"},
    "Borgholm": {"Mörbylånga"},
    "Gotland": set(),
    "Tjörn": {"Orust", "Stenungsund"},
}


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_neighbours_of_some_municipalities(name: str) -> None:
    (code,) = [code for code, known in names().items() if known == name]
    assert called(sweden().neighbours(code)) == NEIGHBOURS[name]


def test_to_be_neighbours_is_mutual_and_only_gotland_has_none() -> None:
    ground = sweden()
    for code in ground.shapes:
        assert code not in ground.neighbours(code)
        assert all(code in ground.neighbours(other) for other in ground.neighbours(code))
    assert called(tuple(code for code in ground.shapes if not ground.neighbours(code))) == {"Gotland"}


def test_a_map_shows_the_county_and_the_neighbours() -> None:
    ground = sweden()
    around = ground.around("1384")  # Kungsbacka
    assert ground.shows_county("1384")
    assert {code for code in around if not code.startswith("13")} == {
        code for code in ground.neighbours("1384") if not code.startswith("13")
    }
    assert len(ground.around("1280")) == 33  # Malmö: all of Skåne


def test_a_suburb_shows_its_neighbours_and_theirs() -> None:
    ground = sweden()
    assert not ground.shows_county("0183")  # Sundbyberg
    shown = set(ground.around("0183"))
    near = {"0183", *ground.neighbours("0183")}
    assert shown == near.union(*(ground.neighbours(code) for code in near))
    assert "Norrtälje" not in called(tuple(shown))


def test_gotland_is_shown_with_the_whole_of_the_nearest_county() -> None:
    around = sweden().around("0980")
    kalmar = {code for code in names() if code.startswith("08")}
    assert set(around) == {"0980"} | kalmar


def test_every_municipality_has_a_map_that_says_something() -> None:
    ground = sweden()
    for code in ground.shapes:
        around = ground.around(code)
        assert FEWEST <= len(around) <= 60
        assert code in around
        assert set(ground.neighbours(code)) <= set(around)


def test_text_stands_inside_its_municipality() -> None:
    ground = sweden()
    for code, shape in ground.shapes.items():
        spot, ring = ground.spot(code), largest(shape)
        assert spot.radius > 0, code
        # Winding number by angles, another way than the one tested.
        angles = np.arctan2(ring[:, 1] - spot.north, ring[:, 0] - spot.east)
        turned = (np.diff(angles) + np.pi) % (2 * np.pi) - np.pi
        assert abs(abs(turned.sum()) - 2 * np.pi) < 1e-6, code
        assert np.hypot(ring[:, 0] - spot.east, ring[:, 1] - spot.north).min() >= spot.radius - 1e-6


def test_areas_of_the_municipalities_are_those_of_the_atlas() -> None:
    """Land and lakes in square kilometres (SCB), to the simplification's few per cent."""
    ground = sweden()
    for code, known in {"2584": 20_551, "1280": 157, "0980": 3_140}.items():
        found = sum(area(ring) for ring in ground.shapes[code]) / 1e6
        assert found == pytest.approx(known, rel=0.08)
