"""Finding on the municipality's own units: how they differ, which of them drives its figure, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.panels import cell, value_at
from effektiv.analysis.units import (
    against_country,
    driving,
    funnel_limits,
    outside,
    overdispersed_limits,
)
from effektiv.exhibits.charts import DotRow, Dots, Funnel, FunnelUnit, dots, funnel
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import capitalise, unit_in_text, years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named, named_first
from effektiv.steps.s2_orsaksanalys.units_view import UnitsView, units_views
from effektiv.steps.s2_orsaksanalys.view import CauseView
from effektiv.steps.wording import CERTAINTY_WORDS, fit, told
from effektiv.types import UnitChoice

ID = "egna-enheter"
SMALLEST_DIFFERENCE = 1.0
"""A unit that moves the municipality's figure by less than this, percentage points, does not drive it."""


def units(view: CauseView) -> Exhibit | None:
    """Show the own units by the first measure that they have; None where nothing may be shown."""
    for found in units_views(view):
        if found.kpi.unit != "%":
            continue
        if len(found.pooled) > 1:
            return _among(view, found)
        if len(found.pooled) == 1:
            return _only_one(view, found)
        if not found.has_persons and not found.now.empty:
            return _without_persons(found)
    return None


def has_driving_unit(view: CauseView) -> bool:
    """Whether a unit of the municipality can be told from the others and moves its figure."""
    shares = [found for found in units_views(view) if found.kpi.unit == "%" and len(found.pooled)]
    if not shares or len(shares[0].pooled) < 2:
        return False
    found = shares[0]
    first = driving(found.model, found.counted, found.persons, found.year).iloc[0]
    return _drives(float(first["contribution"]), first["certainty"])


def _drives(contribution: float, certainty: Certainty | None) -> bool:
    return certainty in (Certainty.SURE, Certainty.LIKELY) and abs(contribution) >= SMALLEST_DIFFERENCE


def _among(view: CauseView, found: UnitsView) -> Exhibit:
    """Tell of several units: which one drives the figure."""
    driven = driving(found.model, found.counted, found.persons, found.year)
    first, name = driven.iloc[0], found.names[str(driven.index[0])]
    certainty: Certainty | None = first["certainty"]
    own, others = float(first["share"]), float(first["others"])
    whole = float(first["without"] + first["contribution"])
    kpi, choice = found.kpi, found.choice
    rest = f"de andra {choice.definite}" if len(driven) > 2 else "den andra"
    sentences = [
        f"I {name} var {named(kpi)} {told(kpi, own)}, mot {told(kpi, others)} i {rest}, {years(found.window)}.",
        f"Med de andras nivå där hade {choice.definite} tillsammans haft {told(kpi, others)}, i stället för "
        f"{told(kpi, whole)}.",
        _sure(certainty, choice),
        choice.note,
    ]
    return Exhibit(
        id=ID,
        title=_title(found, name, float(first["contribution"]), certainty),
        subtitle=f"{kpi.label}, {unit_in_text(kpi.unit)}, kommunens {choice.many}, {found.when}",
        source=Source.OWN,
        alt=f"En prick för varje {choice.one}, efter andel och antal {found.measure.who}.",
        figure=_funnel(view, found),
        blocks=(fit(sentences),),
        table=_driving_table(found, driven),
        how_to_read=_how_to_read(found),
        kpis=found.figures,
    )


def _title(found: UnitsView, name: str, contribution: float, certainty: Certainty | None) -> str:
    what = named(found.kpi)
    if _drives(contribution, certainty):
        likely = "troligen " if certainty is Certainty.LIKELY else ""
        return f"{name} {'höjer' if contribution > 0 else 'sänker'} {likely}{what}"
    if certainty is None:
        return f"{named_first(found.kpi)} skiljer sig mellan {found.choice.definite}"
    return f"Ingen av {found.choice.definite} går att skilja från de andra"


