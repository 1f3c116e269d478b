"""What the difference to the peers is worth in mnkr, quality units and persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from effektiv.analysis import gap as analysis
from effektiv.analysis.comparison import Z95, Comparison
from effektiv.analysis.panels import by_year, value_at, window
from effektiv.analysis.sizes import Classified, Size
from effektiv.analysis.uncertainty import peer_median_interval
from effektiv.exhibits.charts import BreakMark, Line, Trend, panels
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import amount, capitalise, cardinal, is_missing, join, number, years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import held_text, named, people, size_text, subject, year_text
from effektiv.steps.base import AreaBase
from effektiv.types import Better, FocusArea, Gap, Kpi

MILLIONS = "mnkr"


@dataclass(frozen=True)
class CostGapView:
    """One way to value the cost gap, ready to show.

    Attributes
    ----------
    label
        What is compared.
    kpi
        The figure that is compared.
    year
        Latest year with a gap.
    own, comparator
        The figure and the peers' median.
    base
        What a unit of the figure is worth, kr.
    gap
        mnkr against the median, positive is dearer.
    low, high
        mnkr when the median is moved to the ends of its 95 % interval; missing when the group
        is too small for one.
    year_low, year_high
        mnkr, lowest and highest of `years` against each year's median.
    years
        The years with a gap among the last three, back to a break.
    best_quarter
        mnkr against the cheapest quarter of the peers; missing where there is none.
    by_year
        mnkr against the median by year.
    size
        Size of the difference in the figure; None when it cannot be judged.
    """

    label: str
    kpi: Kpi
    year: int
    own: float
    comparator: float
    base: float
    gap: float
    low: float
    high: float
    year_low: float
    year_high: float
    years: tuple[int, ...]
    best_quarter: float
    by_year: Mapping[int, float]
    size: Classified | None


@dataclass(frozen=True)
class QualityGapView:
    """A quality gap: positive `gap` means worse than the peers' median.

    `count` is the number of persons the figure speaks for and `persons` the gap in persons;
    both are missing for figures that are not shares with a known number of persons.
    """

    kpi: Kpi
    comparison: Comparison
    gap: float
    count: float
    persons: float

    @property
    def is_worse(self) -> bool:
        """Whether the figure is worse than the median by as much as its decimals can show."""
        return self.gap > 0 and not rounds_to_zero(self.gap, self.kpi.decimals)


class GapCase(AreaBase):
    """The gap in mnkr, quality units and persons."""

    @cached_property
    def cost_gaps(self) -> tuple[CostGapView, ...]:
        """The area's cost gaps against the peers' median, those that can be computed."""
        views = (self._cost_gap(gap) for gap in self.area.gaps)
        return tuple(view for view in views if view is not None)

    def _cost_gap(self, gap: Gap) -> CostGapView | None:
        figure = self.kpi(analysis.gap_figure(gap))
        needed = (figure.id, gap.reference_cost, gap.population, gap.volume)
        panels = self.panels([kpi for kpi in needed if kpi])
        against = analysis.comparators(panels[figure.id], self.peers.members, figure.better)
        found = analysis.cost_gap(gap, panels, self.municipality, against["median"])
        year = found.latest_year
        if year is None:
            return None
        own, median, base, worth = (
            float(found.by_year[column][year]) for column in ("own", "comparator", "base", "gap_mnkr")
        )
        recent = found.by_year["gap_mnkr"].reindex(window(year, 3, figure.breaks)).dropna()
        low, high = self._moved_median(figure.id, year)
        comparison = self.compare(figure.id)
        return CostGapView(
            label=gap.label,
            kpi=figure,
            year=year,
            own=own,
            comparator=median,
            base=base,
            gap=worth,
            low=(own - high) * base / 1e6,
            high=(own - low) * base / 1e6,
            year_low=float(recent.min()),
            year_high=float(recent.max()),
            years=tuple(int(item) for item in recent.index),
            best_quarter=(own - float(against["best_quarter"][year])) * base / 1e6,
            by_year=by_year(found.by_year["gap_mnkr"]),
            size=comparison.size if comparison is not None and comparison.year == year else None,
        )

    def _moved_median(self, kpi: str, year: int) -> tuple[float, float]:
        """Return the ends of the interval of the peers' median; missing in a group too small for one."""
        interval = peer_median_interval(self.panel(kpi).reindex(list(self.peers.members))[year])
        return (np.nan, np.nan) if interval is None else (interval.low, interval.high)

    @cached_property
    def quality_gaps(self) -> tuple[QualityGapView, ...]:
        """Quality gaps against the peers' median: the headline figure first, ended series left out."""
        ids = dict.fromkeys((self.area.headline_quality, *self.area.sections.quality))
        views = (self._quality_gap(kpi) for kpi in ids if self.kpi(kpi).valid_to is None)
        return tuple(view for view in views if view is not None)

    @property
    def headline_gap(self) -> QualityGapView | None:
        """The quality gap that is reported first; None where it cannot be judged."""
        return next((gap for gap in self.quality_gaps if gap.kpi.id == self.area.headline_quality), None)

    def _quality_gap(self, kpi_id: str) -> QualityGapView | None:
        kpi, comparison = self.kpi(kpi_id), self.compare(kpi_id)
        if comparison is None or kpi.better is Better.NEITHER:
            return None
        worse = analysis.quality_gap(comparison.own, comparison.median, kpi.better)
        count = self._count(kpi, comparison.year)
        return QualityGapView(kpi, comparison, worse, count, analysis.persons(worse, count))

    def _count(self, kpi: Kpi, year: int) -> float:
        """Return how many persons a share speaks for; missing when that is not known."""
        behind = kpi.persons or kpi.denominator
        if kpi.unit != "%" or behind is None:
            return float("nan")
        return value_at(self.national.panel(behind), self.municipality, year)

    def gap(self) -> Exhibit:
        """Visa vad skillnaden mot gruppen är värd i kronor, kvalitet och personer."""
        figures = [*(view.kpi.id for view in self.cost_gaps), *(view.kpi.id for view in self.quality_gaps)]
        context = self.context
        area = self.area
        costs = self.cost_gaps
        qualities = self.quality_gaps
        flags = self.flags(*figures)
        title = "Gapet i kronor, kvalitet och personer"
        if not costs and not qualities:
            return nothing(
                "gap",
                title,
                f"Frysningen saknar kostnad och kvalitet att jämföra för {context.name} och gruppen.",
            )
        return Exhibit(
            id="gap",
            title=title,
            source=Source.OWN,
            figure=panels([_trend(context, view) for view in costs]) if costs else None,
            alt=" ".join(cost_sentences(context, view) for view in costs) if costs else None,
            finding=(
                cost_sentences(context, costs[0])
                if costs
                else f"Kostnadsgapet kan inte räknas ut, för det saknas uppgifter för {context.name} eller gruppen."
            ),
            blocks=(quality_sentences(qualities),) if qualities else (),
            table=_gap_table(context, costs, qualities),
            how_to_read=_gap_how(context, area, costs),
            notes=(
                "De två sätten att räkna kostnadsgapet mäter olika saker och ska inte läggas ihop. Bara det som räknas "
                "mot referenskostnaden tar hänsyn till kommunens förutsättningar."
                if len(costs) > 1
                else ""
            ),
            flags=flags,
        )


