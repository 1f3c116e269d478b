"""The files of step 2 in a municipality's folder."""

from __future__ import annotations

from effektiv.params.formfile import FormFile
from effektiv.params.registry import register
from effektiv.steps.s2_orsaksanalys.assessment import assessment_faults, twice_answered
from effektiv.steps.s2_orsaksanalys.assessment_form import ASSESSMENT_FORM, PREPARED_ASSESSMENT
from effektiv.steps.s2_orsaksanalys.forms import HYPOTHESES_FORM, PREPARED_ROWS
from effektiv.steps.s2_orsaksanalys.hypotheses import faults
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

UNITS_FILE = FormFile(name="enheter.xlsx", step=2, form=UNITS_FORM, more_faults=unit_faults)

register(HYPOTHESES_FILE, ASSESSMENT_FILE, UNITS_FILE)
