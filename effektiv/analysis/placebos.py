"""What would have happened anyway: one's own change among those of municipalities without the project.

Whoever takes part is judged by the same code path as everybody else, and its change is ranked among those of the
municipalities that lay nearest to it before the start, each in steps of its own noise. Rank among the whole country would
call the rebound of those chosen for need an effect; clustered errors would do so for any handful of treated (MacKinnon and
Webb, QED 1355). How often the rank is wrong is measured by ``python -m benchmarks.calibration_effects``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Noise
from effektiv.analysis.panels import Panel, cell, country
from effektiv.analysis.rebound import EXPLAINING, LIKE, Refused, Span, Unanswered, alike, levels, shares_of

ONE_SIDED = 0.05
"""How often chance alone may be called an effect in the better direction; the interval has so much on each side."""

POWER = 0.80
"""How often an effect of the size called detectable would be told."""

DRAWS = 1999
"""Draws of as many municipalities without the project as took part."""

SEED = 5
"""Of the draws."""


@dataclass(frozen=True)
class Evaluation:
    """All municipalities' change after a start, beside what was to be expected without anything.

    Attributes
    ----------
    years
        Compared with each other.
    sign
        1 when higher is better, -1 when lower is.
    logarithmic
        Whether the numbers are natural logarithms.
    frame
        By municipality. In the scale's unit ``recent``, ``last``, ``base`` (levels before, from the country's middle), ``sd``,
        ``effect`` (mean of the years after less what was expected), ``low``, ``high`` (90 % interval: the lower bound is
        above zero just when ``p`` is at most 0.05 for the better), ``unmatched`` (change from the whole period before, less
        that of all others), ``least`` (a smaller effect would not be told) and ``detectable`` (told in 4 cases of 5), both
        without sign. Then ``t``, effect in own noises, positive is better;
        ``others`` and ``beaten``: how many lay alike, and how many of them had at least as good a ``t``;
        ``others_all`` and ``beaten_all``: the same of the whole country; ``p`` = (beaten + 1) / (others + 1).
    own, expected
        Municipality x year, on the scale: what was, and what was to be expected.
    like, shares
        Municipality x neighbour: places in `frame` of those that lay alike, and how much each counts in what was expected.
    """

    years: Span
    sign: int
    logarithmic: bool
    frame: pd.DataFrame
    own: Panel
    expected: Panel
    like: np.ndarray
    shares: np.ndarray

    @property
    def gaps(self) -> Panel:
        """What was, less what was to be expected."""
        return self.own - self.expected

    def course(self, municipality: str) -> pd.DataFrame:
        """Return a municipality's event study.

        Parameters
        ----------
        municipality
            With a row in `frame`.

        Returns
        -------
        pandas.DataFrame
            By year: ``own``, ``expected`` in the figure's unit; ``gap`` and ``low``, ``high`` on the scale: between the two
            lay nine of ten that lay alike, had they had this municipality's noise.

        Raises
        ------
        KeyError
            The municipality was not evaluated.
        """
        place = self.frame.index.get_loc(municipality)
        gaps, sd = self.gaps.to_numpy(), self.frame["sd"].to_numpy()
        others = gaps[self.like[place]] / sd[self.like[place], None] * sd[place]
        cut = _tail(len(others))
        ordered = np.sort(others, axis=0)
        unit = np.exp if self.logarithmic else np.asarray
        return pd.DataFrame(
            {
                "own": unit(self.own.to_numpy()[place]),
                "expected": unit(self.expected.to_numpy()[place]),
                "gap": gaps[place],
                "low": ordered[cut - 1],
                "high": ordered[-cut],
            },
            index=self.own.columns,
        )

    def first_year(self, municipality: str) -> int | None:
        """Return the year after the start from which a told effect is seen; None when no effect is told.

        The year whose step fits the gaps after the start best by least squares: no gap before it, the same gap from it on.
        """
        if cell(self.frame, municipality, "p") > ONE_SIDED:
            return None
        after = list(self.years.after)
        gaps = self.gaps[after].to_numpy()[self.frame.index.get_loc(municipality)]
        # Sum of squares that a step from each year takes away: n of its years times their squared mean.
        told = [gaps[at:].sum() ** 2 / (len(gaps) - at) for at in range(len(gaps))]
        return after[int(np.argmax(told))]


def _tail(n: int) -> int:
    """Return how many of n placebos lie outside a bound that one's own must pass to be told."""
    return int(ONE_SIDED * (n + 1) + 1e-9)


