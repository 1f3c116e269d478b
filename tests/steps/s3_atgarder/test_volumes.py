"""Volumes ahead: persons by the area's ages, in kronor at today's unit cost, from the own form first and else from SCB."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from effektiv import open_case
from effektiv.data.catalogue import load_catalogue
from effektiv.data.fetch import fetch_population
from effektiv.data.population import BREAK
from effektiv.data.scb import ScbClient
from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.exhibit import Source
from effektiv.steps.population import OWN, SCB, AreaPopulation
from effektiv.steps.s3_atgarder.volumes import VolumesAhead
from effektiv.types import AgeGroup
from tests import small_snapshot as small
from tests.scb_server import persons, running

GROUPS = (AgeGroup(id="ung", label="6 år", first=6, last=6, is_counted=False),
          AgeGroup(id="gammal", label="7 år och äldre", first=7))  # fmt: skip


def population(
    values: Mapping[int, tuple[float, float]], forecast: set[int], **more: object
) -> AreaPopulation:
    parts: dict[str, object] = {
        "ages": GROUPS,
        "open_from": 7,
        "breaks": {},
        "source": Source.MUNICIPALITY,
        "origin": OWN,
    }
    return AreaPopulation(
        by_age=pd.DataFrame(values, index=[6, 7]), forecast=frozenset(forecast), **{**parts, **more}  # type: ignore[arg-type]
    )  # fmt: skip


PEOPLE = population(
    {2025: (10, 200), 2026: (12, 190), 2027: (14, 220), 2028: (1, math.nan)}, {2026, 2027, 2028}
)


def test_groups_are_counted_and_missing_is_not_zero() -> None:
    assert PEOPLE.groups.loc["ung"].tolist() == [10, 12, 14, 1]
    assert PEOPLE.counted.iloc[:3].tolist() == [200, 190, 220]
    assert math.isnan(PEOPLE.counted[2028])
    assert (PEOPLE.base, PEOPLE.last) == (2025, 2027)
    assert PEOPLE.persons(6, 6)[2026] == 12
    assert PEOPLE.persons(6, 9).isna().all()


def test_a_forecast_that_ends_before_the_year_asked_for_is_said() -> None:
    assert PEOPLE.short_of(2027) == ""
    assert (
        PEOPLE.short_of(2030) == "Uppgifterna från kommunens egen prognos slutar 2027, före 2030 som behövs."
    )
    assert "saknar 2024" in PEOPLE.short_of(2024)
    lacking = population({2025: (10, math.nan)}, set())
    assert (lacking.base, lacking.last) == (None, None)
    assert "saknar områdets åldrar" in lacking.short_of(2025)


def test_changes_are_counted_from_the_first_year_where_all_is_forecast() -> None:
    assert population({2026: (1, 2), 2027: (1, 3)}, {2026, 2027}).base == 2026


def test_the_change_is_in_kronor_at_todays_cost() -> None:
    ahead = VolumesAhead(PEOPLE, base=2025, wanted=2030, cost=50e6, cost_year=2025)
    assert ahead.years == (2025, 2026, 2027)
    assert ahead.change.tolist() == [0, -10, 20]
    np.testing.assert_allclose(ahead.kronor, [0, -2.5e6, 5e6])
    assert VolumesAhead(PEOPLE, base=2025, wanted=2030, cost=math.nan, cost_year=None).kronor.isna().all()


def test_every_area_of_the_catalogue_has_ages() -> None:
    for area in load_catalogue().areas.values():
        assert area.ages, area.id
        assert any(group.is_counted for group in area.ages), area.id


def test_exempelbys_school_ahead(example: Snapshot) -> None:
    case = open_case("grundskola", steg=3, kommun="Exempelby", data=str(example.name))
    shown = case.volumes_ahead()
    text = shown.to_text().replace("\u00a0", " ")
    frame = shown.to_frame().set_index("År")
    assert shown.title == "Barn 6–15 år blir 69 fler till 2035"
    assert "Lägst är antalet 2030, 23 färre än 2025." in text
    assert case.population is not None
    # The year that has been is as the key figures have it.
    for kpi, ages in {
        "N01926": (1, 5),
        "N01953": (6, 15),
        "N01948": (0, 20),
        "N01938": (65, None),
        "N01957": (80, None),
    }.items():
        assert (
            case.population.persons(*ages)[2025] == case.national.panel(kpi).loc[case.municipality, 2025]
        ), kpi
    assert case.population_faults == ()
    cost = case.own("N15060")[2025] * case.own("N15833")[2025]
    assert frame.iloc[-1, -1] == pytest.approx(cost * 69 / 1143 / 1e6)
    assert "Källa: SCB" not in text
    assert OWN in text


@pytest.fixture(scope="module")
def with_scb(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    home = tmp_path_factory.mktemp("data")
    before = small.write_small("liten", home, groups=small.every_group())
    with running() as server, ScbClient(server.url) as client:
        return fetch_population("med", client, before, ["0319"]).snapshot


def test_without_a_form_the_numbers_are_scbs_with_their_break(with_scb: Snapshot) -> None:
    case = open_case("grundskola", steg=3, kommun="Älvby", data=str(with_scb.path), jamfor_med="riket")
    found = case.population
    assert found is not None
    assert (found.origin, found.source, found.base, found.last, found.open_from) == (
        SCB,
        Source.SCB,
        2025,
        2070,
        100,
    )
    assert found.breaks == {2025: BREAK}
    assert found.persons(7, 9)[2024] == sum(persons("0319", age, 2024) for age in (7, 8, 9))
    assert found.persons(80, None)[2030] == sum(persons("0319", age, 2030) for age in range(80, 101))
    shown = case.volumes_ahead()
    assert [flag.code for flag in shown.flags] == ["break"]
    assert "Befolkning: SCB." in shown.to_text()
    nobody = open_case("grundskola", steg=3, kommun="Åsele", data=str(with_scb.path), jamfor_med="riket")
    assert nobody.population is None
    assert "Kan inte visas. Kommunens prognos skrivs i befolkning.xlsx" in nobody.volumes_ahead().to_text()
