"""From a matplotlib figure to inline SVG, and the `Figure` that an exhibit shows.

matplotlib's own SVG is a file for a picture viewer. In a page it must follow the page's
colours, light and dark, scale with it, keep its text as text, and get past a strict
Content-Security-Policy; a dozen of them must fit in a report, and a country of reports
must be drawn in minutes. So `drawing` lets the figure draw itself on a renderer of ours:
no ``style`` attributes, no metadata, no ids but those that something refers to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Any, Literal, NoReturn

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase, GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.font_manager import FontProperties, weight_dict
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Transform
from numpy.typing import NDArray

from effektiv.exhibits.metrics import ASCENT, DESCENT, measure
from effektiv.exhibits.style import FONT_FAMILY, FONT_SIZE, PALETTE, any_character, colour

HALO = "effektiv-halo"
"""A matplotlib text with this gid gets an edge in the colour of the paper, which lifts it off lines."""

_ROLES = {value.light: colour(role) for role, value in PALETTE.items()} | {"#000000": colour("ink")}
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_CAPS = {"projecting": "square", "round": "round"}
_LETTERS = {
    int(Path.MOVETO): ("M", 1),
    int(Path.LINETO): ("L", 1),
    int(Path.CURVE3): ("Q", 2),
    int(Path.CURVE4): ("C", 3),
}
"""Letter of a path command, and how many points it takes."""

_HATCH_SIZE = 72

_BOLD = 600
"""From this weight on a browser takes the bold letters of a font that has two weights."""


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
    fig.set_dpi(72)
    width, height = fig.bbox.size
    renderer = _Renderer(width, height)
    canvas = fig.canvas
    try:
        _Canvas(fig)
        with any_character():
            fig.draw(renderer)
    finally:
        fig.set_canvas(canvas)
    body = renderer.markup("")
    if renderer.shared:
        body = renderer.markup(name or "f" + hashlib.sha256(body.encode()).hexdigest()[:8])
    return Drawing(float(width), float(height), body)


class _Canvas(FigureCanvasBase):
    """Where the layout of a figure looks for somebody to measure its texts."""

    def get_renderer(self) -> RendererBase:
        """Return a renderer that measures as the drawing will."""
        return _Renderer(*self.figure.bbox.size)


_Attributes = dict[str, str | int]


@dataclass
class _Element:
    """An SVG element; a whole number as value refers to one that is shared.

    What is alike in neighbours (`paint`) may be written once for them all. Opacity is not
    among it: on a group it would apply to the group as a whole.
    """

    tag: str
    place: _Attributes
    paint: _Attributes = field(default_factory=dict)
    content: str = ""

    def markup(self, name: str, paint: _Attributes) -> str:
        """Return the element with some of its paint; `name` begins the ids it refers to."""
        attributes = "".join(
            f' {key}="{_reference(key, value, name) if isinstance(value, int) else escape(value)}"'
            for key, value in (*self.place.items(), *paint.items())
        )
        return f"<{self.tag}{attributes}" + (f">{self.content}</{self.tag}>" if self.content else "/>")


def _reference(key: str, number: int, name: str) -> str:
    if key == "id":
        return f"{name}-{number}"
    return f"#{name}-{number}" if key == "href" else f"url(#{name}-{number})"


class _Renderer(RendererBase):
    """What matplotlib draws on: notes SVG elements, in pixels from the upper left corner."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.shared: dict[object, _Element] = {}
        """Markers, clip paths and hatches, which elements refer to by number."""
        self._drawn: list[_Element] = []
        self._lifted = False

    def markup(self, name: str) -> str:
        """Return what has been drawn; neighbours painted alike stand in a group, which halves the bytes."""
        parts = [element.markup(name, element.paint) for element in self.shared.values()]
        if parts:
            parts = ["<defs>", *parts, "</defs>"]
        for (_, paint), run in groupby(self._drawn, key=lambda one: (one.tag, one.paint)):
            alike = list(run)
            # A clip path would move with what is used in another place, but not with a group.
            moved = alike[0].tag == "use" and "clip-path" in paint
            if not paint or (len(alike) == 1 and not moved):
                parts += [one.markup(name, paint) for one in alike]
            else:
                inner = "".join(one.markup(name, {}) for one in alike)
                parts.append(_Element("g", {}, paint, inner).markup(name, paint))
        return "".join(parts)

    # --- what matplotlib asks of a renderer -----------------------------------------------

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size in pixels."""
        return self.width, self.height

    def option_image_nocomposite(self) -> bool:
        """Leave pictures of pixels as they are, so that `draw_image` meets them."""
        return True

    def points_to_pixels(self, points: Any) -> Any:
        """Return points as they are: 72 pixels an inch."""
        return points

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | Literal["TeX"]
    ) -> tuple[float, float, float]:
        """Return the size of a text; of formulas as matplotlib does."""
        if ismath:
            width, height, descent = text_to_path.get_text_width_height_descent(s, prop, ismath)
            return width, height, descent
        size = prop.get_size_in_points()
        return measure(s, size, bold=_weight(prop) >= _BOLD), (ASCENT + DESCENT) * size, DESCENT * size

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Note whether a text that comes is lifted off what is behind it."""
        self._lifted = s == "text" and gid == HALO

    def close_group(self, s: str) -> None:  # noqa: ARG002  matplotlib's signature
        """Note that the text has come."""
        self._lifted = False

    def draw_image(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: pixels neither scale nor follow the page's colours."""
        raise ValueError("figuren innehåller en bild av bildpunkter; rita med pcolormesh i stället")

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Draw a line or a field."""
        paint = self._paint(gc, rgbFace)
        if paint == {"fill": "none"}:
            return
        place: _Attributes = {"d": self._data(path, transform)}
        if place["d"]:
            self._drawn.append(_Element("path", place | self._opacity(gc), paint | self._clip(gc)))

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Draw one shape at each point of a line."""
        shape = _path_data(marker_path.cleaned(marker_trans + _UPSIDE_DOWN, curves=True), 2)
        number = self._share(shape, _Element("path", {"d": shape}))
        paint, opacity = self._paint(gc, rgbFace) | self._clip(gc), self._opacity(gc)
        points, codes = _parts(path.cleaned(trans, remove_nans=True))
        for (x, y), code in zip(points.tolist(), codes, strict=True):
            if code != Path.STOP:
                place: _Attributes = {"href": number, "x": _short(x), "y": _short(self.height - y)}
                self._drawn.append(_Element("use", place | opacity, paint))

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: bool | Literal["TeX"] = False,
        mtext: Text | None = None,
    ) -> None:
        """Write a line of text at its base line; formulas as shapes."""
        if ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        paint: _Attributes = {"font-size": f"{prop.get_size_in_points():g}"}
        weight = _weight(prop)
        if weight != 400:
            paint["font-weight"] = str(weight)
        if prop.get_style() != "normal":
            paint["font-style"] = prop.get_style()
        fill = _css(*gc.get_rgb()[:3])
        if fill != colour("ink"):  # which a drawing is filled with
            paint["fill"] = fill
        if self._lifted:
            paint |= {"paint-order": "stroke", "stroke": colour("paper"), "stroke-width": "3"}
        place: _Attributes = {"x": _short(x), "y": _short(y)}
        if angle:
            place = {"transform": f"translate({_short(x, 2)} {_short(y, 2)}) rotate({-angle:g})"}
        elif mtext is not None:
            # The text is as wide as the reader's font makes it, and must stay at its anchor.
            place["x"] = _short(mtext.get_transform().transform(mtext.get_unitless_position())[0])
            if mtext.get_horizontalalignment() != "left":
                paint["text-anchor"] = _ANCHORS[mtext.get_horizontalalignment()]
        alpha = gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3]
        if alpha != 1:
            place["opacity"] = f"{alpha:g}"
        self._drawn.append(_Element("text", place, paint | self._clip(gc), escape(s, quote=False)))

    # --- parts of elements ----------------------------------------------------------------

    def _data(self, path: Path, transform: Any) -> str:
        """Return a path in pixels of the drawing."""
        flipped = transform + Affine2D().scale(1, -1).translate(0, self.height)
        return _path_data(path.cleaned(flipped, remove_nans=True, curves=True), 1)

    def _paint(self, gc: GraphicsContextBase, face: Any) -> _Attributes:
        """Return fill and stroke; what SVG takes for granted is left out."""
        alpha = gc.get_alpha() if gc.get_forced_alpha() else None
        paint: _Attributes = {"fill": "none" if face is None else _css(*face[:3])}
        if face is not None and len(face) == 4 and face[3] != 1 and alpha is None:
            paint["fill-opacity"] = f"{face[3]:.3g}"
        if gc.get_hatch() is not None:
            paint["fill"] = self._hatch(gc, face)
        width, rgb = gc.get_linewidth(), gc.get_rgb()
        if not width:
            return paint
        paint["stroke"] = _css(*rgb[:3])
        if width != 1:
            paint["stroke-width"] = f"{width:.4g}"
        if rgb[3] != 1 and alpha is None:
            paint["stroke-opacity"] = f"{rgb[3]:.3g}"
        dashes: Any
        offset, dashes = gc.get_dashes()
        if dashes is not None:
            paint["stroke-dasharray"] = ",".join(f"{length:.4g}" for length in dashes)
            if offset:
                paint["stroke-dashoffset"] = f"{offset:.4g}"
        if gc.get_joinstyle() != "round":  # which a drawing has
            paint["stroke-linejoin"] = gc.get_joinstyle()
        if gc.get_capstyle() in _CAPS:
            paint["stroke-linecap"] = _CAPS[gc.get_capstyle()]
        return paint

    def _clip(self, gc: GraphicsContextBase) -> _Attributes:
        """Return the area outside which nothing is seen."""
        path: Any
        path, transform = gc.get_clip_path()
        box = gc.get_clip_rectangle()
        if path is None and box is not None:
            path, transform = _UNIT, Affine2D().scale(*box.size).translate(*box.min)
        if path is None:
            return {}
        data = self._data(path, transform)
        shape = _Element("path", {"d": data}).markup("", {})
        return {"clip-path": self._share(("clip", data), _Element("clipPath", {}, content=shape))}

    def _opacity(self, gc: GraphicsContextBase) -> _Attributes:
        """Return how an element as a whole lets through what is behind it."""
        if not gc.get_forced_alpha() or gc.get_alpha() == 1:
            return {}
        return {"opacity": f"{gc.get_alpha():.3g}"}

    def _hatch(self, gc: GraphicsContextBase, face: Any) -> int:
        """Return the number of a pattern of lines."""
        upright = Affine2D().scale(_HATCH_SIZE, -_HATCH_SIZE).translate(0, _HATCH_SIZE)
        data = _path_data(gc.get_hatch_path().cleaned(upright, curves=True), 1)
        stroke = _css(*gc.get_hatch_color()[:3])
        ground = "none" if face is None else _css(*face[:3])
        size = str(_HATCH_SIZE)
        box = _Element("rect", {"width": size, "height": size}, {"fill": ground})
        lines = _Element("path", {"d": data}, {"stroke": stroke, "fill": stroke})
        inner = box.markup("", box.paint) + lines.markup("", lines.paint)
        place: _Attributes = {"patternUnits": "userSpaceOnUse", "width": size, "height": size}
        return self._share(("hatch", inner), _Element("pattern", place, content=inner))

    def _share(self, key: object, element: _Element) -> int:
        """Note an element that others refer to, once, and return its number."""
        if key not in self.shared:
            number = len(self.shared) + 1
            self.shared[key] = _Element(
                element.tag, {"id": number, **element.place}, element.paint, element.content
            )
        return int(self.shared[key].place["id"])


