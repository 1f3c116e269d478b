"""An area's report in step 5: what the locked figure says, before and after, the measures, and what was learnt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from effektiv.exhibits.exhibit import Exhibit, Exhibits
from effektiv.exhibits.swedish import date, join
from effektiv.steps.form import Lead, Said, first_page, without_repeats
from effektiv.steps.s5_avslutning.before_after import efficiency_finding, figures_finding, moved_sentence
from effektiv.steps.s5_avslutning.catching_up import beside_the_best
from effektiv.steps.s5_avslutning.effects import (
    described,
    described_finding,
    judged_finding,
    picture,
    points_of,
)
from effektiv.steps.s5_avslutning.lessons import empty_sentence, lessons_finding, of_area
from effektiv.steps.s5_avslutning.realised import (
    MOST_NAMED,
    delivered_finding,
    money_sentence,
    never_sentence,
)
from effektiv.steps.s5_avslutning.thin import thin_page
from effektiv.steps.s5_avslutning.view import ClosingCase, ClosingView
from effektiv.steps.s5_avslutning.words import heading

CARRY_ON = "Att ta med sig"
NOT_LOCKED = "Inget mål låstes innan arbetet började, så inget nyckeltal är utpekat i förväg."


@dataclass(frozen=True)
class ClosingReport:
    """What a report shows before its underlag.

    Attributes
    ----------
    first
        Its first page.
    findings
        At most six.
    is_thin
        Whether there is no project to tell of.
    """

    first: Exhibit
    findings: tuple[Exhibit, ...]
    is_thin: bool


def title(view: ClosingView) -> str:
    """Return the report's finding: what the locked figure says, or that none was locked."""
    if view.primary is None:
        return f"Projektet i {view.area.in_text} kan beskrivas men inte prövas"
    return heading(view.primary)


def lock_sentence(view: ClosingView) -> str:
    """Say when the goal was locked, and whether it has been changed; that none was where none was."""
    goal = view.goal
    if goal is None:
        return NOT_LOCKED
    day = f" {date(goal.day)}" if goal.day is not None else ""
    changed = " och har ändrats sedan dess" if goal.locks > 1 else ""
    return f"Målet låstes{day}{changed}."


def points(view: ClosingView) -> list[str]:
    """Return the points of the first page."""
    said = [] if view.goal is not None else [lock_sentence(view)]
    if view.primary is not None:
        said += points_of(view, view.primary)
    else:
        found = (described(view, item.kpi) for item in view.answers)
        said += [moved_sentence(item) for item in found if item is not None]
    said += view.notes[:2]
    if view.delivered is not None:
        said.append(money_sentence(view.delivered) or never_sentence(view.delivered, view.measures))
    return [item for item in said if item]


def leads(view: ClosingView) -> list[Lead]:
    """Return what to carry on with."""
    made: list[Lead] = []
    if view.closing is not None:
        lessons, goes_on = of_area(view.closing, view.area.id)
        own = [item for item in lessons if item.area == view.area.id] or list(lessons)
        made += [Lead(item.what, "Lärdom.") for item in own[:1]]
        made += [
            Lead(item.what if not item.owner else f"{item.what} Ansvarig: {item.owner}.", "Fortsätter.")
            for item in goes_on[:1]
        ]
    if text := empty_sentence(view.closing):
        made.append(Lead(text, "Saknas."))
    elif view.delivered is not None and view.delivered.never:
        made.append(Lead(f"Bestäm om {_unmeasured(view.delivered.never)} ska fortsätta.", "Åtgärderna."))
    return made or [Lead("Skriv vad ni har lärt er i avslutning.yaml.", "Saknas.")]


def _unmeasured(never: tuple[str, ...]) -> str:
    if len(never) > MOST_NAMED:
        return "åtgärder som aldrig har mätts"
    return f"{join(never)}, som aldrig har mätts,"


class ClosingReportCase(ClosingCase):
    """A case with an area's report of step 5."""

    @cached_property
    def report(self) -> ClosingReport:
        """All that the report shows before its underlag, made in one order so that nothing is said twice."""
        return report_of(self.view)

    def first_page(self) -> Exhibit:
        """Visa första sidan: vad det låsta målet säger, vad som hade hänt ändå, och vad ni tar med er."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa fynden, högst sex; ``case.findings()[0]`` är det första."""
        return Exhibits(self.report.findings)


def report_of(view: ClosingView) -> ClosingReport:
    """Write a report from a view."""
    said = Said()
    if view.is_thin:
        return ClosingReport(thin_page(view, said), (), is_thin=True)
    carried = leads(view)
    first = first_page(title(view), picture(view), points(view), carried, said, heading=CARRY_ON)
    every = [
        judged_finding(view),
        figures_finding(view.compared, view.name, view.peers, view.area.no_efficiency),
        efficiency_finding(view.shift, view.name, view.area),
        described_finding(view),
        delivered_finding(view.delivered, view.measures),
        lessons_finding(view.closing, view.area.id, {item.text for item in carried}),
    ]
    return ClosingReport(
        first,
        without_repeats(
            beside_the_best(every, view.moved, None if view.shift is None else view.shift.total), said
        ),
        is_thin=False,
    )
