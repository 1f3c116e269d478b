"""A network: what is told of its participants, who can learn from whom, and applicants however they are weighed."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.certainty import Noise
from effektiv.analysis.placebos import Together
from effektiv.analysis.rebound import Refused, Unanswered
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import EXAMPLE_AFTER, Snapshot
from effektiv.example.truths import PARTICIPANTS, PLANTED_AFTER, PROJECT_YEAR
from effektiv.exhibits.exhibit import Bullets, Exhibit
from effektiv.params.networks import PARTS, Statement
from effektiv.steps.form import MOST_NUMBERS, MOST_POINTS, numbers_in
from effektiv.steps.natverk.applicants import AreaNeed, Candidate, state, weighed
from effektiv.steps.natverk.commitments import Progress, commitments_finding
from effektiv.steps.natverk.lessons import improvers
from effektiv.steps.natverk.pairs import questions
from effektiv.steps.natverk.positions import (
    MOST_ROWS,
    Position,
    Positions,
    chance_sentence,
    distances,
    locked_sentence,
    position_finding,
    together_sentence,
    told_sentence,
)
from effektiv.steps.natverk.report import NetworkReportCase
from effektiv.steps.natverk.selection import SelectionCase, most_coming_back
from effektiv.steps.opening import open_case
from effektiv.steps.s3_atgarder.facts import COMMITMENTS
from effektiv.steps.s5_avslutning.report import ClosingReportCase

CATALOGUE = load_catalogue()
SCHOOL = CATALOGUE.areas["grundskola"]
QUALITY, COST = CATALOGUE.kpis[SCHOOL.headline_quality], CATALOGUE.kpis[SCHOOL.deviation_pct]
NAMES = {"0001": "Alby", "0002": "Björke", "0003": "Dalum"}
CASE = cast("Any", SimpleNamespace(called=NAMES.__getitem__))


def position(code: str, before: float, after: float, *, told: bool = False, beaten: int = 20) -> Position:
    return Position(code, before, after, before, 1 if told else beaten, 79, told, None)


def side(*found: Position, sign: int = 1, **changed: Any) -> Positions:
    kpi = QUALITY if sign > 0 else COST
    parts: dict[str, Any] = {
        "unit": kpi.unit,
        "before": (2023, 2024, 2025),
        "after": (2026, 2027, 2028),
        "all": None,
    }
    return Positions(SCHOOL, kpi, sign, found=found, **parts | changed)


# --- positions -----------------------------------------------------------------------------


def test_distances_are_from_each_year_s_middle_and_of_money_in_per_cent() -> None:
    panel = pd.DataFrame(
        {2024: [1.0, 2.0, 4.0, 9.0], 2025: [1.0, 1.0, 2.0, 9.0]}, index=["0001", "0002", "0003", "0000"]
    )
    away = distances(panel, None)
    assert away.loc["0003"].tolist() == [2.0, 1.0] and "0000" not in away.index
    logs = distances(panel, Noise(2025, True, pd.Series(0.1, index=list(NAMES)), 1.96, 1.28, 0.0))
    assert logs.loc["0003"].tolist() == pytest.approx([100.0, 100.0])


def test_who_changed_more_than_expected_is_told_with_how_many_did_as_well() -> None:
    found = side(position("0001", -20, -5, told=True), position("0002", -20, -19))
    text = told_sentence(CASE, found)
    assert text.startswith(
        "Alby har ändrat meritvärdet i årskurs 9 mer åt rätt håll än väntat. Av 79 kommuner"
    )
    assert "hade en minst lika stor ändring som Alby" in text and "Björke" not in text
    nobody = told_sentence(CASE, side(position("0001", -20, -19), position("0002", -20, -19)))
    assert nobody.startswith("Ingen av de två") and "slumpen" in nobody


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Refused(Unanswered.BREAK, 7, 8, 2019), "från 2019"),
        (Refused(Unanswered.SHORT_AFTER, 2, 3), "bara två slutliga år efter starten och det behövs tre"),
        (Refused(Unanswered.SHORT_BEFORE, 5, 8), "bara fem jämförbara år före starten och det behövs åtta"),
        (Refused(Unanswered.NO_NOISE), "hur mycket måttet brukar variera"),
        (Refused(Unanswered.NO_VALUES), "värden saknas"),
    ],
)
def test_what_cannot_be_told_is_refused_with_the_reason(reason: Refused, said: str) -> None:
    unknown = Position("0001", 3.0, 2.0, None, None, None, False, reason)
    found = side(unknown, sign=-1)
    assert said in told_sentence(CASE, found)
    shown = position_finding(CASE, [found])
    assert shown is not None and "går inte att säga" in shown.title and shown.table is not None
    assert shown.table.rows[0][1:] == (3.0, 2.0, None, None, "")


def test_the_side_that_can_be_judged_is_shown() -> None:
    refused = side(Position("0001", 3.0, 2.0, None, None, None, False, Refused(Unanswered.NO_NOISE)))
    judged = side(position("0001", 3.0, 2.0), sign=-1)
    shown = position_finding(CASE, [refused, judged])
    assert shown is not None and shown.kpis == (COST.id,)
    assert position_finding(CASE, [side(Position("0001", 1.0, None, None, None, None, False, None))]) is None


def test_together_is_told_in_the_better_direction_only() -> None:
    better = Together(-4.0, -6.0, -2.0, 3, 1, 1999, 0.001)
    found = side(position("0001", 8, 4), sign=-1, unit="procentenheter", all=better)
    assert "tillsammans ändrats 4 procentenheter mer åt rätt håll" in together_sentence(found)
    assert "från 2 till 6" in together_sentence(found)
    worse = Together(4.0, 2.0, 6.0, 3, 1990, 1999, 0.99)
    assert "inte ändrats mer" in together_sentence(side(position("0001", 8, 9), sign=-1, all=worse))
    assert together_sentence(side(position("0001", 8, 4))) == ""


def test_what_chance_alone_would_tell_is_said() -> None:
    many = side(*(position("0001", 1, 1) for _ in range(40)))
    assert chance_sentence([many]).endswith("skulle slumpen ensam peka ut omkring två.")
    assert "färre än en" in chance_sentence([side(position("0001", 1, 1))])
    assert chance_sentence([]) == ""


# --- who can learn from whom ---------------------------------------------------------------


def test_one_learns_from_those_alike_that_improved_and_lie_better_now() -> None:
    found = side(
        position("0001", -20, -10),
        position("0002", -20, -2, told=True),
        position("0003", -20, -15, told=True),
    )
    learned = [lesson.teacher for lesson in improvers(SCHOOL, "0001", [found], ["0003", "0002"])]
    assert learned == ["0002"]  # the third improved, and still lies worse
    assert not list(improvers(SCHOOL, "0001", [found], ["0003"]))
    assert not list(improvers(SCHOOL, "0002", [found], ["0001", "0003"]))  # has nothing to ask


def test_of_costs_the_lower_teaches_the_higher() -> None:
    found = side(position("0001", 10, 9), position("0002", 10, 2, told=True), sign=-1)
    assert [lesson.teacher for lesson in improvers(SCHOOL, "0001", [found], ["0002"])] == ["0002"]


def test_every_area_has_questions_to_ask() -> None:
    for area in CATALOGUE.areas.values():
        assert len(questions(area)) == 3 or area.causes is None


# --- applicants ----------------------------------------------------------------------------


def need(value: float, sd: float = 0.1, by_itself: float | None = -1.0) -> AreaNeed:
    return AreaNeed(SCHOOL, COST, "procentenheter", 5.0 * value, 0.9, value, sd, by_itself, (2024, 2025))


def candidate(code: str, quality: float, cost: float, statement: Statement | None = None) -> Candidate:
    return Candidate(code, (need(quality),), (need(cost),), statement)


WHOLE = Statement.model_validate(
    {"klara_delar": list(PARTS), "egen_text": "ja", "riktning": "resurs", "beslut": "KS 2029"}
)


def test_a_statement_is_four_parts_and_none_is_none_of_them() -> None:
    assert state(WHOLE) == (1.0, 1.0, 1.0, 1.0) and state(None) == (0.0, 0.0, 0.0, 0.0)


def test_applicants_fall_in_groups_and_one_without_values_is_left_out() -> None:
    every = [
        candidate("0001", 2.5, 2.5, WHOLE),
        candidate("0002", -2.5, -2.5),
        candidate("0003", 2.0, -2.0, WHOLE),
        candidate("0004", -2.0, 2.0, None),
        Candidate("0005", (), (need(1.0),), WHOLE),
    ]
    found = weighed(every, None)
    assert found.places == 2 and [item.code for item in found.left_out] == ["0005"]
    assert found.always == ["0001"] and found.seldom == ["0002"] and found.depends == ["0003", "0004"]
    assert weighed(every[:1], None).found is None


def test_several_areas_are_a_mean_that_is_known_better() -> None:
    one = Candidate("0001", (need(1.0, 0.4), need(2.0, 0.3)), (need(0.0),), None).standing
    assert one is not None and one.quality == pytest.approx((1.5, 0.25))


def test_what_comes_back_by_itself_is_told_of_the_greatest_need_that_does() -> None:
    mild, worst = candidate("0001", 1.0, 0.5), candidate("0002", 2.0, 0.1)
    stays = Candidate("0003", (need(3.0, by_itself=0.01),), (need(0.0),), None)
    found = most_coming_back(weighed([mild, worst, stays], None))
    assert found is not None and (found[0].code, found[1].need) == ("0002", 2.0)


# --- the whole path ------------------------------------------------------------------------

FILE = """namn: Prövningen
start: 2023
deltagare:
  - kommun: Exempelby
    omraden: [grundskola]
  - kommun: Kornlunda
    omraden: [grundskola]
  - kommun: Snöträsk
    omraden: [grundskola]
