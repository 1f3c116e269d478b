"""The report on governance: what those who answered the self-assessment see differently, and its first page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from effektiv.analysis.agreement import FEWEST
from effektiv.exhibits.exhibit import Exhibit, Exhibits
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, join, number
from effektiv.steps.base import OverviewBase
from effektiv.steps.form import Lead, Picture, Said, first_page, without_repeats
from effektiv.steps.s2_orsaksanalys.assessment import Round, rounds
from effektiv.steps.s2_orsaksanalys.governance_findings import governance_findings, moved_areas
from effektiv.steps.s2_orsaksanalys.governance_view import SCALE, GovernanceView, groups_picture, view_of
from effektiv.steps.s2_orsaksanalys.params import ASSESSMENT_FILE

ASK = "Att fråga härnäst"
_HIGH, _LOW = 3.5, 2.5
"""From here on a group sees what a statement says, and up to here it does not."""


@dataclass(frozen=True)
class GovernanceReport:
    """What the report shows before its underlag."""

    first: Exhibit
    findings: tuple[Exhibit, ...]
    is_thin: bool


class GovernanceReportCase(OverviewBase):
    """A case with the report on governance."""

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        """The rounds that anybody has answered in, the earliest first."""
        return rounds(self.params.of(ASSESSMENT_FILE))

    @cached_property
    def governance(self) -> GovernanceView | None:
        """What the latest round shows; None where there is none, or too few have answered."""
        return view_of(self.rounds)

    @cached_property
    def report(self) -> GovernanceReport:
        """All that is shown before the underlag, made in one order so that nothing is said twice."""
        said, view = Said(), self.governance
        if view is None:
            return GovernanceReport(self._thin(said), (), is_thin=True)
        first = first_page(
            governance_title(view),
            budget_picture(view),
            governance_points(view),
            governance_leads(view),
            said,
            heading=ASK,
        )
        return GovernanceReport(first, without_repeats(governance_findings(view), said), is_thin=False)

    def first_page(self) -> Exhibit:
        """Visa första sidan: var rollerna svarar olika, starkast och svagast, och vad som är värt att fråga härnäst."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa fynden, högst sex; ``case.findings()[0]`` är det första."""
        return Exhibits(self.report.findings)

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report and the index of all municipalities need."""
        year = re.match("20[0-9]{2}", self.rounds[-1].name) if self.rounds else None
        return super().describe() | {
            "ar": None if year is None else int(year[0]),
            "preliminart_ar": None,  # answers are not published in two versions,
            "jamfor_med": "",  # and are compared with nobody else's
            "underlag": "tunt" if self.report.is_thin else "fullt",
        }

    def _thin(self, said: Said) -> Exhibit:
        answered = len(self.rounds[-1].roles) if self.rounds else 0
        place = f'"{self.name}"' if " " in self.name else self.name
        why = (
            "Ingen har fyllt i självskattningen av styrningen."
            if not answered
            else f"Ännu har inte {cardinal(FEWEST)} personer i någon roll svarat, och färre än så visas inte."
        )
        return first_page(
            f"Tunt underlag: {self.name} har inga svar om styrningen att visa",
            None,
            [
                why,
                "I den tar politiker, förvaltningens ledning, enhetschefer samt ekonomi och stöd ställning till samma "
                "påståenden. Rapporten visar var de svarar olika.",
            ],
            [
                Lead(f"effektiv ny {place} --steg 2 skriver ett tomt formulär.", "Skapa formuläret."),
                Lead(
                    "En kopia per person räcker; det ska inte stå något namn i den. Helst minst "
                    f"{cardinal(FEWEST)} från varje roll svarar.",
                    "Dela ut det.",
                ),
                Lead(
                    "Lägg alla svar från samma omgång i en mapp under sjalvskattning, till exempel 2025-host, "
                    "och gör rapporten igen.",
                    "Samla in det.",
                ),
            ],
            said,
            heading="Så kommer ni igång",
        )


# --- first page -------------------------------------------------------------------------


def governance_title(view: GovernanceView) -> str:
    """Return the finding of the report."""
    gap = view.sure_first
    if gap is not None:
        high, low = capitalise(view.said(gap.high)), view.said(gap.low)
        if gap.high_mean >= _HIGH and gap.low_mean <= _LOW:
            return f"{high} ser en dialog om budgeten, men det gör inte {low}"
        return f"{high} ser mer av en dialog om budgeten än {low}"
    if view.other_gaps:
        other = view.other_gaps[0]
        both = f"{capitalise(view.said(other.high))} och {view.said(other.low)}"
        return f"{both} svarar olika om {view.about(other.statement)}"
    lowest = view.lowest[0].area.in_text
    if not view.gaps.largest:
        return f"Svaren är lägst om {lowest}"
    return f"Ingen skillnad mellan rollerna är större än slumpen kan ge; lägst är svaren om {lowest}"


def governance_points(view: GovernanceView) -> list[str]:
    """Return the points: the budget dialogue, other gaps, the ends, and who has answered."""
    return [_first_point(view), _others_point(view), _ends_point(view), _change_point(view), _who_point(view)]


def _first_point(view: GovernanceView) -> str:
    gap = view.gaps.first
    if gap is None:
        return "Hur ledning och enhetschefer ser på dialogen om budgeten går inte att jämföra: för få har svarat i någon roll."
    high, low = view.said(gap.high), view.said(gap.low)
    text = (
        f"På påståendet att ledning och enheter talar med varandra om budgeten svarar {high} i snitt "
        f"{plain(gap.high_mean)} och {low} {plain(gap.low_mean)}. Fem betyder stämmer helt."
    )
    if not gap.is_step:
        return f"{text} Det är mindre än ett steg och räknas inte som en skillnad."
    return f"{text} {CHANCE_SELDOM if gap.beyond_chance else 'Skillnaden kan bero på slumpen.'}"


CHANCE_SELDOM = "En så stor skillnad ger slumpen sällan."


def _others_point(view: GovernanceView) -> str:
    gaps = view.other_gaps
    if not view.gaps.largest:
        return ""
    if not gaps:
        return "Inget annat påstående skiljer rollerna mer än slumpen kan ge."
    told = join([view.about(gap.statement) for gap in gaps[:3]])
    low = {gap.low for gap in gaps[:3]}
    who = f", där {view.said(next(iter(low)))} svarar lägst" if len(low) == 1 else ""
    return f"Rollerna skiljer sig {'också ' if view.sure_first else ''}om {told}{who}."


def _ends_point(view: GovernanceView) -> str:
    (high, clear_high), (low, clear_low) = view.highest, view.lowest
    text = (
        f"Svaren är högst om {high.area.in_text}, i snitt {plain(high.mean)}, "
        f"och lägst om {low.area.in_text}, {plain(low.mean)}."
    )
    unclear = [end.area.in_text for end, clear in ((high, clear_high), (low, clear_low)) if not clear]
    if not unclear:
        return text
    return f"{text} Att just {join(unclear)} ligger ytterst kan bero på vilka som har svarat."


def _change_point(view: GovernanceView) -> str:
    if view.before is None:
        return ""
    moved = moved_areas(view)
    if moved:
        return f"Svaren {moved} sedan {view.before.label}, mer än slumpen kan ge."
    return f"Sedan {view.before.label} har inget område ändrats mer än slumpen kan ge."


def _who_point(view: GovernanceView) -> str:
    shown = view.shown
    text = f"Rapporten bygger på {number(shown.total)} personers svar ({view.round.label})."
    hidden = [view.asked.groups[group].in_text for group in shown.small]
    absent = [
        role.in_text
        for role in view.asked.roles
        if role.id not in shown.respondents and role.id not in shown.small and not _is_merged(view, role.id)
    ]
    if hidden:
        counted = (
            "de räknas med i helheten"
            if shown.counts_small
            else "deras svar räknas inte med, för då skulle de gå att räkna ut"
        )
        text += f" Färre än fem har svarat bland {join(hidden)}; de visas inte för sig och {counted}."
    if absent:
        text += f" Inga svar har kommit från {join(absent)}."
    if _is_merged(view, view.asked.together.roles[0]):
        text += " Ledning och ekonomi visas tillsammans, för var för sig är någon av dem för få."
    return text


def _is_merged(view: GovernanceView, role: str) -> bool:
    return view.asked.together.id in view.shown.respondents and role in view.asked.together.roles


def governance_leads(view: GovernanceView) -> list[Lead]:
    """Return what to ask next: about the largest gap, the lowest area and what is written nowhere."""
    leads = []
    if view.sure_first is not None:
        leads.append(
            Lead(
                f"Be {view.said(view.sure_first.low)} och {view.said(view.sure_first.high)} beskriva samma tillfälle.",
                "Dialogen om budgeten.",
            )
        )
    elif view.other_gaps:
        gap = view.other_gaps[0]
        leads.append(
            Lead(
                f"Låt {view.said(gap.high)} och {view.said(gap.low)} ge varsitt exempel.",
                f"{capitalise(view.about(gap.statement))}.",
            )
        )
    area = view.lowest[0].area
    leads.append(Lead(area.ask, f"{capitalise(area.in_text)}."))
    if len(view.documented) < len(view.asked.statements):
        leads.append(
            Lead("Ta fram det dokument som gäller där ingen har kunnat säga var det står.", "Var det står.")
        )
    return leads


def budget_picture(view: GovernanceView) -> Picture:
    """Draw the area of the gap that was asked for, that statement first."""
    first = view.asked.first.statement
    area = next(area for area in view.asked.areas if first in {one.id for one in area.statements})
    ids = [first, *(one.id for one in area.statements if one.id != first)]
    return groups_picture(view, ids, f"{area.label}: {SCALE}", strong=(first,))
