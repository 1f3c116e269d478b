"""What goes together with better outcomes among municipalities of like structure; the default is: nothing sure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Certainty, Difference, difference_of, noise
from effektiv.analysis.panels import Panel, cell, published_years, row, value_at
from effektiv.analysis.patterns import Patterns
from effektiv.analysis.peers import group_median
from effektiv.exhibits import swedish
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain, plain_amount
from effektiv.exhibits.swedish import capitalise, cardinal, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.frontiers import SPAN
from effektiv.steps.judging import FEWEST_PERSONS
from effektiv.steps.s2_orsaksanalys.national_frontier import OLDEST, PATTERNS
from effektiv.steps.s2_orsaksanalys.view import CauseCase, CauseView
from effektiv.steps.structural import at_hand
from effektiv.steps.wording import CERTAINTY_WORDS, fit
from effektiv.types import RIKET, Better, Kpi

ID, GENDER = "monster", "kvinnor-och-man"
MOST_TOLD = 2

CHILDREN = ("elever", "barn")
"""What those whom an area is for are called, where they are girls and boys."""

CAUTION = "Vi vet inte om det är orsaken."


def outcome(view: CauseView) -> Kpi:
    """Return the outcome that patterns are sought for."""
    return view.kpi(at_hand(view.case.national, view.area.headline_quality))


def found_patterns(view: CauseView) -> tuple[int, Patterns] | None:
    """Return last year and patterns of the area; None where too few municipalities have the outcome."""
    published = published_years(view.case.national.panel(outcome(view).id))
    years = [year for year in published if view.case.year - OLDEST <= year <= view.case.year]
    if not years:
        return None
    found = view.case.national.result(PATTERNS, view.area, max(years))
    return None if found is None or found.frame.empty else (max(years), found)


def pattern(view: CauseView) -> Exhibit | None:
    """Show as a finding what goes together with better outcomes; None where no pattern is sure."""
    found = found_patterns(view)
    return None if found is None or found[1].found.empty else patterns(view)


def patterns(view: CauseView) -> Exhibit:
    """Show what was tried, and what goes together with better outcomes: as a rule nothing."""
    found, title = found_patterns(view), "Vad som förekommer ihop med bättre resultat"
    if found is None:
        return nothing(
            ID, title, f"För få kommuner har värden för {named(outcome(view))} för att söka mönster."
        )
    year, known = found
    what = named(outcome(view))
    tried = cardinal(len(known.frame))
    now, before = (
        swedish.years(range(year - SPAN + 1, year + 1)),
        swedish.years(range(year - 2 * SPAN + 1, year - SPAN + 1)),
    )
    if known.found.empty:
        title = "Vi fann inget säkert mönster"
        sentences = [
            f"Av {tried} mått på hur verksamheten drivs förekommer inget säkert ihop med bättre värden för {what}, bland "
            f"kommuner med lika förhållanden, både {now} och {before}.",
            "Det betyder inte att inget hjälper: skillnaderna kan vara för små eller måtten för grova.",
        ]
    else:
        first = known.found.index[:MOST_TOLD]
        clauses = [_clause(view.kpi(str(kpi)), cell(known.frame, str(kpi), "now")) for kpi in first]
        title = f"{capitalise(clauses[0])} förekommer ihop med bättre resultat"
        sentences = [
            f"Bland kommuner med lika förhållanden förekommer {join(clauses)} ihop med bättre värden för {what}, både "
            f"{now} och {before}.",
            CAUTION,
            f"{capitalise(tried)} mått prövades.",
        ]
    return Exhibit(
        id=ID,
        title=title,
        subtitle=f"Samband med {outcome(view).label.lower()}, rensat från kommunernas förhållanden, {before} och {now}",
        source=Source.OWN,
        alt=None,
        blocks=(fit(sentences),),
        table=_table(view, known, (before, now)),
        how_to_read=(
            "Sambandet går från −1 till 1; 0 är inget. Ett mönster räknas bara om det finns i båda perioderna och är så "
            "tydligt att det tydligaste av alla prövade mått skulle bli det av slump högst en gång på tjugo."
        ),
        kpis=(outcome(view).id, *(str(kpi) for kpi in known.frame.index)),
    )


def _clause(kpi: Kpi, correlation: float) -> str:
    return f"ett {'högre' if correlation > 0 else 'lägre'} värde för {named(kpi)}"


def _table(view: CauseView, known: Patterns, periods: tuple[str, str]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            view.kpi(str(kpi)).label,
            str(kpi),
            float(line["before"]),
            float(line["now"]),
            int(line["n"]),
            float(line["adjusted"]),
            "förekommer ihop med" if line["found"] else "inget säkert",
        )
        for kpi, line in known.frame.iterrows()
    ]
    return Table(
        caption=f"Mått som prövades mot {outcome(view).label.lower()}",
        columns=(
            Column("matt", "Mått"),
            Column("id", "Id"),
            Column("forr", f"Samband {periods[0]}", kind="number", decimals=2, signed=True),
            Column("nu", f"Samband {periods[1]}", kind="number", decimals=2, signed=True),
            Column("antal", "Kommuner", kind="number", decimals=0),
            Column("slump", "Chans av slump, av alla prövade", kind="number", decimals=3),
            Column("monster", "Mönster"),
        ),
        rows=tuple(rows),
    )


# --- women and men, girls and boys -----------------------------------------------------------------


def gap_panel(view: CauseView, kpi: Kpi) -> Panel:
    """Return the figure for women and girls less that for men and boys; missing for few persons.

    Kolada has no counts by gender: half of them are taken to be of each.
    """
    national = view.case.national
    women, men = national.panel(kpi.id, "K"), national.panel(kpi.id, "M")
    gap = women - men.reindex(index=women.index, columns=women.columns)
    if kpi.denominator is None:
        return gap
    counts = national.panel(kpi.denominator).reindex(index=gap.index, columns=gap.columns)
    return gap.mask(counts < 2 * FEWEST_PERSONS)


def judged_gap(view: CauseView, kpi: Kpi) -> Difference | None:
    """Return how the gender gap differs from none; None without values or noise.

    Beside the peers it is not judged: what was likely there had the same side a year later in 60 cases of 100.
    """
    panel, case = gap_panel(view, kpi), view.case
    own = row(panel, case.municipality).dropna()
    years = [int(year) for year in own.index if case.year - OLDEST <= int(year) <= case.year]
    if not years:
        return None
    judged = noise(panel, case.national.inhabitants(max(years)), max(years), "procentenheter", kpi.breaks)
    none_at_all = pd.Series(0.0, index=panel.columns)
    found = difference_of(panel, case.municipality, none_at_all, judged, max(years), breaks=kpi.breaks)
    return found if found is not None and found.is_judged else None


def gender(view: CauseView) -> Exhibit:
    """Show how outcomes differ between women and men, or girls and boys, beside the peers."""
    women, men = _words(view)
    title = f"{capitalise(women)} och {men}"
    figures = dict.fromkeys((outcome(view).id, *view.area.quality_for_k))
    every = [
        (kpi, gap)
        for kpi in (view.kpi(item) for item in figures)
        if kpi.gender and kpi.better is not Better.NEITHER and (gap := judged_gap(view, kpi)) is not None
    ]
    if not every:
        return nothing(
            GENDER, title, f"Det finns inga värden efter kön för {view.area.in_text} de senaste åren."
        )
    sentences = [text for kpi, gap in every if (text := _gap_sentence(view, kpi, gap))]
    rows: list[tuple[Value, ...]] = []
    for kpi, gap in every:
        panel = gap_panel(view, kpi)
        middle, riket = (
            group_median(panel, view.members).get(gap.year, np.nan),
            value_at(panel, RIKET, gap.year),
        )
        rows.append(
            (
                kpi.label,
                kpi.unit,
                gap.year,
                gap.own,
                None if np.isnan(middle) else float(middle),
                None if np.isnan(riket) else riket,
                CERTAINTY_WORDS[gap.certainty],
            )
        )
    return Exhibit(
        id=GENDER,
        title=title,
        subtitle=f"Skillnad mellan {women} och {men}, {view.case.name}, gruppens mitt och riket",
        source=Source.OWN,
        alt=None,
        blocks=(fit(sentences or ["Ingen av skillnaderna går att skilja från noll."]),),
        table=Table(
            caption=f"Värdet för {women} minus värdet för {men}",
            columns=(
                Column("matt", "Mått"),
                Column("enhet", "Enhet"),
                Column("ar", "År", kind="year"),
                Column("egen", view.case.name, kind="number", signed=True),
                Column("mitten", "Gruppens mitt", kind="number", signed=True, may_lack=True),
                Column("riket", "Riket", kind="number", signed=True, may_lack=True),
                Column("noll", "Skillnaden"),
            ),
            rows=tuple(rows),
            row_decimals=tuple(kpi.decimals for kpi, _ in every),
        ),
        how_to_read=" ".join(dict.fromkeys(kpi.gender_note for kpi, _ in every if kpi.gender_note)),
        kpis=tuple(kpi.id for kpi, _ in every),
    )


def _words(view: CauseView) -> tuple[str, str]:
    return ("flickor", "pojkar") if view.area.volume_word in CHILDREN else ("kvinnor", "män")


def _gap_sentence(view: CauseView, kpi: Kpi, gap: Difference) -> str:
    """Say how large a gap is beside Riket's, where it can be told from none."""
    if gap.certainty is Certainty.UNCLEAR:
        return ""
    likely = "troligen " if gap.certainty is Certainty.LIKELY else ""
    women, men = _words(view)
    size = plain_amount(abs(gap.own), "procentenheter" if kpi.unit == "%" else kpi.unit)
    text = f"{capitalise(named(kpi))} är {likely}{'högre' if gap.own > 0 else 'lägre'} för {women} än för {men}: {size}"
    riket = value_at(gap_panel(view, kpi), RIKET, gap.year)
    if np.isfinite(riket) and riket * gap.own > 0:
        text += f", mot {plain(abs(riket))} i riket"
    return f"{text}."


class PatternCase(CauseCase):
    """A case with patterns, and outcomes by gender."""

    def patterns(self) -> Exhibit:
        """Visa vad som förekommer ihop med bättre resultat bland kommuner med lika förhållanden."""
        return patterns(self.view)

    def gender(self) -> Exhibit:
        """Visa hur resultaten skiljer sig mellan kvinnor och män, flickor och pojkar."""
        return gender(self.view)
