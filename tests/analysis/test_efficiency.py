from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.efficiency import (
    efficiency,
    efficiency_change,
    log_relative,
    national_efficiency,
    quality_contributions,
    usable_figures,
)
from effektiv.types import Better

NAN = float("nan")
UP, DOWN = Better.HIGHER, Better.LOWER
positive = st.floats(0.1, 1e6, allow_nan=False)


def two(own: list[float], riket: list[float], first: int = 2020) -> pd.DataFrame:
    years = range(first, first + len(own))
    return pd.DataFrame([own, riket], index=["0319", "0000"], columns=list(years), dtype=float)


class TestLogRelative:
    def test_signs(self):
        assert log_relative(two([110], [100])).loc["0319", 2020] == pytest.approx(np.log(1.1))
        assert log_relative(two([110], [100]), DOWN).loc["0319", 2020] == pytest.approx(-np.log(1.1))

    @pytest.mark.parametrize(("own", "riket"), [(0, 1), (-1, 1), (1, 0), (NAN, 1), (1, NAN)])
    def test_no_logarithm_is_missing(self, own, riket):
        assert np.isnan(log_relative(two([own], [riket])).loc["0319", 2020])

    def test_without_riket_all_is_missing(self):
        panel = two([1.0], [1.0]).drop(index="0000")
        assert log_relative(panel).isna().all(axis=None)

    def test_riket_is_not_in_the_result(self):
        assert log_relative(two([1.0], [1.0])).index.tolist() == ["0319"]

    def test_direction_must_be_known(self):
        with pytest.raises(ValueError, match="direction"):
            log_relative(two([1.0], [1.0]), Better.NEITHER)

    def test_years_in_any_order(self):
        panel = two([110, 50], [100, 100])[[2021, 2020]]
        assert log_relative(panel).loc["0319"].tolist() == pytest.approx([np.log(1.1), np.log(0.5)])


QUALITY = {"merit": two([209.0], [220.0]), "klagomål": two([10.0], [12.0])}
BETTER = {"merit": UP, "klagomål": DOWN}
COST = two([120_000.0], [110_000.0])


class TestEfficiency:
    def test_by_hand(self):
        line = efficiency(QUALITY, COST, BETTER, "0319").loc[2020]
        k = np.sqrt((209 / 220) * (12 / 10))
        relative = 120 / 110
        assert line["K"] == pytest.approx(k, abs=1e-12)
        assert line["unit_cost_rel"] == pytest.approx(relative, abs=1e-12)
        assert line["E"] == pytest.approx(k / relative, abs=1e-12)

    def test_definition_with_volume_and_resource(self):
        # E = K * (V/R) / (V_riket/R_riket), METHOD section 6.
        volume, resource = 900.0, 120_000.0 * 900.0
        volume_r, resource_r = 1e6, 110_000.0 * 1e6
        line = efficiency(QUALITY, COST, BETTER, "0319").loc[2020]
        assert line["E"] == pytest.approx(
            line["K"] * (volume / resource) / (volume_r / resource_r), abs=1e-12
        )

    def test_riket_like_is_one(self):
        same = two([5.0], [5.0])
        line = efficiency({"q": same}, same, {"q": UP}, "0319").loc[2020]
        assert (line["E"], line["K"], line["ln_E"]) == (1.0, 1.0, 0.0)

    def test_complete_set_only(self):
        quality = {"a": two([1.0, 1.0], [1.0, 1.0]), "b": two([1.0, NAN], [1.0, 1.0])}
        frame = efficiency(quality, two([1.0, 1.0], [1.0, 1.0]), {"a": UP, "b": UP}, "0319")
        assert frame["E"].notna().tolist() == [True, False]
        assert frame["unit_cost_rel"].notna().all()

    def test_years_are_those_of_the_cost(self):
        frame = efficiency({"a": two([1.0], [1.0], 2015)}, two([1.0], [1.0]), {"a": UP}, "0319")
        assert frame.index.tolist() == [2020]
        assert frame["K"].isna().all()

    def test_absent_municipality(self):
        assert efficiency(QUALITY, COST, BETTER, "9999").isna().all(axis=None)

    def test_no_quality_figure(self):
        with pytest.raises(ValueError, match="quality"):
            national_efficiency({}, COST, {})

    def test_empty_panels(self):
        national = national_efficiency({"q": pd.DataFrame()}, pd.DataFrame(), {"q": UP})
        assert national.ln_e.empty

    def test_all_at_once_equals_one_by_one(self, random_panel):
        quality = {"a": random_panel(seed=1), "b": random_panel(seed=2)}
        cost, better = random_panel(seed=3), {"a": UP, "b": DOWN}
        national = national_efficiency(quality, cost, better)
        for code in ("0001", "0033"):
            alone = efficiency(quality, cost, better, code)
            pd.testing.assert_series_equal(national.ln_e.loc[code], alone["ln_E"], check_names=False)
        assert "0000" not in national.ln_e.index
        assert national.figures == ("a", "b")

    @settings(max_examples=30, deadline=None)
    @given(positive, positive, positive, positive, positive, positive, st.sampled_from([1e-3, 7.0, 1e4]))
    def test_identity_and_units(self, q1, q1r, q2, q2r, r, rr, unit):
        better = {"a": UP, "b": DOWN}
        quality = {"a": two([q1], [q1r]), "b": two([q2], [q2r])}
        line = efficiency(quality, two([r], [rr]), better, "0319").loc[2020]
        assert line["ln_E"] == pytest.approx(line["ln_K"] - line["ln_unit_cost_rel"], abs=1e-9)
        scaled = {"a": quality["a"] * unit, "b": quality["b"] / unit}
        other = efficiency(scaled, two([r], [rr]) * unit, better, "0319").loc[2020]
        assert other["ln_E"] == pytest.approx(line["ln_E"], abs=1e-9)
        parts = quality_contributions(quality, better, "0319", 2020)
        assert parts.sum() == pytest.approx(line["ln_K"], abs=1e-9)


