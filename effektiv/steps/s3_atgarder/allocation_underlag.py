"""What defends the finding on allocation: unit by unit, stage by stage, where each balances, and next year's volumes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from effektiv.analysis.allocation import next_volumes, per_performed_hour, per_pupil_paid, typical
from effektiv.exhibits.exhibit import Exhibit, Exhibits, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.params.allocation import CHILDREN, HOURS, PUPILS
from effektiv.steps.s3_atgarder.allocation import CLASS, balanced_at
from effektiv.steps.s3_atgarder.allocation_view import AllocationView
from effektiv.steps.s3_atgarder.view import MeasureCase

_TITLE = "Resursfördelningen"
_PARTS = {
    "floor": "Stöd till små enheter",
    "premises": "Lokaler",
    "socio": "Socioekonomi",
    "volume": "Efter volym",
    "total": "Tillsammans",
}
_TYPICAL = {PUPILS: "Typskolan", CHILDREN: "Typförskolan", HOURS: "Typgruppen"}


class AllocationCase(MeasureCase):
    """A case that shows how the area's budget is divided over its units."""

    def allocation(self) -> Exhibits:
        """Visa resursfördelningen: dagens bredvid modellens, delarna, var enheterna går ihop och nästa års volymer."""
        return Exhibits(_shown(self.view.allocation))


def _shown(found: AllocationView) -> Iterator[Exhibit]:
    if found.found is None:
        yield nothing("fordelning", _TITLE, found.lacks, flags=())
    else:
        yield _by_unit(found)
        yield _by_stage(found)
        yield _by_unit_and_stage(found)
        if found.costs is not None:
            yield _balances(found)
            yield _one_more(found)
        if found.hourly is not None:
            yield _worked(found)
        yield _typical(found)
        paid = _paid(found)
        if paid is not None:
            yield paid
        yield _next_year(found)
    if found.faults:
        yield Exhibit(
            id="fel-i-fordelningen",
            title="Att rätta i fördelningen",
            source=Source.MUNICIPALITY,
            alt=None,
            table=Table(
                caption="Fel i enheter.xlsx",
                columns=(Column("plats", "Var"), Column("fel", "Vad")),
                rows=tuple((fault.place or "enheter.xlsx", fault.text) for fault in found.faults),
            ),
        )


def _by_unit(found: AllocationView) -> Exhibit:
    assert found.found is not None and found.rules is not None
    parts, given = found.found.parts, found.given
    parts_used = _used(found)
    whole = None if given.isna().any() else float(given.sum())
    rows: list[tuple[Value, ...]] = [
        (
            found.names[str(unit)],
            found.sizes[str(unit)],
            _known(given[str(unit)]),
            float(row["total"]),
            _known(found.change[str(unit)]),
            *(float(row[key]) for key in parts_used),
        )
        for unit, row in parts.iterrows()
    ]
    sums = parts.sum()
    rows.append(
        (
            "Summa",
            sum(found.sizes.values()),
            whole,
            float(sums["total"]),
            None if whole is None else float(sums["total"]) - whole,
            *(float(sums[key]) for key in parts_used),
        )
    )
    return Exhibit(
        id="fordelning",
        title="Dagens fördelning bredvid modellens",
        source=Source.MUNICIPALITY,
        alt=None,
        how_to_read=(
            "Stödet och lokalerna dras av från budgeten först, sedan den socioekonomiska delen. Resten fördelas efter volym. "
            "Delarna är hela kronor och blir tillsammans hela budgeten."
        ),
        table=Table(
            caption=f"{found.case.name}: budgeten {found.rules.year} för {found.case.area.in_text}",
            columns=(
                Column("enhet", "Enhet"),
                Column("volym", capitalise(found.many), kind="number", decimals=0),
                _kronor("idag", "I dag", may_lack=True),
                _kronor("modell", "Modellen"),
                _kronor("skillnad", "Skillnad", signed=True, may_lack=True),
                *(
                    _kronor(key, f"varav {label.lower()}")
                    for key, label in ((key, _PARTS[key]) for key in parts_used)
                ),
            ),
            rows=tuple(rows),
            own_rows=frozenset({len(rows) - 1}),
        ),
    )


