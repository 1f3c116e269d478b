"""What would have happened anyway, as reports tell it: the picture, the sentences, and figures that are described only."""

from __future__ import annotations

import pandas as pd

from effektiv.analysis.panels import by_year
from effektiv.exhibits.charts import Band, Line, Trend, trend
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, unit_in_text
from effektiv.exhibits.swedish import years as year_words
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.form import Picture
from effektiv.steps.s5_avslutning.answers import Counterfactual
from effektiv.steps.s5_avslutning.before_after import (
    Compared,
    course_picture,
    moved_sentence,
)
from effektiv.steps.s5_avslutning.view import ClosingView
from effektiv.steps.s5_avslutning.words import (
    agreement,
    cannot,
    counterfactual,
    final_years,
    in_table,
    rank_title,
    ranked,
    smallest,
    usual,
    why,
)
from effektiv.steps.wording import fit, told
from effektiv.types import Kpi


def picture(view: ClosingView) -> Picture | None:
    """Draw what became beside what was expected; the years alone where the figure cannot answer; None without values."""
    answer = view.primary or next((item for item in view.answers if item.refused is None), None)
    if answer is None or answer.refused is not None:
        found = described(view, None if answer is None else answer.kpi)
        return None if found is None or view.start is None else course_picture(found, view.name, view.start)
    kpi, course = answer.kpi, _unbroken(answer.course)
    years = [int(year) for year in course.index]
    last = course.iloc[-1]
    return Picture(
        figure=trend(
            Trend(
                lines=(
                    Line(view.name, by_year(course["own"]), "own"),
                    Line("Väntat", by_year(course["expected"]), "riket"),
                ),
                unit=kpi.unit,
                decimals=kpi.decimals,
                band=Band("Nio av tio", by_year(course["low"]), by_year(course["high"])),
            )
        ),
        alt=(
            f"Två linjer: {view.name} och det som var väntat utan projektet. År {years[-1]} är de "
            f"{plain(float(last['own']))} och {plain(float(last['expected']))}."
        ),
        subtitle=(
            f"{kpi.label}, {unit_in_text(kpi.unit)}, {year_words(years)}; arbetet började {answer.evaluation.years.after[0]}"
        ),
        table=course_table(view, answer),
        kpis=(kpi.id,),
    )


def _unbroken(course: pd.DataFrame) -> pd.DataFrame:
    """Return a course without what was expected before a year of which that is not known: single years are no line."""
    lacking = course.index[course["expected"].isna()]
    if not len(lacking):
        return course
    known = course.index > lacking.max()
    return course.assign(**{key: course[key].where(known) for key in ("expected", "low", "high")})


def described(view: ClosingView, kpi: Kpi | None) -> Compared | None:
    """Return a figure before and after, the first where none is meant; None where it has no values to show."""
    return next((item for item in view.compared if kpi is None or item.kpi.id == kpi.id), None)


def course_table(view: ClosingView, answer: Counterfactual) -> Table:
    """Return own and expected values by year, and between what nine of ten that lay alike were."""
    kpi = answer.kpi
    heads = (
        ("own", view.name),
        ("expected", "Väntat"),
        ("low", "Lägst av nio av tio"),
        ("high", "Högst av nio av tio"),
    )
    return Table(
        caption=f"{kpi.label}: det som blev och det som var väntat",
        columns=(
            Column("ar", "År", kind="year"),
            *(
                Column(key, label, kind="number", unit=kpi.unit, decimals=kpi.decimals, may_lack=True)
                for key, label in heads
            ),
        ),
        rows=tuple(
            (int(str(year)), *(None if row[key] != row[key] else float(row[key]) for key, _ in heads))
            for year, row in answer.course.iterrows()
        ),
        row_header="ar",
    )


def judged_finding(view: ClosingView) -> Exhibit | None:
    """Tell what the locked figure says; None where nothing was locked."""
    answer = view.primary
    if answer is None:
        return None
    if answer.refused is not None:
        blocks = fit([cannot(answer), "Före och efter kan ändå beskrivas.", usual(answer)])
        table = None
    else:
        blocks = fit([agreement(answer), usual(answer), _waits(answer), _COUNTED])
        table = _judged_table(view, answer)
    return Exhibit(
        id="vad-hade-hant-anda",
        title=rank_title(answer) if answer.refused is None else "Uppgifterna räcker inte för att pröva målet",
        subtitle=f"{answer.kpi.label}, det låsta målet",
        source=Source.OWN,
        alt=None,
        blocks=(blocks,),
        table=table,
        kpis=(answer.kpi.id,),
        judged=(judged_data(answer),),
    )


