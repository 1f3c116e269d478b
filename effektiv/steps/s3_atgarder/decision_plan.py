"""The project plan: who leads it, what has been promised, when it goes on, and what it costs beside what it may give."""

from __future__ import annotations

import datetime as dt
import math
from calendar import monthrange

from effektiv.analysis.certainty import Certainty
from effektiv.exhibits.charts import TimeRow, timeline
from effektiv.exhibits.exhibit import Block, Definitions, Exhibit, Exhibits, Source, Text
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import capitalise, date, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steg import STEPS
from effektiv.steps.s3_atgarder.decision import NOT_FILLED, DecisionCase, not_filled, or_mark
from effektiv.steps.s3_atgarder.decision_params import COMMITMENTS, STATUSES, StepTime
from effektiv.steps.s3_atgarder.decision_view import DecisionView
from effektiv.steps.wording import CERTAINTY_WORDS

_MEETINGS = {"styrgrupp": "Styrgruppen", "arbetsgrupp": "Arbetsgruppen", "gemensam": "Gemensamma samlingar"}


class DecisionPlanCase(DecisionCase):
    """En kommuns beslut, med projektplanen."""

    def project_plan(self, arende: str = "") -> Exhibits:
        """Visa projektplanen: organisation, utfästelser, tidplan och kostnad bredvid den väntade nyttan."""
        found = self.decision(arende)
        if not self.is_written(arende):
            return Exhibits(
                [nothing("projektplan", "Projektplan", "Ingen projektplan är skriven.", flags=())]
            )
        return Exhibits([_organisation(found), _commitments(found), _times(found), _costs(found)])


def _organisation(found: DecisionView) -> Exhibit:
    plan = found.project
    items: tuple[tuple[Text, Text], ...] = (
        ("Styrgrupp", or_mark(join(plan.steering), "styrgrupp")),
        ("Projektledare", or_mark(plan.leader, "projektledare")),
        ("Kontaktperson mot SKR", or_mark(plan.contact, "kontaktperson")),
        ("Arbetsgrupp", or_mark(join(plan.working), "arbetsgrupp")),
    )
    return Exhibit(
        id="organisation",
        title="Organisation",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(Definitions(items),),
    )


def _commitments(found: DecisionView) -> Exhibit:
    rows = []
    for key, text in COMMITMENTS.items():
        said = found.project.promise(key)
        status = None if said is None else said.status
        rows.append((text, STATUSES[status] if status else NOT_FILLED, said.seen_in or "" if said else ""))
    return Exhibit(
        id="utfastelser",
        title="Kommunens fem utfästelser",
        source=Source.MUNICIPALITY,
        alt=None,
        table=Table(
            caption="Det som en kommun som deltar förbinder sig till, och hur långt det har kommit",
            columns=(Column("vad", "Utfästelse"), Column("lage", "Läge"), Column("var", "Visas i")),
            rows=tuple(rows),
        ),
    )


def _times(found: DecisionView) -> Exhibit:
    plan = found.project
    name, title = "tidplan", "Tidplan"
    steps = sorted(plan.times, key=lambda item: item.step)
    if not steps:
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            blocks=(not_filled(("tidplan",), found),),
        )
    meetings = {
        who: tuple(sorted(item.day for item in plan.meetings if item.who == who)) for who in _MEETINGS
    }
    days = [item.start for item in steps] + [item.end for item in steps]
    listed = [f"{STEPS[item.step].name.lower()} {_span(item)}" for item in steps]
    met = [f"{_MEETINGS[who].lower()} {len(some)}" for who, some in meetings.items() if some]
    return Exhibit(
        id=name,
        title=title,
        subtitle=f"Projektets steg som staplar och möten som prickar, {min(days).year}–{max(days).year}",
        source=Source.MUNICIPALITY,
        alt=f"Steg och månader: {', '.join(listed)}." + (f" Antal möten: {', '.join(met)}." if met else ""),
        goes_along=True,
        figure=timeline(
            (
                *(
                    TimeRow(
                        f"{item.step}. {STEPS[item.step].name}", _span(item), item.start, _month_end(item)
                    )
                    for item in steps
                ),
                *(TimeRow(_MEETINGS[who], days=some) for who, some in meetings.items() if some),
            )
        ),
        table=Table(
            caption="Steg och möten i tidsordning",
            columns=(Column("vad", "Vad"), Column("nar", "När")),
            rows=(
                *((STEPS[item.step].name, _span(item)) for item in steps),
                *(
                    (item.name or _MEETINGS[item.who], date(item.day))
                    for item in sorted(plan.meetings, key=lambda item: item.day)
                ),
            ),
        ),
    )


def _month_end(item: StepTime) -> dt.date:
    """Return the last day of the last month."""
    return item.end.replace(day=monthrange(item.end.year, item.end.month)[1])


def _span(item: StepTime) -> str:
    """Write from month to month: "januari–april 2026", "november 2026–mars 2027"."""
    first, last = (date(day).split(" ", 1)[1] for day in (item.start, item.end))
    if first == last:
        return first
    if item.start.year == item.end.year:
        first = first.split(" ")[0]
    return f"{first}–{last}"


def _costs(found: DecisionView) -> Exhibit:
    """Set what the project costs beside what may come of it: the measures' net, or the size of the gaps."""
    plan = found.project
    own = found.own_cost
    rows: list[tuple[Value, ...]] = [
        ("Avgift, exklusive moms", "en gång", plan.fee / 1e3, None),
        (
            "Egen tid i projektet",
            "en gång",
            None if math.isnan(own) else own / 1e3,
            None if math.isnan(found.own_hours) else found.own_hours,
        ),
    ]
    if not math.isnan(own):
        rows.append(("Projektets kostnad", "en gång", (plan.fee + own) / 1e3, None))
    blocks: list[Block | str] = []
    if found.together is not None and found.frees_money:
        words = {"likely": "troligt", "low": "oväntat lågt", "high": "oväntat högt"}
        for key, word in words.items():
            rows.append(
                (f"Åtgärderna netto, {word}", f"per år från {found.full_year}", found.net[key] / 1e3, None)
            )
        if found.frees_time:
            hours = float(found.together.hours.iloc[-1]["likely"])
            rows.append(("Frigjord tid, troligt", "per år", None, hours))
    for view in found.areas.values() if found.is_to_join else ():
        gap = view.gap
        if gap is None:
            continue
        word = CERTAINTY_WORDS[gap.judged.certainty]
        known = gap.judged.certainty is not Certainty.UNCLEAR and gap.median > 0
        rows.append(
            (
                f"{capitalise(gap.what)} mot mitten av {view.definite}",
                f"skillnad {gap.year}, {word}",
                gap.median * 1e3 if known else None,
                None,
            )
        )
    if found.is_to_join:
        blocks.append("Skillnaderna visar hur stort det är som kan påverkas, inte vad projektet ger.")
    return Exhibit(
        id="projektkostnad",
        title="Projektets kostnad bredvid den väntade nyttan",
        source=Source.OWN,
        alt=None,
        blocks=tuple(blocks),
        table=Table(
            caption="Kostnad och väntad nytta",
            columns=(
                Column("post", "Post"),
                Column("nar", "När"),
                Column("tkr", "Belopp", kind="number", unit="tkr", decimals=0, may_lack=True),
                Column("timmar", "Tid", kind="number", unit="timmar", decimals=0, may_lack=True),
            ),
            rows=tuple(rows),
        ),
    )
