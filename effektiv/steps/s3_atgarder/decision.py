"""The decision paper: what is proposed, on what, what it costs and gives, and whom it concerns.

Its numbers are those of steps 1 and 3, its reasons the municipality's own (`projekt.yaml`). A required part that nobody
has written is marked where it should have stood; nothing is put in its place.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from effektiv.errors import InputError
from effektiv.exhibits.exhibit import (
    FIRST_PAGE,
    Block,
    Bullets,
    Exhibit,
    Exhibits,
    Paragraph,
    Source,
    Strong,
    SubHeading,
    Text,
)
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, date, genitive, join, lower_first, number
from effektiv.exhibits.table import Column, Table
from effektiv.exhibits.words import named
from effektiv.steps.base import OverviewBase
from effektiv.steps.form import sentences
from effektiv.steps.s1_nulagesanalys import facts as position
from effektiv.steps.s3_atgarder.decision_params import (
    CHILDREN_PARTS,
    MATTERS,
    PROJECT_FILE,
    Project,
    may_be_untried,
    said_at,
)
from effektiv.steps.s3_atgarder.decision_view import DecisionView, decision_of
from effektiv.steps.s3_atgarder.effects import ASSUMED, paid
from effektiv.steps.s3_atgarder.measures_form import MONEY, TIME
from effektiv.steps.s3_atgarder.red_thread import RedThreadCase
from effektiv.steps.s3_atgarder.report import (
    dearer_sentence,
    lock_fault_point,
    lock_point,
    quality_point,
    share_sentence,
)
from effektiv.steps.s3_atgarder.view import MeasureView
from effektiv.steps.s3_atgarder.words import band, kpi_of, kronor, listed
from effektiv.steps.wording import better_than, says_in
from effektiv.validation import Location, either

PROJECT = "utvecklingsprojektet Effektivare kommun"
NOT_FILLED = "Ej ifyllt"
MOST_IN_TITLE = 2

_AIMS = (
    "Projektet ska öka kunskapen om hur resurser, volym och kvalitet hänger ihop.",
    "Kommunerna ska tillsammans hitta sätt att organisera, styra och leda som kan öka effektiviteten.",
    "Varje kommun anpassar kunskapen till sina egna förhållanden och börjar ett eget utvecklingsarbete.",
)
"""What SKR's invitation says that the project is for."""


