"""Women and men in the quality figures that Kolada divides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
import pandas as pd

from effektiv.analysis.gender import difference_interval
from effektiv.analysis.panels import Panel, country, latest_year, value_at
from effektiv.analysis.peers import group_median, robust_sd
from effektiv.analysis.sizes import Classified, Size, classify
from effektiv.analysis.uncertainty import Z95, Interval, peer_median_interval, year_noise
from effektiv.exhibits.charts import GenderRow, genders
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import lower_first, quoted
from effektiv.exhibits.swedish import Mark, capitalise, cardinal, is_missing, join, mark, number, sentence
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import difference_in_text, size_text, value_in_text
from effektiv.steps.base import AreaBase
from effektiv.steps.s1_nulagesanalys.quality import listed
from effektiv.steps.standing import unbroken
from effektiv.types import Kpi


class GenderBasis(Enum):
    """What the interval of the difference between women and men rests on."""

    KNOWN = "antal {women} och {men}"
    HALF = "antagande: hälften {women}, hälften {men}"
    YEARS = "variationen mellan år"


@dataclass(frozen=True)
class GenderGap:
    """One figure for women and men.

    Attributes
    ----------
    kpi
        The figure.
    year
        Latest year with both, else with any.
    women, men
        Values; NaN where missing.
    women_mark, men_mark
        Why a value is missing.
    size
        The difference set against how much the figure differs between municipalities.
    against_peers
        Size of the difference minus the peers' median difference.
    peers_median
        The peers' median difference; NaN with too few values.
    interval
        95 % interval of the difference; None when nothing is known of its noise.
    basis
        What the interval rests on.
    """

    kpi: Kpi
    year: int
    women: float
    men: float
    women_mark: Mark
    men_mark: Mark
    size: Classified | None
    against_peers: Classified | None
    peers_median: float
    interval: Interval | None
    basis: GenderBasis | None

    @property
    def difference(self) -> float:
        """Women minus men."""
        return self.women - self.men

    @property
    def clear_sign(self) -> int:
        """1 when women are clearly higher, -1 when men are, else 0."""
        return self.size.sign if self.size is not None and self.size.size is Size.CLEARLY else 0


@dataclass(frozen=True)
class GenderWords:
    """What the two are called, plural."""

    women: str
    men: str


class QualityByGenderCase(AreaBase):
    """The area's quality figures for women and men."""

    @cached_property
    def gender_gaps(self) -> tuple[GenderGap, ...]:
        """Women and men in each quality figure that Kolada divides."""
        gaps = (self._gender_gap(self.kpi(kpi)) for kpi in self._divided)
        return tuple(gap for gap in gaps if gap is not None)

    @property
    def _divided(self) -> tuple[str, ...]:
        return tuple(kpi for kpi in self.area.sections.quality if self.kpi(kpi).gender)

    def quality_by_gender(self) -> Exhibit:
        """Visa kvinnor och män i de kvalitetsmått som Kolada delar upp."""
        context, area, gaps = self.context, self.area, self.gender_gaps
        words = GenderWords(area.women_word, area.men_word)
        title = f"Kvaliteten för {words.women} och {words.men}"
        if not self._divided:
            what = f"Kolada delar inte upp områdets kvalitetsmått på {words.women} och {words.men}."
            return nothing("kvalitet-kon", title, what, flags=())
        flags = self.flags(*self._divided)
        if not any(not is_missing(gap.women) or not is_missing(gap.men) for gap in gaps):
            return nothing(
                "kvalitet-kon",
                title,
                f"Inget av kvalitetsmåtten har värden för {words.women} och {words.men} i {context.name}.",
            )
        shown = [gap for gap in gaps if not is_missing(gap.women) or not is_missing(gap.men)]
        finding = gender_finding(context, words, shown)
        drawn = _of_one_unit(shown)
        left_out = [gap.kpi for gap in gaps if gap not in shown]
        return Exhibit(
            id="kvalitet-kon",
            title=title,
            source=Source.OWN,
            figure=genders(
                [_gender_row(gap) for gap in drawn], women=capitalise(words.women), men=capitalise(words.men)
            ),
            alt=(
                f"Två markörer för varje mått, {words.women} och {words.men} i {context.name}. {finding} "
                f"{_all_pairs(words, drawn)}"
            ),
            finding=finding,
            table=_gender_table(context, words, shown),
            how_to_read=(
                f"Fylld markör är {words.women}, ofylld är {words.men}. Ju längre streck mellan dem, desto större "
                "skillnad. Alla rader har samma skala."
            ),
            notes=_gender_notes(words, shown, drawn, left_out),
            flags=flags,
        )

    def _gender_gap(self, kpi: Kpi) -> GenderGap | None:
        women, men = self.panel(kpi.id, "K"), self.panel(kpi.id, "M")
        difference = women - men
        year = latest_year(difference, self.municipality)
        if year is None:
            either = (latest_year(panel, self.municipality) for panel in (women, men))
            year = max((found for found in either if found is not None), default=None)
        if year is None:
            return None
        own = value_at(difference, self.municipality, year)
        interval, basis = self._gender_interval(kpi, women, men, year)
        noise = float("nan") if interval is None else (interval.high - interval.low) / (2 * Z95)
        # What counts as a large difference: how much the figure itself differs between municipalities.
        spread = self.national.yardstick(kpi.id).spread(year)
        median, against_peers = self._peers_gap(difference, year, own, noise)
        return GenderGap(
            kpi=kpi,
            year=year,
            women=value_at(women, self.municipality, year),
            men=value_at(men, self.municipality, year),
            women_mark=self._gender_mark(kpi, "K", year),
            men_mark=self._gender_mark(kpi, "M", year),
            size=classify(own, spread, noise),
            against_peers=against_peers,
            peers_median=median,
            interval=interval,
            basis=basis,
        )

    def _peers_gap(
        self, difference: Panel, year: int, own: float, noise: float
    ) -> tuple[float, Classified | None]:
        """Return the peers' median difference, and the size of the own difference against it."""
        median = float(group_median(difference, self.peers.members).get(year, np.nan))
        interval = peer_median_interval(difference.reindex(list(self.peers.members))[year])
        median_noise = 0.0 if interval is None else (interval.high - interval.low) / (2 * Z95)
        total = float(np.hypot(noise, median_noise))
        return median, classify(own - median, robust_sd(country(difference)[year]), total)

    def _gender_mark(self, kpi: Kpi, gender: str, year: int) -> Mark:
        statuses = self.national.statuses(kpi.id, gender)
        if statuses is None or self.municipality not in statuses.index or year not in statuses.columns:
            return Mark.NOT_PUBLISHED
        return mark(statuses.loc[self.municipality, year])

    def _gender_interval(
        self, kpi: Kpi, women: Panel, men: Panel, year: int
    ) -> tuple[Interval | None, GenderBasis | None]:
        """Return the interval of the difference: by counts for shares, else by its noise between years."""
        values = value_at(women, self.municipality, year), value_at(men, self.municipality, year)
        if kpi.is_share and kpi.denominator is not None:
            counts, basis = self._gender_counts(kpi.denominator, year)
            found = difference_interval(values[0], counts[0], values[1], counts[1])
            if found is not None:
                return found, basis
        noise = year_noise(women - men, year, kpi.breaks).get(self.municipality, np.nan)
        difference = values[0] - values[1]
        if pd.isna(noise) or np.isnan(difference):
            return None, None
        half = float(Z95 * noise)
        return Interval(difference - half, difference + half, 0.95), GenderBasis.YEARS

    def _gender_counts(self, denominator: str, year: int) -> tuple[tuple[float, float], GenderBasis]:
        if self.kpi(denominator).gender:
            women, men = (
                value_at(self.national.panel(denominator, gender), self.municipality, year) for gender in "KM"
            )
            if not np.isnan(women) and not np.isnan(men):
                return (women, men), GenderBasis.KNOWN
        half = value_at(self.national.panel(denominator), self.municipality, year) / 2.0
        return (half, half), GenderBasis.HALF


