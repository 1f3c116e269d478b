"""The key figures that a controller may ask a case for: a table to read, and to search by words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, overload

import pandas as pd

from effektiv.errors import InputError
from effektiv.exhibits.style import jupyter_css
from effektiv.exhibits.table import Column, Table
from effektiv.types import Kpi, Role

ROLES = {
    Role.RESOURCE: "resurs",
    Role.VOLUME: "volym",
    Role.QUALITY: "kvalitet",
    Role.STRUCTURE: "struktur",
    Role.INDEX: "index",
}
"""What a key figure measures, in the words of the reports."""

_COLUMNS = (
    Column("kpi", "Nyckeltal"),
    Column("label", "Namn"),
    Column("unit", "Enhet"),
    Column("role", "Roll"),
    Column("title", "Titel i Kolada"),
    Column("year", "Senaste egna år"),
)


class Figures(Sequence[str]):
    """Nyckeltal som en tabell: id, namn, enhet, roll, titel i Kolada och senaste år med ett eget värde.

    Som följd är det nyckeltalens id, så att den kan ges vidare: ``case.frame(case.figures)``.

    Parameters
    ----------
    kpis
        The figures, in order.
    latest
        Returns the latest year with a value of a figure, or None.
    caption
        What the table shows.
    """

    def __init__(self, kpis: Iterable[Kpi], latest: Callable[[str], int | None], caption: str) -> None:
        self._kpis = tuple(kpis)
        self._latest = latest
        self._caption = caption

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return self._ids[index]

    def __len__(self) -> int:
        return len(self._kpis)

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return tuple(kpi.id for kpi in self._kpis)

    @cached_property
    def _table(self) -> Table:
        rows = [
            (kpi.id, kpi.label, kpi.unit, ROLES[kpi.role], kpi.title, self._latest(kpi.id))
            for kpi in self._kpis
        ]
        return Table(f"{self._caption}: {len(rows)}", _COLUMNS, tuple(rows))

    def to_frame(self) -> pd.DataFrame:
        """Ge tabellen som en dataram i pandas, med samma kolumnnamn som ``case.frame``."""
        frame = pd.DataFrame(self._table.rows, columns=[column.key for column in _COLUMNS])
        return frame.astype({"year": "Int64"})

    def find(self, words: str) -> Figures:
        """Sök nyckeltal vars id, namn, enhet, roll eller titel har alla orden.

        Parameters
        ----------
        words
            Ord eller delar av ord, med mellanslag mellan; stora och små bokstäver är lika.

        Returns
        -------
        Figures
            De som passar, i samma ordning.

        Raises
        ------
        InputError
            Inget nyckeltal passar.
        """
        wanted = words.casefold().split()
        found = [kpi for kpi in self._kpis if all(word in _said(kpi) for word in wanted)]
        if not found:
            raise InputError(f"Inget nyckeltal i katalogen har ”{words}”.{self._suggestion(wanted)}")
        return Figures(found, self._latest, f"Nyckeltal med ”{words}”")

    def _suggestion(self, wanted: Iterable[str]) -> str:
        known = {word for kpi in self._kpis for word in re.findall(r"[\w-]+", _said(kpi))}
        strangers = [word for word in wanted if not any(word in said for said in known)]
        near = [hit for word in strangers for hit in difflib.get_close_matches(word, known, n=1, cutoff=0.7)]
        if not near:
            return " Sök med färre eller kortare ord."
        return f" Menade du {' '.join(f'”{word}”' for word in near)}?"

    def __repr__(self) -> str:
        return self._table.to_text()

    def _repr_html_(self) -> str:
        table = self._table.to_html(id_prefix="nyckeltal")
        return f'<style>{jupyter_css()}</style><section class="ex">{table}</section>'

    def __dir__(self) -> Iterable[str]:
        return ("find", "to_frame")


def _said(kpi: Kpi) -> str:
    return " ".join((kpi.id, kpi.label, kpi.unit, ROLES[kpi.role], kpi.title)).casefold()


def flat(values: Iterable[Any]) -> list[Any]:
    """Return values with those that stand in lists among them, in order."""
    return [
        item
        for value in values
        for item in ([value] if isinstance(value, str) or not isinstance(value, Iterable) else value)
    ]
