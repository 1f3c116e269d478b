"""Finding on what a cost consists of: which drivers the difference lies in, exactly, in mnkr."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.drivers import REST, DriverSplit
from effektiv.exhibits.charts import Part, Split, split
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import of_peers, plain, plain_amount
from effektiv.exhibits.swedish import capitalise, join, years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.judging import NATION, Judgement
from effektiv.steps.s2_orsaksanalys.view import CauseView, DrivenCost, Driver
from effektiv.steps.wording import CERTAINTY_WORDS, beside, fit, kronor, money, more_or_less
from effektiv.types import RIKET

PAIR = 0.6
"""A second driver of at least this share of the first stands beside it: which of them is the larger can change."""

APART = 0.4
"""Two drivers of opposite sign pull apart when the smaller is at least this share of the larger."""

ID = "drivkrafter"


def first_drivers(found: DrivenCost) -> tuple[Driver, ...]:
    """Return the driver that the difference lies most in, or the two that are about as large."""
    leading = found.leading
    if len(leading) > 1 and abs(leading[1].mnkr) >= PAIR * abs(leading[0].mnkr):
        return leading[:2]
    return leading[:1]


def cause_title(view: CauseView) -> str:
    """Return what the report finds: which drivers the difference lies in, or that none can be told."""
    found, name = view.driven, view.drivers.in_text
    if found is None:
        return f"För lite är känt om vad kostnaden för {name} består av"
    first = first_drivers(found)
    certainty = found.whole.certainty
    if certainty is Certainty.UNCLEAR:
        if not found.sure:
            return f"Ingen del av kostnaden för {name} går att skilja från {_others(view)}"
        told = join([item.told for item in found.sure[:2]])
        return f"Kostnaden för {name} går inte att skilja från {_others(view)}, men består av {told}"
    likely = "troligen " if certainty is Certainty.LIKELY else ""
    side = more_or_less(found.total)
    if not first:
        group = view.judge(view.drivers.total)
        if view.against == NATION and group is not None and group.certainty is Certainty.UNCLEAR:
            return f"{capitalise(name)} kostar {likely}{side} än i {view.than}, men går inte att skilja från {view.label}"
        return f"{capitalise(name)} kostar {likely}{side} än i {view.than}, men ingen enskild del sticker ut"
    where = join([item.words.in_text for item in first])
    also = "troligen " if not likely and any(item.certainty is Certainty.LIKELY for item in first) else ""
    return f"{capitalise(name)} kostar {likely}{side} än i {view.than}, {also}mest genom {where}"


def _others(view: CauseView) -> str:
    return "rikets" if view.against == NATION else f"{view.definite.removesuffix('na')}nas"


def whole_point(view: CauseView) -> str:
    """Say what the whole difference is in mnkr and kronor for each inhabitant; empty where it cannot be told."""
    found = view.driven
    if found is None or found.whole.certainty is Certainty.UNCLEAR or abs(found.total) < 0.1:
        return ""
    inhabitants = float(view.case.national.inhabitants(found.year).get(view.case.municipality, np.nan))
    share = "" if np.isnan(inhabitants) else f", {kronor(found.total * 1e6 / inhabitants)} per invånare"
    less = "mindre" if found.total > 0 else "mer"
    mean = " om året" if len(found.years) > 1 else ""
    text = (
        f"Med kostnaden i {view.than} skulle {view.drivers.in_text} kosta {money(found.total)} {less}{mean} "
        f"{years(list(found.years))}{share}."
    )
    if found.whole.certainty is Certainty.LIKELY:
        text += " Det är troligen mer än vad som brukar skilja mellan två år."
    return text


def driver_point(view: CauseView, driver: Driver) -> str:
    """Say what a driver is worth, its value beside the comparator's, for how long, and where among the peers."""
    judged = driver.judged
    assert judged is not None  # only drivers that can be told from none are told of
    sentences = [
        f"{capitalise(driver.told)}: {_likely(driver)}{money(driver.mnkr)} {more_or_less(driver.mnkr)}.",
        beside(driver.kpi, judged.found.own, judged.found.comparator, f"i {view.than}"),
        since(judged),
        among_peers(view, judged),
    ]
    return " ".join(item for item in sentences if item)


def since(judged: Judgement) -> str:
    """Say for how long a figure has been on the same side of the comparator; empty where nothing can be compared."""
    if not judged.before:
        return ""
    if judged.lasting:
        return f"Så har det varit sedan {min(judged.before)}."
    other = [year for year in judged.before if year not in judged.same_side]
    return f"{years(other)} var det tvärtom."


def among_peers(view: CauseView, judged: Judgement) -> str:
    """Say how many of the peers have a lower, or higher, value."""
    known = len(judged.place.peers)
    if known < 3:
        return ""
    if judged.is_higher:
        return f"Högre än i {of_peers(judged.place.higher_than, known, view.label)}."
    return f"Lägre än i {of_peers(judged.place.lower_than, known, view.label)}."