class DecisionCase(OverviewBase):
    """En kommuns beslut: tjänsteskrivelsen och det som hör till den."""

    def decision(self, arende: str = "") -> DecisionView:
        """Return the decision of a matter; of the one that is written where none is asked for.

        Raises
        ------
        InputError
            There is no such matter.
        """
        if arende and arende not in MATTERS:
            raise InputError(f"Ärendet '{arende}' finns inte: skriv {either(MATTERS)}.")
        return decision_of(self, arende)

    def is_written(self, arende: str = "") -> bool:
        """Whether there is a paper to show: one is begun, or is asked for by its matter."""
        return bool(arende) or self.decision().project.is_begun

    def paper(self, arende: str = "") -> Exhibits:
        """Visa tjänsteskrivelsen; ``arende`` är ``deltagande`` eller ``atgarder``, utelämnat det i projekt.yaml."""
        found = self.decision(arende)
        if not self.is_written(arende):
            return Exhibits([_thin_page(self)])
        parts = [
            _first_page(found),
            _matter(found),
            *([_measures(found), self.seen_as(RedThreadCase).red_thread()] if found.written else []),
            _economy(found),
            _children(found),
            _sent_to(found),
        ]
        return Exhibits(parts)

    def not_filled_in(self, arende: str = "") -> Exhibit:
        """Visa vad som inte är ifyllt i tjänsteskrivelsen, med filens nyckel."""
        name, title = "ej-ifyllt", "Det som inte är ifyllt"
        found = self.decision(arende)
        if not self.is_written(arende):
            return nothing(name, title, f"Inget är skrivet i {PROJECT_FILE.name}.", flags=())
        if not found.lacks:
            return nothing(name, title, "Alla delar som krävs är ifyllda.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            table=Table(
                caption="Delar som krävs och som är tomma",
                columns=(Column("del", "Del"), Column("fil", "Fil"), Column("nyckel", "Nyckel")),
                rows=tuple((capitalise(item.part), PROJECT_FILE.name, item.name) for item in found.lacks),
            ),
        )

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report needs."""
        return super().describe() | {"underlag": "fullt" if self.is_written() else "tunt"}


def _thin_page(case: DecisionCase) -> Exhibit:
    """Return the one page of a municipality that has written nothing: what a paper needs."""
    return Exhibit(
        id=FIRST_PAGE,
        title=f"Inget beslut är förberett i {case.name}",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            f"Det finns ingen egen text i {PROJECT_FILE.name}.",
            SubHeading("Så blir det en tjänsteskrivelse"),
            Bullets(
                (
                    f"Gör filerna med: effektiv ny {case.name} --steg 3",
                    f"Skriv i {PROJECT_FILE.name} vad som ska beslutas, varför, och vem som gör vad.",
                    "Siffrorna hämtas ur nulägesanalysen och åtgärdsplanen.",
                )
            ),
        ),
    )


# --- what is written, or marked ---------------------------------------------------------


def not_filled(key: Location, found: DecisionView) -> Paragraph:
    """Return the mark of a part that is empty, with where it is to be written."""
    part = next((lack.part for lack in found.lacks if lack.key == key), "")
    return Paragraph(
        (Strong(f"{NOT_FILLED}: "), f"{part} ({PROJECT_FILE.name}, nyckeln {'.'.join(map(str, key))}).")
    )


def own_text(found: DecisionView, key: Location) -> list[Block]:
    """Return the paragraphs that are written at a key, or its mark."""
    said = said_at(found.project, key)
    return _paragraphs(said) if said else [not_filled(key, found)]


def _paragraphs(said: str | None) -> list[Block]:
    return [Paragraph(line.strip()) for line in (said or "").splitlines() if line.strip()]


def or_mark(said: str | None, what: str) -> str:
    """Return a text, or a short mark that stands in its place inside a sentence."""
    return said or f"[{NOT_FILLED}: {what}]"


def _name_and_role(name: str | None, role: str | None) -> str:
    return ", ".join(part for part in (name, role) if part)


# --- the first page ---------------------------------------------------------------------


def paper_title(found: DecisionView) -> str:
    """Return what the matter is called."""
    if found.project.own.title:
        return found.project.own.title
    if found.is_to_join:
        return f"Deltagande i {PROJECT}"
    areas = [view.area.in_text for view in found.areas.values() if view.written]
    if len(areas) > MOST_IN_TITLE:
        return f"Åtgärder för högre effektivitet i {cardinal(len(areas), common=True)} verksamheter"
    return f"Åtgärder för högre effektivitet{' i ' + join(areas) if areas else ''}"


def _first_page(found: DecisionView) -> Exhibit:
    said = found.project
    writer = _name_and_role(said.writer.name, said.writer.role)
    head = [
        Paragraph(
            (
                Strong("Datum: "), f"{or_mark(date(said.own.day) if said.own.day else None, 'datum')}. ",
                Strong("Diarienummer: "), f"{or_mark(said.own.record_number, 'diarienummer')}.",
            )
        ),
        Paragraph(
            (
                Strong("Förvaltning: "), f"{or_mark(said.office, 'förvaltning')}. ",
                Strong("Handläggare: "), f"{or_mark(writer, 'handläggare')}.",
            )
        ),
    ]  # fmt: skip
    draft: list[Block] = []
    if found.lacks:
        lacking = "del är inte ifylld" if len(found.lacks) == 1 else "delar är inte ifyllda"
        draft = [
            Paragraph(
                (Strong("Utkast. "), f"{capitalise(cardinal(len(found.lacks), common=True))} {lacking}.")
            )
        ]
    clauses = proposals(found)
    return Exhibit(
        id=FIRST_PAGE,
        title=paper_title(found),
        subtitle="Tjänsteskrivelse",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            *head,
            *draft,
            SubHeading("Förslag till beslut"),
            _opening(said),
            Bullets(tuple(_as_proposal(item, said) for item in clauses), ordered=not said.as_clauses),
            SubHeading("Sammanfattning"),
            *(Paragraph(text) for text in summary(found)),
            *_paragraphs(said.own.summary),
            SubHeading("Beslutsunderlag"),
            Bullets(tuple(documents(found))),
        ),
    )


def _opening(said: Project) -> str:
    decides = or_mark(said.decides, "vem som beslutar")
    how = "besluta" if said.proposes or said.as_clauses else "besluta följande"
    if said.proposes:
        return (
            f"{said.proposes} föreslår {lower_first(decides)} {how}{'' if said.as_clauses else ' följande'}:"
        )
    return f"{decides} föreslås {how}:"


def _as_proposal(text: str, said: Project) -> str:
    text = text.strip().rstrip(".")
    return f"att {text}" if said.as_clauses else f"{capitalise(text)}."


def proposals(found: DecisionView) -> list[str]:
    """Return what is proposed: each can stand after "att", and can be carried out as it stands."""
    said = found.project
    own = [item.text.strip() for item in said.proposals if item.matter in (None, said.matter)]
    return [*(_to_join(found) if found.is_to_join else _to_carry_out(found)), *own]


def _funding(said: Project) -> str:
    text = " ".join((said.own.funding or "").split()).rstrip(".")
    return or_mark(text, "hur det finansieras")


def _to_join(found: DecisionView) -> Iterator[str]:
    said = found.project
    times = sorted(said.times, key=lambda item: item.start)
    when = f" från {_month(times[0].start)} till {_month(max(item.end for item in times))}" if times else ""
    yield f"{found.case.name} deltar i {PROJECT}{when}"
    years = found.fee_by_year
    divided = ""
    if len(years) > 1:
        divided = ", med " + join(f"{number(kr)} kronor {year}" for year, kr in years.items())
    elif years:
        divided = f" {next(iter(years))}"
    yield f"avgiften, {number(said.fee)} kronor exklusive moms, finansieras genom {_funding(said)}{divided}"
    yield f"styrgrupp för projektet är {or_mark(join(said.steering), 'styrgrupp')}"
    yield f"kontaktperson mot SKR är {or_mark(said.contact, 'kontaktperson')}"
    yield f"arbetsgrupp är {or_mark(join(said.working), 'arbetsgrupp')}, ledd av {or_mark(said.leader, 'projektledare')}"
    if not math.isnan(found.own_hours):
        yield f"central ledningsgrupp och stödfunktioner avsätter {plain(found.own_hours)} timmar arbetstid för projektet"


def _to_carry_out(found: DecisionView) -> Iterator[str]:
    for view in found.areas.values():
        if not view.written:
            continue
        starts = [item.start for item in view.written if item.start is not None]
        first = f", med början {date(min(starts))}" if starts else ""
        who = or_mark(found.project.assigned(view.area.id), f"vem som får uppdraget för {view.area.in_text}")
        what = "åtgärden" if len(view.written) == 1 else "åtgärderna"
        stands = "den står" if len(view.written) == 1 else "de står"
        ids = join(item.id for item in view.written)
        yield f"{who} får i uppdrag att genomföra {what} {ids} i {view.area.in_text} så som {stands} i ärendet{first}"
    if found.together is not None and (found.yearly or found.one_off.any()):
        yield f"{lower_first(_cost_clause(found))} finansieras genom {_funding(found.project)}"
    for view in found.areas.values():
        yield from _goal(view, found.project)


def _cost_clause(found: DecisionView) -> str:
    """Name what the measures cost: once, and each whole year."""
    once = float(found.one_off.sum())
    parts = [
        f"engångskostnaden, {kronor(once)}," if once else "",
        f"den årliga kostnaden, {kronor(found.yearly)} ett helt år," if found.yearly else "",
    ]
    return " och ".join(part for part in parts if part)


def _goal(view: MeasureView, said: Project) -> Iterator[str]:
    """Yield what is decided of an area's goal: the locked one, or that it is locked in time."""
    aim, lock = view.case.params.area(view.area.id).aim, view.lock
    entry = None if lock is None or lock.fault else lock.latest
    if entry is not None and lock is not None and lock.day is not None:
        kpi = kpi_of(view.case.catalogue, str(entry.get("primar", "")))
        way = "öka" if entry.get("riktning") == "upp" else "minska"
        if kpi is not None:
            yield f"målet för {view.area.in_text} är det som låstes {date(lock.day)}: {named(kpi)} ska {way}"
            return
    starts = [item.start for item in view.written if item.start is not None]
    if aim.primary is not None and starts:
        kpi = kpi_of(view.case.catalogue, aim.primary.kpi)
        way = "öka" if aim.primary.direction == "upp" else "minska"
        in_time = said.own.day is None or said.own.day < min(starts)
        when = f"före {date(min(starts))}" if in_time else "genast, för arbetet har börjat"
        if kpi is not None:
            yield f"målet för {view.area.in_text}, att {named(kpi)} ska {way}, låses {when}"


