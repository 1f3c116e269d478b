"""What defends the finding on structure or choice: the model, its diagnostics, all specifications, the quarters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from effektiv.analysis.panels import cell
from effektiv.analysis.structure import StructuralFit
from effektiv.analysis.structure_checks import (
    ALL,
    QUARTILES,
    SMALLEST,
    WITH_SIZE,
    Specification,
    SpecificationCurve,
    quartiles,
    steadiness,
    transitions,
)
from effektiv.exhibits.charts import DotRow, Dots, dots
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, join, lower_first, number
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s2_orsaksanalys.national import COST, CURVE, DIAGNOSTICS, YEARLY
from effektiv.steps.s2_orsaksanalys.structure import (
    QUARTERS,
    Structured,
    structured,
)
from effektiv.steps.s2_orsaksanalys.view import CauseCase, CauseView
from effektiv.steps.structural import SPANS, STRUCTURAL, modelled
from effektiv.steps.wording import CERTAINTY_WORDS

NO_MODEL = "Kommunen saknar kostnaden de senaste åren, eller för få kommuner har alla mått."

DROPPED = {
    "absent": "saknas i datauttaget",
    "constant": "lika i alla kommuner",
    "collinear": "följer de andra måtten för nära",
}


def structure_model(view: CauseView) -> Exhibit:
    """Show the models of cost and quality: coefficients, how many municipalities, and what is explained."""
    name, title = "strukturmodell", "Modellen av förutsättningar"
    national, model, rows, notes = view.case.national, modelled(view.case.national, view.area), [], []
    for kpi_id, is_cost in ((model.cost, True), (model.quality, False)):
        latest = view.case.latest(kpi_id)
        if latest is None:
            continue
        for span in SPANS:
            result = national.result(STRUCTURAL, view.area, latest[0], span)
            fit = result.cost if is_cost else result.quality
            years = result.cost_years if is_cost else result.quality_years
            if fit is None or (span > 1 and len(years) < 2):
                continue
            period = f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])
            rows += list(_coefficients(view, kpi_id, period, fit, is_cost=is_cost))
            notes += [
                f"{view.kpi(kpi).label} {DROPPED[why]}"
                for kpi, why in fit.dropped.items()
                if span == SPANS[0]
            ]
    if not rows:
        return nothing(name, title, NO_MODEL)
    dropped = f"Utanför modellen: {join(list(dict.fromkeys(notes)))}." if notes else ""
    return Exhibit(
        id=name,
        title=title,
        source=Source.OWN,
        alt=None,
        table=Table(
            caption="Vad en ovanligt hög förutsättning går ihop med, allt annat lika",
            columns=(
                Column("matt", "Mått"),
                Column("period", "År"),
                Column("forutsattning", "Förutsättning"),
                Column(
                    "ihop", "En standardavvikelse mer går ihop med", kind="number", decimals=1, signed=True
                ),
                Column("fel", "Standardfel", kind="number", decimals=1),
                Column("enhet", "Enhet"),
                Column("n", "Kommuner", kind="number", decimals=0),
                Column("forklarat", "Förklaras", kind="number", unit="%", decimals=0),
                Column("oforklarat", "Förklaras inte", kind="number", unit="%", decimals=0),
            ),
            rows=tuple(rows),
        ),
        how_to_read=(
            "Minsta kvadratmetoden på logaritmen av kostnaden och på kvaliteten. Talen säger vad som förekommer tillsammans i "
            "landet, inte vad som är orsak. Förklaras är justerad förklaringsgrad, R²."
        ),
        notes=dropped,
        kpis=(model.cost, model.quality, *model.structure),
    )


def _coefficients(
    view: CauseView, kpi_id: str, period: str, fit: StructuralFit, *, is_cost: bool
) -> Iterator[tuple[Value, ...]]:
    kpi = view.kpi(kpi_id)
    for figure, line in fit.coefficients.iterrows():
        beta, se = float(line["beta"]), float(line["se"])
        yield (
            kpi.label,
            period,
            view.kpi(str(figure)).label,
            100.0 * float(np.expm1(beta)) if is_cost else beta,
            100.0 * se if is_cost else se,
            "procent" if is_cost else kpi.unit,
            fit.n,
            100.0 - fit.unexplained_pct,
            fit.unexplained_pct,
        )


def structure_sides(view: CauseView) -> Exhibit:
    """Show cost, quality and volume beside what structure predicts."""
    name, title = "strukturjamforelse", "Kostnad, kvalitet och volym efter hänsyn till förutsättningar"
    found = structured(view)
    if found is None:
        return nothing(name, title, NO_MODEL)
    return Exhibit(
        id=name,
        title=title,
        source=Source.OWN,
        alt=None,
        table=Table(
            caption=f"{view.case.name} mot vad förutsättningarna förutsäger",
            columns=(
                Column("matt", "Mått"),
                Column("ar", "År", kind="year"),
                Column("egen", view.case.name, kind="number"),
                Column("forutsagt", "Förutsagt", kind="number"),
                Column("enhet", "Enhet"),
                Column("sakert", "Skillnaden"),
                Column("forklarat", "Förklaras", kind="number", unit="%", decimals=0),
                Column("oforklarat", "Förklaras inte", kind="number", unit="%", decimals=0),
                Column("n", "Kommuner", kind="number", decimals=0),
            ),
            rows=tuple(_sides(found)),
            row_decimals=tuple(item.kpi.decimals for item in (found.cost, *found.others)),
        ),
        how_to_read=(
            "Skillnaden är säker eller trolig när den är större än den brukar ändras mellan två år i kommuner av samma storlek. "
            "Där förutsättningarna förklarar under en tiondel bedöms inget."
        ),
        kpis=tuple(item.kpi.id for item in (found.cost, *found.others)),
    )


def _sides(found: Structured) -> Iterator[tuple[Value, ...]]:
    for item in (found.cost, *found.others):
        certainty = found.certainty if item is found.cost else item.found.certainty
        explained = 100.0 * max(0.0, item.explained)
        yield (
            item.kpi.label,
            item.year,
            item.own,
            item.predicted,
            item.kpi.unit,
            CERTAINTY_WORDS[certainty] if item.is_explained and item.found.is_judged else "bedöms inte",
            explained,
            100.0 - explained,
            item.n,
        )


def structure_specifications(view: CauseView) -> Exhibit:
    """Show what every reasonable way to specify the model says of the municipality."""
    name, title = "rimliga-satt", "Alla rimliga sätt att räkna"
    found = structured(view)
    curve = None if found is None else view.case.national.result(CURVE, view.area, found.cost.year)
    if found is None or curve is None or found.every is None:
        return nothing(name, title, NO_MODEL)
    rows, every, year = list(_choices(view, curve)), found.every, curve.year
    side = "högre" if every.median > 0 else "lägre"
    told = max(every.dearer, every.n - every.dearer)
    figure = dots(
        Dots(
            rows=tuple(
                DotRow(label, (median,), strong=at == 0, low=low, high=high)
                for at, (label, _, _, median, low, high) in enumerate(rows)
            ),
            years=(year,),
            unit="%",
            signed=True,
            reference=0.0,
            ordered=False,
        )
    )
    alt = (
        "En prick för mitten av sätten att räkna inom varje val, och ett streck från det lägsta till det högsta. "
        f"Alla sätt ger mellan {plain(every.low, signed=True)} och {plain(every.high, signed=True)} procent."
    )
    return Exhibit(
        id=name,
        title=f"Kostnaden är {side} än förutsagt i {told} av {every.n} rimliga sätt att räkna",
        subtitle=f"{found.cost.kpi.label}, procent över eller under det förutsagda, {year}",
        source=Source.OWN,
        alt=alt if found.cost.is_explained else None,
        figure=figure if found.cost.is_explained else None,
        table=Table(
            caption=f"{found.cost.kpi.label} i {view.case.name}: procent över det förutsagda, {year}",
            columns=(
                Column("val", "Val"),
                Column("antal", "Sätt att räkna", kind="number", decimals=0),
                Column("dyrare", "Högre än förutsagt i", kind="number", decimals=0),
                Column("mitten", "Mitten", kind="number", unit="%", decimals=1, signed=True),
                Column("lagst", "Lägst", kind="number", unit="%", decimals=1, signed=True),
                Column("hogst", "Högst", kind="number", unit="%", decimals=1, signed=True),
            ),
            rows=tuple(rows),
        ),
        how_to_read=(
            "Varje val prövas tillsammans med alla andra. Pekar de åt olika håll beror svaret på hur man räknar. Robust "
            f"betyder att ovanliga kommuner väger mindre; de minsta har under {number(SMALLEST)} invånare."
        ),
        kpis=(found.cost.kpi.id, *view.area.structural_model.structure),
    )


def _choices(
    view: CauseView, curve: SpecificationCurve
) -> Iterator[tuple[str, int, int, float, float, float]]:
    """Yield for each choice: what it is, how many specifications make it, and what they say."""
    own = curve.residuals.loc[view.case.municipality].to_numpy(dtype=float)
    figures = dict.fromkeys(one.figures for one in curve.specifications)
    labels: list[tuple[str, Callable[[Specification], bool]]] = [("Alla", lambda _: True)]
    labels += [(_figures_label(view, item), _has("figures", item)) for item in figures]
    labels += [
        ("Ett år", _has("span", 1)),
        ("Medel av flera år", lambda one: one.span > 1),
        ("Logaritm av kostnaden", _has("logarithmic", True)),
        ("Kostnaden i kronor", _has("logarithmic", False)),
        ("Minsta kvadrat", _has("robust", False)),
        ("Robust", _has("robust", True)),
        ("Med de minsta kommunerna", _has("smallest", True)),
        ("Utan de minsta kommunerna", _has("smallest", False)),
    ]
    for label, chosen in labels:
        values = own[[chosen(one) for one in curve.specifications]]
        values = values[np.isfinite(values)]
        if len(values):
            yield (
                label,
                len(values),
                int((values > 0).sum()),
                float(np.median(values)),
                float(values.min()),
                float(values.max()),
            )


def _has(field: str, value: object) -> Callable[[Specification], bool]:
    return lambda one: getattr(one, field) == value


def _figures_label(view: CauseView, figures: str) -> str:
    if figures == ALL:
        return "Modellens förutsättningar"
    return "Även folkmängd" if figures == WITH_SIZE else f"Utan {lower_first(view.kpi(figures).label)}"


def structure_diagnostics(view: CauseView) -> Exhibit:
    """Show what should be known of the cost's model before it is read."""
    name, title = "strukturdiagnostik", "Håller modellen?"
    found = structured(view)
    checked = None if found is None else view.case.national.result(DIAGNOSTICS, view.area, found.cost.year)
    code = view.case.municipality
    if found is None or checked is None or code not in checked.frame.index:
        return nothing(name, title, NO_MODEL)
    leverage, cook = (cell(checked.frame, code, column) for column in ("leverage", "cook"))
    influential = checked.influential
    uneven = "olika mycket" if checked.uneven_p < 0.05 else "ungefär lika mycket"
    inflation = checked.inflation["vif"]
    rows: list[tuple[Value, ...]] = [
        ("Kommuner i modellen", float(checked.n), "", ""),
        (
            "Sprids resterna lika? (Breusch–Pagan, p-värde)",
            checked.uneven_p,
            "över 0,05",
            f"Resterna sprids {uneven} bland olika kommuner",
        ),
        (
            "Är resterna normalfördelade? (Jarque–Bera, p-värde)",
            checked.normal_p,
            "sägs bara",
            "Några få kommuner ligger långt ifrån" if checked.normal_p < 0.05 else "Inget tyder på annat",
        ),
        (
            "Mest samvarierande förutsättning (VIF)",
            float(inflation.max()),
            "under 10",
            view.kpi(str(inflation.idxmax())).label,
        ),
        (
            f"Hävstång, {view.case.name}",
            leverage,
            f"under {number(_leverage_limit(checked.n, len(inflation)), 2)}",
            "Hur ovanliga förutsättningarna är",
        ),
        (
            f"Inflytande, {view.case.name} (Cook)",
            cook,
            f"under {number(4.0 / checked.n, 3)}",
            "Hur mycket kommunen själv flyttar modellen",
        ),
        (
            "Kommuner med stort inflytande",
            float(len(influential)),
            "",
            join([view.name(item) for item in influential[:5]]),
        ),
    ]
    return Exhibit(
        id=name,
        title=title,
        subtitle=f"{found.cost.kpi.label}, {found.cost.year}",
        source=Source.OWN,
        alt=None,
        table=Table(
            caption="Modellens egenskaper",
            row_decimals=(0, 3, 3, 1, 2, 3, 0),
            columns=(
                Column("egenskap", "Egenskap"),
                Column("varde", "Värde", kind="number"),
                Column("grans", "Riktmärke"),
                Column("sager", "Det säger"),
            ),
            rows=tuple(rows),
        ),
        how_to_read=(
            "Sprids resterna olika är det ett skäl att lita mer på de robusta sätten att räkna. Kommuner med stort inflytande är "
            "inte fel, men modellen vilar mycket på dem."
        ),
        kpis=(found.cost.kpi.id, *view.area.structural_model.structure),
    )


