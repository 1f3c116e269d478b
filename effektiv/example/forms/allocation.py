"""How Exempelby divides its budgets over schools and home care groups: one school is too small for its classes."""

from __future__ import annotations

from collections.abc import Mapping

from effektiv.example.truths import HOME_CARE, SCHOOL
from effektiv.forms import Value

YEAR = 2026

_STAGES = ("Förskoleklass", "Årskurs 1-3", "Årskurs 4-6", "Årskurs 7-9")
_TIMES = ("Dag", "Kväll", "Natt")

_SCHOOLS = (
    ("V15E021900101", 49_600_000, 80, 7_400_000, (38, 112, 118, 122)),
    ("V15E021900102", 36_900_000, 135, 5_800_000, (27, 86, 90, 92)),
    ("V15E021900104", 23_500_000, 95, 4_200_000, (17, 58, 56, 57)),
)
_HOME_CARE = (
    ("V21E0219001", 17_300_000, 43_000, (20_500, 10_500, 3_000)),
    ("V21E0219002", 14_000_000, 41_200, (17_000, 8_500, 2_500)),
    ("V21E0219003", 11_200_000, 31_100, (14_200, 6_900, 1_900)),
)


def _given(unit: str, given: int, **more: Value) -> dict[str, Value]:
    return {"unit": unit, "year": YEAR, "given": given, **more}


GIVEN: tuple[dict[str, Value], ...] = (
    *(_given(unit, given, index=index, premises=rent) for unit, given, index, rent, _ in _SCHOOLS),
    *(_given(unit, given, worked=worked) for unit, given, worked, _ in _HOME_CARE),
)

VOLUMES: tuple[dict[str, Value], ...] = tuple(
    {"unit": unit, "year": YEAR, "stage": stage, "volume": volume}
    for units, stages in ((_SCHOOLS, _STAGES), (_HOME_CARE, _TIMES))
    for unit, *_, volumes in units
    for stage, volume in zip(stages, volumes, strict=True)
)

RULES: Mapping[str, str] = {
    SCHOOL: f"""fordelning:
  ar: {YEAR}
  volym: elever
  budget: 110 000 000
  stadier:
    - namn: {_STAGES[0]}
      fran: F
      till: F
      belopp: 67 000
      lokaler: 15 300
    - namn: {_STAGES[1]}
      fran: 1
      till: 3
      belopp: 98 000
      lokaler: 18 300
    - namn: {_STAGES[2]}
      fran: 4
      till: 6
      belopp: 107 000
      lokaler: 18 300
    - namn: {_STAGES[3]}
      fran: 7
      till: 9
      belopp: 115 000
      lokaler: 22 000
  smaenhet:
    belopp: 1 500 000
    hogst: 200
  socioekonomi: 8
  klass:
    storst: 25
    kostnad: 1 750 000
    fast: 2 500 000
    per_elev: 14 000
""",
    HOME_CARE: f"""fordelning:
  ar: {YEAR}
  volym: timmar
  budget: 42 500 000
  stadier:
    - namn: {_TIMES[0]}
      fran: 7
      till: 17
      belopp: 450
    - namn: {_TIMES[1]}
      fran: 17
      till: 22
      belopp: 540
    - namn: {_TIMES[2]}
      fran: 22
      till: 7
      belopp: 680
  arbetstid:
    manadslon: 31 000
    ovrigt: 55
""",
}
"""The key ``fordelning`` of two areas, as their files have it."""
