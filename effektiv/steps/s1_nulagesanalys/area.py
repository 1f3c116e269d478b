"""An area's report: its first page, its findings and its problem statement."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.sizes import Size
from effektiv.exhibits.exhibit import (
    PROBLEM,
    Block,
    Bullets,
    Exhibit,
    Exhibits,
    Source,
    own_paragraphs,
)
from effektiv.exhibits.saying import of_peers, plain
from effektiv.exhibits.swedish import capitalise, cardinal, join, number
from effektiv.exhibits.words import named, named_first
from effektiv.steps.base import AreaBase
from effektiv.steps.form import Lead, Picture, Said, as_table, first_page, without_repeats
from effektiv.steps.judging import NATION, Judgement
from effektiv.steps.s1_nulagesanalys.cost import part_sentence
from effektiv.steps.s1_nulagesanalys.drivers import driver_lead
from effektiv.steps.s1_nulagesanalys.naming import NamingCase, ServiceFacts
from effektiv.steps.s1_nulagesanalys.pool import findings, leading_side, of_kind
from effektiv.steps.s1_nulagesanalys.together import role_models
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.s1_nulagesanalys.wording import (
    cost_certainty,
    cost_sentence,
    course,
    is_as_expected,
    peers_sentence,
    seriousness,
)
from effektiv.steps.s1_nulagesanalys.worth import worth_of
from effektiv.steps.wording import beside, better_than, how_many, money, says, says_in, told
from effektiv.types import Better, Direction, Service

FEWEST_FINDINGS = 3
"""Fewer findings than this from late values and the report is one page of what there is and what is missing."""

WISHES = {
    Direction.QUALITY: "höja kvaliteten utan att kostnaden ökar",
    Direction.RESOURCE: "sänka kostnaden utan att kvaliteten blir sämre",
}


@dataclass(frozen=True)
class Report:
    """What a report shows before its underlag.

    Attributes
    ----------
    first
        Its first page.
    findings
        At most six.
    problem
        The problem statement; None where there is too little to state one on.
    is_thin
        Whether there is too little data for a report.
    """

    first: Exhibit
    findings: tuple[Exhibit, ...]
    problem: Exhibit | None
    is_thin: bool


def quality_judgement(view: AreaView) -> Judgement | None:
    """Judge the outcome that the area is told by: that of its own part of the service, else its headline figure."""
    for side in view.service.quality:
        if view.area.part in ("", side.id):
            found = view.judge(side.shown)
            if found is not None:
                return found
    return view.judge(view.area.headline_quality)


def quality_sentence(view: AreaView) -> str:
    """Say how good the outcome is and where it lies among the peers."""
    judged = quality_judgement(view)
    if judged is None:
        return "Kvaliteten är inte mätt för kommunen de senaste åren."
    where = better_than(judged, view.label)
    return f"{says_in(judged.kpi, judged.found.own, judged.year)}{', ' + where if where else ''}."


def low_sentence(view: AreaView) -> str:
    """Say for how long results have been low; empty where they are not named or near it."""
    facts = view.facts
    if facts is None or facts.sides is None:
        return ""
    low = view.case.low_quality(facts.sides)
    if low is None or 2 * low.years_low <= low.years:
        return ""
    return (
        f"Resultaten har hört till landets lägsta fjärdedel {how_many(low.years_low, low.years, 'åren')}"
        f"{_background(view.service, facts.sides.part)}."
    )


def _background(service: Service, part: str) -> str:
    """Add that background is accounted for, where the figures of the side do so."""
    side = next((item for item in service.quality if item.id == part), None)
    return ", med hänsyn till elevernas bakgrund" if side is not None and side.shown not in side.kpis else ""


# --- first page -------------------------------------------------------------------------


def cost_clause(view: AreaView) -> str:
    """Say in a title what the service costs; empty where that is not known."""
    facts = view.facts
    if facts is None:
        return ""
    subject = facts.service.in_text
    certainty = None if facts.judged is None else facts.judged.certainty
    if is_as_expected(facts):
        return f"{subject} kostar ungefär som väntat"
    if certainty in (None, Certainty.UNCLEAR):
        if facts.is_dear:
            return (
                f"{subject} har kostat mer än väntat sedan {min(facts.percent)}{_where_clause(view, facts)}"
            )
        return f"kostnaden för {subject} går inte att skilja från den väntade"
    likely = "troligen " if certainty is Certainty.LIKELY else ""
    far = "långt " if abs(facts.now_pct) >= 10 and certainty is Certainty.SURE else ""
    if facts.now < 0:
        return f"{subject} kostar {likely}{far}mindre än väntat"
    return f"{subject} kostar {likely}{far}mer än väntat{_where_clause(view, facts)}"


def _where_clause(view: AreaView, facts: ServiceFacts) -> str:
    """Add which part a surplus lies in, where the area is about one."""
    holding = view.case.holding_part(facts) if facts.service.parts else None
    if holding is None or not view.area.part:
        return ""
    labels = {item.id: item.in_text for item in facts.service.parts}
    if holding == view.area.part:
        return f", mest i {labels[holding]}"
    return f", men inte i {labels[view.area.part]} utan i {labels[holding]}"


def quality_clause(view: AreaView) -> str:
    """Say in a title how good the outcome is; empty where it is not measured."""
    facts, judged = view.facts, quality_judgement(view)
    side = next((item for item in view.service.quality if view.area.part in ("", item.id)), None)
    if facts is not None and facts.is_low and facts.sides is not None:
        low = next((item for item in view.service.quality if item.id == facts.sides.part), side)
        return f"{low.in_text if low is not None else 'kvaliteten'} har varit bland landets lägsta"
    if judged is None:
        return ""
    what = side.in_text if side is not None else named(judged.kpi)
    if judged.certainty is Certainty.UNCLEAR:
        small = judged.size is None or judged.size.size in (Size.ABOUT_EQUAL, Size.SOMEWHAT)
        return f"{what} är ungefär som i {view.label}" if small else f"{what} går inte att skilja från andras"
    likely = "troligen " if judged.certainty is Certainty.LIKELY else ""
    if side is None:
        return f"{what} är {likely}{'högre' if judged.is_higher else 'lägre'} än i {view.label}"
    return f"{what} är {likely}{'sämre' if judged.is_worse else 'bättre'} än i {view.label}"


def area_title(view: AreaView) -> str:
    """Return the finding of the area's report."""
    clauses = [cost_clause(view), quality_clause(view)]
    if leading_side(view) == "quality":
        clauses.reverse()
    known = [item for item in clauses if item]
    if not known:
        return f"För lite är känt om {view.area.in_text}"
    if len(known) == 1 and quality_judgement(view) is None:
        return capitalise(f"{known[0]}; kvaliteten är inte mätt")
    return capitalise(", och ".join(known))