def _leverage_limit(n: int, figures: int) -> float:
    """Return the usual limit of leverage: three times its mean."""
    return 3.0 * (figures + 1) / n


def structure_quarters(view: CauseView) -> Exhibit:
    """Show in which quarter of the country the municipality lies each year, and how the country moves."""
    name, title = "strukturfjardedelar", "Hur stadigt läget är efter hänsyn till förutsättningar"
    found = structured(view)
    result = view.case.national.result(YEARLY, view.area, COST)
    if found is None or result is None:
        return nothing(name, title, NO_MODEL)
    quarters, breaks = quartiles(result.residual), found.cost.kpi.breaks
    moves = 100.0 * transitions(quarters, breaks)
    stays = plain(float(moves.to_numpy()[-1, -1]))
    years = _columns(quarters)
    return Exhibit(
        id=name,
        title=title,
        source=Source.OWN,
        alt=None,
        finding=" ".join(
            item
            for item in (
                steady_sentence(view, quarters, found),
                f"Av kommunerna i den dyraste fjärdedelen är {stays} procent kvar året efter."
                if np.isfinite(moves.to_numpy()[-1, -1])
                else "",
            )
            if item
        ),
        table=Table(
            caption="Fjärdedel ett år och året efter, procent av landets kommuner i varje fjärdedel",
            columns=(
                Column("fjardedel", "Fjärdedel ett år"),
                *(
                    Column(
                        f"q{quarter}",
                        f"{capitalise(QUARTERS[quarter - 1])} året efter",
                        kind="number",
                        unit="%",
                        decimals=0,
                        may_lack=True,
                    )
                    for quarter in QUARTILES
                ),
            ),
            rows=tuple(
                (capitalise(QUARTERS[at]), *(_known(value) for value in line))
                for at, line in enumerate(moves.to_numpy())
            ),
        ),
        how_to_read=(
            f"Åren {years[0]}–{years[-1]}, utan steg över ett brott i serien. Den billigaste fjärdedelen är den som ligger "
            "längst under det förutsagda."
        ),
        kpis=(found.cost.kpi.id, *view.area.structural_model.structure),
    )


