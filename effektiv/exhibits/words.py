"""A key figure's name and value as they are written in sentences and cells."""

from __future__ import annotations

from effektiv.exhibits import swedish
from effektiv.types import Kpi


def named(kpi: Kpi) -> str:
    """Write a key figure's name inside a sentence: as it reads there, else its label in quotation marks."""
    return kpi.in_text or f"”{kpi.label}”"


def named_first(kpi: Kpi) -> str:
    """Write a key figure's name as the first words of a sentence."""
    return swedish.capitalise(named(kpi))


def value(kpi: Kpi, number: float) -> str:
    """Write a key figure's value with its short unit."""
    return swedish.number(number, kpi.decimals, unit=kpi.unit)
