"""A planted turnaround is found; who only came back, changed for a while, or crossed a break is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.certainty import Noise
from effektiv.analysis.panels import Panel
from effektiv.analysis.precedents import FALSE_RATE, Histories, histories, position, precedents
from effektiv.types import Break

YEARS = range(2006, 2021)
CODES = [f"{1000 + place}" for place in range(200)]
TURNED, FELL, DEAR = "1000", "1001", "1002"


def still_country(seed: int, linger: float = 0.0) -> Panel:
    """Return a country of lasting levels (SD 5) with a year's noise (SD 1), where nothing happens."""
    draw = np.random.default_rng(seed)
    errors = draw.normal(0, 1, (200, len(YEARS) + 10))
    for place in range(1, errors.shape[1]):
        errors[:, place] = linger * errors[:, place - 1] + np.sqrt(1 - linger**2) * errors[:, place]
    values = draw.normal(0, 5, 200)[:, None] + errors[:, -len(YEARS) :]
    return pd.DataFrame(values, index=CODES, columns=list(YEARS))


def noise_of(panel: Panel, linger: float = 0.0) -> Noise:
    sd = float(np.sqrt(2 * (1 - linger)))
    return Noise(2020, False, pd.Series(sd, index=panel.index), 1.96, 1.28, -0.5)


def known(panel: Panel, *breaks: int) -> Histories:
    found = histories(panel, noise_of(panel), [Break(year=year, reason="ny metod") for year in breaks])
    assert found is not None
    return found


@pytest.fixture(scope="module")
def panel() -> Panel:
    """Return a still country in which one turns for good from 2013 on, and one for a single year."""
    values = still_country(3)
    values.loc[[TURNED, FELL, DEAR]] = (
        9
        + values.loc[[TURNED, FELL, DEAR]]
        - values.loc[[TURNED, FELL, DEAR]].mean(axis=1).to_numpy()[:, None]
    )
    values.loc[TURNED, 2013:] -= 12
    values.loc[FELL, 2013] -= 12
    return values


def test_a_turnaround_is_found_and_one_that_fell_back_is_told_of(panel: Panel) -> None:
    found = precedents(known(panel), 0.95, -8.0)
    kept = found.of("kept")
    assert kept.index.to_list() == [TURNED]
    row = kept.iloc[0]
    assert row["base"] - row["reached"] == pytest.approx(12, abs=3)
    assert row["year"] in (2010, 2011, 2012)
    assert FELL in found.of("fell back").index.to_list()
    assert DEAR not in found.found.index.to_list()
    assert 40 <= found.like <= 80
    assert TURNED not in precedents(known(panel), 0.95, -8.0, without=TURNED).found.index.to_list()


def test_the_other_way_and_another_position_are_other_questions(panel: Panel) -> None:
    assert precedents(known(panel), 0.95, 8.0).of("kept").empty
    assert precedents(known(panel), 0.10, -8.0).of("kept").empty


def test_nothing_is_compared_across_a_break(panel: Panel) -> None:
    assert precedents(known(panel, 2013), 0.95, -8.0).of("kept").empty
    assert (
        histories(panel, noise_of(panel), [Break(year=year, reason="x") for year in range(2008, 2020, 3)])
        is None
    )


@pytest.mark.parametrize("linger", [0.0, 0.6])
def test_where_nothing_happens_hardly_anybody_is_said_to_have_changed(linger: float) -> None:
    kept = like = 0
    for seed in range(4):
        still = still_country(seed, linger)
        found = histories(still, noise_of(still, linger))
        assert found is not None
        for at, change in ((0.9, -1.0), (0.1, 1.0)):
            result = precedents(found, at, change)
            kept, like = kept + len(result.of("kept")), like + result.like
    assert kept <= FALSE_RATE * like


def test_the_rebound_is_what_comes_by_itself() -> None:
    """Where all have one level, all of the distance comes back."""
    even = still_country(1) * 0 + np.random.default_rng(2).normal(0, 1, (200, len(YEARS)))
    found = known(even)
    # The mean of the highest tenth of means of three to five years: 1.755 / sqrt(4.5).
    assert found.rebound == pytest.approx(-0.83, rel=0.12)


def test_logarithms_take_a_share(panel: Panel) -> None:
    dear = np.exp(panel / 30) * 1000
    noise = Noise(2020, True, pd.Series(np.sqrt(2) / 30, index=panel.index), 1.96, 1.28, -0.5)
    found = histories(dear, noise)
    assert found is not None
    assert precedents(found, 0.95, -0.2).of("kept").index.to_list() == [TURNED]
    with pytest.raises(ValueError, match="cannot be looked for"):
        precedents(found, 0.95, -1.0)


def test_ones_own_position_is_a_share_of_the_country(panel: Panel) -> None:
    assert position(panel, DEAR, noise_of(panel), [2018, 2019, 2020]) > 0.9
    assert np.isnan(position(panel, "9999", noise_of(panel), [2018, 2019, 2020]))
