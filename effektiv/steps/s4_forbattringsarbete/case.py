"""The cases of step 4: all that its notebooks may show."""

from __future__ import annotations

from typing import Any

from effektiv.steps.data import DataCase
from effektiv.steps.evidence import EvidenceCase
from effektiv.steps.peer_group import PeerGroupCase
from effektiv.steps.s4_forbattringsarbete.meeting import MeetingCase
from effektiv.steps.s4_forbattringsarbete.national import RESULTS
from effektiv.steps.s4_forbattringsarbete.report import FollowUpReportCase
from effektiv.steps.s4_forbattringsarbete.underlag import FollowUpUnderlagCase
from effektiv.steps.s4_forbattringsarbete.yearly import YearlyCase


class FollowUpAreaCase(
    FollowUpReportCase, FollowUpUnderlagCase, YearlyCase, PeerGroupCase, EvidenceCase, DataCase
):
    """En kommun i ett fokusområde: varje metod visar en del av uppföljningen."""

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report and the index of all municipalities need."""
        return super().describe() | {"underlag": "tunt" if self.report.is_thin else "fullt"}


class FollowUpMeetingCase(MeetingCase, FollowUpUnderlagCase, PeerGroupCase, EvidenceCase, DataCase):
    """En kommuns alla områden på ett blad, för mötet."""

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report and the index of all municipalities need."""
        return super().describe() | {"underlag": "tunt" if self.report.is_thin else "fullt", "ett_blad": True}


AREA = FollowUpAreaCase
"""What `effektiv.open_case` gives in a focus area."""

TOPICS = {"oversikt": FollowUpMeetingCase}
"""What it gives in the step's other topics, by id."""

NATIONAL = RESULTS
"""What is computed once and kept."""
