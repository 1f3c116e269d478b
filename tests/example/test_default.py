"""Figures that no module models get plausible values, and change none that there were."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from effektiv.data import catalogue as catalogue_module
from effektiv.data.catalogue import CATALOGUE_FOLDER, load_catalogue
from effektiv.data.snapshot import Snapshot, write_snapshot
from effektiv.errors import InputError
from effektiv.example import build
from effektiv.example.build import ExampleData, build_example
from effektiv.example.country import Country, build_country
from effektiv.example.default import add_default
from effektiv.example.ledger import Ledger
from effektiv.example.noise import yearly
from effektiv.example.structure import add_structure
from effektiv.example.units import ExampleUnits
from effektiv.example.years import LAST_YEAR, LAST_YEAR_AFTER
from effektiv.steps.opening import open_case
from effektiv.types import RIKET, Catalogue
from tests.steps.shown import exhibits, faults, sentences, undrawn

Panels = Callable[..., pd.DataFrame]

AREA = Path(__file__).with_name("kultur.yaml")
"""An area whose figures nobody models; as a service, too, it has a net cost."""

SERVICE = {
    "id": "kultur",
    "label": "Kultur",
    "in_text": "kulturen",
    "family": "Liknande kommuner kultur",
    "parts": [
        {"id": name, "label": name, "in_text": name, "cost": cost, "population": population}
        for name, cost, population in (
            ("bibliotek", "N98011", "N01951"),
            ("kulturskola", "N98018", "N01951"),
            ("museer", "N98019", "N01938"),
        )
    ],
    "deviation_pct": "N98001",
    "deviation_mnkr": "N98002",
    "reference_cost": "N98003",
    "net_cost": "N98004",
    "focus_area": "kultur",
}

INDEX = {
    "id": "kultur",
    "label": "Kultur",
    "resource": {"published": "U98001", "inputs": [{"kpi": "N98001"}]},
    "quality": {"published": "U98002", "inputs": [{"kpi": "N98030"}, {"kpi": "N98037"}]},
    "efficiency": "U98003",
}


def with_area(folder: Path, *files: tuple[str, str]) -> Catalogue:
    """Return the project's catalogue with the area, its service and an index of it added."""
    shutil.copytree(CATALOGUE_FOLDER, folder)
    shutil.copy(AREA, folder)
    for name, text in files:
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "oversikt.yaml"
    overview = yaml.safe_load(path.read_text(encoding="utf-8"))
    overview["overview"]["services"].append(SERVICE)
    overview["overview"]["indices"].append(INDEX)
    for file in folder.glob("*.yaml"):
        area = yaml.safe_load(file.read_text(encoding="utf-8")).get("area")
        if area and area["family"] not in overview["overview"]["families"]:
            overview["overview"]["families"].append(area["family"])
        if area and area["id"] not in {item.get("focus_area") for item in overview["overview"]["services"]}:
            service = dict.fromkeys(("id", "label", "in_text", "focus_area"), area["id"])
            overview["overview"]["services"].append(service | {"family": area["family"]})
    overview["kpis"] += [
        {
            "id": kpi,
            "title": kpi,
            "label": kpi,
            "unit": "index",
            "role": "index",
            "better": "higher",
            "riket": False,
        }
        for kpi in ("U98001", "U98002", "U98003")
    ]
    path.write_text(yaml.safe_dump(overview, allow_unicode=True), encoding="utf-8")
    return load_catalogue(folder)


@pytest.fixture(scope="module", autouse=True)
def _units_as_built(built: ExampleData) -> Iterator[None]:
    """Let the units, which no figure of the catalogue follows from, be made once: they take half of the time."""
    made = ExampleUnits(built.units, built.unit_observations)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "build_units", lambda *_: made)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("katalog") / "katalog"
    with_area(folder)
    return folder


@pytest.fixture(scope="module")
def catalogue(folder: Path) -> Catalogue:
    return load_catalogue(folder)


@pytest.fixture(scope="module")
def data(catalogue: Catalogue) -> ExampleData:
    return build_example(catalogue=catalogue)


@pytest.fixture(scope="module")
def panels(data: ExampleData) -> Panels:
    rows = dict(iter(data.observations.groupby(["kpi", "gender"])))
    return lambda kpi, gender="T": rows[kpi, gender].pivot_table(
        index="municipality", columns="year", values="value", dropna=False
    )


