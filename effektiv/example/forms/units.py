"""Exempelby's own units: its schools, and its home care groups with how many answered, which nobody publishes."""

from __future__ import annotations

from effektiv.forms import Value

_SCHOOLS = (
    ("V15E021900101", "Centralskolan", 352),
    ("V15E021900102", "Bruksskolan", 268),
    ("V15E021900104", "Hamnskolan", 171),
)
_HOME_CARE = (
    ("V21E0219001", "Hemtjänst Centrum", 72, (33, 36, 34)),
    ("V21E0219002", "Hemtjänst Norr", 61, (30, 28, 29)),
    ("V21E0219003", "Hemtjänst Söder", 53, (23, 26, 24)),
)
_YEAR, _ANSWERED = 2025, (2023, 2024, 2025)


def _unit(unit: str, name: str, area: str, count: int, count_of: str) -> dict[str, Value]:
    return {
        "unit": unit,
        "name": name,
        "area": area,
        "provider": "kommunal",
        "count": count,
        "count_of": count_of,
        "year": _YEAR,
    }


UNITS: tuple[dict[str, Value], ...] = (
    *(_unit(unit, name, "grundskola", pupils, "elever") for unit, name, pupils in _SCHOOLS),
    *(
        _unit(unit, name, "aldreomsorg-ordinart-boende", users, "brukare")
        for unit, name, users, _ in _HOME_CARE
    ),
)

VALUES: tuple[dict[str, Value], ...] = tuple(
    {"unit": unit, "kpi": "U21468", "year": year, "persons": answers}
    for unit, _, _, answered in _HOME_CARE
    for year, answers in zip(_ANSWERED, answered, strict=True)
)
"""The values themselves are published: only how many answered is not."""
