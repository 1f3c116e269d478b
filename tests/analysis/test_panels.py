from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.panels import (
    by_year,
    country,
    cross_section,
    derived,
    latest_year,
    mean_of_years,
    published_years,
    quantile_by_year,
    row,
    segments,
    value_at,
    window,
)
from effektiv.types import Break, Formula

EMPTY = pd.DataFrame()
NAN = float("nan")


def breaks(*years: int) -> list[Break]:
    return [Break(year=year, reason="ny metod") for year in years]


class TestReading:
    def test_country_drops_riket_and_sorts(self, make_panel):
        panel = make_panel({"0380": [1.0], "0000": [9.0], "0319": [2.0]})
        assert country(panel).index.tolist() == ["0319", "0380"]

    def test_country_leaves_a_panel_without_riket_whole(self, make_panel):
        assert len(country(make_panel({"0319": [1.0]}))) == 1

    def test_row_sorts_the_years(self, make_panel):
        panel = make_panel({"0319": [1.0, 2.0]})[[2021, 2020]]
        assert row(panel, "0319").to_dict() == {2020: 1.0, 2021: 2.0}

    def test_row_of_an_absent_municipality_is_missing_not_an_error(self, make_panel):
        values = row(make_panel({"0319": [1.0, 2.0]}), "9999")
        assert values.index.tolist() == [2020, 2021]
        assert values.isna().all()

    def test_everything_takes_an_empty_panel(self):
        assert row(EMPTY, "0319").empty
        assert np.isnan(value_at(EMPTY, "0319", 2020))
        assert latest_year(EMPTY, "0319") is None
        assert published_years(EMPTY) == []
        assert country(EMPTY).empty

    def test_by_year_gives_plain_numbers_in_order(self):
        found = by_year(pd.Series({2024: 2.0, 2022: NAN, 2023: 1.0}))
        assert found == {2023: 1.0, 2024: 2.0}
        assert list(found) == [2023, 2024]
        assert all(type(year) is int and type(value) is float for year, value in found.items())
        assert by_year(pd.Series(dtype=float)) == {}

    def test_value_at(self, make_panel):
        panel = make_panel({"0319": [1.0, NAN]})
        assert value_at(panel, "0319", 2020) == 1.0
        assert np.isnan(value_at(panel, "0319", 2021))
        assert np.isnan(value_at(panel, "0319", 1999))


class TestDerived:
    def test_factor_and_powers(self, make_panel):
        panels = {"A": make_panel({"0319": [6.0, 8.0]}), "B": make_panel({"0319": [3.0, 2.0]})}
        result = derived(panels, Formula(factor=0.5, powers={"A": 2, "B": -1}))
        assert result.loc["0319"].tolist() == [6.0, 16.0]

    def test_missing_factor_is_missing_result(self, make_panel):
        panels = {"A": make_panel({"a": [6.0, NAN]}), "B": make_panel({"a": [3.0, 2.0], "b": [1.0, 1.0]})}
        result = derived(panels, Formula(powers={"A": 1, "B": 1}))
        assert result.loc["a", 2020] == 18.0
        assert np.isnan(result.loc["a", 2021])
        assert result.loc["b"].isna().all()

    def test_division_by_zero_is_missing_not_infinite(self, make_panel):
        panels = {"A": make_panel({"a": [6.0, 0.0]}), "B": make_panel({"a": [0.0, 0.0]})}
        assert derived(panels, Formula(powers={"A": 1, "B": -1})).isna().all(axis=None)

    def test_years_are_the_union(self, make_panel):
        panels = {"A": make_panel({"a": [1.0]}, 2019), "B": make_panel({"a": [1.0]}, 2021)}
        assert derived(panels, Formula(powers={"A": 1, "B": 1})).columns.tolist() == [2019, 2021]

    def test_unknown_figure_is_an_error(self, make_panel):
        with pytest.raises(KeyError, match="B"):
            derived({"A": make_panel({"a": [1.0]})}, Formula(powers={"A": 1, "B": 1}))


class TestLatestYear:
    @pytest.mark.parametrize(
        ("not_after", "valid_to", "expected"),
        [(None, None, 2022), (2021, None, 2020), (None, 2021, 2020), (2022, 2019, None), (2019, None, None)],
    )
    def test_limits(self, make_panel, not_after, valid_to, expected):
        panel = make_panel({"a": [1.0, NAN, 3.0, NAN]})
        assert latest_year(panel, "a", not_after=not_after, valid_to=valid_to) == expected

    def test_a_year_is_a_plain_int(self, make_panel):
        assert type(latest_year(make_panel({"a": [1.0]}), "a")) is int


