"""Where a cost difference sits: children of a sum, factors of a product.

Medians of the children do not add up to the median of the parent, so a tree against
medians would show a rest that is an artefact. The comparator is therefore the mean of
the peers that have the parent and all children: means add up, and the rest row shows
only what the published figures themselves leave. For products it is the geometric
mean, for the same reason. Both are stated with the number of peers behind them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd

from effektiv.types import CostTree, Product

REST = "rest"
"""Row key of what the published children leave of their parent."""

CHILD_SHARE = 0.5
"""A child takes part when the municipality and at least this share of the peers have it."""


@dataclass(frozen=True)
class TreeDifference:
    """A cost difference split over the children of a sum.

    Attributes
    ----------
    rows
        Index: the children in the tree's order, then `REST`, then the parent. Columns own,
        comparator, difference (own - comparator; the figures' unit, for example kr/elev)
        and share_pct (of the parent's difference; missing when that is zero). Children and
        rest sum to the parent in every column but share_pct rounding.
    peers
        Peers behind the comparator: those with the parent and every child shown.
    left_out
        Children without a value for the municipality or for most peers; they are part
        of the rest on both sides.
    """

    rows: pd.DataFrame
    peers: tuple[str, ...]
    left_out: tuple[str, ...]


def tree_difference(
    tree: CostTree, values: pd.DataFrame, municipality: str, members: Sequence[str]
) -> TreeDifference | None:
    """Split the difference from the peers' mean over the children of a cost.

    Parameters
    ----------
    tree
        Parent and children.
    values
        Municipality x key figure for one year, one unit. Absent columns are missing.
    municipality
        Four-digit code.
    members
        The peer group.

    Returns
    -------
    TreeDifference or None
        None when the municipality lacks the parent or every child, or no peer has all.

    Examples
    --------
    >>> values = pd.DataFrame({"P": [10.0, 8.0], "A": [6.0, 5.0], "B": [3.0, 3.0]}, index=["i", "c"])
    >>> tree = CostTree(parent="P", children=("A", "B"))
    >>> tree_difference(tree, values, "i", ["c"]).rows["difference"].tolist()
    [1.0, 0.0, 1.0, 2.0]
    """
    frame = values.reindex(columns=[tree.parent, *tree.children]).astype(float)
    peers = frame.reindex(index=[code for code in dict.fromkeys(members) if code != municipality])
    peers = peers.dropna(subset=[tree.parent])
    if municipality not in frame.index or peers.empty:
        return None
    own = frame.T[municipality]
    if np.isnan(own[tree.parent]):
        return None
    children = [
        child
        for child in tree.children
        if not np.isnan(own[child]) and peers[child].notna().mean() >= CHILD_SHARE
    ]
    peers = peers.dropna(subset=children)
    if not children or peers.empty:
        return None
    comparator = peers.mean(axis=0)
    sides = {"own": own, "comparator": comparator}
    rows = pd.DataFrame(
        {
            name: [*side[children], side[tree.parent] - side[children].sum(), side[tree.parent]]
            for name, side in sides.items()
        },
        index=pd.Index([*children, REST, tree.parent], name="kpi"),
    )
    rows["difference"] = rows["own"] - rows["comparator"]
    total = float(own[tree.parent] - comparator[tree.parent])
    rows["share_pct"] = rows["difference"] * (100.0 / total if total != 0 else np.nan)
    left_out = tuple(child for child in tree.children if child not in children)
    return TreeDifference(rows=rows, peers=tuple(str(code) for code in peers.index), left_out=left_out)


def shapley_product(
    own: Mapping[str, float], comparator: Mapping[str, float], factor: float = 1.0
) -> dict[str, float]:
    """Split the difference between two products over their factors.

    Each part is the mean, over all orders, of what changing that factor does (METHOD
    section 6); the parts sum exactly to ``factor * (prod(own) - prod(comparator))``.

    Parameters
    ----------
    own, comparator
        Factor -> value, the same 1 to 4 factors.
    factor
        Constant in front of the product.

    Returns
    -------
    dict
        Factor -> part, in the product's unit. NaN in every part when a value is missing.

    Raises
    ------
    ValueError
        The factors differ, or are none or more than four.

    Examples
    --------
    >>> shapley_product({"price": 3.0, "volume": 5.0}, {"price": 2.0, "volume": 4.0})
    {'price': 4.5, 'volume': 2.5}
    """
    names = list(own)
    if set(names) != set(comparator) or not 1 <= len(names) <= 4:
        raise ValueError(f"the same 1-4 factors are needed on both sides, got {names} and {list(comparator)}")
    parts = dict.fromkeys(names, 0.0)
    for order in permutations(names):
        current = {name: float(comparator[name]) for name in names}
        before = factor * np.prod([current[name] for name in names])
        for name in order:
            current[name] = float(own[name])
            after = factor * np.prod([current[item] for item in names])
            parts[name] += float(after - before)
            before = after
    return {name: part / factorial(len(names)) for name, part in parts.items()}


@dataclass(frozen=True)
class ProductDifference:
    """A cost difference split over the factors of a product.

    Attributes
    ----------
    factors
        Index: the factors. Columns own and comparator (each factor's unit), part (the
        result's unit).
    own, comparator
        The published result, own and the peers' geometric mean.
    difference
        own - comparator.
    rest
        difference - sum of parts: how far the product is from the published result. Zero
        for an exact product.
    peers
        Peers behind the comparator: those with the result and every factor, all positive.
    """

    factors: pd.DataFrame
    own: float
    comparator: float
    difference: float
    rest: float
    peers: tuple[str, ...]


def product_difference(
    product: Product, values: pd.DataFrame, municipality: str, members: Sequence[str]
) -> ProductDifference | None:
    """Split a cost difference over the factors of ``result ~ factor * prod(factors)``.

    Parameters
    ----------
    product
        Result, factors and constant.
    values
        Municipality x key figure for one year.
    municipality
        Four-digit code.
    members
        The peer group.

    Returns
    -------
    ProductDifference or None
        None when the municipality lacks a figure, or no peer has all of them positive.

    Examples
    --------
    >>> values = pd.DataFrame({"R": [15.0, 8.0], "a": [3.0, 2.0], "b": [5.0, 4.0]}, index=["i", "c"])
    >>> result = product_difference(Product(label="", result="R", factors=("a", "b")), values, "i", ["c"])
    >>> result.factors["part"].tolist()
    [4.5, 2.5]
    """
    names = list(product.factors)
    frame = values.reindex(columns=[product.result, *names]).astype(float)
    frame = frame[(frame > 0).all(axis=1)]
    peers = frame.loc[
        [code for code in dict.fromkeys(members) if code in frame.index and code != municipality]
    ]
    if municipality not in frame.index or peers.empty:
        return None
    own = frame.T[municipality]
    comparator = pd.Series(np.exp(np.log(peers.to_numpy()).mean(axis=0)), index=frame.columns)
    parts = shapley_product(
        {name: float(own[name]) for name in names},
        {name: float(comparator[name]) for name in names},
        product.factor,
    )
    factors = pd.DataFrame({"own": own[names], "comparator": comparator[names], "part": pd.Series(parts)})
    factors.index.name = "kpi"
    difference = float(own[product.result] - comparator[product.result])
    return ProductDifference(
        factors=factors,
        own=float(own[product.result]),
        comparator=float(comparator[product.result]),
        difference=difference,
        rest=difference - float(factors["part"].sum()),
        peers=tuple(str(code) for code in peers.index),
    )
