"""Figures of one's own: from matplotlib or seaborn to an exhibit.

The library's charts are drawn by functions of `effektiv.exhibits.charts`. A controller who
wants to see something else draws it with matplotlib or seaborn from ``case.frame()``, in
the report's style, and shows it as an exhibit with title, alt text and source like every
other. An exhibit turns such a figure into its own by `from_matplotlib`:

    with look():
        axes = seaborn.regplot(frame, x="struktur", y="kostnad")
    Exhibit(id="eget-samband", ..., figure=axes)
"""

from __future__ import annotations

import sys

from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.ticker import FuncFormatter, MaxNLocator, ScalarFormatter

from effektiv.exhibits import swedish
from effektiv.exhibits.style import SwedishFormatter, look
from effektiv.exhibits.svg import Figure, drawing

__all__ = ["from_matplotlib", "look"]


def from_matplotlib(fig: MatplotlibFigure, name: str) -> Figure:
    """Turn a matplotlib figure into one that an exhibit can show, and close it.

    Text stays text, numbers on the axes become Swedish, colours of the palette become CSS custom properties, ``style``
    attributes become plain ones, and ids are numbered after `name`.

    Parameters
    ----------
    fig
        A matplotlib figure, e.g. ``axes.figure`` or ``grid.figure`` of seaborn.
    name
        Slug unique in the page, e.g. the id of the exhibit: ids within the figure
        start with it.

    Raises
    ------
    ValueError
        The figure holds a picture of pixels (imshow, rasterized=True), which neither
        scales nor follows the page's colours.
    """
    _write_ticks_in_swedish(fig)
    if fig.get_layout_engine() is None:
        fig.set_layout_engine("constrained")  # or a long label is cut by the edge
    figure = Figure(drawing(fig, name))
    # A figure made by pyplot lives until it is closed; one that was not needs no pyplot.
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(fig)
    return figure


def _write_ticks_in_swedish(fig: MatplotlibFigure) -> None:
    """Give every numeric axis that has matplotlib's default format Swedish numbers.

    An axis that lies wholly between 1900 and 2100 is taken for years: whole ones, never grouped.
    """
    for axes in fig.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_formatter()) is not ScalarFormatter:
                continue
            low, high = sorted(axis.get_view_interval())
            if low >= 1900 and high <= 2100:
                axis.set_major_locator(MaxNLocator(integer=True))
                axis.set_major_formatter(FuncFormatter(lambda value, _: swedish.year(round(value))))
            else:
                axis.set_major_formatter(SwedishFormatter())
