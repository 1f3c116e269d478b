"""Finding on what stands beside the drivers: what others may do differently."""

from __future__ import annotations

from effektiv.analysis.certainty import Certainty
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import of_peers
from effektiv.exhibits.swedish import capitalise, cardinal, years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named, named_first
from effektiv.steps.judging import Judgement
from effektiv.steps.s2_orsaksanalys.questions import relative
from effektiv.steps.s2_orsaksanalys.view import PEERS_SHARE, CauseView
from effektiv.steps.wording import CERTAINTY_WORDS, fit, told
from effektiv.types import Beside

ID = "bredvid"


def judged_beside(view: CauseView) -> list[tuple[Beside, Judgement]]:
    """Return the figures beside the drivers, against the peers' middle."""
    return [
        (item, judged)
        for item in view.causes.beside
        if (judged := view.judge(item.kpi)) is not None and judged.found.is_judged
    ]


def standing_out(view: CauseView) -> list[tuple[Beside, Judgement]]:
    """Return those that can be told from the peers' middle, with most of the peers on the other side."""
    return [
        (item, judged)
        for item, judged in judged_beside(view)
        if judged.certainty is not Certainty.UNCLEAR
        and _beyond(judged) >= PEERS_SHARE * len(judged.place.peers)
    ]


def _beyond(judged: Judgement) -> int:
    return judged.place.higher_than if judged.is_higher else judged.place.lower_than


def beside_sentence(view: CauseView, judged: Judgement) -> str:
    """Say how a figure differs from the peers: "Andelen ... är högre än i sex av sju liknande kommuner: 9 mot 7"."""
    likely = "troligen " if judged.certainty is Certainty.LIKELY else ""
    side = "högre" if judged.is_higher else "lägre"
    where = of_peers(_beyond(judged), len(judged.place.peers), view.label)
    own, other = told(judged.kpi, judged.found.own), told(judged.kpi, judged.found.comparator)
    return f"{named_first(judged.kpi)} är {likely}{side} än i {where}: {own}, mot {other} i mitten."


def beside(view: CauseView) -> Exhibit | None:
    """Show what stands beside the drivers; None where nothing there can be told from the peers."""
    every, found = judged_beside(view), standing_out(view)
    if not found:
        return None
    first = found[0][1]
    likely = "troligen " if first.certainty is Certainty.LIKELY else ""
    side = "högre" if first.is_higher else "lägre"
    rest = len(every) - len(found)
    shown = years(sorted({judged.year for _, judged in every}))
    sentences = [
        *(beside_sentence(view, judged) for _, judged in found[:2]),
        "Om det hänger ihop med kostnaden syns inte här.",
    ]
    if rest:
        which = "Ett annat mått" if rest == 1 else f"{capitalise(cardinal(rest))} andra mått"
        sentences.append(f"{which} går inte att skilja från gruppens mitt.")
    return Exhibit(
        id=ID,
        title=f"{named_first(first.kpi)} är {likely}{side} än i {view.label}",
        subtitle=f"Mått bredvid kostnaden, skillnad mot gruppens mitt i procent, {shown}",
        source=Source.OWN,
        alt="En stapel för varje mått: hur många procent kommunen skiljer sig från gruppens mitt.",
        figure=relative([(judged.kpi.label, judged) for _, judged in every]),
        blocks=(fit(sentences),),
        table=beside_table(view, every),
        kpis=tuple(judged.kpi.id for _, judged in every),
        judged=tuple(judged.to_data() for _, judged in every),
    )


def beside_table(view: CauseView, every: list[tuple[Beside, Judgement]]) -> Table:
    """Return the figures beside the drivers, and what to ask about each."""
    rows: list[tuple[Value, ...]] = [
        (
            named(judged.kpi),
            judged.kpi.unit,
            judged.year,
            judged.found.own,
            judged.found.comparator,
            CERTAINTY_WORDS[judged.certainty],
            item.ask,
        )
        for item, judged in every
    ]
    return Table(
        caption=f"Mått bredvid kostnaden i {view.case.name} och {view.label}",
        columns=(
            Column("matt", "Mått"),
            Column("enhet", "Enhet"),
            Column("ar", "År", kind="year"),
            Column("egen", view.case.name, kind="number"),
            Column("mitten", "Gruppens mitt", kind="number"),
            Column("sakert", "Skillnaden"),
            Column("fraga", "Att fråga"),
        ),
        rows=tuple(rows),
        row_decimals=tuple(judged.kpi.decimals for _, judged in every),
    )
