"""Units of a municipality: how sure their shares are, which of them differ, and which drive its figure.

Shares are in per cent, of a number of persons. Schools and care units differ more than chance alone would have
it (overdispersion), so that a funnel of chance alone points out every large one. Their deviation is therefore
divided in three: what lasts, what a single year adds (a cohort, a staff), and chance in a count of persons. What
lasts is judged from how a unit's years agree, the rest from how far apart units are in one year.

All is done on the scale arcsin(sqrt(share)), where chance is 1/(4 persons) whatever the share (Spiegelhalter 2005,
"Handling over-dispersion of performance indicators", Qual Saf Health Care 14:347-351).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.panels import Panel

FEWEST_PERSONS = 20
"""No share of fewer persons than this is shown or compared."""

FEWEST_DECOMPOSED = 10
"""No share of fewer persons than this counts in a sum over years or units."""

FEWEST_UNITS = 30
"""Fewer units than this say nothing of how units differ."""

WINDOW = 3
"""Years of a unit that are put together."""

FIT_YEARS = 6
"""Years that the differences between units are judged on."""

WINSORISED = 0.1
"""Share of units in each tail that count as the one at its edge (FunnelPlotR's `trim_by`)."""

SURE, LIKELY = 0.975, 0.90
"""Probability that a difference has its sign also in the next year, from which each word is used."""

_NORMAL = NormalDist()
Array = NDArray[np.float64]


# --- intervals and limits -----------------------------------------------------------------


def wilson(count: ArrayLike, of: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Return Wilson's interval of a share.

    Parameters
    ----------
    count, of
        Persons with something, of how many; none at all gives a missing interval.
    level
        Of the interval.

    Returns
    -------
    low, high
        Shares, 0-1.

    Notes
    -----
    Wilson 1927, JASA 22:209-212.

    Examples
    --------
    >>> [round(float(end), 6) for end in wilson(65, 100)]
    [0.552544, 0.736358]
    """
    z = _NORMAL.inv_cdf(0.5 + level / 2)
    persons = np.where(np.asarray(of, dtype=float) > 0, of, np.nan).astype(float)
    share = np.asarray(count, dtype=float) / persons
    middle = share + z * z / (2 * persons)
    half = z * np.sqrt(share * (1 - share) / persons + z * z / (4 * persons * persons))
    return (middle - half) / (1 + z * z / persons), (middle + half) / (1 + z * z / persons)


def byar(count: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Return Byar's interval of a count of events.

    Parameters
    ----------
    count
        Events; the interval of none begins at 0.
    level
        Of the interval.

    Returns
    -------
    low, high
        Events.

    Notes
    -----
    Breslow and Day 1987, Statistical Methods in Cancer Research II, p. 69.

    Examples
    --------
    >>> [round(float(end), 6) for end in byar(65)]
    [50.163188, 82.849139]
    """
    z = _NORMAL.inv_cdf(0.5 + level / 2)
    events = np.asarray(count, dtype=float)
    some = np.where(events > 0, events, np.nan)
    low = some * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3
    above = events + 1
    high = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    return np.where(events > 0, low, 0.0), high


def funnel_limits(baseline: float, persons: ArrayLike) -> pd.DataFrame:
    """Return the limits of a funnel of chance alone.

    Parameters
    ----------
    baseline
        Share that all are compared with, per cent.
    persons
        Behind each share.

    Returns
    -------
    pandas.DataFrame
        One row for each number: ``lower_2s``, ``upper_2s`` (2.5 and 97.5 % of chance), ``lower_3s``,
        ``upper_3s`` (0.1 and 99.9 %); per cent, never outside 0-100.

    Notes
    -----
    The normal approximation, as UKHSA's PHEindicatormethods draws it.

    Examples
    --------
    >>> funnel_limits(80.642448, [2, 3])[["lower_2s", "lower_3s"]].round(4).to_numpy().tolist()
    [[25.8854, 0.0], [35.9335, 10.1508]]
    """
    sd = np.sqrt(baseline * (100 - baseline) / np.asarray(persons, dtype=float))
    limits = {}
    for name, tail in (("2s", 0.975), ("3s", 0.999)):
        z = _NORMAL.inv_cdf(tail)
        limits[f"lower_{name}"] = np.clip(baseline - z * sd, 0, 100)
        limits[f"upper_{name}"] = np.clip(baseline + z * sd, 0, 100)
    return pd.DataFrame(limits)


# --- how units differ ---------------------------------------------------------------------


@dataclass(frozen=True)
class Overdispersion:
    """How much more units differ in one year than by chance.

    Attributes
    ----------
    ratio
        Mean square of the units' standardised deviations, tails winsorised; 1 is chance alone.
    variance
        Variance between units beside chance, on the scale of `to_scale`; 0 when the ratio is not above 1.
    units
        How many it rests on.
    """

    ratio: float
    variance: float
    units: int


def overdispersion(shares: pd.Series, persons: pd.Series, baseline: float) -> Overdispersion:
    """Judge how much more units differ than by chance.

    Parameters
    ----------
    shares, persons
        By unit, per cent and number; units that lack either do not count.
    baseline
        Share that they are compared with, per cent.

    Notes
    -----
    Additive random effects by the method of moments with the dispersion ratio phi, as
    FunnelPlotR from 0.4.2 and Spiegelhalter 2005: ``tau2 = (n phi - (n - 1)) / (sum w - sum w^2 / sum w)``
    with ``w = 1 / s^2``.
    """
    known = pd.DataFrame({"share": shares, "persons": persons}).dropna()
    known = known[known["persons"] > 0]
    number = len(known)
    if number < 2:
        return Overdispersion(1.0, 0.0, number)
    weight = 4.0 * known["persons"].to_numpy(dtype=float)
    scores = (to_scale(known["share"]) - to_scale(baseline)) * np.sqrt(weight)
    edges = np.quantile(scores, [WINSORISED, 1 - WINSORISED])
    ratio = float(np.mean(np.clip(scores, *edges) ** 2))
    spare = number * ratio - (number - 1)
    variance = max(0.0, spare / (weight.sum() - (weight**2).sum() / weight.sum()))
    return Overdispersion(ratio, float(variance), number)


def overdispersed_limits(baseline: float, persons: ArrayLike, variance: float) -> pd.DataFrame:
    """Return the limits of a funnel that allows for how units differ: columns as `funnel_limits`.

    Parameters
    ----------
    baseline
        Per cent.
    persons
        Behind each share.
    variance
        Between units beside chance (`Overdispersion.variance`).
    """
    middle = float(to_scale(baseline))
    sd = np.sqrt(1 / (4.0 * np.asarray(persons, dtype=float)) + variance)
    limits = {}
    for name, tail in (("2s", 0.975), ("3s", 0.999)):
        z = _NORMAL.inv_cdf(tail)
        limits[f"lower_{name}"] = from_scale(middle - z * sd)
        limits[f"upper_{name}"] = from_scale(middle + z * sd)
    return pd.DataFrame(limits)


def outside(shares: pd.Series, persons: pd.Series, baseline: float, variance: float = 0.0) -> pd.Series:
    """Return which units lie outside the 3s limits: -1 below, 1 above, 0 inside or not known.

    Parameters
    ----------
    shares, persons
        By unit.
    baseline
        Per cent.
    variance
        0 is the plain funnel of `funnel_limits`; else that of `overdispersed_limits`.
    """
    limits = funnel_limits(baseline, persons)
    if variance > 0:
        limits = overdispersed_limits(baseline, persons, variance)
    below = shares.to_numpy() < limits["lower_3s"].to_numpy()
    above = shares.to_numpy() > limits["upper_3s"].to_numpy()
    return pd.Series(above.astype(int) - below.astype(int), index=shares.index)


def to_scale(share: ArrayLike) -> Array:
    """Return arcsin(sqrt(share)) of shares in per cent."""
    return np.asarray(np.arcsin(np.sqrt(np.asarray(share, dtype=float) / 100.0)))


def from_scale(value: ArrayLike) -> Array:
    """Return the share in per cent of a value on the scale."""
    return np.asarray(100.0 * np.sin(np.clip(np.asarray(value, dtype=float), 0, np.pi / 2)) ** 2)


# --- what a unit's years together say ---------------------------------------------------


@dataclass(frozen=True)
class UnitModel:
    """How the units of the country differ, as it could be known in one year.

    Attributes
    ----------
    year
        Only values up to this year are used.
    baseline
        By year: the share of all units' persons, per cent.
    lasting
        Variance between units that is there year after year, on the scale of `to_scale`.
    yearly
        Variance that a single year of a unit adds, beside chance.
    ratio
        Dispersion ratio in `year` (`Overdispersion.ratio`).
    units
        How many units have a value in `year`.
    """

    year: int
    baseline: pd.Series
    lasting: float
    yearly: float
    ratio: float
    units: int

    @property
    def variance(self) -> float:
        """Variance between units in one year, beside chance."""
        return self.lasting + self.yearly


def fit_units(shares: Panel, persons: Panel, year: int) -> UnitModel | None:
    """Judge how units differ, and how much of it lasts.

    Parameters
    ----------
    shares, persons
        Unit x year: per cent and number. A share of fewer than `FEWEST_DECOMPOSED` does not count.
    year
        Values after this year are not used.

    Returns
    -------
    UnitModel or None
        None with fewer than `FEWEST_UNITS` units in `year`, or fewer that have two years.

    Notes
    -----
    The variance in one year is the mean square of deviations less what chance gives: not winsorised, since what is
    said of a unit must hold also of those in the tails. What lasts is the mean product of a unit's deviations in two
    different years at most `WINDOW` apart: chance and what is new each year are not in it. It is at most the variance
    of one year.
    """
    columns = [int(column) for column in shares.columns if year - FIT_YEARS < int(column) <= year]
    known, counts = _known(shares, persons, columns)
    if year not in known.columns or len(columns) < 2 or known[year].notna().sum() < FEWEST_UNITS:
        return None
    baseline = _baseline(known, counts)
    deviations = _deviations(known, baseline)
    chance = float(np.nanmean(1 / (4 * counts.to_numpy())))
    variance = max(float(np.nanmean(deviations.to_numpy() ** 2)) - chance, 0.0)
    products = pd.concat(
        deviations[first] * deviations[second]
        for first, second in combinations(columns, 2)
        if second - first <= WINDOW
    ).dropna()
    if len(products) < FEWEST_UNITS:
        return None
    lasting = min(max(float(products.mean()), 0.0), variance)
    found = overdispersion(known[year], counts[year], baseline[year])
    return UnitModel(year, baseline, lasting, variance - lasting, found.ratio, found.units)


def together(shares: Panel, persons: Panel, year: int) -> pd.DataFrame:
    """Put each unit's last `WINDOW` years together.

    Returns
    -------
    pandas.DataFrame
        By unit: ``years`` (how many have a value), ``persons`` and ``share`` of these years, ``low`` and ``high``
        of Wilson's 95 % interval, which holds no more than chance. The share is missing of fewer than
        `FEWEST_PERSONS`.
    """
    columns = [int(column) for column in shares.columns if year - WINDOW < int(column) <= year]
    known, counts = _known(shares, persons, columns)
    all_persons = counts.sum(axis=1)
    count = (known * counts / 100).sum(axis=1)
    enough = all_persons >= FEWEST_PERSONS
    low, high = wilson(count.where(enough), all_persons.where(enough))
    return pd.DataFrame(
        {
            "years": known.notna().sum(axis=1),
            "persons": all_persons,
            "share": (100 * count / all_persons.where(enough)),
            "low": 100 * low,
            "high": 100 * high,
        },
        index=shares.index,
    )


@dataclass(frozen=True)
class Expected:
    """What is expected of units next year, beside what all have in common.

    Attributes
    ----------
    deviation
        By unit: expected deviation from the country's share, on the scale of `to_scale`; nearer to nothing the
        less the unit's years say.
    variance
        Of what lasts, as far as it is not known.
    persons
        In the unit's last year.
    """

    deviation: pd.Series
    variance: pd.Series
    persons: pd.Series


def expected(model: UnitModel, shares: Panel, persons: Panel) -> Expected:
    """Shrink each unit's last `WINDOW` years towards the country, by how much they say.

    Parameters
    ----------
    model
        Of the same figure.
    shares, persons
        Unit x year; the units need not be all of the country's.

    Notes
    -----
    With mean deviation m of k years, and v = (sum of 1/(4 n) / k + yearly) / k the variance of what does not last:
    deviation ``m lasting / (lasting + v)``, variance ``lasting v / (lasting + v)`` (empirical Bayes).
    """
    columns = [int(column) for column in shares.columns if model.year - WINDOW < int(column) <= model.year]
    known, counts = _known(shares, persons, columns)
    deviations = _deviations(known, model.baseline)
    years = deviations.notna().sum(axis=1)
    noise = ((1 / (4 * counts)).mean(axis=1) + model.yearly) / years.where(years > 0)
    weight = model.lasting / (model.lasting + noise)
    last = counts.ffill(axis=1).iloc[:, -1] if columns else pd.Series(np.nan, index=shares.index)
    return Expected(deviations.mean(axis=1) * weight, noise * weight, last)


def against_country(model: UnitModel, shares: Panel, persons: Panel) -> pd.DataFrame:
    """Judge each unit against all units of the country.

    Returns
    -------
    pandas.DataFrame
        By unit that has a value among the last `WINDOW` years: ``level`` (share expected of it next year were all
        else as this year, per cent), ``probability`` (that it is on the same side of the country's share then),
        ``certainty``.
    """
    found = expected(model, shares, persons)
    spread = found.variance + model.yearly + 1 / (4 * found.persons)
    middle = float(to_scale(model.baseline[model.year]))
    judged = pd.DataFrame(
        {
            "level": from_scale(middle + found.deviation),
            "probability": _probability(found.deviation, spread),
        },
        index=shares.index,
    ).dropna()
    return judged.assign(certainty=_words(judged["probability"]))


def driving(model: UnitModel | None, shares: Panel, persons: Panel, year: int) -> pd.DataFrame:
    """Tell what each of a municipality's units does to the municipality's figure.

    Parameters
    ----------
    model
        How units differ in the country; None when that is not known, and no word of certainty is given then.
    shares, persons
        Unit x year of the municipality's own units.
    year
        Last of the `WINDOW` years that are put together.

    Returns
    -------
    pandas.DataFrame
        By unit with at least `FEWEST_PERSONS` persons in those years, the one that does most first: ``share`` and
        ``persons`` of the unit, ``others`` (share of all the other units' persons), ``without`` (the municipality's
        figure without the unit, which is also what it would be were the unit at the others' level: ``others``),
        ``contribution`` (the municipality's figure less ``without``, percentage points), ``probability`` (that the
        unit is on the same side of the others next year; missing without a model) and ``certainty`` (None then).
        Empty with fewer than two units.
    """
    pooled = together(shares, persons, year)
    count = (pooled["share"] * pooled["persons"] / 100).dropna()
    if len(count) < 2:
        return pooled.iloc[:0].assign(
            others=0.0, without=0.0, contribution=0.0, probability=0.0, certainty=None
        )
    kept = pooled.loc[count.index]
    others = 100 * (count.sum() - count) / (kept["persons"].sum() - kept["persons"])
    whole = 100 * count.sum() / kept["persons"].sum()
    found = pd.DataFrame(
        {
            "share": kept["share"],
            "persons": kept["persons"],
            "others": others,
            "without": others,
            "contribution": whole - others,
            "probability": np.nan,
        }
    )
    found["certainty"] = pd.Series([None] * len(found), index=found.index, dtype="object")
    if model is not None:
        found["probability"] = _probability_of_others(
            model, shares.loc[found.index], persons.loc[found.index]
        )
        found["certainty"] = _words(found["probability"])
    order = found["contribution"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order]


def certainty_of(probability: float) -> Certainty:
    """Return the word for a probability that a difference has its sign also in the next year.

    How often each comes true among real schools is measured by ``python -m benchmarks.units``.
    """
    if probability >= SURE:
        return Certainty.SURE
    return Certainty.LIKELY if probability >= LIKELY else Certainty.UNCLEAR


def _words(probabilities: pd.Series) -> pd.Series:
    """Return the words as they are; pandas would make plain text of them."""
    words = [certainty_of(float(item)) for item in probabilities]
    return pd.Series(words, index=probabilities.index, dtype="object")


def _probability_of_others(model: UnitModel, shares: Panel, persons: Panel) -> pd.Series:
    """Return by unit the probability that it is on the same side of the other units next year."""
    found = expected(model, shares, persons)
    deviation, weight = found.deviation.to_numpy(), found.persons.to_numpy()
    beside = found.variance.to_numpy() + model.yearly + 1 / (4 * weight)
    rest = weight.sum() - weight
    others = ((weight * deviation).sum() - weight * deviation) / rest
    spread = beside + ((weight**2 * beside).sum() - weight**2 * beside) / rest**2
    return pd.Series(_probability(deviation - others, spread), index=shares.index)


def _probability(difference: ArrayLike, variance: ArrayLike) -> Array:
    scores = np.abs(np.asarray(difference, dtype=float)) / np.sqrt(np.asarray(variance, dtype=float))
    return np.array([_NORMAL.cdf(score) if np.isfinite(score) else np.nan for score in scores])


def _known(shares: Panel, persons: Panel, columns: list[int]) -> tuple[Panel, Panel]:
    """Return shares and persons of the years where both are known and the persons are enough to be counted."""
    counts = persons.reindex(index=shares.index, columns=columns)
    known = shares.reindex(columns=columns).where(counts >= FEWEST_DECOMPOSED)
    return known, counts.where(known.notna())


def _baseline(shares: Panel, persons: Panel) -> pd.Series:
    whole: pd.Series = (shares * persons).sum() / persons.sum().where(persons.sum() > 0)
    return whole


def _deviations(shares: Panel, baseline: pd.Series) -> Panel:
    middle = to_scale(baseline.reindex(shares.columns).to_numpy())
    return pd.DataFrame(to_scale(shares) - middle, index=shares.index, columns=shares.columns)
