"""Invented units: schools with a year nine and home care units, in Exempelby and every fifth municipality but the largest.

A municipality's units add up to what is published of it, but for rounding. They differ about as much as the real
municipal schools did 2017-2022 (on the scale arcsin(sqrt(share)), `effektiv.analysis.units`): what lasts and what a
single year adds, and what a count of pupils gives by chance. In Exempelby one school is planted that lies far below
the others and so drives its figure, one school has closed and one has opened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.example.noise import Array, stream
from effektiv.example.truths import EXAMPLE_MUNICIPALITY
from effektiv.types import RIKET

RESULTS, PUPILS, PUPILS_9 = "N15419", "N15809", "S-ELEVER-AK9"
SATISFIED, SAFE, USERS = "U21468", "U21467", "N21702"

LASTING, YEARLY = 0.019, 0.0034
"""Variances between schools that are there year after year, and that a single year adds."""

CARE_LASTING, CARE_YEARLY = 0.006, 0.003

FIRST_YEAR = 2017
EVERY = 5
PUPILS_A_SCHOOL, USERS_A_UNIT = 55, 70
FEWEST = 10
"""Values of fewer persons are hidden."""

OPENED, CLOSED = 2023, 2022
"""First year of Exempelby's new school, and last of the one that it took the place of."""

PLANTED_SCHOOL, PLANTED_EFFECT = "Bruksskolan", -0.55
"""The school that drives Exempelby's results, and how far below the others it lies on the scale."""

SCHOOLS = {
    EXAMPLE_MUNICIPALITY: (
        ("Centralskolan", 0.44),
        (PLANTED_SCHOOL, 0.34),
        ("Byskolan", 0.22),
        ("Hamnskolan", 0.22),
    )
}
"""Name and share of the pupils of the schools that are not drawn; the last two after one another."""

_NAMES = ("Centralskolan", "Norra skolan", "Södra skolan", "Östra skolan", "Västra skolan", "Ängsskolan", "Bergskolan",
          "Parkskolan", "Åskolan", "Lindskolan", "Ekskolan", "Sjöskolan", "Kvarnskolan", "Björkskolan")  # fmt: skip
_CARE_NAMES = (
    "Centrum",
    "Norr",
    "Söder",
    "Öster",
    "Väster",
    "Landsbygden",
    "Natt",
    "Dalen",
    "Höjden",
    "Hamnen",
)


@dataclass(frozen=True)
class ExampleUnits:
    """Frames as `effektiv.data.units` describes them."""

    units: pd.DataFrame
    observations: pd.DataFrame


def build_units(observations: pd.DataFrame, municipalities: pd.DataFrame) -> ExampleUnits:
    """Return units whose values add up to what is published of their municipalities.

    Parameters
    ----------
    observations, municipalities
        Of the snapshot.
    """
    kommuner = municipalities[(municipalities["type"] == "K") & (municipalities["id"] != RIKET)]
    chosen = kommuner.iloc[::EVERY]
    own = kommuner[kommuner["title"] == EXAMPLE_MUNICIPALITY]
    chosen = pd.concat([own, chosen[chosen["title"] != EXAMPLE_MUNICIPALITY]])
    known = observations[
        observations["kpi"].isin([RESULTS, PUPILS, SATISFIED, SAFE, USERS])
        & (observations["gender"] == "T")
        & observations["municipality"].isin(chosen["id"])
        & (observations["year"] >= FIRST_YEAR)
    ]
    panels = {
        str(kpi): rows.pivot_table(index="municipality", columns="year", values="value")
        for kpi, rows in known.groupby("kpi")
    }
    units: list[tuple[str, str, str, str, str]] = []
    parts: list[_Rows] = []
    for code, title in chosen[["id", "title"]].itertuples(index=False, name=None):
        for found, rows in (_schools(code, title, panels), _home_care(code, panels)):
            units += found
            parts += rows
    frame = pd.DataFrame(units, columns=["id", "title", "municipality", "type", "holder"], dtype="str")
    return ExampleUnits(frame, _observations(parts))


def _schools(
    code: str, title: str, panels: dict[str, pd.DataFrame]
) -> tuple[list[tuple[str, str, str, str, str]], list[_Rows]]:
    results, pupils = _row(panels, RESULTS, code), _row(panels, PUPILS, code) / 9
    if title in SCHOOLS:
        names = [name for name, _ in SCHOOLS[title]]
        weights = np.array([weight for _, weight in SCHOOLS[title]])
    else:
        names, weights = _drawn(f"skolor/{code}", pupils, PUPILS_A_SCHOOL, _NAMES)
    years = results.dropna().index.intersection(pupils.dropna().index)
    if not names or years.empty:
        return [], []
    rng = stream(f"skolor/{code}/vad")
    lasting = np.sqrt(LASTING) * rng.standard_normal(len(names))
    if PLANTED_SCHOOL in names:
        lasting *= 0.2
        lasting[names.index(PLANTED_SCHOOL)] += PLANTED_EFFECT
    ids = [f"V15E{code}{place:05d}" for place in range(101, 101 + len(names))]
    parts = []
    for year in years:
        open_now = np.ones(len(names), dtype=bool)
        if title == EXAMPLE_MUNICIPALITY:
            open_now[-2], open_now[-1] = year <= CLOSED, year >= OPENED
        at = np.flatnonzero(open_now)
        persons = np.maximum(np.rint(weights[at] / weights[at].sum() * pupils[year]), 1)
        draw = stream(f"skolor/{code}/{year}")
        deviation = lasting[at] + np.sqrt(YEARLY) * draw.standard_normal(len(at))
        counts = _counts(float(results[year]), deviation, persons, draw)
        here = [ids[place] for place in at]
        parts += [
            _Rows(PUPILS_9, here, int(year), persons, persons),
            _Rows(RESULTS, here, int(year), np.round(100 * counts / persons, 1), persons),
        ]
    return [(unit, name, code, "V15", "kommunal") for unit, name in zip(ids, names, strict=True)], parts


