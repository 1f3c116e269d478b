"""Words of size bound to thresholds, in one place; the words themselves are the exhibits'."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Size(StrEnum):
    """How large a difference is; ordered from smallest."""

    ABOUT_EQUAL = "about_equal"
    SOMEWHAT = "somewhat"
    CLEARLY = "clearly"


@dataclass(frozen=True)
class Threshold:
    """When a difference is called by a size.

    A difference has the size when it is at least `spread_share` times the spread between
    municipalities and at least `noise_share` times the SD of its own noise.

    Attributes
    ----------
    spread_share
        In robust SDs between municipalities (dimensionless).
    noise_share
        In SDs of the noise of the difference (dimensionless).
    """

    spread_share: float
    noise_share: float


THRESHOLDS: dict[Size, Threshold] = {
    Size.SOMEWHAT: Threshold(spread_share=0.25, noise_share=1.0),
    Size.CLEARLY: Threshold(spread_share=0.75, noise_share=2.0),
}
"""Everything below SOMEWHAT is ABOUT_EQUAL. A quarter of an SD moves a municipality about
ten places of a hundred in the middle of a normal distribution; three quarters move it
from the median to the edge of the outer quarter. Twice the noise is about 95 % sure."""


@dataclass(frozen=True)
class Classified:
    """Size and direction of a difference.

    Attributes
    ----------
    size
        One of three sizes.
    sign
        1 higher, -1 lower, 0 for about equal.
    """

    size: Size
    sign: int


def classify(difference: float, spread: float, noise: float) -> Classified | None:
    """Name the size of a difference.

    Parameters
    ----------
    difference
        Own value minus the comparator's, any unit.
    spread
        Robust SD between municipalities (`effektiv.analysis.peers.robust_sd`), same unit.
    noise
        SD of the difference's own noise, same unit. When it is unknown (NaN) a difference
        is never called CLEARLY.

    Returns
    -------
    Classified or None
        None when the difference is missing, or neither spread nor noise is known.

    Raises
    ------
    ValueError
        Spread or noise is negative.

    Examples
    --------
    >>> classify(5.0, spread=4.0, noise=1.0)
    Classified(size=<Size.CLEARLY: 'clearly'>, sign=1)
    """
    if spread < 0 or noise < 0:
        raise ValueError(f"spread and noise must not be negative, got {spread} and {noise}")
    if np.isnan(difference) or (np.isnan(spread) and np.isnan(noise)):
        return None
    if difference != 0 and not np.isnan(noise) and _reaches(difference, spread, noise, Size.CLEARLY):
        return Classified(Size.CLEARLY, int(np.sign(difference)))
    if difference != 0 and _reaches(difference, spread, noise, Size.SOMEWHAT):
        return Classified(Size.SOMEWHAT, int(np.sign(difference)))
    return Classified(Size.ABOUT_EQUAL, 0)


def _reaches(difference: float, spread: float, noise: float, size: Size) -> bool:
    limit = THRESHOLDS[size]
    scales = ((limit.spread_share, spread), (limit.noise_share, noise))
    return all(np.isnan(scale) or abs(difference) >= share * scale for share, scale in scales)


def limit(size: Size, spread: float, noise: float) -> float:
    """Return the smallest difference that `classify` calls by a size.

    Parameters
    ----------
    size
        SOMEWHAT or CLEARLY.
    spread, noise
        As in `classify`.

    Returns
    -------
    float
        Infinite for CLEARLY when the noise is unknown; missing when spread and noise are both
        unknown.

    Examples
    --------
    >>> limit(Size.CLEARLY, spread=4.0, noise=1.0)
    3.0
    """
    if size is Size.CLEARLY and np.isnan(noise) and not np.isnan(spread):
        return float("inf")
    asked = THRESHOLDS[size]
    return float(np.fmax(asked.spread_share * spread, asked.noise_share * noise))
