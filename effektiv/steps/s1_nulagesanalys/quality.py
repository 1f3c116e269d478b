"""Findings on quality: several measures, one measure, and results against what a model expects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from effektiv.analysis.certainty import Certainty, wilson_sd
from effektiv.analysis.panels import country, row, value_at
from effektiv.analysis.place import FEWEST_OF_COUNTRY
from effektiv.exhibits.charts import Band, Line, MeasureRow, Trend, measures, trend
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import NBSP, capitalise, cardinal, number, unit_in_text, years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.judging import Judgement
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.view import measured, peers_chart, peers_table, years_shown
from effektiv.steps.wording import CERTAINTY_WORDS, better_than, country_sentence, fit, says_in, told
from effektiv.types import Better, FindingChoice, Kpi

_Z95 = 1.959963984540054

MODEL_YEARS = 5


def quality(view: AreaView, choice: FindingChoice) -> Exhibit | None:
    """Show several measures, each among the peers."""
    judged = [found for kpi in choice.kpis if (found := view.judge(kpi)) is not None]
    if not judged:
        return None
    rows = tuple(_measure_row(view, item) for item in judged)
    first = judged[0]
    against_riket = [item for item in judged if np.isfinite(item.place.riket)]
    sentences = [
        f"{says_in(item.kpi, item.found.own, item.year)}{_in_the_middle(item)}." for item in judged[:2]
    ]
    if len(against_riket) > 1:
        sentences.append(_beside_riket(against_riket))
    sentences += [_answers(view, first), choice.note]
    what = choice.label or first.kpi.label
    return Exhibit(
        id=choice.id,
        title=_quality_title(view, judged, what),
        subtitle=f"{what}, {years({item.year for item in judged})}; till höger är bättre",
        source=Source.OWN,
        alt=f"En rad för varje mått med {view.case.name} som prick och {view.definite} som fyrkanter.",
        figure=measures(rows, own_name=view.case.name, peers_name=capitalise(view.label)),
        blocks=(fit(sentences),),
        table=_table(view, judged),
        kpis=tuple(item.kpi.id for item in judged),
        judged=tuple(item.to_data() for item in judged),
    )


def _measure_row(view: AreaView, item: Judgement) -> MeasureRow:
    peers, kpi = item.place.peers, item.kpi
    half = _half_width(view, item)
    lowest, highest = str(peers.index[-1]), str(peers.index[0])
    return MeasureRow(
        label=f"{kpi.label}{NBSP}({kpi.unit})" if kpi.unit not in ("", "index") else kpi.label,
        own=item.found.own,
        peers=tuple(float(value) for value in peers),
        riket=None if np.isnan(item.place.riket) else item.place.riket,
        low=None if half is None else max(item.found.own - half, 0.0),
        high=None if half is None else min(item.found.own + half, 100.0),
        decimals=kpi.decimals,
        under=(
            f"lägst {view.name(lowest)} {number(float(peers.iloc[-1]), kpi.decimals)}, högst {view.name(highest)} "
            f"{number(float(peers.iloc[0]), kpi.decimals)}"
        ),
        lower_is_better=kpi.better is Better.LOWER,
    )


def _half_width(view: AreaView, item: Judgement) -> float | None:
    """Return half of the 95 % interval of a share of persons asked; None of anything else."""
    if not item.kpi.is_share:
        return None
    persons = view.persons(item.kpi, item.year)
    if np.isnan(persons):
        return None
    return float(_Z95 * wilson_sd(np.array([item.found.own]), np.array([persons]))[0])


def _in_the_middle(item: Judgement) -> str:
    return f", mot {told(item.kpi, item.found.comparator)} i gruppens mitt"


def _beside_riket(items: Sequence[Judgement]) -> str:
    def is_better(item: Judgement) -> bool:
        difference = item.found.own - item.place.riket
        return bool(difference < 0) if item.kpi.better is Better.LOWER else bool(difference > 0)

    better = sum(is_better(item) for item in items)
    of = cardinal(len(items))
    if better == len(items):
        return f"Alla {of} mått är bättre än i riket."
    if better == 0:
        return f"Inget av {of} mått är bättre än i riket."
    return f"{capitalise(cardinal(better))} av {of} mått är bättre än i riket."


def _answers(view: AreaView, item: Judgement) -> str:
    persons = view.persons(item.kpi, item.year)
    if np.isnan(persons) or not item.kpi.is_share:
        return ""
    return f"Bakom det första måttet står {plain(persons)} personer."


def _quality_title(view: AreaView, judged: Sequence[Judgement], what: str) -> str:
    worse = [item for item in judged if item.is_worse and item.certainty is not Certainty.UNCLEAR]
    finer = [item for item in judged if not item.is_worse and item.certainty is not Certainty.UNCLEAR]
    sure = any(item.certainty is Certainty.SURE for item in worse)
    of = len(judged)
    if worse:
        likely = "" if sure else "troligen "
        if of == 1:
            return f"{capitalise(named(worse[0].kpi))} är {likely}sämre än i {view.label}"
        return f"{what}: {cardinal(len(worse))} av {cardinal(of)} mått är {likely}sämre än i {view.label}"
    if finer:
        likely = "" if any(item.certainty is Certainty.SURE for item in finer) else "troligen "
        if of == 1:
            return f"{capitalise(named(finer[0].kpi))} är {likely}bättre än i {view.label}"
        return f"{what}: {cardinal(len(finer))} av {cardinal(of)} mått är {likely}bättre än i {view.label}"
    return f"{what}: inget mått går att skilja från {view.definite}"


def _table(view: AreaView, judged: Sequence[Judgement]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            item.kpi.label,
            item.kpi.unit,
            item.year,
            item.found.own,
            item.found.comparator,
            None if np.isnan(item.place.riket) else item.place.riket,
            item.better_peers,
            len(item.place.peers),
            CERTAINTY_WORDS[item.certainty],
        )
        for item in judged
    ]
    return Table(
        caption=f"Kvalitetsmått i {view.case.name} och {view.label}",
        columns=(
            Column("matt", "Mått"),
            Column("enhet", "Enhet"),
            Column("ar", "År", kind="year"),
            Column("egen", view.case.name, kind="number"),
            Column("mitten", "Gruppens mitt", kind="number"),
            Column("riket", "Riket", kind="number", may_lack=True),
            Column("battre", "Så många i gruppen är bättre", kind="number", decimals=0),
            Column("av", "Av", kind="number", decimals=0),
            Column("sakert", "Skillnaden mot mitten"),
        ),
        rows=tuple(rows),
        row_decimals=tuple(item.kpi.decimals for item in judged),
    )


# --- one measure ------------------------------------------------------------------------


def level(view: AreaView, choice: FindingChoice) -> Exhibit | None:
    """Show one figure among the peers by name."""
    if not choice.kpis:
        return None
    judged = view.judge(choice.kpis[0])
    if judged is None:
        return None
    kpi, shown = judged.kpi, years_shown(view, judged.kpi)
    riket = "" if np.isnan(judged.place.riket) else f" I riket var det {told(kpi, judged.place.riket)}."
    sentences = [
        f"{says_in(kpi, judged.found.own, judged.year)}.{riket}",
        _fewer_persons(view, judged, choice),
        country_sentence(judged.place),
        level_certainty(judged),
        choice.note,
    ]
    return Exhibit(
        id=choice.id,
        title=f"{capitalise(named(kpi))} är {better_than(judged, view.label)}",
        subtitle=measured(kpi, shown),
        source=Source.OWN,
        alt=f"Prickar för {view.case.name} och {view.definite}, en för varje år: {kpi.label.lower()}.",
        figure=peers_chart(view, kpi, shown),
        blocks=(fit(sentences),),
        table=peers_table(view, kpi, shown),
        kpis=(kpi.id,),
        judged=(judged.to_data(),),
    )


def level_certainty(judged: Judgement) -> str:
    """Say how sure a figure's difference from the peers' middle is; empty where nothing can be judged."""
    if not judged.found.is_judged:
        return ""
    if judged.certainty is Certainty.SURE:
        return "Skillnaden mot gruppens mitt är säker."
    if judged.certainty is Certainty.LIKELY:
        return "Skillnaden mot gruppens mitt är troligen ingen tillfällighet."
    return "Mot gruppens mitt går skillnaden inte att skilja från hur måttet brukar variera mellan åren."


def _fewer_persons(view: AreaView, judged: Judgement, choice: FindingChoice) -> str:
    """Say how many persons the difference to the peers' middle is, where that is known and at least one."""
    kpi = judged.kpi
    if kpi.unit != "%" or not judged.is_worse:
        return ""
    persons = view.persons(kpi, judged.year)
    if choice.persons is not None:
        panel = view.case.panel(choice.persons)
        if judged.year in panel.columns and view.case.municipality in panel.index:
            persons = value_at(panel, view.case.municipality, judged.year)
    count = abs(judged.found.in_unit) / 100.0 * persons
    if np.isnan(count) or count < 1:
        return ""
    return f"Skillnaden mot gruppens mitt motsvarar omkring {plain(round(count))} personer."


