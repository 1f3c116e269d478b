"""What the work gives: quality now, over the years, and for women and men."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from effektiv.analysis.comparison import Comparison
from effektiv.analysis.sizes import THRESHOLDS, Classified, Size
from effektiv.analysis.trend import LevelChange
from effektiv.analysis.trend import Trend as Direction
from effektiv.analysis.uncertainty import Interval
from effektiv.exhibits import standing as rows
from effektiv.exhibits.charts import Band, GenderRow, Line, Trend, genders, panels, trend
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Bullets, Exhibit, Source, Strong, Text
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import break_marks, lower_first, preliminary_years, quoted
from effektiv.exhibits.standing import Standing, held, quality_words, unbroken
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import (
    Mark,
    capitalise,
    cardinal,
    is_missing,
    join,
    number,
    sentence,
    year,
    years,
)
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import difference_in_text, since_text, size_text, value_in_text
from effektiv.types import Better, Flag, FocusArea, Kpi

MOST_PANELS = 3
"""More small trends side by side are too narrow to read."""

MOST_NAMED = 3
"""More figures than this are counted, not named."""

CONVINCING = 0.05
"""Chance that a report mentions a change of level that is none: shared between its figures."""


# --- now -------------------------------------------------------------------------------


def quality(
    context: Context, area: FocusArea, standings: Sequence[Standing], flags: tuple[Flag, ...]
) -> Exhibit:
    """Show every quality figure against peers and Riket.

    Parameters
    ----------
    context
        Who the report is about.
    area
        Which figure is reported first, and what stands behind the figures.
    standings
        The figures, in order.
    flags
        Data-quality marks.
    """
    title = "Kvaliteten jämfört med gruppen och riket"
    figure = rows.draw(context, standings)
    if figure is None:
        return nothing("kvalitet", title, f"Frysningen saknar kvalitetsmått för {context.name}.")
    finding = quality_finding(context, standings, area.headline_quality)
    return Exhibit(
        id="kvalitet",
        title=title,
        source=Source.OWN,
        figure=figure,
        alt=(
            f"En rad för varje kvalitetsmått, med {context.name}, "
            f"{context.peers.definite} och riket. {finding}"
        ),
        finding=finding,
        table=rows.table(
            context,
            f"Kvalitet i {context.name}, {context.peers.definite} och riket",
            standings,
            lambda item: quality_words(item.kpi, item.size),
            counted=area.counted_words,
        ),
        how_to_read=(
            "Varje rad har sin egen skala. Strecket genom cirkeln är osäkerheten: ett 95-procentigt intervall där "
            f"antalet {area.counted_words} är känt, annars lägsta och högsta värdet de tre senaste åren."
        ),
        notes=_range_notes(standings),
        flags=flags,
    )


def _range_notes(standings: Sequence[Standing]) -> str:
    published = [item.kpi for item in standings if _rests_on(item) is rows.Uncertainty.PUBLISHED]
    without = [item.kpi for item in standings if item.range is None and not is_missing(item.own)]
    parts = []
    if published:
        parts.append(f"Koladas egen felmarginal används för {quoted(published)}.")
    if without:
        parts.append(f"Osäkerheten är okänd för {quoted(without)}.")
    lacking = rows.without_value(standings)
    return " ".join([*parts, lacking]).strip()


def _rests_on(item: Standing) -> rows.Uncertainty | None:
    return None if item.range is None else item.range.rests_on


def quality_finding(context: Context, standings: Sequence[Standing], headline: str) -> str:
    """Say where the headline figure stands, and name those that are clearly worse and better."""
    compared = [item for item in standings if item.comparison is not None]
    if not compared:
        return f"Kvaliteten i {context.name} kan inte jämföras med {context.peers.definite}: värden saknas."
    first = next((item for item in compared if item.kpi.id == headline), None)
    lead = f"{context.kpis[headline].label} kan inte jämföras: värde saknas."
    parts = [lead if first is None else _headline(context, first)]
    judged = [item for item in compared if item.kpi.better is not Better.NEITHER]
    worse = [item for item in judged if item.is_clear and not _is_better(item)]
    better = [item for item in judged if item.is_clear and _is_better(item)]
    parts.append(_counted(len(judged), worse, better))
    return sentence(parts)


def _headline(context: Context, item: Standing) -> str:
    found, kpi = item.comparison, item.kpi
    assert found is not None  # only compared figures are passed on
    when = year(found.year, preliminary=context.is_preliminary(kpi.id, found.year))
    how_long = held(item)
    size = quality_words(kpi, item.size) if item.size is not None else "svårt att jämföra"
    joined = "som" if item.size is not None and item.size.sign == 0 else "än"
    against = f"{context.peers.median} ({number(found.median, kpi.decimals)})"
    level = f"{kpi.label} var {value_in_text(kpi, found.own)} {when}"
    if item.size is None:
        return f"{level}; det går inte att bedöma mot {against}."
    side = "" if not how_long or item.size.sign == 0 else (
        f" {'Över' if found.difference > 0 else 'Under'} medianen {how_long}."
    )  # fmt: skip
    return f"{level}, {size} {joined} {against}.{side}{_interval(item)}"


def _interval(item: Standing) -> str:
    known = item.range
    if known is None:
        return ""
    low, high = number(known.low, item.kpi.decimals), number(known.high, item.kpi.decimals)
    if known.rests_on is rows.Uncertainty.YEARS:
        return f" De tre senaste åren låg det mellan {low} och {high}."
    return f" Osäkerheten är {low}–{high}."


def _is_better(item: Standing) -> bool:
    size = item.size
    return size is not None and (size.sign > 0) == (item.kpi.better is Better.HIGHER)


def _counted(total: int, worse: Sequence[Standing], better: Sequence[Standing]) -> str:
    if total < 2:
        return ""
    if not worse and not better:
        return f"Inget av {cardinal(total)} mått skiljer sig tydligt från gruppens median."
    parts = []
    if worse:
        parts.append(f"tydligt sämre på {_names([item.kpi for item in worse])}")
    if better:
        parts.append(f"tydligt bättre på {_names([item.kpi for item in better])}")
    return f"Av {cardinal(total)} mått är kommunen {join(parts)}."


def _names(kpis: Sequence[Kpi]) -> str:
    """Count figures, and name them when they are few."""
    if len(kpis) > MOST_NAMED:
        return cardinal(len(kpis))
    return f"{cardinal(len(kpis))} ({quoted(kpis)})"


# --- over the years --------------------------------------------------------------------


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


def quality_trend(context: Context, courses: Sequence[Course], flags: tuple[Flag, ...]) -> Exhibit:
    """Show the headline figure and the others behind K over ten years."""
    title = "Kvaliteten över tid"
    shown = [course for course in courses if course.own]
    if not shown:
        return nothing(
            "kvalitet-over-tid",
            title,
            f"{context.name} saknar värden för {quoted(course.kpi for course in courses)}.",
        )
    drawn = shown[:MOST_PANELS]
    convincing = CONVINCING / len(shown)
    finding = course_text(context, shown[0], convincing)
    absent = [course.kpi for course in courses if not course.own]
    left_out = [course.kpi for course in shown[MOST_PANELS:]]
    notes = [
        f"{quoted(left_out)} finns bara i texten och tabellen." if left_out else "",
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


# --- women and men ---------------------------------------------------------------------


class GenderBasis(Enum):
    """What the interval of the difference between women and men rests on."""

    KNOWN = "antal {women} och {men}"
    HALF = "antagande: hälften {women}, hälften {men}"
    YEARS = "variationen mellan år"


@dataclass(frozen=True)
class GenderGap:
    """One figure for women and men.

    Attributes
    ----------
    kpi
        The figure.
    year
        Latest year with both, else with any.
    women, men
        Values; NaN where missing.
    women_mark, men_mark
        Why a value is missing.
    size
        The difference set against how much the figure differs between municipalities.
    against_peers
        Size of the difference minus the peers' median difference.
    peers_median
        The peers' median difference; NaN with too few values.
    interval
        95 % interval of the difference; None when nothing is known of its noise.
    basis
        What the interval rests on.
    """

    kpi: Kpi
    year: int
    women: float
    men: float
    women_mark: Mark
    men_mark: Mark
    size: Classified | None
    against_peers: Classified | None
    peers_median: float
    interval: Interval | None
    basis: GenderBasis | None

    @property
    def difference(self) -> float:
        """Women minus men."""
        return self.women - self.men

    @property
    def clear_sign(self) -> int:
        """1 when women are clearly higher, -1 when men are, else 0."""
        return self.size.sign if self.size is not None and self.size.size is Size.CLEARLY else 0


@dataclass(frozen=True)
class GenderWords:
    """What the two are called, plural."""

    women: str
    men: str


def not_divided(area: FocusArea) -> Exhibit:
    """Say of an area whose quality figures Kolada does not divide by gender that it has nothing to show."""
    what = f"Kolada delar inte upp områdets kvalitetsmått på {area.women_word} och {area.men_word}."
    return nothing("kvalitet-kon", _gender_title(area), what, flags=())


def _gender_title(area: FocusArea) -> str:
    return f"Kvaliteten för {area.women_word} och {area.men_word}"


def quality_by_gender(
    context: Context, area: FocusArea, gaps: Sequence[GenderGap], flags: tuple[Flag, ...]
) -> Exhibit:
    """Show the quality figures that Kolada divides, and the difference against the peers' difference."""
    title, words = _gender_title(area), GenderWords(area.women_word, area.men_word)
    if not any(not is_missing(gap.women) or not is_missing(gap.men) for gap in gaps):
        return nothing(
            "kvalitet-kon",
            title,
            f"Inget av kvalitetsmåtten har värden för {words.women} och {words.men} i {context.name}.",
        )
    shown = [gap for gap in gaps if not is_missing(gap.women) or not is_missing(gap.men)]
    finding = gender_finding(context, words, shown)
    drawn = _of_one_unit(shown)
    left_out = [gap.kpi for gap in gaps if gap not in shown]
    return Exhibit(
        id="kvalitet-kon",
        title=title,
        source=Source.OWN,
        figure=genders(
            [_gender_row(gap) for gap in drawn], women=capitalise(words.women), men=capitalise(words.men)
        ),
        alt=(
            f"Två markörer för varje mått, {words.women} och {words.men} i {context.name}. {finding} "
            f"{_all_pairs(words, drawn)}"
        ),
        finding=finding,
        table=_gender_table(context, words, shown),
        how_to_read=(
            f"Fylld markör är {words.women}, ofylld är {words.men}. Ju längre streck mellan dem, desto större "
            "skillnad. Alla rader har samma skala."
        ),
        notes=_gender_notes(words, shown, drawn, left_out),
        flags=flags,
    )


