"""The invented country: municipalities, their people and their conditions.

Marginal distributions and correlations are those of the 290 real municipalities;
which invented municipality gets what is drawn. The constants are facts computed from:

- SCB's population and education by municipality 2022 (size, shares 0-19 and 75+,
  post-secondary and compulsory education), and their growth from 2010 to 2022;
- Kolada 2021-2022: parents with post-secondary education (N15816), children in
  economically vulnerable households (N02904);
- Skolverket 2022: pupils with foreign background, share in municipal schools, pupils
  per school.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np
from scipy.special import ndtri

from effektiv.example.noise import Alike, Array, Counts, People, normals, persistent
from effektiv.example.truths import PINS, Pin
from effektiv.example.years import FIRST_YEAR, LAST_YEAR, YEARS, column_of, path

COUNTIES = {
    "02": "Mellanbygden",
    "30": "Storviken",
    "31": "Ådalarna",
    "32": "Sjöriket",
    "33": "Vindskären",
    "34": "Kalkön",
    "35": "Rågslätten",
    "36": "Humledalen",
    "37": "Bruksbygden",
    "38": "Stenmarken",
    "39": "Västerskogen",
    "40": "Österskogen",
    "41": "Lindåsen",
    "42": "Fjällmarken",
    "43": "Norrvidderna",
    "44": "Silverbergen",
    "45": "Älvmötet",
    "46": "Mossbygden",
    "47": "Kustlandet",
    "48": "Sydslätten",
    "49": "Hedlandet",
}
"""Invented counties; SCB uses none of these codes."""

LATENTS = (
    "size",
    "young",
    "old",
    "tertiary",
    "compulsory",
    "parents",
    "poverty",
    "foreign",
    "growth",
    "municipal",
    "school_size",
)
"""Conditions drawn together, as normal scores (0 = median, 1 = about the top 16 %)."""

ALIKE = ("size", "young", "old", "parents", "poverty", "foreign", "growth")
"""Conditions that make two municipalities alike."""

CORRELATION = np.array(
    [
        [1.0, 0.45, -0.66, 0.73, -0.4, 0.62, -0.11, 0.23, 0.7, -0.62, 0.59],
        [0.45, 1.0, -0.79, 0.47, -0.08, 0.47, -0.24, 0.06, 0.73, -0.22, 0.55],
        [-0.66, -0.79, 1.0, -0.58, 0.22, -0.53, 0.22, -0.19, -0.81, 0.4, -0.62],
        [0.73, 0.47, -0.58, 1.0, -0.73, 0.93, -0.48, -0.16, 0.72, -0.55, 0.54],
        [-0.4, -0.08, 0.22, -0.73, 1.0, -0.76, 0.61, 0.49, -0.28, 0.39, -0.21],
        [0.62, 0.47, -0.53, 0.93, -0.76, 1.0, -0.61, -0.34, 0.64, -0.47, 0.47],
        [-0.11, -0.24, 0.22, -0.48, 0.61, -0.61, 1.0, 0.68, -0.28, 0.13, -0.15],
        [0.23, 0.06, -0.19, -0.16, 0.49, -0.34, 0.68, 1.0, 0.12, -0.13, 0.14],
        [0.7, 0.73, -0.81, 0.72, -0.28, 0.64, -0.28, 0.12, 1.0, -0.45, 0.67],
        [-0.62, -0.22, 0.4, -0.55, 0.39, -0.47, 0.13, -0.13, -0.45, 1.0, -0.33],
        [0.59, 0.55, -0.62, 0.54, -0.21, 0.47, -0.15, 0.14, 0.67, -0.33, 1.0],
    ]
)
"""Correlation of the real municipalities' normal scores, in the order of `LATENTS`."""

PROBABILITIES = np.array(
    [0, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 1]
)

