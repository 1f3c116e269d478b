"""Have others done it: who, from a like position, has changed as much in three years, and kept it two more.

What is counted is what a municipality did beyond what comes by itself. Those that lie far out come back, since
part of their distance was a bad year: that rebound is measured on the country's own histories, by how noisy the
municipalities are, and taken off. Everything is measured from each year's middle municipality, so that prices and the
country's course cancel, and nothing is compared across a break.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Noise
from effektiv.analysis.panels import Panel, country, published_years, segments
from effektiv.types import Break

BASE, FEWEST_BASE = 5, 3
"""The starting level is the mean of the last so many years, fewer where the series is shorter: one bad year is no level."""

REACHED, KEPT = 3, (4, 5)
"""Years from the last one of the starting level to when the change is made, and to those in which it must be kept."""

STILL = 0.75
"""How much of the change must be left in each of the later years."""

MARGIN = 3.0
"""A change that is kept is larger than so many steps of the municipality's own noise, mean of the three years."""

FALSE_RATE = 0.08
"""At most this share of the like municipalities are said to have kept a change where nothing changes: measured on
null countries of twenty years, 0.6 of each year left in the next (``benchmarks.calibration_precedents``)."""

GROUPS = 4
"""Like position: the same quarter of the country."""

NOISY = 3
"""The rebound is measured in so many groups, from the least to the most noisy municipalities."""

FEWEST = 60
"""Fewer histories than this in the country say nothing."""


@dataclass(frozen=True)
class Histories:
    """Every stretch of years of one figure in the whole country.

    Attributes
    ----------
    frame
        By municipality, a row a starting year: ``year``, the last of the starting level; ``position``,
        the share of the municipalities that lay lower then; ``base``, ``reached`` and ``kept``, values at the
        start, three years on and as a mean of the two years after: in the figure's unit, or where the scale is logarithmic in
        per cent of the year's middle municipality; ``net3``, ``net4``, ``net5``, the change
        on the noise's scale less the rebound; ``sd``, the municipality's noise.
    rebound
        Of those in the highest tenth, the mean change in three years that came by itself, on the noise's scale.
    logarithmic
        Whether the scale is natural logarithms.
    """

    frame: pd.DataFrame
    rebound: float
    logarithmic: bool


@dataclass(frozen=True)
class Precedents:
    """Who has made a change from a like position.

    Attributes
    ----------
    like
        How many municipalities have been in the position, with a history after it.
    change
        What was asked for, on the figure's own scale or as a share of it; negative is lower.
    found
        By municipality that made it: as `Histories.frame`, and ``fate``: ``kept``,
        ``fell back`` or ``unclear`` (kept, but no more than its own noise may give).
    """

    like: int
    change: float
    found: pd.DataFrame

    def of(self, fate: str) -> pd.DataFrame:
        """Return those of a fate."""
        return self.found[self.found["fate"] == fate]


def histories(panel: Panel, noise: Noise | None, breaks: Sequence[Break] = ()) -> Histories | None:
    """Return every stretch of years of a figure, with what each municipality did beyond the rebound.

    Parameters
    ----------
    panel
        Municipality x year, the figure's unit; Riket is left out.
    noise
        Of the figure, up to its last year.
    breaks
        No stretch crosses one.

    Returns
    -------
    Histories or None
        None without noise, or with fewer than `FEWEST` stretches.
    """
    if noise is None:
        return None
    values = country(panel)
    scaled = noise.scaled(values)
    deviation = scaled - scaled.median()
    # Prices rise: an amount says something only beside the others of its year.
    shown: Panel = deviation.apply(np.exp) * 100.0 if noise.logarithmic else values
    sd = noise.sd.reindex(values.index)
    parts = []
    published = set(published_years(values))
    for run in segments(published, breaks):
        for year in run:
            base = [item for item in run if year - BASE < item <= year]
            later = [year + REACHED, *(year + k for k in KEPT)]
            if len(base) < FEWEST_BASE or not set(later) <= set(run):
                continue
            start = deviation[base].mean(axis=1, skipna=False)
            part = pd.DataFrame(
                {
                    "municipality": values.index,
                    "year": year,
                    "position": start.rank(pct=True) - 0.5 / max(start.notna().sum(), 1),
                    "start": start,
                    "base": shown[base].mean(axis=1, skipna=False),
                    "reached": shown[year + REACHED],
                    "kept": shown[[year + k for k in KEPT]].mean(axis=1, skipna=False),
                    **{f"net{at - year}": deviation[at] - start for at in later},
                    "sd": sd,
                }
            )
            parts.append(part.dropna())
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if len(found) < FEWEST:
        return None
    expected = _rebound(found)
    top = (found["position"] >= 0.9).to_numpy()
    rebound = float(expected[top, 0].mean()) if top.any() else 0.0
    found[["net3", "net4", "net5"]] -= expected
    frame = found.drop(columns="start").set_index("municipality")
    return Histories(frame, rebound, bool(noise.logarithmic))


