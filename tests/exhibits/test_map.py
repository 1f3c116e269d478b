"""The map as it is drawn, on a grid of made-up squares."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest

from effektiv.analysis.geography import Spot
from effektiv.exhibits.charts._plot import text_width
from effektiv.exhibits.charts.map import TONES, Area, Map, draw_map
from effektiv.exhibits.style import PALETTE, SMALL
from effektiv.exhibits.svg import Drawing, Figure
from tests.exhibits.test_charts_colours import DEFICIENCY, contrast, lab, linear

NAN = float("nan")
SIDE = 10_000.0
NAMES = ["Mitt", "Norr", "Öst", "Syd", "Väst", "Ås", "Älv", "Ö", "Zon"]
PLACES = [(1, 1), (1, 2), (2, 1), (1, 0), (0, 1), (0, 0), (2, 2), (2, 0), (0, 2)]
VALUES = [2.4, 5.0, 1.2, -0.3, -1.5, -4.0, NAN, 0.0, 3.0]
CODES = [f"{2701 + number}" for number in range(9)]


def square(place: tuple[float, float], side: float = SIDE) -> np.ndarray:
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], dtype=float)
    return (np.array(place) * SIDE) + corners * side


def spot(place: tuple[float, float], side: float = SIDE) -> Spot:
    return Spot(place[0] * SIDE + side / 2, place[1] * SIDE + side / 2, side / 2)


def areas(**own: Any) -> tuple[Area, ...]:
    made = [
        Area(
            name=name,
            shape=(square(place),),
            spot=spot(place),
            tone=tone,
            text="" if tone is None else f"+{number},0",
            own=number == 0,
            neighbour=0 < number < 5,
            marked=number == 3,
        )
        for number, (name, place, tone) in enumerate(
            zip(NAMES, PLACES, [1, 2, 0, -1, -2, 0, None, 1, 2], strict=True)
        )
    ]
    return (replace(made[0], **own), *made[1:])


def data(**change: Any) -> Map:
    classes = tuple((tone, f"Klass {tone}") for tone in sorted(TONES, reverse=True))
    values = {
        "areas": areas(),
        "heading": "Kostnad",
        "classes": classes,
        "missing": "Uppgift saknas",
        "marked": "Liknande kommuner",
    }
    return Map(**{**values, **change})


def drawings(figure: Figure) -> list[Drawing]:
    assert figure.narrow is not None
    return [figure.wide, figure.narrow]


def elements(drawing: Drawing) -> Iterator[tuple[ET.Element, dict[str, str]]]:
    """Each element with the attributes of the groups around it."""

    def within(element: ET.Element, above: Mapping[str, str]) -> Iterator[tuple[ET.Element, dict[str, str]]]:
        own = {**above, **element.attrib}
        yield element, own
        for child in element:
            yield from within(child, own)

    yield from within(ET.fromstring(f"<g>{drawing.body}</g>"), {})


def texts(drawing: Drawing) -> list[str]:
    return [element.text or "" for element, _ in elements(drawing) if element.tag == "text"]


def boxes(drawing: Drawing) -> Iterator[tuple[str, float, float, float, float]]:
    """Each text with its left, upper, right and lower edge."""
    for element, paint in elements(drawing):
        if element.tag == "text":
            text = element.text or ""
            width = text_width(text, SMALL, bold="font-weight" in paint)
            left = float(paint["x"]) - (width / 2 if paint.get("text-anchor") == "middle" else 0)
            base = float(paint["y"])
            yield text, left, base - 9.5, left + width, base + 3


def points(line: str) -> list[list[tuple[int, int]]]:
    """The corners of each ring of a path of relative steps, in half pixels."""
    rings = []
    for x, y, steps in re.findall(r"M(-?\d+) (-?\d+)l([-\d ]+)z", line):
        at = np.array([int(x), int(y)])
        numbers = np.array([int(number) for number in re.findall(r"-?\d+", steps)]).reshape(-1, 2)
        rings.append([tuple(at), *(tuple(at + step) for step in numbers.cumsum(axis=0))])
    return rings


FIGURE = draw_map(data())


# --- the drawing --------------------------------------------------------------------------


def test_it_is_the_same_every_time_and_holds_nothing_foreign() -> None:
    assert draw_map(data()) == FIGURE
    html = FIGURE.to_html("Alt")
    for word in ("<image", " style=", "<style", "<script", "data:", "clip-path"):
        assert word not in html
    assert html.count("http") == html.count("http://www.w3.org/2000/svg")


def test_every_colour_is_one_of_the_palette() -> None:
    html = FIGURE.to_html("Alt")
    known = {f"var(--{role}, {value.light})" for role, value in PALETTE.items()}
    used = set(re.findall(r' (?:fill|stroke)="([^"]+)"', html)) - {
        "none",
        "url(#karta-720)",
        "url(#karta-320)",
    }
    assert used <= known
    assert set(re.findall(r"url\(#([^)]+)\)", html)) == set(re.findall(r' id="([^"]+)"', html))


def test_both_drawings_have_their_widths_and_north_is_up() -> None:
    assert [drawing.width for drawing in drawings(FIGURE)] == [720, 320]
    for drawing in drawings(FIGURE):
        # Names on the map come before the same names in the key.
        heights = {text: upper for text, _, upper, _, _ in reversed(list(boxes(drawing)))}
        assert heights["Norr"] < heights["Mitt"] < heights["Syd"]


def test_text_stays_inside_and_apart() -> None:
    for drawing in drawings(FIGURE):
        found = list(boxes(drawing))
        for text, left, upper, right, lower in found:
            assert left >= -1 and right <= drawing.width + 1, text
            assert upper >= -1 and lower <= drawing.height + 1, text
        for (one, *a), (other, *b) in combinations(found, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (one, other)


def test_own_and_neighbours_are_named_and_others_have_their_value_only() -> None:
    for drawing in drawings(FIGURE):
        found = texts(drawing)
        assert found.count("Mitt") == 2  # on the map and in the key
        assert {"Norr", "Öst", "Syd", "Väst", "+1,0", "+5,0", "+7,0", "+8,0"} <= set(found)
        assert not {"Ås", "Älv", "Ö", "Zon"} & set(found)
        assert {"Uppgift saknas", "Liknande kommuner", "Klass 2", "Klass -2"} <= set(found)


def test_the_key_leaves_out_what_the_map_does_not_show() -> None:
    plain = [replace(item, marked=False, tone=item.tone or 0) for item in areas()]
    for drawing in drawings(draw_map(data(areas=tuple(plain)))):
        assert not {"Uppgift saknas", "Liknande kommuner"} & set(texts(drawing))
        assert "<pattern" not in drawing.body


def test_neighbours_share_their_borders_to_the_last_half_pixel() -> None:
    """Corners that were one point are one point, so no gap opens between two squares."""
    bent = [(0.0, 0.0), (3333.3, 4000.1), (-2000.7, 7000.9), (0.0, 10000.0)]  # a common border
    left = np.array([*bent, (-10000.0, 10000.0), (-10000.0, 0.0), bent[0]])
    right = np.array([*bent[::-1], (10000.0, 0.0), (10000.0, 10000.0), bent[-1]])
    pair = (
        Area("A", (left,), Spot(-5000.0, 5000.0, 3000.0), 2, "1", own=True),
        Area("B", (right,), Spot(6000.0, 5000.0, 3000.0), -2, "2"),
    )
    for drawing in drawings(draw_map(data(areas=pair))):
        paths = [
            paint["d"] for element, paint in elements(drawing) if element.tag == "path" and "l" in paint["d"]
        ]
        one, other = (set(points(line)[0]) for line in paths[:2])
        assert len(one & other) == len(bent)


def test_islets_too_small_to_be_seen_are_left_out_but_never_a_whole_municipality() -> None:
    small = areas()[8]
    islets = (*small.shape, square((0.5, 2.99), 30.0))
    whole = replace(small, shape=(square((0.4, 2.4), 30.0),), spot=spot((0.4, 2.4), 30.0))
    drawn = draw_map(data(areas=(*areas()[:8], replace(small, shape=islets))))
    assert drawn.wide.body == FIGURE.wide.body
    assert drawings(draw_map(data(areas=(*areas()[:8], whole))))[0].body != FIGURE.wide.body


def test_a_small_own_municipality_has_its_label_beside_it_with_a_line() -> None:
    tiny = {"shape": (square((1.4, 1.4), 700.0),), "spot": spot((1.4, 1.4), 700.0)}
    for drawing in drawings(draw_map(data(areas=areas(**tiny)))):
        lines = [paint["d"] for element, paint in elements(drawing) if "L" in paint.get("d", "")]
        assert len(lines) == 2  # the line and its edge of paper
        (label,) = [box for box in boxes(drawing) if box[0] == "Mitt"][:1]
        (outline,) = {
            paint["d"]
            for element, paint in elements(drawing)
            if paint.get("fill") == "none" and "l" in paint.get("d", "")
        }
        corners = np.array(points(outline)[0]) / 2
        outside = (corners[:, 0] < label[1]) | (corners[:, 0] > label[3])
        assert (outside | (corners[:, 1] < label[2]) | (corners[:, 1] > label[4])).all()


def test_a_map_has_one_own_municipality() -> None:
    with pytest.raises(ValueError, match="precis en egen kommun"):
        data(areas=areas()[1:])
    with pytest.raises(ValueError, match="precis en egen kommun"):
        data(areas=(*areas(), areas()[0]))


def test_names_are_text_and_not_markup() -> None:
    html = draw_map(data(areas=areas(name="<b>A & B</b>"))).to_html("alt")
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in html and "<b>" not in html


# --- tones --------------------------------------------------------------------------------


def tones(paper: str) -> list[str]:
    """The five tones as they appear on a paper, weakest first."""
    ink, ground = (
        np.array([int(getattr(PALETTE[role], paper)[i : i + 2], 16) for i in (1, 3, 5)])
        for role in ("ink", "paper")
    )
    mixed = [np.rint(ground + (ink - ground) * TONES[tone]).astype(int) for tone in sorted(TONES)]
    return ["#" + "".join(f"{part:02x}" for part in one) for one in mixed]


@pytest.mark.parametrize("paper", ["light", "dark"])
def test_tones_are_ordered_and_far_enough_apart(paper: str) -> None:
    found = tones(paper)
    ground = getattr(PALETTE["paper"], paper)
    order = [contrast(tone, ground) for tone in found]
    assert order == sorted(order)
    steps = [contrast(a, b) for a, b in pairwise(found)]
    assert min(steps) >= 1.65
    assert min(contrast(a, b) for a, b in zip(found, found[2:], strict=False)) >= 2.8
    assert min(contrast(found[0], found[2]), contrast(found[2], found[4])) >= 2.8


@pytest.mark.parametrize("deficiency", DEFICIENCY)
@pytest.mark.parametrize("paper", ["light", "dark"])
def test_tones_stay_apart_whatever_the_colour_vision(paper: str, deficiency: str) -> None:
    seen = [lab(DEFICIENCY[deficiency] @ linear(tone)) for tone in tones(paper)]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) >= 15


@pytest.mark.parametrize("paper", ["light", "dark"])
def test_numbers_can_be_read_on_strong_tones(paper: str) -> None:
    for tone in tones(paper)[3:]:
        assert contrast(getattr(PALETTE["paper"], paper), tone) >= 4.5


@pytest.mark.parametrize("paper", ["light", "dark"])
def test_the_own_outline_is_seen_through_its_edge_of_paper(paper: str) -> None:
    own, ground = (getattr(PALETTE[role], paper) for role in ("own", "paper"))
    assert contrast(own, ground) >= 3
    # A border of the paper's colour or a grey one parts any two areas of one tone.
    for number, tone in enumerate(tones(paper)):
        line = getattr(PALETTE["muted"], paper) if number < 2 else ground
        assert number == 2 or contrast(tone, line) >= 3
