"""The municipalities of a network: their params, and each of them in each of its focus areas."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from effektiv.exhibits.swedish import cardinal, join
from effektiv.params import Params, load_network, load_params
from effektiv.params.networks import Network, Participant
from effektiv.steps.base import AreaBase, NetworkCase, Opened
from effektiv.types import FocusArea

MOST_NAMED = 7
"""More municipalities than this are not all named in a sentence: a network may have any number."""


def some_names(names: Iterable[str], most: int = MOST_NAMED) -> str:
    """Join names, of many the first and how many more there are.

    Examples
    --------
    >>> some_names(["Alby", "Björke", "Dalum"]), some_names(["Alby", "Björke", "Dalum", "Ed"], 3)
    ('Alby, Björke och Dalum', 'Alby, Björke och två till')
    """
    every = list(names)
    if len(every) <= most:
        return join(every)
    more = len(every) - most + 1
    return f"{', '.join(every[: most - 1])} och {cardinal(more, common=True)} till"


class MembersCase(NetworkCase):
    """Ett nätverk och dess kommuner."""

    @cached_property
    def network(self) -> Network:
        """What the network's file says."""
        return load_network(self.name, areas=tuple(self.catalogue.areas), places=self.snapshot.places)

    @property
    def title(self) -> str:
        """What the network is called in running text."""
        return self.network.title or f"Nätverket {self.name}"

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report needs."""
        return super().describe() | {"namn": self.network.title or ""}

    @cached_property
    def areas(self) -> tuple[FocusArea, ...]:
        """The areas that participants work with, the most common first."""
        named = [area for item in self.network.participants for area in dict.fromkeys(item.areas)]
        order = sorted(dict.fromkeys(named), key=lambda area: -named.count(area))
        return tuple(self.catalogue.areas[area] for area in order)

    def members(self, area: FocusArea) -> tuple[Participant, ...]:
        """Return those who work with an area, in the file's order."""
        return tuple(item for item in self.network.participants if area.id in item.areas)

    def called(self, code: str) -> str:
        """Return the name of a municipality."""
        return self.national.names[code]

    def params_of(self, code: str) -> Params:
        """Return what a municipality's own folder says; defaults where it has none."""
        known: dict[str, Params] = vars(self).setdefault("_params", {})
        if code not in known:
            known[code] = load_params(code, areas=tuple(self.catalogue.areas), places=self.snapshot.places)
        return known[code]

    def in_area(self, code: str, area: FocusArea) -> AreaBase:
        """Return a municipality in an area, for what earlier steps know of it."""
        known: dict[tuple[str, str], AreaBase] = vars(self).setdefault("_cases", {})
        if (code, area.id) not in known:
            params = self.params_of(code)
            case = AreaBase(
                Opened(
                    area, area.id, code, self.snapshot, self.national, params, params.jamfor_med, self._step
                )
            )
            case._used = self._used
            known[code, area.id] = case
        return known[code, area.id]
