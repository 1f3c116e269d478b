"""The project's steps: the one table of their numbers, folders, names and topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import MappingProxyType


@dataclass(frozen=True)
class Step:
    """A step of the project, or what is done for a whole network of municipalities.

    Its notebooks are the focus areas, whichever the catalogue has, and topics of its own.

    Attributes
    ----------
    number
        1-5; None for the network.
    folder
        Name of its folder, under the notebooks and under a municipality's reports.
    name
        What it is called in reports.
    package
        Module of `effektiv.steps` that has its cases; it need not be there yet.
    first, last
        Its topics that are no focus area, those before the areas and those after: id (the notebook's
        name) to name in reports.
    """

    number: int | None
    folder: str
    name: str
    package: str
    first: Mapping[str, str] = field(default_factory=dict, hash=False)
    last: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def module(self) -> str | None:
        """Name of the module with its cases; None where there is none yet."""
        package = f"{__name__.rpartition('.')[0]}.steps.{self.package}"
        name = f"{package}.case"
        return None if find_spec(package) is None or find_spec(name) is None else name

    @property
    def topics(self) -> dict[str, str]:
        """The topics that are no focus area: id to name."""
        return {**self.first, **self.last}

    def order(self, topic: str) -> tuple[int, int, str]:
        """Return what a topic or an area is sorted by among the step's notebooks and reports."""
        if topic in self.first:
            return 0, list(self.first).index(topic), topic
        if topic in self.last:
            return 2, list(self.last).index(topic), topic
        return 1, 0, topic


STEPS: Mapping[int, Step] = MappingProxyType(
    {
        step.number: step
        for step in (
            Step(1, "1-nulagesanalys", "Nulägesanalys", "s1_nulagesanalys", {"oversikt": "Översikt"}),
            Step(2, "2-orsaksanalys", "Orsaksanalys", "s2_orsaksanalys", {}, {"styrning": "Styrning"}),
            Step(3, "3-atgarder", "Åtgärder", "s3_atgarder", {"ideer": "Idéer"}, {"beslut": "Beslut"}),
            Step(
                4,
                "4-forbattringsarbete",
                "Förbättringsarbete",
                "s4_forbattringsarbete",
                {"oversikt": "Översikt"},
            ),
            Step(5, "5-avslutning", "Avslutning", "s5_avslutning", {}, {"sammanfattning": "Sammanfattning"}),
        )
        if step.number is not None
    }
)
"""The steps by number, in order."""

NETWORK = Step(None, "natverk", "Nätverk", "natverk", {"natverk": "Deltagarna", "urval": "Urval"})
"""What is done for several municipalities together."""


DOCUMENTS = frozenset({(3, "beslut"), (5, "sammanfattning")})
"""Topics, by step, whose reports are documents to be signed or spread: they can be made as Word files too."""


def step_of(number: int | None) -> Step:
    """Return a step by its number; the network's for None.

    Raises
    ------
    KeyError
        There is no such step.
    """
    return NETWORK if number is None else STEPS[number]
