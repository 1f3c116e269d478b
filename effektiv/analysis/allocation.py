"""Allocating a budget to units by volume, to the krona, and the volumes at which a unit balances.

A unit's allocation has four parts: a support that each small unit gets whatever its volume, its premises, a
socio-economic part by volume times index, and a part by volume with an amount of its own for each stage (grades of a
school, ages of a preschool, times of day in home care). What one more pupil means is told twice: what is paid and what it
costs where there is room, and what it costs where a new class is needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

ADMINISTRATION, VAT = 0.03, 0.06
"""Standard shares of the amount that independent schools are paid (skolförordningen 14 kap.): administration and VAT."""

PARTS = ("floor", "premises", "socio", "volume")
"""Parts of an allocation, in the order in which they are taken from the budget."""


def largest_remainder(weights: np.ndarray, total: int) -> np.ndarray:
    """Divide a whole number in proportion to weights, in whole parts that add up to it.

    Each part is rounded down, and what is left goes to those with the largest remainders (Hamilton's method); of equal
    remainders the first.

    Parameters
    ----------
    weights
        At least 0 and not all 0, of any shape.
    total
        At least 0.

    Returns
    -------
    numpy.ndarray of int
        Of the weights' shape.

    Raises
    ------
    ValueError
        A weight is negative or missing, all are 0 though there is something to divide, or the total is negative.

    Examples
    --------
    >>> largest_remainder(np.array([15_000, 25_000, 30_000]), 10_000_000).tolist()
    [2142857, 3571429, 4285714]
    """
    given = np.asarray(weights, dtype=float)
    if not np.isfinite(given).all() or (given < 0).any():
        raise ValueError("weights must be at least 0")
    if total < 0:
        raise ValueError("there is less than nothing to divide")
    if total == 0:
        return np.zeros(given.shape, dtype=np.int64)
    # Fractions, since a remainder that floats get wrong by a hair is a krona to somebody else.
    shares = [Fraction(value) for value in given.ravel().tolist()]
    whole = sum(shares)
    if not whole:
        raise ValueError("all weights are 0")
    exact = [share * total / whole for share in shares]
    parts = [math.floor(value) for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return np.array(parts, dtype=np.int64).reshape(given.shape)


@dataclass(frozen=True)
class Allocation:
    """A budget divided over units. All amounts are whole kronor.

    Attributes
    ----------
    parts
        By unit: ``floor``, ``premises``, ``socio`` and ``volume``, and ``total``; these add up to the budget.
    by_stage
        The part by volume, by unit and stage.
    each
        By stage: kronor for each pupil or hour, as the budget is enough for; not rounded.
    ratio
        `each` as a share of the amounts wished for.
    """

    parts: pd.DataFrame
    by_stage: pd.DataFrame
    each: pd.Series
    ratio: float


def allocate(
    volumes: pd.DataFrame,
    amounts: pd.Series,
    budget: int,
    *,
    index: pd.Series | None = None,
    socio_share: float = 0.0,
    floor: pd.Series | None = None,
    premises: pd.Series | None = None,
) -> Allocation:
    """Divide a budget over units.

    Support to small units and premises are taken first, then the socio-economic share of the whole budget, and what is left
    is divided by volume in proportion to the amounts of the stages.

    Parameters
    ----------
    volumes
        Pupils or hours, by unit (rows) and stage (columns).
    amounts
        Kronor wished for each, by stage: only their proportions count.
    budget
        Whole kronor.
    index
        Socio-economic index by unit, 100 as the municipality; needed where `socio_share` is above 0.
    socio_share
        Share of the budget, 0.1 for ten per cent.
    floor, premises
        Whole kronor by unit; none where left out.

    Returns
    -------
    Allocation
        Its parts add up to the budget exactly.

    Raises
    ------
    ValueError
        A volume or amount is missing or negative, a unit has no volume, an index that is needed is missing, or support,
        premises and socio-economic share are more than the budget.

    Examples
    --------
    >>> units = ["A", "B", "C"]
    >>> found = allocate(
    ...     pd.DataFrame({"elever": [100, 250, 400]}, index=units),
    ...     pd.Series({"elever": 1.0}),
    ...     100_000_000,
    ...     index=pd.Series([150, 100, 75], index=units),
    ...     socio_share=0.10,
    ...     floor=pd.Series(2_000_000, index=units),
    ... )
    >>> found.parts["total"].tolist(), float(found.each["elever"])
    ([15342857, 33571429, 51085714], 112000.0)
    """
    units, stages = volumes.index, volumes.columns
    counts = volumes.to_numpy(dtype=float)
    wished = amounts.reindex(stages).to_numpy(dtype=float)
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError("a volume is missing or negative")
    if not np.isfinite(wished).all() or (wished <= 0).any():
        raise ValueError("a stage has no amount")
    if not (counts.sum(axis=1) > 0).all():
        raise ValueError("a unit has no volume")
    parts = pd.DataFrame(0, index=units, columns=list(PARTS), dtype="int64")
    for key, given in (("floor", floor), ("premises", premises)):
        if given is not None:
            parts[key] = given.reindex(units).astype("int64")
    socio = 0
    if socio_share > 0:
        if index is None or not (index.reindex(units) > 0).all():
            raise ValueError("a unit has no index")
        socio = round(socio_share * budget)
        weights = counts.sum(axis=1) * index.reindex(units).to_numpy(dtype=float)
        parts["socio"] = largest_remainder(weights, socio)
    left = budget - int(parts["floor"].sum()) - int(parts["premises"].sum()) - socio
    if left < 0:
        raise ValueError("support, premises and socio-economic share are more than the budget")
    weights = counts * wished
    by_stage = pd.DataFrame(largest_remainder(weights, left), index=units, columns=stages)
    parts["volume"] = by_stage.sum(axis=1)
    parts["total"] = parts[list(PARTS)].sum(axis=1)
    ratio = left / float(weights.sum())
    return Allocation(parts, by_stage, amounts.reindex(stages) * ratio, ratio)


def per_pupil_paid(
    base: pd.Series, premises: pd.Series, *, administration: float = ADMINISTRATION, vat: float = VAT
) -> pd.DataFrame:
    """Return the parts of what an independent school is paid for a pupil, by stage.

    Parameters
    ----------
    base, premises
        Kronor per pupil by stage: grundbelopp (teaching, material, health, meals) and premises.
    administration
        Share of base and premises.
    vat
        Share of base, premises and administration.

    Returns
    -------
    pandas.DataFrame
        Whole kronor by stage: ``base``, ``administration``, ``vat``, ``premises``, ``total``.

    Examples
    --------
    Strömsund's amounts for grades 7-9 in 2024 (stromsund.se/1952.html):

    >>> per_pupil_paid(pd.Series({"7-9": 115_338}), pd.Series({"7-9": 37_924})).loc["7-9"].tolist()
    [115338, 4598, 9472, 37924, 167332]
    """
    frame = pd.DataFrame({"base": base, "premises": premises.reindex(base.index)})
    whole = frame.sum(axis=1)
    frame["administration"] = np.floor(whole * administration + 0.5)
    frame["vat"] = np.floor((whole + frame["administration"]) * vat + 0.5)
    frame = frame[["base", "administration", "vat", "premises"]].round().astype("int64")
    frame["total"] = frame.sum(axis=1)
    return frame


@dataclass(frozen=True)
class ClassCosts:
    """What a unit costs that grows in steps.

    Attributes
    ----------
    size
        Most pupils in a class.
    per_class
        Kronor a class and year.
    fixed
        Kronor a unit and year, whatever its volume.
    per_pupil
        Kronor for each pupil beside the class: meals, material.
    """

    size: int
    per_class: float
    fixed: float = 0.0
    per_pupil: float = 0.0

    def classes(self, counts: np.ndarray) -> np.ndarray:
        """Return how many classes numbers of pupils need; those of a stage are not put with another's."""
        return np.ceil(np.asarray(counts, dtype=float) / self.size)

    def cost(self, counts: np.ndarray) -> np.ndarray:
        """Return the yearly cost by unit, from pupils by unit and stage (the last axis)."""
        each = np.asarray(counts, dtype=float)
        return np.asarray(
            self.fixed + self.per_class * self.classes(each).sum(axis=-1) + self.per_pupil * each.sum(axis=-1)
        )


def spread(total: np.ndarray, mix: np.ndarray) -> np.ndarray:
    """Divide numbers of pupils over stages in the proportions of a unit, in whole pupils.

    Parameters
    ----------
    total
        Numbers of pupils.
    mix
        Pupils by stage today.

    Returns
    -------
    numpy.ndarray
        A row a number, a column a stage.

    Examples
    --------
    >>> spread(np.array([3, 10]), np.array([2, 1])).tolist()
    [[2.0, 1.0], [7.0, 3.0]]
    """
    shares = np.asarray(mix, dtype=float) / float(np.sum(mix))
    exact = np.asarray(total, dtype=float)[:, None] * shares
    parts = np.floor(exact + 1e-9)
    left = (np.asarray(total) - parts.sum(axis=1)).astype(int)
    place = np.argsort(np.argsort(-(exact - parts), axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(parts + (place < left[:, None]))


@dataclass(frozen=True)
class Balance:
    """At which numbers of pupils a unit balances: a set, since its cost grows in steps.

    Attributes
    ----------
    runs
        First and last number of each run, in order.
    searched
        The largest number tried.
    """

    runs: tuple[tuple[int, int], ...]
    searched: int

    @property
    def always_from(self) -> int | None:
        """First number from which it always balances, as far as has been searched; None where there is none."""
        return self.runs[-1][0] if self.runs and self.runs[-1][1] == self.searched else None

    def holds(self, number: int) -> bool:
        """Whether it balances at a number."""
        return any(first <= number <= last for first, last in self.runs)


def balance(
    mix: np.ndarray, each: np.ndarray, costs: ClassCosts, *, given: np.ndarray | float = 0.0, most: int
) -> Balance:
    """Find the numbers of pupils at which what a unit is given covers what it costs.

    Parameters
    ----------
    mix
        Pupils by stage today: the proportions are kept as the number changes.
    each
        Kronor given for each pupil, by stage.
    costs
        Its cost.
    given
        Kronor given beside that, by number from 1 to `most`: support that small units get.
    most
        The largest number to try.

    Examples
    --------
    >>> costs = ClassCosts(size=25, per_class=1_150_000, fixed=6_000_000)
    >>> balance(np.array([250]), np.array([70_000]), costs, most=282).runs
    ((250, 250), (267, 275))
    """
    numbers = np.arange(1, most + 1)
    counts = spread(numbers, mix)
    # A krona of rounding is no deficit.
    good = given + counts @ np.asarray(each, dtype=float) - costs.cost(counts) >= -0.5
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(int), [0]])))
    return Balance(tuple((int(a) + 1, int(b)) for a, b in edges.reshape(-1, 2)), most)


