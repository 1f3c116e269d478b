"""The overview's report: which services, how serious, since when, and what to look at next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.focus import Aim, Level, Named
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.exhibit import (
    PROBLEM,
    Block,
    Bullets,
    Exhibit,
    Exhibits,
    Source,
    own_paragraphs,
)
from effektiv.exhibits.saying import plain
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import capitalise, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.base import OverviewBase
from effektiv.steps.form import Lead, Picture, Said, first_page, without_repeats
from effektiv.steps.s1_nulagesanalys.area import Report, low_sentence, weakest_beside_riket
from effektiv.steps.s1_nulagesanalys.cost import cost, part_sentence, parts
from effektiv.steps.s1_nulagesanalys.drivers import driver_lead
from effektiv.steps.s1_nulagesanalys.indices import indices
from effektiv.steps.s1_nulagesanalys.naming import NamingCase, ServiceFacts
from effektiv.steps.s1_nulagesanalys.pool import KINDS, of_kind
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.s1_nulagesanalys.wording import (
    aim_text,
    cost_certainty,
    cost_sentence,
    course,
    is_as_expected,
    peers_sentence,
    seriousness,
)
from effektiv.steps.wording import better_than, how_many, kronor, money, says_in
from effektiv.types import FindingChoice, FocusArea, Service

MOST_FINDINGS = 5
FEWEST_SERVICES = 3
"""Fewer services than this with a late deviation and the overview is one page of what there is."""

_COST = FindingChoice(id="kostnad", kind="cost", side="cost")
_PARTS = FindingChoice(id="delar", kind="parts", side="cost")


class OverviewReportCase(OverviewBase, NamingCase):
    """A case with the overview's report."""

    def view_of(self, service: Service) -> AreaView:
        """Return a service as an area's findings see it; one without a focus area has no pool and no quality of its own."""
        area = self.area_of(service)
        return AreaView(self, self._bare_area(service) if area is None else area)

    def _bare_area(self, service: Service) -> FocusArea:
        """Return what findings need to know of a service that no focus area is about."""
        some = next(iter(self.catalogue.areas.values()))
        quality = service.quality[0].shown if service.quality else service.deviation_pct
        cost_kpi = service.net_cost or service.deviation_pct
        return some.model_copy(
            update={
                "id": service.id,
                "label": service.label,
                "in_text": service.in_text,
                "service": service.id,
                "part": "",
                "family": service.family,
                "deviation_pct": service.deviation_pct,
                "deviation_mnkr": service.deviation_mnkr,
                "reference_cost": service.reference_cost,
                "unit_cost": cost_kpi,
                "headline_quality": quality,
                "quality_for_k": (),
                "findings": (),
                "structural_model": some.structural_model.model_copy(update={"cost": cost_kpi}),
            }
        )

    @cached_property
    def report(self) -> Report:
        """All that the overview shows before its underlag, made in one order so that nothing is said twice."""
        said = Said()
        facts = self.service_facts
        if len(facts) < FEWEST_SERVICES:
            return Report(self._thin(said), (), None, is_thin=True)
        figure = _figure(self)
        first = first_page(overview_title(self), figure, overview_points(self), overview_leads(self), said)
        found = without_repeats(overview_findings(self), said)
        return Report(first, found, self._problem(said), is_thin=False)

    def first_page(self) -> Exhibit:
        """Visa första sidan: vilka verksamheter, hur allvarligt, sedan när, och vad som är värt att titta på härnäst."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa fynden, högst fem; ``case.findings()[0]`` är det första."""
        return Exhibits(self.report.findings)

    def problem_statement(self) -> Exhibit:
        """Visa underlaget för valet av fokusområden, och kommunens eget val."""
        if self.report.problem is not None:
            return self.report.problem
        return Exhibit(
            id=PROBLEM,
            title=f"Fokusområden i {self.name}",
            source=Source.OWN,
            alt=None,
            blocks=(
                "För lite är känt för att peka ut någon verksamhet.",
                *own_paragraphs(self.params.overview.reasons),
            ),
        )

    @property
    def chosen_areas(self) -> tuple[str, ...]:
        """Ids of the focus areas: those that the municipality has chosen, else those of the named services."""
        own = self.params.overview.focus_areas
        if own:
            return tuple(own)
        areas = (self.area_of(self.service(item.service)) for item in self.named)
        return tuple(area.id for area in areas if area is not None)

    def _problem(self, said: Said) -> Exhibit:
        own = self.params.overview
        blocks: list[Block | str] = []
        if self.named:
            named = join([self.service(item.service).in_text for item in self.named])
            blocks.append(
                f"Siffrorna pekar ut {named}. Vad som är att göra i var och en står på första sidan."
            )
        else:
            blocks.append(
                "Siffrorna pekar inte ut någon verksamhet. Valet av fokusområden vilar då på annat."
            )
        if self.choice[1]:
            near = join([self.service(item.service).in_text for item in self.choice[1][:3]])
            blocks.append(f"Nära gränsen, eller över den men efter de utpekade, ligger {near}.")
        if own.focus_areas:
            chosen = join([self.catalogue.areas[area].label.lower() for area in own.focus_areas])
            blocks.append(f"{self.name} har valt {chosen}.")
        for ours in (own.reasons, own.limits):
            blocks += own_paragraphs(ours)
        formal = [
            f"{label}: {value}"
            for label, value in (("Beslut", own.decision), ("Diarienummer", own.record_number))
            if value
        ]
        if formal:
            blocks.append(Bullets(tuple(formal)))
        return Exhibit(
            id=PROBLEM,
            title=f"Fokusområden i {self.name}",
            source=Source.OWN,
            alt=None,
            blocks=tuple(
                kept
                for block in blocks
                if (kept := said.new(block) if isinstance(block, str) else block) != ""
            ),
        )

    def _thin(self, said: Said) -> Exhibit:
        known = [cost_sentence(item, with_pct=True) for item in self.service_facts.values()]
        lacking = [
            service.in_text
            for service in self.overview.services
            if service.deviation_pct is not None and service.id not in self.service_facts
        ]
        return first_page(
            f"Tunt underlag: för lite är känt om verksamheterna i {self.name}",
            None,
            [
                *known,
                f"Nettokostnadsavvikelse saknas i datauttaget för {join(lacking)}." if lacking else "",
            ],
            [Lead("Hämta ett nytt datauttag ur Kolada och gör rapporten igen.")],
            said,
        )


