"""The form of the self-assessment: one workbook a respondent."""

from __future__ import annotations

from effektiv.data.governance import self_assessment
from effektiv.forms import Column, Form, Kind, Sheet, Value

ANSWERS = ("1", "2", "3", "4", "5")
DONT_KNOW = "vet ej"
YES, NO = "ja", "nej"

ABOUT_YOU, STATEMENTS, FACTS = "om", "pastaenden", "fakta"
"""Keys of the sheets."""

_ASKED = self_assessment()
_NUMBER = Column("id", "Nr", given=True, required=True, width=6, most=12, help="Numret får inte ändras.")
_AREA = Column("area", "Område", given=True, width=22)
_COMMENT = Column(
    "comment",
    "Kommentar",
    Kind.PARAGRAPH,
    width=40,
    most=500,
    help="Visas ordagrant, områdesvis och utan roll. Skriv inget som pekar ut dig eller någon annan.",
)
_DOCUMENT = Column(
    "document", "Var står det?", width=30, most=120, help="Dokumentet där det står, till exempel Budget 2026."
)
_DATE = Column("date", "Dokumentets datum", Kind.DATE, width=14, help="Till exempel 2025-11-20.")

ASSESSMENT_FORM = Form(
    id="sjalvskattning",
    name="Självskattning av styrningen",
    version=1,
    about=(
        "Var och en som svarar fyller i en egen fil. Skriv inget namn, varken i filen eller i dess namn.",
        "Börja med din roll. Svara sedan på varje påstående: 1 stämmer inte alls, 5 stämmer helt.",
        "Svar från färre än fem i en roll visas inte. Kommentarer visas ordagrant, men utan roll.",
    ),
    sheets=(
        Sheet(
            key=ABOUT_YOU,
            title="Om dig",
            intro=("Fyll i en rad.",),
            rows=1,
            columns=(
                Column(
                    "role",
                    "Roll",
                    Kind.CHOICE,
                    choices=tuple(role.label for role in _ASKED.roles),
                    required=True,
                    width=24,
                    help="Den roll du svarar i.",
                ),
                Column(
                    "code",
                    "Egen kod",
                    width=18,
                    most=30,
                    help="En kod som du hittar på. Har du skickat två filer räknas bara en. Skriv inget namn.",
                ),
            ),
        ),
        Sheet(
            key=STATEMENTS,
            title="Påståenden",
            intro=("1 stämmer inte alls, 5 stämmer helt. Lämna tomt, eller svara vet ej, om du inte vet.",),
            rows=len(_ASKED.statements),
            columns=(
                _NUMBER,
                _AREA,
                Column("text", "Påstående", given=True, width=60),
                Column(
                    "answer",
                    "Svar 1-5",
                    Kind.CHOICE,
                    choices=(*ANSWERS, DONT_KNOW),
                    width=10,
                    help="1 stämmer inte alls, 5 stämmer helt.",
                ),
                _COMMENT,
                _DOCUMENT,
                _DATE,
            ),
        ),
        Sheet(
            key=FACTS,
            title="Faktafrågor",
            intro=("Svara ja, nej eller vet ej.",),
            rows=len(_ASKED.facts),
            may_lack=True,
            columns=(
                _NUMBER,
                _AREA,
                Column("text", "Fråga", given=True, width=60),
                Column("answer", "Svar", Kind.CHOICE, choices=(YES, NO, DONT_KNOW), width=10),
                _COMMENT,
                _DOCUMENT,
                _DATE,
            ),
        ),
    ),
)

PREPARED_ASSESSMENT: dict[str, tuple[dict[str, Value], ...]] = {
    STATEMENTS: tuple(
        {"id": one.id, "area": area.label, "text": one.text}
        for area in _ASKED.areas
        for one in area.statements
    ),
    FACTS: tuple({"id": one.id, "area": one.area, "text": one.text} for one in _ASKED.facts),
}
"""What a new form has beforehand: the statements and the questions."""
