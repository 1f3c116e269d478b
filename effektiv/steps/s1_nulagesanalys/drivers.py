"""Finding on what drives a cost: a product of factors against Riket, divided exactly."""

from __future__ import annotations

from dataclasses import dataclass

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.cost_tree import shapley_product
from effektiv.analysis.panels import value_at
from effektiv.exhibits.charts import Part, Split, split
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain, plain_amount
from effektiv.exhibits.swedish import capitalise, unit_in_text
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.judging import NATION, Judgement
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.wording import fit, money, told
from effektiv.types import RIKET, Factor, FindingChoice


@dataclass(frozen=True)
class Driven:
    """A cost against Riket, divided over its factors.

    Attributes
    ----------
    judged
        The cost against Riket.
    factors
        The factors, the one with the largest part first.
    own, riket
        Values of each factor by id.
    parts
        Part of the difference by id, kronor per person; with `rest` they sum to the difference.
    rest
        What the product leaves over of the published difference.
    persons
        How many the cost is divided by; missing when that is not known.
    """

    judged: Judgement
    factors: tuple[Factor, ...]
    own: dict[str, float]
    riket: dict[str, float]
    parts: dict[str, float]
    rest: float
    persons: float

    def mnkr(self, factor: Factor) -> float:
        """Return a factor's part in mnkr; missing when the number of persons is."""
        return self.parts[factor.kpi] * self.persons / 1e6


def driven(view: AreaView, choice: FindingChoice) -> Driven | None:
    """Divide the difference from Riket over the factors; None where it cannot be told from none."""
    if not choice.kpis or len(choice.factors) < 2:
        return None
    judged = view.judge(choice.kpis[0], NATION)
    if judged is None or judged.certainty is Certainty.UNCLEAR:
        return None
    own, riket = {}, {}
    for factor in choice.factors:
        panel = view.case.panel(factor.kpi)
        own[factor.kpi] = value_at(panel, view.case.municipality, judged.year)
        riket[factor.kpi] = value_at(panel, RIKET, judged.year)
    if not all(value > 0 for value in (*own.values(), *riket.values())):
        return None
    parts = shapley_product(own, riket, choice.factor)
    rest = judged.found.in_unit - sum(parts.values())
    if abs(rest) > 0.25 * abs(judged.found.in_unit):
        return None
    persons = float("nan")
    if choice.persons is not None:
        persons = value_at(view.case.panel(choice.persons), view.case.municipality, judged.year)
    return Driven(
        judged=judged,
        factors=tuple(sorted(choice.factors, key=lambda item: -abs(parts[item.kpi]))),
        own=own,
        riket=riket,
        parts=parts,
        rest=rest,
        persons=persons,
    )


def drivers(view: AreaView, choice: FindingChoice) -> Exhibit | None:
    """Show which factor a cost's difference from Riket lies in."""
    found = driven(view, choice)
    if found is None:
        return None
    kpi, difference = found.judged.kpi, found.judged.found.in_unit
    leading = [item for item in found.factors if found.parts[item.kpi] * difference > 0]
    if not leading:
        return None
    first = leading[0]
    side = "högre" if difference > 0 else "lägre"
    sentences = [
        f"{capitalise(named(kpi))} är {plain_amount(abs(difference), 'kr')} {side} än i riket.",
        _part_sentence(found, first, opening=True),
        *(_part_sentence(found, item) for item in leading[1:]),
        *(
            f"{capitalise(item.in_text)} drar åt andra hållet, {plain_amount(abs(found.parts[item.kpi]), 'kr')}."
            for item in found.factors
            if item not in leading and abs(found.parts[item.kpi]) > 0.1 * abs(difference)
        ),
        f"{capitalise(first.in_text)} är {plain(found.own[first.kpi])} mot {plain(found.riket[first.kpi])} i riket.",
        choice.note,
    ]
    split_parts = [Part(_more(found, item), found.parts[item.kpi]) for item in found.factors]
    split_parts.append(Part("Rest", found.rest, residual=True))
    return Exhibit(
        id=choice.id,
        title=f"{capitalise(_more(found, first))} står för {_how_much(found, first)} skillnaden mot riket",
        subtitle=f"{kpi.label}, skillnad mot riket, {unit_in_text(kpi.unit)}, {found.judged.year}",
        source=Source.OWN,
        alt="En stapel för varje faktors del av skillnaden mot riket, och en för hela skillnaden.",
        figure=split(
            Split(
                parts=tuple(split_parts),
                total_label="Hela skillnaden",
                total=difference,
                unit=kpi.unit,
                decimals=0,
            )
        ),
        blocks=(fit(sentences),),
        table=_table(view, found),
        kpis=(kpi.id, *(item.kpi for item in choice.factors)),
        judged=(found.judged.to_data(),),
    )


def _how_much(found: Driven, factor: Factor) -> str:
    most = found.parts[factor.kpi] / found.judged.found.in_unit > 0.5
    return "det mesta av" if most else "den största delen av"


def _more(found: Driven, factor: Factor) -> str:
    return factor.more if found.own[factor.kpi] > found.riket[factor.kpi] else factor.less


def _part_sentence(found: Driven, factor: Factor, *, opening: bool = False) -> str:
    amount = plain_amount(abs(found.parts[factor.kpi]), "kr")
    worth = found.mnkr(factor)
    in_all = f", i allt {money(worth)}" if opening and abs(worth) >= 0.5 else ""
    return f"{capitalise(_more(found, factor))} står för {amount} av det{in_all}."


def driver_lead(view: AreaView, choice: FindingChoice) -> str:
    """Say which factor is worth looking at next, with its size; empty where there is none."""
    found = driven(view, choice)
    if found is None:
        return ""
    first = found.factors[0]
    if found.parts[first.kpi] * found.judged.found.in_unit <= 0:
        return ""
    kpi = view.kpi(first.kpi)
    worth = found.mnkr(first)
    text = f"{capitalise(_more(found, first))}: {told(kpi, found.own[first.kpi])}, mot {plain(found.riket[first.kpi])} i riket"
    if abs(worth) >= 0.5:
        text += f". Det är {'värt' if worth > 0 else 'en skillnad på'} {money(worth)}"
    return f"{text}."


def _table(view: AreaView, found: Driven) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            view.kpi(item.kpi).label,
            found.own[item.kpi],
            found.riket[item.kpi],
            view.kpi(item.kpi).unit,
            found.parts[item.kpi],
        )
        for item in found.factors
    ]
    rows.append(("Rest", None, None, "", found.rest))
    rows.append(
        (found.judged.kpi.label, found.judged.found.own, found.judged.found.comparator, found.judged.kpi.unit,
         found.judged.found.in_unit)
    )  # fmt: skip
    return Table(
        caption=f"{found.judged.kpi.label}: {view.case.name} mot riket {found.judged.year}",
        columns=(
            Column("faktor", "Faktor"),
            Column("egen", view.case.name, kind="number", decimals=1, may_lack=True),
            Column("riket", "Riket", kind="number", decimals=1, may_lack=True),
            Column("enhet", "Enhet"),
            Column("del", "Del av skillnaden", kind="number", unit="kr", decimals=0, signed=True),
        ),
        rows=tuple(rows),
    )
