from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.index import (
    efficiency_index,
    filled,
    index_check,
    index_inputs,
    index_part,
    normalise,
)
from effektiv.data.catalogue import load_catalogue
from effektiv.types import Better, IndexInput, IndexPart

NAN = float("nan")
HIGHER, LOWER = Better.HIGHER, Better.LOWER
values = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda value: round(value, 3))
with_gaps = st.lists(st.one_of(values, st.just(NAN)), min_size=1, max_size=40)


def series(numbers) -> pd.Series:
    return pd.Series(list(numbers), index=[f"{i:04d}" for i in range(1, len(list(numbers)) + 1)], dtype=float)


def part(*inputs: IndexInput | str) -> IndexPart:
    return IndexPart(
        published="U1",
        inputs=tuple(IndexInput(kpi=item) if isinstance(item, str) else item for item in inputs),
    )


class TestNormalise:
    def test_by_hand(self):
        # 0..40, 41 values: the ranks are 0.025 * 41 and 0.975 * 41 rounded up, the 2nd and the 40th value.
        points = normalise(series(range(41)))
        assert points.iloc[0] == points.iloc[1] == 0.0
        assert points.iloc[10] == pytest.approx(100 * 9 / 38, abs=1e-9)
        assert points.iloc[20] == pytest.approx(50.0, abs=1e-9)
        assert points.iloc[39] == points.iloc[40] == 100.0

    @pytest.mark.parametrize(
        ("count", "low", "high"),
        [(4, 1, 4), (40, 1, 39), (80, 2, 78), (162, 5, 158), (188, 5, 184), (290, 8, 283)],
    )
    def test_the_ends_are_values_that_somebody_has(self, count: int, low: int, high: int):
        # Squares: an interpolated end would fall between two of them.
        points = normalise(series([float(i) ** 2 for i in range(1, count + 1)]))
        expected = (np.arange(1, count + 1) ** 2 - low**2) / (high**2 - low**2)
        assert points.to_numpy() == pytest.approx(100 * np.clip(expected, 0, 1), abs=1e-9)

    def test_cost_is_the_mirror_image(self):
        numbers = series([3.0, 8.0, 1.0, 4.0, 9.0])
        assert (normalise(numbers, LOWER) + normalise(numbers, HIGHER)).tolist() == pytest.approx([100.0] * 5)

    def test_all_equal_is_the_middle(self):
        assert normalise(series([7.0, 7.0, 7.0])).tolist() == [50.0] * 3
        assert normalise(series([0.0, 0.0, 0.0]), LOWER).tolist() == [50.0] * 3

    def test_equal_but_for_a_few(self):
        numbers = series([1.0] + [5.0] * 98 + [9.0])
        points = normalise(numbers)
        assert (points.iloc[0], points.iloc[1], points.iloc[-1]) == (0.0, 50.0, 100.0)
        assert normalise(numbers, LOWER).iloc[0] == 100.0

    def test_equal_up_to_rounding_is_equal(self):
        assert normalise(series([0.1 + 0.2, 0.3, 0.3])).tolist() == [50.0] * 3

    @pytest.mark.parametrize("numbers", [[], [1.0], [1.0, 2.0], [1.0, 2.0, NAN]])
    def test_too_few_values(self, numbers):
        points = normalise(series(numbers))
        assert len(points) == len(numbers)
        assert points.isna().all()

    def test_all_missing(self):
        assert normalise(series([NAN] * 5)).isna().all()

    def test_riket_is_not_a_municipality(self):
        numbers = series([1.0, 2.0, 3.0])
        with_riket = pd.concat([numbers, pd.Series({"0000": 1e6})])
        pd.testing.assert_series_equal(normalise(with_riket), normalise(numbers))

    def test_direction_must_be_known(self):
        with pytest.raises(ValueError, match="direction"):
            normalise(series([1.0, 2.0, 3.0]), Better.NEITHER)

    @settings(max_examples=50, deadline=None)
    @given(with_gaps, st.sampled_from([HIGHER, LOWER]))
    def test_within_the_scale_and_missing_stays_missing(self, numbers, better):
        points = normalise(series(numbers), better)
        known = points.dropna()
        assert known.between(0, 100).all()
        if np.isfinite(numbers).sum() >= 3:
            assert points.isna().tolist() == np.isnan(numbers).tolist()

    @settings(max_examples=50, deadline=None)
    @given(st.lists(values, min_size=3, max_size=40))
    def test_monotone(self, numbers):
        points = normalise(series(numbers)).iloc[np.argsort(numbers, kind="stable")]
        assert (np.diff(points.to_numpy()) >= -1e-9).all()

    @settings(max_examples=50, deadline=None)
    @given(st.lists(values, min_size=3, max_size=40), st.randoms())
    def test_order_of_municipalities_does_not_matter(self, numbers, random):
        original = series(numbers)
        shuffled = list(original.index)
        random.shuffle(shuffled)
        pd.testing.assert_series_equal(
            normalise(original.loc[shuffled]).sort_index(), normalise(original), rtol=1e-12, atol=1e-9
        )

    @settings(max_examples=50, deadline=None)
    @given(
        st.lists(st.integers(-1000, 1000).map(float), min_size=3, max_size=40),
        st.sampled_from([0.001, 1000.0, 1e6]),
        st.integers(-1000, 1000),
    )
    def test_unit_and_origin_do_not_matter(self, numbers, unit, origin):
        original = series(numbers)
        pd.testing.assert_series_equal(
            normalise(original * unit + origin * unit), normalise(original), rtol=1e-6, atol=1e-6
        )


