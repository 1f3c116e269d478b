"""The words of the reports explained in plain Swedish, at their first use and in the list at a report's end.

Each term has the beginnings of the words it is met as, so that whoever renders a report
can list those that it uses and no others, and the whole words that stand for it in
running text, where it is explained.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypedDict

from effektiv.analysis.sizes import Size
from effektiv.exhibits.swedish import SIZE_WORDS, size_explanations


class Term(NamedTuple):
    """A term with its explanation.

    Attributes
    ----------
    word
        As it is listed.
    explanation
        One or two sentences; the first can stand alone, and does so where the term is first used.
    met_as
        Beginnings of words, in any case, by which a text is known to use the term.
    forms
        Whole words, in any case, that stand for the term in running text: its inflections,
        and no compound that means something else.
    hard
        Whether it is explained before others where there is no room for all.
    """

    word: str
    explanation: str
    met_as: tuple[str, ...]
    forms: tuple[str, ...]
    hard: bool = False

    @property
    def short(self) -> str:
        """The explanation's first sentence."""
        first, stop, _ = self.explanation.partition(". ")
        return f"{first}." if stop else first


class Entry(TypedDict):
    """A term as it stands in the case's own mime type."""

    ord: str
    forklaring: str
    kort: str
    former: list[str]
    bojningar: list[str]
    viktig: bool


class Group(TypedDict):
    """Terms under a heading, as they stand in the case's own mime type."""

    rubrik: str
    ord: list[Entry]