def points(view: AreaView) -> list[str]:
    """Return the points of the first page, the leading side first."""
    facts = view.facts
    cost: list[str] = []
    if facts is not None:
        cost = [
            f"{cost_sentence(facts, with_pct=True)} {peers_sentence(facts.place, view.label)}",
            "" if is_as_expected(facts) else f"{seriousness(facts)} {cost_certainty(facts)}",
            "" if is_as_expected(facts) else course(facts),
            part_sentence(view),
        ]
    quality = [quality_sentence(view), low_sentence(view), _second_measure(view)]
    if leading_side(view) == "quality":
        return [quality[0], quality[1], quality[2], *cost]
    return [*cost, quality[0]]


def _second_measure(view: AreaView) -> str:
    """Tell the outcome in persons, where a finding of one measure knows how many they are."""
    shown = quality_judgement(view)
    for choice in view.area.findings:
        if choice.kind == "level" and choice.side == "quality" and choice.kpis:
            judged = view.judge(choice.kpis[0])
            if judged is not None and (shown is None or judged.kpi.id != shown.kpi.id):
                riket = judged.place.riket
                rest = "" if math.isnan(riket) else f", mot {told(judged.kpi, riket)} i riket"
                return f"{says(judged.kpi, judged.found.own)}{rest}."
    return ""


def leads(view: AreaView) -> list[Lead]:
    """Return what to look at next: the largest driver, the dearest part, the weakest measure, whom to ask."""
    found: list[str] = []
    drivers = of_kind(view, "drivers")
    if drivers is not None:
        found.append(driver_lead(view, drivers))
    found += [_part_lead(view), *_measure_leads(view), *_riket_leads(view), _model_lead(view)]
    chosen = list(dict.fromkeys(text for text in found if text))[:3]
    if len(chosen) < 2:
        begun = {text.split(":")[0] for text in chosen}
        chosen += [text for text in _beside_riket(view) if text.split(":")[0] not in begun]
    return [Lead(text) for text in [*chosen, *_always(view)][: max(2, min(len(chosen), 3))]]


