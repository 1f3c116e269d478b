"""Sentences hold when key figures are named by words of their own and not by labels in quotation marks."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.series import lower_first
from effektiv.national import National
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from tests.steps.shown import exhibits, faults, sentences, undrawn


@pytest.mark.parametrize("area", sorted(load_catalogue().areas))
def test_no_sentence_begins_with_a_small_letter(area: str, example: Snapshot) -> None:
    catalogue = load_catalogue()
    kpis = {
        kpi.id: kpi.model_copy(update={"in_text": f"måttet {lower_first(kpi.label)}"})
        for kpi in catalogue.kpis.values()
    }
    for kommun in ("Exempelby", "Snöträsk", "Rågtuna"):
        opened = open_case(area, kommun=kommun)
        assert isinstance(opened, AreaCase)
        told = National(example, catalogue.model_copy(update={"kpis": kpis}))
        case = AreaCase(replace(opened._opened, national=told))
        with undrawn():
            shown = exhibits(case)
        for name, exhibit in shown.items():
            text = sentences(exhibit)
            assert not re.search(r"(?:(?<=[a-zåäö)”][.!?] )|^)måttet .{30}", text, re.MULTILINE), (name, text)
            assert faults(text) == [], name
        told_words = " ".join(sentences(exhibit) for exhibit in shown.values())
        headline = catalogue.kpis[case.area.headline_quality].label
        assert f"åttet {lower_first(headline)}" in told_words and f"”{headline}”" not in told_words