def _used(found: AllocationView) -> list[str]:
    """Return the parts that anything is given by, without their sum."""
    assert found.found is not None
    return [key for key in _PARTS if key != "total" and found.found.parts[key].any()]


def _by_stage(found: AllocationView) -> Exhibit:
    assert found.found is not None and found.rules is not None
    ratio = 100 * found.found.ratio
    return Exhibit(
        id="fordelning-stadier",
        title="Belopp för varje stadium"
        if found.rules.counted != HOURS
        else "Belopp för varje tid på dygnet",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(f"Budgeten räcker till {plain(ratio)} procent av de belopp som är önskade.",),
        table=Table(
            caption=f"Kronor per {found.one}, {found.rules.year}",
            columns=(
                Column("stadium", "Stadium"),
                Column("volym", capitalise(found.many), kind="number", decimals=0),
                _kronor("onskat", f"Önskat per {found.one}"),
                _kronor("racker", f"Budgeten ger per {found.one}"),
                _kronor("summa", "Efter volym"),
            ),
            rows=tuple(
                (
                    stage.name,
                    float(found.volumes[stage.name].sum()),
                    stage.amount,
                    float(found.found.each[stage.name]),
                    float(found.found.by_stage[stage.name].sum()),
                )
                for stage in found.rules.stages
            ),
        ),
    )


def _by_unit_and_stage(found: AllocationView) -> Exhibit:
    assert found.found is not None and found.rules is not None
    stages = [stage.name for stage in found.rules.stages]
    return Exhibit(
        id="fordelning-enheter-stadier",
        title="Delen efter volym, stadium för stadium",
        source=Source.MUNICIPALITY,
        alt=None,
        table=Table(
            caption=f"Delen efter volym, {found.rules.year}",
            columns=(
                Column("enhet", "Enhet"),
                *(_kronor(f"s{place}", stage) for place, stage in enumerate(stages, 1)),
            ),
            rows=tuple(
                (found.names[str(unit)], *(float(row[stage]) for stage in stages))
                for unit, row in found.found.by_stage.iterrows()
            ),
        ),
    )


def _balances(found: AllocationView) -> Exhibit:
    assert found.found is not None and found.rules is not None and found.costs is not None
    counts = found.volumes.to_numpy()
    classes = dict(zip(found.sizes, found.costs.classes(counts).sum(axis=1).tolist(), strict=True))
    cost = dict(zip(found.sizes, found.costs.cost(counts).tolist(), strict=True))
    groups = CLASS[found.rules.counted][2]
    return Exhibit(
        id="budget-i-balans",
        title=f"Antal {found.many} för budget i balans",
        source=Source.MUNICIPALITY,
        alt=None,
        how_to_read=(
            f"Kostnaden växer i steg om en klass med högst {found.costs.size}: därför är svaret flera spann. Klasserna räknas "
            "stadium för stadium: blandas inte årskurser i en klass ska varje årskurs vara ett stadium. Stadiernas andelar är "
            "som i dag. Lokaler räknas inte, för de betalas av sin egen del."
            if found.rules.counted == PUPILS
            else f"Kostnaden växer i steg om en avdelning med högst {found.costs.size} barn: därför är svaret flera spann. "
            "Lokaler räknas inte, för de betalas av sin egen del."
        ),
        table=Table(
            caption=f"Det enheten får och kostar utan lokaler, {found.rules.year}",
            columns=(
                Column("enhet", "Enhet"),
                Column("volym", capitalise(found.many), kind="number", decimals=0),
                Column("klasser", capitalise(groups), kind="number", decimals=0),
                _kronor("far", "Modellen ger"),
                _kronor("kostar", "Kostar"),
                _kronor("over", "Över eller under", signed=True),
                _kronor("snitt", f"Kostar i snitt per {found.one}"),
                Column("balans", f"Går ihop vid antal {found.many}"),
            ),
            rows=tuple(
                (
                    found.names[unit],
                    size,
                    classes[unit],
                    cost[unit] + float(found.surplus[unit]),
                    cost[unit],
                    float(found.surplus[unit]),
                    cost[unit] / size,
                    balanced_at(found.balances[unit], size) or "inget antal som är prövat",
                )
                for unit, size in found.sizes.items()
            ),
        ),
    )


