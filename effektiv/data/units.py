"""Units (enheter) in a snapshot: a municipality's schools and care units, and what is published of each.

A unit is known by its id: Kolada's own (``V15E...``), or Skolverket's eight digits. The first three signs of Kolada's
ids say what kind of unit it is, and Skolverket's schools are given the same kind.
"""

from __future__ import annotations

import pandas as pd

from effektiv.data import observations as obs
from effektiv.data.identifiers import display_name, municipality_code, read_frame, unit_id
from effektiv.errors import InputError

COLUMNS = ("id", "title", "municipality", "type", "holder")
"""Columns of the units frame: text, the holder "" where nobody says who it is."""

SCHOOL = "V15"
"""Kind of unit: compulsory school."""

MUNICIPAL = "kommunal"
"""The holder of a municipality's own units; others are written as their source has them, in lower case."""

_READINGS = {"id": unit_id, "title": display_name, "municipality": municipality_code}


def kind_of(unit: str) -> str:
    """Return the kind that a unit's id in Kolada tells.

    Examples
    --------
    >>> kind_of("V21E0008")
    'V21'
    """
    return unit.partition("E")[0]


def units_frame(units: pd.DataFrame) -> pd.DataFrame:
    """Return the units frame with exactly `COLUMNS`, checked, sorted by id.

    Raises
    ------
    InputError
        When an id, a name or a code cannot be read, or a unit stands there twice.
    """
    missing = [column for column in COLUMNS if column not in units.columns]
    if missing:
        raise InputError(f"Enhetslistan saknar kolumnen {', '.join(missing)}.")
    frame = read_frame(units[list(COLUMNS)].fillna("").astype("str"), _READINGS)
    nameless = frame["title"] == ""
    frame["title"] = frame["title"].mask(nameless, "Enhet " + frame["id"])
    repeated = frame["id"][frame["id"].duplicated()]
    if not repeated.empty:
        raise InputError(f"Enhetslistan har enheten {repeated.iloc[0]} mer än en gång.")
    return frame.sort_values("id", ignore_index=True).astype("str")


def observations_frame(observations: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return observations of units as `effektiv.data.observations.normalise`, all of known units.

    Raises
    ------
    InputError
        When they cannot be read, or are of a unit that the list lacks.
    """
    tidy = obs.normalise(observations, of_units=True)
    unknown = sorted(set(tidy["unit"].unique()) - set(units["id"]))
    if unknown:
        raise InputError(f"Enheternas värden innehåller {unknown[0]}, som inte finns i enhetslistan.")
    return tidy


def merged(
    before: tuple[pd.DataFrame, pd.DataFrame] | None, units: pd.DataFrame, observations: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return units and observations with new ones added; what is new takes the place of what was there.

    Parameters
    ----------
    before
        Units and observations that a snapshot has; None where it has none.
    units, observations
        The new ones.
    """
    if before is None:
        return units, observations
    old_units, old = before
    keys = list(obs.UNIT_KEYS)
    both = old.merge(observations[keys], on=keys, how="left", indicator=True)["_merge"] == "both"
    return (
        pd.concat([old_units[~old_units["id"].isin(units["id"])], units], ignore_index=True),
        pd.concat([old[~both.to_numpy()], observations], ignore_index=True),
    )
