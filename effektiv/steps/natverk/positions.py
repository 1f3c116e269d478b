"""Where the participants of an area lay before and after, beside what was to be expected without the project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Noise
from effektiv.analysis.panels import Panel, country, published_years, row, segments
from effektiv.analysis.placebos import ONE_SIDED, Evaluation, Together, together
from effektiv.analysis.rebound import AFTER, LIKE, RECENT, Rebound, Refused, Span, Unanswered, span
from effektiv.exhibits import swedish
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import capitalise, cardinal, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.natverk.members import MembersCase, some_names
from effektiv.steps.s5_avslutning import facts as closing
from effektiv.steps.s5_avslutning.facts import Counterfactual
from effektiv.steps.wording import fit
from effektiv.types import Better, Direction, FocusArea, Kpi

MOST_ROWS = 15
"""Of more participants than this the finding has those that changed the most; the underlag has all."""


@dataclass(frozen=True)
class Position:
    """One participant's distance to the country's middle municipality, in the figure's unit; per cent of money.

    Attributes
    ----------
    code
        Which municipality.
    before, after
        Mean of the last three years before the start, and of those from it on; None where there are none.
    expected
        What the distance was to be after without any project; None where that cannot be told.
    beaten, others
        How many of those that lay alike had at least as good a change; None where nothing is told.
    told
        Whether the change is so much better than expected that chance alone seldom gives it.
    refused
        Why nothing is told.
    is_locked
        Whether the municipality had named the figure as the one that decides, before the work began.
    """

    code: str
    before: float | None
    after: float | None
    expected: float | None
    beaten: int | None
    others: int | None
    told: bool
    refused: Refused | None
    is_locked: bool = False

    @property
    def change(self) -> float | None:
        """How far the distance changed."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Positions:
    """All participants of an area in one figure.

    Attributes
    ----------
    area, kpi, sign
        What; sign is 1 when higher is better, -1 when lower is.
    unit
        Of the distances.
    before, after
        Years of those who began in the most common year.
    found
        One for each participant, in the network's order.
    all
        Judged together; None where that cannot be.
    """

    area: FocusArea
    kpi: Kpi
    sign: int
    unit: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    found: tuple[Position, ...]
    all: Together | None

    @property
    def direction(self) -> Direction:
        """Which question it answers: of quality, or of cost."""
        is_quality = self.kpi.id == self.area.headline_quality
        return Direction.QUALITY if is_quality else Direction.RESOURCE

    @property
    def told(self) -> tuple[Position, ...]:
        """Those that changed more for the better than expected."""
        return tuple(item for item in self.found if item.told)

    @property
    def judged(self) -> int:
        """Of how many something can be told."""
        return sum(item.refused is None for item in self.found)


