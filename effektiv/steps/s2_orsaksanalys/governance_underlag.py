"""What the findings on governance rest on: every statement, questions of fact, documents, comments, and limits."""

from __future__ import annotations

from collections.abc import Iterator

from effektiv.analysis.agreement import FEWEST
from effektiv.data.governance import self_assessment
from effektiv.exhibits.exhibit import Block, Bullets, Exhibit, Source, SubHeading
from effektiv.exhibits.swedish import capitalise, cardinal, date, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s2_orsaksanalys.assessment import Round
from effektiv.steps.s2_orsaksanalys.assessment_form import DONT_KNOW, NO, YES
from effektiv.steps.s2_orsaksanalys.governance import GovernanceReportCase
from effektiv.steps.s2_orsaksanalys.governance_view import GovernanceView

NO_PATTERN = "Rapporten från 2023 fann inget mönster i de här frågorna, så de har ingen nivå."

CANNOT = (
    "Svaren visar hur de som svarar ser på styrningen. De visar inte om styrningen gör verksamheten effektiv, och "
    "därför räknas ingen poäng ihop.",
    "Påståendena utgår från en rapport från 2023, där effektiva kommuner jämfördes med några få som var mindre "
    "effektiva: en för grundskolan och två för äldreomsorgen. Det som skilde dem åt kan gälla bara dem.",
    "Rapporten pekar inte ut något bästa sätt att styra, och många tillfrågade kommuner ville inte vara med.",
    "Om stabilitet leder till effektivitet, eller tvärtom, går inte att säga.",
)


class GovernanceUnderlagCase(GovernanceReportCase):
    """A case with what stands behind the report on governance."""

    def cannot_show(self) -> Exhibit:
        """Visa vad svaren inte kan svara på."""
        return Exhibit(
            id="begransningar",
            title="Vad svaren inte kan visa",
            source=Source.OWN,
            alt=None,
            blocks=(Bullets(CANNOT),),
        )

    def statements(self) -> Exhibit:
        """Visa alla påståenden: nivå, spridning, enighet och medelvärde i varje roll."""
        view = self.governance
        asked = self_assessment()
        rows: list[tuple[Value, ...]] = []
        groups = () if view is None else tuple(view.shown.respondents)
        for area in asked.areas:
            for one in area.statements:
                spread = None if view is None else view.shown.spreads[one.id]
                known = spread is not None and spread.counts is not None
                counts = spread.counts if spread is not None and spread.counts is not None else (None,) * 5
                rows.append(
                    (
                        f"{one.id} {one.text}",
                        spread.mean if spread is not None and known else None,
                        spread.median if spread is not None and known else None,
                        spread.agreement if spread is not None and known else None,
                        *counts,
                        *(
                            spread.groups[group].mean
                            if spread is not None and group in spread.groups
                            else None
                            for group in groups
                        ),
                    )
                )
        columns = [
            Column("text", "Påstående"),
            Column("medel", "Medel", "number", decimals=1, may_lack=True),
            Column("median", "Median", "number", decimals=1, may_lack=True),
            Column("enighet", "Enighet", "number", decimals=2, may_lack=True),
            *(Column(f"svar{point}", f"Svar {point}", "number", may_lack=True) for point in range(1, 6)),
        ]
        if view is not None:
            columns += [
                Column(f"grupp{at}", view.label(group), "number", decimals=1, may_lack=True)
                for at, group in enumerate(groups)
            ]
        return Exhibit(
            id="alla-pastaenden",
            title="Alla påståenden",
            subtitle="Antal svar på skalan 1 stämmer inte alls till 5 stämmer helt, och medelvärden",
            source=Source.OWN,
            alt=None,
            table=Table("Alla påståenden", tuple(columns), tuple(rows)),
            how_to_read="En tom cell betyder att färre än fem har svarat, eller att svaret skulle gå att räkna ut.",
        )

    def facts(self) -> Exhibit:
        """Visa svaren på faktafrågorna, som inte har någon nivå."""
        view, asked = self.governance, self_assessment()
        rows: list[tuple[Value, ...]] = []
        for one in asked.facts:
            counts = None if view is None else view.fact_counts.get(one.id)
            rows.append(
                (one.area, f"{one.id} {one.text}", *(counts or dict.fromkeys((YES, NO, DONT_KNOW))).values())
            )
        return Exhibit(
            id="faktafragor",
            title="Faktafrågor om omvärld, teknik och upphandling",
            subtitle="Antal svar",
            source=Source.OWN,
            alt=None,
            table=Table(
                "Svar på faktafrågorna",
                (
                    Column("area", "Område"),
                    Column("text", "Fråga"),
                    *(
                        Column(f"svar{at}", word.capitalize(), "number", may_lack=True)
                        for at, word in enumerate((YES, NO, DONT_KNOW))
                    ),
                ),
                tuple(rows),
                row_header="text",
            ),
            blocks=(NO_PATTERN,),
        )

    def documents(self) -> Exhibit:
        """Visa de dokument som någon har angett, med datum."""
        view = self.governance
        texts = _texts()
        seen: dict[tuple[str, str], str] = {}
        for one in () if view is None else view.round.documents:
            day = "" if one.date is None else one.date.isoformat()
            key = (one.id, one.text)
            seen[key] = max(seen.get(key, ""), day)
        rows: list[tuple[Value, ...]] = [
            (f"{key} {texts[key]}", text, date(day) if day else None) for (key, text), day in seen.items()
        ]
        return Exhibit(
            id="var-det-star",
            title="Var det står" if rows else "Inget dokument är angett",
            source=Source.MUNICIPALITY,
            alt=None,
            table=Table(
                "Dokument",
                (Column("text", "Påstående"), Column("document", "Dokument"), Column("date", "Datum")),
                tuple(rows),
            )
            if rows
            else None,
            blocks=() if rows else ("Ingen som svarade har skrivit var något står.",),
        )

    def comments(self) -> Exhibit:
        """Visa kommentarerna område för område, utan roll."""
        view = self.governance
        blocks = () if view is None else tuple(_comments(view))
        return Exhibit(
            id="kommentarer",
            title="Kommentarer, område för område",
            source=Source.MUNICIPALITY,
            alt=None,
            blocks=blocks or ("Det finns inga kommentarer att visa.",),
            how_to_read=f"I bokstavsordning, och bara där minst {cardinal(FEWEST)} har svarat."
            if blocks
            else "",
        )

    def answered(self) -> Exhibit:
        """Visa hur många som har svarat i varje roll, och vilka filer som inte gick att använda."""
        view = self.governance
        blocks: list[Block | str] = [
            f"En roll visas när minst {cardinal(FEWEST)} har svarat, och likadant för varje påstående. Svar från mindre "
            "grupper räknas bara med i helheten där ingen del av dem går att räkna ut."
        ]
        blocks += _not_used(self.rounds[-1]) if self.rounds else ()
        rows: list[tuple[Value, ...]] = []
        if view is not None:
            rows = [(view.label(group), count) for group, count in view.shown.respondents.items()]
            rows.append(("Med i helheten", view.shown.total))
            if view.shown.small:
                blocks.append(
                    f"För få för att visas: {join([view.label(group).lower() for group in view.shown.small])}."
                )
        return Exhibit(
            id="vilka-som-svarat",
            title="Vilka som har svarat",
            source=Source.OWN,
            alt=None,
            table=Table(
                "Antal som har svarat",
                (Column("role", "Roll"), Column("count", "Antal", "number")),
                tuple(rows),
            )
            if rows
            else None,
            blocks=tuple(blocks),
        )


