"""What a set of measures gives together, by what their own makers think of each.

A measure's effect is asked for as three numbers, unexpectedly low, likely and unexpectedly high, which are taken as
its 10th, 50th and 90th percentile. Together they are drawn with a positive correlation, since what makes one
measure fall short is often what makes the next one do so too. What two measures both claim is counted once and
shared by Shapley's rule, and what works on one cost driver never takes more than the driver's gap.

Kronor, hours and quality are separate sums: a call has effects in one unit for each class of benefit, and nothing
here adds them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
import pandas as pd

MONTH_HOURS, ON_COST = 142.0, 1.54
"""Worked hours in a month, and pay with holiday pay (12 %), fees (31.42 %) and insurance: Inera's nyttokalkyl."""

RHO = 0.5
"""Correlation between the measures' effects, where nothing else is asked for."""

DRAWS, SEED = 10_000, 20260101

BAND = ("low", "likely", "high")
_PERCENTILES = (10.0, 50.0, 90.0)
_Z90 = 1.2815515655446004
"""The standard normal's 90th percentile."""

EXACT = 7
"""Measures that hang together: so many are shared by all subsets, more by `ORDERS` orders and their reverses."""

ORDERS = 10


def hourly_cost(monthly_pay: float) -> float:
    """Return what an hour of work costs, kronor: monthly pay / 142 x 1.54 (Inera's nyttokalkyl).

    Education and sickness are not in it. The median pay of a group is better than its mean.

    Examples
    --------
    >>> round(hourly_cost(30_000), 2)
    325.35
    """
    return monthly_pay / MONTH_HOURS * ON_COST


class Benefit(StrEnum):
    """What an effect is to the budget."""

    MONEY = "money"
    """Money that leaves the budget: kronor a year."""
    TIME = "time"
    """Time that is used for something else: hours a year."""
    UNVALUED = "unvalued"
    """Neither; it is described."""


@dataclass(frozen=True)
class Estimate:
    """An effect as somebody expects it, by three of its percentiles.

    The distribution is a normal one split at its median, each half with its own spread, so that half of the mass is on
    each side and all three percentiles are exact, however skewed they are (a metalog of three terms cannot take every
    skewness, and the usual split normal has its mode, not its median, where the halves meet).

    Attributes
    ----------
    low, likely, high
        The 10th, 50th and 90th percentile, in order.

    Raises
    ------
    ValueError
        They are not numbers in order.
    """

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        ordered = self.low <= self.likely <= self.high
        if not ordered or not all(map(math.isfinite, (self.low, self.likely, self.high))):
            raise ValueError(f"10th, 50th and 90th percentile must be in order, not {self}")

    def at(self, z: np.ndarray) -> np.ndarray:
        """Return the value whose place in the distribution is that of `z` in the standard normal one."""
        below, above = self.likely - self.low, self.high - self.likely
        return np.asarray(self.likely + z / _Z90 * np.where(z < 0, below, above))

    @property
    def mean(self) -> float:
        """Expected value: the median, and E|Z|/2 of how much wider the upper half is than the lower."""
        skew = (self.high - self.likely) - (self.likely - self.low)
        return self.likely + skew / _Z90 / math.sqrt(2.0 * math.pi)