@pytest.fixture(scope="module")
def kommuner(panels: Panels) -> Callable[[str], pd.DataFrame]:
    return lambda kpi: panels(kpi).drop(index=RIKET, errors="ignore")


def test_the_area_has_nothing_that_another_module_models(catalogue: Catalogue) -> None:
    known = set(load_catalogue().kpis)
    assert len(set(catalogue.kpis) - known) > 25
    assert not {
        kpi for kpi in set(catalogue.kpis) - known if not kpi.startswith(("N98", "U98", "E-KR-PER-NARA"))
    }


def test_every_figure_has_values_as_the_catalogue_describes_it(
    data: ExampleData, catalogue: Catalogue, built: ExampleData
) -> None:
    wanted = {kpi.id for kpi in catalogue.kpis.values() if kpi.is_koladas}
    rows = data.observations
    assert set(rows["kpi"].unique()) == wanted == set(data.kpis["id"])
    for kpi in wanted - set(built.observations["kpi"].unique()):
        known, own = catalogue.kpis[kpi], rows[rows["kpi"] == kpi]
        assert set(own["gender"]) == ({"T", "K", "M"} if known.gender else {"T"}), kpi
        assert (RIKET in set(own["municipality"])) == known.riket, kpi
        assert own["year"].min() >= (known.valid_from or 2012), kpi
        assert own["year"].max() == (known.valid_to or LAST_YEAR), kpi
        assert own["value"].notna().mean() > 0.85, kpi
        assert np.isfinite(own["value"].dropna()).all(), kpi
        if known.unit in {"%", "index"} and own["value"].min() >= 0:
            assert own["value"].max() <= 100, kpi


def test_no_other_figure_and_no_other_group_is_changed(data: ExampleData, built: ExampleData) -> None:
    before = built.observations
    kept = data.observations[data.observations["kpi"].isin(before["kpi"].unique())].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, before)
    pd.testing.assert_frame_equal(data.municipalities, built.municipalities)
    assert len(data.groups.merge(built.groups)) == len(built.groups)
    added = data.groups[data.groups["group_title"].str.startswith("Liknande kommuner kultur,")]
    assert len(added) == len(data.groups) - len(built.groups) == 290 * 2 * 7
    assert not set(added["group_id"]) & set(built.groups["group_id"])


def test_one_more_figure_changes_none_of_the_others(
    data: ExampleData, tmp_path: Path, catalogue: Catalogue
) -> None:
    text = AREA.read_text(encoding="utf-8").replace("kultur", "fritid").replace("N98", "N97")
    first = text.replace("E-KR-PER-NARA", "E-KR-PER-NARA-FRITID")
    more = with_area(tmp_path / "katalog", ("fritid.yaml", first))
    rows = build_example(catalogue=more).observations
    kept = rows[rows["kpi"].isin(data.observations["kpi"].unique())].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, data.observations)
    twins = [
        rows.loc[(rows["kpi"] == kpi) & (rows["gender"] == "T"), "value"] for kpi in ("N98044", "N97044")
    ]
    assert not np.allclose(*(twin.to_numpy() for twin in twins)), "two figures share their draws"


def test_texts_decide_nothing(data: ExampleData, tmp_path: Path) -> None:
    """Other titles and labels, other order in the file: the same values."""
    content = yaml.safe_load(AREA.read_text(encoding="utf-8"))
    for number, kpi in enumerate(content["kpis"]):
        kpi["title"], kpi["label"] = f"Titel {number}", f"Namn {number}"
    content["kpis"].reverse()
    content["area"]["label"] = "Annat"
    text = yaml.safe_dump(content, allow_unicode=True)
    rows = build_example(catalogue=with_area(tmp_path / "katalog", ("kultur.yaml", text))).observations
    pd.testing.assert_frame_equal(rows, data.observations)


# What the catalogue ties together fits


