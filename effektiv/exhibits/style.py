"""One calm style for all figures: colours, fonts, and how numbers are written on an axis.

Every colour is written as a CSS custom property with a fallback, ``var(--own, #08427e)``,
so that the report's style sheet decides (light, dark, print) and a figure still looks
right where there is none. Colour is never the only carrier: each role has its own marker
and line as well.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from cycler import cycler
from matplotlib import style
from matplotlib.ticker import Formatter

from effektiv.exhibits import swedish

Role = Literal["own", "peer", "riket", "role", "good", "bad", "ink", "muted", "grid", "paper"]


@dataclass(frozen=True)
class Colour:
    """One colour on light and on dark paper, as ``#rrggbb``."""

    light: str
    dark: str


PALETTE: dict[Role, Colour] = {
    "own": Colour("#08427e", "#7cb8ff"),  # own municipality
    "peer": Colour("#6b7280", "#969eab"),  # peers and all the others
    "riket": Colour("#3d3d3d", "#d2d6db"),  # Riket
    "role": Colour("#b45309", "#f5a33b"),  # role models
    "good": Colour("#00796b", "#62d8d8"),  # known to be better
    "bad": Colour("#b3261e", "#ff9a8f"),  # known to be worse
    "ink": Colour("#1a1a1a", "#eceff2"),  # text and axes
    "muted": Colour("#595f69", "#a9b0ba"),  # secondary text
    "grid": Colour("#d8dce2", "#3a414a"),  # grid lines, decoration only
    "paper": Colour("#ffffff", "#14181d"),
}
"""The report's style sheet defines the same values, which a test compares."""

FONT_FAMILY = "Arial, 'Liberation Sans', Helvetica, 'DejaVu smal', sans-serif"
"""Fonts with Arial's widths, by which labels are placed (`effektiv.exhibits.metrics`).

A reader without any of them most often has DejaVu Sans, whose letters are a fifth wider: the
style sheets make it as much smaller, under the last name.
"""

FONT_SIZE = 14.0
"""Text size in the figure's own pixels."""

SMALL = 13.0
"""Size of secondary text: ticks, keys, notes inside the plot."""

WIDE = 720
"""Width of a figure on a laptop or paper, in pixels."""

NARROW = 320
"""Width of the same figure drawn for a telephone."""


def colour(role: Role) -> str:
    """Return the colour of a role as a CSS value with the light colour as fallback."""
    return f"var(--{role}, {PALETTE[role].light})"


def paint(role: Role) -> str:
    """Return the colour of a role for matplotlib; it becomes a CSS value when the figure is drawn."""
    return PALETTE[role].light


@contextmanager
def any_character() -> Iterator[None]:
    """Let text hold characters that the fonts here lack: the reader's browser finds one that has them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


@contextmanager
def look(changes: Mapping[Any, Any] | None = None) -> Iterator[None]:
    """Rita med matplotlib eller seaborn i rapportens stil: ``with look():``.

    De första färgerna är den egna kommunens, jämförelsekommunernas, förebildernas och rikets.

    Parameters
    ----------
    changes
        Inställningar för matplotlib (rcParams) som ska vara annorlunda.
    """
    roles: tuple[Role, ...] = ("own", "peer", "role", "riket")
    settings: dict[Any, Any] = {
        "axes.axisbelow": True,
        "axes.edgecolor": paint("muted"),
        "axes.facecolor": "none",
        "axes.grid": True,
        "axes.labelcolor": paint("ink"),
        "axes.prop_cycle": cycler(color=[paint(role) for role in roles]),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.facecolor": "none",
        # Matplotlib brings this one; which others there are differs between machines.
        "font.family": ["DejaVu Sans"],
        # A figure 7.2 inches wide is shown 720 pixels wide.
        "font.size": FONT_SIZE * 0.72,
        "grid.color": paint("grid"),
        "grid.linewidth": 1,
        # What lies behind a key's words must not show through them.
        "legend.edgecolor": paint("grid"),
        "legend.facecolor": paint("paper"),
        "legend.framealpha": 1,
        "lines.linewidth": 2,
        "lines.solid_capstyle": "butt",
        "text.color": paint("ink"),
        "xtick.color": paint("muted"),
        "ytick.color": paint("muted"),
    }
    with any_character(), style.context({**settings, **(changes or {})}, after_reset=True):
        yield


class SwedishFormatter(Formatter):
    """Writes the numbers of an axis in Swedish, with the decimals that tell its ticks apart."""

    def __call__(self, value: float, pos: int | None = None) -> str:  # noqa: ARG002 - matplotlib's signature
        """Write one number by itself."""
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Write the numbers of an axis, in order."""
        step = min((abs(b - a) for a, b in pairwise(values)), default=1.0)
        decimals = next((n for n in range(6) if math.isclose(step, round(step, n), rel_tol=1e-6)), 6)
        return [swedish.number(value, decimals) for value in values]


@cache
def jupyter_css() -> str:
    """Return the style sheet that gives exhibits their look in JupyterLab; a report has its own."""
    return Path(__file__).with_name("jupyter.css").read_text(encoding="utf-8")
