"""The form of hypotheses: made by ny, checked by kontrollera, read by the step."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from effektiv import cli
from effektiv.data.catalogue import load_catalogue
from effektiv.params import content_mark, load_params, read_folder
from effektiv.params.formfile import only
from effektiv.steps.s2_orsaksanalys.forms import CATEGORIES, HYPOTHESES_FORM, STRENGTHS
from effektiv.steps.s2_orsaksanalys.hypotheses import Hypothesis, hypotheses
from effektiv.steps.s2_orsaksanalys.params import HYPOTHESES_FILE
from tests import small_snapshot as small
from tests.forms.books import encrypted

AREAS = load_catalogue().areas
FULL = ["H1", "Grundskola", "Lägre resultat", "Sen uppföljning", "Arbetssätt", "Rektorernas genomgång", "Inget än",
        "Meritvärde", "Mer om årskurs 6", "Rektor", dt.date(2026, 4, 30), "Det är en orsak", "stark"]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A municipality's folder that `effektiv ny --steg 2` has made, in a project of its own."""
    monkeypatch.chdir(tmp_path)
    for name in ("EFFEKTIV_DATA", "EFFEKTIV_PARAMS"):
        monkeypatch.delenv(name, raising=False)
    small.write_small("liten", tmp_path / "data", groups=small.every_group())
    assert cli.main(["ny", "Älvby", "--steg", "2"]) == 0
    return tmp_path / "params" / "0319-alvby"


def fill(folder: Path, *rows: list[Any]) -> None:
    book = openpyxl.load_workbook(folder / "hypoteser.xlsx")
    for number, row in enumerate(rows, 4):
        for place, value in enumerate(row, 1):
            book["Hypoteser"].cell(number, place).value = value
    book.save(folder / "hypoteser.xlsx")


def found(folder: Path, area: str | None = None) -> tuple[Hypothesis, ...]:
    said = only(load_params("0319", folder.parent, areas=tuple(AREAS)).of(HYPOTHESES_FILE))
    return hypotheses(said, area)


def test_a_new_form_has_numbers_and_lists_and_says_nothing(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "hypoteser.xlsx")
    sheet = book["Hypoteser"]
    assert [sheet["A4"].value, sheet["A43"].value, sheet["B4"].value] == ["H1", "H40", None]
    lists = {cell.value for row in book["Listor"].iter_rows() for cell in row}
    assert lists >= {*CATEGORIES, *STRENGTHS, *(area.label for area in AREAS.values())}
    assert cli.main(["kontrollera"]) == 0
    assert found(folder) == ()


def test_what_is_filled_in_is_read_as_written(folder: Path) -> None:
    fill(folder, FULL, ["H2", "Barn och unga", None, "Dyra hem"])
    one, two = found(folder)
    assert (one.id, one.area, one.category, one.strength, one.due) == (
        "H1", "grundskola", "arbetssätt", "stark", dt.date(2026, 4, 30))  # fmt: skip
    assert (one.cause, one.evidence_against, one.exhibit, one.to_find_out) == (
        "Sen uppföljning", "Inget än", "Meritvärde", "Mer om årskurs 6")  # fmt: skip
    assert not one.is_open and one.lacks == ()
    assert (two.category, two.owner, two.due, two.strength, two.lacks) == (
        None,
        "",
        None,
        "öppen",
        ("vem", "när"),
    )
    assert [one.id for one in found(folder, "barn-och-unga")] == ["H2"]
    assert hypotheses(None) == ()


def test_a_wrong_cell_is_told_by_the_check_and_stops_no_report(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content_mark(folder)
    fill(folder, [*FULL[:10], "i vår", *FULL[11:]], ["H2", "Skolan", None, "Dyra hem"])
    assert content_mark(folder) != before
    capsys.readouterr()
    assert cli.main(["kontrollera"]) == 2
    told = capsys.readouterr()
    day, area = told.err.splitlines()[:2]
    assert day == (
        "params/0319-alvby/hypoteser.xlsx, bladet Hypoteser, cell K4: Senast: 'i vår' är text men ska vara ett datum: "
        "skriv ett datum som 2026-03-31."
    )
    assert area.startswith(
        "params/0319-alvby/hypoteser.xlsx, bladet Hypoteser, cell B5: Fokusområde: har värdet 'Skolan' men ska vara "
    )
    assert "inga fel" not in told.out
    # It is said by the report too, from what the form said; and the right row is there.
    (one,) = found(folder)
    assert (one.id, one.due) == ("H1", None)


def test_rows_that_contradict_each_other_are_told(folder: Path) -> None:
    fill(folder, FULL, ["h1", *FULL[1:12]])
    reading = read_folder(folder, areas=tuple(AREAS))
    assert [problem.text for problem in reading.passed] == [
        "numret h1 står redan på rad 4: ge raden ett eget",
        "slutsatsen är skriven men inte dess styrka: välj i listan",
    ]
    assert [problem.place for problem in reading.passed] == [
        "bladet Hypoteser, cell A5",
        "bladet Hypoteser, cell M5",
    ]
    assert len(found(folder)) == 2


def test_a_form_of_another_kind_beside_it_is_told_and_the_xlsx_counts(folder: Path) -> None:
    fill(folder, FULL)
    (folder / "hypoteser.xlsm").write_bytes((folder / "hypoteser.xlsx").read_bytes())
    (problem,) = read_folder(folder, areas=tuple(AREAS)).passed
    assert str(problem).endswith(
        "hypoteser.xlsm: formuläret finns också som hypoteser.xlsx: behåll en av filerna."
    )
    assert [one.id for one in found(folder)] == ["H1"]


def test_a_file_that_cannot_be_opened_is_told_and_stops_no_report(folder: Path) -> None:
    encrypted(folder / "hypoteser.xlsx")
    (problem,) = read_folder(folder, areas=tuple(AREAS)).passed
    assert str(problem) == (
        "params/0319-alvby/hypoteser.xlsx: filen är krypterad med lösenord: spara den utan lösenord."
    )
    params = load_params("0319", folder.parent, areas=tuple(AREAS))
    said = only(params.of(HYPOTHESES_FILE))
    assert said is not None and not said.is_read and found(folder) == ()


def test_a_copy_under_another_name_is_a_stranger(folder: Path) -> None:
    (folder / "hypoteser - kopia.xlsx").write_bytes((folder / "hypoteser.xlsx").read_bytes())
    (problem,) = read_folder(folder, areas=tuple(AREAS)).problems
    assert "det som gäller står i hypoteser.xlsx" in problem.text


def test_the_check_passes_over_the_example_s_folder_where_the_data_are_real(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exempelby's ships among the others."""
    other = folder.parent / "0219-exempelby"
    other.mkdir()
    (other / "kommun.yaml").write_text("kommun: 0219\n", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["kontrollera"]) == 0
    out = capsys.readouterr().out
    assert "params/0219-exempelby: kommunen är påhittad och kontrolleras bara mot exempeldatan.\n" in out
    assert "params/0319-alvby: inga fel" in out
    assert cli.main(["kontrollera", str(other)]) == 2  # asked for by name it is checked, and the data lack it


def test_the_form_is_one_that_fits_in_excel() -> None:
    (sheet,) = HYPOTHESES_FORM.sheets
    assert all(column.help for column in sheet.columns)
    assert len({column.heading for column in sheet.columns}) == len(sheet.columns)
