"""Words of size bound to thresholds, in one place; the words themselves are the exhibits'.

Size says how large a difference is and never how sure (`effektiv.analysis.certainty`): a figure that
varies much between years can lie far from its peers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from effektiv.analysis.certainty import is_logarithmic


class Size(StrEnum):
    """How large a difference is; ordered from smallest."""

    ABOUT_EQUAL = "about_equal"
    SOMEWHAT = "somewhat"
    CLEARLY = "clearly"
    MUCH = "much"


@dataclass(frozen=True)
class Threshold:
    """From where a difference has a size.

    Attributes
    ----------
    per_cent
        Of the comparator, for money and counts.
    spread_share
        In robust SDs between municipalities, for shares, points and index values.
    """

    per_cent: float
    spread_share: float


THRESHOLDS: dict[Size, Threshold] = {
    Size.SOMEWHAT: Threshold(per_cent=3.0, spread_share=0.25),
    Size.CLEARLY: Threshold(per_cent=10.0, spread_share=0.75),
    Size.MUCH: Threshold(per_cent=30.0, spread_share=2.0),
}
"""Everything below SOMEWHAT is ABOUT_EQUAL. A quarter of an SD moves a municipality about
ten places of a hundred in the middle of a normal distribution, three quarters move it
from the median to the edge of the outer quarter, and two to the outer fortieth."""


@dataclass(frozen=True)
class Classified:
    """Size and direction of a difference.

    Attributes
    ----------
    size
        One of four sizes.
    sign
        1 higher, -1 lower, 0 for about equal.
    """

    size: Size
    sign: int


def classify(own: float, comparator: float, *, spread: float, relative: bool) -> Classified | None:
    """Name the size of a difference.

    Parameters
    ----------
    own, comparator
        In the figure's unit.
    spread
        Robust SD between municipalities (`effektiv.analysis.peers.robust_sd`), same unit.
    relative
        Whether the figure is judged in per cent of the comparator (money and counts) and not by
        the spread.

    Returns
    -------
    Classified or None
        None when a value is missing, or there is nothing to measure by.

    Raises
    ------
    ValueError
        The spread is negative.

    Examples
    --------
    >>> classify(130.0, 100.0, spread=50.0, relative=True)
    Classified(size=<Size.MUCH: 'much'>, sign=1)
    """
    if spread < 0:
        raise ValueError(f"the spread must not be negative, got {spread}")
    difference = own - comparator
    if np.isnan(difference) or (np.isnan(spread) and not relative) or (relative and comparator <= 0):
        return None
    for size in (Size.MUCH, Size.CLEARLY, Size.SOMEWHAT):
        at_least = limit(size, comparator=comparator, spread=spread, relative=relative)
        # Published values are rounded: a difference at the limit reaches it whatever the last bit says.
        if difference != 0 and abs(difference) >= at_least * (1 - 1e-12):
            return Classified(size, int(np.sign(difference)))
    return Classified(Size.ABOUT_EQUAL, 0)


def limit(size: Size, *, comparator: float, spread: float, relative: bool) -> float:
    """Return the smallest difference that `classify` calls by a size.

    Examples
    --------
    >>> limit(Size.CLEARLY, comparator=200.0, spread=4.0, relative=True)
    20.0
    """
    asked = THRESHOLDS[size]
    return abs(comparator) * asked.per_cent / 100.0 if relative else asked.spread_share * spread


def is_relative(unit: str, comparator: float) -> bool:
    """Return whether the size of a difference is measured in per cent: money and counts, above zero.

    Examples
    --------
    >>> is_relative("kr/elev", 98_000.0), is_relative("%", 81.0)
    (True, False)
    """
    return is_logarithmic(unit) and comparator > 0