def summary(found: DecisionView) -> list[str]:
    """Return the summary that the numbers give, which becomes the minutes' account of the matter."""
    if found.is_to_join:
        return [
            "SKR och RKA erbjuder kommuner att delta i ett projekt för högre effektivitet. "
            f"{found.case.name} föreslås delta. Avgiften är {number(found.project.fee)} kronor exklusive moms, "
            "och kommunen avsätter egen arbetstid."
        ]
    if not found.written:
        return ["Inga åtgärder är skrivna för de områden som ärendet gäller."]
    areas = join(view.area.in_text for view in found.areas.values())
    count = len(found.written)
    noun = "åtgärd" if count == 1 else "åtgärder"
    return [
        f"Ärendet gäller {cardinal(count, common=True)} {noun} i {areas}. {' '.join(_net_sentences(found))}".strip()
    ]


def _net_sentences(found: DecisionView) -> list[str]:
    """Say what is left for the budget in a full year, with its band."""
    if found.together is None:
        return ["Ingen av dem har en tid, så effekten är inte räknad."]
    net, year = found.net, found.full_year
    if not found.frees_money:
        return ["Ingen av dem frigör pengar som går att räkna."]
    if net["likely"] > 0:
        told = f"Tillsammans frigör de {kronor(net['likely'])} om året netto från {year}."
    else:
        told = f"Tillsammans kostar de {kronor(net['likely'])} mer än de frigör {year}."
    return [told, f"Åtta av tio räkningar ger {band(net['low'], net['high'])}.", ASSUMED]


