"""Amounts as systems write them, as integer öre: minus before, after or as brackets, marks between thousands."""

from __future__ import annotations


def kronor(ore: int) -> str:
    """Return an amount in öre as Swedish text, to the öre.

    Examples
    --------
    >>> kronor(-123456789)
    '-1 234 567,89 kr'
    """
    whole, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{whole:,}".replace(",", " ") + f",{rest:02} kr"
