"""Units: published ground truths, what is recovered of planted spread, and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis import units
from effektiv.analysis.certainty import Certainty

YEARS = range(2019, 2025)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(65, 100, 0.5525444, 0.7363576), (1045, 5000, 0.1979555, 0.2204913)]
)
def test_wilson_is_the_published_one(count: int, of: int, low: float, high: float) -> None:
    np.testing.assert_allclose(np.array(units.wilson(count, of)), [low, high], atol=5e-8)


@pytest.mark.parametrize(
    ("count", "level", "low", "high"),
    [
        (65, 0.95, 50.163188, 82.849139),
        (1045, 0.95, 982.5932, 1110.3312),
        (1, 0.95, 0.0130721, 5.5637556),
        (65, 0.998, 42.880261, 94.000291),
    ],
)
def test_byar_is_the_published_one(count: int, level: float, low: float, high: float) -> None:
    np.testing.assert_allclose(np.array(units.byar(count, level)), [low, high], rtol=1e-6, atol=5e-5)


def test_an_interval_of_nobody_is_missing_and_of_no_event_begins_at_none() -> None:
    assert np.isnan(units.wilson(0, 0)).all()
    low, high = units.byar(0)
    assert low == 0
    assert 3 < high < 4


def test_funnel_limits_are_the_published_ones() -> None:
    found = units.funnel_limits(80.642448, [2, 3, 4])
    np.testing.assert_allclose(found["lower_2s"], [25.885383, 35.933491, 41.923356], atol=1e-6)
    np.testing.assert_allclose(found["lower_3s"], [0, 10.150815, 19.594903], atol=1e-6)
    assert (found[["upper_2s", "upper_3s"]] <= 100).all(axis=None)


def country(
    lasting: float, yearly: float, number: int = 400, seed: int = 3
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return shares and persons of invented units whose spread, on the scale of arcsines, is known."""
    rng = np.random.default_rng(seed)
    shape = (number, len(YEARS))
    persons = rng.integers(25, 120, shape)
    level = float(units.to_scale(75)) + np.sqrt(lasting) * rng.normal(size=(number, 1))
    level = level + np.sqrt(yearly) * rng.normal(size=shape)
    counts = rng.binomial(persons, units.from_scale(level) / 100)
    index = [f"{place:08d}" for place in range(number)]
    return tuple(
        pd.DataFrame(item, index=index, columns=list(YEARS)) for item in (100 * counts / persons, persons)
    )  # type: ignore[return-value]


def test_spread_between_units_is_found_again() -> None:
    model = units.fit_units(*country(0.02, 0.005), 2024)
    assert model is not None
    assert model.lasting == pytest.approx(0.02, rel=0.2)
    assert model.yearly == pytest.approx(0.005, rel=0.35)
    assert model.units == 400


def test_a_funnel_of_chance_flags_no_more_than_chance_and_overdispersion_is_allowed_for() -> None:
    shares, persons = country(0, 0)
    found = units.overdispersion(shares[2024], persons[2024], 75)
    assert found.ratio < 1.1
    assert (units.outside(shares[2024], persons[2024], 75) != 0).sum() <= 6
    shares, persons = country(0.02, 0)
    found = units.overdispersion(shares[2024], persons[2024], 75)
    plain = (units.outside(shares[2024], persons[2024], 75) != 0).sum()
    ours = (units.outside(shares[2024], persons[2024], 75, found.variance) != 0).sum()
    assert plain > 60
    assert ours < 12


def test_words_of_the_next_year_come_true_as_often_as_they_say() -> None:
    right: dict[Certainty, list[bool]] = {word: [] for word in Certainty}
    for seed in range(6):
        shares, persons = country(0.015, 0.004, seed=seed)
        model = units.fit_units(shares, persons, 2023)
        assert model is not None
        judged = units.against_country(model, shares, persons)
        expected = judged["level"] > model.baseline[2023]
        for unit, word in judged["certainty"].items():
            right[word].append(bool(expected[unit]) == bool(shares.loc[unit, 2024] > 75))
    assert np.mean(right[Certainty.SURE]) > 0.97
    assert 0.9 < np.mean(right[Certainty.LIKELY]) < 0.98
    assert np.mean(right[Certainty.UNCLEAR]) < 0.85
    assert len(right[Certainty.SURE]) > 200


def test_nothing_is_judged_from_few_units_or_one_year() -> None:
    shares, persons = country(0.02, 0.005)
    assert units.fit_units(shares.iloc[:29], persons.iloc[:29], 2024) is None
    assert units.fit_units(shares[[2024]], persons[[2024]], 2024) is None
    assert units.fit_units(shares, persons, 2030) is None


def own() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three units, the last too small for a year but not for three, and one that is too small for all."""
    shares = pd.DataFrame(
        {2022: [80.0, 50.0, 75.0, 50.0], 2023: [80.0, 50.0, 50.0, 50.0], 2024: [80.0, 50.0, 50.0, np.nan]},
        index=["a", "b", "c", "d"],
    )
    persons = pd.DataFrame(
        {2022: [100, 60, 12, 4], 2023: [100, 60, 12, 9], 2024: [100, 60, 12, np.nan]},
        index=["a", "b", "c", "d"],
    )
    return shares, persons


def test_years_together_count_persons_and_hide_what_is_too_small() -> None:
    found = units.together(*own(), 2024)
    assert found["years"].tolist() == [3, 3, 3, 0]
    assert found["persons"].tolist() == [300, 180, 36, 0]
    np.testing.assert_allclose(found["share"], [80, 50, 58.333333, np.nan])
    low, high = units.wilson(90, 180)
    np.testing.assert_allclose(found.loc["b", ["low", "high"]].astype(float), [100 * low, 100 * high])


def test_what_a_unit_does_to_the_municipality_is_what_its_figure_would_be_without_it() -> None:
    found = units.driving(None, *own(), 2024)
    assert list(found.index) == ["a", "b", "c"]
    whole = 100 * (240 + 90 + 21) / 516
    assert found.loc["a", "without"] == pytest.approx(100 * 111 / 216)
    np.testing.assert_allclose(found["contribution"], whole - found["without"])
    assert found["certainty"].isna().all()
    assert units.driving(None, *(item.iloc[:1] for item in own()), 2024).empty


def test_which_unit_drives_is_judged_by_how_units_differ_in_the_country() -> None:
    model = units.fit_units(*country(0.01, 0.002), 2024)
    found = units.driving(model, *own(), 2024)
    assert found.loc["a", "certainty"] is not Certainty.UNCLEAR
    assert found["probability"].between(0.5, 1).all()
    assert found.loc["c", "probability"] < found.loc["a", "probability"]