def _of_one_unit(gaps: Sequence[GenderGap]) -> list[GenderGap]:
    """Return the figures of the commonest unit: only they can share a scale, and lengths be compared."""
    unit = Counter(gap.kpi.unit for gap in gaps).most_common(1)[0][0]
    return [gap for gap in gaps if gap.kpi.unit == unit]


def gender_finding(context: Context, words: GenderWords, gaps: Sequence[GenderGap]) -> str:
    """Write the first figure's difference, with its interval and the peers', and count the clear differences."""
    both = [gap for gap in gaps if not is_missing(gap.difference)]
    if not both:
        return f"Inget mått har värden för både {words.women} och {words.men} i {context.name}."
    first = both[0]
    women = [gap for gap in both if gap.clear_sign > 0]
    men = [gap for gap in both if gap.clear_sign < 0]
    total = cardinal(len(both))
    parts = [
        f"{who} tydligt högre värde i {listed([gap.kpi for gap in found])}"
        for who, found in ((words.women, women), (words.men, men))
        if found
    ]
    if not parts:
        counted = f"I inget av {total} mått är skillnaden tydlig." if len(both) > 1 else "Den är inte tydlig."
    elif len(both) == 1:
        counted = f"Det är tydligt att {words.women if women else words.men} har högre värde."
    else:
        counted = f"Av {total} mått har {join(parts)}."
    return sentence([_pair(words, first), _peers_difference(first), counted])


def _pair(words: GenderWords, gap: GenderGap) -> str:
    kpi = gap.kpi
    women, men = number(gap.women, kpi.decimals), value_in_text(kpi, gap.men)
    interval = ""
    if gap.interval is not None:
        low, high = (number(end, kpi.decimals, signed=True) for end in (gap.interval.low, gap.interval.high))
        interval = f" (osäkerhet {low} till {high})"
    difference = difference_in_text(kpi, gap.difference, signed=True)
    return f"{kpi.label}: {words.women} {women} och {words.men} {men} {gap.year}, en skillnad på {difference}{interval}."


