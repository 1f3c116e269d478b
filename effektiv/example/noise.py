"""Seeded draws of the example data: one independent stream for each purpose.

A stream is named by text, so a new key figure never shifts the draws of another one. Each
year after `LAST_YEAR` has a stream of its own too, so that it shifts none before it, and
one draw for each municipality, so that what is planted in one does not move another.
Values are rounded before they are published, so the last bits, where processors and C
libraries differ, do not show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from effektiv.example.years import FIRST_YEAR, LAST_YEAR, column_of

KEPT = column_of(LAST_YEAR) + 1
"""Columns of the years that no later year may change."""

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]

SEED = 20251231
"""Changing it makes another Sweden, with the same planted truths."""

SEED_AFTER = 20291231
"""Changing it makes other years after `LAST_YEAR`."""


@dataclass(frozen=True)
class Alike:
    """A country where nothing but conditions and chance makes municipalities differ: all that is told there is false.

    Attributes
    ----------
    seed
        Of what moves from year to year.
    rho
        How much of one year's chance is left in the next.
    """

    seed: int
    rho: float = 0.0


@dataclass(frozen=True)
class Split:
    """A figure for all, women and men; arrays of municipality x year."""

    total: Array
    women: Array
    men: Array


@dataclass(frozen=True)
class People:
    """Number of persons behind a figure; arrays of municipality x year."""

    women: Counts
    men: Counts

    @property
    def total(self) -> Counts:
        """Women and men together."""
        return self.women + self.men

    def part(self, share: Array | float) -> People:
        """Return the share of each sex (rounded to whole persons, never negative)."""
        return People(
            np.maximum(np.rint(self.women * share), 0).astype(np.int64),
            np.maximum(np.rint(self.men * share), 0).astype(np.int64),
        )

    def counts(self) -> Split:
        """Return the numbers themselves as a figure."""
        return Split(*(part.astype(np.float64) for part in (self.total, self.women, self.men)))


def stream(key: str, *, seed: int = SEED) -> np.random.Generator:
    """Return the generator of one purpose, the same in every process and on every platform."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *key.encode("utf-8")])))


def normals(key: str, *shape: int) -> Array:
    """Return standard normal draws."""
    return stream(key).standard_normal(shape)


def yearly(key: str, *shape: int) -> Array:
    """Return standard normal draws whose last axis is the years from `FIRST_YEAR` on."""
    return _by_year(key, shape, np.random.Generator.standard_normal)


def uniforms(key: str, *shape: int) -> Array:
    """Return draws between 0 and 1 whose last axis is the years from `FIRST_YEAR` on."""
    return _by_year(key, shape, np.random.Generator.random)


def _by_year(
    key: str, shape: tuple[int, ...], draw: Callable[[np.random.Generator, tuple[int, ...]], Array]
) -> Array:
    """Draw the years to `LAST_YEAR` from one stream, and each later one from its own."""
    first = min(shape[-1], KEPT)
    parts = [draw(stream(key), (*shape[:-1], first))]
    for column in range(first, shape[-1]):
        later = stream(f"{key}/{FIRST_YEAR + column}", seed=SEED_AFTER)
        parts.append(draw(later, (*shape[:-1], 1)))
    return np.concatenate(parts, axis=-1)


def persistent(key: str, shape: tuple[int, int], *, rho: float) -> Array:
    """Return a stationary AR(1) series for each row, with unit variance.

    Parameters
    ----------
    key
        Name of the stream.
    shape
        Municipalities, years.
    rho
        Correlation between neighbouring years.
    """
    shocks = yearly(key, *shape)
    series = np.empty(shape)
    series[:, 0] = shocks[:, 0]
    for year in range(1, shape[1]):
        series[:, year] = rho * series[:, year - 1] + np.sqrt(1 - rho**2) * shocks[:, year]
    return series


def logistic(x: Array) -> Array:
    """Return 1/(1 + e^-x)."""
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def logit(p: Array | float) -> Array:
    """Return ln(p/(1 - p)); the inverse of `logistic`."""
    return np.asarray(np.log(np.asarray(p) / (1.0 - np.asarray(p))))


