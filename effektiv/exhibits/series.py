"""What exhibits over several years share: the years shown, breaks, preliminary years, ranges in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain

import pandas as pd

from effektiv.analysis.panels import by_year
from effektiv.exhibits.charts import Band, BreakMark
from effektiv.exhibits.context import Context
from effektiv.exhibits.swedish import is_missing, join, number, years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.types import Kpi

YEARS = 10
"""Years that a trend shows."""


def recent(values: pd.Series, last: int, span: int = YEARS) -> dict[int, float]:
    """Return the values of the last `span` years up to `last`, in order, without missing ones."""
    return {year: value for year, value in by_year(values).items() if last - span < year <= last}


def break_marks(kpis: Iterable[Kpi]) -> tuple[BreakMark, ...]:
    """Return a mark for each year in which one of the figures has a break."""
    found = sorted({item.year for kpi in kpis for item in kpi.breaks})
    return tuple(BreakMark(year, f"Brott {year}") for year in found)


def preliminary_years(context: Context, kpis: Iterable[Kpi]) -> frozenset[int]:
    """Return the preliminary year if it is preliminary for one of the figures."""
    year = context.preliminary_year
    if year is None or not any(context.is_preliminary(kpi.id, year) for kpi in kpis):
        return frozenset()
    return frozenset({year})


def range_text(low: float, high: float, decimals: int = 1, *, signed: bool = False) -> str:
    """Write a range for running text: "mellan 3,1 och 4,9", or one number when the ends look alike."""
    ends = [number(end, decimals, signed=signed) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"mellan {ends[0]} och {ends[1]}"


def spread_text(
    values: pd.Series, window: Sequence[int], unit: str, decimals: int = 1, *, signed: bool = False
) -> str:
    """Write lowest and highest of a few years: "mellan 3,1 och 4,9 procent under 2023–2025".

    Returns
    -------
    str
        Empty with fewer than two values: one year has no spread.
    """
    known = by_year(values.reindex(list(window)))
    if len(known) < 2:
        return ""
    text = range_text(min(known.values()), max(known.values()), decimals, signed=signed)
    when = f"under {years(known)}"
    return " ".join(part for part in (text, unit, when) if part)


def cell(value: float | None) -> Value:
    """Return a number for a table, None where it is missing."""
    return None if is_missing(value) else value


def quoted(kpis: Iterable[Kpi]) -> str:
    """List key figures in running text; labels may hold commas, so each stands in quotes."""
    return join(named(kpi) for kpi in kpis)


def lower_first(text: str) -> str:
    """Write a label inside a sentence; an abbreviation such as HVB keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def rounding_note(parts: Iterable[float], total: float, decimals: int) -> str:
    """Say what rounded parts add up to where that is not the rounded total; else nothing.

    The values behind a table are not rounded and do add up: this is for who adds what is shown.
    """
    added = sum((_rounded(part, decimals) for part in parts), start=Decimal(0))
    if added == _rounded(total, decimals):
        return ""
    return (
        f"De avrundade delarna blir tillsammans {number(float(added), decimals, signed=True)}; utan avrundning "
        "stämmer summan."
    )


def _rounded(value: float, decimals: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def peer_label(context: Context) -> str:
    """Name the line of the peers' median."""
    return f"Median, {context.peers.label}"


def peer_band(context: Context, peers: pd.DataFrame, last: int) -> Band | None:
    """Return the band of the peers' middle half over the years shown; None without one."""
    low, high = recent(peers["low"], last), recent(peers["high"], last)
    return Band(f"Mellersta hälften, {context.peers.label}", low, high) if low else None


def band_text(context: Context, peers: pd.DataFrame, last: int) -> str:
    """Say what the band is, to follow another sentence; empty without one."""
    if peer_band(context, peers, last) is None:
        return ""
    return f" Fältet är den mellersta hälften av {context.peers.definite}."


def number_column(key: str, label: str, unit: str, decimals: int = 1, *, signed: bool = False) -> Column:
    """Return a column of numbers in a unit."""
    return Column(key, label, kind="number", unit=unit, decimals=decimals, signed=signed)


def table_by_year(caption: str, last: int, columns: Sequence[tuple[Column, pd.Series]]) -> Table:
    """Make a table with a row a year; a column without any value is left out."""
    values = [(column, recent(series, last)) for column, series in columns]
    known = [(column, found) for column, found in values if found]
    return Table(
        caption=caption,
        columns=(Column("ar", "År", kind="year"), *(column for column, _ in known)),
        rows=tuple(
            (when, *(found.get(when) for _, found in known))
            for when in sorted(set(chain.from_iterable(found for _, found in known)))
        ),
        row_header="ar",
    )