def test_deviation_fits_its_costs(panels: Panels, kommuner) -> None:
    pct, reference, net = kommuner("N98001"), kommuner("N98003"), kommuner("N98004")
    np.testing.assert_allclose(pct, 100 * (net / reference - 1), atol=1e-4)
    mnkr = pct / 100 * reference * kommuner("N01951") / 1e6
    np.testing.assert_allclose(kommuner("N98002"), mnkr, rtol=0.002, atol=0.002)
    assert abs(pct.median(axis=None)) < 2
    assert 4 < pct.std().mean() < 14
    assert net.median(axis=None) == pytest.approx(1400, rel=0.2)
    # The year of the break moves each municipality to another level.
    moves = pct.diff(axis=1).std()
    assert moves[2019] > 1.1 * moves.drop([2012, 2019]).max()


def test_products_and_sums_come_out(kommuner) -> None:
    total = kommuner("N98011")
    np.testing.assert_allclose(total, 0.01 * kommuner("N98021") * kommuner("N98010"), rtol=1e-3)
    parts = [kommuner(kpi) for kpi in ("N98012", "N98013", "N98014")]
    np.testing.assert_allclose(sum(parts), total, atol=0.051)
    assert all((part.dropna() > 0).all(axis=None) for part in parts)
    lessons, rooms = kommuner("N98016"), kommuner("N98017")
    np.testing.assert_allclose(kommuner("N98015"), lessons + rooms, atol=0.051)
    assert lessons[2022].median() == pytest.approx(9000, rel=0.05)


def test_parts_of_a_service_add_up_to_its_net_cost(kommuner) -> None:
    people, old = kommuner("N01951"), kommuner("N01938")
    parts = {"library": kommuner("N98011") * people, "school": kommuner("N98018") * people}
    parts["museums"] = kommuner("N98019") * old
    ratio = (sum(parts.values()) / (kommuner("N98004") * people)).to_numpy()
    # A year without the number of borrowers has no cost of libraries either.
    assert np.nanmax(abs(ratio - 1)) < 2e-3 and np.isnan(ratio).mean() < 0.03
    assert all(np.nanmin(part) > 0 for part in parts.values())
    twice = np.nanmedian(kommuner("N98018") / kommuner("N98019"))
    assert twice == pytest.approx(2, rel=0.15), "as their levels"


def test_a_margin_of_error_is_that_of_the_persons_behind(kommuner) -> None:
    share, answers, margin = kommuner("N98030"), kommuner("N98031"), kommuner("N98032")
    p = (share / 100).clip(0.01, 0.99)
    np.testing.assert_allclose(margin, 196 * np.sqrt(p * (1 - p) / answers), atol=0.051)
    assert (share.notna() == margin.notna()).all(axis=None)


def test_riket_is_a_sum_or_a_mean_over_persons(panels: Panels) -> None:
    for kpi in ("N98020", "N98031", "N98041"):
        panel = panels(kpi)
        known = panel.loc[:, panel.drop(index=RIKET).notna().all()]
        assert (known.loc[RIKET] == known.drop(index=RIKET).sum()).all(), kpi
    for kpi, weights in (("N98030", "N98031"), ("N98040", "N01951"), ("N98010", "N01951")):
        values, heads = (panels(k).drop(index=RIKET)[2022] for k in (kpi, weights))
        mean = (values * heads).sum() / heads[values.notna()].sum()
        assert panels(kpi).loc[RIKET, 2022] == pytest.approx(mean, abs=0.2), kpi


def test_women_and_men_lie_around_all(panels: Panels, catalogue: Catalogue) -> None:
    for kpi in ("N98030", "N98034", "N98042"):
        women, men, total = (panels(kpi, gender) for gender in "KMT")
        low, high = np.minimum(women, men) - 0.06, np.maximum(women, men) + 0.06
        both = women.notna() & men.notna() & total.notna()
        assert (((total >= low) & (total <= high)) | ~both).all(axis=None), kpi
        assert (women - men).abs().max(axis=None) > 0, kpi
    for kpi in ("N98020", "N98031", "N98041", "N98043"):
        women, men, total = (panels(kpi, gender) for gender in "KMT")
        assert ((women + men == total) | total.isna()).all(axis=None), kpi


@pytest.fixture(scope="module")
def country() -> Country:
    return build_country()