def _part_lead(view: AreaView) -> str:
    facts = view.facts
    if facts is None or not facts.service.parts:
        return ""
    surplus = view.case.part_surplus(facts)
    labels = {item.id: item.in_text for item in facts.service.parts}
    for key, over in surplus.items():
        if str(key) != view.area.part and float(over) >= max(0.5, 0.2 * abs(facts.now)):
            return f"{capitalise(labels[str(key)])}: omkring {money(float(over))} mer än väntat."
    return ""


def _measure_leads(view: AreaView) -> list[str]:
    """Return the measures that are sure or likely worse than among the peers, the surest first."""
    weak = []
    shown = quality_judgement(view)
    for choice in view.area.findings:
        if choice.kind in ("level", "quality"):
            for kpi in choice.kpis:
                judged = view.judge(kpi)
                if (
                    judged is not None
                    and judged.is_worse
                    and judged.certainty is not Certainty.UNCLEAR
                    and (shown is None or judged.kpi.id != shown.kpi.id)
                ):
                    weak.append(judged)
    weak.sort(
        key=lambda item: (item.certainty is not Certainty.SURE, -abs(item.found.difference) / item.found.m95)
    )
    return [beside(item.kpi, item.found.own, item.found.comparator, "i gruppens mitt") for item in weak[:2]]


def _riket_leads(view: AreaView) -> list[str]:
    """Return figures that are sure or likely worse than in riket, or without direction higher."""
    shown = quality_judgement(view)
    told_of = set() if shown is None else {shown.kpi.id}
    found = []
    for choice in view.area.findings:
        if choice.kind in ("level", "counts", "quality"):
            for kpi in choice.kpis:
                judged = view.judge(kpi, NATION)
                if judged is None or judged.certainty is Certainty.UNCLEAR or kpi in told_of:
                    continue
                if judged.is_worse or (judged.kpi.better is Better.NEITHER and judged.is_higher):
                    found.append(judged)
    found.sort(
        key=lambda item: (item.certainty is not Certainty.SURE, -abs(item.found.difference) / item.found.m95)
    )
    return [beside(item.kpi, item.found.own, item.found.comparator, "i riket") for item in found[:2]]


def _model_lead(view: AreaView) -> str:
    choice = of_kind(view, "together")
    found = None if choice is None else role_models(view, choice)
    if found is None or found.found.empty or found.better_share >= 0.8:
        return ""
    names = [view.name(str(code)) for code in found.found.index[:3]]
    return f"Ett samtal med {join(names)}, som troligen klarar både bättre resultat och lägre kostnad."


def _beside_riket(view: AreaView) -> list[str]:
    """Return what the area costs for each, and its weakest measure, beside riket: facts, where nothing is sure."""
    found = []
    cost = view.judge(view.case.best(view.area.unit_cost).id, NATION)
    if cost is not None:
        found.append(cost)
    shown = quality_judgement(view)
    weak = [
        judged
        for choice in view.area.findings
        if choice.kind in ("level", "quality")
        for kpi in choice.kpis
        if (judged := view.judge(kpi, NATION)) is not None
        and judged.is_worse
        and judged.found.comparator > 0
        and (shown is None or kpi != shown.kpi.id)
    ]
    weak.sort(key=lambda item: -abs(item.found.in_unit) / item.found.comparator)
    return [
        beside(item.kpi, item.found.own, item.found.comparator, "i riket") for item in [*found, *weak[:1]]
    ]


def weakest_beside_riket(view: AreaView) -> str:
    """Return the measure of quality that is furthest behind riket; empty where none is."""
    cost = view.case.best(view.area.unit_cost)
    return next((text for text in _beside_riket(view) if not text.startswith(named_first(cost))), "")


def _always(view: AreaView) -> list[str]:
    """Return leads that hold for all: what the figures themselves leave open."""
    return [
        f"Kommunens egna uppgifter om {view.area.in_text}: vad skiljer mellan enheter och grupper?",
        "Hur kommunen fördelar gemensamma kostnader mellan verksamheterna.",
    ]


# --- problem statement ------------------------------------------------------------------


def problem_sentences(view: AreaView, direction: Direction) -> list[str]:
    """Say what is wrong, for whom, since when, how serious, what is to be improved, against whom, what it is not."""
    facts = view.facts
    leading = [_what_is_wrong_cost(view), _what_is_wrong_quality(view)]
    if leading_side(view) == "quality":
        leading.reverse()
    return [
        *leading,
        _since(view),
        _for_whom(view),
        _how_serious(view),
        f"Vi vill {WISHES[direction]}.",
        _against(view),
        view.area.wish,
        _not_about(view) if facts is not None else "",
    ]


