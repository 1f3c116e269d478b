"""The meeting's A4: what deviates in all areas, what is done, by whom and by when; all else in one compact table."""

from __future__ import annotations

from functools import cached_property

from effektiv.exhibits.exhibit import Exhibit, Exhibits, Source
from effektiv.exhibits.swedish import capitalise, cardinal
from effektiv.exhibits.table import Table, Value
from effektiv.steps.form import Said, first_page, without_repeats
from effektiv.steps.s4_forbattringsarbete import indicators
from effektiv.steps.s4_forbattringsarbete.deviations import found_in
from effektiv.steps.s4_forbattringsarbete.economy import TOTAL
from effektiv.steps.s4_forbattringsarbete.followed import WholeFollowUp
from effektiv.steps.s4_forbattringsarbete.money import activity_table
from effektiv.steps.s4_forbattringsarbete.report import DECIDE, FollowUpReport, leads, title
from effektiv.steps.s4_forbattringsarbete.thin import thin_page
from effektiv.steps.s4_forbattringsarbete.view import FollowUpView
from effektiv.steps.s4_forbattringsarbete.words import month_name

MOST_POINTS, MOST_LEADS, MOST_ROWS, MOST_SERVICES = 4, 2, 7, 5
"""What has room on the sheet."""


class MeetingCase(WholeFollowUp):
    """A case with the meeting's A4."""

    @cached_property
    def report(self) -> FollowUpReport:
        """All of the sheet, made in one order so that nothing is said twice."""
        view, said = self.view, Said()
        if view.is_thin:
            return FollowUpReport(thin_page(view, said), (), is_thin=True)
        found = found_in(view)
        told = [item.to_text() for item in found][:MOST_POINTS]
        if len(found) > MOST_POINTS:
            more = len(found) - MOST_POINTS
            where = "områdets rapport" if more == 1 else "områdenas rapporter"
            told.append(f"{capitalise(cardinal(more, common=True))} till står i {where}.")
        first = first_page(
            title(view, found),
            indicators.picture(view),
            told
            or ["Allt som följs ligger inom det som slumpen brukar ge, och ingen prognos är över budget."],
            leads(view, found)[:MOST_LEADS],
            said,
            heading=DECIDE,
        )
        rest = [
            services(view),
            indicators.compact(view, without=view.signalling[: indicators.MOST_LARGE], most=MOST_ROWS),
        ]
        return FollowUpReport(
            first, without_repeats([item for item in rest if item is not None], said), is_thin=False
        )

    def first_page(self) -> Exhibit:
        """Visa det som avviker, vad vi gör åt det, vem och till när."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa resten av bladet: en rad för varje verksamhets ekonomi, och en för varje indikator."""
        return Exhibits(self.report.findings)


def services(view: FollowUpView) -> Exhibit | None:
    """Show budget, actual and forecast in one line for each activity, the furthest from budget first."""
    whole = activity_table(view)
    rows, month = view.by_activity, view.money_month
    if whole is None or rows is None or month is None or whole.table is None:
        return None
    parts = rows.drop(index=TOTAL)
    order = parts["deviation"].abs().sort_values(ascending=False, kind="stable").index
    shown = (
        [str(name) for name in order[:MOST_SERVICES]]
        if len(parts) > MOST_SERVICES
        else [str(name) for name in parts.index]
    )
    by_name = {str(row[0]): row for row in whole.table.rows}
    made: list[tuple[Value, ...]] = [by_name[name] for name in shown]
    if len(parts) > 1:
        made.append(by_name[TOTAL])
    return Exhibit(
        id="ekonomi",
        title=f"Ekonomi till och med {month_name(month)}",
        subtitle="Tusen kronor; minus är över budget",
        source=Source.MUNICIPALITY,
        alt=None,
        table=Table(
            caption="Budget, utfall och prognos per verksamhet",
            columns=whole.table.columns,
            rows=tuple(made),
            own_rows=frozenset({len(made) - 1}) if len(parts) > 1 else frozenset(),
        ),
    )
