"""What the difference to the peers is worth: kronor, quality and persons, and three ways to close it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from effektiv.analysis.comparison import Comparison
from effektiv.analysis.gap import ThreeWays
from effektiv.exhibits.charts.trend import BreakMark, Line, Trend, panels
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import amount, is_missing, join, mnkr, number, sentence, year
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import difference_in_text, difference_unit, named, size_text, subject, value
from effektiv.types import Better, Flag, FocusArea, Kpi

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
    gap
        mnkr against the median, positive is dearer.
    low, high
        mnkr when the median is moved to the ends of its 95 % interval.
    year_low, year_high
        mnkr, lowest and highest of the last three years against each year's median.
    best_quarter
        mnkr against the cheapest quarter of the peers; missing where there is none.
    by_year
        mnkr against the median by year.
    """

    label: str
    kpi: Kpi
    year: int
    own: float
    comparator: float
    gap: float
    low: float
    high: float
    year_low: float
    year_high: float
    best_quarter: float
    by_year: Mapping[int, float]


@dataclass(frozen=True)
class QualityGapView:
    """A quality gap: positive `gap` means worse than the peers' median.

    `persons` is missing for figures that are not shares with a known number of persons.
    """

    kpi: Kpi
    comparison: Comparison
    gap: float
    persons: float


def gap_words(amount_mnkr: float) -> str:
    """Write a cost gap: "3,2 miljoner kronor dyrare"."""
    return f"{amount(abs(amount_mnkr), MILLIONS, 1)} {'dyrare' if amount_mnkr > 0 else 'billigare'}"


def span_words(low: float, high: float) -> str:
    """Write a range of gaps in running text, with the direction where the range has one."""
    if low >= 0:
        return f"{number(low, 1)}–{number(high, 1)} miljoner kronor dyrare"
    if high <= 0:
        return f"{number(-high, 1)}–{number(-low, 1)} miljoner kronor billigare"
    return f"från {number(-low, 1)} miljoner kronor billigare till {number(high, 1)} miljoner kronor dyrare"


def gap(
    context: Context,
    area: FocusArea,
    costs: Sequence[CostGapView],
    qualities: Sequence[QualityGapView],
    flags: tuple[Flag, ...],
) -> Exhibit:
    """Show what the gap to the peers' median is worth in mnkr, quality units and persons."""
    title = "Gapet i kronor, kvalitet och personer"
    if not costs and not qualities:
        return nothing(
            "gap", title, "Frysningen saknar både kostnad och kvalitet att jämföra för kommunen och gruppen."
        )
    figure = panels([_trend(context, view) for view in costs]) if costs else None
    return Exhibit(
        id="gap",
        title=title,
        source=Source.OWN,
        figure=figure,
        alt=_cost_sentences(context, costs) if costs else None,
        finding=_cost_sentence(context, costs[0]) if costs else "Kostnadsgapet kan inte räknas ut.",
        blocks=(_quality_sentence(qualities),) if qualities else (),
        table=_gap_table(context, costs, qualities),
        how_to_read=(
            f"Noll är medianen i {context.peers.definite} samma år. Över noll är {area.in_text} dyrare än "
            "medianen, under noll billigare. Osäkerheten är vad gapet blir om medianen ligger i någon av ändarna "
            "av sitt 95-procentiga intervall."
        ),
        notes=(
            "De två sätten att räkna kostnadsgapet mäter olika saker och ska inte läggas ihop. Det första tar "
            "hänsyn till kommunens förutsättningar, det andra gör det inte."
        ),
        flags=flags,
    )


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


def _cost_sentence(context: Context, view: CostGapView) -> str:
    when = year(view.year, preliminary=context.is_preliminary(view.kpi.id, view.year))
    return sentence(
        [
            f"{view.label}: {context.name} är {gap_words(view.gap)} än medianen i {context.peers.definite} {when}.",
            f"Osäkerheten i medianen ger {span_words(view.low, view.high)},",
            f"och de tre senaste åren har gapet varit {span_words(view.year_low, view.year_high)}",
        ]
    )


def _cost_sentences(context: Context, costs: Sequence[CostGapView]) -> str:
    return " ".join(_cost_sentence(context, view) for view in costs)


def _quality_sentence(qualities: Sequence[QualityGapView]) -> str:
    """Name the figures that are clearly or somewhat worse and better."""
    worse = [item.kpi.label for item in qualities if _judged(item) and item.gap > 0]
    better = [item.kpi.label for item in qualities if _judged(item) and item.gap < 0]
    equal = len(qualities) - len(worse) - len(better)
    parts = []
    if worse:
        parts.append(f"Sämre än gruppens median: {join(worse)}.")
    if better:
        parts.append(f"Bättre: {join(better)}.")
    if equal:
        parts.append(
            f"{number(equal)} mått av {number(len(qualities))} är ungefär lika eller går inte att bedöma."
        )
    return " ".join(parts)


def _judged(item: QualityGapView) -> bool:
    size = item.comparison.size
    return size is not None and size.sign != 0


