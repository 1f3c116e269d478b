"""The example data: complete, real in shape, and equal to itself everywhere."""

from __future__ import annotations

import hashlib
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.data.catalogue import load_catalogue
from effektiv.data.observations import normalise
from effektiv.example import ExampleData, build_example
from effektiv.example.country import COUNTIES, build_country
from effektiv.example.groups import FIRST_IDS
from effektiv.example.indices import normalised
from effektiv.example.noise import (
    People,
    Split,
    around,
    draw_means,
    draw_shares,
    persistent,
    ratio,
    stream,
)
from effektiv.example.truths import (
    INDEX_MISSING,
    INDEX_OTHER_INPUT,
    NO_ACCOUNTS,
    NO_UPPER_SCHOOL,
    RESIDUALS,
)
from effektiv.example.years import YEARS, column_of
from effektiv.types import RIKET, Better, Catalogue, IndexDefinition, IndexPart

SCB_COUNTIES = {"01", *(f"{n:02d}" for n in range(3, 11)), *(str(n) for n in (12, 13, 14, *range(17, 26)))}

CHECKSUMS = {
    "N01951": "52676ae0f55b",
    "N66077": "87ef516e441e",
    "N02922": "8227902d079b",
    "N15505": "69ffde37da4a",
    "N15001": "0c6b1df5ebfd",
    "N15008": "c86c462f3454",
    "N21006": "711b43f43b2d",
    "U21468": "788a03b80a91",
    "N33812": "036233ab636a",
    "U33580": "c421bccb7be3",
    "N31814": "5fd8295fa040",
    "N11024": "45cd667bf4a0",
    "N28018": "5226303045c6",
    "N00097": "ea473e86579f",
    "U15401": "4e1ead8408d9",
    "U20404": "ded9413c16eb",
    "N23006": "b76ba06411cd",
    "U23471": "1d0301f66cd3",
    "N33001": "bf26a31ec5f2",
    "N31001": "7577e9d7627a",
    "N17461": "215d8a71fd01",
}
"""Of some key figures of every module, as built with the pinned numpy; a change of the model changes them."""

GROUPS_CHECKSUM = "a68b6eed2e19"


@pytest.fixture(scope="module")
def data(built: ExampleData) -> ExampleData:
    return built


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def panels(data: ExampleData):
    """Return panels by key figure and gender, municipality x year, Riket a row."""
    rows_of = dict(iter(data.observations.groupby(["kpi", "gender"])))
    return lambda kpi, gender="T": rows_of[kpi, gender].pivot_table(
        index="municipality", columns="year", values="value", dropna=False
    )


@pytest.fixture(scope="module")
def code(data: ExampleData):
    ids = data.municipalities.set_index("title")["id"]
    return lambda title: ids[title]


# Completeness against the catalogue


def test_every_source_kpi_of_the_catalogue_is_generated(data: ExampleData, catalogue: Catalogue) -> None:
    wanted = {kpi.id for kpi in catalogue.kpis.values() if kpi.is_koladas}
    assert set(data.observations["kpi"].unique()) == wanted
    assert set(data.kpis["id"]) == wanted


def test_gender_riket_and_years_are_those_of_the_catalogue(data: ExampleData, catalogue: Catalogue) -> None:
    rows = data.observations
    found = rows.groupby("kpi")["year"].agg(first="min", last="max")
    genders = rows[["kpi", "gender"]].drop_duplicates().groupby("kpi")["gender"].sum()
    national = set(rows.loc[rows["municipality"] == RIKET, "kpi"])
    for kpi_id, row in found.iterrows():
        kpi = catalogue.kpis[str(kpi_id)]
        assert sorted(genders[kpi_id]) == (["K", "M", "T"] if kpi.gender else ["T"]), kpi_id
        assert (kpi_id in national) == kpi.riket, kpi_id
        assert 2012 <= max(row["first"], kpi.valid_from or 2012) == row["first"], kpi_id
        assert row["last"] <= min(2025, kpi.valid_to or 2025), kpi_id
        assert kpi.valid_to is None or row["last"] == min(kpi.valid_to, 2025), kpi_id
    assert (found["last"] == 2025).sum() > 180


