"""Who gets much for little, as frontiers see it: what is put in and comes out of an area, and how it moves.

All municipalities at once, for the steps' modules ``national``; this module holds no sentences, since what is kept
follows its code (`effektiv.national`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.frontier import malmquist
from effektiv.analysis.lenses import beside_expected, mean_place
from effektiv.analysis.panels import country, cross_section, published_years, window
from effektiv.national import National
from effektiv.steps.structural import at_hand
from effektiv.types import Better, Break, FocusArea

SPAN = 3
FEWEST_UNITS = 100
"""Fewer municipalities than this with all values make no frontier of a country."""

SIZE = "storlek"
"""Name of ln population among the structure figures."""


@dataclass(frozen=True)
class Measured:
    """What the frontier of an area is about.

    Attributes
    ----------
    cost
        Key figure: a deviation from the reference cost, or a cost for each unit.
    quality
        Key figures, at least one.
    volume, price
        The figure of volume; where the cost is a deviation volume is the reference cost: `volume` inhabitants x `price`.
    structure
        Figures that cost (unless it is a deviation) and quality are cleaned of, beside size.
    """

    cost: str
    quality: tuple[str, ...]
    volume: str
    price: str | None
    structure: tuple[str, ...]

    @property
    def is_deviation(self) -> bool:
        """Whether structure is taken out of the cost already, by its reference cost."""
        return self.price is not None


def measured(national: National, area: FocusArea) -> Measured | None:
    """Return what an area's frontier is about; None where no outcome speaks of those whom the cost is for.

    An area that is a whole service has its own cost for a unit and its leading outcome. One that is a part of a
    service is seen in the service, as RKA's index is: its deviation from the reference cost, and an outcome for
    each part that has one.
    """
    catalogue, model = national.catalogue, area.structural_model
    if not area.part:
        if not area.quality_for_k:
            return None
        volume = area.volume if area.causes is None else area.causes.unit_persons
        outcome = at_hand(national, area.headline_quality)
        return Measured(at_hand(national, model.cost), (outcome,), volume, None, model.structure)
    service = next(item for item in catalogue.overview.services if item.id == area.service)
    if not service.quality or service.deviation_pct is None or service.reference_cost is None:
        return None
    return Measured(
        cost=service.deviation_pct,
        quality=tuple(item.shown for item in service.quality),
        volume=catalogue.overview.population,
        price=service.reference_cost,
        structure=model.structure,
    )


def structure_of(national: National, figures: Sequence[str], year: int, span: int = 1) -> pd.DataFrame:
    """Return structure figures of a year, or of the nearest before that has them, with ln population."""
    frame = cross_section(national.panels(figures), figures, year, span=span).frame
    return frame.assign(**{SIZE: np.log(national.inhabitants(year)).reindex(frame.index)})


@dataclass(frozen=True)
class Adjusted:
    """One year's cost and quality beside what structure makes expected.

    Attributes
    ----------
    cost
        Share of the expected; 1 is as expected.
    quality
        By key figure, its own unit.
    """

    cost: pd.Series
    quality: dict[str, pd.Series]


def adjusted(national: National, about: Measured, year: int, *, with_size: bool = True) -> Adjusted | None:
    """Return a year's cost and quality without what structure explains; None in a year that lacks either."""
    if any(year not in published_years(national.panel(kpi)) for kpi in (about.cost, *about.quality)):
        return None
    structure = structure_of(national, about.structure, year)
    cost = country(national.panel(about.cost))[year].dropna()
    if about.is_deviation:
        beside = 1.0 + cost / 100.0
    else:
        beside = beside_expected(
            cost, structure if with_size else structure.drop(columns=SIZE), logarithmic=True
        )
    quality = {
        kpi: beside_expected(country(national.panel(kpi))[year].dropna(), structure, logarithmic=False)
        for kpi in about.quality
    }
    if beside.empty or any(values.empty for values in quality.values()):
        return None
    return Adjusted(beside, quality)


def sides(
    national: National, about: Measured, years: Sequence[Adjusted]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return input and outputs of those that have all in every year, means of the years.

    An outcome where less is better is turned: what is left up to the worst and a tenth of the spread above it.
    Who has zero or less of any is left out.
    """
    cost = mean_place([item.cost for item in years])
    outputs = {kpi: mean_place([item.quality[kpi] for item in years]) for kpi in about.quality}
    frame = pd.DataFrame({about.cost: cost, **outputs}).dropna().sort_index()
    for kpi in about.quality:
        if national.better[kpi] is Better.LOWER:
            frame[kpi] = 1.1 * frame[kpi].max() - 0.1 * frame[kpi].min() - frame[kpi]
    usable = (frame > 0).all(axis=1)
    return frame.loc[usable, [about.cost]], frame.loc[usable, list(about.quality)]


def window_of(national: National, about: Measured, year: int) -> tuple[int, ...]:
    """Return up to three years to one, that no break parts and in which all is published."""
    broken: list[Break] = [
        item for kpi in (about.cost, *about.quality) for item in national.catalogue.kpis[kpi].breaks
    ]
    known = [set(published_years(national.panel(kpi))) for kpi in (about.cost, *about.quality)]
    return tuple(item for item in window(year, SPAN, broken) if all(item in years for years in known))


def means(
    national: National, about: Measured, years: Sequence[int], *, with_size: bool = True
) -> list[Adjusted]:
    """Return the years' cost and quality beside what structure makes expected; those that have both."""
    found = [adjusted(national, about, item, with_size=with_size) for item in years]
    return [item for item in found if item is not None]


def compare(national: National, about: Measured, earlier: Sequence[int], later: Sequence[int]) -> bool:
    """Say whether two periods have two years each and no break parts them."""
    kpis = (about.cost, *about.quality)
    breaks = [item.year for kpi in kpis for item in national.catalogue.kpis[kpi].breaks]
    return (
        len(earlier) > 1 and len(later) > 1 and not any(min(earlier) < item <= max(later) for item in breaks)
    )


def no_moves() -> pd.DataFrame:
    """Return a table of moves without rows."""
    return pd.DataFrame({name: pd.Series(dtype=float) for name in ("effch", "techch", "tfpch")})


def moves(then: tuple[pd.DataFrame, pd.DataFrame], now: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    """Return Malmquist indices between two periods' `sides`; no rows where too few have both.

    Volume cancels, so its place is taken by ones.
    """
    both = now[0].index.intersection(then[0].index)
    if len(both) < FEWEST_UNITS:
        return no_moves()

    def of(found: tuple[pd.DataFrame, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
        return found[0].loc[both], found[1].loc[both].assign(**{"\0volume": 1.0})

    return malmquist(of(then), of(now))
