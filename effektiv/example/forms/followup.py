"""How Exempelby's work goes to the end of 2028: status, milestones, effect, what is done about deviations, and its tests.

It answers the months that are planted (`effektiv.example.forms.months`): sickness in home care has fallen, granted hours
rise, and home care ends over its budget. One measure in each state, a late milestone, an effect that is behind its plan
and one beyond it, a deviation that nobody has done anything about, and tests with and without a prediction are there on
purpose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from effektiv.example.truths import CHILDREN, HOME_CARE, SCHOOL
from effektiv.forms import Value

_END = dt.date(2028, 12, 31)
_HALF = dt.date(2028, 6, 30)


def _status(measure: str, status: str, comment: str, step: str = "", indicator: str = "") -> dict[str, Value]:
    return {
        "measure": measure, "day": _END, "status": status, "comment": comment, "next": step, "indicator": indicator,
    }  # fmt: skip


STATUSES: tuple[Mapping[str, Value], ...] = (
    {"measure": "A5", "day": _HALF, "status": "enligt plan", "comment": "Två av tre områden är prövade."},
    _status(
        "A1",
        "enligt plan",
        "Alla skolor har gemensamma prov.",
        "Elevhälsan möter arbetslagen i februari.",
        "I5",
    ),
    _status("A2", "enligt plan", "Öppet tre dagar i veckan.", "Fråga dem som inte kommer varför."),
    _status("A3", "klar", "Paviljongerna är lämnade."),
    _status("A4", "klar", "Infört i alla skolor."),
    _status("A5", "efter plan", "En handläggare slutade i mars.", "Anställ en ny handläggare.", "I2"),
    _status("A6", "enligt plan", "Nya rutter från september 2027.", "Följ upp restiden i mars.", "I1"),
    _status("A7", "efter plan", "Låsen levererades sent.", "Montera i område söder."),
    _status("A8", "klar", "All personal är utbildad.", "", "I3"),
    _status("A9", "pausad", "Stödet för effekten söks först."),
    _status("A10", "enligt plan", "Fjorton egna hem av arton.", "Träffa sex familjer i januari."),
    _status("A11", "enligt plan", "Åtta familjer har fått stöd hemma.", "", "I6"),
    _status("A12", "enligt plan", "Tio barnskötare läser."),
)

MILESTONES: tuple[Mapping[str, Value], ...] = (
    {"measure": "A5", "name": "Alla beslut prövade en gång", "planned": dt.date(2028, 9, 30), "owner": "Enhetschef bistånd"},
    {"measure": "A5", "name": "Rutinen beslutad", "planned": dt.date(2026, 6, 1), "reached": dt.date(2026, 5, 20),
     "owner": "Enhetschef bistånd"},
    {"measure": "A6", "name": "Ett planeringskontor", "planned": dt.date(2027, 9, 1), "reached": dt.date(2027, 9, 1),
     "owner": "Verksamhetschef hemtjänst"},
    {"measure": "A6", "name": "Restiden följs varje vecka", "planned": dt.date(2029, 3, 1), "owner": "Verksamhetschef hemtjänst"},
    {"measure": "A7", "name": "Alla lås monterade", "planned": dt.date(2028, 11, 1), "owner": "Verksamhetschef hemtjänst"},
    {"measure": "A10", "name": "Arton egna hem", "planned": dt.date(2029, 12, 1), "owner": "Gruppledare familjehem"},
)  # fmt: skip


def _effect(measure: str, year: int, realised: float, how: str) -> dict[str, Value]:
    return {"measure": measure, "year": year, "to": dt.date(year, 12, 31), "realised": realised, "how": how}


EFFECTS: tuple[Mapping[str, Value], ...] = (
    _effect("A3", 2027, 550_000, "Hyran är uppsagd."),
    _effect("A3", 2028, 1_150_000, "Hyran är uppsagd."),
    _effect("A4", 2027, 500, "Tid i telefonen, mätt två veckor."),
    _effect("A4", 2028, 720, "Tid i telefonen, mätt två veckor."),
    _effect("A5", 2026, 400_000, "Färre beviljade timmar i de prövade besluten."),
    _effect("A5", 2027, 1_300_000, "Färre beviljade timmar i de prövade besluten."),
    _effect("A5", 2028, 2_100_000, "Färre beviljade timmar i de prövade besluten."),
    _effect("A6", 2027, 1_200_000, "Budgeten för vikarier är sänkt."),
    _effect("A6", 2028, 2_700_000, "Budgeten för vikarier är sänkt."),
    _effect("A8", 2027, 900, "Mätt i planeringssystemet."),
    _effect("A8", 2028, 1_400, "Mätt i planeringssystemet."),
    _effect("A10", 2028, 1_500_000, "Lägre ersättning till konsulentföretag."),
    _effect("A11", 2028, 1_100_000, "Färre dygn i HVB."),
)

ACTIONS: tuple[Mapping[str, Value], ...] = (
    {"about": "Äldreomsorg i ordinärt boende", "action": "Vikarier tas in bara efter beslut av enhetschef.", "effect": 600_000,
     "owner": "Verksamhetschef hemtjänst", "decided": dt.date(2028, 10, 12), "due": dt.date(2029, 2, 28)},
    {"about": "A7", "action": "Köp montering av en extern firma.", "owner": "Verksamhetschef hemtjänst",
     "decided": dt.date(2028, 12, 4), "due": dt.date(2029, 3, 31)},
    {"about": "Barn och unga", "action": "Inga nya avtal utan beslut av socialchefen.", "effect": 400_000,
     "owner": "Enhetschef barn och unga", "decided": dt.date(2026, 9, 10), "due": dt.date(2026, 12, 31),
     "done": dt.date(2026, 12, 1)},
)  # fmt: skip

TRIALS: tuple[Mapping[str, Value], ...] = (
    {"id": "P1", "area": HOME_CARE, "measure": "A6", "question": "Fasta områden för tio i personalen, sex veckor",
     "indicator": "I1", "aim": 9, "predicted": 10, "prediction": "Mindre stress ger färre korta frånvaron, men bara lite.",
     "written": dt.date(2027, 3, 1), "first": dt.date(2027, 3, 15), "last": dt.date(2027, 4, 30), "value": 9.6,
     "outcome": "De som bytte område var sjuka mindre.", "learnt": "Scheman på helger behöver följa med.",
     "decision": "pröva i större skala"},
    {"id": "P2", "area": HOME_CARE, "measure": "A6", "question": "Fasta områden i hela norr, tolv veckor",
     "indicator": "I1", "aim": 9, "predicted": 9, "prediction": "Samma nivå som i den första gruppen.",
     "written": dt.date(2027, 5, 10), "first": dt.date(2027, 5, 15), "last": dt.date(2027, 8, 15), "value": 8.8,
     "outcome": "Nivån höll under semestern.", "learnt": "En planerare räcker för två områden.", "decision": "inför",
     "follows": "P1"},
    {"id": "P3", "area": HOME_CARE, "measure": "A5", "question": "Prövning i hemmet i stället för på telefon, 30 beslut",
     "indicator": "I2", "aim": 38, "predicted": 39, "prediction": "Fler insatser tas bort när man ser hemmet.",
     "written": dt.date(2028, 3, 20), "first": dt.date(2028, 3, 1), "last": dt.date(2028, 5, 31), "value": 40.5,
     "outcome": "Lika många insatser togs bort.", "learnt": "Det är nya ärenden som ökar timmarna, inte gamla.",
     "decision": "lägg ned"},
    {"id": "P4", "area": HOME_CARE, "measure": "A8", "question": "Diktera anteckningen i bilen, en grupp",
     "outcome": "De flesta slutade efter en vecka.", "decision": "lägg ned"},
    {"id": "P5", "area": SCHOOL, "measure": "A1", "question": "Elevhälsan med på två arbetslags möten, en termin",
     "indicator": "I5", "aim": 90, "predicted": 84, "prediction": "Stödet beslutas på mötet i stället för efter utredning.",
     "written": dt.date(2028, 8, 10), "first": dt.date(2028, 8, 20), "last": dt.date(2028, 12, 20), "value": 80,
     "outcome": "Stödet kom snabbare i ett av lagen.", "learnt": "Rektorn måste vara med för att kunna besluta.",
     "decision": "justera och pröva igen"},
    {"id": "P6", "area": CHILDREN, "measure": "A11", "question": "Stöd hemma fyra dagar i veckan, fyra familjer",
     "indicator": "I6", "aim": 75, "predicted": 80, "prediction": "En av fyra placeras ändå.", "written": dt.date(2027, 8, 1),
     "first": dt.date(2027, 8, 15), "last": dt.date(2028, 2, 15), "value": 84, "outcome": "Två av fyra placerades.",
     "learnt": "Fredagar och lördagar är svårast.", "decision": "justera och pröva igen"},
)  # fmt: skip
