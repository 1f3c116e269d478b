"""The table of all municipalities of a folder: as it stands in the index page, and in the Excel file beside it.

Both are made of what the reports of step 1 say of themselves (`effektiv.render.pages.Record`): `lage` of an
area's report is its position, `lage` of the overview's what is told of the whole municipality. Columns that no
municipality has anything in are left out, as when the notebooks are somebody's own.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from babel.numbers import format_decimal

from effektiv.render.pages import Record
from effektiv.render.xlsx import make_xlsx
from effektiv.steg import STEPS

TITLE = "Kommuner"
STEP = 1
"""The step whose reports say where a municipality stands."""

_OVERVIEW = next(iter(STEPS[STEP].first))
_NO_REPORT, _NO_VALUE = "ingen rapport", "saknas"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_year(value: object) -> bool:
    return type(value) is int


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_named(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and {"omrade", "riktning"} <= each.keys() and all(map(_is_text, each.values()))
        for each in value
    )


_KINDS: dict[str, Callable[[object], bool]] = {
    "avvikelse_procent": _is_number,
    "avvikelse_mnkr": _is_number,
    "avvikelse_ar": _is_year,
    "avvikelse_sakerhet": _is_text,
    "kvalitet": _is_text,
    "kvalitet_ar": _is_year,
    "kvalitet_sakerhet": _is_text,
    "invanare": _is_number,
    "lan": _is_text,
    "utpekade": _are_named,
    "andel_data": _is_number,
}
"""The facts of `Record.lage`, and what each must be if it is there and not null."""


def is_sound(record: Record) -> bool:
    """Say whether the facts of a record are what they must be; only a damaged page has others."""
    return all(
        is_right(record.lage[name]) for name, is_right in _KINDS.items() if record.lage.get(name) is not None
    )


@dataclass(frozen=True)
class Municipality:
    """What the table is made of for one municipality.

    Attributes
    ----------
    kommun, href
        Its name, and where its reports are.
    letter
        The letter that it is the first of in the table; empty for the others.
    records
        Its reports of step 1 by area or topic.
    status
        ``klar``, or what failed or has too little data.
    """

    kommun: str
    href: str
    letter: str
    records: Mapping[str, Record]
    status: str

    def lage(self, area: str) -> Mapping[str, Any]:
        """Return the facts of a report; none when there is no report."""
        return self.records[area].lage if area in self.records else {}


@dataclass(frozen=True)
class Heading:
    """A column's heading, and whether it is sorted by number."""

    title: str
    number: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell: its lines and a note below them, or the reason why there is none; `sort` is empty for that."""

    lines: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""
    sort: str | float = ""
    number: bool = False


@dataclass(frozen=True)
class Row:
    """A municipality's row."""

    kommun: str
    href: str
    letter: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Overview:
    """The table as the index page shows it."""

    caption: str
    headings: tuple[Heading, ...] = ()
    rows: tuple[Row, ...] = ()
    with_facts: bool = False


@dataclass(frozen=True)
class _Column:
    """A column of the page: its heading and how a municipality's cell is made."""

    heading: Heading
    cell: Callable[[Municipality], Cell]


def make_overview(municipalities: Sequence[Municipality]) -> Overview:
    """Return the table of municipalities that are in their order."""
    areas = _areas(municipalities)
    columns = [
        _Column(Heading("Län"), lambda each: _text(each, _OVERVIEW, "lan")),
        _Column(Heading("Invånare", number=True), _inhabitants),
        _Column(Heading("Utpekade områden"), _named),
    ]
    for area, name in areas.items():
        columns += [
            _Column(Heading(f"{name}: kostnad", number=True), partial(_deviation, area=area)),
            _Column(Heading(f"{name}: kvalitet"), partial(_quality, area=area)),
        ]
    columns.append(_Column(Heading("Andel data", number=True), _share))
    filled = [column for column in columns if any(column.cell(each).sort != "" for each in municipalities)]
    status = _Column(Heading("Status"), lambda each: Cell((each.status,), sort=each.status))
    shown = [*filled, status]
    return Overview(
        "Kommuner med utpekade områden, kostnad och kvalitet" if filled else "Kommuner med rapporter",
        (Heading("Kommun"), *(column.heading for column in shown)),
        tuple(
            Row(each.kommun, each.href, each.letter, tuple(column.cell(each) for column in shown))
            for each in municipalities
        ),
        bool(filled),
    )


