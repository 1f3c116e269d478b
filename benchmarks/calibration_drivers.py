"""What a cost is said to consist of: drivers told in one year, beside what they are later, and where nobody differs.

A report divides a cost's difference from Riket (where Riket lacks the parts: from the peers) over its drivers, names
those that stand out, and begins with the largest. The rule is the reports' own (`DrivenCost`); only the years are earlier.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from benchmarks import real
from benchmarks.calibration_forward import published
from benchmarks.calibration_null import LINGERS, SEEDS, null_of
from benchmarks.calibration_parts import computed
from effektiv.analysis.certainty import (
    Certainty,
    Difference,
    Noise,
    against_peers,
    against_riket,
    differences,
    noise,
)
from effektiv.analysis.drivers import REST, pooled, split_drivers
from effektiv.analysis.panels import Panel, country, value_at
from effektiv.analysis.place import Place, place
from effektiv.data.catalogue import load_catalogue
from effektiv.steps.judging import GROUP, NATION, Judgement
from effektiv.steps.s2_orsaksanalys.drivers import first_drivers
from effektiv.steps.s2_orsaksanalys.view import DrivenCost, Driver
from effektiv.types import RIKET, Break, Catalogue, DriverFactor, DriverPart, Drivers, Kpi

FAMILIES = {
    "grundskola": "grundskola",
    "aldreomsorg-ordinart-boende": "äldreomsorg",
    "forskola": "förskola",
    "barn-och-unga": "IFO",
}
"""Whose peers, by area."""

_NOWHERE = Place(0, np.nan, np.nan, np.nan, pd.Series(dtype=float), 0, 0, np.nan, (np.nan, np.nan))

FIRST, LAST = 2012, 2021
AHEAD = (1, 3)


@dataclass(frozen=True)
class Country:
    """All municipalities' figures of one tree, in a real country or a drawn one.

    Attributes
    ----------
    tree
        With the figures that there are.
    figures
        Units, breaks and so on, by id.
    panels
        Municipality (with Riket where it is published) x year, by id.
    groups
        Peers by municipality.
    population
        Gives the inhabitants of a year, by municipality.
    noises, known
        Noise by figure and year, and values by year and code, those asked for so far.
    """

    tree: Drivers
    figures: Mapping[str, Kpi]
    panels: Mapping[str, Panel]
    groups: Mapping[str, Sequence[str]]
    population: Callable[[int], pd.Series] = real.population
    noises: dict[tuple[str, int], Noise | None] = field(default_factory=dict)
    known: dict[int, dict[str, dict[str, float]]] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """The whole, the parts and their factors."""
        parts = self.tree.parts
        inner = [factor.kpi for part in parts for factor in part.factors if factor.kpi in self.panels]
        return list(dict.fromkeys((self.tree.total, *(part.kpi for part in parts), *inner)))

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Of any figure."""
        return tuple(item for kpi in self.ids for item in self.figures[kpi].breaks)

    def noise(self, kpi: str, year: int) -> Noise | None:
        """Return a figure's noise as it could be known in a year."""
        if (kpi, year) not in self.noises:
            figure = self.figures[kpi]
            self.noises[kpi, year] = noise(
                self.panels[kpi], self.population(year), year, figure.unit, figure.breaks
            )
        return self.noises[kpi, year]

    def values(self, year: int) -> dict[str, dict[str, float]]:
        """Return the figures of every municipality and Riket, and the persons, by code and id."""
        if year not in self.known:
            wanted = dict.fromkeys((*self.ids, self.tree.persons))
            frame = pd.DataFrame(
                {
                    kpi: self.panels[kpi][year] if year in self.panels[kpi] else pd.Series(dtype=float)
                    for kpi in wanted
                }
            )
            rows = frame.to_numpy(dtype=float)
            self.known[year] = {
                str(code): dict(zip(wanted, line, strict=True))
                for code, line in zip(frame.index, rows, strict=True)
            }
        return self.known[year]

    def against(self, year: int) -> str:
        """Return whom the drivers are compared with, as reports choose."""
        riket = self.values(year).get(RIKET, {})
        return NATION if all(np.isfinite(riket.get(kpi, np.nan)) for kpi in self.ids) else GROUP


