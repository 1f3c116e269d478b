"""The hypotheses that the working group has written, as the step's exhibits want them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from effektiv.forms import Fault, FormRead, FormRow
from effektiv.steps.s2_orsaksanalys.forms import DISMISSED, OPEN


@dataclass(frozen=True)
class Hypothesis:
    """One suspected cause, as it is written.

    Attributes
    ----------
    id
        Such as ``H1``.
    area
        Id of its focus area.
    deviation, cause
        What deviates, and what it is thought to be due to.
    category
        One of `CATEGORIES`; None where nothing is chosen.
    evidence_for, evidence_against, exhibit, to_find_out, owner, conclusion
        "" where nothing is written.
    due
        The day by which the answer should be there.
    strength
        One of `STRENGTHS`; open where nothing is chosen.
    row
        Where it is written, for what more is to be said of it.
    """

    id: str
    area: str
    deviation: str
    cause: str
    category: str | None
    evidence_for: str
    evidence_against: str
    exhibit: str
    to_find_out: str
    owner: str
    due: dt.date | None
    conclusion: str
    strength: str
    row: FormRow

    @property
    def is_open(self) -> bool:
        """Whether there is no conclusion yet."""
        return self.strength == OPEN

    @property
    def is_dismissed(self) -> bool:
        """Whether it has been found not to be a cause."""
        return self.strength == DISMISSED

    @property
    def lacks(self) -> tuple[str, ...]:
        """What an open one lacks to become answered, as Swedish words: ``vem``, ``när``."""
        if not self.is_open:
            return ()
        return tuple(word for word, there in (("vem", self.owner), ("när", self.due)) if not there)


def hypotheses(said: FormRead | None, area: str | None = None) -> tuple[Hypothesis, ...]:
    """Return the hypotheses of a filled-in form, in its order.

    Parameters
    ----------
    said
        What the form says; None where there is no form.
    area
        Id of the focus area that they are wanted of; all areas when left out.
    """
    if said is None:
        return ()
    every = (_hypothesis(row) for row in said.rows.get("hypoteser", ()))
    return tuple(one for one in every if area in (None, one.area))


def _hypothesis(row: FormRow) -> Hypothesis:
    due, category = row["due"], row.text("category")
    return Hypothesis(
        id=row.text("id"),
        area=row.text("area"),
        deviation=row.text("deviation"),
        cause=row.text("cause"),
        category=category or None,
        evidence_for=row.text("evidence_for"),
        evidence_against=row.text("evidence_against"),
        exhibit=row.text("exhibit"),
        to_find_out=row.text("to_find_out"),
        owner=row.text("owner"),
        due=due if isinstance(due, dt.date) else None,
        conclusion=row.text("conclusion"),
        strength=row.text("strength") or OPEN,
        row=row,
    )


def faults(said: FormRead) -> Iterator[Fault]:
    """Yield what is wrong though each cell is right: numbers that stand twice, conclusions without strength."""
    first: dict[str, Hypothesis] = {}
    for one in hypotheses(said):
        other = first.setdefault(one.id.casefold(), one)
        if other is not one:
            yield one.row.fault(
                "id", f"numret {one.id} står redan på rad {other.row.number}: ge raden ett eget"
            )
        if one.conclusion and one.row["strength"] is None and "strength" in one.row.cells:
            yield one.row.fault("strength", "slutsatsen är skriven men inte dess styrka: välj i listan")