class GovernanceCase(GovernanceUnderlagCase):
    """En kommuns styrning, som de som har svarat på självskattningen ser den."""


def _texts() -> dict[str, str]:
    asked = self_assessment()
    statements = {one.id: one.text for one in asked.statements.values()}
    return statements | {one.id: one.text for one in asked.facts}


def _comments(view: GovernanceView) -> Iterator[Block | str]:
    """Yield the comments of each area that at least `FEWEST` have answered in."""
    areas = {area.label: [one.id for one in area.statements] for area in view.asked.areas}
    for fact in view.asked.facts:
        areas.setdefault(fact.area, []).append(fact.id)
    for label, ids in areas.items():
        answered = view.round.answers.notna().join(view.round.facts.notna())[ids].any(axis=1).sum()
        found = sorted((one.text for one in view.round.comments if one.id in ids), key=str.casefold)
        if answered >= FEWEST and found:
            yield SubHeading(label)
            yield Bullets(tuple(found))


def _not_used(latest: Round) -> Iterator[str]:
    """Yield how much of what was sent in could not be used; which cell it is, and what it says, is for those who sent it."""
    told = [
        f"{_files(count)} {what}"
        for count, what in (
            (latest.unused, "gick inte att använda"),
            (latest.faulty, "har någon cell som inte gick att använda, och resten av svaren räknas"),
        )
        if count
    ]
    if told:
        yield f"{'. '.join(told)}. Kontrollen av kommunens filer säger vilka och varför."


def _files(count: int) -> str:
    return capitalise(f"{cardinal(count, common=True)} {'fil' if count == 1 else 'filer'}")
