"""Findings on cost: against the peers by name, and which part of the service holds the difference."""

from __future__ import annotations

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.panels import cell, value_at
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import of_peers, plain
from effektiv.exhibits.swedish import capitalise
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.judging import GROUP, MIDDLE, NATION, REFERENCE, Judgement
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.structural import STRUCTURAL, WORTH_DRAWING, modelled
from effektiv.steps.view import measured, peers_chart
from effektiv.steps.wording import country_sentence, fit, money, more_or_less
from effektiv.types import FindingChoice


def cost(view: AreaView, choice: FindingChoice) -> Exhibit | None:
    """Show the service's net cost deviation among the peers, and reconcile the ways to measure cost."""
    facts = view.facts
    if facts is None or len(facts.place.peers) < 3 or facts.service.deviation_pct is None:
        return None
    kpi = view.kpi(facts.service.deviation_pct)
    years = list(facts.percent)
    judged = view.judge(kpi.id, GROUP)
    place, known = facts.place, len(facts.place.peers)
    subject = capitalise(facts.service.in_text)
    if place.higher_than >= place.lower_than:
        title = f"{subject} är dyrare än i {of_peers(place.higher_than, known, view.label)}"
    else:
        title = f"{subject} är billigare än i {of_peers(place.lower_than, known, view.label)}"
    own = f"Kostnaden låg {plain(abs(place.own))} procent {_over(place.own)} det väntade."
    middle = f"I gruppens mitt låg den {plain(abs(place.median))} procent {_over(place.median)}."
    return Exhibit(
        id=choice.id,
        title=title,
        subtitle=f"{measured(kpi, years)}; väntat är Koladas referenskostnad",
        source=Source.OWN,
        alt=(
            f"Prickar för {view.case.name} och {view.definite}, en för varje år. Fältet är den hälft av landets "
            "kommuner som ligger närmast mitten."
        ),
        figure=peers_chart(view, kpi, years, reference=0.0),
        blocks=(
            fit(
                [own, middle, country_sentence(place), _sure_of_group(judged), _by_unit(view, facts.now_pct)]
            ),
        ),
        table=_measures(view, judged),
        kpis=tuple(
            dict.fromkeys(
                (kpi.id, view.case.best(view.area.unit_cost).id)
                if view.case.latest(view.case.best(view.area.unit_cost).id)
                else (kpi.id,)
            )
        ),
        judged=tuple(item.to_data() for item in (judged, facts.judged) if item is not None),
    )


def _over(value: float) -> str:
    return "över" if value > 0 else "under"


def _sure_of_group(judged: Judgement | None) -> str:
    if judged is None:
        return ""
    if judged.certainty is Certainty.SURE:
        return "Skillnaden mot gruppen är säker: den är större än avvikelsen brukar ändras mellan två år."
    if judged.certainty is Certainty.LIKELY:
        return "Skillnaden mot gruppen är troligen mer än en tillfällighet."
    return "Skillnaden mot gruppens mitt går inte att skilja från hur avvikelsen brukar ändras mellan två år."


def _by_unit(view: AreaView, deviation_pct: float) -> str:
    """Say so when the cost for a unit points the other way than the deviation."""
    judged = view.judge(view.case.best(view.area.unit_cost).id, NATION)
    if judged is None or judged.found.comparator <= 0:
        return ""
    relative = 100.0 * (judged.found.own / judged.found.comparator - 1.0)
    if abs(relative) < 3.0 or relative * deviation_pct > 0:
        return ""
    what = judged.kpi.in_text or judged.kpi.label
    side = "högre" if relative > 0 else "lägre"
    return (
        f"{capitalise(what)} är däremot {plain(abs(relative))} procent {side} än i riket, utan hänsyn till "
        "förutsättningarna."
    )


_WAYS = (
    ("Mot referenskostnaden", "Kommunens förutsättningar, enligt kostnadsutjämningen"),
    ("Mot de kommuner som jämförs", "Förutsättningarna, och att kommunerna är lika varandra"),
    ("Mot landets mellersta kommun", "Förutsättningarna"),
)


