"""Amounts as systems write them, as integer öre: minus before, after or as brackets, marks between thousands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

COMMA, POINT = ",", "."
"""What stands before the öre."""

_SPACES = "[ \u00a0\u2007\u2009\u202f]"
_MINUS = "[-\u2212\u2013]"
_MARKS = {COMMA: rf"(?:{_SPACES}|\.|['\u2019])", POINT: rf"(?:{_SPACES}|,|['\u2019])"}
_SIGNED = rf"(?:\({_SPACES}*{{0}}{_SPACES}*\)|(?:[+]|{_MINUS})?{_SPACES}*{{0}}|{{0}}{_SPACES}*{_MINUS})"
_NOTHING = rf"^(?:{_SPACES}*{_MINUS}?{_SPACES}*)$"
_UNIT = rf"(?:{_SPACES}*(?:kr|SEK))?"
_NEGATIVE = rf"\(|{_MINUS}"
_LARGEST = 10**15
_NOISE = 0.01
"""Öre that a float of a spreadsheet may be off; a third decimal is at least a tenth."""


@dataclass(frozen=True)
class Amounts:
    """A column of amounts, read.

    Attributes
    ----------
    ore
        int64, 0 where there is none.
    is_given
        Which cells hold an amount; an empty cell, or a dash alone, holds none.
    wrong
        Place of each cell that cannot be read, in order.
    is_unsure
        Whether the column has a mark with three digits after it and nothing that tells thousands from decimals.
    """

    ore: np.ndarray
    is_given: np.ndarray
    wrong: tuple[int, ...] = ()
    is_unsure: bool = False


def read_amounts(cells: pa.Array | pa.ChunkedArray | Sequence[Any], mark: str | None = None) -> Amounts:
    """Read a column of amounts.

    Parameters
    ----------
    cells
        Text, as an Arrow array; or the cells of a spreadsheet, text and numbers together.
    mark
        `COMMA` or `POINT`; None finds out from the column.

    Returns
    -------
    Amounts
        Exact: text never passes through a float.

    Examples
    --------
    >>> read_amounts(["1 234,50", "(12)", "7-", "\u22123,5", "", "x"]).ore.tolist()
    [123450, -1200, -700, -350, 0, 0]
    """
    if isinstance(cells, pa.Array | pa.ChunkedArray):
        return _of_text(cells, mark)
    numbers = np.array([isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells], bool)
    values = np.array(
        [cell if is_number else 0.0 for cell, is_number in zip(cells, numbers, strict=True)], float
    )
    hundredfold = values * 100
    ore = np.rint(np.where(np.isfinite(hundredfold), hundredfold, 0.0))
    is_wrong = ~(np.abs(hundredfold - ore) <= _NOISE) | (np.abs(ore) >= _LARGEST)
    if numbers.all():
        return Amounts(ore.astype("int64"), numbers, tuple(np.flatnonzero(is_wrong).tolist()))
    text = pa.array(
        [
            "" if is_number or cell is None else str(cell)
            for cell, is_number in zip(cells, numbers, strict=True)
        ],
        pa.string(),
    )
    said = _of_text(text, mark)
    wrong = sorted({*np.flatnonzero(is_wrong).tolist(), *said.wrong})
    return Amounts(
        np.where(numbers, ore.astype("int64"), said.ore),
        numbers | said.is_given,
        tuple(wrong),
        said.is_unsure,
    )


def _of_text(cells: pa.Array | pa.ChunkedArray, mark: str | None) -> Amounts:
    cells = pc.fill_null(cells, "")
    for plain in (COMMA, POINT) if mark is None else (mark,):
        # What a system writes: one regular expression instead of six.
        if _matches(cells, rf"^-?[0-9]{{1,13}}(?:\{plain}[0-9]{{1,2}})?$").all():
            return Amounts(_exact(cells, plain), np.ones(len(cells), bool))
    blank = _matches(cells, _NOTHING)
    if mark is None:
        mark, is_unsure = _mark_of(cells)
        if is_unsure:
            return Amounts(np.zeros(len(cells), "int64"), ~blank, is_unsure=True)
    good = _matches(cells, _pattern(mark))
    wrong = np.flatnonzero(~good & ~blank)
    plain = pc.if_else(pa.array(good), cells, "0")
    negative = _matches(plain, _NEGATIVE)
    amount = _exact(pc.replace_substring_regex(plain, rf"[^0-9{mark}]", ""), mark)
    return Amounts(np.where(negative, -amount, amount), good, tuple(wrong.tolist()))


def _exact(plain: pa.Array | pa.ChunkedArray, mark: str) -> np.ndarray:
    """Return the öre of digits with at most two decimals and perhaps a minus before."""
    if mark == COMMA:
        plain = pc.replace_substring(plain, COMMA, POINT)
    ore = pc.multiply(pc.cast(plain, pa.decimal128(17, 2)), pa.scalar(Decimal(100)))
    return _numpy(pc.cast(ore, pa.int64(), safe=False))


def _numpy(values: pa.Array | pa.ChunkedArray) -> np.ndarray:
    return np.asarray(
        values.to_numpy() if isinstance(values, pa.ChunkedArray) else values.to_numpy(zero_copy_only=False)
    )


def _pattern(mark: str) -> str:
    groups = "|".join(
        rf"[0-9]{{1,3}}(?:{one}[0-9]{{3}})+"
        for one in (_SPACES, r"\." if mark == COMMA else ",", "['\u2019]")
    )
    number = rf"(?:[0-9]{{1,13}}|{groups})(?:\{mark}[0-9]{{1,2}})?"
    return rf"^{_SPACES}*{_SIGNED.format(number + _UNIT)}{_SPACES}*$"


def _mark_of(cells: pa.Array | pa.ChunkedArray) -> tuple[str, bool]:
    """Return what stands before the öre in a column, and whether nothing tells it from a mark between thousands."""
    sure = {
        mark: bool(
            _matches(cells, rf"\{mark}[0-9]{{1,2}}(?:[^0-9]|$)").any()
            or _matches(cells, rf"\{other}[0-9]{{3}}\{other}[0-9]{{3}}").any()
        )
        for mark, other in ((COMMA, POINT), (POINT, COMMA))
    }
    if sure[COMMA] or sure[POINT]:
        # With both in the column, the cells of the rarer kind are told of as wrong.
        if sure[COMMA] and sure[POINT]:
            counts = {mark: int(_matches(cells, rf"\{mark}[0-9]{{1,2}}(?:[^0-9]|$)").sum()) for mark in sure}
            return max(sorted(counts), key=lambda mark: counts[mark]), False
        return (COMMA if sure[COMMA] else POINT), False
    return COMMA, bool(_matches(cells, r"[.,][0-9]{3}(?:[^0-9]|$)").any())


def _matches(cells: pa.Array | pa.ChunkedArray, pattern: str) -> np.ndarray:
    return _numpy(pc.match_substring_regex(cells, pattern)).astype(bool)


def kronor(ore: int) -> str:
    """Return an amount in öre as Swedish text, to the öre.

    Examples
    --------
    >>> kronor(-123456789)
    '-1 234 567,89 kr'
    """
    whole, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{whole:,}".replace(",", " ") + f",{rest:02} kr"


def whole_ore(values: pd.Series) -> pd.Series:
    """Return amounts in kronor as integer öre (Int64), missing where they are."""
    return (values.astype("float64") * 100).round().astype("Int64")
