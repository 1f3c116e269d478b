"""The report on applicants: who gets a place however it is weighed, their needs, and their problem statements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from effektiv.analysis.need import LASTING
from effektiv.exhibits import swedish
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.exhibit import Exhibit, Exhibits, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.params.fields import DIRECTIONS
from effektiv.params.networks import PARTS, Statement
from effektiv.steps.form import Lead, Picture, Said, as_table, first_page, without_repeats
from effektiv.steps.natverk.applicants import ApplicantsCase, AreaNeed, Candidate, Selection
from effektiv.steps.natverk.members import some_names
from effektiv.steps.wording import fit

NEXT = "Att göra härnäst"
MOST_SHOWN, MOST_NEEDS = 12, 6
"""More applicants, and more needs, than this are in the underlag's tables only: the report has room on three pages."""

LEAST_TOLD = 0.05
"""A change smaller than this would be written as none."""

_CRITERIA = ("Behov i kvalitet", "Behov i kostnad", "Klara delar", "Egen text", "Riktning", "Beslut")


@dataclass(frozen=True)
class SelectionReport:
    """What the report shows before its underlag.

    Attributes
    ----------
    first
        Its first page.
    findings
        At most three.
    is_thin
        Whether fewer than two applicants can be compared.
    """

    first: Exhibit
    findings: tuple[Exhibit, ...]
    is_thin: bool


