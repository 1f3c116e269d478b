"""One figure: the own value, peers and Riket the same year, and how far it is from the peers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from effektiv.analysis.comparison import Comparison
from effektiv.analysis.panels import Panel, latest_year, published_years, value_at, values_in
from effektiv.analysis.sizes import Classified, Size
from effektiv.analysis.uncertainty import three_year_spread, wilson
from effektiv.exhibits.charts import SpreadRow, spreads
from effektiv.exhibits.context import Context
from effektiv.exhibits.series import quoted
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import NBSP, Mark, is_missing
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import held_text, size_text
from effektiv.steps.base import Case
from effektiv.types import RIKET, Better, Kpi

MANY_PEERS = 20
"""A larger group is drawn by its quartiles: hundreds of markers in a row hide each other."""


class Uncertainty(Enum):
    """What an interval around a municipality's own value rests on."""

    COUNT = "antal {counted}"
    PUBLISHED = "Koladas felmarginal"
    YEARS = "lägst och högst på tre år"


@dataclass(frozen=True)
class Range:
    """Interval around the own value, in the figure's unit."""

    low: float
    high: float
    rests_on: Uncertainty


@dataclass(frozen=True)
class Standing:
    """One figure: the municipality, its peers and Riket in one year.

    Attributes
    ----------
    kpi
        The figure.
    year
        The year of all values.
    own, riket
        Values; NaN where missing.
    peers
        Values of the peers that have one.
    comparison
        Own value against the peers' median; None when one of them is missing.
    spread
        Robust SD between the country's municipalities, the figure's unit.
    range
        Uncertainty of the own value, where it is wanted and known.
    mark
        Why the own value is missing.
    """

    kpi: Kpi
    year: int
    own: float
    peers: tuple[float, ...]
    riket: float
    comparison: Comparison | None
    spread: float
    range: Range | None = None
    mark: Mark = field(default=Mark.NOT_PUBLISHED)

    @property
    def distance(self) -> float:
        """Own value minus the peers' median in robust SDs between municipalities; 0 when unknown."""
        if self.comparison is None or not self.spread > 0:
            return 0.0
        return self.comparison.difference / self.spread

    @property
    def size(self) -> Classified | None:
        """Size and direction of the difference to the peers' median."""
        return None if self.comparison is None else self.comparison.size

    @property
    def is_clear(self) -> bool:
        """Whether the difference is clear by `effektiv.analysis.sizes`."""
        return self.size is not None and self.size.size is Size.CLEARLY


class Standings(Case):
    """Reads one figure at a time for exhibits that list several."""

    def standings(self, kpis: Iterable[str], *, ranges: bool = False) -> tuple[Standing, ...]:
        """Return where the municipality stands in each figure; a figure without any value is left out.

        Parameters
        ----------
        kpis
            Ids.
        ranges
            Also give the uncertainty of the own value.
        """
        found = (self._standing(kpi, ranges=ranges) for kpi in kpis)
        return tuple(item for item in found if item is not None)

    def _standing(self, kpi_id: str, *, ranges: bool) -> Standing | None:
        kpi, panel, comparison = self.kpi(kpi_id), self.panel(kpi_id), self.compare(kpi_id)
        year = comparison.year if comparison is not None else self._latest_shown(panel)
        if year is None:
            return None
        own = value_at(panel, self.municipality, year)
        peers = values_in(panel, self.peers.members, year)
        return Standing(
            kpi=kpi,
            year=year,
            own=own,
            peers=peers,
            riket=value_at(panel, RIKET, year),
            comparison=comparison,
            spread=self.national.yardstick(kpi_id).spread(year),
            range=self._range(kpi, panel, own, year) if ranges else None,
            mark=self._mark(kpi_id),
        )

    def _latest_shown(self, panel: Panel) -> int | None:
        """Return the year to show where no comparison can be made: the own latest, else the country's."""
        own = latest_year(panel, self.municipality)
        return own if own is not None else max(published_years(panel), default=None)

    def _mark(self, kpi_id: str) -> Mark:
        return self.mark(kpi_id) if kpi_id in self._statuses else Mark.NOT_PUBLISHED

    def _range(self, kpi: Kpi, panel: Panel, own: float, year: int) -> Range | None:
        """Return Kolada's own margin, else Wilson's interval of a share, else the spread of three years."""
        if np.isnan(own):
            return None
        if kpi.uncertainty is not None:
            margin = value_at(self.national.panel(kpi.uncertainty), self.municipality, year)
            if not np.isnan(margin):
                # A margin round a share near 0 or 100 per cent reaches past what a share can be.
                ends = np.clip([own - margin, own + margin], *_limits(kpi))
                return Range(float(ends[0]), float(ends[1]), Uncertainty.PUBLISHED)
        if kpi.is_share and kpi.denominator is not None:
            interval = wilson(own, value_at(self.national.panel(kpi.denominator), self.municipality, year))
            if interval is not None:
                return Range(interval.low, interval.high, Uncertainty.COUNT)
        spread = three_year_spread(panel, self.municipality, year, kpi.breaks)
        if spread is None or len(spread.years) < 2:
            return None
        return Range(spread.low, spread.high, Uncertainty.YEARS)


def _limits(kpi: Kpi) -> tuple[float, float]:
    return (0.0, 100.0) if kpi.unit == "%" else (-np.inf, np.inf)


def by_distance(standings: Sequence[Standing]) -> list[Standing]:
    """Sort by how much the municipality differs, most first; those that cannot be compared last."""
    return sorted(standings, key=lambda item: (item.comparison is None, -abs(item.distance)))


