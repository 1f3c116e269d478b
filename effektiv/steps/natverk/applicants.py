"""The applicants: their need on both sides of efficiency, the state of their problem statement, and how often each is first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from effektiv.analysis.need import Needs, Standing, needs, select
from effektiv.analysis.panels import cell, published_years, row, window
from effektiv.analysis.priority import Acceptability
from effektiv.analysis.rebound import RECENT, Refused, rebound
from effektiv.params.networks import Applicant, Statement
from effektiv.steps.natverk.positions import PositionsCase, distances
from effektiv.types import Better, FocusArea, Kpi

ALMOST_ALWAYS, SELDOM = 0.9, 0.1
"""Shares of the ways of weighing from which, and up to which, a place does not depend on the weights."""


@dataclass(frozen=True)
class AreaNeed:
    """An applicant's need in one figure of an area.

    Attributes
    ----------
    area, kpi
        Which.
    unit
        Of the distances: the figure's, or per cent of money.
    distance
        To the country's middle municipality, mean of `years`, as it is published.
    kept
        Share of it that is left when chance is taken away, 0-1.
    need, sd
        What is expected of that in the next three years, positive is worse, and what is not known of it; standard
        deviations between municipalities.
    by_itself
        How the distance usually changes in three years without any project; None where that cannot be told.
    years
        That it is of.
    """

    area: FocusArea
    kpi: Kpi
    unit: str
    distance: float
    kept: float
    need: float
    sd: float
    by_itself: float | None
    years: tuple[int, ...]


@dataclass(frozen=True)
class Candidate:
    """What is known of an applicant.

    Attributes
    ----------
    code
        Which municipality.
    quality, cost
        Its need, a figure for each area that has values.
    statement
        None where it has sent none.
    """

    code: str
    quality: tuple[AreaNeed, ...]
    cost: tuple[AreaNeed, ...]
    statement: Statement | None

    @property
    def standing(self) -> Standing | None:
        """What it is weighed by; None where one of the sides is not known, which no mean stands in for."""
        if not self.quality or not self.cost:
            return None
        return Standing(_mean(self.quality), _mean(self.cost), state(self.statement))


def state(statement: Statement | None) -> tuple[float, float, float, float]:
    """Return how far a statement has come: complete parts, own text, direction and decision, each 0-1."""
    if statement is None:
        return 0.0, 0.0, 0.0, 0.0
    return (
        statement.share,
        float(statement.own_text == "ja"),
        float(statement.direction is not None),
        float(statement.decision is not None),
    )


def _mean(found: Iterable[AreaNeed]) -> tuple[float, float]:
    """Return the mean need of several areas, and what is not known of it."""
    items = list(found)
    return (
        float(np.mean([item.need for item in items])),
        float(np.sqrt(sum(item.sd**2 for item in items)) / len(items)),
    )


@dataclass(frozen=True)
class Selection:
    """The applicants weighed in every way.

    Attributes
    ----------
    ranked
        Those that can be compared, in the file's order.
    left_out
        Those that cannot.
    places
        How many there is room for.
    found
        How often each of `ranked` has each rank; None with fewer than two.
    """

    ranked: tuple[Candidate, ...]
    left_out: tuple[Candidate, ...]
    places: int
    found: Acceptability | None

    @cached_property
    def among_best(self) -> dict[str, float]:
        """By code: the share of all ways of weighing in which it gets a place."""
        if self.found is None:
            return {}
        shares = self.found.among_best(self.places)
        return {item.code: float(share) for item, share in zip(self.ranked, shares, strict=True)}

    @property
    def always(self) -> list[str]:
        """Those that get a place almost however it is weighed."""
        return [code for code, share in self.among_best.items() if share >= ALMOST_ALWAYS]

    @property
    def seldom(self) -> list[str]:
        """Those that seldom get one."""
        return [code for code, share in self.among_best.items() if share <= SELDOM]

    @property
    def depends(self) -> list[str]:
        """Those whose place depends on what is thought most important."""
        return [code for code, share in self.among_best.items() if SELDOM < share < ALMOST_ALWAYS]


def weighed(candidates: Iterable[Candidate], places: int | None) -> Selection:
    """Weigh applicants in every way; places are half of those that can be compared where nothing is decided."""
    every = list(candidates)
    known = [(item, standing) for item in every if (standing := item.standing) is not None]
    found = select([standing for _, standing in known]) if len(known) > 1 else None
    room = max(1, len(known) // 2) if places is None else places
    left_out = tuple(item for item in every if item.standing is None)
    return Selection(tuple(item for item, _ in known), left_out, room, found)


class ApplicantsCase(PositionsCase):
    """A network that knows its applicants."""

    @cached_property
    def selection(self) -> Selection:
        """The applicants weighed."""
        return weighed((self._candidate(item) for item in self.network.applicants), self.network.places)

    def _candidate(self, applicant: Applicant) -> Candidate:
        areas = [self.catalogue.areas[area] for area in dict.fromkeys(applicant.areas)]
        sides = [
            tuple(
                need
                for area, kpi in figures
                if (need := self._need(applicant.code, area, kpi, sign)) is not None
            )
            for figures, sign in (
                ([(area, area.headline_quality) for area in areas], None),
                ([(area, area.deviation_pct) for area in areas], -1),
            )
        ]
        return Candidate(applicant.code, sides[0], sides[1], applicant.statement)

    def _needs(self, kpi: Kpi, sign: int) -> Needs | None:
        known: dict[str, Needs | None] = vars(self).setdefault("_all_needs", {})
        if kpi.id not in known:
            panel, years = self.panel(kpi.id), self._years(kpi)
            known[kpi.id] = (
                needs(panel, self.national.noise(kpi.id, years[-1]), years, sign) if years else None
            )
        return known[kpi.id]

    def _years(self, kpi: Kpi) -> tuple[int, ...]:
        years = [year for year in published_years(self.panel(kpi.id)) if year <= self.last_final(kpi.id)]
        if not years:
            return ()
        return tuple(year for year in window(years[-1], RECENT, kpi.breaks) if year in years)

    def _need(self, code: str, area: FocusArea, kpi_id: str, sign: int | None) -> AreaNeed | None:
        kpi = self.kpi(kpi_id)
        if kpi.better is Better.NEITHER and sign is None:
            return None
        side = sign if sign is not None else -1 if kpi.better is Better.LOWER else 1
        found = self._needs(kpi, side)
        if found is None or code not in found.frame.index:
            return None
        panel, last = self.panel(kpi_id), found.years[-1]
        noise = self.national.noise(kpi_id, last)
        assert noise is not None  # there are no needs without it
        usual = rebound(panel, noise, last, code, side, kpi.breaks)
        away = float(row(distances(panel, noise), code).reindex(list(found.years)).mean())
        by_itself = None
        if not isinstance(usual, Refused):
            by_itself = (100.0 + away) * float(np.expm1(usual.change)) if noise.logarithmic else usual.change
        return AreaNeed(
            area=area,
            kpi=kpi,
            unit="%" if noise.logarithmic else "procentenheter" if kpi.unit == "%" else kpi.unit,
            distance=away,
            kept=cell(found.frame, code, "kept"),
            need=cell(found.frame, code, "need"),
            sd=cell(found.frame, code, "sd"),
            by_itself=by_itself,
            years=found.years,
        )
