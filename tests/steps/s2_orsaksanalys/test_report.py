"""Step 2 of an area: what the cost consists of on real values, and a page that claims no more than is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.drivers import REST
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot
from effektiv.steps.opening import open_case
from effektiv.steps.s2_orsaksanalys.beside import beside
from effektiv.steps.s2_orsaksanalys.case import CauseAreaCase
from effektiv.steps.s2_orsaksanalys.drivers import apart, cause_title, driver_point
from effektiv.steps.s2_orsaksanalys.questions import QUESTIONS, questions
from effektiv.steps.s2_orsaksanalys.report import MOST, findings, title
from effektiv.steps.s2_orsaksanalys.room import MIDDLE, rooms
from effektiv.steps.s2_orsaksanalys.view import CauseView
from effektiv.types import RIKET
from tests.steps.shown import undrawn
from tests.steps.subsets import subset

HOME_CARE = "aldreomsorg-ordinart-boende"
AREAS = tuple(load_catalogue().areas)


@cache
def view(area: str, kommun: str = "Exempelby", data: str = "exempel") -> CauseView:
    case = open_case(area, steg=2, kommun=kommun, data=data)
    assert isinstance(case, CauseAreaCase)
    return case.view


# --- real values: the report of the first participant, and two others -----------------------------


def test_alvkarlebys_home_care_is_split_as_by_hand(real: Callable[[int], Path]) -> None:
    # The golden report's section 3: 2 897, 7 611 and -1 187 kronor for each inhabitant 65+, times 2 322.
    seen = view(HOME_CARE, "Älvkarleby", str(real(2020)))
    assert seen.driven is not None
    amounts = {item.kpi.id: item.mnkr for item in seen.driven.drivers}
    assert amounts["N21701"] == pytest.approx(6.7, abs=0.05)
    assert amounts["N21826"] == pytest.approx(17.7, abs=0.05)
    assert amounts["E-KR-PER-TIMME"] == pytest.approx(-2.8, abs=0.05)
    assert [item.kpi.id for item in seen.driven.leading] == ["N21826", "N21701"]
    assert "timmarna per person" in title(seen)


def test_lunds_hours_and_price_pull_apart_and_that_is_said(real: Callable[[int], Path]) -> None:
    seen = view(HOME_CARE, "Lund", str(real(2022)))
    assert seen.driven is not None
    amounts = {item.kpi.id: item.mnkr for item in seen.driven.drivers}
    assert amounts["N21826"] == pytest.approx(275, abs=1)
    assert "kontrollera först att de räknas som i andra kommuner" in apart(seen.driven)


def test_haninge_costs_less_and_nothing_says_otherwise(real: Callable[[int], Path]) -> None:
    seen = view(HOME_CARE, "Haninge", str(real(2022)))
    assert seen.driven is not None
    assert seen.driven.total < 0
    assert "kostar mer" not in cause_title(seen)


# --- the example -----------------------------------------------------------------------------------


@pytest.mark.parametrize("area", AREAS)
def test_drivers_sum_and_are_told_only_when_they_stand_out(area: str, example: Snapshot) -> None:
    seen = view(area)
    found = seen.driven
    assert found is not None
    assert sum(item.mnkr for item in found.drivers) + found.rest == pytest.approx(found.total, abs=1e-9)
    for item in found.sure:
        assert item.certainty is not Certainty.UNCLEAR
        point = driver_point(seen, item)
        assert ("troligen" in point) == (item.certainty is Certainty.LIKELY)
    for split in (seen.split_against(RIKET), seen.group_split):
        assert split is not None
        assert split.parts.sum() == pytest.approx(split.total, rel=1e-9)
        assert REST in split.parts.index


@pytest.mark.parametrize("area", AREAS)
def test_the_three_questions_have_the_same_words_everywhere(area: str, example: Snapshot) -> None:
    with undrawn():
        exhibit = questions(view(area))
    assert exhibit is not None
    assert exhibit.table is not None
    asked = [str(row[0]) for row in exhibit.table.rows]
    assert asked == [words[0] for words in QUESTIONS if words[0] in asked]
    assert len(asked) == (2 if area == "grundskola" else 3)


def test_the_room_is_each_ones_level_times_those_who_are_served(example: Snapshot) -> None:
    seen = view(HOME_CARE)
    unit, given = rooms(seen)
    users = float(seen.case.own("N21702")[unit.judged.year])
    first = str(unit.judged.place.peers.index[0])
    gap = unit.judged.found.own - float(unit.judged.place.peers[first])
    assert unit.worth[seen.name(first)] == pytest.approx(gap * users / 1e6)
    assert unit.worth[MIDDLE] == pytest.approx(unit.judged.found.in_unit * users / 1e6)
    assert given.kpi.id == "N21009"


@pytest.mark.parametrize("area", AREAS)
def test_at_most_six_findings_and_no_title_twice(area: str, example: Snapshot) -> None:
    with undrawn():
        found = findings(view(area))
    assert 3 <= len(found) <= MOST
    titles = [item.title for item in found]
    assert len({*titles, title(view(area))}) == len(titles) + 1


def test_what_cannot_be_told_beside_the_cost_is_no_finding(example: Snapshot) -> None:
    assert beside(view("forskola")) is None


def test_a_cost_of_other_persons_does_not_stand_in(example: Snapshot, tmp_path: Path) -> None:
    # N33001 is per inhabitant and N33006 per young inhabitant: times the young it would be another amount.
    data = subset(example, tmp_path, ("N33001", "N01948", "N01951", "N33817", "N30001"))
    seen = view("barn-och-unga", data=str(data))
    assert seen.driven is None
    with undrawn():
        report = seen.case.report  # type: ignore[attr-defined]
    assert report.is_thin
    assert not np.isnan(seen.case.own("N33001").iloc[-1])
