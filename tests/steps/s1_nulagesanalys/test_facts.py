"""What later steps read of step 1 is what step 1 itself shows, whichever step's case asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from effektiv.steps.base import AreaBase
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys import facts
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from effektiv.types import Direction

pytestmark = pytest.mark.usefixtures("example")


@pytest.mark.parametrize("area", ["grundskola", "aldreomsorg-ordinart-boende", "barn-och-unga"])
def test_another_step_knows_what_step_one_shows(area: str) -> None:
    own, later = open_case(area, kommun="Exempelby"), open_case(area, kommun="Exempelby", steg=2)
    assert isinstance(own, AreaCase) and isinstance(later, AreaBase)
    assert [(gap.label, gap.year, gap.gap) for gap in facts.cost_gaps(later)] == [
        (gap.label, gap.year, gap.gap) for gap in own.cost_gaps
    ]
    assert [(gap.kpi.id, gap.gap) for gap in facts.quality_gaps(later)] == [
        (gap.kpi.id, gap.gap) for gap in own.quality_gaps
    ]
    assert facts.deviation(later).own.equals(own.deviation_view.own)
    found, shown = facts.role_models(later), own.role_model_choice
    assert (found is None) == (shown is None)
    assert found is None or shown is None or found.frame.equals(shown.frame)
    assert facts.cost_gaps(later) is facts.cost_gaps(later), "computed once"


def test_the_goal_is_the_municipality_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = open_case("grundskola", kommun="Exempelby", steg=3)
    assert isinstance(later, AreaBase)
    assert (facts.goal(later).goal, facts.goal(later).direction_is_own) == (None, False)
    folder = tmp_path / f"{later.municipality}-exempelby"
    folder.mkdir()
    (folder / "grundskola.yaml").write_text("riktning: resurs\nmal: Alla ska nå målen\n", encoding="utf-8")
    (folder / "kommun.yaml").write_text(f"kommun: {later.municipality}\n", encoding="utf-8")
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(tmp_path))
    later = open_case("grundskola", kommun="Exempelby", steg=3)
    assert isinstance(later, AreaBase)
    assert (facts.goal(later).goal, facts.goal(later).direction) == ("Alla ska nå målen", Direction.RESOURCE)