# --- first page -------------------------------------------------------------------------


def overview_title(case: OverviewReportCase) -> str:
    """Return the finding of the overview."""
    dear = [case.service(item.service).in_text for item in case.named if item.cost is Level.NAMED]
    low = [
        next(side.in_text for side in case.service(item.service).quality if side.id == item.part)
        for item in case.named
        if item.quality is Level.NAMED
    ]
    far = all(
        case.service_facts[item.service].now_pct >= 10
        for item in case.named
        if item.cost is Level.NAMED and item.service in case.service_facts
    )
    parts = []
    if dear:
        parts.append(f"{join(dear)} kostar {'långt ' if far else ''}mer än väntat")
    if low:
        parts.append(f"{join(low)} har varit bland landets lägsta")
    if parts:
        return capitalise(", och ".join(parts))
    near = [case.service(item.service).in_text for item in case.choice[1]]
    if near:
        return f"Ingen verksamhet sticker ut; närmast gränsen ligger {join(near[:2])}"
    return "Ingen verksamhet sticker ut"


def overview_points(case: OverviewReportCase) -> list[str]:
    """Return the points of the first page: a named service each, how serious and since when, and the others."""
    points, dear = [], 0
    for item in case.named:
        view = case.view_of(case.service(item.service))
        facts = view.facts
        if facts is not None and item.cost is Level.NAMED:
            points.append(_dear_point(case, view, facts, time=dear))
            dear += 1
        elif item.quality is Level.NAMED:
            points.append(_low_point(case, item))
    if case.named:
        points.append(_serious_point(case))
    else:
        points += [_near_point(case, item) for item in case.choice[1][:3]]
    points.append(_others_point(case))
    return [point for point in points if point]


def _dear_point(case: OverviewReportCase, view: AreaView, facts: ServiceFacts, *, time: int) -> str:
    return " ".join(
        item
        for item in (
            cost_sentence(facts),
            cost_certainty(facts),
            peers_sentence(facts.place, view.label, time),
            _where_in(case, facts),
        )
        if item
    )


def _where_in(case: OverviewReportCase, facts: ServiceFacts) -> str:
    """Say which part holds the surplus; empty where none does."""
    holding = case.holding_part(facts) if facts.service.parts else None
    if holding is None:
        return ""
    labels = {item.id: item.in_text for item in facts.service.parts}
    return f"Det mesta finns i {labels[holding]}."


