from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits.style import look, paint
from effektiv.exhibits.svg import HALO, Drawing, Figure, drawing


def plotted(**style) -> MatplotlibFigure:
    """A figure of 300 x 200 pixels with lines, markers, texts, and a name that looks like markup."""
    with look():
        fig = MatplotlibFigure(figsize=(300 / 72, 200 / 72), dpi=72)
        axes = fig.subplots()
        for _ in range(3):
            axes.plot([0, 1, 2], [3, 1, 2], color=paint("own"), marker="o", **style)
        axes.set_title("<script>&")
        axes.annotate("lyft", (1, 1), gid=HALO)
    return fig


def elements(found: Drawing) -> list[ET.Element]:
    return list(ET.fromstring(f"<svg>{found.body}</svg>").iter())


def test_a_drawing_has_the_size_of_the_figure_in_points():
    found = drawing(plotted())
    assert (found.width, found.height) == (300, 200)


def test_nothing_of_the_file_is_left_that_a_page_cannot_have():
    body = drawing(plotted()).body
    for word in (
        "style",
        "xmlns",
        "xlink",
        "metadata",
        "DOCTYPE",
        "<?xml",
        "<!--",
        "font-family",
        "http",
        "\n",
    ):
        assert word not in body
    assert {element.tag for element in elements(drawing(plotted()))} <= {
        "svg", "g", "defs", "clipPath", "rect", "path", "use", "text",
    }  # fmt: skip


def test_text_stays_text_and_is_escaped():
    assert "&lt;script&gt;&amp;" in drawing(plotted()).body
    assert "<script>&" in [element.text for element in elements(drawing(plotted()))]


def test_colours_of_the_palette_follow_the_page_and_others_stay():
    body = drawing(plotted()).body
    assert 'stroke="var(--own, #08427e)"' in body
    assert not re.search(r'"#08427e"', body)
    assert 'stroke="#ff8800"' in drawing(plotted(mec="#ff8800")).body


def test_neighbours_painted_alike_share_their_paint():
    with look():
        fig = MatplotlibFigure(figsize=(3, 2), dpi=72)
        for x in (0.1, 0.5, 0.9):
            fig.text(x, 0.5, "a", color=paint("muted"))
    (group,) = ET.fromstring(f"<svg>{drawing(fig).body}</svg>")
    assert group.tag == "g" and "fill" in group.attrib
    assert [sorted(text.attrib) for text in group] == [["x", "y"]] * 3


def test_opacity_stays_with_each_element_for_on_a_group_it_would_not_add_up():
    with look():
        fig = MatplotlibFigure(figsize=(3, 2), dpi=72)
        for _ in range(3):
            fig.text(0.5, 0.5, "a", alpha=0.3)
        fig.add_axes((0, 0, 1, 1)).plot(range(30), range(30), "o", alpha=0.3)
    found = elements(drawing(fig))
    assert [element.attrib.get("opacity") for element in found if element.text == "a"] == ["0.3"] * 3
    assert not [element for element in found if element.tag == "g" and "opacity" in element.attrib]
    assert [element for element in found if element.attrib.get("fill-opacity") == "0.3"]


def test_coordinates_have_one_decimal_and_markers_two():
    for element in elements(drawing(plotted())):
        decimals = 2 if "id" in element.attrib else 1
        for key in {"d", "x", "y"} & set(element.attrib):
            for fraction in re.findall(r"\.(\d+)", element.attrib[key]):
                assert len(fraction) <= decimals
                assert not fraction.endswith("0")


def test_a_text_with_a_halo_has_an_edge_of_paper():
    (text,) = (element for element in elements(drawing(plotted())) if element.text == "lyft")
    assert text.attrib["paint-order"] == "stroke"
    assert text.attrib["stroke"] == "var(--paper, #ffffff)"


def test_a_clip_path_stays_where_it_is_when_a_marker_is_moved():
    with look():
        fig = MatplotlibFigure(figsize=(3, 2), dpi=72)
        fig.subplots().scatter([1, 2, 3], [1, 2, 3])
    used = [element for element in elements(drawing(fig)) if element.tag == "use"]
    groups = [
        element for element in elements(drawing(fig)) if element.tag == "g" and "clip-path" in element.attrib
    ]
    assert not [element for element in used if "clip-path" in element.attrib]
    assert [[child.tag for child in group] for group in groups if group[0].tag == "use"] == [["use"] * 3]


def test_hatches_and_formulas_are_drawn():
    with look():
        fig = MatplotlibFigure(figsize=(3, 2), dpi=72)
        axes = fig.subplots()
        axes.bar([1], [2], hatch="//", fc="none")
        axes.set_title("$R^2$")
    found = drawing(fig)
    (pattern,) = (element for element in elements(found) if element.tag == "pattern")
    assert f'fill="url(#{pattern.attrib["id"]})"' in found.body
    assert "R^2" not in found.body  # written as shapes


def test_ids_differ_between_figures_unless_they_are_the_same():
    def ids(fig: MatplotlibFigure, name: str = "") -> set[str]:
        return set(re.findall(r' id="([^"]+)"', drawing(fig, name).body))

    assert ids(plotted()) == ids(plotted())
    assert not ids(plotted()) & ids(plotted(lw=1))
    assert all(one.startswith("eget-") for one in ids(plotted(), "eget"))


def test_everything_referred_to_is_there_and_nothing_else_is_named():
    body = drawing(plotted()).body
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', body)) == set(re.findall(r' id="([^"]+)"', body))


def test_drawing_is_the_same_every_time():
    assert drawing(plotted()) == drawing(plotted())


def test_pictures_of_pixels_are_refused():
    fig = MatplotlibFigure()
    fig.subplots().imshow([[1, 2], [3, 4]])
    with pytest.raises(ValueError, match="bildpunkter"):
        drawing(fig)


def test_characters_without_a_font_here_are_left_to_the_browser():
    fig = MatplotlibFigure()
    fig.text(0.5, 0.5, "\U0001f600 漢")
    assert "\U0001f600 漢" in drawing(fig).body


def test_figure_scales_and_shows_one_drawing():
    found = drawing(plotted())
    wide, narrow = ET.fromstring(Figure(found, found).to_html("Alt"))
    assert wide.attrib["viewBox"] == "0 0 300 200"
    assert wide.attrib["width"] == "100%" and "height" not in wide.attrib
    assert wide.attrib["class"] == "ex-wide" and "display" not in wide.attrib
    assert narrow.attrib["class"] == "ex-narrow" and narrow.attrib["display"] == "none"
    (only,) = ET.fromstring(Figure(found).to_html("Alt"))
    assert only.attrib["class"] == "ex-only" and "display" not in only.attrib


def test_a_screen_reader_meets_a_picture_with_its_alternative_text():
    svg = drawing(plotted()).to_svg('"><script>', css_class="x")
    assert "<script" not in svg
    root = ET.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == '"><script>'
