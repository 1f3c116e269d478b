from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.peers import (
    OfficialGroups,
    county_group,
    group_best_quarter,
    group_median,
    nearest_neighbours,
    overlap,
    robust_sd,
)
from effektiv.types import Better

NAN = float("nan")
FAMILY = "Liknande kommuner grundskola"


def groups(*titles: str, members: tuple[str, ...] = ("0001", "0002")) -> pd.DataFrame:
    rows = [
        {"group_id": f"G{100 + i}", "group_title": title, "member_id": member, "member_title": member}
        for i, title in enumerate(titles)
        for member in members
    ]
    return pd.DataFrame(rows, columns=["group_id", "group_title", "member_id", "member_title"])


class TestOfficialGroup:
    def test_latest_year_not_after_the_data(self):
        frame = groups(*(f"{FAMILY}, Älvkarleby, {year}" for year in (2022, 2024, 2025)))
        found = OfficialGroups(frame).find(FAMILY, "Älvkarleby", 2024, "0319")
        assert (found.year, found.group_id, found.after_data) == (2024, "G101", False)

    def test_only_later_groups_are_marked(self):
        frame = groups(*(f"{FAMILY}, Älvkarleby, {year}" for year in (2025, 2024)))
        found = OfficialGroups(frame).find(FAMILY, "Älvkarleby", 2020, "0319")
        assert (found.year, found.after_data) == (2024, True)

    def test_family_with_a_comma(self):
        frame = groups("Liknande kommuner, övergripande, Lund, 2025", "Liknande kommuner IFO, Lund, 2025")
        assert (
            OfficialGroups(frame).find("Liknande kommuner, övergripande", "Lund", 2025, "1281").group_id
            == "G100"
        )
        assert OfficialGroups(frame).find("Liknande kommuner IFO", "Lund", 2025, "1281").group_id == "G101"

    def test_family_is_not_a_prefix(self):
        frame = groups("Liknande kommuner grundskola F-9, Lund, 2025")
        assert OfficialGroups(frame).find(FAMILY, "Lund", 2025, "1281") is None

    @pytest.mark.parametrize(("title", "group_id"), [("Ale", "G100"), ("Alebo", "G101"), ("Nya Ale", "G102")])
    def test_names_inside_each_other(self, title, group_id):
        frame = groups(f"{FAMILY}, Ale, 2024", f"{FAMILY}, Alebo, 2024", f"{FAMILY}, Nya Ale, 2024")
        assert OfficialGroups(frame).find(FAMILY, title, 2024, "9999").group_id == group_id

    def test_name_with_a_comma_or_signs_of_a_pattern(self):
        frame = groups(f"{FAMILY}, Berg, norra, 2024", f"{FAMILY}, B.rg (x), 2024")
        assert OfficialGroups(frame).find(FAMILY, "Berg, norra", 2024, "9999").group_id == "G100"
        assert OfficialGroups(frame).find(FAMILY, "B.rg (x)", 2024, "9999").group_id == "G101"
        assert OfficialGroups(frame).find(FAMILY, "Berg", 2024, "9999") is None

    def test_two_groups_with_one_title_take_the_highest_id(self):
        frame = groups(f"{FAMILY}, Lund, 2024", f"{FAMILY}, Lund, 2024")
        frame["group_id"] = ["G99", "G99", "G1000", "G1000"]
        assert OfficialGroups(frame).find(FAMILY, "Lund", 2024, "1281").group_id == "G1000"

    def test_never_itself_nor_riket_nor_twice(self):
        frame = groups(f"{FAMILY}, Lund, 2024", members=("0001", "1281", "0000", "0002", "0001"))
        assert OfficialGroups(frame).find(FAMILY, "Lund", 2024, "1281").members == ("0001", "0002")

    @pytest.mark.parametrize(
        ("known", "members", "lacking"),
        [
            (None, ("0001", "0002", "0003", "0004", "0005", "0006", "0007"), 0),
            ({"0001", "0003", "9999"}, ("0001", "0003"), 5),
            (set(), (), 7),
        ],
    )
    def test_only_known_members_count_and_the_others_are_counted(self, known, members, lacking):
        frame = groups(f"{FAMILY}, Lund, 2024", members=tuple(f"000{number}" for number in range(1, 8)))
        found = OfficialGroups(frame, known).find(FAMILY, "Lund", 2024, "1281")
        assert (found.members, found.lacking) == (members, lacking)

    def test_none(self):
        assert OfficialGroups(groups()).find(FAMILY, "Lund", 2024, "1281") is None

    def test_all_real_municipalities_have_their_own_group(self, shared):
        folder = shared / "data" / "kolada-metadata"
        frame = pd.read_csv(folder / "municipality_groups_2026-03.csv.gz", dtype=str)
        towns = pd.read_csv(folder / "municipality_2026-03.csv", dtype=str).query("type == 'K'")
        frame = frame[frame["group_title"].str.startswith("Liknande")]
        for family in (FAMILY, "Liknande kommuner, övergripande"):
            ids, official = set(), OfficialGroups(frame[frame["group_title"].str.startswith(family)])
            for code, title in zip(towns["id"], towns["title"], strict=True):
                found = official.find(family, title, 2025, code)
                assert len(found.members) == 7
                ids.add(found.group_id)
            assert len(ids) == 290
        found = OfficialGroups(frame).find(FAMILY, "Älvkarleby", 2025, "0319")
        names = towns.set_index("id")["title"]
        assert sorted(names[list(found.members)]) == sorted(
            ["Vingåker", "Kinda", "Markaryd", "Bromölla", "Tidaholm", "Nora", "Säter"]
        )


