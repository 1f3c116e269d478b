"""The form for measures, as data."""

from __future__ import annotations

from effektiv.forms import Column, Form, Kind, Sheet

LESS_RESOURCE, MORE_VOLUME, BETTER = WAYS = ("mindre resurs", "mer volym", "högre kvalitet")
"""The three ways to be more efficient."""

MONEY, TIME, UNVALUED = BENEFITS = ("frigör pengar", "frigör tid", "värderas inte")
"""What an effect is to the budget."""

KRONOR, HOURS = UNITS = ("kr per år", "timmar per år")
"""What an effect on the resource is counted in: kronor where it frees money, hours where it frees time."""

NO_SUPPORT = "inget"
SUPPORTS = (NO_SUPPORT, "egen erfarenhet", "annan kommun före och efter", "jämförande studie", "översikt")
"""How well a measure's effect is supported, the weakest first."""

LOW, LIKELY, HIGH = "oväntat lågt", "troligt", "oväntat högt"

_PREPARED = 30


def _three(key: str, heading: str, what: str) -> tuple[Column, ...]:
    """Return the three columns of an effect."""
    return (
        Column(f"{key}_low", f"{heading}, {LOW}", Kind.NUMBER, width=13,
               help=f"{what}. Så lågt att bara ett fall av tio blir lägre. Minus om det går åt fel håll."),
        Column(f"{key}_likely", f"{heading}, {LIKELY}", Kind.NUMBER, width=13,
               help=f"{what}. Lika stor chans att det blir mer som mindre."),
        Column(f"{key}_high", f"{heading}, {HIGH}", Kind.NUMBER, width=13,
               help=f"{what}. Så högt att bara ett fall av tio blir högre."),
    )  # fmt: skip


