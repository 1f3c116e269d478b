"""``exempel-efter``: the same country some years later, with what a project gave planted in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from effektiv import cli
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import EXAMPLE, EXAMPLE_AFTER, Snapshot, check_free, open_snapshot
from effektiv.errors import InputError
from effektiv.example.build import ExampleData, build_example
from effektiv.example.noise import People, draw_means, draw_shares, persistent
from effektiv.example.truths import (
    EXAMPLE_MUNICIPALITY,
    OUTCOMES,
    PARTICIPANTS,
    PLANTED,
    PLANTED_AFTER,
    PROJECT_YEAR,
    Outcome,
    truths,
)
from effektiv.example.years import LAST_YEAR, LAST_YEAR_AFTER, LATE_YEARS, YEARS, path
from effektiv.steps.opening import open_case
from effektiv.types import RIKET

Panels = Callable[..., pd.DataFrame]

COLUMNS = ["kpi", "municipality", "gender", "year"]
NEW = slice(LAST_YEAR + 1, LAST_YEAR_AFTER)


def panels_of(data: ExampleData) -> Panels:
    rows = dict(iter(data.observations.groupby(["kpi", "gender"])))
    return lambda kpi, gender="T": rows[kpi, gender].pivot_table(
        index="municipality", columns="year", values="value", dropna=False
    )


@pytest.fixture(scope="module")
def after() -> ExampleData:
    return build_example(LAST_YEAR_AFTER)


@pytest.fixture(scope="module")
def without() -> ExampleData:
    """The later years as they would have been without any project."""
    return build_example(LAST_YEAR_AFTER, planted_after=False)


@pytest.fixture(scope="module")
def panels(after: ExampleData) -> Panels:
    return panels_of(after)


@pytest.fixture(scope="module")
def panels_without(without: ExampleData) -> Panels:
    return panels_of(without)


@pytest.fixture(scope="module")
def ids(after: ExampleData) -> dict[str, str]:
    return dict(zip(after.municipalities["title"], after.municipalities["id"], strict=True))


# The same country


def test_years_to_2025_are_those_of_exempel_row_by_row(built: ExampleData, after: ExampleData) -> None:
    rows = after.observations[after.observations["year"] <= LAST_YEAR].reset_index(drop=True)
    pd.testing.assert_frame_equal(rows, built.observations)
    pd.testing.assert_frame_equal(after.municipalities, built.municipalities)
    kept = after.groups.merge(built.groups)
    assert len(kept) == len(built.groups), "a group of an earlier year is another"


def test_later_years_are_there_but_for_ended_series(built: ExampleData, after: ExampleData) -> None:
    last = after.observations.groupby("kpi")["year"].max()
    earlier = built.observations.groupby("kpi")["year"].max()
    catalogue = load_catalogue()
    forecasts = {
        *catalogue.overview.forecast,
        *(k for a in catalogue.areas.values() for k in a.sections.forecast),
    }
    ended = {kpi.id for kpi in catalogue.kpis.values() if kpi.valid_to is not None}
    late = set(earlier.index[earlier == LAST_YEAR - 1]) - ended
    for kpi, year in last.items():
        if kpi in ended:
            assert year == earlier[kpi]
        else:
            assert year == (LAST_YEAR_AFTER - 1 if kpi in late | forecasts else LAST_YEAR_AFTER), kpi
    assert late and LAST_YEAR not in LATE_YEARS
    periods = after.kpis.set_index("id")[["publ_period", "publication_date"]]
    assert periods.loc["N15001"].tolist() == ["2029", "2030-08-28"]


def test_identities_hold_in_the_later_years_too(panels: Panels) -> None:
    catalogue = load_catalogue()
    population = panels("N01951").loc[:, NEW]
    assert (panels("N01951", "K") + panels("N01951", "M")).loc[:, NEW].equals(population)
    for service in catalogue.overview.services:
        if service.deviation_pct is None:
            continue
        pct, mnkr, reference, net = (
            panels(kpi).loc[:, NEW]
            for kpi in (
                service.deviation_pct,
                service.deviation_mnkr,
                service.reference_cost,
                service.net_cost,
            )
        )
        tolerance = 0.01 if service.id == "grundskola" else 1e-4
        own = pct.index
        np.testing.assert_allclose(pct, 100 * (net.loc[own] / reference - 1), rtol=0, atol=tolerance)
        np.testing.assert_allclose(
            mnkr, pct / 100 * reference * population.loc[own] / 1e6, rtol=0.002, atol=0.002
        )
    for tree in (tree for area in catalogue.areas.values() for tree in area.cost_trees):
        off = panels(tree.parent) - sum(panels(child) for child in tree.children)
        assert off.drop(index=RIKET).loc[:, NEW].abs().max(axis=None) < 0.051, tree.parent


def test_life_goes_on_as_before(panels_without: Panels) -> None:
    """Neither levels nor the movement from year to year jump where the streams change."""
    for kpi, is_log in (("N15436", False), ("N20900", False), ("N33006", True), ("U21468", False)):
        panel = panels_without(kpi).drop(index=RIKET, errors="ignore")
        steps = (np.log(panel) if is_log else panel).diff(axis=1)
        usual = steps.loc[:, 2020:2025]
        assert steps.loc[:, NEW].std().mean() == pytest.approx(usual.std().mean(), rel=0.15), kpi
        assert abs(steps[2026].median() - usual.median().mean()) < 0.5 * usual.std().mean(), kpi
        assert panel[2025].corr(panel[2026]) == pytest.approx(panel[2024].corr(panel[2025]), abs=0.06), kpi
    people = panels_without("N01957").loc[RIKET]
    assert people.loc[2024:].pct_change().dropna().between(0.03, 0.07).all()


# What is planted


def test_fifteen_participants_and_effects_in_three(ids: dict[str, str]) -> None:
    planted = {plant.municipality for plant in PLANTED_AFTER}
    assert len(set(PARTICIPANTS)) == 15 and set(PARTICIPANTS) <= set(ids)
    assert PARTICIPANTS[0] == EXAMPLE_MUNICIPALITY and EXAMPLE_MUNICIPALITY in planted
    assert len(planted) == 3 and planted <= set(PARTICIPANTS)
    assert not (set(PARTICIPANTS) - {EXAMPLE_MUNICIPALITY}) & {plant.municipality for plant in PLANTED}
    assert all(plant.from_year > PROJECT_YEAR > LAST_YEAR for plant in PLANTED_AFTER)
    assert {(o.municipality, o.area) for o in OUTCOMES} == {(p.municipality, p.area) for p in PLANTED_AFTER}
    primary = {outcome.area for outcome in OUTCOMES if outcome.primary}
    assert primary == {planted.area for planted in PLANTED_AFTER} and primary <= set(load_catalogue().areas)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda o: f"{o.municipality}-{o.kpi}")
def test_an_outcome_is_what_the_effect_moves(
    panels: Panels, panels_without: Panels, ids: dict[str, str], outcome: Outcome
) -> None:
    moved = (panels(outcome.kpi) - panels_without(outcome.kpi)).loc[ids[outcome.municipality]]
    assert (moved.loc[: outcome.from_year - 1] == 0).all()
    assert moved.loc[outcome.from_year :].mean() == pytest.approx(outcome.size, rel=0.01)
    assert np.sign(moved.loc[outcome.from_year :]).eq(np.sign(outcome.size)).all()


def test_nothing_else_moves(after: ExampleData, without: ExampleData, ids: dict[str, str]) -> None:
    both = after.observations.merge(without.observations, on=COLUMNS, suffixes=("", "_without"))
    assert len(both) == len(after.observations) == len(without.observations)
    moved = both[both["value"].fillna(-1e9) != both["value_without"].fillna(-1e9)]
    assert moved["year"].min() == 2027
    planted = {ids[plant.municipality] for plant in PLANTED_AFTER} | {RIKET}
    others = moved[~moved["municipality"].isin(planted)]
    # The country's reference costs sum to its net costs, and an index is a place among all.
    catalogue = load_catalogue()
    of_all = {catalogue.overview.total_deviation_pct}
    for service in catalogue.overview.services:
        of_all |= {service.deviation_pct, service.deviation_mnkr, service.reference_cost}
    indices = {kpi.id for kpi in catalogue.kpis.values() if kpi.role == "index"}
    assert set(others["kpi"]) <= of_all | indices
    pct = others[others["kpi"].isin(["N20900", "N30001", "N00097"])]
    assert (pct["value"] - pct["value_without"]).abs().max() < 0.1


@pytest.mark.parametrize(
    "outcome", [o for o in OUTCOMES if o.primary], ids=lambda o: f"{o.municipality}-{o.kpi}"
)
def test_a_primary_outcome_stands_out_in_the_country(
    panels: Panels, ids: dict[str, str], outcome: Outcome
) -> None:
    panel = panels(outcome.kpi).drop(index=RIKET, errors="ignore")
    relative = (panel - panel.median()) * np.sign(outcome.size)
    broken = [b.year for b in load_catalogue().kpis[outcome.kpi].breaks if b.year <= LAST_YEAR]
    comparable = relative.loc[:, max(broken) : LAST_YEAR]
    change = relative.loc[:, outcome.from_year :].mean(axis=1) - comparable.mean(axis=1)
    assert change.rank(pct=True)[ids[outcome.municipality]] > 0.97
    seen = change[ids[outcome.municipality]]
    assert seen == pytest.approx(abs(outcome.size), abs=2 * change.std())


def test_those_chosen_for_need_rise_by_themselves(panels_without: Panels) -> None:
    """The rebound is the generator's own noise passing: of single years most, of long means least."""
    panel = panels_without("N15436").drop(index=RIKET)
    relative = panel - panel.median()
    worst = {
        name: relative.loc[chosen.rank(pct=True) <= 0.10]
        for name, chosen in (("year", relative[2025]), ("years", relative.loc[:, 2023:2025].mean(axis=1)))
    }
    rise = {
        "year": (worst["year"].loc[:, 2027:].mean(axis=1) - worst["year"][2025]).mean(),
        "years": (
            worst["years"].loc[:, 2027:].mean(axis=1) - worst["years"].loc[:, 2023:2025].mean(axis=1)
        ).mean(),
    }
    assert rise["year"] > rise["years"] > 1.0


