"""The forms of how the work goes and of tests: what they say, what is wrong in them, what was locked before data."""

from __future__ import annotations

from effektiv.steps.s4_forbattringsarbete import pdsa, status
from effektiv.steps.s4_forbattringsarbete.pdsa_form import PDSA_FORM
from effektiv.steps.s4_forbattringsarbete.status_form import STATUS_FORM
from tests.steps.s4_forbattringsarbete.made import HOME_CARE, day, filled

CYCLES = (
    {"id": "P1", "area": HOME_CARE, "question": "Samma två personer hos tio brukare", "aim": 12, "predicted": 14,
     "prediction": "Det blir färre, men sjukdom drar upp.", "written": day("2027-01-10"), "first": day("2027-02-01"),
     "last": day("2027-03-31"), "value": 15, "learnt": "Helgerna avgör."},
    {"id": "P2", "area": HOME_CARE, "question": "Också helgerna", "aim": 12, "predicted": 12, "written": day("2027-04-20"),
     "first": day("2027-04-01"), "follows": "P1"},
    {"id": "P3", "area": HOME_CARE, "question": "Mobilen i bilen", "outcome": "Gick bra."},
)  # fmt: skip


def test_only_a_prediction_from_before_the_data_counts() -> None:
    found = pdsa.fidelity(pdsa.cycles(filled(PDSA_FORM, cykler=CYCLES)))
    assert (found.cycles, found.predicted, found.locked, found.numeric, found.followed) == (3, 1, 0, 2, 2)


def test_a_prediction_that_was_locked_before_the_data_says_so() -> None:
    said = filled(PDSA_FORM, cykler=CYCLES)
    locked = {"p1": day("2027-01-15"), "p2": day("2027-04-20")}
    found = pdsa.cycles(said, locked=locked)
    assert [item.is_locked_before for item in found] == [True, False, False]
    assert pdsa.fidelity(found).locked == 1


def test_what_is_wrong_in_the_log_is_told_by_cell() -> None:
    wrong = (
        {**CYCLES[0], "written": None},
        CYCLES[1],
        {**CYCLES[2], "follows": "P9"},
        {**CYCLES[2], "id": "p1"},
    )
    texts = [fault.text for fault in pdsa.faults(filled(PDSA_FORM, cykler=wrong))]
    assert any("numret p1 står redan på rad 2" in text for text in texts)
    assert any("har ingen dag" in text for text in texts)
    assert any("ingen prövning P9" in text for text in texts)


def test_the_latest_row_of_a_measure_holds() -> None:
    said = filled(
        STATUS_FORM,
        status=(
            {"measure": "A5", "day": day("2027-03-31"), "status": "efter plan"},
            {"measure": "a5", "day": day("2027-01-31"), "status": "enligt plan"},
        ),
        effekt=(
            {"measure": "A5", "year": 2027, "to": day("2027-06-30"), "realised": 300_000},
            {"measure": "A5", "year": 2027, "to": day("2027-03-31"), "realised": 100_000},
        ),
        milstolpar=({"measure": "A5", "name": "Rutin beslutad", "planned": day("2027-02-01")},),
    )
    assert status.standings(said)["a5"].is_behind
    assert [item.amount for item in status.realised(said)] == [300_000]
    assert status.milestones(said)[0].is_late(day("2027-03-01"))
    assert not status.milestones(said)[0].is_late(day("2027-01-31"))


def test_open_actions_are_found_by_any_name_and_done_ones_are_not() -> None:
    said = filled(
        STATUS_FORM,
        avvikelser=(
            {
                "about": "hemtjänst",
                "action": "Anställningsstopp",
                "owner": "Ekonomichef",
                "due": day("2028-09-30"),
            },
            {"about": "Hemtjänst", "action": "Gjort", "done": day("2028-01-01")},
            {"about": "I3", "action": "Utan ägare"},
        ),
    )
    found = status.actions(said)
    assert [item.text for item in status.actions_on(found, "Hemtjänst")] == ["Anställningsstopp"]
    assert [item.text for item in status.actions_on(found, "I3", "Sjukfrånvaro")] == ["Utan ägare"]
    told = [fault.text for fault in status.faults(said)]
    assert told == [
        f"raden saknar {word}: skriv vem som gör det och till när" for word in ("ansvarig", "senaste dag")
    ]


def test_a_measure_that_is_done_with_an_open_milestone_and_an_unknown_number_are_told() -> None:
    said = filled(
        STATUS_FORM,
        status=({"measure": "A5", "day": day("2028-03-31"), "status": "klar"},),
        milstolpar=({"measure": "A5", "name": "Utvärdering", "planned": day("2028-05-01")},),
        effekt=({"measure": "A99", "year": 2027, "to": day("2028-06-30"), "realised": 1},),
    )
    texts = [fault.text for fault in status.faults(said)]
    assert any("milstolpen Utvärdering är inte nådd" in text for text in texts)
    assert any("ligger inte i året 2027" in text for text in texts)
    assert [fault.text for fault in status.faults_beside(said, {"A5"})] == [
        "det finns ingen åtgärd A99 i atgarder.xlsx: skriv en som finns"
    ]
    assert list(status.faults_beside(said, None)) == []
