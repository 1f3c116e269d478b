"""What a report says where it has nothing to show."""

from __future__ import annotations

from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.types import Flag


def nothing(exhibit_id: str, title: str, what: str) -> Exhibit:
    """Return an exhibit that says in words why there is neither figure nor table.

    Parameters
    ----------
    exhibit_id, title
        As they would have been with data.
    what
        One plain Swedish sentence on what is missing: "Frysningen saknar ...".
    """
    return Exhibit(
        id=exhibit_id,
        title=title,
        source=Source.OWN,
        alt=None,
        blocks=(f"Kan inte visas. {what}",),
        flags=(Flag(code="missing", text="Underlaget finns inte i frysningen."),),
    )
