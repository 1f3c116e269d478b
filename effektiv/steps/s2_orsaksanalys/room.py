"""Finding on the room for manoeuvre: what the level of each comparator would mean in mnkr."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.panels import country
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.judging import Judgement
from effektiv.steps.s2_orsaksanalys.view import CauseView
from effektiv.steps.view import some_of
from effektiv.steps.wording import fit, kronor
from effektiv.types import RIKET, Kpi

ID = "handlingsutrymme"
MIDDLE, QUARTER = "Gruppens mitt", "Landets billigaste fjärdedel"


@dataclass(frozen=True)
class Room:
    """What each comparator's level of a cost would mean.

    Attributes
    ----------
    kpi
        The cost.
    judged
        The municipality against the peers' middle.
    worth
        mnkr by comparator's name, the largest first; positive is cheaper there.
    peers
        Names of those that are peers.
    """

    kpi: Kpi
    judged: Judgement
    worth: pd.Series
    peers: frozenset[str]


def room_of(view: CauseView, kpi_id: str, persons_id: str) -> Room | None:
    """Return what each comparator's level would mean; None without an own value, persons or three peers."""
    judged = view.judge(kpi_id)
    if judged is None or judged.kpi.id != kpi_id or len(judged.place.peers) < 3:
        return None
    persons = float(view.case.own(persons_id).get(judged.year, np.nan))
    if not persons > 0:
        return None
    levels = {view.name(str(code)): float(value) for code, value in judged.place.peers.items()}
    peers = frozenset(levels)
    every = country(view.case.shown(judged.kpi.id))[judged.year].dropna()
    levels |= {MIDDLE: judged.found.comparator, QUARTER: float(every.quantile(0.25))}
    if np.isfinite(judged.place.riket):
        levels[view.case.national.names.get(RIKET, "Riket")] = judged.place.riket
    if view.role_model is not None and view.role_model in every.index:
        levels[view.name(view.role_model)] = float(every[view.role_model])
    worth = (judged.found.own - pd.Series(levels)) * persons / 1e6
    return Room(judged.kpi, judged, worth.sort_values(ascending=False), peers)


def rooms(view: CauseView) -> list[Room]:
    """Return the room by cost for each person in the target group, and by cost for a unit."""
    causes = view.causes
    found = [
        room_of(view, view.best(causes.unit), view.best(causes.unit_persons)),
        room_of(view, view.best(causes.given), causes.given_persons),
    ]
    return [item for item in found if item is not None]


def room(view: CauseView) -> Exhibit | None:
    """Show what the level of each comparator would mean in mnkr."""
    found = rooms(view)
    if not found:
        return None
    first = found[0]
    peers = first.worth[[name for name in first.worth.index if name in first.peers]]
    low, high = float(peers.min()), float(peers.max())
    shown = {view.name(code) for code in some_of(first.judged.place)} | (set(first.worth.index) - first.peers)
    return Exhibit(
        id=ID,
        title=_title(low, high),
        subtitle=f"{first.kpi.label}: miljoner kronor mindre på deras nivå, {first.judged.year}",
        source=Source.OWN,
        alt="En stapel för var och en att jämföra med: hur mycket mindre det skulle kosta på deras nivå.",
        figure=bars(
            Bars(
                rows=tuple(
                    BarRow(
                        name,
                        float(worth),
                        pale=name in first.peers,
                        strong=name == MIDDLE,
                    )
                    for name, worth in zip(map(str, first.worth.index), first.worth, strict=True)
                    if name in shown
                ),
                unit="mnkr",
                decimals=1 if float(first.worth.abs().max()) < 10 else 0,
                left_text="Skulle kosta mer",
                right_text="Skulle kosta mindre",
            )
        ),
        blocks=(fit(_sentences(first)),),
        table=_table(view, found),
        kpis=tuple(item.kpi.id for item in found),
        judged=tuple(item.judged.to_data() for item in found),
    )


def _title(low: float, high: float) -> str:
    low_text, high_text = plain(low), plain(high)
    if high < 0.1:
        return "Ingen av de jämförda kommunerna har en lägre nivå"
    if low > -0.1 and low_text != high_text:
        return f"Med de andras nivå skulle det kosta {plain(max(low, 0.0))}–{high_text}\u00a0miljoner kronor mindre"
    return f"Utrymmet beror på vem man jämför med: från {low_text} till {high_text}\u00a0miljoner kronor"


def _sentences(first: Room) -> list[str]:
    unclear = first.judged.certainty is Certainty.UNCLEAR
    own, middle = kronor(first.judged.found.own), kronor(first.judged.found.comparator)
    return [
        f"{capitalise(named(first.kpi))} är {own}, mot {middle} i gruppens mitt.",
        "Den skillnaden går inte att skilja från noll." if unclear else "",
        "Antalet är oförändrat i räkningen.",
        "Det är en jämförelse, inget mål: bakom en lägre nivå kan ligga mindre tjänster, annan kvalitet eller andra behov.",
    ]


def _table(view: CauseView, found: list[Room]) -> Table:
    names = list(dict.fromkeys(str(name) for item in found for name in item.worth.index))
    rows: list[tuple[Value, ...]] = [
        (name, *(float(item.worth[name]) if name in item.worth.index else None for item in found))
        for name in names
    ]
    return Table(
        caption=f"{view.case.name}: vad var och ens nivå skulle betyda, miljoner kronor mindre",
        columns=(
            Column("vem", "Som i"),
            *(
                Column(
                    f"rum{at}", f"{item.kpi.label} {item.judged.year}", kind="number", unit="mnkr", decimals=1,
                    signed=True, may_lack=True,
                )
                for at, item in enumerate(found)
            ),
        ),
        rows=tuple(rows),
    )  # fmt: skip
