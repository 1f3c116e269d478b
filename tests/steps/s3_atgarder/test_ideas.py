"""What is written of ideas: merges that can be undone, decisions, scorers; and what the scores make of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from effektiv.forms import Form, FormRead, Value, read, write
from effektiv.steps.s3_atgarder.ideas import (
    Idea,
    Ideas,
    Scorer,
    form_ideas,
    gather,
    idea_faults,
    score_faults,
    scorers_together,
)
from effektiv.steps.s3_atgarder.ideas_form import CRITERIA, IDEAS_FORM, SCORES_FORM
from effektiv.steps.s3_atgarder.ideas_ranking import Outcome, Ranking
from effektiv.steps.s3_atgarder.ideas_table import read_ideas
from effektiv.steps.s3_atgarder.ideas_words import reason
from tests.steps.s3_atgarder.test_ideas_table import GOTEBORG

DAY = dt.date(2026, 2, 20)
AREAS = {"grundskola": "Grundskola"}
IDEAS = [
    {"id": "I1", "title": "Samlad planering av resor", "votes": 10},
    {"id": "I2", "title": "Planera resor samlat", "votes": 7},
    {"id": "I3", "title": "Läxhjälp", "votes": 3},
    {"id": "I4", "title": "Elcyklar i centrum"},
]
MERGE: dict[str, Value] = {
    "group": "S1", "ideas": "I1, I2", "decision": "slås ihop", "rule": "högsta", "reason": "Samma sak.", "who": "Gruppen",
    "when": DAY,
}  # fmt: skip

Rows = Sequence[Mapping[str, Value]]


def filled(form: Form, rows: Mapping[str, Iterable[Mapping[str, Value]]], folder: Path) -> FormRead:
    path = folder / "form.xlsx"
    path.write_bytes(write(form, areas=AREAS, rows=rows))
    return read(form, path, areas=AREAS)


def ideas_form(folder: Path, ideas: Rows = IDEAS, merges: Rows = (), decisions: Rows = ()) -> FormRead:
    rows = {"ideer": ideas, "sammanslagningar": merges, "beslut": decisions}
    return filled(IDEAS_FORM, rows, folder)


def scores_form(folder: Path, name: str, scores: Mapping[str, Sequence[int | None]]) -> FormRead:
    rows = [
        {
            "idea": idea,
            **{item.key: value for item, value in zip(CRITERIA, values, strict=True) if value is not None},
        }
        for idea, values in scores.items()
    ]
    return filled(SCORES_FORM, {"bedomare": [{"name": name}] if name else [], "poang": rows}, folder)


def found(said: FormRead, scores: Mapping[str, FormRead] | None = None, more: Iterable[Idea] = ()) -> Ideas:
    return gather([*form_ideas(said, "ideer.xlsx"), *more], said, "ideer.xlsx", scores or {})


# -- merges -----------------------------------------------------------------------------


def test_a_merge_keeps_its_originals_and_says_who_when_and_why(tmp_path: Path) -> None:
    ideas = found(ideas_form(tmp_path, merges=[MERGE]))
    (merge,) = ideas.merged
    assert list(ideas.ideas) == ["I1", "I2", "I3", "I4"]
    assert (merge.ideas, merge.reason, merge.who, merge.when) == (("I1", "I2"), "Samma sak.", "Gruppen", DAY)
    units = Ranking(ideas).entries
    assert [[idea.id for idea in unit.ideas] for unit in units] == [["I1", "I2"], ["I3"], ["I4"]]


def test_votes_are_counted_by_the_rule_that_is_stated(tmp_path: Path) -> None:
    for rule, votes in (("högsta", 10), ("summa", 17), (None, None)):
        said = ideas_form(tmp_path, merges=[MERGE | {"rule": rule}])
        assert Ranking(found(said)).entries[0].votes == votes
        assert len(list(idea_faults(said))) == (rule is None)
    # The votes of one of them are not known, and missing is not zero.
    said = ideas_form(tmp_path, merges=[MERGE | {"ideas": "I1, I4", "rule": "summa"}])
    assert Ranking(found(said)).entries[0].votes is None


@pytest.mark.parametrize("undone", [[MERGE | {"decision": "upphävd"}], []])
def test_a_merge_that_is_undone_leaves_nothing_lost(tmp_path: Path, undone: Rows) -> None:
    before = found(ideas_form(tmp_path))
    merged = found(ideas_form(tmp_path, merges=[MERGE]))
    after = found(ideas_form(tmp_path, merges=undone))
    assert dict(before.ideas) == dict(merged.ideas) == dict(after.ideas)
    assert [unit.id for unit in Ranking(after).entries] == ["I1", "I2", "I3", "I4"]
    # What was decided and undone is still told of, and the pair is open again.
    assert len(after.merges) == len(undone) and after.merged == ()
    assert [(pair.first.id, pair.second.id) for pair in Ranking(after).undecided] == [("I1", "I2")]


def test_what_is_decided_is_not_suggested_again(tmp_path: Path) -> None:
    assert len(Ranking(found(ideas_form(tmp_path))).undecided) == 1
    for decision in ("slås ihop", "hålls isär"):
        ideas = found(ideas_form(tmp_path, merges=[MERGE | {"decision": decision}]))
        assert Ranking(ideas).undecided == ()


@pytest.mark.parametrize(
    ("merges", "text"),
    [
        ([MERGE | {"ideas": "I1, I9"}], "ingen idé med numret I9"),
        ([MERGE | {"ideas": "I1"}], "minst två idéer"),
        ([MERGE, MERGE | {"group": "S2", "ideas": "I2, I3"}], "redan sammanslagen på rad"),
    ],
)
def test_a_merge_that_cannot_be_is_told_of_by_cell(tmp_path: Path, merges: Rows, text: str) -> None:
    ideas = found(ideas_form(tmp_path, merges=merges))
    (told,) = ideas.told
    assert text in told.text and told.where.startswith("ideer.xlsx, bladet Sammanslagningar, cell B")
    assert len(ideas.merged) == len(merges) - 1


def test_a_merge_without_who_or_why_is_refused_by_the_form(tmp_path: Path) -> None:
    said = ideas_form(
        tmp_path, merges=[{key: value for key, value in MERGE.items() if key not in ("who", "reason")}]
    )
    assert len(said.faults) == 2 and found(said).merges == ()


# -- ideas in several places ------------------------------------------------------------


def test_an_idea_in_two_files_is_one_and_another_of_its_number_is_refused(tmp_path: Path) -> None:
    same = Idea("i1", "Samlad planering av resor!", place="ideer/f.csv, rad 2")
    other = Idea("I3", "Något helt annat", place="ideer/f.csv, rad 3")
    ideas = found(ideas_form(tmp_path), more=[same, other, Idea("9", "Ny")])
    assert list(ideas.ideas) == ["I1", "I2", "I3", "I4", "9"] and ideas.ideas["I3"].title == "Läxhjälp"
    (told,) = ideas.told
    assert (
        told.where == "ideer/f.csv, rad 3"
        and "redan en annan idé, 'Läxhjälp' (ideer.xlsx, bladet Idéer" in told.text
    )


def test_a_number_that_two_ideas_have_is_told_of_by_cell(tmp_path: Path) -> None:
    said = ideas_form(tmp_path, [*IDEAS, {"id": "I3", "title": "Annat"}, {"id": "I3", "title": "läxhjälp"}])
    (fault,) = idea_faults(said)
    assert "redan en annan idé på rad" in fault.text and fault.cell.startswith("A")


# -- scorers ----------------------------------------------------------------------------

ALL = {"I1": (5, 4, 2, 1), "I2": (4, 4, 2, 1), "I3": (3, 3, 3, 3), "I4": (1, 5, 1, 1)}


def test_two_scorers_of_one_name_are_told_of_and_the_first_is_used(tmp_path: Path) -> None:
    files = {
        "bedomning/a.xlsx": scores_form(tmp_path, "Rektor", ALL),
        "bedomning/b.xlsx": scores_form(tmp_path, "rektor", ALL),
        "bedomning/c.xlsx": scores_form(tmp_path, "", ALL),
    }
    ideas = found(ideas_form(tmp_path), files)
    assert [scorer.file for scorer in ideas.scorers] == ["bedomning/a.xlsx"]
    assert ["finns redan i bedomning/a.xlsx" in told.text for told in ideas.told] == [True, False]
    ((file, fault),) = scorers_together(files)
    assert file == "bedomning/b.xlsx" and "två bedömare ska ha olika namn" in fault.text
    assert [len(list(score_faults(files[file]))) for file in files] == [0, 0, 1]


def test_scores_of_what_is_not_there_or_stands_twice_are_told_of(tmp_path: Path) -> None:
    rows = [{"idea": idea, "nytta": 3} for idea in ("I1", "I1", "X7")]
    said = filled(SCORES_FORM, {"bedomare": [{"name": "A"}], "poang": rows}, tmp_path)
    ideas = found(ideas_form(tmp_path), {"bedomning/a.xlsx": said})
    assert ideas.scorers[0].scores == {"I1": {"nytta": 3}}
    assert [told.where[-2] for told in ideas.told] == ["A", "A"] and "X7" in ideas.told[1].text


def test_a_score_outside_the_scale_is_refused_and_missing_is_not_low(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    rows = {"bedomare": [{"name": "A"}], "poang": [{"idea": "I1", "nytta": 7, "insats": 2}]}
    path.write_bytes(write(SCORES_FORM, rows=rows))
    said = read(SCORES_FORM, path)
    assert "7 ska ligga mellan 1 och 5" in said.faults[0].text
    ranking = Ranking(found(ideas_form(tmp_path), {"bedomning/a.xlsx": said}))
    assert np.isnan(ranking.entries[0].mean("nytta")) and ranking.entries[0].mean("insats") == 2
    assert ranking.scored == () and ranking.standings["I1"].outcome is Outcome.NOT_SCORED
    assert reason(ranking, "I1") == "Idén har inte fått poäng för alla frågor."
    assert reason(ranking, "I2") == "Ingen har bedömt idén."


# -- what the scores make of them -------------------------------------------------------


def test_every_idea_has_an_outcome_and_a_reason(tmp_path: Path) -> None:
    decisions: Rows = [
        {"idea": "I3", "decision": "avslås", "reason": "Görs av staten."},
        {"idea": "i4", "decision": "går vidare", "reason": "Billigt.", "measure": "A1"},
        {"idea": "I99", "decision": "vilar", "reason": "Finns inte."},
    ]
    said = ideas_form(tmp_path, merges=[MERGE], decisions=decisions)
    files = {f"bedomning/{name}.xlsx": scores_form(tmp_path, name, ALL) for name in ("a", "b")}
    ranking = Ranking(found(said, files))
    outcomes = {idea: item.outcome for idea, item in ranking.standings.items()}
    assert outcomes == {
        "I1": Outcome.PROPOSED,
        "I2": Outcome.MERGED,
        "I3": Outcome.DECLINED,
        "I4": Outcome.FORWARD,
    }
    assert all(reason(ranking, idea) for idea in outcomes)
    assert reason(ranking, "I2") == "Slogs ihop med I1: samma sak."
    assert reason(ranking, "I3") == "Görs av staten."
    assert [item.entry.id for item in ranking.forward] == ["I4", "I1"]
    assert len(ranking.found.told) == 1
    # Three are too few for "the best" to be more than one.
    assert ranking.top == 1 and sum(ranking.among_best.values()) == pytest.approx(1.0)


def test_a_scorer_who_scored_another_of_a_merged_group_counts_once(tmp_path: Path) -> None:
    files = {
        "bedomning/a.xlsx": scores_form(tmp_path, "A", {"I2": (5, 5, 5, 5)}),
        "bedomning/b.xlsx": scores_form(tmp_path, "B", {"I1": (1, 1, 1, 1), "I2": (5, 5, 5, 5)}),
    }
    entry = Ranking(found(ideas_form(tmp_path, merges=[MERGE]), files)).entries[0]
    assert entry.given("nytta") == [1, 5] and entry.scorers == 2


def test_far_apart_scores_are_a_disagreement_and_near_ones_are_not(tmp_path: Path) -> None:
    files = {
        f"bedomning/{place}.xlsx": scores_form(
            tmp_path, f"B{place}", {"I1": (value, 3, 3, 3), "I3": (near, 3, 3, 3)}
        )
        for place, (value, near) in enumerate([(1, 2), (1, 3), (5, 4), (5, 4)])
    }
    ranking = Ranking(found(ideas_form(tmp_path), files))
    (split,) = ranking.disagreements
    assert (split.entry.id, split.criterion.key, split.given, split.agreement) == (
        "I1",
        "nytta",
        (1, 1, 5, 5),
        -1.0,
    )


def test_all_real_ideas_with_made_up_scores(shared: Path, tmp_path: Path) -> None:
    """Import, duplicates, scores and priority: the ideas planted as better in everything come first."""
    said = read_ideas(shared / "data/ideas-goteborgsforslaget-2017-2020/forslag.csv.gz", GOTEBORG).said
    assert said is not None
    ideas = list(said.ideas)
    planted = {idea.id for idea in ideas[100:103]}
    lot = np.random.default_rng(4)

    def scores() -> dict[str, dict[str, int]]:
        given = {
            idea.id: dict(zip((item.key for item in CRITERIA), lot.integers(2, 5, 4).tolist(), strict=True))
            for idea in ideas
        }
        return given | {
            idea: {item.key: 1 if item.lower_is_better else 5 for item in CRITERIA} for idea in planted
        }

    empty = gather(ideas, None, "ideer.xlsx", {})
    ranking = Ranking(replace(empty, scorers=tuple(Scorer(f"B{at}", "", scores()) for at in range(4))))
    assert set(list(ranking.among_best)[:3]) == planted and ranking.top == 10
    assert all(ranking.among_best[idea] == 1.0 for idea in planted)
    assert sum(ranking.among_best.values()) == pytest.approx(10.0)
    assert 10 <= len(ranking.undecided) <= 60
    assert {item.entry.id for item in ranking.forward} >= planted
    assert all(reason(ranking, idea) for idea in list(ranking.standings)[:50])