def documents(found: DecisionView) -> Iterator[str]:
    """Yield what the decision rests on, the paper itself first."""
    said = found.project
    office = f"{genitive(said.office)} tjänsteskrivelse" if said.office else "Tjänsteskrivelse"
    yield f"{office} {or_mark(said.own.day.isoformat() if said.own.day else None, 'datum')}, {paper_title(found)}"
    for item in said.documents:
        if item.matter not in (None, said.matter):
            continue
        yield f"{item.name}, {item.day.isoformat() if item.day else 'utan datum'}"
    drawn = str(found.case.snapshot.manifest.created)[:10]
    if found.is_to_join:
        yield f"Nulägesanalys av kommunens verksamheter, datauttag {drawn}"
        return
    planned = [view.area.in_text for view in found.areas.values() if view.written]
    if planned:
        yield f"{'Åtgärdsplan' if len(planned) == 1 else 'Åtgärdsplaner'} för {join(planned)}, datauttag {drawn}"
    for view in found.areas.values():
        if view.lock is not None and view.lock.day is not None:
            yield f"Låst mål för {view.area.in_text}, {view.lock.day.isoformat()}"


# --- the matter -------------------------------------------------------------------------


def _matter(found: DecisionView) -> Exhibit:
    said = found.project
    blocks: list[Block | str] = [SubHeading("Bakgrund"), *own_text(found, (said.matter, "bakgrund"))]
    if found.is_to_join:
        blocks += [Bullets(_AIMS)]
    stands = [item for view in found.areas.values() if (item := _stands(view)) is not None]
    if stands:
        blocks += [SubHeading("Nuläget"), Bullets(tuple(stands))]
    for title, text in (("Föredragning", said.own.presentation), ("Beredning", said.own.preparation)):
        if text:
            blocks += [SubHeading(title), *_paragraphs(text)]
    blocks += [SubHeading("Bedömning")]
    if found.written:
        judged = [_judged(view) for view in found.areas.values() if view.written]
        blocks += [Bullets(tuple(judged)), "Kvaliteten räknas för sig och aldrig i kronor.", *_locks(found)]
    blocks += own_text(found, (said.matter, "bedomning"))
    return Exhibit(
        id="arendet", title="Ärendet", source=Source.OWN, alt=None, blocks=tuple(blocks), kpis=_kpis(found)
    )


