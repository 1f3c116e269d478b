"""What a difference is worth: mnkr, quality units, persons, and three ways to close it.

Formulas: METHOD section 6. Cost gaps are positive when the municipality is dearer
than the comparator, quality gaps positive when it is worse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, row
from effektiv.analysis.peers import group_best_quarter, group_median
from effektiv.types import Better, Gap


def deviation_gap_mnkr(
    deviation: float, comparator: float, reference_cost: float, population: float
) -> float:
    """Return ``(d_i - d_c)/100 * reference_cost_i * population_i / 1e6``.

    Parameters
    ----------
    deviation, comparator
        Net cost deviation in per cent of the reference cost, own and the comparator's.
    reference_cost
        The municipality's reference cost, kr per head of `population`.
    population
        Number of heads that the reference cost is stated for.

    Returns
    -------
    float
        mnkr; positive when dearer than the comparator.

    Examples
    --------
    >>> deviation_gap_mnkr(8.0, 3.0, 20_000.0, 10_000.0)
    10.0
    """
    return (deviation - comparator) / 100.0 * reference_cost * population / 1e6


def quality_gap(own: float, comparator: float, better: Better) -> float:
    """Return how much worse the municipality is, in the key figure's own unit.

    Parameters
    ----------
    own, comparator
        Values in the key figure's unit.
    better
        Which direction is better.

    Returns
    -------
    float
        ``comparator - own`` where higher is better, else ``own - comparator``; positive
        when the municipality is worse.

    Raises
    ------
    ValueError
        `better` is NEITHER.

    Examples
    --------
    >>> quality_gap(70.0, 75.0, Better.HIGHER), quality_gap(20.0, 15.0, Better.LOWER)
    (5.0, 5.0)
    """
    if better is Better.NEITHER:
        raise ValueError("a figure without a better direction has no quality gap")
    return comparator - own if better is Better.HIGHER else own - comparator


def persons(gap_pct: float, count: float) -> float:
    """Turn a gap in percentage points of a share into persons: ``gap/100 * n``.

    Parameters
    ----------
    gap_pct
        Percentage points.
    count
        Persons behind the share.

    Returns
    -------
    float
        Persons, not rounded.

    Examples
    --------
    >>> persons(5.0, 200.0)
    10.0
    """
    return gap_pct / 100.0 * count


@dataclass(frozen=True)
class CostGap:
    """A cost gap for every year.

    Attributes
    ----------
    gap
        The catalogue's definition.
    by_year
        Index year; columns own and comparator (per cent for a deviation, kr per unit
        else), base (kr in mnkr that one per cent, or units that one krona, is multiplied
        with: see `gap_mnkr`), gap_mnkr (positive is dearer).
    """

    gap: Gap
    by_year: pd.DataFrame

    @property
    def latest_year(self) -> int | None:
        """Latest year with a gap."""
        years = self.by_year["gap_mnkr"].dropna().index
        return int(years.max()) if len(years) else None


def cost_gap(gap: Gap, panels: Mapping[str, Panel], municipality: str, comparator: pd.Series) -> CostGap:
    """Value a cost gap against any comparator, year by year.

    Parameters
    ----------
    gap
        Which figures to use.
    panels
        Key figure id -> panel; must hold the figures that `gap` names.
    municipality
        Four-digit code.
    comparator
        By year, of the deviation (per cent) or the unit cost (kr per unit); for example
        `comparators` of that figure.

    Returns
    -------
    CostGap
        Missing in years that lack a figure.

    Raises
    ------
    KeyError
        A figure has no panel.
    ValueError
        `gap` names too few figures for its kind.

    Examples
    --------
    >>> panels = {"r": pd.DataFrame({2024: [120.0]}, index=["0319"]),
    ...           "v": pd.DataFrame({2024: [1e6]}, index=["0319"])}
    >>> gap = Gap(label="", kind="unit", unit_cost="r", volume="v")
    >>> cost_gap(gap, panels, "0319", pd.Series({2024: 100.0})).by_year.loc[2024, "gap_mnkr"]
    np.float64(20.0)
    """
    figure = gap_figure(gap)
    own = row(panels[figure], municipality)
    frame = pd.DataFrame({"own": own, "comparator": comparator.reindex(own.index)})
    if gap.kind == "deviation":
        if gap.reference_cost is None or gap.population is None:
            raise ValueError(f"gap {gap.label!r} needs reference_cost and population")
        reference = row(panels[gap.reference_cost], municipality).reindex(own.index)
        base = reference * row(panels[gap.population], municipality).reindex(own.index) / 100.0
    else:
        if gap.volume is None:
            raise ValueError(f"gap {gap.label!r} needs volume")
        base = row(panels[gap.volume], municipality).reindex(own.index)
    frame["base"] = base
    frame["gap_mnkr"] = (frame["own"] - frame["comparator"]) * base / 1e6
    return CostGap(gap=gap, by_year=frame)


def gap_figure(gap: Gap) -> str:
    """Return the id of the figure that is compared: the deviation or the unit cost.

    Raises
    ------
    ValueError
        The definition does not name it.

    Examples
    --------
    >>> gap_figure(Gap(label="", kind="unit", unit_cost="N15027", volume="N15835"))
    'N15027'
    """
    figure = gap.deviation if gap.kind == "deviation" else gap.unit_cost
    if figure is None:
        raise ValueError(f"gap {gap.label!r} of kind {gap.kind} names no figure to compare")
    return figure


def comparators(
    panel: Panel, members: Sequence[str], better: Better, named: Sequence[str] = ()
) -> pd.DataFrame:
    """Return what the municipality can be compared with, year by year.

    Parameters
    ----------
    panel
        Municipality x year.
    members
        The peer group.
    better
        Direction; decides which quarter is the best. With NEITHER there is none.
    named
        Codes of single municipalities (role models), and Riket.

    Returns
    -------
    pandas.DataFrame
        Index year; columns median, best_quarter (missing where better is NEITHER) and one
        a named code, in the key figure's unit.

    Examples
    --------
    >>> p = pd.DataFrame({2024: [1.0, 2.0, 3.0, 7.0]}, index=["a", "b", "c", "0000"])
    >>> comparators(p, ["a", "b", "c"], Better.LOWER, ["0000"]).loc[2024].tolist()
    [2.0, 1.5, 7.0]
    """
    median = group_median(panel, members)
    best = median * np.nan if better is Better.NEITHER else group_best_quarter(panel, members, better)
    columns = {"median": median, "best_quarter": best}
    columns |= {code: row(panel, code) for code in named}
    return pd.DataFrame(columns)


@dataclass(frozen=True)
class ThreeWays:
    """Three ways to close a gap, each holding the other two factors (METHOD section 6).

    Attributes
    ----------
    resource_mnkr
        Change in yearly cost at unchanged volume and quality: minus the gap.
    volume_units, volume_pct
        More units at unchanged cost and quality, and in per cent of today's volume.
    quality_from, quality_to
        Quality today and at the comparator, at unchanged cost and volume; own unit.
    quality_worse_by
        How much worse than the comparator, own unit; zero or negative when the
        municipality already is as good.
    quality_persons
        The same in persons for a share with a known count, else missing.
    unit_cost, unit_cost_target
        kr per unit today, and the unit cost that closes the gap.
    """

    resource_mnkr: float
    volume_units: float
    volume_pct: float
    quality_from: float
    quality_to: float
    quality_worse_by: float
    quality_persons: float
    unit_cost: float
    unit_cost_target: float


def three_ways(
    *,
    gap_mnkr: float,
    unit_cost: float,
    volume: float,
    quality: float,
    quality_comparator: float,
    better: Better,
    count: float = float("nan"),
) -> ThreeWays:
    """State the gap as less resource, more volume, or more quality.

    The volume way is ``V * (r_i/r_c - 1)`` with ``r_c = r_i - gap/V``, the unit cost that
    closes the gap. For a gap valued by unit cost this r_c is the comparator's own; for
    one valued by net cost deviation it is the comparator's after structural adjustment,
    so that the first two ways always describe the same gap.

    Parameters
    ----------
    gap_mnkr
        Cost gap, positive when dearer.
    unit_cost
        Own cost, kr per unit of volume.
    volume
        Own volume, units.
    quality, quality_comparator
        In the quality figure's own unit.
    better
        Direction of the quality figure.
    count
        Persons behind the quality figure when it is a share in per cent.

    Returns
    -------
    ThreeWays
        Missing where an input is, and where no positive unit cost closes the gap.

    Examples
    --------
    >>> ways = three_ways(gap_mnkr=10.0, unit_cost=110_000.0, volume=1_000.0, quality=70.0,
    ...                   quality_comparator=75.0, better=Better.HIGHER, count=200.0)
    >>> ways.resource_mnkr, round(ways.volume_units), ways.quality_persons
    (-10.0, 100, 10.0)
    """
    target = unit_cost - gap_mnkr * 1e6 / volume if volume > 0 else float("nan")
    ratio = unit_cost / target - 1.0 if target > 0 else float("nan")
    worse = quality_gap(quality, quality_comparator, better)
    return ThreeWays(
        resource_mnkr=-gap_mnkr,
        volume_units=volume * ratio,
        volume_pct=100.0 * ratio,
        quality_from=quality,
        quality_to=quality_comparator,
        quality_worse_by=worse,
        quality_persons=persons(worse, count),
        unit_cost=unit_cost,
        unit_cost_target=target,
    )
