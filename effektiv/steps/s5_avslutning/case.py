"""The cases of step 5: all that its notebooks may show."""

from __future__ import annotations

from typing import Any

from effektiv.exhibits.glossary import glossary
from effektiv.steps.data import DataCase
from effektiv.steps.evidence import EvidenceCase
from effektiv.steps.peer_group import PeerGroupCase
from effektiv.steps.s5_avslutning.catching_up_underlag import CatchingUpCase
from effektiv.steps.s5_avslutning.national import RESULTS
from effektiv.steps.s5_avslutning.report import ClosingReportCase
from effektiv.steps.s5_avslutning.summary import SummaryCase
from effektiv.steps.s5_avslutning.underlag import ClosingUnderlagCase

EXPECTED = "väntat"
"""The catalogue's word for the reference cost; here what is expected is what would have come without the project."""


class ClosingAreaCase(
    ClosingReportCase, ClosingUnderlagCase, CatchingUpCase, PeerGroupCase, EvidenceCase, DataCase
):
    """En kommun i ett fokusområde: varje metod visar en del av avslutningen."""

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report and the index of all municipalities need."""
        terms = [term for term in self.catalogue.terms if term.word != EXPECTED]
        return super().describe() | {
            "underlag": "tunt" if self.report.is_thin else "fullt",
            "ordlista": glossary(terms),
        }


class ClosingSummaryCase(SummaryCase, PeerGroupCase, EvidenceCase, DataCase):
    """En kommuns hela projekt på två sidor, att sprida."""

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report and the index of all municipalities need."""
        # Two pages have no room for a list of words; those of the areas' reports have it.
        return super().describe() | {"underlag": "tunt" if self.report.is_thin else "fullt", "ordlista": []}


AREA = ClosingAreaCase
"""What `effektiv.open_case` gives in a focus area."""

TOPICS = {"sammanfattning": ClosingSummaryCase}
"""What it gives in the step's other topics, by id."""

NATIONAL = RESULTS
"""What is computed once and kept."""