# --- against a model --------------------------------------------------------------------


def model(view: AreaView, choice: FindingChoice) -> Exhibit | None:
    """Show results against what the pupils' or users' background leads one to expect, over five years."""
    if not choice.kpis:
        return None
    kpi = view.kpi(choice.kpis[0])
    latest = view.case.latest(kpi.id)
    if latest is None:
        return None
    panel = view.case.shown(kpi.id)
    own = row(panel, view.case.municipality).dropna()
    shown = [int(year) for year in own.index if latest[0] - MODEL_YEARS < int(year) <= latest[0]]
    values = country(panel)[shown]
    if len(shown) < 3 or (values.notna().sum() < FEWEST_OF_COUNTRY).any():
        return None
    low, high = values.quantile(0.25), values.quantile(0.75)
    under = [year for year in shown if own[year] < low[year]]
    over = [year for year in shown if own[year] > high[year]]
    what = capitalise(named(kpi))
    of = cardinal(len(shown))
    if 2 * len(under) > len(shown):
        title = f"Resultaten är bland landets svagaste fjärdedel {cardinal(len(under))} år av {of}"
    elif 2 * len(over) > len(shown):
        title = f"Resultaten är bland landets bästa fjärdedel {cardinal(len(over))} år av {of}"
    else:
        title = "Resultaten är ungefär som väntat med hänsyn till bakgrunden"
    peers = panel.reindex(list(view.members))[shown].mean(axis=1).dropna()
    mean = float(own[shown].mean())
    lower = int((peers < mean).sum())
    sentences = [
        f"{what} var {_signed(own[latest[0]], kpi)} {latest[0]}, och i medeltal för {of} år {_side(mean)}.",
        f"Av landets kommuner låg hälften mellan {_side(low[latest[0]])} och {_side(high[latest[0]])} {latest[0]}.",
        "" if len(peers) < 3 else _peers_over_years(lower, len(peers), view.label),
        choice.note or "Ett enskilt år är en enda årskull och säger lite; flera år säger mer.",
    ]
    band = Band(
        "Hälften av kommunerna",
        {year: float(low[year]) for year in shown},
        {year: float(high[year]) for year in shown},
    )
    return Exhibit(
        id=choice.id,
        title=title,
        subtitle=measured(kpi, shown),
        source=Source.OWN,
        alt=f"En linje för {view.case.name} mot noll, som är det väntade, och ett fält för hälften av landets kommuner.",
        figure=trend(
            Trend(
                lines=(Line(view.case.name, {year: float(own[year]) for year in shown}, "own"),),
                unit=unit_in_text(kpi.unit),
                decimals=kpi.decimals,
                band=band,
                reference=0.0,
                zero=True,
            )
        ),
        blocks=(fit(sentences),),
        table=peers_table(view, kpi, shown),
        kpis=(kpi.id,),
    )


def _signed(value: float, kpi: Kpi) -> str:
    if abs(value) < 0.05:
        return "som väntat"
    return f"{plain(abs(value))} {unit_in_text(kpi.unit)} {'över' if value > 0 else 'under'} det väntade"


def _side(value: float) -> str:
    return "noll" if abs(value) < 0.05 else f"{plain(abs(value))} {'över' if value > 0 else 'under'}"


def _peers_over_years(lower: int, known: int, label: str) -> str:
    if lower == 0:
        return f"Ingen av {cardinal(known)} {label} har ett lägre medelvärde över åren."
    if lower == known:
        return f"Alla {cardinal(known)} {label} har ett lägre medelvärde över åren."
    return f"{capitalise(cardinal(lower, common=True))} av {cardinal(known)} {label} har ett lägre medelvärde över åren."
