"""Which part of a service holds its surplus: each part's cost against its share of the reference cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, country, row

HOLDS = 0.5
"""A part is said to hold a surplus when it is at least this share of it."""


@dataclass(frozen=True)
class Part:
    """One part of a service in all municipalities.

    Attributes
    ----------
    cost, expected
        Municipality x year, mnkr: what the part cost, and what it would have cost had the reference cost
        been divided among the parts as the country's costs are.
    """

    cost: Panel
    expected: Panel

    @property
    def over(self) -> Panel:
        """Return cost less expected, mnkr; positive is dearer."""
        return self.cost - self.expected


def parts_of(costs: Mapping[str, Panel], reference: Panel) -> dict[str, Part]:
    """Divide the reference cost of a service among its parts, as the whole country's costs are divided.

    Parameters
    ----------
    costs
        Part -> municipality x year, mnkr.
    reference
        The service's reference cost, mnkr.

    Returns
    -------
    dict
        By part. Parts are gross cost and the deviation net, so that their sum lands near the published
        deviation and not on it. Missing where cost or reference is.

    Examples
    --------
    >>> cost = {"a": pd.DataFrame({2022: [30.0, 10.0]}, index=["i", "j"])}
    >>> parts_of(cost, pd.DataFrame({2022: [20.0, 20.0]}, index=["i", "j"]))["a"].over[2022].tolist()
    [10.0, -10.0]
    """
    whole = country(reference)
    found = {}
    for name, panel in costs.items():
        cost = country(panel).reindex(index=whole.index, columns=whole.columns)
        both = cost.notna() & whole.notna()
        share = cost.where(both).sum() / whole.where(both).sum().replace(0.0, np.nan)
        found[name] = Part(cost.where(both), whole.where(both) * share)
    return found


def surplus_by_part(parts: Mapping[str, Part], municipality: str, years: Sequence[int]) -> pd.Series:
    """Return each part's mean surplus over some years, mnkr, the largest first; parts without values are left out."""
    means = {}
    for name, part in parts.items():
        columns = [year for year in years if year in part.cost.columns]
        if municipality in part.cost.index and columns:
            means[name] = float(row(part.over, municipality)[columns].mean())
    return pd.Series(means, dtype=float).dropna().sort_values(ascending=False)


def holding_part(surplus: pd.Series) -> str | None:
    """Return the part that holds the surplus: the largest, if it is at least half of the whole.

    Examples
    --------
    >>> holding_part(pd.Series({"a": 25.0, "b": 9.0, "c": -12.0})), holding_part(pd.Series({"a": -1.0}))
    ('a', None)
    """
    if surplus.empty or surplus.iloc[0] <= 0:
        return None
    total = float(surplus.sum())
    return str(surplus.index[0]) if surplus.iloc[0] >= HOLDS * total else None
