"""The ideas that a municipality has gathered, and what it has written of them: merges, decisions, scores.

All is read anew from the files each time, by the key of each idea, so that reading twice, or two files with
the same ideas in them, changes nothing. Nothing here is ever removed: a merge is a row that points at ideas.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from effektiv.forms import Fault, FormRead, FormRow
from effektiv.steps.s3_atgarder.ideas_form import (
    CRITERIA,
    FORWARD,
    MERGED,
    MOST_VOTES,
    SUM_OF_VOTES,
    UNDONE,
)
from effektiv.validation import shortened

_KEY_SIGNS = 8
"""Signs of a checksum that is an idea's key: two of a thousand ideas have the same once in ten thousand times."""


@dataclass(frozen=True)
class Idea:
    """An idea as it was handed in.

    Attributes
    ----------
    id
        Its own number, else the checksum of its text (`text_key`).
    title, text
        What it says; never markup.
    area, cause
        Focus area and hypothesis that it answers; "" for none.
    unit
        Where it comes from.
    date
        When, as an ISO date or a year; "" where that is not known.
    votes
        None where nobody has counted.
    place
        Where it stands: ``ideer.xlsx, bladet Idéer, rad 7``.
    """

    id: str
    title: str
    text: str = ""
    area: str = ""
    cause: str = ""
    unit: str = ""
    date: str = ""
    votes: int | None = None
    place: str = ""

    @property
    def whole(self) -> str:
        """All that it says."""
        return f"{self.title}. {self.text}" if self.text and self.text != self.title else self.title

    @property
    def said(self) -> str:
        """What it says without what makes no difference: by this two rows are the same idea."""
        return _plain(f"{self.title} {self.text}")


def text_key(title: str, text: str) -> str:
    """Return the key of an idea that has no number: a checksum of what it says.

    Case, spaces and signs make no difference.

    Examples
    --------
    >>> text_key("Bygg en cykelbana!", "") == text_key("bygg  en CYKELBANA", "")
    True
    """
    return f"T{hashlib.sha256(_plain(f'{title} {text}').encode()).hexdigest()[:_KEY_SIGNS]}"


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


@dataclass(frozen=True)
class Merge:
    """What is decided of a group of ideas that are alike.

    Attributes
    ----------
    ideas
        Their ids, that which names the group first.
    decision
        `MERGED`, `APART` or `UNDONE`.
    rule
        How votes are counted: `MOST_VOTES`, `SUM_OF_VOTES`, or "" where that is not said.
    """

    group: str
    ideas: tuple[str, ...]
    decision: str
    rule: str
    reason: str
    who: str
    when: dt.date
    row: FormRow = field(repr=False, compare=False)

    def votes(self, known: Mapping[str, Idea]) -> int | None:
        """Return the votes of the group by its rule; None where the rule or somebody's votes are not known."""
        counts = [known[idea].votes for idea in self.ideas]
        present = [count for count in counts if count is not None]
        if len(present) < len(counts) or not self.rule:
            return None
        return max(present) if self.rule == MOST_VOTES else sum(present)


@dataclass(frozen=True)
class Decision:
    """What is decided of an idea, and why."""

    idea: str
    decision: str
    reason: str
    measure: str
    row: FormRow = field(repr=False, compare=False)

    @property
    def is_forward(self) -> bool:
        """Whether it goes on."""
        return self.decision == FORWARD


@dataclass(frozen=True)
class Scorer:
    """One who has scored ideas.

    Attributes
    ----------
    file
        Its place in the folder.
    scores
        Idea -> criterion -> 1 to 5; a criterion that was left out is not there.
    """

    name: str
    file: str
    scores: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Told:
    """What is wrong in a file and is not used.

    Attributes
    ----------
    where
        File, sheet and cell, or row.
    file, fault
        The same for whoever checks the folder; None where its own file tells of it.
    """

    where: str
    text: str
    file: str = ""
    fault: Fault | None = None