@dataclass(frozen=True)
class Measure:
    """One measure, as the sum needs it.

    Attributes
    ----------
    id
        Its name.
    benefit
        What its effect is.
    effect
        In a full year: kronor for `Benefit.MONEY`, hours for `Benefit.TIME`, positive for what is freed. None where
        there is none to count; what the measure costs is counted all the same.
    first, first_share, full
        Year of the first effect, the share of a full year's that it has, and the first full year; the share rises
        evenly between them.
    start, start_share
        Year that it starts to cost, and how much of that year it costs.
    one_off, yearly
        Kronor, once in the starting year, and in each whole year.
    driver
        What it works on; measures of one driver share its gap. Empty: nothing that is measured.

    Raises
    ------
    ValueError
        A share is outside 0-1, or the first full year is before the first.
    """

    id: str
    benefit: Benefit
    effect: Estimate | None
    first: int
    full: int
    first_share: float = 1.0
    start: int = 0
    start_share: float = 1.0
    one_off: float = 0.0
    yearly: float = 0.0
    driver: str = ""

    def __post_init__(self) -> None:
        if not (0.0 <= self.first_share <= 1.0 and 0.0 <= self.start_share <= 1.0):
            raise ValueError(f"the shares of {self.id} must be between 0 and 1")
        if self.full < self.first:
            raise ValueError(f"{self.id} has its full effect before its first")

    def ramp(self, years: np.ndarray) -> np.ndarray:
        """Return the share of its full-year effect in each of some years."""
        if self.full == self.first:
            share = np.where(years == self.first, self.first_share, 1.0)
            return np.asarray(np.where(years < self.first, 0.0, share))
        rising = np.interp(years, [self.first, self.full], [self.first_share, 1.0])
        return np.asarray(np.where(years < self.first, 0.0, rising))

    def cost(self, years: np.ndarray) -> np.ndarray:
        """Return what it costs in each of some years, kronor."""
        start = self.start or self.first
        share = np.where(years < start, 0.0, np.where(years == start, self.start_share, 1.0))
        return np.asarray(self.yearly * share + self.one_off * (years == start))


@dataclass(frozen=True)
class Overlap:
    """Two measures that in part have one effect.

    Attributes
    ----------
    one, other
        Their ids.
    share
        How much of the smaller effect is in the larger: 1 when all of it is.
    """

    one: str
    other: str
    share: float = 1.0


@dataclass(frozen=True)
class Portfolio:
    """What measures give together.

    Attributes
    ----------
    years
        In order.
    money, hours
        Freed by year: columns `BAND`, the percentiles 10, 50 and 90 over the draws. Kronor, hours.
    cost
        Kronor by year.
    net
        What is left for the budget by year, `money` less `cost`: columns `BAND`.
    cumulative
        The same added up from the first year.
    paid_back
        Share of the draws in which the sum so far covers the cost so far, by year.
    full_year
        Kronor freed in a year with full effect of all: `BAND`.
    shares
        By measure that has an effect: ``alone``, what it would give on its own, and ``counted``, its part of the sum;
        expected values of a full year, in its own unit.
    capped
        By driver with a gap: the share of the draws in which the measures would have taken more than it.
    """

    years: tuple[int, ...]
    money: pd.DataFrame
    hours: pd.DataFrame
    cost: pd.Series
    net: pd.DataFrame
    cumulative: pd.DataFrame
    paid_back: pd.Series
    full_year: pd.Series
    shares: pd.DataFrame
    capped: pd.Series

    @property
    def payback_year(self) -> int | None:
        """First year from which the sum covers the cost in half of the draws, and does so every later year."""
        covered = (self.paid_back >= 0.5).to_numpy()
        after = np.logical_and.accumulate(covered[::-1])[::-1]
        return int(self.years[int(np.argmax(after))]) if after.any() else None