class TestFilled:
    def test_the_year_before(self, make_panel):
        panel = make_panel({"a": [1.0, NAN, NAN], "b": [1.0, 2.0, 3.0]})
        found, source = filled(panel, (-1,))
        assert found.loc["a"].tolist()[:2] == [1.0, 1.0]
        assert np.isnan(found.loc["a", 2022])  # two years back is not allowed
        assert source.loc["a", 2021] == 2020
        assert source.loc["b"].tolist() == [2020, 2021, 2022]

    def test_order_of_preference(self, make_panel):
        panel = make_panel({"a": [1.0, NAN, 3.0], "b": [1.0, 1.0, 1.0]})
        assert filled(panel, (-1, 1))[0].loc["a", 2021] == 1.0
        assert filled(panel, (1, -1))[0].loc["a", 2021] == 3.0

    def test_whole_years_are_filled_and_single_gaps_are_not(self, make_panel):
        panel = make_panel({"a": [1.0, NAN, NAN, 4.0], "b": [NAN, NAN, 3.0, 5.0], "c": [1.0, NAN, 3.0, 6.0]})
        found, source = filled(panel, (1, -1), whole_years=True)
        assert found[2021].tolist() == pytest.approx([NAN, 3.0, 3.0], nan_ok=True)
        assert source[2021].tolist() == pytest.approx([NAN, 2022, 2022], nan_ok=True)
        assert np.isnan(found.loc["b", 2020])
        assert np.isnan(found.loc["a", 2022])

    def test_a_whole_year_takes_the_next_choice_when_the_first_is_empty_too(self, make_panel):
        panel = make_panel({"a": [1.0, NAN, NAN, 4.0], "b": [2.0, NAN, NAN, 5.0]})
        found, _ = filled(panel, (1, -1), whole_years=True)
        assert found.loc["a"].tolist() == [1.0, 1.0, 4.0, 4.0]

    def test_no_lag_no_filling(self, make_panel):
        panel = make_panel({"a": [1.0, NAN], "b": [1.0, 1.0]})
        pd.testing.assert_frame_equal(filled(panel, ())[0], panel)

    def test_a_year_nobody_published_is_filled_but_an_ended_series_not_prolonged(self, make_panel):
        panel = make_panel({"a": [1.0, NAN, 3.0, NAN], "b": [2.0, NAN, 4.0, NAN]})
        found, _ = filled(panel, (-1,))
        assert found.columns.tolist() == [2020, 2021, 2022]
        assert found[2021].tolist() == [1.0, 2.0]

    def test_a_calendar_year_without_column(self, make_panel):
        panel = make_panel({"a": [1.0, 3.0]}).rename(columns={2021: 2022})
        assert filled(panel, (-1,))[0].loc["a"].tolist() == [1.0, 1.0, 3.0]

    def test_empty(self):
        found, source = filled(pd.DataFrame(), (-1,))
        assert found.empty
        assert source.empty


