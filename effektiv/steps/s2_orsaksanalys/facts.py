"""What later steps may know of step 2: data of a case in a focus area, no sentences.

Later steps import nothing else of this step. The case may be any step's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from effektiv.params.formfile import only
from effektiv.steps.base import AreaBase
from effektiv.steps.s2_orsaksanalys.causes import hypotheses_of
from effektiv.steps.s2_orsaksanalys.hypotheses import Hypothesis
from effektiv.steps.s2_orsaksanalys.hypotheses import hypotheses as hypotheses_in
from effektiv.steps.s2_orsaksanalys.params import HYPOTHESES_FILE
from effektiv.steps.s2_orsaksanalys.report import CauseReportCase
from effektiv.steps.s2_orsaksanalys.view import DrivenCost, Driver

__all__ = [
    "DrivenCost",
    "Driver",
    "Hypothesis",
    "driven",
    "every_hypothesis",
    "hypotheses",
    "hypothesis_ids",
]


def driven(case: AreaBase) -> DrivenCost | None:
    """Return the area's cost divided over its drivers, against Riket or the peers; None where it cannot be."""
    return case.seen_as(CauseReportCase).view.driven


def hypotheses(case: AreaBase) -> tuple[Hypothesis, ...]:
    """Return what the working group has written of the area's causes."""
    return hypotheses_of(case.seen_as(CauseReportCase).view)


def hypothesis_ids(every: Mapping[str, Mapping[str, Any]]) -> set[str] | None:
    """Return the ids of the hypotheses of all areas, from what a municipality's files say; None without the form.

    Parameters
    ----------
    every
        What the files say, by the name of their kind and their place (`effektiv.params.Params.files`).
    """
    said = only(every.get(HYPOTHESES_FILE.name, {}))
    return None if said is None else {item.id for item in hypotheses_in(said)}


def every_hypothesis(every: Mapping[str, Mapping[str, Any]]) -> tuple[Hypothesis, ...]:
    """Return the hypotheses of all areas, from what a municipality's files say; none without the form."""
    return hypotheses_in(only(every.get(HYPOTHESES_FILE.name, {})))
