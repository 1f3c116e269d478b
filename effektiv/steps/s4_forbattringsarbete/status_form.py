"""The form for how the work goes, as data: status, milestones, effect brought home, what is done about deviations."""

from __future__ import annotations

from effektiv.forms import Column, Form, Kind, Sheet

NOT_BEGUN, ON_PLAN, BEHIND, PAUSED, DONE, STOPPED = STATUSES = (
    "inte börjat", "enligt plan", "efter plan", "pausad", "klar", "avslutad i förtid",
)  # fmt: skip
"""How a measure stands."""

STATUS_FORM = Form(
    id="status",
    name="Läget i arbetet",
    version=1,
    about=(
        "Här skriver ni varje månad hur åtgärderna går, vad de har gett, och vad ni gör åt det som avviker.",
        "Åtgärderna själva står i atgarder.xlsx; här skriver ni bara deras nummer.",
        "Effekten skrivs som det som har tagits hem under året hittills: kronor för en åtgärd som frigör pengar, "
        "timmar för en som frigör tid.",
        "Skriv inga uppgifter om enskilda personer.",
    ),
    sheets=(
        Sheet(
            key="status",
            title="Åtgärdernas läge",
            intro=("En rad för varje åtgärd och månad. Det senaste läget visas; de tidigare raderna får stå kvar.",),
            columns=(
                Column("measure", "Åtgärd nr", required=True, width=10, most=12,
                       help="Åtgärdens nummer i atgarder.xlsx, till exempel A5."),
                Column("day", "Datum", Kind.DATE, required=True, width=12,
                       help="Dagen då läget gäller, till exempel 2026-03-31."),
                Column("status", "Läge", Kind.CHOICE, choices=STATUSES, required=True, width=16,
                       help="Mot planen i atgarder.xlsx och milstolparna."),
                Column("comment", "Vad har hänt", Kind.PARAGRAPH, width=40, most=500, help="En eller två meningar."),
                Column("indicator", "Indikator nr", width=10, most=20,
                       help="Numret i indikatorer.xlsx på det som visar om åtgärden fungerar, till exempel I1."),
                Column("next", "Nästa steg", Kind.PARAGRAPH, width=34, most=300, help="Det som görs härnäst."),
            ),
        ),
        Sheet(
            key="milstolpar",
            title="Milstolpar",
            intro=("En rad för varje milstolpe.",),
            may_lack=True,
            columns=(
                Column("measure", "Åtgärd nr", required=True, width=10, most=12, help="Åtgärdens nummer, till exempel A5."),
                Column("name", "Milstolpe", required=True, width=40, most=160, help="Det som ska vara klart, i en rad."),
                Column("planned", "Planerad", Kind.DATE, required=True, width=12, help="Dagen då den ska vara nådd."),
                Column("reached", "Nådd", Kind.DATE, width=12, help="Dagen då den nåddes. Tomt tills dess."),
                Column("owner", "Ansvarig", width=22, help="Roll eller enhet."),
            ),
        ),
        Sheet(
            key="effekt",
            title="Effekt hemtagen",
            intro=("En rad för varje åtgärd och år: det som har tagits hem, så långt ni vet.",),
            may_lack=True,
            columns=(
                Column("measure", "Åtgärd nr", required=True, width=10, most=12, help="Åtgärdens nummer, till exempel A5."),
                Column("year", "År", Kind.INTEGER, required=True, least=2000, most=2100, width=8, help="Till exempel 2027."),
                Column("to", "Till och med", Kind.DATE, required=True, width=12,
                       help="Sista dagen som räknas med, till exempel 2027-06-30."),
                Column("realised", "Hemtaget", Kind.NUMBER, required=True, width=14,
                       help="Kronor eller timmar från årets början till den dagen. Minus om det har kostat mer."),
                Column("how", "Hur vet ni det", Kind.PARAGRAPH, width=40, most=300,
                       help="Till exempel: budgeten är sänkt, eller timmar i planeringssystemet."),
            ),
        ),
        Sheet(
            key="avvikelser",
            title="Det vi gör åt avvikelser",
            intro=(
                "En rad för varje sak ni gör åt en avvikelse: en indikator, en verksamhets prognos eller en åtgärd.",
                "När prognosen är sämre än budgeten står åtgärderna för budget i balans här.",
            ),
            may_lack=True,
            columns=(
                Column("about", "Gäller", required=True, width=28, most=120,
                       help="Indikatorns id eller namn, verksamhetens namn eller åtgärdens nummer, som i de andra filerna."),
                Column("action", "Det vi gör", Kind.PARAGRAPH, required=True, width=44, most=300, help="En mening."),
                Column("effect", "Effekt i år, kr", Kind.NUMBER, width=14,
                       help="Så mycket som prognosen väntas bli bättre i år. Tomt om det inte gäller pengar."),
                Column("owner", "Ansvarig", width=24, most=80, help="Roll eller enhet."),
                Column("decided", "Beslutad", Kind.DATE, width=12, help="Dagen då det beslutades."),
                Column("due", "Senast", Kind.DATE, width=12, help="Dagen då det ska vara gjort."),
                Column("done", "Klart", Kind.DATE, width=12, help="Dagen då det blev gjort. Tomt tills dess."),
            ),
        ),
    ),
)  # fmt: skip
