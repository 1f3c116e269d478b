"""Finding on what a difference is worth: against each peer by name, ending in the three ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.panels import country, row
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain_amount
from effektiv.exhibits.swedish import capitalise, cardinal
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.judging import Judgement
from effektiv.steps.s1_nulagesanalys.national import REFERENCE_COST
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.view import some_of
from effektiv.steps.wording import fit, money, told
from effektiv.types import FindingChoice, Kpi


@dataclass(frozen=True)
class Worth:
    """What it would mean to cost as each of the peers.

    Attributes
    ----------
    kpi
        Figure that is compared: a deviation in per cent, or a cost per person.
    judged
        It against the peers' median; the amounts have its certainty.
    year
        Which year.
    gaps
        mnkr by peer, the largest first; positive is cheaper than the municipality.
    before
        The same a year earlier; empty when it cannot be compared.
    median
        mnkr to the peers' median.
    what
        Name of what the amounts are of, in the definite form.
    """

    kpi: Kpi
    judged: Judgement
    year: int
    gaps: pd.Series
    before: pd.Series
    median: float
    what: str


def worth_of(view: AreaView, choice: FindingChoice) -> Worth | None:
    """Return what it would mean to cost as each peer; None where it cannot be computed."""
    for kpi_id in choice.kpis:
        kpi = view.case.best(kpi_id)
        judged = view.judge(kpi.id)
        if judged is None or len(judged.place.peers) < 3:
            continue
        base = _base(view, kpi, choice)
        now = float(base.get(judged.year, np.nan))
        if np.isnan(now):
            continue
        gaps = (judged.found.own - judged.place.peers) * now
        before = pd.Series(dtype=float)
        if judged.before and judged.year - 1 in judged.before:
            (place,) = view.case.places(kpi.id, [judged.year - 1], view.members)
            before = (place.own - place.peers) * float(base.get(judged.year - 1, np.nan))
        return Worth(
            kpi=kpi,
            judged=judged,
            year=judged.year,
            gaps=gaps.sort_values(ascending=False),
            before=before,
            median=judged.found.in_unit * now,
            what=view.service.in_text if kpi.unit == "%" else _part_name(view, kpi),
        )
    return None


def _part_name(view: AreaView, kpi: Kpi) -> str:
    return next((part.in_text for part in view.service.parts if part.cost == kpi.id), view.area.in_text)


def _base(view: AreaView, kpi: Kpi, choice: FindingChoice) -> pd.Series:
    """Return what a unit of the figure is worth by year, mnkr: a per cent of the reference cost, or the persons."""
    if kpi.unit == "%":
        reference = view.case.national.result(REFERENCE_COST, view.service)
        if view.case.municipality not in reference.index:
            return pd.Series(dtype=float)
        return row(reference, view.case.municipality) / 100.0
    if choice.persons is None:
        return pd.Series(dtype=float)
    persons = country(view.case.panel(choice.persons))
    if view.case.municipality not in persons.index:
        return pd.Series(dtype=float)
    return row(persons, view.case.municipality) / 1e6


def worth(view: AreaView, choice: FindingChoice) -> Exhibit | None:
    """Show what the service would cost as in each peer, and the three ways."""
    found = worth_of(view, choice)
    if found is None:
        return None
    case, gap = view.case, found.median
    known = len(found.judged.place.peers)
    group = f"de {cardinal(known)} jämförda" if known <= 12 else "gruppen"
    if found.judged.certainty is Certainty.UNCLEAR or abs(gap) < 0.5:
        title = f"I kronor går skillnaden mot mitten av {group} inte att skilja från noll"
    else:
        likely = "troligen " if found.judged.certainty is Certainty.LIKELY else ""
        less = "mindre" if gap > 0 else "mer"
        title = f"Som i den mellersta av {group} skulle {found.what} {likely}kosta {money(gap)} {less}"
    return Exhibit(
        id=choice.id,
        title=title,
        subtitle=f"{capitalise(found.what)}, miljoner kronor mindre om kostnaden vore som i var och en, {found.year}",
        source=Source.OWN,
        alt="En stapel för varje kommun: hur mycket mindre det skulle kosta med den kommunens kostnadsläge.",
        figure=bars(
            Bars(
                rows=tuple(_row(view, found, code) for code in some_of(found.judged.place)[::-1]),
                unit="mnkr",
                decimals=1 if abs(found.gaps).max() < 10 else 0,
                ring_text="" if found.before.empty else str(found.year - 1),
                left_text="Skulle kosta mer",
                right_text="Skulle kosta mindre",
            )
        ),
        blocks=(fit([*_ways(view, found), choice.note]),),
        table=Table(
            caption=f"{case.name}: skillnad i kostnad mot var och en av {view.definite}",
            columns=(
                Column("kommun", "Kommun"),
                Column("nu", str(found.year), kind="number", unit="mnkr", decimals=1, signed=True),
                Column(
                    "fore",
                    str(found.year - 1),
                    kind="number",
                    unit="mnkr",
                    decimals=1,
                    signed=True,
                    may_lack=True,
                ),
            ),
            rows=tuple(_table_row(view, found, str(code)) for code in found.gaps.index),
        ),
        kpis=(found.kpi.id, *((choice.persons,) if choice.persons and found.kpi.unit != "%" else ())),
        judged=(found.judged.to_data(),),
    )


def _row(view: AreaView, found: Worth, code: str) -> BarRow:
    middle = str(found.gaps.index[len(found.gaps) // 2])
    before = found.before.get(code, np.nan)
    return BarRow(
        view.name(code),
        float(found.gaps[code]),
        pale=code != middle,
        strong=code == middle,
        ring=None if np.isnan(before) else float(before),
    )


def _table_row(view: AreaView, found: Worth, code: str) -> tuple[Value, ...]:
    before = float(found.before.get(code, np.nan))
    return (view.name(code), float(found.gaps[code]), None if np.isnan(before) else before)


def _ways(view: AreaView, found: Worth) -> list[str]:
    """Say the three ways, each holding the other two, and what must be known to read the amounts."""
    gap, facts = found.median, view.facts
    sentences = []
    if found.judged.certainty is not Certainty.UNCLEAR and gap >= 0.5:
        inhabitants = float(view.case.national.inhabitants(found.year).get(view.case.municipality, np.nan))
        if inhabitants > 0:
            sentences.append(f"Skillnaden är {plain_amount(gap * 1e6 / inhabitants, 'kr')} per invånare.")
        if found.kpi.unit == "%" and facts is not None and gap > max(facts.now, 0.0) + 0.5:
            sentences.append(
                f"Gruppen är ovanligt billig: mot det väntade är skillnaden bara {money(facts.now)}."
                if facts.now > 0
                else "Gruppen är ovanligt billig: kostnaden är inte högre än väntat."
            )
        sentences.append("Mindre resurs: så mycket lägre kostnad, med lika många och lika bra.")
    else:
        sentences.append("Mindre resurs: siffrorna ger inget belopp att räkna med.")
    sentences.append(_quality_way(view))
    sentences.append(
        "Mer volym: fler för samma pengar."
        if view.area.volume_is_output
        else "Mer volym: inte aktuellt, för antalet styrs av behoven."
    )
    return sentences


def _quality_way(view: AreaView) -> str:
    judged = view.judge(view.area.headline_quality)
    if judged is None:
        return "Mer kvalitet: inte mätt för kommunen eller gruppen."
    own, middle = told(judged.kpi, judged.found.own), told(judged.kpi, judged.found.comparator)
    if not judged.is_worse or own == middle:
        return f"Mer kvalitet: {named(judged.kpi)} är redan minst som i gruppens mitt."
    return f"Mer kvalitet: {named(judged.kpi)} från {own} till {middle}, till samma kostnad."
