"""The finding on own units: which one drives the figure, how sure, and what is not shown."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from effektiv import open_case
from effektiv.analysis.certainty import Certainty
from effektiv.analysis.units import driving, outside
from effektiv.data.importer import import_files
from effektiv.data.snapshot import Snapshot, with_units, write_snapshot
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.swedish import Mark
from effektiv.steps.s2_orsaksanalys.case import CauseAreaCase
from effektiv.steps.s2_orsaksanalys.units import units
from effektiv.steps.s2_orsaksanalys.units_view import units_views
from effektiv.steps.wording import words_in

SCHOOL, CARE = "grundskola", "aldreomsorg-ordinart-boende"


def opened(area: str, kommun: str, data: str | Path = "exempel") -> CauseAreaCase:
    case = open_case(area, steg=2, kommun=kommun, data=str(data))
    assert isinstance(case, CauseAreaCase)
    return case


def words(exhibit: Exhibit) -> str:
    return " ".join(block for block in exhibit.blocks if isinstance(block, str))


@pytest.fixture(scope="module")
def exempelby(example: Snapshot) -> CauseAreaCase:
    assert example.has_units
    return opened(SCHOOL, "Exempelby")


def test_the_planted_school_is_told_of_first_with_its_word(exempelby: CauseAreaCase) -> None:
    found = units(exempelby.view)
    assert found is not None
    assert found.title == "Bruksskolan sänker andelen elever som klarar alla ämnen"
    assert words_in(words(found)) <= 60
    assert "Skillnaden är säker." in words(found)
    assert "säger inte varför" in words(found)
    assert found.figure is not None
    assert found.table is not None
    assert [row[0] for row in found.table.rows] == ["Bruksskolan", "Centralskolan", "Hamnskolan"]


def test_what_is_told_is_what_the_published_values_say(exempelby: CauseAreaCase, example: Snapshot) -> None:
    view = units_views(exempelby.view)[0]
    rows = example.unit_observations
    assert rows is not None
    mine = rows[rows["unit"].str.startswith("V15E0219") & rows["year"].between(2023, 2025)]
    wide = mine.pivot_table(index=["unit", "year"], columns="kpi", values="value").dropna()
    counts = (wide["N15419"] * wide["S-ELEVER-AK9"] / 100).groupby("unit").sum()
    expected = 100 * counts / wide["S-ELEVER-AK9"].groupby("unit").sum()
    np.testing.assert_allclose(view.pooled["share"], expected[view.pooled.index])
    published = example.panel("N15419").loc["0219", 2023:2025]
    whole = (view.pooled["share"] * view.pooled["persons"]).sum() / view.pooled["persons"].sum()
    assert whole == pytest.approx(float(published.mean()), abs=1.5)


def test_the_underlag_shows_every_unit_and_hides_shares_of_few(exempelby: CauseAreaCase) -> None:
    table = exempelby.units_by_year().table
    assert table is not None
    by_name = {str(row[0]): row for row in table.rows}
    assert set(by_name) == {"Bruksskolan", "Byskolan", "Centralskolan", "Hamnskolan"}
    keys = [column.key for column in table.columns]
    # The new school has nineteen pupils a year: hidden each year, but not for three together.
    place = [str(row[0]) for row in table.rows].index("Hamnskolan")
    assert by_name["Hamnskolan"][keys.index("2025")] is None
    assert table.marks[place, "2025"] is Mark.PRIVACY
    assert (place, "2022") not in table.marks
    assert by_name["Hamnskolan"][keys.index("tillsammans")] == pytest.approx(86.0, abs=0.1)
    # The closed one has its years, and no place among today's.
    assert by_name["Byskolan"][keys.index("2022")] is not None
    assert by_name["Byskolan"][keys.index("tillsammans")] is None


def test_no_word_of_certainty_where_nobody_knows_how_units_differ(exempelby: CauseAreaCase) -> None:
    """How many answered is known only from the municipality's own form, and of no other municipality."""
    found = units(opened(CARE, "Exempelby").view)
    assert found is not None
    text = words(found)
    assert "Hur säker skillnaden är går inte att säga" in text
    assert "troligen" not in text
    assert "är säker" not in text
    assert found.table is not None
    assert {row[-1] for row in found.table.rows} == {"går inte att säga"}


def test_units_without_known_persons_are_shown_by_year_alone(
    example: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(tmp_path))
    found = units(opened(CARE, "Exempelby").view)
    assert found is not None
    assert "enheter.xlsx" in words(found)
    assert found.title == "Andelen nöjda med hemtjänsten skiljer sig mellan enheterna"


