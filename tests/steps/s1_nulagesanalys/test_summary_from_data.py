"""Summary, problem statement, role models and state of the figures, in the example data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from effektiv.example.truths import NO_UPPER_SCHOOL, ROLE_MODELS
from effektiv.exhibits.exhibit import Exhibit
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import AreaCase, OverviewCase
from effektiv.types import RIKET, Better
from tests.steps.readability import lix
from tests.steps.shown import AREAS, FOCUS_AREAS, plain, undrawn

pytestmark = pytest.mark.usefixtures("example")

TOWNS = (
    "Exempelby", "Kornlunda", *NO_UPPER_SCHOOL, "Siskahamn", "Rågtuna", "Tjäderåker", "Svansjöby", "Grushed",
    "Smedtuna", "Gäddhyttan", "Gölfors", "Stormvik",
)  # fmt: skip
"""Small, large, middling, and without accounts or a year 9."""

MOST_LIX = 45


@pytest.fixture(scope="module", autouse=True)
def _without_drawings() -> Iterator[None]:
    with undrawn():
        yield


@cache
def case(area: str, kommun: str = "Exempelby", jamfor_med: str = "liknande") -> AreaCase | OverviewCase:
    return open_case(area, kommun=kommun, jamfor_med=jamfor_med)


def area_case(area: str, kommun: str = "Exempelby") -> AreaCase:
    opened = case(area, kommun)
    assert isinstance(opened, AreaCase)
    return opened


# --- readability ------------------------------------------------------------------------------


def test_lix_of_a_text_counted_by_hand() -> None:
    # Nine words in two sentences, two of them longer than six letters.
    assert lix("Kostnaden är låg. Den var 3,5 procent (prel.) högre.") == pytest.approx(9 / 2 + 100 * 2 / 9)
    assert lix("Vi går hem. Vi sover.") == pytest.approx(5 / 2)
    assert lix("Kommunerna: en. Grundskolan?") == pytest.approx(3 / 3 + 100 * 2 / 3)


def running_text(summary: Exhibit) -> str:
    """The finding and the points, without their numbers in the list and the fixed texts around them."""
    lines = plain(summary).split("\n")
    points = [re.sub(r"^\d\. ", "", line) for line in lines if re.match(r"\d\. ", line)]
    assert len(points) == 5
    return "\n".join([summary.finding, *points])


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("kommun", TOWNS)
def test_every_summary_is_easy_enough_to_read(area: str, kommun: str) -> None:
    text = running_text(case(area, kommun).summary())
    assert lix(text) <= MOST_LIX, text


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("jamfor_med", ["riket", "lan"])
def test_so_is_a_summary_against_a_larger_group(area: str, jamfor_med: str) -> None:
    assert lix(running_text(case(area, jamfor_med=jamfor_med).summary())) <= MOST_LIX


@pytest.mark.parametrize("area", AREAS)
def test_no_summary_claims_a_cause_or_a_rank(area: str) -> None:
    for kommun in TOWNS[:4]:
        text = running_text(case(area, kommun).summary()).lower()
        assert not re.search(r"\b(beror på|på grund av|orsak\w*|därför|leder till|tack vare)\b", text)
        assert not re.search(r"\b(plats|rang|rankning|placering) \d", text)
        assert not re.search(r"\d+:[ae] (plats|bäst|sämst)", text)


# --- facts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("area", FOCUS_AREAS)
def test_summary_and_efficiency_exhibit_rest_on_the_same_numbers(area: str) -> None:
    opened = area_case(area)
    facts, view = opened.efficiency_facts, opened.efficiency_view
    assert facts is not None
    assert view is not None
    assert facts.year == view.year
    mine, year = opened.municipality, facts.year
    cost = opened.panel(opened.area.unit_cost)
    relative_cost = np.log(cost.loc[mine, year] / cost.loc[RIKET, year])
    quality = [
        (-1 if kpi.better is Better.LOWER else 1)
        * np.log(opened.panel(kpi.id).loc[mine, year] / opened.panel(kpi.id).loc[RIKET, year])
        for kpi in view.figures
    ]
    assert facts.ln_unit_cost == pytest.approx(relative_cost)
    assert facts.ln_k == pytest.approx(np.mean(quality))
    assert facts.ln_e == pytest.approx(facts.ln_k - facts.ln_unit_cost, abs=1e-9)
    assert facts.low <= facts.ln_e <= facts.high


def test_efficiency_without_a_headline_is_not_told_from_years_ago() -> None:
    assert area_case("grundskola", "Snöträsk").efficiency_facts is None


@pytest.mark.parametrize("area", FOCUS_AREAS)
def test_volume_is_the_latest_own_value(area: str) -> None:
    opened = area_case(area)
    own = opened.own(opened.area.volume).dropna()
    assert (opened.facts.volume, opened.facts.volume_year) == (own.iloc[-1], own.index[-1])
    assert f" {opened.area.volume_word} i Exempelby {own.index[-1]}." in plain(opened.problem_statement())


def test_exempelby_s_planted_profile_is_told() -> None:
    school = plain(area_case("grundskola").problem_statement())
    assert "”Meritvärde, åk 9” är lägre än i gruppen" in school
    children = plain(area_case("barn-och-unga").problem_statement())
    assert "Siffrorna visar att ”Kostnad per barn i familjehem” är högre än i gruppen." in children
    home_care = plain(area_case("aldreomsorg-ordinart-boende").problem_statement())
    assert "”Kostnad per hemtjänsttagare” är högre än i gruppen" in home_care
    # Its quality is ordinary: nobody may say it is low.
    assert "I kvalitet finns inget gap: ”Nöjda med hemtjänsten”" in home_care


@pytest.mark.parametrize("area", ROLE_MODELS)
def test_the_planted_role_model_is_named(area: str) -> None:
    opened = area_case(area)
    assert ROLE_MODELS[area] in opened.role_models().finding
    assert ROLE_MODELS[area] in running_text(opened.summary())


@pytest.mark.parametrize("area", FOCUS_AREAS)
def test_role_models_do_better_by_what_the_table_says(area: str) -> None:
    opened = area_case(area)
    found = opened.role_model_choice
    assert found is not None
    table = opened.role_models().table
    assert table is not None
    names = {name: code for code, name in opened.national.names.items()}
    years = list(found.years)
    for row in table.rows:
        code = names[str(row[0])]
        cost = opened.panel(found.cost.id)[years]
        quality = opened.panel(found.quality.id)[years]
        cheaper = cost.loc[code] - cost.loc[opened.municipality]
        finer = quality.loc[code] - quality.loc[opened.municipality]
        both = cheaper.notna() & finer.notna()
        assert row[2] == pytest.approx(cheaper[both].mean())
        assert row[3] == pytest.approx(finer[both].mean())
        assert row[4] == f"{((cheaper < 0) & (finer > 0)).sum()} av {both.sum()}"


def test_without_a_year_nine_the_report_says_so_and_shows_the_rest() -> None:
    opened = area_case("grundskola", "Snöträsk")
    text = plain(opened.summary())
    assert "Kvaliteten går inte att bedöma: ”Meritvärde, åk 9” saknas" in text
    assert "Grundskola F–9 kostade" in text
    assert "Kan inte visas. Förebilder kräver både kostnad och kvalitet för Snöträsk" in plain(
        opened.role_models()
    )
    assert "”Meritvärde, åk 9”" in plain(opened.limits())


# --- state of the figures --------------------------------------------------------------------------


@pytest.mark.parametrize("area", AREAS)
def test_every_figure_is_listed_with_the_value_that_kolada_has(area: str) -> None:
    opened = case(area)
    exhibit = opened.data_quality()
    assert exhibit.table is not None
    assert [row[1] for row in exhibit.table.rows] == list(opened.figures)
    for row in exhibit.table.rows:
        own = opened.own(str(row[1])).dropna()
        assert row[2] == (own.index[-1] if len(own) else None)
    absent = sum(opened.own(kpi).isna().all() for kpi in opened.figures)
    assert (absent == 0) == ("Alla har minst ett värde" in exhibit.finding)


@pytest.mark.parametrize("area", AREAS)
def test_limits_hold_the_catalogue_s_sentences(area: str) -> None:
    opened = case(area)
    text = plain(opened.limits())
    limits = opened.area.limits if isinstance(opened, AreaCase) else opened.overview.limits
    for sentence in limits:
        assert sentence in text
