"""What step 2 computes of frontiers and patterns for all municipalities at once, and keeps.

No sentences: what is kept follows this module's code (`effektiv.national`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.frontier import bootstrap, fdh, hull_peers, order_m, scale_efficiency
from effektiv.analysis.lenses import mean_place, place_of, residual_lens, thirds
from effektiv.analysis.panels import Panel, country, published_years, window
from effektiv.analysis.patterns import FEWEST, Patterns, Period, patterns
from effektiv.analysis.sfa import stochastic_frontier
from effektiv.national import National, Result
from effektiv.steps.frontiers import (
    FEWEST_UNITS,
    SPAN,
    Adjusted,
    Measured,
    adjusted,
    compare,
    means,
    measured,
    moves,
    no_moves,
    sides,
    structure_of,
    window_of,
)
from effektiv.steps.structural import at_hand
from effektiv.types import Better, FocusArea, Role

ORDER = 30
"""How many drawn municipalities each is held against (order-m)."""

REPLICATES = 500

OLDEST = 2
"""No year more years older than the country's latest is shown as today's."""

KNOWN = 0.9
"""A condition that a smaller share of the municipalities has a value of is left out of patterns."""

INDEX, RESIDUAL, FRONTIER_LENS = "index", "residual", "frontier"


def practice(national: National, area: FocusArea) -> tuple[str, ...]:
    """Return how the service is run, by the figures that step 2 asks of: what the outcome is held against."""
    causes = area.causes
    if causes is None:
        return ()
    parts = [kpi for part in causes.drivers.parts for kpi in (part.kpi, *(item.kpi for item in part.factors))]
    asked = [
        causes.unit,
        *([] if causes.reach is None else [causes.reach]),
        *parts,
        *(item.kpi for item in causes.beside),
    ]
    outcome = at_hand(national, area.headline_quality)
    return tuple(kpi for kpi in dict.fromkeys(at_hand(national, item) for item in asked) if kpi != outcome)


def _refused(about: Measured, years: Sequence[Adjusted]) -> dict[str, str]:
    """Return who has zero or less of a figure, which has no place in a frontier, and of which."""
    means = {about.cost: mean_place([item.cost for item in years])}
    means |= {kpi: mean_place([item.quality[kpi] for item in years]) for kpi in about.quality}
    return {str(code): kpi for kpi, values in means.items() for code in values.index[values <= 0]}


# --- lenses ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lenses:
    """Three ways to see who gets much for little, for all municipalities.

    Attributes
    ----------
    years
        The years, in order.
    places
        By lens (``index``, ``residual``, ``frontier``): municipality x year, the share of others that it is better
        than, 0-100. RKA's index is missing where Kolada has none.
    thirds
        Municipality x lens: 0 lower, 1 middle, 2 upper third by the mean of the years.
    cost, quality
        Municipality x year: places of the parts of the residual lens, cost low = high.
    """

    years: tuple[int, ...]
    places: dict[str, pd.DataFrame]
    thirds: pd.DataFrame
    cost: pd.DataFrame
    quality: pd.DataFrame


def _lenses(national: National, area: FocusArea, year: int) -> Lenses:
    about = measured(national, area)
    assert about is not None
    codes = pd.Index(national.municipalities, name="municipality")
    found: dict[str, dict[int, pd.Series]] = {INDEX: {}, RESIDUAL: {}, FRONTIER_LENS: {}}
    parts: dict[str, dict[int, pd.Series]] = {"cost": {}, "quality": {}}
    index = next((item for item in national.catalogue.overview.indices if item.id == area.index), None)
    for item in range(year - SPAN + 1, year + 1):
        if index is not None and item in national.panel(index.efficiency).columns:
            found[INDEX][item] = place_of(country(national.panel(index.efficiency))[item])
        known = adjusted(national, about, item)
        if known is None:
            continue
        found[RESIDUAL][item] = residual_lens(known.cost, known.quality, national.better)
        parts["cost"][item] = place_of(known.cost, Better.LOWER)
        parts["quality"][item] = mean_place(
            [place_of(values, national.better[kpi]) for kpi, values in known.quality.items()]
        )
        both = sides(national, about, [known])
        if len(both[0]) >= FEWEST_UNITS:
            found[FRONTIER_LENS][item] = place_of(order_m(*both, ORDER))
    places = {lens: _by_year(values, codes) for lens, values in found.items()}
    return Lenses(
        years=tuple(sorted({item for values in found.values() for item in values})),
        places=places,
        thirds=pd.DataFrame({lens: thirds(table) for lens, table in places.items()}, index=codes),
        cost=_by_year(parts["cost"], codes),
        quality=_by_year(parts["quality"], codes),
    )


def _by_year(values: dict[int, pd.Series], codes: pd.Index) -> Panel:
    frame = pd.DataFrame(
        {item: series.reindex(codes) for item, series in values.items()}, index=codes, dtype=float
    )
    frame.columns = pd.Index([int(item) for item in values], dtype="int64", name="year")
    return frame


# --- the frontier of three years -------------------------------------------------------------------


@dataclass(frozen=True)
class AreaFrontier:
    """The frontier of an area's three-year means, all municipalities.

    Attributes
    ----------
    years
        The years that are means.
    frame
        Index municipality; ``cost`` (share of the expected), ``order_m``, ``fdh``, ``vrs`` (Farrell scores, input
        orientation), ``corrected``, ``low``, ``high`` (Simar and Wilson), ``scale`` (constant over variable
        returns; cost then cleaned of structure but not of size), and each outcome.
    refused
        Municipalities that are left out, and the figure that is zero or less.
    peers
        By municipality: those on the frontier that it is compared with, and their weights.
    change
        Index municipality; ``effch``, ``techch``, ``tfpch`` from the three years before, costs against what was
        expected of the country in each; without rows where a break or missing years part them.
    few
        Whether the municipalities are fewer than the figures need.
    one_sided
        p of costs being skewed upwards by more than chance (stochastic frontier); 1 where they are not.
    """

    years: tuple[int, ...]
    frame: pd.DataFrame
    refused: dict[str, str]
    peers: dict[str, dict[str, float]]
    change: pd.DataFrame
    few: bool
    one_sided: float


def _frontier(national: National, area: FocusArea, year: int) -> AreaFrontier | None:
    about = measured(national, area)
    assert about is not None
    years = window_of(national, about, year)
    now = means(national, about, years)
    if not now:
        return None
    x, y = sides(national, about, now)
    if len(x) < FEWEST_UNITS:
        return None
    drawn = bootstrap(x, y, replicates=REPLICATES)
    frame = drawn.frame.rename(columns={"score": "vrs"}).assign(
        cost=x[about.cost],
        order_m=order_m(x, y, ORDER),
        fdh=fdh(x, y),
        scale=_scale(national, about, years).reindex(x.index),
    )
    return AreaFrontier(
        years=years,
        frame=frame.join(y),
        refused=_refused(about, now),
        peers=hull_peers(x, y),
        change=_change(national, about, years, (x, y)),
        few=drawn.few,
        one_sided=_one_sided(national, about, x[about.cost], year),
    )


def _scale(national: National, about: Measured, years: Sequence[int]) -> pd.Series:
    """Return scale efficiency: whole cost in, volume and volume times each outcome out."""
    x, y = sides(national, about, means(national, about, years, with_size=False))
    volume = _volume(national, about, years).reindex(x.index)
    known = volume.index[volume > 0]
    if len(known) < FEWEST_UNITS:
        return pd.Series(dtype=float)
    volume = volume[known]
    outputs = y.loc[known].mul(volume, axis=0).assign(**{"\0volume": volume})
    return scale_efficiency(x.loc[known].mul(volume, axis=0), outputs)


def _volume(national: National, about: Measured, years: Sequence[int]) -> pd.Series:
    panel = country(national.panel(about.volume))
    panel = panel[[item for item in years if item in panel.columns]]
    if about.price is not None:
        panel = panel * country(national.panel(about.price)).reindex(index=panel.index, columns=panel.columns)
    return panel.mean(axis=1, skipna=False)


def _change(
    national: National, about: Measured, years: Sequence[int], now: tuple[pd.DataFrame, pd.DataFrame]
) -> pd.DataFrame:
    """Return Malmquist indices from the three years before."""
    earlier = window_of(national, about, min(years) - 1)
    if not compare(national, about, earlier, years):
        return no_moves()
    return moves(sides(national, about, means(national, about, earlier)), now)


def _one_sided(national: National, about: Measured, cost: pd.Series, year: int) -> float:
    structure = structure_of(national, about.structure, year)
    known = structure.reindex(cost.index).dropna(axis=1, how="all").dropna()
    # Structure is taken out already; it stays as what may be left of it.
    found = stochastic_frontier(np.log(cost[known.index]), known)
    return 1.0 if found.wrong_skew else found.p


# --- patterns ----------------------------------------------------------------------------------


def conditions(national: National, area: FocusArea) -> tuple[str, ...]:
    """Return all that is known of a municipality's conditions, beside its size: what those alike are alike in.

    More than the area's structural model has. Two figures that both follow a condition which is left out go
    together without having to do with each other: in the generator's country without effects a pattern was told of
    so in every preschool report.
    """
    catalogue, ours = national.catalogue, set(practice(national, area))
    every = (*area.structural_model.structure, *catalogue.overview.conditions, *area.sections.conditions)
    return tuple(
        kpi
        for kpi in dict.fromkeys(every)
        if catalogue.kpis[kpi].role is Role.STRUCTURE
        and catalogue.kpis[kpi].unit != "antal"
        and kpi not in ours
    )


def _patterns(national: National, area: FocusArea, year: int) -> Patterns | None:
    outcome = at_hand(national, area.headline_quality)
    better = national.better[outcome]
    sign = -1.0 if better is Better.LOWER else 1.0

    def mean(kpi: str, last: int) -> pd.Series:
        panel = country(national.panel(kpi))
        breaks = national.catalogue.kpis[kpi].breaks
        years = [item for item in window(last, SPAN, breaks) if item in published_years(panel)]
        return panel[years].mean(axis=1) if years else pd.Series(dtype=float)

    def period(last: int) -> Period:
        structure = structure_of(national, conditions(national, area), last, SPAN)
        structure = structure.loc[:, structure.notna().mean() >= KNOWN]
        drivers = {kpi: mean(kpi, last) for kpi in practice(national, area)}
        return Period(
            sign * mean(outcome, last), {kpi: item for kpi, item in drivers.items() if len(item)}, structure
        )

    now, before = period(year), period(year - SPAN)
    if min(now.quality.notna().sum(), before.quality.notna().sum()) < FEWEST:
        return None
    return patterns(now, before)


def outcome_years(national: National, kpis: Sequence[str]) -> list[int]:
    """Return the years that are some municipality's latest with all of some figures, and not old."""
    panels = [country(national.panel(kpi)) for kpi in kpis]
    shared = sorted(set.intersection(*({int(year) for year in panel.columns} for panel in panels)))
    rows = sorted(set.intersection(*(set(panel.index) for panel in panels)))
    known = np.all([np.isfinite(panel.loc[rows, shared].to_numpy(dtype=float)) for panel in panels], axis=0)
    latest = [
        year for at, year in enumerate(shared) if (known[:, at] & ~known[:, at + 1 :].any(axis=1)).any()
    ]
    return [year for year in latest if year >= latest[-1] - OLDEST]


def _shown(national: National) -> Iterator[tuple[FocusArea, int]]:
    for area in national.catalogue.areas.values():
        about = measured(national, area)
        if about is not None:
            for year in outcome_years(national, (about.cost, *about.quality)):
                yield area, year


def _asked(national: National) -> Iterator[tuple[FocusArea, int]]:
    for area in national.catalogue.areas.values():
        if practice(national, area):
            for year in outcome_years(national, [at_hand(national, area.headline_quality)]):
                yield area, year


LENSES = Result("linser", _lenses, _shown, (Lenses,))
"""Three lenses side by side; of an area, for three years to one."""

FRONTIER = Result("front", _frontier, _shown, (AreaFrontier,))
"""The frontier of three-year means; of an area and the last year."""

PATTERNS = Result("monster", _patterns, _asked, (Patterns,))
"""What goes together with quality; of an area and the last year."""
