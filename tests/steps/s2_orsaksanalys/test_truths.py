"""Step 2 finds the causes that are planted in the example data, each alone or as a pair, and claims none where none is."""

from __future__ import annotations

import pytest

from effektiv.example import truths as planted
from effektiv.steps.opening import open_case
from effektiv.steps.s2_orsaksanalys.drivers import cause_title, first_drivers
from effektiv.steps.s2_orsaksanalys.view import CauseView

AREAS = (planted.SCHOOL, planted.HOME_CARE, planted.CHILDREN)


def seen(name: str, area: str) -> CauseView:
    view: CauseView = open_case(area, kommun=name, steg=2).view
    return view


@pytest.mark.parametrize("name", list(planted.SINGLE_CAUSE))
def test_a_single_cause_comes_first_and_alone(name: str) -> None:
    area, factor = planted.SINGLE_CAUSE[name]
    view = seen(name, area)
    assert view.driven is not None
    first = first_drivers(view.driven)
    assert [item.kpi.id for item in first] == [planted.CAUSE_FIGURES[factor]]
    assert first[0].mnkr > 0
    assert first[0].words.in_text in cause_title(view)


@pytest.mark.parametrize("name", list(planted.PAIRED_CAUSES))
def test_two_causes_come_first_as_a_pair(name: str) -> None:
    area, factors = planted.PAIRED_CAUSES[name]
    view = seen(name, area)
    assert view.driven is not None
    first = first_drivers(view.driven)
    assert {item.kpi.id for item in first} == {planted.CAUSE_FIGURES[factor] for factor in factors}
    assert all(item.words.in_text in cause_title(view) for item in first)


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("name", planted.NO_CAUSE)
def test_no_cause_is_claimed_where_none_is(name: str, area: str) -> None:
    view = seen(name, area)
    assert view.driven is not None
    assert view.driven.sure == ()
    assert "mest genom" not in cause_title(view)
