"""The forms of the follow-up, as data: a month's economy, and the indicators beside it."""

from __future__ import annotations

from effektiv.data.local.months import COUNT, MEASURE, SHARE, TIME_BETWEEN
from effektiv.forms import Column, Form, Kind, Sheet

HIGHER, LOWER = BETTER = ("högre", "lägre")
"""Which way is better, where it is beyond dispute."""

_ROWS, _VALUES = 60, 300

MONTH_FORM = Form(
    id="manad",
    name="Månadsuppföljning",
    version=1,
    about=(
        "Här skriver ni månadens ekonomi och volymer. Filen ska heta som månaden, till exempel 2026-03.xlsx.",
        "Kostnader skrivs med plus och intäkter med minus, i kronor.",
        "Budget och utfall gäller månaden. Helårsprognosen gäller hela året, så som den ser ut den här månaden.",
        "Ändra aldrig en månad som är lämnad: skriv det nya i den månad då ni fick veta det.",
        "Har ni en lista ur ekonomisystemet i mappen hämtas budget och utfall därifrån. Lämna då kolumnerna tomma.",
        "Skriv inga uppgifter om enskilda personer.",
    ),
    sheets=(
        Sheet(
            key="manad",
            title="Månad",
            intro=("En rad för varje enhet, verksamhet, kostnadsslag och månad. Det som inte är känt lämnas tomt.",),
            rows=_ROWS,
            columns=(
                Column("unit", "Enhet", width=18, help="Skola, område eller grupp. Tomt om raden gäller hela verksamheten."),
                Column("activity", "Verksamhet", required=True, width=22,
                       help="Samma namn varje månad, till exempel Grundskola."),
                Column("kind", "Kostnadsslag", width=14,
                       help="intäkter, personal, övrigt, kapital eller ett eget. Tomt på en rad som bara har volymer."),
                Column("period", "Period", required=True, width=10, help="Månaden, till exempel 2026-03."),
                Column("budget", "Budget, kr", Kind.NUMBER, width=14, help="Månadens budget. Kostnader plus, intäkter minus."),
                Column("actual", "Utfall, kr", Kind.NUMBER, width=14, help="Månadens utfall. Tomt om det inte är känt."),
                Column("forecast", "Helårsprognos, kr", Kind.NUMBER, width=16,
                       help="Hela året, så som ni bedömer det den här månaden."),
                Column("volume_budget", "Volym budget", Kind.NUMBER, least=0, width=12,
                       help="Det som budgeten räknar med den här månaden, till exempel 410 elever."),
                Column("volume_actual", "Volym utfall", Kind.NUMBER, least=0, width=12, help="Det som blev."),
                Column("volume_unit", "Volymenhet", width=12, most=40, help="Det som räknas: elever, timmar, vårddygn."),
                Column("comment", "Kommentar", Kind.PARAGRAPH, width=40, most=500,
                       help="Varför det avviker, och vad ni gör. Inga uppgifter om enskilda personer."),
            ),
        ),
    ),
)  # fmt: skip

INDICATORS_FORM = Form(
    id="indikatorer",
    name="Indikatorer",
    version=1,
    about=(
        "Här skriver ni de få tal som ni följer varje månad: kvalitet, sjukfrånvaro, personal.",
        "Först en rad för varje indikator, sedan en rad för varje månad på bladet Värden.",
        "En andel skrivs helst med täljare och nämnare: då syns det om slumpen är stor.",
        "Skriv inga uppgifter om enskilda personer.",
    ),
    sheets=(
        Sheet(
            key="indikatorer",
            title="Indikatorer",
            intro=("En rad för varje indikator. Fem till åtta brukar räcka.",),
            rows=20,
            columns=(
                Column("id", "Nummer", required=True, width=10, most=20, help="Kort och lika varje månad, till exempel I1."),
                Column("name", "Indikator", required=True, width=34, help="Vad som mäts, till exempel Sjukfrånvaro."),
                Column("area", "Fokusområde", Kind.AREA, width=20, help="Området som den hör till. Tomt om den gäller flera."),
                Column("kind", "Slag", Kind.CHOICE, required=True, choices=(MEASURE, SHARE, COUNT, TIME_BETWEEN), width=12,
                       help="andel: täljare av nämnare. antal: händelser. tid mellan: dagar mellan händelser. Annars mått."),
                Column("unit", "Enhet", width=14, most=40, help="Vad det mäts i: procent, dagar, timmar per vecka."),
                Column("better", "Bättre är", Kind.CHOICE, choices=BETTER, width=10, help="Tomt om det inte är givet."),
                Column("target", "Mål", Kind.NUMBER, width=10, help="Ett tal, i indikatorns enhet."),
                Column("persons", "Räknar personer", Kind.YES_NO, width=12,
                       help="Ja om täljaren eller antalet är personer. Då visas inte små tal."),
            ),
        ),
        Sheet(
            key="varden",
            title="Värden",
            intro=("En rad för varje indikator och månad.",),
            rows=_VALUES,
            columns=(
                Column("indicator", "Nummer", required=True, width=10, most=20, help="Som på bladet Indikatorer."),
                Column("period", "Månad", required=True, width=10, help="Till exempel 2026-03."),
                Column("numerator", "Täljare", Kind.NUMBER, width=12, help="Av andelen, till exempel sjukdagar."),
                Column("denominator", "Nämnare", Kind.NUMBER, least=0, width=12,
                       help="Av andelen, till exempel möjliga dagar. För ett antal: det som antalet räknas på."),
                Column("value", "Värde", Kind.NUMBER, width=12, help="Tomt när täljare och nämnare är ifyllda."),
                Column("target", "Mål", Kind.NUMBER, width=10, help="Bara om målet är ett annat den här månaden."),
            ),
        ),
    ),
)  # fmt: skip
