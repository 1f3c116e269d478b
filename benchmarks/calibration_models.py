"""Role models: chosen on three years, judged on the three that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks import real
from effektiv.analysis.certainty import noise
from effektiv.analysis.panels import Panel, country
from effektiv.analysis.role_models import NAMED_FROM, adjusted_cost, likely_better, mean_of_window, nearest
from effektiv.types import Better, Break

CONDITIONS = ("N00954", "N01982", "N01960", "N66077")


@dataclass(frozen=True)
class Pair:
    """A cost and a quality figure of the same service.

    Attributes
    ----------
    cost, quality
        Ids. Higher quality is better.
    family
        Whose peers come first.
    structure
        What the cost is adjusted for; empty when it is adjusted already.
    years
        Breaks of either.
    """

    cost: str
    quality: str
    family: str
    structure: tuple[str, ...] = ()
    years: tuple[int, ...] = ()


PAIRS = (
    Pair("N15008", "N15505", "grundskola", ("N00954", "N66077", "N15820", "N15822"), (2016, 2017)),
    Pair("N15008", "N15419", "grundskola", ("N00954", "N66077", "N15820"), (2016, 2017)),
    Pair("N15001", "N15419", "grundskola", (), (2016, 2017, 2019)),
    Pair("N15008", "N15428", "grundskola", ("N00954", "N66077", "N15820")),
    Pair("N20900", "U21468", "äldreomsorg", (), (2019,)),
    Pair("N11032", "N11810", "förskola", ("N00954", "N66077", "N01982")),
    Pair("N17014", "N17461", "gymnasieskola", ("N00954", "N66077", "N01982", "N01799")),
    Pair("N17014", "N17538", "gymnasieskola", ("N00954", "N66077", "N01982", "N01799")),
)


def model_rows() -> dict[str, dict[str, float]]:
    """Return for each pair how many are named, what is promised and how many are still better on both."""
    found, all_named = {}, []
    for pair in PAIRS:
        named, windows, asked = named_in(pair)
        all_named.append((named, windows, asked))
        found[f"{pair.cost} och {pair.quality}"] = _described(named, windows, asked)
    whole = pd.concat([named for named, _, _ in all_named])
    sums = [sum(part[place] for part in all_named) for place in (1, 2)]
    return found | {"alla": _described(whole, sums[0], sums[1])}


def _described(named: pd.DataFrame, windows: int, asked: int) -> dict[str, float]:
    later = named.dropna(subset=["later_cost", "later_quality"])
    both = (later["later_cost"] > 0) & (later["later_quality"] > 0)
    return {
        "fönster": windows,
        "per kommun": round(len(named) / max(asked, 1), 3),
        "utlovat": round(float(later["probability"].mean()), 4),
        "håller": round(float(both.mean()), 4),
        "senare mot visat, kostnad": round(float(later["later_cost"].mean() / later["cost"].mean()), 3),
        "senare mot visat, kvalitet": round(
            float(later["later_quality"].mean() / later["quality"].mean()), 3
        ),
    }


def named_in(pair: Pair) -> tuple[pd.DataFrame, int, int]:
    """Return the named in all windows of a pair, how many windows there are, and how many were asked."""
    breaks = real.breaks(*pair.years)
    inhabitants = real.panel("N01951")
    cost = country(real.panel(pair.cost))
    if pair.structure:
        cost = adjusted_cost(cost, real.panels(pair.structure), inhabitants)
    quality = country(real.panel(pair.quality))
    groups = real.groups(pair.family)
    conditions = real.panels(CONDITIONS)
    rows, windows, asked = [], 0, 0
    for year in _windows(cost, quality, breaks):
        noises = [noise(part, real.population(year), year, "%", breaks) for part in (cost, quality)]
        if noises[0] is None or noises[1] is None:
            continue
        windows += 1
        close = nearest(conditions, inhabitants, year)
        found, known = named_from(cost, quality, year, (noises[0].sd, noises[1].sd), (groups, close))
        asked += known
        later = [mean_of_window(part, year + 3, ()) for part in (cost, quality)]
        rows.append(
            found.assign(
                later_cost=_at(later[0], found["own"]) - _at(later[0], found["other"]),
                later_quality=_at(later[1], found["other"]) - _at(later[1], found["own"]),
            )
        )
    return pd.concat(rows) if rows else pd.DataFrame(), windows, asked


def _at(means: pd.Series, codes: pd.Series) -> np.ndarray:
    return means.reindex(codes).to_numpy(dtype=float)


def named_from(
    cost: Panel,
    quality: Panel,
    year: int,
    sds: tuple[pd.Series, pd.Series],
    pools: Sequence[Mapping[str, Sequence[str]]],
) -> tuple[pd.DataFrame, int]:
    """Return the role models of all municipalities in three years to one: ``own``, ``other`` and the advantage.

    And how many municipalities were asked: those with both means.
    """
    then = [mean_of_window(part, year, ()) for part in (cost, quality)]
    known = then[0].index[then[0].notna() & then[1].reindex(then[0].index).notna()]
    rows = []
    for code in known:
        others = [other for pool in pools for other in pool.get(str(code), ())]
        others = [other for other in dict.fromkeys(others) if other in known and other != code]
        better = likely_better(str(code), then[0][known], then[1][known], Better.HIGHER, *sds).loc[others]
        better = better[better["probability"] >= NAMED_FROM]
        rows.append(better.rename_axis("other").reset_index().assign(own=code))
    return pd.concat(rows, ignore_index=True), len(known)


def _windows(cost: Panel, quality: Panel, breaks: tuple[Break, ...]) -> list[int]:
    """Return each last year of three that three more follow, without a break among the six."""
    shared = {int(year) for year in cost.columns} & {int(year) for year in quality.columns}
    return [
        year
        for year in sorted(shared)
        if all(item in shared for item in range(year - 2, year + 4))
        and not any(year - 2 < item.year <= year + 3 for item in breaks)
    ]
