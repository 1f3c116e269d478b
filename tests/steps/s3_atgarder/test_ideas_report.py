"""The report on ideas: Exempelby's, one without ideas, one without scores, and what is written in them."""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from effektiv import cli
from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.exhibit import Bullets, Exhibit
from effektiv.forms import Value, write
from effektiv.params import read_folder
from effektiv.steps.form import MOST_NUMBERS, MOST_POINTS, numbers_in
from effektiv.steps.opening import open_case
from effektiv.steps.s3_atgarder.ideas_case import IdeasCase
from effektiv.steps.s3_atgarder.ideas_form import IDEAS_FORM, SCORES_FORM
from effektiv.steps.s3_atgarder.ideas_ranking import PROPOSED, Outcome
from effektiv.steps.s3_atgarder.ideas_words import ways
from tests.steps.shown import called

MOST_WORDS = 60


def opened(kommun: str = "Exempelby") -> IdeasCase:
    case = open_case("ideer", steg=3, kommun=kommun)
    assert isinstance(case, IdeasCase)
    return case


@pytest.fixture(scope="module")
def exempelby(example: Snapshot) -> IdeasCase:
    assert example.is_example
    return opened()


def first_page_text(exhibit: Exhibit) -> str:
    items = [str(item) for block in exhibit.blocks if isinstance(block, Bullets) for item in block.items]
    return " ".join([exhibit.title, *items])


# --- Exempelby ------------------------------------------------------------------------------------


def test_what_is_planted_is_found(exempelby: IdeasCase) -> None:
    ranking = exempelby.ranking
    assert (len(ranking.found.ideas), len(ranking.entries), ranking.scorers, ranking.top) == (26, 25, 4, 5)
    assert next(iter(ranking.among_best)) == "I8" and ranking.entry_of["I9"].id == "I8"
    assert [(pair.first.id, pair.second.id) for pair in ranking.undecided] == [("I10", "I11")]
    assert [(item.entry.id, item.criterion.key) for item in ranking.disagreements] == [("I12", "nytta")]
    assert ranking.standings["I26"].outcome is Outcome.NOT_SCORED
    assert ranking.found.told == ()
    assert {item.outcome for item in ranking.standings.values()} == set(Outcome) - {Outcome.NOT_RANKED}


def test_what_goes_on_against_the_scores_is_said(exempelby: IdeasCase) -> None:
    text = exempelby.findings()[1].to_text()
    against = [item.entry.id for item in exempelby.ranking.forward if (item.among_best or 0.0) < PROPOSED]
    assert len(against) >= 2 and all(
        idea in text.split("går vidare av andra skäl än poängen")[0] for idea in against
    )


def test_the_same_every_time(exempelby: IdeasCase) -> None:
    assert opened().ranking.among_best == exempelby.ranking.among_best


def test_the_first_page_and_the_findings_keep_their_budgets(exempelby: IdeasCase) -> None:
    first, findings = exempelby.first_page(), exempelby.findings()
    assert len(numbers_in(first_page_text(first).replace("I", "I "))) <= MOST_NUMBERS
    points = [block for block in first.blocks if isinstance(block, Bullets) and block.ordered]
    assert len(points[0].items) <= MOST_POINTS and first.figure is not None and first.table is not None
    assert [item.id for item in findings] == [
        "rangordning", "gar-vidare", "gar-inte-vidare", "oenighet", "lika-ideer"
    ]  # fmt: skip
    for item in findings:
        text = " ".join(block for block in item.blocks if isinstance(block, str))
        assert len(text.split()) <= MOST_WORDS, item.id
    assert exempelby.describe()["underlag"] == "fullt"


def test_what_is_said_of_the_first_idea_is_what_was_computed(exempelby: IdeasCase) -> None:
    share = exempelby.ranking.among_best["I8"]
    assert f"bland de fem bästa i {ways(share)}" in first_page_text(exempelby.first_page())


def test_every_idea_is_in_the_list_for_those_who_gave_it(exempelby: IdeasCase) -> None:
    table = exempelby.outcomes().table
    assert table is not None
    assert [row[0] for row in table.rows] == [f"I{number}" for number in range(1, 27)]
    assert all(row[2] and row[3] for row in table.rows)
    values = exempelby.values().to_frame()
    assert values["nr"].tolist() == [row[0] for row in table.rows] and values["nytta"].notna().all()


def test_the_notebook_shows_all_that_the_case_has(exempelby: IdeasCase) -> None:
    wanted = {
        name
        for name, method in inspect.getmembers(IdeasCase, inspect.isfunction)
        if method.__annotations__.get("return") in ("Exhibit", "Exhibits", "Values")
    }
    assert called("ideer", "3-atgarder") == wanted
    ids = [getattr(exempelby, name)().id for name in wanted - {"findings", "values"}]
    assert len(ids) == len(set(ids))


