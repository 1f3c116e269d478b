"""How step 4 writes months, kronor and deviations."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from effektiv.exhibits.saying import plain_amount
from effektiv.exhibits.swedish import MINUS
from effektiv.steps.wording import money

_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip


def month_name(month: str, *, with_year: bool = True) -> str:
    """Write a month: "mars 2026".

    Examples
    --------
    >>> month_name("2026-03"), month_name("2026-03", with_year=False)
    ('mars 2026', 'mars')
    """
    name = _MONTHS[int(month[5:7]) - 1]
    return f"{name} {month[:4]}" if with_year else name


def months_between(first: str, last: str) -> list[str]:
    """Return every month from one to another, both with.

    Examples
    --------
    >>> months_between("2026-11", "2027-02")
    ['2026-11', '2026-12', '2027-01', '2027-02']
    """
    return [str(item) for item in pd.period_range(first, last, freq="M")]


def kronor(value: float) -> str:
    """Write kronor without a sign: "3,2 miljoner kronor", "340 000 kronor"."""
    return money(value / 1e6) if abs(value) >= 995_000 else plain_amount(abs(round(value, -3)), "kr")


def over_or_under(deviation: float) -> str:
    """Say which side of the budget a deviation is on; plus is left over, minus is over the budget."""
    if abs(deviation) < 500:
        return "enligt budget"
    return f"{kronor(deviation)} {'under' if deviation > 0 else 'över'} budget"


def thousands(value: float) -> float | None:
    """Return kronor as thousands for a table, None for what is missing."""
    return None if math.isnan(value) else value / 1000


def band_of(low: float, high: float) -> str:
    """Write a band of deviations in thousands of kronor with signs: "−2 400 till +300".

    Examples
    --------
    >>> band_of(-2_400_000, 300_000).replace(chr(160), " ").replace(chr(8722), "-")
    '-2 400 till +300'
    """
    return f"{_signed(low)} till {_signed(high)}"


def _signed(value: float) -> str:
    size = f"{abs(round(value / 1000)):,}".replace(",", "\u00a0")
    return size if round(value / 1000) == 0 else f"{'+' if value > 0 else MINUS}{size}"


def decimals_for(values: Sequence[float]) -> int:
    """Return how many decimals an indicator's values are written with: one under a hundred, else none."""
    known = [abs(value) for value in values if math.isfinite(value)]
    return 0 if not known or max(known) >= 100 or all(value == round(value) for value in known) else 1