def test_frames_have_the_shapes_of_a_snapshot(data: ExampleData, catalogue: Catalogue) -> None:
    some = data.observations["kpi"].isin(["N15505", "N33812", "U21401"])
    rows = data.observations[some].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        normalise(rows), rows.sort_values(["kpi", "municipality", "gender", "year"], ignore_index=True)
    )
    assert len(data.observations) < 2_000_000
    titles = data.kpis.set_index("id")["title"]
    assert all(titles[kpi] == catalogue.kpis[kpi].title for kpi in titles.index)
    ended = data.kpis.set_index("id")["publ_period"]
    assert ended["U15459"] == "" and ended["N15001"] == "2025" and ended["N33821"] == "2024"
    assert not data.kpis.isna().any(axis=None)


# Municipalities and groups


def test_municipalities_are_invented_and_unique(data: ExampleData) -> None:
    kommuner = data.municipalities[data.municipalities["type"] == "K"]
    assert len(kommuner) == 290
    assert kommuner["title"].is_unique and kommuner["id"].is_unique
    assert not set(kommuner["county"]) & SCB_COUNTIES
    assert set(kommuner["county"]) == set(COUNTIES) and len(COUNTIES) == 21
    regions = data.municipalities[(data.municipalities["type"] == "L") & (data.municipalities["id"] != RIKET)]
    assert list(regions["id"]) == [f"00{code}" for code in sorted(COUNTIES)]
    titles = list(kommuner["title"])
    assert any(a != b and b.startswith(a) for a in titles for b in titles), "no ambiguous beginning"
    assert all(any(letter in title.lower() for title in titles) for letter in "åäö")
    assert any(code.startswith("0") for code in kommuner["id"]), "no code with a zero to lose"


def test_no_real_municipality_gets_invented_values(data: ExampleData, shared) -> None:
    real = pd.read_csv(shared / "data" / "kolada-metadata" / "municipality_2026-03.csv", dtype=str)
    invented = data.municipalities[data.municipalities["id"] != RIKET]
    assert not {title.casefold() for title in real["title"]} & {t.casefold() for t in invented["title"]}
    assert not set(real["id"]) & set(invented["id"])


def test_groups_are_seven_others_by_family_and_year(data: ExampleData, catalogue: Catalogue) -> None:
    groups = data.groups
    titles = dict(zip(data.municipalities["id"], data.municipalities["title"], strict=True))
    parts = groups["group_title"].str.extract(r"^(?P<family>.+), (?P<own>[^,]+), (?P<year>\d{4})$")
    assert (groups.groupby("group_id").size() == 7).all()
    assert not (parts["own"] == groups["member_title"]).any()
    assert groups["group_id"].str.fullmatch(r"G9\d{5,}").all()
    assert groups.groupby("group_id")["group_title"].nunique().eq(1).all()
    assert groups["group_title"].nunique() == groups["group_id"].nunique()
    assert (groups["member_id"].map(titles) == groups["member_title"]).all()
    years = parts.groupby("family")["year"].agg(lambda y: tuple(sorted(set(y)))).to_dict()
    wanted = {service.family: ("2023", "2024") for service in catalogue.overview.services}
    assert wanted.keys() >= {area.family for area in catalogue.areas.values()}
    assert years == {**wanted, catalogue.overview.family: ("2024", "2025")}
    assert "Liknande kommuner grundskola, Exempelby, 2024" in set(groups["group_title"])
    assert "Liknande kommuner, övergripande, Exempelby, 2025" in set(groups["group_title"])


# The same everywhere


def test_building_twice_gives_the_same(data: ExampleData) -> None:
    again = build_example()
    for name in ("observations", "kpis", "municipalities", "groups"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(data, name))


def checksum(rows: pd.DataFrame) -> str:
    """Return a checksum of published values as whole multiples of their smallest unit."""
    scaled = np.rint(rows["value"].fillna(-1e9).to_numpy() * 1e4).astype("<i8")
    text = "".join(rows["municipality"] + rows["gender"]) + "".join(rows["status"].fillna(""))
    return hashlib.sha256(scaled.tobytes() + text.encode()).hexdigest()[:12]


