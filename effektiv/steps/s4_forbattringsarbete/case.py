"""The cases of step 4: all that its notebooks may show."""

from __future__ import annotations

from typing import Any

from effektiv.steps.data import DataCase
from effektiv.steps.evidence import EvidenceCase
from effektiv.steps.s4_forbattringsarbete.report import FollowUpReportCase


class FollowUpAreaCase(FollowUpReportCase, EvidenceCase, DataCase):
    """En kommun i ett fokusområde: varje metod visar en del av uppföljningen."""

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report and the index of all municipalities need."""
        return super().describe() | {"underlag": "tunt" if self.report.is_thin else "fullt"}


AREA = FollowUpAreaCase
"""What `effektiv.open_case` gives in a focus area."""

TOPICS: dict[str, type] = {}
"""What it gives in the step's other topics, by id."""

NATIONAL = ()
"""Nothing is computed for all municipalities: months are the municipality's own."""
