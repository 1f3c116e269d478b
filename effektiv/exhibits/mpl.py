"""Figures of one's own: from matplotlib or seaborn to an exhibit.

The library's charts do not use matplotlib (see `effektiv.exhibits.svg`). A controller who
wants to see something else draws it with seaborn, in the report's style, and shows it as
an exhibit with title, alt text and source like every other:

    with look():
        fig = Figure(figsize=(7.2, 4))
        seaborn.regplot(frame, x="struktur", y="kostnad", ax=fig.subplots())
    Exhibit(id="eget-samband", ..., figure=from_matplotlib(fig, "eget-samband"))

matplotlib is imported when a function here is called, never when the module is: the import
takes more than a second and most reports do not need it.
"""

from __future__ import annotations

import io
import math
import re
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from effektiv.exhibits import swedish
from effektiv.exhibits.style import FONT_SIZE, PALETTE, Role, colour
from effektiv.exhibits.svg import Drawing, Figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

_LOCK = threading.Lock()
"""Settings of matplotlib are global: one figure at a time is written."""

_LIGHT: dict[str, Role] = {value.light: role for role, value in PALETTE.items()}
_LIGHT |= {"#000000": "ink"}

_FONT = re.compile(r"(?:(?P<style>italic|oblique)\s+)?(?:(?P<weight>\d{3}|bold)\s+)?(?P<size>[\d.]+)px")
_NUMBER = re.compile(r"-?\d+\.\d+")
_URL = re.compile(r"url\(#([^)]+)\)")

# Size of text in points that is FONT_SIZE pixels in the drawing: an SVG by matplotlib has 72 units an inch.
_LOOK = {
    "font.size": FONT_SIZE * 0.75,
    "font.family": "sans-serif",
    "font.sans-serif": ["Arial", "Liberation Sans", "Helvetica", "DejaVu Sans"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": PALETTE["muted"].light,
    "axes.labelcolor": PALETTE["ink"].light,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": PALETTE["grid"].light,
    "text.color": PALETTE["ink"].light,
    "xtick.color": PALETTE["muted"].light,
    "ytick.color": PALETTE["muted"].light,
    "lines.linewidth": 2,
}


@contextmanager
def look() -> Iterator[None]:
    """Draw with the report's fonts and colours inside this context.

    The first colours of the cycle are own municipality, peers, role models, Riket.
    """
    import matplotlib as mpl  # noqa: PLC0415
    from cycler import cycler  # noqa: PLC0415

    roles: tuple[Role, ...] = ("own", "peer", "role", "riket")
    cycle = cycler(color=[PALETTE[role].light for role in roles])
    settings: dict[Any, Any] = {**_LOOK, "axes.prop_cycle": cycle}
    with mpl.rc_context(settings):
        yield


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
    root = ET.fromstring(_write(fig))
    _strip_names(root)
    if root.find(".//image") is not None:
        raise ValueError(f"figuren {name!r} innehåller en bild av bildpunkter; rita med pcolormesh i stället")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {"metadata", "style"}:
                parent.remove(child)
    _number_ids(root, name)
    for element in root.iter():
        _paint(element)
        _tidy(element)
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    inner = "".join(ET.tostring(child, encoding="unicode") for child in root)
    # What matplotlib says in a style sheet that would reach the whole page.
    group = '<g stroke-linejoin="round" stroke-linecap="butt">'
    return Figure(Drawing(width, height, f"{group}{inner}</g>"))


def _write_ticks_in_swedish(fig: MatplotlibFigure) -> None:
    """Give every numeric axis that has matplotlib's default format Swedish numbers.

    An axis that lies wholly between 1900 and 2100 is taken for years: whole ones, never grouped.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator, ScalarFormatter  # noqa: PLC0415

    for axes in fig.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_formatter()) is not ScalarFormatter:
                continue
            low, high = sorted(axis.get_view_interval())
            if low >= 1900 and high <= 2100:
                axis.set_major_locator(MaxNLocator(integer=True))
                axis.set_major_formatter(FuncFormatter(lambda value, _: swedish.year(round(value))))
            else:
                axis.set_major_formatter(FuncFormatter(_tick_writer(axis)))


def _tick_writer(axis: Any) -> Callable[[float, int | None], str]:
    def write(value: float, _: int | None) -> str:
        shown = axis.get_majorticklocs()
        step = min((abs(b - a) for a, b in pairwise(shown)), default=1.0)
        decimals = next((n for n in range(6) if math.isclose(step, round(step, n), rel_tol=1e-6)), 6)
        return swedish.number(value, decimals)

    return write


def _write(fig: MatplotlibFigure) -> str:
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415

    buffer = io.StringIO()
    with _LOCK, mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "effektiv"}):
        canvas: Any = FigureCanvasSVG(fig)
        canvas.print_svg(buffer, metadata={"Date": None})
    # A figure made by pyplot lives until it is closed; one that was not needs no pyplot.
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(fig)
    return buffer.getvalue()


def _strip_names(root: ET.Element) -> None:
    """Drop XML namespaces: inline SVG in HTML has none."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for key in list(element.attrib):
            element.attrib[key.rpartition("}")[2]] = element.attrib.pop(key)


def _number_ids(root: ET.Element, name: str) -> None:
    """Keep the ids that something refers to and number them; two figures in a page must not collide."""
    used: set[str] = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "href":
                used.add(value.removeprefix("#"))
            used.update(_URL.findall(value))
    new = {old: f"{name}-{number}" for number, old in enumerate(_ids_in_order(root, used), start=1)}
    for element in root.iter():
        old = element.attrib.pop("id", None)
        if old in new:
            element.attrib["id"] = new[old]
        if "href" in element.attrib:
            element.attrib["href"] = "#" + new[element.attrib["href"].removeprefix("#")]
        for key, value in element.attrib.items():
            element.attrib[key] = _URL.sub(lambda found: f"url(#{new[found[1]]})", value)


def _ids_in_order(root: ET.Element, used: set[str]) -> list[str]:
    return [e.attrib["id"] for e in root.iter() if e.attrib.get("id") in used]


def _paint(element: ET.Element) -> None:
    """Replace the style attribute by plain attributes, which a strict security policy lets through."""
    for rule in element.attrib.pop("style", "").split(";"):
        key, _, value = (part.strip() for part in rule.partition(":"))
        if key == "font":
            found = _FONT.match(value)
            if found is not None:
                named = {"font-style": found["style"], "font-weight": found["weight"]}
                element.attrib.update({k: v for k, v in named.items() if v})
                element.attrib["font-size"] = found["size"]
        elif key == "font-size":
            element.attrib[key] = value.removesuffix("px")
        elif key and key != "font-family":
            element.attrib[key] = value
    for key in ("fill", "stroke"):
        role = _LIGHT.get(element.attrib.get(key, ""))
        if role is not None:
            element.attrib[key] = colour(role)


def _tidy(element: ET.Element) -> None:
    """Round coordinates and drop white space between elements."""
    for key in ("d", "x", "y", "transform", "points"):
        if key in element.attrib:
            rounded = _NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."),
                                  element.attrib[key])  # fmt: skip
            element.attrib[key] = " ".join(rounded.split())
    if element.tag not in {"text", "tspan"} and element.text and not element.text.strip():
        element.text = None
    if element.tail and not element.tail.strip():
        element.tail = None
