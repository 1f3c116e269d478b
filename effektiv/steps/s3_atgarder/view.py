"""One focus area of one municipality, as step 3 sees it: its measures, what they give together, and the gap they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.portfolio import Benefit, Measure, Overlap, Portfolio, portfolio, tornado
from effektiv.forms import Fault
from effektiv.params.locks import Lock
from effektiv.steps.population import PopulationCase
from effektiv.steps.s1_nulagesanalys import facts as position
from effektiv.steps.s1_nulagesanalys.facts import Worth
from effektiv.steps.s2_orsaksanalys import facts as causes
from effektiv.steps.s3_atgarder.allocation_view import AllocationView
from effektiv.steps.s3_atgarder.lock import differs, lock_of
from effektiv.steps.s3_atgarder.measures import Planned, earlier, faults, faults_beside, overlaps, planned
from effektiv.steps.s3_atgarder.measures_form import TIME, UNVALUED
from effektiv.steps.s3_atgarder.measures_params import form_of
from effektiv.steps.services import ServiceCase
from effektiv.steps.view import View

FEWEST_YEARS, MOST_YEARS = 5, 8
"""The years shown: from the first start to the first full year of all, within these."""


class MeasureCase(PopulationCase, ServiceCase):
    """A case that asks what to do."""

    @cached_property
    def view(self) -> MeasureView:
        """The municipality in the area."""
        return MeasureView(self, self.area)


@dataclass(frozen=True)
class MeasureView(View):
    """A municipality in a focus area, and its measures. Amounts are kronor where nothing else is said."""

    case: MeasureCase

    @cached_property
    def allocation(self) -> AllocationView:
        """How the area's budget is divided over its units."""
        return AllocationView(self.case)

    @cached_property
    def written(self) -> tuple[Planned, ...]:
        """The measures of the area, in the order of the form."""
        return planned(form_of(self.case.params.files), self.area.id)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Those that have a time, as the sum needs them."""
        return tuple(found for item in self.written if (found := item.to_measure()) is not None)

    @cached_property
    def overlaps(self) -> tuple[Overlap, ...]:
        """Which of them have one effect in part."""
        known = {item.id for item in self.measures}
        return tuple(item for item in overlaps(self.written) if {item.one, item.other} <= known)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """From the first start to the first full year of all, at least `FEWEST_YEARS`; empty without measures."""
        if not self.measures:
            return ()
        first = min(item.start or item.first for item in self.measures)
        last = max(*(item.full for item in self.measures), first + FEWEST_YEARS - 1)
        return tuple(range(first, min(last, first + MOST_YEARS - 1) + 1))

    @cached_property
    def driven(self) -> causes.DrivenCost | None:
        """The area's cost divided over its drivers in step 2."""
        return None if self.area.causes is None else causes.driven(self.case)

    @cached_property
    def caps(self) -> Mapping[str, float]:
        """Gap of each driver that the municipality is dearer in, kronor a year."""
        if self.driven is None:
            return {}
        return {item.kpi.id: 1e6 * item.mnkr for item in self.driven.drivers if item.mnkr > 0}

    @cached_property
    def portfolio(self) -> Portfolio:
        """What the measures give together, their effects correlated."""
        return portfolio(self.measures, self.years, caps=self.caps, overlaps=self.overlaps)

    @cached_property
    def independent(self) -> Portfolio:
        """The same, were their effects independent."""
        return portfolio(self.measures, self.years, caps=self.caps, overlaps=self.overlaps, rho=0.0)

    @cached_property
    def tornado(self) -> pd.DataFrame:
        """What a full year gives when one measure at a time goes badly or well."""
        return tornado(self.measures, caps=self.caps, overlaps=self.overlaps)

    @cached_property
    def quality(self) -> Mapping[str, pd.Series]:
        """Band of a full year's gain by measure of quality, in its own unit; those with support."""
        return self._band("quality", "quality_kpi")

    @cached_property
    def volume(self) -> Mapping[str, pd.Series]:
        """The same of volume, by what it is counted in."""
        return self._band("volume", "volume_unit")

    def _band(self, what: str, unit: str) -> dict[str, pd.Series]:
        by_unit: dict[str, list[Measure]] = {}
        for item in self.written:
            effect = getattr(item, what)
            if effect is not None and item.is_supported:
                measure = Measure(item.id, Benefit.MONEY, effect, 0, 0)
                by_unit.setdefault(getattr(item, unit), []).append(measure)
        return {
            name: portfolio(
                found,
                (0,),
                overlaps=[
                    pair for pair in overlaps(self.written) if {pair.one, pair.other} <= {m.id for m in found}
                ],
            ).full_year
            for name, found in by_unit.items()
        }

    @property
    def frees_money(self) -> bool:
        """Whether there is any effect that frees money to count."""
        return any(item.effect is not None and item.benefit is Benefit.MONEY for item in self.measures)

    @property
    def frees_time(self) -> bool:
        """Whether there is any effect that frees time to count."""
        return any(item.effect is not None and item.benefit is Benefit.TIME for item in self.measures)

    @property
    def full_year(self) -> int:
        """First year in which all measures that free money have their full effect."""
        return max(
            (
                item.full
                for item in self.measures
                if item.effect is not None and item.benefit is Benefit.MONEY
            ),
            default=max((item.full for item in self.measures), default=0),
        )

    @property
    def not_counted(self) -> tuple[Planned, ...]:
        """Measures that say that they free money or time, but are not in the sum."""
        return tuple(item for item in self.written if item.benefit != UNVALUED and item.counted is None)

    @property
    def time_value(self) -> float | None:
        """What the freed hours of a full year are worth by the wage formula; None where a pay is not written."""
        found = [item for item in self.written if item.benefit == TIME and item.counted is not None]
        if not found or any(item.hourly is None for item in found):
            return None
        counted = self.portfolio.shares["counted"]
        return sum(
            float(counted[item.id]) * (item.hourly or 0.0) for item in found if item.id in counted.index
        )

    @cached_property
    def gap(self) -> Worth | None:
        """What it would mean to cost as each of the peers, from step 1."""
        return position.gap(self.case)

    @property
    def sure_gap(self) -> float | None:
        """Kronor a year above the peers' middle; None where that cannot be told from none, or is not dearer."""
        found = self.gap
        if found is None or found.judged.certainty is Certainty.UNCLEAR or not found.median > 0:
            return None
        return 1e6 * found.median

    @cached_property
    def lock(self) -> Lock | None:
        """The area's lock; None where its goal is not locked."""
        return lock_of(self.case.params, self.area.id)

    @property
    def lock_differs(self) -> bool:
        """Whether the goal that is written now is another than the locked one."""
        return self.lock is not None and differs(self.case.params.area(self.area.id).aim, self.lock)

    @cached_property
    def earlier(self) -> tuple[pd.Series, pd.Series]:
        """What was decided earlier to be freed, and what was, kronor by year."""
        return earlier(form_of(self.case.params.files), self.area.id)

    @property
    def unknown_drivers(self) -> tuple[Planned, ...]:
        """Measures on a driver that step 2 has none of."""
        if self.driven is None:
            return ()
        known = {item.kpi.id for item in self.driven.drivers}
        return tuple(item for item in self.written if item.driver and item.driver not in known)

    @cached_property
    def form_faults(self) -> tuple[Fault, ...]:
        """All that is wrong in the area's measures, by cell."""
        said = form_of(self.case.params.files)
        if said is None:
            return ()
        ids = causes.hypothesis_ids(self.case.params.files)
        days = {self.area.id: self.lock.day} if self.lock is not None and self.lock.day is not None else {}
        rows = {(item.row.sheet, str(item.row.number)) for item in self.written}
        found = [*said.faults, *faults(said), *faults_beside(self.written, ids, days)]
        ours = [
            item
            for item in found
            if not item.cell or (item.sheet, item.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) in rows
        ]
        drivers = ", ".join(item.kpi.id for item in self.driven.drivers) if self.driven is not None else ""
        return (
            *ours,
            *(item.row.fault("driver", f"drivkraften {item.driver} finns inte i steg 2, så effekten har inget tak: {drivers}")
              for item in self.unknown_drivers),
        )  # fmt: skip
