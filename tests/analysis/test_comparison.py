from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.analysis.comparison import Z95, Yardstick, compare, median_by_year
from effektiv.analysis.panels import RunEnd
from effektiv.analysis.peers import robust_sd
from effektiv.analysis.sizes import Size
from effektiv.analysis.uncertainty import peer_median_interval, wilson, year_noise
from effektiv.types import Break

NAN = float("nan")
PEERS = list("abcde")


@pytest.fixture
def panel(make_panel):
    rows = {code: [10.0 + k + 0.1 * ((k + year) % 2) for year in range(6)] for k, code in enumerate(PEERS)}
    rows |= {"i": [11.0, 20.0, 20.1, 20.0, 20.2, 20.0], "0000": [12.0] * 6}
    return make_panel(rows, 2019)


def test_the_latest_year(panel):
    found = compare(panel, "i", PEERS)
    peers = panel.loc[PEERS, 2024]
    assert (found.year, found.own, found.n, found.riket) == (2024, 20.0, 5, 12.0)
    assert found.median == peers.median()
    assert (found.low, found.high) == (peers.quantile(0.25), peers.quantile(0.75))
    assert found.difference == pytest.approx(20.0 - peers.median())
    assert found.median_interval == peer_median_interval(peers)
    assert (found.held.true, found.held.of) == (3, 3)
    assert (found.since.year, found.since.ended_by) == (2020, RunEnd.OTHER_SIDE)
    assert (found.size.size, found.size.sign) == (Size.CLEARLY, 1)
    assert found.spread.high == 20.2


def test_noise_joins_own_and_the_median_s(panel):
    found = compare(panel, "i", PEERS)
    standard_error = (found.median_interval.high - found.median_interval.low) / (2 * 1.959963984540054)
    assert found.noise == pytest.approx(np.hypot(year_noise(panel, 2024)["i"], standard_error))


def test_one_known_comparator_adds_no_noise(panel):
    found = compare(panel, "i", ["0000"])
    assert found.median == 12.0
    assert found.median_interval is None
    assert found.noise == pytest.approx(year_noise(panel, 2024)["i"])


def test_a_year_without_peers_is_passed_over(panel):
    panel.loc[PEERS, 2024] = NAN
    assert compare(panel, "i", PEERS).year == 2023
    panel.loc["i", 2023] = NAN
    assert compare(panel, "i", PEERS).year == 2022
    assert compare(panel, "i", PEERS, not_after=2020).year == 2020


def test_break_shortens_what_is_said(panel):
    found = compare(panel, "i", PEERS, breaks=[Break(year=2024, reason="x")])
    assert (found.held.of, found.since.year, found.since.ended_by) == (1, 2024, RunEnd.BREAK)
    assert np.isnan(found.noise)
    assert found.size.size is not Size.CLEARLY


def test_nothing_to_compare(panel):
    assert compare(panel, "zz", PEERS) is None
    assert compare(panel, "i", []) is None
    assert compare(panel, "i", ["zz"]) is None
    assert compare(pd.DataFrame(), "i", PEERS) is None


def test_median_by_year_is_missing_where_too_few(panel):
    panel.loc[["a", "b", "c"], 2020] = NAN
    frame = median_by_year(panel, PEERS)
    assert frame.loc[2020].isna().all()
    assert frame.loc[2024, "low"] <= frame.loc[2024, "median"] <= frame.loc[2024, "high"]


def test_a_kept_yardstick_gives_the_same_comparison(panel):
    kept = Yardstick(panel)
    assert compare(panel, "i", PEERS, yardstick=kept) == compare(panel, "i", PEERS)
    # Each gets a frame of its own over the same numbers.
    assert np.shares_memory(kept.noise(2024).to_numpy(), kept.noise(2024).to_numpy())
    assert kept.noise(2024).equals(year_noise(panel, 2024))
    assert kept.spread(2024) == robust_sd(panel.drop(index="0000")[2024])
    assert np.isnan(kept.spread(1999))


def test_a_yardstick_stops_at_a_break(panel):
    breaks = [Break(year=2024, reason="x")]
    assert Yardstick(panel, breaks).noise(2024).isna().all()


def test_a_small_share_is_never_calmer_than_its_count_allows(panel):
    shares = panel.copy()
    shares.loc["i"] = 50.0  # a series without any change from year to year
    counts = pd.DataFrame(10.0, index=panel.index, columns=panel.columns)
    found = compare(shares, "i", PEERS, counts=counts)
    interval = wilson(50.0, 10.0)
    own = (interval.high - interval.low) / (2 * Z95)
    median = (found.median_interval.high - found.median_interval.low) / (2 * Z95)
    assert found.noise == pytest.approx(np.hypot(own, median))
    assert compare(shares, "i", PEERS).noise < found.noise
    # Where the count is missing the year-to-year noise stands.
    assert compare(shares, "i", PEERS, counts=counts * NAN).noise == compare(shares, "i", PEERS).noise


def test_no_difference_has_neither_side_nor_beginning(panel):
    panel.loc["i"] = panel.loc[PEERS].median()
    found = compare(panel, "i", PEERS)
    assert (found.difference, found.since, found.held.true) == (0.0, None, 0)
    assert (found.size.size, found.size.sign) == (Size.ABOUT_EQUAL, 0)


def test_below_the_median_counts_the_years_below(panel):
    panel.loc["i"] = [20.0, 20.0, 20.0, 5.0, 20.0, 5.0]
    found = compare(panel, "i", PEERS)
    assert (found.held.true, found.held.of, found.since.sign, found.since.year) == (2, 3, -1, 2024)


def test_two_of_seven_peers_do_not_make_a_median(panel):
    panel.loc[["a", "b", "c"], 2024] = NAN
    assert compare(panel, "i", PEERS).year == 2023
    assert compare(panel, "i", ["d", "e"]).year == 2024  # a group of two, both with values


# Key figures are published rounded; the smallest numbers a computer has lose their last bit when halved.
PUBLISHED = st.floats(-1e6, 1e6).map(lambda value: round(value, 6))


@given(values=st.lists(PUBLISHED, min_size=3, max_size=30), own=PUBLISHED)
def test_the_parts_of_a_comparison_agree(values: list[float], own: float):
    codes = [f"{place:04}" for place in range(1, len(values) + 1)]
    panel = pd.DataFrame({2024: [*values, own]}, index=[*codes, "9999"])
    found = compare(panel, "9999", codes)
    assert found.difference == found.own - found.median
    assert found.low <= found.median <= found.high
    assert found.median_interval.holds(found.median)
    assert found.n == len(values)
    assert found.held.true == (found.difference != 0)
