"""Finding on the log of tests: what was believed, what it became, and how many could teach something."""

from __future__ import annotations

import math

from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.swedish import capitalise, cardinal
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s4_forbattringsarbete.pdsa import Cycle, fidelity
from effektiv.steps.s4_forbattringsarbete.view import FollowUpView
from effektiv.steps.s4_forbattringsarbete.words import decimals_for
from effektiv.steps.wording import fit

MOST_SHOWN = 6


def trials_finding(view: FollowUpView) -> Exhibit | None:
    """Show the latest tests; None where none is written."""
    if not view.cycles:
        return None
    shown = view.cycles[-MOST_SHOWN:]
    return Exhibit(
        id="provningar",
        title=_title(view),
        subtitle="Mål, förutsägelse och utfall i indikatorns enhet",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(fit(_sentences(view)),),
        table=trials_table(shown, "Prövningarna i liten skala, de senaste"),
    )


def _title(view: FollowUpView) -> str:
    found = fidelity(view.cycles)
    if found.cycles == 1:
        return f"En prövning är gjord, {'med' if found.predicted else 'utan'} förutsägelse före data"
    return (
        f"{capitalise(cardinal(found.predicted, common=True))} av {cardinal(found.cycles, common=True)} prövningar hade en "
        "förutsägelse före data"
    )


def _sentences(view: FollowUpView) -> list[str]:
    found = fidelity(view.cycles)
    of = cardinal(found.cycles)
    right = [item for item in view.cycles if item.predicted is not None and item.value is not None]
    said = [f"{capitalise(cardinal(found.numeric, common=True))} av {of} hade ett mål i tal."]
    said.append(
        f"{capitalise(cardinal(found.locked, common=True))} av förutsägelserna var låsta innan data kom."
        if found.locked
        else "Ingen förutsägelse var låst innan data kom, så ingen kan visa att den inte har ändrats."
    )
    learnt = next((item.text("learnt") for item in reversed(view.cycles) if item.text("learnt")), "")
    if right and learnt:
        said.append(f"Senast lärde vi oss: {learnt if learnt.endswith('.') else f'{learnt}.'}")
    return said


def trials_table(cycles: tuple[Cycle, ...], caption: str) -> Table:
    """Return some tests as a table."""
    rows: list[tuple[Value, ...]] = []
    for item in cycles:
        if not item.has_prediction:
            before = "nej"
        elif item.is_locked_before:
            before = "ja, låst"
        else:
            before = "ja" if item.is_predicted_before else "nej, skriven efter data"
        rows.append(
            (
                f"{item.id} {item.question}",
                item.aim,
                item.predicted,
                item.value,
                before,
                item.decision,
                item.follows,
            )
        )
    return Table(
        caption=caption,
        columns=(
            Column("provning", "Prövning"),
            Column("mal", "Mål", kind="number", may_lack=True),
            Column("forutsagt", "Förutsagt", kind="number", may_lack=True),
            Column("utfall", "Utfall", kind="number", may_lack=True),
            Column("fore", "Förutsägelse före data"),
            Column("beslut", "Beslut"),
            Column("foljer", "Följer på"),
        ),
        rows=tuple(rows),
        row_decimals=tuple(
            decimals_for(
                [math.nan if value is None else value for value in (item.aim, item.predicted, item.value)]
            )
            for item in cycles
        ),
    )
