"""What Exempelby has answered on its governance, in two rounds, with a disagreement that the report must find.

Planted: leadership and economists see a dialogue on the budget and get answers to what they say of it, unit
managers do neither; the goals are strong and the follow-up weak for all; the view of cost has risen since the
round before, where too few politicians answered to be shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from random import Random
from typing import TypeVar

from effektiv.data.governance import GovernanceArea, Statement, self_assessment
from effektiv.forms import Value

_Said = TypeVar("_Said")
Filled = Mapping[str, tuple[Mapping[str, Value], ...]]

NOW, BEFORE = "2025-host", "2024-host"
SIZES = {
    NOW: {"politik": 5, "ledning": 5, "enhetschefer": 9, "ekonomi": 5},
    BEFORE: {"politik": 4, "ledning": 5, "enhetschefer": 7, "ekonomi": 5},
}
STRONG, WEAK, RISEN = "mal", "uppfoljning", "kostnad"
LEVEL = {"politik": 3.4, "budget": 3.3, STRONG: 4.3, WEAK: 2.2, "stabilitet": 3.1, "tillit": 3.5, RISEN: 3.9}
RISE = 1.2
"""How much lower the risen area was in the round before."""

GAPS = {
    "B1": {"politik": 3.6, "ledning": 4.5, "enhetschefer": 1.7, "ekonomi": 4.3},
    "B2": {"politik": 3.0, "ledning": 4.2, "enhetschefer": 1.5, "ekonomi": 3.8},
}
"""The planted disagreement: level by role."""

_PERSON, _SPREAD = 0.3, 0.6
_NOT_ANSWERED = 0.015

COMMENTS = {
    "M1": ("Målen ryms på en sida, det hjälper.", "Tre mål från fullmäktige, resten är våra egna."),
    "M5": ("Vi tar upp målen på varje dialogmöte.",),
    "P1": ("Gränsen är tydlig på papper men inte alltid i enskilda ärenden.",),
    "P4": ("Vi säger att vi är överens, men två av besluten blev aldrig genomförda.",),
    "B1": (
        "Vi får ramen i oktober, och sedan är det klart.",
        "Mötena finns, men det är ledningen som talar.",
        "Dialogen har blivit bättre sedan vi började med budgetdagar.",
    ),
    "B2": ("Jag lämnade synpunkter två år i rad och hörde inget.",),
    "U1": ("Vi rapporterar över 40 mått och pratar om tre.",),
    "U3": ("Ingen vet när det är dags att göra något åt ett underskott.", "Det beror på vem som är chef."),
    "S1": ("Tre förvaltningschefer på fyra år.",),
    "T3": ("Det går att säga som det är till närmaste chef.",),
    "K3": ("Efter förra året talar alla om kostnaden.",),
    "O1": ("Vi jämför oss i Kolada inför årsredovisningen.",),
}
"""Comments of the latest round, by statement or question."""

DOCUMENTS = {
    "M1": (("Mål och budget 2026", dt.date(2025, 11, 17)), ("Nämndplan 2025", dt.date(2024, 12, 4))),
    "M3": (("Mål och budget 2026", dt.date(2025, 11, 17)),),
    "P1": (("Reglemente för nämnderna", dt.date(2023, 2, 27)), ("Delegationsordning", dt.date(2024, 3, 13))),
    "B3": (("Anvisningar till budget 2026", dt.date(2025, 4, 2)),),
    "B4": (("Modell för resursfördelning, grundskola", dt.date(2024, 9, 18)),),
    "B5": (("Befolkningsprognos 2025", dt.date(2025, 4, 30)),),
    "U5": (("Styrmodell", dt.date(2022, 6, 20)),),
    "K2": (("Mål och budget 2026", dt.date(2025, 11, 17)),),
}
"""Where it is written, of the latest round: document and date."""

_YES = {"O1": 0.8, "O2": 0.9, "D1": 0.2, "D2": 0.1, "H1": 0.3, "H2": 0.4}


def assessments() -> dict[str, Filled]:
    """Return what each respondent has filled in, by place in the folder: the same every time."""
    return {
        f"sjalvskattning/{name}/svar-{number:02}.xlsx": filled
        for name in (BEFORE, NOW)
        for number, filled in enumerate(_round(name), 1)
    }


def _round(name: str) -> list[Filled]:
    draw = Random(name)
    asked = self_assessment()
    labels = {role.id: role.label for role in asked.roles}
    roles = [role for role, size in SIZES[name].items() for _ in range(size)]
    draw.shuffle(roles)  # the number of a file must not tell the role
    said = _spread_out(draw, COMMENTS, len(roles)) if name == NOW else {}
    written = _spread_out(draw, DOCUMENTS, len(roles)) if name == NOW else {}
    filled: list[Filled] = []
    for person, role in enumerate(roles):
        own = draw.gauss(0, _PERSON)
        statements: list[dict[str, Value]] = [
            {
                "id": one.id,
                "area": area.label,
                "text": one.text,
                "answer": _answer(draw, name, role, own, area, one),
                "comment": said.get((person, one.id)),
                **_document(written.get((person, one.id))),
            }
            for area in asked.areas
            for one in area.statements
        ]
        facts: list[dict[str, Value]] = [
            {
                "id": one.id,
                "area": one.area,
                "text": one.text,
                "answer": "ja"
                if draw.random() < _YES[one.id]
                else "vet ej"
                if draw.random() < 0.3
                else "nej",
                "comment": said.get((person, one.id)),
            }
            for one in asked.facts
        ]
        who: dict[str, Value] = {"role": labels[role], "code": f"{name[:4]}-{draw.randrange(1000, 9999)}"}
        filled.append({"om": (who,), "pastaenden": tuple(statements), "fakta": tuple(facts)})
    return filled


def _answer(
    draw: Random, name: str, role: str, own: float, area: GovernanceArea, one: Statement
) -> str | None:
    level = GAPS.get(one.id, {}).get(role, LEVEL[area.id])
    if name == BEFORE and area.id == RISEN:
        level -= RISE
    value = round(level + own + draw.gauss(0, _SPREAD))
    return None if draw.random() < _NOT_ANSWERED else str(min(max(value, 1), 5))


def _spread_out(
    draw: Random, said: Mapping[str, tuple[_Said, ...]], persons: int
) -> dict[tuple[int, str], _Said]:
    """Give what is said of each statement to different persons."""
    return {
        (person, key): text
        for key, texts in said.items()
        for person, text in zip(draw.sample(range(persons), len(texts)), texts, strict=True)
    }


def _document(found: tuple[str, dt.date] | None) -> dict[str, Value]:
    if found is None:
        return {}
    name, day = found
    return {"document": name, "date": day}
