"""A finding on what a cost for a unit is made of: each part beside the group's middle, whoever publishes it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mode

import numpy as np

from effektiv.analysis.certainty import Certainty
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import NBSP, capitalise, cardinal, unit_in_text
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named, named_first
from effektiv.steps.judging import Judgement
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.wording import CERTAINTY_WORDS, beside, fit, kronor, says_in
from effektiv.types import FindingChoice

FEWEST_PARTS = 2
"""Fewer parts than this say nothing of what a cost is made of."""

_SKOLVERKET = "skolverket"


def split(view: AreaView, choice: FindingChoice) -> Exhibit | None:
    """Show the parts of a cost for a unit, all of one year, each beside the group's middle."""
    latest = [found for kpi in choice.kpis[1:] if (found := view.judge(view.case.best(kpi).id)) is not None]
    if not latest:
        return None
    year = mode(item.year for item in latest)
    parts = [found for kpi in choice.kpis[1:] if (found := _judged_in(view, kpi, year)) is not None]
    whole = _judged_in(view, choice.kpis[0], year)
    if whole is None or len(parts) < FEWEST_PARTS:
        return None
    shown = [whole, *parts]
    told_of = sorted(
        (item for item in parts if item.certainty is not Certainty.UNCLEAR),
        key=lambda item: -abs(item.found.in_unit),
    )
    theirs = [item.kpi.id for item in shown if item.kpi.source == _SKOLVERKET]
    return Exhibit(
        id=choice.id,
        title=_title(whole, told_of),
        subtitle=f"{choice.label or whole.kpi.label}, {unit_in_text(whole.kpi.unit)}, {year}",
        source=Source.SKOLVERKET if len(theirs) == len(shown) else Source.OWN,
        alt=f"En stapel för varje del av {named(whole.kpi)}, med ett streck vid gruppens mitt.",
        figure=bars(
            Bars(
                rows=tuple(
                    BarRow(
                        item.kpi.label,
                        item.found.own,
                        expected=item.found.comparator,
                        strong=item in told_of[:1],
                    )
                    for item in parts
                ),
                unit=unit_in_text(whole.kpi.unit),
                decimals=whole.kpi.decimals,
                signed=False,
                expected_text="Gruppens mitt",
            )
        ),
        blocks=(fit([*_sentences(whole, parts, told_of), choice.note]),),
        table=_table(view, shown),
        notes=_whose(theirs, len(shown)),
        kpis=tuple(item.kpi.id for item in shown),
        judged=tuple(item.to_data() for item in shown),
    )


def _judged_in(view: AreaView, kpi_id: str, year: int) -> Judgement | None:
    """Judge a figure, or the first that stands in for it, whose latest value is of a year; None where none is."""
    following: str | None = kpi_id
    while following is not None:
        judged = view.judge(following)
        if judged is not None and judged.year == year:
            return judged
        following = view.kpi(following).stand_in
    return None


def _title(whole: Judgement, told_of: Sequence[Judgement]) -> str:
    if not told_of:
        return f"Ingen del av {named(whole.kpi)} går att skilja från gruppens mitt"
    largest = told_of[0]
    likely = "troligen " if largest.certainty is Certainty.LIKELY else ""
    side = "högre" if largest.is_higher else "lägre"
    return f"{named_first(largest.kpi)} är {likely}{kronor(largest.found.in_unit)} {side} än i gruppens mitt"


def _sentences(whole: Judgement, parts: Sequence[Judgement], told_of: Sequence[Judgement]) -> list[str]:
    riket = whole.place.riket
    return [
        f"{says_in(whole.kpi, whole.found.own, whole.year)}, mot {plain(whole.found.comparator)} i gruppens mitt.",
        *(beside(item.kpi, item.found.own, item.found.comparator, "i gruppens mitt") for item in told_of[:2]),
        _the_rest(len(parts) - len(told_of), len(parts)) if told_of else "",
        "" if np.isnan(riket) else f"I riket var det {plain(riket)}.",
    ]


def _the_rest(unclear: int, of: int) -> str:
    if unclear == 0:
        return ""
    which = capitalise(cardinal(unclear, common=True))
    return f"{which} av {cardinal(of)} delar går inte att skilja från gruppens mitt."


def _whose(theirs: Sequence[str], shown: int) -> str:
    if not theirs:
        return ""
    which = "Siffrorna" if len(theirs) == shown else f"Siffrorna för {', '.join(theirs)}"
    return f"{which} är Skolverkets egna, avrundade; gruppens mitt och skillnaderna är beräknade ur dem."


def _table(view: AreaView, shown: Sequence[Judgement]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            item.kpi.label,
            item.kpi.id,
            item.found.own,
            item.found.comparator,
            None if np.isnan(item.place.riket) else item.place.riket,
            item.found.in_unit,
            CERTAINTY_WORDS[item.certainty] if item.found.is_judged else "går inte att bedöma",
        )
        for item in shown
    ]
    unit, decimals = shown[0].kpi.unit, shown[0].kpi.decimals

    def column(key: str, label: str, *, signed: bool = False, may_lack: bool = False) -> Column:
        return Column(
            key, label, kind="number", unit=unit, decimals=decimals, signed=signed, may_lack=may_lack
        )

    return Table(
        caption=f"Delar av {named(shown[0].kpi)} i {view.case.name} och {view.label}{NBSP}{shown[0].year}",
        columns=(
            Column("del", "Del"),
            Column("id", "Id"),
            column("egen", view.case.name),
            column("mitten", "Gruppens mitt"),
            column("riket", "Riket", may_lack=True),
            column("skillnad", "Skillnad mot mitten", signed=True),
            Column("sakert", "Skillnaden mot mitten är"),
        ),
        rows=tuple(rows),
    )