@pytest.mark.parametrize("kpi", sorted(CHECKSUMS))
def test_values_are_the_same_on_every_platform(data: ExampleData, kpi: str) -> None:
    rows = data.observations[data.observations["kpi"] == kpi]
    assert checksum(rows) == CHECKSUMS[kpi]


def test_groups_are_the_same_on_every_platform(data: ExampleData) -> None:
    families = data.groups["group_title"].str.extract(r"^(.+), [^,]+, \d{4}$")[0]
    known = data.groups[families.isin({family for family, _ in FIRST_IDS})]
    members = "".join(known["group_id"] + known["member_id"])
    assert hashlib.sha256(members.encode()).hexdigest()[:12] == GROUPS_CHECKSUM


def test_streams_are_independent_of_each_other() -> None:
    assert stream("a").random(5).tolist() == stream("a").random(5).tolist()
    assert stream("a").random(5).tolist() != stream("b").random(5).tolist()


# Marginals against the real extracts


@pytest.fixture(scope="module")
def real_values(shared) -> pd.DataFrame:
    path = shared / "data" / "kolada-values-2006-2024" / "2024-12-12_kolada_values.csv.gz"
    frame = pd.read_csv(path, dtype={"municipality_id": str, "status": str})
    return frame[(frame["gender"] == "T") & (frame["municipality_id"] != RIKET)]


def spread(values: pd.Series) -> np.ndarray:
    return values.quantile([0.05, 0.25, 0.5, 0.75, 0.95]).to_numpy()


def test_sizes_ages_and_education_are_like_scb(shared) -> None:
    real = pd.read_csv(shared / "data" / "scb-kommun" / "municip_data22.csv")
    country = build_country()
    at = column_of(2022)
    population = pd.Series(country.population[:, at])
    np.testing.assert_allclose(spread(population), spread(real["pop"]), rtol=0.08)
    assert population.sum() == pytest.approx(real["pop"].sum(), rel=0.05)
    young = pd.Series(country.people(0, 19).total[:, at] / population)
    np.testing.assert_allclose(spread(young), spread(real["share0_19"]), atol=0.006)
    old = pd.Series(country.people(80).total[:, at] / population)
    # SCB's extract has 75+; 80+ is a little more than half of them.
    np.testing.assert_allclose(spread(old), 0.54 * spread(real["share75_"]), atol=0.006)
    tertiary = pd.Series(country.levels["tertiary"])
    np.testing.assert_allclose(spread(tertiary), 100 * spread(real["share_tertiary_school"]), atol=1.0)
    real_link = np.corrcoef(real["share75_"], real["share_tertiary_school"])[0, 1]
    assert np.corrcoef(old, tertiary)[0, 1] == pytest.approx(real_link, abs=0.15)


@pytest.mark.parametrize(
    ("ours", "theirs", "year", "level", "width"),
    [
        ("N15820", "N15816", 2022, 2.5, 3.5),  # municipal schools only: somewhat lower
        ("N15814", "N15813", 2022, 3.0, 3.0),
        ("N15436", "N15428", 2022, 2.0, 3.0),
    ],
)
def test_school_figures_are_spread_like_koladas(
    panels, real_values, ours: str, theirs: str, year: int, level: float, width: float
) -> None:
    real = real_values[(real_values["kpi"] == theirs) & (real_values["year"] == year)]["value"]
    own = panels(ours)[year].drop(index=RIKET)
    assert own.median() == pytest.approx(real.median(), abs=level)
    np.testing.assert_allclose(spread(own)[[0, -1]], spread(real)[[0, -1]], atol=2 * width)
    assert own.std() == pytest.approx(real.std(), rel=0.25)


