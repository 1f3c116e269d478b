"""Colours and sizes of the figures: one calm style.

Every colour is written as a CSS custom property with a fallback, ``var(--own, #08427e)``,
so that the report's style sheet decides (light, dark, print) and a figure still looks
right where there is none. Colour is never the only carrier: each role has its own marker
and line as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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

FONT_FAMILY = "Arial, 'Liberation Sans', Helvetica, sans-serif"
"""Fonts with Arial's widths first: labels are placed by those widths."""

FONT_SIZE = 14.0
"""Text size in the figure's own pixels."""

WIDE = 720
"""Width of a figure on a laptop or paper, in pixels."""

NARROW = 320
"""Width of the same figure drawn for a telephone."""


def colour(role: Role) -> str:
    """Return the colour of a role as a CSS value with the light colour as fallback."""
    return f"var(--{role}, {PALETTE[role].light})"


def jupyter_css() -> str:
    """Return the style sheet that gives exhibits their look in JupyterLab.

    A report has a style sheet of its own and exhibits carry none, so the opening cell of a
    notebook puts this one into its HTML once.
    """
    return Path(__file__).with_name("jupyter.css").read_text(encoding="utf-8")
