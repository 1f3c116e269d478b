"""Ideas from other systems' files: each row is imported, or refused by its row; twice gives the same."""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from effektiv.data.identifiers import Places
from effektiv.params.registry import Known
from effektiv.steps.s3_atgarder.ideas import text_key
from effektiv.steps.s3_atgarder.ideas_table import (
    IDEAS_TABLE,
    IDEAS_YAML,
    IdeasParams,
    IdeaTable,
    read_ideas,
)

HEADINGS = ("Nummer", "Rubrik", "Text", "Arbetsplats", "Datum", "Röster")
PARAMS = IdeasParams.model_validate(
    {
        "fil": "f.csv",
        "kolumner": {"id": "Nummer", "titel": "Rubrik", "text": "Text", "enhet": "Arbetsplats", "datum": "Datum",
                     "roster": "Röster"},
    }
)  # fmt: skip
KNOWN = Known(Places(None))


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8", sep: str = ";") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=sep).writerows(rows)
    return path


def table(path: Path, said: IdeasParams = PARAMS) -> tuple[IdeaTable, list[str]]:
    read = read_ideas(path, said)
    assert read.said is not None, read.passed
    return read.said, [f"{problem.place}: {problem.text}" for problem in read.passed]


def invented(lot: random.Random) -> tuple[list[list[str]], dict[str, int]]:
    """Return 1 000 rows with what people and systems put in them, and how many of each kind there are."""
    rows: list[list[str]] = []
    kinds: dict[str, int] = {}
    for number in range(1000):
        title, text = f"Förslag {number} om åtgärden", f"Vi vill {number} gånger"
        row = [str(number), title, text, "Skolan", "2026-02-01", str(number % 90)]
        kind = lot.choices(
            ("plain", "again", "empty", "untitled", "formula", "html", "hidden", "votes", "taken", "long"),
            (70, 4, 4, 4, 4, 4, 3, 3, 2, 2),
        )[0]
        match kind:
            case "again" if (
                rows and any(rows[-1][1:3]) and "\u202e" not in rows[-1][1] and len(rows[-1][1]) < 300
            ):
                row = list(rows[-1])
            case "again":
                kind = "plain"
            case "empty":
                row = [" ", "\u00a0", "", "", "\u200b", ""]
            case "untitled":
                row[1] = ""
            case "formula":
                row[1] = "=HYPERLINK(A1;1)+@SUM(B2)"
            case "html":
                row[1] = f"<script>alert({number})</script> <b>fet</b> & mer"
            case "hidden":
                row[1] = f"Vänd \u202etext {number}"
            case "votes":
                row[5] = "många"
            case "taken":
                row = ["1", f"En helt annan sak {number}", "", "", "", ""]
            case "long":
                row[1] = "x" * 301
        kinds[kind] = kinds.get(kind, 0) + 1
        rows.append(row)
    rows[1] = ["1", "Den första med nummer ett", "", "", "", ""]
    return rows, kinds


def test_a_thousand_rows_are_imported_or_refused_by_row(tmp_path: Path) -> None:
    rows, _ = invented(random.Random(3))
    path = write_csv(tmp_path / "f.csv", [HEADINGS, *rows])
    found, told = table(path)
    said = [row for row in rows if any(cell.strip(" \u00a0\u200b") for cell in row)]
    refused = [row for row in said if not row[1] or "\u202e" in row[1] or len(row[1]) > 300]
    usable = [row for row in said if row not in refused]
    taken = [row for row in usable if row[0] == "1" and row[1] != rows[1][1]]
    assert len(taken) > 5 and len(refused) > 50
    assert found.refused == len(refused) + len(taken)
    assert [idea.id for idea in found.ideas] == list(dict.fromkeys(row[0] for row in usable))
    assert len([line for line in told if "används inte" in line and "cellen" not in line]) == len(refused)
    assert len([line for line in told if "har redan en annan idé" in line]) == len(taken)
    assert all(line.startswith("rad ") for line in told)
    # What looks like markup or a formula is the text that somebody wrote.
    titles = {idea.title for idea in found.ideas}
    assert "=HYPERLINK(A1;1)+@SUM(B2)" in titles and any(
        title.startswith("<script>alert(") for title in titles
    )


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    rows, _ = invented(random.Random(3))
    once, _ = table(write_csv(tmp_path / "f.csv", [HEADINGS, *rows]))
    same, _ = table(write_csv(tmp_path / "f.csv", [HEADINGS, *rows]))
    doubled, _ = table(write_csv(tmp_path / "f.csv", [HEADINGS, *rows, *rows]))
    assert once == same
    assert [idea.id for idea in doubled.ideas] == [idea.id for idea in once.ideas]
    assert [idea.title for idea in doubled.ideas] == [idea.title for idea in once.ideas]


