"""The topic's case: all that the notebook on ideas may show."""

from __future__ import annotations

from typing import Any

from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import date, number
from effektiv.exhibits.table import Column, Table
from effektiv.steps.data import Values
from effektiv.steps.s3_atgarder.ideas_form import BENEFIT, CRITERIA, EFFORT
from effektiv.steps.s3_atgarder.ideas_params import IDEAS_FILE
from effektiv.steps.s3_atgarder.ideas_report import IdeasReportCase, pairs_table
from effektiv.steps.s3_atgarder.ideas_words import percent_cell, reason

MOST_LISTED = 100
"""More pairs than this are not listed: ideas that are so alike need another look than pair by pair."""

_NO_IDEAS = f"Kommunen har inga idéer i {IDEAS_FILE.name} eller i mappen ideer."

_DATA = (
    "nr", "idé", "beskrivning", "fokusområde", "orsak", "enhet", "inlämnad", "röster", "vad som hände", "skäl",
    "ingår i", "åtgärd", "bland de bästa, %", *(item.label.lower() for item in CRITERIA), "bedömare", "står i",
)  # fmt: skip


class IdeasCase(IdeasReportCase):
    """En kommuns idéer: varje metod visar en del av vad som har hänt med dem."""

    def outcomes(self) -> Exhibit:
        """Visa vad som hände med varje idé och varför, efter idéns nummer: för dem som lämnade idéerna."""
        title, name = "Vad som hände med min idé", "vad-hande"
        standings = self.ranking.standings
        if not standings:
            return nothing(name, title, _NO_IDEAS, flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            table=Table(
                caption="Varje idé som lämnades in, efter nummer",
                columns=(
                    Column("nr", "Nr"),
                    Column("ide", "Idé"),
                    Column("vad", "Vad som händer"),
                    Column("skal", "Skäl"),
                    Column("grupp", "Ingår i"),
                    Column("atgard", "Blev åtgärd"),
                ),
                rows=tuple(
                    (
                        idea,
                        self.ranking.found.ideas[idea].title,
                        item.outcome.value,
                        reason(self.ranking, idea),
                        "" if item.entry.id == idea else item.entry.id,
                        "" if item.decision is None else item.decision.measure,
                    )
                    for idea, item in standings.items()
                ),
            ),
        )

    def merges(self) -> Exhibit:
        """Visa vad som är bestämt om idéer som liknar varandra: vilka, av vem, när och varför, även det som är ångrat."""
        title, name = "Sammanslagna och åtskilda idéer", "sammanslagningar"
        found = self.ranking.found
        if not found.merges:
            return nothing(name, title, "Inget är bestämt om idéer som liknar varandra.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read=(
                "Idéerna finns kvar var för sig. Högsta räknar rösterna på den idé som fick flest, summa lägger ihop dem. "
                "En bedömares poäng för gruppen är den för den första av idéerna som bedömaren har gett poäng."
            ),
            table=Table(
                caption="Grupper av idéer och vad som är bestämt om dem",
                columns=(
                    Column("grupp", "Grupp"),
                    Column("ideer", "Idéer"),
                    Column("beslut", "Beslut"),
                    Column("regel", "Röster räknas som"),
                    Column("roster", "Röster", kind="number", decimals=0, may_lack=True),
                    Column("skal", "Skäl"),
                    Column("vem", "Vem"),
                    Column("nar", "När"),
                ),
                rows=tuple(
                    (
                        merge.group, ", ".join(merge.ideas), merge.decision, merge.rule, merge.votes(found.ideas),
                        merge.reason, merge.who, date(merge.when),
                    )
                    for merge in found.merges
                ),
            ),
        )  # fmt: skip

    def pairs(self) -> Exhibit:
        """Visa alla par av idéer som kan vara samma sak och som ingen har tagit ställning till."""
        title, name = "Alla par att ta ställning till", "alla-par"
        if not self.ranking.undecided:
            return nothing(name, title, "Inga fler idéer liknar varandra.", flags=())
        more = len(self.ranking.undecided) - MOST_LISTED
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            blocks=(f"De {MOST_LISTED} mest lika visas; {number(more)} till är också lika.",)
            if more > 0
            else (),
            table=pairs_table(self.ranking, MOST_LISTED),
        )

    def spread(self) -> Exhibit:
        """Visa hur poängen för nytta och insats är spridda för varje idé."""
        title, name = "Poängens spridning", "spridning"
        entries = [entry for entry in self.ranking.entries if entry.scorers]
        if not entries:
            return nothing(name, title, "Ingen har bedömt idéerna.", flags=())
        keys = [item for item in CRITERIA if item.key in (BENEFIT, EFFORT)]
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            table=Table(
                caption="Alla poäng, den lägsta först, utan vem som gav dem",
                columns=(
                    Column("nr", "Nr"),
                    Column("ide", "Idé"),
                    *(Column(item.key, item.label) for item in keys),
                    Column("bedomare", "Bedömare", kind="number", decimals=0),
                ),
                rows=tuple(
                    (entry.id, entry.title, *(_scores(entry.given(item.key)) for item in keys), entry.scorers)
                    for entry in entries
                ),
            ),
        )

    def unused(self) -> Exhibit:
        """Visa vad i filerna som inte kunde användas, med plats och skäl."""
        title, name = "Det som inte kunde användas", "inte-anvant"
        told = self.ranking.found.told
        if not told:
            return nothing(name, title, "Allt som står om idéerna har använts.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read="Rader och celler som inte går att läsa visas av effektiv kontrollera.",
            table=Table(
                caption="Rader som säger emot varandra eller pekar på något som inte finns",
                columns=(Column("plats", "Var"), Column("fel", "Vad som är fel")),
                rows=tuple((item.where, item.text) for item in told),
            ),
        )

    def values(self) -> Values:
        """Ge alla idéer så som de lämnades in, med vad som hände med dem."""
        ranking = self.ranking
        rows = []
        for idea in ranking.found.ideas.values():
            item = ranking.standings[idea.id]
            area = self.catalogue.areas.get(idea.area)
            means = [item.entry.mean(one.key) for one in CRITERIA]
            rows.append(
                [
                    idea.id, idea.title, idea.text, "" if area is None else area.label, idea.cause, idea.unit, idea.date,
                    idea.votes, item.outcome.value, reason(ranking, idea.id),
                    "" if item.entry.id == idea.id else item.entry.id,
                    "" if item.decision is None else item.decision.measure, percent_cell(item.among_best),
                    *(None if mean != mean else mean for mean in means),  # noqa: PLR0124  NaN is not itself
                    item.entry.scorers, idea.place,
                ]
            )  # fmt: skip
        return Values(rows, _DATA)

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report needs."""
        # Ideas are compared with nobody's.
        return super().describe() | {"jamfor_med": "", "underlag": "tunt" if self.report.is_thin else "fullt"}


def _scores(given: list[int]) -> str:
    return ", ".join(map(str, given))