def real_country(catalogue: Catalogue, area_id: str) -> Country | None:
    """Return an area's tree on the real country, with stand-ins as reports use them; None without the whole or parts."""
    area = catalogue.areas[area_id]
    if area.causes is None:
        return None
    tree = area.causes.drivers
    panels: dict[str, Panel] = {}

    def at_hand(kpi: str) -> str | None:
        following: str | None = kpi
        while following is not None:
            found = computed(catalogue, following)
            if not found.empty:
                panels[following] = found
                return following
            following = catalogue.kpis[following].stand_in
        return None

    total, persons = at_hand(tree.total), at_hand(tree.persons)
    parts = []
    for part in tree.parts:
        kpi = at_hand(part.kpi)
        if kpi is not None:
            every = [at_hand(factor.kpi) == factor.kpi for factor in part.factors]
            parts.append(part.model_copy(update={"kpi": kpi} | ({} if all(every) else {"factors": ()})))
    if total is None or persons is None or not parts:
        return None
    found = tree.model_copy(update={"total": total, "persons": persons, "parts": tuple(parts)})
    return Country(found, catalogue.kpis, panels, real.groups(FAMILIES[area_id]))


def judged_all(
    here: Country, kpi: str, year: int, against: str, codes: Collection[str]
) -> dict[str, Judgement]:
    """Return the judgement of some municipalities' figure, by code."""
    panel, figure, judged = here.panels[kpi], here.figures[kpi], here.noise(kpi, year)
    if judged is None or year not in panel.columns:
        return {}
    comparator = against_riket(panel) if against == NATION else against_peers(panel, here.groups, judged)
    frame = differences(panel, comparator, judged, figure.breaks).frame.dropna(subset=["difference"])
    found = {}
    frame = frame[frame.index.isin(codes)]
    for code, line in zip(frame.index.astype(str), frame.to_dict("records"), strict=True):
        difference = Difference(
            year=year,
            own=value_at(panel, code, year),
            comparator=value_at(comparator.panel, code, year),
            certainty=Certainty(line["certainty"]),
            logarithmic=judged.logarithmic,
            **{name: line[name] for name in ("difference", "level", "years", "sd", "m95", "m80")},
        )
        # A place takes most of the time, and is asked for only of a part that can be told from none.
        told_of = kpi != here.tree.total and difference.certainty is not Certainty.UNCLEAR
        where = place(panel, code, here.groups.get(code, ()), year) if told_of else _NOWHERE
        found[code] = Judgement(figure, against, difference, where, None, (), ())
    return found


def split_of(here: Country, code: str, year: int, against: str) -> pd.Series | None:
    """Return the parts of a municipality's difference, mnkr by driver, with `REST`; None where it cannot be divided."""
    known, others = here.values(year), [RIKET] if against == NATION else here.groups.get(code, ())
    own = known.get(code, {})
    units = own.get(here.tree.persons, np.nan)
    every = [split_drivers(here.tree, own, known.get(other, {}), units) for other in others]
    found = pooled([item for item in every if item is not None])
    return None if found is None else found.parts / 1e6


def driven_all(here: Country, year: int) -> dict[str, DrivenCost]:
    """Return what is said of every municipality's cost in a year, by code."""
    against = here.against(year)
    split = {code: split_of(here, code, year, against) for code in here.values(year) if code != RIKET}
    divided = {code: parts for code, parts in split.items() if parts is not None}
    judged = {kpi: judged_all(here, kpi, year, against, divided) for kpi in here.ids if divided}
    words: dict[str, DriverPart | DriverFactor] = {part.kpi: part for part in here.tree.parts}
    words |= {factor.kpi: factor for part in here.tree.parts for factor in part.factors}
    found = {}
    for code, parts in divided.items():
        whole = judged[here.tree.total].get(code)
        if whole is None:
            continue
        drivers = [
            Driver(here.figures[str(kpi)], words[str(kpi)], float(mnkr), judged[str(kpi)].get(code))
            for kpi, mnkr in parts.drop(REST).items()
        ]
        found[code] = DrivenCost(
            years=(year,),
            whole=whole,
            total=float(parts.sum()),
            drivers=tuple(sorted(drivers, key=lambda item: -abs(item.mnkr))),
            rest=float(parts[REST]),
        )
    return found