def test_ideas_without_numbers_have_the_checksum_of_what_they_say(tmp_path: Path) -> None:
    said = IdeasParams.model_validate({"fil": "f.csv", "kolumner": {"titel": "Rubrik", "text": "Text"}})
    rows = [
        ["Rubrik", "Text"],
        ["Bygg en cykelbana", "till skolan"],
        ["bygg  en CYKELBANA!", "Till skolan."],
        ["Läxhjälp", ""],
    ]
    found, told = table(write_csv(tmp_path / "f.csv", rows), said)
    assert [idea.id for idea in found.ideas] == [
        text_key("Bygg en cykelbana", "till skolan"),
        text_key("Läxhjälp", ""),
    ]
    moved, _ = table(write_csv(tmp_path / "f.csv", [rows[0], rows[3], rows[1]]), said)
    assert {idea.id for idea in moved.ideas} == {idea.id for idea in found.ideas}
    assert told == []


@pytest.mark.parametrize("sep", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_separators_and_the_mark_that_excel_writes(tmp_path: Path, sep: str, encoding: str) -> None:
    row = ["7", "Åäö, och mer", "Rad ett\nrad två", "Skolan", "2026-02-01", "1 234"]
    found, told = table(write_csv(tmp_path / "f.csv", [HEADINGS, row], encoding, sep))
    (idea,) = found.ideas
    assert (idea.id, idea.title, idea.votes, idea.date, told) == ("7", "Åäö, och mer", 1234, "2026-02-01", [])
    assert idea.text == "Rad ett\nrad två" and idea.place == "ideer/f.csv, rad 2"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_another_encoding_is_told_of_and_not_guessed(tmp_path: Path, encoding: str) -> None:
    path = write_csv(tmp_path / "f.csv", [HEADINGS, ["1", "Åtgärd", "", "", "", ""]], encoding)
    read = read_ideas(path, PARAMS)
    assert read.said is None and "inte UTF-8" in read.passed[0].text


def test_a_cell_that_cannot_be_read_is_told_of_and_the_idea_kept(tmp_path: Path) -> None:
    rows = [HEADINGS, ["1", "A", "", "", "2026-13-01", "-3"], ["2", "B", "", "", "2020", "4,5"]]
    found, told = table(write_csv(tmp_path / "f.csv", rows))
    assert [(idea.date, idea.votes) for idea in found.ideas] == [("", None), ("2020", None)]
    assert len(told) == 3 and all("cellen används inte" in line for line in told)
    assert told[0].startswith("rad 2, kolumnen Datum: ")


def book(path: Path, cells: Mapping[str, object], sheets: Sequence[str] = ("Blad1",)) -> Path:
    with xlsxwriter.Workbook(path) as made:
        first, *_ = [made.add_worksheet(name) for name in sheets]
        for address, value in cells.items():
            first.write(address, value)
        for name in sheets[1:]:
            made.get_worksheet_by_name(name).write("A1", "annat")
    return path


SAID = IdeasParams.model_validate({"fil": "f.xlsx", "kolumner": {"titel": "Idé", "roster": "Röster"}})


def test_a_workbook_is_read_below_its_headings(tmp_path: Path) -> None:
    cells = {
        "B1": "Idéverkstad i mars",
        "B3": "Idé",
        "C3": "Röster",
        "B4": "Ett",
        "C4": 12,
        "B6": "Två",
        "C6": "tolv",
        "C7": 5,
    }
    found, told = table(book(tmp_path / "f.xlsx", cells), SAID)
    assert [(idea.title, idea.votes) for idea in found.ideas] == [("Ett", 12), ("Två", None)]
    assert told[0].startswith("bladet Blad1, cell C6: ") and told[1].startswith(
        "bladet Blad1, rad 7: raden har ingen Idé"
    )


def test_a_formula_is_its_saved_value_or_told_of(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Idé", "Röster"])
        sheet.write_formula(1, 0, '="Samlad "&"planering"', None, "Samlad planering")
        sheet.write_formula(1, 1, "=3+4", None, 7)
        sheet.write_formula(2, 0, '="Aldrig uträknad"', None, "")
        sheet.write_formula(3, 0, "=1/0", None, "#DIV/0!")
    found, told = table(path, SAID)
    assert [(idea.title, idea.votes) for idea in found.ideas] == [("Samlad planering", 7)]
    assert found.refused == 2 and len(told) == 2 and "raden används inte" in told[0]


@pytest.mark.parametrize(
    ("cells", "sheets", "text"),
    [
        ({"A1": "Ide", "B1": "Röster"}, ("Blad1",), "ingen kolumn Idé"),
        ({"A1": "Idé", "B1": "Röster", "C1": "idé", "A2": "x"}, ("Blad1",), "rubriken Idé står i två kolumner på rad 1"),
        ({"A1": "Idé", "B1": "Röster"}, ("Blad1", "Blad2"), "filen har 2 blad: skriv vilket i ideer.yaml"),
    ],
)  # fmt: skip
def test_a_workbook_of_another_layout_is_told_of(
    tmp_path: Path, cells: Mapping[str, object], sheets: Sequence[str], text: str
) -> None:
    read = read_ideas(book(tmp_path / "f.xlsx", cells, sheets), SAID)
    assert read.said is None and text in read.passed[0].text


def test_a_file_without_the_columns_or_no_table_at_all_is_told_of(tmp_path: Path) -> None:
    wrong = read_ideas(write_csv(tmp_path / "f.csv", [["Titel", "Antal"], ["x", "1"]]), SAID)
    assert wrong.said is None and wrong.passed[0].text.startswith("kolumnen Idé, Röster saknas")
    (tmp_path / "f.xlsx").write_bytes(b"\x00\x01")
    assert read_ideas(tmp_path / "f.xlsx", SAID).said is None


def test_the_mapping_says_which_file_and_every_other_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "ideer").mkdir()
    there = write_csv(tmp_path / "ideer" / "f.csv", [HEADINGS, ["1", "A", "", "", "", ""]])
    other = write_csv(tmp_path / "ideer" / "g.csv", [HEADINGS])
    assert "ideer.yaml saknas" in IDEAS_TABLE.read(there, KNOWN).passed[0].text
    mapping = tmp_path / "ideer.yaml"
    mapping.write_text("fil: f.csv\nkolumner:\n  titel: Rubrik\n  id: Nummer\n", encoding="utf-8")
    assert IDEAS_YAML.read(mapping, KNOWN).problems == []
    assert [idea.id for idea in IDEAS_TABLE.read(there, KNOWN).said.ideas] == ["1"]
    assert "nämner f.csv" in IDEAS_TABLE.read(other, KNOWN).passed[0].text
    mapping.write_text("fil: h.csv\nkolumner:\n  titel: Rubrik\n", encoding="utf-8")
    assert "ingen sådan fil" in IDEAS_YAML.read(mapping, KNOWN).problems[0].text
    mapping.write_text("fil: f.csv\nkolumner:\n  rubrik: Rubrik\n", encoding="utf-8")
    assert IDEAS_YAML.read(mapping, KNOWN).problems and IDEAS_TABLE.read(there, KNOWN).said is None


def test_the_template_says_nothing_until_it_is_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "ideer.yaml"
    path.write_bytes(IDEAS_YAML.new("0219", "Exempelby", [])["ideer.yaml"])
    read = IDEAS_YAML.read(path, KNOWN)
    assert read.said == IdeasParams() and read.problems == []
    (tmp_path / "ideer").mkdir()
    there = write_csv(tmp_path / "ideer" / "f.csv", [HEADINGS])
    assert "nämner ingen fil" in IDEAS_TABLE.read(there, KNOWN).passed[0].text
    path.write_text(path.read_text(encoding="utf-8").replace("fil:", "fil: f.csv"), encoding="utf-8")
    assert "titel" in str(IDEAS_YAML.read(path, KNOWN).problems[0])
    path.write_text(path.read_text(encoding="utf-8").replace("titel:", "titel: Rubrik"), encoding="utf-8")
    assert IDEAS_YAML.read(path, KNOWN).problems == [] and IDEAS_TABLE.read(there, KNOWN).passed == []


GOTEBORG = IdeasParams.model_validate(
    {
        "fil": "forslag.csv.gz",
        "kolumner": {"id": "MatterId", "titel": "Rubrik", "text": "Sammanfattning", "enhet": "Lämnas_till", "datum": "ar",
                     "roster": "Röster"},
    }
)  # fmt: skip


def test_all_real_ideas_are_imported(shared: Path) -> None:
    path = shared / "data/ideas-goteborgsforslaget-2017-2020/forslag.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    found, told = table(path, GOTEBORG)
    assert len(found.ideas) + found.refused == len(rows) == 909
    assert len(found.ideas) >= 900, told
    votes = {row["MatterId"]: int(row["Röster"]) for row in rows}
    assert all(idea.votes == votes[idea.id] for idea in found.ideas)
