"""Small invented countries for the tests of the analysis."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


def codes(n: int) -> list[str]:
    return [f"{i:04d}" for i in range(1, n + 1)]


def panel_of(rows: dict[str, list[float]], first_year: int = 2020) -> pd.DataFrame:
    """Panel from municipality -> values of consecutive years."""
    years = range(first_year, first_year + max(len(values) for values in rows.values()))
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(years), dtype=float)
    frame.index.name, frame.columns.name = "municipality", "year"
    return frame


@pytest.fixture
def make_panel():
    return panel_of


@pytest.fixture
def random_panel():
    """Make a panel of n municipalities with noise around own levels, Riket included."""

    def build(
        n: int = 60, years: range = range(2016, 2026), seed: int = 0, noise: float = 1.0
    ) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        level = rng.normal(100.0, 10.0, size=(n, 1))
        values = level + rng.normal(0.0, noise, size=(n, len(years)))
        frame = pd.DataFrame(
            values, index=pd.Index(codes(n), name="municipality"), columns=pd.Index(list(years), name="year")
        )
        frame.loc["0000"] = values.mean(axis=0)
        return frame

    return build
