"""An area's report in step 2: its first page, and the findings that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from effektiv.analysis.certainty import Certainty
from effektiv.exhibits.exhibit import Exhibit, Exhibits
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, join
from effektiv.exhibits.words import named, named_first
from effektiv.steps.form import Lead, Picture, Said, as_table, first_page, without_repeats
from effektiv.steps.judging import NATION
from effektiv.steps.s1_nulagesanalys import facts
from effektiv.steps.s2_orsaksanalys.beside import beside, beside_sentence, standing_out
from effektiv.steps.s2_orsaksanalys.causes import causes, hypotheses_of
from effektiv.steps.s2_orsaksanalys.drivers import (
    apart,
    cause_title,
    driver_point,
    drivers,
    first_drivers,
    whole_point,
)
from effektiv.steps.s2_orsaksanalys.frontier import three_lenses
from effektiv.steps.s2_orsaksanalys.patterns import pattern
from effektiv.steps.s2_orsaksanalys.questions import questions
from effektiv.steps.s2_orsaksanalys.room import room
from effektiv.steps.s2_orsaksanalys.structure import structure, structure_sentences, structured
from effektiv.steps.s2_orsaksanalys.units import has_driving_unit, units
from effektiv.steps.s2_orsaksanalys.view import CauseCase, CauseView
from effektiv.steps.wording import better_than, says_in
from effektiv.types import Direction, DriverFactor, DriverPart

ASK = "Att fråga verksamheterna nästa vecka"
MOST, FEWEST = 6, 3
MOST_DRIVERS = 3

Kind = Callable[[CauseView], Exhibit | None]

OF_COST: tuple[Kind, ...] = (
    drivers,
    structure,
    questions,
    room,
    causes,
    units,
    beside,
    three_lenses,
    pattern,
)
OF_QUALITY: tuple[Kind, ...] = (
    beside,
    drivers,
    units,
    causes,
    pattern,
    structure,
    questions,
    room,
    three_lenses,
)
"""The pools, the most important first; each kind gives None where the municipality's data do not carry it."""


@dataclass(frozen=True)
class CauseReport:
    """What a report shows before its underlag.

    Attributes
    ----------
    first
        Its first page.
    findings
        At most `MOST`.
    is_thin
        Whether there is too little data for a report.
    """

    first: Exhibit
    findings: tuple[Exhibit, ...]
    is_thin: bool


def title(view: CauseView) -> str:
    """Return the report's finding: of the results where they lead, else of the cost."""
    lead = _quality_clause(view)
    if not lead:
        return cause_title(view)
    outs = standing_out(view)
    if outs:
        judged = outs[0][1]
        likely = "troligen " if judged.certainty is Certainty.LIKELY else ""
        return f"{lead}, och {named(judged.kpi)} är {likely}{'högre' if judged.is_higher else 'lägre'} än i {view.label}"
    found = view.driven
    first = () if found is None else first_drivers(found)
    if first:
        return f"{lead}; kostnaden skiljer sig mest genom {join([item.words.in_text for item in first])}"
    if found is not None and found.sure:
        return f"{lead}; i kostnaden sticker {join([item.words.in_text for item in found.sure[:2]])} ut"
    return f"{lead}, men ingen del av kostnaden sticker ut"


def _quality_clause(view: CauseView) -> str:
    """Say how the results are, where they are what the municipality wants to raise; else empty."""
    case = view.case
    if facts.direction(case) is not Direction.QUALITY:
        return ""
    known = facts.cost(case)
    side = next((item for item in view.service.quality if view.area.part in ("", item.id)), None)
    if known is not None and known.is_low and side is not None:
        return f"{capitalise(side.in_text)} har varit bland landets lägsta"
    judged = facts.quality(case)
    if judged is None or not judged.is_worse or judged.certainty is Certainty.UNCLEAR:
        return ""
    likely = "troligen " if judged.certainty is Certainty.LIKELY else ""
    return (
        f"{named_first(judged.kpi)} är {likely}{'högre' if judged.is_higher else 'lägre'} än i {view.label}"
    )


def quality_point(view: CauseView) -> str:
    """Say how good the outcome is and where it lies among the peers; empty where it is not measured."""
    judged = facts.quality(view.case)
    if judged is None:
        return ""
    where = better_than(judged, view.label)
    return f"{says_in(judged.kpi, judged.found.own, judged.year)}{', ' + where if where else ''}."


def points(view: CauseView) -> list[str]:
    """Return the points of the first page: the whole, the drivers that stand out, and what stands beside them."""
    found = view.driven
    cost: list[str] = []
    if found is not None:
        cost = [
            whole_point(view),
            *(driver_point(view, item) for item in found.leading[:MOST_DRIVERS]),
            *(f"{driver_point(view, item)} {apart(found)}".strip() for item in found.opposing[:1]),
        ]
        if not found.sure:
            cost.append(_none_stands_out(view))
    outs = [beside_sentence(view, judged) for _, judged in standing_out(view)[:2]]
    if _quality_clause(view):
        return [quality_point(view), *outs, *cost]
    return [*cost, structure_point(view), *outs, quality_point(view)]


