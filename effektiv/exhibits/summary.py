"""The first page: five points made from the numbers, each with its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from effektiv.analysis.comparison import Comparison
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Bullets, Exhibit, Source, Strong, Text
from effektiv.exhibits.gap import CostGapView, QualityGapView, span_words
from effektiv.exhibits.role_models import RoleModels
from effektiv.exhibits.swedish import (
    amount,
    capitalise,
    cardinal,
    is_missing,
    join,
    number,
    percent,
    unit_in_text,
    year,
)
from effektiv.exhibits.words import difference_in_text, held_text, named, size_text, value_in_text
from effektiv.types import Flag, FocusArea, Kpi


@dataclass(frozen=True)
class EfficiencyFacts:
    """Efficiency against Riket in one year; logs, 0 is Riket.

    `low` and `high` are the lowest and highest ln E of the years in `years`.
    """

    year: int
    ln_e: float
    ln_k: float
    ln_unit_cost: float
    low: float
    high: float
    years: tuple[int, ...]


@dataclass(frozen=True)
class AreaFacts:
    """What the summary and the problem statement are written from; None where data lack.

    Attributes
    ----------
    area
        The focus area.
    deviation, unit_cost
        Net cost deviation and unit cost against the peers. The deviation may cover more
        than the area; the unit cost is the area's own.
    deviation_kpi, unit_cost_kpi
        The figures behind them.
    headline
        The quality figure reported first.
    efficiency
        Level against Riket.
    cost_gaps
        Gaps in mnkr.
    role_models
        Who does better.
    volume, volume_year
        The municipality's volume.
    """

    area: FocusArea
    deviation: Comparison | None
    deviation_kpi: Kpi
    unit_cost: Comparison | None
    unit_cost_kpi: Kpi
    headline: QualityGapView | None
    efficiency: EfficiencyFacts | None
    cost_gaps: Sequence[CostGapView]
    role_models: RoleModels | None
    volume: float
    volume_year: int | None


def relative(log_ratio: float) -> float:
    """Return a log ratio as per cent: 0.1 is 10.5 per cent more."""
    return (math.exp(log_ratio) - 1.0) * 100.0


def summary(context: Context, facts: AreaFacts, flags: tuple[Flag, ...]) -> Exhibit:
    """Write the five points."""
    points: tuple[tuple[str, str], ...] = (
        ("Kostnad", cost_point(context, facts)),
        ("Kvalitet", quality_point(context, facts)),
        ("Effektivitet", efficiency_point(context, facts)),
        ("Gap", gap_point(context, facts)),
        ("Förebilder", role_model_point(context, facts)),
    )
    items: tuple[Text, ...] = tuple((Strong(f"{label}. "), text) for label, text in points)
    return Exhibit(
        id="sammanfattning",
        title="Läget i fem punkter",
        source=Source.OWN,
        alt=None,
        finding=one_line(context, facts),
        blocks=(Bullets(items, ordered=True),),
        how_to_read="Siffrorna visar hur det ser ut. De visar inte varför; det är nästa steg.",
        flags=flags,
    )


def one_line(context: Context, facts: AreaFacts) -> str:
    """Return the finding that stands in the index of reports."""
    parts = []
    if facts.deviation is not None:
        parts.append(f"{_scope(facts.area)}: {_against_reference(facts.deviation.own)}.")
    if facts.headline is not None:
        item = facts.headline
        size = size_text(item.comparison.size)
        parts.append(f"{capitalise(named(item.kpi))}: {size} jämfört med {context.peers.definite}.")
    return " ".join(parts) or "Varken kostnad eller kvalitet kan bedömas med uppgifterna i frysningen."


def cost_point(context: Context, facts: AreaFacts) -> str:
    """Level of cost against the reference cost and the peers."""
    found, kpi = facts.deviation, facts.deviation_kpi
    if found is None:
        return f"Det går inte att säga något: {named(kpi)} saknas."
    when = year(found.year, preliminary=context.is_preliminary(kpi.id, found.year))
    scope = _scope(facts.area)
    level = f"{scope} kostade {_more_than_expected(found.own)} {when}."
    spread = ""
    if found.spread is not None and len(found.spread.years) > 1:
        low, high = number(found.spread.low, 1), number(found.spread.high, 1)
        spread = (
            f" De {cardinal(len(found.spread.years))} senaste åren låg det mellan {low} och {high} procent."
        )
    peers = f" Det är {size_text(found.size)} jämfört med medianen i gruppen ({percent(found.median)})."
    return f"{level}{peers}{spread}{_unit_cost(facts)}"


def _unit_cost(facts: AreaFacts) -> str:
    """Add the area's own unit cost, which the deviation of a wider service does not show."""
    found, kpi = facts.unit_cost, facts.unit_cost_kpi
    if found is None:
        return ""
    own, median = number(found.own, kpi.decimals), number(found.median, kpi.decimals)
    unit = unit_in_text(kpi.unit)
    return f" {named(kpi)} är {size_text(found.size)}: {own} {unit} mot {median} i gruppen."


