"""What the municipality has to work with: its structure against the peers and Riket."""

from __future__ import annotations

from collections.abc import Sequence

from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import amount, cardinal, is_missing, join, number, sentence
from effektiv.exhibits.words import named
from effektiv.steps import standing as rows
from effektiv.steps.standing import (
    Standing,
    Standings,
    by_distance,
    chart_label,
    has_common_scale,
    held,
    level_words,
    usual_year,
)
from effektiv.types import FocusArea

MOST_NAMED = 3
"""Figures named in the finding; the others are counted."""


class ConditionsCase(Standings):
    """Structure, of a focus area or of the overview."""

    def conditions(self) -> Exhibit:
        """Visa kommunens förutsättningar mot gruppen och riket."""
        area = self._opened.area
        figures = area.sections.conditions if isinstance(area, FocusArea) else area.conditions
        context, standings, flags = self.context, self.standings(figures), self.flags(*figures)
        title = "Förutsättningar jämfört med gruppen och riket"
        ordered = by_distance(standings)
        if all(is_missing(item.own) for item in ordered):
            return nothing(
                "forutsattningar",
                title,
                f"Frysningen saknar uppgifter om förutsättningar för {context.name}.",
            )
        compared = [item for item in ordered if item.comparison is not None]
        finding = conditions_finding(context, ordered)
        return Exhibit(
            id="forutsattningar",
            title=title,
            source=Source.OWN,
            figure=bars(_distances(compared)) if compared else None,
            alt=f"En stapel för varje förutsättning, från gruppens median. {finding}" if compared else None,
            finding=finding,
            table=rows.table(
                context,
                f"Förutsättningar i {context.name}, {context.peers.definite} och riket",
                ordered,
                level_words,
            ),
            how_to_read=(
                f"Noll är {context.peers.median}. Staplarna är mätta i den vanliga spridningen mellan landets "
                "kommuner, så att mått med olika enheter går att jämföra. Det tunna strecket är osäkerheten. Siffrorna är "
                "kommunens värde och gruppens median."
                if compared
                else ""
            ),
            notes=" ".join(
                [
                    "En förutsättning är varken bra eller dålig. Figuren visar hur kommunen skiljer sig från gruppen, inte "
                    "vad det betyder för kostnad och kvalitet.",
                    rows.without_value(ordered),
                ]
            ).strip(),
            flags=flags,
        )


def _distances(compared: Sequence[Standing]) -> Bars:
    """Draw the differences to the peers' median in robust SDs between municipalities."""
    usual = usual_year(compared)
    return Bars(
        rows=tuple(_distance(item, usual) for item in compared),
        unit="spridning mellan kommuner",
        left_text="Lägre än gruppen",
        right_text="Högre än gruppen",
        ordered=False,
    )


def _distance(item: Standing, usual: int) -> BarRow:
    kpi, found = item.kpi, item.comparison
    assert found is not None  # only compared figures are drawn
    noise = 1.96 * found.noise / item.spread if item.spread > 0 else float("nan")
    known = not is_missing(noise)
    beside = "" if is_missing(item.riket) or not has_common_scale(kpi) else (
        f", riket {number(item.riket, kpi.decimals)}"
    )  # fmt: skip
    return BarRow(
        label=chart_label(item, usual),
        value=item.distance,
        low=item.distance - noise if known else None,
        high=item.distance + noise if known else None,
        text=f"{number(found.own, kpi.decimals)} mot {number(found.median, kpi.decimals)}",
        under=f"{kpi.unit}{beside}",
    )


def conditions_finding(context: Context, ordered: Sequence[Standing]) -> str:
    """Name the figures that differ clearly, two or three at most, with values and how long it has held."""
    compared = [item for item in ordered if item.comparison is not None]
    if not compared:
        return f"{context.name} kan inte jämföras med {context.peers.definite}: värden saknas."
    clear = [item for item in compared if item.is_clear]
    against = f"{context.peers.median}"
    total = cardinal(len(compared), common=True)
    if not clear:
        anywhere = "det enda måttet" if len(compared) == 1 else f"något av {cardinal(len(compared))} mått"
        return sentence(
            [
                f"{context.name} skiljer sig inte tydligt från {against} i {anywhere}.",
                f"Störst är skillnaden i {_values(compared[0])}.",
            ]
        )
    noun = "förutsättning" if len(compared) == 1 else "förutsättningar"
    named = join(_values(item) for item in clear[:MOST_NAMED])
    return sentence(
        [
            f"{context.name} skiljer sig tydligt från {against} i {cardinal(len(clear), common=True)} av {total} {noun}.",
            f"Det gäller {named}." if len(clear) <= MOST_NAMED else f"Mest skiljer {named}.",
        ]
    )


def _values(item: Standing) -> str:
    """Write a figure with year, own value, the median, direction and years held."""
    kpi, found = item.kpi, item.comparison
    if found is None:
        return named(kpi)
    direction = "" if found.difference == 0 else ("högre" if found.difference > 0 else "lägre")
    numbers = f"{number(found.own, kpi.decimals)} mot {amount(found.median, kpi.unit, kpi.decimals)}"
    how = " ".join(part for part in (direction, held(item)) if part)
    return f"{named(kpi)} ({item.year}: {numbers}{', ' if how else ''}{how})"
