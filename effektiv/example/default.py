"""Values for key figures that no other module models, so that a new area has a whole report.

What a figure looks like follows from the catalogue: role, unit, breaks, whom it counts, and
what it is tied to (a service's deviation and costs, a product, a cost tree, the persons
behind a share). Its typical level cannot be known from that; `Kpi.example` tells it, else
something usual for the unit stands in. Titles and labels are never read. Every draw is
keyed on the figure's id, so one more figure changes no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from math import prod

import numpy as np

from effektiv.example.costs import PRICES, reference_cost
from effektiv.example.country import ALIKE
from effektiv.example.ledger import MISSING, Hidden, Ledger, Small
from effektiv.example.noise import (
    Array,
    People,
    Split,
    around,
    draw_shares,
    logistic,
    logit,
    normals,
    persistent,
    weighted,
)
from effektiv.example.structure import FORECAST_YEARS
from effektiv.example.takepart import irregular
from effektiv.example.years import YEARS, column_of
from effektiv.types import Better, Catalogue, CostTree, Kpi, Product, Role, Service

ORDINARY = 15_000
"""Inhabitants of the municipality that levels, spreads and movements are given for."""

STEP = {Role.RESOURCE: 0.40, Role.QUALITY: 0.80, Role.VOLUME: 0.50, Role.STRUCTURE: 0.15, Role.INDEX: 0.80}
"""Change from year to year as a share of the spread between municipalities (medians over 77 real figures)."""

SIZE_SLOPE = {
    Role.RESOURCE: -0.27,
    Role.QUALITY: -0.35,
    Role.VOLUME: -0.40,
    Role.STRUCTURE: -0.25,
    Role.INDEX: -0.35,
}
"""Logarithmic change of that movement with the logarithm of the population (the same figures)."""

RHO = 0.6
"""Correlation between neighbouring years of what moves, as of every other effect."""

EXPLAINED = {Role.STRUCTURE: 0.60}
EXPLAINED_ELSE = 0.30
"""Share of the lasting variance that follows from conditions; structure figures are conditions themselves."""

LACKING = {Role.QUALITY: 0.03, Role.VOLUME: 0.01}
"""Share of values that are missing where nobody's privacy asks for it."""

LEAST_PERSONS = 5
"""With fewer persons behind it a share is not shown."""

AT_BREAK = 0.25
"""Standard deviation of what a break moves a municipality, as a share of the spread."""

USUAL: tuple[tuple[str, Role | None, float, float], ...] = (
    ("%", Role.QUALITY, 77.0, 6.0),
    ("%", Role.RESOURCE, 35.0, 12.0),
    ("%", Role.VOLUME, 7.0, 1.7),
    ("%", None, 16.0, 4.0),
    ("procentenheter", None, 0.0, 4.0),
    ("meritpoäng", None, 217.0, 14.0),
    ("index", None, 50.0, 22.0),
    ("mnkr", None, 0.0, 5.0),
    ("antal", Role.QUALITY, 15.0, 3.5),
    ("antal", None, 750.0, 260.0),
    ("kvot", None, 0.9, 0.1),
    ("dagar", None, 50.0, 15.0),
    ("timmar", None, 34.0, 9.0),
    ("per 1 000 ", None, 6.5, 2.6),
    ("kr/inv", None, 3_000.0, 660.0),
    ("kr", None, 100_000.0, 15_000.0),
    ("", None, 10.0, 1.0),
)
"""Beginning of a unit, role, level and spread: about the medians of real figures of the kind; the first holds."""


class _Kind(Enum):
    """How values vary: between 0 and 100, with the population, above zero, or around a level of any sign."""

    SHARE = auto()
    COUNT = auto()
    POSITIVE = auto()
    AROUND = auto()


@dataclass(frozen=True)
class _Shape:
    """Kind, level and spread of a figure, the latter two in its own unit."""

    kind: _Kind
    level: float
    spread: float


@dataclass(frozen=True)
class _Deviation:
    """Figures that one net cost deviation ties together; None where the catalogue names none."""

    pct: str
    mnkr: str | None
    reference: str | None
    net: str | None
    population: str


