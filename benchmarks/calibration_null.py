"""Countries where nobody differs: what the certainty rule says there is wrong.

A figure keeps its real level, noise by size, missing values, breaks and peer groups; what is left out is
every lasting difference. Each municipality's own noise is drawn (inverse chi-square, 8 degrees of freedom)
about the size curve, each year's error is heavy-tailed (t, 5 degrees of freedom), independent or with 0.6 of the
year before left. As CERTAINTY.md section 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from benchmarks import real
from benchmarks.calibration_models import CONDITIONS, named_from
from effektiv.analysis.certainty import (
    Certainty,
    Noise,
    against_country,
    against_peers,
    changes,
    differences,
    noise,
)
from effektiv.analysis.panels import Panel, country
from effektiv.analysis.role_models import nearest
from effektiv.types import Break

SEEDS = (21, 22, 23)
YEARS = range(2013, 2023)
FIGURES = ("N20900", "N15008", "N21006", "N30005", "N15505", "U21468")
SPANS = (2, 3, 4, 5)
LINGERS = {"oberoende år": 0.0, "beroende år": 0.6}

PAIR = ("N15008", "N15505")
"""Cost and quality that role models are looked for in."""

_UNITS = {"N15505": ("meritpoäng", "grundskola"), "N21006": ("kr/hemtjänsttagare", "äldreomsorg")}


def null_country(kpi: str, seed: int, linger: float, years: Sequence[int] = YEARS) -> tuple[Panel, Noise]:
    """Return a figure in a country without differences, and the noise that the rule finds in it.

    Parameters
    ----------
    kpi
        The figure whose level and noise by size are kept.
    seed
        Of the draws.
    linger
        Correlation between neighbouring years.
    years
        The years that it has.
    """
    figure = real.figures().get(kpi)
    unit = figure.unit if figure else _UNITS[kpi][0]
    return null_of(real.panel(kpi), kpi, unit, figure.breaks if figure else (), seed, linger, years)


def null_of(
    panel: Panel,
    kpi: str,
    unit: str,
    breaks: tuple[Break, ...],
    seed: int,
    linger: float,
    years: Sequence[int] = YEARS,
) -> tuple[Panel, Noise]:
    """Return a figure whose real panel is given in a country without differences, and its noise there."""
    people = real.population(2022)
    last = int(max(panel.columns))
    found = noise(panel, people, last, unit, breaks)
    assert found is not None, kpi
    draw = np.random.default_rng([seed, *kpi.encode()])
    codes = country(panel).index
    curve = np.exp(found.slope * np.log(people.reindex(codes).to_numpy(dtype=float) / 15_000))
    typical = float(np.nanmedian(found.sd.reindex(codes).to_numpy() / curve))
    own = curve * typical * np.sqrt(8.0 / draw.chisquare(8, len(codes)))
    shocks = draw.standard_t(5, (len(codes), len(years) + 20)) * np.sqrt(3.0 / 5.0)
    series = shocks.copy()
    for place in range(1, shocks.shape[1]):
        series[:, place] = linger * series[:, place - 1] + np.sqrt(1 - linger**2) * shocks[:, place]
    # A step's spread is what the curve gives: sqrt(2 (1 - linger)) times one year's.
    values = series[:, -len(years) :] * (own / np.sqrt(2 * (1 - linger)))[:, None]
    level = float(np.nanmedian(country(panel)[last]))
    drawn = level * np.exp(values) if found.logarithmic else level + values
    null = pd.DataFrame(drawn, index=codes, columns=list(years))
    judged = noise(null, people, years[-1], unit, ())
    assert judged is not None, kpi
    return null, judged


def family_of(kpi: str) -> str:
    """Return whose peers a figure is judged against."""
    figure = real.figures().get(kpi)
    return figure.family if figure else _UNITS[kpi][1]


def told() -> Iterator[tuple[str, str, str, pd.Series]]:
    """Yield figure, claim, kind of years and the words of all municipalities, for each seed."""
    for kpi in FIGURES:
        for kind, linger in LINGERS.items():
            for seed in SEEDS:
                null, judged = null_country(kpi, seed, linger)
                peers = against_peers(null, real.groups(family_of(kpi)), judged)
                yield kpi, "mot gruppen", kind, differences(null, peers, judged).frame["certainty"]
                middle = against_country(null)
                yield kpi, "mot landet", kind, differences(null, middle, judged).frame["certainty"]
                for span in SPANS:
                    claim = f"ändring mot gruppen, {span} år"
                    yield kpi, claim, kind, changes(null, peers, judged, span)["certainty"]


def null_rows() -> dict[str, dict[str, float]]:
    """Return the share told as sure, by figure, claim and kind of years; all of it is false."""
    rows = pd.DataFrame(
        [
            (kpi, claim, kind, (words == Certainty.SURE).mean(), (words != Certainty.UNCLEAR).mean())
            for kpi, claim, kind, words in told()
        ],
        columns=["kpi", "claim", "kind", "sure", "any"],
    )
    means = rows.groupby(["kpi", "claim", "kind"])[["sure", "any"]].mean()
    return {
        ", ".join(map(str, key)): {
            "andel säkert": round(float(row["sure"]), 4),
            "andel säkert eller troligen": round(float(row["any"]), 4),
        }
        for key, row in means.iterrows()  # type: ignore[call-overload]
    }


def null_models() -> dict[str, dict[str, float]]:
    """Return how many role models a municipality is given where nobody differs, by kind of years."""
    close = nearest(real.panels(CONDITIONS), real.panel("N01951"), YEARS[-1])
    pools = (real.groups(family_of(PAIR[0])), close)
    found = {}
    for kind, linger in LINGERS.items():
        named = asked = 0
        for seed in SEEDS:
            (cost, cost_noise), (quality, quality_noise) = (null_country(kpi, seed, linger) for kpi in PAIR)
            rows, known = named_from(
                cost_noise.scaled(cost), quality, YEARS[-1], (cost_noise.sd, quality_noise.sd), pools
            )
            named, asked = named + len(rows), asked + known
        found[kind] = {"förebilder per kommun": round(named / asked, 4)}
    return found
