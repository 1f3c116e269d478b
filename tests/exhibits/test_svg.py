from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn
from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits.mpl import from_matplotlib, look
from effektiv.exhibits.style import PALETTE, colour, jupyter_css
from effektiv.exhibits.svg import Canvas, Figure, num, text_width, wrap


def parsed(figure: Figure) -> list[ET.Element]:
    html = figure.to_html("Alt")
    return list(ET.fromstring(html))


@pytest.mark.parametrize(
    ("value", "expected"), [(1.0, "1"), (1.26, "1.3"), (-0.04, "0"), (-3.25, "-3.2"), (720, "720")]
)
def test_coordinates_are_short(value, expected):
    assert num(value) == expected


def test_text_width_follows_arial():
    # Sum of the advance widths in Liberation Sans, which has Arial's: 4 946 thousandths.
    assert text_width("Exempelby") == pytest.approx(4.946 * 14)
    assert text_width("i") < text_width("m")
    assert text_width("fet", bold=True) > text_width("fet")
    assert text_width("漢") > text_width("a")


def test_wrap_breaks_at_spaces_but_not_at_no_break_spaces():
    assert wrap("ett två tre", text_width("ett två")) == ["ett två", "tre"]
    assert wrap("kostar 12\u00a0345 kr", 60) == ["kostar", "12\u00a0345 kr"]
    assert wrap("oavbrutenlångtext", 10) == ["oavbrutenlångtext"]


def test_neighbours_painted_alike_share_an_element():
    canvas = Canvas(100, 100)
    for y in (10, 20, 30):
        canvas.line((0, y), (100, y), "grid")
    for y in (10, 20, 30):
        canvas.text((0, y), str(y), role="muted")
    body = canvas.finish().body
    assert body.count("<path") == 1
    assert body.count("<g ") == 1 and body.count("<text") == 3


def test_text_in_a_drawing_is_escaped():
    canvas = Canvas(10, 10)
    canvas.text((0, 0), "<script>&")
    svg = canvas.finish().to_svg('"><script>', css_class="x")
    assert "<script" not in svg
    assert ET.fromstring(svg).find(".//{*}text").text == "<script>&"


def test_figure_scales_and_shows_one_drawing():
    canvas = Canvas(720, 400)
    canvas.marker((1, 1), "diamond", "own")
    wide, narrow = parsed(Figure(canvas.finish(), canvas.finish()))
    assert wide.attrib["viewBox"] == "0 0 720 400"
    assert wide.attrib["width"] == "100%" and "height" not in wide.attrib
    assert wide.attrib["class"] == "ex-wide" and "display" not in wide.attrib
    assert narrow.attrib["class"] == "ex-narrow" and narrow.attrib["display"] == "none"


def test_colours_are_properties_with_the_light_colour_as_fallback():
    assert colour("own") == f"var(--own, {PALETTE['own'].light})"


def test_jupyter_style_sheet_has_the_palette():
    css = jupyter_css()
    light, dark = css.split('body[data-jp-theme-light="false"]')
    for role, value in PALETTE.items():
        assert f"--{role}: {value.light};" in light
        assert f"--{role}: {value.dark};" in dark.split("}")[0] + ";"
    for name in ("ex-title", "ex-figure", "ex-narrow", "ex-table", "ex-num", "vh"):
        assert f".{name}" in css


# --- figures of one's own ---------------------------------------------------------------


def own_figure(**plot):
    with look():
        fig = MatplotlibFigure(figsize=(6, 3))
        axes = fig.subplots()
        axes.plot([2019, 2020, 2021], [-10000.0, 12000.0, 35000.0], marker="o", **plot)
        axes.set_ylabel("kr < mnkr")
    return fig


def test_matplotlib_figure_becomes_clean_svg():
    svg = from_matplotlib(own_figure(), "eget").to_html("Alt")
    for word in (" style=", "<style", "metadata", "DOCTYPE", "xlink", 'font-family="DejaVu', "<image"):
        assert word not in svg
    assert "var(--own, #08427e)" in svg and "var(--grid, #d8dce2)" in svg
    assert re.search(r">−10\u00a0000<", svg) and re.search(r">2020<", svg)
    assert "kr &lt; mnkr" in svg
    assert svg.count("http") == 1


def test_ids_are_unique_between_figures_and_refer_to_something():
    first = from_matplotlib(own_figure(), "a").to_html("x")
    second = from_matplotlib(own_figure(), "b").to_html("x")
    ids = re.findall(r' id="([^"]+)"', first + second)
    assert ids and len(ids) == len(set(ids))
    for reference in re.findall(r'(?:href="|url\()#([^")]+)', first):
        assert f'id="{reference}"' in first


def test_matplotlib_figure_is_the_same_every_time():
    assert from_matplotlib(own_figure(), "a") == from_matplotlib(own_figure(), "a")


def test_settings_do_not_leak():
    before = dict(mpl.rcParams)
    from_matplotlib(own_figure(), "a")
    assert dict(mpl.rcParams) == before


def test_pictures_of_pixels_are_refused():
    fig = MatplotlibFigure()
    fig.subplots().imshow([[1, 2], [3, 4]])
    with pytest.raises(ValueError, match="bildpunkter"):
        from_matplotlib(fig, "a")


def test_seaborn_figures_work_and_are_closed():
    frame = pd.DataFrame({"struktur": range(12), "kostnad": [v * 1000 for v in range(12)]})
    with look():
        grid = seaborn.relplot(frame, x="struktur", y="kostnad", height=3)
    svg = from_matplotlib(grid.figure, "samband").to_html("Alt")
    assert ">10\u00a0000<" in svg
    assert plt.get_fignums() == []
