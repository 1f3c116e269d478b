"""How shares, scores and outcomes of ideas are told."""

from __future__ import annotations

import math

from effektiv.exhibits.swedish import cardinal, lower_first, number
from effektiv.steps.s3_atgarder.ideas_ranking import IdeaEntry, IdeaStanding, Outcome, Ranking

_LONGEST_TITLE = 60


def number_of(idea: str) -> str:
    """Write an idea's number so that it is not taken for an amount: ``I4``, ``nr 688``."""
    return f"nr {idea}" if idea[:1].isdigit() else idea


def quoted(entry: IdeaEntry) -> str:
    """Write an idea's number and title: ``I4 ”Samlad planering av resor”``."""
    title = entry.title if len(entry.title) <= _LONGEST_TITLE else f"{entry.title[:_LONGEST_TITLE].rstrip()}…"
    return f"{number_of(entry.id)} ”{title.rstrip('.')}”"


def best(ranking: Ranking) -> str:
    """Return what being among the best is: "bland de fem bästa", "bäst" where it is one."""
    return "bäst" if ranking.top == 1 else f"bland de {cardinal(ranking.top)} bästa"


def ways(share: float) -> str:
    """Tell a share of the ways of weighing: "83 procent av sätten att väga", "alla sätt att väga".

    Examples
    --------
    >>> ways(0.831), ways(1.0), ways(0.998), ways(0.001)
    ('83 procent av sätten att väga', 'alla sätt att väga', 'nästan alla sätt att väga', 'nästan inga sätt att väga')
    """
    if share >= 1.0:
        return "alla sätt att väga"
    if share <= 0.0:
        return "inga sätt att väga"
    percent = round(100 * share)
    if percent >= 100:
        return "nästan alla sätt att väga"
    return f"{percent} procent av sätten att väga" if percent else "nästan inga sätt att väga"


def percent_cell(share: float | None) -> float | None:
    """Return a share in whole per cent for a table."""
    return None if share is None else float(round(100 * share))


def how_many(count: int, singular: str, plural: str) -> str:
    """Write "en idé", "tolv idéer", "25 idéer"."""
    return f"{cardinal(count, common=True)} {singular if count == 1 else plural}"


def reason(ranking: Ranking, idea: str) -> str:
    """Say why what becomes of an idea does: what people have written, else what the scores say."""
    standing = ranking.standings[idea]
    entry = standing.entry
    own = "" if standing.decision is None else standing.decision.reason
    match standing.outcome:
        case Outcome.MERGED:
            assert entry.merge is not None
            return f"Slogs ihop med {number_of(entry.id)}: {lower_first(entry.merge.reason)}"
        case Outcome.NOT_SCORED:
            return _unscored(ranking, entry)
        case Outcome.NOT_RANKED:
            return "För få idéer är bedömda för att de ska kunna jämföras."
        case Outcome.PROPOSED:
            return f"{_place(ranking, standing)}."
        case Outcome.NOT_PROPOSED:
            return f"{_place(ranking, standing)}; {_weak(ranking, entry)}."
    return own


def _unscored(ranking: Ranking, entry: IdeaEntry) -> str:
    if not entry.scorers:
        return "Ingen har bedömt idén." if ranking.scorers else "Inga idéer är bedömda."
    return "Idén har inte fått poäng för alla frågor."


def _place(ranking: Ranking, standing: IdeaStanding) -> str:
    assert standing.among_best is not None
    text = f"{best(ranking)} i {ways(standing.among_best)}"
    return text[:1].upper() + text[1:]


def _weak(ranking: Ranking, entry: IdeaEntry) -> str:
    worst = ranking.weakest(entry)
    if ranking.behind(entry, worst) <= 0:
        return "ingen poäng är sämre än de andra idéernas i medel"
    return f"{lower_first(worst.label)} {score(entry.mean(worst.key))}, mot {score(ranking.mean(worst.key))} i medel"


def score(value: float) -> str:
    """Write a mean of scores: "3,5"."""
    return "" if math.isnan(value) else number(value, 1)