def test_merit_value_is_spread_and_moves_like_skolverkets(panels, shared) -> None:
    schools = pd.read_csv(
        shared / "data" / "skolverket-skolenhet" / "slutbetyg_ak9_2015-2022.csv.gz", dtype=str
    )
    schools.columns = [
        "year",
        "school",
        "id",
        "name",
        "code",
        "kind",
        "owner",
        "org",
        "n",
        "all",
        "voc",
        "merit",
    ]
    schools = schools[schools["kind"] == "Kommunal"]
    for column in ("n", "merit"):
        schools[column] = pd.to_numeric(schools[column].str.replace(",", "."), errors="coerce")
    schools = schools.dropna(subset=["n", "merit"])
    total = (schools["n"] * schools["merit"]).groupby([schools["code"], schools["year"]]).sum()
    means = (total / schools["n"].groupby([schools["code"], schools["year"]]).sum()).rename("merit")
    real = means.reset_index().pivot_table("merit", index="code", columns="year")
    own = panels("N15505").drop(index=RIKET)
    assert own[2022].mean() == pytest.approx(real["2021/22"].mean(), abs=2.5)
    assert own[2022].std() == pytest.approx(real["2021/22"].std(), rel=0.15)
    one_year = real["2020/21"].corr(real["2021/22"])
    assert own[2021].corr(own[2022]) == pytest.approx(one_year, abs=0.08)


def test_school_costs_are_like_the_real_ones(panels, shared) -> None:
    folder = shared / "data" / "kolada-grundskola-kostnad-2016-2025"
    riket = pd.read_csv(folder / "grundskola_kungsbacka_riket.csv", dtype={"municipality_id": str})
    riket = riket[(riket["municipality_id"] == RIKET) & (riket["year"] >= 2016)]
    for kpi in ("N15008", "N15009", "N15011", "N15013", "U15011", "N15006"):
        real = riket[riket["kpi"] == kpi].set_index("year")["value"]
        own = panels(kpi).loc[RIKET, real.index]
        np.testing.assert_allclose(own, real, rtol=0.04, err_msg=kpi)
    some = pd.read_csv(folder / "grundskola_skane_liknande.csv", dtype={"municipality_id": str})
    for kpi, like in (("N15001", "N15001"), ("N15034", "N15033")):
        real = some[(some["kpi"] == like) & (some["year"] == 2023)]["value"]
        own = panels(kpi)[2023].drop(index=RIKET, errors="ignore")
        assert own.std() == pytest.approx(real.std(), rel=0.30), kpi
        assert own.median() == pytest.approx(real.median(), abs=0.6 if kpi == "N15034" else 2.5), kpi


@pytest.mark.parametrize(
    ("kpi", "level", "width"),
    [
        *(
            ("U23471", 2, 0.3),
            ("U23521", 2, 0.3),
            ("U23480", 2.5, 0.3),
            ("U23459", 2, 0.3),
            ("U23461", 2, 0.3),
        ),
        *(("N17461", 3, 0.3), ("N33001", 350, 0.3), ("N23006", 14_000, 0.5), ("N31001", 350, 0.2)),
    ],
)
def test_new_outcomes_and_parts_are_spread_like_koladas(
    panels, shared, kpi: str, level: float, width: float
) -> None:
    name = "values_other_U" if kpi[0] == "U" else "values_other_N1-N9"
    rows = pd.read_csv(
        shared / "data" / "kolada-1994-2022" / f"{name}.csv.gz", dtype={"municipality_id": str}
    )
    rows = rows[(rows["kpi"] == kpi) & (rows["year"] == 2022) & (rows["gender"] == "T")]
    real = rows.loc[~rows["municipality_id"].str.startswith("00"), "value"]
    own = panels(kpi)[2022].drop(index=RIKET)
    assert own.median() == pytest.approx(real.median(), abs=level)
    assert own.std() == pytest.approx(real.std(), rel=width)


# Identities


def same(left: pd.DataFrame, right: pd.DataFrame, **tolerance: float) -> None:
    """Assert equality where both have values, and that this is nearly everywhere."""
    left, right = left.align(right, join="inner")
    assert left.notna().to_numpy().mean() > 0.9
    both = (left.notna() & right.notna()).to_numpy()
    np.testing.assert_allclose(left.to_numpy()[both], right.to_numpy()[both], **tolerance)