_COUNTED = "Varje ändring räknas mot hur mycket kommunens eget värde brukar variera."


def judged_data(answer: Counterfactual) -> dict[str, object]:
    """Return what is judged as data."""
    told_of = answer.refused is None
    return {
        "kpi": answer.kpi.id,
        "against": "vantat",
        "primary": answer.is_primary,
        "told": answer.is_told,
        "p": answer.value("p") if told_of else None,
        "refused": None if told_of or answer.refused is None else str(answer.refused.reason),
    }


def _waits(answer: Counterfactual) -> str:
    return f"{capitalise(final_years(answer))}." if answer.not_final else ""


def _judged_table(view: ClosingView, answer: Counterfactual) -> Table:
    low, high = answer.interval
    rows: list[tuple[Value, ...]] = [
        ("Minsta skillnad som skulle synas", answer.least),
        ("Väntat utan projektet", answer.expected),
        ("Det blev", answer.became),
        ("Skillnad", in_table(answer)),
        ("Spannets nedre gräns", low),
        ("Spannets övre gräns", high),
    ]
    return Table(
        caption=f"{view.name}: {named(answer.kpi)}, medel av {year_words(answer.evaluation.years.after)}",
        columns=(
            Column("vad", "Vad"),
            Column("varde", "Värde", kind="number", unit=answer.kpi.unit, decimals=answer.kpi.decimals),
        ),
        rows=tuple(rows),
    )


def described_finding(view: ClosingView) -> Exhibit | None:
    """Show the figures that were not locked as the one that decides; None without any."""
    found = view.others
    if not found:
        return None
    known = [item for item in found if item.refused is None]
    rows: list[tuple[Value, ...]] = [
        (
            item.kpi.label,
            item.expected if item.refused is None else None,
            item.became if item.refused is None else None,
            in_table(item) if item.refused is None else None,
            "" if item.refused is None else capitalise(why(item.refused, item.kpi)),
        )
        for item in found
    ]
    lead = known[0] if known else None
    title = "Övriga mått beskrivs men prövas inte" if view.goal else "Utan låst mål går det bara att beskriva"
    nothing = "Inga andra mått" if view.goal else "Inget mått"
    # Where none can answer there is nothing in the columns of numbers, and where all can no remark.
    kept = (0, *(range(1, 4) if known else ()), *((4,) if len(known) < len(found) else ()))
    columns = (
        Column("nyckeltal", "Nyckeltal"),
        Column("vantat", "Väntat", kind="number", may_lack=True),
        Column("blev", "Blev", kind="number", may_lack=True),
        Column("skillnad", "Skillnad", kind="number", signed=True, may_lack=True),
        Column("anmarkning", "Anmärkning"),
    )
    return Exhibit(
        id="ovriga-matt",
        title=title if known else f"{nothing} går att jämföra med det som var väntat",
        subtitle="Medel av åren efter starten, mot det som var väntat utan projektet" if known else "",
        source=Source.OWN,
        alt=None,
        blocks=(
            fit(
                [
                    _described(lead),
                    "Den som letar bland många mått hittar alltid någon stor skillnad.",
                    usual(lead) if view.primary is None else "",
                ]
            ),
        )
        if lead is not None
        else (),
        table=Table(
            caption=f"{view.name}: mått som inte avgör",
            columns=tuple(columns[at] for at in kept),
            rows=tuple(tuple(row[at] for at in kept) for row in rows),
            row_decimals=tuple(item.kpi.decimals for item in found),
        ),
        kpis=tuple(item.kpi.id for item in found),
    )


def _described(item: Counterfactual) -> str:
    return f"För {named(item.kpi)} var {told(item.kpi, item.expected)} väntat, och det blev {told(item.kpi, item.became)}."


def points_of(view: ClosingView, answer: Counterfactual) -> list[str]:
    """Return the first page's points on a judged figure: the smallest difference that would be seen comes first."""
    if answer.refused is not None:
        found = described(view, answer.kpi)
        return [cannot(answer), "" if found is None else moved_sentence(found)]
    doubt = "" if answer.agrees in (True, None) else f" {agreement(answer)}"
    return [smallest(answer), counterfactual(answer), f"{ranked(answer)}{doubt}", usual(answer)]