def draw_shares(key: str, share: Array, people: People, *, gap: float = 0.0) -> Split:
    """Draw the share of persons, binomially for women and men.

    Parameters
    ----------
    key
        Name of the stream.
    share
        Expected share, 0-1.
    people
        Persons asked or counted.
    gap
        Women's share minus men's, in percentage points at a share of one half.

    Returns
    -------
    Split
        Per cent; NaN where there is nobody. The total is exactly the weighted mean.
    """
    middle = logit(np.clip(share, 0.002, 0.998))
    chances = [np.broadcast_to(logistic(middle + side * gap / 50.0), people.women.shape) for side in (1, -1)]
    women, men = _how_many(key, (people.women, people.men), chances)
    return Split(percent(women + men, people.total), percent(women, people.women), percent(men, people.men))


def _how_many(key: str, counts: Sequence[Counts], chances: Sequence[Array]) -> list[Counts]:
    """Draw how many of some persons, for each pair of numbers and chances; years are the last axis.

    Binomially to `LAST_YEAR`. Such a draw takes as many random numbers as its chance happens
    to ask for, so a planted chance would move the next municipality's; later years round a
    normal draw instead.
    """
    generator = stream(key)
    kept = [generator.binomial(n[..., :KEPT], p[..., :KEPT]) for n, p in zip(counts, chances, strict=True)]
    draws = yearly(f"{key}/later", len(counts), *counts[0].shape)
    later = [
        np.clip(np.rint(n * p + draw * np.sqrt(n * p * (1 - p))), 0, n).astype(np.int64)[..., KEPT:]
        for n, p, draw in zip(counts, chances, draws, strict=True)
    ]
    return [np.concatenate(pair, axis=-1) for pair in zip(kept, later, strict=True)]


def draw_means(key: str, mean: Array, sd: float, people: People, *, gap: float = 0.0) -> Split:
    """Draw the mean over persons, each with standard deviation `sd`, for women and men.

    Parameters
    ----------
    key
        Name of the stream.
    mean
        Expected mean for women and men together.
    sd
        Spread between persons, in the unit of the mean.
    people
        Persons counted.
    gap
        Women's mean minus men's.

    Returns
    -------
    Split
        NaN where there is nobody. The total is exactly the weighted mean.
    """
    draws = yearly(key, 2, *mean.shape)
    women, men = (
        np.where(count > 0, mean + side * gap / 2 + sd * draw / np.sqrt(np.maximum(count, 1)), np.nan)
        for count, side, draw in zip((people.women, people.men), (1, -1), draws, strict=True)
    )
    return Split(weighted(women, men, people), women, men)


def weighted(women: Array, men: Array, people: People) -> Array:
    """Return the mean of women's and men's values, weighted by their numbers."""
    total: Array = np.where(people.women > 0, women, 0.0) * people.women
    total += np.where(people.men > 0, men, 0.0) * people.men
    return np.where(people.total > 0, total / np.maximum(people.total, 1), np.nan)


def percent(part: Counts, whole: Counts) -> Array:
    """Return 100 part/whole, NaN where the whole is nothing."""
    return np.where(whole > 0, 100.0 * part / np.maximum(whole, 1), np.nan)


def around(level: Array, people: People, gap: float) -> Split:
    """Return a register figure for women and men around the figure for all.

    Parameters
    ----------
    level
        Figure for women and men together.
    people
        Those it describes.
    gap
        Women's figure minus men's.
    """
    women_share = people.women / np.maximum(people.total, 1)
    women, men = level + gap * (1 - women_share), level - gap * women_share
    return Split(weighted(women, men, people), women, men)


def ratio(part: People, whole: People, factor: float = 100.0) -> Split:
    """Return part/whole for all, women and men, times `factor`; NaN where the whole is nothing."""
    return Split(
        *(
            np.where(below > 0, factor * above / np.maximum(below, 1), np.nan)
            for above, below in ((part.total, whole.total), (part.women, whole.women), (part.men, whole.men))
        )
    )
