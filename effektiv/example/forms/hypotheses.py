"""What Exempelby suspects, and how far it has come.

It agrees with what is planted in the figures (`effektiv.example.truths`): low results at ordinary
cost in its schools, home care that is dear both in hours and by the hour, dear placements. That
the schools' cause is in no figure, and that some of it is left open, is on purpose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from effektiv.example.truths import CHILDREN, HOME_CARE, SCHOOL
from effektiv.forms import Value

PRESCHOOL = "forskola"

HYPOTHESES: tuple[Mapping[str, Value], ...] = (
    {
        "id": "H1",
        "area": SCHOOL,
        "deviation": "Meritvärdet är lägre än i sex av sju liknande kommuner, och har varit det alla de senaste åren.",
        "cause": "Lärarna följer upp elevernas kunskaper för sent, så att stödet sätts in först i årskurs 9.",
        "category": "arbetssätt",
        "evidence_for": "Rektorernas genomgång av 40 åtgärdsprogram: tre av fyra skrevs i årskurs 8 eller 9.\n"
        "Resultaten är lägre än väntat med hänsyn till elevernas bakgrund.",
        "evidence_against": "Resultaten på nationella prov i årskurs 6 är inte genomgångna än.",
        "exhibit": "Meritvärde mot modellberäknat värde, steg 1",
        "to_find_out": "Hur många elever i årskurs 6 hade låga resultat och fick stöd samma läsår?",
        "owner": "Verksamhetschef grundskola",
        "due": dt.date(2026, 4, 30),
        "conclusion": "Sen uppföljning är en orsak på båda högstadieskolorna.",
        "strength": "måttlig",
    },
    {
        "id": "H2",
        "area": SCHOOL,
        "deviation": "Meritvärdet är lägre än väntat.",
        "cause": "Det är för få lärare för elevernas behov.",
        "category": "kompetens och bemanning",
        "evidence_for": "Lärarna säger att grupperna är stora.",
        "evidence_against": "Antalet elever per lärare är som i liknande kommuner, och grundskolan kostar som väntat.",
        "exhibit": "Kostnadsdrivare, grundskola",
        "owner": "Ekonom, barn och utbildning",
        "due": dt.date(2026, 3, 15),
        "conclusion": "Antalet lärare skiljer inte kommunen från dem som har bättre resultat.",
        "strength": "avfärdad",
    },
    {
        "id": "H3",
        "area": SCHOOL,
        "deviation": "En lägre andel av niorna än i riket blir behöriga till yrkesprogram.",
        "cause": "Rektorerna byts så ofta att ingen plan hinner genomföras.",
        "category": "styrning",
        "evidence_for": "Fem rektorer på sex år på den största skolan.",
        "to_find_out": "Hur ofta byts rektorer i de kommuner som klarar resultaten?",
        "strength": "öppen",
    },
    {
        "id": "H4",
        "area": HOME_CARE,
        "deviation": "Hemtjänsten kostar mer än väntat, och varje brukare har fler timmar än i liknande kommuner.",
        "cause": "Besluten förnyas utan att behovet prövas igen.",
        "category": "arbetssätt",
        "evidence_for": "Av 120 genomgångna beslut var 70 oförändrade sedan mer än två år.",
        "evidence_against": "De äldre är fler än för fem år sedan, men inte sjukare enligt biståndshandläggarna.",
        "exhibit": "Kostnadsdrivare, hemtjänst: timmar per brukare",
        "to_find_out": "Hur många timmar ändras när 30 av besluten prövas igen?",
        "owner": "Enhetschef bistånd",
        "due": dt.date(2026, 3, 31),
        "conclusion": "Beviljade timmar förklarar en del av avvikelsen, och de följs inte upp.",
        "strength": "stark",
    },
    {
        "id": "H5",
        "area": HOME_CARE,
        "deviation": "En timme hemtjänst kostar mer än i riket.",
        "cause": "Restiden är lång och planeras inte samlat.",
        "category": "styrning",
        "evidence_for": "Planeringssystemet visar att 27 procent av arbetstiden är resor och väntan.",
        "evidence_against": "Kommunen är glesare än två av de liknande kommunerna.",
        "exhibit": "Kostnadsdrivare, hemtjänst: kostnad per timme",
        "to_find_out": "Hur stor är restiden i de liknande kommunerna, mätt på samma sätt?",
        "owner": "Planerare i hemtjänsten",
        "due": dt.date(2026, 5, 15),
        "conclusion": "Restiden är möjlig att minska, men hur mycket går inte att säga än.",
        "strength": "svag",
    },
    {
        "id": "H6",
        "area": HOME_CARE,
        "deviation": "Korttidsvården kostar mer än väntat.",
        "cause": "Det saknas platser i särskilt boende, så korttidsplatser används i stället.",
        "category": "lokaler och utrustning",
        "evidence_for": "Sju personer väntade på särskilt boende i korttidsvården i december.",
        "to_find_out": "Hur lång är väntetiden, och vad kostar den?",
        "owner": "Enhetschef särskilt boende",
        "due": dt.date(2026, 4, 15),
        "strength": "öppen",
    },
    {
        "id": "H7",
        "area": CHILDREN,
        "deviation": "Ett barn i familjehem kostar mer än i riket.",
        "cause": "Familjehemmen köps genom företag, eftersom kommunen har för få egna.",
        "category": "styrning",
        "evidence_for": "Av 22 familjehem är 9 köpta, och de kostar dubbelt så mycket.",
        "evidence_against": "Två av de köpta placeringarna gäller barn som behöver mer än ett vanligt familjehem ger.",
        "exhibit": "Kostnadsdrivare, barn och unga: kostnad per placerat barn",
        "to_find_out": "Vilka av de köpta placeringarna hade egna hem klarat?",
        "owner": "Gruppledare familjehem",
        "due": dt.date(2026, 4, 30),
        "conclusion": "Köpta familjehem förklarar det mesta av skillnaden i kostnad per barn.",
        "strength": "stark",
    },
    {
        "id": "H8",
        "area": PRESCHOOL,
        "deviation": "Andelen legitimerade förskollärare är lägre än i fyra av sju liknande kommuner.",
        "cause": "Nyutbildade förskollärare söker sig till grannkommunen, som betalar mer.",
        "category": "omvärld",
        "evidence_for": "Tre av fem som slutade i fjol gick till grannkommunen.",
        "evidence_against": "Kostnaden för förskolan går inte att skilja från den väntade.",
        "to_find_out": "Vad säger de som slutade?",
        "strength": "öppen",
    },
)  # fmt: skip
"""Eight suspected causes; H3 and H8 have nobody who finds out, and no day."""
