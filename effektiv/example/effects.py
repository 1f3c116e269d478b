"""What makes municipalities differ beyond their conditions: drawn effects and planted ones.

Every effect is remembered, so that the truth behind the published figures can be told.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from effektiv.example.country import Country
from effektiv.example.noise import Array, normals, persistent
from effektiv.example.truths import EXAMPLE_MUNICIPALITY, PLANTED, PLANTED_AFTER, QUIET, Planted
from effektiv.example.years import YEARS


@dataclass
class Effects:
    """Drawn and planted effects.

    Attributes
    ----------
    country
        The municipalities.
    planted_after
        What is planted after `LAST_YEAR`; nothing, to see what would have been without it.
    factors
        Each effect by (area, factor), municipality x year, in log points unless the
        factor says otherwise.
    log_quality, log_unit_cost
        True quality and unit cost by area, relative to what the conditions explain.
    """

    country: Country
    planted_after: tuple[Planted, ...] = PLANTED_AFTER
    factors: dict[tuple[str, str], Array] = field(default_factory=dict)
    log_quality: dict[str, Array] = field(default_factory=dict)
    log_unit_cost: dict[str, Array] = field(default_factory=dict)

    def draw(self, area: str, factor: str, *, lasting: float, yearly: float) -> Array:
        """Return an effect by municipality and year.

        Parameters
        ----------
        area, factor
            Its name.
        lasting
            Standard deviation of the part that stays.
        yearly
            Standard deviation of the part that moves, correlated 0.6 from year to year. In a country whose
            municipalities are alike it is all there is, and correlated as much as that country says.
        """
        shape, alike = self.country.shape, self.country.alike
        if alike is not None:
            moving = persistent(f"effect/{area}/{factor}/alike/{alike.seed}", shape, rho=alike.rho)
            self.factors[area, factor] = yearly * np.clip(moving, -2.6, 2.6)
            return self.factors[area, factor]
        own = np.clip(normals(f"effect/{area}/{factor}", shape[0], 1), -2.6, 2.6)
        moving = persistent(f"effect/{area}/{factor}/yearly", shape, rho=0.6)
        effect = lasting * own + yearly * np.clip(moving, -2.6, 2.6)
        planted = [plant for plant in PLANTED if plant.area == area]
        for title in {plant.municipality for plant in planted} | {EXAMPLE_MUNICIPALITY}:
            effect[self.country.row(title)] *= QUIET
        # What comes after makes nothing quiet: the years before it are as they were.
        for plant in (*planted, *self.planted_after):
            if (plant.area, plant.factor) == (area, factor):
                since = YEARS[0] if plant.from_year is None else plant.from_year
                effect[self.country.row(plant.municipality)] += plant.effect * (since <= YEARS)
        self.factors[area, factor] = effect
        return effect