# --- others ---------------------------------------------------------------------------------------


def test_one_without_ideas_gets_one_honest_page(example: Snapshot) -> None:
    case = opened("Tallhyttan")
    assert case.report.is_thin and len(case.findings()) == 0
    text = first_page_text(case.first_page())
    assert "Inga idéer är insamlade i Tallhyttan" in text and "ideer.xlsx" in text
    assert case.describe()["underlag"] == "tunt" and case.values().rows == []
    for show in (case.outcomes, case.merges, case.pairs, case.spread):
        assert "Kan inte visas" in show().to_text()


def folder_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[Mapping[str, Value]]
) -> IdeasCase:
    folder = tmp_path / "0219-exempelby"
    folder.mkdir()
    (folder / "kommun.yaml").write_text('kommun: "0219"\n', encoding="utf-8")
    (folder / "ideer.xlsx").write_bytes(
        write(IDEAS_FORM, areas={"grundskola": "Grundskola"}, rows={"ideer": rows})
    )
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(tmp_path))
    return opened()


def test_ideas_without_scores_are_not_ranked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: Snapshot
) -> None:
    rows: list[Mapping[str, Value]] = [
        {"id": f"I{at}", "title": f"Idé om sak {at} och {at + 7}"} for at in range(1, 5)
    ]
    case = folder_with(tmp_path, monkeypatch, rows)
    text = first_page_text(case.first_page())
    assert case.report.is_thin and "Fyra idéer är insamlade men inte bedömda" in text
    assert "procent" not in text and case.ranking.among_best == {}
    assert {item.outcome for item in case.ranking.standings.values()} == {Outcome.NOT_SCORED}


def test_what_people_write_never_becomes_markup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: Snapshot
) -> None:
    rows: list[Mapping[str, Value]] = [
        {"id": "I1", "title": "<script>alert(1)</script> & mer"}, {"id": "I2", "title": "=1+1", "text": "<b>fet</b>"}
    ]  # fmt: skip
    case = folder_with(tmp_path, monkeypatch, rows)
    html = case.outcomes().to_html() + case.first_page().to_html()
    assert "<script>" not in html and "&lt;script&gt;" in html and "<b>" not in html and "=1+1" in html


def test_ny_makes_the_forms_and_they_have_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: Snapshot
) -> None:
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(tmp_path))
    assert cli.main(["ny", "Exempelby", "--steg", "3"]) == 0
    folder = tmp_path / "0219-exempelby"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names >= {"ideer.xlsx", "ideer.yaml", "bedomning/bedomning.xlsx"}
    reading = read_folder(folder, places=example.places)
    assert (reading.problems, reading.passed) == ([], [])
    assert opened().report.is_thin


def test_what_points_at_an_idea_that_is_not_there_is_told_by_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: Snapshot
) -> None:
    case = folder_with(tmp_path, monkeypatch, [{"id": "I1", "title": "Läxhjälp"}])
    assert case.params.folder is not None
    (case.params.folder / "bedomning").mkdir()
    rows = {"bedomare": [{"name": "Rektor"}], "poang": [{"idea": "I7", "nytta": 3}]}
    (case.params.folder / "bedomning" / "rektor.xlsx").write_bytes(write(SCORES_FORM, rows=rows))
    reading = read_folder(case.params.folder, places=example.places)
    (problem,) = reading.passed
    assert "bedomning/rektor.xlsx, bladet Poäng, cell A4: det finns ingen idé med numret I7" in str(problem)
    assert reading.problems == []
    (row,) = opened().unused().table.rows
    assert row[1] == "det finns ingen idé med numret I7"


def test_a_cause_or_a_measure_that_is_not_there_is_told_by_the_check(
    tmp_path: Path, example: Snapshot, root: Path
) -> None:
    folder = tmp_path / "0219-exempelby"
    shutil.copytree(root / "params" / "0219-exempelby", folder)
    rows: dict[str, list[Mapping[str, Value]]] = {
        "ideer": [{"id": "I1", "title": "A", "cause": "H99"}, {"id": "I2", "title": "B", "cause": "h1"}],
        "beslut": [
            {"idea": "I1", "decision": "går vidare", "reason": "Bra.", "measure": "A99"},
            {"idea": "I2", "decision": "går vidare", "reason": "Bra.", "measure": "a1"},
        ],
    }
    (folder / "ideer.xlsx").write_bytes(write(IDEAS_FORM, areas={"grundskola": "Grundskola"}, rows=rows))
    told = [str(problem) for problem in read_folder(folder, places=example.places).passed]
    mine = [text for text in told if "ideer.xlsx" in text]
    assert len(mine) == 2 and "hypotes med numret H99" in mine[0] and "åtgärd med numret A99" in mine[1]