def _of_one_unit(gaps: Sequence[GenderGap]) -> list[GenderGap]:
    """Return the figures of the commonest unit: only they can share a scale, and lengths be compared."""
    unit = Counter(gap.kpi.unit for gap in gaps).most_common(1)[0][0]
    return [gap for gap in gaps if gap.kpi.unit == unit]


def gender_finding(context: Context, words: GenderWords, gaps: Sequence[GenderGap]) -> str:
    """Write the first figure's difference, with its interval and the peers', and count the clear differences."""
    both = [gap for gap in gaps if not is_missing(gap.difference)]
    if not both:
        return f"Inget mått har värden för både {words.women} och {words.men} i {context.name}."
    first = both[0]
    women = [gap for gap in both if gap.clear_sign > 0]
    men = [gap for gap in both if gap.clear_sign < 0]
    total = cardinal(len(both))
    parts = [
        f"{who} tydligt högre värde i {_names([gap.kpi for gap in found])}"
        for who, found in ((words.women, women), (words.men, men))
        if found
    ]
    if not parts:
        counted = f"I inget av {total} mått är skillnaden tydlig." if len(both) > 1 else "Den är inte tydlig."
    elif len(both) == 1:
        counted = f"Det är tydligt att {words.women if women else words.men} har högre värde."
    else:
        counted = f"Av {total} mått har {join(parts)}."
    return sentence([_pair(words, first), _peers_difference(first), counted])