def _gap_table(context: Context, costs: Sequence[CostGapView], qualities: Sequence[QualityGapView]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for view in costs:
        span = f"{mnkr(view.low, signed=True)} till {mnkr(view.high, signed=True)}"
        three = f"{mnkr(view.year_low, signed=True)} till {mnkr(view.year_high, signed=True)}"
        rows.append((view.label, view.year, value(view.kpi, view.own), value(view.kpi, view.comparator),
                     mnkr(view.gap, signed=True), span, three, None))  # fmt: skip
        if not is_missing(view.best_quarter):
            rows.append((f"{view.label}, mot billigaste fjärdedelen", view.year, value(view.kpi, view.own), "",
                         mnkr(view.best_quarter, signed=True), "", "", None))  # fmt: skip
    for item in qualities:
        rows.append(_quality_row(item))
    return Table(
        caption=f"{context.name} mot medianen i {context.peers.definite}",
        columns=(
            Column("matt", "Mått"),
            Column("ar", "År", kind="year"),
            Column("kommun", context.name),
            Column("median", "Gruppens median"),
            Column("gap", "Skillnad"),
            Column("osakerhet", "Osäkerhet i skillnaden"),
            Column("tre_ar", "De tre senaste åren"),
            Column("personer", "Motsvarar", kind="number", unit="personer"),
        ),
        rows=tuple(rows),
    )


def _quality_row(item: QualityGapView) -> tuple[Value, ...]:
    kpi, found = item.kpi, item.comparison
    difference = f"{number(found.difference, kpi.decimals, signed=True, unit=difference_unit(kpi))}"
    about = subject(kpi) if kpi.better is not Better.LOWER else "level"
    noise = "" if is_missing(found.noise) else f"± {number(1.96 * found.noise, kpi.decimals)}"
    persons = abs(item.persons) if not is_missing(item.persons) else None
    return (kpi.label, found.year, value(kpi, found.own), value(kpi, found.median), difference, noise,
            size_text(found.size, about), persons)  # fmt: skip


def three_ways(
    context: Context,
    area: FocusArea,
    ways: ThreeWays | None,
    view: CostGapView | None,
    quality: QualityGapView | None,
    flags: tuple[Flag, ...],
) -> Exhibit:
    """State the same gap as less resource, more volume or more quality, each holding the other two."""
    title = "Tre vägar att stänga gapet"
    if ways is None or view is None or quality is None:
        return nothing(
            "tre-vagar",
            title,
            "Det kräver kostnad per enhet, volym och kvalitet för både kommunen och gruppen.",
        )
    rows = (
        ("Mindre resurs", "Volym och kvalitet", _resource_way(ways)),
        ("Mer volym", "Resurs och kvalitet", _volume_way(area, ways)),
        ("Högre kvalitet", "Resurs och volym", _quality_way(quality, ways)),
    )
    return Exhibit(
        id="tre-vagar",
        title=title,
        source=Source.OWN,
        alt=None,
        finding=_ways_finding(context, area, view, rows),
        table=Table(
            caption=f"Tre vägar till medianen i {context.peers.definite}, {view.year}",
            columns=(
                Column("vag", "Väg"),
                Column("oforandrat", "Hålls oförändrat"),
                Column("innebar", "Vad det innebär"),
            ),
            rows=rows,
        ),
        how_to_read=(
            f"Vägarna utgår från {view.label[:1].lower()}{view.label[1:]} och visar storleken på gapet, inte vad som "
            "är möjligt eller lämpligt. De kan kombineras men ska inte läggas ihop."
        ),
        notes=(
            "Räkneexemplet tar inte hänsyn till kommunens förutsättningar, och en förändrad volym antas kosta lika "
            "mycket per enhet som i dag."
        ),
        flags=flags,
    )


def _ways_finding(
    context: Context, area: FocusArea, view: CostGapView, rows: Sequence[tuple[str, str, str]]
) -> str:
    resource, volume, quality = (_lower(row[2]) for row in rows)
    median = f"medianen i {context.peers.definite} {view.year}"
    if view.gap <= 0:
        return sentence(
            [
                f"{context.name} är redan {amount(-view.gap, MILLIONS, 1)} billigare än {median} i {area.in_text},",
                f"så inget kostnadsgap behöver stängas. I kvalitet: {quality}",
            ]
        )
    return sentence([f"Att nå {median} motsvarar {resource}, eller {volume}. I kvalitet: {quality}"])


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _resource_way(ways: ThreeWays) -> str:
    if ways.resource_mnkr < 0:
        return f"{amount(-ways.resource_mnkr, MILLIONS, 1)} mindre per år"
    return f"ingen minskning (redan {amount(ways.resource_mnkr, MILLIONS, 1)} billigare än medianen)"


def _volume_way(area: FocusArea, ways: ThreeWays) -> str:
    if is_missing(ways.volume_units):
        return "går inte att räkna ut"
    if ways.volume_units <= 0:
        return "ingen ökning (gapet är redan stängt)"
    share = number(ways.volume_pct, 1)
    return f"{number(ways.volume_units)} fler {area.volume_word} för samma pengar (+{share} procent)"


def _quality_way(item: QualityGapView, ways: ThreeWays) -> str:
    name = named(item.kpi)
    if ways.quality_worse_by <= 0:
        return f"{name} ligger redan på medianen eller bättre"
    step = difference_in_text(item.kpi, ways.quality_worse_by)
    people = "" if is_missing(ways.quality_persons) else f", ungefär {number(ways.quality_persons)} personer"
    direction = "högre" if item.kpi.better is Better.HIGHER else "lägre"
    return f"{step} {direction} {name}{people}"
