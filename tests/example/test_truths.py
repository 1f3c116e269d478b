"""What is planted in the example data can be seen in the raw figures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.example import ExampleData
from effektiv.example.truths import (
    CHILDREN,
    EXAMPLE_MUNICIPALITY,
    HOME_CARE,
    LEVEL_CHANGES,
    PINS,
    PLANTED,
    ROLE_MODELS,
    SCHOOL,
    SINGLE_CAUSE,
    Truths,
    truths,
)
from effektiv.example.years import FIRST_YEAR, LAST_YEAR
from effektiv.types import RIKET

Panels = Callable[..., pd.DataFrame]

LATEST = slice(2023, 2025)

DIRECTION = {SCHOOL: ("N15505", "N15001"), HOME_CARE: ("U21468", "N21006"), CHILDREN: ("U33580", "N33006")}
"""Quality and cost figure in which a role model is to be seen."""

FAMILIES = {
    SCHOOL: "Liknande kommuner grundskola",
    HOME_CARE: "Liknande kommuner äldreomsorg",
    CHILDREN: "Liknande kommuner IFO",
}


@pytest.fixture(scope="module")
def example(built: ExampleData) -> ExampleData:
    return built


@pytest.fixture(scope="module")
def panels(example) -> Panels:
    rows = example.observations[example.observations["gender"] == "T"]
    by_kpi = dict(iter(rows.groupby("kpi")))
    return lambda kpi: by_kpi[kpi].pivot_table(
        index="municipality", columns="year", values="value", dropna=False
    )


@pytest.fixture(scope="module")
def ids(example) -> dict[str, str]:
    return dict(zip(example.municipalities["title"], example.municipalities["id"], strict=True))


@pytest.fixture(scope="module")
def known() -> Truths:
    return truths()


def true(known: Truths, area: str, column: str) -> pd.Series:
    """Return the mean truth of the last three years by municipality."""
    rows = known.efficiency[(known.efficiency["area"] == area) & (known.efficiency["year"] >= LATEST.start)]
    return rows.groupby("municipality")[column].mean()


def log_gap(panels: Panels, ids: dict[str, str], kpi: str, title: str) -> float:
    """Return ln(value / median of all municipalities), mean of the last three years."""
    panel = panels(kpi).drop(index=RIKET, errors="ignore").loc[:, LATEST]
    return float(np.log(panel.loc[ids[title]] / panel.median()).mean())


def test_truths_cover_every_municipality_year_and_area(known: Truths, example) -> None:
    kommuner = set(example.municipalities.loc[example.municipalities["type"] == "K", "id"])
    for area, rows in known.efficiency.groupby("area"):
        assert set(rows["municipality"]) == kommuner
        assert set(rows["year"]) == set(range(FIRST_YEAR, LAST_YEAR + 1))
        if area != "fritidshem":  # Kolada has no quality figure for it
            assert rows["log_quality"].notna().all(), area
        assert rows["log_unit_cost"].notna().all(), area
    assert {SCHOOL, HOME_CARE, CHILDREN} <= set(known.efficiency["area"])
    drawn = set(zip(known.factors["area"], known.factors["factor"], strict=True))
    assert {(plant.area, plant.factor) for plant in PLANTED} <= drawn, "planted but never used"


def test_planted_municipalities_exist_at_their_size(panels: Panels, ids: dict[str, str]) -> None:
    population = panels("N01951")[2022]
    assert {plant.municipality for plant in PLANTED} <= set(ids)
    for pin in PINS:
        if pin.population is not None:
            assert population[ids[pin.title]] == pytest.approx(pin.population, rel=0.12), pin.title
    assert 9_000 < population[ids[EXAMPLE_MUNICIPALITY]] < 10_000
    assert ids[EXAMPLE_MUNICIPALITY] == "0219"


@pytest.mark.parametrize(
    ("area", "column", "kpi", "is_log", "least"),
    [
        (SCHOOL, "log_unit_cost", "N15001", False, 0.85),
        (SCHOOL, "log_quality", "U15459", False, 0.75),
        (HOME_CARE, "log_unit_cost", "N21006", True, 0.95),
        (HOME_CARE, "log_quality", "U21468", False, 0.65),
        (CHILDREN, "log_unit_cost", "N33006", True, 0.50),
        (CHILDREN, "log_quality", "U33580", False, 0.65),
    ],
)
def test_published_figures_follow_the_truth(
    panels: Panels, known: Truths, area: str, column: str, kpi: str, is_log: bool, least: float
) -> None:
    panel = panels(kpi).drop(index=RIKET, errors="ignore")
    shown = (np.log(panel) if is_log else panel).iloc[:, -3:].mean(axis=1)
    assert shown.corr(true(known, area, column)) > least


def test_quality_varies_less_than_cost_and_does_not_follow_it(known: Truths) -> None:
    for area in (SCHOOL, HOME_CARE, CHILDREN):
        quality, cost = true(known, area, "log_quality"), true(known, area, "log_unit_cost")
        assert quality.std() < 0.75 * cost.std()
        assert abs(quality.corr(cost)) < 0.2


# Exempelby: Älvkarleby's profile


def test_exempelby_has_low_results_at_ordinary_cost(panels: Panels, ids: dict[str, str]) -> None:
    own = ids[EXAMPLE_MUNICIPALITY]
    merit = panels("N15505").drop(index=RIKET).loc[:, LATEST].mean(axis=1)
    assert merit.rank(pct=True)[own] < 0.10
    assert panels("U15459").loc[own, 2022:].mean() < -7
    assert abs(panels("N15001").loc[own, LATEST].mean()) < 3
    assert (panels("U15010").loc[own, LATEST].between(35, 75)).all()
    assert (panels("U15401").loc[own, LATEST].dropna() < 30).all()


def test_exempelby_has_dear_home_care_at_ordinary_quality(panels: Panels, ids: dict[str, str]) -> None:
    assert 0.15 < log_gap(panels, ids, "N21006", EXAMPLE_MUNICIPALITY) < 0.45
    assert panels("N20900").loc[ids[EXAMPLE_MUNICIPALITY], LATEST].mean() > 5
    satisfied = panels("U21468").drop(index=RIKET).loc[:, LATEST].mean(axis=1)
    assert abs(satisfied[ids[EXAMPLE_MUNICIPALITY]] - satisfied.median()) < satisfied.std() * 1.3


def test_exempelby_has_dear_placements(panels: Panels, ids: dict[str, str]) -> None:
    assert 0.15 < log_gap(panels, ids, "N33006", EXAMPLE_MUNICIPALITY) < 0.70
    per_child = log_gap(panels, ids, "N33004", EXAMPLE_MUNICIPALITY) - log_gap(
        panels, ids, "N33817", EXAMPLE_MUNICIPALITY
    )
    assert 0.12 < per_child < 0.45
    assert panels("N30001").loc[ids[EXAMPLE_MUNICIPALITY], 2019:].mean() > 5


@pytest.mark.parametrize(
    ("service", "part", "least"), [("aldreomsorg", "hemtjanst", 10.0), ("ifo", "barn-och-unga", 3.0)]
)
def test_exempelbys_surplus_is_in_the_part_that_is_planted(
    panels: Panels, ids: dict[str, str], service: str, part: str, least: float
) -> None:
    """Each part is set against the country's cost of it per krona of the service's reference cost."""
    found = next(item for item in load_catalogue().overview.services if item.id == service)
    reference = (panels(str(found.reference_cost)) * panels("N01951")).drop(index=RIKET)
    over = {}
    for each in found.parts:
        kronor = (panels(each.cost) * panels(each.population)).drop(index=RIKET)
        expected = kronor.sum() / reference.sum() * reference
        over[each.id] = (kronor - expected).loc[ids[EXAMPLE_MUNICIPALITY], LATEST].mean() / 1e6
    assert max(over, key=lambda name: over[name]) == part
    assert over[part] > least
    deviation = panels(str(found.deviation_mnkr)).loc[ids[EXAMPLE_MUNICIPALITY], LATEST].mean()
    assert sum(over.values()) == pytest.approx(deviation, abs=2.0)


def test_young_of_exempelby_seldom_take_an_exam_in_time(panels: Panels, ids: dict[str, str]) -> None:
    """Its low results in year 9 come back four years later."""
    exams = panels("N17461").drop(index=RIKET).loc[:, 2018:].mean(axis=1)
    assert exams.rank(pct=True)[ids[EXAMPLE_MUNICIPALITY]] < 0.30


@pytest.mark.parametrize("area", list(ROLE_MODELS))
def test_role_models_are_better_cheaper_and_in_the_peer_group(
    panels: Panels, ids: dict[str, str], known: Truths, example, area: str
) -> None:
    role, own = ids[ROLE_MODELS[area]], ids[EXAMPLE_MUNICIPALITY]
    assert true(known, area, "log_quality")[role] > true(known, area, "log_quality")[own] + 0.03
    assert true(known, area, "log_unit_cost")[role] < true(known, area, "log_unit_cost")[own] - 0.03
    quality, cost = DIRECTION[area]
    better = panels(quality).loc[role, 2019:] > panels(quality).loc[own, 2019:]
    cheaper = panels(cost).loc[role, 2019:] < panels(cost).loc[own, 2019:]
    assert (better & cheaper).iloc[-3:].sum() >= 2
    groups = example.groups
    group = groups[groups["group_title"] == f"{FAMILIES[area]}, {EXAMPLE_MUNICIPALITY}, 2024"]
    assert ROLE_MODELS[area] in set(group["member_title"])


# One cause each

PARTS = {
    SCHOOL: {
        "teachers": "N15011",
        "premises": "N15009",
        "meals": "N15013",
        "tools": "N15012",
        "health": "N15014",
        "other": "N15010",
    },
    CHILDREN: {"foster_price": "N33004", "hvb": "N33002", "open": "N33021"},
}


@pytest.mark.parametrize("title", ["Skifferö", "Lönnköping"])
def test_one_part_explains_the_cost_of_a_school(panels: Panels, ids: dict[str, str], title: str) -> None:
    _, factor = SINGLE_CAUSE[title]
    gaps = {
        name: (panels(kpi).loc[ids[title]] - panels(kpi).loc[RIKET]).loc[LATEST].mean()
        for name, kpi in PARTS[SCHOOL].items()
    }
    total = (panels("N15008").loc[ids[title]] - panels("N15008").loc[RIKET]).loc[LATEST].mean()
    assert total > 10_000
    assert gaps[factor] > 0.6 * total
    assert max(gap for name, gap in gaps.items() if name != factor) < 0.3 * total


def test_teacher_density_is_why_lonnkoping_teaches_dearly(panels: Panels, ids: dict[str, str]) -> None:
    per_teacher = log_gap(panels, ids, "N15011", "Lönnköping") + log_gap(panels, ids, "N15034", "Lönnköping")
    assert log_gap(panels, ids, "N15034", "Lönnköping") < -0.13
    assert abs(per_teacher) < 0.05


def test_skiffero_has_small_schools(panels: Panels, ids: dict[str, str]) -> None:
    schools = panels("N15752").drop(index=RIKET).loc[:, LATEST].mean(axis=1)
    assert schools.rank(pct=True)[ids["Skifferö"]] < 0.05


@pytest.mark.parametrize(
    ("title", "hours", "price"),
    [("Älgköping", (0.22, 0.38), (-0.08, 0.08)), ("Rågborg", (-0.08, 0.08), (0.20, 0.36))],
)
def test_hours_or_price_explain_home_care(
    panels: Panels, ids: dict[str, str], title: str, hours: tuple[float, float], price: tuple[float, float]
) -> None:
    granted = log_gap(panels, ids, "N21826", title)
    per_hour = log_gap(panels, ids, "N21006", title) - granted
    assert hours[0] < granted < hours[1]
    assert price[0] < per_hour < price[1]
    assert abs(log_gap(panels, ids, "N21701", title)) < 0.10


def test_stromkoping_pays_much_for_each_bought_placement(panels: Panels, ids: dict[str, str]) -> None:
    per_child = log_gap(panels, ids, "N33004", "Strömköping") - log_gap(panels, ids, "N33817", "Strömköping")
    assert 0.28 < per_child < 0.52
    assert abs(log_gap(panels, ids, "N33817", "Strömköping")) < 0.20
    assert abs(log_gap(panels, ids, "N33021", "Strömköping")) < 0.15
    bought = panels("N33023").drop(index=RIKET).loc[:, LATEST].mean(axis=1)
    assert bought.rank(pct=True)[ids["Strömköping"]] > 0.85


# A new level in a known year


def test_level_changes_are_where_they_were_planted(panels: Panels, ids: dict[str, str]) -> None:
    for title, (area, _, year) in LEVEL_CHANGES.items():
        kpi = {SCHOOL: "N15505", HOME_CARE: "N21006"}[area]
        panel = panels(kpi).drop(index=RIKET)
        panel = panel if area == SCHOOL else np.log(panel)
        relative = (panel - panel.median()).loc[ids[title]]
        steps = {
            start: relative.loc[start:].mean() - relative.loc[: start - 1].mean()
            for start in range(2015, 2024)
        }
        assert max(steps, key=lambda start: steps[start]) == year, title
        planted = next(plant.effect for plant in PLANTED if plant.municipality == title)
        assert steps[year] == pytest.approx(planted, rel=0.25), title
