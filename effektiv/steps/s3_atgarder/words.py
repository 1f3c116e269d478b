"""How step 3 writes amounts, bands and gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from effektiv.exhibits.saying import plain, plain_amount
from effektiv.exhibits.swedish import join
from effektiv.steps.wording import money
from effektiv.types import Catalogue, Kpi

LARGEST_IN_TEXT = 4
"""More measures than this are not listed in a sentence."""


def kronor(value: float) -> str:
    """Write kronor without a sign: "3,2 miljoner kronor", "340 000 kronor"."""
    return money(value / 1e6) if abs(value) >= 995_000 else plain_amount(abs(value), "kr")


def scale(values: pd.DataFrame | pd.Series) -> tuple[float, str, int]:
    """Return what kronor are divided by in a chart or a table, the unit and the decimals."""
    largest = float(np.abs(values.to_numpy()).max()) if values.size else 0.0
    return (1e6, "mnkr", 1) if largest >= 995_000 else (1e3, "tkr", 0)


def band(low: float, high: float) -> str:
    """Write a band of kronor: "från 1,2 till 3,4 miljoner kronor".

    Examples
    --------
    >>> band(-200_000, 3_400_000).replace(chr(160), " ").replace(chr(8722), "-")
    'från -0,2 till 3,4 miljoner kronor'
    """
    by, unit = (1e6, "mnkr") if max(abs(low), abs(high)) >= 995_000 else (1e3, "tkr")
    return f"från {plain(low / by)} till {plain_amount(high / by, unit)}"


def gain(kpi: Kpi | None, unit: str, value: float) -> str:
    """Write how much a measure of quality gains: "6 poäng", "3 procentenheter"; of an own measure only the number."""
    if kpi is None:
        return plain(value)
    if kpi.unit == "%":
        return f"{plain(value)} {'procentenhet' if plain(value) == '1' else 'procentenheter'}"
    return f"{plain(value)} poäng" if "poäng" in kpi.unit else plain_amount(value, kpi.unit or unit)


def at(frame: pd.DataFrame, row: object, column: str) -> float:
    """Return a number of a frame."""
    found: Any = frame.loc[[row], column]
    return float(found.iloc[0])


def kpi_of(catalogue: Catalogue, written: str) -> Kpi | None:
    """Return the key figure that is written; None for a measure of the municipality's own."""
    return catalogue.kpis.get(written.strip())


def listed(ids: Sequence[str]) -> str:
    """Write ids in a sentence, or how many they are."""
    if len(ids) > LARGEST_IN_TEXT:
        return f"{join(list(ids[:LARGEST_IN_TEXT]))} och {len(ids) - LARGEST_IN_TEXT} till".replace(
            " och ", ", ", 1
        )
    return join(list(ids))
