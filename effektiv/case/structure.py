"""What structure explains of the area's cost and quality."""

from __future__ import annotations

import math
from functools import cached_property

from effektiv.analysis.structure import StructuralFit, StructuralResult
from effektiv.case.core import AreaCore
from effektiv.case.position import lacks
from effektiv.exhibits import structure as exhibits
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.structure import Expected
from effektiv.national import SPANS
from effektiv.types import Kpi


class StructureView(AreaCore):
    """Cost and quality against what a structural model expects."""

    @cached_property
    def structure_view(self) -> exhibits.StructureView:
        """Outcomes against their prediction, cost first and the latest year first."""
        model = self.area.structural_model
        cost, quality = self.kpi(model.cost), self.kpi(model.quality)
        sides = [(cost, result.cost, result.years, True) for result in self._results(cost)]
        sides += [(quality, result.quality, result.years, False) for result in self._results(quality)]
        fitted = [(kpi, fit, years, is_log) for kpi, fit, years, is_log in sides if fit is not None]
        expected = [self._expected(kpi, fit, years, is_log=is_log) for kpi, fit, years, is_log in fitted]
        fits = [fit for _, fit, _, _ in fitted]
        used = {str(kpi) for fit in fits for kpi in fit.coefficients.index}
        left_out = {kpi: reason for fit in fits for kpi, reason in fit.dropped.items()}
        return exhibits.StructureView(
            expected=tuple(item for item in expected if item is not None),
            structure=tuple(self.kpi(kpi) for kpi in model.structure if kpi in used),
            left_out={kpi: left_out.get(kpi, "absent") for kpi in model.structure if kpi not in used},
            lacking=lacks(self, (model.cost, model.quality, *model.structure)),
        )

    def _results(self, outcome: Kpi) -> list[StructuralResult]:
        """Return the models of the municipality's latest year with the outcome, and of a mean up to it."""
        years = [int(year) for year in self.own(outcome.id).dropna().index]
        if not years:
            return []
        results = [self.national.structural(self.area, max(years), span) for span in SPANS]
        # Right after a break the mean is of one year: the same model twice.
        return results if results[0].years != results[1].years else results[:1]

    def _expected(
        self, kpi: Kpi, fit: StructuralFit, years: tuple[int, ...], *, is_log: bool
    ) -> Expected | None:
        """Return the municipality's outcome in the figure's own unit; None where it is not in the model."""
        if self.municipality not in fit.frame.index:
            return None
        columns = ["actual", "predicted_loo", "low", "high"]
        (values,) = fit.frame.loc[[self.municipality], columns].itertuples(index=False, name=None)
        actual, predicted, low, high = (math.exp(value) if is_log else float(value) for value in values)
        return Expected(kpi, years, actual, predicted, low, high, fit.unexplained_pct, fit.n)

    def structure(self) -> Exhibit:
        """Visa kostnad och kvalitet mot vad kommunens förutsättningar får en modell att vänta sig."""
        model = self.area.structural_model
        flags = self.flags(model.cost, model.quality, *model.structure)
        return exhibits.structure(self.context, self.structure_view, flags)