def _pair(words: GenderWords, gap: GenderGap) -> str:
    kpi = gap.kpi
    women, men = number(gap.women, kpi.decimals), value_in_text(kpi, gap.men)
    interval = ""
    if gap.interval is not None:
        low, high = (number(end, kpi.decimals, signed=True) for end in (gap.interval.low, gap.interval.high))
        interval = f" (osäkerhet {low} till {high})"
    difference = difference_in_text(kpi, gap.difference, signed=True)
    return f"{kpi.label}: {words.women} {women} och {words.men} {men} {gap.year}, en skillnad på {difference}{interval}."


def _peers_difference(gap: GenderGap) -> str:
    if is_missing(gap.peers_median):
        return "Gruppen har för få värden att jämföra med."
    return f"Medianen av skillnaden i gruppen är {number(gap.peers_median, gap.kpi.decimals, signed=True)}."


def _all_pairs(words: GenderWords, gaps: Sequence[GenderGap]) -> str:
    both = [gap for gap in gaps if not is_missing(gap.difference)]
    listed = (
        f"{lower_first(gap.kpi.label)} {number(gap.women, gap.kpi.decimals)} och {number(gap.men, gap.kpi.decimals)}"
        for gap in both
    )
    return f"Värdena, {words.women} först: {'; '.join(listed)}." if both else ""


