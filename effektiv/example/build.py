"""Building the example data: the areas in order, and the truths behind them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from effektiv.data.catalogue import load_catalogue
from effektiv.data.municipalities import municipalities_frame
from effektiv.example.aid import add_aid
from effektiv.example.children import add_children
from effektiv.example.country import COUNTIES, Country, build_country
from effektiv.example.default import add_default
from effektiv.example.describe import kpis_frame
from effektiv.example.effects import Effects
from effektiv.example.eldercare import add_eldercare
from effektiv.example.groups import groups_frame
from effektiv.example.indices import add_indices
from effektiv.example.ledger import Ledger
from effektiv.example.noise import Alike, Array
from effektiv.example.other import add_other
from effektiv.example.school import add_school
from effektiv.example.structure import add_structure
from effektiv.example.truths import Truths
from effektiv.example.units import build_units
from effektiv.example.years import LAST_YEAR, YEARS
from effektiv.types import RIKET, Catalogue


@dataclass(frozen=True)
class ExampleData:
    """The frames of a snapshot, with the shapes that `effektiv.data.snapshot` describes."""

    observations: pd.DataFrame
    kpis: pd.DataFrame
    municipalities: pd.DataFrame
    groups: pd.DataFrame
    units: pd.DataFrame
    unit_observations: pd.DataFrame


def build_example(
    last_year: int = LAST_YEAR,
    *,
    catalogue: Catalogue | None = None,
    planted_after: bool = True,
    alike: Alike | None = None,
) -> ExampleData:
    """Build the example data; takes a second or two.

    Parameters
    ----------
    last_year
        Last year published. The country is the same whichever it is.
    catalogue
        Which key figures and areas; the project's own when left out.
    planted_after
        Whether `PLANTED_AFTER` is there. Without it, the other draws being the same, a figure
        is what it would have been.
    alike
        Leave out every drawn and planted effect that lasts. Figures that the catalogue alone describes
        (`effektiv.example.default`) differ still.
    """
    catalogue = load_catalogue() if catalogue is None else catalogue
    ledger, _ = _build(catalogue, planted_after=planted_after, alike=alike)
    observations = ledger.observations(last_year)
    municipalities = _municipalities(ledger.country)
    units = build_units(observations, municipalities)
    return ExampleData(
        observations=observations,
        kpis=kpis_frame(catalogue, observations, last_year),
        municipalities=municipalities,
        groups=groups_frame(catalogue, ledger.country, last_year),
        units=units.units,
        unit_observations=units.observations,
    )


@lru_cache(maxsize=2)
def build_truths(last_year: int = LAST_YEAR) -> Truths:
    """Return what lies behind the figures; see `effektiv.example.truths.truths`."""
    ledger, effects = _build(load_catalogue())
    ids = ledger.country.ids
    quality = pd.concat([_long(ids, "log_quality", v, area=a) for a, v in effects.log_quality.items()])
    cost = pd.concat([_long(ids, "log_unit_cost", v, area=a) for a, v in effects.log_unit_cost.items()])
    factors = [_long(ids, "effect", v, area=area, factor=f) for (area, f), v in effects.factors.items()]
    efficiency = quality.merge(cost, on=["municipality", "area", "year"], how="outer", validate="1:1")
    return Truths(*(_until(last_year, frame) for frame in (efficiency, pd.concat(factors))))


def _until(last_year: int, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["year"] <= last_year].reset_index(drop=True)


def _build(
    catalogue: Catalogue, *, planted_after: bool = True, alike: Alike | None = None
) -> tuple[Ledger, Effects]:
    """Return all figures and the effects behind them."""
    country = build_country(alike)
    ledger = Ledger(catalogue, country)
    effects = Effects(country) if planted_after else Effects(country, planted_after=())
    add_structure(ledger, country)
    add_school(ledger, country, effects)
    add_eldercare(ledger, country, effects)
    add_children(ledger, country, effects, add_aid(ledger, country, effects))
    add_other(ledger, country, effects)
    add_default(ledger, catalogue)
    add_indices(ledger, catalogue)
    return ledger, effects


def _long(ids: tuple[str, ...], name: str, values: Array, **labels: str) -> pd.DataFrame:
    """Return an array of municipality x year as rows."""
    return pd.DataFrame(
        {
            "municipality": np.repeat(np.array(ids, dtype=object), len(YEARS)),
            **labels,
            "year": np.tile(YEARS, len(ids)),
            name: values.ravel(),
        }
    ).astype({"municipality": "str"})


def _municipalities(country: Country) -> pd.DataFrame:
    rows = [(RIKET, "Riket", "L")]
    rows += [(f"00{code}", f"Region {name}", "L") for code, name in COUNTIES.items()]
    rows += [(code, title, "K") for code, title in zip(country.ids, country.titles, strict=True)]
    return municipalities_frame(rows)
