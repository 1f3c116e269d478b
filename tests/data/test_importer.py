"""Import: exact values from any usual shape of table, or an error with file and line."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.data import observations as obs
from effektiv.data.importer import import_files
from effektiv.data.snapshot import Snapshot, list_snapshots, open_snapshot
from effektiv.errors import InputError
from tests import small_snapshot as small


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EFFEKTIV_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def metadata(tmp_path: Path) -> Path:
    """Return a metadata folder with newer and older lists, some zipped."""
    folder = tmp_path / "metadata"
    folder.mkdir()
    kpis = small.small_kpis()
    kpis.assign(title="Gammal titel").to_csv(folder / "kpi_2023-03-28.csv.gz", index=False)
    kpis.to_csv(folder / "kpi_2026-03.csv", index=False)
    pd.DataFrame({"id": ["x"]}).to_csv(folder / "kpi_groups_2027-01.csv.gz", index=False)
    small.small_municipalities()[["id", "title", "type"]].to_csv(
        folder / "municipality_2026-03.csv", index=False
    )
    small.small_groups().to_csv(folder / "municipality_groups_2026-03.csv.gz", index=False)
    return folder


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    content = text.encode(encoding)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


HEAD = "kpi,municipality_id,year,gender,value,status\n"
ONE = [("N15001", "0319", 2024, "T", 1.5, None)]


def rows(snapshot: Snapshot) -> list[tuple[object, ...]]:
    frame = snapshot.observations()
    return [
        tuple(None if pd.isna(cell) else cell for cell in row)
        for row in frame.itertuples(index=False, name=None)
    ]


@pytest.mark.parametrize(
    ("name", "text", "encoding"),
    [
        ("a.csv", HEAD + "N15001,0319,2024,T,1.5,\n", "utf-8"),
        ("a.csv.gz", HEAD + "N15001,0319,2024,T,1.5,\n", "utf-8"),
        ("a.csv", HEAD + "N15001,0319,2024,T,1.5,\n", "utf-8-sig"),
        ("a.csv", HEAD + 'N15001,0319,2024,T,"1,5",NA\n', "utf-8"),
        ("a.csv", "värde;kön;År;Kommun;kpi\n1,5;T;2024;0319;N15001\n", "utf-8-sig"),
        ("a.csv", "varde;kon;ar;kommun;kpi\r\n1,50;T;2024.0;0319;N15001\r\n", "utf-8"),
        ("a.csv", "period\tmunicipality\tvalue\tkpi\tannat\n2024\t0319\t15e-1\tN15001\t;,\n", "utf-8"),
        ("a.csv", HEAD + "\nN15001,0319,2024,T,1.5,\n\n", "utf-8"),
        ("a.csv", "KPI,kpi,kommun,year,value\nTitel,N15001,0319,2024,1.5\n", "utf-8"),
        ("a.csv", "municipality,kpi,municipality_id,year,value\nFel namn,N15001,0319,2024,1.5\n", "utf-8"),
        ("a.csv", HEAD.strip() + ",\nN15001,0319,2024,T,1.5,,\n", "utf-8"),
    ],
)
def test_usual_shapes_of_tables_say_the_same(tmp_path: Path, name: str, text: str, encoding: str) -> None:
    assert rows(import_files([put(tmp_path / name, text, encoding)], "prov")) == ONE


def test_parquet_with_its_own_types(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "kpi": ["N15001"] * 3,
            "municipality_id": pd.Categorical(["0319", "0330", "0331"]),
            "year": np.array([2024, 2023, 2022], dtype="int32"),
            "value": [0.1 + 0.2, np.nan, 7.0],
            "status": [None, "Privacy", ""],
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")
    assert rows(import_files([tmp_path / "a.parquet"], "prov")) == [
        ("N15001", "0319", 2024, "T", 0.1 + 0.2, None),
        ("N15001", "0330", 2023, "T", None, "Privacy"),
        ("N15001", "0331", 2022, "T", 7.0, None),
    ]


def test_parquet_with_codes_as_numbers_is_refused(tmp_path: Path, metadata: Path) -> None:
    frame = pd.DataFrame({"kpi": ["N15001"], "municipality_id": [319], "year": [2024], "value": [1.0]})
    frame.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r'a\.parquet, rad 1, kolumn municipality_id: .*skriv "0319"'):
        import_files([tmp_path / "a.parquet"], "prov", metadata)


def test_everything_written_as_csv_comes_back(tmp_path: Path, metadata: Path) -> None:
    frame = small.small_observations()
    frame.to_csv(tmp_path / "alla.csv.gz", index=False)
    made = import_files([tmp_path / "alla.csv.gz"], "prov", metadata)
    pd.testing.assert_frame_equal(made.observations(), obs.normalise(frame))
    assert made.municipalities.equals(small.small_municipalities())
    assert made.groups["group_id"].tolist() == ["G1"] * 3 + ["G2"] * 2
    kpis = made.kpis.set_index("id")
    assert kpis.loc[small.MEAN, "title"] == "Nettokostnadsavvikelse, (%)"
    assert kpis["is_divided_by_gender"].tolist() == [False, True, False, False]
    assert made.manifest.kind == "import"
    assert made.manifest.source == "Importerat ur alla.csv.gz"
    assert open_snapshot("prov") is made


@settings(max_examples=40, deadline=None)
@given(value=st.floats(allow_nan=False, allow_infinity=False), comma=st.booleans())
def test_every_number_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, value: float, comma: bool
) -> None:
    folder = tmp_path_factory.mktemp("tal")
    lines = [f"N15001;0319;{year};{number!r}\n" for year, number in ((2023, 0.5), (2024, value))]
    text = "".join(lines).replace(".", ",") if comma else "".join(lines)
    file = put(folder / "a.csv", f"kpi;kommun;ar;varde\n{text}")
    made = import_files([file], "prov", folder=folder)
    assert made.observations()["value"].tolist() == [0.5, value]


def test_names_are_looked_up_also_of_regions_and_riket(tmp_path: Path, metadata: Path) -> None:
    text = "kpi,municipality,year,value\nN15001,älvby,2024,1\nN15001,Riket,2024,2\nN15001,Region Syd,2024,3\n"
    made = import_files([put(tmp_path / "a.csv", text)], "prov", metadata)
    assert made.observations()["municipality"].tolist() == ["0000", "0027", "0319"]


def test_without_metadata_only_codes_are_known(tmp_path: Path) -> None:
    text = HEAD + "N15001,0319,2024,T,1,\nN15001,0000,2024,T,2,\nN15001,0012,2024,T,3,\n"
    made = import_files([put(tmp_path / "a.csv", text)], "prov")
    assert made.municipalities.to_numpy().tolist() == [
        ["0000", "Riket", "L", ""],
        ["0012", "0012", "L", "12"],
        ["0319", "0319", "K", "03"],
    ]
    assert made.kpis[["id", "title"]].to_numpy().tolist() == [["N15001", "N15001"]]
    assert made.groups.empty
    assert "utan metadata" in made.manifest.notes[0]


# ---- several files


def test_files_add_up_and_agreeing_rows_are_one(tmp_path: Path) -> None:
    a = put(tmp_path / "a.csv", HEAD + "N15001,0319,2024,T,90.4166667,\nN15001,0319,2023,T,,Missing\n")
    b = put(tmp_path / "b.csv", HEAD + "N15001,0319,2024,T,90.41666667,\nN15001,0319,2023,T,,Missing\n")
    c = put(tmp_path / "c.csv", HEAD + "N15001,0330,2024,T,2,\n")
    made = import_files([a, b, c], "prov")
    assert made.observations()["value"].tolist()[1:] == [90.4166667, 2.0]
    assert len(made.observations()) == 3


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("1.6,", "är 1,6, men 1,5 i"),
        (",Privacy", "är Privacy, men 1,5 i"),
    ],
)
def test_files_that_disagree_name_both_places(tmp_path: Path, second: str, said: str) -> None:
    a = put(tmp_path / "a.csv", HEAD + "N15001,0330,2024,T,1,\nN15001,0319,2024,T,1.5,\n")
    b = put(tmp_path / "b.csv", HEAD + f"N15001,0319,2024,T,{second}\n")
    with pytest.raises(InputError) as error:
        import_files([a, b], "prov")
    message = str(error.value)
    assert f"{b}, rad 2: nyckeltal N15001, kommun 0319, år 2024, kön T" in message
    assert said in message
    assert f"{a}, rad 3" in message
    assert list_snapshots() == []


def test_a_file_that_disagrees_with_itself(tmp_path: Path) -> None:
    text = HEAD + "N15001,0319,2024,T,1.5,\nN15001,0319,2024,T,1.5,\nN15001,0319,2024,T,9,\n"
    with pytest.raises(InputError, match=r"rad 4: .*är 9\.0|rad 4: .*är 9,0"):
        import_files([put(tmp_path / "a.csv", text)], "prov")


# ---- what is left out is said


def test_rows_left_out_are_counted(tmp_path: Path) -> None:
    text = (
        HEAD
        + "N15001,0319,2024,T,1,\nN15001,0319,2023,T,,\nN15001,0319,2022,T,NA,NA\nN15001,G35865,2024,T,1,\n"
    )
    made = import_files([put(tmp_path / "a.csv", text)], "prov")
    assert len(made.observations()) == 1
    notes = " ".join(made.manifest.notes)
    assert "Utelämnade rader utan både värde och status i a.csv: 2." in notes
    assert "Utelämnade rader för grupper av kommuner i a.csv: 1." in notes


def test_unknown_key_figures_are_kept_and_noted(tmp_path: Path, metadata: Path) -> None:
    made = import_files([put(tmp_path / "a.csv", HEAD + "N99999,0319,2024,T,1,\n")], "prov", metadata)
    assert made.kpis["title"].tolist() == ["N99999"]
    assert "Nyckeltal utan metadata: N99999." in made.manifest.notes


def test_a_year_that_may_be_preliminary_is_marked(tmp_path: Path, metadata: Path) -> None:
    file = put(tmp_path / "a.csv", HEAD + f"{small.MEAN},0319,2025,T,1,\n")
    made = import_files([file], "prov", metadata)
    assert made.manifest.preliminary_year == 2025
    assert any("2025 kan vara preliminära" in note for note in made.manifest.notes)
    file = put(tmp_path / "b.csv", HEAD + f"{small.MEAN},0319,2024,T,1,\n{small.BY_GENDER},0319,2025,T,1,\n")
    assert import_files([file], "prov2", metadata).manifest.preliminary_year is None


def test_partial_metadata_is_noted(tmp_path: Path) -> None:
    folder = tmp_path / "bara-nyckeltal"
    folder.mkdir()
    # The shape of API v2: other names, 0 and 1.
    (folder / "kpi_2024-04.csv").write_text(
        "auspices,id,is_divided_by_gender,has_ou_data,title\nE,N15001,1,False,Avvikelse\n", encoding="utf-8"
    )
    made = import_files([put(tmp_path / "a.csv", HEAD + "N15001,0319,2024,T,1,\n")], "prov", folder)
    assert made.kpis.loc[0, ["title", "auspice", "is_divided_by_gender"]].tolist() == ["Avvikelse", "E", True]
    assert any("municipality_2*.csv" in note for note in made.manifest.notes)
    assert made.municipalities["title"].tolist() == ["0319"]


# ---- errors


@pytest.mark.parametrize(
    ("line", "where", "what"),
    [
        ("N15001,319,2024,T,1,", "rad 3, kolumn municipality_id", 'skriv "0319"'),
        ("N15001,9999,2024,T,1,", "rad 3, kolumn municipality_id", '"9999" finns inte'),
        ("N15001,Alvby,2024,T,1,", "rad 3, kolumn municipality_id", "Menade du Älvby?"),
        ("N15 001,0319,2024,T,1,", "rad 3, kolumn kpi", '"N15 001"'),
        (",0319,2024,T,1,", "rad 3, kolumn kpi", '""'),
        ("N15001,0319,24,T,1,", "rad 3, kolumn year", '"24" ska vara ett årtal'),
        ("N15001,0319,0024,T,1,", "rad 3, kolumn year", '"0024" ska vara ett årtal mellan'),
        ("N15001,0319,,T,1,", "rad 3, kolumn year", '""'),
        ("N15001,0319,2024,F,1,", "rad 3, kolumn gender", '"F" ska vara ett av T, K, M'),
        ("N15001,0319,2024,T,ett,", "rad 3, kolumn value", '"ett" ska vara ett tal'),
        ("N15001,0319,2024,T,1 234,", "rad 3, kolumn value", '"1 234"'),
        ("N15001,0319,2024,T,1e999,", "rad 3, kolumn value", "för stort"),
        ("N15001,0319,2024,T,inf,", "rad 3, kolumn value", '"inf"'),
        ("N15001,0319,2024,T,,Sekretess", "rad 3, kolumn status", '"Sekretess"'),
        ("N15001,0319,2024,T,1,Privacy", "rad 3, kolumn value", "har också en status"),
        ("N15001,0319,2024,T,1,,7", "rad 3", "har 7 celler, men rubrikraden 6"),
    ],
)
def test_errors_name_file_line_column_and_value(
    tmp_path: Path, metadata: Path, home: Path, line: str, where: str, what: str
) -> None:
    file = put(tmp_path / "a.csv", HEAD + f"N15001,0330,2024,T,1,\n{line}\n")
    with pytest.raises(InputError) as error:
        import_files([file], "prov", metadata)
    assert str(file) in str(error.value)
    assert where in str(error.value)
    assert what in str(error.value)
    assert not home.exists()


@pytest.mark.parametrize(("cell", "what"), [("319", "inledande nolla"), ("Älvby", "namn kräver --metadata")])
def test_codes_without_metadata(tmp_path: Path, cell: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        import_files([put(tmp_path / "a.csv", HEAD + f"N15001,{cell},2024,T,1,\n")], "prov")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "kpi,municipality_id,year\nN15001,0319,2024\n",
            r"kolumnen value saknas\. Filens kolumner är kpi, mun",
        ),
        ("kpi,year,period,kommun,value\nN15001,2024,2024,0319,1\n", "year och period betyder samma sak"),
        ("kpi,kommun,year,value\nN15001,0319,2024,1,extra\n", "rad 2: raden har 5 celler, men rubrikraden 4"),
        ("", "går inte att läsa"),
        ('kpi,kommun,year,value\n"N15001,0319,2024,1\n', "går inte att läsa"),
    ],
)
def test_tables_that_cannot_be_read_for_certain(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        import_files([put(tmp_path / "a.csv", text)], "prov")


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes("kpi,kön\nN15001,Kvinnor å\n".encode("latin-1"))
    broken = tmp_path / "a.csv.gz"
    broken.write_bytes(gzip.compress((HEAD + "N15001,0319,2024,T,1,\n" * 500).encode())[:-20])
    parquet = tmp_path / "a.parquet"
    parquet.write_bytes(b"PAR1 nej")
    excel = put(tmp_path / "a.xlsx", "x")
    for file, what in [
        (latin, "inte UTF-8"),
        (broken, "går inte att läsa"),
        (parquet, "som parquet"),
        (excel, r"\.csv, \.csv\.gz, \.tsv, \.tsv\.gz eller \.parquet"),
        (tmp_path / "borta.csv", "finns inte"),
    ]:
        with pytest.raises(InputError, match=what):
            import_files([file], "prov")
    with pytest.raises(InputError, match="minst en fil"):
        import_files([], "prov")


def test_metadata_that_cannot_be_read(tmp_path: Path, metadata: Path) -> None:
    file = put(tmp_path / "a.csv", HEAD + "N15001,0319,2024,T,1,\n")
    empty = tmp_path / "tom"
    empty.mkdir()
    for folder, what in [(empty, "innehåller varken"), (tmp_path / "borta", "finns inte")]:
        with pytest.raises(InputError, match=what):
            import_files([file], "prov", folder)
    put(metadata / "municipality_2027-01.csv", "id,title,type\n319,Älvby,K\n")
    with pytest.raises(
        InputError, match=r'municipality_2027-01\.csv, rad 2: Älvby: Kommunkoden "319".*skriv "0319"'
    ):
        import_files([file], "prov", metadata)
    put(metadata / "municipality_2027-01.csv", "id,title\n0319,Älvby\n")
    with pytest.raises(InputError, match=r"municipality_2027-01\.csv: kolumnen type saknas"):
        import_files([file], "prov", metadata)
    put(metadata / "kpi_2027-01.csv", "id,title\nN1,a\nN1,b\n")
    with pytest.raises(InputError, match=r"kpi_2027-01\.csv, rad 3: Nyckeltalet N1 finns redan, på rad 2"):
        import_files([file], "prov", metadata)


def test_a_taken_name_is_refused_before_reading(tmp_path: Path) -> None:
    file = put(tmp_path / "a.csv", HEAD + "N15001,0319,2024,T,1,\n")
    import_files([file], "prov")
    with pytest.raises(InputError, match="finns redan"):
        import_files([tmp_path / "borta.csv"], "prov")


# ---- numbers


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["121,450", "99.5"], 'både komma ("121,450", rad 2) och punkt ("99.5", rad 3)'),
        (["987.5", "1,234", "12,345"], 'både komma ("1,234", rad 3) och punkt ("987.5", rad 2)'),
        (["1,234", "12,345"], 'rad 2, kolumn value: "1,234" kan vara tusental'),
        (["121,450"], 'skriv en nolla till, "121,4500"'),
        (["7", "121.450", "12000"], 'rad 3, kolumn value: "121.450" kan vara tusental'),
        (["-1,234"], '"-1,234" kan vara tusental'),
        (["1,234,567"], '"1,234,567" ska vara ett tal, utan mellanrum och tusentalsavgränsare'),
        (["1.234,5"], '"1.234,5" ska vara ett tal'),
        (["٣"], '"٣" ska vara ett tal'),
    ],
)
def test_a_mark_that_may_be_between_thousands(tmp_path: Path, values: list[str], words: str) -> None:
    lines = [f'N15027,0319,{2020 + year},T,"{value}",\n' for year, value in enumerate(values)]
    with pytest.raises(InputError) as error:
        import_files([put(tmp_path / "a.csv", HEAD + "".join(lines))], "prov")
    assert words in str(error.value)
    assert str(tmp_path / "a.csv") in str(error.value)


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["1,234", "99,5"], [1.234, 99.5]),
        (["12.345", "0.125"], [12.345, 0.125]),
        (["12,345", "0,125"], [12.345, 0.125]),
        (["12.345", ".5"], [12.345, 0.5]),
        (["12,345", "1234,567"], [12.345, 1234.567]),
        (["12.345", "1.2345e2"], [12.345, 123.45]),
        (["1,2340"], [1.234]),
        (["1234", "5"], [1234.0, 5.0]),
    ],
)
def test_a_mark_that_must_be_a_decimal_mark(tmp_path: Path, values: list[str], numbers: list[float]) -> None:
    lines = [f'N15027,0319,{2020 + year},T,"{value}",\n' for year, value in enumerate(values)]
    made = import_files([put(tmp_path / "a.csv", HEAD + "".join(lines))], "prov")
    assert made.observations()["value"].tolist() == numbers


def test_typed_numbers_are_never_thousands(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kpi": ["N15027"], "kommun": ["0319"], "year": [2024], "value": [121.45]})
    frame.assign(value=[12.345]).to_parquet(tmp_path / "a.parquet")
    assert import_files([tmp_path / "a.parquet"], "a").observations()["value"].tolist() == [12.345]
    frame.assign(value=["12,345"]).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputError, match=r"b\.parquet, rad 1, kolumn value.*tusental"):
        import_files([tmp_path / "b.parquet"], "b")


# ---- ids and names


@pytest.fixture
def gotland(metadata: Path) -> Path:
    """Return metadata with Gotland as kommun and region, and a key figure of each kind."""
    rows = "".join(f"{row}\n" for row in ("0009,Region Gotland,L", "0980,Gotland,K", "2080,Falun,K"))
    put(metadata / "municipality_2027-01.csv", f"id,title,type\n0360,Tierp,K\n1280,Malmö,K\n{rows}")
    put(metadata / "kpi_2027-01.csv", "id,title,municipality_type\nN15027,a,K\nN70061,b,L\nN00941,c,A\n")
    (metadata / "municipality_groups_2026-03.csv.gz").unlink()
    return metadata


@pytest.mark.parametrize(
    ("kpi", "name", "code"),
    [
        ("N15027", "Tierps kommun", "0360"),
        ("N15027", "Malmö stad", "1280"),
        ("N15027", "Falu kommun", "2080"),
        ("N15027", "Region Gotland", "0980"),
        ("N70061", "Region Gotland", "0009"),
        ("N15027", "0009", "0009"),
        ("N15027", " '0360\u00a0", "0360"),
    ],
)
def test_official_names_in_a_table(tmp_path: Path, gotland: Path, kpi: str, name: str, code: str) -> None:
    file = put(tmp_path / "a.csv", f"kpi;kommun;ar;varde\n{kpi};{name};2023;120000\n")
    assert import_files([file], "prov", gotland).observations()["municipality"].tolist() == [code]


@pytest.mark.parametrize("kpi", ["N00941", "N99999"])
def test_a_name_of_both_a_kommun_and_a_region(tmp_path: Path, gotland: Path, kpi: str) -> None:
    file = put(tmp_path / "a.csv", f"kpi;kommun;ar;varde\n{kpi};Region Gotland;2023;120000\n")
    with pytest.raises(InputError, match=r"rad 2, kolumn kommun: .*Gotland \(0980\) eller Region Gotland"):
        import_files([file], "prov", gotland)


def test_a_name_that_is_another_kommuns_than_the_code(tmp_path: Path, metadata: Path) -> None:
    text = "kpi,municipality,municipality_id,year,value\nN15001,Älvby,0319,2024,1\nN15001,Åsele,0331,2024,2\n"
    with pytest.raises(
        InputError, match=r"rad 3, kolumn municipality: Koden 0331 \(Övre Dalen\) och .*Åsele"
    ):
        import_files([put(tmp_path / "a.csv", text)], "prov", metadata)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("nan,0319,2024,T,1,", 'kolumn kpi: "nan" ska vara ett nyckeltals-id'),
        ("n15001,0319,2024,T,1,", 'skriv "N15001"'),
        ("N15001\0,0319,2024,T,1,", 'skriv "N15001"'),
        ("N15001,٠٣٣٠,2024,T,1,", 'skriv "0330" (Åsele)'),
        ("N15001,330.0,2024,T,1,", 'skriv "0330" (Åsele)'),
        ("N15001,0319,٢٠٢٤,T,1,", "ska vara ett årtal"),
        ("N15001,NA,2024,T,1,", "saknas"),
    ],
)
def test_ids_that_are_none(tmp_path: Path, metadata: Path, row: str, words: str) -> None:
    file = put(tmp_path / "a.csv", f"{HEAD}N15001,0331,2024,T,1,\n{row}\n")
    with pytest.raises(InputError) as error:
        import_files([file], "prov", metadata)
    assert words in str(error.value)
    assert f"{file}, rad 3, kolumn" in str(error.value)
    assert str(error.value).isprintable()


# ---- metadata as other programs write it

GROUPS = "group_id,group_title,member_id,member_title\n"
TITLE = '"Liknande kommuner grundskola, Älvby, 2024"'


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("330,Åsele", 'har tappat sin inledande nolla: skriv "0330" (Åsele)'),
        ("330.0,Åsele", 'skriv "0330" (Åsele)'),
        ("9999,Åsele", '"9999" finns inte i datamängden. Åsele har koden 0330.'),
        ("9999,", '"9999" finns inte'),
        ("Asele,Asele", "Menade du Åsele?"),
        ("0330,Habo", 'Koden 0330 (Åsele) och namnet "Habo", som är 2702 (Habo) hör inte ihop'),
        ("0330,Alvby", 'Koden 0330 (Åsele) och namnet "Alvby" hör inte ihop'),
        (",", "saknas"),
        ("0331,Övre Dalen", "Medlemmen 0331 i gruppen G1 finns redan, på rad 2."),
        ("0330,\u202eÅsele", "hör inte ihop"),
    ],
)
def test_a_member_that_cannot_be_told_is_refused_by_row(
    tmp_path: Path, metadata: Path, home: Path, member: str, words: str
) -> None:
    file = put(tmp_path / "a.csv", HEAD + "N15001,0319,2024,T,1,\n")
    groups = put(
        metadata / "municipality_groups_2027-01.csv",
        f"{GROUPS}G1,{TITLE},0331,Övre Dalen\nG1,{TITLE},{member}\n",
    )
    with pytest.raises(InputError) as error:
        import_files([file], "prov", metadata)
    assert str(error.value).startswith(f"{groups}, rad 3: ")
    assert words in str(error.value)
    assert not home.exists()


@pytest.mark.parametrize(
    "member",
    ["'0330,Åsele", "0330,", "0330,Åsele kommun", "Åsele,", ",Åsele", "Åsele,NA", "\u00a00330\u200b,åsele"],
)
def test_a_member_that_can_be_told(tmp_path: Path, metadata: Path, member: str) -> None:
    file = put(tmp_path / "a.csv", HEAD + "N15001,0319,2024,T,1,\n")
    put(metadata / "municipality_groups_2027-01.csv", f"{GROUPS}G1,{TITLE},{member}\n")
    groups = import_files([file], "prov", metadata).groups
    assert groups.to_numpy().tolist() == [["G1", TITLE.strip('"'), "0330", "Åsele"]]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"35865,{TITLE},0330,Åsele", '"35865" ska vara ett grupp-id'),
        (f"nan,{TITLE},0330,Åsele", '"nan" ska vara ett grupp-id'),
        ("G1,NA,0330,Åsele", "Titeln på gruppen G1 saknas"),
        ("G1,Annan,0330,Åsele", 'Gruppen G1 heter "Annan" här men "Liknande'),
        ("G2,Lik\u202enande,0330,Åsele", "osynliga tecknet U+202E"),
    ],
)
def test_a_group_that_is_none(tmp_path: Path, metadata: Path, row: str, words: str) -> None:
    file = put(tmp_path / "a.csv", HEAD + "N15001,0319,2024,T,1,\n")
    put(metadata / "municipality_groups_2027-01.csv", f"{GROUPS}G1,{TITLE},0331,Övre Dalen\n{row}\n")
    with pytest.raises(InputError, match="rad 3") as error:
        import_files([file], "prov", metadata)
    assert words in str(error.value)


def test_missing_is_missing_in_metadata_too(tmp_path: Path, metadata: Path) -> None:
    """As R writes: NA is no date, so no year is marked as preliminary."""
    head = "id,title,is_divided_by_gender,prel_publication_date,publication_date,publ_period,has_ou_data\n"
    put(metadata / "kpi_2027-01.csv", head + "N15030,Elever/lärare,FALSE,NA,2026-04-10,2025,TRUE\n")
    made = import_files([put(tmp_path / "a.csv", HEAD + "N15030,0319,2025,T,1,\n")], "prov", metadata)
    assert made.manifest.preliminary_year is None
    assert made.kpis.loc[0, ["prel_publication_date", "is_divided_by_gender", "has_ou_data"]].tolist() == [
        "",
        False,
        True,
    ]


def test_years_and_flags_as_a_data_frame_with_holes_writes_them(tmp_path: Path, metadata: Path) -> None:
    head = "id,title,is_divided_by_gender,prel_publication_date,publ_period,has_ou_data\n"
    put(metadata / "kpi_2027-01.csv", f"{head}N15001,a,1.0,2026-06-10,2025.0,0.0\nN15030,b,SANT,,,\n")
    file = put(tmp_path / "a.csv", HEAD + "N15001,0319,2025,T,1,\nN15030,0319,2025,T,1,\n")
    made = import_files([file], "prov", metadata)
    assert made.manifest.preliminary_year == 2025
    assert made.kpis["publ_period"].tolist() == ["2025", ""]
    assert made.kpis["is_divided_by_gender"].tolist() == [True, True]
    put(metadata / "kpi_2027-01.csv", f"{head}N15001,a,kanske,,2025,0\n")
    with pytest.raises(
        InputError, match=r'rad 2, kolumn is_divided_by_gender: "kanske" ska vara TRUE eller FALSE'
    ):
        import_files([file], "prov2", metadata)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("kpi", "id,title\nN15001,Kost\u202enad\n", "rad 2: Titeln på nyckeltalet N15001"),
        ("kpi", "id,title\nnan,Kostnad\n", 'rad 2: "nan" ska vara ett nyckeltals-id'),
        ("kpi", "id,title,title\nN15001,a,b\n", "title och title betyder samma sak"),
        ("municipality", "id,title,type\n0319,Älv\u202eby,K\n", "rad 2: Namnet på kommun 0319"),
        ("municipality", "id,title,type\n0319,NA,K\n", "rad 2: Namnet på kommun 0319 saknas"),
        (
            "municipality",
            "id,title,type\n0319,Älvby,K\n0319,Åsele,K\n",
            "rad 3: Kommunkoden 0319 finns redan",
        ),
        ("municipality", "id,title,type\n0319,Älvby,X\n", 'rad 2: Kommunen 0319 (Älvby) har typen "X"'),
        ("municipality", "id,title,type\n٠٣١٩,Älvby,K\n", 'skriv "0319"'),
    ],
)
def test_metadata_is_refused_by_row(tmp_path: Path, metadata: Path, name: str, text: str, words: str) -> None:
    file = put(tmp_path / "a.csv", HEAD + "N15001,0319,2024,T,1,\n")
    put(metadata / f"{name}_2027-01.csv", text)
    with pytest.raises(InputError) as error:
        import_files([file], "prov", metadata)
    assert words in str(error.value)
    assert f"{name}_2027-01.csv" in str(error.value)


def test_metadata_files_are_found_in_any_case(tmp_path: Path, metadata: Path) -> None:
    put(metadata / "KPI_2027-01.TSV", "ID\tTitle\nN15001\tNyast\n")
    made = import_files([put(tmp_path / "a.csv", HEAD + "N15001,0319,2024,T,1,\n")], "prov", metadata)
    assert made.kpis["title"].tolist() == ["Nyast"]


def test_all_files_that_a_pattern_matches_are_named(tmp_path: Path) -> None:
    for name, year in (("a.csv", 2023), ("B.CSV", 2024)):
        put(tmp_path / name, f"{HEAD}N15001,0319,{year},T,1,\n")
    made = import_files([tmp_path / "?.*"], "prov")
    assert made.manifest.source == "Importerat ur B.CSV, a.csv"
    assert len(made.observations()) == 2


# ---- real extracts


def test_the_real_extracts(shared: Path) -> None:
    data = shared / "data"
    cost = data / "kolada-grundskola-kostnad-2016-2025"
    files = [data / "kolada-values-2006-2024/2024-12-12_kolada_values.csv.gz", *sorted(cost.glob("*.csv"))]
    made = import_files(files, "verklig", data / "kolada-metadata")
    tidy = made.observations()
    assert len(tidy) == 138_910 + 360 + 1_386
    assert tidy["status"].value_counts().to_dict() == {
        "Missing": 2188,
        "Privacy": 1090,
        "Not applicable": 932,
    }
    raw = pd.read_csv(cost / "grundskola_kungsbacka_riket.csv", dtype={"municipality_id": "str"})
    deviation = raw[(raw["kpi"] == "N15001") & (raw["municipality_id"] == "1384")].set_index("year")["value"]
    panel = made.panel("N15001")
    assert panel.loc["1384"].dropna().to_dict() == deviation.to_dict()
    assert panel.shape == (291, 28)
    assert made.statuses("N15030", "K").loc["2418"].isin(["", *obs.STATUSES]).all()
    assert made.manifest.preliminary_year == 2025
    similar = made.groups[made.groups["group_title"] == "Liknande kommuner grundskola, Älvkarleby, 2024"]
    assert set(similar["member_title"]) == {
        "Vingåker", "Kinda", "Markaryd", "Bromölla", "Tidaholm", "Nora", "Säter",
    }  # fmt: skip
    assert len(made.municipalities) == 312


# ---- metadata taken through pandas, which makes numbers of codes


def _through_pandas(source: Path, target: Path) -> None:
    pd.read_csv(source).to_csv(target / source.name.removesuffix(".gz"), index=False)


@pytest.fixture(scope="module")
def country(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Path], Snapshot]:
    """Return a table for all kommuner, the real metadata by kind, and the snapshot they make."""
    real = shared / "data" / "kolada-metadata"
    if not real.is_dir():
        pytest.skip("de verkliga utdragen har inga metadata")
    lists = {
        "kpi": real / "kpi_2026-03.csv.gz",
        "municipality": real / "municipality_2026-03.csv",
        "municipality_groups": real / "municipality_groups_2026-03.csv.gz",
    }
    folder = tmp_path_factory.mktemp("land")
    codes = pd.read_csv(lists["municipality"], dtype="str").query("type == 'K'")["id"]
    rows = "".join(f"N15001,{code},2025,T,1.5,\n" for code in codes)
    file = put(folder / "alla.csv", HEAD + rows)
    return file, lists, import_files([file], "verklig", real, folder=folder)


@pytest.mark.parametrize(
    ("taken", "refused"),
    [
        (("kpi",), None),
        (("municipality",), r'municipality_2026-03\.csv, rad 2: Riket: Kommunkoden "0"'),
        (
            ("municipality_groups",),
            r'municipality_groups_2026-03\.csv, rad \d+: Kommunkoden "682".*"0682" \(Nässjö\)',
        ),
        (("kpi", "municipality", "municipality_groups"), r"municipality_2026-03\.csv, rad 2: Riket: "),
    ],
)
def test_real_metadata_through_pandas_is_the_same_or_refused(
    country: tuple[Path, dict[str, Path], Snapshot],
    tmp_path: Path,
    taken: tuple[str, ...],
    refused: str | None,
) -> None:
    file, lists, before = country
    folder = tmp_path / "metadata"
    folder.mkdir()
    for name, source in lists.items():
        if name in taken:
            _through_pandas(source, folder)
        else:
            shutil.copy(source, folder)
    if refused is not None:
        with pytest.raises(InputError, match=refused):
            import_files([file], "prov", folder)
        return
    after = import_files([file], "prov", folder)
    assert after.manifest.checksums == before.manifest.checksums
    assert after.manifest.preliminary_year == before.manifest.preliminary_year == 2025
