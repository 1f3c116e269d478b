"""The project in all areas on two pages, to spread: what the locked goals say, what the measures gave, and what was learnt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from effektiv.analysis.portfolio import Benefit
from effektiv.exhibits.exhibit import Bullets, Exhibit, Exhibits, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.base import OverviewBase
from effektiv.steps.form import Lead, Said, first_page, without_repeats
from effektiv.steps.s5_avslutning.effects import picture
from effektiv.steps.s5_avslutning.lessons import all_written, empty_sentence, lessons_finding
from effektiv.steps.s5_avslutning.params import Closing, closing_of
from effektiv.steps.s5_avslutning.realised import CLASSES
from effektiv.steps.s5_avslutning.report import CARRY_ON, ClosingReport
from effektiv.steps.s5_avslutning.view import ClosingCase, ClosingView
from effektiv.steps.s5_avslutning.words import cannot, counterfactual, heading, in_table, smallest
from effektiv.steps.services import ServiceCase
from effektiv.steps.wording import fit


@dataclass(frozen=True)
class WholeClosing:
    """A municipality's project.

    Attributes
    ----------
    name
        Of the municipality.
    areas
        Those in which something was done or locked, in the catalogue's order.
    closing
        What is written of its end.
    """

    name: str
    areas: tuple[ClosingView, ...]
    closing: Closing | None

    @property
    def judged(self) -> tuple[ClosingView, ...]:
        """Areas with a locked goal."""
        return tuple(view for view in self.areas if view.primary is not None)

    @property
    def better(self) -> tuple[ClosingView, ...]:
        """Areas whose locked figure is better by more than what comes by itself."""
        return tuple(view for view in self.judged if view.primary is not None and view.primary.is_told)


def title(found: WholeClosing) -> str:
    """Return the finding: in how many areas the locked goal shows a difference."""
    judged, better = found.judged, found.better
    if not judged:
        return "Inget mål låstes innan arbetet började: projektet kan beskrivas men inte prövas"
    if len(judged) == 1:
        return heading(judged[0].primary) if judged[0].primary is not None else ""
    count = "inget" if not better else cardinal(len(better))
    open_ = sum(view.primary is not None and view.primary.refused is not None for view in judged)
    rest = f", och {cardinal(open_)} går inte att avgöra" if open_ else ""
    return f"{capitalise(count)} av {cardinal(len(judged))} låsta mål blev bättre än det som kommer av sig självt{rest}"


def points(found: WholeClosing) -> list[str]:
    """Return the points: each locked goal, then the areas without one."""
    said = []
    for view in (*found.better, *(item for item in found.judged if item not in found.better)):
        answer = view.primary
        assert answer is not None  # or it would not be among the judged
        name = capitalise(view.area.in_text)
        if answer.refused is not None:
            text = cannot(answer)
            said.append(f"{name}, {named(answer.kpi)}: {text[0].lower()}{text[1:]}")
        else:
            said.append(f"{name}, {named(answer.kpi)}. {smallest(answer)} {counterfactual(answer)}")
    if without := [view.area.in_text for view in found.areas if view.primary is None]:
        said.append(f"Inget mål låstes för {join(without)}.")
    return said


def leads(found: WholeClosing) -> list[Lead]:
    """Return what to carry on with."""
    closing = found.closing
    made: list[Lead] = []
    if closing is not None:
        made += [Lead(item.what, "Fortsätter.") for item in closing.continued[:1]]
        if closing.advice and closing.advice.strip():
            made.append(Lead(" ".join(closing.advice.split()), "Råd till andra."))
    if text := empty_sentence(closing):
        made.append(Lead(text, "Saknas."))
    return made or [Lead("Skriv vad ni har lärt er i avslutning.yaml.", "Saknas.")]


def goals_table(found: WholeClosing) -> Exhibit | None:
    """Show every area's locked goal in a line; None without any."""
    if not found.areas:
        return None
    rows: list[tuple[Value, ...]] = []
    decimals = []
    for view in found.areas:
        answer = view.primary
        if answer is None:
            rows.append((view.area.label, "inget låst", None, None, None, "prövas inte"))
            decimals.append(0)
            continue
        known = answer.refused is None
        rows.append(
            (
                view.area.label,
                answer.kpi.label,
                answer.expected if known else None,
                answer.became if known else None,
                in_table(answer) if known else None,
                "går inte att avgöra"
                if not known
                else ("mer än av sig självt" if answer.is_told else "ingen skillnad syns"),
            )
        )
        decimals.append(answer.kpi.decimals)
    return Exhibit(
        id="malen",
        title="De låsta målen område för område",
        subtitle="Medel av åren efter starten, mot det som var väntat utan projektet",
        source=Source.OWN,
        alt=None,
        table=Table(
            caption=f"{found.name}: låsta mål",
            columns=(
                Column("omrade", "Område"),
                Column("nyckeltal", "Nyckeltal"),
                Column("vantat", "Väntat", kind="number", may_lack=True),
                Column("blev", "Blev", kind="number", may_lack=True),
                Column("skillnad", "Skillnad", kind="number", signed=True, may_lack=True),
                Column("svar", "Svar"),
            ),
            rows=tuple(rows),
            row_decimals=tuple(decimals),
        ),
        kpis=tuple(view.primary.kpi.id for view in found.judged if view.primary is not None),
    )