def drivers(view: CauseView) -> Exhibit | None:
    """Show which drivers a cost's difference lies in, the largest first."""
    found = view.driven
    if found is None:
        return None
    sentences = [
        whole_point(view),
        *(_says_what(item) for item in found.leading[:3]),
        *(_says_what(item) for item in found.opposing[:1]),
        apart(found),
        _rest(found),
        view.drivers.note,
    ]
    parts = [Part(capitalise(item.told), item.mnkr) for item in found.drivers]
    parts.append(Part("Övrigt", found.rest, residual=True))
    shown = [item for item in (found.whole, *(item.judged for item in found.drivers)) if item is not None]
    return Exhibit(
        id=ID,
        title=_title(view, found),
        subtitle=f"{view.drivers.label}, skillnad mot {view.than}, miljoner kronor om året, {years(list(found.years))}",
        source=Source.OWN,
        alt="En stapel för varje drivkrafts del av skillnaden, den största först, och en för hela skillnaden.",
        figure=split(
            Split(
                parts=tuple(parts),
                total_label="Hela skillnaden",
                total=found.total,
                unit="mnkr",
                decimals=1,
            )
        ),
        blocks=(fit(sentences),),
        table=_table(view, found),
        kpis=tuple(
            dict.fromkeys(
                (found.whole.kpi.id, *(item.kpi.id for item in found.drivers), view.drivers.persons)
            )
        ),
        judged=tuple(item.to_data() for item in shown),
    )


def _likely(driver: Driver) -> str:
    return "troligen " if driver.certainty is Certainty.LIKELY else ""


def _says_what(driver: Driver) -> str:
    side = "höjer" if driver.mnkr > 0 else "sänker"
    return f"{capitalise(driver.told)} {side} {_likely(driver)}kostnaden med {money(driver.mnkr)}."


def apart(found: DrivenCost) -> str:
    """Say that two factors pull apart so far that how one is counted should be checked; empty where none do."""
    if not found.leading or not found.opposing:
        return ""
    one, other = found.leading[0], found.opposing[0]
    if min(abs(one.mnkr), abs(other.mnkr)) < APART * max(abs(one.mnkr), abs(other.mnkr)):
        return ""
    return (
        f"{capitalise(one.words.in_text)} och {other.words.in_text} drar isär: "
        "kontrollera först att de räknas som i andra kommuner."
    )


def _title(view: CauseView, found: DrivenCost) -> str:
    """Say which driver has most of the whole difference, in other words than the report's title."""
    if found.leading and found.whole.certainty is not Certainty.UNCLEAR:
        first = found.leading[0]
        part, whole = plain(abs(first.mnkr)), money(found.total)
        if abs(first.mnkr) > abs(found.total):
            side, other = ("höjer", "sänker") if first.mnkr > 0 else ("sänker", "höjer")
            rest = (
                f", {found.opposing[0].told} {_likely(found.opposing[0])}{other} den"
                if found.opposing
                else ""
            )
            return f"{capitalise(first.told)} {side} {_likely(first)}kostnaden{rest}"
        return f"{capitalise(first.told)} är {_likely(first)}{part} av {whole} i skillnad mot {view.than}"
    if found.sure:
        return f"{capitalise(found.sure[0].told)} än i {view.than} och i {view.label}"
    return f"Inget av det som kostnaden består av sticker ut mot {view.label}"


def _rest(found: DrivenCost) -> str:
    every = sum(abs(item.mnkr) for item in found.drivers)
    if abs(found.rest) < 0.25 * every or abs(found.rest) < 0.1:
        return ""
    return f"{plain_amount(abs(found.rest), 'mnkr')} ligger i annat, som Kolada inte delar upp."


def _table(view: CauseView, found: DrivenCost) -> Table:
    columns = comparisons(view)
    rows: list[tuple[Value, ...]] = [
        (
            item.kpi.label,
            None if item.judged is None else item.judged.found.own,
            None if item.judged is None else item.judged.found.comparator,
            item.kpi.unit,
            *(_mnkr(split, item.kpi.id) for _, split in columns),
            "går inte att bedöma" if item.judged is None else CERTAINTY_WORDS[item.judged.certainty],
        )
        for item in found.drivers
    ]
    rows.append(("Övrigt", None, None, "", *(_mnkr(split, REST) for _, split in columns), ""))
    whole = found.whole
    rows.append(
        (
            whole.kpi.label, whole.found.own, whole.found.comparator, whole.kpi.unit,
            *(split.total / 1e6 for _, split in columns), CERTAINTY_WORDS[whole.certainty],
        )
    )  # fmt: skip
    return Table(
        caption=f"{view.drivers.label}: {view.case.name} mot andra, miljoner kronor om året",
        columns=(
            Column("drivkraft", "Drivkraft"),
            Column("egen", f"{view.case.name} {found.year}", kind="number", may_lack=True),
            Column("andra", capitalise(view.than), kind="number", may_lack=True),
            Column("enhet", "Enhet"),
            *(
                Column(
                    f"mot{at}",
                    f"Mot {label}",
                    kind="number",
                    unit="mnkr",
                    decimals=1,
                    signed=True,
                    may_lack=True,
                )
                for at, (label, _) in enumerate(columns)
            ),
            Column("sakert", f"Skillnaden mot {view.than}"),
        ),
        rows=tuple(rows),
        row_decimals=(*(item.kpi.decimals for item in found.drivers), 0, whole.kpi.decimals),
    )


def _mnkr(split: DriverSplit, key: str) -> float | None:
    return float(split.parts[key]) / 1e6 if key in split.parts.index else None


def comparisons(view: CauseView) -> Sequence[tuple[str, DriverSplit]]:
    """Return the divisions against Riket, the peers' mean and the role model, those that there are, with whom."""
    model = view.role_model
    found = [
        ("riket", view.split_against(RIKET)),
        (f"medel av {view.definite}", view.group_split),
        *([] if model is None else [(view.name(model), view.split_against(model))]),
    ]
    return [(label, split) for label, split in found if split is not None]
