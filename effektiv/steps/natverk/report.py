"""The network's report: its first page, and the findings that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from effektiv.exhibits.exhibit import Exhibit, Exhibits, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import capitalise, cardinal, lower_first
from effektiv.steps.form import Lead, Picture, Said, as_table, first_page, without_repeats
from effektiv.steps.natverk.commitments import CommitmentsCase, commitments_finding, commitments_table
from effektiv.steps.natverk.lessons import learning_finding, pairs_table, problems_finding
from effektiv.steps.natverk.members import some_names
from effektiv.steps.natverk.pairs import PairsCase
from effektiv.steps.natverk.positions import (
    Positions,
    by_chance,
    chance_sentence,
    locked_sentence,
    position_finding,
    table,
    together_sentence,
    told_sentence,
)
from effektiv.types import Direction

NEXT = "Att göra härnäst"
MOST_AREAS = 3
"""Areas that have a finding of their own; the rest are in the underlag."""


@dataclass(frozen=True)
class NetworkReport:
    """What the report shows before its meeting sheets.

    Attributes
    ----------
    first
        Its first page.
    findings
        At most six.
    is_thin
        Whether there are no participants, or nothing is known of them.
    """

    first: Exhibit
    findings: tuple[Exhibit, ...]
    is_thin: bool


class NetworkReportCase(PairsCase, CommitmentsCase):
    """Ett nätverks deltagare: varje metod visar en del av vad projektet gav och vem som kan lära av vem."""

    @cached_property
    def report(self) -> NetworkReport:
        """All that is shown before the meeting sheets, made in one order so that nothing is said twice."""
        said = Said()
        areas = [
            finding
            for area in self.areas
            if (finding := position_finding(self, self.positions[area.id])) is not None
        ][:MOST_AREAS]
        if not areas:
            return NetworkReport(_thin(self, said), (), is_thin=True)
        lead = areas[0]
        picture = None
        if lead.figure is not None:
            picture = Picture(lead.figure, lead.alt or "", lead.subtitle, kpis=lead.kpis)
        first = first_page(_title(self), picture, _points(self), _leads(self), said, heading=NEXT)
        rest = [
            as_table(lead),
            *areas[1:],
            problems_finding(self),
            learning_finding(self),
            commitments_finding(self),
        ]
        return NetworkReport(first, without_repeats(rest, said), is_thin=False)

    def first_page(self) -> Exhibit:
        """Visa första sidan: vad projektet gav, vem som kan lära av vem, och vad som bör göras härnäst."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa lägena före och efter, de gemensamma problemen, vem som kan lära av vem, och utfästelserna."""
        return Exhibits(self.report.findings)

    def all_positions(self) -> Exhibits:
        """Visa alla deltagares lägen före och efter, i kvalitet och kostnad."""
        sides = self._sides
        if not sides:
            lacking = "Nätverket har inga deltagare med värden."
            return Exhibits([nothing("alla-lagen", "Alla lägen", lacking, flags=())])
        return Exhibits(
            Exhibit(
                id=f"alla-{side.area.id}-{'kvalitet' if side.direction is Direction.QUALITY else 'kostnad'}",
                title=f"{side.area.label}: {lower_first(side.kpi.label)}",
                source=Source.OWN,
                alt=None,
                table=table(self, side),
                kpis=(side.kpi.id,),
            )
            for side in sides
        )

    def all_pairs(self) -> Exhibit:
        """Visa alla par, med skäl."""
        title, name = "Alla par", "alla-par"
        if not self.lessons:
            return nothing(name, title, "Inget par är utpekat i nätverket.", flags=())
        return Exhibit(
            id=name, title=title, source=Source.OWN, alt=None, table=pairs_table(self, self.lessons)
        )

    def all_commitments(self) -> Exhibit:
        """Visa alla deltagares utfästelser och steg."""
        title, name = "Alla deltagares utfästelser och steg", "alla-utfastelser"
        if not self.progress:
            return nothing(name, title, "Nätverket har inga deltagare.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            table=commitments_table(self, self.progress),
        )

    @property
    def _sides(self) -> list[Positions]:
        return [side for area in self.areas for side in self.positions[area.id]]

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report needs."""
        return super().describe() | {"underlag": "tunt" if self.report.is_thin else "fullt"}


def _thin(case: NetworkReportCase, said: Said) -> Exhibit:
    some = case.network.participants
    return first_page(
        f"Tunt underlag: för lite är känt om deltagarna i {case.title}"
        if some
        else f"Tunt underlag: {case.title} har inga deltagare",
        None,
        [
            f"{some_names(case.called(item.code) for item in some)} saknar värden för sina fokusområden."
            if some
            else "Filen om nätverket har inga kommuner som deltar."
        ],
        [Lead("Hämta ett nytt datauttag ur Kolada, eller lägg till deltagare, och gör rapporten igen.")],
        said,
    )


def _title(case: NetworkReportCase) -> str:
    told = list(dict.fromkeys(item.code for side in case._sides for item in side.told))
    count = len(case.network.participants)
    if told:
        many = capitalise(cardinal(len(told), common=True))
        alone = by_chance(case._sides)
        return f"{many} av {cardinal(count)} deltagare har förbättrats mer än väntat; slumpen ensam brukar ge {alone}"
    if any(side.judged for side in case._sides):
        return f"Ingen av {cardinal(count)} deltagare har förbättrats mer än slumpen brukar ge"
    return f"Vad projektet gav de {cardinal(count)} deltagarna går inte att säga ännu"


_CHOSEN = "De som valdes för att de låg illa till brukar förbättras av sig själva, och det räknas inte som projektets verkan."


def _points(case: NetworkReportCase) -> list[str]:
    sides = case._sides
    told = [side for side in sides if side.told]
    silent = [side for side in sides if not side.judged]
    alone = chance_sentence(sides)
    if told:
        first = f"{alone} {locked_sentence(case, sides)} {_CHOSEN}"
    elif alone:
        first = f"Av dem som kan bedömas har ingen ändrats mer åt rätt håll än slumpen brukar ge. {alone} {_CHOSEN}"
    else:
        first = _CHOSEN
    points = [first, *(told_sentence(case, side) for side in told[:3])]
    largest = max(
        (side for side in sides if side.all is not None), key=lambda side: len(side.found), default=None
    )
    if largest is not None:
        points.append(together_sentence(largest))
    if silent and len(told) < 3:
        points.append(told_sentence(case, silent[0]))
    shared = [problem for problem in case.problems if problem.is_shared]
    if shared:
        worst = max(shared, key=lambda item: max(len(item.dear), len(item.low)))
        members = cardinal(len(case.members(worst.area)))
        is_dear = len(worst.dear) >= len(worst.low)
        what = "kostar det mer än väntat" if is_dear else "är resultatet sämre än mitten av gruppen"
        count = cardinal(max(len(worst.dear), len(worst.low)), common=True)
        points.append(f"{worst.area.label}: hos {count} av {members} {what}, minst troligt.")
    meetings = len(case.lessons)
    if meetings:
        worth = "Ett samtal är värt" if meetings == 1 else f"{capitalise(cardinal(meetings))} samtal är värda"
        points.append(f"{worth} att boka, mellan deltagare som liknar varandra.")
    return points


def _leads(case: NetworkReportCase) -> list[Lead]:
    asking: dict[tuple[str, str], list[str]] = {}
    for lesson in case.lessons:
        asking.setdefault((lesson.area.in_text, lesson.teacher), []).append(case.called(lesson.learner))
    leads = [
        Lead(f"talar med {case.called(teacher)} om {area}.", some_names(names))
        for (area, teacher), names in list(asking.items())[:2]
    ]
    without = sum(item.step is None for item in case.progress)
    if without:
        who = f"{capitalise(cardinal(without, common=True))} deltagare"
        leads.append(Lead("har inte lämnat uppgifter om utfästelser och steg: be om dem.", who))
    return leads or [Lead("Bestäm när nätverket möts nästa gång och vad var och en tar med.")]