def test_a_municipality_without_own_units_has_no_finding_and_is_told_so(example: Snapshot) -> None:
    assert example.units is not None
    without = next(
        code
        for code in example.municipalities["id"][example.municipalities["type"] == "K"]
        if code not in set(example.units["municipality"])
    )
    case = opened(SCHOOL, without)
    assert units(case.view) is None
    assert "inga egna skolor i datauttaget" in case.units_by_year().to_text()


def small_copy(example: Snapshot, folder: Path, keep: list[str]) -> Snapshot:
    """Return the example as an import that has some units alone."""
    assert example.units is not None
    assert example.unit_observations is not None
    base = write_snapshot(
        "grund",
        observations=example.observations(["N15001", "N15008", "N15505", "N01951", "N15809"]),
        kpis=example.kpis,
        municipalities=example.municipalities,
        groups=example.groups,
        source="Test",
        kind="import",
        folder=folder,
    )
    rows = example.unit_observations
    return with_units(
        "med",
        base,
        units=example.units[example.units["id"].isin(keep)],
        unit_observations=rows[rows["unit"].isin(keep)],
        source="Test",
    )


def test_one_school_of_few_known_has_no_word(example: Snapshot, tmp_path: Path) -> None:
    made = small_copy(example, tmp_path, ["V15E021900101"])
    found = units(opened(SCHOOL, "0219", made.path).view)
    assert found is not None
    assert found.title == "Kommunen har en skola med egna värden"
    assert "kommunens enda skola" in words(found)


def test_a_snapshot_without_units_says_how_to_get_them(example: Snapshot, tmp_path: Path) -> None:
    small_copy(example, tmp_path, ["V15E021900101"])
    shutil.rmtree(tmp_path / "med")
    case = opened(SCHOOL, "0219", tmp_path / "grund")
    assert units(case.view) is None
    assert "effektiv hamta --enheter" in case.units_by_year().to_text()


# --- the real schools -------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    data = shared / "data"
    return import_files(
        [
            *(data / "skolverket-skolenhet").glob("[ps]*.csv.gz"),
            *(data / "skolverket-enhet-2022-2026").glob("*.csv.gz"),
            data / "skolinspektionen-enkat-2022" / "elever_ak8_2022.csv.gz",
            data / "kolada-values-2006-2024" / "2024-12-12_kolada_values.csv.gz",
        ],
        "skolor",
        data / "kolada-metadata",
        folder=tmp_path_factory.mktemp("data"),
    )


@pytest.mark.parametrize("kommun", ["Älvkarleby", "Gävle", "Borås"])
def test_real_schools_are_told_of_within_the_form_and_their_marks_kept(real: Snapshot, kommun: str) -> None:
    case = opened(SCHOOL, kommun, real.path)
    found = units(case.view)
    assert found is not None
    assert words_in(words(found)) <= 60
    assert found.figure is not None
    table = case.units_by_year().table
    assert table is not None
    assert real.units is not None
    rows = real.unit_observations
    assert rows is not None
    own = real.units[(real.units["municipality"] == case.municipality) & (real.units["holder"] == "kommunal")]
    names = set(own["title"])
    assert {str(row[0]) for row in table.rows} <= names
    # What is published as hidden is nowhere shown, and no share of fewer than twenty is.
    keys = [column.key for column in table.columns]
    hidden = rows[
        rows["unit"].isin(own["id"]) & (rows["status"] == "Privacy") & (rows["kpi"] == "S-ALLA-AMNEN")
    ]
    titles = own.set_index("id")["title"]
    label = case.kpi("S-ALLA-AMNEN").label
    shown = {
        (str(row[0]), key): row[keys.index(key)] for row in table.rows if row[1] == label for key in keys
    }
    for unit, year in hidden[["unit", "year"]].itertuples(index=False, name=None):
        assert shown.get((str(titles[unit]), str(year))) is None


def test_a_plain_funnel_of_the_real_schools_flags_many_and_ours_few(real: Snapshot) -> None:
    view = units_views(opened(SCHOOL, "Gävle", real.path).view)[0]
    assert view.model is not None
    assert view.model.ratio > 3
    assert view.variance is not None
    found = pd.concat([view.pooled, view.others_pooled])
    plain = int((outside(found["share"], found["persons"], view.baseline) != 0).sum())
    ours = int((outside(found["share"], found["persons"], view.baseline, view.variance) != 0).sum())
    assert plain > 10 * max(ours, 1)


def test_words_are_those_of_the_measured_rule(real: Snapshot) -> None:
    view = units_views(opened(SCHOOL, "Borås", real.path).view)[0]
    found = driving(view.model, view.counted, view.persons, view.year)
    for probability, word in zip(found["probability"], found["certainty"], strict=True):
        assert (word is Certainty.SURE) == (probability >= 0.975)
