"""The files of ideas in a municipality's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from effektiv.forms import Fault, FormRead
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
from effektiv.steps.s3_atgarder.measures_params import form_of
from effektiv.validation import shortened


def _beside(
    said: Mapping[str, FormRead], every: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Fault]]:
    """Yield what forms say of ideas, causes and measures that are not there, with the place of the form."""
    for told in _ideas(every).told:
        if told.file in said and told.fault is not None:
            yield told.file, told.fault
    for file, form in said.items():
        for fault in _points_at_nothing(form, every):
            yield file, fault


def _points_at_nothing(form: FormRead, every: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """Yield the causes and measures that a form names, where their form is there but they are not."""
    from effektiv.steps.s2_orsaksanalys.facts import hypothesis_ids  # noqa: PLC0415  brings all that step 2 shows

    causes = {cause.casefold() for cause in hypothesis_ids(every) or ()}
    for row in form.rows.get("ideer", ()) if causes else ():
        if row.text("cause") and row.text("cause").casefold() not in causes:
            yield row.fault("cause", f"det finns ingen hypotes med numret {shortened(row.text('cause'))}")
    measures = form_of(every)
    known = (
        {row.text("id").casefold() for row in measures.rows.get("atgarder", ())} if measures else set[str]()
    )
    for row in form.rows.get("beslut", ()) if known else ():
        if row.text("measure") and row.text("measure").casefold() not in known:
            yield row.fault("measure", f"det finns ingen åtgärd med numret {shortened(row.text('measure'))}")


IDEAS_FILE = FormFile(
    name="ideer.xlsx",
    step=3,
    form=IDEAS_FORM,
    prefilled=IDEAS_PREPARED,
    more_faults=idea_faults,
    faults_beside=_beside,
)

SCORES_FILE = FormFile(
    name="bedomning/*.xlsx",
    step=3,
    form=SCORES_FORM,
    new_name="bedomning/bedomning.xlsx",
    prefilled=SCORES_PREPARED,
    more_faults=score_faults,
    faults_together=scorers_together,
    faults_beside=_beside,
)

register(IDEAS_YAML, IDEAS_TABLE, IDEAS_FILE, SCORES_FILE)


def ideas_of(params: Params) -> Ideas:
    """Return all that a municipality's folder says of ideas."""
    return _ideas(params.files)


def _ideas(files: Mapping[str, Mapping[str, Any]]) -> Ideas:
    """Return all that is said of ideas by the files of all kinds, by kind and place."""
    said: Mapping[str, FormRead] = files.get(IDEAS_FILE.name, {})
    form = only(said)
    file = next((file for file, read in said.items() if read is form), IDEAS_FILE.name)
    ideas = [] if form is None else list(form_ideas(form, file))
    ideas += [idea for table in files.get(IDEAS_TABLE.name, {}).values() for idea in table.ideas]
    return gather(ideas, form, file, files.get(SCORES_FILE.name, {}))
