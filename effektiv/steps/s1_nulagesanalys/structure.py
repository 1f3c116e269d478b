"""What structure explains of the area's cost and quality."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from effektiv.analysis.structure import StructuralFit, StructuralResult
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Block, Bullets, Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import quoted, range_text
from effektiv.exhibits.swedish import capitalise, number, years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named, year_text
from effektiv.steps.base import AreaBase
from effektiv.steps.s1_nulagesanalys.national import SPANS, STRUCTURAL
from effektiv.types import Kpi, Role


@dataclass(frozen=True)
class Expected:
    """One outcome of the municipality against what its structure predicts, in the figure's own unit.

    Attributes
    ----------
    kpi
        Cost or quality.
    years
        Years that the outcome is the mean of.
    actual, predicted
        Outcome, and the prediction made without the municipality itself.
    low, high
        95 % prediction interval.
    unexplained_pct
        What the model leaves unexplained between municipalities, per cent.
    n
        Municipalities in the model.
    """

    kpi: Kpi
    years: tuple[int, ...]
    actual: float
    predicted: float
    low: float
    high: float
    unexplained_pct: float
    n: int

    @property
    def period(self) -> str:
        """The years in words."""
        return str(self.years[0]) if len(self.years) == 1 else f"medel {years(self.years)}"

    def per_cent(self, value: float) -> float:
        """Return a value's distance from the prediction in per cent of it."""
        return 100.0 * (value / self.predicted - 1.0)

    @property
    def outside(self) -> bool:
        """Whether the outcome lies outside the interval."""
        return not self.low <= self.actual <= self.high


@dataclass(frozen=True)
class StructureView:
    """Structural models of an area, ready to show.

    Attributes
    ----------
    expected
        Outcomes that could be predicted: cost and quality, the latest year and a mean of years.
    structure
        Structure figures in the models.
    left_out
        Structure figure -> why it is not: "absent", "constant" or "collinear".
    lacking
        Figures that the municipality has no values of.
    """

    expected: tuple[Expected, ...]
    structure: tuple[Kpi, ...]
    left_out: Mapping[str, str]
    lacking: tuple[Kpi, ...] = ()


class StructureCase(AreaBase):
    """Cost and quality against what a structural model expects."""

    @cached_property
    def structure_view(self) -> StructureView:
        """Outcomes against their prediction, cost first and the latest year first."""
        model = self.area.structural_model
        cost, quality = self.kpi(model.cost), self.kpi(model.quality)
        sides = [(cost, result.cost, result.years, True) for result in self._results(cost)]
        sides += [(quality, result.quality, result.years, False) for result in self._results(quality)]
        fitted = [(kpi, fit, years, is_log) for kpi, fit, years, is_log in sides if fit is not None]
        expected = [self._expected(kpi, fit, years, is_log=is_log) for kpi, fit, years, is_log in fitted]
        fits = [fit for _, fit, _, _ in fitted]
        used = {str(kpi) for fit in fits for kpi in fit.coefficients.index}
        left_out = {kpi: reason for fit in fits for kpi, reason in fit.dropped.items()}
        return StructureView(
            expected=tuple(item for item in expected if item is not None),
            structure=tuple(self.kpi(kpi) for kpi in model.structure if kpi in used),
            left_out={kpi: left_out.get(kpi, "absent") for kpi in model.structure if kpi not in used},
            lacking=self.lacks((model.cost, model.quality, *model.structure)),
        )

    def _results(self, outcome: Kpi) -> list[StructuralResult]:
        """Return the models of the municipality's latest year with the outcome, and of a mean up to it."""
        years = [int(year) for year in self.own(outcome.id).dropna().index]
        if not years:
            return []
        results = [self.national.result(STRUCTURAL, self.area, max(years), span) for span in SPANS]
        # Right after a break the mean is of one year: the same model twice.
        return results if results[0].years != results[1].years else results[:1]

    def _expected(
        self, kpi: Kpi, fit: StructuralFit, years: tuple[int, ...], *, is_log: bool
    ) -> Expected | None:
        """Return the municipality's outcome in the figure's own unit; None where it is not in the model."""
        if self.municipality not in fit.frame.index:
            return None
        columns = ["actual", "predicted_loo", "low", "high"]
        (values,) = fit.frame.loc[[self.municipality], columns].itertuples(index=False, name=None)
        actual, predicted, low, high = (math.exp(value) if is_log else float(value) for value in values)
        return Expected(kpi, years, actual, predicted, low, high, fit.unexplained_pct, fit.n)

    def structure(self) -> Exhibit:
        """Visa kostnad och kvalitet mot vad kommunens förutsättningar får en modell att vänta sig."""
        model = self.area.structural_model
        flags = self.flags(model.cost, model.quality, *model.structure)
        context, view = self.context, self.structure_view
        title = "Kostnad och kvalitet mot vad förutsättningarna förklarar"
        if not view.expected:
            return nothing("struktur", title, _missing(context, view))
        finding, *others = [_sentence(context, items) for items in _by_figure(view)]
        unexplained = _unexplained(view)
        return Exhibit(
            id="struktur",
            title=title,
            source=Source.OWN,
            finding=finding,
            blocks=(*others, *_absent_outcomes(context, view), unexplained, *_basis(context, view)),
            figure=bars(_bars(view)),
            alt=f"Stapeldiagram över skillnaden mellan utfall och modell i procent. {finding} {unexplained}",
            table=_table(context, view),
            how_to_read=(
                "Noll är det som modellen väntar sig av en kommun med samma förutsättningar, beräknat utan kommunen "
                "själv. Strecket är det spann där 95 av 100 kommuner väntas hamna. Slutar stapeln innanför strecket "
                "är skillnaden inte större än vanlig variation mellan kommuner."
            ),
            notes=(
                "Skillnaden mot modellen är inte ett mått på effektivitet. Den rymmer också ambition, mätfel och "
                "förutsättningar som inte finns i modellen. Modellerna är linjära, kostnaden i logaritmer, och bygger "
                f"på {_counts(view)} kommuner."
            ),
            flags=flags,
        )