def _sure(certainty: Certainty | None, choice: UnitChoice) -> str:
    if certainty is Certainty.SURE:
        return "Skillnaden är säker."
    if certainty is Certainty.LIKELY:
        return "Skillnaden är troligen ingen tillfällighet."
    if certainty is Certainty.UNCLEAR:
        return f"Skillnaden går inte att skilja från hur {choice.many} brukar variera mellan åren."
    return (
        f"Hur säker skillnaden är går inte att säga: hur mycket {choice.many} brukar skilja sig är inte känt."
    )


def _only_one(view: CauseView, found: UnitsView) -> Exhibit:
    """Tell of a single unit: where it is among the country's."""
    unit = str(found.pooled.index[0])
    name, kpi, choice = found.names[unit], found.kpi, found.choice
    share, persons = (cell(found.pooled, unit, column) for column in ("share", "persons"))
    judged = None if found.model is None else against_country(found.model, found.counted, found.persons)
    certainty = None if judged is None or unit not in judged.index else judged["certainty"][unit]
    title = f"Kommunen har en {choice.one} med egna värden"
    if certainty is Certainty.UNCLEAR:
        title = f"{name} går inte att skilja från landets kommunala {choice.many}"
    elif certainty is not None:
        likely = "troligen " if certainty is Certainty.LIKELY else ""
        side = "högre" if share > found.baseline else "lägre"
        title = f"{named_first(kpi)} är {likely}{side} i {name} än i landets kommunala {choice.many}"
    sentences = [
        f"I {name} var {named(kpi)} {told(kpi, share)} {years(found.window)}, av {plain(persons)} {found.measure.who}.",
        ""
        if found.model is None
        else f"I landets kommunala {choice.many} var det {told(kpi, found.baseline)}.",
        "" if certainty is None else _sure(certainty, choice),
        f"Det är kommunens enda {choice.one} att visa, så den är hela kommunens siffra.",
        choice.note,
    ]
    return Exhibit(
        id=ID,
        title=title,
        subtitle=f"{kpi.label}, {unit_in_text(kpi.unit)}, {found.when}",
        source=Source.OWN,
        alt=f"En prick för {name} bland landets {choice.many}, efter andel och antal {found.measure.who}.",
        figure=_funnel(view, found),
        blocks=(fit(sentences),),
        table=_years_table(found),
        how_to_read=_how_to_read(found),
        kpis=found.figures,
    )


def _without_persons(found: UnitsView) -> Exhibit:
    """Tell of units whose persons nobody says the number of, or that are too few: no word of certainty."""
    now, kpi, choice = found.now.sort_values(), found.kpi, found.choice
    low, high = str(now.index[0]), str(now.index[-1])
    lowest, highest = told(kpi, float(now.iloc[0])), told(kpi, float(now.iloc[-1]))
    spread = (
        f"{named_first(kpi)} var {found.year} lägst i {found.names[low]}, {lowest}, och högst i {found.names[high]}, "
        f"{highest}."
        if len(now) > 1
        else f"I {found.names[low]} var {named(kpi)} {lowest} {found.year}."
    )
    years_shown = found.window
    return Exhibit(
        id=ID,
        title=f"{named_first(kpi)} skiljer sig mellan {choice.definite}"
        if len(now) > 1
        else f"En {choice.one} har egna värden",
        subtitle=f"{kpi.label}, {unit_in_text(kpi.unit)}, {years(years_shown)}",
        source=Source.OWN,
        alt=f"En rad för varje {choice.one} med en prick för varje år.",
        figure=dots(
            Dots(
                rows=tuple(
                    DotRow(
                        found.names[str(unit)],
                        tuple(_known(value_at(found.shares, str(unit), y)) for y in years_shown),
                    )
                    for unit in now.index[::-1]
                ),
                years=tuple(years_shown),
                unit=kpi.unit,
                decimals=kpi.decimals,
            )
        ),
        blocks=(
            fit(
                [
                    spread,
                    f"Hur säker skillnaden är går inte att säga, för antalet {found.measure.who} i {choice.definite} är "
                    "inte känt.",
                    "Skriv antalen i formuläret enheter.xlsx.",
                ]
            ),
        ),
        table=_years_table(found),
        kpis=(kpi.id,),
    )


