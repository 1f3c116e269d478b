from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from effektiv.exhibits.exhibit import Source
from effektiv.exhibits.swedish import NBSP, Mark
from effektiv.exhibits.table import Column, Table

COLUMNS = (
    Column("name", "Kommun"),
    Column("cost", "Kostnad", "number", "kr/elev"),
    Column("diff", "Skillnad", "number", "%", 1, signed=True),
    Column("year", "År", "year"),
)


def table(**options) -> Table:
    rows = (("Exempelby", 123456.7, 3.25, 2024), ("Borås", None, -0.5, 2024), ("Växjö", math.nan, 0.0, None))
    return Table("Kostnad per elev", COLUMNS, rows, **{"marks": {(1, "cost"): Mark.PRIVACY}, **options})


def soup(one: Table) -> BeautifulSoup:
    return BeautifulSoup(one.to_html(id_prefix="ex-a"), "html.parser")


def cells(one: Table, row: int) -> list[str]:
    return [cell.get_text() for cell in soup(one).tbody.find_all("tr")[row].find_all(["th", "td"])]


def test_headers_have_scope_both_ways_and_the_caption_names_the_scroll_area():
    page = soup(table())
    assert page.caption.get_text() == "Kostnad per elev"
    assert page.div["aria-labelledby"] == page.caption["id"] == "ex-a-caption"
    assert page.div["tabindex"] == "0"
    assert [th["scope"] for th in page.thead.find_all("th")] == ["col"] * 4
    assert [th["scope"] for th in page.tbody.find_all("th")] == ["row"] * 3
    assert not page.thead.find_all("td")


def test_numbers_are_swedish_and_right_aligned_and_years_are_not_grouped():
    assert cells(table(), 0) == ["Exempelby", f"123{NBSP}457", "+3,3", "2024"]
    classes = [cell.get("class") for cell in soup(table()).tbody.tr.find_all(["th", "td"])]
    assert classes == [None, ["ex-num"], ["ex-num"], ["ex-num"]]
    assert "Kostnad (kr/elev)" in soup(table()).thead.get_text()


def test_missing_values_show_their_mark_and_say_it_in_words():
    row = soup(table()).tbody.find_all("tr")[1]
    hidden, spoken = row.td.find_all("span")
    assert (hidden["aria-hidden"], hidden.get_text()) == ("true", "..")
    assert spoken["class"] == ["vh"] and "sekretess" in spoken.get_text()
    # Nothing said about a missing number: it was never published. It is never zero.
    assert cells(table(), 2)[1] == f"-{Mark.ABSENT.words}"
    assert "0" not in cells(table(), 2)[1]


def test_markup_in_text_stays_text():
    one = Table(
        "<i>T</i>", (Column("a", "<b>A</b>", unit="<u>"),), (("<script>alert(1)</script>",), ("=1+1",))
    )
    html = one.to_html(id_prefix="x")
    for markup in ("<script", "<b>", "<i>", "<u>"):
        assert markup not in html
    assert one.to_json()["rows"] == [["<script>alert(1)</script>"], ["=1+1"]]


def test_json_holds_real_numbers_and_null_for_missing():
    data = json.loads(json.dumps(table().to_json(), allow_nan=False))
    assert data["rows"][0] == ["Exempelby", 123456.7, 3.25, 2024]
    assert data["rows"][1][1] is None and data["rows"][2][3] is None
    assert data["row_header"] == "name"
    assert {(m["row"], m["column"], m["mark"]) for m in data["marks"]} == {
        (1, "cost", ".."),
        (2, "cost", "-"),
    }
    assert data["columns"][1] == {
        "key": "cost", "label": "Kostnad", "kind": "number", "unit": "kr/elev", "decimals": None, "signed": False,
    }  # fmt: skip