MEASURES_FORM = Form(
    id="atgarder",
    name="Åtgärdsplan",
    version=1,
    about=(
        "Här skriver ni åtgärderna: vad som ska göras, vad det kostar, vad det ger och hur ni vet det.",
        "Effekten skrivs som tre tal: oväntat lågt, troligt och oväntat högt. Fråga flera personer, var och en för sig, "
        "innan ni pratar ihop er: annars blir talen för lika och för säkra.",
        "En åtgärd utan stöd räknas inte med i summan, men den syns i rapporten.",
        "Bara det som frigör pengar räknas mot budgeten. Frigjord tid och sådant som inte värderas redovisas för sig.",
        "Skriv inga uppgifter om enskilda personer.",
    ),
    sheets=(
        Sheet(
            key="atgarder",
            title="Åtgärdslista",
            intro=("En rad för varje åtgärd. Vad kolumnerna betyder står på bladet Läs mig.",),
            rows=_PREPARED,
            columns=(
                Column("id", "Nr", given=True, required=True, width=6, most=12, help="Åtgärdens nummer, till exempel A1."),
                Column("area", "Fokusområde", Kind.AREA, required=True, width=20, help="Området som åtgärden hör till."),
                Column("name", "Åtgärd", required=True, width=34, most=120, help="Vad som ska göras, i en rad."),
                Column("hypothesis", "Svarar mot orsak", width=12, most=12,
                       help="Hypotesens nummer i hypoteser.xlsx, till exempel H1."),
                Column("driver", "Drivkraft", width=14, most=60,
                       help="Nyckeltalet som åtgärden ska ändra, ur tabellen med drivkrafter i steg 2, till exempel N15013. "
                       "Åtgärder på samma drivkraft ger tillsammans aldrig mer än dess gap."),
                Column("feature", "Vad som ändras i tjänsten", Kind.PARAGRAPH, width=30, most=500,
                       help="Det som brukaren, eleven eller medarbetaren märker."),
                Column("activities", "Aktiviteter", Kind.PARAGRAPH, width=30, most=1000,
                       help="Det som behöver göras, steg för steg."),
                Column("way", "Väg", Kind.CHOICE, choices=WAYS, width=14,
                       help="Vilken av de tre vägarna till högre effektivitet."),
                Column("benefit", "Slag av nytta", Kind.CHOICE, choices=BENEFITS, required=True, width=16,
                       help="Frigör pengar: budgeten kan minskas. Frigör tid: den används till annat. Annars värderas inte."),
                Column("one_off", "Engångskostnad, kr", Kind.NUMBER, least=0, width=14,
                       help="Det som kostar en gång, vid starten."),
                Column("yearly", "Årlig kostnad, kr", Kind.NUMBER, least=0, width=14, help="Det som kostar varje år."),
                Column("own_hours", "Egen tid, timmar per år", Kind.NUMBER, least=0, width=12,
                       help="Arbetstid som åtgärden tar av dem som redan är anställda."),
                Column("unit", "Resurs mäts i", Kind.CHOICE, choices=UNITS, width=14,
                       help="kr per år om åtgärden frigör pengar, timmar per år om den frigör tid."),
                *_three("resource", "Resurs", "Det som frigörs på ett helt år med full effekt"),
                Column("pay", "Månadslön, kr", Kind.NUMBER, least=10_000, most=200_000, width=12,
                       help="Medianlönen för dem vars tid det är. En timme kostar månadslön / 142 x 1,54 (Ineras nyttokalkyl)."),
                Column("volume_unit", "Volym mäts i", width=16, most=60,
                       help="Till exempel brukare, elever eller placerade barn."),
                *_three("volume", "Volym", "Så många fler på ett helt år med full effekt"),
                Column("quality_kpi", "Kvalitet mäts med", width=16, most=60,
                       help="Nyckeltalets id, till exempel N15505, eller namnet på ett eget mått."),
                *_three("quality", "Kvalitet", "Så mycket bättre, i måttets egen enhet"),
                Column("start", "Start", Kind.DATE, width=12, help="Dagen då åtgärden börjar, till exempel 2026-08-15."),
                Column("first", "Första år med effekt", Kind.INTEGER, least=2000, most=2100, width=12, help="Till exempel 2027."),
                Column("first_share", "Andel första året", Kind.SHARE, least=0, most=1, width=12,
                       help="Hur stor del av helårseffekten som kommer första året, till exempel 40 %. Tomt räknas som hela."),
                Column("full", "Första år med full effekt", Kind.INTEGER, least=2000, most=2100, width=12,
                       help="Effekten växer jämnt till dess. Tomt räknas som året med första effekt."),
                Column("overlap", "Överlappar", width=12, most=60,
                       help="Nummer på åtgärder som ger samma effekt, med komma mellan, till exempel A2, A5."),
                Column("overlap_share", "Andel som är samma effekt", Kind.SHARE, least=0, most=1, width=12,
                       help="Hur stor del av den mindre effekten som ryms i den större. Tomt räknas som hela."),
                Column("side_effects", "Bieffekter", Kind.PARAGRAPH, width=26, most=500,
                       help="Det som blir sämre, eller dyrare för andra."),
                Column("bearers", "Vem bär dem", width=18, help="De som bieffekterna drabbar."),
                Column("zero", "Nollalternativ", Kind.PARAGRAPH, width=26, most=500, help="Vad som händer om ni inte gör något."),
                Column("tried", "Prövad var", Kind.PARAGRAPH, width=24, most=500,
                       help="Var åtgärden har prövats, och vad det gav."),
                Column("support", "Stöd för effekten", Kind.CHOICE, choices=SUPPORTS, width=18,
                       help="Hur väl effekten är belagd. Inget stöd: talen räknas inte med i summan."),
                Column("asked", "Frågade var för sig", Kind.YES_NO, width=12,
                       help="Ja om minst två personer har gett de tre talen var för sig, innan de pratade ihop sig."),
                Column("risk", "Största risk", Kind.PARAGRAPH, width=24, most=500, help="Det som mest kan hindra åtgärden."),
                Column("owner", "Ansvarig", width=18, help="Roll eller enhet som ansvarar."),
                Column("indicator", "Indikator", width=22, help="Det som mäts under arbetet, helst varje månad."),
                Column("aim", "Mål för indikatorn", Kind.NUMBER, width=12, help="Ett tal, i indikatorns enhet."),
                Column("stop", "Stoppregel", Kind.PARAGRAPH, width=24, most=500,
                       help="När ni slutar eller gör om, till exempel: lägre än 20 efter två terminer."),
            ),
        ),
        Sheet(
            key="tidigare",
            title="Tidigare besparingar",
            intro=("En rad för varje år: det som beslutades att åtgärder skulle frigöra, och det som blev.",),
            rows=12,
            may_lack=True,
            columns=(
                Column("area", "Fokusområde", Kind.AREA, required=True, width=20, help="Området som det gällde."),
                Column("year", "År", Kind.INTEGER, required=True, least=2000, most=2100, width=8, help="Till exempel 2024."),
                Column("planned", "Beslutat, kr", Kind.NUMBER, required=True, width=14, help="Det som skulle frigöras det året."),
                Column("delivered", "Blev, kr", Kind.NUMBER, width=14, help="Det som frigjordes. Tomt om det inte är känt."),
            ),
        ),
    ),
)  # fmt: skip

PREPARED_ROWS = {"atgarder": tuple({"id": f"A{number}"} for number in range(1, _PREPARED + 1))}
"""What a new form has beforehand: the numbers."""