UNSURE = "Skillnaden är alltså inte säker."
"""Said of a difference that is named, but whose uncertainty reaches past zero."""


def rounds_to_zero(number: float, decimals: int = 1) -> bool:
    """Whether a number would be written as zero."""
    return abs(number) < 0.5 * 10.0**-decimals


def gap_words(amount_mnkr: float, than: str) -> str:
    """Write a cost gap: "3,2 miljoner kronor dyrare än medianen"."""
    if rounds_to_zero(amount_mnkr):
        return f"ungefär lika dyr som {than}"
    return f"{amount(abs(amount_mnkr), MILLIONS, 1)} {_side(amount_mnkr)} än {than}"


def span_words(low: float, high: float) -> str:
    """Write a range of gaps in running text, with the direction where the range has one."""
    if rounds_to_zero(low) and rounds_to_zero(high):
        return "ungefär lika dyr"
    if low < 0 < high and not rounds_to_zero(low) and not rounds_to_zero(high):
        return f"från {amount(-low, MILLIONS, 1)} billigare till {amount(high, MILLIONS, 1)} dyrare"
    # All on one side, perhaps but for an end that is too near zero to be written.
    least, most = sorted((abs(low), abs(high)))
    side = _side(low if abs(low) > abs(high) else high)
    if rounds_to_zero(least):
        return f"upp till {amount(most, MILLIONS, 1)} {side}"
    ends = number(least, 1), number(most, 1)
    return f"{ends[0] if ends[0] == ends[1] else '–'.join(ends)} miljoner kronor {side}"


def _side(amount_mnkr: float) -> str:
    return "dyrare" if amount_mnkr > 0 else "billigare"


def uncertainty_sentence(context: Context, view: CostGapView) -> str:
    """Say how far the median's own uncertainty can move the gap, and whether to the other side of zero."""
    if is_missing(view.low):
        return "Gruppen är för liten för att visa hur osäker medianen är."
    text = f"Räknas medianens osäkerhet med är {context.name} {span_words(view.low, view.high)}."
    return f"{text} {UNSURE}" if view.low <= 0 <= view.high and not rounds_to_zero(view.gap) else text


def years_sentence(context: Context, view: CostGapView) -> str:
    """Say how the gap has moved over the last years; empty when there is only one."""
    if len(view.years) < 2:
        return ""
    return f"Under {years(view.years)} var {context.name} {span_words(view.year_low, view.year_high)}."