def test_truths_cover_the_later_years_when_asked_for() -> None:
    assert truths().efficiency["year"].max() == LAST_YEAR
    known = truths(LAST_YEAR_AFTER)
    assert known.efficiency["year"].max() == LAST_YEAR_AFTER
    earlier = known.factors[known.factors["year"] <= LAST_YEAR].reset_index(drop=True)
    pd.testing.assert_frame_equal(earlier, truths().factors)


# Draws of later years

shape = (40, len(YEARS))


def test_later_draws_move_no_earlier_one() -> None:
    kept = YEARS <= LAST_YEAR
    long, short = persistent("test", shape, rho=0.6), persistent("test", (40, int(kept.sum())), rho=0.6)
    np.testing.assert_array_equal(long[:, kept], short)
    assert not np.allclose(long[:, ~kept][:, 0], long[:, ~kept][:, 1])


def test_a_chance_in_one_municipality_moves_no_other_draw() -> None:
    people = People(np.full(shape, 60), np.full(shape, 55))
    usual = np.full(shape, 0.7)
    raised = usual.copy()
    raised[3, YEARS > LAST_YEAR] = 0.9
    a, b = draw_shares("test", usual, people), draw_shares("test", raised, people)
    others = np.arange(len(usual)) != 3
    np.testing.assert_array_equal(a.total[others], b.total[others])
    assert (b.total - a.total)[3, YEARS > LAST_YEAR] == pytest.approx(20, abs=5)
    mean = draw_means("test", usual, 0.1, people)
    assert mean.total[:, YEARS > LAST_YEAR].std() == pytest.approx(0.1 / np.sqrt(115), rel=0.25)
    later = a.total[:, YEARS > LAST_YEAR]
    assert later.mean() == pytest.approx(70, abs=1.5)
    assert later.std() == pytest.approx(100 * np.sqrt(0.21 / 115), rel=0.2)


