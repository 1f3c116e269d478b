"""The files of step 2 in a municipality's folder."""

from __future__ import annotations

from effektiv.params.formfile import FormFile
from effektiv.params.registry import register
from effektiv.steps.s2_orsaksanalys.forms import HYPOTHESES_FORM, PREPARED_ROWS
from effektiv.steps.s2_orsaksanalys.hypotheses import faults

HYPOTHESES_FILE = FormFile(
    name="hypoteser.xlsx", step=2, form=HYPOTHESES_FORM, prefilled=PREPARED_ROWS, more_faults=faults
)

register(HYPOTHESES_FILE)