def test_net_cost_deviation_fits_its_parts(panels, catalogue: Catalogue) -> None:
    same(panels("N15001"), 100 * (panels("U15011") / panels("N15058") - 1), rtol=0, atol=1e-4)
    population = panels("N01951")
    for service in catalogue.overview.services:
        if service.deviation_pct is None:
            continue
        deviation, reference = panels(service.deviation_pct), panels(service.reference_cost)
        tolerance = 0.01 if service.id == "grundskola" else 1e-4
        same(deviation, 100 * (panels(service.net_cost) / reference - 1), rtol=0, atol=tolerance)
        mnkr = deviation / 100 * reference * population / 1e6
        same(panels(service.deviation_mnkr), mnkr, rtol=0.002, atol=0.002)


def test_reference_costs_sum_to_the_countrys_net_cost(panels, catalogue: Catalogue) -> None:
    population = panels("N01951").drop(index=RIKET)
    for service in catalogue.overview.services:
        if service.deviation_pct is None:
            continue
        reference = (panels(service.reference_cost) * population).sum()
        net = (panels(service.net_cost).drop(index=RIKET) * population).sum()
        whole = pd.Index([year for year in reference.index if year not in (2017, 2025)])
        left_out = np.where((whole >= 2023) & (service.id != "lss"), 0.995, 1.0)
        np.testing.assert_allclose(reference[whole] / net[whole], left_out, atol=0.001, err_msg=service.id)


def test_total_deviation_is_that_of_the_sum(panels, catalogue: Catalogue) -> None:
    parts = [s for s in catalogue.overview.services if s.deviation_pct and s.id != "lss"]
    net = sum(panels(service.net_cost) for service in parts)
    reference = sum(panels(service.reference_cost) for service in parts)
    deviation = 100 * (net / reference - 1)
    same(panels("N00097").loc[:, 2015:], deviation.loc[:, 2015:], rtol=0, atol=1e-4)


def test_cost_trees_add_up_but_for_known_residuals(panels, catalogue: Catalogue, code) -> None:
    known = {(code(title), kpi, year): share for title, kpi, year, share in RESIDUALS}
    for tree in (tree for area in catalogue.areas.values() for tree in area.cost_trees):
        parent, total = panels(tree.parent), sum(panels(child) for child in tree.children)
        off = (parent - total).drop(index=RIKET)
        rows, columns = np.nonzero((off.abs() > 0.05).to_numpy())
        planted = {(place, year) for place, kpi, year in known if kpi == tree.parent}
        assert set(zip(off.index[rows], off.columns[columns], strict=True)) == planted, tree.parent
        for place, year in planted:
            share = off.loc[place, year] / total.loc[place, year]
            assert share == pytest.approx(known[place, tree.parent, year], abs=1e-5)


@pytest.mark.parametrize(
    ("per_person", "persons", "other", "others"),
    [
        ("N21022", "N01957", "N21020", "N01938"),
        ("N21024", "N01957", "N21009", "N01938"),
        ("N21023", "N01957", "N21021", "N01938"),
        ("N21025", "N01957", "N21014", "N01938"),
        ("N21026", "N01957", "N21003", "N01938"),
        ("N33001", "N01951", "N33006", "N01948"),
    ],
)
def test_a_cost_is_the_same_whomever_it_is_divided_by(
    panels, per_person: str, persons: str, other: str, others: str
) -> None:
    kronor = panels(per_person) * panels(persons)
    same(kronor, panels(other) * panels(others), rtol=5e-4)


def test_parts_of_a_service_land_near_its_cost(panels, catalogue: Catalogue) -> None:
    """Parts are gross costs and the service's is net, so the sum is near it and never more."""
    limits = {"aldreomsorg": (1.03, 1.06), "ifo": (0.88, 1.04)}
    for service in (service for service in catalogue.overview.services if service.parts):
        parts = sum(panels(part.cost) * panels(part.population) for part in service.parts)
        ratio = parts / (panels(service.net_cost) * panels("N01951"))
        low, high = limits[service.id]
        assert ((ratio > low) & (ratio < high) | ratio.isna()).all(axis=None), service.id
        assert ratio.loc[RIKET].between(0.96, 1.05).all(), service.id
        known = ratio.notna().sum().sum()
        assert known == ratio.size - len(NO_ACCOUNTS), service.id


