"""Need shrunk towards the middle, and who is among the first however it is weighed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.certainty import Noise
from effektiv.analysis.need import LASTING, Standing, needs, select

CODES = [f"{place:04d}" for place in range(1, 201)]
YEARS = [2021, 2022, 2023]


def even(sd: pd.Series | float) -> Noise:
    steps = sd if isinstance(sd, pd.Series) else pd.Series(sd, index=CODES)
    return Noise(2023, False, steps, 1.96, 1.28, 0.0)


def made(seed: int, chance: np.ndarray) -> tuple[pd.Series, pd.DataFrame]:
    draw = np.random.default_rng(seed)
    truth = pd.Series(draw.normal(0, 4, len(CODES)), index=CODES)
    noise = draw.normal(0, 1, (len(CODES), len(YEARS))) * chance[:, None]
    return truth, pd.DataFrame(truth.to_numpy()[:, None] + noise, index=CODES, columns=YEARS)


def test_what_is_left_is_nearer_what_comes_and_covers_it() -> None:
    chance = np.where(np.arange(len(CODES)) % 2, 1.0, 8.0)
    raw, shrunk, inside = [], [], []
    for seed in range(20):
        truth, panel = made(seed, chance)
        # In the years to come some of what is no chance is gone too, and something else has come.
        anew = np.random.default_rng(seed + 100).normal(0, 4 * np.sqrt(1 - LASTING**2), len(CODES))
        later = LASTING * truth + anew
        found = needs(panel, even(pd.Series(chance * np.sqrt(2), index=CODES)), YEARS, -1)
        assert found is not None
        frame, known = found.frame, later - later.median()
        assert frame["left"].to_numpy() == pytest.approx(LASTING * frame["kept"] * frame["level"])
        scale = float(
            (frame["left"] / frame["need"]).iloc[0]
        )  # standard deviation between municipalities, 4 in truth
        raw.append(((frame["level"] - known) ** 2).mean())
        shrunk.append(((frame["left"] - known) ** 2).mean())
        off = (frame["left"] - known).abs() / (scale * frame["sd"])
        inside.append(float((off < 1.645).mean()))
    assert np.mean(shrunk) < 0.8 * np.mean(raw)
    assert 0.87 < np.mean(inside) < 0.93
    # The noisier keep less of what they show.
    assert found.frame["kept"].iloc[0] < 0.6 < 0.9 < found.frame["kept"].iloc[1]


def test_a_country_of_chance_has_no_need() -> None:
    draw = np.random.default_rng(3).normal(0, 1, (len(CODES), 3))
    found = needs(pd.DataFrame(draw, index=CODES, columns=YEARS), even(2.5), YEARS, 1)
    assert found is not None and (found.frame["need"] == 0).all() and (found.frame["sd"] == 0).all()


def test_who_lacks_years_has_no_level_and_who_lies_worse_is_in_need() -> None:
    _, panel = made(1, np.full(len(CODES), 1.0))
    panel.loc["0001", [2022, 2023]] = np.nan
    panel.loc["0002", 2023] = np.nan
    panel.loc["0003"] = -30.0
    found = needs(panel, even(1.4), YEARS, 1)
    assert found is not None
    assert "0001" not in found.frame.index and "0002" in found.frame.index
    assert found.frame["need"].idxmax() == "0003"
    assert needs(panel, None, YEARS, 1) is None
    assert needs(panel.iloc[:20], even(1.4), YEARS, 1) is None


def test_shares_are_exact_where_nothing_depends_on_weights() -> None:
    first = Standing((3.0, 0.0), (3.0, 0.0), (1.0, 1.0))
    last = Standing((-3.0, 0.0), (-3.0, 0.0), (0.0, 0.0))
    middle = Standing((0.0, 0.0), (0.0, 0.0), (0.5, 0.5))
    assert select([last, first, middle]).ranks.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]


def test_what_is_weighed_decides_between_need_and_statement() -> None:
    needy = Standing((9.0, 0.0), (9.0, 0.0), (0.0, 0.0))
    ready = Standing((-9.0, 0.0), (-9.0, 0.0), (1.0, 1.0))
    found = select([needy, ready])
    # The statement outweighs the two needs when its weight is above a half: a quarter of the simplex of three.
    assert found.ranks[1, 0] == pytest.approx(0.25, abs=0.02)
    assert found.central[1, 2:].sum() > 0.5 > found.central[0, 2:].sum()
    unsure = select([Standing((0.5, 2.0), (0.0, 0.0), (0.0,)), Standing((0.0, 2.0), (0.0, 0.0), (0.0,))])
    assert 0.5 < unsure.ranks[0, 0] < 0.7
    with pytest.raises(ValueError, match="nobody"):
        select([])