# fmt: off
QUANTILES = {
    "population": (2395, 2680, 3683, 4767, 6126, 9233, 11200, 13267, 16310, 22352, 29820, 46231, 75484,
                   107946, 148838, 250153, 978770),
    "young": (.1561, .1671, .1781, .1907, .1969, .2074, .2148, .2212, .2261, .2295, .2384, .2470, .2641,
              .2749, .2878, .2910, .3101),
    "old": (.0542, .0651, .0722, .0800, .0843, .0997, .1085, .1166, .1224, .1267, .1345, .1388, .1467,
            .1541, .1669, .1709, .1857),
    "tertiary": (18.0, 20.1, 20.7, 20.9, 21.8, 23.4, 24.8, 26.9, 28.6, 30.4, 33.5, 36.9, 43.4, 49.9, 54.4,
                 59.7, 66.4),
    "compulsory": (8.9, 11.0, 12.3, 13.0, 14.8, 16.0, 17.0, 18.1, 19.0, 19.6, 20.5, 21.3, 23.1, 24.8, 26.0,
                   26.4, 28.6),
    "parents": (31.0, 32.9, 36.0, 38.4, 41.0, 44.0, 47.0, 50.0, 52.0, 55.0, 58.3, 63.0, 69.0, 74.6, 78.8,
                83.1, 87.0),
    "poverty": (2.0, 2.3, 2.5, 2.9, 3.7, 4.7, 5.5, 6.3, 7.1, 7.9, 9.0, 10.5, 12.6, 15.0, 16.7, 17.6, 20.9),
    "foreign": (6.5, 8.9, 9.9, 10.9, 12.5, 15.3, 17.3, 19.9, 22.7, 25.5, 28.7, 32.2, 36.8, 41.0, 45.0, 51.4,
                55.1),
    "growth": (-.0137, -.0103, -.0083, -.0071, -.0037, -.0008, .0010, .0023, .0041, .0060, .0083, .0107,
               .0133, .0157, .0188, .0211, .0292),
    "municipal": (44.7, 57.0, 68.5, 72.5, 77.0, 84.5, 88.0, 91.6, 95.0, 98.0, 100, 100, 100, 100, 100, 100,
                  100),
    "school_size": (55.0, 78.0, 90.6, 101.6, 120.3, 140.4, 157.4, 170.3, 181.5, 199.8, 233.5, 264.7, 302.1,
                    333.0, 365.7, 385.6, 430.5),
}
# fmt: on
"""Quantiles at `PROBABILITIES` over the 290 real municipalities, 2022 (growth: log a year)."""

COUNTY_SHARE = 0.15
"""Share of the variance of conditions that a county's municipalities have in common."""

BAND_STARTS = (0, 1, 6, 7, 16, 19, 20, 21, 25, 45, 65, 80, 90)
"""First age of each age band; the last band is open."""

YOUNG_SHARES = np.array([0.043, 0.235, 0.050, 0.465, 0.155, 0.052])
"""How inhabitants 0-19 fall on the first six bands (SCB, whole country, about 2022)."""

WOMEN_SHARES = np.array([0.486] * 9 + [0.495, 0.508, 0.570, 0.690])
"""Share of women in each age band (SCB, whole country, about 2022)."""

TREND_YEARS = (2010.0, 2014, 2018, 2022, 2025)
YOUNG_TREND = (1.027, 0.977, 0.998, 1.0, 0.985)
OLD_TREND = (0.82, 0.835, 0.87, 1.0, 1.07)
"""Shares 0-19 and 75+ relative to 2022 (mean of municipalities; 2025 by projection)."""

SHARE_80_OF_75 = (0.62, 0.60, 0.57, 0.54, 0.575)
SHARE_65_TO_75 = (2.13, 2.20, 2.17, 2.04, 1.94)
"""Inhabitants 80+ as share of 75+, and 65+ as multiple of 75+ (whole country)."""


