"""The files of step 2 in a municipality's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from effektiv.forms import Fault, FormRead
from effektiv.params.allocation import AllocationParams
from effektiv.params.common import AREA_FILE
from effektiv.params.formfile import FormFile
from effektiv.params.registry import register
from effektiv.steps.s2_orsaksanalys.assessment import assessment_faults, twice_answered
from effektiv.steps.s2_orsaksanalys.assessment_form import ASSESSMENT_FORM, PREPARED_ASSESSMENT
from effektiv.steps.s2_orsaksanalys.forms import HYPOTHESES_FORM, PREPARED_ROWS
from effektiv.steps.s2_orsaksanalys.hypotheses import faults
from effektiv.steps.s2_orsaksanalys.units_allocation import allocation_faults
from effektiv.steps.s2_orsaksanalys.units_form import UNITS_FORM
from effektiv.steps.s2_orsaksanalys.units_form import faults as unit_faults

HYPOTHESES_FILE = FormFile(
    name="hypoteser.xlsx", step=2, form=HYPOTHESES_FORM, prefilled=PREPARED_ROWS, more_faults=faults
)

ASSESSMENT_FILE = FormFile(
    name="sjalvskattning/*/*.xlsx",
    step=2,
    form=ASSESSMENT_FORM,
    new_name="sjalvskattning/omgang-1/formular.xlsx",
    prefilled=PREPARED_ASSESSMENT,
    more_faults=assessment_faults,
    faults_together=twice_answered,
)


def allocation_rules(every: Mapping[str, Mapping[str, Any]]) -> dict[str, AllocationParams]:
    """Return how the budget of each area that says so is divided, from what a municipality's files say."""
    return {
        address.removesuffix(".yaml"): said.allocation
        for address, said in every.get(AREA_FILE.name, {}).items()
        if said.allocation is not None
    }


def _beside(
    said: Mapping[str, FormRead], every: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Fault]]:
    for address, form in said.items():
        for _, fault in allocation_faults(form, allocation_rules(every)):
            yield address, fault


UNITS_FILE = FormFile(
    name="enheter.xlsx", step=2, form=UNITS_FORM, more_faults=unit_faults, faults_beside=_beside
)

register(HYPOTHESES_FILE, ASSESSMENT_FILE, UNITS_FILE)
