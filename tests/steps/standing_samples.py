"""Hand-made pieces for the tests of conditions, volume and quality."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from effektiv.analysis.comparison import Comparison
from effektiv.analysis.panels import RunEnd, Since
from effektiv.analysis.sizes import Classified, Size
from effektiv.analysis.uncertainty import ShareOfYears
from effektiv.exhibits.context import Context, Peers
from effektiv.exhibits.swedish import NBSP
from effektiv.steps.standing import Standing
from effektiv.types import Better, Kpi, Role

NAMES = {"0001": "Lillby", "0002": "Storby", "0003": "Norrby", "0004": "Söderby", "0000": "Riket"}


def kpi(ident: str = "N1", label: str = "Nöjda elever", **changes: Any) -> Kpi:
    fields: dict[str, Any] = {"unit": "%", "role": Role.QUALITY, "better": Better.HIGHER}
    return Kpi(id=ident, title=label, label=label, **(fields | changes))


def context(*kpis: Kpi, official: bool = True, preliminary: int | None = None) -> Context:
    peers = Peers(
        members=("0002", "0003", "0004"),
        label="liknande kommuner",
        definite="de liknande kommunerna",
        description="Gruppen är påhittad.",
        official=official,
    )
    return Context("0001", NAMES, peers, {item.id: item for item in kpis}, 2025, preliminary)


def comparison(own: float, median: float, size: Size = Size.CLEARLY, **changes: Any) -> Comparison:
    """A comparison of one year, in which the difference has held two of three years."""
    difference = own - median
    sign = (difference > 0) - (difference < 0)
    found = Comparison(
        year=2025,
        own=own,
        median=median,
        median_interval=None,
        low=median - 1,
        high=median + 1,
        n=3,
        riket=median + 2,
        difference=difference,
        noise=1.0,
        size=Classified(size, 0 if size is Size.ABOUT_EQUAL else sign),
        spread=None,
        held=ShareOfYears(2, 3, (2023, 2024, 2025)),
        since=Since(year=2022, latest=2025, sign=sign, known=4, ended_by=RunEnd.OTHER_SIDE) if sign else None,
    )
    return replace(found, **changes)


def standing(figure: Kpi, own: float, median: float, size: Size = Size.CLEARLY, **changes: Any) -> Standing:
    found = comparison(own, median, size)
    made = Standing(
        kpi=figure,
        year=2025,
        own=own,
        peers=(median - 1, median, median + 1),
        riket=median + 2,
        comparison=found,
        spread=2.0,
    )
    return replace(made, **changes)


def without_own(figure: Kpi, **changes: Any) -> Standing:
    made = Standing(
        kpi=figure, year=2025, own=math.nan, peers=(1.0, 2.0), riket=3.0, comparison=None, spread=2.0
    )
    return replace(made, **changes)


def plain(text: str | None) -> str:
    """Text with ordinary spaces, minus and one kind of quotation marks, for comparing."""
    return (text or "").replace(NBSP, " ").replace("−", "-").replace("«", "”").replace("»", "”")
