"""A country by chance, and views of a project in it made by hand, for what reports of step 5 say of them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Noise
from effektiv.analysis.placebos import evaluate
from effektiv.analysis.rebound import Rebound, Refused, Span
from effektiv.analysis.synthetic import synthetic
from effektiv.data.catalogue import load_catalogue
from effektiv.steps.s5_avslutning.answers import Counterfactual
from effektiv.steps.s5_avslutning.view import ClosingView

SCHOOL = "grundskola"
CATALOGUE = load_catalogue()
AREA, MERIT = CATALOGUE.areas[SCHOOL], CATALOGUE.kpis["N15505"]
CODES = [f"{place:04d}" for place in range(1, 121)]
OWN = CODES[20]
YEARS = Span(tuple(range(2017, 2026)), (2026, 2027, 2028))


def country(effect: float, seed: int = 1) -> tuple[pd.DataFrame, Noise]:
    """Return a figure of 120 municipalities about 180-220, one of them with an effect from 2026, and its noise."""
    draw = np.random.default_rng(seed).normal(0, 2, (120, 12)) + np.linspace(180, 220, 120)[:, None]
    draw[20, 9:] += effect
    panel = pd.DataFrame(draw, index=CODES, columns=range(2017, 2029))
    return panel, Noise(2025, False, pd.Series(2.8, index=CODES), 1.96, 1.28, 0.0)


@cache
def answer(effect: float = 15.0, *, by: bool = True) -> Counterfactual:
    """Return what the figure says; `by` adds a synthetic control."""
    panel, noise = country(effect)
    found = evaluate(panel, noise, YEARS, 1, [OWN])
    near = {code: [CODES[(at + step) % 120] for step in range(1, 11)] for at, code in enumerate(CODES)}
    control = synthetic(panel, noise, YEARS, 1, near, [OWN]) if by else None
    return Counterfactual(MERIT, 1, True, OWN, found, control, by_itself=Rebound(2.0, -3.0, 7.0, 0.7, 60, 3))


def refused(reason: Refused, **more: Any) -> Counterfactual:
    """Return a figure that cannot answer."""
    return Counterfactual(MERIT, 1, True, OWN, reason, **more)


def view(**more: Any) -> ClosingView:
    """Return a view of a municipality."""
    return ClosingView("Exempelby", AREA, "de liknande kommunerna", **{"start": 2026, **more})
