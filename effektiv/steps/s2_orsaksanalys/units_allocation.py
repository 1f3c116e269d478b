"""What the municipality's units are given of the budget: two sheets of the units' form, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from effektiv.forms import Column, Fault, FormRead, FormRow, Kind, Sheet
from effektiv.params.allocation import AllocationParams
from effektiv.validation import either

LATEST_YEAR, EARLIEST_YEAR = 2100, 1990

_UNIT = Column("unit", "Enhetskod", required=True, width=16, most=40, help="Samma kod som på bladet Enheter.")
_YEAR = Column("year", "År", Kind.INTEGER, required=True, least=EARLIEST_YEAR, most=LATEST_YEAR, width=8,
               help="Budgetåret, till exempel 2026.")  # fmt: skip

ALLOCATION_SHEET = Sheet(
    key="fordelning",
    title="Fördelning",
    intro=(
        "En rad för varje enhet och budgetår. Budgeten och beloppen skrivs i områdets yaml-fil, under fordelning.",
    ),
    rows=60,
    may_lack=True,
    columns=(
        _UNIT,
        _YEAR,
        Column("given", "Tilldelat i dag, kr", Kind.NUMBER, least=0, width=16,
               help="Hela summan som enheten får i budgeten i dag, i kronor."),
        Column("index", "Index", Kind.NUMBER, least=1, most=1000, width=10,
               help="Socioekonomiskt index, där 100 är kommunens snitt. Beställs till exempel från SCB."),
        Column("premises", "Lokaler, kr", Kind.INTEGER, least=0, width=14,
               help="Det som enheten får för lokaler, i hela kronor. Dras av innan resten fördelas."),
        Column("worked", "Arbetad tid, timmar", Kind.NUMBER, least=0, width=14,
               help="Bara hemtjänst: alla arbetade timmar på ett år, också resor och möten."),
    ),
)  # fmt: skip

VOLUME_SHEET = Sheet(
    key="volymer",
    title="Volymer",
    intro=("En rad för varje enhet, budgetår och stadium. Stadierna heter som i områdets yaml-fil.",),
    rows=120,
    may_lack=True,
    columns=(
        _UNIT,
        _YEAR,
        Column("stage", "Stadium", required=True, width=22, most=60,
               help="Till exempel Årskurs 1-3, eller en tid på dygnet, till exempel Dag."),
        Column("volume", "Volym", Kind.NUMBER, least=0, width=12,
               help="Elever, barn eller utförda timmar på ett år, till exempel 74."),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class GivenUnit:
    """What one unit is given in a budget year, and for what.

    Attributes
    ----------
    unit, name, area
        As on the sheet of units.
    given
        Kronor today; None where it is not written.
    index
        Socio-economic, 100 as the municipality; None where it is not written.
    premises
        Whole kronor; None where they are not written.
    worked
        Hours a year; None where they are not written.
    volumes
        By stage, None where a number is missing or wrong.
    row
        Where it is written.
    """

    unit: str
    name: str
    area: str
    given: float | None
    index: float | None
    premises: int | None
    worked: float | None
    volumes: Mapping[str, float | None]
    row: FormRow

    @property
    def has_volume(self) -> bool:
        """Whether all its volumes are known and one of them is more than none."""
        known = [value for value in self.volumes.values() if value is not None]
        return len(known) == len(self.volumes) and sum(known) > 0


def given_units(said: FormRead | None, area: str, year: int) -> tuple[GivenUnit, ...]:
    """Return the units of an area that have a row in a budget year, in the order of the form."""
    if said is None:
        return ()
    names = _names(said)
    volumes: dict[str, dict[str, float | None]] = {}
    for row in said.rows.get(VOLUME_SHEET.key, ()):
        if row["year"] == year:
            volumes.setdefault(row.text("unit").casefold(), {})[row.text("stage")] = _number(row["volume"])
    found = []
    for row in said.rows.get(ALLOCATION_SHEET.key, ()):
        key = row.text("unit").casefold()
        name, its_area = names.get(key, ("", ""))
        if its_area != area or row["year"] != year:
            continue
        premises = _number(row["premises"])
        found.append(
            GivenUnit(
                unit=row.text("unit"),
                name=name,
                area=area,
                given=_number(row["given"]),
                index=_number(row["index"]),
                premises=None if premises is None else int(premises),
                worked=_number(row["worked"]),
                volumes=volumes.get(key, {}),
                row=row,
            )
        )
    return tuple(found)


def own_faults(said: FormRead) -> Iterator[Fault]:
    """Yield what is wrong in the two sheets themselves: an unknown unit, one that stands twice or has no area."""
    names = _names(said)
    seen: dict[tuple[str, ...], int] = {}
    for sheet in (ALLOCATION_SHEET, VOLUME_SHEET):
        for row in said.rows.get(sheet.key, ()):
            unit, stage = row.text("unit"), row.text("stage") if sheet is VOLUME_SHEET else ""
            if unit.casefold() not in names:
                yield row.fault("unit", f"enheten {unit} finns inte på bladet Enheter: lägg till den där")
            elif not names[unit.casefold()][1]:
                yield row.fault(
                    "unit", f"enheten {unit} har inget fokusområde på bladet Enheter: skriv det där"
                )
            key = (sheet.key, unit.casefold(), str(row["year"]), stage.casefold())
            first = seen.setdefault(key, row.number)
            if first != row.number:
                what = f"{stage} i " if stage else ""
                yield row.fault(
                    "unit",
                    f"{what}enheten {unit} står redan för {row['year']} på rad {first}: behåll en av raderna",
                )


def allocation_faults(said: FormRead, rules: Mapping[str, AllocationParams]) -> Iterator[tuple[str, Fault]]:
    """Yield what does not agree with how the areas' budgets are divided, with the area it is told of.

    Parameters
    ----------
    said
        The form of units.
    rules
        By area, of those that have any.
    """
    names = _names(said)
    areas = {
        names.get(row.text("unit").casefold(), ("", ""))[1] for row in said.rows.get(ALLOCATION_SHEET.key, ())
    }
    for area in sorted((areas | rules.keys()) - {""}):
        if area not in rules:
            text = f"enheterna i {area} har en fördelning, men {area}.yaml har ingen nyckel fordelning: skriv den"
            yield area, Fault(text, ALLOCATION_SHEET.title)
            continue
        for fault in _area_faults(said, area, rules[area]):
            yield area, fault


def _area_faults(said: FormRead, area: str, rules: AllocationParams) -> Iterator[Fault]:
    units, year = given_units(said, area, rules.year), rules.year
    if not units:
        text = f"{area}.yaml fördelar budgeten för {year}, men ingen enhet har en rad för det året: skriv en för varje"
        yield Fault(text, ALLOCATION_SHEET.title)
        return
    for unit in units:
        if not unit.volumes:
            yield unit.row.fault(
                "unit", f"enheten {unit.unit} har ingen volym för {year} på bladet Volymer: skriv den"
            )
        elif all(value == 0 for value in unit.volumes.values()):
            yield unit.row.fault(
                "unit",
                f"enheten {unit.unit} har volymen 0 i alla stadier {year}: rätta eller ta bort raden",
            )
        if unit.given is None:
            yield unit.row.fault(
                "given", f"det som enheten {unit.unit} är tilldelad i dag saknas: skriv kronorna"
            )
        if rules.worked_time is not None and unit.worked is None:
            yield unit.row.fault(
                "worked", f"den arbetade tiden för enheten {unit.unit} saknas: skriv timmarna"
            )
        if unit.premises is None and any(one.premises is not None for one in units):
            yield unit.row.fault(
                "premises", f"lokalerna för enheten {unit.unit} saknas: skriv 0 om den inte får något för dem"
            )
    yield from _index_faults(units, area, rules)
    yield from _sum_faults(units, area, rules)
    yield from _stage_faults(said, units, area, rules)


def _index_faults(units: Sequence[GivenUnit], area: str, rules: AllocationParams) -> Iterator[Fault]:
    lacking = [unit for unit in units if unit.index is None]
    if rules.socio_percent > 0 or len(lacking) < len(units):
        for unit in lacking:
            why = (
                f"{area}.yaml fördelar {rules.socio_percent:g} procent efter det"
                if rules.socio_percent > 0
                else "andra enheter har det"
            )
            yield unit.row.fault("index", f"enheten {unit.unit} saknar index fast {why}: skriv det")


def _sum_faults(units: Sequence[GivenUnit], area: str, rules: AllocationParams) -> Iterator[Fault]:
    known = [unit.given for unit in units if unit.given is not None]
    if len(known) == len(units) and round(sum(known)) != rules.budget:
        yield Fault(
            f"enheterna är tilldelade {_kronor(sum(known))} tillsammans, men budgeten i {area}.yaml är "
            f"{_kronor(rules.budget)}: rätta den som är fel",
            ALLOCATION_SHEET.title,
        )


def _stage_faults(
    said: FormRead, units: Sequence[GivenUnit], area: str, rules: AllocationParams
) -> Iterator[Fault]:
    stages = {stage.name for stage in rules.stages}
    ours = {key for key, (_, its_area) in _names(said).items() if its_area == area}
    given = {unit.unit.casefold() for unit in units}
    told = {(fault.sheet, fault.cell) for fault in said.faults}
    for row in said.rows.get(VOLUME_SHEET.key, ()):
        unit, stage = row.text("unit"), row.text("stage")
        if unit.casefold() not in ours or row["year"] != rules.year:
            continue
        if stage not in stages:
            yield row.fault(
                "stage", f"stadiet {stage} finns inte i {area}.yaml: skriv {either(sorted(stages))}"
            )
        if row["volume"] is None and (row.sheet, row.cells.get("volume", "")) not in told:
            yield row.fault(
                "volume", f"volymen för {stage} i enheten {unit} saknas: skriv den, också om den är 0"
            )
        if unit.casefold() not in given:
            yield row.fault(
                "unit",
                f"enheten {unit} har en volym men ingen rad för {rules.year} på bladet Fördelning: lägg till den",
            )


def _names(said: FormRead) -> dict[str, tuple[str, str]]:
    """Return name and area of each unit by its code in lower case, of the latest year that says."""
    rows = sorted(said.rows.get("enheter", ()), key=lambda row: str(row["year"]))
    return {row.text("unit").casefold(): (row.text("name"), row.text("area")) for row in rows}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _kronor(value: float) -> str:
    return f"{value:,.0f} kronor".replace(",", "\u00a0")
