"""Who can learn from whom: the same question, like structure, and better in a way that lasts.

Two grounds, and no other, since their error rates are measured. One is likely better on both cost and quality, in means of
three years, among municipalities of like size and structure (`effektiv.analysis.role_models`). The other has improved
more than those that lay alike (`effektiv.analysis.placebos`), and lies better now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.panels import cell
from effektiv.analysis.role_models import NAMED_FROM
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.natverk.members import some_names
from effektiv.steps.natverk.positions import Position, Positions, PositionsCase
from effektiv.steps.s1_nulagesanalys import facts
from effektiv.steps.wording import fit
from effektiv.types import FocusArea

MOST_TEACHERS = 2
"""So many each may ask in an area: a meeting takes a day of both."""

MOST_SHOWN = 12
"""More pairs than this are in the underlag's table only."""


@dataclass(frozen=True)
class Pairing:
    """One that another can learn from.

    Attributes
    ----------
    area
        The question that they share.
    learner, teacher
        Codes.
    better
        Cost (per cent cheaper) and quality (the figure's unit) that are expected to last; None on the other ground.
    improved
        What the teacher has changed more than expected; None on the first ground.
    """

    area: FocusArea
    learner: str
    teacher: str
    better: tuple[float, float] | None
    improved: tuple[Positions, Position] | None


@dataclass(frozen=True)
class SharedProblem:
    """What several participants of an area have in common.

    Attributes
    ----------
    area
        Which.
    dear, low
        Codes of those that cost more than expected, and of those whose outcome is worse than their group's middle, each at
        least likely.
    lacking
        Codes of those that neither can be told of.
    """

    area: FocusArea
    dear: tuple[str, ...]
    low: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def is_shared(self) -> bool:
        """Whether at least two have it."""
        return max(len(self.dear), len(self.low)) > 1


_TOLD = (Certainty.SURE, Certainty.LIKELY)


class LessonsCase(PositionsCase):
    """A network that knows who can learn from whom."""

    @cached_property
    def lessons(self) -> tuple[Pairing, ...]:
        """By area and learner, in the network's order."""
        return tuple(lesson for area in self.areas for lesson in self._lessons(area))

    def _lessons(self, area: FocusArea) -> Iterator[Pairing]:
        codes = [item.code for item in self.members(area)]
        for learner in codes:
            own = self.in_area(learner, area)
            known = facts.advantages(own)
            # A county, the country or a choice of one's own is no likeness.
            group = own.peers.members if own.peers.official else ()
            alike = tuple(dict.fromkeys((*group, *facts.nearest(own))))
            found: dict[str, Pairing] = {}
            if known is not None:
                likely = [
                    code
                    for code in codes
                    if code in known.both.index
                    and code in alike
                    and cell(known.both, code, "probability") >= NAMED_FROM
                ]
                for code in sorted(likely, key=lambda code: -cell(known.both, code, "probability")):
                    better = (cell(known.both, code, "cost"), cell(known.both, code, "quality"))
                    found[code] = Pairing(area, learner, code, better, None)
            wanted = self.params_of(learner).area(area.id).direction or area.direction
            sides = [side for side in self.positions[area.id] if side.direction is wanted]
            for lesson in improvers(area, learner, sides, alike):
                found.setdefault(lesson.teacher, lesson)
            yield from list(found.values())[:MOST_TEACHERS]

    @cached_property
    def problems(self) -> tuple[SharedProblem, ...]:
        """What participants have in common, by area."""
        return tuple(self._problem(area) for area in self.areas)

    def _problem(self, area: FocusArea) -> SharedProblem:
        dear, low, lacking = [], [], []
        for item in self.members(area):
            case = self.in_area(item.code, area)
            cost, quality = facts.cost(case), facts.quality(case)
            if (
                cost is not None
                and cost.now > 0
                and cost.judged is not None
                and cost.judged.certainty in _TOLD
            ):
                dear.append(item.code)
            if quality is not None and quality.is_worse and quality.certainty in _TOLD:
                low.append(item.code)
            if cost is None and quality is None:
                lacking.append(item.code)
        return SharedProblem(area, tuple(dear), tuple(low), tuple(lacking))


def improvers(
    area: FocusArea, learner: str, sides: Sequence[Positions], alike: Sequence[str]
) -> Iterator[Pairing]:
    """Yield those like the learner that improved more than expected and lie better now, in the order of the likeness.

    Parameters
    ----------
    area, learner
        Whose question.
    sides
        The figures that it asks of.
    alike
        Municipalities that count as like it, in order of likeness.
    """
    for side in sides:
        by_code = {item.code: item for item in side.found}
        own = by_code.get(learner)
        if own is None or own.after is None or own.told:
            continue
        better = {
            item.code: item
            for item in side.told
            if item.after is not None and side.sign * (item.after - own.after) > 0
        }
        for code in alike:
            if code in better:
                yield Pairing(area, learner, code, None, (side, better[code]))


# --- sentences ---------------------------------------------------------------------------


def ground(lesson: Pairing) -> str:
    """Say in a few words why one is worth asking, for a cell."""
    if lesson.better is not None:
        return "troligen både billigare och bättre"
    assert lesson.improved is not None
    return f"har förbättrat {named(lesson.improved[0].kpi)} mer än väntat"


