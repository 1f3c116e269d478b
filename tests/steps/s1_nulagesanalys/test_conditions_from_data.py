"""Conditions, forecasts and peers of the example municipalities, and of a snapshot that lacks them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from effektiv import open_case
from effektiv.analysis.peers import group_median
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.national import National
from effektiv.steps.s1_nulagesanalys.case import AreaCase, OverviewCase
from effektiv.types import RIKET
from tests.small_snapshot import write_small
from tests.steps.readability import lix
from tests.steps.shown import AREAS

OTHERS = ["Snöträsk", "Rågtuna"]


@pytest.fixture(scope="module", params=AREAS)
def case(request: pytest.FixtureRequest, example: Snapshot) -> AreaCase | OverviewCase:
    return open_case(request.param, kommun="Exempelby", data=example.path)


def rows(exhibit: Exhibit) -> list[dict[str, Any]]:
    table = exhibit.to_json()["table"]
    keys = [column["key"] for column in table["columns"]]
    return [dict(zip(keys, row, strict=True)) for row in table["rows"]]


def test_conditions_are_the_snapshots_own_numbers(case: AreaCase | OverviewCase):
    made = case.conditions()
    assert made.source is Source.OWN
    assert made.figure is not None
    listed = {(row["nyckeltal"], row["enhet"]): row for row in rows(made)}
    population = listed["Invånare", "antal"]
    panel = case.snapshot.panel("N01951")
    year = int(population["ar"])
    assert population["kommun"] == panel.loc[case.municipality, year]
    assert population["median"] == group_median(panel, case.peers.members)[year]
    assert population["riket"] == panel.loc[RIKET, year]
    assert lix(made.finding) <= 45


def test_conditions_show_the_clear_ones_first(case: AreaCase | OverviewCase):
    words = [row["jamfort"] for row in rows(case.conditions())]
    clear = [place for place, text in enumerate(words) if text.startswith("tydligt")]
    equal = [place for place, text in enumerate(words) if text == "ungefär lika"]
    assert not clear or not equal or max(clear) < min(equal)


def test_the_forecast_is_the_latest_published(case: AreaCase | OverviewCase):
    made = case.forecast()
    assert made.figure is not None
    for row in rows(made):
        assert row["ar"] == 2025
        assert row["forra_ar"] == 2022  # since 2022 every third year
    assert "framskrivningen från 2025" in made.finding
    assert "väntas" in made.finding
    assert lix(made.finding) <= 45


def test_the_peers_and_the_nearest_stand_in_the_list(case: AreaCase | OverviewCase):
    found = case.peer_list
    assert set(found.official) == set(case.peers.members)
    assert len(found.nearest) == 7
    assert case.municipality not in found.nearest
    listed = rows(case.peer_group())
    assert listed[0]["kommun"] == "Exempelby"
    assert sum(row["grupp"] == "ja" for row in listed) == 7
    assert sum(row["nara"] == "ja" for row in listed) == 7
    near = [row["avstand"] for row in listed if row["nara"] == "ja"]
    far = [row["avstand"] for row in listed if row["nara"] == "nej"]
    assert max(near) <= min(far)
    assert len(found.shown) <= 6


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("area", AREAS)
def test_other_municipalities_work_too(example: Snapshot, name: str, area: str):
    other = open_case(area, kommun=name, data=example.path)
    for made in (other.conditions(), other.forecast(), other.peer_group()):
        assert name in made.to_text()
        assert " nan" not in made.to_text()
        assert made.to_json()["table"] is not None


@pytest.mark.parametrize("words", ["lan", "riket"])
def test_other_groups_are_held_against_koladas(example: Snapshot, words: str):
    other = open_case("grundskola", kommun="Exempelby", data=example.path, jamfor_med=words)
    made = other.peer_group()
    assert "Koladas grupp av liknande kommuner" in made.finding
    count = len(rows(made))
    assert count < 60
    if words == "riket":
        assert "listas inte" in made.notes
        assert other.conditions().figure is not None


def test_a_forecast_in_persons_needs_to_know_how_many_there_are_today(example: Snapshot):
    catalogue = load_catalogue()
    kpis = dict(catalogue.kpis)
    for kpi in ("N02917", "N02909"):
        kpis[kpi] = kpis[kpi].model_copy(update={"persons": "N01953"})
    told = National(example, catalogue.model_copy(update={"kpis": kpis}))
    plain_case = open_case("grundskola", kommun="Exempelby", data=example.path)
    case = AreaCase(replace(plain_case._opened, national=told))
    change, number = (case.panel(kpi).loc[case.municipality, 2025] for kpi in ("N02917", "N02909"))
    now = case.panel("N01953").loc[case.municipality, 2025]
    shares, numbers = rows(case.forecast())[:2]
    written = [int(row["personer"].replace("−", "-")) for row in (shares, numbers)]
    assert written == [round(change / 100 * now), round(number - now)]
    # The two figures are the same forecast, told in two ways.
    assert abs(written[0] - written[1]) <= 1
    assert "personer" in case.forecast().finding


def test_a_snapshot_without_the_figures_says_so(tmp_path: Path):
    small = write_small("liten", tmp_path)
    for area, group in (("grundskola", "liknande"), ("barn-och-unga", "riket"), ("oversikt", "liknande")):
        case = open_case(area, kommun="Älvby", data=small.path, jamfor_med=group)
        for made in (case.conditions(), case.forecast()):
            assert "Frysningen saknar" in made.to_text()
            assert made.figure is None
            assert made.table is None
        listed = case.peer_group()
        assert "kan inte räknas fram" in listed.to_text()
        assert rows(listed)[0]["kommun"] == "Älvby"


def test_structure_years_are_those_of_the_columns(case: AreaCase | OverviewCase):
    found = case.peer_list
    for kpi, years in found.structure_years.items():
        column = case.panel(kpi)[list(years)].mean(axis=1, skipna=False)
        assert pd.testing.assert_series_equal(
            found.structure[kpi], column.reindex(found.structure.index), check_names=False
        ) is None  # fmt: skip
