"""Deviations sum to the öre, whatever they are split over, and forecasts are set against what they became."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.variance import forecast_errors, forecast_record, split, split_mix, to_date

SOCIAL = {  # activity: budget of the year, budget to date, actual to date, forecast, deviation as printed (tkr)
    "60 Stab": (-21_956, -18_309, -10_841, -13_756, 8_200),
    "61 Mottagning": (-91_111, -75_882, -73_158, -86_661, 4_450),
    "63 Socialt stöd": (-117_439, -98_051, -112_548, -134_839, -17_400),
    "64 Vård och omsorg": (-182_035, -151_913, -154_271, -185_035, -3_000),
}
"""A social board's report of ten months, costs negative as it prints them."""


def social() -> pd.DataFrame:
    """The board's table as months: what is known of ten months on the first, nothing on the nine after."""
    rows = []
    for activity, (year, budget, actual, forecast, _) in SOCIAL.items():
        for month in range(1, 13):
            rows.append(
                {
                    "activity": activity,
                    "month": f"2024-{month:02d}",
                    "budget_sek": -1000.0 * (budget if month == 1 else year - budget if month == 12 else 0),
                    "actual_sek": -1000.0 * actual if month == 1 else 0.0 if month <= 10 else np.nan,
                    "forecast_sek": -1000.0 * forecast if month == 10 else np.nan,
                }
            )
    return pd.DataFrame(rows)


def oere(value: float) -> int:
    return round(100 * value)


AMOUNTS = st.integers(0, 10**11).map(lambda value: value / 100)
VOLUMES = st.integers(0, 10**6).map(float)


def test_the_worked_example():
    found = split(1000, 400, 1100, 420)
    assert (found.total, found.volume, found.price) == (62_000, 41_000, 21_000)


@given(VOLUMES, AMOUNTS, VOLUMES, AMOUNTS)
@settings(max_examples=50, deadline=None)
def test_volume_and_price_sum_to_the_oere(one, price, other, later):
    found = split(one, price / 1000, other, later / 1000)
    assert oere(found.volume) + oere(found.price) == oere(found.total)