def test_a_development_goes_on_after_what_is_known() -> None:
    found = dict(zip(YEARS.tolist(), path([2010, 2020, 2025], [1.0, 2.0, 3.0]), strict=True))
    assert (found[2007], found[2015], found[2025]) == (1.0, 1.5, 3.0)
    assert found[2029] == pytest.approx(3.8)


# As a snapshot


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return open_snapshot(EXAMPLE_AFTER)


def test_snapshot_is_example_data_whose_last_year_is_preliminary(
    snapshot: Snapshot, example: Snapshot
) -> None:
    assert (snapshot.name, snapshot.is_example) == (EXAMPLE_AFTER, True)
    assert (snapshot.manifest.preliminary_year, example.manifest.preliminary_year) == (2029, 2025)
    assert snapshot.manifest.years == tuple(range(2012, 2030))
    assert snapshot.manifest.source == example.manifest.source
    assert open_snapshot(EXAMPLE_AFTER) is snapshot
    assert snapshot.path.name == EXAMPLE_AFTER and snapshot.path.parent == example.path.parent


def test_a_case_opens_on_it_with_band_and_later_years(snapshot: Snapshot) -> None:
    case = open_case("grundskola", kommun=EXAMPLE_MUNICIPALITY, data=EXAMPLE_AFTER)
    frame = case.frame("N15505")
    assert frame["year"].max() == 2029
    assert "Exempeldata: påhittade kommuner och värden" in case._repr_mimebundle_()["text/html"]
    overview = open_case("oversikt", kommun=EXAMPLE_MUNICIPALITY, data=EXAMPLE_AFTER)
    assert "påhittade" in overview._repr_mimebundle_()["text/html"]


@pytest.mark.usefixtures("here")
def test_the_command_line_takes_the_name(
    snapshot: Snapshot, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EFFEKTIV_DATA", str(snapshot.path.parent))
    assert cli.main(["status", "--data", EXAMPLE_AFTER]) == 0
    out = capsys.readouterr().out
    assert EXAMPLE_AFTER in out and "2029" in out
    words = ["rendera", "--kommun", EXAMPLE_MUNICIPALITY, "--steg", "1", "--omrade", "grundskola"]
    assert cli.main([*words, "--data", EXAMPLE_AFTER, "--ut", str(tmp_path / "ut")]) == 0
    run = json.loads((tmp_path / "ut" / "korning.json").read_text(encoding="utf-8"))
    assert run["snapshot"] == EXAMPLE_AFTER
    (report,) = run["reports"]
    html = (tmp_path / "ut" / report["fil"]).read_text(encoding="utf-8")
    assert "Exempeldata: påhittade kommuner och värden" in html
    assert "2029 (prel.)" in html and "2025 (prel.)" not in html


@pytest.mark.parametrize("name", [EXAMPLE, EXAMPLE_AFTER, "Exempel-Efter"])
def test_its_name_is_taken(name: str, example: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="upptaget av exempeldatan"):
        check_free(name, "import", tmp_path)