def test_home_care_is_share_times_cost_per_user(panels) -> None:
    fit = (panels("N21009") / (panels("N21701") / 100 * panels("N21006"))).drop(index=RIKET)
    assert (((fit > 0.98) & (fit < 1.02)) | fit.isna()).all(axis=None)
    assert fit.isna().sum().sum() == len(NO_ACCOUNTS)
    per_hour = (panels("N21006") / 12 / panels("N21826"))[2022]
    assert 600 < per_hour.quantile(0.05) < per_hour.quantile(0.95) < 1300


def test_counts_and_shares_fit(panels) -> None:
    women, men, total = (panels("N01951", gender) for gender in "KMT")
    assert (women + men).equals(total)
    assert np.allclose(total.loc[RIKET], total.drop(index=RIKET).sum())
    same(panels("N01813"), 100 * panels("N01957") / total, rtol=0, atol=0.006)
    same(panels("N21701"), 100 * panels("N21702") / panels("N01938"), rtol=0, atol=0.006)
    then = panels("N01953") * (1 + panels("N02917") / 100)
    same(panels("N02909"), then, rtol=1e-3)


@pytest.mark.parametrize("kpi", ["N15505", "N15419", "U21468", "N33817", "N31814", "N01714"])
def test_total_lies_between_women_and_men(panels, kpi: str) -> None:
    women, men, total = (panels(kpi, gender) for gender in "KMT")
    low, high = np.minimum(women, men) - 0.06, np.maximum(women, men) + 0.06
    both = women.notna() & men.notna() & total.notna()
    assert (((total >= low) & (total <= high)) | ~both).all(axis=None)


# Missing values


def test_value_or_status_and_secrecy_of_the_few(data: ExampleData) -> None:
    rows = data.observations
    assert (rows["value"].isna() == rows["status"].notna()).all()
    answers = rows[(rows["kpi"] == "U23594") & (rows["municipality"] != RIKET)]
    assert answers["value"].min() >= 30 and (answers["status"] == "Privacy").mean() > 0.05
    children = rows[rows["kpi"] == "N33812"]
    assert not children["value"].between(1, 3).any()
    assert (children["status"] == "Privacy").any()
    hidden = rows[(rows["status"] == "Privacy") & rows["gender"].isin(["K", "M"])]
    pairs = hidden.groupby(["kpi", "municipality", "year"]).size()
    assert (pairs == 2).all(), "one gender alone is hidden and could be computed"


def test_small_municipalities_lack_more(data: ExampleData, panels) -> None:
    size = panels("N01951")[2022].drop(index=RIKET)
    rows = data.observations[data.observations["municipality"].isin(size.index)]
    lacking = rows["status"].notna().groupby(rows["municipality"]).mean()
    assert lacking[size < 8_000].mean() > 2 * lacking[size > 50_000].mean()
    voluntary = rows[rows["kpi"] == "U21401"]
    assert voluntary["municipality"].nunique() < 260, "all take part in a voluntary measurement"
    assert (voluntary["status"] == "Missing").any()


def test_known_gaps(data: ExampleData, panels, code) -> None:
    rows = data.observations.set_index(["kpi", "municipality", "year", "gender"]).sort_index()
    for title, year in NO_ACCOUNTS:
        for kpi in ("N15001", "N15008", "N21006", "N30005", "N00096"):
            assert rows.loc[(kpi, code(title), year, "T"), "status"] == "Missing"
        assert pd.notna(rows.loc[("N01951", code(title), year, "T"), "value"])
    for title in NO_UPPER_SCHOOL:
        assert (rows.loc[("N15505", code(title))]["status"] == "Not applicable").all()
    assert 2021 not in set(data.observations.loc[data.observations["kpi"] == "U21468", "year"])


# Breaks


def test_new_method_moves_the_deviation_in_2019(panels) -> None:
    for kpi in ("N15001", "N20900", "N30001", "N11024"):
        moves = panels(kpi).diff(axis=1).std()
        others = moves.drop([2012, 2019])
        assert moves[2019] > 1.15 * others.max(), kpi


