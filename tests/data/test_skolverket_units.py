"""Skolverket's tables of schools: invented ones in its layouts, and the real extracts where they are at hand."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from effektiv.data.identifiers import Places
from effektiv.data.importer import import_files
from effektiv.data.skolverket_units import UnitTables, join_unit_files, read_unit_file
from effektiv.data.snapshot import Snapshot, open_snapshot
from effektiv.errors import InputError
from tests import small_snapshot as small

GRADES = (
    "Läsår,Skola,Skol-enhetskod,Skolkommun,Kommun-kod,Typ av huvudman,Huvudman,Antal elever,"
    "Andel som uppnått kunskapskraven i alla ämnen,Andel (%) elever behöriga till yrkesprog.,"
    "Genomsnittligt meritvärde (17 ämnen)\n"
    "2020/21,Östra skolan,11111111,Älvby,0319,Kommunal,Älvby kommun,64,75.0,~100,221.5\n"
    "2021/22,Östra skolan 7-9,11111111,Älvby,0319,Kommunal,Älvby kommun,66,71.2,90.9,219\n"
    "2021/22,Lilla friskolan,22222222,Älvby,0319,Enskild,Skolan AB,..,.,.,..\n"
)
CALC = (
    "Statistik från Skolverket, https://www.skolverket.se;;;;;;;;;\n;;;;;;;;;\n"
    "Grundskola - Slutbetyg årskurs 9, samtliga elever;;;;;;;;;\nValt läsår: 2024/25;;;;;;;;;\n;;;;;;;;;\n"
    "Skola;Skol-enhetskod;Skolkommun;Kommun-kod;Typ av huvudman;Huvudman;Antal elever;"
    "Andel (%) elever som uppfyllt betygskriterierna i alla ämnen;Andel (%) elever behöriga till yrkesprog.;"
    "Genomsnittligt meritvärde (17 ämnen)\n"
    "Östra skolan;11111111;Älvby;0319;Kommunal;Älvby kommun;70;72,9;88,6;218,4\n"
    ";33333333;Åsele;0330;Kommunal;Åsele kommun;22;63,6;..;190,1\n"
    ";;;;;;;;;\n1;Förklaringar till tabellen;;;;;;;;\n"
)
SURVEY = (
    "Huvudman,Kommun,Skolenhetskod,Skolenhet,Antal i gruppen,Antal,"
    "Känner du dig trygg i skolan? | Helt och hållet | Andel,Känner du dig trygg i skolan? | Till stor del | Andel\n"
    "Samtliga deltagande skolor,,,,100,90,0.4,0.4\n"
    "Älvby kommun,Älvby,11111111,Östra skolan,60,50,0.451,0.354\n"
    "Älvby kommun,Älvby,44444444,Västra skolan,30,25,0.5,-\n"
)
REGISTER = (
    "skolenhetskod,namn,kommunkod,huvudman,skolformer\n55555555,Norra skolan,0319,Kommunal,gr\n"
    "66666666,Södra skolan,0319,Fristående,gr\n"
)
LONG = (
    "skolenhetskod,matt,lasar,varde,varde_typ\n"
    '55555555,ratioOfPupilsIn9thGradeWithAllSubjectsPassed,2024/25,"91,5",EXISTS\n'
    "55555555,ratioOfPupils9thGradeEligibleForNationalProgramYR,2024/25,~100,ROUNDED\n"
    "55555555,certifiedTeachersQuota,2024/25,*,TEACHERS_EXCLUDED\n"
    "55555555,totalNumberOfPupils,2025/26,cirka 130,EXISTS\n"
    '77777777,averageGradesMeritRating9thGrade,2024/25,"230,1",EXISTS\n'
)
FILES = {
    "betyg.csv": GRADES,
    "betyg_2025.csv": CALC,
    "elever_ak8_2022.csv": SURVEY,
    "skolenheter.csv": REGISTER,
    "statistik.csv": LONG,
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EFFEKTIV_DATA", str(tmp_path / "data"))
    return tmp_path


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, *names: str) -> UnitTables:
    files = [read_unit_file(write(folder, name, FILES[name])) for name in names]
    assert all(file is not None for file in files)
    return join_unit_files([file for file in files if file], Places.of(small.small_municipalities()))


def values(tables: UnitTables) -> dict[tuple[str, str, int], float | str]:
    rows = tables.observations
    return {
        (row.kpi, row.unit.removeprefix("V15E"), row.year): row.status or row.value
        for row in rows.itertuples(index=False)
    }


def test_grades_with_a_column_of_school_years(tmp_path: Path) -> None:
    found = read(tmp_path, "betyg.csv")
    assert found.units.to_numpy().tolist() == [
        ["V15E11111111", "Östra skolan 7-9", "0319", "V15", "kommunal"],
        ["V15E22222222", "Lilla friskolan", "0319", "V15", "enskild"],
    ]
    cells = values(found)
    assert cells["S-ELEVER-AK9", "11111111", 2021] == 64
    assert cells["S-ALLA-AMNEN", "11111111", 2022] == 71.2
    assert cells["S-YRKESPROGRAM", "11111111", 2021] == "Privacy"
    assert cells["S-ELEVER-AK9", "22222222", 2022] == "Privacy"
    assert cells["S-ALLA-AMNEN", "22222222", 2022] == "Missing"
    assert "Värden som döljs (.., ~100 och *) i betyg.csv: 3." in found.notes


def test_grades_as_they_are_downloaded_with_lines_above_and_remarks_below(tmp_path: Path) -> None:
    found = read(tmp_path, "betyg_2025.csv")
    assert values(found)["S-ALLA-AMNEN", "11111111", 2025] == 72.9
    assert found.units["title"].tolist() == ["Östra skolan", ""]
    assert "Skolenheter utan namn, som visas med sin kod: 1." in found.notes


def test_a_survey_is_a_sum_of_two_answers_and_hidden_when_one_is(tmp_path: Path) -> None:
    cells = values(read(tmp_path, "elever_ak8_2022.csv"))
    assert cells["S-TRYGGHET-AK8", "11111111", 2022] == pytest.approx(80.5)
    assert cells["S-TRYGGHET-AK8", "44444444", 2022] == "Privacy"
    assert cells["S-SVAR-AK8", "44444444", 2022] == 25


def test_figures_without_municipality_are_joined_with_the_list_of_schools(tmp_path: Path) -> None:
    found = read(tmp_path, "statistik.csv", "skolenheter.csv")
    assert found.units["id"].tolist() == ["V15E55555555"]
    assert values(found) == {
        ("S-ALLA-AMNEN", "55555555", 2025): 91.5,
        ("S-YRKESPROGRAM", "55555555", 2025): "Privacy",
        ("S-BEHORIGA-LARARE", "55555555", 2024): "Missing",
    }
    assert any("vars kommun inte framgår av filerna: 1." in note for note in found.notes)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("betyg.csv", "75.0", "75 ca", r'rad 2, kolumn Andel som .*: "75 ca" ska vara ett tal'),
        ("betyg.csv", "2020/21", "2020/22", r'rad 2, kolumn Läsår: "2020/22" ska vara ett läsår'),
        ("betyg.csv", ",11111111,Älvby,0319,Kommunal,Älvby kommun,64", ",1111,Älvby,0319,Kommunal,Älvby kommun,64",
         r'rad 2, kolumn Skol-enhetskod: "1111" ska vara en skolenhetskod med åtta siffror'),
        ("betyg.csv", "0319", "0399", "rad 3: .*0399"),
        ("betyg.csv", "Antal elever", "Elever", r"tabellen har skolenhetskoder men kolumnerna Läsår.*de som kan läsas"),
        ("betyg.csv", "Kommun-kod", "Kod", "kolumnen Kommun-kod saknas"),
        ("betyg_2025.csv", "Valt läsår: 2024/25", "Valt läsår", "läsåret saknas"),
        ("statistik.csv", "ratioOf", "shareOf", None),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_what_was_expected(
    tmp_path: Path, name: str, old: str, new: str, message: str | None
) -> None:
    path = write(tmp_path, name, FILES[name].replace(old, new))

    def run() -> UnitTables:
        file = read_unit_file(path)
        assert file is not None
        return join_unit_files([file], Places.of(small.small_municipalities()))

    if message is None:  # other measures are let be
        assert run().observations.empty
    else:
        with pytest.raises(InputError, match=message):
            run()


def test_a_survey_must_say_its_year_in_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="elever_ak8_2022"):
        read_unit_file(write(tmp_path, "enkat.csv", SURVEY))


def test_another_table_is_none_of_schools(tmp_path: Path) -> None:
    assert read_unit_file(write(tmp_path, "k.csv", "kpi,kommun,ar,varde\nN15001,0319,2020,1\n")) is None


def test_two_files_that_differ_are_refused_and_what_one_hides_is_taken_from_the_other(tmp_path: Path) -> None:
    first = read_unit_file(write(tmp_path, "a.csv", GRADES))
    shown_there = read_unit_file(write(tmp_path, "b.csv", GRADES.replace("~100", "98.4")))
    other = read_unit_file(write(tmp_path, "c.csv", GRADES.replace("71.2", "81.2")))
    assert first is not None
    assert shown_there is not None
    assert other is not None
    places = Places.of(small.small_municipalities())
    assert values(join_unit_files([first, shown_there], places))["S-YRKESPROGRAM", "11111111", 2021] == 98.4
    with pytest.raises(
        InputError, match=r"c\.csv, rad 3: S-ALLA-AMNEN för skolenheten 11111111 år 2022 är 81\.2"
    ):
        join_unit_files([first, other], places)


def test_schools_are_added_to_the_newest_snapshot(home: Path) -> None:
    base = small.write_small("grund", home / "data")
    new = import_files([write(home, "betyg.csv", GRADES)], "med-skolor")
    assert new.units is not None
    pd.testing.assert_frame_equal(new.observations(), base.observations())
    assert new.manifest.kind == "import"
    assert 'Kommunernas värden är de i frysningen "grund".' in new.manifest.notes
    packed = home / "betyg_2025.csv.gz"
    packed.write_bytes(gzip.compress(CALC.encode("utf-8")))
    third = import_files([packed], "med-fler")
    assert third.units is not None
    assert third.units["id"].tolist() == ["V15E11111111", "V15E22222222", "V15E33333333"]


def test_schools_alone_are_refused_where_there_is_nothing_to_add_them_to(home: Path) -> None:
    with pytest.raises(InputError, match="läggs till kommunernas värden"):
        import_files([write(home, "betyg.csv", GRADES)], "ensam")


def test_schools_and_values_of_municipalities_in_one_command(home: Path) -> None:
    rows = "kpi,kommun,ar,varde\nN15001,0319,2020,1\nN15001,0330,2020,2\n"
    new = import_files([write(home, "k.csv", rows), write(home, "betyg.csv", GRADES)], "bada")
    assert new.units is not None
    assert len(new.units) == 2
    assert open_snapshot("bada").has_units


# --- the real extracts ------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    data = shared / "data"
    files = [
        *(data / "skolverket-skolenhet").glob("[ps]*.csv.gz"),
        *(data / "skolverket-enhet-2022-2026").glob("*.csv.gz"),
        data / "skolinspektionen-enkat-2022" / "elever_ak8_2022.csv.gz",
        data / "kolada-skolenkat-2022-2026" / "values.csv.gz",
    ]
    return import_files(files, "skolor", data / "kolada-metadata", folder=tmp_path_factory.mktemp("data"))


def test_the_real_tables_are_read_and_their_marks_kept(real: Snapshot, shared: Path) -> None:
    assert real.units is not None
    assert real.unit_observations is not None
    rows = real.unit_observations
    raw = pd.read_csv(
        shared / "data" / "skolverket-skolenhet" / "slutbetyg_ak9_2015-2022.csv.gz",
        dtype=str,
        keep_default_na=False,
    )
    mine = rows[(rows["kpi"] == "S-YRKESPROGRAM") & rows["year"].between(2015, 2022)]
    column = raw["Andel (%) elever behöriga till yrkesprog."]
    theirs = set(raw["Skol-enhetskod"] + raw["Läsår"])
    assert len(mine) >= len(theirs)
    shown = mine.assign(key=mine["unit"].str[4:] + mine["year"].map(lambda y: f"{y - 1}/{y % 100:02d}"))
    shown = shown.set_index("key").loc[raw["Skol-enhetskod"] + raw["Läsår"]]
    hidden = column.isin(["..", "~100"]).to_numpy()
    missing = (column == ".").to_numpy()
    # The interface of later years may show what this table hides; of these years it has 2021 and 2022.
    old = (shown["year"] < 2021).to_numpy()
    assert (shown["status"][hidden & old] == "Privacy").all()
    assert (shown["status"][missing & old] == "Missing").all()
    plain = ~hidden & ~missing
    np.testing.assert_allclose(shown["value"][plain].astype(float), column[plain].astype(float), atol=0.5)
    assert real.units[real.units["municipality"] == "0319"]["holder"].isin(["kommunal", "enskild"]).all()
    assert len(real.units) > 5500
