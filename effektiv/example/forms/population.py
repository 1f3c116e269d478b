"""Exempelby's own population forecast, to 2035: in the ages that its focus areas plan for.

The year that has been is as the key figures have it (1–5, 6–15, 0–20, 65 and 80 years and above). After it each cohort
grows a year older: the small cohorts of today's lower stages move up through the school, and large ones turn 80.
"""

from __future__ import annotations

from effektiv.forms import Value

_LAST_ACTUAL, _LAST = 2025, 2035
_OPEN = 100
_BIRTHS, _TURN_65 = 122.0, 128.0

_YOUNG = (
    121,
    116,
    119,
    122,
    123,
    123,
    100,
    102,
    103,
    105,
    107,
    120,
    123,
    126,
    128,
    129,
    118,
    112,
    100,
    80,
    60,
)
"""Persons of 0-20 years."""

_LEAVES = {17: 0.97, 18: 0.92, 19: 0.84, 20: 0.75}
"""Share of a cohort that is left when it reaches an age: the young move to study."""

_BELOW_80 = (121, 121, 121, 121, 121, 121, 121, 121, 121, 120, 120, 120, 120, 120, 120)
"""Persons of 65-79 years."""

_AT_80, _FALLS = 111.8, 0.86
"""Persons of 80 years, and how each older cohort is smaller."""


def _first() -> dict[int, float]:
    old = {80 + above: float(round(_AT_80 * _FALLS**above)) for above in range(_OPEN - 80 + 1)}
    return {age: float(number) for age, number in enumerate(_YOUNG)} | {
        age: float(number) for age, number in enumerate(_BELOW_80, 65)
    } | old  # fmt: skip


def _survives(age: int) -> float:
    """Return the share of those of an age who live a year later."""
    return 1.0 if age < 65 else max(0.5, 1.0 - 0.008 * 1.105 ** (age - 65))


def _next(persons: dict[int, float]) -> dict[int, float]:
    after = {0: _BIRTHS, 65: _TURN_65}
    for age in persons:
        if age not in after:
            after[age] = persons[age - 1] * _survives(age - 1) * _LEAVES.get(age, 1.0)
    after[_OPEN] += persons[_OPEN] * _survives(_OPEN)
    return after


def _rows() -> tuple[dict[str, Value], ...]:
    rows: list[dict[str, Value]] = []
    persons = _first()
    for year in range(_LAST_ACTUAL, _LAST + 1):
        kind = "utfall" if year == _LAST_ACTUAL else "prognos"
        rows += [
            {
                "year": year,
                "age": f"{age}+" if age == _OPEN else str(age),
                "persons": round(number),
                "kind": kind,
            }
            for age, number in sorted(persons.items())
        ]
        persons = _next(persons)
    return tuple(rows)


POPULATION: tuple[dict[str, Value], ...] = _rows()
