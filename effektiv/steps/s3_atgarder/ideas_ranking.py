"""What the scores say of the ideas: their places over all ways of weighing, how agreed the scorers are, what goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from effektiv.analysis.agreement import agreement
from effektiv.analysis.duplicates import alike
from effektiv.analysis.priority import HIGHEST, LOWEST, Acceptability, Array, prioritise
from effektiv.steps.s3_atgarder.ideas import Decision, Idea, Ideas, Merge
from effektiv.steps.s3_atgarder.ideas_form import CRITERIA, Criterion

FEWEST_RANKED = 3
"""Fewer scored ideas than this are not ranked."""

TOPS = ((100, 10), (15, 5), (8, 3), (FEWEST_RANKED, 1))
"""How many of how many ideas are "the best": five of fifteen to ninety-nine."""

PROPOSED = 0.5
"""An idea is proposed to go on when it is among the best in at least this share of the ways of weighing."""

FEWEST_SCORERS = 2
"""One scorer alone can neither agree nor disagree."""

FAR_APART = 3
"""Two scores this far apart, or farther, are a disagreement to talk about: 1 against 4, 2 against 5."""


class Outcome(Enum):
    """What becomes of an idea."""

    FORWARD = "går vidare"
    PROPOSED = "föreslås gå vidare"
    ON_HOLD = "vilar"
    DECLINED = "avslås"
    ALREADY = "görs redan"
    MERGED = "ingår i en annan"
    NOT_PROPOSED = "föreslås inte nu"
    NOT_SCORED = "inte färdigbedömd"
    NOT_RANKED = "inte rangordnad"

    @property
    def is_forward(self) -> bool:
        """Whether the idea goes on, by decision or proposal."""
        return self in (Outcome.FORWARD, Outcome.PROPOSED)


_DECIDED = {
    item.value: item for item in (Outcome.FORWARD, Outcome.ON_HOLD, Outcome.DECLINED, Outcome.ALREADY)
}


@dataclass(frozen=True)
class IdeaEntry:
    """An idea as it is scored: one, or several that are merged, under the first one's name.

    Attributes
    ----------
    ideas
        The originals; the first gives the name.
    votes
        By the merge's rule; None where not known.
    scores
        Scorer x criterion, NaN where none was given.
    """

    ideas: tuple[Idea, ...]
    merge: Merge | None
    votes: int | None
    scores: Array

    @property
    def id(self) -> str:
        """The first idea's number."""
        return self.ideas[0].id

    @property
    def title(self) -> str:
        """The first idea's title."""
        return self.ideas[0].title

    @property
    def is_scored(self) -> bool:
        """Whether every criterion has a score."""
        return bool(len(self.scores)) and bool(np.isfinite(self.scores).any(axis=0).all())

    @property
    def scorers(self) -> int:
        """How many have given it a score."""
        return int(np.isfinite(self.scores).any(axis=1).sum()) if len(self.scores) else 0

    def mean(self, criterion: str) -> float:
        """Mean of the scores of a criterion; NaN where there are none."""
        given = self.given(criterion)
        return float(np.mean(given)) if given else np.nan

    def given(self, criterion: str) -> list[int]:
        """Return the scores of a criterion, the lowest first."""
        if not len(self.scores):
            return []
        column = self.scores[:, [item.key for item in CRITERIA].index(criterion)]
        return sorted(int(value) for value in column[np.isfinite(column)])


@dataclass(frozen=True)
class Disagreement:
    """A criterion on which those who scored an idea are far apart.

    Attributes
    ----------
    given
        Their scores, the lowest first.
    agreement
        Van der Eijk's A: 1 all alike, -1 two camps.
    """

    entry: IdeaEntry
    criterion: Criterion
    given: tuple[int, ...]
    agreement: float


@dataclass(frozen=True)
class IdeaStanding:
    """What becomes of an idea, and why.

    Attributes
    ----------
    entry
        The idea, or the group it is merged into.
    decision
        What people have decided; None where it is proposed by the scores.
    among_best
        Share of the ways of weighing in which it is among the best; None where it is not ranked.
    """

    entry: IdeaEntry
    outcome: Outcome
    decision: Decision | None
    among_best: float | None


@dataclass(frozen=True)
class Alike:
    """Two ideas that may be the same, of which nothing is decided."""

    first: Idea
    second: Idea
    likeness: float