def _peers_difference(gap: GenderGap) -> str:
    if is_missing(gap.peers_median):
        return "Gruppen har för få värden att jämföra med."
    return f"Medianen av skillnaden i gruppen är {number(gap.peers_median, gap.kpi.decimals, signed=True)}."


def _all_pairs(words: GenderWords, gaps: Sequence[GenderGap]) -> str:
    both = [gap for gap in gaps if not is_missing(gap.difference)]
    listed = (
        f"{lower_first(gap.kpi.label)} {number(gap.women, gap.kpi.decimals)} och {number(gap.men, gap.kpi.decimals)}"
        for gap in both
    )
    return f"Värdena, {words.women} först: {'; '.join(listed)}." if both else ""


def _gender_row(gap: GenderGap) -> GenderRow:
    return GenderRow(
        label=unbroken(gap.kpi.label),
        women=None if is_missing(gap.women) else gap.women,
        men=None if is_missing(gap.men) else gap.men,
        unit=gap.kpi.unit,
        decimals=gap.kpi.decimals,
        women_mark=gap.women_mark,
        men_mark=gap.men_mark,
    )


def _gender_table(context: Context, words: GenderWords, gaps: Sequence[GenderGap]) -> Table:
    marks = {(place, "kvinnor"): gap.women_mark for place, gap in enumerate(gaps) if is_missing(gap.women)}
    marks |= {(place, "man"): gap.men_mark for place, gap in enumerate(gaps) if is_missing(gap.men)}
    return Table(
        caption=f"{capitalise(words.women)} och {words.men} i {context.name} jämfört med {context.peers.definite}",
        columns=(
            Column("nyckeltal", "Nyckeltal"),
            Column("enhet", "Enhet"),
            Column("ar", "År", kind="year"),
            Column("kvinnor", capitalise(words.women), kind="number"),
            Column("man", capitalise(words.men), kind="number"),
            Column("skillnad", "Skillnad", kind="number", signed=True),
            Column("lagst", "Osäkerhet, från", kind="number", signed=True, may_lack=True),
            Column("hogst", "Osäkerhet, till", kind="number", signed=True, may_lack=True),
            Column("grund", "Osäkerheten bygger på"),
            Column("median", "Gruppens skillnad, median", kind="number", signed=True),
            Column("jamfort", "Skillnaden mot gruppens"),
        ),
        rows=tuple(_gender_cells(words, gap) for gap in gaps),
        marks=marks,
        row_decimals=tuple(gap.kpi.decimals for gap in gaps),
    )


def _gender_cells(words: GenderWords, gap: GenderGap) -> tuple[Value, ...]:
    ends: tuple[Value, ...] = (None, None) if gap.interval is None else (gap.interval.low, gap.interval.high)
    basis = "" if gap.basis is None else gap.basis.value.format(women=words.women, men=words.men)
    return (gap.kpi.label, gap.kpi.unit, gap.year, gap.women, gap.men, gap.difference, *ends, basis,
            gap.peers_median, gap_words(gap))  # fmt: skip


def gap_words(gap: GenderGap) -> str:
    """Say whether the difference between women and men is larger or smaller than the peers'."""
    found = gap.against_peers
    if found is None:
        return size_text(None)
    if found.size is Size.ABOUT_EQUAL:
        return "ungefär lika stor"
    how = "tydligt" if found.size is Size.CLEARLY else "något"
    if gap.difference * gap.peers_median < 0:
        return f"{how} annorlunda, åt andra hållet"
    return f"{how} {'större' if abs(gap.difference) > abs(gap.peers_median) else 'mindre'}"


def _gender_notes(
    words: GenderWords, gaps: Sequence[GenderGap], drawn: Sequence[GenderGap], left_out: Sequence[Kpi]
) -> str:
    parts = []
    other = [gap.kpi for gap in gaps if gap not in drawn]
    if other:
        parts.append(f"{capitalise(quoted(other))} mäts i en annan enhet och finns bara i tabellen.")
    if any(gap.basis is GenderBasis.HALF for gap in gaps):
        parts.append(
            f"Hur många {words.women} och {words.men} som ligger bakom ett värde publiceras inte. Osäkerheten är därför "
            "räknad som om de vore hälften var."
        )
    if any(gap.basis is GenderBasis.YEARS for gap in gaps):
        parts.append(
            "Där antalet bakom är helt okänt är osäkerheten den vanliga variationen i skillnaden mellan åren."
        )
    parts += dict.fromkeys(gap.kpi.gender_note for gap in gaps if gap.kpi.gender_note)
    if left_out:
        parts.append(f"Uppdelade värden saknas för {quoted(left_out)}.")
    return " ".join(parts)