def test_second_best_answer_counts_from_2023(panels) -> None:
    for kpi in ("U21454", "U23505"):
        panel = panels(kpi)
        assert panel.loc[RIKET, 2023] - panel.loc[RIKET, 2022] > 12
        assert 20 <= panel[2022].isna().sum() - panel[2023].isna().sum() <= 40


# Indices against the description of RKA's method, written once more


def scaled(column: pd.Series, *, lower: bool) -> pd.Series:
    # The nearest rank: the first value with at least that share of all at or below it.
    known = np.sort(column.dropna())
    if not len(known):
        return column
    low, high = (known[math.ceil(share * len(known) - 1e-9) - 1] for share in (0.025, 0.975))
    on_scale = ((column - low) / (high - low) * 100).clip(0, 100)
    return 100 - on_scale if lower else on_scale


def index_of(part: IndexPart, panels, catalogue: Catalogue, year: int) -> pd.Series:
    columns = []
    for item in part.inputs:
        panel = panels(item.kpi).drop(index=RIKET, errors="ignore")
        column = panel[year] if year in panel else pd.Series(np.nan, index=panel.index)
        for lag in item.lag_years if column.isna().all() or not item.whole_years else ():
            if year + lag in panel:
                column = column.fillna(panel[year + lag])
        columns.append(scaled(column, lower=catalogue.kpis[item.kpi].better is Better.LOWER) * item.weight)
    if len(columns) == 1:
        return columns[0]
    mean = sum(columns) / sum(item.weight for item in part.inputs)
    return scaled(mean, lower=False)


def compare_index(definition: IndexDefinition, panels, catalogue: Catalogue, year: int) -> tuple[float, int]:
    """Return the largest difference to the published indices, and how many are only published."""
    resource = index_of(definition.resource, panels, catalogue, year)
    quality = index_of(definition.quality, panels, catalogue, year)
    efficiency = scaled((resource + quality) / 2, lower=False)
    worst, only_published = 0.0, 0
    for kpi, own in (
        (definition.resource.published, resource),
        (definition.quality.published, quality),
        (definition.efficiency, efficiency),
    ):
        published, computed = panels(kpi)[year].align(own, join="outer")
        worst = max(worst, np.nan_to_num((published - computed).abs().max()))
        only_published += int((published.notna() & computed.isna()).sum())
    return worst, only_published


def test_published_indices_follow_from_their_inputs(panels, catalogue: Catalogue) -> None:
    for definition in catalogue.overview.indices:
        for year in (2016, 2020, 2023):
            worst, only_published = compare_index(definition, panels, catalogue, year)
            assert worst <= 0.11, (definition.id, year)
            assert only_published == 0, (definition.id, year)


def test_indices_on_ended_inputs_cannot_be_checked(panels, catalogue: Catalogue) -> None:
    for definition in catalogue.overview.indices:
        last = [catalogue.kpis[item.kpi].valid_to for item in definition.quality.inputs]
        first_other = min((year + 1 for year in last if year is not None), default=None)
        assert INDEX_OTHER_INPUT.get(definition.id) == first_other, definition.id
        if first_other is not None:
            worst, only_published = compare_index(definition, panels, catalogue, first_other)
            assert worst > 1 or only_published > 100, definition.id


def test_some_indices_are_withheld(data: ExampleData, catalogue: Catalogue, code) -> None:
    rows = data.observations.set_index(["kpi", "municipality", "year", "gender"])
    for title, index_id, year in INDEX_MISSING:
        definition = catalogue.index(index_id)
        for kpi in (definition.resource.published, definition.quality.published, definition.efficiency):
            assert rows.loc[(kpi, code(title), year, "T"), "status"] == "Missing"


# Properties of the draws

counts = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=8)


def people_of(pairs: list[tuple[int, int]]) -> People:
    return People(np.array([[w] for w, _ in pairs]), np.array([[m] for _, m in pairs]))