def _kpis(found: DecisionView) -> tuple[str, ...]:
    ids: dict[str, None] = {}
    for view in found.areas.values():
        if (gap := view.gap) is not None:
            ids[gap.kpi.id] = None
        if (quality := position.quality(view.case)) is not None:
            ids[quality.kpi.id] = None
    return tuple(ids)


def _stands(view: MeasureView) -> Text | None:
    """Say how an area stands in step 1: its cost as sure as that is, and its outcome."""
    parts = [dearer_sentence(view)]
    judged = position.quality(view.case)
    if judged is not None:
        where = better_than(judged, view.label)
        parts.append(f"{says_in(judged.kpi, judged.found.own, judged.year)}{', ' + where if where else ''}.")
    text = " ".join(part for part in parts if part)
    return (Strong(f"{view.area.label}. "), text) if text else None


def _judged(view: MeasureView) -> Text:
    """Say what step 3 allows of an area: the sum against the gap, the outcome, what is not counted."""
    lacking = [item.id for item in view.not_counted]
    left = f"{listed(lacking)} räknas inte i summan, för stöd eller tal saknas." if lacking else ""
    parts = [share_sentence(view), sentences(quality_point(view))[0], left]
    return (Strong(f"{view.area.label}. "), " ".join(part for part in parts if part))


def _locks(found: DecisionView) -> list[Block]:
    """Say of each area's goal whether it is locked, and of a lock that is not as it was written."""
    said: list[Block] = []
    for view in found.areas.values():
        if view.lock is not None:
            text = lock_fault_point(view) or lock_point(view)
            said.append(Paragraph((Strong(f"{view.area.label}. "), text)))
    open_ = [view.area.in_text for view in found.areas.values() if view.lock is None]
    if open_:
        said.append(Paragraph(f"Målet är inte låst för {join(open_)}."))
    return said


def _measures(found: DecisionView) -> Exhibit:
    """Show what is to be done, by whom, from when, and how it is followed."""
    return Exhibit(
        id="atgarderna",
        title="Åtgärderna",
        subtitle="Troligt värde av ett helt år med full effekt",
        source=Source.MUNICIPALITY,
        alt=None,
        table=Table(
            caption="Åtgärder som föreslås",
            columns=(
                Column("atgard", "Åtgärd"),
                Column("ansvarig", "Ansvarig"),
                Column("start", "Start"),
                Column("kr", "Frigör", kind="number", unit="tkr", decimals=0, may_lack=True),
                Column("timmar", "Frigör tid", kind="number", unit="timmar", decimals=0, may_lack=True),
                Column("en_gang", "Kostar en gång", kind="number", unit="tkr", decimals=0),
                Column("per_ar", "Kostar per år", kind="number", unit="tkr", decimals=0),
                Column("stopp", "Stoppregel"),
            ),
            rows=tuple(
                (
                    f"{item.id} {item.name}",
                    item.text("owner") or NOT_FILLED,
                    date(item.start) if item.start else NOT_FILLED,
                    item.counted.likely / 1e3 if item.counted and item.benefit == MONEY else None,
                    item.counted.likely if item.counted and item.benefit == TIME else None,
                    item.one_off / 1e3,
                    item.yearly / 1e3,
                    item.text("stop") or NOT_FILLED,
                )
                for item in found.written
            ),
        ),
    )


# --- the economy ------------------------------------------------------------------------


def _economy(found: DecisionView) -> Exhibit:
    said = found.project
    together = found.together
    told: list[str] = []
    table: Table | None = None
    if together is not None:
        told += [*_cost_sentences(found), paid(together)]
        if found.frees_time:
            hours = float(together.hours.iloc[-1]["likely"])
            worth = found.time_value
            value = f", värd {kronor(worth)} om den används" if worth is not None else ""
            told.append(f"Frigjord tid, {plain(hours)} timmar om året{value}, minskar inte budgeten.")
        hours = sum(item.own_hours for item in found.written)
        if hours:
            told.append(f"De tar också {plain(hours)} timmar om året av dem som redan är anställda.")
        table = _year_table(found)
    project = f"Projektets avgift är {number(said.fee)} kronor exklusive moms."
    if not math.isnan(found.own_hours):
        cost = (
            ""
            if math.isnan(found.own_cost)
            else f", värda {kronor(found.own_cost)} enligt Ineras nyttokalkyl"
        )
        project += f" Den egna tiden är {plain(found.own_hours)} timmar{cost}."
    blocks: list[Block | str] = [Paragraph(" ".join(told))] if told else []
    blocks.append(project)
    if not said.own_time:
        blocks.append(not_filled(("egen_tid",), found))
    if said.own.funding:
        blocks.append(f"Det finansieras genom {_funding(said)}.")
    else:
        blocks.append(not_filled((said.matter, "finansiering"), found))
    if found.is_to_join:
        blocks.append("Vad deltagandet ger i pengar går inte att säga på förhand.")
    blocks += _paragraphs(said.own.economy)
    return Exhibit(
        id="ekonomi",
        title="Ekonomiska konsekvenser",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=tuple(blocks),
        table=table,
    )