def _measures(view: AreaView, peers: Judgement | None) -> Table:
    """Return the ways to measure cost side by side: what each says, and what it takes into account."""
    facts = view.facts
    assert facts is not None
    assert facts.service.deviation_pct is not None
    deviation = facts.service.deviation_pct
    judged = (facts.judged, peers, view.judge(deviation, MIDDLE))
    rows: list[tuple[Value, ...]] = []
    for (way, account), item in zip(_WAYS, judged, strict=True):
        if item is not None:
            rows.append(
                (way, item.year, item.found.in_unit, account, "ja" if item is facts.judged else "nej")
            )
    unit = view.judge(view.case.best(view.area.unit_cost).id, NATION)
    if unit is not None and unit.found.comparator > 0:
        relative = 100.0 * (unit.found.own / unit.found.comparator - 1.0)
        rows.append((f"{unit.kpi.label}, mot riket", unit.year, relative, "Inget", "nej"))
    rows += _model_row(view)
    return Table(
        caption=f"Olika sätt att mäta vad {facts.service.in_text} kostar i {view.case.name}",
        columns=(
            Column("matt", "Sätt att mäta"),
            Column("ar", "År", kind="year"),
            Column(
                "skillnad",
                "Skillnad",
                kind="number",
                unit="procent eller procentenheter",
                decimals=1,
                signed=True,
            ),
            Column("hansyn", "Tar hänsyn till"),
            Column("valt", "Används i rapporten"),
        ),
        rows=tuple(rows),
    )


def _model_row(view: AreaView) -> list[tuple[Value, ...]]:
    """Return what our own model says of the cost for a unit, when it explains enough to be shown."""
    kpi = view.kpi(modelled(view.case.national, view.area).cost)
    latest = view.case.latest(kpi.id)
    if latest is None:
        return []
    fit_of = view.case.national.result(STRUCTURAL, view.area, latest[0], 1).cost
    if fit_of is None or fit_of.adj_r2 < WORTH_DRAWING or view.case.municipality not in fit_of.frame.index:
        return []
    residual = cell(fit_of.frame, view.case.municipality, "residual_loo")
    account = f"Struktur enligt egen modell; {plain(fit_of.unexplained_pct)} procent förblir oförklarat"
    return [(f"{kpi.label}, mot modellen", latest[0], 100.0 * float(np.expm1(residual)), account, "nej")]


# --- parts ------------------------------------------------------------------------------


def parts(view: AreaView, choice: FindingChoice) -> Exhibit | None:
    """Show what each part of the service cost, and what it would have cost as the country divides its costs."""
    facts = view.facts
    if facts is None or not facts.service.parts:
        return None
    surplus = view.case.part_surplus(facts)
    if len(surplus) < 2:
        return None
    found = view.case.parts_of(facts.service)
    labels = {item.id: item for item in facts.service.parts}
    own = {
        key: (
            value_at(found[key].cost, view.case.municipality, facts.year),
            value_at(found[key].expected, view.case.municipality, facts.year),
        )
        for key in surplus.index
    }
    told: list[str] = []
    for key in _order(view, surplus):
        cost_mnkr, expected = own[key]
        if cost_mnkr >= 0.5 or expected >= 0.5:
            told.append(
                f"{capitalise(labels[key].in_text)} kostade {_short(cost_mnkr)}, väntat {_short(expected)}."
                if told
                else f"{capitalise(labels[key].in_text)} kostade {money(cost_mnkr)}. Fördelat som i landet väntades "
                f"{_short(expected)}."
            )
    return Exhibit(
        id=choice.id,
        title=_parts_title(view, surplus),
        subtitle=f"{capitalise(facts.service.in_text)}s delar, miljoner kronor, {facts.year}"
        if not facts.service.in_text.endswith("s")
        else f"Delar av {facts.service.in_text}, miljoner kronor, {facts.year}",
        source=Source.OWN,
        alt="En stapel för varje dels kostnad, med ett streck vid vad den väntades kosta.",
        figure=bars(
            Bars(
                rows=tuple(
                    BarRow(
                        labels[key].label,
                        own[key][0],
                        expected=own[key][1],
                        strong=key == view.area.part,
                    )
                    for key in surplus.index
                ),
                unit="mnkr",
                decimals=0 if max(value for value, _ in own.values()) >= 10 else 1,
                signed=False,
                expected_text="Väntat, fördelat som i landet",
                ordered=False,
            )
        ),
        blocks=(fit([*told, choice.note], 55),),
        table=_parts_table(view, surplus, own),
        how_to_read="Delarna är bruttokostnader, så summan av dem är bara ungefär nettokostnadsavvikelsen.",
        kpis=tuple(labels[key].cost for key in surplus.index),
    )


