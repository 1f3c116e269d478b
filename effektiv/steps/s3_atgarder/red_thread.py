"""The red thread on one page: goal, indicator, cause, measure and resource, and where it breaks.

How to use it: let a case inherit `RedThreadCase` (a topic's or an area's) and call ``case.red_thread()``, an
`Exhibit` with one table and what should be looked at. It needs nothing but the municipality's own files: the goals of
``kommun.yaml`` (key ``mal``), the aims of the chosen areas' own files, ``hypoteser.xlsx`` and ``atgarder.xlsx``.
``case.thread`` has the same as data, with ``thread.warnings`` as Swedish sentences, none of a thread that holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from effektiv.exhibits.exhibit import Block, Bullets, Exhibit, Source, SubHeading
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain, plain_amount
from effektiv.exhibits.swedish import capitalise, cardinal, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.params.common import MUNICIPALITY_FILE, Aim, MunicipalGoal
from effektiv.steps.base import Case
from effektiv.steps.s2_orsaksanalys.facts import Hypothesis, every_hypothesis
from effektiv.steps.s3_atgarder.measures import Planned, planned
from effektiv.steps.s3_atgarder.measures_form import MONEY, TIME
from effektiv.steps.s3_atgarder.measures_params import MEASURES_FILE, form_of, not_written
from effektiv.steps.s3_atgarder.words import kpi_of
from effektiv.types import Catalogue, FocusArea, Role

MOST_SEEN, USUAL = 9, "två eller tre"
"""Goals of the council in the efficient municipalities of Svenskt Näringsliv's report of 2023: one to nine, most this.

It is what was seen among few, no limit: more is told of only beside what it is more than, or where goals conflict too.
"""

_MOST_NAMED = 6
"""More ids than this are not listed in a sentence."""


@dataclass(frozen=True)
class Strand:
    """One goal, and what hangs on it.

    Attributes
    ----------
    goal
        The goal.
    measures
        The measures that answer it.
    is_own
        Whether the council has written it; False for one that is only an area's aim in numbers.
    """

    goal: MunicipalGoal
    measures: tuple[Planned, ...]
    is_own: bool = True


@dataclass(frozen=True)
class RedThread:
    """Goals and measures as they hang together.

    Attributes
    ----------
    strands
        The goals.
    loose
        Measures that answer none of them.
    conflicts
        Pairs of ids of goals that pull apart.
    unknown
        Goals that name a measure that is not written, and its id.
    """

    strands: tuple[Strand, ...]
    loose: tuple[Planned, ...]
    conflicts: tuple[tuple[str, str], ...]
    unknown: tuple[tuple[str, str], ...] = ()

    @property
    def measures(self) -> tuple[Planned, ...]:
        """Every measure once."""
        every = [item for strand in self.strands for item in strand.measures]
        return tuple({item.id: item for item in (*every, *self.loose)}.values())

    @property
    def warnings(self) -> tuple[str, ...]:
        """Where the thread breaks, a sentence each; none where it holds."""
        goals = [strand.goal for strand in self.strands]
        bare = [item for item in self.measures if not item.text("indicator")]
        without_number = [item for item in self.measures if item.text("indicator") and not item.text("aim")]
        found = [
            _about(
                [strand.goal.id for strand in self.strands if not strand.measures],
                "har ingen åtgärd: skriv en, eller säg varför det inte behövs",
            ),
            _about(
                [goal.id for goal in goals if not goal.indicator],
                "har ingen indikator som visar om målet nås",
            ),
            _about([item.id for item in bare], "har ingen indikator, så verkan syns inte"),
            _about([item.id for item in without_number], "har en indikator men inget tal att nå"),
            _about([item.id for item in self.loose], "svarar inte mot något mål"),
            *(
                f"Målen {one} och {other} drar åt olika håll: bestäm vilket som går först."
                for one, other in self.conflicts
            ),
            self._number_warning(),
        ]
        return tuple(sentence for sentence in found if sentence)

    def _number_warning(self) -> str:
        number = sum(strand.is_own for strand in self.strands)
        if number <= MOST_SEEN and not (self.conflicts and number > 3):
            return ""
        also = " och några av dem är i konflikt" if self.conflicts else ""
        return (
            f"Målen är {cardinal(number)}{also}. Effektiva kommuner i Svenskt Näringslivs rapport 2023 hade mellan ett och "
            f"{cardinal(MOST_SEEN)} mål, de flesta {USUAL}; det är ingen gräns."
        )


def _about(ids: Sequence[str], what: str) -> str:
    """Return a sentence about some goals or measures; "" where there are none."""
    if not ids:
        return ""
    more = len(ids) - _MOST_NAMED
    names = join(ids) if more <= 0 else f"{', '.join(ids[:_MOST_NAMED])} och {cardinal(more)} till"
    return f"{names} {what}."


def thread_of(
    goals: Iterable[MunicipalGoal],
    aims: Mapping[str, Aim],
    measures: Sequence[Planned],
    catalogue: Catalogue,
) -> RedThread:
    """Hang measures on goals.

    Parameters
    ----------
    goals
        What the council has decided.
    aims
        What the work in each chosen area is to reach, by the area's id; it stands in for a goal where the area has none.
    measures
        The measures of the chosen areas.
    catalogue
        Key figures and areas.

    Returns
    -------
    RedThread
        A measure answers the goals that name it. One that no goal names answers those that name none, of its area or of
        no area, whose indicator it moves: the figure of its quality, its driver or its own indicator, or a cost where it
        frees money; and else its area's only goal.
    """
    own = list(goals)
    covered = {goal.area for goal in own}
    told = [
        (goal, True) for goal in own
    ] + [
        (_from_aim(area, aim, catalogue), False)
        for area, aim in aims.items()
        if aim.primary is not None and area not in covered
    ]  # fmt: skip
    named = {name.casefold() for goal in own for name in goal.measures}
    free = [item for item in measures if item.id.casefold() not in named]
    of_area = {
        area: [goal for goal, _ in told if goal.area == area] for area in {item.area for item in measures}
    }

    def answers(item: Planned, goal: MunicipalGoal) -> bool:
        if goal.area not in (None, item.area) or goal.measures:
            return False
        return _moves(item, goal, catalogue) or (of_area[item.area] == [goal])

    strands = []
    for goal, is_own in told:
        wanted = {name.casefold() for name in goal.measures}
        hang = [item for item in measures if item.id.casefold() in wanted]
        hang += [item for item in free if answers(item, goal)]
        strands.append(Strand(goal, tuple(hang), is_own))
    hung = {item.id for strand in strands for item in strand.measures}
    return RedThread(
        strands=tuple(strands),
        loose=tuple(item for item in measures if item.id not in hung),
        conflicts=tuple(_conflicts([goal for goal, _ in told])),
    )


def _from_aim(area: str, aim: Aim, catalogue: Catalogue) -> MunicipalGoal:
    assert aim.primary is not None
    label = catalogue.areas[area].label if area in catalogue.areas else area
    kpi = kpi_of(catalogue, aim.primary.kpi)
    what = aim.primary.kpi if kpi is None else kpi.label
    way = "höjas" if aim.primary.direction == "upp" else "sänkas"
    return MunicipalGoal(
        id=label,
        mal=f"{what} ska {way}",
        omrade=area,
        indikator=aim.primary.kpi,
        riktning=aim.primary.direction,
        ar=max(aim.outcome_years, default=None),
    )


def _moves(item: Planned, goal: MunicipalGoal, catalogue: Catalogue) -> bool:
    """Whether a measure works on the goal's indicator."""
    if not goal.indicator:
        return False
    wanted = goal.indicator.strip().casefold()
    if wanted in {
        text.strip().casefold() for text in (item.quality_kpi, item.driver, item.text("indicator")) if text
    }:
        return True
    kpi = kpi_of(catalogue, goal.indicator)
    return kpi is not None and kpi.role is Role.RESOURCE and goal.direction == "ned" and item.benefit == MONEY


