"""The palette: contrast on both papers, and kept apart without green receptors."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from effektiv.exhibits.style import PALETTE

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
DEFICIENCY = {
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "none": np.eye(3),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(hexa: str) -> np.ndarray:
    value = np.array([int(hexa[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    light = sorted((float(TO_XYZ[1] @ linear(value)) for value in (one, other)), reverse=True)
    return (light[0] + 0.05) / (light[1] + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_contrast_of_known_pairs():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("paper", ["light", "dark"])
@pytest.mark.parametrize("role", ["own", "peer", "riket", "role", "good", "bad", "ink", "muted"])
def test_everything_can_be_seen_and_read_on_both_papers(role, paper):
    """4.5:1 is asked of text, and every one of these colours some text; graphics ask 3:1."""
    assert contrast(getattr(PALETTE[role], paper), getattr(PALETTE["paper"], paper)) >= 4.5


@pytest.mark.parametrize("deficiency", DEFICIENCY)
@pytest.mark.parametrize("paper", ["light", "dark"])
def test_colours_that_meet_in_a_chart_stay_apart(paper, deficiency):
    """At least 20 units of CIE 1976, about ten times what can just be told apart.

    Peers and Riket differ in lightness and in dash and marker; 10 is enough for them.
    """
    groups = [("own", "peer", "role"), ("own", "riket", "role"), ("good", "bad"), ("peer", "riket")]
    for group in groups:
        for one, other in combinations(group, 2):
            a, b = (
                lab(DEFICIENCY[deficiency] @ linear(getattr(PALETTE[role], paper))) for role in (one, other)
            )
            least = 10 if {one, other} == {"peer", "riket"} else 20
            assert float(np.linalg.norm(a - b)) >= least, f"{one} och {other}"
