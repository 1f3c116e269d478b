"""From a matplotlib figure to inline SVG, and the `Figure` that an exhibit shows.

matplotlib writes a file for a picture viewer. In a page it must follow the page's colours,
light and dark, scale with it, keep its text as text, and get past a strict
Content-Security-Policy; a dozen of them must fit in a report. `drawing` sees to that: no
``style`` attributes, no metadata, no ids but those that something refers to.
"""

from __future__ import annotations

import hashlib
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from effektiv.exhibits.style import FONT_FAMILY, FONT_SIZE, PALETTE, any_character, colour

HALO = "effektiv-halo"
"""A matplotlib text with this gid gets an edge in the colour of the paper, which lifts it off lines."""

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_ROLES = {value.light: colour(role) for role, value in PALETTE.items()} | {"#000000": colour("ink")}

_FONT = re.compile(r"(?:(?P<style>italic|oblique)\s+)?(?:(?P<weight>\d{3}|bold)\s+)?(?P<size>[\d.]+)px")
_NUMBER = re.compile(r"-?\d+\.\d+")
_COMMAND = re.compile(r"\s*([A-Za-z])\s*")
_TRANSLATE = re.compile(r"translate\((\S+) (\S+)\)")
_URL = re.compile(r"url\(#([^)]+)\)")

_UNSAID = {"text-anchor": "start", "stroke-dashoffset": "0"}
"""What holds where nothing is said."""

_GEOMETRY = {"d", "x", "y", "width", "height", "transform", "href", "points", "id", "clip-path", "opacity"}
"""Attributes that stay at their element; the others may be written once for several alike.

Opacity is among them: on a group it would apply to the group as a whole.
"""


@dataclass(frozen=True)
class Drawing:
    """A finished picture: its size in pixels and its SVG elements."""

    width: float
    height: float
    body: str

    def to_svg(self, alt: str, *, css_class: str, hidden: bool = False) -> str:
        """Return the ``<svg>`` element.

        Parameters
        ----------
        alt
            What a screen reader says instead of the picture.
        css_class
            Class by which the style sheet chooses among drawings of the same figure.
        hidden
            Not displayed unless a style sheet says so. The ``display`` attribute yields
            to any rule.
        """
        display = ' display="none"' if hidden else ""
        return (
            f'<svg class="{css_class}"{display} xmlns="http://www.w3.org/2000/svg" role="img" '
            f'aria-label="{escape(alt)}" viewBox="0 0 {self.width:g} {self.height:g}" width="100%" '
            f'font-family="{escape(FONT_FAMILY)}" font-size="{FONT_SIZE:g}" '
            f'fill="{colour("ink")}" stroke-linejoin="round">{self.body}</svg>'
        )


@dataclass(frozen=True)
class Figure:
    """A figure as it is shown: for a wide screen or paper, and for a telephone.

    Text in a drawing shrinks with it, so a figure for 720 pixels cannot be read at 320:
    the charts draw both, and the style sheet shows one.
    """

    wide: Drawing
    narrow: Drawing | None = None

    def to_html(self, alt: str) -> str:
        """Return ``<div class="ex-figure">`` with the drawings, the narrow one hidden by default."""
        drawings = [self.wide.to_svg(alt, css_class="ex-wide" if self.narrow else "ex-only")]
        if self.narrow:
            drawings.append(self.narrow.to_svg(alt, css_class="ex-narrow", hidden=True))
        return f'<div class="ex-figure">{"".join(drawings)}</div>'


def drawing(fig: MatplotlibFigure, name: str = "") -> Drawing:
    """Draw a matplotlib figure as SVG elements; 72 units an inch, so a point is a pixel.

    Text stays text, and the light colours of the palette become CSS custom properties.

    Parameters
    ----------
    fig
        Drawn as it is: margins are its owner's.
    name
        Begins the ids of the drawing and must be unique in the page. Left out, ids begin
        with a hash of what is drawn.

    Raises
    ------
    ValueError
        The figure holds a picture of pixels (imshow, rasterized=True), which neither
        scales nor follows the page's colours.
    """
    written = _write(fig)
    root = ET.fromstring(written)
    for element in root.iter():
        _clean(element)
    if root.find(".//image") is not None:
        raise ValueError("figuren innehåller en bild av bildpunkter; rita med pcolormesh i stället")
    shared = _shared(root)
    drawn = list(_merged(_flat(root)))
    defs = ET.Element("defs")
    defs.extend(shared.values())
    _number_ids(drawn, shared, name or "f" + hashlib.sha256(written.encode()).hexdigest()[:8])
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    body = "".join(ET.tostring(one, encoding="unicode") for one in ([defs] if shared else []) + drawn)
    return Drawing(width, height, body.replace(" />", "/>"))


@lru_cache(maxsize=16384)
def measure(text: str, font: FontProperties) -> tuple[float, float, float]:
    """Return width, height and descent of a line of text in points."""
    width, height, descent = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return width, height, descent


