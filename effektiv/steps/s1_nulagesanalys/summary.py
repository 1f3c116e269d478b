"""The first page of an area: five points made from the numbers, each with its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from effektiv.analysis.comparison import Z95, Comparison
from effektiv.analysis.panels import latest_year, value_at, window
from effektiv.analysis.uncertainty import Spread, three_year_spread
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Bullets, Exhibit, Source, Strong, Text
from effektiv.exhibits.swedish import capitalise, cardinal, is_missing, number, unit_in_text, year, years
from effektiv.exhibits.words import (
    against_text,
    difference_in_text,
    held_text,
    named,
    named_first,
    people,
    value_in_text,
    year_text,
)
from effektiv.steps.s1_nulagesanalys.efficiency import EfficiencyCase
from effektiv.steps.s1_nulagesanalys.gap import (
    UNSURE,
    CostGapView,
    GapCase,
    QualityGapView,
    gap_words,
    rounds_to_zero,
    uncertainty_sentence,
)
from effektiv.steps.s1_nulagesanalys.role_models import RoleModels, RoleModelsCase, short_list
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
class Level:
    """The municipality's own latest value, for a figure that too few peers have.

    `spread` covers its last three years.
    """

    year: int
    own: float
    spread: Spread | None


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
    deviation_level, headline_level
        Own values, known also where the peers lack the figure.
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
    deviation_level: Level | None
    deviation_kpi: Kpi
    unit_cost: Comparison | None
    unit_cost_kpi: Kpi
    headline: QualityGapView | None
    headline_level: Level | None
    efficiency: EfficiencyFacts | None
    cost_gaps: Sequence[CostGapView]
    role_models: RoleModels | None
    volume: float
    volume_year: int | None


class SummaryCase(EfficiencyCase, GapCase, RoleModelsCase):
    """What an area's report says first."""

    @cached_property
    def facts(self) -> AreaFacts:
        """What summary and problem statement are written from."""
        area = self.area
        year = latest_year(self.panel(area.volume), self.municipality)
        volume = np.nan if year is None else value_at(self.panel(area.volume), self.municipality, year)
        return AreaFacts(
            area=area,
            deviation=self.compare(area.deviation_pct),
            deviation_level=self._level(area.deviation_pct),
            deviation_kpi=self.kpi(area.deviation_pct),
            unit_cost=self.compare(area.unit_cost),
            unit_cost_kpi=self.kpi(area.unit_cost),
            headline=self.headline_gap,
            headline_level=self._level(area.headline_quality),
            efficiency=self.efficiency_facts,
            cost_gaps=self.cost_gaps,
            role_models=self.role_model_choice,
            volume=volume,
            volume_year=year,
        )

    def _level(self, kpi: str) -> Level | None:
        panel = self.panel(kpi)
        year = latest_year(panel, self.municipality)
        if year is None:
            return None
        spread = three_year_spread(panel, self.municipality, year, self.kpi(kpi).breaks)
        return Level(year=year, own=value_at(panel, self.municipality, year), spread=spread)

    @cached_property
    def efficiency_facts(self) -> EfficiencyFacts | None:
        """Efficiency against Riket as the efficiency exhibit shows it, and its spread over three years."""
        view = self.efficiency_view
        if view is None:
            return None
        recent = view.own["ln_E"].reindex(window(view.year, 3, view.breaks)).dropna()
        return EfficiencyFacts(
            year=view.year,
            ln_e=float(view.own["ln_E"][view.year]),
            ln_k=float(view.own["ln_K"][view.year]),
            ln_unit_cost=float(view.own["ln_unit_cost_rel"][view.year]),
            low=float(recent.min()),
            high=float(recent.max()),
            years=tuple(int(item) for item in recent.index),
        )

    @property
    def _main_flags(self) -> tuple[Flag, ...]:
        return self.flags(self.area.deviation_pct, self.area.headline_quality, self.area.unit_cost)

    def summary(self) -> Exhibit:
        """Visa första sidans fem punkter."""
        context, facts, flags = self.context, self.facts, self._main_flags
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


