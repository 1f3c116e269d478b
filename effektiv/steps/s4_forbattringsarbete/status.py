"""How the work goes, as it is written: status and milestones of measures, effect brought home, what is done about deviations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from effektiv.forms import Fault, FormRead, FormRow
from effektiv.names import slug
from effektiv.steps.s4_forbattringsarbete.status_form import BEHIND, DONE


@dataclass(frozen=True)
class Milestone:
    """One milestone of a measure; `reached` is None until it is."""

    measure: str
    name: str
    planned: dt.date
    reached: dt.date | None
    owner: str

    def is_late(self, day: dt.date) -> bool:
        """Whether it should have been reached by a day, and was not."""
        return self.planned <= day and (self.reached is None or self.reached > day)


@dataclass(frozen=True)
class Realised:
    """What a measure has brought home in a year, to a day: kronor or hours after its class of benefit."""

    measure: str
    year: int
    to: dt.date
    amount: float
    how: str


@dataclass(frozen=True)
class DeviationAction:
    """What is done about a deviation; "" and None where nothing is written."""

    about: str
    text: str
    effect: float | None
    owner: str
    decided: dt.date | None
    due: dt.date | None
    done: dt.date | None


@dataclass(frozen=True)
class MeasureStatus:
    """How a measure stands: its latest status, and when that was."""

    measure: str
    status: str
    day: dt.date
    comment: str
    next: str
    indicator: str

    @property
    def is_behind(self) -> bool:
        """Whether somebody has written that it is behind its plan."""
        return self.status == BEHIND


def standings(said: FormRead | None) -> dict[str, MeasureStatus]:
    """Return each measure's latest status, by number in lower case."""
    found: dict[str, MeasureStatus] = {}
    for row in _rows(said, "status"):
        day = row["day"]
        assert isinstance(day, dt.date)  # a required cell of a row that was read
        key = row.text("measure").casefold()
        if key not in found or day >= found[key].day:
            found[key] = MeasureStatus(
                row.text("measure"),
                row.text("status"),
                day,
                row.text("comment"),
                row.text("next"),
                row.text("indicator"),
            )
    return found


def milestones(said: FormRead | None) -> tuple[Milestone, ...]:
    """Return all milestones, in the order of their planned days."""
    found = []
    for row in _rows(said, "milstolpar"):
        planned, reached = row["planned"], row["reached"]
        assert isinstance(planned, dt.date)
        found.append(
            Milestone(
                row.text("measure"),
                row.text("name"),
                planned,
                reached if isinstance(reached, dt.date) else None,
                row.text("owner"),
            )
        )
    return tuple(sorted(found, key=lambda item: item.planned))


def realised(said: FormRead | None) -> tuple[Realised, ...]:
    """Return what has been brought home, the latest row of each measure and year."""
    found: dict[tuple[str, int], Realised] = {}
    for row in _rows(said, "effekt"):
        year, to, amount = row["year"], row["to"], row["realised"]
        assert isinstance(year, int) and isinstance(to, dt.date) and isinstance(amount, int | float)
        key = (row.text("measure").casefold(), year)
        if key not in found or to >= found[key].to:
            found[key] = Realised(row.text("measure"), year, to, float(amount), row.text("how"))
    return tuple(found.values())


def actions(said: FormRead | None) -> tuple[DeviationAction, ...]:
    """Return what is done about deviations, in the order of the form."""
    found = []
    for row in _rows(said, "avvikelser"):
        effect = row["effect"]
        days = {
            key: value if isinstance(value := row[key], dt.date) else None
            for key in ("decided", "due", "done")
        }
        found.append(
            DeviationAction(
                row.text("about"), row.text("action"), float(effect) if isinstance(effect, int | float) else None,
                row.text("owner"), **days,
            )
        )  # fmt: skip
    return tuple(found)


def actions_on(found: Sequence[DeviationAction], *names: str) -> tuple[DeviationAction, ...]:
    """Return the open actions on something that goes by any of some names, as people write them."""
    wanted = {slug(name) for name in names if name}
    return tuple(item for item in found if item.done is None and slug(item.about) in wanted)


def _rows(said: FormRead | None, sheet: str) -> tuple[FormRow, ...]:
    return () if said is None else said.rows.get(sheet, ())


def faults(said: FormRead) -> Iterator[Fault]:
    """Yield what is wrong in the form though each cell is right."""
    for row in said.rows.get("effekt", ()):
        year, to = row["year"], row["to"]
        if isinstance(year, int) and isinstance(to, dt.date) and to.year != year:
            yield row.fault("to", f"dagen {to} ligger inte i året {year}: rätta dagen eller året")
    for row in said.rows.get("avvikelser", ()):
        if row["done"] is None:
            lacking = [
                word for key, word in (("owner", "ansvarig"), ("due", "senaste dag")) if row[key] is None
            ]
            for word in lacking:
                key = "owner" if word == "ansvarig" else "due"
                yield row.fault(key, f"raden saknar {word}: skriv vem som gör det och till när")
    for row in said.rows.get("status", ()):
        open_ones = [
            item.name for item in milestones(said)
            if item.measure.casefold() == row.text("measure").casefold() and item.reached is None
        ]  # fmt: skip
        if row["status"] == DONE and open_ones:
            yield row.fault(
                "status", f"åtgärden är klar, men milstolpen {open_ones[0]} är inte nådd: rätta en av dem"
            )


def faults_beside(said: FormRead, measures: Collection[str] | None) -> Iterator[Fault]:
    """Yield what disagrees with the measures: numbers that none of them has. None where none are written."""
    if measures is None:
        return
    known = {item.casefold() for item in measures}
    for sheet in ("status", "milstolpar", "effekt"):
        for row in said.rows.get(sheet, ()):
            if row.text("measure").casefold() not in known:
                yield row.fault(
                    "measure",
                    f"det finns ingen åtgärd {row.text('measure')} i atgarder.xlsx: skriv en som finns",
                )
