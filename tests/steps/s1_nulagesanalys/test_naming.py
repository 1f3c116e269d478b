"""Which services are named: of the invented country by its truths, of the real one by hand-made answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from effektiv.analysis.focus import MOST_NAMED, Aim, Level
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import OverviewCase

CUT, RAISE, RAISE_CHEAP, BOTH = Aim.CUT_COST, Aim.RAISE_QUALITY, Aim.RAISE_QUALITY_COST_IS_LOW, Aim.BOTH


def overview(kommun: str, data: str | Path = "exempel") -> OverviewCase:
    opened = open_case("oversikt", kommun=kommun, data=data)
    assert isinstance(opened, OverviewCase)
    return opened


def named(opened: OverviewCase) -> list[tuple[str, Aim]]:
    return [(item.service, item.aim) for item in opened.named]


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("kommun", ["Exempelby", "Kornlunda", "Snöträsk", "Siskahamn", "Stormvik"])
def test_what_is_named_follows_the_rule(kommun: str) -> None:
    opened = overview(kommun)
    chosen, near = opened.choice
    assert len(chosen) <= MOST_NAMED
    assert not {item.service for item in chosen} & {item.service for item in near}
    for item in chosen:
        facts = opened.service_facts[item.service]
        assert (item.cost is Level.NAMED) == facts.is_dear and (item.quality is Level.NAMED) == facts.is_low
        assert facts.is_dear or facts.is_low
        if facts.is_dear:
            # Named means dearer than five of seven peers as a mean, and at least half a per cent of the budget.
            assert facts.now > 0 and facts.share_pct > 0.25
        if facts.is_low:
            low = opened.low_quality(item)
            assert low is not None and low.z < 0 and 2 * low.years_low > low.years
            assert 7 * low.peers_better >= 5 * low.peers_known
    dear = [opened.service_facts[item.service].now for item in chosen if item.cost is Level.NAMED]
    assert not dear or dear[0] == max(dear), "the largest cost stands first"


@pytest.mark.usefixtures("example")
def test_both_reports_of_a_service_know_the_same() -> None:
    whole, area = overview("Exempelby"), open_case("grundskola", kommun="Exempelby")
    facts = area.area_view.facts  # type: ignore[attr-defined]
    assert facts.now == whole.service_facts["grundskola"].now
    assert facts.sides == whole.service_facts["grundskola"].sides


def test_alvkarleby_gets_its_own_three_areas(real: Callable[[int], Path]) -> None:
    """What the municipality chose itself in 2021, with the directions it chose, and nothing else."""
    opened = overview("Älvkarleby", real(2020))
    assert named(opened) == [("aldreomsorg", CUT), ("grundskola", RAISE), ("ifo", CUT)]
    parts = {key: opened.holding_part(opened.service_facts[key]) for key in ("aldreomsorg", "ifo")}
    assert parts == {"aldreomsorg": "hemtjanst", "ifo": "barn-och-unga"}
    assert [item.service for item in opened.choice[1]] == ["forskola"], "the only one near the limit"
    costs = {key: opened.service_facts[key] for key in ("aldreomsorg", "ifo")}
    assert {key: round(item.now_pct, 1) for key, item in costs.items()} == {"aldreomsorg": 18.5, "ifo": 43.0}
    surplus = {key: opened.part_surplus(item)[parts[key]] for key, item in costs.items()}
    assert surplus["aldreomsorg"] == pytest.approx(25.8, abs=2.5)
    assert surplus["ifo"] == pytest.approx(22.5, abs=1.5)


EXPECTED = {
    "Lund": [("aldreomsorg", CUT), ("grundskola", CUT), ("forskola", CUT)],
    "Malmö": [("ifo", CUT), ("aldreomsorg", RAISE), ("fritidshem", CUT)],
    "Kungsbacka": [("aldreomsorg", CUT)],
    "Höör": [],
    "Bjurholm": [("aldreomsorg", CUT), ("grundskola", CUT)],
    "Haninge": [("gymnasieskola", RAISE_CHEAP), ("aldreomsorg", RAISE)],
    "Täby": [("gymnasieskola", RAISE_CHEAP), ("aldreomsorg", RAISE_CHEAP)],
    "Kalmar": [("forskola", CUT)],
    "Vingåker": [("lss", CUT)],
    "Gotland": [("grundskola", CUT), ("forskola", CUT), ("fritidshem", CUT)],
}


@pytest.mark.parametrize("kommun", EXPECTED)
def test_ten_municipalities_get_what_was_judged_by_hand(kommun: str, real: Callable[[int], Path]) -> None:
    assert named(overview(kommun, real(2022))) == EXPECTED[kommun]


def test_the_part_that_holds_a_surplus_on_real_values(real: Callable[[int], Path]) -> None:
    malmo, bjurholm = overview("Malmö", real(2022)), overview("Bjurholm", real(2022))
    assert malmo.holding_part(malmo.service_facts["ifo"]) == "ekonomiskt-bistand"
    assert bjurholm.holding_part(bjurholm.service_facts["aldreomsorg"]) == "sarskilt-boende"