@dataclass(frozen=True)
class Country:
    """The municipalities and their people.

    Attributes
    ----------
    ids, titles
        Codes and names, sorted by code.
    scores
        Normal score of each condition in `LATENTS`, by name.
    levels
        The condition itself in 2022: per cent, persons or log growth a year.
    women, men
        Inhabitants 31 December by age band, municipality and year.
    alike
        Set when no difference beyond conditions lasts, to measure what is told there.
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    scores: dict[str, Array]
    levels: dict[str, Array]
    women: Counts
    men: Counts
    alike: Alike | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Number of municipalities and of years."""
        return len(self.ids), len(YEARS)

    def row(self, title: str) -> int:
        """Return the row of a municipality by name."""
        return self.titles.index(title)

    def people(self, first_age: int = 0, last_age: int | None = None) -> People:
        """Return the inhabitants from `first_age` to `last_age` (None: and older).

        Raises
        ------
        ValueError
            When an age is not at the edge of a band.
        """
        ends = (*BAND_STARTS[1:], None)
        after = None if last_age is None else last_age + 1
        if first_age not in BAND_STARTS or after not in ends:
            raise ValueError(f"ages {first_age}-{last_age} are not made of whole age bands")
        bands = slice(BAND_STARTS.index(first_age), ends.index(after) + 1)
        return People(self.women[bands].sum(axis=0), self.men[bands].sum(axis=0))

    @cached_property
    def population(self) -> Counts:
        """All inhabitants, municipality x year."""
        return self.people().total

    def score(self, **weights: float) -> Array:
        """Return a weighted sum of normal scores as a column (municipality x 1)."""
        total = sum(weight * self.scores[name] for name, weight in weights.items())
        return np.asarray(total)[:, None]

    def condition(self, name: str, trend: tuple[float, float], *, wobble: float, decimals: int = 1) -> Array:
        """Return a condition over the years.

        Parameters
        ----------
        name
            Name in `LATENTS`.
        trend
            Level of `FIRST_YEAR` and of `LAST_YEAR` relative to 2022; straight lines between.
        wobble
            Standard deviation of a slow own movement, relative to the level.
        decimals
            Decimals kept.
        """
        level = path([FIRST_YEAR, 2022, LAST_YEAR], [trend[0], 1.0, trend[1]])
        own = persistent(f"condition/{name}", self.shape, rho=0.9)
        own = own - own[:, [column_of(2022)]]
        return np.round(self.levels[name][:, None] * level * (1 + wobble * own), decimals)


def build_country(alike: Alike | None = None) -> Country:
    """Draw the municipalities, their conditions and their people; the same ones whether they are alike or not."""
    ids, titles = _read_names()
    scores, levels = _draw_conditions(ids)
    order = _place_pins(titles, scores, levels["population"])
    scores = {name: values[order] for name, values in scores.items()}
    levels = {name: values[order] for name, values in levels.items()}
    women, men = _draw_people(levels)
    return Country(ids, titles, scores, levels, women, men, alike)


def _read_names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return codes and names, sorted by code."""
    text = (files("effektiv.example") / "municipalities.csv").read_text(encoding="utf-8")
    rows = sorted((row["id"], row["title"]) for row in csv.DictReader(text.splitlines()))
    return tuple(code for code, _ in rows), tuple(title for _, title in rows)


def _draw_conditions(ids: tuple[str, ...]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return normal scores and levels of all conditions.

    Draws are turned into ranks and ranks into the real quantiles, so the marginal
    distributions are exact and do not depend on the last bits of a logarithm.
    """
    count = len(ids)
    factor = np.linalg.cholesky(CORRELATION)
    county_codes = sorted({code[:2] for code in ids})
    in_county = np.array([county_codes.index(code[:2]) for code in ids])
    own = normals("country/own", count, len(LATENTS)) @ factor.T
    county = (normals("country/county", len(county_codes), len(LATENTS)) @ factor.T)[in_county]
    draws = np.sqrt(1 - COUNTY_SHARE) * own + np.sqrt(COUNTY_SHARE) * county
    ranks = np.argsort(np.argsort(draws, axis=0, kind="stable"), axis=0, kind="stable")
    probability = (ranks + 0.5) / count
    scores = {name: np.round(ndtri(probability[:, i]), 6) for i, name in enumerate(LATENTS)}
    levels = {
        name: np.interp(probability[:, LATENTS.index(name)], PROBABILITIES, values)
        for name, values in QUANTILES.items()
        if name != "population"
    }
    # Sizes are interpolated in logarithms: a straight line between the largest would be far too high.
    sizes = np.interp(probability[:, 0], PROBABILITIES, np.log(QUANTILES["population"]))
    levels["population"] = np.rint(np.exp(sizes))
    return scores, levels


