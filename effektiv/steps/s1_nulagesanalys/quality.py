"""Each quality figure against the peers and Riket."""

from __future__ import annotations

from collections.abc import Sequence

from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import quoted
from effektiv.exhibits.swedish import cardinal, is_missing, join, number, sentence
from effektiv.exhibits.words import value_in_text, year_text
from effektiv.steps import standing as rows
from effektiv.steps.base import AreaBase
from effektiv.steps.standing import Standing, Standings, held, quality_words
from effektiv.types import Better, Kpi

MOST_NAMED = 3
"""More figures than this are counted, not named."""


class QualityCase(Standings, AreaBase):
    """The area's quality figures now."""

    def quality(self) -> Exhibit:
        """Visa varje kvalitetsmått mot gruppen och riket."""
        figures = self.area.sections.quality
        standings = self.standings(figures, ranges=True)
        context, headline, flags = self.context, self.area.headline_quality, self.flags(*figures)
        title = "Kvaliteten jämfört med gruppen och riket"
        figure = rows.draw(context, standings)
        if figure is None:
            return nothing("kvalitet", title, f"Frysningen saknar kvalitetsmått för {context.name}.")
        finding = quality_finding(context, standings, headline)
        return Exhibit(
            id="kvalitet",
            title=title,
            source=Source.OWN,
            figure=figure,
            alt=(
                f"En rad för varje kvalitetsmått, med {context.name}, "
                f"{context.peers.definite} och riket. {finding}"
            ),
            finding=finding,
            table=rows.table(
                context,
                f"Kvalitet i {context.name}, {context.peers.definite} och riket",
                standings,
                lambda item: quality_words(item.kpi, item.size),
                counted=self.area.counted_words,
            ),
            how_to_read=(
                "Varje rad har sin egen skala. Strecket genom cirkeln är osäkerheten: ett 95-procentigt intervall där "
                f"antalet {self.area.counted_words} är känt, annars lägsta och högsta värdet de tre senaste åren."
            ),
            notes=_range_notes(standings),
            flags=flags,
        )


def _range_notes(standings: Sequence[Standing]) -> str:
    published = [item.kpi for item in standings if _rests_on(item) is rows.Uncertainty.PUBLISHED]
    without = [item.kpi for item in standings if item.range is None and not is_missing(item.own)]
    parts = []
    if published:
        parts.append(f"Koladas egen felmarginal används för {quoted(published)}.")
    if without:
        parts.append(f"Osäkerheten är okänd för {quoted(without)}.")
    lacking = rows.without_value(standings)
    return " ".join([*parts, lacking]).strip()


def _rests_on(item: Standing) -> rows.Uncertainty | None:
    return None if item.range is None else item.range.rests_on


def quality_finding(context: Context, standings: Sequence[Standing], headline: str) -> str:
    """Say where the headline figure stands, and name those that are clearly worse and better."""
    compared = [item for item in standings if item.comparison is not None]
    if not compared:
        return f"Kvaliteten i {context.name} kan inte jämföras med {context.peers.definite}: värden saknas."
    first = next((item for item in compared if item.kpi.id == headline), None)
    lead = f"{context.kpis[headline].label} kan inte jämföras: värde saknas."
    parts = [lead if first is None else _headline(context, first)]
    judged = [item for item in compared if item.kpi.better is not Better.NEITHER]
    worse = [item for item in judged if item.is_clear and not _is_better(item)]
    better = [item for item in judged if item.is_clear and _is_better(item)]
    parts.append(_counted(len(judged), worse, better))
    return sentence(parts)


def _headline(context: Context, item: Standing) -> str:
    found, kpi = item.comparison, item.kpi
    assert found is not None  # only compared figures are passed on
    when = year_text(context, kpi, found.year)
    how_long = held(item)
    size = quality_words(kpi, item.size) if item.size is not None else "svårt att jämföra"
    joined = "som" if item.size is not None and item.size.sign == 0 else "än"
    against = f"{context.peers.median} ({number(found.median, kpi.decimals)})"
    level = f"{kpi.label} var {value_in_text(kpi, found.own)} {when}"
    if item.size is None:
        return f"{level}; det går inte att bedöma mot {against}."
    side = "" if not how_long or item.size.sign == 0 else (
        f" {'Över' if found.difference > 0 else 'Under'} medianen {how_long}."
    )  # fmt: skip
    return f"{level}, {size} {joined} {against}.{side}{_interval(item)}"


def _interval(item: Standing) -> str:
    known = item.range
    if known is None:
        return ""
    low, high = number(known.low, item.kpi.decimals), number(known.high, item.kpi.decimals)
    if known.rests_on is rows.Uncertainty.YEARS:
        return f" De tre senaste åren låg det mellan {low} och {high}."
    return f" Osäkerheten är {low}–{high}."


def _is_better(item: Standing) -> bool:
    size = item.size
    return size is not None and (size.sign > 0) == (item.kpi.better is Better.HIGHER)


def _counted(total: int, worse: Sequence[Standing], better: Sequence[Standing]) -> str:
    if total < 2:
        return ""
    if not worse and not better:
        return f"Inget av {cardinal(total)} mått skiljer sig tydligt från gruppens median."
    parts = []
    if worse:
        parts.append(f"tydligt sämre på {listed([item.kpi for item in worse])}")
    if better:
        parts.append(f"tydligt bättre på {listed([item.kpi for item in better])}")
    return f"Av {cardinal(total)} mått är kommunen {join(parts)}."


def listed(kpis: Sequence[Kpi]) -> str:
    """Count figures, and name them when they are few."""
    if len(kpis) > MOST_NAMED:
        return cardinal(len(kpis))
    return f"{cardinal(len(kpis))} ({quoted(kpis)})"
