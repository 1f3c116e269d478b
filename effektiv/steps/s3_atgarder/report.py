"""An area's report in step 3: its first page, and the findings that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from effektiv.analysis.certainty import Certainty
from effektiv.exhibits.exhibit import Exhibit, Exhibits
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, date, join
from effektiv.exhibits.words import named
from effektiv.steps.form import Lead, Picture, Said, as_table, first_page, without_repeats
from effektiv.steps.s1_nulagesanalys import facts
from effektiv.steps.s3_atgarder.allocation import allocation_finding
from effektiv.steps.s3_atgarder.done_before import done_before, names_of, others
from effektiv.steps.s3_atgarder.effects import (
    ASSUMED,
    counted_once,
    full_year,
    measures_table,
    net_full,
    one_at_a_time,
    paid_sentence,
    per_year,
    time_sentence,
)
from effektiv.steps.s3_atgarder.measures_form import MEASURES_FORM
from effektiv.steps.s3_atgarder.measures_params import MEASURES_FILE
from effektiv.steps.s3_atgarder.view import MeasureCase, MeasureView
from effektiv.steps.s3_atgarder.ways import ways
from effektiv.steps.s3_atgarder.words import band, gain, kpi_of, kronor, listed
from effektiv.steps.wording import money
from effektiv.types import Direction

DECIDE = "Att besluta"
MOST_CALLED = 3
MOST_FINDINGS = 6

FINDINGS: tuple[Callable[[MeasureView], Exhibit | None], ...] = (
    per_year,
    measures_table,
    counted_once,
    one_at_a_time,
    allocation_finding,
    others,
    ways,
)
"""The pool, the most important first; each gives None where the municipality's data do not carry it."""


@dataclass(frozen=True)
class MeasureReport:
    """What a report shows before its underlag.

    Attributes
    ----------
    first
        Its first page.
    findings
        At most six.
    is_thin
        Whether the municipality has written no measures.
    """

    first: Exhibit
    findings: tuple[Exhibit, ...]
    is_thin: bool


def title(view: MeasureView) -> str:
    """Return the report's finding: what the measures give, the side that is to be improved first."""
    better = quality_clause(view)
    if not view.measures:
        return f"{capitalise(cardinal(len(view.written)))} åtgärder är skrivna, men ingen har en tid"
    cost = _money_clause(view)
    if facts.direction(view.case) is Direction.QUALITY and better:
        return f"{better}{cost.replace('Åtgärderna', ' och')}" if cost else better
    return cost or better or "Åtgärderna har inga tal som går att räkna på"


def _money_clause(view: MeasureView) -> str:
    if not (view.frees_money or view.portfolio.cost.any()):
        return ""
    full = net_full(view)["likely"]
    year = full_year(view)
    if full >= 500:
        return f"Åtgärderna frigör {kronor(full)} om året från {year}"
    if full <= -500:
        return f"Åtgärderna kostar {kronor(full)} om året från {year}"
    return f"Åtgärderna går jämnt ut för budgeten från {year}"


def quality_clause(view: MeasureView) -> str:
    """Say what the measures should do to the outcome; empty where no supported measure has numbers for it."""
    for written, found in view.quality.items():
        kpi = kpi_of(view.case.catalogue, written)
        name = named(kpi) if kpi is not None else written
        if found["likely"] > 0 and name:
            return f"Åtgärderna ska förbättra {name} med {gain(kpi, '', float(found['likely']))}"
    return ""


def points(view: MeasureView) -> list[str]:
    """Return the points of the first page."""
    return [
        lock_fault_point(view),
        budget_point(view),
        gap_point(view),
        quality_point(view),
        beside_point(view),
        lock_point(view),
    ]


def lock_fault_point(view: MeasureView) -> str:
    """Say that the lock is not as it was written; empty where it is."""
    if view.lock is None or not view.lock.fault:
        return ""
    return f"Observera: {view.lock.fault}."


