"""The measures that are written in the form, as the step's exhibits want them, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from effektiv.analysis.portfolio import Benefit, Estimate, Measure, Overlap, hourly_cost
from effektiv.forms import Fault, FormRead, FormRow
from effektiv.steps.s3_atgarder.measures_form import (
    HOURS,
    KRONOR,
    LIKELY,
    LOW,
    MONEY,
    NO_SUPPORT,
    TIME,
    UNITS,
)

BENEFIT = {MONEY: Benefit.MONEY, TIME: Benefit.TIME}
_UNIT = {MONEY: KRONOR, TIME: HOURS}
_PARTS = ("low", "likely", "high")


@dataclass(frozen=True)
class Planned:
    """One measure, as it is written; "" and None where nothing is.

    Attributes
    ----------
    id, area, name, hypothesis, driver
        Number, id of its focus area, what is to be done, the cause that it answers, what it works on.
    benefit
        One of `BENEFITS`.
    way, unit, support
        One of `WAYS`, `UNITS`, `SUPPORTS`.
    one_off, yearly
        Kronor.
    own_hours
        Hours a year that it takes of those who are employed.
    resource, volume, quality
        What a full year gives; None where the three numbers are not there, or not in order.
    pay
        Monthly pay of those whose time it is.
    start, first, first_share, full
        When it starts, and how its effect comes.
    overlaps, overlap_share
        Ids of measures with the same effect, and how much of it is the same.
    row
        Where it is written; the texts that are only shown are read from it.
    """

    id: str
    area: str
    name: str
    hypothesis: str
    driver: str
    benefit: str
    way: str
    unit: str
    support: str
    one_off: float
    yearly: float
    own_hours: float
    resource: Estimate | None
    volume: Estimate | None
    quality: Estimate | None
    volume_unit: str
    quality_kpi: str
    pay: float | None
    start: dt.date | None
    first: int | None
    first_share: float
    full: int | None
    overlaps: tuple[str, ...]
    overlap_share: float
    row: FormRow

    def text(self, key: str) -> str:
        """Return what is written in one of the columns of words."""
        return self.row.text(key)

    @property
    def is_supported(self) -> bool:
        """Whether somebody has tried it, with some support for its effect."""
        return self.support not in ("", NO_SUPPORT)

    @property
    def counted(self) -> Estimate | None:
        """Its effect on the resource as the sum has it: None without support, or in another unit than its benefit's."""
        is_right = _UNIT.get(self.benefit) == self.unit
        return self.resource if self.is_supported and is_right and self.first is not None else None

    @property
    def hourly(self) -> float | None:
        """What an hour of it costs, kronor; None where no pay is written."""
        return None if self.pay is None else hourly_cost(self.pay)

    def to_measure(self) -> Measure | None:
        """Return it as the sum needs it; None while it has neither a start nor a first year."""
        start = self.start.year if self.start else self.first
        if start is None:
            return None
        first = self.first if self.first is not None else start
        effect = self.counted
        return Measure(
            id=self.id,
            benefit=BENEFIT.get(self.benefit, Benefit.UNVALUED),
            effect=effect,
            first=first,
            full=max(first, self.full or first),
            first_share=self.first_share,
            start=start,
            start_share=1.0 if self.start is None else (13 - self.start.month) / 12,
            one_off=self.one_off,
            yearly=self.yearly,
            driver=self.driver if effect is not None else "",
        )


def ids_in(text: str) -> tuple[str, ...]:
    """Return the ids in a cell that lists them.

    Examples
    --------
    >>> ids_in("A2, a5 och A7")
    ('A2', 'a5', 'A7')
    """
    return tuple(word for word in re.split(r"[\s,;]+|\boch\b", text) if word)


def planned(said: FormRead | None, area: str | None = None) -> tuple[Planned, ...]:
    """Return the measures of a filled-in form, in its order; of one area, or all. One that has another's id is left out."""
    if said is None:
        return ()
    found: dict[str, Planned] = {}
    for row in said.rows.get("atgarder", ()):
        found.setdefault(row.text("id").casefold(), _planned(row))
    return tuple(item for item in found.values() if area in (None, item.area))