def _low_point(case: OverviewReportCase, item: Named) -> str:
    service = case.service(item.service)
    judged = case.quality_of(service, item.part)
    low = case.low_quality(item)
    text = ""
    if judged is not None:
        where = better_than(judged, case.peers.label)
        text = f"{says_in(judged.kpi, judged.found.own, judged.year)}{', ' + where if where else ''}."
    if low is None:
        return text
    side = next(side for side in service.quality if side.id == item.part)
    adjusted = ", med hänsyn till elevernas bakgrund" if side.shown not in side.kpis else ""
    return (
        f"{text} {capitalise(side.in_text)} har hört till landets lägsta fjärdedel "
        f"{how_many(low.years_low, low.years, 'åren')}{adjusted}."
    ).strip()


def _serious_point(case: OverviewReportCase) -> str:
    dear = [
        case.service_facts[item.service]
        for item in case.named
        if item.cost is Level.NAMED and item.service in case.service_facts
    ]
    if not dear:
        return ""
    if len(dear) == 1:
        return f"{seriousness(dear[0])} {course(dear[0])}"
    shares = [plain(facts.share_pct) for facts in dear if not np.isnan(facts.share_pct)]
    text = f"Det är {join(shares)} procent av kommunens nettokostnad." if shares else ""
    years = {min(facts.percent) for facts in dear}
    lasting = all(all(value > 0 for value in facts.percent.values()) for facts in dear)
    if lasting and len(years) == 1 and min(len(facts.percent) for facts in dear) > 1:
        broken = "; tidigare år går inte att jämföra" if any(facts.is_broken for facts in dear) else ""
        text += f" Så har det varit sedan {years.pop()}{broken}."
    return text


def _near_point(case: OverviewReportCase, item: Named) -> str:
    facts = case.service_facts.get(item.service)
    if facts is not None and item.cost is not Level.NONE:
        return f"{cost_sentence(facts)} {cost_certainty(facts)}".strip()
    return _low_point(case, item)


def _others_point(case: OverviewReportCase) -> str:
    """Say what the services that are not named cost: the largest difference, and how near the rest are."""
    named = {item.service for item in case.named} | (
        set() if case.named else {item.service for item in case.choice[1][:3]}
    )
    others = [facts for key, facts in case.service_facts.items() if key not in named]
    if not others:
        return ""
    largest = max(others, key=lambda facts: abs(facts.now))
    if is_as_expected(largest) or abs(largest.now) < 0.5:
        return "Övriga verksamheter kostar ungefär som väntat."
    text = cost_sentence(largest)
    rest = [facts for facts in others if facts is not largest]
    if not rest:
        return text
    within = max(abs(facts.now) for facts in rest)
    return f"{text} Övriga avviker med högst {money(within)}."


def overview_leads(case: OverviewReportCase) -> list[Lead]:
    """Return what each named service is to do, and where to begin."""
    leads = []
    for item in case.named or case.choice[1][:2]:
        service = case.service(item.service)
        view = case.view_of(service)
        begin = (
            f"{service.label}: {aim_text(item, measured=bool(service.quality))}."
            if item.aim
            else f"{service.label}:"
        )
        leads.append(Lead(_lead_text(view, item), begin))
    if not leads:
        leads.append(
            Lead("Välj fokusområden på annat än siffrorna: vad personal, brukare och ekonomi pekar på.")
        )
    return leads


def _lead_text(view: AreaView, item: Named) -> str:
    if item.quality is Level.NAMED and item.aim is not Aim.CUT_COST:
        weak = weakest_beside_riket(view)
        return weak or "Börja med vad resultaten beror på."
    drivers = of_kind(view, "drivers")
    text = driver_lead(view, drivers) if drivers is not None else ""
    if text:
        return text
    text = part_sentence(view)
    if text:
        return text
    facts = view.facts
    if facts is not None and not np.isnan(facts.per_inhabitant):
        return f"Skillnaden är {kronor(facts.per_inhabitant)} per invånare."
    return low_sentence(view) or "Börja med kommunens egna uppgifter."


# --- picture and findings ---------------------------------------------------------------


def _figure(case: OverviewReportCase) -> Picture:
    named = {item.service for item in case.named}
    facts = list(case.service_facts.values())
    before = max(facts[0].percent) - 1
    has_before = any(facts_of.year - 1 in facts_of.mnkr for facts_of in facts)
    rows = tuple(
        BarRow(
            item.service.label,
            item.now,
            pale=item.service.id not in named,
            strong=item.service.id in named,
            ring=item.mnkr.get(item.year - 1),
            under=_quality_under(case, item.service),
        )
        for item in facts
    )
    return Picture(
        figure=_bars(rows, str(before) if has_before else ""),
        alt=(
            "En stapel för varje verksamhet: hur mycket mer eller mindre den kostade än väntat. Under namnet står ett "
            "kvalitetsmått, där det finns."
        ),
        subtitle=f"Nettokostnadsavvikelse, miljoner kronor, {facts[0].year}; väntat är Koladas referenskostnad",
        table=_services_table(case, facts),
        kpis=tuple(item.service.deviation_mnkr or "" for item in facts if item.service.deviation_mnkr),
    )


