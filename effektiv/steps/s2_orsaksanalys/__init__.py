"""Step 2, orsaksanalys: what the differences consist of, what structure explains, and what people must find out."""

from effektiv.steps.s2_orsaksanalys.case import AreaCase
from effektiv.steps.s2_orsaksanalys.national import RESULTS

__all__ = ["AREA", "NATIONAL", "TOPICS", "AreaCase"]

AREA = AreaCase
"""What `effektiv.open_case` gives in a focus area."""

TOPICS: dict[str, type] = {}
"""What it gives in the step's other topics, by id."""

NATIONAL = RESULTS
"""What is computed once for all municipalities and kept."""
