"""The tests of change that are written in the log, and how well each could teach something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from effektiv.forms import Fault, FormRead, FormRow


@dataclass(frozen=True)
class Cycle:
    """One test, as it is written; "" and None where nothing is.

    Attributes
    ----------
    id, area, measure, question, indicator
        Number, focus area, the measure it belongs to, what is tried, what it is measured by.
    aim, predicted, value
        In the indicator's unit: what is wanted, what was believed, what it became.
    written, first, last
        Days of the prediction, the first and the last data.
    locked
        Day on which the prediction was locked; None where it was not.
    decision, follows
        What it ended with, and the test that it goes on from.
    row
        Where it is written; the texts are read from it.
    """

    id: str
    area: str
    measure: str
    question: str
    indicator: str
    aim: float | None
    predicted: float | None
    value: float | None
    written: dt.date | None
    first: dt.date | None
    last: dt.date | None
    locked: dt.date | None
    decision: str
    follows: str
    row: FormRow

    def text(self, key: str) -> str:
        """Return what is written in one of the columns of words."""
        return self.row.text(key)

    @property
    def has_prediction(self) -> bool:
        """Whether there is a prediction, in a number or in words."""
        return self.predicted is not None or bool(self.text("prediction"))

    @property
    def is_predicted_before(self) -> bool:
        """Whether the prediction is dated before the first data."""
        if not self.has_prediction or self.written is None:
            return False
        return self.first is None or self.written < self.first

    @property
    def is_locked_before(self) -> bool:
        """Whether it was also locked before the first data, so that nobody can have changed it since."""
        if not self.has_prediction or self.locked is None:
            return False
        return self.first is None or self.locked < self.first

    @property
    def has_numeric_aim(self) -> bool:
        """Whether the aim is a number."""
        return self.aim is not None

    @property
    def is_finished(self) -> bool:
        """Whether something came of it."""
        return self.value is not None or bool(self.text("outcome"))


def cycles(
    said: FormRead | None, area: str | None = None, locked: Mapping[str, dt.date] | None = None
) -> tuple[Cycle, ...]:
    """Return the tests of a filled-in log, in its order; of one area, or all. One with another's number is left out.

    Parameters
    ----------
    locked
        Day on which each test's prediction was locked, by number in lower case.
    """
    days = locked or {}
    found: dict[str, Cycle] = {}
    for row in () if said is None else said.rows.get("cykler", ()):
        found.setdefault(row.text("id").casefold(), _cycle(row, days))
    return tuple(item for item in found.values() if area in (None, item.area))


def _cycle(row: FormRow, locked: Mapping[str, dt.date]) -> Cycle:
    def number(key: str) -> float | None:
        value = row[key]
        return float(value) if isinstance(value, int | float) else None

    def day(key: str) -> dt.date | None:
        value = row[key]
        return value if isinstance(value, dt.date) else None

    return Cycle(
        id=row.text("id"),
        area=row.text("area"),
        measure=row.text("measure"),
        question=row.text("question"),
        indicator=row.text("indicator"),
        aim=number("aim"),
        predicted=number("predicted"),
        value=number("value"),
        written=day("written"),
        first=day("first"),
        last=day("last"),
        locked=locked.get(row.text("id").casefold()),
        decision=row.text("decision"),
        follows=row.text("follows"),
        row=row,
    )


@dataclass(frozen=True)
class Fidelity:
    """How many of some tests could teach something.

    Attributes
    ----------
    cycles, predicted, locked, numeric, followed
        All; those with a prediction dated before the data, with it locked before them, with an aim in numbers, and
        those that another goes on from or that go on from another.
    """

    cycles: int
    predicted: int
    locked: int
    numeric: int
    followed: int


def fidelity(found: Sequence[Cycle]) -> Fidelity:
    """Count what makes tests teach something (BMJ Quality & Safety's four: prediction, number, iteration, time)."""
    ids = {item.follows.casefold() for item in found if item.follows}
    return Fidelity(
        len(found),
        sum(item.is_predicted_before for item in found),
        sum(item.is_locked_before for item in found),
        sum(item.has_numeric_aim for item in found),
        sum(bool(item.follows) or item.id.casefold() in ids for item in found),
    )


def faults(said: FormRead) -> Iterator[Fault]:
    """Yield what is wrong in the log though each cell is right."""
    rows = said.rows.get("cykler", ())
    first: dict[str, FormRow] = {}
    for row in rows:
        other = first.setdefault(row.text("id").casefold(), row)
        if other is not row:
            yield row.fault(
                "id", f"numret {row.text('id')} står redan på rad {other.number}: ge raden ett eget"
            )
    for item in cycles(said):
        row = item.row
        if item.follows and item.follows.casefold() not in first:
            yield row.fault(
                "follows", f"det finns ingen prövning {item.follows}: skriv numret på en annan rad"
            )
        elif item.follows and item.follows.casefold() == item.id.casefold():
            yield row.fault(
                "follows", f"prövningen följer på sig själv ({item.follows}): skriv numret på en annan rad"
            )
        if item.has_prediction and item.written is None:
            yield row.fault(
                "written", "förutsägelsen har ingen dag, så den räknas inte: skriv dagen då den skrevs"
            )
        if item.first is not None and item.last is not None and item.last < item.first:
            yield row.fault(
                "last", f"data slutar {item.last}, före de börjar {item.first}: rätta en av dagarna"
            )
