"""The ledger that collects the example's figures and turns them into the published frame.

It knows what Kolada does to every figure: which are divided by gender, which have a
value for Riket, where a series starts and ends, and what is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from effektiv.data import observations as obs
from effektiv.example.country import Country
from effektiv.example.noise import Array, Counts, Mask, People, Split
from effektiv.example.truths import NO_ACCOUNTS
from effektiv.example.years import PUBLISHED_FROM, YEARS, column_of
from effektiv.types import RIKET, Catalogue, Kpi, Role

PUBLISHED, MISSING, PRIVACY, NOT_APPLICABLE, ABSENT = range(5)
"""What became of a figure; `ABSENT` means that there is no row at all."""

STATUS_TEXT = {MISSING: "Missing", PRIVACY: "Privacy", NOT_APPLICABLE: "Not applicable"}

GENDERS = ("T", "K", "M")

Codes = NDArray[np.int8]


@dataclass(frozen=True)
class Hidden:
    """A reason why some municipalities and years have no value; mask of municipality x year."""

    reason: int
    where: Mask


@dataclass(frozen=True)
class Small:
    """Persons behind a figure and the least number of them that is shown.

    With `zero_shown` a count of nobody is no secret.
    """

    people: People
    least: int
    zero_shown: bool = False

    def hides(self, gender: str) -> Mask:
        """Return where a value is hidden.

        When one gender is too few the other is hidden too, or it could be computed from
        the total.
        """
        if gender == "T":
            return self._few(self.people.total)
        return self._few(self.people.total) | self._few(self.people.women) | self._few(self.people.men)

    def _few(self, count: Counts) -> Mask:
        secret = (count > 0) if self.zero_shown else np.ones(count.shape, dtype=bool)
        return np.asarray((count < self.least) & secret)


@dataclass
class Figure:
    """One key figure as published: by gender, numbers (rounded), what became of them, and Riket's."""

    numbers: dict[str, Array] = field(default_factory=dict)
    codes: dict[str, Codes] = field(default_factory=dict)
    riket: dict[str, Array] = field(default_factory=dict)
    years: frozenset[int] = frozenset()


class Ledger:
    """All figures of the example data.

    Attributes
    ----------
    country
        The municipalities.
    figures
        What has been added, by key figure.
    """

    def __init__(self, catalogue: Catalogue, country: Country) -> None:
        self.country = country
        self.figures: dict[str, Figure] = {}
        self._kpis = {kpi.id: kpi for kpi in catalogue.kpis.values() if kpi.is_koladas}

    def add(
        self,
        kpi: str,
        figure: Array | Split,
        *,
        decimals: int,
        weights: Array | Counts | People | None = None,
        riket: Array | None = None,
        years: Iterable[int] = tuple(YEARS),
        hidden: Iterable[Hidden] = (),
        small: Small | None = None,
    ) -> Array:
        """Add one key figure and return its published totals.

        Parameters
        ----------
        kpi
            Id.
        figure
            Values by municipality and year, for all or split by gender. NaN without a
            reason becomes Missing.
        decimals
            Decimals published.
        weights
            What Riket's mean is weighted with; None means that Riket is the sum.
        riket
            Riket's value by year, when it is neither mean nor sum.
        years
            Years published.
        hidden
            Reasons for missing values; a later one wins.
        small
            Persons behind the value, when few of them hide it.

        Returns
        -------
        numpy.ndarray
            Published totals, municipality x year, NaN where there is none.
        """
        split = {"T": figure} if isinstance(figure, np.ndarray) else _by_gender(figure)
        shown = Figure(years=frozenset(int(year) for year in years))
        reasons = [*hidden, *self._without_accounts(kpi)]
        for gender, values in split.items():
            codes = np.where(np.isnan(values), MISSING, PUBLISHED).astype(np.int8)
            if small is not None:
                codes[small.hides(gender)] = PRIVACY
            for reason in reasons:
                codes[reason.where] = reason.reason
            shown.numbers[gender] = np.where(codes == PUBLISHED, np.round(values, decimals), np.nan)
            shown.codes[gender] = codes
            shown.riket[gender] = np.round(_riket(values, _weights(weights, gender), riket), decimals)
        self.figures[kpi] = shown
        return shown.numbers["T"]

    def _without_accounts(self, kpi: str) -> list[Hidden]:
        """Return where cost figures are missing because no accounts were handed in."""
        known = self._kpis.get(kpi)
        if known is None or not (known.role is Role.RESOURCE and known.preliminary_until_final):
            return []
        where = np.zeros(self.country.shape, dtype=bool)
        for title, year in NO_ACCOUNTS:
            where[self.country.row(title), column_of(year)] = True
        return [Hidden(MISSING, where)]

    def observations(self, last_year: int) -> pd.DataFrame:
        """Return the published frame: every figure of the catalogue that has been added, to a last year."""
        parts: list[_Part] = []
        for number, (kpi, known) in enumerate(self._published()):
            figure = self.figures[kpi]
            for gender in GENDERS if known.gender else GENDERS[:1]:
                parts.append(self._part(number, known, figure, gender, last_year))
        return _frame([kpi for kpi, _ in self._published()], (RIKET, *self.country.ids), parts)

    def _published(self) -> list[tuple[str, Kpi]]:
        return sorted((kpi, known) for kpi, known in self._kpis.items() if kpi in self.figures)

    def _part(self, number: int, known: Kpi, figure: Figure, gender: str, last_year: int) -> _Part:
        """Return one key figure and gender as flat columns, Riket first."""
        years = [
            year
            for year in range(PUBLISHED_FROM, last_year + 1)
            if year in figure.years
            and (known.valid_from is None or year >= known.valid_from)
            and (known.valid_to is None or year <= known.valid_to)
        ]
        columns = np.searchsorted(YEARS, years)
        values = np.vstack([figure.riket[gender], figure.numbers[gender]])[:, columns]
        national = np.where(np.isnan(figure.riket[gender]) | (not known.riket), ABSENT, PUBLISHED)
        codes = np.vstack([national.astype(np.int8), figure.codes[gender]])[:, columns]
        where, when = np.nonzero(codes != ABSENT)
        return _Part(
            number,
            GENDERS.index(gender),
            where.astype(np.int32),
            np.asarray(years, dtype=np.int16)[when],
            values[where, when],
            codes[where, when],
        )


