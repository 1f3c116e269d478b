"""What a report says where it has nothing to show."""

from __future__ import annotations

from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.types import Flag

_NOT_THERE = (Flag(code="missing", text="Underlaget finns inte i datauttaget."),)


def nothing(exhibit_id: str, title: str, what: str, *, flags: tuple[Flag, ...] = _NOT_THERE) -> Exhibit:
    """Return an exhibit that says in words why there is neither figure nor table.

    Parameters
    ----------
    exhibit_id, title
        As they would have been with data.
    what
        One plain Swedish sentence on what is missing: "Frysningen saknar ...".
    flags
        None where no snapshot could have had it.
    """
    return Exhibit(
        id=exhibit_id,
        title=title,
        source=Source.OWN,
        alt=None,
        blocks=(f"Kan inte visas. {what}",),
        flags=flags,
    )