def _one_more(found: AllocationView) -> Exhibit:
    assert found.found is not None and found.rules is not None and found.costs is not None
    rows: list[tuple[Value, ...]] = []
    for stage in found.rules.stages:
        if not (found.volumes[stage.name] > 0).any():
            continue
        units = found.more.xs(stage.name, level=1)
        full = [found.names[str(unit)] for unit in units.index[units["room"] < 1]]
        given, step = float(units["given"].iloc[0]), float(units["step_net"].iloc[0])
        rows.append(
            (stage.name, given, given - found.costs.per_pupil, step, float(units["room"].sum()), join(full))
        )
    return Exhibit(
        id="en-till",
        title=f"Vad {'en elev' if found.rules.counted == PUPILS else 'ett barn'} till betyder",
        source=Source.MUNICIPALITY,
        alt=None,
        how_to_read="Räknat som att budgeten följer volymen: den som kommer för med sig sitt belopp.",
        table=Table(
            caption=f"Kronor om året, {found.rules.year}",
            columns=(
                Column("stadium", "Stadium"),
                _kronor("ger", "Ger"),
                _kronor("ryms", "Kvar när det finns plats", signed=True),
                _kronor("steg", "Kvar när en klass till behövs", signed=True),
                Column("plats", "Lediga platser", kind="number", decimals=0),
                Column("fullt", "Här är det fullt"),
            ),
            rows=tuple(rows),
        ),
    )


def _worked(found: AllocationView) -> Exhibit:
    assert found.rules is not None and found.rules.worked_time is not None and found.hourly is not None
    other = found.rules.worked_time.other
    rows: list[tuple[Value, ...]] = []
    for unit, row in found.worked.iterrows():
        share, needed = float(row["share"]), float(row["needed"])
        rows.append(
            (
                found.names[str(unit)],
                float(row["hours"]),
                _known(row["worked"]),
                None if math.isnan(share) else 100 * share,
                None if math.isinf(needed) else 100 * needed,
                float(row["rate"]),
                None if math.isnan(share) else per_performed_hour(found.hourly, share) + other,
            )
        )
    return Exhibit(
        id="utford-tid",
        title="Så stor del av arbetstiden som behöver vara hos brukaren",
        source=Source.MUNICIPALITY,
        alt=None,
        how_to_read=(
            "En arbetad timme kostar månadslön / 142 x 1,54 (Ineras nyttokalkyl). Tillägg för kväll, natt och helg är inte med. "
            "Över 100 procent betyder att ersättningen inte räcker ens om all tid är hos brukaren."
        ),
        table=Table(
            caption=f"En arbetad timme kostar {plain(found.hourly)} kronor, {found.rules.year}",
            columns=(
                Column("enhet", "Enhet"),
                Column("utford", "Utförd tid", kind="number", unit="timmar", decimals=0),
                Column("arbetad", "Arbetad tid", kind="number", unit="timmar", decimals=0, may_lack=True),
                Column("andel", "Utförd andel", kind="number", unit="%", decimals=1, may_lack=True),
                Column("behovs", "Behövs", kind="number", unit="%", decimals=1, may_lack=True),
                _kronor("ger", "En utförd timme ger"),
                _kronor("kostar", "En utförd timme kostar", may_lack=True),
            ),
            rows=tuple(rows),
        ),
    )


def _typical(found: AllocationView) -> Exhibit:
    assert found.found is not None and found.rules is not None
    row = typical(found.volumes, found.found)
    size = float(row["pupils"])
    shown = {key: _PARTS[key] for key in (*_used(found), "total")}
    return Exhibit(
        id="typskola",
        title=f"{_TYPICAL[found.rules.counted]}: det en enhet får i snitt",
        source=Source.MUNICIPALITY,
        alt=None,
        how_to_read="Det visar vad en genomsnittlig enhet tilldelas, inte hur den ska använda det.",
        table=Table(
            caption=f"{plain(size)} {found.many}, {found.rules.year}",
            columns=(
                Column("del", "Del"),
                _kronor("kr", "Tilldelas"),
                _kronor("per", f"Per {found.one}"),
            ),
            rows=tuple((label, float(row[key]), float(row[key]) / size) for key, label in shown.items()),
            own_rows=frozenset({len(shown) - 1}),
        ),
    )


