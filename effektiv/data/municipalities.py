"""Municipalities: their frame, and which one a controller means by a name or a code."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from effektiv.data.identifiers import Places, clean, display_name, municipality_code
from effektiv.errors import InputError
from effektiv.names import shown
from effektiv.types import RIKET

COLUMNS = ("id", "title", "type", "county")
"""Columns of the municipalities frame."""


def municipalities_frame(rows: Iterable[tuple[str, str, str]]) -> pd.DataFrame:
    """Return the municipalities frame from (id, title, type) as Kolada gives them.

    Parameters
    ----------
    rows
        Id (four digits), title and type: ``K`` for kommun, ``L`` for region; Riket has
        id 0000 and type L.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`, all text, sorted by id. `county` is the two-digit county
        code: the first two digits of a kommun, the last two of a region (Kolada's
        ``00`` + county code), and "" for Riket.

    Raises
    ------
    InputError
        When an id is not four digits or occurs twice, or a type is not K or L.
    """
    read = [municipality_row(*row) for row in rows]
    frame = pd.DataFrame(read, columns=["id", "title", "type"], dtype="str")
    repeated = frame["id"][frame["id"].duplicated()]
    if not repeated.empty:
        raise InputError(f"Kommunkoden {repeated.iloc[0]} finns mer än en gång i kommunlistan.")
    frame["county"] = [county_of(code) for code in frame["id"]]
    return frame.astype("str").sort_values("id", ignore_index=True)


def municipality_row(code: str, title: str, kind: str) -> tuple[str, str, str]:
    """Return one row of the municipalities frame as it is read (`effektiv.data.identifiers`).

    Raises
    ------
    InputError
        When the code is not four digits, the title cannot be shown, or the type is not K or L.
    """
    name = display_name(title, f"Namnet på kommun {shown(code)}")
    if clean(kind) not in ("K", "L"):
        raise InputError(f'Kommunen {shown(code)} ({name}) har typen "{shown(kind)}", men ska ha K eller L.')
    try:
        return municipality_code(code), name, clean(kind)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error


def county_of(municipality: str) -> str:
    """Return the two-digit county code of a municipality or region id, "" for Riket."""
    if municipality == RIKET:
        return ""
    return municipality[2:] if municipality.startswith("00") else municipality[:2]


def find_municipality(text: str, municipalities: pd.DataFrame) -> str:
    """Return the id of the municipality that a controller names.

    Read as everything is that identifies something (`effektiv.data.identifiers`): an exact
    name, an official name or an exact code.

    Parameters
    ----------
    text
        Name ("Älvkarleby", "älvkarleby kommun", "Malmö stad") or four-digit code ("0319").
    municipalities
        Municipalities frame; only type K can be found.

    Returns
    -------
    str
        Four-digit id.

    Raises
    ------
    InputError
        When no municipality, or more than one, has that name or code.
    """
    return Places.of(municipalities).kommun(text)