def _place_pins(titles: tuple[str, ...], scores: dict[str, Array], population: Array) -> list[int]:
    """Return which drawn row each municipality gets: pinned ones get the row nearest their aim."""
    order = list(range(len(titles)))
    placed: dict[str, int] = {}
    for pin in PINS:
        distance = _distance(pin, scores, population, placed)
        distance[list(placed.values())] = np.inf
        row = int(np.argmin(distance))
        holder, place = order.index(row), titles.index(pin.title)
        order[holder], order[place] = order[place], row
        placed[pin.title] = row
    return order


def _distance(pin: Pin, scores: dict[str, Array], population: Array, placed: dict[str, int]) -> Array:
    """Return how far each drawn row is from what a pin aims at."""
    if pin.like is not None:
        model = placed[pin.like]
        return np.asarray(sum((scores[name] - scores[name][model]) ** 2 for name in ALIKE))
    aims = sum((scores[name] - aim) ** 2 for name, aim in pin.conditions)
    assert pin.population is not None
    return np.asarray(100 * np.log(population / pin.population) ** 2 + aims)


def _draw_people(levels: dict[str, Array]) -> tuple[Counts, Counts]:
    """Return women and men by age band, municipality and year."""
    shape = (len(levels["population"]), len(YEARS))
    since = (YEARS - 2022).astype(float)
    wobble = persistent("country/growth", shape, rho=0.8) * 0.003
    total = levels["population"][:, None] * np.exp(levels["growth"][:, None] * since + wobble)
    young = levels["young"][:, None] * path(TREND_YEARS, YOUNG_TREND)
    age_75 = levels["old"][:, None] * path(TREND_YEARS, OLD_TREND)
    slow = persistent("country/ages", shape, rho=0.95)
    young, age_75 = young * (1 + 0.008 * slow), age_75 * (1 - 0.008 * slow)
    local = 1 + 0.04 * normals("country/local-ages", shape[0], 3)
    age_80 = age_75 * path(TREND_YEARS, SHARE_80_OF_75) * local[:, [0]]
    age_65 = age_75 * path(TREND_YEARS, SHARE_65_TO_75) * local[:, [1]]
    age_90 = age_80 * 0.19 * local[:, [2]]
    mix = YOUNG_SHARES * (1 + 0.03 * normals("country/young-mix", shape[0], len(YOUNG_SHARES)))
    mix = mix / mix.sum(axis=1, keepdims=True)
    shares = [young * mix[:, [band]] for band in range(len(YOUNG_SHARES))]
    age_20 = 0.0112 * np.ones(shape)
    age_21_64 = 1 - young - age_20 - age_65
    age_25_44 = age_21_64 * (0.455 + 0.05 * (levels["growth"][:, None] / 0.01))
    age_21_24 = 0.085 * age_21_64
    shares += [age_20, age_21_24, age_25_44, age_21_64 - age_21_24 - age_25_44]
    shares += [age_65 - age_80, age_80 - age_90, age_90]
    bands = np.rint(np.stack(shares) * total)
    women = np.rint(bands * WOMEN_SHARES[:, None, None]).astype(np.int64)
    return women, bands.astype(np.int64) - women
