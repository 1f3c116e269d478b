"""One focus area of one municipality, as findings see it, and the picture and table of a figure among its peers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from effektiv.analysis.panels import value_at
from effektiv.analysis.place import Place
from effektiv.exhibits import swedish
from effektiv.exhibits.charts import DotRow, Dots, dots
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.table import Column, Table
from effektiv.steps.judging import GROUP, Judgement
from effektiv.steps.services import ServiceCase
from effektiv.types import RIKET, FocusArea, Kpi, Service

MOST_ROWS = 12
"""More peers than this are shown by some of them, from the lowest to the highest."""


@dataclass(frozen=True)
class View:
    """A municipality in a focus area.

    Attributes
    ----------
    case
        The municipality and its data.
    area
        The focus area.
    """

    case: ServiceCase
    area: FocusArea

    @cached_property
    def service(self) -> Service:
        """The service that the area lies in."""
        return self.case.service(self.area.service)

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Whom it is compared with."""
        return self.case.group_of(self.service)

    @property
    def label(self) -> str:
        """What the peers are called: "liknande kommuner"."""
        return self.case.peers.label

    @property
    def definite(self) -> str:
        """What the peers are called in the definite form."""
        return self.case.peers.definite

    def kpi(self, kpi_id: str) -> Kpi:
        """Return a key figure of the catalogue."""
        return self.case.kpi(kpi_id)

    def judge(self, kpi_id: str, against: str = GROUP) -> Judgement | None:
        """Judge a figure against the area's peers, or something else."""
        return self.case.judge(self.case.best(kpi_id).id, against, self.members)

    def name(self, code: str) -> str:
        """Return the name of a municipality."""
        return self.case.national.names[code]

    def persons(self, kpi: Kpi, year: int) -> float:
        """Return how many persons are behind the municipality's value; missing where that is not known."""
        if kpi.denominator is None:
            return float("nan")
        return value_at(self.case.national.panel(kpi.denominator), self.case.municipality, year)

    def is_preliminary(self, kpi: Kpi, year: int) -> bool:
        """Whether a value is preliminary."""
        return self.case.context.is_preliminary(kpi.id, year)


def some_of(place: Place, most: int = MOST_ROWS) -> list[str]:
    """Return codes of peers, highest first: all, or when they are many some from the highest to the lowest."""
    codes = [str(code) for code in place.peers.index]
    if len(codes) <= most:
        return codes
    chosen = np.unique(np.linspace(0, len(codes) - 1, most - 3).round().astype(int))
    return [codes[at] for at in chosen]


def peers_chart(view: View, kpi: Kpi, years: list[int], *, reference: float | None = None) -> Figure:
    """Draw a figure for the municipality and its peers by name, a dot a year."""
    places = view.case.places(kpi.id, years, view.members)
    now = places[-1]
    signed = reference is not None
    rows = [
        DotRow(
            view.case.name,
            tuple(None if np.isnan(item.own) else item.own for item in places),
            strong=True,
        )
    ]
    rows += [
        DotRow(
            view.name(code),
            tuple(float(item.peers[code]) if code in item.peers.index else None for item in places),
        )
        for code in some_of(now)
    ]
    band = None if np.isnan(now.quartiles[0]) else now.quartiles
    return dots(
        Dots(
            rows=tuple(rows),
            years=tuple(years),
            unit=kpi.unit,
            decimals=kpi.decimals,
            signed=signed,
            band=band,
            reference=reference,
            preliminary=frozenset(year for year in years if view.is_preliminary(kpi, year)),
        )
    )


def peers_table(view: View, kpi: Kpi, years: list[int]) -> Table:
    """Return the values behind `peers_chart`, all peers, and Riket where it has a value."""
    places = view.case.places(kpi.id, years, view.members)
    now = places[-1]
    rows: list[tuple[str | float | None, ...]] = [(view.case.name, *(_known(item.own) for item in places))]
    rows += [
        (view.name(str(code)), *(_known(float(item.peers.get(code, np.nan))) for item in places))
        for code in now.peers.index
    ]
    if not np.isnan(now.riket):
        rows.append((view.case.national.names.get(RIKET, "Riket"), *(_known(item.riket) for item in places)))
    return Table(
        caption=f"{kpi.label}, {view.case.name} och {view.label}",
        columns=(
            Column("kommun", "Kommun"),
            *(
                Column(
                    str(year),
                    swedish.year(year, preliminary=view.is_preliminary(kpi, year)),
                    kind="number",
                    unit=kpi.unit,
                    decimals=kpi.decimals,
                    may_lack=True,
                )
                for year in years
            ),
        ),
        rows=tuple(rows),
        own_rows=frozenset({0}),
    )


def years_shown(view: View, kpi: Kpi, most: int = 3) -> list[int]:
    """Return the latest years of the municipality that no break separates, at most three."""
    latest = view.case.latest(kpi.id)
    if latest is None:
        return []
    own = view.case.shown(kpi.id).loc[view.case.municipality].dropna()
    broken = [item.year for item in kpi.breaks if item.year <= latest[0]]
    first = max([latest[0] - 4, *broken])
    return [int(year) for year in own.index if first <= int(year) <= latest[0]][-most:]


def measured(kpi: Kpi, years: list[int]) -> str:
    """Write a subtitle: what is measured, its unit and years."""
    return f"{kpi.label}, {swedish.unit_in_text(kpi.unit)}, {swedish.years(years)}"


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