def _areas(municipalities: Iterable[Municipality]) -> dict[str, str]:
    """Return the areas of step 1 that there are reports of, in order: id to name."""
    names = {
        area: record.omrade_namn
        for municipality in municipalities
        for area, record in municipality.records.items()
        if area not in STEPS[STEP].topics
    }
    return {area: names[area] for area in sorted(names, key=STEPS[STEP].order)}


def _lacking(municipality: Municipality, area: str, *, number: bool = False) -> Cell:
    reason = _NO_VALUE if area in municipality.records else _NO_REPORT
    return Cell(reason=reason, number=number)


def _text(municipality: Municipality, area: str, name: str) -> Cell:
    text = municipality.lage(area).get(name)
    return Cell((text,), sort=text) if text else _lacking(municipality, area)


def _inhabitants(municipality: Municipality) -> Cell:
    value = municipality.lage(_OVERVIEW).get("invanare")
    if value is None:
        return _lacking(municipality, _OVERVIEW, number=True)
    return Cell((format_decimal(value, "#,##0", locale="sv_SE"),), sort=value, number=True)


def _named(municipality: Municipality) -> Cell:
    named = municipality.lage(_OVERVIEW).get("utpekade")
    if named is None:
        return _lacking(municipality, _OVERVIEW)
    lines = tuple(f"{each['omrade']}: {each['riktning']}" for each in named) or ("inget",)
    return Cell(lines, sort=lines[0])


def _deviation(municipality: Municipality, area: str) -> Cell:
    lage = municipality.lage(area)
    per_cent, amount = lage.get("avvikelse_procent"), lage.get("avvikelse_mnkr")
    said = [f"{signed(per_cent)} %"] if per_cent is not None else []
    said += [f"{signed(amount)} mnkr"] if amount is not None else []
    if not said:
        return _lacking(municipality, area, number=True)
    # Not by kronor, which would sort municipalities by size; those without a per cent are last.
    sort = "" if per_cent is None else per_cent
    note = _when(lage.get("avvikelse_ar"), lage.get("avvikelse_sakerhet"))
    return Cell((", ".join(said),), note, sort=sort, number=True)


def _quality(municipality: Municipality, area: str) -> Cell:
    lage = municipality.lage(area)
    if not lage.get("kvalitet"):
        return _lacking(municipality, area)
    note = _when(lage.get("kvalitet_ar"), lage.get("kvalitet_sakerhet"))
    return Cell((lage["kvalitet"],), note, sort=lage["kvalitet"])


def _share(municipality: Municipality) -> Cell:
    share = municipality.lage(_OVERVIEW).get("andel_data")
    if share is None:
        return _lacking(municipality, _OVERVIEW, number=True)
    return Cell((f"{format_decimal(100 * share, '#,##0', locale='sv_SE')} %",), sort=share, number=True)


def _when(year: int | None, certainty: str | None) -> str:
    return ", ".join(text for text in ("" if year is None else str(year), certainty or "") if text)


def signed(value: float) -> str:
    """Write a difference with one decimal and its sign."""
    rounded = round(value, 1)
    text = format_decimal(abs(rounded), "#,##0.0", locale="sv_SE")
    return text if rounded == 0 else f"{'+' if rounded > 0 else '−'}{text}"