def _home_care(
    code: str, panels: dict[str, pd.DataFrame]
) -> tuple[list[tuple[str, str, str, str, str]], list[_Rows]]:
    users = _row(panels, USERS, code)
    names, weights = _drawn(f"hemtjanst/{code}", users, USERS_A_UNIT, _CARE_NAMES)
    rng = stream(f"hemtjanst/{code}/vad")
    ids = [f"V21E{code}{place:03d}" for place in range(1, 1 + len(names))]
    parts = []
    for kpi in (SATISFIED, SAFE):
        values = _row(panels, kpi, code)
        lasting = np.sqrt(CARE_LASTING) * rng.standard_normal(len(names))
        for year in values.dropna().index.intersection(users.dropna().index):
            # About half of the users answer.
            persons = np.maximum(np.rint(0.5 * weights * users[year]), 1)
            draw = stream(f"hemtjanst/{code}/{kpi}/{year}")
            deviation = lasting + np.sqrt(CARE_YEARLY) * draw.standard_normal(len(names))
            counts = _counts(float(values[year]), deviation, persons, draw)
            parts.append(_Rows(kpi, ids, int(year), np.round(100 * counts / persons), persons))
    if not parts:
        return [], []
    return [
        (unit, f"Hemtjänst {name}", code, "V21", "") for unit, name in zip(ids, names, strict=True)
    ], parts


def _row(panels: dict[str, pd.DataFrame], kpi: str, code: str) -> pd.Series:
    panel = panels.get(kpi)
    if panel is None or code not in panel.index:
        return pd.Series(dtype="float64")
    found: pd.Series = panel.T[code]
    return found


def _drawn(key: str, persons: pd.Series, usual: int, names: tuple[str, ...]) -> tuple[list[str], Array]:
    """Return names and shares of a municipality's units, about `usual` persons in each; none of a large one's."""
    known = persons.dropna()
    if known.empty:
        return [], np.array([])
    # By the first year alone: later years must not change which units there are.
    number = max(round(float(known.iloc[0]) / usual), 1)
    if number > len(names):
        return [], np.array([])
    weights = stream(key).uniform(0.6, 1.4, number)
    return list(names[:number]), weights / weights.sum()


def _counts(share: float, deviation: Array, persons: Array, rng: np.random.Generator) -> Array:
    """Return how many persons of each unit, in all the municipality's share of them, but for rounding."""
    low, high = -2.0, 2.0
    middle, aim = float(np.arcsin(np.sqrt(share / 100))) + deviation, share / 100 * persons.sum()
    for _ in range(50):
        shift = (low + high) / 2
        # Quicker than np.clip, on so few numbers.
        level = np.sin(np.minimum(np.maximum(middle + shift, 0.0), np.pi / 2)) ** 2
        if (level * persons).sum() < aim:
            low = shift
        else:
            high = shift
    counts = rng.binomial(persons.astype(np.int64), level).astype(np.float64)
    wanted = round(share / 100 * float(persons.sum()))
    # What chance adds in all is taken back one person at a time, so that the units add up to the municipality.
    while counts.sum() != wanted:
        step = 1 if counts.sum() < wanted else -1
        room = np.flatnonzero((counts < persons) if step > 0 else (counts > 0))
        counts[rng.choice(room)] += step
    return counts


@dataclass(frozen=True)
class _Rows:
    """Values of one figure in one year, a value for each unit."""

    kpi: str
    units: list[str]
    year: int
    found: Array
    persons: Array


def _observations(parts: list[_Rows]) -> pd.DataFrame:
    """Return the rows of all parts in one frame; a frame for each would take most of the time of the example."""
    lengths = [len(part.units) for part in parts]
    hidden = np.concatenate([part.persons for part in parts]) < FEWEST
    return pd.DataFrame(
        {
            "kpi": np.repeat([part.kpi for part in parts], lengths).tolist(),
            "unit": [unit for part in parts for unit in part.units],
            "year": np.repeat([part.year for part in parts], lengths),
            "gender": "T",
            "value": np.where(hidden, np.nan, np.concatenate([part.found for part in parts])),
            "status": np.where(hidden, "Privacy", "").tolist(),
        }
    )