def _planned(row: FormRow) -> Planned:
    start = row["start"]
    return Planned(
        id=row.text("id"),
        area=row.text("area"),
        name=row.text("name"),
        hypothesis=row.text("hypothesis"),
        driver=row.text("driver"),
        benefit=row.text("benefit"),
        way=row.text("way"),
        unit=row.text("unit"),
        support=row.text("support"),
        one_off=_number(row, "one_off") or 0.0,
        yearly=_number(row, "yearly") or 0.0,
        own_hours=_number(row, "own_hours") or 0.0,
        resource=_estimate(row, "resource"),
        volume=_estimate(row, "volume"),
        quality=_estimate(row, "quality"),
        volume_unit=row.text("volume_unit"),
        quality_kpi=row.text("quality_kpi"),
        pay=_number(row, "pay"),
        start=start if isinstance(start, dt.date) else None,
        first=_year(row, "first"),
        first_share=_share(row, "first_share"),
        full=_year(row, "full"),
        overlaps=ids_in(row.text("overlap")),
        overlap_share=_share(row, "overlap_share"),
        row=row,
    )


def _number(row: FormRow, key: str) -> float | None:
    value = row[key]
    return float(value) if isinstance(value, int | float) else None


def _share(row: FormRow, key: str) -> float:
    value = _number(row, key)
    return 1.0 if value is None else value


def _year(row: FormRow, key: str) -> int | None:
    value = _number(row, key)
    return None if value is None else int(value)


def _estimate(row: FormRow, key: str) -> Estimate | None:
    low, likely, high = (_number(row, f"{key}_{part}") for part in _PARTS)
    if low is None or likely is None or high is None or not low <= likely <= high:
        return None
    return Estimate(low, likely, high)


def overlaps(found: Sequence[Planned]) -> tuple[Overlap, ...]:
    """Return which of the measures have one effect in part, each pair once with the larger share."""
    by_id = {item.id.casefold(): item for item in found}
    shares: dict[tuple[str, str], float] = {}
    for item in found:
        for name in item.overlaps:
            other = by_id.get(name.casefold())
            if other is None or other is item or other.benefit != item.benefit:
                continue
            first, second = sorted((item.id, other.id))
            shares[first, second] = max(shares.get((first, second), 0.0), item.overlap_share)
    return tuple(Overlap(one, other, share) for (one, other), share in shares.items())


def earlier(said: FormRead | None, area: str) -> tuple[pd.Series, pd.Series]:
    """Return what was decided and what came of it by year, kronor; a year that stands twice is added up."""
    rows = [] if said is None else [row for row in said.rows.get("tidigare", ()) if row["area"] == area]
    frame = pd.DataFrame(
        [(row["year"], row["planned"], row["delivered"]) for row in rows],
        columns=["year", "planned", "delivered"],
    ).astype({"planned": float, "delivered": float})
    by_year = frame.groupby("year")
    return by_year["planned"].sum(), by_year["delivered"].apply(lambda some: some.sum(skipna=False))


# --- what is wrong ----------------------------------------------------------------------


def faults(said: FormRead) -> Iterator[Fault]:
    """Yield what is wrong in the form though each cell is right."""
    rows = said.rows.get("atgarder", ())
    first: dict[str, FormRow] = {}
    for row in rows:
        other = first.setdefault(row.text("id").casefold(), row)
        if other is not row:
            yield row.fault(
                "id", f"numret {row.text('id')} står redan på rad {other.number}: ge raden ett eget"
            )
    by_id = {name: _planned(row) for name, row in first.items()}
    for item in by_id.values():
        yield from _numbers(item)
        yield from _times(item)
        yield from _overlapping(item, by_id)