def test_the_whole_catalogue_can_be_made_without_other_modules(
    catalogue: Catalogue, country: Country
) -> None:
    """Every tie of the real areas is met, too, when all that is known is who lives where."""
    ledger = Ledger(catalogue, country)
    add_structure(ledger, country)
    add_default(ledger, catalogue)
    totals = {kpi: figure.numbers["T"] for kpi, figure in ledger.figures.items()}
    published = {
        kpi
        for index in catalogue.overview.indices
        for kpi in (index.resource.published, index.quality.published, index.efficiency)
    }
    assert set(totals) == {kpi.id for kpi in catalogue.kpis.values() if kpi.is_koladas} - published
    for service in catalogue.overview.services:
        if service.deviation_pct is not None:
            ratio = totals[service.net_cost] / totals[service.reference_cost]
            np.testing.assert_allclose(totals[service.deviation_pct], 100 * (ratio - 1), atol=1e-4)
    for tree in (tree for area in catalogue.areas.values() for tree in area.cost_trees):
        parts = sum(totals[child] for child in tree.children)
        np.testing.assert_allclose(totals[tree.parent], parts, atol=0.06, err_msg=tree.parent)


@pytest.mark.parametrize(
    "known",
    [
        (),
        ("pct",),
        ("reference",),
        ("net",),
        ("mnkr", "reference"),
        ("mnkr", "net"),
        ("pct", "net"),
        ("reference", "net"),
    ],
    ids="+".join,
)
def test_a_deviation_fits_whichever_part_is_known(
    catalogue: Catalogue, country: Country, known: tuple[str, ...]
) -> None:
    ids = {"pct": "N98001", "mnkr": "N98002", "reference": "N98003", "net": "N98004"}
    ledger = Ledger(catalogue, country)
    add_structure(ledger, country)
    people = country.population
    reference = np.round(3000.0 + 500 * yearly("test/reference", *country.shape), 1)
    net = np.round(reference * np.exp(0.07 * yearly("test/net", *country.shape)), 1)
    whole = {
        "pct": 100 * (net / reference - 1),
        "mnkr": (net - reference) * people / 1e6,
        "reference": reference,
        "net": net,
    }
    for part in known:
        ledger.add(ids[part], whole[part], decimals=4 if part in ("pct", "mnkr") else 1, weights=people)
    add_default(ledger, catalogue)
    made = {part: ledger.figures[kpi].numbers["T"] for part, kpi in ids.items()}
    for part in known:
        np.testing.assert_allclose(
            np.nan_to_num(made[part]), np.nan_to_num(whole[part] + 0 * made[part]), atol=0.051
        )
    np.testing.assert_allclose(made["pct"], 100 * (made["net"] / made["reference"] - 1), atol=0.02)
    mnkr = (made["net"] - made["reference"]) * people / 1e6
    np.testing.assert_allclose(made["mnkr"], mnkr, rtol=0.01, atol=0.12)


# What is usual


@pytest.mark.parametrize(
    ("kpi", "level", "spread"),
    [
        *(("N98010", 2200, 300), ("N98021", 27, 4), ("N98022", 6.5, 2.6), ("N98033", 50, 15)),
        *(("N98034", 97, 1.0), ("N98036", 0, 4), ("N98037", 34, 9), ("N98040", 80, 9), ("N98042", 0, 5)),
    ],
)
def test_level_and_spread_are_the_hint_s_or_usual_for_the_unit(
    kommuner, kpi: str, level: float, spread: float
) -> None:
    panel = kommuner(kpi)
    latest = panel[[year for year in (2021, 2022, 2023) if year in panel]].mean(axis=1)
    assert latest.median() == pytest.approx(level, rel=0.08, abs=0.6)
    assert latest.std() == pytest.approx(spread, rel=0.40)


def test_numbers_grow_with_the_population(kommuner) -> None:
    people = np.log(kommuner("N01951")[2022])
    for kpi, ordinary in (("N98020", 4000), ("N98031", 150), ("N98041", 2200)):
        numbers = np.log(kommuner(kpi)[2022].dropna())
        slope, level = np.polyfit(people[numbers.index] - np.log(15_000), numbers, 1)
        assert slope == pytest.approx(1, abs=0.08), kpi
        assert np.exp(level) == pytest.approx(ordinary, rel=0.12), kpi


