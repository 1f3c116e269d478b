"""Mät enheterna: hur många en vanlig tratt pekar ut och hur många vår, hur ofta orden stämmer, och hur fort det går.

``python -m benchmarks.units`` läser de verkliga skolorna som ligger bredvid projektet. Orden prövas framåt: med värden
till och med ett år sägs något om nästa, som sedan slås upp.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.real import SHARED
from effektiv.analysis.panels import Panel
from effektiv.analysis.units import (
    FEWEST_PERSONS,
    UnitModel,
    against_country,
    driving,
    fit_units,
    outside,
    overdispersed_limits,
    overdispersion,
)
from effektiv.data.skolverket_units import read_unit_file
from effektiv.exhibits.charts import Funnel, FunnelUnit, funnel

FOLDER = SHARED / "data" / "skolverket-skolenhet"
GRADES, TEACHERS = FOLDER / "slutbetyg_ak9_2015-2022.csv.gz", FOLDER / "personal_larare_2015-2022.csv.gz"
MEASURES = (
    ("S-ALLA-AMNEN", "S-ELEVER-AK9", GRADES, 2022),
    ("S-YRKESPROGRAM", "S-ELEVER-AK9", GRADES, 2022),
    ("S-BEHORIGA-LARARE", "S-LARARE", TEACHERS, 2021),
)
YEARS_TRIED = 4
"""Latest years that the words are tried on."""


@dataclass(frozen=True)
class Measured:
    """What one figure of the real municipal schools gives.

    Attributes
    ----------
    kpi
        The figure.
    model
        How schools differ, the latest year.
    units, by_chance, ours
        Schools with at least `FEWEST_PERSONS`, how many of them a funnel of chance points out, and how many ours.
    words
        One row a word and comparison (``landet``, ``de andra``, ``den som mest``): ``right`` and ``number``.
    """

    kpi: str
    model: UnitModel
    units: int
    by_chance: int
    ours: int
    words: pd.DataFrame


def panels() -> Iterator[tuple[str, Panel, Panel, pd.Series, int]]:
    """Yield figure, shares, persons, municipality by unit and latest year, of municipal schools."""
    for kpi, persons, path, year in MEASURES:
        file = read_unit_file(path)
        assert file is not None
        schools = file.schools.set_index("code")
        own = schools.index[schools["holder"].str.casefold() == "kommunal"]
        shares, counts = (
            file.rows[file.rows["kpi"] == item].pivot_table(index="code", columns="year", values="value")
            for item in (kpi, persons)
        )
        index = shares.index.intersection(own)
        counts = counts.reindex(index=index, columns=shares.columns)
        yield kpi, shares.loc[index], counts, schools["municipality"].loc[index], year


def measured(kpi: str, shares: Panel, persons: Panel, owners: pd.Series, year: int) -> Measured:
    """Return what one figure gives."""
    model = fit_units(shares, persons, year)
    assert model is not None
    shown = shares[year].where(persons[year] >= FEWEST_PERSONS).dropna()
    counts, baseline = persons.loc[shown.index, year], float(model.baseline[year])
    ours = overdispersion(shown, counts, baseline)
    words = pd.concat(
        [tried(shares, persons, owners, tried_year) for tried_year in range(year - YEARS_TRIED, year)]
    )
    told = words.groupby(["against", "word"])["right"].agg(right="mean", number="size").reset_index()
    return Measured(
        kpi=kpi,
        model=model,
        units=len(shown),
        by_chance=int((outside(shown, counts, baseline) != 0).sum()),
        ours=int((outside(shown, counts, baseline, ours.variance) != 0).sum()),
        words=told,
    )


def tried(shares: Panel, persons: Panel, owners: pd.Series, year: int) -> pd.DataFrame:
    """Return whether each word that is said with values to a year came true the year after."""
    model = fit_units(shares, persons, year)
    assert model is not None
    later = shares[year + 1].where(persons[year + 1] >= FEWEST_PERSONS)
    counts = later * persons[year + 1] / 100
    whole = 100 * counts.sum() / persons[year + 1].where(later.notna()).sum()
    rows: list[tuple[str, str, bool]] = []
    judged = against_country(model, shares, persons)
    above = judged["level"] > model.baseline[year]
    for unit in judged.index[later[judged.index].notna()]:
        rows.append(
            ("landet", str(judged["certainty"][unit]), bool(above[unit]) == bool(later[unit] > whole))
        )
    for _, units in owners.groupby(owners):
        own = list(units.index)
        found = driving(model, shares.loc[own], persons.loc[own], year)
        for place, (unit, row) in enumerate(found.iterrows()):
            others = [item for item in own if item != unit and np.isfinite(later[item])]
            if not others or not np.isfinite(later[str(unit)]):
                continue
            rest = 100 * counts[others].sum() / persons.loc[others, year + 1].sum()
            right = bool(row["share"] > row["others"]) == bool(later[str(unit)] > rest)
            rows.append(("de andra", str(row["certainty"]), right))
            if place == 0:
                rows.append(("den som mest", str(row["certainty"]), right))
    return pd.DataFrame(rows, columns=["against", "word", "right"])


def speed() -> tuple[int, float]:
    """Return how many schools are read from Skolverket's table and drawn, and the processor's seconds for it."""
    start = time.process_time()
    file = read_unit_file(TEACHERS)
    assert file is not None
    wide = file.rows.pivot_table(index="code", columns="kpi", values="value", aggfunc="last")
    shares, counts = wide["S-BEHORIGA-LARARE"], wide["S-LARARE"]
    known = shares.notna() & (counts >= 1)
    shares, counts = shares[known], counts[known]
    baseline = float((shares * counts).sum() / counts.sum())
    variance = overdispersion(shares, counts, baseline).variance

    def limits(added: float, persons: Sequence[float]) -> tuple[list[float], list[float]]:
        found = overdispersed_limits(baseline, list(persons), added)
        return found["lower_3s"].tolist(), found["upper_3s"].tolist()

    first = shares.index[0]
    funnel(
        Funnel(
            own=(FunnelUnit("Egen", float(counts[first]), float(shares[first])),),
            others=tuple(zip(counts.astype(float), shares.astype(float), strict=True)),
            baseline=baseline,
            expected=lambda persons: limits(variance, persons),
            chance=lambda persons: limits(0.0, persons),
            own_name="Egen",
            others_name="Andra",
            x_label="Lärare",
            y_label="Behöriga, procent",
            baseline_name="Alla",
        )
    )
    return len(shares), time.process_time() - start


def main() -> int:
    """Tell all that is measured."""
    if not GRADES.is_file():
        print(
            f"De verkliga skolorna finns inte här ({GRADES.name} saknas bredvid projektet).", file=sys.stderr
        )
        return 2
    units, seconds = speed()
    print(f"{units} skolor lästa och ritade på {seconds:.1f} s av en kärna")
    for kpi, shares, persons, owners, year in panels():
        found = measured(kpi, shares, persons, owners, year)
        print(
            f"{kpi} {year}: {found.units} skolor, {found.by_chance} utanför slumpens gränser, {found.ours} utanför våra "
            f"(spridningskvot {found.model.ratio:.2f}, varians bestående {found.model.lasting:.4f}, årsvis "
            f"{found.model.yearly:.4f})"
        )
        for against, word, right, number in found.words.to_numpy():
            print(f"  mot {against}: {word} stämmer i {100 * right:.1f} % av {number}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