def _numbers(item: Planned) -> Iterator[Fault]:
    row = item.row
    for key, word in (("resource", "resurs"), ("volume", "volym"), ("quality", "kvalitet")):
        found = {part: _number(row, f"{key}_{part}") for part in _PARTS}
        known = [value for value in found.values() if value is not None]
        lacking = next((part for part in _PARTS if found[part] is None), None)
        if known and lacking is not None:
            yield row.fault(
                f"{key}_{lacking}", f"effekten på {word} behöver alla tre talen: skriv det som saknas"
            )
        elif known and known[0] > known[1]:
            yield row.fault(
                f"{key}_low", f"{LOW} ({known[0]:g}) är högre än {LIKELY} ({known[1]:g}): byt plats på dem"
            )
        elif known and known[1] > known[2]:
            yield row.fault(
                f"{key}_likely",
                f"{LIKELY} ({known[1]:g}) är högre än oväntat högt ({known[2]:g}): byt plats på dem",
            )
    wanted = _UNIT.get(item.benefit)
    has_numbers = _number(row, "resource_likely") is not None
    if wanted is None and has_numbers:
        yield row.fault(
            "benefit",
            f"en åtgärd som inte värderas har inga tal för resurs: ta bort dem eller välj {MONEY} eller {TIME}",
        )
    elif wanted is not None and not has_numbers:
        yield row.fault(
            "resource_likely",
            f"åtgärden säger {item.benefit} men har inga tal: skriv {', '.join((LOW, LIKELY))} och oväntat högt",
        )
    elif wanted is not None and item.unit != wanted:
        said = f"är '{item.unit}'" if item.unit in UNITS else "är tomt"
        yield row.fault(
            "unit", f"måttet för resurs {said} men ska vara {wanted} för en åtgärd som {item.benefit}"
        )


def _times(item: Planned) -> Iterator[Fault]:
    row = item.row
    if item.counted is None and item.resource is not None and item.is_supported and item.first is None:
        yield row.fault("first", "första år med effekt saknas, så effekten räknas inte: skriv ett år")
    if item.first is not None and item.full is not None and item.full < item.first:
        yield row.fault(
            "full", f"full effekt {item.full} kommer före den första effekten {item.first}: rätta ett av åren"
        )
    if item.start is not None and item.first is not None and item.first < item.start.year:
        yield row.fault(
            "first", f"effekten börjar {item.first}, före starten {item.start}: rätta året eller dagen"
        )
    if item.start is None and (item.one_off or item.yearly) and item.first is None:
        yield row.fault(
            "start", "åtgärden kostar men har ingen start, så kostnaden räknas inte: skriv en dag"
        )


def _overlapping(item: Planned, by_id: Mapping[str, Planned]) -> Iterator[Fault]:
    for name in item.overlaps:
        other = by_id.get(name.casefold())
        if other is None:
            yield item.row.fault("overlap", f"det finns ingen åtgärd {name}: skriv numret på en annan rad")
        elif other is item:
            yield item.row.fault(
                "overlap", f"åtgärden överlappar sig själv ({name}): skriv numret på en annan rad"
            )
        elif other.area != item.area:
            yield item.row.fault(
                "overlap",
                f"{name} hör till ett annat fokusområde, och då räknas överlappet inte: ta bort den",
            )
        elif other.benefit != item.benefit:
            yield item.row.fault(
                "overlap", f"{name} har ett annat slag av nytta, och då räknas överlappet inte: ta bort den"
            )


def faults_beside(
    found: Sequence[Planned], hypotheses: Collection[str] | None, locked: Mapping[str, dt.date]
) -> Iterator[Fault]:
    """Yield what disagrees with other files.

    Parameters
    ----------
    found
        The measures.
    hypotheses
        Ids that the working group has written; None where it has written no form.
    locked
        The day that each area's goal was locked first.
    """
    known = None if hypotheses is None else {name.casefold() for name in hypotheses}
    for item in found:
        if known is not None and item.hypothesis and item.hypothesis.casefold() not in known:
            yield item.row.fault(
                "hypothesis",
                f"det finns ingen hypotes {item.hypothesis} i hypoteser.xlsx: skriv en som finns",
            )
        day = locked.get(item.area)
        if day is not None and item.start is not None and item.start < day:
            yield item.row.fault(
                "start",
                f"åtgärden börjar {item.start}, innan målet låstes {day}: rätta dagen, eller säg det i rapporten",
            )
