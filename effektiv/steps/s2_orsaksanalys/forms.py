"""The forms of step 2, as data."""

from __future__ import annotations

from effektiv.forms import Column, Form, Kind, Sheet

CATEGORIES = (
    "arbetssätt",
    "styrning",
    "kompetens och bemanning",
    "lokaler och utrustning",
    "målgrupp och behov",
    "omvärld",
)
"""The bones of the fishbone."""

STRENGTHS = ("stark", "måttlig", "svag", "avfärdad", "öppen")
"""How strong a conclusion is; the last says that there is none yet."""

OPEN, DISMISSED = STRENGTHS[-1], STRENGTHS[-2]

_PREPARED = 40

HYPOTHESES_FORM = Form(
    id="hypoteser",
    name="Hypoteser om orsaker",
    version=1,
    about=(
        "Här samlar arbetsgruppen och verksamheterna vad avvikelserna kan bero på, och vad som talar för och emot.",
        "En rad är en misstänkt orsak. Skriv också upp det som talar emot: en avfärdad orsak är ett resultat.",
        "Det som står här kommer med i rapporterna för steg 2. Skriv inga uppgifter om enskilda personer.",
    ),
    sheets=(
        Sheet(
            key="hypoteser",
            title="Hypoteser",
            intro=("En rad för varje misstänkt orsak. Vad kolumnerna betyder står på bladet Läs mig.",),
            rows=_PREPARED,
            columns=(
                Column("id", "Nr", given=True, required=True, width=6, most=12, help="Hypotesens nummer, till exempel H1."),
                Column("area", "Fokusområde", Kind.AREA, required=True, width=20,
                       help="Området som avvikelsen finns i."),
                Column("deviation", "Avvikelse", Kind.PARAGRAPH, width=28, most=300,
                       help="Vad som avviker, med siffra, till exempel: Meritvärdet är 13 poäng lägre än i liknande kommuner."),
                Column("cause", "Misstänkt orsak", Kind.PARAGRAPH, required=True, width=32, most=300,
                       help="Vad ni tror att det beror på, en orsak på varje rad."),
                Column("category", "Kategori", Kind.CHOICE, choices=CATEGORIES, width=18,
                       help="Vilket slag av orsak det är. Den blir ett ben i fiskbensdiagrammet."),
                Column("evidence_for", "Belägg för", Kind.PARAGRAPH, width=32, most=1000,
                       help="Det som talar för att det är orsaken: siffror, iakttagelser, vad verksamheten säger."),
                Column("evidence_against", "Belägg emot", Kind.PARAGRAPH, width=32, most=1000,
                       help="Det som talar emot. Skriv det även om ni tror på orsaken."),
                Column("exhibit", "Pekar på", width=22,
                       help="Diagrammet, tabellen eller dokumentet som visar det, till exempel Kostnadsdelar i rapporten."),
                Column("to_find_out", "Vad vi mer behöver veta", Kind.PARAGRAPH, width=28, most=500,
                       help="Det som skulle avgöra om det är orsaken."),
                Column("owner", "Vem tar reda på det", width=20, help="Roll eller enhet som tar reda på det."),
                Column("due", "Senast", Kind.DATE, width=12, help="Dagen då svaret ska finnas, till exempel 2026-03-31."),
                Column("conclusion", "Slutsats", Kind.PARAGRAPH, width=32, most=1000,
                       help="Vad ni har kommit fram till. Tomt så länge frågan är öppen."),
                Column("strength", "Slutsatsens styrka", Kind.CHOICE, choices=STRENGTHS, width=12,
                       help="Hur säkra ni är på att det är en orsak, avfärdad om det inte är det. Tomt räknas som öppen."),
            ),
        ),
    ),
)  # fmt: skip

PREPARED_ROWS = {"hypoteser": tuple({"id": f"H{number}"} for number in range(1, _PREPARED + 1))}
"""What a new form has beforehand: the numbers."""
