"""The main quality figures over ten years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from effektiv.analysis.comparison import Comparison, median_by_year
from effektiv.analysis.panels import by_year, row
from effektiv.analysis.sizes import THRESHOLDS, Size
from effektiv.analysis.trend import LevelChange, direction, level_change
from effektiv.analysis.trend import Trend as Direction
from effektiv.exhibits.charts import Band, Line, Trend, panels, trend
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Bullets, Exhibit, Source, Strong, Text
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import YEARS, break_marks, preliminary_years, quoted
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import Mark, capitalise, is_missing, mark, number, years
from effektiv.exhibits.table import Column, Table
from effektiv.exhibits.words import difference_in_text, since_text
from effektiv.steps.base import AreaBase
from effektiv.steps.standing import unbroken
from effektiv.types import RIKET, Better, Kpi

MOST_PANELS = 3
"""More small trends side by side are too narrow to read."""


CONVINCING = 0.05
"""Chance that a report mentions a change of level that is none: shared between its figures."""


@dataclass(frozen=True)
class Course:
    """One quality figure over the years.

    Attributes
    ----------
    kpi
        The figure.
    own, median, low, high, riket
        By year: the municipality, the peers' median and quartiles, Riket.
    comparison
        Latest own value against the peers' median; None where one is missing.
    three, five
        Direction of the difference to the peers' median over three and five years; None
        with fewer than three values.
    level
        Most likely change of level of that difference; None with too few values.
    spread
        Robust SD between the country's municipalities, the figure's unit.
    marks
        Year -> why the own value is missing.
    """

    kpi: Kpi
    own: Mapping[int, float]
    median: Mapping[int, float]
    low: Mapping[int, float]
    high: Mapping[int, float]
    riket: Mapping[int, float]
    comparison: Comparison | None
    three: Direction | None
    five: Direction | None
    level: LevelChange | None
    spread: float
    marks: Mapping[int, Mark]

    @property
    def years(self) -> list[int]:
        """Years with a value of the municipality or the peers, and those in between."""
        found = [*self.own, *self.median]
        return list(range(min(found), max(found) + 1)) if found else []


class QualityTrendCase(AreaBase):
    """The area's main quality figures over the years."""

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """The main quality figures over the years, the headline figure first."""
        figures = dict.fromkeys((self.area.headline_quality, *self.area.quality_for_k))
        return tuple(self._course(self.kpi(kpi)) for kpi in figures)

    def quality_trend(self) -> Exhibit:
        """Visa de viktigaste kvalitetsmåtten över tio år."""
        context, courses = self.context, self.courses
        flags = self.flags(*(course.kpi.id for course in courses))
        title = "Kvaliteten över tid"
        shown = [course for course in courses if course.own]
        if not shown:
            lacking = quoted(course.kpi for course in courses)
            return nothing("kvalitet-over-tid", title, f"{context.name} saknar värden för {lacking}.")
        drawn = shown[:MOST_PANELS]
        convincing = CONVINCING / len(shown)
        finding = course_text(context, shown[0], convincing)
        absent = [course.kpi for course in courses if not course.own]
        left_out = [course.kpi for course in shown[MOST_PANELS:]]
        notes = [
            f"{capitalise(quoted(left_out))} finns bara i texten och tabellen." if left_out else "",
            f"Värden saknas för {quoted(absent)}." if absent else "",
        ]
        return Exhibit(
            id="kvalitet-over-tid",
            title=title,
            source=Source.OWN,
            figure=_courses_figure(context, drawn),
            alt=(
                f"Linjediagram över {quoted(course.kpi for course in drawn)} i {context.name}, "
                f"gruppens median och riket. {finding}"
            ),
            finding=finding,
            blocks=(Bullets(tuple(_item(context, course, convincing) for course in shown[1:])),) if len(shown) > 1 else (),
            table=_courses_table(context, shown),
            how_to_read=(
                f"Det grå fältet rymmer den mittersta hälften av {context.peers.definite}. Ett uppehåll i linjen är ett år "
                "utan värde. En prickad lodrät linje betyder att värdena före och efter inte går att jämföra."
            ),
            notes=" ".join(["Riktningen gäller skillnaden mot gruppens median, så att förändringar som är lika i alla "
                            "kommuner inte räknas.", *(text for text in notes if text)]),
            flags=flags,
        )  # fmt: skip

    def _course(self, kpi: Kpi) -> Course:
        whole = self.panel(kpi.id)
        last = max((int(year) for year in whole.columns), default=self.year)
        panel = whole[[year for year in whole.columns if int(year) > last - YEARS]]
        group, own = median_by_year(panel, self.peers.members), row(panel, self.municipality)
        comparison = self.compare(kpi.id)
        # The peers' median is subtracted, so that what is the same for all municipalities cancels.
        difference = own - group["median"]
        three = five = None
        spread = float("nan")
        if comparison is not None:
            year, noise = comparison.year, comparison.noise
            three = direction(difference, year=year, span=3, noise=noise, breaks=kpi.breaks)
            five = direction(difference, year=year, span=5, noise=noise, breaks=kpi.breaks)
            spread = self.national.yardstick(kpi.id).spread(year)
        return Course(
            kpi=kpi,
            own=by_year(own),
            median=by_year(group["median"]),
            low=by_year(group["low"]),
            high=by_year(group["high"]),
            riket=by_year(row(panel, RIKET)),
            comparison=comparison,
            three=three,
            five=five,
            level=level_change(difference, kpi.breaks),
            spread=spread,
            marks=self._marks(kpi),
        )

    def _marks(self, kpi: Kpi) -> dict[int, Mark]:
        statuses = self.national.statuses(kpi.id)
        if statuses is None or self.municipality not in statuses.index:
            return {}
        return {int(year): mark(statuses.loc[self.municipality, year]) for year in statuses.columns}


