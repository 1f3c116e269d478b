"""What step 5 computes once and keeps: all municipalities' change after a start, beside what was to be expected.

It is kept (`effektiv.national.Result`) by the figure, the start and who took part, so that a project's participants ask
for it once. Nothing is computed beforehand: which figures and starts there are, only the municipalities' locks say. This
module and what it imports must be what the numbers follow from, and hold no sentences.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, country
from effektiv.analysis.placebos import Evaluation, evaluate
from effektiv.analysis.rebound import Refused, Span, span
from effektiv.analysis.role_models import nearest
from effektiv.analysis.synthetic import Synthetic, donor_pools, in_time, synthetic
from effektiv.national import National, Result
from effektiv.peers import official_groups
from effektiv.types import FocusArea, Kpi


@dataclass(frozen=True)
class Question:
    """What is asked of a figure.

    Attributes
    ----------
    kpi
        The figure.
    start
        First year in which something can have an effect.
    sign
        1 when higher is better, -1 when lower is.
    first, last
        Years that may be used.
    participants
        Codes of those that took part, this one too, in order.
    """

    kpi: Kpi
    start: int
    sign: int
    first: int
    last: int
    participants: tuple[str, ...]

    @property
    def id(self) -> str:
        """What it is kept by."""
        told = f"{self.start} {self.sign} {self.first} {self.last} {' '.join(self.participants)}"
        return f"{self.kpi.id}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"

    def values(self, national: National) -> Panel:
        """Return the figure's values in the years that may be used."""
        panel = national.panel(self.kpi.id)
        return panel[[year for year in panel.columns if self.first <= int(year) <= self.last]]

    def span(self, national: National) -> Span | Refused:
        """Return the years before and after the start that compare."""
        return span(self.values(national), self.start, self.kpi.breaks, not_after=self.last)


@dataclass(frozen=True)
class KeptEvaluation:
    """An `Evaluation` in what a store can keep; its arrays are frames."""

    years: Span
    sign: int
    logarithmic: bool
    frame: pd.DataFrame
    own: Panel
    expected: Panel
    like: pd.DataFrame
    shares: pd.DataFrame

    @classmethod
    def of(cls, found: Evaluation) -> KeptEvaluation:
        """Return an evaluation as it is kept."""
        return cls(
            Span(tuple(map(int, found.years.before)), tuple(map(int, found.years.after))),
            int(found.sign),
            bool(found.logarithmic),
            found.frame,
            found.own,
            found.expected,
            pd.DataFrame(found.like),
            pd.DataFrame(found.shares),
        )

    def restored(self) -> Evaluation:
        """Return it as it was."""
        return Evaluation(
            self.years,
            self.sign,
            self.logarithmic,
            self.frame,
            self.own,
            self.expected,
            np.asarray(self.like),
            np.asarray(self.shares),
        )


@dataclass(frozen=True)
class KeptSynthetic:
    """A `Synthetic`, and its placebo in time, in what a store can keep.

    Attributes
    ----------
    earlier
        By municipality: effect, low, high and p had it begun earlier, when nothing had; None where too few years are left.
    """

    evaluation: KeptEvaluation
    fits: pd.DataFrame
    weights: Mapping[str, Mapping[str, float]]
    modelled: Panel
    donors: Mapping[str, tuple[str, ...]]
    penalty: float
    earlier: pd.DataFrame | None

    def restored(self) -> Synthetic:
        """Return the synthetic controls as they were."""
        return Synthetic(
            self.evaluation.restored(), self.fits, self.weights, self.modelled, self.donors, self.penalty
        )


def _evaluated(national: National, asked: Question) -> KeptEvaluation | Refused:
    years = asked.span(national)
    if isinstance(years, Refused):
        return years
    noise = national.noise(asked.kpi.id, asked.start - 1)
    found = evaluate(asked.values(national), noise, years, asked.sign, asked.participants)
    return found if isinstance(found, Refused) else KeptEvaluation.of(found)


def _conditions(national: National, area: FocusArea) -> dict[str, Panel]:
    panels = {kpi: national.panel(kpi) for kpi in area.structural_model.structure}
    return {kpi: panel for kpi, panel in panels.items() if country(panel).notna().any(axis=None)}


def _synthetic(national: National, area: FocusArea, asked: Question) -> KeptSynthetic | Refused:
    years = asked.span(national)
    if isinstance(years, Refused):
        return years
    before, official = asked.start - 1, official_groups(national.snapshot)
    groups = {}
    for code in national.municipalities:
        group = official.find(area.family, national.names[code], before, code)
        groups[code] = () if group is None else group.members
    population = national.panel(national.catalogue.overview.population)
    pools = donor_pools(
        groups, nearest(_conditions(national, area), population, before), without=asked.participants
    )
    noise, panel = national.noise(asked.kpi.id, before), asked.values(national)
    found = synthetic(panel, noise, years, asked.sign, pools, asked.participants)
    if isinstance(found, Refused):
        return found
    assert noise is not None  # or it would have been refused
    tried = in_time(panel, noise, found, asked.participants)
    earlier = (
        None
        if isinstance(tried, Refused)
        else tried.evaluation.frame[["effect", "low", "high", "p"]].astype(float)
    )
    return KeptSynthetic(
        KeptEvaluation.of(found.evaluation),
        found.fits.astype(float),
        {code: dict(weights) for code, weights in found.weights.items()},
        found.modelled,
        {code: tuple(map(str, donors)) for code, donors in found.donors.items()},
        float(found.penalty),
        earlier,
    )


EVALUATED = Result("forandring", _evaluated, lambda _national: (), (KeptEvaluation, Span, Refused))
"""All municipalities' change, ranked among those that lay alike; of a `Question`."""

SYNTHETIC = Result(
    "syntetisk", _synthetic, lambda _national: (), (KeptSynthetic, KeptEvaluation, Span, Refused)
)
"""All municipalities' synthetic controls; of a focus area and a `Question`."""

RESULTS = (EVALUATED, SYNTHETIC)
