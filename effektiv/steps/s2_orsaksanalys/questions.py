"""Finding on the three questions: how much each person is given, how many get it, what a unit costs.

The same words in every area, as the Norwegian KOSTRA analyses have them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from effektiv.analysis.certainty import Certainty
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain_amount
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import capitalise, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named, value
from effektiv.steps.judging import GROUP, NATION, Judgement
from effektiv.steps.s2_orsaksanalys.view import CauseView
from effektiv.steps.wording import CERTAINTY_WORDS, beside, fit, money

ID = "tre-fragor"

QUESTIONS = (
    ("Hur mycket ger vi målgruppen?", "mer till målgruppen", "mindre till målgruppen"),
    ("Hur många får det?", "fler som får det", "färre som får det"),
    ("Vad kostar en enhet?", "en dyrare enhet", "en billigare enhet"),
)
"""Each question, and what it is answered with where the own value is higher and lower."""


@dataclass(frozen=True)
class Answer:
    """One of the questions, answered.

    Attributes
    ----------
    question, more, less
        Its words.
    judged
        The own value against the comparator.
    """

    question: str
    more: str
    less: str
    judged: Judgement

    @property
    def text(self) -> str:
        """The answer in words; empty where it cannot be told from the comparator."""
        if self.judged.certainty is Certainty.UNCLEAR:
            return ""
        likely = "troligen " if self.judged.certainty is Certainty.LIKELY else ""
        return f"{likely}{self.more if self.judged.is_higher else self.less}"


def answers(view: CauseView) -> tuple[str, list[Answer]]:
    """Return whom the questions are answered against, and the answers that there are values for."""
    asked = list(zip(QUESTIONS, (view.causes.given, view.causes.reach, view.causes.unit), strict=True))
    for against in (NATION, GROUP):
        found = [
            Answer(*words, judged)
            for words, kpi in asked
            if kpi is not None and (judged := view.judge(kpi, against)) is not None
        ]
        if len(found) == sum(kpi is not None for _, kpi in asked) or against == GROUP:
            break
    return against, found


def questions(view: CauseView) -> Exhibit | None:
    """Show the three questions beside Riket, or the peers' middle where Riket has no value."""
    against, found = answers(view)
    if len(found) < 2:
        return None
    whom = "riket" if against == NATION else "gruppens mitt"
    told = [item.text for item in found if item.text]
    sentences = [
        beside(item.judged.kpi, item.judged.found.own, item.judged.found.comparator, f"i {whom}")
        for item in found
    ]
    year = max(item.judged.year for item in found)
    return Exhibit(
        id=ID,
        title=f"{capitalise(join(told))} än i {whom}"
        if told
        else f"Inget av svaren går att skilja från {whom}",
        subtitle=f"Tre frågor om {view.area.in_text}, skillnad mot {whom} i procent, {year}",
        source=Source.OWN,
        alt="En stapel för varje fråga: hur många procent kommunen skiljer sig.",
        figure=relative([(item.question, item.judged) for item in found]),
        blocks=(fit([*sentences, view.causes.everyone, _fees(view)]),),
        table=_table(view, found),
        how_to_read="Om fler eller färre får insatsen kan det bero på att målgruppen är en annan, inte på ett val.",
        kpis=tuple(item.judged.kpi.id for item in found),
        judged=tuple(item.judged.to_data() for item in found),
    )


def relative(rows: list[tuple[str, Judgement]]) -> Figure:
    """Draw how many per cent each figure differs from its comparator, with both values written."""
    return bars(
        Bars(
            rows=tuple(
                BarRow(
                    label,
                    100.0 * (judged.found.own / judged.found.comparator - 1.0),
                    under=_both(judged),
                    pale=judged.certainty is Certainty.UNCLEAR,
                )
                for label, judged in rows
                if judged.found.comparator
            ),
            unit="procent",
            decimals=0,
            ordered=False,
            left_text="Lägre",
            right_text="Högre",
        )
    )


def _both(judged: Judgement) -> str:
    own, other = value(judged.kpi, judged.found.own), value(judged.kpi, judged.found.comparator)
    return f"{judged.kpi.label}: {own}, mot {other}"


def _fees(view: CauseView) -> str:
    """Say what the fees give beside Riket, where Kolada has them and they can be told apart."""
    if view.causes.fees is None:
        return ""
    judged = view.judge(view.causes.fees, NATION)
    if judged is None or judged.certainty is Certainty.UNCLEAR:
        return ""
    persons = view.case.own(view.causes.given_persons).get(judged.year, np.nan)
    worth = judged.found.in_unit * float(persons) / 1e6
    if not abs(worth) >= 0.1:
        return ""
    likely = "troligen " if judged.certainty is Certainty.LIKELY else ""
    less = "mer" if worth > 0 else "mindre"
    return (
        f"{capitalise(named(judged.kpi))} ger {likely}{money(worth)} {less} än med rikets "
        f"{plain_amount(judged.found.comparator, 'kr')} per person."
    )


def _table(view: CauseView, found: list[Answer]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for item in found:
        group = view.judge(item.judged.kpi.id)
        judged = item.judged
        rows.append(
            (
                item.question,
                judged.kpi.label,
                judged.kpi.unit,
                judged.year,
                judged.found.own,
                None if group is None else group.found.comparator,
                None if np.isnan(judged.place.riket) else judged.place.riket,
                judged.place.higher_than,
                len(judged.place.peers),
                CERTAINTY_WORDS[judged.certainty] if judged.found.is_judged else "går inte att bedöma",
            )
        )
    return Table(
        caption=f"De tre frågorna i {view.case.name}: {view.causes.target}",
        columns=(
            Column("fraga", "Fråga"),
            Column("matt", "Mått"),
            Column("enhet", "Enhet"),
            Column("ar", "År", kind="year"),
            Column("egen", view.case.name, kind="number"),
            Column("mitten", "Gruppens mitt", kind="number", may_lack=True),
            Column("riket", "Riket", kind="number", may_lack=True),
            Column("hogre", "Högre än så många", kind="number", decimals=0),
            Column("av", "Av", kind="number", decimals=0),
            Column("sakert", "Skillnaden"),
        ),
        rows=tuple(rows),
        row_decimals=tuple(item.judged.kpi.decimals for item in found),
    )