def measures_table(found: WholeClosing) -> Exhibit | None:
    """Show plan and effect of the measures by area; None without measures."""
    rows: list[tuple[Value, ...]] = []
    never = 0
    for view in found.areas:
        if view.delivered is None:
            continue
        never += len(view.delivered.never)
        for item in view.delivered.classes:
            if item.benefit is not Benefit.UNVALUED:
                by = 1000.0 if item.benefit is Benefit.MONEY else 1.0
                rows.append(
                    (
                        view.area.label,
                        f"{CLASSES[item.benefit]}, {'tkr' if item.benefit is Benefit.MONEY else 'timmar'}",
                        None if item.planned is None else item.planned / by,
                        None if item.realised is None else item.realised / by,
                    )
                )
    if not rows:
        return None
    money = [
        (item.planned, item.realised)
        for view in found.areas
        if view.delivered is not None
        for item in view.delivered.classes
        if item.benefit is Benefit.MONEY and item.planned is not None and item.realised is not None
    ]
    planned = sum(plan or 0.0 for plan, _ in money)
    brought = sum(real or 0.0 for _, real in money)
    share = (
        f"{plain(round(100 * brought / planned))} procent av de planerade pengarna togs hem"
        if planned > 0
        else ""
    )
    return Exhibit(
        id="atgarderna",
        title=share or "Det som åtgärderna gav",
        subtitle="Plan och hemtaget för de åtgärder och år som kommunen har angett",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            fit(
                [
                    f"{capitalise(cardinal(never, common=True))} åtgärder har ingen mätt effekt."
                    if never > 1
                    else "",
                    "En åtgärd har ingen mätt effekt." if never == 1 else "",
                    "Frigjord tid minskar inte budgeten."
                    if any("timmar" in str(row[1]) for row in rows)
                    else "",
                ]
            )
            or "Effekten av alla åtgärder är mätt.",
        ),
        table=Table(
            caption="Åtgärderna efter område och slag av nytta",
            columns=(
                Column("omrade", "Område"),
                Column("slag", "Slag av nytta"),
                Column("plan", "Plan", kind="number", decimals=0, may_lack=True),
                Column("hemtaget", "Hemtaget", kind="number", decimals=0, may_lack=True),
            ),
            rows=tuple(rows),
        ),
    )


_MOST_CONTINUED = 4


def continued_exhibit(closing: Closing | None, areas: Mapping[str, str]) -> Exhibit | None:
    """Show what goes on after the project; None where nothing is written."""
    if closing is None or not closing.continued:
        return None
    return Exhibit(
        id="fortsatter",
        title="Det som fortsätter efter projektet",
        subtitle="Kommunens egen text",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            Bullets(
                tuple(
                    f"{name}: {item.what}" if (name := areas.get(item.area or "")) else item.what
                    for item in closing.continued[:_MOST_CONTINUED]
                )
            ),
        ),
    )


def summary_of(found: WholeClosing, areas: Mapping[str, str]) -> ClosingReport:
    """Write the two pages.

    Parameters
    ----------
    found
        The project.
    areas
        The areas' names by id.
    """
    said = Said()
    if not found.areas:
        first = first_page(
            "Inget arbete har börjat i något område",
            None,
            ["Det finns varken låsta mål, åtgärder med en start eller ett startår att räkna från."],
            [Lead("Lås målen innan arbetet börjar, så finns det nyckeltal att pröva.")],
            said,
            heading="Så blir det en rapport",
        )
        return ClosingReport(first, (), is_thin=True)
    shown = next(iter((*found.better, *found.judged, *found.areas)))
    first = first_page(title(found), picture(shown), points(found), leads(found), said, heading=CARRY_ON)
    every = [
        goals_table(found),
        measures_table(found),
        lessons_finding(found.closing, None),
        continued_exhibit(found.closing, areas),
    ]
    return ClosingReport(
        first, without_repeats([item for item in every if item is not None], said), is_thin=False
    )


class SummaryCase(OverviewBase, ServiceCase):
    """A case with the two pages to spread."""

    @cached_property
    def whole(self) -> WholeClosing:
        """The project in all areas in which anything was begun."""
        views = (self.in_area(ClosingCase, area).view for area in self.catalogue.areas.values())
        return WholeClosing(
            self.name, tuple(view for view in views if not view.is_thin), closing_of(self.params)
        )

    @cached_property
    def report(self) -> ClosingReport:
        """All of the two pages, made in one order so that nothing is said twice."""
        return summary_of(self.whole, {area.id: area.label for area in self.catalogue.areas.values()})

    def first_page(self) -> Exhibit:
        """Visa det som projektet gav i alla områden, och det som andra kan ta med sig."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa målen, åtgärderna, lärdomarna och det som fortsätter."""
        return Exhibits(self.report.findings)

    def lessons(self) -> Exhibit:
        """Visa allt som är skrivet om lärdomarna."""
        return all_written(closing_of(self.params), None)