def evaluate(
    panel: Panel,
    noise: Noise | None,
    years: Span,
    sign: int,
    without: Sequence[str] = (),
    modelled: Panel | None = None,
) -> Evaluation | Refused:
    """Judge every municipality's change by those that lay alike before.

    Parameters
    ----------
    panel
        Municipality x year, the figure's unit; Riket is left out.
    noise
        Of the figure in the last year before the start: it may know nothing of what came after.
    years
        From `effektiv.analysis.rebound.span`.
    sign
        1 when higher is better, -1 when lower is.
    without
        Participants and those with a flagged break: evaluated, but compared with by nobody.
    modelled
        What a model expects, municipality x year on the scale of the noise; what is left of it is
        treated in the same way. None: the levels before are all that is expected from.

    Returns
    -------
    Evaluation or Refused
        Refused without noise, and when fewer than `LIKE` others have all values.

    Examples
    --------
    >>> draw = np.random.default_rng(1).normal(0, 1, (100, 12)) + np.linspace(0, 20, 100)[:, None]
    >>> draw[7, 9:] += 6
    >>> codes = [f"{place:04d}" for place in range(100)]
    >>> chance = pd.DataFrame(draw, index=codes, columns=range(2010, 2022))
    >>> even = Noise(2018, False, pd.Series(1.4, index=codes), 1.96, 1.28, 0.0)
    >>> found = evaluate(chance, even, Span(tuple(range(2010, 2019)), (2019, 2020, 2021)), 1, ["0007"])
    >>> row = found.frame.loc["0007"]
    >>> bool(row["low"] < 6 < row["high"]), int(row["beaten"]), found.first_year("0007")
    (True, 0, 2019)
    """
    if noise is None:
        return Refused(Unanswered.NO_NOISE)
    scaled = country(noise.scaled(panel)).astype(float)
    columns = [*years.before, *years.after]
    own = scaled.reindex(columns=columns)
    frame = levels(scaled, years)
    frame = frame.assign(sd=noise.sd.reindex(frame.index))
    known = frame["sd"].gt(0) & own.reindex(frame.index)[list(years.after)].notna().all(axis=1)
    if modelled is not None:
        known &= modelled.reindex(index=frame.index, columns=columns)[list(years.after)].notna().all(axis=1)
    frame = frame[known]
    usable = ~frame.index.isin(list(without))
    if int(usable.sum()) - 1 < LIKE:
        return Refused(Unanswered.FEW_ALIKE, max(int(usable.sum()) - 1, 0), LIKE)
    own = own.reindex(frame.index)
    outcomes = own if modelled is None else own - modelled.reindex(index=frame.index, columns=columns)
    like = alike(frame["recent"].to_numpy(), usable)
    shares = shares_of(frame[list(EXPLAINING)].to_numpy(), like)
    by_itself = np.einsum("nk,nkt->nt", shares, outcomes.to_numpy()[like])
    foreseen = own - outcomes + by_itself
    after = list(years.after)
    frame = frame.assign(
        effect=(own[after] - foreseen[after]).mean(axis=1), unmatched=_unmatched(own, years, usable)
    )
    frame["t"] = sign * frame["effect"] / frame["sd"]
    return Evaluation(
        years, sign, noise.logarithmic, _ranked(frame, like, usable, sign), own, foreseen, like, shares
    )


def _unmatched(own: Panel, years: Span, usable: np.ndarray) -> np.ndarray:
    """Return the plain difference in differences: change from the whole period before, less all others'."""
    deviation = own - own[usable].mean()
    change = deviation[list(years.after)].mean(axis=1) - deviation[list(years.before)].mean(axis=1)
    return np.asarray(change)