def level_words(standing: Standing) -> str:
    """Write the size as higher or lower."""
    return size_text(standing.size, "level")


def quality_words(kpi: Kpi, size: Classified | None) -> str:
    """Write a size as better or worse where a direction is known to be better, else as higher or lower."""
    if size is None or kpi.better is Better.NEITHER:
        return size_text(size, "level")
    turned = size if kpi.better is Better.HIGHER else Classified(size.size, -size.sign)
    return size_text(turned, "quality")


_NUMBER_AND_WORD = re.compile(r"(?<=\d) (?=år\b)|(?<=\båk) (?=\d)")


def unbroken(label: str) -> str:
    """Return a label for a chart with numbers kept on the line of their word: 5 år, åk 9."""
    return _NUMBER_AND_WORD.sub(NBSP, label)


def without_value(standings: Sequence[Standing]) -> str:
    """Say which figures the municipality has no value of; empty when it has all."""
    lacking = [item.kpi for item in standings if is_missing(item.own)]
    if not lacking:
        return ""
    return f"Kommunens värde saknas för {quoted(lacking)}, som därför bara finns i tabellen."


def draw(context: Context, standings: Sequence[Standing]) -> Figure | None:
    """Draw one row for each figure that the municipality has a value of; None when it has none.

    A figure of another year than most of them carries its year.
    """
    shown = [item for item in standings if not is_missing(item.own)]
    if not shown:
        return None
    usual = usual_year(shown)
    large = len(context.peers.members) > MANY_PEERS
    rows = [_spread_row(item, usual, large=large) for item in shown]
    label = context.peers.label
    peers_name = f"Kvartiler, {label}" if large else label[:1].upper() + label[1:]
    return spreads(rows, own_name=context.name, peers_name=peers_name)


def usual_year(standings: Sequence[Standing]) -> int:
    """Return the year that most of the figures are from, the latest of several."""
    counted = Counter(item.year for item in standings).most_common()
    return max(year for year, count in counted if count == counted[0][1])


def chart_label(item: Standing, usual: int) -> str:
    """Return a figure's label for a chart, with its year where that is not the usual one."""
    return unbroken(item.kpi.label if item.year == usual else f"{item.kpi.label} ({item.year})")


def _spread_row(item: Standing, usual_year: int, *, large: bool) -> SpreadRow:
    kpi, found = item.kpi, item.comparison
    peers = item.peers
    if large:
        peers = () if found is None else (found.low, found.median, found.high)
    return SpreadRow(
        label=chart_label(item, usual_year),
        own=_known(item.own),
        peers=peers,
        unit=kpi.unit,
        decimals=kpi.decimals,
        riket=_known(item.riket) if has_common_scale(kpi) else None,
        low=None if item.range is None else item.range.low,
        high=None if item.range is None else item.range.high,
        better=kpi.better,
        mark=item.mark,
    )


def has_common_scale(kpi: Kpi) -> bool:
    """Whether Riket can stand on the same scale: a number of persons in the whole country cannot."""
    return kpi.unit != "antal"


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def table(
    context: Context,
    caption: str,
    standings: Sequence[Standing],
    words: Callable[[Standing], str],
    *,
    counted: str = "",
) -> Table:
    """List the figures with own value, the peers' median and quartiles, Riket, year and size in words.

    Parameters
    ----------
    context
        Who the report is about.
    caption
        Of the table.
    standings
        One a row.
    words
        What the size is called.
    counted
        What stands behind a value whose uncertainty follows from a number. Given, the range
        of the own value and what it rests on are there too.
    """
    columns = [
        Column("nyckeltal", "Nyckeltal"),
        Column("enhet", "Enhet"),
        Column("ar", "År", kind="year"),
        Column("kommun", context.name, kind="number"),
        *(_range_columns() if counted else ()),
        Column("median", "Gruppens median", kind="number"),
        Column("undre", "Undre kvartil", kind="number"),
        Column("ovre", "Övre kvartil", kind="number"),
        Column("riket", context.riket, kind="number"),
        Column("jamfort", "Jämfört med medianen"),
        Column("galler", "Åt samma håll"),
    ]
    return Table(
        caption=caption,
        columns=tuple(columns),
        rows=tuple(_row(item, words, counted) for item in standings),
        marks={
            **{(place, "kommun"): item.mark for place, item in enumerate(standings) if is_missing(item.own)},
            **{(place, "riket"): None for place, item in enumerate(standings) if not item.kpi.riket},
        },
        row_decimals=tuple(item.kpi.decimals for item in standings),
    )


def _range_columns() -> tuple[Column, ...]:
    return (
        Column("lagst", "Osäkerhet, från", kind="number", may_lack=True),
        Column("hogst", "Osäkerhet, till", kind="number", may_lack=True),
        Column("grund", "Osäkerheten bygger på"),
    )


def _row(item: Standing, words: Callable[[Standing], str], counted: str) -> tuple[Value, ...]:
    found = item.comparison
    group: tuple[Value, ...] = (None, None, None) if found is None else (found.median, found.low, found.high)
    uncertain: tuple[Value, ...] = ()
    if counted:
        known = item.range
        uncertain = (None, None, "")
        if known is not None:
            uncertain = (known.low, known.high, known.rests_on.value.format(counted=counted))
    return (item.kpi.label, item.kpi.unit, item.year, item.own, *uncertain, *group, item.riket, words(item),
            held(item))  # fmt: skip


def held(item: Standing) -> str:
    """Say in how many of the last years the difference had the sign it has now; empty without one."""
    found = item.comparison
    return "" if found is None or found.difference == 0 else held_text(found)
