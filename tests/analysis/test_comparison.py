from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.comparison import compare, median_by_year
from effektiv.analysis.panels import RunEnd
from effektiv.analysis.sizes import Size
from effektiv.analysis.uncertainty import peer_median_interval, year_noise
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
