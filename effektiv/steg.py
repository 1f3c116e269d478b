"""The project's five steps: the one table of their numbers, folders and names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Step:
    """A step of the project.

    Attributes
    ----------
    number
        1-5.
    folder
        Name of its folder, under the notebooks and under a municipality's reports.
    name
        What it is called in reports.
    """

    number: int
    folder: str
    name: str


STEPS: Mapping[int, Step] = MappingProxyType(
    {
        step.number: step
        for step in (
            Step(1, "1-nulagesanalys", "Nulägesanalys"),
            Step(2, "2-orsaksanalys", "Orsaksanalys"),
            Step(3, "3-atgarder", "Åtgärder"),
            Step(4, "4-forbattringsarbete", "Förbättringsarbete"),
            Step(5, "5-avslutning", "Avslutning"),
        )
    }
)
"""The steps by number, in order."""
