"""Step 3, åtgärder: from ideas and causes to decisions."""

from effektiv.steps.s3_atgarder.ideas_case import IdeasCase

__all__ = ["TOPICS"]

TOPICS: dict[str, type] = {"ideer": IdeasCase}
"""What `effektiv.open_case` gives in the step's topics that are no focus area, by id."""