# The Excel file -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _SheetColumn:
    """A column of the Excel file, where every fact has one of its own."""

    label: str
    area: str
    fact: str
    kind: str = "text"
    unit: str = ""
    decimals: int = 0
    signed: bool = False
    found: Callable[[Any], Any] = field(default=lambda value: value)


def make_sheet(municipalities: Sequence[Municipality], *, example: bool, made: dt.date) -> bytes:
    """Return the table as an Excel file, with numbers as numbers.

    Parameters
    ----------
    municipalities
        In their order.
    example
        Whether any of the values are invented.
    made
        Day that the newest of the reports was made.
    """
    columns = [
        _SheetColumn("Län", _OVERVIEW, "lan"),
        _SheetColumn("Invånare", _OVERVIEW, "invanare", "number"),
        _SheetColumn("Utpekade områden", _OVERVIEW, "utpekade", found=_all_named),
    ]
    for area, name in _areas(municipalities).items():
        columns += [
            _SheetColumn(
                f"{name}: kostnadsavvikelse", area, "avvikelse_procent", "number", "procent", 1, True
            ),
            _SheetColumn(f"{name}: kostnadsavvikelse", area, "avvikelse_mnkr", "number", "mnkr", 1, True),
            _SheetColumn(f"{name}: kostnadens år", area, "avvikelse_ar", "year"),
            _SheetColumn(f"{name}: kostnadens säkerhet", area, "avvikelse_sakerhet"),
            _SheetColumn(f"{name}: kvalitet", area, "kvalitet"),
            _SheetColumn(f"{name}: kvalitetens år", area, "kvalitet_ar", "year"),
            _SheetColumn(f"{name}: kvalitetens säkerhet", area, "kvalitet_sakerhet"),
        ]
    columns.append(
        _SheetColumn(
            "Andel data", _OVERVIEW, "andel_data", "number", "procent", found=lambda value: 100 * value
        )
    )
    filled = [
        column for column in columns if any(_value(each, column) is not None for each in municipalities)
    ]
    table = {
        "caption": f"{TITLE} i bokstavsordning",
        "row_header": "kommun",
        "columns": [
            _column_json("kommun", "Kommun"),
            *(
                _column_json(
                    f"{column.area}-{column.fact}",
                    column.label,
                    column.kind,
                    column.unit,
                    column.decimals,
                    column.signed,
                )
                for column in filled
            ),
            _column_json("status", "Status"),
        ],
        "rows": [
            [each.kommun, *(_value(each, column) for column in filled), each.status]
            for each in municipalities
        ],
        "marks": [
            {
                "row": row,
                "column": f"{column.area}-{column.fact}",
                "mark": _lacking(each, column.area).reason,
                # A cell for numbers is left empty, and then the reason stands below the table.
                "text": "" if column.kind == "text" else _lacking(each, column.area).reason,
            }
            for row, each in enumerate(municipalities)
            for column in filled
            if _value(each, column) is None
        ],
    }
    exhibit = {
        "id": "kommuner",
        "title": TITLE,
        "finding": "",
        "source": "Egen bearbetning",
        "flags": [],
        "notes": "",
        "table": table,
    }
    about = {"Rapporterna": f"Den nyaste är framställd {made.isoformat()}"}
    return make_xlsx([exhibit], title="Rapporter per kommun", about=about, example=example, made=made)


def _column_json(
    key: str, label: str, kind: str = "text", unit: str = "", decimals: int = 0, signed: bool = False
) -> dict[str, Any]:
    return {
        "key": key,
        "label": label,
        "kind": kind,
        "unit": unit,
        "decimals": decimals,
        "signed": signed,
        "may_lack": False,
    }


def _value(municipality: Municipality, column: _SheetColumn) -> Any:
    value = municipality.lage(column.area).get(column.fact)
    return None if value is None or value == "" else column.found(value)


def _all_named(named: Sequence[Mapping[str, str]]) -> str:
    return "; ".join(f"{each['omrade']}: {each['riktning']}" for each in named) or "inget"
