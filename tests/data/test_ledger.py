"""Lists of the economy system: each is read to the öre, or refused by row."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from effektiv.data.local.amounts import read_amounts
from effektiv.data.local.ledger import LedgerRead, Plan, Rule, read_ledger, read_sie_months
from effektiv.data.local.periods import PeriodError, missing_months, month_of
from effektiv.data.local.persons import has_person_number, is_person_heading

PLAN = Plan(
    headings={
        "account": "Konto", "activity": "Verksamhet", "unit": "Ansvar", "counterpart": "Motpart", "period": "Period",
        "amount": "Belopp",
    },
    kinds=(Rule("intäkter", ("3",)), Rule("personal", ("50-57",)), Rule("övrigt", ("4", "6"))),
    activities=(Rule("Grundskola", ("440",)),),
    outside_accounts=("1", "2"),
)  # fmt: skip

LONG = """\
Huvudbok;;;;;
Ansvar;Konto;Verksamhet;Motpart;Period;Belopp
4010;5010;440;81;202601;1 234,50
4010;3010;440;81;2026-01;-200,00

4010;4510;440;81;jan-26;(34,50)
4010;1910;440;81;2026-01-31;10
Summa;;;;;1 010,00
"""
WIDE = """\
Ansvar,Konto,Verksamhet,jan-26,feb-26,Summa
4010,5010,440,100.5,200,300.50
4010,4510,440,1,,1
,,,101.50,200,301.5
"""


def read(
    folder: Path, text: str, *, encoding: str = "utf-8", name: str = "lista.csv", plan: Plan = PLAN
) -> LedgerRead:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read_ledger(path, plan)


def told(said: LedgerRead) -> list[tuple[str, str, str, int]]:
    """Return activity, kind, month and actual in öre."""
    assert said.faults == ()
    return list(said.rows[["activity", "kind", "month", "actual_ore"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "cp437", "utf-16"])
def test_a_long_list_is_read_to_the_ore_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    plan = replace(PLAN, headings={**PLAN.headings, "account": "Kontö"})
    said = read(tmp_path, LONG.replace("Konto", "Kontö"), encoding=encoding, plan=plan)
    assert told(said) == [
        ("Grundskola", "intäkter", "2026-01", -20000),
        ("Grundskola", "personal", "2026-01", 123450),
        ("Grundskola", "övrigt", "2026-01", -3450),
    ]
    assert said.total_ore["actual_ore"] == 101000
    assert said.notes == (
        "1 rad är en summa och räknas inte med, den stämmer till öret",
        "1 rad ligger utanför med avsikt, tillsammans 10,00 kr",
    )


def test_a_wide_list_is_read_with_its_sums_checked_both_ways(tmp_path: Path) -> None:
    january, february = (
        ("Grundskola", "personal", "2026-01", 10050),
        ("Grundskola", "personal", "2026-02", 20000),
    )
    assert told(read(tmp_path, WIDE)) == [january, february, ("Grundskola", "övrigt", "2026-01", 100)]
    named = WIDE.replace("jan-26", "Jan").replace("feb-26", "Feb")
    assert told(read(tmp_path, named, name="utfall 2026.csv"))[0] == january
    assert "Jan har inget år" in read(tmp_path, named).faults[0]
    assert "skillnaden är 0,10 kr" in read(tmp_path, WIDE.replace("300.50", "300.60")).faults[0]
    assert (
        read(tmp_path, WIDE.replace("feb-26", "2026-01"))
        .faults[0]
        .startswith("månaden 2026-01 har två kolumner")
    )


REFUSED = {
    "a wrong total": (("1 010,00", "1 010,10"), "rad 8: Belopp är en summa på 1 010,10 kr", "skillnaden är 0,10 kr"),
    "no amount": (("-200,00", "-20x"), "rad 4: Belopp är '-20x'", "-1 234,50"),
    "no month": (("jan-26", "2026-17"), "rad 6: perioden '2026-17' är ingen månad", "2026-03"),
    "period 13": (("202601", "202613"), "rad 3: perioden '202613' är en bokslutsperiod", "december"),
    "a month lacks": (("jan-26", ""), "rad 6: perioden saknas", "2026-03"),
    "too many cells": (("(34,50)", "(34,50);x"), "rad 6: har 7 kolumner men ska ha 6", "rätta raden"),
    "persons in a heading": (("Motpart", "Brukare"), "rad 2: kolumnen Brukare kan gälla", "hämta listan utan"),
    "a personnummer": (("81;202601", "x 640823-3234;202601"), "rad 3: texten har ett personnummer", "hämta listan"),
    "the sign turned": (
        ("1 234,50", "-1 234,50"), "kostnadernas utfall blir -1 269,00 kr", "ändra nyckeln kostnader"
    ),
    "no heading": (("Konto", "Kto"), "rubriken Konto saknas", "nyckeln kolumner"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_bad_list_is_refused_by_row_in_one_sentence(what: str, tmp_path: Path) -> None:
    (old, new), starts, right = REFUSED[what]
    text = LONG.replace(old, new, 1)
    if what == "the sign turned":
        text = text.replace("Summa;;;;;1 010,00", "Summa;;;;;-1 459,00")
    said = read(tmp_path, text)
    assert said.rows.empty
    assert len(said.faults) == 1, said.faults
    assert said.faults[0].startswith(starts)
    assert right in said.faults[0]
    assert "640823" not in said.faults[0]


def test_files_without_a_list_are_told(tmp_path: Path) -> None:
    assert "tom" in read(tmp_path, "").faults[0]
    assert "inga rader" in read(tmp_path, "Konto;Verksamhet;Period;Belopp\n").faults[0]
    assert "har rubriker som Konto" in read(tmp_path, "hej\nhopp\n").faults[0]
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04nej")
    assert "arbetsbok" in read_ledger(tmp_path / "x.xlsx", PLAN).faults[0]


def test_what_the_mapping_leaves_out_is_named_with_its_sum(tmp_path: Path) -> None:
    rows = "4010;7910;440;81;202601;10,01\n4010;4510;910;81;202601;5\n"
    said = read(tmp_path, LONG.replace("Summa;;;;;1 010,00", f"{rows}Summa;;;;;1 025,01"))
    account, activity = said.left_out
    assert account.endswith("tillsammans 10,01 kr: 7910 (10,01 kr)")
    assert activity.endswith("tillsammans 5,00 kr: 910 (5,00 kr)")
    assert said.rows["actual_ore"].sum() == 101000 - 1000  # the file, less what is outside


def test_what_two_rules_take_is_refused_before_and_in_a_list(tmp_path: Path) -> None:
    twice = replace(PLAN, kinds=(*PLAN.kinds, Rule("kapital", ("45",))))
    assert read(tmp_path, LONG, plan=twice).faults[0].startswith("konto 4510 tas av både övrigt och kapital")
    assert [at for at, _ in twice.faults_of(twice.kinds)] == [3]
    assert list(PLAN.faults_of(PLAN.kinds)) == []
    assert [at for at, _ in PLAN.faults_of((Rule("x", ("5-4",)), Rule("y", ())))] == [0, 1]


def test_an_exception_goes_before_and_a_code_plan_may_change_in_mid_year(tmp_path: Path) -> None:
    plan = replace(
        PLAN,
        exceptions=(Rule("kapital", ("4510",), activities=("44",)),),
        activities=(
            Rule("Grundskola", ("440",), last="2026-06"),
            Rule("Grundskola", ("712",), first="2026-07"),
        ),
    )
    rows = "4010;4510;712;81;202607;5\n4010;4510;440;81;202607;3\n"
    said = read(tmp_path, LONG.replace("Summa;;;;;1 010,00", f"{rows}Summa;;;;;1 018,00"), plan=plan)
    kinds = [row[1:] for row in told(said)]
    assert ("kapital", "2026-01", -3450) in kinds
    assert ("övrigt", "2026-07", 500) in kinds
    assert said.left_out[0].endswith("440 (3,00 kr)")
    assert list(plan.faults_of(plan.activities)) == []


def test_signs_are_a_setting(tmp_path: Path) -> None:
    turned = replace(PLAN, costs_positive=False, income_positive=True)
    text = "Ansvar;Konto;Verksamhet;Period;Belopp\n1;5010;440;202601;-100,00\n1;3010;440;202601;40,00\n"
    assert [row[3] for row in told(read(tmp_path, text, plan=turned))] == [-4000, 10000]


def test_budget_stands_in_a_column_a_word_or_a_file_of_its_own(tmp_path: Path) -> None:
    rows = "Konto;Verksamhet;Period;{0}Belopp\n5010;440;202601;{1}100,00\n5010;440;202602;{2}7,00\n"
    column = replace(PLAN, headings={**PLAN.headings, "budget": "Budget"})
    said = read(tmp_path, rows.format("Budget;", "90,00;", ";"), plan=column)
    assert said.rows["budget_ore"].isna().tolist() == [False, True]  # missing is never zero
    assert said.rows["actual_ore"].tolist() == [10000, 700]
    word = replace(PLAN, headings={**PLAN.headings, "sort": "Typ"})
    said = read(tmp_path, rows.format("Typ;", "Utfall;", "budget;"), plan=word)
    assert said.rows["budget_ore"].isna().tolist() == [True, False]
    assert (
        "men ska vara Utfall eller Budget"
        in read(tmp_path, rows.format("Typ;", "Prognos;", "Utfall;"), plan=word).faults[0]
    )
    alone = replace(PLAN, budget_lists=("lista.csv",))
    assert read(tmp_path, rows.format("", "", ""), plan=alone).rows["actual_ore"].isna().all()


def test_a_workbook_is_read_wherever_its_table_stands(tmp_path: Path) -> None:
    path = tmp_path / "lista.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Annat").write(0, 0, "hej")
        sheet, day = book.add_worksheet("Lista"), book.add_format({"num_format": "yyyy-mm-dd"})
        rows = [
            ("Ansvar", "Konto", "Verksamhet", "Period", "Belopp"),
            (4010, 5010, 440, dt.datetime(2026, 1, 1), 1234.5),
            (4010, "5010", "440", 202602, -34.25),
            ("4010", 4510, 440, "feb-26", "1 000,10"),
            ("Summa", None, None, None, 2200.35),
        ]
        for number, row in enumerate(rows, 3):
            for at, cell in enumerate(row, 1):
                if isinstance(cell, dt.datetime):
                    sheet.write_datetime(number, at, cell, day)
                elif cell is not None:
                    sheet.write(number, at, cell)
    assert [row[1:] for row in told(read_ledger(path, PLAN))] == [
        ("personal", "2026-01", 123450), ("personal", "2026-02", -3425), ("övrigt", "2026-02", 100010)
    ]  # fmt: skip


def test_a_mark_with_three_digits_alone_is_not_guessed(tmp_path: Path) -> None:
    text = "Konto;Verksamhet;Period;Belopp\n5010;440;202601;1.234\n"
    assert "decimaltecken" in read(tmp_path, text).faults[0]
    assert told(read(tmp_path, text, plan=replace(PLAN, mark=",")))[0][3] == 123400


def test_amounts_as_they_are_written() -> None:
    right = {
        "1 234,50": 123450,
        "(12)": -1200,
        "7-": -700,
        "\u22123,5": -350,
        "1.234.567,89": 123456789,
        "+4": 400,
        "5 kr": 500,
    }
    wrong = ["12 34", "1,234,5", "hej", "1-2", "(-3)"]
    said = read_amounts([*right, *wrong, "", "-", None, 12.345, True])
    assert said.ore[: len(right)].tolist() == list(right.values())
    assert said.wrong == (
        *range(len(right), len(right) + len(wrong)),
        len(right) + len(wrong) + 3,
        len(right) + len(wrong) + 4,
    )
    assert said.is_given[len(right) + len(wrong) :][:3].tolist() == [False, False, False]


def test_months_as_they_are_written() -> None:
    same = [
        202601,
        "202601",
        "2026-01",
        "jan-26",
        "Januari 2026",
        "20260131",
        "2026M01",
        dt.date(2026, 1, 31),
        46023,
        "01/2026",
    ]
    assert {month_of(value) for value in same} == {"2026-01"}
    assert month_of("jan", year=2027) == "2027-01"
    for wrong in ("26-01", "202600", "", "hej", 1234, "189901"):
        with pytest.raises(PeriodError):
            month_of(wrong)
    assert missing_months(["2026-11", "2027-02", "2027-01"]) == ["2026-12"]


def test_persons_are_known_by_their_checksum() -> None:
    assert all(map(has_person_number, ("640823-3234", "196408233234", "avser 640823 3234", "701063-2391")))
    assert not any(map(has_person_number, ("640823-3235", "641323-3234", "1640823-32345", "640832-3234", "")))
    assert [is_person_heading(word) for word in ("Namn", "ELEV", "Person nr", "Kontonamn", "Antal elever")] == [
        True, True, True, False, False
    ]  # fmt: skip


def test_a_sie_file_goes_by_the_same_mapping(tmp_path: Path) -> None:
    path = tmp_path / "fil.se"
    path.write_text(
        "#SIETYP 3\n#RAR 0 20260101 20261231\n#PSALDO 0 202601 5010 {} 100.00\n"
        '#PSALDO 0 202601 5010 {1 "4010" 6 "440"} 60.00\n#PSALDO 0 202601 1910 {} -100.00\n#RES 0 5010 100.00\n'
    )
    said = read_sie_months(path, replace(PLAN, units=(Rule("Skola norr", ("4010",)),)))
    assert told(said) == [("Grundskola", "personal", "2026-01", 6000)]
    assert said.rows["unit"].tolist() == ["Skola norr"]
    assert said.left_out[0].endswith(
        "tillsammans 40,00 kr: tomt (40,00 kr)"
    )  # what has no object is not lost unseen


def test_goteborgs_quarter_is_read_to_the_ore(shared: Path, tmp_path: Path) -> None:
    """The city's own report: each post by period, in mnkr, of which the first four sum to the last."""
    path = shared / "data" / "goteborg-ekonomi-2022-2026" / "delarsrapport_intraservice_2026-03.csv"
    if not path.is_file():
        pytest.skip("utdraget goteborg-ekonomi-2022-2026 saknas")
    plan = Plan(
        headings={
            "account": "post", "activity": "namnd", "period": "period", "amount": "utfall_period", "budget": "budget_period",
        },
        kinds=(Rule("intäkter", ("Intäkter", "Kommunbidrag", "Kommuninterna")), Rule("övrigt", ("Kostnader",))),
        costs_positive=False,
        income_positive=True,
    )  # fmt: skip
    said = read_ledger(path, plan)
    assert said.faults == ()
    assert said.notes == ("1 rad är en summa och räknas inte med, den stämmer till öret",)
    assert told(said)[0][1:] == ("intäkter", "2026-03", -38300)
    assert said.rows["budget_ore"].sum() == -300


def test_goteborgs_years_sum_to_their_result(shared: Path) -> None:
    """Income, cost and grant of each board and year sum to its result, in whole mnkr, but for the one known."""
    path = shared / "data" / "goteborg-ekonomi-2022-2026" / "utfall_namnder_2022-2025.csv"
    if not path.is_file():
        pytest.skip("utdraget goteborg-ekonomi-2022-2026 saknas")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["namnd"]]
    columns = ("intakter_mnkr", "kostnader_mnkr", "kommunbidrag_mnkr", "resultat_mnkr")
    read = [read_amounts([row[name] for row in rows], ".") for name in columns]
    assert [one.wrong for one in read] == [()] * 4
    income, costs, grant, result = (one.ore for one in read)
    assert (len(rows), int((abs(income + costs + grant - result) > 100).sum())) == (74, 1)
