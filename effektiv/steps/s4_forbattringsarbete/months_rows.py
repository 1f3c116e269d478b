"""What the filled-in forms of the months say, as rows, and what is wrong with them beyond their cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import pandas as pd

from effektiv.data.local.amounts import kronor
from effektiv.data.local.months import INCOME, SHARE, SOURCE_COLUMNS
from effektiv.data.local.periods import PeriodError, month_of
from effektiv.data.local.persons import has_person_number, is_person_heading
from effektiv.forms import Fault, FormRead, FormRow
from effektiv.names import shown

_MONTHS, _INDICATORS, _VALUES = "manad", "indikatorer", "varden"
_TEXTS = ("unit", "activity", "kind", "volume_unit", "comment")
_AMOUNTS = ("budget", "actual", "forecast")
_GIVEN = (*_AMOUNTS, "volume_budget", "volume_actual")
_ORE = 0.01


def month_of_row(row: FormRow) -> str | None:
    """Return the month of a row; None where it is none."""
    try:
        return month_of(row.text("period"))
    except PeriodError:
        return None


def _period_faults(row: FormRow) -> Iterator[Fault]:
    try:
        month_of(row.text("period"))
    except PeriodError as error:
        yield row.fault("period", f"perioden {error}")


def _person_faults(row: FormRow, keys: tuple[str, ...]) -> Iterator[Fault]:
    for key in keys:
        if has_person_number(row.text(key)):
            yield row.fault(key, "texten har ett personnummer: ta bort det, och filen läses igen")


def _heading_faults(form: FormRead) -> Iterator[Fault]:
    """Yield columns beside the form's that are headed as persons."""
    for note in form.notes:
        heading = note.text.removeprefix("kolumnen '").split("'")[0]
        if note.text.startswith("kolumnen '") and is_person_heading(heading):
            yield Fault(
                f"kolumnen '{heading}' kan gälla enskilda personer: ta bort den", note.sheet, note.cell
            )


def month_faults(form: FormRead) -> Iterator[Fault]:
    """Yield what is wrong with a month's form though each cell is right: periods, doubles, signs, persons."""
    yield from _heading_faults(form)
    seen: dict[tuple[str, ...], FormRow] = {}
    costs = incomes = 0.0
    for row in form.rows.get(_MONTHS, ()):
        yield from _period_faults(row)
        yield from _person_faults(row, _TEXTS)
        for key in ("budget", "actual"):
            value = row[key]
            if isinstance(value, float) and abs(value * 100 - round(value * 100)) > _ORE:
                yield row.fault(
                    key, f"beloppet {shown(value)} har fler än två decimaler: avrunda det till hela ören"
                )
        if all(row[key] is None for key in (*_GIVEN, "comment")):
            yield row.fault("actual", "raden har inga tal: fyll i minst ett, eller töm raden")
        words = tuple(row.text(name).casefold() for name in ("unit", "activity", "kind"))
        place = (*words, month_of_row(row) or "")
        if place in seen and place[-1]:
            yield row.fault(
                "activity",
                f"raden är dubbel: samma enhet, verksamhet, kostnadsslag och månad står på rad {seen[place].number}",
            )
        seen.setdefault(place, row)
        for name in ("budget", "actual"):
            value = row[name]
            if isinstance(value, float) and row.text("kind").casefold() == INCOME:
                incomes += value
            elif isinstance(value, float):
                costs += value
    if costs < 0:
        yield Fault(
            f"kostnaderna summerar till {kronor(round(costs * 100))}: kostnader skrivs med plus, vänd tecknet"
        )
    if incomes > 0:
        yield Fault(
            f"intäkterna summerar till {kronor(round(incomes * 100))}: intäkter skrivs med minus, vänd tecknet"
        )


def name_fault(file: str, form: FormRead) -> str:
    """Return what is wrong with the name of a month's file: it is a month that the file has, or a year; "" for nothing."""
    stem = PurePosixPath(file).stem
    months = {month for row in form.rows.get(_MONTHS, ()) if (month := month_of_row(row))}
    if months and not any(month.startswith(stem) for month in months):
        last = max(months)
        return f"filen heter {shown(stem)} men har månaderna till och med {last}: döp den till {last}.xlsx"
    return ""