def _paid(found: AllocationView) -> Exhibit | None:
    """Show the parts of what independent units are paid; None where no amount for premises is written."""
    assert found.found is not None and found.rules is not None
    rules = found.rules
    premises = {stage.name: stage.premises for stage in rules.stages if stage.premises is not None}
    if not premises:
        return None
    base = found.found.each[list(premises)].round()
    frame = per_pupil_paid(
        base,
        pd.Series(premises),
        administration=rules.administration_percent / 100,
        vat=rules.vat_percent / 100,
    )
    heads = {
        "base": "Grundbelopp",
        "premises": "Lokaler",
        "administration": f"Administration, {plain(rules.administration_percent)} %",
        "vat": f"Moms, {plain(rules.vat_percent)} %",
        "total": "Summa",
    }
    return Exhibit(
        id="skolpeng",
        title=f"Delarna i det en fristående enhet får per {found.one}",
        source=Source.MUNICIPALITY,
        alt=None,
        how_to_read=(
            "Administrationen räknas på grundbelopp och lokaler, momsen på dem och administrationen. Stöd efter index och till "
            "små enheter är inte med."
        ),
        table=Table(
            caption=f"Kronor per {found.one} och år, {rules.year}",
            columns=(Column("stadium", "Stadium"), *(_kronor(key, label) for key, label in heads.items())),
            rows=tuple((str(stage), *(float(row[key]) for key in heads)) for stage, row in frame.iterrows()),
        ),
    )


def _next_year(found: AllocationView) -> Exhibit:
    assert found.found is not None and found.rules is not None
    name, title, rules = "volymer-nasta-ar", "Volymerna nästa år", found.rules
    population, year = found.case.population, rules.year + 1
    if population is None:
        what = "Kommunen har ingen egen befolkningsprognos, och SCB:s finns inte i datauttaget."
        return nothing(name, title, what, flags=())
    now = found.volumes.sum()
    later = next_volumes(now, found.persons, rules.year, year)
    if later.isna().any():
        lacking = join([str(stage) for stage in later.index[later.isna()]])
        what = (
            population.short_of(year)
            or f"Uppgifterna från {population.origin} saknar {rules.year} eller {year} för {lacking}."
        )
        return nothing(name, title, what, flags=())
    rows: list[tuple[Value, ...]] = [
        (
            str(stage),
            float(now[stage]),
            float(later[stage]),
            float(later[stage] - now[stage]),
            float((later[stage] - now[stage]) * found.found.each[stage]),
        )
        for stage in later.index
    ]
    change = later - now
    rows.append(
        (
            "Summa",
            float(now.sum()),
            float(later.sum()),
            float(change.sum()),
            float((change * found.found.each).sum()),
        )
    )
    return Exhibit(
        id=name,
        title=title,
        source=Source.OWN,
        alt=None,
        how_to_read=(
            f"Varje stadium växer som befolkningen i dess åldrar. Uppgifterna är från {population.origin}."
            if rules.counted != HOURS
            else f"Timmarna växer som antalet som är 80 år eller äldre. Uppgifterna är från {population.origin}."
        ),
        notes=population.breaks.get(year, ""),
        table=Table(
            caption=f"Från {rules.year} till {year}",
            columns=(
                Column("stadium", "Stadium"),
                Column("nu", f"{capitalise(found.many)} {rules.year}", kind="number", decimals=0),
                Column("sedan", f"{capitalise(found.many)} {year}", kind="number", decimals=0),
                Column("andring", "Ändring", kind="number", decimals=0, signed=True),
                _kronor("kr", "Med samma belopp", signed=True),
            ),
            rows=tuple(rows),
            own_rows=frozenset({len(rows) - 1}),
        ),
    )


def _kronor(key: str, label: str, *, signed: bool = False, may_lack: bool = False) -> Column:
    return Column(key, label, kind="number", unit="kr", decimals=0, signed=signed, may_lack=may_lack)


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