def _conflicts(goals: Sequence[MunicipalGoal]) -> Iterable[tuple[str, str]]:
    """Yield goals that say so of each other, or want one indicator both up and down."""
    for one, other in combinations(goals, 2):
        same = one.indicator and other.indicator and one.indicator.casefold() == other.indicator.casefold()
        if (
            _names(one, other)
            or _names(other, one)
            or (same and {one.direction, other.direction} == {"upp", "ned"})
        ):
            yield one.id, other.id


def _names(one: MunicipalGoal, other: MunicipalGoal) -> bool:
    """Whether a goal says that it is in conflict with another."""
    return other.id.casefold() in {name.casefold() for name in one.conflicts}


class RedThreadCase(Case):
    """A case that shows how goals, causes, measures and resources hang together."""

    @cached_property
    def thread(self) -> RedThread:
        """The goals and the measures of the areas that the municipality works with, all or the case's own."""
        areas = self._thread_areas
        goals = [goal for goal in self.params.municipality.goals if goal.area is None or goal.area in areas]
        aims = {area: self.params.area(area).aim for area in areas}
        written = planned(form_of(self.params.files))
        # A goal of an area that is not chosen now may stand there with its measures, and is no break in the thread.
        measures = [item for item in written if item.area in areas]
        return replace(
            thread_of(goals, aims, measures, self.catalogue), unknown=tuple(not_written(goals, written))
        )

    @property
    def _thread_areas(self) -> tuple[str, ...]:
        area = self._opened.area
        if isinstance(area, FocusArea):
            return (area.id,)
        # Where none is chosen, what has been written is all there is to go by.
        return self.params.overview.focus_areas or tuple(self.catalogue.areas)

    def red_thread(self) -> Exhibit:
        """Visa den röda tråden: mål, indikator, orsak, åtgärd och resurs, och var den brister."""
        name, title, found = "roda-traden", "Den röda tråden", self.thread
        if not found.strands and not found.measures:
            return nothing(
                name,
                title,
                f"Kommunen har inte skrivit några mål i {MUNICIPALITY_FILE.name} eller åtgärder i {MEASURES_FILE.name}.",
                flags=(),
            )
        causes = {item.id.casefold(): item for item in every_hypothesis(self.params.files)}
        warnings = found.warnings
        blocks: tuple[Block | str, ...] = (
            (SubHeading("Att se över"), Bullets(warnings)) if warnings else ("Tråden håller hela vägen.",)
        )
        return Exhibit(
            id=name,
            title=_title(found),
            subtitle="Varje mål, hur det mäts, vad som ska ändras, vad som görs och vad det tar",
            source=Source.MUNICIPALITY,
            alt=None,
            blocks=blocks,
            how_to_read=(
                "En åtgärd hör till de mål som nämner den. Nämns den inte, hör den till områdets enda mål, eller till det "
                "mål vars indikator den ska ändra."
            ),
            table=Table(
                caption=f"Den röda tråden i {self.name}",
                columns=(
                    Column("mal", "Mål"),
                    Column("indikator", "Indikator"),
                    Column("orsak", "Orsak"),
                    Column("atgard", "Åtgärd"),
                    Column("foljs", "Följs med"),
                    Column("resurs", "Resurs, helår"),
                ),
                rows=tuple(_rows(found, causes, self.catalogue)),
            ),
        )


