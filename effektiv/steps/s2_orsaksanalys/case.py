"""The step's cases: all that its notebooks may show."""

from __future__ import annotations

from typing import Any

from effektiv.steps.data import DataCase
from effektiv.steps.evidence import EvidenceCase
from effektiv.steps.own_figures import OwnFiguresCase
from effektiv.steps.peer_group import PeerGroupCase
from effektiv.steps.s2_orsaksanalys.causes import HypothesesCase
from effektiv.steps.s2_orsaksanalys.frontier import FrontierCase
from effektiv.steps.s2_orsaksanalys.governance_underlag import GovernanceCase
from effektiv.steps.s2_orsaksanalys.national import RESULTS
from effektiv.steps.s2_orsaksanalys.patterns import PatternCase
from effektiv.steps.s2_orsaksanalys.report import CauseReportCase
from effektiv.steps.s2_orsaksanalys.structure_underlag import StructureCase
from effektiv.steps.s2_orsaksanalys.underlag import CauseUnderlagCase
from effektiv.steps.s2_orsaksanalys.units_underlag import UnitsCase


class CauseAreaCase(
    CauseReportCase,
    CauseUnderlagCase,
    HypothesesCase,
    StructureCase,
    FrontierCase,
    PatternCase,
    UnitsCase,
    PeerGroupCase,
    EvidenceCase,
    OwnFiguresCase,
    DataCase,
):
    """En kommun i ett fokusområde: varje metod visar en del av orsaksanalysen."""

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report and the index of all municipalities need."""
        found = self.view.whole
        return super().describe() | {
            "ar": self.year if found is None else found.year,
            "underlag": "tunt" if self.report.is_thin else "fullt",
        }


AREA = CauseAreaCase
"""What `effektiv.open_case` gives in a focus area."""

TOPICS = {"styrning": GovernanceCase}
"""What it gives in the step's other topics, by id."""

NATIONAL = RESULTS
"""What is computed once for all municipalities and kept."""
