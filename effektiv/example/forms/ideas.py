"""What Exempelby's idea workshop gave, what four persons think of it, and what is decided so far.

The ideas answer the causes that Exempelby suspects (`effektiv.example.forms.hypotheses`). On purpose two pairs
say the same, one of them merged and one left to decide on; one idea divides the scorers; one lacks a score.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping

from effektiv.example.forms.hypotheses import PRESCHOOL
from effektiv.example.truths import CHILDREN, HOME_CARE, SCHOOL
from effektiv.forms import Value

_CRITERIA = ("nytta", "genomforbarhet", "insats", "risk")
_SEED = 20260210

_IDEAS: tuple[tuple[str, str, str, str, str, int, tuple[int, int, int, int]], ...] = (
    # title, what it is, area, cause, where from, votes, usual scores in the order of the criteria
    ("Kunskapsgenomgång i årskurs 4 till 6 varje termin", "Lärare, specialpedagog och rektor går igenom varje elev två "
     "gånger om året, så att stödet sätts in samma termin.", SCHOOL, "H1", "Norra skolan", 41, (5, 4, 2, 2)),
    ("Läxhjälp på skolan två eftermiddagar i veckan", "Öppen för alla från årskurs 4.",
     SCHOOL, "H1", "Södra skolan", 28, (3, 4, 3, 1)),
    ("Två lärare i matematik i årskurs 7", "Den ena följer upp dem som ligger efter.",
     SCHOOL, "H1", "Norra skolan", 33, (4, 3, 4, 2)),
    ("Behåll rektorn: högst 25 medarbetare för varje chef", "Färre medarbetare gör uppdraget möjligt att stanna i.",
     SCHOOL, "H3", "Rektorsgruppen", 22, (4, 2, 4, 2)),
    ("Mobilfria lektioner på alla skolor", "Samma regel i hela kommunen.", SCHOOL, "", "Elevrådet", 19, (2, 5, 1, 2)),
    ("Slå ihop de två högstadieskolorna", "En större skola får fler behöriga lärare i varje ämne.",
     SCHOOL, "H2", "Stab", 6, (3, 2, 5, 4)),
    ("Gemensam studiehandledare på distans", "Köps tillsammans med grannkommunen.",
     SCHOOL, "", "Södra skolan", 9, (2, 4, 2, 2)),
    ("Samlad planering av hemtjänstens resor", "En planerare för hela kommunen, som lägger rundorna efter avstånd.",
     HOME_CARE, "H5", "Hemtjänst öster", 37, (5, 4, 2, 2)),
    ("Planera hemtjänstens resor samlat", "Låt en person planera rundorna i hela kommunen.",
     HOME_CARE, "H5", "Hemtjänst väster",
     24, (5, 4, 2, 2)),
    ("Ompröva alla beslut om hemtjänst varje år", "Besluten går igenom med den enskilde en gång om året.", HOME_CARE, "H4",
     "Biståndsenheten", 26, (5, 4, 3, 2)),
    ("Varje år: ompröva hemtjänstens beslut", "Gå igenom alla beslut en gång om året.",
     HOME_CARE, "H4", "Ekonomi", 8, (5, 4, 3, 2)),
    ("Trygghetskamera på natten för den som vill", "Ersätter en del av nattbesöken.",
     HOME_CARE, "H4", "Nattpatrullen", 17, (4, 3, 3, 3)),
    ("Elcyklar i centrum i stället för bilar", "Kortare väg till dörren.",
     HOME_CARE, "H5", "Hemtjänst öster", 21, (2, 5, 2, 1)),
    ("Rehabilitering de första veckorna hemma", "Arbetsterapeut och hemtjänst tränar tillsammans, så att färre timmar behövs.",
     HOME_CARE, "H4", "Rehabenheten", 30, (5, 3, 3, 2)),
    ("Tvätt och inköp en gång i veckan till alla", "Köps samlat från en leverantör.",
     HOME_CARE, "H5", "Hemtjänst väster", 12, (2, 4, 2, 2)),
    ("Bygg tolv platser i särskilt boende", "Då behövs färre korttidsplatser.",
     HOME_CARE, "H6", "Särskilt boende", 15, (4, 2, 5, 3)),
    ("Egna familjehem: rekrytera tillsammans med grannarna", "Tre kommuner delar på utredare och utbildning.", CHILDREN, "H7",
     "Familjehemsgruppen", 29, (5, 4, 3, 2)),
    ("Familjebehandlare som kommer hem samma vecka", "Tidigt stöd i stället för placering.",
     CHILDREN, "H7", "Öppenvården", 31, (5, 3, 3, 2)),
    ("Gå igenom alla köpta placeringar varje kvartal", "Kostnad, plan och slutdatum för varje barn.", CHILDREN, "H7",
     "Individ och familj", 18, (4, 5, 2, 1)),
    ("Sluta köpa familjehem helt", "Alla barn flyttas till egna hem inom ett år.",
     CHILDREN, "H7", "Individ och familj", 4, (3, 1, 4, 5)),
    ("Familjecentral tillsammans med regionen", "Barnmorska, förskola och socialtjänst under ett tak.",
     CHILDREN, "", "Öppna förskolan",
     25, (4, 2, 4, 2)),
    ("Betala utbildningen för barnskötare som vill bli förskollärare", "Mot att de stannar tre år.",
     PRESCHOOL, "H8", "Förskolan Ängen",
     35, (4, 4, 3, 2)),
    ("Mer betalt än grannkommunen", "Höj lönen för förskollärare.", PRESCHOOL, "H8", "Förskolan Ängen", 27, (3, 3, 5, 3)),
    ("Gemensam vikariepool för alla förskolor", "Fast anställda vikarier i stället för timanställda.",
     PRESCHOOL, "", "Förskolan Kullen",
     20, (3, 4, 3, 2)),
    ("Digital frånvaroanmälan i hela kommunen", "Samma system i skola och förskola.", PRESCHOOL, "", "Stab", 11, (2, 4, 2, 1)),
    ("En idélåda som alltid är öppen", "Svar inom en månad.", "", "", "Facklig samverkan", 16, (2, 5, 1, 1)),
)  # fmt: skip

_SCORERS = {
    "rektor": "Rektor",
    "enhetschef-hemtjanst": "Enhetschef hemtjänst",
    "ekonom": "Ekonom",
    "facklig-foretradare": "Facklig företrädare",
}

_DIVIDED = {"I12": (5, 2, 5, 1)}
"""What each scorer gives for the benefit of an idea that they see differently."""

_LEFT_OUT = {("I26", "risk")}
"""What nobody has scored."""


def _ideas() -> Iterable[Mapping[str, Value]]:
    for number, (title, text, area, cause, where, votes, _scores) in enumerate(_IDEAS, 1):
        yield {
            "id": f"I{number}",
            "title": title,
            "text": text,
            "area": area or None,
            "cause": cause or None,
            "unit": where,
            "date": dt.date(2026, 2, 10),
            "votes": votes,
        }


def _scores(scorer: int) -> Iterable[Mapping[str, Value]]:
    lot = random.Random(_SEED + scorer)
    for number, idea in enumerate(_IDEAS, 1):
        found: dict[str, Value] = {"idea": f"I{number}", "title": idea[0]}
        for key, usual in zip(_CRITERIA, idea[-1], strict=True):
            # Most agree; some are a step off, to one side or the other.
            value = min(5, max(1, usual + lot.choice((-1, 0, 0, 0, 1))))
            if key == "nytta" and f"I{number}" in _DIVIDED:
                value = _DIVIDED[f"I{number}"][scorer]
            if (f"I{number}", key) not in _LEFT_OUT:
                found[key] = value
        yield found


_MERGES: tuple[Mapping[str, Value], ...] = (
    {
        "group": "S1",
        "ideas": "I8, I9",
        "decision": "slås ihop",
        "rule": "högsta",
        "reason": "Båda vill ha en planerare för hela kommunen.",
        "who": "Arbetsgruppen",
        "when": dt.date(2026, 2, 20),
    },
)


def _decision(idea: str, decision: str, reason: str, measure: str | None = None) -> Mapping[str, Value]:
    found: dict[str, Value] = {"idea": idea, "decision": decision, "reason": reason, "measure": measure}
    return found | {"who": "Styrgruppen", "when": dt.date(2026, 3, 5)}


_DECISIONS: tuple[Mapping[str, Value], ...] = (
    _decision("I1", "går vidare", "Svarar mot den orsak som har mest stöd.", "A1"),
    _decision("I8", "går vidare", "Restiden är möjlig att minska.", "A6"),
    _decision("I10", "går vidare", "Sju av tio beslut var äldre än två år.", "A5"),
    _decision("I17", "går vidare", "Köpta familjehem förklarar det mesta av skillnaden i kostnad.", "A10"),
    _decision("I18", "går vidare", "Kan ersätta placeringar om den kommer tidigt.", "A11"),
    _decision("I6", "avslås", "Antalet lärare skiljer inte kommunen från dem som har bättre resultat."),
    _decision("I20", "avslås", "Två av barnen behöver mer än ett eget hem kan ge."),
    _decision("I16", "vilar", "Prövas i lokalplanen i höst."),
    _decision("I5", "görs redan", "Gäller på alla skolor sedan januari."),
)

IDEA_FORMS: Mapping[str, Mapping[str, tuple[Mapping[str, Value], ...]]] = {
    "ideer.xlsx": {"ideer": tuple(_ideas()), "sammanslagningar": _MERGES, "beslut": _DECISIONS},
    **{
        f"bedomning/{file}.xlsx": {"bedomare": ({"name": name},), "poang": tuple(_scores(place))}
        for place, (file, name) in enumerate(_SCORERS.items())
    },
}
"""What each form says, by its place in the folder."""
