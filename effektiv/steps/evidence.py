"""What the figures of a report are worth: the state of each, and what cannot be concluded."""

from __future__ import annotations

from collections.abc import Sequence

from effektiv.exhibits import evidence
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.words import named
from effektiv.params import Evidence
from effektiv.steps.base import Case
from effektiv.types import FocusArea


class EvidenceCase(Case):
    """State and limits of the figures, in any area or topic."""

    def data_quality(self) -> Exhibit:
        """Visa vad som gäller för varje nyckeltal: år, brott, sekretess och annat."""
        return evidence.data_quality(self.context, self.data_facts)

    def limits(self) -> Exhibit:
        """Visa vad som inte går att dra för slutsatser, och kommunens eget underlag."""
        absent = self.data_facts[self.data_facts["year"].isna()].index
        return evidence.limits(
            self.context,
            self._opened.area.limits,
            [(item.source, item.observation) for item in self._own_evidence],
            {str(kpi): named(self.kpi(str(kpi))) for kpi in absent},
        )

    @property
    def _own_evidence(self) -> Sequence[Evidence]:
        area = self._opened.area
        if isinstance(area, FocusArea):
            return self.params.area(area.id).own_evidence
        return self.params.overview.own_evidence