class TestIndexPart:
    def test_by_hand_two_inputs_renormalised(self):
        index = [f"{i:04d}" for i in range(1, 42)]
        x = pd.DataFrame({2024: np.arange(41.0)}, index=index)
        y = pd.DataFrame({2024: np.r_[np.arange(20.0), [20.0] * 21]}, index=index)
        nx = np.clip((np.arange(41.0) - 1) / 38, 0, 1) * 100
        ny = np.clip((y[2024].to_numpy() - 1) / 19, 0, 1) * 100
        mean = (nx + ny) / 2
        low, high = np.sort(mean)[[1, 39]]
        expected = 100 * np.clip((mean - low) / (high - low), 0, 1)
        result = index_part({"x": x, "y": y}, part("x", "y"), {"x": HIGHER, "y": HIGHER})
        assert result[2024].to_numpy() == pytest.approx(expected, abs=1e-9)

    def test_weights(self, make_panel):
        x = make_panel({"a": [0.0], "b": [50.0], "c": [100.0]})
        y = make_panel({"a": [100.0], "b": [50.0], "c": [0.0]})
        weighted = part(IndexInput(kpi="x", weight=3), IndexInput(kpi="y", weight=1))
        points = index_part({"x": x, "y": y}, weighted, {"x": HIGHER, "y": HIGHER})[2020]
        assert points.tolist() == pytest.approx([0.0, 50.0, 100.0])
        equal = index_part({"x": x, "y": y}, part("x", "y"), {"x": HIGHER, "y": HIGHER})[2020]
        assert equal.tolist() == [50.0] * 3

    def test_scale_of_the_weights_does_not_matter(self, random_panel):
        panels = {"x": random_panel(seed=1), "y": random_panel(seed=2)}
        better = {"x": HIGHER, "y": LOWER}
        one = part(IndexInput(kpi="x", weight=0.75), IndexInput(kpi="y", weight=0.25))
        other = part(IndexInput(kpi="x", weight=3), IndexInput(kpi="y", weight=1))
        pd.testing.assert_frame_equal(index_part(panels, one, better), index_part(panels, other, better))

    def test_complete_cases_only(self, make_panel):
        x = make_panel({"a": [1.0], "b": [2.0], "c": [3.0], "d": [4.0]})
        y = make_panel({"a": [1.0], "b": [2.0], "c": [3.0], "d": [NAN]})
        points = index_part({"x": x, "y": y}, part("x", "y"), {"x": HIGHER, "y": HIGHER})[2020]
        assert np.isnan(points["d"])
        assert points.drop("d").notna().all()

    def test_one_input_is_placed_once(self, make_panel):
        # Of 40 values the lowest and the next highest are the ends, so turning the scale moves them.
        x = make_panel({f"m{i:03d}": [float(i) ** 2] for i in range(40)})
        points = index_part({"x": x}, part("x"), {"x": LOWER})[2020]
        once = normalise(x[2020], LOWER)
        pd.testing.assert_series_equal(points, once, check_names=False)
        assert not np.allclose(points, normalise(once))

    def test_lag_fills_before_normalising(self, make_panel):
        x = make_panel({"a": [10.0, NAN], "b": [20.0, 20.0], "c": [30.0, 30.0]})
        lagged = part(IndexInput(kpi="x", lag_years=(-1,)))
        assert index_part({"x": x}, lagged, {"x": HIGHER}).loc["a", 2021] == 0.0
        assert index_part({"x": x}, part("x"), {"x": HIGHER})[2021].isna().all()

    def test_each_input_by_its_own_direction(self, make_panel):
        panel = make_panel({"a": [1.0], "b": [2.0], "c": [3.0]})
        points = index_inputs({"x": panel, "y": panel}, part("x", "y"), {"x": HIGHER, "y": LOWER})
        assert points["x"].loc["a", 2020] == 0.0
        assert points["y"].loc["a", 2020] == 100.0

    def test_only_years_that_all_inputs_have(self, make_panel):
        rows = {"a": [1.0, 1.0], "b": [2.0, 2.0], "c": [3.0, 3.0]}
        panels = {"x": make_panel(rows, 2020), "y": make_panel(rows, 2021)}
        result = index_part(panels, part("x", "y"), {"x": HIGHER, "y": HIGHER})
        assert result.columns.tolist() == [2021]

    def test_an_input_without_values_gives_no_index(self, make_panel):
        panels = {"x": make_panel({"a": [1.0], "b": [2.0], "c": [3.0]}), "y": pd.DataFrame()}
        assert index_part(panels, part("x", "y"), {"x": HIGHER, "y": HIGHER}).columns.empty

    def test_unknown_input(self, make_panel):
        with pytest.raises(KeyError):
            index_part({}, part("x"), {"x": HIGHER})


