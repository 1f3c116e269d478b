"""What defends the findings of step 5: how sturdy the answer is, the years, the goal as locked, and all that was learnt."""

from __future__ import annotations

from effektiv.analysis.panels import cell
from effektiv.analysis.synthetic import Synthetic, equally_good_effects, leave_one_out
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import join
from effektiv.exhibits.swedish import years as year_words
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s5_avslutning.answers import Counterfactual
from effektiv.steps.s5_avslutning.before_after import all_figures
from effektiv.steps.s5_avslutning.effects import course_table
from effektiv.steps.s5_avslutning.lessons import all_written
from effektiv.steps.s5_avslutning.report import NOT_LOCKED, lock_sentence
from effektiv.steps.s5_avslutning.view import ClosingCase
from effektiv.steps.s5_avslutning.words import cannot, step, why


class ClosingUnderlagCase(ClosingCase):
    """A case with the underlag of its report."""

    def locked_goal(self) -> Exhibit:
        """Visa målet som det låstes, och det som inte passar."""
        view, name, title = self.view, "malet-last", "Målet som det låstes"
        goal = view.goal
        if goal is None:
            return Exhibit(
                id=name,
                title=title,
                source=Source.MUNICIPALITY,
                alt=None,
                blocks=(lock_sentence(view), *view.notes),
            )
        kpis = self.catalogue.kpis
        answer = view.primary
        tested = () if answer is None or answer.refused is not None else answer.evaluation.years.after
        # Its error rate is measured on all years from the start, so the first ones are not left out.
        why = "Provet tar med alla år från starten till det sista låsta, för så är dess felrisk mätt."
        differs = bool(tested and goal.outcome_years) and tuple(tested) != goal.outcome_years
        rows = [
            ("Nyckeltal som avgör", f"{kpis[goal.kpi].label} ({goal.kpi})"),
            ("Riktning", "upp" if goal.sign > 0 else "ned"),
            ("Övriga", join([kpis[item].label for item in goal.others])),
            ("Tiden före, från", "" if goal.baseline_from is None else str(goal.baseline_from)),
            ("Bedöms åren", year_words(goal.outcome_years)),
            ("Provet tar med åren", year_words(tested)),
            ("Arbetet började", "" if view.start is None else str(view.start)),
            ("Andra i samma projekt", join([self.national.names[code] for code in view.participants])),
        ]
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            blocks=(lock_sentence(view), *view.notes, *([why] if differs else [])),
            table=Table(
                caption="Det låsta målet och starten",
                columns=(Column("vad", "Vad"), Column("sagt", "Som det låstes")),
                rows=tuple((label, value) for label, value in rows if value),
            ),
        )

    def all_before_and_after(self) -> Exhibit:
        """Visa alla nyckeltal före och efter: kommunen, gruppens mitt och riket."""
        return all_figures(self.view.compared, self.view.name)

    def year_by_year(self) -> Exhibit:
        """Visa värdet och det väntade år för år."""
        name, title, answer = "ar-for-ar", "Det som blev och det som var väntat, år för år", self.view.primary
        if answer is None or answer.refused is not None:
            return _none(name, title, answer)
        first = answer.evaluation.first_year(answer.municipality)
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            blocks=(f"Ett steg från {first} passar bäst med skillnaden.",) if first is not None else (),
            how_to_read=(
                "Det väntade är en rak linje genom de 79 kommuner som låg närmast, på tre mått av nivån före. Nio av tio av "
                "dem låg mellan gränserna, omräknat till hur mycket kommunens eget värde brukar variera. "
                "Sista året före är en av nivåerna, så där är de lika."
            ),
            table=course_table(self.view, answer),
            kpis=(answer.kpi.id,),
        )

    def sturdiness(self) -> Exhibit:
        """Visa hur mycket svaret beror på vilka kommuner som jämförs och vilka år."""
        name, title, answer = "hur-stadigt", "Hur stadigt svaret är", self.view.primary
        if answer is None or answer.refused is not None:
            return _none(name, title, answer)
        refused, kpi = answer.control_refused, answer.kpi
        control = answer.control if isinstance(answer.control, Synthetic) and refused is None else None
        lacking = "den är inte uträknad" if refused is None else why(refused, kpi)
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            blocks=(
                f"En skillnad på {step(kpi, answer.detectable)} skulle synas fyra gånger av fem.",
                f"Den vägda blandningen av kommuner säger inget: {lacking}."
                if control is None
                else _fit_words(control, answer),
            ),
            how_to_read=_HOW if control is None else f"{_HOW} {_HOW_BLENDED}",
            table=_sturdiness_table(answer, control),
            kpis=(kpi.id,),
        )

    def donors(self) -> Exhibit:
        """Visa vilka kommuner den vägda blandningen är gjord av."""
        name, title, answer = "blandningen", "Kommunerna i den vägda blandningen", self.view.primary
        if answer is None or not isinstance(answer.control, Synthetic) or answer.control_refused is not None:
            return nothing(name, title, "Det finns ingen vägd blandning som säger något.", flags=())
        weights, without = (
            answer.control.weights[answer.municipality],
            leave_one_out(answer.control, answer.municipality),
        )
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read="Den högra kolumnen är skillnaden om kommunen lämnas utanför.",
            table=Table(
                caption="Vikter, och skillnaden utan var och en",
                columns=(
                    Column("kommun", "Kommun"),
                    Column("vikt", "Vikt", kind="number", unit="%", decimals=0),
                    Column(
                        "utan",
                        "Skillnad utan den",
                        kind="number",
                        unit=answer.kpi.unit,
                        decimals=answer.kpi.decimals,
                        signed=True,
                    ),
                ),
                rows=tuple(
                    (self.national.names[code], 100 * weight, answer.away(float(without[code])))
                    for code, weight in weights.items()
                ),
            ),
            kpis=(answer.kpi.id,),
        )

    def lessons(self) -> Exhibit:
        """Visa allt som är skrivet om lärdomarna."""
        return all_written(self.view.closing, self.area.id)


