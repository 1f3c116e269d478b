"""What would have happened anyway: a figure's change, beside what those that lay alike did. Numbers only, no sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from effektiv.analysis.panels import cell, row
from effektiv.analysis.placebos import ONE_SIDED, Evaluation
from effektiv.analysis.rebound import Rebound, Refused, Unanswered, rebound
from effektiv.analysis.synthetic import Synthetic
from effektiv.national import National
from effektiv.steps.s5_avslutning.goal import LockedGoal
from effektiv.steps.s5_avslutning.national import (
    EVALUATED,
    SYNTHETIC,
    KeptEvaluation,
    KeptSynthetic,
    Question,
)
from effektiv.types import Better, FocusArea, Kpi


@dataclass(frozen=True)
class Counterfactual:
    """What a figure says of the project.

    Attributes
    ----------
    kpi
        The figure.
    sign
        1 when higher is better, -1 when lower is.
    is_primary
        Whether it was locked as the one that decides; others are described, not judged.
    municipality
        Four-digit code.
    found
        Everybody's change, or why there is none.
    control
        Everybody's synthetic control, or why there is none; None where it is not asked for.
    earlier
        Its placebo in time, by municipality; None where there is none.
    by_itself
        What comes after such a level, or why that cannot be said.
    not_final
        Years of the lock whose values are preliminary or not published.
    whole_before
        Whether the whole time before is used though the lock names a later first year: it gives too few years.
    """

    kpi: Kpi
    sign: int
    is_primary: bool
    municipality: str
    found: Evaluation | Refused
    control: Synthetic | Refused | None = None
    earlier: pd.DataFrame | None = None
    by_itself: Rebound | Refused | None = None
    not_final: tuple[int, ...] = ()
    whole_before: bool = False

    @property
    def refused(self) -> Refused | None:
        """Why the figure cannot answer; None where it does."""
        if isinstance(self.found, Refused):
            return self.found
        return None if self.municipality in self.found.frame.index else Refused(Unanswered.NO_VALUES)

    @property
    def evaluation(self) -> Evaluation:
        """Everybody's change; only where nothing is refused."""
        assert isinstance(self.found, Evaluation)
        return self.found

    def value(self, column: str) -> float:
        """Return the municipality's number in a column of the evaluation's frame."""
        return cell(self.evaluation.frame, self.municipality, column)

    @cached_property
    def _after(self) -> tuple[float, float]:
        """Mean on the scale of own and expected values in the years after."""
        years, found = list(self.evaluation.years.after), self.evaluation
        return (
            float(row(found.own, self.municipality)[years].mean()),
            float(row(found.expected, self.municipality)[years].mean()),
        )

    def in_unit(self, value: float) -> float:
        """Return a value of the scale in the figure's unit."""
        return float(np.exp(value)) if self.evaluation.logarithmic else value

    @property
    def became(self) -> float:
        """What it became: mean of the years after, in the figure's unit (geometric where the scale is)."""
        return self.in_unit(self._after[0])

    @property
    def expected(self) -> float:
        """What was to be expected without the project."""
        return self.in_unit(self._after[1])

    def away(self, effect: float) -> float:
        """Return an effect of the scale as a difference from what was expected, in the figure's unit."""
        return self.in_unit(self._after[1] + effect) - self.expected

    @property
    def interval(self) -> tuple[float, float]:
        """The 90 % interval of the difference, in the figure's unit."""
        return self.away(self.value("low")), self.away(self.value("high"))

    @property
    def least(self) -> float:
        """The smallest difference for the better that would be told, in the figure's unit, without sign."""
        return abs(self.away(self.sign * self.value("least")))

    @property
    def detectable(self) -> float:
        """The size that would be told in four cases of five."""
        return abs(self.away(self.sign * self.value("detectable")))

    @property
    def is_told(self) -> bool:
        """Whether it is better by more than what comes by itself: a one-sided 5 % test, whose rate is measured."""
        return self.refused is None and self.value("p") <= ONE_SIDED

    @property
    def control_refused(self) -> Refused | None:
        """Why the synthetic control says nothing; None where it does."""
        if self.control is None or isinstance(self.control, Refused):
            return self.control
        return self.control.refusal(self.municipality)

    @property
    def control_effect(self) -> float | None:
        """The synthetic control's difference, in the figure's unit; None where it says nothing."""
        if self.control is None or isinstance(self.control, Refused) or self.control_refused is not None:
            return None
        return self.away(cell(self.control.evaluation.frame, self.municipality, "effect"))

    @property
    def agrees(self) -> bool | None:
        """Whether both ways tell an effect, or neither does; None where there is one way only."""
        if self.control_effect is None or self.refused is not None:
            return None
        assert isinstance(self.control, Synthetic)
        return (cell(self.control.evaluation.frame, self.municipality, "p") <= ONE_SIDED) == self.is_told

    @cached_property
    def course(self) -> pd.DataFrame:
        """Own and expected by year, and between what nine of ten that lay alike were, in the figure's unit."""
        found = self.evaluation.course(self.municipality)
        middle = row(self.evaluation.expected, self.municipality).to_numpy(dtype=float)
        unit = np.exp if self.evaluation.logarithmic else np.asarray
        return found[["own", "expected"]].assign(
            low=unit(middle + found["low"].to_numpy()), high=unit(middle + found["high"].to_numpy())
        )

    @property
    def usual_change(self) -> float | None:
        """What the level usually changes in three years by itself, in the figure's unit; None where not known."""
        if not isinstance(self.by_itself, Rebound) or self.refused is not None:
            return None
        own = row(self.evaluation.own, self.municipality)[list(self.evaluation.years.recent)]
        return by_itself_in_unit(self.by_itself, own, logarithmic=self.evaluation.logarithmic)


