"""The forms of how the work goes, among the files of a municipality's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from effektiv.forms import Fault, FormRead
from effektiv.params.formfile import FormFile, only
from effektiv.params.registry import register
from effektiv.steps.s4_forbattringsarbete.pdsa import faults as pdsa_faults
from effektiv.steps.s4_forbattringsarbete.pdsa_form import PDSA_FORM
from effektiv.steps.s4_forbattringsarbete.status import faults, faults_beside
from effektiv.steps.s4_forbattringsarbete.status_form import STATUS_FORM

_MEASURES = "atgarder.xlsx"


def _beside(
    said: Mapping[str, FormRead], every: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Fault]]:
    form = only(every.get(_MEASURES, {}))
    ids = None if form is None else {row.text("id") for row in form.rows.get("atgarder", ())}
    for address, one in said.items():
        for fault in faults_beside(one, ids):
            yield address, fault


STATUS_FILE = FormFile(
    name="status.xlsx", step=4, form=STATUS_FORM, more_faults=faults, faults_beside=_beside
)
PDSA_FILE = FormFile(name="pdsa.xlsx", step=4, form=PDSA_FORM, more_faults=pdsa_faults)

register(STATUS_FILE, PDSA_FILE)


def status_of(every: Mapping[str, Mapping[str, Any]]) -> FormRead | None:
    """Return the filled-in form on how the work goes, among what a municipality's files say."""
    return only(every.get(STATUS_FILE.name, {}))


def log_of(every: Mapping[str, Mapping[str, Any]]) -> FormRead | None:
    """Return the filled-in log of tests, among what a municipality's files say."""
    return only(every.get(PDSA_FILE.name, {}))
