"""The case of an area in step 3: all that its notebooks may show."""

from __future__ import annotations

from typing import Any

from effektiv.steps.data import DataCase
from effektiv.steps.evidence import EvidenceCase
from effektiv.steps.own_figures import OwnFiguresCase
from effektiv.steps.s3_atgarder.done_before import DoneBeforeCase
from effektiv.steps.s3_atgarder.report import MeasureReportCase
from effektiv.steps.s3_atgarder.underlag import UnderlagCase
from effektiv.steps.s3_atgarder.ways import WaysCase


class AreaCase(
    MeasureReportCase, UnderlagCase, DoneBeforeCase, WaysCase, EvidenceCase, OwnFiguresCase, DataCase
):
    """En kommun i ett fokusområde: varje metod visar en del av åtgärderna."""

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report and the index of all municipalities need."""
        return super().describe() | {"underlag": "tunt" if self.report.is_thin else "fullt"}