def _cost_sentences(found: DecisionView) -> list[str]:
    once = float(found.one_off.sum())
    costs = [
        f"{kronor(once)} en gång" if once else "",
        f"{kronor(found.yearly)} ett helt år" if found.yearly else "",
    ]
    told = join(part for part in costs if part)
    return [f"Åtgärderna kostar {told}."] if told else []


def _year_table(found: DecisionView) -> Table:
    """Return freed money, cost once and each year, and net by year; time in a column of its own."""
    together = found.together
    assert together is not None
    once = found.one_off

    def tkr(key: str, label: str, *, signed: bool = False) -> Column:
        return Column(key, label, kind="number", unit="tkr", decimals=0, signed=signed)

    return Table(
        caption="Vad åtgärderna frigör och kostar, år för år",
        columns=(
            Column("ar", "År"),
            tkr("frigor", "Frigörs, troligt"),
            tkr("en_gang", "Kostar en gång"),
            tkr("per_ar", "Kostar löpande"),
            tkr("netto", "Netto, troligt", signed=True),
            tkr("lagt", "Netto, oväntat lågt", signed=True),
            tkr("hogt", "Netto, oväntat högt", signed=True),
            *(
                (Column("timmar", "Frigjord tid", kind="number", unit="timmar", decimals=0),)
                if found.frees_time
                else ()
            ),
        ),
        rows=tuple(
            (
                str(year),
                float(together.money["likely"][year]) / 1e3,
                float(once[year]) / 1e3,
                float(together.cost[year] - once[year]) / 1e3,
                *(float(together.net[key][year]) / 1e3 for key in ("likely", "low", "high")),
                *((float(together.hours["likely"][year]),) if found.frees_time else ()),
            )
            for year in together.years
        ),
    )


# --- children, and whom it is sent to -----------------------------------------------------


def _children(found: DecisionView) -> Exhibit:
    said = found.project
    areas = tuple(view.area for view in found.areas.values())
    has_parts = any(said_at(said, ("barnets_basta", key)) for key in CHILDREN_PARTS)
    blocks: list[Block | str] = []
    if may_be_untried(said, areas) and (found.is_to_join or not has_parts):
        blocks += _paragraphs(said.own.not_tried)
    else:
        for key, title in CHILDREN_PARTS.items():
            blocks += [SubHeading(title), *own_text(found, ("barnets_basta", key))]
    return Exhibit(
        id="barnets-basta",
        title="Barnets bästa",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=tuple(blocks),
    )


def _sent_to(found: DecisionView) -> Exhibit:
    said = found.project
    blocks: list[Block | str] = [SubHeading("För verkställighet")]
    if said.sent_to.execution:
        blocks.append(Bullets(tuple(said.sent_to.execution)))
    else:
        blocks.append(not_filled(("skickas_till", "verkstallighet"), found))
    if said.sent_to.information:
        blocks += [SubHeading("För kännedom"), Bullets(tuple(said.sent_to.information))]
    blocks.append(SubHeading("Undertecknas av"))
    signed = [text for item in said.signers if (text := _name_and_role(item.name, item.role))]
    blocks.append(Bullets(tuple(signed)) if signed else not_filled(("undertecknas",), found))
    return Exhibit(
        id="skickas-till",
        title="Beslutet skickas till",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=tuple(blocks),
    )


def _month(day: Any) -> str:
    """Write a month: "mars 2026"."""
    return date(day).split(" ", 1)[1]