def _bars(rows: tuple[BarRow, ...], ring: str) -> Figure:
    largest = max(abs(row.value or 0.0) for row in rows)
    return bars(
        Bars(
            rows=rows,
            unit="mnkr",
            decimals=0 if largest >= 10 else 1,
            ring_text=ring,
            left_text="Mindre än väntat",
            right_text="Mer än väntat",
        )
    )


def _quality_under(case: OverviewReportCase, service: Service) -> str:
    if not service.quality:
        return "kvalitet: inte mätt"
    judged = case.quality_of(service)
    if judged is None:
        return "kvalitet: värde saknas"
    if judged.certainty is Certainty.UNCLEAR:
        return "kvalitet: som i gruppen"
    likely = "troligen " if judged.certainty is Certainty.LIKELY else ""
    return f"kvalitet: {likely}{'sämre' if judged.is_worse else 'bättre'} än gruppen"


def _services_table(case: OverviewReportCase, facts: Sequence[ServiceFacts]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for item in facts:
        judged = case.quality_of(item.service)
        rows.append(
            (
                item.service.label,
                item.year,
                item.now,
                item.now_pct,
                item.per_inhabitant,
                None if np.isnan(item.share_pct) else item.share_pct,
                item.place.higher_than,
                len(item.place.peers),
                "" if judged is None else f"{judged.kpi.label} {plain(judged.found.own)}",
            )
        )
    return Table(
        caption=f"Verksamheterna i {case.name} mot det väntade",
        columns=(
            Column("verksamhet", "Verksamhet"),
            Column("ar", "År", kind="year"),
            Column("mnkr", "Avvikelse", kind="number", unit="mnkr", decimals=1, signed=True),
            Column("procent", "Avvikelse", kind="number", unit="%", decimals=1, signed=True),
            Column("kr", "Per invånare", kind="number", unit="kr", decimals=0, signed=True),
            Column(
                "andel", "Av nettokostnaden", kind="number", unit="%", decimals=1, signed=True, may_lack=True
            ),
            Column("dyrare", "Dyrare än så många i gruppen", kind="number", decimals=0),
            Column("av", "Av", kind="number", decimals=0),
            Column("kvalitet", "Kvalitetsmått"),
        ),
        rows=tuple(rows),
    )


def overview_findings(case: OverviewReportCase) -> list[Exhibit]:
    """Return at most five findings: of the named services in order, and last RKA's indices."""
    found: list[Exhibit] = []
    order = [*case.named, *case.choice[1]]
    for item in order:
        if len(found) >= MOST_FINDINGS - 1:
            break
        view = case.view_of(case.service(item.service))
        for exhibit in _of_service(view, item, is_first=not found):
            found.append(replace(exhibit, id=f"{item.service}-{exhibit.id}"))
    rest = [facts for key, facts in case.service_facts.items() if key not in {item.service for item in order}]
    rest.sort(key=lambda facts: -abs(facts.now))
    for facts in rest:
        if len(found) >= 3:
            break
        of_cost = cost(case.view_of(facts.service), _COST)
        if of_cost is not None:
            found.append(replace(of_cost, id=f"{facts.service.id}-{of_cost.id}"))
    strip = indices(case)
    return [*found[: MOST_FINDINGS - 1], *([] if strip is None else [strip])]


def _of_service(view: AreaView, item: Named, *, is_first: bool) -> list[Exhibit]:
    """Return the findings of one service: its results, its cost, its parts; of a later one only where its cost lies."""
    chosen: list[Exhibit | None] = []
    if item.quality is not Level.NONE and item.cost is not Level.NAMED:
        choices = [of_kind(view, kind) for kind in ("model", "quality", "level")]
        made = (KINDS[choice.kind](view, choice) for choice in choices if choice is not None)
        chosen.append(next((exhibit for exhibit in made if exhibit is not None), None))
    if item.cost is not Level.NONE:
        by_part = parts(view, _PARTS)
        chosen += [cost(view, _COST), by_part] if is_first or by_part is None else [by_part]
    return [exhibit for exhibit in chosen if exhibit is not None]
