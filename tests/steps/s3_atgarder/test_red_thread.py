"""The red thread: five made cases that break in a known way, one that holds, and Exempelby's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from effektiv import cli, open_case
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot
from effektiv.forms import FormRead, FormRow, Value
from effektiv.params.common import Aim, MunicipalGoal
from effektiv.params.population import POPULATION_FILE, POPULATION_FORM
from effektiv.steps.s3_atgarder.measures import Planned, planned
from effektiv.steps.s3_atgarder.measures_form import MEASURES_FORM
from effektiv.steps.s3_atgarder.measures_params import MEASURES_FILE
from effektiv.steps.s3_atgarder.red_thread import RedThread, RedThreadCase, thread_of
from tests import small_snapshot as small

SCHOOL, CARE = "grundskola", "aldreomsorg-ordinart-boende"


def goal(name: str, area: str | None = SCHOOL, **more: object) -> MunicipalGoal:
    said = {
        "id": name,
        "mal": f"Mål {name}",
        "omrade": area,
        "indikator": "N15505",
        "riktning": "upp",
        "maltal": 220,
    }
    return MunicipalGoal.model_validate(said | more)


def written(*rows: dict[str, Value]) -> tuple[Planned, ...]:
    keys = [column.key for column in MEASURES_FORM.sheets[0].columns]
    whole = {"area": SCHOOL, "benefit": "värderas inte", "indicator": "Elever per vecka", "aim": 60}
    made = tuple(
        FormRow("Åtgärdslista", place, dict.fromkeys(keys) | whole | row, {})
        for place, row in enumerate(rows, 4)
    )
    return planned(FormRead(MEASURES_FORM, {"atgarder": made}))


def thread(goals: list[MunicipalGoal], measures: tuple[Planned, ...], **aims: Aim) -> RedThread:
    return thread_of(goals, aims, measures, load_catalogue())


SOUND = [goal("M1"), goal("M2", CARE, indikator="N20900", riktning="ned", maltal=2)]
MEASURES = ({"id": "A1"}, {"id": "A2", "area": CARE})


def test_a_sound_thread_warns_of_nothing() -> None:
    found = thread(SOUND, written(*MEASURES))
    assert found.warnings == ()
    assert [(item.goal.id, [one.id for one in item.measures]) for item in found.strands] == [
        ("M1", ["A1"]),
        ("M2", ["A2"]),
    ]


MANY = [goal(f"M{number}", indikator=f"Mått {number}", atgarder=["A1"]) for number in range(1, 11)]

CASES: dict[str, tuple[list[MunicipalGoal], tuple[dict[str, Value], ...], list[str]]] = {
    "a goal without a measure": (SOUND, MEASURES[:1], ["M2 har ingen åtgärd: "]),
    "a measure without an indicator": (
        SOUND,
        (*MEASURES, {"id": "A3", "indicator": None, "aim": None}),
        ["A3 har ingen indikator, så verkan syns inte."],
    ),
    "an indicator without a number": (
        SOUND,
        (*MEASURES, {"id": "A3", "aim": None}),
        ["A3 har en indikator men inget tal att nå."],
    ),
    "goals that pull apart": (
        [SOUND[0], goal("M2", CARE, indikator="N20900", riktning="ned", i_konflikt_med=["m1"])],
        MEASURES,
        ["Målen M1 och M2 drar åt olika håll"],
    ),
    "many goals": (MANY, MEASURES[:1], ["Målen är tio. Effektiva kommuner", "mellan ett och nio mål, de flesta två eller tre"]),
    "one indicator both up and down": (
        [goal("M1", atgarder=["A1"]), goal("M2", riktning="ned", atgarder=["A1"])],
        MEASURES[:1],
        ["Målen M1 och M2 drar åt olika håll"],
    ),
    "a goal without an indicator": ([goal("M1", indikator=None)], MEASURES[:1], ["M1 har ingen indikator som visar"]),
    "a measure without a goal": (SOUND, (*MEASURES, {"id": "A3", "area": "forskola"}), ["A3 svarar inte mot något mål."]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_broken_thread_warns_of_that_alone(name: str) -> None:
    goals, measures, said = CASES[name]
    (warning,) = thread(goals, written(*measures)).warnings
    assert all(part in warning for part in said)
    assert warning.endswith(".")


def test_number_is_told_of_with_conflict_and_is_no_limit() -> None:
    goals = [*MANY[:4], goal("M5", indikator="Mått 1", riktning="ned", atgarder=["A1"])]
    conflict, number = thread(goals, written(MEASURES[0])).warnings
    assert "M1 och M5" in conflict
    assert "fem och några av dem är i konflikt" in number
    assert "det är ingen gräns" in number
    assert thread(MANY[:9], written(MEASURES[0])).warnings == ()


def test_a_measure_finds_the_goal_whose_indicator_it_moves() -> None:
    goals = [
        goal("M1"),
        goal("M2", indikator="N15001", riktning="ned"),
        goal("M3", indikator="elever per vecka"),
    ]
    measures = written(
        {"id": "A1", "quality_kpi": "N15505", "indicator": "Prov"},
        {"id": "A2", "benefit": "frigör pengar", "indicator": "Kronor"},
        {"id": "A3"},
        {"id": "A4", "indicator": "Annat"},
    )
    found = thread(goals, measures)
    assert [[one.id for one in item.measures] for item in found.strands] == [["A1"], ["A2"], ["A3"]]
    assert [item.id for item in found.loose] == ["A4"]


def test_an_areas_aim_stands_in_for_a_goal_where_it_has_none() -> None:
    aim = Aim.model_validate({"primar": {"id": "N15505", "riktning": "upp"}, "utfallsar": [2028, 2029]})
    (alone,) = thread([], written(MEASURES[0]), grundskola=aim).strands
    assert (alone.goal.id, alone.goal.year, alone.is_own) == ("Grundskola", 2029, False)
    assert [item.id for item in alone.measures] == ["A1"]
    assert [item.goal.id for item in thread([goal("M1")], written(MEASURES[0]), grundskola=aim).strands] == [
        "M1"
    ]


@pytest.fixture
def told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    """Write goals in kommun.yaml, and return what the check says of them."""
    monkeypatch.chdir(tmp_path)
    for name in ("EFFEKTIV_DATA", "EFFEKTIV_PARAMS"):
        monkeypatch.delenv(name, raising=False)
    small.write_small("liten", tmp_path / "data", groups=small.every_group())
    assert cli.main(["ny", "Älvby", "--steg", "3"]) == 0
    file = tmp_path / "params" / "0319-alvby" / "kommun.yaml"
    new = file.read_text(encoding="utf-8")

    def check(goals: str) -> str:
        file.write_text(new.replace("\nmal: []\n", f"\nmal:\n{goals}\n"), encoding="utf-8")
        capsys.readouterr()
        cli.main(["kontrollera"])
        return capsys.readouterr().err

    return check


def test_goals_that_cannot_be_right_are_told_by_key(told: Callable[[str], str]) -> None:
    found = told(
        "  - {id: M1, mal: X, omrade: skola, atgarder: [A99]}\n  - {id: M2, mal: X, indikator: N99999}\n"
        "  - {id: m2, mal: Y}\n  - {id: M3, mal: Z, i_konflikt_med: [M7, M3]}"
    )
    for said in (
        "'omrade' i mal, post 1 har värdet 'skola' men ska vara ",
        "'indikator' i mal, post 2 har värdet 'N99999', som inget nyckeltal i katalogen heter",
        "'id' i mal, post 3 har värdet 'm2', som redan är ett annat mål",
        "har värdet 'M7' men ska vara id för ett annat mål",
        "har värdet 'M3' men ska vara id för ett annat mål",
        "atgarder.xlsx: målet M1 i kommun.yaml har åtgärden A99, som inte finns: rätta numret",
    ):
        assert said in found
    found = told("  - {id: M1}\n  - {id: M2, mal: X, maltal: mycket, riktning: mer}")
    assert "'mal' i mal, post 1 saknas" in found
    assert "'maltal' i mal, post 2" in found
    assert "'riktning' i mal, post 2" in found


def test_a_forecast_that_ends_before_the_measures_are_at_work_is_told_at_the_last_of_them() -> None:
    keys = [column.key for column in POPULATION_FORM.sheets[0].columns]
    row = FormRow("Befolkning", 4, dict(zip(keys, (2027, "7", 10.0, None), strict=True)), {})
    every = {POPULATION_FILE.name: {POPULATION_FILE.name: FormRead(POPULATION_FORM, {"befolkning": (row,)})}}

    def told(*years: int) -> list[str]:
        items = [{"id": f"A{place}", "first": 2026, "full": year} for place, year in enumerate(years)]
        rows = tuple(item.row for item in written(*items))
        form = {MEASURES_FILE.name: FormRead(MEASURES_FORM, {"atgarder": rows})}
        assert MEASURES_FILE.faults_beside is not None
        return [fault.text for _, fault in MEASURES_FILE.faults_beside(form, every)]

    assert told(2027) == []
    assert told(2027, 2031, 2029) == [
        "effekten är hel 2031, men prognosen i befolkning.xlsx slutar 2027: skriv fler år där"
    ]


def test_exempelbys_thread_is_shown_with_its_breaks(example: Snapshot) -> None:
    case = open_case("ideer", steg=3, kommun="Exempelby", data="exempel").seen_as(RedThreadCase)
    shown = case.red_thread()
    text = shown.to_text().replace("\u00a0", " ")
    assert len(case.thread.warnings) == 4
    assert shown.title == "Den röda tråden brister på fyra ställen"
    assert "Meritvärde, åk 9, upp till 215 meritpoäng år 2029" in text
    assert "H1: Lärarna följer upp elevernas kunskaper för sent" in text
    assert "frigör 3 800 tkr" in text
    assert example.is_example