def cost_sentences(context: Context, view: CostGapView) -> str:
    """Say what a cost gap is worth, how uncertain the median makes it, and how it has moved."""
    when = year_text(context, view.kpi, view.year)
    parts = (
        f"{view.label}: {context.name} är {gap_words(view.gap, context.peers.median)} {when}.",
        uncertainty_sentence(context, view),
        years_sentence(context, view),
    )
    return " ".join(part for part in parts if part)


def _gap_how(context: Context, area: FocusArea, costs: Sequence[CostGapView]) -> str:
    parts = []
    if costs:
        parts.append(
            f"Noll är {context.peers.median} samma år. Över noll är {area.in_text} dyrare än medianen, under noll "
            "billigare."
        )
    parts.append(
        "Osäkerheten i kostnaden är vad gapet blir om medianen ligger i någon av ändarna av sitt 95-procentiga "
        "intervall. I kvaliteten räknas även slumpen i det egna värdet med."
    )
    return " ".join(parts)


def _trend(context: Context, view: CostGapView) -> Trend:
    return Trend(
        lines=(Line(context.name, view.by_year, "own"),),
        unit=MILLIONS,
        decimals=1,
        zero=True,
        reference=0.0,
        breaks=tuple(BreakMark(item.year, str(item.year)) for item in view.kpi.breaks),
        preliminary=frozenset({view.year} if context.is_preliminary(view.kpi.id, view.year) else ()),
        title=view.label,
    )


_QUALITY_WORDS = (
    (Size.CLEARLY, True, "tydligt sämre än gruppens median"),
    (Size.SOMEWHAT, True, "något sämre"),
    (Size.CLEARLY, False, "tydligt bättre"),
    (Size.SOMEWHAT, False, "något bättre"),
)


def quality_sentences(qualities: Sequence[QualityGapView]) -> str:
    """Name the figures that are worse and better than the peers' median, by size."""
    parts, told = [], 0
    for size, worse, words in _QUALITY_WORDS:
        names = [named(item.kpi) for item in qualities if _has(item, size) and (item.gap > 0) is worse]
        told += len(names)
        if names:
            parts.append(f"{capitalise(words)}: {join(names)}.")
    rest = len(qualities) - told
    if rest:
        counted = capitalise(cardinal(rest))
        parts.append(
            f"{counted} mått av {cardinal(len(qualities))} är ungefär lika bra eller går inte att bedöma."
        )
    return " ".join(parts)


def _has(item: QualityGapView, size: Size) -> bool:
    found = item.comparison.size
    return found is not None and found.sign != 0 and found.size is size


def _gap_table(context: Context, costs: Sequence[CostGapView], qualities: Sequence[QualityGapView]) -> Table:
    return Table(
        caption=f"{context.name} mot {context.peers.median}",
        columns=(
            Column("matt", "Mått"),
            Column("enhet", "Enhet"),
            Column("ar", "År", kind="year"),
            Column("kommun", context.name, kind="number"),
            Column("median", "Gruppens median", kind="number"),
            Column("skillnad", "Skillnad", kind="number", signed=True),
            Column("osakerhet", "Osäkerhet i skillnaden"),
            Column("storlek", "Jämfört med medianen"),
            Column("ar_lika", "De senaste åren"),
            Column("fjardedel", "Mot bästa fjärdedelen", kind="number", signed=True),
            Column("personer", "Motsvarar"),
        ),
        rows=(*(_cost_row(view) for view in costs), *(_quality_row(item) for item in qualities)),
        row_decimals=(*(1 for _ in costs), *(item.kpi.decimals for item in qualities)),
    )


def _cost_row(view: CostGapView) -> tuple[Value, ...]:
    span = "" if is_missing(view.low) else _range(view.low, view.high, 1)
    lately = (
        f"{_range(view.year_low, view.year_high, 1)} ({years(view.years)})" if len(view.years) > 1 else ""
    )
    return (view.label, MILLIONS, view.year, view.own * view.base / 1e6, view.comparator * view.base / 1e6, view.gap,
            span, size_text(view.size, "cost"), lately, view.best_quarter, "")  # fmt: skip


def _quality_row(item: QualityGapView) -> tuple[Value, ...]:
    kpi, found = item.kpi, item.comparison
    about = subject(kpi) if kpi.better is not Better.LOWER else "level"
    half = Z95 * found.noise
    span = "" if is_missing(half) else _range(found.difference - half, found.difference + half, kpi.decimals)
    best = found.high if kpi.better is Better.HIGHER else found.low
    persons = "" if is_missing(item.persons) else people(abs(item.persons))
    lately = f"{'över' if found.difference > 0 else 'under'} {held_text(found)}" if found.difference else ""
    return (kpi.label, kpi.unit, found.year, found.own, found.median, found.difference,
            span, size_text(found.size, about), lately, found.own - best, persons)  # fmt: skip


def _range(low: float, high: float, decimals: int) -> str:
    return f"{number(low, decimals, signed=True)} till {number(high, decimals, signed=True)}"
