"""What later steps may know of step 2: data of a case in a focus area, no sentences.

Later steps import nothing else of this step. The case may be any step's. What shows the step is loaded when a case
is asked: whoever only reads a municipality's folder wants what its files say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from effektiv.forms import Fault, FormRead
from effektiv.params.formfile import only
from effektiv.steps.s2_orsaksanalys.hypotheses import Hypothesis
from effektiv.steps.s2_orsaksanalys.hypotheses import hypotheses as hypotheses_in
from effektiv.steps.s2_orsaksanalys.params import HYPOTHESES_FILE, UNITS_FILE, allocation_rules
from effektiv.steps.s2_orsaksanalys.units_allocation import (
    ALLOCATION_SHEET,
    VOLUME_SHEET,
    GivenUnit,
    allocation_faults,
    given_units,
    own_faults,
)

if TYPE_CHECKING:
    from effektiv.steps.base import AreaBase
    from effektiv.steps.s2_orsaksanalys.view import DrivenCost, Driver

__all__ = [
    "DrivenCost",
    "Driver",
    "GivenUnit",
    "Hypothesis",
    "driven",
    "every_hypothesis",
    "faults_of_given",
    "given",
    "hypotheses",
    "hypothesis_ids",
]


def driven(case: AreaBase) -> DrivenCost | None:
    """Return the area's cost divided over its drivers, against Riket or the peers; None where it cannot be."""
    from effektiv.steps.s2_orsaksanalys.report import CauseReportCase  # noqa: PLC0415  see the module

    return case.seen_as(CauseReportCase).view.driven


def hypotheses(case: AreaBase) -> tuple[Hypothesis, ...]:
    """Return what the working group has written of the area's causes."""
    from effektiv.steps.s2_orsaksanalys.causes import hypotheses_of  # noqa: PLC0415  see the module
    from effektiv.steps.s2_orsaksanalys.report import CauseReportCase  # noqa: PLC0415

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


def given(every: Mapping[str, Mapping[str, Any]], area: str, year: int) -> tuple[GivenUnit, ...]:
    """Return what the units of an area are given in a budget year and for what, from what the files say."""
    return given_units(_units(every), area, year)


def faults_of_given(every: Mapping[str, Mapping[str, Any]], area: str) -> tuple[Fault, ...]:
    """Return what is wrong with what the units of an area are given: in the cells, and beside the area's own file."""
    said = _units(every)
    if said is None:
        return ()
    titles = {ALLOCATION_SHEET.title, VOLUME_SHEET.title}
    rules = {name: found for name, found in allocation_rules(every).items() if name == area}
    return (
        *(fault for fault in said.faults if fault.sheet in titles),
        *own_faults(said),
        *(fault for place, fault in allocation_faults(said, rules) if place == area),
    )


def _units(every: Mapping[str, Mapping[str, Any]]) -> FormRead | None:
    return only(every.get(UNITS_FILE.name, {}))
