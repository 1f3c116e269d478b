"""Summary, problem statement, role models, state of the figures: what is written from many numbers."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from effektiv.analysis.panels import latest_year, value_at, window
from effektiv.analysis.uncertainty import three_year_spread
from effektiv.case.gap import GapView
from effektiv.case.position import Position
from effektiv.exhibits import evidence, problem, role_models, summary
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.problem import OwnText
from effektiv.exhibits.role_models import RoleModels
from effektiv.exhibits.summary import AreaFacts, EfficiencyFacts, Level
from effektiv.types import Flag


class Written(Position, GapView):
    """What a report says in words."""

    @cached_property
    def facts(self) -> AreaFacts:
        """What summary and problem statement are written from."""
        area = self.area
        year = latest_year(self.panel(area.volume), self.municipality)
        volume = np.nan if year is None else value_at(self.panel(area.volume), self.municipality, year)
        return AreaFacts(
            area=area,
            deviation=self.compare(area.deviation_pct),
            deviation_level=self._level(area.deviation_pct),
            deviation_kpi=self.kpi(area.deviation_pct),
            unit_cost=self.compare(area.unit_cost),
            unit_cost_kpi=self.kpi(area.unit_cost),
            headline=next((q for q in self.quality_gaps if q.kpi.id == area.headline_quality), None),
            headline_level=self._level(area.headline_quality),
            efficiency=self.efficiency_facts,
            cost_gaps=self.cost_gaps,
            role_models=self.role_model_choice,
            volume=volume,
            volume_year=year,
        )

    def _level(self, kpi: str) -> Level | None:
        panel = self.panel(kpi)
        year = latest_year(panel, self.municipality)
        if year is None:
            return None
        spread = three_year_spread(panel, self.municipality, year, self.kpi(kpi).breaks)
        return Level(year=year, own=value_at(panel, self.municipality, year), spread=spread)

    @cached_property
    def efficiency_facts(self) -> EfficiencyFacts | None:
        """Efficiency against Riket as the efficiency exhibit shows it, and its spread over three years."""
        view = self.efficiency_view
        if view is None:
            return None
        recent = view.own["ln_E"].reindex(window(view.year, 3, view.breaks)).dropna()
        return EfficiencyFacts(
            year=view.year,
            ln_e=float(view.own["ln_E"][view.year]),
            ln_k=float(view.own["ln_K"][view.year]),
            ln_unit_cost=float(view.own["ln_unit_cost_rel"][view.year]),
            low=float(recent.min()),
            high=float(recent.max()),
            years=tuple(int(item) for item in recent.index),
        )

    @cached_property
    def role_model_choice(self) -> RoleModels | None:
        """Role models and the municipality's own choice of them."""
        if self.role_model_frame is None:
            return None
        chosen = self.params.area(self.area.id).role_models
        return RoleModels(
            frame=self.role_model_frame,
            cost=self.kpi(self.area.deviation_pct),
            quality=self.kpi(self.area.headline_quality),
            years=self.role_model_years,
            chosen={code: self.national.names[code] for code in chosen if code in self.national.names},
        )

    def summary(self) -> Exhibit:
        """Visa första sidans fem punkter."""
        return summary.summary(self.context, self.facts, self._main_flags)

    def role_models(self) -> Exhibit:
        """Visa förebilder: vilka som lyckas bättre, med hur mycket och hur länge."""
        flags = self.flags(self.area.deviation_pct, self.area.headline_quality)
        return role_models.role_models(self.context, self.role_model_choice, flags)

    def problem_statement(self) -> Exhibit:
        """Visa problemformuleringen, förifylld och kompletterad av kommunen."""
        own = self.params.area(self.area.id)
        contact = self.params.municipality.contact
        reach = (contact.name, contact.role, contact.email, contact.phone)
        text = OwnText(
            direction=own.direction or self.area.direction,
            direction_is_own=own.direction is not None,
            what=own.what,
            for_whom=own.for_whom,
            goal=own.goal,
            limits=own.limits,
            decision=own.decision,
            record_number=own.record_number,
            contact=", ".join(part for part in reach if part) or None,
        )
        return problem.problem_statement(self.context, self.facts, text, self._main_flags)

    def data_quality(self) -> Exhibit:
        """Visa vad som gäller för varje nyckeltal: år, brott, sekretess och annat."""
        return evidence.data_quality(self.context, self.data_facts)

    def limits(self) -> Exhibit:
        """Visa vad som inte går att dra för slutsatser, och kommunens eget underlag."""
        absent = self.data_facts[self.data_facts["year"].isna()].index
        own = self.params.area(self.area.id).own_evidence
        return evidence.limits(
            self.context,
            self.area.limits,
            [(item.source, item.observation) for item in own],
            {str(kpi): self.kpi(str(kpi)).label for kpi in absent},
        )

    @property
    def _main_flags(self) -> tuple[Flag, ...]:
        return self.flags(self.area.deviation_pct, self.area.headline_quality, self.area.unit_cost)