def _none_stands_out(view: CauseView) -> str:
    found = view.driven
    assert found is not None
    largest = found.drivers[0]
    group = view.judge(view.drivers.total)
    beside_peers = (
        f"Mot {view.label} går skillnaden inte att skilja från noll. "
        if view.against == NATION and group is not None and group.certainty is Certainty.UNCLEAR
        else ""
    )
    return (
        f"{beside_peers}Ingen del av kostnaden sticker ut. Störst är {largest.words.in_text}, "
        f"{plain(abs(largest.mnkr))} miljoner kronor."
        if abs(largest.mnkr) >= 0.1
        else f"{beside_peers}Ingen del av kostnaden sticker ut."
    )


def leads(view: CauseView) -> list[Lead]:
    """Return what to ask the services next: of each driver that stands out, then of what stands beside them."""
    found = view.driven
    asked: list[Lead] = []
    if found is not None:
        asked += [
            Lead(item.words.ask, f"{capitalise(item.told)}.") for item in (*found.leading, *found.opposing)
        ]
    asked += [Lead(item.ask, f"{named_first(judged.kpi)}.") for item, judged in standing_out(view)]
    if _quality_clause(view):
        asked = [*(Lead(item.ask) for item in view.causes.beside[:2]), *asked]
    if len(asked) < 2:
        told = {lead.text for lead in asked}
        asked += [
            Lead(part.ask, f"{capitalise(part.in_text)}.") for part in _by_size(view) if part.ask not in told
        ]
        asked += [Lead(item.ask) for item in view.causes.beside if item.ask not in told]
    undecided = [item for item in hypotheses_of(view) if item.is_open and item.to_find_out]
    asked[2:2] = [Lead(item.to_find_out, f"{item.id}.") for item in undecided[:1]]
    first: dict[str, Lead] = {}
    for lead in asked:
        first.setdefault(lead.text, lead)
    return list(first.values())


def _by_size(view: CauseView) -> list[DriverPart | DriverFactor]:
    if view.driven is None:
        return list(view.drivers.parts)
    return [item.words for item in view.driven.drivers]


def findings(view: CauseView) -> list[Exhibit]:
    """Return at most `MOST` findings: those of what is to be improved first."""
    found: list[Exhibit] = []
    pool = OF_QUALITY if _quality_clause(view) else OF_COST
    if has_driving_unit(view):
        pool = (pool[0], units, *(kind for kind in pool[1:] if kind is not units))
    for kind in pool:
        exhibit = kind(view) if len(found) < MOST else None
        if exhibit is not None:
            found.append(exhibit)
    return found


def structure_point(view: CauseView) -> str:
    """Say how much structure explains; empty where there is no model."""
    found = structured(view)
    return "" if found is None else structure_sentences(view, found)[0]


class CauseReportCase(CauseCase):
    """A case with an area's report of step 2."""

    @cached_property
    def report(self) -> CauseReport:
        """All that the report shows before its underlag, made in one order so that nothing is said twice."""
        view, said = self.view, Said()
        found = findings(view)
        if len(found) < FEWEST:
            return CauseReport(_thin_page(view, found, said), (), is_thin=True)
        lead = found[0]
        picture = None
        if lead.figure is not None:
            picture = Picture(lead.figure, lead.alt or "", lead.subtitle, kpis=lead.kpis)
        first = first_page(title(view), picture, points(view), leads(view), said, heading=ASK)
        return CauseReport(first, without_repeats([as_table(lead), *found[1:]], said), is_thin=False)

    def first_page(self) -> Exhibit:
        """Visa första sidan: vad kostnaden består av, hur säkert det är och vad verksamheterna bör få frågan om."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa fynden, högst sex; ``case.findings()[0]`` är det första."""
        return Exhibits(self.report.findings)


def _thin_page(view: CauseView, found: list[Exhibit], said: Said) -> Exhibit:
    """Return the one page of a report that has too little data: what there is, what is missing, how to get it."""
    causes, case = view.causes, view.case
    there = [f"{item.title}." for item in found]
    asked = [
        kpi for kpi in (causes.given, causes.reach, causes.unit, causes.drivers.total) if kpi is not None
    ]
    lacking = [named(case.kpi(kpi)) for kpi in dict.fromkeys(asked) if case.latest(case.best(kpi).id) is None]
    if lacking:
        there.append(f"Det saknas värden i datauttaget för {join(lacking)}.")
    if view.driven is None:
        there.append(f"Därför går det inte att dela upp kostnaden för {view.drivers.in_text}.")
    picture = None
    if found and found[0].figure is not None:
        picture = Picture(found[0].figure, found[0].alt or "", found[0].subtitle, kpis=found[0].kpis)
    return first_page(
        f"Tunt underlag: siffrorna räcker inte till en orsaksanalys av {view.area.in_text} i {case.name}",
        picture,
        there,
        [
            *(Lead(item.ask) for item in causes.beside[:2]),
            Lead(
                "Hämta ett nytt datauttag ur Kolada, eller lägg till egna uppgifter, och gör rapporten igen."
            ),
        ],
        said,
        heading=ASK,
    )
