"""A municipality's own figures: taken as they stand, or refused with sheet, cell and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from effektiv.data.local.figures import OwnFigure, read_figures

HEAD = ["Nyckeltal", "Enhet", "År", "Värde", "Källa", "Område"]
ABSENCE = ["Frånvaro i årskurs 7-9", "%", 2024, 11.5, "Frånvarosystemet", "grundskola"]
AREAS = ("grundskola", "forskola")


def book(path: Path, *rows: list[Any], head: list[Any] = HEAD, sheet: str = "Uppgifter") -> Path:
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.title = sheet
    for row in (head, *rows):
        made.active.append(row)
    made.create_sheet("Anteckningar").append(["Här räknar vi", 1])
    made.save(path)
    return path


def changed(place: int, value: object) -> list[Any]:
    return [value if at == place else cell for at, cell in enumerate(ABSENCE)]


def test_years_of_a_figure_come_together_in_order(tmp_path: Path) -> None:
    later = ["Frånvaro i årskurs 7-9", "%", 2025, 12, "Frånvarosystemet 2025", "grundskola"]
    other = ["Lokalyta", "kvm/elev", 2025.0, 14, "Fastighet", None]
    path = book(tmp_path / "egna.xlsx", later, ABSENCE, [None] * 6, other)
    assert read_figures(path, AREAS) == (
        (
            OwnFigure(
                "Frånvaro i årskurs 7-9",
                "%",
                {2024: 11.5, 2025: 12.0},
                ("Frånvarosystemet 2025", "Frånvarosystemet"),
                "grundskola",
            ),
            OwnFigure("Lokalyta", "kvm/elev", {2025: 14.0}, ("Fastighet",)),
        ),
        [],
    )


def test_headings_may_stand_lower_in_another_order_and_without_their_dots(tmp_path: Path) -> None:
    path = book(
        tmp_path / "egna.xlsx",
        ["kalla", "varde", "ar", "enhet", "anm", "nyckeltal"],
        ["Verksamheten", 3, 2023, "antal", "ungefär", "Vikarier"],
        head=["Vår sammanställning"],
    )
    assert read_figures(path) == ((OwnFigure("Vikarier", "antal", {2023: 3.0}, ("Verksamheten",)),), [])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([changed(3, "11,5")], ["bladet Uppgifter, cell D2: värde är '11,5' som text", "som ett tal"]),
        ([changed(3, None)], ["cell D2: värde saknas", "ta bort raden"]),
        ([changed(3, True)], ["cell D2: värde är True"]),
        ([changed(3, "=1+1")], ["cell D2: formeln har inget uträknat värde"]),
        ([changed(2, "2024")], ["cell C2: år är '2024' som text"]),
        ([changed(2, 1989)], ["cell C2: år är 1989", "mellan 1990 och 2100"]),
        ([changed(2, 2024.5)], ["cell C2: år är 2024.5"]),
        ([changed(4, None)], ["cell E2: källa saknas", "varifrån"]),
        ([changed(0, " ")], ["cell A2: nyckeltal saknas"]),
        ([changed(1, "k\u2066r")], ["cell B2: enhet är", "osynliga"]),
        ([changed(5, "grundskolan")], ["cell F2: område är 'grundskolan'", "forskola, grundskola"]),
        ([ABSENCE, ABSENCE], ["bladet Uppgifter, rad 3: nyckeltalet Frånvaro", "har redan ett värde för 2024, på rad 2"]),
        ([ABSENCE, ["frånvaro i årskurs 7-9", "antal", 2025, 1, "x", "grundskola"]], ["rad 3", "enhet 'antal' men '%'"]),
    ],
)  # fmt: skip
def test_a_fault_names_its_cell_and_nothing_is_taken(
    tmp_path: Path, rows: list[Any], words: list[str]
) -> None:
    good = ["Vikarier", "antal", 2023, 3, "Verksamheten", None]
    figures, faults = read_figures(book(tmp_path / "egna.xlsx", *rows, good), AREAS)
    assert figures == () and len(faults) == 1
    assert [word for word in words if word not in faults[0]] == []


def test_every_fault_is_told(tmp_path: Path) -> None:
    _, faults = read_figures(book(tmp_path / "egna.xlsx", changed(3, "x"), [None, None, 1, 1, None]), AREAS)
    assert [fault.partition(":")[0].rpartition(" ")[2] for fault in faults] == ["D2", "A3", "B3", "E3", "C3"]


def test_headings_that_are_missing_or_stand_twice_are_named(tmp_path: Path) -> None:
    _, faults = read_figures(book(tmp_path / "a.xlsx", head=["nyckeltal", "enhet", "enhet", "år", "värde"]))
    assert (
        faults[0].startswith("bladet Uppgifter, rad 1: rubriken källa saknas")
        and "enhet står mer" in faults[1]
    )
    _, faults = read_figures(book(tmp_path / "b.xlsx", head=["vad", "när"]))
    assert len(faults) == 1 and "inget blad har rubrikerna nyckeltal, enhet, år" in faults[0]
    (tmp_path / "c.xlsx").write_bytes(b"PK\3\4 ingen arbetsbok")
    assert "spara den som .xlsx" in read_figures(tmp_path / "c.xlsx")[1][0]


def test_a_formula_with_the_value_that_a_program_has_saved_is_a_number(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "egna.xlsx") as made:
        sheet = made.add_worksheet("Uppgifter")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ABSENCE)
        sheet.write_formula(1, 3, "=23/2", None, 11.5)
    (figure,), faults = read_figures(tmp_path / "egna.xlsx", AREAS)
    assert (dict(figure.values), faults) == ({2024: 11.5}, [])
