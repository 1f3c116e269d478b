from __future__ import annotations

import re
import warnings

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits.style import (
    PALETTE,
    SwedishFormatter,
    any_character,
    colour,
    jupyter_css,
    look,
    paint,
)


def test_colours_are_properties_with_the_light_colour_as_fallback():
    assert colour("own") == f"var(--own, {PALETTE['own'].light})"
    # What matplotlib draws with is found again by its value.
    assert len({paint(role) for role in PALETTE}) == len(PALETTE)


def test_jupyter_style_sheet_has_the_palette():
    css = jupyter_css()
    light, dark = css.split('body[data-jp-theme-light="false"] .ex {')
    for role, value in PALETTE.items():
        assert f"--{role}: {value.light};" in light
        assert f"--{role}: {value.dark};" in dark.split("}")[0] + ";"
    for name in ("ex-title", "ex-figure", "ex-narrow", "ex-table", "ex-num", "vh"):
        assert f".{name}" in css


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 5, 10], ["0", "5", "10"]),
        ([-0.5, 0.0, 0.5], ["−0,5", "0,0", "0,5"]),
        ([0.0, 0.25], ["0,00", "0,25"]),
        ([100000, 110000], ["100\u00a0000", "110\u00a0000"]),
        ([7.0], ["7"]),
        ([], []),
    ],
)
def test_axes_are_written_in_swedish_with_the_decimals_that_tell_ticks_apart(values, expected):
    assert SwedishFormatter().format_ticks(values) == expected


def test_the_style_reaches_exhibits_only():
    """It stands in each of them, in a page with much else."""
    css = re.sub(r"/\*.*?\*/", "", jupyter_css(), flags=re.DOTALL)
    selectors = re.findall(r"([^{}]+)\{[^{}]*\}", css)
    assert len(selectors) > 20
    for selector in ",".join(selectors).split(","):
        assert re.match(r"\s*(\.ex\b|body\[data-jp-theme-light=\"false\"\] \.ex\b|@font-face)", selector), (
            selector
        )


def test_look_does_not_leak_and_does_not_let_in():
    with mpl.rc_context({"axes.facecolor": "pink", "font.size": 30}):
        before = dict(mpl.rcParams)
        with look({"font.size": 11}):
            assert mpl.rcParams["axes.facecolor"] == "none"
            assert mpl.rcParams["font.size"] == 11
        assert dict(mpl.rcParams) == before


def test_missing_characters_do_not_warn():
    fig = MatplotlibFigure()
    text = fig.text(0, 0, "\U0001f600")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with any_character():
            fig.draw_without_rendering()
    assert text.get_text() == "\U0001f600"