class SelectionCase(ApplicantsCase):
    """Ett nätverks sökande: varje metod visar en del av underlaget för urvalet."""

    @cached_property
    def report(self) -> SelectionReport:
        """All that is shown before the underlag, made in one order so that nothing is said twice."""
        said, found = Said(), self.selection
        if found.found is None:
            return SelectionReport(_thin(self, said), (), is_thin=True)
        lead = ranked(self)
        assert lead.figure is not None
        picture = Picture(lead.figure, lead.alt or "", lead.subtitle)
        first = first_page(
            _title(self, found), picture, _points(self, found), _leads(self, found), said, heading=NEXT
        )
        rest = without_repeats([as_table(lead), need_finding(self), statement_finding(self)], said)
        return SelectionReport(first, rest, is_thin=False)

    def first_page(self) -> Exhibit:
        """Visa första sidan: vilka som får plats nästan hur man än väger, och vilka som beror på vikterna."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa hur ofta varje sökande får plats, behoven och problemformuleringarna."""
        return Exhibits(self.report.findings)

    def weights(self) -> Exhibit:
        """Visa vad som ska väga tungt för att en sökande ska komma först."""
        title, name, found = (
            "Vad som ska väga tungt för att en sökande ska komma först",
            "vikter",
            self.selection,
        )
        if found.found is None:
            return nothing(name, title, "Färre än två sökande går att jämföra.", flags=())
        rows: list[tuple[Value, ...]] = [
            (self.called(item.code), 100.0 * float(first), *(100.0 * float(weight) for weight in central))
            for item, first, central in zip(
                found.ranked, found.found.ranks[:, 0], found.found.central, strict=True
            )
        ]
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read="Vikterna är medelvärden av dem med vilka den sökande kommer först, procent. Tomt: aldrig först.",
            table=Table(
                caption="Vikter med vilka varje sökande kommer först",
                columns=(
                    Column("kommun", "Kommun"),
                    Column("forst", "Kommer först", kind="number", unit="%", decimals=0),
                    *(
                        Column(f"vikt{place}", label, kind="number", unit="%", decimals=0, may_lack=True)
                        for place, label in enumerate(_CRITERIA)
                    ),
                ),
                rows=tuple(sorted(rows, key=lambda row: str(row[0]))),
            ),
        )

    def all_needs(self) -> Exhibit:
        """Visa alla sökandes behov, mått för mått."""
        title, name = "Alla sökandes behov", "alla-behov"
        items = [(item, need) for item in _every(self.selection) for need in (*item.quality, *item.cost)]
        if not items:
            return nothing(name, title, "Ingen sökande har värden för sina fokusområden.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            table=need_table(self, items),
            kpis=_kpis(items),
        )

    def all_statements(self) -> Exhibit:
        """Visa alla problemformuleringars läge."""
        title, name = "Alla problemformuleringar", "alla-formuleringar"
        if not self.network.applicants:
            return nothing(name, title, "Nätverket har inga sökande.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            table=statement_table(self, _every(self.selection)),
        )

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report needs."""
        return super().describe() | {"underlag": "tunt" if self.report.is_thin else "fullt"}


def _every(found: Selection) -> tuple[Candidate, ...]:
    return (*found.ranked, *found.left_out)


def _kpis(items: list[tuple[Candidate, AreaNeed]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(need.kpi.id for _, need in items))


def _first(found: Selection) -> str:
    return "den första" if found.places == 1 else f"de {cardinal(found.places)} första"


def _names(case: ApplicantsCase, codes: list[str]) -> list[str]:
    return sorted(case.called(code) for code in codes)


# --- findings ------------------------------------------------------------------------------


def _groups(found: Selection) -> tuple[tuple[str, list[str]], ...]:
    return (
        ("nästan alltid", found.always),
        ("beror på vikterna", found.depends),
        ("sällan", found.seldom),
    )


def ranked(case: ApplicantsCase) -> Exhibit:
    """Show in what share of all ways of weighing each applicant gets a place: three groups, none ordered within."""
    found = case.selection
    order = [code for _, codes in _groups(found) for code in sorted(codes, key=case.called)]
    rows: list[tuple[Value, ...]] = [
        (case.called(code), word, 100.0 * found.among_best[code])
        for word, codes in _groups(found)
        for code in sorted(codes, key=case.called)
    ]
    shown = order[:MOST_SHOWN]
    return Exhibit(
        id="rangordning",
        title=_ranked_title(found),
        subtitle=f"Hur ofta varje sökande är bland {_first(found)}, procent av alla sätt att väga",
        source=Source.OWN,
        alt="En stapel för varje sökande: i hur stor del av alla sätt att väga den får plats.",
        figure=bars(
            Bars(
                rows=tuple(
                    BarRow(
                        case.called(code),
                        100.0 * found.among_best[code],
                        strong=code in found.always,
                        pale=code in found.seldom,
                    )
                    for code in shown
                ),
                unit="procent",
                decimals=0,
                signed=False,
                ordered=False,
            )
        ),
        blocks=(
            fit(
                [
                    "Inom varje grupp står de sökande i bokstavsordning, för siffrorna skiljer dem inte åt.",
                    _left_out(case, found),
                ]
            ),
        ),
        table=Table(
            caption=f"Hur ofta varje sökande är bland {_first(found)}",
            columns=(
                Column("kommun", "Kommun"),
                Column("grupp", "Får plats"),
                Column("andel", "Andel av alla sätt att väga", kind="number", unit="%", decimals=0),
            ),
            rows=tuple(rows),
        ),
        how_to_read=(
            "Behov i kvalitet, behov i kostnad och problemformuleringens läge vägs på alla sätt, lika troliga. Andelen säger"
            " hur mycket platsen beror på vad man tycker är viktigast, inte hur stort behovet är."
        ),
    )


def _ranked_title(found: Selection) -> str:
    if found.depends:
        return f"För {cardinal(len(found.depends), common=True)} av {cardinal(len(found.ranked))} avgör det som får väga tyngst"
    return "Vilka som får plats beror inte på vad som väger tyngst"


def _left_out(case: ApplicantsCase, found: Selection) -> str:
    if not found.left_out:
        return ""
    names = _names(case, [item.code for item in found.left_out])
    return f"{some_names(names)} går inte att jämföra, för värden saknas i kvalitet eller kostnad."


def need_finding(case: ApplicantsCase) -> Exhibit:
    """Show the needs, what is left of them when chance is taken away, and what usually comes by itself."""
    found = case.selection
    items = [(item, need) for item in found.ranked for need in (*item.quality, *item.cost)]
    items = sorted(items, key=lambda pair: -pair[1].need)[:MOST_NEEDS]
    worst = most_coming_back(found)
    return Exhibit(
        id="behov",
        title="Den som ligger långt från mitten närmar sig den oftast av sig själv",
        subtitle=f"Avstånd till landets mitt, de största behoven först, medel av {_span(items)}",
        source=Source.OWN,
        alt=None,
        blocks=(
            fit(
                [
                    "" if worst is None else rebound_sentence(case, *worst),
                    "Ett större behov är därför inte detsamma som att projektet kan ge mer.",
                    "Väntas kvar är det som brukar bestå de närmaste åren, utan slumpen i få elever eller svar.",
                ]
            ),
        ),
        table=need_table(case, items),
        kpis=_kpis(items),
    )


def most_coming_back(found: Selection) -> tuple[Candidate, AreaNeed] | None:
    """Return the greatest need of which some usually comes back by itself; None where that is told of none."""
    items = [
        (item, need)
        for item in found.ranked
        for need in (*item.quality, *item.cost)
        if need.need > 0
        and need.by_itself is not None
        and need.by_itself * need.distance < 0
        and abs(need.by_itself) >= LEAST_TOLD
    ]
    return max(items, key=lambda pair: pair[1].need, default=None)


def _span(items: list[tuple[Candidate, AreaNeed]]) -> str:
    return swedish.years({year for _, need in items for year in need.years})


def rebound_sentence(case: ApplicantsCase, item: Candidate, need: AreaNeed) -> str:
    """Say how far those that lie like an applicant come without any project."""
    assert need.by_itself is not None
    unit = "procent" if need.unit == "%" else swedish.unit_in_text(need.unit)
    where = "över" if need.distance > 0 else "under"
    return (
        f"Kommuner som ligger så långt {where} mitten som {case.called(item.code)} i {named(need.kpi)} brukar komma omkring"
        f" {plain(abs(need.by_itself))} {unit} närmare på tre år utan särskilda insatser."
    )


def need_table(case: ApplicantsCase, items: list[tuple[Candidate, AreaNeed]]) -> Table:
    """Return the needs with what is left of them."""
    return Table(
        caption="Sökandes avstånd till landets mitt",
        columns=(
            Column("kommun", "Kommun"),
            Column("omrade", "Område"),
            Column("matt", "Mått"),
            Column("avstand", "Avstånd", kind="number", decimals=1, signed=True),
            Column("kvar", "Väntas kvar", kind="number", decimals=1, signed=True),
            Column("sjalv", "Brukar ändras på tre år", kind="number", decimals=1, signed=True, may_lack=True),
            Column("enhet", "Enhet"),
        ),
        rows=tuple(
            (
                case.called(item.code), need.area.label, need.kpi.label, need.distance, LASTING * need.kept * need.distance,
                need.by_itself, "procent" if need.unit == "%" else need.unit,
            )
            for item, need in items
        ),
    )  # fmt: skip


def statement_finding(case: ApplicantsCase) -> Exhibit:
    """Show how far each problem statement has come."""
    found = case.selection
    every = _every(found)
    whole = sum(item.statement is not None and item.statement.share == 1.0 for item in every)
    decided = sum(item.statement is not None and item.statement.decision is not None for item in every)
    without = _names(case, [item.code for item in every if item.statement is None])
    return Exhibit(
        id="problemformuleringar",
        title=f"{_number(whole)} av {cardinal(len(every))} problemformuleringar är klara",
        subtitle="Det läge som den som har läst ansökan har skrivit",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            fit(
                [
                    f"{some_names(without)} har ingen problemformulering." if without else "",
                    f"{_number(decided)} av dem har ett beslut av nämnd eller styrelse.",
                ]
            ),
        ),
        table=statement_table(case, every[:MOST_SHOWN]),
    )


def _number(count: int) -> str:
    return capitalise(cardinal(count, common=True)) if count else "Ingen"


def statement_table(case: ApplicantsCase, every: tuple[Candidate, ...]) -> Table:
    """Return a row for each applicant's statement, in the order of the alphabet."""
    words = {direction: word for word, direction in DIRECTIONS.items()}

    def cells(statement: Statement | None) -> tuple[Value, ...]:
        if statement is None:
            return ("ingen", "", "", "")
        lacking = [key for key in PARTS if key not in statement.parts]
        return (
            f"{len(PARTS) - len(lacking)} av {len(PARTS)}",
            statement.own_text,
            "" if statement.direction is None else words[statement.direction],
            statement.decision or "",
        )

    return Table(
        caption="Problemformuleringarnas läge",
        columns=(
            Column("kommun", "Kommun"),
            Column("delar", "Klara delar"),
            Column("egen", "Egen text"),
            Column("riktning", "Riktning"),
            Column("beslut", "Beslut"),
        ),
        rows=tuple(
            (case.called(item.code), *cells(item.statement))
            for item in sorted(every, key=lambda item: case.called(item.code))
        ),
    )


