"""What step 4 says of values that the source has revised since the data were fetched the last time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.data.revisions import COLUMNS, revisions_frame
from effektiv.steps.s4_forbattringsarbete.case import FollowUpAreaCase
from effektiv.steps.s4_forbattringsarbete.yearly import YearlyCase, revised, revised_sentence

CATALOGUE = load_catalogue()
AREA = CATALOGUE.areas["grundskola"]
PRIMARY, OTHER, NOT_FOLLOWED = "N15436", "N15505", "N20900"


def case(*rows: tuple[str, str, int, str, float, float]) -> Any:
    """Return what is asked of a case, whose snapshot has these revisions; none where there are no rows."""
    frame = revisions_frame(pd.DataFrame(list(rows), columns=list(COLUMNS))) if rows else None
    aim = SimpleNamespace(primary=SimpleNamespace(kpi=PRIMARY), others=(OTHER,))
    return SimpleNamespace(
        snapshot=SimpleNamespace(revisions=frame),
        municipality="0219",
        params=SimpleNamespace(area=lambda _: SimpleNamespace(aim=aim)),
        kpi=CATALOGUE.kpis.__getitem__,
        area=AREA,
    )


OWN = (PRIMARY, "0219", 2026, "T", 78.2, 79.4)
WITHDRAWN = (OTHER, "0219", 2025, "K", 215.0, np.nan)
OTHERS = ((PRIMARY, "0114", 2026, "T", 70.0, 71.0), (NOT_FOLLOWED, "0219", 2026, "T", 1.0, 2.0))


def test_only_own_values_of_followed_figures_count() -> None:
    assert revised(case(), AREA).empty
    assert revised(case(*OTHERS), AREA).empty
    assert revised_sentence(case(*OTHERS), AREA) == ""
    assert revised(case(OWN, *OTHERS), AREA)["kpi"].tolist() == [PRIMARY]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            (OWN,),
            "har källan ändrat andelen behöriga till yrkesprogram år 2026 från 78 till 79.",
        ),
        (((*OWN[:5], 78.3),), "år 2026 något; värdena står i underlaget."),
        ((WITHDRAWN,), "tagit bort meritvärdet i årskurs 9 år 2025 för kvinnor, som var 215."),
        ((OWN, WITHDRAWN), "har källan ändrat två av de värden som följs; de står i underlaget."),
    ],
)
def test_it_is_said_in_one_sentence(rows: tuple[Any, ...], said: str) -> None:
    sentence = revised_sentence(case(*rows, *OTHERS), AREA)
    assert sentence.startswith("Sedan det förra datauttaget har källan ")
    assert sentence.endswith(said)
    assert sentence.count(". ") == 0


def test_the_underlag_has_them_before_and_after() -> None:
    exhibit = YearlyCase.revisions(cast(YearlyCase, case(OWN, WITHDRAWN, *OTHERS)))
    assert exhibit.table is not None
    assert [row[1:] for row in exhibit.table.rows] == [(2026, 78.2, 79.4), (2025, 215.0, None)]
    assert str(exhibit.table.rows[1][0]).endswith(" för kvinnor")
    assert exhibit.kpis == (PRIMARY, OTHER)
    without = YearlyCase.revisions(cast(YearlyCase, case()))
    assert without.table is None
    assert "Inget värde som följs är känt som ändrat" in str(without.blocks)
    assert FollowUpAreaCase.revisions is YearlyCase.revisions
