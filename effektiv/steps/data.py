"""All values behind a report, for the xlsx file: own, the peers' and Riket's, a row a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from effektiv.analysis.panels import places_of
from effektiv.outputs import DATA_MIME
from effektiv.steps.base import Case
from effektiv.types import RIKET

HISTORY = 6
"""Years back that values are given for."""

MOST_PEERS = 60
"""More peers than this are not all listed."""

_PUBLISHERS = {
    "kolada": "Kolada",
    "skolverket": "Skolverket",
    "skolinspektionen": "Skolinspektionen",
    "egna": "Kommunens egna uppgifter",
}

COLUMNS = ("kommun", "kod", "nyckeltal", "id", "år", "kön", "värde", "enhet", "status", "källa")


@dataclass(frozen=True)
class Values:
    """Alla värden bakom en rapport; i xlsx-filen på bladet Data.

    Attributes
    ----------
    rows
        One row a value, in the order of `columns`; a missing value is None and its status says why.
    columns
        Their headings.
    """

    rows: list[list[Any]]
    columns: tuple[str, ...] = COLUMNS

    def to_frame(self) -> pd.DataFrame:
        """Ge värdena som en tabell i pandas."""
        return pd.DataFrame(self.rows, columns=list(self.columns))

    def __repr__(self) -> str:
        return f"{len(self.rows)} värden; to_frame() ger dem som en tabell"

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, Any]:
        bundle: dict[str, Any] = {
            "text/html": "<p>Alla värden bakom rapporten, även de jämförda kommunernas, finns på bladet Data i "
            "Excelfilen.</p>",
            "text/plain": repr(self),
            DATA_MIME: {"columns": list(self.columns), "rows": self.rows},
        }
        wanted = set(bundle if include is None else include) - set(exclude or ())
        return {mime: made for mime, made in bundle.items() if mime in wanted}


class DataCase(Case):
    """A case that gives the values behind what it has shown."""

    def values(self) -> Values:
        """Ge alla värden bakom det som har visats: kommunens egna, de jämförda kommunernas och rikets."""
        codes = [self.municipality, *self.peers.members[:MOST_PEERS], RIKET]
        return Values([row for kpi in self.used for row in self._rows(kpi, codes)])

    def _rows(self, kpi: str, codes: Sequence[str]) -> Iterator[list[Any]]:
        figure, panel, marks = self.kpi(kpi), self.national.panel(kpi), self.national.statuses(kpi)
        source = "Egen bearbetning" if figure.formula is not None else _PUBLISHERS[figure.source]
        names = self.national.names
        years = [(at, int(year)) for at, year in enumerate(panel.columns) if int(year) > self.year - HISTORY]
        numbers = panel.to_numpy(dtype=float)
        said = None if marks is None else marks.to_numpy()  # of the panel's shape
        # Cells are read one by one: frames made for each figure would take most of a report's time.
        for place, code in zip(
            places_of(panel, codes), (code for code in codes if code in panel.index), strict=True
        ):
            own, name = numbers[place].tolist(), names.get(code, code)
            told = [""] * len(own) if said is None else said[place].tolist()
            for at, year in years:
                value, status = own[at], told[at]
                if value == value or status:  # noqa: PLR0124  NaN is the only number that is not itself
                    yield [
                        name, code, figure.label, kpi, year, "T",
                        value if value == value else None,  # noqa: PLR0124
                        figure.unit, status, source,
                    ]  # fmt: skip