def assert_weighted(figure: Split, people: People) -> None:
    women = np.nan_to_num(figure.women) * people.women
    men = np.nan_to_num(figure.men) * people.men
    some = people.total > 0
    np.testing.assert_allclose((figure.total * people.total)[some], (women + men)[some], atol=1e-6)
    assert np.isnan(figure.total[~some]).all()
    assert np.isnan(figure.women[people.women == 0]).all()


@settings(deadline=None, max_examples=60)
@given(pairs=counts, share=st.floats(0.0, 1.0), gap=st.floats(-10, 10))
def test_drawn_shares_are_shares_and_weighted(pairs: list[tuple[int, int]], share: float, gap: float) -> None:
    people = people_of(pairs)
    figure = draw_shares("test", np.full((len(pairs), 1), share), people, gap=gap)
    assert_weighted(figure, people)
    for part in (figure.total, figure.women, figure.men):
        assert ((part >= 0) & (part <= 100) | np.isnan(part)).all()


@settings(deadline=None, max_examples=60)
@given(pairs=counts, mean=st.floats(-300, 300), gap=st.floats(-30, 30))
def test_drawn_means_are_weighted(pairs: list[tuple[int, int]], mean: float, gap: float) -> None:
    people = people_of(pairs)
    assert_weighted(draw_means("test", np.full((len(pairs), 1), mean), 70.0, people, gap=gap), people)


@settings(deadline=None, max_examples=60)
@given(pairs=counts, level=st.floats(0, 100), gap=st.floats(-10, 10))
def test_register_figures_keep_their_level(pairs: list[tuple[int, int]], level: float, gap: float) -> None:
    people = people_of(pairs)
    figure = around(np.full((len(pairs), 1), level), people, gap)
    np.testing.assert_allclose(figure.total[people.total > 0], level, atol=1e-9)
    np.testing.assert_allclose((figure.women - figure.men)[people.total > 0], gap, atol=1e-9)


def test_ratio_of_nobody_is_no_number() -> None:
    none = People(np.zeros((1, 1), dtype=int), np.array([[4]]))
    assert np.isnan(ratio(none, none).women[0, 0])
    assert ratio(none, none).total[0, 0] == 100


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(np.nan)), min_size=3, max_size=40))
def test_normalised_keeps_order_and_gaps(values: list[float]) -> None:
    column = np.array(values)[:, None]
    known = np.unique(column[~np.isnan(column)])
    if len(known) < 2 or np.percentile(known, 97.5) - np.percentile(known, 2.5) < 1e-3:
        return
    up, down = normalised(column), normalised(column, lower_is_better=True)
    np.testing.assert_array_equal(np.isnan(up), np.isnan(column))
    np.testing.assert_allclose(up + down, np.where(np.isnan(column), np.nan, 100))
    order = np.argsort(column[:, 0])
    assert (np.diff(up[order, 0][: (~np.isnan(column)).sum()]) >= -1e-9).all()
    if (~np.isnan(column)).sum() >= 2:
        assert np.nanmin(up) >= 0 and np.nanmax(up) <= 100


def test_persistent_series_has_unit_spread_and_its_correlation() -> None:
    series = persistent("test", (4000, 6), rho=0.7)
    np.testing.assert_allclose(series.std(axis=0), 1, atol=0.05)
    assert np.corrcoef(series[:, 3], series[:, 4])[0, 1] == pytest.approx(0.7, abs=0.03)


def test_age_bands_cover_everyone_once() -> None:
    country = build_country()
    pieces = [(0, 0), (1, 5), (6, 15), (16, 19), (20, 44), (45, 64), (65, 79), (80, None)]
    total = sum(country.people(*ages).total for ages in pieces)
    assert (total == country.population).all()
    assert country.population.shape == (290, len(YEARS))
    with pytest.raises(ValueError, match="2-5"):
        country.people(2, 5)


def test_every_group_title_can_be_parsed_by_its_last_two_commas(data: ExampleData) -> None:
    for title in data.groups["group_title"].unique()[::97]:
        assert re.fullmatch(r"Liknande kommuner,? [^,]+, [^,]+, 20\d\d", title)
