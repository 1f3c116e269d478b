"""The municipality's own form of units: made by ny, checked by kontrollera, read by the step."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from effektiv import cli
from effektiv.data.catalogue import load_catalogue
from effektiv.params import load_params
from effektiv.params.formfile import only
from effektiv.steps.s2_orsaksanalys.params import UNITS_FILE
from effektiv.steps.s2_orsaksanalys.units_form import own_units, own_values
from tests import small_snapshot as small

AREAS = load_catalogue().areas
UNIT = ["16944234", "Östra skolan", "Grundskola", "kommunal", 240, "elever", 2024]
VALUE = ["16944234", "n15419", 2024, 71.5, 34]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A municipality's folder that `effektiv ny --steg 2` has made, in a project of its own."""
    monkeypatch.chdir(tmp_path)
    for name in ("EFFEKTIV_DATA", "EFFEKTIV_PARAMS"):
        monkeypatch.delenv(name, raising=False)
    small.write_small("liten", tmp_path / "data", groups=small.every_group())
    assert cli.main(["ny", "Älvby", "--steg", "2"]) == 0
    return tmp_path / "params" / "0319-alvby"


def fill(folder: Path, sheet: str, *rows: list[object]) -> None:
    book = openpyxl.load_workbook(folder / "enheter.xlsx")
    start = next(row[0].row for row in book[sheet].iter_rows() if row[0].value == "Enhetskod") + 1
    for number, row in enumerate(rows, start):
        for place, value in enumerate(row, 1):
            book[sheet].cell(number, place).value = value  # type: ignore[assignment]
    book.save(folder / "enheter.xlsx")


def test_what_is_filled_in_is_read_and_nothing_is_wrong(folder: Path) -> None:
    fill(folder, "Enheter", UNIT, ["X1", "Fristående skolan", "Grundskola", "enskild", None, None, 2024])
    fill(folder, "Värden", VALUE)
    assert cli.main(["kontrollera"]) == 0
    said = only(load_params("0319", folder.parent, areas=tuple(AREAS)).of(UNITS_FILE))
    first, second = own_units(said)
    assert (first.unit, first.area, first.is_municipal, first.count) == ("16944234", "grundskola", True, 240)
    assert not second.is_municipal
    assert second.count is None
    (value,) = own_values(said)
    assert (value.unit, value.kpi, value.year, value.value, value.persons) == (
        "16944234",
        "N15419",
        2024,
        71.5,
        34,
    )


def test_an_empty_form_says_nothing(folder: Path) -> None:
    assert cli.main(["kontrollera"]) == 0
    said = only(load_params("0319", folder.parent, areas=tuple(AREAS)).of(UNITS_FILE))
    assert own_units(said) == ()
    assert own_values(said) == ()
    assert own_units(None) == ()
    assert own_values(None) == ()


@pytest.mark.parametrize(
    ("units", "values", "told"),
    [
        ([UNIT, UNIT], [], "bladet Enheter, cell A5: enheten 16944234 står redan för 2024 på rad 4"),
        ([UNIT], [["999", "N15419", 2024, 1, 30]], "enheten 999 finns inte på bladet Enheter"),
        ([UNIT], [VALUE, VALUE], "värdet står redan på rad 4"),
        ([[*UNIT[:6], 1890]], [], "År"),
        ([[*UNIT[:4], -3, "elever", 2024]], [], "cell E4"),
    ],
)
def test_what_is_wrong_is_told_by_its_cell(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    units: list[list[object]],
    values: list[list[object]],
    told: str,
) -> None:
    fill(folder, "Enheter", *units)
    fill(folder, "Värden", *values)
    assert cli.main(["kontrollera"]) != 0
    captured = capsys.readouterr()
    assert told in captured.out + captured.err