# --- the first page ------------------------------------------------------------------------


def _title(case: SelectionCase, found: Selection) -> str:
    if found.always:
        names = _names(case, found.always)
        who = join(names) if len(names) < 3 else f"{capitalise(cardinal(len(names), common=True))} sökande"
        return f"{who} är bland {_first(found)} nästan hur man än väger"
    return f"Vilka sökande som är bland {_first(found)} beror på vad man tycker är viktigast"


def _points(case: SelectionCase, found: Selection) -> list[str]:
    worst = most_coming_back(found)
    without = [item.code for item in _every(found) if item.statement is None]
    return [
        f"{some_names(_names(case, found.always))} får plats i minst nio av tio sätt att väga."
        if found.always
        else "",
        f"För {some_names(_names(case, found.depends))} avgör det som får väga tyngst."
        if found.depends
        else "",
        f"{some_names(_names(case, found.seldom))} får sällan plats." if found.seldom else "",
        "De med störst behov är också de som närmar sig mitten mest av sig själva."
        + (f" {rebound_sentence(case, *worst)}" if worst is not None else ""),
        f"{some_names(_names(case, without))} har ingen problemformulering och vägs som om inget är klart."
        if without
        else _left_out(case, found),
    ]


def _leads(case: SelectionCase, found: Selection) -> list[Lead]:
    leads = []
    if found.depends:
        leads.append(Lead("vad som ska väga tyngst, behov eller förberedelse, innan namnen vägs.", "Bestäm"))
    undecided = [
        item.code
        for item in found.ranked
        if item.code in (*found.always, *found.depends)
        and (item.statement is None or item.statement.decision is None)
    ]
    if undecided:
        leads.append(
            Lead("att besluta om sin problemformulering.", f"Be {some_names(_names(case, undecided)[:3])}")
        )
    leads.append(
        Lead(
            "hur resultatet ska mätas mot det som ändå hade kommit, redan när projektet börjar.", "Skriv ned"
        )
    )
    return leads


def _thin(case: SelectionCase, said: Said) -> Exhibit:
    some = case.network.applicants
    names = some_names(_names(case, [item.code for item in some]))
    return first_page(
        f"Tunt underlag: för få sökande i {case.title} går att jämföra"
        if some
        else f"Tunt underlag: {case.title} har inga sökande",
        None,
        [
            f"{names}: minst två behöver värden i både kvalitet och kostnad."
            if some
            else "Filen om nätverket har inga kommuner som söker."
        ],
        [Lead("Lägg till sökande, eller hämta ett nytt datauttag ur Kolada, och gör rapporten igen.")],
        said,
    )
