"""The underlag's table on the distance to the best, and their own move."""

from __future__ import annotations

from effektiv.exhibits.exhibit import Exhibit
from effektiv.steps.s5_avslutning.catching_up import moves_shown
from effektiv.steps.s5_avslutning.view import ClosingCase


class CatchingUpCase(ClosingCase):
    """A case that shows whether the distance to the best changed or the best moved."""

    def catching_up(self) -> Exhibit:
        """Visa om avståndet till de bästa har ändrats, eller om de bästa själva har flyttat sig."""
        found = self.view.moved
        for kpi in () if found is None else found.kpis:
            self.panel(kpi)  # what the numbers rest on
        return moves_shown(found, self.name)