def quality_point(context: Context, facts: AreaFacts) -> str:
    """Level of the headline quality figure against the peers."""
    item = facts.headline
    if item is None:
        return "Det går inte att säga något: måttet saknas för kommunen eller gruppen."
    found, kpi = item.comparison, item.kpi
    when = year(found.year, preliminary=context.is_preliminary(kpi.id, found.year))
    level = (
        f"{capitalise(named(kpi))} var {value_in_text(kpi, found.own)} {when}. "
        f"Det är {size_text(found.size)} jämfört med gruppens median på {number(found.median, kpi.decimals)}."
    )
    if found.difference and found.held.of:
        side = "över" if found.difference > 0 else "under"
        level += f" Värdet har legat {side} medianen {held_text(found)}."
    if not is_missing(found.noise):
        level += f" Slumpen kan ge {difference_in_text(kpi, 1.96 * found.noise)} upp eller ner."
    return level


def efficiency_point(context: Context, facts: AreaFacts) -> str:
    """Level of E = K x V / R against Riket and its exact split."""
    found = facts.efficiency
    if found is None:
        return "Det går inte att räkna ut: kvalitet eller kostnad saknas för kommunen eller riket."
    when = year(found.year, preliminary=context.is_preliminary(facts.area.unit_cost, found.year))
    parts = (
        f"Kvaliteten var {_than_riket(relative(found.ln_k), 'högre', 'lägre')} "
        f"och kostnaden per enhet {_than_riket(relative(found.ln_unit_cost), 'högre', 'lägre')}."
    )
    level = f"Effektiviteten var {_than_riket(relative(found.ln_e), 'högre', 'lägre')} än i riket {when}."
    parts = f"{parts} Måttet tar inte hänsyn till kommunens förutsättningar."
    if len(found.years) < 2:
        return f"{level} {parts}"
    low, high = number(relative(found.low), 0, signed=True), number(relative(found.high), 0, signed=True)
    return (
        f"{level} {parts} På {cardinal(len(found.years))} år har den legat mellan {low} och {high} procent."
    )


def gap_point(context: Context, facts: AreaFacts) -> str:
    """Say what the main gap is worth."""
    if not facts.cost_gaps:
        return "Gapet kan inte räknas om till kronor med uppgifterna i frysningen."
    view = facts.cost_gaps[0]
    when = year(view.year, preliminary=context.is_preliminary(view.kpi.id, view.year))
    word = "dyrare" if view.gap > 0 else "billigare"
    text = (
        f"Mot medianen i gruppen är skillnaden {amount(abs(view.gap), 'mnkr', 1)} {when}, och kommunen är {word}. "
        f"Osäkerheten är {span_words(view.low, view.high)}."
    )
    item = facts.headline
    if item is not None and not is_missing(item.persons) and item.gap > 0:
        text += f" I kvalitet motsvarar gapet ungefär {number(item.persons)} personer."
    return text


def role_model_point(context: Context, facts: AreaFacts) -> str:
    """Who does better."""
    found = facts.role_models
    if found is None:
        return "Det går inte att säga vilka som lyckas bättre: värden saknas."
    inside = [str(code) for code in found.frame.index[found.frame["peer"].astype(bool)]]
    certain = [str(code) for code in found.frame.index[found.frame["certain"].astype(bool)]]
    if not inside:
        return (
            f"Ingen i gruppen har både bättre kvalitet och lägre kostnad i minst två av tre år. "
            f"I landet finns {number(len(found.frame))}, varav {number(len(certain))} med säker skillnad."
        )
    names = join([context.names[code] for code in inside])
    sure = [context.names[code] for code in inside if code in certain]
    how = f"Säker är skillnaden för {join(sure)}." if sure else "Ingen av skillnaderna är säker."
    return f"{names} har både bättre kvalitet och lägre kostnad i minst två av tre år. {how}"


def _scope(area: FocusArea) -> str:
    """Name what the net cost deviation covers, which may be more than the area."""
    label = area.deviation_label.split(", ", 1)[-1]
    return f"{label[:1].upper()}{label[1:]}"


def _against_reference(percent_above: float) -> str:
    direction = "över" if percent_above >= 0 else "under"
    return f"{percent(abs(percent_above))} {direction} referenskostnaden"


def _more_than_expected(percent_above: float) -> str:
    direction = "mer" if percent_above >= 0 else "mindre"
    return f"{number(abs(percent_above), 1)} procent {direction} än referenskostnaden"


def _than_riket(percent_above: float, more: str, less: str) -> str:
    if abs(percent_above) < 0.5:
        return "ungefär lika hög"
    return f"{number(abs(percent_above))} procent {more if percent_above > 0 else less}"
