from __future__ import annotations

import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn
from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits.mpl import from_matplotlib, look


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
