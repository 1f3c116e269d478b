"""The municipality's own units: a form of who they are, and of values that nobody publishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from effektiv.forms import Column, Fault, Form, FormRead, FormRow, Kind, Sheet
from effektiv.steps.s2_orsaksanalys.units_allocation import ALLOCATION_SHEET, VOLUME_SHEET, own_faults

LATEST_YEAR, EARLIEST_YEAR = 2100, 1990
PROVIDERS = ("kommunal", "enskild")

UNITS_FORM = Form(
    id="enheter",
    name="Egna enheter",
    version=2,
    about=(
        "Här skriver kommunen upp sina skolor, hemtjänstgrupper och andra enheter, och de värden för dem som den själv har.",
        "Använd samma enhetskod år efter år, helst skolenhetskoden eller Koladas kod: då hamnar egna och publicerade "
        "värden på samma enhet.",
        "Bladen Fördelning och Volymer används i steg 3, när budgeten ska fördelas på enheterna.",
        "Skriv inga andelar av färre än tio personer och inga uppgifter om enskilda.",
    ),
    sheets=(
        Sheet(
            key="enheter",
            title="Enheter",
            intro=("En rad för varje enhet och år. Antalet är de elever, brukare eller timmar som enheten har.",),
            rows=60,
            columns=(
                Column("unit", "Enhetskod", required=True, width=16, most=40,
                       help="Skolenhetskod, Koladas kod eller en egen kod, till exempel 16944234."),
                Column("name", "Namn", required=True, width=26, most=80, help="Det som enheten heter."),
                Column("area", "Fokusområde", Kind.AREA, width=22, help="Området som enheten hör till."),
                Column("provider", "Driftform", Kind.CHOICE, choices=PROVIDERS, width=14,
                       help="Vem som driver enheten. Bara kommunala räknas som kommunens egna."),
                Column("count", "Antal", Kind.NUMBER, least=0, width=10,
                       help="Antal elever, brukare eller timmar, till exempel 240."),
                Column("count_of", "Antal av", width=14, most=30, help="Vad som räknas: elever, brukare eller timmar."),
                Column("year", "År", Kind.INTEGER, required=True, least=EARLIEST_YEAR, most=LATEST_YEAR, width=8,
                       help="Året som antalet gäller, till exempel 2025."),
            ),
        ),
        Sheet(
            key="varden",
            title="Värden",
            intro=("En rad för varje enhet, år och mått. Utan antal svarande går det inte att säga hur säkert värdet är.",),
            rows=60,
            may_lack=True,
            columns=(
                Column("unit", "Enhetskod", required=True, width=16, most=40, help="Samma kod som på bladet Enheter."),
                Column("kpi", "Nyckeltal", required=True, width=14, most=20,
                       help="Nyckeltalets id i Kolada, till exempel U21468."),
                Column("year", "År", Kind.INTEGER, required=True, least=EARLIEST_YEAR, most=LATEST_YEAR, width=8,
                       help="Året som värdet gäller, till exempel 2025."),
                Column("value", "Värde", Kind.NUMBER, width=10, help="I nyckeltalets enhet; procent som 87,5."),
                Column("persons", "Antal personer bakom", Kind.INTEGER, least=0, width=14,
                       help="Hur många som svarade eller räknades, till exempel 34."),
            ),
        ),
        ALLOCATION_SHEET,
        VOLUME_SHEET,
    ),
)  # fmt: skip
"""Who the units are, what is known of them, and what they are given of the budget, which is step 3's."""


@dataclass(frozen=True)
class OwnUnit:
    """One unit of one year.

    Attributes
    ----------
    unit
        Its code, as it is written.
    name
        What it is called.
    area
        Id of its focus area; "" where none is chosen.
    is_municipal
        Whether the municipality runs it itself.
    count
        Pupils, users or hours; None where nothing is written.
    year
        Of the count.
    row
        Where it is written.
    """

    unit: str
    name: str
    area: str
    is_municipal: bool
    count: float | None
    year: int
    row: FormRow


@dataclass(frozen=True)
class OwnValue:
    """One value of one unit: in per cent where it is a share, and the persons behind it where they are known."""

    unit: str
    kpi: str
    year: int
    value: float | None
    persons: int | None
    row: FormRow


def own_units(said: FormRead | None) -> tuple[OwnUnit, ...]:
    """Return the units of a filled-in form, in its order; none where there is no form."""
    if said is None:
        return ()
    return tuple(
        OwnUnit(
            unit=row.text("unit"),
            name=row.text("name"),
            area=row.text("area"),
            is_municipal=row.text("provider") != PROVIDERS[1],
            count=_number(row["count"]),
            year=_year(row),
            row=row,
        )
        for row in said.rows.get("enheter", ())
    )


def own_values(said: FormRead | None) -> tuple[OwnValue, ...]:
    """Return the values of a filled-in form, in its order; none where there is no form."""
    if said is None:
        return ()
    found = []
    for row in said.rows.get("varden", ()):
        persons = _number(row["persons"])
        found.append(
            OwnValue(
                unit=row.text("unit"),
                kpi=row.text("kpi").upper(),
                year=_year(row),
                value=_number(row["value"]),
                persons=None if persons is None else int(persons),
                row=row,
            )
        )
    return tuple(found)


def faults(said: FormRead) -> Iterator[Fault]:
    """Yield what is wrong though each cell is right: a unit that stands twice a year, a value of an unknown unit."""
    units: dict[tuple[str, int], OwnUnit] = {}
    for one in own_units(said):
        first = units.setdefault((one.unit.casefold(), one.year), one)
        if first is not one:
            yield one.row.fault(
                "unit",
                f"enheten {one.unit} står redan för {one.year} på rad {first.row.number}: behåll en av raderna",
            )
    codes = {unit for unit, _ in units}
    values: dict[tuple[str, str, int], OwnValue] = {}
    for item in own_values(said):
        if item.unit.casefold() not in codes:
            yield item.row.fault(
                "unit", f"enheten {item.unit} finns inte på bladet Enheter: lägg till den där"
            )
        before = values.setdefault((item.unit.casefold(), item.kpi, item.year), item)
        if before is not item:
            yield item.row.fault("kpi", f"värdet står redan på rad {before.row.number}: behåll en av raderna")
    yield from own_faults(said)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _year(row: FormRow) -> int:
    year = row["year"]
    assert isinstance(year, int)
    return year