def _gender_row(gap: GenderGap) -> GenderRow:
    return GenderRow(
        label=unbroken(gap.kpi.label),
        women=None if is_missing(gap.women) else gap.women,
        men=None if is_missing(gap.men) else gap.men,
        unit=gap.kpi.unit,
        decimals=gap.kpi.decimals,
        women_mark=gap.women_mark,
        men_mark=gap.men_mark,
    )


def _gender_table(context: Context, words: GenderWords, gaps: Sequence[GenderGap]) -> Table:
    marks = {(place, "kvinnor"): gap.women_mark for place, gap in enumerate(gaps) if is_missing(gap.women)}
    marks |= {(place, "man"): gap.men_mark for place, gap in enumerate(gaps) if is_missing(gap.men)}
    return Table(
        caption=f"{capitalise(words.women)} och {words.men} i {context.name} jämfört med {context.peers.definite}",
        columns=(
            Column("nyckeltal", "Nyckeltal"),
            Column("enhet", "Enhet"),
            Column("ar", "År", kind="year"),
            Column("kvinnor", capitalise(words.women), kind="number"),
            Column("man", capitalise(words.men), kind="number"),
            Column("skillnad", "Skillnad", kind="number", signed=True),
            Column("lagst", "Osäkerhet, från", kind="number", signed=True),
            Column("hogst", "Osäkerhet, till", kind="number", signed=True),
            Column("grund", "Osäkerheten bygger på"),
            Column("median", "Gruppens skillnad, median", kind="number", signed=True),
            Column("jamfort", "Skillnaden mot gruppens"),
        ),
        rows=tuple(_gender_cells(words, gap) for gap in gaps),
        marks=marks,
        row_decimals=tuple(gap.kpi.decimals for gap in gaps),
    )


def _gender_cells(words: GenderWords, gap: GenderGap) -> tuple[Value, ...]:
    ends: tuple[Value, ...] = (None, None) if gap.interval is None else (gap.interval.low, gap.interval.high)
    basis = "" if gap.basis is None else gap.basis.value.format(women=words.women, men=words.men)
    return (gap.kpi.label, gap.kpi.unit, gap.year, gap.women, gap.men, gap.difference, *ends, basis,
            gap.peers_median, gap_words(gap))  # fmt: skip


def gap_words(gap: GenderGap) -> str:
    """Say whether the difference between women and men is larger or smaller than the peers'."""
    found = gap.against_peers
    if found is None:
        return size_text(None)
    if found.size is Size.ABOUT_EQUAL:
        return "ungefär lika stor"
    how = "tydligt" if found.size is Size.CLEARLY else "något"
    if gap.difference * gap.peers_median < 0:
        return f"{how} annorlunda, åt andra hållet"
    return f"{how} {'större' if abs(gap.difference) > abs(gap.peers_median) else 'mindre'}"


def _gender_notes(
    words: GenderWords, gaps: Sequence[GenderGap], drawn: Sequence[GenderGap], left_out: Sequence[Kpi]
) -> str:
    parts = []
    other = [gap.kpi for gap in gaps if gap not in drawn]
    if other:
        parts.append(f"{quoted(other)} mäts i en annan enhet och finns bara i tabellen.")
    if any(gap.basis is GenderBasis.HALF for gap in gaps):
        parts.append(
            f"Hur många {words.women} och {words.men} som ligger bakom ett värde publiceras inte. Osäkerheten är därför "
            "räknad som om de vore hälften var."
        )
    if any(gap.basis is GenderBasis.YEARS for gap in gaps):
        parts.append(
            "Där antalet bakom är helt okänt är osäkerheten den vanliga variationen i skillnaden mellan åren."
        )
    parts += dict.fromkeys(gap.kpi.gender_note for gap in gaps if gap.kpi.gender_note)
    if left_out:
        parts.append(f"Uppdelade värden saknas för {quoted(left_out)}.")
    return " ".join(parts)
