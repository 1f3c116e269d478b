from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.data_quality import data_quality
from effektiv.types import Break, Flag, Formula, Kpi, Role

NAN = float("nan")


def kpi(**changes) -> Kpi:
    return Kpi(**({"id": "N1", "title": "t", "label": "l", "unit": "%", "role": Role.QUALITY} | changes))


def line(figure: Kpi, panels, statuses=None, **options):
    return data_quality([figure], panels, statuses or {}, "i", **options).loc[figure.id]


@pytest.fixture
def panel(make_panel):
    return make_panel({"i": [1.0, 2.0, 3.0], "a": [1.0, 2.0, 3.0]}, 2022)


def test_nothing_to_report(panel):
    found = line(kpi(), {"N1": panel})
    assert (found["year"], found["value"], found["national_year"], found["flags"]) == (2024, 3.0, 2024, ())
    assert (found["years_missing"], found["years_published"]) == (0, 3)


def test_missing_in_the_latest_national_year(panel):
    panel.loc["i", [2022, 2024]] = NAN
    found = line(kpi(), {"N1": panel})
    assert (found["year"], found["value"], found["flags"]) == (2023, 2.0, ("missing",))
    assert (found["years_missing"], found["years_published"]) == (2, 3)


def test_no_value_at_all(panel):
    found = line(kpi(), {"N1": panel.drop(index="i")})
    assert found["flags"] == ("missing",)
    assert pd.isna(found["year"])
    assert np.isnan(found["value"])
    assert found["years_missing"] == 3


def test_figure_without_panel():
    found = line(kpi(), {})
    assert found["flags"] == ("missing",)
    assert pd.isna(found["national_year"])
    assert found["years_published"] == 0


def test_a_year_ahead_of_the_country_is_not_missing(make_panel):
    panel = make_panel({str(k): [1.0, NAN] for k in range(9)} | {"i": [1.0, 2.0]})
    found = line(kpi(), {"N1": panel})
    assert (found["year"], found["national_year"], found["flags"]) == (2021, 2020, ())


def test_suppressed(panel):
    panel.loc["i", 2024] = NAN
    statuses = pd.DataFrame("", index=panel.index, columns=panel.columns)
    statuses.loc["i", 2024] = "Privacy"
    found = line(kpi(), {"N1": panel}, {"N1": statuses})
    assert (found["status"], found["flags"]) == ("Privacy", ("missing", "suppressed"))


def test_other_status_is_told_but_not_suppressed(panel):
    panel.loc["i", 2024] = NAN
    statuses = pd.DataFrame(None, index=panel.index, columns=panel.columns, dtype=object)
    statuses.loc["i", 2024] = "Missing"
    found = line(kpi(), {"N1": panel}, {"N1": statuses})
    assert (found["status"], found["flags"]) == ("Missing", ("missing",))
    assert line(kpi(), {"N1": panel}, {"N1": statuses.drop(index="i")})["status"] == ""


def test_preliminary_only_for_cost_figures_of_that_year(panel):
    cost = kpi(preliminary_until_final=True)
    assert line(cost, {"N1": panel}, preliminary_year=2024)["flags"] == ("preliminary",)
    assert line(cost, {"N1": panel}, preliminary_year=2023)["flags"] == ()
    assert line(cost, {"N1": panel})["flags"] == ()
    assert line(kpi(), {"N1": panel}, preliminary_year=2024)["flags"] == ()


def test_ended_series_looks_no_further_than_its_end(panel):
    found = line(kpi(valid_to=2023), {"N1": panel})
    assert (found["year"], found["national_year"], found["valid_to"]) == (2023, 2023, 2023)
    assert found["flags"] == ("ended",)


def test_break_in_the_window(panel):
    found = line(kpi(breaks=(Break(year=2023, reason="x"), Break(year=2024, reason="y"))), {"N1": panel})
    assert (found["break_year"], found["flags"]) == (2024, ("break",))
    assert line(kpi(breaks=(Break(year=2022, reason="x"),)), {"N1": panel})["flags"] == ()


def test_an_old_break_is_not_reported(make_panel):
    panel = make_panel({"i": [1.0] * 15, "a": [1.0] * 15}, 2010)
    assert line(kpi(breaks=(Break(year=2012, reason="x"),)), {"N1": panel})["flags"] == ()
    assert line(kpi(breaks=(Break(year=2016, reason="x"),)), {"N1": panel})["flags"] == ("break",)


def test_small_numbers_of_the_same_year(panel, make_panel):
    persons = make_panel({"i": [90.0, 90.0, 9.0]}, 2022)
    small = kpi(denominator="N2", min_denominator=10)
    found = line(small, {"N1": panel, "N2": persons})
    assert (found["persons"], found["min_persons"], found["flags"]) == (9.0, 10, ("small",))
    assert line(small, {"N1": panel, "N2": persons + 1})["flags"] == ()
    assert line(small, {"N1": panel, "N2": persons * NAN})["flags"] == ()
    assert line(small, {"N1": panel})["flags"] == ()


def test_own_figure(panel):
    assert line(kpi(id="E-1", formula=Formula(powers={"N1": 1})), {"E-1": panel})["flags"] == ("own",)


def test_order_codes_and_empty_list(panel):
    figures = [kpi(id="N2", valid_to=2023), kpi()]
    frame = data_quality(figures, {"N1": panel}, {}, "i")
    assert frame.index.tolist() == ["N2", "N1"]
    for codes in frame["flags"]:
        for code in codes:
            Flag(code=code, text="x")
    assert data_quality([], {}, {}, "i").empty