def _how_to_read(found: UnitsView) -> str:
    """Say how many of the country's units each kind of limit points out."""
    if found.variance is None:
        return "Utanför linjerna ligger en enhet av slumpen två gånger på tusen, om alla är lika."
    every = pd.concat([found.pooled, found.others_pooled])
    by_chance = int((outside(every["share"], every["persons"], found.baseline) != 0).sum())
    ours = int((outside(every["share"], every["persons"], found.baseline, found.variance) != 0).sum())
    many = found.choice.many
    return (
        f"Av {plain(len(every))} kommunala {many} i datauttaget ligger {plain(by_chance)} utanför linjerna för slumpen och "
        f"{plain(ours) if ours else 'ingen'} utanför fältet: {many} skiljer sig mer än slumpen också när inget är ovanligt."
    )


def _funnel(view: CauseView, found: UnitsView) -> Figure:
    choice = found.choice
    whose = "Kommunens" if found.model is None else "Landets kommunala"
    return funnel(
        Funnel(
            own=tuple(
                FunnelUnit(found.names[str(unit)], float(row["persons"]), float(row["share"]))
                for unit, row in found.pooled.iterrows()
            ),
            others=tuple(
                (float(x), float(y)) for x, y in found.others_pooled[["persons", "share"]].to_numpy()
            ),
            baseline=found.baseline,
            expected=None if found.variance is None else partial(_limits, found.baseline, found.variance),
            chance=partial(_limits, found.baseline, 0.0),
            own_name=f"{capitalise(choice.many)} i {view.case.name}",
            others_name=f"{capitalise(choice.many)} i andra kommuner",
            x_label=f"{capitalise(found.measure.who)}, {years(found.window)}",
            y_label=f"{found.kpi.label}, {unit_in_text(found.kpi.unit)}",
            baseline_name=f"{whose} {choice.many} tillsammans",
        )
    )


def _limits(baseline: float, variance: float, persons: Sequence[float]) -> tuple[list[float], list[float]]:
    limits = (
        overdispersed_limits(baseline, list(persons), variance)
        if variance > 0
        else funnel_limits(baseline, list(persons))
    )
    return limits["lower_3s"].tolist(), limits["upper_3s"].tolist()


def _driving_table(found: UnitsView, driven: pd.DataFrame) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            found.names[str(unit)],
            float(row["share"]),
            float(row["persons"]),
            float(row["others"]),
            float(row["contribution"]),
            "går inte att säga" if row["certainty"] is None else CERTAINTY_WORDS[row["certainty"]],
        )
        for unit, row in driven.iterrows()
    ]
    return Table(
        caption=f"Kommunens {found.choice.many} {found.when}",
        columns=(
            Column("enhet", capitalise(found.choice.one)),
            Column("andel", found.kpi.label, kind="number", unit="%", decimals=1),
            Column("antal", capitalise(found.measure.who), kind="number", decimals=0),
            Column("andra", "De andra", kind="number", unit="%", decimals=1),
            Column("bidrag", "Ändrar kommunens siffra med", kind="number", unit="procentenheter", decimals=1, signed=True),
            Column("sakert", "Skillnaden mot de andra"),
        ),
        rows=tuple(rows),
    )  # fmt: skip


def _years_table(found: UnitsView) -> Table:
    shown = found.window
    order = found.now.sort_values(ascending=False).index
    return Table(
        caption=f"Kommunens {found.choice.many}, {found.kpi.label.lower()}",
        columns=(
            Column("enhet", capitalise(found.choice.one)),
            *(
                Column(str(year), str(year), kind="number", unit="%", decimals=1, may_lack=True)
                for year in shown
            ),
            Column(
                "antal",
                f"{capitalise(found.measure.who)} {found.year}",
                kind="number",
                decimals=0,
                may_lack=True,
            ),
        ),
        rows=tuple(
            (
                found.names[str(unit)],
                *(_known(value_at(found.shares, str(unit), year)) for year in shown),
                _known(value_at(found.persons, str(unit), found.year)),
            )
            for unit in order
        ),
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
