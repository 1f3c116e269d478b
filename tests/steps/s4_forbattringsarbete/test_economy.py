"""The economy's table, volume and price: a real socialnämnd's sums, missing that stays missing."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.panels import cell
from effektiv.steps.s4_forbattringsarbete.economy import AMOUNTS, TOTAL, accumulated, forecast_month, volumes
from tests.steps.s4_forbattringsarbete import made

# A socialnämnd's report to October, thousands of kronor with costs positive: budget, budget and actual to date, forecast.
NAMND = {
    "60 Stab": (21_956, 18_309, 10_841, 13_756, 8_200),
    "61 Mottagning": (91_111, 75_882, 73_158, 86_661, 4_450),
    "63 Socialt stöd": (117_439, 98_051, 112_548, 134_839, -17_400),
    "64 Vård och omsorg": (182_035, 151_913, 154_271, 185_035, -3_000),
}
SUMS = (412_541, 344_155, 350_818, 420_291, -7_750)


def namnd() -> pd.DataFrame:
    rows = []
    for name, (year, so_far, actual, forecast, _) in NAMND.items():
        for number in range(1, 13):
            month = f"2016-{number:02d}"
            budget = so_far if number == 10 else year - so_far if number == 12 else 0.0
            rows.append(
                {
                    "unit": "", "activity": name, "kind": "övrigt", "month": month,
                    "budget_sek": 1000.0 * budget,
                    "actual_sek": (1000.0 * actual if number == 10 else 0.0) if number <= 10 else np.nan,
                    "forecast_sek": 1000.0 * forecast if number == 10 else np.nan,
                    "volume_budget": np.nan, "volume_actual": np.nan, "volume_unit": "", "comment": "", "is_suppressed": False,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def test_a_real_table_adds_up() -> None:
    found = accumulated(namnd(), "activity", "2016-10") / 1000
    for name, row in NAMND.items():
        assert tuple(cell(found, name, key) for key in AMOUNTS) == row
    assert tuple(cell(found, TOTAL, key) for key in AMOUNTS) == SUMS


def test_a_part_that_is_missing_makes_the_sum_missing_never_less() -> None:
    frame = namnd()
    gone = (frame["activity"] == "60 Stab") & (frame["month"] == "2016-05")
    frame.loc[gone, "actual_sek"] = np.nan
    found = accumulated(frame, "activity", "2016-10")
    assert math.isnan(cell(found, "60 Stab", "actual_acc")) and math.isnan(cell(found, TOTAL, "actual_acc"))
    assert cell(found, "61 Mottagning", "actual_acc") == 73_158_000
    frame = frame[frame["month"] != "2016-12"]
    assert found["budget_year"].notna().all()
    assert accumulated(frame, "activity", "2016-10")["budget_year"].isna().all()


def test_the_forecast_is_the_latest_that_had_been_given() -> None:
    frame = namnd()
    assert forecast_month(frame, "2016-11") == "2016-10"
    frame.loc[frame["month"] == "2016-11", "actual_sek"] = 0.0
    assert cell(accumulated(frame, "activity", "2016-11"), TOTAL, "forecast") == 420_291_000
    assert forecast_month(frame, "2016-09") is None


def test_rows_with_volumes_alone_are_no_money() -> None:
    frame = namnd()
    bare = frame[frame["activity"] == "60 Stab"].assign(
        kind="",
        budget_sek=np.nan,
        actual_sek=np.nan,
        forecast_sek=np.nan,
        volume_budget=10.0,
        volume_actual=11.0,
    )
    found = accumulated(pd.concat([frame, bare], ignore_index=True), "activity", "2016-10")
    assert cell(found, TOTAL, "budget_year") == 412_541_000


def test_volumes_are_counted_once_and_need_every_month() -> None:
    frame = made.months({"Hemtjänst": 1_000_000.0}, first="2028-01").frame
    (found,) = volumes(frame, "2028-06")
    assert (found.budget, found.actual, found.unit) == (6_000, 6_300, "timmar")
    assert found.budget * found.budget_price == pytest.approx(frame["budget_sek"].iloc[:18].sum())
    frame.loc[frame["month"] == "2028-03", "volume_actual"] = np.nan
    assert volumes(frame, "2028-06") == ()