def _rebound(found: pd.DataFrame) -> np.ndarray:
    """Return the change in three, four and five years that comes by itself: least squares on the start, by noise."""
    expected = np.zeros((len(found), 3))
    order = found["sd"].rank(method="first", pct=True).to_numpy()
    for group in range(NOISY):
        inside = (order > group / NOISY) & (order <= (group + 1) / NOISY)
        x = found.loc[inside, "start"].to_numpy()
        design = np.column_stack([np.ones(len(x)), x])
        y = found.loc[inside, ["net3", "net4", "net5"]].to_numpy()
        expected[inside] = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return expected


def position(panel: Panel, municipality: str, noise: Noise, years: Sequence[int]) -> float:
    """Return the share of the country that lies lower, mean of some years; missing without own values."""
    start = country(noise.scaled(panel)).reindex(columns=list(years))
    level = (start - start.median()).mean(axis=1, skipna=False)
    place = level.rank(pct=True) - 0.5 / max(level.notna().sum(), 1)
    return float(place.get(municipality, np.nan))


def precedents(known: Histories, at: float, change: float, *, without: str = "") -> Precedents:
    """Return who has made a change from a like position in three years, and what became of it.

    Parameters
    ----------
    known
        The figure's histories.
    at
        Own position, 0-1 (`position`).
    change
        In the figure's unit, or as a share of it where the scale is logarithmic (-0.05 for five per cent lower);
        negative is lower.
    without
        Code of the municipality that asks.

    Returns
    -------
    Precedents
        Each municipality once, by its largest change: kept before unclear before fallen back, then the latest first.

    Raises
    ------
    ValueError
        The change is zero, or takes away everything.
    """
    if change == 0 or (known.logarithmic and change <= -1):
        raise ValueError(f"a change of {change} cannot be looked for")
    wanted = float(np.log1p(change)) if known.logarithmic else change
    sign, size = float(np.sign(wanted)), abs(wanted)
    quarter = min(int(at * GROUPS), GROUPS - 1)
    frame = known.frame
    there = np.minimum((frame["position"].to_numpy() * GROUPS).astype(int), GROUPS - 1) == quarter
    like = frame[there & (frame.index != without)]
    net = sign * like[["net3", "net4", "net5"]].to_numpy()
    made = net[:, 0] >= size
    held = (net[:, 1:] >= STILL * size).all(axis=1)
    clear = net.mean(axis=1) >= MARGIN * like["sd"].to_numpy()
    fate = np.select([held & clear, held], ["kept", "unclear"], "fell back")
    found = like.assign(fate=fate)[made]
    rank = found["fate"].map({"kept": 0, "unclear": 1, "fell back": 2})
    found = found.assign(rank=rank, size=net.mean(axis=1)[made]).sort_values(
        ["rank", "size"], ascending=[True, False], kind="stable"
    )
    found = found[~found.index.duplicated()].sort_values(
        ["rank", "year"], ascending=[True, False], kind="stable"
    )
    return Precedents(int(like.index.nunique()), change, found.drop(columns=["rank", "size"]))
