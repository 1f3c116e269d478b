"""A form: written with its lists, read back whole."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import unicodedata
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.forms import Column, Form, Kind, Sheet, Value, read, write
from tests.forms.books import AREAS, FORM, FULL, ROWS, ids, taken, told, written


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    found = taken(written(tmp_path / "prov.xlsx"))
    assert (found.faults, found.notes, found.version, found.is_read) == ((), (), 2, True)
    (row, second), (word,) = found.rows["saker"], found.rows["fler"]
    assert row.values == FULL and row.text("about") == "En rad\noch en till"
    assert (row.sheet, row.number, row.cells["day"], row["count"]) == ("Saker", 4, "H4", 7)
    assert (second["name"], second["done"], second.text("strength")) == ("Nästa", None, "")
    assert word.values == {"word": "0123", "n": None}
    assert list(found) == [row, second, word]
    assert found.rows["saker"][0].text("done") == "nej"


def test_the_same_form_has_the_same_bytes() -> None:
    one, two = (write(FORM, areas=AREAS, rows=ROWS, about="Exempelby") for _ in range(2))
    assert one == two


def test_the_workbook_says_how_it_is_filled_in(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path / "prov.xlsx"))
    assert book.sheetnames == ["Saker", "Fler", "Läs mig", "Listor"]
    assert book["Listor"].sheet_state == "hidden"
    sheet = book["Saker"]
    assert sheet["A1"].value == "En rad för varje sak." and sheet["A3"].font.bold
    assert sheet.freeze_panes == "B4" and sheet["C4"].alignment.wrap_text
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    areas, strengths = rules["B4:B8"], rules["I4:I8"]
    assert areas.type == strengths.type == "list"
    words = [[cell.value for (cell,) in book["Listor"][rule.formula1.split("!")[1].replace("$", "")]]
             for rule in (areas, strengths)]  # fmt: skip
    assert words == [["Grundskola", "Barn och unga"], ["stark", "svag", "öppen"]]
    assert rules["C4:C8"].prompt == "Sakens namn." and rules["H4:H8"].type == "date"
    assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows == "$3:$3"
    about = [cell.value for row in book["Läs mig"].iter_rows() for cell in row if cell.value]
    assert about[0] == "Ett prov & mer, Exempelby" and "Så fylls provet i." in about
    assert "Formulär: prov, version 2" in about and "Sakens namn." in about


def test_a_long_list_is_no_longer_than_excel_allows_in_a_cell(tmp_path: Path) -> None:
    """It lies on its own sheet: in the cell's rule Excel takes 255 characters."""
    words = tuple(f"ett val med många ord, nummer {number}" for number in range(400))
    form = Form("lang", "Lång", 1, (Sheet("a", "A", (Column("x", "X", Kind.CHOICE, choices=words),)),))
    path = tmp_path / "lang.xlsx"
    path.write_bytes(write(form, rows={"a": [{"x": words[-1]}]}))
    (rule,) = openpyxl.load_workbook(path)["A"].data_validations.dataValidation
    assert rule.formula1 == "Listor!$A$1:$A$400"
    assert [row["x"] for row in read(form, path)] == [words[-1]]
    path.write_bytes(write(form, rows={"a": [{"x": "ett annat"}]}))
    assert told(read(form, path)) == [
        "bladet A, cell A2: X: 'ett annat' finns inte bland de 400 valen i cellens lista: välj ett av dem"
    ]


def test_a_form_that_cannot_be_right_is_refused() -> None:
    with pytest.raises(ValueError, match="must have choices"):
        Column("x", "X", Kind.CHOICE)
    with pytest.raises(ValueError, match="longer than 255"):
        Column("x", "X", help="a" * 256)
    with pytest.raises(KeyError, match="saker has no column"):
        write(FORM, areas=AREAS, rows={"saker": [{"nummer": 1}]})


# What Excel can hold, the words of a text apart by one space: how many there were nobody sees.
SIGNS = st.characters(exclude_categories=["C", "Z"], exclude_characters="'", max_codepoint=0xFFFD)
LINE = st.lists(st.text(SIGNS, min_size=1, max_size=12), min_size=1, max_size=6).map(" ".join)
FILLED = st.fixed_dictionaries(
    {"id": LINE, "name": LINE},
    optional={
        "area": st.sampled_from(sorted(AREAS)),
        "about": st.lists(LINE, min_size=1, max_size=4).map("\n".join),
        "count": st.integers(0, 99),
        "cost": st.floats(-1e12, 1e12, allow_nan=False).filter(
            lambda number: float(f"{number:.16G}") == number
        ),
        "share": st.integers(0, 1000).map(lambda parts: parts / 1000),
        "day": st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)),
        "strength": st.sampled_from(("stark", "svag", "öppen")),
        "done": st.booleans(),
    },
)


@settings(max_examples=40, deadline=None)
@given(st.lists(FILLED, min_size=1, max_size=8))
def test_every_value_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Value]]
) -> None:
    path = tmp_path_factory.mktemp("prov") / "prov.xlsx"
    path.write_bytes(write(FORM, areas=AREAS, rows={"saker": rows}))
    found = taken(path)
    assert told(found) == []
    empty = dict.fromkeys(FULL)
    # Unicode has signs that are written in two ways and read as one (NFC), which all of the project's texts are.
    assert [dict(row.values) for row in found.rows["saker"]] == [
        {key: _composed(value) for key, value in (empty | row).items()} for row in rows
    ]


def _composed(value: Value) -> Value:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


@pytest.mark.parametrize("ending", ["xlsx", "ods", "xls"])
def test_what_libreoffice_has_saved_is_read(ending: str, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice finns inte här")
    if ending != "xlsx":
        pytest.importorskip("python_calamine", reason="python-calamine finns inte här")
    subprocess.run(
        [office, f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}", "--headless", "--convert-to", ending,
         "--outdir", tmp_path / "ut", written(tmp_path / "prov.xlsx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    found = taken(tmp_path / "ut" / f"prov.{ending}")
    assert (told(found), found.version, ids(found)) == ([], 2, ["H1", "H2"])
    assert found.rows["saker"][0].values == FULL and found.rows["fler"][0]["word"] == "0123"
    if ending == "xlsx":
        rules = openpyxl.load_workbook(tmp_path / "ut" / "prov.xlsx")["Saker"].data_validations.dataValidation
        lists = {rule.formula1.replace("$", "") for rule in rules if rule.type == "list"}
        assert lists == {"Listor!A1:A2", "Listor!B1:B3", "Listor!C1:C2"}