sokande:
  - kommun: Exempelby
    omraden: [grundskola]
    problemformulering: {klara_delar: [vad, mal], egen_text: ja}
  - kommun: Kornlunda
    omraden: [grundskola]
  - kommun: Skifferö
    omraden: [grundskola]
"""


@pytest.fixture(scope="module", autouse=True)
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("params")
    (root / "natverk").mkdir()
    path = root / "natverk" / "provningen.yaml"
    path.write_text(FILE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EFFEKTIV_PARAMS", str(root))
        yield path


def text_of(page: Exhibit) -> str:
    items = [str(item) for block in page.blocks if isinstance(block, Bullets) for item in block.items]
    return " ".join([page.title, *items])


@pytest.fixture(scope="module")
def case(network: Path, example: Snapshot) -> NetworkReportCase:
    found = open_case("natverk", natverk="provningen", data=example.name)
    assert isinstance(found, NetworkReportCase)
    return found


def test_a_role_model_among_the_participants_is_asked(case: NetworkReportCase) -> None:
    code = case.snapshot.places.kommun
    pairs = [(lesson.learner, lesson.teacher, lesson.better is not None) for lesson in case.lessons]
    assert (code("Exempelby"), code("Kornlunda"), True) in pairs
    assert len(case.meetings()) == len(pairs)
    sheet = case.meetings()[0]
    assert sheet.id == "par-1" and "frågar Kornlunda om grundskolan" in sheet.title


def test_the_network_s_report_keeps_its_budgets_and_says_what_is_missing(case: NetworkReportCase) -> None:
    first, findings = case.first_page(), case.findings()
    assert len(numbers_in(text_of(first))) <= MOST_NUMBERS and first.figure is not None
    points = next(block for block in first.blocks if isinstance(block, Bullets) and block.ordered)
    assert 3 <= len(points.items) <= MOST_POINTS
    assert [item.id for item in findings] == [
        "lage-grundskola", "gemensamma-problem", "lara-av-varandra", "utfastelser"
    ]  # fmt: skip
    assert "Snöträsk saknar värden" in findings[0].to_text()
    assert "ingen har lämnat några" in findings[-1].to_text()
    facts = case.describe()
    assert (facts["kod"], facts["steg"], facts["underlag"]) == (None, None, "fullt")


def test_the_applicants_report_is_no_order(network: Path, example: Snapshot) -> None:
    case = open_case("urval", natverk="provningen", data=example.name)
    assert isinstance(case, SelectionCase)
    first, findings = case.first_page(), case.findings()
    assert len(numbers_in(text_of(first))) <= MOST_NUMBERS
    assert "Kornlunda och Skifferö har ingen problemformulering" in text_of(first)
    assert [item.id for item in findings] == ["rangordning", "behov", "problemformuleringar"]
    ranked = findings[0].table
    assert ranked is not None
    for group in {row[1] for row in ranked.rows}:
        names = [row[0] for row in ranked.rows if row[1] == group]
        assert names == sorted(names, key=str)
    assert np.isclose(sum(float(cast("float", row[2])) for row in ranked.rows), 100.0 * case.selection.places)


def test_what_a_notebook_shows_is_there(case: NetworkReportCase) -> None:
    shown = {"first_page", "findings", "meetings", "all_positions", "all_pairs", "all_commitments"}
    assert shown <= set(dir(case))
    for name in shown:
        assert (inspect.getdoc(getattr(type(case), name)) or "").startswith("Visa")


def test_a_large_network_is_named_and_shown_in_part() -> None:
    codes = [f"{place:04d}" for place in range(1, 61)]
    many = cast("Any", SimpleNamespace(called=lambda code: f"Kommun {code}"))
    found = side(*(position(code, -20, -20 + at, told=at > 40) for at, code in enumerate(codes)))
    shown = position_finding(many, [found])
    assert shown is not None and shown.table is not None and len(shown.table.rows) == MOST_ROWS
    assert shown.table.rows[0][0] == "Kommun 0060"
    assert "och 13 till har ändrat" in told_sentence(many, found)


def test_weights_make_no_difference_between_equals() -> None:
    found = weighed([candidate(f"{place:04d}", 0.0, 0.0) for place in range(1, 41)], 10)
    assert not found.always and not found.seldom and len(found.depends) == 40
    assert sum(found.among_best.values()) == pytest.approx(10.0)


def test_the_project_that_ships_finds_what_was_planted_in_three(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(root / "params"))
    found = open_case("natverk", natverk="avslutat", data=EXAMPLE_AFTER)
    assert isinstance(found, NetworkReportCase)
    members = [found.called(item.code) for item in found.network.participants]
    assert members == list(PARTICIPANTS) and found.network.start == PROJECT_YEAR
    sides = [item for area in found.areas for item in found.positions[area.id]]
    told = {found.called(item.code) for one in sides for item in one.told}
    assert told >= {item.municipality for item in PLANTED_AFTER}
    assert (
        len(told) <= len({item.municipality for item in PLANTED_AFTER}) + 2
    )  # of some twenty at five per cent
    assert {one.area.id for one in sides if not one.judged} <= set(found.network.areas)
    (school,) = [one for one in sides if one.kpi.id == "N15505"]
    own = next(item for item in school.found if found.called(item.code) == "Exempelby")
    assert own.after is not None and own.expected is not None and 8 < own.after - own.expected < 24

    first = text_of(found.first_page())
    # What chance alone would tell of is in the title and in the first point, not after what it may explain.
    assert "slumpen ensam brukar ge omkring en" in found.first_page().title
    points = next(block for block in found.first_page().blocks if isinstance(block, Bullets))
    assert "skulle slumpen ensam peka ut omkring en" in str(points.items[0])
    assert (
        "Bara Exempelby hade låst måttet" in first and found.describe()["namn"] == "Det avslutade projektet"
    )


@pytest.mark.parametrize(
    ("name", "area"),
    [("Exempelby", "grundskola"), ("Exempelby", "aldreomsorg-ordinart-boende"), ("Lönnlycke", "grundskola")],
)
def test_the_network_and_an_area_s_own_report_say_the_same(
    name: str, area: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(root / "params"))
    network = open_case("natverk", natverk="avslutat", data=EXAMPLE_AFTER)
    assert isinstance(network, NetworkReportCase)
    own = open_case(area, steg=5, kommun=name, data=EXAMPLE_AFTER)
    assert isinstance(own, ClosingReportCase)
    asked = {item.kpi.id: item for item in own.view.answers}
    both = [side for side in network.positions[area] if side.kpi.id in asked]
    assert both
    for side in both:
        answer = asked[side.kpi.id]
        item = next(one for one in side.found if one.code == own.municipality)
        assert (item.told, item.is_locked, item.refused) == (
            answer.refused is None and answer.is_told, answer.is_primary, answer.refused
        )  # fmt: skip
        if answer.refused is None:
            assert item.after is not None and item.expected is not None
            assert item.after - item.expected == pytest.approx(answer.became - answer.expected)
            assert (item.beaten, item.others) == (answer.value("beaten"), answer.value("others"))


def test_who_had_locked_the_figure_is_said_of_those_that_are_told() -> None:
    told = side(
        replace(position("0001", -9, 3, told=True), is_locked=True), position("0002", -9, 3, told=True)
    )
    assert locked_sentence(CASE, [told]) == "Bara Alby hade låst måttet innan arbetet började."
    nobody = side(position("0002", -9, 3, told=True))
    assert locked_sentence(CASE, [nobody]) == "Ingen av dem hade låst måttet innan arbetet började."
    assert locked_sentence(CASE, [side(position("0002", -9, -8))]) == ""


ALL = ("Klart",) * len(COMMITMENTS)


def progress(code: str, step: int | None, words: tuple[str, ...] = ()) -> Progress:
    return Progress(code, dict(zip_longest(COMMITMENTS, words, fillvalue="")), step, None)


@pytest.mark.parametrize(
    ("found", "title", "said"),
    [
        ((progress("0001", 4, ALL), progress("0002", None)), "Den enda som har svarat har uppfyllt", "Björke har inte"),
        ((progress("0001", 4, ALL[:4]), progress("0002", 2, ALL)), "En av två som har svarat", "med filer från steg 4"),
        ((progress("0001", 4, ALL), progress("0002", 2, ALL)), "Alla som har svarat", "steg 4"),
        ((progress("0001", 1), progress("0002", None)), "Ingen deltagare har svarat", "steg 1"),
    ],
)  # fmt: skip
def test_commitments_are_told_of_those_who_have_answered(
    found: tuple[Progress, ...], title: str, said: str
) -> None:
    case = cast("Any", SimpleNamespace(called=NAMES.__getitem__, progress=found))
    shown = commitments_finding(case)
    assert shown.title.startswith(title) and said in shown.to_text()