def relative(log_ratio: float) -> float:
    """Return a log ratio as per cent: 0.1 is 10.5 per cent more."""
    return (math.exp(log_ratio) - 1.0) * 100.0


def one_line(context: Context, facts: AreaFacts) -> str:
    """Return the finding that stands in the index of reports."""
    parts = []
    found = facts.deviation or facts.deviation_level
    if found is not None:
        when = year_text(context, facts.deviation_kpi, found.year)
        parts.append(f"{_scope(facts.area)} kostade {_more_than_expected(found.own)} {when}.")
    if facts.headline is not None:
        item = facts.headline
        against = against_text(item.comparison.size, context.peers.median)
        when = year_text(context, item.kpi, item.comparison.year)
        own = value_in_text(item.kpi, item.comparison.own)
        parts.append(f"{named_first(item.kpi)}: {own} {when}, {against}.")
    return " ".join(parts) or "Varken kostnad eller kvalitet kan bedömas med uppgifterna i frysningen."


def cost_point(context: Context, facts: AreaFacts) -> str:
    """Level of cost against the reference cost and the peers."""
    level, found, kpi = facts.deviation or facts.deviation_level, facts.deviation, facts.deviation_kpi
    if level is None:
        missing = f"Kostnaden mot referenskostnaden går inte att bedöma: {named(kpi)} saknas."
        return f"{missing}{_unit_cost(context, facts)}"
    when = year_text(context, kpi, level.year)
    parts = [f"{_scope(facts.area)} kostade {_more_than_expected(level.own)} {when}."]
    if found is not None:
        median = f"medianen i gruppen, {number(found.median, 1, signed=True)} procent"
        parts.append(f"Det är {against_text(found.size, median)}.")
    if level.spread is not None and len(level.spread.years) > 1:
        ends = _between(level.spread.low, level.spread.high, 1)
        parts.append(f"Under {years(level.spread.years)} var avvikelsen {ends} procent.")
    if found is None:
        parts.append("Gruppen har för få värden att jämföra med.")
    return f"{' '.join(parts)}{_unit_cost(context, facts)}"


def _unit_cost(context: Context, facts: AreaFacts) -> str:
    """Add the area's own unit cost, which the deviation of a wider service does not show."""
    found, kpi = facts.unit_cost, facts.unit_cost_kpi
    if found is None:
        return ""
    own, median = number(found.own, kpi.decimals), number(found.median, kpi.decimals)
    when = year_text(context, kpi, found.year)
    return (
        f" {named_first(kpi)} var {own} {unit_in_text(kpi.unit)} {when}. "
        f"Det är {against_text(found.size, f'medianen i gruppen, {median}')}."
    )


def quality_point(context: Context, facts: AreaFacts) -> str:
    """Level of the headline quality figure against the peers."""
    item = facts.headline
    if item is None:
        kpi, level = context.kpis[facts.area.headline_quality], facts.headline_level
        if level is None:
            return f"Kvaliteten går inte att bedöma: {named(kpi)} saknas för {context.name}."
        when = year_text(context, kpi, level.year)
        value = value_in_text(kpi, level.own)
        return f"{named_first(kpi)} var {value} {when}. Gruppen har för få värden att jämföra med."
    found, kpi = item.comparison, item.kpi
    when = year_text(context, kpi, found.year)
    median = f"medianen i gruppen, {number(found.median, kpi.decimals)}"
    parts = [
        f"{named_first(kpi)} var {value_in_text(kpi, found.own)} {when}.",
        f"Det är {against_text(found.size, median)}.",
    ]
    if not is_missing(found.noise):
        parts.append(
            f"Osäkerheten i skillnaden är plus eller minus {difference_in_text(kpi, Z95 * found.noise)}."
        )
        is_named = found.size is not None and found.size.sign != 0
        if is_named and abs(found.difference) <= Z95 * found.noise:
            parts.append(UNSURE)
    if found.difference:
        side = "över" if found.difference > 0 else "under"
        parts.append(f"Värdet låg {side} medianen {held_text(found)}.")
    return " ".join(parts)


