"""The log of small tests of change (planera, göra, studera, agera), as data."""

from __future__ import annotations

from effektiv.forms import Column, Form, Kind, Sheet

ADOPT, ADJUST, ABANDON, WIDEN = DECISIONS = (
    "inför",
    "justera och pröva igen",
    "lägg ned",
    "pröva i större skala",
)
"""What a cycle may end with."""

PDSA_FORM = Form(
    id="pdsa",
    name="Logg över prövningar",
    version=1,
    about=(
        "Här skriver ni varje prövning i liten skala: vad ni vill nå i tal, vad ni tror ska hända, vad som hände och vad "
        "ni lärde er.",
        "Förutsägelsen skrivs innan ni har sett några data, med dagens datum, och låses med effektiv las KOMMUN --manad.",
        "En prövning som leder till en ny får en ny rad, som säger vilken den följer på.",
        "Skriv inga uppgifter om enskilda personer.",
    ),
    sheets=(
        Sheet(
            key="cykler",
            title="Prövningar",
            intro=("En rad för varje prövning.",),
            rows=40,
            columns=(
                Column("id", "Nr", required=True, width=6, most=12, help="Prövningens nummer, till exempel P1."),
                Column("area", "Fokusområde", Kind.AREA, required=True, width=20, help="Området som den hör till."),
                Column("measure", "Åtgärd nr", width=8, most=12, help="Åtgärdens nummer i atgarder.xlsx, till exempel A5."),
                Column("question", "Vad prövas", required=True, width=34, most=160, help="Ändringen, hos vilka, hur länge."),
                Column("indicator", "Mäts med", width=22, most=120, help="Indikatorns id eller namn."),
                Column("aim", "Mål i tal", Kind.NUMBER, width=10, help="Det värde ni vill nå."),
                Column("predicted", "Förutsagt värde", Kind.NUMBER, width=12,
                       help="Det värde ni tror att det blir. Det får skilja sig från målet."),
                Column("prediction", "Förutsägelse", Kind.PARAGRAPH, width=36, most=500,
                       help="Vad ni tror ska hända, och varför."),
                Column("written", "Förutsägelsen skrevs", Kind.DATE, width=12, help="Dagen då den skrevs, före första data."),
                Column("first", "Data från", Kind.DATE, width=12, help="Första dagen med data från prövningen."),
                Column("last", "Data till", Kind.DATE, width=12, help="Sista dagen. Tomt medan prövningen pågår."),
                Column("value", "Utfall", Kind.NUMBER, width=10, help="Det värde det blev."),
                Column("outcome", "Vad hände", Kind.PARAGRAPH, width=36, most=500, help="Också det ni inte väntade er."),
                Column("learnt", "Vad lärde vi oss", Kind.PARAGRAPH, width=36, most=500,
                       help="Stämde förutsägelsen? Varför inte?"),
                Column("decision", "Beslut", Kind.CHOICE, choices=DECISIONS, width=20, help="Vad ni gör efter prövningen."),
                Column("follows", "Följer på", width=8, most=12,
                       help="Numret på prövningen som denna bygger vidare på, till exempel P1."),
            ),
        ),
    ),
)  # fmt: skip