def one_more(volumes: pd.DataFrame, each: pd.Series, costs: ClassCosts) -> pd.DataFrame:
    """Return what one more pupil means to each unit in each stage.

    Parameters
    ----------
    volumes
        Pupils by unit and stage.
    each
        Kronor given for each pupil, by stage.
    costs
        The cost of a unit.

    Returns
    -------
    pandas.DataFrame
        A row a unit and stage: ``room``, places left in the classes there are; ``given``; ``marginal``, what the next one
        costs, a new class where there is no room; ``net``, given less marginal; ``step_net``, the same when a class is
        needed.

    Examples
    --------
    >>> costs = ClassCosts(size=25, per_class=1_150_000, fixed=6_000_000)
    >>> found = one_more(pd.DataFrame({"alla": [250]}, index=["A"]), pd.Series({"alla": 70_000.0}), costs)
    >>> found.loc[("A", "alla"), ["room", "net"]].tolist()
    [0.0, -1080000.0]
    """
    counts = volumes.to_numpy(dtype=float)
    room = costs.classes(counts) * costs.size - counts
    marginal = np.where(room >= 1, costs.per_pupil, costs.per_pupil + costs.per_class)
    given = np.broadcast_to(each.reindex(volumes.columns).to_numpy(dtype=float), counts.shape)
    frame = pd.DataFrame(
        {
            "room": room.ravel(),
            "given": given.ravel(),
            "marginal": marginal.ravel(),
            "net": (given - marginal).ravel(),
            "step_net": (given - costs.per_pupil - costs.per_class).ravel(),
        },
        index=pd.MultiIndex.from_product([volumes.index, volumes.columns]),
    )
    # A stage that the unit does not have has no next pupil.
    return frame[counts.ravel() > 0]


