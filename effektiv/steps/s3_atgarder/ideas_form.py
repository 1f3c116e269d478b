"""The forms for ideas as data: the ideas with what is decided of them, and one scorer's scores."""

from __future__ import annotations

from dataclasses import dataclass

from effektiv.forms import Column, Form, Kind, Sheet

MERGED, APART, UNDONE = "slås ihop", "hålls isär", "upphävd"
"""What may be decided of ideas that are alike; the last undoes a row and keeps it."""

MOST_VOTES, SUM_OF_VOTES = "högsta", "summa"
"""How the votes of merged ideas are counted: those of the most voted, or of all where nobody voted twice."""

FORWARD, ON_HOLD, DECLINED, ALREADY = "går vidare", "vilar", "avslås", "görs redan"
"""What may be decided of an idea."""

_PREPARED = 60


@dataclass(frozen=True)
class Criterion:
    """What an idea is scored by, 1 to 5.

    Attributes
    ----------
    key
        What it is called in code.
    label
        Swedish name: heading in the form and word in reports.
    low, high
        What 1 and 5 mean.
    lower_is_better
        Whether a low score speaks for the idea.
    """

    key: str
    label: str
    low: str
    high: str
    lower_is_better: bool = False


BENEFIT, EFFORT = "nytta", "insats"

CRITERIA = (
    Criterion(BENEFIT, "Nytta", "ingen märkbar nytta", "stor nytta för många"),
    Criterion("genomforbarhet", "Genomförbarhet", "kräver det vi inte råder över", "vi kan göra det själva"),
    Criterion(EFFORT, "Insats", "nästan inget arbete eller pengar", "mycket arbete eller pengar", lower_is_better=True),
    Criterion("risk", "Risk", "kan knappast gå fel", "går lätt fel, eller skadar något annat", lower_is_better=True),
)  # fmt: skip
"""The criteria, in the order of the form; none is more important than another."""

IDEAS_FORM = Form(
    id="ideer",
    name="Idéer från verksamheterna",
    version=1,
    about=(
        "Här samlas idéerna från idéverkstaden, och vad som beslutas om var och en.",
        "En idé tas aldrig bort. Idéer som är samma sak slås ihop på bladet Sammanslagningar, och det går att ångra.",
        "Idéer som redan finns i en annan fil kan läsas därifrån: se ideer.yaml. Besluten skrivs ändå här.",
        "Skriv inga namn eller andra uppgifter om enskilda personer.",
    ),
    sheets=(
        Sheet(
            key="ideer",
            title="Idéer",
            intro=("En rad för varje idé, så som den lämnades in.",),
            rows=_PREPARED,
            columns=(
                Column("id", "Nr", given=True, required=True, width=8, most=40,
                       help="Idéns nummer, till exempel I1. Ändra det inte sedan: förslagsställaren hittar sin idé på det."),
                Column("title", "Idé", required=True, width=36, help="Idén i några ord."),
                Column("text", "Beskrivning", Kind.PARAGRAPH, width=44, most=4000,
                       help="Vad som ska göras, och vad det löser."),
                Column("area", "Fokusområde", Kind.AREA, width=20, help="Området som idén gäller. Tomt om den gäller flera."),
                Column("cause", "Svarar mot orsak", width=12, most=12,
                       help="Numret på hypotesen som idén svarar mot, till exempel H1."),
                Column("unit", "Enhet", width=22, help="Arbetsplatsen eller gruppen som idén kommer från, inte personen."),
                Column("date", "Inlämnad", Kind.DATE, width=12, help="Dagen då idén lämnades in, till exempel 2026-02-10."),
                Column("votes", "Röster", Kind.INTEGER, width=8, least=0, most=1_000_000,
                       help="Hur många som har röstat på idén, om ni har röstat."),
            ),
        ),
        Sheet(
            key="sammanslagningar",
            title="Sammanslagningar",
            intro=(
                "En rad för varje grupp av idéer som liknar varandra. Idéerna finns kvar på bladet Idéer.",
                f"Välj {UNDONE}, eller ta bort raden, för att ångra en sammanslagning.",
            ),
            rows=30,
            may_lack=True,
            columns=(
                Column("group", "Grupp", given=True, required=True, width=8, most=12, help="Gruppens nummer, till exempel S1."),
                Column("ideas", "Idéer", required=True, width=24, most=200,
                       help="Idéernas nummer med komma mellan, till exempel I4, I9. Den första ger gruppen dess namn."),
                Column("decision", "Beslut", Kind.CHOICE, choices=(MERGED, APART, UNDONE), required=True, width=12,
                       help="Om idéerna är samma sak eller inte. Upphävd ångrar raden."),
                Column("rule", "Röster räknas som", Kind.CHOICE, choices=(MOST_VOTES, SUM_OF_VOTES), width=12,
                       help="Högsta om samma personer kan ha röstat på flera av idéerna, summa om alla är olika personer."),
                Column("reason", "Skäl", Kind.PARAGRAPH, required=True, width=36, most=500,
                       help="Varför de är samma sak, eller inte."),
                Column("who", "Vem", required=True, width=20, help="Roll eller grupp som har bestämt det."),
                Column("when", "När", Kind.DATE, required=True, width=12,
                       help="Dagen då det bestämdes, till exempel 2026-02-20."),
            ),
        ),
        Sheet(
            key="beslut",
            title="Beslut",
            intro=("En rad för varje idé som det är bestämt något om. Förslagsställaren får läsa skälet.",),
            rows=_PREPARED,
            may_lack=True,
            columns=(
                Column("idea", "Idé nr", required=True, width=8, most=40, help="Idéns nummer, till exempel I4."),
                Column("decision", "Beslut", Kind.CHOICE, choices=(FORWARD, ON_HOLD, DECLINED, ALREADY), required=True, width=14,
                       help="Vad som händer med idén."),
                Column("reason", "Skäl", Kind.PARAGRAPH, required=True, width=44, most=1000,
                       help="Varför, så att den som lämnade idén förstår det."),
                Column("measure", "Blev åtgärd", width=12, most=12,
                       help="Åtgärdens nummer, om idén har blivit en, till exempel A2."),
                Column("who", "Vem", width=20, help="Roll eller grupp som har bestämt det."),
                Column("when", "När", Kind.DATE, width=12, help="Dagen då det bestämdes, till exempel 2026-03-05."),
            ),
        ),
    ),
)  # fmt: skip

