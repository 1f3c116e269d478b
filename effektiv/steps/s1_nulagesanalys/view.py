"""One focus area of one municipality, as step 1 sees it: from the area's own report or from the overview."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from effektiv.steps.s1_nulagesanalys.naming import NamingCase, ServiceFacts
from effektiv.steps.view import View


@dataclass(frozen=True)
class AreaView(View):
    """A municipality in a focus area, with what is known of the service's cost."""

    case: NamingCase

    @cached_property
    def facts(self) -> ServiceFacts | None:
        """What is known of the service's cost; None where nothing late is."""
        return self.case.facts_of(self.service)
