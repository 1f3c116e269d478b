"""Finding on structure or choice: how much structure explains, and where the municipality lies beside it.

What lies above the prediction may be more service or less for each krona: it is never called inefficient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Certainty, Difference, difference_of
from effektiv.analysis.panels import by_year, row, value_at
from effektiv.analysis.structure_checks import AGREED, Agreement, agreement, quartiles
from effektiv.exhibits.charts import Band, BreakMark, Line, Trend, trend
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain, plain_amount
from effektiv.exhibits.swedish import years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named, named_first
from effektiv.steps.s2_orsaksanalys.national import COST, CURVE, QUALITY, REACH, YEARLY, YEARLY_NOISE, outcome
from effektiv.steps.s2_orsaksanalys.view import CauseView
from effektiv.steps.structural import WORTH_DRAWING
from effektiv.steps.wording import fit
from effektiv.types import Kpi

ID = "struktur"
AGAINST = "förutsättningarna"
"""What is judged against: the prediction from the others' structure."""

REPORT_OF_2023 = {"grundskola", "aldreomsorg"}
"""Services that the report of 2023 modelled."""

THEIRS = (
    "I Svenskt Näringslivs rapport 2023 var omkring 80 procent av skillnaderna i effektivitet oförklarade."
)

EITHER_WAY = {
    True: "Det kan vara mer service eller mindre för varje krona.",
    False: "Det kan vara mindre service eller mer för varje krona.",
}
"""What a higher and a lower cost than predicted may be."""

QUARTERS = ("billigaste", "näst billigaste", "näst dyraste", "dyraste")


@dataclass(frozen=True)
class BesideStructure:
    """A figure beside what the others' structure predicts.

    Attributes
    ----------
    kpi
        The figure.
    side
        `COST`, `QUALITY` or `REACH`.
    explained
        Share (0-1) of the differences between municipalities that structure explains: adjusted R2.
    n
        Municipalities in the model.
    own, predicted
        The figure's unit.
    found
        The distance and how sure it is; of a cost in log points times 100.
    residuals, half
        Own distance by year, and half the width of the leave-one-out interval, on that scale.
    """

    kpi: Kpi
    side: str
    explained: float
    n: int
    own: float
    predicted: float
    found: Difference
    residuals: pd.Series
    half: pd.Series

    @property
    def year(self) -> int:
        """The year judged."""
        return self.found.year

    @property
    def is_explained(self) -> bool:
        """Whether structure explains enough for the distance to mean anything."""
        return self.explained >= WORTH_DRAWING

    @property
    def distance(self) -> float:
        """How far above the prediction: per cent of a cost, else the figure's unit."""
        return self.shown(self.found.difference)

    def shown(self, value: float) -> float:
        """Return a distance as it is told: logarithms of a cost as per cent."""
        return 100.0 * float(np.expm1(value / 100.0)) if self.side == COST else float(value)


def beside_structure(view: CauseView, side: str) -> BesideStructure | None:
    """Return a figure of the area beside what structure predicts; None without a late value or a model."""
    national, code = view.case.national, view.case.municipality
    kpi_id, result = outcome(national, view.area, side), national.result(YEARLY, view.area, side)
    if kpi_id is None or result is None:
        return None
    kpi, latest = view.kpi(kpi_id), view.case.latest(kpi_id)
    if latest is None or latest[0] not in result.residual.columns:
        return None
    year, own = latest
    scaled, half = (100.0 * panel if side == COST else panel for panel in (result.residual, result.half))
    judged = national.result(YEARLY_NOISE, view.area, side, year)
    zero = pd.Series(0.0, index=scaled.columns)
    found = difference_of(scaled, code, zero, judged, year, breaks=kpi.breaks)
    if found is None:
        return None
    distance = found.difference
    return BesideStructure(
        kpi=kpi,
        side=side,
        explained=float(result.summary["adj_r2"].to_dict()[year]),
        n=int(result.summary["n"].to_dict()[year]),
        own=own,
        predicted=own / float(np.exp(distance / 100.0)) if side == COST else own - distance,
        found=found,
        residuals=row(scaled, code),
        half=row(half, code),
    )


@dataclass(frozen=True)
class Structured:
    """What is known of an area's cost, quality and volume beside structure.

    Attributes
    ----------
    cost
        The cost for a unit.
    others
        Quality and volume, those that there are.
    every
        What all specifications say together; None where none has the municipality.
    """

    cost: BesideStructure
    others: tuple[BesideStructure, ...]
    every: Agreement | None

    @property
    def certainty(self) -> Certainty:
        """How sure it is that the cost lies on this side of the prediction; unclear where specifications differ."""
        agreed = self.every is not None and self.every.share >= AGREED and self.points_the_same_way
        return self.cost.found.certainty if agreed else Certainty.UNCLEAR

    @property
    def points_the_same_way(self) -> bool:
        """Whether most specifications say what the model does."""
        return self.every is not None and (self.every.dearer * 2 > self.every.n) == (self.cost.distance > 0)

    @property
    def same_way(self) -> int:
        """How many of the specifications point the way the model does."""
        assert self.every is not None
        return self.every.dearer if self.cost.distance > 0 else self.every.n - self.every.dearer