def efficiency_point(context: Context, facts: AreaFacts) -> str:
    """Level of E = K x V / R against Riket and its exact split."""
    found = facts.efficiency
    if found is None:
        return "Effektiviteten går inte att räkna ut: kvalitet eller kostnad saknas för kommunen eller riket."
    when = year(found.year, preliminary=context.is_preliminary(facts.area.unit_cost, found.year))
    parts = [
        f"Effektiviteten var {_than_riket(found.ln_e)} {when}.",
        f"Kvaliteten var {_than_riket(found.ln_k)}.",
        f"Kostnaden per enhet var {_than_riket(found.ln_unit_cost)}.",
    ]
    if len(found.years) > 1:
        ends = _between(relative(found.low), relative(found.high), 0)
        parts.append(f"Under {years(found.years)} var effektiviteten {ends} procent mot riket.")
    parts.append("Måttet tar inte hänsyn till kommunens förutsättningar.")
    return " ".join(parts)


def gap_point(context: Context, facts: AreaFacts) -> str:
    """Say what the main gap is worth."""
    if not facts.cost_gaps:
        parts = ["Kostnadsgapet kan inte räknas ut med uppgifterna i frysningen."]
    else:
        view = facts.cost_gaps[0]
        when = year_text(context, view.kpi, view.year)
        what = _scope(facts.area) if view.kpi == facts.deviation_kpi else named_first(view.kpi)
        parts = [
            f"{what} är {gap_words(view.gap, 'medianen i gruppen')} {when}.",
            uncertainty_sentence(context, view),
        ]
    item = facts.headline
    if item is not None and item.is_worse and not is_missing(item.persons):
        parts.append(f"I kvalitet motsvarar gapet {people(item.persons)}.")
    return " ".join(parts)


def role_model_point(context: Context, facts: AreaFacts) -> str:
    """Who does better."""
    found = facts.role_models
    if found is None:
        return "Det går inte att säga vilka som lyckas bättre: värden saknas."
    inside = found.codes(peer=True)
    certain = set(found.codes(certain=True))
    window = f"i minst två av åren {found.years[0]}–{found.years[-1]}"
    if not inside:
        text = f"Ingen i gruppen har både bättre kvalitet och lägre kostnad {window}."
        outside = found.codes()
        if not outside:
            return f"{text} Det har ingen annan kommun i landet heller."
        sure = cardinal(len(certain), common=True) if certain else "ingen"
        return f"{text} I landet finns {_municipalities(len(outside))}. Säker är skillnaden för {sure}."
    names = short_list([context.names[code] for code in inside])
    both = f"{names} har både bättre kvalitet och lägre kostnad {window}."
    sure_names = [context.names[code] for code in inside if code in certain]
    if not sure_names:
        return f"{both} Ingen av skillnaderna är säker."
    if len(inside) == 1:
        return f"{both} Skillnaden är säker."
    return f"{both} Skillnaden är säker för {short_list(sure_names)}."


def _municipalities(count: int) -> str:
    return f"{cardinal(count, common=True)} {'kommun' if count == 1 else 'kommuner'} som har det"


def _scope(area: FocusArea) -> str:
    """Name what the net cost deviation covers, which may be more than the area."""
    return capitalise(area.deviation_label.split(", ", 1)[-1])


def _between(low: float, high: float, decimals: int) -> str:
    ends = number(low, decimals, signed=True), number(high, decimals, signed=True)
    return ends[0] if ends[0] == ends[1] else f"mellan {ends[0]} och {ends[1]}"


def _more_than_expected(percent_above: float) -> str:
    if rounds_to_zero(percent_above):
        return "lika mycket som referenskostnaden"
    direction = "mer" if percent_above > 0 else "mindre"
    return f"{number(abs(percent_above), 1)} procent {direction} än referenskostnaden"


def _than_riket(log_ratio: float) -> str:
    percent_above = relative(log_ratio)
    if rounds_to_zero(percent_above, 0):
        return "ungefär lika hög som i riket"
    return f"{number(abs(percent_above))} procent {'högre' if percent_above > 0 else 'lägre'} än i riket"
