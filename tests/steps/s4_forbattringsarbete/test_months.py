"""The months of a folder: Exempelby's by three ways in, bad forms, small numbers, and the lock of a month."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.data.local.months import Indicators, Months
from effektiv.errors import InputError
from effektiv.example.forms import months as planted
from effektiv.forms import Value, write
from effektiv.params import load_params
from effektiv.params.locks import TODAY
from effektiv.stepfiles import register_step_files
from effektiv.steps.s4_forbattringsarbete.months_form import INDICATORS_FORM, MONTH_FORM
from effektiv.steps.s4_forbattringsarbete.months_in import (
    indicators_of,
    months_of,
    read_indicators,
    read_months,
)
from effektiv.steps.s4_forbattringsarbete.months_lock import lock_month
from effektiv.steps.s4_forbattringsarbete.months_params import FollowUp
from effektiv.steps.s4_forbattringsarbete.months_small import hide_volumes

register_step_files()
SHORT = replace(MONTH_FORM, sheets=tuple(replace(sheet, rows=4) for sheet in MONTH_FORM.sheets))
"""The form with few rows prepared, which is soon written and read."""

ROW: Mapping[str, Value] = {
    "activity": "Skola",
    "kind": "personal",
    "period": "2026-03",
    "budget": 10.0,
    "actual": 12.5,
}


@pytest.fixture(scope="module")
def shipped(root: Path) -> Path:
    return root / "params" / "0219-exempelby"


@pytest.fixture(scope="module")
def months(shipped: Path) -> Months:
    return read_months(shipped)


@pytest.fixture(scope="module")
def indicators(shipped: Path) -> Indicators:
    return read_indicators(shipped)


def fill(folder: Path, rows: Iterable[Mapping[str, Value]], name: str = "2026-03.xlsx") -> Path:
    path = folder / "uppfoljning" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(write(SHORT, rows={"manad": list(rows)}))
    return path


def test_exempelbys_three_ways_in_give_what_was_made_to_the_ore(months: Months) -> None:
    assert months.faults == ()
    assert sorted(set(months.frame["month"])) == list(planted.MONTHS)
    for activity in planted.ACTIVITIES:
        rows = months.frame[
            (months.frame["activity"] == activity.name) & (months.frame["unit"] == activity.unit)
        ]
        read = {
            (kind, month): round(sek * 100)
            for kind, month, sek in rows[["kind", "month", "actual_sek"]].itertuples(index=False)
        }
        assert read == planted._actuals(activity)
        budget = {
            (kind, month): round(sek * 100)
            for kind, month, sek in rows[["kind", "month", "budget_sek"]].itertuples(index=False)
        }
        assert budget == planted._budgets(activity)
    assert months.frame[["forecast_sek", "budget_sek"]].notna().all(axis=None)
    assert any("skriven i UTF-8" in note for note in months.notes)


def test_exempelbys_planted_shift_and_drift_are_in_its_indicators(indicators: Indicators) -> None:
    assert indicators.faults == ()
    values = indicators.frame.pivot_table(index="month", columns="indicator", values="value")
    before = values.loc[: planted.FIRST_LOWER, "I1"].iloc[:-1].mean()
    assert before - values.loc[planted.FIRST_LOWER :, "I1"].mean() > 2
    assert values["I2"].iloc[-6:].mean() - values.loc[: planted.DRIFT_FROM, "I2"].mean() > 2
    assert indicators.frame.loc[indicators.frame["indicator"] == "I7", "value"].notna().all()


def test_params_and_the_folder_say_the_same(shipped: Path, months: Months, indicators: Indicators) -> None:
    params = load_params("0219", shipped.parent, areas=tuple(load_catalogue().areas))
    pd.testing.assert_frame_equal(months_of(params).frame, months.frame)
    pd.testing.assert_frame_equal(indicators_of(params).frame, indicators.frame)


def test_what_is_kept_of_the_months_follows_the_files_and_is_nobodys_to_change(tmp_path: Path) -> None:
    folder = tmp_path / "0219-exempelby"
    folder.mkdir()
    (folder / "kommun.yaml").write_text('kommun: "0219"\n', encoding="utf-8")
    areas = tuple(load_catalogue().areas)

    def read() -> Months:
        return months_of(load_params("0219", tmp_path, areas=areas))

    assert read().frame.empty
    path = fill(folder, [ROW])
    first = read()
    first.frame.loc[:, "actual_sek"] = 0.0
    assert read().frame["actual_sek"].tolist() == [12.5] and read().notes is read().notes
    # Asked of an opening that had the files as they were, and then of a new one.
    opened = load_params("0219", tmp_path, areas=areas)
    months_of(opened)
    fill(folder, [{**ROW, "actual": 13.5}])
    months_of(opened)
    assert read().frame["actual_sek"].tolist() == [13.5]
    path.unlink()
    assert read().frame.empty


BAD: Mapping[str, tuple[Mapping[str, Value], str]] = {
    "no month": ({"period": "2026-17"}, "bladet Månad, cell D"),
    "twice": ({}, "raden är dubbel"),
    "the sign turned": ({"kind": "övrigt", "budget": -900.0}, "kostnader skrivs med plus, vänd tecknet"),
    "income as plus": ({"kind": "intäkter"}, "intäkter skrivs med minus, vänd tecknet"),
    "decimals": ({"kind": "övrigt", "actual": 1.234}, "fler än två decimaler"),
    "a personnummer": ({"kind": "övrigt", "comment": "Gäller 640823-3234"}, "personnummer"),
    "nothing": ({"kind": "övrigt", "actual": None, "budget": None, "volume_unit": "x"}, "raden har inga tal"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_form_gives_nothing_and_leaves_earlier_months_alone(what: str, tmp_path: Path) -> None:
    change, words = BAD[what]
    fill(tmp_path, [{**ROW, "period": "2026-02"}], "2026-02.xlsx")
    fill(tmp_path, [ROW, {**ROW, **change}])
    months = read_months(tmp_path)
    assert set(months.frame["month"]) == {"2026-02"}
    (fault,) = months.faults
    assert fault.startswith("uppfoljning/2026-03.xlsx: ")
    assert words in fault
    assert "640823" not in fault


def test_a_file_of_another_name_than_its_months_and_a_list_without_mapping_are_told(tmp_path: Path) -> None:
    fill(tmp_path, [ROW], "2026-04.xlsx")
    lists = tmp_path / "uppfoljning" / "listor"
    lists.mkdir()
    (lists / "a.csv").write_text("Konto;Verksamhet;Period;Belopp\n", encoding="utf-8")
    (lists / "a.pdf").write_text("x", encoding="utf-8")
    months = read_months(tmp_path)
    assert len(months.frame) == 0
    assert "döp den till 2026-03.xlsx" in " ".join(months.faults)
    assert "läses inte utan uppfoljning.yaml" in " ".join(months.faults)
    assert "ska sluta på .csv" in " ".join(months.faults)


def test_small_numbers_of_persons_are_withheld_and_what_would_tell_them(tmp_path: Path) -> None:
    rows = [
        {**ROW, "unit": unit, "volume_actual": value, "volume_unit": "elever"}
        for unit, value in {"Norr": 3.0, "Söder": 40.0, "Öster": 9.0}.items()
    ]
    fill(tmp_path, rows)
    frame = read_months(tmp_path).frame.set_index("unit")
    assert frame["is_suppressed"].to_dict() == {"Norr": True, "Söder": False, "Öster": True}
    assert frame["volume_actual"].isna().to_dict() == {"Norr": True, "Söder": False, "Öster": True}
    assert frame["actual_sek"].notna().all()
    hours, _ = hide_volumes(frame.assign(volume_unit="timmar", volume_actual=2.0), FollowUp().persons, 5)
    assert not hours["is_suppressed"].any()


def test_bad_values_of_indicators_are_told_by_cell_and_the_rest_is_used(tmp_path: Path) -> None:
    known: Mapping[str, Value] = {
        "id": "I1",
        "name": "Stöd",
        "kind": "andel",
        "persons": True,
        "target": 90.0,
    }
    values: list[Mapping[str, Value]] = [
        {"indicator": "I1", "period": "jan-26", "numerator": 30.0, "denominator": 40.0},
        {"indicator": "I1", "period": "202602", "numerator": 2.0, "denominator": 40.0},
        {"indicator": "I1", "period": "202602", "numerator": 9.0, "denominator": 40.0},
        {"indicator": "I1", "period": "2026-03", "numerator": 41.0, "denominator": 40.0},
        {"indicator": "I1", "period": "2026-04", "numerator": 1.0},
        {"indicator": "I2", "period": "2026-05", "value": 1.0},
    ]
    rows = {"indikatorer": [known], "varden": values}
    (tmp_path / "indikatorer.xlsx").write_bytes(write(INDICATORS_FORM, rows=rows))
    said = read_indicators(tmp_path)
    assert said.frame[["month", "is_suppressed"]].to_numpy().tolist() == [
        ["2026-01", False],
        ["2026-02", True],
    ]
    assert said.frame["value"].iloc[0] == 75.0
    assert said.frame[["numerator", "denominator", "value"]].iloc[1].isna().all()
    told = " ".join(said.faults)
    for words in (
        "2026-02 står redan",
        "större än nämnaren",
        "värdet saknas",
        "ingen indikator med numret I2",
    ):
        assert words in told


def test_a_month_is_locked_once_and_a_change_since_is_said(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TODAY, "2026-04-05")
    folder = tmp_path / "0219-exempelby"
    folder.mkdir()
    shutil.copy(shipped / "kommun.yaml", folder)
    file = fill(folder, [ROW])
    areas = tuple(load_catalogue().areas)

    def lock(month: str = "2026-03", reason: str | None = None) -> Path:
        return lock_month(load_params("0219", tmp_path, areas=areas), month, reason)

    path = lock()
    written = path.read_text(encoding="utf-8")
    assert "2026-04-05" in written
    assert "uppfoljning/2026-03.xlsx" in written
    assert read_months(folder).versions["is_locked"].tolist() == [True]
    with pytest.raises(InputError, match="skrivs aldrig över"):
        lock()
    with pytest.raises(InputError, match="ger månaden 2026-05"):
        lock("2026-05")
    with pytest.raises(InputError, match="ska vara en månad, till exempel 2026-03"):
        lock("mars")
    fill(folder, [{**ROW, "actual": 13.0}])
    (fault,) = read_months(folder).faults
    assert "har ändrats efter att 2026-03 låstes 2026-04-05" in fault
    lock(reason="Rättad efter revision")
    assert path.read_text(encoding="utf-8").count("datum: ") == 2
    assert read_months(folder).faults == ()
    assert file.is_file()