def test_county_group_without_regions_or_itself():
    frame = pd.DataFrame(
        {
            "id": ["0380", "0319", "0360", "0980", "0003"],
            "type": ["K"] * 4 + ["L"],
            "county": ["03"] * 3 + ["09", "03"],
        }
    )
    assert county_group(frame, "0319") == ("0360", "0380")
    assert county_group(frame, "0980") == ()
    with pytest.raises(KeyError):
        county_group(frame, "9999")


class TestRobustSd:
    def test_normal_distribution(self):
        grid = [NormalDist(5.0, 3.0).inv_cdf((i + 0.5) / 20001) for i in range(20001)]
        assert robust_sd(np.array(grid)) == pytest.approx(3.0, rel=1e-3)

    def test_outlier_hardly_matters(self):
        assert robust_sd(pd.Series([1.0, 2, 3, 4, 5])) == robust_sd(pd.Series([1.0, 2, 3, 4, 1e9]))

    def test_too_few(self):
        assert np.isnan(robust_sd(pd.Series([1.0, 2.0, NAN])))


class TestNearestNeighbours:
    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(
            {"x": [0.0, 1.0, 2.0, 3.0, 10.0], "y": [0.0, 10.0, 0.0, 20.0, 0.0]}, index=list("abcde")
        )

    def test_by_hand(self):
        found = nearest_neighbours(self.frame(), "a", k=2)
        sx, sy = 2 / 1.3489795003921634, 10 / 1.3489795003921634
        assert found.distances["b"] == pytest.approx(np.hypot(1 / sx, 10 / sy))
        assert found.distances["c"] == pytest.approx(2 / sx)
        assert found.members == ("c", "b")
        assert found.figures == ("x", "y")
        assert found.candidates == 4

    def test_weights(self):
        only_y = nearest_neighbours(self.frame(), "a", k=2, weights={"x": 0.0})
        assert only_y.members == ("c", "e")

    def test_ties_by_code(self):
        frame = pd.DataFrame({"x": [0.0, 1.0, -1.0, 5.0]}, index=["m", "z", "b", "q"])
        assert nearest_neighbours(frame, "m", k=2).members == ("b", "z")

    def test_figure_the_municipality_lacks_is_left_out_for_all(self):
        frame = self.frame()
        frame.loc["a", "y"] = NAN
        found = nearest_neighbours(frame, "a", k=2)
        assert found.left_out == {"y": "missing"}
        assert found.members == ("b", "c")

    def test_figure_without_spread_is_left_out(self):
        found = nearest_neighbours(self.frame().assign(flat=1.0), "a")
        assert found.left_out == {"flat": "no_spread"}

    def test_incomplete_municipality_is_no_candidate(self):
        frame = self.frame()
        frame.loc["b", "x"] = NAN
        found = nearest_neighbours(frame, "a", k=7)
        assert "b" not in found.members
        assert (len(found.members), found.candidates) == (3, 3)

    def test_riket_is_no_neighbour(self):
        frame = self.frame()
        frame.loc["0000"] = [0.0, 0.0]
        assert "0000" not in nearest_neighbours(frame, "a", k=7).members

    def test_nothing_to_go_by(self):
        frame = self.frame()
        assert nearest_neighbours(frame, "zz") is None
        assert nearest_neighbours(frame[[]], "a") is None
        frame.loc["a"] = NAN
        assert nearest_neighbours(frame, "a") is None

    @pytest.mark.parametrize(("k", "weights"), [(0, None), (3, {"x": -1.0}), (3, {"zz": 1.0})])
    def test_bad_options(self, k, weights):
        with pytest.raises(ValueError, match="weights"):
            nearest_neighbours(self.frame(), "a", k=k, weights=weights)

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 10_000), st.sampled_from([0.001, 1000.0]))
    def test_units_and_order_do_not_matter(self, seed, unit):
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame(
            rng.normal(size=(20, 3)), index=[f"{i:04d}" for i in range(1, 21)], columns=list("xyz")
        )
        one = nearest_neighbours(frame, "0005")
        other = nearest_neighbours(frame.sample(frac=1, random_state=seed) * [unit, 1.0, 1.0], "0005")
        assert one.members == other.members