IDEAS_PREPARED = {
    "ideer": tuple({"id": f"I{number}"} for number in range(1, _PREPARED + 1)),
    "sammanslagningar": tuple({"group": f"S{number}"} for number in range(1, 31)),
}
"""What a new form has beforehand: the numbers."""

SCORES_FORM = Form(
    id="bedomning",
    name="Bedömning av idéer",
    version=1,
    about=(
        "Här bedömer du idéerna, för dig själv och innan ni talar om dem. Kopiera filen, en för varje bedömare.",
        "Ge varje idé 1 till 5 för varje fråga. Hoppa över det du inte kan bedöma: tomt räknas inte som en låg poäng.",
        *(f"{item.label}: 1 är {item.low}, 5 är {item.high}." for item in CRITERIA),
        "Rapporten visar hur eniga bedömarna är, men inte vem som har gett vilka poäng.",
    ),
    sheets=(
        Sheet(
            key="bedomare",
            title="Bedömare",
            rows=1,
            columns=(
                Column("name", "Bedömare", required=True, width=30, most=80,
                       help="Din roll, till exempel Rektor Norra skolan. Två bedömare får inte heta likadant."),
            ),
        ),
        Sheet(
            key="poang",
            title="Poäng",
            intro=("En rad för varje idé du bedömer. Det är numret som säger vilken idé det är.",),
            rows=_PREPARED,
            columns=(
                Column("idea", "Idé nr", required=True, given=True, width=8, most=40, help="Idéns nummer, till exempel I4."),
                Column("title", "Idé", given=True, width=36, most=300,
                       help="Idéns namn, så att du ser vad du bedömer. Kopiera in nummer och namn från listan med idéer."),
                *(
                    Column(item.key, item.label, Kind.INTEGER, least=1, most=5, width=14,
                           help=f"1 är {item.low}, 5 är {item.high}.")
                    for item in CRITERIA
                ),
            ),
        ),
    ),
)  # fmt: skip

SCORES_PREPARED = {"poang": tuple({"idea": f"I{number}"} for number in range(1, _PREPARED + 1))}
"""What a new form has beforehand: the ideas' numbers."""
