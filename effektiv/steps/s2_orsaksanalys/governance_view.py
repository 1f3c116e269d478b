"""What a round of the self-assessment shows: made from protected answers alone, without sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from effektiv.analysis.agreement import FEWEST, Protected, merged, protect, stands_out
from effektiv.analysis.role_gaps import RoleGap, RoleGaps, changed_areas, role_gaps
from effektiv.data.governance import GovernanceArea, SelfAssessment, self_assessment
from effektiv.exhibits.charts import OpinionRow, Opinions, opinions
from effektiv.exhibits.swedish import capitalise, join, number
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.form import Picture
from effektiv.steps.s2_orsaksanalys.assessment import Round
from effektiv.steps.s2_orsaksanalys.assessment_form import DONT_KNOW, NO, YES


@dataclass(frozen=True)
class AreaLevel:
    """An area's answers: means of its statements' means.

    Attributes
    ----------
    area
        Which.
    mean, agreement
        Of all that are counted in; NaN where no statement has enough answers.
    groups
        By group, where each of its statements can be shown for it.
    """

    area: GovernanceArea
    mean: float
    agreement: float
    groups: Mapping[str, float]


@dataclass(frozen=True)
class GovernanceView:
    """What a round shows, and an earlier one beside it.

    Attributes
    ----------
    asked
        All that is asked.
    round
        The latest; only what `shown` holds of its answers reaches a reader.
    shown, gaps
        What may be shown, and the gaps between groups.
    levels
        Areas with enough answers, in order.
    lowest, highest
        The areas at the ends, and whether they would be there whoever had answered.
    fact_counts
        Of each question with enough answers, how many answered what: of those that are counted in.
    before, shown_before, changed
        The round before and what may be shown of it, and by area whether its change is more than chance; None
        and empty where there is none.
    """

    asked: SelfAssessment
    round: Round
    shown: Protected
    gaps: RoleGaps
    levels: tuple[AreaLevel, ...]
    lowest: tuple[AreaLevel, bool]
    highest: tuple[AreaLevel, bool]
    fact_counts: Mapping[str, Mapping[str, int]]
    before: Round | None
    shown_before: Protected | None
    changed: Mapping[str, bool]

    def label(self, group: str) -> str:
        """Return what a group is called in figures and tables."""
        return self.asked.groups[group].label

    def said(self, groups: Sequence[str]) -> str:
        """Return what groups are called in a sentence."""
        if set(groups) == set(self.asked.together.roles):
            return self.asked.together.in_text
        return join([self.asked.groups[group].in_text for group in groups])

    def about(self, statement: str) -> str:
        """Return what a statement is about, in a sentence."""
        return self.asked.statements[statement].about

    @property
    def sure_first(self) -> RoleGap | None:
        """The gap that was asked for beforehand, where it is a whole step and more than chance."""
        found = self.gaps.first
        return found if found is not None and found.is_step and found.beyond_chance else None

    @property
    def other_gaps(self) -> tuple[RoleGap, ...]:
        """The flagged gaps of other statements than that."""
        return tuple(gap for gap in self.gaps.flagged if gap.statement != self.asked.first.statement)

    @property
    def known(self) -> dict[str, float]:
        """Mean of each statement that has enough answers."""
        return {key: spread.mean for key, spread in self.shown.spreads.items() if spread.counts is not None}

    @property
    def in_both(self) -> tuple[str, ...]:
        """Groups that can be shown in both rounds."""
        before = () if self.shown_before is None else self.shown_before.respondents
        return tuple(group for group in self.shown.respondents if group in before)

    def both_rounds(self, area: GovernanceArea) -> tuple[float, float] | None:
        """Return an area's mean now and in the round before, of the same groups weighed alike; None where none can be shown."""
        means = []
        for one in area.statements:
            spreads = [
                shown.spreads.get(one.id) for shown in (self.shown, self.shown_before) if shown is not None
            ]
            cells = [
                [spread.groups[group] for spread in spreads if spread is not None and group in spread.groups]
                for group in self.in_both
            ]
            pairs = [pair for pair in cells if len(pair) == 2]
            if pairs:
                weights = [pair[0].n for pair in pairs]
                means.append(
                    [np.average([pair[at].mean for pair in pairs], weights=weights) for at in (0, 1)]
                )
        if not means:
            return None
        now, then = np.mean(means, axis=0)
        return float(now), float(then)

    @cached_property
    def documented(self) -> frozenset[str]:
        """Statements that somebody knows a document for."""
        return frozenset(one.id for one in self.round.documents) & set(self.asked.statements)


def view_of(found: Sequence[Round]) -> GovernanceView | None:
    """Return what the latest round shows; None where nothing of it may be shown."""
    if not found:
        return None
    asked, latest = self_assessment(), found[-1]
    groups, shown = _shown(asked, latest)
    levels = _levels(asked, shown)
    if not levels:
        return None
    first = (asked.first.statement, asked.first.high, asked.first.low)
    before = found[-2] if len(found) > 1 else None
    shown_before, changed = None, dict[str, bool]()
    if before is not None:
        groups_before, shown_before = _shown(asked, before)
        changed = _changed(asked, (latest, before), (groups, groups_before), (shown, shown_before))
    ends = [pick(levels, key=lambda level: level.mean) for pick in (min, max)]
    counted = _counted(groups, shown)
    means = _respondents_means(latest.answers, levels)[counted]
    low, high = ((end, stands_out(means, end.area.id, lowest=end is ends[0])) for end in ends)
    return GovernanceView(
        asked,
        latest,
        shown,
        role_gaps(latest.answers, groups, shown, first),
        levels,
        low,
        high,
        _fact_counts(latest.facts[counted]),
        before,
        shown_before,
        changed,
    )