def test_small_municipalities_move_more_and_quality_more_than_conditions(kommuner) -> None:
    size = kommuner("N01951")[2022]
    for kpi in ("N98010", "N98030", "N98037", "N98040"):
        steps = kommuner(kpi).diff(axis=1).std(axis=1)
        assert steps[size < 8_000].median() > 1.3 * steps[size > 60_000].median(), kpi
    moves = {
        kpi: kommuner(kpi).T.autocorr if False else kommuner(kpi) for kpi in ("N98037", "N98010", "N98040")
    }
    alike = {kpi: panel[2023].corr(panel[2024]) for kpi, panel in moves.items()}
    assert alike["N98037"] < alike["N98010"] < alike["N98040"]
    assert 0.45 < alike["N98037"] < 0.85 and alike["N98040"] > 0.95


def test_few_persons_hide_a_share_and_some_values_are_missing(data: ExampleData, kommuner) -> None:
    rows = data.observations[data.observations["kpi"].str.startswith("N98")]
    hidden = rows[(rows["status"] == "Privacy")]
    assert set(hidden["kpi"]) <= {"N98030", "N98032"}
    missing = rows[rows["status"] == "Missing"].groupby("kpi").size()
    assert missing["N98033"] > 50 and "N98040" not in missing
    accounts = rows[(rows["kpi"] == "N98010") & (rows["status"] == "Missing")]
    assert set(accounts["year"]) == {2017, 2025}, "without accounts there are no costs"


def test_forecasts_are_made_when_the_others_are(kommuner) -> None:
    assert [year for year in kommuner("N98042") if year >= 2020] == [2020, 2021, 2022, 2025]
    ahead, now = kommuner("N98043"), kommuner("N98041")
    assert ((ahead / now[ahead.columns]).sub(1).abs() < 0.25).all(axis=None)


def test_later_years_go_on(catalogue: Catalogue, data: ExampleData) -> None:
    after = build_example(LAST_YEAR_AFTER, catalogue=catalogue).observations
    pd.testing.assert_frame_equal(after[after["year"] <= LAST_YEAR].reset_index(drop=True), data.observations)
    assert after.loc[after["kpi"] == "N98010", "year"].max() == LAST_YEAR_AFTER


# All exhibits of the area


@pytest.fixture(scope="module")
def snapshot(data: ExampleData, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return write_snapshot(
        "prov",
        observations=data.observations,
        kpis=data.kpis,
        municipalities=data.municipalities,
        groups=data.groups,
        source="Prov",
        kind="exempel",
        preliminary_year=LAST_YEAR,
        folder=tmp_path_factory.mktemp("frysning"),
    )


@pytest.fixture
def own_catalogue(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the project's own catalogue be the one with the area."""
    monkeypatch.setattr(catalogue_module, "CATALOGUE_FOLDER", folder)
    catalogue_module._load_default.cache_clear()
    yield
    catalogue_module._load_default.cache_clear()


@pytest.mark.usefixtures("own_catalogue")
@pytest.mark.parametrize("name", ["Exempelby", "Snöträsk", "Strömköping"])
def test_every_exhibit_of_the_area_can_be_shown(snapshot: Snapshot, name: str) -> None:
    case = open_case("kultur", kommun=name, data=snapshot.path)
    with undrawn():
        made = exhibits(case)
    assert len(made) > 8
    for exhibit in made.values():
        assert faults(sentences(exhibit)) == []
    assert len(case.peers.members) == 7
    judged = case.judge("N98010")
    assert judged is not None and judged.year == LAST_YEAR


@pytest.mark.usefixtures("own_catalogue")
def test_the_overview_shows_the_new_service(snapshot: Snapshot) -> None:
    overview = open_case("oversikt", kommun="Exempelby", data=snapshot.path)
    with undrawn():
        made = exhibits(overview)
    assert any("Kultur" in sentences(exhibit) + exhibit.to_text() for exhibit in made.values())
    for exhibit in made.values():
        assert faults(sentences(exhibit)) == []


def test_a_misspelt_hint_is_refused(tmp_path: Path) -> None:
    text = AREA.read_text(encoding="utf-8").replace("example: {level: 1400}", "example: {niva: 1400}")
    with pytest.raises(InputError, match=r"kultur.yaml: kpis\[N98004\].example.niva finns inte"):
        with_area(tmp_path / "katalog", ("kultur.yaml", text))
