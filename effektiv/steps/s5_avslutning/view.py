"""A project at its end in one focus area: what reports of step 5 are written from; data, and what does not fit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

from effektiv.analysis.efficiency import usable_figures
from effektiv.analysis.panels import row
from effektiv.analysis.portfolio import Portfolio
from effektiv.analysis.rebound import RECENT, Refused, Span, rebound, span
from effektiv.steps.base import AreaBase
from effektiv.steps.s3_atgarder import facts as plans
from effektiv.steps.s3_atgarder.facts import Planned
from effektiv.steps.s4_forbattringsarbete import facts as work
from effektiv.steps.s4_forbattringsarbete.facts import Harvest
from effektiv.steps.s5_avslutning.answers import Counterfactual, answered, by_itself_in_unit, last_final
from effektiv.steps.s5_avslutning.before_after import Compared, Shift, compared, shift
from effektiv.steps.s5_avslutning.catching_up import CatchingUp, catching_up
from effektiv.steps.s5_avslutning.fellows import fellows
from effektiv.steps.s5_avslutning.goal import LockedGoal, goal_of, started, too_early
from effektiv.steps.s5_avslutning.params import Closing, closing_of
from effektiv.steps.s5_avslutning.realised import Delivered, delivered
from effektiv.steps.services import ServiceCase
from effektiv.steps.view import View
from effektiv.types import Better, FocusArea, Kpi, Role


@dataclass(frozen=True)
class ClosingView:
    """An area at the end of a project.

    Attributes
    ----------
    name, area, peers
        Of the municipality, the focus area, and what the peers are called in the definite form.
    start
        First year in which the work can have had an effect; None where nobody has said.
    goal
        As it was locked; None where it was not, or cannot be used.
    answers
        What figures say of the project, the locked one first.
    compared
        Resource, volume and quality before and after.
    shift
        The change in efficiency, split; None where there is none to show.
    measures
        As they were written.
    harvest
        What each was to give each year, and gave.
    plan
        What they were to give together.
    closing
        What is written of the project's end; None without a file.
    notes
        Sentences on what of all this does not fit.
    participants
        Codes of others that took part.
    moved
        Whether the distance to the best changed or the best moved; None where it cannot be seen.
    """

    name: str
    area: FocusArea
    peers: str
    start: int | None = None
    goal: LockedGoal | None = None
    answers: tuple[Counterfactual, ...] = ()
    compared: tuple[Compared, ...] = ()
    shift: Shift | None = None
    measures: tuple[Planned, ...] = ()
    harvest: tuple[Harvest, ...] = ()
    plan: Portfolio | None = None
    closing: Closing | None = None
    notes: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()
    moved: CatchingUp | None = None

    @property
    def primary(self) -> Counterfactual | None:
        """The figure that was locked; None where none was."""
        return next((item for item in self.answers if item.is_primary), None)

    @property
    def others(self) -> tuple[Counterfactual, ...]:
        """Figures that are described only."""
        return tuple(item for item in self.answers if not item.is_primary)

    @property
    def is_thin(self) -> bool:
        """Whether there is no project to tell of, or nothing that can be shown of it."""
        return self.start is None or not (self.answers or self.compared)

    @cached_property
    def delivered(self) -> Delivered | None:
        """What the measures gave by class of benefit."""
        return delivered(self.measures, self.harvest, self.plan)

    @property
    def lock_day(self) -> dt.date | None:
        """Day of the lock."""
        return None if self.goal is None else self.goal.day


@dataclass(frozen=True)
class ClosingBasis:
    """What every question of an area's project is asked with.

    Attributes
    ----------
    closing, goal, measures
        As in `ClosingView`.
    start
        First year in which the work can have had an effect; None where nobody has said.
    participants
        Codes of others that took part.
    notes
        Sentences on what does not fit.
    """

    closing: Closing | None
    goal: LockedGoal | None
    measures: tuple[Planned, ...]
    start: int | None
    participants: tuple[str, ...]
    notes: tuple[str, ...]


class ClosingCase(AreaBase, ServiceCase):
    """A case that asks what the project gave."""

    @cached_property
    def view(self) -> ClosingView:
        """The municipality in the area."""
        return view_of(self)

    @cached_property
    def basis(self) -> ClosingBasis:
        """What every question is asked with."""
        closing, measures = closing_of(self.params), plans.measures(self)
        goal, fault = goal_of(plans.lock(self), self.catalogue.kpis)
        start, odd = started(None if closing is None else closing.start, goal, measures)
        network = fellows(self)
        start = start or network.start(self.area.id)
        return ClosingBasis(
            closing,
            goal,
            measures,
            start,
            network.others,
            tuple(item for item in (fault, odd, too_early(goal, start), *network.faults) if item),
        )

    def asked(self, kpi: Kpi, start: int, *, goal: LockedGoal | None, with_control: bool) -> Counterfactual:
        """Ask a figure what the project gave: the one way in which all reports do."""
        return answered(
            self.national,
            self.area,
            kpi,
            self.municipality,
            start,
            self.basis.participants,
            goal,
            with_control=with_control,
        )


def view_of(case: ClosingCase) -> ClosingView:
    """Return all that is told of a municipality in an area at the end of its project."""
    area, basis = case.area, case.basis
    closing, goal, measures = basis.closing, basis.goal, basis.measures
    start, participants, notes = basis.start, basis.participants, [*basis.notes]
    if start is None:
        return ClosingView(
            case.name,
            area,
            case.peers.definite,
            None,
            goal,
            measures=measures,
            closing=closing,
            notes=tuple(notes),
        )
    answers = tuple(case.asked(kpi, start, goal=goal, with_control=True) for kpi in _asked(case, goal, notes))
    for item in answers:
        case.panel(item.kpi.id)  # what the report rests on
        if item.whole_before and item.is_primary and goal is not None:
            notes.append(whole_sentence(goal.baseline_from))
    return ClosingView(
        case.name,
        area,
        case.peers.definite,
        start,
        goal,
        answers,
        _compared(case, start, participants),
        _shift(case, start),
        measures,
        work.delivered(case),
        plans.together(case),
        closing,
        tuple(notes),
        participants,
        catching_up(case.national, area, case.municipality, View(case, area).members, start),
    )


def whole_sentence(first: int | None) -> str:
    """Say that the lock's time before the work is too short to be used."""
    return (
        f"Låset räknar tiden före från {first}, men det är för få år: hela den jämförbara tiden före används."
    )