_LEFT_OUT = {
    "absent": "saknas i frysningen",
    "constant": "är lika i alla kommuner",
    "collinear": "följer de andra så nära att det inte tillför något",
}


def _missing(context: Context, view: StructureView) -> str:
    needs = (
        "En modell kräver kostnad, kvalitet och förutsättningar för samma år i minst ett trettiotal kommuner"
    )
    if view.lacking:
        return f"{needs}. Frysningen saknar {quoted(view.lacking)} för {context.name}."
    return f"{needs} och för {context.name} själv, och frysningen har inte det."


def _absent_outcomes(context: Context, view: StructureView) -> list[str]:
    """Say which of cost and quality the municipality lacks: the other one is still shown."""
    absent = [kpi for kpi in view.lacking if kpi.role in {Role.RESOURCE, Role.QUALITY}]
    return [f"{capitalise(quoted(absent))} saknas för {context.name}."] if absent else []


def _by_figure(view: StructureView) -> list[list[Expected]]:
    """Group the outcomes by figure, in order."""
    ids = dict.fromkeys(item.kpi.id for item in view.expected)
    return [[item for item in view.expected if item.kpi.id == kpi] for kpi in ids]


def _sentence(context: Context, items: Sequence[Expected]) -> str:
    """Say how far an outcome is from the model, and whether that is more than usual."""
    first, *others = items
    off = first.per_cent(first.actual)
    when = year_text(context, first.kpi, first.years[-1])
    text = (
        f"År {when} var {named(first.kpi)} i {context.name} {number(abs(off), 1)} procent "
        f"{'högre' if off > 0 else 'lägre'} än modellen väntar sig, {_judged(first)}."
    )
    for item in others:
        off = item.per_cent(item.actual)
        text += f" I {item.period} är skillnaden {number(off, 1, signed=True)} procent, {_judged(item)}."
    return text


def _judged(item: Expected) -> str:
    span = range_text(item.per_cent(item.low), item.per_cent(item.high), signed=True)
    return f"{'utanför' if item.outside else 'inom'} modellens spann ({span})"


def _unexplained(view: StructureView) -> str:
    """Say what the models leave unexplained, for each outcome its first period."""
    (first, *_), *others = _by_figure(view)
    text = (
        f"{number(first.unexplained_pct)} procent av skillnaderna mellan kommuner i {named(first.kpi)} förklaras "
        "inte av modellen"
    )
    for item, *_ in others:
        text += f", och {number(item.unexplained_pct)} procent av skillnaderna i {named(item.kpi)}"
    return f"{text}."


def _basis(context: Context, view: StructureView) -> list[Block | str]:
    left_out = [
        f"{context.kpis[kpi].label} ingår inte: det {_LEFT_OUT[reason]}."
        for kpi, reason in view.left_out.items()
    ]
    figures = tuple(f"{kpi.label} ({kpi.unit})" for kpi in view.structure)
    return ["Modellen tar hänsyn till:", Bullets((*figures, *left_out))]


def _counts(view: StructureView) -> str:
    counts = sorted({item.n for item in view.expected})
    return number(counts[0]) if len(counts) == 1 else f"{number(counts[0])}–{number(counts[-1])}"


def _bars(view: StructureView) -> Bars:
    return Bars(
        rows=tuple(
            BarRow(
                item.kpi.label,
                item.per_cent(item.actual),
                item.per_cent(item.low),
                item.per_cent(item.high),
                under=item.period,
            )
            for item in view.expected
        ),
        unit="procent",
        left_text="lägre än modellen",
        right_text="högre än modellen",
        ordered=False,
    )


def _table(context: Context, view: StructureView) -> Table:
    rows: Sequence[tuple[Value, ...]] = [
        (item.kpi.label, item.period, item.kpi.unit, item.actual, item.predicted, item.low, item.high,
         item.per_cent(item.actual), item.unexplained_pct)
        for item in view.expected
    ]  # fmt: skip
    return Table(
        caption=f"Utfall i {context.name} mot vad modellen väntar sig",
        columns=(
            Column("matt", "Mått"),
            Column("period", "Period"),
            Column("enhet", "Enhet"),
            Column("utfall", "Utfall", kind="number"),
            Column("vantat", "Väntat", kind="number"),
            Column("lagst", "Spannets undre gräns", kind="number"),
            Column("hogst", "Spannets övre gräns", kind="number"),
            Column("skillnad", "Skillnad", kind="number", unit="%", signed=True),
            Column("oforklarat", "Oförklarat mellan kommuner", kind="number", unit="%"),
        ),
        rows=tuple(rows),
        row_decimals=tuple(item.kpi.decimals for item in view.expected),
    )