def _shown(asked: SelfAssessment, one: Round) -> tuple[pd.Series, Protected]:
    groups = merged(one.roles, asked.together.roles, asked.together.id)
    return groups, protect(one.answers, groups, list(asked.groups))


def _counted(groups: pd.Series, shown: Protected) -> pd.Series:
    """Return whose answers are counted in: all where the small groups are, else those of groups that are shown."""
    return groups.notna() if shown.counts_small else groups.isin(shown.respondents)


def _fact_counts(facts: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count the answers to each question that at least `FEWEST` have answered."""
    return {
        str(one): {word: int((facts[one] == word).sum()) for word in (YES, NO, DONT_KNOW)}
        for one in facts
        if facts[one].notna().sum() >= FEWEST
    }


def _respondents_means(answers: pd.DataFrame, levels: Sequence[AreaLevel]) -> pd.DataFrame:
    return pd.DataFrame(
        {level.area.id: answers[[one.id for one in level.area.statements]].mean(axis=1) for level in levels}
    )


def _levels(asked: SelfAssessment, shown: Protected) -> tuple[AreaLevel, ...]:
    levels = []
    for area in asked.areas:
        spreads = [shown.spreads[one.id] for one in area.statements if one.id in shown.spreads]
        known = [spread for spread in spreads if spread.counts is not None]
        if known:
            groups = {
                group: float(np.mean([spread.groups[group].mean for spread in known]))
                for group in shown.respondents
                if all(group in spread.groups for spread in known)
            }
            mean, agreed = (
                float(np.mean([getattr(s, name) for s in known])) for name in ("mean", "agreement")
            )
            levels.append(AreaLevel(area, mean, agreed, groups))
    return tuple(levels)


def _changed(
    asked: SelfAssessment,
    both: tuple[Round, Round],
    groups: tuple[pd.Series, pd.Series],
    shown: tuple[Protected, Protected],
) -> dict[str, bool]:
    """Say of each area whether it has changed more than chance, in the groups that are shown in both rounds."""
    names = set(shown[0].respondents) & set(shown[1].respondents)
    sides = tuple(group[group.isin(names)] for group in groups)
    areas = {
        area.id: [one.id for one in area.statements if all(one.id in item.answers for item in both)]
        for area in asked.areas
    }
    return changed_areas(
        both[0].answers.loc[sides[0].index],
        both[1].answers.loc[sides[1].index],
        (sides[0], sides[1]),
        {area: ids for area, ids in areas.items() if ids},
    )


SCALE = "medelvärde i varje roll, 1 stämmer inte alls, 5 stämmer helt"


_MARKERS = {"enhetschefer": 0, "ledning": 1, "ledning-ekonomi": 1, "politik": 2, "ekonomi": 3}
"""The marker of each group: the same in all figures, whichever groups can be shown."""


def markers(groups: Sequence[str]) -> tuple[int, ...]:
    """Return the marker of each group, for `Opinions`."""
    return tuple(_MARKERS[group] for group in groups)


def groups_picture(
    view: GovernanceView, statements: Sequence[str], subtitle: str, strong: Collection[str] = ()
) -> Picture:
    """Draw the mean of each group for some statements; of all together where no group can be shown."""
    groups = list(view.shown.respondents)
    rows, told = [], []
    for key in statements:
        spread = view.shown.spreads[key]
        values = tuple(spread.groups[group].mean if group in spread.groups else None for group in groups)
        if not groups:
            values = (None if spread.counts is None else spread.mean,)
        known = [value for value in values if value is not None]
        text = number(max(known) - min(known), 1) if len(known) > 1 else ""
        label = capitalise(view.about(key))
        rows.append(OpinionRow(label, values, text, key in strong))
        told.append((label, values))
    names = tuple(view.label(group) for group in groups) or ("Alla som har svarat",)
    label, values = told[0]
    alt = (
        f"Medelvärden för {len(rows)} påståenden. {label}: "
        + ", ".join(
            f"{name.lower()} {number(value, 1)}"
            for name, value in zip(names, values, strict=True)
            if value is not None
        )
        + "."
    )
    return Picture(
        opinions(Opinions(tuple(rows), names, markers(groups))),
        alt,
        subtitle,
        _groups_table(view, names, rows, subtitle),
    )


def _groups_table(
    view: GovernanceView, names: Sequence[str], rows: Sequence[OpinionRow], caption: str
) -> Table:
    columns = [Column("about", "Påstående om")]
    columns += [
        Column(f"grupp{at}", name, "number", decimals=1, may_lack=True) for at, name in enumerate(names)
    ]
    cells: list[tuple[Value, ...]] = [(row.label, *row.means) for row in rows]
    return Table(f"{caption} ({view.round.label})", tuple(columns), tuple(cells))