@dataclass(frozen=True)
class _Tie:
    """A product of figures that are published: ``result = factor * prod(kpi ** power)``."""

    result: str
    factor: float
    powers: Mapping[str, int]


def add_default(ledger: Ledger, catalogue: Catalogue) -> None:
    """Add every figure of the catalogue that is not in the ledger and is no published index.

    Parameters
    ----------
    ledger
        With all that other modules add, but the indices.
    catalogue
        Which figures there are and how they are tied.
    """
    _Maker(ledger, catalogue).make_all()


class _Maker:
    """Makes figures in the order that their ties ask for."""

    def __init__(self, ledger: Ledger, catalogue: Catalogue) -> None:
        self.ledger = ledger
        self.country = ledger.country
        self.kpis = catalogue.kpis
        self.deviations = list(_deviations(catalogue))
        self.around_zero = {
            catalogue.overview.total_deviation_pct,
            *(deviation.pct for deviation in self.deviations),
        }
        self.ties = [tie for area in catalogue.areas.values() for tie in self._products(area.products)]
        self.trees = [tree for area in catalogue.areas.values() for tree in area.cost_trees]
        self.population = catalogue.overview.population
        self.services = [service for service in catalogue.overview.services if service.parts]
        self.forecasts = {
            *catalogue.overview.forecast,
            *(kpi for area in catalogue.areas.values() for kpi in area.sections.forecast),
        }
        self.counted = {name for kpi in self.kpis.values() for name in (kpi.denominator, kpi.persons)}
        self.margins = {kpi.uncertainty: kpi for kpi in self.kpis.values() if kpi.uncertainty is not None}
        self.indices = {
            name
            for index in catalogue.overview.indices
            for name in (index.resource.published, index.quality.published, index.efficiency)
        }
        # Figures that are being made: nothing that they follow from may follow from them.
        self.open: frozenset[str] = frozenset()

    def make_all(self) -> None:
        """Make what is missing, deviations first: their costs are parents and factors of others."""
        # In the order of ids, so that the order of files and lists decides nothing.
        missing = sorted(kpi for kpi in self.kpis if self._is_missing(kpi))
        for deviation in self.deviations:
            if {deviation.pct, deviation.mnkr, deviation.reference, deviation.net} & set(missing):
                self._make_deviation(deviation)
        for kpi in missing:
            self._make(kpi)

    def _is_missing(self, kpi: str) -> bool:
        return self.kpis[kpi].is_koladas and kpi not in self.ledger.figures and kpi not in self.indices

    def _make(self, kpi: str) -> None:
        """Make a figure and what it follows from; one that is asked for while it is made is drawn freely."""
        if not self._is_missing(kpi):
            return
        outer, known = self.open, self.kpis[kpi]
        self.open = outer | {kpi}
        if kpi in outer or not self._follows(kpi):
            if kpi in self.margins:
                self._make_margin(known, self.margins[kpi])
            else:
                self._draw(known)
        self.open = outer

    def _follows(self, kpi: str) -> bool:
        """Make a figure from what the catalogue ties it to; say whether that could be done."""
        for tie in self.ties:
            if tie.result == kpi and not self.open & {*tie.powers}:
                self._publish_derived(kpi, tie.factor * self._product(tie.powers))
                return True
        for tree in self.trees:
            if kpi in tree.children and self._is_given(tree.parent):
                self._split(tree)
                return not self._is_missing(kpi)
        for tree in self.trees:
            if tree.parent == kpi and not self.open & {*tree.children}:
                self._publish_derived(kpi, np.asarray(sum(self._values(child) for child in tree.children)))
                return True
        for service in self.services:
            if kpi in {part.cost for part in service.parts} and service.net_cost is not None:
                self._divide(service, service.net_cost)
                return not self._is_missing(kpi)
        for tie in self.ties:
            power = tie.powers.get(kpi)
            others = {name: p for name, p in tie.powers.items() if name != kpi}
            if power and self._is_given(tie.result) and not self.open & {*others, tie.result}:
                # Divided by what the others make it, with their own values made first.
                rest = self._values(tie.result) / (tie.factor * self._product(others))
                self._publish_derived(kpi, np.abs(rest) ** (1 / power))
                return True
        return False

    def _is_given(self, kpi: str) -> bool:
        """Say whether a figure is known, or follows from others than its parts."""
        if not self._is_missing(kpi):
            return True
        ties = any(tie.result == kpi and not self.open & {*tie.powers} for tie in self.ties)
        return ties or any(
            kpi in tree.children and tree.parent not in self.open and self._is_given(tree.parent)
            for tree in self.trees
        )

    def _values(self, kpi: str) -> Array:
        """Return published values, made or computed if need be; NaN where there is none."""
        formula = self.kpis[kpi].formula
        if formula is not None:
            return formula.factor * self._product(formula.powers)
        self._make(kpi)
        return self.ledger.figures[kpi].numbers["T"]

    def _product(self, powers: Mapping[str, int]) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            product = prod((self._values(kpi) ** power for kpi, power in powers.items()), start=np.ones(1))
        return np.where(np.isfinite(product), product, np.nan)

    def _products(self, products: tuple[Product, ...]) -> Iterator[_Tie]:
        """Yield each product with computed figures written out, but the ones that say nothing.

        A computed factor that rests on the result itself makes the product true whatever
        the values are.
        """
        for product in products:
            factor, powers = product.factor, dict[str, int]()
            for name in product.factors:
                formula = self.kpis[name].formula
                factor *= 1.0 if formula is None else formula.factor
                for kpi, power in ({name: 1} if formula is None else formula.powers).items():
                    powers[kpi] = powers.get(kpi, 0) + power
            powers = {kpi: power for kpi, power in powers.items() if power}
            if product.result not in powers and self.kpis[product.result].formula is None:
                yield _Tie(product.result, factor, powers)

    # Deviations and cost trees ---------------------------------------------------------

    def _make_deviation(self, ids: _Deviation) -> None:
        """Make what is missing of deviation, reference cost and net cost, so that they fit each other."""
        known = {
            name: self.ledger.figures[kpi].numbers["T"]
            for name, kpi in (
                ("pct", ids.pct),
                ("mnkr", ids.mnkr),
                ("reference", ids.reference),
                ("net", ids.net),
            )
            if kpi in self.ledger.figures
        }
        people = self._values(ids.population)
        if "mnkr" in known and "reference" in known:
            known.setdefault("net", known["reference"] + known["mnkr"] * 1e6 / people)
        elif "mnkr" in known and "net" in known:
            known["reference"] = known["net"] - known["mnkr"] * 1e6 / people
        if "pct" in known:
            ratio = 1 + known["pct"] / 100
        else:
            shape = self._shape(self.kpis[ids.pct])
            ratio = np.exp(shape.spread / 100 * self._moves(self.kpis[ids.pct]))
        if "reference" not in known and "net" not in known:
            hinted = [self._level(kpi) for kpi in (ids.net, ids.reference) if kpi and self._has_level(kpi)]
            level = hinted[0] if hinted else _usual("kr/inv", None)[0]
            need = 0.15 * self._explained(f"default/{ids.pct}/need")
            expected = level * PRICES * np.exp(need)
            known["net"] = expected * ratio
            if "pct" not in known:
                reference = reference_cost(
                    self.country, f"default/{ids.pct}", expected, known["net"], sd=0.03
                )
                known["reference"] = reference
        if "reference" not in known:
            known["reference"] = known["net"] / ratio
        if "net" not in known:
            known["net"] = known["reference"] * ratio
        weights = self.country.population
        for name, kpi in (("reference", ids.reference), ("net", ids.net)):
            if kpi is not None and self._is_missing(kpi):
                known[name] = self.ledger.add(kpi, known[name], decimals=1, weights=weights)
        shown = known["net"] / known["reference"] - 1
        if self._is_missing(ids.pct):
            self.ledger.add(ids.pct, 100 * shown, decimals=4, weights=weights)
        if ids.mnkr is not None and self._is_missing(ids.mnkr):
            self.ledger.add(ids.mnkr, shown * known["reference"] * people / 1e6, decimals=4)

    def _split(self, tree: CostTree) -> None:
        """Divide a known parent among the children that are missing; the last one takes what is left."""
        left = self._values(tree.parent).copy()
        missing = []
        for child in tree.children:
            if self._is_missing(child) and not any(tie.result == child for tie in self.ties):
                missing.append(child)
            else:
                left -= self._values(child)
        left = np.maximum(left, 0)
        weights = {
            child: self._level(child) * np.exp(0.18 * self._moves(self.kpis[child])) for child in missing
        }
        whole, rest = sum(weights.values()), left.copy()
        for child in missing:
            part = rest if child == missing[-1] else np.round(left * weights[child] / whole, 1)
            rest = rest - part
            self._publish_derived(child, part)

    def _divide(self, service: Service, net_cost: str) -> None:
        """Divide what is left of a service's net cost among the parts that follow from nothing else."""
        left = self._values(net_cost) * self._values(self.population)
        missing = []
        for part in service.parts:
            if self._is_missing(part.cost) and (part.cost in self.open or not self._is_given(part.cost)):
                missing.append(part)
            else:
                left = left - self._values(part.cost) * self._values(part.population)
        usual = {
            part.cost: self._level(part.cost) * np.exp(0.18 * self._moves(self.kpis[part.cost]))
            for part in missing
        }
        whole = sum(usual[part.cost] * self._values(part.population) for part in missing)
        for kpi, per_person in usual.items():
            self._publish_derived(kpi, np.maximum(left, 0) * per_person / whole)

    def _publish_derived(self, kpi: str, values: Array) -> None:
        known = self.kpis[kpi]
        self._publish(known, values, self._shape(known))

    # Figures of their own --------------------------------------------------------------

    def _draw(self, known: Kpi) -> None:
        """Draw a figure that follows from no other."""
        shape, people = self._shape(known), self._people(known)
        years = FORECAST_YEARS if known.id in self.forecasts else YEARS
        away = irregular(self.country, f"default/{known.id}/away", LACKING.get(known.role, 0.0))
        hidden = [Hidden(MISSING, away)]
        if shape.kind is _Kind.SHARE and people is not None:
            # The persons who are drawn move the share as well.
            share = self._share(known, shape, moving=0.5)
            drawn = draw_shares(f"default/{known.id}/drawn", share, people, gap=self._gap(known))
            self.ledger.add(
                known.id,
                drawn,
                decimals=max(known.decimals, 1),
                weights=people,
                years=years,
                hidden=hidden,
                small=Small(people, LEAST_PERSONS),
            )
        elif shape.kind is _Kind.COUNT and people is not None and known.id in self.forecasts:
            ahead = people.part(1 + 0.05 * self._moves(known))
            self.ledger.add(known.id, ahead.counts(), decimals=0, years=years, hidden=hidden)
        else:
            self._publish(known, self._level_by_year(known, shape), shape, years=years, hidden=hidden)

    def _publish(
        self,
        known: Kpi,
        values: Array,
        shape: _Shape,
        *,
        years: Iterable[int] = tuple(YEARS),
        hidden: Iterable[Hidden] = (),
    ) -> None:
        """Add a figure, divided by gender when Kolada divides it; only what is counted sums up to Riket's."""
        people, counted = self.country.people(), shape.kind is _Kind.COUNT
        figure: Array | Split = values
        if counted:
            total = np.rint(np.maximum(values, 0))
            women = np.rint(total * (0.49 + 0.02 * normals(f"default/{known.id}/women", 1)))
            figure = Split(total, women, total - women)
        elif known.gender:
            figure = around(values, people, self._gap(known))
            if shape.kind is _Kind.SHARE:
                women, men = np.clip(figure.women, 0, 100), np.clip(figure.men, 0, 100)
                figure = Split(weighted(women, men, people), women, men)
        self.ledger.add(
            known.id,
            figure,
            decimals=0 if counted else max(known.decimals, 1),
            weights=None if counted or known.unit == "mnkr" else people,
            years=years,
            hidden=hidden,
        )

    def _gap(self, known: Kpi) -> float:
        """Return women's value minus men's."""
        return float(0.3 * self._shape(known).spread * normals(f"default/{known.id}/gap", 1)[0])

    def _level_by_year(self, known: Kpi, shape: _Shape) -> Array:
        moves = self._moves(known)
        if shape.kind is _Kind.SHARE:
            return 100 * self._share(known, shape)
        grows = known.unit == "mnkr" or shape.kind is _Kind.COUNT
        size = self.country.population / ORDINARY if grows else 1.0
        if shape.kind is _Kind.AROUND:
            return np.asarray(size * (shape.level + shape.spread * moves))
        trend = PRICES if known.unit.startswith("kr") else self._drift(known)
        return np.asarray(size * shape.level * trend * np.exp(shape.spread / shape.level * moves))

    def _share(self, known: Kpi, shape: _Shape, *, moving: float = 1.0) -> Array:
        p = shape.level / 100
        odds = shape.spread / 100 / (p * (1 - p)) * self._moves(known, moving=moving)
        return logistic(logit(p) + odds + np.log(self._drift(known)))

    def _drift(self, known: Kpi) -> Array:
        """Return a slow development that all municipalities share, 1 in 2022."""
        return np.exp(0.006 * normals(f"default/{known.id}/drift", 1) * (YEARS - 2022))

    def _make_margin(self, margin: Kpi, of: Kpi) -> None:
        """Make Kolada's margin of error (95 %) of a share from the persons behind it."""
        people = self._people(of)
        if people is None:
            self._draw(margin)
            return
        p, persons = np.clip(self._values(of.id) / 100, 0.01, 0.99), np.maximum(people.total, 1)
        everyone = np.maximum(people.total.sum(axis=0), 1)
        self.ledger.add(
            margin.id,
            100 * 1.96 * np.sqrt(p * (1 - p) / persons),
            decimals=1,
            riket=100 * 1.96 * np.sqrt(np.nanmean(p * (1 - p), axis=0) / everyone),
            small=Small(people, LEAST_PERSONS),
        )

    def _people(self, known: Kpi) -> People | None:
        """Return the persons behind a figure; None where the catalogue names none."""
        name = known.denominator or known.persons
        if name is None:
            return None
        formula = self.kpis[name].formula
        if self.open & ({name} if formula is None else {*formula.powers}):
            return None
        total = np.nan_to_num(self._values(name))
        numbers = {} if formula is not None else self.ledger.figures[name].numbers
        share = np.nan_to_num(numbers["K"]) if "K" in numbers else total / 2
        women = np.rint(np.minimum(share, total)).astype(np.int64)
        return People(women, np.rint(total).astype(np.int64) - women)

    # How municipalities differ and years move ------------------------------------------

    def _moves(self, known: Kpi, *, moving: float = 1.0) -> Array:
        """Return each municipality's place in standard deviations, by year.

        A part that stays, in which conditions have a share; one that moves, less where more
        people live; and what breaks in the series move for good.
        """
        key = f"default/{known.id}"
        step = STEP[known.role] / np.sqrt(2 * (1 - RHO))
        stays = np.sqrt(max(1 - step**2, 0.15))
        share = EXPLAINED.get(known.role, EXPLAINED_ELSE)
        own = np.clip(normals(f"{key}/own", self.country.shape[0], 1), -2.6, 2.6)
        place = stays * (np.sqrt(share) * self._explained(key) + np.sqrt(1 - share) * own)
        size = self.country.population[:, [column_of(2022)]] / ORDINARY
        moves = np.clip(size ** SIZE_SLOPE[known.role], 0.3, 2.5) * moving * step
        place = place + moves * np.clip(persistent(f"{key}/yearly", self.country.shape, rho=RHO), -2.6, 2.6)
        for change in known.breaks:
            new = normals(f"{key}/break/{change.year}", self.country.shape[0], 1)
            place = place + AT_BREAK * new * (change.year <= YEARS)
        return np.asarray(place)

    def _explained(self, key: str) -> Array:
        """Return what conditions explain, in standard deviations, as a column."""
        weights = normals(f"{key}/conditions", len(ALIKE))
        score = self.country.score(**dict(zip(ALIKE, weights.tolist(), strict=True)))
        return np.asarray((score - score.mean()) / score.std())

    def _shape(self, known: Kpi) -> _Shape:
        """Return how a figure varies, from its hint, its ties and its unit."""
        usual, spread = _usual(known.unit, known.role)
        if known.unit == "%" and known.role is Role.QUALITY and known.better is Better.LOWER:
            usual = 100 - usual
        if known.id in self.around_zero:
            usual, spread = 0.0, 8.0
        elif known.id in self.forecasts and known.unit == "%":
            usual, spread = 0.0, 5.0
        level = self._level(known.id, usual=usual)
        if known.example is not None and known.example.spread is not None:
            spread = known.example.spread
        elif self._kind(known, level) is self._kind(known, usual):
            spread *= _room(self._kind(known, level), level) / _room(self._kind(known, usual), usual)
        return _Shape(self._kind(known, level), level, spread)

    def _kind(self, known: Kpi, level: float) -> _Kind:
        # A number is of persons or places, but as quality: of different staff at one person's home, say.
        counts = known.role is not Role.QUALITY or known.id in self.counted
        if known.unit in {"%", "index"} and 0 < level < 100:
            return _Kind.SHARE
        if level <= 0 or known.unit in {"%", "mnkr", "procentenheter"}:
            return _Kind.AROUND
        return _Kind.COUNT if known.unit == "antal" and counts else _Kind.POSITIVE

    def _level(self, kpi: str, *, usual: float | None = None, seen: frozenset[str] = frozenset()) -> float:
        """Return a figure's typical value: its hint, what is known of it, what its ties say, or what is usual."""
        known = self.kpis[kpi]
        if known.example is not None and known.example.level is not None:
            return known.example.level
        if kpi in self.ledger.figures:
            return float(np.nanmedian(self.ledger.figures[kpi].numbers["T"][:, column_of(2022)]))
        seen = seen | {kpi}
        if known.formula is not None:
            powers = known.formula.powers.items()
            return known.formula.factor * prod(self._level(k, seen=seen) ** power for k, power in powers)
        tied = self._tied_level(kpi, seen)
        if tied is not None and tied > 0:
            return tied
        return _usual(known.unit, known.role)[0] if usual is None else usual

    def _tied_level(self, kpi: str, seen: frozenset[str]) -> float | None:
        """Return the level that makes a product or a sum with a known result come out."""
        for tie in self.ties:
            others = {name: power for name, power in tie.powers.items() if name != kpi}
            if kpi in tie.powers and not seen & {*others, tie.result} and self._has_level(tie.result):
                rest = tie.factor * prod(self._level(k, seen=seen) ** power for k, power in others.items())
                return float((self._level(tie.result) / rest) ** (1 / tie.powers[kpi]))
        for tree in self.trees:
            if kpi in tree.children and tree.parent not in seen and self._has_level(tree.parent):
                has = [child for child in tree.children if child != kpi and self._has_level(child)]
                left = self._level(tree.parent) - sum(self._level(child) for child in has)
                return left / (len(tree.children) - len(has))
        return None

    def _has_level(self, kpi: str) -> bool:
        hint = self.kpis[kpi].example
        return kpi in self.ledger.figures or (hint is not None and hint.level is not None)


def _room(kind: _Kind, level: float) -> float:
    """Return what a spread grows with when the level is another: a share has most room in the middle."""
    if kind is _Kind.AROUND:
        return 1.0
    return level * (100 - level) if kind is _Kind.SHARE else level


def _usual(unit: str, role: Role | None) -> tuple[float, float]:
    """Return the level and spread that are usual for a unit and a role."""
    return next(
        (level, spread)
        for beginning, of_role, level, spread in USUAL
        if unit.startswith(beginning) and of_role in (None, role)
    )


def _deviations(catalogue: Catalogue) -> Iterator[_Deviation]:
    """Yield what each net cost deviation is tied to, services before areas, each once."""
    overview, seen = catalogue.overview, set()
    for service in overview.services:
        if service.deviation_pct is not None:
            seen.add(service.deviation_pct)
            yield _Deviation(
                service.deviation_pct,
                service.deviation_mnkr,
                service.reference_cost,
                service.net_cost,
                overview.population,
            )
    for area in catalogue.areas.values():
        if area.deviation_pct not in seen:
            seen.add(area.deviation_pct)
            yield _Deviation(
                area.deviation_pct, area.deviation_mnkr, area.reference_cost, None, area.population
            )