class Ranking:
    """The ideas with what the scores say of them.

    Parameters
    ----------
    found
        All that is known of them.
    """

    def __init__(self, found: Ideas) -> None:
        self.found = found

    @cached_property
    def entries(self) -> tuple[IdeaEntry, ...]:
        """The ideas, those that are merged as one."""
        groups = self.found.group_of
        made: list[IdeaEntry] = []
        for idea in self.found.ideas.values():
            merge = groups.get(idea.id)
            if merge is None:
                made.append(IdeaEntry((idea,), None, idea.votes, self._scores([idea.id])))
            elif merge.ideas[0] == idea.id:
                ideas = tuple(self.found.ideas[one] for one in merge.ideas)
                made.append(IdeaEntry(ideas, merge, merge.votes(self.found.ideas), self._scores(merge.ideas)))
        return tuple(made)

    def _scores(self, ideas: Sequence[str]) -> Array:
        """Return each scorer's scores: of the first of the ideas that the scorer has given any."""
        rows = [
            next((scorer.scores[idea] for idea in ideas if scorer.scores.get(idea)), {})
            for scorer in self.found.scorers
        ]
        table = [[row.get(item.key, np.nan) for item in CRITERIA] for row in rows]
        return np.array(table, dtype=float).reshape(len(rows), len(CRITERIA))

    @cached_property
    def entry_of(self) -> Mapping[str, IdeaEntry]:
        """The entry that each idea is in, by the idea's number."""
        return {idea.id: entry for entry in self.entries for idea in entry.ideas}

    @cached_property
    def scored(self) -> tuple[IdeaEntry, ...]:
        """Those that have a score of every criterion."""
        return tuple(entry for entry in self.entries if entry.is_scored)

    @property
    def scorers(self) -> int:
        """How many have scored anything."""
        return len(self.found.scorers)

    @property
    def top(self) -> int:
        """How many of the scored ideas count as the best; 0 where they are too few to be ranked."""
        return next((top for least, top in TOPS if len(self.scored) >= least), 0)

    @cached_property
    def acceptability(self) -> Acceptability | None:
        """How often each of `scored` has each rank; None where they are too few."""
        if not self.top:
            return None
        scores = np.stack([entry.scores for entry in self.scored], axis=1)
        return prioritise(scores, lower_is_better=[item.lower_is_better for item in CRITERIA])

    @cached_property
    def among_best(self) -> Mapping[str, float]:
        """Share of the ways of weighing in which each scored idea is among the best, the highest first."""
        if self.acceptability is None:
            return {}
        shares = self.acceptability.among_best(self.top).tolist()
        found = {entry.id: share for entry, share in zip(self.scored, shares, strict=True)}
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    @cached_property
    def standings(self) -> Mapping[str, IdeaStanding]:
        """What becomes of every idea that was handed in, by its number, in their order."""
        return {idea: self._standing(idea) for idea in self.found.ideas}

    def _standing(self, idea: str) -> IdeaStanding:
        entry = self.entry_of[idea]
        share = self.among_best.get(entry.id)
        own = self.found.decisions.get(idea)
        # What is decided of the group's name holds for all in it, and so does what is decided of one of them.
        decision = own or next(
            (found for one in entry.ideas if (found := self.found.decisions.get(one.id)) is not None), None
        )
        if entry.id != idea:
            return IdeaStanding(entry, Outcome.MERGED, decision, share)
        if decision is not None:
            return IdeaStanding(entry, _DECIDED[decision.decision], decision, share)
        if not entry.is_scored:
            return IdeaStanding(entry, Outcome.NOT_SCORED, None, None)
        if share is None:
            return IdeaStanding(entry, Outcome.NOT_RANKED, None, None)
        return IdeaStanding(
            entry, Outcome.PROPOSED if share >= PROPOSED else Outcome.NOT_PROPOSED, None, share
        )

    @cached_property
    def forward(self) -> tuple[IdeaStanding, ...]:
        """Those that go on, decided first, then the most acceptable."""
        found = [item for item in self.standings.values() if item.outcome.is_forward]
        return tuple(
            sorted(found, key=lambda item: (item.outcome is not Outcome.FORWARD, -(item.among_best or 0.0)))
        )

    @cached_property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """The criteria on which the scorers are far apart, one for each idea, the least agreed first."""
        found: list[Disagreement] = []
        for entry in self.entries:
            of_entry = [
                Disagreement(
                    entry,
                    item,
                    tuple(given),
                    agreement([given.count(step) for step in range(LOWEST, HIGHEST + 1)]),
                )
                for item in CRITERIA
                if len(given := entry.given(item.key)) >= FEWEST_SCORERS and given[-1] - given[0] >= FAR_APART
            ]
            if of_entry:
                found.append(min(of_entry, key=lambda one: one.agreement))
        return tuple(sorted(found, key=lambda one: one.agreement))

    @cached_property
    def undecided(self) -> tuple[Alike, ...]:
        """Pairs of ideas that may be the same and of which nothing is decided, the most alike first."""
        ideas = list(self.found.ideas.values())
        pairs = alike([idea.title for idea in ideas], [idea.text for idea in ideas])
        every = (Alike(ideas[pair.first], ideas[pair.second], pair.likeness) for pair in pairs)
        return tuple(
            pair
            for pair in every
            if not self.found.decided(pair.first.id, pair.second.id)
            and self.entry_of[pair.first.id] is not self.entry_of[pair.second.id]
        )

    def mean(self, criterion: str) -> float:
        """Mean over the scored ideas of each one's mean score of a criterion."""
        return self._means[criterion]

    @cached_property
    def _means(self) -> Mapping[str, float]:
        return {
            item.key: float(np.mean([entry.mean(item.key) for entry in self.scored])) for item in CRITERIA
        }

    def behind(self, entry: IdeaEntry, criterion: Criterion) -> float:
        """How much worse a scored idea is than the mean of all scored ideas on a criterion, in steps of the scale."""
        gap = entry.mean(criterion.key) - self.mean(criterion.key)
        return gap if criterion.lower_is_better else -gap

    def weakest(self, entry: IdeaEntry) -> Criterion:
        """Return the criterion on which a scored idea is farthest behind."""
        return max(CRITERIA, key=lambda item: self.behind(entry, item))
