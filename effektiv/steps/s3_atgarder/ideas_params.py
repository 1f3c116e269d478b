"""The files of ideas in a municipality's folder."""

from __future__ import annotations

from effektiv.params import Params
from effektiv.params.formfile import FormFile, only
from effektiv.params.registry import register
from effektiv.steps.s3_atgarder.ideas import (
    Ideas,
    form_ideas,
    gather,
    idea_faults,
    score_faults,
    scorers_together,
)
from effektiv.steps.s3_atgarder.ideas_form import (
    IDEAS_FORM,
    IDEAS_PREPARED,
    SCORES_FORM,
    SCORES_PREPARED,
)
from effektiv.steps.s3_atgarder.ideas_table import IDEAS_TABLE, IDEAS_YAML

IDEAS_FILE = FormFile(
    name="ideer.xlsx", step=3, form=IDEAS_FORM, prefilled=IDEAS_PREPARED, more_faults=idea_faults
)

SCORES_FILE = FormFile(
    name="bedomning/*.xlsx",
    step=3,
    form=SCORES_FORM,
    new_name="bedomning/bedomning.xlsx",
    prefilled=SCORES_PREPARED,
    more_faults=score_faults,
    faults_together=scorers_together,
)

register(IDEAS_YAML, IDEAS_TABLE, IDEAS_FILE, SCORES_FILE)


def ideas_of(params: Params) -> Ideas:
    """Return all that a municipality's folder says of ideas."""
    said = params.of(IDEAS_FILE)
    form = only(said)
    ideas = [idea for file, read in said.items() if read is form for idea in form_ideas(read, file)]
    ideas += [idea for table in params.of(IDEAS_TABLE).values() for idea in table.ideas]
    file = next((file for file, read in said.items() if read is form), IDEAS_FILE.name)
    return gather(ideas, form, file, params.of(SCORES_FILE))