# --- the real country, year by year ---------------------------------------------------------


def told_drivers(here: Country) -> Iterator[tuple[list[dict[str, float | str]], list[dict[str, float]]]]:
    """Yield for each year the drivers told, and the first ones, with what they are later."""
    years = published(here.panels[here.tree.total])
    for year in years:
        if not FIRST <= year <= LAST or year + 1 not in years or _broken(here, year, 1):
            continue
        against = here.against(year)
        drivers: list[dict[str, float | str]] = []
        firsts: list[dict[str, float]] = []
        for code, driven in driven_all(here, year).items():
            after = {
                ahead: None
                if _broken(here, year, ahead) or here.against(year + ahead) != against
                else split_of(here, code, year + ahead, against)
                for ahead in AHEAD
                if year + ahead in years
            }
            for item in driven.sure:
                assert item.judged is not None
                drivers.append(
                    {
                        "word": item.certainty.value,
                        "same": float(np.sign(item.mnkr) == np.sign(item.judged.found.in_unit)),
                        **{f"later {ahead}": _later_sign(after.get(ahead), item) for ahead in AHEAD},
                    }
                )
            chosen = first_drivers(driven)
            several = len(driven.drivers) > 1  # of one alone it says nothing that it is the largest
            if (
                several
                and chosen
                and driven.whole.certainty is not Certainty.UNCLEAR
                and after.get(1) is not None
            ):
                firsts.append(_first(chosen, driven, after[1]))
        yield drivers, firsts


def _broken(here: Country, year: int, ahead: int) -> bool:
    return any(year < item.year <= year + ahead for item in here.breaks)


def _later_sign(parts: pd.Series | None, item: Driver) -> float:
    """Return whether a driver's part has the same sign later; missing where that is not known."""
    if parts is None or item.kpi.id not in parts.index:
        return float("nan")
    return float(np.sign(parts[item.kpi.id]) == np.sign(item.mnkr))


def _first(chosen: tuple[Driver, ...], driven: DrivenCost, after: pd.Series | None) -> dict[str, float]:
    """Return whether what is told first still is the largest, or one of the two largest, the way of the whole."""
    missing = {"pair": float(len(chosen) > 1), "first": np.nan, "two": np.nan}
    if after is None or any(item.kpi.id not in after.index for item in chosen):
        return missing
    helping = (after.drop(REST) * np.sign(driven.total)).sort_values(ascending=False)
    largest = [str(kpi) for kpi in helping.index]
    ids = [item.kpi.id for item in chosen]
    return {
        "pair": float(len(chosen) > 1),
        # Of a pair either may be the larger: that is what a pair says.
        "first": float(largest[0] in ids),
        "two": float(set(ids) <= set(largest[:2])),
    }


def cause_rows() -> dict[str, dict[str, float]]:
    """Return by area how often a told driver is on the same side later, and the first one still first."""
    catalogue, found = load_catalogue(), {}
    every: tuple[list[dict[str, float | str]], list[dict[str, float]]] = ([], [])
    for area_id in catalogue.areas:
        here = real_country(catalogue, area_id)
        rows = [] if here is None else list(told_drivers(here))
        drivers, firsts = [item for one, _ in rows for item in one], [item for _, one in rows for item in one]
        if drivers:
            found[area_id] = cause_summary(drivers, firsts)
            every[0].extend(drivers)
            every[1].extend(firsts)
    return found | {"alla": cause_summary(*every)}