def test_numpy_and_pandas_values_become_plain():
    frame = pd.DataFrame(
        {"name": pd.array(["A", "B"], dtype="string"), "n": np.array([1, 2], dtype=np.int64),
         "v": np.array([0.5, np.nan]), "y": pd.array([2020, pd.NA], dtype="Int64")}
    )  # fmt: skip
    columns = (Column("name", "N"), Column("n", "Antal", "number"), Column("v", "V", "number"),
               Column("y", "År", "year"))  # fmt: skip
    one = Table("T", columns, tuple(frame.itertuples(index=False, name=None)), own_rows=frozenset({1}))
    assert one.rows == (("A", 1, 0.5, 2020), ("B", 2, None, None))
    assert type(one.rows[0][1]) is int and type(one.rows[0][2]) is float
    assert soup(one).tbody.find_all("tr")[1]["class"] == ["ex-own"]


def test_decimals_may_differ_by_row():
    columns = (Column("k", "Nyckeltal"), Column("u", "Enhet"), Column("v", "Värde", "number"))
    one = Table("T", columns, (("Kostnad", "kr", 1234.5), ("Betyg", "poäng", 208.44)), row_decimals=(0, 1))
    assert cells(one, 0)[2] == f"1{NBSP}235"
    assert cells(one, 1)[2] == "208,4"
    assert one.to_json()["row_decimals"] == [0, 1]


def test_empty_text_is_an_empty_cell_but_not_a_row_header():
    columns = (Column("a", "A"), Column("b", "B"))
    assert cells(Table("T", columns, (("x", None),)), 0) == ["x", ""]
    with pytest.raises(ValueError, match="saknar radrubrik"):
        Table("T", columns, ((None, "x"),))


def test_plain_text_lines_up():
    lines = table().to_text().splitlines()
    assert lines[0] == "Kostnad per elev"
    assert len({line.rindex("2024") for line in lines if "2024" in line}) == 1
    assert ".." in lines[3]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"marks": {(0, "cost"): Mark.MISSING}}, "både värde och märke"),
        ({"marks": {(9, "cost"): Mark.MISSING}}, "utanför"),
        ({"marks": {(1, "nope"): Mark.MISSING}}, "utanför"),
        ({"row_header": "nope"}, "radrubriken"),
        ({"row_decimals": (1,)}, "row_decimals"),
        ({"own_rows": frozenset({7})}, "own_rows"),
    ],
)
def test_faulty_tables_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        table(**change)


def test_rows_must_fit_the_columns():
    with pytest.raises(ValueError, match="har 1 värden, inte 4"):
        Table("T", COLUMNS, (("A",),))
    with pytest.raises(ValueError, match="text, inte ett tal"):
        Table("T", COLUMNS, (("A", "tolv", 1.0, 2020),))
    with pytest.raises(ValueError, match="rubrik"):
        Table(" ", COLUMNS, ())
    with pytest.raises(ValueError, match="kan inte stå"):
        Table("T", COLUMNS, (("A", math.inf, 1.0, 2020),))


def test_a_column_s_decimals_win_over_its_row_s() -> None:
    columns = (
        Column("name", "Namn"),
        Column("value", "Värde", kind="number"),
        Column("share", "Andel", kind="number", decimals=1),
    )
    one = Table("Blandat", columns, (("A", 1.234, 5.678), ("B", 2, 3)), row_decimals=(2, 0))
    assert cells(one, 0) == ["A", "1,23", "5,7"]
    assert cells(one, 1) == ["B", "2", "3,0"]
    assert [column["decimals"] for column in one.to_json()["columns"]] == [None, None, 1]


def test_a_cell_that_cannot_have_a_value_is_empty_and_no_mark() -> None:
    columns = (
        Column("name", "Namn"),
        Column("year", "År", kind="year"),
        Column("value", "Värde", kind="number"),
        Column("low", "Lägst", kind="number", may_lack=True),
    )
    rows = (("A", None, None, None), ("B", 2024, None, None))
    one = Table("Blandat", columns, rows, marks={(0, "value"): None, (1, "low"): Mark.PRIVACY})
    assert cells(one, 0) == ["A", "", "", ""]
    assert [(mark["row"], mark["column"]) for mark in one.to_json()["marks"]] == [(1, "value"), (1, "low")]
    assert one.to_text().splitlines()[2].strip() == "A"


def test_every_source_says_who() -> None:
    assert [source.value for source in Source] == [
        "Källa: Kolada", "Källa: Skolverket", "Källa: SCB", "Kommunens egna uppgifter", "Egen bearbetning",
    ]  # fmt: skip