def _what_is_wrong_cost(view: AreaView) -> str:
    facts = view.facts
    if facts is None:
        return f"Vad {view.service.in_text} kostar mot det väntade är inte känt."
    certainty = None if facts.judged is None else facts.judged.certainty
    if not facts.is_dear and (is_as_expected(facts) or certainty in (None, Certainty.UNCLEAR)):
        return (
            f"Kostnaden för {view.service.in_text} i {view.case.name} går inte att skilja från den väntade."
        )
    likely = ", troligen inte av en tillfällighet" if certainty is Certainty.LIKELY else ""
    place = facts.place
    where = ""
    if len(place.peers) >= 3 and facts.now > 0 and place.higher_than > len(place.peers) / 2:
        where = f" och mer än i {of_peers(place.higher_than, len(place.peers), view.label)}"
    side = "mer" if facts.now > 0 else "mindre"
    return f"I {view.case.name} kostar {view.service.in_text} {side} än väntat{where}{likely}."


def _what_is_wrong_quality(view: AreaView) -> str:
    facts, judged = view.facts, quality_judgement(view)
    if judged is None:
        return "Vad de som får insatserna får ut av dem är inte mätt i Kolada."
    what = named_first(judged.kpi)
    if facts is not None and facts.is_low:
        low = view.case.low_quality(facts.sides) if facts.sides is not None else None
        years_low = (
            ""
            if low is None
            else f", och resultaten har varit svaga {how_many(low.years_low, low.years, 'åren')}"
        )
        return f"{what} är {'högre' if judged.is_higher else 'lägre'} än i gruppens mitt{years_low}."
    if judged.certainty is Certainty.UNCLEAR:
        return f"{what} går inte att skilja från de andras."
    likely = "troligen " if judged.certainty is Certainty.LIKELY else ""
    return f"{what} är {likely}{'sämre' if judged.is_worse else 'bättre'} än i {view.label}."


def _for_whom(view: AreaView) -> str:
    latest = view.case.latest(view.area.volume)
    if latest is None or latest[1] < 5:
        return ""
    return f"Det berör omkring {number(float(plain(latest[1]).replace(chr(160), '').replace(',', '.')))} {view.area.volume_word}."


def _since(view: AreaView) -> str:
    facts = view.facts
    if facts is None or is_as_expected(facts) or len(facts.percent) < 2:
        return ""
    if not facts.is_dear and (facts.judged is None or facts.judged.certainty is Certainty.UNCLEAR):
        return ""
    sign = 1 if facts.now > 0 else -1
    if all(value * sign > 0 for value in facts.percent.values()):
        if len(facts.percent) == 2:
            return f"Så har det varit båda de år som går att jämföra, {min(facts.percent)} och {facts.year}."
        return f"Så har det varit alla de {cardinal(len(facts.percent))} år som går att jämföra, från {min(facts.percent)}."
    return "Avvikelsen har bytt sida mellan åren."


def _how_serious(view: AreaView) -> str:
    choice = of_kind(view, "worth")
    found = None if choice is None else worth_of(view, choice)
    if found is None or found.judged.certainty is Certainty.UNCLEAR or found.median < 0.5:
        return ""
    now = found.median
    likely = "troligen " if found.judged.certainty is Certainty.LIKELY else ""
    earlier = float("nan") if found.before.empty else float(found.before.median())
    before = [earlier] if earlier > 0.5 else []
    low, high = sorted((now, *before))[0], sorted((now, *before))[-1]
    span = money(now) if plain(low) == plain(high) else f"{plain(low)}–{money(high)}"
    return f"Mot mitten av gruppen är skillnaden {likely}{span} om året för {found.what}."


def _against(view: AreaView) -> str:
    if len(view.members) > 12:
        return f"Vi mäter oss mot {view.definite}."
    return f"Vi mäter oss mot {join([view.name(code) for code in view.members])}."


def _not_about(view: AreaView) -> str:
    if not view.area.volume_is_output:
        return (
            "Det handlar inte om hur många som får insatsen, för det styrs av behov och lag. Siffrorna säger inte vad "
            "skillnaderna beror på."
        )
    return "Siffrorna säger inte vad skillnaderna beror på."


# --- the case ---------------------------------------------------------------------------