def test_published_years_ignores_a_handful_of_early_values(make_panel):
    panel = make_panel({str(i): [1.0, 1.0 if i == 0 else NAN] for i in range(10)})
    assert published_years(panel) == [2020]


class TestQuantileByYear:
    @settings(max_examples=50, deadline=None)
    @given(
        st.lists(
            st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(NAN)), min_size=3, max_size=3),
            min_size=1,
            max_size=9,
        ),
        st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]),
    )
    def test_same_as_pandas(self, rows, q):
        expected = pd.DataFrame(rows).quantile(q).to_numpy()
        assert quantile_by_year(np.array(rows), q) == pytest.approx(
            expected, rel=1e-12, abs=1e-6, nan_ok=True
        )

    def test_no_rows_or_no_columns(self):
        assert np.isnan(quantile_by_year(np.empty((0, 2)), 0.5)).tolist() == [True, True]
        assert quantile_by_year(np.empty((3, 0)), 0.5).tolist() == []


class TestSegments:
    def test_break_starts_a_segment(self):
        assert segments([2021, 2018, 2019, 2020], breaks(2019, 2021)) == [(2018,), (2019, 2020), (2021,)]

    def test_breaks_outside_the_years_do_nothing(self):
        assert segments([2018, 2019], breaks(2000, 2018, 2030)) == [(2018, 2019)]

    def test_none(self):
        assert segments([]) == []

    @settings(max_examples=50, deadline=None)
    @given(st.sets(st.integers(1990, 2030)), st.sets(st.integers(1985, 2035)))
    def test_a_partition_that_never_crosses_a_break(self, years, starts):
        parts = segments(years, breaks(*starts))
        assert [year for part in parts for year in part] == sorted(years)
        for part in parts:
            assert not any(part[0] < start <= part[-1] for start in starts)

    @settings(max_examples=50, deadline=None)
    @given(st.integers(2000, 2030), st.integers(1, 10), st.sets(st.integers(1995, 2035)))
    def test_window_ends_with_its_year(self, year, span, starts):
        years = window(year, span, breaks(*starts))
        assert years[-1] == year
        assert 1 <= len(years) <= span
        assert list(years) == list(range(years[0], year + 1))

    def test_window_needs_a_year(self):
        with pytest.raises(ValueError, match="span"):
            window(2020, 0)


class TestMeanAndCrossSection:
    def test_mean_needs_every_year(self, make_panel):
        panel = make_panel({"a": [1.0, 3.0], "b": [1.0, NAN]})
        means = mean_of_years(panel, [2020, 2021])
        assert means["a"] == 2.0
        assert np.isnan(means["b"])
        assert mean_of_years(panel, [2019, 2020]).isna().all()

    def test_a_figure_that_lags_takes_its_latest_year_for_all(self, make_panel):
        panels = {
            "new": make_panel({"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0]}, 2022),
            "old": make_panel({"a": [5.0, 6.0], "b": [7.0, NAN]}, 2021),
            "too old": make_panel({"a": [5.0], "b": [7.0]}, 2021),
        }
        section = cross_section(panels, ["new", "old", "too old", "never"], 2024)
        assert section.years == {"new": (2024,), "old": (2022,)}
        assert section.absent == ("too old", "never")
        assert section.frame.loc["a"].tolist() == [3.0, 6.0]
        assert np.isnan(section.frame.loc["b", "old"])

    def test_three_years(self, make_panel):
        panels = {"x": make_panel({"a": [1.0, 2.0, 6.0]}, 2022), "y": make_panel({"a": [4.0, 8.0]}, 2021)}
        section = cross_section(panels, ["x", "y"], 2024, span=3)
        assert section.frame.loc["a"].tolist() == [3.0, 8.0]
        assert section.years == {"x": (2022, 2023, 2024), "y": (2022,)}

    def test_riket_is_left_out(self, make_panel):
        assert cross_section(
            {"x": make_panel({"0000": [1.0], "a": [2.0]})}, ["x"], 2020
        ).frame.index.tolist() == ["a"]

    def test_nothing_at_all(self):
        section = cross_section({}, ["x"], 2024)
        assert section.frame.empty
        assert section.absent == ("x",)