def by_itself_in_unit(found: Rebound, own: pd.Series, *, logarithmic: bool) -> float:
    """Return what comes by itself in the figure's unit.

    Parameters
    ----------
    found
        On the scale.
    own
        The last years before the start, on the scale.
    logarithmic
        Whether the scale is natural logarithms.
    """
    level = float(own.mean())
    return float(np.exp(level + found.change) - np.exp(level)) if logarithmic else found.change


def last_final(national: National, kpi: Kpi) -> int:
    """Return the last year whose values are final."""
    manifest = national.snapshot.manifest
    last = max(manifest.years)
    waits = kpi.preliminary_until_final and manifest.preliminary_year is not None
    return min(last, int(manifest.preliminary_year or last) - 1) if waits else last


def answered(
    national: National,
    area: FocusArea,
    kpi: Kpi,
    municipality: str,
    start: int,
    participants: tuple[str, ...],
    goal: LockedGoal | None,
    *,
    with_control: bool = True,
) -> Counterfactual:
    """Ask a figure what the project gave.

    Parameters
    ----------
    national
        Where everybody's change is kept.
    area
        Whose similar municipalities are the donors.
    kpi
        The figure; one in millions of kronor is never judged and answers nothing.
    municipality
        Four-digit code.
    start
        First year in which something can have an effect.
    participants
        Others that took part.
    goal
        As locked; None, and the figure is described only.
    with_control
        Whether the other way of counting is asked for, which takes long the first time and decides nothing.
    """
    is_primary = goal is not None and goal.kpi == kpi.id
    sign = goal.sign if goal is not None and is_primary else (-1 if kpi.better is Better.LOWER else 1)
    last, wanted = last_final(national, kpi), () if goal is None else goal.outcome_years
    not_final = tuple(year for year in wanted if year > last)
    first, whole = 0, False
    if goal is not None and goal.baseline_from is not None:
        tried = Question(kpi, start, sign, goal.baseline_from, last, ()).span(national)
        whole = isinstance(tried, Refused) and tried.reason is Unanswered.SHORT_BEFORE
        first = 0 if whole else goal.baseline_from
    if wanted and len(not_final) == len(wanted):
        refused = Refused(Unanswered.SHORT_AFTER, 0, len(wanted))
        return Counterfactual(kpi, sign, is_primary, municipality, refused, not_final=not_final)
    last = min(last, max(wanted)) if wanted else last
    everybody = tuple(sorted({municipality, *participants}))
    asked = Question(kpi, start, sign, first, last, everybody)
    found = national.result(EVALUATED, asked)
    control: Synthetic | Refused | None = None
    earlier = None
    if with_control and is_primary and isinstance(found, KeptEvaluation):
        kept = national.result(SYNTHETIC, area, asked)
        control = kept.restored() if isinstance(kept, KeptSynthetic) else kept
        earlier = kept.earlier if isinstance(kept, KeptSynthetic) else None
    noise = national.noise(kpi.id, start - 1)
    by_itself = (
        Refused(Unanswered.NO_NOISE)
        if noise is None
        else rebound(national.panel(kpi.id), noise, start - 1, municipality, sign, kpi.breaks, everybody)
    )
    return Counterfactual(
        kpi,
        sign,
        is_primary,
        municipality,
        found.restored() if isinstance(found, KeptEvaluation) else found,
        control,
        earlier,
        by_itself,
        not_final,
        whole,
    )