class AreaReportCase(AreaBase, NamingCase):
    """A case with an area's report."""

    @cached_property
    def area_view(self) -> AreaView:
        """The municipality in the area."""
        return AreaView(self, self.area)

    @cached_property
    def direction(self) -> Direction:
        """What the municipality wants: its own choice, else what the named side points to, else the usual one."""
        own = self.params.area(self.area.id).direction
        if own is not None:
            return own
        return Direction.QUALITY if leading_side(self.area_view) == "quality" else Direction.RESOURCE

    @cached_property
    def report(self) -> Report:
        """All that the report shows before its underlag, made in one order so that nothing is said twice."""
        view, said = self.area_view, Said()
        found = findings(view)
        if len(found) < FEWEST_FINDINGS:
            return Report(self._thin_page(found, said), (), None, is_thin=True)
        lead = found[0]
        picture = None
        if lead.figure is not None:
            picture = Picture(lead.figure, lead.alt or "", lead.subtitle, kpis=lead.kpis)
        first = first_page(area_title(view), picture, points(view), leads(view), said)
        rest = without_repeats([as_table(lead), *found[1:]], said)
        return Report(first, rest, self._problem(said), is_thin=False)

    def first_page(self) -> Exhibit:
        """Visa första sidan: var, hur allvarligt, sedan när, och vad som är värt att titta på härnäst."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa fynden, högst sex; ``case.findings()[0]`` är det första."""
        return Exhibits(self.report.findings)

    def problem_statement(self) -> Exhibit:
        """Visa problemformuleringen, skriven av siffrorna och kompletterad av kommunens egen text."""
        if self.report.problem is None:
            return Exhibit(
                id=PROBLEM,
                title=f"Problemformulering: {self.area.label.lower()}",
                source=Source.OWN,
                alt=None,
                blocks=(
                    "För lite är känt för att formulera ett problem.",
                    *own_paragraphs(self.params.area(self.area.id).what),
                ),
            )
        return self.report.problem

    def _problem(self, said: Said) -> Exhibit:
        own, view = self.params.area(self.area.id), self.area_view
        text = " ".join(
            kept for item in problem_sentences(view, self.direction) if item and (kept := said.new(item))
        )
        blocks: list[Block | str] = [text]
        for ours in (own.what, own.for_whom, own.goal, own.limits):
            blocks += own_paragraphs(ours)
        contact = self.params.municipality.contact
        reach = ", ".join(part for part in (contact.name, contact.role, contact.email, contact.phone) if part)
        formal = [
            f"{label}: {value}"
            for label, value in (
                ("Beslut", own.decision),
                ("Diarienummer", own.record_number),
                ("Kontakt", reach or None),
            )
            if value
        ]
        if formal:
            blocks.append(Bullets(tuple(formal)))
        return Exhibit(
            id=PROBLEM,
            title=f"Problemformulering: {self.area.label.lower()} i {self.name}",
            source=Source.OWN,
            alt=None,
            blocks=tuple(blocks),
        )

    def _thin_page(self, found: list[Exhibit], said: Said) -> Exhibit:
        return thin_page(self, self.area_view, found, said)


def thin_page(case: NamingCase, view: AreaView, found: list[Exhibit], said: Said) -> Exhibit:
    """Return the one page of a report that has too little data: what there is, what is missing, how to get it."""
    there: list[str] = []
    if view.facts is not None:
        there += [cost_sentence(view.facts, with_pct=True), peers_sentence(view.facts.place, view.label)]
    judged = quality_judgement(view)
    if judged is not None:
        there.append(quality_sentence(view))
    lacking = [
        named(case.kpi(kpi))
        for kpi in (
            view.area.deviation_pct,
            view.area.reference_cost,
            view.area.unit_cost,
            view.area.headline_quality,
        )
        if case.latest(case.best(kpi).id) is None
    ]
    items = [" ".join(item for item in there if item), *(f"{item.title}." for item in found)]
    if lacking:
        items.append(f"Det saknas värden i datauttaget för {join(lacking)}.")
    picture = None
    if found and found[0].figure is not None:
        picture = Picture(found[0].figure, found[0].alt or "", found[0].subtitle, kpis=found[0].kpis)
    page = first_page(
        f"Tunt underlag: för lite är känt om {view.area.in_text} i {case.name}",
        picture,
        [item for item in items if item],
        [Lead("Hämta ett nytt datauttag ur Kolada, eller lägg till egna uppgifter, och gör rapporten igen.")],
        said,
    )
    return page
