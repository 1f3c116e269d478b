"""Step 2, orsaksanalys: what the differences consist of, what structure explains, and what people must find out."""

from effektiv.steps.s2_orsaksanalys.case import AreaCase
from effektiv.steps.s2_orsaksanalys.governance_underlag import GovernanceCase
from effektiv.steps.s2_orsaksanalys.national import RESULTS

__all__ = ["AREA", "NATIONAL", "TOPICS", "AreaCase", "GovernanceCase"]

AREA = AreaCase
"""What `effektiv.open_case` gives in a focus area."""

TOPICS = {"styrning": GovernanceCase}
"""What it gives in the step's other topics, by id."""

NATIONAL = RESULTS
"""What is computed once for all municipalities and kept."""