def _none(name: str, title: str, answer: Counterfactual | None) -> Exhibit:
    return nothing(name, title, NOT_LOCKED if answer is None else cannot(answer), flags=())


_HOW = (
    "Den enkla jämförelsen är med alla andra kommuner, hur de än låg före. Det som brukar komma av sig självt är "
    "ändringen på tre år hos dem som låg lika, utan projekt."
)
_HOW_BLENDED = (
    "Den vägda blandningen är gjord av högst tjugo kommuner som valdes innan utfallet var känt. Andra vikter som "
    "passar lika bra före starten visar hur mycket valet av vikter betyder. Provet tre år tidigare ska inte ge "
    "någon skillnad, för då hade inget börjat."
)


def _fit_words(control: Synthetic, answer: Counterfactual) -> str:
    """Say of how many municipalities the weighted blend is, and how well it fits."""
    code = answer.municipality
    return (
        f"Blandningen är värd {plain(cell(control.fits, code, 'effective'))} lika tunga kommuner, och felet före starten är "
        f"{plain(cell(control.fits, code, 'fit'))} gånger den egna variationen."
    )


def _sturdiness_table(answer: Counterfactual, control: Synthetic | None) -> Table:
    code, kpi = answer.municipality, answer.kpi
    rows: list[tuple[Value, ...]] = [
        ("Mot dem som låg lika", answer.away(answer.value("effect"))),
        ("Enkel jämförelse med alla andra", answer.away(answer.value("unmatched"))),
    ]
    if answer.usual_change is not None:
        rows.append(("Det som brukar komma av sig självt på tre år", answer.usual_change))
    if control is not None:
        low, high = equally_good_effects(control, code)
        without = leave_one_out(control, code)
        rows += [
            ("Mot den vägda blandningen", answer.control_effect),
            ("Andra vikter som passar lika bra, lägst", answer.away(low)),
            ("Andra vikter som passar lika bra, högst", answer.away(high)),
            ("Utan en av kommunerna, lägst", answer.away(float(without.min()))),
            ("Utan en av kommunerna, högst", answer.away(float(without.max()))),
        ]
        if answer.earlier is not None and code in answer.earlier.index:
            rows.append(("Samma prov tre år tidigare", answer.away(cell(answer.earlier, code, "effect"))))
    return Table(
        caption="Skillnaden på flera sätt att räkna",
        columns=(
            Column("satt", "Sätt att räkna"),
            Column("skillnad", "Skillnad", kind="number", unit=kpi.unit, decimals=kpi.decimals, signed=True),
        ),
        rows=tuple(rows),
    )
