"""National results of panels at hand: the real country's, or a made one's, without a snapshot on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from benchmarks import real
from effektiv.analysis.panels import Panel, country, derived
from effektiv.data.catalogue import load_catalogue
from effektiv.data.store import Store
from effektiv.national import National


class OfPanels(National):
    """What is computed of all municipalities, from a function that gives a figure's values.

    Parameters
    ----------
    find
        Gives a figure's panel by id; an empty one where there is none.
    """

    def __init__(self, find: Callable[[str], Panel]) -> None:
        vars(self).update(
            catalogue=load_catalogue(), _store=Store(None), _find=find, _found={}, _noises={}, _spreads={}
        )

    def panel(self, kpi: str, gender: str = "T") -> Panel:
        """Return a figure's values of all; those of women and men are not here."""
        assert gender == "T"
        found: dict[str, Panel] = vars(self)["_found"]
        if kpi not in found:
            formula = self.catalogue.kpis[kpi].formula
            values: Panel = vars(self)["_find"](kpi)
            if formula is not None:
                values = derived({part: self.panel(part) for part in formula.powers}, formula)
            found[kpi] = values
        return found[kpi]

    @property
    def municipalities(self) -> tuple[str, ...]:
        """Those with inhabitants."""
        return tuple(country(self.panel(self.catalogue.overview.population)).index)


def real_country() -> OfPanels:
    """Return the real country."""
    return OfPanels(real.panel)


def made_country(panels: Mapping[str, Panel]) -> OfPanels:
    """Return a made country of its panels."""
    nothing = pd.DataFrame(
        index=pd.Index([], name="municipality"), columns=pd.Index([], dtype="int64", name="year")
    )
    return OfPanels(lambda kpi: panels.get(kpi, nothing.astype(float)))
