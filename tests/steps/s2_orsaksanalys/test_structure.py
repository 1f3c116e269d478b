"""What is said of structure or choice: only what is explained, only what is sure, and the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.structure_checks import AGREED
from effektiv.example import truths as planted
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.swedish import NBSP
from effektiv.steps.opening import open_case
from effektiv.steps.s2_orsaksanalys import structure_underlag
from effektiv.steps.s2_orsaksanalys.structure import (
    AGAINST,
    THEIRS,
    structure,
    structure_title,
    structured,
)
from effektiv.steps.s2_orsaksanalys.view import CauseView
from effektiv.steps.structural import WORTH_DRAWING
from tests.steps.shown import FOCUS_AREAS, faults, plain, undrawn

UNDERLAG = (
    structure_underlag.structure_model,
    structure_underlag.structure_sides,
    structure_underlag.structure_specifications,
    structure_underlag.structure_diagnostics,
    structure_underlag.structure_quarters,
)


def seen(name: str, area: str, data: str = "exempel") -> CauseView:
    view: CauseView = open_case(area, kommun=name, data=data, steg=2).view
    return view


def shown(view: CauseView) -> Exhibit:
    with undrawn():
        found = structure(view)
    assert found is not None
    return found


def text(exhibit: Exhibit) -> str:
    return " ".join(str(block) for block in exhibit.blocks).replace(NBSP, " ")


@pytest.mark.parametrize("area", FOCUS_AREAS)
@pytest.mark.parametrize("name", ["Exempelby", "Lönnköping", "Snöträsk"])
def test_a_finding_says_what_is_explained_and_what_is_not(name: str, area: str) -> None:
    view = seen(name, area)
    found = structured(view)
    assert found is not None
    if found.cost.explained < WORTH_DRAWING:
        with undrawn():
            assert structure(view) is None  # what says nothing stands in the underlag alone
        return
    finding = shown(view)
    said = text(finding)
    assert len(said.split()) <= 60
    assert faults(f"{finding.title} {said}") == []
    assert "oförklarat" in said
    assert "ineffektiv" not in f"{finding.title} {said}"
    share = round(100 * found.cost.explained)
    if share >= 1:
        assert f"förklarar {share} procent" in said
        assert f"{100 - share} procent är oförklarat" in said
    assert finding.figure is not None
    assert finding.judged[0]["certainty"] == found.certainty.value
    assert (THEIRS in said) <= (view.area.service in ("grundskola", "aldreomsorg"))


def test_a_planted_surplus_is_sure_and_in_every_specification() -> None:
    view = seen("Lönnköping", planted.SCHOOL)
    found = structured(view)
    assert found is not None
    assert found.every is not None
    assert found.certainty is Certainty.SURE
    assert found.every.share == 1.0
    # 0.20 more teachers is a good tenth of the whole cost.
    assert 7 < found.cost.distance < 20
    title = structure_title(found)
    assert "högre än förutsättningarna förutsäger" in title
    assert "troligen" not in title
    assert "mer service eller mindre för varje krona" in text(shown(view))


def test_nothing_is_claimed_where_nothing_is_planted() -> None:
    found = structured(seen(planted.NO_CAUSE[0], planted.SCHOOL))
    assert found is not None
    assert found.certainty is not Certainty.SURE
    assert abs(found.cost.distance) < 4


def test_specifications_that_differ_leave_nothing_sure() -> None:
    view = seen("Lönnköping", planted.SCHOOL)
    curve = view.case.national.result(structure_underlag.CURVE, view.area, 2025)
    assert curve is not None
    code = view.case.municipality
    some = int((1 - AGREED) * len(curve.specifications)) + 2
    curve.residuals.loc[code, list(range(some))] = -1.0
    found = structured(view)
    assert found is not None
    assert found.certainty is Certainty.UNCLEAR
    finding = shown(view)
    assert "går inte att skilja" in finding.title
    assert "beror på hur man räknar" in text(finding)
    assert finding.judged[0]["certainty"] == "unclear"


def test_distance_and_prediction_agree() -> None:
    view = seen("Exempelby", planted.SCHOOL)
    found = structured(view)
    assert found is not None
    for item in (found.cost, *found.others):
        gap = 100 * (item.own / item.predicted - 1) if item is found.cost else item.own - item.predicted
        assert item.distance == pytest.approx(gap, abs=1e-9)
    judged = shown(view).judged
    assert judged[0]["against"] == AGAINST
    assert judged[0]["sign"] == np.sign(found.cost.distance)


@pytest.mark.parametrize("area", FOCUS_AREAS)
def test_the_underlag_holds_all_of_it(area: str) -> None:
    view = seen("Exempelby", area)
    with undrawn():
        exhibits = [make(view) for make in UNDERLAG]
    assert len({item.id for item in exhibits}) == len(UNDERLAG)
    for item in exhibits:
        assert item.table is not None, item.id
        assert faults(plain(item).split("\n")[0]) == [], item.id
    curve = view.case.national.result(structure_underlag.CURVE, view.area, 2025)
    assert curve is not None
    whole = exhibits[2].to_frame().iloc[0]
    assert whole.iloc[1] == len(curve.specifications) >= 96
    quarters = exhibits[4].to_frame().iloc[:, 1:].astype(float)
    assert quarters.sum(axis=1).to_numpy() == pytest.approx(100.0)


def test_a_municipality_without_the_cost_gets_no_finding() -> None:
    view = seen("Siskahamn", planted.SCHOOL)
    codes = view.case.municipality
    panel = view.case.national.panel("N15060")
    panel.loc[codes] = np.nan
    view.case.national.panel("N15008").loc[codes] = np.nan
    assert structure(view) is None
    for make in UNDERLAG[1:]:
        assert "Kan inte visas" in plain(make(view))


@pytest.mark.parametrize(
    ("name", "area"), [("Älvkarleby", "barn-och-unga"), ("Lund", "grundskola"), ("Haninge", "grundskola")]
)
def test_the_real_country(real: Callable[[int], Path], name: str, area: str) -> None:
    view = seen(name, area, str(real(2022)))
    found, finding = structured(view), shown(view)
    assert found is not None
    assert found.every is not None
    # Kolada's own figures stand in for those that no file holds, and explain more than a tenth.
    assert found.cost.kpi.id == {"barn-och-unga": "N33001", "grundskola": "N15008"}[area]
    assert WORTH_DRAWING < found.cost.explained < 0.4
    assert len(text(finding).split()) <= 60