def budget_point(view: MeasureView) -> str:
    """Say what is left for the budget, with its band, and when the cost is covered."""
    if not view.measures:
        return ""
    if not view.frees_money:
        return f"Ingen åtgärd med stöd frigör pengar. {paid_sentence(view)}"
    full = net_full(view)
    year = full_year(view)
    way = "minskar" if full["likely"] >= 0 else "ökar"
    return (
        f"Kostnaden {way} netto med {kronor(full['likely'])} om året från {year}. "
        f"Åtta av tio räkningar ger {_saved(full['low'], full['high'])}. {ASSUMED} {paid_sentence(view)}"
    )


def _saved(low: float, high: float) -> str:
    """Say a band of what is saved, with its ends as cost where they are one: "från 490 000 i kostnad till ..."."""
    return band(low, high) if low >= 0 else f"{band(low, high)}, där minus är en kostnad"


def gap_point(view: MeasureView) -> str:
    """Set the sum against the gap of step 1, and flag a sum above it."""
    found = view.gap
    if found is None or not view.frees_money:
        return ""
    group = f"mitten av {view.definite}"
    if found.judged.certainty is Certainty.UNCLEAR:
        return f"Skillnaden i kostnad mot {group} går inte att skilja från noll, så det finns inget gap att ta hem."
    if found.median <= 0:
        return (
            f"{capitalise(found.what)} kostar redan mindre än i {group}: pröva vad som händer med kvaliteten."
        )
    likely = "troligen " if found.judged.certainty is Certainty.LIKELY else ""
    text = f"{capitalise(found.what)} kostar {likely}{money(found.median)} mer än i {group}."
    return f"{text} {share_sentence(view)}"


def share_sentence(view: MeasureView) -> str:
    """Say how much of the gap the measures free, and flag a sum above it; empty where there is no gap to be sure of."""
    gap = view.sure_gap
    if gap is None or not view.frees_money:
        return ""
    freed = float(view.portfolio.full_year["likely"])
    if freed > gap:
        return "Åtgärderna frigör mer än hela skillnaden: pröva antagandena igen."
    return f"Åtgärderna frigör {plain(round(100 * freed / gap))} procent av skillnaden."


def dearer_sentence(view: MeasureView) -> str:
    """Say how much dearer it is than the peers' middle, as sure as that is; empty where it is not dearer or not known."""
    found = view.gap
    if found is None:
        return ""
    if found.judged.certainty is Certainty.UNCLEAR:
        return f"Skillnaden i kostnad för {found.what} mot mitten av {view.definite} går inte att skilja från noll."
    if found.median <= 0:
        return ""
    likely = "troligen " if found.judged.certainty is Certainty.LIKELY else ""
    return (
        f"{capitalise(found.what)} kostar {likely}{money(found.median)} mer än i mitten av {view.definite}."
    )


def quality_point(view: MeasureView) -> str:
    """Say the band of the outcome, apart from kronor."""
    for written, found in view.quality.items():
        kpi = kpi_of(view.case.catalogue, written)
        name = named(kpi) if kpi is not None else written
        if name:
            return (
                f"{capitalise(name)} väntas bli {gain(kpi, '', float(found['likely']))} bättre, mellan "
                f"{plain(float(found['low']))} och {plain(float(found['high']))}. Det räknas för sig och aldrig i kronor."
            )
    return "Ingen åtgärd med stöd har tal för kvaliteten."


def beside_point(view: MeasureView) -> str:
    """Say what is outside the sum: time, and measures without support or numbers."""
    lacking = [item.id for item in view.not_counted]
    left = f"{listed(lacking)} räknas inte i summan, för stöd eller tal saknas." if lacking else ""
    return f"{time_sentence(view)} {left}".strip()


def lock_point(view: MeasureView) -> str:
    """Say whether the goal is locked, and whether what is written now is another."""
    lock = view.lock
    if lock is None or lock.fault:
        return ""
    day = f" {date(lock.day)}" if lock.day is not None else ""
    if view.lock_differs:
        return f"Målet låstes{day}, men det som nu står är ett annat."
    return f"Målet låstes{day}."