TERMS: tuple[Term, ...] = (
    Term(
        "avslutad serie",
        "Nyckeltalet publiceras inte längre. Rapporten visar de år som finns.",
        ("avslutad",),
        (
            "avslutad serie",
            "avslutade serier",
            "avslutade serierna",
        ),
    ),
    Term(
        "bortfall",
        "Kommunen har inte lämnat uppgiften, eller så håller den inte för att visas.",
        ("bortfall",),
        (
            "bortfall",
            "bortfallet",
        ),
    ),
    Term(
        "brott i serien",
        "Nyckeltalet mäts eller räknas på ett annat sätt från och med ett visst år. Värden före och efter "
        "går inte att jämföra rakt av.",
        (
            "brott i serien",
            "brott 20",
        ),
        ("brott i serien",),
    ),
    Term(
        "effektivitet",
        "Vad verksamheten ger för det den kostar. "
        "Räknas som resultat (kvalitet) gånger volym, delat med resurs.",
        ("effektivitet",),
        (
            "effektivitet",
            "effektiviteten",
            "effektivitetens",
        ),
        hard=True,
    ),
    Term(
        "Egen bearbetning",
        "Värdet är beräknat i rapporten. Kolada och RKA svarar inte för det.",
        ("egen bearb",),
        ("egen bearbetning",),
    ),
    Term(
        "egen konstruktion",
        "Ett mått som inte finns i Kolada utan är sammansatt här av flera nyckeltal.",
        (
            "egen konstr",
            "egna konstr",
        ),
        (
            "egen konstruktion",
            "egna konstruktioner",
        ),
    ),
    Term(
        "framskrivning",
        "Beräkning av hur många invånare det blir om födslar, dödsfall och flyttningar fortsätter som SCB "
        "antar.",
        ("framskriv",),
        (
            "framskrivning",
            "framskrivningen",
            "framskrivningar",
            "framskrivningarna",
        ),
        hard=True,
    ),
    Term(
        "frysning",
        "De uppgifter som rapporten är gjord av, sparade så att den kan göras om.",
        ("frysning",),
        (
            "frysning",
            "frysningen",
        ),
    ),
    Term(
        "förebild",
        "En kommun som har både bättre kvalitet och lägre kostnad.",
        ("förebild",),
        (
            "förebild",
            "förebilden",
            "förebilder",
            "förebilderna",
        ),
        hard=True,
    ),
    Term(
        "gap",
        "Skillnaden mot den nivå som kommunen jämförs med. Den räknas i kronor eller i kvalitet.",
        (
            "gap",
            "kostnadsgap",
        ),
        (
            "gap",
            "gapet",
            "gapets",
            "gapen",
            "kostnadsgap",
            "kostnadsgapet",
            "kostnadsgapen",
        ),
        hard=True,
    ),
    Term(
        "IFO",
        "Individ- och familjeomsorg.",
        ("ifo",),
        ("IFO",),
        hard=True,
    ),
    Term(
        "index",
        "Ett tal som visar läget bland kommunerna eller mot en bas, till exempel riket = 100. "
        "RKA:s index går från 0 till 100. Vilket som gäller står vid varje figur.",
        (
            "index",
            "resursindex",
            "kvalitetsindex",
            "effektivitetsindex",
        ),
        (
            "index",
            "indexet",
            "indexen",
            "resursindex",
            "kvalitetsindex",
            "effektivitetsindex",
        ),
        hard=True,
    ),
    Term(
        "intervall",
        "Från det lägsta till det högsta värde som är rimligt när osäkerheten räknas med.",
        ("intervall",),
        (
            "intervall",
            "intervallet",
            "intervallen",
        ),
    ),
    Term(
        "jämförelsegrupp",
        "De kommuner som rapporten jämför med. Kallas också gruppen.",
        ("jämförelsegrupp",),
        (
            "jämförelsegrupp",
            "jämförelsegruppen",
            "jämförelsegruppens",
            "jämförelsegrupper",
        ),
    ),
    Term(
        "Kolada",
        "Databasen för kommuners och regioners nyckeltal. Den drivs av RKA.",
        ("kolada",),
        (
            "Kolada",
            "Koladas",
        ),
    ),
    Term(
        "kostnadsutjämning",
        "Det statliga system som jämnar ut sådana skillnader i kostnad mellan kommuner som de själva inte "
        "råder över.",
        ("kostnadsutj",),
        (
            "kostnadsutjämning",
            "kostnadsutjämningen",
            "kostnadsutjämningens",
        ),
    ),
    Term(
        "kvadrant",
        "Ett av fyra fält i en figur med kostnad längs den ena axeln och kvalitet längs den andra.",
        ("kvadrant",),
        (
            "kvadrant",
            "kvadranten",
            "kvadranter",
            "kvadranterna",
        ),
        hard=True,
    ),
    Term(
        "kvartil",
        "Under den undre kvartilen ligger en fjärdedel av kommunerna, över den övre en fjärdedel.",
        (
            "kvartil",
            "undre kvartil",
            "övre kvartil",
        ),
        (
            "kvartil",
            "kvartilen",
            "kvartiler",
            "kvartilerna",
        ),
        hard=True,
    ),
    Term(
        "liknande kommuner",
        "De sju som mest liknar kommunen, enligt Kolada. "
        "De är valda på det som påverkar verksamhetens kostnad.",
        ("liknande kommun",),
        (
            "liknande kommuner",
            "liknande kommunerna",
            "liknande kommunernas",
        ),
        hard=True,
    ),
    Term(
        "logaritm",
        "Ett sätt att räkna om förändringar så att delarna går att lägga ihop till helheten.",
        (
            "logaritm",
            "ln",
        ),
        (
            "logaritm",
            "logaritmen",
            "logaritmer",
            "logaritmerna",
        ),
        hard=True,
    ),
    Term(
        "LSS",
        "Lagen om stöd och service till vissa funktionshindrade, och stödet enligt den.",
        ("lss",),
        ("LSS",),
        hard=True,
    ),
    Term(
        "medelvärde",
        "Summan av värdena delad med hur många de är.",
        ("medelvärde",),
        (
            "medelvärde",
            "medelvärdet",
            "medelvärden",
            "medelvärdena",
        ),
    ),
    Term(
        "median",
        "Värdet i mitten när kommunerna står i ordning. Hälften ligger under och hälften över.",
        ("median",),
        (
            "median",
            "medianen",
            "medianens",
            "medianer",
            "medianerna",
        ),
        hard=True,
    ),
    Term(
        "meritvärde",
        "Summan av betygspoängen i elevens sexton bästa ämnen, eller sjutton med moderna språk. Det högsta "
        "är 340.",
        ("meritvärde",),
        (
            "meritvärde",
            "meritvärdet",
            "meritvärden",
            "meritvärdena",
        ),
    ),
    Term(
        "mnkr",
        "Miljoner kronor.",
        ("mnkr",),
        ("mnkr",),
    ),
    Term(
        "modell",
        "En beräkning av vilket värde som är att vänta med kommunens förutsättningar. Den fångar aldrig "
        "allt.",
        ("modell",),
        (
            "modell",
            "modellen",
            "modellens",
            "modeller",
            "modellerna",
        ),
    ),
    Term(
        "nettokostnad",
        "Vad verksamheten kostar när avgifter, bidrag och andra intäkter har dragits av.",
        ("nettokostnad",),
        (
            "nettokostnad",
            "nettokostnaden",
            "nettokostnader",
            "nettokostnaderna",
        ),
    ),
    Term(
        "nettokostnadsavvikelse",
        "Hur mycket nettokostnaden skiljer sig från referenskostnaden, i procent eller kronor. Plus "
        "betyder dyrare.",
        ("nettokostnadsavvik",),
        (
            "nettokostnadsavvikelse",
            "nettokostnadsavvikelsen",
            "nettokostnadsavvikelser",
            "nettokostnadsavvikelserna",
        ),
        hard=True,
    ),
    Term(
        "nyckeltal",
        "Ett mått som räknas på samma sätt för alla kommuner.",
        ("nyckeltal",),
        (
            "nyckeltal",
            "nyckeltalet",
            "nyckeltalets",
            "nyckeltalen",
            "nyckeltalens",
        ),
    ),
    Term(
        "osäkerhet",
        "Hur mycket ett värde kan bero på slumpen. Det rätta värdet ligger oftast, i 95 fall av 100, inom "
        "den angivna marginalen.",
        ("osäkerhet",),
        (
            "osäkerhet",
            "osäkerheten",
        ),
    ),
    Term(
        "preliminär",
        "Värdet kan ändras när de slutliga uppgifterna kommer. Skrivs också prel.",
        (
            "preliminär",
            "prel",
        ),
        (
            "preliminär",
            "preliminärt",
            "preliminära",
            "prel",
        ),
    ),
    Term(
        "procentenhet",
        "Skillnaden mellan två tal i procent. Från 10 till 12 procent är 2 procentenheter.",
        ("procentenhet",),
        (
            "procentenhet",
            "procentenheten",
            "procentenheter",
        ),
    ),
    Term(
        "referenskostnad",
        "Vad verksamheten väntas kosta med kommunens förutsättningar. "
        "Den räknas som om verksamheten bedrevs som i genomsnitt i landet.",
        ("referenskostn",),
        (
            "referenskostnad",
            "referenskostnaden",
            "referenskostnadens",
            "referenskostnader",
        ),
        hard=True,
    ),
    Term(
        "riket",
        "Värdet för hela landet, så som Kolada publicerar det.",
        (
            "riket",
            "rikets",
        ),
        (
            "riket",
            "rikets",
        ),
    ),
    Term(
        "RKA",
        "Rådet för främjande av kommunala analyser, en förening av staten och SKR.",
        ("rka",),
        (
            "RKA",
            "RKA:s",
        ),
    ),
    Term(
        "räkenskapssammandraget",
        "Kommunernas årliga redovisning till SCB av kostnader och intäkter för varje verksamhet.",
        ("räkenskapssamman",),
        (
            "räkenskapssammandrag",
            "räkenskapssammandraget",
        ),
        hard=True,
    ),
    Term(
        "SCB",
        "Statistikmyndigheten SCB.",
        ("scb",),
        (
            "SCB",
            "SCB:s",
        ),
    ),
    Term(
        "sekretess",
        "Värdet visas inte, för att så få personer ligger bakom det.",
        ("sekretess",),
        (
            "sekretess",
            "sekretessen",
        ),
    ),
    Term(
        "spridning",
        "Hur mycket kommunerna skiljer sig från varandra i ett mått.",
        ("spridning",),
        (
            "spridning",
            "spridningen",
        ),
    ),
    Term(
        "styckkostnad",
        "Kostnaden för en enhet av det som görs, till exempel en elev.",
        ("styckkostnad",),
        (
            "styckkostnad",
            "styckkostnaden",
            "styckkostnader",
            "styckkostnaderna",
        ),
    ),
    Term(
        "volym",
        "Hur mycket som görs, till exempel hur många elever som undervisas.",
        ("volym",),
        (
            "volym",
            "volymen",
            "volymens",
            "volymer",
        ),
    ),
)
"""In Swedish order, in which they are listed."""


def glossary() -> list[Group]:
    """Return all terms, and in a group of their own the words for size with their thresholds."""
    sizes = [
        Term(words, said, _words_for(size), _words_for(size))
        for size, (words, said) in zip(Size, size_explanations(), strict=True)
    ]
    return [_group("Begrepp", TERMS), _group("Ord för hur stor en skillnad är", sizes)]


def _words_for(size: Size) -> tuple[str, ...]:
    return tuple(
        words for (of, _), subjects in SIZE_WORDS.items() if of == size for words in subjects.values()
    )


def _group(title: str, terms: Iterable[Term]) -> Group:
    return {"rubrik": title, "ord": [_entry(term) for term in terms]}


def _entry(term: Term) -> Entry:
    return {
        "ord": term.word,
        "forklaring": term.explanation,
        "kort": term.short,
        "former": list(term.met_as),
        "bojningar": list(term.forms),
        "viktig": term.hard,
    }
