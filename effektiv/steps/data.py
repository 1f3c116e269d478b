"""All values behind a report, for the xlsx file: own, the peers' and Riket's, a row a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from effektiv.outputs import DATA_MIME
from effektiv.steps.base import Case
from effektiv.types import RIKET

HISTORY = 6
"""Years back that values are given for."""

COLUMNS = ("kommun", "kod", "nyckeltal", "id", "år", "kön", "värde", "enhet", "status", "källa")


@dataclass(frozen=True)
class Values:
    """Alla värden bakom en rapport; i xlsx-filen på bladet Data.

    Attributes
    ----------
    frame
        One row a value, the columns of `COLUMNS`.
    """

    frame: pd.DataFrame

    def __repr__(self) -> str:
        return f"{len(self.frame)} värden; frame ger dem som en tabell"

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, Any]:
        rows = self.frame.astype(object).where(self.frame.notna(), None).to_numpy().tolist()
        bundle: dict[str, Any] = {
            "text/html": "<p>Alla värden bakom rapporten, även de jämförda kommunernas, finns på bladet Data i Excelfilen.</p>",
            "text/plain": repr(self),
            DATA_MIME: {"columns": list(COLUMNS), "rows": rows},
        }
        wanted = set(bundle if include is None else include) - set(exclude or ())
        return {mime: made for mime, made in bundle.items() if mime in wanted}


class DataCase(Case):
    """A case that gives the values behind what it has shown."""

    def values(self) -> Values:
        """Ge alla värden bakom det som har visats: kommunens egna, de jämförda kommunernas och rikets."""
        first = self.year - HISTORY + 1
        codes = [self.municipality, *self.peers.members[:60], RIKET]
        parts = []
        for kpi in self.used:
            figure = self.kpi(kpi)
            tidy = self._tidy(kpi, "T", codes)
            tidy = tidy[(tidy["year"] >= first) & (tidy["value"].notna() | (tidy["status"] != ""))]
            parts.append(
                pd.DataFrame(
                    {
                        "kommun": tidy["name"],
                        "kod": tidy["municipality"],
                        "nyckeltal": figure.label,
                        "id": kpi,
                        "år": tidy["year"],
                        "kön": tidy["gender"],
                        "värde": tidy["value"],
                        "enhet": figure.unit,
                        "status": tidy["status"],
                        "källa": "Kolada" if figure.formula is None else "Egen bearbetning",
                    }
                )
            )
        frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
        return Values(frame[list(COLUMNS)])