class _Renderer(RendererSVG):
    """Remembers the size of a text from one drawing to the next; to measure it takes longer than to write it."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | Literal["TeX"]
    ) -> tuple[float, float, float]:
        """Return the size of a text; of formulas as matplotlib does."""
        if ismath:
            width, height, descent = text_to_path.get_text_width_height_descent(s, prop, ismath)
            return width, height, descent
        return measure(s, prop)


def _write(fig: MatplotlibFigure) -> str:
    """Return the SVG file that matplotlib writes of a figure."""
    buffer = io.StringIO()
    fig.set_dpi(72)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "effektiv"}), any_character():
        size = fig.bbox.size
        renderer: Any = _Renderer(*size, buffer, image_dpi=72, metadata=_NO_METADATA)  # type: ignore[no-untyped-call]
        fig.draw(renderer)
        renderer.finalize()
    return buffer.getvalue()


def _clean(element: ET.Element) -> None:
    """Give an element plain names, attributes instead of style, and short coordinates."""
    element.tag = element.tag.removeprefix(_SVG)
    attributes = element.attrib
    if _HREF in attributes:
        attributes["href"] = attributes.pop(_HREF)
    _unstyle(attributes)
    for key in ("fill", "stroke"):
        if key in attributes:
            attributes[key] = _ROLES.get(attributes[key], attributes[key])
    if attributes.get("transform", "").startswith("rotate(-0 "):
        del attributes["transform"]
    for key in [key for key, value in _UNSAID.items() if attributes.get(key) == value]:
        del attributes[key]
    if element.tag not in {"text", "tspan"}:
        element.text = None
    element.tail = None
    if element.tag == "text" and (found := _TRANSLATE.fullmatch(attributes.get("transform", ""))):
        # matplotlib places the lines of a text of several lines each by its own.
        attributes["x"], attributes["y"] = found.groups()
        del attributes["transform"]
    # Shapes that are used in many places are small, and a tenth of a pixel shows in them.
    decimals = 2 if "id" in attributes or "transform" in attributes else 1
    for key in ("d", "x", "y", "width", "height", "points", "transform"):
        if key in attributes:
            attributes[key] = _NUMBER.sub(lambda found: _short(found[0], decimals), attributes[key])
    if "d" in attributes:
        attributes["d"] = _COMMAND.sub(r"\1", attributes["d"]).strip()


def _short(number: str, decimals: int) -> str:
    text = f"{float(number):.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _unstyle(attributes: dict[str, str]) -> None:
    """Replace the style attribute by plain attributes, which a strict security policy lets through."""
    for rule in attributes.pop("style", "").split(";"):
        key, _, value = (part.strip() for part in rule.partition(":"))
        if key == "font":  # written so by matplotlib before 3.11
            found = _FONT.match(value)
            if found is not None:
                named = {"font-style": found["style"], "font-weight": found["weight"]}
                attributes.update({k: v for k, v in named.items() if v})
                attributes["font-size"] = found["size"]
        elif key == "font-size":
            attributes[key] = value.removesuffix("px")
        elif key and key != "font-family":
            attributes[key] = value


def _shared(root: ET.Element) -> dict[str, ET.Element]:
    """Take out what is defined once and referred to by id: markers, clip paths, gradients."""
    found: dict[str, ET.Element] = {}
    for parent in list(root.iter()):
        for defs in parent.findall("defs"):
            parent.remove(defs)
            found.update((one.attrib["id"], one) for one in defs if one.tag != "style")
    for use in root.iter("use"):
        # A marker's edge is written both where it is defined and at each place.
        defined = found[use.attrib["href"].removeprefix("#")].attrib
        for key in [key for key, value in use.attrib.items() if defined.get(key) == value]:
            del use.attrib[key]
    return found


def _flat(group: ET.Element) -> list[ET.Element]:
    """Return what a group draws, without the groups that only say what matplotlib calls it."""
    found: list[ET.Element] = []
    for child in group:
        name = child.attrib.pop("id", "") if child.tag == "g" else ""
        if child.tag != "g":
            unseen = (
                child.tag == "path" and child.attrib.get("fill") == "none" and "stroke" not in child.attrib
            )
            found += [] if unseen else [child]
            continue
        inner = _flat(child)
        if name.startswith("matplotlib.axis"):
            inner.sort(key=lambda one: one.tag == "text")  # lines first: neighbours alike are merged
        if name == HALO:
            for one in inner:
                one.attrib |= {"paint-order": "stroke", "stroke": colour("paper"), "stroke-width": "3"}
        if child.attrib:
            child[:] = _merged(inner)
            inner = [child] if len(child) else []
        found += inner
    return found


def _merged(elements: list[ET.Element]) -> Iterator[ET.Element]:
    """Write what neighbours have in common once, in a group: it halves the bytes."""
    for (tag, paint), run in groupby(elements, key=lambda one: (one.tag, _paint(one))):
        alike = list(run)
        if len(alike) == 1 or not paint or tag == "g":
            yield from alike
            continue
        group = ET.Element("g", dict(paint))
        for one in alike:
            one.attrib = {key: value for key, value in one.attrib.items() if key in _GEOMETRY}
        group.extend(alike)
        yield group


def _paint(element: ET.Element) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pair for pair in element.attrib.items() if pair[0] not in _GEOMETRY))


def _number_ids(drawn: list[ET.Element], shared: dict[str, ET.Element], name: str) -> None:
    """Name what is referred to so that two figures in a page do not collide."""
    new = {old: f"{name}-{number}" for number, old in enumerate(shared, start=1)}
    for old, element in shared.items():
        element.attrib["id"] = new[old]
    for top in [*drawn, *shared.values()]:
        for element in top.iter():
            if element.tag == "use":
                element.attrib["href"] = "#" + new[element.attrib["href"].removeprefix("#")]
            for key, value in element.attrib.items():
                if "url(#" in value:
                    element.attrib[key] = _URL.sub(lambda found: f"url(#{new[found[1]]})", value)