def structured(view: CauseView) -> Structured | None:
    """Return what is known beside structure, looked up once; None where the cost has no model or no late value."""
    known: list[Structured | None] = vars(view).setdefault("_structured", [])
    if not known:
        known.append(_structured(view))
    return known[0]


def _structured(view: CauseView) -> Structured | None:
    cost = beside_structure(view, COST)
    if cost is None:
        return None
    others = [beside_structure(view, side) for side in (QUALITY, REACH)]
    curve = view.case.national.result(CURVE, view.area, cost.year)
    return Structured(
        cost=cost,
        others=tuple(item for item in others if item is not None),
        every=None if curve is None else agreement(curve, view.case.municipality),
    )


def structure_title(found: Structured) -> str:
    """Return the finding: where the cost lies beside what structure predicts, or that structure says little."""
    cost = found.cost
    if not cost.is_explained:
        return f"Förutsättningarna förklarar nästan inget av skillnaderna i {named(cost.kpi)}"
    if found.certainty is Certainty.UNCLEAR:
        return f"{named_first(cost.kpi)} går inte att skilja från vad förutsättningarna förutsäger"
    likely = "troligen " if found.certainty is Certainty.LIKELY else ""
    return (
        f"{named_first(cost.kpi)} är {likely}{plain(abs(cost.distance))} procent {_side(cost.distance)} än "
        "förutsättningarna förutsäger"
    )


def structure(view: CauseView) -> Exhibit | None:
    """Show how much structure explains, and where the municipality lies after it; None where it explains little."""
    found = structured(view)
    if found is None or not found.cost.is_explained:
        return None
    cost = found.cost
    shown = [year for year in by_year(cost.residuals) if year <= cost.year]
    judged = [
        _to_data(cost, found.certainty),
        *(_to_data(item) for item in found.others if item.is_explained),
    ]
    return Exhibit(
        id=ID,
        title=structure_title(found),
        subtitle=f"{cost.kpi.label}, procent över eller under vad förutsättningarna förutsäger, {years(shown)}",
        source=Source.OWN,
        alt=_alt(view, found),
        figure=_figure(view, found, shown),
        blocks=(fit(structure_sentences(view, found)),),
        table=_table(view, found, shown),
        how_to_read=(
            "Kommunen är inte med när dess eget värde förutsägs. Det som är kvar kan vara service, effektivitet, mätfel "
            "eller förutsättningar som modellen saknar."
        ),
        kpis=(
            cost.kpi.id,
            *(item.kpi.id for item in found.others),
            *view.area.structural_model.structure,
        ),
        judged=tuple(judged),
    )


def structure_sentences(view: CauseView, found: Structured) -> list[str]:
    """Return the finding's sentences, the important ones first."""
    cost = found.cost
    theirs = [THEIRS] if view.area.service in REPORT_OF_2023 else []
    if not cost.is_explained:
        return [_explained(cost), f"De säger därför inget om kostnaden i {view.case.name}.", *theirs]
    sentences = [_explained(cost), _specified(view, found), _how_common(cost)]
    sentences += [_other(item) for item in found.others]
    if found.certainty is not Certainty.UNCLEAR:
        sentences.append(EITHER_WAY[cost.distance > 0])
    return [*sentences, *theirs]


def _explained(cost: BesideStructure) -> str:
    share = round(100 * cost.explained)
    if share < 1:
        return "Förutsättningarna förklarar under 1 procent av skillnaderna mellan kommuner, resten är oförklarat."
    return (
        f"Förutsättningarna förklarar {share} procent av skillnaderna mellan kommuner, {100 - share} procent är "
        "oförklarat."
    )


def _specified(view: CauseView, found: Structured) -> str:
    """Say in how many specifications the cost lies on its side; of an unclear distance its size, and why."""
    every, side = found.every, _side(found.cost.distance)
    size = f"Skillnaden i {view.case.name}, {plain(found.cost.distance, signed=True)} procent,"
    if every is None:
        return f"{size} har inte prövats på andra sätt."
    if every.share < AGREED or not found.points_the_same_way:
        return f"{size} beror på hur man räknar: den är {side} i {found.same_way} av {every.n} rimliga sätt."
    if found.certainty is Certainty.UNCLEAR:
        return f"{size} ryms i hur den brukar variera mellan åren."
    if found.same_way == every.n:
        return f"Den är {side} i alla {every.n} rimliga sätt att räkna."
    return f"Den är {side} i {found.same_way} av {every.n} rimliga sätt att räkna."


