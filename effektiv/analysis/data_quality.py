"""What the figures are worth: missing, suppressed, preliminary, ended, breaks, small numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from effektiv.analysis.panels import Panel, known_values, published_years, value_at
from effektiv.types import Kpi

COLUMNS = [
    "year",
    "value",
    "national_year",
    "status",
    "flags",
    "years_missing",
    "years_published",
    "break_year",
    "valid_to",
    "persons",
    "min_persons",
]

EMPTY: Panel = pd.DataFrame()
"""The panel of a key figure that was never published."""

SUPPRESSED = "Privacy"
"""Kolada's status for a value withheld for secrecy."""

WINDOW = 10
"""Years back in which gaps and breaks are reported: what a trend figure shows."""


def data_quality(
    kpis: Iterable[Kpi],
    panels: Mapping[str, Panel],
    statuses: Mapping[str, pd.DataFrame],
    municipality: str,
    *,
    preliminary_year: int | None = None,
) -> pd.DataFrame:
    """List the state of each key figure for one municipality.

    Parameters
    ----------
    kpis
        Key figures from the catalogue, in the order wanted.
    panels
        Key figure id -> values; one that is absent counts as never published.
    statuses
        Key figure id -> Kolada's status, same shape, "" where there is none.
    municipality
        Four-digit code.
    preliminary_year
        Year whose cost figures are preliminary (the snapshot's manifest), or None.

    Returns
    -------
    pandas.DataFrame
        Index kpi. Columns: year (latest with a value, missing if none) and value (own
        unit); national_year (latest year published for the country, missing if none);
        status (Kolada's, in national_year); flags (tuple of `effektiv.types.Flag` codes);
        years_missing of years_published (national years among the last `WINDOW` in which
        this municipality has no value); break_year (latest break among them);
        valid_to; persons (count behind the value, where known) and min_persons.
        Flags: missing - no value in the latest national year; suppressed - withheld that
        year; preliminary - the value shown is of the preliminary year; ended - no values
        after valid_to; break - within the window; small - persons below min_persons;
        own - computed here.

    Examples
    --------
    >>> from effektiv.types import Role
    >>> kpi = Kpi(id="N1", title="", label="", unit="%", role=Role.QUALITY)
    >>> panel = pd.DataFrame({2023: [1.0, 1.0], 2024: [float("nan"), 1.0]}, index=["0319", "0320"])
    >>> data_quality([kpi], {"N1": panel}, {}, "0319").loc["N1", "flags"]
    ('missing',)
    """
    rows = {}
    for kpi in kpis:
        facts = _facts(kpi, panels, statuses, municipality)
        flags = _flags(kpi, facts, preliminary_year)
        rows[kpi.id] = facts | {"flags": flags}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS)
    frame.index.name = "kpi"
    return frame


def _facts(
    kpi: Kpi, panels: Mapping[str, Panel], statuses: Mapping[str, pd.DataFrame], municipality: str
) -> dict[str, object]:
    panel = panels.get(kpi.id, EMPTY)
    own = known_values(panel, municipality)
    year = max((item for item in own if kpi.valid_to is None or item <= kpi.valid_to), default=None)
    published = [item for item in published_years(panel) if kpi.valid_to is None or item <= kpi.valid_to]
    national = max(published, default=None)
    recent = [item for item in published if national is not None and item > national - WINDOW]
    breaks = [item.year for item in kpi.breaks if recent and min(recent) < item.year <= max(recent)]
    persons = float("nan")
    if kpi.denominator is not None and kpi.denominator in panels and year is not None:
        persons = value_at(panels[kpi.denominator], municipality, year)
    return {
        "year": year,
        "value": own[year] if year is not None else float("nan"),
        "national_year": national,
        "status": _status(statuses.get(kpi.id), municipality, national),
        "years_missing": sum(item not in own for item in recent),
        "years_published": len(recent),
        "break_year": max(breaks, default=None),
        "valid_to": kpi.valid_to,
        "persons": persons,
        "min_persons": kpi.min_denominator,
    }


def _status(statuses: pd.DataFrame | None, municipality: str, year: int | None) -> str:
    if statuses is None or year is None:
        return ""
    try:
        status = statuses.loc[municipality, year]
    except KeyError:
        return ""
    return status if isinstance(status, str) else ""


def _later(national_year: object, year: object) -> bool:
    """Whether the municipality lacks the latest national year, or any value at all."""
    if not isinstance(year, int):
        return True
    return isinstance(national_year, int) and national_year > year


def _flags(kpi: Kpi, facts: Mapping[str, object], preliminary_year: int | None) -> tuple[str, ...]:
    persons, limit = facts["persons"], kpi.min_denominator
    holds = {
        "missing": _later(facts["national_year"], facts["year"]),
        "suppressed": facts["status"] == SUPPRESSED,
        "preliminary": kpi.preliminary_until_final
        and preliminary_year is not None
        and facts["year"] == preliminary_year,
        "ended": kpi.valid_to is not None,
        "break": facts["break_year"] is not None,
        "small": limit is not None and isinstance(persons, float) and persons < limit,
        "own": kpi.formula is not None,
    }
    return tuple(code for code, true in holds.items() if true)