class TestEfficiencyIndex:
    def test_mean_renormalised(self, make_panel):
        q = make_panel({"a": [0.0], "b": [50.0], "c": [100.0]})
        r = make_panel({"a": [20.0], "b": [50.0], "c": [60.0]})
        # The means are 10, 50 and 80, and the ends the lowest and the highest.
        assert efficiency_index(q, r)[2020].tolist() == pytest.approx([0.0, 100 * 40 / 70, 100.0])

    def test_one_side_missing(self, make_panel):
        q = make_panel({"a": [0.0], "b": [50.0], "c": [100.0], "d": [40.0]})
        r = make_panel({"a": [20.0], "b": [50.0], "c": [80.0], "d": [NAN]})
        assert np.isnan(efficiency_index(q, r).loc["d", 2020])

    def test_perfect_opposites_are_all_in_the_middle(self, make_panel):
        q = make_panel({"a": [0.1 + 0.2], "b": [50.0], "c": [99.7]})
        assert efficiency_index(q, 100.0 - q)[2020].tolist() == [50.0] * 3

    def test_no_common_year(self, make_panel):
        assert efficiency_index(make_panel({"a": [1.0]}, 2020), make_panel({"a": [1.0]}, 2021)).columns.empty

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=3, max_size=30))
    def test_within_the_scale(self, pairs):
        q = series([pair[0] for pair in pairs]).to_frame(2024)
        r = series([pair[1] for pair in pairs]).to_frame(2024)
        assert efficiency_index(q, r)[2024].between(0, 100).all()


class TestIndexCheck:
    def test_numbers(self, make_panel):
        own = make_panel({"a": [10.0, 5.0], "b": [20.0, NAN], "c": [40.0, NAN], "0000": [0.0, 0.0]})
        published = make_panel({"a": [11.0, NAN], "b": [22.0, NAN], "c": [40.0, 1.0], "0000": [99.0, 99.0]})
        check = index_check(own, published, "a")
        assert check.by_year.index.tolist() == [2020]
        line = check.by_year.loc[2020]
        assert (line["n"], line["mean_abs_diff"], line["max_abs_diff"]) == (3, 1.0, 2.0)
        assert line["correlation"] == pytest.approx(np.corrcoef([10, 20, 40], [11, 22, 40])[0, 1])
        assert (line["own"], line["published"], line["diff"]) == (10.0, 11.0, -1.0)
        assert check.worst == 2.0

    def test_no_variation_has_no_correlation(self, make_panel):
        own = make_panel({"a": [1.0], "b": [1.0], "c": [1.0]})
        assert np.isnan(index_check(own, own, "a").by_year.loc[2020, "correlation"])

    def test_a_municipality_without_index(self, make_panel):
        own = make_panel({"a": [1.0], "b": [2.0], "c": [3.0]})
        line = index_check(own, own, "zz").by_year.loc[2020]
        assert line["n"] == 3
        assert np.isnan(line["own"])

    def test_nothing_published(self, make_panel):
        check = index_check(make_panel({"a": [1.0]}), pd.DataFrame(), "a")
        assert check.by_year.empty
        assert np.isnan(check.worst)


