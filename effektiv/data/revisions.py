"""Revisions in a snapshot: values that the snapshot before it had otherwise, as a fetch finds them."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from effektiv.data import observations as obs
from effektiv.errors import InputError

COLUMNS = ("kpi", "municipality", "year", "gender", "before", "after")
"""Columns of the revisions frame; `after` is missing where a value has been withdrawn."""

SCHEMA = pa.schema(
    [
        ("kpi", pa.large_string()),
        ("municipality", pa.large_string()),
        ("year", pa.int64()),
        ("gender", pa.large_string()),
        ("before", pa.float64()),
        ("after", pa.float64()),
    ]
)


def revisions_of(changes: pd.DataFrame) -> pd.DataFrame | None:
    """Return what has been revised or withdrawn; None when nothing has, for then there is nothing to keep.

    Parameters
    ----------
    changes
        As from `effektiv.data.snapshot.compare_observations`.
    """
    found = changes.loc[changes["change"] != "ny", list(COLUMNS)]
    return None if found.empty else revisions_frame(found)


def revisions_frame(revisions: pd.DataFrame) -> pd.DataFrame:
    """Return the revisions frame with exactly `COLUMNS`, checked, sorted as observations are.

    Raises
    ------
    InputError
        A column is missing, a row stands twice, or there was no value before.
    """
    lacking = [column for column in COLUMNS if column not in revisions.columns]
    if lacking:
        raise InputError(f"Revideringarna saknar kolumnen {', '.join(lacking)}.")
    frame = revisions[list(COLUMNS)].astype(
        {"kpi": "str", "municipality": "str", "year": "int64", "gender": "str", "before": "float64", "after": "float64"}
    )  # fmt: skip
    wrong = frame[frame["before"].isna()]
    if not wrong.empty:
        raise InputError(f"Revideringen av {obs.describe_row(wrong.iloc[0])} har inget värde före.")
    twice = frame[frame.duplicated(list(obs.KEYS))]
    if not twice.empty:
        raise InputError(f"Revideringen av {obs.describe_row(twice.iloc[0])} finns mer än en gång.")
    return frame.sort_values(list(obs.KEYS), ignore_index=True)
