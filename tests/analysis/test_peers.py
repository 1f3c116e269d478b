from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.peers import OfficialGroups, county_group, robust_sd

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