def _title(found: RedThread) -> str:
    number, goals = len(found.warnings), len(found.strands)
    if number:
        places = "ett ställe" if number == 1 else f"{cardinal(number)} ställen"
        return f"Den röda tråden brister på {places}"
    what = "ett mål" if goals == 1 else f"{cardinal(goals)} mål"
    done = len(found.measures)
    return f"Den röda tråden håller: {what} och {'en åtgärd' if done == 1 else f'{cardinal(done)} åtgärder'}"


def _rows(
    found: RedThread, causes: Mapping[str, Hypothesis], catalogue: Catalogue
) -> Iterable[tuple[Value, ...]]:
    for strand in found.strands:
        goal = f"{strand.goal.id}: {strand.goal.text}"
        for place, item in enumerate(strand.measures or (None,)):
            # A goal with several measures is written once, as in a table on paper.
            head = (
                (goal, _indicator(strand.goal, catalogue))
                if place == 0
                else (f"{strand.goal.id}, forts.", "")
            )
            yield (*head, *_of_measure(item, causes))
    for item in found.loose:
        yield ("Inget mål", "", *_of_measure(item, causes))


def _indicator(goal: MunicipalGoal, catalogue: Catalogue) -> str:
    if not goal.indicator:
        return "saknas"
    kpi = kpi_of(catalogue, goal.indicator)
    name = goal.indicator if kpi is None else kpi.label
    way = {"upp": "upp", "ned": "ner"}.get(goal.direction or "", "")
    if goal.target is not None:
        unit = kpi.unit if kpi is not None else ""
        way = f"{way} till {plain_amount(goal.target, unit) if unit else plain(goal.target)}".strip()
    when = f"år {goal.year}" if goal.year is not None else ""
    rest = " ".join(part for part in (way, when) if part)
    return f"{name}, {rest}" if rest else name


def _of_measure(item: Planned | None, causes: Mapping[str, Hypothesis]) -> tuple[str, str, str, str]:
    if item is None:
        return "", "saknas", "", ""
    cause = causes.get(item.hypothesis.casefold())
    why = item.hypothesis if cause is None else f"{cause.id}: {cause.cause}"
    aim = item.row["aim"]
    number = plain(float(aim)) if isinstance(aim, int | float) else "inget tal"
    followed = f"{item.text('indicator')}, mål {number}" if item.text("indicator") else "saknas"
    return why, f"{item.id} {item.name}", followed, _resource(item)


def _resource(item: Planned) -> str:
    """Say what a measure takes and gives back on a full year, each in its own unit, kronor in thousands."""
    likely = None if item.counted is None else item.counted.likely
    parts = [
        f"{_thousands(item.one_off)} en gång" if item.one_off else "",
        f"{_thousands(item.yearly)} per år" if item.yearly else "",
        f"{plain_amount(item.own_hours, 'timmar')} egen tid" if item.own_hours else "",
        f"frigör {_thousands(likely)}" if likely and item.benefit == MONEY else "",
        f"frigör {plain_amount(likely, 'timmar')}" if likely and item.benefit == TIME else "",
    ]
    return capitalise(", ".join(part for part in parts if part))


def _thousands(kronor: float) -> str:
    """Return an amount short enough for a narrow column."""
    return f"{plain(kronor / 1000)}\u00a0tkr"