@dataclass(frozen=True)
class _Part:
    """Flat columns of one key figure and gender; numbers stand for texts."""

    kpi: int
    gender: int
    municipality: NDArray[np.int32]
    year: NDArray[np.int16]
    value: Array
    code: Codes


def _frame(kpis: list[str], municipalities: tuple[str, ...], parts: list[_Part]) -> pd.DataFrame:
    """Return the tidy frame of all parts, through Arrow since that makes texts from numbers fast."""
    sizes = [len(part.year) for part in parts]
    values = np.concatenate([part.value for part in parts])
    codes = np.concatenate([part.code for part in parts])
    status = pa.array(np.maximum(codes - 1, 0), mask=codes == PUBLISHED, type=pa.int8())
    columns = {
        "kpi": _texts(np.repeat([part.kpi for part in parts], sizes), pa.int32(), kpis),
        "municipality": _texts(
            np.concatenate([part.municipality for part in parts]), pa.int32(), list(municipalities)
        ),
        "year": pa.array(np.concatenate([part.year for part in parts])),
        "gender": _texts(np.repeat([part.gender for part in parts], sizes), pa.int8(), list(GENDERS)),
        "value": pa.array(values, mask=np.isnan(values)),
        "status": pa.DictionaryArray.from_arrays(status, list(STATUS_TEXT.values())),
    }
    return obs.from_table(pa.table(columns, schema=obs.SCHEMA))


def _texts(numbers: NDArray[np.int64], kind: pa.DataType, texts: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(numbers, type=kind), texts)


def _by_gender(figure: Split) -> dict[str, Array]:
    return {"T": figure.total, "K": figure.women, "M": figure.men}


def _weights(weights: Array | Counts | People | None, gender: str) -> Array | None:
    """Return the weights of one gender: persons have their own, other weights are shared."""
    if isinstance(weights, People):
        counts = {"T": weights.total, "K": weights.women, "M": weights.men}[gender]
        return counts.astype(np.float64)
    return None if weights is None else weights.astype(np.float64)


def _riket(values: Array, weights: Array | None, given: Array | None) -> Array:
    """Return Riket's value by year: as given, the sum, or the weighted mean of those that have a value."""
    if given is not None:
        return given
    if weights is None:
        return np.asarray(np.nansum(values, axis=0))
    used = np.where(np.isnan(values), 0.0, weights)
    total = used.sum(axis=0)
    mean = (np.nan_to_num(values) * used).sum(axis=0) / np.maximum(total, 1e-9)
    return np.where(total > 0, mean, np.nan)