# RKA's published indices against ours, from the published inputs of all 290 municipalities

EXACT = (
    ("forskola", "resource", (2016, 2017, 2018, 2020, 2021)),
    ("forskola", "efficiency", (2016, 2017, 2018, 2020, 2021)),
    ("grundskola", "efficiency", (2016, 2017, 2018, 2020, 2021)),
    ("gymnasieskola", "efficiency", (2016, 2017, 2018, 2019, 2020, 2021)),
    ("aldreomsorg", "resource", (2016, 2017, 2018, 2019, 2020, 2021)),
    ("aldreomsorg", "quality", (2016, 2017, 2018)),
    ("aldreomsorg", "efficiency", (2016, 2017, 2018, 2019, 2020)),
)
"""Index-years that come out; docs/index.md says the same, and which do not."""


def published_id(index_id: str, side: str) -> str:
    definition = load_catalogue().index(index_id)
    return definition.efficiency if side == "efficiency" else getattr(definition, side).published


def years_told(cell: str) -> tuple[int, ...]:
    """Read "2016-18, 2020-21 (one value off 2021)" as its years."""
    found = re.findall(r"(\d{4})(?:-(\d{2}))?", re.sub(r"\(.*?\)", "", cell))
    return tuple(
        year for first, last in found for year in range(int(first), int(f"20{last or first[2:]}") + 1)
    )


def test_the_document_says_which_years_come_out_and_which_do_not(root: Path):
    rows = [
        line.split("|")[1:-1]
        for line in (root / "docs" / "index.md").read_text().splitlines()
        if "| U" in line
    ]
    out = {row[0].split()[0]: years_told(row[2]) for row in rows}
    beyond = {row[0].split()[0]: years_told(row[3].split(":")[0]) for row in rows}
    exact = {published_id(index_id, side): years for index_id, side, years in EXACT}
    assert {kpi: years for kpi, years in out.items() if years} == exact
    for kpi, years in out.items():
        assert sorted({*years, *beyond[kpi]}) == list(range(2016, 2022)), kpi


@pytest.fixture(scope="module")
def real(shared) -> dict[str, pd.DataFrame]:
    path = shared / "data" / "kolada-1994-2022" / "values_catalogue.csv.gz"
    if not path.is_file():
        pytest.skip(f"de verkliga värdena finns inte här ({path.name})")
    rows = pd.read_csv(path, dtype={"municipality_id": str, "gender": str})
    country = pd.read_csv(shared / "data" / "kolada-metadata" / "municipality_2026-03.csv", dtype=str)
    kommuner = set(country.loc[country["type"] == "K", "id"])
    rows = rows[(rows["gender"] == "T") & rows["municipality_id"].isin(kommuner)]
    return {
        kpi: values.pivot_table(index="municipality_id", columns="year", values="value")
        for kpi, values in rows.groupby("kpi")
    }


@pytest.mark.parametrize(("index_id", "side", "years"), EXACT)
def test_published_values_of_the_real_country_come_out(
    real: dict[str, pd.DataFrame], index_id: str, side: str, years: tuple[int, ...]
):
    catalogue = load_catalogue()
    definition = catalogue.index(index_id)
    if side == "efficiency":
        published = definition.efficiency
        ours = efficiency_index(real[definition.quality.published], real[definition.resource.published])
    else:
        recipe = getattr(definition, side)
        published = recipe.published
        panels = {item.kpi: real[item.kpi].reindex(columns=range(2000, 2023)) for item in recipe.inputs}
        ours = index_part(panels, recipe, {kpi: catalogue.kpis[kpi].better for kpi in panels})
    for year in years:
        known = real[published][year].dropna()
        off = (ours[year].reindex(known.index) - known).abs()
        assert len(known) >= 150
        assert (off <= 0.01 + 1e-9).mean() >= 0.99, (published, year, off.max())
