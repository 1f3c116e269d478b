"""Months of several files as one table: a later file changes nothing that a month gave."""

from __future__ import annotations

import pandas as pd

from effektiv.data.local.months import (
    FORM,
    LEDGER,
    MONTH_COLUMNS,
    SIE,
    SOURCE_COLUMNS,
    LockedMonth,
    Months,
    MonthSource,
    join,
)

Row = dict[str, object]


def source(file: str, *rows: Row, sort: str = FORM, sha256: str = "a") -> MonthSource:
    default: Row = {
        "unit": "", "activity": "Skola", "kind": "personal", "month": "2026-01", "budget_ore": None, "actual_ore": None,
        "forecast_ore": None, "volume_budget": None, "volume_actual": None, "volume_unit": "", "comment": "",
    }  # fmt: skip
    frame = pd.DataFrame([{**default, **row} for row in rows], columns=list(SOURCE_COLUMNS))
    ore = dict.fromkeys(("budget_ore", "actual_ore", "forecast_ore"), "Int64")
    frame = frame.astype({**ore, "volume_budget": "float64", "volume_actual": "float64"})
    return MonthSource(file, sha256, sort, frame)


def given(months: Months, name: str = "actual_sek") -> dict[str, float]:
    return dict(zip(months.frame["month"], months.frame[name], strict=True))


def test_nothing_gives_an_empty_table_with_its_columns() -> None:
    assert join([]).frame.columns.tolist() == list(MONTH_COLUMNS)


def test_a_later_file_changes_no_earlier_month_and_is_told_of() -> None:
    months = join(
        [
            source("u/2026-02.xlsx", {"actual_ore": 700}, {"month": "2026-02", "actual_ore": 900}),
            source(
                "u/2026-01.xlsx",
                {"actual_ore": 500, "budget_ore": 450},
                {"month": "2026-02", "budget_ore": 460},
            ),
        ]
    )
    assert given(months) == {"2026-01": 5.0, "2026-02": 9.0}
    assert given(months, "budget_sek") == {"2026-01": 4.5, "2026-02": 4.6}  # the year's budget may come early
    assert months.notes == (
        "U/2026-02.xlsx ger 2026-01 ett annat utfall än u/2026-01.xlsx, som gäller: skillnaden är 2,00 kr.",
    )
    first = months.versions[months.versions["is_first"]]
    assert set(zip(first["month"], first["file"], strict=True)) == {
        ("2026-01", "u/2026-01.xlsx"), ("2026-02", "u/2026-02.xlsx"), ("2026-02", "u/2026-01.xlsx")
    }  # fmt: skip


def test_the_locked_file_holds_and_a_change_after_the_lock_is_told_of() -> None:
    files = [
        source("u/b.xlsx", {"actual_ore": 700}),
        source("u/2026-01.xlsx", {"actual_ore": 500}, sha256="new"),
    ]
    assert given(join(files, {"2026-01": [LockedMonth("u/b.xlsx", "a", "2026-02-05")]})) == {"2026-01": 7.0}
    (fault,) = join(files, {"2026-01": [LockedMonth("u/2026-01.xlsx", "old", "2026-02-05")]}).faults
    assert fault.startswith("U/2026-01.xlsx har ändrats efter att 2026-01 låstes 2026-02-05: lägg tillbaka")
    (fault,) = join(files, {"2026-01": [LockedMonth("u/c.xlsx", "old", "2026-02-05")]}).faults
    assert "går inte att läsa" in fault


def test_accounts_hold_before_a_form_and_a_difference_is_told_to_the_ore() -> None:
    form = source(
        "f.xlsx",
        {"actual_ore": 500, "forecast_ore": 6000, "volume_actual": 3.0, "volume_unit": "elever"},
        sort=FORM,
    )
    sie = source("s.se", {"unit": "Norr", "actual_ore": 300}, {"unit": "Söder", "actual_ore": 201}, sort=SIE)
    months = join([form, sie])
    assert months.frame["actual_sek"].sum() == 5.01
    assert months.frame["forecast_sek"].sum() == 60.0
    assert months.faults == (
        "F.xlsx: utfall för Skola 2026-01 är 5,00 kr men 5,01 kr i s.se, som gäller: skillnaden är -0,01 kr.",
    )
    agreeing = source("l.csv", {"actual_ore": 500}, sort=LEDGER)
    assert join([form, agreeing]).faults == ()


def test_volumes_without_a_kind_stand_beside_the_amounts() -> None:
    volume: Row = {"kind": "", "volume_actual": 12.0, "volume_unit": "elever", "comment": "Fler."}
    frame = join([source("f", {"actual_ore": 5}, {"kind": "övrigt", "actual_ore": 6}, volume)]).frame
    assert frame["volume_actual"].tolist()[0] == 12.0
    assert (frame["kind"].tolist(), frame["volume_unit"].tolist()) == (["personal", "övrigt"], ["elever", ""])
    assert join([source("f", volume)]).frame["volume_actual"].tolist() == [12.0]


def test_what_lacks_is_told_and_never_zero() -> None:
    months = join(
        [
            source(
                "f",
                {"actual_ore": 5, "unit": "Norr"},
                {"month": "2026-02", "budget_ore": 5, "unit": "Söder"},
                {"month": "2026-04", "actual_ore": 5, "unit": "Söder"},
            )
        ]
    )
    assert months.frame["actual_sek"].isna().tolist() == [False, True, False]
    assert months.notes == (
        "Månaden 2026-03 saknas.",
        "Skola 2026-02 har budget men inget utfall för personal.",
        "Enheten Norr finns bara till och med 2026-01.",
        "Enheten Söder finns först från 2026-04.",
    )