def cause_summary(
    drivers: Sequence[Mapping[str, float | str]], firsts: Sequence[Mapping[str, float]]
) -> dict[str, float]:
    """Return how many were told, and how often it came true."""
    rows = pd.DataFrame(drivers)
    found: dict[str, float] = {"antal": len(rows), "samma tecken som måttet": rows["same"].mean()}
    for name, word in (("säkert", Certainty.SURE), ("troligen", Certainty.LIKELY)):
        chosen = rows[rows["word"] == word.value]
        found[name] = len(chosen)
        for ahead, label in zip(AHEAD, ("ett år", "tre år"), strict=True):
            known = chosen[f"later {ahead}"].astype(float).dropna()
            if len(known):
                found[f"{name} {label}"] = known.mean()
    first = pd.DataFrame(firsts, columns=["pair", "first", "two"]).dropna()
    found["först"] = len(first)
    if len(first):
        found |= {
            "först ett år": first["first"].mean(),
            "bland de två största ett år": first["two"].mean(),
            "par": first["pair"].mean(),
        }
    return {key: round(float(value), 4) for key, value in found.items()}


# --- a country where nobody differs -----------------------------------------------------------


def null_tree(here: Country, seed: int, linger: float) -> Country:
    """Return the tree of a country where all municipalities are alike but for noise, its sums and products exact.

    Each factor and each part without factors keeps its real level and noise by size; a part is its factors' product,
    and the whole the sum of its parts and of what they leave of it in the middle municipality.
    """
    drawn: dict[str, Panel] = {}
    for part in here.tree.parts:
        for kpi in [factor.kpi for factor in part.factors] or [part.kpi]:
            figure = here.figures[kpi]
            drawn[kpi], _ = null_of(here.panels[kpi], kpi, figure.unit, figure.breaks, seed, linger)
    for part in here.tree.parts:
        if part.factors:
            product = part.factor * drawn[part.factors[0].kpi]
            for factor in part.factors[1:]:
                product = product * drawn[factor.kpi]
            drawn[part.kpi] = product
    sums = sum((drawn[part.kpi] for part in here.tree.parts[1:]), drawn[here.tree.parts[0].kpi])
    if here.tree.total not in drawn:
        whole = country(here.panels[here.tree.total])
        last = max(published(whole))
        drawn[here.tree.total] = sums + max(0.0, float(whole[last].median()) - float(sums.median().median()))
    people = country(here.panels[here.tree.persons])
    latest = people[max(published(people))]
    years = list(sums.columns)
    persons = pd.DataFrame(dict.fromkeys(years, latest)).reindex(sums.index)
    panels = {kpi: _with_riket(panel) for kpi, panel in drawn.items()} | {here.tree.persons: persons}
    figures = {
        kpi: here.figures[kpi].model_copy(update={"breaks": ()}) for kpi in (*drawn, here.tree.persons)
    }
    return Country(here.tree, figures, panels, here.groups)


def _with_riket(panel: Panel) -> Panel:
    """Return a panel with Riket where the middle municipality is, which is all that the country is."""
    return pd.concat([pd.DataFrame([panel.median()], index=[RIKET]), panel]).rename_axis("municipality")


def cause_null_rows() -> dict[str, dict[str, float]]:
    """Return the share of municipalities told of a sure driver where nobody differs, by area and kind of years."""
    catalogue, found = load_catalogue(), {}
    for area_id in catalogue.areas:
        here = real_country(catalogue, area_id)
        if here is None:
            continue
        for kind, linger in LINGERS.items():
            words = [
                [[item.certainty for item in driven.sure] for driven in driven_all(drawn, year).values()]
                for seed in SEEDS
                for drawn in [null_tree(here, seed, linger)]
                for year in [int(max(drawn.panels[drawn.tree.total].columns))]
            ]
            every = [item for one in words for item in one]
            found[f"{area_id}, {kind}"] = {
                "drivkrafter": len(here.ids) - 1,
                "andel säkert": round(float(np.mean([Certainty.SURE in item for item in every])), 4),
                "andel säkert eller troligen": round(float(np.mean([bool(item) for item in every])), 4),
            }
    return found
