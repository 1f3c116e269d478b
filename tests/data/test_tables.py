"""Tables as spreadsheets and programs write them: the same cells, or one sentence with file and line."""

from __future__ import annotations

import errno
import gzip
import os
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from effektiv.data.tables import find_files, read_columns
from effektiv.errors import InputError

ROLES = {"id": ("id",), "value": ("value", "värde"), "note": ("note",)}
NEEDED = {"id": ("id",), "value": ("value",)}


def put(path: Path, content: str | bytes) -> Path:
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if path.suffix.casefold() == ".gz" else data)
    return path


def cells(path: Path) -> dict[str, dict[int, str]]:
    return {role: column.cells.to_dict() for role, column in read_columns(path, ROLES, NEEDED).items()}


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.csv", "id,value\nN1,2\n", 2),
        ("A.CSV", "ID,Value\r\nN1,2\r\n", 2),
        ("a.csv.GZ", "id,value\nN1,2\n", 2),
        ("a.tsv", "id\tvalue\nN1\t2\n", 2),
        ("a.tsv.gz", "id\tvalue\nN1\t2\n", 2),
        ("a.csv", "sep=;\nid;value\nN1;2\n", 3),
        ("a.csv", b"\xef\xbb\xbfSEP=;\r\nid;value\r\nN1;2\r\n", 3),
        ("a.csv", "sep=\t\nid\tvalue\nN1\t2\n", 3),
        ("a.csv", "sep=|\nid|value\nN1|2\n", 3),
        ("a.csv", 'id;value;"namn, titel, ort, annat"\nN1;2;x\n', 2),
        ("a.csv", "id;value;a,b,c,d,e\nN1;2;x\n", 2),
        ("a.csv", " id ,\u00a0värde\u200b\nN1,2\n", 2),
        ("a.csv", "\nid,value\nN1,2\n"[1:] + ",\n\n", 2),
        ("a.csv", ",id,value\n0,N1,2\n", 2),
        ("a.csv", "id,value\n'N1,\u00a02\u200b\n", 2),
    ],
)
def test_the_same_cells_however_they_are_written(
    tmp_path: Path, name: str, content: str | bytes, line: int
) -> None:
    assert cells(put(tmp_path / name, content)) == {"id": {line: "N1"}, "value": {line: "2"}}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,value,value\nN1,1,2\n", "kolumnerna value och value betyder samma sak; behåll en av dem."),
        ("id,Value,VALUE\nN1,1,2\n", "kolumnerna Value och VALUE betyder samma sak"),
        ("id,value,\nN1,1,5\n", 'rad 2: "5" står i kolumn 3, som saknar rubrik.'),
        ("id,value\nN1,1,5\n", "rad 2: raden har 3 celler, men rubrikraden 2."),
        ("sep=;\nid;value\nN1;1\nN1;1;5\n", "rad 4: raden har 3 celler, men rubrikraden 2."),
        ("id,annat\nN1,1\n", "kolumnen value saknas. Filens kolumner är id, annat."),
        ("i" * 140_000, "första raden har fler än 131072 tecken"),
        (
            "id,värde\nN1,Älv\n".encode("cp1252"),
            'är inte UTF-8 på rad 1, "id,värde": spara den som CSV UTF-8',
        ),
        ("id,value\nN1,Älv\n".encode("cp1252"), 'är inte UTF-8 på rad 2, "N1,Älv"'),
        ("id\tvalue\nN1\t2\n".encode("utf-16"), "UTF-16: spara den som CSV UTF-8"),
        (b"", "går inte att läsa som en tabell: första raden ska ha rubriker"),
        ("\nid,value\nN1,1\n", "första raden ska ha rubriker"),
        ("sep=;\n", "första raden ska ha rubriker"),
        ('id,value\n"N1,2\n', "går inte att läsa som en tabell"),
    ],
)
def test_what_cannot_be_read_for_certain(tmp_path: Path, content: str | bytes, words: str) -> None:
    file = put(tmp_path / "a.csv", content)
    with pytest.raises(InputError) as error:
        cells(file)
    assert words in str(error.value)
    assert str(file) in str(error.value)