def leads(view: MeasureView) -> list[Lead]:
    """Return what must be decided, and whom to call."""
    found: list[Lead] = []
    starts = [item.start for item in view.written if item.start is not None]
    if view.lock is None and starts:
        found.append(
            Lead(
                "Målet är inte låst. Det som ska bedömas bör vara bestämt innan dess.",
                f"Målet, före {date(min(starts))}.",
            )
        )
    lacking = [
        (word, [item.id for item in view.written if not item.text(key)])
        for key, word in (("owner", "ansvarig"), ("stop", "stoppregel"), ("indicator", "indikator"))
    ]
    without = [f"{listed(ids)} saknar {word}" for word, ids in lacking if ids]
    if without:
        found.append(Lead(f"{join(without)}.", "Åtgärderna."))
    called = done_before(view)
    names = names_of(view, called)[:MOST_CALLED] if called is not None else []
    if names:
        found.append(
            Lead(f"{join(names)} har gjort en lika stor ändring och behållit den.", "Vem som ringer.")
        )
    bearers = [item.id for item in view.written if item.text("side_effects")]
    if bearers:
        found.append(Lead(f"{listed(bearers)} har bieffekter som någon annan bär.", "Bieffekterna."))
    if view.not_counted:
        ids = listed([item.id for item in view.not_counted])
        found.append(Lead(f"Sök stöd för {ids}, eller pröva i liten skala.", "Det som inte räknas."))
    if len(found) < 2:
        found.append(Lead("Vilka åtgärder går vidare, och i vilken ordning?", "Urvalet."))
    return found


class MeasureReportCase(MeasureCase):
    """A case with an area's report of step 3."""

    @cached_property
    def report(self) -> MeasureReport:
        """All that the report shows before its underlag, made in one order so that nothing is said twice."""
        view, said = self.view, Said()
        if not view.written:
            page, known = _thin_page(view, said), allocation_finding(view)
            return MeasureReport(page, () if known is None else (known,), is_thin=True)
        found = [item for kind in FINDINGS if (item := kind(view)) is not None]
        lead = found[0]
        picture = None
        if lead.figure is not None:
            picture = Picture(lead.figure, lead.alt or "", lead.subtitle, kpis=lead.kpis)
        first = first_page(title(view), picture, points(view), leads(view), said, heading=DECIDE)
        rest = found[1:] if lead.figure is None else [as_table(lead), *found[1:]]
        findings = (rest if lead.figure is not None else found)[:MOST_FINDINGS]
        return MeasureReport(first, without_repeats(findings, said), is_thin=False)

    def first_page(self) -> Exhibit:
        """Visa första sidan: vad åtgärderna ger, när, hur säkert det är och vad som ska beslutas."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa fynden, högst sex; ``case.findings()[0]`` är det första."""
        return Exhibits(self.report.findings)


def _thin_page(view: MeasureView, said: Said) -> Exhibit:
    """Return the one page of a municipality that has written no measures: what is known, and what is needed."""
    before = others(view)
    there = [f"Kommunen har inte skrivit några åtgärder för {view.area.in_text} i {MEASURES_FILE.name}."]
    there += [text] if (text := dearer_sentence(view)) else []
    picture = None
    if before is not None:
        there.append(f"{before.title}.")
        if before.figure is not None:
            picture = Picture(before.figure, before.alt or "", before.subtitle, before.table, before.kpis)
    return first_page(
        f"Inga åtgärder är skrivna för {view.area.in_text} i {view.case.name}",
        picture,
        [lock_fault_point(view), *there, lock_point(view)],
        [
            Lead(
                f"Fyll i formuläret {MEASURES_FORM.name}: vad som ska göras, vad det kostar, vad det ger och hur ni vet det."
            ),
            Lead("Fråga flera personer om effekten, var och en för sig, innan ni pratar ihop er."),
        ],
        said,
        heading="Så blir det en rapport",
    )
