"""The words of the reports explained in plain Swedish, for the list at a report's end.

Each term has the beginnings of the words it is met as, so that whoever renders a report
can list those that it uses and no others.
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
        One or two sentences.
    met_as
        Beginnings of words, in any case, by which a text is known to use the term.
    """

    word: str
    explanation: str
    met_as: tuple[str, ...]


class Entry(TypedDict):
    """A term as it stands in the case's own mime type."""

    ord: str
    forklaring: str
    former: list[str]


class Group(TypedDict):
    """Terms under a heading, as they stand in the case's own mime type."""

    rubrik: str
    ord: list[Entry]


TERMS: tuple[Term, ...] = (
    Term(
        "avslutad serie",
        "Nyckeltalet publiceras inte längre. Rapporten visar de år som finns.",
        ("avslutad",),
    ),
    Term(
        "bortfall",
        "Kommunen har inte lämnat uppgiften, eller så håller den inte för att visas.",
        ("bortfall",),
    ),
    Term(
        "brott i serien",
        "Nyckeltalet mäts eller räknas på ett annat sätt från och med ett visst år. Värden före och efter går inte "
        "att jämföra rakt av.",
        ("brott i serien", "brott 20"),
    ),
    Term(
        "effektivitet",
        "Resultat (kvalitet) gånger volym, delat med resurs: vad verksamheten ger för det den kostar.",
        ("effektivitet",),
    ),
    Term(
        "Egen bearbetning",
        "Värdet är beräknat i rapporten. Kolada och RKA svarar inte för det.",
        ("egen bearb",),
    ),
    Term(
        "egen konstruktion",
        "Ett mått som inte finns i Kolada utan är sammansatt här av flera nyckeltal.",
        ("egen konstr", "egna konstr"),
    ),
    Term(
        "framskrivning",
        "Beräkning av hur många invånare det blir om födslar, dödsfall och flyttningar fortsätter som SCB antar.",
        ("framskriv",),
    ),
    Term(
        "frysning", "De uppgifter som rapporten är gjord av, sparade så att den kan göras om.", ("frysning",)
    ),
    Term("förebild", "En kommun som har både bättre kvalitet och lägre kostnad.", ("förebild",)),
    Term(
        "gap",
        "Skillnaden mellan kommunen och den nivå den jämförs med, i kronor eller i kvalitet.",
        ("gap", "kostnadsgap"),
    ),
    Term("IFO", "Individ- och familjeomsorg.", ("ifo",)),
    Term(
        "index",
        "Ett tal som visar läget bland kommunerna eller mot en bas, till exempel riket = 100. RKA:s index går från 0 "
        "till 100. Vilket som gäller står vid varje figur.",
        ("index", "resursindex", "kvalitetsindex", "effektivitetsindex"),
    ),
    Term(
        "intervall",
        "Från det lägsta till det högsta värde som är rimligt när osäkerheten räknas med.",
        ("intervall",),
    ),
    Term(
        "jämförelsegrupp", "De kommuner som rapporten jämför med. Kallas också gruppen.", ("jämförelsegrupp",)
    ),
    Term("Kolada", "Databasen för kommuners och regioners nyckeltal. Den drivs av RKA.", ("kolada",)),
    Term(
        "kostnadsutjämning",
        "Det statliga system som jämnar ut sådana skillnader i kostnad mellan kommuner som de själva inte råder över.",
        ("kostnadsutj",),
    ),
    Term(
        "kvadrant",
        "Ett av fyra fält i en figur med kostnad längs den ena axeln och kvalitet längs den andra.",
        ("kvadrant",),
    ),
    Term(
        "kvartil",
        "Under den undre kvartilen ligger en fjärdedel av kommunerna, över den övre en fjärdedel.",
        ("kvartil", "undre kvartil", "övre kvartil"),
    ),
    Term(
        "liknande kommuner",
        "Koladas grupper av sju kommuner som mest liknar kommunen i det som påverkar verksamhetens kostnad.",
        ("liknande kommun",),
    ),
    Term(
        "logaritm",
        "Ett sätt att räkna om förändringar så att delarna går att lägga ihop till helheten.",
        ("logaritm", "ln"),
    ),
    Term("LSS", "Lagen om stöd och service till vissa funktionshindrade, och stödet enligt den.", ("lss",)),
    Term("medelvärde", "Summan av värdena delad med hur många de är.", ("medelvärde",)),
    Term(
        "median",
        "Värdet i mitten när kommunerna står i ordning. Hälften ligger under och hälften över.",
        ("median",),
    ),
    Term(
        "meritvärde",
        "Summan av betygspoängen i elevens sexton bästa ämnen, eller sjutton med moderna språk. Det högsta är 340.",
        ("meritvärde",),
    ),
    Term("mnkr", "Miljoner kronor.", ("mnkr",)),
    Term(
        "modell",
        "En beräkning av vilket värde som är att vänta med kommunens förutsättningar. Den fångar aldrig allt.",
        ("modell",),
    ),
    Term(
        "nettokostnad",
        "Vad verksamheten kostar när avgifter, bidrag och andra intäkter har dragits av.",
        ("nettokostnad",),
    ),
    Term(
        "nettokostnadsavvikelse",
        "Hur mycket nettokostnaden skiljer sig från referenskostnaden, i procent eller kronor. Plus betyder dyrare.",
        ("nettokostnadsavvik",),
    ),
    Term("nyckeltal", "Ett mått som räknas på samma sätt för alla kommuner.", ("nyckeltal",)),
    Term(
        "osäkerhet",
        "Hur mycket ett värde kan bero på slumpen. Det rätta värdet ligger oftast, i 95 fall av 100, inom den angivna "
        "marginalen.",
        ("osäkerhet",),
    ),
    Term(
        "preliminär",
        "Värdet kan ändras när de slutliga uppgifterna kommer. Skrivs också prel.",
        ("preliminär", "prel"),
    ),
    Term(
        "procentenhet",
        "Skillnaden mellan två tal i procent. Från 10 till 12 procent är 2 procentenheter.",
        ("procentenhet",),
    ),
    Term(
        "referenskostnad",
        "Vad verksamheten väntas kosta med kommunens förutsättningar, om den bedrivs som i genomsnitt i landet.",
        ("referenskostn",),
    ),
    Term("riket", "Värdet för hela landet, så som Kolada publicerar det.", ("riket", "rikets")),
    Term("RKA", "Rådet för främjande av kommunala analyser, en förening av staten och SKR.", ("rka",)),
    Term(
        "räkenskapssammandraget",
        "Kommunernas årliga redovisning till SCB av kostnader och intäkter för varje verksamhet.",
        ("räkenskapssamman",),
    ),
    Term("SCB", "Statistikmyndigheten SCB.", ("scb",)),
    Term("sekretess", "Värdet visas inte, för att så få personer ligger bakom det.", ("sekretess",)),
    Term(
        "spridning",
        "Hur mycket kommunerna skiljer sig från varandra i ett mått.",
        ("spridning",),
    ),
    Term("styckkostnad", "Kostnaden för en enhet av det som görs, till exempel en elev.", ("styckkostnad",)),
    Term(
        "volym",
        "Hur mycket som görs, till exempel hur många elever som undervisas.",
        ("volym",),
    ),
)
"""In Swedish order, in which they are listed."""


def glossary() -> list[Group]:
    """Return all terms, and in a group of their own the words for size with their thresholds."""
    sizes = [
        Term(words, said, _words_for(size))
        for size, (words, said) in zip(Size, size_explanations(), strict=True)
    ]
    return [_group("Begrepp", TERMS), _group("Ord för hur stor en skillnad är", sizes)]


def _words_for(size: Size) -> tuple[str, ...]:
    return tuple(
        words for (of, _), subjects in SIZE_WORDS.items() if of == size for words in subjects.values()
    )


def _group(title: str, terms: Iterable[Term]) -> Group:
    return {
        "rubrik": title,
        "ord": [
            {"ord": term.word, "forklaring": term.explanation, "former": list(term.met_as)} for term in terms
        ],
    }
