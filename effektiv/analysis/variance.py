"""Why a year's money differs from its budget, and how right its forecasts have been.

Amounts are kronor, costs positive and income negative, exact to the öre: they are added as whole öre, so that every
table sums to what was read. What is missing makes a sum missing; it is never zero.

Two signs are used. A *deviation* is budget less actual, as municipalities print it: above zero there is money left.
What is *split* over volume, mix and price is actual less budget: above zero it became dearer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.cost_tree import shapley_product

YEAR = 12

TO_DATE = (
    "budget_year_sek",
    "budget_to_date_sek",
    "actual_to_date_sek",
    "actual_last_year_sek",
    "forecast_sek",
    "deviation_to_date_sek",
    "deviation_year_sek",
)
"""Columns of `to_date`."""


def _oere(amounts: pd.Series | float) -> np.ndarray:
    """Return whole öre as integers held in floats (exact below 90 000 billion kronor); missing stays NaN."""
    return np.asarray(np.rint(np.asarray(amounts, dtype=float) * 100.0))


@dataclass(frozen=True)
class VolumeSplit:
    """Actual less budget of something that is bought by the unit, kronor; the parts sum to `total` in whole öre.

    Attributes
    ----------
    total
        Above zero: dearer than the budget.
    volume, mix, price
        What more or fewer units, other kinds of units and another price for each gave. No mix of a single kind.
    rest
        Of kinds whose units or price are not known on both sides.
    """

    total: float
    volume: float
    price: float
    mix: float = 0.0
    rest: float = 0.0


def split(
    budget_volume: float, budget_price: float, actual_volume: float, actual_price: float
) -> VolumeSplit:
    """Split a cost over volume and price: the mean of changing the volume first and changing the price first.

    Textbooks leave the joint part as a third, or give it to the price; the mean of both orders leaves nothing over
    and favours neither.

    Parameters
    ----------
    budget_volume, actual_volume
        Units.
    budget_price, actual_price
        Kronor for each.

    Returns
    -------
    VolumeSplit
        NaN where a number is missing.

    Examples
    --------
    >>> found = split(1000, 400, 1100, 420)
    >>> found.total, found.volume, found.price
    (62000.0, 41000.0, 21000.0)
    """
    found = shapley_product(
        {"volume": actual_volume, "price": actual_price}, {"volume": budget_volume, "price": budget_price}
    )
    total = _oere(actual_volume * actual_price) - _oere(budget_volume * budget_price)
    volume = _oere(found["volume"])
    return VolumeSplit(float(total) / 100, float(volume) / 100, float(total - volume) / 100)


def split_mix(kinds: pd.DataFrame) -> VolumeSplit:
    """Split a cost over volume, mix and price, for several kinds of units that can be counted together.

    Cost = units x share of each kind x price of each kind, by the mean of all orders of changing the three.

    Parameters
    ----------
    kinds
        A row a kind: ``budget_volume``, ``actual_volume`` (the same unit for all), ``budget_sek``, ``actual_sek``.

    Returns
    -------
    VolumeSplit
        A kind that has units on one side only has there the price of the other. One with an amount and no units, or with
        units missing, is in the rest. All is NaN where an amount is missing.

    Raises
    ------
    ValueError
        There is a negative volume.

    Examples
    --------
    >>> places = pd.DataFrame(
    ...     {"budget_volume": [60, 40], "actual_volume": [50, 60], "budget_sek": [6000, 8000], "actual_sek": [5000, 12600]}
    ... )
    >>> split_mix(places)
    VolumeSplit(total=3600.0, volume=1497.58, price=497.57, mix=1604.85, rest=0.0)
    """
    volume = kinds[["budget_volume", "actual_volume"]].to_numpy(dtype=float)
    amount = kinds[["budget_sek", "actual_sek"]].to_numpy(dtype=float)
    if (volume < 0).any():
        raise ValueError("a volume is never negative")
    oere = _oere(pd.Series(amount.ravel())).reshape(amount.shape)
    total = float((oere[:, 1] - oere[:, 0]).sum())
    # No units and no kronor on a side: the kind was not there. Kronor without units cannot be told apart.
    there = volume > 0
    counted = (there | ((volume == 0) & (amount == 0))).all(axis=1) & there.any(axis=1)
    rest = float((oere[~counted, 1] - oere[~counted, 0]).sum())
    volume, amount, there = volume[counted], amount[counted], there[counted]
    if np.isnan(total) or not len(volume) or (volume.sum(axis=0) == 0).any():
        rest = total
        return VolumeSplit(total / 100, *(0.0 * total,) * 3, rest / 100)
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.where(there, amount / volume, np.nan)
    price = np.where(there, price, price[:, ::-1])
    units = volume.sum(axis=0)
    share = volume / units
    parts = {"volume": 0.0, "mix": 0.0, "price": 0.0}
    for row in range(len(volume)):
        before, after = (
            {"volume": float(units[side]), "mix": float(share[row, side]), "price": float(price[row, side])}
            for side in (0, 1)
        )
        for name, part in shapley_product(after, before).items():
            parts[name] += part
    of_volume, of_mix = (float(_oere(parts[name])) for name in ("volume", "mix"))
    of_price = total - rest - of_volume - of_mix
    return VolumeSplit(total / 100, of_volume / 100, of_price / 100, of_mix / 100, rest / 100)


def to_date(frame: pd.DataFrame, month: str, by: Sequence[str] = ("activity",)) -> pd.DataFrame:
    """Return budget, actual and forecast so far this year, as municipalities print them.

    Parameters
    ----------
    frame
        A row a (unit, activity, kind, month): ``month`` ("2026-03"), ``budget_sek``, ``actual_sek`` of the month and
        ``forecast_sek`` of the whole year as it was given that month.
    month
        Up to and with this one.
    by
        Columns that a row of the table is of.

    Returns
    -------
    DataFrame
        By `by`: ``budget_year_sek`` (NaN where the year's budget is not known month by month), ``budget_to_date_sek``,
        ``actual_to_date_sek``, ``actual_last_year_sek`` (the same months), ``forecast_sek``, and the deviations, budget
        less actual: ``deviation_to_date_sek`` and, of the whole year by the forecast, ``deviation_year_sek``. A sum
        with an amount missing is NaN.

    Examples
    --------
    >>> months = pd.DataFrame({"activity": "Skola", "month": [f"2026-{k:02d}" for k in range(1, 13)],
    ...     "budget_sek": 100.0, "actual_sek": [110.0, 95.0] + [np.nan] * 10, "forecast_sek": [1200.0, 1215.0] + [np.nan] * 10})
    >>> found = to_date(months, "2026-02")
    >>> found[["actual_to_date_sek", "deviation_to_date_sek", "deviation_year_sek"]].loc["Skola"].tolist()
    [205.0, -5.0, -15.0]
    """
    keys = list(by)
    year, last_month = month[:4], f"{int(month[:4]) - 1}{month[4:]}"
    this_year = frame["month"].str.startswith(f"{year}-")
    so_far = this_year & (frame["month"] <= month)
    before = frame["month"].str.startswith(f"{last_month[:4]}-") & (frame["month"] <= last_month)
    groups = frame.loc[so_far, keys].drop_duplicates().set_index(keys).index
    found = pd.DataFrame(
        {
            "budget_year_sek": _summed(frame[this_year], "budget_sek", keys, YEAR),
            "budget_to_date_sek": _summed(frame[so_far], "budget_sek", keys, int(month[5:])),
            "actual_to_date_sek": _summed(frame[so_far], "actual_sek", keys, int(month[5:])),
            "actual_last_year_sek": _summed(frame[before], "actual_sek", keys, int(month[5:])),
            "forecast_sek": _summed(frame[frame["month"] == month], "forecast_sek", keys, 1),
        }
    ).reindex(groups)
    # Exact: both are whole öre.
    for name, less in (("to_date", "actual_to_date_sek"), ("year", "forecast_sek")):
        budget = _oere(found[f"budget_{name}_sek"])
        found[f"deviation_{name}_sek"] = (budget - _oere(found[less])) / 100.0
    return found[list(TO_DATE)]


def _summed(frame: pd.DataFrame, column: str, keys: list[str], months: int) -> pd.Series:
    """Return sums by keys, exact to the öre; NaN where an amount is missing or the group lacks one of the months."""
    if frame.empty:
        return pd.Series(dtype=float)
    grouped = frame.assign(_oere=_oere(frame[column])).groupby(keys, sort=False)
    whole = grouped["month"].nunique() == months
    # Not groupby.sum(), which passes over what is missing.
    sums = grouped["_oere"].agg(lambda amounts: amounts.sum(skipna=False)) / 100.0
    return sums.where(whole)


@dataclass(frozen=True)
class ForecastRecord:
    """How right the forecasts of a year's total have been.

    A forecast that is acted on cannot be read plainly: those who are told that they will overspend save, and the
    forecast was then right to be wrong. So it is a record, and no mark.

    Attributes
    ----------
    frame
        A row a forecast of a year that is over: the groups' columns, ``year``, ``month`` in which it was given,
        ``forecast_sek``, ``outcome_sek``, ``error_sek`` (outcome less forecast: above zero it became dearer) and
        ``error_pct`` of the outcome's size.
    by_month
        By month of the year (1-12): ``forecasts`` and ``years`` behind, ``mean_sek`` error (on the whole too high or too
        low) and ``size_sek``, the mean of the errors' sizes.
    """

    frame: pd.DataFrame
    by_month: pd.DataFrame

    @property
    def years(self) -> int:
        """How many years are over and had a forecast."""
        return int(self.frame["year"].nunique())


def forecast_errors(forecasts: pd.DataFrame, outcomes: pd.Series) -> ForecastRecord:
    """Set every forecast given so far against what it became.

    Parameters
    ----------
    forecasts
        ``year`` (a number), ``month`` ("2014-08"), ``forecast_sek``, and columns that a forecast is of.
    outcomes
        The year's total by those columns and ``year``, in that order; by ``year`` alone where there are no others.

    Returns
    -------
    ForecastRecord
        Without forecasts of years that have no outcome.

    Examples
    --------
    >>> given = pd.DataFrame({"year": [2014, 2015, 2017], "month": ["2014-08", "2015-08", "2017-08"],
    ...     "forecast_sek": [80.0, 316.0, 485.0]})
    >>> became = pd.Series({2014: -70.0, 2015: 563.0, 2017: 848.0})
    >>> forecast_errors(given, became).frame["error_sek"].tolist()
    [-150.0, 247.0, 363.0]
    """
    keys = [*(str(name) for name in forecasts if name not in ("year", "month", "forecast_sek")), "year"]
    known = outcomes.rename("outcome_sek").rename_axis(keys).reset_index()
    frame = forecasts.merge(known, on=keys, how="inner").dropna(subset=["forecast_sek", "outcome_sek"])
    frame["error_sek"] = (_oere(frame["outcome_sek"]) - _oere(frame["forecast_sek"])) / 100.0
    size = frame["outcome_sek"].abs()
    frame["error_pct"] = 100.0 * frame["error_sek"] / size.where(size > 0)
    frame = frame.sort_values([*keys, "month"], kind="stable").reset_index(drop=True)
    at = frame["month"].str[5:].astype(int)
    errors = frame["error_sek"]
    by_month = pd.DataFrame(
        {
            "forecasts": errors.groupby(at).size(),
            "years": frame["year"].groupby(at).nunique(),
            "mean_sek": errors.groupby(at).mean(),
            "size_sek": errors.abs().groupby(at).mean(),
        }
    )
    by_month.index.name = "month_of_year"
    return ForecastRecord(frame, by_month)


def forecast_record(frame: pd.DataFrame, by: Sequence[str] = ("activity",)) -> ForecastRecord:
    """Return the record of the forecasts in a municipality's months.

    Parameters
    ----------
    frame
        As in `to_date`.
    by
        Columns that a forecast is of; none for the whole.

    Returns
    -------
    ForecastRecord
        Of years whose twelve months are all known. A month in which a part has no forecast has none of the whole.

    Examples
    --------
    >>> months = pd.DataFrame({"activity": "Skola", "month": [f"2025-{k:02d}" for k in range(1, 13)],
    ...     "actual_sek": 100.0, "forecast_sek": [np.nan] * 7 + [1150.0] + [np.nan] * 4})
    >>> forecast_record(months).frame[["month", "error_sek"]].to_dict("records")
    [{'month': '2025-08', 'error_sek': 50.0}]
    """
    dated = frame.assign(year=frame["month"].str[:4].astype(int))
    keys = [*by, "year"]
    outcomes = _summed(dated, "actual_sek", keys, YEAR).dropna()
    given = _summed(dated, "forecast_sek", [*keys, "month"], 1).dropna()
    return forecast_errors(given.rename("forecast_sek").reset_index(), outcomes)
