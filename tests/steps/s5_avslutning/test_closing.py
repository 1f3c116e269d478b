"""What the pages of step 5 say: the locked goal first, what would have come anyway, and plain words where nothing can be said."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.portfolio import Benefit
from effektiv.analysis.rebound import Refused, Span, Unanswered
from effektiv.data.identifiers import Places
from effektiv.params.locks import Lock, LockFile, first_lock
from effektiv.params.registry import Known
from effektiv.steps.s3_atgarder.facts import Planned
from effektiv.steps.s4_forbattringsarbete.facts import Harvest
from effektiv.steps.s5_avslutning import before_after, effects, lessons, words
from effektiv.steps.s5_avslutning.goal import LockedGoal, goal_of, started, too_early
from effektiv.steps.s5_avslutning.national import KeptEvaluation
from effektiv.steps.s5_avslutning.params import CLOSING_FILE, Closing
from effektiv.steps.s5_avslutning.realised import cost_sentence, delivered, money_sentence, never_sentence
from effektiv.steps.s5_avslutning.report import NOT_LOCKED, report_of, title
from effektiv.steps.s5_avslutning.summary import WholeClosing, summary_of
from effektiv.steps.s5_avslutning.view import ClosingView, whole_sentence
from tests.steps.s5_avslutning import made
from tests.steps.shown import plain, undrawn

GOAL = LockedGoal("N15505", 1, day=dt.date(2026, 1, 26))
CLOSING = Closing.model_validate(
    {
        "lardomar": [{"omrade": "grundskola", "vad": "Stödet kom tidigare."}],
        "fungerade": "Tid.",
        "gor_om": "Låsa mål.",
        "rad": "Välj få.",
        "fortsatter": [{"vad": "Mötena fortsätter.", "ansvarig": "Rektor"}],
    }
)


@pytest.fixture(scope="module")
def told() -> ClosingView:
    return made.view(goal=GOAL, answers=(made.answer(),), closing=CLOSING)


def test_an_effect_is_told_with_what_was_expected_and_who_did_as_well(told: ClosingView) -> None:
    with undrawn():
        report = report_of(told)
    page = plain(report.first)
    assert page.index("skulle bara en skillnad på minst") < page.index("Utan projektet hade vi väntat oss")
    assert "Av 79 kommuner som låg lika hade ingen minst lika stor förändring åt rätt håll." in page
    assert "brukar förbättras ungefär 2 meritpoäng på tre år" in page
    answer = told.primary
    assert answer is not None and answer.is_told and answer.agrees
    low, high = answer.interval
    assert low < 15 < high and answer.became - answer.expected == pytest.approx(answer.value("effect"))
    assert (
        words.agreement(answer)
        == "Två sätt att räkna ger samma svar: en skillnad utöver det som kommer av sig självt."
    )
    shown = words.difference(answer)
    assert f"blev {shown:.0f} meritpoäng högre än väntat utan projektet" in title(told).replace("\u00a0", " ")


def test_no_effect_is_no_failure_and_no_success() -> None:
    view = made.view(goal=GOAL, answers=(made.answer(0.0),))
    assert title(view) == "Meritvärdet i årskurs 9: ingen skillnad syns utöver det som kommer av sig självt"
    assert words.rank_title(view.answers[0]).split()[0] != "Bara"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            Refused(Unanswered.SHORT_BEFORE, 1, 8),
            "bara ett år före starten går att jämföra, och det krävs åtta.",
        ),
        (Refused(Unanswered.SHORT_AFTER, 2, 3), "bara två år efter starten är slutligt, och det krävs tre."),
        (
            Refused(Unanswered.BREAK, 7, 8, 2019),
            "serien har ett brott 2019, och bara sju av de åtta år som krävs går att jämföra.",
        ),
        (
            Refused(Unanswered.BREAK, 0, 3, 2026),
            "serien har ett brott 2026, och inget av de tre år som krävs går att jämföra.",
        ),
        (Refused(Unanswered.NO_VALUES), "kommunen saknar värden före eller efter starten."),
    ],
)
def test_what_cannot_be_said_is_said_with_its_reason(reason: Refused, said: str) -> None:
    view = made.view(goal=GOAL, answers=(made.refused(reason),))
    assert words.cannot(view.answers[0]) == f"Går inte att avgöra med dessa uppgifter: {said}"
    with undrawn():
        report = report_of(made.view(goal=GOAL, answers=view.answers, compared=(compared(),)))
    assert "Uppgifterna räcker inte" in report.findings[0].title
    assert "gick från 190 till 200" in plain(report.first)


def test_every_reason_has_words() -> None:
    for reason in Unanswered:
        # What was kept is read back as plain text.
        assert words.why(Refused(str(reason), 2, 3, 2019), made.MERIT)  # type: ignore[arg-type]


def test_a_series_that_ended_is_named_so() -> None:
    ended = made.MERIT.model_copy(update={"valid_to": 2027})
    assert words.why(Refused(Unanswered.SHORT_AFTER, 2, 3), ended) == "serien slutade 2027"


def test_preliminary_years_are_refused() -> None:
    one = made.refused(Refused(Unanswered.SHORT_AFTER, 0, 1), not_final=(2029,))
    assert words.cannot(one).endswith("2029 är preliminärt eller inte publicerat och räknas inte.")


def test_nothing_locked_is_said_first_and_judges_nothing() -> None:
    described = made.answer(by=False)
    view = made.view(answers=(type(described)(described.kpi, 1, False, made.OWN, described.found),))
    with undrawn():
        report = report_of(view)
    page = plain(report.first)
    assert "kan beskrivas men inte prövas" in page and NOT_LOCKED in page
    assert "79 kommuner" not in page + "".join(plain(item) for item in report.findings)
    assert "Lärdomarna är inte skrivna" in page


def test_an_evaluation_is_the_same_after_it_was_kept() -> None:
    found = made.answer(by=False).evaluation
    back = KeptEvaluation.of(found).restored()
    pd.testing.assert_frame_equal(back.course(made.OWN), found.course(made.OWN))


def lock(**more: Any) -> Lock:
    said = {
        "primar": "N15505",
        "riktning": "upp",
        "ovriga": ("N15436",),
        "utfallsar": ("2028",),
        "baslinje_fran": "2017",
    }
    return Lock(({"datum": "2026-01-26", **said, **more},))


def test_a_lock_is_read_or_refused_with_its_reason(tmp_path: Path) -> None:
    kpis = made.CATALOGUE.kpis
    goal, fault = goal_of(lock(), kpis)
    assert goal == LockedGoal("N15505", 1, ("N15436",), 2017, (2028,), dt.date(2026, 1, 26)) and not fault
    assert "N99999, som inte finns i katalogen" in goal_of(lock(primar="N99999"), kpis)[1]
    assert "ska ha upp eller ned" in goal_of(lock(riktning="framåt"), kpis)[1]
    path = tmp_path / "grundskola.yaml"
    path.write_bytes(first_lock({"primar": "N15505"}, how="0219", day=dt.date(2026, 1, 26)))
    read = LockFile("las/grundskola.yaml", 3).read(path, Known(Places(None)))
    assert read.said is not None and not read.said.fault
    path.write_text(path.read_text(encoding="utf-8").replace("N15505", "N15436"), encoding="utf-8")
    changed = LockFile("las/grundskola.yaml", 3).read(path, Known(Places(None))).said
    assert goal_of(changed, kpis)[0] is None and "ändrats för hand" in goal_of(changed, kpis)[1]


def planned(key: str, start: int, benefit: Benefit = Benefit.MONEY, **more: Any) -> Planned:
    made_of = SimpleNamespace(benefit=benefit, start=start, start_share=1.0)
    said = {
        "id": key,
        "name": f"Åtgärd {key}",
        "start": dt.date(start, 3, 1),
        "one_off": 0.0,
        "yearly": 0.0,
        **more,
    }
    return SimpleNamespace(**said, to_measure=lambda: made_of)  # type: ignore[return-value]


def test_the_start_is_no_later_than_the_first_measure() -> None:
    assert started(2027, None, (planned("A1", 2026),)) == (
        2026,
        "Projektet sägs börja 2027, men åtgärden A1 började 2026: tiden före räknas till 2026.",
    )
    assert started(None, GOAL, ()) == (None, "")
    assert started(2025, None, (planned("A1", 2026),)) == (2025, "")


def test_measures_are_summed_by_class_and_what_was_never_measured_is_named() -> None:
    measures = (
        planned("A1", 2026, one_off=1e6),
        planned("A2", 2026, Benefit.TIME),
        planned("A3", 2027, Benefit.UNVALUED),
    )
    day = dt.date(2028, 12, 31)
    harvest = (
        Harvest("A1", Benefit.MONEY, 2027, day, 1e6, 1e6, 0.5e6),
        Harvest("A1", Benefit.MONEY, 2028, day, 1e6, 1e6, 1.1e6),
        Harvest("A2", Benefit.TIME, 2028, None, 500, 500, None),
    )
    found = delivered(measures, harvest, None)
    assert found is not None and found.never == ("A2", "A3") and found.to == 2028
    assert money_sentence(found).replace("\u00a0", " ") == (
        "Till och med 2028 har 1,6 miljoner kronor tagits hem av planens 2 miljoner kronor."
    )
    assert "och det är intjänat" in cost_sentence(found)
    assert never_sentence(found, measures) == "A2 och A3 har ingen mätt effekt."
    assert [item.realised for item in found.classes] == [pytest.approx(1.6e6), None, None]
    assert delivered((), (), None) is None


def frame(own: list[float], riket: float = 100.0) -> pd.DataFrame:
    years = range(2022, 2022 + len(own))
    return pd.DataFrame([own, [riket] * len(own)], index=[made.OWN, "0000"], columns=years)


def compared() -> before_after.Compared:
    panel = frame([180.0, 200.0, 200.0, 200.0], 210.0)
    return before_after.Compared(
        made.MERIT, Span((2022, 2023), (2024, 2025)), (190.0, 200.0), (195.0, 195.0), (210.0, 210.0),
        course=pd.DataFrame({"own": panel.loc[made.OWN], "peers": np.nan, "riket": panel.loc["0000"]}),
    )  # fmt: skip


def test_before_is_the_whole_time_and_never_the_trough() -> None:
    panel = frame([200.0] * 8 + [100.0] + [190.0] * 3)
    found = before_after.compared(
        made.MERIT.model_copy(update={"breaks": ()}), panel, made.OWN, [], 2031, 2033
    )
    assert found is not None and len(found.years.before) == 9
    assert found.own == (pytest.approx(1700 / 9), 190.0)


def test_the_parts_of_efficiency_add_up() -> None:
    rng, up = np.random.default_rng(3), made.CATALOGUE.kpis["N15505"].better
    panels = [frame(list(rng.uniform(80, 120, 6))) for _ in range(3)]
    years = Span((2022, 2023, 2024), (2025, 2026, 2027))
    found = before_after.shift({"X": panels[0]}, panels[1], panels[2], {"X": up}, made.OWN, [], years)
    assert found is not None
    assert found.quality + found.volume + found.resource == pytest.approx(found.total)
    with undrawn():
        shown = before_after.efficiency_finding(found, "Exempelby", made.AREA)
    assert shown is not None and ("steg" if found.total > 0 else "sjönk") in shown.title
    assert {made.AREA.unit_cost, made.AREA.volume} <= set(shown.kpis)  # it rests on them too


def test_a_page_has_the_changes_of_others_and_the_underlag_every_value() -> None:
    found = replace(compared(), peers=(195.04, 200.06), by_itself=-1.0)
    assert "gruppens mitt steg med 5,1 meritpoäng." in before_after.moved_sentence(found).replace(
        "\u00a0", " "
    )
    shown = before_after.figures_finding([found], "Exempelby", "de liknande kommunerna")
    assert shown is not None and shown.table is not None
    # Six columns fit a page; with before and after of all three there were nine.
    assert len(shown.table.columns) == 6
    assert shown.table.rows[0][1:] == (190.0, 200.0, pytest.approx(5.1), 0.0, -1.0)
    every = before_after.all_figures([found], "Exempelby").table
    assert every is not None
    assert [row[2:] for row in every.rows] == [
        (name, "2022 och 2023", before, "2024 och 2025", after, pytest.approx(change))
        for name, before, after, change in (
            ("Exempelby", 190.0, 200.0, 10.0), ("Gruppens mitt", 195.04, 200.06, 5.1), ("Riket", 210.0, 210.0, 0.0)
        )
    ]  # fmt: skip


def test_what_cannot_be_expected_in_some_years_is_drawn_from_where_it_can(told: ClosingView) -> None:
    course = made.answer().course.copy()
    course.loc[[2018, 2020], ["expected", "low", "high"]] = np.nan
    drawn = effects._unbroken(course)
    assert drawn["expected"].first_valid_index() == 2021 and drawn["own"].notna().all()


def test_no_columns_stand_empty_where_no_other_figure_can_answer() -> None:
    ended = replace(made.refused(Refused(Unanswered.SHORT_AFTER, 0, 3)), is_primary=False)
    shown = effects.described_finding(made.view(answers=(ended,)))
    assert shown is not None and shown.table is not None
    assert shown.table.rows == ((made.MERIT.label, "Inget år efter starten är slutligt, och det krävs tre"),)


def read(text: str, tmp_path: Path, every: dict[str, Any] | None = None) -> list[str]:
    path = tmp_path / "avslutning.yaml"
    path.write_text(text, encoding="utf-8")
    found = CLOSING_FILE.read(path, Known(Places(None), ("grundskola",)))
    passed = CLOSING_FILE.together(
        tmp_path, {} if found.said is None else {path.name: found.said}, every or {}
    )
    return [problem.text for problem in (*found.problems, *passed)]


def test_the_file_is_checked_and_its_empty_parts_are_told(tmp_path: Path) -> None:
    empty = read("start: 2026\nlardomar: []\n", tmp_path)
    assert empty[0] == "nyckeln 'lardomar' är tom: avslutningen saknar lärdomarna" and len(empty) == 5
    (text, *_) = read("lardomar:\n  - omrade: skola\n    vad: Stödet.\n", tmp_path)
    assert "har värdet 'skola' men ska vara grundskola" in text
    every: dict[str, Any] = {
        "las/{omrade}.yaml": {"las/grundskola.yaml": lock(baslinje_fran="2025", utfallsar=("2025",))}
    }
    told = read("start: 2026\n", tmp_path, every)
    assert "baslinjen från 2025 ger 1 år före starten 2026, och det krävs 8: hela tiden före används" in told
    assert "utfallsåret 2025 är före starten 2026: lås målet på nytt med ett senare år" in told


class MeasureRow(dict[str, object]):
    """A row of the form of measures."""

    def text(self, key: str) -> str:
        """Return what is written in a column of words."""
        return str(self[key])


def test_a_project_that_began_after_its_measures_is_told_of(tmp_path: Path) -> None:
    form = SimpleNamespace(
        rows={"atgarder": [MeasureRow(id="A1", start=dt.date(2026, 3, 1)), MeasureRow(id="A2", start=None)]}
    )
    told = read("start: 2027\n", tmp_path, {"atgarder.xlsx": {"atgarder.xlsx": form}})
    assert told[-1] == (
        "nyckeln 'start' är 2027, men åtgärden A1 började 2026: skriv start 2026, eller rätta atgarder.xlsx"
    )


def test_outcome_years_before_the_start_are_told_of_on_the_page_and_without_a_closing(tmp_path: Path) -> None:
    goal = replace(GOAL, outcome_years=(2024, 2025, 2028))
    assert too_early(goal, 2026) == (
        "Låsets utfallsår 2024 och 2025 är före starten 2026: lås målet på nytt med ett senare år."
    )
    assert too_early(goal, 2024) == too_early(goal, None) == too_early(None, 2026) == ""
    form = SimpleNamespace(rows={"atgarder": [MeasureRow(id="A1", start=dt.date(2026, 3, 1))]})
    every: dict[str, Any] = {
        "atgarder.xlsx": {"atgarder.xlsx": form},
        "las/{omrade}.yaml": {"las/grundskola.yaml": lock(utfallsar=("2025",))},
    }
    (problem,) = CLOSING_FILE.together(tmp_path, {}, every)
    assert "utfallsåret 2025 är före starten 2026" in problem.text


def test_a_baseline_of_one_year_is_said_on_the_page() -> None:
    goal = replace(GOAL, baseline_from=2025)
    answer = replace(made.answer(), whole_before=True)
    with undrawn():
        page = plain(report_of(made.view(goal=goal, answers=(answer,), notes=(whole_sentence(2025),))).first)
    assert "Låset räknar tiden före från 2025, men det är för få år: hela den jämförbara tiden" in page


def test_lessons_are_own_words_and_lacking_parts_are_named() -> None:
    shown = lessons.lessons_finding(CLOSING, "grundskola")
    assert shown is not None and "Stödet kom tidigare." in plain(shown)
    assert "Ansvarig: Rektor." in plain(lessons.all_written(CLOSING, "grundskola"))
    assert lessons.empty_sentence(CLOSING) == ""
    assert lessons.empty_sentence(Closing(rad="Välj få.")).startswith(
        "Det som saknas i avslutningen: lärdomarna, "
    )
    assert lessons.lessons_finding(Closing(), None) is None


def test_the_summary_counts_the_locked_goals(told: ClosingView) -> None:
    other = made.view(goal=GOAL, answers=(made.refused(Refused(Unanswered.BREAK, 7, 8, 2019)),))
    with undrawn():
        report = summary_of(WholeClosing("Exempelby", (told, other, made.view(answers=())), CLOSING), {})
    page = plain(report.first)
    assert report.first.title == (
        "Ett av två låsta mål blev bättre än det som kommer av sig självt, och ett går inte att avgöra"
    )
    assert (
        "Går inte att avgöra" not in page
        and "går inte att avgöra med dessa uppgifter: serien har ett brott" in page
    )
    assert "Inget mål låstes för grundskolan." in page and "Råd till andra. Välj få." in page
    assert summary_of(WholeClosing("Exempelby", (), None), {}).is_thin


def test_without_a_project_the_page_says_how_to_get_one() -> None:
    report = report_of(made.view(start=None))
    assert report.is_thin and "Inget arbete har börjat i grundskolan" in plain(report.first)