def test_a_file_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where Excel lets nobody else open what it has open."""

    def held(path: Path) -> bytes:
        raise PermissionError(13, "The process cannot access the file", str(path))

    monkeypatch.setattr(Path, "read_bytes", held)
    with pytest.raises(InputError, match="stäng den i andra program, till exempel Excel"):
        cells(put(tmp_path / "a.csv", "id,value\nN1,2\n"))


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.parquet"])
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "skrivrätt eller läsrätt saknas): stäng den i andra program, till exempel Excel"),
        (errno.EIO, "går inte att läsa: disken svarar inte som den ska."),
        (errno.ESTALE, "går inte att läsa: den delade disken svarar inte."),
    ],
)
def test_what_the_system_refuses_is_said_in_swedish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int, words: str
) -> None:
    def refused(path: Path, *_: object) -> bytes:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "read_bytes", refused)
    monkeypatch.setattr(pq, "ParquetFile", refused)
    with pytest.raises(InputError) as error:
        cells(put(tmp_path / name, b"id,value"))
    assert words in str(error.value)
    assert os.strerror(number) not in str(error.value)


@pytest.mark.parametrize(("name", "words"), [("a.csv.gz", "som en tabell."), ("a.parquet", "som parquet.")])
def test_a_file_that_is_something_else_than_its_name_says(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).write_bytes(b"id,value")
    with pytest.raises(InputError, match=f"går inte att läsa {words}"):
        cells(tmp_path / name)


# ---- parquet


def test_parquet_reads_only_what_is_asked_for(tmp_path: Path) -> None:
    table = pa.table({"id": ["N1"], "value": [1.5], "annat": pa.array([[1, 2]]), "mer": [{"a": 1}]})
    pq.write_table(table, tmp_path / "a.PARQUET")
    found = read_columns(tmp_path / "a.PARQUET", ROLES, NEEDED)
    assert {role: column.cells.to_dict() for role, column in found.items()} == {
        "id": {1: "N1"},
        "value": {1: "1.5"},
    }
    assert (found["id"].typed, found["value"].typed) == (False, True)


def test_parquet_with_the_codes_as_index(tmp_path: Path) -> None:
    pd.DataFrame({"value": [1.0]}, index=pd.Index(["N1"], name="id")).to_parquet(tmp_path / "a.parquet")
    assert cells(tmp_path / "a.parquet") == {"id": {1: "N1"}, "value": {1: "1"}}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (pa.table({"id": ["N1"], "value": pa.array([[1, 2]])}), "kolumnen value innehåller listor"),
        (pa.table([["N1"], [1], [2]], names=["id", "value", "value"]), "value och value betyder samma sak"),
        (pa.table({"id": ["N1"]}), "kolumnen value saknas"),
    ],
)
def test_parquet_that_cannot_be_read_for_certain(tmp_path: Path, table: pa.Table, words: str) -> None:
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match=words):
        cells(tmp_path / "a.parquet")


# ---- which files are meant


def test_wildcards_stand_for_all_that_match(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "år [1]").mkdir()
    for name in ("b.csv", "a.csv", "år [1]/a.csv", "c.txt"):
        put(tmp_path / name, "x")
    monkeypatch.chdir(tmp_path)
    assert find_files([Path("*.csv"), Path("a.csv")]) == [Path("a.csv"), Path("b.csv")]
    assert find_files([Path("år [1]/?.csv")]) == [Path("år [1]/a.csv")]
    assert find_files([tmp_path / "*" / "*.csv"]) == [tmp_path / "år [1]" / "a.csv"]
    put(tmp_path / "a[1].csv", "x")
    assert find_files([Path("a[1].csv")]) == [Path("a[1].csv")]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("*.tsv", "Inget passar mönstret *.tsv."),
        ("mapp", f"mapp är en mapp: ange filerna i den, till exempel mapp{os.sep}*.csv"),
        ("borta.csv", "Filen borta.csv finns inte."),
    ],
)
def test_paths_that_are_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, words: str
) -> None:
    (tmp_path / "mapp").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        find_files([Path(path)])
    assert str(error.value) == words


@pytest.mark.skipif(sys.platform == "win32", reason="Windows har inga sådana filnamn")
@pytest.mark.parametrize("name", [os.fsdecode(b"v\xe4rden.csv"), "v\u202e.csv", "v\n.csv", "v\x07.csv"])
def test_file_names_that_cannot_be_shown(tmp_path: Path, name: str) -> None:
    try:
        file = put(tmp_path / name, "id,value\nN1,2\n")
    except OSError:
        pytest.skip("filsystemet tar inte emot ett sådant filnamn")
    with pytest.raises(InputError, match="byt namn på filen") as error:
        find_files([file])
    assert str(error.value).isprintable()
