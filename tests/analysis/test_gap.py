from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.gap import (
    comparators,
    cost_gap,
    deviation_gap_mnkr,
    gap_figure,
    persons,
    quality_gap,
    three_ways,
)
from effektiv.types import Better, Gap

NAN = float("nan")
UP, DOWN = Better.HIGHER, Better.LOWER
money = st.floats(100.0, 1e6)
DEVIATION = Gap(label="avvikelse", kind="deviation", deviation="d", reference_cost="ref", population="pop")
UNIT = Gap(label="styck", kind="unit", unit_cost="r", volume="v")


class TestFormulas:
    def test_deviation_by_hand(self):
        # 8 % above, peers 3 % above, reference 20 000 kr/inv, 9 500 inhabitants: 5 % of 190 mnkr.
        assert deviation_gap_mnkr(8, 3, 20_000, 9_500) == pytest.approx(9.5)

    @settings(max_examples=50, deadline=None)
    @given(st.floats(0, 1e4), st.floats(0, 1e4))
    def test_quality_gap_is_positive_when_worse(self, own, other):
        assert quality_gap(own, other, UP) == -quality_gap(own, other, DOWN)
        assert (quality_gap(own, other, UP) > 0) == (own < other)

    def test_quality_gap_needs_a_direction(self):
        with pytest.raises(ValueError, match="direction"):
            quality_gap(1, 2, Better.NEITHER)

    def test_persons(self):
        # METHOD: (q_c - q_i)/100 * n_i
        assert persons(quality_gap(70.0, 75.0, UP), 120) == pytest.approx(6.0)

    def test_missing_stays_missing(self):
        assert np.isnan(deviation_gap_mnkr(8, NAN, 1, 1))
        assert np.isnan(quality_gap(NAN, 1, UP))

    def test_kungsbacka_deviation_equals_cost_above_reference(self, shared):
        # N15001 = 100*(U15011/N15058 - 1): valued per pupil it is the plain difference.
        path = shared / "data" / "kolada-grundskola-kostnad-2016-2025" / "grundskola_kungsbacka_riket.csv"
        frame = pd.read_csv(path, dtype={"municipality_id": str}).query("municipality_id == '1384'")
        table = frame.pivot_table(index="year", columns="kpi", values="value")
        table = table[["N15001", "U15011", "N15058"]].dropna().loc[2018:]
        assert len(table) >= 8
        for _, line in table.iterrows():
            gap = deviation_gap_mnkr(line["N15001"], 0.0, line["N15058"], 1e6)
            assert gap == pytest.approx(line["U15011"] - line["N15058"], abs=0.5)


class TestCostGap:
    def panels(self, make_panel):
        return {
            "d": make_panel({"i": [8.0, 9.0], "a": [1.0, 1.0], "b": [2.0, NAN], "c": [3.0, 3.0]}),
            "ref": make_panel({"i": [20_000.0, 21_000.0]}),
            "pop": make_panel({"i": [10_000.0, NAN]}),
            "r": make_panel({"i": [110.0, 120.0], "a": [100.0, 100.0]}),
            "v": make_panel({"i": [1e6, 2e6]}),
        }

    def test_deviation(self, make_panel):
        panels = self.panels(make_panel)
        median = comparators(panels["d"], list("abc"), DOWN)["median"]
        found = cost_gap(DEVIATION, panels, "i", median)
        assert found.by_year.loc[2020, "gap_mnkr"] == pytest.approx(deviation_gap_mnkr(8, 2, 20_000, 10_000))
        assert np.isnan(found.by_year.loc[2021, "gap_mnkr"])
        assert found.latest_year == 2020

    def test_unit(self, make_panel):
        panels = self.panels(make_panel)
        found = cost_gap(UNIT, panels, "i", comparators(panels["r"], ["a"], DOWN)["median"])
        assert found.by_year["gap_mnkr"].tolist() == [10.0, 40.0]
        assert found.by_year["base"].tolist() == [1e6, 2e6]
        assert found.latest_year == 2021

    def test_against_nothing(self, make_panel):
        found = cost_gap(UNIT, self.panels(make_panel), "i", pd.Series(dtype=float))
        assert found.latest_year is None

    def test_figure(self):
        assert gap_figure(DEVIATION) == "d"
        assert gap_figure(UNIT) == "r"

    @pytest.mark.parametrize(
        "gap",
        [
            Gap(label="x", kind="unit", volume="v"),
            Gap(label="x", kind="unit", unit_cost="r"),
            Gap(label="x", kind="deviation", deviation="d", population="pop"),
            Gap(label="x", kind="deviation", reference_cost="ref", population="pop"),
        ],
    )
    def test_half_a_definition(self, make_panel, gap):
        with pytest.raises(ValueError, match="gap 'x'"):
            cost_gap(gap, self.panels(make_panel), "i", pd.Series({2020: 1.0}))

    def test_absent_figure(self, make_panel):
        with pytest.raises(KeyError):
            cost_gap(UNIT, {"r": make_panel({"i": [1.0]})}, "i", pd.Series({2020: 1.0}))