def month_rows(form: FormRead) -> pd.DataFrame:
    """Return a month's form as `effektiv.data.local.months.MonthSource.rows` has them."""
    records = [
        {
            **{key: row.text(key) for key in _TEXTS},
            "month": month_of_row(row),
            **{f"{key}_ore": _ore(row[key]) for key in _AMOUNTS},
            **{key: row[key] for key in ("volume_budget", "volume_actual")},
        }
        for row in form.rows.get(_MONTHS, ())
    ]
    frame = pd.DataFrame(records, columns=list(SOURCE_COLUMNS))
    ore = {f"{key}_ore": "Int64" for key in _AMOUNTS}
    return frame.astype({**ore, "volume_budget": "float64", "volume_actual": "float64"})


def _ore(value: object) -> int | None:
    return round(value * 100) if isinstance(value, float) else None


def indicator_faults(form: FormRead) -> Iterator[Fault]:
    """Yield what is wrong with the form of indicators though each cell is right."""
    yield from _heading_faults(form)
    ids: dict[str, FormRow] = {}
    for row in form.rows.get(_INDICATORS, ()):
        yield from _person_faults(row, ("name", "unit"))
        first = ids.setdefault(row.text("id").casefold(), row)
        if first is not row:
            yield row.fault(
                "id", f"numret {shown(row.text('id'))} står redan på rad {first.number}: ge den ett eget"
            )
    seen: dict[tuple[str, str], FormRow] = {}
    for row in form.rows.get(_VALUES, ()):
        yield from _period_faults(row)
        yield from _value_faults(row, ids)
        key = (row.text("indicator").casefold(), month_of_row(row) or "")
        if key in seen and key[1]:
            yield row.fault(
                "period", f"{key[1]} står redan för {shown(row.text('indicator'))} på rad {seen[key].number}"
            )
        seen.setdefault(key, row)


def _value_faults(row: FormRow, ids: dict[str, FormRow]) -> Iterator[Fault]:
    indicator = ids.get(row.text("indicator").casefold())
    if indicator is None:
        yield row.fault(
            "indicator",
            f"det finns ingen indikator med numret {shown(row.text('indicator'))} på bladet Indikatorer",
        )
        return
    numerator, denominator, value = row["numerator"], row["denominator"], row["value"]
    if value is None and (numerator is None or (denominator is None and indicator["kind"] == SHARE)):
        yield row.fault("value", "värdet saknas: skriv det, eller både täljare och nämnare")
    if denominator == 0:
        yield row.fault("denominator", "nämnaren är 0: lämna raden tom om inget kunde räknas")
    if (
        indicator["kind"] == SHARE
        and isinstance(numerator, float)
        and isinstance(denominator, float)
        and numerator > denominator > 0
    ):
        yield row.fault("numerator", f"täljaren {numerator:g} är större än nämnaren {denominator:g}")


def indicator_rows(form: FormRead) -> pd.DataFrame:
    """Return the values that can be used, a row a (indicator, month), with what is said of the indicator.

    A share that is given by its parts is 100 times numerator by denominator, in percent; a count by its numerator is
    that.
    """
    ids: dict[str, FormRow] = {}
    for row in form.rows.get(_INDICATORS, ()):
        ids.setdefault(row.text("id").casefold(), row)
    records: dict[tuple[str, str], dict[str, object]] = {}
    for row in form.rows.get(_VALUES, ()):
        month, said = month_of_row(row), ids.get(row.text("indicator").casefold())
        if month is None or said is None or any(_value_faults(row, ids)):
            continue
        numerator, denominator, value = row["numerator"], row["denominator"], row["value"]
        if value is None and isinstance(numerator, float):
            value = (
                100 * numerator / denominator
                if said["kind"] == SHARE and isinstance(denominator, float)
                else numerator
            )
        target = said["target"] if row["target"] is None else row["target"]
        records.setdefault(
            (said.text("id"), month),
            {
                "indicator": said.text("id"),
                "name": said.text("name"),
                "area": said.text("area"),
                "kind": said.text("kind"),
                "unit": said.text("unit"),
                "better": said.text("better"),
                "month": month,
                "numerator": numerator,
                "denominator": denominator,
                "value": value,
                "target": target,
                "persons": said["persons"] is True,
            },
        )
    return pd.DataFrame(list(records.values()))