def portfolio(
    measures: Sequence[Measure],
    years: Sequence[int],
    *,
    caps: Mapping[str, float] | None = None,
    overlaps: Sequence[Overlap] = (),
    rho: float = RHO,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Portfolio:
    """Draw what measures give together, year by year.

    Parameters
    ----------
    measures
        Ids are unique.
    years
        The years wanted, in order and without gaps.
    caps
        The gap of each driver that has one, kronor a year; no cap where a driver is not among them.
    overlaps
        Measures that in part have one effect; of one class of benefit.
    rho
        Correlation between any two effects (Gaussian copula): 0 for independence.
    draws, seed
        Of a Latin hypercube over all measures' places.

    Returns
    -------
    Portfolio
        Bands that follow from the estimates given; they do not speak of how wrong these may be.

    Raises
    ------
    ValueError
        `rho` is not in 0-1, two measures have one id, or an overlap is of none of them.
    """
    ids = [item.id for item in measures]
    if len(set(ids)) != len(ids):
        raise ValueError("two measures have one id")
    unknown = {name for pair in overlaps for name in (pair.one, pair.other)} - set(ids)
    if unknown:
        raise ValueError(f"an overlap is of {sorted(unknown)}, which is no measure")
    caps = caps or {}
    at = np.asarray(list(years), dtype=int)
    full = drawn(measures, rho=rho, draws=draws, seed=seed)
    by_benefit = {
        kind: _Together(
            [item for item in measures if item.benefit is kind and item.effect is not None], caps, overlaps
        )
        for kind in (Benefit.MONEY, Benefit.TIME)
    }
    by_year = {kind: _by_year(game, full, at, draws) for kind, game in by_benefit.items()}
    cost = np.sum([item.cost(at) for item in measures], axis=0) if measures else np.zeros(len(at))
    net = by_year[Benefit.MONEY] - cost
    money = by_benefit[Benefit.MONEY]
    full_money = money.worth({m.id: full[m.id] for m in money.measures}, draws)
    cumulative = np.cumsum(net, axis=1)
    return Portfolio(
        years=tuple(map(int, at)),
        money=_bands(by_year[Benefit.MONEY], at),
        hours=_bands(by_year[Benefit.TIME], at),
        cost=pd.Series(cost, index=at),
        net=_bands(net, at),
        cumulative=_bands(cumulative, at),
        paid_back=pd.Series((cumulative >= 0).mean(axis=0), index=at),
        full_year=pd.Series(np.percentile(full_money, _PERCENTILES), index=list(BAND)),
        shares=pd.concat([_shares(game, full) for game in by_benefit.values()]),
        capped=pd.Series(
            {
                name: float((money.wanted(name, full) > gap).mean())
                for name, gap in caps.items()
                if name in money.drivers
            },
            dtype=float,
        ),
    )


def drawn(measures: Sequence[Measure], *, rho: float, draws: int, seed: int) -> dict[str, np.ndarray]:
    """Return each measure's full-year effect in every draw, correlated through one common factor.

    Raises
    ------
    ValueError
        `rho` is not in 0-1.
    """
    if not 0.0 <= rho <= 1.0:
        raise ValueError(f"rho is {rho} and must be between 0 and 1")
    counted = [(item.id, item.effect) for item in measures if item.effect is not None]
    if not counted:
        return {}
    # Takes a second to load, and whoever only reads a municipality's folder loads this module too.
    from scipy.special import ndtri  # noqa: PLC0415
    from scipy.stats import qmc  # noqa: PLC0415

    places = qmc.LatinHypercube(len(counted) + 1, rng=np.random.default_rng(seed)).random(draws)
    z = ndtri(np.clip(places, 1e-12, 1.0 - 1e-12))
    common, own = z[:, :1], z[:, 1:]
    mixed = math.sqrt(rho) * common + math.sqrt(1.0 - rho) * own
    # Each measure's places are spread evenly anew, so that its own percentiles are exact.
    even = ndtri((np.argsort(np.argsort(mixed, axis=0), axis=0) + 0.5) / draws)
    return {name: effect.at(even[:, place]) for place, (name, effect) in enumerate(counted)}


def _by_year(game: _Together, full: Mapping[str, np.ndarray], years: np.ndarray, draws: int) -> np.ndarray:
    """Return what measures give together in each year (draw x year); years in which all give the same are drawn once."""
    ramps = np.array([item.ramp(years) for item in game.measures]).reshape(len(game.measures), len(years))
    known: dict[bytes, np.ndarray] = {}
    for ramp in ramps.T:
        if ramp.tobytes() not in known:
            effects = {
                item.id: full[item.id] * share for item, share in zip(game.measures, ramp, strict=True)
            }
            known[ramp.tobytes()] = game.worth(effects, draws)
    return np.column_stack([known[ramp.tobytes()] for ramp in ramps.T])


def _bands(values: np.ndarray, years: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(np.percentile(values, _PERCENTILES, axis=0).T, index=years, columns=list(BAND))


class _Together:
    """What measures of one class give together: overlaps counted once, each driver at most its gap."""

    def __init__(
        self, measures: Sequence[Measure], caps: Mapping[str, float], overlaps: Sequence[Overlap]
    ) -> None:
        self.measures = tuple(measures)
        self.caps = caps if any(item.benefit is Benefit.MONEY for item in measures) else {}
        # A measure without a driver works on something of its own.
        self.driver_of = {item.id: item.driver or f"\0{item.id}" for item in measures}
        self.drivers = set(self.driver_of.values())
        self.overlaps = [
            (pair.one, pair.other, pair.share)
            for pair in overlaps
            if pair.one in self.driver_of and pair.other in self.driver_of
        ]

    def worth(
        self,
        effects: Mapping[str, np.ndarray],
        draws: int,
        known: dict[tuple[str, ...], np.ndarray] | None = None,
    ) -> np.ndarray:
        """Return the effect of some of the measures together, by draw.

        Parameters
        ----------
        effects
            Of each of them.
        draws
            How many.
        known
            What some of them give on one driver, by their ids in order, where many sets of the same effects are asked for.
        """
        by_driver: dict[str, list[str]] = {}
        for name in effects:
            by_driver.setdefault(self.driver_of[name], []).append(name)
        parts = []
        for driver, names in by_driver.items():
            key = tuple(sorted(names))
            found = None if known is None else known.get(key)
            if found is None:
                found = self._united([effects[name] for name in names], self._pairs(names, effects))
                found = np.minimum(found, self.caps[driver]) if driver in self.caps else found
                if known is not None:
                    known[key] = found
            parts.append(found)
        if not parts:
            return np.zeros(draws)
        return self._united(parts, self._pairs(list(effects), effects, across=True))

    def wanted(self, driver: str, effects: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return what the measures of a driver would give without its cap."""
        names = [item.id for item in self.measures if self.driver_of[item.id] == driver]
        return self._united([effects[name] for name in names], self._pairs(names, effects))

    def _pairs(
        self, names: Sequence[str], effects: Mapping[str, np.ndarray], *, across: bool = False
    ) -> list[np.ndarray]:
        """Return what each pair has in common, of those within one driver or those across two."""
        return [
            share * np.maximum(np.minimum(effects[one], effects[other]), 0.0)
            for one, other, share in self.overlaps
            if one in names and other in names and (self.driver_of[one] != self.driver_of[other]) == across
        ]

    @staticmethod
    def _united(parts: Sequence[np.ndarray], common: Sequence[np.ndarray]) -> np.ndarray:
        """Add parts less what they have in common; what they gain together is no less than the largest gain."""
        total = np.sum(parts, axis=0)
        if not common:
            return np.asarray(total)
        gains = np.maximum(parts, 0.0)
        gained = gains.sum(axis=0)
        return np.asarray(total - gained + np.maximum(gained - np.sum(common, axis=0), gains.max(axis=0)))

    def components(self) -> list[list[str]]:
        """Return the measures that hang together, by driver or overlap; the others alone."""
        group = dict(self.driver_of)
        for one, other, _ in self.overlaps:
            old, new = group[one], group[other]
            group = {name: new if found == old else found for name, found in group.items()}
        found: dict[str, list[str]] = {}
        for name, label in group.items():
            found.setdefault(label, []).append(name)
        return list(found.values())

    def shapley(self, names: Sequence[str], effects: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Share what some measures give together among them, by draw; the parts sum to the whole."""
        draws = len(next(iter(effects.values())))
        known: dict[tuple[str, ...], np.ndarray] = {}

        def worth(chosen: Sequence[str]) -> np.ndarray:
            return self.worth({name: effects[name] for name in chosen}, draws, known)

        if len(names) <= EXACT:
            return _by_subsets(names, worth)
        parts = {name: np.zeros(draws) for name in names}
        order = np.random.default_rng(SEED)
        for _ in range(ORDERS):
            mixed = [names[place] for place in order.permutation(len(names))]
            for way in (mixed, mixed[::-1]):
                before = np.zeros(draws)
                for place, name in enumerate(way):
                    after = worth(way[: place + 1])
                    parts[name] += (after - before) / (2 * ORDERS)
                    before = after
        return parts


def _by_subsets(names: Sequence[str], worth: Callable[[Sequence[str]], np.ndarray]) -> dict[str, np.ndarray]:
    """Return Shapley values: each one's mean addition over all orders in which the others may have come before."""
    values = {
        frozenset(chosen): worth(chosen)
        for size in range(len(names) + 1)
        for chosen in combinations(names, size)
    }
    n, parts = len(names), {}
    for name in names:
        others = [item for item in names if item != name]
        parts[name] = np.sum(
            [
                (values[frozenset((*chosen, name))] - values[frozenset(chosen)])
                / (n * math.comb(n - 1, len(chosen)))
                for size in range(n)
                for chosen in combinations(others, size)
            ],
            axis=0,
        )
    return parts


def _shares(game: _Together, full: Mapping[str, np.ndarray]) -> pd.DataFrame:
    rows: dict[str, tuple[float, float]] = {}
    for names in game.components():
        if len(names) == 1 and game.driver_of[names[0]] not in game.caps:
            parts = {names[0]: full[names[0]]}
        else:
            parts = game.shapley(names, full)
        rows |= {name: (float(full[name].mean()), float(part.mean())) for name, part in parts.items()}
    return pd.DataFrame(list(rows.values()), index=list(rows), columns=["alone", "counted"], dtype=float)


def tornado(
    measures: Sequence[Measure],
    *,
    caps: Mapping[str, float] | None = None,
    overlaps: Sequence[Overlap] = (),
) -> pd.DataFrame:
    """Return what a full year gives when one measure at a time goes unexpectedly badly or well, kronor.

    The others are at what is likely. Only what frees money.

    Returns
    -------
    pandas.DataFrame
        By measure, the one that matters most first: ``low``, ``likely`` (the same in all rows), ``high``.
    """
    counted = {m.id: m.effect for m in measures if m.benefit is Benefit.MONEY and m.effect is not None}
    game = _Together([m for m in measures if m.id in counted], caps or {}, overlaps)

    def total(changed: str = "", value: float = 0.0) -> float:
        effects = {
            name: np.array([value if name == changed else effect.likely]) for name, effect in counted.items()
        }
        return float(game.worth(effects, 1)[0])

    likely = total()
    rows = {
        name: (total(name, effect.low), likely, total(name, effect.high)) for name, effect in counted.items()
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(BAND), dtype=float)
    width = (frame["high"] - frame["low"]).sort_values(ascending=False, kind="stable")
    return frame.loc[width.index]


def carried(planned: pd.Series, delivered: pd.Series) -> pd.DataFrame:
    """Return what was planned, what was delivered, and what is still to deliver, carried from year to year.

    Parameters
    ----------
    planned, delivered
        Kronor by year; a year without what was delivered is not followed up yet.

    Returns
    -------
    pandas.DataFrame
        By year that is followed up: ``planned``, ``delivered``, ``undelivered`` of the year and ``carried``, the sum of
        these so far: a line of its own beside what the following years plan. Delivered beyond plan lessens it.
    """
    frame = pd.DataFrame({"planned": planned, "delivered": delivered}).dropna().sort_index()
    frame["undelivered"] = frame["planned"] - frame["delivered"]
    frame["carried"] = frame["undelivered"].cumsum()
    return frame


def three_ways(resource: float, volume: float, quality: float) -> pd.Series:
    """Return how much each of the three ways changes efficiency, quality x volume / resource.

    Parameters
    ----------
    resource, volume, quality
        What each becomes as a ratio of what it is: 0.97 for three per cent less.

    Returns
    -------
    pandas.Series
        Ratios ``resource``, ``volume``, ``quality`` with the other two held, and ``together``, their product.

    Raises
    ------
    ValueError
        A ratio is not positive.
    """
    if not min(resource, volume, quality) > 0:
        raise ValueError("each ratio must be positive")
    each = pd.Series({"resource": 1.0 / resource, "volume": volume, "quality": quality})
    each["together"] = float(np.prod(each.to_numpy()))
    return each