class TestComparators:
    def test_all_kinds(self, make_panel):
        panel = make_panel({"a": [1.0], "b": [2.0], "c": [3.0], "0000": [7.0], "m": [5.0]})
        frame = comparators(panel, list("abc"), DOWN, ["0000", "m", "zz"])
        assert frame.loc[2020].fillna(-1).to_dict() == {
            "median": 2.0, "best_quarter": 1.5, "0000": 7.0, "m": 5.0, "zz": -1.0,
        }  # fmt: skip

    def test_without_direction_there_is_no_best_quarter(self, make_panel):
        frame = comparators(make_panel({"a": [1.0], "b": [2.0], "c": [3.0]}), list("abc"), Better.NEITHER)
        assert frame.loc[2020, "median"] == 2.0
        assert np.isnan(frame.loc[2020, "best_quarter"])


class TestThreeWays:
    def ways(self, **changes):
        options = {
            "gap_mnkr": 9.5, "unit_cost": 120_000.0, "volume": 950.0,
            "quality": 209.0, "quality_comparator": 220.0, "better": UP,
        }  # fmt: skip
        return three_ways(**(options | changes))

    def test_by_hand(self):
        ways = self.ways()
        assert ways.resource_mnkr == pytest.approx(-9.5)
        assert ways.volume_units == pytest.approx(950 * (120 / 110 - 1))
        assert ways.volume_pct == pytest.approx(100 * (120 / 110 - 1))
        assert (ways.quality_from, ways.quality_to, ways.quality_worse_by) == (209.0, 220.0, 11.0)
        assert np.isnan(ways.quality_persons)
        assert ways.unit_cost_target == pytest.approx(110_000)

    def test_share_in_persons_where_lower_is_better(self):
        ways = self.ways(quality=20.0, quality_comparator=15.0, better=DOWN, count=200.0)
        assert ways.quality_persons == pytest.approx(10.0)

    def test_cheaper_than_the_comparator_turns_the_signs(self):
        ways = self.ways(gap_mnkr=-9.5)
        assert ways.resource_mnkr == 9.5
        assert ways.volume_units < 0

    @pytest.mark.parametrize(
        "changes", [{"gap_mnkr": NAN}, {"volume": NAN}, {"volume": 0.0}, {"unit_cost": NAN}]
    )
    def test_missing(self, changes):
        assert np.isnan(self.ways(**changes).volume_units)
        assert self.ways(**changes).quality_worse_by == 11.0

    def test_a_gap_as_large_as_the_cost_has_no_volume_way(self):
        assert np.isnan(self.ways(gap_mnkr=120_000 * 950 / 1e6).volume_units)

    @settings(max_examples=50, deadline=None)
    @given(money, money, st.floats(1.0, 1e5))
    def test_each_way_closes_the_gap(self, own, other, volume):
        ways = self.ways(gap_mnkr=(own - other) * volume / 1e6, unit_cost=own, volume=volume)
        spent = own * volume
        assert (spent + ways.resource_mnkr * 1e6) / volume == pytest.approx(other, rel=1e-6)
        assert spent / (volume + ways.volume_units) == pytest.approx(other, rel=1e-6)
        assert ways.volume_units == pytest.approx(volume * (own / other - 1), rel=1e-5, abs=1e-5 * volume)
