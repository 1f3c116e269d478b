"""Step 1, nulägesanalys: where the municipality stands, against whom, since when and what it is worth."""

from effektiv.steps.s1_nulagesanalys.case import AreaCase, OverviewCase
from effektiv.steps.s1_nulagesanalys.national import RESULTS

__all__ = ["AREA", "NATIONAL", "TOPICS", "AreaCase", "OverviewCase"]

AREA = AreaCase
"""What `effektiv.open_case` gives in a focus area."""

TOPICS = {"oversikt": OverviewCase}
"""What it gives in the step's other topics, by id."""

NATIONAL = RESULTS
"""What is computed once for all municipalities and kept."""