def _asked(case: ClosingCase, goal: LockedGoal | None, notes: list[str]) -> list[Kpi]:
    """Return the figures to ask: the locked one and those beside it, else the area's cost and outcome."""
    area = case.area
    ids = (goal.kpi, *goal.others) if goal is not None else (area.deviation_pct, area.headline_quality)
    kpis = list(dict.fromkeys(case.kpi(item) for item in ids))
    for kpi in kpis:
        if kpi.unit == "mnkr":
            notes.append(f"{kpi.label} är i kronor och prövas inte: lås samma nyckeltal i procent.")
    return kpis


def _compared(case: ClosingCase, start: int, participants: tuple[str, ...]) -> tuple[Compared, ...]:
    area = case.area
    members = View(case, area).members
    ids = dict.fromkeys(
        (
            area.deviation_pct,
            case.best(area.unit_cost).id,
            area.volume,
            area.headline_quality,
            *area.quality_for_k,
        )
    )
    found = []
    for kpi in map(case.kpi, ids):
        last = last_final(case.national, kpi)
        item = compared(kpi, case.shown(kpi.id), case.municipality, members, start, last)
        if item is not None:
            found.append(replace(item, by_itself=_by_itself(case, kpi, start, participants)))
    return tuple(found)


def _by_itself(case: ClosingCase, kpi: Kpi, start: int, participants: tuple[str, ...]) -> float:
    """Return what comes by itself after such a level, in the figure's unit; NaN where that is not known."""
    noise, panel = case.national.noise(kpi.id, start - 1), case.panel(kpi.id)
    if noise is None or kpi.role is Role.VOLUME:
        return float("nan")
    sign = -1 if kpi.better is Better.LOWER else 1
    found = rebound(panel, noise, start - 1, case.municipality, sign, kpi.breaks, participants)
    if isinstance(found, Refused):
        return float("nan")
    own = row(noise.scaled(panel.loc[[case.municipality]]), case.municipality).reindex(
        range(start - RECENT, start)
    )
    return by_itself_in_unit(found, own, logarithmic=noise.logarithmic)


def _shift(case: ClosingCase, start: int) -> Shift | None:
    """Split the change in efficiency over the years that compare in its figures."""
    area, national = case.area, case.national
    if area.no_efficiency or not area.quality_for_k:
        return None
    cost = case.kpi(area.unit_cost)
    last = last_final(national, cost)
    years = span(case.panel(cost.id), start, cost.breaks, not_after=last, before=1, after=1)
    if isinstance(years, Refused):
        return None
    quality = {}
    for kpi in map(case.kpi, area.quality_for_k):
        own = span(case.panel(kpi.id), start, kpi.breaks, not_after=last, before=1, after=1)
        if isinstance(own, Refused):
            continue
        both = Span(
            tuple(year for year in years.before if year in own.before),
            tuple(year for year in years.after if year in own.after),
        )
        known = [
            year
            for year in (*both.before, *both.after)
            if usable_figures({kpi.id: case.panel(kpi.id)}, case.municipality, [year])
        ]
        if set(known) & set(both.before) and set(known) & set(both.after):
            quality[kpi.id], years = case.panel(kpi.id), both
    if not quality:
        return None
    return shift(
        quality,
        case.panel(cost.id),
        case.panel(area.volume),
        national.better,
        case.municipality,
        View(case, area).members,
        years,
    )
