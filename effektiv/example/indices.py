"""RKA's indices, computed from the inputs as Kolada describes them.

Written for the example data alone and on arrays, so that the analysis engine has
something independent to be checked against.
"""

from __future__ import annotations

import numpy as np

from effektiv.example.ledger import MISSING, Hidden, Ledger
from effektiv.example.noise import Array
from effektiv.example.truths import INDEX_MISSING
from effektiv.example.years import LAST_YEAR, LAST_YEAR_AFTER, YEARS, column_of
from effektiv.types import Better, Catalogue, IndexInput, IndexPart

INDEX_YEARS = range(2015, LAST_YEAR_AFTER + 1)
"""Years for which the example publishes indices."""


def normalised(values: Array, *, lower_is_better: bool = False) -> Array:
    """Return values on a scale from 0 (worst) to 100 (best), year by year.

    N(x) = 100 clip((x - P2.5)/(P97.5 - P2.5), 0, 1); 100 - N where lower is better
    (Kolada's descriptions of the indices; percentiles are the nearest rank).

    Parameters
    ----------
    values
        Municipality x year; NaN is left out and stays NaN.
    lower_is_better
        Whether to turn the scale.
    """
    scaled = np.full_like(values, np.nan)
    for year in range(values.shape[1]):
        known = ~np.isnan(values[:, year])
        if known.any():
            column = values[known, year]
            low, high = np.percentile(column, [2.5, 97.5], method="inverted_cdf")
            scaled[known, year] = 100 * np.clip((column - low) / (high - low), 0, 1)
    return 100 - scaled if lower_is_better else scaled


def add_indices(ledger: Ledger, catalogue: Catalogue) -> None:
    """Add resource, quality and efficiency index of every area in the catalogue.

    An input that has ended for the public goes on here: Kolada publishes indices for
    later years on inputs that nobody else has.
    """
    for definition in catalogue.overview.indices:
        withheld = _withheld(ledger, definition.id)
        resource = _add_part(ledger, catalogue, definition.resource, withheld)
        quality = _add_part(ledger, catalogue, definition.quality, withheld)
        _publish(ledger, definition.efficiency, normalised((resource + quality) / 2), withheld)


def _add_part(ledger: Ledger, catalogue: Catalogue, part: IndexPart, withheld: Hidden) -> Array:
    """Add and return a resource or quality index: complete cases, weighted mean, normalised again."""
    scaled = [
        normalised(
            _with_neighbours(ledger, item, catalogue.kpis[item.kpi].valid_to),
            lower_is_better=catalogue.kpis[item.kpi].better is Better.LOWER,
        )
        for item in part.inputs
    ]
    if len(scaled) == 1:
        index = scaled[0]
    else:
        weights = np.array([item.weight for item in part.inputs])
        index = normalised(np.tensordot(weights / weights.sum(), np.stack(scaled), axes=1))
    _publish(ledger, part.published, index, withheld)
    return index


def _with_neighbours(ledger: Ledger, item: IndexInput, valid_to: int | None) -> Array:
    """Return an input's values, with other years' where allowed and needed.

    A year with a public value to come is not filled from a year after the input's end, and
    none up to `LAST_YEAR` from a later one.
    """
    figure = ledger.figures[item.kpi]
    values = np.where(np.isin(YEARS, sorted(figure.years)), figure.numbers["T"], np.nan)
    filled = values.copy()
    for lag in item.lag_years:
        other = np.full_like(values, np.nan)
        if lag < 0:
            other[:, -lag:] = values[:, :lag]
        else:
            other[:, :-lag] = values[:, lag:]
            other[:, (YEARS + lag > LAST_YEAR) & (LAST_YEAR >= YEARS)] = np.nan
            if valid_to is not None:
                other[:, (valid_to < YEARS + lag) & (valid_to >= YEARS)] = np.nan
        lacking = np.isnan(filled).all(axis=0) if item.whole_years else np.isnan(filled)
        filled = np.where(lacking & np.isnan(filled), other, filled)
    return filled


def _publish(ledger: Ledger, kpi: str, index: Array, withheld: Hidden) -> None:
    weights = ledger.country.population
    ledger.add(kpi, index, decimals=1, weights=weights, years=INDEX_YEARS, hidden=[withheld])


def _withheld(ledger: Ledger, index_id: str) -> Hidden:
    """Return where Kolada has no index although the inputs are there."""
    where = np.zeros(ledger.country.shape, dtype=bool)
    for title, withheld_index, year in INDEX_MISSING:
        if withheld_index == index_id:
            where[ledger.country.row(title), column_of(year)] = True
    return Hidden(MISSING, where)
