"""Observations: the tidy frame that every other part reads.

One row is one published figure: key figure, municipality, year and gender, with
either a value or the status that says why there is none. A row that is absent was
never published. Codes are text with their leading zeros; a frame that would need a
guess to be read is refused.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from effektiv.data.identifiers import CODE, KPI, UNIT
from effektiv.errors import InputError

KEYS = ("kpi", "municipality", "gender", "year")
"""Columns that identify an observation, in the order rows are sorted."""

COLUMNS = ("kpi", "municipality", "year", "gender", "value", "status")
"""Columns of a tidy frame, in order."""

UNIT_KEYS = ("kpi", "unit", "gender", "year")
UNIT_COLUMNS = ("kpi", "unit", "year", "gender", "value", "status")
"""The same of a tidy frame of units (schools, home care units) instead of municipalities."""

GENDERS = ("T", "K", "M")
"""Kolada's marks: total, women and girls, men and boys."""

STATUSES = ("Missing", "Privacy", "Not applicable")
"""Kolada's reasons for a published row without a value."""

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years outside this span are taken for errors (forecasts reach some decades ahead)."""

SAME = 1e-6
"""Relative difference up to which two readings of a value are the same.

Kolada's clients and Kolada itself have rounded the same value at different decimals
(relative differences up to 2e-8 in the extracts of 2023 and 2024, where the smallest
real revision is 1e-4).
"""

SCHEMA = pa.schema(
    [
        ("kpi", pa.dictionary(pa.int32(), pa.string())),
        ("municipality", pa.dictionary(pa.int32(), pa.string())),
        ("year", pa.int16()),
        ("gender", pa.dictionary(pa.int8(), pa.string())),
        ("value", pa.float64()),
        ("status", pa.dictionary(pa.int8(), pa.string())),
    ]
)
"""How observations lie in a parquet file."""

UNIT_SCHEMA = pa.schema(
    [field.with_name("unit") if field.name == "municipality" else field for field in SCHEMA]
)
"""How observations of units lie in a parquet file."""

_PLACES = {
    "municipality": (CODE, 'text med fyra siffror, till exempel "0319"'),
    "unit": (UNIT, 'enhetens kod, till exempel "V15E16944234" eller "16944234"'),
}


def normalise(frame: pd.DataFrame, *, of_units: bool = False) -> pd.DataFrame:
    """Check a tidy frame and return it sorted, with exact types.

    Parameters
    ----------
    frame
        At least the columns `COLUMNS`; more columns are dropped. An empty `status`
        ("" or missing) means that there is a value.
    of_units
        Whether it is of units, with `UNIT_COLUMNS`.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS` (str, str, int64, str, float64, str with missing), sorted by
        `KEYS`, with a new index.

    Raises
    ------
    InputError
        When a column is missing, a code, year, gender, status or value is not what
        Kolada uses, a row has both value and status or neither, or two rows have the
        same key.
    """
    columns, place = (UNIT_COLUMNS, "unit") if of_units else (COLUMNS, "municipality")
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise InputError(f"Observationerna saknar kolumnen {', '.join(missing)}.")
    tidy = pd.DataFrame(
        {
            "kpi": _text(frame, "kpi", KPI, 'ett nyckeltals-id som "N15001"'),
            place: _text(frame, place, *_PLACES[place]),
            "year": _years(frame),
            "gender": _one_of(frame, "gender", GENDERS),
            "value": _values(frame),
            "status": _statuses(frame),
        }
    )
    _check_value_or_status(tidy)
    return _sorted_unique(tidy, UNIT_KEYS if of_units else KEYS)


def to_table(tidy: pd.DataFrame) -> pa.Table:
    """Return a normalised frame as an Arrow table with `SCHEMA`, or one of units with `UNIT_SCHEMA`."""
    schema = UNIT_SCHEMA if "unit" in tidy.columns else SCHEMA
    columns = {
        name: pa.array(tidy[name], from_pandas=True).cast(pa.string()).dictionary_encode().cast(field.type)
        if pa.types.is_dictionary(field.type)
        else pa.array(tidy[name], from_pandas=True).cast(field.type)
        for name, field in ((field.name, field) for field in schema)
    }
    return pa.table(columns, schema=schema)


def from_table(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table with `SCHEMA` or `UNIT_SCHEMA` as a tidy frame (see `normalise`)."""
    plain = {
        field.name: table[field.name].cast(
            pa.large_string()
            if pa.types.is_dictionary(field.type)
            else pa.int64()
            if pa.types.is_integer(field.type)
            else field.type
        )
        for field in table.schema
    }
    frame: pd.DataFrame = pa.table(plain).to_pandas()
    return frame


def same(first: pd.Series, second: pd.Series) -> pd.Series:
    """Return where two aligned columns hold the same value, within `SAME`; missing never is."""
    difference = (first - second).abs()
    return difference <= SAME * np.maximum(first.abs(), second.abs())


def describe_row(row: pd.Series) -> str:
    """Return the key of an observation as Swedish text for an error message."""
    place = f"enhet {row['unit']}" if "unit" in row.index else f"kommun {row['municipality']}"
    return f"nyckeltal {row['kpi']}, {place}, år {row['year']}, kön {row['gender']}"


def _text(frame: pd.DataFrame, column: str, pattern: str, wanted: str) -> pd.Series:
    """Return a column of required text whose distinct values match `pattern`."""
    values = frame[column]
    for value in values.drop_duplicates():
        if not isinstance(value, str):
            raise InputError(f"Kolumnen {column} innehåller {value!r}, men ska vara {wanted}.")
    distinct = pd.Series(values.unique(), dtype="str")
    bad = distinct[~distinct.str.fullmatch(pattern)]
    if not bad.empty:
        raise InputError(f'Kolumnen {column} innehåller "{bad.iloc[0]}", men ska vara {wanted}.')
    return values.astype("str")


def _years(frame: pd.DataFrame) -> pd.Series:
    """Return the years as int64; whole floats are accepted, text is not."""
    values = frame["year"]
    if values.empty:
        return values.astype("int64")
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise InputError(f'Kolumnen year innehåller "{values.iloc[0]}", men ska vara årtal som tal.')
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    bad = ~((numbers >= FIRST_YEAR) & (numbers <= LAST_YEAR) & (numbers == np.floor(numbers)))
    if bad.any():
        raise InputError(
            f"Kolumnen year innehåller {values.iloc[int(bad.argmax())]}, "
            f"men ska vara ett årtal mellan {FIRST_YEAR} och {LAST_YEAR}."
        )
    return pd.Series(numbers.astype("int64"), index=values.index)


def _one_of(frame: pd.DataFrame, column: str, allowed: tuple[str, ...]) -> pd.Series:
    """Return a column whose every value is one of `allowed`."""
    values = frame[column]
    for value in values.drop_duplicates():
        if value not in allowed:
            raise InputError(
                f'Kolumnen {column} innehåller "{value}", men ska vara ett av {", ".join(allowed)}.'
            )
    return values.astype("str")


def _values(frame: pd.DataFrame) -> pd.Series:
    """Return the values as float64; infinity and text are errors."""
    values = frame["value"]
    if not values.isna().all() and (
        not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)
    ):
        raise InputError("Kolumnen value innehåller annat än tal.")
    numbers = values.astype("float64")
    if np.isinf(numbers.to_numpy()).any():
        raise InputError("Kolumnen value innehåller ett oändligt tal.")
    return numbers


def _statuses(frame: pd.DataFrame) -> pd.Series:
    """Return the statuses as text, missing where there is a value."""
    statuses = frame["status"]
    for status in statuses.drop_duplicates():
        if not pd.isna(status) and status not in ("", *STATUSES):
            raise InputError(
                f'Kolumnen status innehåller "{status}", men ska vara tom eller ett av {", ".join(STATUSES)}.'
            )
    return statuses.where(statuses.notna() & (statuses != ""), None).astype("str")


def _check_value_or_status(tidy: pd.DataFrame) -> None:
    """Refuse rows with both a value and a status, and rows with neither."""
    both = (tidy["value"].notna() & tidy["status"].notna()).to_numpy()
    neither = (tidy["value"].isna() & tidy["status"].isna()).to_numpy()
    if both.any():
        row = tidy.iloc[int(both.argmax())]
        raise InputError(f'Raden för {describe_row(row)} har både ett värde och status "{row["status"]}".')
    if neither.any():
        row = tidy.iloc[int(neither.argmax())]
        raise InputError(
            f"Raden för {describe_row(row)} har varken värde eller status; "
            f"ett värde som saknas ska ha status {', '.join(STATUSES)}."
        )


def _sorted_unique(tidy: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows sorted by keys; two rows with the same key are an error.

    Sorting integer codes of the distinct texts is many times faster than sorting
    millions of texts.
    """
    combined = np.zeros(len(tidy), dtype="int64")
    for column in keys:
        codes, distinct = pd.factorize(tidy[column], sort=True)
        combined = combined * (len(distinct) + 1) + codes
    order = np.argsort(combined, kind="stable")
    repeated = np.flatnonzero(np.diff(combined[order]) == 0)
    if repeated.size:
        row = tidy.iloc[int(order[repeated[0]])]
        raise InputError(f"Raden för {describe_row(row)} finns mer än en gång.")
    return tidy.iloc[order].reset_index(drop=True)