class TestChange:
    def test_by_hand(self):
        quality = {"q": two([200.0, 210.0], [220.0, 220.0])}
        change = efficiency_change(
            quality, two([100.0, 120.0], [100.0, 110.0]), {"q": UP}, "0319", from_year=2020, to_year=2021
        )
        assert change.quality == pytest.approx(np.log(210 / 200))
        assert change.unit_cost == pytest.approx(-np.log((120 / 110) / 1.0))
        assert change.total == pytest.approx(change.quality + change.unit_cost, abs=1e-12)

    def test_same_figures_in_both_years(self):
        quality = {"a": two([200.0, 210.0], [220.0, 220.0]), "ended": two([50.0, NAN], [10.0, NAN])}
        up = {"a": UP, "ended": UP}
        cost = two([1.0, 1.0], [1.0, 1.0])
        change = efficiency_change(quality, cost, up, "0319", from_year=2020, to_year=2021)
        alone = efficiency_change({"a": quality["a"]}, cost, up, "0319", from_year=2020, to_year=2021)
        assert change.figures == ("a",)
        assert change.left_out == ("ended",)
        assert change.total == alone.total

    def test_general_price_rise_cancels(self):
        quality = {"q": two([1.0, 1.0], [1.0, 1.0])}
        change = efficiency_change(
            quality, two([100.0, 150.0], [80.0, 120.0]), {"q": UP}, "0319", from_year=2020, to_year=2021
        )
        assert change.total == pytest.approx(0.0, abs=1e-12)

    def test_not_comparable(self):
        good, gap = two([1.0, 1.0], [1.0, 1.0]), two([NAN, 1.0], [1.0, 1.0])
        years = {"from_year": 2020, "to_year": 2021}
        assert efficiency_change({"q": gap}, good, {"q": UP}, "0319", **years) is None
        assert efficiency_change({"q": good}, gap, {"q": UP}, "0319", **years) is None
        assert efficiency_change({}, good, {}, "0319", **years) is None

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.tuples(positive, positive, positive, positive), min_size=2, max_size=5))
    def test_parts_sum_exactly_and_match_levels(self, rows):
        *figures, cost = rows
        quality = {str(i): two([a, b], [c, d]) for i, (a, b, c, d) in enumerate(figures)}
        better = {name: DOWN if int(name) % 2 else UP for name in quality}
        r = two(list(cost[:2]), list(cost[2:]))
        change = efficiency_change(quality, r, better, "0319", from_year=2020, to_year=2021)
        levels = efficiency(quality, r, better, "0319")["ln_E"]
        assert change.total == pytest.approx(change.quality + change.unit_cost, abs=1e-9)
        assert change.by_figure.sum() == pytest.approx(change.quality, abs=1e-9)
        assert change.total == pytest.approx(levels[2021] - levels[2020], abs=1e-9)


def test_usable_figures_need_both_rows_and_positive_values():
    quality = {
        "ok": two([1.0, 1.0], [1.0, 1.0]),
        "zero": two([0.0, 1.0], [1.0, 1.0]),
        "no riket": two([1.0, 1.0], [NAN, 1.0]),
        "gap": two([1.0, NAN], [1.0, 1.0]),
    }
    assert usable_figures(quality, "0319", [2020]) == ("ok", "gap")
    assert usable_figures(quality, "0319", [2020, 2021]) == ("ok",)
    assert usable_figures(quality, "0319", [1999]) == ()
