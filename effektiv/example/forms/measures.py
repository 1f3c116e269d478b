"""What Exempelby means to do, and what it wants to reach.

It answers the causes that it has found (`effektiv.example.forms.hypotheses`): the measures of its schools should raise
results at a small cost, those of home care should free money and time, those of placements money. One measure in each
class of benefit, two that overlap, one that has no support and one that costs more at first are there on purpose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from effektiv.example.forms.hypotheses import PRESCHOOL
from effektiv.example.truths import CHILDREN, HOME_CARE, SCHOOL
from effektiv.forms import Value

_MONEY, _TIME, _UNVALUED = "frigör pengar", "frigör tid", "värderas inte"
_KRONOR, _HOURS = "kr per år", "timmar per år"


def _three(key: str, low: float, likely: float, high: float) -> dict[str, Value]:
    return {f"{key}_low": low, f"{key}_likely": likely, f"{key}_high": high}


MEASURES: tuple[Mapping[str, Value], ...] = (
    {
        "id": "A1",
        "area": SCHOOL,
        "name": "Följ upp kunskaperna varje termin från årskurs 4",
        "hypothesis": "H1",
        "feature": "Eleven får stöd samma termin som läraren ser att det behövs.",
        "activities": "Gemensamma prov varje termin. Elevhälsan möter varje arbetslag två gånger per termin.",
        "way": "högre kvalitet",
        "benefit": _UNVALUED,
        "one_off": 300_000,
        "yearly": 650_000,
        "own_hours": 900,
        "pay": 41_000,
        "quality_kpi": "N15505",
        **_three("quality", 2, 7, 12),
        "start": dt.date(2026, 8, 15),
        "first": 2027,
        "first_share": 0.4,
        "full": 2029,
        "side_effects": "Mindre tid för annat på arbetslagens möten.",
        "bearers": "Lärarna",
        "zero": "Stödet sätts in i årskurs 8 eller 9, som nu.",
        "tried": "Två skolor i en grannkommun, fyra år: resultaten steg mer än i övriga skolor.",
        "support": "annan kommun före och efter",
        "asked": True,
        "risk": "Rektorerna byts innan arbetssättet sitter.",
        "owner": "Verksamhetschef grundskola",
        "indicator": "Andel elever med stöd inom fyra veckor",
        "aim": 90,
        "stop": "Lägre än 60 procent efter två terminer.",
    },
    {
        "id": "A2",
        "area": SCHOOL,
        "name": "Läxhjälp och lovskola i årskurs 7–9",
        "hypothesis": "H1",
        "feature": "Eleven får hjälp efter skoldagen och på loven.",
        "activities": "Anställ två resurspersoner. Öppet tre dagar i veckan.",
        "way": "högre kvalitet",
        "benefit": _UNVALUED,
        "yearly": 480_000,
        "quality_kpi": "N15505",
        **_three("quality", 0, 2, 5),
        "start": dt.date(2027, 1, 10),
        "first": 2027,
        "first_share": 0.5,
        "full": 2028,
        "overlap": "A1",
        "overlap_share": 0.5,
        "zero": "Lovskola bara i årskurs 9.",
        "tried": "En av våra skolor, två läsår.",
        "support": "egen erfarenhet",
        "asked": True,
        "risk": "De som behöver det mest kommer inte.",
        "owner": "Rektor, högstadiet",
        "indicator": "Elever per vecka",
        "aim": 60,
        "stop": "Färre än 20 elever per vecka efter en termin.",
    },
    {
        "id": "A3",
        "area": SCHOOL,
        "name": "Lämna två skolpaviljonger",
        "driver": "N15009",
        "feature": "Årskurs 7 flyttar in i huvudbyggnaden.",
        "activities": "Flytta undervisningen. Säg upp hyran.",
        "way": "mindre resurs",
        "benefit": _MONEY,
        "one_off": 400_000,
        "unit": _KRONOR,
        **_three("resource", 700_000, 1_100_000, 1_300_000),
        "start": dt.date(2026, 6, 15),
        "first": 2027,
        "first_share": 0.5,
        "full": 2028,
        "side_effects": "Trängre i matsalen två år.",
        "bearers": "Elever i årskurs 7",
        "zero": "Hyran löper till 2031.",
        "tried": "Samma sak gjordes med en paviljong 2022.",
        "support": "egen erfarenhet",
        "asked": True,
        "risk": "Elevantalet vänder uppåt.",
        "owner": "Lokalstrateg",
        "indicator": "Kvadratmeter per elev",
        "aim": 11,
        "stop": "Fler än 26 elever per klassrum.",
    },
    {
        "id": "A4",
        "area": SCHOOL,
        "name": "Digital frånvaroanmälan",
        "feature": "Vårdnadshavaren anmäler i telefonen.",
        "activities": "Upphandla och inför.",
        "way": "mindre resurs",
        "benefit": _TIME,
        "one_off": 120_000,
        "yearly": 60_000,
        "unit": _HOURS,
        **_three("resource", 400, 700, 900),
        "pay": 33_000,
        "start": dt.date(2026, 9, 1),
        "first": 2027,
        "full": 2027,
        "zero": "Skolassistenterna ringer hem, som nu.",
        "tried": "Tre kommuner i länet.",
        "support": "annan kommun före och efter",
        "asked": False,
        "risk": "Systemet fungerar inte med elevregistret.",
        "owner": "Administrativ chef",
        "indicator": "Andel anmälda i telefonen",
        "aim": 85,
        "stop": "Lägre än 50 procent efter ett läsår.",
    },
    {
        "id": "A5",
        "area": HOME_CARE,
        "name": "Pröva besluten om hemtjänst igen varje år",
        "hypothesis": "H4",
        "driver": "N21826",
        "feature": "Behovet prövas med den äldre varje år.",
        "activities": "Två biståndshandläggare under ett år. Rutin för uppföljning.",
        "way": "mindre resurs",
        "benefit": _MONEY,
        "one_off": 1_400_000,
        "yearly": 350_000,
        "unit": _KRONOR,
        **_three("resource", 1_500_000, 3_800_000, 5_500_000),
        "start": dt.date(2026, 3, 15),
        "first": 2026,
        "first_share": 0.2,
        "full": 2028,
        "side_effects": "Anhöriga kan få göra mer.",
        "bearers": "Anhöriga",
        "zero": "Besluten förnyas utan prövning.",
        "tried": "30 beslut prövades igen 2025: timmarna minskade med 11 procent.",
        "support": "egen erfarenhet",
        "asked": True,
        "risk": "Överklagade beslut.",
        "owner": "Enhetschef bistånd",
        "indicator": "Beviljade timmar per person och månad",
        "aim": 38,
        "stop": "Fler än var tionde omprövning ändras i domstol.",
    },
    {
        "id": "A6",
        "area": HOME_CARE,
        "name": "Planera resorna samlat i två områden",
        "hypothesis": "H5",
        "driver": "E-KR-PER-TIMME",
        "feature": "Samma personal i samma område.",
        "activities": "Nya rutter. Ett planeringskontor i stället för tre.",
        "way": "mindre resurs",
        "benefit": _MONEY,
        "one_off": 500_000,
        "yearly": 200_000,
        "unit": _KRONOR,
        **_three("resource", 800_000, 2_600_000, 3_600_000),
        "start": dt.date(2026, 9, 1),
        "first": 2027,
        "first_share": 0.5,
        "full": 2028,
        "zero": "Tre planerare med var sitt system.",
        "tried": "Jämförelse av tolv kommuner före och efter samlad planering.",
        "support": "jämförande studie",
        "asked": True,
        "risk": "Personal slutar när scheman läggs om.",
        "owner": "Verksamhetschef hemtjänst",
        "indicator": "Andel av arbetstiden hos brukaren",
        "aim": 68,
        "stop": "Andelen är lägre än 62 procent efter ett halvår.",
    },
    {
        "id": "A7",
        "area": HOME_CARE,
        "name": "Nyckelfria lås hos alla med hemtjänst",
        "hypothesis": "H5",
        "driver": "E-KR-PER-TIMME",
        "feature": "Ingen behöver hämta nycklar.",
        "activities": "Upphandla, montera och byt rutiner.",
        "way": "mindre resurs",
        "benefit": _MONEY,
        "one_off": 900_000,
        "yearly": 150_000,
        "unit": _KRONOR,
        **_three("resource", -100_000, 500_000, 900_000),
        "start": dt.date(2027, 2, 1),
        "first": 2027,
        "first_share": 0.3,
        "full": 2028,
        "overlap": "A6",
        "overlap_share": 0.5,
        "zero": "Nycklar hämtas vid varje pass.",
        "tried": "En grannkommun, ett år.",
        "support": "annan kommun före och efter",
        "asked": False,
        "risk": "Låsen krånglar och kräver jour.",
        "owner": "Verksamhetschef hemtjänst",
        "indicator": "Minuter för nycklar per pass",
        "aim": 2,
    },
    {
        "id": "A8",
        "area": HOME_CARE,
        "name": "Dokumentera i mobilen hos brukaren",
        "feature": "Anteckningen skrivs på plats.",
        "activities": "Utbilda all personal.",
        "way": "mindre resurs",
        "benefit": _TIME,
        "one_off": 250_000,
        "unit": _HOURS,
        **_three("resource", 600, 1_500, 2_400),
        "pay": 31_000,
        "quality_kpi": "U21468",
        **_three("quality", 0, 1, 3),
        "start": dt.date(2026, 10, 1),
        "first": 2027,
        "full": 2027,
        "zero": "Anteckningar skrivs sist på passet.",
        "tried": "En hemtjänstgrupp, ett halvår.",
        "support": "egen erfarenhet",
        "asked": True,
        "risk": "Dålig täckning i glesbygden.",
        "owner": "Enhetschef hemtjänst norr",
        "indicator": "Minuter dokumentation per pass",
        "aim": 12,
        "stop": "Ingen skillnad efter sex månader.",
    },
    {
        "id": "A9",
        "area": HOME_CARE,
        "name": "Trygghetskamera på natten",
        "feature": "Tillsyn utan besök.",
        "way": "mindre resurs",
        "benefit": _MONEY,
        "yearly": 100_000,
        "unit": _KRONOR,
        **_three("resource", 0, 900_000, 2_000_000),
        "start": dt.date(2027, 1, 15),
        "first": 2027,
        "full": 2028,
        "support": "inget",
        "risk": "De äldre säger nej.",
    },
    {
        "id": "A10",
        "area": CHILDREN,
        "name": "Rekrytera tio egna familjehem",
        "hypothesis": "H7",
        "driver": "E-KR-PER-FAMILJEHEM",
        "feature": "Barnet bor närmare skola och syskon.",
        "activities": "En rekryterare i två år. Handledning varje månad.",
        "way": "mindre resurs",
        "benefit": _MONEY,
        "one_off": 200_000,
        "yearly": 750_000,
        "unit": _KRONOR,
        **_three("resource", 600_000, 2_400_000, 3_600_000),
        "quality_kpi": "Andelen barn som får bo kvar i sitt hem",
        **_three("quality", 0, 3, 8),
        "start": dt.date(2026, 4, 1),
        "first": 2026,
        "first_share": 0.1,
        "full": 2029,
        "side_effects": "Färre uppdrag till företagen.",
        "bearers": "Konsulentföretagen",
        "zero": "Nya placeringar köps.",
        "tried": "Fem kommuner med egen rekryterare, tre år.",
        "support": "jämförande studie",
        "asked": True,
        "risk": "För få familjer anmäler sig.",
        "owner": "Gruppledare familjehem",
        "indicator": "Egna hem med barn",
        "aim": 18,
        "stop": "Färre än tre nya hem efter ett år.",
    },
    {
        "id": "A11",
        "area": CHILDREN,
        "name": "Familjebehandling i hemmet i stället för HVB",
        "driver": "N33002",
        "feature": "Tonåringen bor hemma med stöd fyra dagar i veckan.",
        "activities": "Utbilda tre behandlare. Starta med fyra familjer.",
        "way": "högre kvalitet",
        "benefit": _MONEY,
        "one_off": 350_000,
        "yearly": 1_300_000,
        "unit": _KRONOR,
        **_three("resource", -400_000, 1_700_000, 3_000_000),
        "start": dt.date(2026, 8, 1),
        "first": 2027,
        "first_share": 0.6,
        "full": 2028,
        "side_effects": "Skolan får fler elever med stora behov.",
        "bearers": "Grundskolan",
        "zero": "Tre till fyra tonåringar om året placeras i HVB.",
        "tried": "Översikt av 15 studier i Norden.",
        "support": "översikt",
        "asked": True,
        "risk": "Placeringarna behövs ändå.",
        "owner": "Enhetschef barn och unga",
        "indicator": "Vårddygn i HVB",
        "aim": 900,
        "stop": "Vårddygnen har inte minskat efter ett år.",
    },
    {
        "id": "A12",
        "area": PRESCHOOL,
        "name": "Betala resan för dem som läser till förskollärare",
        "hypothesis": "H8",
        "feature": "Barnskötare kan läsa och arbeta samtidigt.",
        "activities": "Avtal med högskolan. Sex platser om året.",
        "way": "högre kvalitet",
        "benefit": _UNVALUED,
        "yearly": 240_000,
        "quality_kpi": "N11810",
        **_three("quality", 0, 2, 4),
        "start": dt.date(2026, 9, 1),
        "first": 2029,
        "full": 2030,
        "zero": "Tre av fem nya tjänster får sökande med legitimation.",
        "tried": "En kommun i länet, fem år.",
        "support": "annan kommun före och efter",
        "asked": True,
        "risk": "De utbildade söker sig till grannkommunen.",
        "owner": "Verksamhetschef förskola",
        "indicator": "Barnskötare i utbildning",
        "aim": 12,
        "stop": "Färre än fyra sökande om året.",
    },
)

EARLIER: tuple[Mapping[str, Value], ...] = (
    {"area": HOME_CARE, "year": 2023, "planned": 2_500_000, "delivered": 1_100_000},
    {"area": HOME_CARE, "year": 2024, "planned": 3_000_000, "delivered": 1_900_000},
    {"area": HOME_CARE, "year": 2025, "planned": 2_000_000, "delivered": 1_400_000},
    {"area": CHILDREN, "year": 2024, "planned": 1_000_000, "delivered": 200_000},
    {"area": CHILDREN, "year": 2025, "planned": 1_500_000},
)
"""What earlier budgets should have freed; the last is not known yet."""

GOALS: Mapping[str, str] = {
    SCHOOL: "mal:\n"
    "  primar:\n    id: N15505\n    riktning: upp\n    referens: liknande\n"
    "  ovriga: [N15001, N15436]\n  baslinje_fran: 2017\n  utfallsar: [2028, 2029]\n",
    HOME_CARE: "mal:\n"
    "  primar:\n    id: N20900\n    riktning: ned\n    referens: liknande\n"
    "  ovriga: [U21468]\n  baslinje_fran: 2012\n  utfallsar: [2028, 2029]\n",
}
"""The goals in numbers of two areas, as their files have them."""

COUNCIL_GOALS = """mal:
  - id: M1
    mal: Alla elever ska klara skolan.
    omrade: grundskola
    indikator: N15505
    riktning: upp
    maltal: 215
    ar: 2029
    atgarder: [A1, A2]
  - id: M2
    mal: Äldreomsorgen ska kosta som den väntas göra.
    omrade: aldreomsorg-ordinart-boende
    indikator: N20900
    riktning: ned
    maltal: 2
    ar: 2029
    i_konflikt_med: [M3]
  - id: M3
    mal: Den som har hemtjänst ska vara nöjd med den.
    omrade: aldreomsorg-ordinart-boende
    indikator: U21468
    riktning: upp
    maltal: 94
    ar: 2029
  - id: M4
    mal: Barn som behöver ett nytt hem ska få det nära sitt gamla.
    omrade: barn-och-unga
    indikator: Egna hem med barn
    riktning: upp
    maltal: 18
    ar: 2028
"""
"""What the council has decided, as its file has it. Two goals pull apart, and some measures answer none: on purpose."""
