"""An area's report in step 4: deviations first, then the economy, the indicators, the measures and what was learnt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from effektiv.exhibits.exhibit import Exhibit, Exhibits
from effektiv.exhibits.swedish import capitalise, cardinal
from effektiv.steps.form import Lead, Said, first_page, without_repeats
from effektiv.steps.s4_forbattringsarbete import indicators
from effektiv.steps.s4_forbattringsarbete.deviations import (
    MONEY,
    Deviation,
    found_in,
    late_actions,
    without_action,
)
from effektiv.steps.s4_forbattringsarbete.followed import AreaFollowUp
from effektiv.steps.s4_forbattringsarbete.money import (
    activity_table,
    own_end_sentence,
    total_sentence,
    volume_sentence,
)
from effektiv.steps.s4_forbattringsarbete.progress import TOO_EARLY, measures_finding, verdict
from effektiv.steps.s4_forbattringsarbete.thin import thin_page
from effektiv.steps.s4_forbattringsarbete.trials import trials_finding
from effektiv.steps.s4_forbattringsarbete.view import FollowUpView
from effektiv.steps.s4_forbattringsarbete.words import month_name
from effektiv.steps.s4_forbattringsarbete.yearly import yearly_finding

DECIDE = "Att besluta"

FINDINGS: tuple[Callable[[FollowUpView], Exhibit | None], ...] = (
    activity_table,
    lambda view: indicators.compact(view, without=view.signalling[: indicators.MOST_LARGE]),
    measures_finding,
    trials_finding,
)
"""The pool, in order; each gives None where the municipality's data do not carry it."""


@dataclass(frozen=True)
class FollowUpReport:
    """What a report shows before its underlag.

    Attributes
    ----------
    first
        Its first page.
    findings
        At most six.
    is_thin
        Whether there are too few months for a report.
    """

    first: Exhibit
    findings: tuple[Exhibit, ...]
    is_thin: bool


def title(view: FollowUpView, found: tuple[Deviation, ...]) -> str:
    """Return the report's finding: how much deviates, or that nothing does."""
    assert view.month is not None
    month = month_name(view.month)
    bad = [item for item in found if item.is_bad]
    if not bad:
        good = sum(not item.is_bad for item in found)
        if good:
            words = "en förbättring" if good == 1 else f"{cardinal(good, common=True)} förbättringar"
            return f"{capitalise(month)}: {words} som inte är slump, och inget som avviker åt fel håll"
        return f"{capitalise(month)}: inget avviker mer än slumpen brukar ge"
    parts = []
    money = sum(item.kind == MONEY for item in bad)
    others = len(bad) - money
    if money == 1:
        parts.append("prognosen över budget" if view.area is not None else "en prognos över budget")
    elif money:
        parts.append(f"{cardinal(money, common=True)} prognoser över budget")
    if others:
        word = "avvikelse" if others == 1 else "avvikelser"
        parts.append(f"{cardinal(others, common=True)} {word} i kvalitet eller arbete")
    return f"{capitalise(month)}: {' och '.join(parts)}"


def points(view: FollowUpView, found: tuple[Deviation, ...]) -> list[str]:
    """Return the points of the first page: the deviations, or what is calm."""
    said = [item.to_text() for item in found]
    if not any(item.kind == MONEY for item in found):
        said.append(total_sentence(view))
    if volume := volume_sentence(view):
        said.append(volume)
    if not found:
        said.append(own_end_sentence(view))
        said.append(indicators.false_sentence(view))
    return said


def leads(view: FollowUpView, found: tuple[Deviation, ...]) -> list[Lead]:
    """Return what is to be decided."""
    made: list[Lead] = []
    if text := without_action(found):
        made.append(Lead(text, "Saknar åtgärd."))
    if late := late_actions(view):
        one = late[0]
        made.append(Lead(f"{one.text.rstrip('.')} skulle ha varit klart.", "Försenat."))
    go = [
        item
        for item in view.measures
        if verdict(view, item) in ("gå vidare", "pröva stoppregeln", "ta reda på varför")
    ]
    for item in go[:1]:
        word = verdict(view, item)
        stop = f" Regeln är: {item.text('stop')}" if word == "pröva stoppregeln" and item.text("stop") else ""
        made.append(Lead(f"{item.id} {item.name}.{stop}", f"{capitalise(word)}."))
    if view.measures and not go and not made:
        made.append(Lead(f"För åtgärderna är det {TOO_EARLY}: fortsätt följa dem.", "Åtgärderna."))
    if not made:
        made.append(Lead("Inget behöver beslutas av det som följs.", "Denna månad."))
    return made


class FollowUpReportCase(AreaFollowUp):
    """A case with an area's report of step 4."""

    @cached_property
    def report(self) -> FollowUpReport:
        """All that the report shows before its underlag, made in one order so that nothing is said twice."""
        view, said = self.view, Said()
        yearly = yearly_finding(self, self.area, view.measures)
        if view.is_thin:
            return FollowUpReport(thin_page(view, said), (), is_thin=True)
        found = found_in(view)
        first = first_page(
            title(view, found),
            indicators.picture(view),
            points(view, found),
            leads(view, found),
            said,
            heading=DECIDE,
        )
        every = [item for kind in FINDINGS if (item := kind(view)) is not None]
        every += [yearly] if yearly is not None else []
        return FollowUpReport(first, without_repeats(every, said), is_thin=False)

    def first_page(self) -> Exhibit:
        """Visa första sidan: vad som avviker, vad vi gör, vem och till när."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa fynden, högst sex; ``case.findings()[0]`` är det första."""
        return Exhibits(self.report.findings)