def learning_finding(case: LessonsCase) -> Exhibit:
    """Show who can learn from whom."""
    found, name = case.lessons, "lara-av-varandra"
    if not found:
        return nothing(
            name,
            "Ingen deltagare pekas ut som förebild för en annan",
            "Ingen deltagare är troligen både billigare och bättre än en annan som liknar den, och ingen som kan bedömas har"
            " förbättrats mer än väntat.",
            flags=(),
        )
    teachers = list(dict.fromkeys(lesson.teacher for lesson in found))
    learners = list(dict.fromkeys(lesson.learner for lesson in found))
    alone = len(case.network.participants) - len(learners)
    return Exhibit(
        id=name,
        title=f"{_many(len(learners), 'deltagare')} har någon i nätverket att lära av",
        subtitle="Samma fråga, lika i storlek och struktur, och bättre på ett sätt som brukar bestå",
        source=Source.OWN,
        alt=None,
        blocks=(
            fit(
                [
                    f"Den som flest kan fråga är {case.called(max(teachers, key=[item.teacher for item in found].count))}.",
                    f"{_many(alone, 'deltagare')} har ingen i nätverket som liknar dem och är bättre; deras egna förebilder"
                    " står i nulägesanalysen."
                    if alone
                    else "",
                    f"De {MOST_SHOWN} första paren visas, resten står i underlaget."
                    if len(found) > MOST_SHOWN
                    else "",
                    "Siffrorna säger vem det är värt att tala med, inte vad som görs annorlunda.",
                ]
            ),
        ),
        table=pairs_table(case, found[:MOST_SHOWN]),
        how_to_read=(
            "Troligen både billigare och bättre gäller medeltal av tre år, och ungefär nio av tio sådana försprång håller i"
            " sig i tre år. Mer än väntat jämför med kommuner som låg lika till före starten."
        ),
    )


def pairs_table(case: LessonsCase, found: Sequence[Pairing]) -> Table:
    """Return the pairs with why they are."""
    rows: list[tuple[Value, ...]] = [
        (
            case.called(lesson.learner),
            case.called(lesson.teacher),
            lesson.area.label,
            ground(lesson),
        )
        for lesson in found
    ]
    return Table(
        caption="Vem som kan lära av vem",
        columns=(
            Column("fragar", "Frågar"),
            Column("svarar", "Svarar"),
            Column("omrade", "Område"),
            Column("skal", "Skäl"),
        ),
        rows=tuple(rows),
    )


def _many(count: int, noun: str) -> str:
    return f"{capitalise(cardinal(count, common=True))} {noun}"


def problems_finding(case: LessonsCase) -> Exhibit:
    """Show what several participants have in common, area by area."""
    rows: list[tuple[Value, ...]] = []
    for problem in case.problems:
        members = len(case.members(problem.area))
        for codes, what in (
            (problem.dear, "kostar mer än väntat"),
            (problem.low, "sämre resultat än gruppens mitt"),
        ):
            rows.append(
                (
                    problem.area.label,
                    what,
                    f"{len(codes)} av {members}",
                    some_names(case.called(code) for code in codes) or "ingen",
                )
            )
    shared = [problem for problem in case.problems if problem.is_shared]
    lacking = [code for problem in case.problems for code in problem.lacking]
    sentences = [_problem_sentence(problem) for problem in shared]
    if lacking:
        sentences.append(
            f"{some_names(case.called(code) for code in dict.fromkeys(lacking))} har ingen nulägesanalys att bygga på."
        )
    return Exhibit(
        id="gemensamma-problem",
        title=_problems_title(len(shared), len(case.problems)),
        subtitle=f"Skillnader som är minst troliga, senaste året till och med {case.year}",
        source=Source.OWN,
        alt=None,
        blocks=(
            fit(sentences or ["Ingen skillnad som delas av två deltagare är säker nog för att nämnas."]),
        ),
        table=Table(
            caption="Problem som deltagarna har, efter område",
            columns=(
                Column("omrade", "Område"),
                Column("problem", "Problem"),
                Column("antal", "Antal"),
                Column("kommuner", "Kommuner"),
            ),
            rows=tuple(rows),
        ),
    )


def _problems_title(shared: int, areas: int) -> str:
    if not shared:
        return "Inget problem delas av flera deltagare"
    if areas == 1:
        return "Flera deltagare har samma problem"
    where = f"alla {cardinal(areas)}" if shared == areas else f"{cardinal(shared)} av {cardinal(areas)}"
    return f"I {where} områden har flera samma problem"


def _problem_sentence(problem: SharedProblem) -> str:
    kinds = [
        text
        for codes, text in (
            (problem.dear, f"{cardinal(len(problem.dear))} kostar mer än väntat"),
            (problem.low, f"{cardinal(len(problem.low))} har sämre resultat än mitten av sin grupp"),
        )
        if len(codes) > 1
    ]
    return f"{problem.area.label}: {join(kinds)}."


def advantage(lesson: Pairing, unit: str) -> str:
    """Say how large an advantage is expected to be left, for a cell; empty on the other ground."""
    if lesson.better is None:
        return ""
    cost, quality = lesson.better
    return f"{plain(cost)} procent i kostnad, {plain(quality)} {unit} i kvalitet"
