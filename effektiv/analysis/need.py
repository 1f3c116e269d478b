"""Who is in need: levels shrunk towards the country's middle, and how often each applicant is among the first.

The lowest of many are so partly by luck, and most where few persons are behind the figure. So each level is shrunk by
how much of it is noise (Efron and Morris 1975, JASA 70): with the variance of a level's noise s2 and between
municipalities t2, t2 / (t2 + s2) of its distance to the middle is left. What is no chance moves too, and a place is for
years to come: `LASTING` of it is there then, and the rest is not known. Need and preparation cannot be put on one scale
without weights, so all weights are tried (`effektiv.analysis.priority`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Noise
from effektiv.analysis.panels import Panel, country
from effektiv.analysis.priority import DRAWS, Acceptability, Array, acceptability, simplex

FEWEST_LEVELS = 30
"""Fewer municipalities than this with a level, and there is no country to shrink towards."""

FEWEST_OF_YEARS = 2
"""Fewer years than this and there is no level, only a year."""

LASTING = 0.9
"""Share of what is no chance that is there in the next three years; ``python -m benchmarks.calibration_need`` measures it."""

_ROUNDS = 50


@dataclass(frozen=True)
class Needs:
    """How much worse than the country's middle each municipality is, after shrinking.

    Attributes
    ----------
    years
        That the level is the mean of.
    frame
        By municipality with a level: ``level`` (mean distance to each year's middle municipality, on the noise's scale,
        as it is published), ``kept`` (share of it that is no chance, 0-1), ``left`` (what is expected of it in the next
        three years, on the scale), ``need`` (the same, positive is worse, in standard deviations between
        municipalities) and ``sd`` (of what is not known of it, in the same).
    """

    years: tuple[int, ...]
    frame: pd.DataFrame


def needs(panel: Panel, noise: Noise | None, years: Sequence[int], sign: int) -> Needs | None:
    """Return every municipality's need in a figure.

    Parameters
    ----------
    panel
        Municipality x year, the figure's unit; Riket is left out.
    noise
        Of the figure, in the last of the years.
    years
        The level is their mean; those of at least `FEWEST_OF_YEARS` of them are told.
    sign
        1 when higher is better, -1 when lower is.

    Returns
    -------
    Needs or None
        None without noise, or with levels of fewer than `FEWEST_LEVELS` municipalities.

    Examples
    --------
    >>> codes = [f"{place:04d}" for place in range(1, 41)]
    >>> panel = pd.DataFrame({year: np.linspace(10, 30, 40) for year in (2022, 2023)}, index=codes)
    >>> small = pd.Series([9.0, *[0.1] * 39], index=codes)
    >>> found = needs(panel, Noise(2023, False, small, 1.96, 1.28, 0.0), [2022, 2023], 1)
    >>> bool(found.frame.loc["0001", "need"] < found.frame.loc["0002", "need"])  # as low, but by chance
    True
    """
    if noise is None:
        return None
    values = country(noise.scaled(panel)).astype(float).reindex(columns=list(years))
    deviation = values - values.median()
    known = deviation.notna().sum(axis=1)
    sd = noise.sd.reindex(values.index)
    level = deviation.mean(axis=1)[(known >= FEWEST_OF_YEARS) & sd.gt(0)]
    if len(level) < FEWEST_LEVELS:
        return None
    # A step has the noise of two years, and a level is the mean of several.
    chance = sd[level.index] ** 2 / 2.0 / known[level.index]
    between = _between(level.to_numpy(), chance.to_numpy())
    kept = between / (between + chance)
    left = LASTING * kept * level
    scale = np.sqrt(between) if between > 0 else 1.0
    return Needs(
        tuple(years),
        pd.DataFrame(
            {
                "level": level,
                "kept": kept,
                "left": left,
                "need": -sign * left / scale,
                # As much between municipalities then as now: what is not carried over comes anew.
                "sd": np.sqrt(between * (1.0 - LASTING**2 * kept)) / scale,
            }
        ),
    )


def _between(level: Array, chance: Array) -> float:
    """Return the variance between municipalities, each level weighed by how surely it is known (Morris 1983).

    The plain difference of two variances would be ruled by those of whom least is known.
    """
    squared = (level - level.mean()) ** 2 * len(level) / (len(level) - 1)
    between = max(float((squared - chance).mean()), 0.0)
    for _ in range(_ROUNDS):
        weight = 1.0 / np.maximum(between + chance, np.finfo(float).tiny) ** 2
        between = max(float(np.average(squared - chance, weights=weight)), 0.0)
    return between


@dataclass(frozen=True)
class Standing:
    """What is known of an applicant: its need on the two sides of efficiency, and the state of its statement.

    Attributes
    ----------
    quality, cost
        Need and what is not known of it (`Needs`), standard deviations between municipalities.
    statement
        Each part of the problem statement's state, 0-1, in one order for all applicants.
    """

    quality: tuple[float, float]
    cost: tuple[float, float]
    statement: tuple[float, ...]


def select(standings: Sequence[Standing], draws: int = DRAWS, seed: int = 1) -> Acceptability:
    """Return how often each applicant has each rank, over all weights and all that is not known of the needs.

    Need in quality, need in cost and the problem statement are weighed in every way, each as likely as any other, and
    within the last its parts. A need counts as the share of a normal country that is less in need.

    Parameters
    ----------
    standings
        One for each applicant, at least one; all with as many parts of the statement.
    draws, seed
        As for `effektiv.analysis.priority.simplex`.

    Returns
    -------
    Acceptability
        Its ``central`` has the columns quality, cost, and each part of the statement.

    Raises
    ------
    ValueError
        There are no applicants.

    Examples
    --------
    >>> worse, better = Standing((2.0, 0.1), (2.0, 0.1), (1.0,)), Standing((-2.0, 0.1), (-2.0, 0.1), (0.0,))
    >>> select([better, worse], draws=64).ranks.tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    from scipy.special import ndtr  # noqa: PLC0415  takes a moment, and few reports select

    if not standings:
        raise ValueError("nobody to select among")
    lot = np.random.default_rng(seed)
    sides = np.array([[item.quality, item.cost] for item in standings])
    drawn = sides[None, :, :, 0] + sides[None, :, :, 1] * lot.standard_normal((draws, len(standings), 2))
    state = np.array([item.statement for item in standings], dtype=float)
    measured: Array = np.concatenate([ndtr(drawn), np.broadcast_to(state, (draws, *state.shape))], axis=2)
    outer, inner = simplex(3, draws, seed), simplex(state.shape[1], draws, seed + 1)
    return acceptability(measured, np.column_stack([outer[:, :2], outer[:, 2:] * inner]), seed)