def _how_common(cost: BesideStructure) -> str:
    """Say whether so large a distance is usual among municipalities of such structure."""
    half = float(cost.half[cost.year])
    if not np.isfinite(half):
        return ""
    if abs(cost.found.difference) <= half:
        return "Så stora skillnader är vanliga bland kommuner med samma förutsättningar."
    return "Så långt från det förutsagda väntas bara 5 av 100 kommuner ligga."


def _other(item: BesideStructure) -> str:
    """Say where quality or volume lies beside structure; empty where structure says too little of it."""
    if not item.is_explained:
        return ""
    if item.found.certainty is Certainty.UNCLEAR:
        return f"{named_first(item.kpi)} går inte att skilja från det förutsagda."
    likely = "troligen " if item.found.certainty is Certainty.LIKELY else ""
    return f"{named_first(item.kpi)} är {likely}{_amount(item)} {_side(item.distance)} än förutsagt."


def _amount(item: BesideStructure) -> str:
    size = abs(item.distance)
    if item.kpi.unit == "%":
        return f"{plain(size)} procentenheter"
    if item.kpi.unit.startswith("per"):
        return plain(size)  # the name says per how many
    return plain_amount(size, item.kpi.unit)


def _side(value: float) -> str:
    return "högre" if value > 0 else "lägre"


def _to_data(item: BesideStructure, certainty: Certainty | None = None) -> dict[str, Any]:
    """Return a judgement as data, as `effektiv.steps.judging.Judgement.to_data` does."""
    return {
        "kpi": item.kpi.id,
        "against": AGAINST,
        "year": item.year,
        "own": item.own,
        "comparator": item.predicted,
        "certainty": (item.found.certainty if certainty is None else certainty).value,
        "size": None,
        "sign": int(np.sign(item.distance)),
    }


# --- picture and table ----------------------------------------------------------------------


def _ends(cost: BesideStructure, shown: Sequence[int]) -> tuple[dict[int, float], dict[int, float]]:
    """Return between what 95 of 100 municipalities are expected to lie, per cent, by year."""
    half = by_year(cost.half.reindex(list(shown)))
    low = {year: cost.shown(-value) for year, value in half.items()}
    return low, {year: cost.shown(value) for year, value in half.items()}


def _figure(view: CauseView, found: Structured, shown: Sequence[int]) -> Any:
    cost = found.cost
    low, high = _ends(cost, shown)
    own = {year: cost.shown(value) for year, value in by_year(cost.residuals.reindex(list(shown))).items()}
    return trend(
        Trend(
            lines=(Line(view.case.name, own, "own"),),
            unit="Procent över det förutsagda",
            decimals=0,
            band=Band("Där 95 av 100 kommuner väntas ligga", low, high),
            reference=0.0,
            zero=True,
            breaks=tuple(
                BreakMark(item.year, "brott") for item in cost.kpi.breaks if shown[0] < item.year <= shown[-1]
            ),
            preliminary=frozenset(year for year in shown if view.is_preliminary(cost.kpi, year)),
        )
    )


def _alt(view: CauseView, found: Structured) -> str:
    first = found.cost.residuals.dropna().index.min()
    return (
        f"En linje för {view.case.name} sedan {first}, med ett fält för var 95 av 100 kommuner väntas ligga. "
        f"Den slutar på {plain(found.cost.distance, signed=True)} procent."
    )


def _table(view: CauseView, found: Structured, shown: Sequence[int]) -> Table:
    cost = found.cost
    low, high = _ends(cost, shown)
    result = view.case.national.result(YEARLY, view.area, COST)
    assert result is not None  # `cost` was made of it
    quarters = quartiles(result.residual)
    rows: list[tuple[Value, ...]] = []
    for year in shown:
        quarter = value_at(quarters, view.case.municipality, year)
        rows.append(
            (
                year,
                cost.shown(float(cost.residuals[year])),
                low[year],
                high[year],
                QUARTERS[int(quarter) - 1],
                max(0.0, 100.0 * float(result.summary["adj_r2"].to_dict()[year])),
            )
        )
    return Table(
        caption=f"{cost.kpi.label} i {view.case.name} mot vad förutsättningarna förutsäger",
        columns=(
            Column("ar", "År", kind="year"),
            Column("kvar", "Över det förutsagda", kind="number", unit="%", decimals=1, signed=True),
            Column("lag", "95 av 100 kommuner, från", kind="number", unit="%", decimals=1, signed=True),
            Column("hog", "till", kind="number", unit="%", decimals=1, signed=True),
            Column("fjardedel", "Fjärdedel av landet"),
            Column("forklarat", "Förutsättningarna förklarar", kind="number", unit="%", decimals=0),
        ),
        rows=tuple(rows),
    )
