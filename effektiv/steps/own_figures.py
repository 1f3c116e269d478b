"""What the municipality has measured itself, as it has written it."""

from __future__ import annotations

from effektiv.data.local.figures import OwnFigure
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import join
from effektiv.exhibits.table import Column, Table
from effektiv.params.own import OWN_FIGURES_FILE
from effektiv.steps.base import Case
from effektiv.types import FocusArea

_TITLE, _ID = "Kommunens egna uppgifter", "egna-uppgifter"
_MOST_DECIMALS = 3


class OwnFiguresCase(Case):
    """A case that shows the municipality's own figures."""

    def own_figures(self) -> Exhibit:
        """Visa de egna uppgifter som kommunen har skrivit i egna.xlsx."""
        found = self._own_figures
        if not found:
            what = f"Det finns inga egna uppgifter; de skrivs i {OWN_FIGURES_FILE.name} i kommunens mapp."
            return nothing(_ID, _TITLE, what, flags=())
        years = sorted({year for figure in found for year in figure.values})
        return Exhibit(
            id=_ID,
            title=_TITLE,
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read="Kommunen svarar för uppgifterna. De jämförs inte med andra kommuners.",
            table=Table(
                caption=f"{_TITLE}, {self.name}",
                columns=(
                    Column("nyckeltal", "Nyckeltal"),
                    Column("enhet", "Enhet"),
                    *(Column(str(year), str(year), kind="number", may_lack=True) for year in years),
                    Column("kalla", "Källa"),
                ),
                rows=tuple(
                    (figure.name, figure.unit, *map(figure.values.get, years), join(figure.sources))
                    for figure in found
                ),
                row_decimals=tuple(map(_decimals, found)),
            ),
        )

    @property
    def _own_figures(self) -> list[OwnFigure]:
        """Those of the area and of no area; of the whole municipality all."""
        every = self.params.of(OWN_FIGURES_FILE).get(OWN_FIGURES_FILE.name, ())
        area = self._opened.area
        if not isinstance(area, FocusArea):
            return list(every)
        return [figure for figure in every if figure.area in (None, area.id)]


def _decimals(figure: OwnFigure) -> int:
    """Return how many decimals a figure's values are written with: as many as they have, at most three."""
    return max(
        next(
            decimals
            for decimals in range(_MOST_DECIMALS + 1)
            if round(value, decimals) == round(value, _MOST_DECIMALS)
        )
        for value in figure.values.values()
    )