def course_text(context: Context, course: Course, convincing: float = CONVINCING) -> str:
    """Say on which side of the median the figure is, since when, its direction, and a change of level.

    Parameters
    ----------
    context
        Who the report is about.
    course
        The figure.
    convincing
        Largest p of a change of level that is mentioned.
    """
    parts = [
        f"{course.kpi.label}: {_side(context, course)}.",
        _directions(course),
        _level_change(course, convincing),
        _gaps(course),
    ]
    return " ".join(part for part in parts if part)


def _item(context: Context, course: Course, convincing: float) -> Text:
    text = course_text(context, course, convincing)
    label = f"{course.kpi.label}:"
    return (Strong(label), text.removeprefix(label))


def _side(context: Context, course: Course) -> str:
    found = course.comparison
    if found is None:
        return "går inte att jämföra med gruppen"
    if found.since is None:
        return f"samma värde som gruppens median {found.year}"
    side = "över" if found.since.sign > 0 else "under"
    difference = difference_in_text(course.kpi, abs(found.difference))
    now = f"{difference} {side} {context.peers.median} {found.year}"
    if found.since.years == 1:
        return now
    return f"{now}. Värdet har legat {side} medianen {since_text(found.since)}"


def _directions(course: Course) -> str:
    """Write the directions over three and five years, each with its interval."""
    known = [found for found in (course.three, course.five) if found is not None]
    # After a break, or with gaps, five years may be the same years as three.
    different = {(found.first, found.last): found for found in known}
    if not different:
        return "Det finns för få värden i följd för att ange en riktning."
    return " ".join(_direction(course.kpi, found) for found in different.values())


def _direction(kpi: Kpi, found: Direction) -> str:
    change = difference_in_text(kpi, found.change, signed=True)
    start = f"Mellan {found.first} och {found.last} ändrades skillnaden med {change}"
    if is_missing(found.low):
        return f"{start}; osäkerheten är okänd."
    interval = " till ".join(number(end, kpi.decimals, signed=True) for end in (found.low, found.high))
    if found.sign == 0:
        return f"{start}, vilket ryms i slumpen ({interval})."
    good = (found.sign > 0) == (kpi.better is Better.HIGHER)
    word = "förändring" if kpi.better is Better.NEITHER else "förbättring" if good else "försämring"
    return f"{start}, en {word} utöver slumpen ({interval})."


def _level_change(course: Course, convincing: float) -> str:
    """Mention a change of level that is large, that chance hardly makes and a steady slide does not fit better."""
    found = course.level
    if found is None or found.p_value > convincing or found.trend_fits_better:
        return ""
    if not abs(found.size) >= THRESHOLDS[Size.CLEARLY].spread_share * course.spread:
        return ""
    before, after = (number(end, course.kpi.decimals, signed=True) for end in (found.before, found.after))
    return (
        f"Nivån mot gruppen har ändrats omkring {found.year}, från i genomsnitt {before} till {after} "
        f"{difference_unit_in_text(course.kpi)}."
    )


def difference_unit_in_text(kpi: Kpi) -> str:
    """Return the unit of a difference for running text."""
    return difference_in_text(kpi, 0.0).partition("\u00a0")[2]


def _gaps(course: Course) -> str:
    lacking = [item for item in course.years if item not in course.own and item in course.median]
    return f"Eget värde saknas {years(lacking)}." if lacking else ""


def _courses_figure(context: Context, courses: Sequence[Course]) -> Figure:
    with_riket = any(course.riket for course in courses)
    trends = [_trend(context, course, with_riket=with_riket) for course in courses]
    return trend(trends[0]) if len(trends) == 1 else panels(trends)


def _trend(context: Context, course: Course, *, with_riket: bool) -> Trend:
    kpi = course.kpi
    lines = [Line(context.name, course.own, "own"), Line("Gruppens median", course.median, "peer")]
    if with_riket:
        lines.append(Line(context.riket, course.riket, "riket"))
    return Trend(
        lines=tuple(lines),
        unit=kpi.unit,
        decimals=kpi.decimals,
        band=Band("Mitthälften av gruppen", course.low, course.high),
        breaks=break_marks([kpi]),
        preliminary=preliminary_years(context, [kpi]),
        title=unbroken(kpi.label),
    )


def _courses_table(context: Context, courses: Sequence[Course]) -> Table:
    cells = [(course, item) for course in courses for item in course.years]
    return Table(
        caption=f"Kvalitet år för år i {context.name}, {context.peers.definite} och riket",
        columns=(
            Column("nyckeltal", "Nyckeltal"),
            Column("enhet", "Enhet"),
            Column("ar", "År", kind="year"),
            Column("kommun", context.name, kind="number"),
            Column("median", "Gruppens median", kind="number"),
            Column("undre", "Undre kvartil", kind="number"),
            Column("ovre", "Övre kvartil", kind="number"),
            Column("riket", context.riket, kind="number"),
        ),
        rows=tuple(
            (course.kpi.label, course.kpi.unit, item, course.own.get(item), course.median.get(item),
             course.low.get(item), course.high.get(item), course.riket.get(item))
            for course, item in cells
        ),
        marks={
            (place, "kommun"): course.marks[item]
            for place, (course, item) in enumerate(cells)
            if item not in course.own and item in course.marks
        },
        row_decimals=tuple(course.kpi.decimals for course, _ in cells),
    )  # fmt: skip