def around(panel: Panel, kpi: Kpi, start: int, last: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the last years before a start and those from it on that compare with each other, few or none as they may be."""
    known = [year for year in published_years(panel) if year <= last]
    run = next((item for item in segments({*known, start}, kpi.breaks) if start in item), ())
    years = [year for year in run if year in known]
    return tuple(year for year in years if year < start)[-RECENT:], tuple(
        year for year in years if year >= start
    )


def distances(panel: Panel, noise: Noise | None) -> Panel:
    """Return each municipality's distance to the middle one each year: in the figure's unit, or per cent of money."""
    if noise is None or not noise.logarithmic:
        known = country(panel).astype(float)
        return known - known.median()
    logs = noise.scaled(country(panel)).astype(float)
    away = logs - logs.median()
    return pd.DataFrame(100.0 * np.expm1(away.to_numpy()), index=away.index, columns=away.columns)


class PositionsCase(MembersCase):
    """A network that knows where its participants lay before and after."""

    @cached_property
    def positions(self) -> dict[str, tuple[Positions, ...]]:
        """By area: the outcome that it is told by, then the cost."""
        return {
            area.id: tuple(
                found
                for kpi, sign in ((area.headline_quality, None), (self.cost_of(area), -1))
                if (found := self._positions(area, kpi, sign)) is not None
            )
            for area in self.areas
        }

    def cost_of(self, area: FocusArea) -> str:
        """Return the cost that the area is judged by: its deviation, or its unit cost where that alone can be judged."""
        start = min(self.network.start_of(item) for item in self.members(area))
        for kpi in (area.deviation_pct, area.unit_cost):
            years = span(
                self.national.panel(kpi), start, self.kpi(kpi).breaks, not_after=self.last_final(kpi)
            )
            if isinstance(years, Span):
                return kpi
        return area.deviation_pct

    def last_final(self, kpi: str) -> int:
        """Return the last year whose values are final."""
        preliminary = self.snapshot.manifest.preliminary_year
        if preliminary is None or not self.kpi(kpi).preliminary_until_final:
            return self.year
        return min(self.year, preliminary - 1)

    def _positions(self, area: FocusArea, kpi_id: str, sign: int | None) -> Positions | None:
        kpi, panel = self.kpi(kpi_id), self.panel(kpi_id)
        if kpi.better is Better.NEITHER and sign is None:
            return None
        side = sign if sign is not None else -1 if kpi.better is Better.LOWER else 1
        members = self.members(area)
        cases = {item.code: self.in_area(item.code, area) for item in members}
        # The area's own report may know of an earlier start than the network's file.
        starts = {
            item.code: closing.start(cases[item.code]) or self.network.start_of(item) for item in members
        }
        usual = max(dict.fromkeys(starts.values()), key=list(starts.values()).count)
        order = tuple(
            self._position(kpi, panel, side, start, closing.answer(cases[code], kpi_id), code)
            for code, start in starts.items()
        )
        alike = [code for code, start in starts.items() if start == usual]
        whole = closing.whole_time(cases[alike[0]], kpi_id) if len(alike) > 1 else None
        noise = self.national.noise(kpi_id, usual - 1)
        before, after = around(panel, kpi, usual, self.last_final(kpi_id))
        logarithmic = noise is not None and noise.logarithmic
        unit = "%" if logarithmic else "procentenheter" if kpi.unit == "%" else kpi.unit
        judged = together(whole, alike) if isinstance(whole, Evaluation) else None
        return Positions(area, kpi, side, unit, before, after, order, judged)

    def _position(
        self, kpi: Kpi, panel: Panel, sign: int, start: int, answer: Counterfactual | None, code: str
    ) -> Position:
        """Return where a participant lies: what is told of its change is told by step 5."""
        noise = self.national.noise(kpi.id, start - 1)
        away = distances(panel, noise)
        before, after = around(panel, kpi, start, self.last_final(kpi.id))
        if answer is not None and answer.refused is None:
            # A lock may judge fewer years than there are: the distance after is of those that are judged.
            after = answer.evaluation.years.after
        first, last = (_mean(away, code, years) for years in (before, after))
        if answer is not None and answer.refused is None and last is not None:
            effect = answer.value("effect")
            was = last - effect if noise is None or not noise.logarithmic else _back(last, -effect)
            return Position(
                code, first, last, was, int(answer.value("beaten")), int(answer.value("others")),
                answer.is_told and answer.sign == sign, None,
                is_locked=answer.is_primary,
            )  # fmt: skip
        refused = None if answer is None else answer.refused
        expected = None
        if answer is not None and isinstance(answer.by_itself, Rebound) and first is not None:
            change = answer.by_itself.change
            expected = _back(first, change) if noise is not None and noise.logarithmic else first + change
        return Position(
            code, first, last, expected, None, None, False, refused or Refused(Unanswered.NO_VALUES),
            is_locked=answer is not None and answer.is_primary,
        )  # fmt: skip


def _back(percent: float, change: float) -> float:
    """Return a distance in per cent after a change in logarithms."""
    return 100.0 * ((1 + percent / 100.0) * float(np.exp(change)) - 1)


def _mean(away: Panel, code: str, years: Sequence[int]) -> float | None:
    if code not in away.index or not years:
        return None
    mean = float(row(away, code).reindex(list(years)).mean())
    return None if np.isnan(mean) else mean


# --- sentences ---------------------------------------------------------------------------


def why_not(refused: Refused) -> str:
    """Say why nothing is told, to follow "för"."""
    known, needed = cardinal(int(refused.known)), cardinal(int(refused.needed))
    match refused.reason:
        case Unanswered.SHORT_BEFORE:
            return f"det finns bara {known} jämförbara år före starten och det behövs {needed}"
        case Unanswered.SHORT_AFTER:
            return f"det finns bara {known} slutliga år efter starten och det behövs {needed}"
        case Unanswered.BREAK:
            return f"måttet räknas på ett annat sätt från {refused.year}, och det blir för få jämförbara år"
        case Unanswered.FEW_ALIKE:
            return "för få kommuner har värden alla år"
        case Unanswered.NO_NOISE:
            return "det går inte att säga hur mycket måttet brukar variera"
        case _:
            return "värden saknas"


def told_sentence(case: MembersCase, side: Positions) -> str:
    """Say who changed more than expected, with how many of those that lay alike did as well."""
    what = named(side.kpi)
    if not side.judged:
        reason = next(item.refused for item in side.found if item.refused is not None)
        return f"Om {what} går det inte att säga vad projektet gav, för {why_not(reason)}."
    if not side.told:
        return f"Ingen av de {cardinal(side.judged)} som kan bedömas har ändrat {what} mer åt rätt håll än slumpen brukar ge."
    names = some_names(case.called(item.code) for item in side.told)
    best = min(side.told, key=lambda item: item.beaten if item.beaten is not None else 0)
    return (
        f"{names} har ändrat {what} mer åt rätt håll än väntat."
        f" Av {best.others} kommuner som låg lika till före starten hade {_few(best.beaten)} minst lika stor ändring som"
        f" {case.called(best.code)}."
    )


def _few(count: int | None) -> str:
    return "ingen" if not count else cardinal(count, common=True)


def together_sentence(side: Positions) -> str:
    """Say how the participants changed together; empty where that is not judged."""
    if side.all is None:
        return ""
    scale = 100.0 if side.unit == "%" else 1.0
    low, high = sorted(side.sign * scale * item for item in (side.all.low, side.all.high))
    unit = "procent" if side.unit == "%" else side.unit
    mean = side.sign * scale * side.all.effect
    which = f"De {cardinal(side.all.municipalities)} i {side.area.in_text}"
    if low > 0:
        return (
            f"{which} har tillsammans ändrats {plain(mean)} {unit} mer åt rätt håll än väntat,"
            f" med ett spann från {plain(low)} till {plain(high)}."
        )
    return f"{which} har tillsammans inte ändrats mer åt rätt håll än slumpen brukar ge."


def by_chance(sides: Sequence[Positions]) -> str:
    """Return how many chance alone would tell of: "omkring två"."""
    alone = ONE_SIDED * sum(side.judged for side in sides)
    return "färre än en" if alone < 1 else f"omkring {cardinal(round(alone), common=True)}"


def chance_sentence(sides: Sequence[Positions]) -> str:
    """Say what chance alone would tell of so many; empty where nothing is judged."""
    judged = sum(side.judged for side in sides)
    if not judged:
        return ""
    return f"Bland {judged} prövningar av en kommun och ett mått skulle slumpen ensam peka ut {by_chance(sides)}."


def locked_sentence(case: MembersCase, sides: Sequence[Positions]) -> str:
    """Say who of those that are told had named the figure before the work began; empty where none is told."""
    told = [item for side in sides for item in side.told]
    if not told:
        return ""
    before = some_names(dict.fromkeys(case.called(item.code) for item in told if item.is_locked))
    if not before:
        return "Ingen av dem hade låst måttet innan arbetet började."
    only = (
        "Bara "
        if len({item.code for item in told if item.is_locked}) < len({item.code for item in told})
        else ""
    )
    return f"{only}{before} hade låst måttet innan arbetet började."


# --- the finding ---------------------------------------------------------------------------


def chart(case: MembersCase, side: Positions) -> Figure | None:
    """Draw each participant's distance after, with a ring for before and a mark for what was expected."""
    shown = [item for item in _largest(side) if item.after is not None]
    if not shown:
        return None
    return bars(
        Bars(
            rows=tuple(
                BarRow(
                    case.called(item.code),
                    item.after,
                    ring=item.before,
                    expected=item.expected,
                    strong=item.told,
                )
                for item in shown
            ),
            unit=swedish.unit_in_text(side.unit),
            decimals=1,
            ring_text=f"Före, {swedish.years(side.before)}",
            expected_text="Väntat utan projekt",
            left_text="Lägre än landets mitt",
            right_text="Högre än landets mitt",
            better=Better.HIGHER if side.sign > 0 else Better.LOWER,
        )
    )


def _largest(side: Positions) -> list[Position]:
    """Return all participants in their order, or when they are many those that changed the most."""
    if len(side.found) <= MOST_ROWS:
        return list(side.found)
    return sorted(side.found, key=lambda item: -abs(item.change or 0.0))[:MOST_ROWS]


def table(case: MembersCase, side: Positions, found: Sequence[Position] | None = None) -> Table:
    """Return the numbers behind the chart, of all participants or some of them."""
    rows: list[tuple[Value, ...]] = [
        (
            case.called(item.code),
            item.before,
            item.after,
            item.expected,
            item.beaten,
            "bättre än väntat" if item.told else "" if item.refused is not None else "inom slumpens gräns",
        )
        for item in (side.found if found is None else found)
    ]
    unit = side.unit

    def distance(key: str, label: str) -> Column:
        return Column(key, label, kind="number", unit=unit, decimals=1, signed=True, may_lack=True)

    return Table(
        caption=f"{side.kpi.label}, avstånd till landets mitt",
        columns=(
            Column("kommun", "Kommun"),
            distance("fore", "Före"),
            distance("efter", "Efter"),
            distance("vantat", "Väntat utan projekt"),
            Column(
                "lika", f"Minst lika bra av {LIKE} lika kommuner", kind="number", decimals=0, may_lack=True
            ),
            Column("ord", "Ändringen"),
        ),
        rows=tuple(rows),
    )


def position_finding(case: MembersCase, sides: Sequence[Positions]) -> Exhibit | None:
    """Show one area before and after: the side that can be judged, and of two the one that the area is for."""
    known = [item for item in sides if any(one.after is not None for one in item.found)]
    if not known:
        return None
    side = min(known, key=lambda item: (not item.judged, item.direction is not item.area.direction))
    drawn = chart(case, side)
    others = [told_sentence(case, item) for item in sides if item is not side]
    lacking = [case.called(item.code) for item in side.found if item.before is None and item.after is None]
    return Exhibit(
        id=f"lage-{side.area.id}",
        title=_title(case, side),
        subtitle=f"{side.kpi.label}, avstånd till landets mitt, {swedish.years(side.before)} och"
        f" {swedish.years(side.after)}",
        source=Source.OWN,
        alt=None
        if drawn is None
        else "En stapel för varje deltagare: avståndet efter starten, med en ring för före och ett streck för det väntade.",
        figure=drawn,
        blocks=(
            fit(
                [
                    together_sentence(side) or told_sentence(case, side),
                    *others,
                    f"{some_names(lacking)} saknar värden." if lacking else "",
                ]
            ),
        ),
        table=table(case, side, _largest(side)),
        kpis=(side.kpi.id,),
        how_to_read=(
            f"Väntat är vad {cardinal(AFTER)} år brukar ge i kommuner som låg lika till, utan projekt: den som ligger långt"
            " från mitten närmar sig den av sig själv."
        ),
    )


def _title(case: MembersCase, side: Positions) -> str:
    label = side.area.label
    if side.told:
        names = [case.called(item.code) for item in side.told]
        who = join(names) if len(names) < 3 else f"{capitalise(cardinal(len(names), common=True))} kommuner"
        return f"{label}: {who} har förbättrats mer än väntat"
    if not side.judged:
        return f"{label}: det går inte att säga vad projektet gav"
    return f"{label}: ingen har förbättrats mer än slumpen brukar ge"
