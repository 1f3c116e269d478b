"""Step 3's report: from Exempelby's forms, of a municipality without any, and what a broken lock or a wrong cell says."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from effektiv import open_case
from effektiv.example.forms import CODE
from effektiv.example.truths import EXAMPLE_MUNICIPALITY, HOME_CARE, SCHOOL
from effektiv.params import load_params
from effektiv.params.common import AREA_FILE
from effektiv.steps.s3_atgarder.case import MeasureAreaCase
from effektiv.steps.s3_atgarder.lock import lock_area
from effektiv.steps.s3_atgarder.measures_form import MEASURES_FORM
from tests.steps.s3_atgarder.test_measures import AREAS

WITHOUT = "Kornlunda"


@pytest.fixture
def project(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of Exempelby's folder, to change."""
    folder = tmp_path / "params" / "0219-exempelby"
    shutil.copytree(
        root / "params" / "0219-exempelby",
        folder,
        ignore=shutil.ignore_patterns("sjalvskattning", "bedomning", "las"),
    )
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(tmp_path / "params"))
    monkeypatch.setenv("EFFEKTIV_IDAG", "2026-03-01")
    return folder


def opened(area: str = HOME_CARE, kommun: str = EXAMPLE_MUNICIPALITY) -> MeasureAreaCase:
    case = open_case(area, steg=3, kommun=kommun, data="exempel")
    assert isinstance(case, MeasureAreaCase)
    return case


def told(case: MeasureAreaCase) -> str:
    return case.first_page().to_html().replace("\u00a0", " ")


def test_the_sum_is_that_of_the_forms(project: Path) -> None:
    assert project.is_dir()
    case = opened()
    view = case.view
    # A5 3.8, A6 2.6 and A7 0.5 likely, half of the smaller of the two in the larger; A9 has no support.
    assert [item.id for item in view.not_counted] == ["A9"]
    assert view.tornado["likely"].iloc[0] == 3_800_000 + 2_600_000 + 500_000 - 250_000
    assert view.portfolio.full_year["likely"] == pytest.approx(6_450_000, rel=0.05)
    assert view.portfolio.hours.iloc[-1]["likely"] == pytest.approx(1_500, rel=0.01)
    assert view.time_value == pytest.approx(1_500 * 31_000 / 142 * 1.54, rel=0.02)
    assert set(view.quality) == {"U21468"} and view.volume == {}
    assert view.years == (2026, 2027, 2028, 2029, 2030)
    page = told(case)
    assert "Bandet visar vad era egna antaganden ger, inte hur fel de kan vara." in page
    assert "Målet är inte låst." in page and "A9 räknas inte i summan" in page
    assert len(case.findings()) <= 6
    assert case.describe()["underlag"] == "fullt"
    assert (
        "43 procent" in case.earlier_savings().to_html() or "59 procent" in case.earlier_savings().to_html()
    )


def test_kronor_and_quality_are_never_one_number(project: Path) -> None:
    assert project.is_dir()
    table = opened(SCHOOL).findings()[1].table
    assert table is not None
    heads = [column.label for column in table.columns]
    assert {"Frigör", "Frigör tid", "Kvalitet"} <= set(heads)
    by_id = {str(row[0])[:2]: row for row in table.rows}
    assert by_id["A1"][2] is None and "+7 poäng" in str(by_id["A1"][4]).replace("\u00a0", " ")
    assert by_id["A3"][2] == 1100 and by_id["A3"][4] == ""


def test_without_forms_it_is_one_honest_page() -> None:
    case = opened(SCHOOL, WITHOUT)
    assert case.describe()["underlag"] == "tunt"
    assert len(case.findings()) == 0
    assert f"Inga åtgärder är skrivna för grundskolan i {WITHOUT}" in told(case)
    for shown in (
        case.measures_in_full,
        case.numbers,
        case.sum_by_year,
        case.locked,
        case.earlier_savings,
        case.form_faults,
    ):
        assert shown().figure is None


def test_the_lock_is_told_and_so_is_a_lock_that_somebody_changed(project: Path) -> None:
    path = lock_area(load_params(CODE, project.parent, areas=AREAS), HOME_CARE, opened().snapshot)
    assert "Målet låstes 1 mars 2026." in told(opened())
    assert "samma datauttag" in opened().locked().to_html()
    area = project / AREA_FILE.name.replace("{omrade}", HOME_CARE)
    before = area.read_text(encoding="utf-8")
    area.write_text(before.replace("riktning: ned", "riktning: upp"), encoding="utf-8")
    assert "det som nu står är ett annat" in told(opened())
    area.write_text(before, encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("N20900", "N20014"), encoding="utf-8")
    assert "Observera: låset har ändrats för hand" in told(opened())
    assert "Observera: låset har ändrats för hand" in opened().locked().to_html()


def test_a_wrong_cell_and_an_unknown_driver_are_told_in_the_underlag(project: Path) -> None:
    book = openpyxl.load_workbook(project / "atgarder.xlsx")
    sheet = book[MEASURES_FORM.sheets[0].title]
    places = {column.key: number for number, column in enumerate(MEASURES_FORM.sheets[0].columns, 1)}
    (row,) = [cell.row for cell in sheet["A"] if cell.value == "A6"]
    sheet.cell(row, places["resource_low"]).value = 9_000_000
    sheet.cell(row, places["driver"]).value = "N99999"
    book.save(project / "atgarder.xlsx")
    table = opened().form_faults().table
    assert table is not None
    faults = {str(where): str(what) for where, what in table.rows}
    assert any("är högre än troligt" in what for what in faults.values())
    assert any(what.startswith("drivkraften N99999 finns inte i steg 2") for what in faults.values())
    assert "A6" in [item.id for item in opened().view.not_counted]


def test_the_calculator_holds_the_other_two() -> None:
    case = opened()
    shown = case.three_ways(resurs=-20, volym=10)
    assert "+38 procent effektivitet" in shown.to_html().replace("\u00a0", " ")
    assert shown.table is not None
    first = shown.table.rows[3]
    now = case.view.case.own(case.area.unit_cost)
    assert first[0] == "5 procent" and float(str(first[1])) > 0 and len(now)


def test_the_calculators_sliders_change_what_is_shown() -> None:
    case = open_case("grundskola", steg=3, kommun="Exempelby")
    assert isinstance(case, MeasureAreaCase)
    widget = case.calculator()
    resource = next(item for item in widget.children if getattr(item, "description", "") == "Resurs")
    resource.value = -10.0
    widget.update()
    assert "resurs −10 procent" in str(widget.result.blocks[0])
