"""Step 3, åtgärder: from ideas and causes to decisions."""

from effektiv.steps.s3_atgarder.case import AreaCase
from effektiv.steps.s3_atgarder.ideas_case import IdeasCase
from effektiv.steps.s3_atgarder.national import RESULTS

__all__ = ["AREA", "NATIONAL", "TOPICS", "AreaCase"]

AREA = AreaCase
"""What `effektiv.open_case` gives in a focus area."""

TOPICS: dict[str, type] = {"ideer": IdeasCase}
"""What it gives in the step's topics that are no focus area, by id."""

NATIONAL = RESULTS
"""What is computed once for all municipalities and kept."""