def _order(view: AreaView, surplus: pd.Series) -> list[str]:
    """Return parts in the order that they are told: the area's own, then the largest differences."""
    keys = sorted((str(key) for key in surplus.index), key=lambda key: -abs(float(surplus[key])))
    own = [view.area.part] if view.area.part in keys else []
    return list(dict.fromkeys([*own, *keys]))[:3]


def _short(mnkr: float) -> str:
    text = money(mnkr)
    return text.removesuffix("\u00a0miljoner kronor")


def _parts_title(view: AreaView, surplus: pd.Series) -> str:
    facts = view.facts
    assert facts is not None
    labels = {item.id: item.in_text for item in facts.service.parts}
    holding = view.case.holding_part(facts)
    top, over = str(surplus.index[0]), float(surplus.iloc[0])
    bottom, under = str(surplus.index[-1]), float(surplus.iloc[-1])
    if facts.is_dear and holding is not None and view.area.part and holding != view.area.part:
        return f"Merkostnaden finns i {labels[holding]}, inte i {labels[view.area.part]}"
    if over >= 0.5:
        title = f"{capitalise(labels[top])} kostar omkring {money(over)} mer än väntat"
        return f"{title}, {labels[bottom]} {_short(under)} mindre" if under <= -0.5 else title
    if under <= -0.5:
        return f"{capitalise(labels[bottom])} kostar omkring {money(under)} mindre än väntat"
    return f"Alla delar av {facts.service.in_text} kostar ungefär som väntat"


def _parts_table(view: AreaView, surplus: pd.Series, own: dict[str, tuple[float, float]]) -> Table:
    facts = view.facts
    assert facts is not None
    labels = {item.id: item.label for item in facts.service.parts}
    return Table(
        caption=f"Delar av {facts.service.in_text} i {view.case.name} {facts.year}",
        columns=(
            Column("del", "Del"),
            Column("kostnad", "Kostnad", kind="number", unit="mnkr", decimals=1),
            Column("vantat", "Väntat, fördelat som i landet", kind="number", unit="mnkr", decimals=1),
            Column("skillnad", "Skillnad", kind="number", unit="mnkr", decimals=1, signed=True),
        ),
        rows=tuple((labels[str(key)], *own[str(key)], float(surplus[key])) for key in surplus.index),
    )


def part_sentence(view: AreaView) -> str:
    """Say what the area's own part of the service cost against the expected, or which part holds the difference."""
    facts = view.facts
    if facts is None or not facts.service.parts:
        return ""
    surplus = view.case.part_surplus(facts)
    labels = {item.id: item.in_text for item in facts.service.parts}
    key = (
        view.area.part if view.area.part in surplus.index else (str(surplus.index[0]) if len(surplus) else "")
    )
    if not key:
        return ""
    over = float(surplus[key])
    if abs(over) < 0.5:
        return f"{capitalise(labels[key])} kostade ungefär så mycket som väntat."
    return f"{capitalise(labels[key])} kostade omkring {money(over)} {more_or_less(over)} än väntat."


__all__ = ["REFERENCE", "cost", "part_sentence", "parts"]