_UNIT = Path.unit_rectangle()
_UPSIDE_DOWN = Affine2D().scale(1, -1)


@lru_cache(maxsize=256)
def _css(red: float, green: float, blue: float) -> str:
    """Return a colour as CSS value; the light colours of the palette as custom properties."""
    found = to_hex((red, green, blue))
    return _ROLES.get(found, found)


def _weight(font: FontProperties) -> int:
    named = font.get_weight()
    return int(weight_dict[named] if isinstance(named, str) else named)


def _short(number: float, decimals: int = 1) -> str:
    return f"{round(number, decimals) + 0.0:g}"  # adding zero makes -0 a 0


def _parts(path: Path) -> tuple[NDArray[np.float64], list[int]]:
    """Return the points of a cleaned path and what each is for."""
    return np.asarray(path.vertices, dtype=float), np.asarray(path.codes).tolist()


def _path_data(path: Path, decimals: int) -> str:
    """Return the commands of a path as SVG writes them."""
    points, codes = _parts(path)
    return "".join(_commands([f"{x:g} {y:g}" for x, y in (points.round(decimals) + 0.0).tolist()], codes))


def _commands(points: Sequence[str], codes: Sequence[int]) -> Iterator[str]:
    at = 0
    while at < len(codes) and codes[at] != Path.STOP:
        if codes[at] == Path.CLOSEPOLY:
            yield "z"
            at += 1
        else:
            letter, taken = _LETTERS[codes[at]]
            yield letter + " ".join(points[at : at + taken])
            at += taken
