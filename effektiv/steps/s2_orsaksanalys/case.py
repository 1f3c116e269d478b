"""The step's cases: all that its notebooks may show."""

from __future__ import annotations

from functools import cached_property

from effektiv.steps.data import DataCase
from effektiv.steps.evidence import EvidenceCase
from effektiv.steps.own_figures import OwnFiguresCase
from effektiv.steps.s2_orsaksanalys.view import CauseCase, CauseView


class AreaCase(CauseCase, EvidenceCase, OwnFiguresCase, DataCase):
    """En kommun i ett fokusområde: varje metod visar en del av orsaksanalysen."""

    @cached_property
    def view(self) -> CauseView:
        """The municipality in the area."""
        return CauseView(self, self.area)
