"""Skolverket's tables: known by their headings, read to the last sign, refused when they are others."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.data.importer import import_files
from effektiv.data.skolverket import LAYOUTS
from effektiv.data.skolverket_units import LAYOUTS as UNIT_LAYOUTS
from effektiv.data.snapshot import Snapshot
from effektiv.errors import InputError

FOLDER = "data/skolverket-kommun-2016-2022"
COSTS = (
    "År/läsår;Kommun;Kommunkod;Län;Läns-kod;Typ av huvudman;Genomsnittligt elevantal;Totalt per elev;"
    "Undervisning per elev;Lokaler per elev;Måltider per elev;Lärverktyg per elev;Elevhälsa per elev;Övrigt per elev\n"
)
COST_ROW = (
    "2020;Botkyrka;0127;Stockholms län;01;Kommunal;8\u00a0665;119 500;68\u00a0600;19 200;-5 800;.;..;18 100\n"
)
TEACHERS = (
    "År/läsår,Kommun,Kommun-kod,Typ av huvudman,#Heltidstjänster | Andel med lärarlegitimation och behörighet\n"
    '2020/21,Botkyrka,0127,Kommunal,"73,3"\n2020/21,Botkyrka,0127,Enskild,"12,0"\n'
)
PUPILS = (
    'År/läsår,Kommun,Kommun-kod,Typ av huvudman,"Elever, årskurs 1-9"\n2020/21,Botkyrka,0127,Kommunal,3 877\n'
)
GRADES = (
    "Kommun,Kommunkod,Typ av huvudman,Uppgift,2021/22,1999/00\n"
    "Botkyrka,0127,Kommunal,Genomsnittligt meritvärde (17 ämnen),224.9,201\n"
    "Botkyrka,0127,Samtliga,Genomsnittligt meritvärde (17 ämnen),1,1\n"
    "Botkyrka,0127,Kommunal,Andel (%) behöriga till yrkesprogram,~100,\n"
    "Botkyrka,0127,Kommunal,- andel (%) flickor,50.7,46.9\n"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EFFEKTIV_DATA", str(tmp_path / "data"))


def made(tmp_path: Path, **texts: str) -> Snapshot:
    files = [tmp_path / f"{name}.csv" for name in texts]
    for file, text in zip(files, texts.values(), strict=True):
        file.write_text(text, encoding="utf-8")
    return import_files(files, "prov")


def rows(snapshot: Snapshot) -> list[tuple[object, ...]]:
    frame = snapshot.observations()[["kpi", "municipality", "year", "value", "status"]]
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False)]


def test_costs_keep_thousands_minus_signs_and_what_is_left_out(tmp_path: Path) -> None:
    assert rows(made(tmp_path, kostnad=COSTS + COST_ROW)) == [
        ("S-ELEVHALSA", "0127", 2020, None, "Privacy"),
        ("S-KOSTNAD", "0127", 2020, 119500.0, None),
        ("S-LARVERKTYG", "0127", 2020, None, "Missing"),
        ("S-LOKALER", "0127", 2020, 19200.0, None),
        ("S-MALTIDER", "0127", 2020, -5800.0, None),
        ("S-OVRIGT", "0127", 2020, 18100.0, None),
        ("S-UNDERVISNING", "0127", 2020, 68600.0, None),
    ]


def test_school_years_are_the_years_of_kolada_and_only_municipal_schools_are_read(tmp_path: Path) -> None:
    snapshot = made(tmp_path, larare=TEACHERS, elever=PUPILS, betyg=GRADES)
    assert rows(snapshot) == [
        ("S-BEHORIGA-LARARE", "0127", 2020, 73.3, None),
        ("S-ELEVER", "0127", 2020, 3877.0, None),
        ("S-MERITVARDE", "0127", 2000, 201.0, None),
        ("S-MERITVARDE", "0127", 2022, 224.9, None),
        ("S-YRKESPROGRAM", "0127", 2022, None, "Privacy"),
    ]
    titles = dict(zip(snapshot.kpis["id"], snapshot.kpis["title"], strict=True))
    assert titles["S-MERITVARDE"] == "Genomsnittligt meritvärde (17 ämnen)"
    notes = " ".join(snapshot.manifest.notes)
    assert "larare.csv: 1 av 2 rader har huvudmannen Kommunal" in notes
    assert "(.. och ~100) i betyg.csv: 1." in notes and "tomma celler i betyg.csv: 1." in notes


def test_a_snapshot_may_have_koladas_figures_as_well(tmp_path: Path) -> None:
    kolada = "kpi,municipality_id,year,value\nN15008,0127,2020,119534\n"
    found = rows(made(tmp_path, kolada=kolada, kostnad=COSTS + COST_ROW))
    assert {row[0] for row in found} == {"N15008", *LAYOUTS[0].figures.values()}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (COSTS.replace("Lokaler per elev", "Lokaler"), ["a.csv", "Lokaler,", "de som kan läsas är", "Lokaler per"]),
        (COSTS + COST_ROW.replace("2020;", "2020/21;"), ["rad 2, kolumn År/läsår", '"2020/21"', "årtal"]),
        (COSTS + COST_ROW.replace("119 500", "119.500"), ["rad 2, kolumn Totalt per elev", '"119.500"', '"3 593"']),
        (COSTS + COST_ROW.replace("119 500", "119 50"), ['"119 50" ska vara ett tal']),
        (COSTS + COST_ROW.replace("0127", "127"), ["rad 2, kolumn Kommunkod", 'skriv "0127"']),
        (COSTS + COST_ROW.replace("Kommunal", "Enskild"), ["Typ av huvudman har ingen rad med Kommunal"]),
        (TEACHERS.replace("2020/21", "2020/22"), ["rad 2, kolumn År/läsår", '"2020/22" ska vara ett läsår']),
        (GRADES.replace("2021/22", "2021/23"), ['kolumnen "2021/23" ska vara ett läsår']),
        (GRADES.replace("(17 ämnen)", "").replace("yrkesprogram", ""), ["betygen i årskurs 9", "under Uppgift"]),
        (COSTS + COST_ROW + COST_ROW.replace("119 500", "119 600"), ["S-KOSTNAD", "119600,0", "119500,0"]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_for_certain_is_refused(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        made(tmp_path, a=text)
    assert [word for word in words if word not in str(caught.value)] == []
    assert str(caught.value).count(". ") <= 1


def test_every_figure_that_is_read_stands_in_for_one_of_koladas_or_counts_pupils() -> None:
    kpis = load_catalogue().kpis
    read = {kpi for layout in LAYOUTS for kpi in layout.figures.values()}
    of_schools = {kpi for layout in UNIT_LAYOUTS for kpi in (*layout.figures, *layout.total)}
    assert read | of_schools == {kpi.id for kpi in kpis.values() if kpi.source.startswith("skol")}
    replaced = {kpi.stand_in: kpi for kpi in kpis.values() if kpi.stand_in in read}
    assert read - set(replaced) == {"S-ELEVER-AK9"}
    assert [kpi.id for name, kpi in replaced.items() if kpi.unit != kpis[str(name)].unit] == []


def test_real_tables_say_what_kolada_says(tmp_path: Path, shared: Path) -> None:
    """Grades, teachers and pupils are the same to the last decimal; costs but for what each has rounded and revised."""
    ours = import_files([shared / FOLDER / "*.csv.gz"], "skolverket").observations()
    kolada = pd.read_csv(
        shared / "data/kolada-1994-2022" / "values_catalogue.csv.gz", dtype={"municipality_id": str}
    )
    kolada = kolada[kolada["gender"] == "T"].rename(columns={"municipality_id": "municipality"})

    def differences(theirs: str, own: str, year: int | None = None) -> pd.Series:
        both = ours[ours["kpi"] == own].merge(
            kolada[kolada["kpi"] == theirs], on=["municipality", "year"], suffixes=("", "_kolada")
        )
        both = both[both["value"].notna() & (True if year is None else both["year"] == year)]
        found: pd.Series = (both["value"] - both["value_kolada"]).abs()
        return found

    for theirs, own, count in (
        ("N15505", "S-MERITVARDE", 1739),
        ("N15436", "S-YRKESPROGRAM", 1685),
        ("N15419", "S-ALLA-AMNEN", 1737),
        ("N15809", "S-ELEVER", 870),
    ):
        found = differences(theirs, own)
        assert (len(found), found.max()) == (count, 0.0), own
    teachers = differences("N15814", "S-BEHORIGA-LARARE")
    assert len(teachers) == 870 and teachers.max() < 0.25 and (teachers < 0.051).mean() > 0.7
    costs = differences("N15008", "S-KOSTNAD", 2020)
    assert len(costs) == 290
    # Both are rounded, and Kolada has revised some: nine in ten differ by less than a hundred kronor, all by five.
    assert (costs <= 100).mean() > 0.9 and costs.max() < 500
