"""The case of an area in step 3: all that its notebooks may show."""

from __future__ import annotations

from typing import Any

from effektiv.steps.data import DataCase
from effektiv.steps.evidence import EvidenceCase
from effektiv.steps.own_figures import OwnFiguresCase
from effektiv.steps.s3_atgarder.allocation_underlag import AllocationCase
from effektiv.steps.s3_atgarder.done_before import DoneBeforeCase
from effektiv.steps.s3_atgarder.ideas_case import IdeasCase
from effektiv.steps.s3_atgarder.national import RESULTS
from effektiv.steps.s3_atgarder.report import MeasureReportCase
from effektiv.steps.s3_atgarder.underlag import MeasureUnderlagCase
from effektiv.steps.s3_atgarder.volumes import VolumesCase
from effektiv.steps.s3_atgarder.ways import WaysCase


class MeasureAreaCase(
    MeasureReportCase,
    MeasureUnderlagCase,
    AllocationCase,
    VolumesCase,
    DoneBeforeCase,
    WaysCase,
    EvidenceCase,
    OwnFiguresCase,
    DataCase,
):
    """En kommun i ett fokusområde: varje metod visar en del av åtgärderna."""

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report and the index of all municipalities need."""
        return super().describe() | {"underlag": "tunt" if self.report.is_thin else "fullt"}


AREA = MeasureAreaCase
"""What `effektiv.open_case` gives in a focus area."""

TOPICS = {"ideer": IdeasCase}
"""What it gives in the step's other topics, by id."""

NATIONAL = RESULTS
"""What is computed once for all municipalities and kept."""
