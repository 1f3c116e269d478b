"""The invented units: they add up to their municipality, and what is planted is found again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.units import driving, fit_units
from effektiv.data.snapshot import Snapshot
from effektiv.example import units as invented


@pytest.fixture(scope="module")
def panels(example: Snapshot) -> dict[str, pd.DataFrame]:
    rows = example.unit_observations
    assert rows is not None
    return {
        str(kpi): part.pivot_table(index="unit", columns="year", values="value")
        for kpi, part in rows.groupby("kpi")
    }


@pytest.fixture(scope="module")
def owners(example: Snapshot) -> pd.DataFrame:
    assert example.units is not None
    return example.units.set_index("id")


def test_schools_add_up_to_what_is_published_of_their_municipality(
    example: Snapshot, panels: dict[str, pd.DataFrame], owners: pd.DataFrame
) -> None:
    shares, persons = panels[invented.RESULTS], panels[invented.PUPILS_9]
    persons = persons.where(shares.notna())
    codes = owners["municipality"].reindex(shares.index)
    counts = (shares * persons / 100).groupby(codes).sum(min_count=1)
    found = 100 * counts / persons.groupby(codes).sum(min_count=1)
    published = example.panel(invented.RESULTS).reindex(index=found.index, columns=found.columns)
    whole = found.notna() & published.notna()
    assert whole.to_numpy().sum() > 300
    # A person more or less of those there are, and a value rounded to one decimal.
    room = 100 / persons.groupby(codes).sum() + 0.1
    hidden = (persons.groupby(codes).count() < shares.notna().groupby(codes).sum()).reindex_like(found)
    assert ((found - published).abs() <= room)[whole & ~hidden].where(whole & ~hidden).sum().sum() >= 0.97 * (
        (whole & ~hidden).to_numpy().sum()
    )


def test_the_planted_school_drives_the_figure(panels: dict[str, pd.DataFrame], owners: pd.DataFrame) -> None:
    shares, persons = panels[invented.RESULTS], panels[invented.PUPILS_9]
    model = fit_units(shares, persons, 2025)
    assert model is not None
    assert model.lasting == pytest.approx(invented.LASTING, rel=0.35)
    own = owners.index[(owners["municipality"] == "0219") & (owners["type"] == "V15")]
    found = driving(model, shares.reindex(own), persons.reindex(own), 2025)
    assert owners.loc[str(found.index[0]), "title"] == invented.PLANTED_SCHOOL
    assert found.iloc[0]["certainty"] is Certainty.SURE
    assert found.iloc[0]["contribution"] < -10


def test_a_school_has_closed_and_another_opened(
    panels: dict[str, pd.DataFrame], owners: pd.DataFrame
) -> None:
    own = owners[owners["municipality"] == "0219"]
    closed, opened = (own.index[own["title"] == name][0] for name in ("Byskolan", "Hamnskolan"))
    shares = panels[invented.RESULTS]
    assert shares.loc[closed].dropna().index.max() == invented.CLOSED
    assert shares.loc[opened].dropna().index.min() == invented.OPENED


def test_shares_are_shares_and_few_persons_are_hidden(example: Snapshot) -> None:
    rows = example.unit_observations
    assert rows is not None
    shares = rows[rows["kpi"].isin([invented.RESULTS, invented.SATISFIED])]
    assert shares["value"].dropna().between(0, 100).all()
    counts = rows[rows["kpi"] == invented.PUPILS_9]["value"]
    assert np.nanmin(counts) >= invented.FEWEST
