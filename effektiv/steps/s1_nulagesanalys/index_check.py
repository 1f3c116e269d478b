"""Our own computation of RKA's indices against the published."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from effektiv.analysis.panels import value_at
from effektiv.exhibits.exhibit import Bullets, Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import lower_first
from effektiv.exhibits.swedish import number, sentence
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.base import OverviewBase
from effektiv.steps.s1_nulagesanalys.indices import SIDE_NAMES
from effektiv.steps.s1_nulagesanalys.national import INDEX, SIDES
from effektiv.types import IndexDefinition


@dataclass(frozen=True)
class CheckView:
    """Our index against the published one, a side of an index.

    Attributes
    ----------
    label, side
        Which index.
    year
        Latest year with both; None when there is none, and then the numbers are missing.
    own, published
        The municipality's index points.
    mean_difference, max_difference
        Over all municipalities, absolute index points.
    n
        Municipalities with both.
    note
        Why the two may differ.
    """

    label: str
    side: str
    year: int | None
    own: float = math.nan
    published: float = math.nan
    mean_difference: float = math.nan
    max_difference: float = math.nan
    n: int = 0
    note: str = ""


class IndexCheckCase(OverviewBase):
    """The check of RKA's indices."""

    @cached_property
    def checks(self) -> tuple[CheckView, ...]:
        """Each side of each index, as computed here and as published."""
        return tuple(self._check(item, side) for item in self.overview.indices for side in SIDES)

    def index_check(self) -> Exhibit:
        """Jämför egna beräkningar av indexen med de publicerade."""
        context, checks = self.context, self.checks
        title = "Kontroll av index"
        known = [check for check in checks if check.year is not None]
        if not known:
            return nothing(
                "indexkontroll", title, "Frysningen saknar index eller de nyckeltal som index räknas fram ur."
            )
        worst = max(known, key=lambda check: check.mean_difference)
        rows: list[tuple[Value, ...]] = [
            (f"{check.label}, {SIDE_NAMES[check.side].lower()}", check.year, check.published, check.own,
             check.mean_difference, check.max_difference, check.n or None)
            for check in checks
        ]  # fmt: skip
        notes = dict.fromkeys(f"{check.label}: {check.note}" for check in checks if check.note)
        return Exhibit(
            id="indexkontroll",
            title=title,
            source=Source.OWN,
            alt=None,
            finding=sentence(
                [
                    "Som en kontroll räknar vi om RKA:s index ur samma nyckeltal.",
                    f"Störst är skillnaden i {lower_first(worst.label)} ({SIDE_NAMES[worst.side].lower()}):",
                    f"{number(worst.mean_difference, 1)} indexpoäng i genomsnitt för kommunerna {worst.year}",
                ]
            ),
            blocks=(Bullets(tuple(notes)),) if notes else (),
            table=Table(
                caption="Publicerat index mot vår egen beräkning, senaste år med båda",
                columns=(
                    Column("index", "Index"),
                    Column("ar", "År", kind="year"),
                    Column("publicerat", f"Publicerat, {context.name}", kind="number"),
                    Column("eget", f"Egen beräkning, {context.name}", kind="number"),
                    Column("medel", "Skillnad i genomsnitt", kind="number", unit="poäng", decimals=1),
                    Column("storst", "Största skillnad", kind="number", unit="poäng", decimals=1),
                    Column("antal", "Kommuner", kind="number"),
                ),
                rows=tuple(rows),
            ),
            how_to_read=(
                "Rapporten visar alltid det publicerade värdet. En stor skillnad kan betyda att RKA använder andra uppgifter."
            ),
        )

    def _check(self, definition: IndexDefinition, side: str) -> CheckView:
        index = self.national.result(INDEX, definition)
        found = index.checks[side]
        year = int(found.index.max()) if len(found) else None
        if year is None:
            return CheckView(definition.label, side, None)
        return CheckView(
            label=definition.label,
            side=side,
            year=year,
            own=value_at(index.own(side), self.municipality, year),
            published=value_at(index.published(side), self.municipality, year),
            mean_difference=float(found["mean_abs_diff"][year]),
            max_difference=float(found["max_abs_diff"][year]),
            n=int(found["n"][year]),
            note=definition.note if side == "quality" else "",
        )