@dataclass(frozen=True)
class Ideas:
    """All that is known of a municipality's ideas.

    Attributes
    ----------
    ideas
        By id, in the order in which they stand.
    merges
        Those whose ideas are all there, undone ones and those kept apart as well.
    decisions
        By idea.
    scorers
        Those that can be told apart.
    told
        All that could not be used, by place.
    """

    ideas: Mapping[str, Idea]
    merges: tuple[Merge, ...] = ()
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    scorers: tuple[Scorer, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def merged(self) -> tuple[Merge, ...]:
        """The merges that hold."""
        return tuple(merge for merge in self.merges if merge.decision == MERGED)

    @property
    def group_of(self) -> dict[str, Merge]:
        """The merge that each merged idea is part of, by id."""
        return {idea: merge for merge in self.merged for idea in merge.ideas}

    def decided(self, first: str, second: str) -> bool:
        """Whether it is decided of two ideas that they are the same, or that they are not."""
        return any(
            first in merge.ideas and second in merge.ideas
            for merge in self.merges
            if merge.decision != UNDONE
        )


# -- ideas ------------------------------------------------------------------------------


def form_ideas(said: FormRead, file: str) -> Iterator[Idea]:
    """Yield the ideas of a filled-in form, in its order."""
    for row in said.rows.get("ideer", ()):
        votes, date = row["votes"], row["date"]
        yield Idea(
            id=row.text("id"),
            title=row.text("title"),
            text=row.text("text"),
            area=row.text("area"),
            cause=row.text("cause"),
            unit=row.text("unit"),
            date=date.isoformat() if isinstance(date, dt.date) else "",
            votes=votes if isinstance(votes, int) else None,
            place=f"{file}, bladet {row.sheet}, rad {row.number}",
        )


def once(ideas: Iterable[Idea]) -> tuple[dict[str, Idea], list[Told]]:
    """Return each idea once by its key, and what has the key of another idea and is refused.

    An idea that stands in several rows or files, said alike, is one idea. The first is kept.
    """
    found: dict[str, Idea] = {}
    by_word: dict[str, Idea] = {}
    told: list[Told] = []
    for idea in ideas:
        first = by_word.setdefault(idea.id.casefold(), idea)
        if first is idea:
            found[idea.id] = idea
        elif first.said != idea.said:
            text = (
                f"numret {shortened(idea.id)} har redan en annan idé, '{shortened(first.title)}' ({first.place}): "
                "ge idén ett eget nummer"
            )
            told.append(Told(idea.place, text))
    return found, told


# -- what is written of them ------------------------------------------------------------


def gather(
    ideas: Iterable[Idea],
    said: FormRead | None,
    file: str,
    scores: Mapping[str, FormRead],
) -> Ideas:
    """Return all that is known of a municipality's ideas, with what could not be used.

    Parameters
    ----------
    ideas
        From all files.
    said, file
        The form with ideas, merges and decisions, None where there is none, and its place.
    scores
        The scorers' forms, by their place.
    """
    known, told = once(ideas)
    by_word = {idea.casefold(): idea for idea in known}
    merges, decisions = list[Merge](), dict[str, Decision]()
    if said is not None:
        merges = list(_merges(said, file, by_word, told))
        decisions = _decisions(said, file, by_word, told)
    scorers = tuple(_scorers(scores, by_word, told))
    return Ideas(known, tuple(merges), decisions, scorers, tuple(told))


def _at(file: str, fault: Fault) -> Told:
    return Told(f"{file}, {fault.place}", fault.text, file, fault)


def _unknown(idea: str) -> str:
    return f"det finns ingen idé med numret {shortened(idea)}"


def _merges(said: FormRead, file: str, by_word: Mapping[str, str], told: list[Told]) -> Iterator[Merge]:
    taken: dict[str, FormRow] = {}
    for row in said.rows.get("sammanslagningar", ()):
        words = [word.strip() for word in re.split(r"[,;\n]", row.text("ideas")) if word.strip()]
        ideas = tuple(dict.fromkeys(by_word[word.casefold()] for word in words if word.casefold() in by_word))
        unknown = [word for word in words if word.casefold() not in by_word]
        when = row["when"]
        if unknown:
            told.append(_at(file, row.fault("ideas", f"{_unknown(unknown[0])}, och raden används inte")))
            continue
        if len(ideas) < 2:
            told.append(_at(file, row.fault("ideas", "raden ska ha minst två idéer med komma mellan")))
            continue
        merge = Merge(
            row.text("group"), ideas, row.text("decision"), row.text("rule"), row.text("reason"), row.text("who"),
            when if isinstance(when, dt.date) else dt.date.min, row,
        )  # fmt: skip
        if merge.decision == MERGED:
            other = next((taken[idea] for idea in ideas if idea in taken), None)
            if other is not None:
                text = f"en av idéerna är redan sammanslagen på rad {other.number}: skriv alla på en rad"
                told.append(_at(file, row.fault("ideas", text)))
                continue
            taken |= dict.fromkeys(ideas, row)
        yield merge


def _decisions(
    said: FormRead, file: str, by_word: Mapping[str, str], told: list[Told]
) -> dict[str, Decision]:
    found: dict[str, Decision] = {}
    for row in said.rows.get("beslut", ()):
        idea = by_word.get(row.text("idea").casefold())
        if idea is None:
            told.append(_at(file, row.fault("idea", f"{_unknown(row.text('idea'))}, och raden används inte")))
        elif idea in found:
            text = f"idén har redan ett beslut på rad {found[idea].row.number}: behåll ett av dem"
            told.append(_at(file, row.fault("idea", text)))
        else:
            found[idea] = Decision(idea, row.text("decision"), row.text("reason"), row.text("measure"), row)
    return found


def scorer_name(said: FormRead) -> str:
    """Return the name that a scorer has written, "" where there is none."""
    return next((row.text("name") for row in said.rows.get("bedomare", ())), "")


def _scorers(files: Mapping[str, FormRead], by_word: Mapping[str, str], told: list[Told]) -> Iterator[Scorer]:
    first: dict[str, str] = {}
    for file, said in sorted(files.items()):
        name = scorer_name(said)
        if not said.rows.get("poang"):
            continue
        if not name:
            told.append(
                Told(file, "bedömaren har inget namn, och poängen används inte: fyll i bladet Bedömare")
            )
            continue
        other = first.setdefault(name.casefold(), file)
        if other != file:
            told.append(Told(file, _two_of_one_name(name, other)))
            continue
        yield Scorer(name, file, _scores(said, file, by_word, told))


def _two_of_one_name(name: str, other: str) -> str:
    return (
        f"bedömaren {shortened(name)} finns redan i {other}, och poängen används inte: två bedömare ska ha olika "
        "namn, och samma bedömare bara en fil"
    )


def _scores(
    said: FormRead, file: str, by_word: Mapping[str, str], told: list[Told]
) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    rows: dict[str, FormRow] = {}
    for row in said.rows.get("poang", ()):
        idea = by_word.get(row.text("idea").casefold())
        if idea is None:
            told.append(_at(file, row.fault("idea", _unknown(row.text("idea")))))
        elif idea in found:
            text = f"idén är redan bedömd på rad {rows[idea].number}: behåll en av raderna"
            told.append(_at(file, row.fault("idea", text)))
        else:
            rows[idea] = row
            values = {item.key: row[item.key] for item in CRITERIA}
            found[idea] = {key: value for key, value in values.items() if isinstance(value, int)}
    return found


# -- what a form says of itself ---------------------------------------------------------


def idea_faults(said: FormRead) -> Iterator[Fault]:
    """Yield what is wrong in a form though each cell is right: numbers that two ideas have, votes without a rule."""
    first: dict[str, tuple[FormRow, Idea]] = {}
    votes: dict[str, int | None] = {}
    for row, idea in zip(said.rows.get("ideer", ()), form_ideas(said, ""), strict=True):
        other, known = first.setdefault(idea.id.casefold(), (row, idea))
        votes.setdefault(idea.id.casefold(), idea.votes)
        if other is not row and known.said != idea.said:
            text = (
                f"numret {shortened(idea.id)} har redan en annan idé på rad {other.number}: ge raden ett eget"
            )
            yield row.fault("id", text)
    for row in said.rows.get("sammanslagningar", ()):
        words = [word.strip().casefold() for word in row.text("ideas").split(",")]
        if row["decision"] == MERGED and row["rule"] is None and any(votes.get(word) for word in words):
            text = f"välj hur rösterna räknas, {MOST_VOTES} eller {SUM_OF_VOTES}: tills dess visas inga röster för gruppen"
            yield row.fault("rule", text)


def score_faults(said: FormRead) -> Iterator[Fault]:
    """Yield what is wrong in a scorer's form though each cell is right: scores without a name."""
    if said.rows.get("poang") and not scorer_name(said):
        yield Fault("skriv bedömarens namn eller roll, annars används inte poängen", "Bedömare")


def scorers_together(files: Mapping[str, FormRead]) -> Iterator[tuple[str, Fault]]:
    """Yield the forms whose scorer has the same name as another's."""
    first: dict[str, str] = {}
    for file, said in sorted(files.items()):
        name = scorer_name(said)
        other = first.setdefault(name.casefold(), file)
        if name and other != file:
            yield file, Fault(_two_of_one_name(name, other))
