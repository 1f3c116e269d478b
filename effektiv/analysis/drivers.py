"""Where the difference between two costs for a unit lies, in kronor: parts of a sum, factors of a product.

The whole difference, times the number of units, is divided over the parts by subtraction; a part that is a
product is divided over its factors by the mean of all orders (Shapley; METHOD section 6). What published
parts leave of the whole, and what a product leaves of its part, stands as a rest, so that all sum exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import pandas as pd

from effektiv.analysis.cost_tree import shapley_product
from effektiv.types import DriverPart, Drivers

REST = "rest"
"""Key of what the drivers leave of the whole difference."""

ROUGH = 0.25
"""A product that leaves more than this share of its part's difference is not divided: it is another cost."""


@dataclass(frozen=True)
class DriverSplit:
    """A difference in cost, divided over its drivers.

    Attributes
    ----------
    parts
        Kronor by driver (a part's or a factor's id), in the tree's order, the last `REST`. They sum to `total`.
    undivided
        Kronor by part, as if none were divided over its factors.
    factors
        The factors that each divided part is divided over.
    total
        (own cost - the other's) x the municipality's units, kronor.
    left_out
        Parts without a value on both sides; they are in the rest.
    """

    parts: pd.Series
    undivided: pd.Series
    factors: Mapping[str, tuple[str, ...]]
    total: float
    left_out: tuple[str, ...]


def split_drivers(
    drivers: Drivers,
    own: Mapping[str, float],
    other: Mapping[str, float],
    units: float,
    undivided: Iterable[str] = (),
) -> DriverSplit | None:
    """Divide the difference between two costs over the drivers.

    Parameters
    ----------
    drivers
        The whole, its parts and their factors.
    own, other
        Value by id, the same year, each in its own unit; what is absent or NaN is missing.
    units
        The municipality's number of units (persons).
    undivided
        Parts that are not divided over their factors though they could be: they rest on too few persons.

    Returns
    -------
    DriverSplit or None
        None when the whole or the number of units is missing on a side, or no part is known.

    Examples
    --------
    >>> part = {"in_text": "", "more": "", "less": "", "ask": ""}
    >>> tree = Drivers(
    ...     total="T", persons="N", label="", in_text="",
    ...     parts=({"kpi": "A", **part}, {"kpi": "B", "factors": [{"kpi": "x", **part}, {"kpi": "y", **part}], **part}),
    ... )
    >>> own = {"T": 20.0, "A": 4.0, "B": 15.0, "x": 3.0, "y": 5.0}
    >>> other = {"T": 12.0, "A": 4.0, "B": 8.0, "x": 2.0, "y": 4.0}
    >>> split_drivers(tree, own, other, units=10.0).parts.to_dict()
    {'A': 0.0, 'x': 45.0, 'y': 25.0, 'rest': 10.0}
    """

    def known(kpi: str) -> bool:
        return isfinite(own.get(kpi, float("nan"))) and isfinite(other.get(kpi, float("nan")))

    if not known(drivers.total) or not (isfinite(units) and units > 0):
        return None
    differences = {part.kpi: own[part.kpi] - other[part.kpi] for part in drivers.parts if known(part.kpi)}
    if not differences:
        return None
    whole = set(undivided)
    divided = {
        part.kpi: found
        for part in drivers.parts
        if part.kpi in differences and part.kpi not in whole
        for found in [_factors(part, own, other, differences[part.kpi])]
        if found
    }
    total = (own[drivers.total] - other[drivers.total]) * units
    return DriverSplit(
        parts=_with_rest(
            {
                key: units * value
                for kpi, one in differences.items()
                for key, value in divided.get(kpi, {kpi: one}).items()
            },
            total,
        ),
        undivided=pd.Series(differences, dtype=float) * units,
        factors={kpi: tuple(found) for kpi, found in divided.items()},
        total=total,
        left_out=tuple(part.kpi for part in drivers.parts if part.kpi not in differences),
    )


def _with_rest(parts: Mapping[str, float], total: float) -> pd.Series:
    return pd.Series({**parts, REST: total - sum(parts.values())}, dtype=float)


def _factors(
    part: DriverPart, own: Mapping[str, float], other: Mapping[str, float], difference: float
) -> dict[str, float]:
    """Return the factors' shares of a part's difference; empty where it cannot be divided."""
    ids = [factor.kpi for factor in part.factors]
    sides = [{kpi: side.get(kpi, float("nan")) for kpi in ids} for side in (own, other)]
    if not ids or not all(isfinite(value) and value > 0 for side in sides for value in side.values()):
        return {}
    found = shapley_product(sides[0], sides[1], part.factor)
    rest = difference - sum(found.values())
    largest = max(abs(difference), *(abs(value) for value in found.values()))
    return {} if abs(rest) > ROUGH * largest else found


def pooled(splits: Sequence[DriverSplit]) -> DriverSplit | None:
    """Return the mean of several divisions: of years, or of comparators.

    A part that is not divided over its factors in all of them is not divided; one that some lack is left in
    the rest.

    Returns
    -------
    DriverSplit or None
        None of none.

    Examples
    --------
    >>> one, two = (
    ...     DriverSplit(pd.Series({"A": a, REST: 1.0}), pd.Series({"A": a}), {}, a + 1.0, ()) for a in (2.0, 4.0)
    ... )
    >>> pooled([one, two]).parts.to_dict()
    {'A': 3.0, 'rest': 1.0}
    """
    if not splits:
        return None
    parts: dict[str, float] = {}
    last = splits[-1]
    shared = [kpi for kpi in last.undivided.index if all(kpi in item.undivided.index for item in splits)]
    factors = {
        kpi: found
        for kpi, found in last.factors.items()
        if kpi in shared and all(kpi in item.factors for item in splits)
    }
    for kpi in shared:
        for key in factors.get(kpi, (kpi,)):
            source = [item.parts if kpi in factors else item.undivided for item in splits]
            parts[key] = sum(float(one[key]) for one in source) / len(splits)
    total = sum(item.total for item in splits) / len(splits)
    return DriverSplit(
        parts=_with_rest(parts, total),
        undivided=pd.Series(
            {kpi: sum(float(item.undivided[kpi]) for item in splits) / len(splits) for kpi in shared}
        ),
        factors=factors,
        total=total,
        left_out=tuple(dict.fromkeys(kpi for item in splits for kpi in item.left_out)),
    )
