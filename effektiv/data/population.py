"""Population in a snapshot: persons of each municipality by age and year, as they were and as SCB projects them.

SCB's series has a break: what is published for 2025 and later is protected by the cell key method, which adds a little
noise to each number, and is another table. What was and what is projected are of different tables too.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from effektiv.errors import InputError

COLUMNS = ("municipality", "age", "year", "value", "source", "is_projection")
"""Columns of the population frame; the highest age stands for itself and all above."""

SCHEMA = pa.schema(
    [
        ("municipality", pa.large_string()),
        ("age", pa.int64()),
        ("year", pa.int64()),
        ("value", pa.float64()),
        ("source", pa.large_string()),
        ("is_projection", pa.bool_()),
    ]
)

KEYS = ["municipality", "age", "year"]

BREAK = "SCB har sedan 2025 en annan tabell, där varje tal kan skilja sig med några personer från det rätta."
"""What the break in SCB's series is."""


def population_frame(population: pd.DataFrame) -> pd.DataFrame:
    """Return the population frame with exactly `COLUMNS`, checked, sorted by municipality, year and age.

    Raises
    ------
    InputError
        A column is missing, a row stands twice, or a number is negative or missing.
    """
    lacking = [column for column in COLUMNS if column not in population.columns]
    if lacking:
        raise InputError(f"Befolkningen saknar kolumnen {', '.join(lacking)}.")
    frame = population[list(COLUMNS)].astype(
        {"municipality": "str", "age": "int64", "year": "int64", "value": "float64", "source": "str", "is_projection": "bool"}
    )  # fmt: skip
    wrong = frame[~(frame["value"] >= 0)]
    if not wrong.empty:
        raise InputError(
            f"Befolkningen har inget rätt antal för {_place(wrong.iloc[0])}: det ska vara noll eller mer."
        )
    twice = frame[frame.duplicated(KEYS)]
    if not twice.empty:
        raise InputError(f"Befolkningen har {_place(twice.iloc[0])} mer än en gång.")
    return frame.sort_values(["municipality", "year", "age"], ignore_index=True)


def _place(row: pd.Series) -> str:
    return f"åldern {row['age']} år {row['year']} i kommunen {row['municipality']}"


def breaks_in(population: pd.DataFrame) -> Mapping[int, str]:
    """Return the first year after each break in what was, with a Swedish sentence on what it is.

    Parameters
    ----------
    population
        Rows of one municipality.
    """
    actual = population[~population["is_projection"]]
    by_year = actual.groupby("year")["source"].first().sort_index()
    changed = by_year.ne(by_year.shift()) & by_year.shift().notna()
    return {int(year): BREAK for year in by_year.index[changed]}


def merged_population(before: pd.DataFrame | None, new: pd.DataFrame) -> pd.DataFrame:
    """Return a population with that of some municipalities fetched anew."""
    if before is None:
        return new
    return pd.concat([before[~before["municipality"].isin(new["municipality"])], new], ignore_index=True)
