"""Catching up or the frontier: planted moves are seen in the right part, and told as a description only."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from effektiv import open_case
from effektiv.steps import frontiers
from effektiv.steps.s5_avslutning import catching_up as theme
from effektiv.steps.s5_avslutning.case import ClosingAreaCase
from effektiv.steps.s5_avslutning.catching_up import CatchingUp
from tests.steps.s5_avslutning import made
from tests.steps.shown import plain

NONE = (float("nan"),) * 3


def found(distance: float, front: float, service: str = "") -> CatchingUp:
    own = (distance, front, distance + front)
    return CatchingUp((2024, 2025, 2026), (2027, 2028), own, NONE, (0.0, 0.0, 0.0), ("N15001",), service)


@pytest.mark.parametrize(
    ("distance", "front", "said"),
    [
        (
            4.1,
            -0.6,
            "minskade avståndet 4,1 procent, och de själva fick ut 0,6 procent mindre, så det mesta är det ändrade",
        ),
        (
            -0.3,
            2.0,
            "ökade avståndet 0,3 procent, och de själva fick ut 2 procent mer, så det mesta är de bästas egen",
        ),
        (0.01, 0.02, "var avståndet oförändrat, och de själva stod stilla."),
    ],
)
def test_the_sentence_says_both_parts_and_which_is_the_most(distance: float, front: float, said: str) -> None:
    text = theme.sentence(found(distance, front))
    assert said in text and text.startswith("Beskrivet, inte prövat:") and text.count(".") == 1
    assert not {"säkert", "troligen"} & set(text.split())
    assert "i hela äldreomsorgen" in theme.sentence(found(distance, front, "äldreomsorgen"))


def test_the_sentence_stands_in_the_finding_on_efficiency_and_else_before_and_after() -> None:
    other, home = (SimpleNamespace(id=key) for key in ("vad-hade-hant-anda", "fore-och-efter"))
    assert theme.beside_the_best([None], None, 0.1) == []
    exhibit = theme.moves_shown(found(1.0, 0.5), "Exempelby")
    before, shift = (
        type(exhibit)(**(vars(exhibit) | {"id": key, "blocks": ("Först.",)}))
        for key in (home.id, "effektivitet")
    )
    every: list[Any] = [None, other, before, shift]
    shown = theme.beside_the_best(every, found(1.0, 0.5), 0.1)
    assert [item.blocks[0] == "Först." for item in shown[1:]] == [True, False]
    (alone,) = theme.beside_the_best([before], found(1.0, 0.5), None)
    assert alone.blocks == (f"Först. {theme.sentence(found(1.0, 0.5))}",)
    # Against the change in efficiency, or next to nothing: the table alone has it.
    assert theme.beside_the_best([shift], found(1.0, 0.5), -0.1) == [shift]
    assert theme.beside_the_best([shift], found(0.6, 0.3), 0.1) == [shift]


def test_the_table_has_both_parts_and_says_that_it_describes() -> None:
    shown = theme.moves_shown(found(4.0, -1.0), "Exempelby")
    assert shown.table is not None
    assert [row[1] for row in shown.table.rows] == [4.0, -1.0, 3.0]
    assert [row[2] for row in shown.table.rows] == [None] * 3
    assert "inte mätt" in plain(shown)
    assert "två jämförbara år" in plain(theme.moves_shown(None, "Exempelby"))


def test_who_halves_its_cost_comes_nearer_and_a_better_best_moves_the_front() -> None:
    codes = [f"{place:04d}" for place in range(frontiers.FEWEST_UNITS)]
    cost = pd.DataFrame({"cost": np.linspace(1.0, 2.0, len(codes))}, index=codes)
    quality = pd.DataFrame({"quality": 100.0}, index=codes)
    cheaper = cost.copy()
    cheaper.loc[codes[-1]] /= 2
    nearer = frontiers.moves((cost, quality), (cheaper, quality)).loc[codes[-1]]
    assert (nearer["effch"], nearer["techch"]) == pytest.approx((2.0, 1.0))
    everybody = frontiers.moves((cost, quality), (cost / 1.25, quality)).loc[codes[-1]]
    assert (everybody["effch"], everybody["techch"]) == pytest.approx((1.0, 1.25))
    assert frontiers.moves((cost[1:], quality[1:]), (cost, quality)).empty


@pytest.mark.usefixtures("example")
def test_a_municipality_of_the_project_is_seen_beside_the_best() -> None:
    case = open_case(made.SCHOOL, steg=5, kommun="Exempelby", data="exempel-efter")
    assert isinstance(case, ClosingAreaCase)
    seen = theme.catching_up(case.national, case.area, case.municipality, [], 2027)
    assert seen is not None
    assert (seen.before, seen.after) == ((2024, 2025, 2026), (2027, 2028))
    assert seen.own[0] + seen.own[1] == pytest.approx(seen.own[2]) and np.isnan(seen.peers).all()
    # The front's move is against the country, and the middle one moves little.
    assert max(map(abs, seen.country)) < 3
    assert theme.catching_up(case.national, case.area, case.municipality, [], 2029) is None
    children = case.catalogue.areas["barn-och-unga"]
    assert theme.catching_up(case.national, children, case.municipality, [], 2027) is None
