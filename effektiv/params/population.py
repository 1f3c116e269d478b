"""``befolkning.xlsx``: the municipality's own population forecast, which its budget rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from effektiv.forms import Column, Fault, Form, FormRead, FormRow, Kind, Sheet
from effektiv.params.formfile import FormFile, only
from effektiv.params.registry import register

ACTUAL, FORECAST = KINDS = ("utfall", "prognos")
"""What a row is; a row that does not say is a forecast."""

OLDEST = 120

_AGE = re.compile(r"([0-9]{1,3})(\+?)")

POPULATION_FORM = Form(
    id="befolkning",
    name="Befolkningsprognos",
    version=1,
    about=(
        "Här skriver ni kommunens egen befolkningsprognos, den som budgeten bygger på. Den går före SCB:s framskrivning.",
        "En rad för varje år och ålder. Ta gärna med det senaste årets utfall, så att ökningen räknas från det.",
        "Det räcker med de åldrar som ert fokusområde gäller, men varje år måste ha samma åldrar.",
    ),
    sheets=(
        Sheet(
            key="befolkning",
            title="Befolkning",
            intro=("En rad för varje år och ålder. Vad kolumnerna betyder står på bladet Läs mig.",),
            rows=200,
            columns=(
                Column("year", "År", Kind.INTEGER, required=True, least=1990, most=2100, width=8,
                       help="Folkmängden den 31 december det året, till exempel 2030."),
                Column("age", "Ålder", required=True, width=8, most=4,
                       help="Ålder i hela år, till exempel 7. Den högsta kan vara öppen uppåt, till exempel 100+."),
                Column("persons", "Antal", Kind.NUMBER, required=True, least=0, width=10,
                       help="Så många personer. Prognosen får ha decimaler."),
                Column("kind", "Slag", Kind.CHOICE, choices=KINDS, width=12,
                       help="Utfall eller prognos. Tomt räknas som prognos."),
            ),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class OwnPopulation:
    """The municipality's own population, as it has written it.

    Attributes
    ----------
    by_age
        Persons: whole years of age x year; missing where nothing is written.
    open_from
        The age that stands for itself and all above; None where no age does.
    forecast_years
        The years that are a forecast.
    """

    by_age: pd.DataFrame
    open_from: int | None
    forecast_years: tuple[int, ...]


def age_of(text: str) -> tuple[int, bool] | None:
    """Return an age and whether it stands for all above too; None where the text is no age.

    Examples
    --------
    >>> age_of("7"), age_of("100+"), age_of("6-9"), age_of("131")
    ((7, False), (100, True), None, None)
    """
    match = _AGE.fullmatch(text.replace(" ", "").removesuffix("år"))
    if match is None or int(match[1]) > OLDEST:
        return None
    return int(match[1]), match[2] == "+"


def own_population(said: FormRead | None) -> OwnPopulation | None:
    """Return what a filled-in form says; None where nobody has written any.

    Of two rows with the same year and age none is used, for there is no telling which holds.
    """
    rows = [] if said is None else [row for row in said.rows.get("befolkning", ()) if age_of(row.text("age"))]
    if not rows:
        return None
    told = pd.DataFrame(
        [(*_key(row), float(str(row["persons"]))) for row in rows], columns=["age", "year", "persons"]
    )
    told = told.drop_duplicates(["age", "year"], keep=False)
    by_age = told.pivot_table(index="age", columns="year", values="persons", aggfunc="sum", dropna=False)
    opened = {age for row in rows for age, is_open in [age_of(row.text("age")) or (0, False)] if is_open}
    forecast = {_key(row)[1] for row in rows if row["kind"] != ACTUAL}
    return OwnPopulation(
        by_age=by_age.where(by_age.notna()).astype(float),
        open_from=max(opened) if opened else None,
        forecast_years=tuple(sorted(forecast)),
    )


def _key(row: FormRow) -> tuple[int, int]:
    age = age_of(row.text("age"))
    assert age is not None
    return age[0], int(str(row["year"]))


def faults(said: FormRead) -> Iterator[Fault]:
    """Yield what is wrong in the form though each cell is right: ages, rows that stand twice, years with gaps."""
    first: dict[tuple[int, int], FormRow] = {}
    opened: dict[int, FormRow] = {}
    for row in said.rows.get("befolkning", ()):
        age = age_of(row.text("age"))
        if age is None:
            yield row.fault(
                "age", f"'{row.text('age')}' är ingen ålder: skriv den i hela år, till exempel 7 eller 100+"
            )
            continue
        if age[1]:
            opened.setdefault(age[0], row)
        other = first.setdefault(_key(row), row)
        if other is not row:
            yield row.fault(
                "age",
                f"åldern {age[0]} år {row['year']} står redan på rad {other.number}: behåll en av raderna",
            )
    yield from _open_faults(first, opened)
    yield from _gaps(first)


def _open_faults(first: Mapping[tuple[int, int], FormRow], opened: Mapping[int, FormRow]) -> Iterator[Fault]:
    for age, row in opened.items():
        older = sorted({other for other, _ in first if other > age})
        if older:
            yield row.fault(
                "age", f"åldern {age}+ rymmer också {older[0]}, som har egna rader: ta bort tecknet +"
            )


def _gaps(first: Mapping[tuple[int, int], FormRow]) -> Iterator[Fault]:
    """Yield once for each year what it lacks of the ages that others have, and the years that are passed over."""
    years = sorted({year for _, year in first})
    ages = sorted({age for age, _ in first})
    for before, after in pairwise(years):
        if after > before + 1:
            row = next(row for (_, year), row in first.items() if year == after)
            yield row.fault("year", f"året före är {before}, så {before + 1} saknas: skriv alla år")
    for year in years:
        lacking = [age for age in ages if (age, year) not in first]
        if lacking:
            row = next(row for (_, other), row in first.items() if other == year)
            more = f" och {len(lacking) - 1} till" if len(lacking) > 1 else ""
            yield row.fault(
                "year", f"år {year} saknar åldern {lacking[0]}{more}, som andra år har: skriv den"
            )


POPULATION_FILE = FormFile(name="befolkning.xlsx", step=3, form=POPULATION_FORM, more_faults=faults)

register(POPULATION_FILE)


def population_in(every: Mapping[str, Mapping[str, Any]]) -> FormRead | None:
    """Return the filled-in form among what a municipality's files say."""
    return only(every.get(POPULATION_FILE.name, {}))
