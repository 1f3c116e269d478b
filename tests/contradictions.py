"""Finds what a municipality's reports say twice and differently, in what their exhibits carry as judgements.

An exhibit tells as data (`judged` in its mime bundle) each difference that it speaks of. One difference is a figure
against something in a year: all reports of a municipality must say the same of it, and one certainty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

SAME = ("certainty", "size", "sign", "own", "comparator")
"""What one difference has one of."""

KEYS = frozenset({"kpi", "against", "year", *SAME})

Judged = Mapping[str, Any]


def contradictions(judgements: Iterable[Judged]) -> list[str]:
    """Return what is said of one difference in two ways, each told once.

    Parameters
    ----------
    judgements
        What the exhibits of one municipality's reports carry, of any reports and in any order.

    Examples
    --------
    >>> one = dict(kpi="N1", against="riket", year=2024, certainty="sure", size="much", sign=1, own=3.0, comparator=2.0)
    >>> contradictions([one, one])
    []
    >>> contradictions([one, one | {"certainty": "likely"}])
    ['N1 mot riket 2024: certainty är sure och likely']
    """
    first: dict[tuple[Any, ...], Judged] = {}
    found: dict[str, None] = {}
    for item in judgements:
        if KEYS - item.keys():
            raise ValueError(f"bedömningen {dict(item)} saknar {sorted(KEYS - item.keys())}")
        before = first.setdefault((item["kpi"], item["against"], item["year"]), item)
        for name in SAME:
            if item[name] != before[name]:
                place = f"{item['kpi']} mot {item['against']} {item['year']}"
                found[f"{place}: {name} är {before[name]} och {item[name]}"] = None
    return list(found)