def test_overlap_keeps_the_order_of_the_first():
    assert overlap(["c", "a", "b"], ["b", "c", "x"]) == ("c", "b")
    assert overlap([], ["a"]) == ()


class TestGroupMedian:
    def test_missing_members_do_not_count(self, make_panel):
        panel = make_panel({"a": [1.0, 1.0], "b": [2.0, 2.0], "c": [9.0, NAN], "d": [3.0, NAN]})
        medians = group_median(panel, ["a", "b", "c", "d", "gone"])
        assert medians[2020] == 2.5
        assert np.isnan(medians[2021])  # two of five do not speak for the group

    def test_a_small_group_needs_all(self, make_panel):
        panel = make_panel({"a": [1.0, 1.0], "b": [2.0, NAN]})
        assert group_median(panel, ["a", "b"]).fillna(-1).tolist() == [1.5, -1]

    def test_one_code_gives_its_row(self, make_panel):
        panel = make_panel({"0000": [1.0, NAN], "a": [5.0, 5.0]})
        assert group_median(panel, ["0000"]).fillna(-1).tolist() == [1.0, -1.0]

    def test_no_members_no_median(self, make_panel):
        assert group_median(make_panel({"a": [1.0]}), []).isna().all()
        assert group_median(pd.DataFrame(), ["a"]).empty

    def test_a_member_named_twice_counts_once(self, make_panel):
        panel = make_panel({"a": [1.0], "b": [2.0], "c": [9.0]})
        assert group_median(panel, ["a", "b", "c", "a", "a"])[2020] == 2.0

    def test_best_quarter(self, make_panel):
        panel = make_panel({code: [float(i)] for i, code in enumerate("abcde", start=1)})
        assert group_best_quarter(panel, list("abcde"), Better.LOWER)[2020] == 2.0
        assert group_best_quarter(panel, list("abcde"), Better.HIGHER)[2020] == 4.0
        with pytest.raises(ValueError, match="quarter"):
            group_best_quarter(panel, list("abcde"), Better.NEITHER)

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=12))
    def test_best_quarter_is_never_worse_than_the_median(self, numbers):
        codes = [f"{i:04d}" for i in range(1, len(numbers) + 1)]
        panel = pd.DataFrame({2024: numbers}, index=codes)
        median = group_median(panel, codes)[2024]
        assert group_best_quarter(panel, codes, Better.LOWER)[2024] <= median
        assert group_best_quarter(panel, codes, Better.HIGHER)[2024] >= median
