"""Who a report is about and whom it compares with: what every builder of exhibits needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from effektiv.types import RIKET, Kpi


@dataclass(frozen=True)
class Peers:
    """The group that a report compares with.

    Attributes
    ----------
    members
        Four-digit codes, never the municipality itself.
    label
        In running text, indefinite plural: ``liknande kommuner``.
    definite
        In running text, definite plural: ``de liknande kommunerna``.
    description
        Sentence on where the group comes from, for the list of peers.
    official
        Whether the group is Kolada's own.
    whole_country
        Whether it is all other municipalities.
    """

    members: tuple[str, ...]
    label: str
    definite: str
    description: str
    official: bool = False
    whole_country: bool = False

    @property
    def median(self) -> str:
        """The group's median in running text: ``medianen för de liknande kommunerna``."""
        return f"medianen för {self.definite}"


@dataclass(frozen=True)
class Context:
    """One municipality, its peers and the names that go with codes and ids.

    Attributes
    ----------
    municipality
        Four-digit code.
    names
        Code -> name, also of Riket.
    kpis
        Id -> key figure.
    year
        Latest year of the data.
    preliminary_year
        Year whose cost figures are preliminary.
    """

    municipality: str
    names: Mapping[str, str]
    peers: Peers
    kpis: Mapping[str, Kpi]
    year: int
    preliminary_year: int | None

    @property
    def name(self) -> str:
        """Name of the municipality."""
        return self.names[self.municipality]

    @property
    def peer_names(self) -> dict[str, str]:
        """Code -> name of the peers."""
        return {code: self.names[code] for code in self.peers.members}

    @property
    def riket(self) -> str:
        """Name of Sweden as a whole."""
        return self.names.get(RIKET, "Riket")

    def is_preliminary(self, kpi: str, year: int) -> bool:
        """Whether this year's value of the key figure is preliminary."""
        return year == self.preliminary_year and self.kpis[kpi].preliminary_until_final