def _ranked(frame: pd.DataFrame, like: np.ndarray, usable: np.ndarray, sign: int) -> pd.DataFrame:
    """Add rank, interval, and what size of effect would be told."""
    t, sd, effect = (frame[key].to_numpy() for key in ("t", "sd", "effect"))
    others = np.sort(t[like], axis=1)
    n, cut = like.shape[1], _tail(like.shape[1])
    top, bottom = others[:, -cut], others[:, cut - 1]
    # Positive t is better, so the bound that better effects must pass is the lower one where higher is better.
    bounds = np.sort(np.column_stack([effect - sign * sd * top, effect - sign * sd * bottom]), axis=1)
    beaten = (t[like] >= t[:, None]).sum(axis=1)
    country_wide = (t[None, usable] >= t[:, None]).sum(axis=1) - usable
    weak = np.quantile(others, 1 - POWER, axis=1)
    return frame.assign(
        low=bounds[:, 0],
        high=bounds[:, 1],
        least=sd * top,
        detectable=sd * (top - weak),
        others=n,
        beaten=beaten,
        others_all=int(usable.sum()) - usable,
        beaten_all=country_wide,
        p=(beaten + 1) / (n + 1),
    )


@dataclass(frozen=True)
class Together:
    """All participants' mean effect.

    Attributes
    ----------
    effect, low, high
        Mean effect and its 90 % interval, on the scale.
    municipalities
        How many were evaluated.
    beaten, draws
        Of so many draws of municipalities that lay as the participants did, how many had at least as good a mean.
    p
        (beaten + 1) / (draws + 1).
    """

    effect: float
    low: float
    high: float
    municipalities: int
    beaten: int
    draws: int
    p: float


def together(found: Evaluation, participants: Sequence[str]) -> Together | None:
    """Judge several participants' mean change by draws of municipalities that lay alike.

    Parameters
    ----------
    found
        Made with all participants among those `without`.
    participants
        Codes; those without an evaluation are left out.

    Returns
    -------
    Together or None
        None when none was evaluated.

    Examples
    --------
    >>> draw = np.random.default_rng(1).normal(0, 1, (100, 12)) + np.linspace(0, 20, 100)[:, None]
    >>> draw[3:7, 9:] += 2
    >>> codes = [f"{place:04d}" for place in range(100)]
    >>> chance = pd.DataFrame(draw, index=codes, columns=range(2010, 2022))
    >>> even = Noise(2018, False, pd.Series(1.4, index=codes), 1.96, 1.28, 0.0)
    >>> joined = Span(tuple(range(2010, 2019)), (2019, 2020, 2021))
    >>> mean = together(evaluate(chance, even, joined, 1, codes[3:7]), codes[3:7])
    >>> mean.municipalities, mean.low < 2 < mean.high, mean.p < 0.05
    (4, True, True)
    """
    places = [at for at, code in enumerate(found.frame.index) if code in set(participants)]
    if not places:
        return None
    t, sd, effect = (found.frame[key].to_numpy() for key in ("t", "sd", "effect"))
    rng, n = np.random.default_rng(SEED), len(found.like)
    # What participants are expected to do rests on the same few neighbours: their chance does not even out.
    counts = np.zeros((len(places), n))
    np.add.at(counts, (np.arange(len(places))[:, None], found.like[places]), found.shares[places])
    anyone = t[found.like[np.arange(n), rng.integers(found.like.shape[1], size=(DRAWS, n))]] * sd
    own = t[np.column_stack([rng.choice(found.like[at], DRAWS) for at in places])] * sd[places]
    by_chance = own - anyone @ counts.T
    drawn = np.sort(by_chance.mean(axis=1))
    cut = _tail(DRAWS)
    mean = float(effect[places].mean())
    beaten = int((drawn >= found.sign * mean).sum())
    bounds = sorted((mean - found.sign * drawn[-cut], mean - found.sign * drawn[cut - 1]))
    return Together(
        mean,
        float(bounds[0]),
        float(bounds[1]),
        len(places),
        beaten,
        DRAWS,
        (beaten + 1) / (DRAWS + 1),
    )