@given(st.lists(st.tuples(VOLUMES, VOLUMES, AMOUNTS, AMOUNTS), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_volume_mix_and_price_sum_to_the_oere(rows):
    kinds = pd.DataFrame(rows, columns=["budget_volume", "actual_volume", "budget_sek", "actual_sek"])
    found = split_mix(kinds)
    whole = sum(oere(row[3]) - oere(row[2]) for row in rows)
    assert oere(found.total) == whole
    assert oere(found.volume) + oere(found.mix) + oere(found.price) + oere(found.rest) == whole


def kinds(budget_volume, actual_volume, budget_sek, actual_sek) -> pd.DataFrame:
    return pd.DataFrame(
        {"budget_volume": budget_volume, "actual_volume": actual_volume,
         "budget_sek": budget_sek, "actual_sek": actual_sek}
    )  # fmt: skip


def test_one_kind_has_no_mix_and_is_split_as_alone():
    found = split_mix(kinds([1000], [1100], [400_000], [462_000]))
    assert (found.volume, found.price, found.mix, found.rest) == (41_000, 21_000, 0, 0)


def test_other_kinds_at_the_same_prices_are_mix_alone():
    found = split_mix(kinds([60, 40], [40, 60], [6_000, 8_000], [4_000, 12_000]))
    assert (found.volume, found.price, found.mix) == (0, 0, 2_000)


def test_what_has_kronor_and_no_units_is_in_the_rest():
    found = split_mix(kinds([10, 0, np.nan], [12, 0, 5], [1_000, 500, 300], [1_200, 700, 310]))
    assert (found.volume, found.price, found.mix, found.rest) == (200, 0, 0, 210)
    nothing = split_mix(kinds([np.nan], [np.nan], [100], [150]))
    assert (nothing.total, nothing.volume, nothing.rest) == (50, 0, 50)


def test_a_kind_that_is_new_is_no_price():
    found = split_mix(kinds([10, 0], [10, 5], [1_000, 0], [1_000, 900]))
    assert found.price == 0
    assert oere(found.volume) + oere(found.mix) == oere(900)


def test_missing_amounts_are_missing_and_negative_volumes_refused():
    assert np.isnan(split_mix(kinds([10], [10], [1_000], [np.nan])).total)
    assert np.isnan(split(10, np.nan, 10, 1).total)
    with pytest.raises(ValueError, match="never negative"):
        split_mix(kinds([-1], [1], [1], [1]))


def test_a_printed_report_comes_out_to_the_krona():
    found = to_date(social(), "2024-10")
    tkr = -found / 1000
    assert tkr["budget_year_sek"].to_dict() == {name: row[0] for name, row in SOCIAL.items()}
    assert tkr["actual_to_date_sek"].to_dict() == {name: row[2] for name, row in SOCIAL.items()}
    assert (found["deviation_year_sek"] / 1000).to_dict() == {name: row[4] for name, row in SOCIAL.items()}
    assert tkr.sum()[["budget_year_sek", "budget_to_date_sek", "actual_to_date_sek", "forecast_sek"]].tolist() == [
        -412_541, -344_155, -350_818, -420_291,
    ]  # fmt: skip
    assert found["deviation_year_sek"].sum() / 1000 == -7_750
    assert found["actual_last_year_sek"].isna().all()


def test_a_missing_month_is_no_zero():
    frame = social()
    frame.loc[(frame["activity"] == "60 Stab") & (frame["month"] == "2024-03"), "actual_sek"] = np.nan
    frame = frame[(frame["activity"] != "61 Mottagning") | (frame["month"] != "2024-12")]
    found = to_date(frame, "2024-10")
    assert found["actual_to_date_sek"].isna().to_dict() == {name: name.startswith("60") for name in SOCIAL}
    assert found["budget_year_sek"].isna().to_dict() == {name: name.startswith("61") for name in SOCIAL}


def test_the_forecasts_of_malmo():
    years = pd.DataFrame(
        {
            "year": [2014, 2015, 2017],
            "month": ["2014-08", "2015-08", "2017-08"],
            "forecast_sek": [80.0, 316.0, 485.0],
        }
    )
    found = forecast_errors(years, pd.Series({2014: -70.0, 2015: 563.0, 2017: 848.0}))
    assert found.frame["error_sek"].tolist() == [-150, 247, 363]
    assert found.by_month.loc[8].to_dict() == {
        "forecasts": 3, "years": 3, "mean_sek": pytest.approx(460 / 3), "size_sek": pytest.approx(760 / 3),
    }  # fmt: skip
    boards = pd.DataFrame(
        {"board": ["SDN", "KS"], "year": 2014, "month": "2014-08", "forecast_sek": [-69.0, 44.0]}
    )
    became = pd.Series({("SDN", 2014): -120.0, ("KS", 2014): -18.0})
    assert forecast_errors(boards, became).frame.set_index("board")["error_sek"].to_dict() == {
        "KS": -62, "SDN": -51,
    }  # fmt: skip


def test_a_record_is_of_whole_years_and_whole_forecasts():
    frame = pd.concat([social().assign(actual_sek=lambda rows: rows["actual_sek"].fillna(1_000.0), kind=kind)
                       for kind in ("personal", "övrigt")])  # fmt: skip
    frame.loc[(frame["kind"] == "övrigt") & (frame["activity"] == "60 Stab"), "forecast_sek"] = np.nan
    found = forecast_record(frame)
    assert sorted(found.frame["activity"]) == sorted(set(SOCIAL) - {"60 Stab"})
    assert found.frame["error_sek"].iloc[0] == 2 * (73_158_000 + 2_000 - 86_661_000)
    assert found.years == 1
    assert forecast_record(social()).frame.empty  # the year is not over
    assert forecast_record(frame, by=()).frame.empty  # of the whole, one part has no forecast
