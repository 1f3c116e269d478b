"""One focus area of one municipality, as step 2 sees it: what its cost consists of, against whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.drivers import REST, DriverSplit, pooled, split_drivers
from effektiv.analysis.panels import value_at
from effektiv.errors import InputError
from effektiv.steps.base import AreaBase
from effektiv.steps.judging import GROUP, NATION, Judgement
from effektiv.steps.s1_nulagesanalys import facts
from effektiv.steps.services import ServiceCase
from effektiv.steps.view import View
from effektiv.types import RIKET, Causes, DriverFactor, DriverPart, Drivers, Kpi

SMALLEST_SHARE = 0.1
"""A driver with a smaller share than this of all that differs, regardless of sign, is not told of."""

ALONE_SHARE = 0.5
"""Where the whole cannot be told from none, one of less than this share is not told of either: of several drivers some
stand out by chance (measured by ``python -m benchmarks.kalibrering``)."""

PEERS_SHARE = 0.7
"""Nor one that fewer of the peers than this have on the other side: five of seven, as when services are named."""

SMALLEST_MNKR = 0.1
"""Nor one of less than this."""

FEWEST_PEERS = 3

FEWEST_PERSONS = 10
"""A cost of fewer persons than this is not divided over its factors."""


class CauseCase(AreaBase, ServiceCase):
    """A case that asks why."""

    @cached_property
    def view(self) -> CauseView:
        """The municipality in the area."""
        return CauseView(self, self.area)


@dataclass(frozen=True)
class Driver:
    """One driver of a cost.

    Attributes
    ----------
    kpi
        Its figure.
    words
        How it is told, and what to ask.
    mnkr
        Its part of the difference from the comparator, mnkr a year.
    judged
        Its figure against the comparator; None where that cannot be judged.
    """

    kpi: Kpi
    words: DriverPart | DriverFactor
    mnkr: float
    judged: Judgement | None

    @property
    def certainty(self) -> Certainty:
        """How sure: an amount has the word of the difference that it is computed from."""
        return Certainty.UNCLEAR if self.judged is None else self.judged.certainty

    @property
    def stands_out(self) -> bool:
        """Whether it can be told from none, and most of the peers lie on the other side."""
        if self.judged is None or self.certainty is Certainty.UNCLEAR:
            return False
        place = self.judged.place
        if len(place.peers) < FEWEST_PEERS:
            return True
        beyond = place.higher_than if self.judged.is_higher else place.lower_than
        return beyond >= PEERS_SHARE * len(place.peers)

    @property
    def told(self) -> str:
        """What it is called by its direction: "fler timmar per person"."""
        return self.words.more if self.mnkr > 0 else self.words.less


@dataclass(frozen=True)
class DrivenCost:
    """A cost's difference from a comparator, divided over its drivers.

    Attributes
    ----------
    years
        Years that it is a mean of, in order; the last is the one judged.
    whole
        The cost for a unit against the comparator.
    total
        mnkr a year; positive is dearer than the comparator.
    drivers
        The largest first, whatever their sign; with `rest` they sum to `total`.
    rest
        What they leave, mnkr.
    """

    years: tuple[int, ...]
    whole: Judgement
    total: float
    drivers: tuple[Driver, ...]
    rest: float

    @property
    def year(self) -> int:
        """The year judged."""
        return self.years[-1]

    @cached_property
    def sure(self) -> tuple[Driver, ...]:
        """Drivers that stand out and are worth telling of, the largest first."""
        every = sum(abs(item.mnkr) for item in self.drivers) + abs(self.rest)
        share = ALONE_SHARE if self.whole.certainty is Certainty.UNCLEAR else SMALLEST_SHARE
        least = max(SMALLEST_MNKR, share * every)
        return tuple(item for item in self.drivers if item.stands_out and abs(item.mnkr) >= least)

    @property
    def leading(self) -> tuple[Driver, ...]:
        """Those of them that go the way of the whole difference."""
        return tuple(item for item in self.sure if item.mnkr * self.total > 0)

    @property
    def opposing(self) -> tuple[Driver, ...]:
        """Those of them that go the other way."""
        return tuple(item for item in self.sure if item.mnkr * self.total <= 0)


@dataclass(frozen=True)
class CauseView(View):
    """A municipality in a focus area, and the questions of step 2."""

    case: CauseCase

    @property
    def causes(self) -> Causes:
        """What the area asks.

        Raises
        ------
        InputError
            The catalogue has no such questions for the area.
        """
        if self.area.causes is None:
            raise InputError(
                f"Området {self.area.id} saknar causes i katalogen och har därför ingen orsaksanalys."
            )
        return self.area.causes

    @cached_property
    def drivers(self) -> Drivers:
        """The tree, with the figures that stand in for those that the municipality has no late value of."""
        tree = self.causes.drivers
        parts = tuple(part.model_copy(update={"kpi": self.best(part.kpi)}) for part in tree.parts)
        total, persons = self.best(tree.total), self.best(tree.persons)
        return tree.model_copy(update={"total": total, "persons": persons, "parts": parts})

    def best(self, kpi_id: str) -> str:
        """Return the figure, or one that stands in for it and is counted for the same persons."""
        found = self.case.best(kpi_id)
        return found.id if found.unit == self.kpi(kpi_id).unit else kpi_id

    @cached_property
    def against(self) -> str:
        """`NATION` where Riket has what the municipality has of the tree, else `GROUP`."""
        latest = self.case.latest(self.drivers.total)
        if latest is None:
            return NATION
        have = [
            kpi
            for kpi in self._figures
            if np.isfinite(value_at(self.case.panel(kpi), self.case.municipality, latest[0]))
        ]
        riket = all(np.isfinite(value_at(self.case.panel(kpi), RIKET, latest[0])) for kpi in have)
        return NATION if riket else GROUP

    @property
    def than(self) -> str:
        """Whom the drivers are compared with, to follow "än i"."""
        return "riket" if self.against == NATION else self.definite

    @property
    def _figures(self) -> list[str]:
        tree = self.drivers
        return list(
            dict.fromkeys(
                (
                    tree.total,
                    *(part.kpi for part in tree.parts),
                    *(factor.kpi for part in tree.parts for factor in part.factors),
                )
            )
        )

    @cached_property
    def whole(self) -> Judgement | None:
        """The cost for a unit against whom the drivers are compared with; None without a late value."""
        return self.judge(self.drivers.total, self.against)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years that are divided together, in order: the latest, and those before it that no break separates."""
        if self.whole is None:
            return ()
        latest = self.whole.year
        breaks = [
            item.year for kpi in self._figures for item in self.case.kpi(kpi).breaks if item.year <= latest
        ]
        first = max([latest - self.drivers.pooled_years + 1, *breaks])
        own = self.case.own(self.drivers.total)
        return tuple(year for year in range(first, latest + 1) if np.isfinite(own.get(year, np.nan)))

    def split_against(self, code: str) -> DriverSplit | None:
        """Divide the difference from a municipality or Riket, mean of `years`; None where that cannot be done."""
        return self.split_against_all([code])

    def split_against_all(self, codes: Sequence[str]) -> DriverSplit | None:
        """Divide the mean difference from several municipalities, each with the whole and what it has of the tree."""
        every = (self._split_over_years(code) for code in codes)
        return pooled([found for found in every if found is not None])

    def _split_over_years(self, code: str) -> DriverSplit | None:
        """Divide the difference from one, mean of `years`, once: the report asks for each peer several times."""
        known: dict[str, DriverSplit | None] = vars(self).setdefault("_splits", {})
        if code not in known:
            found = [item for year in self.years if (item := self._split(year, code)) is not None]
            known[code] = pooled(found) if len(found) == len(self.years) else None
        return known[code]

    def _split(self, year: int, code: str) -> DriverSplit | None:
        units = value_at(self.case.panel(self.drivers.persons), self.case.municipality, year)
        return split_drivers(
            self.drivers,
            self._values(year, self.case.municipality),
            self._values(year, code),
            units,
            self._undivided(year, code),
        )

    def _values(self, year: int, code: str) -> Mapping[str, float]:
        return {kpi: value_at(self.case.panel(kpi), code, year) for kpi in self._figures}

    def _undivided(self, year: int, code: str) -> list[str]:
        """Return the parts that rest on too few persons, here or there, to be divided."""
        return [
            part.kpi
            for part in self.drivers.parts
            if part.fewest is not None
            for own in [value_at(self.case.panel(part.fewest), self.case.municipality, year)]
            for other in [np.inf if code == RIKET else value_at(self.case.panel(part.fewest), code, year)]
            if not (own >= FEWEST_PERSONS and other >= FEWEST_PERSONS)
        ]

    @cached_property
    def group_split(self) -> DriverSplit | None:
        """The mean difference from the peers, divided over the drivers."""
        return self.split_against_all(self.members)

    @cached_property
    def driven(self) -> DrivenCost | None:
        """The difference from `against` divided over the drivers; None where that cannot be done."""
        split = self.split_against(RIKET) if self.against == NATION else self.group_split
        if split is None or self.whole is None:
            return None
        words: dict[str, DriverPart | DriverFactor] = {part.kpi: part for part in self.drivers.parts}
        words |= {factor.kpi: factor for part in self.drivers.parts for factor in part.factors}
        parts = split.parts.drop(REST) / 1e6
        drivers = [
            Driver(self.case.kpi(str(kpi)), words[str(kpi)], float(mnkr), self.judge(str(kpi), self.against))
            for kpi, mnkr in parts.items()
        ]
        return DrivenCost(
            years=self.years,
            whole=self.whole,
            total=split.total / 1e6,
            drivers=tuple(sorted(drivers, key=lambda item: -abs(item.mnkr))),
            rest=float(split.parts[REST]) / 1e6,
        )

    @cached_property
    def role_model(self) -> str | None:
        """Whom the drivers are compared with by name: the municipality's choice, else the first named role model."""
        chosen = self.case.params.area(self.area.id).role_models
        if chosen:
            return chosen[0]
        models = facts.models(self.case)
        return None if models is None or models.found.empty else str(models.found.index[0])

    def units(self, year: int) -> float:
        """Return the municipality's number of units of the drivers' cost."""
        return value_at(self.case.panel(self.drivers.persons), self.case.municipality, year)