def steady_sentence(view: CauseView, quarters: pd.DataFrame, found: Structured) -> str:
    """Say how steadily the municipality lies in one quarter of the country; empty where it cannot be known."""
    cost = found.cost
    last_break = max((item.year for item in cost.kpi.breaks if item.year <= cost.year), default=0)
    compared = [year for year in quarters.columns if last_break <= int(year) <= cost.year]
    steady = steadiness(quarters[compared], view.case.municipality)
    if steady is None or steady[2] < 2:
        return ""
    quarter, often, of = steady
    where = f"{view.case.name} låg i den {QUARTERS[quarter - 1]} fjärdedelen"
    return f"{where} alla {of} år." if often == of else f"{where} {often} av {of} år."


def _columns(panel: pd.DataFrame) -> list[int]:
    return [int(year) for year in panel.columns]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


class StructureCase(CauseCase):
    """A case with what defends the finding on structure or choice."""

    def structure_model(self) -> Exhibit:
        """Visa modellerna av kostnaden: vad de förklarar, och varje förutsättning i dem."""
        return structure_model(self.view)

    def structure_sides(self) -> Exhibit:
        """Visa kostnad, kvalitet och volym bredvid vad förutsättningarna förutsäger."""
        return structure_sides(self.view)

    def structure_specifications(self) -> Exhibit:
        """Visa kostnaden mot det förutsagda i alla rimliga sätt att räkna."""
        return structure_specifications(self.view)

    def structure_diagnostics(self) -> Exhibit:
        """Visa om modellen går att lita på."""
        return structure_diagnostics(self.view)

    def structure_quarters(self) -> Exhibit:
        """Visa i vilken fjärdedel av landet kostnaden har legat år för år, och hur stadigt det brukar vara."""
        return structure_quarters(self.view)
