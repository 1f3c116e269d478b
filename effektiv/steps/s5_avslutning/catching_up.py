"""Catching up or the frontier: whether the distance to those that get the most changed, or they moved. Described, not judged.

How often such a difference is chance is not measured, so no word of certainty is used of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import years as year_words
from effektiv.exhibits.table import Column, Table
from effektiv.national import National
from effektiv.steps.frontiers import measured
from effektiv.steps.s5_avslutning.national import MOVED
from effektiv.steps.wording import fit
from effektiv.types import FocusArea

ID = "ikapp-de-basta"
FEWEST = 3
"""Fewer peers than this have no middle."""

LEAST = 1.0
"""A smaller change than this, in per cent, is not divided on the page."""

SMALL = 0.05
"""A change that rounds to nothing is none."""


@dataclass(frozen=True)
class CatchingUp:
    """How a municipality's productivity moved, in two parts that add up: its distance to the best, and the best's own move.

    Natural logarithms in per cent, positive is better: (distance, the best's move, both together).

    Attributes
    ----------
    before, after
        The years on either side that are means.
    own, peers, country
        The municipality; the middle one of the peers and of the country in each part; NaN where too few have one.
    kpis
        Cost and outcomes.
    service
        What it is of where that is more than the focus area; else empty.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    own: tuple[float, float, float]
    peers: tuple[float, float, float]
    country: tuple[float, float, float]
    kpis: tuple[str, ...]
    service: str = ""


def catching_up(
    national: National, area: FocusArea, municipality: str, members: Sequence[str], start: int
) -> CatchingUp | None:
    """Return how a municipality moved beside the best; None where it or the years cannot be compared.

    Parameters
    ----------
    national
        Where everybody's moves are kept.
    area
        The focus area; one that is a part of a service is seen in the service.
    municipality, members
        Codes of the own municipality and the peers.
    start
        First year in which the work can have had an effect.
    """
    about = measured(national, area)
    if about is None:
        return None
    kpis = (about.cost, *about.quality)
    manifest, catalogue = national.snapshot.manifest, national.catalogue
    last = max(manifest.years)
    if manifest.preliminary_year is not None and any(
        catalogue.kpis[kpi].preliminary_until_final for kpi in kpis
    ):
        last = min(last, manifest.preliminary_year - 1)
    found = national.result(MOVED, area, start, last)
    if found is None or municipality not in found.frame.index:
        return None
    logs = found.frame[["effch", "techch", "tfpch"]].map(np.log) * 100.0
    service = ""
    if area.part:
        service = next(item.in_text for item in catalogue.overview.services if item.id == area.service)
    return CatchingUp(
        found.before,
        found.after,
        _three(logs.loc[[municipality]], 1),
        _three(logs.reindex(list(members)).dropna(), FEWEST),
        _three(logs, FEWEST),
        kpis,
        service,
    )


def _three(rows: pd.DataFrame, fewest: int) -> tuple[float, float, float]:
    """Return the middle of each part."""
    if len(rows) < fewest:
        return float("nan"), float("nan"), float("nan")
    distance, front, both = (float(rows[key].median()) for key in ("effch", "techch", "tfpch"))
    return distance, front, both


def sentence(found: CatchingUp) -> str:
    """Say how the distance to the best changed, how they moved, and which of them is the most of it.

    Examples
    --------
    >>> parts = (4.1, -0.6, 3.5)
    >>> found = CatchingUp((2024, 2025), (2027, 2028), parts, parts, parts, ("N15001",))
    >>> sentence(found).split(", så ")[1]
    'det mesta är det ändrade avståndet.'
    """
    distance, front, _ = found.own
    where = f" i hela {found.service}" if found.service else ""
    way = "minskade" if distance > 0 else "ökade"
    moved = (
        f"{way} avståndet {plain(abs(distance))} procent"
        if abs(distance) >= SMALL
        else "var avståndet oförändrat"
    )
    more = "mer" if front > 0 else "mindre"
    best = f"fick ut {plain(abs(front))} procent {more}" if abs(front) >= SMALL else "stod stilla"
    if max(abs(distance), abs(front)) < SMALL:
        most = ""
    elif abs(front) > abs(distance):
        most = ", så det mesta är de bästas egen flytt"
    else:
        most = ", så det mesta är det ändrade avståndet"
    return f"Beskrivet, inte prövat: mot de kommuner som får ut mest för pengarna{where} {moved}, och de själva {best}{most}."


def beside_the_best(
    findings: Sequence[Exhibit | None], found: CatchingUp | None, total: float | None
) -> list[Exhibit]:
    """Return the findings that there are, with the sentence in the one on efficiency, else before and after.

    Only where there is a change to divide, and it goes the way of the change in efficiency against Riket: who lies low in
    outcomes is held mostly to its cost, and two figures that seem to say opposite things would need the table's words.

    Parameters
    ----------
    findings
        The report's; None where there is none.
    found
        The two parts; None where they are not known.
    total
        Change in efficiency against Riket, natural logarithm; None where it is not told.
    """
    shown = [item for item in findings if item is not None]
    if found is None or abs(found.own[2]) < LEAST or (total is not None and total * found.own[2] < 0):
        return shown
    told = sentence(found)
    for home in ("effektivitet", "fore-och-efter"):
        for at, item in enumerate(shown):
            if item.id == home:
                texts = [block for block in item.blocks if isinstance(block, str)]
                rest = tuple(block for block in item.blocks if not isinstance(block, str))
                shown[at] = replace(item, blocks=(fit([*texts, told]), *rest))
                return shown
    return shown


def moves_shown(found: CatchingUp | None, name: str) -> Exhibit:
    """Show the two parts for the municipality, the peers' middle and the country's."""
    title = "Avståndet till de bästa, och de bästas egen flytt"
    if found is None:
        return nothing(
            ID, title, "Det krävs kostnad och kvalitet i två jämförbara år på var sida om starten.", flags=()
        )
    heads = (
        ("egen", name, found.own),
        ("grupp", "Gruppens mitt", found.peers),
        ("landet", "Landets mitt", found.country),
    )
    labels = ("Närmare de bästa", "De bästas egen flytt", "Tillsammans")
    return Exhibit(
        id=ID,
        title=title,
        subtitle=f"Ändring i logaritmisk procent, medel av {year_words(found.after)} mot {year_words(found.before)}",
        source=Source.OWN,
        alt=None,
        how_to_read=(
            "De bästa är de kommuner som har minst kostnad för samma eller bättre resultat. Kostnaden är mätt mot det "
            "väntade i landet varje år, så deras flytt är mot landet. Den som ligger lågt i resultat jämförs mest på "
            "kostnaden. Plus är bättre. Egna delar går jämnt upp, mitten räknas rad för rad. Talen beskriver; hur ofta de är "
            "slump är inte mätt."
        ),
        table=Table(
            caption=f"{name}: Malmquists index i två delar"
            + (f", hela {found.service}" if found.service else ""),
            columns=(
                Column("del", "Del"),
                *(
                    Column(key, label, kind="number", unit="%", decimals=1, signed=True, may_lack=True)
                    for key, label, _ in heads
                ),
            ),
            rows=tuple(
                (label, *(None if np.isnan(part[at]) else part[at] for _, _, part in heads))
                for at, label in enumerate(labels)
            ),
            own_rows=frozenset({2}),
        ),
        kpis=found.kpis,
    )