def per_performed_hour(hourly: float, share: float) -> float:
    """Return what an hour with the user costs, when only a share of the worked time is such hours.

    Parameters
    ----------
    hourly
        Kronor a worked hour (`effektiv.analysis.portfolio.hourly_cost`).
    share
        Performed hours as a share of the worked, above 0.

    Examples
    --------
    >>> round(per_performed_hour(30_000 / 142 * 1.54, 0.65), 2)
    500.54
    """
    if not share > 0:
        raise ValueError("the performed share must be above 0")
    return hourly / share


def needed_share(hourly: float, rate: float, other: float = 0.0) -> float:
    """Return the share of the worked time that must be performed hours for a home care unit to break even.

    Parameters
    ----------
    hourly
        Kronor a worked hour.
    rate
        Kronor that a performed hour is paid with.
    other
        Kronor of other cost a performed hour.

    Returns
    -------
    float
        Above 1 where it cannot break even; infinite where the rate does not cover the other cost.

    Examples
    --------
    >>> round(100 * needed_share(30_000 / 142 * 1.54, 426), 1)
    76.4
    """
    return hourly / (rate - other) if rate > other else math.inf


def typical(volumes: pd.DataFrame, found: Allocation) -> pd.Series:
    """Return what a typical unit is given: the mean of all units in each part; how it is used is its own affair.

    Returns
    -------
    pandas.Series
        Whole kronor by part, ``total`` among them, and ``pupils``, the mean volume.

    Examples
    --------
    >>> volumes = pd.DataFrame({"alla": [100, 200]}, index=["A", "B"])
    >>> typical(volumes, allocate(volumes, pd.Series({"alla": 1.0}), 30_000)).tolist()
    [0.0, 0.0, 0.0, 15000.0, 15000.0, 150.0]
    """
    total = int(found.parts["total"].sum())
    mean = round(total / len(found.parts))
    parts = largest_remainder(found.parts[list(PARTS)].sum().to_numpy(), mean)
    row = pd.Series(parts.astype(float), index=list(PARTS))
    row["total"] = float(mean)
    row["pupils"] = float(volumes.to_numpy(dtype=float).sum() / len(volumes))
    return row


def next_volumes(volumes: pd.Series, persons: pd.DataFrame, base: int, year: int) -> pd.Series:
    """Return volumes by stage of another year, when each stage grows as the persons of its ages.

    Parameters
    ----------
    volumes
        Pupils or hours by stage in the base year.
    persons
        Of the stage's ages: stage x year.
    base, year
        The year of the volumes and the year wanted.

    Returns
    -------
    pandas.Series
        By stage; missing where the persons of either year are.

    Examples
    --------
    >>> next_volumes(pd.Series({"F": 50.0}), pd.DataFrame({2026: [100.0], 2027: [90.0]}, index=["F"]), 2026, 2027).tolist()
    [45.0]
    """
    by_year = persons.reindex(index=volumes.index, columns=[base, year])
    then = by_year[base]
    return volumes * by_year[year] / then.where(then > 0)
